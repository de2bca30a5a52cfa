//! The stored tree, which makes proofs.

use super::head::{Hash, Head, Root, empty_root, leaf_hash, node_hash, read_size, split_point};
use super::proof::{ConsistencyProof, InclusionProof};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;

/// A tree that keeps all hashes, 64 bytes for each entry. Every head that it ever had, and every
/// proof between them, costs `log n` hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[k][i]` is the root of the complete subtree over the entries
    /// `i * 2^k .. (i + 1) * 2^k`.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Returns the empty tree.
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
        let index = self.size();
        let mut next = Some(leaf);
        for level in &mut self.levels {
            let Some(hash) = next.take() else { break };
            level.push(hash);
            next = match level.as_slice() {
                [.., left, right] if level.len() % 2 == 0 => Some(node_hash(left, right)),
                _ => None,
            };
        }
        self.levels.extend(next.map(|hash| vec![hash]));
        index
    }

    /// Returns the number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Returns the Merkle tree hash of all entries.
    #[must_use]
    pub fn root(&self) -> Root {
        self.head().root
    }

    /// Returns the size and the root.
    #[must_use]
    pub fn head(&self) -> Head {
        let size = self.size();
        Head { size, root: Root::from(self.subtree(0, size).unwrap_or_else(empty_root)) }
    }

    /// Returns the head that the tree had at `size` entries.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the tree has fewer entries.
    pub fn head_at(&self, size: u64) -> Result<Head, Error> {
        let root = if size == 0 { empty_root() } else { self.subtree(0, size).ok_or(Error::OutOfRange)? };
        Ok(Head { size, root: Root::from(root) })
    }

    /// Proves that the entry at `index` is in the tree of the first `size`
    /// entries (RFC 9162, 2.1.3.1).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `index < size` and the tree has `size` entries.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<InclusionProof, Error> {
        if index >= size || size > self.size() {
            return Err(Error::OutOfRange);
        }
        // PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n])      if m < k
        //               = PATH(m - k, D[k:n]) : MTH(D[0:k])  otherwise
        let (mut path, _) = self.siblings(index, size, |start, end| end - start == 1)?;
        path.reverse();
        Ok(InclusionProof { index, size, path })
    }

    /// Proves that the tree of the first `size` entries begins with the tree of the
    /// first `old_size` entries (RFC 9162, 2.1.4.1). The proof is empty if `old_size` is
    /// zero or equal to `size`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `old_size <= size` and the tree has `size` entries.
    pub fn prove_consistency(&self, old_size: u64, size: u64) -> Result<ConsistencyProof, Error> {
        if old_size > size || size > self.size() {
            return Err(Error::OutOfRange);
        }
        let mut path = Vec::new();
        if old_size > 0 {
            // SUBPROOF(m, D[m], b) = {} if b, since the verifier knows that root, else {MTH(D[m])}
            // SUBPROOF(m, D[n], b) = SUBPROOF(m, D[0:k], b) : MTH(D[k:n])          if m <= k
            //                      = SUBPROOF(m - k, D[k:n], false) : MTH(D[0:k])  otherwise
            let start;
            (path, start) = self.siblings(old_size - 1, size, |_, end| end == old_size)?;
            if start > 0 {
                path.push(self.subtree(start, old_size).ok_or(Error::OutOfRange)?);
            }
            path.reverse();
        }
        Ok(ConsistencyProof { old_size, size, path })
    }

    /// Goes down from the root of the first `size` entries towards an entry, until the range of
    /// entries is the one to `reach`. Returns the siblings on the way, and the range's start.
    fn siblings(
        &self,
        index: u64,
        size: u64,
        reach: impl Fn(u64, u64) -> bool,
    ) -> Result<(Vec<Hash>, u64), Error> {
        let (mut start, mut end, mut siblings) = (0, size, Vec::new());
        while !reach(start, end) {
            let middle = start + split_point(end - start);
            let sibling = if index < middle {
                self.subtree(middle, core::mem::replace(&mut end, middle))
            } else {
                self.subtree(core::mem::replace(&mut start, middle), middle)
            };
            siblings.push(sibling.ok_or(Error::OutOfRange)?);
        }
        Ok((siblings, start))
    }

    /// Computes `MTH(D[start:end])` for a range that occurs in the recursion: not empty, and
    /// `start` a multiple of the least power of two that is not less than its length.
    fn subtree(&self, start: u64, end: u64) -> Option<Hash> {
        let n = end.checked_sub(start).filter(|n| *n > 0)?;
        if n.is_power_of_two() {
            let level = self.levels.get(n.ilog2() as usize)?;
            return level.get(usize::try_from(start / n).ok()?).copied();
        }
        let middle = start + split_point(n);
        Some(node_hash(&self.subtree(start, middle)?, &self.subtree(middle, end)?))
    }
}

impl Object for Tree {
    const KIND: Kind = Kind::MerkleTree;

    fn write(&self, w: &mut Writer) {
        w.u64(self.size());
        self.levels.iter().take(1).flatten().for_each(|leaf| w.raw(leaf));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let size = read_size(r)?;
        if size > (r.remaining() / 32) as u64 {
            return Err(Error::Truncated);
        }
        let mut tree = Self::new();
        for _ in 0..size {
            tree.append_leaf(r.array()?);
        }
        Ok(tree)
    }
}
