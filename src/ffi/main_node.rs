//! Main nodes and their certificates.

use super::export::export;

use rand_core::OsRng;

use super::envelope::medseal_super_node_public_key;
use super::status::Failure;
use super::values::medseal_certificate_serial;
use crate::identity::{MainNode, Role, VerifiedCertificate};

export! {
    /// A main node: its name and its secret. It is secret, and wiped when freed.
    struct medseal_main_node;

    /// Reads a main node from its byte form, and checks everything. Get the super node's public key
    /// from a trusted source, not from the same file.
    /// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to a different super node
    medseal_main_node_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (node: object medseal_main_node) {
        MainNode::from_bytes(data, public_key)?
    }
}

/// The holder of the certified key authenticates hospitals and answers them.
pub const MEDSEAL_ROLE_MAIN_NODE: i32 = 1;
/// The holder of the certified key is a member, who answers other members and passes on what
/// members share.
pub const MEDSEAL_ROLE_MEMBER: i32 = 2;

fn role(role: i32) -> Result<Role, Failure> {
    match role {
        MEDSEAL_ROLE_MAIN_NODE => Ok(Role::MainNode),
        MEDSEAL_ROLE_MEMBER => Ok(Role::Member),
        _ => Err(Failure::invalid("role", "is not a MEDSEAL_ROLE_ value")),
    }
}

export! {
    /// Makes a main node, or a member that answers other members.
    /// @param name its name, UTF-8 of 1 to 255 bytes
    /// @param role one of the MEDSEAL_ROLE_ values
    /// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_main_node_generate(
        name, name_len: name, role: i32, public_key: object medseal_super_node_public_key
    ) -> (node: object medseal_main_node) {
        MainNode::generate(name, self::role(role)?, public_key, &mut OsRng)?
    }

    /// Makes a main node's request for certification, with a proof of possession of its secret.
    medseal_main_node_certificate_request(
        node: object medseal_main_node
    ) -> (request: object medseal_certificate_request) {
        node.certificate_request()
    }

    /// A main node's request for certification.
    struct medseal_certificate_request;

    /// Writes the name in a request for certification.
    medseal_certificate_request_name(request: object medseal_certificate_request) -> (out, out_len: text) {
        request.name().as_str()
    }

    /// A certificate that is not yet verified.
    struct medseal_certificate;

    /// Verifies a certificate, and checks that it is for the expected role.
    /// @param role one of the MEDSEAL_ROLE_ values
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CERTIFICATE_ROLE
    medseal_certificate_verify(
        certificate: object medseal_certificate, public_key: object medseal_super_node_public_key, role: i32
    ) -> (verified: object medseal_verified_certificate) {
        certificate.verify(public_key, self::role(role)?)?
    }

    /// A certificate whose signature is verified.
    struct medseal_verified_certificate: shared VerifiedCertificate;

    /// Writes the name in a certificate.
    medseal_verified_certificate_name(
        certificate: object medseal_verified_certificate
    ) -> (out, out_len: text) {
        certificate.name().as_str()
    }

    /// Returns the serial number and the validity of a certificate.
    /// @param serial where to put its serial number
    /// @param from_ms where to put the start of its validity, in Unix milliseconds
    /// @param to_ms where to put the end of its validity, in Unix milliseconds
    medseal_verified_certificate_validity(
        certificate: object medseal_verified_certificate
    ) -> (serial: value medseal_certificate_serial, from_ms: value u64, to_ms: value u64) {
        ((&certificate.serial()).into(), *certificate.validity().start(), *certificate.validity().end())
    }
}
