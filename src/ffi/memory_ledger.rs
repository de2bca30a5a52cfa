//! The reference ledger in memory: its blocks, its proofs, its byte form.

use super::abi::{Caller, guard};
use super::charter::{medseal_charter, medseal_charters};
use super::entry::medseal_validated;
use super::envelope::medseal_super_node_public_key;
use super::ledger::{AnyLedger, medseal_ledger};
use super::objects::give;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::error::Error;
use crate::ledger::{Charter, MemoryLedger};

/// Makes a reference ledger in memory, which holds its first charter: for tests,
/// examples and as a model.
///
/// @param first the first charter, which is copied
/// @return as medseal_charters_new()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_new(
    first: *const medseal_charter,
    public_key: *const medseal_super_node_public_key,
    ledger: *mut *mut medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let ledger = c.out("ledger", ledger)?;
        let first = c.get("first", first)?.clone();
        ledger.set(AnyLedger::Memory(MemoryLedger::new(first, c.get("public_key", public_key)?)?))
    })
}

give! {
    /// The charters that stand on a reference ledger.
    ///
    /// @return MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
    medseal_memory_ledger_charters(ledger: medseal_ledger) -> charters: object medseal_charters {
        ledger.memory()?.charters()?
    }
}

/// Appends the next charter to a reference ledger, where it governs what follows. One that
/// stands there already changes nothing. Of two charters of one number the first counts, and the
/// other is kept as evidence.
///
/// @param charter the charter, which is copied
/// @param height where to put its height
/// @return what medseal_charters_push() returns, MEDSEAL_ERR_FINAL_HEAD_REFUSED if its final head
///         is not one that this ledger has had, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT
///         for a ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_append_charter(
    ledger: *const medseal_ledger,
    charter: *const medseal_charter,
    height: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let height = c.out_value("height", height)?;
        let ledger = c.get("ledger", ledger)?.memory()?;
        height.set(ledger.append_charter(c.get("charter", charter)?)?)
    })
}

/// A charter that a reference ledger refused because another of its number stands there.
///
/// @param index which, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE if there are not so many, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
///         MEDSEAL_ERR_ABSENT for a ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_evidence(
    ledger: *const medseal_ledger,
    index: usize,
    charter: *mut *mut medseal_charter,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let charter = c.out("charter", charter)?;
        let evidence = c.get("ledger", ledger)?.memory()?.evidence()?;
        charter.set(Charter::clone(evidence.get(index).ok_or(Error::OutOfRange)?))
    })
}

/// Appends validated entries to a reference ledger as one block: all of them, or none. If some are
/// refused, the first decides the status, and the position in the medseal_error is its index.
///
/// @param validated the entries
/// @param height where to put the height of the first
/// @return as medseal_ledger_append(), MEDSEAL_ERR_DUPLICATE_ENTRY if one is there already,
///         MEDSEAL_ERR_ABSENT for a ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_append_block(
    ledger: *const medseal_ledger,
    validated: *const medseal_validated,
    height: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let height = c.out_value("height", height)?;
        let ledger = c.get("ledger", ledger)?.memory()?;
        height.set(ledger.append_block(c.get("validated", validated)?.clone())?)
    })
}

/// Checks the whole chain of a reference ledger anew: every item, every root, every
/// hash.
///
/// @return MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block that does not check out,
///         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_verify(
    ledger: *const medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("ledger", ledger)?.memory()?.verify()?))
}

/// The header of a block of a reference ledger.
///
/// @param number which block, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a
///         ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_block(
    ledger: *const medseal_ledger,
    number: u64,
    header: *mut *mut medseal_block_header,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let header = c.out("header", header)?;
        header.set(c.get("ledger", ledger)?.memory()?.block(number)?)
    })
}

give! {
    /// Writes all blocks of a reference ledger.
    ///
    /// @return MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own
    medseal_memory_ledger_encode(ledger: medseal_ledger) -> bytes { &ledger.memory()?.snapshot()? }
}

/// Reads a reference ledger, checking every item under the charter that held there, and the
/// whole chain. That it is the newest, it cannot show: compare its head and its id with
/// those from another source.
///
/// @param data the bytes
/// @param public_key the super node's public key, from a trusted source
/// @return a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block that
///         does not check out
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_decode(
    data: *const u8,
    len: usize,
    public_key: *const medseal_super_node_public_key,
    ledger: *mut *mut medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let ledger = c.out("ledger", ledger)?;
        let public_key = c.get("public_key", public_key)?;
        ledger.set(AnyLedger::Memory(MemoryLedger::restore(c.bytes("data", data, len)?, public_key)?))
    })
}

/// What a block of a reference ledger says about the chain up to it.
pub struct medseal_block_header {
    _opaque: [u8; 0],
}

/// What a block header says.
///
/// @param number where to put the block's number, from zero
/// @param items where to put how many items there are up to its end
/// @param root where to put the Merkle root over all of them
/// @param previous where to put the hash of the block before
/// @param hash where to put the block's hash
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_block_header_fields(
    header: *const medseal_block_header,
    number: *mut u64,
    items: *mut u64,
    root: *mut medseal_digest,
    previous: *mut medseal_digest,
    hash: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("number", number),
            c.out_value("items", items),
            c.out_value("root", root),
            c.out_value("previous", previous),
            c.out_value("hash", hash),
        );
        let (number, items, root, previous, hash) = (outs.0?, outs.1?, outs.2?, outs.3?, outs.4?);
        let header = c.get("header", header)?;
        number.set(header.number())?;
        items.set(header.tree().size)?;
        root.set(medseal_digest { bytes: *header.tree().root.as_bytes() })?;
        previous.set(medseal_digest { bytes: *header.previous() })?;
        hash.set(medseal_digest { bytes: header.hash() })
    })
}
