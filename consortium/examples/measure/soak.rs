//! The soak: hospitals submit steadily while nodes are killed and restarted at random. At the end
//! every acknowledged entry must be on every node exactly once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use medseal::ledger::{EntryId, Ledger as _, validate};
use medseal::rand_core::RngCore as _;

use crate::Anything;
use crate::cluster::{Cluster, connect};
use crate::support::{CLAIM, Seeded, WORLD};

const NODES: usize = 4;
/// A hospital's pause after an entry.
const REST: Duration = Duration::from_millis(400);

pub(crate) fn run(minutes: f64, seed: u64) -> Result<(), Anything> {
    let mut cluster = Cluster::start(NODES, CLAIM)?;
    println!("seed {seed}; the nodes' folders are in {}", cluster.directory().display());
    let mut clients = Vec::new();
    for hospital in 0..NODES {
        let mut nodes = (0..NODES).collect::<Vec<_>>();
        nodes.rotate_left(hospital);
        clients.push(connect(|| cluster.client(hospital, &nodes))?);
    }
    let (charter, charters) = (cluster.charter.clone(), cluster.charters.clone());
    let (stop, next, failed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let acknowledged = Mutex::new(BTreeMap::<EntryId, u64>::new());
    let end = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
    let killed = thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let made = WORLD.make_for(&charter, next.fetch_add(1, Ordering::Relaxed));
                    let entry = validate(made, &charters).unwrap();
                    // Repeats until it is acknowledged: appending an entry again is safe.
                    loop {
                        match client.append(entry.clone()) {
                            Ok(appended) => {
                                acknowledged.lock().unwrap().insert(entry.id(), appended.height);
                                break;
                            }
                            Err(_) if stop.load(Ordering::Relaxed) => break,
                            Err(_) => {
                                failed.fetch_add(1, Ordering::Relaxed);
                                thread::sleep(REST);
                            }
                        }
                    }
                    thread::sleep(REST);
                }
            });
        }
        let killed = kill(&mut cluster, end, &mut Seeded(seed, 0), &acknowledged);
        stop.store(true, Ordering::Relaxed);
        killed
    });
    let (ones, twos) = killed?;
    cluster.start_all()?;
    let acknowledged = acknowledged.into_inner()?;
    let items = cluster.same()?;
    for node in 0..NODES {
        let remote = connect(|| cluster.client(0, &[node]))?;
        let mut places = BTreeMap::<EntryId, Vec<u64>>::new();
        let mut found = 0;
        for (height, item) in remote.scan(0) {
            found += 1;
            if let Some(entry) = item?.entry() {
                places.entry(entry.id()).or_default().push(height);
            }
        }
        if found != items {
            return Err(format!("node {node} gives {found} of {items} items").into());
        }
        if let Some((id, places)) = places.iter().find(|(_, places)| places.len() != 1) {
            return Err(format!("node {node} has the entry {id} at {places:?}").into());
        }
        for (id, height) in &acknowledged {
            if places.get(id) != Some(&vec![*height]) {
                return Err(format!(
                    "LOST: {id}, acknowledged at height {height}, is at {:?} of node {node}",
                    places.get(id)
                )
                .into());
            }
        }
    }
    println!(
        "{} entries were acknowledged, {} appends failed and were repeated; one node was killed {ones} \
         times, two at once {twos} times: every acknowledged entry is on every node, once, at its height",
        acknowledged.len(),
        failed.into_inner(),
    );
    Ok(())
}

/// Repeatedly kills one or two of the four nodes and restarts them after a while, until the end.
/// Returns how often one was killed, and how often two.
fn kill(
    cluster: &mut Cluster,
    end: Instant,
    rng: &mut Seeded,
    acknowledged: &Mutex<BTreeMap<EntryId, u64>>,
) -> Result<(u64, u64), Anything> {
    let mut below = |bound: u64| rng.next_u64() % bound;
    let (mut ones, mut twos) = (0, 0);
    loop {
        let (quiet, dead) =
            (Duration::from_millis(4000 + below(8000)), Duration::from_millis(500 + below(6000)));
        if Instant::now() + quiet + dead > end {
            thread::sleep(end.saturating_duration_since(Instant::now()));
            return Ok((ones, twos));
        }
        thread::sleep(quiet);
        let first = below(NODES as u64) as usize;
        let second = (first + 1 + below(NODES as u64 - 1) as usize) % NODES;
        cluster.kill(first)?;
        if below(3) == 0 {
            cluster.kill(second)?;
            twos += 1;
        } else {
            ones += 1;
        }
        thread::sleep(dead);
        cluster.start_all()?;
        println!("  {} acknowledged so far", acknowledged.lock().unwrap().len());
    }
}
