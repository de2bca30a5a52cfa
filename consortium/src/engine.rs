//! Assembles one node's engine: consensus, storage and repair of blocks, broadcast, and the relay.
//!
//! | part | does |
//! |---|---|
//! | `simplex` | orders blocks: votes, time-outs, certificates; one engine for each consensus epoch |
//! | `marshal` | keeps blocks and certificates on disk, fetches what is missing, delivers in order |
//! | `broadcast` | sends a proposed block to all |
//! | `relay` | forwards waiting entries |
//!
//! # What happens when validators change?
//! A consensus *epoch* is a fixed number of blocks. The charter in force at its beginning
//! determines who decides in it. When the epoch's last block is final, each node stops the epoch's
//! engine, and starts the next one with the validators of the charter then in force. A node that is
//! not a validator runs the engine without a vote, and follows. A node that was away learns from
//! messages of a later epoch that it is behind, and fetches the block that closed its epoch.
//!
//! # What survives a crash?
//! A block is applied to this node's ledger, and its submitters get an answer, once the block and
//! its certificate are on disk. After a crash the ledger is rebuilt from the archive, block by
//! block, and each is checked to follow the one before. Votes are written to a journal before they
//! are sent, so a restarted node does not contradict its votes. [`Storage`](storage::Storage)
//! ensures that the journal exists, and that a node whose blocks are lost does not vote in an epoch
//! whose journal was removed.

use std::collections::HashMap;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU64, NonZeroUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use commonware_actor::Feedback;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::{Actor, Mailbox};
use commonware_consensus::marshal::resolver::p2p as repair;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::marshal::{self, Update};
use commonware_consensus::simplex;
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipPolicy};
use commonware_consensus::simplex::elector::{self, Elector, Scheduled, Terms};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Activity, Context};
use commonware_consensus::types::{Epoch, FixedEpocher, Height, Participant, Round, ViewDelta};
use commonware_consensus::{
    Application, Epochable as _, Heightable as _, Reporter, Reporters, Viewable as _,
};
use commonware_cryptography::certificate::{Provider, Scoped};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::{Digested, Signer as _, sha256};
use commonware_p2p::utils::mux::{Builder as _, MuxHandle, Muxer};
use commonware_p2p::{Blocker, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage};
use commonware_storage::archive::{Archive as _, Identifier, prunable};
use commonware_storage::translator::EightCap;
use commonware_utils::acknowledgement::Exact;
use commonware_utils::ordered::Set;
use commonware_utils::vec::NonEmptyVec;
use commonware_utils::{Acknowledgement as _, NZDuration, NZU16, NZU64, NZUsize};
use futures::StreamExt as _;
use futures::channel::mpsc;
use medseal::Error;
use medseal::limits::VALIDATORS;

use crate::block::{Block, Digest};
use crate::certificate::{CertifiedHead, Finalization};
use crate::core::{Core, Outbox};
use crate::keys::{EngineKey, namespace, participants};
use crate::relay;
use crate::storage;

const PAGE: NonZeroU16 = NZU16!(4096);
const PAGES: NonZeroUsize = NZUsize!(2048);
const BUFFER: NonZeroUsize = NZUsize!(1 << 20);
const MAILBOX: NonZeroUsize = NZUsize!(1024);
const SECTION: NonZeroU64 = NZU64!(1024);

/// How long validators wait for a leader's block, and for a block's votes; when they repeat that
/// they skipped a leader; and after how long a silent leader is skipped at once.
const LEADER: Duration = Duration::from_millis(1500);
const CERTIFICATION: Duration = Duration::from_millis(2500);
const RETRY: Duration = Duration::from_millis(1000);
const SKIP: Duration = Duration::from_millis(4000);

/// The number of turns of an epoch's first leader. See [`Leaders`].
const FIRST: u64 = 2;

/// The number of network channels to register, and to pass to [`start`] in order.
pub const CHANNELS: usize = 6;

/// Why an engine stopped, or could not start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The archive on disk lacks blocks that this node had, or contains others.
    Archive {
        /// The first block that is missing or does not follow.
        height: u64,
        /// The error.
        error: Error,
    },
    /// The archive belongs to another ledger.
    OtherLedger,
    /// The disk failed.
    Storage(String),
    /// A final block does not follow the final blocks before it: more than a third of the
    /// validators lie, or this machine is broken.
    Block(Error),
    /// A part of the engine stopped.
    Engine(&'static str),
    /// It was told to.
    Told,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive { height, error } => write!(
                f,
                "the archive is damaged at block {height} ({error}): delete the folders blocks-*, finalizations-* and \
                 marshal-* in the storage directory, keep the others, which hold this node's votes, and start again; \
                 the node fetches all blocks from the others"
            ),
            Self::Storage(error) => write!(
                f,
                "the storage directory cannot be used ({error}): make room if the disk is full; if it is damaged, delete \
                 the folders blocks-*, finalizations-* and marshal-* there, keep the others, which hold this node's votes, and start again"
            ),
            Self::OtherLedger => write!(
                f,
                "the storage directory holds another ledger: the first charter or the directory in the configuration is \
                 the wrong one"
            ),
            Self::Block(error) => write!(f, "a final block does not follow the one before ({error})"),
            Self::Engine(part) => write!(f, "the {part} stopped; the log says why"),
            Self::Told => write!(f, "the node was told to stop"),
        }
    }
}

impl std::error::Error for Stopped {}

/// The validators of each epoch, for the engine.
#[derive(Clone)]
struct Schemes {
    core: Arc<Core>,
    key: EngineKey,
    /// The schemes, by the charter's number.
    made: Arc<Mutex<HashMap<u32, Scoped<Scheme>>>>,
}

impl Provider for Schemes {
    type Scope = Epoch;
    type Scheme = Scheme;

    fn scoped(&self, epoch: Epoch) -> Option<Scoped<Scheme>> {
        let charter = self.core.chain().validators_of(epoch.get())?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scheme) = made.get(&charter.number()) {
            return Some(scheme.clone());
        }
        let (namespace, validators) = (namespace(&charter.ledger()), participants(&charter).ok()?);
        let signer = Scheme::signer(&namespace, validators.clone(), self.key.private().clone());
        let scoped = signer.map_or_else(
            || Scoped::verifier(Arc::new(Scheme::verifier(&namespace, validators))),
            |scheme| Scoped::scheme(Arc::new(scheme)),
        );
        made.insert(charter.number(), scoped.clone());
        Some(scoped)
    }
}

impl Schemes {
    /// The scheme of an epoch, which signs if this node is a validator and may vote.
    fn of(&self, epoch: u64, may_vote: bool) -> Option<Scheme> {
        let charter = self.core.chain().validators_of(epoch)?;
        let (namespace, validators) = (namespace(&charter.ledger()), participants(&charter).ok()?);
        let key = self.key.private().clone();
        let signer = if may_vote { Scheme::signer(&namespace, validators.clone(), key) } else { None };
        Some(signer.unwrap_or_else(|| Scheme::verifier(&namespace, validators)))
    }
}

/// Passes final blocks to the task that applies them.
#[derive(Clone)]
struct Delivery(mpsc::UnboundedSender<(Digested<Block>, Exact)>);

impl Reporter for Delivery {
    type Activity = Update<Block>;

    fn report(&mut self, update: Update<Block>) -> Feedback {
        match update {
            Update::Block(block, acknowledgement) => match self.0.unbounded_send((block, acknowledgement)) {
                Ok(()) => Feedback::Ok,
                Err(_) => Feedback::Closed,
            },
            Update::Tip(..) => Feedback::Ok,
        }
    }
}

/// The leader schedule: the validators in turn, where an epoch's first one has [`FIRST`] turns. All
/// nodes of a ledger must use the same schedule.
///
/// At the beginning of an epoch the engine has not heard any validator. Once it has heard a
/// quorum, it assumes that a leader it has not heard is down, and skips it at once. With one turn
/// each, this would happen to the second leader at the nodes where its first vote arrives last.
/// These would skip it and the others would not. Neither its block nor the skip would get a
/// quorum before the time-outs, and its block would take 2.5 seconds. The first leader, however,
/// has been heard by all nodes that have its block, and the votes on its first block arrive
/// during its second turn.
#[derive(Clone, Debug)]
struct Leaders;

#[derive(Clone, Debug)]
struct Turns {
    validators: u64,
}

impl elector::Config<Scheme> for Leaders {
    type Elector = Turns;

    fn build(self, participants: &Set<PublicKey>) -> Turns {
        Turns { validators: participants.len() as u64 }
    }
}

impl Elector<Scheme> for Turns {
    type Mode = Scheduled;

    fn terms(&self) -> Terms {
        Terms::rotating()
    }

    fn elect(&self, round: Round, (): ()) -> Participant {
        let turn = round.epoch().get().wrapping_add(round.view().get().max(FIRST));
        // There is at least one validator, and their number fits.
        Participant::new(turn.checked_rem(self.validators).unwrap_or(0) as u32)
    }
}

/// Logs an error when a validator contradicts itself.
#[derive(Clone)]
struct Evidence;

impl Reporter for Evidence {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        let kind = match &activity {
            Activity::ConflictingNotarize(_) => "two proposals",
            Activity::ConflictingFinalize(_) => "two blocks as final",
            Activity::NullifyFinalize(_) => "a turn as skipped and its block as final",
            _ => return Feedback::Ok,
        };
        let (epoch, view) = (activity.epoch().get(), activity.view().get());
        tracing::error!(epoch, view, evidence = ?activity, "EQUIVOCATION: a validator signed {kind} in one turn");
        Feedback::Ok
    }
}

/// The parts of an epoch's engine.
struct Epochs<E, A, B, S: Sender> {
    context: E,
    prefix: String,
    storage: Option<storage::Storage>,
    app: A,
    schemes: Schemes,
    blocker: B,
    page_cache: CacheRef,
    votes: MuxHandle<S>,
    certificates: MuxHandle<S>,
    resolver: MuxHandle<S>,
}

/// A node's key and storage.
#[derive(Debug)]
pub struct Local {
    /// Its engine key.
    pub key: EngineKey,
    /// A prefix of its file names, if several nodes share a disk.
    pub prefix: String,
    /// The directory with its votes. `None` on a simulated disk, which is never lost.
    pub storage: Option<storage::Storage>,
}

/// Rebuilds the ledger from the archive, and starts a node's engine.
///
/// `app` proposes and checks blocks: [`App`](crate::App). `peers` lists the other nodes,
/// `blocker` cuts off those that send what no honest node sends, and `channels` are [`CHANNELS`]
/// channels of a network that admits messages of [`max_message`] bytes. The handle ends with the
/// engine, which ends only on failure.
///
/// # Errors
/// [`Stopped::Archive`], [`Stopped::Storage`].
pub async fn start<E, A, P, B, S, R>(
    context: E,
    core: Arc<Core>,
    outbox: Outbox,
    local: Local,
    app: A,
    (peers, blocker): (P, B),
    channels: [(S, R); CHANNELS],
) -> Result<Handle<Stopped>, Stopped>
where
    E: Clock + Metrics + rand::CryptoRng + Spawner + Storage,
    A: Application<
            E,
            Block = Block,
            SigningScheme = Scheme,
            Context = Context<Digest, PublicKey>,
            Input = (),
        >,
    P: commonware_p2p::Provider<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
{
    let [votes, certificates, resolver, blocks, repairs, relayed] = channels;
    let Local { key, prefix, storage } = local;
    let public = key.private().public_key();
    let page_cache = CacheRef::new(PAGE, PAGES);
    let epocher = FixedEpocher::new(core.chain().epoch_blocks());

    let finalizations: prunable::Archive<EightCap, E, Digest, Finalization> =
        archive(context.child("finalizations"), &format!("{prefix}finalizations"), &page_cache, VALIDATORS)
            .await?;
    let finalized: prunable::Archive<EightCap, E, Digest, Arc<Block>> =
        archive(context.child("finalized"), &format!("{prefix}blocks"), &page_cache, ()).await?;
    rebuild(&core, &finalized, &finalizations).await?;
    let rebuilt = core.chain().newest().height;

    let schemes = Schemes { core: Arc::clone(&core), key, made: Arc::default() };
    let repairs = repair::init(
        context.child("repair"),
        repair::Config {
            public_key: public.clone(),
            peer_provider: peers.clone(),
            blocker: blocker.clone(),
            mailbox_size: MAILBOX,
            fetch_timeout: NZDuration!(Duration::from_secs(2)),
            fetch_retry_delay: Duration::from_millis(100),
            priority_requests: false,
            priority_responses: false,
        },
        repairs,
    );
    let (broadcast, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        buffered::Config {
            public_key: public,
            mailbox_size: MAILBOX,
            deque_size: 16,
            priority: true,
            codec_config: (),
            peer_provider: peers,
            strategy: Sequential,
        },
    );
    broadcast.start(blocks);

    let first = core.chain().first().clone();
    let digest = first.header().digested();
    let (marshal, mailbox, _) = Actor::init(
        context.child("marshal"),
        finalizations,
        finalized,
        marshal::Config {
            provider: schemes.clone(),
            epocher: epocher.clone(),
            start: marshal::Start::Genesis(Digested::precomputed(first, digest)),
            partition_prefix: format!("{prefix}marshal"),
            mailbox_size: MAILBOX,
            view_retention: ViewDelta::new(128),
            prunable_items_per_section: NZU64!(256),
            page_cache: page_cache.clone(),
            replay_buffer: BUFFER,
            key_write_buffer: BUFFER,
            value_write_buffer: BUFFER,
            block_codec_config: (),
            max_repair: NZUsize!(32),
            max_pending_acks: NZUsize!(16),
            strategy: Sequential,
        },
    )
    .await;
    let (delivery, delivered) = mpsc::unbounded();
    let marshal = marshal.start(Delivery(delivery), buffer, repairs);
    if let Some(processed) = mailbox.get_processed().await {
        let height = processed.height().get();
        if height > rebuilt {
            return Err(Stopped::Archive { height: rebuilt + 1, error: Error::UnknownEntry });
        }
    }

    let (mux, votes, votes_of_others) =
        Muxer::builder(context.child("votes"), votes.0, votes.1).with_backup().build();
    mux.start();
    let (mux, certificates, certificates_of_others) =
        Muxer::builder(context.child("certificates"), certificates.0, certificates.1).with_backup().build();
    mux.start();
    let (mux, resolver) = Muxer::new(context.child("resolver"), resolver.0, resolver.1);
    mux.start();

    let (relay_core, relay_blocker) = (Arc::clone(&core), blocker.clone());
    context
        .child("relay")
        .spawn(move |context| relay::run(context, relay_core, outbox, relay_blocker, relayed));

    let app = Inline::new(context.child("app"), app, mailbox.clone(), epocher);
    let mut epochs = Epochs {
        context: context.child("epoch"),
        prefix,
        storage,
        app,
        schemes,
        blocker,
        page_cache,
        votes,
        certificates,
        resolver,
    };
    let engine = epochs.enter(&core).await?;
    let task =
        Take { core, mailbox, delivered, votes_of_others, certificates_of_others, epochs, engine, marshal };
    Ok(context.child("take").spawn(move |_| task.run()))
}

/// The greatest length in bytes of a message between nodes.
#[must_use]
pub fn max_message() -> u32 {
    let nodes = VALIDATORS as u32;
    let blocks = marshal::max_payload_size::<Standard<Block>, Scheme>(nodes, &());
    let votes = simplex::max_payload_size::<Scheme, Digest>(nodes);
    commonware_p2p::max_message_size(&[blocks, commonware_p2p::utils::mux::prefixed(votes)])
}

/// An archive of final blocks or certificates: never pruned.
async fn archive<E, V>(
    context: E,
    name: &str,
    page_cache: &CacheRef,
    codec_config: V::Cfg,
) -> Result<prunable::Archive<EightCap, E, Digest, V>, Stopped>
where
    E: Storage + Metrics + Spawner + Clock,
    V: commonware_codec::CodecShared,
    V::Cfg: Clone,
{
    let config = prunable::Config {
        translator: EightCap,
        metadata_partition: format!("{name}-metadata"),
        key_partition: format!("{name}-keys"),
        key_page_cache: page_cache.clone(),
        value_partition: format!("{name}-values"),
        compression: None,
        codec_config,
        items_per_section: SECTION,
        key_write_buffer: BUFFER,
        value_write_buffer: BUFFER,
        replay_buffer: BUFFER,
    };
    let archive = prunable::Archive::init(context, config).await;
    archive.map_err(|error| Stopped::Storage(error.to_string()))
}

/// Rebuilds the ledger from the archive.
async fn rebuild<E>(
    core: &Core,
    blocks: &prunable::Archive<EightCap, E, Digest, Arc<Block>>,
    finalizations: &prunable::Archive<EightCap, E, Digest, Finalization>,
) -> Result<(), Stopped>
where
    E: Storage + Metrics + Spawner + Clock,
{
    let storage = |error: commonware_storage::archive::Error| Stopped::Storage(error.to_string());
    let first = blocks.get(Identifier::Index(0)).await.map_err(storage)?;
    if first.is_some_and(|first| *first != *core.chain().first()) {
        return Err(Stopped::OtherLedger);
    }
    let mut height = core.chain().newest().height + 1;
    while let Some(block) = blocks.get(Identifier::Index(height)).await.map_err(storage)? {
        core.commit(&block).await.map_err(|error| Stopped::Archive { height, error })?;
        if let Some(finalization) = finalizations.get(Identifier::Index(height)).await.map_err(storage)? {
            core.chain().certify(CertifiedHead::new(block.header().clone(), finalization));
        }
        height += 1;
    }
    tracing::info!(
        blocks = height - 1,
        items = core.chain().newest().head.size,
        "the ledger is read from the archive"
    );
    Ok(())
}

impl<E, A, B, S> Epochs<E, A, B, S>
where
    E: Clock + Metrics + rand::CryptoRng + Spawner + Storage,
    A: commonware_consensus::CertifiableAutomaton<Context = Context<Digest, PublicKey>, Digest = Digest>
        + commonware_consensus::Relay<Digest = Digest, PublicKey = PublicKey, Plan = simplex::Plan<PublicKey>>
        + Reporter<Activity = Activity<Scheme, Digest>>,
    B: Blocker<PublicKey = PublicKey>,
    S: Sender<PublicKey = PublicKey>,
{
    /// The journal of an epoch. A node that may not vote does not replay a journal with votes.
    fn partition(&self, epoch: u64, may_vote: bool) -> String {
        format!("{}simplex-{epoch}{}", self.prefix, if may_vote { "" } else { "-following" })
    }

    /// Starts the engine of the epoch of the next block.
    async fn enter(&mut self, core: &Core) -> Result<Handle<()>, Stopped> {
        let (epoch, boundary) = core.chain().current_epoch();
        let may_vote = match &mut self.storage {
            Some(directory) => directory.enter(epoch).map_err(|error| Stopped::Storage(error.to_string()))?,
            None => true,
        };
        let scheme = self.schemes.of(epoch, may_vote).ok_or(Stopped::Engine("choice of validators"))?;
        let status = core.status();
        tracing::info!(
            epoch,
            validators = status.validators,
            is_validator = status.is_validator,
            "an epoch begins"
        );
        if status.is_validator && !may_vote {
            tracing::info!(
                epoch,
                "this node has voted in a later epoch, and does not vote in this one again"
            );
        }
        if let Some(charter) = core.chain().validators_of(epoch) {
            core.warn_of(&charter);
        }
        // The journal of the epoch before the last is no longer needed.
        if let Some(old) = epoch.checked_sub(2) {
            for may_vote in [true, false] {
                // It may have been removed before.
                let _ = self.context.remove(&self.partition(old, may_vote), None).await;
            }
        }
        let gone = |_| Stopped::Engine("network");
        let votes = self.votes.register(epoch).await.map_err(gone)?;
        let certificates = self.certificates.register(epoch).await.map_err(gone)?;
        let resolver = self.resolver.register(epoch).await.map_err(gone)?;
        let engine = simplex::Engine::new(
            self.context.child("simplex").with_attribute("epoch", epoch),
            simplex::Config {
                scheme,
                elector: Leaders,
                blocker: self.blocker.clone(),
                automaton: self.app.clone(),
                relay: self.app.clone(),
                reporter: Reporters::from((self.app.clone(), Evidence)),
                track_historical_votes: false,
                strategy: Sequential,
                partition: self.partition(epoch, may_vote),
                mailbox_size: MAILBOX,
                epoch: Epoch::new(epoch),
                floor: Floor::Genesis(sha256::Digest(boundary)),
                replay_buffer: BUFFER,
                write_buffer: BUFFER,
                page_cache: self.page_cache.clone(),
                leader_timeout: LEADER,
                certification_timeout: CERTIFICATION,
                timeout_retry: RETRY,
                view_retention: ViewDelta::new(128),
                skip: SkipPolicy::Enabled { timeout: SKIP, budget: Default::default() },
                fetch_timeout: NZDuration!(Duration::from_secs(2)),
                fetch_retry_delay: Duration::from_millis(100),
                forward: ForwardPolicy::SilentVoters,
            },
        );
        Ok(engine.start(votes, certificates, resolver))
    }
}

type Others = commonware_utils::channel::mpsc::Receiver<(u64, commonware_p2p::Message<PublicKey>)>;

/// The task that applies final blocks, and moves from epoch to epoch.
struct Take<E, A, B, S: Sender> {
    core: Arc<Core>,
    mailbox: Mailbox<Scheme, Standard<Block>>,
    delivered: mpsc::UnboundedReceiver<(Digested<Block>, Exact)>,
    votes_of_others: Others,
    certificates_of_others: Others,
    epochs: Epochs<E, A, B, S>,
    engine: Handle<()>,
    marshal: Handle<()>,
}

impl<E, A, B, S> Take<E, A, B, S>
where
    E: Clock + Metrics + rand::CryptoRng + Spawner + Storage,
    A: commonware_consensus::CertifiableAutomaton<Context = Context<Digest, PublicKey>, Digest = Digest>
        + commonware_consensus::Relay<Digest = Digest, PublicKey = PublicKey, Plan = simplex::Plan<PublicKey>>
        + Reporter<Activity = Activity<Scheme, Digest>>,
    B: Blocker<PublicKey = PublicKey>,
    S: Sender<PublicKey = PublicKey>,
{
    async fn run(mut self) -> Stopped {
        loop {
            let others = tokio::select! {
                delivered = self.delivered.next() => {
                    let Some((block, acknowledgement)) = delivered else { return Stopped::Engine("archive") };
                    match self.take(&block).await {
                        Ok(()) => acknowledgement.acknowledge(),
                        Err(stopped) => return stopped,
                    }
                    continue;
                }
                others = self.votes_of_others.recv() => others,
                others = self.certificates_of_others.recv() => others,
                _ = &mut self.engine => return Stopped::Engine("consensus"),
                _ = &mut self.marshal => return Stopped::Engine("archive"),
            };
            // A peer in a later epoch has the block that closes this one.
            let Some((epoch, (peer, _))) = others else { return Stopped::Engine("network") };
            let (current, _) = self.core.chain().current_epoch();
            if epoch > current {
                let last = self.core.chain().last_of(current);
                self.mailbox.hint_finalized(Height::new(last), NonEmptyVec::new(peer));
            }
        }
    }

    /// Applies a final block. A block that was applied before changes nothing.
    async fn take(&mut self, block: &Digested<Block>) -> Result<(), Stopped> {
        let height = block.height();
        if height.get() <= self.core.chain().newest().height {
            return Ok(());
        }
        self.core.commit(block.inner()).await.map_err(Stopped::Block)?;
        if let Some(finalization) = self.mailbox.get_finalization(height).await {
            self.core.chain().certify(CertifiedHead::new(block.inner().header().clone(), finalization));
        }
        if self.core.chain().closes_epoch(height.get()) {
            self.engine.abort();
            self.engine = self.epochs.enter(&self.core).await?;
        }
        Ok(())
    }
}
