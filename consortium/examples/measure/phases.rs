//! The measurements: entries per second and latency with all nodes, with a node down, and after its
//! restart; and the share of validation in the latency, by the attributes of the claim.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use medseal::Threads;
use medseal::ledger::{Entry, Ledger as _, Validated, validate_all};

use crate::Anything;
use crate::cluster::{Cluster, connect};
use crate::support::{CLAIM, WORLD};

/// Entries that one client submits in a row.
const FEW: usize = 60;

/// Makes entries on all cores, and validates them.
fn entries(cluster: &Cluster, from: usize, to: usize) -> Result<Vec<Validated>, Anything> {
    let (charter, next) = (&cluster.charter, AtomicUsize::new(from));
    let made = Mutex::new(Vec::with_capacity(to - from));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= to {
                        break;
                    }
                    let entry = WORLD.make_for(charter, n as u64);
                    made.lock().unwrap().push(entry);
                }
            });
        }
    });
    validate_all(made.into_inner()?, &cluster.charters, Threads::new(0))
        .map_err(|refused| refused.error.into())
}

pub(crate) fn all(count: usize, nodes: usize) -> Result<(), Anything> {
    let mut cluster = Cluster::start(nodes, CLAIM)?;
    let started = Instant::now();
    let entries = entries(&cluster, 0, count)?;
    println!("{count} entries made and validated in {:.1} s", started.elapsed().as_secs_f64());
    let mut rest = entries.as_slice();
    let eighth = count / 8;
    let mut take = |count: usize| {
        let (taken, after) = rest.split_at(count.min(rest.len()));
        rest = after;
        taken
    };
    let few = FEW.min(eighth);
    phase("first entry after start", &mut cluster, 1, take(1))?;
    phase("healthy, 1 client", &mut cluster, 1, take(few))?;
    phase("healthy, 64 clients", &mut cluster, 64, take(2 * eighth))?;
    cluster.same()?;

    let last = nodes - 1;
    cluster.kill(last)?;
    phase("one killed, first entry", &mut cluster, 1, take(1))?;
    phase("one killed, 1 client", &mut cluster, 1, take(few))?;
    phase("one killed, 64 clients", &mut cluster, 64, take(2 * eighth))?;

    let items = cluster.alive(0)?.state()?.items;
    let started = Instant::now();
    cluster.start_all()?;
    println!("  back: ledger read {:.2} s after its start", started.elapsed().as_secs_f64());
    while cluster.alive(last)?.state()?.items < items {
        thread::sleep(Duration::from_millis(20));
    }
    println!("  back: has all {items} items {:.2} s after its start", started.elapsed().as_secs_f64());
    phase("back, 64 clients", &mut cluster, 64, take(2 * eighth))?;
    cluster.same()?;

    (0..nodes).try_for_each(|n| cluster.kill(n))?;
    let started = Instant::now();
    cluster.start_all()?;
    println!("all killed: all ledgers read {:.2} s after their start", started.elapsed().as_secs_f64());
    cluster.same().map(drop)
}

/// An entry is validated twice in sequence: at the node that proposes it, and at those that vote. A
/// conjunction is one row, regardless of its number of attributes. An alternative costs a pairing.
pub(crate) fn claims() -> Result<(), Anything> {
    for (which, attributes) in [("all", 1), ("all", 10), ("all", 30), ("any", 10), ("any", 30)] {
        let claim = (1..=attributes).map(|n| format!("a{n}")).collect::<Vec<_>>();
        let claim = claim.join(if which == "all" { " and " } else { " or " });
        let mut cluster = Cluster::start(4, &claim)?;
        let entries = entries(&cluster, 0, FEW + 1)?;
        let mut times = Vec::new();
        for entry in &entries {
            // From its bytes, as at a node: a validated entry caches its verdict.
            let bytes = entry.entry().to_bytes();
            let started = Instant::now();
            let judged = validate_all([Entry::from_bytes(&bytes)?], &cluster.charters, Threads::ONE);
            judged.map_err(|refused| refused.error)?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let validation = at(&mut times, 0.5);
        phase("first entry", &mut cluster, 1, &entries[..1])?;
        let name = format!("claim of {which} of {attributes} attributes, 1 client");
        let latency = phase(&name, &mut cluster, 1, &entries[1..])?;
        println!(
            "  one validation takes {validation:.1} ms alone: twice that is {:.0} % of the latency at p50",
            200.0 * validation / latency
        );
    }
    Ok(())
}

/// The quantile: this fraction of all values is below it.
fn at(values: &mut [f64], part: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get((part * (values.len().saturating_sub(1)) as f64) as usize).copied().unwrap_or(0.0)
}

/// Clients append entries, each through its own node first. Prints the results, and returns the
/// median latency in milliseconds.
fn phase(name: &str, cluster: &mut Cluster, clients: usize, entries: &[Validated]) -> Result<f64, Anything> {
    let alive = (0..cluster.running.len()).filter(|n| cluster.running[*n].is_some()).collect::<Vec<_>>();
    let clients = clients.min(entries.len());
    let mut remotes = Vec::new();
    for client in 0..clients {
        let mut nodes = alive.clone();
        nodes.rotate_left(client % alive.len());
        remotes.push(connect(|| cluster.client(client, &nodes))?);
    }
    let (mut blocks, mut cpu, mut memory) = (0, 0.0, 0);
    for process in cluster.running.iter_mut().flatten() {
        let state = process.state()?;
        (blocks, cpu) = (state.blocks.max(blocks), cpu - state.cpu);
    }
    let (next, latencies) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(entries.len())));
    let started = Instant::now();
    thread::scope(|scope| {
        for remote in &remotes {
            scope.spawn(|| {
                while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let submitted = Instant::now();
                    match remote.append(entry.clone()) {
                        Ok(_) => latencies.lock().unwrap().push(submitted.elapsed().as_secs_f64() * 1e3),
                        Err(error) => eprintln!("refused: {error}"),
                    }
                }
            });
        }
    });
    let (seconds, before) = (started.elapsed().as_secs_f64(), blocks);
    for process in cluster.running.iter_mut().flatten() {
        let state = process.state()?;
        (blocks, cpu, memory) = (state.blocks.max(blocks), cpu + state.cpu, state.memory.max(memory));
    }
    let mut latencies = latencies.into_inner()?;
    let count = latencies.len();
    let median = at(&mut latencies, 0.5);
    println!(
        "{name}: {count} entries, {:.1}/s; p50 {median:.0}, p95 {:.0}, max {:.0} ms; {} blocks; \
         {:.1} ms of CPU for each entry and node; {memory} MiB",
        count as f64 / seconds,
        at(&mut latencies, 0.95),
        at(&mut latencies, 1.0),
        blocks - before,
        cpu * 1e3 / count as f64 / alive.len() as f64,
    );
    if count == entries.len() { Ok(median) } else { Err("an entry was not accepted".into()) }
}
