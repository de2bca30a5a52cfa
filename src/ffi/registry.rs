//! The registry: the registered hospitals, and what is revoked.

use super::export::export;

use super::envelope::medseal_identity;
use super::envelope::medseal_super_node_public_key;
use super::values::medseal_certificate_serial;
use crate::error::Error;
use crate::identity::VerifiedRegistry;

export! {
    /// A registry that is not yet verified: the registered hospitals, and what is revoked.
    struct medseal_registry;

    /// Verifies a registry: the first one, or the first after a restart. If you hold a verified
    /// registry, call medseal_verified_registry_succeeded_by() instead, which also refuses a
    /// different registry with the same number.
    /// @param last_seen the sequence number of the newest registry that you have seen; 0 for none
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
    medseal_registry_verify(
        registry: object medseal_registry, public_key: object medseal_super_node_public_key, last_seen: u64
    ) -> (verified: object medseal_verified_registry) {
        registry.verify(public_key, last_seen)?
    }

    /// A registry whose signature is verified.
    struct medseal_verified_registry: shared VerifiedRegistry;

    /// Verifies the registry that succeeds a verified one. Call it for each new registry. Accepts
    /// the same registry again. Refuses a different registry with the same sequence number: it
    /// comes from a super node that was restored from an older state.
    /// @param registry the verified registry that you hold
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
    medseal_verified_registry_succeeded_by(
        registry: object medseal_verified_registry, next: object medseal_registry
    ) -> (verified: object medseal_verified_registry) {
        registry.succeeded_by(next)?
    }

    /// Returns the number, the time and the size of a registry. Store the sequence number for the
    /// next medseal_registry_verify().
    /// @param sequence where to put its sequence number
    /// @param time_ms where to put the time at which it was signed, in Unix milliseconds
    /// @param hospitals where to put the number of hospitals
    medseal_verified_registry_status(
        registry: object medseal_verified_registry
    ) -> (sequence: value u64, time_ms: value u64, hospitals: value usize) {
        (registry.sequence(), registry.time_ms(), registry.hospitals().count())
    }

    /// Writes the name of a registered hospital. They are in the order of their names.
    medseal_verified_registry_hospital(
        registry: object medseal_verified_registry, index: usize
    ) -> (out, out_len: text) {
        registry.hospitals().nth(index).ok_or(Error::OutOfRange)?.as_str()
    }

    /// Returns the identity of a registered hospital.
    /// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_verified_registry_identity(
        registry: object medseal_verified_registry, name, name_len: name
    ) -> (identity: object medseal_identity) {
        *registry.identity(&name)?
    }

    /// Checks whether a certificate is revoked.
    medseal_verified_registry_revokes(
        registry: object medseal_verified_registry, serial: value medseal_certificate_serial
    ) -> (revoked: bool) {
        registry.is_certificate_revoked(&serial.into())
    }
}
