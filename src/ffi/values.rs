//! Values that are passed as structs: digests, ids and receipts.

use super::abi::{Plain, SecretBytes};
use super::export::export;
use crate::identity::CertificateSerial;
use crate::ledger::{EntryId, RecordId};
use crate::record::{KeyedSummary, Receipt, RecordDigest};

export! {
    /// The digest of a sealed record, or the root of a Merkle tree: a SHA-256 hash. Public.
    bytes medseal_digest[MEDSEAL_DIGEST_BYTES = 32] of RecordDigest;

    /// A proof that the master secret of a public key is known. Public.
    bytes medseal_possession[MEDSEAL_POSSESSION_BYTES = 48];

    /// The keyed summary of a record. With the record key, it shows that a digest belongs to the
    /// record. Compare it with medseal_record_summary_verify(), which takes constant time.
    bytes medseal_summary[MEDSEAL_SUMMARY_BYTES = 32] of KeyedSummary;

    /// The id of an entry: the hash of its statement. Public.
    bytes medseal_entry_id[MEDSEAL_ENTRY_ID_BYTES = 32] of EntryId;

    /// The id of a record. It stays the same when the record is published again under another
    /// policy. Public; it should be random.
    bytes medseal_record_id[MEDSEAL_RECORD_ID_BYTES = 16] of RecordId;

    /// The serial number of a certificate, which a revocation names. Public, random.
    bytes medseal_certificate_serial[MEDSEAL_CERTIFICATE_SERIAL_BYTES = 16] of CertificateSerial;

    /// The id of a session, the same on both sides. Public.
    bytes medseal_session_id[MEDSEAL_SESSION_ID_BYTES = 32];

    /// Thirty-two secret bytes. Wipe them with medseal_wipe() when you are done.
    bytes medseal_secret[MEDSEAL_SECRET_BYTES = 32];
}
const _: () = assert!(size_of::<medseal_secret>() == size_of::<SecretBytes>());

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
unsafe impl Plain for medseal_receipt {}

impl From<&Receipt> for medseal_receipt {
    fn from(receipt: &Receipt) -> Self {
        Self {
            digest: (&receipt.digest).into(),
            length: receipt.length,
            sealed_length: receipt.sealed_length,
        }
    }
}
