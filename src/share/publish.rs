//! Publishing: a record goes into the store, and an entry about it onto the ledger.

use core::fmt;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::abe::WrappedKey;
use crate::abs::SigningKey;
use crate::error::Error;
use crate::identity::IdentityEnvelope;
use crate::ledger::{Address, Appended, Entry, EntryId, Place, RecordId, Statement, validate, wrap_aad};
use crate::limits::{KEYWORDS_PER_RECORD, Limit};
use crate::policy::Policy;
use crate::record::{KeyedSummary, OpenOptions, Receipt, RecordDigest, RecordKey, SealOptions};
use crate::search::{Hints, IndexOptions, Keyword, KeywordKey, RecordIndex};
use crate::share::consortium::Consortium;
use crate::share::database::Database;
use crate::share::store::Upload;

/// How a record is to be shared.
#[derive(Debug)]
pub struct Publication<'a> {
    /// Who may find and open it.
    pub access: &'a Policy,
    /// By which keywords it is found; at most 256.
    pub keywords: &'a [Keyword],
    /// The members' keyword key.
    pub keyword_key: &'a KeywordKey,
    /// Hints, which make a search cheaper and tell something of the keywords: none, unless the whole deployment has
    /// agreed on them.
    pub hints: Option<Hints>,
    /// Signs the entry, without telling whose key it is. It satisfies the consortium's claim policy.
    pub signing_key: &'a SigningKey,
    /// The time by the uploader's clock, in Unix milliseconds. The ledger's readers see it.
    pub time_ms: u64,
}

/// What publishing gives.
#[derive(Debug)]
pub struct Published {
    /// Where its entry stands.
    pub place: Place,
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

/// Publishing failed, and no entry of it is on the ledger. (If the ledger failed in the last step, with
/// [`Error::LedgerUnavailable`] or [`Error::Io`], it may have appended the entry before it did.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishError {
    /// The step that failed.
    pub step: Step,
    /// Why.
    pub error: Error,
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
trait At<T> {
    fn at(self, step: Step) -> Result<T, PublishError>;
}

impl<T> At<T> for Result<T, Error> {
    fn at(self, step: Step) -> Result<T, PublishError> {
        self.map_err(|error| PublishError { step, error })
    }
}

impl Consortium<'_> {
    /// What would fail in a later step whatever the record is, so that it fails before the record is read.
    pub(super) fn check(&self, publication: &Publication<'_>) -> Result<(), PublishError> {
        if publication.keywords.len() > KEYWORDS_PER_RECORD {
            return Err(Error::LimitExceeded(Limit::KeywordsPerRecord)).at(Step::Index);
        }
        if publication.keyword_key.commitment() != self.terms().parameters.keyword {
            return Err(Error::InvalidKey).at(Step::Index);
        }
        if !self.terms().claim.is_satisfied_by(publication.signing_key.attributes()) {
            return Err(Error::PolicyNotSatisfied).at(Step::Sign);
        }
        Ok(())
    }

    /// Publishes a record: it is sealed into the store as it is read, and an entry about it goes onto the ledger.
    ///
    /// With a `database` the entry carries an envelope to its hospital, and its digest covers the record once that is
    /// published. `progress` is told which step is on and how many bytes of the record were read so far; it breaks
    /// to cancel. Memory does not grow with the record.
    ///
    /// # Errors
    /// [`PublishError`] says which step failed and why; what the publication alone shows to fail, fails before the record
    /// is read. There is no entry then, and `database` is as it was. Nothing
    /// is stored either, unless it was the ledger that refused, or the store that failed at the very end of its commit; that
    /// object nobody can open.
    pub fn publish(
        &self,
        record: impl Read,
        publication: &Publication<'_>,
        database: Option<&mut Database>,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        self.check(publication)?;
        let prepared = self.prepare(record, publication, self.threads, rng, progress)?;
        let Subject { digest, bytes, .. } = prepared.subject;
        let next = database.as_ref().map(|database| database.with(&digest));

        begin(Step::Envelope, bytes, progress)?;
        let envelope = prepared.envelope(next.as_ref(), rng)?;
        begin(Step::Sign, bytes, progress)?;
        let entry = self.sign(&prepared.subject, &prepared.contents, envelope, publication, rng)?;
        begin(Step::Store, bytes, progress)?;
        let stored = prepared.store()?;
        begin(Step::Append, bytes, progress)?;
        let published = self.append_stored(stored, entry)?;
        if let (Some(database), Some(next)) = (database, next) {
            *database = next;
        }
        Ok(published)
    }

    /// Shares a published record under another policy, or by other keywords: a new entry about the same sealed
    /// record. For an owner, who holds the record key; the old entry stays, and whoever could open the record still
    /// can. The sealed record is read once, to see that it is there and that this is its key.
    ///
    /// # Errors
    /// [`PublishError`], as for [`publish`](Self::publish): with [`Step::Digest`] if there is no such entry, the
    /// store does not have the record, or this is not its key.
    pub fn rewrap(
        &self,
        entry: &EntryId,
        key: &RecordKey,
        publication: &Publication<'_>,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Place, PublishError> {
        self.check(publication)?;
        begin(Step::Digest, 0, progress)?;
        let known = self.entry(entry).at(Step::Digest)?;
        let known = known.statement();
        let object = self.store.get(&known.address).at(Step::Digest)?;
        let options = OpenOptions::default().threads(self.threads.get()).expect_digest(known.digest);
        let checked = key.open_stream(object, io::sink(), &options, |bytes| progress(Step::Digest, bytes));
        let bytes = checked.at(Step::Digest)?.length;

        let subject =
            Subject { id: known.record, digest: known.digest, address: known.address.clone(), bytes };
        let contents = self.contents(&subject, key, publication, self.threads, rng, progress)?;
        begin(Step::Sign, bytes, progress)?;
        let entry = self.sign(&subject, &contents, None, publication, rng)?;
        begin(Step::Append, bytes, progress)?;
        self.append(entry)
    }

    /// Seals a record into an upload, and makes what its entry holds.
    pub(super) fn prepare(
        &self,
        record: impl Read,
        publication: &Publication<'_>,
        threads: NonZeroUsize,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Prepared<'_>, PublishError> {
        let mut upload = self.store.begin().at(Step::Store)?;

        begin(Step::Seal, 0, progress)?;
        let id = RecordId::generate(rng).at(Step::Seal)?;
        let key = RecordKey::generate(rng).at(Step::Seal)?;
        let options = SealOptions::default().threads(threads.get());
        let mut writer = Noting { writer: &mut *upload, failed: false };
        let sealed = key.seal_stream(record, &mut writer, &options, rng, |bytes| progress(Step::Seal, bytes));
        let receipt = sealed.at(if writer.failed { Step::Store } else { Step::Seal })?;

        begin(Step::Digest, receipt.length, progress)?;
        let digest = receipt.digest;
        let summary = KeyedSummary::new(&key, &digest);
        let subject = Subject { id, digest, address: Address::of(&digest), bytes: receipt.length };
        let contents = self.contents(&subject, &key, publication, threads, rng, progress)?;
        Ok(Prepared { upload, subject, key, summary, receipt, contents })
    }

    /// Wraps the key and indexes the keywords.
    fn contents(
        &self,
        &Subject { digest, bytes, .. }: &Subject,
        key: &RecordKey,
        publication: &Publication<'_>,
        threads: NonZeroUsize,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Contents, PublishError> {
        let Publication { access, keywords, keyword_key, hints, .. } = *publication;

        begin(Step::Wrap, bytes, progress)?;
        let (secret, aad) = (key.to_bytes(), wrap_aad(&digest));
        let wrapped = self.terms().parameters.abe.wrap_on_threads(access, &secret, &aad, threads, rng);
        let wrapped = wrapped.at(Step::Wrap)?;

        begin(Step::Index, bytes, progress)?;
        let options = IndexOptions::default().threads(threads);
        let options = hints.map_or(options, |hints| options.hints(hints));
        let index = self.terms().parameters.search.index_record(keyword_key, keywords, access, options, rng);
        Ok(Contents { wrapped, index: index.at(Step::Index)? })
    }

    /// Signs the entry.
    pub(super) fn sign(
        &self,
        Subject { id, digest, address, .. }: &Subject,
        Contents { wrapped, index }: &Contents,
        envelope: Option<IdentityEnvelope>,
        publication: &Publication<'_>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Entry, PublishError> {
        let statement = Statement {
            charter: self.charters.current().number(),
            record: *id,
            claim: self.terms().claim.clone(),
            digest: *digest,
            address: address.clone(),
            key: wrapped.clone(),
            index: index.clone(),
            envelope,
            time: publication.time_ms,
        };
        statement.sign(&self.charters.ledger(), publication.signing_key, rng).at(Step::Sign)
    }

    /// Appends the entry about a record that is stored.
    pub(super) fn append_stored(&self, stored: Stored, entry: Entry) -> Result<Published, PublishError> {
        let Stored { subject, key, summary, receipt } = stored;
        let place = self.append(entry)?;
        Ok(Published {
            place,
            record: subject.id,
            digest: subject.digest,
            address: subject.address,
            length: receipt.length,
            sealed_length: receipt.sealed_length,
            summary,
            key,
        })
    }

    fn append(&self, entry: Entry) -> Result<Place, PublishError> {
        let id = entry.id();
        let entry = validate(entry, self.charters).at(Step::Append)?;
        let Appended { height, .. } = self.ledger.append(entry).at(Step::Append)?;
        Ok(Place { height, id })
    }
}

/// A record that is sealed into an upload, and what its entry holds.
pub(super) struct Prepared<'s> {
    upload: Box<dyn Upload + 's>,
    pub(super) subject: Subject,
    key: RecordKey,
    summary: KeyedSummary,
    receipt: Receipt,
    pub(super) contents: Contents,
}

impl Prepared<'_> {
    /// The envelope to the hospital of this database, which holds the record already.
    pub(super) fn envelope(
        &self,
        database: Option<&Database>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Option<IdentityEnvelope>, PublishError> {
        let Subject { digest, address, .. } = &self.subject;
        let envelope = |database: &Database| database.envelope(digest, address, &self.summary, rng);
        database.map(envelope).transpose().at(Step::Envelope)
    }

    /// Ends the upload.
    pub(super) fn store(self) -> Result<Stored, PublishError> {
        let Self { upload, subject, key, summary, receipt, .. } = self;
        upload.commit(&subject.address).at(Step::Store)?;
        Ok(Stored { subject, key, summary, receipt })
    }
}

/// A record that is in the store.
pub(super) struct Stored {
    subject: Subject,
    key: RecordKey,
    summary: KeyedSummary,
    receipt: Receipt,
}

/// The key and the keywords, under the access policy.
pub(super) struct Contents {
    wrapped: WrappedKey,
    index: RecordIndex,
}

/// The sealed record that an entry is about.
pub(super) struct Subject {
    id: RecordId,
    pub(super) digest: RecordDigest,
    address: Address,
    /// Bytes of the record that were read.
    bytes: u64,
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
