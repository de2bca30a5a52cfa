//! Publishing stage by stage, each with a byte form to be kept before the next.

use crate::ffi::objects::give;
use std::io::Write;
use std::ptr;

use rand_core::OsRng;

use super::consortium::{consortium, medseal_consortium};
use super::database::medseal_database;
use super::publish::{ended, medseal_publication, medseal_published, number, outputs, publication};
use crate::error::Error;
use crate::ffi::abi::{Caller, guard};
use crate::ffi::callbacks::{Listener, Source, Target, medseal_progress, medseal_reader, medseal_writer};
use crate::ffi::entry::medseal_entry;
use crate::ffi::merkle::medseal_merkle_frontier;
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::{Failure, medseal_error, medseal_status};
use crate::ffi::values::medseal_record_id;
use crate::share::{Draft, PublishError, Step};

/// What a publication begins with, before a byte leaves the process: the record's id and its key.
/// It is secret, as its byte form is, and wiped when freed.
pub struct medseal_draft {
    _opaque: [u8; 0],
}

/// Makes a draft. Keep its byte form before you go on.
///
/// @param record the record's id, which all who read the ledger see; NULL for a random one
/// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
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

/// A record that is sealed and has an address. It is secret, as its byte form is, and wiped when
/// freed.
pub struct medseal_sealed {
    _opaque: [u8; 0],
}

/// Seals a record into the store. Before the object is committed, so that it has an owner whatever
/// happens, `keep` gets the byte form of the sealed publication, all of it in one call, and keeps
/// it durably. If `keep` fails nothing is stored.
///
/// Each time a draft is uploaded the record is sealed anew, to another digest and address: throw
/// away what was kept of the time before. A crash or a MEDSEAL_ERR_IO after `keep` leaves open
/// whether the object is there: go on with what was kept; medseal_finish() tells.
///
/// @param consortium whom to
/// @param reader gives the record
/// @param keep takes the byte form of the sealed publication
/// @param progress told the step and how many bytes of the record were read, or NULL
/// @return MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD of the store,
///         MEDSEAL_ERR_INVALID_TEXT if the store names no address, MEDSEAL_ERR_CANCELLED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
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

/// A publication of which all is made and nothing remains but to append the entry. It is secret, as
/// its byte form is, and wiped when freed.
pub struct medseal_prepared {
    _opaque: [u8; 0],
}

/// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
/// envelope, signs. It changes nothing and tells nobody. Keep the byte form of what it
/// makes before you go on.
///
/// Do not prepare two records from one state of a database: finish the first, and go on from
/// the state that it leaves.
///
/// @param consortium whom to
/// @param sealed the sealed record
/// @param publication under which policy, by which keywords, signed by whom
/// @param database the hospital's database, whose hospital gets an envelope; or NULL
/// @param progress told the step and how many bytes the record has, or NULL
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim policy,
///         MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public parameters,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed,
///         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
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

/// Ends a publication, also one that was begun in another process: sees that the object is in
/// the store, and appends the entry unless it is on the ledger already. Call it as often as you
/// like: there is one entry.
///
/// @param consortium whom to
/// @param prepared the prepared publication
/// @param database the hospital's database that it was prepared with, in the state before it or after it, which is then in
///                 the state after it; or NULL, if you keep medseal_prepared_database()
/// @param progress told the step and how many bytes the record has, or NULL
/// @param key the record key, for sharing the record under another policy later. May be NULL itself
/// @param published where to put what was published
/// @return MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: then upload the record
///         again from medseal_prepared_draft(), and throw this one away;
///         MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another state, what
///         medseal_ledger_append() returns, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED
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
        let outputs = outputs(c, published, key, ptr::null_mut())?;
        let mut progress = progress?;
        let (parties, prepared) = (self::consortium(c, consortium)?, c.get("prepared", prepared)?);
        let mut database = if database.is_null() { None } else { Some(c.get_mut("database", database)?) };
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(parties.finish(prepared, database.as_deref_mut(), &mut tell), outputs)
    })
}

give! {
    /// The draft of a prepared publication, for uploading the record again if its object is gone.
    ///
    /// @param prepared the prepared publication
    medseal_prepared_draft(prepared: medseal_prepared) -> draft: object medseal_draft { prepared.draft() }
}

give! {
    /// The entry of a prepared publication.
    ///
    /// @param prepared the prepared publication
    medseal_prepared_entry(prepared: medseal_prepared) -> entry: object medseal_entry {
        prepared.entry().clone()
    }
}

give! {
    /// The state of the hospital's database with the record of a prepared publication.
    ///
    /// @param prepared the prepared publication
    /// @return MEDSEAL_ERR_ABSENT if it was prepared without a database
    medseal_prepared_database(prepared: medseal_prepared) -> frontier: object medseal_merkle_frontier {
        prepared.database().ok_or_else(|| Failure::absent("there is no database"))?.clone()
    }
}
