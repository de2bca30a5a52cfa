//! Main nodes and their certificates.

use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::envelope::medseal_super_node_public_key;
use super::handle::handle;
use super::objects::{free, give};
use super::status::{Failure, medseal_error, medseal_status};
use super::values::medseal_certificate_serial;
use crate::identity::{MainNode, Name, Role, VerifiedCertificate};

/// A main node: its name and secret. It is secret, and wiped when freed.
pub struct medseal_main_node {
    _opaque: [u8; 0],
}

/// Reads a main node from its byte form, checking everything. The super node's public key comes
/// from a source that you trust, and not from the same file.
///
/// @param data the bytes
/// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_decode(
    data: *const u8,
    len: usize,
    public_key: *const medseal_super_node_public_key,
    node: *mut *mut medseal_main_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out("node", node)?;
        let public_key = c.get("public_key", public_key)?;
        node.set(MainNode::from_bytes(c.bytes("data", data, len)?, public_key)?)
    })
}

/// A certified key authenticates hospitals and answers them.
pub const MEDSEAL_ROLE_MAIN_NODE: i32 = 1;
/// A certified key is a member's, who answers other members and hands on what members share.
pub const MEDSEAL_ROLE_MEMBER: i32 = 2;

fn role(role: i32) -> Result<Role, Failure> {
    match role {
        MEDSEAL_ROLE_MAIN_NODE => Ok(Role::MainNode),
        MEDSEAL_ROLE_MEMBER => Ok(Role::Member),
        _ => Err(Failure::invalid("role", "is not a MEDSEAL_ROLE_ value")),
    }
}

/// Makes a main node, or a member as one who answers other members.
///
/// @param name its name, UTF-8 of 1 to 255 bytes
/// @param role one of the MEDSEAL_ROLE_ values
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_generate(
    name: *const c_char,
    name_len: usize,
    role: i32,
    public_key: *const medseal_super_node_public_key,
    node: *mut *mut medseal_main_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out("node", node)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        let (public_key, role) = (c.get("public_key", public_key)?, self::role(role)?);
        node.set(MainNode::generate(name, role, public_key, &mut OsRng)?)
    })
}

give! {
    /// The request for certification of a main node, with its proof that it holds its secret.
    medseal_main_node_certificate_request(node: medseal_main_node) -> request: object medseal_certificate_request {
        node.certificate_request()
    }
}

/// What a main node sends to be certified.
pub struct medseal_certificate_request {
    _opaque: [u8; 0],
}

give! {
    /// Writes the name in a request for certification.
    medseal_certificate_request_name(request: medseal_certificate_request) -> text { request.name().as_str() }
}

/// A certificate that nobody has verified yet.
pub struct medseal_certificate {
    _opaque: [u8; 0],
}

/// Verifies a certificate, and that it is for the role that its holder is asked to play.
///
/// @param public_key the super node's public key, from a source that you trust
/// @param role one of the MEDSEAL_ROLE_ values
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CERTIFICATE_ROLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_verify(
    certificate: *const medseal_certificate,
    public_key: *const medseal_super_node_public_key,
    role: i32,
    verified: *mut *mut medseal_verified_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out("verified", verified)?;
        let certificate = c.get("certificate", certificate)?;
        verified.set(certificate.verify(c.get("public_key", public_key)?, self::role(role)?)?)
    })
}

/// A certificate whose signature is verified.
pub struct medseal_verified_certificate {
    _opaque: [u8; 0],
}
handle!(shared medseal_verified_certificate(VerifiedCertificate));

free!(
    public medseal_verified_certificate(certificate) "a verified certificate":
    medseal_verified_certificate_free
);

give! {
    /// Writes the name in a certificate.
    medseal_verified_certificate_name(certificate: medseal_verified_certificate) -> text {
        certificate.name().as_str()
    }
}

/// What a certificate says besides the name.
///
/// @param serial where to put its serial number
/// @param from_ms where to put from when it is valid, in Unix milliseconds
/// @param to_ms where to put until when it is valid, in Unix milliseconds
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_certificate_validity(
    certificate: *const medseal_verified_certificate,
    serial: *mut medseal_certificate_serial,
    from_ms: *mut u64,
    to_ms: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs =
            (c.out_value("serial", serial), c.out_value("from_ms", from_ms), c.out_value("to_ms", to_ms));
        let (serial, from_ms, to_ms) = (outs.0?, outs.1?, outs.2?);
        let certificate = c.get("certificate", certificate)?;
        serial.set(certificate.serial().into())?;
        from_ms.set(*certificate.validity().start())?;
        to_ms.set(*certificate.validity().end())
    })
}
