//! Server and client together, over a ledger in memory: what goes right, who attacks and fails, which node lies and is
//! caught.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Finalize, Proposal};
use commonware_consensus::types::{Epoch, Round, View};
use commonware_parallel::Sequential;
use commonware_utils::non_empty;
use medseal::identity::{
    MainNode, MemoryReplayCache, RegistrationRequest, Registry, ReplayBounds, SuperNode, SuperNodePublicKey,
};
use medseal::ledger::{CharterDraft, MemoryLedger, Place, Terms, TrustedHead, validate};
use medseal::policy::{Attributes, Policy};
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, MemberKeys, MemoryStore, ObjectStore, Publication, Published, Search,
};
use tokio::sync::oneshot;

use super::*;
use crate::backend::{Backend, Refused, Source};
use crate::block::Header;
use crate::certificate::Finalization;
use crate::keys::{EngineKey, namespace, participants};
use crate::server::{Counters, Limits, Quotas, RegistryHandle, ReplayFile, Server, ServerConfig};

const NODES: usize = 4;
const YEAR_MS: u64 = 365 * 24 * 3600 * 1000;

/// The parties, with their keys. Each test has a ledger of its own, which begins with the same charter.
struct World {
    super_node: SuperNode,
    trusted: SuperNodePublicKey,
    authority: Authority,
    uploader: MemberKeys,
    doctor: MemberKeys,
    engine: Vec<EngineKey>,
    main_nodes: Vec<Vec<u8>>,
    certificates: Vec<Certificate>,
    expired: Certificate,
    charter: Charter,
    /// Registered in the first registry: north, south, leaver.
    first_registry: Registry,
    /// The leaver is revoked, and a newcomer has come.
    second_registry: Registry,
    hospitals: [Vec<u8>; 4],
}

const NORTH: usize = 0;
const SOUTH: usize = 1;
const LEAVER: usize = 2;
const NEWCOMER: usize = 3;

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut super_node = SuperNode::generate(&mut OsRng).unwrap();
        let trusted = super_node.public_key();
        let authority = Authority::setup(&mut OsRng).unwrap();
        let attributes = |text| Attributes::parse(text).unwrap();
        let uploader = authority.issue(&attributes("role=office"), &mut OsRng).unwrap();
        let doctor = authority.issue(&attributes("role=doctor"), &mut OsRng).unwrap();
        let engine = (0..NODES).map(|_| EngineKey::generate().unwrap()).collect::<Vec<_>>();
        let name = |i: usize| Name::new(&format!("node-{i}")).unwrap();
        let node = |i| MainNode::generate(name(i), Role::MainNode, &trusted, &mut OsRng).unwrap();
        let main_nodes = (0..NODES).map(node).collect::<Vec<_>>();
        let now = now_ms();
        let mut certify = |node: &MainNode, validity| {
            super_node.certify(&node.certificate_request(), validity, &mut OsRng).unwrap()
        };
        let certificates =
            main_nodes.iter().map(|node| certify(node, now - 60_000..=now + YEAR_MS)).collect();
        let expired = certify(&main_nodes[0], 1..=now - 60_000);
        let claim = Policy::parse("role=office").unwrap();
        let mut terms = Terms::new(Name::new("north").unwrap(), claim, authority.public_parameters());
        terms.validators =
            main_nodes.iter().zip(&engine).map(|(node, key)| key.validator(node, None).unwrap()).collect();
        let charter = super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
        let mut register = |name: &str| {
            let request = RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", &mut OsRng).unwrap();
            let key = super_node.register(&request).unwrap();
            Hospital::accept(request, key, &trusted).unwrap().to_bytes().to_vec()
        };
        let (north, south, leaver) = (register("north"), register("south"), register("leaver"));
        let first_registry = super_node.publish(now).unwrap();
        let mut register = |name: &str| {
            let request = RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", &mut OsRng).unwrap();
            let key = super_node.register(&request).unwrap();
            Hospital::accept(request, key, &trusted).unwrap().to_bytes().to_vec()
        };
        let newcomer = register("newcomer");
        super_node.revoke_hospital(&Name::new("leaver").unwrap()).unwrap();
        let second_registry = super_node.publish(now).unwrap();
        World {
            trusted,
            authority,
            uploader,
            doctor,
            engine,
            main_nodes: main_nodes.iter().map(|node| node.to_bytes().to_vec()).collect(),
            certificates,
            expired,
            charter,
            first_registry,
            second_registry,
            hospitals: [north, south, leaver, newcomer],
            super_node,
        }
    })
}

/// What a node does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trick {
    None,
    /// Signs its heads with one validator's key too few, as one node that makes them up.
    ForgesHeads,
    /// Proves entries by the proof of another one.
    ForgesProofs,
    LeavesOut(u64),
    MakesUp(u64),
    /// Does not know any entry.
    Denies,
    /// Gives another entry.
    Exchanges,
    /// Says that it searched further than there is.
    Overshoots,
    /// Keeps an entry, and never answers.
    HangsAfterAppend,
    /// A search takes until it is cancelled.
    SearchesForEver,
    /// Shows the ledger as it was at the beginning.
    Stale,
    PoolFull,
}

/// The ledger as a node shows it.
struct Book {
    ledger: Arc<MemoryLedger>,
    trick: Arc<Mutex<Trick>>,
}

impl Book {
    fn trick(&self) -> Trick {
        *lock(&self.trick)
    }
}

impl Ledger for Book {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        self.ledger.append(entry)
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        self.ledger.at(height)
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        match self.trick() {
            Trick::Denies => Err(Error::UnknownEntry),
            Trick::Exchanges => {
                let other = self.ledger.scan(1).find_map(|(_, item)| {
                    item.unwrap().entry().filter(|entry| entry.id() != *id).cloned()
                });
                Ok(other.unwrap())
            }
            _ => self.ledger.get(id),
        }
    }

    fn head(&self) -> Result<Head, Error> {
        self.ledger.head()
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        match self.trick() {
            Trick::ForgesProofs => {
                let mut entries =
                    self.ledger.scan(1).filter_map(|(_, item)| item.unwrap().entry().map(|e| e.id()));
                self.ledger.prove(&entries.find(|other| other != id).unwrap(), size)
            }
            Trick::Denies => Err(Error::UnknownEntry),
            _ => self.ledger.prove(id, size),
        }
    }

    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        threads: NonZeroUsize,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let mut found = self.ledger.search(query, authority, from, threads, progress)?;
        match self.trick() {
            Trick::LeavesOut(height) => found.hits.retain(|hit| hit.height != height),
            Trick::MakesUp(height) => {
                let id = self.ledger.at(height)?.entry().unwrap().id();
                found.hits.push(Place { height, id });
                found.hits.sort_by_key(|hit| hit.height);
                found.hits.dedup();
            }
            Trick::Overshoots => found.next += 1000,
            Trick::SearchesForEver => loop {
                if progress(1).is_break() {
                    return Err(Error::Cancelled);
                }
                thread::sleep(Duration::from_millis(5));
            },
            _ => {}
        }
        Ok(found)
    }
}

struct Stand {
    book: Book,
    appended: Mutex<mpsc::Sender<()>>,
}

impl Backend for Stand {
    async fn submit(&self, _: Source, entry: Vec<u8>) -> Result<Appended, Refused> {
        if self.book.trick() == Trick::PoolFull {
            return Err(Refused::PoolFull { retry_after: Duration::from_secs(2) });
        }
        let entry = Entry::from_bytes(&entry).map_err(Refused::Invalid)?;
        let id = entry.id();
        // The order of a ledger's checks: what is there is there, whatever holds now.
        if let Ok(head) = self.book.ledger.head()
            && let Ok(proof) = self.book.ledger.prove(&id, head.size)
        {
            return Ok(Appended { height: proof.index(), was_there: true });
        }
        let charters = self.book.ledger.charters().unwrap();
        let valid = validate(entry, &charters).map_err(Refused::Invalid)?;
        let appended = self.book.ledger.append(valid).map_err(Refused::Invalid)?;
        if self.book.trick() == Trick::HangsAfterAppend {
            lock(&self.appended).send(()).unwrap();
            std::future::pending::<()>().await;
        }
        Ok(appended)
    }

    async fn submit_charter(&self, _: Source, charter: Vec<u8>) -> Result<u64, Refused> {
        let charter = Charter::from_bytes(&charter).map_err(Refused::Invalid)?;
        self.book.ledger.append_charter(&charter).map_err(Refused::Invalid)
    }

    fn ledger(&self) -> &(impl Ledger + 'static) {
        &self.book
    }

    fn charters(&self) -> Arc<Charters> {
        Arc::new(self.book.ledger.charters().unwrap())
    }

    fn certified_head(&self) -> Option<CertifiedHead> {
        let signers = if self.book.trick() == Trick::ForgesHeads { NODES - 2 } else { NODES - 1 };
        let head = match self.book.trick() {
            Trick::Stale => *self.book.ledger.block(0).unwrap().tree(),
            _ => self.book.ledger.head().unwrap(),
        };
        Some(certify(&self.book.ledger.charters().unwrap(), head, signers))
    }

    fn status(&self) -> Status {
        Status { items: self.book.ledger.head().unwrap().size, validators: NODES, ..Status::default() }
    }
}

/// A head that so many validators sign.
fn certify(charters: &Charters, head: Head, signers: usize) -> CertifiedHead {
    let charter = charters.get(1).unwrap();
    let (parent, items) = ([0; 32], [0; 32]);
    let header = Header { parent, height: head.size, epoch: 0, validators: 1, items, head };
    let round = Round::new(Epoch::new(0), View::new(head.size + 1));
    let proposal = Proposal::new(round, View::new(head.size), header.digested());
    let (namespace, participants) = (namespace(&charters.ledger()), participants(charter).unwrap());
    let scheme = |key: &EngineKey| {
        Scheme::signer(&namespace, participants.clone(), key.private().clone()).unwrap()
    };
    let keys = &world().engine;
    let signed = keys[..signers].iter().map(|key| Finalize::sign(&scheme(key), proposal.clone()).unwrap());
    let signed = signed.collect::<Vec<_>>();
    match Finalization::from_finalizes(&scheme(&keys[0]), non_empty![@&signed], &Sequential) {
        Ok(finalization) => CertifiedHead::new(header, finalization),
        // The engine does not assemble too few signatures, so this liar takes another header's certificate.
        Err(_) => {
            let other = certify(charters, *world_ledger_head(charters), NODES - 1);
            CertifiedHead::from_bytes(&[header.to_bytes(), other.to_bytes()[Header::BYTES..].to_vec()].concat())
                .unwrap()
        }
    }
}

/// The head of the first charter alone, of which everybody has a certificate.
fn world_ledger_head(charters: &Charters) -> &'static Head {
    static HEAD: OnceLock<Head> = OnceLock::new();
    HEAD.get_or_init(|| {
        let first = Charter::clone(charters.get(1).unwrap());
        MemoryLedger::new(first, charters.super_node()).unwrap().head().unwrap()
    })
}

/// A server on a thread of its own.
struct Running {
    address: SocketAddr,
    trick: Arc<Mutex<Trick>>,
    counters: Arc<Counters>,
    registry: RegistryHandle,
    appended: mpsc::Receiver<()>,
    stop: Option<oneshot::Sender<bool>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn play(&self, trick: Trick) {
        *lock(&self.trick) = trick;
    }

    fn end(&mut self, gracefully: bool) {
        if let (Some(stop), Some(thread)) = (self.stop.take(), self.thread.take()) {
            let _ = stop.send(gracefully);
            thread.join().unwrap();
        }
    }

    /// As a process that is killed.
    fn kill(&mut self) {
        self.end(false);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.end(true);
        }
    }
}

fn ledger() -> Arc<MemoryLedger> {
    Arc::new(MemoryLedger::new(world().charter.clone(), &world().trusted).unwrap())
}

fn limits() -> Limits {
    Limits { stop: Duration::from_millis(300), ..Limits::default() }
}

fn open_cache() -> ReplayFile {
    ReplayFile::in_memory(MemoryReplayCache::new(ReplayBounds::default(), 0).unwrap())
}

fn start(i: usize, ledger: &Arc<MemoryLedger>, limits: Limits) -> Running {
    start_with(i, ledger, limits, open_cache())
}

fn start_with(i: usize, ledger: &Arc<MemoryLedger>, limits: Limits, replay: ReplayFile) -> Running {
    let world = world();
    let trick = Arc::new(Mutex::new(Trick::None));
    let (appended_sender, appended) = mpsc::channel();
    let book = Book { ledger: Arc::clone(ledger), trick: Arc::clone(&trick) };
    let backend = Arc::new(Stand { book, appended: Mutex::new(appended_sender) });
    let config = ServerConfig {
        ledger: world.charter.ledger(),
        main_node: MainNode::from_bytes(&world.main_nodes[i], &world.trusted).unwrap(),
        registry: world.first_registry.verify(&world.trusted, 0).unwrap(),
        replay,
        limits,
    };
    let (sender, receiver) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    let thread = thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::bind("127.0.0.1:0", config, backend).await.unwrap();
            sender.send((server.address().unwrap(), server.counters(), server.registry())).unwrap();
            let (gracefully, graceful) = oneshot::channel::<()>();
            let running = server.run(async { drop(graceful.await) });
            tokio::pin!(running);
            tokio::select! {
                ended = &mut running => ended.unwrap(),
                how = stopped => if how == Ok(true) {
                    gracefully.send(()).unwrap();
                    running.await.unwrap();
                },
            }
        });
        runtime.shutdown_background();
    });
    let (address, counters, registry) = receiver.recv().unwrap();
    Running { address, trick, counters, registry, appended, stop: Some(stop), thread: Some(thread) }
}

fn start_all(ledger: &Arc<MemoryLedger>) -> Vec<Running> {
    (0..NODES).map(|i| start(i, ledger, limits())).collect()
}

fn config(hospital: usize, nodes: &[(usize, SocketAddr)]) -> RemoteConfig {
    let world = world();
    let node = |(i, address): &(usize, SocketAddr)| NodeAddress {
        address: address.to_string(),
        certificate: world.certificates[*i].clone(),
    };
    RemoteConfig {
        nodes: nodes.iter().map(node).collect(),
        hospital: Hospital::from_bytes(&world.hospitals[hospital], &world.trusted).unwrap(),
        registry: world.first_registry.verify(&world.trusted, 0).unwrap(),
        ledger: world.charter.ledger(),
        known: Known::default(),
        timeouts: Timeouts::default(),
        searching: Searching::default(),
    }
}

fn addresses(running: &[Running]) -> Vec<(usize, SocketAddr)> {
    running.iter().enumerate().map(|(i, running)| (i, running.address)).collect()
}

fn connect(hospital: usize, running: &[Running]) -> Remote {
    Remote::connect(config(hospital, &addresses(running))).unwrap()
}

fn consortium<'a>(remote: &'a Remote, store: &'a dyn ObjectStore, charters: &'a Charters) -> Consortium<'a> {
    let head = TrustedHead::new(remote.head().unwrap(), 0, 0, 0).unwrap();
    Consortium { ledger: remote, store, charters, head, members: None, threads: NonZeroUsize::MIN }
}

fn word(text: &str) -> Keyword {
    Keyword::new(text).unwrap()
}

fn publish(ledger: &dyn Ledger, charters: &Charters, store: &MemoryStore, record: &[u8], keyword: &str) -> Published {
    let world = world();
    let head = TrustedHead::new(ledger.head().unwrap(), 0, 0, 0).unwrap();
    let consortium =
        Consortium { ledger, store, charters, head, members: None, threads: NonZeroUsize::MIN };
    let publication = Publication {
        access: &Policy::parse("role=doctor").unwrap(),
        keywords: &[word(keyword)],
        keyword_key: world.authority.keyword_key(),
        hints: None,
        signing_key: &world.uploader.signing,
        time_ms: 1,
    };
    let go_on = &mut |_, _| ControlFlow::Continue(());
    consortium.publish(record, &publication, None, &mut OsRng, go_on).unwrap()
}

/// An entry that no ledger has yet.
fn entry(charters: &Charters) -> Validated {
    let apart = ledger();
    let id = publish(&*apart, &apart.charters().unwrap(), &MemoryStore::new(), b"record", "glucose").place.id;
    validate(apart.get(&id).unwrap(), charters).unwrap()
}

/// So many entries, of which those at even heights have the keyword "glucose".
fn fill(ledger: &MemoryLedger, count: u64) {
    let charters = ledger.charters().unwrap();
    for height in 1..=count {
        let keyword = if height % 2 == 0 { "glucose" } else { "sodium" };
        publish(ledger, &charters, &MemoryStore::new(), &height.to_be_bytes(), keyword);
    }
}

fn find(remote: &Remote, keyword: &str) -> Result<Found, Error> {
    let (doctor, charters, store) = (&world().doctor, remote.charters(), MemoryStore::new());
    let keyword = word(keyword);
    let search = Search {
        keyword: &keyword,
        key: &doctor.search,
        showing: doctor.attributes(),
        hints: &[],
        from: 0,
    };
    consortium(remote, &store, &charters).find(&search, &mut OsRng, &mut |_| ControlFlow::Continue(()))
}

fn heights(found: &Found) -> Vec<u64> {
    found.hits.iter().map(|hit| hit.height).collect()
}

/// The one line of an error that no node could help.
fn failures(error: &Error) -> &RemoteError {
    let remote = RemoteError::of(error).unwrap_or_else(|| panic!("{error:?} names no nodes"));
    assert!(!remote.to_string().contains('\n'), "{remote}");
    remote
}

fn why(error: Error) -> Failure {
    let remote = failures(&error);
    assert_eq!(remote.nodes.len(), 1, "{remote}");
    remote.nodes[0].1.clone()
}

#[test]
fn publishes_finds_and_opens() {
    let ledger = ledger();
    let running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    let (store, charters) = (MemoryStore::new(), remote.charters());
    let published = (0..3_u8).map(|n| publish(&remote, &charters, &store, &[n; 100], "glucose"));
    let places = published.map(|published| published.place).collect::<Vec<_>>();
    assert_eq!(places.iter().map(|place| place.height).collect::<Vec<_>>(), [1, 2, 3]);

    // Another hospital finds them, at whichever node, and reads them.
    let other = Remote::connect(config(SOUTH, &addresses(&running)[2..])).unwrap();
    let found = find(&other, "glucose").unwrap();
    assert_eq!((found.hits.clone(), found.next), (places.clone(), 4));
    assert!(find(&other, "sodium").unwrap().hits.is_empty());
    let charters = other.charters();
    let consortium = consortium(&other, &store, &charters);
    for (n, place) in places.iter().enumerate() {
        let mut record = Vec::new();
        let go_on = &mut |_| ControlFlow::Continue(());
        consortium.open(&place.id, &world().doctor.decryption, &mut record, go_on).unwrap();
        assert_eq!(record, [n as u8; 100]);
    }

    // All the ways to read agree with the ledger.
    let bytes = |ledger: &dyn Ledger| {
        ledger.scan(0).map(|(height, item)| (height, item.unwrap().to_bytes())).collect::<Vec<_>>()
    };
    assert_eq!(bytes(&other), bytes(&*ledger));
    assert_eq!(other.at(2).unwrap().to_bytes(), ledger.at(2).unwrap().to_bytes());
    assert_eq!(other.at(0).unwrap().to_bytes(), ledger.at(0).unwrap().to_bytes());
    assert_eq!(other.at(4).unwrap_err(), Error::UnknownEntry);
    assert_eq!(other.head().unwrap(), ledger.head().unwrap());
    let ids = other.indexes(0).map(|(_, indexed)| indexed.unwrap().map(|indexed| indexed.id)).collect::<Vec<_>>();
    assert_eq!(ids, [None, Some(places[0].id), Some(places[1].id), Some(places[2].id)]);
    assert!(other.caught().is_empty());
}
