//! Proofs and their verifiers, which accept untrusted input.

use super::head::{Hash, Head, Root, empty_root, leaf_hash, node_hash, read_size};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::limits::{Limit, PROOF_HASHES};

/// Proves that an entry is at an index of the tree of a given size: the siblings from leaf to root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    pub(super) index: u64,
    pub(super) size: u64,
    pub(super) path: Vec<Hash>,
}

impl InclusionProof {
    /// Returns the index of the proved entry, counted from zero.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns the size of the tree of the proof.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Verifies that `entry` is at [`index`](Self::index) in the tree with this head (RFC 9162,
    /// 2.1.3.2). Computes at most 64 hashes, whatever the proof contains.
    ///
    /// # Errors
    /// [`Error::InvalidProof`] if it is not.
    pub fn verify(&self, head: &Head, entry: &[u8]) -> Result<(), Error> {
        let right = self.size == head.size && self.root(leaf_hash([entry]))? == head.root;
        if right { Ok(()) } else { Err(Error::InvalidProof) }
    }

    /// Computes the root of the path from this leaf. The path must have exactly the length that
    /// follows from the index and the size.
    pub(crate) fn root(&self, leaf: Hash) -> Result<Root, Error> {
        if self.index >= self.size {
            return Err(Error::InvalidProof);
        }
        let mut r = leaf;
        let complete = climb(self.index, self.size - 1, &self.path, |p, is_left| {
            r = if is_left { node_hash(p, &r) } else { node_hash(&r, p) };
        });
        if complete { Ok(Root::from(r)) } else { Err(Error::InvalidProof) }
    }
}

/// Goes up from the node `fn_` of a level whose last node is `sn`. Calls `join` with each hash of
/// the path and whether it is the left child. Reports whether the path leads exactly to the root.
fn climb(mut fn_: u64, mut sn: u64, path: &[Hash], mut join: impl FnMut(&Hash, bool)) -> bool {
    for hash in path {
        if sn == 0 {
            return false;
        }
        let is_left = fn_ & 1 == 1 || fn_ == sn;
        join(hash, is_left);
        while is_left && fn_ & 1 == 0 && fn_ != 0 {
            (fn_, sn) = (fn_ >> 1, sn >> 1);
        }
        (fn_, sn) = (fn_ >> 1, sn >> 1);
    }
    sn == 0
}

/// Proves that the tree of one size begins with the tree of another: nothing was changed or
/// removed, and entries were only appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    pub(super) old_size: u64,
    pub(super) size: u64,
    pub(super) path: Vec<Hash>,
}

impl ConsistencyProof {
    /// Returns the size of the older tree.
    #[must_use]
    pub fn old_size(&self) -> u64 {
        self.old_size
    }

    /// Returns the size of the newer tree.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Verifies that the tree of `head` begins with the tree of `old` (RFC 9162, 2.1.4.2). Every
    /// tree begins with the empty tree and with itself; both proofs are empty. Computes at most 130
    /// hashes, whatever the proof contains.
    ///
    /// # Errors
    /// [`Error::InvalidProof`] if it does not.
    pub fn verify(&self, old: &Head, head: &Head) -> Result<(), Error> {
        if (self.old_size, self.size) == (old.size, head.size) && self.connects(old, head) {
            Ok(())
        } else {
            Err(Error::InvalidProof)
        }
    }

    fn connects(&self, old: &Head, head: &Head) -> bool {
        if old.size == 0 || old.size >= head.size {
            let trivial = if old.size == 0 { old.root == Root::from(empty_root()) } else { old == head };
            return trivial && self.path.is_empty() && (head.size > 0 || head.root == old.root);
        }
        // A complete old tree is a node of the new one, so the proof omits its root.
        let (first, rest) = match self.path.split_first() {
            None => return false,
            Some(_) if old.size.is_power_of_two() => (*old.root.as_bytes(), self.path.as_slice()),
            Some((first, rest)) => (*first, rest),
        };
        let complete_levels = (old.size - 1).trailing_ones();
        let (fn_, sn) = ((old.size - 1) >> complete_levels, (head.size - 1) >> complete_levels);
        let (mut fr, mut sr) = (first, first);
        let complete = climb(fn_, sn, rest, |c, is_left| {
            if is_left {
                (fr, sr) = (node_hash(c, &fr), node_hash(c, &sr));
            } else {
                sr = node_hash(&sr, c);
            }
        });
        complete && fr == *old.root.as_bytes() && sr == *head.root.as_bytes()
    }
}

fn write_path(w: &mut Writer, path: &[Hash]) {
    w.count(path.len());
    path.iter().for_each(|hash| w.raw(hash));
}

fn read_path(r: &mut Reader<'_>) -> Result<Vec<Hash>, Error> {
    let count = r.count(PROOF_HASHES, Limit::ProofHashes)?;
    (0..count).map(|_| r.array()).collect()
}

impl Object for InclusionProof {
    const KIND: Kind = Kind::InclusionProof;

    fn write(&self, w: &mut Writer) {
        w.u64(self.index);
        w.u64(self.size);
        write_path(w, &self.path);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (index, size) = (r.u64()?, read_size(r)?);
        if index >= size {
            return Err(Error::InvalidField);
        }
        Ok(Self { index, size, path: read_path(r)? })
    }
}

impl Object for ConsistencyProof {
    const KIND: Kind = Kind::ConsistencyProof;

    fn write(&self, w: &mut Writer) {
        w.u64(self.old_size);
        w.u64(self.size);
        write_path(w, &self.path);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (old_size, size) = (read_size(r)?, read_size(r)?);
        if old_size > size {
            return Err(Error::InvalidField);
        }
        Ok(Self { old_size, size, path: read_path(r)? })
    }
}
