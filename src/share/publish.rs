//! Publishing: a record goes into the store, and an entry about it onto the ledger.

use core::fmt;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::abs::SigningKey;
use crate::error::Error;
use crate::identity::IdentityEnvelope;
use crate::ledger::{Address, Entry, EntryId, Place, RecordId, Statement, wrap_aad};
use crate::limits::{KEYWORDS_PER_RECORD, Limit};
use crate::policy::Policy;
use crate::record::{KeyedSummary, OpenOptions, Receipt, RecordDigest, RecordKey, SealOptions};
use crate::search::{Hints, IndexOptions, Keyword, KeywordKey};
use crate::share::consortium::Consortium;
use crate::share::database::Database;

/// How a record is to be shared.
#[derive(Debug)]
pub struct Publication<'a> {
    /// Who may find and open it. No negation of a text: it is the policy of the keywords too, and search has none.
    pub access: &'a Policy,
    /// By which keywords it is found; at most 256.
    pub keywords: &'a [Keyword],
    /// The members' keyword key.
    pub keyword_key: &'a KeywordKey,
    /// Hints, which make a search cheaper and tell something of the keywords: none, unless the whole deployment has
    /// agreed on them.
    pub hints: Option<Hints>,
    /// The claim policy that the ledger demands, and that the signing key satisfies.
    pub claim: &'a Policy,
    /// Signs the entry, without telling whose key it is.
    pub signing_key: &'a SigningKey,
    /// The time by the uploader's clock, in Unix milliseconds. The ledger's readers see it.
    pub time_ms: u64,
}

impl Publication<'_> {
    /// What would fail in a later step whatever the record is, so that it fails before the record is read.
    fn check(&self) -> Result<(), PublishError> {
        if self.keywords.len() > KEYWORDS_PER_RECORD {
            return Err(Error::LimitExceeded(Limit::KeywordsPerRecord)).at(Step::Index);
        }
        if self.access.has_negation() {
            return Err(Error::NegationUnsupported).at(Step::Index);
        }
        if self.claim.has_negation() {
            return Err(Error::NegationUnsupported).at(Step::Sign);
        }
        if !self.claim.is_satisfied_by(self.signing_key.attributes()) {
            return Err(Error::PolicyNotSatisfied).at(Step::Sign);
        }
        Ok(())
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Publishes a record: it is sealed into the store as it is read, and an entry about it goes onto the ledger.
    ///
    /// With a `database` the entry carries an envelope to its hospital, and its digest covers the record once that is
    /// published. `progress` is told which step is on and how many bytes of the record were read so far; it breaks
    /// to cancel. Memory does not grow with the record.
    ///
    /// # Errors
    /// [`PublishError`] says which step failed and why; what the publication alone shows to fail, fails before the record
    /// is read. There is no entry then, and `database` is as it was. Nothing
    /// is stored either, unless it was the ledger that refused; that object nobody can open.
    pub fn publish(
        &self,
        record: impl Read,
        publication: &Publication<'_>,
        database: Option<&mut Database>,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Published, PublishError> {
        publication.check()?;
        let mut upload = self.store.begin().at(Step::Store)?;

        begin(Step::Seal, 0, progress)?;
        let id = RecordId::generate(rng).at(Step::Seal)?;
        let key = RecordKey::generate(rng).at(Step::Seal)?;
        let options = SealOptions::default().threads(self.threads.get());
        let mut writer = Noting { writer: &mut *upload, failed: false };
        let sealed = key.seal_stream(record, &mut writer, &options, rng, |bytes| progress(Step::Seal, bytes));
        let receipt = sealed.at(if writer.failed { Step::Store } else { Step::Seal })?;
        let bytes = receipt.length;

        begin(Step::Digest, bytes, progress)?;
        let digest = receipt.digest;
        let summary = KeyedSummary::new(&key, &digest);
        let next = database.as_ref().map(|database| database.with(&digest));

        let subject = Subject { id, digest, address: Address::of(&digest), bytes };
        let envelope = |rng: &mut _| {
            next.as_ref().map(|next| next.envelope(&digest, &subject.address, &summary, rng)).transpose()
        };
        let entry = self.entry_about(&subject, &key, publication, envelope, rng, progress)?;

        begin(Step::Store, bytes, progress)?;
        upload.commit(&subject.address).at(Step::Store)?;

        begin(Step::Append, bytes, progress)?;
        let place = self.append(entry)?;
        if let (Some(database), Some(next)) = (database, next) {
            *database = next;
        }
        let Receipt { length, sealed_length, .. } = receipt;
        Ok(Published {
            place,
            record: id,
            digest,
            address: subject.address,
            length,
            sealed_length,
            summary,
            key,
        })
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
        publication.check()?;
        begin(Step::Digest, 0, progress)?;
        let known = self.entry(entry).at(Step::Digest)?;
        let known = known.statement();
        let object = self.store.get(&known.address).at(Step::Digest)?;
        let options = OpenOptions::default().threads(self.threads.get()).expect_digest(known.digest);
        let checked = key.open_stream(object, io::sink(), &options, |bytes| progress(Step::Digest, bytes));
        let bytes = checked.at(Step::Digest)?.length;

        let subject =
            Subject { id: known.record, digest: known.digest, address: known.address.clone(), bytes };
        let entry = self.entry_about(&subject, key, publication, |_: &mut _| Ok(None), rng, progress)?;
        begin(Step::Append, bytes, progress)?;
        self.append(entry)
    }

    /// Wraps, indexes, seals the envelope and signs.
    fn entry_about<R: CryptoRng + RngCore>(
        &self,
        subject: &Subject,
        key: &RecordKey,
        publication: &Publication<'_>,
        envelope: impl FnOnce(&mut R) -> Result<Option<IdentityEnvelope>, Error>,
        rng: &mut R,
        progress: &mut dyn FnMut(Step, u64) -> ControlFlow<()>,
    ) -> Result<Entry, PublishError> {
        let Publication { access, keywords, keyword_key, hints, claim, signing_key, time_ms } = *publication;
        let Subject { id, digest, ref address, bytes } = *subject;

        begin(Step::Wrap, bytes, progress)?;
        let (secret, aad) = (key.to_bytes(), wrap_aad(&digest));
        let wrapped = self.parameters.abe.wrap_on_threads(access, &secret, &aad, self.threads, rng);
        let wrapped = wrapped.at(Step::Wrap)?;

        begin(Step::Index, bytes, progress)?;
        let options = IndexOptions::default().threads(self.threads);
        let options = hints.map_or(options, |hints| options.hints(hints));
        let index = self.parameters.search.index_record(keyword_key, keywords, access, options, rng);
        let index = index.at(Step::Index)?;

        begin(Step::Envelope, bytes, progress)?;
        let envelope = envelope(rng).at(Step::Envelope)?;

        begin(Step::Sign, bytes, progress)?;
        let statement = Statement {
            record: id,
            claim: claim.clone(),
            digest,
            address: address.clone(),
            key: wrapped,
            index,
            envelope,
            time: time_ms,
        };
        statement.sign(self.ledger.id(), signing_key, rng).at(Step::Sign)
    }

    fn append(&self, entry: Entry) -> Result<Place, PublishError> {
        let id = entry.id();
        let height = self.ledger.append(entry).at(Step::Append)?;
        Ok(Place { height, id })
    }
}

/// The sealed record that an entry is about.
struct Subject {
    id: RecordId,
    digest: RecordDigest,
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
