//! Mutual authentication of hospitals and main nodes, and their sessions.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::{PoisonError, RwLock};

use rand_core::OsRng;

use super::abi::{Caller, Versioned, guard, guard_free};
use super::callbacks::{Context, required};
use super::handle::handle;
use super::identity::{
    medseal_disclosure, medseal_hospital, medseal_main_node, medseal_verified_certificate,
    medseal_verified_registry,
};
use super::status::{Failure, MEDSEAL_ERR_SPENT, MEDSEAL_OK, medseal_error, medseal_status, replay_error};
use super::values::medseal_secret;
use crate::codec;
use crate::error::Error;
use crate::identity::{
    AcceptedRequest, AuthConfirmation, AuthReply, AuthRequest, AwaitingConfirmation, AwaitingReply,
    DEFAULT_WINDOW_MS, MemoryReplayCache, ReplayBounds, ReplayCache, SeenRequest, Session, SessionMessage,
};

/// How many bytes a session message has more than its plaintext.
pub const MEDSEAL_SESSION_OVERHEAD: usize = 49;

/// The usual window of a replay cache: how far a request's time may lie from the main node's, in milliseconds.
pub const MEDSEAL_REPLAY_WINDOW_MS: u64 = 30_000;
const _: () = assert!(MEDSEAL_REPLAY_WINDOW_MS == DEFAULT_WINDOW_MS);

/// First message of the handshake: hospital to main node. Immutable: any number of threads may use it at once.
pub struct medseal_auth_request {
    _opaque: [u8; 0],
}
handle!(shared medseal_auth_request(AuthRequest));

/// Writes the byte form of a request.
///
/// Threads: any, and many at once.
///
/// @param request what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_request_encode(
    request: *const medseal_auth_request,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(request)?.to_bytes())
    })
}

/// Reads a request from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param request where to put the new object, to be freed with medseal_auth_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_request_decode(
    data: *const u8,
    len: usize,
    request: *mut *mut medseal_auth_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out(request)?;
        request.set(AuthRequest::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a request.
///
/// Threads: any, when no call uses the object any more.
///
/// @param request the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_request_free(request: *mut medseal_auth_request) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, request);
}

/// Second message of the handshake: main node to hospital. Immutable: any number of threads may use it at once.
pub struct medseal_auth_reply {
    _opaque: [u8; 0],
}
handle!(shared medseal_auth_reply(AuthReply));

/// Writes the byte form of a reply.
///
/// Threads: any, and many at once.
///
/// @param reply what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_reply_encode(
    reply: *const medseal_auth_reply,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(reply)?.to_bytes())
    })
}

/// Reads a reply from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param reply where to put the new object, to be freed with medseal_auth_reply_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_reply_decode(
    data: *const u8,
    len: usize,
    reply: *mut *mut medseal_auth_reply,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let reply = c.out(reply)?;
        reply.set(AuthReply::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a reply.
///
/// Threads: any, when no call uses the object any more.
///
/// @param reply the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_reply_free(reply: *mut medseal_auth_reply) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, reply);
}

/// Third message of the handshake: hospital to main node. Immutable: any number of threads may use it at once.
pub struct medseal_auth_confirmation {
    _opaque: [u8; 0],
}
handle!(shared medseal_auth_confirmation(AuthConfirmation));

/// Writes the byte form of a confirmation.
///
/// Threads: any, and many at once.
///
/// @param confirmation what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_confirmation_encode(
    confirmation: *const medseal_auth_confirmation,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(confirmation)?.to_bytes())
    })
}

/// Reads a confirmation from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param confirmation where to put the new object, to be freed with medseal_auth_confirmation_free; NULL on
///                     failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_confirmation_decode(
    data: *const u8,
    len: usize,
    confirmation: *mut *mut medseal_auth_confirmation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let confirmation = c.out(confirmation)?;
        confirmation.set(AuthConfirmation::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a confirmation.
///
/// Threads: any, when no call uses the object any more.
///
/// @param confirmation the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_auth_confirmation_free(confirmation: *mut medseal_auth_confirmation) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, confirmation);
}

/// A hospital that waits for a main node's reply. It is secret, and wiped when freed. It has state: one call at
/// a time.
pub struct medseal_awaiting_reply {
    _opaque: [u8; 0],
}
handle!(stateful medseal_awaiting_reply(Option<AwaitingReply>));

/// Frees a hospital's side of a handshake, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param awaiting the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_awaiting_reply_free(awaiting: *mut medseal_awaiting_reply) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, awaiting);
}

/// Starts a handshake at a hospital.
///
/// Threads: any, and many at once.
///
/// @param hospital the hospital
/// @param certificate the main node's certificate
/// @param registry the newest registry
/// @param now_ms the time in Unix milliseconds
/// @param awaiting where to put the new object, to be freed with medseal_awaiting_reply_free; NULL on failure
/// @param request where to put the new object, to be freed with medseal_auth_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
///         MEDSEAL_ERR_INVALID_SIGNATURE if
///         certificate or registry are of another super node,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_start(
    hospital: *const medseal_hospital,
    certificate: *const medseal_verified_certificate,
    registry: *const medseal_verified_registry,
    now_ms: u64,
    awaiting: *mut *mut medseal_awaiting_reply,
    request: *mut *mut medseal_auth_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let (awaiting, request) = (c.out(awaiting), c.out(request));
        let (awaiting, request) = (awaiting?, request?);
        let (hospital, certificate, registry) = (c.get(hospital)?, c.get(certificate)?, c.get(registry)?);
        let (state, message) = hospital.start(certificate, registry, now_ms, &mut OsRng)?;
        awaiting.set(Some(state))?;
        request.set(message)
    })
}

/// Finishes a handshake at the hospital: the main node is authenticated.
///
/// Threads: any; one call at a time with the same `awaiting`.
///
/// @param awaiting the hospital's side, which is spent, also by a reply that is refused
/// @param reply the main node's reply
/// @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
/// @param disclosure where to put what the main node tells, to be freed with medseal_disclosure_free; NULL on
///                   failure
/// @param confirmation where to put what to send back, to be freed with medseal_auth_confirmation_free; NULL on
///                     failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_finish(
    awaiting: *mut medseal_awaiting_reply,
    reply: *const medseal_auth_reply,
    session: *mut *mut medseal_session,
    disclosure: *mut *mut medseal_disclosure,
    confirmation: *mut *mut medseal_auth_confirmation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out(session), c.out(disclosure), c.out(confirmation));
        let (session, disclosure, confirmation) = (outs.0?, outs.1?, outs.2?);
        let reply = c.get(reply)?;
        let established = c.spend(awaiting)?.finish(reply)?;
        session.set(established.session)?;
        disclosure.set(established.disclosure)?;
        confirmation.set(established.confirmation)
    })
}

/// A request that a main node has accepted: the hospital is authenticated. It is secret, and wiped when freed.
/// It has state: one call at a time.
pub struct medseal_accepted_request {
    _opaque: [u8; 0],
}
handle!(stateful medseal_accepted_request(Option<AcceptedRequest>));

/// Frees an accepted request, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param accepted the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_accepted_request_free(accepted: *mut medseal_accepted_request) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, accepted);
}

/// Judges a hospital's request at a main node.
///
/// Threads: any, and many at once.
///
/// @param node the main node
/// @param request the hospital's request
/// @param registry the newest registry
/// @param cache what remembers requests
/// @param now_ms the time in Unix milliseconds
/// @param accepted where to put the new object, to be freed with medseal_accepted_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED,
///         MEDSEAL_ERR_INVALID_SIGNATURE if the registry is of another super node,
///         MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW, MEDSEAL_ERR_REQUEST_REPLAYED, MEDSEAL_ERR_REPLAY_CACHE_FULL,
///         MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the cache fails, MEDSEAL_ERR_SPENT if it was
///         saved, or a
///         general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_accept(
    node: *const medseal_main_node,
    request: *const medseal_auth_request,
    registry: *const medseal_verified_registry,
    cache: *const medseal_replay_cache,
    now_ms: u64,
    accepted: *mut *mut medseal_accepted_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let accepted = c.out(accepted)?;
        let (node, request, registry) = (c.get(node)?, c.get(request)?, c.get(registry)?);
        accepted.set(Some(match c.get(cache)? {
            Cache::Callbacks(cache) => node.accept(request, registry, cache, now_ms)?,
            Cache::Memory(cache) => {
                let cache = cache.read().unwrap_or_else(PoisonError::into_inner);
                node.accept(request, registry, cache.as_ref().ok_or_else(spent)?, now_ms)?
            }
        }))
    })
}

/// Writes the name of the hospital whose request was accepted.
///
/// Threads: any; one call at a time with the same `accepted`.
///
/// @param accepted the accepted request
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if it was replied to, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_accepted_request_hospital(
    accepted: *const medseal_accepted_request,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        let accepted = c.get_mut(accepted)?;
        out.put_text(accepted.as_ref().ok_or_else(spent)?.hospital().as_str())
    })
}

/// Replies to an accepted request.
///
/// Threads: any; one call at a time with the same `accepted`.
///
/// @param accepted the accepted request, which is spent
/// @param disclosure what to tell the hospital
/// @param reply where to put the new object, to be freed with medseal_auth_reply_free; NULL on failure
/// @param awaiting where to put the new object, to be freed with medseal_awaiting_confirmation_free; NULL on
///                 failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_reply(
    accepted: *mut medseal_accepted_request,
    disclosure: *const medseal_disclosure,
    reply: *mut *mut medseal_auth_reply,
    awaiting: *mut *mut medseal_awaiting_confirmation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let (reply, awaiting) = (c.out(reply), c.out(awaiting));
        let (reply, awaiting) = (reply?, awaiting?);
        let disclosure = c.get(disclosure)?;
        let (message, state) = c.spend(accepted)?.reply(disclosure, &mut OsRng)?;
        reply.set(message)?;
        awaiting.set(Some(state))
    })
}

/// A main node that waits for the hospital's confirmation, or goes on without. It is secret, and wiped when
/// freed. It has state: one call at a time.
pub struct medseal_awaiting_confirmation {
    _opaque: [u8; 0],
}
handle!(stateful medseal_awaiting_confirmation(Option<AwaitingConfirmation>));

/// Frees a main node's side of a handshake, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param awaiting the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_awaiting_confirmation_free(awaiting: *mut medseal_awaiting_confirmation) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, awaiting);
}

/// Finishes a handshake at the main node with the hospital's confirmation, which shows that it has the session.
///
/// Threads: any; one call at a time with the same `awaiting`.
///
/// @param awaiting the main node's side, which is spent, also by a confirmation that is refused
/// @param confirmation the hospital's confirmation
/// @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_confirm(
    awaiting: *mut medseal_awaiting_confirmation,
    confirmation: *const medseal_auth_confirmation,
    session: *mut *mut medseal_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out(session)?;
        let confirmation = c.get(confirmation)?;
        session.set(c.spend(awaiting)?.confirm(confirmation)?)
    })
}

/// Finishes a handshake at the main node without a confirmation: that the hospital has the session shows with
/// its first message.
///
/// Threads: any; one call at a time with the same `awaiting`.
///
/// @param awaiting the main node's side, which is spent
/// @param session where to put the new object, to be freed with medseal_session_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_session(
    awaiting: *mut medseal_awaiting_confirmation,
    session: *mut *mut medseal_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out(session)?;
        session.set(c.spend(awaiting)?.into_session())
    })
}

/// An authenticated session. It lives in memory only: its counters must not be set back. It is secret, and
/// wiped when freed. It has state: one call at a time.
pub struct medseal_session {
    _opaque: [u8; 0],
}
handle!(stateful medseal_session(Session));

/// Frees a session, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param session the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_free(session: *mut medseal_session) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, session);
}

/// Whom a session is with: writes the peer's name.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_peer(
    session: *const medseal_session,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get_mut(session)?.peer().as_str())
    })
}

/// The identifier of a session: the same on both sides, different for every session, and public.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param id where to put MEDSEAL_SECRET_BYTES bytes, which are no secret
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_id(
    session: *const medseal_session,
    id: *mut medseal_secret,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let id = c.out_value(id)?;
        id.set_bytes(c.get_mut(session)?.id())
    })
}

/// Seals the next message to the peer.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param aad what is authenticated with it and has to be the same for opening
/// @param aad_len its bytes
/// @param plaintext the message, at most 16 MiB
/// @param plaintext_len its bytes
/// @param last 0, or 1 for the last message, which closes this direction
/// @param message where to put the new object, to be freed with medseal_session_message_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_seal(
    session: *mut medseal_session,
    aad: *const u8,
    aad_len: usize,
    plaintext: *const u8,
    plaintext_len: usize,
    last: i32,
    message: *mut *mut medseal_session_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out(message)?;
        let mut session = c.get_mut(session)?;
        let (aad, plaintext) = (c.bytes(aad, aad_len)?, c.bytes(plaintext, plaintext_len)?);
        message.set(match last {
            0 => session.seal(aad, plaintext)?,
            1 => session.seal_final(aad, plaintext)?,
            _ => return Err(Failure::invalid("whether it is the last is neither 0 nor 1")),
        })
    })
}

/// Opens the next message from the peer. The output takes MEDSEAL_SESSION_OVERHEAD bytes less than the encoded
/// message has. If
/// the buffer is too small, or the message is refused, the session still waits for it.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param aad what was authenticated with it
/// @param aad_len its bytes
/// @param message the message
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next
///         message,
///         MEDSEAL_ERR_SESSION_CLOSED after the last one, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_open(
    session: *mut medseal_session,
    aad: *const u8,
    aad_len: usize,
    message: *const medseal_session_message,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        let mut session = c.get_mut(session)?;
        let (aad, message) = (c.bytes(aad, aad_len)?, c.get(message)?);
        let out = out.require(message.to_bytes().len().saturating_sub(MEDSEAL_SESSION_OVERHEAD))?;
        out.put(&session.open(aad, message)?)
    })
}

/// Whether the peer's last message was opened. A connection that ends before was cut off.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param closed where to put the answer
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_closed_by_peer(
    session: *const medseal_session,
    closed: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let closed = c.out_bool(closed)?;
        closed.set(c.get_mut(session)?.is_closed_by_peer().into())
    })
}

/// A secret for another use, the same on both sides, one for each label.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param label what it is for
/// @param label_len its bytes
/// @param secret where to put the secret; wipe it when you are done
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_export(
    session: *const medseal_session,
    label: *const u8,
    label_len: usize,
    secret: *mut medseal_secret,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let secret = c.out_value(secret)?;
        let session = c.get_mut(session)?;
        secret.set_bytes(&session.export(c.bytes(label, label_len)?))
    })
}

/// A message of a session. Immutable: any number of threads may use it at once.
pub struct medseal_session_message {
    _opaque: [u8; 0],
}
handle!(shared medseal_session_message(SessionMessage));

/// Writes the byte form of a session message.
///
/// Threads: any, and many at once.
///
/// @param message what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_message_encode(
    message: *const medseal_session_message,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(message)?.to_bytes())
    })
}

/// Reads a session message from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param message where to put the new object, to be freed with medseal_session_message_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_message_decode(
    data: *const u8,
    len: usize,
    message: *mut *mut medseal_session_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out(message)?;
        message.set(SessionMessage::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a session message.
///
/// Threads: any, when no call uses the object any more.
///
/// @param message the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_message_free(message: *mut medseal_session_message) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, message);
}

/// Which message of its direction this is.
///
/// Threads: any, and many at once.
///
/// @param message the message
/// @param number where to put its number, from zero
/// @param last where to put whether it says that it is the last, which is authenticated once it was opened
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_session_message_place(
    message: *const medseal_session_message,
    number: *mut u64,
    last: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let (number, last) = (c.out_value(number), c.out_bool(last));
        let (number, last) = (number?, last?);
        let message = c.get(message)?;
        number.set(message.number())?;
        last.set(message.is_final().into())
    })
}

fn spent() -> Failure {
    Failure::new(MEDSEAL_ERR_SPENT, "the object was used already")
}

/// A memory of accepted requests of your own, for main nodes that share one: several with one secret must, or
/// each accepts
/// a request once. Callbacks may come on several threads at once, if you use the cache on several.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_replay_callbacks {
    /// sizeof(medseal_replay_callbacks).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// How far a request's time may lie from the main node's, before or after, in milliseconds.
    pub window_ms: u64,
    /// Remembers a request unless it is known, in one step: of two calls with the same `ephemeral` one
    /// succeeds. Returns
    /// MEDSEAL_OK, MEDSEAL_ERR_REQUEST_REPLAYED if it is known, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW if it is so
    /// old that it may
    /// have been forgotten, MEDSEAL_ERR_REPLAY_CACHE_FULL or MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, and anything
    /// else if it
    /// fails. A request is kept until its time lies more than the window in the past, whatever the pressure.
    /// Not NULL.
    pub remember: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            ephemeral: *const u8,
            ephemeral_len: usize,
            time_ms: u64,
            hospital: *const c_char,
            hospital_len: usize,
            now_ms: u64,
        ) -> medseal_status,
    >,
    /// Called once when the cache is freed; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_replay_callbacks {}

/// A memory of accepted requests.
pub enum Cache {
    /// In this process, until it is saved.
    Memory(RwLock<Option<MemoryReplayCache>>),
    /// Somewhere else.
    Callbacks(CallbackCache),
}

/// A replay cache that C keeps.
pub struct CallbackCache {
    context: Context,
    callbacks: medseal_replay_callbacks,
}

// SAFETY: the header says that callbacks come on every thread that uses the cache.
unsafe impl Send for CallbackCache {}
// SAFETY: as above.
unsafe impl Sync for CallbackCache {}

impl ReplayCache for CallbackCache {
    fn window_ms(&self) -> u64 {
        self.callbacks.window_ms
    }

    fn remember(&self, request: &SeenRequest<'_>, now_ms: u64) -> Result<(), Error> {
        let failed = Error::Io(std::io::ErrorKind::Other);
        let remember = self.callbacks.remember.ok_or(failed)?;
        let (ephemeral, hospital) = (request.ephemeral, request.hospital.as_str());
        // SAFETY: the callback gets its own context, and what it may read during the call.
        let status = unsafe {
            remember(
                self.context.ctx,
                ephemeral.as_ptr(),
                ephemeral.len(),
                request.time_ms,
                hospital.as_ptr().cast(),
                hospital.len(),
                now_ms,
            )
        };
        if status == MEDSEAL_OK { Ok(()) } else { Err(replay_error(status)) }
    }
}

/// A main node's memory of accepted requests. Any number of threads may use it at once.
pub struct medseal_replay_cache {
    _opaque: [u8; 0],
}
handle!(shared medseal_replay_cache(Cache));

/// Frees a replay cache.
///
/// Threads: any, when no call uses the object any more.
///
/// @param cache the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_free(cache: *mut medseal_replay_cache) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, cache);
}

/// Makes a replay cache in memory. It refuses requests until the window after its start is over, because the
/// process may have
/// accepted them before it was restarted.
///
/// Threads: any, and many at once.
///
/// @param window_ms how far a request's time may lie from the main node's, in milliseconds;
///                  MEDSEAL_REPLAY_WINDOW_MS
/// @param capacity how many requests it remembers at most, up to 1048576
/// @param quota how many of one hospital, from 1 up to the capacity
/// @param start_ms when the process starts, in Unix milliseconds
/// @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_new(
    window_ms: u64,
    capacity: u32,
    quota: u32,
    start_ms: u64,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let cache = c.out(cache)?;
        let memory = MemoryReplayCache::new(ReplayBounds { window_ms, capacity, quota }, start_ms)?;
        cache.set(Cache::Memory(RwLock::new(Some(memory))))
    })
}

/// Makes a replay cache of your own.
///
/// Threads: any, and many at once.
///
/// @param callbacks what keeps it
/// @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_from_callbacks(
    callbacks: *const medseal_replay_callbacks,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let callbacks = c.sized(callbacks).map(|it| (Context::new(it.ctx, it.drop_ctx), it));
        let cache = c.out(cache)?;
        let (context, callbacks) = callbacks?;
        required(callbacks.remember)?;
        cache.set(Cache::Callbacks(CallbackCache { context, callbacks }))
    })
}

/// How many requests a replay cache in memory remembers.
///
/// Threads: any, and many at once.
///
/// @param cache the replay cache
/// @param count where to put the number
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT if it was saved, or a
///         general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_count(
    cache: *const medseal_replay_cache,
    count: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let count = c.out_value(count)?;
        let memory = in_memory(c.get(cache)?)?.read().unwrap_or_else(PoisonError::into_inner);
        count.set(memory.as_ref().ok_or_else(spent)?.len())
    })
}

fn in_memory(cache: &Cache) -> Result<&RwLock<Option<MemoryReplayCache>>, Failure> {
    match cache {
        Cache::Memory(memory) => Ok(memory),
        Cache::Callbacks(_) => Err(Failure::absent("the replay cache is not in memory")),
    }
}

/// Saves a replay cache in memory, so that a restarted process can go on with it. It is spent, unless the
/// buffer is too small: what
/// it would accept later would not be saved.
///
/// Threads: any, and many at once.
///
/// @param cache the replay cache
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_ABSENT if it is not in memory,
///         MEDSEAL_ERR_SPENT, or a general
///         status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_encode(
    cache: *const medseal_replay_cache,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        let mut memory = in_memory(c.get(cache)?)?.write().unwrap_or_else(PoisonError::into_inner);
        out.put(&codec::encode(memory.as_ref().ok_or_else(spent)?))?;
        *memory = None;
        Ok(())
    })
}

/// Goes on with a replay cache that was saved. Use what was saved last, and once.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param cache where to put the new object, to be freed with medseal_replay_cache_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_decode(
    data: *const u8,
    len: usize,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let cache = c.out(cache)?;
        let memory = MemoryReplayCache::restore(c.bytes(data, len)?)?;
        cache.set(Cache::Memory(RwLock::new(Some(memory))))
    })
}
