//! The configuration file. `consortium.example.toml` explains each field.

use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use medseal::identity::{Certificate, Registry, SuperNodePublicKey, VerifiedRegistry};
use medseal::ledger::{Charter, Charters, LedgerId, Validator};
use medseal::share::{DirectoryStore, ObjectStore};
use medseal_consortium::client::NodeAddress;
use medseal_consortium::stores::{IpfsStore, S3Keys, S3Store, Stores};
use serde::Deserialize;

use crate::files;
use crate::report::{At, Failure};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    super_node: PathBuf,
    first_charter: PathBuf,
    registry: PathBuf,
    nodes: Vec<NodeEntry>,
    node: Option<NodeSection>,
    hospital: Option<HospitalSection>,
    #[serde(default)]
    stores: Vec<StoreEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeEntry {
    pub(crate) certificate: PathBuf,
    pub(crate) validator: PathBuf,
    /// The address for the other nodes.
    pub(crate) nodes: String,
    /// The address for hospitals.
    pub(crate) hospitals: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeSection {
    pub(crate) main_node: PathBuf,
    pub(crate) engine: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) storage: PathBuf,
    pub(crate) replay: PathBuf,
    pub(crate) listen_nodes: SocketAddr,
    pub(crate) listen_hospitals: SocketAddr,
    #[serde(default = "default_metrics")]
    pub(crate) metrics: SocketAddr,
    #[serde(default)]
    pub(crate) log: Log,
    #[serde(default)]
    pub(crate) quotas: QuotaSection,
    #[serde(default = "default_epoch")]
    pub(crate) epoch_blocks: u64,
    #[serde(default)]
    pub(crate) validation_threads: usize,
    #[serde(default = "default_searches")]
    pub(crate) searches: NonZeroUsize,
    #[serde(default = "default_heartbeat")]
    pub(crate) heartbeat_seconds: u64,
}

fn default_metrics() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9600))
}

fn default_epoch() -> u64 {
    medseal_consortium::Settings::default().epoch_blocks
}

fn default_searches() -> NonZeroUsize {
    NonZeroUsize::MIN
}

fn default_heartbeat() -> u64 {
    medseal_consortium::Settings::default().heartbeat.as_secs()
}

/// Limits for one hospital per minute.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct QuotaSection {
    pub(crate) entries: u32,
    pub(crate) mebibytes: u32,
    pub(crate) searches: u32,
}

impl Default for QuotaSection {
    fn default() -> Self {
        let quotas = medseal_consortium::server::Quotas::default();
        Self { entries: quotas.entries, mebibytes: quotas.bytes >> 20, searches: quotas.searches }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Log {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HospitalSection {
    pub(crate) identity: PathBuf,
    pub(crate) state: PathBuf,
    pub(crate) uploader: Option<PathBuf>,
    pub(crate) keyword_key: Option<PathBuf>,
    pub(crate) reader: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
enum StoreEntry {
    Directory { path: PathBuf },
    Ipfs { url: String, timeout_seconds: Option<u64> },
    S3(S3Entry),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct S3Entry {
    endpoint: String,
    region: String,
    bucket: String,
    access_key_id: Option<String>,
    secret_key: Option<PathBuf>,
}

/// Longer than any upload takes: older parts were left behind by a crash.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// A configuration file and its path. Paths in it are relative to its folder.
#[derive(Debug)]
pub(crate) struct Config {
    path: PathBuf,
    file: File,
    pub(crate) super_node: SuperNodePublicKey,
}

impl Config {
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path)
            .at(format!("cannot read the configuration {} (--config names another)", path.display()))?;
        let file = toml::from_str::<File>(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            Failure::new(format!("{}, line {line}: {}", path.display(), error.message()))
        })?;
        let super_node = files::folder(path).join(&file.super_node);
        let super_node =
            files::read(&super_node, SuperNodePublicKey::from_bytes).at(field(path, "super_node"))?;
        Ok(Self { path: path.to_owned(), file, super_node })
    }

    /// Resolves a path in the file against the file's folder.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        files::folder(&self.path).join(path)
    }

    /// Names a field at the beginning of an error.
    pub(crate) fn field(&self, name: &str) -> String {
        field(&self.path, name)
    }

    pub(crate) fn first_charter(&self) -> Result<Charter, Failure> {
        files::read(&self.resolve(&self.file.first_charter), Charter::from_bytes)
            .at(self.field("first_charter"))
    }

    pub(crate) fn ledger(&self) -> Result<LedgerId, Failure> {
        let charters = Charters::new(self.first_charter()?, &self.super_node);
        Ok(charters.at(self.field("first_charter"))?.ledger())
    }

    pub(crate) fn registry(&self) -> Result<Registry, Failure> {
        files::read(&self.resolve(&self.file.registry), Registry::from_bytes).at(self.field("registry"))
    }

    pub(crate) fn verified_registry(&self) -> Result<VerifiedRegistry, Failure> {
        self.registry()?.verify(&self.super_node, 0).at(self.field("registry"))
    }

    pub(crate) fn nodes(&self) -> &[NodeEntry] {
        &self.file.nodes
    }

    pub(crate) fn certificate(&self, path: &Path) -> Result<Certificate, Failure> {
        files::read(&self.resolve(path), Certificate::from_bytes).at(self.field("certificate"))
    }

    pub(crate) fn validator(&self, path: &Path) -> Result<Validator, Failure> {
        files::read(&self.resolve(path), Validator::from_bytes).at(self.field("validator"))
    }

    pub(crate) fn node(&self) -> Result<&NodeSection, Failure> {
        self.file.node.as_ref().ok_or_else(|| self.missing("[node]", "a node"))
    }

    pub(crate) fn hospital(&self) -> Result<&HospitalSection, Failure> {
        self.file.hospital.as_ref().ok_or_else(|| self.missing("[hospital]", "a hospital"))
    }

    fn missing(&self, section: &str, who: &str) -> Failure {
        let path = self.path.display();
        Failure::new(format!("{path} has no section {section}, which this command requires to work as {who}"))
    }

    /// The nodes' addresses for hospitals.
    pub(crate) fn addresses(&self) -> Result<Vec<NodeAddress>, Failure> {
        let address = |node: &NodeEntry| {
            Ok(NodeAddress {
                address: node.hospitals.clone(),
                certificate: self.certificate(&node.certificate)?,
            })
        };
        self.file.nodes.iter().map(address).collect()
    }

    /// The member's own store, which receives records, and the stores of others.
    pub(crate) fn stores(&self) -> Result<Stores, Failure> {
        if self.file.stores.is_empty() {
            return Err(Failure::new(format!("{}: no store is configured", self.field("stores"))));
        }
        let stores = self.file.stores.iter().map(|store| self.store(store).at(self.field("stores")));
        Ok(Stores::new(stores.collect::<Result<_, _>>()?))
    }

    /// Deletes what interrupted uploads left in the member's own store, unless the store does so
    /// itself.
    pub(crate) fn tidy(&self) -> Result<(), Failure> {
        match self.file.stores.first() {
            Some(StoreEntry::S3(s3)) => {
                let tidied = self.s3(s3)?.delete_left_behind(LEFT_BEHIND);
                tidied.map_err(|error| Failure::new(format!("{}: {}", self.field("stores"), reason(&error))))
            }
            _ => Ok(()),
        }
    }

    fn store(&self, store: &StoreEntry) -> Result<Box<dyn ObjectStore>, Failure> {
        Ok(match store {
            StoreEntry::Directory { path } => {
                let path = self.resolve(path);
                Box::new(DirectoryStore::open(&path).at(path.display())?)
            }
            StoreEntry::Ipfs { url, timeout_seconds } => {
                let store = IpfsStore::open(url).map_err(|error| Failure::new(reason(&error)))?;
                Box::new(match timeout_seconds {
                    Some(seconds) => store.with_timeout(Duration::from_secs(*seconds)),
                    None => store,
                })
            }
            StoreEntry::S3(s3) => Box::new(self.s3(s3)?),
        })
    }

    fn s3(&self, s3: &S3Entry) -> Result<S3Store, Failure> {
        let keys = match (&s3.access_key_id, &s3.secret_key) {
            (Some(id), Some(path)) => Some(S3Keys {
                access_key_id: id.clone(),
                secret_access_key: files::read_secret(&self.resolve(path), |bytes| {
                    let text = std::str::from_utf8(bytes).map_err(|_| medseal::Error::InvalidText)?;
                    Ok(text.trim().to_owned().into())
                })?,
            }),
            (None, None) => None,
            _ => return Err(Failure::new("access_key_id and secret_key require each other")),
        };
        let store = S3Store::open(&s3.endpoint, &s3.region, &s3.bucket, keys.as_ref());
        store.map_err(|error| Failure::new(reason(&error)))
    }
}

fn field(path: &Path, name: &str) -> String {
    format!("{}, {name}", path.display())
}

/// An error's text, without "input or output failed".
pub(crate) fn reason(error: &medseal::Error) -> String {
    match error {
        medseal::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../consortium.example.toml");

    #[test]
    fn the_example_has_every_field() {
        let file = toml::from_str::<File>(EXAMPLE).unwrap();
        assert_eq!(file.nodes.len(), 4);
        assert_eq!(file.stores.len(), 1);
        let node = file.node.unwrap();
        assert!(node.metrics.ip().is_loopback());
        assert_eq!(node.epoch_blocks, default_epoch());
        assert_eq!(node.quotas.entries, QuotaSection::default().entries);
        assert_eq!(node.quotas.mebibytes, QuotaSection::default().mebibytes);
        assert_eq!(node.quotas.searches, QuotaSection::default().searches);
        assert!(file.hospital.unwrap().reader.is_some());
        // The other stores are comments, which are valid too.
        let uncommented = EXAMPLE.replace("\n# [[stores]]", "\n[[stores]]").replace("\n#: ", "\n");
        assert_eq!(toml::from_str::<File>(&uncommented).unwrap().stores.len(), 3);
    }

    #[test]
    fn errors_name_file_line_and_field() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        let load = |text: &str| {
            fs::write(&path, text).unwrap();
            Config::load(&path).unwrap_err().0
        };
        let with = |from: &str, to: &str| load(&EXAMPLE.replacen(from, to, 1));
        for (error, parts) in [
            (load(""), &["c.toml, line 1", "missing field `super_node`"][..]),
            (load("super_node = 7"), &["c.toml, line 1", "invalid type"]),
            (with("storage =", "storrage ="), &["line", "unknown field `storrage`"]),
            (with("kind = \"directory\"", "kind = \"ftp\""), &["unknown variant `ftp`", "`ipfs`"]),
            (with("127.0.0.1:9600", "here"), &["invalid socket address"]),
            (load(EXAMPLE), &["c.toml, super_node: cannot read", "No such file"]),
        ] {
            assert!(!error.contains('\n'), "{error}");
            parts.iter().for_each(|part| assert!(error.contains(part), "{part:?} is not in: {error}"));
        }
        fs::remove_file(&path).unwrap();
        assert!(Config::load(&path).unwrap_err().0.contains("--config"));
    }
}
