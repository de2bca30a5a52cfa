//! Stores and ledgers whose calls fail one after another: before the call did anything, or after it
//! did everything, when only the answer is lost.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use medseal::Error;
use medseal::ledger::{Address, Appended, Entry, EntryId, Item, Ledger, MemoryLedger, Validated};
use medseal::merkle::{Head, InclusionProof};
use medseal::search::Keyword;
use medseal::share::{Consortium, MemoryStore, ObjectStore, Step, Upload};

use crate::entries_on;
use crate::world::{
    WORLD, consortium, database, find, for_doctors, go_on, ledger, now, open, publish, publish_in, record,
    rng, search,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotDone,
    AnswerLost,
    /// An interruption, which is no failure.
    Interrupted,
}

/// Counts the calls of a store and a ledger together.
pub(crate) struct Calls {
    count: AtomicUsize,
    fails: usize,
    fault: Fault,
}

pub(crate) const LOST: io::ErrorKind = io::ErrorKind::TimedOut;

impl Calls {
    pub(crate) fn new(fails: usize, fault: Fault) -> Self {
        Self { count: AtomicUsize::new(0), fails, fault }
    }

    pub(crate) fn happened(&self) -> bool {
        self.count.load(Ordering::Relaxed) > self.fails
    }

    pub(crate) fn call<T, E: From<io::Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let fails = self.count.fetch_add(1, Ordering::Relaxed) == self.fails;
        match self.fault {
            Fault::NotDone if fails => Err(io::Error::from(LOST).into()),
            Fault::AnswerLost if fails => work().and(Err(io::Error::from(LOST).into())),
            Fault::Interrupted if fails => Err(io::Error::from(io::ErrorKind::Interrupted).into()),
            _ => work(),
        }
    }
}

pub(crate) struct Faulty<'a, T>(pub(crate) &'a Calls, pub(crate) T);

impl<T: Read> Read for Faulty<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(40_000);
        self.0.call(|| self.1.read(&mut buffer[..count]))
    }
}

impl<T: Write> Write for Faulty<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.call(|| self.1.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.call(|| self.1.flush())
    }
}

impl Upload for Faulty<'_, Box<dyn Upload + '_>> {
    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error> {
        self.0.call(|| self.1.commit(address))
    }
}

impl ObjectStore for Faulty<'_, &MemoryStore> {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        Ok(Box::new(Faulty(self.0, self.0.call(|| self.1.begin())?)))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        Ok(Box::new(Faulty(self.0, self.0.call(|| self.1.get(address))?)))
    }
}

impl Ledger for Faulty<'_, &MemoryLedger> {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.0.call(|| self.1.append(entry))
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.0.call(|| self.1.at(height))
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.0.call(|| self.1.get(id))
    }

    fn head(&self) -> Result<Head, Error> {
        self.0.call(|| self.1.head())
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        self.0.call(|| self.1.prove(id, size))
    }
}

#[test]
fn failing_calls_publish_all_or_nothing() {
    let record = record(70_000);
    for fault in [Fault::NotDone, Fault::AnswerLost] {
        for fails in 0.. {
            let (calls, store, ledger) = (Calls::new(fails, fault), MemoryStore::new(), ledger());
            let (faulty_store, faulty_ledger) = (Faulty(&calls, &store), Faulty(&calls, &ledger));
            let mut database = database();
            let empty = database.digest();
            let mut publish = |ledger: &dyn Ledger, store: &dyn ObjectStore, seed| {
                publish_in(&consortium(ledger, store), &record[..], Some(&mut database), seed)
            };
            let result = publish(&faulty_ledger, &faulty_store, 1);
            if !calls.happened() {
                assert!(fails > 5, "{fails}");
                assert_eq!(
                    open(&consortium(&ledger, &store), &result.unwrap().place.id, &WORLD.doctor).0,
                    record
                );
                assert_ne!(database.digest(), empty);
                break;
            }

            // An entry exists only if the ledger appended it and its answer was
            // lost. The entry opens.
            let error = result.unwrap_err();
            assert_eq!(error.error, Error::Io(LOST.into()), "{fault:?} {fails}");
            let appended = error.step == Step::Append && fault == Fault::AnswerLost;
            assert_eq!(entries_on(&ledger), u64::from(appended), "{fault:?} {fails}");
            if appended {
                let id = ledger.at(1).unwrap().entry().unwrap().id();
                assert_eq!(open(&consortium(&ledger, &store), &id, &WORLD.doctor).0, record);
                // A repetition, as after a lost answer, gives the same entry, and
                // the database counts it.
                let again = publish(&ledger, &store, 1).unwrap();
                assert_eq!((again.place.id, entries_on(&ledger)), (id, 1));
                continue;
            } else if error.step < Step::Store {
                assert!(store.is_empty());
            }
            // A new attempt succeeds.
            let published = publish(&ledger, &store, 2).unwrap();
            assert_eq!(open(&consortium(&ledger, &store), &published.place.id, &WORLD.doctor).0, record);
            let mut alone = crate::world::database();
            let (other_ledger, other_store) = (crate::world::ledger(), MemoryStore::new());
            let elsewhere = consortium(&other_ledger, &other_store);
            publish_in(&elsewhere, &record[..], Some(&mut alone), 2).unwrap();
            assert_eq!(database.digest(), alone.digest(), "what failed is not counted");
        }
    }
}

#[test]
fn failing_calls_share_all_or_nothing() {
    let record = record(70_000);
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), &record, 1).unwrap();
    for fault in [Fault::NotDone, Fault::AnswerLost] {
        for fails in 0.. {
            let calls = Calls::new(fails, fault);
            let (faulty_store, faulty_ledger) = (Faulty(&calls, &store), Faulty(&calls, &ledger));
            let before = entries_on(&ledger);
            let head = now(&consortium(&ledger, &store)).unwrap().head;
            let faulty = Consortium { head, ..consortium(&faulty_ledger, &faulty_store) };
            let result = faulty.rewrap(
                &published.place.id,
                &published.key,
                &for_doctors(),
                // Each has its own randomness: a repeated loss would be a duplicate.
                &mut rng(100 * (1 + fault as u64) + fails as u64),
                &mut go_on,
            );
            let added = entries_on(&ledger) - before;
            if !calls.happened() {
                assert_eq!(
                    (added, open(&consortium(&ledger, &store), &result.unwrap().place.id, &WORLD.doctor).0),
                    (1, record.clone())
                );
                break;
            }
            let error = result.unwrap_err();
            assert_eq!(error.error, Error::Io(LOST.into()));
            assert_eq!(added, u64::from(error.step == Step::Append && fault == Fault::AnswerLost));
        }
    }
    ledger.verify().unwrap();
}

#[test]
fn finding_and_opening_report_failing_calls() {
    let record = record(70_000);
    let (ledger, store) = (ledger(), MemoryStore::new());
    let id = publish(&consortium(&ledger, &store), &record, 1).unwrap().place.id;
    for fails in 0.. {
        let calls = Calls::new(fails, Fault::NotDone);
        let (faulty_store, faulty_ledger) = (Faulty(&calls, &store), Faulty(&calls, &ledger));
        let (written, result) = open(&consortium(&faulty_ledger, &faulty_store), &id, &WORLD.doctor);
        assert!(record.starts_with(&written));
        if !calls.happened() {
            assert!(fails > 3 && written == record && result.is_ok());
            break;
        }
        assert_eq!(result, Err(Error::Io(LOST.into())), "{fails}");
    }
    let word = Keyword::new("e11.9").unwrap();
    for fails in 0.. {
        let calls = Calls::new(fails, Fault::NotDone);
        let faulty = Faulty(&calls, &ledger);
        let go_on = &mut |_| ControlFlow::Continue(());
        let found = consortium(&faulty, &store).find(&search(&word, &WORLD.doctor), &mut rng(1), go_on);
        if !calls.happened() {
            assert_eq!(found.unwrap().hits.len(), 1);
            break;
        }
        assert_eq!(found.unwrap_err(), Error::Io(LOST.into()), "{fails}");
    }
    assert_eq!(find(&consortium(&ledger, &store), "e11.9", &WORLD.doctor), [id]);
}

#[test]
fn rejects_a_partially_written_snapshot() {
    const SECTOR: usize = 512;
    let (ledger, store) = (ledger(), MemoryStore::new());
    publish(&consortium(&ledger, &store), b"first", 1).unwrap();
    let before = ledger.snapshot().unwrap();
    publish(&consortium(&ledger, &store), b"second", 2).unwrap();
    let snapshot = ledger.snapshot().unwrap();
    let restore = |bytes: &[u8]| MemoryLedger::restore(bytes, &WORLD.super_node.public_key());
    for sector in 0..snapshot.len().div_ceil(SECTOR) {
        let (from, to) = (sector * SECTOR, ((sector + 1) * SECTOR).min(snapshot.len()));
        let [mut hole, mut end, mut older] = [(); 3].map(|()| snapshot.clone());
        hole[from..to].fill(0); // this sector was not written
        end[from..].fill(0); // nor anything after it
        older.truncate(from);
        older.extend(before.iter().skip(from)); // the new one was being written over the one before
        for (bytes, what) in [(&hole, "hole"), (&end, "end"), (&older, "older")] {
            if *bytes != before {
                assert!(restore(bytes).is_err(), "{what} from {from}");
            }
        }
        assert!(restore(&snapshot[..from]).is_err(), "cut at {from}");
    }
    for snapshot in [&before, &snapshot] {
        assert_eq!(restore(snapshot).unwrap().snapshot().unwrap(), *snapshot);
    }
}
