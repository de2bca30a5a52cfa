//! Temporary servers on the loopback interface. They end with the last test that uses them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The program in a variable that `consortium/check` sets, or on the path.
fn program(variable: &str, name: &str) -> PathBuf {
    if let Some(program) = std::env::var_os(variable) {
        return program.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file());
    found.unwrap_or_else(|| {
        panic!("{name} is missing: run consortium/check, which installs it, or set {variable}")
    })
}

fn patiently<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < end, "{what} did not start");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// One server for all concurrent tests.
fn shared<T>(slot: &Mutex<Weak<T>>, start: impl FnOnce() -> T) -> Arc<T> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    slot.upgrade().unwrap_or_else(|| {
        let server = Arc::new(start());
        *slot = Arc::downgrade(&server);
        server
    })
}

pub(crate) struct Process(Child);

impl Process {
    fn start(command: &mut Command, log: &File) -> Self {
        let command =
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log.try_clone().unwrap());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Kubo node with a new repository, not connected to others.
pub(crate) struct Kubo {
    repository: TempDir,
    pub(crate) url: String,
    _process: Process,
}

impl Kubo {
    pub(crate) fn start() -> Self {
        let repository = TempDir::with_prefix("medseal-kubo-").unwrap();
        let init = kubo(&repository).args(["init", "--profile=test"]).output().unwrap();
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let log = File::create(repository.path().join("log")).unwrap();
        let process = Process::start(kubo(&repository).args(["daemon", "--offline=false"]), &log);
        // The node writes this file once it listens.
        let api = repository.path().join("api");
        let url = patiently("Kubo", || {
            let address = std::fs::read_to_string(&api).ok()?;
            let port = address.trim().rsplit('/').next().filter(|port| !port.is_empty())?.to_owned();
            Some(format!("http://127.0.0.1:{port}"))
        });
        Self { repository, url, _process: process }
    }

    /// The answer to a command.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = kubo(&self.repository).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn succeeds(&self, arguments: &[&str]) -> bool {
        kubo(&self.repository).args(arguments).output().unwrap().status.success()
    }

    pub(crate) fn connect(&self, other: &Self) {
        let addresses = other.run(&["id", "-f", "<addrs>"]);
        let address = addresses.lines().find(|address| address.contains("/ip4/127.0.0.1/tcp/")).unwrap();
        self.run(&["swarm", "connect", address]);
    }
}

fn kubo(repository: &TempDir) -> Command {
    let mut command = Command::new(program("MEDSEAL_IPFS", "ipfs"));
    command.env("IPFS_PATH", repository.path()).env("IPFS_TELEMETRY", "off");
    command
}

/// Two nodes that are connected.
pub(crate) fn two_kubos() -> Arc<[Kubo; 2]> {
    static SHARED: Mutex<Weak<[Kubo; 2]>> = Mutex::new(Weak::new());
    shared(&SHARED, || {
        let nodes = [Kubo::start(), Kubo::start()];
        nodes[0].connect(&nodes[1]);
        nodes
    })
}

/// A server with the interface of S3, and an empty bucket `records`.
pub(crate) struct Moto {
    port: u16,
    _log: TempDir,
    _process: Process,
}

impl Moto {
    pub(crate) fn start() -> Self {
        let log = TempDir::with_prefix("medseal-moto-").unwrap();
        let file = File::create(log.path().join("log")).unwrap();
        let port = free_port();
        let mut command = Command::new(program("MEDSEAL_MOTO_SERVER", "moto_server"));
        let process = Process::start(command.args(["-H", "127.0.0.1", "-p", &port.to_string()]), &file);
        patiently("moto", || TcpStream::connect(("127.0.0.1", port)).ok());
        let moto = Self { port, _log: log, _process: process };
        moto.http("PUT", "/records", b"");
        moto
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Modifies the bucket like another holder of its keys: `moto` checks no signature.
    pub(crate) fn http(&self, method: &str, path: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let keys =
            "Credential=somebody/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none";
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Authorization: AWS4-HMAC-SHA256 {keys}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        answer
    }

    /// Keys below `uploads/`, and incomplete uploads.
    pub(crate) fn left_behind(&self) -> usize {
        let objects = self.http("GET", "/records?list-type=2&prefix=uploads/", b"");
        let uploads = self.http("GET", "/records?uploads", b"");
        objects.matches("<Key>").count() + uploads.matches("<UploadId>").count()
    }
}

pub(crate) fn moto() -> Arc<Moto> {
    static SHARED: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
    shared(&SHARED, Moto::start)
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
