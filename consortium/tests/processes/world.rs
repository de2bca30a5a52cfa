//! Four hospitals on this machine, run by the commands.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::offices::Offices;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_medseal-consortium");
pub(crate) const MEMBERS: [&str; 4] = ["st-mary", "st-paul", "st-anna", "st-luke"];

/// Retries until there is a value, for a minute.
pub(crate) fn patiently<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match attempt() {
            Some(value) => return value,
            None if Instant::now() > end => panic!("{what}: not within a minute"),
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// The error line of a failed command.
pub(crate) fn one_line(said: &str) -> &str {
    let line = said
        .strip_prefix("medseal-consortium: ")
        .unwrap_or_else(|| panic!("not said by the program: {said:?}"));
    let line = line.strip_suffix('\n').unwrap_or(line);
    assert!(!line.contains('\n') && !line.is_empty(), "not one line: {said}");
    line
}

/// Runs a command to its end. Returns its output, or its error line.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(BINARY);
    let output = command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(said),
    }
}

/// An acknowledged entry and its record.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) id: String,
    record: Vec<u8>,
}

pub(crate) struct World {
    folder: TempDir,
    ports: Vec<[u16; 3]>,
    nodes: Vec<Option<Child>>,
    submitted: usize,
    _alone: MutexGuard<'static, ()>,
}

impl World {
    /// Keys, certificates and a charter, made once: by three of four offices, or for another
    /// consortium by a single office.
    pub(crate) fn template(several: bool) -> &'static Path {
        static TEMPLATES: [OnceLock<TempDir>; 2] = [OnceLock::new(), OnceLock::new()];
        let made = || make_keys(several).unwrap_or_else(|said| panic!("{said}"));
        TEMPLATES[usize::from(several)].get_or_init(made).path()
    }

    /// A world without running nodes.
    pub(crate) fn prepared() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = TempDir::with_prefix("medseal-world-").unwrap();
        let copied =
            Command::new("cp").arg("-a").arg(Self::template(true).join(".")).arg(folder.path()).status();
        assert!(copied.unwrap().success());
        // All ports are bound at the same time, so they differ.
        let listeners: Vec<_> = (0..12).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> =
            listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        let ports: Vec<[u16; 3]> = ports.chunks(3).map(|chunk| chunk.try_into().unwrap()).collect();
        let nodes = MEMBERS.iter().map(|_| None).collect();
        let world = Self { folder, ports, nodes, submitted: 0, _alone: alone };
        for member in 0..MEMBERS.len() {
            world.configure(member);
            world.run(member, &["init"]);
        }
        world
    }

    /// A world in which all nodes run.
    pub(crate) fn start() -> Self {
        let mut world = Self::prepared();
        (0..MEMBERS.len()).for_each(|node| world.start_node(node));
        world
    }

    fn configure(&self, member: usize) {
        let mut text = String::from(
            "super_node = \"../super-node\"\nfirst_charter = \"../charter-1\"\nregistry = \"../registry\"\n",
        );
        for n in (member..MEMBERS.len()).chain(0..member) {
            let (name, [nodes, hospitals, _]) = (MEMBERS[n], self.ports[n]);
            text += &format!(
                "[[nodes]]\ncertificate = \"../nodes/{name}.certificate\"\nvalidator = \"../nodes/{name}.validator\"\n\
                 nodes = \"127.0.0.1:{nodes}\"\nhospitals = \"127.0.0.1:{hospitals}\"\n"
            );
        }
        let (name, [nodes, hospitals, metrics]) = (MEMBERS[member], self.ports[member]);
        text += &format!(
            "[node]\nmain_node = \"node/main-node.secret\"\nengine = \"node/engine.secret\"\n\
             certificate = \"../nodes/{name}.certificate\"\nstorage = \"node/storage\"\nreplay = \"node/replay\"\n\
             listen_nodes = \"127.0.0.1:{nodes}\"\nlisten_hospitals = \"127.0.0.1:{hospitals}\"\n\
             metrics = \"127.0.0.1:{metrics}\"\n\
             [hospital]\nidentity = \"hospital/identity.secret\"\nstate = \"hospital/state\"\n\
             uploader = \"hospital/uploader.secret\"\nkeyword_key = \"hospital/keyword-key.secret\"\n\
             reader = \"hospital/reader.secret\"\n\
             [[stores]]\nkind = \"directory\"\npath = \"../records\"\n"
        );
        fs::write(self.folder(member).join("consortium.toml"), text).unwrap();
    }

    /// Gives a node new keys and a new name, as the documentation says, and adds it to all lists.
    /// Each node reads its list at its start.
    pub(crate) fn replace_keys(&self, node: usize) {
        let (old, new) = (MEMBERS[node], format!("{}-2", MEMBERS[node]));
        let folder = format!("{old}/node-2");
        let keys =
            ["keys", "node", "--name", &new, "--super-node", "super-node", "--first-charter", "charter-1"];
        run(self.path(), &[&keys[..], &["--into", &folder]].concat()).unwrap();
        let (request, certificate) =
            (format!("{folder}/certificate-request"), format!("nodes/{new}.certificate"));
        self.ask(&["certificate", "--request", &request], &certificate);
        let validator = self.path().join(format!("{folder}/validator"));
        fs::copy(validator, self.path().join(format!("nodes/{new}.validator"))).unwrap();
        for member in 0..MEMBERS.len() {
            let path = self.folder(member).join("consortium.toml");
            let mut text = fs::read_to_string(&path).unwrap();
            text = text.replace(&format!("nodes/{old}."), &format!("nodes/{new}."));
            if member == node {
                text = text.replace("\"node/", "\"node-2/");
            }
            fs::write(path, text).unwrap();
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn folder(&self, member: usize) -> PathBuf {
        self.path().join(MEMBERS[member])
    }

    pub(crate) fn hospitals(&self, node: usize) -> (&'static str, u16) {
        ("127.0.0.1", self.ports[node][1])
    }

    // --- nodes ---

    fn spawn(&mut self, node: usize, clock: Option<&str>) {
        assert!(self.nodes[node].is_none(), "it runs");
        let log = fs::File::options().create(true).append(true).open(self.folder(node).join("log")).unwrap();
        let mut command = Command::new(BINARY);
        if let Some(clock) = clock {
            // Like `faketime`, without its process between this one and the node. Sleeps keep their
            // length.
            command.env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1").env("FAKETIME", clock);
            command.env("DONT_FAKE_MONOTONIC", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
            .current_dir(self.folder(node))
            .arg("node")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.nodes[node] = Some(command.spawn().unwrap());
    }

    /// Waits until a node answers. `None` if it has ended.
    fn wait_until_ready(&mut self, node: usize) -> Option<()> {
        patiently(&format!("{}: {}", MEMBERS[node], self.log(node)), || {
            if self.nodes[node].as_mut().unwrap().try_wait().unwrap().is_some() {
                return Some(None);
            }
            TcpStream::connect(self.hospitals(node)).ok().map(|_| Some(()))
        })
    }

    pub(crate) fn start_node(&mut self, node: usize) {
        self.spawn(node, None);
        self.wait_until_ready(node).unwrap_or_else(|| panic!("{} ended: {}", MEMBERS[node], self.log(node)));
    }

    pub(crate) fn start_node_at(&mut self, node: usize, clock: &str) {
        self.spawn(node, Some(clock));
        self.wait_until_ready(node).unwrap_or_else(|| panic!("{} ended: {}", MEMBERS[node], self.log(node)));
    }

    /// Starts a node. Returns its error line if it refuses.
    pub(crate) fn start_or_refuse(&mut self, node: usize) -> Option<String> {
        fs::remove_file(self.folder(node).join("log")).unwrap();
        self.spawn(node, None);
        match self.wait_until_ready(node) {
            Some(()) => None,
            None => {
                self.nodes[node] = None;
                let log = self.log(node);
                Some(log.lines().last().unwrap_or_default().to_owned())
            }
        }
    }

    pub(crate) fn log(&self, node: usize) -> String {
        fs::read_to_string(self.folder(node).join("log")).unwrap()
    }

    /// `kill -9`, also if it has ended.
    pub(crate) fn kill(&mut self, node: usize) {
        if let Some(mut child) = self.nodes[node].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub(crate) fn signal(&self, node: usize, signal: &str) {
        let id = self.nodes[node].as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// Waits until a node has ended.
    pub(crate) fn wait(&mut self, node: usize) -> ExitStatus {
        self.nodes[node].take().unwrap().wait().unwrap()
    }

    pub(crate) fn figures(&self, node: usize) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports[node][2])).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    pub(crate) fn figure(&self, node: usize, name: &str) -> usize {
        let (figures, name) = (self.figures(node), format!("medseal_{name} "));
        figures.lines().find_map(|line| line.strip_prefix(&name)).unwrap().trim().parse().unwrap()
    }

    /// The number of items that a node reports.
    pub(crate) fn items(&self, node: usize) -> usize {
        self.figure(node, "items")
    }

    pub(crate) fn wait_for_items(&self, node: usize, items: usize) {
        patiently(&format!("{items} items at {}", MEMBERS[node]), || {
            (self.items(node) >= items).then_some(())
        });
    }

    // --- hospitals ---

    pub(crate) fn run(&self, member: usize, arguments: &[&str]) -> String {
        run(&self.folder(member), arguments).unwrap_or_else(|said| panic!("{arguments:?}: {said}"))
    }

    /// Runs a command that must fail, and returns its error line.
    pub(crate) fn fail(&self, member: usize, arguments: &[&str]) -> String {
        run(&self.folder(member), arguments).unwrap_err()
    }

    /// Asks the offices, and obtains the result.
    pub(crate) fn ask(&self, what: &[&str], out: &str) {
        let answered = Offices::Several.get(self.path(), what, out);
        answered.unwrap_or_else(|said| panic!("{what:?}: {said}"));
    }

    /// Publishes this many records. All are final when it returns.
    pub(crate) fn submit(&mut self, member: usize, count: usize) -> Vec<Shared> {
        self.try_submit(member, count).unwrap_or_else(|said| panic!("{}: {said}", MEMBERS[member]))
    }

    /// The same, or returns the error line. Without records, finishes what is unfinished.
    pub(crate) fn try_submit(&mut self, member: usize, count: usize) -> Result<Vec<Shared>, String> {
        self.begin_submit(member, count).try_end()
    }

    pub(crate) fn begin_submit(&mut self, member: usize, count: usize) -> Submission {
        let mut records = Vec::new();
        let mut command = Command::new(BINARY);
        command.current_dir(self.folder(member)).arg("submit");
        for _ in 0..count {
            self.submitted += 1;
            let name = format!("record-{}", self.submitted);
            let record = format!("asthma, case {}", self.submitted).repeat(self.submitted * 100).into_bytes();
            fs::write(self.folder(member).join(&name), &record).unwrap();
            command.arg(&name);
            records.push((name, record));
        }
        if count > 0 {
            command.args(["--policy", "role=doctor", "--keyword", "asthma"]);
        }
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Submission { child, records }
    }

    /// Finds each of these through a hospital, opens it, and compares the record.
    pub(crate) fn check(&self, member: usize, entries: &[Shared]) {
        let found = self.run(member, &["search", "asthma"]);
        for entry in entries {
            assert!(found.contains(&entry.id), "{} is lost: {found}", entry.id);
        }
        // Each opening needs a connection and a handshake.
        for entry in entries.iter().rev().take(2) {
            if entry.record.is_empty() {
                continue;
            }
            let out = self.folder(member).join("opened");
            self.run(member, &["open", &entry.id, "--out", out.to_str().unwrap()]);
            assert!(fs::read(&out).unwrap() == entry.record);
            fs::remove_file(out).unwrap();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        (0..MEMBERS.len()).for_each(|node| self.kill(node));
    }
}

/// A running `submit`.
pub(crate) struct Submission {
    pub(crate) child: Child,
    records: Vec<(String, Vec<u8>)>,
}

impl Submission {
    pub(crate) fn end(self) -> Vec<Shared> {
        self.try_end().unwrap_or_else(|said| panic!("{said}"))
    }

    fn try_end(mut self) -> Result<Vec<Shared>, String> {
        let (mut printed, mut said) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        if !self.child.wait().unwrap().success() {
            return Err(said);
        }
        let is_id = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let shared = |line: &str| {
            let id = line.split_whitespace().find(is_id)?.to_owned();
            let record =
                self.records.iter().find(|(name, _)| line.split_whitespace().any(|word| word == name));
            // An entry that was left unfinished is listed without its record's name.
            Some(Shared { id, record: record.map(|(_, record)| record.clone()).unwrap_or_default() })
        };
        let entries = printed.lines().filter_map(shared).collect::<Vec<_>>();
        assert!(entries.len() >= self.records.len(), "it names no entries: {printed}");
        Ok(entries)
    }
}

impl Drop for Submission {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_keys(several: bool) -> Result<TempDir, String> {
    let folder = TempDir::with_prefix("medseal-keys-").unwrap();
    let world = folder.path();
    let offices = Offices::found(several, world)?;
    fs::create_dir(world.join("nodes")).unwrap();
    let at = |name: &str, file: &str| format!("{name}/{file}");
    let (mut validators, mut requests) = (Vec::new(), Vec::new());
    for name in MEMBERS {
        let node = at(name, "node");
        run(world, &["keys", "node", "--name", name, "--super-node", "super-node", "--into", &node])?;
        let [certificate, validator] =
            ["certificate", "validator"].map(|kind| format!("nodes/{name}.{kind}"));
        let request = at(name, "node/certificate-request");
        offices.get(world, &["certificate", "--request", &request], &certificate)?;
        fs::copy(world.join(at(name, "node/validator")), world.join(&validator)).unwrap();
        validators.push(validator);
        run(world, &["keys", "hospital", "--name", name, "--into", &at(name, "hospital")])?;
        requests.push(at(name, "hospital/registration-request"));
    }
    let words = |files: &'static str, paths: &[String]| {
        [files].into_iter().chain(paths.iter().map(String::as_str)).map(str::to_owned).collect::<Vec<_>>()
    };
    let get = |what: &[String], out: &str| {
        offices.get(world, &what.iter().map(String::as_str).collect::<Vec<_>>(), out)
    };
    get(&[vec!["registry".to_owned()], words("--register", &requests)].concat(), "registry")?;
    for (name, request) in MEMBERS.iter().zip(&requests) {
        let key = at(name, "identity-key.secret");
        offices.get(world, &["identity", "--registration", request, "--registry", "registry"], &key)?;
        let accept = ["keys", "accept", "--super-node", "super-node", "--answer", &key, "--into"];
        run(world, &[&accept[..], &[&at(name, "hospital")]].concat())?;
        fs::copy(world.join("keyword-key.secret"), world.join(at(name, "hospital/keyword-key.secret")))
            .unwrap();
        for (attributes, file) in
            [("kind=hospital, accredited", "uploader.secret"), ("role=doctor", "reader.secret")]
        {
            let out = format!("{name}/hospital/{file}");
            offices.get(world, &["keys", "--name", name, "--attributes", attributes], &out)?;
        }
    }
    let charter = ["charter", "--ledger", "hospitals", "--claim", "kind=hospital and accredited"];
    let charter = charter.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let parameters = words("--parameters", &["parameters".to_owned()]);
    get(&[charter, parameters, words("--validator", &validators)].concat(), "charter-1")?;
    let secrets = if several { "st-mary/office/office.secret" } else { "office/super-node.secret" };
    for secret in [secrets, "st-mary/hospital/reader.secret"] {
        assert_eq!(fs::metadata(world.join(secret)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    Ok(folder)
}
