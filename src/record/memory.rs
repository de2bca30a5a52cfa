//! Records that are in memory: at once, on several threads, or in place.

use ctr::cipher::StreamCipher;
use rand_core::{CryptoRng, RngCore};
use std::{panic, thread};
use zeroize::Zeroizing;

use super::chunk::ChunkCipher;
use super::digest::{DigestBuilder, Receipt};
use super::header::{ChunkSize, Header, Layout, PREFIX_BYTES};
use super::key::RecordKey;
use super::options::{OpenOptions, SealOptions};
use crate::error::Error;
use crate::merkle::Hash;

/// No thread is started for less than this.
const PART_BYTES: usize = 256 * 1024;

impl RecordKey {
    /// Seals a record that is in memory.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if the generator fails, [`Error::Io`] if a thread cannot be started.
    pub fn seal(
        &self,
        record: &[u8],
        options: &SealOptions,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<(Vec<u8>, Receipt), Error> {
        let chunk_size = options.chunk_size;
        let mut header = Header::generate(chunk_size, rng)?;
        let cipher = ChunkCipher::sealing(self, &mut header);
        let mut sealed = vec![0; sealed_length(record.len(), chunk_size)?];
        let (prefix, body) = sealed.split_at_mut_checked(PREFIX_BYTES).ok_or(Error::OutOfRange)?;
        prefix.copy_from_slice(&header.to_bytes());

        let chunks = body.len().div_ceil(chunk_size.stride());
        let mut leaves = vec![Hash::default(); chunks];
        let per_part = chunks_per_part(chunks, chunk_size, options.threads);
        let parts = body.chunks_mut(per_part * chunk_size.stride()).zip(leaves.chunks_mut(per_part));
        let mut records = record.chunks(per_part * chunk_size.bytes());
        let parts = parts.enumerate().map(|(part, (body, leaves))| {
            let record = records.next().unwrap_or_default();
            (part * per_part, record, body, leaves)
        });
        on_threads(parts.collect(), |(first, record, body, leaves)| {
            let mut keystream = cipher.keystream(first as u64);
            let mut records = record.chunks(chunk_size.bytes());
            for ((index, chunk), leaf) in (first..).zip(body.chunks_mut(chunk_size.stride())).zip(leaves) {
                let (chunk, tag) = chunk.split_last_chunk_mut().ok_or(Error::OutOfRange)?;
                chunk.copy_from_slice(records.next().unwrap_or_default());
                *leaf = cipher.seal(&mut keystream, index as u64, index + 1 == chunks, (chunk, tag));
            }
            Ok(())
        })?;
        let receipt = receipt(&header, &leaves, record.len() as u64)?;
        Ok((sealed, receipt))
    }

    /// Opens a sealed record that is in memory. Nothing is released unless all of it is genuine.
    ///
    /// # Errors
    /// A decoding error if the header is not that of a sealed record; [`Error::DecryptionFailed`] if the key is
    /// another or anything was changed, removed or added; [`Error::DigestMismatch`] if the options name another
    /// digest; [`Error::Io`] if a thread cannot be started.
    pub fn open(&self, sealed: &[u8], options: &OpenOptions) -> Result<Zeroizing<Vec<u8>>, Error> {
        let (header, body) = Header::split(sealed)?;
        let chunk_size = header.chunk_size;
        let cipher = ChunkCipher::opening(self, &header)?;
        let layout = Layout::of(body.len() as u64, chunk_size).ok_or(Error::DecryptionFailed)?;
        let chunks = body.len().div_ceil(chunk_size.stride());

        let mut record = Zeroizing::new(vec![0; layout.length as usize]);
        let mut leaves = vec![Hash::default(); chunks];
        let per_part = chunks_per_part(chunks, chunk_size, options.threads);
        let parts = body.chunks(per_part * chunk_size.stride()).zip(leaves.chunks_mut(per_part));
        let mut records = record.chunks_mut(per_part * chunk_size.bytes());
        let parts = parts.enumerate().map(|(part, (body, leaves))| {
            let record = records.next().unwrap_or_default();
            (part * per_part, record, body, leaves)
        });
        on_threads(parts.collect(), |(first, record, body, leaves)| {
            let mut keystream = cipher.keystream(first as u64);
            let mut records = record.chunks_mut(chunk_size.bytes());
            for ((index, chunk), leaf) in (first..).zip(body.chunks(chunk_size.stride())).zip(leaves) {
                let (chunk, tag) = chunk.split_last_chunk().ok_or(Error::DecryptionFailed)?;
                *leaf = cipher.verify(index as u64, index + 1 == chunks, chunk, tag)?;
                let record = records.next().unwrap_or_default();
                record.copy_from_slice(chunk);
                keystream.apply_keystream(record);
            }
            Ok(())
        })?;
        receipt(&header, &leaves, layout.length)?.expect(options.digest)?;
        Ok(record)
    }
}

fn sealed_length(length: usize, chunk_size: ChunkSize) -> Result<usize, Error> {
    usize::try_from(chunk_size.sealed_length(length as u64)?).map_err(|_| Error::OutOfRange)
}

fn receipt(header: &Header, leaves: &[Hash], length: u64) -> Result<Receipt, Error> {
    let mut digest = DigestBuilder::new(header);
    leaves.iter().for_each(|leaf| digest.append(*leaf));
    digest.finish(length)
}

/// How many chunks a thread gets when all work at once.
fn chunks_per_part(chunks: usize, chunk_size: ChunkSize, threads: usize) -> usize {
    chunks.div_ceil(threads).max(PART_BYTES / chunk_size.bytes()).max(1)
}

/// Works on all parts at once, each on a thread of its own, the first on this one.
fn on_threads<P: Send>(parts: Vec<P>, work: impl Fn(P) -> Result<(), Error> + Sync) -> Result<(), Error> {
    let mut parts = parts.into_iter();
    let first = parts.next();
    thread::scope(|scope| {
        let started = parts
            .map(|part| thread::Builder::new().spawn_scoped(scope, || work(part)))
            .collect::<Result<Vec<_>, _>>()?;
        let result = first.map_or(Ok(()), &work);
        started.into_iter().fold(result, |result, thread| {
            result.and(thread.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
        })
    })
}
