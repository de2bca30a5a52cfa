//! The chunk tree of a record digest, and proofs of single chunks.

use super::export::export;
use super::values::medseal_digest;
use crate::record::{ChunkTree, no_progress};
use crate::threads::Threads;

export! {
    /// The tree of chunks whose root gives the digest of a sealed record. It proves chunks to an
    /// auditor.
    struct medseal_chunk_tree: shared ChunkTree;

    /// Makes the chunk tree of a sealed record. It takes 64 bytes for each chunk.
    /// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
    ///         record
    medseal_chunk_tree_read(sealed, sealed_len: bytes) -> (tree: object medseal_chunk_tree) {
        ChunkTree::of_stream(sealed, Threads::ONE, no_progress)?
    }

    /// As medseal_chunk_tree_read(), from a stream.
    /// @return as medseal_chunk_tree_read(), and MEDSEAL_ERR_IO
    medseal_chunk_tree_read_stream(
        reader: reader, threads: usize, progress: progress
    ) -> (tree: object medseal_chunk_tree) {
        ChunkTree::of_stream(reader, Threads::new(threads), progress.counts())?
    }

    /// Returns the digest and the number of chunks of a sealed record, from its chunk tree.
    /// @param digest where to put the digest
    /// @param chunks where to put the number of chunks
    medseal_chunk_tree_digest(
        tree: object medseal_chunk_tree
    ) -> (digest: value medseal_digest, chunks: value u64) {
        ((&tree.digest()).into(), tree.chunks())
    }

    /// Proves a chunk.
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if there is no such chunk
    medseal_chunk_tree_prove(
        tree: object medseal_chunk_tree, index: u64
    ) -> (proof: object medseal_chunk_proof) {
        tree.prove(index)?
    }

    /// A proof that a chunk belongs to the sealed record with a digest.
    struct medseal_chunk_proof;

    /// Returns the place in the sealed record of the chunk of a proof, including its tag.
    /// @param index where to put the number of the chunk, from zero
    /// @param offset where to put the offset of its first byte
    /// @param length where to put its length in bytes
    medseal_chunk_proof_place(
        proof: object medseal_chunk_proof
    ) -> (index: value u64, offset: value u64, length: value u64) {
        let range = proof.sealed_range();
        (proof.index(), range.start, range.end.saturating_sub(range.start))
    }

    /// Verifies that a chunk belongs to the sealed record with a digest. Needs no key.
    /// @param chunk the bytes at the place that medseal_chunk_proof_place() names
    /// @return MEDSEAL_ERR_INVALID_PROOF
    medseal_chunk_proof_verify(
        proof: object medseal_chunk_proof, digest: value medseal_digest, chunk, chunk_len: bytes
    ) -> () {
        proof.verify(&digest.into(), chunk)?
    }
}
