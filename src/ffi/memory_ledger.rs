//! The reference ledger in memory: its blocks, its proofs, its byte form.

use super::abi::{Caller, guard};
use super::entry::{medseal_demands, medseal_entry};
use super::ledger::{AnyLedger, medseal_head, medseal_ledger};
use super::status::{medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_entry_id};
use crate::ledger::{Entry, Head, MemoryLedger};

/// Makes an empty reference ledger in memory: for tests, examples and as a model.
///
/// Threads: any, and many at once.
///
/// @param demands what it demands of its entries
/// @param ledger where to put the new object, to be freed with medseal_ledger_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_new(
    demands: *const medseal_demands,
    ledger: *mut *mut medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let ledger = c.out("ledger", ledger)?;
        ledger.set(AnyLedger::Memory(MemoryLedger::new(c.get("demands", demands)?.clone())))
    })
}

/// Appends several entries to a reference ledger as one block: all of them, or none. If some are
/// refused, the first decides the status, and the position in the medseal_error is its index.
///
/// Threads: any, and many at once.
///
/// @param ledger the ledger
/// @param entries the entries, which are copied
/// @param count how many
/// @param height where to put the height of the first
/// @param err detail, or NULL
/// @return MEDSEAL_OK, as medseal_ledger_append(), MEDSEAL_ERR_ABSENT for a ledger of your own
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_append_block(
    ledger: *const medseal_ledger,
    entries: *const *const medseal_entry,
    count: usize,
    height: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let height = c.out_value("height", height)?;
        let ledger = c.get("ledger", ledger)?.memory()?;
        let entries = c
            .get_all("entries", entries, count)?
            .into_iter()
            .map(|entry| Entry::from_bytes(&entry.to_bytes()));
        height.set(ledger.append_block(entries.collect::<Result<_, _>>()?)?)
    })
}

/// Checks the whole chain of a reference ledger anew: every entry, every root, every hash.
///
/// Threads: any, and many at once.
///
/// @param ledger the ledger
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first block that does not check out,
///         MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_verify(
    ledger: *const medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("ledger", ledger)?.memory()?.verify()?))
}

/// Proves that an entry stands under the present head of a reference ledger.
///
/// Threads: any, and many at once.
///
/// @param ledger the ledger
/// @param id the entry's id
/// @param proof where to put the new object, to be freed with medseal_entry_proof_free; NULL on failure
/// @param head where to put the head
/// @param height where to put the entry's height
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
///         MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_prove(
    ledger: *const medseal_ledger,
    id: *const medseal_entry_id,
    proof: *mut *mut medseal_entry_proof,
    head: *mut medseal_head,
    height: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value("head", head), c.out_value("height", height), c.out("proof", proof));
        let (head, height, proof) = (outs.0?, outs.1?, outs.2?);
        let id = c.value("id", id)?.into();
        let (there, place, proven) = c.get("ledger", ledger)?.memory()?.prove(&id)?;
        head.set(there.into())?;
        height.set(place)?;
        proof.set(proven)
    })
}

/// The header of a block of a reference ledger.
///
/// Threads: any, and many at once.
///
/// @param ledger the ledger
/// @param number which block, from zero
/// @param header where to put the new object, to be freed with medseal_block_header_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_ABSENT
///         for a ledger of your own, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_block(
    ledger: *const medseal_ledger,
    number: u64,
    header: *mut *mut medseal_block_header,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let header = c.out("header", header)?;
        header.set(c.get("ledger", ledger)?.memory()?.block(number)?)
    })
}

/// Writes all blocks of a reference ledger.
///
/// Threads: any, and many at once.
///
/// @param ledger the ledger
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_LEDGER_UNAVAILABLE,
///         MEDSEAL_ERR_ABSENT for a ledger of your own, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_encode(
    ledger: *const medseal_ledger,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("ledger", ledger)?.memory()?.snapshot()?)
    })
}

/// Reads a reference ledger, validating every entry and checking the whole chain. That it is the
/// newest, it cannot show: compare its head with one from another source.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param demands what the ledger demands of its entries
/// @param ledger where to put the new object, to be freed with medseal_ledger_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, MEDSEAL_ERR_CHAIN_BROKEN with the position of the first
///         block that does not check out, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_memory_ledger_decode(
    data: *const u8,
    len: usize,
    demands: *const medseal_demands,
    ledger: *mut *mut medseal_ledger,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let ledger = c.out("ledger", ledger)?;
        let demands = c.get("demands", demands)?.clone();
        ledger.set(AnyLedger::Memory(MemoryLedger::restore(demands, c.bytes("data", data, len)?)?))
    })
}

/// What a block of a reference ledger says about the chain up to it. Immutable: any number of threads may use
/// it at once.
pub struct medseal_block_header {
    _opaque: [u8; 0],
}

/// What a block header says.
///
/// Threads: any, and many at once.
///
/// @param header the header
/// @param number where to put the block's number, from zero
/// @param entries where to put how many entries there are up to its end
/// @param root where to put the Merkle root over all of them
/// @param previous where to put the hash of the block before
/// @param hash where to put the block's hash
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_block_header_fields(
    header: *const medseal_block_header,
    number: *mut u64,
    entries: *mut u64,
    root: *mut medseal_digest,
    previous: *mut medseal_digest,
    hash: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("number", number),
            c.out_value("entries", entries),
            c.out_value("root", root),
            c.out_value("previous", previous),
            c.out_value("hash", hash),
        );
        let (number, entries, root, previous, hash) = (outs.0?, outs.1?, outs.2?, outs.3?, outs.4?);
        let header = c.get("header", header)?;
        number.set(header.number())?;
        entries.set(header.tree().size)?;
        root.set(medseal_digest { bytes: *header.tree().root.as_bytes() })?;
        previous.set(medseal_digest { bytes: *header.previous() })?;
        hash.set(medseal_digest { bytes: header.hash() })
    })
}

/// Proof that an entry stands at a height in the reference ledger that has a certain head. Immutable: any
/// number of threads may use it at once.
pub struct medseal_entry_proof {
    _opaque: [u8; 0],
}

/// Verifies that an entry stands at a height under a head.
///
/// Threads: any, and many at once.
///
/// @param proof the proof
/// @param head the head, which you have from a source that you trust
/// @param height the height
/// @param entry the entry
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_proof_verify(
    proof: *const medseal_entry_proof,
    head: *const medseal_head,
    height: u64,
    entry: *const medseal_entry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let head = Head::from(c.value("head", head)?);
        Ok(c.get("proof", proof)?.verify(&head, height, c.get("entry", entry)?)?)
    })
}
