//! The hospital's side.

use rand_core::{CryptoRng, RngCore};

use crate::aead;
use crate::codec::{Object, Reader, Writer};
use crate::curve::{Curve, SecretG1, SecretG2, SecretScalar, mul_generator_g1, random_bytes};
use crate::domain::{AUTH_NONCE, KDF_AUTH_KEM_SEED};
use crate::error::Error;
use crate::hash;
use crate::identity::certificate::VerifiedCertificate;
use crate::identity::disclosure::Disclosure;
use crate::identity::envelope::IdentityEnvelope;
use crate::identity::handshake::messages::{AuthConfirmation, AuthReply, AuthRequest};
use crate::identity::handshake::schedule::{
    SharedSecrets, authenticator_scalar, identity_aad, identity_key, reply_aad, transcript_hash,
};
use crate::identity::hospital::Hospital;
use crate::identity::nodes::Node;
use crate::identity::registration::Identity;
use crate::identity::registry::VerifiedRegistry;
use crate::identity::session::{Session, Side};
use crate::kem::DecapsulationKey;
use crate::process::Home;
use crate::transcript::Transcript;

impl Hospital {
    /// Starts a handshake with a certified main node.
    ///
    /// The registry lists the revoked certificates that the hospital knows. `now_ms` is
    /// the hospital's time in Unix milliseconds. The request can be used once, within
    /// the main node's window.
    ///
    /// # Errors
    /// [`Error::CertificateExpired`] and [`Error::CertificateRevoked`]; [`Error::InvalidSignature`]
    /// if the certificate or the registry is from a different super node;
    /// [`Error::RandomnessUnavailable`].
    pub fn start(
        &self,
        main_node: &VerifiedCertificate,
        registry: &VerifiedRegistry,
        now_ms: u64,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(AwaitingReply, AuthRequest), Error> {
        let node = registry.node_at(main_node, now_ms, &self.super_node)?;
        // x = hash_to_scalar(hedge)      d || z = kdf(hedge'; "auth-kem-seed")
        let x = SecretScalar::new(self.hedge(node, now_ms, rng)?.challenge(AUTH_NONCE));
        let dk = DecapsulationKey::from_seed(self.hedge(node, now_ms, rng)?.derive(KDF_AUTH_KEM_SEED));
        let (tc, identifiers) = (now_ms, self.registration.identifiers());
        // X = [x]P1
        let X = mul_generator_g1(&x).to_affine();
        // X' = [x]Q_MN
        let shared = SecretG1::from(node.subject.Q_MN * *x);
        let ek = dk.encapsulation_key();
        let r = authenticator_scalar(&identifiers, &self.Q_ID, node, &X, &shared, tc, &ek);
        // U = S_ID + [x r]Q_ID
        let xr = SecretScalar::new(*x * *r);
        let U = SecretG2::from(self.Q_ID.0 * *xr + *self.S_ID);
        // W = seal(k_s, X || tc || ek, ID || R || SHA-256(R1) || U)
        let mut inner = Writer::new();
        identifiers.name.write_padded(&mut inner);
        inner.raw(&identifiers.R);
        inner.raw(&identifiers.record_digest);
        inner.g2(&U);
        let aad = identity_aad(&X, tc, &ek);
        let W = aead::seal(identity_key(&shared, node, &aad), &aad, inner.as_slice());
        let request = AuthRequest { X, tc, ek, W: W.try_into().map_err(|_| Error::InvalidField)? };
        let awaiting = AwaitingReply {
            node: node.clone(),
            Q_ID: self.Q_ID,
            S_ID: SecretG2::new(*self.S_ID),
            R: identifiers.R,
            x,
            shared,
            dk,
            request: request.to_bytes(),
            home: Home::here(),
        };
        Ok((awaiting, request))
    }

    /// `32 random bytes, S_ID, main node's name, role, Q_MN, tc`, from which `x` and `d || z` come,
    /// each with its own random bytes.
    ///
    /// Hedged, because `x` is as sensitive as `S_ID = U - [x r]Q_ID`: if the generator repeats
    /// itself, `x` repeats only where `r` does. Therefore everything that enters `r` and may change
    /// between requests also enters here, including name and role.
    fn hedge(&self, node: &Node, tc: u64, rng: &mut (impl CryptoRng + RngCore)) -> Result<Transcript, Error> {
        let mut t = Transcript::new();
        t.bytes("random", random_bytes::<32>(rng)?.as_slice());
        t.g2("S_ID", &self.S_ID);
        t.bytes("main node", node.subject.name.as_bytes());
        t.bytes("role", &[node.subject.role as u8]);
        t.g1("Q_MN", &node.subject.Q_MN);
        t.u64("tc", tc);
        Ok(t)
    }
}

/// A hospital that waits for the main node's reply. [`finish`](Self::finish) consumes it.
#[derive(Debug)]
pub struct AwaitingReply {
    node: Node,
    Q_ID: Identity,
    S_ID: SecretG2,
    R: [u8; 16],
    x: SecretScalar,
    shared: SecretG1,
    dk: DecapsulationKey,
    request: Vec<u8>,
    home: Home,
}

/// The result of a handshake for the hospital.
#[derive(Debug)]
pub struct Established {
    /// The session with the main node.
    pub session: Session,
    /// The disclosure from the main node.
    pub disclosure: Disclosure,
    /// The third message, for a main node that requires it.
    pub confirmation: AuthConfirmation,
}

impl AwaitingReply {
    /// Finishes the handshake. Verifies that the reply comes from the certified main node and
    /// answers this request.
    ///
    /// # Errors
    /// [`Error::AuthenticationFailed`] for every failed check; start a new handshake.
    /// [`Error::Forked`] in a process other than the one that started the handshake: otherwise two
    /// sessions could share one key.
    pub fn finish(self, reply: &AuthReply) -> Result<Established, Error> {
        self.home.check()?;
        self.establish(reply).map_err(|_| Error::AuthenticationFailed)
    }

    fn establish(&self, reply: &AuthReply) -> Result<Established, Error> {
        let AuthReply { T, ct, AK, M } = reply;
        // V = [x]T
        let V = SecretG1::from(T * *self.x);
        // ss = Decaps(dk, ct). A ct that was not made for ek gives a different ss, and fails at AK.
        let ss = self.dk.decapsulate(ct);
        let secrets = SharedSecrets::new(&self.shared, &V, &ss);
        let th = transcript_hash(&self.request, T, ct, M, &self.node);
        let keys = secrets.keys(&th);
        if !hash::equal(&keys.responder_confirmation(&th), AK) {
            return Err(Error::AuthenticationFailed);
        }
        let aad = reply_aad(&self.request, T, ct);
        let envelope = aead::open(&secrets.payload_key(&aad), &aad, M)?;
        let disclosure = self.open_payload(&envelope, &aad)?;
        let confirmation = AuthConfirmation(keys.initiator_confirmation(&th));
        let session = Session::new(Side::Initiator, keys.session, self.node.subject.name.clone());
        Ok(Established { session, disclosure, confirmation })
    }

    /// Opens the envelope and checks that it contains this hospital's `R`.
    fn open_payload(&self, envelope: &[u8], aad: &[u8]) -> Result<Disclosure, Error> {
        let envelope = Reader::whole(envelope, IdentityEnvelope::read)?;
        let payload = envelope.open(&self.node.super_node, &self.Q_ID, &self.S_ID, aad, None)?;
        let read = |r: &mut Reader<'_>| Ok((r.u32()?, r.array::<16>()?, Disclosure::read(r)?));
        let (length, R, disclosure) = Reader::whole(&payload, read)?;
        if length == 16 && R == self.R { Ok(disclosure) } else { Err(Error::AuthenticationFailed) }
    }
}
