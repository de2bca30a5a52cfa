//! medseal beside its peers, and the page that shows the results.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- measure     about ten minutes
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- render      the tables of the page
//! ```
//! `measure` times the same work on every library, alternately, and writes `peers.json` to
//! `performance` in cargo's target folder. `measure quick` runs everything once, only to see that
//! it runs. `render` writes the tables in `docs/performance` from that file and those of the
//! benchmarks `floors` and `search_scale`, as far as they exist.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a program for developers, not the library")]

use std::env;

#[path = "../../shared/machine.rs"]
mod machine;
mod measure;
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
