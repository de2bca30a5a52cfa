//! A node's state and decisions, apart from the engine. It accepts entries and charters, chooses
//! the contents of a block, checks blocks, applies final blocks, and answers the callers that wait.
//!
//! It uses no network and no disk, and only the clock that it is given, so a simulator can run it
//! unchanged.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use commonware_runtime::telemetry::metrics::{Counter, Gauge, GaugeExt as _, Histogram, MetricsExt as _};
use commonware_runtime::{Clock, Metrics};
use commonware_utils::SystemTimeExt as _;
use futures::channel::{mpsc, oneshot};
use medseal::Error;
use medseal::ledger::{Appended, Charter, Charters, EntryId, Item};
use medseal::limits::Limit;
use tokio::sync::Notify;

use crate::backend::{Refused, Source, Status};
use crate::block::{Block, ITEM_BYTES};
use crate::chain::{Ancestor, Chain};
use crate::keys::{ENOUGH, check_validators};
use crate::pool::{Pool, PoolLimits};
use crate::verdicts::Verdicts;

/// The maximum number of charters that wait for a block. The super node signs one at a time.
const CHARTERS: usize = 4;

/// A charter's first bytes in which the hash of its predecessor begins: after header, ledger, name
/// and number.
const CHARTER_HEAD: usize = 512;

/// What waits for a block, and the callers that wait for it.
struct Waiting {
    pool: Pool,
    charters: Vec<Charter>,
    entries: HashMap<EntryId, Vec<Waiter<Appended>>>,
    charter_waiters: HashMap<[u8; 32], Vec<Waiter<u64>>>,
    /// The sources of charters that are being checked.
    checking: HashSet<Source>,
}

struct Waiter<T> {
    answer: oneshot::Sender<Result<T, Refused>>,
    since_ms: u64,
}

/// What this node sends to all other nodes.
pub(crate) enum Relayed {
    Entry(Vec<u8>),
    Charter(Vec<u8>),
}

/// A node's state and decisions.
pub struct Core {
    chain: Chain,
    verdicts: Arc<Verdicts>,
    waiting: Mutex<Waiting>,
    /// Notified when something is ready for a block.
    pub(crate) fresh: Notify,
    relay: Mutex<mpsc::Sender<Relayed>>,
    heartbeat: Duration,
    clock: Box<dyn Fn() -> u64 + Send + Sync>,
    started_ms: u64,
    engine_key: Vec<u8>,
    /// The public engine keys of the nodes that this one may talk to, if restricted.
    peers: OnceLock<HashSet<Vec<u8>>>,
    metrics: Figures,
}

/// Figures for Prometheus, beside those of the runtime.
struct Figures {
    entries: Counter,
    blocks: Counter,
    pool_entries: Gauge,
    pool_bytes: Gauge,
    height: Gauge,
    epoch: Gauge,
    finality: Histogram,
    wrong_blocks: Counter,
    refused_invalid: Counter,
    refused_quota: Counter,
    refused_full: Counter,
}

impl Figures {
    fn new(context: &impl Metrics) -> Self {
        let refused = |reason| {
            let context = context.child("refused").with_attribute("reason", reason);
            context.counter("total", "Entries and charters that were refused")
        };
        let finality =
            [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0];
        Self {
            entries: context.counter("entries", "Entries that became final here"),
            blocks: context.counter("blocks", "Blocks that became final here"),
            pool_entries: context.gauge("pool_entries", "Entries that wait for a block"),
            pool_bytes: context.gauge("pool_bytes", "Bytes of entries that wait or are validated"),
            height: context.gauge("height", "Height of the newest block that is final here"),
            epoch: context.gauge("epoch", "Consensus epoch of the next block"),
            finality: context.histogram(
                "finality",
                "Seconds from an entry's coming to its being final here",
                finality,
            ),
            wrong_blocks: context
                .counter("wrong_blocks", "Blocks that another node proposed and that were wrong"),
            refused_invalid: refused("invalid"),
            refused_quota: refused("quota"),
            refused_full: refused("full"),
        }
    }

    fn refused(&self, refused: &Refused) {
        match refused {
            Refused::QuotaExceeded { .. } => self.refused_quota.inc(),
            Refused::PoolFull { .. } => self.refused_full.inc(),
            _ => self.refused_invalid.inc(),
        };
    }
}

/// The configuration of a core.
pub struct CoreConfig {
    /// The ledger at its start.
    pub chain: Chain,
    /// The threads that validate.
    pub verdicts: Arc<Verdicts>,
    /// Limits of the pool.
    pub limits: PoolLimits,
    /// The time after which a leader makes an empty block if nothing waits.
    pub heartbeat: Duration,
    /// This node's public engine key.
    pub engine_key: Vec<u8>,
}

impl fmt::Debug for CoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoreConfig").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Core {
    /// Makes a core, and the outbox of messages to the other nodes.
    pub fn new<E: Metrics + Clock>(context: E, config: CoreConfig) -> (Arc<Self>, Outbox) {
        let (relay, outbox) = mpsc::channel(1024);
        let metrics = Figures::new(&context);
        let clock = Box::new(move || context.current().epoch().as_millis() as u64);
        let waiting = Waiting {
            pool: Pool::new(config.limits),
            charters: Vec::new(),
            entries: HashMap::new(),
            charter_waiters: HashMap::new(),
            checking: HashSet::new(),
        };
        let core = Self {
            chain: config.chain,
            verdicts: config.verdicts,
            waiting: Mutex::new(waiting),
            fresh: Notify::new(),
            relay: Mutex::new(relay),
            heartbeat: config.heartbeat,
            started_ms: clock(),
            clock,
            engine_key: config.engine_key,
            peers: OnceLock::new(),
            metrics,
        };
        (Arc::new(core), Outbox(outbox))
    }

    /// The ledger as far as it is final here.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    pub(crate) fn verdicts(&self) -> &Arc<Verdicts> {
        &self.verdicts
    }

    pub(crate) fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_peers(&self, peers: HashSet<Vec<u8>>) {
        // A node starts once.
        let _ = self.peers.set(peers);
    }

    /// The node's status.
    #[must_use]
    pub fn status(&self) -> Status {
        let newest = self.chain.newest();
        let (epoch, _) = self.chain.current_epoch();
        let validators = self.chain.validators_of(epoch);
        let (pool_entries, pool_bytes) = self.waiting().pool.size();
        Status {
            blocks: newest.height,
            items: newest.head.size,
            charter: self.chain.charters().current().number(),
            epoch,
            validators: validators.as_ref().map_or(0, |charter| charter.terms().validators.len()),
            is_validator: validators.is_some_and(|charter| self.decides(&charter)),
            pool_entries,
            pool_bytes,
            peers: self.peers.get().map_or(0, HashSet::len),
            last_block_ms: self.chain.last_block_ms(),
        }
    }

    /// How many wrong blocks other nodes proposed.
    #[must_use]
    pub fn wrong_blocks(&self) -> u64 {
        self.metrics.wrong_blocks.get()
    }

    pub(crate) fn count_wrong_block(&self) {
        self.metrics.wrong_blocks.inc();
    }

    /// Whether this node is a validator of a charter.
    fn decides(&self, charter: &Charter) -> bool {
        charter.terms().validators.iter().any(|validator| validator.engine_key() == self.engine_key)
    }

    /// Accepts an entry, and returns once it is final here.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn submit(self: &Arc<Self>, source: Source, entry: Vec<u8>) -> Result<Appended, Refused> {
        let (answer, answered) = oneshot::channel();
        self.admit(source, entry, Some(answer)).await?;
        answered.await.unwrap_or(Err(Refused::Stopped))
    }

    /// Puts an entry into the pool, and forwards it to the other nodes if a hospital submitted it.
    pub(crate) async fn admit(
        self: &Arc<Self>,
        source: Source,
        entry: Vec<u8>,
        answer: Option<oneshot::Sender<Result<Appended, Refused>>>,
    ) -> Result<(), Refused> {
        let since_ms = self.now_ms();
        let waiter = answer.map(|answer| Waiter { answer, since_ms });
        let length = entry.len();
        if length > ITEM_BYTES {
            let refused = Refused::Invalid(Error::LimitExceeded(Limit::EntryLength));
            self.metrics.refused(&refused);
            return Err(refused);
        }
        self.waiting().pool.reserve(&source, length).inspect_err(|refused| self.metrics.refused(refused))?;
        let is_kept = AtomicBool::new(false);
        let counted = Arc::new(Counted { core: Arc::clone(self), source, length, is_kept });
        let admitted = self.admit_counted(counted, entry, waiter).await;
        admitted.inspect_err(|refused| self.metrics.refused(refused))
    }

    async fn admit_counted(
        &self,
        counted: Arc<Counted>,
        entry: Vec<u8>,
        mut waiter: Option<Waiter<Appended>>,
    ) -> Result<(), Refused> {
        loop {
            let charters = self.chain.charters();
            let (source, held) = (counted.source.clone(), Arc::clone(&counted));
            let judged = self.verdicts.judge_one(source, entry.clone(), Arc::clone(&charters), held);
            let (id, verdict) = judged.await.map_err(Refused::Invalid)?;
            let mut waiting = self.waiting();
            // Blocks that became final meanwhile have been committed, or `commit` is
            // waiting for this lock.
            if let Some(height) = self.chain.height_of(&id) {
                answer(waiter.take(), Ok(Appended { height, was_there: true }));
                return Ok(());
            }
            if self.chain.charters().current().hash() != charters.current().hash() {
                continue;
            }
            verdict.map_err(Refused::Invalid)?;
            counted.is_kept.store(true, Ordering::Relaxed);
            let (source, number) = (counted.source.clone(), charters.current().number());
            let is_to_send = waiting.pool.add(source, id, number, entry.clone());
            if let Some(waiter) = waiter.take() {
                waiting.entries.entry(id).or_default().push(waiter);
            }
            self.count(&waiting);
            drop(waiting);
            self.fresh.notify_waiters();
            if is_to_send {
                self.send(Relayed::Entry(entry));
            }
            return Ok(());
        }
    }

    /// Accepts a charter, and returns its height once it is final here.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn submit_charter(self: &Arc<Self>, source: Source, charter: Vec<u8>) -> Result<u64, Refused> {
        let (answer, answered) = oneshot::channel();
        let refused = self.admit_charter(source, charter, Some(answer)).await;
        refused.inspect_err(|refused| self.metrics.refused(refused))?;
        answered.await.unwrap_or(Err(Refused::Stopped))
    }

    /// Accepts a charter. Charters have no quota, so each source has only one checked at a
    /// time. Of the charters that other nodes forward, only a possible next one is checked: the
    /// others will be sent again.
    pub(crate) async fn admit_charter(
        self: &Arc<Self>,
        source: Source,
        bytes: Vec<u8>,
        answer_to: Option<oneshot::Sender<Result<u64, Refused>>>,
    ) -> Result<(), Refused> {
        if bytes.len() > ITEM_BYTES {
            return Err(Refused::Invalid(Error::LimitExceeded(Limit::EntryLength)));
        }
        let is_own = matches!(source, Source::Hospital(_));
        if !is_own {
            // The next charter names the hash of the current one before its
            // terms, in the first bytes.
            let current = self.chain.charters().current().hash();
            let is_next = bytes.windows(32).take(CHARTER_HEAD).any(|hash| hash == current.as_bytes());
            let waits = self.waiting().charters.iter().any(|charter| charter.to_bytes() == bytes);
            if !is_next || waits {
                return Ok(());
            }
        }
        if !self.waiting().checking.insert(source.clone()) {
            return Err(Refused::PoolFull { retry_after: Duration::from_secs(1) });
        }
        let checking = Checking { core: Arc::clone(self), source };
        let this = Arc::clone(self);
        let checked = self.verdicts.run(false, move || {
            let _checking = checking;
            let charter = Charter::from_bytes(&bytes).map_err(Refused::Invalid)?;
            if this.known_height(&charter).is_none() {
                this.check_charter(&charter, &this.chain.present())?;
            }
            Ok::<_, Refused>((charter, bytes))
        });
        let (charter, bytes) = checked.await.map_err(Refused::Invalid)??;
        let mut waiter = answer_to.map(|answer| Waiter { answer, since_ms: self.now_ms() });
        let mut waiting = self.waiting();
        if self.chain.charters().get(charter.number()).is_ok() {
            let height = self.known_height(&charter).ok_or(Refused::Invalid(Error::CharterConflict));
            answer(waiter.take(), height);
            return Ok(());
        }
        if waiting.charters.iter().all(|other| other.hash() != charter.hash()) {
            if waiting.charters.len() >= CHARTERS {
                return Err(Refused::PoolFull { retry_after: Duration::from_secs(1) });
            }
            waiting.charters.push(charter.clone());
        }
        if let Some(waiter) = waiter {
            waiting.charter_waiters.entry(*charter.hash().as_bytes()).or_default().push(waiter);
        }
        drop(waiting);
        self.fresh.notify_waiters();
        if is_own {
            self.send(Relayed::Charter(bytes));
        }
        Ok(())
    }

    /// The height of a charter, if the ledger has it.
    fn known_height(&self, charter: &Charter) -> Option<u64> {
        let charters = self.chain.charters();
        let known = charters.get(charter.number()).ok()?;
        self.chain.charter_height(charter.number()).filter(|_| known.hash() == charter.hash())
    }

    /// Checks that a charter may be the next item after a block.
    fn check_charter(&self, charter: &Charter, at: &Ancestor) -> Result<(), Refused> {
        let mut charters = Charters::clone(&at.charters);
        let number = charters.current().number();
        charters.push(charter).map_err(Refused::Invalid)?;
        if charters.current().number() == number {
            return Err(Refused::Invalid(Error::CharterOutOfOrder));
        }
        check_validators(charter).map_err(Refused::Validators)?;
        if self.chain.had(at, charter) { Ok(()) } else { Err(Refused::Invalid(Error::FinalHeadRefused)) }
    }

    /// The contents of a block that follows here: only the next charter, or entries.
    pub(crate) async fn pick(self: &Arc<Self>, at: &Arc<Ancestor>) -> Vec<Vec<u8>> {
        let charters = self.waiting().charters.clone();
        if !charters.is_empty() {
            let (this, at) = (Arc::clone(self), Arc::clone(at));
            let next = move || charters.into_iter().find(|charter| this.check_charter(charter, &at).is_ok());
            if let Ok(Some(charter)) = self.verdicts.run(true, next).await {
                return vec![charter.to_bytes()];
            }
        }
        let waiting = self.waiting();
        let taken = |id: &EntryId| at.taken.contains(id) || self.chain.height_of(id).is_some();
        let picked = waiting.pool.pick(at.charters.current().number(), taken);
        picked.into_iter().map(|(_, bytes)| bytes).collect()
    }

    /// Whether a leader with nothing for a block makes an empty one at once: if there was no block
    /// for a while, or if other validators wait for this epoch to close.
    pub(crate) fn wants_empty_block(&self, at: &Ancestor) -> bool {
        let since = match self.chain.last_block_ms() {
            0 => self.started_ms,
            last => last,
        };
        // If the clock was set back, the elapsed time is unknown: a block is due.
        let idle = self.now_ms().checked_sub(since);
        let is_due = idle.is_none_or(|idle| idle >= self.heartbeat.as_millis() as u64);
        self.is_changing(at) || is_due && !at.has_pending()
    }

    /// Whether other validators wait for this epoch to close.
    pub(crate) fn is_changing(&self, at: &Ancestor) -> bool {
        let deciding = at.charters.get(at.validators);
        deciding.is_ok_and(|deciding| deciding.terms().validators != at.charters.current().terms().validators)
    }

    /// Makes the block that follows another, with these items.
    pub(crate) fn block(&self, parent: &Block, at: &Ancestor, items: Vec<Vec<u8>>) -> Block {
        let mut frontier = at.frontier.clone();
        items.iter().for_each(|item| {
            frontier.append(item);
        });
        Block::following(parent, at.epoch, at.validators, items, frontier.head())
    }

    /// Checks a block that follows here. A [transient](Error::is_transient) error says
    /// nothing about the block.
    pub(crate) async fn check(self: &Arc<Self>, block: &Block, at: Ancestor) -> Result<(), Refused> {
        let header = block.header();
        if (header.epoch, header.validators) != (at.epoch, at.validators)
            || header.epoch != self.chain.epoch_of(header.height)
        {
            return Err(Refused::Invalid(Error::InvalidField));
        }
        let mut frontier = at.frontier.clone();
        block.items().iter().for_each(|item| {
            frontier.append(item);
        });
        if frontier.head() != header.head {
            return Err(Refused::Invalid(Error::InvalidProof));
        }
        let items = self.verdicts.decode(block.items().to_vec()).await.map_err(Refused::Invalid)?;
        if let Some(charter) = items.iter().find_map(Item::charter) {
            if items.len() != 1 {
                return Err(Refused::Invalid(Error::InvalidField));
            }
            let (this, charter) = (Arc::clone(self), Arc::clone(charter));
            let checked = self.verdicts.run(true, move || this.check_charter(&charter, &at)).await;
            return checked.map_err(Refused::Invalid)?;
        }
        // Duplicates first: they cost no validation.
        let mut seen = HashSet::new();
        for entry in items.iter().filter_map(Item::entry) {
            let id = entry.id();
            if !seen.insert(id) || at.taken.contains(&id) || self.chain.height_of(&id).is_some() {
                return Err(Refused::Invalid(Error::DuplicateEntry));
            }
        }
        let judged = self.verdicts.judge_block(block.items().to_vec(), Arc::clone(&at.charters)).await;
        judged.map(drop).map_err(|refusal| Refused::Invalid(refusal.error))
    }

    /// Applies a final block that is on disk, and answers the callers that wait for its contents.
    ///
    /// # Errors
    /// Those of [`Chain::commit`], or a decoding error. The node cannot continue.
    pub(crate) async fn commit(&self, block: &Block) -> Result<(), Error> {
        let items = self.verdicts.decode(block.items().to_vec()).await?;
        let first = self.chain.commit(block, items.clone(), self.now_ms())?;
        let now_ms = self.now_ms();
        let mut waiting = self.waiting();
        let mut entries = 0;
        for (height, item) in (first..).zip(&items) {
            match item {
                Item::Entry(entry) => {
                    entries += 1;
                    waiting.pool.remove(&entry.id());
                    for waiter in waiting.entries.remove(&entry.id()).unwrap_or_default() {
                        self.metrics.finality.observe(now_ms.saturating_sub(waiter.since_ms) as f64 / 1e3);
                        answer(Some(waiter), Ok(Appended { height, was_there: false }));
                    }
                }
                Item::Charter(charter) => self.begin_era(&mut waiting, charter, height),
            }
        }
        let count = waiting.entries.values().map(Vec::len).sum::<usize>();
        if count > 0 && block.header().height.is_multiple_of(64) {
            // The caller may be gone.
            waiting.entries.retain(|_, waiters| {
                waiters.retain(|waiter| !waiter.answer.is_canceled());
                !waiters.is_empty()
            });
        }
        self.count(&waiting);
        self.metrics.entries.inc_by(entries);
        self.metrics.blocks.inc();
        let _ = self.metrics.height.try_set(block.header().height);
        let _ = self.metrics.epoch.try_set(self.chain.current_epoch().0);
        Ok(())
    }

    /// Applies a new charter: waiting entries were made under another.
    fn begin_era(&self, waiting: &mut Waiting, charter: &Charter, height: u64) {
        let hash = *charter.hash().as_bytes();
        for waiter in waiting.charter_waiters.remove(&hash).unwrap_or_default() {
            answer(Some(waiter), Ok(height));
        }
        waiting.charters.retain(|other| other.number() > charter.number());
        let kept = waiting.charters.iter().map(|charter| *charter.hash().as_bytes()).collect::<HashSet<_>>();
        let gone = waiting.charter_waiters.extract_if(|hash, _| !kept.contains(hash));
        for waiter in gone.flat_map(|(_, waiters)| waiters) {
            answer(Some(waiter), Err(Refused::Invalid(Error::CharterConflict)));
        }
        for id in waiting.pool.expire(charter.number()) {
            for waiter in waiting.entries.remove(&id).unwrap_or_default() {
                answer(Some(waiter), Err(Refused::Invalid(Error::EraPassed)));
            }
        }
        tracing::info!(charter = charter.number(), "a new charter is in force");
        self.warn_of(charter);
    }

    /// Warns about a charter's validators: if they are too few, or if this node does
    /// not talk to some of them.
    pub(crate) fn warn_of(&self, charter: &Charter) {
        let validators = &charter.terms().validators;
        if validators.len() < ENOUGH {
            tracing::warn!(
                validators = validators.len(),
                "this ledger has fewer than {ENOUGH} validators: ONE FAILURE STOPS IT, and one liar breaks it"
            );
        }
        for validator in validators {
            let key = validator.engine_key();
            let is_known = |peers: &HashSet<Vec<u8>>| peers.contains(key) || key == self.engine_key;
            if !self.peers.get().is_none_or(is_known) {
                tracing::error!(
                    validator = validator.name().as_str(),
                    "NOT TALKED TO: the charter names this validator, but this node's configuration does not"
                );
            }
        }
    }

    /// Sends again what hospitals submitted here and still waits.
    pub(crate) fn send_again(&self, most: usize) {
        let (own, charters) = {
            let waiting = self.waiting();
            (waiting.pool.own(most), waiting.charters.iter().map(Charter::to_bytes).collect::<Vec<_>>())
        };
        charters.into_iter().for_each(|charter| self.send(Relayed::Charter(charter)));
        own.into_iter().for_each(|entry| self.send(Relayed::Entry(entry)));
    }

    /// Sends a message to the other nodes, unless the queue is full: then it is sent again later.
    fn send(&self, relayed: Relayed) {
        let mut relay = self.relay.lock().unwrap_or_else(PoisonError::into_inner);
        if relay.try_send(relayed).is_err() {
            tracing::debug!("the relay is full");
        }
    }

    fn count(&self, waiting: &Waiting) {
        let (entries, bytes) = waiting.pool.size();
        let _ = self.metrics.pool_entries.try_set(entries as u64);
        let _ = self.metrics.pool_bytes.try_set(bytes as u64);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("chain", &self.chain).finish_non_exhaustive()
    }
}

fn answer<T>(waiter: Option<Waiter<T>>, answer: Result<T, Refused>) {
    if let Some(waiter) = waiter {
        // The caller may be gone.
        let _ = waiter.answer.send(answer);
    }
}

/// An entry, counted for its source as long as a caller waits for it or a thread may work on it.
/// Once it is in the pool, the pool counts it.
struct Counted {
    core: Arc<Core>,
    source: Source,
    length: usize,
    is_kept: AtomicBool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        if !self.is_kept.load(Ordering::Relaxed) {
            self.core.waiting().pool.release(&self.source, self.length);
        }
    }
}

/// A source's charter that is being checked.
struct Checking {
    core: Arc<Core>,
    source: Source,
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.core.waiting().checking.remove(&self.source);
    }
}

/// Messages to the other nodes, which the engine sends.
#[derive(Debug)]
pub struct Outbox(pub(crate) mpsc::Receiver<Relayed>);

impl fmt::Debug for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes) = match self {
            Self::Entry(bytes) => ("entry", bytes),
            Self::Charter(bytes) => ("charter", bytes),
        };
        write!(f, "{kind} of {} bytes", bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use commonware_runtime::{Runner as _, deterministic};
    use futures::FutureExt as _;
    use medseal::identity::Name;

    use super::*;
    use crate::chain::Standing;
    use crate::support::WORLD;

    /// A core without an engine: the test makes blocks final.
    fn with_core<F: Future<Output = ()>>(test: impl FnOnce(Arc<Core>, Outbox) -> F) {
        with_verdicts(Verdicts::new(0, 1 << 24), test);
    }

    fn with_verdicts<F: Future<Output = ()>>(
        verdicts: Arc<Verdicts>,
        test: impl FnOnce(Arc<Core>, Outbox) -> F,
    ) {
        deterministic::Runner::default().start(|context| {
            let config = CoreConfig {
                chain: Chain::new(&WORLD.first, &WORLD.super_node.public_key(), 100).unwrap(),
                verdicts,
                limits: PoolLimits { hospital_bytes: 60_000, ..PoolLimits::default() },
                heartbeat: Duration::from_secs(60),
                engine_key: WORLD.nodes[0].1.public(),
            };
            let (core, outbox) = Core::new(context, config);
            test(core, outbox)
        });
    }

    fn hospital(name: &str) -> Source {
        Source::Hospital(Name::new(name).unwrap())
    }

    /// Makes a block of waiting entries, checks it, and makes it final.
    async fn make_final(core: &Arc<Core>, parent: &mut Block) -> usize {
        let at = Arc::new(core.chain().present());
        let items = core.pick(&at).await;
        let block = core.block(parent, &at, items);
        core.check(&block, core.chain().present()).await.unwrap();
        core.commit(&block).await.unwrap();
        *parent = block;
        parent.items().len()
    }

    #[test]
    fn answers_when_an_entry_is_final() {
        with_core(|core, mut outbox| async move {
            let mut parent = core.chain().first().clone();
            let (a, b) = (
                core.submit(hospital("a"), WORLD.entry(0)),
                core.submit(hospital("b"), WORLD.signed_again(0)),
            );
            let (a, b, ()) = futures::join!(a, b, async {
                assert_eq!(make_final(&core, &mut parent).await, 1);
            });
            let placed = Appended { height: 1, was_there: false };
            assert_eq!((a.unwrap(), b.unwrap()), (placed, placed));
            // An entry on the ledger keeps its height, also if a different member signed the new copy.
            let again = core.submit(hospital("c"), WORLD.signed_again(0)).await;
            assert_eq!(again, Ok(Appended { height: 1, was_there: true }));
            assert_eq!(make_final(&core, &mut parent).await, 0);
            assert_eq!(core.status().pool_bytes, 0);
            // It was forwarded once.
            assert!(matches!(outbox.0.try_recv(), Ok(Relayed::Entry(_))));
            assert!(outbox.0.try_recv().is_err());
        });
    }

    #[test]
    fn refuses_invalid_entries_and_charters() {
        with_core(|core, _outbox| async move {
            let refused = |entry| core.submit(hospital("a"), entry);
            for entry in [
                vec![],
                b"nonsense".to_vec(),
                WORLD.forged(0),
                WORLD.first.to_bytes(),
                vec![0; ITEM_BYTES + 1],
            ] {
                assert!(matches!(refused(entry).await, Err(Refused::Invalid(_))));
            }
            assert_eq!(core.status().pool_bytes, 0);
            let charter = core.submit_charter(hospital("a"), WORLD.entry(0)).await;
            assert!(matches!(charter, Err(Refused::Invalid(Error::WrongKind))));
        });
    }

    #[test]
    fn keeps_a_hospital_to_its_quota() {
        with_core(|core, _outbox| async move {
            let length = WORLD.entry(0).len();
            let fit = 60_000 / length;
            for n in 0..fit {
                core.admit(hospital("flood"), WORLD.entry(n), None).await.unwrap();
            }
            let refused = core.admit(hospital("flood"), WORLD.entry(fit), None).await;
            assert!(matches!(refused, Err(Refused::QuotaExceeded { most: 60_000, .. })));
            core.admit(hospital("other"), WORLD.entry(fit), None).await.unwrap();
            let mut parent = core.chain().first().clone();
            assert_eq!(make_final(&core, &mut parent).await, fit + 1);
            core.admit(hospital("flood"), WORLD.entry(fit + 1), None).await.unwrap();
        });
    }

    #[test]
    fn checks_a_block_at_its_ancestor() {
        with_core(|core, _outbox| async move {
            let genesis = core.chain().first().clone();
            let check = |parent: &Block, items: Vec<Vec<u8>>| {
                let at = core.chain().present();
                let block = core.block(parent, &at, items);
                let core = Arc::clone(&core);
                async move { core.check(&block, at).await }
            };
            let invalid = |error| Err(Refused::Invalid(error));
            let twice = vec![WORLD.entry(0), WORLD.signed_again(0)];
            assert_eq!(check(&genesis, twice).await, invalid(Error::DuplicateEntry));
            assert!(check(&genesis, vec![WORLD.entry(0), WORLD.forged(1)]).await.is_err());
            assert!(check(&genesis, vec![b"nonsense".to_vec()]).await.is_err());
            assert!(check(&genesis, vec![WORLD.first.to_bytes()]).await.is_err());
            assert_eq!(check(&genesis, vec![WORLD.entry(0)]).await, Ok(()));

            // The same entry in the next block, before this one is final, and after.
            let at = core.chain().present();
            let one = Arc::new(core.block(&genesis, &at, vec![WORLD.entry(0)]));
            let items = core.verdicts().decode(one.items().to_vec()).await.unwrap();
            let pending =
                |one: &Arc<Block>| match core.chain().at_ancestor(&[(Arc::clone(one), items.clone())]) {
                    Standing::Follows(at) => *at,
                    Standing::Passed => panic!("it follows"),
                };
            let at = pending(&one);
            let two = core.block(&one, &at, vec![WORLD.signed_again(0)]);
            assert_eq!(core.check(&two, at).await, invalid(Error::DuplicateEntry));
            let at = pending(&one);
            let good = core.block(&one, &at, vec![WORLD.entry(1)]);
            assert_eq!(core.check(&good, at).await, Ok(()));
            core.commit(&one).await.unwrap();
            assert_eq!(core.check(&two, core.chain().present()).await, invalid(Error::DuplicateEntry));
            assert_eq!(core.check(&good, core.chain().present()).await, Ok(()));

            // Another epoch, other validators, another head.
            let at = core.chain().present();
            let head = at.frontier.head();
            for (epoch, validators) in [(1, 1), (0, 2)] {
                let block = Block::following(&one, epoch, validators, vec![], head);
                assert_eq!(core.check(&block, core.chain().present()).await, invalid(Error::InvalidField));
            }
            let block = Block::following(&one, 0, 1, vec![WORLD.entry(1)], head);
            assert_eq!(core.check(&block, at).await, invalid(Error::InvalidProof));
        });
    }

    #[test]
    fn a_new_charter_refuses_waiting_entries() {
        with_core(|core, _outbox| async move {
            let mut parent = core.chain().first().clone();
            let head = parent.header().head;
            let charter = WORLD.next_charter(&core.chain().charters(), head, &[0, 1, 2, 3]);
            let mut other = WORLD.first.terms().clone();
            other.validators = Vec::new();
            let nobody = WORLD.super_node.sign_charter(core.chain().charters().draft(other, head)).unwrap();
            let refused = core.submit_charter(hospital("a"), nobody.to_bytes()).await;
            assert_eq!(refused, Err(Refused::Validators(crate::keys::BadValidators::None)));

            let waits = core.submit(hospital("a"), WORLD.entry(0));
            let changes = core.submit_charter(hospital("a"), charter.to_bytes());
            let (waits, changes, ()) = futures::join!(waits, changes, async {
                assert_eq!(make_final(&core, &mut parent).await, 1);
            });
            assert_eq!(changes, Ok(1));
            assert_eq!(waits, Err(Refused::Invalid(Error::EraPassed)));
            // Submitted again, it keeps its height, and new entries belong to its era.
            assert_eq!(core.submit_charter(hospital("b"), charter.to_bytes()).await, Ok(1));
            let entry = WORLD.make(9, 2, &charter).to_bytes();
            let (entry, ()) = futures::join!(core.submit(hospital("a"), entry), async {
                assert_eq!(make_final(&core, &mut parent).await, 1);
            });
            assert_eq!(entry, Ok(Appended { height: 2, was_there: false }));
        });
    }

    #[test]
    fn releases_the_quota_of_absent_callers() {
        with_core(|core, _outbox| async move {
            let submitted = core.submit(hospital("a"), WORLD.entry(0));
            drop(submitted);
            assert_eq!(core.status().pool_bytes, 0);
            core.admit(hospital("a"), WORLD.entry(0), None).await.unwrap();
            assert_eq!(core.status().pool_entries, 1);
        });
    }

    #[test]
    fn skips_work_for_absent_callers() {
        with_verdicts(Verdicts::by_hand(), |core, _outbox| async move {
            let verdicts = core.verdicts();
            for n in 0..3 {
                assert!(core.submit(hospital("a"), WORLD.entry(n)).now_or_never().is_none());
            }
            // It waits behind blocks, and counts for its source while it waits for a thread.
            assert_eq!(verdicts.waiting(), (0, 0, 3));
            assert!(core.status().pool_bytes > 0);
            verdicts.work();
            assert_eq!((verdicts.waiting(), verdicts.judged()), ((0, 0, 0), 0));
            assert_eq!(core.status().pool_bytes, 0);

            let mut waits = Box::pin(core.admit(hospital("a"), WORLD.entry(0), None));
            assert!((&mut waits).now_or_never().is_none());
            verdicts.work();
            waits.await.unwrap();
            assert_eq!((core.status().pool_entries, verdicts.judged()), (1, 1));
        });
    }

    #[test]
    fn a_flood_of_charters_is_bounded() {
        with_verdicts(Verdicts::by_hand(), |core, _outbox| async move {
            let (verdicts, charters) = (core.verdicts(), core.chain().charters());
            let next = WORLD.next_charter(&charters, core.chain().newest().head, &[0, 1, 2, 3]).to_bytes();
            let peer = |name: &str| Source::Peer(name.into());
            let mut forged = next.clone();
            forged[300] ^= 1;
            // A charter that cannot be the next one costs nothing.
            let first = core.admit_charter(peer("flood"), WORLD.first.to_bytes(), None).now_or_never();
            assert_eq!(first, Some(Ok(())));
            let mut flood = Box::pin(core.admit_charter(peer("flood"), forged.clone(), None));
            assert!((&mut flood).now_or_never().is_none());
            for _ in 0..100 {
                let more = core.admit_charter(peer("flood"), forged.clone(), None).now_or_never();
                assert!(matches!(more, Some(Err(Refused::PoolFull { .. }))));
            }
            let mut honest = Box::pin(core.admit_charter(peer("honest"), next, None));
            assert!((&mut honest).now_or_never().is_none());
            let mut entry = Box::pin(core.admit(hospital("a"), WORLD.entry(0), None));
            assert!((&mut entry).now_or_never().is_none());
            assert_eq!(verdicts.waiting(), (0, 2, 1));
            // The entry's turn comes after at most one charter.
            (0..2).for_each(|_| verdicts.work());
            entry.await.unwrap();
            verdicts.work();
            assert!(flood.await.is_err());
            honest.await.unwrap();
            assert_eq!(core.waiting().charters.len(), 1);
            assert!(core.waiting().checking.is_empty());
        });
    }
}
