//! The measurement: libraries alternate, and the least processor time of each counts.

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::{machine, results, sealing, versions, wrapping};

const ATTRIBUTES: [usize; 3] = [10, 30, 100];
const RECORDS: [usize; 4] = [1 << 10, 1 << 20, 1 << 24, 1 << 28];
/// The time for one size of all libraries.
const BUDGET: Duration = Duration::from_secs(45);
const ROUNDS: std::ops::Range<usize> = 5..100;

pub fn measure(quick: bool) {
    let mut machine = machine::machine();
    machine["versions"] = versions::versions(&["medseal", "rabe", "age", "aes-gcm", "aead-stream"]);
    machine["versions"]["CIRCL"] = versions::circl();
    let mut rows = Vec::new();
    for n in ATTRIBUTES {
        rows.extend(wrap(n, quick));
        rows.extend(circl(n, quick));
    }
    for bytes in RECORDS {
        rows.extend(seal(bytes, quick));
    }
    results::save(if quick { "peers-quick.json" } else { "peers.json" }, machine, &rows);
}

/// Returns whether to run another round.
fn more(round: usize, begin: Instant, quick: bool) -> bool {
    match quick {
        true => round < 1,
        false => round < ROUNDS.start || (begin.elapsed() < BUDGET && round < ROUNDS.end),
    }
}

fn timed<T>(least: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = processor_time();
    let result = black_box(work());
    *least = (processor_time() - start).min(*least);
    result
}

/// Returns the processor time of this thread, on which all libraries work. Other load on the
/// machine does not count.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

fn wrap(n: usize, quick: bool) -> Vec<Value> {
    let mut libraries = wrapping::all(n);
    let mut least = vec![[Duration::MAX; 3]; libraries.len()];
    let mut sizes = vec![[0; 2]; libraries.len()];
    let (begin, mut round) = (Instant::now(), 0);
    while more(round, begin, quick) {
        for ((library, [issue, encrypt, decrypt]), sizes) in
            libraries.iter_mut().zip(&mut least).zip(&mut sizes)
        {
            let key = timed(issue, || library.issue());
            let ciphertext = timed(encrypt, || library.encrypt());
            timed(decrypt, || library.decrypt(&ciphertext));
            *sizes = [key.len(), ciphertext.len()];
        }
        round += 1;
    }
    let row = |((library, least), [key, ciphertext]): (
        (&Box<dyn wrapping::Wrapping>, &[Duration; 3]),
        &[usize; 2],
    )| {
        let [issue, encrypt, decrypt] = least.map(|time| time.as_nanos() as u64);
        println!(
            "{:<16} {n:>4} {:?} key {key}, ciphertext {ciphertext} bytes, {round} rounds",
            library.name(),
            least
        );
        json!({
            "work": "wrapping", "library": library.name(), "how": library.scheme(), "n": n, "rounds": round,
            "issue_ns": issue, "encrypt_ns": encrypt, "decrypt_ns": decrypt,
            "key_bytes": key, "ciphertext_bytes": ciphertext,
        })
    };
    libraries.iter().zip(&least).zip(&sizes).map(row).collect()
}

/// Measures CIRCL through a program in Go, in the same way. Returns `None` if Go is not installed.
fn circl(n: usize, quick: bool) -> Option<Value> {
    let mut program = Command::new("go");
    program.current_dir("benches/peers/circl").args(["run", "-buildvcs=false", ".", &n.to_string()]);
    let Ok(output) = program.args(quick.then_some("quick")).stderr(Stdio::inherit()).output() else {
        println!("CIRCL is left out: there is no Go here");
        return None;
    };
    assert!(output.status.success(), "{program:?}");
    let row: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{row}");
    Some(row)
}

fn seal(bytes: usize, quick: bool) -> Vec<Value> {
    let record = vec![7; bytes];
    let mut libraries = sealing::all();
    let mut least = vec![[Duration::MAX; 2]; libraries.len()];
    let mut sizes = vec![0; libraries.len()];
    let (begin, mut round) = (Instant::now(), 0);
    while more(round, begin, quick) {
        for ((library, [seal, open]), size) in libraries.iter_mut().zip(&mut least).zip(&mut sizes) {
            let sealed = timed(seal, || library.seal(&record));
            let opened = timed(open, || library.open(&sealed));
            assert!((*opened).as_ref() == record);
            *size = sealed.len();
        }
        round += 1;
    }
    let row = |((library, least), size): ((&Box<dyn sealing::Sealing>, &[Duration; 2]), &usize)| {
        let [seal, open] = least.map(|time| time.as_nanos() as u64);
        println!("{:<16} {bytes:>9} {least:?} {size} bytes, {round} rounds", library.name());
        json!({
            "work": "sealing", "library": library.name(), "how": library.how(), "n": bytes, "rounds": round,
            "seal_ns": seal, "open_ns": open, "sealed_bytes": size,
        })
    };
    libraries.iter().zip(&least).zip(&sizes).map(row).collect()
}
