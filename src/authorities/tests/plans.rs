//! The authorities and the purpose of a session: limits, and the inputs of a digest.

use super::*;
use crate::Error;

#[test]
fn rosters_keep_to_their_limits() {
    let rng = &mut rng(1);
    let keys: Vec<_> = (0..=255).map(|i| key(i, rng).public_key()).collect();
    let roster = |t, n: usize| Roster::new(t, &keys[..n], b"").map(|roster| roster.size());
    for (t, n) in [(0, 0), (1, 1), (1, 2), (2, 1), (2, 4), (3, 6), (5, 4), (200, 256)] {
        assert_eq!(roster(t, n), Err(Error::OutOfRange), "{t} of {n}");
    }
    for (t, n) in [(2, 2), (2, 3), (3, 4), (4, 4), (4, 6), (200, 255)] {
        assert_eq!(usize::from(roster(t, n).unwrap()), n, "{t} of {n}");
    }
}

/// Lines of `tests/reject` are rosters with one name or key twice.
#[test]
fn rosters_hold_proved_keys() {
    let rng = &mut rng(2);
    let [one, two] = [1, 2].map(|i| key(i, rng));
    // The byte form of a key and of its public side: header, name (4 and its length), the rest.
    let renamed = |bytes: &[u8]| [&bytes[..8], &[bytes[8] ^ 1], &bytes[9..]].concat();
    let with = |other: &AuthorityPublicKey| Roster::new(2, &[one.public_key(), other.clone()], b"").map(drop);
    let unproved = AuthorityPublicKey::from_bytes(&renamed(&two.public_key().to_bytes())).unwrap();
    assert_eq!(with(&unproved), Err(Error::InvalidProof));
    assert_eq!(with(&two.public_key()), Ok(()));
    // The fingerprint that people compare depends on name and key.
    let fingerprint = |key: &AuthorityKey| key.public_key().fingerprint();
    let same_key = AuthorityKey::from_bytes(&renamed(&one.to_bytes())).unwrap();
    assert_ne!(fingerprint(&one), fingerprint(&same_key));
    assert_ne!(fingerprint(&one), fingerprint(&key(1, rng)));
    assert_eq!(fingerprint(&one), fingerprint(&again(&one)));
}

#[test]
fn plans_differ_in_all_they_say() {
    let rng = &mut rng(3);
    let keys = keys(3, rng);
    let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
    let turned: Vec<_> = public.iter().rev().cloned().collect();
    let roster = |t, keys: &[AuthorityPublicKey], context: &[u8]| Roster::new(t, keys, context).unwrap();
    let own = roster(2, &public, b"a");
    let others = [roster(3, &public, b"a"), roster(2, &public, b"b"), roster(2, &turned, b"a")];
    for other in &others {
        assert_ne!(own.digest(), other.digest());
    }
    let plan = Plan::generate(own.clone());
    let (_, certificate) = run(&plan, &without_shares(&keys), rng);
    let generation = certificate.claimed();
    let mut later = generation.clone();
    later.number += 1;
    let reshare = |old: &Generation, quorum: &[u8], roster: &Roster| {
        Plan::reshare(old, quorum, roster.clone()).unwrap().digest()
    };
    let renew = |old: &Generation, secret| Plan::renew(old, secret).unwrap().digest();
    let mut digests = vec![
        plan.digest(),
        Plan::generate(others[0].clone()).digest(),
        reshare(generation, &[1, 2], &own),
        reshare(generation, &[1, 2], &others[0]),
        reshare(generation, &[1, 3], &own),
        reshare(&later, &[1, 2], &own),
        renew(generation, MasterSecret::KeyWrapping),
        renew(generation, MasterSecret::Signatures),
        renew(&later, MasterSecret::Signatures),
    ];
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 9);
    // There is no generation after the last.
    later.number = u32::MAX;
    assert_eq!(Plan::reshare(&later, &[1, 2], own).err(), Some(Error::OutOfRange));
    assert_eq!(Plan::renew(&later, MasterSecret::Signatures).err(), Some(Error::OutOfRange));
    later.number -= 1;
    assert_eq!(Plan::renew(&later, MasterSecret::Signatures).map(|plan| plan.number()), Ok(u32::MAX));
}

#[test]
fn what_is_dealt_belongs_to_its_dealer() {
    let rng = &mut rng(4);
    let keys = keys(3, rng);
    let (plan, other) = (generate(2, &keys), generate(3, &keys));
    let drawn = |plan: &Plan, dealer: u8, key: &AuthorityKey, seed| {
        deal::Deal::draw(plan, dealer, None, key, &mut super::rng(seed)).unwrap()
    };
    let own = drawn(&plan, 1, &keys[0], 1);
    // A commitment of round 0 cannot be opened by another authority, in another
    // plan, or with other values.
    let digest = own.opening.digest(&plan, 1);
    let another = drawn(&plan, 1, &keys[0], 2);
    assert_ne!(digest, own.opening.digest(&plan, 2));
    assert_ne!(digest, own.opening.digest(&other, 1));
    assert_ne!(digest, another.opening.digest(&plan, 1));
    assert_ne!(own.opening.seed, another.opening.seed);
    assert_eq!(digest, own.opening.digest(&plan, 1));
    // With a generator that repeats itself, nothing is dealt twice.
    let first = |deal: &deal::Deal| deal.opening.commitments.in_g1[0];
    let turned = Plan::generate(roster(2, &[&keys[0], &keys[2], &keys[1]]));
    for other in [drawn(&plan, 1, &keys[1], 1), drawn(&plan, 2, &keys[0], 1), drawn(&turned, 1, &keys[0], 1)]
    {
        assert_ne!(first(&own), first(&other));
    }
    assert_eq!(first(&own), first(&drawn(&plan, 1, &keys[0], 1)));
}
