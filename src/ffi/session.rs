//! Sessions: messages between the two sides of a handshake, under its keys.

use super::export::export;

use super::status::Failure;
use super::values::medseal_session_id;
use crate::identity::Session;

/// The difference in bytes between an encoded session message and its plaintext.
pub const MEDSEAL_SESSION_OVERHEAD: usize = 49;

export! {
    /// An authenticated session. It exists only in memory, because its counters must never go back.
    /// It is secret, and wiped when freed. It has state: one call at a time.
    struct medseal_session: stateful Session;

    /// Writes the name of the peer of a session.
    medseal_session_peer(session: peek medseal_session) -> (out, out_len: text) { session.peer().as_str() }

    /// Returns the id of a session: the same on both sides, different for every session, and
    /// public.
    medseal_session_read_id(session: peek medseal_session) -> (id: value medseal_session_id) {
        medseal_session_id { bytes: *session.id() }
    }

    /// Seals the next message to the peer.
    /// @param plaintext the message, at most 16 MiB
    /// @param aad associated data: authenticated, and required unchanged for opening
    /// @param last 0, or 1 for the last message, which closes this direction
    /// @return MEDSEAL_ERR_SESSION_CLOSED, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_FORKED
    medseal_session_seal(
        session: state medseal_session, plaintext, plaintext_len: bytes, aad, aad_len: bytes, last: i32
    ) -> (message: object medseal_session_message) {
        match last {
            0 => session.seal(plaintext, aad)?,
            1 => session.seal_final(plaintext, aad)?,
            _ => return Err(Failure::invalid("last", "is neither 0 nor 1")),
        }
    }

    /// Opens the next message from the peer. The output is MEDSEAL_SESSION_OVERHEAD bytes shorter
    /// than the encoded message. If the buffer is too small, or the message is refused, the session
    /// still expects this message.
    /// @param aad the associated data with which it was sealed
    /// @return MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next message,
    ///         MEDSEAL_ERR_SESSION_CLOSED after the last message, MEDSEAL_ERR_FORKED
    medseal_session_open(
        session: state medseal_session, message: object medseal_session_message, aad, aad_len: bytes,
        out, out_len: buffer
    ) -> () {
        let out = out.require(message.to_bytes().len().saturating_sub(MEDSEAL_SESSION_OVERHEAD))?;
        out.put(&session.open(message, aad)?)?
    }

    /// Checks whether the peer's last message was opened. A connection that ends before that was
    /// cut off.
    medseal_session_closed_by_peer(session: peek medseal_session) -> (closed: bool) {
        session.is_closed_by_peer()
    }

    /// Derives a secret for another use. It is the same on both sides, and different for each
    /// label.
    /// @param label the purpose of the secret
    /// @param secret where to put the secret; wipe it when you no longer need it
    medseal_session_export(session: peek medseal_session, label, label_len: bytes) -> (secret: secret) {
        session.export(label)
    }

    /// A message of a session.
    struct medseal_session_message;

    /// Returns the number of a message in its direction of the session.
    /// @param number where to put its number, from zero
    /// @param last where to put whether it claims to be the last message; the claim is
    ///             authenticated once the message is opened
    medseal_session_message_place(
        message: object medseal_session_message
    ) -> (number: value u64, last: bool) {
        (message.number(), message.is_final())
    }
}
