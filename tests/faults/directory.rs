//! The object store in a directory, used by a process whose file calls fail one after another.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use medseal::Error;
use medseal::ledger::Address;
use medseal::share::{DirectoryStore, ObjectStore};
use nix::errno::Errno;
use nix::libc::{SYS_fsync, SYS_link, SYS_linkat, SYS_mkdir, SYS_openat, SYS_write, c_long};

use crate::tracer::{Call, Fault, GO, Run, run};

/// The variable that names the directory for the process that uploads.
const DIRECTORY: &str = "MEDSEAL_FAULTS_DIRECTORY";

const LINKS: [c_long; 2] = [SYS_link, SYS_linkat];

/// The objects to upload, in this order; the last one already exists.
const UPLOADS: [char; 3] = ['a', 'b', 'a'];

fn address(digit: char) -> Address {
    digit.to_string().repeat(64).parse().unwrap()
}

/// Comes in three writes.
fn pieces(digit: char) -> [Vec<u8>; 3] {
    [10_000, 3, 4_096].map(|length| (0..length).map(|n| (n % 251) as u8 ^ digit as u8).collect())
}

fn upload(store: &DirectoryStore, digit: char) -> Result<(), Error> {
    let mut upload = store.begin()?;
    for piece in pieces(digit) {
        upload.write_all(&piece)?;
    }
    upload.commit(&address(digit))
}

fn download(store: &DirectoryStore, digit: char) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    store.get(&address(digit))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a line with one call. It bypasses the standard library's buffer, which would delay it.
fn say(line: &str) {
    let mut stdout = std::io::stdout();
    stdout.write_all(format!("{line}\n").as_bytes()).unwrap();
    stdout.flush().unwrap();
}

/// Not an independent test: the others run it as a separate process and make its calls fail,
/// whenever `cargo test --test faults` runs. By hand, without faults: `echo |
/// MEDSEAL_FAULTS_DIRECTORY=$(mktemp -d) cargo test --test faults -- --ignored --exact
/// directory::a_process_that_uploads --nocapture`.
#[test]
#[ignore = "a process that the other tests of this file start; run by cargo test --test faults"]
fn a_process_that_uploads() {
    let directory =
        std::env::var_os(DIRECTORY).expect("the folder of the store, in MEDSEAL_FAULTS_DIRECTORY");
    let thread = fs::read_link("/proc/thread-self").unwrap();
    say(&format!("\nready {}", thread.file_name().unwrap().display()));
    std::io::stdin().read_line(&mut String::new()).unwrap();
    say(GO);
    match DirectoryStore::open(directory) {
        Ok(store) => UPLOADS.iter().for_each(|&digit| match upload(&store, digit) {
            Ok(()) => say(&format!("kept {digit}")),
            Err(error) => say(&format!("failed {digit} {error}")),
        }),
        Err(error) => say(&format!("failed to open {error}")),
    }
    say("done");
    std::process::exit(0); // before the test harness adds its own lines and calls
}

fn upload_elsewhere(directory: &Path, fault: Option<(usize, Fault)>) -> Run {
    run("directory::a_process_that_uploads", &[(DIRECTORY, directory.to_str().unwrap())], fault)
}

/// Acknowledged objects exist, objects with an address are complete, and other files do no harm.
fn check(directory: &Path, run: &Run, context: &str) {
    let store = DirectoryStore::open(directory).unwrap();
    for line in &run.lines {
        if let Some(digit) = line.strip_prefix("kept ") {
            let digit = digit.parse().unwrap();
            assert!(
                download(&store, digit).unwrap() == pieces(digit).concat(),
                "{context}: {digit} was lost"
            );
        }
    }
    for entry in fs::read_dir(directory).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with(".medseal-") {
            let digit = name.chars().next().unwrap();
            assert_eq!(name, address(digit).as_str(), "{context}");
            assert!(
                download(&store, digit).unwrap() == pieces(digit).concat(),
                "{context}: {digit} is not whole"
            );
        }
    }
    // The next user can upload all of them.
    for digit in UPLOADS {
        upload(&store, digit).unwrap();
        assert!(download(&store, digit).unwrap() == pieces(digit).concat(), "{context}: {digit} afterwards");
    }
}

/// A run without a fault, which gives the numbering for the faults below.
fn undisturbed() -> Run {
    let directory = tempfile::tempdir().unwrap();
    let run = upload_elsewhere(directory.path(), None);
    assert_eq!(run.lines, ["kept a", "kept b", "kept a", "done"]);
    check(directory.path(), &run, "undisturbed");
    run
}

/// Injects a fault at every file call in turn, and counts each output of the processes.
fn at_every_call(fault: Fault) -> BTreeMap<String, usize> {
    let calls = undisturbed().calls.iter().filter(|call| !call.is_answer()).count();
    assert!(calls > 25, "{calls}");
    let mut said = BTreeMap::<String, usize>::new();
    for at in 0..calls {
        let directory = tempfile::tempdir().unwrap();
        let run = upload_elsewhere(directory.path(), Some((at, fault)));
        assert!(run.spoilt || matches!(fault, Fault::Short(_)), "no fault at call {at}");
        check(directory.path(), &run, &format!("{fault:?} at call {at}"));
        if matches!(fault, Fault::Short(_)) && run.spoilt {
            *said.entry("short".to_owned()).or_default() += 1;
        }
        for line in run.lines {
            *said.entry(line.split(' ').next().unwrap().to_owned()).or_default() += 1;
        }
    }
    said
}

#[test]
fn a_killed_process_loses_nothing_acknowledged() {
    for fault in [Fault::KilledBefore, Fault::KilledAfter] {
        let said = at_every_call(fault);
        // Some died before they stored anything, some after they stored
        // everything. None reached its end.
        assert!(said["kept"] > 0 && !said.contains_key("failed"), "{said:?}");
        assert!(!said.contains_key("done"), "{said:?}");
    }
}

#[test]
fn reports_failing_calls_or_does_no_harm() {
    for error in [Errno::EIO, Errno::ENOSPC] {
        let said = at_every_call(Fault::Fails(error));
        // After any failure the process continues, and each fault costs at most the
        // upload in which it happened.
        assert!(said["failed"] > 0 && said["failed"] <= said["done"], "{said:?}");
    }
}

/// The answer of FAT and some network shares to `link`.
#[test]
fn without_hard_links_uploads_are_renamed() {
    let calls = undisturbed().calls;
    let calls = calls.iter().filter(|call| !call.is_answer()).enumerate();
    let links: Vec<_> = calls.filter(|(_, call)| LINKS.contains(&call.number)).map(|(at, _)| at).collect();
    assert_eq!(links.len(), UPLOADS.len());
    for at in links {
        let directory = tempfile::tempdir().unwrap();
        let run = upload_elsewhere(directory.path(), Some((at, Fault::Fails(Errno::EPERM))));
        assert!(run.spoilt);
        assert_eq!(run.lines, ["kept a", "kept b", "kept a", "done"]);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "no temporary file is left");
        check(directory.path(), &run, "without hard links");
    }
}

#[test]
fn short_writes_lose_nothing() {
    for bytes in [1, 4_095] {
        let said = at_every_call(Fault::Short(bytes));
        assert!(said["short"] > 0 && !said.contains_key("failed"), "{said:?}");
        assert_eq!(said["kept"], 3 * said["done"], "{said:?}");
    }
    // A write of zero bytes is a failure, and an interrupted call is repeated where possible.
    let said = at_every_call(Fault::Short(0));
    assert_eq!(said["failed"], said["short"], "{said:?}");
}

/// The state after a loss of power: a file's bytes are durable after its `fsync`, a name after
/// the directory's `fsync`.
#[test]
fn bytes_are_durable_before_their_name() {
    let calls = undisturbed().calls;
    let mut uploads = 0;
    for upload in
        calls.split(Call::is_answer).filter(|calls| calls.iter().any(|call| call.number == SYS_write))
    {
        let position = |what: &str, found: &dyn Fn(&Call) -> bool| {
            upload.iter().rposition(found).unwrap_or_else(|| panic!("no {what} in {upload:?}"))
        };
        let written = position("write", &|call| call.number == SYS_write);
        let file = upload[written].fd;
        let synced = position("sync of the file", &|call| call.number == SYS_fsync && call.fd == file);
        let linked = position("link", &|call| LINKS.contains(&call.number));
        let durable = position("sync of the directory", &|call| call.number == SYS_fsync && call.fd != file);
        let directory = upload[..durable].iter().rfind(|call| call.number == SYS_openat).unwrap().result;
        assert!(written < synced && synced < linked && linked < durable, "{upload:?}");
        assert_eq!(upload[durable].fd as i64, directory, "{upload:?}");
        assert!([synced, durable].iter().all(|&at| upload[at].result == 0), "{upload:?}");
        uploads += 1;
    }
    assert_eq!(uploads, UPLOADS.len());
}

#[test]
fn directories_are_durable_before_their_contents() {
    let directory = tempfile::tempdir().unwrap();
    let new = directory.path().join("new/store");
    let run = upload_elsewhere(&new, None);
    assert_eq!(run.lines, ["kept a", "kept b", "kept a", "done"]);
    check(&new, &run, "in a new directory");
    let opening = run.calls.split(|call| call.number == SYS_write).next().unwrap();
    let made = opening.iter().rposition(|call| call.number == SYS_mkdir && call.result == 0).unwrap();
    let synced = opening[made..].iter().filter(|call| call.number == SYS_fsync && call.result == 0);
    assert_eq!(synced.count(), 2, "{opening:?}");
}
