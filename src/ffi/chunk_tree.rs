//! The tree of chunks behind a record digest, and proofs of single chunks.

use super::callbacks::MEDSEAL_STEP_NONE;
use super::export::export;
use super::values::medseal_digest;
use crate::record::{ChunkTree, no_progress};
use crate::threads::Threads;

export! {
    /// The tree behind the digest of a sealed record, which proves chunks to an auditor.
    struct medseal_chunk_tree(tree): shared ChunkTree, public "a chunk tree" medseal_chunk_tree_free;

    /// Reads a sealed record and keeps the tree behind its digest: 64 bytes for each chunk.
    ///
    /// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record
    medseal_chunk_tree_read(sealed, sealed_len: bytes) -> (tree: object medseal_chunk_tree) {
        ChunkTree::of_stream(sealed, Threads::ONE, no_progress)?
    }

    /// As medseal_chunk_tree_read(), from a stream.
    ///
    /// @param reader gives the sealed record
    /// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
    ///         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED
    medseal_chunk_tree_read_stream(
        reader: reader, threads: usize, progress: progress
    ) -> (tree: object medseal_chunk_tree) {
        ChunkTree::of_stream(reader, Threads::new(threads), |done| progress.tell(MEDSEAL_STEP_NONE, done))?
    }

    /// The digest and the number of chunks of a sealed record, from its chunk tree.
    ///
    /// @param digest where to put the digest
    /// @param chunks where to put the number of chunks
    medseal_chunk_tree_digest(
        tree: object medseal_chunk_tree
    ) -> (digest: value medseal_digest, chunks: value u64) {
        ((&tree.digest()).into(), tree.chunks())
    }

    /// Proves a chunk.
    ///
    /// @param index which chunk, from zero
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk
    medseal_chunk_tree_prove(
        tree: object medseal_chunk_tree, index: u64
    ) -> (proof: object medseal_chunk_proof) {
        tree.prove(index)?
    }

    /// Proof that a chunk belongs to the sealed record of a digest.
    struct medseal_chunk_proof;

    /// Where the chunk of a proof lies in the sealed record, with its tag.
    ///
    /// @param index where to put which chunk it is, from zero
    /// @param offset where to put its first byte
    /// @param length where to put its bytes
    medseal_chunk_proof_place(
        proof: object medseal_chunk_proof
    ) -> (index: value u64, offset: value u64, length: value u64) {
        let range = proof.sealed_range();
        (proof.index(), range.start, range.end.saturating_sub(range.start))
    }

    /// Verifies that a chunk belongs to the sealed record of a digest. It takes no key.
    ///
    /// @param chunk the bytes at the place that medseal_chunk_proof_place() names
    /// @return MEDSEAL_ERR_INVALID_PROOF
    medseal_chunk_proof_verify(
        proof: object medseal_chunk_proof, digest: value medseal_digest, chunk, chunk_len: bytes
    ) -> () {
        proof.verify(&digest.into(), chunk)?
    }
}
