//! A session between a hospital and a main node: messages in both directions, in order,
//! each under its own key.
//!
//! ```text
//! message n in a direction:  key = kdf(k_direction, "message", n)
//! SessionMessage = n (8) || final (1) || seal(key, direction (1) || n (8) || final (1) || aad, plaintext)
//!                                                       lengths before what is sealed and before aad
//! ```
//! Numbers start at 0 and increase by one, strictly on both sides. A message that is replayed,
//! reordered, dropped, reflected or changed is rejected, and the session still waits for the right
//! one. The last message of a direction is marked: a truncated stream does not look complete.

use zeroize::Zeroizing;

use crate::aead;
use crate::codec::{Part, Writer, fields};
use crate::domain::{KDF_SESSION_EXPORT, KDF_SESSION_MESSAGE};
use crate::error::Error;
use crate::identity::name::Name;
use crate::kdf::kdf;
use crate::limits::{Limit, MESSAGE_BYTES};
use crate::process::Home;
use crate::secret::SecretKey;

/// The side of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The hospital.
    Initiator = 0,
    /// The main node.
    Responder = 1,
}

/// The initial keys of a session.
pub(super) struct SessionKeys {
    pub(super) k_i2r: SecretKey,
    pub(super) k_r2i: SecretKey,
    pub(super) k_exp: SecretKey,
    pub(super) session_id: [u8; 32],
}

/// An authenticated session. It exists only in memory and in one process: its counters
/// must not be set back.
#[derive(Debug)]
pub struct Session {
    id: [u8; 32],
    peer: Name,
    k_exp: SecretKey,
    sending: Direction,
    receiving: Direction,
}

impl Session {
    pub(super) fn new(side: Side, keys: SessionKeys, peer: Name) -> Self {
        let i2r = Direction::new(Side::Initiator, keys.k_i2r);
        let r2i = Direction::new(Side::Responder, keys.k_r2i);
        let (sending, receiving) = match side {
            Side::Initiator => (i2r, r2i),
            Side::Responder => (r2i, i2r),
        };
        Self { id: keys.session_id, peer, k_exp: keys.k_exp, sending, receiving }
    }

    /// Returns the session's identifier: the same on both sides, different for every
    /// session, and public.
    #[must_use]
    pub fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// Returns the name of the peer: the main node's at the hospital, the
    /// hospital's at the main node.
    #[must_use]
    pub fn peer(&self) -> &Name {
        &self.peer
    }

    /// Seals the next message to the peer. `aad` is authenticated but not sent.
    ///
    /// # Errors
    /// [`Error::SessionClosed`] after the final message, or when all 2^64 - 1 numbers are used;
    /// [`Error::LimitExceeded`] above [`MESSAGE_BYTES`]; [`Error::Forked`] in a process other than
    /// the one that made the session.
    pub fn seal(&mut self, plaintext: &[u8], aad: &[u8]) -> Result<SessionMessage, Error> {
        self.sending.seal(false, plaintext, aad)
    }

    /// Seals the last message to the peer, and closes this direction.
    ///
    /// # Errors
    /// As for [`seal`](Self::seal).
    pub fn seal_final(&mut self, plaintext: &[u8], aad: &[u8]) -> Result<SessionMessage, Error> {
        self.sending.seal(true, plaintext, aad)
    }

    /// Opens the next message from the peer. After an error the session still waits
    /// for the right message.
    ///
    /// # Errors
    /// [`Error::DecryptionFailed`] unless it is the peer's next message, with this `aad`;
    /// [`Error::SessionClosed`] after the peer's final message; [`Error::Forked`] in a process
    /// other than the one that made the session.
    pub fn open(&mut self, message: &SessionMessage, aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.receiving.open(message, aad)
    }

    /// Returns whether the peer's final message was opened. If the connection ends earlier, the
    /// stream was truncated.
    #[must_use]
    pub fn is_closed_by_peer(&self) -> bool {
        self.receiving.closed
    }

    /// Returns a secret of 32 bytes for another purpose: the same on both sides, and
    /// different for each label.
    #[must_use]
    pub fn export(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*kdf::<32>(self.k_exp.as_slice(), KDF_SESSION_EXPORT, label))
    }

    /// Checks that this process made it.
    pub(super) fn check_home(&self) -> Result<(), Error> {
        self.sending.home.check()
    }

    #[cfg(test)]
    pub(super) fn skip_to(&mut self, n: u64) {
        self.sending.next = n;
        self.receiving.next = n;
    }
}

/// One direction of a session, at one end.
#[derive(Debug)]
struct Direction {
    from: Side,
    key: SecretKey,
    next: u64,
    closed: bool,
    home: Home,
}

impl Direction {
    fn new(from: Side, key: SecretKey) -> Self {
        Self { from, key, next: 0, closed: false, home: Home::here() }
    }

    fn seal(&mut self, last: bool, plaintext: &[u8], aad: &[u8]) -> Result<SessionMessage, Error> {
        if plaintext.len() > MESSAGE_BYTES {
            return Err(Error::LimitExceeded(Limit::MessageLength));
        }
        let n = self.next;
        let following = self.following()?;
        let sealed = aead::seal(self.message_key(n), &self.message_aad(n, last, aad), plaintext);
        (self.next, self.closed) = (following, last);
        Ok(SessionMessage { n, last, sealed })
    }

    fn open(&mut self, message: &SessionMessage, aad: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let SessionMessage { n, last, sealed } = message;
        let following = self.following()?;
        if *n != self.next {
            return Err(Error::DecryptionFailed);
        }
        let plaintext = aead::open(&self.message_key(*n), &self.message_aad(*n, *last, aad), sealed)?;
        (self.next, self.closed) = (following, *last);
        Ok(plaintext)
    }

    /// Returns the number after the next one, unless the direction has ended.
    fn following(&self) -> Result<u64, Error> {
        self.home.check()?;
        if self.closed { None } else { self.next.checked_add(1) }.ok_or(Error::SessionClosed)
    }

    fn message_key(&self, n: u64) -> SecretKey {
        kdf(self.key.as_slice(), KDF_SESSION_MESSAGE, &n.to_be_bytes())
    }

    fn message_aad(&self, n: u64, last: bool, aad: &[u8]) -> Vec<u8> {
        let mut w = Writer::new();
        w.u8(self.from as u8);
        w.u64(n);
        w.flag(last);
        w.u64(aad.len() as u64);
        w.raw(aad);
        w.into_vec()
    }
}

/// A message of a session. It is 49 bytes longer than the plaintext.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionMessage {
    n: u64,
    last: bool,
    sealed: Vec<u8>,
}

impl SessionMessage {
    /// Returns its number in its direction, from 0.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.n
    }

    /// Returns whether it is marked as the last of its direction. The mark is authenticated once
    /// the message is opened.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.last
    }
}

fields!(Object for SessionMessage {
    n: u64,
    last: bool,
    sealed [MESSAGE_BYTES + aead::OVERHEAD, MessageLength],
});
