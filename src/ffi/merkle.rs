//! Merkle trees: a hospital's database digest, with proofs.

use super::abi::Plain;
use super::export::export;
use super::values::medseal_digest;
use crate::merkle::{Frontier, Head, Root, Tree};

/// The size and the root of a tree.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_tree_head {
    /// The number of entries.
    pub size: u64,
    /// The root over these entries.
    pub root: medseal_digest,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_tree_head {}

impl From<Head> for medseal_tree_head {
    fn from(head: Head) -> Self {
        Self { size: head.size, root: medseal_digest { bytes: *head.root.as_bytes() } }
    }
}

impl From<medseal_tree_head> for Head {
    fn from(head: medseal_tree_head) -> Self {
        Self { size: head.size, root: Root::from(head.root.bytes) }
    }
}

export! {
    /// A Merkle tree as in RFC 9162, which can make proofs. It takes 64 bytes of memory for each
    /// entry. It has state: one call at a time.
    struct medseal_merkle_tree;

    /// Makes an empty tree.
    medseal_merkle_tree_new() -> (tree: object medseal_merkle_tree) { Tree::new() }

    /// Appends an entry, such as the 32 bytes of a record's digest.
    /// @param index where to put the entry's index, or NULL
    medseal_merkle_tree_append(
        tree: state medseal_merkle_tree, entry, entry_len: bytes
    ) -> (index: value_or_null u64) {
        tree.append(entry)
    }

    /// Returns the head of a tree.
    medseal_merkle_tree_head(tree: peek medseal_merkle_tree) -> (head: value medseal_tree_head) {
        tree.head().into()
    }

    /// Returns an earlier head of a tree.
    /// @param size the number of entries under that head
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if the tree has fewer entries
    medseal_merkle_tree_head_at(
        tree: peek medseal_merkle_tree, size: u64
    ) -> (head: value medseal_tree_head) {
        tree.head_at(size)?.into()
    }

    /// Proves that a tree has an entry at an index.
    /// @param size the size of the tree for the proof: its first `size` entries
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_merkle_tree_prove_inclusion(
        tree: peek medseal_merkle_tree, index: u64, size: u64
    ) -> (proof: object medseal_inclusion_proof) {
        tree.prove_inclusion(index, size)?
    }

    /// Proves that a tree only grew from one size to another.
    /// @param old_size the number of entries at the start
    /// @param size the number of entries at the end
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_merkle_tree_prove_consistency(
        tree: peek medseal_merkle_tree, old_size: u64, size: u64
    ) -> (proof: object medseal_consistency_proof) {
        tree.prove_consistency(old_size, size)?
    }

    /// The compact state of a Merkle tree, which can append entries and compute the root, but not
    /// make proofs. It has state: one call at a time.
    struct medseal_merkle_frontier;

    /// Makes the frontier of an empty tree.
    medseal_merkle_frontier_new() -> (frontier: object medseal_merkle_frontier) { Frontier::new() }

    /// Appends an entry, such as the 32 bytes of a record's digest.
    /// @param index where to put the entry's index, or NULL
    medseal_merkle_frontier_append(
        frontier: state medseal_merkle_frontier, entry, entry_len: bytes
    ) -> (index: value_or_null u64) {
        frontier.append(entry)
    }

    /// Returns the head of the tree that a frontier describes.
    medseal_merkle_frontier_head(frontier: peek medseal_merkle_frontier) -> (head: value medseal_tree_head) {
        frontier.head().into()
    }

    /// A proof that a tree has an entry at an index.
    struct medseal_inclusion_proof;

    /// Returns the index and the size that an inclusion proof is for.
    /// @param index where to put the index of the entry
    /// @param size where to put the size of the tree
    medseal_inclusion_proof_place(
        proof: object medseal_inclusion_proof
    ) -> (index: value u64, size: value u64) {
        (proof.index(), proof.size())
    }

    /// Verifies that a tree has an entry at the index of the proof.
    /// @param head the head of the tree, from a trusted source
    /// @return MEDSEAL_ERR_INVALID_PROOF
    medseal_inclusion_proof_verify(
        proof: object medseal_inclusion_proof, head: value medseal_tree_head, entry, entry_len: bytes
    ) -> () {
        proof.verify(&head.into(), entry)?
    }

    /// A proof that a tree only grew from one head to another.
    struct medseal_consistency_proof;

    /// Returns the sizes that a consistency proof is for.
    /// @param old_size where to put the old size of the tree
    /// @param size where to put the new size
    medseal_consistency_proof_sizes(
        proof: object medseal_consistency_proof
    ) -> (old_size: value u64, size: value u64) {
        (proof.old_size(), proof.size())
    }

    /// Verifies that a tree only grew from one head to another.
    /// @param old the head that you know
    /// @param head the new head
    /// @return MEDSEAL_ERR_INVALID_PROOF
    medseal_consistency_proof_verify(
        proof: object medseal_consistency_proof, old: value medseal_tree_head, head: value medseal_tree_head
    ) -> () {
        proof.verify(&old.into(), &head.into())?
    }
}
