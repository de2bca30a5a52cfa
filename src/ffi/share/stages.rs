//! Publishing stage by stage, each with a byte form to be kept before the next.

use crate::ffi::export::export;
use std::io::Write;

use rand_core::OsRng;

use super::database::medseal_database;
use super::publish::{ended, medseal_published, number};
use crate::error::Error;
use crate::ffi::entry::medseal_entry;
use crate::ffi::merkle::medseal_merkle_frontier;
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::Failure;
use crate::ffi::values::medseal_record_id;
use crate::share::{Draft, PublishError, Step};

export! {
    /// What a publication begins with, before a byte leaves the process: the record's id and its
    /// key. It is secret, as its byte form is, and wiped when freed.
    struct medseal_draft;

    /// Makes a draft. Keep its byte form before you go on.
    ///
    /// @param record the record's id, which all who read the ledger see; NULL for a random one
    medseal_draft_new(record: value_or_null medseal_record_id) -> (draft: object medseal_draft) {
        match record {
            None => Draft::new(&mut OsRng)?,
            Some(record) => Draft::of(record.into(), &mut OsRng)?,
        }
    }

    /// A record that is sealed and has an address. It is secret, as its byte form is, and wiped
    /// when freed.
    struct medseal_sealed;

    /// Seals a record into the store. Before the object is committed, so that it has an owner
    /// whatever happens, `keep` gets the byte form of the sealed publication, all of it in one
    /// call, and keeps it durably. If `keep` fails nothing is stored.
    ///
    /// Each time a draft is uploaded the record is sealed anew, to another digest and address:
    /// throw away what was kept of the time before. A crash or a MEDSEAL_ERR_IO after `keep` leaves
    /// open whether the object is there: go on with what was kept; medseal_finish() tells.
    ///
    /// @param reader gives the record
    /// @param keep takes the byte form of the sealed publication
    /// @return MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD of the
    ///         store, MEDSEAL_ERR_INVALID_TEXT if the store names no address, MEDSEAL_ERR_CANCELLED
    medseal_upload(
        consortium: consortium, draft: object medseal_draft, reader: reader, keep: writer, progress: progress
    ) -> (sealed: object medseal_sealed) {
        let mut tell = |step, done| progress.tell(number(step), done);
        let uploaded = consortium.upload(draft, reader, &mut OsRng, &mut tell)?;
        keep.write_all(&uploaded.sealed().to_bytes()).map_err(Error::from)?;
        uploaded.commit().map_err(|error| PublishError { step: Step::Store, error, resume: None })?
    }

    /// A publication of which all is made and nothing remains but to append the entry. It is
    /// secret, as its byte form is, and wiped when freed.
    struct medseal_prepared;

    /// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
    /// envelope, signs. It changes nothing and tells nobody. Keep the byte form of what it makes
    /// before you go on.
    ///
    /// Do not prepare two records from one state of a database: finish the first, and go on from
    /// the state that it leaves.
    ///
    /// @param publication under which policy, by which keywords, signed by whom
    /// @param database the hospital's database, whose hospital gets an envelope; or NULL
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim
    ///         policy, MEDSEAL_ERR_INVALID_KEY if the keyword key is not the one of the public
    ///         parameters, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are
    ///         not allowed, MEDSEAL_ERR_CANCELLED
    medseal_prepare(
        consortium: consortium, sealed: object medseal_sealed, publication: publication,
        database: peek_or_null medseal_database, progress: progress
    ) -> (prepared: object medseal_prepared) {
        let mut tell = |step, done| progress.tell(number(step), done);
        consortium.prepare(sealed, &publication.read(), database.as_deref(), &mut OsRng, &mut tell)?
    }

    /// Ends a publication, also one that was begun in another process: sees that the object is in
    /// the store, and appends the entry unless it is on the ledger already. Call it as often as you
    /// like: there is one entry.
    ///
    /// @param database the hospital's database that it was prepared with, in the state before it or
    ///                 after it, which is then in the state after it; or NULL, if you keep
    ///                 medseal_prepared_database()
    /// @param key the record key, for sharing the record under another policy later. May be NULL
    ///            itself
    /// @param published where to put what was published
    /// @return MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: then upload the record
    ///         again from medseal_prepared_draft(), and throw this one away;
    ///         MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another state, what
    ///         medseal_ledger_append() returns, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED
    medseal_finish(
        consortium: consortium, prepared: object medseal_prepared, database: state_or_null medseal_database,
        progress: progress, key: place medseal_record_key
    ) -> (published: value medseal_published) {
        let mut tell = |step, done| progress.tell(number(step), done);
        ended(consortium.finish(prepared, database.as_deref_mut(), &mut tell), key, None)?
    }

    /// The draft of a prepared publication, for uploading the record again if its object is gone.
    medseal_prepared_draft(prepared: object medseal_prepared) -> (draft: object medseal_draft) {
        prepared.draft()
    }

    /// The entry of a prepared publication.
    medseal_prepared_entry(prepared: object medseal_prepared) -> (entry: object medseal_entry) {
        prepared.entry().clone()
    }

    /// The state of the hospital's database with the record of a prepared publication.
    ///
    /// @return MEDSEAL_ERR_ABSENT if it was prepared without a database
    medseal_prepared_database(
        prepared: object medseal_prepared
    ) -> (frontier: object medseal_merkle_frontier) {
        prepared.database().ok_or_else(|| Failure::absent("there is no database"))?.clone()
    }
}
