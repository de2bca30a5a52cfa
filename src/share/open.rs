//! Opening: entry, object, unwrapped key, record.

use std::io::Write;
use std::ops::ControlFlow;

use crate::abe::DecryptionKey;
use crate::error::Error;
use crate::ledger::{CheckedEntry, EntryId, wrap_aad};
use crate::record::{OpenOptions, Receipt, RecordKey};
use crate::share::consortium::Consortium;

impl Consortium<'_> {
    /// Returns the entry of an id. The ledger is not believed. The id must be the hash of the
    /// entry. The entry must be signed, for this ledger, by somebody who satisfies the claim policy
    /// of the charter that it names. It must stand under the head that the reader trusts. Without
    /// these checks a node could make up entries, since anybody with the public keys can wrap their
    /// own record; and a key that is no longer valid could sign into its past.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`], [`Error::AfterTrustedHead`] if the entry is newer than the head;
    /// [`Error::DigestMismatch`] if the ledger gives another; [`Error::UnknownCharter`],
    /// [`Error::ClaimPolicyRefused`], [`Error::InvalidSignature`], [`Error::InvalidProof`] if no
    /// ledger should have accepted it; [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn entry(&self, id: &EntryId) -> Result<CheckedEntry, Error> {
        let entry = self.ledger.get(id)?;
        if entry.id() != *id {
            return Err(Error::DigestMismatch);
        }
        let proof = self.ledger.prove(id, self.head.head().size)?;
        CheckedEntry::new(entry, self.charters, &proof, &self.head)
    }

    /// Unwraps the key of the record that an entry is about.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`] if the members' key of the entry's epoch is not held,
    /// [`Error::WrongMembersKey`] if the one that is held is not what its charter commits
    /// to; [`Error::PolicyNotSatisfied`] if the key's attributes do not satisfy the entry's
    /// policy, [`Error::DecryptionFailed`] if the wrapped key is not for this key or was
    /// made for another record.
    pub fn record_key(&self, entry: &CheckedEntry, key: &DecryptionKey) -> Result<RecordKey, Error> {
        let statement = entry.statement();
        self.members_key(self.charters.get(statement.charter)?.terms())?;
        let unwrapped = key.unwrap_key(&statement.key, &wrap_aad(&statement.digest), self.members)?;
        RecordKey::from_bytes(&unwrapped).map_err(|_| Error::DecryptionFailed)
    }

    /// Opens the record of an entry to a writer, in constant memory.
    ///
    /// Each chunk is verified under the record key before any of it is written, and the digest
    /// before the last ones are. After an error the output is to be thrown away: it may hold a
    /// beginning of the record, or, if the store and somebody who has the record key work
    /// together, a beginning of what they made up. `progress` is told how many bytes of the record
    /// are done, and breaks to cancel.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry) and [`record_key`](Self::record_key);
    /// [`Error::UnknownObject`] if the store does not have the sealed record;
    /// [`Error::DecryptionFailed`], [`Error::DigestMismatch`] or a decoding error if what it has is
    /// not the record that the entry is about; [`Error::Io`], [`Error::Cancelled`].
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
