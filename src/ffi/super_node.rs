//! The super node: registers hospitals, certifies main nodes, keeps the registry.

use super::objects::give;
use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::envelope::medseal_super_node_public_key;
use super::hospital::{medseal_identity_key, medseal_registration_request};
use super::main_node::{medseal_certificate, medseal_certificate_request};
use super::registry::medseal_registry;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_certificate_serial;
use crate::identity::{Name, SuperNode};

/// The super node: its master key and the registry. Keep it anew after each
/// change. It is secret, and wiped when freed. It has state: one call at a time.
pub struct medseal_super_node {
    _opaque: [u8; 0],
}

give! {
    /// Makes a super node.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_super_node_generate() -> node: object medseal_super_node { SuperNode::generate(&mut OsRng)? }
}

/// The public key of a super node.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_public(
    node: *const medseal_super_node,
    public_key: *mut *mut medseal_super_node_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        let key = c.get_mut("node", node)?.public_key();
        public_key.set(key)
    })
}

/// Registers a hospital and makes its identity key, which goes back over a secure channel. That the
/// request comes from the hospital of that name is yours to establish.
///
/// @param request the hospital's request
/// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this very request was registered
///         and revoked, MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_register(
    node: *mut medseal_super_node,
    request: *const medseal_registration_request,
    key: *mut *mut medseal_identity_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        let mut node = c.get_mut("node", node)?;
        key.set(Some(node.register(c.get("request", request)?)?))
    })
}

/// Revokes the registration of a hospital, with the next published registry.
///
/// @param name the hospital's name, UTF-8
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is revoked already,
///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_revoke_hospital(
    node: *mut medseal_super_node,
    name: *const c_char,
    name_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut node = c.get_mut("node", node)?;
        Ok(node.revoke_hospital(&Name::new(c.text("name", name, name_len)?)?)?)
    })
}

/// Certifies a main node that proves that it holds its secret. That the request comes from the node
/// of that name is yours to establish.
///
/// @param request the main node's request
/// @param from_ms from when it is valid, in Unix milliseconds
/// @param to_ms until when it is valid, in Unix milliseconds, that one included
/// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify, MEDSEAL_ERR_INVALID_FIELD if
///         the period is empty, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_certify(
    node: *mut medseal_super_node,
    request: *const medseal_certificate_request,
    from_ms: u64,
    to_ms: u64,
    certificate: *mut *mut medseal_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let certificate = c.out("certificate", certificate)?;
        let node = c.get_mut("node", node)?;
        certificate.set(node.certify(c.get("request", request)?, from_ms..=to_ms, &mut OsRng)?)
    })
}

/// Revokes a certificate, with the next published registry.
///
/// @param serial the certificate's serial number
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_revoke_certificate(
    node: *mut medseal_super_node,
    serial: *const medseal_certificate_serial,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut node = c.get_mut("node", node)?;
        Ok(node.revoke_certificate(c.value("serial", serial)?.into())?)
    })
}

/// Signs the registry as it stands, with the next sequence number.
///
/// @param now_ms the time in Unix milliseconds
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED if it has become too long, MEDSEAL_ERR_OUT_OF_RANGE if
///         sequence numbers are used up
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_publish(
    node: *mut medseal_super_node,
    now_ms: u64,
    registry: *mut *mut medseal_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let registry = c.out("registry", registry)?;
        let mut node = c.get_mut("node", node)?;
        registry.set(node.publish(now_ms)?)
    })
}
