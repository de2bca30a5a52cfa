//! The super node: registers hospitals, certifies main nodes, keeps the registry.

use super::export::export;

use rand_core::OsRng;

use super::envelope::medseal_super_node_public_key;
use super::hospital::{medseal_identity_key, medseal_registration_request};
use super::main_node::{medseal_certificate, medseal_certificate_request};
use super::registry::medseal_registry;
use super::values::medseal_certificate_serial;
use crate::identity::SuperNode;

export! {
    /// The super node: its master key and the registry. Keep it anew after each
    /// change. It is secret, and wiped when freed. It has state: one call at a time.
    struct medseal_super_node;

    /// Makes a super node.
    medseal_super_node_generate() -> (node: object medseal_super_node) { SuperNode::generate(&mut OsRng)? }

    /// The public key of a super node.
    medseal_super_node_public(
        node: peek medseal_super_node
    ) -> (public_key: object medseal_super_node_public_key) {
        node.public_key()
    }

    /// Registers a hospital and makes its identity key, which goes back over a secure channel. That
    /// the request comes from the hospital of that name is yours to establish.
    ///
    /// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this very request was
    ///         registered and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full
    medseal_super_node_register(
        node: state medseal_super_node, request: object medseal_registration_request
    ) -> (key: object medseal_identity_key) {
        Some(node.register(request)?)
    }

    /// Revokes the registration of a hospital, with the next published registry.
    ///
    /// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is revoked already,
    ///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_revoke_hospital(node: state medseal_super_node, name, name_len: name) -> () {
        node.revoke_hospital(&name)?
    }

    /// Certifies a main node that proves that it holds its secret. That the request comes from the
    /// node of that name is yours to establish.
    ///
    /// @param from_ms from when it is valid, in Unix milliseconds
    /// @param to_ms until when it is valid, in Unix milliseconds, that one included
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify,
    ///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
    medseal_super_node_certify(
        node: state medseal_super_node, request: object medseal_certificate_request, from_ms: u64, to_ms: u64
    ) -> (certificate: object medseal_certificate) {
        node.certify(request, from_ms..=to_ms, &mut OsRng)?
    }

    /// Revokes a certificate, with the next published registry.
    ///
    /// @param serial the certificate's serial number
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_revoke_certificate(
        node: state medseal_super_node, serial: value medseal_certificate_serial
    ) -> () {
        node.revoke_certificate(serial.into())?
    }

    /// Signs the registry as it stands, with the next sequence number.
    ///
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED if it has become too long, MEDSEAL_ERR_OUT_OF_RANGE if
    ///         sequence numbers are used up
    medseal_super_node_publish(
        node: state medseal_super_node, now_ms: u64
    ) -> (registry: object medseal_registry) {
        node.publish(now_ms)?
    }
}
