//! Sealed records in memory.

use super::export::export;
use std::io::Cursor;

use rand_core::OsRng;

use super::status::{Failure, MEDSEAL_ERR_INVALID_FIELD};
use super::values::{medseal_digest, medseal_receipt, medseal_summary};
use crate::error::Error;
use crate::record::{
    ChunkSize, KeyedSummary, OpenOptions, RecordDigest, RecordKey, SealOptions, no_progress, opened_length,
};
use crate::threads::Threads;

/// The size of an encoded medseal_record_key in bytes.
#[expect(dead_code, reason = "for C alone; tests/c/roles.c compares it")]
pub const MEDSEAL_RECORD_KEY_BYTES: usize = 36;

export! {
    /// The key of a sealed record. It is secret, and wiped when freed.
    struct medseal_record_key;

    /// Makes a record key from the operating system's randomness.
    medseal_record_key_generate() -> (key: object medseal_record_key) { RecordKey::generate(&mut OsRng)? }
}

/// The chunk size of 2^log2 bytes; zero means 64 KiB.
pub(super) fn chunk_size(log2: u32) -> Result<ChunkSize, Failure> {
    if log2 == 0 {
        return Ok(ChunkSize::default());
    }
    let size = u8::try_from(log2).ok().and_then(|log2| ChunkSize::from_log2(log2).ok());
    size.ok_or_else(|| Failure::of(MEDSEAL_ERR_INVALID_FIELD, "chunk_log2".into(), "must be 10 to 24, or 0"))
}

export! {
    /// Returns the length of a sealed record, from the length of the record.
    /// @param length the length of the record in bytes
    /// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_OUT_OF_RANGE
    ///         if the record is too long
    medseal_record_sealed_length(length: u64, chunk_log2: u32) -> (sealed_length: value u64) {
        chunk_size(chunk_log2)?.sealed_length(length)?
    }

    /// Returns the length of the record in a sealed record, according to its header and size.
    /// Opening the record checks this length.
    /// @return a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no sealed record has this size
    medseal_record_opened_length(sealed, sealed_len: bytes) -> (length: value u64) { opened_length(sealed)? }
}

/// A further thread is worth starting for this many bytes.
const PART_BYTES: usize = 256 * 1024;

/// The options for opening a record that must have this digest, if any.
pub(super) fn open_options(digest: Option<medseal_digest>, threads: Threads) -> OpenOptions {
    let options = OpenOptions::default().threads(threads);
    match digest {
        None => options,
        Some(digest) => options.expect_digest(digest.into()),
    }
}

/// The threads that are worth starting for these bytes.
fn threads_for(bytes: &[u8], threads: usize) -> Threads {
    Threads::new(threads).at_most(bytes.len().div_ceil(PART_BYTES))
}

export! {
    /// Seals a record in memory. The output has the length that medseal_record_sealed_length()
    /// returns.
    /// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed
    medseal_record_seal(
        key: object medseal_record_key, record, record_len: bytes, chunk_log2: u32, threads: usize,
        out, out_len: buffer
    ) -> (receipt: value_or_null medseal_receipt) {
        let chunk_size = chunk_size(chunk_log2)?;
        let length = chunk_size.sealed_length(record.len() as u64)?;
        let mut out = out.writer(usize::try_from(length).map_err(|_| Error::OutOfRange)?, record)?;
        let options = SealOptions::default().chunk_size(chunk_size).threads(threads_for(record, threads));
        let made = key.seal_stream(record, &mut out, &options, &mut OsRng, no_progress)?;
        out.finish()?;
        (&made).into()
    }

    /// Opens a sealed record in memory. The output has the length that
    /// medseal_record_opened_length() returns. It contains the record only if all of it is as it
    /// was sealed; on failure, what was written is wiped.
    /// @param digest the digest that the sealed record must have, or NULL
    /// @return MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH
    medseal_record_open(
        key: object medseal_record_key, sealed, sealed_len: bytes, digest: value_or_null medseal_digest,
        threads: usize, out, out_len: buffer
    ) -> (receipt: value_or_null medseal_receipt) {
        let options = open_options(digest, threads_for(sealed, threads));
        let length = usize::try_from(opened_length(sealed)?).map_err(|_| Error::OutOfRange)?;
        let mut out = out.writer(length, sealed)?;
        let opened = key.open_stream(sealed, &mut out, &options, no_progress)?;
        out.finish()?;
        (&opened).into()
    }

    /// Opens a part of a sealed record in memory. Checks only the chunks that contain this part.
    /// @param offset the offset of the first byte to read, in the record
    /// @param length the number of bytes to read, which is the length of the output
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if the part reaches past the end of the record,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED
    medseal_record_open_range(
        key: object medseal_record_key, sealed, sealed_len: bytes, offset: u64, length: u64,
        out, out_len: buffer
    ) -> () {
        // A length greater than the record is out of range; a larger buffer would not help.
        let most = if length <= sealed.len() as u64 { length } else { 0 };
        let mut out = out.writer(usize::try_from(most).map_err(|_| Error::OutOfRange)?, sealed)?;
        key.open_range_stream(Cursor::new(sealed), offset, length, &mut out)?;
        out.finish()?
    }

    /// Computes the digest of a sealed record in memory. Needs no key.
    /// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
    ///         record
    medseal_record_digest(sealed, sealed_len: bytes) -> (digest: value medseal_digest) {
        (&RecordDigest::of(sealed)?).into()
    }

    /// Computes the keyed summary of a record.
    medseal_record_summary(
        key: object medseal_record_key, digest: value medseal_digest
    ) -> (summary: value medseal_summary) {
        (&KeyedSummary::new(key, &digest.into())).into()
    }

    /// Checks the keyed summary of a record.
    /// @param summary the summary that was announced
    /// @return MEDSEAL_ERR_DIGEST_MISMATCH
    medseal_record_summary_verify(
        key: object medseal_record_key, digest: value medseal_digest, summary: value medseal_summary
    ) -> () {
        KeyedSummary::from(summary).verify(key, &digest.into())?
    }
}
