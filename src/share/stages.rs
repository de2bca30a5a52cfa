//! The stages of a publication. Each has a byte form, from which the publication continues
//! after any interruption. All three contain the record key: keep them as secret as the record.

use core::fmt;

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::error::Error;
use crate::ledger::{Address, Entry, RecordId};
use crate::merkle::Frontier;
use crate::record::{Receipt, RecordDigest, RecordKey};
use crate::share::store::Upload;

/// The first stage of a publication, before a byte leaves the process: the record's id and its key.
///
/// A draft can be uploaded any number of times. Each upload uses a fresh salt: no keystream is used
/// twice, even if the record has changed. The sealed bytes, the digest and the address differ each
/// time. Continue from one upload, and discard the later stages of earlier ones.
#[derive(Debug)]
pub struct Draft {
    pub(super) record: RecordId,
    pub(super) key: RecordKey,
}

impl Draft {
    /// Makes a draft with a random record id.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn new(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Self::of(RecordId::generate(rng)?, rng)
    }

    /// Makes a draft with a chosen record id. Everyone who reads the ledger sees the
    /// id: see [`RecordId`].
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn of(record: RecordId, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self { record, key: RecordKey::generate(rng)? })
    }

    /// Returns the record's id.
    #[must_use]
    pub fn record(&self) -> RecordId {
        self.record
    }

    /// Returns the record key.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.key
    }

    pub(super) fn duplicate(&self) -> Self {
        Self { record: self.record, key: self.key.duplicate() }
    }
}

/// A record that is sealed and has an address. [`Consortium::prepare`](super::Consortium::prepare)
/// makes an entry about it.
#[derive(Debug)]
pub struct Sealed {
    pub(super) draft: Draft,
    pub(super) receipt: Receipt,
    pub(super) address: Address,
}

impl Sealed {
    /// Returns the draft, for uploading the record again if the object is gone.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Returns the digest and the lengths.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Returns the address of the sealed record once it is committed.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }
}

/// A sealed record that is not yet committed to the store. Dropping it discards the upload.
#[must_use = "what is not committed is discarded"]
pub struct Uploaded<'s> {
    pub(super) sealed: Sealed,
    pub(super) upload: Box<dyn Upload + 's>,
}

impl Uploaded<'_> {
    /// Returns the stage. Store it before the object is committed: otherwise a crash could leave an
    /// object without an owner.
    #[must_use]
    pub fn sealed(&self) -> &Sealed {
        &self.sealed
    }

    /// Commits the object at its address.
    ///
    /// # Errors
    /// As for [`Upload::commit`]. After an error, the object may or may not be stored:
    /// [`Consortium::finish`](super::Consortium::finish) asks the store.
    pub fn commit(self) -> Result<Sealed, Error> {
        self.upload.commit(&self.sealed.address)?;
        Ok(self.sealed)
    }
}

impl fmt::Debug for Uploaded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uploaded").field("sealed", &self.sealed).finish_non_exhaustive()
    }
}

/// A complete publication: only committing the object and appending the entry remain.
/// [`Consortium::finish`](super::Consortium::finish) does this, any number of times,
/// with the same result.
#[derive(Debug)]
pub struct Prepared {
    pub(super) key: RecordKey,
    pub(super) length: u64,
    pub(super) sealed_length: u64,
    /// The state of the hospital's database that includes the record.
    pub(super) database: Option<Frontier>,
    pub(super) entry: Entry,
}

impl Prepared {
    /// Returns the signed entry.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the record key.
    #[must_use]
    pub fn key(&self) -> &RecordKey {
        &self.key
    }

    /// Returns the state of the hospital's database with this record, if the entry
    /// has an envelope to it.
    #[must_use]
    pub fn database(&self) -> Option<&Frontier> {
        self.database.as_ref()
    }

    /// Returns the draft, for uploading the record again if the object is gone.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft { record: self.entry.statement().record, key: self.key.duplicate() }
    }
}

fields!(Object for Draft { record: RecordId, key: RecordKey });

impl Object for Sealed {
    const KIND: Kind = Kind::Sealed;

    fn write(&self, w: &mut Writer) {
        self.draft.write(w);
        self.receipt.digest.write(w);
        w.u64(self.receipt.length);
        w.u64(self.receipt.sealed_length);
        self.address.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let draft = Draft::read(r)?;
        let digest = RecordDigest::read(r)?;
        let (length, sealed_length) = read_lengths(r)?;
        let address = Address::read(r)?;
        Ok(Self { draft, receipt: Receipt { digest, length, sealed_length }, address })
    }
}

impl Object for Prepared {
    const KIND: Kind = Kind::Prepared;

    fn write(&self, w: &mut Writer) {
        self.key.write(w);
        w.u64(self.length);
        w.u64(self.sealed_length);
        self.database.write(w);
        self.entry.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let key = RecordKey::read(r)?;
        let (length, sealed_length) = read_lengths(r)?;
        let database = Option::<Frontier>::read(r)?;
        // It includes this record.
        if database.as_ref().is_some_and(|database| database.size() == 0) {
            return Err(Error::InvalidField);
        }
        Ok(Self { key, length, sealed_length, database, entry: Entry::read(r)? })
    }
}

/// Reads the length of a record and that of the sealed record, which must be greater.
fn read_lengths(r: &mut Reader<'_>) -> Result<(u64, u64), Error> {
    let lengths = (r.u64()?, r.u64()?);
    if lengths.0 < lengths.1 { Ok(lengths) } else { Err(Error::InvalidField) }
}
