//! The interface of every ledger.

use crate::threads::Threads;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::entry::{Entry, EntryId};
use crate::ledger::found::{Found, Malformed, Place};
use crate::ledger::item::{Indexed, Item};
use crate::ledger::validate::Validated;
use crate::merkle::{Head, InclusionProof};
use crate::search::{PublicKey, Query, SearchIndexCache};

/// The result of appending an entry: it is on the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its height.
    pub height: u64,
    /// Whether an entry with this id was already there. Then nothing was added.
    pub was_there: bool,
}

/// Consecutive heights in order, each with its item, or with the error for it.
pub type Items<'a> = Box<dyn Iterator<Item = (u64, Result<Item, Error>)> + 'a>;

/// Consecutive heights in order, each with the part of the entry that a search needs (`None` for a
/// charter), or with the error for it.
pub type Indexes<'a> = Box<dyn Iterator<Item = (u64, Result<Option<Indexed>, Error>)> + 'a>;

/// Entries and charters in one order. Items never change or disappear.
///
/// Items are numbered by their *height*, from zero, **without gaps**, and become visible in the
/// order of their heights. A search continues at the height where the last one ended, and would
/// miss an item that fills a gap later. (The sequences of most databases leave gaps when a
/// transaction rolls back. Assign heights inside the transaction that appends.)
///
/// `MemoryLedger` (feature `memory-ledger`) implements the trait; a consortium implements it for
/// its own ledger. A ledger is `Send + Sync` and its methods take `&self`: many threads may use one
/// at once. The methods block. `docs/ledger.md` explains how to call them from async code.
///
/// **Rejection and failure.** [`Error::LedgerUnavailable`] and [`Error::Io`] mean that the ledger
/// failed. It may or may not have the entry, and the caller may append it again. Every other error
/// of [`append`](Self::append) is a permanent rejection.
///
/// **Malformed bytes.** If stored bytes do not decode, the ledger returns the decoding error, for
/// which [`Error::is_malformed`] is true. The error concerns only this item: a search lists its
/// height and continues.
pub trait Ledger: Send + Sync {
    /// Appends an entry that was [validated](crate::ledger::validate) under the current charter. If
    /// an entry with this id is already on the ledger, returns its height and adds nothing.
    ///
    /// # Errors
    /// [`Error::EraPassed`] if a newer charter is now current, [`Error::UnknownCharter`] if the
    /// entry was validated for a different ledger. [`Error::LedgerUnavailable`], [`Error::Io`]
    /// if the ledger fails.
    fn append(&self, entry: Validated) -> Result<Appended, Error>;

    /// Returns the item at a height.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] at the ledger's end and beyond; a decoding error if the stored bytes
    /// are not an item. [`Error::LedgerUnavailable`], [`Error::Io`].
    fn at(&self, height: u64) -> Result<Item, Error>;

    /// Returns the entry with this id.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`]; a decoding error if the bytes stored under the id are not an entry.
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error>;

    /// Returns the number of items, and the root of the Merkle tree over their bytes.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn head(&self) -> Result<Head, Error>;

    /// Proves that the head of the ledger's first `size` items covers an entry.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`]; [`Error::AfterTrustedHead`] if the entry is not among
    /// them; [`Error::OutOfRange`] if the ledger has fewer items.
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error>;

    /// Returns the items from a height to the end, in order. An error comes with its height. After
    /// an error for which [`Error::is_malformed`] is false, the iterator ends.
    fn scan(&self, from: u64) -> Items<'_> {
        let mut next = Some(from);
        Box::new(std::iter::from_fn(move || {
            let height = next.take()?;
            match self.at(height) {
                Err(Error::UnknownEntry) => None,
                item => {
                    if item.as_ref().map_or_else(Error::is_malformed, |_| true) {
                        next = height.checked_add(1);
                    }
                    Some((height, item))
                }
            }
        }))
    }

    /// Returns the part of each item that a search needs, in the order of [`scan`](Self::scan).
    /// Override this if the ledger stores the indexes beside the entries: an index alone decodes
    /// about fifty times faster than its entry.
    fn indexes(&self, from: u64) -> Indexes<'_> {
        let indexed = |item: Item| item.entry().map(|entry| Indexed::from(entry.as_ref()));
        Box::new(self.scan(from).map(move |(height, item)| (height, item.map(indexed))))
    }

    /// Returns the cache in which [`search`](Self::search) keeps the decoded points of indexes, if
    /// this ledger has one.
    fn search_cache(&self) -> Option<&SearchIndexCache> {
        None
    }

    /// Returns the entries from a height on that match a query. An entry whose policy the query's
    /// attributes do not satisfy costs no pairing.
    ///
    /// A node needs only public parameters for this: `authority` is their public key for search. A
    /// client of a remote ledger overrides it: it sends the query's byte form, and decodes the
    /// returned [`Found`]. The search uses up to `threads` threads. `progress` receives the number
    /// of items done, and returns `Break` to cancel.
    ///
    /// # Errors
    /// [`Error::OtherAuthority`] if the query was made under a different public key;
    /// [`Error::Cancelled`]; [`Error::HeightMissing`] if the ledger omits a height;
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        threads: Threads,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        search_here(self, query, authority, from, threads, progress)
    }
}

/// The default [`Ledger::search`]: reads every index, and matches it here.
pub(crate) fn search_here(
    ledger: &(impl Ledger + ?Sized),
    query: &Query,
    authority: &PublicKey,
    from: u64,
    threads: Threads,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Found, Error> {
    /// Entries in memory at one time.
    const WINDOW: usize = 1024;

    let query = query.prepare(authority)?;
    let mut found = Found { hits: Vec::new(), malformed: Vec::new(), next: from };
    let mut items = ledger.indexes(from);
    loop {
        let (mut window, mut malformed, start) = (Vec::new(), Vec::new(), found.next);
        for (height, item) in items.by_ref().take(WINDOW) {
            if height != found.next {
                return Err(Error::HeightMissing { height: found.next });
            }
            match item {
                Ok(Some(indexed)) => window.push((height, indexed)),
                Ok(None) => {}
                Err(error) if error.is_malformed() => malformed.push(Malformed { height, error }),
                Err(error) => return Err(error),
            }
            found.next += 1;
        }
        if found.next == start {
            return Ok(found);
        }
        // Charters and malformed items are done already.
        let before = found.next - from - window.len() as u64;
        if before > start - from && progress(before).is_break() {
            return Err(Error::Cancelled);
        }
        let indexes = window.iter().map(|(_, indexed)| &indexed.index).collect::<Vec<_>>();
        let progress = |done| progress(before + done);
        let cache = ledger.search_cache();
        let matched = query.match_many_cached(&indexes, 0, threads, cache, progress)?;
        for (height, indexed) in matched.matches.iter().filter_map(|position| window.get(*position)) {
            found.hits.push(Place { height: *height, id: indexed.id });
        }
        for (position, error) in matched.malformed {
            malformed.extend(window.get(position).map(|(height, _)| Malformed { height: *height, error }));
        }
        malformed.sort_unstable_by_key(|malformed| malformed.height);
        found.malformed.append(&mut malformed);
    }
}
