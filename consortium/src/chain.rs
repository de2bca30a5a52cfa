//! The final part of the ledger at this node, in memory, as a [`Ledger`]: items, ids, the Merkle
//! tree, charters, consensus epochs.
//!
//! The archive on disk contains the blocks, from which a node rebuilds this state at its start. A
//! block is accepted only if it follows the newest and results in the head that its header names,
//! so a node never serves the contents of a damaged archive.
//!
//! Entries are kept decoded, with their keyword indexes, so a search need not decode them.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use medseal::Error;
use medseal::identity::SuperNodePublicKey;
use medseal::ledger::{Appended, Charter, Charters, Entry, EntryId, Item, Ledger, Validated};
use medseal::merkle::{Frontier, Head, InclusionProof, Tree};
use medseal::search::SearchIndexCache;

use crate::block::{Block, Header};
use crate::certificate::CertifiedHead;

/// The memory limit for the points of searched indexes.
const SEARCHED_BYTES: usize = 1 << 26;

/// The final part of the ledger at this node.
pub struct Chain {
    inner: RwLock<Inner>,
    searched: SearchIndexCache,
    epoch_blocks: NonZeroU64,
    first: Block,
}

struct Inner {
    items: Vec<Item>,
    heights: HashMap<EntryId, u64>,
    tree: Tree,
    frontier: Frontier,
    charters: Arc<Charters>,
    /// The height of each charter.
    charter_heights: Vec<u64>,
    /// The newest block's header.
    newest: Header,
    /// The digest of the previous epoch's last block, which this epoch's first block follows.
    boundary: [u8; 32],
    /// For each epoch that has begun, the number of the charter whose validators decide.
    epochs: Vec<u32>,
    certified: Option<CertifiedHead>,
    last_block_ms: u64,
}

/// The ledger at a block that need not be final. A block that follows it is checked against this.
pub(crate) struct Ancestor {
    /// The charters in force for its items.
    pub(crate) charters: Arc<Charters>,
    /// The tree that they continue.
    pub(crate) frontier: Frontier,
    /// Ids of entries in blocks that are not final.
    pub(crate) taken: HashSet<EntryId>,
    /// Heads that the ledger had at the end of those blocks.
    heads: Vec<Head>,
    /// The consensus epoch of a following block, and the charter whose validators decide in it.
    pub(crate) epoch: u64,
    pub(crate) validators: u32,
}

impl Ancestor {
    /// Whether there are blocks that are not final.
    pub(crate) fn has_pending(&self) -> bool {
        !self.heads.is_empty()
    }
}

/// How a block relates to the final blocks.
pub(crate) enum Standing {
    /// It continues the final blocks.
    Follows(Box<Ancestor>),
    /// Another block is final at its height or before: nothing may be built on it.
    Passed,
}

impl Inner {
    fn present(&self) -> Ancestor {
        Ancestor {
            charters: Arc::clone(&self.charters),
            frontier: self.frontier.clone(),
            taken: HashSet::new(),
            heads: Vec::new(),
            epoch: self.epochs.len() as u64 - 1,
            validators: self.epochs.last().copied().unwrap_or(1),
        }
    }
}

impl Chain {
    /// A chain with only a ledger's first charter. An epoch has `epoch_blocks` blocks, at least
    /// two.
    ///
    /// # Errors
    /// Those of [`Charters::new`].
    pub fn new(first: &Charter, super_node: &SuperNodePublicKey, epoch_blocks: u64) -> Result<Self, Error> {
        let epoch_blocks = NonZeroU64::new(epoch_blocks.max(2)).unwrap_or(NonZeroU64::MIN);
        let charters = Charters::new(first.clone(), super_node)?;
        let block = Block::genesis(first);
        let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
        tree.append(&first.to_bytes());
        frontier.append(&first.to_bytes());
        let inner = Inner {
            items: vec![Item::Charter(Arc::clone(charters.current()))],
            heights: HashMap::new(),
            tree,
            frontier,
            charters: Arc::new(charters),
            charter_heights: vec![0],
            newest: block.header().clone(),
            boundary: block.header().digest(),
            epochs: vec![1],
            certified: None,
            last_block_ms: 0,
        };
        let searched = SearchIndexCache::new(SEARCHED_BYTES);
        Ok(Self { inner: RwLock::new(inner), searched, epoch_blocks, first: block })
    }

    /// Nothing panics while it holds the lock, and the state is consistent between statements.
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Block 0.
    pub(crate) fn first(&self) -> &Block {
        &self.first
    }

    /// The header of the newest block.
    #[must_use]
    pub fn newest(&self) -> Header {
        self.read().newest.clone()
    }

    /// Proves that an item is at a height under the head of `size` items.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn prove_item(&self, height: u64, size: u64) -> Result<InclusionProof, Error> {
        self.read().tree.prove_inclusion(height, size)
    }

    /// The charters that are final here.
    #[must_use]
    pub fn charters(&self) -> Arc<Charters> {
        Arc::clone(&self.read().charters)
    }

    /// The height of the entry with an id.
    #[must_use]
    pub fn height_of(&self, id: &EntryId) -> Option<u64> {
        self.read().heights.get(id).copied()
    }

    /// The height of the charter with a number.
    #[must_use]
    pub fn charter_height(&self, number: u32) -> Option<u64> {
        self.read().charter_heights.get(number.checked_sub(1)? as usize).copied()
    }

    /// The newest head with its certificate.
    #[must_use]
    pub fn certified(&self) -> Option<CertifiedHead> {
        self.read().certified.clone()
    }

    /// When the newest block arrived, by this node's clock, in Unix milliseconds; zero if none has
    /// arrived since the start.
    #[must_use]
    pub fn last_block_ms(&self) -> u64 {
        self.read().last_block_ms
    }

    pub(crate) fn certify(&self, head: CertifiedHead) {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).certified = Some(head);
    }

    /// The number of blocks in an epoch.
    pub(crate) fn epoch_blocks(&self) -> NonZeroU64 {
        self.epoch_blocks
    }

    /// The height of the last block of an epoch.
    pub(crate) fn last_of(&self, epoch: u64) -> u64 {
        epoch.saturating_add(1).saturating_mul(self.epoch_blocks.get()) - 1
    }

    /// The epoch of the block at a height.
    pub(crate) fn epoch_of(&self, height: u64) -> u64 {
        height / self.epoch_blocks.get()
    }

    /// Whether the block at a height is the last of its epoch.
    pub(crate) fn closes_epoch(&self, height: u64) -> bool {
        height == self.last_of(self.epoch_of(height))
    }

    /// The charter whose validators decide in an epoch, once it has begun here.
    pub(crate) fn validators_of(&self, epoch: u64) -> Option<Arc<Charter>> {
        let inner = self.read();
        let number = inner.epochs.get(usize::try_from(epoch).ok()?)?;
        inner.charters.get(*number).ok().cloned()
    }

    /// The epoch of the next block, and the digest of the last block before that epoch.
    pub(crate) fn current_epoch(&self) -> (u64, [u8; 32]) {
        let inner = self.read();
        (inner.epochs.len() as u64 - 1, inner.boundary)
    }

    /// Whether the ledger had the final head that a charter names, at a block
    /// that need not be final.
    pub(crate) fn had(&self, ancestor: &Ancestor, charter: &Charter) -> bool {
        let Some(head) = charter.final_head() else { return false };
        ancestor.heads.contains(head)
            || head.size <= ancestor.frontier.size()
                && self.read().tree.head_at(head.size).as_ref() == Ok(head)
    }

    /// The ledger at its newest final block.
    pub(crate) fn present(&self) -> Ancestor {
        self.read().present()
    }

    /// The ledger at the newest of these blocks, given oldest first, each with its decoded items.
    /// Skips blocks that are final here by now.
    pub(crate) fn at_ancestor(&self, blocks: &[(Arc<Block>, Vec<Item>)]) -> Standing {
        let inner = self.read();
        let final_height = inner.newest.height;
        let pending = blocks.iter().filter(|(block, _)| block.header().height > final_height);
        let mut parent = (final_height, inner.newest.digest());
        let is_passed = match blocks.last() {
            None => true,
            Some((last, _)) => last.header().height < final_height,
        };
        let same = |(block, _): &(Arc<Block>, Vec<Item>)| {
            block.header().height == final_height && block.header().digest() != parent.1
        };
        if is_passed || blocks.iter().any(same) {
            return Standing::Passed;
        }
        let mut at = inner.present();
        for (block, items) in pending {
            let header = block.header();
            if (header.height, header.parent) != (parent.0 + 1, parent.1) {
                return Standing::Passed;
            }
            for item in items {
                match item {
                    Item::Entry(entry) => {
                        at.taken.insert(entry.id());
                    }
                    Item::Charter(charter) => {
                        let mut charters = Charters::clone(&at.charters);
                        if charters.push(charter).is_err() {
                            return Standing::Passed;
                        }
                        at.charters = Arc::new(charters);
                    }
                }
            }
            for bytes in block.items() {
                at.frontier.append(bytes);
            }
            at.heads.push(header.head);
            parent = (header.height, header.digest());
        }
        Standing::Follows(Box::new(at))
    }

    /// Appends the next block, with its decoded items, and returns the height of its first item.
    /// The validators have checked its contents; this only checks what no honest node gets wrong.
    ///
    /// # Errors
    /// [`Error::ChainBroken`] with the block's number if it does not follow the newest block, its
    /// items do not result in the head that it names, or its charter is not the next.
    pub(crate) fn commit(&self, block: &Block, items: Vec<Item>, now_ms: u64) -> Result<u64, Error> {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let header = block.header();
        let broken = Error::ChainBroken { height: header.height };
        let mut frontier = inner.frontier.clone();
        block.items().iter().for_each(|item| {
            frontier.append(item);
        });
        if header.height != inner.newest.height + 1
            || header.parent != inner.newest.digest()
            || header.head != frontier.head()
            || items.len() != block.items().len()
        {
            return Err(broken);
        }
        let mut charters = Arc::clone(&inner.charters);
        for charter in items.iter().filter_map(Item::charter) {
            Arc::make_mut(&mut charters).push(charter).map_err(|_| broken.clone())?;
        }
        let first = inner.items.len() as u64;
        for (height, (item, bytes)) in (first..).zip(items.into_iter().zip(block.items())) {
            inner.tree.append(bytes);
            match &item {
                Item::Entry(entry) => {
                    inner.heights.entry(entry.id()).or_insert(height);
                }
                Item::Charter(_) => inner.charter_heights.push(height),
            }
            inner.items.push(item);
        }
        (inner.frontier, inner.charters) = (frontier, charters);
        (inner.newest, inner.last_block_ms) = (header.clone(), now_ms);
        if self.closes_epoch(header.height) {
            let number = inner.charters.current().number();
            inner.epochs.push(number);
            inner.boundary = header.digest();
        }
        Ok(first)
    }
}

impl Ledger for Chain {
    /// Refused, because the validators decide together what becomes final. Submit entries to the
    /// node.
    fn append(&self, _: Validated) -> Result<Appended, Error> {
        Err(Error::LedgerUnavailable)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        let height = usize::try_from(height).map_err(|_| Error::UnknownEntry)?;
        self.read().items.get(height).cloned().ok_or(Error::UnknownEntry)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        let inner = self.read();
        let height = inner.heights.get(id).and_then(|height| usize::try_from(*height).ok());
        let item = height.and_then(|height| inner.items.get(height));
        item.and_then(Item::entry).cloned().ok_or(Error::UnknownEntry)
    }

    fn head(&self) -> Result<Head, Error> {
        Ok(self.read().newest.head)
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        let inner = self.read();
        let height = *inner.heights.get(id).ok_or(Error::UnknownEntry)?;
        if height >= size {
            return Err(Error::AfterTrustedHead);
        }
        inner.tree.prove_inclusion(height, size)
    }

    fn search_cache(&self) -> Option<&SearchIndexCache> {
        Some(&self.searched)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("newest", &self.newest()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use medseal::merkle::Frontier;

    use super::*;
    use crate::support::WORLD;

    fn chain() -> Chain {
        Chain::new(&WORLD.first, &WORLD.super_node.public_key(), 4).unwrap()
    }

    /// The next block and its items.
    fn next(chain: &Chain, parent: &Block, at: &Ancestor, items: &[Vec<u8>]) -> (Arc<Block>, Vec<Item>) {
        let mut tree = at.frontier.clone();
        items.iter().for_each(|item| {
            tree.append(item);
        });
        let epoch = chain.epoch_of(parent.header().height + 1);
        let block = Block::following(parent, epoch, at.validators, items.to_vec(), tree.head());
        (Arc::new(block), items.iter().map(|item| Item::from_bytes(item).unwrap()).collect())
    }

    fn refused(chain: &Chain, block: &Block, items: &[Item]) {
        let before = (chain.newest(), chain.head());
        let broken = Error::ChainBroken { height: block.header().height };
        assert_eq!(chain.commit(block, items.to_vec(), 1), Err(broken));
        assert_eq!((chain.newest(), chain.head()), before);
    }

    #[test]
    fn accepts_only_the_next_block() {
        let chain = chain();
        let genesis = chain.first().clone();
        let (one, items) = next(&chain, &genesis, &chain.present(), &[WORLD.entry(0), WORLD.entry(1)]);
        let (gap, _) = next(&chain, &one, &chain.present(), &[]);
        refused(&chain, &gap, &[]);
        let wrong = Block::following(&genesis, 0, 1, vec![WORLD.entry(0)], genesis.header().head);
        refused(&chain, &wrong, &items[..1]);
        refused(&chain, &one, &items[..1]);
        assert_eq!(chain.commit(&one, items.clone(), 1), Ok(1));
        refused(&chain, &one, &items);

        assert_eq!(chain.head().unwrap(), one.header().head);
        for (height, item) in (1..).zip(&items) {
            let id = item.entry().unwrap().id();
            assert_eq!(chain.height_of(&id), Some(height));
            assert_eq!(chain.get(&id).unwrap().to_bytes(), item.to_bytes());
            chain.prove(&id, 3).unwrap().verify(&chain.head().unwrap(), &item.to_bytes()).unwrap();
            assert_eq!(chain.prove(&id, 1).err(), Some(Error::AfterTrustedHead));
        }
        assert_eq!(chain.scan(0).count(), 3);
        assert_eq!(chain.indexes(0).filter(|(_, index)| index.as_ref().unwrap().is_some()).count(), 2);
    }

    #[test]
    fn sees_ancestors_that_are_not_final() {
        let chain = chain();
        let genesis = chain.first().clone();
        let one = next(&chain, &genesis, &chain.present(), &[WORLD.entry(0)]);
        let Standing::Follows(at) = chain.at_ancestor(std::slice::from_ref(&one)) else { panic!() };
        assert!(at.taken.contains(&one.1[0].entry().unwrap().id()));
        assert_eq!(at.frontier.head(), one.0.header().head);
        let two = next(&chain, &one.0, &at, &[WORLD.entry(1)]);
        let Standing::Follows(at) = chain.at_ancestor(&[one.clone(), two.clone()]) else { panic!() };
        assert_eq!(at.taken.len(), 2);

        // One becomes final: it is no longer a pending ancestor, and its sibling is passed.
        chain.commit(&one.0, one.1.clone(), 1).unwrap();
        let Standing::Follows(at) = chain.at_ancestor(&[one.clone(), two.clone()]) else { panic!() };
        assert_eq!(at.taken.len(), 1);
        let beside = next(&chain, &genesis, &chain.present(), &[WORLD.entry(2)]);
        assert!(matches!(chain.at_ancestor(std::slice::from_ref(&beside)), Standing::Passed));
        let upon = next(&chain, &beside.0, &chain.present(), &[]);
        assert!(matches!(chain.at_ancestor(&[beside, upon]), Standing::Passed));
        assert!(matches!(chain.at_ancestor(&[(Arc::new(genesis), vec![])]), Standing::Passed));
        assert!(matches!(chain.at_ancestor(&[]), Standing::Passed));
    }

    #[test]
    fn changes_validators_at_an_epochs_end() {
        let chain = chain();
        let mut parent = Arc::new(chain.first().clone());
        let charter = WORLD.next_charter(&chain.charters(), chain.head().unwrap(), &[1, 2, 3, 4]);
        for height in 1..=4 {
            let items = if height == 2 { vec![charter.to_bytes()] } else { vec![] };
            let (block, items) = next(&chain, &parent, &chain.present(), &items);
            assert_eq!(chain.current_epoch().0, 0, "before block {height}");
            chain.commit(&block, items, 1).unwrap();
            parent = block;
            if height == 3 {
                break;
            }
        }
        assert_eq!(chain.charters().current().number(), 2);
        assert_eq!(chain.charter_height(2), Some(1));
        assert_eq!(chain.current_epoch(), (1, parent.header().digest()));
        let names = |epoch| {
            let charter = chain.validators_of(epoch)?;
            Some(
                charter
                    .terms()
                    .validators
                    .iter()
                    .map(|node| node.name().as_str().to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(names(0).unwrap()[0], "node-0");
        assert_eq!(names(1).unwrap()[0], "node-1");
        assert_eq!(names(2), None);
    }

    #[test]
    fn knows_the_heads_that_it_had() {
        let chain = chain();
        let first = chain.head().unwrap();
        let one = next(&chain, chain.first(), &chain.present(), &[WORLD.entry(0)]);
        let Standing::Follows(pending) = chain.at_ancestor(std::slice::from_ref(&one)) else { panic!() };
        let of = |head| WORLD.next_charter(&chain.charters(), head, &[0, 1, 2, 3]);
        let later = of(one.0.header().head);
        assert!(chain.had(&chain.present(), &of(first)));
        assert!(!chain.had(&chain.present(), &later));
        assert!(chain.had(&pending, &later));
        let other = Head { root: Frontier::new().root(), ..first };
        assert!(!chain.had(&pending, &of(other)));
    }

    #[test]
    fn appends_nothing_by_itself() {
        let chain = chain();
        let entry = Entry::from_bytes(&WORLD.entry(0)).unwrap();
        let entry = medseal::ledger::validate(entry, &WORLD.charters).unwrap();
        assert_eq!(chain.append(entry), Err(Error::LedgerUnavailable));
    }
}
