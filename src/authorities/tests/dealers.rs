//! Dealers that deal wrong values, and authorities that complain wrongly.

use super::*;
use crate::authorities::message::{Header, seal};
use crate::authorities::polynomial::Polynomial;
use crate::codec::Writer;
use crate::curve::{G2Affine, PrimeCurveAffine, Scalar};
use crate::secret::Secret;

/// Makes a plan for 3 of 4.
fn four(rng: &mut ChaCha20Rng) -> (Vec<AuthorityKey>, Plan) {
    let keys: Vec<_> = (1..=4).map(|i| key(i, rng)).collect();
    let plan = Plan::generate(roster(3, &keys.iter().collect::<Vec<_>>()));
    (keys, plan)
}

fn parties(keys: &[AuthorityKey]) -> Vec<Party<'_>> {
    keys.iter().map(|key| (key, None)).collect()
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
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
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
        assert_convicted(&keys, dealing, &round_2, 2, rng);
    }
    run(&plan, &parties, rng);
}

#[test]
fn convicts_a_dealer_of_garbage() {
    let rng = &mut rng(2);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
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
            let header = *message.header();
            let body = garbage(header, &keys[usize::from(header.to) - 1], rng);
            *message = Message::sign(&keys[1], header, body);
        }
        assert_convicted(&keys, dealing, &round_2, 2, rng);
    }
}

/// Without the proof of knowledge of `k`, a complaint about a copy would open the original, because
/// it publishes `D = [k]C`.
#[test]
fn a_copied_sealed_part_opens_nothing() {
    let rng = &mut rng(3);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (dealing, mut round_2) = dealing(&plan, &parties, rng);
    // Dealer 2 sends authority 3 what dealer 1 sent it.
    let original = round_2.iter().find(|message| (message.from(), message.to()) == (1, 3)).unwrap().clone();
    let copy = round_2.iter_mut().find(|message| (message.from(), message.to()) == (2, 3)).unwrap();
    *copy = Message::sign(&keys[1], *copy.header(), original.body.clone());
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
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (mut dealing, round_2) = dealing(&plan, &parties, rng);
    let judge = dealing[0].proceedings().clone();
    let right = round_2.iter().find(|message| (message.from(), message.to()) == (1, 3)).unwrap();
    // Authority 3 complains about a correct message, with the D that opens it.
    let sealed = message::Sealed::read(&right.body, &right.header().to_bytes()).unwrap();
    let unfounded = judge.complain(&keys[2], 3, right, Some(&sealed), rng).unwrap();
    let named = judge.judge(&carried(&unfounded)).unwrap();
    assert_eq!((named.index, named.fault), (3, Fault::FalseComplaint));
    // With a different D, for which there is no proof.
    let D_at = unfounded.body.len() - 48 - 64;
    let mut body = unfounded.body.clone();
    body[D_at..D_at + 48].copy_from_slice(&keys[0].K().to_compressed());
    let lie = Message::sign(&keys[2], *unfounded.header(), body);
    assert_eq!(judge.judge(&lie).unwrap().index, 3);
    // Without a D; about a message to a different authority; about no message.
    for body in [unfounded.body[..D_at].to_vec(), Vec::new()] {
        let lie = Message::sign(&keys[2], *unfounded.header(), body);
        assert_eq!(judge.judge(&lie).unwrap().index, 3);
    }
    let to_another =
        Message::sign(&keys[3], Header { from: 4, ..*unfounded.header() }, unfounded.body.clone());
    assert_eq!(judge.judge(&to_another).unwrap().index, 4);
    // An unsigned complaint convicts nobody.
    let mut w = Writer::new();
    w.raw(&unfounded.body);
    let forged = Message::sign(&keys[0], *unfounded.header(), w.into_vec());
    assert_eq!(culprits(&judge.judge(&forged).unwrap_err()), [(3, Fault::InvalidSignature)]);
    // The session continues: the message was correct.
    let state = dealing.remove(2);
    assert!(state.check(&keys[2], &for_receiver(&round_2, 3), rng).is_ok());
}

/// An authority cannot complain with a message that the dealer did not send it in this session.
#[test]
fn only_messages_of_the_session_convict() {
    let rng = &mut rng(17);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (_, earlier) = dealing(&plan, &parties, rng);
    let begun = committed(&plan, &parties, rng);
    let (states, round_1) = opened(&plan, &parties, begun, rng);
    let (dealing, round_2) = dealt(&plan, &parties, (states, round_1.clone()), rng);
    let judge = dealing[0].proceedings();
    let from_1_to = |messages: &[Message], to: u8| {
        messages.iter().find(|message| (message.from(), message.to()) == (1, to)).unwrap().clone()
    };
    let complain = |accused: &Message, rng: &mut ChaCha20Rng| {
        let sealed = message::Sealed::read(&accused.body, &accused.header().to_bytes());
        let complaint = judge.complain(&keys[2], 3, accused, sealed.as_ref().ok(), rng).unwrap();
        let named = judge.judge(&carried(&complaint)).unwrap();
        (named.index, named.fault)
    };
    let right = from_1_to(&round_2, 3);
    for accused in [
        // made up by authority 3; of a different session, round or receiver
        Message::sign(&keys[2], *right.header(), b"garbage".to_vec()),
        from_1_to(&earlier, 3),
        round_1[0].clone(),
        from_1_to(&round_2, 4),
    ] {
        assert_eq!(complain(&accused, rng), (3, Fault::FalseComplaint));
    }
    // A complaint with extra bytes is not a complaint.
    let garbage = Message::sign(&keys[0], *right.header(), b"garbage".to_vec());
    let complaint = judge.complain(&keys[2], 3, &garbage, None, rng).unwrap();
    let longer = [complaint.body.as_slice(), &[0]].concat();
    let longer = Message::sign(&keys[2], *complaint.header(), longer);
    assert_eq!(judge.judge(&longer).unwrap().index, 3);
    // The message that the dealer signed here convicts it.
    assert_eq!(complain(&garbage, rng), (1, Fault::WrongValue));
}

/// Returns the authorities' verdict if dealer 2 starts with this instead of its own values.
fn refused_opening(
    seed: u64,
    before: impl FnOnce(&mut deal::Deal),
    after: impl FnOnce(&mut Message, &AuthorityKey),
) -> Vec<(u8, Fault)> {
    let rng = &mut rng(seed);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (mut states, mut messages) = committed(&plan, &parties, rng);
    let deal = states[1].deal.as_mut().unwrap();
    before(deal);
    let digest = deal.opening.digest(&plan, 2).to_vec();
    messages[1] = Message::sign(&keys[1], *messages[1].header(), digest);
    let (opened, mut messages) = opened(&plan, &parties, (states, messages), rng);
    after(&mut messages[1], &keys[1]);
    let state = opened.into_iter().next().unwrap();
    culprits(&state.deal(&keys[0], &others(&messages, Some(1)), rng).unwrap_err())
}

fn resigned(message: &mut Message, key: &AuthorityKey, change: impl FnOnce(&mut Vec<u8>)) {
    let mut body = message.body.clone();
    change(&mut body);
    *message = Message::sign(key, *message.header(), body);
}

#[test]
fn names_who_commits_too_often_or_seldom() {
    let point = G2Affine::generator();
    for which in 0..3 {
        let more = refused_opening(5, |deal| deal.opening.commitments.in_g2[which].push(point), |_, _| {});
        assert_eq!(more, [(2, Fault::WrongThreshold)]);
        let fewer = refused_opening(
            6,
            |deal| {
                deal.opening.commitments.in_g2[which].pop();
            },
            |_, _| {},
        );
        assert_eq!(fewer, [(2, Fault::WrongThreshold)]);
    }
}

#[test]
fn names_who_opens_something_else() {
    let other = refused_opening(7, |_| {}, |message, key| resigned(message, key, |body| body[0] ^= 1));
    assert_eq!(other, [(2, Fault::DoesNotOpen)]);
}

#[test]
fn names_whose_proof_is_wrong_or_missing() {
    let wrong = refused_opening(
        8,
        |_| {},
        |message, key| {
            resigned(message, key, |body| {
                let last = body.len() - 1;
                body[last] ^= 1;
            });
        },
    );
    assert_eq!(wrong, [(2, Fault::InvalidProof)]);
    let missing = refused_opening(
        9,
        |_| {},
        |message, key| {
            resigned(message, key, |body| body.truncate(body.len() - 32));
        },
    );
    assert_eq!(missing, [(2, Fault::Malformed(crate::Error::Truncated))]);
    // Another dealer's commitments, whose logarithms it does not know.
    let stolen = Polynomial::sharing(None, 3, &mut rng(10)).unwrap().commit();
    let unknown = refused_opening(11, |deal| deal.opening.commitments.in_g2[0] = stolen, |_, _| {});
    assert_eq!(unknown, [(2, Fault::InvalidProof)]);
}

#[test]
fn names_who_is_silent_or_sends_twice() {
    let rng = &mut rng(12);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
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
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (_, first_dealt) = dealing(&plan, &parties, rng);
    let begun = committed(&plan, &parties, rng);
    let (states, round_1) = opened(&plan, &parties, begun, rng);
    let state = &states[0];
    let fault = |message: &Message| culprits(&state.check_message(message).unwrap_err());
    assert_eq!(fault(&first_dealt[0]), [(1, Fault::Surplus)]);
    let (dealing, round_2) = dealt(&plan, &parties, (states, round_1.clone()), rng);
    let state = &dealing[0];
    let fault = |message: &Message| culprits(&state.check_message(message).unwrap_err());
    let replayed = first_dealt.iter().find(|message| (message.from(), message.to()) == (2, 1)).unwrap();
    assert_eq!(fault(replayed), [(2, Fault::WrongSession)]);
    assert_eq!(fault(&round_1[1]), [(2, Fault::WrongRound)]);
    let not_mine = round_2.iter().find(|message| (message.from(), message.to()) == (2, 3)).unwrap();
    assert_eq!(fault(not_mine), [(2, Fault::WrongReceiver)]);
    let right = round_2.iter().find(|message| (message.from(), message.to()) == (2, 1)).unwrap();
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
    let signature = *message.signature();
    let signed =
        |header, body: &[u8]| Message::from_parts(header, body.to_vec(), signature).is_signed_by(key.K());
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
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (states, earlier_0) = committed(&plan, &parties, rng);
    let (_, earlier_1) = opened(&plan, &parties, (states, earlier_0.clone()), rng);
    let named = |dealer: u8, commit: &[u8], show: &[u8], rng: &mut ChaCha20Rng| {
        let at = usize::from(dealer) - 1;
        let (states, mut messages) = committed(&plan, &parties, rng);
        messages[at] = Message::sign(&keys[at], *messages[at].header(), commit.to_vec());
        let (states, mut messages) = opened(&plan, &parties, (states, messages), rng);
        let header = Header { from: dealer, ..*messages[0].header() };
        messages[at] = Message::sign(&keys[at], header, show.to_vec());
        let state = states.into_iter().next().unwrap();
        culprits(&state.deal(&keys[0], &others(&messages, Some(1)), rng).unwrap_err())
    };
    let (commit, show) = (&earlier_0[1].body, &earlier_1[1].body);
    assert_eq!(named(2, commit, show, rng), [(2, Fault::InvalidProof)]);
    // Dealer 3 repeats dealer 2's messages.
    assert_eq!(named(3, commit, show, rng), [(3, Fault::DoesNotOpen)]);
    let (states, messages) = committed(&plan, &parties, rng);
    let commit = states[1].deal.as_ref().unwrap().opening.digest(&plan, 3);
    let (states, mut shown) = {
        let mut messages = messages;
        messages[2] = Message::sign(&keys[2], *messages[2].header(), commit.to_vec());
        opened(&plan, &parties, (states, messages), rng)
    };
    let header = Header { from: 3, ..*shown[1].header() };
    shown[2] = Message::sign(&keys[2], header, shown[1].body.clone());
    let state = states.into_iter().next().unwrap();
    let failure = state.deal(&keys[0], &others(&shown, Some(1)), rng).unwrap_err();
    assert_eq!(culprits(&failure), [(3, Fault::InvalidProof)]);
    run(&plan, &parties, rng);
}

#[test]
fn another_threshold_is_another_session() {
    let rng = &mut rng(14);
    let keys: Vec<_> = (1..=4).map(|i| key(i, rng)).collect();
    let all: Vec<_> = keys.iter().collect();
    let (three, four) = (Plan::generate(roster(3, &all)), Plan::generate(roster(4, &all)));
    let (states, _) = committed(&three, &parties(&keys), rng);
    let (_, messages) = committed(&four, &parties(&keys), rng);
    assert_eq!(culprits(&states[0].check_message(&messages[1]).unwrap_err()), [(2, Fault::WrongSession)]);
}

/// If a dealer commits to different values towards different authorities, the session
/// gets no certificate.
#[test]
fn equivocation_ends_without_a_certificate() {
    let rng = &mut rng(15);
    let (keys, plan) = four(rng);
    let parties = parties(&keys);
    let (states, messages) = committed(&plan, &parties, rng);
    let (other, _) = plan.clone().start(&keys[1], None, rng).unwrap();
    let mut told_to_3 = messages.clone();
    let digest = other.deal.as_ref().unwrap().opening.digest(&plan, 2).to_vec();
    told_to_3[1] = Message::sign(&keys[1], *messages[1].header(), digest);
    let mut states = states.into_iter();
    let (first, _) = states.next().unwrap().open(&keys[0], &others(&messages, Some(1)), rng).unwrap();
    let (_, third) = states.nth(1).unwrap().open(&keys[2], &others(&told_to_3, Some(3)), rng).unwrap();
    assert_eq!(culprits(&first.check_message(&third.unwrap()).unwrap_err()), [(3, Fault::WrongSession)]);
}

#[test]
fn a_confirmation_of_other_keys_is_named() {
    let rng = &mut rng(16);
    let (keys, plan) = four(rng);
    let (shares, certificate) = run(&plan, &parties(&keys), rng);
    let (other_shares, _) = run(&plan, &parties(&keys), rng);
    let mut confirmations: Vec<_> =
        keys.iter().zip(&shares).map(|(key, share)| share.confirmation(key).unwrap()).collect();
    let right = confirmations[2].clone();
    // From a different session; then from this session, on different public keys.
    let other = other_shares[2].confirmation(&keys[2]).unwrap();
    confirmations[2] = other.clone();
    assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(3, Fault::WrongSession)]);
    confirmations[2] = Message::sign(&keys[2], *right.header(), other.body);
    assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(3, Fault::WrongGeneration)]);
    // With an invalid part of a proof of possession.
    let mut body = right.body.clone();
    body[32..80].copy_from_slice(&keys[0].K().to_compressed());
    confirmations[2] = Message::sign(&keys[2], *right.header(), body);
    assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(3, Fault::InvalidProof)]);
    confirmations.pop();
    confirmations[2] = right.clone();
    assert_eq!(culprits(&shares[0].certify(&confirmations).unwrap_err()), [(4, Fault::Missing)]);
    assert!(certificate.verify(plan.roster()).is_ok());
    // A certificate does not cover the share of a different session, or a different roster.
    let [share, ..] = &other_shares[..] else { panic!("no share") };
    let share = AuthorityShare::from_bytes(&share.to_bytes()).unwrap();
    assert!(Holder::new(again(&keys[0]), share, &certificate).is_err());
    assert_eq!(shares[0].confirmation(&keys[1]).unwrap_err(), crate::Error::InvalidKey);
    let (others, other_plan) = four(rng);
    assert!(certificate.verify(other_plan.roster()).is_err());
    assert!(Holder::new(again(&others[0]), shares.into_iter().next().unwrap(), &certificate).is_err());
}
