//! A node: its process, and the program in it.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use medseal::identity::{Certificate, MainNode, Registry, ReplayBounds, SuperNodePublicKey};
use medseal::ledger::{Charter, Charters, Validator};
use medseal_consortium::server::{Limits, ReplayFile, ServerConfig};
use medseal_consortium::{EngineKey, Node, NodeConfig, Peer, Server, Settings, Storage};

use crate::Result;

/// The flag before the folder of a node.
pub(crate) const FLAG: &str = "--node";

/// A node's process, killed on drop.
pub(crate) struct Process {
    folder: PathBuf,
    child: Child,
}

impl Process {
    pub(crate) fn start(folder: PathBuf) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        // The node ends with its standard input, also if this process is killed.
        let child = command.arg(FLAG).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        Ok(Self { folder, child })
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub(crate) fn restart(&mut self) -> Result<()> {
        *self = Self::start(self.folder.clone())?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node's addresses, for the other nodes and for hospitals.
pub(crate) fn addresses() -> Result<[SocketAddr; 2]> {
    // Both are bound at the same time, so they differ.
    let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [nodes, hospitals] = listeners.map(|listener| listener.local_addr());
    Ok([nodes?, hospitals?])
}

fn read<T>(path: PathBuf, decode: impl FnOnce(&[u8]) -> std::result::Result<T, medseal::Error>) -> Result<T> {
    let bytes = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(decode(&bytes)?)
}

/// Runs a node from the files in its folder and the parent folder, until its standard input ends.
pub(crate) fn run(folder: &Path) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let world = folder.parent().ok_or("a node's folder is in another one")?;
    let super_node = read(world.join("super-node"), SuperNodePublicKey::from_bytes)?;
    let first_charter = read(world.join("charter"), Charter::from_bytes)?;
    let registry = read(world.join("registry"), Registry::from_bytes)?.verify(&super_node, 0)?;
    let key = read(folder.join("engine"), EngineKey::from_bytes)?;
    let main_node = read(folder.join("main-node"), |bytes| MainNode::from_bytes(bytes, &super_node))?;
    let address =
        |folder: &Path, file| -> Result<SocketAddr> { Ok(fs::read_to_string(folder.join(file))?.parse()?) };
    let mut peers = Vec::new();
    for entry in fs::read_dir(world)? {
        let other = entry?.path();
        if other.is_dir() && other != folder && other.join("validator").exists() {
            peers.push(Peer {
                certificate: read(other.join("certificate"), Certificate::from_bytes)?,
                engine_key: read(other.join("validator"), Validator::from_bytes)?.engine_key().to_vec(),
                address: address(&other, "nodes")?.to_string(),
            });
        }
    }
    let config = NodeConfig {
        listen: address(folder, "nodes")?,
        storage: Storage::open(&folder.join("storage"), &folder.join("mark"), &key)?,
        first_charter: first_charter.clone(),
        super_node,
        registry: Some(registry.clone()),
        certificate: read(folder.join("certificate"), Certificate::from_bytes)?,
        key,
        peers,
        settings: Settings::default(),
    };
    let node = Arc::new(Node::start(config)?);
    let server = ServerConfig {
        ledger: Charters::new(first_charter, &super_node)?.ledger(),
        main_node,
        registry,
        replay: ReplayFile::open(&folder.join("replay"), ReplayBounds::default())?,
        limits: Limits::default(),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let server = Server::bind(address(folder, "hospitals")?, server, node).await?;
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        // Closed or unreadable: the parent process is gone.
        server.run(async { drop(ended.await) }).await;
        Ok(())
    })
}
