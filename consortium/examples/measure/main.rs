//! Four nodes in four processes on this machine, with real entries and the client that hospitals
//! use: entries per second, latency, catching up, memory, CPU, cost of validation; and a soak.
//!
//! ```sh
//! cargo run --release --manifest-path consortium/Cargo.toml --example measure -- [ENTRIES] [NODES]
//! cargo run --release --manifest-path consortium/Cargo.toml --example measure -- claims
//! cargo run --release --manifest-path consortium/Cargo.toml --example measure -- soak MINUTES [SEED]
//! ```
//! A latency is the time of a `Remote`'s [`Ledger::append`](medseal::ledger::Ledger::append): the
//! entry goes to a node through a session and becomes final; the client verifies the certificate of
//! the head, and the proof that the entry is under it. Entries are made beforehand, and validated
//! as `append` requires. The clients share the machine with the nodes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it measures, and ends when something is wrong"
)]

mod cluster;
mod node;
mod phases;
mod soak;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::error::Error;

type Anything = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Anything> {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let words = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    if cfg!(debug_assertions) && words.first() != Some(&"node") {
        println!("WARNING: this is the dev profile; use `cargo run --release` for figures that you compare");
    }
    match words.as_slice() {
        ["node", own, home, claim, ports @ ..] => node::run(own.parse()?, home.as_ref(), claim, ports),
        ["claims"] => phases::claims(),
        ["soak", minutes] => soak::run(minutes.parse()?, 1),
        ["soak", minutes, seed] => soak::run(minutes.parse()?, seed.parse()?),
        [] => phases::all(1200, 4),
        [entries] => phases::all(entries.parse()?, 4),
        [entries, nodes] => phases::all(entries.parse()?, nodes.parse()?),
        _ => Err("[ENTRIES] [NODES], claims, or soak MINUTES [SEED]".into()),
    }
}
