//! How search time grows with the ledger, and what hints, lanes and a cache save. One query matches
//! records in memory, on one thread.
//!
//! `cargo bench --bench search_scale` uses ledgers of 1,000, 10,000 and 100,000 entries with one
//! keyword each: without hints in four ways (one by one or in lanes, with or without a cache), and
//! with 8 and 12 bits of hints. It prints a table and writes `performance/search-scale.json` in
//! cargo's target folder. An argument sets the largest ledger instead: `cargo bench --bench
//! search_scale -- 1000000`. The ways alternate on one part of the ledger after the other: other
//! load on the machine then affects all of them.
//!
//! Every entry has its own index. Making one takes about as long as matching one by itself: 100,000
//! of them need some minutes and half a gigabyte. One entry in 4,096 has the requested keyword.
//! Reading entries from a disk or a network takes additional time.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program for developers, not the library"
)]

use medseal::Threads;
use std::env;
use std::ops::ControlFlow::Continue;
use std::time::Instant;

use medseal::policy::{Attributes, Policy};
use medseal::search::{
    Hints, IndexOptions, Keyword, KeywordKey, MasterKey, PreparedQuery, Query, RecordIndex, SearchIndexCache,
    SearchKey,
};
use medseal::without_lanes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

#[path = "shared/machine.rs"]
mod machine;
#[path = "shared/results.rs"]
mod results;

const LEDGERS: [usize; 3] = [1_000, 10_000, 100_000];
const HINT_BITS: [u8; 3] = [0, 8, 12];
/// The number of keywords. One entry in this many has each keyword.
const DISTINCT: usize = 4096;
/// The requested keyword.
const ASKED: usize = 7;
const POLICY: &str = "role=doctor and (department=cardiology or emergency)";
const READER: &str = "role=doctor, department=cardiology";

/// A way to search a ledger.
#[derive(Clone, Copy, PartialEq)]
struct Way {
    name: &'static str,
    lanes: bool,
    cached: bool,
}

const WAYS: [Way; 4] = [
    Way { name: "one by one", lanes: false, cached: false },
    Way { name: "one by one, cached", lanes: false, cached: true },
    Way { name: "lanes", lanes: true, cached: false },
    Way { name: "lanes, cached", lanes: true, cached: true },
];

fn main() {
    let measured = env::args().any(|a| a == "--bench");
    let largest = env::args().skip(1).find_map(|a| a.parse().ok());
    let largest = largest.unwrap_or(if measured { LEDGERS[2] } else { 10 });
    let mut ledgers: Vec<usize> = LEDGERS.into_iter().filter(|entries| *entries < largest).collect();
    ledgers.push(largest);
    let (machine, world) = (machine::machine(), World::new());

    println!("policy {POLICY}, {} rows; the reader has {READER}", world.policy.rows());
    println!(
        "{:>5} {:>9} {:>19} {:>12} {:>12} {:>12} {:>7} {:>8} {:>9} {:>8}",
        "hints",
        "entries",
        "way",
        "search, ms",
        "us an entry",
        "entries/s",
        "times",
        "hits",
        "MB cache",
        "growth"
    );
    let mut rows: Vec<Value> = Vec::new();
    for bits in HINT_BITS {
        let before_indexes = resident();
        let records = world.indexes(bits, largest);
        if let (Some(before), Some(now)) = (before_indexes, resident()) {
            println!("{bits:>5} {largest:>9} indexes in {} MB", (now - before) >> 20);
        }
        // With hints, so little is left to match that the way does not matter.
        let ways = if bits == 0 { &WAYS[..] } else { &WAYS[2..3] };
        for entries in &ledgers {
            for mut row in search(&world.query(bits), &records[..*entries], bits, ways) {
                let seconds = row["seconds"].as_f64().unwrap();
                // The exponent of n by which the time grew since the smaller ledger: 1 is linear.
                let smaller = rows.iter().rev().find(|r| r["hint_bits"] == bits && r["way"] == row["way"]);
                row["growth"] = json!(smaller.map(|smaller| {
                    let (n, time) = (smaller["n"].as_f64().unwrap(), smaller["seconds"].as_f64().unwrap());
                    (seconds / time).ln() / (*entries as f64 / n).ln()
                }));
                let growth = row["growth"].as_f64().map_or(String::new(), |growth| format!("n^{growth:.2}"));
                println!(
                    "{bits:>5} {entries:>9} {:>19} {:>12.2} {:>12.2} {:>12.0} {:>7.2} {:>8} {:>9.1} {growth:>8}",
                    row["way"].as_str().unwrap(),
                    seconds * 1e3,
                    seconds * 1e6 / *entries as f64,
                    *entries as f64 / seconds,
                    row["times"].as_f64().unwrap(),
                    row["hits"],
                    row["cache_bytes"].as_f64().unwrap() / 1e6,
                );
                rows.push(row);
            }
        }
    }
    if measured && largest >= LEDGERS[2] {
        results::save("search-scale.json", machine, &rows);
    }
}

/// Searches all records in each of the ways, alternating on one part after the other, and repeats
/// short searches: the least time counts. A cache is filled beforehand.
fn search(query: &PreparedQuery, records: &[RecordIndex], bits: u8, ways: &[Way]) -> Vec<Value> {
    const PART: usize = 1024;
    let cache = SearchIndexCache::new(usize::MAX);
    let run = |way: &Way, part: &[RecordIndex]| {
        let cache = way.cached.then_some(&cache);
        let search = || query.match_many_cached(part, 0, Threads::ONE, cache, |_| Continue(())).unwrap();
        let start = Instant::now();
        let found = if way.lanes { search() } else { without_lanes(search) };
        let seconds = start.elapsed().as_secs_f64();
        assert!(found.malformed.is_empty());
        (seconds, found.matches.len())
    };
    if ways.iter().any(|way| way.cached) {
        run(&WAYS[3], records);
    }
    let mut least = vec![f64::MAX; ways.len()];
    let begin = Instant::now();
    for _ in 0..20 {
        let mut totals = vec![(0.0, 0); ways.len()];
        for part in records.chunks(PART) {
            for (way, total) in ways.iter().zip(&mut totals) {
                let (seconds, hits) = run(way, part);
                *total = (total.0 + seconds, total.1 + hits);
            }
        }
        for ((seconds, hits), least) in totals.into_iter().zip(&mut least) {
            assert_eq!(hits, (records.len() + DISTINCT - 1 - ASKED) / DISTINCT);
            *least = least.min(seconds);
        }
        if begin.elapsed().as_secs() >= 10 {
            break;
        }
    }
    let hits = (records.len() + DISTINCT - 1 - ASKED) / DISTINCT;
    ways.iter()
        .zip(&least)
        .map(|(way, seconds)| {
            json!({
                "hint_bits": bits, "way": way.name, "n": records.len(), "seconds": seconds, "hits": hits,
                "times": least[0] / seconds, "cache_bytes": if way.cached { cache.bytes() } else { 0 },
            })
        })
        .collect()
}

/// Returns the resident memory of this process, where it is known.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<usize>().ok()? * 1024)
}

struct World {
    public_key: medseal::search::PublicKey,
    keyword_key: KeywordKey,
    policy: Policy,
    attributes: Attributes,
    reader: SearchKey,
}

impl World {
    fn new() -> Self {
        let rng = &mut rng();
        let authority = MasterKey::generate(rng).unwrap();
        let keyword_key = KeywordKey::generate(rng).unwrap();
        let attributes = Attributes::parse(READER).unwrap();
        Self {
            public_key: authority.public_key(),
            reader: authority.issue(&attributes, &keyword_key, rng).unwrap(),
            policy: Policy::parse(POLICY).unwrap(),
            keyword_key,
            attributes,
        }
    }

    fn indexes(&self, bits: u8, count: usize) -> Vec<RecordIndex> {
        let rng = &mut rng();
        let options = IndexOptions::default();
        let options = hints(bits).map_or(options, |hints| options.hints(hints));
        let mut index = |i| {
            let keywords = [keyword(i % DISTINCT)];
            self.public_key.index_record(&self.keyword_key, &keywords, &self.policy, options, rng)
        };
        (0..count).map(|i| index(i).unwrap()).collect()
    }

    fn query(&self, bits: u8) -> PreparedQuery {
        let hints: Vec<Hints> = hints(bits).into_iter().collect();
        let trapdoor = self.reader.trapdoor_hinted(&keyword(ASKED), &self.attributes, &hints, &mut rng());
        Query::new(trapdoor.unwrap(), &self.public_key).prepare(&self.public_key).unwrap()
    }
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2026)
}

fn keyword(i: usize) -> Keyword {
    Keyword::with_field("diagnosis", &format!("code {i}")).unwrap()
}

fn hints(bits: u8) -> Option<Hints> {
    (bits > 0).then(|| Hints::new(bits, 1).unwrap())
}
