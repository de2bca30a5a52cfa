//! medseal beside its peers, and the pages that show the results.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- measure     about ten minutes
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- render      tables and plots
//! ```
//! `measure` times the same work on every library, alternately, and writes `peers.json` to
//! `performance` in cargo's target folder. `measure quick` runs everything once, only to see that
//! it runs. `render` copies that file and those of the benchmarks `floors` and `search_scale` to
//! `docs/performance`, and makes the pages there from all files in that folder.
#![expect(clippy::unwrap_used, reason = "a program for developers, not the library")]

use std::env;

#[path = "../../shared/machine.rs"]
mod machine;
mod measure;
mod plots;
mod render;
#[path = "../../shared/results.rs"]
mod results;
mod sealing;
mod versions;
mod wrapping;

fn main() {
    // The repository's root, for any working directory.
    env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).unwrap();
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measure"] => measure::measure(false),
        ["measure", "quick"] => measure::measure(true),
        ["render"] => render::render(),
        _ => eprintln!("measure | measure quick | render"),
    }
}
