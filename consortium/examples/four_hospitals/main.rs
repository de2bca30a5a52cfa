//! Four hospitals run a ledger together: four nodes, four authorities, shared records, and a node
//! that is killed.
//!
//! ```text
//! cargo run --manifest-path consortium/Cargo.toml --example four_hospitals -- [FILES..]
//! ```
//! Each node is a separate process. Each hospital publishes a file (by default a sample) through
//! its own node, and a doctor at the next hospital finds and opens it. Meanwhile the last
//! hospital's node is killed. That hospital continues through the others' nodes, and later its node
//! restarts and catches up. Sealed records are in a directory. Everything is in a temporary folder
//! and on the loopback interface.

mod node;
mod office;
mod report;

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::ControlFlow::Continue;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use medseal::identity::{
    Hospital, MainNode, Name, RegistrationRequest, Registry, RegistryDraft, ReplayBounds, Role,
};
use medseal::ledger::{CharterDraft, EntryId, Ledger, LedgerId, Terms, TrustedHead};
use medseal::policy::Policy;
use medseal::rand_core::OsRng;
use medseal::search::Keyword;
use medseal::share::{Consortium, Database, DirectoryStore, MemberKeys, Publication, Search};
use medseal_consortium::client::{Known, NodeAddress, RemoteConfig, Searching, Timeouts};
use medseal_consortium::server::ReplayFile;
use medseal_consortium::{EngineKey, Remote, Storage};

use node::Process;
use office::Office;
use report::{Report, short};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const HOSPITALS: [&str; 4] = ["St. Mary", "St. Paul", "St. Anna", "St. Luke"];
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/data/patient-record.json");
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(PathBuf::from).collect::<Vec<_>>();
    let done = match arguments.as_slice() {
        [flag, folder] if flag == Path::new(node::FLAG) => node::run(folder),
        files => records(files).and_then(|records| share(&records)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed too, only the exit code remains.
            let _ = writeln!(io::stderr(), "four_hospitals: {}", error.to_string().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

/// The files to share, at least one for each hospital.
fn records(files: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if let Some(option) = files.iter().find(|file| file.to_string_lossy().starts_with('-') && !file.exists())
    {
        return Err(format!("no such option: {}; usage: four_hospitals [FILES..]", option.display()).into());
    }
    for file in files {
        let metadata = File::open(file).and_then(|file| file.metadata());
        let metadata = metadata.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        if !metadata.is_file() {
            return Err(format!("cannot read {}: it is not a file", file.display()).into());
        }
    }
    let sample = [PathBuf::from(SAMPLE)];
    let files = if files.is_empty() { &sample } else { files };
    Ok(files.iter().cycle().take(files.len().max(HOSPITALS.len())).cloned().collect())
}

/// A hospital, with the keys of its records office and of a doctor.
struct Member {
    name: &'static str,
    office: MemberKeys,
    doctor: MemberKeys,
    database: Database,
    remote: Remote,
}

/// What is on the ledger.
struct Shared {
    file: PathBuf,
    keyword: Keyword,
    entry: EntryId,
}

fn share(files: &[PathBuf]) -> Result<()> {
    let report = &mut Report::new();
    let world = tempfile::Builder::new().prefix("four_hospitals-").tempdir()?;
    let world = world.path();
    let now_ms = SystemTime::UNIX_EPOCH.elapsed()?.as_millis() as u64;

    let mut office = report.step("4 authorities", "make the keys", || {
        let office = Office::found(&HOSPITALS)?;
        Ok((office, "nobody has a master key; from now on 3 of 4 are needed, and 3 take part".to_owned()))
    })?;
    let registry = report.step("3 of 4 authorities", "certify nodes, register hospitals", || {
        let registry = set_up(world, &mut office, now_ms)?;
        Ok((registry, "4 nodes, 4 hospitals".to_owned()))
    })?;
    let (registry, registrations) = registry;
    let ledger = report.step("3 of 4 authorities", "sign the first charter", || {
        let ledger = found(world, &mut office)?;
        Ok((ledger, format!("ledger {}", short(&ledger))))
    })?;
    let mut nodes = report.step("4 hospitals", "start the nodes", || {
        let nodes = (0..HOSPITALS.len()).map(|i| Process::start(folder(world, i)));
        Ok((nodes.collect::<Result<Vec<_>>>()?, "each is a process".to_owned()))
    })?;
    let mut members = report.step("3 of 4 authorities", "issue keys; hospitals connect", || {
        let mut members = Vec::new();
        for (i, registration) in registrations.into_iter().enumerate() {
            members.push(member(world, &mut office, i, registration, &registry, ledger, now_ms)?);
        }
        Ok((members, "a records office and a doctor each".to_owned()))
    })?;

    let store = DirectoryStore::open(world.join("records"))?;
    let mut shared: Vec<Shared> = Vec::new();
    for (i, file) in files.iter().enumerate() {
        if i == HOSPITALS.len() / 2 {
            let last = HOSPITALS.len() - 1;
            report.step("", "kill the last hospital's node", || {
                nodes.get_mut(last).ok_or("no node")?.kill()?;
                Ok(((), "3 of 4 nodes continue".to_owned()))
            })?;
        }
        let count = members.len();
        let owner = members.get_mut(i % count).ok_or("no member")?;
        shared.push(publish(report, owner, &office, &store, file, i)?);
        let reader = members.get((i + 1) % count).ok_or("no member")?;
        open(report, reader, &store, shared.last().ok_or("nothing shared")?)?;
    }

    let last = members.last().ok_or("no member")?;
    report.step(last.name, "start the node again", || {
        nodes.last_mut().ok_or("no node")?.restart()?;
        let items = last.remote.head()?.size;
        caught_up(&last.remote, items)?;
        Ok(((), format!("caught up to {items} items")))
    })?;
    report.step(last.name, "find and open all again", || {
        for record in &shared {
            check(last, &store, record)?;
        }
        Ok(((), format!("{} records, the same bytes", shared.len())))
    })?;
    let liars = members.iter().map(|member| member.remote.caught().len()).sum::<usize>();
    report.print(&format!(
        "{} records from 4 hospitals, each opened at another one; nodes caught lying: {liars}",
        shared.len()
    ))
}

fn folder(world: &Path, i: usize) -> PathBuf {
    world.join(format!("node-{}", i + 1))
}

/// Nodes and hospitals make their keys; authorities certify and register them.
fn set_up(world: &Path, office: &mut Office, now_ms: u64) -> Result<(Registry, Vec<RegistrationRequest>)> {
    let super_node = *office.generation.super_node();
    let mut draft = RegistryDraft::first(now_ms);
    let mut registrations = Vec::new();
    for (i, name) in HOSPITALS.iter().enumerate() {
        let folder = folder(world, i);
        fs::create_dir_all(&folder)?;
        let node = Name::new(&format!("node of {name}"))?;
        let main_node = MainNode::generate(node, Role::MainNode, &super_node, &mut OsRng)?;
        let engine = EngineKey::generate()?;
        let certificate = office.certify(&main_node.certificate_request(), now_ms..=now_ms + 365 * DAY_MS)?;
        fs::write(folder.join("main-node"), main_node.to_bytes())?;
        fs::write(folder.join("engine"), engine.to_bytes())?;
        Storage::create(&folder.join("storage"), &folder.join("mark"), &engine)?;
        fs::write(folder.join("certificate"), certificate.to_bytes())?;
        fs::write(folder.join("validator"), engine.validator(&main_node, None)?.to_bytes())?;
        ReplayFile::create(&folder.join("replay"), ReplayBounds::default())?;
        for (file, address) in ["nodes", "hospitals"].into_iter().zip(node::addresses()?) {
            fs::write(folder.join(file), address.to_string())?;
        }
        let registration = RegistrationRequest::new(Name::new(name)?, b"data sharing agreement", &mut OsRng)?;
        draft.register(&registration)?;
        registrations.push(registration);
    }
    let registry = office.sign_registry(&draft)?;
    fs::write(world.join("registry"), registry.to_bytes())?;
    fs::write(world.join("super-node"), super_node.to_bytes())?;
    Ok((registry, registrations))
}

/// The authorities sign the first charter, whose validators are the four nodes.
fn found(world: &Path, office: &mut Office) -> Result<LedgerId> {
    let claim = Policy::parse("kind=hospital and accredited")?;
    let parameters = office.generation.public_parameters(office.keyword_key.commitment());
    let mut terms = Terms::new(Name::new("four hospitals")?, claim, parameters);
    for i in 0..HOSPITALS.len() {
        let validator = fs::read(folder(world, i).join("validator"))?;
        terms.validators.push(medseal::ledger::Validator::from_bytes(&validator)?);
    }
    terms.validators.sort_by(|a, b| a.name().cmp(b.name()));
    let charter = office.sign_charter(&CharterDraft::first(terms, None))?;
    medseal_consortium::keys::check_validators(&charter)?;
    fs::write(world.join("charter"), charter.to_bytes())?;
    Ok(charter.ledger())
}

/// A hospital gets its keys, and connects to its own node or to another one.
fn member(
    world: &Path,
    office: &mut Office,
    i: usize,
    registration: RegistrationRequest,
    registry: &Registry,
    ledger: LedgerId,
    now_ms: u64,
) -> Result<Member> {
    let name = HOSPITALS.get(i).copied().ok_or("no such hospital")?;
    let hospital = office.identity(registration, registry, now_ms)?;
    let records_office =
        office.issue(&format!("records office of {name}"), "kind=hospital, accredited", now_ms)?;
    let doctor = office.issue(&format!("doctor at {name}"), "role=doctor, department=cardiology", now_ms)?;
    let mut nodes = Vec::new();
    for n in (i..HOSPITALS.len()).chain(0..i) {
        let folder = folder(world, n);
        nodes.push(NodeAddress {
            address: fs::read_to_string(folder.join("hospitals"))?,
            certificate: medseal::identity::Certificate::from_bytes(&fs::read(folder.join("certificate"))?)?,
        });
    }
    let database = Database::new(*hospital.super_node(), *hospital.identity());
    let connect = |hospital: &Hospital| {
        Ok::<_, Box<dyn Error>>(Remote::connect(RemoteConfig {
            nodes: nodes.clone(),
            hospital: Hospital::from_bytes(&hospital.to_bytes(), hospital.super_node())?,
            registry: registry.verify(hospital.super_node(), 0)?,
            ledger,
            known: Known::default(),
            timeouts: Timeouts::default(),
            searching: Searching::default(),
        })?)
    };
    // The nodes have just been started.
    let remote = patiently(|| connect(&hospital))?;
    Ok(Member { name, office: records_office, doctor, database, remote })
}

/// Retries for half a minute.
fn patiently<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        match attempt() {
            Err(_) if Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
            result => return result,
        }
    }
}

fn consortium<'a>(
    member: &'a Member,
    charters: &'a medseal::ledger::Charters,
    store: &'a DirectoryStore,
) -> Result<Consortium<'a>> {
    let now_ms = SystemTime::UNIX_EPOCH.elapsed()?.as_millis() as u64;
    let head = TrustedHead::new(member.remote.head()?, now_ms, now_ms, 0)?;
    let threads = medseal::Threads::new(0);
    Ok(Consortium { ledger: &member.remote, store, charters, head, members: None, threads })
}

/// A hospital seals a record into the store, and its entry becomes final.
fn publish(
    report: &mut Report,
    owner: &mut Member,
    office: &Office,
    store: &DirectoryStore,
    file: &Path,
    number: usize,
) -> Result<Shared> {
    let keyword = Keyword::new(&format!("case-{}", number + 1))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    report
        .step(owner.name, &format!("publish {name}"), || {
            let charters = owner.remote.charters();
            let publication = Publication {
                access: &Policy::parse("role=doctor and department=cardiology")?,
                keywords: &[keyword.clone(), Keyword::new("metformin")?],
                keyword_key: &office.keyword_key,
                hints: None,
                signing_key: &owner.office.signing,
                time_ms: SystemTime::UNIX_EPOCH.elapsed()?.as_millis() as u64,
            };
            let mut database = owner.database.clone();
            let published = consortium(owner, &charters, store)?.publish(
                File::open(file)?,
                &publication,
                Some(&mut database),
                &mut OsRng,
                &mut |_, _| Continue(()),
            )?;
            let place = published.place;
            let result = format!("{} bytes, final at height {}", published.length, place.height);
            Ok((
                (Shared { file: file.to_owned(), keyword: keyword.clone(), entry: place.id }, database),
                result,
            ))
        })
        .map(|(shared, database)| {
            owner.database = database;
            shared
        })
}

/// A doctor finds a record and opens it.
fn open(report: &mut Report, reader: &Member, store: &DirectoryStore, record: &Shared) -> Result<()> {
    report.step(reader.name, "search, open, compare", || {
        // The reader's node may learn a moment later that the entry is final.
        let length = patiently(|| check(reader, store, record))?;
        Ok(((), format!("found by {:?}; {length} bytes, the same", record.keyword.as_str())))
    })
}

fn check(reader: &Member, store: &DirectoryStore, record: &Shared) -> Result<u64> {
    let charters = reader.remote.charters();
    let consortium = consortium(reader, &charters, store)?;
    let search = Search {
        keyword: &record.keyword,
        key: &reader.doctor.search,
        showing: reader.doctor.attributes(),
        hints: &[],
        from: 0,
    };
    let found = consortium.find(&search, &mut OsRng, &mut |_| Continue(()))?;
    if found.hits.iter().map(|hit| hit.id).ne([record.entry]) {
        return Err(format!("{} entries found instead of one", found.hits.len()).into());
    }
    let mut copy = Compare { original: File::open(&record.file)?, same: true };
    let opened =
        consortium.open(&record.entry, &reader.doctor.decryption, &mut copy, &mut |_| Continue(()))?;
    if copy.same && copy.original.metadata()?.len() == opened.length {
        Ok(opened.length)
    } else {
        Err("the opened record differs from the original".into())
    }
}

/// Compares the written bytes with a file.
struct Compare {
    original: File,
    same: bool,
}

impl Write for Compare {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use io::Read as _;
        let mut expected = vec![0; bytes.len()];
        self.same &= self.original.read_exact(&mut expected).is_ok() && expected == bytes;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until the hospital's own node has this many items.
fn caught_up(remote: &Remote, items: u64) -> Result<()> {
    patiently(|| match remote.status().into_iter().next() {
        Some((_, Ok(status))) if status.items >= items => Ok(()),
        Some((name, Ok(status))) => Err(format!("{name} has {} of {items} items", status.items).into()),
        Some((name, Err(failure))) => Err(format!("{name}: {failure}").into()),
        None => Err("there is no node".into()),
    })
}
