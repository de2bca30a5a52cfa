//! The whole flow: publish, find, open.

use std::ffi::c_char;
use std::io::{Read, Write};

use rand_core::OsRng;
use zeroize::Zeroizing;

use super::abe_keys::medseal_abe_decryption_key;
use super::abi::{Caller, OutHandle, OutValue, Plain, Versioned, guard};
use super::abs::medseal_abs_signing_key;
use super::attributes::medseal_attributes;
use super::callbacks::{
    Listener, MEDSEAL_STEP_APPEND, MEDSEAL_STEP_DIGEST, MEDSEAL_STEP_ENVELOPE, MEDSEAL_STEP_INDEX,
    MEDSEAL_STEP_NONE, MEDSEAL_STEP_SEAL, MEDSEAL_STEP_SIGN, MEDSEAL_STEP_STORE, MEDSEAL_STEP_WRAP, Source,
    Target, medseal_progress, medseal_reader, medseal_writer,
};
use super::charter::medseal_charters;
use super::entry::{medseal_entry, medseal_trusted_head};
use super::envelope::medseal_identity;
use super::envelope::medseal_super_node_public_key;
use super::handle::handle;
use super::ledger::{medseal_found, medseal_ledger, medseal_place};
use super::members::medseal_members_keys;
use super::merkle::medseal_merkle_frontier;
use super::objects::free;
use super::policy::medseal_policy;
use super::record::medseal_record_key;
use super::search::{hints_if_any, medseal_hints, medseal_keyword};
use super::search_keys::{medseal_keyword_key, medseal_search_key};
use super::status::{Failure, medseal_error, medseal_status};
use super::store::medseal_store;
use super::stream::{new_file, open_file};
use super::values::{medseal_digest, medseal_entry_id, medseal_receipt, medseal_record_id, medseal_summary};
use crate::abe::DecryptionKey;
use crate::error::Error;
use crate::ledger::{EntryId, TrustedHead};
use crate::merkle::Tree;
use crate::record::Receipt;
use crate::search::Keyword;
use crate::share::{Consortium, Database, Draft, Publication, PublishError, Published, Search, Step};

/// A hospital's list of records: their digest, and the identity to which envelopes about them are sealed. It
/// has state: one call at a time.
pub struct medseal_database {
    _opaque: [u8; 0],
}
handle!(stateful medseal_database(Database));

free!(public medseal_database(database) "a hospital's database": medseal_database_free);

/// Makes the empty database of a hospital.
///
/// Threads: any, and many at once.
///
/// @param public_key the super node's public key
/// @param identity the hospital's identity
/// @param database where to put the new object, to be freed with medseal_database_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_new(
    public_key: *const medseal_super_node_public_key,
    identity: *const medseal_identity,
    database: *mut *mut medseal_database,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let database = c.out("database", database)?;
        database.set(Database::new(*c.get("public_key", public_key)?, *c.get("identity", identity)?))
    })
}

/// Goes on with a database from the frontier that medseal_database_frontier() gave.
///
/// Threads: any; one call at a time with the same `frontier`.
///
/// @param public_key the super node's public key
/// @param identity the hospital's identity
/// @param frontier the frontier, which is copied
/// @param database where to put the new object, to be freed with medseal_database_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_resume(
    public_key: *const medseal_super_node_public_key,
    identity: *const medseal_identity,
    frontier: *const medseal_merkle_frontier,
    database: *mut *mut medseal_database,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let database = c.out("database", database)?;
        let frontier = c.get_mut("frontier", frontier)?.clone();
        database.set(Database::resume(
            *c.get("public_key", public_key)?,
            *c.get("identity", identity)?,
            frontier,
        ))
    })
}

/// The digest of a database: the Merkle root over its record digests. Keep it from others than the hospital and
/// main nodes.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param database the database
/// @param digest where to put the digest
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_digest(
    database: *const medseal_database,
    digest: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.out_value("digest", digest)?;
        digest.set(medseal_digest { bytes: *c.get_mut("database", database)?.digest().as_bytes() })
    })
}

/// The state of a database, to be kept after each publication.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param database the database
/// @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_frontier(
    database: *const medseal_database,
    frontier: *mut *mut medseal_merkle_frontier,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let frontier = c.out("frontier", frontier)?;
        let state = c.get_mut("database", database)?.frontier().clone();
        frontier.set(state)
    })
}

/// Whom a publication or a search goes to. It owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_consortium {
    /// sizeof(medseal_consortium).
    pub struct_size: usize,
    /// Where entries stand.
    pub ledger: *const medseal_ledger,
    /// Where sealed records are kept.
    pub store: *const medseal_store,
    /// The ledger's charters: entries are published under the current one, and what is read is judged by the one that it
    /// names.
    pub charters: *const medseal_charters,
    /// The head under which entries that are read have to stand; NULL to publish and find, and open nothing.
    pub head: *const medseal_trusted_head,
    /// How many threads seal, open and search; 0 for as many as there are processors.
    pub threads: usize,
    /// The members' keys that are held, or NULL.
    pub members: *const medseal_members_keys,
}

/// What to publish a record with. It owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_publication {
    /// sizeof(medseal_publication).
    pub struct_size: usize,
    /// Who may find and open it.
    pub access: *const medseal_policy,
    /// By which keywords it is found; at most 256.
    pub keywords: *const *const medseal_keyword,
    /// How many keywords.
    pub keyword_count: usize,
    /// The members' keyword key.
    pub keyword_key: *const medseal_keyword_key,
    /// NULL, unless the whole deployment has agreed on hints.
    pub hints: *const medseal_hints,
    /// Signs the entry, without telling whose key it is. It satisfies the consortium's claim policy.
    pub signing_key: *const medseal_abs_signing_key,
    /// The time by the uploader's clock, in Unix milliseconds, which all readers of the ledger see.
    pub time_ms: u64,
}

/// What was published.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_published {
    /// Where its entry stands.
    pub place: medseal_place,
    /// 1 if the entry was appended now; 0 if it stood there already, since an attempt before this one got through.
    pub is_new: i32,
    /// The record's id.
    pub record: medseal_record_id,
    /// The record's keyed summary. Keep it from others than those who can open the record.
    pub summary: medseal_summary,
    /// Digest and lengths. The address stands in the entry.
    pub receipt: medseal_receipt,
}

// SAFETY: each is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_consortium {}
// SAFETY: as above.
unsafe impl Versioned for medseal_publication {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_published {}

impl From<&Published> for medseal_published {
    fn from(published: &Published) -> Self {
        Self {
            place: (&published.place).into(),
            is_new: published.new.into(),
            record: (&published.record).into(),
            summary: (&published.summary).into(),
            receipt: medseal_receipt {
                digest: (&published.digest).into(),
                length: published.length,
                sealed_length: published.sealed_length,
            },
        }
    }
}

fn number(step: Step) -> i32 {
    match step {
        Step::Seal => MEDSEAL_STEP_SEAL,
        Step::Digest => MEDSEAL_STEP_DIGEST,
        Step::Wrap => MEDSEAL_STEP_WRAP,
        Step::Index => MEDSEAL_STEP_INDEX,
        Step::Envelope => MEDSEAL_STEP_ENVELOPE,
        Step::Sign => MEDSEAL_STEP_SIGN,
        Step::Store => MEDSEAL_STEP_STORE,
        Step::Append => MEDSEAL_STEP_APPEND,
    }
}

impl From<PublishError> for Failure {
    fn from(failed: PublishError) -> Self {
        let message = failed.to_string().into();
        Self { step: number(failed.step), message, ..Self::from(failed.error) }
    }
}

fn consortium<'c>(c: &'c Caller, consortium: *const medseal_consortium) -> Result<Consortium<'c>, Failure> {
    let consortium = c.sized("consortium", consortium)?;
    Ok(Consortium {
        ledger: c.get("consortium.ledger", consortium.ledger)?.as_dyn(),
        store: &**c.get("consortium.store", consortium.store)?,
        charters: c.get("consortium.charters", consortium.charters)?,
        head: match c.get_if_any("consortium.head", consortium.head)? {
            Some(head) => *head,
            // Nothing stands under it.
            None => TrustedHead::new(Tree::new().head(), 0, 0, 0)?,
        },
        members: c.get_if_any("consortium.members", consortium.members)?,
        threads: c.threads(consortium.threads),
    })
}

/// A publication, but for its keywords, which have to lie in one row.
fn publication<'c>(
    c: &'c Caller,
    publication: *const medseal_publication,
    keywords: &'c mut Vec<Keyword>,
) -> Result<Publication<'c>, Failure> {
    let publication = c.sized("publication", publication)?;
    keywords.extend(
        c.get_all("publication.keywords", publication.keywords, publication.keyword_count)?
            .into_iter()
            .cloned(),
    );
    Ok(Publication {
        access: c.get("publication.access", publication.access)?,
        keywords,
        keyword_key: c.get("publication.keyword_key", publication.keyword_key)?,
        hints: hints_if_any(c, publication.hints)?,
        signing_key: c.get("publication.signing_key", publication.signing_key)?,
        time_ms: publication.time_ms,
    })
}

/// Where to put what was published, the record key, and what to go on from after a failure.
type Outputs = (
    Result<OutValue<medseal_published>, Failure>,
    Result<Option<OutHandle<medseal_record_key>>, Failure>,
    Result<Option<OutHandle<medseal_prepared>>, Failure>,
);

/// Puts the outcome where it belongs.
fn ended(result: Result<Published, PublishError>, outputs: Outputs) -> Result<(), Failure> {
    let (published, key, resume) = (outputs.0?, outputs.1?, outputs.2?);
    match result {
        Ok(made) => {
            published.set((&made).into())?;
            key.map_or(Ok(()), |key| key.set(made.key))
        }
        Err(mut failed) => {
            if let (Some(prepared), Some(resume)) = (failed.resume.take(), resume) {
                resume.set(*prepared)?;
            }
            Err(failed.into())
        }
    }
}

fn publish<R: Read>(
    c: &Caller,
    parties: *const medseal_consortium,
    with: *const medseal_publication,
    record: impl FnOnce() -> Result<R, Failure>,
    database: *mut medseal_database,
    mut progress: Listener,
    outputs: Outputs,
) -> Result<(), Failure> {
    let outputs = (Ok(outputs.0?), Ok(outputs.1?), Ok(outputs.2?));
    let parties = consortium(c, parties)?;
    let mut keywords = Vec::new();
    let with = publication(c, with, &mut keywords)?;
    let mut database = if database.is_null() { None } else { Some(c.get_mut("database", database)?) };
    let mut tell = |step, done| progress.tell(number(step), done);
    ended(parties.publish(record()?, &with, database.as_deref_mut(), &mut OsRng, &mut tell), outputs)
}

/// Publishes a record: seals it into the store as it is read, and appends an entry about it to the
/// ledger. Memory does not grow with the record. The step in the medseal_error says what failed. If the
/// object or the entry may be where it belongs all the same, there is something to resume from; otherwise
/// nothing is stored, and the record can be published anew. To survive a crash at any moment go through the
/// stages one by one: medseal_draft_new(), medseal_upload(), medseal_prepare(), medseal_finish().
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param consortium whom to
/// @param publication under which policy, by which keywords, signed by whom
/// @param reader gives the record
/// @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
///                 or NULL
/// @param progress told the step and how many bytes of the record were read, or NULL
/// @param key where to put the record key, for sharing the record under another policy later; NULL
///            on failure. May be NULL itself. To be freed with medseal_record_key_free
/// @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
///               done. May be NULL itself. To be freed with medseal_prepared_free
/// @param published where to put what was published
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the
///         claim policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
///         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
///         allowed, what medseal_ledger_append() returns, MEDSEAL_ERR_DIGEST_MISMATCH or
///         MEDSEAL_ERR_INVALID_FIELD of the store, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_publish(
    consortium: *const medseal_consortium,
    publication: *const medseal_publication,
    reader: *const medseal_reader,
    database: *mut medseal_database,
    progress: *const medseal_progress,
    key: *mut *mut medseal_record_key,
    resume: *mut *mut medseal_prepared,
    published: *mut medseal_published,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Source::new(c, reader), Listener::new(c, progress));
        let outputs =
            (c.out_value("published", published), c.out_if_any("key", key), c.out_if_any("resume", resume));
        let (reader, progress) = (streams.0?, streams.1?);
        publish(c, consortium, publication, || Ok(reader), database, progress, outputs)
    })
}

/// As medseal_publish(), for a record that is in memory.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param consortium whom to
/// @param publication under which policy, by which keywords, signed by whom
/// @param record the record
/// @param record_len its bytes
/// @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
///                 or NULL
/// @param key where to put the record key, for sharing the record under another policy later; NULL
///            on failure. May be NULL itself. To be freed with medseal_record_key_free
/// @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
///               done. May be NULL itself. To be freed with medseal_prepared_free
/// @param published where to put what was published
/// @param err detail, or NULL
/// @return as medseal_publish()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_publish_bytes(
    consortium: *const medseal_consortium,
    publication: *const medseal_publication,
    record: *const u8,
    record_len: usize,
    database: *mut medseal_database,
    key: *mut *mut medseal_record_key,
    resume: *mut *mut medseal_prepared,
    published: *mut medseal_published,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outputs =
            (c.out_value("published", published), c.out_if_any("key", key), c.out_if_any("resume", resume));
        let record = || c.bytes("record", record, record_len);
        publish(c, consortium, publication, record, database, Listener::none(), outputs)
    })
}

/// As medseal_publish(), for a record that is a file.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param consortium whom to
/// @param publication under which policy, by which keywords, signed by whom
/// @param path the record's path, UTF-8
/// @param path_len its bytes
/// @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
///                 or NULL
/// @param progress told the step and how many bytes of the record were read, or NULL
/// @param key where to put the record key, for sharing the record under another policy later; NULL
///            on failure. May be NULL itself. To be freed with medseal_record_key_free
/// @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
///               done. May be NULL itself. To be freed with medseal_prepared_free
/// @param published where to put what was published
/// @param err detail, or NULL
/// @return as medseal_publish(), and MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_publish_file(
    consortium: *const medseal_consortium,
    publication: *const medseal_publication,
    path: *const c_char,
    path_len: usize,
    database: *mut medseal_database,
    progress: *const medseal_progress,
    key: *mut *mut medseal_record_key,
    resume: *mut *mut medseal_prepared,
    published: *mut medseal_published,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let outputs =
            (c.out_value("published", published), c.out_if_any("key", key), c.out_if_any("resume", resume));
        let file = || open_file(c.text("path", path, path_len)?);
        publish(c, consortium, publication, file, database, progress?, outputs)
    })
}

/// What a publication begins with, before a byte leaves the process: the record's id and its key. It is secret, as its
/// byte form is, and wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_draft {
    _opaque: [u8; 0],
}

/// Makes a draft. Keep its byte form before you go on.
///
/// Threads: any, and many at once.
///
/// @param record the record's id, which all who read the ledger see; NULL for a random one
/// @param draft where to put the new object, to be freed with medseal_draft_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_draft_new(
    record: *const medseal_record_id,
    draft: *mut *mut medseal_draft,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let draft = c.out("draft", draft)?;
        draft.set(if record.is_null() {
            Draft::new(&mut OsRng)?
        } else {
            Draft::of(c.value("record", record)?.into(), &mut OsRng)?
        })
    })
}

/// A record that is sealed and has an address. It is secret, as its byte form is, and wiped when freed. Immutable: any
/// number of threads may use it at once.
pub struct medseal_sealed {
    _opaque: [u8; 0],
}

/// Seals a record into the store. Before the object is committed, so that it has an owner whatever happens, `keep` gets
/// the byte form of the sealed publication, all of it in one call, and keeps it durably. If `keep` fails nothing is
/// stored.
///
/// Each time a draft is uploaded the record is sealed anew, to another digest and address: throw away what was kept of
/// the time before. A crash or a MEDSEAL_ERR_IO after `keep` leaves open whether the object is there: go on with what was
/// kept; medseal_finish() tells.
///
/// Threads: any, and many at once.
///
/// @param consortium whom to
/// @param draft the draft
/// @param reader gives the record
/// @param keep takes the byte form of the sealed publication
/// @param progress told the step and how many bytes of the record were read, or NULL
/// @param sealed where to put the new object, to be freed with medseal_sealed_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD of the store,
///         MEDSEAL_ERR_INVALID_TEXT if the store names no address, MEDSEAL_ERR_CANCELLED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_upload(
    consortium: *const medseal_consortium,
    draft: *const medseal_draft,
    reader: *const medseal_reader,
    keep: *const medseal_writer,
    progress: *const medseal_progress,
    sealed: *mut *mut medseal_sealed,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keep = Target::of(c, ["keep", "keep.write"], keep);
        let streams = (Source::new(c, reader), keep, Listener::new(c, progress));
        let sealed = c.out("sealed", sealed)?;
        let (reader, mut keep, mut progress) = (streams.0?, streams.1?, streams.2?);
        let (parties, draft) = (self::consortium(c, consortium)?, c.get("draft", draft)?);
        let mut tell = |step, done| progress.tell(number(step), done);
        let uploaded = parties.upload(draft, reader, &mut OsRng, &mut tell)?;
        keep.write_all(&uploaded.sealed().to_bytes()).map_err(Error::from)?;
        let stored = uploaded.commit();
        sealed.set(stored.map_err(|error| PublishError { step: Step::Store, error, resume: None })?)
    })
}

/// A publication of which all is made and nothing remains but to append the entry. It is secret, as its byte form is, and
/// wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_prepared {
    _opaque: [u8; 0],
}

/// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the envelope, signs. It changes
/// nothing and tells nobody. Keep the byte form of what it makes before you go on.
///
/// Do not prepare two records from one state of a database: finish the first, and go on from the state that it leaves.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param consortium whom to
/// @param sealed the sealed record
/// @param publication under which policy, by which keywords, signed by whom
/// @param database the hospital's database, whose hospital gets an envelope; or NULL
/// @param progress told the step and how many bytes the record has, or NULL
/// @param prepared where to put the new object, to be freed with medseal_prepared_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the
///         claim policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
///         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not
///         allowed, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_prepare(
    consortium: *const medseal_consortium,
    sealed: *const medseal_sealed,
    publication: *const medseal_publication,
    database: *const medseal_database,
    progress: *const medseal_progress,
    prepared: *mut *mut medseal_prepared,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let prepared = c.out("prepared", prepared)?;
        let mut progress = progress?;
        let (parties, sealed) = (self::consortium(c, consortium)?, c.get("sealed", sealed)?);
        let mut keywords = Vec::new();
        let with = self::publication(c, publication, &mut keywords)?;
        let database = if database.is_null() { None } else { Some(c.get_mut("database", database)?) };
        let mut tell = |step, done| progress.tell(number(step), done);
        prepared.set(parties.prepare(sealed, &with, database.as_deref(), &mut OsRng, &mut tell)?)
    })
}

/// Ends a publication, also one that was begun in another process: sees that the object is in the store, and appends the
/// entry unless it is on the ledger already. Call it as often as you like: there is one entry.
///
/// Threads: any; one call at a time with the same `database`.
///
/// @param consortium whom to
/// @param prepared the prepared publication
/// @param database the hospital's database that it was prepared with, in the state before it or after it, which is then in
///                 the state after it; or NULL, if you keep medseal_prepared_database()
/// @param progress told the step and how many bytes the record has, or NULL
/// @param key where to put the record key, for sharing the record under another policy later; NULL
///            on failure. May be NULL itself. To be freed with medseal_record_key_free
/// @param published where to put what was published
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: then upload the record again from
///         medseal_prepared_draft(), and throw this one away; MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another
///         state, what medseal_ledger_append() returns, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_finish(
    consortium: *const medseal_consortium,
    prepared: *const medseal_prepared,
    database: *mut medseal_database,
    progress: *const medseal_progress,
    key: *mut *mut medseal_record_key,
    published: *mut medseal_published,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let outputs = (c.out_value("published", published), c.out_if_any("key", key));
        let outputs = (Ok(outputs.0?), Ok(outputs.1?), Ok(None));
        let mut progress = progress?;
        let (parties, prepared) = (self::consortium(c, consortium)?, c.get("prepared", prepared)?);
        let mut database = if database.is_null() { None } else { Some(c.get_mut("database", database)?) };
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(parties.finish(prepared, database.as_deref_mut(), &mut tell), outputs)
    })
}

/// The draft of a prepared publication, for uploading the record again if its object is gone.
///
/// Threads: any, and many at once.
///
/// @param prepared the prepared publication
/// @param draft where to put the new object, to be freed with medseal_draft_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_prepared_draft(
    prepared: *const medseal_prepared,
    draft: *mut *mut medseal_draft,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let draft = c.out("draft", draft)?;
        draft.set(c.get("prepared", prepared)?.draft())
    })
}

/// The entry of a prepared publication.
///
/// Threads: any, and many at once.
///
/// @param prepared the prepared publication
/// @param entry where to put the new object, to be freed with medseal_entry_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_prepared_entry(
    prepared: *const medseal_prepared,
    entry: *mut *mut medseal_entry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let entry = c.out("entry", entry)?;
        entry.set(c.get("prepared", prepared)?.entry().clone())
    })
}

/// The state of the hospital's database with the record of a prepared publication.
///
/// Threads: any, and many at once.
///
/// @param prepared the prepared publication
/// @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_ABSENT if it was prepared without a database, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_prepared_database(
    prepared: *const medseal_prepared,
    frontier: *mut *mut medseal_merkle_frontier,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let frontier = c.out("frontier", frontier)?;
        let state = c.get("prepared", prepared)?.database();
        frontier.set(state.ok_or_else(|| Failure::absent("there is no database"))?.clone())
    })
}

/// Shares a published record under another policy, or by other keywords: appends a new entry about
/// the same sealed record. The old one stays, and everyone who could open the record still can. The
/// sealed record is read once, to see that it is there.
///
/// Threads: any, and many at once.
///
/// @param consortium whom to
/// @param entry the id of an entry about the record
/// @param key the record key
/// @param publication under which policy, by which keywords, signed by whom
/// @param progress told the step and how many bytes were read, or NULL
/// @param resume where to put what medseal_finish() goes on from after a failure, or NULL where nothing remains to be
///               done. May be NULL itself. To be freed with medseal_prepared_free
/// @param published where to put what was published
/// @param err detail, or NULL
/// @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
///         MEDSEAL_ERR_DECRYPTION_FAILED if this is not the record's key
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_rewrap(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_record_key,
    publication: *const medseal_publication,
    progress: *const medseal_progress,
    resume: *mut *mut medseal_prepared,
    published: *mut medseal_published,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let outputs = (c.out_value("published", published), Ok(None), c.out_if_any("resume", resume));
        let outputs = (Ok(outputs.0?), outputs.1, Ok(outputs.2?));
        let mut progress = progress?;
        let parties = self::consortium(c, consortium)?;
        let mut keywords = Vec::new();
        let with = self::publication(c, publication, &mut keywords)?;
        let (entry, key) = (c.value("entry", entry)?.into(), c.get("key", key)?);
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(parties.rewrap(&entry, key, &with, &mut OsRng, &mut tell), outputs)
    })
}

/// What is to be found. It owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_search {
    /// sizeof(medseal_search).
    pub struct_size: usize,
    /// The keyword.
    pub keyword: *const medseal_keyword,
    /// The searcher's key.
    pub key: *const medseal_search_key,
    /// The attributes that the nodes see, and that records are found by: those that the policies at hand need, of
    /// medseal_attributes_needed(). Those of medseal_search_key_attributes() are all that the key has, by which a node
    /// may know its user.
    pub showing: *const medseal_attributes,
    /// The periods to give hints for, ascending, at most 256; NULL unless the whole deployment has agreed on hints.
    pub hints: *const medseal_hints,
    /// How many.
    pub hints_count: usize,
    /// The height to begin at.
    pub from: u64,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_search {}

/// Finds the entries that have a keyword and whose policy the shown attributes satisfy. Who signed them is checked
/// when one is opened. For several keywords make a query and hand it to medseal_ledger_search().
///
/// Threads: any, and many at once.
///
/// @param consortium where
/// @param search what is to be found
/// @param progress told how many entries are done, or NULL
/// @param found where to put the new object, to be freed with medseal_found_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, as medseal_search_trapdoor(), or as medseal_ledger_search()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_find(
    consortium: *const medseal_consortium,
    search: *const medseal_search,
    progress: *const medseal_progress,
    found: *mut *mut medseal_found,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let found = c.out("found", found)?;
        let mut progress = progress?;
        let parties = self::consortium(c, consortium)?;
        let search = c.sized("search", search)?;
        let hints =
            c.values("search.hints", search.hints, search.hints_count)?.iter().map(medseal_hints::read);
        let search = Search {
            keyword: c.get("search.keyword", search.keyword)?,
            key: c.get("search.key", search.key)?,
            showing: c.get("search.showing", search.showing)?,
            hints: &hints.collect::<Result<Vec<_>, _>>()?,
            from: search.from,
        };
        let tell = &mut |done| progress.tell(MEDSEAL_STEP_NONE, done);
        found.set(parties.find(&search, &mut OsRng, tell)?)
    })
}

/// Unwraps the key of the record that an entry is about.
///
/// Threads: any, and many at once.
///
/// @param consortium where
/// @param entry the entry's id
/// @param key the decryption key
/// @param record_key where to put the new object, to be freed with medseal_record_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH,
///         MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
///         MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have accepted, or what
///         medseal_ledger_get() and medseal_ledger_prove() return
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_unwrap_record_key(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    record_key: *mut *mut medseal_record_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let record_key = c.out("record_key", record_key)?;
        let parties = self::consortium(c, consortium)?;
        let (entry, key) = (c.value("entry", entry)?.into(), c.get("key", key)?);
        record_key.set(parties.record_key(&parties.entry(&entry)?, key)?)
    })
}

fn open(
    parties: &Consortium<'_>,
    entry: &EntryId,
    key: &DecryptionKey,
    output: impl Write,
    mut progress: Listener,
) -> Result<Receipt, Failure> {
    Ok(parties.open(entry, key, output, &mut |done| progress.tell(MEDSEAL_STEP_NONE, done))?)
}

/// Opens the record of an entry that somebody entitled signed and that stands under the consortium's head. What is written was sealed under the record key, but
/// only after success it is the whole record, and the one that was signed for: throw it away after a failure. Memory
/// does not grow with the record.
///
/// Threads: any, and many at once.
///
/// @param consortium where
/// @param entry the entry's id
/// @param key the decryption key
/// @param writer takes the record
/// @param progress told how many bytes of the record are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_UNKNOWN_OBJECT, MEDSEAL_ERR_DECRYPTION_FAILED,
///         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
///         MEDSEAL_ERR_INVALID_SIGNATURE or MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have
///         accepted, MEDSEAL_ERR_CANCELLED, a decoding status if the store has no sealed record there, or what
///         medseal_ledger_get() and medseal_ledger_prove() return
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    writer: *const medseal_writer,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Target::new(c, writer), Listener::new(c, progress));
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let (writer, progress) = (streams.0?, streams.1?);
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        receipt.set((&open(&parties, &entry, c.get("key", key)?, writer, progress)?).into())
    })
}

/// As medseal_open(), to memory. All of the work is done to find the size, so bring a buffer that is large enough.
///
/// Threads: any, and many at once.
///
/// @param consortium where
/// @param entry the entry's id
/// @param key the decryption key
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param receipt where to put digest and lengths, or NULL
/// @param err detail, or NULL
/// @return as medseal_open(), and MEDSEAL_ERR_BUFFER_TOO_SMALL
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open_bytes(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        let mut record = Growing(Zeroizing::new(Vec::new()));
        let opened = open(&parties, &entry, c.get("key", key)?, &mut record, Listener::none())?;
        out.put(&record.0)?;
        receipt.set((&opened).into())
    })
}

/// As medseal_open(), to a new file, which gets its name when it is whole: after a failure or a crash there is
/// none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end, leaves the whole file). A crash can
/// leave a file `.medseal-*` in the folder, which can be deleted.
///
/// Threads: any, and many at once.
///
/// @param consortium where
/// @param entry the entry's id
/// @param key the decryption key
/// @param path the record's path, UTF-8, where no file is yet
/// @param path_len its bytes
/// @param progress told how many bytes of the record are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @param err detail, or NULL
/// @return as medseal_open(), and MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open_file(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    path: *const c_char,
    path_len: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let progress = progress?;
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        let key = c.get("key", key)?;
        let opened =
            new_file(c.text("path", path, path_len)?, |file| open(&parties, &entry, key, file, progress))?;
        receipt.set((&opened).into())
    })
}

/// Plaintext in memory, growing without leaving copies behind.
struct Growing(Zeroizing<Vec<u8>>);

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.capacity() - self.0.len() < bytes.len() {
            let room = (self.0.len() + bytes.len()).max(self.0.capacity() * 2);
            let mut grown = Zeroizing::new(Vec::new());
            grown.try_reserve_exact(room).map_err(|_| std::io::ErrorKind::OutOfMemory)?;
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
