//! What a node refuses. In the files below: elements that decoding leaves for later, and the ledger in memory.

#[cfg(feature = "memory-ledger")]
mod memory;
mod points;

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::entry::signing_context;
use super::*;
use crate::codec;
use crate::error::Error;
use crate::identity::{Hospital, IdentityEnvelope, Name, RegistrationRequest, SuperNode};
use crate::limits::{ENTRY_BYTES, Limit};
use crate::policy::{Attributes, Policy};
use crate::record::RecordDigest;
use crate::search::{Keyword, KeywordKey, Padding};
use crate::{abe, abs, search};

/// An authority, an uploader, somebody who may not upload, and the hospital to which envelopes go.
struct World {
    abe: abe::PublicKey,
    search: search::MasterKey,
    keyword: KeywordKey,
    signing: abs::SigningKey,
    visitor_signing: abs::SigningKey,
    super_node: SuperNode,
    hospital: Hospital,
    demands: Demands,
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
    World {
        abe: abe::MasterKey::generate(rng).unwrap().public_key().clone(),
        signing: abs.issue(&attributes("hospital, accredited"), rng).unwrap(),
        visitor_signing: abs.issue(&attributes("visitor"), rng).unwrap(),
        hospital: Hospital::accept(request, identity_key, &super_node.public_key()).unwrap(),
        super_node,
        search,
        keyword,
        demands: Demands {
            ledger: LedgerId::new("test ledger").unwrap(),
            claim: policy("hospital and accredited"),
            signatures: abs.public_key().clone(),
        },
    }
});

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

/// An envelope to the hospital.
fn envelope(n: u8) -> IdentityEnvelope {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    WORLD.super_node.public_key().seal_to(WORLD.hospital.identity(), b"disclosed", &[n; 32], rng).unwrap()
}

/// A statement about record number `n`, for doctors, under the keyword `n`; with an envelope if `n` is even.
fn statement(n: u8) -> Statement {
    let rng = &mut ChaCha20Rng::seed_from_u64(n.into());
    let digest = RecordDigest::from([n; 32]);
    let access = policy("doctor");
    let keyword = Keyword::new(&format!("keyword {n}")).unwrap();
    Statement {
        record: RecordId::from([n; 16]),
        claim: WORLD.demands.claim.clone(),
        digest,
        address: Address::of(&digest),
        key: WORLD.abe.wrap(&access, &[7; 32], &wrap_aad(&digest), rng).unwrap(),
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
    statement.sign(&WORLD.demands.ledger, &WORLD.signing, rng).unwrap()
}

fn entry(n: u8) -> Entry {
    sign(statement(n))
}

/// Signs whatever it is, as somebody who leaves out the checks.
fn sign_unchecked(statement: Statement) -> Entry {
    let rng = &mut ChaCha20Rng::seed_from_u64(99);
    let context = signing_context(&WORLD.demands.ledger);
    let signature = WORLD.signing.sign(&statement.claim, &context, &statement.bytes(), rng).unwrap();
    Entry::forge(statement, signature)
}

fn copy(entry: &Entry) -> Entry {
    Entry::from_bytes(&entry.to_bytes()).unwrap()
}

#[test]
fn an_entry_survives_its_bytes_and_its_id_does_not_cover_the_signature() {
    let first = entry(1);
    let again = copy(&first);
    assert_eq!(again.to_bytes(), first.to_bytes());
    assert_eq!(again.id(), first.id());
    let rng = &mut ChaCha20Rng::seed_from_u64(100);
    let resigned = statement(1).sign(&WORLD.demands.ledger, &WORLD.signing, rng).unwrap();
    assert_ne!(resigned.to_bytes(), first.to_bytes());
    assert_eq!(resigned.id(), first.id());
    validate(&again, &WORLD.demands).unwrap();
}

#[test]
fn the_id_covers_every_field_of_the_statement() {
    // Number 1 has no envelope, number 2 has one.
    let without: &[fn(&mut Statement)] = &[|s| s.envelope = Some(envelope(1))];
    let with: &[fn(&mut Statement)] = &[|s| s.envelope = None, |s| s.envelope = Some(envelope(9))];
    let either: [fn(&mut Statement); 7] = [
        |s| s.record = RecordId::from([9; 16]),
        |s| s.claim = policy("hospital"),
        |s| s.digest = RecordDigest::from([9; 32]),
        |s| s.address = "elsewhere".parse().unwrap(),
        |s| s.key = statement(9).key,
        |s| s.index = statement(9).index,
        |s| s.time += 1,
    ];
    for (n, of_the_envelope) in [(1, without), (2, with)] {
        let mut ids = vec![entry(n).id()];
        for change in either.iter().chain(of_the_envelope) {
            let mut statement = statement(n);
            change(&mut statement);
            ids.push(sign(statement).id());
        }
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "entry {n}");
        assert_eq!(entry(n).id(), ids[0]);
    }
}

#[test]
fn no_truncation_extension_or_other_kind_decodes() {
    for n in [1, 2] {
        let bytes = entry(n).to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Entry::from_bytes(&bytes[..length]).err(), Some(Error::Truncated), "{length}");
        }
        assert_eq!(Entry::from_bytes(&[&bytes[..], &[0]].concat()).err(), Some(Error::TrailingBytes));
        let mut other = bytes.clone();
        other[3] ^= 1;
        assert_eq!(Entry::from_bytes(&other).err(), Some(Error::WrongKind));
        Entry::from_bytes(&bytes).unwrap();
    }
}

#[test]
fn an_entry_over_the_limit_is_refused_before_anything_of_it_is_read() {
    let of_zeros = |size: usize| {
        let mut bytes = vec![0; 4 + size];
        bytes[..4].copy_from_slice(&entry(1).to_bytes()[..4]);
        Entry::from_bytes(&bytes).err()
    };
    assert_eq!(of_zeros(ENTRY_BYTES + 1), Some(Error::LimitExceeded(Limit::EntryLength)));
    // As many as allowed are read: a claim policy of no text is not one.
    assert_eq!(of_zeros(ENTRY_BYTES), Some(Error::InvalidText));
    Entry::from_bytes(&entry(1).to_bytes()).unwrap();
}

#[test]
fn no_changed_byte_of_an_entry_is_accepted() {
    // The one with an envelope has every field that an entry can have.
    let bytes = &entry(2).to_bytes();
    let accepted = |bytes: &[u8]| Entry::from_bytes(bytes).and_then(|entry| validate(&entry, &WORLD.demands));
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                for position in (half..bytes.len()).step_by(2) {
                    let mut changed = bytes.clone();
                    changed[position] ^= 1 << (position % 8);
                    assert!(accepted(&changed).is_err(), "byte {position}");
                }
            });
        }
    });
    accepted(bytes).unwrap();
}

#[test]
fn a_signature_does_not_replay_onto_another_ledger() {
    let elsewhere = Demands { ledger: LedgerId::new("another ledger").unwrap(), ..WORLD.demands.clone() };
    assert_eq!(validate(&entry(1), &elsewhere), Err(Error::InvalidSignature));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn a_claim_policy_that_is_not_demanded_is_refused() {
    // The uploader satisfies both policies, and states the weaker one.
    let mut weaker = statement(1);
    weaker.claim = policy("hospital or visitor");
    assert_eq!(validate(&sign(weaker), &WORLD.demands), Err(Error::ClaimPolicyRefused));
    // A policy that means the same is still another.
    let mut turned = statement(1);
    turned.claim = policy("accredited and hospital");
    assert_eq!(validate(&sign(turned), &WORLD.demands), Err(Error::ClaimPolicyRefused));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn who_does_not_satisfy_the_claim_policy_cannot_sign_for_it() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let ledger = &WORLD.demands.ledger;
    assert_eq!(statement(1).sign(ledger, &WORLD.visitor_signing, rng).err(), Some(Error::PolicyNotSatisfied));
    // A signature of theirs under a policy that they do satisfy does not pass for one under the demanded policy.
    let theirs = WORLD
        .visitor_signing
        .sign(&policy("visitor"), &signing_context(ledger), &statement(1).bytes(), rng)
        .unwrap();
    assert_eq!(validate(&Entry::forge(statement(1), theirs), &WORLD.demands), Err(Error::InvalidSignature));
    validate(&entry(1), &WORLD.demands).unwrap();
}

#[test]
fn a_wrapped_key_and_an_index_under_different_policies_are_refused() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let mismatched = || {
        let mut mismatched = statement(1);
        let rng = &mut ChaCha20Rng::seed_from_u64(2);
        mismatched.key = WORLD.abe.wrap(&policy("doctor or visitor"), &[7; 32], b"", rng).unwrap();
        mismatched
    };
    let refused = mismatched().sign(&WORLD.demands.ledger, &WORLD.signing, rng);
    assert_eq!(refused.err(), Some(Error::AccessPolicyMismatch));
    assert_eq!(validate(&sign_unchecked(mismatched()), &WORLD.demands), Err(Error::AccessPolicyMismatch));
    validate(&sign_unchecked(statement(1)), &WORLD.demands).unwrap();
}

#[test]
fn a_changed_signature_or_one_of_another_statement_is_refused() {
    let swapped = Entry::forge(statement(1), codec::decode(&codec::encode(entry(2).signature())).unwrap());
    assert_eq!(validate(&swapped, &WORLD.demands), Err(Error::InvalidSignature));
    validate(&entry(2), &WORLD.demands).unwrap();
}

#[test]
fn a_batch_names_its_first_bad_entry() {
    let mut weaker = statement(3);
    weaker.claim = policy("hospital");
    let swapped = Entry::forge(statement(2), codec::decode(&codec::encode(entry(1).signature())).unwrap());
    let entries = [entry(1), swapped, sign(weaker)];
    let all = |entries: &[Entry]| {
        validate_all(entries, &WORLD.demands, NonZeroUsize::MIN)
            .map_err(|refusal| (refusal.position, refusal.error))
    };
    assert_eq!(all(&entries), Err((1, Error::InvalidSignature)));
    assert_eq!(all(&entries[2..]), Err((0, Error::ClaimPolicyRefused)));
    assert_eq!(all(&[entry(1), entry(2), copy(&entries[2])]), Err((2, Error::ClaimPolicyRefused)));
    all(&[entry(1), entry(2), entry(3)]).unwrap();
    all(&[]).unwrap();
}

#[test]
fn names_keep_to_their_limits() {
    assert_eq!(LedgerId::new(""), Err(Error::InvalidText));
    assert_eq!(LedgerId::new("a\nb"), Err(Error::InvalidText));
    assert!(matches!(LedgerId::new("x".repeat(256)), Err(Error::LimitExceeded(_))));
    assert_eq!(LedgerId::new("x".repeat(255)).unwrap().as_str().len(), 255);
    assert!(matches!("x".repeat(1025).parse::<Address>(), Err(Error::LimitExceeded(_))));
    assert_eq!("x".repeat(1024).parse::<Address>().unwrap().as_str().len(), 1024);
    assert_eq!(Address::of(&RecordDigest::from([0xab; 32])).as_str(), "ab".repeat(32));
}
