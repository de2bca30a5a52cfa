//! A node of the ledger on this machine: it authenticates the others, and runs the engine on a
//! network and a disk.
//!
//! # Who may take part?
//! Main nodes that the super node certified. Before it talks to another node, this one checks that
//! node's certificate: the super node's signature, the role, the period by this machine's clock,
//! and that it is not revoked. Which nodes may *decide* depends only on the charter, which lists
//! the validators, and not on any clock. If a validator's certificate has expired, the others do
//! not talk to it, as if it were down.
//!
//! The configuration lists all nodes that this one may talk to, including those that are not
//! validators yet. List a new node in the others' configurations before a charter names it, so it
//! can fetch the blocks.
//!
//! # Clocks
//! Consensus needs no common clock. The network refuses a peer whose clock is more than ten minutes
//! off.

use std::collections::HashSet;
use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::ChaCha20Poly1305;
use commonware_cryptography::Signer as _;
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _, Ingress};
use commonware_runtime::{Metrics as _, Quota, Runner as _, Spawner as _, Supervisor as _, tokio as runtime};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{Hostname, NZU32, NZUsize};
use medseal::Error;
use medseal::identity::{Certificate, Name, Role, SuperNodePublicKey, VerifiedRegistry};
use medseal::ledger::{Appended, Charter, Charters, Ledger};
use medseal::merkle::InclusionProof;
use tokio::sync::{oneshot, watch};

use crate::application::App;
use crate::backend::{Backend, Refused, Source, Status};
use crate::certificate::CertifiedHead;
use crate::chain::Chain;
use crate::core::{Core, CoreConfig};
use crate::engine::{self, CHANNELS, Local, Stopped};
use crate::keys::{BadValidators, EngineKey, check_validators, namespace};
use crate::pool::PoolLimits;
use crate::storage::{Storage, StorageError};
use crate::verdicts::Verdicts;

/// The greatest difference between the clocks of two nodes.
const CLOCKS: Duration = Duration::from_mins(10);
/// How long to avoid a peer that sent what no honest node sends.
const BLOCKED: Duration = Duration::from_mins(10);
/// How long tasks may take to end when the node stops.
const ENDING: Duration = Duration::from_secs(10);

/// The configuration of a node.
#[derive(Debug)]
pub struct NodeConfig {
    /// The address at which it listens for other nodes.
    pub listen: SocketAddr,
    /// The storage of blocks and votes.
    pub storage: Storage,
    /// The ledger's first charter.
    pub first_charter: Charter,
    /// The super node's key, from a trusted source.
    pub super_node: SuperNodePublicKey,
    /// The registry, which lists revoked certificates, if known.
    pub registry: Option<VerifiedRegistry>,
    /// This node's engine key.
    pub key: EngineKey,
    /// The certificate of this node's main node.
    pub certificate: Certificate,
    /// The other nodes.
    pub peers: Vec<Peer>,
    /// Settings.
    pub settings: Settings,
}

/// Another node.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The certificate of its main node.
    pub certificate: Certificate,
    /// Its public engine key.
    pub engine_key: Vec<u8>,
    /// The address at which it listens: `address:port` or `host.name:port`.
    pub address: String,
}

/// Settings of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Limits of the pool of waiting entries.
    pub limits: PoolLimits,
    /// Threads that validate entries; zero means one for each core.
    pub validation_threads: usize,
    /// Threads of the engine.
    pub engine_threads: usize,
    /// Total bytes of entries whose verdicts are remembered.
    pub verdict_bytes: usize,
    /// Blocks in a consensus epoch, at least two: **the same for all nodes of a ledger, and never
    /// changed**. Nodes with different values do not talk to each other.
    pub epoch_blocks: u64,
    /// The time after which an idle ledger makes an empty block.
    pub heartbeat: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: PoolLimits::default(),
            validation_threads: 0,
            engine_threads: 2,
            verdict_bytes: 128 << 20,
            epoch_blocks: 256,
            heartbeat: Duration::from_mins(1),
        }
    }
}

/// Why a node cannot start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartError {
    /// The first charter is not from this super node.
    Charter(Error),
    /// The first charter's validators cannot run a ledger.
    Validators(BadValidators),
    /// This node's own certificate is invalid.
    Certificate(Name, Error),
    /// A peer's address is malformed.
    Address(String),
    /// A peer's engine key is malformed, listed twice, or this node's own.
    Key(String),
    /// The charter names this engine key under another name than the certificate beside it.
    OtherName {
        /// The name in the charter.
        charter: Name,
        /// The name in the certificate.
        certificate: Name,
    },
    /// The node cannot listen at its address.
    Listen(SocketAddr, String),
    /// The storage directory is refused.
    Storage(StorageError),
    /// The engine did not start.
    Engine(Stopped),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charter(error) => write!(f, "the first charter is not from this super node: {error}"),
            Self::Validators(error) => write!(f, "the first charter cannot found this ledger: {error}"),
            Self::Certificate(name, Error::CertificateExpired) => write!(
                f,
                "the certificate of {} is not valid now: check this machine's clock, or have the super node certify the node again",
                name.as_str()
            ),
            Self::Certificate(name, error) => {
                write!(f, "the certificate of {} is not valid: {error}", name.as_str())
            }
            Self::Address(address) => {
                write!(f, "{address:?} is not an address: write it as 192.0.2.7:7000 or node.example:7000")
            }
            Self::Key(address) => {
                write!(
                    f,
                    "the engine key of the node at {address} is malformed, or is in the configuration twice"
                )
            }
            Self::OtherName { charter, certificate } => write!(
                f,
                "the charter names the engine key of {} as that of {}: one of the two files belongs to another node",
                certificate.as_str(),
                charter.as_str()
            ),
            Self::Listen(address, error) => write!(f, "cannot listen at {address}: {error}"),
            Self::Storage(error) => write!(f, "{error}"),
            Self::Engine(stopped) => write!(f, "{stopped}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running node. Dropping it stops the node; [`stop`](Self::stop) also waits for the end.
pub struct Node {
    core: Arc<Core>,
    metrics: Box<dyn Fn() -> String + Send + Sync>,
    stop: Option<oneshot::Sender<()>>,
    stopped: watch::Receiver<Option<Stopped>>,
    thread: Option<JoinHandle<()>>,
}

/// What a node's thread reports once it runs.
type Started = Result<(Arc<Core>, Box<dyn Fn() -> String + Send + Sync>), StartError>;

impl Node {
    /// Starts a node on separate threads. Returns once the ledger is read from the archive and the
    /// engine runs. The node may still be behind the others.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(config: NodeConfig) -> Result<Self, StartError> {
        check_validators(&config.first_charter).map_err(StartError::Validators)?;
        let now_ms = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_millis() as u64);
        let peers = checked_peers(&config, now_ms)?;
        let listen = TcpListener::bind(config.listen);
        drop(listen.map_err(|error| StartError::Listen(config.listen, error.to_string()))?);
        // Held until all tasks have ended, including those that do not know of it.
        let held = config.storage.held().map_err(StartError::Storage)?;

        let (started, starting) = std::sync::mpsc::channel::<Started>();
        let (stop, stopping) = oneshot::channel();
        let (ended, stopped) = watch::channel(None);
        let runner = runtime::Runner::new(
            runtime::Config::new()
                .with_worker_threads(config.settings.engine_threads.max(1))
                .with_tcp_nodelay(Some(true))
                .with_storage_directory(config.storage.directory()),
        );
        let thread = move || {
            let (end, _held) = (Ended(ended), held);
            let why = runner.start(|context| run(context, config, peers, started, stopping));
            end.0.send_replace(Some(why));
        };
        let thread = std::thread::Builder::new().name("consortium-node".into()).spawn(thread);
        let thread = thread.map_err(|error| StartError::Engine(Stopped::Storage(error.to_string())))?;
        let (core, metrics) =
            starting.recv().unwrap_or(Err(StartError::Engine(Stopped::Engine("runtime"))))?;
        Ok(Self { core, metrics, stop: Some(stop), stopped, thread: Some(thread) })
    }

    /// The ledger as far as it is final here.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        self.core.chain()
    }

    /// Figures of the engine and of the ledger, in Prometheus format.
    #[must_use]
    pub fn metrics(&self) -> String {
        (self.metrics)()
    }

    /// Waits until the node stops because it cannot continue.
    pub async fn failed(&self) -> Stopped {
        let mut stopped = self.stopped.clone();
        let why = stopped.wait_for(Option::is_some).await;
        why.ok().and_then(|why| why.clone()).unwrap_or(Stopped::Engine("runtime"))
    }

    /// Stops the node, and waits until it has ended. Entries in its pool are lost, unless they were
    /// forwarded.
    pub fn stop(mut self) {
        self.end();
        if let Some(thread) = self.thread.take() {
            // It reported why it ended.
            let _ = thread.join();
        }
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have stopped already.
            let _ = stop.send(());
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("chain", self.chain()).finish_non_exhaustive()
    }
}

impl Backend for Node {
    async fn submit(&self, source: Source, entry: Vec<u8>) -> Result<Appended, Refused> {
        self.core.submit(source, entry).await
    }

    async fn submit_charter(&self, source: Source, charter: Vec<u8>) -> Result<u64, Refused> {
        self.core.submit_charter(source, charter).await
    }

    fn ledger(&self) -> &(impl Ledger + 'static) {
        self.core.chain()
    }

    fn charters(&self) -> Arc<Charters> {
        self.core.chain().charters()
    }

    fn prove_item(&self, height: u64, size: u64) -> Result<InclusionProof, Error> {
        self.core.chain().prove_item(height, size)
    }

    fn certified_head(&self) -> Option<CertifiedHead> {
        self.core.chain().certified()
    }

    fn status(&self) -> Status {
        self.core.status()
    }
}

/// Reports that the node has ended, also if its thread panics.
struct Ended(watch::Sender<Option<Stopped>>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.send_if_modified(|why| {
            let is_new = why.is_none();
            why.get_or_insert(Stopped::Engine("runtime"));
            is_new
        });
    }
}

/// The nodes that this one talks to, including itself, with their addresses.
fn checked_peers(config: &NodeConfig, now_ms: u64) -> Result<Map<PublicKey, Address>, StartError> {
    let stands = |certificate: &Certificate| {
        let verified = certificate.verify(&config.super_node, Role::MainNode)?;
        let name = verified.name().clone();
        let is_revoked = |registry: &VerifiedRegistry| registry.is_certificate_revoked(&verified.serial());
        if !verified.validity().contains(&now_ms) {
            return Ok((name, Err(Error::CertificateExpired)));
        }
        if config.registry.as_ref().is_some_and(is_revoked) {
            return Ok((name, Err(Error::CertificateRevoked)));
        }
        Ok((name, Ok(())))
    };
    // The first charter's names. Later charters name nodes that already talk.
    let named = |name: &Name, key: &[u8]| {
        let validators = &config.first_charter.terms().validators;
        let validator = validators.iter().find(|validator| validator.engine_key() == key);
        match validator.map(|validator| validator.name()).filter(|charter| *charter != name) {
            Some(charter) => {
                Err(StartError::OtherName { charter: charter.clone(), certificate: name.clone() })
            }
            None => Ok(()),
        }
    };
    let own = config.key.private().public_key();
    let (name, stood) = stands(&config.certificate).map_err(StartError::Charter)?;
    stood.map_err(|error| StartError::Certificate(name.clone(), error))?;
    named(&name, &config.key.public())?;
    let mut seen = HashSet::from([own.clone()]);
    let mut peers = vec![(own, Address::Symmetric(config.listen))];
    for peer in &config.peers {
        let key = PublicKey::decode(Copying(&peer.engine_key)).ok().filter(|key| seen.insert(key.clone()));
        let key = key.ok_or_else(|| StartError::Key(peer.address.clone()))?;
        let address = address(&peer.address).ok_or_else(|| StartError::Address(peer.address.clone()))?;
        match stands(&peer.certificate) {
            Ok((name, Ok(()))) => {
                named(&name, &peer.engine_key)?;
                peers.push((key, address));
            }
            // One expired certificate must not prevent the other nodes from restarting.
            Ok((name, Err(error))) => {
                tracing::error!(node = name.as_str(), %error, "NOT TALKED TO: this node's certificate is not valid");
            }
            Err(error) => {
                tracing::error!(address = peer.address, %error, "NOT TALKED TO: the certificate is not from this super node");
            }
        }
    }
    Map::try_from(peers).map_err(|_| StartError::Key(config.listen.to_string()))
}

fn address(text: &str) -> Option<Address> {
    if let Ok(address) = text.parse() {
        return Some(Address::Symmetric(address));
    }
    let (host, port) = text.rsplit_once(':')?;
    let (host, port) = (Hostname::new(host).ok()?, port.parse().ok()?);
    // A peer is known by its key. Its source address does not matter.
    let egress = SocketAddr::from(([0, 0, 0, 0], port));
    Some(Address::Asymmetric { ingress: Ingress::Dns { host, port }, egress })
}

/// Runs on the runtime until it is told to stop or cannot continue.
async fn run(
    context: runtime::Context,
    config: NodeConfig,
    peers: Map<PublicKey, Address>,
    started: std::sync::mpsc::Sender<Started>,
    stopping: oneshot::Receiver<()>,
) -> Stopped {
    let threads = match config.settings.validation_threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let epoch_blocks = config.settings.epoch_blocks;
    let chain = match Chain::new(&config.first_charter, &config.super_node, epoch_blocks) {
        Ok(chain) => chain,
        Err(error) => {
            // The caller may be gone.
            let _ = started.send(Err(StartError::Charter(error)));
            return Stopped::Engine("runtime");
        }
    };
    let core_config = CoreConfig {
        chain,
        verdicts: Verdicts::new(threads, config.settings.verdict_bytes),
        limits: config.settings.limits,
        heartbeat: config.settings.heartbeat,
        engine_key: config.key.public(),
    };
    let (core, outbox) = Core::new(context.child("ledger"), core_config);
    core.set_peers(config.peers.iter().map(|peer| peer.engine_key.clone()).collect());

    let signer = config.key.private().clone();
    let sake =
        Sake { signer, synchrony_bound: CLOCKS, max_handshake_age: CLOCKS, version: sake::Version::V1 };
    let handshake = Cups::<_, ChaCha20Poly1305>::new(sake, cups::Version::V1);
    // Nodes with different epoch lengths could not agree on anything.
    let ledger = namespace(&config.first_charter.ledger());
    let network_namespace = [ledger.as_slice(), b"/network/", &epoch_blocks.to_be_bytes()].concat();
    // The queues are sized for this many peers at their full rate.
    let most = NonZeroUsize::new(peers.len()).unwrap_or(NonZeroUsize::MIN);
    let mailbox = NZUsize!(1024);
    let mut network_config = lookup::Config::local(
        handshake,
        &network_namespace,
        config.listen,
        most,
        engine::max_message(),
        mailbox,
    );
    network_config.bypass_ip_check = true;
    network_config.tracked_peer_sets = NZUsize!(1);
    network_config.block_duration = BLOCKED;
    let (mut network, mut oracle) = lookup::Network::new(context.child("network"), network_config);
    oracle.track(0, peers);
    let channels: [_; CHANNELS] =
        std::array::from_fn(|channel| network.register(channel as u64, Quota::per_second(NZU32!(512))));
    let mut network = network.start();

    let app = App::new(Arc::clone(&core));
    let engine = engine::start(
        context.child("engine"),
        Arc::clone(&core),
        outbox,
        Local { key: config.key, prefix: String::new(), storage: Some(config.storage) },
        app,
        (oracle.clone(), oracle),
        channels,
    );
    let mut engine = match engine.await {
        Ok(engine) => engine,
        Err(stopped) => {
            let _ = started.send(Err(StartError::Engine(stopped.clone())));
            return stopped;
        }
    };
    let figures = context.child("figures");
    let _ = started.send(Ok((core, Box::new(move || figures.encode()))));
    let why = tokio::select! {
        _ = stopping => None,
        _ = &mut network => Some(Stopped::Engine("network")),
        stopped = &mut engine => Some(stopped.unwrap_or(Stopped::Engine("engine"))),
    };
    if let Some(why) = &why {
        tracing::error!(%why, "THE NODE STOPS");
    }
    if context.stop(0, Some(ENDING)).await.is_err() {
        tracing::warn!("tasks of the engine did not end in time");
    }
    why.unwrap_or(Stopped::Told)
}
