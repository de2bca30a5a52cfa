//! Sessions of key generation, resharing, and of making one secret anew.

use crate::ffi::export::export;

use rand_core::OsRng;

use super::generation::{medseal_authority_share, medseal_generation, medseal_generation_certificate};
use super::roster::{medseal_authority_key, medseal_authority_message, medseal_roster};
use crate::authorities::{AuthorityKey, AuthorityShare, DirectoryRecords, MasterSecret, Plan, Session};
use crate::ffi::status::Failure;

/// The session waits for messages.
pub const MEDSEAL_SESSION_WAITS: i32 = 0;
/// All that the authority was dealt is right: it stores its share and confirms.
pub const MEDSEAL_SESSION_CHECKED: i32 = 1;
/// Nothing more comes of the session: it failed, or the authority has dealt and gets no share.
pub const MEDSEAL_SESSION_OVER: i32 = 2;

export! {
    /// One authority in a key generation or resharing. Feed it with every message that arrives,
    /// send every message that it has. It is secret, and wiped when freed. It has state: one call
    /// at a time.
    struct medseal_authority_session(session): stateful SessionOf,
        secret "a session" medseal_authority_session_free;
}

pub struct SessionOf {
    key: AuthorityKey,
    session: Option<Session>,
}

impl SessionOf {
    fn start(plan: Plan, key: &AuthorityKey, share: Option<&AuthorityShare>) -> Result<Self, Failure> {
        let session = Some(Session::start(plan, key, share, &mut OsRng)?);
        Ok(Self { key: key.duplicate(), session })
    }

    fn session(&mut self) -> Result<(&AuthorityKey, &mut Session), Failure> {
        Ok((&self.key, self.session.as_mut().ok_or_else(Failure::spent)?))
    }
}

export! {
    /// Begins a key generation.
    ///
    /// @param roster who takes part
    /// @return MEDSEAL_ERR_NO_PART for a key that the roster does not name
    medseal_authority_session_generate(
        roster: object medseal_roster, key: object medseal_authority_key
    ) -> (session: object medseal_authority_session) {
        SessionOf::start(Plan::generate(roster.clone()), key, None)?
    }

    /// Begins a resharing: exactly a threshold of old authorities deal to a new roster,
    /// which may be the old one.
    ///
    /// @param generation the old generation
    /// @param quorum the numbers of those who deal, in ascending order
    /// @param roster who gets shares
    /// @param share its share of the old generation if it deals, or NULL
    /// @return MEDSEAL_ERR_INVALID_FIELD for another quorum, MEDSEAL_ERR_OUT_OF_RANGE,
    ///         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
    ///         takes no part
    medseal_authority_session_reshare(
        generation: object medseal_generation, quorum, quorum_count: bytes, roster: object medseal_roster,
        key: object medseal_authority_key, share: object_or_null medseal_authority_share
    ) -> (session: object medseal_authority_session) {
        SessionOf::start(Plan::reshare(generation, quorum, roster.clone())?, key, share)?
    }
}

/// An authority's records. Without a name the directory would be whichever the process is in.
pub(in crate::ffi) fn records_in(directory: &str) -> Result<DirectoryRecords, Failure> {
    match directory {
        "" => Err(Failure::invalid("directory", "is empty")),
        directory => Ok(DirectoryRecords::new(directory.as_ref())),
    }
}

/// The master secret of key wrapping.
pub const MEDSEAL_MASTER_KEY_WRAPPING: i32 = 1;
/// The master secret of signatures.
pub const MEDSEAL_MASTER_SIGNATURES: i32 = 2;

export! {
    /// Begins the making of one master secret anew, by all authorities of a generation.
    ///
    /// @param generation the old generation
    /// @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
    /// @param share its share of the old generation
    /// @return MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
    ///         takes no part
    medseal_authority_session_renew(
        generation: object medseal_generation, secret: i32, key: object medseal_authority_key,
        share: object medseal_authority_share
    ) -> (session: object medseal_authority_session) {
        let secret = match secret {
            MEDSEAL_MASTER_KEY_WRAPPING => MasterSecret::KeyWrapping,
            MEDSEAL_MASTER_SIGNATURES => MasterSecret::Signatures,
            _ => return Err(Failure::invalid("secret", "is not a MEDSEAL_MASTER_ value")),
        };
        SessionOf::start(Plan::renew(generation, secret)?, key, Some(share))?
    }

    /// Takes a message, and every step that it makes possible. What does not belong here is
    /// refused, and the session goes on; ask medseal_authority_session_state() whether it does, and
    /// send what it still has.
    ///
    /// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT
    medseal_authority_session_receive(
        session: state medseal_authority_session, message: object medseal_authority_message
    ) -> () {
        let (key, session) = session.session()?;
        session.receive(key, message, &mut OsRng)?
    }

    /// The next message to be sent: to all who take part, or to the one that it names.
    ///
    /// @return MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT
    medseal_authority_session_next(
        session: state medseal_authority_session
    ) -> (message: object medseal_authority_message) {
        let (_, session) = session.session()?;
        session.next_message().ok_or_else(|| Failure::absent("there is no message to send"))?
    }

    /// What a session waits for.
    ///
    /// @param state where to put a MEDSEAL_SESSION_ value
    /// @return MEDSEAL_ERR_SPENT
    medseal_authority_session_state(session: state medseal_authority_session) -> (state: value i32) {
        let (_, session) = session.session()?;
        match (session.is_checked(), session.is_over()) {
            (true, _) => MEDSEAL_SESSION_CHECKED,
            (_, true) => MEDSEAL_SESSION_OVER,
            _ => MEDSEAL_SESSION_WAITS,
        }
    }

    /// Writes whose messages a session waits for, a line for each: the step, the authority's number
    /// and name, and that it sent nothing. Empty if the session waits for nobody.
    ///
    /// @return MEDSEAL_ERR_SPENT
    medseal_authority_session_missing(session: state medseal_authority_session) -> (out, out_len: text) {
        let (_, session) = session.session()?;
        session.missing().iter().map(|missing| format!("{missing}\n")).collect::<String>()
    }

    /// Stores the share durably in a directory, and only then signs. Afterwards the authority keeps
    /// the share, whatever it waits for: others may have its signature.
    ///
    /// @return MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if
    ///         another resharing of the generation was confirmed, MEDSEAL_ERR_IO, MEDSEAL_ERR_SPENT
    medseal_authority_session_confirm(
        session: state medseal_authority_session, directory, directory_len: text
    ) -> () {
        let (key, session) = session.session()?;
        session.confirm(key, &mut records_in(directory)?)?
    }

    /// Share and certificate, once all authorities have confirmed. The session is then spent.
    ///
    /// @return MEDSEAL_ERR_ABSENT before that, MEDSEAL_ERR_SPENT
    medseal_authority_session_finish(
        session: state medseal_authority_session
    ) -> (share: object medseal_authority_share, certificate: object medseal_generation_certificate) {
        session.session.take().ok_or_else(Failure::spent)?.finish().map_err(|unfinished| {
            session.session = Some(*unfinished);
            Failure::absent("not all authorities have confirmed")
        })?
    }
}
