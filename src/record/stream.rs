//! Seals and opens records from a reader to a writer.
//!
//! A *run* is a number of consecutive chunks. It is read into one buffer, processed
//! in place, and written.

use std::io::{Read, Write};
use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use super::chunk::{ChunkCipher, leaf_of};
use super::digest::{DigestBuilder, Receipt, RecordDigest};
use super::header::{ChunkSize, Header, PREFIX_BYTES, TAG_BYTES};
use super::key::RecordKey;
use super::memory::zeros;
use super::options::{OpenOptions, SealOptions};
use super::pipeline::{Source, in_order};
use crate::error::Error;
use crate::merkle::Hash;
use crate::process::Home;
use crate::secret::Secret;
use crate::threads::Threads;

/// The approximate number of bytes that are read at a time, at least one chunk. One thread reads no
/// more than fits in the second-level cache; several threads read enough to be worth passing on.
const RUN_BYTES: usize = 64 * 1024;
const SHARED_RUN_BYTES: usize = 256 * 1024;

/// Ignores progress reports.
pub fn no_progress(_done: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

impl RecordKey {
    /// Seals a reader's bytes until its end into a writer, and flushes the writer.
    ///
    /// `progress` receives the number of bytes of the record that are done, and cancels by
    /// breaking. One thread uses one buffer of 64 KiB, and `n` threads use `2n` buffers of 256 KiB.
    /// Each buffer is one chunk if a chunk is larger.
    ///
    /// # Errors
    /// - [`Error::Io`] with the error of the reader or the writer.
    /// - [`Error::Cancelled`] if `progress` breaks.
    /// - [`Error::RandomnessUnavailable`] if `rng` fails.
    /// - [`Error::OutOfMemory`] if a buffer cannot be allocated.
    /// - [`Error::Forked`] if the reader returns in another process.
    ///
    /// After an error, the bytes that were written are not a sealed record.
    pub fn seal_stream(
        &self,
        reader: impl Read,
        mut writer: impl Write,
        options: &SealOptions,
        rng: &mut (impl CryptoRng + RngCore),
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let home = Home::here();
        let mut header = Header::generate(options.chunk_size, rng)?;
        let cipher = ChunkCipher::sealing(self, &mut header);
        let (mut source, mut next) = (Source::new(reader), Some(0));
        let (mut digest, mut progress) = (DigestBuilder::new(&header), Progress::new(progress));
        writer.write_all(&header.to_bytes())?;
        in_order(
            options.threads.get(),
            || Run::new(options.chunk_size, options.threads.get()),
            |run| {
                let more = run.read_record(&mut source, &mut next)?;
                home.check()?; // a reader that forks, and goes on in both processes
                Ok(more)
            },
            |run| run.seal(&cipher),
            |run| {
                writer.write_all(run.buffer.get(..run.filled).unwrap_or_default())?;
                run.leaves.iter().for_each(|leaf| digest.append(*leaf));
                progress.advance(run.record_length())
            },
        )?;
        writer.flush()?;
        digest.finish(progress.done)
    }

    /// Opens a sealed record from a reader, until its end, into a writer, and flushes the writer.
    ///
    /// No byte of a chunk is written before its tag is verified. At the first chunk that does not
    /// verify, only the previous chunks have been written. **The written bytes are the whole record
    /// only after success.** If the options expect a digest, the last chunk is written only if the
    /// digest is right. `progress` receives the number of bytes of the record that are done, and
    /// cancels by breaking. The memory is that of [`seal_stream`](Self::seal_stream).
    ///
    /// # Errors
    /// As [`open`](Self::open), where a reader that ends too early, but after the header, counts as
    /// changed. And [`Error::Io`] with the error of the reader or the writer, [`Error::Cancelled`]
    /// if `progress` breaks, and [`Error::OutOfMemory`] if a buffer cannot be allocated.
    pub fn open_stream(
        &self,
        reader: impl Read,
        mut writer: impl Write,
        options: &OpenOptions,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let (mut source, mut next) = (Source::new(reader), Some(0));
        let header = read_header(&mut source)?;
        let cipher = ChunkCipher::opening(self, &header)?;
        let (mut digest, mut progress) = (DigestBuilder::new(&header), Progress::new(progress));
        in_order(
            options.threads.get(),
            || Run::new(header.chunk_size, options.threads.get()),
            |run| run.read_sealed(&mut source, &mut next),
            |run| run.result = run.open(&cipher),
            |run| {
                run.leaves.iter().for_each(|leaf| digest.append(*leaf));
                if run.last && run.result.is_ok() {
                    digest.finish(progress.done + run.record_length() as u64)?.expect(options.digest)?;
                }
                writer.write_all(run.buffer.get(..run.opened).unwrap_or_default())?;
                run.result.clone()?;
                progress.advance(run.record_length())
            },
        )?;
        writer.flush()?;
        digest.finish(progress.done)
    }
}

impl RecordDigest {
    /// Computes the digest of a sealed record from a reader, until its end, on up to `threads`
    /// threads. Needs no key, and does not show whether the record opens.
    ///
    /// `progress` receives the number of bytes of the record that are done, and cancels by
    /// breaking. The memory is that of [`seal_stream`](RecordKey::seal_stream).
    ///
    /// # Errors
    /// As [`of`](Self::of), [`Error::Io`] with the reader's error, [`Error::Cancelled`] if `progress`
    /// breaks, and [`Error::OutOfMemory`] if a buffer cannot be allocated.
    pub fn of_stream(
        reader: impl Read,
        threads: Threads,
        progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Receipt, Error> {
        let mut source = Source::new(reader);
        let header = read_header(&mut source)?;
        let mut digest = DigestBuilder::new(&header);
        let length = read_leaves(&mut source, &header, threads, progress, |leaf| digest.append(leaf))?;
        digest.finish(length)
    }
}

pub(super) fn read_header(source: &mut Source<impl Read>) -> Result<Header, Error> {
    let mut prefix = [0; PREFIX_BYTES];
    let count = source.fill(&mut prefix)?;
    Ok(Header::split(prefix.get(..count).unwrap_or_default())?.0)
}

/// Reads the chunks after the header, passes the leaf of each to `sink`, and
/// returns the record's length.
pub(super) fn read_leaves(
    source: &mut Source<impl Read>,
    header: &Header,
    threads: Threads,
    progress: impl FnMut(u64) -> ControlFlow<()>,
    mut sink: impl FnMut(Hash),
) -> Result<u64, Error> {
    let (mut next, mut progress, threads) = (Some(0), Progress::new(progress), threads.get());
    in_order(
        threads,
        || Run::new(header.chunk_size, threads),
        |run| run.read_sealed(source, &mut next),
        |run| run.result = run.hash(),
        |run| {
            run.result.clone()?;
            run.leaves.iter().for_each(|leaf| sink(*leaf));
            progress.advance(run.record_length())
        },
    )?;
    Ok(progress.done)
}

/// Reports progress to the caller, and stops if the caller breaks.
struct Progress<F> {
    report: F,
    done: u64,
}

impl<F: FnMut(u64) -> ControlFlow<()>> Progress<F> {
    fn new(report: F) -> Self {
        Self { report, done: 0 }
    }

    fn advance(&mut self, count: usize) -> Result<(), Error> {
        self.done += count as u64;
        if (self.report)(self.done).is_break() { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// Consecutive chunks, each followed by its tag, in one buffer.
struct Run {
    buffer: Secret<Vec<u8>>,
    chunk_size: ChunkSize,
    /// The index of the first chunk.
    first: u64,
    /// Whether the last chunk is the record's last.
    last: bool,
    /// The number of bytes of the buffer that hold chunks and tags.
    filled: usize,
    /// The leaf of each processed chunk.
    leaves: Vec<Hash>,
    /// When opening: the number of bytes at the front of the buffer that are
    /// verified and decrypted.
    opened: usize,
    result: Result<(), Error>,
}

impl Run {
    fn new(chunk_size: ChunkSize, threads: usize) -> Result<Self, Error> {
        let bytes = if threads > 1 { SHARED_RUN_BYTES } else { RUN_BYTES };
        let chunks = (bytes / chunk_size.bytes()).max(1);
        Ok(Self {
            buffer: Secret::new(zeros(chunks * chunk_size.stride())?),
            chunk_size,
            first: 0,
            last: false,
            filled: 0,
            leaves: Vec::with_capacity(chunks),
            opened: 0,
            result: Ok(()),
        })
    }

    /// Resets the run. `next` is the index of the first chunk, or `None` after the
    /// last chunk of the record.
    fn begin(&mut self, next: &mut Option<u64>) -> bool {
        let Some(first) = next else { return false };
        (self.first, self.last, self.filled, self.opened, self.result) = (*first, false, 0, 0, Ok(()));
        self.leaves.clear();
        true
    }

    /// Completes the filling, and sets the index of the next run.
    fn end(&mut self, next: &mut Option<u64>, last: bool) {
        self.last = last;
        let chunks = self.filled.div_ceil(self.chunk_size.stride()) as u64;
        *next = if last { None } else { Some(self.first + chunks) };
    }

    /// Reads a part of the record, and leaves room for the tags.
    fn read_record(&mut self, source: &mut Source<impl Read>, next: &mut Option<u64>) -> Result<bool, Error> {
        if !self.begin(next) {
            return Ok(false);
        }
        for place in self.buffer.chunks_exact_mut(self.chunk_size.stride()) {
            let Some((chunk, _)) = place.split_last_chunk_mut::<TAG_BYTES>() else { break };
            let count = source.fill(chunk)?;
            // An empty chunk is the first chunk or none.
            if count > 0 || (self.filled == 0 && self.first == 0) {
                self.filled += count + TAG_BYTES;
            }
            if count < chunk.len() {
                break;
            }
        }
        let last = source.at_end()?;
        self.end(next, last);
        Ok(true)
    }

    fn read_sealed(&mut self, source: &mut Source<impl Read>, next: &mut Option<u64>) -> Result<bool, Error> {
        if !self.begin(next) {
            return Ok(false);
        }
        self.filled = source.fill(&mut self.buffer)?;
        let last = source.at_end()?;
        self.end(next, last);
        Ok(true)
    }

    /// Encrypts every chunk and writes its tag after it.
    fn seal(&mut self, cipher: &ChunkCipher) {
        let mut keystream = cipher.keystream(self.first);
        let mut rest = self.filled;
        let chunks = self.buffer.get_mut(..self.filled).unwrap_or_default();
        for (index, chunk) in (self.first..).zip(chunks.chunks_mut(self.chunk_size.stride())) {
            rest -= chunk.len();
            if let Some(chunk) = chunk.split_last_chunk_mut() {
                self.leaves.push(cipher.seal(&mut keystream, index, self.last && rest == 0, chunk));
            }
        }
    }

    /// Verifies and decrypts the chunks in order and moves them together at the front,
    /// until one does not verify.
    fn open(&mut self, cipher: &ChunkCipher) -> Result<(), Error> {
        let chunks = self.buffer.get_mut(..self.filled).unwrap_or_default();
        cipher
            .open_in_place(chunks, 0, self.first, self.last, &mut self.opened, |leaf| self.leaves.push(leaf))
    }

    fn hash(&mut self) -> Result<(), Error> {
        let chunks = self.buffer.get(..self.filled).unwrap_or_default();
        for (index, chunk) in (self.first..).zip(chunks.chunks(self.chunk_size.stride())) {
            let (chunk, tag) = chunk.split_last_chunk().ok_or(Error::Truncated)?;
            if chunk.is_empty() && index > 0 {
                return Err(Error::Truncated);
            }
            self.leaves.push(leaf_of(chunk, tag));
        }
        if self.leaves.is_empty() { Err(Error::Truncated) } else { Ok(()) }
    }

    /// Returns the number of bytes of the record in this run.
    fn record_length(&self) -> usize {
        self.filled - self.leaves.len() * TAG_BYTES
    }
}
