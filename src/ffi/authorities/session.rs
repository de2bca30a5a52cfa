//! Sessions that generate keys, reshare them, or renew one secret.

use crate::ffi::export::export;

use rand_core::OsRng;

use super::generation::{medseal_authority_share, medseal_generation, medseal_generation_certificate};
use super::roster::{medseal_authority_key, medseal_authority_message, medseal_roster};
use crate::authorities::{AuthorityKey, AuthorityShare, DirectoryRecords, MasterSecret, Plan, Session};
use crate::ffi::status::Failure;

/// The session waits for messages.
pub const MEDSEAL_SESSION_WAITS: i32 = 0;
/// Everything dealt to the authority is valid. It must now store its share and confirm.
pub const MEDSEAL_SESSION_CHECKED: i32 = 1;
/// The session is over: it failed, or the authority has dealt and gets no share.
pub const MEDSEAL_SESSION_OVER: i32 = 2;

export! {
    /// One authority in a key generation or resharing. Pass it every message that arrives, and send
    /// every message that it returns. It is secret, and wiped when freed. It has state: one call at
    /// a time.
    struct medseal_authority_session: stateful SessionOf;
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
    /// @param roster the authorities that take part
    /// @return MEDSEAL_ERR_NO_PART for a key that the roster does not name
    medseal_authority_session_generate(
        roster: object medseal_roster, key: object medseal_authority_key
    ) -> (session: object medseal_authority_session) {
        SessionOf::start(Plan::generate(roster.clone()), key, None)?
    }

    /// Begins a resharing. A quorum of exactly the threshold of old authorities deals to a new
    /// roster, which may be the same as the old one.
    /// @param generation the old generation
    /// @param quorum the numbers of the dealers, in ascending order
    /// @param roster the authorities that get shares
    /// @param share the authority's share of the old generation if it deals, or NULL
    /// @return MEDSEAL_ERR_INVALID_FIELD if the quorum is not allowed, MEDSEAL_ERR_OUT_OF_RANGE,
    ///         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that
    ///         takes no part
    medseal_authority_session_reshare(
        generation: object medseal_generation, quorum, quorum_count: bytes, roster: object medseal_roster,
        key: object medseal_authority_key, share: object_or_null medseal_authority_share
    ) -> (session: object medseal_authority_session) {
        SessionOf::start(Plan::reshare(generation, quorum, roster.clone())?, key, share)?
    }
}

/// Opens an authority's records. An empty path would mean the current directory of the process.
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
    /// Begins to renew one master secret. All authorities of a generation take part.
    /// @param generation the old generation
    /// @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
    /// @param share the authority's share of the old generation
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

    /// Processes a message, and takes every step that it makes possible. A message that does not
    /// belong to the session is refused, and the session continues. After an error, check with
    /// medseal_authority_session_state() whether it does, and send the messages that it still has.
    /// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT
    medseal_authority_session_receive(
        session: state medseal_authority_session, message: object medseal_authority_message
    ) -> () {
        let (key, session) = session.session()?;
        session.receive(key, message, &mut OsRng)?
    }

    /// Returns the next message to send: to all who take part, or to the receiver that it names.
    /// @return MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT
    medseal_authority_session_next(
        session: state medseal_authority_session
    ) -> (message: object medseal_authority_message) {
        let (_, session) = session.session()?;
        session.next_message().ok_or_else(|| Failure::absent("there is no message to send"))?
    }

    /// Returns what a session waits for.
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

    /// Writes the authorities whose messages a session waits for. Each line has the step, the
    /// authority's number and name, and says that it has sent nothing. The text is empty if the
    /// session waits for no authority.
    /// @return MEDSEAL_ERR_SPENT
    medseal_authority_session_missing(session: state medseal_authority_session) -> (out, out_len: text) {
        let (_, session) = session.session()?;
        session.missing().iter().map(|missing| format!("{missing}\n")).collect::<String>()
    }

    /// Durably stores the share in a directory, and then signs the confirmation. From then on, the
    /// authority must keep the share, because others may have its signature.
    /// @return MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if a
    ///         different resharing of the generation was confirmed, MEDSEAL_ERR_IO,
    ///         MEDSEAL_ERR_SPENT
    medseal_authority_session_confirm(
        session: state medseal_authority_session, directory, directory_len: text
    ) -> () {
        let (key, session) = session.session()?;
        session.confirm(key, &mut records_in(directory)?)?
    }

    /// Returns the share and the certificate, once all authorities have confirmed. The session is
    /// then spent.
    /// @return MEDSEAL_ERR_ABSENT if some have not confirmed, MEDSEAL_ERR_SPENT
    medseal_authority_session_finish(
        session: state medseal_authority_session
    ) -> (share: object medseal_authority_share, certificate: object medseal_generation_certificate) {
        session.session.take().ok_or_else(Failure::spent)?.finish().map_err(|unfinished| {
            session.session = Some(*unfinished);
            Failure::absent("not all authorities have confirmed")
        })?
    }
}
