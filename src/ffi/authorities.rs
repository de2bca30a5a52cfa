//! Several authorities: static keys, rosters, and sessions of key generation and resharing.

use std::ffi::c_char;

use rand_core::OsRng;

use super::abe_keys::medseal_abe_public_key;
use super::abi::{Caller, guard};
use super::abs::medseal_abs_public_key;
use super::envelope::medseal_super_node_public_key;
use super::handle::handle;
use super::objects::free;
use super::search_keys::medseal_search_public_key;
use super::status::{Failure, medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::authorities::{AuthorityKey, DirectoryRecords, Generation, MasterSecret, Plan, Roster, Session};
use crate::identity::Name;

/// An authority's static key: it signs and opens the authority's messages. It is secret, and wiped when freed.
/// Immutable: any number of threads may use it at once.
pub struct medseal_authority_key {
    _opaque: [u8; 0],
}

/// Makes a static key.
///
/// Threads: any, and many at once.
///
/// @param name the authority's name, UTF-8
/// @param name_len its bytes
/// @param key where to put the new object, to be freed with medseal_authority_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_key_generate(
    name: *const c_char,
    name_len: usize,
    key: *mut *mut medseal_authority_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        key.set(AuthorityKey::generate(name, &mut OsRng)?)
    })
}

/// The public side of a static key.
///
/// Threads: any, and many at once.
///
/// @param key the static key
/// @param public_key where to put the new object, to be freed with medseal_authority_public_key_free; NULL on
///                   failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_key_public(
    key: *const medseal_authority_key,
    public_key: *mut *mut medseal_authority_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("key", key)?.public_key())
    })
}

/// The public side of an authority's static key. Compare its fingerprint in person: nobody certifies it. Immutable:
/// any number of threads may use it at once.
pub struct medseal_authority_public_key {
    _opaque: [u8; 0],
}

/// Writes the name of an authority.
///
/// Threads: any, and many at once.
///
/// @param public_key the public key
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_public_key_name(
    public_key: *const medseal_authority_public_key,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        out.put_text(c.get("public_key", public_key)?.name().as_str())
    })
}

/// What people compare.
///
/// Threads: any, and many at once.
///
/// @param public_key the public key
/// @param fingerprint where to put 32 bytes
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_public_key_fingerprint(
    public_key: *const medseal_authority_public_key,
    fingerprint: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let fingerprint = c.out_value("fingerprint", fingerprint)?;
        fingerprint.set(medseal_digest { bytes: c.get("public_key", public_key)?.fingerprint() })
    })
}

/// Who the authorities are, numbered from 1, and how many of them are needed. Immutable: any number of threads may
/// use it at once.
pub struct medseal_roster {
    _opaque: [u8; 0],
}

/// Makes a roster of authorities whose fingerprints were compared. Everybody gives the keys in the same order, and
/// each try of a key generation or resharing its own context.
///
/// Threads: any, and many at once.
///
/// @param threshold how many are needed: at least 2, and more than half
/// @param keys their public keys
/// @param count how many, at most 255
/// @param context what they are for
/// @param context_len its bytes
/// @param roster where to put the new object, to be freed with medseal_roster_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE for another threshold, MEDSEAL_ERR_INVALID_PROOF,
///         MEDSEAL_ERR_INVALID_FIELD if a name or key is there twice, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_new(
    threshold: u8,
    keys: *const *const medseal_authority_public_key,
    count: usize,
    context: *const u8,
    context_len: usize,
    roster: *mut *mut medseal_roster,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let roster = c.out("roster", roster)?;
        let keys: Vec<_> = c.get_all("keys", keys, count)?.into_iter().cloned().collect();
        roster.set(Roster::new(threshold, &keys, c.bytes("context", context, context_len)?)?)
    })
}

/// What stands for a roster: authorities compare it before they begin, and members before they trust it.
///
/// Threads: any, and many at once.
///
/// @param roster the roster
/// @param digest where to put 32 bytes
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_digest(
    roster: *const medseal_roster,
    digest: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.out_value("digest", digest)?;
        digest.set(medseal_digest { bytes: c.get("roster", roster)?.digest() })
    })
}

/// How many authorities there are, and how many are needed.
///
/// Threads: any, and many at once.
///
/// @param roster the roster
/// @param threshold where to put how many are needed
/// @param size where to put how many there are
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_size(
    roster: *const medseal_roster,
    threshold: *mut u8,
    size: *mut u8,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value("threshold", threshold), c.out_value("size", size));
        let (threshold, size) = (outs.0?, outs.1?);
        let roster = c.get("roster", roster)?;
        threshold.set(roster.threshold())?;
        size.set(roster.size())
    })
}

/// Writes the name of the authority with a number.
///
/// Threads: any, and many at once.
///
/// @param roster the roster
/// @param index its number, from 1
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_ABSENT if nobody has this number, or a general
///         status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_roster_name(
    roster: *const medseal_roster,
    index: u8,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let name = c.get("roster", roster)?.name(index);
        out.put_text(name.ok_or_else(|| Failure::absent("nobody has this number"))?.as_str())
    })
}

/// A signed message of an authority. Its bytes are yours to carry, over any channel. Immutable: any number of
/// threads may use it at once.
pub struct medseal_authority_message {
    _opaque: [u8; 0],
}

/// Where a message belongs.
///
/// Threads: any, and many at once.
///
/// @param message the message
/// @param round where to put its round, or NULL: 0 to 4 in a session, greater ones in answers to requests
/// @param from where to put the number of its sender, or NULL
/// @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for who asked
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_message_header(
    message: *const medseal_authority_message,
    round: *mut u8,
    from: *mut u8,
    to: *mut u8,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value_if_any("round", round),
            c.out_value_if_any("from", from),
            c.out_value_if_any("to", to),
        );
        let (round, from, to) = (outs.0?, outs.1?, outs.2?);
        let message = c.get("message", message)?;
        round.set(message.round() as u8)?;
        from.set(message.from())?;
        to.set(message.to())
    })
}

/// The session waits for messages.
pub const MEDSEAL_SESSION_WAITS: i32 = 0;
/// All that the authority was dealt is right: it stores its share and confirms.
pub const MEDSEAL_SESSION_CHECKED: i32 = 1;
/// Nothing more comes of the session: it failed, or the authority has dealt and gets no share.
pub const MEDSEAL_SESSION_OVER: i32 = 2;

/// One authority in a key generation or resharing. Feed it with every message that arrives, send every message that
/// it has. It is secret, and wiped when freed. It has state: one call at a time.
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
/// Threads: any, and many at once.
///
/// @param roster who takes part
/// @param key this authority's static key
/// @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_NO_PART for a key that the roster does not name,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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

/// Begins a resharing: exactly a threshold of old authorities deal to a new roster, which may be the old one.
///
/// Threads: any, and many at once.
///
/// @param generation the old generation
/// @param quorum the numbers of those who deal, in ascending order
/// @param quorum_count how many
/// @param roster who gets shares
/// @param key this authority's static key
/// @param share its share of the old generation if it deals, or NULL
/// @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_FIELD for another quorum, MEDSEAL_ERR_OUT_OF_RANGE,
///         MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that takes no part,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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
pub(super) fn records_in(
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
/// Threads: any, and many at once.
///
/// @param generation the old generation
/// @param secret MEDSEAL_MASTER_KEY_WRAPPING or MEDSEAL_MASTER_SIGNATURES
/// @param key this authority's static key
/// @param share its share of the old generation
/// @param session where to put the new object, to be freed with medseal_authority_session_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY without the right share, MEDSEAL_ERR_NO_PART for a key that takes no
///         part, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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
            _ => return Err(Failure::invalid("secret", "is no MEDSEAL_MASTER_ value")),
        };
        let plan = Plan::renew(old, secret)?;
        let started = Session::start(plan, key, Some(share), &mut OsRng)?;
        session.set(SessionOf { key: key.duplicate(), session: Some(started) })
    })
}

/// Takes a message, and every step that it makes possible. What does not belong here is refused, and the session
/// goes on; ask medseal_authority_session_state() whether it does, and send what it still has.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param message the message
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, MEDSEAL_ERR_SPENT,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if there is none, MEDSEAL_ERR_SPENT, or a general status
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
        message.set(next.ok_or_else(|| Failure::absent("there is no message to be sent"))?)
    })
}

/// What a session waits for.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param state where to put a MEDSEAL_SESSION_ value
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_SPENT, or a general status
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

/// Stores the share durably in a directory, and only then signs. Afterwards the authority keeps the share, whatever
/// it waits for: others may have its signature.
///
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @param directory_len its bytes
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_NO_PART before the session is checked, MEDSEAL_ERR_ALREADY_SIGNED if another
///         resharing of the generation was confirmed, MEDSEAL_ERR_IO, MEDSEAL_ERR_SPENT, or a general status
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
/// Threads: any; one call at a time with the same `session`.
///
/// @param session the session
/// @param share where to put the new object, to be freed with medseal_authority_share_free; NULL on failure
/// @param certificate where to put the new object, to be freed with medseal_generation_certificate_free; NULL on
///                    failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT before that, MEDSEAL_ERR_SPENT, or a general status
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

/// One authority's share of all master secrets. Store and back it up as you do a master key, and delete it after a
/// resharing. It is secret, and wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_authority_share {
    _opaque: [u8; 0],
}

/// The confirmation that the share is stored, once more: after a crash, or when another authority lacks it.
///
/// Threads: any, and many at once.
///
/// @param share the share
/// @param key this authority's static key
/// @param message where to put the new object, to be freed with medseal_authority_message_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY for another authority's key, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_share_confirmation(
    share: *const medseal_authority_share,
    key: *const medseal_authority_key,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        message.set(c.get("share", share)?.confirmation(c.get("key", key)?)?)
    })
}

/// The certificate, from a share and the confirmations of all authorities: after a crash.
///
/// Threads: any, and many at once.
///
/// @param share the share
/// @param messages the confirmations
/// @param count how many
/// @param certificate where to put the new object, to be freed with medseal_generation_certificate_free; NULL on
///                    failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_CULPRITS naming in `err` who is at fault, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_share_certify(
    share: *const medseal_authority_share,
    messages: *const *const medseal_authority_message,
    count: usize,
    certificate: *mut *mut medseal_generation_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let certificate = c.out("certificate", certificate)?;
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        certificate.set(c.get("share", share)?.certify(&messages)?)
    })
}

/// All authorities' signatures on the public keys of a generation. It says nothing until it is verified. Immutable:
/// any number of threads may use it at once.
pub struct medseal_generation_certificate {
    _opaque: [u8; 0],
}

/// Verifies a certificate.
///
/// Threads: any, and many at once.
///
/// @param certificate the certificate
/// @param roster the roster that you trust
/// @param generation where to put the new object, to be freed with medseal_generation_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY for another roster, MEDSEAL_ERR_CULPRITS naming in `err` who is at
///         fault, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_certificate_verify(
    certificate: *const medseal_generation_certificate,
    roster: *const medseal_roster,
    generation: *mut *mut medseal_generation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let generation = c.out("generation", generation)?;
        let verified = c.get("certificate", certificate)?.verify(c.get("roster", roster)?)?.clone();
        generation.set(verified)
    })
}

/// The public keys of a generation of shares, verified. Immutable: any number of threads may use it at once.
pub struct medseal_generation {
    _opaque: [u8; 0],
}
handle!(shared medseal_generation(Generation));

free!(public medseal_generation(generation) "a generation": medseal_generation_free);

/// The number of a generation, from 1.
///
/// Threads: any, and many at once.
///
/// @param generation the generation
/// @param number where to put its number
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_number(
    generation: *const medseal_generation,
    number: *mut u32,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let number = c.out_value("number", number)?;
        number.set(c.get("generation", generation)?.number())
    })
}

/// The public key for key wrapping.
///
/// Threads: any, and many at once.
///
/// @param generation the generation
/// @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_abe(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.abe().clone())
    })
}

/// The public key for signatures.
///
/// Threads: any, and many at once.
///
/// @param generation the generation
/// @param public_key where to put the new object, to be freed with medseal_abs_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_abs(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_abs_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.abs().clone())
    })
}

/// The public key for search.
///
/// Threads: any, and many at once.
///
/// @param generation the generation
/// @param public_key where to put the new object, to be freed with medseal_search_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_search(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_search_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.search().clone())
    })
}

/// The public key for identities.
///
/// Threads: any, and many at once.
///
/// @param generation the generation
/// @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
///                   failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_super_node(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_super_node_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(*c.get("generation", generation)?.super_node())
    })
}
