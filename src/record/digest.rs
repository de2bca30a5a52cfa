//! The digest of a sealed record, and the summary that requires the key.

use core::fmt;

use subtle::ConstantTimeEq;

use super::chunk::leaf_of;
use super::header::{Header, Layout, TAG_BYTES};
use super::key::RecordKey;
use crate::domain::{KDF_SUMMARY, MAC_SUMMARY, RECORD_DIGEST};
use crate::error::Error;
use crate::hash::{hmac, sha256};
use crate::id::id;
use crate::kdf::kdf;
use crate::merkle::{Frontier, Hash, Root};

id! {
    /// The digest of a sealed record, 32 bytes: the paper's *summary of the data ciphertext*. It
    /// displays as 64 hexadecimal digits, which serve as the record's address in an object store.
    RecordDigest: 32
}

impl RecordDigest {
    /// Computes the digest of a sealed record. Needs no key, and does not show
    /// whether the record opens.
    ///
    /// # Errors
    /// - A decoding error if the header is not that of a sealed record.
    /// - [`Error::Truncated`] if no sealed record has this number of bytes.
    pub fn of(sealed: &[u8]) -> Result<Self, Error> {
        let (header, body) = Header::split(sealed)?;
        let layout = Layout::of(body.len() as u64, header.chunk_size).ok_or(Error::Truncated)?;
        let mut digest = DigestBuilder::new(&header);
        for chunk in body.chunks(header.chunk_size.stride()) {
            let (chunk, tag) = chunk.split_last_chunk::<TAG_BYTES>().ok_or(Error::Truncated)?;
            digest.append(leaf_of(chunk, tag));
        }
        Ok(digest.finish(layout.length)?.digest)
    }

    /// Computes `SHA-256("MEDSEAL-V1-RECORD" || header || header tag || length (u64) || root)`.
    pub(super) fn compute(header: &Header, length: u64, root: &Root) -> Self {
        Self(sha256(&[RECORD_DIGEST, &header.to_bytes(), &length.to_be_bytes(), root.as_bytes()]))
    }
}

/// The digest and the lengths of a sealed record, known when all of it has been processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The record's digest.
    pub digest: RecordDigest,
    /// The length of the record in bytes.
    pub length: u64,
    /// The length of the sealed record in bytes.
    pub sealed_length: u64,
}

impl Receipt {
    /// Compares the digest with the announced one, if there is one.
    pub(super) fn expect(self, announced: Option<RecordDigest>) -> Result<Self, Error> {
        match announced {
            Some(digest) if digest != self.digest => Err(Error::DigestMismatch),
            _ => Ok(self),
        }
    }
}

/// Computes a digest from the leaves of the chunks, in order.
pub(super) struct DigestBuilder {
    header: Header,
    frontier: Frontier,
}

impl DigestBuilder {
    pub(super) fn new(header: &Header) -> Self {
        Self { header: *header, frontier: Frontier::new() }
    }

    pub(super) fn append(&mut self, leaf: Hash) {
        self.frontier.append_leaf(leaf);
    }

    /// Returns the receipt of a record of `length` bytes.
    pub(super) fn finish(&self, length: u64) -> Result<Receipt, Error> {
        Ok(Receipt {
            digest: RecordDigest::compute(&self.header, length, &self.frontier.root()),
            length,
            sealed_length: self.header.chunk_size.sealed_length(length)?,
        })
    }
}

/// The paper's *Mac*, 32 bytes: a summary of the record that only holders of the record's
/// key can make or check.
#[derive(Clone, Copy)]
pub struct KeyedSummary([u8; 32]);

impl KeyedSummary {
    /// Computes the summary of the record with this key and this digest.
    #[must_use]
    pub fn new(key: &RecordKey, digest: &RecordDigest) -> Self {
        // HMAC(k_sum, "summary" || record digest), k_sum = kdf(record_key, "keyed-summary", "")
        let k_sum = kdf::<32>(key.0.as_slice(), KDF_SUMMARY, b"");
        Self(hmac(&k_sum, &[MAC_SUMMARY.0.as_bytes(), &digest.0]))
    }

    /// Verifies a received summary in constant time.
    ///
    /// # Errors
    /// [`Error::DigestMismatch`] if it belongs to another key or another digest.
    pub fn verify(&self, key: &RecordKey, digest: &RecordDigest) -> Result<(), Error> {
        if *self == Self::new(key, digest) { Ok(()) } else { Err(Error::DigestMismatch) }
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for KeyedSummary {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for KeyedSummary {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for KeyedSummary {}

impl fmt::Debug for KeyedSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedSummary(<redacted>)")
    }
}
