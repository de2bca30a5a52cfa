//! A node's process. All keys come from one seed, so every process derives the same ones.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use medseal::identity::{
    Certificate, Hospital, MainNode, Name, RegistrationRequest, Registry, ReplayBounds, SuperNode,
    VerifiedRegistry,
};
use medseal::ledger::Ledger as _;
use medseal_consortium::server::{Limits, Quotas, ReplayFile, ServerConfig};
use medseal_consortium::{Backend as _, Node, NodeConfig, Peer, Server, Settings, Storage};

use crate::Anything;
use crate::support::{Seeded, WORLD, founded_claiming};

/// Hospitals that submit.
pub(crate) const HOSPITALS: usize = 64;

pub(crate) fn certificate(n: usize) -> Result<Certificate, Anything> {
    let request = WORLD.nodes[n].0.certificate_request();
    Ok(WORLD.super_node.certify(&request, 0..=u64::MAX, &mut Seeded(900 + n as u64, 0))?)
}

/// The hospitals, and their registry.
pub(crate) fn hospitals() -> Result<(Vec<Hospital>, VerifiedRegistry), Anything> {
    let public = WORLD.super_node.public_key();
    let mut super_node = SuperNode::from_bytes(&WORLD.super_node.to_bytes())?;
    let mut hospitals = Vec::new();
    for n in 0..HOSPITALS {
        let name = Name::new(&format!("hospital-{n}"))?;
        let request = RegistrationRequest::new(name, b"measured", &mut Seeded(800_000 + n as u64, 0))?;
        let key = super_node.register(&request)?;
        hospitals.push(Hospital::accept(request, key, &public)?);
    }
    let registry: Registry = super_node.publish(0)?;
    Ok((hospitals, registry.verify(&public, 0)?))
}

/// `measure node INDEX HOME CLAIM PORT...`: for each node, the port for the other nodes, and the
/// port for hospitals. The process ends with its standard input.
pub(crate) fn run(own: usize, home: &Path, claim: &str, ports: &[&str]) -> Result<(), Anything> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let ports = ports.iter().map(|port| port.parse::<u16>()).collect::<Result<Vec<_>, _>>()?;
    let ports = ports.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>();
    let (first_charter, (_, registry)) = (founded_claiming(ports.len(), claim), hospitals()?);
    let super_node = WORLD.super_node.public_key();
    let mut peers = Vec::new();
    for (n, (port, _)) in ports.iter().enumerate().filter(|(n, _)| *n != own) {
        let engine_key = WORLD.nodes[n].1.public();
        peers.push(Peer { certificate: certificate(n)?, engine_key, address: format!("127.0.0.1:{port}") });
    }
    let (storage, key) = (home.join(format!("node-{own}")), &WORLD.nodes[own].1);
    let mark = storage.with_extension("mark");
    if !mark.exists() {
        Storage::create(&storage, &mark, key)?;
    }
    let ledger = first_charter.ledger();
    let started = std::time::Instant::now();
    let node = Arc::new(Node::start(NodeConfig {
        listen: ([127, 0, 0, 1], ports[own].0).into(),
        storage: Storage::open(&storage, &mark, key)?,
        first_charter,
        super_node,
        registry: Some(registry.clone()),
        key: key.clone(),
        certificate: certificate(own)?,
        peers,
        settings: Settings { validation_threads: 1, ..Settings::default() },
    })?);
    let replay = home.join(format!("replay-{own}"));
    let bounds = ReplayBounds { window_ms: 2000, ..ReplayBounds::default() };
    let replay = match replay.exists() {
        true => ReplayFile::open(&replay, bounds)?,
        false => {
            ReplayFile::create(&replay, bounds)?;
            ReplayFile::open(&replay, bounds)?
        }
    };
    // Quotas are not measured, and all clients have the same address.
    let quotas = Quotas { entries: u32::MAX, bytes: u32::MAX, searches: u32::MAX };
    let limits = Limits { quotas, connections_per_address: 1024, ..Limits::default() };
    let main_node = MainNode::from_bytes(&WORLD.nodes[own].0.to_bytes(), &super_node)?;
    let config = ServerConfig { ledger, main_node, registry, replay, limits };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let address = format!("127.0.0.1:{}", ports[own].1);
    let server = runtime.block_on(Server::bind(address, config, Arc::clone(&node)))?;
    runtime.spawn(server.run(std::future::pending()));
    println!("started {:.3}", started.elapsed().as_secs_f64());
    for line in std::io::stdin().lines() {
        drop(line?);
        let (status, head, (memory, cpu)) = (node.status(), node.chain().head()?, usage()?);
        println!("{} {} {} {memory} {cpu}", status.blocks, head.size, head.root);
    }
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

/// Resident memory in MiB, and CPU seconds, of this process.
fn usage() -> Result<(u64, f64), Anything> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ').collect::<Vec<_>>();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((resident.unwrap_or(0) / 1024, (ticks(12) + ticks(13)) / 100.0))
}
