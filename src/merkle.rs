//! Merkle trees as in RFC 9162 (Certificate Transparency Version 2.0), section 2.1, over SHA-256.
//!
//! The paper's *H(M)*, a hospital's database digest, is the [`Root`] of a tree over the hospital's
//! record digests in order of upload. The same tree gives the root inside a record digest and the
//! root of a block of the ledger. Everything is byte-compatible with RFC 9162.
//!
//! ```text
//! MTH({})   = SHA-256("")
//! MTH({d})  = SHA-256(0x00 || d)
//! MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])),  k the largest power of two below n
//! ```
//!
//! | type | is | grows with the tree |
//! |---|---|---|
//! | [`Frontier`] | all that appending requires | 32 bytes for each set bit of the size |
//! | [`Tree`] | what proving requires | 64 bytes an entry |
//! | [`Head`] | size and root: what is published, and what a verifier trusts | no |
//! | [`InclusionProof`] | this entry is at this place under this head | 32 bytes a level |
//! | [`ConsistencyProof`] | the tree of this head begins with the tree of that older head | 32 bytes a level |
//!
//! An entry is any string of bytes. If SHA-256 is collision resistant, then no two lists of
//! entries have one head, and a proof that verifies tells the truth about the list behind the
//! head. A root *without* its size would not tie an entry to its place, which is why the
//! verifiers ask for a [`Head`].
//!
//! # Byte forms
//! Each follows the four bytes `"MS" || version || kind`; integers are big-endian.
//! ```text
//! tree              size (u64) || size leaf hashes of 32 bytes
//! frontier          size (u64) || roots of the complete subtrees, largest first, 32 bytes for each set bit of size
//! inclusion proof   index (u64) || size (u64) || count (u32, at most 64) || count hashes of 32 bytes, leaf to root
//! consistency proof old size (u64) || size (u64) || count (u32, at most 64) || count hashes of 32 bytes
//! ```
//! Sizes are at most 2^63. A head is 40 bytes without a header: `size (u64) || root`.
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
