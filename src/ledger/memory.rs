//! A reference ledger in memory: for tests and examples, and as a model of a ledger's guarantees.
//!
//! ```text
//! root         = RFC 9162 Merkle tree hash over the encoded items, from the first to this block's last
//! block hash   = SHA-256(BLOCK tag, number, previous, items || root)
//! block 0 follows on SHA-256(BLOCK tag, ledger id), and holds the first charter
//! ```
//! The root of a block covers all items so far, not only those of the block, as in a certificate
//! transparency log. One proof of logarithmic length then shows that the newest head covers an
//! entry. A charter is alone in its block.

use crate::threads::Threads;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::codec::{Kind, Object, Reader, Writer};
use crate::domain::BLOCK;
use crate::error::Error;
use crate::identity::SuperNodePublicKey;
use crate::ledger::address::LedgerId;
use crate::ledger::charter::Charter;
use crate::ledger::charters::Charters;
use crate::ledger::entry::{Entry, EntryId};
use crate::ledger::interface::{Appended, Ledger};
use crate::ledger::item::Item;
use crate::ledger::validate::{Refusal, Validated, check_all};
use crate::limits::{ENTRY_BYTES, Limit};
use crate::merkle::{Frontier, Head, InclusionProof, Tree};
use crate::search::SearchIndexCache;
use crate::transcript::Transcript;

/// The header of a block, which covers the chain up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    number: u64,
    previous: [u8; 32],
    tree: Head,
}

impl BlockHeader {
    /// Returns the block's number, from zero.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the hash of the preceding block.
    #[must_use]
    pub fn previous(&self) -> &[u8; 32] {
        &self.previous
    }

    /// Returns the number of items up to the end of this block, and the Merkle
    /// root over all of them.
    #[must_use]
    pub fn tree(&self) -> &Head {
        &self.tree
    }

    /// Returns the block's hash, 32 bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Transcript::new()
            .u64("number", self.number)
            .bytes("previous", &self.previous)
            .bytes("tree", &self.tree.to_bytes())
            .digest(BLOCK)
    }

    /// Returns the predecessor's hash for block 0.
    fn genesis(ledger: &LedgerId) -> [u8; 32] {
        Transcript::new().bytes("genesis", ledger.as_bytes()).digest(BLOCK)
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
        Ok(Self { number: r.u64()?, previous: r.array()?, tree: Head::read(r)? })
    }
}

/// A ledger in memory that enforces its charters.
///
/// Many readers run beside one writer: a read holds a shared lock only while it copies a pointer,
/// and entries are validated before they are appended. [`verify`](Self::verify) and
/// [`snapshot`](Self::snapshot) work on the chain as it was when they began. The first block that
/// is appended meanwhile copies the lists of headers, ids and hashes, but no entry.
/// [`search`](Ledger::search) caches the decoded points of up to 64 MiB of indexes.
pub struct MemoryLedger {
    /// A writer changes it in place unless another thread is using it.
    chain: RwLock<Arc<Chain>>,
    searched: SearchIndexCache,
}

/// Size of the cache of decoded points: about 60,000 keywords under a policy of three rows.
const SEARCHED_BYTES: usize = 1 << 26;

#[derive(Clone)]
pub(crate) struct Chain {
    pub(super) headers: Vec<BlockHeader>,
    pub(super) items: Vec<Item>,
    pub(super) heights: HashMap<EntryId, u64>,
    pub(super) tree: Tree,
    charters: Charters,
    /// Charters that were rejected because a different one with their number is on the ledger.
    evidence: Vec<Arc<Charter>>,
}

impl MemoryLedger {
    /// Makes a ledger that contains only its first charter.
    ///
    /// # Errors
    /// As for [`Charters::new`].
    pub fn new(first: Charter, super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        Ok(Self::of(Chain::new(Charters::new(first, super_node)?)))
    }

    fn of(chain: Chain) -> Self {
        Self { chain: RwLock::new(Arc::new(chain)), searched: SearchIndexCache::new(SEARCHED_BYTES) }
    }

    /// Returns the charters on the ledger.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`].
    pub fn charters(&self) -> Result<Charters, Error> {
        Ok(self.read()?.charters.clone())
    }

    /// Appends the next charter and returns its height. A charter that is already on the
    /// ledger changes nothing.
    ///
    /// # Errors
    /// As for [`Charters::push`]: of two charters with one number, the first counts, and the other
    /// is kept as [`evidence`](Self::evidence). [`Error::FinalHeadRefused`] if its final head was
    /// never a head of this ledger. [`Error::LedgerUnavailable`].
    pub fn append_charter(&self, charter: &Charter) -> Result<u64, Error> {
        Arc::make_mut(&mut *self.write()?).push_charter(charter)
    }

    /// Returns the charters that were rejected because a different one with their number is on the
    /// ledger. A snapshot does not contain them.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`].
    pub fn evidence(&self) -> Result<Vec<Arc<Charter>>, Error> {
        Ok(self.read()?.evidence.clone())
    }

    /// Appends several entries as one block: all of them, or none. Returns the height of the first.
    ///
    /// # Errors
    /// A [`Refusal`] with the position of the first entry that is rejected, and its error. The
    /// errors are those of [`append`](Ledger::append), and [`Error::DuplicateEntry`] if the id is
    /// already on the ledger or earlier in the block. An empty list, or a ledger that fails, is
    /// reported at position 0.
    pub fn append_block(&self, entries: Vec<Validated>) -> Result<u64, Refusal> {
        let mut chain = self.write().map_err(|error| Refusal { position: 0, error })?;
        Arc::make_mut(&mut chain).push_entries(&entries)
    }

    /// Returns the header of a block.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such block, [`Error::LedgerUnavailable`].
    pub fn block(&self, number: u64) -> Result<BlockHeader, Error> {
        at(&self.read()?.headers, number).cloned().ok_or(Error::OutOfRange)
    }

    /// Verifies the whole chain again: every item, root and hash, and each entry under the charter
    /// that was current at its height.
    ///
    /// # Errors
    /// [`Error::ChainBroken`] with the number of the first block that does not verify,
    /// [`Error::LedgerUnavailable`].
    pub fn verify(&self) -> Result<(), Error> {
        self.present()?.verify()
    }

    /// Returns all blocks as bytes.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`].
    pub fn snapshot(&self) -> Result<Vec<u8>, Error> {
        Ok(self.present()?.snapshot())
    }

    /// Restores a ledger from a snapshot. Verifies every item under the charter that was current at
    /// its height, and the whole chain.
    ///
    /// This detects damage to a snapshot. It cannot detect an old snapshot, or one that the other
    /// nodes do not agree with: compare [`head`](Ledger::head) and the [id](Charters::ledger) with
    /// those from another source.
    ///
    /// # Errors
    /// [`Error::ChainBroken`] with the number of the first block that does not verify, or a
    /// decoding error if the bytes are not a snapshot.
    pub fn restore(snapshot: &[u8], super_node: &SuperNodePublicKey) -> Result<Self, Error> {
        let mut r = Reader::new(snapshot);
        r.header(Kind::Snapshot)?;
        let last = r.array::<32>()?;
        let blocks = r.u64()?;
        let broken = |height| Error::ChainBroken { height };
        let (mut headers, mut items) = (Vec::new(), Vec::new());
        for number in 0..blocks {
            headers.push(read_block(&mut r, &mut items).map_err(|_| broken(number))?);
        }
        r.finish().map_err(|_| broken(blocks))?;
        if headers.last().map(BlockHeader::hash) != Some(last) {
            return Err(broken(blocks.saturating_sub(1)));
        }
        let Some(Item::Charter(first)) = items.first() else { return Err(broken(0)) };
        let charters = Charters::new(Charter::clone(first), super_node).map_err(|_| broken(0))?;
        Ok(Self::of(Chain::checked(headers, items, charters)?))
    }

    /// Changes the chain, like an attacker with access to the machine.
    #[cfg(test)]
    pub(super) fn tamper(&self, change: impl FnOnce(&mut Chain)) {
        change(Arc::make_mut(&mut self.write().unwrap()));
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, Arc<Chain>>, Error> {
        self.chain.read().map_err(|_| Error::LedgerUnavailable)
    }

    fn write(&self) -> Result<RwLockWriteGuard<'_, Arc<Chain>>, Error> {
        self.chain.write().map_err(|_| Error::LedgerUnavailable)
    }

    /// Returns the current chain for long work, without holding the lock.
    pub(crate) fn present(&self) -> Result<Arc<Chain>, Error> {
        self.read().map(|chain| Arc::clone(&chain))
    }
}

impl Chain {
    /// Makes the chain of a first charter alone.
    fn new(charters: Charters) -> Self {
        let first = Item::Charter(Arc::clone(charters.current()));
        let (heights, tree) = derived(&[]);
        let (headers, items, evidence) = (Vec::new(), Vec::new(), Vec::new());
        let mut chain = Self { headers, items, heights, tree, charters, evidence };
        chain.push_block(vec![first]);
        chain
    }

    /// Returns the hash that the next block contains as its predecessor's.
    fn last_hash(&self) -> [u8; 32] {
        let genesis = || BlockHeader::genesis(&self.charters.ledger());
        self.headers.last().map_or_else(genesis, BlockHeader::hash)
    }

    fn push_charter(&mut self, charter: &Charter) -> Result<u64, Error> {
        match self.charters.check_next(charter) {
            Ok(true) => {}
            Ok(false) => {
                let is_it = |item: &Item| item.charter().is_some_and(|known| known.hash() == charter.hash());
                let height = self.items.iter().position(is_it).ok_or(Error::LedgerUnavailable)?;
                return Ok(height as u64);
            }
            Err(error) => {
                let known = self.evidence.iter().any(|known| known.hash() == charter.hash());
                if error == Error::CharterConflict && !known {
                    self.evidence.push(Arc::new(charter.clone()));
                }
                return Err(error);
            }
        }
        if !had(&self.tree, self.tree.size(), charter) {
            return Err(Error::FinalHeadRefused);
        }
        let charter = Arc::new(charter.clone());
        self.charters.add(Arc::clone(&charter));
        Ok(self.push_block(vec![Item::Charter(charter)]))
    }

    /// Checks the charter and the ids, then appends the entries as a block.
    fn push_entries(&mut self, entries: &[Validated]) -> Result<u64, Refusal> {
        if entries.is_empty() {
            return Err(Refusal { position: 0, error: Error::OutOfRange });
        }
        let mut ids = HashMap::with_capacity(entries.len());
        for (position, entry) in entries.iter().enumerate() {
            let refused = |error| Refusal { position, error };
            if self.heights.contains_key(&entry.id()) || ids.insert(entry.id(), ()).is_some() {
                return Err(refused(Error::DuplicateEntry));
            }
            entry.check_era(&self.charters).map_err(refused)?;
        }
        Ok(self.push_block(entries.iter().map(|entry| Item::Entry(Arc::clone(entry.entry()))).collect()))
    }

    /// Adds the items and the header that covers them. Returns the first height.
    fn push_block(&mut self, items: Vec<Item>) -> u64 {
        let (first, previous) = (self.items.len() as u64, self.last_hash());
        for item in items {
            let height = self.tree.append(&item.to_bytes());
            if let Item::Entry(entry) = &item {
                self.heights.insert(entry.id(), height);
            }
            self.items.push(item);
        }
        let number = self.headers.len() as u64;
        self.headers.push(BlockHeader { number, previous, tree: self.tree.head() });
        first
    }

    pub(crate) fn snapshot(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.header(Kind::Snapshot);
        w.raw(&self.last_hash());
        w.u64(self.headers.len() as u64);
        let mut items = self.items.iter();
        let mut done = 0;
        for header in &self.headers {
            header.write(&mut w);
            for item in items.by_ref().take((header.tree.size - done) as usize) {
                w.var(&item.to_bytes());
            }
            done = header.tree.size;
        }
        w.into_vec()
    }

    pub(crate) fn verify(&self) -> Result<(), Error> {
        let first = Charter::clone(self.charters.get(1)?);
        let charters = Charters::new(first, self.charters.super_node())?;
        let checked = Self::checked(self.headers.clone(), self.items.clone(), charters)?;
        if checked.heights == self.heights && checked.tree == self.tree {
            Ok(())
        } else {
            Err(Error::ChainBroken { height: self.headers.len() as u64 })
        }
    }

    /// Returns the chain of these blocks if all of it verifies. `charters`
    /// contains the first charter.
    fn checked(headers: Vec<BlockHeader>, items: Vec<Item>, mut charters: Charters) -> Result<Self, Error> {
        let broken = |block: usize| Error::ChainBroken { height: block as u64 };
        let mut previous = BlockHeader::genesis(&charters.ledger());
        let mut frontier = Frontier::new();
        let (heights, tree) = derived(&items);
        let mut at = items.iter().zip(0..);
        let (mut entries, mut eras, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        for (block, header) in headers.iter().enumerate() {
            if header.number != block as u64
                || header.previous != previous
                || header.tree.size <= frontier.size()
            {
                return Err(broken(block));
            }
            let (before, length) = (frontier.size(), header.tree.size - frontier.size());
            for (item, height) in at.by_ref().take(length as usize) {
                frontier.append(&item.to_bytes());
                match item {
                    Item::Charter(charter) => {
                        // The first one is already in `charters`.
                        let is_next = charters.check_next(charter).map_err(|_| broken(block))?;
                        if length != 1 || is_next == (height == 0) || is_next && !had(&tree, before, charter)
                        {
                            return Err(broken(block));
                        }
                        if is_next {
                            charters.add(Arc::clone(charter));
                        }
                    }
                    Item::Entry(entry) => {
                        if height == 0 || heights.get(&entry.id()) != Some(&height) {
                            return Err(broken(block));
                        }
                        entries.push(Arc::clone(entry));
                        eras.push(Arc::clone(charters.current()));
                        blocks.push(block);
                    }
                }
            }
            if frontier.head() != header.tree {
                return Err(broken(block));
            }
            previous = header.hash();
        }
        if at.next().is_some() {
            return Err(broken(headers.len()));
        }
        let era = |(entry, charter): (&Arc<Entry>, _)| -> Result<_, Error> {
            let charter: &Charter = charter;
            let is_named = entry.statement().charter == charter.number();
            if is_named { Ok(charter) } else { Err(Error::EraPassed) }
        };
        let eras = entries.iter().zip(eras.iter().map(Arc::as_ref)).map(era);
        check_all(&entries, eras, &charters.ledger(), Threads::ONE)
            .map_err(|refusal| broken(blocks.get(refusal.position).copied().unwrap_or_default()))?;
        Ok(Self { headers, items, heights, tree, charters, evidence: Vec::new() })
    }
}

/// Whether the charter's final head was a head of the ledger when it had at most `items` items.
fn had(tree: &Tree, items: u64, charter: &Charter) -> bool {
    charter
        .final_head()
        .is_some_and(|head| head.size <= items && tree.head_at(head.size).as_ref() == Ok(head))
}

/// Returns the heights of the entries, and the tree over all items. If an id occurs twice, its
/// first height counts.
pub(super) fn derived(items: &[Item]) -> (HashMap<EntryId, u64>, Tree) {
    let (mut heights, mut tree) = (HashMap::new(), Tree::new());
    for item in items {
        let height = tree.append(&item.to_bytes());
        if let Item::Entry(entry) = item {
            heights.entry(entry.id()).or_insert(height);
        }
    }
    (heights, tree)
}

/// Reads one block of a snapshot, without checking it.
fn read_block(r: &mut Reader<'_>, items: &mut Vec<Item>) -> Result<BlockHeader, Error> {
    let header = BlockHeader::read(r)?;
    if header.tree.size <= items.len() as u64 {
        return Err(Error::InvalidField);
    }
    for _ in items.len() as u64..header.tree.size {
        items.push(Item::from_bytes(r.var(ENTRY_BYTES, Limit::EntryLength)?)?);
    }
    Ok(header)
}

impl Ledger for MemoryLedger {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        let mut chain = self.write()?;
        if let Some(&height) = chain.heights.get(&entry.id()) {
            return Ok(Appended { height, was_there: true });
        }
        let pushed = Arc::make_mut(&mut chain).push_entries(&[entry]);
        let height = pushed.map_err(|refusal| refusal.error)?;
        Ok(Appended { height, was_there: false })
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        at(&self.read()?.items, height).cloned().ok_or(Error::UnknownEntry)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        let chain = self.read()?;
        let item = chain.heights.get(id).and_then(|height| at(&chain.items, *height));
        item.and_then(Item::entry).cloned().ok_or(Error::UnknownEntry)
    }

    fn head(&self) -> Result<Head, Error> {
        Ok(self.read()?.tree.head())
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        let chain = self.read()?;
        let height = *chain.heights.get(id).ok_or(Error::UnknownEntry)?;
        if height >= size {
            return Err(Error::AfterTrustedHead);
        }
        chain.tree.prove_inclusion(height, size)
    }

    fn search_cache(&self) -> Option<&SearchIndexCache> {
        Some(&self.searched)
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLedger").field("head", &self.head()).finish_non_exhaustive()
    }
}

fn at<T>(items: &[T], height: u64) -> Option<&T> {
    items.get(usize::try_from(height).ok()?)
}
