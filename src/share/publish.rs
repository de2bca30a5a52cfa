//! Publishing: a record goes into the store, and an entry about it onto the ledger.

use core::fmt;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::abs::SigningKey;
use crate::error::Error;
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

/// How a record is to be shared.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// Who may find and open it.
    pub access: &'a Policy,
    /// By which keywords it is found; at most 256.
    pub keywords: &'a [Keyword],
    /// The members' keyword key.
    pub keyword_key: &'a KeywordKey,
    /// Hints, which make a search cheaper and tell something of the keywords: none, unless the
    /// whole deployment has agreed on them.
    pub hints: Option<Hints>,
    /// Signs the entry, without telling whose key it is. It satisfies the
    /// consortium's claim policy.
    pub signing_key: &'a SigningKey,
    /// The time by the uploader's clock, in Unix milliseconds. The ledger's readers see it.
    pub time_ms: u64,
}

/// What publishing gives.
#[derive(Debug)]
pub struct Published {
    /// Where its entry stands.
    pub place: Place,
    /// Whether the entry was appended now. If not it stood there already: an attempt
    /// before this one got through.
    pub new: bool,
    /// The record's id.
    pub record: RecordId,
    /// The digest of the sealed record.
    pub digest: RecordDigest,
    /// Where the sealed record is.
    pub address: Address,
    /// Bytes of the record.
    pub length: u64,
    /// Bytes of the sealed record.
    pub sealed_length: u64,
    /// The record's keyed summary, which only those who can open the record can make or check.
    pub summary: KeyedSummary,
    /// The record key. An owner who keeps it can share the record under another policy later, see
    /// [`Consortium::rewrap`].
    pub key: RecordKey,
}

/// A step of publishing, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Step {
    /// Reading and encrypting the record.
    Seal,
    /// Computing the digests.
    Digest,
    /// Wrapping the record key under the access policy.
    Wrap,
    /// Indexing the keywords under the access policy.
    Index,
    /// Sealing the envelope to the hospital.
    Envelope,
    /// Signing the entry.
    Sign,
    /// Storing the sealed record.
    Store,
    /// Appending the entry to the ledger.
    Append,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Seal => "sealing the record",
            Self::Digest => "computing the digests",
            Self::Wrap => "wrapping the record key",
            Self::Index => "indexing the keywords",
            Self::Envelope => "sealing the envelope",
            Self::Sign => "signing the entry",
            Self::Store => "storing the sealed record",
            Self::Append => "appending to the ledger",
        })
    }
}

/// Publishing failed.
#[derive(Debug)]
pub struct PublishError {
    /// The step that failed.
    pub step: Step,
    /// Why.
    pub error: Error,
    /// What to go on from, with [`Consortium::finish`], where the object may be stored or the entry
    /// appended. It is the only owner of both: keep its byte form unless you finish at once. `None`
    /// where neither can be, and where the caller holds the stage already.
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

/// Names the step in which an error happened.
pub(super) trait At<T> {
    fn at(self, step: Step) -> Result<T, PublishError>;
}

impl<T> At<T> for Result<T, Error> {
    fn at(self, step: Step) -> Result<T, PublishError> {
        self.map_err(|error| PublishError { step, error, resume: None })
    }
}

impl<'a> Consortium<'a> {
    /// Publishes a record: it is sealed into the store as it is read, and an entry about
    /// it goes onto the ledger.
    ///
    /// With a `database` the entry carries an envelope to its hospital, and its digest covers the
    /// record once that is published. `progress` receives the current step and how many bytes of
    /// the record were read so far; it breaks to cancel. Memory does not grow with the record.
    ///
    /// This is the short way through the stages, for a caller who need not survive
    /// a crash in the middle:
    ///
    /// | stage | made by | what to keep before going on |
    /// |---|---|---|
    /// | [`Draft`] | [`Draft::new`] | its bytes, before the record is read |
    /// | [`Sealed`] | [`upload`](Self::upload) | its bytes, before [`Uploaded::commit`] |
    /// | [`Prepared`] | [`prepare`](Self::prepare) | its bytes, before [`finish`](Self::finish), and before the object is committed |
    ///
    /// Many records are published fastest on threads of the caller's, one record each:
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
    /// [`PublishError`] names the step that failed, and why; errors in the publication itself show
    /// before the record is read. `database` is as it was. If the object or the entry may be where
    /// it belongs, the error carries what to [`finish`](Self::finish) from; otherwise nothing is
    /// stored, there is no entry, and the record can be published anew.
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

    /// Seals a record into an upload to the store, which then says at which address it will be.
    /// Nothing is kept in the store until [`Uploaded::commit`].
    ///
    /// An upload that died is not gone on with: call this again with the same draft and the record.
    /// That gives another sealed record, under the same record id and key, at another address.
    ///
    /// # Errors
    /// [`PublishError`] with [`Step::Seal`] or [`Step::Store`]: the reader or the store failed, the
    /// generator, or `progress` broke. Nothing is stored then.
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
    /// It changes nothing and tells nobody. Do not prepare two records from one state of a
    /// database: finish the first, and go on from the state that it leaves.
    ///
    /// # Errors
    /// [`PublishError`]: those of a [`publish`](Self::publish) from [`Step::Wrap`] to [`Step::Sign`].
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

    /// Ends a publication, also one that was begun in another process: sees that the object is in
    /// the store, and appends the entry unless it is on the ledger already. It may be called any
    /// number of times: there is one entry.
    ///
    /// Give it the `database` that the publication was prepared with, in the state before it or
    /// after it; it is in the state after it when this returns. Without it the caller keeps
    /// [`Prepared::database`].
    ///
    /// # Errors
    /// [`PublishError`]: [`Error::UnknownObject`] at [`Step::Store`] if the object is not in the store: it was never
    /// committed, or is gone. Then the entry is not appended; upload the record again from
    /// [`Prepared::draft`], and throw this stage away. [`Error::EraPassed`] at [`Step::Append`] if
    /// the charter has changed and the entry is not on the ledger: prepare it anew.
    /// [`Error::DigestMismatch`] at [`Step::Append`] if the database is in another state. Errors of
    /// the store and the ledger.
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

    /// Appends the entry about an object that is in the store, and brings the database in line.
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

    /// Appends an entry of the present era. One of an earlier era may be there
    /// since an earlier attempt.
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

    /// Shares a published record under another policy, or by other keywords: appends a new entry
    /// about the same sealed record. For an owner, who holds the record key. The old entry stays,
    /// and everyone who could open the record still can. The sealed record is read once, to see
    /// that it is there and that this is its key.
    ///
    /// # Errors
    /// [`PublishError`], as for [`publish`](Self::publish): with [`Step::Digest`] if there is no
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

    /// What would fail in a later step whatever the record is, so that it fails
    /// before the record is read.
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

/// A writer that remembers whether it was the one that failed.
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
