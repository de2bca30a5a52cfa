//! The reference ledger in memory: its blocks, proofs and byte form.

use super::charter::{medseal_charter, medseal_charters};
use super::entry::medseal_validated;
use super::envelope::medseal_super_node_public_key;
use super::export::export;
use super::ledger::{AnyLedger, medseal_ledger};
use super::values::medseal_digest;
use crate::error::Error;
use crate::ledger::{Charter, MemoryLedger};

export! {
    /// Makes a reference ledger in memory that has its first charter. It is for tests and examples,
    /// and a model for your own ledger.
    /// @return as medseal_charters_new()
    medseal_memory_ledger_new(
        first: object medseal_charter, public_key: object medseal_super_node_public_key
    ) -> (ledger: object medseal_ledger) {
        AnyLedger::Memory(MemoryLedger::new(first.clone(), public_key)?)
    }

    /// Returns the charters on a reference ledger.
    medseal_memory_ledger_charters(ledger: object medseal_ledger) -> (charters: object medseal_charters) {
        ledger.memory()?.charters()?
    }

    /// Appends the next charter to a reference ledger. It governs the entries that follow.
    /// Appending a charter that is already there changes nothing. If two charters have the same
    /// number, the first is valid, and the other is kept as evidence.
    /// @return what medseal_charters_push() returns, MEDSEAL_ERR_FINAL_HEAD_REFUSED if its final
    ///         head was never a head of this ledger
    medseal_memory_ledger_append_charter(
        ledger: object medseal_ledger, charter: object medseal_charter
    ) -> (height: value u64) {
        ledger.memory()?.append_charter(charter)?
    }

    /// Returns a charter that a reference ledger refused because it has a different one with this
    /// number.
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if there are fewer
    medseal_memory_ledger_evidence(
        ledger: object medseal_ledger, index: usize
    ) -> (charter: object medseal_charter) {
        let evidence = ledger.memory()?.evidence()?;
        Charter::clone(evidence.get(index).ok_or(Error::OutOfRange)?)
    }

    /// Appends validated entries to a reference ledger as one block: all of them, or none. If some
    /// are refused, the status is that of the first one, and the position in the medseal_error is
    /// its index.
    /// @param height where to put the height of the first entry
    /// @return as medseal_ledger_append(), for any number of entries;
    ///         MEDSEAL_ERR_DUPLICATE_ENTRY if the ledger already has one
    medseal_memory_ledger_append_block(
        ledger: object medseal_ledger, validated: object medseal_validated
    ) -> (height: value u64) {
        ledger.memory()?.append_block(validated.clone())?
    }

    /// Verifies the whole chain of a reference ledger again: every item, every root and every hash.
    /// @return MEDSEAL_ERR_CHAIN_BROKEN with the number of the first invalid block as position
    medseal_memory_ledger_verify(ledger: object medseal_ledger) -> () { ledger.memory()?.verify()? }

    /// Returns the header of a block of a reference ledger.
    /// @param number which block, from zero
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_memory_ledger_block(
        ledger: object medseal_ledger, number: u64
    ) -> (header: object medseal_block_header) {
        ledger.memory()?.block(number)?
    }

    /// Writes all blocks of a reference ledger.
    medseal_memory_ledger_encode(ledger: object medseal_ledger) -> (out, out_len: bytes) {
        ledger.memory()?.snapshot()?
    }

    /// Reads a reference ledger. Checks every item under the charter in force at its height, and
    /// the whole chain. This does not show that it is the newest state: compare its head and its id
    /// with those from another source.
    /// @return a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the number of the first invalid
    ///         block as position
    medseal_memory_ledger_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (ledger: object medseal_ledger) {
        AnyLedger::Memory(MemoryLedger::restore(data, public_key)?)
    }

    /// The header of a block of a reference ledger, which describes the chain up to that block.
    struct medseal_block_header;

    /// Returns the fields of a block header.
    /// @param number where to put the block's number, from zero
    /// @param items where to put the number of items up to its end
    /// @param root where to put the Merkle root over all of them
    /// @param previous where to put the hash of the previous block
    /// @param hash where to put the block's hash
    medseal_block_header_fields(
        header: object medseal_block_header
    ) -> (
        number: value u64, items: value u64, root: value medseal_digest, previous: value medseal_digest,
        hash: value medseal_digest
    ) {
        (
            header.number(),
            header.tree().size,
            medseal_digest { bytes: *header.tree().root.as_bytes() },
            medseal_digest { bytes: *header.previous() },
            medseal_digest { bytes: header.hash() },
        )
    }
}
