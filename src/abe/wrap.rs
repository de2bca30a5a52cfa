//! Wraps a record's key under a policy and, optionally, under the members' key of an epoch.

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

/// A secret of up to 4 KiB, usually a record's key, wrapped under a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    epoch: u32,
    encapsulation: Encapsulation,
    sealed: Vec<u8>,
}

impl PublicKey {
    /// Wraps a secret of up to 4 KiB under a policy. Unwrapping requires a key whose attributes
    /// satisfy the policy, and the members' key if `members` is given.
    ///
    /// `aad` is authenticated and not stored; unwrapping requires the same bytes. Pass the record's
    /// digest or identifier: this binds the wrapped key to its record.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`] if the secret is longer than [`WRAPPED_SECRET_BYTES`].
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
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

    /// Wraps a secret as [`PublicKey::wrap`] does, on up to `threads` threads. Threads help with
    /// policies of many rows. The result does not depend on their number.
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
        // k = kdf(k_out || members' key, "wrap-members", epoch || com);  epoch 0: k = k_out
        let k = members::over(members, k_out, KDF_WRAP_MEMBERS, &encapsulation.body.com);
        let epoch = members.map_or(0, MembersKey::epoch);
        Ok(WrappedKey { epoch, encapsulation, sealed: aead::seal(k, aad, secret) })
    }
}

impl DecryptionKey {
    /// Unwraps a secret that was wrapped with the same `aad`. Uses the members' key of the wrapped
    /// key's [epoch](WrappedKey::epoch), and none for epoch 0.
    ///
    /// # Errors
    /// - [`Error::MembersKeyMissing`] if `members` does not have the key of that epoch.
    /// - [`Error::PolicyNotSatisfied`] if the attributes do not satisfy the policy. This depends
    ///   only on the names of the key's attributes.
    /// - [`Error::DecryptionFailed`] if another authority issued the key, the members' key or `aad`
    ///   is not the one used for wrapping, or the wrapped key is damaged.
    pub fn unwrap_key(
        &self,
        wrapped: &WrappedKey,
        aad: &[u8],
        members: Option<&MembersKeys>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let WrappedKey { epoch, encapsulation, sealed } = wrapped;
        let members = MembersKeys::of(members, *epoch)?;
        let SharedKey(k_out) = self.decapsulate(encapsulation)?;
        let k = members::over(members, k_out, KDF_WRAP_MEMBERS, &encapsulation.body.com);
        aead::open(&k, aad, sealed)
    }
}

impl WrappedKey {
    /// Returns the policy, which is public.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.encapsulation.policy()
    }

    /// Returns the epoch of the members' key that unwrapping requires; 0 means none.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Reports whether these attributes satisfy the policy. Uses no cryptography.
    #[must_use]
    pub fn could_unwrap(&self, attributes: &Attributes) -> bool {
        self.policy().is_satisfied_by(attributes)
    }

    /// Checks every group element, as a ledger node does. Unwrapping checks only the elements that
    /// it uses; the MAC covers the bytes of the others.
    ///
    /// # Errors
    /// As [`Encapsulation::validate`].
    pub fn validate(&self) -> Result<(), Error> {
        self.encapsulation.validate()
    }

    /// Returns every group element of the rows.
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
