//! The state for appending: the roots of the complete subtrees over the entries.

use super::head::{Hash, Head, Root, empty_root, leaf_hash, node_hash, read_size};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;

/// The compact state of an append-only tree: 32 bytes for each set bit of its size.
///
/// A tree of `n` entries splits into complete subtrees whose sizes are the set bits of `n`,
/// largest first. An append costs two hashes on average and at most `1 + log n`.
/// [`root`](Self::root) costs `log n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One root for each set bit of `size`; the root of the largest subtree is first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// Returns the state of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an entry and returns its index.
    pub fn append(&mut self, entry: &[u8]) -> u64 {
        self.append_leaf(leaf_hash([entry]))
    }

    /// Appends an entry with a known leaf hash, and returns its index.
    pub(crate) fn append_leaf(&mut self, leaf: Hash) -> u64 {
        // Each trailing one bit of the size is a complete subtree, which the new one
        // extends to twice its size.
        let mut root = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
        self.size += 1;
        self.size - 1
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the Merkle tree hash of all entries.
    #[must_use]
    pub fn root(&self) -> Root {
        let root = self.roots.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        Root::from(root.unwrap_or_else(empty_root))
    }

    /// Returns the size and the root.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }
}

impl Object for Frontier {
    const KIND: Kind = Kind::MerkleFrontier;

    fn write(&self, w: &mut Writer) {
        w.u64(self.size);
        self.roots.iter().for_each(|root| w.raw(root));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let size = read_size(r)?;
        let roots = (0..size.count_ones()).map(|_| r.array()).collect::<Result<_, _>>()?;
        Ok(Self { size, roots })
    }
}
