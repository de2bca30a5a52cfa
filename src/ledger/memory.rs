//! A reference ledger in memory: for tests and examples, and as a model of what a ledger has to promise.
//!
//! ```text
//! block header = "MS" version 0x41 || number (u64) || previous block's hash || entries up to here (u64) || root
//! root         = RFC 9162 Merkle tree hash over the encoded entries, from the first to this block's last
//! block hash   = SHA-256(BLOCK tag, number, previous, entries || root)
//! block 0 follows on SHA-256(BLOCK tag, ledger id)
//! snapshot     = "MS" version 0x42 || head hash || number of blocks (u64)
//!                || for each block: its header's fields || for each of its entries: u32 length || entry
//! ```
//! The root of a block covers all entries so far and not only its own, as in a certificate transparency log, so
//! that one proof of logarithmic length shows that an entry stands under the newest head.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Arc, RwLock, RwLockReadGuard};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::domain::BLOCK;
use crate::error::Error;
use crate::ledger::address::LedgerId;
use crate::ledger::entry::{Entry, EntryId};
use crate::ledger::interface::{Found, Head, Ledger, search_here};
use crate::ledger::validate::{Demands, Refusal, validate_all};
use crate::limits::{ENTRY_BYTES, Limit};
use crate::merkle::{self, Frontier, InclusionProof, Tree};
use crate::search::{Query, SearchIndexCache};
use crate::transcript::Transcript;

/// What a block says about the chain up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    number: u64,
    previous: [u8; 32],
    tree: merkle::Head,
}

impl BlockHeader {
    /// The block's number, from zero.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The hash of the block before.
    #[must_use]
    pub fn previous(&self) -> &[u8; 32] {
        &self.previous
    }

    /// How many entries there are up to the end of this block, and the Merkle root over all of them.
    #[must_use]
    pub fn tree(&self) -> &merkle::Head {
        &self.tree
    }

    /// The block's hash, 32 bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Transcript::new()
            .u64("number", self.number)
            .bytes("previous", &self.previous)
            .bytes("tree", &self.tree.to_bytes())
            .digest(BLOCK)
    }

    /// What block 0 follows on.
    fn genesis(ledger: &LedgerId) -> [u8; 32] {
        Transcript::new().bytes("genesis", ledger.as_str().as_bytes()).digest(BLOCK)
    }
}

impl Object for BlockHeader {
    const KIND: Kind = Kind::BlockHeader;

    fn write(&self, w: &mut Writer) {
        w.u64(self.number);
        w.raw(&self.previous);
        w.raw(&self.tree.to_bytes());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { number: r.u64()?, previous: r.array()?, tree: merkle::Head::read(r)? })
    }
}

/// Shows that an entry stands at a height in the ledger that has a certain head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    header: BlockHeader,
    inclusion: InclusionProof,
}

impl EntryProof {
    /// Checks that the entry stands at `height` under `head`, which the verifier has from a source of its own.
    ///
    /// # Errors
    /// [`Error::InvalidProof`].
    pub fn verify(&self, head: &Head, height: u64, entry: &Entry) -> Result<(), Error> {
        if self.header.hash() != head.hash
            || self.header.tree.size != head.height
            || self.inclusion.index() != height
        {
            return Err(Error::InvalidProof);
        }
        self.inclusion.verify(&self.header.tree, &entry.to_bytes())
    }
}

impl Object for EntryProof {
    const KIND: Kind = Kind::EntryProof;

    fn write(&self, w: &mut Writer) {
        self.header.write(w);
        self.inclusion.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { header: BlockHeader::read(r)?, inclusion: InclusionProof::read(r)? })
    }
}

/// A ledger in memory that enforces its demands.
///
/// Many readers run beside one writer: reading takes a shared lock for as long as it takes to copy a pointer, and
/// a writer validates before it takes the lock. [`verify`](Self::verify) and [`snapshot`](Self::snapshot) work on the
/// chain as it was when they began; the first block that is appended meanwhile copies the lists of headers, ids and
/// hashes, but no entry. [`search`](Ledger::search) keeps the decoded points of up to 64 MiB of indexes.
pub struct MemoryLedger {
    demands: Demands,
    /// A writer changes it in place unless somebody is at work on it.
    chain: RwLock<Arc<Chain>>,
    searched: SearchIndexCache,
}

/// What the points of indexes that are searched may take: of about 60,000 keywords under a policy of three rows.
const SEARCHED_BYTES: usize = 1 << 26;

#[derive(Clone, Default)]
pub(crate) struct Chain {
    headers: Vec<BlockHeader>,
    entries: Vec<Arc<Entry>>,
    heights: HashMap<EntryId, u64>,
    tree: Tree,
}

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new(demands: Demands) -> Self {
        Self::with_chain(demands, Chain::default())
    }

    fn with_chain(demands: Demands, chain: Chain) -> Self {
        let searched = SearchIndexCache::new(SEARCHED_BYTES);
        Self { demands, chain: RwLock::new(Arc::new(chain)), searched }
    }

    /// What it demands of an entry.
    #[must_use]
    pub fn demands(&self) -> &Demands {
        &self.demands
    }

    /// Appends several entries as one block: all of them, or none. Returns the height of the first.
    ///
    /// # Errors
    /// [`Refusal`] names the first entry that is refused, and why, as [`append`](Ledger::append) says it. No entries at all
    /// and a ledger that fails are refused at the first position.
    pub fn append_block(&self, entries: Vec<Entry>) -> Result<u64, Refusal> {
        validate_all(&entries, &self.demands, NonZeroUsize::MIN)?;
        let failed = |_| Refusal { position: 0, error: Error::LedgerUnavailable };
        let mut chain = self.chain.write().map_err(failed)?;
        Arc::make_mut(&mut chain).push_block(&self.demands.ledger, entries)
    }

    /// The header of a block.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such block, [`Error::LedgerUnavailable`].
    pub fn block(&self, number: u64) -> Result<BlockHeader, Error> {
        at(&self.read()?.headers, number).cloned().ok_or(Error::OutOfRange)
    }

    /// Checks the whole chain anew: every entry, every root, every hash.
    ///
    /// # Errors
    /// [`Error::ChainBroken`] with the number of the first block that does not check out,
    /// [`Error::LedgerUnavailable`].
    pub fn verify(&self) -> Result<(), Error> {
        self.present()?.verify(&self.demands)
    }

    /// A proof that an entry stands under the present head, with both; the entry's height too.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`], [`Error::LedgerUnavailable`].
    pub fn prove(&self, id: &EntryId) -> Result<(Head, u64, EntryProof), Error> {
        let chain = self.read()?;
        let height = *chain.heights.get(id).ok_or(Error::UnknownEntry)?;
        let header = chain.headers.last().ok_or(Error::UnknownEntry)?.clone();
        let inclusion = chain.tree.prove_inclusion(height, header.tree.size)?;
        Ok((chain.head(&self.demands.ledger), height, EntryProof { header, inclusion }))
    }

    /// All blocks as bytes.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`].
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Ok(self.present()?.snapshot(&self.demands.ledger))
    }

    /// A ledger from a snapshot, every entry validated and the whole chain checked.
    ///
    /// A snapshot shows by itself when it is damaged. That it is the *newest* one, or that a majority stands
    /// behind it, it can't show: compare [`head`](Ledger::head) with one from another source.
    ///
    /// # Errors
    /// [`Error::ChainBroken`] with the number of the first block that does not check out, or a decoding error if
    /// the bytes are no snapshot.
    pub fn restore(demands: Demands, snapshot: &[u8]) -> Result<Self, Error> {
        let mut r = Reader::new(snapshot);
        r.header(Kind::Snapshot)?;
        let head = r.array::<32>()?;
        let blocks = r.u64()?;
        let mut chain = Chain::default();
        for number in 0..blocks {
            chain.read_block(&mut r).map_err(|_| Error::ChainBroken { height: number })?;
        }
        r.finish().map_err(|_| Error::ChainBroken { height: blocks })?;
        if chain.head(&demands.ledger).hash != head {
            return Err(Error::ChainBroken { height: blocks.saturating_sub(1) });
        }
        chain.verify(&demands)?;
        Ok(Self::with_chain(demands, chain))
    }

    /// Appends a block whatever is in it.
    #[cfg(test)]
    pub(crate) fn append_unchecked(&self, entries: Vec<Entry>) {
        Arc::make_mut(&mut self.chain.write().unwrap()).push_block(&self.demands.ledger, entries).unwrap();
    }

    /// Changes what is kept as somebody does who has the machine: the headers, the entries, and all that follows from them.
    #[cfg(test)]
    pub(crate) fn tamper(&self, change: impl FnOnce(&mut Vec<BlockHeader>, &mut Vec<Arc<Entry>>)) {
        let mut chain = self.chain.write().unwrap();
        let Chain { headers, entries, heights, tree } = Arc::make_mut(&mut chain);
        change(headers, entries);
        *heights = entries.iter().map(|entry| entry.id()).zip(0..).collect();
        *tree = Tree::new();
        for entry in entries {
            tree.append(&entry.to_bytes());
        }
    }

    /// Changes what is kept beside the blocks, and leaves what follows from it as it is.
    #[cfg(test)]
    pub(crate) fn tamper_beside(
        &self,
        change: impl FnOnce(&mut Vec<Arc<Entry>>, &mut HashMap<EntryId, u64>, &mut Tree),
    ) {
        let mut chain = self.chain.write().unwrap();
        let Chain { entries, heights, tree, .. } = Arc::make_mut(&mut chain);
        change(entries, heights, tree);
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, Arc<Chain>>, Error> {
        self.chain.read().map_err(|_| Error::LedgerUnavailable)
    }

    /// The chain as it is now, for work that takes long: it holds no lock.
    pub(crate) fn present(&self) -> Result<Arc<Chain>, Error> {
        self.read().map(|chain| Arc::clone(&chain))
    }
}

impl Chain {
    fn head(&self, ledger: &LedgerId) -> Head {
        let hash = self.headers.last().map_or_else(|| BlockHeader::genesis(ledger), BlockHeader::hash);
        Head { height: self.entries.len() as u64, hash }
    }

    /// Checks the ids, then adds the entries and the header that covers them.
    fn push_block(&mut self, ledger: &LedgerId, entries: Vec<Entry>) -> Result<u64, Refusal> {
        let first = self.entries.len() as u64;
        if entries.is_empty() {
            return Err(Refusal { position: 0, error: Error::OutOfRange });
        }
        let mut ids = HashMap::with_capacity(entries.len());
        for (position, (entry, height)) in entries.iter().zip(first..).enumerate() {
            if self.heights.contains_key(&entry.id()) || ids.insert(entry.id(), height).is_some() {
                return Err(Refusal { position, error: Error::DuplicateEntry });
            }
        }
        let previous = self.head(ledger).hash;
        for entry in entries {
            self.tree.append(&entry.to_bytes());
            self.entries.push(Arc::new(entry));
        }
        self.heights.extend(ids);
        self.headers.push(BlockHeader {
            number: self.headers.len() as u64,
            previous,
            tree: self.tree.head(),
        });
        Ok(first)
    }

    /// Reads one block of a snapshot, to be verified later.
    fn read_block(&mut self, r: &mut Reader<'_>) -> Result<(), Error> {
        let header = BlockHeader::read(r)?;
        if header.tree.size <= self.entries.len() as u64 {
            return Err(Error::InvalidField);
        }
        for height in self.entries.len() as u64..header.tree.size {
            let bytes = r.var(ENTRY_BYTES, Limit::EntryLength)?;
            let entry = Entry::from_bytes(bytes)?;
            if self.heights.insert(entry.id(), height).is_some() {
                return Err(Error::DuplicateEntry);
            }
            self.tree.append(bytes);
            self.entries.push(Arc::new(entry));
        }
        self.headers.push(header);
        Ok(())
    }

    pub(crate) fn snapshot(&self, ledger: &LedgerId) -> Vec<u8> {
        let mut w = Writer::new();
        w.header(Kind::Snapshot);
        w.raw(&self.head(ledger).hash);
        w.u64(self.headers.len() as u64);
        let mut entries = self.entries.iter();
        let mut done = 0;
        for header in &self.headers {
            header.write(&mut w);
            for entry in entries.by_ref().take((header.tree.size - done) as usize) {
                w.var(&entry.to_bytes());
            }
            done = header.tree.size;
        }
        w.into_vec()
    }

    pub(crate) fn verify(&self, demands: &Demands) -> Result<(), Error> {
        let broken = |block: usize| Error::ChainBroken { height: block as u64 };
        let blocks = self.headers.len();
        let mut previous = BlockHeader::genesis(&demands.ledger);
        let mut frontier = Frontier::new();
        let mut entries = self.entries.iter().zip(0..);
        for (block, header) in self.headers.iter().enumerate() {
            if header.number != block as u64
                || header.previous != previous
                || header.tree.size <= frontier.size()
            {
                return Err(broken(block));
            }
            for (entry, height) in entries.by_ref().take((header.tree.size - frontier.size()) as usize) {
                if self.heights.get(&entry.id()) != Some(&height) {
                    return Err(broken(block));
                }
                frontier.append(&entry.to_bytes());
            }
            if frontier.head() != header.tree {
                return Err(broken(block));
            }
            previous = header.hash();
        }
        if entries.next().is_some()
            || self.heights.len() != self.entries.len()
            || self.tree.head() != frontier.head()
        {
            return Err(broken(blocks));
        }
        validate_all(&self.entries, demands, NonZeroUsize::MIN).map_err(|refusal| {
            broken(self.headers.partition_point(|header| header.tree.size <= refusal.position as u64))
        })
    }
}

impl Ledger for MemoryLedger {
    fn id(&self) -> &LedgerId {
        &self.demands.ledger
    }

    fn append(&self, entry: Entry) -> Result<u64, Error> {
        self.append_block(vec![entry]).map_err(|refusal| refusal.error)
    }

    fn at(&self, height: u64) -> Result<Arc<Entry>, Error> {
        at(&self.read()?.entries, height).cloned().ok_or(Error::UnknownEntry)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        let chain = self.read()?;
        let height = chain.heights.get(id).ok_or(Error::UnknownEntry)?;
        at(&chain.entries, *height).cloned().ok_or(Error::UnknownEntry)
    }

    fn head(&self) -> Result<Head, Error> {
        Ok(self.read()?.head(&self.demands.ledger))
    }

    fn search(
        &self,
        query: &Query,
        from: u64,
        threads: NonZeroUsize,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        search_here(self, query, from, threads, Some(&self.searched), progress)
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLedger").field("demands", &self.demands).field("head", &self.head()).finish()
    }
}

fn at<T>(items: &[T], height: u64) -> Option<&T> {
    items.get(usize::try_from(height).ok()?)
}
