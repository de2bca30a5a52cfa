//! How to seal and how to open.

use core::num::NonZeroUsize;
use std::thread;

use super::digest::RecordDigest;
use super::header::ChunkSize;

/// How a record is sealed: chunk size and number of threads.
#[derive(Clone, Copy, Debug)]
pub struct SealOptions {
    pub(super) chunk_size: ChunkSize,
    pub(super) threads: usize,
}

impl SealOptions {
    /// The chunk size; 64 KiB unless set.
    #[must_use]
    pub fn chunk_size(self, chunk_size: ChunkSize) -> Self {
        Self { chunk_size, ..self }
    }

    /// The most threads to work on, up to 256; one unless set, and zero for as many as there are processors. The sealed bytes
    /// do not depend on it.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: at_least_one(threads), ..self }
    }
}

impl Default for SealOptions {
    fn default() -> Self {
        Self { chunk_size: ChunkSize::default(), threads: 1 }
    }
}

/// How a record is opened: number of threads, and the digest that it must have.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    pub(super) digest: Option<RecordDigest>,
    pub(super) threads: usize,
}

impl OpenOptions {
    /// The most threads to work on, up to 256; one unless set, and zero for as many as there are processors.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads: at_least_one(threads), ..self }
    }

    /// Refuses a record that has another digest, with [`Error::DigestMismatch`](crate::Error::DigestMismatch).
    ///
    /// Such a record was sealed under the same key, or it would not open at all. A digest is known only when all was
    /// read: what is opened in memory is released after that; a stream has its last chunk held back until then.
    #[must_use]
    pub fn expect_digest(self, digest: RecordDigest) -> Self {
        Self { digest: Some(digest), ..self }
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { digest: None, threads: 1 }
    }
}

/// More threads than this do not make anything faster, and each has memory of its own.
const MOST_THREADS: usize = 256;

pub(super) fn at_least_one(threads: usize) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if threads == 0 { processors() } else { threads.min(MOST_THREADS) }
}
