//! Failures, their errors, and the state that they leave.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use medseal::Error;
use medseal::ledger::{Appended, Entry, EntryId, Found, Item, Ledger, Malformed, MemoryLedger, Validated};
use medseal::limits::Limit;
use medseal::merkle::{Head, InclusionProof};
use medseal::record::RecordKey;
use medseal::search::Keyword;
use medseal::share::{MemoryStore, Publication, PublishError, Step};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore};

use crate::calls::{Calls, Fault, Faulty};
use crate::entries_on;
use crate::world::{
    WORLD, consortium, database, doctors, for_doctors, go_on, ledger, now, open, policy, publication,
    publish, publish_in, record, rng, search,
};

/// A ledger whose items a disk stores, which may corrupt them. It fails to read an empty item.
struct Stored(MemoryLedger, Vec<Vec<u8>>);

impl Ledger for Stored {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.0.append(entry)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        match self.1.get(height as usize).map(Vec::as_slice) {
            None => Err(Error::UnknownEntry),
            Some([]) => Err(Error::LedgerUnavailable),
            Some(bytes) => Item::from_bytes(bytes),
        }
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.0.get(id)
    }

    fn head(&self) -> Result<Head, Error> {
        self.0.head()
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        self.0.prove(id, size)
    }
}

/// A record that fails to read after some bytes.
pub(crate) struct FailingRecord(pub(crate) usize);

impl Read for FailingRecord {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.min(buffer.len());
        self.0 -= count;
        if count == 0 { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(count) }
    }
}

/// A generator that fails after some bytes.
struct FailingRng(ChaCha20Rng, usize);

impl RngCore for FailingRng {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        let failure = || rand_core::Error::from(core::num::NonZeroU32::MIN);
        self.1 = self.1.checked_sub(bytes.len()).ok_or_else(failure)?;
        self.0.try_fill_bytes(bytes)
    }
}

impl CryptoRng for FailingRng {}

const TOO_MANY: Error = Error::LimitExceeded(Limit::KeywordsPerRecord);

fn too_many_keywords() -> Vec<Keyword> {
    (0..257).map(|n| Keyword::new(&n.to_string()).unwrap()).collect()
}

/// Signed by a member who is not entitled to publish.
fn by_a_visitor(publication: Publication<'_>) -> Publication<'_> {
    Publication { signing_key: &WORLD.visitor.signing, ..publication }
}

/// The step that failed, and its error.
pub(crate) fn failed<T>(result: Result<T, PublishError>) -> Option<(Step, Error)> {
    result.err().map(|failed| (failed.step, failed.error))
}

#[test]
fn interrupted_writes_do_not_blame_the_store() {
    for fault in [Fault::Interrupted, Fault::Short] {
        // The store's second call is the first write.
        let (calls, store, ledger) = (Calls::new(1, fault), MemoryStore::new(), ledger());
        let faulty = Faulty(&calls, &store);
        let consortium = consortium(&ledger, &faulty);
        let refused = failed(publish_in(&consortium, FailingRecord(100_000), None, 1));
        assert_eq!(refused, Some((Step::Seal, Error::Io(io::ErrorKind::ConnectionReset.into()))));
        assert!(calls.happened());
        let published = publish(&consortium, b"record", 1).unwrap();
        assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
    }
}

#[test]
fn publication_errors_precede_reading_the_record() {
    let negated = policy("role=doctor and not clearance<2 and not department=surgery");
    let too_many = too_many_keywords();
    let cases = [
        (Step::Index, TOO_MANY, publication(doctors(), &too_many)),
        // The maximum number of keywords is not the cause of the failure.
        (Step::Sign, Error::PolicyNotSatisfied, by_a_visitor(publication(doctors(), &too_many[..256]))),
        (Step::Sign, Error::PolicyNotSatisfied, by_a_visitor(for_doctors())),
    ];
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let mut never = |_, _| panic!("a step was begun");
    for (step, error, publication) in cases {
        let expected = Some((step, error));
        let refused = consortium.publish(FailingRecord(0), &publication, None, &mut rng(1), &mut never);
        assert_eq!(failed(refused), expected);
        let (entry, key) = (EntryId::from([7; 32]), RecordKey::generate(&mut rng(1)).unwrap());
        let refused = consortium.rewrap(&entry, &key, &publication, &mut rng(1), &mut never);
        assert_eq!(failed(refused), expected);
    }
    // A policy with negations is a policy like any other.
    let publication = Publication { access: &negated, ..for_doctors() };
    let published = consortium.publish(&b"record"[..], &publication, None, &mut rng(1), &mut go_on).unwrap();
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
    assert_eq!(open(&consortium, &published.place.id, &WORLD.visitor).1, Err(Error::PolicyNotSatisfied));
}

#[test]
fn a_failing_generator_leaves_no_entry() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let mut steps = Vec::new();
    for budget in (0..100_000).step_by(16) {
        let mut rng = FailingRng(rng(1), budget);
        let mut database = database();
        let consortium = consortium(&ledger, &store);
        let database = Some(&mut database);
        let refused = consortium.publish(&b"record"[..], &for_doctors(), database, &mut rng, go_on);
        match refused {
            Ok(_) => break,
            Err(PublishError { step, error, .. }) => {
                assert_eq!(error, Error::RandomnessUnavailable);
                assert!(entries_on(&ledger) == 0 && store.is_empty());
                steps.push(step);
            }
        }
    }
    assert_eq!(entries_on(&ledger), 1);
    steps.dedup();
    assert_eq!(steps, [Step::Seal, Step::Wrap, Step::Index, Step::Envelope, Step::Sign]);
}

/// A watcher that cancels at this step.
fn stop_at(last: Step) -> impl FnMut(Step, u64) -> ControlFlow<()> {
    move |step, _| if step == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

#[test]
fn who_watches_can_cancel_at_any_step() {
    use Step::{Append, Digest, Envelope, Index, Seal, Sign, Store, Wrap};
    let cancelled = |step| Some((step, Error::Cancelled));
    for last in [Seal, Digest, Wrap, Index, Envelope, Sign, Store, Append] {
        let (ledger, store) = (ledger(), MemoryStore::new());
        let mut seen = Vec::new();
        let mut bytes_seen = 0;
        let mut stop = stop_at(last);
        let watch = |step, bytes| {
            assert!(bytes >= bytes_seen && bytes <= 100_000);
            bytes_seen = bytes;
            seen.push(step);
            stop(step, bytes)
        };
        let (record, database) = (record(100_000), &mut database());
        let consortium = consortium(&ledger, &store);
        let refused = consortium.publish(&*record, &for_doctors(), Some(database), &mut rng(1), watch);
        assert_eq!(failed(refused), cancelled(last));
        assert!(seen.is_sorted() && seen.last() == Some(&last));
        assert_eq!(entries_on(&ledger), 0);
        assert_eq!(store.is_empty(), last < Append);
    }
    // Before the record is read, while it is read, and while it is opened.
    let (ledger, store) = (ledger(), MemoryStore::new());
    let (sharing, publication, record) = (consortium(&ledger, &store), for_doctors(), record(300_000));
    let refused = sharing.publish(FailingRecord(0), &publication, None, &mut rng(1), stop_at(Seal));
    assert_eq!(failed(refused), cancelled(Seal));
    let watch = |bytes| if bytes > 70_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let refused = sharing.publish(&*record, &publication, None, &mut rng(1), |_, bytes| watch(bytes));
    assert_eq!(failed(refused), cancelled(Seal));
    assert!(store.is_empty());
    let published = publish(&sharing, &record, 1).unwrap();
    let (id, sharing, mut written) = (published.place.id, now(&sharing).unwrap(), Vec::new());
    let opened = sharing.open(&id, &WORLD.doctor.decryption, &mut written, watch);
    assert_eq!(opened.err(), Some(Error::Cancelled));
    assert!(record.starts_with(&written) && written.len() < record.len());

    // While a record is shared again, even if there is none.
    let rewrap = |id, last| sharing.rewrap(&id, &published.key, &publication, &mut rng(2), stop_at(last));
    assert_eq!(failed(rewrap(EntryId::from([7; 32]), Digest)), cancelled(Digest));
    for last in [Digest, Wrap, Index, Sign, Append] {
        assert_eq!(failed(rewrap(id, last)), cancelled(last));
        assert_eq!(entries_on(&ledger), 1);
    }
    // A record that is shared again is not sealed again.
    let anew = rewrap(id, Seal).unwrap();
    assert_eq!(open(&sharing, &anew.place.id, &WORLD.doctor), (record, Ok(())));
}

#[test]
fn tells_missing_objects_from_missing_entries() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), b"record", 1).unwrap();
    let empty = MemoryStore::new();
    let elsewhere = consortium(&ledger, &empty);
    assert_eq!(open(&elsewhere, &published.place.id, &WORLD.doctor).1, Err(Error::UnknownObject));
    assert_eq!(open(&elsewhere, &EntryId::from([1; 32]), &WORLD.doctor).1, Err(Error::UnknownEntry));
    assert_eq!(open(&consortium(&ledger, &store), &published.place.id, &WORLD.doctor).1, Ok(()));
}

#[test]
fn a_damaged_entry_hides_no_other() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    for seed in 0..5 {
        publish(&consortium(&ledger, &store), b"record", seed).unwrap();
    }
    let items = ledger.scan(0).map(|(_, item)| item.unwrap().to_bytes()).collect::<Vec<_>>();
    let mut kept = Stored(ledger, items.clone());
    let word = Keyword::new("metformin").unwrap();
    let search = |ledger: &Stored, stop_at: u64| {
        consortium(ledger, &store).find(&search(&word, &WORLD.doctor), &mut rng(9), &mut |done| {
            if done == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    };
    let heights = |found: &Found| found.hits.iter().map(|place| place.height).collect::<Vec<_>>();
    assert_eq!(heights(&search(&kept, 9).unwrap()), [1, 2, 3, 4, 5]);

    // A flag, a row of the index, a length: each bit gives a different fault.
    let index = kept.at(4).unwrap().entry().unwrap().statement().index.to_bytes()[4..].to_vec();
    let place = |part: &[u8]| items[4].windows(part.len()).position(|window| window == part).unwrap();
    let c1_of_the_index = place(&index) + 4 + doctors().canonical().len() + 1 + 4;
    let faults = [
        (0, 0x01, Error::WrongMagic),
        (c1_of_the_index, 0x80, Error::InvalidPoint),
        (24, 0x80, Error::LimitExceeded(Limit::PolicyText)),
    ];
    for (at, bit, error) in faults {
        let mut damaged = items.clone();
        damaged[4][at] ^= bit;
        kept.1 = damaged;
        let found = search(&kept, 9).unwrap();
        assert_eq!(heights(&found), [1, 2, 3, 5]);
        assert_eq!((found.malformed, found.next), (vec![Malformed { height: 4, error }], 6));
        assert_eq!(search(&kept, 6).err(), Some(Error::Cancelled), "and it counts");
    }
    let ids = kept.scan(3).map(|(height, entry)| (height, entry.is_ok())).collect::<Vec<_>>();
    assert_eq!(ids, [(3, true), (4, false), (5, true)]);

    // A failing ledger is a different case: its content is unknown.
    let mut lost = items.clone();
    lost[4].clear();
    kept.1 = lost;
    assert_eq!(search(&kept, 9).err(), Some(Error::LedgerUnavailable));
    assert_eq!(
        kept.scan(3).last().map(|(height, entry)| (height, entry.err())),
        Some((4, Some(Error::LedgerUnavailable)))
    );
    kept.1 = items;
    assert_eq!(heights(&search(&kept, 9).unwrap()), [1, 2, 3, 4, 5]);
}

#[test]
fn an_output_that_fails_stops_the_opening() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"record", 1).unwrap();
    let opened =
        now(&consortium).unwrap().open(&published.place.id, &WORLD.doctor.decryption, &mut Full, &mut |_| {
            ControlFlow::Continue(())
        });
    assert_eq!(opened.err(), Some(Error::Io(io::ErrorKind::StorageFull.into())));
}
