//! Publishing in one call.

use crate::ffi::export::export;
use std::io::Read;

use rand_core::OsRng;

use super::database::medseal_database;
use crate::ffi::abi::{Caller, OutHandle, Plain, Versioned, if_any};
use crate::ffi::abs::medseal_abs_signing_key;
use crate::ffi::callbacks::{Listener, number};
use crate::ffi::handle::InUse;
use crate::ffi::ledger::medseal_place;
use crate::ffi::policy::medseal_policy;
use crate::ffi::record::medseal_record_key;
use crate::ffi::search::{medseal_hints, medseal_keyword};
use crate::ffi::search_keys::medseal_keyword_key;
use crate::ffi::status::Failure;
use crate::ffi::stream::open_file;
use crate::ffi::values::{medseal_receipt, medseal_record_id, medseal_summary};
use crate::search::Keyword;
use crate::share::{Consortium, Database, Publication, PublishError, Published};

/// The policy, keywords and keys of a publication. The struct owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_publication {
    /// sizeof(medseal_publication).
    pub struct_size: usize,
    /// The access policy: who may find and open the record.
    pub access: *const medseal_policy,
    /// The keywords of the record; at most 256.
    pub keywords: *const *const medseal_keyword,
    /// The number of keywords.
    pub keyword_count: usize,
    /// The members' keyword key.
    pub keyword_key: *const medseal_keyword_key,
    /// Hints for search; NULL unless the whole deployment has agreed on them.
    pub hints: *const medseal_hints,
    /// The key that signs the entry, anonymously. Its attributes must satisfy the consortium's
    /// claim policy.
    pub signing_key: *const medseal_abs_signing_key,
    /// The time by the uploader's clock, in Unix milliseconds. All readers of the ledger see it.
    pub time_ms: u64,
}

/// What was published.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_published {
    /// The place of its entry on the ledger.
    pub place: medseal_place,
    /// 1 if this call appended the entry; 0 if an earlier attempt had already appended it.
    pub is_new: i32,
    /// The record's id.
    pub record: medseal_record_id,
    /// The record's keyed summary. Show it only to those who can open the record.
    pub summary: medseal_summary,
    /// The digest and the lengths. The address is in the entry.
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

impl From<PublishError> for Failure {
    fn from(failed: PublishError) -> Self {
        let message = failed.to_string().into();
        Self { step: number(failed.step), message, ..Self::from(failed.error) }
    }
}

/// A publication, with its keywords in one slice.
pub(in crate::ffi) struct With<'c> {
    with: Publication<'c>,
    keywords: Vec<Keyword>,
}

impl With<'_> {
    pub(super) fn read(&self) -> Publication<'_> {
        Publication { keywords: &self.keywords, ..self.with }
    }
}

pub(in crate::ffi) fn publication<'c>(
    c: &'c Caller,
    publication: *const medseal_publication,
) -> Result<With<'c>, Failure> {
    let publication = c.sized("publication", publication)?;
    let keywords = c.get_all("publication.keywords", publication.keywords, publication.keyword_count)?;
    let keywords = keywords.into_iter().cloned().collect();
    let with = Publication {
        access: c.get("publication.access", publication.access)?,
        keywords: &[],
        keyword_key: c.get("publication.keyword_key", publication.keyword_key)?,
        hints: if_any(publication.hints, || c.value("publication.hints", publication.hints))?
            .map(|hints| hints.read())
            .transpose()?,
        signing_key: c.get("publication.signing_key", publication.signing_key)?,
        time_ms: publication.time_ms,
    };
    Ok(With { with, keywords })
}

/// Sets the record key on success, and what to resume from on failure, where the caller wants them.
pub(super) fn ended(
    result: Result<Published, PublishError>,
    key: Option<OutHandle<medseal_record_key>>,
    resume: Option<OutHandle<medseal_prepared>>,
) -> Result<medseal_published, Failure> {
    match result {
        Ok(made) => {
            let published = (&made).into();
            key.map_or(Ok(()), |key| key.set(made.key))?;
            Ok(published)
        }
        Err(mut failed) => {
            if let (Some(prepared), Some(resume)) = (failed.resume.take(), resume) {
                resume.set(*prepared)?;
            }
            Err(failed.into())
        }
    }
}

fn publish(
    consortium: &Consortium<'_>,
    with: &With<'_>,
    record: impl Read,
    mut database: Option<InUse<'_, Database>>,
    mut progress: Listener,
    key: Option<OutHandle<medseal_record_key>>,
    resume: Option<OutHandle<medseal_prepared>>,
) -> Result<medseal_published, Failure> {
    let database = database.as_deref_mut();
    let made = consortium.publish(record, &with.read(), database, &mut OsRng, &mut progress.steps());
    ended(made, key, resume)
}

export! {
    /// The third stage: a publication whose entry is made and signed, and only has to be appended.
    /// It is secret, and wiped when freed.
    struct medseal_prepared;

    /// Publishes a record: seals it into the store as it is read, and appends an entry about it to
    /// the ledger. Memory use does not grow with the record.
    ///
    /// On failure, the step in the medseal_error says which step failed. If the object may be in
    /// the store or the entry on the ledger, the call sets `resume`. Otherwise nothing is stored,
    /// and you can publish the record again. To survive a crash at any point, call the stages one
    /// by one: medseal_draft_new(), medseal_upload(), medseal_prepare(), medseal_finish().
    /// @param database the hospital's database, or NULL. The record is added to it, and its
    ///                 hospital gets an envelope
    /// @param key receives the record key, for sharing the record under another policy later.
    ///            May be NULL
    /// @param resume receives, after a failure, a publication that medseal_finish() can finish; it
    ///               is set to NULL if there is none. May be NULL
    /// @return what medseal_prepare() and medseal_ledger_append() return,
    ///         MEDSEAL_ERR_DIGEST_MISMATCH or MEDSEAL_ERR_INVALID_FIELD from the store,
    ///         MEDSEAL_ERR_IO
    medseal_publish(
        consortium: consortium, publication: publication, reader: reader,
        database: state_or_null medseal_database, progress: progress, key: place medseal_record_key,
        resume: place medseal_prepared
    ) -> (published: value medseal_published) {
        publish(&consortium, &publication, reader, database, progress, key, resume)?
    }

    /// As medseal_publish(), for a record that is in memory.
    medseal_publish_bytes(
        consortium: consortium, publication: publication, record, record_len: bytes,
        database: state_or_null medseal_database, key: place medseal_record_key,
        resume: place medseal_prepared
    ) -> (published: value medseal_published) {
        publish(&consortium, &publication, record, database, Listener::none(), key, resume)?
    }

    /// As medseal_publish(), for a record that is a file.
    /// @param path the path of the record, UTF-8
    medseal_publish_file(
        consortium: consortium, publication: publication, path, path_len: text,
        database: state_or_null medseal_database, progress: progress, key: place medseal_record_key,
        resume: place medseal_prepared
    ) -> (published: value medseal_published) {
        publish(&consortium, &publication, open_file(path)?, database, progress, key, resume)?
    }
}
