//! Sessions: what the two sides of a handshake say to each other under its keys.

use std::ffi::c_char;

use super::abi::{Caller, guard};
use super::handle::handle;
use super::objects::free;
use super::status::{Failure, medseal_error, medseal_status};
use super::values::{medseal_secret, medseal_session_id};
use crate::identity::Session;

/// How many bytes a session message has more than its plaintext.
pub const MEDSEAL_SESSION_OVERHEAD: usize = 49;

/// An authenticated session. It lives in memory only: its counters must not be set back. It is
/// secret, and wiped when freed. It has state: one call at a time.
pub struct medseal_session {
    _opaque: [u8; 0],
}
handle!(stateful medseal_session(Session));

free!(secret medseal_session(session) "a session": medseal_session_free);

/// Whom a session is with: writes the peer's name.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_peer(
    session: *const medseal_session,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        out.put_text(c.get_mut("session", session)?.peer().as_str())
    })
}

/// The identifier of a session: the same on both sides, different for every session, and public.
///
/// @param id where to put it
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_read_id(
    session: *const medseal_session,
    id: *mut medseal_session_id,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let id = c.out_value("id", id)?;
        id.set(medseal_session_id { bytes: *c.get_mut("session", session)?.id() })
    })
}

/// Seals the next message to the peer.
///
/// @param plaintext the message, at most 16 MiB
/// @param aad what is authenticated with it and has to be the same for opening
/// @param last 0, or 1 for the last message, which closes this direction
/// @return MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_seal(
    session: *mut medseal_session,
    plaintext: *const u8,
    plaintext_len: usize,
    aad: *const u8,
    aad_len: usize,
    last: i32,
    message: *mut *mut medseal_session_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let mut session = c.get_mut("session", session)?;
        let (aad, plaintext) =
            (c.bytes("aad", aad, aad_len)?, c.bytes("plaintext", plaintext, plaintext_len)?);
        message.set(match last {
            0 => session.seal(plaintext, aad)?,
            1 => session.seal_final(plaintext, aad)?,
            _ => return Err(Failure::invalid("last", "is neither 0 nor 1")),
        })
    })
}

/// Opens the next message from the peer. The output takes MEDSEAL_SESSION_OVERHEAD bytes less than
/// the encoded message has. If the buffer is too small, or the message is refused, the session
/// still waits for it.
///
/// @param aad what was authenticated with it
/// @return MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next message,
///         MEDSEAL_ERR_SESSION_CLOSED after the last one, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_open(
    session: *mut medseal_session,
    message: *const medseal_session_message,
    aad: *const u8,
    aad_len: usize,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let mut session = c.get_mut("session", session)?;
        let (aad, message) = (c.bytes("aad", aad, aad_len)?, c.get("message", message)?);
        let out = out.require(message.to_bytes().len().saturating_sub(MEDSEAL_SESSION_OVERHEAD))?;
        out.put(&session.open(message, aad)?)
    })
}

/// Whether the peer's last message was opened. A connection that ends before was cut off.
///
/// @param closed where to put the answer
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_closed_by_peer(
    session: *const medseal_session,
    closed: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let closed = c.out_bool("closed", closed)?;
        closed.set(c.get_mut("session", session)?.is_closed_by_peer().into())
    })
}

/// A secret for another use, the same on both sides, one for each label.
///
/// @param label what it is for
/// @param secret where to put the secret; wipe it when you are done
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_export(
    session: *const medseal_session,
    label: *const u8,
    label_len: usize,
    secret: *mut medseal_secret,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let secret = c.out_value("secret", secret)?;
        let session = c.get_mut("session", session)?;
        secret.set_bytes(&session.export(c.bytes("label", label, label_len)?))
    })
}

/// A message of a session.
pub struct medseal_session_message {
    _opaque: [u8; 0],
}

/// Which message of its direction this is.
///
/// @param number where to put its number, from zero
/// @param last where to put whether it says that it is the last, which is authenticated once it was opened
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_message_place(
    message: *const medseal_session_message,
    number: *mut u64,
    last: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (number, last) = (c.out_value("number", number), c.out_bool("last", last));
        let (number, last) = (number?, last?);
        let message = c.get("message", message)?;
        number.set(message.number())?;
        last.set(message.is_final().into())
    })
}
