//! Options for sealing and opening.

use super::digest::RecordDigest;
use super::header::ChunkSize;
use crate::threads::Threads;

/// Options for sealing a record: chunk size and number of threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct SealOptions {
    pub(super) chunk_size: ChunkSize,
    pub(super) threads: Threads,
}

impl SealOptions {
    /// Sets the chunk size; the default is 64 KiB.
    #[must_use]
    pub fn chunk_size(self, chunk_size: ChunkSize) -> Self {
        Self { chunk_size, ..self }
    }

    /// Sets the maximum number of threads; the default is one.
    #[must_use]
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }
}

/// Options for opening a record: number of threads, and the expected digest.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    pub(super) digest: Option<RecordDigest>,
    pub(super) threads: Threads,
}

impl OpenOptions {
    /// Sets the maximum number of threads; the default is one.
    #[must_use]
    pub fn threads(self, threads: Threads) -> Self {
        Self { threads, ..self }
    }

    /// Refuses a record with another digest, with
    /// [`Error::DigestMismatch`](crate::Error::DigestMismatch).
    ///
    /// Such a record was sealed under the same key; otherwise it would not open at all. The digest
    /// is known only when everything has been read. A record in memory is released after that. A
    /// stream's last chunk is held back until then.
    #[must_use]
    pub fn expect_digest(self, digest: RecordDigest) -> Self {
        Self { digest: Some(digest), ..self }
    }
}
