//! The authorities, their static keys, and the threshold.
//!
//! ```text
//! K = [k]P1      proof = [k] hash_to_g2(AUTHORITY-POP, name || K)
//! ```

use rand_core::{CryptoRng, RngCore};

use super::failure::{Culprit, Fault, Round};
use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::curve::{Curve, G1Affine, G2Affine, SecretScalar, mul_generator_g1, random_nonzero_scalar};
use crate::domain::{AUTHORITY_FINGERPRINT, AUTHORITY_POSSESSION, AUTHORITY_ROSTER};
use crate::error::Error;
use crate::hash::{hash_to_g2, sha256};
use crate::identity::{Name, signature};
#[cfg(feature = "capi")]
use crate::secret::Secret;
use crate::transcript::Transcript;

/// An authority's static key: it signs and opens its messages.
#[derive(Debug)]
pub struct AuthorityKey {
    pub(super) k: SecretScalar,
    seat: Seat,
}

/// The public side of an authority's static key, with the proof that the authority has the secret.
/// Compare its [fingerprint](Self::fingerprint) in person, because nobody certifies authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityPublicKey {
    seat: Seat,
    proof: G2Affine,
}

/// A name and `K`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) name: Name,
    pub(super) K: G1Affine,
}

impl Seat {
    fn possession_point(&self) -> G2Affine {
        let w = Writer::of(|w| self.write(w));
        hash_to_g2(AUTHORITY_POSSESSION, w.as_slice())
    }
}

fields!(Part for Seat { name: Name, K: G1Affine });

impl AuthorityKey {
    /// Generates a static key for the authority with this name.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`]
    pub fn generate(name: Name, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self::new(name, random_nonzero_scalar(rng)?))
    }

    fn new(name: Name, k: SecretScalar) -> Self {
        let K = mul_generator_g1(&k).to_affine();
        Self { k, seat: Seat { name, K } }
    }

    /// Copies the key, for a second handle of C.
    #[cfg(feature = "capi")]
    pub(crate) fn duplicate(&self) -> Self {
        Self { k: Secret::new(*self.k), seat: self.seat.clone() }
    }

    /// Returns the public side.
    #[must_use]
    pub fn public_key(&self) -> AuthorityPublicKey {
        let proof = *signature::sign(&self.k, &self.seat.possession_point());
        AuthorityPublicKey { seat: self.seat.clone(), proof }
    }

    pub(super) fn K(&self) -> &G1Affine {
        &self.seat.K
    }
}

impl AuthorityPublicKey {
    /// Returns the authority's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.seat.name
    }

    /// Returns the 32-byte digest of name and key that people compare.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let w = Writer::of(|w| self.seat.write(w));
        Transcript::new().bytes("authority", w.as_slice()).digest(AUTHORITY_FINGERPRINT)
    }

    /// Checks that the creator of this key has its secret.
    ///
    /// # Errors
    /// [`Error::InvalidProof`]
    pub fn verify(&self) -> Result<(), Error> {
        // e(P1, proof) = e(K, H)
        let holds = signature::verifies(&self.seat.K, &self.seat.possession_point(), &self.proof);
        if holds { Ok(()) } else { Err(Error::InvalidProof) }
    }
}

/// The authorities of a consortium, numbered from 1. Any `threshold` of them together can do
/// everything; fewer can do nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    threshold: u8,
    seats: Vec<Seat>,
    context: [u8; 32],
}

impl Roster {
    /// Makes a roster of authorities whose fingerprints were compared. It requires `2 <= threshold
    /// <= n <= 255` and `2 threshold > n`: any two sets of `threshold` authorities share one. All
    /// must pass the keys in the same order.
    ///
    /// `context` is the purpose of the roster, for instance the consortium's name and the day. Use
    /// a different context for each attempt at a key generation or resharing: messages of an
    /// earlier attempt are then rejected.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for any other threshold; [`Error::InvalidProof`] if a key has no valid
    /// proof of possession; [`Error::InvalidField`] if a name or key is repeated.
    pub fn new(threshold: u8, keys: &[AuthorityPublicKey], context: &[u8]) -> Result<Self, Error> {
        keys.iter().try_for_each(AuthorityPublicKey::verify)?;
        let seats = keys.iter().map(|key| key.seat.clone()).collect();
        Self::checked(threshold, seats, sha256(&[context]))
    }

    fn checked(threshold: u8, seats: Vec<Seat>, context: [u8; 32]) -> Result<Self, Error> {
        let (t, n) = (usize::from(threshold), seats.len());
        if t < 2 || t > n || n > 255 || 2 * t <= n {
            return Err(Error::OutOfRange);
        }
        let mut names: Vec<_> = seats.iter().map(|seat| &seat.name).collect();
        let mut keys: Vec<_> = seats.iter().map(|seat| seat.K.to_compressed()).collect();
        names.sort_unstable();
        names.dedup();
        keys.sort_unstable();
        keys.dedup();
        if names.len() < n || keys.len() < n {
            return Err(Error::InvalidField);
        }
        Ok(Self { threshold, seats, context })
    }

    /// Returns the threshold.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Returns the number of authorities.
    #[must_use]
    pub fn size(&self) -> u8 {
        self.seats.len() as u8 // at most 255
    }

    /// Returns the name of the authority with this number, from 1.
    #[must_use]
    pub fn name(&self, index: u8) -> Option<&Name> {
        self.seat(index).map(|seat| &seat.name)
    }

    /// Returns the number of the authority with this static key.
    #[must_use]
    pub fn index_of(&self, key: &AuthorityPublicKey) -> Option<u8> {
        self.index_of_key(&key.seat.K)
    }

    pub(super) fn index_of_key(&self, K: &G1Affine) -> Option<u8> {
        self.indices().find(|index| self.seat(*index).is_some_and(|seat| seat.K == *K))
    }

    pub(super) fn indices(&self) -> core::ops::RangeInclusive<u8> {
        1..=self.size()
    }

    pub(super) fn seat(&self, index: u8) -> Option<&Seat> {
        self.seats.get(usize::from(index.checked_sub(1)?))
    }

    /// Returns the digest of threshold, keys and context. Authorities compare it before they start,
    /// and a member trusts it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let w = Writer::of(|w| self.write(w));
        Transcript::new().bytes("roster", w.as_slice()).digest(AUTHORITY_ROSTER)
    }

    /// Returns a culprit: the authority with this number.
    pub(super) fn blame(&self, round: Round, index: u8, fault: Fault) -> Culprit {
        let name = self.name(index).map_or_else(String::new, |name| name.as_str().to_owned());
        Culprit { round, index, name, fault }
    }
}

impl Object for AuthorityKey {
    const KIND: Kind = Kind::AuthorityKey;

    fn write(&self, w: &mut Writer) {
        self.seat.name.write(w);
        w.scalar(&self.k);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self::new(Name::read(r)?, r.nonzero_scalar()?))
    }
}

fields!(Object for AuthorityPublicKey { seat: Seat, proof: G2Affine });

impl Object for Roster {
    const KIND: Kind = Kind::Roster;

    fn write(&self, w: &mut Writer) {
        w.u8(self.threshold);
        w.u8(self.size());
        self.seats.iter().for_each(|seat| seat.write(w));
        w.raw(&self.context);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (threshold, size) = (r.u8()?, r.u8()?);
        let seats = (0..size).map(|_| Seat::read(r)).collect::<Result<_, _>>()?;
        Self::checked(threshold, seats, r.array()?)
    }
}
