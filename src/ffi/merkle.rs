//! Merkle trees: a hospital's database digest, with proofs.

use super::abi::Plain;
use super::abi::{Caller, guard};
use super::objects::give;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::merkle::{Frontier, Head, Root, Tree};

/// How far a tree has come, and its root then.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_tree_head {
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
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

/// A Merkle tree as in RFC 9162, which proves: 64 bytes for each entry. It has
/// state: one call at a time.
pub struct medseal_merkle_tree {
    _opaque: [u8; 0],
}

give! {
    /// Makes an empty tree.
    medseal_merkle_tree_new() -> tree: object medseal_merkle_tree { Tree::new() }
}

/// Appends an entry, such as the 32 bytes of a record's digest.
///
/// @param entry the entry
/// @param index where to put the entry's index, or NULL
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_append(
    tree: *mut medseal_merkle_tree,
    entry: *const u8,
    entry_len: usize,
    index: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let index = c.out_value_if_any("index", index)?;
        let mut tree = c.get_mut("tree", tree)?;
        index.set(tree.append(c.bytes("entry", entry, entry_len)?))
    })
}

/// How far a tree has come.
///
/// @param head where to put size and root
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_head(
    tree: *const medseal_merkle_tree,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("tree", tree)?.head().into())
    })
}

/// What a tree was when it had fewer entries.
///
/// @param size how many
/// @param head where to put size and root
/// @return MEDSEAL_ERR_OUT_OF_RANGE if it has fewer
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_head_at(
    tree: *const medseal_merkle_tree,
    size: u64,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("tree", tree)?.head_at(size)?.into())
    })
}

/// Proves that an entry stands at an index of a tree.
///
/// @param index which entry, from zero
/// @param size among how many of the first entries
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_prove_inclusion(
    tree: *const medseal_merkle_tree,
    index: u64,
    size: u64,
    proof: *mut *mut medseal_inclusion_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        let proven = c.get_mut("tree", tree)?.prove_inclusion(index, size)?;
        proof.set(proven)
    })
}

/// Proves that a tree only grew from one size to another.
///
/// @param old_size how many entries it had
/// @param size how many it has
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_prove_consistency(
    tree: *const medseal_merkle_tree,
    old_size: u64,
    size: u64,
    proof: *mut *mut medseal_consistency_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        let proven = c.get_mut("tree", tree)?.prove_consistency(old_size, size)?;
        proof.set(proven)
    })
}

/// The compact state of a Merkle tree: appends and has a root, proves nothing. It has
/// state: one call at a time.
pub struct medseal_merkle_frontier {
    _opaque: [u8; 0],
}

give! {
    /// Makes the frontier of an empty tree.
    medseal_merkle_frontier_new() -> frontier: object medseal_merkle_frontier { Frontier::new() }
}

/// Appends an entry, such as the 32 bytes of a record's digest.
///
/// @param entry the entry
/// @param index where to put the entry's index, or NULL
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_append(
    frontier: *mut medseal_merkle_frontier,
    entry: *const u8,
    entry_len: usize,
    index: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let index = c.out_value_if_any("index", index)?;
        let mut frontier = c.get_mut("frontier", frontier)?;
        index.set(frontier.append(c.bytes("entry", entry, entry_len)?))
    })
}

/// How far a tree has come, by its frontier.
///
/// @param head where to put size and root
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_head(
    frontier: *const medseal_merkle_frontier,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("frontier", frontier)?.head().into())
    })
}

/// Proof that an entry stands at an index of a tree.
pub struct medseal_inclusion_proof {
    _opaque: [u8; 0],
}

/// What an inclusion proof is about.
///
/// @param index where to put the index of the entry
/// @param size where to put the size of the tree
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_place(
    proof: *const medseal_inclusion_proof,
    index: *mut u64,
    size: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (index, size) = (c.out_value("index", index), c.out_value("size", size));
        let (index, size) = (index?, size?);
        let proof = c.get("proof", proof)?;
        index.set(proof.index())?;
        size.set(proof.size())
    })
}

/// Verifies that an entry stands in a tree where the proof says.
///
/// @param head the tree's head, which you have from a source that you trust
/// @param entry the entry
/// @return MEDSEAL_ERR_INVALID_PROOF
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_verify(
    proof: *const medseal_inclusion_proof,
    head: *const medseal_tree_head,
    entry: *const u8,
    entry_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = Head::from(c.value("head", head)?);
        Ok(c.get("proof", proof)?.verify(&head, c.bytes("entry", entry, entry_len)?)?)
    })
}

/// Proof that a tree only grew from one head to another.
pub struct medseal_consistency_proof {
    _opaque: [u8; 0],
}

/// What a consistency proof is about.
///
/// @param old_size where to put the size that the tree had
/// @param size where to put the size that it has
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_sizes(
    proof: *const medseal_consistency_proof,
    old_size: *mut u64,
    size: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (old_size, size) = (c.out_value("old_size", old_size), c.out_value("size", size));
        let (old_size, size) = (old_size?, size?);
        let proof = c.get("proof", proof)?;
        old_size.set(proof.old_size())?;
        size.set(proof.size())
    })
}

/// Verifies that a tree only grew from one head to another.
///
/// @param old the head that you know
/// @param head the new head
/// @return MEDSEAL_ERR_INVALID_PROOF
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_verify(
    proof: *const medseal_consistency_proof,
    old: *const medseal_tree_head,
    head: *const medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (old, head) = (c.value("old", old)?.into(), c.value("head", head)?.into());
        Ok(c.get("proof", proof)?.verify(&old, &head)?)
    })
}
