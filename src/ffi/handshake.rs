//! Mutual authentication of hospitals and main nodes.

use std::ffi::c_char;
use std::sync::PoisonError;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::envelope::medseal_disclosure;
use super::handle::handle;
use super::hospital::medseal_hospital;
use super::main_node::{medseal_main_node, medseal_verified_certificate};
use super::objects::free;
use super::registry::medseal_verified_registry;
use super::replay::{Cache, medseal_replay_cache};
use super::session::medseal_session;
use super::status::{Failure, medseal_error, medseal_status};
use crate::identity::{AcceptedRequest, AwaitingConfirmation, AwaitingReply};

/// First message of the handshake: hospital to main node.
pub struct medseal_auth_request {
    _opaque: [u8; 0],
}

/// Second message of the handshake: main node to hospital.
pub struct medseal_auth_reply {
    _opaque: [u8; 0],
}

/// Third message of the handshake: hospital to main node.
pub struct medseal_auth_confirmation {
    _opaque: [u8; 0],
}

/// A hospital that waits for a main node's reply. It is secret, and wiped when freed. It has
/// state: one call at a time.
pub struct medseal_awaiting_reply {
    _opaque: [u8; 0],
}
handle!(stateful medseal_awaiting_reply(Option<AwaitingReply>));

free!(
    secret medseal_awaiting_reply(awaiting) "a hospital's side of a handshake":
    medseal_awaiting_reply_free
);

/// Starts a handshake at a hospital.
///
/// @param certificate the main node's certificate
/// @param registry the newest registry
/// @param now_ms the time in Unix milliseconds
/// @return MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
///         MEDSEAL_ERR_INVALID_SIGNATURE if certificate or registry are of another super node,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
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
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (awaiting, request) = (c.out("awaiting", awaiting), c.out("request", request));
        let (awaiting, request) = (awaiting?, request?);
        let (hospital, certificate, registry) =
            (c.get("hospital", hospital)?, c.get("certificate", certificate)?, c.get("registry", registry)?);
        let (state, message) = hospital.start(certificate, registry, now_ms, &mut OsRng)?;
        awaiting.set(Some(state))?;
        request.set(message)
    })
}

/// Finishes a handshake at the hospital: the main node is authenticated.
///
/// @param awaiting the hospital's side, which is spent, also by a reply that is refused
/// @param reply the main node's reply
/// @param disclosure what the main node tells
/// @param confirmation what to send back
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
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
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs =
            (c.out("session", session), c.out("disclosure", disclosure), c.out("confirmation", confirmation));
        let (session, disclosure, confirmation) = (outs.0?, outs.1?, outs.2?);
        let reply = c.get("reply", reply)?;
        let established = c.spend("awaiting", awaiting)?.finish(reply)?;
        session.set(established.session)?;
        disclosure.set(established.disclosure)?;
        confirmation.set(established.confirmation)
    })
}

/// A request that a main node has accepted: the hospital is authenticated. It is secret, and wiped
/// when freed. It has state: one call at a time.
pub struct medseal_accepted_request {
    _opaque: [u8; 0],
}
handle!(stateful medseal_accepted_request(Option<AcceptedRequest>));

free!(secret medseal_accepted_request(accepted) "an accepted request": medseal_accepted_request_free);

/// Judges a hospital's request at a main node.
///
/// @param request the hospital's request
/// @param registry the newest registry
/// @param cache what remembers requests
/// @param now_ms the time in Unix milliseconds
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME,
///         MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_SIGNATURE if the registry is of
///         another super node, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW, MEDSEAL_ERR_REQUEST_REPLAYED,
///         MEDSEAL_ERR_REPLAY_CACHE_FULL, MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the
///         cache fails, MEDSEAL_ERR_SPENT if it was saved, MEDSEAL_ERR_FORKED
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
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let accepted = c.out("accepted", accepted)?;
        let (node, request, registry) =
            (c.get("node", node)?, c.get("request", request)?, c.get("registry", registry)?);
        accepted.set(Some(match c.get("cache", cache)? {
            Cache::Callbacks(cache) => node.accept(request, registry, cache, now_ms)?,
            Cache::Memory(cache) => {
                let cache = cache.read().unwrap_or_else(PoisonError::into_inner);
                node.accept(request, registry, cache.as_ref().ok_or_else(Failure::spent)?, now_ms)?
            }
        }))
    })
}

/// Writes the name of the hospital whose request was accepted.
///
/// @return MEDSEAL_ERR_SPENT if it was replied to
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_accepted_request_hospital(
    accepted: *const medseal_accepted_request,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let accepted = c.get_mut("accepted", accepted)?;
        out.put_text(accepted.as_ref().ok_or_else(Failure::spent)?.hospital().as_str())
    })
}

/// Replies to an accepted request.
///
/// @param accepted the accepted request, which is spent
/// @param disclosure what to tell the hospital
/// @return MEDSEAL_ERR_SPENT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_reply(
    accepted: *mut medseal_accepted_request,
    disclosure: *const medseal_disclosure,
    reply: *mut *mut medseal_auth_reply,
    awaiting: *mut *mut medseal_awaiting_confirmation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (reply, awaiting) = (c.out("reply", reply), c.out("awaiting", awaiting));
        let (reply, awaiting) = (reply?, awaiting?);
        let disclosure = c.get("disclosure", disclosure)?;
        let (message, state) = c.spend("accepted", accepted)?.reply(disclosure, &mut OsRng)?;
        reply.set(message)?;
        awaiting.set(Some(state))
    })
}

/// A main node that waits for the hospital's confirmation, or goes on without. It is secret, and
/// wiped when freed. It has state: one call at a time.
pub struct medseal_awaiting_confirmation {
    _opaque: [u8; 0],
}
handle!(stateful medseal_awaiting_confirmation(Option<AwaitingConfirmation>));

free!(
    secret medseal_awaiting_confirmation(awaiting) "a main node's side of a handshake":
    medseal_awaiting_confirmation_free
);

/// Finishes a handshake at the main node with the hospital's confirmation, which shows
/// that it has the session.
///
/// @param awaiting the main node's side, which is spent, also by a confirmation that is refused
/// @param confirmation the hospital's confirmation
/// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_confirm(
    awaiting: *mut medseal_awaiting_confirmation,
    confirmation: *const medseal_auth_confirmation,
    session: *mut *mut medseal_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out("session", session)?;
        let confirmation = c.get("confirmation", confirmation)?;
        session.set(c.spend("awaiting", awaiting)?.confirm(confirmation)?)
    })
}

/// Finishes a handshake at the main node without a confirmation: that the hospital has the session
/// shows with its first message.
///
/// @param awaiting the main node's side, which is spent
/// @return MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_session(
    awaiting: *mut medseal_awaiting_confirmation,
    session: *mut *mut medseal_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out("session", session)?;
        session.set(c.spend("awaiting", awaiting)?.into_session())
    })
}
