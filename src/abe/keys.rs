//! The authority's master key and public key, and the decryption keys of users.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::{G1Affine, G2Affine, Lazy};
use crate::domain::{ABE, ABE_POSSESSION};
use crate::error::Error;
use crate::fabeo::{Key, Master, Public, Slot, authority_keys};
use crate::policy::Attributes;

/// `h`, `U0` and `U1`.
pub(super) static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(&ABE));

/// The authority's master secret, `alpha`. It opens everything that is wrapped under its public key
/// without a members' key.
#[derive(Debug)]
pub struct MasterKey(Master);

/// The authority's public key. Anyone can wrap under it.
///
/// Clones share a cache of points, of at most 8,192 attributes and 128 policy rows. A frequently
/// used row takes 80 KB, a negative one 160 KB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) Public);

/// A user's decryption key for a set of attributes.
#[derive(Debug)]
pub struct DecryptionKey(pub(crate) Key);

authority_keys!(ABE, SLOT, ABE_POSSESSION, AbeMasterKey, AbePublicKey);

impl MasterKey {
    /// Issues a decryption key for a set of attributes.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn issue(
        &self,
        attributes: &Attributes,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<DecryptionKey, Error> {
        self.0.issue(attributes, rng).map(DecryptionKey)
    }
}

impl PublicKey {
    /// Verifies a 48-byte proof that the issuer of this key knows its master secret. Require a
    /// proof before you wrap under a new key: under `[c]P2 + [k]A`, the keys of the members of
    /// authority `A` would open it. Several authorities make the proof with their certificate:
    /// [`proofs_of_possession`](crate::authorities::Certificate::proofs_of_possession).
    ///
    /// # Errors
    /// [`Error::InvalidProof`] if the proof is wrong, or a decoding error if it is not a point.
    pub fn verify_possession(&self, proof: &[u8; 48]) -> Result<(), Error> {
        self.0.check_possession(ABE_POSSESSION, proof)
    }
}

impl DecryptionKey {
    /// Returns the attributes for which this key was issued.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.0.attributes
    }

    /// Verifies that this key was issued under a public key, for all of its attributes. Computes
    /// one product of three pairings.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] if it was not.
    pub fn verify(&self, public_key: &PublicKey) -> Result<(), Error> {
        public_key.0.check(&self.0)
    }
}

impl Object for DecryptionKey {
    const KIND: Kind = Kind::AbeDecryptionKey;

    fn write(&self, w: &mut Writer) {
        self.0.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Key::read(r).map(Self)
    }
}
