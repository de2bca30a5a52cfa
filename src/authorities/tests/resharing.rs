//! New shares: for the same authorities, for different ones, for more; and one renewed secret.

use super::*;
use crate::authorities::polynomial::Polynomial;
use crate::curve::Scalar;
use crate::secret::Secret;

/// Makes 3 of 4, as keys and holders.
fn four(rng: &mut ChaCha20Rng) -> (Vec<AuthorityKey>, Vec<AuthorityShare>, Generation) {
    let keys = keys(4, rng);
    let plan = generate(3, &keys);
    let (shares, certificate) = run(&plan, &without_shares(&keys), rng);
    let generation = certificate.verify(plan.roster()).unwrap().clone();
    (keys, shares, generation)
}

/// All take part, and one does not deal.
fn all_but<'p>(one: u8, keys: &'p [AuthorityKey], shares: &'p [AuthorityShare]) -> Vec<Party<'p>> {
    let deals = |share: &&AuthorityShare| share.index() != one;
    keys.iter().zip(shares).map(|(key, share)| (key, Some(share).filter(deals))).collect()
}

#[test]
fn reshares_to_any_set_and_threshold() {
    let rng = &mut rng(1);
    let (keys, shares, old) = four(rng);
    let newcomers: Vec<_> = (5..=7).map(|i| key(i, rng)).collect();
    let kappa = KeywordKey::generate(rng).unwrap();
    // The same set; hospital 4 replaced; one more; only newcomers.
    let sets: [(u8, Vec<&AuthorityKey>); 4] = [
        (3, keys.iter().collect()),
        (3, vec![&keys[0], &keys[1], &keys[2], &newcomers[0]]),
        (3, keys.iter().chain(&newcomers[..1]).collect()),
        (2, newcomers.iter().collect()),
    ];
    for (t, set) in sets {
        let plan = Plan::reshare(&old, &[1, 2, 3], roster(t, &set)).unwrap();
        let dealers = keys[..3].iter().zip(&shares).map(|(key, share)| (key, Some(share)));
        let receivers = set.iter().filter(|key| !keys[..3].iter().any(|dealer| dealer.K() == key.K()));
        let parties: Vec<Party<'_>> = dealers.chain(receivers.map(|key| (*key, None))).collect();
        let (new_shares, certificate) = run(&plan, &parties, rng);
        let new = certificate.verify(plan.roster()).unwrap().clone();
        assert_eq!(new.number(), 2);
        assert_eq!((new.abe(), new.abs(), new.search()), (old.abe(), old.abs(), old.search()));
        assert_eq!(new.super_node(), old.super_node());
        let holders = holders(set.iter().map(|key| again(key)).collect(), new_shares, &certificate);
        let pending = doctor(rng);
        let last: Vec<u8> = (set.len() as u8 - t + 1..=set.len() as u8).collect();
        let answers = answers(&holders, &last, &pending, rng);
        let keys = pending.combine_keys(&new, &answers, &kappa).unwrap().value;
        assert_ordinary(&keys, &old, &kappa, rng);
    }
}

#[test]
fn old_and_new_parts_do_not_mix() {
    let rng = &mut rng(2);
    let (keys, shares, old) = four(rng);
    let plan = Plan::reshare(&old, &[1, 2, 4], old.roster().clone()).unwrap();
    let parties = all_but(3, &keys, &shares);
    let (new_shares, certificate) = run(&plan, &parties, rng);
    let new = certificate.verify(plan.roster()).unwrap().clone();
    let kappa = KeywordKey::generate(rng).unwrap();
    let pending = doctor(rng);
    let holders = holders(keys.iter().map(again).collect(), new_shares, &certificate);
    let right = answers(&holders, &[1, 2, 3], &pending, rng);
    // An old holder's answer, made by hand, because its certificate is gone.
    let request = pending.request();
    let stale = Secrets { wrapping: &shares[3], signing: &shares[3], search: &shares[3] };
    for generation in [&old, &new] {
        let header = Header { session: generation.session, round: Round::Keys, from: 4, to: 0 };
        let answer = answer_under(&stale, &new, (&keys[3], header), request, rng);
        let mixed = [right[0].clone(), right[1].clone(), answer];
        let failure = pending.combine_keys(&new, &mixed, &kappa).unwrap_err();
        let fault = if *generation == new { Fault::WrongPart } else { Fault::WrongSession };
        assert_eq!(culprits(&failure), [(4, fault)]);
    }
    pending.combine_keys(&new, &right, &kappa).unwrap();
    // The next resharing uses the new shares, and rejects old ones.
    let next = Plan::reshare(&new, &[1, 2, 3], new.roster().clone()).unwrap();
    let refused = next.clone().start(&keys[0], Some(&shares[0]), rng).unwrap_err();
    assert_eq!(refused, Failure::Error(crate::Error::InvalidKey));
    assert!(next.start(&keys[0], Some(holders[0].share()), rng).is_ok());
}

/// A dealer of a resharing sends a different search key, to which it has committed.
#[test]
fn convicts_a_dealer_of_another_seed() {
    let rng = &mut rng(8);
    let (keys, shares, old) = four(rng);
    let plan = Plan::reshare(&old, &[1, 2, 3], old.roster().clone()).unwrap();
    let parties = all_but(4, &keys, &shares);
    let (mut states, mut messages) = committed(&plan, &parties, rng);
    let deal = states[1].deal.as_mut().unwrap();
    let seed = Secret::new([9; 32]);
    deal.opening.seed = deal::seed_commitment(&seed);
    deal.seed = Some(seed);
    messages[1] = with_body(&messages[1], &keys[1], deal.opening.digest(&plan, 2).to_vec());
    let shown = opened(&plan, &parties, (states, messages), rng);
    let (dealing, round_2) = dealt(&plan, &parties, shown, rng);
    let judge = dealing[0].proceedings().clone();
    let dispute = dealing.into_iter().nth(3).unwrap().check(&keys[3], &for_receiver(&round_2, 4), rng);
    let dispute = dispute.unwrap_err();
    assert_eq!(culprits(&dispute.failure), [(2, Fault::WrongValue)]);
    assert_eq!(judge.judge(&dispute.complaints[0]).unwrap().index, 2);
    run(&plan, &parties, rng);
}

#[test]
fn names_a_dealer_of_another_constant() {
    let rng = &mut rng(3);
    let (keys, shares, old) = four(rng);
    let plan = Plan::reshare(&old, &[1, 2, 3], old.roster().clone()).unwrap();
    let parties = all_but(4, &keys, &shares);
    let (mut states, mut messages) = committed(&plan, &parties, rng);
    // Dealer 2 deals alpha_2 + 1, with commitments and a proof that fit.
    let deal = states[1].deal.as_mut().unwrap();
    let constant = Secret::new(*shares[1].secrets.wrapping + Scalar::from(1));
    let f = Polynomial::sharing(Some(&constant), 3, rng).unwrap();
    deal.opening.commitments.in_g2[0] = f.commit();
    deal.polynomials[0] = Some(f);
    messages[1] = with_body(&messages[1], &keys[1], deal.opening.digest(&plan, 2).to_vec());
    let (states, messages) = opened(&plan, &parties, (states, messages), rng);
    for (own, (state, key)) in (1..).zip(states.into_iter().zip(&keys)) {
        let own = (own < 4).then_some(own);
        if own == Some(2) {
            continue;
        }
        let failure = state.deal(key, &others(&messages, own), rng).unwrap_err();
        assert_eq!(culprits(&failure), [(2, Fault::WrongConstant)]);
    }
}

#[test]
fn confirms_one_resharing_of_a_generation() {
    let rng = &mut rng(4);
    let (keys, shares, old) = four(rng);
    let plan = Plan::reshare(&old, &[1, 2, 3], old.roster().clone()).unwrap();
    let parties = all_but(4, &keys, &shares);
    let checked = |rng: &mut ChaCha20Rng| {
        let (dealing, round_2) = dealing(&plan, &parties, rng);
        dealing.into_iter().next().unwrap().check(&keys[0], &for_receiver(&round_2, 1), rng).unwrap()
    };
    let mut records = MemoryRecords::default();
    // An unconfirmed attempt has no effect.
    checked(rng);
    checked(rng).confirm(&keys[0], &mut records).unwrap();
    let failure = checked(rng).confirm(&keys[0], &mut records).unwrap_err();
    assert_eq!(failure, Failure::AlreadyConfirmed { generation: 1 });
}

#[test]
fn one_secret_is_made_anew() {
    let rng = &mut rng(5);
    let (keys, shares, old) = four(rng);
    let kappa = KeywordKey::generate(rng).unwrap();
    for (secret, keeps_abe, keeps_abs) in
        [(MasterSecret::Signatures, true, false), (MasterSecret::KeyWrapping, false, true)]
    {
        let plan = Plan::renew(&old, secret).unwrap();
        let parties: Vec<Party<'_>> =
            keys.iter().zip(&shares).map(|(key, share)| (key, Some(share))).collect();
        let (new_shares, certificate) = run(&plan, &parties, rng);
        let new = certificate.verify(plan.roster()).unwrap().clone();
        assert_eq!((new.abe() == old.abe(), new.abs() == old.abs()), (keeps_abe, keeps_abs));
        assert_eq!((new.search(), new.super_node()), (old.search(), old.super_node()));
        // The shares of zero differ too.
        assert_ne!(new.commitments.at(1).zero, old.commitments.at(1).zero);
        let holders = holders(keys.iter().map(again).collect(), new_shares, &certificate);
        let pending = doctor(rng);
        let keys =
            pending.combine_keys(&new, &answers(&holders, &[1, 3, 4], &pending, rng), &kappa).unwrap().value;
        assert_ordinary(&keys, &new, &kappa, rng);
    }
}

#[test]
fn a_plan_needs_exactly_a_threshold() {
    let rng = &mut rng(6);
    let (keys, shares, old) = four(rng);
    for quorum in [&[1, 2][..], &[1, 2, 3, 4], &[1, 1, 2], &[3, 2, 1], &[1, 2, 5], &[0, 1, 2]] {
        assert!(Plan::reshare(&old, quorum, old.roster().clone()).is_err(), "{quorum:?}");
    }
    let plan = Plan::reshare(&old, &[1, 2, 3], old.roster().clone()).unwrap();
    // A dealer without its share, or with another dealer's share, cannot start. A
    // stranger cannot take part.
    assert!(plan.clone().start(&keys[0], None, rng).is_err());
    assert!(plan.clone().start(&keys[0], Some(&shares[1]), rng).is_err());
    assert_eq!(plan.clone().start(&key(9, rng), None, rng).unwrap_err(), Failure::NoPart);
    assert!(plan.start(&keys[0], Some(&shares[0]), rng).is_ok());
}

/// If a coordinator names different dealers to different authorities, their plans differ,
/// and so do their sessions.
#[test]
fn a_lie_about_who_deals_is_noticed() {
    let rng = &mut rng(7);
    let (keys, shares, old) = four(rng);
    let told = |quorum: &[u8]| Plan::reshare(&old, quorum, old.roster().clone()).unwrap();
    let (one, other) = (told(&[1, 2, 3]), told(&[1, 2, 4]));
    let (state, _) = one.clone().start(&keys[0], Some(&shares[0]), rng).unwrap();
    let (_, message) = other.start(&keys[1], Some(&shares[1]), rng).unwrap();
    let failure = state.check_message(&message.unwrap()).unwrap_err();
    assert_eq!(culprits(&failure), [(2, Fault::WrongSession)]);
    let (_, message) = one.start(&keys[1], Some(&shares[1]), rng).unwrap();
    assert_eq!(state.check_message(&message.unwrap()), Ok(()));
}
