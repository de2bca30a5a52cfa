//! How a search grows with the ledger, and what hints save: records in memory, matched by one query on one thread.
//!
//! `cargo bench --bench search_scale` takes ledgers of 1,000, 10,000 and 100,000 entries, of one keyword each, without
//! hints and with 8 and 12 bits of them, prints a table and writes `performance/search-scale.json` into cargo's target
//! folder. That takes about four minutes, nearly all of them without hints at about 1.5 ms an entry; an argument is the
//! largest ledger instead.
//!
//! **What is real and what is repeated.** Making an index takes longer than matching it, so that 4,096 are made, each
//! under a keyword of its own, and a larger ledger holds copies of them: each entry its own in memory, and judged
//! anew. So one entry in 4,096 has the keyword that is asked for, and of the others the share of `2^-bits` that hints
//! leave is measured on 4,096 different keywords. Reading entries from a disk or a network comes on top.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program for developers, not the library"
)]

use std::env;
use std::num::NonZeroUsize;
use std::ops::ControlFlow::Continue;
use std::time::Instant;

use medseal::policy::{Attributes, Policy};
use medseal::search::{
    Hints, IndexOptions, Keyword, KeywordKey, MasterKey, PreparedQuery, Query, RecordIndex, SearchKey,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

#[path = "shared/machine.rs"]
mod machine;
#[path = "shared/results.rs"]
mod results;

const LEDGERS: [usize; 3] = [1_000, 10_000, 100_000];
const HINT_BITS: [u8; 3] = [0, 8, 12];
/// Keywords, each of which one entry in as many has.
const DISTINCT: usize = 4096;
/// The one that is asked for.
const ASKED: usize = 7;
const POLICY: &str = "role=doctor and (department=cardiology or emergency)";
const READER: &str = "role=doctor, department=cardiology";

fn main() {
    let measured = env::args().any(|a| a == "--bench");
    let largest = env::args().skip(1).find_map(|a| a.parse().ok());
    let largest = largest.unwrap_or(if measured { LEDGERS[2] } else { 10 });
    let ledgers = LEDGERS.map(|entries| entries.min(largest));
    let (machine, world) = (machine::machine(), World::new());

    println!("policy {POLICY}, {} rows; the reader has {READER}", world.policy.rows());
    println!(
        "{:>5} {:>9} {:>12} {:>12} {:>12} {:>8} {:>8}",
        "hints", "entries", "search, ms", "us an entry", "entries/s", "hits", "growth"
    );
    let mut rows = Vec::new();
    for bits in HINT_BITS {
        let indexes = world.indexes(bits, largest.min(DISTINCT));
        let mut before: Option<(usize, f64)> = None;
        for entries in ledgers {
            let records: Vec<RecordIndex> = indexes.iter().cycle().take(entries).cloned().collect();
            let row = search(&world.query(bits), &records, bits);
            let seconds = row["seconds"].as_f64().unwrap();
            // The exponent of n by which the time grew since the smaller ledger: 1 is linear.
            let growth = before
                .filter(|(smaller, _)| *smaller < entries)
                .map(|(smaller, time)| (seconds / time).ln() / (entries as f64 / smaller as f64).ln());
            println!(
                "{bits:>5} {entries:>9} {:>12.2} {:>12.2} {:>12.0} {:>8} {:>8}",
                seconds * 1e3,
                seconds * 1e6 / entries as f64,
                entries as f64 / seconds,
                row["hits"],
                growth.map_or(String::new(), |g| format!("n^{g:.2}")),
            );
            rows.push(row);
            before = Some((entries, seconds));
        }
        let (entries, seconds) = before.unwrap();
        let million = seconds * 1e6 / entries as f64;
        println!(
            "{bits:>5} {:>9} {:>12.2}   not measured: the last line, times {}",
            1_000_000,
            million * 1e3,
            1_000_000 / entries
        );
    }
    if measured && largest == LEDGERS[2] {
        results::save("search-scale.json", machine, &rows);
    }
}

/// The least time of several searches over all records.
fn search(query: &PreparedQuery, records: &[RecordIndex], bits: u8) -> Value {
    let (mut least, mut hits) = (f64::MAX, 0);
    let begin = Instant::now();
    for _ in 0..20 {
        let start = Instant::now();
        let found = query.match_many(records, 0, NonZeroUsize::MIN, |_| Continue(())).unwrap();
        least = least.min(start.elapsed().as_secs_f64());
        assert!(found.malformed.is_empty());
        hits = found.matches.len();
        if begin.elapsed().as_secs() >= 5 {
            break;
        }
    }
    assert_eq!(hits, (records.len() + DISTINCT - 1 - ASKED) / DISTINCT);
    json!({"hint_bits": bits, "n": records.len(), "seconds": least, "hits": hits})
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
        let mut index =
            |i| self.public_key.index_record(&self.keyword_key, &[keyword(i)], &self.policy, options, rng);
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
