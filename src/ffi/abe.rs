//! Key wrapping: a record's key under a policy.

use super::export::export;
use rand_core::OsRng;

use super::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use super::attributes::medseal_attributes;
use super::members::{medseal_members_key, medseal_members_keys};
use super::policy::medseal_policy;

export! {
    /// A secret of at most 4096 bytes, wrapped under a policy.
    struct medseal_abe_wrapped_key;

    /// Wraps a secret under a policy.
    ///
    /// @param policy whose attributes satisfy this can unwrap it
    /// @param secret_len its bytes, at most 4096
    /// @param aad what is authenticated with it and has to be the same for unwrapping
    /// @param members the members' key that unwrapping is to need as well, or NULL
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_abe_wrap(
        public_key: object medseal_abe_public_key, policy: object medseal_policy, secret, secret_len: bytes,
        aad, aad_len: bytes, members: object_or_null medseal_members_key
    ) -> (wrapped: object medseal_abe_wrapped_key) {
        public_key.wrap(policy, secret, aad, members, &mut OsRng)?
    }

    /// Unwraps a secret. The bytes are secret: wipe them when you are done.
    ///
    /// @param aad what was authenticated with it
    /// @param members the members' keys that are held, or NULL
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_POLICY_NOT_SATISFIED,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that was not needed to
    ///         read the wrapped key is wrong
    medseal_abe_unwrap(
        key: object medseal_abe_decryption_key, wrapped: object medseal_abe_wrapped_key, aad, aad_len: bytes,
        members: object_or_null medseal_members_keys
    ) -> (out, out_len: bytes) {
        key.unwrap_key(wrapped, aad, members)?
    }

    /// The epoch of the members' key that a wrapped key needs.
    ///
    /// @param epoch where to put the number of the epoch; 0 if it needs none
    medseal_abe_wrapped_key_epoch(wrapped: object medseal_abe_wrapped_key) -> (epoch: value u32) {
        wrapped.epoch()
    }

    /// The policy of a wrapped key.
    medseal_abe_wrapped_key_policy(
        wrapped: object medseal_abe_wrapped_key
    ) -> (policy: object medseal_policy) {
        wrapped.policy().clone()
    }

    /// Whether a key for these attributes would satisfy the policy of a wrapped
    /// key. It costs no pairing.
    medseal_abe_could_unwrap(
        wrapped: object medseal_abe_wrapped_key, attributes: object medseal_attributes
    ) -> (could: bool) {
        wrapped.could_unwrap(attributes)
    }

    /// A fresh shared key under a policy, for protocols of your own.
    struct medseal_abe_encapsulation;

    /// Makes a fresh shared key, and its encapsulation under a policy.
    ///
    /// @param policy whose attributes satisfy this can decapsulate it
    /// @param shared where to put the shared key; wipe it when you are done
    medseal_abe_encapsulate(
        public_key: object medseal_abe_public_key, policy: object medseal_policy
    ) -> (encapsulation: object medseal_abe_encapsulation, shared: secret) {
        public_key.encapsulate(policy, &mut OsRng)?
    }

    /// Recovers the shared key of an encapsulation.
    ///
    /// @param shared where to put the shared key; wipe it when you are done
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status
    ///         if a point that was not needed to read the encapsulation is wrong
    medseal_abe_decapsulate(
        key: object medseal_abe_decryption_key, encapsulation: object medseal_abe_encapsulation
    ) -> (shared: secret) {
        key.decapsulate(encapsulation)?
    }
}
