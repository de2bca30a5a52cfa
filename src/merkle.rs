//! Merkle trees as in RFC 9162 (Certificate Transparency Version 2.0), section 2.1, over SHA-256.
//!
//! A hospital's database digest, the paper's *H(M)*, is the [`Root`] of a tree over the hospital's
//! record digests in order of upload. The same tree gives the root in a record digest and the roots
//! of a ledger. All hashes and proofs are byte-compatible with RFC 9162.
//!
//! ```text
//! MTH({})   = SHA-256("")
//! MTH({d})  = SHA-256(0x00 || d)
//! MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])),  k the largest power of two below n
//! ```
//!
//! # Which type do I need?
//!
//! | type | holds or proves | size |
//! |---|---|---|
//! | [`Frontier`] | the state for appending | 32 bytes for each set bit of the size |
//! | [`Tree`] | all hashes, for proving | 64 bytes for each entry |
//! | [`Head`] | size and root: published, and trusted by verifiers | 40 bytes |
//! | [`InclusionProof`] | that an entry is at an index under a head | 32 bytes for each level |
//! | [`ConsistencyProof`] | that the tree of a head begins with the tree of an older head | 32 bytes for each level |
//!
//! An entry is any string of bytes. If SHA-256 is collision resistant, no two lists of entries have
//! the same head, and a proof that verifies is true of the list under the head. A root *without*
//! its size would not bind an entry to its index. Verifiers therefore require a [`Head`].
//!
//! `docs/formats.md` has the byte forms. Sizes are at most 2^63.
//!
//! ```
//! use medseal::merkle::Tree;
//!
//! let mut tree = Tree::new();
//! for record in ["first", "second", "third"] {
//!     tree.append(record.as_bytes());
//! }
//! let (old, head) = (tree.head_at(2)?, tree.head());
//! tree.prove_inclusion(1, head.size)?.verify(&head, b"second")?;
//! tree.prove_consistency(old.size, head.size)?.verify(&old, &head)?;
//! # Ok::<(), medseal::Error>(())
//! ```

mod frontier;
mod head;
mod proof;
mod tree;

#[cfg(test)]
mod tests;

pub use frontier::Frontier;
pub use head::{Head, Root};
pub use proof::{ConsistencyProof, InclusionProof};
pub use tree::Tree;

pub(crate) use head::{Hash, leaf_hash};
