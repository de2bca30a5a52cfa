//! Entries that wait for a block, by source.
//!
//! Each source (a hospital or another node) has a limit of waiting bytes, and blocks take entries
//! from the sources in turn. A flood from one source fills only its share, and delays the others by
//! at most one turn. An entry is counted as soon as it arrives, before it is validated, so a flood
//! of bad entries queues no more work than a flood of good ones.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use medseal::ledger::EntryId;

use crate::backend::{Refused, Source};
use crate::block::{BLOCK_BYTES, BLOCK_ITEMS};

/// The minimum count of an entry in bytes.
const LEAST: usize = 1 << 10;
/// When to try again.
const RETRY: Duration = Duration::from_millis(500);

/// Limits on waiting entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Bytes of entries of one hospital.
    pub hospital_bytes: usize,
    /// Bytes of entries that one other node forwarded.
    pub peer_bytes: usize,
    /// Bytes of all entries.
    pub total_bytes: usize,
}

impl Default for PoolLimits {
    /// 8 MiB for a hospital, 32 MiB for another node, 256 MiB in all.
    fn default() -> Self {
        Self { hospital_bytes: 8 << 20, peer_bytes: 32 << 20, total_bytes: 256 << 20 }
    }
}

/// An entry that waits.
struct Waiting {
    source: Source,
    charter: u32,
    bytes: Vec<u8>,
}

/// The entries that wait for a block.
pub(crate) struct Pool {
    limits: PoolLimits,
    entries: HashMap<EntryId, Waiting>,
    /// The ids of each source in order of arrival; and the sources, beginning with the next.
    queues: HashMap<Source, VecDeque<EntryId>>,
    turns: VecDeque<Source>,
    /// Bytes counted for each source, including entries that are being validated.
    used: HashMap<Source, usize>,
    total: usize,
}

fn cost(bytes: usize) -> usize {
    bytes.max(LEAST)
}

fn is_own(source: &Source) -> bool {
    matches!(source, Source::Hospital(_))
}

impl Pool {
    pub(crate) fn new(limits: PoolLimits) -> Self {
        Self {
            limits,
            entries: HashMap::new(),
            queues: HashMap::new(),
            turns: VecDeque::new(),
            used: HashMap::new(),
            total: 0,
        }
    }

    /// The number of waiting entries, and their bytes.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.entries.len(), self.total)
    }

    /// Counts an entry of this many bytes for its source. Call this before any other work on it.
    pub(crate) fn reserve(&mut self, source: &Source, bytes: usize) -> Result<(), Refused> {
        let most = match source {
            Source::Hospital(_) => self.limits.hospital_bytes,
            Source::Peer(_) => self.limits.peer_bytes,
        };
        let waiting = self.used.get(source).copied().unwrap_or_default();
        if waiting + cost(bytes) > most {
            return Err(Refused::QuotaExceeded { waiting, most, retry_after: RETRY });
        }
        if self.total + cost(bytes) > self.limits.total_bytes {
            return Err(Refused::PoolFull { retry_after: RETRY });
        }
        *self.used.entry(source.clone()).or_default() += cost(bytes);
        self.total += cost(bytes);
        Ok(())
    }

    /// Stops counting an entry.
    pub(crate) fn release(&mut self, source: &Source, bytes: usize) {
        if let Some(used) = self.used.get_mut(source) {
            *used = used.saturating_sub(cost(bytes));
            if *used == 0 {
                self.used.remove(source);
            }
        }
        self.total = self.total.saturating_sub(cost(bytes));
    }

    /// Adds a valid, [reserved](Self::reserve) entry. If an entry with its id is here already, the
    /// new one is released, with one exception: a hospital's entry replaces one that another node
    /// forwarded. Returns whether this is the first entry with its id from a hospital, which must
    /// be forwarded to the other nodes.
    pub(crate) fn add(&mut self, source: Source, id: EntryId, charter: u32, bytes: Vec<u8>) -> bool {
        let own = is_own(&source);
        match self.entries.get(&id) {
            Some(waiting) if !own || is_own(&waiting.source) => {
                self.release(&source, bytes.len());
                return false;
            }
            Some(_) => self.remove(&id),
            None => {}
        }
        let queue = self.queues.entry(source.clone()).or_default();
        if queue.is_empty() {
            self.turns.push_back(source.clone());
        }
        queue.push_back(id);
        self.entries.insert(id, Waiting { source, charter, bytes });
        own
    }

    /// The entries for the next block under a charter, from the sources in turn, except those in
    /// `taken`.
    pub(crate) fn pick(&self, charter: u32, taken: impl Fn(&EntryId) -> bool) -> Vec<(EntryId, Vec<u8>)> {
        let (mut picked, mut bytes) = (Vec::new(), 0);
        let free = |id: &&EntryId| !taken(id);
        let mut queues = self.turns.iter().filter_map(|source| self.queues.get(source));
        let mut queues = queues.by_ref().map(|queue| queue.iter().filter(free)).collect::<VecDeque<_>>();
        while let Some(mut queue) = queues.pop_front() {
            let Some(id) = queue.next() else { continue };
            queues.push_back(queue);
            let Some(waiting) = self.entries.get(id).filter(|waiting| waiting.charter == charter) else {
                continue;
            };
            if picked.len() == BLOCK_ITEMS || bytes + waiting.bytes.len() > BLOCK_BYTES {
                break;
            }
            bytes += waiting.bytes.len();
            picked.push((*id, waiting.bytes.clone()));
        }
        picked
    }

    /// The oldest entries of hospitals, in turn, up to this many.
    pub(crate) fn own(&self, most: usize) -> Vec<Vec<u8>> {
        let hospitals = self.turns.iter().filter(|source| is_own(source));
        let queues = hospitals.filter_map(|source| self.queues.get(source));
        let mut queues = queues.map(VecDeque::iter).collect::<VecDeque<_>>();
        let mut own = Vec::new();
        while own.len() < most
            && let Some(mut queue) = queues.pop_front()
        {
            let Some(id) = queue.next() else { continue };
            queues.push_back(queue);
            own.extend(self.entries.get(id).map(|waiting| waiting.bytes.clone()));
        }
        own
    }

    /// Removes an entry that is on the ledger now, and moves its source to the end of the turns.
    pub(crate) fn remove(&mut self, id: &EntryId) {
        let Some(Waiting { source, bytes, .. }) = self.entries.remove(id) else { return };
        self.release(&source, bytes.len());
        if let Some(queue) = self.queues.get_mut(&source) {
            match queue.front() {
                Some(front) if front == id => {
                    queue.pop_front();
                }
                _ => queue.retain(|other| other != id),
            }
            self.turns.retain(|other| *other != source);
            if queue.is_empty() {
                self.queues.remove(&source);
            } else {
                self.turns.push_back(source);
            }
        }
    }

    /// Removes the entries that were made under another charter, and returns their ids.
    pub(crate) fn expire(&mut self, charter: u32) -> HashSet<EntryId> {
        let passed = |(id, waiting): (&EntryId, &Waiting)| (waiting.charter != charter).then_some(*id);
        let passed = self.entries.iter().filter_map(passed).collect::<HashSet<_>>();
        passed.iter().for_each(|id| self.remove(id));
        passed
    }
}

#[cfg(test)]
mod tests {
    use medseal::identity::Name;

    use super::*;

    fn hospital(name: &str) -> Source {
        Source::Hospital(Name::new(name).unwrap())
    }

    fn id(n: u8) -> EntryId {
        EntryId::from([n; 32])
    }

    fn pool() -> Pool {
        Pool::new(PoolLimits { hospital_bytes: 10_000, peer_bytes: 20_000, total_bytes: 35_000 })
    }

    fn put(pool: &mut Pool, source: &Source, n: u8, bytes: usize) -> Result<(), Refused> {
        pool.reserve(source, bytes)?;
        pool.add(source.clone(), id(n), 1, vec![n; bytes]);
        Ok(())
    }

    fn picked(pool: &Pool) -> Vec<u8> {
        pool.pick(1, |_| false).into_iter().map(|(_, bytes)| bytes[0]).collect()
    }

    #[test]
    fn keeps_a_flood_to_its_own_share() {
        let (mut pool, flood, other) = (pool(), hospital("flood"), hospital("other"));
        let mut taken = 0;
        while put(&mut pool, &flood, taken, 2_000).is_ok() {
            taken += 1;
        }
        assert_eq!(taken, 5);
        let refused = put(&mut pool, &flood, 9, 2_000);
        assert!(matches!(refused, Err(Refused::QuotaExceeded { waiting: 10_000, most: 10_000, .. })));
        // The other source's entry arrives last, and is proposed second.
        put(&mut pool, &other, 100, 2_000).unwrap();
        assert_eq!(picked(&pool), [0, 100, 1, 2, 3, 4]);
    }

    #[test]
    fn counts_an_entry_before_it_is_valid() {
        let (mut pool, source) = (pool(), hospital("one"));
        (0..5).for_each(|_| pool.reserve(&source, 2_000).unwrap());
        assert!(pool.reserve(&source, 1).is_err());
        pool.release(&source, 2_000);
        pool.reserve(&source, 2_000).unwrap();
        (0..5).for_each(|_| pool.release(&source, 2_000));
        assert_eq!(pool.size(), (0, 0));
        // Short entries count, too.
        assert_eq!((0..100).filter(|_| pool.reserve(&source, 0).is_ok()).count(), 10_000 / LEAST);
    }

    #[test]
    fn bounds_all_sources_together() {
        let mut pool = pool();
        for n in 0..3 {
            pool.reserve(&hospital(&format!("hospital-{n}")), 10_000).unwrap();
        }
        let full = pool.reserve(&hospital("last"), 10_000);
        assert!(matches!(full, Err(Refused::PoolFull { .. })));
        pool.reserve(&hospital("last"), 5_000).unwrap();
    }

    #[test]
    fn gives_each_source_its_turn() {
        let (mut pool, a, b) = (pool(), hospital("a"), Source::Peer("b".into()));
        for n in 0..3 {
            put(&mut pool, &a, n, 10).unwrap();
            put(&mut pool, &b, 10 + n, 10).unwrap();
        }
        assert_eq!(picked(&pool), [0, 10, 1, 11, 2, 12]);
        // A source with an entry in the block has its next turn last.
        pool.remove(&id(0));
        assert_eq!(picked(&pool), [10, 1, 11, 2, 12]);
        let free = pool.pick(1, |taken| *taken == id(10)).into_iter().map(|(_, bytes)| bytes[0]);
        assert_eq!(free.collect::<Vec<_>>(), [11, 1, 12, 2]);
        assert_eq!(pool.own(2), [vec![1; 10], vec![2; 10]]);
    }

    #[test]
    fn fills_a_block_and_no_more() {
        let limits = PoolLimits { hospital_bytes: 1 << 30, peer_bytes: 0, total_bytes: 1 << 30 };
        let (mut pool, source) = (Pool::new(limits), hospital("a"));
        (0..5).for_each(|n| put(&mut pool, &source, n, BLOCK_BYTES / 4).unwrap());
        assert_eq!(picked(&pool), [0, 1, 2, 3]);
    }

    #[test]
    fn removes_entries_of_another_era() {
        let (mut pool, source) = (pool(), hospital("a"));
        put(&mut pool, &source, 1, 10).unwrap();
        pool.reserve(&source, 10).unwrap();
        pool.add(source.clone(), id(2), 2, vec![2; 10]);
        assert!(pool.pick(3, |_| false).is_empty());
        assert_eq!(pool.expire(2), HashSet::from([id(1)]));
        assert_eq!(pool.size(), (1, LEAST));
        assert_eq!(pool.entries.keys().collect::<Vec<_>>(), [&id(2)]);
        pool.remove(&id(2));
        assert_eq!(pool.size(), (0, 0));
    }

    #[test]
    fn keeps_one_entry_of_an_id() {
        let (mut pool, a, b) = (pool(), hospital("a"), hospital("b"));
        put(&mut pool, &a, 1, 10).unwrap();
        put(&mut pool, &b, 1, 20).unwrap();
        assert_eq!(pool.size(), (1, LEAST));
        assert_eq!(pool.pick(1, |_| false).len(), 1);
    }

    #[test]
    fn sends_again_for_hospitals_in_turn() {
        let (mut pool, a, b) = (pool(), hospital("a"), hospital("b"));
        (0..5).for_each(|n| put(&mut pool, &a, n, 10).unwrap());
        (10..12).for_each(|n| put(&mut pool, &b, n, 10).unwrap());
        let own = |pool: &Pool, most| pool.own(most).into_iter().map(|bytes| bytes[0]).collect::<Vec<_>>();
        assert_eq!(own(&pool, 3), [0, 10, 1]);
        assert_eq!(own(&pool, 9), [0, 10, 1, 11, 2, 3, 4]);
    }

    #[test]
    fn a_hospital_takes_over_a_peers_entry() {
        let (mut pool, a, peer) = (pool(), hospital("a"), Source::Peer("b".into()));
        put(&mut pool, &peer, 1, 10).unwrap();
        assert!(pool.own(9).is_empty());
        pool.reserve(&a, 10).unwrap();
        assert!(pool.add(a.clone(), id(1), 1, vec![1; 10]));
        assert_eq!(pool.own(9).len(), 1);
        // Sent again by any source, it is not new.
        for source in [a, peer] {
            pool.reserve(&source, 10).unwrap();
            assert!(!pool.add(source, id(1), 1, vec![1; 10]));
        }
        assert_eq!(pool.size(), (1, LEAST));
        pool.remove(&id(1));
        assert_eq!(pool.size(), (0, 0));
        assert!(pool.used.is_empty() && pool.queues.is_empty() && pool.turns.is_empty());
    }
}
