//! Sharing a published record once more.

use std::ptr;

use rand_core::OsRng;

use super::consortium::{consortium, medseal_consortium};
use super::publish::{ended, medseal_publication, medseal_published, number, outputs, publication};
use super::stages::medseal_prepared;
use crate::ffi::abi::{Caller, guard};
use crate::ffi::callbacks::{Listener, medseal_progress};
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::{medseal_error, medseal_status};
use crate::ffi::values::medseal_entry_id;

/// Shares a published record under another policy, or by other keywords: appends a new entry about
/// the same sealed record. The old one stays, and everyone who could open the record still can. The
/// sealed record is read once, to see that it is there.
///
/// @param consortium whom to
/// @param entry the id of an entry about the record
/// @param publication under which policy, by which keywords, signed by whom
/// @param progress told the step and how many bytes were read, or NULL
/// @param resume what medseal_finish() goes on from after a failure, or NULL where nothing remains to
///               be done. May be NULL itself
/// @param published where to put what was published
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
        let outputs = outputs(c, published, ptr::null_mut(), resume)?;
        let mut progress = progress?;
        let parties = self::consortium(c, consortium)?;
        let mut keywords = Vec::new();
        let with = self::publication(c, publication, &mut keywords)?;
        let (entry, key) = (c.value("entry", entry)?.into(), c.get("key", key)?);
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(parties.rewrap(&entry, key, &with, &mut OsRng, &mut tell), outputs)
    })
}
