//! Stores, ledgers and members that lie.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use medseal::Error;
use medseal::ledger::{
    Address, Entry, EntryId, Head, Ledger, LedgerId, MemoryLedger, Place, Statement, wrap_aad,
};
use medseal::share::{MemoryStore, ObjectStore, Upload};

use crate::failing::FULL;
use crate::world::{WORLD, claim, consortium, demands, ledger, open, publish, record, rng};

/// A store that hands out what it likes.
struct LyingStore(Vec<u8>);

impl ObjectStore for LyingStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        Err(Error::Io(io::ErrorKind::Unsupported))
    }

    fn get(&self, _: &Address) -> Result<Box<dyn Read + '_>, Error> {
        Ok(Box::new(&*self.0))
    }
}

fn sealed_bytes(store: &MemoryStore, address: &Address) -> Vec<u8> {
    let mut sealed = Vec::new();
    store.get(address).unwrap().read_to_end(&mut sealed).unwrap();
    sealed
}

#[test]
fn from_a_damaged_object_only_the_chunks_before_the_damage_are_written() {
    const CHUNK: usize = 65_536;
    let (ledger, store) = (ledger(), MemoryStore::new());
    let record = record(3 * CHUNK + 100);
    let published = publish(&consortium(&ledger, &store), &record, 1).unwrap();
    let id = published.place.id;
    let sealed = sealed_bytes(&store, &published.address);
    let open_bytes = |sealed: Vec<u8>| open(&consortium(&ledger, &LyingStore(sealed)), &id, &WORLD.doctor);

    for position in [0, 3, 5, 20, 69, 70, 70 + CHUNK, 70 + CHUNK + 32, 150_000, sealed.len() - 1] {
        let mut damaged = sealed.clone();
        damaged[position] ^= 1;
        let (written, result) = open_bytes(damaged);
        assert!(result.is_err(), "{position}");
        let whole_chunks = position.saturating_sub(70) / (CHUNK + 32);
        assert!(written.len() <= whole_chunks * CHUNK && record.starts_with(&written), "{position}");
    }
    for length in [0, 10, 70, 71, 70 + CHUNK + 32, sealed.len() - 132, sealed.len() - 1] {
        let (written, result) = open_bytes(sealed[..length].to_vec());
        assert!(result.is_err(), "{length}");
        assert!(written.len() < record.len() && record.starts_with(&written), "{length}");
    }
    let (written, result) = open_bytes([&sealed[..], &[0]].concat());
    assert!(result.is_err() && record.starts_with(&written));
    assert_eq!(open_bytes(sealed), (record, Ok(())));
}

#[test]
fn an_object_that_opens_under_the_key_and_is_another_is_refused_by_its_digest() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), b"the record", 1).unwrap();
    // The owner, or anybody who may read, seals something else under the same key.
    let options = medseal::record::SealOptions::default();
    let (sealed, _) = published.key.seal(b"the forgery", &options, &mut rng(2)).unwrap();
    let forged = LyingStore(sealed);
    let opened = open(&consortium(&ledger, &forged), &published.place.id, &WORLD.doctor);
    assert_eq!(opened, (vec![], Err(Error::DigestMismatch)));
    let opened = open(&consortium(&ledger, &store), &published.place.id, &WORLD.doctor);
    assert_eq!(opened, (b"the record".to_vec(), Ok(())));
}

#[test]
fn a_wrapped_key_moved_to_another_record_does_not_unwrap() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let first = publish(&consortium, b"one", 1).unwrap();
    let second = publish(&consortium, b"two", 2).unwrap();
    let (one, two) =
        (consortium.entry(&first.place.id).unwrap(), consortium.entry(&second.place.id).unwrap());
    let (one, two) =
        (Entry::from_bytes(&one.to_bytes()).unwrap(), Entry::from_bytes(&two.to_bytes()).unwrap());
    let moved = Statement {
        record: two.statement().record,
        claim: claim().clone(),
        digest: two.statement().digest,
        address: two.statement().address.clone(),
        key: one.statement().key.clone(),
        index: two.statement().index.clone(),
        envelope: None,
        time: 0,
    };
    let moved = moved.sign(ledger.id(), &WORLD.clinic.signing, &mut rng(3)).unwrap();
    let id = moved.id();
    // A node cannot see it, and the reader does.
    ledger.append(moved).unwrap();
    assert_eq!(open(&consortium, &id, &WORLD.doctor), (vec![], Err(Error::DecryptionFailed)));
    assert_ne!(wrap_aad(&first.digest), wrap_aad(&second.digest));
    assert_eq!(open(&consortium, &second.place.id, &WORLD.doctor), (b"two".to_vec(), Ok(())));
}

#[test]
fn an_entry_signed_for_one_ledger_is_refused_by_another() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), b"record", 1).unwrap();
    let bytes = ledger.get(&published.place.id).unwrap().to_bytes();
    let elsewhere = MemoryLedger::new(demands("elsewhere"));
    assert_eq!(elsewhere.append(Entry::from_bytes(&bytes).unwrap()), Err(Error::InvalidSignature));
    let again = MemoryLedger::new(demands("test"));
    assert_eq!(again.append(Entry::from_bytes(&bytes).unwrap()), Ok(0));
    assert_eq!(again.append(Entry::from_bytes(&bytes).unwrap()), Err(Error::DuplicateEntry));
}

/// A ledger that answers every question with its first entry.
struct LyingLedger(MemoryLedger);

impl Ledger for LyingLedger {
    fn id(&self) -> &LedgerId {
        self.0.id()
    }

    fn append(&self, entry: Entry) -> Result<u64, Error> {
        self.0.append(entry)
    }

    fn at(&self, _: u64) -> Result<Arc<Entry>, Error> {
        self.0.at(0)
    }

    fn get(&self, _: &EntryId) -> Result<Arc<Entry>, Error> {
        self.0.at(0)
    }

    fn head(&self) -> Result<Head, Error> {
        self.0.head()
    }
}

#[test]
fn a_ledger_that_gives_another_entry_than_the_one_asked_for_is_found_out() {
    let (ledger, store) = (LyingLedger(ledger()), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let first = publish(&consortium, b"one", 1).unwrap();
    let second = publish(&consortium, b"two", 2).unwrap();
    assert_eq!(second.place, Place { height: 1, ..second.place });
    assert_eq!(open(&consortium, &second.place.id, &WORLD.doctor), (vec![], Err(Error::DigestMismatch)));
    assert_eq!(open(&consortium, &first.place.id, &WORLD.doctor), (b"one".to_vec(), Ok(())));
}

#[test]
fn a_missing_object_and_a_missing_entry_are_told_apart() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), b"record", 1).unwrap();
    let empty = MemoryStore::new();
    let elsewhere = consortium(&ledger, &empty);
    assert_eq!(open(&elsewhere, &published.place.id, &WORLD.doctor).1, Err(Error::UnknownObject));
    assert_eq!(open(&elsewhere, &EntryId::from([1; 32]), &WORLD.doctor).1, Err(Error::UnknownEntry));
    assert_eq!(open(&consortium(&ledger, &store), &published.place.id, &WORLD.doctor).1, Ok(()));
}

#[test]
fn an_output_that_fails_stops_the_opening() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(FULL.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"record", 1).unwrap();
    let opened = consortium
        .open(&published.place.id, &WORLD.doctor.decryption, &mut Full, &mut |_| ControlFlow::Continue(()));
    assert_eq!(opened.err(), Some(Error::Io(FULL)));
}
