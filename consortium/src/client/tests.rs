//! Server and client together, over a ledger in memory: normal use, attacks that fail, and nodes
//! that lie and are caught.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;

use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Finalize, Proposal};
use commonware_consensus::types::{Epoch, Round, View};
use commonware_parallel::Sequential;
use commonware_utils::non_empty;
use medseal::Threads;
use medseal::identity::{
    MainNode, MemoryReplayCache, RegistrationRequest, Registry, ReplayBounds, SuperNode, SuperNodePublicKey,
};
use medseal::ledger::{CharterDraft, MemoryLedger, Place, Terms, TrustedHead, validate};
use medseal::merkle::Tree;
use medseal::policy::{Attributes, Policy};
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, MemberKeys, MemoryStore, ObjectStore, Publication, Published, Search,
};
use tokio::sync::oneshot;

use super::*;
use crate::backend::search_within;
use crate::backend::{Backend, Refused, Source};
use crate::block::Header;
use crate::certificate::Finalization;
use crate::keys::{EngineKey, namespace, participants};
use crate::server::{Counters, Limits, Quotas, RegistryHandle, ReplayFile, Server, ServerConfig};
use crate::wire::Quota;
use crate::wire::{Closed, FRAME_BYTES};

const NODES: usize = 4;
const YEAR_MS: u64 = 365 * 24 * 3600 * 1000;

/// The parties and their keys. Each test has a separate ledger with the same first charter.
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
    /// The leaver is revoked, and a newcomer is registered.
    second_registry: Registry,
    /// The certificate of node 0 is revoked.
    third_registry: Registry,
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
        let certify = |node: &MainNode, validity| {
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
            let request =
                RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", &mut OsRng).unwrap();
            let key = super_node.register(&request).unwrap();
            Hospital::accept(request, key, &trusted).unwrap().to_bytes().to_vec()
        };
        let (north, south, leaver) = (register("north"), register("south"), register("leaver"));
        let first_registry = super_node.publish(now).unwrap();
        let mut register = |name: &str| {
            let request =
                RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", &mut OsRng).unwrap();
            let key = super_node.register(&request).unwrap();
            Hospital::accept(request, key, &trusted).unwrap().to_bytes().to_vec()
        };
        let newcomer = register("newcomer");
        super_node.revoke_hospital(&Name::new("leaver").unwrap()).unwrap();
        let second_registry = super_node.publish(now).unwrap();
        let certificates: Vec<Certificate> = certificates;
        super_node.revoke_certificate(certificates[0].serial()).unwrap();
        let third_registry = super_node.publish(now).unwrap();
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
            third_registry,
            hospitals: [north, south, leaver, newcomer],
            super_node,
        }
    })
}

/// A node's misbehaviour.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trick {
    None,
    /// Signs its heads with one validator's key too few, like a single node that invents them.
    ForgesHeads,
    /// Proves an entry with another entry's proof.
    ForgesProofs,
    LeavesOut(u64),
    MakesUp(u64),
    /// Finds a match, and returns another entry's id.
    ExchangesIds(u64),
    /// Searches up to this height, as if there were nothing newer.
    StopsAt(u64),
    /// Returns a search in pieces so small that it is never silent and never finished.
    Drips,
    /// Claims to know no entry.
    Denies,
    /// Returns another entry.
    Exchanges,
    /// Claims to have searched beyond the end of the ledger.
    Overshoots,
    /// Appends an entry, and never answers.
    HangsAfterAppend,
    /// Appends an entry, and answers only when the server is stopping.
    AppendsSlowly,
    /// A search takes until it is cancelled.
    SearchesForEver,
    /// Has no certificate yet, as on a new ledger.
    Uncertified,
    /// Shows the ledger's state at the beginning.
    Stale,
    /// Shows only the first charter.
    HidesCharters,
    /// None: the first charter's validators still decide, because the epoch continues.
    EpochGoesOn,
    /// Has the keys of the first charter's validators, and signs a longer ledger.
    Dismissed,
    PoolFull,
}

/// The ledger that a node shows.
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
                let other = self
                    .ledger
                    .scan(1)
                    .find_map(|(_, item)| item.unwrap().entry().filter(|entry| entry.id() != *id).cloned());
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
        // The order of a ledger's checks: an entry on the ledger remains valid under a new charter.
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
        if self.book.trick() == Trick::AppendsSlowly {
            lock(&self.appended).send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
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

    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        within: Duration,
        threads: Threads,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let mut found = search_within(&*self.book.ledger, query, authority, from, within, threads, progress)?;
        match self.book.trick() {
            Trick::LeavesOut(height) => found.hits.retain(|hit| hit.height != height),
            Trick::MakesUp(height) => {
                let id = self.book.ledger.at(height)?.entry().unwrap().id();
                found.hits.push(Place { height, id });
                found.hits.sort_by_key(|hit| hit.height);
                found.hits.dedup();
            }
            Trick::ExchangesIds(height) => {
                let other = self.book.ledger.at(height - 1)?.entry().unwrap().id();
                found.hits.iter_mut().filter(|hit| hit.height == height).for_each(|hit| hit.id = other);
            }
            Trick::StopsAt(size) => cut(&mut found, size.max(from)),
            Trick::Drips => {
                thread::sleep(Duration::from_secs(1));
                cut(&mut found, from + 1);
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

    fn charters(&self) -> Arc<Charters> {
        Arc::new(match self.book.trick() {
            Trick::HidesCharters => Charters::new(world().charter.clone(), &world().trusted).unwrap(),
            _ => self.book.ledger.charters().unwrap(),
        })
    }

    fn prove_item(&self, height: u64, size: u64) -> Result<InclusionProof, Error> {
        let mut tree = Tree::new();
        for (_, item) in self.book.ledger.scan(0) {
            tree.append(&item?.to_bytes());
        }
        let height = if self.book.trick() == Trick::ForgesProofs { height ^ 1 } else { height };
        tree.prove_inclusion(height, size)
    }

    fn certified_head(&self) -> Option<CertifiedHead> {
        if self.book.trick() == Trick::Uncertified && self.book.ledger.head().unwrap().size == 1 {
            return None;
        }
        let signers = if self.book.trick() == Trick::ForgesHeads { NODES - 2 } else { NODES - 1 };
        let charters = self.book.ledger.charters().unwrap();
        let (head, validators) = match self.book.trick() {
            Trick::Stale => (*self.book.ledger.block(0).unwrap().tree(), 1),
            Trick::HidesCharters | Trick::EpochGoesOn => (self.book.ledger.head().unwrap(), 1),
            Trick::Dismissed => (Head { size: 1 << 40, root: self.book.ledger.head().unwrap().root }, 1),
            _ => (self.book.ledger.head().unwrap(), charters.current().number()),
        };
        Some(certify(&charters, validators, head, signers))
    }

    fn status(&self) -> Status {
        Status { items: self.book.ledger.head().unwrap().size, validators: NODES, ..Status::default() }
    }
}

/// A head signed by this many validators of a charter.
fn certify(charters: &Charters, validators: u32, head: Head, signers: usize) -> CertifiedHead {
    let charter = charters.get(validators).unwrap();
    let (parent, items, epoch) = ([0; 32], [0; 32], u64::from(validators) - 1);
    let header = Header { parent, height: head.size, epoch, validators, items, head };
    let round = Round::new(Epoch::new(epoch), View::new(head.size + 1));
    let proposal = Proposal::new(round, View::new(head.size), header.digested());
    let (namespace, participants) = (namespace(&charters.ledger()), participants(charter).unwrap());
    let scheme =
        |key: &EngineKey| Scheme::signer(&namespace, participants.clone(), key.private().clone()).unwrap();
    let keys = &world().engine;
    let signed = keys[..signers].iter().map(|key| Finalize::sign(&scheme(key), proposal.clone()).unwrap());
    let signed = signed.collect::<Vec<_>>();
    match Finalization::from_finalizes(&scheme(&keys[0]), non_empty![@&signed], &Sequential) {
        Ok(finalization) => CertifiedHead::new(header, finalization),
        // The engine rejects too few signatures, so this liar uses another header's certificate.
        Err(_) => {
            let other = certify(charters, 1, *world_ledger_head(charters), NODES - 1);
            CertifiedHead::from_bytes(
                &[header.to_bytes(), other.to_bytes()[Header::BYTES..].to_vec()].concat(),
            )
            .unwrap()
        }
    }
}

/// The head of the first charter alone, which needs no certificate.
fn world_ledger_head(charters: &Charters) -> &'static Head {
    static HEAD: OnceLock<Head> = OnceLock::new();
    HEAD.get_or_init(|| {
        let first = Charter::clone(charters.get(1).unwrap());
        MemoryLedger::new(first, charters.super_node()).unwrap().head().unwrap()
    })
}

/// A server on its own thread.
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

    /// Stops like a killed process.
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
                () = &mut running => {}
                how = stopped => if how == Ok(true) {
                    gracefully.send(()).unwrap();
                    running.await;
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
    Consortium { ledger: remote, store, charters, head, members: None, threads: Threads::ONE }
}

fn word(text: &str) -> Keyword {
    Keyword::new(text).unwrap()
}

fn publish(
    ledger: &dyn Ledger,
    charters: &Charters,
    store: &MemoryStore,
    record: &[u8],
    keyword: &str,
) -> Published {
    let world = world();
    let head = TrustedHead::new(ledger.head().unwrap(), 0, 0, 0).unwrap();
    let consortium = Consortium { ledger, store, charters, head, members: None, threads: Threads::ONE };
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

/// An entry that is on no ledger yet.
fn entry(charters: &Charters) -> Validated {
    let apart = ledger();
    let id = publish(&*apart, &apart.charters().unwrap(), &MemoryStore::new(), b"record", "glucose").place.id;
    validate(apart.get(&id).unwrap(), charters).unwrap()
}

/// This many entries. Those at even heights have the keyword "glucose".
fn fill(ledger: &MemoryLedger, count: u64) {
    let charters = ledger.charters().unwrap();
    for height in 1..=count {
        let keyword = if height % 2 == 0 { "glucose" } else { "sodium" };
        publish(ledger, &charters, &MemoryStore::new(), &height.to_be_bytes(), keyword);
    }
}

/// A charter that follows the first, with the same validators.
fn second_charter(ledger: &MemoryLedger) -> Charter {
    let world = world();
    let (mut terms, id) = (world.charter.terms().clone(), world.charter.ledger());
    let node = |i: usize| MainNode::from_bytes(&world.main_nodes[i], &world.trusted).unwrap();
    let validator = |i: usize| world.engine[i].validator(&node(i), Some(&id)).unwrap();
    terms.validators = (0..NODES).map(validator).collect();
    let draft = ledger.charters().unwrap().draft(terms, ledger.head().unwrap());
    world.super_node.sign_charter(draft).unwrap()
}

/// A doctor's query.
fn query(keyword: &str) -> (Query, &'static PublicKey) {
    let (doctor, authority) = (&world().doctor, &world().charter.terms().parameters.search);
    let trapdoor = doctor.search.trapdoor(&word(keyword), doctor.attributes(), &mut OsRng).unwrap();
    (Query::new(trapdoor, authority), authority)
}

/// Searches for "glucose" from the beginning, as the client's first request.
fn search(remote: &Remote) -> Result<Found, Error> {
    let (query, authority) = query("glucose");
    remote.search(&query, authority, 0, Threads::ONE, &mut |_| ControlFlow::Continue(()))
}

fn find(remote: &Remote, keyword: &str) -> Result<Found, Error> {
    let (doctor, charters, store) = (&world().doctor, remote.charters(), MemoryStore::new());
    let keyword = word(keyword);
    let search =
        Search { keyword: &keyword, key: &doctor.search, showing: doctor.attributes(), hints: &[], from: 0 };
    consortium(remote, &store, &charters).find(&search, &mut OsRng, &mut |_| ControlFlow::Continue(()))
}

fn heights(found: &Found) -> Vec<u64> {
    found.hits.iter().map(|hit| hit.height).collect()
}

/// The failures of all nodes in an error.
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

    // Another hospital finds and reads them, at every node.
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

    // Every way of reading agrees with the ledger.
    let bytes = |ledger: &dyn Ledger| {
        ledger.scan(0).map(|(height, item)| (height, item.unwrap().to_bytes())).collect::<Vec<_>>()
    };
    assert_eq!(bytes(&other), bytes(&*ledger));
    assert_eq!(other.at(2).unwrap().to_bytes(), ledger.at(2).unwrap().to_bytes());
    assert_eq!(other.at(0).unwrap().to_bytes(), ledger.at(0).unwrap().to_bytes());
    assert_eq!(other.at(4).unwrap_err(), Error::UnknownEntry);
    assert_eq!(other.head().unwrap(), ledger.head().unwrap());
    let ids =
        other.indexes(0).map(|(_, indexed)| indexed.unwrap().map(|indexed| indexed.id)).collect::<Vec<_>>();
    assert_eq!(ids, [None, Some(places[0].id), Some(places[1].id), Some(places[2].id)]);
    assert!(other.caught().is_empty());
}

#[test]
fn fails_over_during_a_submit() {
    let ledger = ledger();
    let mut running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    running[0].play(Trick::HangsAfterAppend);
    let entry = entry(&remote.charters());
    let appended = thread::scope(|scope| {
        let submitting = scope.spawn(|| remote.append(entry.clone()));
        // The node has it, and dies before it answers.
        running[0].appended.recv().unwrap();
        running[0].kill();
        submitting.join().unwrap()
    });
    assert_eq!(appended, Ok(Appended { height: 1, was_there: true }));
    assert_eq!(ledger.head().unwrap().size, 2);
    assert_eq!(remote.get(&entry.id()).unwrap().to_bytes(), entry.to_bytes());
    // Appended again, it is on the ledger once.
    assert_eq!(remote.append(entry), Ok(Appended { height: 1, was_there: true }));
    assert_eq!(ledger.head().unwrap().size, 2);
    assert!(remote.caught().is_empty());
}

#[test]
fn names_each_node_that_is_down() {
    let ledger = ledger();
    let mut running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    let entry = entry(&remote.charters());
    running.iter_mut().for_each(Running::kill);
    let error = remote.append(entry.clone()).unwrap_err();
    assert!(error.is_transient(), "{error}");
    let text = failures(&error).to_string();
    for (i, running) in running.iter().enumerate() {
        assert!(text.contains(&format!("node-{i}: cannot connect to {}", running.address)), "{text}");
    }
    // No node is available at the start either.
    let error = Remote::connect(config(NORTH, &addresses(&running))).unwrap_err();
    assert_eq!(failures(&error).nodes.len(), NODES);
    // One returns at another address; the others stay down.
    let back = start(3, &ledger, limits());
    let mut nodes = addresses(&running);
    nodes[3].1 = back.address;
    let remote = Remote::connect(config(NORTH, &nodes)).unwrap();
    assert_eq!(remote.append(entry), Ok(Appended { height: 1, was_there: false }));
    let down = remote.status().into_iter().filter(|(_, status)| status.is_err()).count();
    assert_eq!(down, 3);
}

#[test]
fn a_flood_leaves_others_unharmed() {
    let ledger = ledger();
    let quotas = Quotas { entries: 5, bytes: 64 << 10, searches: 3 };
    let running = [start(0, &ledger, Limits { quotas, ..limits() })];
    let (north, south) = (connect(NORTH, &running), connect(SOUTH, &running));
    let entry = entry(&north.charters());

    // Entries: the sixth in a minute is refused, valid or not.
    let submit = |remote: &Remote| {
        remote.ask(|visit| match visit.ask(&Request::Submit(b"no entry".to_vec()))? {
            Answer::Refused(Refusal::Invalid(error)) => Err(Outcome::Final(error)),
            other => Err::<(), _>(unexpected(other)),
        })
    };
    let refused = (0..8).map(|_| submit(&north).unwrap_err()).collect::<Vec<_>>();
    assert_eq!(refused.iter().filter(|error| **error == Error::WrongMagic).count(), 5);
    let refusal = why(refused[7].clone());
    assert!(matches!(refusal, Failure::Refused(Refusal::Quota(Quota::Entries, _))), "{refusal}");
    assert!(refused[7].is_transient());
    assert_eq!(running[0].counters.quota_refused.load(Ordering::Relaxed), 3);
    // The other hospital's entries are accepted, and the flooding one can still read.
    assert_eq!(south.append(entry.clone()), Ok(Appended { height: 1, was_there: false }));
    assert_eq!(north.get(&entry.id()).unwrap().id(), entry.id());

    // Searches.
    assert!((0..3).all(|_| find(&north, "glucose").is_ok()));
    let refusal = why(find(&north, "glucose").unwrap_err());
    assert!(matches!(refusal, Failure::Refused(Refusal::Quota(Quota::Searches, _))), "{refusal}");
    assert_eq!(heights(&find(&south, "glucose").unwrap()), [1]);

    // Bytes: reads count too.
    let read = |remote: &Remote| remote.ask(|visit| visit.entry(&entry.id()));
    let cost = entry.to_bytes().len();
    let (reads, error) = (0..1000).find_map(|n| read(&north).err().map(|error| (n, error))).unwrap();
    assert!(reads > 0 && reads <= quotas.bytes as usize / cost + 1, "{reads} of {cost} bytes");
    let refusal = why(error);
    assert!(matches!(refusal, Failure::Refused(Refusal::Quota(Quota::Bytes, _))), "{refusal}");
    assert_eq!(read(&south).unwrap().id(), entry.id());
}

#[test]
fn a_full_pool_sends_to_another_node() {
    let ledger = ledger();
    let running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    let entry = entry(&remote.charters());
    running.iter().for_each(|running| running.play(Trick::PoolFull));
    let error = remote.append(entry.clone()).unwrap_err();
    assert!(
        failures(&error).to_string().contains("node-0: too many entries wait there: try again in 2 s"),
        "{error}"
    );
    assert!(error.is_transient());
    running[3].play(Trick::None);
    assert_eq!(remote.append(entry), Ok(Appended { height: 1, was_there: false }));
}

#[test]
fn refuses_unregistered_hospitals() {
    let ledger = ledger();
    let running = [start(0, &ledger, limits())];
    let nodes = addresses(&running);
    let refused = |config| {
        let failure = why(Remote::connect(config).unwrap_err());
        assert!(matches!(failure, Failure::Closed(Closed::Refused)), "{failure}");
    };
    refused(config(NEWCOMER, &nodes));
    // A revoked hospital is refused in its open session, and at the next handshake.
    let leaver = connect(LEAVER, &running);
    running[0].registry.update(&world().second_registry).unwrap();
    let failure = why(leaver.head().unwrap_err());
    assert!(matches!(failure, Failure::Refused(Refusal::Revoked)), "{failure}");
    refused(config(LEAVER, &nodes));
    assert!(matches!(why(leaver.head().unwrap_err()), Failure::Closed(Closed::Refused)));
    // The newcomer is in the new registry.
    assert!(Remote::connect(config(NEWCOMER, &nodes)).is_ok());
    // An older registry is refused.
    assert_eq!(running[0].registry.update(&world().first_registry), Err(Error::RegistryRollback));
}

#[test]
fn refuses_certificates_of_others() {
    let ledger = ledger();
    let running = [start(0, &ledger, limits())];
    // The certificate of another node, at this address.
    let failure = why(Remote::connect(config(NORTH, &[(1, running[0].address)])).unwrap_err());
    assert!(matches!(failure, Failure::Closed(Closed::Refused)), "{failure}");
    // An expired certificate.
    let mut expired = config(NORTH, &addresses(&running));
    expired.nodes[0].certificate = world().expired.clone();
    let failure = why(Remote::connect(expired).unwrap_err());
    assert!(matches!(failure, Failure::Certificate(Error::CertificateExpired)), "{failure}");
    assert!(failure.to_string().contains("get its present certificate"), "{failure}");
    // A certificate from another super node.
    let stranger = SuperNode::generate(&mut OsRng).unwrap();
    let node =
        MainNode::generate(Name::new("node-0").unwrap(), Role::MainNode, &stranger.public_key(), &mut OsRng);
    let signed = stranger.certify(&node.unwrap().certificate_request(), 0..=u64::MAX, &mut OsRng).unwrap();
    let mut foreign = config(NORTH, &addresses(&running));
    foreign.nodes[0].certificate = signed;
    let error = Remote::connect(foreign).unwrap_err();
    assert!(failures(&error).nodes[0].0 == running[0].address.to_string() && !error.is_transient());
    assert!(matches!(why(error), Failure::Certificate(Error::InvalidSignature)));
    // A revoked certificate, also in an open session.
    let remote = connect(NORTH, &running);
    remote.set_registry(world().third_registry.verify(&world().trusted, 0).unwrap());
    let failure = why(remote.head().unwrap_err());
    assert!(matches!(failure, Failure::Certificate(Error::CertificateRevoked)), "{failure}");
    // An older registry does not restore it.
    remote.set_registry(world().first_registry.verify(&world().trusted, 0).unwrap());
    assert!(remote.head().is_err());
    assert!(Remote::connect(config(NORTH, &addresses(&running))).is_ok());
}

/// The first frame of a handshake.
fn greeting() -> Vec<u8> {
    let config = config(NORTH, &[]);
    let certificate = world().certificates[0].verify(&world().trusted, Role::MainNode).unwrap();
    let (_, request) = config.hospital.start(&certificate, &config.registry, now_ms(), &mut OsRng).unwrap();
    frame(&hello(&config.ledger, &request.to_bytes()))
}

/// A node's answer to some bytes at the beginning of a connection.
fn answer_to(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut prefix = [0; 4];
    if stream.read_exact(&mut prefix).is_err() {
        return Vec::new();
    }
    let mut answer = vec![0; u32::from_be_bytes(prefix) as usize];
    stream.read_exact(&mut answer).unwrap();
    answer
}

#[test]
fn refuses_replays_also_after_a_restart() {
    let (ledger, directory) = (ledger(), tempfile::tempdir().unwrap());
    let (path, bounds) = (directory.path().join("replay"), ReplayBounds::default());
    ReplayFile::create(&path, bounds).unwrap();
    let start = || start_with(0, &ledger, limits(), ReplayFile::open(&path, bounds).unwrap());
    let mut running = start();
    let request = greeting();
    assert_eq!(answer_to(running.address, &request)[0], 0);
    assert_eq!(answer_to(running.address, &request), [Closed::Replayed as u8]);
    running.end(true);
    // It remembers after a stop and after a crash, and accepts new requests.
    let mut running = start();
    assert_eq!(answer_to(running.address, &request), [Closed::Replayed as u8]);
    assert!(Remote::connect(config(NORTH, &[(0, running.address)])).is_ok());
    let second = greeting();
    assert_eq!(answer_to(running.address, &second)[0], 0);
    running.kill();
    let mut running = start();
    for request in [&request, &second] {
        assert_eq!(answer_to(running.address, request), [Closed::Replayed as u8]);
    }
    assert!(Remote::connect(config(NORTH, &[(0, running.address)])).is_ok());
    // Without its file, it refuses every possible replay.
    running.kill();
    std::fs::remove_file(&path).unwrap();
    let running = start();
    assert_eq!(answer_to(running.address, &request), [Closed::Clock as u8]);
    let failure = why(Remote::connect(config(NORTH, &[(0, running.address)])).unwrap_err());
    assert!(failure.to_string().contains("accepts hospitals after half a minute"), "{failure}");
}

#[test]
fn a_stop_waits_for_running_requests() {
    let ledger = ledger();
    let mut running = [start(0, &ledger, Limits { stop: Duration::from_secs(20), ..limits() })];
    let remote = connect(NORTH, &running);
    running[0].play(Trick::AppendsSlowly);
    let entry = entry(&remote.charters());
    thread::scope(|scope| {
        let submitting = scope.spawn(|| {
            let mut visit =
                Visit { remote: &remote, connection: remote.open(&remote.nodes[0]).ok().unwrap() };
            visit.ask(&Request::Submit(entry.to_bytes())).map_err(|_| "no answer")
        });
        running[0].appended.recv().unwrap();
        running[0].end(true);
        let answer = submitting.join().unwrap();
        assert_eq!(answer, Ok(Answer::Appended(Appended { height: 1, was_there: false })));
    });
    assert!(matches!(why(remote.head().unwrap_err()), Failure::Connect(..)));
}

#[test]
fn survives_garbage_and_oversized_frames() {
    let ledger = ledger();
    let running = [start(0, &ledger, limits())];
    let address = running[0].address;
    let not_understood = [Closed::NotUnderstood as u8];
    assert_eq!(answer_to(address, &frame(b"GET / HTTP/1.1")), not_understood);
    assert_eq!(answer_to(address, &frame(&[])), not_understood);
    assert_eq!(answer_to(address, &frame(&hello(&world().charter.ledger(), &[7; 1676]))), not_understood);
    let mut other_ledger = greeting();
    other_ledger[8] ^= 1;
    assert_eq!(answer_to(address, &other_ledger), [Closed::OtherLedger as u8]);
    let mut changed = greeting();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(answer_to(address, &changed), [Closed::Refused as u8]);
    // A frame that is too long closes the connection without an answer, before it is read.
    assert!(answer_to(address, &u32::MAX.to_be_bytes()).is_empty());
    // In the session: an invalid request, an invalid frame, and a request that is too long.
    let remote = connect(NORTH, &running);
    let nothing = |_: u64| ControlFlow::Continue(());
    let by = Instant::now() + Duration::from_secs(20);
    let silence = Duration::from_secs(10);
    let mut connection = remote.open(&remote.nodes[0]).unwrap();
    let (sealed, _) = connection.channel.seal(&[99, 1]).unwrap();
    write_by(&mut connection.stream, &sealed, by, silence).unwrap();
    let answer = read_frame(&mut connection.stream, FRAME_BYTES, by, silence).unwrap();
    let answer = Answer::from_bytes(&connection.channel.open(&answer).unwrap().unwrap()).unwrap();
    assert_eq!(answer, Answer::Refused(Refusal::NotUnderstood));
    assert!(connection.ask(&Request::Head, by, silence, &mut { nothing }).is_ok());
    write_by(&mut connection.stream, &frame(&[1; 60]), by, silence).unwrap();
    assert!(read_frame(&mut connection.stream, FRAME_BYTES, by, silence).is_err());
    let mut connection = remote.open(&remote.nodes[0]).unwrap();
    let long = Request::Submit(vec![0; Limits::default().request_bytes]);
    assert!(matches!(
        connection.ask(&long, by, silence, &mut { nothing }),
        Err(Outcome::Failed(Failure::Lost(..)))
    ));
    assert_eq!(remote.head().unwrap(), ledger.head().unwrap());
}

#[test]
fn slow_peers_hold_no_place() {
    let ledger = ledger();
    let soon = Duration::from_millis(300);
    let tight = Limits { connections: 3, handshake: soon, request: soon, idle: soon, ..limits() };
    let running = [start(0, &ledger, tight)];
    let address = running[0].address;
    // One is silent, one sends a byte at a time, one stops in the middle of a request after its
    // handshake.
    let silent = TcpStream::connect(address).unwrap();
    let mut dripping = TcpStream::connect(address).unwrap();
    let remote = connect(NORTH, &running);
    lock(&remote.nodes[0].idle).clear();
    // Its first connection holds a place until the node notices that it is closed.
    let mut stopping = loop {
        match remote.open(&remote.nodes[0]) {
            Err(Failure::Closed(Closed::Busy)) => thread::sleep(Duration::from_millis(5)),
            opened => break opened.unwrap(),
        }
    };
    stopping.stream.write_all(&[0, 0, 0, 99, 1]).unwrap();
    let began = Instant::now();
    for byte in greeting().chunks(1).take(8) {
        if dripping.write_all(byte).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(60));
    }
    // All three are closed, each by a separate time-out.
    for stream in [&silent, &dripping, &stopping.stream] {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut stream = stream;
        assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    }
    assert!(began.elapsed() < Duration::from_secs(8), "the node closed them, not this test's time-out");
    assert_eq!(remote.head().unwrap(), ledger.head().unwrap());
}

/// A connection from another address of this machine.
fn connect_from(host: u8, to: SocketAddr) -> io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, host], 0)))?;
        socket.connect(to).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    Ok(stream)
}

fn is_closed(mut stream: &TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut),
    }
}

#[test]
fn silent_strangers_make_room() {
    let ledger = ledger();
    let hour = Duration::from_secs(3600);
    let patient =
        Limits { strangers: 6, connections_per_address: 4, hello: hour, handshake: hour, ..limits() };
    let running = [start(0, &ledger, patient)];
    // Strangers take all places, from two addresses and from the hospitals' own address.
    let mut strangers = Vec::new();
    for host in [2, 3, 2, 3, 2, 3, 1, 1, 1] {
        strangers.push(connect_from(host, running[0].address).unwrap());
    }
    let remotes = [NORTH, SOUTH].map(|hospital| connect(hospital, &running));
    for remote in &remotes {
        assert_eq!(remote.head().unwrap(), ledger.head().unwrap());
    }
    assert!(is_closed(&strangers[0]) && is_closed(&strangers[1]), "the oldest make room");
    assert!(!is_closed(&strangers[5]) && !is_closed(&strangers[8]));
    assert_eq!(running[0].counters.turned_away.load(Ordering::Relaxed), 0);
    // They may send as long as they have their places.
    let mut late = &strangers[8];
    late.write_all(&greeting()).unwrap();
    assert!(!is_closed(late));
}

#[test]
fn one_address_starves_no_other() {
    let ledger = ledger();
    let few = Limits { strangers: 4, connections_per_minute: 200, ..limits() };
    let running = [start(0, &ledger, few)];
    let (address, is_over) = (running[0].address, std::sync::atomic::AtomicBool::new(false));
    thread::scope(|scope| {
        // A client opens connections as fast as it can, and sends nothing.
        let flood = scope.spawn(|| {
            let mut held = std::collections::VecDeque::new();
            while !is_over.load(Ordering::Relaxed) {
                held.extend(connect_from(2, address));
                if held.len() > 100 {
                    held.pop_front();
                }
            }
        });
        for _ in 0..10 {
            let remote = connect(NORTH, &running);
            assert_eq!(remote.head().unwrap(), ledger.head().unwrap());
        }
        let turned_away = || running[0].counters.turned_away.load(Ordering::Relaxed);
        let until = Instant::now() + Duration::from_secs(20);
        while turned_away() == 0 && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
        let (turned_away, south) = (turned_away(), Remote::connect(config(SOUTH, &addresses(&running))));
        is_over.store(true, Ordering::Relaxed);
        flood.join().unwrap();
        assert!(turned_away > 0, "a connection beyond the limit is turned away");
        assert!(south.is_ok());
    });
}

#[test]
fn silence_ends_in_time() {
    let ledger = ledger();
    let soon = Limits { hello: Duration::from_millis(300), ..limits() };
    let running = [start(0, &ledger, soon)];
    let silent = TcpStream::connect(running[0].address).unwrap();
    let began = Instant::now();
    while !is_closed(&silent) {
        assert!(began.elapsed() < Duration::from_secs(8), "the handshake's time-out is longer");
    }
    // A client that sends at once has the time for a handshake.
    let mut speaking = TcpStream::connect(running[0].address).unwrap();
    speaking.write_all(&greeting()).unwrap();
    let mut prefix = [0; 4];
    speaking.read_exact(&mut prefix).unwrap();
    let mut reply = vec![0; u32::from_be_bytes(prefix) as usize];
    speaking.read_exact(&mut reply).unwrap();
    thread::sleep(Duration::from_millis(600));
    assert!(!is_closed(&speaking));
}

#[test]
fn bounds_connections_of_addresses_and_hospitals() {
    let ledger = ledger();
    let running = [start(0, &ledger, Limits { connections_per_address: 2, ..limits() })];
    let held = [NORTH, SOUTH].map(|hospital| connect(hospital, &running));
    let failure = why(Remote::connect(config(NORTH, &addresses(&running))).unwrap_err());
    // The node may close it before the client has sent its request.
    assert!(matches!(failure, Failure::Closed(Closed::Busy) | Failure::Lost(..)), "{failure}");
    assert!(running[0].counters.turned_away.load(Ordering::Relaxed) >= 1);
    drop(held);
    let connected = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(20));
        Remote::connect(config(NORTH, &addresses(&running))).is_ok()
    });
    assert!(connected);

    // One hospital uses all of its connections; another still gets one.
    let running = [start(0, &ledger, Limits { connections_per_hospital: 1, ..limits() })];
    let north = connect(NORTH, &running);
    let failure = why(Remote::connect(config(NORTH, &addresses(&running))).unwrap_err());
    assert!(matches!(failure, Failure::Closed(Closed::Busy)), "{failure}");
    assert!(connect(SOUTH, &running).head().is_ok() && north.head().is_ok());
}

#[test]
fn a_disconnect_cancels_the_search() {
    let ledger = ledger();
    fill(&ledger, 1);
    let running = [start(0, &ledger, Limits { searches: 1, ..limits() })];
    let (north, south) = (connect(NORTH, &running), connect(SOUTH, &running));
    running[0].play(Trick::SearchesForEver);
    let (query, authority) = query("glucose");
    // The node reports progress, and the client gives up.
    let mut told = 0;
    let cancelled = north.search(&query, authority, 0, Threads::ONE, &mut |_| {
        told += 1;
        ControlFlow::Break(())
    });
    assert_eq!((cancelled, told), (Err(Error::Cancelled), 1));
    running[0].play(Trick::None);
    // The one place for searches is free again.
    assert_eq!(find(&south, "sodium").unwrap().next, 2);
    assert_eq!(running[0].counters.searches_cancelled.load(Ordering::Relaxed), 1);
}

#[test]
fn catches_forged_heads_and_proofs() {
    for (trick, lie) in [(Trick::ForgesHeads, Lie::Head), (Trick::ForgesProofs, Lie::Proof)] {
        let ledger = ledger();
        fill(&ledger, 2);
        let running = start_all(&ledger);
        let remote = connect(NORTH, &running);
        let id = ledger.at(1).unwrap().entry().unwrap().id();
        fill(&ledger, 1);
        running[0].play(trick);
        // The client asks the next node, and succeeds.
        assert_eq!(remote.head().unwrap(), ledger.head().unwrap());
        assert_eq!(remote.get(&id).unwrap().id(), id);
        let size = remote.head().unwrap().size;
        assert_eq!(remote.prove(&id, size).unwrap(), ledger.prove(&id, size).unwrap());
        assert_eq!(remote.caught(), [(Name::new("node-0").unwrap(), lie.clone())]);
        // With only that node, it fails.
        if trick == Trick::ForgesHeads {
            let failure = why(Remote::connect(config(NORTH, &addresses(&running)[..1])).unwrap_err());
            assert!(matches!(failure, Failure::Lied(Lie::Head)), "{failure}");
        } else {
            let alone = Remote::connect(config(NORTH, &addresses(&running)[..1])).unwrap();
            let failure = why(alone.get(&id).unwrap_err());
            assert!(matches!(failure, Failure::Lied(Lie::Proof)), "{failure}");
            let error = alone.get(&id).unwrap_err();
            assert!(failures(&error).to_string().contains("not asked again"), "{error}");
            assert!(!error.is_transient());
        }
    }
}

#[test]
fn an_append_is_believed_with_its_proof() {
    let ledger = ledger();
    fill(&ledger, 1);
    let running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    running[0].play(Trick::ForgesProofs);
    let entry = entry(&remote.charters());
    assert_eq!(remote.append(entry), Ok(Appended { height: 2, was_there: true }));
    assert_eq!(remote.caught(), [(Name::new("node-0").unwrap(), Lie::Proof)]);
}

#[test]
fn one_node_cannot_deny_or_exchange_entries() {
    for trick in [Trick::Denies, Trick::Exchanges] {
        let ledger = ledger();
        fill(&ledger, 2);
        let running = start_all(&ledger);
        let remote = connect(NORTH, &running);
        let id = ledger.at(1).unwrap().entry().unwrap().id();
        running[0].play(trick);
        assert_eq!(remote.get(&id).unwrap().id(), id);
        let lies = remote.caught().into_iter().map(|(_, lie)| lie).collect::<Vec<_>>();
        assert_eq!(lies, if trick == Trick::Exchanges { vec![Lie::Entry] } else { Vec::new() });
        // An entry is unknown once two nodes say so: of four, one may lie.
        let unknown = EntryId::from([9; 32]);
        assert_eq!(remote.get(&unknown).unwrap_err(), Error::UnknownEntry);
        assert_eq!(remote.prove(&unknown, 3).unwrap_err(), Error::UnknownEntry);
    }
}

#[test]
fn comparing_two_nodes_names_the_liar() {
    let ledger = ledger();
    fill(&ledger, 6);
    let running = start_all(&ledger);
    let compared = |nodes: &[(usize, SocketAddr)]| {
        let searching = Searching { compare: true, ..Searching::default() };
        Remote::connect(RemoteConfig { searching, ..config(NORTH, nodes) }).unwrap()
    };
    let name = |i: usize| Name::new(&format!("node-{i}")).unwrap();
    // Whichever of the two lies, and in both ways; then the next two agree.
    for (liar, trick, lie) in [
        (0, Trick::LeavesOut(4), Lie::LeftOut(4)),
        (1, Trick::LeavesOut(6), Lie::LeftOut(6)),
        (0, Trick::MakesUp(3), Lie::MadeUp(3)),
        (1, Trick::MakesUp(5), Lie::MadeUp(5)),
        (0, Trick::ExchangesIds(4), Lie::MadeUp(4)),
        (1, Trick::ExchangesIds(6), Lie::MadeUp(6)),
    ] {
        running.iter().for_each(|running| running.play(Trick::None));
        running[liar].play(trick);
        let remote = compared(&addresses(&running));
        let found = find(&remote, "glucose").unwrap();
        assert_eq!((heights(&found), found.next), (vec![2, 4, 6], 7));
        let right = |hit: &Place| ledger.at(hit.height).unwrap().entry().unwrap().id() == hit.id;
        assert!(found.hits.iter().all(right));
        assert_eq!(remote.caught(), [(name(liar), lie)]);
    }
    // If one of two nodes lies, none is left to compare with, and the error says why.
    let remote = compared(&addresses(&running)[..2]);
    let error = find(&remote, "glucose").unwrap_err();
    assert!(failures(&error).to_string().contains("node-1: it is not asked again"), "{error}");
    // Without the comparison, the lie is not detected.
    running[1].play(Trick::MakesUp(5));
    let alone = Remote::connect(config(NORTH, &addresses(&running)[1..2])).unwrap();
    assert_eq!(heights(&find(&alone, "glucose").unwrap()), [2, 4, 5, 6]);
}

#[test]
fn matching_ranges_catches_omitted_matches() {
    let ledger = ledger();
    fill(&ledger, 8);
    let running = start_all(&ledger);
    let name = |i: usize| Name::new(&format!("node-{i}")).unwrap();
    // One entry of eight is omitted; this many ranges of two miss it with probability below 2^-30.
    let searching = Searching { ranges: 80, range_entries: 2, ..Searching::default() };
    let remote = Remote::connect(RemoteConfig { searching, ..config(NORTH, &addresses(&running)) }).unwrap();
    running[0].play(Trick::LeavesOut(6));
    let found = find(&remote, "glucose").unwrap();
    assert_eq!((heights(&found), found.next), (vec![2, 4, 6, 8], 9));
    assert_eq!(remote.caught(), [(name(0), Lie::LeftOut(6))]);
    // A node that returns other entries instead of the omitted one is caught too.
    running[1].play(Trick::ForgesProofs);
    assert_eq!(heights(&find(&remote, "glucose").unwrap()), [2, 4, 6, 8]);
    assert_eq!(remote.caught().len(), 2);
    // A range longer than the search covers all of it.
    let searching = Searching { ranges: 1, range_entries: 100, ..Searching::default() };
    let nodes = [(2, running[2].address), (3, running[3].address)];
    running[2].play(Trick::LeavesOut(2));
    let remote = Remote::connect(RemoteConfig { searching, ..config(NORTH, &nodes) }).unwrap();
    assert_eq!(heights(&find(&remote, "glucose").unwrap()), [2, 4, 6, 8]);
    assert_eq!(remote.caught(), [(name(2), Lie::LeftOut(2))]);
    // A match under another entry's id is caught too.
    running[2].play(Trick::ExchangesIds(4));
    let remote = Remote::connect(RemoteConfig { searching, ..config(NORTH, &nodes) }).unwrap();
    assert_eq!(find(&remote, "glucose").unwrap().hits[1].id, ledger.at(4).unwrap().entry().unwrap().id());
    assert_eq!(remote.caught(), [(name(2), Lie::MadeUp(4))]);
}

#[test]
fn a_search_stops_at_the_ledgers_end() {
    let ledger = ledger();
    fill(&ledger, 2);
    let running = [start(0, &ledger, limits())];
    let remote = connect(NORTH, &running);
    running[0].play(Trick::Overshoots);
    let found = find(&remote, "glucose").unwrap();
    assert_eq!((heights(&found), found.next), (vec![2], 3));
    // Entries after the known head are found once the new head is.
    fill(&ledger, 2);
    running[0].play(Trick::None);
    let found = find(&remote, "glucose").unwrap();
    assert_eq!((heights(&found), found.next), (vec![2, 4], 5));
}

#[test]
fn a_search_begins_with_a_fresh_head() {
    let ledger = ledger();
    fill(&ledger, 2);
    let running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    fill(&ledger, 2);
    // A node that stops at the client's known head cannot hide later entries.
    running[0].play(Trick::StopsAt(3));
    let found = search(&remote).unwrap();
    assert_eq!((heights(&found), found.next), (vec![2, 4], 5));
}

#[test]
fn a_dripping_search_fails_over() {
    let ledger = ledger();
    fill(&ledger, 8);
    let running = start_all(&ledger);
    let mut impatient = config(NORTH, &addresses(&running));
    impatient.timeouts.search = Duration::from_secs(4);
    let remote = Remote::connect(impatient).unwrap();
    running[0].play(Trick::Drips);
    let found = search(&remote).unwrap();
    assert_eq!((heights(&found), found.next), (vec![2, 4, 6, 8], 9));
    // The next node returned it; the dripping one is slow, which is not a lie.
    assert_eq!(remote.preferred.load(Ordering::Relaxed), 1);
    assert!(remote.caught().is_empty());
}

#[test]
fn a_search_comes_in_slices() {
    let ledger = ledger();
    fill(&ledger, 4);
    let running = [start(0, &ledger, Limits { search: Duration::ZERO, ..limits() })];
    let remote = connect(NORTH, &running);
    let (query, authority) = query("glucose");
    // Each answer has at least one item, and states where the next begins.
    let request = Request::Search { from: 2, query: query.to_bytes() };
    let answer = remote.ask(|visit| visit.ask(&request)).unwrap();
    let Answer::Found(slice) = answer else { panic!("{answer:?}") };
    let slice = Found::from_bytes(&slice).unwrap();
    assert_eq!((heights(&slice), slice.next), (vec![2], 3));
    // The client continues to the end, and receives the progress.
    let mut told = 0;
    let found = remote.search(&query, authority, 0, Threads::ONE, &mut |done| {
        told = done;
        ControlFlow::Continue(())
    });
    let found = found.unwrap();
    assert_eq!((heights(&found), found.next), (vec![2, 4], 5));
    assert_eq!(running[0].counters.searches.load(Ordering::Relaxed), 1 + 5);
    // A node without this limit returns one answer.
    let running = [start(0, &ledger, limits())];
    assert_eq!(search(&connect(NORTH, &running)).unwrap(), found);
    assert_eq!(running[0].counters.searches.load(Ordering::Relaxed), 1);
}

#[test]
fn one_node_cannot_hide_a_charter() {
    let ledger = ledger();
    ledger.append_charter(&second_charter(&ledger)).unwrap();
    let running = start_all(&ledger);
    let old = Known {
        charters: Some(Charters::new(world().charter.clone(), &world().trusted).unwrap()),
        head: None,
    };
    running.iter().for_each(|running| running.play(Trick::EpochGoesOn));
    running[0].play(Trick::HidesCharters);
    // Neither from a new client nor from one that knows the first. The heads do not show it yet.
    for known in [Known::default(), old] {
        let remote = Remote::connect(RemoteConfig { known, ..config(NORTH, &addresses(&running)) }).unwrap();
        assert_eq!(remote.charters().current().number(), 2);
    }
}

#[test]
fn dismissed_validators_capture_no_client() {
    let ledger = ledger();
    fill(&ledger, 1);
    ledger.append_charter(&second_charter(&ledger)).unwrap();
    let running = start_all(&ledger);
    let (newest, nodes) = (ledger.head().unwrap(), addresses(&running));
    running[0].play(Trick::Dismissed);
    let remote = connect(NORTH, &running);
    assert_eq!(remote.head(), Ok(newest));
    // While nobody else answers, the client believes them and saves their head.
    let captured = Remote::connect(config(NORTH, &nodes[..1])).unwrap();
    assert_eq!(captured.head().unwrap().size, 1 << 40);
    let known = Known { charters: Some(captured.charters()), head: captured.known_head() };
    // The first head by the newer validators replaces it, and no node is accused without proof.
    let free = Remote::connect(RemoteConfig { known, ..config(NORTH, &nodes) }).unwrap();
    assert_eq!((free.head(), free.known_head().unwrap().header().validators), (Ok(newest), 2));
    assert_eq!(free.at(1).unwrap().to_bytes(), ledger.at(1).unwrap().to_bytes());
    assert_eq!(search(&free).unwrap().next, 3);
    assert!(free.caught().is_empty() && remote.caught().is_empty());
}

#[test]
fn refuses_a_node_that_is_named_twice() {
    let running = [start(0, &ledger(), limits())];
    let nodes = addresses(&running);
    let twice = Remote::connect(config(NORTH, &[nodes[0], nodes[0]]));
    assert_eq!(twice.unwrap_err(), Error::OutOfRange);
    // A head is accepted only with its charters.
    let remote = connect(NORTH, &running);
    let without = |charters| Known { charters, head: remote.known_head() };
    let with = |known| Remote::connect(RemoteConfig { known, ..config(NORTH, &nodes) });
    assert_eq!(with(without(None)).unwrap_err(), Error::UnknownCharter);
    assert!(with(without(Some(remote.charters()))).is_ok());
}

#[test]
fn a_head_never_goes_back() {
    let ledger = ledger();
    fill(&ledger, 2);
    let running = start_all(&ledger);
    let remote = connect(NORTH, &running);
    let newest = ledger.head().unwrap();
    running.iter().for_each(|running| running.play(Trick::Stale));
    assert_eq!(remote.head(), Ok(newest));
    // One node of four cannot hide a newer head.
    running[1..].iter().for_each(|running| running.play(Trick::None));
    assert_eq!(connect(SOUTH, &running).head(), Ok(newest));
    running.iter().for_each(|running| running.play(Trick::Stale));
    // The same after a restart, if the known state was saved.
    let known = Known { charters: Some(remote.charters()), head: remote.known_head() };
    let again = Remote::connect(RemoteConfig { known, ..config(NORTH, &addresses(&running)) }).unwrap();
    assert_eq!(again.head(), Ok(newest));
    // A client without saved state believes what it is shown, and advances when a node does.
    let fresh = connect(SOUTH, &running);
    assert_eq!(fresh.head().unwrap().size, 1);
    running[2].play(Trick::None);
    assert_eq!(again.head(), Ok(newest));
    assert_eq!(again.at(2).unwrap().to_bytes(), ledger.at(2).unwrap().to_bytes());
    // Saved state of another super node or ledger is refused.
    let other = SuperNode::generate(&mut OsRng).unwrap();
    let terms = Terms::new(
        Name::new("other").unwrap(),
        Policy::parse("role=office").unwrap(),
        world().authority.public_parameters(),
    );
    let draft = CharterDraft::first(terms, None);
    let foreign = |signer: &SuperNode| {
        let first = signer.sign_charter(draft.clone()).unwrap();
        let charters = Charters::new(first, &signer.public_key()).unwrap();
        let known = Known { charters: Some(charters), head: None };
        Remote::connect(RemoteConfig { known, ..config(NORTH, &addresses(&running)) }).unwrap_err()
    };
    assert_eq!(foreign(&other), Error::InvalidKey);
    assert_eq!(foreign(&world().super_node), Error::UnknownCharter);
}

#[test]
fn begins_with_the_first_charter_alone() {
    let ledger = ledger();
    let running = start_all(&ledger);
    running.iter().for_each(|running| running.play(Trick::Uncertified));
    let remote = connect(NORTH, &running);
    assert_eq!(remote.head(), Ok(ledger.head().unwrap()));
    assert!(remote.known_head().is_none());
    assert_eq!(remote.at(0).unwrap().to_bytes(), ledger.at(0).unwrap().to_bytes());
    assert_eq!(find(&remote, "glucose").unwrap().next, 1);
    let published = publish(&remote, &remote.charters(), &MemoryStore::new(), b"first", "glucose");
    assert_eq!(published.place.height, 1);
    assert_eq!(heights(&find(&remote, "glucose").unwrap()), [1]);
    assert_eq!(remote.known_head().unwrap().head(), ledger.head().unwrap());
}

#[test]
fn refuses_another_ledger() {
    let running = [start(0, &ledger(), limits())];
    let mut other = config(NORTH, &addresses(&running));
    other.ledger = LedgerId::from([1; 32]);
    let failure = why(Remote::connect(other).unwrap_err());
    assert!(matches!(failure, Failure::Closed(Closed::OtherLedger)), "{failure}");
    // A node that claims to run this ledger and shows another ledger's charter.
    let terms = Terms::new(
        Name::new("other").unwrap(),
        Policy::parse("role=office").unwrap(),
        world().authority.public_parameters(),
    );
    let first = world().super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
    let wrong = Arc::new(MemoryLedger::new(first, &world().trusted).unwrap());
    let running = [start(0, &wrong, limits()), start(1, &ledger(), limits())];
    let failure = why(Remote::connect(config(NORTH, &addresses(&running[..1]))).unwrap_err());
    assert!(matches!(failure, Failure::Lied(Lie::Charter)), "{failure}");
    assert!(Remote::connect(config(NORTH, &addresses(&running))).is_ok());
}

#[test]
fn follows_a_new_charter() {
    let ledger = ledger();
    let running = start_all(&ledger);
    let (north, south) = (connect(NORTH, &running), connect(SOUTH, &running));
    let (old, late) = (entry(&north.charters()), entry(&north.charters()));
    north.append(old.clone()).unwrap();
    let next = second_charter(&ledger);
    assert_eq!(north.submit_charter(&next), Ok(2));
    assert_eq!(north.charters().current().number(), 2);
    // The other client learns of it when its entry is refused, which takes more than one node.
    assert_eq!(south.charters().current().number(), 1);
    assert_eq!(south.append(late), Err(Error::EraPassed));
    assert_eq!(south.charters().current().number(), 2);
    // An entry appended before remains on the ledger.
    assert_eq!(south.append(old), Ok(Appended { height: 1, was_there: true }));
    assert!(matches!(south.at(2).unwrap(), Item::Charter(charter) if charter.hash() == next.hash()));
    let published = publish(&south, &south.charters(), &MemoryStore::new(), b"new", "glucose");
    assert_eq!(published.place.height, 3);
    // A charter that does not follow is refused.
    let mut terms = next.terms().clone();
    terms.name = Name::new("another").unwrap();
    let draft = CharterDraft::first(Terms { validators: Vec::new(), ..terms }, None);
    let foreign = world().super_node.sign_charter(draft).unwrap();
    assert_eq!(south.submit_charter(&foreign), Err(Error::CharterOutOfOrder));
}

#[test]
fn splits_large_answers() {
    let ledger = ledger();
    let running = [start(0, &ledger, limits())];
    let remote = connect(NORTH, &running);
    // An entry with many keywords is longer than a frame.
    let keywords = (0..100).map(|n| word(&format!("word{n}"))).collect::<Vec<_>>();
    let leaves = (0..48).map(|n| format!("a{n}")).collect::<Vec<_>>();
    let policy = Policy::parse(&leaves.join(" or ")).unwrap();
    let charters = remote.charters();
    let publication = Publication {
        access: &policy,
        keywords: &keywords,
        keyword_key: world().authority.keyword_key(),
        hints: None,
        signing_key: &world().uploader.signing,
        time_ms: 1,
    };
    let store = MemoryStore::new();
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let published = consortium(&remote, &store, &charters)
        .publish(&b"record"[..], &publication, None, &mut OsRng, go_on)
        .unwrap();
    let entry = remote.get(&published.place.id).unwrap();
    assert!(entry.to_bytes().len() > crate::wire::PART_BYTES, "{}", entry.to_bytes().len());
    assert_eq!(remote.scan(0).count(), 2);
    assert_eq!(remote.indexes(0).count(), 2);
}
