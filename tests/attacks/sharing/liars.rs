//! Stores and ledgers that give false answers. A reader trusts neither.

use std::io::{self, Read, Write};
use std::sync::Arc;

use medseal::ledger::{Address, Appended, Entry, EntryId, Item, Ledger, MemoryLedger, Terms, Validated};
use medseal::merkle::{Head, InclusionProof, Tree};
use medseal::policy::Attributes;
use medseal::record::RecordDigest;
use medseal::share::{Consortium, DirectoryStore, MemoryStore, ObjectStore, Published, Upload};
use medseal::{Error, abs};

use super::parts::{Parts, wrap_aad};
use super::{ANOTHER, LEDGER, append, decoded};
use crate::ground::{header, rng};
use crate::records::writer::{PREFIX, Writer};
use crate::world::{WORLD, claim, consortium, doctors, ledger, open, policy, publish, record};

/// A store that returns chosen bytes.
struct LyingStore(Vec<u8>);

impl ObjectStore for LyingStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        Err(Error::Io(io::ErrorKind::Unsupported.into()))
    }

    fn get(&self, _: &Address) -> Result<Box<dyn Read + '_>, Error> {
        Ok(Box::new(&*self.0))
    }
}

/// A ledger that answers every query with one entry. It puts this entry into its own tree, and
/// returns that tree's head.
struct LyingLedger(MemoryLedger, Vec<u8>);

impl LyingLedger {
    fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        tree.append(&self.1);
        tree
    }
}

impl Ledger for LyingLedger {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.0.append(entry)
    }

    fn at(&self, _: u64) -> Result<Item, Error> {
        Ok(Item::Entry(Arc::new(decoded(&self.1))))
    }

    fn get(&self, _: &EntryId) -> Result<Arc<Entry>, Error> {
        Ok(Arc::new(decoded(&self.1)))
    }

    fn head(&self) -> Result<Head, Error> {
        Ok(self.tree().head())
    }

    fn prove(&self, _: &EntryId, _: u64) -> Result<InclusionProof, Error> {
        self.tree().prove_inclusion(0, 1)
    }
}

/// A ledger and a store with these records, which doctors may read.
fn shared<const N: usize>(records: [&[u8]; N]) -> (MemoryLedger, MemoryStore, [Published; N]) {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let mut seed = 0;
    let published = records.map(|record| {
        seed += 1;
        publish(&consortium(&ledger, &store), record, seed).unwrap()
    });
    (ledger, store, published)
}

fn sealed_bytes(store: &MemoryStore, address: &Address) -> Vec<u8> {
    let mut sealed = Vec::new();
    store.get(address).unwrap().read_to_end(&mut sealed).unwrap();
    sealed
}

#[test]
fn damaged_objects_yield_only_earlier_chunks() {
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
fn the_digest_rejects_another_openable_object() {
    let (ledger, store, [published]) = shared([b"the record"]);
    let id = published.place.id;
    let genuine = sealed_bytes(&store, &published.address);
    // The owner, or any authorised reader, seals other content under the same key, with the same
    // header and with another header.
    let key: [u8; 32] = published.key.to_bytes()[4..].try_into().unwrap();
    let in_its_header = Writer::under(&key, &genuine[..38]);
    let forgeries: [(&[u8], &Writer); 4] = [
        (b"the forgery", &in_its_header),
        (b"", &in_its_header),
        (b"the record", &Writer::new(&key, 16, &[9; 32])),
        (b"the forgery", &Writer::new(&key, 10, &[9; 32])),
    ];
    for (forgery, writer) in forgeries {
        let store = LyingStore(writer.seal(forgery));
        let opened = open(&consortium(&ledger, &store), &id, &WORLD.doctor);
        assert_eq!(opened, (vec![], Err(Error::DigestMismatch)));
    }
    let honest = LyingStore(in_its_header.seal(b"the record"));
    assert_eq!(open(&consortium(&ledger, &honest), &id, &WORLD.doctor), (b"the record".to_vec(), Ok(())));
    assert_eq!(honest.0, genuine);
}

#[test]
fn rejects_another_records_object_at_its_header() {
    let (ledger, store, [first, second]) = shared([b"one", b"two"]);
    let [one, two] = [&first, &second].map(|published| sealed_bytes(&store, &published.address));
    // The other record unchanged, and its chunk under this record's header.
    for object in [two.clone(), [&one[..PREFIX], &two[PREFIX..]].concat()] {
        let store = LyingStore(object);
        let opened = open(&consortium(&ledger, &store), &first.place.id, &WORLD.doctor);
        assert_eq!(opened, (vec![], Err(Error::DecryptionFailed)));
    }
    let opened = open(&consortium(&ledger, &LyingStore(one)), &first.place.id, &WORLD.doctor);
    assert_eq!(opened, (b"one".to_vec(), Ok(())));
}

#[test]
fn a_moved_wrapped_key_does_not_unwrap() {
    let (ledger, store, [first, second]) = shared([b"one", b"two"]);
    let [one, two] =
        [first, second].map(|published| Parts::read(&ledger.get(&published.place.id).unwrap().to_bytes()));
    let consortium = consortium(&ledger, &store);
    // An entitled uploader publishes the first record's key for the second record, or the second
    // record's object for the first. A node cannot detect it; the reader does.
    let moved = [
        Parts { key: one.key.clone(), ..two.clone() },
        Parts { key: one.key.clone(), record: one.record.clone(), ..two.clone() },
        Parts { digest: two.digest, ..one.clone() },
        Parts { address: two.address.clone(), ..one.clone() },
    ];
    for moved in moved {
        let moved = moved.signed(&WORLD.clinic.signing, claim(), &LEDGER);
        append(&ledger, &moved.entry()).unwrap();
        let opened = open(&consortium, &moved.id().into(), &WORLD.doctor);
        assert_eq!(opened, (vec![], Err(Error::DecryptionFailed)));
    }
    // With every part from the second record, it is a normal entry.
    let whole = Parts { time: 1, ..two }.signed(&WORLD.clinic.signing, claim(), &LEDGER);
    append(&ledger, &whole.entry()).unwrap();
    assert_eq!(open(&consortium, &whole.id().into(), &WORLD.doctor), (b"two".to_vec(), Ok(())));
}

#[test]
fn detects_a_ledger_that_swaps_entries() {
    let (ledger, store, [first, second]) = shared([b"one", b"two"]);
    let [one, two] =
        [first.place.id, second.place.id].map(|id| Parts::read(&ledger.get(&id).unwrap().to_bytes()));
    // Another entry, and the requested entry with one part changed, signed by an entitled member.
    let answers = [
        one.clone(),
        Parts { time: two.time + 1, ..two.clone() },
        Parts { record: one.record.clone(), ..two.clone() },
        Parts { digest: one.digest, address: one.address.clone(), key: one.key.clone(), ..two.clone() },
        Parts { index: one.index.clone(), ..two.clone() },
    ];
    for answer in answers {
        let answer = answer.signed(&WORLD.clinic.signing, claim(), &LEDGER);
        let ledger = LyingLedger(crate::world::ledger(), answer.entry());
        let consortium = consortium(&ledger, &store);
        assert_eq!(open(&consortium, &second.place.id, &WORLD.doctor), (vec![], Err(Error::DigestMismatch)));
        open(&consortium, &answer.id().into(), &WORLD.doctor).1.unwrap();
    }
    let ledger = LyingLedger(ledger, two.entry());
    let opened = open(&consortium(&ledger, &store), &second.place.id, &WORLD.doctor);
    assert_eq!(opened, (b"two".to_vec(), Ok(())));
}

#[test]
fn a_ledger_cannot_invent_an_opening_entry() {
    let (real, _, [published]) = shared([b"HbA1c 7.2 %"]);
    let genuine = Parts::read(&real.get(&published.place.id).unwrap().to_bytes());
    // It seals a record under its own key and wraps that key under the public key. It cannot make
    // an index, and takes one from an entry that it has.
    let key = [7; 32];
    let sealed = Writer::new(&key, 16, &[9; 32]).seal(b"HbA1c 14.9 %");
    let digest = *RecordDigest::of(&sealed).unwrap().as_bytes();
    let secret = [&header(0x38)[..], &key].concat();
    let wrapped =
        WORLD.parameters.abe.wrap(doctors(), &secret, &wrap_aad(&digest), None, &mut rng(7)).unwrap();
    let key = wrapped.to_bytes()[4..].to_vec();
    let made_up = Parts { digest, address: hex::encode(digest).into_bytes(), key, ..genuine };

    // It lacks the signature of an entitled member. It has the other entry's signature, one under
    // its own authority, one by a member who satisfies less, and one for another ledger.
    let own = abs::MasterKey::generate(&mut rng(8)).unwrap();
    let own = own.issue(&Attributes::parse("kind=hospital, accredited").unwrap(), &mut rng(9)).unwrap();
    let (less, visitor) = (policy("accredited or role=visitor"), &WORLD.visitor.signing);
    let stating_less = Parts { claim: less.canonical().into(), ..made_up.clone() };
    let forgeries = [
        (made_up.clone(), Error::InvalidSignature),
        (made_up.clone().signed(&own, claim(), &LEDGER), Error::InvalidSignature),
        (stating_less.signed(visitor, &less, &LEDGER), Error::ClaimPolicyRefused),
        (made_up.clone().signed(&WORLD.clinic.signing, claim(), &ANOTHER), Error::InvalidSignature),
    ];
    let opened = |entry: &Parts| {
        let (ledger, store) = (LyingLedger(ledger(), entry.entry()), LyingStore(sealed.clone()));
        open(&consortium(&ledger, &store), &entry.id().into(), &WORLD.doctor)
    };
    for (forgery, error) in forgeries {
        assert_eq!(opened(&forgery), (vec![], Err(error)));
    }
    // Signed for alternatives, with the claim policy stated: it has too many elements to decode.
    let misfit = made_up.clone().signed(visitor, &less, &LEDGER).entry();
    assert_eq!(Entry::from_bytes(&misfit).unwrap_err(), Error::TrailingBytes);
    let entitled = made_up.signed(&WORLD.clinic.signing, claim(), &LEDGER);
    assert_eq!(opened(&entitled), (b"HbA1c 14.9 %".to_vec(), Ok(())));
}

#[test]
fn invented_records_end_in_an_error() {
    let record = record(1 << 20);
    let (ledger, store, [published]) = shared([&record]);
    let genuine = sealed_bytes(&store, &published.address);
    let key: [u8; 32] = published.key.to_bytes()[4..].try_into().unwrap();
    let writer = Writer::under(&key, &genuine[..38]);
    let opened = |sealed| open(&consortium(&ledger, &LyingStore(sealed)), &published.place.id, &WORLD.doctor);
    let forgery = vec![b'X'; 1 << 20];
    let (written, result) = opened(writer.seal(&forgery));
    assert_eq!(result, Err(Error::DigestMismatch));
    assert!(written.len() < forgery.len() && forgery.starts_with(&written));
    assert_eq!(opened(writer.seal(&record)), (record, Ok(())));
}

#[test]
fn stored_objects_cannot_be_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let (ledger, in_memory) = (ledger(), MemoryStore::new());
    let in_directory = DirectoryStore::open(directory.path()).unwrap();
    for (store, seed) in [&in_memory as &dyn ObjectStore, &in_directory].into_iter().zip(1..) {
        let consortium = consortium(&ledger, store);
        let published = publish(&consortium, b"the record", seed).unwrap();
        let key: [u8; 32] = published.key.to_bytes()[4..].try_into().unwrap();
        for forgery in [b"the forgery".as_slice(), b"the recora", b""] {
            let mut upload = store.begin().unwrap();
            upload.write_all(&Writer::new(&key, 16, &[9; 32]).seal(forgery)).unwrap();
            assert_eq!(upload.commit(&published.address), Err(Error::DigestMismatch));
        }
        let opened = open(&consortium, &published.place.id, &WORLD.doctor);
        assert_eq!(opened, (b"the record".to_vec(), Ok(())));
    }
}

#[test]
fn escaping_addresses_lead_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(directory.path().join("store")).unwrap();
    let ledger = ledger();
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"the record", 1).unwrap();
    let honest = Parts::read(&ledger.get(&published.place.id).unwrap().to_bytes());
    // The same object, in the place where any client of the store could read it, and which
    // the store must refuse.
    let name = published.address.as_str();
    let outside = directory.path().join(name);
    std::fs::copy(store.directory().join(name), &outside).unwrap();
    let absolute = outside.to_str().unwrap();
    for address in
        [format!("../{name}"), absolute.into(), format!("./{name}"), format!("{name}/../../{name}")]
    {
        let led_out = Parts { address: address.into(), ..honest.clone() };
        let led_out = led_out.signed(&WORLD.clinic.signing, claim(), &LEDGER);
        append(&ledger, &led_out.entry()).unwrap();
        let opened = open(&consortium, &led_out.id().into(), &WORLD.doctor);
        assert_eq!(opened, (vec![], Err(Error::UnknownObject)));
    }
    let opened = open(&consortium, &published.place.id, &WORLD.doctor);
    assert_eq!(opened, (b"the record".to_vec(), Ok(())));
}

/// A ledger that returns an entry that it does not contain, with a proof.
struct Accomplice {
    honest: MemoryLedger,
    entry: Vec<u8>,
    proof: InclusionProof,
}

impl Ledger for Accomplice {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.honest.append(entry)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.honest.at(height)
    }

    fn get(&self, _: &EntryId) -> Result<Arc<Entry>, Error> {
        Ok(Arc::new(decoded(&self.entry)))
    }

    fn head(&self) -> Result<Head, Error> {
        self.honest.head()
    }

    fn prove(&self, _: &EntryId, _: u64) -> Result<InclusionProof, Error> {
        Ok(self.proof.clone())
    }
}

#[test]
fn a_stolen_key_signs_no_past_entry() {
    let (ledger, store, [published]) = shared([b"the record"]);
    let genuine = Parts::read(&ledger.get(&published.place.id).unwrap().to_bytes());
    // The clinic's key is stolen. The next charter requires an attribute that the key lacks.
    let first = ledger.charters().unwrap();
    let claim = policy("kind=hospital and year=2027");
    let terms = Terms { claim, ..first.current().terms().clone() };
    let next = WORLD.super_node.sign_charter(first.draft(terms, ledger.head().unwrap())).unwrap();
    ledger.append_charter(&next).unwrap();
    let charters = ledger.charters().unwrap();

    // The thief's entry has a valid signature for the past era. No node accepts it.
    let forged = Parts { time: genuine.time - 1, ..genuine.clone() };
    let forged = forged.signed(&WORLD.clinic.signing, crate::world::claim(), &LEDGER);
    assert_eq!(append(&ledger, &forged.entry()), Err(Error::EraPassed));
    // A node that cooperates with the thief returns it to readers, with one of three proofs:
    // the proof of the entry that it would replace, a proof from the node's own tree, and a
    // proof that is too short.
    let (head, id) = (ledger.head().unwrap(), published.place.id);
    let mut own = Tree::new();
    for height in 0..head.size {
        let item = ledger.at(height).unwrap().to_bytes();
        own.append(if height == 1 { forged.entry() } else { item }.as_slice());
    }
    let proofs = [
        ledger.prove(&id, head.size).unwrap(),
        own.prove_inclusion(1, head.size).unwrap(),
        own.prove_inclusion(1, 2).unwrap(),
    ];
    let opened = |entry: Vec<u8>, proof: &InclusionProof, id: &EntryId| {
        let honest = MemoryLedger::restore(&ledger.snapshot().unwrap(), first.super_node()).unwrap();
        let accomplice = Accomplice { honest, entry, proof: proof.clone() };
        let consortium = Consortium { charters: &charters, ..consortium(&accomplice, &store) };
        open(&consortium, id, &WORLD.doctor)
    };
    for proof in &proofs {
        let result = opened(forged.entry(), proof, &forged.id().into());
        assert_eq!(result, (vec![], Err(Error::InvalidProof)));
    }
    assert_eq!(opened(genuine.entry(), &proofs[0], &id), (b"the record".to_vec(), Ok(())));
}
