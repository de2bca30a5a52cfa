//! The computations of both sides: keys, the authenticator's scalar, the transcript hash.

use crate::codec::Writer;
use crate::curve::{G1Affine, SecretG1, SecretScalar};
use crate::domain::{
    AUTH, AUTH_TRANSCRIPT, KDF_AUTH_IDENTITY, KDF_AUTH_PAYLOAD, KDF_AUTH_SESSION, MAC_INITIATOR,
    MAC_RESPONDER,
};
use crate::hash::hmac;
use crate::identity::nodes::Node;
use crate::identity::registration::{Identifiers, Identity};
use crate::identity::session::SessionKeys;
use crate::kdf::{kdf, split};
use crate::kem::{Ciphertext, EncapsulationKey};
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

/// The aad of `W`: `X || tc || ek`.
pub(super) fn identity_aad(X: &G1Affine, tc: u64, ek: &EncapsulationKey) -> Vec<u8> {
    let mut w = Writer::new();
    w.g1(X);
    w.u64(tc);
    w.raw(&ek.to_bytes());
    w.into_vec()
}

/// `k_s = kdf(X', "auth-identity", P_SN || Q_MN || X || tc || ek)`
pub(super) fn identity_key(shared: &SecretG1, node: &Node, identity_aad: &[u8]) -> SecretKey {
    let mut context = Writer::new();
    context.g1(&node.super_node.0);
    context.g1(&node.subject.Q_MN);
    context.raw(identity_aad);
    kdf(Secret::new(shared.to_compressed()).as_slice(), KDF_AUTH_IDENTITY, context.as_slice())
}

/// `r = hash_to_scalar(ID, R, SHA-256(R1), Q_ID, P_SN, main node's name, role,
/// Q_MN, X, X', tc, ek)`
///
/// The paper omits the main node's name. A node certified for another node's key could then forward
/// a request, and the hospital would agree on the wrong name. The role keeps a key that is
/// certified for two roles from serving in the wrong one.
pub(super) fn authenticator_scalar(
    hospital: &Identifiers,
    Q_ID: &Identity,
    node: &Node,
    X: &G1Affine,
    shared: &SecretG1,
    tc: u64,
    ek: &EncapsulationKey,
) -> SecretScalar {
    let mut t = Transcript::new();
    t.bytes("ID", hospital.name.as_bytes());
    t.bytes("R", &hospital.R);
    t.bytes("H(R1)", &hospital.record_digest);
    t.g2("Q_ID", &Q_ID.0);
    t.g1("P_SN", &node.super_node.0);
    t.bytes("main node", node.subject.name.as_bytes());
    t.bytes("role", &[node.subject.role as u8]);
    t.g1("Q_MN", &node.subject.Q_MN);
    t.g1("X", X);
    t.g1("X'", shared);
    t.u64("tc", tc);
    t.bytes("ek", &ek.to_bytes());
    SecretScalar::new(t.challenge(AUTH))
}

/// The aad of `M`, of the envelope inside it, and the context of its key: `request || T || ct`.
pub(super) fn reply_aad(request: &[u8], T: &G1Affine, ct: &Ciphertext) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(request); // of one length
    w.g1(T);
    w.raw(&ct.0);
    w.into_vec()
}

/// `X' || V || ss`: the static and the ephemeral Diffie-Hellman secret, and the ML-KEM secret.
///
/// Every key needs all three. `ek` and `ct` are in the context of each key, because ML-KEM alone
/// binds `ss` to neither.
pub(super) struct SharedSecrets(Writer);

impl SharedSecrets {
    pub(super) fn new(shared: &SecretG1, V: &SecretG1, ss: &SecretKey) -> Self {
        Self(Writer::of(|w| {
            w.g1(shared);
            w.g1(V);
            w.raw(ss.as_slice());
        }))
    }

    /// `k_m = kdf(X' || V || ss, "auth-payload", request || T || ct)`
    pub(super) fn payload_key(&self, reply_aad: &[u8]) -> SecretKey {
        kdf(self.0.as_slice(), KDF_AUTH_PAYLOAD, reply_aad)
    }

    /// `(k_i2r, k_r2i, k_exp, session_id, k_conf_r, k_conf_i) = kdf(X' || V ||
    /// ss, "auth-session", th)`
    pub(super) fn keys(&self, th: &[u8; 32]) -> HandshakeKeys {
        let derived = kdf::<192>(self.0.as_slice(), KDF_AUTH_SESSION, th);
        let [k_i2r, k_r2i, k_exp, session_id, k_conf_r, k_conf_i] = split(&derived);
        let session = SessionKeys { k_i2r, k_r2i, k_exp, session_id: *session_id };
        HandshakeKeys { session, k_conf_r, k_conf_i }
    }
}

/// Returns `th`: the digest of everything that was sent, and of the intended receiver.
pub(super) fn transcript_hash(
    request: &[u8],
    T: &G1Affine,
    ct: &Ciphertext,
    M: &[u8],
    node: &Node,
) -> [u8; 32] {
    let mut t = Transcript::new();
    t.bytes("request", request);
    t.g1("T", T);
    t.bytes("ct", &ct.0);
    t.bytes("M", M);
    t.g1("P_SN", &node.super_node.0);
    t.g1("Q_MN", &node.subject.Q_MN);
    t.bytes("main node", node.subject.name.as_bytes());
    t.bytes("role", &[node.subject.role as u8]);
    t.digest(AUTH_TRANSCRIPT)
}

/// The session's keys, and the keys that confirm them.
pub(super) struct HandshakeKeys {
    pub(super) session: SessionKeys,
    k_conf_r: SecretKey,
    k_conf_i: SecretKey,
}

impl HandshakeKeys {
    /// `AK = HMAC(k_conf_r, "responder" || th)`
    pub(super) fn responder_confirmation(&self, th: &[u8; 32]) -> [u8; 32] {
        hmac(&self.k_conf_r, &[MAC_RESPONDER.0.as_bytes(), th])
    }

    /// `HMAC(k_conf_i, "initiator" || th)`
    pub(super) fn initiator_confirmation(&self, th: &[u8; 32]) -> [u8; 32] {
        hmac(&self.k_conf_i, &[MAC_INITIATOR.0.as_bytes(), th])
    }
}
