//! Publications resumed from the bytes of a stage, after any loss in between.

use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};

use medseal::Error;
use medseal::ledger::{Address, Ledger, RecordId};
use medseal::merkle::Frontier;
use medseal::share::{
    Consortium, Database, Draft, MemoryStore, ObjectStore, Prepared, PublishError, Published, Sealed, Step,
    Upload,
};

use rand_chacha::ChaCha20Rng;

use crate::calls::{Calls, Fault, Faulty, LOST};
use crate::entries_on;
use crate::failing::failed;
use crate::faults::{Attempt, Watched};
use crate::world::{
    WORLD, consortium, database, find, for_doctors, go_on, ledger, now, open, publish, record, rng,
};

/// The data that a careful caller stores on disk. Everything else is lost with the process.
struct Disk {
    draft: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    prepared: Option<Vec<u8>>,
    database: Vec<u8>,
}

impl Disk {
    fn new() -> Self {
        let database = database().frontier().to_bytes();
        Self { draft: None, sealed: None, prepared: None, database }
    }

    fn database(&self) -> Database {
        let state = Frontier::from_bytes(&self.database).unwrap();
        Database::resume(WORLD.super_node.public_key(), *WORLD.hospital.identity(), state)
    }
}

/// When the object is committed: once its address is stored, or once its entry is.
#[derive(Clone, Copy, Debug)]
enum Commit {
    Early,
    Late,
}

/// One run of a process that publishes a record. It continues from the data on disk, and dies at
/// the first failure, which may be a write to the disk.
fn live(
    consortium: &Consortium<'_>,
    disk: &mut Disk,
    calls: &Calls,
    when: Commit,
    record: &[u8],
    seed: u64,
) -> Result<Published, Error> {
    let (publication, rng) = (for_doctors(), &mut rng(seed));
    let dies = |failed: PublishError| failed.error;
    let mut database = disk.database();
    let before = database.clone();
    let keep = |place: &mut Option<Vec<u8>>, bytes: &[u8]| {
        calls.call(|| {
            *place = Some(bytes.to_vec());
            Ok::<_, Error>(())
        })
    };
    let prepare = |disk: &mut Disk, sealed: &Sealed, rng: &mut ChaCha20Rng| {
        let prepared = consortium.prepare(sealed, &publication, Some(&before), rng, go_on).map_err(dies)?;
        keep(&mut disk.prepared, &prepared.to_bytes())?;
        Ok::<_, Error>(prepared)
    };

    if let (None, Some(sealed)) = (&disk.prepared, &disk.sealed) {
        let sealed = Sealed::from_bytes(sealed).unwrap();
        prepare(disk, &sealed, rng)?;
    }
    let finished = disk.prepared.as_ref().map(|prepared| {
        let prepared = Prepared::from_bytes(prepared).unwrap();
        consortium.finish(&prepared, Some(&mut database), go_on)
    });
    let published = match finished {
        Some(Err(PublishError { error: Error::UnknownObject, .. })) | None => {
            (disk.sealed, disk.prepared) = (None, None);
            let draft = disk.draft.as_ref().map(|draft| Draft::from_bytes(draft).unwrap());
            let draft = draft.map_or_else(|| Draft::new(rng), Ok)?;
            keep(&mut disk.draft, &draft.to_bytes())?;
            let uploaded = consortium.upload(&draft, record, rng, go_on).map_err(dies)?;
            let prepared = match when {
                Commit::Early => {
                    keep(&mut disk.sealed, &uploaded.sealed().to_bytes())?;
                    prepare(disk, &uploaded.commit()?, rng)?
                }
                Commit::Late => {
                    let prepared = prepare(disk, uploaded.sealed(), rng)?;
                    let _ = uploaded.commit()?;
                    prepared
                }
            };
            consortium.finish(&prepared, Some(&mut database), go_on).map_err(dies)?
        }
        Some(finished) => finished.map_err(dies)?,
    };
    calls.call(|| {
        disk.database = database.frontier().to_bytes();
        Ok::<_, Error>(())
    })?;
    Ok(published)
}

#[test]
fn a_process_that_dies_anywhere_publishes_once() {
    let record = record(70_000);
    for (when, fault) in [Commit::Early, Commit::Late]
        .into_iter()
        .flat_map(|when| [Fault::NotDone, Fault::AnswerLost].map(|fault| (when, fault)))
    {
        for fails in 0.. {
            let context = format!("{when:?} {fault:?} {fails}");
            let (calls, store, ledger) = (Calls::new(fails, fault), MemoryStore::new(), ledger());
            let (faulty_store, faulty_ledger) = (Faulty(&calls, &store), Faulty(&calls, &ledger));
            let mut disk = Disk::new();
            let first = live(&consortium(&faulty_ledger, &faulty_store), &mut disk, &calls, when, &record, 1);
            let calm = Calls::new(usize::MAX, Fault::NotDone);
            let sharing = consortium(&ledger, &store);
            let published = if calls.happened() {
                assert_eq!(first.unwrap_err(), Error::Io(LOST.into()), "{context}");
                live(&sharing, &mut disk, &calm, when, &record, 2).unwrap()
            } else {
                assert!(fails > 10, "{context}");
                first.unwrap()
            };
            // One entry, one object, a key that opens it, and a database that holds it once.
            assert_eq!((entries_on(&ledger), store.len()), (1, 1), "{context}");
            assert_eq!(
                open(&sharing, &published.place.id, &WORLD.doctor),
                (record.clone(), Ok(())),
                "{context}"
            );
            assert_eq!(find(&sharing, "e11.9", &WORLD.doctor), [published.place.id], "{context}");
            let entry = now(&sharing).unwrap().entry(&published.place.id).unwrap();
            assert!(
                sharing.record_key(&entry, &WORLD.doctor.decryption).unwrap() == published.key,
                "{context}"
            );
            let mut expected = database().frontier().clone();
            expected.append(published.digest.as_bytes());
            assert_eq!(*disk.database().frontier(), expected, "{context}");
            // The same holds for every repetition.
            let again = live(&sharing, &mut disk, &calm, when, &record, 3).unwrap();
            assert_eq!((again.place, again.new), (published.place, false), "{context}");
            assert_eq!((entries_on(&ledger), store.len()), (1, 1), "{context}");
            assert_eq!(*disk.database().frontier(), expected, "{context}");
            if !calls.happened() {
                break;
            }
        }
    }
}

#[test]
fn a_draft_serves_no_keystream_twice() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let draft = Draft::new(&mut rng(1)).unwrap();
    let records = [record(1000), vec![0; 1000], record(1000)];
    let sealed = [0, 1, 2].map(|n| {
        let uploaded = sharing.upload(&draft, &*records[n], &mut rng(10 + n as u64), &mut go_on).unwrap();
        let sealed = uploaded.commit().unwrap();
        let mut bytes = Vec::new();
        store.get(sealed.address()).unwrap().read_to_end(&mut bytes).unwrap();
        (sealed, bytes)
    });
    let keystream = |n: usize| {
        // Header and tag, then the ciphertext.
        let ciphertext = &sealed[n].1[70..1070];
        ciphertext.iter().zip(&records[n]).map(|(c, m)| c ^ m).collect::<Vec<_>>()
    };
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        assert_ne!(keystream(one), keystream(other));
        assert_ne!(sealed[one].0.address(), sealed[other].0.address());
    }
    for ((sealed, bytes), record) in sealed.iter().zip(&records) {
        assert_eq!(sealed.draft().record(), draft.record());
        assert_eq!(*draft.key().open(bytes, &Default::default()).unwrap(), **record);
    }
}

/// A publication for doctors up to its signed entry. Its object is stored if `is_kept` is true.
pub(crate) fn prepared(
    consortium: &Consortium<'_>,
    draft: &Draft,
    database: Option<&Database>,
    seed: u64,
    is_kept: bool,
) -> Prepared {
    let (rng, publication) = (&mut rng(seed), for_doctors());
    let uploaded = consortium.upload(draft, &b"record"[..], rng, &mut go_on).unwrap();
    let prepared = consortium.prepare(uploaded.sealed(), &publication, database, rng, &mut go_on).unwrap();
    if is_kept {
        let _ = uploaded.commit().unwrap();
    }
    prepared
}

#[test]
fn a_caller_chooses_the_record_id() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let id = RecordId::from([7; 16]);
    let draft = Draft::of(id, &mut rng(1)).unwrap();
    let prepared = prepared(&sharing, &draft, None, 2, true);
    let published = sharing.finish(&prepared, None, &mut go_on).unwrap();
    assert_eq!((published.record, prepared.draft().record()), (id, id));
    assert!(prepared.draft().key() == draft.key() && published.key == *draft.key());
    published.summary.verify(draft.key(), &published.digest).unwrap();
    assert_eq!(open(&sharing, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
}

#[test]
fn rejects_a_publication_whose_object_is_gone() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let mut database = database();
    let empty = database.digest();
    let prepare = |seed, draft: &Draft, is_kept: bool| {
        let made = prepared(&sharing, draft, Some(&crate::world::database()), seed, is_kept);
        Prepared::from_bytes(&made.to_bytes()).unwrap()
    };
    let lost = prepare(1, &Draft::new(&mut rng(1)).unwrap(), false);
    let refused = failed(sharing.finish(&lost, Some(&mut database), &mut go_on));
    assert_eq!(refused, Some((Step::Store, Error::UnknownObject)));
    assert_eq!((entries_on(&ledger), database.digest()), (0, empty));
    // The draft lets the caller upload the record again.
    let whole = prepare(2, &lost.draft(), true);
    let published = sharing.finish(&whole, Some(&mut database), &mut go_on).unwrap();
    assert_eq!((published.record, published.key == *lost.key()), (lost.draft().record(), true));
    assert_eq!(open(&sharing, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
}

#[test]
fn an_error_carries_what_to_finish_from() {
    let (record, mut resumed) = (record(70_000), Vec::new());
    for fault in [Fault::NotDone, Fault::AnswerLost] {
        for fails in 0.. {
            let attempt = Attempt::new(&record, fails, fault);
            let sharing = attempt.consortium();
            let (objects, entries) = (attempt.store.len(), entries_on(&attempt.ledger));
            let Some(failed) = &attempt.failed else { break };
            let Some(prepared) = &failed.resume else {
                assert_eq!((objects, entries), (0, 0), "{fails}");
                continue;
            };
            let prepared = Prepared::from_bytes(&prepared.to_bytes()).unwrap();
            let mut database = attempt.database.clone();
            match sharing.finish(&prepared, Some(&mut database), go_on) {
                Ok(published) => {
                    assert_eq!((objects, published.new), (1, entries == 0), "{fails}");
                    let opened = open(&sharing, &published.place.id, &WORLD.doctor);
                    assert_eq!(opened, (record.clone(), Ok(())), "{fails}");
                    assert_eq!(Some(database.frontier()), prepared.database(), "{fails}");
                    resumed.push((failed.step, published.new));
                }
                // The store failed before it stored the object.
                Err(refused) => {
                    let nothing = (0, 0, Error::UnknownObject);
                    assert_eq!((objects, entries, refused.error), nothing, "{fails}");
                }
            }
        }
    }
    assert_eq!(resumed, [(Step::Append, true), (Step::Store, true), (Step::Append, false)]);
}

/// Addresses in the order of arrival, from a store that names its objects itself.
#[derive(Default)]
struct Naming {
    store: MemoryStore,
    names: AtomicUsize,
}

impl ObjectStore for Naming {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        let name = format!("store:object-{}", self.names.fetch_add(1, Ordering::Relaxed)).parse()?;
        Ok(Box::new(Watched { name: Some(name), ..Watched::new(self.store.begin()?) }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        self.store.get(address)
    }
}

#[test]
fn a_store_names_its_objects() {
    let (ledger, store) = (ledger(), Naming::default());
    let sharing = consortium(&ledger, &store);
    for n in 0..2 {
        let published = publish(&sharing, b"record", n).unwrap();
        assert_eq!(published.address.as_str(), format!("store:object-{n}"));
        assert_eq!(ledger.get(&published.place.id).unwrap().statement().address, published.address);
        assert_eq!(open(&sharing, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
    }
}

#[test]
fn rejects_a_database_in_another_state() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let (mut database, before) = (database(), database());
    let prepare = |seed, from: Option<&Database>| {
        prepared(&sharing, &Draft::new(&mut rng(seed)).unwrap(), from, seed, true)
    };
    let [first, second] = [1, 2].map(|seed| prepare(seed, Some(&before)));
    let published = sharing.finish(&first, Some(&mut database), &mut go_on).unwrap();
    let after = database.digest();
    assert_eq!(first.database().map(Frontier::root), Some(after));
    // Two publications prepared from one state, only one of which can follow it; and one
    // prepared without a state.
    let refused = Some((Step::Append, Error::DigestMismatch));
    assert_eq!(failed(sharing.finish(&second, Some(&mut database), &mut go_on)), refused);
    assert_eq!(failed(sharing.finish(&prepare(3, None), Some(&mut database), &mut go_on)), refused);
    assert_eq!((database.digest(), entries_on(&ledger)), (after, 1));
    let again = sharing.finish(&first, Some(&mut database), &mut go_on).unwrap();
    assert_eq!((again.place, again.new, database.digest()), (published.place, false, after));
    let third = prepare(4, Some(&database));
    assert!(sharing.finish(&third, Some(&mut database), &mut go_on).unwrap().new);
    assert_ne!(database.digest(), after);
}

#[test]
fn a_stage_prints_no_key() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let sharing = consortium(&ledger, &store);
    let draft = Draft::new(&mut rng(1)).unwrap();
    let uploaded = sharing.upload(&draft, &b"record"[..], &mut rng(1), &mut go_on).unwrap();
    let prepared = sharing.prepare(uploaded.sealed(), &for_doctors(), None, &mut rng(1), &mut go_on).unwrap();
    let key = &draft.key().to_bytes()[4..];
    let key = format!("{:?}", &key[..4]);
    let key = key.trim_matches(['[', ']']);
    for printed in [format!("{draft:?}"), format!("{uploaded:?}"), format!("{prepared:?}")] {
        assert!(printed.contains("RecordKey(<redacted>)") && !printed.contains(key), "{printed}");
    }
}
