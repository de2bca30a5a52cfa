//! Opening: get the entry and the object, unwrap the key, decrypt the record.

use std::io::Write;
use std::ops::ControlFlow;

use crate::abe::DecryptionKey;
use crate::error::Error;
use crate::ledger::{CheckedEntry, EntryId, wrap_aad};
use crate::record::{OpenOptions, Receipt, RecordKey};
use crate::share::consortium::Consortium;

impl Consortium<'_> {
    /// Returns the entry with this id, and does not trust the ledger. The id must be the hash of
    /// the entry. A signer who satisfies the claim policy of the named charter must have signed it
    /// for this ledger. The trusted head must cover it. Without these checks, a node could invent
    /// entries, because anyone with the public keys can wrap a record, and an expired key could sign
    /// entries for the past.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`]; [`Error::AfterTrustedHead`] if the entry is newer than the head;
    /// [`Error::DigestMismatch`] if the ledger returns a different entry;
    /// [`Error::UnknownCharter`], [`Error::ClaimPolicyRefused`], [`Error::EpochRefused`],
    /// [`Error::InvalidSignature`], [`Error::InvalidProof`] if no ledger should have accepted it;
    /// [`Error::OutOfRange`] if the ledger has fewer items than the head;
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn entry(&self, id: &EntryId) -> Result<CheckedEntry, Error> {
        let entry = self.ledger.get(id)?;
        if entry.id() != *id {
            return Err(Error::DigestMismatch);
        }
        let proof = self.ledger.prove(id, self.head.head().size)?;
        CheckedEntry::new(entry, self.charters, &proof, &self.head)
    }

    /// Unwraps the record key of an entry.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`] if the members' key of the entry's epoch is missing;
    /// [`Error::WrongMembersKey`] if the held key does not match the charter's commitment;
    /// [`Error::PolicyNotSatisfied`] if the key's attributes do not satisfy the entry's
    /// policy; [`Error::DecryptionFailed`] if the wrapped key is not for this key, or was made
    /// for a different record.
    pub fn record_key(&self, entry: &CheckedEntry, key: &DecryptionKey) -> Result<RecordKey, Error> {
        let statement = entry.statement();
        self.members_key(self.charters.get(statement.charter)?.terms())?;
        let unwrapped = key.unwrap_key(&statement.key, &wrap_aad(&statement.digest), self.members)?;
        RecordKey::from_bytes(&unwrapped).map_err(|_| Error::DecryptionFailed)
    }

    /// Decrypts the record of an entry to a writer, in constant memory.
    ///
    /// Each chunk is verified under the record key before it is written, and the digest before
    /// the last chunks are written. After an error, discard the output: it may be the beginning
    /// of the record. If the store colludes with a holder of the record key, it may be the
    /// beginning of forged data. `progress` receives the number of bytes of the record done, and
    /// returns `Break` to cancel.
    ///
    /// # Errors
    /// As for [`entry`](Self::entry) and [`record_key`](Self::record_key); [`Error::UnknownObject`]
    /// if the store does not have the sealed record; [`Error::DecryptionFailed`],
    /// [`Error::DigestMismatch`] or a decoding error if the object is not the entry's record;
    /// [`Error::Io`], [`Error::Cancelled`].
    pub fn open(
        &self,
        id: &EntryId,
        key: &DecryptionKey,
        output: impl Write,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let entry = self.entry(id)?;
        let record_key = self.record_key(&entry, key)?;
        let object = self.store.get(&entry.statement().address)?;
        let options = OpenOptions::default().threads(self.threads).expect_digest(entry.statement().digest);
        record_key.open_stream(object, output, &options, progress)
    }
}
