//! Entries, and what signing and decoding reject. The files below test charters and
//! the ledger in memory.

mod charters;
#[cfg(feature = "memory-ledger")]
mod memory;

use crate::threads::Threads;
use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::authority::PublicParameters;
use crate::codec;
use crate::error::Error;
use crate::identity::{Hospital, IdentityEnvelope, Name, RegistrationRequest, SuperNode};
use crate::limits::{ENTRY_BYTES, Limit};
use crate::policy::{Attributes, Policy};
use crate::record::RecordDigest;
use crate::search::{Keyword, KeywordKey, Padding};
use crate::{abe, abs, search};

/// An authority, an uploader, a member who may not upload, and the hospital that receives
/// envelopes.
struct World {
    abe: abe::PublicKey,
    search: search::MasterKey,
    keyword: KeywordKey,
    signing: abs::SigningKey,
    visitor_signing: abs::SigningKey,
    super_node: SuperNode,
    hospital: Hospital,
    charters: Charters,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let attributes = |text| Attributes::parse(text).unwrap();
    let abs = abs::MasterKey::generate(rng).unwrap();
    let search = search::MasterKey::generate(rng).unwrap();
    let keyword = KeywordKey::generate(rng).unwrap();
    let mut super_node = SuperNode::generate(rng).unwrap();
    let request = RegistrationRequest::new(Name::new("General").unwrap(), b"", rng).unwrap();
    let identity_key = super_node.register(&request).unwrap();
    let abe = abe::MasterKey::generate(rng).unwrap().public_key();
    let parameters = PublicParameters {
        abe: abe.clone(),
        abs: abs.public_key(),
        search: search.public_key(),
        keyword: keyword.commitment(),
    };
    let terms = Terms::new(Name::new("test").unwrap(), policy("hospital and accredited"), parameters);
    World {
        abe,
        signing: abs.issue(&attributes("hospital, accredited"), rng).unwrap(),
        visitor_signing: abs.issue(&attributes("visitor"), rng).unwrap(),
        hospital: Hospital::accept(request, identity_key, &super_node.public_key()).unwrap(),
        charters: Charters::new(first(&super_node, terms), &super_node.public_key()).unwrap(),
        super_node,
        search,
        keyword,
    }
});

fn first(super_node: &SuperNode, terms: Terms) -> Charter {
    super_node.sign_charter(CharterDraft::first(terms, None)).unwrap()
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

/// Makes an envelope to the hospital.
fn envelope(n: u8) -> IdentityEnvelope {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    WORLD
        .super_node
        .public_key()
        .seal_to(WORLD.hospital.identity(), b"disclosed", &[n; 32], None, rng)
        .unwrap()
}

/// Makes a statement about record number `n`, for doctors, under the keyword `n`, with an
/// envelope if `n` is even.
fn statement(n: u8) -> Statement {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    let digest = RecordDigest::from([n; 32]);
    let access = policy("doctor");
    let keyword = Keyword::new(&format!("keyword {n}")).unwrap();
    Statement {
        charter: 1,
        record: RecordId::from([n; 16]),
        claim: WORLD.charters.current().terms().claim.clone(),
        digest,
        address: Address::of(&digest),
        key: WORLD.abe.wrap(&access, &[7; 32], &wrap_aad(&digest), None, rng).unwrap(),
        index: WORLD
            .search
            .public_key()
            .index_record(&WORLD.keyword, &[keyword], &access, Padding::None, rng)
            .unwrap(),
        envelope: n.is_multiple_of(2).then(|| envelope(n)),
        time: 1_700_000_000_000 + u64::from(n),
    }
}

fn sign(statement: Statement) -> Entry {
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    statement.sign(&WORLD.charters.ledger(), &WORLD.signing, rng).unwrap()
}

fn entry(n: u8) -> Entry {
    sign(statement(n))
}

/// Combines the statement with the signature of a different entry.
fn with_signature_of(statement: &Statement, other: &Entry) -> Entry {
    let kind = &other.to_bytes()[..4];
    let signature = &codec::encode(other.signature())[4..];
    Entry::from_bytes(&[kind, &statement.bytes(), signature].concat()).unwrap()
}

fn copy(entry: &Entry) -> Entry {
    Entry::from_bytes(&entry.to_bytes()).unwrap()
}

#[test]
fn rejects_oversized_entries_before_reading() {
    let of_zeros = |size: usize| {
        let mut bytes = vec![0; 4 + size];
        bytes[..4].copy_from_slice(&entry(1).to_bytes()[..4]);
        Entry::from_bytes(&bytes).err()
    };
    assert_eq!(of_zeros(ENTRY_BYTES + 1), Some(Error::LimitExceeded(Limit::EntryLength)));
    // The maximum length is read; an empty claim policy is then rejected.
    assert_eq!(of_zeros(ENTRY_BYTES), Some(Error::InvalidText));
    Entry::from_bytes(&entry(1).to_bytes()).unwrap();
}

#[test]
fn refuses_to_sign_unacceptable_entries() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let ledger = &WORLD.charters.ledger();
    assert_eq!(statement(1).sign(ledger, &WORLD.visitor_signing, rng).err(), Some(Error::PolicyNotSatisfied));
    let mut mismatched = statement(1);
    mismatched.key = WORLD.abe.wrap(&policy("doctor or visitor"), &[7; 32], b"", None, rng).unwrap();
    assert_eq!(mismatched.sign(ledger, &WORLD.signing, rng).err(), Some(Error::AccessPolicyMismatch));
    statement(1).sign(ledger, &WORLD.signing, rng).unwrap();
}

#[test]
fn a_batch_names_its_first_bad_entry() {
    let mut weaker = statement(3);
    weaker.claim = policy("hospital");
    let swapped = with_signature_of(&statement(2), &entry(1));
    let entries = [entry(1), swapped, sign(weaker)];
    let all = |entries: &[Entry]| {
        validate_all(entries.iter().map(copy), &WORLD.charters, Threads::ONE)
            .map(|validated| validated.len())
            .map_err(|refusal| (refusal.position, refusal.error))
    };
    assert_eq!(all(&entries), Err((1, Error::InvalidSignature)));
    let twice = [entry(1), copy(&entries[1]), entry(3), copy(&entries[1])];
    assert_eq!(all(&twice), Err((1, Error::InvalidSignature)));
    assert_eq!(all(&entries[2..]), Err((0, Error::ClaimPolicyRefused)));
    assert_eq!(all(&[entry(1), entry(2), copy(&entries[2])]), Err((2, Error::ClaimPolicyRefused)));
    let mut later = statement(4);
    later.charter = 2;
    assert_eq!(all(&[entry(1), sign(later)]), Err((1, Error::UnknownCharter)));
    assert_eq!(all(&[entry(1), entry(2), entry(3)]), Ok(3));
    assert_eq!(all(&[]), Ok(0));
}

#[test]
fn names_keep_to_their_limits() {
    assert!(matches!("x".repeat(1025).parse::<Address>(), Err(Error::LimitExceeded(_))));
    assert_eq!("x".repeat(1024).parse::<Address>().unwrap().as_str().len(), 1024);
    assert_eq!(Address::of(&RecordDigest::from([0xab; 32])).as_str(), "ab".repeat(32));
}

#[test]
fn what_was_found_survives_its_byte_form() {
    let place = |height| Place { height, id: EntryId::from([height as u8; 32]) };
    let limits = Limit::ALL.map(Error::LimitExceeded);
    let malformed = [Error::Truncated, Error::IdentityPoint, Error::InvalidField].into_iter().chain(limits);
    let malformed = (10..).zip(malformed).map(|(height, error)| Malformed { height, error }).collect();
    let found = Found { hits: vec![place(1), place(5)], malformed, next: 90 };
    assert_eq!(Found::from_bytes(&found.to_bytes()), Ok(found.clone()));
    // An error that no decoder returns is encoded as an invalid field.
    let malformed = |error| Found { malformed: vec![Malformed { height: 0, error }], ..found.clone() };
    let told = Found::from_bytes(&malformed(Error::Cancelled).to_bytes());
    assert_eq!(told, Ok(malformed(Error::InvalidField)));
}
