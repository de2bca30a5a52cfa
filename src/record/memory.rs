//! Seals and opens records in memory: at once, on several threads, or in place.

use rand_core::{CryptoRng, RngCore};

use super::chunk::ChunkCipher;
use super::digest::{DigestBuilder, Receipt};
use super::header::{ChunkSize, Header, Layout, PREFIX_BYTES, opened_length};
use super::key::RecordKey;
use super::opened::OpenedRecord;
use super::options::{OpenOptions, SealOptions};
use crate::error::Error;
use crate::merkle::Hash;
use crate::secret::{Secret, Wipe, wipe_bytes};
use crate::threads::{self, Threads};

/// The least number of bytes for which a thread is started.
const PART_BYTES: usize = 256 * 1024;

impl RecordKey {
    /// Seals a record in memory.
    ///
    /// # Errors
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    /// - [`Error::OutOfMemory`] if the sealed record cannot be allocated.
    pub fn seal(
        &self,
        record: &[u8],
        options: &SealOptions,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Vec<u8>, Receipt), Error> {
        let mut sealed = zeros(size(options.chunk_size.sealed_length(record.len() as u64)?)?)?;
        let receipt = self.seal_into(record, &mut sealed, options, rng)?;
        Ok((sealed, receipt))
    }

    /// Seals a record in memory into a buffer of exactly
    /// [`sealed_length`](ChunkSize::sealed_length) bytes.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] if the buffer has another length.
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn seal_into(
        &self,
        record: &[u8],
        sealed: &mut [u8],
        options: &SealOptions,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Receipt, Error> {
        let chunk_size = options.chunk_size;
        if sealed.len() as u64 != chunk_size.sealed_length(record.len() as u64)? {
            return Err(Error::OutOfRange);
        }
        let mut header = Header::generate(chunk_size, rng)?;
        let cipher = ChunkCipher::sealing(self, &mut header);
        let (prefix, body) = sealed.split_first_chunk_mut::<PREFIX_BYTES>().ok_or(Error::OutOfRange)?;
        *prefix = header.to_bytes();

        let chunks = body.len().div_ceil(chunk_size.stride());
        let mut leaves = vec![Hash::default(); chunks];
        let per_part = chunks_per_part(chunks, chunk_size, options.threads.get());
        let records = record.chunks(per_part * chunk_size.bytes());
        let bodies = body.chunks_mut(per_part * chunk_size.stride());
        on_threads(per_part, records, bodies, &mut leaves, |first, record, body, leaves| {
            let mut keystream = cipher.keystream(first as u64);
            let mut records = record.chunks(chunk_size.bytes());
            for ((index, chunk), leaf) in (first..).zip(body.chunks_mut(chunk_size.stride())).zip(leaves) {
                let (chunk, tag) = chunk.split_last_chunk_mut().ok_or(Error::OutOfRange)?;
                let record = records.next().unwrap_or_default();
                let last = index + 1 == chunks;
                *leaf = cipher.seal_from(&mut keystream, index as u64, last, record, (chunk, tag));
            }
            Ok(())
        })?;
        receipt(&header, &leaves, record.len() as u64)
    }

    /// Seals a record in place, on one thread. The vector grows by the overhead of sealing. If it
    /// must be reallocated, the old allocation is wiped.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails, or [`Error::OutOfMemory`]. The
    /// record is then unchanged.
    pub fn seal_in_place(
        &self,
        record: &mut Vec<u8>,
        chunk_size: ChunkSize,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Receipt, Error> {
        let length = record.len();
        let sealed_length = size(chunk_size.sealed_length(length as u64)?)?;
        let mut header = Header::generate(chunk_size, rng)?;
        let cipher = ChunkCipher::sealing(self, &mut header);
        grow(record, sealed_length)?;

        // Go from the last chunk to the first: each chunk then moves to a place whose
        // content has already moved.
        let chunks = length.div_ceil(chunk_size.bytes()).max(1);
        let mut leaves = vec![Hash::default(); chunks];
        for (index, leaf) in leaves.iter_mut().enumerate().rev() {
            let start = index * chunk_size.bytes();
            let place = PREFIX_BYTES + index * chunk_size.stride();
            record.copy_within(start..length.min(start + chunk_size.bytes()), place);
            let end = sealed_length.min(place + chunk_size.stride());
            let chunk = record.get_mut(place..end).and_then(<[u8]>::split_last_chunk_mut);
            let mut keystream = cipher.keystream(index as u64);
            let last = index + 1 == chunks;
            *leaf = cipher.seal(&mut keystream, index as u64, last, chunk.ok_or(Error::OutOfRange)?);
        }
        let prefix = record.first_chunk_mut::<PREFIX_BYTES>().ok_or(Error::OutOfRange)?;
        *prefix = header.to_bytes();
        receipt(&header, &leaves, length as u64)
    }

    /// Opens a sealed record in memory. Nothing is released unless all of it is genuine.
    ///
    /// # Errors
    /// - A decoding error if the header is not that of a sealed record.
    /// - [`Error::DecryptionFailed`] if the key is wrong, or anything was
    ///   changed, removed or added.
    /// - [`Error::DigestMismatch`] if the options expect another digest.
    /// - [`Error::OutOfMemory`] if the record cannot be allocated.
    pub fn open(&self, sealed: &[u8], options: &OpenOptions) -> Result<OpenedRecord, Error> {
        let mut record = Secret::new(zeros(size(opened_length(sealed)?)?)?);
        self.open_into(sealed, &mut record, options)?;
        Ok(OpenedRecord(record))
    }

    /// Opens a sealed record in memory into a buffer of exactly [`opened_length`] bytes. The buffer
    /// is wiped unless all of the record is genuine.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the buffer has another length; otherwise as [`open`](Self::open).
    pub fn open_into(
        &self,
        sealed: &[u8],
        record: &mut [u8],
        options: &OpenOptions,
    ) -> Result<Receipt, Error> {
        let opened = self.try_open_into(sealed, record, options);
        opened.inspect_err(|_| wipe_bytes(record))
    }

    fn try_open_into(
        &self,
        sealed: &[u8],
        record: &mut [u8],
        options: &OpenOptions,
    ) -> Result<Receipt, Error> {
        let (header, body) = Header::split(sealed)?;
        let chunk_size = header.chunk_size;
        let cipher = ChunkCipher::opening(self, &header)?;
        let layout = Layout::of(body.len() as u64, chunk_size).ok_or(Error::DecryptionFailed)?;
        if record.len() as u64 != layout.length {
            return Err(Error::OutOfRange);
        }

        let chunks = size(layout.chunks)?;
        let mut leaves = vec![Hash::default(); chunks];
        let per_part = chunks_per_part(chunks, chunk_size, options.threads.get());
        let records = record.chunks_mut(per_part * chunk_size.bytes());
        let bodies = body.chunks(per_part * chunk_size.stride());
        on_threads(per_part, records, bodies, &mut leaves, |first, record, body, leaves| {
            let mut keystream = cipher.keystream(first as u64);
            let mut records = record.chunks_mut(chunk_size.bytes());
            for ((index, chunk), leaf) in (first..).zip(body.chunks(chunk_size.stride())).zip(leaves) {
                let (chunk, tag) = chunk.split_last_chunk().ok_or(Error::DecryptionFailed)?;
                let (record, last) = (records.next().unwrap_or_default(), index + 1 == chunks);
                *leaf = cipher.open_into(&mut keystream, index as u64, last, (chunk, tag), record)?;
            }
            Ok(())
        })?;
        receipt(&header, &leaves, layout.length)?.expect(options.digest)
    }

    /// Opens a sealed record in place, on one thread. The vector shrinks to the record. It is wiped
    /// and empty unless all of the record is genuine.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_in_place(&self, sealed: &mut Vec<u8>, options: &OpenOptions) -> Result<Receipt, Error> {
        let opened = self.try_open_in_place(sealed);
        opened.and_then(|receipt| receipt.expect(options.digest)).inspect_err(|_| {
            sealed.wipe();
            sealed.clear();
        })
    }

    fn try_open_in_place(&self, sealed: &mut Vec<u8>) -> Result<Receipt, Error> {
        let (header, body) = Header::split(sealed)?;
        let cipher = ChunkCipher::opening(self, &header)?;
        let layout = Layout::of(body.len() as u64, header.chunk_size).ok_or(Error::DecryptionFailed)?;
        let (mut digest, mut opened) = (DigestBuilder::new(&header), 0);
        cipher.open_in_place(sealed, PREFIX_BYTES, 0, true, &mut opened, |leaf| digest.append(leaf))?;
        sealed.truncate(opened);
        digest.finish(layout.length)
    }
}

fn size(length: u64) -> Result<usize, Error> {
    usize::try_from(length).map_err(|_| Error::OutOfRange)
}

/// Allocates room for `length` bytes of a record.
pub(super) fn with_capacity(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Error::OutOfMemory)?;
    Ok(bytes)
}

/// Returns `length` zeros, which will be overwritten with a record.
pub(super) fn zeros(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = with_capacity(length)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

/// Fills a vector up to `length` with zeros, and wipes the old allocation if it is reallocated.
fn grow(bytes: &mut Vec<u8>, length: usize) -> Result<(), Error> {
    if bytes.capacity() < length {
        let mut grown = with_capacity(length)?;
        grown.extend_from_slice(bytes);
        core::mem::replace(bytes, grown).wipe();
    }
    bytes.resize(length, 0);
    Ok(())
}

fn receipt(header: &Header, leaves: &[Hash], length: u64) -> Result<Receipt, Error> {
    let mut digest = DigestBuilder::new(header);
    leaves.iter().for_each(|leaf| digest.append(*leaf));
    digest.finish(length)
}

/// Returns the number of chunks for each thread when all threads work at once.
fn chunks_per_part(chunks: usize, chunk_size: ChunkSize, threads: usize) -> usize {
    chunks.div_ceil(threads).max(PART_BYTES / chunk_size.bytes()).max(1)
}

/// Works on all parts at once, on one thread for each part, including the current
/// one. `work` receives the index of the part's first chunk, the record's bytes, the
/// sealed bytes and the leaves.
fn on_threads<R: Default + Send, B: Send>(
    per_part: usize,
    mut records: impl Iterator<Item = R>,
    bodies: impl Iterator<Item = B>,
    leaves: &mut [Hash],
    work: impl Fn(usize, R, B, &mut [Hash]) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let parts = (0..).step_by(per_part).zip(bodies).zip(leaves.chunks_mut(per_part));
    let work = &work;
    let parts = parts.map(|((first, body), leaves)| {
        // Even an empty record has one chunk.
        let record = records.next().unwrap_or_default();
        move || work(first, record, body, leaves)
    });
    let parts = parts.collect::<Vec<_>>();
    threads::map(Threads::new(parts.len().max(1)), parts, |part| part()).into_iter().collect()
}
