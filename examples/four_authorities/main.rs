//! Four hospitals run a consortium's authority together: any three can do everything,
//! and two can do nothing.
//!
//! Each authority is a separate process with its own folder. The authorities exchange signed and
//! sealed messages as files in a shared folder, which stands for a network. This program plays the
//! others: the people who compare fingerprints, a doctor, and the owner of a record.
//!
//! ```text
//! cargo run --example four_authorities
//! ```
//! 1. Four authorities generate the keys. Nobody ever has a master key. In the first attempt one of
//!    them sends nothing, and the others name it.
//! 2. One of them is down. A doctor gets their keys from the other three, and opens a record.
//! 3. One of them is corrupt. The doctor's error names it, and the doctor gets
//!    their keys from the rest.
//! 4. The corrupt one is gone for good. The others reshare to a new one. The public keys stay the
//!    same, and a doctor whose keys come from the new set opens the old record.
#![expect(clippy::indexing_slicing, reason = "there are four processes, at fixed positions")]

mod authority;

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use medseal::abe::WrappedKey;
use medseal::authorities::{
    AuthorityPublicKey, Certificate, Combined, Failure, Generation, Message, PendingRequest, Roster,
};
use medseal::authority::MemberKeys;
use medseal::identity::Name;
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::record::{OpenOptions, RecordKey, SealOptions};
use medseal::search::KeywordKey;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const NOW_MS: u64 = 1_795_000_000_000;
const RECORD: &[u8] = b"diagnosis: type 2 diabetes; medication: metformin";

/// An authority's process. It takes orders on its standard input and answers each with a line.
struct Process {
    name: &'static str,
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(name: &'static str, world: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--authority", name])
            .arg(world)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Self { name, child, orders, answers })
    }

    fn order(&mut self, order: &str) -> Result<()> {
        Ok(writeln!(self.orders, "{order}")?)
    }

    fn done(&mut self) -> Result<()> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.trim() == "done" { Ok(()) } else { Err(format!("{}: {}", self.name, line.trim()).into()) }
    }

    fn stop(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// Gives all the same order, and waits until they have executed it.
fn all(processes: &mut [Process], order: &str) -> Result<()> {
    processes.iter_mut().try_for_each(|process| process.order(order))?;
    processes.iter_mut().try_for_each(Process::done)
}

/// Compares the fingerprints of the authorities' keys, as people who know each other would.
fn compared(world: &Path, names: &[&str]) -> Result<Vec<AuthorityPublicKey>> {
    let mut keys = Vec::new();
    for name in names {
        let key = AuthorityPublicKey::from_bytes(&fs::read(world.join(format!("{name}.public")))?)?;
        println!("   {name:12} {}..", hex::encode(&key.fingerprint()[..8]));
        keys.push(key);
    }
    Ok(keys)
}

/// Returns the path of the certificate of a roster's keys.
fn certificate(world: &Path, roster: &Roster) -> PathBuf {
    world.join(format!("{}.certificate", file_name(roster)))
}

fn generation(world: &Path, roster: &Roster) -> Result<Generation> {
    let certificate = Certificate::from_bytes(&fs::read(certificate(world, roster))?)?;
    Ok(certificate.verify(roster)?.clone())
}

/// Returns the file name of a roster.
fn file_name(roster: &Roster) -> String {
    hex::encode(&roster.digest()[..8])
}

/// A doctor asks these authorities for keys, and combines the answers.
fn ask(
    world: &Path,
    processes: &mut [Process],
    generation: &Generation,
    keyword_key: &KeywordKey,
) -> Result<std::result::Result<Combined<MemberKeys>, Failure>> {
    let attributes = Attributes::parse("role=doctor, department=cardiology")?;
    let pending = PendingRequest::keys(Name::new("Dr. Ada")?, &attributes, NOW_MS, &mut OsRng)?;
    fs::write(world.join("request"), pending.request().to_bytes())?;
    all(processes, "issue")?;
    let mut answers = Vec::new();
    for process in processes {
        answers.push(Message::from_bytes(&fs::read(world.join(format!("{}.answer", process.name)))?)?);
    }
    Ok(pending.combine_keys(generation, &answers, keyword_key))
}

fn open(keys: &MemberKeys, wrapped: &WrappedKey, sealed: &[u8]) -> Result<()> {
    let key = RecordKey::from_bytes(&keys.decryption.unwrap_key(wrapped, b"record 1", None)?)?;
    let record = key.open(sealed, &OpenOptions::default())?;
    if record[..] != *RECORD {
        return Err("the opened record differs".into());
    }
    println!("   the doctor opens the record: \"{}\"", String::from_utf8_lossy(&record));
    Ok(())
}

fn story(world: &Path) -> Result<()> {
    println!("1. Four authorities generate the keys. Three are needed to use them.");
    let names = ["St. Mary", "St. Paul", "St. Anna", "St. Luke"];
    let mut processes = names.iter().map(|name| Process::start(name, world)).collect::<Result<Vec<_>>>()?;
    all(&mut processes, "key")?;
    let public = compared(world, &names)?;
    let first = Roster::new(3, &public, b"consortium, first try")?;
    fs::write(world.join("roster"), first.to_bytes())?;
    processes[..3].iter_mut().try_for_each(|process| process.order("generate 2"))?;
    for process in &mut processes[..3] {
        let Err(missing) = process.done() else {
            return Err("the keys were generated without St. Luke".into());
        };
        println!("   {missing}");
        if !missing.to_string().contains("authority 4 (St. Luke) sent nothing") {
            return Err("St. Luke was not named".into());
        }
    }
    let first = Roster::new(3, &public, b"consortium, second try")?;
    fs::write(world.join("roster"), first.to_bytes())?;
    all(&mut processes, "generate 600")?;
    let keys = generation(world, &first)?;
    println!("   certified by all: generation {}", keys.number());

    // The founder makes the members' keyword key, and an owner seals a record.
    let keyword_key = KeywordKey::generate(&mut OsRng)?;
    let record_key = RecordKey::generate(&mut OsRng)?;
    let (sealed, _) = record_key.seal(RECORD, &SealOptions::default(), &mut OsRng)?;
    let policy = Policy::parse("role=doctor and department=cardiology")?;
    let wrapped = keys.abe().wrap(&policy, &record_key.to_bytes(), b"record 1", None, &mut OsRng)?;

    println!("2. St. Luke is down. A doctor gets their keys from the others.");
    processes.pop().ok_or("nobody")?.stop()?;
    let Combined { value: doctor, .. } = ask(world, &mut processes, &keys, &keyword_key)??;
    doctor.decryption.verify(keys.abe())?;
    open(&doctor, &wrapped, &sealed)?;

    println!("3. St. Luke is back, with its stored share. St. Paul has become corrupt.");
    processes.push(Process::start("St. Luke", world)?);
    all(&mut processes[3..], "work")?;
    all(&mut processes[1..2], "corrupt")?;
    let Err(failure) = ask(world, &mut processes[..3], &keys, &keyword_key)? else {
        return Err("a corrupt answer was accepted".into());
    };
    println!("   without St. Luke: {failure}");
    let Combined { value: doctor, culprits } = ask(world, &mut processes, &keys, &keyword_key)??;
    for culprit in &culprits {
        println!("   {culprit}");
    }
    if culprits.len() != 1 || culprits[0].name != "St. Paul" {
        return Err("the corrupt authority was not named".into());
    }
    open(&doctor, &wrapped, &sealed)?;

    println!("4. St. Paul is gone for good, with its share. The others reshare; St. John takes its place.");
    processes.remove(1).stop()?;
    fs::remove_dir_all(world.join("St. Paul"))?;
    processes.insert(1, Process::start("St. John", world)?);
    all(&mut processes[1..2], "key")?;
    let public = compared(world, &["St. Mary", "St. John", "St. Anna", "St. Luke"])?;
    let second = Roster::new(3, &public, b"consortium, resharing")?;
    fs::write(world.join("old-roster"), first.to_bytes())?;
    fs::write(world.join("roster"), second.to_bytes())?;
    // By their numbers in the old roster: St. Mary, St. Anna, St. Luke.
    all(&mut processes, "reshare 600 1 3 4")?;
    let new_keys = generation(world, &second)?;
    println!("   certified by all: generation {}", new_keys.number());
    if new_keys.abe() != keys.abe() || new_keys.abs() != keys.abs() || new_keys.search() != keys.search() {
        return Err("the public keys have changed".into());
    }
    let Combined { value: doctor, .. } = ask(world, &mut processes[..3], &new_keys, &keyword_key)??;
    open(&doctor, &wrapped, &sealed)?;
    processes.into_iter().try_for_each(Process::stop)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, world] = &arguments[..]
        && flag == "--authority"
    {
        return authority::run(name, &PathBuf::from(world));
    }
    let world = tempfile::tempdir()?;
    story(world.path())
}
