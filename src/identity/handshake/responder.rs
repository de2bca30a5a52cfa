//! The main node's side.

use rand_core::{CryptoRng, RngCore};

use crate::aead;
use crate::codec::{Object, Reader, Writer};
use crate::curve::{
    Curve, G1Affine, G1Projective, G2_BYTES, PrimeCurveAffine, SecretG1, SecretScalar, decode_g2,
    mul_generator_g1, pairing_product, random_bytes,
};
use crate::domain::{AUTH_REPLY_NONCE, KDF_AUTH_HEDGE, KDF_AUTH_KEM_MESSAGE};
use crate::error::Error;
use crate::hash;
use crate::identity::disclosure::Disclosure;
use crate::identity::handshake::messages::{AuthConfirmation, AuthReply, AuthRequest};
use crate::identity::handshake::schedule::{
    SharedSecrets, authenticator_scalar, identity_aad, identity_key, reply_aad, transcript_hash,
};
use crate::identity::main_node::MainNode;
use crate::identity::name::Name;
use crate::identity::nodes::Node;
use crate::identity::registration::{Identifiers, Identity};
use crate::identity::registry::VerifiedRegistry;
use crate::identity::replay::{ReplayCache, SeenRequest};
use crate::identity::session::{Session, Side};
use crate::kdf::kdf;
use crate::kem::EncapsulationKey;
use crate::process::Home;
use crate::secret::{Secret, SecretKey};
use crate::transcript::Transcript;

impl MainNode {
    /// Authenticates a hospital's request. `now_ms` is the main node's time in Unix milliseconds.
    ///
    /// The window around `now_ms` is the [replay cache's](ReplayCache::window_ms). Cheap checks
    /// come first. The cache stores the request only after all other checks have passed: only the
    /// hospital itself can use up its share.
    ///
    /// # Errors
    /// - [`Error::RequestOutsideWindow`], [`Error::RequestReplayed`], [`Error::ReplayCacheFull`],
    ///   [`Error::ReplayQuotaExceeded`];
    /// - [`Error::UnknownName`] and [`Error::HospitalRevoked`], for the log: do not report them to
    ///   the sender, who has proved nothing yet;
    /// - [`Error::InvalidSignature`] if the registry is from a different super node;
    /// - [`Error::AuthenticationFailed`] in every other case.
    pub fn accept(
        &self,
        request: &AuthRequest,
        registry: &VerifiedRegistry,
        replay_cache: &(impl ReplayCache + ?Sized),
        now_ms: u64,
    ) -> Result<AcceptedRequest, Error> {
        let AuthRequest { X, tc, ek, W } = request;
        registry.check_signer(&self.node.super_node)?;
        if now_ms.abs_diff(*tc) > replay_cache.window_ms() {
            return Err(Error::RequestOutsideWindow);
        }
        let ephemeral = X.to_compressed();
        replay_cache.look(&ephemeral, *tc)?;

        // X' = [s_MN]X
        let shared = SecretG1::from(X * *self.s_MN);
        let aad = identity_aad(X, *tc, ek);
        let k_s = identity_key(&shared, &self.node, &aad);
        let inner = aead::open(&k_s, &aad, W).map_err(|_| Error::AuthenticationFailed)?;
        let (hospital, U) = read_inner(&inner).map_err(|_| Error::AuthenticationFailed)?;

        let registered = registry.identity(&hospital.name)?;
        let Q_ID = hospital.identity();
        if registry.is_identity_revoked(&hospital.name, &Q_ID) {
            return Err(Error::HospitalRevoked);
        }
        if Q_ID != *registered {
            return Err(Error::AuthenticationFailed);
        }
        let U = decode_g2(&U).map_err(|_| Error::AuthenticationFailed)?;
        let r = authenticator_scalar(&hospital, &Q_ID, &self.node, X, &shared, *tc, ek);
        // e(P1, U) = e(P_SN + [r]X, Q_ID)
        let left = -G1Affine::generator();
        let right = (G1Projective::from(self.node.super_node.0) + X * *r).to_affine();
        if !pairing_product(&[(left, U), (right, Q_ID.0)]).is_ok_and(|product| product.is_one()) {
            return Err(Error::AuthenticationFailed);
        }
        let seen = SeenRequest { ephemeral: &ephemeral, time_ms: *tc, hospital: &hospital.name };
        replay_cache.remember(&seen, now_ms)?;

        let (request, ek) = (request.to_bytes(), ek.clone());
        Ok(AcceptedRequest {
            node: self.node.clone(),
            hedge: self.hedge(&request),
            hospital,
            Q_ID,
            X: *X,
            shared,
            ek,
            request,
            home: Home::here(),
        })
    }

    /// Returns the key that hedges `y` and `m`. It depends on `s_MN` and on the request: the state
    /// of a handshake need not contain `s_MN` itself.
    fn hedge(&self, request: &[u8]) -> SecretKey {
        kdf(Secret::new(self.s_MN.to_bytes_be()).as_slice(), KDF_AUTH_HEDGE, request)
    }
}

/// `ID || R || SHA-256(R1) || U`; `U` is decoded later.
fn read_inner(inner: &[u8]) -> Result<(Identifiers, [u8; G2_BYTES]), Error> {
    Reader::whole(inner, |r| {
        let name = Name::read_padded(r)?;
        Ok((Identifiers { name, R: r.array()?, record_digest: r.array()? }, r.array()?))
    })
}

/// A main node that has authenticated a request and not yet replied. It now knows the hospital and
/// can look up what to disclose. Drop it to reject the request.
#[derive(Debug)]
pub struct AcceptedRequest {
    node: Node,
    hedge: SecretKey,
    hospital: Identifiers,
    Q_ID: Identity,
    X: G1Affine,
    shared: SecretG1,
    ek: EncapsulationKey,
    request: Vec<u8>,
    home: Home,
}

impl AcceptedRequest {
    /// Returns the hospital that made the request.
    #[must_use]
    pub fn hospital(&self) -> &Name {
        &self.hospital.name
    }

    /// Returns the reply with the disclosure, and the pending session.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]; [`Error::Forked`] in a process other than the one that
    /// accepted the request.
    pub fn reply(
        self,
        disclosure: &Disclosure,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(AuthReply, AwaitingConfirmation), Error> {
        self.home.check()?;
        let disclosed = Writer::of(|w| disclosure.write(w));
        // y = hash_to_scalar(hedge)      m = kdf(hedge'; "auth-kem-message")
        let y = SecretScalar::new(self.hedge(disclosed.as_slice(), rng)?.challenge(AUTH_REPLY_NONCE));
        let m = self.hedge(disclosed.as_slice(), rng)?.derive(KDF_AUTH_KEM_MESSAGE);
        // T = [y]P1
        let T = mul_generator_g1(&y).to_affine();
        // V = [y]X
        let V = SecretG1::from(self.X * *y);
        // (ss, ct) = Encaps(ek, m)
        let (ss, ct) = self.ek.encapsulate(m);
        let secrets = SharedSecrets::new(&self.shared, &V, &ss);
        // M = seal(k_m, request || T || ct, envelope(Q_ID, R || L || H(M) || Mac))
        let aad = reply_aad(&self.request, &T, &ct);
        let mut payload = Writer::new();
        payload.var(&self.hospital.R);
        payload.raw(disclosed.as_slice());
        let sealed = self.node.super_node.seal_to(&self.Q_ID, payload.as_slice(), &aad, None, rng)?;
        let envelope = Writer::of(|w| sealed.write(w));
        let M = aead::seal(secrets.payload_key(&aad), &aad, envelope.as_slice());
        // AK = HMAC(k_conf_r, "responder" || th)
        let th = transcript_hash(&self.request, &T, &ct, &M, &self.node);
        let keys = secrets.keys(&th);
        let AK = keys.responder_confirmation(&th);

        let confirmation = Secret::new(keys.initiator_confirmation(&th));
        let session = Session::new(Side::Responder, keys.session, self.hospital.name.clone());
        Ok((AuthReply { T, ct, AK, M }, AwaitingConfirmation { session, confirmation }))
    }

    /// `32 random bytes, kdf(s_MN, "hedge", request), disclosure`, from which `y` and `m` come,
    /// each with its own random bytes. Even a node that is set back together with its generator and
    /// its replay cache never seals two payloads under one key.
    fn hedge(&self, disclosed: &[u8], rng: &mut (impl CryptoRng + RngCore)) -> Result<Transcript, Error> {
        let mut t = Transcript::new();
        t.bytes("random", random_bytes::<32>(rng)?.as_slice());
        t.bytes("hedge", self.hedge.as_slice());
        t.bytes("disclosure", disclosed);
        Ok(t)
    }
}

/// A main node that has replied. The request has already authenticated the hospital. The third
/// message also proves that the hospital received the reply and holds the session's keys.
#[derive(Debug)]
pub struct AwaitingConfirmation {
    session: Session,
    confirmation: Secret<[u8; 32]>,
}

impl AwaitingConfirmation {
    /// Returns the session, after verifying the hospital's confirmation.
    ///
    /// # Errors
    /// [`Error::AuthenticationFailed`]; [`Error::Forked`] in a process other than
    /// the one that replied.
    pub fn confirm(self, confirmation: &AuthConfirmation) -> Result<Session, Error> {
        self.session.check_home()?;
        if hash::equal(&self.confirmation, &confirmation.0) {
            Ok(self.session)
        } else {
            Err(Error::AuthenticationFailed)
        }
    }

    /// Returns the session without a confirmation. The first message from the hospital that opens
    /// confirms it. The session works only in the process that replied.
    #[must_use]
    pub fn into_session(self) -> Session {
        self.session
    }
}
