//! What a ledger offers, whichever ledger it is.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::address::LedgerId;
use crate::ledger::entry::{Entry, EntryId};
use crate::search::{Progress, Query, SearchIndexCache};

/// How far a ledger has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of entries, which is the height that the next one gets.
    pub height: u64,
    /// The ledger's commitment to all of them, in their order.
    pub hash: [u8; 32],
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its height.
    pub height: u64,
    /// Its id.
    pub id: EntryId,
}

/// An entry that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Its height.
    pub height: u64,
    /// Why: what stands there does not decode, or an element of its index that a match uses is no point.
    pub error: Error,
}

/// What a search found, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entries that match, in the ledger's order.
    pub hits: Vec<Place>,
    /// Those that could not be judged, in the ledger's order. They do not end the search: neither who may publish nor a
    /// fault of a disk keeps others from being found. A ledger that validates and keeps what it has has none.
    pub malformed: Vec<Malformed>,
    /// Where to go on: a later search from here sees only what is new.
    pub next: u64,
}

/// Heights in order, each with its entry, or with why it cannot be had.
pub type Entries<'a> = Box<dyn Iterator<Item = (u64, Result<Arc<Entry>, Error>)> + 'a>;

/// Entries in one order, numbered from zero by their *height*; none is ever changed or taken away.
///
/// Implemented by `MemoryLedger` (feature `memory-ledger`) and over whatever a consortium runs. The methods take
/// `&self`, so that many threads may use one ledger at once.
///
/// **Refused or failing.** [`Error::LedgerUnavailable`] and [`Error::Io`] say that the ledger failed: the entry
/// was not judged (and may be appended again: an entry that got through after all is then refused as a
/// [`Error::DuplicateEntry`]). Any other error of [`append`](Self::append) is a refusal, and stays one.
///
/// **Bytes that are no entry.** A ledger that keeps bytes gives the error with which they did not decode, of which
/// [`Error::is_malformed`] holds: it is the fault of this entry alone, and a search names its height and goes on.
pub trait Ledger: Sync {
    /// The identifier for which entries are signed.
    fn id(&self) -> &LedgerId;

    /// Appends an entry that passes [`validate`](crate::ledger::validate) and whose id is new; returns its height.
    ///
    /// # Errors
    /// The reason of a refusal: those of [`validate`](crate::ledger::validate), [`Error::DuplicateEntry`].
    /// [`Error::LedgerUnavailable`], [`Error::Io`] if the ledger fails.
    fn append(&self, entry: Entry) -> Result<u64, Error>;

    /// The entry at a height.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] from the ledger's end on, a decoding error if what stands there is no entry.
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn at(&self, height: u64) -> Result<Arc<Entry>, Error>;

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`], a decoding error if what is kept under the id is no entry.
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error>;

    /// How far the ledger has come.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn head(&self) -> Result<Head, Error>;

    /// The entries from a height up to the end, in order. An error names its height; one that
    /// [is not malformed bytes](Error::is_malformed) is the last.
    fn scan(&self, from: u64) -> Entries<'_> {
        let mut next = Some(from);
        Box::new(std::iter::from_fn(move || {
            let height = next.take()?;
            match self.at(height) {
                Err(Error::UnknownEntry) => None,
                entry => {
                    if entry.as_ref().map_or_else(Error::is_malformed, |_| true) {
                        next = height.checked_add(1);
                    }
                    Some((height, entry))
                }
            }
        }))
    }

    /// The entries from a height on that a query matches. An entry whose policy the query's attributes do not
    /// satisfy costs no pairing.
    ///
    /// This is the work of a node that holds nothing but public parameters; a ledger that lies elsewhere overrides
    /// it, sends the trapdoors there, and gets back what was found. The entries are matched on `threads` threads;
    /// `progress` is told how many entries are done, and breaks to cancel.
    ///
    /// # Errors
    /// [`Error::Cancelled`], [`Error::LedgerUnavailable`], [`Error::Io`].
    fn search(
        &self,
        query: &Query,
        from: u64,
        threads: NonZeroUsize,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        search_here(self, query, from, threads, None, progress)
    }
}

/// What [`Ledger::search`] does unless implemented: reads every entry, and matches it here, with a cache if there is one.
pub(crate) fn search_here(
    ledger: &(impl Ledger + ?Sized),
    query: &Query,
    from: u64,
    threads: NonZeroUsize,
    cache: Option<&SearchIndexCache>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Found, Error> {
    /// Entries in memory at a time.
    const WINDOW: usize = 1024;

    let mut found = Found { hits: Vec::new(), malformed: Vec::new(), next: from };
    let mut entries = ledger.scan(from);
    loop {
        let (mut window, mut malformed) = (Vec::new(), Vec::new());
        for (height, entry) in entries.by_ref().take(WINDOW) {
            match entry {
                Ok(entry) => window.push((height, entry)),
                Err(error) if error.is_malformed() => malformed.push(Malformed { height, error }),
                Err(error) => return Err(error),
            }
        }
        let read = window.len() + malformed.len();
        if read == 0 {
            return Ok(found);
        }
        let before = found.next - from + malformed.len() as u64;
        if !malformed.is_empty() && progress(before).is_break() {
            return Err(Error::Cancelled);
        }
        let indexes = window.iter().map(|(_, entry)| &entry.statement().index).collect::<Vec<_>>();
        let progress = |p: Progress| progress(before + p.done as u64);
        let matched = query.match_many_cached(&indexes, 0, threads, cache, progress)?;
        for (height, entry) in matched.matches.iter().filter_map(|position| window.get(*position)) {
            found.hits.push(Place { height: *height, id: entry.id() });
        }
        for (position, error) in matched.malformed {
            malformed.extend(window.get(position).map(|(height, _)| Malformed { height: *height, error }));
        }
        malformed.sort_unstable_by_key(|malformed| malformed.height);
        found.malformed.append(&mut malformed);
        found.next += read as u64;
    }
}
