//! Hospitals: their registration, and the identity that comes of it.

use super::objects::give;
use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::envelope::medseal_super_node_public_key;
use super::envelope::{medseal_identity, medseal_identity_envelope};
use super::members::medseal_members_keys;
use super::status::{medseal_error, medseal_status};
use crate::identity::{Hospital, Name, RegistrationRequest};

/// What a hospital sends to be registered.
pub struct medseal_registration_request {
    _opaque: [u8; 0],
}

/// Makes a request to be registered.
///
/// @param name the hospital's name, UTF-8 of 1 to 255 bytes
/// @param record what the registration is about, at most 1024 bytes
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_new(
    name: *const c_char,
    name_len: usize,
    record: *const u8,
    record_len: usize,
    request: *mut *mut medseal_registration_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out("request", request)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        request.set(RegistrationRequest::new(name, c.bytes("record", record, record_len)?, &mut OsRng)?)
    })
}

give! {
    /// Writes the name in a registration request.
    medseal_registration_request_name(request: medseal_registration_request) -> text {
        request.name().as_str()
    }
}

give! {
    /// Writes the record in a registration request.
    medseal_registration_request_record(request: medseal_registration_request) -> bytes { request.record() }
}

/// What the super node answers to a registration: it goes to the hospital over a secure channel. It
/// is secret, and wiped when freed. It has state: one call at a time.
pub struct medseal_identity_key {
    _opaque: [u8; 0],
}

/// A registered hospital: what it keeps. It is secret, and wiped when freed.
pub struct medseal_hospital {
    _opaque: [u8; 0],
}

/// Reads a hospital from its byte form, checking everything. The super node's public key comes from
/// a source that you trust, and not from the same file.
///
/// @param data the bytes
/// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_decode(
    data: *const u8,
    len: usize,
    public_key: *const medseal_super_node_public_key,
    hospital: *mut *mut medseal_hospital,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let hospital = c.out("hospital", hospital)?;
        let public_key = c.get("public_key", public_key)?;
        hospital.set(Hospital::from_bytes(c.bytes("data", data, len)?, public_key)?)
    })
}

/// Accepts an identity key, which is spent, and makes the hospital of it.
///
/// @param request the hospital's request
/// @param key what the super node answered; spent also if it is refused
/// @param public_key the super node's public key, from a source that you trust
/// @return MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_accept(
    request: *const medseal_registration_request,
    key: *mut medseal_identity_key,
    public_key: *const medseal_super_node_public_key,
    hospital: *mut *mut medseal_hospital,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let hospital = c.out("hospital", hospital)?;
        let (request, public_key) = (c.get("request", request)?, c.get("public_key", public_key)?);
        hospital.set(Hospital::accept(request.clone(), c.spend("key", key)?, public_key)?)
    })
}

give! {
    /// Writes the name of a hospital.
    medseal_hospital_name(hospital: medseal_hospital) -> text { hospital.name().as_str() }
}

give! {
    /// The identity of a hospital.
    medseal_hospital_identity(hospital: medseal_hospital) -> identity: object medseal_identity {
        *hospital.identity()
    }
}

/// Opens an envelope to a hospital. The bytes are secret: wipe them when you are done.
///
/// @param aad what was authenticated with it: for an entry's envelope, the record digest
/// @param members the members' keys that are held, or NULL
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_DECRYPTION_FAILED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_open(
    hospital: *const medseal_hospital,
    envelope: *const medseal_identity_envelope,
    aad: *const u8,
    aad_len: usize,
    members: *const medseal_members_keys,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let (hospital, envelope) = (c.get("hospital", hospital)?, c.get("envelope", envelope)?);
        let members = c.get_if_any("members", members)?;
        out.put(&hospital.open(envelope, c.bytes("aad", aad, aad_len)?, members)?)
    })
}
