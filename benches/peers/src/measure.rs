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

/// Runs rounds in which the libraries alternate. Returns their number and, for each library, the
/// least times in nanoseconds and the sizes.
fn rounds<L, const T: usize, const S: usize>(
    libraries: &mut [L],
    quick: bool,
    run: impl Fn(&mut L, &mut [Duration; T]) -> [usize; S],
) -> (usize, Vec<([u64; T], [usize; S])>) {
    let mut measured = vec![([Duration::MAX; T], [0; S]); libraries.len()];
    let (begin, mut round) = (Instant::now(), 0);
    while more(round, begin, quick) {
        for (library, (least, sizes)) in libraries.iter_mut().zip(&mut measured) {
            *sizes = run(library, least);
        }
        round += 1;
    }
    let in_ns = |(least, sizes): ([Duration; T], _)| (least.map(|time| time.as_nanos() as u64), sizes);
    (round, measured.into_iter().map(in_ns).collect())
}

fn wrap(n: usize, quick: bool) -> Vec<Value> {
    let mut libraries = wrapping::all(n);
    let (rounds, measured) = rounds(&mut libraries, quick, |library, [issue, encrypt, decrypt]| {
        let key = timed(issue, || (library.issue)());
        let ciphertext = timed(encrypt, || (library.encrypt)());
        timed(decrypt, || (library.decrypt)(&ciphertext));
        [key.len(), ciphertext.len()]
    });
    let rows = libraries.iter().zip(measured).map(|(library, measured)| {
        let ([issue, encrypt, decrypt], [key, ciphertext]) = measured;
        shown(json!({
            "work": "wrapping", "library": library.name, "n": n, "rounds": rounds,
            "issue_ns": issue, "encrypt_ns": encrypt, "decrypt_ns": decrypt,
            "key_bytes": key, "ciphertext_bytes": ciphertext,
        }))
    });
    rows.collect()
}

fn shown(row: Value) -> Value {
    println!("{row}");
    row
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
    Some(shown(serde_json::from_slice(&output.stdout).unwrap()))
}

fn seal(bytes: usize, quick: bool) -> Vec<Value> {
    let record = vec![7; bytes];
    let mut libraries = sealing::all();
    let (rounds, measured) = rounds(&mut libraries, quick, |library, [seal, open]| {
        let sealed = timed(seal, || (library.seal)(&record));
        let opened = timed(open, || (library.open)(&sealed));
        assert!((*opened).as_ref() == record);
        [sealed.len()]
    });
    let rows = libraries.iter().zip(measured).map(|(library, ([seal, open], [sealed]))| {
        shown(json!({
            "work": "sealing", "library": library.name, "n": bytes, "rounds": rounds,
            "seal_ns": seal, "open_ns": open, "sealed_bytes": sealed,
        }))
    });
    rows.collect()
}
