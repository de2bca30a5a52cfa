//! Many records at once: in order, whole or not at all.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use medseal::Error;
use medseal::ledger::MemoryLedger;
use medseal::share::{Consortium, Database, MemoryStore, Publication, PublishError, Published, Step};

use crate::entries_on;
use crate::world::{
    WORLD, consortium, database, doctors, go_on, keywords, ledger, open, publication, record, rng,
};

fn on(threads: usize, consortium: Consortium<'_>) -> Consortium<'_> {
    Consortium { threads: NonZeroUsize::new(threads).unwrap(), ..consortium }
}

/// Publishes these readers, each with the same publication, and says what was handed over.
fn publish_all(
    consortium: &Consortium<'_>,
    records: Vec<Box<dyn Read + Send>>,
    publication: impl Fn(usize) -> Publication<'static>,
    database: &mut Database,
    most: usize,
) -> (Vec<Published>, Result<(), PublishError>) {
    let mut done = Vec::new();
    let records = records.into_iter().enumerate().map(|(i, record)| (record, publication(i)));
    let result = consortium.publish_many(records, Some(database), &mut rng(5), &mut |published| {
        done.push(published);
        if done.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (done, result)
}

fn readers(count: usize) -> Vec<Box<dyn Read + Send>> {
    (0..count).map(|i| Box::new(io::Cursor::new(record(i * 50_000))) as Box<dyn Read + Send>).collect()
}

fn of_doctors(_: usize) -> Publication<'static> {
    let words: &'static [_] = Box::leak(keywords(&["e11.9"]).into_boxed_slice());
    publication(doctors(), words)
}

/// Reads nothing but an error.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

fn snapshot(ledger: &MemoryLedger) -> Vec<u8> {
    ledger.snapshot().unwrap()
}

#[test]
fn the_ledger_does_not_depend_on_the_number_of_threads() {
    let mut alone = None;
    for threads in [1, 2, 3, 8] {
        let (ledger, store, mut database) = (ledger(), MemoryStore::new(), database());
        let consortium = on(threads, consortium(&ledger, &store));
        let (done, result) = publish_all(&consortium, readers(5), of_doctors, &mut database, usize::MAX);
        assert_eq!(result, Ok(()));
        for (i, published) in done.iter().enumerate() {
            assert_eq!(published.place.height, 1 + i as u64);
            assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (record(i * 50_000), Ok(())));
        }
        let outcome = (snapshot(&ledger), database.digest(), store.len(), done.len());
        assert_eq!(alone.get_or_insert_with(|| outcome.clone()), &outcome, "{threads} threads");
    }
    assert_eq!(alone.unwrap().3, 5);
}

#[test]
fn the_first_failure_is_told_and_what_stood_before_it_is_published() {
    for threads in [1, 2, 3, 8] {
        for (failing, step, error) in [
            (0, Step::Seal, Error::Io(io::ErrorKind::ConnectionReset.into())),
            (2, Step::Seal, Error::Io(io::ErrorKind::ConnectionReset.into())),
            (2, Step::Sign, Error::PolicyNotSatisfied),
        ] {
            let (ledger, store, mut database) = (ledger(), MemoryStore::new(), database());
            let consortium = on(threads, consortium(&ledger, &store));
            let mut records = readers(4);
            if step == Step::Seal {
                records[failing] = Box::new(Broken);
            }
            let publication = |i| {
                if step == Step::Sign && i == failing {
                    Publication { signing_key: &WORLD.visitor.signing, ..of_doctors(i) }
                } else {
                    of_doctors(i)
                }
            };
            let (done, result) = publish_all(&consortium, records, publication, &mut database, usize::MAX);
            assert_eq!(result, Err(PublishError { step, error }));
            assert_eq!((done.len(), entries_on(&ledger)), (failing, failing as u64));
            assert_eq!(store.len(), failing);

            // The database covers those that are published: it goes on from there as if nothing had happened.
            let mut expected = crate::world::database();
            let (other, others) = (crate::world::ledger(), MemoryStore::new());
            let consortium = on(1, crate::world::consortium(&other, &others));
            let all = publish_all(&consortium, readers(4), of_doctors, &mut expected, failing.max(1));
            assert_eq!(failing > 0, database.digest() == expected.digest());
            assert!(!all.0.is_empty());
        }
    }
}

#[test]
fn breaking_cancels_what_follows() {
    let (ledger, store, mut database) = (ledger(), MemoryStore::new(), database());
    let consortium = on(2, consortium(&ledger, &store));
    let (done, result) = publish_all(&consortium, readers(5), of_doctors, &mut database, 3);
    assert_eq!(result, Err(PublishError { step: Step::Append, error: Error::Cancelled }));
    assert_eq!((done.len(), entries_on(&ledger), store.len()), (3, 3, 3));
    // What was cancelled can be published afterwards.
    let more =
        consortium.publish(&record(7)[..], &of_doctors(0), Some(&mut database), &mut rng(9), &mut go_on);
    assert_eq!(more.unwrap().place.height, 4);
}
