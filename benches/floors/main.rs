//! Every main operation beside its floor.
//!
//! `cargo bench --bench floors` times both alternately, in one run on one thread: both see the same
//! machine. It writes `floors.json`. An argument selects the operations whose name contains it.
//! `cargo bench --bench floors -- instructions` counts instructions with valgrind instead. The file
//! goes to `performance` in cargo's target folder, with the state of the machine. A `floors.json`
//! beside that folder has only the list of `{"operation", "n", "ns", "floor_ns", "ratio"}`.
#![expect(non_snake_case, reason = "the papers' letters")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a program for developers, not the library"
)]

use std::{env, fs};

use serde_json::Value;

mod floor;
mod instructions;
#[path = "../shared/machine.rs"]
mod machine;
mod operations;
#[path = "../shared/results.rs"]
mod results;
mod times;
#[path = "../shared/world.rs"]
mod world;

use times::Times;
use world::SIZES;

/// Signatures of a batch.
const BATCH: usize = 256;
/// Bytes of a record.
const LENGTHS: [usize; 4] = [1 << 10, 1 << 20, 1 << 24, 1 << 28];

fn main() {
    // `cargo test --benches` runs this without the flag. It then runs some operations once.
    let measured = env::args().any(|a| a == "--bench");
    let arguments: Vec<String> = env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [instructions::UNDER_VALGRIND, run] => instructions::run_under_valgrind(run),
        ["instructions"] => instructions::count(),
        [] if measured => {
            let rows = time("", true);
            results::save("floors.json", machine::machine(), &rows);
            fs::write(results::target().join("floors.json"), serde_json::to_vec_pretty(&rows).unwrap())
                .unwrap();
        }
        [] => drop(time("", false)),
        [filter, ..] => drop(time(filter, measured)),
    }
}

fn time(filter: &str, measured: bool) -> Vec<Value> {
    let mut times = Times::new(filter.into(), !measured);
    for n in if measured { SIZES.as_slice() } else { &SIZES[..2] } {
        operations::on_attributes(&mut times, *n);
    }
    operations::batch(&mut times, if measured { BATCH } else { 4 });
    operations::authentication(&mut times);
    operations::records(&mut times, if measured { &LENGTHS } else { &LENGTHS[..2] });
    times.rows
}
