//! The authority's keys, and the signing keys of users.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1Affine, G2Affine, Lazy};
use crate::domain::{ABS, ABS_POSSESSION};
use crate::error::Error;
use crate::fabeo::{Key, Master, Public, Slot, authority_keys};
use crate::policy::Attributes;

/// `h`, `U0` and `U1`.
static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(&ABS));

/// The authority's master secret, `alpha`. It can sign as any member.
#[derive(Debug)]
pub struct MasterKey(Master);

/// The authority's public key, `A = [alpha]P2`.
///
/// Clones share a cache of points, of at most 8,192 attributes and 128 policy rows. A frequently
/// used row takes 80 KB, a negative one 160 KB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) Public);

/// A user's signing key for a set of attributes.
#[derive(Debug)]
pub struct SigningKey {
    pub(crate) public_key: PublicKey,
    pub(crate) key: Key,
}

authority_keys!(ABS, SLOT, ABS_POSSESSION, AbsMasterKey, AbsPublicKey);

impl MasterKey {
    /// Issues a signing key for a set of attributes. When a user's attributes change,
    /// issue a new key for all of them: elements of two keys do not work together, even if
    /// both are the same user's.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SigningKey, Error> {
        Ok(SigningKey { public_key: self.public_key(), key: self.0.issue(attributes, rng)? })
    }
}

impl PublicKey {
    /// Verifies a 48-byte proof that the issuer of this key knows its master secret. Require a
    /// proof before you verify signatures under a new key: under `[c]P2 + [k]A`, the members of
    /// authority `A` could sign. Several authorities make the proof with their certificate:
    /// [`proofs_of_possession`](crate::authorities::Certificate::proofs_of_possession).
    ///
    /// # Errors
    /// [`Error::InvalidProof`] if the proof is wrong, or a decoding error if it is not a point.
    pub fn verify_possession(&self, proof: &[u8; 48]) -> Result<(), Error> {
        self.0.check_possession(ABS_POSSESSION, proof)
    }
}

impl SigningKey {
    /// Returns the attributes for which this key was issued.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.key.attributes
    }

    /// Returns the public key that this key names as its authority's.
    /// [`verify`](Self::verify) checks it.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    /// Verifies that this authority issued the key, for all of its attributes. Computes one product
    /// of three pairings. Call it when you receive a key: an authority that issues a false key can
    /// otherwise recognise its holder by signatures that do not verify.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if the authority did not issue it.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        if self.public_key != *public_key {
            return Err(Error::InvalidKey);
        }
        public_key.0.check(&self.key)
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
