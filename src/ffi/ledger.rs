//! Ledgers: your own, implemented by callbacks, or the reference ledger in memory.

use super::export::export;
use crate::threads::Threads;
use std::ffi::c_void;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::abi::{Caller, Plain, guard};
use super::callbacks::{Callbacks, collect, functions, medseal_sink, required};
use super::charter::medseal_charter;
use super::entry::{medseal_entry, medseal_validated};
use super::merkle::{medseal_inclusion_proof, medseal_tree_head};
use super::query::medseal_query;
use super::search_keys::medseal_search_public_key;
use super::status::{Failure, MEDSEAL_OK, ledger_error, medseal_error, medseal_status, status_of};
use super::values::{medseal_digest, medseal_entry_id};
use crate::error::Error;
use crate::ledger::{
    Appended, Charter, Entry, EntryId, Found, Item, Ledger, MemoryLedger, Place, Validated, search_here,
};
use crate::merkle::{Head, InclusionProof};
use crate::search::{PublicKey, Query};

/// The place of an entry on a ledger.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_place {
    /// The height of the entry, from zero.
    pub height: u64,
    /// The id of the entry.
    pub id: medseal_entry_id,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_place {}

impl From<&Place> for medseal_place {
    fn from(place: &Place) -> Self {
        Self { height: place.height, id: (&place.id).into() }
    }
}

/// The callbacks of your own ledger. A ledger stores items, which are entries and charters. An item
/// is a byte string at a height. Heights count from zero without gaps, and readers see the items in
/// this order. Item 0 is the first charter. The library never appends a charter; you do. If you use
/// the ledger on several threads, callbacks may run on several threads at once.
///
/// MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO and every status that does not concern ledgers
/// mean that the ledger failed. It may or may not have the entry, and the same entry may be
/// appended again.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_ledger_callbacks {
    /// sizeof(medseal_ledger_callbacks).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// Appends an entry that was validated under the charter with this number. Returns
    /// MEDSEAL_ERR_ERA_PASSED if a different charter is current now. If the ledger already has an
    /// entry with this id, adds nothing and sets `*was_there`. Sets `*height` to the height of the
    /// entry. Not NULL.
    pub append: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            entry: *const u8,
            entry_len: usize,
            id: *const medseal_entry_id,
            charter: u32,
            height: *mut u64,
            was_there: *mut bool,
        ) -> medseal_status,
    >,
    /// Passes the bytes of the item at a height to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY for heights past the last item. If the bytes at a height are not
    /// an item, a search reports the height as malformed and continues. Not NULL.
    pub at: Option<
        unsafe extern "C-unwind" fn(ctx: *mut c_void, height: u64, item: *mut medseal_sink) -> medseal_status,
    >,
    /// Passes the bytes of the entry with this id to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY if there is none. Not NULL.
    pub get: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            id: *const medseal_entry_id,
            entry: *mut medseal_sink,
        ) -> medseal_status,
    >,
    /// Sets `*head` to the head of the ledger: the number of items, and the root of the Merkle tree
    /// over their bytes. Append each item to a medseal_merkle_tree to compute both. Not NULL.
    pub head:
        Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, head: *mut medseal_tree_head) -> medseal_status>,
    /// Proves that the head of the first `size` items includes the entry with this id: passes the
    /// bytes of a medseal_inclusion_proof to medseal_sink_write(). Returns
    /// MEDSEAL_ERR_UNKNOWN_ENTRY if there is no such entry, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if the
    /// entry was appended later, and MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items. Not
    /// NULL.
    pub prove: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            id: *const medseal_entry_id,
            size: u64,
            proof: *mut medseal_sink,
        ) -> medseal_status,
    >,
    /// Searches on a node: sends it the byte form of a query, and passes the byte form of the
    /// result to medseal_sink_write(). The node decodes the query with medseal_query_decode() and
    /// runs medseal_ledger_search(). `from` is the height at which the search begins. May be NULL:
    /// then the library reads and matches every entry.
    pub search: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            query: *const u8,
            query_len: usize,
            from: u64,
            found: *mut medseal_sink,
        ) -> medseal_status,
    >,
    /// Called once when the ledger is freed; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

functions!(medseal_ledger_callbacks);

/// A ledger in memory, or one that C implements.
pub enum AnyLedger {
    /// The reference ledger.
    Memory(MemoryLedger),
    /// A ledger that C implements.
    Callbacks(CallbackLedger),
}

impl AnyLedger {
    pub(super) fn as_dyn(&self) -> &dyn Ledger {
        match self {
            Self::Memory(ledger) => ledger,
            Self::Callbacks(ledger) => ledger,
        }
    }

    pub(super) fn memory(&self) -> Result<&MemoryLedger, Failure> {
        match self {
            Self::Memory(ledger) => Ok(ledger),
            Self::Callbacks(_) => Err(Failure::absent("the ledger is not an in-memory ledger")),
        }
    }
}

/// A ledger that C implements.
pub struct CallbackLedger(Callbacks<medseal_ledger_callbacks>);

/// The bytes that a callback wrote.
fn received((status, bytes): (medseal_status, Vec<u8>)) -> Result<Vec<u8>, Error> {
    if status == MEDSEAL_OK { Ok(bytes) } else { Err(ledger_error(status)) }
}

impl Ledger for CallbackLedger {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        let append = self.0.append.ok_or(Error::LedgerUnavailable)?;
        let (bytes, id) = (entry.to_bytes(), medseal_entry_id::from(&entry.id()));
        let (charter, mut height, mut was_there) = (entry.statement().charter, 0, false);
        // SAFETY: the callback gets its own context, and what it may use during the call.
        let status = unsafe {
            append(self.0.ctx, bytes.as_ptr(), bytes.len(), &id, charter, &mut height, &mut was_there)
        };
        if status == MEDSEAL_OK { Ok(Appended { height, was_there }) } else { Err(ledger_error(status)) }
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        let at = self.0.at.ok_or(Error::LedgerUnavailable)?;
        // SAFETY: the callback gets its own context, and a sink that lives during the call.
        Item::from_bytes(&received(collect(|sink| unsafe { at(self.0.ctx, height, sink) }))?)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        let get = self.0.get.ok_or(Error::LedgerUnavailable)?;
        let id = medseal_entry_id::from(id);
        // SAFETY: the callback gets its own context, and what it may use during the call.
        let bytes = received(collect(|sink| unsafe { get(self.0.ctx, &id, sink) }))?;
        Entry::from_bytes(&bytes).map(Arc::new)
    }

    fn head(&self) -> Result<Head, Error> {
        let head = self.0.head.ok_or(Error::LedgerUnavailable)?;
        let mut there = medseal_tree_head { size: 0, root: medseal_digest { bytes: [0; 32] } };
        // SAFETY: the callback gets its own context, and what it may use during the call.
        let status = unsafe { head(self.0.ctx, &mut there) };
        if status == MEDSEAL_OK { Ok(there.into()) } else { Err(ledger_error(status)) }
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        let prove = self.0.prove.ok_or(Error::LedgerUnavailable)?;
        let id = medseal_entry_id::from(id);
        // SAFETY: the callback gets its own context, and what it may use during the call.
        let bytes = received(collect(|sink| unsafe { prove(self.0.ctx, &id, size, sink) }))?;
        InclusionProof::from_bytes(&bytes)
    }

    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        threads: Threads,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let Some(search) = self.0.search else {
            return search_here(self, query, authority, from, threads, progress);
        };
        query.check(authority)?;
        let bytes = query.to_bytes();
        let ask = |sink| {
            // SAFETY: the callback gets its own context, and what it may use during the call.
            unsafe { search(self.0.ctx, bytes.as_ptr(), bytes.len(), from, sink) }
        };
        let (status, bytes) = collect(ask);
        if status != MEDSEAL_OK {
            return Err(ledger_error(status));
        }
        let found = Found::from_bytes(&bytes)?;
        match found.next.checked_sub(from) {
            None => Err(Error::OutOfRange),
            Some(done) if progress(done).is_break() => Err(Error::Cancelled),
            Some(_) => Ok(found),
        }
    }
}

export! {
    /// A ledger: entries and charters in one order. None is ever changed or removed. Any number of
    /// threads may use it at once.
    struct medseal_ledger: shared AnyLedger;

    /// Makes a ledger from your callbacks.
    medseal_ledger_from_callbacks(
        callbacks: callbacks medseal_ledger_callbacks
    ) -> (ledger: object medseal_ledger) {
        required("callbacks.append", callbacks.append)?;
        required("callbacks.at", callbacks.at)?;
        required("callbacks.get", callbacks.get)?;
        required("callbacks.head", callbacks.head)?;
        required("callbacks.prove", callbacks.prove)?;
        AnyLedger::Callbacks(CallbackLedger(callbacks))
    }

    /// Appends a validated entry. If the ledger already has an entry with this id, adds nothing.
    /// @param was_there where to put whether the ledger already had the entry, or NULL
    /// @return MEDSEAL_ERR_ERA_PASSED if a different charter is current now,
    ///         MEDSEAL_ERR_UNKNOWN_CHARTER if the entry was validated for another ledger,
    ///         MEDSEAL_ERR_INVALID_ARGUMENT if `validated` has more than one entry
    medseal_ledger_append(
        ledger: object medseal_ledger, validated: object medseal_validated
    ) -> (height: value u64, was_there: bool_or_null) {
        let [entry] = validated.as_slice() else {
            return Err(Failure::invalid("validated", "contains more than one entry"));
        };
        let Appended { height, was_there } = ledger.as_dyn().append(entry.clone())?;
        (height, was_there)
    }
}

/// Returns the item at a height: an entry or a charter. If it cannot be read, the position in the
/// medseal_error is the height.
/// @param entry receives the entry, or is set to NULL if the item is a charter
/// @param charter receives the charter, or is set to NULL if the item is an entry
/// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_LEDGER_UNAVAILABLE, MEDSEAL_ERR_IO, a decoding
///         status if your ledger does not return an item
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_ledger_at(
    ledger: *const medseal_ledger,
    height: u64,
    entry: *mut *mut medseal_entry,
    charter: *mut *mut medseal_charter,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("entry", entry), c.out("charter", charter));
        let (entry, charter) = (outs.0?, outs.1?);
        let there = c.get("ledger", ledger)?.as_dyn().at(height);
        match there.map_err(|error| Failure::from(error).at(height))? {
            Item::Entry(there) => entry.set(Entry::from_bytes(&there.to_bytes())?),
            Item::Charter(there) => charter.set(Charter::clone(&there)),
        }
    })
}

export! {
    /// Returns the entry with an id.
    /// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_DIGEST_MISMATCH if your ledger returns a
    ///         different entry, a decoding status if it does not return an entry
    medseal_ledger_get(
        ledger: object medseal_ledger, id: value medseal_entry_id
    ) -> (entry: object medseal_entry) {
        let id = EntryId::from(id);
        let there = ledger.as_dyn().get(&id)?;
        if there.id() != id {
            return Err(Error::DigestMismatch.into());
        }
        Entry::from_bytes(&there.to_bytes())?
    }

    /// Returns the head of a ledger: the number of items, and the root of the Merkle tree over
    /// their bytes.
    medseal_ledger_head(ledger: object medseal_ledger) -> (head: value medseal_tree_head) {
        ledger.as_dyn().head()?.into()
    }

    /// Proves that an earlier head of the ledger includes an entry.
    /// @param size the number of items under that head
    /// @return MEDSEAL_ERR_UNKNOWN_ENTRY, MEDSEAL_ERR_AFTER_TRUSTED_HEAD if the entry was appended
    ///         later, MEDSEAL_ERR_OUT_OF_RANGE if the ledger has fewer items, a decoding status if
    ///         your ledger does not return a proof
    medseal_ledger_prove(
        ledger: object medseal_ledger, id: value medseal_entry_id, size: u64
    ) -> (proof: object medseal_inclusion_proof) {
        ledger.as_dyn().prove(&id.into(), size)?
    }

    /// The result of a search, and the height that the search reached. A ledger node answers with
    /// its byte form.
    struct medseal_found;
}
export! {
    /// Searches a ledger, as a node that holds only public parameters does. An entry whose policy
    /// the attributes of the trapdoors do not satisfy costs no pairing. A malformed entry does not
    /// end the search: see medseal_found_malformed().
    /// @param authority the public key under which the ledger's entries are indexed
    /// @param from the height at which the search begins
    /// @param progress receives the number of entries searched, on the caller's thread; or NULL
    /// @return MEDSEAL_ERR_OTHER_AUTHORITY if the query was made under another public key,
    ///         MEDSEAL_ERR_HEIGHT_MISSING with the height as position if the ledger omits an item,
    ///         a decoding status if your ledger does not return a valid result
    medseal_ledger_search(
        ledger: object medseal_ledger, query: object medseal_query,
        authority: object medseal_search_public_key, from: u64, threads: usize, progress: progress
    ) -> (found: object medseal_found) {
        let tell = &mut progress.counts();
        ledger.as_dyn().search(query, authority, from, Threads::new(threads), tell)?
    }

    /// Returns the counts of a search, and where to continue.
    /// @param hits where to put the number of entries that match
    /// @param malformed where to put the number of malformed entries. It is zero in a ledger that
    ///                  validates its entries and does not lose or change them
    /// @param next where to put the height at which a later search should begin, to see only new
    ///             entries
    medseal_found_count(
        found: object medseal_found
    ) -> (hits: value usize, malformed: value usize, next: value u64) {
        (found.hits.len(), found.malformed.len(), found.next)
    }

    /// Returns the place of an entry that matches. They are in the ledger's order.
    medseal_found_hit(found: object medseal_found, index: usize) -> (place: value medseal_place) {
        found.hits.get(index).ok_or(Error::OutOfRange)?.into()
    }

    /// Returns the height of a malformed entry: the bytes from the ledger are not an entry, or its
    /// index is malformed. They are in the ledger's order.
    /// @param why where to put the decoding status that says what is wrong
    medseal_found_malformed(
        found: object medseal_found, index: usize
    ) -> (height: value u64, why: value medseal_status) {
        let malformed = found.malformed.get(index).ok_or(Error::OutOfRange)?;
        (malformed.height, status_of(&malformed.error))
    }
}
