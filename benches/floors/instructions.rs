//! Instructions, as valgrind's callgrind counts them: the same on every run, regardless of other
//! load on the machine.
//!
//! The program runs itself under valgrind, once for each number of attributes. Callgrind collects
//! only within [`counted`], and writes a file each time that function returns.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::operations::{self, Judge};

/// The first argument of a run under valgrind.
pub(crate) const UNDER_VALGRIND: &str = "under-valgrind";
/// [`counted`], in full: callgrind ignores one of two options whose patterns begin
/// with the same wildcard.
const COUNTED: &str = "floors::instructions::counted";
/// Numbers of attributes.
const SIZES: [usize; 4] = [1, 10, 30, 100];
/// Bytes of a record. The cost of a byte does not depend on their number.
const RECORD: usize = 1 << 20;

/// Counts all operations and their floors, and prints the results.
pub(crate) fn count() {
    println!("{:<26} {:>9} {:>14} {:>14} {:>7}", "operation", "n", "thousands", "of the floor", "ratio");
    for run in
        SIZES.map(|n| n.to_string()).iter().map(String::as_str).chain(["batch", "authentication", "records"])
    {
        count_run(run);
    }
}

fn count_run(run: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .args(["--toggle-collect", "--dump-after"].map(|option| format!("{option}={COUNTED}")))
        .arg(format!("--callgrind-out-file={}", folder.path().join("out").display()))
        .arg(env::current_exe().unwrap())
        .args([UNDER_VALGRIND, run])
        .stderr(Stdio::piped())
        .output()
        .unwrap_or_else(|error| panic!("valgrind has to be installed: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).unwrap();
    for (i, line) in names.lines().enumerate() {
        let (operation, n) = line.rsplit_once(' ').unwrap();
        let [count, floor] = [2 * i + 1, 2 * i + 2].map(|part| total(folder.path(), part));
        let ratio = count as f64 / floor as f64;
        println!(
            "{operation:<26} {n:>9} {:>14.1} {:>14.1} {ratio:>7.2}",
            count as f64 / 1e3,
            floor as f64 / 1e3
        );
    }
}

/// Returns the sum in one of callgrind's files.
fn total(folder: &Path, part: usize) -> u64 {
    let text = fs::read_to_string(folder.join(format!("out.{part}"))).unwrap();
    let total = text.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    total.unwrap().trim().parse().unwrap()
}

/// Runs under valgrind: prints the name of each operation, in the order of the counts.
pub(crate) fn run_under_valgrind(run: &str) {
    let judge = &mut Counted;
    match run {
        "batch" => operations::batch(judge, crate::BATCH),
        "authentication" => operations::authentication(judge),
        "records" => operations::records(judge, &[RECORD]),
        n => operations::on_attributes(judge, n.parse().unwrap()),
    }
}

struct Counted;

impl Judge for Counted {
    fn compare_with<I, T>(
        &mut self,
        operation: &str,
        n: usize,
        mut input: impl FnMut() -> I,
        mut work: impl FnMut(I) -> T,
        mut floor: impl FnMut(),
    ) {
        // Runs once before counting, to make everything that first uses make, such as the
        // tables of the generators.
        work(input());
        floor();
        let mut made = Some(input());
        counted(&mut || drop(black_box(made.take().map(&mut work))));
        counted(&mut floor);
        println!("{operation} {n}");
    }
}

/// Some work remains after the call: otherwise it would be a tail call, and
/// callgrind would miss its end.
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
    black_box(work);
}
