//! A node's server: hospitals connect, prove their identities, submit, read and search.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use medseal_consortium::server::{Limits, ReplayFile, Server, ServerConfig};
//! # async fn run(backend: Arc<impl medseal_consortium::Backend>, config: ServerConfig) -> std::io::Result<()> {
//! let server = Server::bind("0.0.0.0:7600", config, backend).await?;
//! let registry = server.registry(); // to be updated when the super node publishes a new one
//! server.run(async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await;
//! # Ok(())
//! # }
//! ```
//! It runs on any tokio runtime with timers and networking enabled.
//!
//! # What keeps one client from harming others?
//! - **Until a hospital has proved its identity**, its connection is a stranger's, known only by
//!   its address. Strangers have places separate from those of hospitals, which limits the number
//!   of unfinished handshakes. If all are taken, the address with the most strangers gives up its
//!   oldest one. An address has a limit on its connections, and on how many it opens in a minute.
//!   The first message and the handshake have time limits, and few handshakes are computed at once.
//! - **After that**, the hospital is known by name. Its connections are limited, and [`Quotas`]
//!   limit its entries, bytes and searches per minute. It has one search at a time, which runs for
//!   some seconds until the client continues it, so the places for searches rotate.
//! - **Slow or silent peers**: there are time limits for receiving a whole message and for sending
//!   a frame, and an idle connection is closed.
//! - **A client that disconnects** during a search cancels it.
//! - **A revoked hospital** is refused at its next request, also in an open session.
//!
//! # What does the node learn?
//! The node to which a hospital submits an entry learns whose entry it is. Neither the ledger nor
//! the log at level `info` contains this. Level `debug` logs the names of hospitals.
//!
//! # The replay cache
//! A request for a session is accepted once. It is saved in a file before it is answered
//! ([`ReplayFile`]), so a node that was killed serves hospitals at once after its restart. If the
//! file is missing, every request that may have been accepted before is refused, for the window of
//! [`ReplayBounds`](medseal::identity::ReplayBounds): 30 seconds by default.

mod places;
mod replay;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use medseal::Error;
use medseal::Threads;
use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, AwaitingConfirmation, Disclosure, Identity, MainNode, Name,
    Registry, Session, VerifiedRegistry,
};
use medseal::ledger::{Found, Ledger as _, LedgerId};
use medseal::rand_core::OsRng;
use medseal::search::Query;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{interval_at, sleep, timeout};
use tracing::{debug, info, warn};

use crate::backend::{Backend, Refused, Source};
use crate::wire::{
    Answer, Channel, Closed, FRAME_BYTES, HANDSHAKE_FRAME_BYTES, MESSAGE_BYTES, PAGE_BYTES, PAGE_ITEMS,
    PROGRESS_EVERY, Refusal, Request, WireError, frame, frame_length, read_hello,
};

use places::{Connected, Member, Place, Places, lock};
pub use replay::ReplayFile;

/// The configuration of a server.
pub struct ServerConfig {
    /// The ledger's id. Clients of another ledger are refused.
    pub ledger: LedgerId,
    /// The node's certified key, with which it opens handshakes.
    pub main_node: MainNode,
    /// The registry of hospitals.
    pub registry: VerifiedRegistry,
    /// The requests accepted before.
    pub replay: ReplayFile,
    /// Limits.
    pub limits: Limits,
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

/// The limits of a server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Concurrent connections of hospitals.
    pub connections: usize,
    /// Concurrent connections whose hospital has not proved its identity yet. The oldest one of the
    /// address with the most makes room for a new one.
    pub strangers: usize,
    /// Concurrent connections from one address (for IPv6, one /64 network). The oldest one whose
    /// hospital has not proved its identity yet makes room for a new one.
    pub connections_per_address: usize,
    /// Connections that one address can open per minute.
    pub connections_per_minute: u32,
    /// Concurrent connections of one hospital.
    pub connections_per_hospital: usize,
    /// Concurrent computations of handshakes.
    pub handshakes: usize,
    /// Concurrent reads of the ledger.
    pub reads: usize,
    /// Concurrent searches, of which each hospital has at most one.
    pub searches: usize,
    /// After about this time a search returns what it has found, and frees its place. The client
    /// continues it. Each such answer counts as one search in the hospital's quota.
    pub search: Duration,
    /// Threads of one search.
    pub search_threads: Threads,
    /// The greatest length of a request in bytes, greater than an entry's. A connection with a
    /// longer request is closed.
    pub request_bytes: usize,
    /// The connection is closed unless the whole first message arrives within this time.
    pub hello: Duration,
    /// The connection is closed unless the handshake ends within this time.
    pub handshake: Duration,
    /// The connection is closed unless a whole request arrives within this
    /// time after its first byte.
    pub request: Duration,
    /// The connection is closed unless the client receives a frame within this time.
    pub write: Duration,
    /// A connection without a request for this time is closed.
    pub idle: Duration,
    /// Requests in progress may continue for this time after the server stops.
    pub stop: Duration,
    /// Quotas for each hospital.
    pub quotas: Quotas,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            strangers: 256,
            connections_per_address: 64,
            connections_per_minute: 600,
            connections_per_hospital: 32,
            handshakes: 4,
            reads: 8,
            searches: 2,
            search: Duration::from_secs(5),
            search_threads: Threads::ONE,
            request_bytes: 2 << 20,
            hello: Duration::from_secs(5),
            handshake: Duration::from_secs(10),
            request: Duration::from_secs(30),
            write: Duration::from_secs(10),
            idle: Duration::from_secs(120),
            stop: Duration::from_secs(10),
            quotas: Quotas::default(),
        }
    }
}

/// Quotas of one hospital per minute. Unused amounts are not saved for later.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Entries and charters submitted.
    pub entries: u32,
    /// Bytes sent and received; a request counts as at least 1024.
    pub bytes: u32,
    /// Searches.
    pub searches: u32,
}

impl Default for Quotas {
    /// 600 entries, 256 MiB, 60 searches.
    fn default() -> Self {
        Self { entries: 600, bytes: 256 << 20, searches: 60 }
    }
}

fn now_ms() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_millis() as u64)
}

/// Counters of a server, for a status page or metrics.
#[derive(Debug, Default)]
pub struct Counters {
    /// Connections that were accepted.
    pub connections: AtomicU64,
    /// Connections for which there was no place.
    pub turned_away: AtomicU64,
    /// Sessions that were established.
    pub sessions: AtomicU64,
    /// Handshakes that failed.
    pub handshakes_refused: AtomicU64,
    /// Requests that were answered.
    pub requests: AtomicU64,
    /// Requests that were refused because a quota was used up.
    pub quota_refused: AtomicU64,
    /// Entries that were submitted here and became final.
    pub entries: AtomicU64,
    /// Searches that were finished.
    pub searches: AtomicU64,
    /// Searches that were cancelled because the client went away.
    pub searches_cancelled: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// The registry of a running server, for updates.
#[derive(Clone, Debug)]
pub struct RegistryHandle(Arc<RwLock<Arc<VerifiedRegistry>>>);

impl RegistryHandle {
    /// The registry in use.
    #[must_use]
    pub fn current(&self) -> Arc<VerifiedRegistry> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Updates to a newer registry, which applies from the next request on.
    ///
    /// # Errors
    /// Those of [`VerifiedRegistry::succeeded_by`].
    pub fn update(&self, next: &Registry) -> Result<(), Error> {
        let next = Arc::new(self.current().succeeded_by(next)?);
        let mut registry = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if next.sequence() >= registry.sequence() {
            *registry = next;
        }
        Ok(())
    }
}

/// A node's server, which is listening.
pub struct Server<B> {
    listener: TcpListener,
    shared: Arc<Shared<B>>,
}

impl<B> fmt::Debug for Server<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl<B: Backend> Server<B> {
    /// Listens at an address. Call [`run`](Self::run) to serve hospitals.
    ///
    /// # Errors
    /// [`io::Error`] if it cannot listen there.
    pub async fn bind(
        address: impl ToSocketAddrs,
        config: ServerConfig,
        backend: Arc<B>,
    ) -> io::Result<Self> {
        let ServerConfig { ledger, main_node, registry, replay, limits } = config;
        let shared = Shared {
            backend,
            ledger,
            main_node,
            registry: RegistryHandle(Arc::new(RwLock::new(Arc::new(registry)))),
            replay,
            handshakes: Arc::new(Semaphore::new(limits.handshakes)),
            reads: Arc::new(Semaphore::new(limits.reads)),
            searches: Arc::new(Semaphore::new(limits.searches)),
            places: Arc::default(),
            members: Mutex::default(),
            counters: Arc::default(),
            limits,
        };
        Ok(Self { listener: TcpListener::bind(address).await?, shared: Arc::new(shared) })
    }

    /// The address at which it listens.
    ///
    /// # Errors
    /// [`io::Error`].
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// A handle for updating the registry.
    #[must_use]
    pub fn registry(&self) -> RegistryHandle {
        self.shared.registry.clone()
    }

    /// The counters.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.shared.counters)
    }

    /// Serves hospitals until `stop` is ready. Then accepts nothing more, and lets requests in
    /// progress finish for a while.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, shared } = self;
        let (stopping, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = connections.join_next() => {
                    if let Err(error) = ended {
                        warn!(%error, "a connection's task failed");
                    }
                }
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => match Place::take(&shared.places, peer, &shared.limits, Instant::now()) {
                        Some((place, told)) => {
                            count(&shared.counters.connections);
                            let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
                            connections.spawn(shared.serve(stream, peer, (place, told), stopped));
                        }
                        None => {
                            count(&shared.counters.turned_away);
                            debug!(%peer, "no place for another connection");
                            // Only if it can be sent at once.
                            let _ = stream.try_write(&frame(&[Closed::Busy as u8]));
                        }
                    },
                    // For example, too many open files: wait until some connections end.
                    Err(error) => {
                        warn!(%error, "cannot accept a connection");
                        sleep(Duration::from_millis(100)).await;
                    }
                },
            }
        }
        drop(listener);
        let _ = stopping.send(true);
        info!(connections = connections.len(), "stopping");
        let ended = async { while connections.join_next().await.is_some() {} };
        if timeout(shared.limits.stop, ended).await.is_err() {
            connections.shutdown().await;
        }
    }
}

/// State shared by all connections of a server.
struct Shared<B> {
    backend: Arc<B>,
    ledger: LedgerId,
    main_node: MainNode,
    registry: RegistryHandle,
    replay: ReplayFile,
    limits: Limits,
    handshakes: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    places: Arc<Mutex<Places>>,
    members: Mutex<HashMap<Name, Arc<Member>>>,
    counters: Arc<Counters>,
}

/// Why a connection ends.
enum Gone {
    /// The peer closed it, or it was idle, or the server stops.
    Over,
    Io(io::Error),
    Wire(WireError),
    TooSlow,
    /// Another connection needed its place.
    MadeRoom,
}

impl From<io::Error> for Gone {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Over,
            _ => Self::Io(error),
        }
    }
}

impl From<WireError> for Gone {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over => f.write_str("closed"),
            Self::Io(error) => error.fmt(f),
            Self::Wire(error) => error.fmt(f),
            Self::TooSlow => f.write_str("too slow"),
            Self::MadeRoom => f.write_str("it made room for another connection"),
        }
    }
}

async fn read_frame(read: &mut OwnedReadHalf, most: usize) -> Result<Vec<u8>, Gone> {
    let mut prefix = [0; 4];
    read.read_exact(&mut prefix).await?;
    let mut bytes = vec![0; frame_length(prefix, most)?];
    read.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn write_frame(write: &mut OwnedWriteHalf, frame: &[u8], within: Duration) -> Result<(), Gone> {
    timeout(within, write.write_all(frame)).await.map_err(|_| Gone::TooSlow)?.map_err(Gone::from)
}

async fn send(
    write: &mut OwnedWriteHalf,
    channel: &mut Channel,
    message: &[u8],
    within: Duration,
) -> Result<(), Gone> {
    let mut rest = message;
    loop {
        let (frame, after) = channel.seal(rest)?;
        write_frame(write, &frame, within).await?;
        if after.is_empty() {
            return Ok(());
        }
        rest = after;
    }
}

/// A hospital whose handshake succeeded.
struct Authenticated {
    session: Session,
    identity: Identity,
    connected: Connected,
}

impl<B: Backend> Shared<B> {
    fn member(&self, name: &Name) -> Arc<Member> {
        let mut members = lock(&self.members);
        if let Some(member) = members.get(name) {
            return Arc::clone(member);
        }
        let member = Arc::new(Member::new(name.clone(), &self.limits.quotas));
        members.insert(name.clone(), Arc::clone(&member));
        member
    }

    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        (place, told): (Place, oneshot::Receiver<()>),
        mut stopped: watch::Receiver<bool>,
    ) {
        let _ = stream.set_nodelay(true);
        let (mut read, mut write) = stream.into_split();
        let handshake = timeout(self.limits.handshake, self.handshake(&mut read, &mut write, peer, &place));
        let authenticated = tokio::select! {
            done = handshake => done.unwrap_or(Err(Gone::TooSlow)),
            Ok(()) = told => Err(Gone::MadeRoom),
            _ = stopped.changed() => return,
        };
        let Authenticated { session, identity, connected } = match authenticated {
            Ok(authenticated) => authenticated,
            Err(reason) => {
                count(&self.counters.handshakes_refused);
                return debug!(%peer, %reason, "no handshake");
            }
        };
        count(&self.counters.sessions);
        let member = &connected.0;
        debug!(%peer, hospital = %member.name, "a session");
        let mut channel = Channel::new(session, &self.ledger, self.limits.request_bytes);
        let end = loop {
            if let Err(end) =
                self.request(&mut read, &mut write, &mut channel, member, &identity, &mut stopped).await
            {
                break end;
            }
        };
        debug!(%peer, hospital = %member.name, %end, "a session ends");
    }

    /// Performs a connection's handshake. Tells a refused client the reason, as far as it may know.
    async fn handshake(
        self: &Arc<Self>,
        read: &mut OwnedReadHalf,
        write: &mut OwnedWriteHalf,
        peer: SocketAddr,
        place: &Place,
    ) -> Result<Authenticated, Gone> {
        let first = timeout(self.limits.hello, read_frame(read, HANDSHAKE_FRAME_BYTES)).await;
        let accepted = self.accept(first.map_err(|_| Gone::TooSlow)??).await.and_then(|accepted| {
            let busy = || (Closed::Busy, "hospitals have all places".to_owned());
            if place.keep(&self.limits) { Ok(accepted) } else { Err(busy()) }
        });
        match accepted {
            Ok((awaiting, reply, identity, connected)) => {
                let reply = [&[0], reply.to_bytes().as_slice()].concat();
                write_frame(write, &frame(&reply), self.limits.write).await?;
                let confirmation = read_frame(read, HANDSHAKE_FRAME_BYTES).await?;
                let confirmation = AuthConfirmation::from_bytes(&confirmation).map_err(WireError::from)?;
                let session = awaiting.confirm(&confirmation).map_err(WireError::from)?;
                Ok(Authenticated { session, identity, connected })
            }
            Err((closed, reason)) => {
                info!(%peer, %reason, "refused a handshake");
                write_frame(write, &frame(&[closed as u8]), self.limits.write).await?;
                Err(Gone::Over)
            }
        }
    }

    /// Judges the first frame, on a thread for computations.
    async fn accept(
        self: &Arc<Self>,
        first: Vec<u8>,
    ) -> Result<(AwaitingConfirmation, AuthReply, Identity, Connected), (Closed, String)> {
        let not_understood = |error: &dyn fmt::Display| (Closed::NotUnderstood, error.to_string());
        let (ledger, request) = read_hello(&first).map_err(|error| not_understood(&error))?;
        if ledger != self.ledger {
            return Err((Closed::OtherLedger, "it asks for another ledger".to_owned()));
        }
        let request = request.to_vec();
        let busy = |what: &str| (Closed::Busy, what.to_owned());
        let permit = Arc::clone(&self.handshakes).acquire_owned().await.map_err(|_| busy("stopping"))?;
        let shared = Arc::clone(self);
        let judged = spawn_blocking(move || {
            let _permit = permit;
            let request = AuthRequest::from_bytes(&request).map_err(|error| not_understood(&error))?;
            let registry = shared.registry.current();
            let refused = |error: Error| {
                let closed = match error {
                    Error::RequestOutsideWindow => Closed::Clock,
                    Error::RequestReplayed => Closed::Replayed,
                    Error::ReplayCacheFull | Error::ReplayQuotaExceeded | Error::Io(_) => Closed::Busy,
                    _ => Closed::Refused,
                };
                (closed, error.to_string())
            };
            let accepted = shared.main_node.accept(&request, &registry, &shared.replay, now_ms());
            let accepted = accepted.map_err(refused)?;
            let identity = *registry.identity(accepted.hospital()).map_err(refused)?;
            let member = shared.member(accepted.hospital());
            let connected = Connected::new(member, shared.limits.connections_per_hospital)
                .ok_or_else(|| busy("the hospital has all its connections"))?;
            let (reply, awaiting) = accepted.reply(&Disclosure::nothing(), &mut OsRng).map_err(refused)?;
            Ok((awaiting, reply, identity, connected))
        });
        judged.await.unwrap_or_else(|_| Err(busy("the handshake's thread failed")))
    }

    /// Reads a request and answers it.
    async fn request(
        self: &Arc<Self>,
        read: &mut OwnedReadHalf,
        write: &mut OwnedWriteHalf,
        channel: &mut Channel,
        member: &Arc<Member>,
        identity: &Identity,
        stopped: &mut watch::Receiver<bool>,
    ) -> Result<(), Gone> {
        let within = self.limits.write;
        // Until it begins.
        let mut first = [0];
        let begun = tokio::select! {
            begun = timeout(self.limits.idle, read.peek(&mut first)) => begun.map_err(|_| Gone::Over)??,
            _ = stopped.wait_for(|stopped| *stopped) => return Err(Gone::Over),
        };
        if begun == 0 {
            return Err(Gone::Over);
        }
        let message = timeout(self.limits.request, async {
            loop {
                let frame = read_frame(read, FRAME_BYTES).await?;
                if let Some(message) = channel.open(&frame)? {
                    return Ok::<_, Gone>(message);
                }
            }
        });
        let message = message.await.map_err(|_| Gone::TooSlow)??;

        if self.registry.current().identity(&member.name) != Ok(identity) {
            let answer = Answer::Refused(Refusal::Revoked).to_bytes();
            send(write, channel, &answer, within).await?;
            return Err(Gone::Over);
        }
        let request = Request::from_bytes(&message);
        let charged = match &request {
            Ok(request) => member.charge(request, message.len()),
            Err(_) => Err(Refusal::NotUnderstood),
        };
        if let Err(refusal) = charged {
            let pause = match &refusal {
                // Limits how fast a client can repeat a request.
                Refusal::Quota(_, after) => {
                    count(&self.counters.quota_refused);
                    (*after).min(Duration::from_secs(1))
                }
                _ => Duration::ZERO,
            };
            send(write, channel, &Answer::Refused(refusal).to_bytes(), within).await?;
            sleep(pause).await;
            return Ok(());
        }
        let done = Arc::new(AtomicU64::new(0));
        let cancelled = Cancel(Arc::default());
        let work = self.answer(request?, member, &done, &cancelled.0);
        tokio::pin!(work);
        let mut ticks = interval_at(tokio::time::Instant::now() + PROGRESS_EVERY, PROGRESS_EVERY);
        let answer = loop {
            tokio::select! {
                answer = &mut work => break answer,
                _ = ticks.tick() => {
                    let progress = Answer::Progress(done.load(Ordering::Relaxed)).to_bytes();
                    send(write, channel, &progress, within).await?;
                }
                // A client waits for its answer: anything received before that ends the connection.
                _ = read.peek(&mut first) => return Err(Gone::Over),
            }
        };
        let answer = answer.to_bytes();
        member.charge_answer(answer.len());
        send(write, channel, &answer, within).await?;
        count(&self.counters.requests);
        Ok(())
    }

    async fn answer(
        self: &Arc<Self>,
        request: Request,
        member: &Arc<Member>,
        done: &Arc<AtomicU64>,
        cancelled: &Arc<AtomicBool>,
    ) -> Answer {
        let source = || Source::Hospital(member.name.clone());
        let answer = match request {
            Request::Submit(entry) => {
                self.backend.submit(source(), entry).await.map_err(refusal).map(|appended| {
                    count(&self.counters.entries);
                    info!(height = appended.height, "an entry submitted here is final");
                    Answer::Appended(appended)
                })
            }
            Request::SubmitCharter(charter) => {
                let height = self.backend.submit_charter(source(), charter).await;
                height.map(Answer::CharterAppended).map_err(refusal)
            }
            Request::Search { from, query } => {
                self.search(from, query, member, Arc::clone(done), Arc::clone(cancelled)).await
            }
            request => self.read(request).await,
        };
        answer.unwrap_or_else(Answer::Refused)
    }

    /// Reads the ledger, on a thread that may block.
    async fn read(self: &Arc<Self>, request: Request) -> Result<Answer, Refusal> {
        let permit = Arc::clone(&self.reads).acquire_owned().await.map_err(|_| Refusal::NotReady)?;
        let shared = Arc::clone(self);
        let read = spawn_blocking(move || {
            let _permit = permit;
            read(&*shared.backend, request)
        });
        read.await.unwrap_or(Err(Refusal::NotReady))
    }

    async fn search(
        self: &Arc<Self>,
        from: u64,
        query: Vec<u8>,
        member: &Arc<Member>,
        done: Arc<AtomicU64>,
        cancelled: Arc<AtomicBool>,
    ) -> Result<Answer, Refusal> {
        // First the hospital's one place, so it does not hold up others while it waits.
        let own = Arc::clone(&member.searching).acquire_owned().await.map_err(|_| Refusal::NotReady)?;
        let place = Arc::clone(&self.searches).acquire_owned().await.map_err(|_| Refusal::NotReady)?;
        let shared = Arc::clone(self);
        let search = spawn_blocking(move || {
            let _permits = (own, place);
            let query = Query::from_bytes(&query).map_err(Refusal::Invalid)?;
            let charters = shared.backend.charters();
            // The query names its authority: the current charter's, or an earlier one's.
            let authorities = (1..=charters.current().number()).rev().filter_map(|n| charters.get(n).ok());
            let authority = authorities
                .map(|charter| &charter.terms().parameters.search)
                .find(|authority| query.check(authority).is_ok())
                .ok_or(Refusal::Invalid(Error::OtherAuthority))?;
            let mut progress = |items| {
                done.store(items, Ordering::Relaxed);
                let go_on = !cancelled.load(Ordering::Relaxed);
                if go_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            };
            let threads = shared.limits.search_threads;
            let within = shared.limits.search;
            let found = shared.backend.search(&query, authority, from, within, threads, &mut progress);
            match found {
                Ok(mut found) => {
                    count(&shared.counters.searches);
                    fit(&mut found, MESSAGE_BYTES / 2 / 40);
                    Ok(Answer::Found(found.to_bytes()))
                }
                Err(error) => {
                    if error == Error::Cancelled {
                        count(&shared.counters.searches_cancelled);
                    }
                    Err(Refusal::Invalid(error))
                }
            }
        });
        search.await.unwrap_or(Err(Refusal::NotReady))
    }
}

/// Cancels a search when the connection's task ends or continues.
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Truncates the result to this many hits and malformed entries. The client continues from there.
fn fit(found: &mut Found, most: usize) {
    let hit = found.hits.get(most).map(|hit| hit.height);
    let malformed = found.malformed.get(most).map(|malformed| malformed.height);
    if let Some(next) = [hit, malformed].into_iter().flatten().min() {
        found.next = next;
        found.hits.retain(|hit| hit.height < next);
        found.malformed.retain(|malformed| malformed.height < next);
    }
}

fn read(backend: &impl Backend, request: Request) -> Result<Answer, Refusal> {
    let ledger = backend.ledger();
    Ok(match request {
        Request::Head => Answer::Head(backend.certified_head().ok_or(Refusal::NotReady)?.to_bytes()),
        Request::Item(height) => Answer::Item(ledger.at(height).map_err(Refusal::Invalid)?.to_bytes()),
        Request::Items(from) => Answer::Items(page(
            ledger.scan(from).map(|(_, item)| item.map(|item| item.to_bytes())),
            |item| item.as_ref().map_or(0, Vec::len),
        )?),
        Request::Entry(id) => Answer::Entry(ledger.get(&id).map_err(Refusal::Invalid)?.to_bytes()),
        Request::Prove { id, size } => {
            Answer::Proof(ledger.prove(&id, size).map_err(Refusal::Invalid)?.to_bytes())
        }
        Request::ProveItem { height, size } => {
            Answer::Proof(backend.prove_item(height, size).map_err(Refusal::Invalid)?.to_bytes())
        }
        Request::Charters(from) => {
            let charters = backend.charters();
            let from = (from.max(1)..=charters.current().number()).filter_map(|n| charters.get(n).ok());
            Answer::Charters(
                page(from.map(|charter| Ok(charter.to_bytes())), |charter| {
                    charter.as_ref().map_or(0, Vec::len)
                })?
                .into_iter()
                .filter_map(Result::ok)
                .collect(),
            )
        }
        Request::Indexes(from) => Answer::Indexes(page(
            ledger.indexes(from).map(|(_, indexed)| {
                indexed.map(|indexed| indexed.map(|indexed| (indexed.id, indexed.index.to_bytes())))
            }),
            |indexed| indexed.as_ref().ok().and_then(Option::as_ref).map_or(0, |(_, index)| 32 + index.len()),
        )?),
        Request::Status => Answer::Status(backend.status()),
        Request::Submit(_) | Request::SubmitCharter(_) | Request::Search { .. } => {
            return Err(Refusal::NotUnderstood);
        }
    })
}

/// Collects items until a page is full. Bytes that do not decode become an item of the page. A
/// failure of the ledger ends the page, and is the answer if the page is empty.
fn page<T>(
    items: impl Iterator<Item = Result<T, Error>>,
    length: impl Fn(&Result<T, Error>) -> usize,
) -> Result<Vec<Result<T, Error>>, Refusal> {
    let (mut page, mut bytes) = (Vec::new(), 0);
    for item in items {
        if let Err(error) = &item
            && !error.is_malformed()
        {
            return if page.is_empty() { Err(Refusal::Invalid(error.clone())) } else { Ok(page) };
        }
        bytes += length(&item);
        page.push(item);
        if page.len() == PAGE_ITEMS || bytes >= PAGE_BYTES {
            break;
        }
    }
    Ok(page)
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Invalid(error) => Refusal::Invalid(error),
        Refused::Validators(_) => Refusal::Validators,
        Refused::PoolFull { retry_after } | Refused::QuotaExceeded { retry_after, .. } => {
            Refusal::PoolFull(retry_after)
        }
        Refused::Stopped => Refusal::NotReady,
    }
}

#[cfg(test)]
mod tests {
    use medseal::ledger::{EntryId, Malformed, Place};

    use super::*;

    #[test]
    fn cuts_what_does_not_fit() {
        let hit = |height| Place { height, id: EntryId::from([0; 32]) };
        let bad = |height| Malformed { height, error: Error::Truncated };
        let all = Found { hits: [1, 3, 5, 7].map(hit).into(), malformed: [2, 4, 6].map(bad).into(), next: 9 };
        let fitted = |most| {
            let mut found = all.clone();
            fit(&mut found, most);
            (found.hits.len(), found.malformed.len(), found.next)
        };
        assert_eq!(fitted(4), (4, 3, 9));
        assert_eq!(fitted(3), (3, 3, 7));
        assert_eq!(fitted(2), (2, 2, 5));
        assert_eq!(fitted(1), (1, 1, 3));
    }
}
