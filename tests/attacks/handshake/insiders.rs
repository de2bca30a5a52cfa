//! Attackers who have a side's secret, act as that side with their own program, and
//! send invalid messages.

use blstrs::{G2Affine, G2Projective, Scalar};
use medseal::Error;
use medseal::identity::{SessionMessage, SuperNode};

use super::consortium::{
    ANSWER, Consortium, NOW, QUESTION, RECORD, confirm, disclosure, register, registered,
};
use super::outsider::{
    self, Claim, Exchange, HOSPITAL, Identifiers, MAIN_NODE, open_envelope, open_message, parts_of_reply,
    payload, reply, seal_message, x, y,
};
use crate::ground::{P1, P2, Reader, bad_elements, g1_bytes, g2_bytes, header, kdf, rng, sha256, var};

/// The claim that the hospital's own program makes, with its `U`.
fn genuine_claim(c: &Consortium) -> (Claim, G2Projective) {
    let x = x();
    let claim = Claim::new(&c.general(), &c.node(), x, NOW);
    let U = claim.U(x, &c.S_ID());
    (claim, U)
}

/// The reply of the main node's own program to the request, from this seed.
fn genuine_exchange(c: &Consortium, seed: u64) -> Exchange {
    let request = c.request(seed);
    let shared = Reader::new(0x0a, &request).g1() * c.s_MN();
    Exchange::answering(&c.node(), &request, shared, y())
}

/// Its disclosure.
fn genuine_payload(c: &Consortium) -> Vec<u8> {
    payload(&c.general().R, &disclosure().to_bytes())
}

#[test]
fn own_code_with_hospital_secret_completes_handshakes() {
    // This shows that the other tests fail for what the attacker lacks, and not because
    // of a bug in its program.
    let c = Consortium::new();
    let (claim, U) = genuine_claim(&c);
    let request = claim.request(&U);
    let (reply, pending) = c.answer(&request, 2);
    let exchange = Exchange::answered(&claim, x(), &request, &reply);
    let [_, _, AK, M] = parts_of_reply(&reply);
    let keys = exchange.keys(&M);
    assert_eq!(keys.AK.as_slice(), AK);
    let envelope = exchange.open(&M).unwrap();
    let opened = open_envelope(&envelope, &c.P_SN(), &claim.Q_ID, &c.S_ID(), &exchange.aad()).unwrap();
    assert_eq!(opened, genuine_payload(&c));
    // Both sides have derived the same keys.
    let confirmation = [header(0x0c).as_slice(), &keys.confirmation].concat();
    let mut session = confirm(pending, &confirmation).unwrap();
    assert_eq!(*session.id(), keys.session_id);
    assert_eq!(*session.export(b"label"), kdf(&keys.k_exp, "export", b"label"));
    let question = seal_message(&keys.k_i2r, HOSPITAL, 0, QUESTION);
    let question = SessionMessage::from_bytes(&question).unwrap();
    assert_eq!(*session.open(&question, b"").unwrap(), QUESTION);
    let answer = session.seal(ANSWER, b"").unwrap().to_bytes();
    assert_eq!(open_message(&keys.k_r2i, MAIN_NODE, &answer).unwrap(), ANSWER);
}

#[test]
fn own_code_with_node_secret_completes_handshakes() {
    let c = Consortium::new();
    let exchange = genuine_exchange(&c, 1);
    let (claim, U) = Claim::open(&exchange.request, &c.node(), exchange.shared).unwrap();
    assert_eq!(claim.hospital, c.general());
    assert!(claim.holds(&U, claim.r()));
    let M = exchange.seal(&exchange.envelope(&claim.Q_ID, &genuine_payload(&c)));
    let keys = exchange.keys(&M);
    let mut hospital = c.finish(1, &exchange.reply(&M)).unwrap();
    assert_eq!(hospital.disclosure, disclosure());
    assert_eq!(hospital.confirmation.to_bytes()[4..], keys.confirmation);
    assert_eq!(*hospital.session.id(), keys.session_id);
    let question = hospital.session.seal(QUESTION, b"").unwrap().to_bytes();
    assert_eq!(open_message(&keys.k_i2r, HOSPITAL, &question).unwrap(), QUESTION);
    let answer = seal_message(&keys.k_r2i, MAIN_NODE, 0, ANSWER);
    let answer = SessionMessage::from_bytes(&answer).unwrap();
    assert_eq!(*hospital.session.open(&answer, b"").unwrap(), ANSWER);
}

#[test]
fn what_is_inside_W_must_be_well_formed() {
    let c = Consortium::new();
    let (claim, U) = genuine_claim(&c);
    let inner = claim.inner(&U);
    let with = |at: usize, bytes: &[u8]| [&inner[..at], bytes, &inner[at + bytes.len()..]].concat();
    let [_, (outside, _), ..] = bad_elements(96);
    let outside = G2Affine::from_compressed_unchecked(&outside.try_into().unwrap()).unwrap();
    let infinity = [[0xc0].as_slice(), &[0; 95]].concat();
    for (i, wrong) in [
        with(304, &infinity),
        with(304, &[0xff; 96]),
        with(304, &outside.to_compressed()),
        with(304, &g2_bytes(&(U + outside))),
        with(304, &g2_bytes(&-U)),
        with(255, &[1]),  // padding
        with(8, &[1]),    // padding
        with(0, &[0]),    // no name
        with(1, &[0xff]), // a name that is not text
        with(0, &[8]),    // a name that ends in a zero
        with(0, &[6]),    // a length shorter than the name
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(c.accept(&claim.seal(wrong)).unwrap_err(), Error::AuthenticationFailed, "{i}");
    }
    // With another length, it does not decode.
    assert_eq!(c.accept(&claim.seal(&inner[..399])).unwrap_err(), Error::Truncated);
    assert_eq!(c.accept(&claim.seal(&with(400, &[]))[..1675]).unwrap_err(), Error::Truncated);
    assert_eq!(c.accept(&claim.seal(&[inner.as_slice(), &[0]].concat())).unwrap_err(), Error::TrailingBytes);
    assert!(c.accept(&claim.seal(&inner)).is_ok());
}

#[test]
fn what_is_inside_M_must_be_well_formed() {
    let mut c = Consortium::new();
    let exchange = genuine_exchange(&c, 1);
    let clinic = registered(&c.register("Clinic", 10));
    let (Q_ID, right) = (c.general().Q_ID(), genuine_payload(&c));
    let finish = |envelope: &[u8]| c.finish(1, &exchange.reply(&exchange.seal(envelope))).map(|_| ());
    let inside = |payload: &[u8]| finish(&exchange.envelope(&Q_ID, payload));
    let with = |at: usize, bytes: &[u8]| [&right[..at], bytes, &right[at + bytes.len()..]].concat();
    for (i, wrong) in [
        with(3, &[15]),                                                 // another length of R
        with(3, &[17]),                                                 //
        with(4, &[!right[4]]),                                          // another R
        with(4, &[0; 16]),                                              //
        with(23, &[12]),                                                // another length of the location
        with(right.len() - 33, &[31]),                                  // of the summary
        [right.as_slice(), &[0]].concat(),                              // trailing bytes
        right[..right.len() - 1].to_vec(),                              // truncated
        [&var(&[&right[4..20], &[0]].concat()), &right[20..]].concat(), // R with trailing bytes
        right[20..].to_vec(),                                           // no R
        Vec::new(),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(inside(wrong), Err(Error::AuthenticationFailed), "{i}");
    }
    // Bytes after the envelope, or another envelope: to another hospital, for another exchange,
    // from another super node.
    let envelope = exchange.envelope(&Q_ID, &right);
    let elsewhere = outsider::envelope(&c.P_SN(), &Q_ID, Scalar::from(19), b"elsewhere", &right);
    let foreign = outsider::envelope(&P1(), &Q_ID, Scalar::from(19), &exchange.aad(), &right);
    let to_clinic = exchange.envelope(&clinic, &right);
    for wrong in [&[envelope.as_slice(), &[0]].concat(), &elsewhere, &foreign, &to_clinic, &right] {
        assert_eq!(finish(wrong), Err(Error::AuthenticationFailed));
    }
    assert_eq!(finish(&envelope), Ok(()));
}

#[test]
fn rejects_replies_with_anothers_random_number() {
    // A main node that mixes up two hospitals' payloads.
    let mut c = Consortium::new();
    let clinics = outsider::hospital(&c.register("Clinic", 10).to_bytes()).0;
    let (exchange, general) = (genuine_exchange(&c, 1), c.general());
    let reply_with = |R: [u8; 16]| {
        let M = exchange.seal(&exchange.envelope(&general.Q_ID(), &payload(&R, &disclosure().to_bytes())));
        c.finish(1, &exchange.reply(&M)).map(|_| ())
    };
    assert_eq!(reply_with(clinics.R), Err(Error::AuthenticationFailed));
    assert_eq!(reply_with(general.R), Ok(()));
}

#[test]
fn otherwise_equal_registrations_differ() {
    // The registered key and time, with another R, R1 or name: r differs, and the
    // registry has the right values.
    let mut c = Consortium::new();
    c.register("Clinic", 10);
    let (general, x) = (c.general(), x());
    let others = [
        Identifiers { R: [0; 16], ..general.clone() },
        Identifiers { record_digest: sha256(&[b"agreement of 2023"]), ..general.clone() },
        Identifiers { name: "Clinic".into(), ..general.clone() },
    ];
    assert_eq!(general.record_digest, sha256(&[RECORD]));
    for other in &others {
        // With its own point, or with the registered one, in r and in U.
        for Q_ID in [other.Q_ID(), general.Q_ID()] {
            let claim = Claim { Q_ID, ..Claim::new(other, &c.node(), x, NOW) };
            let request = claim.request(&claim.U(x, &c.S_ID()));
            assert_eq!(c.accept(&request).unwrap_err(), Error::AuthenticationFailed);
        }
    }
    // With an identity key extracted for the same name but never registered, and
    // with the registered one.
    let mut set_back = SuperNode::generate(&mut rng(1)).unwrap();
    let unregistered = outsider::hospital(&register(&mut set_back, "General", 50).to_bytes());
    for ((identifiers, S_ID), accepted) in [(unregistered, false), ((general, c.S_ID()), true)] {
        let claim = Claim::new(&identifiers, &c.node(), x, NOW);
        assert_eq!(c.accept(&claim.request(&claim.U(x, &S_ID))).is_ok(), accepted);
    }
}

#[test]
fn rejects_requests_with_any_foreign_part() {
    // The right S_ID and x, with one input of r and k_s replaced: in r alone, or in k_s alone.
    let c = Consortium::new();
    let (right, U) = genuine_claim(&c);
    let x = x();
    let (node, hospital) = (&right.node, &right.hospital);
    let with_node = |node| Claim { node, ..right.clone() };
    let with_hospital = |hospital| Claim { hospital, ..right.clone() };
    let both = [
        with_node(outsider::Node { Q_MN: P1(), ..node.clone() }),
        with_node(outsider::Node { P_SN: P1(), ..node.clone() }),
        Claim { X: P1(), ..right.clone() },
        Claim { shared: P1(), ..right.clone() },
        Claim { tc: NOW + 1, ..right.clone() },
        Claim { ek: outsider::ek(&c.request(1)), ..right.clone() },
    ];
    let in_r_alone = [
        with_node(outsider::Node { name: "node 2".into(), ..node.clone() }),
        with_hospital(Identifiers { name: "Clinic".into(), ..hospital.clone() }),
        with_hospital(Identifiers { R: [0; 16], ..hospital.clone() }),
        with_hospital(Identifiers { record_digest: [0; 32], ..hospital.clone() }),
        Claim { Q_ID: P2(), ..right.clone() },
    ];
    for other in both.iter().chain(&in_r_alone) {
        // U = S_ID + [x r']Q_ID
        let U = c.S_ID() + right.Q_ID * (x * other.r());
        assert_eq!(c.accept(&right.request(&U)).unwrap_err(), Error::AuthenticationFailed);
    }
    for other in &both {
        let W = &outsider::parts_of_request(&other.request(&U))[3];
        let request =
            [header(0x0a).as_slice(), &g1_bytes(&right.X), &NOW.to_be_bytes(), &right.ek, W].concat();
        assert_eq!(c.accept(&request).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(c.accept(&right.request(&U)).is_ok());
}

#[test]
fn rejects_replies_with_any_foreign_part() {
    // The right X' and y, with one input of k_m, AK and the transcript replaced.
    let c = Consortium::new();
    let right = genuine_exchange(&c, 1);
    let (node, V, shared) = (right.node.clone(), right.V, right.shared);
    let with_node = |node| Exchange { node, ..right.clone() };
    let (other_ct, other_ss) = outsider::encapsulate(&outsider::ek(&right.request), &[1; 32]);
    let others = [
        with_node(outsider::Node { name: "node 2".into(), ..node.clone() }),
        with_node(outsider::Node { Q_MN: P1(), ..node.clone() }),
        with_node(outsider::Node { P_SN: P1(), ..node.clone() }),
        Exchange { request: c.request(2), ..right.clone() },
        Exchange { T: P1(), ..right.clone() },
        Exchange { ct: other_ct, ..right.clone() },
        Exchange { ss: other_ss, ..right.clone() },
        Exchange { ct: other_ct, ss: other_ss, ..right.clone() },
        Exchange { V: P1(), ..right.clone() },
        Exchange { shared: P1(), ..right.clone() },
        Exchange { shared: V, V: shared, ..right.clone() },
        Exchange { V: shared, ..right.clone() },
        Exchange { shared: V, ..right.clone() },
    ];
    let (T, Q_ID) = (g1_bytes(&right.T), c.general().Q_ID());
    let envelope = right.envelope(&Q_ID, &genuine_payload(&c));
    let M = right.seal(&envelope);
    let keys = right.keys(&M);
    for other in &others {
        // Everything from the replaced input; the right M with an AK from it; M
        // from it with the right AK.
        let other_M = other.seal(&envelope);
        for (AK, M) in [(other.keys(&other_M).AK, &other_M), (other.keys(&M).AK, &M)] {
            assert_eq!(c.finish(1, &reply(&T, &right.ct, &AK, M)).unwrap_err(), Error::AuthenticationFailed);
        }
        if other_M != M {
            let reply = reply(&T, &right.ct, &right.keys(&other_M).AK, &other_M);
            assert_eq!(c.finish(1, &reply).unwrap_err(), Error::AuthenticationFailed);
        }
        let changed = other.keys(&M);
        for (one, another) in [
            (changed.k_i2r, keys.k_i2r),
            (changed.k_r2i, keys.k_r2i),
            (changed.k_exp, keys.k_exp),
            (changed.session_id, keys.session_id),
            (changed.confirmation, keys.confirmation),
        ] {
            assert_ne!(one, another);
        }
    }
    // No key is another key.
    let all = [keys.k_i2r, keys.k_r2i, keys.k_exp, keys.session_id, keys.AK, keys.confirmation];
    assert!(all.iter().enumerate().all(|(i, key)| !all[..i].contains(key)));
    assert!(c.finish(1, &right.reply(&M)).is_ok());
}
