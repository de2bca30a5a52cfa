//! Keyword search: matching one index, and many.

use medseal::Threads;
use std::ops::ControlFlow::Continue;

use criterion::{Criterion, Throughput};
use medseal::search::{
    Hints, IndexOptions, Keyword, KeywordKey, MasterKey, Padding, Query, RecordIndex, SearchIndexCache,
};
use medseal::without_lanes;

use crate::group;
use crate::time::Time;
use crate::world::{SIZES, attributes, rng};

pub(crate) fn all(c: &mut Criterion) {
    one(c);
    keywords(c);
    many(c);
}

fn one(c: &mut Criterion) {
    let mut group = group(c, "search");
    group.time("set up", || MasterKey::generate(&mut rng()).unwrap());
    let keywords = [Keyword::new("diabetes").unwrap()];
    for n in SIZES {
        let ((attributes, policy), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let keyword_key = KeywordKey::generate(&mut rng).unwrap();
        let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
        group.time(("issue", n), || authority.issue(&attributes, &keyword_key, &mut rng).unwrap());
        group.time(("verify key", n), || key.verify(&public_key).unwrap());
        let mut index = || {
            public_key.index_record(&keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut rng).unwrap()
        };
        group.time(("index", n), &mut index);
        let index = index();
        group.time(("validate", n), || index.validate().unwrap());
        let index = index.to_bytes();
        group.time(("trapdoor", n), || key.trapdoor(&keywords[0], &attributes, &mut rng).unwrap());
        let hints = [Hints::new(8, 1).unwrap(), Hints::new(8, 2).unwrap()];
        group.time(("trapdoor, hints of two periods", n), || {
            key.trapdoor_hinted(&keywords[0], &attributes, &hints, &mut rng).unwrap()
        });
        let trapdoor = key.trapdoor(&keywords[0], &attributes, &mut rng).unwrap();
        let query = Query::new(trapdoor, &public_key).to_bytes();
        group.time(("prepare", n), || Query::from_bytes(&query).unwrap().prepare(&public_key).unwrap());
        let prepared = Query::from_bytes(&query).unwrap().prepare(&public_key).unwrap();
        group.time(("match", n), || {
            let received = RecordIndex::from_bytes(&index).unwrap();
            assert!(prepared.matches(&received).unwrap());
        });
    }
}

/// An index of many keywords, and queries of several, under a policy over three attributes.
fn keywords(c: &mut Criterion) {
    let mut group = group(c, "search");
    let ((attributes, policy), mut rng) = (attributes(3), rng());
    let authority = MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    let keyword = |i: usize| Keyword::new(&format!("keyword {i}")).unwrap();

    for n in [1, 4, 16, 64, 256] {
        let words: Vec<Keyword> = (0..n).map(keyword).collect();
        for threads in [1, 2] {
            let options = IndexOptions::default().threads(Threads::new(threads));
            group.time((format!("index keywords, threads {threads}"), n), || {
                public_key.index_record(&keyword_key, &words, &policy, options, &mut rng).unwrap()
            });
        }
    }

    let words: Vec<Keyword> = (0..4).map(keyword).collect();
    let record =
        public_key.index_record(&keyword_key, &words, &policy, Padding::PowerOfTwo, &mut rng).unwrap();
    let shown = crate::world::attributes(1).0;
    group.time("trapdoor that shows fewer attributes", || key.trapdoor(&words[0], &shown, &mut rng).unwrap());
    let mut asking = |i| {
        let trapdoor = key.trapdoor(&keyword(i), key.attributes(), &mut rng).unwrap();
        Query::new(trapdoor, &public_key)
    };
    let all = Query::all([asking(0), asking(3)]).unwrap().prepare(&public_key).unwrap();
    let any = Query::any([asking(7), asking(2)]).unwrap().prepare(&public_key).unwrap();
    group.time("match, both of two", || all.matches(&record).unwrap());
    group.time("match, one of two", || any.matches(&record).unwrap());
}

/// Queries over records of one keyword each, under a policy over three attributes. One record in
/// ten matches at 100 records, and one in 500 at other numbers.
fn many(c: &mut Criterion) {
    let mut group = group(c, "search");
    let ((attributes, policy), mut rng) = (attributes(3), rng());
    let authority = MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    let keyword = |i: usize, every| Keyword::new(&format!("keyword {}", i % every)).unwrap();

    // One index, as many as there are lanes, and a thousand: one by one, in lanes, and with a
    // cache of all points.
    let mut index = |i| {
        let keywords = [keyword(i, 500)];
        public_key.index_record(&keyword_key, &keywords, &policy, Padding::None, &mut rng).unwrap()
    };
    let records: Vec<RecordIndex> = (0..1000).map(&mut index).collect();
    let trapdoor = key.trapdoor(&keyword(499, 500), &attributes, &mut rng).unwrap();
    let query = Query::new(trapdoor, &public_key).prepare(&public_key).unwrap();
    let cache = SearchIndexCache::new(usize::MAX);
    for n in [1, 8, 1000] {
        group.throughput(Throughput::Elements(n as u64));
        for (name, cache) in [("", None), (", cached", Some(&cache))] {
            let search = || {
                let found = query.match_many_cached(&records[..n], 0, Threads::ONE, cache, |_| Continue(()));
                assert_eq!(found.unwrap().matches.len(), n / 500);
            };
            group.time((format!("match many one by one{name}"), n), || without_lanes(search));
            group.time((format!("match many in lanes{name}"), n), search);
        }
    }

    const RECORDS: usize = 100;
    group.throughput(Throughput::Elements(RECORDS as u64));
    for (name, hints) in [("", None), (", 8 bits of hints", Some(Hints::new(8, 1).unwrap()))] {
        let mut index = |i| {
            let options = IndexOptions::default();
            let options = hints.map_or(options, |hints| options.hints(hints));
            public_key.index_record(&keyword_key, &[keyword(i, 10)], &policy, options, &mut rng)
        };
        let records: Vec<RecordIndex> = (0..RECORDS).map(|i| index(i).unwrap()).collect();
        let trapdoor = match hints {
            None => key.trapdoor(&keyword(7, 10), &attributes, &mut rng),
            Some(hints) => key.trapdoor_hinted(&keyword(7, 10), &attributes, &[hints], &mut rng),
        };
        let query = Query::new(trapdoor.unwrap(), &public_key).prepare(&public_key).unwrap();
        for count in [1, 2] {
            let threads = Threads::new(count);
            group.time((format!("match many{name}, threads"), count), || {
                let found = query.match_many(&records, 0, threads, |_| Continue(())).unwrap();
                assert_eq!(found.matches.len(), RECORDS / 10);
            });
        }
    }
}
