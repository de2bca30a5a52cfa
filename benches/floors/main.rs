//! Every operation beside its floor, measured in turns in one run on one thread, so that both see the same machine.
//!
//! `cargo bench --bench floors` prints a table, and writes `floors.json` into cargo's target folder: a list of
//! `{"operation", "n", "ns", "floor_ns", "ratio"}`, where `n` is the number of attributes (of bytes, for records).
//! Times are minima, which a busy machine disturbs least. An argument keeps the operations whose name contains it.
#![allow(non_snake_case)] // the papers' letters
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)] // a program for developers, not the library

use std::env;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use medseal::record::{OpenOptions, RecordKey, SealOptions};
use medseal::search::{Keyword, KeywordKey, Padding, PreparedTrapdoor, RecordIndex};
use medseal::{abe, abs, search};
use serde_json::json;

mod floor;
#[path = "../shared/world.rs"]
mod world;

use floor::Material;
use world::{Consortium, NOW, SIZES, attributes, rng};

fn main() {
    // `cargo test --benches` runs this without the flag: once through each operation is enough then.
    let measured = env::args().any(|a| a == "--bench");
    let filter = env::args().skip(1).find(|a| !a.starts_with("--")).unwrap_or_default();
    let mut table = Table { rows: Vec::new(), filter, measured };
    println!("{:<24} {:>9} {:>14} {:>14} {:>7}", "operation", "n", "time, us", "floor, us", "ratio");
    for n in if measured { SIZES.as_slice() } else { &SIZES[..2] } {
        key_wrapping(&mut table, *n);
        signatures(&mut table, *n);
        keyword_search(&mut table, *n);
    }
    authentication(&mut table);
    records(&mut table);
    if measured && table.filter.is_empty() {
        table.save();
    }
}

fn key_wrapping(table: &mut Table, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = abe::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    let issue = || authority.issue(&attributes, &mut rng).unwrap();
    table.compare("abe issue", n, issue, || floor.decryption_key());

    let mut rng = world::rng();
    let encapsulate = || public_key.encapsulate(&policy, &mut rng).unwrap();
    table.compare("abe encapsulate", n, encapsulate, || floor.encapsulate());

    let (encapsulation, _) = public_key.encapsulate(&policy, &mut world::rng()).unwrap();
    let bytes = encapsulation.to_bytes();
    let decapsulate = || {
        let received = abe::Encapsulation::from_bytes(&bytes).unwrap();
        key.decapsulate(&received).unwrap()
    };
    table.compare("abe decapsulate", n, decapsulate, || floor.decapsulate());
}

fn signatures(table: &mut Table, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    let issue = || authority.issue(&attributes, &mut rng).unwrap();
    table.compare("abs issue", n, issue, || floor.signing_key());

    let mut rng = world::rng();
    let mut sign = || key.sign(&policy, b"context", b"message", &mut rng).unwrap();
    let bytes = sign().to_bytes();
    table.compare("abs sign", n, sign, || floor.sign());

    let verify = || {
        let received = abs::Signature::from_bytes(&bytes).unwrap();
        authority.public_key().verify(&policy, b"context", b"message", &received).unwrap();
    };
    table.compare("abs verify", n, verify, || floor.verify());
}

fn keyword_search(table: &mut Table, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = search::MasterKey::generate(&mut rng).unwrap();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    let keyword = Keyword::new("diabetes").unwrap();
    let issue = || authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    table.compare("search issue", n, issue, || floor.search_key());

    let public_key = authority.public_key();
    let mut rng = world::rng();
    let keywords = [keyword.clone()];
    let mut index =
        || public_key.index_record(&keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut rng).unwrap();
    let bytes = index().to_bytes();
    table.compare("search index", n, index, || floor.index());

    let mut rng = world::rng();
    let mut trapdoor = || key.trapdoor(&keyword, &mut rng).unwrap();
    let prepared = PreparedTrapdoor::new(&trapdoor()).unwrap();
    table.compare("search trapdoor", n, trapdoor, || floor.trapdoor());

    let matches = || {
        let received = RecordIndex::from_bytes(&bytes).unwrap();
        assert!(prepared.matches(&received).unwrap());
    };
    table.compare("search match", n, matches, || floor.matches());
}

fn authentication(table: &mut Table) {
    let (c, floor, mut rng) = (Consortium::new(), Material::new(1), rng());
    let mut start = || c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng).unwrap();
    let (_, request) = start();
    table.compare("handshake start", 1, start, || floor.handshake_start());

    let accept = || {
        let cache = Consortium::replay_cache();
        c.main_node.accept(&request, &c.registry, &cache, NOW).unwrap()
    };
    table.compare("handshake accept", 1, accept, || floor.handshake_accept());

    // A request can be answered once, so that each answer needs an accepted request of its own.
    let mut rng = world::rng();
    let reply = |accepted: medseal::identity::AcceptedRequest| {
        accepted.reply(&Consortium::disclosure(), &mut rng).unwrap()
    };
    table.compare_with("handshake reply", 1, accept, reply, || floor.handshake_reply());

    let mut rng = world::rng();
    let answered = || c.answered(&mut rng);
    table.compare_with(
        "handshake finish",
        1,
        answered,
        |(awaiting, reply, _)| awaiting.finish(&reply).unwrap(),
        || floor.handshake_finish(),
    );

    let mut rng = world::rng();
    let mut seal = || c.super_node.seal_to(c.hospital.identity(), b"", &[7; 256], &mut rng).unwrap();
    let envelope = seal();
    table.compare("envelope seal", 1, seal, || floor.envelope_seal());
    let open = || c.hospital.open(&envelope, b"").unwrap();
    table.compare("envelope open", 1, open, || floor.envelope_open());
}

fn records(table: &mut Table) {
    let all = [1 << 10, 1 << 20, 1 << 24, 1 << 28];
    for bytes in if table.measured { &all[..] } else { &all[..2] }.iter().copied() {
        let (key, mut rng) = (RecordKey::generate(&mut rng()).unwrap(), rng());
        let record = vec![7; bytes];
        let mut work = record.clone();
        let mut seal = || key.seal(&record, &SealOptions::default(), &mut rng).unwrap();
        let (sealed, _) = seal();
        table.compare("record seal", bytes, seal, || floor::encrypt_and_hash(&mut work));
        let open = || key.open(&sealed, &OpenOptions::default()).unwrap();
        table.compare("record open", bytes, open, || floor::encrypt_and_hash(&mut work));
    }
}

struct Table {
    rows: Vec<serde_json::Value>,
    filter: String,
    measured: bool,
}

impl Table {
    fn compare<T>(&mut self, operation: &str, n: usize, mut work: impl FnMut() -> T, floor: impl FnMut()) {
        self.compare_with(operation, n, || (), |()| work(), floor);
    }

    /// As [`Self::compare`], with an input that is made anew, outside the measurement, each time.
    fn compare_with<I, T>(
        &mut self,
        operation: &str,
        n: usize,
        mut input: impl FnMut() -> I,
        mut work: impl FnMut(I) -> T,
        mut floor: impl FnMut(),
    ) {
        const BUDGET: Duration = Duration::from_millis(2000);
        const ROUNDS: std::ops::Range<usize> = 5..400;
        if !operation.contains(&self.filter) {
            return;
        }
        let (mut least, mut least_floor) = (Duration::MAX, Duration::MAX);
        let begin = Instant::now();
        let mut round = 0;
        while round < ROUNDS.start || (begin.elapsed() < BUDGET && round < ROUNDS.end) {
            let made = input();
            let start = Instant::now();
            black_box(work(made));
            least = least.min(start.elapsed());
            let start = Instant::now();
            floor();
            least_floor = least_floor.min(start.elapsed());
            round += 1;
            if !self.measured {
                break;
            }
        }
        let (ns, floor_ns) = (least.as_nanos() as f64, least_floor.as_nanos() as f64);
        let ratio = ns / floor_ns;
        println!("{operation:<24} {n:>9} {:>14.1} {:>14.1} {ratio:>7.2}", ns / 1e3, floor_ns / 1e3);
        self.rows.push(
            json!({"operation": operation, "n": n, "ns": ns as u64, "floor_ns": floor_ns as u64, "ratio": ratio}),
        );
    }

    fn save(&self) {
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
        std::fs::create_dir_all(&target).unwrap();
        let path = target.join("floors.json");
        std::fs::write(&path, serde_json::to_vec_pretty(&self.rows).unwrap()).unwrap();
        println!("written to {}", path.display());
    }
}
