//! Publishing in one call.

use std::ffi::c_char;
use std::io::Read;

use rand_core::OsRng;

use super::consortium::{consortium, medseal_consortium};
use super::database::medseal_database;
use super::stages::medseal_prepared;
use crate::ffi::abi::{Caller, OutHandle, OutValue, Plain, Versioned, guard};
use crate::ffi::abs::medseal_abs_signing_key;
use crate::ffi::callbacks::{
    Listener, MEDSEAL_STEP_APPEND, MEDSEAL_STEP_DIGEST, MEDSEAL_STEP_ENVELOPE, MEDSEAL_STEP_INDEX,
    MEDSEAL_STEP_SEAL, MEDSEAL_STEP_SIGN, MEDSEAL_STEP_STORE, MEDSEAL_STEP_WRAP, Source, medseal_progress,
    medseal_reader,
};
use crate::ffi::ledger::medseal_place;
use crate::ffi::policy::medseal_policy;
use crate::ffi::record::medseal_record_key;
use crate::ffi::search::{hints_if_any, medseal_hints, medseal_keyword};
use crate::ffi::search_keys::medseal_keyword_key;
use crate::ffi::status::{Failure, medseal_error, medseal_status};
use crate::ffi::stream::open_file;
use crate::ffi::values::{medseal_receipt, medseal_record_id, medseal_summary};
use crate::search::Keyword;
use crate::share::{Publication, PublishError, Published, Step};

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
    /// Signs the entry, without telling whose key it is. It satisfies the
    /// consortium's claim policy.
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
    /// 1 if the entry was appended now; 0 if it stood there already, since an attempt
    /// before this one got through.
    pub is_new: i32,
    /// The record's id.
    pub record: medseal_record_id,
    /// The record's keyed summary. Keep it from others than those who can open the record.
    pub summary: medseal_summary,
    /// Digest and lengths. The address stands in the entry.
    pub receipt: medseal_receipt,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
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

pub(super) fn number(step: Step) -> i32 {
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

/// A publication, but for its keywords, which have to lie in one row.
pub(super) fn publication<'c>(
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
pub(super) type Outputs =
    (OutValue<medseal_published>, Option<OutHandle<medseal_record_key>>, Option<OutHandle<medseal_prepared>>);

/// All are taken before one is refused. NULL where there is no key, or nothing to go on from.
pub(super) fn outputs(
    c: &Caller,
    published: *mut medseal_published,
    key: *mut *mut medseal_record_key,
    resume: *mut *mut medseal_prepared,
) -> Result<Outputs, Failure> {
    let outs =
        (c.out_value("published", published), c.out_if_any("key", key), c.out_if_any("resume", resume));
    Ok((outs.0?, outs.1?, outs.2?))
}

/// Puts the outcome where it belongs.
pub(super) fn ended(result: Result<Published, PublishError>, outputs: Outputs) -> Result<(), Failure> {
    let (published, key, resume) = outputs;
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
    let parties = consortium(c, parties)?;
    let mut keywords = Vec::new();
    let with = publication(c, with, &mut keywords)?;
    let mut database = if database.is_null() { None } else { Some(c.get_mut("database", database)?) };
    let mut tell = |step, done| progress.tell(number(step), done);
    ended(parties.publish(record()?, &with, database.as_deref_mut(), &mut OsRng, &mut tell), outputs)
}

/// Publishes a record: seals it into the store as it is read, and appends an entry about it to the
/// ledger. Memory does not grow with the record. The step in the medseal_error says what failed. If
/// the object or the entry may be where it belongs all the same, there is something to resume from;
/// otherwise nothing is stored, and the record can be published anew. To survive a crash at any
/// moment go through the stages one by one: medseal_draft_new(), medseal_upload(),
/// medseal_prepare(), medseal_finish().
///
/// @param consortium whom to
/// @param publication under which policy, by which keywords, signed by whom
/// @param reader gives the record
/// @param database the hospital's database, to which the record is added and whose hospital gets an envelope;
///                 or NULL
/// @param progress told the step and how many bytes of the record were read, or NULL
/// @param key the record key, for sharing the record under another policy later. May be NULL itself
/// @param resume what medseal_finish() goes on from after a failure, or NULL where nothing remains to
///               be done. May be NULL itself
/// @param published where to put what was published
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim policy,
///         MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public parameters,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
///         what medseal_ledger_append() returns, MEDSEAL_ERR_DIGEST_MISMATCH or
///         MEDSEAL_ERR_INVALID_FIELD of the store, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
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
        let outputs = outputs(c, published, key, resume);
        let (reader, progress) = (streams.0?, streams.1?);
        publish(c, consortium, publication, || Ok(reader), database, progress, outputs?)
    })
}

/// As medseal_publish(), for a record that is in memory.
///
/// @param record the record
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
        let outputs = outputs(c, published, key, resume);
        let record = || c.bytes("record", record, record_len);
        publish(c, consortium, publication, record, database, Listener::none(), outputs?)
    })
}

/// As medseal_publish(), for a record that is a file.
///
/// @param path the record's path, UTF-8
/// @return also MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
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
        let outputs = outputs(c, published, key, resume);
        let file = || open_file(c.text("path", path, path_len)?);
        publish(c, consortium, publication, file, database, progress?, outputs?)
    })
}
