//! Queries over many records.

use core::num::NonZeroUsize;
use core::ops::ControlFlow;

use super::*;
use crate::search::query::Found;

/// Ten records; those at even positions have the keyword `even`, every third `third`; odd ones are for `b` only.
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

fn threads(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

fn run(query: &Query, records: &[RecordIndex], start: usize, n: usize) -> Found {
    query.match_many(records, start, threads(n), |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn queries_combine_trapdoors_over_the_keywords_of_a_record() {
    let world = &mut World::new(17);
    let records = records(world);
    let mut word = |set: &str, word: &str| Query::Keyword(world.prepared(set, word));
    let (even, third) = (word("a, b", "even"), word("a, b", "third"));
    assert_eq!(run(&even, &records, 0, 2).matches, [0, 2, 4, 6, 8]);
    assert_eq!(run(&third, &records, 0, 2).matches, [0, 3, 6, 9]);
    let both = Query::All(vec![even, third]);
    assert_eq!(run(&both, &records, 0, 2).matches, [0, 6]);
    let nested = Query::Any(vec![both, Query::All(vec![word("b", "all"), word("a, b", "third")])]);
    assert_eq!(run(&nested, &records, 0, 2).matches, [0, 3, 6, 9]);
    let partly_satisfied = Query::All(vec![word("a", "all"), word("b", "all")]);
    assert!(run(&partly_satisfied, &records, 0, 2).matches.is_empty());
    assert_eq!(run(&Query::All(vec![]), &records, 8, 1).matches, [8, 9]);
    assert!(run(&Query::Any(vec![]), &records, 0, 1).matches.is_empty());
}

#[test]
fn a_query_stops_when_its_answer_is_clear() {
    // A malformed index is an error as soon as it is touched, so that untouched ones show.
    let world = &mut World::new(18);
    let good = world.index("x", "a");
    let mut bytes = good.to_bytes();
    let at = bytes.len() - (96 + 48 + 96 + 48);
    bytes[at..at + 96].copy_from_slice(&identity::<96>());
    let malformed = RecordIndex::from_bytes(&bytes).unwrap();
    let mut word = |set: &str, word: &str| Query::Keyword(world.prepared(set, word));
    assert_eq!(word("a", "x").matches(&malformed), Err(Error::IdentityPoint));
    let all = Query::All(vec![word("a", "x"), word("b", "x")]);
    assert_eq!(all.matches(&malformed), Ok(false));
    let any = Query::Any(vec![word("a", "x"), Query::All(vec![])]);
    assert_eq!(any.matches(&malformed), Ok(true));
    let any = Query::Any(vec![word("b", "x"), word("a", "x")]);
    assert_eq!(any.matches(&malformed), Err(Error::IdentityPoint));
    assert_eq!(any.matches(&good), Ok(true));
}

#[test]
fn the_cheapest_part_of_a_query_is_tried_first() {
    // Of two keywords, the one other than x is malformed. The trapdoor with a hint tries x alone, the other both.
    let world = &mut World::new(22);
    let hints = Hints::new(16, 1).unwrap();
    let key = world.key("a");
    let made = world.public.index_record(
        &world.kappa,
        &[keyword("x"), keyword("y")],
        &policy("a"),
        IndexOptions::default().padding(Padding::None).hints(hints),
        &mut world.rng,
    );
    let mut bytes = made.unwrap().to_bytes();
    let size = 2 + 96 + 48 + 96 + 48;
    let x = world.kappa.hint(hints, &keyword("x")).value.to_be_bytes();
    let last = bytes.len() - size;
    let y_at = if bytes[last..last + 2] == x { last - size } else { last };
    bytes[y_at + 2..y_at + 2 + 96].copy_from_slice(&identity::<96>());
    let record = RecordIndex::from_bytes(&bytes).unwrap();

    let hinted = key.trapdoor_hinted(&keyword("x"), key.attributes(), &[hints], &mut world.rng);
    let cheap = || Query::Keyword(PreparedTrapdoor::new(hinted.as_ref().unwrap()).unwrap());
    let dear = Query::Keyword(world.prepared("a", "z"));
    assert_eq!(dear.matches(&record), Err(Error::IdentityPoint));
    assert_eq!(Query::Any(vec![dear, cheap()]).matches(&record), Ok(true));
    let both = Query::All(vec![cheap(), cheap()]);
    assert_eq!(both.matches(&record), Ok(true));
}

#[test]
fn many_records_give_the_same_result_on_any_number_of_threads_and_from_any_position() {
    let world = &mut World::new(19);
    let records = records(world);
    let query = Query::from(world.prepared("a, b", "third"));
    for n in [1, 2, 3, 16] {
        for start in [0, 1, 4, 9, 10] {
            let found = run(&query, &records, start, n);
            let expected: Vec<usize> = [0, 3, 6, 9].into_iter().filter(|p| *p >= start).collect();
            assert_eq!((found.matches, found.next), (expected, 10));
        }
    }
    let beyond = query.match_many(&records, 11, threads(1), |_| ControlFlow::Continue(()));
    assert_eq!(beyond.unwrap_err(), Error::OutOfRange);
    // References and shared pointers serve as well.
    let references: Vec<&RecordIndex> = records.iter().collect();
    let found = query.match_many(&references, 5, threads(2), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(found.matches, [6, 9]);
}

#[test]
fn progress_is_told_after_each_record_and_can_cancel() {
    let world = &mut World::new(20);
    let records = records(world);
    let query = Query::from(world.prepared("a", "all"));
    let mut told = Vec::new();
    let _ = query
        .match_many(&records, 2, threads(2), |progress| {
            told.push((progress.done, progress.total));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(told, (1..=8).map(|done| (done, 8)).collect::<Vec<_>>());
    let mut calls = 0;
    let cancelled = query.match_many(&records, 0, threads(2), |_| {
        calls += 1;
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((cancelled.unwrap_err(), calls), (Error::Cancelled, 3));
}

#[test]
fn a_malformed_index_is_reported_and_does_not_end_a_search() {
    let world = &mut World::new(21);
    let mut records = records(world);
    let mut bytes = records[2].to_bytes();
    let end = bytes.len();
    for (i, byte) in bytes[end - 48..].iter_mut().enumerate() {
        *byte = if i == 0 { 0xc0 } else { 0 };
    }
    records[2] = RecordIndex::from_bytes(&bytes).unwrap();
    let query = Query::from(world.prepared("a", "none of them"));
    let found = run(&query, &records, 0, 2);
    assert_eq!(found.malformed, [(2, Error::IdentityPoint)]);
    let query = Query::from(world.prepared("a", "all"));
    let found = run(&query, &records, 3, 2);
    assert_eq!(found.matches, [4, 6, 8]);
}
