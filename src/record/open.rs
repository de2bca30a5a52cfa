//! Opens a sealed record in pieces.

use std::fmt;
use std::io::Write;

use ctr::cipher::StreamCipher;

use super::chunk::{ChunkCipher, Keystream};
use super::digest::{DigestBuilder, Receipt};
use super::header::{Header, PREFIX_BYTES};
use super::key::RecordKey;
use super::memory::with_capacity;
use crate::error::Error;
use crate::process::Home;
use crate::secret::Secret;

/// Opens a sealed record whose bytes arrive in pieces.
///
/// It buffers one chunk. It writes the chunk when its tag is verified: when a byte of the next
/// chunk arrives, or at the end. **The written bytes are the whole record only after
/// [`finish`](Self::finish) succeeds.**
pub struct Opener {
    state: State,
    home: Home,
    failed: Option<Error>,
}

enum State {
    /// The header is incomplete.
    Header {
        key: RecordKey,
        prefix: Vec<u8>,
    },
    Chunks(Box<Chunks>),
}

struct Chunks {
    header: Header,
    cipher: ChunkCipher,
    keystream: Keystream,
    digest: DigestBuilder,
    /// The current chunk with its tag, and its index.
    chunk: Secret<Vec<u8>>,
    index: u64,
    /// The number of bytes of the record so far.
    length: u64,
}

impl Opener {
    /// Starts to open a sealed record.
    #[must_use]
    pub fn new(key: &RecordKey) -> Self {
        let key = RecordKey(Secret::new(*key.0));
        Self {
            state: State::Header { key, prefix: Vec::with_capacity(PREFIX_BYTES) },
            home: Home::here(),
            failed: None,
        }
    }

    /// Returns the maximum number of bytes that [`update`](Self::update) will write for `count`
    /// bytes of the sealed record. With zero, returns the maximum for [`finish`](Self::finish).
    #[must_use]
    pub fn most_released(&self, count: usize) -> usize {
        match &self.state {
            State::Header { .. } => count,
            State::Chunks(chunks) => chunks.chunk.len().saturating_add(count),
        }
    }

    /// Takes the next bytes of the sealed record, any number of them. Writes the chunks that are
    /// complete and verified to `record`.
    ///
    /// # Errors
    /// - A decoding error if the input does not begin with the header of a sealed record.
    /// - [`Error::DecryptionFailed`] if the key is wrong, or anything was
    ///   changed, removed or added.
    /// - [`Error::Io`] with the writer's error.
    /// - [`Error::OutOfMemory`] if the chunk cannot be allocated.
    /// - [`Error::Forked`] in another process than the one that made the opener.
    ///
    /// Every later call fails with the same error.
    pub fn update(&mut self, sealed: &[u8], record: &mut impl Write) -> Result<(), Error> {
        self.unless_failed(|opener| opener.take(sealed, record))
    }

    /// Ends the sealed record: verifies and writes the last chunk. Compare the digest in the
    /// receipt with the announced one.
    ///
    /// # Errors
    /// As [`update`](Self::update), and [`Error::Truncated`] if the header is incomplete.
    pub fn finish(mut self, record: &mut impl Write) -> Result<Receipt, Error> {
        self.unless_failed(|opener| match &mut opener.state {
            State::Header { .. } => Err(Error::Truncated),
            State::Chunks(chunks) => chunks.open(true, record),
        })?;
        match self.state {
            State::Header { .. } => Err(Error::Truncated),
            State::Chunks(chunks) => chunks.digest.finish(chunks.length),
        }
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

    fn take(&mut self, mut sealed: &[u8], record: &mut impl Write) -> Result<(), Error> {
        if let State::Header { key, prefix } = &mut self.state {
            sealed = move_into(prefix, PREFIX_BYTES, sealed);
            if prefix.len() < PREFIX_BYTES {
                return Ok(());
            }
            self.state = State::Chunks(Box::new(Chunks::new(key, prefix)?));
        }
        match &mut self.state {
            State::Header { .. } => Ok(()),
            State::Chunks(chunks) => chunks.take(sealed, record),
        }
    }
}

impl Chunks {
    fn new(key: &RecordKey, prefix: &[u8]) -> Result<Self, Error> {
        let (header, _) = Header::split(prefix)?;
        let cipher = ChunkCipher::opening(key, &header)?;
        Ok(Self {
            keystream: cipher.keystream(0),
            digest: DigestBuilder::new(&header),
            chunk: Secret::new(with_capacity(header.chunk_size.stride())?),
            header,
            cipher,
            index: 0,
            length: 0,
        })
    }

    fn take(&mut self, mut sealed: &[u8], record: &mut impl Write) -> Result<(), Error> {
        let stride = self.header.chunk_size.stride();
        while !sealed.is_empty() {
            // The next byte shows whether a full chunk is the last.
            if self.chunk.len() == stride {
                self.open(false, record)?;
            }
            sealed = move_into(&mut self.chunk, stride, sealed);
        }
        Ok(())
    }

    fn open(&mut self, last: bool, record: &mut impl Write) -> Result<(), Error> {
        let (chunk, tag) = self.chunk.split_last_chunk_mut().ok_or(Error::DecryptionFailed)?;
        self.digest.append(self.cipher.verify(self.index, last, chunk, tag)?);
        self.keystream.apply_keystream(chunk);
        record.write_all(chunk)?;
        self.index += 1;
        self.length += chunk.len() as u64;
        self.chunk.clear();
        Ok(())
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}

/// Appends bytes to a buffer until it has `full` bytes, and returns the rest.
fn move_into<'a>(buffer: &mut Vec<u8>, full: usize, bytes: &'a [u8]) -> &'a [u8] {
    let (now, later) = bytes.split_at(bytes.len().min(full - buffer.len()));
    buffer.extend_from_slice(now);
    later
}
