//! Sharing a published record once more.

use crate::ffi::export::export;

use rand_core::OsRng;

use super::publish::{ended, medseal_published, number};
use super::stages::medseal_prepared;
use crate::ffi::record::medseal_record_key;
use crate::ffi::values::medseal_entry_id;

export! {
    /// Shares a published record under another policy, or by other keywords: appends a new entry
    /// about the same sealed record. The old one stays, and everyone who could open the record
    /// still can. The sealed record is read once, to see that it is there.
    ///
    /// @param entry the id of an entry about the record
    /// @param publication under which policy, by which keywords, signed by whom
    /// @param resume what medseal_finish() goes on from after a failure, or NULL where nothing
    ///               remains to be done. May be NULL itself
    /// @param published where to put what was published
    /// @return as medseal_publish(), and MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_UNKNOWN_OBJECT,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED if this is not the record's key
    medseal_rewrap(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_record_key,
        publication: publication, progress: progress, resume: place medseal_prepared
    ) -> (published: value medseal_published) {
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(
            consortium.rewrap(&entry.into(), key, &publication.read(), &mut OsRng, &mut tell),
            None,
            resume,
        )?
    }
}
