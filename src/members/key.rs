//! The key of one epoch.

use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;

use super::commitment::EpochCommitment;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::random_bytes;
use crate::domain::{KDF_MEMBERS_BACKUP, Label};
use crate::error::Error;
use crate::kdf::kdf;
use crate::secret::SecretKey;

/// The key that all members share in one epoch: 32 secret bytes, and the epoch's number.
#[derive(Debug)]
pub struct MembersKey {
    epoch: u32,
    pub(super) key: SecretKey,
}

impl MembersKey {
    /// Generates the key of an epoch. One member makes it for all. It may be used once the epoch
    /// has [started](crate::share::begin_epoch).
    ///
    /// # Errors
    /// [`Error::InvalidField`] for epoch 0, which means none; [`Error::RandomnessUnavailable`].
    pub fn generate(epoch: u32, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Self::new(epoch, random_bytes(rng)?)
    }

    pub(super) fn new(epoch: u32, key: SecretKey) -> Result<Self, Error> {
        if epoch == 0 { Err(Error::InvalidField) } else { Ok(Self { epoch, key }) }
    }

    /// Returns the number of its epoch, from 1.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Checks that this is the key to which the consortium commits. A record sealed under a
    /// different key is lost.
    ///
    /// # Errors
    /// [`Error::WrongMembersKey`].
    pub fn check(&self, demanded: &EpochCommitment) -> Result<(), Error> {
        if self.commitment() == *demanded { Ok(()) } else { Err(Error::WrongMembersKey) }
    }

    /// Not public: a consortium's commitment must come from an epoch that has started.
    pub(crate) fn commitment(&self) -> EpochCommitment {
        EpochCommitment::new(self.epoch, &self.key)
    }

    /// Returns `kdf(key, "members-backup", epoch || name)`. Only a holder of the key can compute
    /// it, and it reveals nothing about the key.
    pub(crate) fn backup_check(&self, name: &str) -> [u8; 32] {
        let context = [&self.epoch.to_be_bytes(), name.as_bytes()].concat();
        *kdf(self.key.as_slice(), KDF_MEMBERS_BACKUP, &context)
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.epoch == other.epoch && bool::from(self.key.ct_eq(&other.key))
    }

    /// For C, where sets of keys are immutable.
    #[cfg(feature = "capi")]
    pub(crate) fn duplicate(&self) -> Self {
        Self { epoch: self.epoch, key: SecretKey::new(*self.key) }
    }
}

/// Returns `kdf(k || key, label, epoch || context)`, or `k` without a members' key.
pub(crate) fn over(members: Option<&MembersKey>, k: SecretKey, label: Label, context: &[u8]) -> SecretKey {
    let Some(MembersKey { epoch, key }) = members else { return k };
    let both = Writer::of(|w| {
        w.raw(k.as_slice());
        w.raw(key.as_slice());
    });
    kdf(both.as_slice(), label, &[&epoch.to_be_bytes(), context].concat())
}

impl Object for MembersKey {
    const KIND: Kind = Kind::MembersKey;

    fn write(&self, w: &mut Writer) {
        w.u32(self.epoch);
        w.raw(self.key.as_slice());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.u32()?, r.secret()?)
    }
}
