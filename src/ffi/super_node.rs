//! The super node: it registers hospitals, certifies main nodes, and keeps the registry.

use super::export::export;

use rand_core::OsRng;

use super::envelope::medseal_super_node_public_key;
use super::hospital::{medseal_identity_key, medseal_registration_request};
use super::main_node::{medseal_certificate, medseal_certificate_request};
use super::registry::medseal_registry;
use super::values::medseal_certificate_serial;
use crate::identity::SuperNode;

export! {
    /// The super node: its master key and the registry. Store its byte form after each change. It
    /// is secret, and wiped when freed. It has state: one call at a time.
    struct medseal_super_node;

    /// Makes a super node.
    medseal_super_node_generate() -> (node: object medseal_super_node) { SuperNode::generate(&mut OsRng)? }

    /// Returns the public key of a super node.
    medseal_super_node_public(
        node: peek medseal_super_node
    ) -> (public_key: object medseal_super_node_public_key) {
        node.public_key()
    }

    /// Registers a hospital and makes its identity key. Send the key to the hospital over a secure
    /// channel. You must establish that the request comes from the hospital with this name.
    /// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this request was already
    ///         registered and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full
    medseal_super_node_register(
        node: state medseal_super_node, request: object medseal_registration_request
    ) -> (key: object medseal_identity_key) {
        Some(node.register(request)?)
    }

    /// Revokes the registration of a hospital. It takes effect with the next published registry.
    /// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is already revoked,
    ///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_revoke_hospital(node: state medseal_super_node, name, name_len: name) -> () {
        node.revoke_hospital(&name)?
    }

    /// Certifies a main node that proves possession of its secret. You must establish that the
    /// request comes from the node with this name.
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify,
    ///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
    medseal_super_node_certify(
        node: state medseal_super_node, request: object medseal_certificate_request, from_ms: u64, to_ms: u64
    ) -> (certificate: object medseal_certificate) {
        node.certify(request, from_ms..=to_ms, &mut OsRng)?
    }

    /// Revokes a certificate. It takes effect with the next published registry.
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_revoke_certificate(
        node: state medseal_super_node, serial: value medseal_certificate_serial
    ) -> () {
        node.revoke_certificate(serial.into())?
    }

    /// Signs the current registry, with the next sequence number.
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is too long, MEDSEAL_ERR_OUT_OF_RANGE if
    ///         there are no more sequence numbers
    medseal_super_node_publish(
        node: state medseal_super_node, now_ms: u64
    ) -> (registry: object medseal_registry) {
        node.publish(now_ms)?
    }
}
