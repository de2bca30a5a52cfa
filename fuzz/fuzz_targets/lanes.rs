//! Indexes with altered elements, eight at once and one by one: both ways give the same result for
//! each. On a processor without lanes, both ways are the same.

#![no_main]

use medseal::Threads;
use std::ops::ControlFlow::Continue;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use medseal::policy::{Attributes, Policy};
use medseal::search::{
    Keyword, KeywordKey, MasterKey, Padding, PreparedQuery, Query, RecordIndex, SearchIndexCache,
};
use medseal::without_lanes;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Nine: one more than lanes.
const RECORDS: usize = 9;
/// `c1`, `E`, `c2_0` and two rows; one row is used.
const ELEMENTS: usize = 96 + 48 + 96 + 48 + 48;

struct World {
    records: Vec<Vec<u8>>,
    query: PreparedQuery,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let authority = MasterKey::generate(rng).unwrap();
    let keyword_key = KeywordKey::generate(rng).unwrap();
    let attributes = Attributes::parse("a").unwrap();
    let key = authority.issue(&attributes, &keyword_key, rng).unwrap();
    let (public_key, policy) = (authority.public_key(), Policy::parse("a or b").unwrap());
    let keywords = ["x", "y"].map(|word| Keyword::new(word).unwrap());
    let records = (0..RECORDS).map(|i| {
        let keywords = &keywords[i % 2..][..1];
        public_key.index_record(&keyword_key, keywords, &policy, Padding::None, rng).unwrap().to_bytes()
    });
    let records = records.collect();
    let trapdoor = key.trapdoor(&keywords[0], &attributes, rng).unwrap();
    World { records, query: Query::new(trapdoor, &public_key).prepare(&public_key).unwrap() }
});

// The input is a list of pieces: three bytes, then data. The three bytes give the record, the place
// in its elements, and the length of the data (at most 96), which replaces the bytes there or, from
// 128 on, is XORed onto them.
fuzz_target!(|input: &[u8]| {
    let World { records, query } = &*WORLD;
    let mut records = records.clone();
    let mut input = input;
    while let Some((&[which, at, length], rest)) = input.split_first_chunk() {
        let (piece, rest) = rest.split_at(rest.len().min(usize::from(length % 128).min(96)));
        let record = &mut records[usize::from(which) % RECORDS];
        let from = record.len() - ELEMENTS + usize::from(at) % ELEMENTS;
        for (byte, new) in record[from..].iter_mut().zip(piece) {
            *byte = if length < 128 { *new } else { *byte ^ new };
        }
        input = rest;
    }
    let records: Vec<_> = records.iter().map(|bytes| RecordIndex::from_bytes(bytes).unwrap()).collect();
    let cache = SearchIndexCache::new(1 << 20);
    let search = |cache: Option<&SearchIndexCache>| {
        query.match_many_cached(&records, 0, Threads::ONE, cache, |_| Continue(())).unwrap()
    };
    let expected = without_lanes(|| search(None));
    for cache in [None, Some(&cache), Some(&cache)] {
        assert_eq!(search(cache), expected);
    }
    for record in &records {
        assert_eq!(record.validate(), without_lanes(|| record.validate()));
    }
});
