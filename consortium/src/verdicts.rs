//! Which entries are valid: checked on separate threads, and remembered.
//!
//! Validating an entry takes milliseconds, and a node sees each entry at least twice: when it
//! arrives, and in a block. Verdicts are therefore remembered, **by the hash of all bytes**. The id
//! does not suffice, because it does not cover the signature: an attacker could send another
//! member's statement under a bad signature, and the good entry would be refused.
//!
//! A verdict is valid under one charter. Entries of a block have priority over entries that clients
//! and other nodes send. These are decoded and validated in batches, so a flood of entries delays a
//! block by at most one batch. A batch takes entries from the sources in turn, so a flood from one
//! source delays the others by at most one turn. Entries that nobody waits for any more are not
//! validated.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use commonware_cryptography::{Hasher as _, Sha256};
use futures::channel::oneshot;
use medseal::Error;
use medseal::Threads;
use medseal::ledger::{CharterHash, Charters, Entry, EntryId, Item, Refusal, validate_all};

use crate::backend::Source;

/// The number of entries validated in one batch.
const BATCH: usize = 16;

type Key = [u8; 32];

/// The verdict on an entry that arrived here: its id and whether it is valid, if it decodes.
pub(crate) type Judged = Result<(EntryId, Result<(), Error>), Error>;

/// What is known of an entry's bytes: the decoded entry, and the charter under which it is valid.
#[derive(Clone)]
struct Known {
    entry: Result<Arc<Entry>, Error>,
    verdict: Option<(CharterHash, Result<(), Error>)>,
    bytes: usize,
}

/// The verdicts of a node, and the threads that compute them.
pub struct Verdicts {
    known: Mutex<Cache>,
    threads: Option<Arc<Workers>>,
    parallel: Threads,
}

/// The newest verdicts, limited by the total bytes of their entries.
struct Cache {
    known: HashMap<Key, Known>,
    order: VecDeque<Key>,
    bytes: usize,
    most_bytes: usize,
}

impl Cache {
    fn keep(&mut self, key: Key, known: Known) {
        self.bytes += known.bytes;
        match self.known.insert(key, known) {
            Some(before) => self.bytes -= before.bytes,
            None => self.order.push_back(key),
        }
        while self.bytes > self.most_bytes {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.known.remove(&oldest).map_or(0, |known| known.bytes);
        }
    }
}

impl Verdicts {
    /// Starts this many threads, and remembers verdicts for this many bytes of entries. With zero
    /// threads, the caller's thread does the work, as a simulator needs.
    #[must_use]
    pub fn new(threads: usize, most_bytes: usize) -> Arc<Self> {
        let cache = Cache { known: HashMap::new(), order: VecDeque::new(), bytes: 0, most_bytes };
        let verdicts = Arc::new(Self {
            known: Mutex::new(cache),
            threads: (threads > 0).then(Workers::new),
            parallel: if threads == 0 { Threads::ONE } else { Threads::new(threads) },
        });
        if let Some(pool) = &verdicts.threads {
            for number in 0..threads {
                let (pool, verdicts) = (Arc::clone(pool), Arc::downgrade(&verdicts));
                let work = move || {
                    while let Some(job) = pool.next() {
                        let Some(verdicts) = verdicts.upgrade() else { return };
                        // If a job panics, its answer is lost, but the thread continues.
                        let _ = catch_unwind(AssertUnwindSafe(|| job.run(&verdicts)));
                    }
                };
                let name = format!("validate-{number}");
                if let Err(error) = std::thread::Builder::new().name(name).spawn(work) {
                    tracing::error!(%error, "a thread for validation could not be started");
                }
            }
        }
        verdicts
    }

    /// Decodes a block's entries and charters in order. Stops at the first that does not decode.
    pub(crate) async fn decode(self: &Arc<Self>, items: Vec<Vec<u8>>) -> Result<Vec<Item>, Error> {
        let this = Arc::clone(self);
        self.run(true, move || items.iter().map(|bytes| this.item(bytes)).collect::<Result<Vec<_>, _>>())
            .await?
    }

    /// Validates a block's entries, given as bytes. Stops at the first that is invalid.
    pub(crate) async fn judge_block(
        self: &Arc<Self>,
        entries: Vec<Vec<u8>>,
        charters: Arc<Charters>,
    ) -> Result<Vec<Arc<Entry>>, Refusal> {
        let (this, parallel) = (Arc::clone(self), self.parallel);
        let judge = move || this.judge(&entries, &charters, parallel);
        self.run(true, judge).await.unwrap_or(Err(Refusal { position: 0, error: Error::LedgerUnavailable }))
    }

    /// Decodes and validates one entry that arrived here. Drops `held` when the work is done, or
    /// skipped because this future was dropped.
    ///
    /// # Errors
    /// One of the decoding errors; [`Error::LedgerUnavailable`] if the threads are gone.
    pub(crate) async fn judge_one(
        self: &Arc<Self>,
        source: Source,
        entry: Vec<u8>,
        charters: Arc<Charters>,
        held: Arc<dyn Send + Sync>,
    ) -> Judged {
        let Some(threads) = &self.threads else { return self.judge_alone(entry, &charters) };
        let (answer, answered) = oneshot::channel();
        threads.push_single(source, Single { entry, charters, answer, _held: held });
        answered.await.unwrap_or(Err(Error::LedgerUnavailable))
    }

    /// Runs a job on one of the threads; if urgent, before entries that clients send.
    ///
    /// # Errors
    /// [`Error::LedgerUnavailable`] if the threads are gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        urgent: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let Some(threads) = &self.threads else { return Ok(work()) };
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            // The caller may be gone.
            if !answer.is_canceled() {
                let _ = answer.send(work());
            }
        });
        threads.push_job(urgent, job);
        answered.await.map_err(|_| Error::LedgerUnavailable)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decodes an entry or charter.
    fn item(&self, bytes: &[u8]) -> Result<Item, Error> {
        match self.cache().known.get(&key(bytes)).map(|known| known.entry.clone()) {
            Some(Ok(entry)) => Ok(Item::Entry(entry)),
            _ => Item::from_bytes(bytes),
        }
    }

    /// What is known of these bytes; decodes them if nothing is.
    fn known(&self, key: Key, bytes: &[u8]) -> Known {
        let known = self.cache().known.get(&key).cloned();
        known.unwrap_or_else(|| {
            let entry = Entry::from_bytes(bytes).map(Arc::new);
            let known = Known { entry, verdict: None, bytes: bytes.len() + 256 };
            self.cache().keep(key, known.clone());
            known
        })
    }

    /// Validates entries, the unknown ones in batches, and remembers the verdicts.
    fn judge(
        &self,
        entries: &[Vec<u8>],
        charters: &Charters,
        threads: Threads,
    ) -> Result<Vec<Arc<Entry>>, Refusal> {
        let charter = charters.current().hash();
        let mut judged = Vec::with_capacity(entries.len());
        // Position, hash and entry of the unknown ones.
        let mut fresh: Vec<(usize, Key, Arc<Entry>)> = Vec::new();
        let mut refused = None;
        for (position, bytes) in entries.iter().enumerate() {
            let key = key(bytes);
            let known = self.known(key, bytes);
            let entry = match (known.entry, known.verdict) {
                (Ok(_), Some((under, Err(error)))) if under == charter => Err(error),
                (Ok(entry), Some((under, Ok(())))) if under == charter => Ok(entry),
                (Ok(entry), _) => {
                    fresh.push((position, key, Arc::clone(&entry)));
                    Ok(entry)
                }
                (Err(error), _) => Err(error),
            };
            match entry {
                Ok(entry) => judged.push(entry),
                Err(error) => {
                    refused = Some(Refusal { position, error });
                    break;
                }
            }
        }
        for batch in fresh.chunks(BATCH) {
            let valid = validate_all(batch.iter().map(|(.., entry)| Arc::clone(entry)), charters, threads);
            let good = valid.as_ref().map_or_else(|refusal| refusal.position, Vec::len);
            for (position, key, entry) in batch.iter().take(good) {
                self.remember(*key, entry, charter, Ok(()), entries.get(*position));
            }
            if let Err(Refusal { position, error }) = valid {
                let Some((position, key, entry)) = batch.get(position) else { continue };
                if !error.is_transient() {
                    self.remember(*key, entry, charter, Err(error.clone()), entries.get(*position));
                }
                return Err(Refusal { position: *position, error });
            }
        }
        refused.map_or(Ok(judged), Err)
    }

    fn remember(
        &self,
        key: Key,
        entry: &Arc<Entry>,
        charter: CharterHash,
        verdict: Result<(), Error>,
        bytes: Option<&Vec<u8>>,
    ) {
        let bytes = bytes.map_or(0, Vec::len) + 256;
        let known = Known { entry: Ok(Arc::clone(entry)), verdict: Some((charter, verdict)), bytes };
        self.cache().keep(key, known);
    }

    /// Judges one entry that arrived here.
    fn judge_alone(&self, entry: Vec<u8>, charters: &Charters) -> Judged {
        let id = self.known(key(&entry), &entry).entry?.id();
        let judged = self.judge(&[entry], charters, Threads::ONE);
        Ok((id, judged.map(drop).map_err(|refusal| refusal.error)))
    }

    /// Judges several entries that arrived here, each separately.
    fn judge_singles(&self, mut singles: Vec<Single>) {
        singles.retain(|single| !single.answer.is_canceled());
        let together = |a: &Single, b: &Single| a.charters.current().hash() == b.charters.current().hash();
        let one_charter = singles.windows(2).all(|pair| matches!(pair, [a, b] if together(a, b)));
        let all = singles.iter().map(|single| single.entry.clone()).collect::<Vec<_>>();
        let judged = match singles.first() {
            Some(first) if one_charter && all.len() > 1 => self.judge(&all, &first.charters, Threads::ONE),
            _ => Err(Refusal { position: 0, error: Error::LedgerUnavailable }),
        };
        match judged {
            Ok(entries) => {
                for (single, entry) in singles.into_iter().zip(entries) {
                    let _ = single.answer.send(Ok((entry.id(), Ok(()))));
                }
            }
            // One is bad: judges each alone. The verdicts of the batch are remembered already.
            Err(_) => {
                for Single { entry, charters, answer, _held } in singles {
                    let _ = answer.send(self.judge_alone(entry, &charters));
                }
            }
        }
    }
}

impl Drop for Verdicts {
    fn drop(&mut self) {
        if let Some(threads) = &self.threads {
            threads.close();
        }
    }
}

impl fmt::Debug for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdicts").field("parallel", &self.parallel).finish_non_exhaustive()
    }
}

/// The hash of all bytes.
fn key(bytes: &[u8]) -> Key {
    Sha256::hash(&[bytes]).0
}

/// An entry that arrived here, and the caller that waits for the verdict.
struct Single {
    entry: Vec<u8>,
    charters: Arc<Charters>,
    answer: oneshot::Sender<Judged>,
    /// Counted for its source as long as this exists.
    _held: Arc<dyn Send + Sync>,
}

type Work = Box<dyn FnOnce() + Send>;

enum Job {
    Work(Work),
    Singles(Vec<Single>),
}

impl Job {
    fn run(self, verdicts: &Verdicts) {
        match self {
            Self::Work(work) => work(),
            Self::Singles(singles) => verdicts.judge_singles(singles),
        }
    }
}

/// The work that waits for a thread. Its callers bound it: one block at a time, and entries by the
/// pool's quotas.
struct Workers {
    queues: Mutex<Queues>,
    fresh: Condvar,
}

#[derive(Default)]
struct Queues {
    urgent: VecDeque<Work>,
    others: VecDeque<Work>,
    /// Entries of each source, in the order of their turns.
    singles: VecDeque<(Source, VecDeque<Single>)>,
    /// Whether entries have the next turn, before other work that is not urgent.
    singles_turn: bool,
    closed: bool,
}

impl Queues {
    /// Entries for one batch, from the sources in turn.
    fn batch(&mut self) -> Vec<Single> {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some((source, mut queue)) = self.singles.pop_front()
        {
            batch.extend(queue.pop_front());
            if !queue.is_empty() {
                self.singles.push_back((source, queue));
            }
        }
        batch
    }
}

impl Workers {
    fn new() -> Arc<Self> {
        Arc::new(Self { queues: Mutex::default(), fresh: Condvar::new() })
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_job(&self, urgent: bool, work: Work) {
        let mut queues = self.queues();
        if urgent {
            queues.urgent.push_back(work)
        } else {
            queues.others.push_back(work)
        }
        self.fresh.notify_one();
    }

    fn push_single(&self, source: Source, single: Single) {
        let mut queues = self.queues();
        match queues.singles.iter_mut().find(|(of, _)| *of == source) {
            Some((_, queue)) => queue.push_back(single),
            None => queues.singles.push_back((source, VecDeque::from([single]))),
        }
        self.fresh.notify_one();
    }

    fn close(&self) {
        self.queues().closed = true;
        self.fresh.notify_all();
    }

    /// The next job. `None` once there will be no more.
    fn next(&self) -> Option<Job> {
        let mut queues = self.queues();
        loop {
            if queues.closed {
                return None;
            }
            if let Some(work) = queues.urgent.pop_front() {
                return Some(Job::Work(work));
            }
            queues.singles_turn = !queues.singles_turn;
            if !queues.singles.is_empty() && (queues.singles_turn || queues.others.is_empty()) {
                return Some(Job::Singles(queues.batch()));
            }
            if let Some(work) = queues.others.pop_front() {
                return Some(Job::Work(work));
            }
            queues = self.fresh.wait(queues).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
impl Verdicts {
    /// Verdicts without threads: the test does the work.
    pub(crate) fn by_hand() -> Arc<Self> {
        let mut verdicts = Self::new(0, 1 << 24);
        Arc::get_mut(&mut verdicts).unwrap().threads = Some(Workers::new());
        verdicts
    }

    /// How much work waits: urgent, other, entries.
    pub(crate) fn waiting(&self) -> (usize, usize, usize) {
        let queues = self.threads.as_ref().unwrap().queues();
        let singles = queues.singles.iter().map(|(_, queue)| queue.len()).sum();
        (queues.urgent.len(), queues.others.len(), singles)
    }

    /// Runs the next job, as a thread does.
    pub(crate) fn work(&self) {
        self.threads.as_ref().unwrap().next().unwrap().run(self);
    }

    /// How many entries were decoded or validated.
    pub(crate) fn judged(&self) -> usize {
        self.cache().known.len()
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;

    use super::*;
    use crate::support::WORLD;

    fn charters() -> Arc<Charters> {
        Arc::new(WORLD.charters.clone())
    }

    fn peer(name: &str) -> Source {
        Source::Peer(name.into())
    }

    async fn judge_one(
        verdicts: &Arc<Verdicts>,
        bytes: Vec<u8>,
        charters: Arc<Charters>,
    ) -> Result<EntryId, Error> {
        let (id, verdict) = verdicts.judge_one(peer("a"), bytes, charters, Arc::new(())).await?;
        verdict.map(|()| id)
    }

    fn each(test: impl Fn(&Arc<Verdicts>)) {
        for threads in [0, 2] {
            test(&Verdicts::new(threads, 1 << 24));
        }
    }

    #[test]
    fn a_forged_signature_does_not_censor() {
        each(|verdicts| {
            let judge = |bytes| block_on(judge_one(verdicts, bytes, charters()));
            let id = Entry::from_bytes(&WORLD.entry(0)).unwrap().id();
            // The attacker's copy has the id of the good entry, and comes first.
            assert_eq!(Entry::from_bytes(&WORLD.forged(0)).unwrap().id(), id);
            assert!(judge(WORLD.forged(0)).is_err());
            assert_eq!(judge(WORLD.entry(0)), Ok(id));
            assert_eq!(judge(WORLD.signed_again(0)), Ok(id));
            assert!(judge(WORLD.forged(0)).is_err());
        });
    }

    #[test]
    fn names_the_first_entry_that_is_refused() {
        each(|verdicts| {
            let judge = |entries| block_on(verdicts.judge_block(entries, charters()));
            let good = (0..20).map(|n| WORLD.entry(n)).collect::<Vec<_>>();
            for at in [0, 1, 17, 19] {
                let mut entries = good.clone();
                entries[at] = WORLD.forged(at);
                entries[19] = WORLD.forged(19);
                // Twice: the second time it is remembered.
                assert_eq!(judge(entries.clone()).unwrap_err().position, at);
                assert_eq!(judge(entries).unwrap_err().position, at);
            }
            let mut entries = good.clone();
            entries[2].truncate(40);
            assert_eq!(judge(entries).unwrap_err(), Refusal { position: 2, error: Error::Truncated });
            assert_eq!(judge(good).unwrap().len(), 20);
        });
    }

    #[test]
    fn holds_under_one_charter() {
        each(|verdicts| {
            let judge = |charters| block_on(judge_one(verdicts, WORLD.entry(0), charters)).map(drop);
            assert_eq!(judge(charters()), Ok(()));
            let head = crate::block::Block::genesis(&WORLD.first).header().head;
            let mut later = WORLD.charters.clone();
            later.push(&WORLD.next_charter(&WORLD.charters, head, &[0, 1, 2, 3])).unwrap();
            assert_eq!(judge(Arc::new(later)), Err(Error::EraPassed));
            assert_eq!(judge(charters()), Ok(()));
        });
    }

    #[test]
    fn judges_each_of_many_for_itself() {
        let verdicts = Verdicts::new(1, 1 << 24);
        let mixed = (0..40).map(|n| if n % 5 == 3 { WORLD.forged(n) } else { WORLD.entry(n) });
        let judged = mixed.map(|entry| judge_one(&verdicts, entry, charters()));
        let judged = block_on(futures::future::join_all(judged));
        for (n, entry) in judged.iter().enumerate() {
            assert_eq!(entry.is_err(), n % 5 == 3, "entry {n}");
        }
    }

    #[test]
    fn a_flood_delays_others_by_one_batch() {
        let verdicts = Verdicts::by_hand();
        let ask = |source: &str, entry| {
            let mut asked = Box::pin(verdicts.judge_one(peer(source), entry, charters(), Arc::new(())));
            assert!(futures::FutureExt::now_or_never(&mut asked).is_none());
            asked
        };
        let flood = (0..10 * BATCH).map(|_| ask("flood", WORLD.forged(0))).collect::<Vec<_>>();
        let other = ask("other", WORLD.entry(1));
        verdicts.work();
        let (_, verdict) = block_on(other).unwrap();
        assert_eq!(verdict, Ok(()));
        // The flood filled the rest of the batch, and nobody waits for its remaining entries.
        assert_eq!(verdicts.waiting(), (0, 0, 9 * BATCH + 1));
        let judged = verdicts.judged();
        drop(flood);
        while verdicts.waiting().2 > 0 {
            verdicts.work();
        }
        assert_eq!(verdicts.judged(), judged);
    }

    #[test]
    fn bounds_the_remembered_verdicts() {
        let verdicts = Verdicts::new(0, WORLD.entry(0).len() * 3);
        for n in 0..10 {
            block_on(judge_one(&verdicts, WORLD.entry(n), charters())).unwrap();
            let cache = verdicts.cache();
            assert!(cache.bytes <= cache.most_bytes);
            assert_eq!(cache.bytes, cache.known.values().map(|known| known.bytes).sum::<usize>());
        }
    }
}
