//! Opening as the bytes come.

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

/// Opens a sealed record whose bytes come little by little.
///
/// It buffers one chunk, and writes it when its tag is verified, which is when a byte of
/// the next chunk came or at the end. **Only after [`finish`](Self::finish) is what was
/// written the whole record.**
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
    /// The chunk under way with its tag, and its index.
    chunk: Secret<Vec<u8>>,
    index: u64,
    /// Bytes of the record so far.
    length: u64,
}

impl Opener {
    /// Begins to open a sealed record.
    #[must_use]
    pub fn new(key: &RecordKey) -> Self {
        let key = RecordKey(Secret::new(*key.0));
        Self {
            state: State::Header { key, prefix: Vec::with_capacity(PREFIX_BYTES) },
            home: Home::here(),
            failed: None,
        }
    }

    /// How many bytes [`update`](Self::update) will write at most for `count` bytes of the sealed
    /// record; with zero, how many [`finish`](Self::finish) will write at most.
    #[must_use]
    pub fn most_released(&self, count: usize) -> usize {
        match &self.state {
            State::Header { .. } => count,
            State::Chunks(chunks) => chunks.chunk.len().saturating_add(count),
        }
    }

    /// Takes the next bytes of the sealed record, as many as there are, and writes the chunks that
    /// are complete and verified to `record`.
    ///
    /// # Errors
    /// A decoding error if this does not begin with the header of a sealed record,
    /// [`Error::DecryptionFailed`] if the key is another or anything was changed, removed or added,
    /// [`Error::Io`] with what the writer reported, [`Error::Forked`] in another process than that
    /// which made the opener. Every later call fails with the same error.
    pub fn update(&mut self, sealed: &[u8], record: &mut impl Write) -> Result<(), Error> {
        self.unless_failed(|opener| opener.take(sealed, record))
    }

    /// Takes the end of the sealed record: verifies and writes the last chunk. The receipt holds
    /// the digest, to be compared with one that was announced.
    ///
    /// # Errors
    /// As [`update`](Self::update).
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
            // Whether a full chunk is the last shows when the next byte comes.
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

/// Moves bytes to the end of a buffer until that has `full` bytes, and returns the rest.
fn move_into<'a>(buffer: &mut Vec<u8>, full: usize, bytes: &'a [u8]) -> &'a [u8] {
    let (now, later) = bytes.split_at(bytes.len().min(full - buffer.len()));
    buffer.extend_from_slice(now);
    later
}
