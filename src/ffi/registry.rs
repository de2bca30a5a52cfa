//! The registry: who is a member, and whose certificate is revoked.

use std::ffi::c_char;

use super::abi::{Caller, guard};
use super::envelope::medseal_identity;
use super::envelope::medseal_super_node_public_key;
use super::handle::handle;
use super::objects::free;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_certificate_serial;
use crate::identity::{Name, VerifiedRegistry};

/// A registry that nobody has verified yet: who is registered, and what is revoked.
pub struct medseal_registry {
    _opaque: [u8; 0],
}

/// Verifies a registry: the first one, or one after a restart. If you hold a verified one,
/// call medseal_verified_registry_succeeded_by() instead. It also refuses a second
/// registry of one number.
///
/// @param public_key the super node's public key, from a source that you trust
/// @param last_seen the sequence number of the newest registry that you saw before; 0 for none
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_verify(
    registry: *const medseal_registry,
    public_key: *const medseal_super_node_public_key,
    last_seen: u64,
    verified: *mut *mut medseal_verified_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out("verified", verified)?;
        verified.set(c.get("registry", registry)?.verify(c.get("public_key", public_key)?, last_seen)?)
    })
}

/// A registry whose signature is verified.
pub struct medseal_verified_registry {
    _opaque: [u8; 0],
}
handle!(shared medseal_verified_registry(VerifiedRegistry));

free!(public medseal_verified_registry(registry) "a verified registry": medseal_verified_registry_free);

/// Verifies the registry that takes a verified one's place: how you go on from registry to
/// registry. The same one once more is taken; another one of the same sequence number comes from a
/// super node that was restored from an older state, and is refused.
///
/// @param registry the registry that you hold
/// @param next the one that you received
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_succeeded_by(
    registry: *const medseal_verified_registry,
    next: *const medseal_registry,
    verified: *mut *mut medseal_verified_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out("verified", verified)?;
        verified.set(c.get("registry", registry)?.succeeded_by(c.get("next", next)?)?)
    })
}

/// Which registry this is. Keep the sequence number for the next medseal_registry_verify().
///
/// @param sequence where to put its sequence number
/// @param time_ms where to put when it was signed, in Unix milliseconds
/// @param hospitals where to put the number of hospitals
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_status(
    registry: *const medseal_verified_registry,
    sequence: *mut u64,
    time_ms: *mut u64,
    hospitals: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("sequence", sequence),
            c.out_value("time_ms", time_ms),
            c.out_value("hospitals", hospitals),
        );
        let (sequence, time_ms, hospitals) = (outs.0?, outs.1?, outs.2?);
        let registry = c.get("registry", registry)?;
        sequence.set(registry.sequence())?;
        time_ms.set(registry.time_ms())?;
        hospitals.set(registry.hospitals().count())
    })
}

/// Writes the name of a registered hospital.
///
/// @param index which, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_hospital(
    registry: *const medseal_verified_registry,
    index: usize,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let name =
            c.get("registry", registry)?.hospitals().nth(index).ok_or(crate::error::Error::OutOfRange)?;
        out.put_text(name.as_str())
    })
}

/// The identity of a registered hospital.
///
/// @param name the hospital's name, UTF-8
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_identity(
    registry: *const medseal_verified_registry,
    name: *const c_char,
    name_len: usize,
    identity: *mut *mut medseal_identity,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let identity = c.out("identity", identity)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        identity.set(*c.get("registry", registry)?.identity(&name)?)
    })
}

/// Whether a certificate is revoked.
///
/// @param serial the certificate's serial number
/// @param revoked where to put the answer
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_revokes(
    registry: *const medseal_verified_registry,
    serial: *const medseal_certificate_serial,
    revoked: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let revoked = c.out_bool("revoked", revoked)?;
        let serial = c.value("serial", serial)?.into();
        revoked.set(c.get("registry", registry)?.is_certificate_revoked(&serial).into())
    })
}
