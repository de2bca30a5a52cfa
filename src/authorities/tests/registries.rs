//! One registry for each number.

use super::*;
use crate::identity::{RegistrationRequest, Registry, RegistryDraft};

struct Office {
    holders: Vec<Holder>,
    records: Vec<MemoryRecords>,
}

impl Office {
    fn new(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Self {
        let records = (0..n).map(|_| MemoryRecords::default()).collect();
        Self { holders: consortium(t, n, rng), records }
    }

    fn sign(&mut self, draft: &RegistryDraft, i: u8) -> Result<Message, Failure> {
        let at = usize::from(i) - 1;
        self.holders[at].sign_registry(draft, &mut self.records[at])
    }

    fn publish(&mut self, draft: &RegistryDraft, quorum: &[u8]) -> Registry {
        let draft = RegistryDraft::from_bytes(&draft.to_bytes()).unwrap();
        let parts: Vec<_> = quorum.iter().map(|i| carried(&self.sign(&draft, *i).unwrap())).collect();
        let Combined { value, culprits } =
            self.holders[0].generation().combine_registry(&draft, &parts).unwrap();
        assert!(culprits.is_empty());
        value
    }

    fn saw(&mut self, registry: &Registry, i: u8) -> Result<crate::identity::VerifiedRegistry, Failure> {
        let at = usize::from(i) - 1;
        self.holders[at].saw_registry(registry, &mut self.records[at])
    }
}

fn hospital(i: u8, rng: &mut ChaCha20Rng) -> RegistrationRequest {
    RegistrationRequest::new(name(&format!("clinic {i}")), b"", rng).unwrap()
}

#[test]
fn two_quorums_sign_one_body_alone() {
    let rng = &mut rng(1);
    let mut office = Office::new(3, 4, rng);
    let (one, mut two) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS));
    two.register(&hospital(1, rng)).unwrap();
    let registry = office.publish(&one, &[1, 2, 3]);
    // In every other quorum, two authorities have already signed.
    assert_eq!(office.sign(&two, 2).unwrap_err(), Failure::AlreadySigned { number: 1 });
    assert_eq!(office.sign(&two, 3).unwrap_err(), Failure::AlreadySigned { number: 1 });
    assert!(office.sign(&two, 4).is_ok());
    // The fourth learns the complete one, and continues with the others.
    let seen = office.saw(&registry, 4).unwrap();
    for i in 1..=3 {
        office.saw(&registry, i).unwrap();
    }
    let mut next = seen.draft_next(NOW_MS + 1).unwrap();
    next.register(&hospital(2, rng)).unwrap();
    let second = office.publish(&next, &[2, 3, 4]);
    assert_eq!(seen.succeeded_by(&second).unwrap().sequence(), 2);
}

#[test]
fn split_votes_continue_under_greater_numbers() {
    let rng = &mut rng(2);
    let mut office = Office::new(3, 4, rng);
    let (one, mut two) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS));
    two.register(&hospital(1, rng)).unwrap();
    for (i, body) in [(1, &one), (2, &one), (3, &two), (4, &two)] {
        office.sign(body, i).unwrap();
    }
    assert!(office.sign(&one, 3).is_err() && office.sign(&two, 1).is_err());
    two.renumber(2);
    office.publish(&two, &[1, 2, 3, 4]);
    // Nobody signs the lower number any more.
    assert_eq!(office.sign(&one, 3).unwrap_err(), Failure::AlreadySigned { number: 2 });
}

#[test]
fn a_body_follows_and_loses_no_revocation() {
    let rng = &mut rng(3);
    let mut office = Office::new(2, 3, rng);
    let mut first = RegistryDraft::first(NOW_MS);
    let (mary, paul) = (hospital(1, rng), hospital(2, rng));
    first.register(&mary).unwrap();
    first.register(&paul).unwrap();
    let registry = office.publish(&first, &[1, 2]);
    let seen = office.saw(&registry, 1).unwrap();
    office.saw(&registry, 2).unwrap();
    assert_eq!(office.sign(&RegistryDraft::first(NOW_MS), 3).unwrap().round(), Round::Registry);

    let mut next = seen.draft_next(NOW_MS + 1).unwrap();
    next.revoke_hospital(mary.name()).unwrap();
    next.revoke_certificate([5; 16].into()).unwrap();
    // A registry that follows a different one.
    let mut elsewhere = RegistryDraft::first(NOW_MS);
    elsewhere.renumber(2);
    assert_eq!(office.sign(&elsewhere, 1).unwrap_err(), Failure::WrongPredecessor);
    // A successor with a used number is not signed either, even by an
    // authority that has signed none.
    let mut low = seen.draft_next(NOW_MS + 1).unwrap();
    low.renumber(1);
    office.records[2] = MemoryRecords::default();
    office.saw(&registry, 3).unwrap();
    assert_eq!(office.sign(&low, 3).unwrap_err(), Failure::WrongPredecessor);
    // Authority 1 has signed the revocations, and does not sign a later body without them.
    office.sign(&next, 1).unwrap();
    let mut without = seen.draft_next(NOW_MS + 2).unwrap();
    without.renumber(3);
    assert_eq!(office.sign(&without, 1).unwrap_err(), Failure::LosesRevocation);
    without.revoke_hospital(mary.name()).unwrap();
    assert_eq!(office.sign(&without, 1).unwrap_err(), Failure::LosesRevocation);
    without.revoke_certificate([5; 16].into()).unwrap();
    office.sign(&without, 1).unwrap();

    // Seen revocations count like signed ones; nodes reject it too.
    office.saw(&registry, 3).unwrap();
    let second = office.publish(&next, &[2, 3]);
    let newer = seen.succeeded_by(&second).unwrap();
    office.saw(&second, 3).unwrap();
    let mut lost = seen.draft_next(NOW_MS + 3).unwrap();
    lost.renumber(4);
    assert_eq!(office.sign(&lost, 3).unwrap_err(), Failure::LosesRevocation);
    let body = lost.body();
    let parts: Vec<_> = [1u8, 2]
        .map(|i| {
            let holder = &office.holders[usize::from(i) - 1];
            let part = crate::identity::signature::sign(&holder.share().secrets.identity, &body.point());
            let mut w = crate::codec::Writer::new();
            w.raw(&crate::hash::sha256(&[body.bytes()]));
            w.g2(&part);
            let session = holder.generation().session;
            let header = message::Header { session, round: Round::Registry, from: i, to: 0 };
            Message::sign(holder.key(), header, w.into_vec())
        })
        .into();
    let rolled_back = office.holders[0].generation().combine_registry(&lost, &parts).unwrap().value;
    assert_eq!(newer.succeeded_by(&rolled_back).unwrap_err(), crate::Error::RegistryRollback);

    // An authority that has seen the revocations but signed none keeps them too.
    office.records[2] = MemoryRecords::default();
    office.saw(&second, 3).unwrap();
    let right = newer.draft_next(NOW_MS + 4).unwrap();
    // Kind and number precede the predecessor's hash.
    let mut bytes = lost.to_bytes();
    bytes[12..44].copy_from_slice(&right.to_bytes()[12..44]);
    let follows = RegistryDraft::from_bytes(&bytes).unwrap();
    assert_eq!(office.sign(&follows, 3).unwrap_err(), Failure::LosesRevocation);
    office.sign(&right, 3).unwrap();
}

/// If too many authorities sign two bodies with one number, both are kept, and
/// nobody signs any more.
#[test]
fn two_registries_of_one_number_stop_everything() {
    let rng = &mut rng(4);
    let mut office = Office::new(2, 3, rng);
    let (one, mut two) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS));
    two.register(&hospital(1, rng)).unwrap();
    let first = office.publish(&one, &[1, 2]);
    // Authority 2 forgets what it signed.
    office.records[1] = MemoryRecords::default();
    let second = office.publish(&two, &[2, 3]);
    let seen = office.saw(&first, 3).unwrap();
    assert_eq!(seen.succeeded_by(&second).unwrap_err(), crate::Error::RegistryConflict);
    assert_eq!(office.saw(&second, 3).unwrap_err(), Failure::Error(crate::Error::RegistryConflict));
    let next = seen.draft_next(NOW_MS + 1).unwrap();
    assert_eq!(office.sign(&next, 3).unwrap_err(), Failure::Error(crate::Error::RegistryConflict));
    // An authority that has not seen both continues.
    office.saw(&first, 1).unwrap();
    assert!(office.sign(&next, 1).is_ok());
}
