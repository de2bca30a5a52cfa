//! How a server is shared: connections by address and by hospital, and quotas.
//!
//! A connection is a *stranger's* until its hospital has proved its identity. A stranger keeps its
//! place only while nobody else needs it. If all places of strangers, or of one address, are taken,
//! the oldest stranger makes room for the new one. It is chosen from the address with the most
//! strangers, so an address cannot take the place of another that has fewer.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use medseal::identity::Name;
use tokio::sync::{Semaphore, oneshot};

use crate::server::{Limits, Quotas};
use crate::wire::{Quota, Refusal, Request};

/// The minimum cost of a request in the quota of bytes.
const REQUEST_COST: usize = 1024;

/// The maximum number of addresses without a connection whose rate is remembered.
const ADDRESSES: usize = 4096;

/// The open connections, oldest first, and the addresses.
#[derive(Default)]
pub(super) struct Places {
    next: u64,
    connections: BTreeMap<u64, Connection>,
    strangers: usize,
    addresses: HashMap<IpAddr, Address>,
}

struct Connection {
    address: IpAddr,
    /// Tells a stranger's connection to make room. `None` once its hospital is known.
    stranger: Option<oneshot::Sender<()>>,
}

struct Address {
    connections: usize,
    strangers: usize,
    rate: Bucket,
}

/// A connection's place, freed on drop.
pub(super) struct Place {
    places: Arc<Mutex<Places>>,
    number: u64,
}

impl Place {
    /// Takes a place for a connection from this address, if there is one. Also returns the receiver
    /// that is told when the connection must make room.
    pub(super) fn take(
        places: &Arc<Mutex<Places>>,
        peer: SocketAddr,
        limits: &Limits,
        now: Instant,
    ) -> Option<(Self, oneshot::Receiver<()>)> {
        let (mut taken, address) = (lock(places), address_of(peer));
        let this = taken.address(address, limits, now);
        this.rate.take(1, now).ok()?;
        if this.connections >= limits.connections_per_address {
            taken.make_room(Some(address)).then_some(())?;
        } else if taken.strangers >= limits.strangers {
            taken.make_room(None).then_some(())?;
        }
        let (stranger, gone) = oneshot::channel();
        let number = taken.next;
        taken.next += 1;
        taken.strangers += 1;
        let this = taken.address(address, limits, now);
        this.connections += 1;
        this.strangers += 1;
        taken.connections.insert(number, Connection { address, stranger: Some(stranger) });
        drop(taken);
        Some((Self { places: Arc::clone(places), number }, gone))
    }

    /// Moves the connection to a place of hospitals, once its hospital has proved its identity.
    /// Fails if these are taken, or if the connection had to make room.
    pub(super) fn keep(&self, limits: &Limits) -> bool {
        let mut places = lock(&self.places);
        let places = &mut *places;
        if places.connections.len() - places.strangers >= limits.connections {
            return false;
        }
        let Some(connection) = places.connections.get_mut(&self.number) else { return false };
        if connection.stranger.take().is_some() {
            places.strangers -= 1;
            if let Some(address) = places.addresses.get_mut(&connection.address) {
                address.strangers -= 1;
            }
        }
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.places).free(self.number);
    }
}

impl Places {
    fn address(&mut self, address: IpAddr, limits: &Limits, now: Instant) -> &mut Address {
        if self.addresses.len() >= ADDRESSES && !self.addresses.contains_key(&address) {
            self.addresses.retain(|_, address| address.connections > 0);
        }
        self.addresses.entry(address).or_insert_with(|| Address {
            connections: 0,
            strangers: 0,
            rate: Bucket::new(limits.connections_per_minute, now),
        })
    }

    /// Ends the oldest stranger's connection from one address, or from the addresses with the most
    /// strangers.
    fn make_room(&mut self, from: Option<IpAddr>) -> bool {
        let most = self.addresses.values().map(|address| address.strangers).max();
        let is_one = |address: &IpAddr| match from {
            Some(from) => *address == from,
            None => self.addresses.get(address).map(|address| address.strangers) == most,
        };
        let goes = |connection: &Connection| connection.stranger.is_some() && is_one(&connection.address);
        let oldest = self.connections.iter().find(|(_, connection)| goes(connection));
        let Some(number) = oldest.map(|(number, _)| *number) else { return false };
        if let Some(stranger) = self.free(number).and_then(|connection| connection.stranger) {
            // Its task may have ended already.
            let _ = stranger.send(());
        }
        true
    }

    fn free(&mut self, number: u64) -> Option<Connection> {
        let connection = self.connections.remove(&number)?;
        let was_stranger = usize::from(connection.stranger.is_some());
        self.strangers -= was_stranger;
        if let Some(address) = self.addresses.get_mut(&connection.address) {
            address.connections -= 1;
            address.strangers -= was_stranger;
        }
        Some(connection)
    }
}

/// What counts as one address. For IPv6 this is the network, because one client has a whole one.
fn address_of(peer: SocketAddr) -> IpAddr {
    match peer.ip().to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        ip => ip,
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hospital's state while the server runs. There are at most as many as registered hospitals.
pub(super) struct Member {
    pub(super) name: Name,
    buckets: Mutex<Buckets>,
    connections: Mutex<usize>,
    pub(super) searching: Arc<Semaphore>,
}

struct Buckets {
    entries: Bucket,
    bytes: Bucket,
    searches: Bucket,
}

impl Member {
    pub(super) fn new(name: Name, quotas: &Quotas) -> Self {
        let now = Instant::now();
        let buckets = Buckets {
            entries: Bucket::new(quotas.entries, now),
            bytes: Bucket::new(quotas.bytes, now),
            searches: Bucket::new(quotas.searches, now),
        };
        Self {
            name,
            buckets: Mutex::new(buckets),
            connections: Mutex::new(0),
            searching: Arc::new(Semaphore::new(1)),
        }
    }

    /// Charges a request before it runs: all of its cost or nothing.
    pub(super) fn charge(&self, request: &Request, bytes: usize) -> Result<(), Refusal> {
        let mut buckets = lock(&self.buckets);
        let (now, bytes) = (Instant::now(), bytes.max(REQUEST_COST));
        let refused = |quota| move |after| Refusal::Quota(quota, after);
        buckets.bytes.look(now).map_err(refused(Quota::Bytes))?;
        match request {
            Request::Submit(_) | Request::SubmitCharter(_) => {
                buckets.entries.take(1, now).map_err(refused(Quota::Entries))?
            }
            Request::Search { .. } => buckets.searches.take(1, now).map_err(refused(Quota::Searches))?,
            _ => {}
        }
        buckets.bytes.take(bytes, now).map_err(refused(Quota::Bytes))
    }

    /// Charges an answer afterwards.
    pub(super) fn charge_answer(&self, bytes: usize) {
        lock(&self.buckets).bytes.owe(bytes, Instant::now());
    }
}

/// A hospital's connection, counted until this is dropped.
pub(super) struct Connected(pub(super) Arc<Member>);

impl Connected {
    pub(super) fn new(member: Arc<Member>, most: usize) -> Option<Self> {
        let mut connections = lock(&member.connections);
        if *connections >= most {
            return None;
        }
        *connections += 1;
        drop(connections);
        Some(Self(member))
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        *lock(&self.0.connections) -= 1;
    }
}

/// A token bucket with a rate per minute. It may be in debt for work whose cost was known only
/// afterwards.
#[derive(Debug)]
struct Bucket {
    a_minute: f64,
    there: f64,
    at: Instant,
}

impl Bucket {
    fn new(a_minute: u32, now: Instant) -> Self {
        Self { a_minute: a_minute.into(), there: a_minute.into(), at: now }
    }

    fn refill(&mut self, now: Instant) {
        let earned = now.saturating_duration_since(self.at).as_secs_f64() / 60.0 * self.a_minute;
        (self.there, self.at) = ((self.there + earned).min(self.a_minute), now);
    }

    /// Whether anything can be taken; if not, when.
    fn look(&mut self, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        if self.there >= 1.0 {
            return Ok(());
        }
        let seconds = (1.0 - self.there) / self.a_minute * 60.0;
        Err(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }

    fn take(&mut self, amount: usize, now: Instant) -> Result<(), Duration> {
        self.look(now)?;
        self.there -= amount as f64;
        Ok(())
    }

    fn owe(&mut self, amount: usize, now: Instant) {
        self.refill(now);
        self.there -= amount as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(host: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, host], 1))
    }

    #[test]
    fn the_oldest_of_the_most_makes_room() {
        let limits = Limits { strangers: 4, connections_per_address: 3, ..Limits::default() };
        let (places, now) = (Arc::default(), Instant::now());
        let take = |host| Place::take(&places, from(host), &limits, now).unwrap();
        let is_told = |taken: &mut (Place, oneshot::Receiver<()>)| taken.1.try_recv() == Ok(());
        let (mut lone, mut first, mut second) = (take(1), take(2), take(2));
        let mut third = take(2);
        // All places are taken. The oldest stranger of the address with three goes, not the oldest
        // stranger of all.
        let mut other = take(3);
        assert!(is_told(&mut first) && !is_told(&mut lone));
        // If each address has one, the oldest of all goes.
        assert!(third.0.keep(&limits));
        let (mut fourth, mut fifth) = (take(4), take(5));
        assert!(is_told(&mut lone) && !is_told(&mut second) && !is_told(&mut other));
        // A hospital does not make room, and a connection that made room cannot be kept.
        assert!(!lone.0.keep(&limits) && !first.0.keep(&limits));
        let mut new = Vec::new();
        for told in [&mut second, &mut other, &mut fourth, &mut fifth] {
            new.push(take(6 + new.len() as u8));
            assert!(is_told(told) && !is_told(&mut third));
        }
    }

    #[test]
    fn an_address_makes_its_own_room() {
        let limits = Limits { connections: 3, connections_per_address: 2, ..Limits::default() };
        let (places, now) = (Arc::default(), Instant::now());
        let take = |host| Place::take(&places, from(host), &limits, now);
        let (mut first, mut other) = (take(1).unwrap(), take(2).unwrap());
        let (second, third) = (take(1).unwrap(), take(1).unwrap());
        assert!(first.1.try_recv() == Ok(()) && other.1.try_recv().is_err());
        assert!(second.0.keep(&limits) && third.0.keep(&limits));
        // Hospitals take all places of the address, then all of the server.
        assert!(take(1).is_none());
        assert!(other.0.keep(&limits));
        let late = take(3).unwrap();
        assert!(!late.0.keep(&limits));
        drop(second);
        assert!(late.0.keep(&limits));
        assert!(take(1).is_some());
    }

    #[test]
    fn an_address_comes_no_faster() {
        let limits = Limits { connections_per_minute: 60, ..Limits::default() };
        let (places, start) = (Arc::default(), Instant::now());
        let take = |host, now| Place::take(&places, from(host), &limits, now).is_some();
        assert_eq!((0..100).filter(|_| take(1, start)).count(), 60);
        assert!(take(2, start));
        assert!(take(1, start + Duration::from_secs(1)));
        assert!(!take(1, start + Duration::from_secs(1)));
        // The number of remembered addresses is bounded.
        for host in 0..2 * ADDRESSES as u32 {
            let peer = SocketAddr::from((host.to_be_bytes(), 1));
            Place::take(&places, peer, &limits, start).unwrap();
        }
        assert!(lock(&places).addresses.len() <= ADDRESSES);
        let places = lock(&places);
        assert!(places.connections.is_empty() && places.strangers == 0);
    }

    #[test]
    fn a_bucket_limits_the_rate_per_minute() {
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        let mut bucket = Bucket::new(60, start);
        assert!((0..60).all(|_| bucket.take(1, start).is_ok()));
        assert_eq!(bucket.take(1, start), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(1, later(1)), Ok(()));
        // Debt is paid first, and a long rest saves at most one minute's worth.
        bucket.owe(10, later(1));
        assert_eq!(bucket.look(later(2)), Err(Duration::from_secs(10)));
        assert_eq!((0..100).filter(|_| bucket.take(1, later(100_000)).is_ok()).count(), 60);
        // A quota of zero allows nothing.
        assert!(Bucket::new(0, start).look(later(60)).is_err());
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let of = |text: &str| address_of(text.parse().unwrap());
        assert_eq!(of("[2001:db8:1:2::1]:1"), of("[2001:db8:1:2:ffff::9]:2"));
        assert_ne!(of("[2001:db8:1:2::1]:1"), of("[2001:db8:1:3::1]:1"));
        assert_eq!(of("[::ffff:10.0.0.1]:1"), of("10.0.0.1:2"));
        assert_ne!(of("10.0.0.1:1"), of("10.0.0.2:1"));
    }
}
