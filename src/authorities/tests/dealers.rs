//! Dealers that deal wrong values, and authorities that complain wrongly.

use super::*;
use crate::authorities::message::{Header, seal};
use crate::authorities::polynomial::Polynomial;
use crate::curve::{G2Affine, PrimeCurveAffine, Scalar};
use crate::secret::Secret;

/// Makes a plan for 3 of 4.
fn four(rng: &mut ChaCha20Rng) -> (&'static [AuthorityKey], Plan, Vec<Party<'static>>) {
    let keys = keys(4, rng).leak();
    (keys, generate(3, keys), without_shares(keys))
}

/// All authorities except the dealer detect a wrong message in round 2, and each
/// complaint convicts it.
fn assert_convicted(
    keys: &[AuthorityKey],
    dealing: Vec<Dealing>,
    round_2: &[Message],
    culprit: u8,
    rng: &mut ChaCha20Rng,
) {
    let judges: Vec<Proceedings> = dealing.iter().map(|state| state.proceedings().clone()).collect();
    for ((own, key), state) in (1..).zip(keys).zip(dealing) {
        let result = state.check(key, &for_receiver(round_2, own), rng);
        if own == culprit {
            continue;
        }
        let dispute = result.unwrap_err();
        assert_eq!(culprits(&dispute.failure), [(culprit, Fault::WrongValue)]);
        let [complaint] = &dispute.complaints[..] else { panic!("{dispute:?}") };
        for judge in &judges {
            let named = judge.judge(&carried(complaint)).unwrap();
            assert_eq!((named.index, named.round), (culprit, Round::Deal));
            assert_eq!(named.name, format!("hospital {culprit}"));
        }
    }
}

#[test]
fn convicts_a_dealer_of_wrong_values() {
    let rng = &mut rng(1);
    let (keys, plan, parties) = four(rng);
    for which in 0..=4 {
        let begun = committed(&plan, &parties, rng);
        let (mut states, messages) = opened(&plan, &parties, begun, rng);
        // Dealer 2 commits to values other than those that it deals.
        let deal = states[1].deal.as_mut().unwrap();
        match which {
            // shares of zero that are shares of one
            2 => {
                deal.polynomials[2] =
                    Some(Polynomial::sharing(Some(&Secret::new(Scalar::from(1))), 3, rng).unwrap())
            }
            4 => deal.seed = Some(Secret::new([9; 32])),
            _ => deal.polynomials[which] = Some(Polynomial::sharing(None, 3, rng).unwrap()),
        }
        let (dealing, round_2) = dealt(&plan, &parties, (states, messages), rng);
        assert_convicted(keys, dealing, &round_2, 2, rng);
    }
    run(&plan, &parties, rng);
}

#[test]
fn convicts_a_dealer_of_garbage() {
    let rng = &mut rng(2);
    let (keys, plan, parties) = four(rng);
    type Garbage = fn(Header, &AuthorityKey, &mut ChaCha20Rng) -> Vec<u8>;
    let kinds: [Garbage; 4] = [
        // no sealed part at all
        |_, _, _| b"garbage".to_vec(),
        // a sealed part of the wrong length
        |header, to, rng| seal(to.K(), &header.to_bytes(), &[1; 31], rng).unwrap(),
        // sealed to a different key
        |header, _, rng| seal(key(9, rng).K(), &header.to_bytes(), &[1; 160], rng).unwrap(),
        // sealed for a different header
        |header, to, rng| {
            let other = Header { from: 3, ..header };
            seal(to.K(), &other.to_bytes(), &[1; 160], rng).unwrap()
        },
    ];
    for garbage in kinds {
        let (dealing, mut round_2) = dealing(&plan, &parties, rng);
        for message in round_2.iter_mut().filter(|message| message.from() == 2) {
            let header = message.header;
            let body = garbage(header, &keys[usize::from(header.to) - 1], rng);
            *message = Message::sign(&keys[1], header, body);
        }
        assert_convicted(keys, dealing, &round_2, 2, rng);
    }
}

/// Without the proof of knowledge of `k`, a complaint about a copy would open the original, because
/// it publishes `D = [k]C`.
#[test]
fn a_copied_sealed_part_opens_nothing() {
    let rng = &mut rng(3);
    let (keys, plan, parties) = four(rng);
    let (dealing, mut round_2) = dealing(&plan, &parties, rng);
    // Dealer 2 sends authority 3 what dealer 1 sent it.
    let original = between(&round_2, 1, 3).body.clone();
    let copy = round_2.iter_mut().find(|message| (message.from(), message.to()) == (2, 3)).unwrap();
    *copy = with_body(copy, &keys[1], original);
    let judge = dealing[0].proceedings().clone();
    let state = dealing.into_iter().nth(2).unwrap();
    let dispute = state.check(&keys[2], &for_receiver(&round_2, 3), rng).unwrap_err();
    assert_eq!(culprits(&dispute.failure), [(2, Fault::WrongValue)]);
    let complaint = &dispute.complaints[0];
    assert_eq!(judge.judge(complaint).unwrap().index, 2);
    // The complaint ends after the accused message: it contains no D.
    assert_eq!(complaint.body.last(), Some(&0));
}

#[test]
fn convicts_who_complains_without_cause() {
    let rng = &mut rng(4);
    let (keys, plan, parties) = four(rng);
    let (mut dealing, round_2) = dealing(&plan, &parties, rng);
    let judge = dealing[0].proceedings().clone();
    let right = between(&round_2, 1, 3);
    // Authority 3 complains about a correct message, with the D that opens it.
    let sealed = message::Sealed::read(&right.body, &right.header.to_bytes()).unwrap();
    let unfounded = judge.complain(&keys[2], 3, right, Some(&sealed), rng).unwrap();
    let named = judge.judge(&carried(&unfounded)).unwrap();
    assert_eq!((named.index, named.fault), (3, Fault::FalseComplaint));
    // With a different D, for which there is no proof; without a D; about no message.
    let D_at = unfounded.body.len() - 48 - 64;
    let mut other_D = unfounded.body.clone();
    other_D[D_at..D_at + 48].copy_from_slice(&keys[0].K().to_compressed());
    for body in [other_D, unfounded.body[..D_at].to_vec(), Vec::new()] {
        assert_eq!(judge.judge(&with_body(&unfounded, &keys[2], body)).unwrap().index, 3);
    }
    // About a message to a different authority.
    let to_another = Message::sign(&keys[3], Header { from: 4, ..unfounded.header }, unfounded.body.clone());
    assert_eq!(judge.judge(&to_another).unwrap().index, 4);
    // An unsigned complaint convicts nobody.
    let forged = with_body(&unfounded, &keys[0], unfounded.body.clone());
    assert_eq!(culprits(&judge.judge(&forged).unwrap_err()), [(3, Fault::InvalidSignature)]);
    // The session continues: the message was correct.
    let state = dealing.remove(2);
    assert!(state.check(&keys[2], &for_receiver(&round_2, 3), rng).is_ok());
}

/// An authority cannot complain with a message that the dealer did not send it in this session.
#[test]
fn only_messages_of_the_session_convict() {
    let rng = &mut rng(17);
    let (keys, plan, parties) = four(rng);
    let (_, earlier) = dealing(&plan, &parties, rng);
    let begun = committed(&plan, &parties, rng);
    let (states, round_1) = opened(&plan, &parties, begun, rng);
    let (dealing, round_2) = dealt(&plan, &parties, (states, round_1.clone()), rng);
    let judge = dealing[0].proceedings();
    let complain = |accused: &Message, rng: &mut ChaCha20Rng| {
        let sealed = message::Sealed::read(&accused.body, &accused.header.to_bytes());
        let complaint = judge.complain(&keys[2], 3, accused, sealed.as_ref().ok(), rng).unwrap();
        let named = judge.judge(&carried(&complaint)).unwrap();
        (named.index, named.fault)
    };
    let right = between(&round_2, 1, 3);
    for accused in [
        // made up by authority 3; of a different session, round or receiver
        &with_body(right, &keys[2], b"garbage".to_vec()),
        between(&earlier, 1, 3),
        &round_1[0],
        between(&round_2, 1, 4),
    ] {
        assert_eq!(complain(accused, rng), (3, Fault::FalseComplaint));
    }
    // A complaint with extra bytes is not a complaint.
    let garbage = with_body(right, &keys[0], b"garbage".to_vec());
    let complaint = judge.complain(&keys[2], 3, &garbage, None, rng).unwrap();
    let longer = with_body(&complaint, &keys[2], [complaint.body.as_slice(), &[0]].concat());
    assert_eq!(judge.judge(&longer).unwrap().index, 3);
    // The message that the dealer signed here convicts it.
    assert_eq!(complain(&garbage, rng), (1, Fault::WrongValue));
}

/// Returns the verdict of authority 1 if dealer 2 changes what it opens before it commits to it,
/// or changes its message of round 1 afterwards.
fn refused_opening(
    before: impl FnOnce(&mut deal::Opening),
    after: impl FnOnce(&mut Vec<u8>),
) -> Vec<(u8, Fault)> {
    let rng = &mut rng(5);
    let (keys, plan, parties) = four(rng);
    let (mut states, mut messages) = committed(&plan, &parties, rng);
    let opening = &mut states[1].deal.as_mut().unwrap().opening;
    before(opening);
    messages[1] = with_body(&messages[1], &keys[1], opening.digest(&plan, 2).to_vec());
    let (opened, mut messages) = opened(&plan, &parties, (states, messages), rng);
    let mut body = messages[1].body.clone();
    after(&mut body);
    messages[1] = with_body(&messages[1], &keys[1], body);
    let state = opened.into_iter().next().unwrap();
    let refused = state.deal(&keys[0], &others(&messages, Some(1)), rng).err();
    refused.map(|failure| culprits(&failure)).unwrap_or_default()
}

#[test]
fn names_a_dealer_whose_opening_is_wrong() {
    let point = G2Affine::generator();
    for which in 0..3 {
        let more = refused_opening(|opening| opening.commitments.in_g2[which].push(point), |_| ());
        let fewer = refused_opening(|opening| _ = opening.commitments.in_g2[which].pop(), |_| ());
        assert_eq!((more, fewer), (vec![(2, Fault::WrongThreshold)], vec![(2, Fault::WrongThreshold)]));
    }
    let other = refused_opening(|_| (), |body| body[0] ^= 1);
    assert_eq!(other, [(2, Fault::DoesNotOpen)]);
    let wrong = refused_opening(|_| (), |body| *body.last_mut().unwrap() ^= 1);
    assert_eq!(wrong, [(2, Fault::InvalidProof)]);
    let cut = refused_opening(|_| (), |body| body.truncate(body.len() - 32));
    assert_eq!(cut, [(2, Fault::Malformed(crate::Error::Truncated))]);
    // Another dealer's commitments, whose logarithms it does not know.
    let stolen = Polynomial::sharing(None, 3, &mut rng(10)).unwrap().commit();
    let unknown = refused_opening(|opening| opening.commitments.in_g2[0] = stolen, |_| ());
    assert_eq!(unknown, [(2, Fault::InvalidProof)]);
    assert_eq!(refused_opening(|_| (), |_| ()), []);
}

#[test]
fn names_who_is_silent_or_sends_twice() {
    let rng = &mut rng(12);
    let (keys, plan, parties) = four(rng);
    let (states, messages) = committed(&plan, &parties, rng);
    let mut states = states.into_iter();
    let two = [messages[1].clone(), messages[2].clone()];
    let failure = states.next().unwrap().open(&keys[0], &two, rng).unwrap_err();
    assert_eq!(culprits(&failure), [(4, Fault::Missing)]);
    assert_eq!(failure.to_string(), "committing: authority 4 (hospital 4) sent nothing");
    let twice = [messages[0].clone(), messages[0].clone(), messages[2].clone(), messages[3].clone()];
    let failure = states.next().unwrap().open(&keys[1], &twice, rng).unwrap_err();
    assert_eq!(culprits(&failure), [(1, Fault::Twice)]);
    // Its own message is one too many.
    let failure = states.next().unwrap().open(&keys[2], &messages, rng).unwrap_err();
    assert_eq!(culprits(&failure), [(3, Fault::Surplus)]);
}

#[test]
fn names_messages_of_another_session_or_round() {
    let rng = &mut rng(13);
    let (_, plan, parties) = four(rng);
    let (_, first_dealt) = dealing(&plan, &parties, rng);
    let begun = committed(&plan, &parties, rng);
    let (states, round_1) = opened(&plan, &parties, begun, rng);
    let state = &states[0];
    let fault = |message: &Message| culprits(&state.check_message(message).unwrap_err());
    assert_eq!(fault(&first_dealt[0]), [(1, Fault::Surplus)]);
    let (dealing, round_2) = dealt(&plan, &parties, (states, round_1.clone()), rng);
    let state = &dealing[0];
    let fault = |message: &Message| culprits(&state.check_message(message).unwrap_err());
    assert_eq!(fault(between(&first_dealt, 2, 1)), [(2, Fault::WrongSession)]);
    assert_eq!(fault(&round_1[1]), [(2, Fault::WrongRound)]);
    assert_eq!(fault(between(&round_2, 2, 3)), [(2, Fault::WrongReceiver)]);
    let right = between(&round_2, 2, 1);
    let mut forged = right.clone();
    forged.body[0] ^= 1;
    assert_eq!(fault(&forged), [(2, Fault::InvalidSignature)]);
    assert_eq!(state.check_message(right), Ok(()));
}

#[test]
fn a_signature_covers_where_messages_belong() {
    let rng = &mut rng(18);
    let key = key(1, rng);
    let header = Header { session: [1; 32], round: Round::Deal, from: 1, to: 2 };
    let message = Message::sign(&key, header, b"body".to_vec());
    let signature = message.signature;
    let signed =
        |header, body: &[u8]| Message { header, body: body.to_vec(), signature }.is_signed_by(key.K());
    for other in [
        Header { session: [2; 32], ..header },
        Header { round: Round::Complain, ..header },
        Header { from: 2, ..header },
        Header { to: 3, ..header },
    ] {
        assert!(!signed(other, b"body"), "{other:?}");
    }
    assert!(!signed(header, b"bodY") && !signed(header, b"bod"));
    assert!(signed(header, b"body"));
}

/// Commitments of an earlier attempt, and another dealer's, with the proof that was
/// made for them there.
#[test]
fn a_proof_serves_one_session_and_dealer() {
    let rng = &mut rng(19);
    let (keys, plan, parties) = four(rng);
    let (states, earlier_0) = committed(&plan, &parties, rng);
    let (_, earlier_1) = opened(&plan, &parties, (states, earlier_0.clone()), rng);
    // The verdict if a dealer sends this in rounds 0 and 1.
    type Begun = (Vec<Committed>, Vec<Message>);
    let named =
        |(states, mut messages): Begun, dealer: u8, commit: &[u8], show: Option<&[u8]>, rng: &mut _| {
            let at = usize::from(dealer) - 1;
            messages[at] = with_body(&messages[at], &keys[at], commit.to_vec());
            let (states, mut messages) = opened(&plan, &parties, (states, messages), rng);
            let body = show.unwrap_or(&messages[1].body).to_vec();
            let header = Header { from: dealer, ..messages[0].header };
            messages[at] = Message::sign(&keys[at], header, body);
            let state = states.into_iter().next().unwrap();
            culprits(&state.deal(&keys[0], &others(&messages, Some(1)), rng).unwrap_err())
        };
    let (commit, show) = (&earlier_0[1].body, Some(earlier_1[1].body.as_slice()));
    let begun = committed(&plan, &parties, rng);
    assert_eq!(named(begun, 2, commit, show, rng), [(2, Fault::InvalidProof)]);
    // Dealer 3 repeats dealer 2's messages, of the earlier attempt and of this one.
    let begun = committed(&plan, &parties, rng);
    assert_eq!(named(begun, 3, commit, show, rng), [(3, Fault::DoesNotOpen)]);
    let begun = committed(&plan, &parties, rng);
    let commit = begun.0[1].deal.as_ref().unwrap().opening.digest(&plan, 3);
    assert_eq!(named(begun, 3, &commit, None, rng), [(3, Fault::InvalidProof)]);
    run(&plan, &parties, rng);
}

/// If a dealer commits to different values towards different authorities, the session
/// gets no certificate.
#[test]
fn equivocation_ends_without_a_certificate() {
    let rng = &mut rng(15);
    let (keys, plan, parties) = four(rng);
    let (states, messages) = committed(&plan, &parties, rng);
    let (other, _) = plan.clone().start(&keys[1], None, rng).unwrap();
    let mut told_to_3 = messages.clone();
    let digest = other.deal.as_ref().unwrap().opening.digest(&plan, 2).to_vec();
    told_to_3[1] = Message::sign(&keys[1], messages[1].header, digest);
    let mut states = states.into_iter();
    let (first, _) = states.next().unwrap().open(&keys[0], &others(&messages, Some(1)), rng).unwrap();
    let (_, third) = states.nth(1).unwrap().open(&keys[2], &others(&told_to_3, Some(3)), rng).unwrap();
    assert_eq!(culprits(&first.check_message(&third.unwrap()).unwrap_err()), [(3, Fault::WrongSession)]);
}

#[test]
fn a_confirmation_of_other_keys_is_named() {
    let rng = &mut rng(16);
    let (keys, plan, parties) = four(rng);
    let (shares, certificate) = run(&plan, &parties, rng);
    let (other_shares, _) = run(&plan, &parties, rng);
    let mut confirmations: Vec<_> =
        keys.iter().zip(&shares).map(|(key, share)| share.confirmation(key).unwrap()).collect();
    let right = confirmations[2].clone();
    let other = other_shares[2].confirmation(&keys[2]).unwrap();
    let mut no_proof = right.body.clone();
    no_proof[32..80].copy_from_slice(&keys[0].K().to_compressed());
    for (wrong, fault) in [
        // From a different session; then from this session, on different public keys.
        (other.clone(), Fault::WrongSession),
        (with_body(&right, &keys[2], other.body), Fault::WrongGeneration),
        // With an invalid part of a proof of possession.
        (with_body(&right, &keys[2], no_proof), Fault::InvalidProof),
    ] {
        confirmations[2] = wrong;
        assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(3, fault)]);
    }
    confirmations.pop();
    confirmations[2] = right.clone();
    assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(4, Fault::Missing)]);
    assert!(certificate.verify(plan.roster()).is_ok());
    // A certificate does not cover the share of a different session, or a different roster.
    let [share, ..] = &other_shares[..] else { panic!("no share") };
    let share = AuthorityShare::from_bytes(&share.to_bytes()).unwrap();
    assert!(Holder::new(again(&keys[0]), share, &certificate).is_err());
    assert_eq!(shares[0].confirmation(&keys[1]).unwrap_err(), crate::Error::InvalidKey);
    let (others, other_plan, _) = four(rng);
    assert!(certificate.verify(other_plan.roster()).is_err());
    assert!(Holder::new(again(&others[0]), shares.into_iter().next().unwrap(), &certificate).is_err());
}
