//! Stores and ledgers whose calls fail one after another.

use std::io::{self, Read, Write};
use std::sync::Arc;

use medseal::Error;
use medseal::ledger::{Address, Appended, Entry, EntryId, Item, Ledger, MemoryLedger, Validated};
use medseal::merkle::{Head, InclusionProof};
use medseal::record::{RecordDigest, no_progress};
use medseal::search::Keyword;
use medseal::share::{Consortium, Database, MemoryStore, ObjectStore, PublishError, Step, Upload};

use crate::calls::{Calls, Fault, Faulty, LOST};
use crate::entries_on;
use crate::world::{
    WORLD, consortium, database, find, for_doctors, go_on, ledger, now, open, publish, publish_in, record,
    rng, search,
};

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

/// An upload that does something before its commit, and may return a different address.
pub(crate) struct Watched<'a> {
    pub(crate) upload: Box<dyn Upload + 'a>,
    pub(crate) name: Option<Address>,
    pub(crate) before_commit: Box<dyn Fn() -> Result<(), Error> + Send + 'a>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(upload: Box<dyn Upload + 'a>) -> Self {
        Self { upload, name: None, before_commit: Box::new(|| Ok(())) }
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.upload.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.upload.flush()
    }
}

impl Upload for Watched<'_> {
    fn address(&mut self, digest: &RecordDigest) -> Result<Address, Error> {
        self.name.clone().map_or_else(|| self.upload.address(digest), Ok)
    }

    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error> {
        (self.before_commit)()?;
        self.upload.commit(address)
    }
}

/// A publication into a hospital's empty database, one of whose calls fails.
pub(crate) struct Attempt {
    pub(crate) ledger: MemoryLedger,
    pub(crate) store: MemoryStore,
    pub(crate) database: Database,
    /// `None` if it ended before the call.
    pub(crate) failed: Option<PublishError>,
}

impl Attempt {
    pub(crate) fn new(record: &[u8], fails: usize, fault: Fault) -> Self {
        let (calls, store, ledger) = (Calls::new(fails, fault), MemoryStore::new(), ledger());
        let mut database = database();
        let (faulty_store, faulty_ledger) = (Faulty(&calls, &store), Faulty(&calls, &ledger));
        let result = publish_in(&consortium(&faulty_ledger, &faulty_store), record, Some(&mut database), 1);
        let failed = result.err();
        assert_eq!(failed.is_some(), calls.happened(), "{fault:?} {fails}");
        assert!(failed.as_ref().is_none_or(|failed| failed.error == Error::Io(LOST.into())));
        // Only the store and the ledger failed.
        assert!(failed.as_ref().is_none_or(|failed| failed.step >= Step::Store));
        Self { ledger, store, database, failed }
    }

    pub(crate) fn consortium(&self) -> Consortium<'_> {
        consortium(&self.ledger, &self.store)
    }
}

#[test]
fn failing_calls_publish_all_or_nothing() {
    let record = record(70_000);
    assert_eq!(Step::Append.to_string(), "appending to the ledger");
    let alone = |seed| {
        let (ledger, store, mut alone) = (ledger(), MemoryStore::new(), database());
        publish_in(&consortium(&ledger, &store), &record[..], Some(&mut alone), seed).unwrap();
        alone.digest()
    };
    let digests = [1, 2].map(alone);
    for fault in [Fault::NotDone, Fault::AnswerLost] {
        for fails in 0.. {
            let attempt = Attempt::new(&record, fails, fault);
            let Some(failed) = &attempt.failed else {
                assert!(fails > 5 && entries_on(&attempt.ledger) == 1, "{fails}");
                assert_eq!(attempt.database.digest(), digests[0]);
                break;
            };
            // An entry exists only if the ledger appended it and its answer was lost.
            let appended = failed.step == Step::Append && fault == Fault::AnswerLost;
            assert_eq!(entries_on(&attempt.ledger), u64::from(appended), "{fault:?} {fails}");
            assert_eq!(attempt.database.digest(), database().digest());
            let said = failed.to_string();
            assert!(said.starts_with(&format!("{}: input or output failed: ", failed.step)), "{said}");
            // A repetition, as after a lost answer, gives the same entry. Otherwise a new attempt
            // succeeds. The database counts one of the two.
            let (seed, mut database) = (if appended { 1 } else { 2 }, attempt.database.clone());
            let sharing = attempt.consortium();
            let published = publish_in(&sharing, &record[..], Some(&mut database), seed).unwrap();
            assert_eq!((published.new, entries_on(&attempt.ledger)), (!appended, 1));
            assert!(!appended || attempt.store.len() == 1, "the object is there once");
            assert_eq!(open(&sharing, &published.place.id, &WORLD.doctor).0, record);
            assert_eq!(database.digest(), digests[seed as usize - 1], "what failed is not counted");
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
        let found = consortium(&faulty, &store).find(&search(&word, &WORLD.doctor), &mut rng(1), no_progress);
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
