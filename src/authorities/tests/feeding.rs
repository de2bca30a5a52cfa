//! Sessions that receive messages in any order.

use super::*;
use rand_core::RngCore;

/// Carries messages between sessions, shuffled and some of them twice, until none are left.
/// Returns the rejections.
fn carry(sessions: &mut [(AuthorityKey, Session)], rng: &mut ChaCha20Rng) -> Vec<Failure> {
    let (mut under_way, mut refused) = (Vec::new(), Vec::new());
    loop {
        for (_, session) in &mut *sessions {
            while let Some(message) = session.next_message() {
                under_way.extend([carried(&message), message]);
            }
        }
        if under_way.is_empty() {
            return refused;
        }
        let message = under_way.swap_remove(rng.next_u32() as usize % under_way.len());
        for (key, session) in &mut *sessions {
            let own = session.plan().roster().index_of(&key.public_key());
            let result = session.receive(key, &message, rng);
            if message.to() == 0 || Some(message.to()) == own || Some(message.from()) == own {
                refused.extend(result.err());
            } else if !session.is_over() {
                // A message for another receiver is rejected, and does not take the
                // place of this receiver's.
                assert_eq!(result.unwrap_err().culprits()[0].fault, Fault::WrongReceiver);
            }
        }
    }
}

fn begin(plan: &Plan, keys: &[AuthorityKey], rng: &mut ChaCha20Rng) -> Vec<(AuthorityKey, Session)> {
    keys.iter().map(|key| (again(key), Session::start(plan.clone(), key, None, rng).unwrap())).collect()
}

#[test]
fn messages_may_come_in_any_order() {
    let rng = &mut rng(1);
    let keys = keys(4, rng);
    let plan = generate(3, &keys);
    let mut sessions = begin(&plan, &keys, rng);
    assert_eq!(sessions[0].1.missing().len(), 3);
    assert_eq!(carry(&mut sessions, rng), []);
    // The first confirms before the others do.
    for at in 0..4 {
        let (key, session) = &mut sessions[at];
        assert!(session.is_checked());
        session.confirm(key, &mut MemoryRecords::default()).unwrap();
        assert_eq!(carry(&mut sessions, rng), []);
    }
    let certificates: Vec<_> = sessions.into_iter().map(|(_, session)| session.finish().unwrap().1).collect();
    assert!(certificates.iter().all(|certificate| *certificate == certificates[0]));
    certificates[0].verify(plan.roster()).unwrap();
}

#[test]
fn what_does_not_belong_stops_nothing() {
    let rng = &mut rng(2);
    let keys = keys(2, rng);
    let plan = generate(2, &keys);
    // An earlier session, whose messages are replayed in every round.
    let mut old = begin(&plan, &keys, rng);
    let mut replayed = Vec::new();
    for _ in 0..3 {
        let sent: Vec<Message> =
            old.iter_mut().flat_map(|(_, s)| core::iter::from_fn(|| s.next_message())).collect();
        for (key, session) in &mut old {
            sent.iter().for_each(|message| session.receive(key, message, rng).unwrap());
        }
        replayed.extend(sent);
    }
    let mut sessions = begin(&plan, &keys, rng);
    for (key, session) in &mut sessions {
        for message in replayed.iter().filter(|message| message.round() != Round::Commit) {
            session.receive(key, message, rng).unwrap();
        }
        // A signature by a different authority.
        let mut forged = replayed.last().unwrap().clone();
        forged.body.push(0);
        if session.plan().roster().index_of(&key.public_key()) != Some(forged.from()) {
            let failure = session.receive(key, &forged, rng).unwrap_err();
            assert_eq!(failure.culprits()[0].fault, Fault::InvalidSignature);
        }
    }
    assert_eq!(carry(&mut sessions, rng), []);
    for (key, session) in &mut sessions {
        session.confirm(key, &mut MemoryRecords::default()).unwrap();
    }
    assert_eq!(carry(&mut sessions, rng), []);
    assert!(sessions.into_iter().all(|(_, session)| session.finish().is_ok()));
}
