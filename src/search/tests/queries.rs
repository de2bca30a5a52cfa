//! Queries over many records.

use super::*;

/// Ten records. Those at even positions have the keyword `even`, every third has `third`; odd
/// ones are for `b` only.
fn records(world: &mut World) -> Vec<RecordIndex> {
    (0..10)
        .map(|i| {
            let mut words = vec!["all"];
            if i % 2 == 0 {
                words.push("even");
            }
            if i % 3 == 0 {
                words.push("third");
            }
            world.index_of(&words, if i % 2 == 0 { "a" } else { "b" }, Padding::PowerOfTwo)
        })
        .collect()
}

fn all(queries: impl IntoIterator<Item = Query>) -> Query {
    Query::all(queries).unwrap()
}

fn any(queries: impl IntoIterator<Item = Query>) -> Query {
    Query::any(queries).unwrap()
}

/// Answers a received query, as a node does.
fn matches(query: &Query, record: &RecordIndex, world: &World) -> Result<bool, Error> {
    Query::from_bytes(&query.to_bytes()).unwrap().prepare(&world.public).unwrap().matches(record)
}

#[test]
fn queries_join_trapdoors_over_a_record() {
    let world = &mut World::new(17);
    let records = records(world);
    let public = world.public.clone();
    let mut word = |set: &str, word: &str| world.query(set, word);
    let run = |query: &Query| {
        let received = Query::from_bytes(&query.to_bytes()).unwrap();
        assert_eq!(received.to_bytes(), query.to_bytes());
        run(&received.prepare(&public).unwrap(), &records, 0, 2, None).matches
    };
    let (even, third) = (word("a, b", "even"), word("a, b", "third"));
    assert_eq!(run(&even), [0, 2, 4, 6, 8]);
    assert_eq!(run(&third), [0, 3, 6, 9]);
    let both = all([even, third]);
    assert_eq!(run(&both), [0, 6]);
    let nested = any([both, all([word("b", "all"), word("a, b", "third")])]);
    assert_eq!(nested.trapdoors().len(), 4);
    assert_eq!(run(&nested), [0, 3, 6, 9]);
    let partly_satisfied = all([word("a", "all"), word("b", "all")]);
    assert!(run(&partly_satisfied).is_empty());
}

#[test]
fn rejects_a_query_of_another_authority() {
    let (world, other) = (&mut World::new(17), &mut World::new(18));
    let (own, foreign) = (world.query("a", "x"), other.query("a", "x"));
    assert_eq!(foreign.prepare(&world.public).unwrap_err(), Error::OtherAuthority);
    let joined = [own.clone(), foreign.clone()];
    assert_eq!(Query::all(joined.clone()).unwrap_err(), Error::OtherAuthority);
    assert_eq!(Query::any(joined).unwrap_err(), Error::OtherAuthority);
    // One that shares A or B with this one.
    let [public, theirs] = [&world.public, &other.public].map(PublicKey::to_bytes);
    for mixed in [[&public[..52], &theirs[52..]].concat(), [&theirs[..52], &public[52..]].concat()] {
        let mixed = PublicKey::from_bytes(&mixed).unwrap();
        assert_eq!(own.check(&mixed), Err(Error::OtherAuthority));
    }
    // The check relies on the authority that the query names. A trapdoor under another
    // authority's name finds nothing.
    let renamed = Query::new(foreign.trapdoors()[0].clone(), &world.public);
    let index = world.index("x", "a");
    assert_eq!(matches(&renamed, &index, world), Ok(false));
    assert_eq!(matches(&own, &index, world), Ok(true));
}

#[test]
fn rejects_queries_beyond_the_limits() {
    let world = &mut World::new(19);
    let word = world.query("a", "x");
    assert_eq!(Query::all([]).unwrap_err(), Error::OutOfRange);
    assert_eq!(Query::any([]).unwrap_err(), Error::OutOfRange);
    let wide = |count| Query::all(vec![word.clone(); count]);
    assert_eq!(wide(1024).unwrap_err(), Error::LimitExceeded(Limit::QueryParts));
    assert!(wide(1023).is_ok());
    let twice = wide(600).unwrap();
    assert_eq!(Query::any([twice.clone(), twice]).unwrap_err(), Error::LimitExceeded(Limit::QueryParts));
    let deep = |depth| (1..depth).try_fold(word.clone(), |query, _| Query::any([query]));
    assert_eq!(deep(33).unwrap_err(), Error::LimitExceeded(Limit::QueryDepth));
    let deepest = deep(32).unwrap().to_bytes();
    assert_eq!(Query::from_bytes(&deepest).unwrap().to_bytes(), deepest);
    let many: Vec<String> = (0..8000).map(|n| format!("label-{n}")).collect();
    let long = world.query(&many.join(", "), "x");
    let long = |count| Query::all(vec![long.clone(); count]).map(|query| query.to_bytes().len());
    assert_eq!(long(40).unwrap_err(), Error::LimitExceeded(Limit::QueryLength));
    assert!(long(30).unwrap() < 1 << 24);
}

#[test]
fn sizes_of_a_query_come_before_points() {
    let world = &mut World::new(20);
    let query = all([world.query("a", "x"), world.query("a", "y")]);
    let mut bytes = query.to_bytes();
    let trapdoor = (bytes.len() - 4 - 32 - 5) / 2;
    // The first point of the first trapdoor, followed by T2, T3 and T_a.
    let first = 4 + 32 + 5 + trapdoor - (48 + 96 + 96 + 48);
    bytes[first..first + 48].fill(0xff);
    let read = |bytes: &[u8]| Query::from_bytes(bytes).map(drop);
    assert_eq!(read(&bytes), Err(Error::InvalidPoint));
    assert_eq!(read(&bytes[..bytes.len() - 1]), Err(Error::Truncated));
    assert_eq!(read(&[&*bytes, &[0]].concat()), Err(Error::TrailingBytes));
    let mut more = bytes.clone();
    more[4 + 32 + 1..4 + 32 + 5].copy_from_slice(&1025u32.to_be_bytes());
    assert_eq!(read(&more), Err(Error::LimitExceeded(Limit::QueryParts)));
    assert_eq!(read(&query.to_bytes()), Ok(()));
}

#[test]
fn a_query_stops_when_decided() {
    // A malformed index is an error as soon as it is touched, which shows the untouched ones.
    let world = &mut World::new(18);
    let good = world.index("x", "a");
    let malformed = altered(&good, 96 + 48 + 96 + 48, &identity::<96>());
    let mut word = |set: &str, word: &str| world.query(set, word);
    let one = word("a", "x");
    let both = all([word("a", "x"), word("b", "x")]);
    let either = any([word("b", "x"), word("a", "x")]);
    assert_eq!(matches(&one, &malformed, world), Err(Error::IdentityPoint));
    assert_eq!(matches(&both, &malformed, world), Ok(false));
    assert_eq!(matches(&either, &malformed, world), Err(Error::IdentityPoint));
    assert_eq!(matches(&either, &good, world), Ok(true));
}

#[test]
fn queries_try_the_cheapest_part_first() {
    // Of two keywords, the one other than x is malformed. The trapdoor with a hint tests x
    // alone, the other tests both.
    let world = &mut World::new(22);
    let hints = Hints::new(16, 1).unwrap();
    let key = world.key("a");
    let index = world.index_hinted(&["x", "y"], Padding::None, hints);
    let size = 2 + 96 + 48 + 96 + 48;
    let x_is_last = index.keywords[1].hint == Some(world.kappa.hint(hints, &keyword("x")));
    let y = if x_is_last { 2 * size } else { size };
    let record = altered(&index, y - 2, &identity::<96>());

    let hinted = key.trapdoor_hinted(&keyword("x"), key.attributes(), &[hints], &mut world.rng).unwrap();
    let cheap = || Query::new(hinted.clone(), &world.public);
    let dear =
        Query::new(key.trapdoor(&keyword("z"), key.attributes(), &mut world.rng).unwrap(), &world.public);
    assert_eq!(matches(&dear, &record, world), Err(Error::IdentityPoint));
    assert_eq!(matches(&any([dear, cheap()]), &record, world), Ok(true));
    assert_eq!(matches(&all([cheap(), cheap()]), &record, world), Ok(true));
}

#[test]
fn many_records_agree_on_any_threads() {
    let world = &mut World::new(19);
    let records = records(world);
    let query = world.prepared("a, b", "third");
    for n in [1, 2, 3, 16] {
        for start in [0, 1, 4, 9, 10] {
            let found = run(&query, &records, start, n, None);
            let expected: Vec<usize> = [0, 3, 6, 9].into_iter().filter(|p| *p >= start).collect();
            assert_eq!((found.matches, found.next), (expected, 10));
        }
    }
    let beyond = query.match_many(&records, 11, Threads::ONE, |_| ControlFlow::Continue(()));
    assert_eq!(beyond.unwrap_err(), Error::OutOfRange);
    // References and shared pointers serve as well.
    let references: Vec<&RecordIndex> = records.iter().collect();
    let found = query.match_many(&references, 5, Threads::new(2), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(found.matches, [6, 9]);
}

#[test]
fn progress_follows_each_record_and_cancels() {
    let world = &mut World::new(20);
    let records = records(world);
    let query = world.prepared("a", "all");
    let mut told = Vec::new();
    let told_of = |done| {
        told.push(done);
        ControlFlow::Continue(())
    };
    query.match_many(&records, 2, Threads::new(2), told_of).unwrap();
    assert_eq!(told, (1..=8).collect::<Vec<_>>());
    let mut calls = 0;
    let cancelled = query.match_many(&records, 0, Threads::new(2), |_| {
        calls += 1;
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((cancelled.unwrap_err(), calls), (Error::Cancelled, 3));
}
