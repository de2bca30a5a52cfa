//! The cluster: starts, queries and kills the nodes' processes, and connects clients to them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use medseal::identity::{Hospital, VerifiedRegistry};
use medseal::ledger::{Charter, Charters};
use medseal_consortium::Remote;
use medseal_consortium::client::{Known, NodeAddress, RemoteConfig, Searching, Timeouts};

use crate::Anything;
use crate::node::{certificate, hospitals};
use crate::support::{WORLD, founded_claiming};

pub(crate) struct Cluster {
    claim: String,
    /// The ports of each node, for nodes and for hospitals.
    ports: Vec<[u16; 2]>,
    pub(crate) charter: Charter,
    pub(crate) charters: Charters,
    hospitals: Vec<Hospital>,
    registry: VerifiedRegistry,
    /// `None` while a node is dead.
    pub(crate) running: Vec<Option<Process>>,
    /// Deleted last, when no node writes into it any more.
    home: tempfile::TempDir,
}

impl Cluster {
    pub(crate) fn start(nodes: usize, claim: &str) -> Result<Self, Anything> {
        // All ports are bound at the same time, so they differ.
        let held = (0..2 * nodes).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
        let ports = held.iter().map(|held| held.local_addr().map(|at| at.port()));
        let ports = ports.collect::<Result<Vec<_>, _>>()?;
        drop(held);
        let charter = founded_claiming(nodes, claim);
        let (hospitals, registry) = hospitals()?;
        let mut cluster = Self {
            home: tempfile::TempDir::with_prefix("medseal-measure-")?,
            claim: claim.to_owned(),
            ports: ports.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect(),
            charters: Charters::new(charter.clone(), &WORLD.super_node.public_key())?,
            charter,
            hospitals,
            registry,
            running: (0..nodes).map(|_| None).collect(),
        };
        cluster.start_all()?;
        Ok(cluster)
    }

    /// Starts the dead nodes, and waits until each has read its ledger.
    pub(crate) fn start_all(&mut self) -> Result<(), Anything> {
        let dead = (0..self.running.len()).filter(|n| self.running[*n].is_none()).collect::<Vec<_>>();
        for n in &dead {
            self.running[*n] = Some(self.process(*n)?);
        }
        for n in &dead {
            self.alive(*n)?.hear()?;
        }
        Ok(())
    }

    fn process(&self, n: usize) -> Result<Process, Anything> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["node", &n.to_string()])
            .arg(self.home.path())
            .arg(&self.claim)
            .args(self.ports.iter().flatten().map(u16::to_string))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) =
            (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        Ok(Process { child, input, output: BufReader::new(output) })
    }

    pub(crate) fn alive(&mut self, n: usize) -> Result<&mut Process, Anything> {
        self.running[n].as_mut().ok_or_else(|| "the node is dead".into())
    }

    /// As `kill -9`.
    pub(crate) fn kill(&mut self, n: usize) -> Result<(), Anything> {
        let mut process = self.running[n].take().ok_or("the node is dead")?;
        process.child.kill()?;
        process.child.wait()?;
        Ok(())
    }

    pub(crate) fn directory(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// The client configuration for these nodes, in this order.
    pub(crate) fn client(&self, hospital: usize, nodes: &[usize]) -> Result<RemoteConfig, Anything> {
        let address = |n: &usize| {
            Ok(NodeAddress {
                address: format!("127.0.0.1:{}", self.ports[*n][1]),
                certificate: certificate(*n)?,
            })
        };
        let hospital = &self.hospitals[hospital % self.hospitals.len()];
        Ok(RemoteConfig {
            nodes: nodes.iter().map(address).collect::<Result<_, Anything>>()?,
            hospital: Hospital::from_bytes(&hospital.to_bytes(), hospital.super_node())?,
            registry: self.registry.clone(),
            ledger: self.charter.ledger(),
            known: Known::default(),
            timeouts: Timeouts::default(),
            searching: Searching::default(),
        })
    }

    /// Waits until all nodes have the same head. Prints its number of items.
    pub(crate) fn same(&mut self) -> Result<u64, Anything> {
        let started = Instant::now();
        loop {
            let mut heads = Vec::new();
            for process in self.running.iter_mut().flatten() {
                let state = process.state()?;
                heads.push((state.items, state.root));
            }
            heads.dedup();
            if let [(items, root)] = heads.as_slice() {
                println!("  all nodes have {items} items under {}", &root[..16]);
                return Ok(*items);
            }
            if started.elapsed() > Duration::from_secs(60) {
                return Err(format!("different heads: {heads:?}").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Connects, for at most a minute: a node that has just been started refuses handshakes at first.
pub(crate) fn connect(config: impl Fn() -> Result<RemoteConfig, Anything>) -> Result<Remote, Anything> {
    let started = Instant::now();
    loop {
        match Remote::connect(config()?) {
            Ok(remote) => return Ok(remote),
            Err(error) if started.elapsed() > Duration::from_secs(60) => return Err(error.into()),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// The status that a node reports.
pub(crate) struct State {
    pub(crate) blocks: u64,
    pub(crate) items: u64,
    pub(crate) root: String,
    pub(crate) memory: u64,
    pub(crate) cpu: f64,
}

impl Process {
    pub(crate) fn hear(&mut self) -> Result<String, Anything> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() { Err("a node ended".into()) } else { Ok(line.trim().to_owned()) }
    }

    pub(crate) fn state(&mut self) -> Result<State, Anything> {
        writeln!(self.input, "status")?;
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
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
