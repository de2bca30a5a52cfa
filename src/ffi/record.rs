//! Sealed records, in memory.

use super::objects::give;
use std::io::Cursor;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::status::{Failure, MEDSEAL_ERR_INVALID_FIELD, medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_receipt, medseal_summary};
use crate::error::Error;
use crate::record::{
    ChunkSize, KeyedSummary, OpenOptions, RecordDigest, RecordKey, SealOptions, no_progress, opened_length,
};
use crate::threads::Threads;

/// Bytes of an encoded medseal_record_key.
#[expect(dead_code, reason = "for C alone; tests/c/roles.c compares it")]
pub const MEDSEAL_RECORD_KEY_BYTES: usize = 36;

/// The key of a sealed record. It is secret, and wiped when freed.
pub struct medseal_record_key {
    _opaque: [u8; 0],
}

give! {
    /// Makes a record key from the operating system's randomness.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_record_key_generate() -> key: object medseal_record_key { RecordKey::generate(&mut OsRng)? }
}

/// How records are sealed in chunks of 2^log2 bytes; zero stands for 64 KiB.
pub(super) fn chunk_size(log2: u32) -> Result<ChunkSize, Failure> {
    if log2 == 0 {
        return Ok(ChunkSize::default());
    }
    let size = u8::try_from(log2).ok().and_then(|log2| ChunkSize::from_log2(log2).ok());
    size.ok_or_else(|| Failure::of(MEDSEAL_ERR_INVALID_FIELD, "chunk_log2".into(), "must be 10 to 24, or 0"))
}

/// How many bytes a record of this length has when it is sealed.
///
/// @param length bytes of the record
/// @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
/// @param sealed_length where to put the number
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_OUT_OF_RANGE if
///         the record is too long
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_sealed_length(
    length: u64,
    chunk_log2: u32,
    sealed_length: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let sealed_length = c.out_value("sealed_length", sealed_length)?;
        sealed_length.set(chunk_size(chunk_log2)?.sealed_length(length)?)
    })
}

/// How many bytes the record in a sealed record has, as its header and size say;
/// opening it checks that.
///
/// @param sealed the sealed record
/// @param length where to put the number
/// @return a decoding status, MEDSEAL_ERR_DECRYPTION_FAILED if no record has this size
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_opened_length(
    sealed: *const u8,
    sealed_len: usize,
    length: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let length = c.out_value("length", length)?;
        length.set(opened_length(c.bytes("sealed", sealed, sealed_len)?)?)
    })
}

/// No thread is started for less than this.
const PART_BYTES: usize = 256 * 1024;

/// Those that are worth starting for so many bytes.
fn threads_for(bytes: &[u8], threads: usize) -> Threads {
    Threads::new(threads).at_most(bytes.len().div_ceil(PART_BYTES))
}

/// Seals a record that is in memory. The output takes what medseal_record_sealed_length() says.
///
/// @param record the record
/// @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_OUT_OF_MEMORY,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_seal(
    key: *const medseal_record_key,
    record: *const u8,
    record_len: usize,
    chunk_log2: u32,
    threads: usize,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let (key, record) = (c.get("key", key)?, c.bytes("record", record, record_len)?);
        let chunk_size = chunk_size(chunk_log2)?;
        let length = chunk_size.sealed_length(record.len() as u64)?;
        let mut out = out.writer(usize::try_from(length).map_err(|_| Error::OutOfRange)?, record)?;
        let options = SealOptions::default().chunk_size(chunk_size).threads(threads_for(record, threads));
        let made = key.seal_stream(record, &mut out, &options, &mut OsRng, no_progress)?;
        out.finish()?;
        receipt.set((&made).into())
    })
}

/// Opens a sealed record that is in memory. The output takes what medseal_record_opened_length()
/// says, and holds the record only if all of it is as it was sealed; on failure what was written of
/// it is wiped.
///
/// @param sealed the sealed record
/// @param digest the digest that it must have, or NULL
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param receipt where to put digest and lengths, or NULL
/// @return a decoding status if this does not begin like a sealed record,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_open(
    key: *const medseal_record_key,
    sealed: *const u8,
    sealed_len: usize,
    digest: *const medseal_digest,
    threads: usize,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let (key, sealed) = (c.get("key", key)?, c.bytes("sealed", sealed, sealed_len)?);
        let mut options = OpenOptions::default().threads(threads_for(sealed, threads));
        if !digest.is_null() {
            options = options.expect_digest(c.value("digest", digest)?.into());
        }
        let length = usize::try_from(opened_length(sealed)?).map_err(|_| Error::OutOfRange)?;
        let mut out = out.writer(length, sealed)?;
        let opened = key.open_stream(sealed, &mut out, &options, no_progress)?;
        out.finish()?;
        receipt.set((&opened).into())
    })
}

/// Opens a part of a sealed record that is in memory, checking only the chunks that hold it.
///
/// @param sealed the sealed record
/// @param offset the first byte of the record that is wanted
/// @param length how many bytes are wanted: what the output takes
/// @return a decoding status if this does not begin like a sealed record, MEDSEAL_ERR_OUT_OF_RANGE
///         if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_open_range(
    key: *const medseal_record_key,
    sealed: *const u8,
    sealed_len: usize,
    offset: u64,
    length: u64,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let (key, sealed) = (c.get("key", key)?, c.bytes("sealed", sealed, sealed_len)?);
        // Longer than the record is out of its range, rather than a reason to
        // bring a larger buffer.
        let most = if length <= sealed.len() as u64 { length } else { 0 };
        let mut out = out.writer(usize::try_from(most).map_err(|_| Error::OutOfRange)?, sealed)?;
        key.open_range_stream(Cursor::new(sealed), offset, length, &mut out)?;
        out.finish()
    })
}

/// The digest of a sealed record that is in memory. It takes no key.
///
/// @param sealed the sealed record
/// @param digest where to put the digest
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_digest(
    sealed: *const u8,
    sealed_len: usize,
    digest: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.out_value("digest", digest)?;
        digest.set((&RecordDigest::of(c.bytes("sealed", sealed, sealed_len)?)?).into())
    })
}

/// The keyed summary of a record.
///
/// @param digest the digest of the sealed record
/// @param summary where to put the summary
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_summary(
    key: *const medseal_record_key,
    digest: *const medseal_digest,
    summary: *mut medseal_summary,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let summary = c.out_value("summary", summary)?;
        summary.set((&KeyedSummary::new(c.get("key", key)?, &c.value("digest", digest)?.into())).into())
    })
}

/// Checks the keyed summary of a record.
///
/// @param digest the digest of the sealed record
/// @param summary what was announced
/// @return MEDSEAL_ERR_DIGEST_MISMATCH
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_summary_verify(
    key: *const medseal_record_key,
    digest: *const medseal_digest,
    summary: *const medseal_summary,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let summary = KeyedSummary::from(c.value("summary", summary)?);
        Ok(summary.verify(c.get("key", key)?, &c.value("digest", digest)?.into())?)
    })
}
