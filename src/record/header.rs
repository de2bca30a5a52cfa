//! The header of a sealed record, and the positions of its chunks.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Reader, Writer};
use crate::curve::random_bytes;
use crate::error::Error;

/// The length of a tag in bytes, of the header's and of every chunk's.
pub(super) const TAG_BYTES: usize = 32;
/// The length in bytes of `"MS" || version || kind || suite || chunk_log2 || salt`.
pub(super) const HEADER_BYTES: usize = 38;
/// The length in bytes of the header and its tag, which precede the chunks.
pub(super) const PREFIX_BYTES: usize = HEADER_BYTES + TAG_BYTES;

/// AES-256-CTR, HMAC-SHA-256, SHA-256: the only suite.
const SUITE: u8 = 1;

/// The number of bytes of the record in each chunk except the last: a power of
/// two from 1 KiB to 16 MiB.
///
/// A reader must buffer a whole chunk before it can release a byte, and
/// [`open_range`](super::RecordKey::open_range) reads at least one chunk. Each chunk adds 32 bytes.
/// The default is 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkSize(u8);

impl ChunkSize {
    /// 1 KiB.
    pub const MIN: Self = Self(10);
    /// 16 MiB.
    pub const MAX: Self = Self(24);

    /// Makes a chunk size of `2^log2` bytes.
    ///
    /// # Errors
    /// [`Error::InvalidField`] unless `log2` is 10 to 24.
    pub fn from_log2(log2: u8) -> Result<Self, Error> {
        if (Self::MIN.0..=Self::MAX.0).contains(&log2) { Ok(Self(log2)) } else { Err(Error::InvalidField) }
    }

    /// Returns the logarithm to base two.
    #[must_use]
    pub fn log2(self) -> u8 {
        self.0
    }

    /// Returns the size in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        1 << self.0
    }

    /// Returns the number of bytes of a sealed record with this chunk size, for a
    /// record of `length` bytes.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if it is 2^64 or more.
    pub fn sealed_length(self, length: u64) -> Result<u64, Error> {
        let chunks = Layout::of_record(length, self).chunks;
        let tags = chunks.checked_mul(TAG_BYTES as u64);
        tags.and_then(|tags| length.checked_add(tags)?.checked_add(PREFIX_BYTES as u64))
            .ok_or(Error::OutOfRange)
    }

    /// Returns the number of bytes of a full chunk and its tag.
    pub(super) fn stride(self) -> usize {
        self.bytes() + TAG_BYTES
    }

    /// Returns the first counter block of a chunk: `i * 2^chunk_log2 / 16`, big-endian.
    pub(super) fn counter_block(self, index: u64) -> [u8; 16] {
        (u128::from(index) << (self.0 - 4)).to_be_bytes()
    }
}

impl Default for ChunkSize {
    fn default() -> Self {
        Self(16)
    }
}

/// `header || HMAC(k_mac, "header" || header)`, decoded but not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) bytes: [u8; HEADER_BYTES],
    pub(super) tag: [u8; TAG_BYTES],
    pub(super) chunk_size: ChunkSize,
}

impl Header {
    /// Makes a header with a fresh salt. Its tag must still be computed.
    pub(super) fn generate(
        chunk_size: ChunkSize,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, Error> {
        let salt = random_bytes::<32>(rng)?;
        let mut w = Writer::new();
        w.header(Kind::SealedRecord);
        w.u8(SUITE);
        w.u8(chunk_size.0);
        w.raw(salt.as_slice());
        let bytes = Reader::new(w.as_slice()).array()?;
        Ok(Self { bytes, tag: [0; TAG_BYTES], chunk_size })
    }

    /// Splits a sealed record into its header and its chunks.
    pub(super) fn split(sealed: &[u8]) -> Result<(Self, &[u8]), Error> {
        let mut r = Reader::new(sealed);
        let header = Self::read(&mut r)?;
        Ok((header, r.raw(r.remaining())?))
    }

    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let bytes = r.array()?;
        let mut fields = Reader::new(&bytes);
        fields.header(Kind::SealedRecord)?;
        if fields.u8()? != SUITE {
            return Err(Error::InvalidField);
        }
        let chunk_size = ChunkSize::from_log2(fields.u8()?)?;
        Ok(Self { bytes, tag: r.array()?, chunk_size })
    }

    /// Returns `header || header tag`.
    pub(super) fn to_bytes(self) -> [u8; PREFIX_BYTES] {
        let mut bytes = [0; PREFIX_BYTES];
        let (header, tag) = bytes.split_at_mut(HEADER_BYTES);
        header.copy_from_slice(&self.bytes);
        tag.copy_from_slice(&self.tag);
        bytes
    }
}

/// The number of chunks and the length of a record. Both follow from the number of sealed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) chunks: u64,
    pub(super) length: u64,
}

impl Layout {
    /// Returns the layout of a record of `length` bytes.
    pub(super) fn of_record(length: u64, chunk_size: ChunkSize) -> Self {
        Self { chunks: length.div_ceil(chunk_size.bytes() as u64).max(1), length }
    }

    /// Returns the layout of `body` bytes after the prefix, or `None` if no record
    /// has this number of bytes.
    pub(super) fn of(body: u64, chunk_size: ChunkSize) -> Option<Self> {
        let chunks = body.div_ceil(chunk_size.stride() as u64);
        let length = body.checked_sub(chunks * TAG_BYTES as u64)?;
        // The last chunk holds at least one byte, unless the record is empty.
        let fits = length > (chunks.checked_sub(1)?) * chunk_size.bytes() as u64 || chunks == 1;
        fits.then_some(Self { chunks, length })
    }

    /// Returns the position in the sealed bytes at which a chunk begins.
    pub(super) fn position(index: u64, chunk_size: ChunkSize) -> Option<u64> {
        index.checked_mul(chunk_size.stride() as u64)?.checked_add(PREFIX_BYTES as u64)
    }
}

/// Returns the number of bytes of the record in these sealed bytes. Verifies nothing.
///
/// # Errors
/// - A decoding error if the header is not that of a sealed record.
/// - [`Error::DecryptionFailed`] if no sealed record has this number of bytes.
pub fn opened_length(sealed: &[u8]) -> Result<u64, Error> {
    let (header, body) = Header::split(sealed)?;
    let layout = Layout::of(body.len() as u64, header.chunk_size).ok_or(Error::DecryptionFailed)?;
    Ok(layout.length)
}
