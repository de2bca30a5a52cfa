//! The authority's keys, and the keys that it issues to signers.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1Affine, G2Affine, Lazy};
use crate::domain::{
    ABS_ATTRIBUTE, ABS_H, ABS_KEY_CHECK, ABS_KEY_NONCE, ABS_KEY_WEIGHT, ABS_NEGATION_P, ABS_NEGATION_Q,
    ABS_POSSESSION, ABS_U0, ABS_U1, ABS_VALUE,
};
use crate::error::Error;
use crate::fabeo::{Key, Master, Public, Scheme, Slot};
use crate::policy::Attributes;

/// The tags of signatures.
pub(super) static SCHEME: Scheme = Scheme {
    h: ABS_H,
    U0: ABS_U0,
    U1: ABS_U1,
    attribute: ABS_ATTRIBUTE,
    negation: [ABS_NEGATION_P, ABS_NEGATION_Q],
    value: ABS_VALUE,
    key_nonce: ABS_KEY_NONCE,
    key_check: ABS_KEY_CHECK,
    key_weight: ABS_KEY_WEIGHT,
};

/// `h`, `U0` and `U1`.
static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(&SCHEME));

/// The authority's secret, `alpha`. It signs as any member.
#[derive(Debug)]
pub struct MasterKey(Master);

/// The authority's public key, `A = [alpha]P2`.
///
/// Copies share a cache of points that were used: of 8,192 attributes and 128 rows of policies at
/// most. A row that is used often takes 80 KB, a negative one 160 KB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) Public);

/// A user's key to sign with, for a set of attributes.
#[derive(Debug)]
pub struct SigningKey {
    pub(super) public_key: PublicKey,
    pub(super) key: Key,
}

impl MasterKey {
    /// A new authority.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Master::generate(&SCHEME, &SLOT, rng).map(Self)
    }

    /// What verifiers need.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public.clone())
    }

    /// A signing key for these attributes. A user whose attributes change gets a new key for all of
    /// them: elements of two keys do not work together, not even of two keys of one user.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SigningKey, Error> {
        Ok(SigningKey { public_key: self.public_key(), key: self.0.issue(attributes, rng)? })
    }
}

impl PublicKey {
    /// `A`, of which the sum over several authorities is told.
    pub(crate) fn new(A: G2Affine) -> Result<Self, Error> {
        Public::new(&SCHEME, &SLOT, A).map(Self)
    }

    pub(crate) fn public(&self) -> &Public {
        &self.0
    }

    /// What a proof of possession multiplies.
    pub(crate) fn possession_point(&self) -> G1Affine {
        self.0.possession_point(ABS_POSSESSION)
    }

    /// Checks a proof that somebody has the master secret of this key. Require one before you
    /// verify signatures under a new key: under `[c]P2 + [k]A`, the members of the authority with
    /// `A` would have keys. Several authorities make the proof with their certificate:
    /// [`proofs_of_possession`](crate::authorities::Certificate::proofs_of_possession).
    ///
    /// # Errors
    /// [`Error::InvalidProof`], or a decoding error if the proof is no point.
    pub fn verify_possession(&self, proof: &[u8; 48]) -> Result<(), Error> {
        self.0.check_possession(ABS_POSSESSION, proof)
    }
}

impl SigningKey {
    /// A key that was put together from parts.
    pub(crate) fn new(public_key: PublicKey, key: Key) -> Self {
        Self { public_key, key }
    }

    /// The attributes that the key is for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        self.key.attributes()
    }

    /// The authority that issued the key, as the key says; [`verify`](Self::verify) checks it.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// Checks that this authority issued the key, for all of its attributes, in one product of
    /// three pairings. Do so when you receive a key: an authority that issues a false one can
    /// otherwise recognise its holder by signatures that do not verify.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if not.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        if self.public_key != *public_key {
            return Err(Error::InvalidKey);
        }
        public_key.0.check(&self.key)
    }
}

impl Object for MasterKey {
    const KIND: Kind = Kind::AbsMasterKey;

    fn write(&self, w: &mut Writer) {
        w.scalar(&self.0.alpha);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Master::new(&SCHEME, &SLOT, r.nonzero_scalar()?).map(Self)
    }
}

impl Object for PublicKey {
    const KIND: Kind = Kind::AbsPublicKey;

    fn write(&self, w: &mut Writer) {
        w.g2(&self.0.A);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.g2()?)
    }
}

impl Object for SigningKey {
    const KIND: Kind = Kind::AbsSigningKey;

    fn write(&self, w: &mut Writer) {
        self.public_key.write(w);
        self.key.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { public_key: PublicKey::read(r)?, key: Key::read(r)? })
    }
}
