//! The node in a simulator: the network drops, delays and splits messages, nodes crash and restart,
//! and one lies. Each run is determined by its seed. `SEEDS=1000 cargo test --test simulator` runs
//! more seeds, and `SEED=17` runs one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    reason = "a test fails by panicking, also in shared helpers"
)]

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use commonware_codec::{Copying, DecodeExt as _};
use commonware_consensus::Application;
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Context;
use commonware_cryptography::{Digested, Digestible as _, Hasher as _, Sha256, ed25519, sha256};
use commonware_p2p::Recipients;
use commonware_p2p::simulated::{Config, Link, Network, Oracle, SplitOrigin, SplitTarget};
use commonware_runtime::{
    Clock as _, Handle, IoBuf, Quota, Runner as _, Spawner as _, Storage as _, Supervisor as _, deterministic,
};
use commonware_utils::{NZU32, NZUsize, Probability};
use futures::StreamExt as _;
use medseal::identity::Name;
use medseal::ledger::{Entry, EntryId, Item, Ledger as _};
use medseal::merkle::Frontier;
use medseal_consortium::engine::{self, CHANNELS, Local, Stopped};
use medseal_consortium::{
    App, Block, Chain, Core, CoreConfig, ITEM_BYTES, PoolLimits, Refused, Source, Storage, Verdicts,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use support::WORLD;

type Key = ed25519::PublicKey;
type Runtime = deterministic::Context;

/// Real verdicts, computed once for all runs.
static VERDICTS: LazyLock<Arc<Verdicts>> = LazyLock::new(|| Verdicts::new(0, 1 << 30));

const FOUNDERS: usize = 4;
const EPOCH: u64 = 12;

/// The behaviour of the fourth node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lie {
    /// Nothing wrong.
    None,
    /// It proposes an entry under a forged signature.
    Forged,
    /// It proposes an entry that is already on the ledger or in a pending block.
    Duplicate,
    /// It proposes an entry twice in one block, under two signatures.
    Twice,
    /// It proposes an entry that is too large.
    Oversized,
    /// Its block names a wrong head.
    Head,
    /// Its block names wrong validators.
    Validators,
    /// It proposes blocks that it sends to nobody.
    Withheld,
    /// It runs twice with the same key: it proposes two blocks in one turn, and votes for both.
    Twins,
}

const LIES: [Lie; 9] = [
    Lie::None,
    Lie::Forged,
    Lie::Duplicate,
    Lie::Twice,
    Lie::Oversized,
    Lie::Head,
    Lie::Validators,
    Lie::Withheld,
    Lie::Twins,
];

/// Proposes lies, and accepts everything.
#[derive(Clone)]
struct Liar {
    lie: Lie,
    core: Arc<Core>,
    turn: usize,
}

impl Application<Runtime> for Liar {
    type SigningScheme = Scheme;
    type Context = Context<sha256::Digest, Key>;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (clock, context): (Runtime, Self::Context),
        ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let mut own = ancestry.clone();
        self.turn += 1;
        let honest = App::new(Arc::clone(&self.core)).propose((clock, context), ancestry, ()).await;
        let parent = own.next().await?;
        let mut tree = Frontier::new();
        // The tree up to the parent, if the parent is final here; else the honest block is as good.
        let chain = self.core.chain();
        if chain.head().unwrap() != parent.inner().header().head {
            return honest;
        }
        for height in 0..parent.inner().header().head.size {
            tree.append(&chain.at(height).unwrap().to_bytes());
        }
        let header = honest.as_ref().map_or(parent.inner(), |block| block.inner()).header().clone();
        let mut validators = header.validators;
        let n = self.turn % 8;
        let mut head = None;
        let items = match self.lie {
            Lie::Forged => vec![WORLD.entry(n), WORLD.forged(n + 8)],
            Lie::Duplicate => (1..=chain.head().unwrap().size.checked_sub(1)?)
                .take(1)
                .map(|height| chain.at(height).unwrap().to_bytes())
                .collect(),
            Lie::Twice => vec![WORLD.entry(n + 20), WORLD.signed_again(n + 20)],
            Lie::Oversized => vec![vec![0x4d; ITEM_BYTES + 1]],
            Lie::Head => {
                head = Some(parent.inner().header().head);
                vec![WORLD.entry(n + 20)]
            }
            Lie::Validators => {
                validators += 1;
                vec![WORLD.entry(n + 20)]
            }
            Lie::None | Lie::Withheld | Lie::Twins => return honest,
        };
        items.iter().for_each(|item| {
            tree.append(item);
        });
        let epoch = (parent.inner().header().height + 1) / EPOCH;
        let head = head.unwrap_or_else(|| tree.head());
        let block = Block::following(parent.inner(), epoch, validators, items, head);
        let digest = block.digest();
        Some(Digested::precomputed(block, digest))
    }

    async fn verify(&mut self, _: (Runtime, Self::Context), _: impl Ancestry<Block>) -> bool {
        true
    }
}

fn key(n: usize) -> Key {
    Key::decode(Copying(&WORLD.nodes[n].1.public())).unwrap()
}

/// A running node.
struct Node {
    core: Arc<Core>,
    task: Handle<()>,
}

/// A network with its nodes.
struct World {
    context: Runtime,
    oracle: Oracle<Key, Runtime>,
    nodes: BTreeMap<usize, Node>,
    lie: Lie,
    /// The answers to hospitals: id and height.
    told: Arc<Mutex<HashMap<EntryId, u64>>>,
    /// Why a node could not start.
    refused: Arc<Mutex<Option<Stopped>>>,
    /// The epochs in which the first node has voted since its start.
    voted: Arc<Mutex<HashSet<u8>>>,
    /// The marks of nodes with a real storage.
    storage: Option<tempfile::TempDir>,
    incarnation: u64,
}

impl World {
    async fn new(context: Runtime, lie: Lie) -> Self {
        let config = Config {
            max_size: engine::max_message(),
            max_peers_per_set: NZUsize!(support::NODES),
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(2),
        };
        let keys = (0..support::NODES).map(key).collect::<Vec<_>>();
        let (network, oracle) = Network::new_with_peers(context.child("network"), config, keys).await;
        network.start();
        let (told, refused, voted) = (Arc::default(), Arc::default(), Arc::default());
        let nodes = BTreeMap::new();
        Self { context, oracle, nodes, lie, told, refused, voted, storage: None, incarnation: 0 }
    }

    /// The path of a node's storage mark, if it has one.
    fn storage(&self, n: usize) -> Option<Storage> {
        let folder = self.storage.as_ref()?.path();
        let (directory, mark) = (folder.join(n.to_string()), folder.join(format!("{n}.mark")));
        let key = &WORLD.nodes[n].1;
        if !mark.exists() {
            Storage::create(&directory, &mark, key).unwrap();
        }
        Some(Storage::open(&directory, &mark, key).unwrap())
    }

    /// Starts a node. The fourth behaves as the world's lie demands.
    async fn start(&mut self, n: usize) {
        let lie = if n == 3 { self.lie } else { Lie::None };
        let control = self.oracle.control(key(n));
        let is_withheld = Arc::new(AtomicBool::new(lie == Lie::Withheld));
        let (mut primary, mut secondary) = (Vec::new(), Vec::new());
        for channel in 0..CHANNELS as u64 {
            let quota = Quota::per_second(NZU32!(4096));
            let (sender, receiver) = control.register(channel, quota).await.unwrap();
            let is_withheld = (channel == 3).then(|| Arc::clone(&is_withheld));
            let voted = (channel == 0 && n == 0).then(|| Arc::clone(&self.voted));
            let forward = move |_: SplitOrigin, to: &Recipients<Key>, message: &IoBuf| {
                // A message begins with its epoch; a byte holds those of these tests.
                if let Some(voted) = &voted {
                    voted.lock().unwrap().extend(message.as_ref().first());
                }
                let withheld = is_withheld.as_ref().is_some_and(|withheld| withheld.load(Ordering::Relaxed));
                (!withheld).then(|| to.clone())
            };
            let (a, b) = sender.split_with(forward);
            let target = if lie == Lie::Twins { SplitTarget::Both } else { SplitTarget::Primary };
            let (c, d) = receiver.split_with(self.context.child("split"), move |_| target);
            primary.push((a, c));
            secondary.push((b, d));
        }
        let mut halves = vec![primary];
        if lie == Lie::Twins {
            halves.push(secondary);
        }
        for (half, channels) in halves.into_iter().enumerate() {
            self.incarnation += 1;
            let context = self.context.child("node").with_attribute("incarnation", self.incarnation);
            let chain = Chain::new(&WORLD.first, &WORLD.super_node.public_key(), EPOCH).unwrap();
            let config = CoreConfig {
                chain,
                verdicts: Arc::clone(&VERDICTS),
                limits: PoolLimits::default(),
                heartbeat: Duration::from_secs(5),
                engine_key: WORLD.nodes[n].1.public(),
            };
            let (core, outbox) = Core::new(context.child("core"), config);
            let (key, prefix) = (WORLD.nodes[n].1.clone(), format!("{n}-{half}-"));
            let local = Local { key, prefix, storage: self.storage(n) };
            let net = (self.oracle.manager(), control.clone());
            let channels = channels.try_into().unwrap_or_else(|_| unreachable!());
            let (own, refused) = (Arc::clone(&core), Arc::clone(&self.refused));
            let task = context.spawn(move |context| async move {
                let engine = context.child("engine");
                let running = if lie == Lie::None {
                    engine::start(engine, Arc::clone(&own), outbox, local, App::new(own), net, channels).await
                } else {
                    let app = Liar { lie, core: Arc::clone(&own), turn: 0 };
                    engine::start(engine, own, outbox, local, app, net, channels).await
                };
                let stopped = match running {
                    Ok(running) => running.await,
                    Err(stopped) => {
                        *refused.lock().unwrap() = Some(stopped);
                        return;
                    }
                };
                panic!("node {n} stopped: {stopped:?}");
            });
            if half == 0 {
                self.nodes.insert(n, Node { core, task });
            }
        }
    }

    /// Ends a node as `kill -9` does.
    async fn kill(&mut self, n: usize) {
        let node = self.nodes.remove(&n).unwrap();
        node.task.abort();
        let _ = node.task.await;
    }

    async fn link(&self, link: Link) {
        for (from, to) in pairs() {
            let _ = self.oracle.remove_link(key(from), key(to)).await;
            self.oracle.add_link(key(from), key(to), link.clone()).await.unwrap();
        }
    }

    /// Partitions the network into two sides.
    async fn split(&self, side: &HashSet<usize>) {
        for (from, to) in pairs() {
            if side.contains(&from) != side.contains(&to) {
                let _ = self.oracle.remove_link(key(from), key(to)).await;
            }
        }
    }

    /// Submits an entry at a node, and records the answer.
    fn submit(&self, n: usize, entry: Vec<u8>) {
        let Some(node) = self.nodes.get(&n) else { return };
        let (core, told) = (Arc::clone(&node.core), Arc::clone(&self.told));
        self.context.child("client").spawn(move |_| async move {
            let id = Entry::from_bytes(&entry).unwrap().id();
            match core.submit(hospital(n), entry).await {
                Ok(appended) => {
                    let before = told.lock().unwrap().insert(id, appended.height);
                    assert!(before.is_none_or(|height| height == appended.height), "told two heights");
                }
                Err(Refused::Stopped) => {}
                Err(refused) => panic!("an honest entry was refused: {refused}"),
            }
        });
    }

    fn honest(&self) -> impl Iterator<Item = (usize, &Arc<Core>)> {
        let lying = (self.lie != Lie::None).then_some(3);
        self.nodes.iter().filter(move |(n, _)| Some(**n) != lying).map(|(n, node)| (*n, &node.core))
    }

    /// Checks that all nodes have the same items at the same heights, none twice, all valid, and
    /// that answers hold: in the end, all of them.
    fn check_safety(&self, all_told: bool) {
        assert_eq!(*self.refused.lock().unwrap(), None);
        let by_size = |(_, core): &(usize, &Arc<Core>)| core.chain().head().unwrap().size;
        let Some((_, longest)) = self.honest().max_by_key(by_size) else { return };
        let size = longest.chain().head().unwrap().size;
        let mut ids = HashMap::new();
        for height in 0..size {
            let item = longest.chain().at(height).unwrap();
            let bytes = item.to_bytes();
            for (n, core) in self.honest() {
                if core.chain().head().unwrap().size > height {
                    assert_eq!(core.chain().at(height).unwrap().to_bytes(), bytes, "node {n} at {height}");
                }
            }
            if let Item::Entry(entry) = item {
                assert!(ids.insert(entry.id(), height).is_none(), "an entry twice");
                assert!(is_valid(&bytes), "an entry that is not valid at {height}");
            }
        }
        for (id, height) in self.told.lock().unwrap().iter() {
            // The node that answered may be down, and the others behind.
            let known = ids.get(id);
            assert!(
                known == Some(height) || !all_told && known.is_none(),
                "what a hospital was told is lost"
            );
        }
        for (_, core) in self.honest() {
            if let Some(head) = core.chain().certified() {
                assert_eq!(head.verify(&core.chain().charters()).unwrap().head, head.head());
            }
        }
    }

    /// Waits until all honest nodes have these entries.
    async fn wait_for(&self, entries: &HashSet<EntryId>, seconds: u64) {
        for _ in 0..seconds * 10 {
            let has = |core: &Arc<Core>| entries.iter().all(|id| core.chain().height_of(id).is_some());
            if self.honest().all(|(_, core)| has(core)) {
                return;
            }
            self.context.sleep(Duration::from_millis(100)).await;
        }
        let status = self.honest().map(|(n, core)| format!("{n}: {:?}", core.status())).collect::<Vec<_>>();
        panic!("not live after {seconds} seconds: {status:#?}");
    }
}

/// Whether an entry's bytes are valid, computed once for all runs.
fn is_valid(bytes: &[u8]) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<sha256::Digest, bool>>> = LazyLock::new(Mutex::default);
    let key = Sha256::hash(&[bytes]);
    *KNOWN.lock().unwrap().entry(key).or_insert_with(|| {
        let entry = Entry::from_bytes(bytes).unwrap();
        let validated = medseal::ledger::validate(entry.clone(), &WORLD.charters);
        // Entries of later charters are validated by the test that makes those.
        entry.statement().charter > 1 || validated.is_ok()
    })
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..support::NODES).flat_map(|a| (0..support::NODES).map(move |b| (a, b))).filter(|(a, b)| a != b)
}

fn hospital(n: usize) -> Source {
    Source::Hospital(Name::new(&format!("hospital-{n}")).unwrap())
}

fn good() -> Link {
    Link {
        latency: Duration::from_millis(10),
        jitter: Duration::from_millis(2),
        success_rate: Probability::new(1, 1).unwrap(),
    }
}

fn seeds(few: u64) -> Vec<u64> {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse::<u64>().ok());
    match number("SEED") {
        Some(seed) => vec![seed],
        None => (0..number("SEEDS").unwrap_or(few)).collect(),
    }
}

/// A run of random faults, which all end. Returns the number of wrong blocks that honest nodes saw.
fn run(seed: u64) -> u64 {
    let mut rng = StdRng::seed_from_u64(seed);
    let lie = LIES[seed as usize % LIES.len()];
    let config = deterministic::Config::new().with_seed(seed).with_timeout(Some(Duration::from_secs(900)));
    deterministic::Runner::new(config).start(|context| async move {
        let mut world = World::new(context, lie).await;
        let latency = Duration::from_millis(rng.random_range(1..60));
        let success_rate = Probability::from_f64(f64::from(rng.random_range(12u32..=16)) / 16.0).unwrap();
        world.link(Link { latency, jitter: latency / 3, success_rate }).await;
        for n in 0..FOUNDERS {
            world.start(n).await;
        }
        let mut submitted = HashSet::new();
        for step in 0..12 {
            for _ in 0..rng.random_range(0..4) {
                let (n, entry) = (rng.random_range(0..3), rng.random_range(0..40));
                let bytes =
                    if rng.random_bool(0.2) { WORLD.signed_again(entry % 4) } else { WORLD.entry(entry) };
                // A crash loses entries that wait at only one node, so an entry counts as submitted
                // only once the call has ended.
                if world.nodes.contains_key(&n) {
                    submitted.insert(Entry::from_bytes(&bytes).unwrap().id());
                    world.submit(n, bytes);
                }
            }
            match rng.random_range(0..5) {
                0 => {
                    let side = (0..FOUNDERS).filter(|_| rng.random_bool(0.5)).collect();
                    world.split(&side).await;
                }
                1 => world.link(Link { latency, jitter: latency / 3, success_rate }).await,
                2 => {
                    let n = rng.random_range(0..3);
                    if world.nodes.contains_key(&n) {
                        world.kill(n).await;
                    }
                }
                3 => {
                    for n in 0..3 {
                        if !world.nodes.contains_key(&n) {
                            world.start(n).await;
                        }
                    }
                }
                _ => {}
            }
            world.context.sleep(Duration::from_millis(rng.random_range(50..2500))).await;
            if step % 3 == 0 {
                world.check_safety(false);
            }
        }
        // The faults end, and clients submit again every entry without an answer.
        world.link(good()).await;
        for n in 0..3 {
            for m in 0..FOUNDERS {
                let _ = world.oracle.unblock(key(n), key(m)).await;
            }
            if !world.nodes.contains_key(&n) {
                world.start(n).await;
            }
        }
        let open = submitted.iter().filter(|id| !world.told.lock().unwrap().contains_key(*id));
        let open = open.copied().collect::<HashSet<_>>();
        for n in 0..40 {
            let bytes = WORLD.entry(n);
            if open.contains(&Entry::from_bytes(&bytes).unwrap().id()) {
                world.submit(rng.random_range(0..3), bytes);
            }
        }
        world.wait_for(&submitted, 240).await;
        world.check_safety(true);
        world.honest().map(|(_, core)| core.wrong_blocks()).sum()
    })
}

#[test]
fn stays_safe_and_becomes_live_again() {
    let (seeds, mut seen) = (seeds(27), HashMap::<Lie, u64>::new());
    for seed in seeds.iter().copied() {
        let lie = LIES[seed as usize % LIES.len()];
        let start = std::time::Instant::now();
        println!("seed {seed}: {lie:?}");
        *seen.entry(lie).or_default() += run(seed);
        println!("seed {seed}: {:.1} s", start.elapsed().as_secs_f64());
    }
    // The liar was detected, and no honest node was. An oversized block does not even decode.
    println!("wrong blocks: {seen:?}");
    for (lie, wrong) in seen.into_iter().filter(|_| seeds.len() >= LIES.len()) {
        let lies = [Lie::Forged, Lie::Duplicate, Lie::Twice, Lie::Head, Lie::Validators];
        assert_eq!(wrong > 0, lies.contains(&lie), "{lie:?}");
    }
}

#[test]
fn validators_change_when_an_epoch_closes() {
    for seed in seeds(2) {
        deterministic::Runner::seeded(seed).start(|context| async move {
            let mut world = World::new(context, Lie::None).await;
            world.link(good()).await;
            for n in 0..FOUNDERS {
                world.start(n).await;
            }
            world.submit(0, WORLD.entry(0));
            let ids = HashSet::from([Entry::from_bytes(&WORLD.entry(0)).unwrap().id()]);
            world.wait_for(&ids, 30).await;
            let core = Arc::clone(&world.nodes[&0].core);

            // Node 0 leaves, node 4 joins. The new one starts once the charter is final.
            let (charters, head) = (core.chain().charters(), core.chain().head().unwrap());
            let charter = WORLD.next_charter(&charters, head, &[1, 2, 3, 4]);
            let height = core.submit_charter(hospital(0), charter.to_bytes()).await.unwrap();
            assert_eq!(core.chain().charter_height(2), Some(height));
            world.start(4).await;
            for _ in 0..600 {
                if world
                    .nodes
                    .values()
                    .all(|node| node.core.status().validators == 4 && node.core.status().epoch > 0)
                {
                    break;
                }
                world.context.sleep(Duration::from_millis(100)).await;
            }
            assert!(!core.status().is_validator);
            assert!(world.nodes[&4].core.status().is_validator);

            // The ledger continues without the node that left, and depends on the new one.
            world.kill(0).await;
            world.kill(1).await;
            let mut ids = HashSet::new();
            for n in 0..6 {
                let entry = WORLD.make(500 + n, 2, &charter);
                ids.insert(entry.id());
                world.submit(2, entry.to_bytes());
            }
            world.wait_for(&ids, 60).await;
            let head = world.nodes[&2].core.chain().certified().unwrap();
            let charters = world.nodes[&2].core.chain().charters();
            assert_eq!(head.verify(&charters).unwrap().validators, 2);

            // Entries of the passed era are refused. The node that left follows the
            // ledger when it is back.
            let refused = world.nodes[&2].core.submit(hospital(2), WORLD.entry(1)).await;
            assert_eq!(refused, Err(Refused::Invalid(medseal::Error::EraPassed)));
            world.start(0).await;
            world.start(1).await;
            world.wait_for(&ids, 60).await;
            world.check_safety(true);
        });
    }
}

#[test]
fn an_idle_ledger_writes_little() {
    deterministic::Runner::seeded(1).start(|context| async move {
        let mut world = World::new(context, Lie::None).await;
        world.link(good()).await;
        for n in 0..FOUNDERS {
            world.start(n).await;
        }
        world.context.sleep(Duration::from_secs(10)).await;
        let blocks = |world: &World| world.nodes[&0].core.status().blocks;
        let before = blocks(&world);
        world.context.sleep(Duration::from_secs(100)).await;
        // One every five seconds, as these tests configure their nodes.
        let written = blocks(&world) - before;
        assert!((14..=20).contains(&written), "{written} blocks");

        // An entry is final at once: after some hops of ten milliseconds.
        let mut latencies = Vec::new();
        for n in 0..40 {
            let pause = Duration::from_millis(1_000 + 137 * n as u64);
            world.context.sleep(pause).await;
            let start = world.context.current();
            world.nodes[&(n % 4)].core.submit(hospital(n), WORLD.entry(n)).await.unwrap();
            latencies.push(world.context.current().duration_since(start).unwrap().as_millis());
        }
        latencies.sort_unstable();
        println!("latencies on an idle ledger: {latencies:?} ms");
        assert!(latencies[39] < 200);
    });
}

#[test]
fn an_epoch_begins_without_a_pause() {
    for seed in seeds(8) {
        deterministic::Runner::seeded(seed).start(|context| async move {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut world = World::new(context, Lie::None).await;
            world.link(good()).await;
            // In half of the consortia, one node is near all others, and is the first to see that a
            // block is final.
            for (from, to) in pairs().filter(|_| seed % 2 == 1) {
                let _ = world.oracle.remove_link(key(from), key(to)).await;
                let latency = Duration::from_millis(if from == 0 || to == 0 { 3 } else { 60 });
                let link = Link { latency, ..good() };
                world.oracle.add_link(key(from), key(to), link).await.unwrap();
            }
            for n in 0..FOUNDERS {
                world.start(n).await;
            }
            world.context.sleep(Duration::from_secs(2)).await;
            // Hospitals submit without a pause, and sometimes shortly after one.
            let mut latencies = Vec::new();
            for n in 0..60 {
                if n % 5 == 0 {
                    world.context.sleep(Duration::from_millis(rng.random_range(0..3000))).await;
                }
                let start = world.context.current();
                world.nodes[&(n % 4)].core.submit(hospital(n), WORLD.entry(n)).await.unwrap();
                latencies.push(world.context.current().duration_since(start).unwrap().as_millis());
            }
            latencies.sort_unstable();
            println!("latencies through the epochs of seed {seed}: {latencies:?} ms");
            assert!(world.nodes[&0].core.status().epoch >= 4);
            assert!(latencies[59] < 500, "seed {seed}: {latencies:?}");
        });
    }
}

#[test]
fn says_that_its_archive_is_damaged() {
    deterministic::Runner::seeded(1).start(|context| async move {
        let mut world = World::new(context, Lie::None).await;
        world.storage = Some(tempfile::tempdir().unwrap());
        world.link(good()).await;
        for n in 0..FOUNDERS {
            world.start(n).await;
        }
        let mut ids = HashSet::new();
        for n in 0..30 {
            ids.insert(Entry::from_bytes(&WORLD.entry(n)).unwrap().id());
            world.submit(1, WORLD.entry(n));
            world.context.sleep(Duration::from_millis(120)).await;
        }
        world.wait_for(&ids, 30).await;
        let before = world.nodes[&0].core.status().epoch as u8;
        assert!(before >= 2 && world.voted.lock().unwrap().contains(&0), "it has votes to forget");
        world.kill(0).await;
        for name in ["0-0-blocks-metadata", "0-0-blocks-keys", "0-0-blocks-values"] {
            world.context.remove(name, None).await.unwrap();
        }
        world.start(0).await;
        world.context.sleep(Duration::from_secs(2)).await;
        let refused = world.refused.lock().unwrap().take();
        assert_eq!(refused, Some(Stopped::Archive { height: 1, error: medseal::Error::UnknownEntry }));

        // After the advice is followed, it fetches all blocks of several epochs from the others.
        let _ = world.nodes.remove(&0).unwrap().task.await;
        for part in ["blocks", "finalizations"] {
            for name in ["metadata", "keys", "values"] {
                let _ = world.context.remove(&format!("0-0-{part}-{name}"), None).await;
            }
        }
        world.context.remove("0-0-marshal-application-metadata", None).await.unwrap();
        // It no longer has its votes of the first epochs, so it does not vote in them again,
        // although it is in them for a while.
        world.voted.lock().unwrap().clear();
        world.split(&HashSet::from([0])).await;
        world.start(0).await;
        world.context.sleep(Duration::from_secs(10)).await;
        world.link(good()).await;
        world.wait_for(&ids, 60).await;
        world.submit(0, WORLD.entry(30));
        ids.insert(Entry::from_bytes(&WORLD.entry(30)).unwrap().id());
        world.wait_for(&ids, 60).await;
        world.context.sleep(Duration::from_secs(10)).await;
        let voted = world.voted.lock().unwrap().clone();
        assert!(!voted.is_empty() && voted.iter().all(|epoch| *epoch >= before), "{voted:?}, {before}");
        world.check_safety(true);
    });
}
