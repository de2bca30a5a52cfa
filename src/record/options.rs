//! How to seal and how to open.

use super::digest::RecordDigest;
use super::header::ChunkSize;
use crate::threads::Threads;

/// How a record is sealed: chunk size and number of threads.
#[derive(Clone, Copy, Debug)]
pub struct SealOptions {
    pub(super) chunk_size: ChunkSize,
    pub(super) threads: Threads,
}

impl SealOptions {
    /// The chunk size; 64 KiB unless set.
    #[must_use]
    pub fn chunk_size(self, chunk_size: ChunkSize) -> Self {
        Self { chunk_size, ..self }
    }

    /// The most threads to work on; one unless set.
    #[must_use]
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }
}

impl Default for SealOptions {
    fn default() -> Self {
        Self { chunk_size: ChunkSize::default(), threads: Threads::ONE }
    }
}

/// How a record is opened: number of threads, and the digest that it must have.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    pub(super) digest: Option<RecordDigest>,
    pub(super) threads: Threads,
}

impl OpenOptions {
    /// The most threads to work on; one unless set.
    #[must_use]
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }

    /// Refuses a record that has another digest, with
    /// [`Error::DigestMismatch`](crate::Error::DigestMismatch).
    ///
    /// Such a record was sealed under the same key, or it would not open at all. A digest is known
    /// only when all was read: what is opened in memory is released after that; a stream has its
    /// last chunk held back until then.
    #[must_use]
    pub fn expect_digest(self, digest: RecordDigest) -> Self {
        Self { digest: Some(digest), ..self }
    }
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { digest: None, threads: Threads::ONE }
    }
}
