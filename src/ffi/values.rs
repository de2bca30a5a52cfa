//! Values that are passed as structs: digests, ids and receipts.

use super::abi::Plain;
use crate::identity::CertificateSerial;
use crate::ledger::{EntryId, RecordId};
use crate::record::{KeyedSummary, Receipt, RecordDigest};

/// Bytes of a medseal_digest.
pub const MEDSEAL_DIGEST_BYTES: usize = 32;
/// Bytes of a medseal_possession.
pub const MEDSEAL_POSSESSION_BYTES: usize = 48;
/// Bytes of a medseal_summary.
pub const MEDSEAL_SUMMARY_BYTES: usize = 32;
/// Bytes of a medseal_entry_id.
pub const MEDSEAL_ENTRY_ID_BYTES: usize = 32;
/// Bytes of a medseal_record_id.
pub const MEDSEAL_RECORD_ID_BYTES: usize = 16;
/// Bytes of a medseal_certificate_serial.
pub const MEDSEAL_CERTIFICATE_SERIAL_BYTES: usize = 16;
/// Bytes of a medseal_session_id.
pub const MEDSEAL_SESSION_ID_BYTES: usize = 32;
/// Bytes of a medseal_secret.
pub const MEDSEAL_SECRET_BYTES: usize = 32;

/// The digest of a sealed record, or the root of a Merkle tree: a SHA-256 hash. Public.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_digest {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_DIGEST_BYTES],
}

/// A proof that the master secret of a public key is known. Public.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_possession {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_POSSESSION_BYTES],
}

/// The keyed summary of a record. With the record key, it shows that a digest belongs to the
/// record. Compare it with medseal_record_summary_verify(), which takes constant time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_summary {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_SUMMARY_BYTES],
}

/// The id of an entry: the hash of its statement. Public.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_entry_id {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_ENTRY_ID_BYTES],
}

/// The id of a record. It stays the same when the record is published again under another policy.
/// Public; it should be random.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_record_id {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_RECORD_ID_BYTES],
}

/// The serial number of a certificate, which a revocation names. Public, random.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_certificate_serial {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_CERTIFICATE_SERIAL_BYTES],
}

/// The id of a session, the same on both sides. Public.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_session_id {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_SESSION_ID_BYTES],
}

/// Thirty-two secret bytes. Wipe them with medseal_wipe() when you are done.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_secret {
    /// The bytes.
    pub bytes: [u8; MEDSEAL_SECRET_BYTES],
}

/// The digest and the lengths of a record that was sealed or opened.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_receipt {
    /// The digest of the sealed record.
    pub digest: medseal_digest,
    /// The length of the record in bytes.
    pub length: u64,
    /// The length of the sealed record in bytes.
    pub sealed_length: u64,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_digest {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_possession {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_summary {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_entry_id {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_record_id {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_certificate_serial {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_session_id {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_receipt {}
// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_secret {}

impl From<&RecordDigest> for medseal_digest {
    fn from(digest: &RecordDigest) -> Self {
        Self { bytes: *digest.as_bytes() }
    }
}

impl From<medseal_digest> for RecordDigest {
    fn from(digest: medseal_digest) -> Self {
        Self::from(digest.bytes)
    }
}

impl From<&KeyedSummary> for medseal_summary {
    fn from(summary: &KeyedSummary) -> Self {
        Self { bytes: *summary.as_bytes() }
    }
}

impl From<medseal_summary> for KeyedSummary {
    fn from(summary: medseal_summary) -> Self {
        Self::from(summary.bytes)
    }
}

impl From<&EntryId> for medseal_entry_id {
    fn from(id: &EntryId) -> Self {
        Self { bytes: *id.as_bytes() }
    }
}

impl From<medseal_entry_id> for EntryId {
    fn from(id: medseal_entry_id) -> Self {
        Self::from(id.bytes)
    }
}

impl From<&RecordId> for medseal_record_id {
    fn from(id: &RecordId) -> Self {
        Self { bytes: *id.as_bytes() }
    }
}

impl From<medseal_record_id> for RecordId {
    fn from(id: medseal_record_id) -> Self {
        Self::from(id.bytes)
    }
}

impl From<CertificateSerial> for medseal_certificate_serial {
    fn from(serial: CertificateSerial) -> Self {
        Self { bytes: *serial.as_bytes() }
    }
}

impl From<medseal_certificate_serial> for CertificateSerial {
    fn from(serial: medseal_certificate_serial) -> Self {
        Self::from(serial.bytes)
    }
}

impl From<&Receipt> for medseal_receipt {
    fn from(receipt: &Receipt) -> Self {
        Self {
            digest: (&receipt.digest).into(),
            length: receipt.length,
            sealed_length: receipt.sealed_length,
        }
    }
}
