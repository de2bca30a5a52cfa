//! The byte form of every kind of object, pinned.
//!
//! The test makes one object of every kind from fixed seeds and compares its bytes with
//! `tests/golden/<name>.hex`. A changed file means a change of the format or of the order of
//! random draws. State which in the commit. `MEDSEAL_BLESS=1 cargo test --test golden`
//! writes the files anew.
//!
//! The content of each file decodes and encodes to the same bytes. Nothing shorter or longer
//! decodes. Anything that still decodes after damage encodes to the damaged bytes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in helpers, not in tests")]

use medseal::Threads;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use medseal::authorities::{
    AuthorityKey, AuthorityPublicKey, AuthorityShare, Message, PendingRequest, Plan, Request, Roster,
};
use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Certificate, CertificateRequest, Disclosure, Hospital,
    IdentityEnvelope, IdentityKey, MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry,
    RegistryDraft, ReplayBounds, Role, SessionMessage, SuperNode, SuperNodePublicKey,
};
use medseal::ledger::{
    BlockHeader, Charter, CharterDraft, Charters, Entry, Found, Ledger, Malformed, MemoryLedger, Place,
    Terms, TrustedHead, Validator,
};
use medseal::limits::Limit;
use medseal::members::{KeyShare, MembersKey, MembersKeys};
use medseal::merkle::{ConsistencyProof, Frontier, InclusionProof, Tree};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkProof, ChunkSize, ChunkTree, OpenOptions, RecordKey, SealOptions, no_progress};
use medseal::search::{
    Hints, IndexOptions, Keyword, KeywordKey, Padding, Query, RecordIndex, SearchKey, Trapdoor,
};
use medseal::share::{
    Authority, BackupConfirmation, Consortium, Database, Draft, MemberKeys, MemoryStore, Prepared,
    PublicParameters, Publication, Sealed,
};
use medseal::{Error, abe, abs, authorities, search};
use proptest::prelude::*;
use proptest::sample::Index;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

#[path = "shared/generation.rs"]
mod generation;
#[path = "../src/objects.rs"]
mod table;

use generation::generated;

/// One object of a kind.
struct Golden {
    name: &'static str,
    bytes: Vec<u8>,
    /// Decodes, and encodes the result.
    again: Again,
}

type Again = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, Error> + Send + Sync>;

/// The objects from the seeds, one seed for each part, in a fixed order.
static GOLDEN: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    let all = make();
    if std::env::var_os("MEDSEAL_BLESS").is_some() {
        for Golden { name, bytes, .. } in &all {
            // Hexadecimal digits, 48 bytes a line: the length of a point of G1.
            let text: String = bytes.chunks(48).map(|line| hex::encode(line) + "\n").collect();
            fs::write(path(name), text).unwrap();
        }
    }
    all
});

fn make() -> Vec<Golden> {
    let mut all = Vec::new();

    macro_rules! golden {
        ($name:literal, $type:ty, $object:expr) => {
            golden!($name, $object => <$type>::from_bytes)
        };
        ($name:literal, $object:expr => $decode:expr) => {
            all.push(Golden {
                name: $name,
                bytes: $object.to_bytes().to_vec(),
                again: Box::new(move |bytes| $decode(bytes).map(|object| object.to_bytes().to_vec())),
            })
        };
    }

    // --- policy ---
    let attributes = |text| Attributes::parse(text).unwrap();
    let every_value =
        attributes("emergency, role=doctor, ward=\"3 East\", clearance=3, valid_until=2027-01-31");
    golden!("attributes", Attributes, every_value);
    let every_gate = "2 of (role=doctor, clearance>=2, valid_until in 2026-01-01..2026-12-31) and \
                      (not ward=\"3 East\" or emergency) or site in {north, south} and level != 4";
    golden!("policy", Policy, Policy::parse(every_gate).unwrap());

    // --- the authority and its members ---
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let authority = Authority::setup(rng).unwrap();
    let parameters = authority.public_parameters();
    golden!("authority", Authority, authority);
    golden!("public-parameters", PublicParameters, parameters);
    let clinic = authority.issue(&attributes("hospital"), rng).unwrap();
    let doctor = authority.issue(&attributes("role=doctor, department=cardiology"), rng).unwrap();
    golden!("member-keys", MemberKeys, doctor);

    // --- the schemes ---
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let access = Policy::parse("role=doctor and (department=cardiology or emergency)").unwrap();
    let with_negation = Policy::parse("role=doctor and not department=surgery").unwrap();
    let master = abe::MasterKey::generate(rng).unwrap();
    golden!("abe-master-key", abe::MasterKey, master);
    golden!("abe-public-key", abe::PublicKey, master.public_key());
    golden!("abe-decryption-key", abe::DecryptionKey, doctor.decryption);
    let (encapsulation, _) = parameters.abe.encapsulate(&with_negation, rng).unwrap();
    golden!("abe-encapsulation", abe::Encapsulation, encapsulation);
    let wrapped = parameters.abe.wrap(&with_negation, &[7; 32], b"aad", None, rng).unwrap();
    golden!("abe-wrapped-key", abe::WrappedKey, wrapped);

    let master = abs::MasterKey::generate(rng).unwrap();
    golden!("abs-master-key", abs::MasterKey, master);
    golden!("abs-public-key", abs::PublicKey, master.public_key());
    golden!("abs-signing-key", abs::SigningKey, doctor.signing);
    let signature = doctor.signing.sign(&access, b"context", b"message", rng).unwrap();
    let (verifier, policy) = (parameters.abs.clone(), access.clone());
    all.push(Golden {
        name: "abs-signature",
        bytes: signature.to_bytes(),
        // Decoding alone reads bytes: only the policy determines the number of elements. Therefore
        // it is verified as well.
        again: Box::new(move |bytes| {
            let signature = abs::Signature::from_bytes(bytes)?;
            verifier.verify(&policy, b"context", b"message", &signature)?;
            Ok(signature.to_bytes())
        }),
    });

    let master = search::MasterKey::generate(rng).unwrap();
    golden!("search-master-key", search::MasterKey, master);
    golden!("search-public-key", search::PublicKey, master.public_key());
    golden!("search-key", SearchKey, doctor.search);
    golden!("keyword-key", KeywordKey, authority.keyword_key());
    let keywords = ["diagnosis:e11.9", "metformin", "hba1c"].map(|word| Keyword::new(word).unwrap());
    let trapdoor = doctor.search.trapdoor(&keywords[0], doctor.attributes(), rng).unwrap();
    golden!("trapdoor", Trapdoor, trapdoor);

    let hints = Hints::new(5, 2026).unwrap();
    let hinted = doctor.search.trapdoor_hinted(&keywords[0], doctor.attributes(), &[hints], rng).unwrap();
    golden!("trapdoor-hinted", Trapdoor, hinted);
    let asked = [trapdoor, hinted].map(|trapdoor| Query::new(trapdoor, &parameters.search));
    let either = Query::any(asked.clone()).unwrap();
    golden!("query", Query, Query::all(asked.into_iter().chain([either])).unwrap());
    let options = IndexOptions::default().padding(Padding::None).hints(hints);
    let kappa = authority.keyword_key();
    let hinted = parameters.search.index_record(kappa, &keywords, &access, options, rng).unwrap();
    golden!("search-index-hinted", RecordIndex, hinted);

    // --- records and digests ---
    let rng = &mut ChaCha20Rng::seed_from_u64(3);
    let key = RecordKey::generate(rng).unwrap();
    golden!("record-key", RecordKey, key);
    let record = (0..3000).map(|n| n as u8).collect::<Vec<_>>();
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    let (sealed, receipt) = key.seal(&record, &options, rng).unwrap();
    let chunks = ChunkTree::of_stream(&*sealed, Threads::ONE, no_progress).unwrap();
    golden!("chunk-proof", ChunkProof, chunks.prove(1).unwrap());
    all.push(Golden {
        name: "sealed-record",
        bytes: sealed.clone(),
        // A sealed record is opened rather than decoded: only these bytes open.
        again: Box::new(move |bytes| {
            let opened = key.open(bytes, &OpenOptions::default().expect_digest(receipt.digest))?;
            assert_eq!(*opened, record);
            Ok(bytes.to_vec())
        }),
    });

    let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
    for n in 0..5u8 {
        tree.append(&[n; 32]);
        frontier.append(&[n; 32]);
    }
    golden!("merkle-tree", Tree, tree);
    golden!("merkle-frontier", Frontier, frontier);
    golden!("inclusion-proof", InclusionProof, tree.prove_inclusion(2, 5).unwrap());
    golden!("consistency-proof", ConsistencyProof, tree.prove_consistency(3, 5).unwrap());

    // --- identities and the handshake ---
    let rng = &mut ChaCha20Rng::seed_from_u64(4);
    let now_ms = 1_795_000_000_000;
    let mut super_node = SuperNode::generate(rng).unwrap();
    let name = |text| Name::new(text).unwrap();
    let main_node =
        MainNode::generate(name("main-node.example"), Role::MainNode, &super_node.public_key(), rng).unwrap();
    let p_sn = super_node.public_key();
    golden!("main-node", main_node => |bytes| MainNode::from_bytes(bytes, &p_sn));
    let request = main_node.certificate_request();
    golden!("certificate-request", CertificateRequest, request);
    let certificate = super_node.certify(&request, now_ms..=now_ms + 1000, rng).unwrap();
    golden!("certificate", Certificate, certificate);
    let request = RegistrationRequest::new(name("clinic.example"), b"agreement", rng).unwrap();
    golden!("registration-request", RegistrationRequest, request);
    let identity_key = super_node.register(&request).unwrap();
    golden!("identity-key", IdentityKey, identity_key);
    let hospital = Hospital::accept(request, identity_key, &super_node.public_key()).unwrap();
    golden!("hospital", hospital => |bytes| Hospital::from_bytes(bytes, &p_sn));
    let gone = RegistrationRequest::new(name("closed.example"), b"", rng).unwrap();
    super_node.register(&gone).unwrap();
    super_node.revoke_hospital(&name("closed.example")).unwrap();
    let registry = super_node.publish(now_ms).unwrap();
    golden!("registry", Registry, registry);
    golden!("super-node", SuperNode, super_node);
    golden!("super-node-public-key", SuperNodePublicKey, super_node.public_key());

    let registry = registry.verify(&super_node.public_key(), 0).unwrap();
    let certificate = certificate.verify(&super_node.public_key(), Role::MainNode).unwrap();
    let disclosure = Disclosure::new(b"location", [1; 32], [2; 32]).unwrap();
    golden!("disclosure", Disclosure, disclosure);
    let cache = MemoryReplayCache::new(ReplayBounds::default(), now_ms - 100_000).unwrap();
    let (awaiting, request) = hospital.start(&certificate, &registry, now_ms, rng).unwrap();
    golden!("auth-request", AuthRequest, request);
    let accepted = main_node.accept(&request, &registry, &cache, now_ms).unwrap();
    let (reply, _) = accepted.reply(&disclosure, rng).unwrap();
    golden!("auth-reply", AuthReply, reply);
    let mut established = awaiting.finish(&reply).unwrap();
    golden!("auth-confirmation", AuthConfirmation, established.confirmation);
    let message = established.session.seal(b"message", b"aad").unwrap();
    golden!("session-message", SessionMessage, message);
    all.push(Golden {
        name: "replay-cache",
        bytes: cache.save(),
        again: Box::new(|bytes| MemoryReplayCache::restore(bytes).map(MemoryReplayCache::save)),
    });

    // --- members' key ---
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    let [first, second] = [1, 2].map(|epoch| MembersKey::generate(epoch, rng).unwrap());
    let general = Name::new("general.example").unwrap();
    let confirmation = BackupConfirmation::of_restored(&first.to_bytes(), &general).unwrap();
    golden!("backup-confirmation", BackupConfirmation, confirmation);
    golden!("members-key", MembersKey, first);
    golden!("key-share", KeyShare, first.split(3, 5, rng).unwrap()[1]);
    let mut held = MembersKeys::default();
    [first, second].into_iter().for_each(|key| held.insert(key).unwrap());
    golden!("members-keys", MembersKeys, held);
    // --- several authorities: two of two ---
    let rng = &mut ChaCha20Rng::seed_from_u64(8);
    let keys = ["one.example", "two.example"].map(|text| AuthorityKey::generate(name(text), rng).unwrap());
    golden!("authority-key", AuthorityKey, keys[0]);
    let public = keys.each_ref().map(AuthorityKey::public_key);
    golden!("authority-public-key", AuthorityPublicKey, public[0]);
    let roster = Roster::new(2, &public, b"golden").unwrap();
    golden!("roster", Roster, roster);
    // The first message of the generation below.
    let plan = Plan::generate(roster);
    let mut session = authorities::Session::start(plan, &keys[0], None, &mut rng.clone()).unwrap();
    golden!("authority-message", Message, session.next_message().unwrap());
    let (shares, generation) = generated(&keys, 2, b"golden", rng);
    golden!("authority-share", AuthorityShare, shares[0]);
    golden!("generation-certificate", authorities::Certificate, generation);
    let pending = PendingRequest::keys(name("Dr. Ada"), &attributes("role=doctor"), now_ms, rng).unwrap();
    golden!("authority-request", Request, pending.request());
    golden!("pending-request", PendingRequest, pending);
    let registration = RegistrationRequest::new(name("clinic.example"), b"agreement", rng).unwrap();
    let pending = PendingRequest::identity(registration.clone(), now_ms, rng).unwrap();
    golden!("authority-request-identity", Request, pending.request());
    let mut draft = RegistryDraft::first(now_ms);
    draft.register(&registration).unwrap();
    golden!("registry-draft", RegistryDraft, draft);

    // --- the flow and the ledger ---
    let rng = &mut ChaCha20Rng::seed_from_u64(5);
    let terms = Terms::new(name("golden"), Policy::parse("hospital").unwrap(), parameters.clone());
    let first = super_node.sign_charter(CharterDraft::first(terms.clone(), None)).unwrap();
    let (ledger, store) = (MemoryLedger::new(first, &p_sn).unwrap(), MemoryStore::new());
    let charters = ledger.charters().unwrap();
    let consortium = Consortium {
        ledger: &ledger,
        store: &store,
        charters: &charters,
        head: TrustedHead::new(ledger.head().unwrap(), now_ms, now_ms, 0).unwrap(),
        members: None,
        threads: Threads::ONE,
    };
    let publication = Publication {
        access: &access,
        keywords: &keywords,
        keyword_key: authority.keyword_key(),
        hints: None,
        signing_key: &clinic.signing,
        time_ms: now_ms,
    };
    let mut database = Database::new(super_node.public_key(), *hospital.identity());
    let go_on = |_, _| ControlFlow::Continue(());
    let published =
        consortium.publish(&mut &b"first"[..], &publication, Some(&mut database), rng, go_on).unwrap();
    let few = Publication { keywords: &[], ..publication };
    consortium.publish(&mut &b"second"[..], &few, None, rng, go_on).unwrap();
    let entry = ledger.get(&published.place.id).unwrap();
    golden!("entry", Entry, entry);
    golden!("search-index", RecordIndex, entry.statement().index);
    golden!("identity-envelope", IdentityEnvelope, entry.statement().envelope.as_ref().unwrap());
    golden!("block-header", BlockHeader, ledger.block(1).unwrap());
    // The next charter has every field that a charter can have.
    let ledger_id = charters.ledger();
    let validator = main_node.validator(Some(&ledger_id), b"engine key", b"by the engine").unwrap();
    golden!("validator", Validator, validator);
    let draft = charters.draft(Terms { validators: vec![validator], ..terms }, ledger.head().unwrap());
    golden!("charter-draft", CharterDraft, draft);
    let next = super_node.sign_charter(draft).unwrap();
    golden!("charter", Charter, next);
    ledger.append_charter(&next).unwrap();
    golden!("charters", ledger.charters().unwrap() => |bytes| Charters::from_bytes(bytes, &p_sn));
    all.push(Golden {
        name: "snapshot",
        bytes: ledger.snapshot().unwrap(),
        again: Box::new(move |bytes| MemoryLedger::restore(bytes, &p_sn)?.snapshot()),
    });
    let malformed = vec![
        Malformed { height: 4, error: Error::InvalidPoint },
        Malformed { height: 9, error: Error::LimitExceeded(Limit::PolicyLeaves) },
    ];
    let later = Place { height: 6, ..published.place };
    golden!("found", Found, Found { hits: vec![published.place, later], malformed, next: 10 });

    // --- the stages of a publication ---
    let rng = &mut ChaCha20Rng::seed_from_u64(6);
    let draft = Draft::new(rng).unwrap();
    golden!("draft", Draft, draft);
    let uploaded = consortium.upload(&draft, &b"third"[..], rng, go_on).unwrap();
    golden!("sealed", Sealed, uploaded.sealed());
    let prepared = consortium.prepare(uploaded.sealed(), &few, Some(&database), rng, go_on).unwrap();
    golden!("prepared", Prepared, prepared);
    all
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name).with_extension("hex")
}

fn pinned(name: &str) -> Vec<u8> {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|_| panic!("no golden file for {name}"));
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
}

#[test]
fn objects_have_their_golden_bytes() {
    for golden in GOLDEN.iter() {
        assert!(pinned(golden.name) == golden.bytes, "{} is not what its file holds", golden.name);
    }
}

#[test]
fn every_kind_of_object_is_pinned() {
    macro_rules! kinds {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            [$((stringify!($kind), $number),)*]
        };
    }
    for (name, kind) in table::objects!(kinds) {
        assert!(GOLDEN.iter().any(|golden| golden.bytes.get(3) == Some(&kind)), "{name} has no golden file");
    }
    for golden in GOLDEN.iter() {
        assert_eq!(&golden.bytes[..3], b"MS\x01", "{}", golden.name);
    }
}

#[test]
fn file_objects_decode_to_the_same_bytes() {
    for golden in GOLDEN.iter() {
        let bytes = pinned(golden.name);
        assert!((golden.again)(&bytes).unwrap() == bytes, "{}", golden.name);
    }
}

#[test]
fn only_the_exact_header_decodes() {
    for golden in GOLDEN.iter() {
        let bytes = pinned(golden.name);
        // Every length of a small object; for a large object, lengths at the ends and some between.
        let all = bytes.len() <= 4096;
        let lengths = (0..bytes.len())
            .filter(|length| all || *length < 128 || bytes.len() - length < 64 || length % 61 == 0);
        for length in lengths {
            assert!((golden.again)(&bytes[..length]).is_err(), "{} cut to {length}", golden.name);
        }
        assert!((golden.again)(&[&bytes[..], &[0]].concat()).is_err(), "{} with a byte more", golden.name);
        for position in 0..4 {
            let mut other = bytes.clone();
            other[position] ^= 0x80;
            assert!((golden.again)(&other).is_err(), "{} with another header", golden.name);
        }
        assert!((golden.again)(&bytes).is_ok());
    }
}

/// Damage in transit: bits flip, and bytes are lost, repeated or inserted.
#[derive(Clone, Debug)]
enum Damage {
    Flip { bit: Index },
    Put { at: Index, byte: u8 },
    Cut { from: Index, length: usize },
    Insert { at: Index, bytes: Vec<u8> },
    Repeat { from: Index, length: usize },
    CutEnd { to: Index },
}

fn damage() -> impl Strategy<Value = Damage> {
    let special = prop::sample::select(vec![0, 1, 2, 0x7f, 0x80, 0xc0, 0xff]);
    prop_oneof![
        4 => any::<Index>().prop_map(|bit| Damage::Flip { bit }),
        3 => (any::<Index>(), special).prop_map(|(at, byte)| Damage::Put { at, byte }),
        1 => (any::<Index>(), 1..100usize).prop_map(|(from, length)| Damage::Cut { from, length }),
        1 => (any::<Index>(), prop::collection::vec(any::<u8>(), 1..100))
            .prop_map(|(at, bytes)| Damage::Insert { at, bytes }),
        1 => (any::<Index>(), 1..100usize).prop_map(|(from, length)| Damage::Repeat { from, length }),
        1 => any::<Index>().prop_map(|to| Damage::CutEnd { to }),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length_of = bytes.len();
        let range = |from: &Index, length: usize| {
            let from = from.index(length_of);
            from..(from + length).min(length_of)
        };
        match self {
            Self::Flip { bit } => {
                let bit = bit.index(8 * bytes.len());
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            Self::Put { at, byte } => bytes[at.index(length_of)] = *byte,
            Self::Cut { from, length } => drop(bytes.drain(range(from, *length))),
            Self::Insert { at, bytes: more } => {
                drop(bytes.splice(at.index(length_of)..at.index(length_of), more.iter().copied()));
            }
            Self::Repeat { from, length } => {
                let again = bytes[range(from, *length)].to_vec();
                bytes.extend(again);
            }
            Self::CutEnd { to } => bytes.truncate(to.index(length_of)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// This includes objects with lazily decoded elements: their bytes are kept unchanged.
    #[test]
    fn damaged_objects_that_decode_are_canonical(
        damages in prop::collection::vec(damage(), 0..4)
    ) {
        for golden in GOLDEN.iter() {
            let mut bytes = golden.bytes.clone();
            damages.iter().for_each(|damage| damage.apply(&mut bytes));
            match (golden.again)(&bytes) {
                Ok(again) => prop_assert!(again == bytes, "{}", golden.name),
                Err(_) => prop_assert!(bytes != golden.bytes, "{}", golden.name),
            }
        }
    }
}
