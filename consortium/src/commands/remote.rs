//! The ledger as a hospital sees it: through the nodes, with what was verified before.

use std::path::{Path, PathBuf};

use medseal::identity::Hospital;
use medseal::ledger::{Charters, Ledger, TrustedHead};
use medseal::share::{Consortium, MemberKeys, ObjectStore};
use medseal_consortium::client::{Known, RemoteConfig, Searching};
use medseal_consortium::{CertifiedHead, Remote};

use crate::config::{Config, reason};
use crate::files;
use crate::report::{At, Failure, now_ms};

/// A hospital's session.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) remote: Remote,
    pub(super) charters: Charters,
    pub(super) state: PathBuf,
}

pub(super) fn hospital(config: &Config) -> Result<Hospital, Failure> {
    let path = config.resolve(&config.hospital()?.identity);
    files::read_secret(&path, |bytes| Hospital::from_bytes(bytes, &config.super_node))
        .at(config.field("identity"))
}

impl Session {
    pub(super) fn connect(config: &Path, searching: Searching) -> Result<Self, Failure> {
        let config = Config::load(config)?;
        let state = config.resolve(&config.hospital()?.state);
        files::make_folder(&state)?;
        let known = state.join("charters");
        let known = if known.exists() {
            let charters =
                files::read_secret(&known, |bytes| Charters::from_bytes(bytes, &config.super_node))?;
            let head = state.join("head");
            let head =
                head.exists().then(|| files::read_secret(&head, CertifiedHead::from_bytes)).transpose()?;
            Known { charters: Some(charters), head }
        } else {
            Known::default()
        };
        let remote = Remote::connect(RemoteConfig {
            nodes: config.addresses()?,
            hospital: hospital(&config)?,
            registry: config.verified_registry()?,
            ledger: config.ledger()?,
            known,
            timeouts: Default::default(),
            searching,
        });
        let remote = remote.map_err(|error| Failure::new(format!("the ledger: {}", reason(&error))))?;
        let session = Self { charters: remote.charters(), config, remote, state };
        session.keep()?;
        Ok(session)
    }

    /// Saves what was verified, so no node can show an older state later.
    pub(super) fn keep(&self) -> Result<(), Failure> {
        // The charters first: the head is verified under them.
        files::replace(&self.state.join("charters"), &self.remote.charters().to_bytes())?;
        match self.remote.known_head() {
            Some(head) => files::replace(&self.state.join("head"), &head.to_bytes()),
            None => Ok(()),
        }
    }

    pub(super) fn consortium<'a>(&'a self, store: &'a dyn ObjectStore) -> Result<Consortium<'a>, Failure> {
        let head = self
            .remote
            .head()
            .map_err(|error| Failure::new(format!("the ledger's head: {}", reason(&error))))?;
        let now = now_ms();
        Ok(Consortium {
            ledger: &self.remote,
            store,
            charters: &self.charters,
            head: TrustedHead::new(head, now, now, 0).at("the ledger's head")?,
            members: None,
            threads: medseal::Threads::new(0),
        })
    }

    /// Names the nodes that were caught lying.
    pub(super) fn tell(&self) {
        for (node, lie) in self.remote.caught() {
            Failure::new(format!("WARNING: the node {node} lies: {lie}; tell the consortium"))
                .say("medseal-consortium");
        }
    }

    /// A member's keys, from the given file or from the configuration.
    pub(super) fn member(
        &self,
        given: Option<&Path>,
        configured: Option<&PathBuf>,
        field: &str,
    ) -> Result<MemberKeys, Failure> {
        let path = match (given, configured) {
            (Some(path), _) => path.to_owned(),
            (None, Some(path)) => self.config.resolve(path),
            (None, None) => return Err(Failure::new(format!("{} is missing", self.config.field(field)))),
        };
        let keys = files::read_secret(&path, MemberKeys::from_bytes)?;
        keys.verify(&self.charters.current().terms().parameters)
            .at(format!("{}: these keys are not for this ledger", path.display()))?;
        Ok(keys)
    }
}
