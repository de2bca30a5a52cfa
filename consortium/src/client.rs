//! A hospital's client: a [`Ledger`] over several nodes, none of which is trusted.
//!
//! ```no_run
//! # use medseal_consortium::client::{NodeAddress, Remote, RemoteConfig};
//! # fn run(config: RemoteConfig, ledger_file: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! let remote = Remote::connect(config)?;
//! let charters = remote.charters(); // for medseal::share::Consortium, with remote as its ledger
//! // Save what was verified, and pass it to the next client in `RemoteConfig::known`.
//! let (charters, head) = (remote.charters().to_bytes(), remote.known_head().map(|head| head.to_bytes()));
//! # Ok(())
//! # }
//! ```
//! It blocks, as the trait does, and needs no runtime: it uses connections of `std::net` with
//! time-outs. Many threads may use one client; each takes a separate connection.
//!
//! # What does it check?
//! - **Charters**: the first belongs to the ledger whose id is configured, and each one follows the
//!   one before, signed by the super node.
//! - **Heads**: a quorum of validators signed them ([`CertifiedHead::verify`]).
//!   [`head`](Ledger::head) never goes back, with one exception: a head signed by validators that a
//!   newer charter dismissed is replaced by a head that the newer validators signed, which shows
//!   that the other was forged.
//! - **Entries** that [`append`](Ledger::append), [`get`](Ledger::get) and [`at`](Ledger::at)
//!   return are under a certified head. [`scan`](Ledger::scan) and [`indexes`](Ledger::indexes)
//!   return what a node sends, unchecked: a reader opens an entry by its id, which is checked.
//! - **Searches** extend to the newest head of several nodes. A match is checked when it is opened.
//!   To detect omitted matches, and matches under another entry's id, set [`Searching`] to compare
//!   two nodes, or to match some ranges locally.
//!
//! # What happens when a node fails?
//! The client asks the next one. Appending an entry again is safe: it is added only once. This
//! client does not ask a node again after catching it in a lie, and [`caught`](Remote::caught)
//! returns the lie. A refusal that cannot be proved ("no such entry") counts only if one more node
//! than may lie gives it. If no node is left, the error is an [`Error::Io`] with a [`RemoteError`]
//! inside, which names each node and its failure.

mod connection;
mod failure;
mod visit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io;
use std::iter;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use std::vec;

use medseal::Error;
use medseal::Threads;
use medseal::identity::{
    AuthReply, Certificate, Hospital, Name, Role, VerifiedCertificate, VerifiedRegistry,
};
use medseal::ledger::{
    Appended, Charter, Charters, Entry, EntryId, Found, Indexed, Indexes, Item, Items, Ledger, LedgerId,
    Validated,
};
use medseal::limits::Limit;
use medseal::merkle::{Frontier, Head, InclusionProof, Root};
use medseal::rand_core::OsRng;
use medseal::search::{PublicKey, Query, RecordIndex};
use tracing::{debug, warn};

use crate::backend::Status;
use crate::block::ITEM_BYTES;
use crate::certificate::CertifiedHead;
use crate::wire::{
    Answer, Channel, HANDSHAKE_FRAME_BYTES, MESSAGE_BYTES, Refusal, Request, frame, hello, read_reply,
};

use connection::{Connection, read_frame, write_by};
use failure::{Asked, Outcome, unexpected};
pub use failure::{Failure, Lie, RemoteError};
use visit::{Visit, cut, difference, judge, matching};

/// The configuration of a client.
#[derive(Debug)]
pub struct RemoteConfig {
    /// The nodes, the hospital's own first. Configure more than may lie or fail.
    pub nodes: Vec<NodeAddress>,
    /// The hospital's identity. Its super node is trusted.
    pub hospital: Hospital,
    /// The registry, which lists the revoked certificates.
    pub registry: VerifiedRegistry,
    /// The ledger: the hash of its first charter, from a trusted source.
    pub ledger: LedgerId,
    /// What was verified before, so no node can show an older state. A head requires its charters.
    pub known: Known,
    /// Time-outs.
    pub timeouts: Timeouts,
    /// How searches are checked.
    pub searching: Searching,
}

/// A node's address and certificate.
#[derive(Clone, Debug)]
pub struct NodeAddress {
    /// Host and port.
    pub address: String,
    /// The certificate of its main node.
    pub certificate: Certificate,
}

/// What a client verified before it was restarted.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The charters, from [`Remote::charters`].
    pub charters: Option<Charters>,
    /// The head, from [`Remote::known_head`].
    pub head: Option<CertifiedHead>,
}

/// How long a client waits.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a connection and the handshake.
    pub connect: Duration,
    /// For the next bytes of a node, which reports every second that it is working.
    pub silence: Duration,
    /// At one node, for an entry or a charter to be final.
    pub finality: Duration,
    /// At one node, for a search.
    pub search: Duration,
}

impl Default for Timeouts {
    /// 5, 10 and 60 seconds, and an hour.
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(5), silence: seconds(10), finality: seconds(60), search: seconds(3600) }
    }
}

/// How to detect nodes that omit matches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Searching {
    /// Search at two nodes up to the same head. Where they differ, the client matches the entry
    /// itself to find out which one is wrong.
    pub compare: bool,
    /// After a search, match this many ranges of entries locally, at random places. If `k` of the
    /// `n` entries searched are matched locally, an omitted match is detected with probability
    /// `k/n`.
    pub ranges: usize,
    /// The number of entries in a range.
    pub range_entries: usize,
}

/// A node, and the idle connections to it.
struct Node {
    name: Name,
    address: String,
    certificate: VerifiedCertificate,
    idle: Mutex<Vec<Connection>>,
    caught: Mutex<Option<Lie>>,
}

/// What was verified.
#[derive(Default)]
struct Verified {
    charters: Option<Charters>,
    head: Option<CertifiedHead>,
    /// The roots of the newest heads, by size.
    roots: BTreeMap<u64, Root>,
}

impl Verified {
    /// Saves newer charters. The first charter alone is a head, which needs no certificate.
    fn set_charters(&mut self, charters: Charters) -> Result<(), Error> {
        let mut first = Frontier::new();
        first.append(&charters.get(1)?.to_bytes());
        self.roots.insert(first.size(), first.root());
        if self.charters.as_ref().is_none_or(|known| known.current().number() < charters.current().number()) {
            self.charters = Some(charters);
        }
        Ok(())
    }

    /// The newest head: certified, or the first charter's.
    fn newest(&self) -> Option<Head> {
        let first = || self.roots.get(&1).map(|root| Head { size: 1, root: *root });
        self.head.as_ref().map(CertifiedHead::head).or_else(first)
    }
}

/// Heads that are remembered.
const ROOTS: usize = 1024;

/// A ledger over several nodes.
pub struct Remote {
    nodes: Vec<Node>,
    hospital: Hospital,
    registry: Mutex<VerifiedRegistry>,
    ledger: LedgerId,
    timeouts: Timeouts,
    searching: Searching,
    verified: Mutex<Verified>,
    /// The node that answered last.
    preferred: AtomicUsize,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_ms() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_millis() as u64)
}

impl Remote {
    /// Connects to the first node that answers, and fetches charters and head.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there are no nodes, or one is listed twice; [`Error::InvalidKey`],
    /// [`Error::UnknownCharter`] if the known state belongs to another super node or ledger, or is
    /// a head without its charters. [`Error::Io`] names each node and its failure.
    pub fn connect(config: RemoteConfig) -> Result<Self, Error> {
        let RemoteConfig { nodes, hospital, registry, ledger, known, timeouts, searching } = config;
        let super_node = *hospital.super_node();
        let nodes = nodes.into_iter().map(|NodeAddress { address, certificate }| {
            let certificate = certificate.verify(&super_node, Role::MainNode).map_err(|error| {
                RemoteError { nodes: vec![(address.clone(), Failure::Certificate(error))] }.into_error()
            })?;
            let (name, idle, caught) = (certificate.name().clone(), Mutex::default(), Mutex::default());
            Ok(Node { name, address, certificate, idle, caught })
        });
        let nodes = nodes.collect::<Result<Vec<_>, Error>>()?;
        // A node that is listed twice would count twice.
        let names = nodes.iter().map(|node| &node.name).collect::<HashSet<_>>();
        if nodes.is_empty() || names.len() < nodes.len() {
            return Err(Error::OutOfRange);
        }
        let mut verified = Verified::default();
        if let Some(charters) = known.charters {
            if *charters.super_node() != super_node {
                return Err(Error::InvalidKey);
            }
            if charters.ledger() != ledger {
                return Err(Error::UnknownCharter);
            }
            if let Some(head) = known.head {
                head.verify(&charters)?;
                verified.roots.insert(head.head().size, head.head().root);
                verified.head = Some(head);
            }
            verified.set_charters(charters)?;
        } else if known.head.is_some() {
            return Err(Error::UnknownCharter);
        }
        let (preferred, registry, verified) =
            (AtomicUsize::new(0), Mutex::new(registry), Mutex::new(verified));
        let remote = Self { nodes, hospital, registry, ledger, timeouts, searching, verified, preferred };
        remote.refresh()?;
        Ok(remote)
    }

    /// Fetches newer charters, and a newer head if there is one.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn refresh(&self) -> Result<(), Error> {
        self.ask(|visit| visit.fetch_charters())?;
        self.head().map(drop)
    }

    /// The known charters. [`refresh`](Self::refresh) fetches newer ones.
    #[must_use]
    pub fn charters(&self) -> Charters {
        // `connect` returns only once there are some.
        #[expect(clippy::expect_used, reason = "no Remote is handed out before its charters are known")]
        lock(&self.verified).charters.clone().expect("charters are fetched by connect")
    }

    /// The newest verified head.
    #[must_use]
    pub fn known_head(&self) -> Option<CertifiedHead> {
        lock(&self.verified).head.clone()
    }

    /// Updates the registry to a newer one.
    pub fn set_registry(&self, registry: VerifiedRegistry) {
        let mut current = lock(&self.registry);
        if registry.sequence() >= current.sequence() {
            *current = registry;
        }
    }

    /// The nodes that were caught lying, with their lies.
    #[must_use]
    pub fn caught(&self) -> Vec<(Name, Lie)> {
        let lie = |node: &Node| lock(&node.caught).clone().map(|lie| (node.name.clone(), lie));
        self.nodes.iter().filter_map(lie).collect()
    }

    /// The state that each node reports.
    #[must_use]
    pub fn status(&self) -> Vec<(Name, Result<Status, Failure>)> {
        let status = |node: &Node| {
            let asked = self.at_node(node, &mut |visit| match visit.ask(&Request::Status)? {
                Answer::Status(status) => Ok(status),
                other => Err(unexpected(other)),
            });
            (node.name.clone(), asked.map_err(Outcome::into_failure))
        };
        self.nodes.iter().map(status).collect()
    }

    /// Submits the next charter, and waits until it is final. Returns its height.
    ///
    /// # Errors
    /// The ledger's refusal, as from [`Charters::push`]; [`Error::Io`].
    pub fn submit_charter(&self, charter: &Charter) -> Result<u64, Error> {
        let request = Request::SubmitCharter(charter.to_bytes());
        let height = self.ask(|visit| {
            match visit.ask_until(&request, self.timeouts.finality, &mut |_| ControlFlow::Continue(()))? {
                Answer::CharterAppended(height) => Ok(height),
                Answer::Refused(Refusal::Invalid(error)) => Err(Outcome::Perhaps(error)),
                other => Err(unexpected(other)),
            }
        })?;
        self.refresh()?;
        Ok(height)
    }

    /// How many nodes must make a claim that cannot be proved: one more than may lie, or all that
    /// are configured.
    fn enough(&self) -> usize {
        let verified = lock(&self.verified);
        let validators = verified.charters.as_ref().map_or(0, |c| c.current().terms().validators.len());
        (validators.saturating_sub(1) / 3 + 1).min(self.nodes.len())
    }

    fn known_size(&self) -> u64 {
        lock(&self.verified).newest().map_or(0, |head| head.size)
    }

    /// The nodes, beginning with the one that answered last.
    fn order(&self) -> impl Iterator<Item = (usize, &Node)> {
        let first = self.preferred.load(Ordering::Relaxed);
        self.nodes.iter().enumerate().cycle().skip(first).take(self.nodes.len())
    }

    fn ask<T>(&self, work: impl FnMut(&mut Visit<'_>) -> Asked<T>) -> Result<T, Error> {
        self.ask_except(None, work).map(|(_, answer)| answer)
    }

    /// Asks one node after the other, beginning with the one that answered last.
    fn ask_except<T>(
        &self,
        except: Option<usize>,
        mut work: impl FnMut(&mut Visit<'_>) -> Asked<T>,
    ) -> Result<(usize, T), Error> {
        let (mut failures, mut perhaps) = (Vec::new(), Vec::new());
        for (i, node) in self.order().filter(|(i, _)| Some(*i) != except) {
            match self.at_node(node, &mut work) {
                Ok(answer) => {
                    if except.is_none() {
                        self.preferred.store(i, Ordering::Relaxed);
                    }
                    return Ok((i, answer));
                }
                Err(Outcome::Final(error)) => return Err(error),
                Err(Outcome::Perhaps(error)) => {
                    perhaps.push(error.clone());
                    if perhaps.iter().filter(|one| **one == error).count() >= self.enough() {
                        return Err(error);
                    }
                    failures.push((node.name.to_string(), Failure::Unconfirmed(error)));
                }
                Err(Outcome::Failed(failure)) => {
                    debug!(node = %node.name, %failure, "a node failed");
                    failures.push((node.name.to_string(), failure));
                }
            }
        }
        Err(RemoteError { nodes: failures }.into_error())
    }

    fn accuse(&self, node: &Node, lie: &Lie) {
        warn!(node = %node.name, %lie, "a node lies and is not asked again");
        lock(&node.caught).get_or_insert_with(|| lie.clone());
        lock(&node.idle).clear();
    }

    /// Asks one node, over an idle connection or a new one.
    fn at_node<T>(&self, node: &Node, work: &mut impl FnMut(&mut Visit<'_>) -> Asked<T>) -> Asked<T> {
        if let Some(lie) = &*lock(&node.caught) {
            return Err(Failure::Aside(lie.clone()).into());
        }
        // A session ends with the certificate, or when it is revoked; `open` reports the reason.
        let certificate = &node.certificate;
        if !certificate.validity().contains(&now_ms())
            || lock(&self.registry).is_certificate_revoked(&certificate.serial())
        {
            lock(&node.idle).clear();
        }
        loop {
            let idle = lock(&node.idle).pop();
            let (connection, is_old) = match idle {
                Some(connection) => (connection, true),
                None => (self.open(node)?, false),
            };
            let mut visit = Visit { remote: self, connection };
            let outcome = work(&mut visit);
            if visit.connection.is_sound {
                lock(&node.idle).push(visit.connection);
            }
            match &outcome {
                // The node may have closed the idle connection.
                Err(Outcome::Failed(Failure::Lost(..))) if is_old => {}
                Err(Outcome::Failed(Failure::Lied(lie))) => {
                    self.accuse(node, lie);
                    return outcome;
                }
                _ => return outcome,
            }
        }
    }

    fn open(&self, node: &Node) -> Result<Connection, Failure> {
        let by = Instant::now() + self.timeouts.connect;
        let failed =
            |error: io::Error| Failure::Connect(node.address.clone(), error.kind(), error.to_string());
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        let mut stream = None;
        for address in node.address.to_socket_addrs().map_err(failed)? {
            match TcpStream::connect_timeout(&address, self.timeouts.connect) {
                Ok(connected) => {
                    stream = Some(connected);
                    break;
                }
                Err(error) => last = error,
            }
        }
        let mut stream = stream.ok_or_else(|| failed(last))?;
        stream.set_nodelay(true).map_err(failed)?;
        let registry = lock(&self.registry).clone();
        let start = self.hospital.start(&node.certificate, &registry, now_ms(), &mut OsRng);
        let (awaiting, request) = start.map_err(Failure::Certificate)?;
        let silence = self.timeouts.connect;
        write_by(&mut stream, &frame(&hello(&self.ledger, &request.to_bytes())), by, silence)?;
        let reply = read_frame(&mut stream, HANDSHAKE_FRAME_BYTES, by, silence)?;
        let reply = read_reply(&reply).map_err(Failure::Wire)?.map_err(Failure::Closed)?;
        let reply = AuthReply::from_bytes(reply).map_err(|_| Failure::NotThatNode)?;
        let established = awaiting.finish(&reply).map_err(|_| Failure::NotThatNode)?;
        write_by(&mut stream, &frame(&established.confirmation.to_bytes()), by, silence)?;
        let channel = Channel::new(established.session, &self.ledger, MESSAGE_BYTES);
        Ok(Connection { stream, channel, is_sound: true })
    }
}

impl Ledger for Remote {
    fn append(&self, entry: Validated) -> Result<Appended, Error> {
        let bytes = entry.entry().to_bytes();
        if bytes.len() > ITEM_BYTES {
            return Err(Error::LimitExceeded(Limit::EntryLength));
        }
        let request = Request::Submit(bytes);
        self.ask(|visit| {
            let answer =
                visit.ask_until(&request, self.timeouts.finality, &mut |_| ControlFlow::Continue(()))?;
            let appended = match answer {
                Answer::Appended(appended) => appended,
                Answer::Refused(Refusal::Invalid(error)) => {
                    // A newer charter is signed, so one node suffices to prove it.
                    visit.fetch_charters()?;
                    let is_current = self.charters().current().hash() == entry.charter();
                    let passed = error == Error::EraPassed && !is_current;
                    return Err(if passed { Outcome::Final(error) } else { Outcome::Perhaps(error) });
                }
                other => return Err(unexpected(other)),
            };
            let head = visit.head_of(appended.height.saturating_add(1))?;
            // The ledger may have it with another signature on the same statement.
            let height = match visit.prove(&entry, &head) {
                Err(Outcome::Failed(Failure::Lied(Lie::Proof))) if appended.was_there => {
                    let there = visit.entry(&entry.id())?;
                    visit.prove(&there, &head)?
                }
                // It claimed to have the entry.
                Err(Outcome::Perhaps(_)) => return Err(Lie::Proof.into()),
                height => height?,
            };
            if height == appended.height { Ok(appended) } else { Err(Lie::Proof.into()) }
        })
    }

    fn at(&self, height: u64) -> Result<Item, Error> {
        if height >= self.known_size() && height >= self.head()?.size {
            return Err(Error::UnknownEntry);
        }
        self.ask(|visit| visit.item(height))
    }

    fn get(&self, id: &EntryId) -> Result<Arc<Entry>, Error> {
        self.ask(|visit| {
            let entry = visit.entry(id)?;
            let head = visit.head_of(1)?;
            match visit.prove(&entry, &head) {
                Err(Outcome::Perhaps(Error::AfterTrustedHead)) => {
                    let head = visit.certified_head()?;
                    visit.prove(&entry, &head)?;
                }
                Err(Outcome::Perhaps(_)) => return Err(Lie::Proof.into()),
                height => drop(height?),
            }
            Ok(entry)
        })
    }

    /// The newest certified head, never older than the newest that was seen. Asks one
    /// node more than may lie for charters and head, as far as they answer, so one node
    /// cannot hide a newer head.
    fn head(&self) -> Result<Head, Error> {
        let (mut answers, mut failures) = (0, Vec::new());
        for (_, node) in self.order() {
            let mut newest = |visit: &mut Visit<'_>| {
                visit.fetch_charters()?;
                visit.certified_head()
            };
            match self.at_node(node, &mut newest) {
                Ok(_) | Err(Outcome::Failed(Failure::Behind { .. })) => answers += 1,
                // Nothing is certified while the ledger contains only its first charter.
                Err(Outcome::Failed(Failure::Refused(Refusal::NotReady))) if self.known_size() == 1 => {
                    answers += 1;
                }
                Err(outcome) => failures.push((node.name.to_string(), outcome.into_failure())),
            }
            if answers == self.enough() {
                break;
            }
        }
        match lock(&self.verified).newest() {
            Some(known) if answers > 0 => Ok(known),
            _ => Err(RemoteError { nodes: failures }.into_error()),
        }
    }

    fn prove(&self, id: &EntryId, size: u64) -> Result<InclusionProof, Error> {
        let root = lock(&self.verified).roots.get(&size).copied();
        self.ask(|visit| {
            let proof = visit.proof(id, size)?;
            if let Some(root) = root {
                let entry = visit.entry(id)?;
                proof.verify(&Head { size, root }, &entry.to_bytes()).map_err(|_| Lie::Proof)?;
            }
            Ok(proof)
        })
    }

    fn scan(&self, from: u64) -> Items<'_> {
        self.pages(from, Request::Items, |answer| match answer {
            Answer::Items(page) => {
                let item = |bytes: Result<Vec<u8>, Error>| bytes.and_then(|bytes| Item::from_bytes(&bytes));
                Ok(page.into_iter().map(item).collect())
            }
            other => Err(unexpected(other)),
        })
    }

    fn indexes(&self, from: u64) -> Indexes<'_> {
        self.pages(from, Request::Indexes, |answer| match answer {
            Answer::Indexes(page) => {
                let decode = |(id, index): (EntryId, Vec<u8>)| {
                    RecordIndex::from_bytes(&index).map(|index| Indexed { id, index })
                };
                let index = |index: Result<Option<_>, Error>| index.and_then(|i| i.map(decode).transpose());
                Ok(page.into_iter().map(index).collect())
            }
            other => Err(unexpected(other)),
        })
    }

    fn search(
        &self,
        query: &Query,
        authority: &PublicKey,
        from: u64,
        _threads: Threads,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        query.check(authority)?;
        // A node searches up to the known head, so this one is new.
        self.head()?;
        let bytes = query.to_bytes();
        let checked = |visit: &mut Visit<'_>, progress: &mut dyn FnMut(u64) -> ControlFlow<()>| {
            let found = visit.search(&bytes, from, progress)?;
            visit.check_search(query, authority, from, &found)?;
            Ok(found)
        };
        loop {
            let (a, mut one) = self.ask_except(None, |visit| checked(visit, progress))?;
            if !self.searching.compare {
                return Ok(one);
            }
            let (b, mut other) = self.ask_except(Some(a), |visit| checked(visit, progress))?;
            let end = one.next.min(other.next);
            cut(&mut one, end);
            cut(&mut other, end);
            let Some(height) = difference(&one, &other) else { return Ok(one) };
            // The proved entry shows which node is wrong. Each time, one node fewer remains to ask.
            let item = self.at(height)?;
            let prepared = query.prepare(authority)?;
            let matching = matching(&prepared, &item);
            for (node, found) in [(a, &one), (b, &other)] {
                if let (Some(node), Some(lie)) = (self.nodes.get(node), judge(found, height, matching)) {
                    self.accuse(node, &lie);
                }
            }
        }
    }
}

/// A page of items that a node sent.
type Page<T> = Vec<Result<T, Error>>;

impl Remote {
    /// Reads page by page from a node, up to the newest head at the beginning.
    fn pages<'a, T: 'a>(
        &'a self,
        from: u64,
        request: fn(u64) -> Request,
        read: fn(Answer) -> Asked<Page<T>>,
    ) -> Box<dyn Iterator<Item = (u64, Result<T, Error>)> + 'a> {
        let mut page = Vec::new().into_iter();
        let (mut end, mut height) = (None, Some(from));
        Box::new(iter::from_fn(move || {
            let here = height?;
            let mut next_page = || -> Result<vec::IntoIter<Result<T, Error>>, Error> {
                let end = match end {
                    Some(end) => end,
                    None => *end.insert(self.head()?.size),
                };
                if here >= end {
                    return Ok(Vec::new().into_iter());
                }
                let page = self.ask(|visit| match read(visit.ask(&request(here))?)? {
                    page if page.is_empty() => Err(Failure::Behind { size: here, known: end }.into()),
                    page => Ok(page),
                })?;
                let length = usize::try_from(end - here).unwrap_or(usize::MAX);
                Ok(page.into_iter().take(length).collect::<Vec<_>>().into_iter())
            };
            let item = match page.next() {
                Some(item) => item,
                None => match next_page() {
                    Ok(next) => {
                        page = next;
                        page.next()?
                    }
                    Err(error) => Err(error),
                },
            };
            let goes_on = item.as_ref().err().is_none_or(Error::is_malformed);
            height = if goes_on { here.checked_add(1) } else { None };
            Some((here, item))
        }))
    }
}
