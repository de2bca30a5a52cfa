//! Publishing: a record goes to the store, and an entry about it to the ledger.

use core::fmt;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::abs::SigningKey;
use crate::error::{Error, texts};
use crate::ledger::{
    Address, Appended, Entry, EntryId, Place, RecordId, Statement, Terms, validate, wrap_aad,
};
use crate::limits::{KEYWORDS_PER_RECORD, Limit};
use crate::policy::Policy;
use crate::record::{KeyedSummary, OpenOptions, Receipt, RecordDigest, RecordKey, SealOptions};
use crate::search::{Hints, IndexOptions, Keyword, KeywordKey};
use crate::share::consortium::Consortium;
use crate::share::database::Database;
use crate::share::stages::{Draft, Prepared, Sealed, Uploaded};

/// How to share a record.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// Who may find and open it.
    pub access: &'a Policy,
    /// The keywords by which it is found; at most 256.
    pub keywords: &'a [Keyword],
    /// The members' keyword key.
    pub keyword_key: &'a KeywordKey,
    /// Hints make a search cheaper and reveal something about the keywords. `None` unless the whole
    /// deployment has agreed on them.
    pub hints: Option<Hints>,
    /// The key that signs the entry anonymously. Its attributes satisfy the claim
    /// policy of the charter.
    pub signing_key: &'a SigningKey,
    /// The time by the uploader's clock, in Unix milliseconds. It is public on the ledger.
    pub time_ms: u64,
}

/// The result of publishing.
#[derive(Debug)]
pub struct Published {
    /// Where the entry is.
    pub place: Place,
    /// Whether this call appended the entry. If false, an earlier attempt had already appended it.
    pub new: bool,
    /// The record's id.
    pub record: RecordId,
    /// The digest of the sealed record.
    pub digest: RecordDigest,
    /// Where the sealed record is.
    pub address: Address,
    /// Length of the record in bytes.
    pub length: u64,
    /// Length of the sealed record in bytes.
    pub sealed_length: u64,
    /// The record's keyed summary. Only users who can open the record can make or check it.
    pub summary: KeyedSummary,
    /// The record key. An owner who keeps it can share the record under a different policy later;
    /// see [`Consortium::rewrap`].
    pub key: RecordKey,
}

texts! {
    /// The steps of publishing, in order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    #[non_exhaustive]
    pub enum Step {
        /// Reading and encrypting the record.
        Seal => "sealing the record",
        /// Computing the digests.
        Digest => "computing the digests",
        /// Wrapping the record key under the access policy.
        Wrap => "wrapping the record key",
        /// Indexing the keywords under the access policy.
        Index => "indexing the keywords",
        /// Sealing the envelope to the hospital.
        Envelope => "sealing the envelope",
        /// Signing the entry.
        Sign => "signing the entry",
        /// Storing the sealed record.
        Store => "storing the sealed record",
        /// Appending the entry to the ledger.
        Append => "appending to the ledger",
    }
}

/// Publishing failed.
#[derive(Debug)]
pub struct PublishError {
    /// The step that failed.
    pub step: Step,
    /// The cause.
    pub error: Error,
    /// The publication to continue with [`Consortium::finish`], if the object may be stored or the
    /// entry appended. Nothing else refers to them: store its byte form unless you finish at once.
    /// `None` if neither can have happened, or if the caller already holds the stage.
    pub resume: Option<Box<Prepared>>,
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.step, self.error)
    }
}

impl std::error::Error for PublishError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Adds the step to an error.
pub(super) trait At<T> {
    fn at(self, step: Step) -> Result<T, PublishError>;
}

impl<T> At<T> for Result<T, Error> {
    fn at(self, step: Step) -> Result<T, PublishError> {
        self.map_err(|error| PublishError { step, error, resume: None })
    }
}

impl<'a> Consortium<'a> {
    /// Publishes a record: seals it into the store while reading it, and appends an entry
    /// about it to the ledger.
    ///
    /// With a `database`, the entry carries an envelope to its hospital, and the database
    /// includes the record once it is published. `progress` receives the current step and the
    /// number of bytes of the record read so far, and returns `Break` to cancel. Memory use does
    /// not grow with the record.
    ///
    /// This calls all stages, for a caller that need not survive a crash in between:
    ///
    /// | stage | made by | what to store before continuing |
    /// |---|---|---|
    /// | [`Draft`] | [`Draft::new`] | its bytes, before the record is read |
    /// | [`Sealed`] | [`upload`](Self::upload) | its bytes, before [`Uploaded::commit`] |
    /// | [`Prepared`] | [`prepare`](Self::prepare) | its bytes, before [`finish`](Self::finish), and before the object is committed |
    ///
    /// To publish many records fast, use several threads, one record each:
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use medseal::rand_core::OsRng;
    /// # use medseal::share::{Consortium, Publication, Published, PublishError};
    /// fn publish_all(
    ///     consortium: &Consortium<'_>,
    ///     publication: &Publication<'_>,
    ///     records: &[&[u8]],
    /// ) -> Vec<Result<Published, PublishError>> {
    ///     let go_on = |_, _| ControlFlow::Continue(());
    ///     std::thread::scope(|scope| {
    ///         let publish = |record| {
    ///             scope.spawn(move || consortium.publish(record, publication, None, &mut OsRng, &mut { go_on }))
    ///         };
    ///         let threads = records.iter().copied().map(publish).collect::<Vec<_>>();
    ///         threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    /// [`PublishError`] contains the step that failed, and the cause. Errors in the publication
    /// itself are found before the record is read. `database` is unchanged. If the object may be
    /// stored or the entry appended, the error contains a publication to [`finish`](Self::finish).
    /// Otherwise nothing is stored, there is no entry, and the record can be published again.
    pub fn publish(
        &self,
        record: impl Read,
        publication: &Publication<'_>,
        database: Option<&mut Database>,
        rng: &mut (impl CryptoRng + RngCore),
        mut progress: impl FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        self.check(publication)?;
        let draft = Draft::new(rng).at(Step::Seal)?;
        let uploaded = self.upload(&draft, record, rng, &mut progress)?;
        let prepared =
            self.prepare(uploaded.sealed(), publication, database.as_deref(), rng, &mut progress)?;
        begin(Step::Store, prepared.length, &mut progress)?;
        let stored = uploaded.commit().at(Step::Store);
        let published = stored.and_then(|_| self.append(&prepared, database, &mut progress));
        published.map_err(|failed| PublishError { resume: Some(Box::new(prepared)), ..failed })
    }

    /// Seals a record into an upload to the store, which then returns the object's address. The
    /// store keeps nothing until [`Uploaded::commit`].
    ///
    /// An interrupted upload cannot be resumed: call this again with the same draft and record. The
    /// new sealed record has the same record id and key, but a different address.
    ///
    /// # Errors
    /// [`PublishError`] with [`Step::Seal`] or [`Step::Store`] if the reader, the store or the
    /// generator fails, or `progress` returns `Break`. Nothing is then stored.
    pub fn upload(
        &self,
        draft: &Draft,
        record: impl Read,
        rng: &mut (impl CryptoRng + RngCore),
        mut progress: impl FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Uploaded<'a>, PublishError> {
        let mut upload = self.store.begin().at(Step::Store)?;
        begin(Step::Seal, 0, &mut progress)?;
        let options = SealOptions::default().threads(self.threads);
        let mut writer = Noting { writer: &mut *upload, failed: false };
        let advance = |bytes| progress(Step::Seal, bytes);
        let sealed = draft.key.seal_stream(record, &mut writer, &options, rng, advance);
        let receipt = sealed.at(if writer.failed { Step::Store } else { Step::Seal })?;
        begin(Step::Digest, receipt.length, &mut progress)?;
        let address = upload.address(&receipt.digest).at(Step::Store)?;
        Ok(Uploaded { sealed: Sealed { draft: draft.duplicate(), receipt, address }, upload })
    }

    /// Makes the entry about a sealed record: wraps the key, indexes the keywords, seals the
    /// envelope to the hospital of the `database`, if there is one, and signs.
    ///
    /// It changes nothing and sends nothing. Do not prepare two records from one state of a
    /// database: finish the first, and continue from the resulting state.
    ///
    /// # Errors
    /// [`PublishError`], as for [`publish`](Self::publish) from [`Step::Wrap`] to [`Step::Sign`].
    pub fn prepare(
        &self,
        sealed: &Sealed,
        publication: &Publication<'_>,
        database: Option<&Database>,
        rng: &mut (impl CryptoRng + RngCore),
        mut progress: impl FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Prepared, PublishError> {
        self.check(publication)?;
        let Sealed { draft: Draft { record, key }, receipt, address } = sealed;
        let Publication { access, keywords, keyword_key, hints, signing_key, time_ms } = *publication;
        let Receipt { digest, length, sealed_length } = *receipt;

        begin(Step::Wrap, length, &mut progress)?;
        let (secret, aad) = (key.to_bytes(), wrap_aad(&digest));
        let Terms { parameters, .. } = self.terms();
        let members = self.members_key(self.terms()).at(Step::Wrap)?;
        let wrapped = parameters.abe.wrap_on_threads(access, &secret, &aad, members, self.threads, rng);
        let wrapped = wrapped.at(Step::Wrap)?;

        begin(Step::Index, length, &mut progress)?;
        let options = IndexOptions::default().threads(self.threads);
        let options = hints.map_or(options, |hints| options.hints(hints));
        let index = parameters.search.index_record(keyword_key, keywords, access, options, rng);
        let index = index.at(Step::Index)?;

        begin(Step::Envelope, length, &mut progress)?;
        let next = database.map(|database| database.with(&digest));
        let summary = KeyedSummary::new(key, &digest);
        let envelope = next.as_ref().map(|next| next.envelope(&digest, address, &summary, members, rng));
        let envelope = envelope.transpose().at(Step::Envelope)?;

        begin(Step::Sign, length, &mut progress)?;
        let statement = Statement {
            charter: self.charters.current().number(),
            record: *record,
            claim: self.terms().claim.clone(),
            digest,
            address: address.clone(),
            key: wrapped,
            index,
            envelope,
            time: time_ms,
        };
        let entry = statement.sign(&self.charters.ledger(), signing_key, rng).at(Step::Sign)?;
        let database = next.map(|next| next.frontier().clone());
        Ok(Prepared { key: key.duplicate(), length, sealed_length, database, entry })
    }

    /// Finishes a publication, even one that another process started. Confirms that the object
    /// is in the store, and appends the entry unless it is already on the ledger. Repeating it
    /// makes no second entry.
    ///
    /// Pass the `database` with which the publication was prepared, in its state before or after
    /// the publication. On success it is in the state after. Without it, the caller stores
    /// [`Prepared::database`].
    ///
    /// # Errors
    /// [`PublishError`]:
    ///
    /// - [`Error::UnknownObject`] at [`Step::Store`] if the object is not in the store: it was
    ///   never committed, or was deleted. The entry is not appended. Upload the record again from
    ///   [`Prepared::draft`], and discard this stage.
    /// - [`Error::EraPassed`] at [`Step::Append`] if the charter has changed and the entry is not
    ///   on the ledger: prepare it again.
    /// - [`Error::DigestMismatch`] at [`Step::Append`] if the database is in a different state.
    /// - Errors of the store and the ledger.
    pub fn finish(
        &self,
        prepared: &Prepared,
        database: Option<&mut Database>,
        mut progress: impl FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        begin(Step::Store, prepared.length, &mut progress)?;
        self.store.confirm(&prepared.entry.statement().address).at(Step::Store)?;
        self.append(prepared, database, &mut progress)
    }

    /// Appends the entry about a stored object, and updates the database.
    fn append(
        &self,
        prepared: &Prepared,
        database: Option<&mut Database>,
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        let Prepared { key, length, sealed_length, database: next, entry } = prepared;
        let Statement { record, digest, address, .. } = entry.statement();
        let after = database.map(|now| Ok((now.after(digest, next.as_ref())?, now))).transpose();
        let after = after.at(Step::Append)?;

        begin(Step::Append, *length, progress)?;
        let id = entry.id();
        let Appended { height, was_there } = self.append_entry(entry).at(Step::Append)?;
        if let Some((after, database)) = after {
            *database = after;
        }
        Ok(Published {
            place: Place { height, id },
            new: !was_there,
            record: *record,
            digest: *digest,
            address: address.clone(),
            length: *length,
            sealed_length: *sealed_length,
            summary: KeyedSummary::new(key, digest),
            key: key.duplicate(),
        })
    }

    /// Appends an entry under the current charter. An entry of an earlier era may already be there
    /// from an earlier attempt.
    fn append_entry(&self, entry: &Entry) -> Result<Appended, Error> {
        let appended = validate(entry.clone(), self.charters).and_then(|entry| self.ledger.append(entry));
        if appended != Err(Error::EraPassed) {
            return appended;
        }
        match self.ledger.prove(&entry.id(), self.ledger.head()?.size) {
            Ok(proof) => Ok(Appended { height: proof.index(), was_there: true }),
            Err(Error::UnknownEntry) => Err(Error::EraPassed),
            Err(error) => Err(error),
        }
    }

    /// Shares a published record under a different policy or with different keywords: appends a new
    /// entry about the same sealed record. Only an owner, who holds the record key, can do this.
    /// The old entry remains, and everyone who could open the record still can. Reads the sealed
    /// record once, to check that it is there and that this is its key.
    ///
    /// # Errors
    /// [`PublishError`], as for [`publish`](Self::publish); with [`Step::Digest`] if there is no
    /// such entry, the store does not have the record, or this is not its key.
    pub fn rewrap(
        &self,
        entry: &EntryId,
        key: &RecordKey,
        publication: &Publication<'_>,
        rng: &mut (impl CryptoRng + RngCore),
        mut progress: impl FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        self.check(publication)?;
        begin(Step::Digest, 0, &mut progress)?;
        let known = self.entry(entry).at(Step::Digest)?;
        let Statement { record, digest, address, .. } = known.statement();
        let object = self.store.get(address).at(Step::Digest)?;
        let options = OpenOptions::default().threads(self.threads).expect_digest(*digest);
        let checked = key.open_stream(object, io::sink(), &options, |bytes| progress(Step::Digest, bytes));
        let receipt = checked.at(Step::Digest)?;

        let draft = Draft { record: *record, key: key.duplicate() };
        let sealed = Sealed { draft, receipt, address: address.clone() };
        let prepared = self.prepare(&sealed, publication, None, rng, &mut progress)?;
        let published = self.append(&prepared, None, &mut progress);
        published.map_err(|failed| PublishError { resume: Some(Box::new(prepared)), ..failed })
    }

    /// Finds the errors of later steps that do not depend on the record, before the record is read.
    fn check(&self, publication: &Publication<'_>) -> Result<(), PublishError> {
        if publication.keywords.len() > KEYWORDS_PER_RECORD {
            return Err(Error::LimitExceeded(Limit::KeywordsPerRecord)).at(Step::Index);
        }
        if publication.keyword_key.commitment() != self.terms().parameters.keyword {
            return Err(Error::InvalidKey).at(Step::Index);
        }
        if !self.terms().claim.is_satisfied_by(publication.signing_key.attributes()) {
            return Err(Error::PolicyNotSatisfied).at(Step::Sign);
        }
        self.members_key(self.terms()).at(Step::Wrap).map(drop)
    }
}

/// A writer that remembers whether it failed.
struct Noting<W> {
    writer: W,
    failed: bool,
}

impl<W: Write> Write for Noting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        self.failed |= result.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().inspect_err(|_| self.failed = true)
    }
}

fn begin(
    step: Step,
    bytes: u64,
    progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
) -> Result<(), PublishError> {
    if progress(step, bytes).is_break() { Err(Error::Cancelled).at(step) } else { Ok(()) }
}
