//! Sharing a published record again.

use crate::ffi::export::export;

use rand_core::OsRng;

use super::publish::{ended, medseal_prepared, medseal_published};
use crate::ffi::record::medseal_record_key;
use crate::ffi::values::medseal_entry_id;

export! {
    /// Shares a published record under another policy or with other keywords: appends a new entry
    /// about the same sealed record. The old entry remains, and everyone who could open the record
    /// still can. The call reads the sealed record once, to check that it exists.
    /// @param entry the id of an entry about the record
    /// @param publication the new access policy, the keywords and the signing key
    /// @param resume receives, after a failure, a publication that medseal_finish() can finish; it
    ///               is set to NULL if there is none. May be NULL
    /// @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED if the key is not the record's
    medseal_rewrap(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_record_key,
        publication: publication, progress: progress, resume: place medseal_prepared
    ) -> (published: value medseal_published) {
        ended(
            consortium.rewrap(&entry.into(), key, &publication.read(), &mut OsRng, &mut progress.steps()),
            None,
            resume,
        )?
    }
}
