//! Identities, the super node's public key, and what is sealed under both:
//! disclosures in envelopes.

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::handle::handle;
use super::members::medseal_members_key;
use super::objects::free;
use super::status::{medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_summary};
use crate::identity::{Disclosure, Identity};

/// The super node's public key: what all identities rest on.
pub struct medseal_super_node_public_key {
    _opaque: [u8; 0],
}

/// Seals a message to an identity: only the registered hospital can open it.
///
/// @param recipient the hospital's identity
/// @param message the message, at most 16 MiB
/// @param aad what is authenticated with it and has to be the same for opening
/// @param members the members' key that opening is to need as well, or NULL
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_seal(
    public_key: *const medseal_super_node_public_key,
    recipient: *const medseal_identity,
    message: *const u8,
    message_len: usize,
    aad: *const u8,
    aad_len: usize,
    members: *const medseal_members_key,
    envelope: *mut *mut medseal_identity_envelope,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let envelope = c.out("envelope", envelope)?;
        let (public_key, recipient) = (c.get("public_key", public_key)?, c.get("recipient", recipient)?);
        let (aad, message) = (c.bytes("aad", aad, aad_len)?, c.bytes("message", message, message_len)?);
        let members = c.get_if_any("members", members)?;
        envelope.set(public_key.seal_to(recipient, message, aad, members, &mut OsRng)?)
    })
}

/// A hospital's identity, to which envelopes are sealed.
pub struct medseal_identity {
    _opaque: [u8; 0],
}
handle!(shared medseal_identity(Identity));

free!(public medseal_identity(identity) "an identity": medseal_identity_free);

/// A message sealed to a hospital's identity.
pub struct medseal_identity_envelope {
    _opaque: [u8; 0],
}

/// What a main node or an envelope tells a hospital of a record: location, database digest,
/// summary. It is secret, and wiped when freed.
pub struct medseal_disclosure {
    _opaque: [u8; 0],
}

/// Makes a disclosure.
///
/// @param location where the sealed record is kept, at most 1024 bytes
/// @param database the hospital's database digest
/// @param summary the record's keyed summary
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_new(
    location: *const u8,
    location_len: usize,
    database: *const medseal_digest,
    summary: *const medseal_summary,
    disclosure: *mut *mut medseal_disclosure,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let disclosure = c.out("disclosure", disclosure)?;
        let (database, summary) = (c.value("database", database)?, c.value("summary", summary)?);
        disclosure.set(Disclosure::new(
            c.bytes("location", location, location_len)?,
            database.bytes,
            summary.bytes,
        )?)
    })
}

/// What a disclosure says.
///
/// @param out buffer for the location
/// @param database where to put the hospital's database digest
/// @param summary where to put the record's keyed summary
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_read(
    disclosure: *const medseal_disclosure,
    out: *mut u8,
    out_len: *mut usize,
    database: *mut medseal_digest,
    summary: *mut medseal_summary,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("database", database),
            c.out_value("summary", summary),
            c.buffer("out", out, out_len),
        );
        let (database, summary, location) = (outs.0?, outs.1?, outs.2?);
        let disclosure = c.get("disclosure", disclosure)?;
        location.put(disclosure.location())?;
        database.set(medseal_digest { bytes: *disclosure.database_digest() })?;
        summary.set(medseal_summary { bytes: *disclosure.summary() })
    })
}
