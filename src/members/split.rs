//! Splitting a members' key among offline holders (Shamir 1979).
//!
//! ```text
//! key = a_0 || a'_0, two halves of 16 bytes;  f(x) = sum a_k x^k,  f'(x) = sum a'_k x^k over Zq, of degree t - 1
//! ```
//! Fewer than `t` shares reveal nothing about the key. A wrong share gives a different key, which
//! the commitment detects.

use core::borrow::Borrow;

use rand_core::{CryptoRng, RngCore};

use super::commitment::EpochCommitment;
use super::key::MembersKey;
use crate::codec::{Kind, Object, Part, Reader, Writer};
use crate::curve::{Field, Scalar, SecretScalar, random_scalar, scalar_from_wide_bytes};
use crate::domain::MEMBERS_SPLIT_NONCE;
use crate::error::Error;
use crate::secret::Secret;
use crate::shamir::{coefficients, lagrange, value_at};
use crate::transcript::Transcript;

/// One holder's share of a members' key. It is secret: `t` shares restore the key.
#[derive(Debug)]
pub struct KeyShare {
    commitment: EpochCommitment,
    threshold: u8,
    index: u8,
    values: [SecretScalar; 2],
}

impl KeyShare {
    /// For C, where a handle owns its object.
    #[cfg(feature = "capi")]
    pub(crate) fn duplicate(&self) -> Self {
        let values = self.values.each_ref().map(|value| SecretScalar::new(**value));
        Self { values, ..*self }
    }

    /// Returns the epoch whose key was split.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.commitment.epoch()
    }

    /// Returns the number of shares that restore the key.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Returns the number of the share, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }
}

impl MembersKey {
    /// Splits the key among `holders` holders. Any `threshold` of them restore it;
    /// fewer learn nothing.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `2 <= threshold <= holders`; [`Error::RandomnessUnavailable`].
    pub fn split(
        &self,
        threshold: u8,
        holders: u8,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Vec<KeyShare>, Error> {
        if threshold < 2 || threshold > holders {
            return Err(Error::OutOfRange);
        }
        // Two keys are never split by one polynomial, even if the generator repeats itself.
        let mut t = Transcript::new();
        t.bytes("epoch", &self.epoch().to_be_bytes()).bytes("key", self.key.as_slice());
        let rng = &mut t.hedge(MEMBERS_SPLIT_NONCE, rng)?;
        let (first, second) = self.key.split_at(16);
        let mut polynomial = |half: &[u8]| {
            let half = SecretScalar::new(scalar_from_wide_bytes(half));
            coefficients(Some(&half), threshold.into(), || random_scalar(rng))
        };
        let (f, f_) = (polynomial(first)?, polynomial(second)?);
        let share = |index| KeyShare {
            commitment: self.commitment(),
            threshold,
            index,
            values: [&f, &f_].map(|f| value_at(f.iter(), index.into())),
        };
        Ok((1..=holders).map(share).collect())
    }

    /// Restores a key from the first `threshold` of the shares.
    ///
    /// # Errors
    /// [`Error::BackupsMissing`] if there are fewer; [`Error::WrongMembersKey`] if they are
    /// not shares of the key to which the consortium commits, if two are the same, or if one
    /// is wrong: try others.
    pub fn restore<S: Borrow<KeyShare>>(shares: &[S], committed: &EpochCommitment) -> Result<Self, Error> {
        let shares: Vec<&KeyShare> = shares.iter().map(Borrow::borrow).collect();
        let threshold = shares.first().map_or(2, |share| share.threshold);
        let shares = shares.get(..usize::from(threshold)).ok_or(Error::BackupsMissing)?;
        let fits = |share: &&KeyShare| share.commitment == *committed && share.threshold == threshold;
        let repeats = |(n, share): (usize, &&KeyShare)| shares.iter().take(n).any(|s| s.index == share.index);
        if !shares.iter().all(fits) || shares.iter().enumerate().any(repeats) {
            return Err(Error::WrongMembersKey);
        }
        let l = lagrange(&shares.iter().map(|share| share.index).collect::<Vec<_>>());
        let mut key = Secret::<[u8; 32]>::zeroed();
        for (half, out) in key.chunks_exact_mut(16).enumerate() {
            // a_0 = sum_i l_i f(i)
            let mut sum = SecretScalar::new(Scalar::ZERO);
            for (share, l_i) in shares.iter().zip(&l) {
                *sum += l_i * **share.values.get(half).ok_or(Error::OutOfRange)?;
            }
            let bytes = Secret::new(sum.to_bytes_be());
            let (_, low) = bytes.split_at(16);
            out.copy_from_slice(low);
        }
        let key = Self::new(committed.epoch(), key)?;
        key.check(committed)?;
        Ok(key)
    }
}

impl Object for KeyShare {
    const KIND: Kind = Kind::KeyShare;

    fn write(&self, w: &mut Writer) {
        self.commitment.write(w);
        w.u8(self.threshold);
        w.u8(self.index);
        self.values.iter().for_each(|value| w.scalar(value));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (commitment, threshold, index) = (EpochCommitment::read(r)?, r.u8()?, r.u8()?);
        if commitment.epoch() == 0 || threshold < 2 || index == 0 {
            return Err(Error::InvalidField);
        }
        Ok(Self { commitment, threshold, index, values: [r.scalar()?, r.scalar()?] })
    }
}
