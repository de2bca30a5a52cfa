//! Who attacks the handshake, with what, and fails. These tests go around the checks of honest code.

use super::initiator::seal_request;
use super::messages::W_BYTES;
use super::responder::read_inner;
use super::schedule::{
    HandshakeKeys, SharedSecrets, authenticator_scalar, identity_aad, identity_key, reply_aad,
    transcript_hash,
};
use super::*;
use crate::Error;
use crate::aead;
use crate::codec::{Object, Writer};
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, G2Projective, PrimeCurveAffine, Scalar, SecretG1,
    SecretG2, decode_g2, pairing_product, random_scalar,
};
use crate::identity::nodes::Node;
use crate::identity::registration::{Identifiers, Identity};
use crate::identity::session::SessionKeys;
use crate::identity::tests::{Consortium, NOW, certify, disclosure, name, register, replay_cache, rng};
use crate::identity::{Hospital, MainNode, RegistrationRequest, SuperNode, SuperNodePublicKey};
use crate::secret::Secret;

/// A recorded handshake, with the secret `x` that only the hospital ever had.
struct Recorded {
    awaiting: AwaitingReply,
    request: AuthRequest,
    reply: AuthReply,
}

fn record(c: &Consortium) -> Recorded {
    let (awaiting, request) = c.start(70);
    let (reply, _) = c.accept_anew(&request).unwrap().reply(&disclosure(), &mut rng(71)).unwrap();
    Recorded { awaiting, request, reply }
}

/// What opens `W` for whoever knows `X'`.
fn open_W(node: &Node, shared: &SecretG1, request: &AuthRequest) -> Result<(Identifiers, G2Affine), Error> {
    let AuthRequest { X, tc, W } = request;
    let inner = aead::open(&identity_key(shared, node, X, *tc), &identity_aad(X, *tc), W)?;
    let (hospital, U) = read_inner(&inner)?;
    Ok((hospital, decode_g2(&U)?))
}

/// The reply of somebody who believes that this is `X'`.
fn answer(c: &Consortium, request: &AuthRequest, shared: SecretG1) -> AuthReply {
    let accepted = AcceptedRequest {
        node: c.main_node.node.clone(),
        hedge: Secret::new([7; 32]),
        hospital: c.hospital.registration.identifiers(),
        Q_ID: c.hospital.Q_ID,
        X: request.X,
        shared,
        request: request.bytes(),
    };
    accepted.reply(&disclosure(), &mut rng(72)).unwrap().0
}

/// Points of G1 that anybody who sees a handshake can compute.
fn public_points(c: &Consortium, request: &AuthRequest) -> Vec<G1Affine> {
    let (P1, P_SN, Q_MN) = (G1Affine::generator(), c.public_key.0, c.main_node.node.Q_MN);
    let points = [P1, P_SN, Q_MN, request.X];
    let sums =
        points.iter().flat_map(|a| points.iter().map(move |b| (G1Projective::from(a) + b).to_affine()));
    points.into_iter().chain(sums).collect()
}

#[test]
fn no_bit_of_a_request_can_be_flipped() {
    let c = Consortium::new();
    let (_, request) = c.start(1);
    let bytes = request.to_bytes();
    for i in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[i / 8] ^= 1 << (i % 8);
        let accepted = AuthRequest::from_bytes(&damaged).and_then(|request| c.accept_anew(&request));
        assert!(accepted.is_err(), "bit {i}");
    }
    assert!(c.accept(&request).is_ok());
}

#[test]
fn no_bit_of_a_reply_can_be_flipped() {
    let c = Consortium::new();
    let Recorded { awaiting, reply, .. } = record(&c);
    let bytes = reply.to_bytes();
    for i in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[i / 8] ^= 1 << (i % 8);
        let established = AuthReply::from_bytes(&damaged).and_then(|reply| awaiting.establish(&reply));
        assert!(established.is_err(), "bit {i}");
    }
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn a_request_reflected_to_the_hospital_is_no_reply() {
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    assert_eq!(AuthReply::from_bytes(&request.to_bytes()).unwrap_err(), Error::WrongKind);
    for M in [request.W.to_vec(), reply.M.clone()] {
        let reflected = AuthReply { T: request.X, AK: reply.AK, M };
        assert_eq!(awaiting.establish(&reflected).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn a_main_node_without_its_secret_can_neither_accept_nor_reply() {
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    // It has the name, the certificate and the registry, and a secret of its own.
    let mut impostor = MainNode::generate(name("node 1"), &c.public_key, &mut rng(9)).unwrap();
    impostor.node = c.main_node.node.clone();
    let refused = impostor.accept(&request, &c.registry, &replay_cache(), NOW);
    assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
    // It can choose y, and so V, and knows everything about the hospital but its secrets.
    for guess in public_points(&c, &request) {
        let forged = answer(&c, &request, SecretG1::new(guess));
        assert_eq!(awaiting.establish(&forged).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn a_leaked_identity_key_lets_nobody_play_main_node() {
    // With S_ID and s one more point is known: P_SN's multiples by s. X' = [x s_MN]P1 is not among them.
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    for guess in public_points(&c, &request) {
        let guess = SecretG1::from(guess * **c.super_node.secret());
        let forged = answer(&c, &request, guess);
        assert_eq!(awaiting.establish(&forged).unwrap_err(), Error::AuthenticationFailed);
    }
    // The same steps succeed with X'.
    let shared = SecretG1::from(request.X * *c.main_node.s_MN);
    assert!(awaiting.establish(&answer(&c, &request, shared)).is_ok());
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn a_hospital_without_its_identity_key_is_refused() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let (Q, Q_clinic) = (c.hospital.Q_ID.0, clinic.Q_ID.0);
    let stranger = SuperNode::generate(&mut rng(9)).unwrap();
    let guesses: [G2Affine; 6] = [
        Q,
        G2Affine::generator(),
        *clinic.S_ID,
        (G2Projective::from(*clinic.S_ID) + Q - Q_clinic).to_affine(),
        (Q * **stranger.secret()).to_affine(),
        (Q * *random_scalar(&mut rng(11)).unwrap()).to_affine(),
    ];
    let as_general = |S_ID, seed| {
        let hospital = Hospital {
            super_node: c.public_key,
            registration: c.hospital.registration.clone(),
            Q_ID: c.hospital.Q_ID,
            S_ID: SecretG2::new(S_ID),
        };
        let (_, request) = hospital.start(&c.certificate, &c.registry, NOW, &mut rng(seed)).unwrap();
        c.accept(&request).map(|accepted| accepted.hospital().clone())
    };
    for (seed, guess) in (20..).zip(guesses) {
        assert_eq!(as_general(guess, seed), Err(Error::AuthenticationFailed));
    }
    assert_eq!(as_general(*c.hospital.S_ID, 30).unwrap(), name("General"));
}

#[test]
fn public_data_alone_makes_no_request() {
    // P_SN + [r]X can be made a point of known logarithm by X = [a]P1 - [1/r]P_SN, and U = [r a]Q_ID then satisfies
    // the equation. But X' = [s_MN]X is out of reach, and r is not known before X is.
    let c = Consortium::new();
    let node = &c.main_node.node;
    let (hospital, Q_ID) = (c.hospital.registration.identifiers(), c.hospital.Q_ID);
    let (r, a) = (Scalar::from(3), Scalar::from(5));
    let X = cancelling(&c, r, a);
    let U = (Q_ID.0 * (r * a)).to_affine();
    let (_, request) = c.start(1);
    for guess in public_points(&c, &request) {
        let forged = seal_request(&hospital, &U, node, X, &SecretG1::new(guess), NOW).unwrap();
        assert_eq!(c.accept(&forged).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(c.accept(&request).is_ok());
}

/// `X = [a]P1 - [1/r]P_SN`
fn cancelling(c: &Consortium, r: Scalar, a: Scalar) -> G1Affine {
    (G1Affine::generator() * a - c.public_key.0 * r.invert().unwrap()).to_affine()
}

#[test]
fn a_leaked_main_node_secret_lets_nobody_play_hospital() {
    let c = Consortium::new();
    let (node, s_MN) = (&c.main_node.node, &*c.main_node.s_MN);
    let Recorded { request, .. } = record(&c);
    let dh = |X: &G1Affine| SecretG1::from(X * s_MN);
    let (hospital, U) = open_W(node, &dh(&request.X), &request).unwrap();
    let Q_ID = c.hospital.Q_ID;
    let scalar = |X: &G1Affine, tc| *authenticator_scalar(&hospital, &Q_ID, node, X, &dh(X), tc);
    let refused = |X: G1Affine, U: G2Affine, tc| {
        let forged = seal_request(&hospital, &U, node, X, &dh(&X), tc).unwrap();
        c.accept_anew(&forged).unwrap_err() == Error::AuthenticationFailed
    };
    // The recorded U for another time, or under an X that is scaled so that [r]X stays as it was.
    assert!(refused(request.X, U, NOW + 1));
    let (before, after) = (scalar(&request.X, NOW), scalar(&request.X, NOW + 1));
    let scaled = (request.X * (before * after.invert().unwrap())).to_affine();
    assert!(refused(scaled, U, NOW + 1));
    // A new X = X + [b]P1 of which U can follow the part that is known.
    let b = Scalar::from(5);
    let shifted = (G1Projective::from(request.X) + G1Affine::generator() * b).to_affine();
    let follows = (G2Projective::from(U) + Q_ID.0 * (b * scalar(&shifted, NOW))).to_affine();
    assert!(refused(shifted, follows, NOW));
    // An X that cancels P_SN, for the r of the X before: r moves each time.
    let mut r = before;
    for _ in 0..8 {
        let X = cancelling(&c, r, b);
        assert!(refused(X, (Q_ID.0 * (r * b)).to_affine(), NOW));
        r = scalar(&X, NOW);
    }
    assert!(c.accept(&request).is_ok());
}

#[test]
fn recorded_sessions_stay_closed_when_every_long_term_secret_leaks() {
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    let node = &c.main_node.node;
    let (s, s_MN) = (**c.super_node.secret(), *c.main_node.s_MN);
    let (X, T, Q) = (request.X, reply.T, c.hospital.Q_ID.0);
    // What s, s_MN and S_ID give: X', the identity, and [x]Q_ID = [1/r](U - S_ID).
    let shared = SecretG1::from(X * s_MN);
    let (hospital, U) = open_W(node, &shared, &request).unwrap();
    let r = authenticator_scalar(&hospital, &Identity(Q), node, &X, &shared, NOW);
    let xQ = ((G2Projective::from(U) - *c.hospital.S_ID) * r.invert().unwrap()).to_affine();
    assert_eq!(xQ, (Q * *awaiting.x).to_affine());
    // By it V can be recognised, e(T, [x]Q_ID) = e(V, Q_ID); it does not give V.
    let is_V = |V: &G1Affine| pairing_product(&[(T, xQ), (*V, -Q)]).unwrap().is_one();
    let opens = |V: &G1Affine| {
        let aad = reply_aad(&request.bytes(), &T);
        let key = SharedSecrets::new(&shared, &SecretG1::new(*V)).payload_key(&aad);
        aead::open(&key, &aad, &reply.M).is_ok()
    };
    let known = [G1Affine::generator(), c.public_key.0, node.Q_MN, X, T, *shared];
    for a in known {
        for k in [Scalar::ONE, s, s_MN, s * s_MN, *r] {
            let candidate = (a * k).to_affine();
            assert!(!is_V(&candidate) && !opens(&candidate));
            for b in known {
                let candidate = (G1Projective::from(candidate) + b).to_affine();
                assert!(bool::from(candidate.is_identity()) || !is_V(&candidate));
            }
        }
    }
    // Nor does the envelope lie open to whoever has S_ID.
    assert!(crate::codec::decode::<crate::identity::IdentityEnvelope>(&reply.M).is_err());
    let V = (T * *awaiting.x).to_affine();
    assert!(is_V(&V) && opens(&V));
}

#[test]
fn a_leaked_main_node_secret_exposes_who_asked() {
    // A limit of the protocol, stated in its documentation: W is under X' alone.
    let c = Consortium::new();
    let Recorded { request, .. } = record(&c);
    let shared = SecretG1::from(request.X * *c.main_node.s_MN);
    let (hospital, _) = open_W(&c.main_node.node, &shared, &request).unwrap();
    assert_eq!(hospital.name, name("General"));
}

#[test]
fn a_reply_with_another_hospitals_random_number_inside_is_refused() {
    // A main node that mixes up two hospitals' payloads.
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    let mut accepted = c.accept(&request).unwrap();
    accepted.hospital.R = [0; 16];
    let (mixed, _) = accepted.reply(&disclosure(), &mut rng(73)).unwrap();
    assert_eq!(awaiting.establish(&mixed).unwrap_err(), Error::AuthenticationFailed);
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn what_is_inside_W_must_be_well_formed() {
    // Whoever makes W can put anything inside; it is refused like every other false request.
    let c = Consortium::new();
    let (node, x) = (&c.main_node.node, Scalar::from(5));
    let X = (G1Affine::generator() * x).to_affine();
    let shared = SecretG1::from(node.Q_MN * x);
    let (hospital, Q_ID) = (c.hospital.registration.identifiers(), c.hospital.Q_ID);
    let r = authenticator_scalar(&hospital, &Q_ID, node, &X, &shared, NOW);
    let U = (Q_ID.0 * (x * *r) + *c.hospital.S_ID).to_affine();
    let mut inner = [0; W_BYTES - aead::OVERHEAD];
    inner[..8].copy_from_slice(b"\x07General");
    inner[256..272].copy_from_slice(&hospital.R);
    inner[272..304].copy_from_slice(&hospital.record_digest);
    inner[304..].copy_from_slice(&U.to_compressed());
    let sealed = |inner: &[u8]| {
        let W = aead::seal(identity_key(&shared, node, &X, NOW), &identity_aad(&X, NOW), inner);
        AuthRequest { X, tc: NOW, W: W.try_into().unwrap() }
    };
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = inner;
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    for wrong in [
        with(304, &identity),
        with(304, &[0xff; 96]),
        with(255, &[1]),  // padding
        with(0, &[0]),    // no name
        with(1, &[0xff]), // a name that is not text
        with(0, &[8]),    // a name that ends in a zero
    ] {
        assert_eq!(c.accept(&sealed(&wrong)).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(c.accept(&sealed(&inner)).is_ok());
}

#[test]
fn what_is_inside_M_must_be_well_formed() {
    // A main node can put anything inside; it is refused like every other false reply.
    let c = Consortium::new();
    let Recorded { awaiting, request, reply } = record(&c);
    let (node, y) = (&c.main_node.node, Scalar::from(5));
    let T = (G1Affine::generator() * y).to_affine();
    let secrets = SharedSecrets::new(&awaiting.shared, &SecretG1::from(request.X * y));
    let (request, R) = (request.bytes(), c.hospital.registration.identifiers().R);
    let aad = reply_aad(&request, &T);
    let establish = |length: u32, after_payload: &[u8], after_envelope: &[u8]| {
        let (mut payload, mut envelope) = (Writer::new(), Writer::new());
        payload.u32(length);
        payload.raw(&R);
        disclosure().write(&mut payload);
        payload.raw(after_payload);
        let sealed = node.super_node.seal_to(&c.hospital.Q_ID, payload.as_slice(), &aad, &mut rng(74));
        sealed.unwrap().write(&mut envelope);
        envelope.raw(after_envelope);
        let M = aead::seal(secrets.payload_key(&aad), &aad, envelope.as_slice());
        let th = transcript_hash(&request, &T, &M, node);
        let AK = secrets.keys(&th).responder_confirmation(&th);
        awaiting.establish(&AuthReply { T, AK, M }).map(|_| ())
    };
    assert_eq!(establish(15, b"", b""), Err(Error::AuthenticationFailed));
    assert_eq!(establish(16, b"\0", b""), Err(Error::TrailingBytes));
    assert_eq!(establish(16, b"", b"\0"), Err(Error::TrailingBytes));
    assert_eq!(establish(16, b"", b""), Ok(()));
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn a_key_that_the_registry_does_not_know_is_refused_though_the_super_node_made_it() {
    // A super node that was set back registers the name a second time: both keys are genuine, one is registered.
    let mut c = Consortium::new();
    let mut set_back = SuperNode::generate(&mut rng(1)).unwrap();
    assert_eq!(set_back.public_key(), c.public_key);
    let genuine = register(&mut set_back, "General", 50);
    let registered = core::mem::replace(&mut c.hospital, genuine);
    assert_eq!(c.accept(&c.start(1).1).unwrap_err(), Error::AuthenticationFailed);
    c.hospital = registered;
    assert!(c.accept(&c.start(1).1).is_ok());
}

#[test]
fn under_a_generator_that_repeats_itself_x_repeats_only_where_r_does() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let nonce = |hospital: &Hospital, node: &Node, tc| *hospital.hedged_nonce(node, tc, &mut rng(1)).unwrap();
    let node = &c.main_node.node;
    let renamed = Node { name: name("node 2"), ..node.clone() };
    let rekeyed = Node { Q_MN: c.public_key.0, ..node.clone() };
    let x = nonce(&c.hospital, node, NOW);
    for other in [
        nonce(&clinic, node, NOW),
        nonce(&c.hospital, &renamed, NOW),
        nonce(&c.hospital, &rekeyed, NOW),
        nonce(&c.hospital, node, NOW + 1),
        *c.hospital.hedged_nonce(node, NOW, &mut rng(2)).unwrap(),
    ] {
        assert_ne!(x, other);
    }
    assert_eq!(x, nonce(&c.hospital, node, NOW));
}

#[test]
fn under_a_generator_that_repeats_itself_y_differs_for_every_request_and_node() {
    let mut c = Consortium::new();
    let T = |c: &Consortium, request: &AuthRequest| {
        c.accept_anew(request).unwrap().reply(&disclosure(), &mut rng(1)).unwrap().0.T
    };
    let ((_, first), (_, second)) = (c.start(1), c.start(2));
    let (T1, T2) = (T(&c, &first), T(&c, &second));
    assert_ne!(T1, T2);
    assert_eq!(T1, T(&c, &first));
    // The hedge itself depends on s_MN.
    let hedge = |c: &Consortium| *c.accept_anew(&c.start(1).1).unwrap().hedge;
    let before = hedge(&c);
    c.main_node = MainNode::generate(name("node 1"), &c.public_key, &mut rng(9)).unwrap();
    c.certificate = certify(&mut c.super_node, &c.main_node);
    assert_ne!(before, hedge(&c));
}

#[test]
fn every_part_counts_in_the_keys_the_scalar_and_the_transcript() {
    // Each closure changes one part; whatever is derived must change.
    let c = Consortium::new();
    let Recorded { request, reply, .. } = record(&c);
    let (node, hospital) = (&c.main_node.node, c.hospital.registration.identifiers());
    let (P, Q_ID, tc) = (G1Affine::generator(), c.hospital.Q_ID, request.tc);
    let other_Q = Identity(G2Affine::generator());
    let nodes = [
        Node { name: name("node 2"), ..node.clone() },
        Node { Q_MN: P, ..node.clone() },
        Node { super_node: SuperNodePublicKey(P), ..node.clone() },
    ];
    let hospitals = [
        Identifiers { name: name("Clinic"), ..hospital.clone() },
        Identifiers { R: [0; 16], ..hospital.clone() },
        Identifiers { record_digest: [0; 32], ..hospital.clone() },
    ];
    let (X, shared, point) = (request.X, SecretG1::new(request.X), SecretG1::new(P));

    let r = |hospital, Q_ID, node, X, shared, tc| {
        authenticator_scalar(hospital, Q_ID, node, X, shared, tc).to_bytes_be()
    };
    let right = r(&hospital, &Q_ID, node, &X, &shared, tc);
    assert!(hospitals.iter().all(|other| r(other, &Q_ID, node, &X, &shared, tc) != right));
    assert!(nodes.iter().all(|other| r(&hospital, &Q_ID, other, &X, &shared, tc) != right));
    assert_ne!(r(&hospital, &other_Q, node, &X, &shared, tc), right);
    assert_ne!(r(&hospital, &Q_ID, node, &P, &shared, tc), right);
    assert_ne!(r(&hospital, &Q_ID, node, &X, &point, tc), right);
    assert_ne!(r(&hospital, &Q_ID, node, &X, &shared, tc + 1), right);

    let k_s = *identity_key(&shared, node, &X, tc);
    assert!(nodes[1..].iter().all(|other| *identity_key(&shared, other, &X, tc) != k_s));
    assert_ne!(*identity_key(&point, node, &X, tc), k_s);
    assert_ne!(*identity_key(&shared, node, &P, tc), k_s);
    assert_ne!(*identity_key(&shared, node, &X, tc + 1), k_s);

    let th = transcript_hash(&request.bytes(), &reply.T, &reply.M, node);
    assert!(nodes.iter().all(|other| transcript_hash(&request.bytes(), &reply.T, &reply.M, other) != th));
    assert_ne!(transcript_hash(&request.W, &reply.T, &reply.M, node), th);
    assert_ne!(transcript_hash(&request.bytes(), &P, &reply.M, node), th);
    assert_ne!(transcript_hash(&request.bytes(), &reply.T, &request.W, node), th);

    // X' and V both enter every key, each in its place; so does the transcript, and request and T in k_m.
    let keys = |a: &SecretG1, b: &SecretG1, th: &[u8; 32], aad: &[u8]| {
        let secrets = SharedSecrets::new(a, b);
        let keys = secrets.keys(th);
        let confirmations = [keys.responder_confirmation(th), keys.initiator_confirmation(th)];
        let HandshakeKeys { session: SessionKeys { k_i2r, k_r2i, k_exp, session_id }, .. } = keys;
        let [to, from] = confirmations;
        ([*k_i2r, *k_r2i, *k_exp, session_id, to, from], *secrets.payload_key(aad))
    };
    let (right, k_m) = keys(&shared, &point, &th, b"aad");
    for (i, key) in right.iter().enumerate() {
        assert!(right[..i].iter().all(|earlier| earlier != key) && *key != k_m);
    }
    let differ = |a: &SecretG1, b: &SecretG1| {
        let (wrong, wrong_k_m) = keys(a, b, &th, b"aad");
        wrong.iter().zip(&right).all(|(wrong, right)| wrong != right) && wrong_k_m != k_m
    };
    assert!(differ(&point, &shared) && differ(&shared, &shared) && differ(&point, &point));
    let (wrong, wrong_k_m) = keys(&shared, &point, &[0; 32], b"aae");
    assert!(wrong.iter().zip(&right).all(|(wrong, right)| wrong != right) && wrong_k_m != k_m);
    assert_eq!(keys(&shared, &point, &th, b"aad"), (right, k_m));
}

#[test]
fn one_registration_is_not_another_though_all_else_is_equal() {
    // The same name, key and time, another R or R1: r differs, and the registry knows the right one.
    let c = Consortium::new();
    let true_R = c.hospital.registration.identifiers().R;
    for (R, record) in [([0; 16], b"agreement of 2024".as_slice()), (true_R, b"agreement of 2023")] {
        let registration = RegistrationRequest::with(name("General"), R, record);
        for Q_ID in [registration.identity(), c.hospital.Q_ID] {
            let S_ID = SecretG2::new(*c.hospital.S_ID);
            let hospital =
                Hospital { super_node: c.public_key, registration: registration.clone(), Q_ID, S_ID };
            let (_, request) = hospital.start(&c.certificate, &c.registry, NOW, &mut rng(1)).unwrap();
            assert_eq!(c.accept(&request).unwrap_err(), Error::AuthenticationFailed);
        }
    }
    assert!(c.accept(&c.start(1).1).is_ok());
}
