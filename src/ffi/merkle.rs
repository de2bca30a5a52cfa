//! Merkle trees: a hospital's database digest, with proofs.

use std::ptr;

use super::abi::Plain;
use super::abi::{Caller, guard, guard_free};
use super::handle::handle;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::merkle::{ConsistencyProof, Frontier, Head, InclusionProof, Root, Tree};

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

/// A Merkle tree as in RFC 9162, which proves: 64 bytes for each entry. It has state: one call at a time.
pub struct medseal_merkle_tree {
    _opaque: [u8; 0],
}
handle!(stateful medseal_merkle_tree(Tree));

/// Writes the byte form of a Merkle tree.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_encode(
    tree: *const medseal_merkle_tree,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get_mut("tree", tree)?.to_bytes())
    })
}

/// Reads a Merkle tree from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param tree where to put the new object, to be freed with medseal_merkle_tree_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_decode(
    data: *const u8,
    len: usize,
    tree: *mut *mut medseal_merkle_tree,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let tree = c.out("tree", tree)?;
        tree.set(Tree::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a Merkle tree.
///
/// Threads: any, when no call uses the object any more.
///
/// @param tree the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_free(tree: *mut medseal_merkle_tree) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, tree);
}

/// Makes an empty tree.
///
/// Threads: any, and many at once.
///
/// @param tree where to put the new object, to be freed with medseal_merkle_tree_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_new(
    tree: *mut *mut medseal_merkle_tree,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let tree = c.out("tree", tree)?;
        tree.set(Tree::new())
    })
}

/// Appends an entry, such as the 32 bytes of a record's digest.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree the tree
/// @param entry the entry
/// @param entry_len its bytes
/// @param index where to put the entry's index, or NULL
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_append(
    tree: *mut medseal_merkle_tree,
    entry: *const u8,
    entry_len: usize,
    index: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let index = c.out_value_if_any("index", index)?;
        let mut tree = c.get_mut("tree", tree)?;
        index.set(tree.append(c.bytes("entry", entry, entry_len)?))
    })
}

/// How far a tree has come.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree the tree
/// @param head where to put size and root
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_head(
    tree: *const medseal_merkle_tree,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("tree", tree)?.head().into())
    })
}

/// What a tree was when it had fewer entries.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree the tree
/// @param size how many
/// @param head where to put size and root
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if it has fewer, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_head_at(
    tree: *const medseal_merkle_tree,
    size: u64,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("tree", tree)?.head_at(size)?.into())
    })
}

/// Proves that an entry stands at an index of a tree.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree the tree
/// @param index which entry, from zero
/// @param size among how many of the first entries
/// @param proof where to put the new object, to be freed with medseal_inclusion_proof_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_prove_inclusion(
    tree: *const medseal_merkle_tree,
    index: u64,
    size: u64,
    proof: *mut *mut medseal_inclusion_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        let proven = c.get_mut("tree", tree)?.prove_inclusion(index, size)?;
        proof.set(proven)
    })
}

/// Proves that a tree only grew from one size to another.
///
/// Threads: any; one call at a time with the same `tree`.
///
/// @param tree the tree
/// @param old_size how many entries it had
/// @param size how many it has
/// @param proof where to put the new object, to be freed with medseal_consistency_proof_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_tree_prove_consistency(
    tree: *const medseal_merkle_tree,
    old_size: u64,
    size: u64,
    proof: *mut *mut medseal_consistency_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        let proven = c.get_mut("tree", tree)?.prove_consistency(old_size, size)?;
        proof.set(proven)
    })
}

/// The compact state of a Merkle tree: appends and has a root, proves nothing. It has state: one call at a time.
pub struct medseal_merkle_frontier {
    _opaque: [u8; 0],
}
handle!(stateful medseal_merkle_frontier(Frontier));

/// Writes the byte form of a Merkle frontier.
///
/// Threads: any; one call at a time with the same `frontier`.
///
/// @param frontier what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_encode(
    frontier: *const medseal_merkle_frontier,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get_mut("frontier", frontier)?.to_bytes())
    })
}

/// Reads a Merkle frontier from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_decode(
    data: *const u8,
    len: usize,
    frontier: *mut *mut medseal_merkle_frontier,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let frontier = c.out("frontier", frontier)?;
        frontier.set(Frontier::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a Merkle frontier.
///
/// Threads: any, when no call uses the object any more.
///
/// @param frontier the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_free(frontier: *mut medseal_merkle_frontier) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, frontier);
}

/// Makes the frontier of an empty tree.
///
/// Threads: any, and many at once.
///
/// @param frontier where to put the new object, to be freed with medseal_merkle_frontier_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_new(
    frontier: *mut *mut medseal_merkle_frontier,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let frontier = c.out("frontier", frontier)?;
        frontier.set(Frontier::new())
    })
}

/// Appends an entry, such as the 32 bytes of a record's digest.
///
/// Threads: any; one call at a time with the same `frontier`.
///
/// @param frontier the frontier
/// @param entry the entry
/// @param entry_len its bytes
/// @param index where to put the entry's index, or NULL
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_append(
    frontier: *mut medseal_merkle_frontier,
    entry: *const u8,
    entry_len: usize,
    index: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let index = c.out_value_if_any("index", index)?;
        let mut frontier = c.get_mut("frontier", frontier)?;
        index.set(frontier.append(c.bytes("entry", entry, entry_len)?))
    })
}

/// How far a tree has come, by its frontier.
///
/// Threads: any; one call at a time with the same `frontier`.
///
/// @param frontier the frontier
/// @param head where to put size and root
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_merkle_frontier_head(
    frontier: *const medseal_merkle_frontier,
    head: *mut medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = c.out_value("head", head)?;
        head.set(c.get_mut("frontier", frontier)?.head().into())
    })
}

/// Proof that an entry stands at an index of a tree. Immutable: any number of threads may use it at once.
pub struct medseal_inclusion_proof {
    _opaque: [u8; 0],
}
handle!(shared medseal_inclusion_proof(InclusionProof));

/// Writes the byte form of an inclusion proof.
///
/// Threads: any, and many at once.
///
/// @param proof what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_encode(
    proof: *const medseal_inclusion_proof,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("proof", proof)?.to_bytes())
    })
}

/// Reads an inclusion proof from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param proof where to put the new object, to be freed with medseal_inclusion_proof_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_decode(
    data: *const u8,
    len: usize,
    proof: *mut *mut medseal_inclusion_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        proof.set(InclusionProof::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees an inclusion proof.
///
/// Threads: any, when no call uses the object any more.
///
/// @param proof the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_free(proof: *mut medseal_inclusion_proof) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, proof);
}

/// What an inclusion proof is about.
///
/// Threads: any, and many at once.
///
/// @param proof the proof
/// @param index where to put the index of the entry
/// @param size where to put the size of the tree
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_place(
    proof: *const medseal_inclusion_proof,
    index: *mut u64,
    size: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
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
/// Threads: any, and many at once.
///
/// @param proof the proof
/// @param head the tree's head, which you have from a source that you trust
/// @param entry the entry
/// @param entry_len its bytes
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_inclusion_proof_verify(
    proof: *const medseal_inclusion_proof,
    head: *const medseal_tree_head,
    entry: *const u8,
    entry_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = Head::from(c.value("head", head)?);
        Ok(c.get("proof", proof)?.verify(&head, c.bytes("entry", entry, entry_len)?)?)
    })
}

/// Proof that a tree only grew from one head to another. Immutable: any number of threads may use it at once.
pub struct medseal_consistency_proof {
    _opaque: [u8; 0],
}
handle!(shared medseal_consistency_proof(ConsistencyProof));

/// Writes the byte form of a consistency proof.
///
/// Threads: any, and many at once.
///
/// @param proof what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_encode(
    proof: *const medseal_consistency_proof,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("proof", proof)?.to_bytes())
    })
}

/// Reads a consistency proof from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param proof where to put the new object, to be freed with medseal_consistency_proof_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_decode(
    data: *const u8,
    len: usize,
    proof: *mut *mut medseal_consistency_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        proof.set(ConsistencyProof::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a consistency proof.
///
/// Threads: any, when no call uses the object any more.
///
/// @param proof the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_free(proof: *mut medseal_consistency_proof) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, proof);
}

/// What a consistency proof is about.
///
/// Threads: any, and many at once.
///
/// @param proof the proof
/// @param old_size where to put the size that the tree had
/// @param size where to put the size that it has
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_sizes(
    proof: *const medseal_consistency_proof,
    old_size: *mut u64,
    size: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
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
/// Threads: any, and many at once.
///
/// @param proof the proof
/// @param old the head that you know
/// @param head the new head
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_consistency_proof_verify(
    proof: *const medseal_consistency_proof,
    old: *const medseal_tree_head,
    head: *const medseal_tree_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let (old, head) = (c.value("old", old)?.into(), c.value("head", head)?.into());
        Ok(c.get("proof", proof)?.verify(&old, &head)?)
    })
}
