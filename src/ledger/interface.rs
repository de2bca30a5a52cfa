//! What a ledger offers, whichever ledger it is.

use crate::threads::Threads;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::entry::{Entry, EntryId};
use crate::ledger::found::{Found, Malformed};
use crate::ledger::item::{Indexed, Item};
use crate::ledger::validate::Validated;
use crate::merkle::{Head, InclusionProof};
use crate::search::{PublicKey, Query, SearchIndexCache};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its height.
    pub height: u64,
    /// Its id.
    pub id: EntryId,
}

/// What became of an entry that was appended: it stands on the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its height.
    pub height: u64,
    /// Whether an entry of this id stood there before, so that nothing was added.
    pub was_there: bool,
}

/// Heights in order and without gaps, each with its item, or with why it cannot be had.
pub type Items<'a> = Box<dyn Iterator<Item = (u64, Result<Item, Error>)> + 'a>;

/// Heights in order and without gaps, each with what a search needs of the entry there (nothing of
/// a charter), or with why it cannot be had.
pub type Indexes<'a> = Box<dyn Iterator<Item = (u64, Result<Option<Indexed>, Error>)> + 'a>;

/// Entries and charters in one order; none is ever changed or taken away.
///
/// Items are numbered by their *height*, from zero, **without gaps**, and become visible in the
/// order of their heights: a search that goes on where the last one ended would miss an item that
/// fills a gap later. (The sequences of most databases leave gaps when a transaction is rolled
/// back; assign heights inside the transaction that appends.)
///
/// Implemented by `MemoryLedger` (feature `memory-ledger`) and over whatever a consortium runs. A
/// ledger is `Send + Sync` and its methods take `&self`: many threads may use one at once. They
/// block: `docs/ledger.md` says how async code calls them.
///
/// **Refused or failing.** [`Error::LedgerUnavailable`] and [`Error::Io`] say that the ledger
/// failed: it may or may not have the entry, and the same entry may be appended again. Any other
/// error of [`append`](Self::append) is a refusal, and stays one.
///
/// **Bytes that are no item.** A ledger that keeps bytes gives the error with which they did not
/// decode, of which [`Error::is_malformed`] holds: it is the fault of this item alone, and a search
/// names its height and goes on.
pub trait Ledger: Send + Sync {
    /// Appends an entry that was [validated](crate::ledger::validate) under the charter that is
    /// current now, unless an entry of its id is there: then it says where, and adds nothing.
    ///
    /// # Errors
    /// [`Error::EraPassed`] if another charter is current by now,
    /// [`Error::UnknownCharter`] if it was validated for another ledger.
    /// [`Error::LedgerUnavailable`], [`Error::Io`] if the ledger fails.
    fn append(&self, entry: Validated) -> Result<Appended, Error>;

    /// The item at a height.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] from the ledger's end on, a decoding error if what stands there is
    /// no item. [`Error::LedgerUnavailable`], [`Error::Io`].
    fn at(&self, height: u64) -> Result<Item, Error>;

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`], a decoding error if what is kept under the id is no entry.
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error>;

    /// How far the ledger has come: the number of items, and the root of the Merkle
    /// tree over their bytes.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn head(&self) -> Result<Head, Error>;

    /// Proves that an entry stands under the head that the ledger had when it had `size` items.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`]; [`Error::AfterTrustedHead`] if it came later; [`Error::OutOfRange`]
    /// if the ledger has fewer items. [`Error::LedgerUnavailable`], [`Error::Io`].
    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error>;

    /// The items from a height up to the end, in order. An error names its height; one that
    /// [is not malformed bytes](Error::is_malformed) is the last.
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

    /// What a search needs, as [`scan`](Self::scan) gives the items. A ledger that keeps the
    /// indexes beside the entries overrides it: an index by itself decodes some fifty times
    /// faster than its entry.
    fn indexes(&self, from: u64) -> Indexes<'_> {
        let indexed = |item: Item| item.entry().map(|entry| Indexed::from(entry.as_ref()));
        Box::new(self.scan(from).map(move |(height, item)| (height, item.map(indexed))))
    }

    /// Where [`search`](Self::search) keeps the points of the indexes that it decodes, if
    /// this ledger keeps them.
    fn search_cache(&self) -> Option<&SearchIndexCache> {
        None
    }

    /// The entries from a height on that a query matches. An entry whose policy the query's
    /// attributes do not satisfy costs no pairing.
    ///
    /// This is the work of a node that holds nothing but public parameters, of which `authority` is
    /// the public key for search. A ledger that lies elsewhere overrides it: it sends the query's
    /// byte form there, and reads what was found from that of [`Found`]. The entries are matched on
    /// `threads` threads; `progress` is told how many items are done, and breaks to cancel.
    ///
    /// # Errors
    /// [`Error::OtherAuthority`] if the query was made under another public key;
    /// [`Error::Cancelled`]; [`Error::HeightMissing`] if the ledger leaves out a height;
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

/// What [`Ledger::search`] does unless implemented: reads every index, and matches it here.
pub(crate) fn search_here(
    ledger: &(impl Ledger + ?Sized),
    query: &Query,
    authority: &PublicKey,
    from: u64,
    threads: Threads,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Found, Error> {
    /// Entries in memory at a time.
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
        // Charters and what does not decode are done already.
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
