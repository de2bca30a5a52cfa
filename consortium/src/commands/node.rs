//! `init` creates a node's storage. `node` runs a node until it is told to stop.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use medseal::identity::{MainNode, ReplayBounds};
use medseal_consortium::server::{Limits, Quotas, RegistryHandle, ReplayFile, ServerConfig};
use medseal_consortium::{EngineKey, Node, NodeConfig, Peer, Server, Settings, Storage};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::metrics;
use crate::config::{Config, Log, NodeSection};
use crate::files;
use crate::report::{At, Failure, print};

pub(crate) fn init(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    let section = config.node()?;
    let (key, directory) = (engine_key(&config, section)?, config.resolve(&section.storage));
    Storage::create(&directory, &mark(&config, section), &key).at(config.field("storage"))?;
    print(format!("created: {}; you can start the node now", directory.display()))
}

pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let config = Config::load(path)?;
    let section = config.node()?;
    start_log(section.log)?;
    let (node, server) = (node_config(&config, section)?, server_config(&config, section)?);
    let runtime = tokio::runtime::Runtime::new().at("starting threads")?;
    // Reads the ledger from the disk, which takes a while.
    let node = Arc::new(Node::start(node).at("the node cannot start")?);
    let served = runtime.block_on(serve(&config, section, server, &node));
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Some(node) = Arc::into_inner(node) {
        node.stop();
    }
    tracing::info!("stopped");
    served
}

fn start_log(log: Log) -> Result<(), Failure> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) => EnvFilter::builder().parse(filter).at("RUST_LOG")?,
        // The engine logs every turn.
        Err(_) => EnvFilter::new("warn,medseal_consortium=info"),
    };
    let to_terminal = std::io::stderr().is_terminal();
    let log_to =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(to_terminal).with_writer(std::io::stderr);
    let started = match log {
        Log::Text => log_to.try_init(),
        Log::Json => log_to.json().try_init(),
    };
    started.at("starting the log")
}

fn engine_key(config: &Config, section: &NodeSection) -> Result<EngineKey, Failure> {
    files::read_secret(&config.resolve(&section.engine), EngineKey::from_bytes).at(config.field("engine"))
}

/// The file beside the engine key that identifies the storage with its votes.
fn mark(config: &Config, section: &NodeSection) -> PathBuf {
    config.resolve(&section.engine).with_extension("mark")
}

fn node_config(config: &Config, section: &NodeSection) -> Result<NodeConfig, Failure> {
    let key = engine_key(config, section)?;
    let mut peers = Vec::new();
    for node in config.nodes() {
        let engine_key = config.validator(&node.validator)?.engine_key().to_vec();
        // All members list the same nodes, so the list includes this one.
        if engine_key != key.public() {
            let certificate = config.certificate(&node.certificate)?;
            peers.push(Peer { certificate, engine_key, address: node.nodes.clone() });
        }
    }
    let settings = Settings {
        validation_threads: section.validation_threads,
        epoch_blocks: section.epoch_blocks,
        heartbeat: Duration::from_secs(section.heartbeat_seconds),
        ..Settings::default()
    };
    let (first_charter, registry) = (config.first_charter()?, config.verified_registry()?);
    let certificate = config.certificate(&section.certificate)?;
    let storage = Storage::open(&config.resolve(&section.storage), &mark(config, section), &key);
    Ok(NodeConfig {
        listen: section.listen_nodes,
        storage: storage.at(config.field("storage"))?,
        first_charter,
        super_node: config.super_node,
        registry: Some(registry),
        certificate,
        key,
        peers,
        settings,
    })
}

fn server_config(config: &Config, section: &NodeSection) -> Result<ServerConfig, Failure> {
    let main_node = config.resolve(&section.main_node);
    let main_node = files::read_secret(&main_node, |bytes| MainNode::from_bytes(bytes, &config.super_node));
    let quotas = Quotas {
        entries: section.quotas.entries,
        bytes: section.quotas.mebibytes.saturating_mul(1 << 20),
        searches: section.quotas.searches,
    };
    Ok(ServerConfig {
        ledger: config.ledger()?,
        main_node: main_node.at(config.field("main_node"))?,
        registry: config.verified_registry()?,
        replay: ReplayFile::open(&config.resolve(&section.replay), ReplayBounds::default())
            .at(config.field("replay"))?,
        limits: Limits { searches: section.searches.get(), quotas, ..Limits::default() },
    })
}

async fn serve(
    config: &Config,
    section: &NodeSection,
    server: ServerConfig,
    node: &Arc<Node>,
) -> Result<(), Failure> {
    let listening = |field, address| format!("{}: cannot listen at {address}", config.field(field));
    let hospitals = section.listen_hospitals;
    let server = Server::bind(hospitals, server, Arc::clone(node)).await;
    let server = server.at(listening("listen_hospitals", hospitals))?;
    let listener = metrics::bind(section.metrics).await.at(listening("metrics", section.metrics))?;
    tokio::spawn(metrics::serve(listener, Arc::downgrade(node), server.counters()));
    let mut terminate = signal(SignalKind::terminate()).at("waiting for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).at("waiting for signals")?;
    let mut hang_up = signal(SignalKind::hangup()).at("waiting for signals")?;
    let registry = server.registry();
    tracing::info!(nodes = %section.listen_nodes, %hospitals, metrics = %section.metrics, "ready");

    let mut why = None;
    let stop = async {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => reload(config, &registry),
                stopped = node.failed() => {
                    why = Some(Failure::new(format!("the node cannot go on: {stopped}")));
                    break;
                }
            }
        }
    };
    server.run(stop).await;
    why.map_or(Ok(()), Err)
}

/// Reloads the registry from its file.
fn reload(config: &Config, registry: &RegistryHandle) {
    let updated = config.registry().and_then(|next| registry.update(&next).at(config.field("registry")));
    match updated {
        Ok(()) => tracing::info!(sequence = registry.current().sequence(), "reloaded the registry"),
        Err(Failure(error)) => tracing::error!(error, "the registry was not reloaded"),
    }
}
