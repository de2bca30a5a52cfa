//! Every user-visible operation, one file for each module. `cargo bench --bench schemes -- NAME`
//! selects those whose name contains NAME. `record.rs`, beside this folder, has the records.
//!
//! Policies require all of `n` attributes, unless the name says otherwise. The measurement includes
//! decoding a received object (a signature, an index, an entry). A key caches the points of
//! attributes and policies that it has used; `first` uses a new key.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a program for developers, not the library"
)]

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};

mod authentication;
mod authorities;
mod cases;
mod clinic;
#[path = "../../tests/shared/generation.rs"]
mod generation;
mod key_wrapping;
mod keyword_search;
mod ledgers;
mod policies;
mod sharing;
mod signatures;
mod strangers;
#[path = "../shared/time.rs"]
mod time;
mod trees;
#[path = "../shared/world.rs"]
mod world;

fn group<'c>(c: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group
}

criterion_group!(
    benches,
    policies::all,
    cases::all,
    key_wrapping::all,
    signatures::all,
    keyword_search::all,
    authentication::all,
    trees::all,
    ledgers::all,
    sharing::all,
    strangers::all,
    authorities::all,
);
criterion_main!(benches);
