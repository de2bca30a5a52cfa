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
use crate::authority::{Authority, MemberKeys, PublicParameters};
use crate::codec;
use crate::error::Error;
use crate::identity::{Hospital, IdentityEnvelope, Name, RegistrationRequest, SuperNode};
use crate::limits::{ENTRY_BYTES, Limit};
use crate::policy::{Attributes, Policy};
use crate::record::RecordDigest;
use crate::search::{Keyword, Padding};

/// An authority, an uploader, a member who may not upload, and the hospital that receives
/// envelopes.
struct World {
    authority: Authority,
    parameters: PublicParameters,
    clinic: MemberKeys,
    visitor: MemberKeys,
    super_node: SuperNode,
    hospital: Hospital,
    charters: Charters,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let authority = Authority::setup(rng).unwrap();
    let [clinic, visitor] = ["hospital, accredited", "visitor"]
        .map(|text| authority.issue(&Attributes::parse(text).unwrap(), rng).unwrap());
    let mut super_node = SuperNode::generate(rng).unwrap();
    let public_key = super_node.public_key();
    let request = RegistrationRequest::new(Name::new("General").unwrap(), b"", rng).unwrap();
    let identity_key = super_node.register(&request).unwrap();
    let hospital = Hospital::accept(request, identity_key, &public_key).unwrap();
    let (name, claim) = (Name::new("test").unwrap(), policy("hospital and accredited"));
    let parameters = authority.public_parameters();
    let terms = Terms::new(name, claim, parameters.clone());
    let first = super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
    let charters = Charters::new(first, &public_key).unwrap();
    World { authority, parameters, clinic, visitor, super_node, hospital, charters }
});

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

/// Makes an envelope to the hospital.
fn envelope(n: u8) -> IdentityEnvelope {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    let super_node = WORLD.super_node.public_key();
    super_node.seal_to(WORLD.hospital.identity(), b"disclosed", &[n; 32], None, rng).unwrap()
}

/// Makes a statement about record number `n`, for doctors, under the keyword `n`, with an
/// envelope if `n` is even.
fn statement(n: u8) -> Statement {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    let (World { parameters, authority, .. }, access) = (&*WORLD, policy("doctor"));
    let digest = RecordDigest::from([n; 32]);
    let keyword = [Keyword::new(&format!("keyword {n}")).unwrap()];
    let key = parameters.abe.wrap(&access, &[7; 32], &wrap_aad(&digest), None, rng).unwrap();
    let (kappa, search) = (authority.keyword_key(), &parameters.search);
    Statement {
        charter: 1,
        record: RecordId::from([n; 16]),
        claim: WORLD.charters.current().terms().claim.clone(),
        digest,
        address: Address::of(&digest),
        key,
        index: search.index_record(kappa, &keyword, &access, Padding::None, rng).unwrap(),
        envelope: n.is_multiple_of(2).then(|| envelope(n)),
        time: 1_700_000_000_000 + u64::from(n),
    }
}

fn sign(statement: Statement) -> Entry {
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    statement.sign(&WORLD.charters.ledger(), &WORLD.clinic.signing, rng).unwrap()
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

#[test]
fn rejects_oversized_entries_before_reading() {
    let of_zeros =
        |size: usize| Entry::from_bytes(&[&entry(1).to_bytes()[..4], &vec![0; size]].concat()).err();
    assert_eq!(of_zeros(ENTRY_BYTES + 1), Some(Error::LimitExceeded(Limit::EntryLength)));
    // The maximum length is read; an empty claim policy is then rejected.
    assert_eq!(of_zeros(ENTRY_BYTES), Some(Error::InvalidText));
    Entry::from_bytes(&entry(1).to_bytes()).unwrap();
}

#[test]
fn refuses_to_sign_unacceptable_entries() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let ledger = &WORLD.charters.ledger();
    let by_a_visitor = statement(1).sign(ledger, &WORLD.visitor.signing, rng);
    assert_eq!(by_a_visitor.err(), Some(Error::PolicyNotSatisfied));
    let key = WORLD.parameters.abe.wrap(&policy("doctor or visitor"), &[7; 32], b"", None, rng).unwrap();
    let mismatched = Statement { key, ..statement(1) }.sign(ledger, &WORLD.clinic.signing, rng);
    assert_eq!(mismatched.err(), Some(Error::AccessPolicyMismatch));
    statement(1).sign(ledger, &WORLD.clinic.signing, rng).unwrap();
}

#[test]
fn a_batch_names_its_first_bad_entry() {
    let weaker = sign(Statement { claim: policy("hospital"), ..statement(3) });
    let swapped = with_signature_of(&statement(2), &entry(1));
    let entries = [entry(1), swapped, weaker];
    let all = |entries: &[Entry]| {
        validate_all(entries.iter().cloned(), &WORLD.charters, Threads::ONE)
            .map(|validated| validated.len())
            .map_err(|refusal| (refusal.position, refusal.error))
    };
    assert_eq!(all(&entries), Err((1, Error::InvalidSignature)));
    let twice = [entry(1), entries[1].clone(), entry(3), entries[1].clone()];
    assert_eq!(all(&twice), Err((1, Error::InvalidSignature)));
    assert_eq!(all(&entries[2..]), Err((0, Error::ClaimPolicyRefused)));
    assert_eq!(all(&[entry(1), entry(2), entries[2].clone()]), Err((2, Error::ClaimPolicyRefused)));
    let later = sign(Statement { charter: 2, ..statement(4) });
    assert_eq!(all(&[entry(1), later]), Err((1, Error::UnknownCharter)));
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
