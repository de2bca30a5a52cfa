//! Sessions of key generation, resharing, and of making one secret anew.

use std::ffi::c_char;

use rand_core::OsRng;

use super::generation::{medseal_authority_share, medseal_generation, medseal_generation_certificate};
use super::roster::{medseal_authority_key, medseal_authority_message, medseal_roster};
use crate::authorities::{AuthorityKey, DirectoryRecords, MasterSecret, Plan, Session};
use crate::ffi::abi::{Caller, guard};
use crate::ffi::handle::handle;
use crate::ffi::objects::free;
use crate::ffi::status::{Failure, medseal_error, medseal_status};

/// The session waits for messages.
pub const MEDSEAL_SESSION_WAITS: i32 = 0;
/// All that the authority was dealt is right: it stores its share and confirms.
pub const MEDSEAL_SESSION_CHECKED: i32 = 1;
/// Nothing more comes of the session: it failed, or the authority has dealt and gets no share.
pub const MEDSEAL_SESSION_OVER: i32 = 2;

/// One authority in a key generation or resharing. Feed it with every message that arrives, send
/// every message that it has. It is secret, and wiped when freed. It has state: one call at a time.
pub struct medseal_authority_session {
    _opaque: [u8; 0],
}

pub struct SessionOf {
    key: AuthorityKey,
    session: Option<Session>,
}
handle!(stateful medseal_authority_session(SessionOf));

free!(secret medseal_authority_session(session) "a session": medseal_authority_session_free);

impl SessionOf {
    fn session(&mut self) -> Result<(&AuthorityKey, &mut Session), Failure> {
        Ok((&self.key, self.session.as_mut().ok_or_else(Failure::spent)?))
    }
}

/// Begins a key generation.
///
/// @param roster who takes part
/// @param key this authority's static key
/// @return MEDSEAL_ERR_NO_PART for a key that the roster does not name,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_generate(
    roster: *const medseal_roster,
    key: *const medseal_authority_key,
    session: *mut *mut medseal_authority_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out("session", session)?;
        let (plan, key) = (Plan::generate(c.get("roster", roster)?.clone()), c.get("key", key)?);
        let started = Session::start(plan, key, None, &mut OsRng)?;
        session.set(SessionOf { key: key.duplicate(), session: Some(started) })
    })
}

/// Begins a resharing: exactly a threshold of old authorities deal to a new roster,
/// which may be the old one.
///
/// @param generation the old generation
/// @param quorum the numbers of those who deal, in ascending order
/// @param roster who gets shares
/// @param key this authority's static key
/// @param share its share of the old generation if it deals, or NULL
/// @return MEDSEAL_ERR_INVALID_FIELD for another quorum, MEDSEAL_ERR_OUT_OF_RANGE,
///         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
///         takes no part, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_reshare(
    generation: *const medseal_generation,
    quorum: *const u8,
    quorum_count: usize,
    roster: *const medseal_roster,
    key: *const medseal_authority_key,
    share: *const medseal_authority_share,
    session: *mut *mut medseal_authority_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out("session", session)?;
        let (old, roster) = (c.get("generation", generation)?, c.get("roster", roster)?.clone());
        let quorum = c.bytes("quorum", quorum, quorum_count)?;
        let (key, share) = (c.get("key", key)?, c.get_if_any("share", share)?);
        let plan = Plan::reshare(old, quorum, roster)?;
        let started = Session::start(plan, key, share, &mut OsRng)?;
        session.set(SessionOf { key: key.duplicate(), session: Some(started) })
    })
}

/// An authority's records. Without a name the directory would be whichever the process is in.
pub(in crate::ffi) fn records_in(
    c: &Caller,
    directory: *const c_char,
    directory_len: usize,
) -> Result<DirectoryRecords, Failure> {
    match c.text("directory", directory, directory_len)? {
        "" => Err(Failure::invalid("directory", "is empty")),
        directory => Ok(DirectoryRecords::new(directory.as_ref())),
    }
}

/// The master secret of key wrapping.
pub const MEDSEAL_MASTER_KEY_WRAPPING: i32 = 1;
/// The master secret of signatures.
pub const MEDSEAL_MASTER_SIGNATURES: i32 = 2;

/// Begins the making of one master secret anew, by all authorities of a generation.
///
/// @param generation the old generation
/// @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
/// @param key this authority's static key
/// @param share its share of the old generation
/// @return MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
///         takes no part, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_renew(
    generation: *const medseal_generation,
    secret: i32,
    key: *const medseal_authority_key,
    share: *const medseal_authority_share,
    session: *mut *mut medseal_authority_session,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let session = c.out("session", session)?;
        let (old, key, share) =
            (c.get("generation", generation)?, c.get("key", key)?, c.get("share", share)?);
        let secret = match secret {
            MEDSEAL_MASTER_KEY_WRAPPING => MasterSecret::KeyWrapping,
            MEDSEAL_MASTER_SIGNATURES => MasterSecret::Signatures,
            _ => return Err(Failure::invalid("secret", "is not a MEDSEAL_MASTER_ value")),
        };
        let plan = Plan::renew(old, secret)?;
        let started = Session::start(plan, key, Some(share), &mut OsRng)?;
        session.set(SessionOf { key: key.duplicate(), session: Some(started) })
    })
}

/// Takes a message, and every step that it makes possible. What does not belong here is
/// refused, and the session goes on; ask medseal_authority_session_state() whether it does, and
/// send what it still has.
///
/// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_receive(
    session: *mut medseal_authority_session,
    message: *const medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut session = c.get_mut("session", session)?;
        let (key, session) = session.session()?;
        Ok(session.receive(key, c.get("message", message)?, &mut OsRng)?)
    })
}

/// The next message to be sent: to all who take part, or to the one that it names.
///
/// @return MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_next(
    session: *mut medseal_authority_session,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let mut session = c.get_mut("session", session)?;
        let next = session.session()?.1.next_message();
        message.set(next.ok_or_else(|| Failure::absent("there is no message to send"))?)
    })
}

/// What a session waits for.
///
/// @param state where to put a MEDSEAL_SESSION_ value
/// @return MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_state(
    session: *mut medseal_authority_session,
    state: *mut i32,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let state = c.out_value("state", state)?;
        let mut session = c.get_mut("session", session)?;
        let (_, session) = session.session()?;
        state.set(match (session.is_checked(), session.is_over()) {
            (true, _) => MEDSEAL_SESSION_CHECKED,
            (_, true) => MEDSEAL_SESSION_OVER,
            _ => MEDSEAL_SESSION_WAITS,
        })
    })
}

/// Writes whose messages a session waits for, a line for each: the step, the authority's number and
/// name, and that it sent nothing. Empty if the session waits for nobody.
///
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @return MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_missing(
    session: *mut medseal_authority_session,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let mut session = c.get_mut("session", session)?;
        let (_, session) = session.session()?;
        out.put_text(&session.missing().iter().map(|missing| format!("{missing}\n")).collect::<String>())
    })
}

/// Stores the share durably in a directory, and only then signs. Afterwards the authority keeps the
/// share, whatever it waits for: others may have its signature.
///
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @return MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if another
///         resharing of the generation was confirmed, MEDSEAL_ERR_IO, MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_confirm(
    session: *mut medseal_authority_session,
    directory: *const c_char,
    directory_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut session = c.get_mut("session", session)?;
        let mut records = records_in(c, directory, directory_len)?;
        let (key, session) = session.session()?;
        Ok(session.confirm(key, &mut records)?)
    })
}

/// Share and certificate, once all authorities have confirmed. The session is then spent.
///
/// @return MEDSEAL_ERR_ABSENT before that, MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_session_finish(
    session: *mut medseal_authority_session,
    share: *mut *mut medseal_authority_share,
    certificate: *mut *mut medseal_generation_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("share", share), c.out("certificate", certificate));
        let (share, certificate) = (outs.0?, outs.1?);
        let mut session = c.get_mut("session", session)?;
        match session.session.take().ok_or_else(Failure::spent)?.finish() {
            Ok((own, signed)) => {
                share.set(own)?;
                certificate.set(signed)
            }
            Err(unfinished) => {
                session.session = Some(*unfinished);
                Err(Failure::absent("not all authorities have confirmed"))
            }
        }
    })
}
