//! The whole flow, and everybody who stands in its way: a failing store, a failing ledger, a store and a ledger that
//! lie, members without the attributes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // in helpers, which clippy does not take for tests

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use medseal::Error;
use medseal::identity::{Disclosure, Hospital, Name, RegistrationRequest, SuperNode};
use medseal::ledger::{
    Address, Demands, Entry, EntryId, Head, Ledger, LedgerId, MemoryLedger, Place, Statement, wrap_aad,
};
use medseal::merkle::{Frontier, Tree};
use medseal::policy::{Attributes, Policy};
use medseal::record::{KeyedSummary, RecordKey};
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, Database, DirectoryStore, MemberKeys, MemoryStore, ObjectStore, PublicParameters,
    Publication, PublishError, Published, Step, Upload,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};

// ---------------------------------------------------------------------------------------------------------
// The consortium of these tests
// ---------------------------------------------------------------------------------------------------------

struct World {
    authority: Authority,
    parameters: PublicParameters,
    clinic: MemberKeys,
    doctor: MemberKeys,
    researcher: MemberKeys,
    visitor: MemberKeys,
    super_node: SuperNode,
    hospital: Hospital,
    other_hospital: Hospital,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut rng(1);
    let authority = Authority::setup(rng).unwrap();
    let mut issue = |text| authority.issue(&Attributes::parse(text).unwrap(), rng).unwrap();
    let clinic = issue("kind=hospital, accredited");
    let doctor = issue("role=doctor, department=cardiology, clearance=3, valid_until=2027-06-30");
    let researcher = issue("role=researcher, study=t2d");
    let visitor = issue("role=visitor");
    let mut super_node = SuperNode::generate(rng).unwrap();
    let mut register = |name| {
        let request = RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", rng).unwrap();
        let key = super_node.register(&request).unwrap();
        Hospital::accept(request, key, &super_node.public_key()).unwrap()
    };
    let (hospital, other_hospital) = (register("clinic.example"), register("other.example"));
    let parameters = authority.public_parameters();
    World { authority, parameters, clinic, doctor, researcher, visitor, super_node, hospital, other_hospital }
});

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

fn keywords(words: &[&str]) -> Vec<Keyword> {
    words.iter().map(|word| Keyword::new(word).unwrap()).collect()
}

fn claim() -> &'static Policy {
    static CLAIM: LazyLock<Policy> = LazyLock::new(|| policy("kind=hospital and accredited"));
    &CLAIM
}

fn doctors() -> &'static Policy {
    static DOCTORS: LazyLock<Policy> =
        LazyLock::new(|| policy("role=doctor and clearance >= 2 and valid_until >= 2026-11-22"));
    &DOCTORS
}

fn demands(id: &str) -> Demands {
    Demands {
        ledger: LedgerId::new(id).unwrap(),
        claim: claim().clone(),
        signatures: WORLD.parameters.abs.clone(),
    }
}

fn ledger() -> MemoryLedger {
    MemoryLedger::new(demands("test"))
}

fn consortium<'a>(ledger: &'a dyn Ledger, store: &'a dyn ObjectStore) -> Consortium<'a> {
    Consortium { parameters: &WORLD.parameters, ledger, store, threads: NonZeroUsize::MIN }
}

fn publication<'a>(access: &'a Policy, keywords: &'a [Keyword]) -> Publication<'a> {
    Publication {
        access,
        keywords,
        keyword_key: WORLD.authority.keyword_key(),
        claim: claim(),
        signing_key: &WORLD.clinic.signing,
        time_ms: 1_795_000_000_000,
    }
}

fn database() -> Database {
    Database::new(WORLD.super_node.public_key(), *WORLD.hospital.identity())
}

fn go_on(_: Step, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn publish(consortium: &Consortium<'_>, record: &[u8], seed: u64) -> Result<Published, PublishError> {
    let keywords = keywords(&["e11.9", "metformin"]);
    consortium.publish(&mut &*record, &publication(doctors(), &keywords), None, &mut rng(seed), &mut go_on)
}

fn open(consortium: &Consortium<'_>, id: &EntryId, keys: &MemberKeys) -> (Vec<u8>, Result<(), Error>) {
    let mut written = Vec::new();
    let result = consortium.open(id, &keys.decryption, &mut written, &mut |_| ControlFlow::Continue(()));
    (written, result.map(drop))
}

fn find(consortium: &Consortium<'_>, word: &str, keys: &MemberKeys) -> Vec<EntryId> {
    let word = Keyword::new(word).unwrap();
    let found =
        consortium.find(&word, &keys.search, 0, &mut rng(77), &mut |_| ControlFlow::Continue(())).unwrap();
    found.hits.iter().map(|place| place.id).collect()
}

fn record(length: usize) -> Vec<u8> {
    let mut record = vec![0; length];
    rng(length as u64).fill_bytes(&mut record);
    record
}

// ---------------------------------------------------------------------------------------------------------
// What holds
// ---------------------------------------------------------------------------------------------------------

#[test]
fn who_satisfies_the_policy_finds_and_opens_and_nobody_else_does() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    for length in [0, 1, 65_536, 200_000] {
        let record = record(length);
        let published = publish(&consortium, &record, length as u64).unwrap();
        let id = published.place.id;
        assert_eq!(published.length, length as u64);
        for word in ["E11.9", " metformin "] {
            assert_eq!(find(&consortium, word, &WORLD.doctor).last(), Some(&id));
            assert!(find(&consortium, word, &WORLD.visitor).is_empty());
        }
        assert!(find(&consortium, "influenza", &WORLD.doctor).is_empty());
        assert_eq!(open(&consortium, &id, &WORLD.doctor), (record, Ok(())));
        for keys in [&WORLD.visitor, &WORLD.researcher, &WORLD.clinic] {
            assert_eq!(open(&consortium, &id, keys), (vec![], Err(Error::PolicyNotSatisfied)));
        }
    }
    assert_eq!((store.len(), ledger.head().unwrap().height), (4, 4));
    ledger.verify().unwrap();
}

#[test]
fn several_threads_seal_and_open_the_same_bytes() {
    let record = record(3_000_000);
    let mut addresses = Vec::new();
    for threads in [1, 4] {
        let (ledger, store) = (ledger(), MemoryStore::new());
        let mut consortium = consortium(&ledger, &store);
        consortium.threads = NonZeroUsize::new(threads).unwrap();
        let published = publish(&consortium, &record, 5).unwrap();
        let (opened, result) = open(&consortium, &published.place.id, &WORLD.doctor);
        assert!(result.is_ok() && opened == record);
        addresses.push(published.address);
    }
    assert_eq!(addresses[0], addresses[1]);
}

#[test]
fn the_directory_store_holds_one_file_named_by_the_digest() {
    let directory = tempfile::tempdir().unwrap();
    let (ledger, store) = (ledger(), DirectoryStore::open(directory.path()).unwrap());
    let consortium = consortium(&ledger, &store);
    let record = record(100_000);
    let published = publish(&consortium, &record, 1).unwrap();
    let files = std::fs::read_dir(directory.path()).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].file_name().to_str(), Some(published.digest.to_string().as_str()));
    assert_eq!(files[0].metadata().unwrap().len(), published.sealed_length);
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (record, Ok(())));
}

#[test]
fn keys_survive_their_bytes_and_another_authoritys_are_refused() {
    let authority = Authority::from_bytes(&WORLD.authority.to_bytes()).unwrap();
    assert_eq!(authority.public_parameters().to_bytes(), WORLD.parameters.to_bytes());
    let parameters = PublicParameters::from_bytes(&WORLD.parameters.to_bytes()).unwrap();
    let keys = MemberKeys::from_bytes(&WORLD.researcher.to_bytes()).unwrap();
    assert_eq!(*keys.to_bytes(), *WORLD.researcher.to_bytes());
    keys.verify(&parameters).unwrap();

    let other = Authority::setup(&mut rng(9)).unwrap();
    assert_eq!(keys.verify(&other.public_parameters()), Err(Error::InvalidKey));
    // Keys for different attributes do not make one member.
    let mut mixed = authority.issue(WORLD.visitor.attributes(), &mut rng(3)).unwrap();
    mixed.search = keys.search;
    assert_eq!(mixed.verify(&parameters), Err(Error::InvalidKey));
    for keys in [&WORLD.clinic, &WORLD.doctor, &WORLD.researcher, &WORLD.visitor] {
        keys.decryption.verify(&parameters.abe).unwrap();
        keys.signing.verify(&parameters.abs).unwrap();
        keys.search.verify(&parameters.search).unwrap();
        // Also the keys that were received as bytes.
        MemberKeys::from_bytes(&keys.to_bytes()).unwrap().verify(&parameters).unwrap();
    }
}

#[test]
fn a_key_issued_by_the_restored_authority_opens_what_was_published_before() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"record", 1).unwrap();
    let authority = Authority::from_bytes(&WORLD.authority.to_bytes()).unwrap();
    let keys = authority.issue(WORLD.doctor.attributes(), &mut rng(4)).unwrap();
    assert_eq!(open(&consortium, &published.place.id, &keys), (b"record".to_vec(), Ok(())));
    assert_eq!(find(&consortium, "metformin", &keys), [published.place.id]);
}

#[test]
fn a_key_whose_date_is_past_opens_nothing() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"record", 1).unwrap();
    let attributes = Attributes::parse("role=doctor, clearance=3, valid_until=2026-11-21").unwrap();
    let expired = WORLD.authority.issue(&attributes, &mut rng(2)).unwrap();
    assert!(find(&consortium, "metformin", &expired).is_empty());
    assert_eq!(open(&consortium, &published.place.id, &expired).1, Err(Error::PolicyNotSatisfied));
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor).1, Ok(()));
}

#[test]
fn the_hospital_and_nobody_else_opens_the_envelope_and_keeps_its_digest() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let words = keywords(&["e11.9"]);
    let mut database = database();
    let mut tree = Tree::new();
    for n in 0..3u8 {
        let published = consortium
            .publish(
                &mut &[n; 100][..],
                &publication(doctors(), &words),
                Some(&mut database),
                &mut rng(n.into()),
                &mut go_on,
            )
            .unwrap();
        tree.append(published.digest.as_bytes());
        assert_eq!(database.digest(), tree.root());

        let entry = consortium.entry(&published.place.id).unwrap();
        let envelope = entry.statement().envelope.as_ref().unwrap();
        let aad = published.digest.as_bytes();
        assert_eq!(WORLD.other_hospital.open(envelope, aad).err(), Some(Error::DecryptionFailed));
        assert_eq!(WORLD.hospital.open(envelope, &[0; 32]).err(), Some(Error::DecryptionFailed));
        let disclosed = Disclosure::from_bytes(&WORLD.hospital.open(envelope, aad).unwrap()).unwrap();
        assert_eq!(disclosed.location(), published.address.as_str().as_bytes());
        assert_eq!(disclosed.database_digest(), tree.root().as_bytes());
        KeyedSummary::from(*disclosed.summary()).verify(&published.key, &published.digest).unwrap();
    }
    // The state goes on from its bytes.
    let state = Frontier::from_bytes(&database.frontier().to_bytes()).unwrap();
    let resumed = Database::resume(WORLD.super_node.public_key(), *WORLD.hospital.identity(), state);
    assert_eq!(resumed.digest(), tree.root());
}

#[test]
fn a_digest_in_the_clear_that_groups_a_hospitals_entries_stands_in_no_entry() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let words = keywords(&["e11.9"]);
    let mut database = database();
    let mut digests = Vec::new();
    for n in 0..4u8 {
        let published = consortium.publish(
            &mut &[n; 10][..],
            &publication(doctors(), &words),
            Some(&mut database),
            &mut rng(n.into()),
            &mut go_on,
        );
        digests.push(published.unwrap().digest);
    }
    // Anybody can compute the root over any of the digests that are public. Were it in an entry, it would say that
    // these records are one hospital's.
    let mut roots = vec![*database.digest().as_bytes()];
    for subset in 1u32..1 << digests.len() {
        let mut frontier = Frontier::new();
        for (n, digest) in digests.iter().enumerate() {
            if subset >> n & 1 == 1 {
                frontier.append(digest.as_bytes());
            }
        }
        roots.push(*frontier.root().as_bytes());
    }
    let identity = WORLD.hospital.identity();
    for item in ledger.scan(0) {
        let bytes = item.unwrap().1.to_bytes();
        for root in &roots {
            assert!(!bytes.windows(32).any(|window| window == root));
        }
        assert!(!bytes.windows(14).any(|window| window == b"clinic.example"));
        let _ = identity;
    }
    // The check would have found them: the root over one record's digest is what its hospital's digest was at first.
    let disclosed = |n: u64| {
        let entry = ledger.at(n).unwrap();
        let envelope = entry.statement().envelope.as_ref().unwrap();
        let opened = WORLD.hospital.open(envelope, entry.statement().digest.as_bytes()).unwrap();
        *Disclosure::from_bytes(&opened).unwrap().database_digest()
    };
    assert!((0..4).all(|n| roots.contains(&disclosed(n))));
}

#[test]
fn an_owner_lets_further_users_in_without_touching_the_sealed_record() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let record = record(70_000);
    let published = publish(&consortium, &record, 1).unwrap();
    let study = policy("role=researcher and study=t2d");
    let words = keywords(&["hba1c"]);
    let rewrap = |key: &RecordKey, id: &EntryId| {
        consortium.rewrap(id, key, &publication(&study, &words), &mut rng(2), &mut go_on)
    };

    // Another key, also one that would make a fine entry, is refused.
    let another = RecordKey::generate(&mut rng(3)).unwrap();
    let refused = PublishError { step: Step::Digest, error: Error::DecryptionFailed };
    assert_eq!(rewrap(&another, &published.place.id), Err(refused));
    let refused = PublishError { step: Step::Digest, error: Error::UnknownEntry };
    assert_eq!(rewrap(&published.key, &EntryId::from([0; 32])), Err(refused));
    assert_eq!(ledger.head().unwrap().height, 1);

    let place = rewrap(&published.key, &published.place.id).unwrap();
    assert_eq!((place.height, store.len()), (1, 1));
    let (old, new) = (ledger.at(0).unwrap(), ledger.at(1).unwrap());
    assert_eq!(old.statement().record, new.statement().record);
    assert_eq!(old.statement().digest, new.statement().digest);
    assert_eq!(old.statement().address, new.statement().address);
    assert_eq!(find(&consortium, "hba1c", &WORLD.researcher), [place.id]);
    assert_eq!(open(&consortium, &place.id, &WORLD.researcher), (record.clone(), Ok(())));
    assert_eq!(open(&consortium, &place.id, &WORLD.doctor).1, Err(Error::PolicyNotSatisfied));
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (record, Ok(())));

    // An owner who has lost the record key and may open the record gets it from the entry.
    let key = consortium.record_key(&old, &WORLD.doctor.decryption).unwrap();
    assert!(key == published.key);
}

// ---------------------------------------------------------------------------------------------------------
// What fails, and what it leaves behind
// ---------------------------------------------------------------------------------------------------------

/// A store that fails at one point, and otherwise is a store in memory.
struct FailingStore {
    store: MemoryStore,
    fails: Point,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    Begin,
    Write(usize),
    Commit,
}

const FULL: io::ErrorKind = io::ErrorKind::StorageFull;

impl ObjectStore for FailingStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        if self.fails == Point::Begin {
            return Err(Error::Io(FULL));
        }
        Ok(Box::new(FailingUpload { upload: self.store.begin()?, fails: self.fails, written: 0 }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        self.store.get(address)
    }
}

struct FailingUpload<'a> {
    upload: Box<dyn Upload + 'a>,
    fails: Point,
    written: usize,
}

impl Write for FailingUpload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len();
        if matches!(self.fails, Point::Write(after) if self.written > after) {
            return Err(FULL.into());
        }
        self.upload.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.upload.flush()
    }
}

impl Upload for FailingUpload<'_> {
    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error> {
        if self.fails == Point::Commit { Err(Error::Io(FULL)) } else { self.upload.commit(address) }
    }
}

/// A ledger that is down while it is told to be.
struct FailingLedger {
    ledger: MemoryLedger,
    down: AtomicBool,
}

impl FailingLedger {
    fn up(&self) -> Result<&MemoryLedger, Error> {
        if self.down.load(Ordering::Relaxed) { Err(Error::LedgerUnavailable) } else { Ok(&self.ledger) }
    }
}

impl Ledger for FailingLedger {
    fn id(&self) -> &LedgerId {
        self.ledger.id()
    }

    fn append(&self, entry: Entry) -> Result<u64, Error> {
        self.up()?.append(entry)
    }

    fn at(&self, height: u64) -> Result<Arc<Entry>, Error> {
        self.up()?.at(height)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.up()?.get(id)
    }

    fn head(&self) -> Result<Head, Error> {
        self.up()?.head()
    }
}

/// A record whose reading fails after some bytes.
struct FailingRecord(usize);

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

#[test]
fn a_failing_store_is_named_and_leaves_no_entry_and_no_object() {
    for fails in [Point::Begin, Point::Write(0), Point::Write(70_000), Point::Commit] {
        let (ledger, store) = (ledger(), FailingStore { store: MemoryStore::new(), fails });
        let mut database = database();
        let empty = database.digest();
        let words = keywords(&["e11.9"]);
        let refused = consortium(&ledger, &store).publish(
            &mut &*record(100_000),
            &publication(doctors(), &words),
            Some(&mut database),
            &mut rng(1),
            &mut go_on,
        );
        let expected = PublishError { step: Step::Store, error: Error::Io(FULL) };
        assert_eq!(refused.err(), Some(expected), "{fails:?}");
        assert_eq!(ledger.head().unwrap().height, 0);
        assert!(store.store.is_empty());
        assert_eq!(database.digest(), empty);
    }
}

#[test]
fn a_failing_ledger_is_named_and_the_record_can_be_published_later() {
    let ledger = FailingLedger { ledger: ledger(), down: true.into() };
    let store = MemoryStore::new();
    let consortium = consortium(&ledger, &store);
    let mut database = database();
    let empty = database.digest();
    let words = keywords(&["e11.9"]);
    let publish = |database: &mut Database| {
        consortium.publish(
            &mut &b"record"[..],
            &publication(doctors(), &words),
            Some(database),
            &mut rng(1),
            &mut go_on,
        )
    };
    let refused = publish(&mut database).err().unwrap();
    assert_eq!(refused, PublishError { step: Step::Append, error: Error::LedgerUnavailable });
    assert_eq!(refused.to_string(), "appending to the ledger: the ledger failed");
    assert_eq!(database.digest(), empty);
    ledger.down.store(false, Ordering::Relaxed);
    assert_eq!(ledger.head().unwrap().height, 0);

    let published = publish(&mut database).unwrap();
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor).0, b"record");
    assert_ne!(database.digest(), empty);
    ledger.down.store(true, Ordering::Relaxed);
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor).1, Err(Error::LedgerUnavailable));
}

#[test]
fn the_same_entry_twice_is_refused_and_that_is_not_the_ledgers_failure() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    // A generator that repeats itself, as after a virtual machine was copied.
    let published = publish(&consortium, b"record", 1).unwrap();
    let again = publish(&consortium, b"record", 1).err();
    assert_eq!(again, Some(PublishError { step: Step::Append, error: Error::DuplicateEntry }));
    assert_eq!((ledger.head().unwrap().height, store.len()), (1, 1));
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
}

#[test]
fn a_failure_at_any_step_is_named_and_leaves_no_entry() {
    let not = policy("role=doctor and not ward=surgery");
    let too_many = (0..257).map(|n| Keyword::new(&n.to_string()).unwrap()).collect::<Vec<_>>();
    let few = keywords(&["e11.9"]);
    let weak_claim = policy("kind=hospital");
    let cases: [(Step, Error, &mut dyn Read, Publication<'_>); 6] = [
        (
            Step::Seal,
            Error::Io(io::ErrorKind::ConnectionReset),
            &mut FailingRecord(100_000),
            publication(doctors(), &few),
        ),
        (
            Step::Seal,
            Error::Io(io::ErrorKind::ConnectionReset),
            &mut FailingRecord(0),
            publication(doctors(), &few),
        ),
        (Step::Index, Error::NegationUnsupported, &mut &b"x"[..], publication(&not, &few)),
        (
            Step::Index,
            Error::LimitExceeded(medseal::limits::Limit::KeywordsPerRecord),
            &mut &b"x"[..],
            publication(doctors(), &too_many),
        ),
        (
            Step::Sign,
            Error::PolicyNotSatisfied,
            &mut &b"x"[..],
            Publication { signing_key: &WORLD.visitor.signing, ..publication(doctors(), &few) },
        ),
        (
            Step::Append,
            Error::ClaimPolicyRefused,
            &mut &b"x"[..],
            Publication { claim: &weak_claim, ..publication(doctors(), &few) },
        ),
    ];
    for (step, error, mut record, publication) in cases {
        let (ledger, store) = (ledger(), MemoryStore::new());
        let mut database = database();
        let empty = database.digest();
        let refused = consortium(&ledger, &store).publish(
            &mut record,
            &publication,
            Some(&mut database),
            &mut rng(1),
            &mut go_on,
        );
        assert_eq!(refused.err(), Some(PublishError { step, error }));
        assert_eq!(ledger.head().unwrap().height, 0);
        assert_eq!(store.is_empty(), step < Step::Append);
        assert_eq!(database.digest(), empty);
    }
}

#[test]
fn a_generator_that_fails_at_any_step_leaves_no_entry() {
    let words = keywords(&["e11.9"]);
    let (ledger, store) = (ledger(), MemoryStore::new());
    let mut steps = Vec::new();
    for budget in (0..100_000).step_by(48) {
        let mut rng = FailingRng(rng(1), budget);
        let mut database = database();
        let refused = consortium(&ledger, &store).publish(
            &mut &b"record"[..],
            &publication(doctors(), &words),
            Some(&mut database),
            &mut rng,
            &mut go_on,
        );
        match refused {
            Ok(_) => break,
            Err(PublishError { step, error }) => {
                assert_eq!(error, Error::RandomnessUnavailable);
                assert!(ledger.head().unwrap().height == 0 && store.is_empty());
                steps.push(step);
            }
        }
    }
    assert_eq!(ledger.head().unwrap().height, 1);
    steps.dedup();
    assert_eq!(steps, [Step::Seal, Step::Wrap, Step::Index, Step::Envelope, Step::Sign]);
}

#[test]
fn who_watches_can_cancel_at_any_step() {
    use Step::{Append, Digest, Envelope, Index, Seal, Sign, Store, Wrap};
    let words = keywords(&["e11.9"]);
    for last in [Seal, Digest, Wrap, Index, Envelope, Sign, Store, Append] {
        let (ledger, store) = (ledger(), MemoryStore::new());
        let mut seen = Vec::new();
        let mut bytes_seen = 0;
        let mut watch = |step, bytes| {
            assert!(bytes >= bytes_seen && bytes <= 100_000);
            bytes_seen = bytes;
            if seen.last() != Some(&step) {
                seen.push(step);
            }
            if step == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let refused = consortium(&ledger, &store).publish(
            &mut &*record(100_000),
            &publication(doctors(), &words),
            Some(&mut database()),
            &mut rng(1),
            &mut watch,
        );
        assert_eq!(refused.err(), Some(PublishError { step: last, error: Error::Cancelled }));
        assert!(seen.is_sorted() && seen.last() == Some(&last));
        assert_eq!(ledger.head().unwrap().height, 0);
        assert_eq!(store.is_empty(), last < Append);
    }
    // While the record is read, and while it is opened.
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let mut watch =
        |_, bytes| if bytes > 70_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let record = record(300_000);
    let publication = publication(doctors(), &words);
    let refused = consortium.publish(&mut &*record, &publication, None, &mut rng(1), &mut watch);
    assert_eq!(refused.err(), Some(PublishError { step: Seal, error: Error::Cancelled }));
    assert!(store.is_empty());
    let published = consortium.publish(&mut &*record, &publication, None, &mut rng(1), &mut go_on).unwrap();
    let mut written = Vec::new();
    let opened = consortium
        .open(&published.place.id, &WORLD.doctor.decryption, &mut written, &mut |bytes| watch(Seal, bytes));
    assert_eq!(opened.err(), Some(Error::Cancelled));
    assert!(record.starts_with(&written) && written.len() < record.len());
}

// ---------------------------------------------------------------------------------------------------------
// Stores, ledgers and members that lie
// ---------------------------------------------------------------------------------------------------------

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
