//! Four nodes in four processes on this machine, with real entries: entries per second, latency,
//! catching up, memory, CPU.
//!
//! ```sh
//! cargo run --release --manifest-path consortium/Cargo.toml --example measure -- [ENTRIES] [NODES]
//! ```
//! Entries are made beforehand. Each node's process plays the clients that submit to it: they hand
//! an entry to the node, wait until it is final and on disk there, and go on with the next.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it measures, and ends when something is wrong"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use medseal::identity::Name;
use medseal::ledger::Ledger as _;
use medseal_consortium::{Backend as _, Node, NodeConfig, Peer, Settings, Source, Storage};
use support::{Seeded, WORLD};

type Anything = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Anything> {
    let arguments = std::env::args().collect::<Vec<_>>();
    match arguments.get(1).map(String::as_str) {
        Some("node") => node(&arguments),
        _ => drive(&arguments),
    }
}

fn number<T: std::str::FromStr>(arguments: &[String], at: usize, default: T) -> T {
    arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default)
}

// --- a node ---

/// `measure node INDEX STORAGE ENTRIES PORT...`
fn node(arguments: &[String]) -> Result<(), Anything> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let own = number(arguments, 2, 0_usize);
    let ports = arguments.iter().skip(5).map(|port| port.parse::<u16>()).collect::<Result<Vec<_>, _>>()?;
    let entries = read_entries(Path::new(&arguments[4]))?;
    let certificate = |n: usize| {
        let request = WORLD.nodes[n].0.certificate_request();
        WORLD.super_node.certify(&request, 0..=u64::MAX, &mut Seeded(9, 0))
    };
    let mut peers = Vec::new();
    for (n, port) in ports.iter().enumerate().filter(|(n, _)| *n != own) {
        let engine_key = WORLD.nodes[n].1.public();
        peers.push(Peer { certificate: certificate(n)?, engine_key, address: format!("127.0.0.1:{port}") });
    }
    let (storage, key) = (PathBuf::from(&arguments[3]), &WORLD.nodes[own].1);
    let mark = storage.with_extension("mark");
    if !mark.exists() {
        Storage::create(&storage, &mark, key)?;
    }
    let config = NodeConfig {
        listen: ([127, 0, 0, 1], ports[own]).into(),
        storage: Storage::open(&storage, &mark, key)?,
        first_charter: support::founded_by(ports.len()),
        super_node: WORLD.super_node.public_key(),
        registry: None,
        key: WORLD.nodes[own].1.clone(),
        certificate: certificate(own)?,
        peers,
        settings: Settings { validation_threads: 1, ..Settings::default() },
    };
    let started = Instant::now();
    let node = Arc::new(Node::start(config)?);
    println!("started {:.3}", started.elapsed().as_secs_f64());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    for line in std::io::stdin().lines() {
        let line = line?;
        let words = line.split(' ').collect::<Vec<_>>();
        match words.as_slice() {
            // Clients that take entries FROM..TO in turn.
            ["run", clients, from, to] => {
                let (clients, from, to) = (clients.parse::<usize>()?, from.parse()?, to.parse()?);
                println!("{}", runtime.block_on(run(&node, &entries, clients, from, to)));
            }
            ["status"] => {
                let (status, head, usage) = (node.status(), node.chain().head()?, usage()?);
                println!("{} {} {} {} {}", status.blocks, head.size, head.root, usage.0, usage.1);
            }
            _ => break,
        }
    }
    Arc::try_unwrap(node).map_err(|_| "clients still run")?.stop();
    Ok(())
}

/// Lets clients submit; says seconds, and each latency in milliseconds.
async fn run(
    node: &Arc<Node>,
    entries: &Arc<Vec<Vec<u8>>>,
    clients: usize,
    from: usize,
    to: usize,
) -> String {
    let (started, next) = (Instant::now(), Arc::new(AtomicUsize::new(from)));
    let clients = (0..clients).map(|client| {
        let (node, entries, next) = (Arc::clone(node), Arc::clone(entries), Arc::clone(&next));
        tokio::spawn(async move {
            let source = Source::Hospital(Name::new(&format!("hospital-{client}")).unwrap());
            let mut latencies = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(entry) = entries.get(n).filter(|_| n < to) else { return latencies };
                let submitted = Instant::now();
                match node.submit(source.clone(), entry.clone()).await {
                    Ok(_) => latencies.push(submitted.elapsed().as_secs_f64() * 1e3),
                    Err(refused) => eprintln!("refused: {refused}"),
                }
            }
        })
    });
    let mut latencies = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        latencies.extend(client.await.unwrap_or_default());
    }
    let latencies = latencies.iter().map(|latency| format!("{latency:.1}")).collect::<Vec<_>>();
    format!("{:.3} {}", started.elapsed().as_secs_f64(), latencies.join(" "))
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

// --- the one who drives them ---

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What a node says of itself.
struct State {
    blocks: u64,
    items: u64,
    root: String,
    memory: u64,
    cpu: f64,
}

impl Process {
    fn start(own: usize, home: &Path, entries: &Path, ports: &[u16]) -> Result<Self, Anything> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["node", &own.to_string()])
            .arg(home.join(format!("node-{own}")))
            .arg(entries)
            .args(ports.iter().map(u16::to_string))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) =
            (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        Ok(Self { child, input, output: BufReader::new(output) })
    }

    fn say(&mut self, words: &str) -> Result<(), Anything> {
        Ok(writeln!(self.input, "{words}")?)
    }

    fn hear(&mut self) -> Result<String, Anything> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() { Err("a node ended".into()) } else { Ok(line.trim().to_owned()) }
    }

    fn state(&mut self) -> Result<State, Anything> {
        self.say("status")?;
        let line = self.hear()?;
        let words = line.split(' ').collect::<Vec<_>>();
        let [blocks, items, root, memory, cpu] = words.as_slice() else { return Err(line.into()) };
        Ok(State {
            blocks: blocks.parse()?,
            items: items.parse()?,
            root: (*root).to_owned(),
            memory: memory.parse()?,
            cpu: cpu.parse()?,
        })
    }

    /// As `kill -9`.
    fn kill(mut self) -> Result<(), Anything> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

fn drive(arguments: &[String]) -> Result<(), Anything> {
    let (count, nodes) = (number(arguments, 1, 1200_usize), number(arguments, 2, 4_usize));
    let home = std::env::temp_dir().join("medseal-measure");
    let stored = home.join(format!("entries-{count}-{nodes}"));
    let ledgers = home.join("nodes");
    std::fs::create_dir_all(&home)?;
    if ledgers.exists() {
        std::fs::remove_dir_all(&ledgers)?;
    }
    if !stored.exists() {
        let started = Instant::now();
        write_entries(&stored, count, nodes)?;
        println!("{count} entries made in {:.1} s", started.elapsed().as_secs_f64());
    }
    let held = (0..nodes).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
    let ports =
        held.iter().map(|held| held.local_addr().map(|at| at.port())).collect::<Result<Vec<_>, _>>()?;
    drop(held);
    let mut running = Vec::new();
    for n in 0..nodes {
        running.push(Some(Process::start(n, &ledgers, &stored, &ports)?));
    }
    for process in running.iter_mut().flatten() {
        process.hear()?;
    }
    let eighth = count / 8;
    let few = |eighths: usize| (eighth * eighths, (eighth * eighths + eighth).min(eighth * eighths + 60));
    let many = |eighths: usize| (eighth * eighths, eighth * (eighths + 2));
    phase("first entry after start", &mut running, 1, (0, 1))?;
    phase("healthy, 1 client", &mut running, 1, (1, few(0).1))?;
    phase("healthy, 64 clients", &mut running, 64, many(1))?;
    same(&mut running)?;

    let last = nodes - 1;
    running.get_mut(last).and_then(Option::take).ok_or("no node")?.kill()?;
    phase("one killed, first entry", &mut running, 1, (few(3).0, few(3).0 + 1))?;
    phase("one killed, 1 client", &mut running, 1, (few(3).0 + 1, few(3).1))?;
    phase("one killed, 64 clients", &mut running, 64, many(4))?;

    let items = running.iter_mut().flatten().next().ok_or("no node")?.state()?.items;
    let started = Instant::now();
    let mut back = Process::start(last, &ledgers, &stored, &ports)?;
    println!("  back: ledger read in {} s", back.hear()?.trim_start_matches("started "));
    while back.state()?.items < items {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("  back: has all {items} items {:.2} s after its start", started.elapsed().as_secs_f64());
    running[last] = Some(back);
    phase("back, 64 clients", &mut running, 64, many(6))?;
    same(&mut running)?;

    for process in &mut running {
        process.take().ok_or("no node")?.kill()?;
    }
    let started = Instant::now();
    for (n, process) in running.iter_mut().enumerate() {
        *process = Some(Process::start(n, &ledgers, &stored, &ports)?);
    }
    for process in running.iter_mut().flatten() {
        process.hear()?;
    }
    println!("all killed: all ledgers read {:.2} s after their start", started.elapsed().as_secs_f64());
    same(&mut running)
}

/// Lets all nodes' clients work, which share the entries, and says how it went.
fn phase(
    name: &str,
    running: &mut [Option<Process>],
    clients: usize,
    (from, to): (usize, usize),
) -> Result<(), Anything> {
    let mut alive = running.iter_mut().flatten().collect::<Vec<_>>();
    let using = alive.len().min(clients);
    let (mut blocks, mut cpu, mut memory) = (0, 0.0, 0);
    for process in &mut alive {
        let state = process.state()?;
        (blocks, cpu) = (state.blocks.max(blocks), cpu - state.cpu);
    }
    let share = (to - from).div_ceil(using);
    let started = Instant::now();
    for (n, process) in alive.iter_mut().take(using).enumerate() {
        let (from, to) = (from + n * share, (from + (n + 1) * share).min(to));
        process.say(&format!("run {} {from} {to}", clients / using))?;
    }
    let mut latencies = Vec::new();
    for process in alive.iter_mut().take(using) {
        let line = process.hear()?;
        let words = line.split(' ').skip(1).map(str::parse::<f64>);
        latencies.extend(words.collect::<Result<Vec<_>, _>>()?);
    }
    let (seconds, before) = (started.elapsed().as_secs_f64(), blocks);
    for process in &mut alive {
        let state = process.state()?;
        (blocks, cpu, memory) = (state.blocks.max(blocks), cpu + state.cpu, state.memory.max(memory));
    }
    latencies.sort_unstable_by(f64::total_cmp);
    let at =
        |part: f64| latencies.get((part * (latencies.len() - 1) as f64) as usize).copied().unwrap_or(0.0);
    let count = latencies.len();
    println!(
        "{name}: {count} entries, {:.1}/s; p50 {:.0}, p95 {:.0}, max {:.0} ms; {} blocks; \
         {:.1} ms of CPU for each entry and node; {memory} MiB",
        count as f64 / seconds,
        at(0.5),
        at(0.95),
        at(1.0),
        blocks - before,
        cpu * 1e3 / count as f64 / alive.len() as f64,
    );
    if count == to - from { Ok(()) } else { Err("an entry was not taken".into()) }
}

/// Waits until all nodes have one head.
fn same(running: &mut [Option<Process>]) -> Result<(), Anything> {
    let started = Instant::now();
    loop {
        let mut heads = Vec::new();
        for process in running.iter_mut().flatten() {
            let state = process.state()?;
            heads.push((state.items, state.root));
        }
        heads.dedup();
        if let [(items, root)] = heads.as_slice() {
            println!("  all nodes have {items} items under {}", &root[..16]);
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(30) {
            return Err(format!("different heads: {heads:?}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes entries on all cores.
fn write_entries(path: &Path, count: usize, nodes: usize) -> Result<(), Anything> {
    let threads = std::thread::available_parallelism()?.get();
    let charter = support::founded_by(nodes);
    let made = std::thread::scope(|scope| {
        let make = |thread: usize| {
            let charter = &charter;
            scope.spawn(move || {
                let own = (0..count as u64).skip(thread).step_by(threads);
                own.map(|n| WORLD.make_for(charter, n).to_bytes()).collect::<Vec<_>>()
            })
        };
        let handles = (0..threads).map(make).collect::<Vec<_>>();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    let mut bytes = Vec::new();
    for entry in made {
        bytes.extend((entry.len() as u32).to_be_bytes());
        bytes.extend(entry);
    }
    Ok(std::fs::write(path, bytes)?)
}

fn read_entries(path: &Path) -> Result<Arc<Vec<Vec<u8>>>, Anything> {
    let bytes = std::fs::read(path)?;
    let (mut entries, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, after)) = rest.split_at_checked(4) {
        let (entry, after) = after.split_at(u32::from_be_bytes(length.try_into()?) as usize);
        entries.push(entry.to_vec());
        rest = after;
    }
    Ok(Arc::new(entries))
}
