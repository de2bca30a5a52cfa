//! The ledger behind a node's server.
//!
//! The node ([`crate::Node`]) is one implementation. Tests of server and client use another, over a
//! ledger in memory.

use core::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use medseal::Error;
use medseal::Threads;
use medseal::identity::Name;
use medseal::ledger::{Appended, Charters, Entry, EntryId, Found, Indexes, Item, Ledger, Validated};
use medseal::merkle::{Head, InclusionProof};
use medseal::search::{PublicKey, Query, SearchIndexCache};

use crate::certificate::CertifiedHead;

/// The ledger behind a node's server.
pub trait Backend: Send + Sync + 'static {
    /// Submits an entry's bytes. Returns the entry's place once it is final and on disk here, or a
    /// refusal at once. An entry whose id is on the ledger already is not added again, and its
    /// existing place is returned.
    ///
    /// If the future is dropped, the entry may still become final.
    fn submit(
        &self,
        source: Source,
        entry: Vec<u8>,
    ) -> impl Future<Output = Result<Appended, Refused>> + Send;

    /// Submits the bytes of the next charter, which the super node signed, and returns its height
    /// once it is final. Charters have no quota.
    fn submit_charter(
        &self,
        source: Source,
        charter: Vec<u8>,
    ) -> impl Future<Output = Result<u64, Refused>> + Send;

    /// The final part of the ledger. Calls block for microseconds to milliseconds, and a search
    /// runs on the caller's thread. A server must not call [`Ledger::append`], which blocks
    /// until the entry is final.
    fn ledger(&self) -> &(impl Ledger + 'static);

    /// Searches the final part like [`Ledger::search`], to the end or for about this time.
    /// [`Found::next`] states how far it came: at least one item, if there is one.
    ///
    /// # Errors
    /// Those of [`Ledger::search`].
    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        within: Duration,
        threads: Threads,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        search_within(self.ledger(), query, authority, from, within, threads, progress)
    }

    /// The charters that are final here.
    fn charters(&self) -> Arc<Charters>;

    /// Proves that an item (entry or charter) is at a height under the head that the ledger
    /// had with `size` items.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the height is not below `size`, or there are fewer items.
    fn prove_item(&self, height: u64, size: u64) -> Result<InclusionProof, Error>;

    /// The newest certified head. `None` until the first block after the first charter.
    fn certified_head(&self) -> Option<CertifiedHead>;

    /// The node's status.
    fn status(&self) -> Status;
}

/// Implements [`Backend::search`].
pub(crate) fn search_within(
    ledger: &impl Ledger,
    query: &Query,
    authority: &PublicKey,
    from: u64,
    within: Duration,
    threads: Threads,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Found, Error> {
    let until = Instant::now().checked_add(within);
    Slice { ledger, until }.search(query, authority, from, threads, progress)
}

/// A ledger that a search reads until a deadline. Items read by then are matched.
struct Slice<'a, L> {
    ledger: &'a L,
    until: Option<Instant>,
}

impl<L: Ledger> Ledger for Slice<'_, L> {
    fn indexes(&self, from: u64) -> Indexes<'_> {
        // One item is read in any case, so every search makes progress.
        let goes_on =
            move |height: u64| height == from || self.until.is_none_or(|until| Instant::now() < until);
        Box::new(self.ledger.indexes(from).take_while(move |(height, _)| goes_on(*height)))
    }

    fn search_cache(&self) -> Option<&SearchIndexCache> {
        self.ledger.search_cache()
    }

    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.ledger.append(entry)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.ledger.at(height)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.ledger.get(id)
    }

    fn head(&self) -> Result<Head, Error> {
        self.ledger.head()
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        self.ledger.prove(id, size)
    }
}

/// The source of an entry at this node. Each has a separate quota in the pool of waiting entries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A hospital that proved its identity to this node.
    Hospital(Name),
    /// Another node, by its public engine key in hexadecimal.
    Peer(String),
}

/// Why a node refuses an entry or a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It does not decode, is too large for the ledger, or does not satisfy the current charter.
    /// This is permanent, except for [`Error::UnknownCharter`]: then this node may be behind.
    Invalid(Error),
    /// A charter names validators that cannot run this ledger.
    Validators(crate::keys::BadValidators),
    /// The pool of waiting entries is full.
    PoolFull {
        /// When to try again.
        retry_after: Duration,
    },
    /// This source's share of the pool is full.
    QuotaExceeded {
        /// This source's waiting bytes.
        waiting: usize,
        /// The limit of its waiting bytes.
        most: usize,
        /// When to try again.
        retry_after: Duration,
    },
    /// The node is stopping. It may or may not have saved the entry: submit it again, here or
    /// elsewhere.
    Stopped,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => write!(f, "the ledger refuses it: {error}"),
            Self::Validators(error) => write!(f, "the charter's validators cannot run this ledger: {error}"),
            Self::PoolFull { retry_after } => {
                write!(f, "too many entries wait at this node; try again in {} ms", retry_after.as_millis())
            }
            Self::QuotaExceeded { waiting, most, retry_after } => write!(
                f,
                "{waiting} bytes of yours wait at this node, which takes {most}; try again in {} ms",
                retry_after.as_millis()
            ),
            Self::Stopped => write!(f, "the node is stopping; submit it again, here or at another node"),
        }
    }
}

impl std::error::Error for Refused {}

/// A node's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The height of the newest block that is final here. Block 0 is the first charter.
    pub blocks: u64,
    /// Items (entries and charters) on the ledger.
    pub items: u64,
    /// The number of the current charter.
    pub charter: u32,
    /// The consensus epoch in which the next block falls.
    pub epoch: u64,
    /// The number of validators in this epoch.
    pub validators: usize,
    /// Whether this node is one of them.
    pub is_validator: bool,
    /// Entries waiting here.
    pub pool_entries: usize,
    /// Their bytes.
    pub pool_bytes: usize,
    /// Other nodes that this one may talk to.
    pub peers: usize,
    /// When the newest block became final here, in Unix milliseconds. Zero before the first.
    pub last_block_ms: u64,
}
