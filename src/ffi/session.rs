//! Sessions: what the two sides of a handshake say to each other under its keys.

use super::export::export;

use super::status::Failure;
use super::values::medseal_session_id;
use crate::identity::Session;

/// How many bytes a session message has more than its plaintext.
pub const MEDSEAL_SESSION_OVERHEAD: usize = 49;

export! {
    /// An authenticated session. It lives in memory only: its counters must not be set back. It is
    /// secret, and wiped when freed. It has state: one call at a time.
    struct medseal_session(session): stateful Session, secret "a session" medseal_session_free;

    /// Whom a session is with: writes the peer's name.
    medseal_session_peer(session: peek medseal_session) -> (out, out_len: text) { session.peer().as_str() }

    /// The identifier of a session: the same on both sides, different for every session, and
    /// public.
    medseal_session_read_id(session: peek medseal_session) -> (id: value medseal_session_id) {
        medseal_session_id { bytes: *session.id() }
    }

    /// Seals the next message to the peer.
    ///
    /// @param plaintext the message, at most 16 MiB
    /// @param aad what is authenticated with it and has to be the same for opening
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

    /// Opens the next message from the peer. The output takes MEDSEAL_SESSION_OVERHEAD bytes less
    /// than the encoded message has. If the buffer is too small, or the message is refused, the
    /// session still waits for it.
    ///
    /// @param aad what was authenticated with it
    /// @return MEDSEAL_ERR_DECRYPTION_FAILED unless it is the peer's next message,
    ///         MEDSEAL_ERR_SESSION_CLOSED after the last one, MEDSEAL_ERR_FORKED
    medseal_session_open(
        session: state medseal_session, message: object medseal_session_message, aad, aad_len: bytes,
        out, out_len: buffer
    ) -> () {
        let out = out.require(message.to_bytes().len().saturating_sub(MEDSEAL_SESSION_OVERHEAD))?;
        out.put(&session.open(message, aad)?)?
    }

    /// Whether the peer's last message was opened. A connection that ends before was cut off.
    medseal_session_closed_by_peer(session: peek medseal_session) -> (closed: bool) {
        session.is_closed_by_peer()
    }

    /// A secret for another use, the same on both sides, one for each label.
    ///
    /// @param label what it is for
    /// @param secret where to put the secret; wipe it when you are done
    medseal_session_export(session: peek medseal_session, label, label_len: bytes) -> (secret: secret) {
        session.export(label)
    }

    /// A message of a session.
    struct medseal_session_message;

    /// Which message of its direction this is.
    ///
    /// @param number where to put its number, from zero
    /// @param last where to put whether it says that it is the last, which is authenticated once it
    ///             was opened
    medseal_session_message_place(
        message: object medseal_session_message
    ) -> (number: value u64, last: bool) {
        (message.number(), message.is_final())
    }
}
