//! The paper's protocol as printed, in test code only, with each attack on it carried out; and the same attack
//! failing here.
//!
//! Two things cannot be had as printed: the curve (a type 1 pairing over a field of 512 bits, about 60-bit security
//! today; here the paper's points `QID`, `SID`, `U` lie in G2 and the rest in G1), and the pairing equation, whose
//! printed form has no pairing on its right side.

use super::schedule::identity_key;
use super::*;
use crate::Error;
use crate::curve::{
    Curve, G1Affine, G1Projective, G2Affine, G2Projective, PrimeCurveAffine, Scalar, SecretG1, SecretG2,
    decode_g2, pairing_product,
};
use crate::domain::{AUTH, IDENTITY, SEAL};
use crate::hash::{hash_to_g2, hash_to_scalar, sha256};
use crate::identity::nodes::Node;
use crate::identity::registration::Identity;
use crate::identity::tests::{Consortium, NOW, disclosure, name, rng};
use crate::identity::{
    CertificateRequest, Hospital, IdentityEnvelope, MainNode, RegistrationRequest, SuperNode,
    SuperNodePublicKey,
};
use crate::kdf::kdf;

type Bytes32 = [u8; 32];

fn xor<const N: usize>(a: [u8; N], b: [u8; N]) -> [u8; N] {
    core::array::from_fn(|i| a[i] ^ b[i])
}

/// `QID = H(ID xor R xor R1)`
fn printed_Q(ID: Bytes32, R: Bytes32, R1: Bytes32) -> G2Affine {
    hash_to_g2(IDENTITY, &xor(xor(ID, R), R1))
}

struct PrintedHospital {
    ID: Bytes32,
    R: Bytes32,
    R1: Bytes32,
    S: G2Affine,
}

struct PrintedSuperNode {
    s: Scalar,
    P_SN: SuperNodePublicKey,
}

impl PrintedSuperNode {
    fn new() -> Self {
        let s = Scalar::from(1_000_003);
        Self { s, P_SN: SuperNodePublicKey((G1Affine::generator() * s).to_affine()) }
    }

    /// `SID = QID * SSN`
    fn register(&self, ID: Bytes32, R: Bytes32, R1: Bytes32) -> PrintedHospital {
        PrintedHospital { ID, R, R1, S: (printed_Q(ID, R, R1) * self.s).to_affine() }
    }
}

struct PrintedRequest {
    X: G1Affine,
    W: [u8; 160],
    R1: Bytes32,
    tc: u64,
}

/// `s = h(X || X' || tc || R1)`, and encryption under it: a stream, without integrity.
fn printed_E(X: &G1Affine, shared: &G1Affine, tc: u64, R1: Bytes32, data: [u8; 160]) -> [u8; 160] {
    let s = sha256(&[&X.to_compressed(), &shared.to_compressed(), &tc.to_be_bytes(), &R1]);
    xor(*kdf::<160>(&s, SEAL, b""), data)
}

/// `r = H(ID || R || QID || QSN || X || X' || tc)`
fn printed_r(
    ID: Bytes32,
    R: Bytes32,
    Q: &G2Affine,
    P_SN: &G1Affine,
    X: &G1Affine,
    shared: &G1Affine,
    tc: u64,
) -> Scalar {
    let parts: [&[u8]; 7] = [
        &ID,
        &R,
        &Q.to_compressed(),
        &P_SN.to_compressed(),
        &X.to_compressed(),
        &shared.to_compressed(),
        &tc.to_be_bytes(),
    ];
    hash_to_scalar(AUTH, &parts.concat())
}

impl PrintedHospital {
    fn request(&self, P_SN: &SuperNodePublicKey, Q_MN: &G1Affine, x: Scalar, tc: u64) -> PrintedRequest {
        let X = (G1Affine::generator() * x).to_affine();
        let shared = (Q_MN * x).to_affine();
        let Q = printed_Q(self.ID, self.R, self.R1);
        let r = printed_r(self.ID, self.R, &Q, &P_SN.0, &X, &shared, tc);
        // U = SID + x r QID;  W = E_s(ID, R, U)
        let U = (Q * (x * r) + self.S).to_affine();
        let inner = [self.ID.as_slice(), &self.R, &U.to_compressed()].concat().try_into().unwrap();
        PrintedRequest { X, W: printed_E(&X, &shared, tc, self.R1, inner), R1: self.R1, tc }
    }

    /// Checks `AK` and decrypts `M`.
    fn finish(
        &self,
        P_SN: &SuperNodePublicKey,
        Q_MN: &G1Affine,
        x: Scalar,
        request: &PrintedRequest,
        reply: &PrintedReply,
    ) -> Option<Vec<u8>> {
        let (shared, V) = ((Q_MN * x).to_affine(), (reply.T * x).to_affine());
        if printed_AK(request, &shared, &reply.T, &V) != reply.AK {
            return None;
        }
        let Q = Identity(printed_Q(self.ID, self.R, self.R1));
        reply.M.open(P_SN, &Q, &self.S, b"").ok().map(|payload| payload.to_vec())
    }
}

struct PrintedReply {
    T: G1Affine,
    AK: Bytes32,
    M: IdentityEnvelope,
}

/// `AK = (W, tc, X, X', T, V)`
fn printed_AK(request: &PrintedRequest, shared: &G1Affine, T: &G1Affine, V: &G1Affine) -> Bytes32 {
    let PrintedRequest { X, W, tc, .. } = request;
    let points = [X, shared, T, V].map(G1Affine::to_compressed).concat();
    sha256(&[W, &tc.to_be_bytes(), &points])
}

struct PrintedMainNode<'a> {
    P_SN: &'a SuperNodePublicKey,
    s_MN: Scalar,
}

struct PrintedAccepted {
    ID: Bytes32,
    Q: G2Affine,
    shared: G1Affine,
}

impl PrintedMainNode<'_> {
    fn Q_MN(&self) -> G1Affine {
        (G1Affine::generator() * self.s_MN).to_affine()
    }

    fn decrypt(&self, request: &PrintedRequest) -> (Bytes32, Bytes32, [u8; 96]) {
        let PrintedRequest { X, W, R1, tc } = request;
        let inner = printed_E(X, &(X * self.s_MN).to_affine(), *tc, *R1, *W);
        (inner[..32].try_into().unwrap(), inner[32..64].try_into().unwrap(), inner[64..].try_into().unwrap())
    }

    /// The check of the time and of `e(U, P) = e(QID, QSN + r X)`. It keeps no memory of requests.
    fn accept(&self, request: &PrintedRequest, now: u64) -> Option<PrintedAccepted> {
        let PrintedRequest { X, R1, tc, .. } = request;
        if now.abs_diff(*tc) > 30_000 {
            return None;
        }
        let shared = (X * self.s_MN).to_affine();
        let (ID, R, U) = self.decrypt(request);
        let U = decode_g2(&U).ok()?;
        let Q = printed_Q(ID, R, *R1);
        let r = printed_r(ID, R, &Q, &self.P_SN.0, X, &shared, *tc);
        let right = (G1Projective::from(self.P_SN.0) + X * r).to_affine();
        let product = pairing_product(&[(-G1Affine::generator(), U), (right, Q)]).unwrap();
        product.is_one().then_some(PrintedAccepted { ID, Q, shared })
    }

    fn reply(&self, request: &PrintedRequest, accepted: &PrintedAccepted, payload: &[u8]) -> PrintedReply {
        let y = Scalar::from(17);
        let (T, V) = ((G1Affine::generator() * y).to_affine(), (request.X * y).to_affine());
        let M = self.P_SN.seal_to(&Identity(accepted.Q), payload, b"", &mut rng(80)).unwrap();
        PrintedReply { T, AK: printed_AK(request, &accepted.shared, &T, &V), M }
    }
}

const VICTIM: Bytes32 = *b"General Hospital................";
const ATTACKER: Bytes32 = *b"Attacker's Practice.............";
const X_SECRET: u64 = 23;

fn printed() -> (PrintedSuperNode, PrintedHospital) {
    let super_node = PrintedSuperNode::new();
    let victim = super_node.register(VICTIM, [3; 32], [4; 32]);
    (super_node, victim)
}

fn main_node(super_node: &PrintedSuperNode) -> PrintedMainNode<'_> {
    PrintedMainNode { P_SN: &super_node.P_SN, s_MN: Scalar::from(77) }
}

#[test]
fn a_registrant_picks_R_and_is_handed_the_victims_key() {
    let (super_node, victim) = printed();
    // In print: the xor of the registrant's values is made to equal the victim's.
    let target = xor(xor(victim.ID, victim.R), victim.R1);
    let chosen_R = xor(xor(ATTACKER, [9; 32]), target);
    assert_eq!(super_node.register(ATTACKER, chosen_R, [9; 32]).S, victim.S);

    // Here: the same trick with the 16 bytes of R, on the name and on the record's digest.
    let mut c = Consortium::new();
    let general = c.hospital.registration.identifiers();
    let pad = |text: &str| -> [u8; 16] { core::array::from_fn(|i| *text.as_bytes().get(i).unwrap_or(&0)) };
    let cancels_name = xor(general.R, xor(pad("General"), pad("Practice")));
    let digest_head = |record: &[u8]| -> [u8; 16] { sha256(&[record])[..16].try_into().unwrap() };
    let cancels_both =
        xor(cancels_name, xor(digest_head(b"agreement of 2024"), digest_head(b"another record")));
    for (R, record) in [(cancels_name, b"agreement of 2024".as_slice()), (cancels_both, b"another record")] {
        let request = RegistrationRequest::with(name("Practice"), R, record);
        let key = c.super_node.register(&request).unwrap();
        assert_ne!(*key.0, *c.hospital.S_ID);
        let impostor = Hospital::accept(request, key, &c.public_key).unwrap();
        assert_ne!(impostor.Q_ID, c.hospital.Q_ID);
        c.super_node.revoke_hospital(&name("Practice")).unwrap();
    }
    assert!(c.accept(&c.start(1).1).is_ok());
}

#[test]
fn a_registered_hospital_relabels_its_own_key_with_the_victims_name() {
    let (super_node, _) = printed();
    let node = main_node(&super_node);
    // In print: for the victim's name and any R1, the attacker computes the R that gives its own QID.
    let attacker = super_node.register(ATTACKER, [5; 32], [6; 32]);
    let R1 = [8; 32];
    let R = xor(xor(VICTIM, R1), xor(xor(attacker.ID, attacker.R), attacker.R1));
    let relabelled = PrintedHospital { ID: VICTIM, R, R1, S: attacker.S };
    let request = relabelled.request(&super_node.P_SN, &node.Q_MN(), Scalar::from(X_SECRET), NOW);
    assert_eq!(node.accept(&request, NOW).unwrap().ID, VICTIM);

    // Here: no R gives it, and the registry knows the victim's identity anyway.
    let mut c = Consortium::new();
    let practice = c.register("Practice", 10);
    let general = c.hospital.registration.identifiers();
    let own = practice.registration.identifiers();
    for (seed, R) in [(20, own.R), (21, general.R), (22, xor(own.R, general.R))] {
        let registration = RegistrationRequest::with(name("General"), R, practice.registration.record());
        for Q_ID in [practice.Q_ID, registration.identity(), c.hospital.Q_ID] {
            let S_ID = SecretG2::new(*practice.S_ID);
            let relabelled =
                Hospital { super_node: c.public_key, registration: registration.clone(), Q_ID, S_ID };
            let (_, request) = relabelled.start(&c.certificate, &c.registry, NOW, &mut rng(seed)).unwrap();
            assert_eq!(c.accept(&request).unwrap_err(), Error::AuthenticationFailed);
        }
    }
    let (_, request) = practice.start(&c.certificate, &c.registry, NOW, &mut rng(30)).unwrap();
    assert_eq!(c.accept(&request).unwrap().hospital(), &name("Practice"));
}

#[test]
fn a_recorded_reply_opens_once_the_identity_key_leaks() {
    let (super_node, victim) = printed();
    let node = main_node(&super_node);
    let request = victim.request(&super_node.P_SN, &node.Q_MN(), Scalar::from(X_SECRET), NOW);
    let reply = node.reply(&request, &node.accept(&request, NOW).unwrap(), b"where it lies");
    // In print: SID, or s, is all it takes.
    let Q = Identity(printed_Q(victim.ID, victim.R, victim.R1));
    assert_eq!(*reply.M.open(&super_node.P_SN, &Q, &victim.S, b"").unwrap(), b"where it lies");

    // Here: M is under V as well; what S_ID, s and s_MN give together does not open it (see also `attacks`).
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(2)).unwrap();
    let as_envelope = [b"MS\x01\x0d".as_slice(), &reply.M].concat();
    let opened = IdentityEnvelope::from_bytes(&as_envelope).and_then(|M| c.hospital.open(&M, b""));
    assert!(opened.is_err());
    let k_s = identity_key(
        &SecretG1::from(request.X * *c.main_node.s_MN),
        &c.main_node.node,
        &request.X,
        request.tc,
    );
    assert!(crate::aead::open(&k_s, b"", &reply.M).is_err());
    assert_eq!(awaiting.finish(&reply).unwrap().disclosure, disclosure());
}

#[test]
fn anyone_swaps_the_payload_for_another_envelope_to_the_same_identity() {
    let (super_node, victim) = printed();
    let (node, x) = (main_node(&super_node), Scalar::from(X_SECRET));
    let request = victim.request(&super_node.P_SN, &node.Q_MN(), x, NOW);
    let mut reply = node.reply(&request, &node.accept(&request, NOW).unwrap(), b"where it lies");
    // In print: AK does not cover M.
    let Q = Identity(printed_Q(victim.ID, victim.R, victim.R1));
    reply.M = super_node.P_SN.seal_to(&Q, b"a false place", b"", &mut rng(81)).unwrap();
    let finished = victim.finish(&super_node.P_SN, &node.Q_MN(), x, &request, &reply);
    assert_eq!(finished.unwrap(), b"a false place");

    // Here: neither an envelope of one's own, nor the M of another reply to the same hospital or request.
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let reply_with = |request, location: &[u8], seed| {
        let disclosure = crate::identity::Disclosure::new(location, [1; 32], [2; 32]).unwrap();
        c.accept_anew(request).unwrap().reply(&disclosure, &mut rng(seed)).unwrap().0
    };
    let reply = reply_with(&request, b"where it lies", 2);
    let own = c.public_key.seal_to(c.hospital.identity(), b"a false place", b"", &mut rng(3)).unwrap();
    let others = [
        own.to_bytes()[4..].to_vec(),
        reply_with(&request, b"where it lies", 4).M,
        reply_with(&request, b"a false place", 2).M,
        reply_with(&c.start(5).1, b"where it lies", 2).M,
    ];
    for M in others {
        let swapped = AuthReply { M, ..reply.clone() };
        assert_eq!(awaiting.establish(&swapped).unwrap_err(), Error::AuthenticationFailed);
    }
    assert_eq!(awaiting.finish(&reply).unwrap().disclosure.location(), b"where it lies");
}

#[test]
fn a_replay_within_the_window_opens_another_session() {
    let (super_node, victim) = printed();
    let node = main_node(&super_node);
    let request = victim.request(&super_node.P_SN, &node.Q_MN(), Scalar::from(X_SECRET), NOW);
    // In print: the time is all that is checked.
    assert!((0..3).all(|i| node.accept(&request, NOW + i * 10_000).is_some()));

    let c = Consortium::new();
    let (_, request) = c.start(1);
    assert!(c.accept(&request).is_ok());
    for later in [0, 10_000, 30_000] {
        let again = c.main_node.accept(&request, &c.registry, &c.replay_cache, NOW + later);
        assert_eq!(again.unwrap_err(), Error::RequestReplayed);
    }
    let (_, another) = c.start(2);
    assert!(c.accept(&another).is_ok());
}

#[test]
fn the_registration_record_in_the_clear_ties_a_hospitals_requests_together() {
    let (super_node, victim) = printed();
    let node = main_node(&super_node);
    let other = super_node.register(ATTACKER, [5; 32], [6; 32]);
    let request = |hospital: &PrintedHospital, x| {
        hospital.request(&super_node.P_SN, &node.Q_MN(), Scalar::from(x), NOW)
    };
    // In print: R1 is the same in all of one hospital's requests.
    assert_eq!(request(&victim, 1).R1, request(&victim, 2).R1);
    assert_ne!(request(&victim, 1).R1, request(&other, 3).R1);

    // Here: two requests have header and time in common, and no more, whether they are one hospital's or not.
    let mut c = Consortium::new();
    let clinic = c.register("St. Bartholomew's Clinic for Rare Diseases", 10);
    let bytes = |hospital: &Hospital, seed| {
        let (_, request) = hospital.start(&c.certificate, &c.registry, NOW, &mut rng(seed)).unwrap();
        request.to_bytes()
    };
    let (first, second, third) = (bytes(&c.hospital, 1), bytes(&c.hospital, 2), bytes(&clinic, 3));
    for other in [&second, &third] {
        assert_eq!(other.len(), first.len());
        let runs_in_common =
            |from: &[u8]| from.windows(4).filter(|run| other.windows(4).any(|window| window == *run)).count();
        assert_eq!(runs_in_common(&[&first[4..52], &first[60..]].concat()), 0);
        assert_eq!((&first[..4], &first[52..60]), (&other[..4], &other[52..60]));
    }
    let identifiers = c.hospital.registration.identifiers();
    for secret in [b"General".as_slice(), b"agreement", &identifiers.R, &identifiers.record_digest] {
        assert!(!first.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn W_can_be_changed_at_will_under_a_stream_without_integrity() {
    let (super_node, victim) = printed();
    let node = main_node(&super_node);
    let mut request = victim.request(&super_node.P_SN, &node.Q_MN(), Scalar::from(X_SECRET), NOW);
    // In print: the main node decrypts what the attacker wants; with R moved along, QID is even the same.
    let change = xor(VICTIM, ATTACKER);
    for (i, change) in change.into_iter().enumerate() {
        request.W[i] ^= change;
        request.W[32 + i] ^= change;
    }
    let (ID, R, _) = node.decrypt(&request);
    assert_eq!(ID, ATTACKER);
    assert_eq!(printed_Q(ID, R, request.R1), printed_Q(victim.ID, victim.R, victim.R1));

    // Here: W is authenticated, and nothing inside is looked at (every bit: see `attacks`).
    let c = Consortium::new();
    let (_, request) = c.start(1);
    let mut mauled = request.clone();
    for (byte, (from, to)) in mauled.W[1..8].iter_mut().zip(b"General".iter().zip(b"Central")) {
        *byte ^= from ^ to;
    }
    assert_eq!(c.accept(&mauled).unwrap_err(), Error::AuthenticationFailed);
    assert!(c.accept(&request).is_ok());
}

#[test]
fn the_equation_in_place_of_the_misprint_holds_for_the_right_U_alone() {
    // In print: e(U,P) = (QID, QSN + r*xP), a pairing value beside a pair of points: nothing to compare.
    // Here: e(P1, U) = e(P_SN + [r]X, Q_ID), and by bilinearity U = S_ID + [x r]Q_ID is its only solution.
    let c = Consortium::new();
    let (x, r) = (Scalar::from(11), Scalar::from(13));
    let (Q, S) = (c.hospital.Q_ID.0, *c.hospital.S_ID);
    let X = (G1Affine::generator() * x).to_affine();
    let right = (G1Projective::from(c.public_key.0) + X * r).to_affine();
    let holds = |U: &G2Affine| pairing_product(&[(-G1Affine::generator(), *U), (right, Q)]).unwrap().is_one();
    let U = (G2Projective::from(S) + Q * (x * r)).to_affine();
    for wrong in [S, -U, Q, (G2Projective::from(U) + Q).to_affine(), (Q * (x * r)).to_affine()] {
        assert!(!holds(&wrong));
    }
    assert!(holds(&U));
}

#[test]
fn a_false_main_node_is_taken_for_a_true_one() {
    let (super_node, victim) = printed();
    // In print: the hospital has no means to tell whose Q_MN it uses.
    let (false_node, x) = (main_node(&super_node), Scalar::from(X_SECRET));
    let request = victim.request(&super_node.P_SN, &false_node.Q_MN(), x, NOW);
    let accepted = false_node.accept(&request, NOW).unwrap();
    assert_eq!(accepted.ID, VICTIM);
    let reply = false_node.reply(&request, &accepted, b"a false place");
    assert!(victim.finish(&super_node.P_SN, &false_node.Q_MN(), x, &request, &reply).is_some());

    // Here: a hospital talks to a certified node, and the super node certifies after proof of possession.
    let mut c = Consortium::new();
    let false_node = MainNode::generate(name("node 1"), &c.public_key, &mut rng(9)).unwrap();
    let mut false_super_node = SuperNode::generate(&mut rng(10)).unwrap();
    let forged = false_super_node.certify(&false_node.certificate_request(), 0..=u64::MAX).unwrap();
    assert_eq!(forged.verify(&c.public_key).unwrap_err(), Error::InvalidSignature);
    // Nor does a signature that the super node gave for another purpose make a certificate: here, a registry.
    let registry = c.super_node.publish(NOW).unwrap().to_bytes();
    let mut spliced = forged.to_bytes();
    let at = spliced.len() - 96;
    spliced[at..].copy_from_slice(&registry[registry.len() - 96..]);
    let spliced = crate::identity::Certificate::from_bytes(&spliced).unwrap();
    assert_eq!(spliced.verify(&c.public_key).unwrap_err(), Error::InvalidSignature);
    c.handshake(20);
}

#[test]
fn a_node_certified_on_anothers_key_passes_requests_on() {
    // In print: r names no node, so that a request made for `node 2` with node 1's key is good at node 1.
    let (super_node, victim) = printed();
    let node_1 = main_node(&super_node);
    let node_2s_certified_key = node_1.Q_MN();
    let request = victim.request(&super_node.P_SN, &node_2s_certified_key, Scalar::from(X_SECRET), NOW);
    assert!(node_1.accept(&request, NOW).is_some());

    // Here: node 2 cannot prove that it holds node 1's secret.
    let mut c = Consortium::new();
    let thief = MainNode::generate(name("node 2"), &c.public_key, &mut rng(9)).unwrap();
    let stolen = CertificateRequest::new(name("node 2"), c.main_node.node.Q_MN, &thief.s_MN);
    assert_eq!(c.super_node.certify(&stolen, 0..=1).unwrap_err(), Error::InvalidSignature);
    // And were it certified all the same, the name is in r: node 1 opens W and refuses.
    let stolen = Node { name: name("node 2"), ..c.main_node.node.clone() };
    let x = || crate::curve::SecretScalar::new(Scalar::from(X_SECRET));
    let (_, request) = c.hospital.request(&stolen, NOW, x()).unwrap();
    assert_eq!(c.accept(&request).unwrap_err(), Error::AuthenticationFailed);
    let (_, request) = c.hospital.request(&c.main_node.node, NOW, x()).unwrap();
    assert!(c.accept(&request).is_ok());
}

#[test]
fn the_literal_version_runs_when_nobody_attacks() {
    // So that its failures above are the paper's and not this file's.
    let (super_node, victim) = printed();
    let (node, x) = (main_node(&super_node), Scalar::from(X_SECRET));
    let request = victim.request(&super_node.P_SN, &node.Q_MN(), x, NOW);
    let accepted = node.accept(&request, NOW).unwrap();
    assert_eq!(accepted.ID, VICTIM);
    let reply = node.reply(&request, &accepted, b"where it lies");
    let finished = victim.finish(&super_node.P_SN, &node.Q_MN(), x, &request, &reply);
    assert_eq!(finished.unwrap(), b"where it lies");
    assert!(node.accept(&request, NOW + 30_001).is_none());
    let forger =
        PrintedHospital { S: G2Affine::generator(), ..super_node.register(VICTIM, [3; 32], [4; 32]) };
    let forged = forger.request(&super_node.P_SN, &node.Q_MN(), x, NOW);
    assert!(node.accept(&forged, NOW).is_none());
}
