//! An independent implementation of both sides of the handshake, from
//! `docs/interoperability.md`, section 4, and `docs/formats.md`. It makes only the checks that
//! it needs, and accepts any secrets.

use blstrs::{G1Projective, G2Projective, Scalar};
use ml_kem::{Decapsulate, DecapsulationKey768, EncapsulationKey768, KeyExport};

use crate::ground::{
    P1, Reader, Transcript, g1_bytes, g2_bytes, hash_to_g2, header, hmac, is_one, kdf, keys, open, pair,
    seal, sha256, var,
};

/// The `x` and the `y` that it uses where it can choose.
pub(crate) fn x() -> Scalar {
    Scalar::from(23)
}

pub(crate) fn y() -> Scalar {
    Scalar::from(29)
}

/// Its choice of the ML-KEM seed `d || z` and of `m`.
pub(crate) fn seed() -> [u8; 64] {
    [31; 64]
}

pub(crate) fn m() -> [u8; 32] {
    [37; 32]
}

// --- ML-KEM-768 ---

pub(crate) type EncapsulationKey = [u8; 1184];
pub(crate) type Ciphertext = [u8; 1088];

pub(crate) fn encapsulation_key(seed: &[u8; 64]) -> EncapsulationKey {
    DecapsulationKey768::from_seed((*seed).into()).encapsulation_key().to_bytes().into()
}

/// `ct` and `ss`.
pub(crate) fn encapsulate(ek: &EncapsulationKey, m: &[u8; 32]) -> (Ciphertext, [u8; 32]) {
    let (ct, ss) = EncapsulationKey768::new(&(*ek).into()).unwrap().encapsulate_deterministic(&(*m).into());
    (ct.into(), ss.into())
}

pub(crate) fn decapsulate(seed: &[u8; 64], ct: &Ciphertext) -> [u8; 32] {
    DecapsulationKey768::from_seed((*seed).into()).decapsulate(&(*ct).into()).into()
}

// --- public values and stolen secrets ---

/// `(ID, R, SHA-256(R1))`: what an identity is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identifiers {
    pub(crate) name: String,
    pub(crate) R: [u8; 16],
    pub(crate) record_digest: [u8; 32],
}

impl Identifiers {
    pub(crate) fn Q_ID(&self) -> G2Projective {
        // Q_ID = hash_to_g2(IDENTITY, u32(len ID) || ID || R || SHA-256(R1))
        let message = [var(self.name.as_bytes()).as_slice(), &self.R, &self.record_digest].concat();
        hash_to_g2("IDENTITY", &message)
    }
}

/// The content of a hospital's bytes.
pub(crate) fn hospital(bytes: &[u8]) -> (Identifiers, G2Projective) {
    let mut reader = Reader::new(0x05, bytes);
    let _P_SN = reader.g1();
    let name = String::from_utf8(reader.var().to_vec()).unwrap();
    let identifiers = Identifiers { name, R: reader.bytes(), record_digest: sha256(&[reader.var()]) };
    let S_ID = reader.g2();
    reader.end();
    (identifiers, S_ID)
}

/// The public values of a main node.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) P_SN: G1Projective,
    pub(crate) name: String,
    pub(crate) role: u8,
    pub(crate) Q_MN: G1Projective,
}

impl Node {
    /// From the super node's public key and the main node's certificate.
    pub(crate) fn read(super_node: &[u8], certificate: &[u8]) -> Self {
        let P_SN = Reader::new(0x02, super_node).g1();
        let mut reader = Reader::new(0x08, certificate);
        let name = String::from_utf8(reader.var().to_vec()).unwrap();
        let role = reader.u8();
        Self { P_SN, name, role, Q_MN: reader.g1() }
    }
}

/// `s_MN`, the end of a main node's bytes.
pub(crate) fn s_MN(main_node: &[u8]) -> Scalar {
    let (_P_SN_name_and_role, s_MN) = Reader::new(0x06, main_node).rest().split_last_chunk::<32>().unwrap();
    Reader::fields(s_MN).scalar()
}

/// `s`, the start of a super node's bytes.
pub(crate) fn s(super_node: &[u8]) -> Scalar {
    Reader::new(0x01, super_node).scalar()
}

/// `name || role || Q_MN`, role 1: the message of a main node's proof of possession, and the
/// start of a certificate.
pub(crate) fn subject(name: &str, Q_MN: &G1Projective) -> Vec<u8> {
    [&var(name.as_bytes())[..], &[1], &g1_bytes(Q_MN)].concat()
}

/// A certificate request, with this point as the proof.
pub(crate) fn certificate_request(subject: &[u8], proof: &G2Projective) -> Vec<u8> {
    [&header(0x07), subject, &g2_bytes(proof)].concat()
}

/// `x` of a hospital whose generator output these bytes.
pub(crate) fn hedged_x(random: &[u8; 32], S_ID: &G2Projective, node: &Node, tc: u64) -> Scalar {
    hospitals_hedge(random, S_ID, node, tc).challenge("AUTH-NONCE")
}

/// `d || z` of a hospital whose generator output these bytes for it.
pub(crate) fn hedged_seed(random: &[u8; 32], S_ID: &G2Projective, node: &Node, tc: u64) -> [u8; 64] {
    hospitals_hedge(random, S_ID, node, tc).derive("auth-kem-seed")
}

fn hospitals_hedge(random: &[u8; 32], S_ID: &G2Projective, node: &Node, tc: u64) -> Transcript {
    Transcript::new()
        .item("random", random)
        .item("S_ID", g2_bytes(S_ID))
        .item("main node", &node.name)
        .item("role", [node.role])
        .item("Q_MN", g1_bytes(&node.Q_MN))
        .item("tc", tc.to_be_bytes())
}

/// `y` of a main node with this generator output, these secret bytes, and this disclosure.
pub(crate) fn hedged_y(random: &[u8; 32], s_MN: &[u8], request: &[u8], disclosure: &[u8]) -> Scalar {
    main_nodes_hedge(random, s_MN, request, disclosure).challenge("AUTH-REPLY-NONCE")
}

/// `m` of such a main node, whose generator output these bytes for it.
pub(crate) fn hedged_m(random: &[u8; 32], s_MN: &[u8], request: &[u8], disclosure: &[u8]) -> [u8; 32] {
    main_nodes_hedge(random, s_MN, request, disclosure).derive("auth-kem-message")
}

fn main_nodes_hedge(random: &[u8; 32], s_MN: &[u8], request: &[u8], disclosure: &[u8]) -> Transcript {
    let hedge: [u8; 32] = kdf(s_MN, "hedge", request);
    Transcript::new()
        .item("random", random)
        .item("hedge", hedge)
        .item("disclosure", Reader::new(0x4b, disclosure).rest())
}

// --- request ---

/// The content of a request, and `X'`, under which it is sealed.
#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) hospital: Identifiers,
    pub(crate) Q_ID: G2Projective,
    pub(crate) node: Node,
    pub(crate) X: G1Projective,
    pub(crate) shared: G1Projective,
    pub(crate) tc: u64,
    pub(crate) ek: EncapsulationKey,
}

impl Claim {
    /// The claim of a sender who has chosen `x` and the seed.
    pub(crate) fn new(hospital: &Identifiers, node: &Node, x: Scalar, tc: u64) -> Self {
        // X = [x]P1;  X' = [x]Q_MN
        let (X, shared) = (P1() * x, node.Q_MN * x);
        let ek = encapsulation_key(&seed());
        Self { hospital: hospital.clone(), Q_ID: hospital.Q_ID(), node: node.clone(), X, shared, tc, ek }
    }

    /// The claim and `U` in a request, for a holder of `X'`.
    pub(crate) fn open(request: &[u8], node: &Node, shared: G1Projective) -> Option<(Self, G2Projective)> {
        let mut reader = Reader::new(0x0a, request);
        let (X, tc, ek) = (reader.g1(), reader.u64(), reader.bytes());
        let k_s = identity_key(&shared, node, &X, tc, &ek);
        let inner = open(&k_s, &identity_aad(&X, tc, &ek), reader.rest())?;
        let mut reader = Reader::fields(&inner);
        let (length, padded) = (usize::from(reader.u8()), reader.take(255));
        let name = String::from_utf8(padded[..length].to_vec()).unwrap();
        let hospital = Identifiers { name, R: reader.bytes(), record_digest: reader.bytes() };
        let Q_ID = hospital.Q_ID();
        Some((Self { hospital, Q_ID, node: node.clone(), X, shared, tc, ek }, reader.g2()))
    }

    pub(crate) fn r(&self) -> Scalar {
        Transcript::new()
            .item("ID", &self.hospital.name)
            .item("R", self.hospital.R)
            .item("H(R1)", self.hospital.record_digest)
            .item("Q_ID", g2_bytes(&self.Q_ID))
            .item("P_SN", g1_bytes(&self.node.P_SN))
            .item("main node", &self.node.name)
            .item("role", [self.node.role])
            .item("Q_MN", g1_bytes(&self.node.Q_MN))
            .item("X", g1_bytes(&self.X))
            .item("X'", g1_bytes(&self.shared))
            .item("tc", self.tc.to_be_bytes())
            .item("ek", self.ek)
            .challenge("AUTH-R")
    }

    /// `U`, for a holder of `x` and `S_ID`.
    pub(crate) fn U(&self, x: Scalar, S_ID: &G2Projective) -> G2Projective {
        // U = S_ID + [x r]Q_ID
        S_ID + self.Q_ID * (x * self.r())
    }

    /// The check that a main node makes.
    pub(crate) fn holds(&self, U: &G2Projective, r: Scalar) -> bool {
        // e(P1, U) = e(P_SN + [r]X, Q_ID)
        is_one(&pair(&[(-P1(), *U), (self.node.P_SN + self.X * r, self.Q_ID)]))
    }

    /// The plaintext of `W`: `u8 length || name padded to 255 || R || SHA-256(R1) || U`.
    pub(crate) fn inner(&self, U: &G2Projective) -> Vec<u8> {
        let mut inner = vec![0; 256];
        inner[0] = self.hospital.name.len() as u8;
        inner[1..][..self.hospital.name.len()].copy_from_slice(self.hospital.name.as_bytes());
        inner.extend(self.hospital.R);
        inner.extend(self.hospital.record_digest);
        inner.extend(g2_bytes(U));
        inner
    }

    /// The bytes of a request with this plaintext.
    pub(crate) fn seal(&self, inner: &[u8]) -> Vec<u8> {
        // W = seal(k_s, X || u64 tc || ek, ...)
        let k_s = identity_key(&self.shared, &self.node, &self.X, self.tc, &self.ek);
        let aad = identity_aad(&self.X, self.tc, &self.ek);
        [header(0x0a).as_slice(), &aad, &seal(&k_s, &aad, inner)].concat()
    }

    pub(crate) fn request(&self, U: &G2Projective) -> Vec<u8> {
        self.seal(&self.inner(U))
    }
}

fn identity_aad(X: &G1Projective, tc: u64, ek: &EncapsulationKey) -> Vec<u8> {
    [g1_bytes(X).as_slice(), &tc.to_be_bytes(), ek].concat()
}

pub(crate) fn identity_key(
    shared: &G1Projective,
    node: &Node,
    X: &G1Projective,
    tc: u64,
    ek: &EncapsulationKey,
) -> [u8; 32] {
    // k_s = kdf(X', "auth-identity", P_SN || Q_MN || X || u64 tc || ek)
    let aad = identity_aad(X, tc, ek);
    let context = [g1_bytes(&node.P_SN).as_slice(), &g1_bytes(&node.Q_MN), &aad].concat();
    kdf(&g1_bytes(shared), "auth-identity", &context)
}

// --- reply, confirmation ---

/// The values that both sides share once `T` is known, or an attacker's guess of them.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) node: Node,
    pub(crate) request: Vec<u8>,
    pub(crate) T: G1Projective,
    pub(crate) ct: Ciphertext,
    pub(crate) shared: G1Projective,
    pub(crate) V: G1Projective,
    pub(crate) ss: [u8; 32],
}

/// The keys of a session, and their confirmations.
pub(crate) struct Keys {
    pub(crate) k_i2r: [u8; 32],
    pub(crate) k_r2i: [u8; 32],
    pub(crate) k_exp: [u8; 32],
    pub(crate) session_id: [u8; 32],
    pub(crate) AK: [u8; 32],
    pub(crate) confirmation: [u8; 32],
}

impl Exchange {
    /// For a party that has chosen `y`, and has `X'` or a guess of it.
    pub(crate) fn answering(node: &Node, request: &[u8], shared: G1Projective, y: Scalar) -> Self {
        let X = Reader::new(0x0a, request).g1();
        // (ct, ss) = Encaps(ek, m)
        let (ct, ss) = encapsulate(&ek(request), &m());
        // T = [y]P1;  V = [y]X
        Self { node: node.clone(), request: request.to_vec(), T: P1() * y, ct, shared, V: X * y, ss }
    }

    /// For the party that made the request with this `x` and the seed.
    pub(crate) fn answered(claim: &Claim, x: Scalar, request: &[u8], reply: &[u8]) -> Self {
        let mut reader = Reader::new(0x0b, reply);
        let (T, ct) = (reader.g1(), reader.bytes());
        // V = [x]T;  ss = Decaps(dk, ct)
        let (V, ss) = (T * x, decapsulate(&seed(), &ct));
        Self { node: claim.node.clone(), request: request.to_vec(), T, ct, shared: claim.shared, V, ss }
    }

    /// `X' || V || ss`
    fn secrets(&self) -> [u8; 128] {
        [g1_bytes(&self.shared).as_slice(), &g1_bytes(&self.V), &self.ss].concat().try_into().unwrap()
    }

    pub(crate) fn aad(&self) -> Vec<u8> {
        // a = request || T || ct
        [self.request.as_slice(), &g1_bytes(&self.T), &self.ct].concat()
    }

    fn k_m(&self) -> [u8; 32] {
        // k_m = kdf(X' || V || ss, "auth-payload", a)
        kdf(&self.secrets(), "auth-payload", &self.aad())
    }

    /// `M` around the fields of an envelope.
    pub(crate) fn seal(&self, envelope: &[u8]) -> Vec<u8> {
        seal(&self.k_m(), &self.aad(), envelope)
    }

    pub(crate) fn open(&self, M: &[u8]) -> Option<Vec<u8>> {
        open(&self.k_m(), &self.aad(), M)
    }

    /// The envelope of a reply: to `Q_ID` with aad `a`, of `var R || fields of the disclosure`.
    pub(crate) fn envelope(&self, Q_ID: &G2Projective, payload: &[u8]) -> Vec<u8> {
        envelope(&self.node.P_SN, Q_ID, Scalar::from(19), &self.aad(), payload)
    }

    pub(crate) fn keys(&self, M: &[u8]) -> Keys {
        let th = Transcript::new()
            .item("request", &self.request)
            .item("T", g1_bytes(&self.T))
            .item("ct", self.ct)
            .item("M", M)
            .item("P_SN", g1_bytes(&self.node.P_SN))
            .item("Q_MN", g1_bytes(&self.node.Q_MN))
            .item("main node", &self.node.name)
            .item("role", [self.node.role])
            .digest("AUTH-TRANSCRIPT");
        // (k_i2r, k_r2i, k_exp, session_id, k_conf_r, k_conf_i) = kdf(X' || V || ss,
        // "auth-session", th, 192)
        let [k_i2r, k_r2i, k_exp, session_id, k_conf_r, k_conf_i] =
            keys(&self.secrets(), "auth-session", &th);
        // AK = HMAC(k_conf_r, "responder" || th)
        let AK = hmac(&k_conf_r, &[b"responder", &th]);
        let confirmation = hmac(&k_conf_i, &[b"initiator", &th]);
        Keys { k_i2r, k_r2i, k_exp, session_id, AK, confirmation }
    }

    /// The reply that discloses this to this hospital.
    pub(crate) fn disclosing(&self, hospital: &Identifiers, disclosure: &[u8]) -> Vec<u8> {
        self.reply(&self.seal(&self.envelope(&hospital.Q_ID(), &payload(&hospital.R, disclosure))))
    }

    /// The bytes of the reply with this `M`.
    pub(crate) fn reply(&self, M: &[u8]) -> Vec<u8> {
        reply(&g1_bytes(&self.T), &self.ct, &self.keys(M).AK, M)
    }
}

/// The bytes of a reply.
pub(crate) fn reply(T: &[u8], ct: &[u8], AK: &[u8], M: &[u8]) -> Vec<u8> {
    [&header(0x0b), T, ct, AK, &var(M)].concat()
}

/// `ek` of a request.
pub(crate) fn ek(request: &[u8]) -> EncapsulationKey {
    let mut reader = Reader::new(0x0a, request);
    let (_X, _tc) = (reader.g1(), reader.u64());
    reader.bytes()
}

/// `X`, `tc`, `ek` and `W` of a request.
pub(crate) fn parts_of_request(request: &[u8]) -> [Vec<u8>; 4] {
    let mut reader = Reader::new(0x0a, request);
    [48, 8, 1184, 432].map(|length| reader.take(length).to_vec())
}

/// `T`, `ct`, `AK` and `M` of a reply.
pub(crate) fn parts_of_reply(reply: &[u8]) -> [Vec<u8>; 4] {
    let mut reader = Reader::new(0x0b, reply);
    [reader.take(48).to_vec(), reader.take(1088).to_vec(), reader.take(32).to_vec(), reader.var().to_vec()]
}

/// The disclosure, after the recipient's `R`.
pub(crate) fn payload(R: &[u8], disclosure: &[u8]) -> Vec<u8> {
    [var(R).as_slice(), Reader::new(0x4b, disclosure).rest()].concat()
}

// --- envelope ---

/// The fields of an envelope.
pub(crate) fn envelope(
    P_SN: &G1Projective,
    Q_ID: &G2Projective,
    k: Scalar,
    aad: &[u8],
    plaintext: &[u8],
) -> Vec<u8> {
    // Under no members' key. C = [k]P1;  K = kdf(e([k]P_SN, Q_ID), "envelope", C || Q_ID || P_SN)
    let C = P1() * k;
    let K = envelope_key(&[(P_SN * k, *Q_ID)], &C, Q_ID, P_SN);
    [&[0; 4], g1_bytes(&C).as_slice(), &var(&seal(&K, aad, plaintext))].concat()
}

pub(crate) fn open_envelope(
    fields: &[u8],
    P_SN: &G1Projective,
    Q_ID: &G2Projective,
    S_ID: &G2Projective,
    aad: &[u8],
) -> Option<Vec<u8>> {
    let mut reader = Reader::fields(fields);
    let (_epoch, C) = (reader.u32(), reader.g1());
    // e(C, S_ID) = e([k]P_SN, Q_ID)
    open(&envelope_key(&[(C, *S_ID)], &C, Q_ID, P_SN), aad, reader.var())
}

fn envelope_key(
    pairs: &[(G1Projective, G2Projective)],
    C: &G1Projective,
    Q_ID: &G2Projective,
    P_SN: &G1Projective,
) -> [u8; 32] {
    let context = [g1_bytes(C).as_slice(), &g2_bytes(Q_ID), &g1_bytes(P_SN)].concat();
    kdf(&pair(pairs).to_bendian(), "envelope", &context)
}

// --- session ---

/// The sender of a session message.
pub(crate) const HOSPITAL: u8 = 0;
pub(crate) const MAIN_NODE: u8 = 1;

fn message_aad(from: u8, n: u64) -> Vec<u8> {
    // u8 direction || u64 n || u8 final || u64(len aad) || aad
    [[from].as_slice(), &n.to_be_bytes(), &[0], &0_u64.to_be_bytes()].concat()
}

/// Message `n` in a direction, not the last one, without additional data.
pub(crate) fn seal_message(k_direction: &[u8; 32], from: u8, n: u64, plaintext: &[u8]) -> Vec<u8> {
    let key = kdf(k_direction, "message", &n.to_be_bytes());
    let sealed = seal(&key, &message_aad(from, n), plaintext);
    [header(0x0f).as_slice(), &n.to_be_bytes(), &[0], &var(&sealed)].concat()
}

pub(crate) fn open_message(k_direction: &[u8; 32], from: u8, message: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(0x0f, message);
    let (n, _last) = (reader.u64(), reader.u8());
    let key = kdf(k_direction, "message", &n.to_be_bytes());
    open(&key, &message_aad(from, n), reader.var())
}
