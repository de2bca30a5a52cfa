//! Two hospitals at four real nodes on this machine: engine, network, disk, servers and clients.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use medseal::Error;
use medseal::identity::{
    Certificate, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry, ReplayBounds,
    SuperNode,
};
use medseal::ledger::{Appended, Charter, Charters, Item, Ledger, validate};
use medseal::merkle::Tree;
use medseal::rand_core::OsRng;
use medseal_consortium::client::{Known, NodeAddress, RemoteConfig, Searching, Timeouts};
use medseal_consortium::server::{Limits, ReplayFile, ServerConfig};
use medseal_consortium::{Node, NodeConfig, Peer, Remote, Server, Settings, Storage};
use support::{WORLD, founded_by};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const NODES: usize = 4;

/// The nodes, each with a server on a separate runtime.
struct Consortium {
    first: Charter,
    registry: Registry,
    certificates: Vec<Certificate>,
    hospitals: [Vec<u8>; 2],
    /// `None` once the node is stopped.
    running: Vec<Option<(Arc<Node>, Runtime)>>,
    addresses: Vec<SocketAddr>,
    _storage: TempDir,
}

impl Consortium {
    fn start() -> Self {
        let now_ms = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64;
        let trusted = WORLD.super_node.public_key();
        let mut super_node = SuperNode::from_bytes(&WORLD.super_node.to_bytes()).unwrap();
        let hospitals = ["north", "south"].map(|name| {
            let request =
                RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", &mut OsRng).unwrap();
            let key = super_node.register(&request).unwrap();
            Hospital::accept(request, key, &trusted).unwrap().to_bytes().to_vec()
        });
        let registry = super_node.publish(now_ms).unwrap();
        let certificates = WORLD.nodes[..NODES].iter().map(|(node, _)| {
            let validity = now_ms - 60_000..=now_ms + 3_600_000;
            super_node.certify(&node.certificate_request(), validity, &mut OsRng).unwrap()
        });
        let certificates = certificates.collect::<Vec<_>>();
        // Free ports, all bound until all are known.
        let listeners = [0; NODES].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
        let ports = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
        drop(listeners);
        let (first, storage) = (founded_by(NODES), tempfile::tempdir().unwrap());
        let peer = |i: usize| Peer {
            certificate: certificates[i].clone(),
            engine_key: WORLD.nodes[i].1.public(),
            address: ports[i].to_string(),
        };
        let (mut running, mut addresses) = (Vec::new(), Vec::new());
        for i in 0..NODES {
            let place = |kind| storage.path().join(format!("{i}.{kind}"));
            let (directory, mark, key) = (place("storage"), place("mark"), &WORLD.nodes[i].1);
            Storage::create(&directory, &mark, key).unwrap();
            let node = Node::start(NodeConfig {
                listen: ports[i],
                storage: Storage::open(&directory, &mark, key).unwrap(),
                first_charter: first.clone(),
                super_node: trusted,
                registry: Some(registry.verify(&trusted, 0).unwrap()),
                key: WORLD.nodes[i].1.clone(),
                certificate: certificates[i].clone(),
                peers: (0..NODES).filter(|j| *j != i).map(peer).collect(),
                settings: Settings::default(),
            });
            let node = Arc::new(node.unwrap());
            let config = ServerConfig {
                ledger: first.ledger(),
                main_node: MainNode::from_bytes(&WORLD.nodes[i].0.to_bytes(), &trusted).unwrap(),
                registry: registry.verify(&trusted, 0).unwrap(),
                replay: ReplayFile::in_memory(MemoryReplayCache::new(ReplayBounds::default(), 0).unwrap()),
                limits: Limits::default(),
            };
            let runtime = Runtime::new().unwrap();
            let server = runtime.block_on(Server::bind("127.0.0.1:0", config, Arc::clone(&node))).unwrap();
            addresses.push(server.address().unwrap());
            runtime.spawn(server.run(std::future::pending()));
            running.push(Some((node, runtime)));
        }
        Self { first, registry, certificates, hospitals, running, addresses, _storage: storage }
    }

    fn connect(&self, hospital: usize) -> Remote {
        let trusted = WORLD.super_node.public_key();
        let node = |i: usize| NodeAddress {
            address: self.addresses[i].to_string(),
            certificate: self.certificates[i].clone(),
        };
        Remote::connect(RemoteConfig {
            nodes: (0..NODES).map(node).collect(),
            hospital: Hospital::from_bytes(&self.hospitals[hospital], &trusted).unwrap(),
            registry: self.registry.verify(&trusted, 0).unwrap(),
            ledger: self.first.ledger(),
            known: Known::default(),
            timeouts: Timeouts { finality: Duration::from_secs(60), ..Timeouts::default() },
            searching: Searching::default(),
        })
        .unwrap()
    }

    fn stop(&mut self, i: usize) {
        let (node, runtime) = self.running[i].take().unwrap();
        runtime.shutdown_timeout(Duration::from_secs(5));
        Arc::into_inner(node).unwrap().stop();
    }
}

#[test]
fn hospitals_share_a_real_ledger() {
    let mut consortium = Consortium::start();
    let (north, south) = (consortium.connect(0), consortium.connect(1));
    // Before the first block, the ledger contains the first charter.
    assert_eq!(north.head().unwrap().size, 1);
    let charters = Charters::new(consortium.first.clone(), &WORLD.super_node.public_key()).unwrap();
    let first = consortium.first.clone();
    let entry = |n| validate(WORLD.make_for(&first, n), &charters).unwrap();
    let entries = (0..4).map(entry).collect::<Vec<_>>();
    // On a slow machine an answer may be late. The client then asks again, and learns that the
    // entry is on the ledger already.
    let appended = |by: &Remote, n: usize| by.append(entries[n].clone()).map(|appended| appended.height);
    assert_eq!(appended(&north, 0), Ok(1));
    assert_eq!(south.get(&entries[0].id()).unwrap().to_bytes(), entries[0].to_bytes());
    assert_eq!(south.append(entries[0].clone()), Ok(Appended { height: 1, was_there: true }));
    assert_eq!(appended(&south, 1), Ok(2));

    // The node that both use stops, and they continue at another.
    consortium.stop(0);
    assert_eq!(appended(&north, 2), Ok(3));
    assert_eq!(appended(&south, 3), Ok(4));
    assert!(north.caught().is_empty() && south.caught().is_empty());

    // A client reads exactly the ledger under the certified head, item by item.
    let head = south.head().unwrap();
    assert_eq!(head.size, 5);
    let mut tree = Tree::new();
    for height in 0..head.size {
        tree.append(&south.at(height).unwrap().to_bytes());
    }
    assert_eq!(tree.head(), head);
    let ids = south.scan(1).map(|(_, item)| item.unwrap().entry().unwrap().id()).collect::<Vec<_>>();
    assert_eq!(ids, entries.iter().map(|entry| entry.id()).collect::<Vec<_>>());
    assert!(matches!(south.at(0), Ok(Item::Charter(_))));
    assert_eq!(south.at(5).unwrap_err(), Error::UnknownEntry);

    // A new charter, which the super node signed.
    let next = WORLD.next_charter(&south.charters(), head, &[0, 1, 2, 3]);
    assert_eq!(south.submit_charter(&next), Ok(5));
    assert_eq!(north.append(entry(9)), Err(Error::EraPassed));
    assert_eq!(north.charters().current().hash(), next.hash());
    assert_eq!(north.append(entries[3].clone()), Ok(Appended { height: 4, was_there: true }));
}
