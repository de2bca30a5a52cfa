//! Publishing in stages, each with a byte form to store before the next.

use crate::ffi::export::export;
use std::io::Write;

use rand_core::OsRng;

use super::database::medseal_database;
use super::publish::{ended, medseal_prepared, medseal_published};
use crate::error::Error;
use crate::ffi::entry::medseal_entry;
use crate::ffi::merkle::medseal_merkle_frontier;
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::Failure;
use crate::ffi::values::medseal_record_id;
use crate::share::{Draft, PublishError, Step};

export! {
    /// The first stage of a publication, before a byte leaves the process: the record's id and key.
    /// It is secret, and wiped when freed.
    struct medseal_draft;

    /// Makes a draft. Store its byte form before you continue.
    /// @param record the record's id, which all readers of the ledger see; NULL for a random one
    medseal_draft_new(record: value_or_null medseal_record_id) -> (draft: object medseal_draft) {
        match record {
            None => Draft::new(&mut OsRng)?,
            Some(record) => Draft::of(record.into(), &mut OsRng)?,
        }
    }

    /// The second stage: a record that is sealed and has an address. It is secret, and wiped when
    /// freed.
    struct medseal_sealed;

    /// Seals a record into the store. Before the object is committed, `keep` receives the whole
    /// byte form of the sealed publication in one call, and must store it durably: without it, a
    /// crash could leave an object that nobody knows of. If `keep` fails, nothing is stored.
    ///
    /// Each upload of a draft seals the record again, with a different digest and address. Discard
    /// what `keep` stored in an earlier upload. After a crash, or a MEDSEAL_ERR_IO after `keep`,
    /// the object may or may not be in the store. Continue with what `keep` stored:
    /// medseal_finish() checks whether the object is there.
    /// @param keep stores the byte form of the sealed publication
    /// @return MEDSEAL_ERR_IO, MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD from the
    ///         store, MEDSEAL_ERR_INVALID_TEXT if the store returns no valid address
    medseal_upload(
        consortium: consortium, draft: object medseal_draft, reader: reader, keep: writer, progress: progress
    ) -> (sealed: object medseal_sealed) {
        let uploaded = consortium.upload(draft, reader, &mut OsRng, &mut progress.steps())?;
        keep.write_all(&uploaded.sealed().to_bytes()).map_err(Error::from)?;
        uploaded.commit().map_err(|error| PublishError { step: Step::Store, error, resume: None })?
    }

    /// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
    /// envelope and signs. It changes nothing, in the ledger, the store or the database. Store the
    /// byte form of the result before you continue.
    ///
    /// Do not prepare two records from the same state of a database. Finish the first, and prepare
    /// the second from the state that it leaves.
    /// @param database the database of the hospital that gets an envelope, or NULL
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the signing key does not satisfy the claim
    ///         policy, MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_WRONG_MEMBERS_KEY,
    ///         MEDSEAL_ERR_INVALID_KEY if the keyword key does not match the public parameters,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_OUT_OF_RANGE for hints that are not allowed
    medseal_prepare(
        consortium: consortium, sealed: object medseal_sealed, publication: publication,
        database: peek_or_null medseal_database, progress: progress
    ) -> (prepared: object medseal_prepared) {
        consortium.prepare(sealed, &publication.read(), database.as_deref(), &mut OsRng, &mut progress.steps())?
    }

    /// Finishes a publication, which may have begun in another process: checks that the object is
    /// in the store, and appends the entry unless it is already on the ledger. You can repeat the
    /// call; the entry is appended only once.
    /// @param database the hospital's database that the publication was prepared with, or NULL if
    ///                 you store medseal_prepared_database(). It may be in the state before or
    ///                 after the publication; the call leaves it in the state after
    /// @param key receives the record key, for sharing the record under another policy later.
    ///            May be NULL
    /// @return MEDSEAL_ERR_UNKNOWN_OBJECT if the object is not in the store: upload the record
    ///         again from medseal_prepared_draft(), and discard this publication;
    ///         MEDSEAL_ERR_DIGEST_MISMATCH if the database is in another state, what
    ///         medseal_ledger_append() returns, MEDSEAL_ERR_IO
    medseal_finish(
        consortium: consortium, prepared: object medseal_prepared, database: state_or_null medseal_database,
        progress: progress, key: place medseal_record_key
    ) -> (published: value medseal_published) {
        ended(consortium.finish(prepared, database.as_deref_mut(), &mut progress.steps()), key, None)?
    }

    /// Returns the draft of a prepared publication, for uploading the record again if its object is
    /// lost.
    medseal_prepared_draft(prepared: object medseal_prepared) -> (draft: object medseal_draft) {
        prepared.draft()
    }

    /// Returns the entry of a prepared publication.
    medseal_prepared_entry(prepared: object medseal_prepared) -> (entry: object medseal_entry) {
        prepared.entry().clone()
    }

    /// Returns the state that the hospital's database has after a prepared publication.
    /// @return MEDSEAL_ERR_ABSENT if the publication was prepared without a database
    medseal_prepared_database(
        prepared: object medseal_prepared
    ) -> (frontier: object medseal_merkle_frontier) {
        prepared.database().ok_or_else(|| Failure::absent("there is no database"))?.clone()
    }
}
