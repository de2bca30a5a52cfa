//! Weaknesses of the messages: `W` without integrity, `R1` in the clear, `tc` alone against replay,
//! `M` under the identity alone, `AK` without `M`.

use blstrs::Scalar;
use medseal::Error;
use medseal::identity::{DEFAULT_WINDOW_MS, Disclosure, IdentityEnvelope};

use super::protocol::{Envelope, QID, xor};
use super::{ATTACKER, Printed, VICTIM};
use crate::ground::{P2, Reader, g1_bytes, g2_bytes, header, rng, var};
use crate::handshake::consortium::{
    Consortium, NOW, disclosure, empty_cache, first_and_second_bytes, first_bytes,
};
use crate::handshake::outsider::{
    self, Claim, Exchange, Identifiers, decapsulate, hedged_seed, hedged_y, parts_of_reply, reply, x,
};

#[test]
fn a_recorded_reply_opens_after_a_leak() {
    let printed = Printed::new();
    let request = printed.request(&printed.victim, x());
    let accepted = printed.main_node.accept(&request, NOW).unwrap();
    let reply = printed.main_node.reply(&request, &accepted, b"where it lies");
    // In print: SID or SSN suffices.
    assert_eq!(reply.M.open(&printed.victim.SID).unwrap(), b"where it lies");
    assert_eq!(reply.M.open(&(printed.victim.QID() * printed.super_node.SSN)).unwrap(), b"where it lies");

    // Here: M is under V as well. (What S_ID, s and s_MN give together: `handshake::recordings`.)
    let c = Consortium::new();
    let recorded = c.record(1);
    let [_, ct, _, M] = parts_of_reply(&recorded.reply);
    let (Q_ID, S_ID) = (c.general().Q_ID(), c.S_ID());
    let X = Reader::new(0x0a, &recorded.request).g1();
    let T = Reader::new(0x0b, &recorded.reply).g1();
    // The attacker has everything that ML-KEM hides.
    let ct = ct.as_slice().try_into().unwrap();
    let seed = hedged_seed(&first_and_second_bytes(1).1, &S_ID, &c.node(), NOW);
    let ss = decapsulate(&seed, &ct);
    let with =
        |shared, V| Exchange { node: c.node(), request: recorded.request.clone(), T, ct, shared, V, ss };
    let aad = with(X, X).aad();
    for fields in [
        M.clone(),
        [&[0; 4], g1_bytes(&X).as_slice(), &var(&M)].concat(),
        [&[0; 4], &g1_bytes(&T)[..], &var(&M)].concat(),
    ] {
        if let Ok(envelope) = IdentityEnvelope::from_bytes(&[&header(0x0d), &fields[..]].concat()) {
            for aad in [b"".as_slice(), &aad] {
                assert_eq!(c.hospital.open(&envelope, aad, None).unwrap_err(), Error::DecryptionFailed);
            }
        }
    }
    let shared = X * c.s_MN();
    for V in [shared, X, T, X * c.s(), T * c.s_MN()] {
        assert!(with(shared, V).open(&M).is_none());
    }
    // The right V, which requires y or x, opens an envelope to S_ID.
    let y = hedged_y(&first_bytes(2), &c.s_MN().to_bytes_be(), &recorded.request, &disclosure().to_bytes());
    let envelope = with(shared, X * y).open(&M).unwrap();
    assert!(outsider::open_envelope(&envelope, &c.P_SN(), &Q_ID, &S_ID, &aad).is_some());
}

#[test]
fn anyone_can_swap_the_outer_payload() {
    let printed = Printed::new();
    let request = printed.request(&printed.victim, x());
    let accepted = printed.main_node.accept(&request, NOW).unwrap();
    let mut printed_reply = printed.main_node.reply(&request, &accepted, b"where it lies");
    // In print: AK does not cover M.
    let QSN = printed.super_node.QSN();
    printed_reply.M = Envelope::to(&printed.victim.QID(), &QSN, Scalar::from(5), b"a false place");
    let finished = printed.victim.finish(&printed.main_node.QMN(), x(), &request, &printed_reply);
    assert_eq!(finished.unwrap(), b"a false place");

    // Here: the hospital accepts neither the attacker's own envelope, sealed or not, nor the M of
    // another reply to the same hospital or request.
    let c = Consortium::new();
    let request = c.request(1);
    let reply_with = |request: &[u8], location: &[u8], seed| {
        let disclosure = Disclosure::new(location, [1; 32], [2; 32]).unwrap();
        parts_of_reply(&c.accept(request).unwrap().reply(&disclosure, &mut rng(seed)).unwrap().0.to_bytes())
    };
    let [T, ct, AK, M] = reply_with(&request, b"where it lies", 2);
    let general = c.general();
    let false_place = Disclosure::new(b"a false place", [1; 32], [2; 32]).unwrap().to_bytes();
    let exchange = Exchange {
        node: c.node(),
        T: Reader::fields(&T).g1(),
        ct: ct.as_slice().try_into().unwrap(),
        shared: Reader::new(0x0a, &request).g1(),
        V: Reader::fields(&T).g1(),
        ss: [0; 32],
        request: request.clone(),
    };
    let envelope = exchange.envelope(&general.Q_ID(), &outsider::payload(&general.R, &false_place));
    for swapped in [
        exchange.seal(&envelope),
        envelope,
        reply_with(&request, b"where it lies", 4)[3].clone(),
        reply_with(&request, b"a false place", 2)[3].clone(),
        reply_with(&c.request(5), b"where it lies", 2)[3].clone(),
        Vec::new(),
    ] {
        let finished = c.finish(1, &reply(&T, &ct, &AK, &swapped));
        assert_eq!(finished.unwrap_err(), Error::AuthenticationFailed);
    }
    assert_eq!(c.finish(1, &reply(&T, &ct, &AK, &M)).unwrap().disclosure.location(), b"where it lies");
}

#[test]
fn a_replay_in_the_window_succeeds() {
    let printed = Printed::new();
    let request = printed.request(&printed.victim, x());
    // In print: only the time is checked.
    assert!((0..3).all(|i| printed.main_node.accept(&request, NOW + i * 10_000).is_some()));

    let c = Consortium::new();
    let (request, cache) = (c.request(1), empty_cache());
    assert!(c.accept_at(&request, &cache, NOW).is_ok());
    for later in [0, 10_000, DEFAULT_WINDOW_MS] {
        let again = c.accept_at(&request, &cache, NOW + later);
        assert_eq!(again.unwrap_err(), Error::RequestReplayed);
    }
    assert!(c.accept_at(&c.request(2), &cache, NOW).is_ok());
}

#[test]
fn clear_registration_records_link_requests() {
    let printed = Printed::new();
    let other = printed.super_node.register(ATTACKER, [5; 32], [6; 32]);
    let R1 = |hospital, x| printed.request(hospital, Scalar::from(x)).R1;
    // In print: R1 is the same in all of one hospital's requests.
    assert_eq!(R1(&printed.victim, 1), R1(&printed.victim, 2));
    assert_ne!(R1(&printed.victim, 1), R1(&other, 3));

    // Here: two requests have only header and time in common, whether one
    // hospital sent them or two.
    let mut c = Consortium::new();
    let clinic = c.register("St. Bartholomew's Clinic for Rare Diseases", 10);
    let (first, second, third) = (c.request(1), c.request(2), c.ask(&clinic, NOW, 3).1);
    for other in [&second, &third] {
        assert_eq!(other.len(), first.len());
        let runs_in_common =
            |from: &[u8]| from.windows(4).filter(|run| other.windows(4).any(|window| window == *run)).count();
        assert_eq!(runs_in_common(&[&first[4..52], &first[60..]].concat()), 0);
        assert_eq!((&first[..4], &first[52..60]), (&other[..4], &other[52..60]));
    }
    let (general, Q_ID) = (c.general(), g2_bytes(&c.general().Q_ID()));
    let secrets: [&[u8]; 5] = [b"General", b"agreement", &general.R, &general.record_digest, &Q_ID];
    for secret in secrets {
        assert!(!first.windows(secret.len()).any(|window| window == secret));
    }
    // A holder of X' can read them.
    let X = Reader::new(0x0a, &first).g1();
    assert_eq!(Claim::open(&first, &c.node(), X * c.s_MN()).unwrap().0.hospital, general);
}

#[test]
fn W_can_be_changed_at_will_under_a_stream_without_integrity() {
    let printed = Printed::new();
    let mut request = printed.request(&printed.victim, x());
    // In print: the main node decrypts the attacker's choice. With R adapted,
    // even QID stays the same.
    let change = xor(VICTIM, ATTACKER);
    for (i, change) in change.into_iter().enumerate() {
        request.W[i] ^= change;
        request.W[32 + i] ^= change;
    }
    let (ID, R, _) = printed.main_node.decrypt(&request);
    assert_eq!(ID, ATTACKER);
    assert_eq!(QID(ID, R, request.R1), printed.victim.QID());

    // Here: W is authenticated, and its content is not examined before. An unused name is
    // refused like any other change, which reveals nothing about the content. The attacker
    // knows the plaintext and wants to put in this name, another hospital's name with its R
    // and digest, or another U.
    let mut c = Consortium::new();
    let clinic = outsider::hospital(&c.register("Clinic", 10).to_bytes()).0;
    let request = c.request(1);
    let X = Reader::new(0x0a, &request).g1();
    let (claim, U) = Claim::open(&request, &c.node(), X * c.s_MN()).unwrap();
    let plaintext = claim.inner(&U);
    let as_clinic = Claim { hospital: clinic, ..claim.clone() };
    let hospital = Identifiers { name: "Central".into(), ..claim.hospital.clone() };
    let as_nobody = Claim { hospital, ..claim.clone() };
    for wanted in [as_nobody.inner(&U), as_clinic.inner(&U), claim.inner(&-U), claim.inner(&(U + P2()))] {
        let mut mauled = request.clone();
        for (byte, (from, to)) in mauled[1244..].iter_mut().zip(plaintext.iter().zip(&wanted)) {
            *byte ^= from ^ to;
        }
        assert_eq!(c.accept(&mauled).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(c.accept(&request).is_ok());
}
