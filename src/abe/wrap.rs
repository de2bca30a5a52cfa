//! Wrapping of a record's key under a policy, and under the members' key of an epoch.
//!
//! ```text
//! k = kdf(k_out || members' key, "wrap-members", epoch || com)         epoch 0: no members' key, k = k_out
//! WrappedKey = epoch (4) || encapsulation || seal(k, aad, secret)      a length before what is sealed
//! ```

use crate::threads::Threads;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::kem::{Encapsulation, SharedKey};
use super::keys::{DecryptionKey, PublicKey};
use crate::aead;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::Encoded;
use crate::domain::KDF_WRAP_MEMBERS;
use crate::error::Error;
use crate::limits::{Limit, WRAPPED_SECRET_BYTES};
use crate::members::{self, MembersKey, MembersKeys};
use crate::policy::{Attributes, Policy};

/// A secret of up to 4 KiB, usually a record's key, that is sealed under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    epoch: u32,
    encapsulation: Encapsulation,
    sealed: Vec<u8>,
}

impl PublicKey {
    /// Wraps a secret under a policy. To unwrap it takes a key whose attributes satisfy the policy,
    /// and the members' key if there is one here.
    ///
    /// `aad` is authenticated and not stored; unwrapping needs the same. Put the record's digest or
    /// identifier there, so that the wrapped key cannot be moved to another record.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if the secret is longer than [`WRAPPED_SECRET_BYTES`];
    /// [`Error::RandomnessUnavailable`]
    pub fn wrap(
        &self,
        policy: &Policy,
        secret: &[u8],
        aad: &[u8],
        members: Option<&MembersKey>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<WrappedKey, Error> {
        self.wrap_on_threads(policy, secret, aad, members, Threads::ONE, rng)
    }

    /// As [`PublicKey::wrap`], on up to `threads` threads. It pays for policies of many rows; the
    /// result does not depend on the number.
    ///
    /// # Errors
    /// As [`PublicKey::wrap`].
    pub fn wrap_on_threads(
        &self,
        policy: &Policy,
        secret: &[u8],
        aad: &[u8],
        members: Option<&MembersKey>,
        threads: Threads,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<WrappedKey, Error> {
        if secret.len() > WRAPPED_SECRET_BYTES {
            return Err(Error::LimitExceeded(Limit::WrappedSecret));
        }
        let (encapsulation, SharedKey(k_out)) = self.encapsulate_for(policy, secret, aad, threads, rng)?;
        // k = kdf(k_out || members' key, "wrap-members", epoch || com)
        let k = members::over(members, k_out, KDF_WRAP_MEMBERS, encapsulation.com());
        let epoch = members.map_or(0, MembersKey::epoch);
        Ok(WrappedKey { epoch, encapsulation, sealed: aead::seal(k, aad, secret) })
    }
}

impl DecryptionKey {
    /// Unwraps what was wrapped with the same `aad`. Of `members`, it takes the key of the
    /// [epoch](WrappedKey::epoch) that the wrapped key names, and none for epoch 0.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`]; [`Error::PolicyNotSatisfied`], from the names of the
    /// key's attributes alone; [`Error::DecryptionFailed`] if the key belongs to another
    /// authority, the members' key is not the one it was wrapped with, the wrapped key is
    /// damaged, or `aad` is another.
    pub fn unwrap_key(
        &self,
        wrapped: &WrappedKey,
        aad: &[u8],
        members: Option<&MembersKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let WrappedKey { epoch, encapsulation, sealed } = wrapped;
        let members = MembersKeys::of(members, *epoch)?;
        let SharedKey(k_out) = self.decapsulate(encapsulation)?;
        let k = members::over(members, k_out, KDF_WRAP_MEMBERS, encapsulation.com());
        aead::open(&k, aad, sealed)
    }
}

impl WrappedKey {
    /// The policy, which anybody can read.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.encapsulation.policy()
    }

    /// The epoch of the members' key that unwrapping needs; 0 for none.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Whether a key for these attributes unwraps this; answered without cryptography.
    #[must_use]
    pub fn could_unwrap(&self, attributes: &Attributes) -> bool {
        self.policy().is_satisfied_by(attributes)
    }

    /// Checks every group element, as a ledger node does. Unwrapping checks only those that it
    /// uses; the MAC covers the others' bytes.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`]
    pub fn validate(&self) -> Result<(), Error> {
        self.encapsulation.validate()
    }

    /// Every group element.
    pub(crate) fn encoded(&self) -> impl Iterator<Item = Encoded<'_>> {
        self.encapsulation.encoded()
    }
}

impl Object for WrappedKey {
    const KIND: Kind = Kind::AbeWrappedKey;

    fn write(&self, w: &mut Writer) {
        w.u32(self.epoch);
        self.encapsulation.write(w);
        w.var(&self.sealed);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (epoch, encapsulation) = (r.u32()?, Encapsulation::read(r)?);
        let sealed = r.var(WRAPPED_SECRET_BYTES + aead::OVERHEAD, Limit::WrappedSecret)?;
        if sealed.len() < aead::OVERHEAD {
            return Err(Error::Truncated);
        }
        Ok(Self { epoch, encapsulation, sealed: sealed.to_vec() })
    }
}
