//! The tree of chunks behind a record digest, and proofs of single chunks.

use super::abi::{Caller, guard};
use super::callbacks::{Listener, MEDSEAL_STEP_NONE, Source, medseal_progress, medseal_reader};
use super::handle::handle;
use super::objects::free;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::record::{ChunkTree, no_progress};
use crate::threads::Threads;

/// The tree behind the digest of a sealed record, which proves chunks to an auditor.
pub struct medseal_chunk_tree {
    _opaque: [u8; 0],
}
handle!(shared medseal_chunk_tree(ChunkTree));

free!(public medseal_chunk_tree(tree) "a chunk tree": medseal_chunk_tree_free);

/// Reads a sealed record and keeps the tree behind its digest: 64 bytes for each chunk.
///
/// @param sealed the sealed record
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_tree_read(
    sealed: *const u8,
    sealed_len: usize,
    tree: *mut *mut medseal_chunk_tree,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let tree = c.out("tree", tree)?;
        tree.set(ChunkTree::of_stream(c.bytes("sealed", sealed, sealed_len)?, Threads::ONE, no_progress)?)
    })
}

/// As medseal_chunk_tree_read(), from a stream.
///
/// @param reader gives the sealed record
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
///         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_tree_read_stream(
    reader: *const medseal_reader,
    threads: usize,
    progress: *const medseal_progress,
    tree: *mut *mut medseal_chunk_tree,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Source::new(c, reader), Listener::new(c, progress));
        let tree = c.out("tree", tree)?;
        let (reader, mut progress) = (streams.0?, streams.1?);
        tree.set(ChunkTree::of_stream(reader, Threads::new(threads), |done| {
            progress.tell(MEDSEAL_STEP_NONE, done)
        })?)
    })
}

/// The digest and the number of chunks of a sealed record, from its chunk tree.
///
/// @param digest where to put the digest
/// @param chunks where to put the number of chunks
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_tree_digest(
    tree: *const medseal_chunk_tree,
    digest: *mut medseal_digest,
    chunks: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (digest, chunks) = (c.out_value("digest", digest), c.out_value("chunks", chunks));
        let (digest, chunks) = (digest?, chunks?);
        let tree = c.get("tree", tree)?;
        digest.set((&tree.digest()).into())?;
        chunks.set(tree.chunks())
    })
}

/// Proves a chunk.
///
/// @param index which chunk, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_tree_prove(
    tree: *const medseal_chunk_tree,
    index: u64,
    proof: *mut *mut medseal_chunk_proof,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let proof = c.out("proof", proof)?;
        proof.set(c.get("tree", tree)?.prove(index)?)
    })
}

/// Proof that a chunk belongs to the sealed record of a digest.
pub struct medseal_chunk_proof {
    _opaque: [u8; 0],
}

/// Where the chunk of a proof lies in the sealed record, with its tag.
///
/// @param index where to put which chunk it is, from zero
/// @param offset where to put its first byte
/// @param length where to put its bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_proof_place(
    proof: *const medseal_chunk_proof,
    index: *mut u64,
    offset: *mut u64,
    length: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs =
            (c.out_value("index", index), c.out_value("offset", offset), c.out_value("length", length));
        let (index, offset, length) = (outs.0?, outs.1?, outs.2?);
        let proof = c.get("proof", proof)?;
        let range = proof.sealed_range();
        index.set(proof.index())?;
        offset.set(range.start)?;
        length.set(range.end.saturating_sub(range.start))
    })
}

/// Verifies that a chunk belongs to the sealed record of a digest. It takes no key.
///
/// @param chunk the bytes at the place that medseal_chunk_proof_place() names
/// @return MEDSEAL_ERR_INVALID_PROOF
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_chunk_proof_verify(
    proof: *const medseal_chunk_proof,
    digest: *const medseal_digest,
    chunk: *const u8,
    chunk_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.value("digest", digest)?.into();
        Ok(c.get("proof", proof)?.verify(&digest, c.bytes("chunk", chunk, chunk_len)?)?)
    })
}
