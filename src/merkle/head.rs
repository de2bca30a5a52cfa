//! The hashes of the tree, and its published head: root and size.

use crate::codec::Reader;
use crate::error::Error;
use crate::hash::sha256;
use crate::id::id;

/// A SHA-256 value inside the tree.
pub(crate) type Hash = [u8; 32];

/// The maximum number of entries of a tree. It prevents an overflow of 64 bits in sums of sizes.
pub(super) const MAX_SIZE: u64 = 1 << 63;

/// `MTH({}) = SHA-256("")`
pub(super) fn empty_root() -> Hash {
    sha256(&[])
}

/// Computes `MTH({d}) = SHA-256(0x00 || d)`, where the entry `d` is the concatenation of its parts.
pub(crate) fn leaf_hash<const N: usize>(parts: [&[u8]; N]) -> Hash {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new_with_prefix([0x00]);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// `SHA-256(0x01 || left || right)`
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[0x01], left, right])
}

/// Returns the largest power of two below `n`, which must be at least two.
pub(super) fn split_point(n: u64) -> u64 {
    debug_assert!(n >= 2);
    1 << (n - 1).ilog2()
}

pub(super) fn read_size(r: &mut Reader<'_>) -> Result<u64, Error> {
    let size = r.u64()?;
    if size > MAX_SIZE { Err(Error::InvalidField) } else { Ok(size) }
}

id! {
    /// The Merkle tree hash of a list of entries, 32 bytes. Over a hospital's record digests it
    /// is the paper's *H(M)*.
    Root: 32
}

/// A tree's size and root: the tree head of RFC 9162 without its timestamp. It commits to the
/// whole list of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The number of entries.
    pub size: u64,
    /// The Merkle tree hash of the entries.
    pub root: Root,
}

impl Head {
    /// The length of a head in bytes.
    pub const BYTES: usize = 40;

    /// Returns `size (u64) || root`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (size, root) = bytes.split_at_mut(8);
        size.copy_from_slice(&self.size.to_be_bytes());
        root.copy_from_slice(&self.root.0);
        bytes
    }

    /// Decodes `size (u64) || root`.
    ///
    /// # Errors
    /// [`Error::Truncated`] or [`Error::TrailingBytes`] unless there are 40 bytes;
    /// [`Error::InvalidField`] for a size above 2^63.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut r = Reader::new(bytes);
        let head = Self::read(&mut r)?;
        r.finish()?;
        Ok(head)
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { size: read_size(r)?, root: Root::from(r.array()?) })
    }
}
