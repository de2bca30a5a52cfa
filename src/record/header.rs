//! The header of a sealed record, and where in the sealed bytes each chunk lies.

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Kind, Reader, Writer};
use crate::curve::random_bytes;
use crate::error::Error;

/// Bytes of a tag: of the header's as of every chunk's.
pub(super) const TAG_BYTES: usize = 32;
/// Bytes of `"MS" || version || kind || suite || chunk_log2 || salt`.
pub(super) const HEADER_BYTES: usize = 38;
/// Bytes of the header and its tag, after which the chunks begin.
pub(super) const PREFIX_BYTES: usize = HEADER_BYTES + TAG_BYTES;

/// AES-256-CTR, HMAC-SHA-256, SHA-256: the one suite there is.
const SUITE: u8 = 1;

/// How many bytes of the record each chunk holds, the last excepted: a power of
/// two from 1 KiB to 16 MiB.
///
/// A chunk is what a reader has to buffer before it may release a byte, and the least that
/// [`open_range`](super::RecordKey::open_range) reads. Each adds 32 bytes. The default is 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChunkSize(u8);

impl ChunkSize {
    /// 1 KiB.
    pub const MIN: Self = Self(10);
    /// 16 MiB.
    pub const MAX: Self = Self(24);

    /// `2^log2` bytes.
    ///
    /// # Errors
    /// [`Error::InvalidField`] unless `log2` is 10 to 24.
    pub fn from_log2(log2: u8) -> Result<Self, Error> {
        if (Self::MIN.0..=Self::MAX.0).contains(&log2) { Ok(Self(log2)) } else { Err(Error::InvalidField) }
    }

    /// The logarithm to base two.
    #[must_use]
    pub fn log2(self) -> u8 {
        self.0
    }

    /// The size in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        1 << self.0
    }

    /// How many bytes a record of `length` bytes has when it is sealed with this chunk size.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if that is 2^64 or more.
    pub fn sealed_length(self, length: u64) -> Result<u64, Error> {
        let chunks = Layout::of_record(length, self).chunks;
        let tags = chunks.checked_mul(TAG_BYTES as u64);
        tags.and_then(|tags| length.checked_add(tags)?.checked_add(PREFIX_BYTES as u64))
            .ok_or(Error::OutOfRange)
    }

    /// Bytes of a full chunk and its tag.
    pub(super) fn stride(self) -> usize {
        self.bytes() + TAG_BYTES
    }

    /// The first counter block of a chunk: `i * 2^chunk_log2 / 16`, big-endian.
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
    /// A header with a fresh salt; its tag is yet to be computed.
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

    /// Splits a sealed record into its header and the chunks.
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

    /// `header || header tag`
    pub(super) fn to_bytes(self) -> [u8; PREFIX_BYTES] {
        let mut bytes = [0; PREFIX_BYTES];
        let (header, tag) = bytes.split_at_mut(HEADER_BYTES);
        header.copy_from_slice(&self.bytes);
        tag.copy_from_slice(&self.tag);
        bytes
    }
}

/// What follows from the number of bytes of a sealed record: how many chunks it has, and
/// how long the record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) chunks: u64,
    pub(super) length: u64,
}

impl Layout {
    /// The layout of a record of this many bytes.
    pub(super) fn of_record(length: u64, chunk_size: ChunkSize) -> Self {
        Self { chunks: length.div_ceil(chunk_size.bytes() as u64).max(1), length }
    }

    /// The layout of this many bytes after the prefix; `None` if no record has as many.
    pub(super) fn of(body: u64, chunk_size: ChunkSize) -> Option<Self> {
        let chunks = body.div_ceil(chunk_size.stride() as u64);
        let length = body.checked_sub(chunks * TAG_BYTES as u64)?;
        // The last chunk holds a byte at least, unless the record is empty.
        let fits = length > (chunks.checked_sub(1)?) * chunk_size.bytes() as u64 || chunks == 1;
        fits.then_some(Self { chunks, length })
    }

    /// Where the chunk of this index begins in the sealed bytes.
    pub(super) fn position(index: u64, chunk_size: ChunkSize) -> Option<u64> {
        index.checked_mul(chunk_size.stride() as u64)?.checked_add(PREFIX_BYTES as u64)
    }
}

/// How many bytes the record has that is sealed in these bytes. Nothing is verified.
///
/// # Errors
/// A decoding error if the header is not that of a sealed record, [`Error::DecryptionFailed`] if no
/// sealed record has this many bytes.
pub fn opened_length(sealed: &[u8]) -> Result<u64, Error> {
    let (header, body) = Header::split(sealed)?;
    let layout = Layout::of(body.len() as u64, header.chunk_size).ok_or(Error::DecryptionFailed)?;
    Ok(layout.length)
}
