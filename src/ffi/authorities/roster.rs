//! Static keys, rosters, messages.

use std::ffi::c_char;

use rand_core::OsRng;

use crate::authorities::{AuthorityKey, Roster};
use crate::ffi::abi::{Caller, guard};
use crate::ffi::status::{Failure, medseal_error, medseal_status};
use crate::ffi::values::medseal_digest;
use crate::identity::Name;

/// An authority's static key: it signs and opens the authority's messages. It is secret, and wiped
/// when freed.
pub struct medseal_authority_key {
    _opaque: [u8; 0],
}

/// Makes a static key.
///
/// @param name the authority's name, UTF-8
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_key_generate(
    name: *const c_char,
    name_len: usize,
    key: *mut *mut medseal_authority_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        key.set(AuthorityKey::generate(name, &mut OsRng)?)
    })
}

/// The public side of a static key.
///
/// @param key the static key
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_key_public(
    key: *const medseal_authority_key,
    public_key: *mut *mut medseal_authority_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("key", key)?.public_key())
    })
}

/// The public side of an authority's static key. Compare its fingerprint in person: nobody
/// certifies it.
pub struct medseal_authority_public_key {
    _opaque: [u8; 0],
}

/// Writes the name of an authority.
///
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_public_key_name(
    public_key: *const medseal_authority_public_key,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        out.put_text(c.get("public_key", public_key)?.name().as_str())
    })
}

/// What people compare.
///
/// @param fingerprint where to put 32 bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_public_key_fingerprint(
    public_key: *const medseal_authority_public_key,
    fingerprint: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let fingerprint = c.out_value("fingerprint", fingerprint)?;
        fingerprint.set(medseal_digest { bytes: c.get("public_key", public_key)?.fingerprint() })
    })
}

/// Who the authorities are, numbered from 1, and how many of them are needed.
pub struct medseal_roster {
    _opaque: [u8; 0],
}

/// Makes a roster of authorities whose fingerprints were compared. Everybody gives the keys in the
/// same order, and each try of a key generation or resharing its own context.
///
/// @param threshold how many are needed: at least 2, and more than half
/// @param keys their public keys
/// @param count how many, at most 255
/// @param context what they are for
/// @return MEDSEAL_ERR_OUT_OF_RANGE for another threshold, MEDSEAL_ERR_INVALID_PROOF,
///         MEDSEAL_ERR_INVALID_FIELD if a name or key is there twice
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_new(
    threshold: u8,
    keys: *const *const medseal_authority_public_key,
    count: usize,
    context: *const u8,
    context_len: usize,
    roster: *mut *mut medseal_roster,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let roster = c.out("roster", roster)?;
        let keys: Vec<_> = c.get_all("keys", keys, count)?.into_iter().cloned().collect();
        roster.set(Roster::new(threshold, &keys, c.bytes("context", context, context_len)?)?)
    })
}

/// What stands for a roster: authorities compare it before they begin, and
/// members before they trust it.
///
/// @param digest where to put 32 bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_digest(
    roster: *const medseal_roster,
    digest: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.out_value("digest", digest)?;
        digest.set(medseal_digest { bytes: c.get("roster", roster)?.digest() })
    })
}

/// How many authorities there are, and how many are needed.
///
/// @param threshold where to put how many are needed
/// @param size where to put how many there are
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_size(
    roster: *const medseal_roster,
    threshold: *mut u8,
    size: *mut u8,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value("threshold", threshold), c.out_value("size", size));
        let (threshold, size) = (outs.0?, outs.1?);
        let roster = c.get("roster", roster)?;
        threshold.set(roster.threshold())?;
        size.set(roster.size())
    })
}

/// Writes the name of the authority with a number.
///
/// @param index its number, from 1
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @return MEDSEAL_ERR_ABSENT if nobody has this number
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_name(
    roster: *const medseal_roster,
    index: u8,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let name = c.get("roster", roster)?.name(index);
        out.put_text(name.ok_or_else(|| Failure::absent("no authority has this number"))?.as_str())
    })
}

/// A signed message of an authority. Its bytes are yours to carry, over any channel.
pub struct medseal_authority_message {
    _opaque: [u8; 0],
}

/// Where a message belongs.
///
/// @param round where to put its round, or NULL: 0 to 4 in a session, greater ones in answers to requests
/// @param from where to put the number of its sender, or NULL
/// @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for who asked
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_message_header(
    message: *const medseal_authority_message,
    round: *mut u8,
    from: *mut u8,
    to: *mut u8,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value_if_any("round", round),
            c.out_value_if_any("from", from),
            c.out_value_if_any("to", to),
        );
        let (round, from, to) = (outs.0?, outs.1?, outs.2?);
        let message = c.get("message", message)?;
        round.set(message.round() as u8)?;
        from.set(message.from())?;
        to.set(message.to())
    })
}
