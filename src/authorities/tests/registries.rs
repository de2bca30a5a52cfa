//! One registry for each number.

use super::*;
use crate::identity::{RegistrationRequest, Registry, RegistryDraft, VerifiedRegistry};

fn sign(office: &mut Office, draft: &RegistryDraft, i: u8) -> Result<Message, Failure> {
    let (holder, records) = office.at(i);
    holder.sign_registry(draft, records)
}

fn publish(office: &mut Office, draft: &RegistryDraft, quorum: &[u8]) -> Registry {
    let draft = RegistryDraft::from_bytes(&draft.to_bytes()).unwrap();
    let parts: Vec<_> = quorum.iter().map(|i| carried(&sign(office, &draft, *i).unwrap())).collect();
    let Combined { value, culprits } = office.generation().combine_registry(&draft, &parts).unwrap();
    assert!(culprits.is_empty());
    value
}

fn saw(office: &mut Office, registry: &Registry, i: u8) -> Result<VerifiedRegistry, Failure> {
    let (holder, records) = office.at(i);
    holder.saw_registry(registry, records)
}

fn hospital(i: u8, rng: &mut ChaCha20Rng) -> RegistrationRequest {
    RegistrationRequest::new(name(&format!("clinic {i}")), b"", rng).unwrap()
}

#[test]
fn two_quorums_sign_one_body_alone() {
    let rng = &mut rng(1);
    let office = &mut Office::new(3, 4, rng);
    let (one, mut two) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS));
    two.register(&hospital(1, rng)).unwrap();
    let registry = publish(office, &one, &[1, 2, 3]);
    // In every other quorum, two authorities have already signed.
    assert_eq!(sign(office, &two, 2).unwrap_err(), Failure::AlreadySigned { number: 1 });
    assert_eq!(sign(office, &two, 3).unwrap_err(), Failure::AlreadySigned { number: 1 });
    assert!(sign(office, &two, 4).is_ok());
    // The fourth learns the complete one, and continues with the others.
    let seen = saw(office, &registry, 4).unwrap();
    for i in 1..=3 {
        saw(office, &registry, i).unwrap();
    }
    let mut next = seen.draft_next(NOW_MS + 1).unwrap();
    next.register(&hospital(2, rng)).unwrap();
    let second = publish(office, &next, &[2, 3, 4]);
    assert_eq!(seen.succeeded_by(&second).unwrap().sequence(), 2);
}

#[test]
fn split_votes_continue_under_greater_numbers() {
    let rng = &mut rng(2);
    let office = &mut Office::new(3, 4, rng);
    let (one, mut two) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS));
    two.register(&hospital(1, rng)).unwrap();
    for (i, body) in [(1, &one), (2, &one), (3, &two), (4, &two)] {
        sign(office, body, i).unwrap();
    }
    assert!(sign(office, &one, 3).is_err() && sign(office, &two, 1).is_err());
    two.renumber(2);
    publish(office, &two, &[1, 2, 3, 4]);
    // Nobody signs the lower number any more.
    assert_eq!(sign(office, &one, 3).unwrap_err(), Failure::AlreadySigned { number: 2 });
}

#[test]
fn a_body_follows_and_loses_no_revocation() {
    let rng = &mut rng(3);
    let office = &mut Office::new(2, 3, rng);
    let mut first = RegistryDraft::first(NOW_MS);
    let (mary, paul) = (hospital(1, rng), hospital(2, rng));
    first.register(&mary).unwrap();
    first.register(&paul).unwrap();
    let registry = publish(office, &first, &[1, 2]);
    let seen = saw(office, &registry, 1).unwrap();
    saw(office, &registry, 2).unwrap();
    assert_eq!(sign(office, &RegistryDraft::first(NOW_MS), 3).unwrap().round(), Round::Registry);

    let mut next = seen.draft_next(NOW_MS + 1).unwrap();
    // The third has not seen what it follows.
    assert_eq!(sign(office, &next, 3).unwrap_err(), Failure::WrongPredecessor);
    next.revoke_hospital(mary.name()).unwrap();
    next.revoke_certificate([5; 16].into()).unwrap();
    // A registry that follows a different one.
    let mut elsewhere = RegistryDraft::first(NOW_MS);
    elsewhere.renumber(2);
    assert_eq!(sign(office, &elsewhere, 1).unwrap_err(), Failure::WrongPredecessor);
    // A successor with a used number is not signed either, even by an
    // authority that has signed none.
    let mut low = seen.draft_next(NOW_MS + 1).unwrap();
    low.renumber(1);
    office.records[2] = MemoryRecords::default();
    saw(office, &registry, 3).unwrap();
    assert_eq!(sign(office, &low, 3).unwrap_err(), Failure::WrongPredecessor);
    // Authority 1 has signed the revocations, and does not sign a later body without them.
    sign(office, &next, 1).unwrap();
    let mut without = seen.draft_next(NOW_MS + 2).unwrap();
    without.renumber(3);
    assert_eq!(sign(office, &without, 1).unwrap_err(), Failure::LosesRevocation);
    without.revoke_hospital(mary.name()).unwrap();
    assert_eq!(sign(office, &without, 1).unwrap_err(), Failure::LosesRevocation);
    without.revoke_certificate([5; 16].into()).unwrap();
    sign(office, &without, 1).unwrap();

    // Seen revocations count like signed ones; nodes reject it too.
    saw(office, &registry, 3).unwrap();
    let second = publish(office, &next, &[2, 3]);
    let newer = seen.succeeded_by(&second).unwrap();
    saw(office, &second, 3).unwrap();
    let mut lost = seen.draft_next(NOW_MS + 3).unwrap();
    lost.renumber(4);
    assert_eq!(sign(office, &lost, 3).unwrap_err(), Failure::LosesRevocation);
    let parts = [1, 2].map(|i| {
        let (holder, records) = (office.at(i).0, &mut MemoryRecords::default());
        holder.saw_registry(&registry, records).unwrap();
        holder.sign_registry(&lost, records).unwrap()
    });
    let rolled_back = office.generation().combine_registry(&lost, &parts).unwrap().value;
    assert_eq!(newer.succeeded_by(&rolled_back).unwrap_err(), crate::Error::RegistryRollback);

    // An authority that has seen the revocations but signed none keeps them too.
    office.records[2] = MemoryRecords::default();
    saw(office, &second, 3).unwrap();
    let right = newer.draft_next(NOW_MS + 4).unwrap();
    // Kind and number precede the predecessor's hash.
    let mut bytes = lost.to_bytes();
    bytes[12..44].copy_from_slice(&right.to_bytes()[12..44]);
    let follows = RegistryDraft::from_bytes(&bytes).unwrap();
    assert_eq!(sign(office, &follows, 3).unwrap_err(), Failure::LosesRevocation);
    sign(office, &right, 3).unwrap();
}
