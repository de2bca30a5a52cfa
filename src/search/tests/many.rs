//! Searches over many records, with and without lanes, with and without a cache, among
//! arbitrary other records.

use super::*;
use crate::curve::samples::{outside_g1, small_x};
use crate::curve::without_lanes;

const POLICIES: [&str; 7] = [
    "a",
    "a and b",
    "(a and b) or (a and c) or c",
    "2 of (a, b, c, d)",
    "a and not role=nurse",
    "2 of (not role=nurse, not role=clerk, b)",
    "z",
];
const SET: &str = "a, b, c, role=doctor";

fn records(world: &mut World) -> Vec<RecordIndex> {
    let words = |i: usize| match i % 5 {
        0 => vec!["x"],
        1 => vec!["y"],
        2 => vec!["y", "x", "z"],
        3 => vec!["z"],
        _ => vec!["z", "y"],
    };
    (0..45).map(|i| world.index_of(&words(i), POLICIES[i % POLICIES.len()], Padding::None)).collect()
}

fn queries(world: &mut World) -> Vec<PreparedQuery> {
    let mut word = |word: &str| world.query(SET, word);
    let queries = [
        word("x"),
        Query::all([word("x"), word("y")]).unwrap(),
        Query::any([word("x"), word("y"), Query::all([word("z"), word("y")]).unwrap()]).unwrap(),
    ];
    queries.map(|query| query.prepare(&world.public).unwrap()).into()
}

/// The searches that must find the same records.
fn all_ways(query: &PreparedQuery, records: &[RecordIndex]) -> Judged {
    let plain = without_lanes(|| run(query, records, 0, 1, None));
    let one_by_one: Vec<_> = records.iter().map(|record| query.matches(record)).collect();
    for (position, judged) in one_by_one.iter().enumerate() {
        assert_eq!(plain.matches.contains(&position), *judged == Ok(true));
    }
    let malformed = one_by_one.into_iter().enumerate().filter_map(|(i, judged)| Some((i, judged.err()?)));
    assert_eq!(plain.malformed, malformed.collect::<Vec<_>>());
    for threads in [1, 3] {
        assert_eq!(run(query, records, 0, threads, None), plain);
    }
    // While the cache fills, when it is full, when it never has room for all,
    // and on the plain path.
    for room in [1 << 20, 10_000, 0] {
        let cache = SearchIndexCache::new(room);
        for _ in 0..3 {
            assert_eq!(run(query, records, 0, 2, Some(&cache)), plain);
            assert!(cache.bytes() <= room);
        }
        assert_eq!(without_lanes(|| run(query, records, 0, 1, Some(&cache))), plain);
    }
    plain
}

#[test]
fn all_ways_find_the_same() {
    let world = &mut World::new(40);
    let (records, queries) = (records(world), queries(world));
    let satisfied = |i: usize| i % POLICIES.len() != 6;
    for (query, with) in queries.iter().zip([&[0, 2][..], &[2], &[0, 1, 2, 4]]) {
        let found = all_ways(query, &records);
        let expected = (0..records.len()).filter(|i| satisfied(*i) && with.contains(&(i % 5)));
        assert_eq!(found.matches, expected.collect::<Vec<_>>());
        assert!(found.malformed.is_empty());
    }
}

#[test]
fn a_malformed_index_affects_no_other() {
    let world = &mut World::new(41);
    let records: Vec<_> = (0..9).map(|i| world.index(["x", "y"][i % 2], "a and b or c")).collect();
    let query = world.prepared("a, b", "x");
    // One keyword: c1, E, c2_0, and two rows, from the end.
    let c3 = 2 * 48;
    let (c1, E, c2) = (c3 + 96 + 48 + 96, c3 + 96 + 48, c3 + 96);
    let outside = outside_g1().to_vec();
    for (at, element, error) in [
        (c1, small_x::<96>(1).to_vec(), Error::InvalidPoint),
        (c1, identity::<96>().to_vec(), Error::IdentityPoint),
        (E, identity::<48>().to_vec(), Error::IdentityPoint),
        (E, outside.clone(), Error::PointNotInSubgroup),
        (c2, vec![0xff; 96], Error::InvalidPoint),
        (c3, vec![0xff; 48], Error::InvalidPoint),
        (c3, outside.clone(), Error::PointNotInSubgroup),
    ] {
        let mut records = records.clone();
        records[4] = altered(&records[4], at, &element);
        let found = all_ways(&query, &records);
        assert_eq!(found.malformed, [(4, error)], "{at} from the end");
        assert_eq!(found.matches, [0, 2, 6, 8]);
    }
    assert_eq!(all_ways(&query, &records).matches, [0, 2, 4, 6, 8]);
}

#[test]
fn unused_malformed_elements_change_no_match() {
    let world = &mut World::new(42);
    let mut records: Vec<_> = (0..3).map(|_| world.index("x", "a or b")).collect();
    let query = world.prepared("a", "x");
    records[1] = altered(&records[1], 48, &[0xff; 48]);
    assert_eq!(all_ways(&query, &records).matches, [0, 1, 2]);
    let cache = SearchIndexCache::new(1 << 20);
    run(&query, &records, 0, 1, Some(&cache));
    assert_eq!(cache.keywords(), 2, "the malformed one is not kept");
}

#[test]
fn equal_elements_differ_between_policies() {
    // The negative row is the first of one policy and the second of the other.
    let world = &mut World::new(43);
    let index = world.index("x", "not role=nurse or a");
    let bytes = index.to_bytes();
    let (policy, other) = (policy("not role=nurse or a").canonical().to_owned(), "a or not role=nurse");
    let other = self::policy(other).canonical().to_owned();
    assert_eq!(policy.len(), other.len());
    let at = bytes.windows(policy.len()).position(|window| window == policy.as_bytes()).unwrap();
    let copied = altered(&index, bytes.len() - at, other.as_bytes());
    let query = world.prepared("role=doctor", "x");
    let cache = SearchIndexCache::new(1 << 20);
    assert!(run(&query, std::slice::from_ref(&copied), 0, 1, Some(&cache)).matches.is_empty());
    let found = run(&query, &[index, copied], 0, 1, Some(&cache));
    assert_eq!((found.matches, found.malformed, cache.keywords()), (vec![0], vec![], 2));
}
