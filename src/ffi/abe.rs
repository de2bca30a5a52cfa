//! Key wrapping: record keys under a policy.

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
    /// @param policy who can unwrap it: keys whose attributes satisfy this policy
    /// @param secret_len its length in bytes, at most 4096
    /// @param aad associated data: authenticated, and required unchanged for unwrapping
    /// @param members a members' key that is also required for unwrapping, or NULL
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_abe_wrap(
        public_key: object medseal_abe_public_key, policy: object medseal_policy, secret, secret_len: bytes,
        aad, aad_len: bytes, members: object_or_null medseal_members_key
    ) -> (wrapped: object medseal_abe_wrapped_key) {
        public_key.wrap(policy, secret, aad, members, &mut OsRng)?
    }

    /// Unwraps a secret. Wipe the output when you no longer need it.
    /// @param aad the associated data with which it was wrapped
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_POLICY_NOT_SATISFIED,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that is first checked
    ///         here is invalid
    medseal_abe_unwrap(
        key: object medseal_abe_decryption_key, wrapped: object medseal_abe_wrapped_key, aad, aad_len: bytes,
        members: object_or_null medseal_members_keys
    ) -> (out, out_len: bytes) {
        key.unwrap_key(wrapped, aad, members)?
    }

    /// Returns the epoch of the members' key that a wrapped key needs.
    /// @param epoch where to put the number of the epoch; 0 if no members' key is needed
    medseal_abe_wrapped_key_epoch(wrapped: object medseal_abe_wrapped_key) -> (epoch: value u32) {
        wrapped.epoch()
    }

    /// Returns the policy of a wrapped key.
    medseal_abe_wrapped_key_policy(
        wrapped: object medseal_abe_wrapped_key
    ) -> (policy: object medseal_policy) {
        wrapped.policy().clone()
    }

    /// Checks whether a key for these attributes would satisfy the policy of a wrapped key. Costs
    /// no pairing.
    medseal_abe_could_unwrap(
        wrapped: object medseal_abe_wrapped_key, attributes: object medseal_attributes
    ) -> (could: bool) {
        wrapped.could_unwrap(attributes)
    }

    /// A fresh shared key under a policy, for your own protocols.
    struct medseal_abe_encapsulation;

    /// Makes a fresh shared key, and its encapsulation under a policy.
    /// @param policy who can decapsulate it: keys whose attributes satisfy this policy
    /// @param shared where to put the shared key; wipe it when you are done
    medseal_abe_encapsulate(
        public_key: object medseal_abe_public_key, policy: object medseal_policy
    ) -> (encapsulation: object medseal_abe_encapsulation, shared: secret) {
        public_key.encapsulate(policy, &mut OsRng)?
    }

    /// Recovers the shared key of an encapsulation.
    /// @param shared where to put the shared key; wipe it when you are done
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status
    ///         if a point that is first checked here is invalid
    medseal_abe_decapsulate(
        key: object medseal_abe_decryption_key, encapsulation: object medseal_abe_encapsulation
    ) -> (shared: secret) {
        key.decapsulate(encapsulation)?
    }
}
