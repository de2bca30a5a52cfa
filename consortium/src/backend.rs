//! What the server of a node needs of the ledger behind it.
//!
//! The node ([`crate::Node`]) is one implementation. Tests of server and client stand on another,
//! over a ledger in memory.

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

/// What the server of a node needs of the ledger behind it.
pub trait Backend: Send + Sync + 'static {
    /// Takes an entry's bytes. Returns when the entry is final and on disk here, with its place, or
    /// at once with a refusal. An entry whose id is on the ledger already is not added again: the
    /// answer says where it stands.
    ///
    /// If the future is dropped, the entry may become final all the same.
    fn submit(
        &self,
        source: Source,
        entry: Vec<u8>,
    ) -> impl Future<Output = Result<Appended, Refused>> + Send;

    /// Takes the bytes of the next charter, which the super node signed, and returns its height
    /// when it is final. It counts towards no quota.
    fn submit_charter(
        &self,
        source: Source,
        charter: Vec<u8>,
    ) -> impl Future<Output = Result<u64, Refused>> + Send;

    /// What is final here. It blocks, for microseconds to milliseconds; a search runs on the
    /// caller's thread. [`Ledger::append`] is not for a server: it blocks until the entry is final.
    fn ledger(&self) -> &(impl Ledger + 'static);

    /// Searches what is final here as [`Ledger::search`] does, to the end or for about so long.
    /// [`Found::next`] says how far it came: one item at least, if there is one.
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

    /// Proves that an item, entry or charter, stands at a height under the head that the ledger had
    /// when it had `size` items.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the height is not below `size`, or there are fewer items.
    fn prove_item(&self, height: u64, size: u64) -> Result<InclusionProof, Error>;

    /// The newest head that a certificate makes final. None until the first block
    /// after the first charter.
    fn certified_head(&self) -> Option<CertifiedHead>;

    /// How the node is.
    fn status(&self) -> Status;
}

/// What [`Backend::search`] does.
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

/// A ledger that a search reads until a time. What was read by then is matched.
struct Slice<'a, L> {
    ledger: &'a L,
    until: Option<Instant>,
}

impl<L: Ledger> Ledger for Slice<'_, L> {
    fn indexes(&self, from: u64) -> Indexes<'_> {
        // One item goes whatever the time, so that a search comes to its end.
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

/// Who gave an entry to this node. Each has its own quota in the pool of entries that wait.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A hospital that proved its identity to this node.
    Hospital(Name),
    /// Another node, by its public engine key in hexadecimal.
    Peer(String),
}

/// Why a node does not take an entry or a charter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It does not decode, is larger than the ledger takes, or does not satisfy the
    /// current charter. It never will, unless the error is [`Error::UnknownCharter`]: then
    /// this node may be behind.
    Invalid(Error),
    /// A charter names validators that this ledger cannot work with.
    Validators(crate::keys::BadValidators),
    /// The entries that wait here fill the pool.
    PoolFull {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The entries of this source that wait here fill its share of the pool.
    QuotaExceeded {
        /// Bytes of this source that wait.
        waiting: usize,
        /// Bytes that may wait.
        most: usize,
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The node is stopping. It may or may not have kept the entry: it may be submitted
    /// again, here or elsewhere.
    Stopped,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => write!(f, "the ledger does not take it: {error}"),
            Self::Validators(error) => write!(f, "the charter's validators cannot keep this ledger: {error}"),
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

/// How a node is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The height of the newest block that is final here. Block 0 is the first charter.
    pub blocks: u64,
    /// Items on the ledger, entries and charters.
    pub items: u64,
    /// The number of the current charter.
    pub charter: u32,
    /// The consensus epoch in which the next block falls.
    pub epoch: u64,
    /// How many validators this epoch has.
    pub validators: usize,
    /// Whether this node is one of them.
    pub is_validator: bool,
    /// Entries that wait here.
    pub pool_entries: usize,
    /// Their bytes.
    pub pool_bytes: usize,
    /// Other nodes that this one may talk to.
    pub peers: usize,
    /// When the newest block became final here, in Unix milliseconds. Zero before the first.
    pub last_block_ms: u64,
}
