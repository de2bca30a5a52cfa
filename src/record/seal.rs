//! Seals a record in pieces.

use std::fmt;
use std::io::Write;
use std::mem;

use ctr::cipher::StreamCipher;
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

use super::chunk::{ChunkCipher, Keystream, PIECE_BYTES};
use super::digest::{DigestBuilder, Receipt};
use super::header::{ChunkSize, Header, PREFIX_BYTES, TAG_BYTES};
use super::key::RecordKey;
use crate::error::Error;
use crate::process::Home;

/// Seals a record whose bytes arrive in pieces.
///
/// It writes immediately and does not buffer the record. [`finish`](Self::finish) completes the
/// sealed record; without it, the written bytes do not open.
pub struct Sealer {
    header: Header,
    cipher: ChunkCipher,
    keystream: Keystream,
    digest: DigestBuilder,
    /// The hash of the current chunk, its index and its number of bytes so far.
    hash: Sha256,
    index: u64,
    filled: usize,
    /// The number of bytes of the record so far.
    length: u64,
    header_written: bool,
    home: Home,
    failed: Option<Error>,
}

impl Sealer {
    /// Starts to seal a record.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn new(
        key: &RecordKey,
        chunk_size: ChunkSize,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let mut header = Header::generate(chunk_size, rng)?;
        let cipher = ChunkCipher::sealing(key, &mut header);
        Ok(Self {
            keystream: cipher.keystream(0),
            digest: DigestBuilder::new(&header),
            header,
            cipher,
            hash: Sha256::new(),
            index: 0,
            filled: 0,
            length: 0,
            header_written: false,
            home: Home::here(),
            failed: None,
        })
    }

    /// Returns the number of bytes that [`update`](Self::update) will write for
    /// `count` bytes of the record.
    #[must_use]
    pub fn update_length(&self, count: usize) -> usize {
        let begun = self.filled.saturating_add(count);
        let tags = begun.saturating_sub(1) / self.header.chunk_size.bytes() * TAG_BYTES;
        self.header_length().saturating_add(count).saturating_add(tags)
    }

    /// Returns the number of bytes that [`finish`](Self::finish) will write.
    #[must_use]
    pub fn finish_length(&self) -> usize {
        self.header_length() + TAG_BYTES
    }

    fn header_length(&self) -> usize {
        if self.header_written { 0 } else { PREFIX_BYTES }
    }

    /// Seals the next bytes of the record, any number of them, and writes to `sealed`.
    ///
    /// # Errors
    /// - [`Error::Io`] with the writer's error.
    /// - [`Error::Forked`] in another process than the one that made the sealer: its keystream
    ///   could be used twice there.
    ///
    /// Every later call fails with the same error.
    pub fn update(&mut self, record: &[u8], sealed: &mut impl Write) -> Result<(), Error> {
        self.unless_failed(|sealer| sealer.take(record, sealed))
    }

    /// Writes the tag of the last chunk, which completes the sealed record.
    ///
    /// # Errors
    /// As [`update`](Self::update), now or earlier.
    pub fn finish(mut self, sealed: &mut impl Write) -> Result<Receipt, Error> {
        self.unless_failed(|sealer| {
            sealer.take(&[], sealed)?;
            sealer.end_chunk(true, sealed)
        })?;
        self.digest.finish(self.length)
    }

    fn unless_failed(&mut self, act: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => self
                .home
                .check()
                .and_then(|()| act(self))
                .inspect_err(|error| self.failed = Some(error.clone())),
        }
    }

    fn take(&mut self, mut record: &[u8], sealed: &mut impl Write) -> Result<(), Error> {
        if !self.header_written {
            sealed.write_all(&self.header.to_bytes())?;
            self.header_written = true;
        }
        let mut piece = [0; PIECE_BYTES];
        while !record.is_empty() {
            // The next byte shows whether a full chunk is the last.
            if self.filled == self.header.chunk_size.bytes() {
                self.end_chunk(false, sealed)?;
            }
            let count = record.len().min(PIECE_BYTES).min(self.header.chunk_size.bytes() - self.filled);
            let (now, later) = record.split_at_checked(count).ok_or(Error::OutOfRange)?;
            let piece = piece.get_mut(..count).unwrap_or_default();
            self.keystream.apply_keystream_b2b(now, piece);
            self.hash.update(&piece);
            sealed.write_all(piece)?;
            record = later;
            self.filled += count;
            self.length += count as u64;
        }
        Ok(())
    }

    fn end_chunk(&mut self, last: bool, sealed: &mut impl Write) -> Result<(), Error> {
        let (hash, mut tag) = (mem::take(&mut self.hash), [0; TAG_BYTES]);
        self.digest.append(self.cipher.end_chunk(self.index, last, hash, &mut tag));
        sealed.write_all(&tag)?;
        self.index += 1;
        self.filled = 0;
        Ok(())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}
