//! What a ledger offers, whichever ledger it is.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::address::LedgerId;
use crate::ledger::entry::{Entry, EntryId};
use crate::search::Query;

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

/// What a search found, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entries that match, in the ledger's order.
    pub hits: Vec<Place>,
    /// Entries whose index is malformed, so that they could not be judged. A ledger that validates has none.
    pub malformed: Vec<Place>,
    /// Where to go on: a later search from here sees only what is new.
    pub next: u64,
}

/// Entries with their heights, in order.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<(u64, Arc<Entry>), Error>> + 'a>;

/// Entries in one order, numbered from zero by their *height*; none is ever changed or taken away.
///
/// Implemented by `MemoryLedger` (feature `memory-ledger`) and over whatever a consortium runs. The methods take
/// `&self`, so that many threads may use one ledger at once.
///
/// **Refused or failing.** [`Error::LedgerUnavailable`] and [`Error::Io`] say that the ledger failed: the entry
/// was not judged (and may be appended again: an entry that got through after all is then refused as a
/// [`Error::DuplicateEntry`]). Any other error of [`append`](Self::append) is a refusal, and stays one.
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
    /// [`Error::UnknownEntry`] from the ledger's end on. [`Error::LedgerUnavailable`], [`Error::Io`].
    fn at(&self, height: u64) -> Result<Arc<Entry>, Error>;

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`]. [`Error::LedgerUnavailable`], [`Error::Io`].
    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error>;

    /// How far the ledger has come.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    fn head(&self) -> Result<Head, Error>;

    /// The entries from a height up to the end, in order. It ends after the first error.
    fn scan(&self, from: u64) -> Entries<'_> {
        let mut next = Some(from);
        Box::new(std::iter::from_fn(move || {
            let height = next.take()?;
            match self.at(height) {
                Ok(entry) => {
                    next = height.checked_add(1);
                    Some(Ok((height, entry)))
                }
                Err(Error::UnknownEntry) => None,
                Err(error) => Some(Err(error)),
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
        /// Entries in memory at a time.
        const WINDOW: usize = 1024;

        let mut found = Found { hits: Vec::new(), malformed: Vec::new(), next: from };
        let mut entries = self.scan(from);
        loop {
            let window = entries.by_ref().take(WINDOW).collect::<Result<Vec<_>, _>>()?;
            if window.is_empty() {
                return Ok(found);
            }
            let indexes = window.iter().map(|(_, entry)| &entry.statement().index).collect::<Vec<_>>();
            let before = found.next - from;
            let matched = query.match_many(&indexes, 0, threads, |p| progress(before + p.done as u64))?;
            let place = |position: &usize| {
                let (height, entry) = window.get(*position)?;
                Some(Place { height: *height, id: entry.id() })
            };
            found.hits.extend(matched.matches.iter().filter_map(place));
            found.malformed.extend(matched.malformed.iter().filter_map(|(position, _)| place(position)));
            found.next += window.len() as u64;
        }
    }
}
