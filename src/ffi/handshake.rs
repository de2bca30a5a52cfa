//! Mutual authentication of hospitals and main nodes.

use super::export::export;
use std::sync::PoisonError;

use rand_core::OsRng;

use super::envelope::medseal_disclosure;
use super::hospital::medseal_hospital;
use super::main_node::{medseal_main_node, medseal_verified_certificate};
use super::registry::medseal_verified_registry;
use super::replay::{Cache, medseal_replay_cache};
use super::session::medseal_session;
use super::status::Failure;
use crate::identity::{AcceptedRequest, AwaitingConfirmation, AwaitingReply};

export! {
    /// The first message of the handshake, from the hospital to the main node.
    struct medseal_auth_request;

    /// The second message of the handshake, from the main node to the hospital.
    struct medseal_auth_reply;

    /// The third message of the handshake, from the hospital to the main node.
    struct medseal_auth_confirmation;

    /// A hospital that is waiting for a main node's reply. It is secret, and wiped when freed. It
    /// has state: one call at a time.
    struct medseal_awaiting_reply: stateful Option<AwaitingReply>;

    /// Starts a handshake at a hospital.
    /// @param registry the newest registry
    /// @return MEDSEAL_ERR_CERTIFICATE_EXPIRED, MEDSEAL_ERR_CERTIFICATE_REVOKED,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE if the certificate or the registry is from a different
    ///         super node
    medseal_hospital_start(
        hospital: object medseal_hospital, certificate: object medseal_verified_certificate,
        registry: object medseal_verified_registry, now_ms: u64
    ) -> (awaiting: object medseal_awaiting_reply, request: object medseal_auth_request) {
        let (state, message) = hospital.start(certificate, registry, now_ms, &mut OsRng)?;
        (Some(state), message)
    }

    /// Finishes a handshake at the hospital. The main node is then authenticated.
    /// @param awaiting the hospital's state, which is spent even if the reply is refused
    /// @param disclosure receives what the main node discloses
    /// @param confirmation receives the confirmation to send back
    /// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
    medseal_hospital_finish(
        awaiting: once medseal_awaiting_reply, reply: object medseal_auth_reply
    ) -> (
        session: object medseal_session, disclosure: object medseal_disclosure,
        confirmation: object medseal_auth_confirmation
    ) {
        let established = awaiting.finish(reply)?;
        (established.session, established.disclosure, established.confirmation)
    }

    /// A request that a main node has accepted. The hospital is authenticated. It is secret, and
    /// wiped when freed. It has state: one call at a time.
    struct medseal_accepted_request: stateful Option<AcceptedRequest>;

    /// Authenticates a hospital's request at a main node.
    /// @param registry the newest registry
    /// @param cache the cache of accepted requests
    /// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_UNKNOWN_NAME,
    ///         MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_SIGNATURE if the registry is from
    ///         a different super node, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW,
    ///         MEDSEAL_ERR_REQUEST_REPLAYED, MEDSEAL_ERR_REPLAY_CACHE_FULL,
    ///         MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, MEDSEAL_ERR_IO if the cache fails,
    ///         MEDSEAL_ERR_SPENT if the cache was saved, MEDSEAL_ERR_FORKED
    medseal_main_node_accept(
        node: object medseal_main_node, request: object medseal_auth_request,
        registry: object medseal_verified_registry, cache: object medseal_replay_cache, now_ms: u64
    ) -> (accepted: object medseal_accepted_request) {
        Some(match cache {
            Cache::Callbacks(cache) => node.accept(request, registry, cache, now_ms)?,
            Cache::Memory(cache) => {
                let cache = cache.read().unwrap_or_else(PoisonError::into_inner);
                node.accept(request, registry, cache.as_ref().ok_or_else(Failure::spent)?, now_ms)?
            }
        })
    }

    /// Writes the name of the hospital whose request was accepted.
    /// @return MEDSEAL_ERR_SPENT if the request was already answered
    medseal_accepted_request_hospital(accepted: peek medseal_accepted_request) -> (out, out_len: text) {
        accepted.as_ref().ok_or_else(Failure::spent)?.hospital().as_str()
    }

    /// Replies to an accepted request.
    /// @param accepted the accepted request, which is spent
    /// @param disclosure what the main node discloses to the hospital
    /// @return MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
    medseal_main_node_reply(
        accepted: once medseal_accepted_request, disclosure: object medseal_disclosure
    ) -> (reply: object medseal_auth_reply, awaiting: object medseal_awaiting_confirmation) {
        let (message, state) = accepted.reply(disclosure, &mut OsRng)?;
        (message, Some(state))
    }

    /// A main node that is waiting for the hospital's confirmation, or continues without it. It is
    /// secret, and wiped when freed. It has state: one call at a time.
    struct medseal_awaiting_confirmation: stateful Option<AwaitingConfirmation>;

    /// Finishes a handshake at the main node with the hospital's confirmation, which shows that the
    /// hospital has the session.
    /// @param awaiting the main node's state, which is spent even if the confirmation is refused
    /// @return MEDSEAL_ERR_AUTHENTICATION_FAILED, MEDSEAL_ERR_SPENT, MEDSEAL_ERR_FORKED
    medseal_main_node_confirm(
        awaiting: once medseal_awaiting_confirmation, confirmation: object medseal_auth_confirmation
    ) -> (session: object medseal_session) {
        awaiting.confirm(confirmation)?
    }

    /// Finishes a handshake at the main node without a confirmation. The hospital's first message
    /// then shows that it has the session.
    /// @param awaiting the main node's state, which is spent
    /// @return MEDSEAL_ERR_SPENT
    medseal_main_node_session(
        awaiting: once medseal_awaiting_confirmation
    ) -> (session: object medseal_session) {
        awaiting.into_session()
    }
}
