//! Who has which share of a server: connections by address and by hospital, and quotas.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use medseal::identity::Name;
use tokio::sync::Semaphore;

use crate::server::{Limits, Quotas};
use crate::wire::{Quota, Refusal, Request};

/// What a request costs at least of the quota of bytes.
const REQUEST_COST: usize = 1024;

/// Connections that stand, overall and by address.
#[derive(Default)]
pub(super) struct Places {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A connection's place, which is free again when this is dropped.
pub(super) struct Place(Arc<Mutex<Places>>, IpAddr);

impl Place {
    /// A place for a connection from there, if there is one.
    pub(super) fn take(places: &Arc<Mutex<Places>>, peer: SocketAddr, limits: &Limits) -> Option<Self> {
        let (mut taken, address) = (lock(places), address_of(peer));
        let here = taken.by_address.get(&address).copied().unwrap_or_default();
        if taken.all >= limits.connections || here >= limits.connections_per_address {
            return None;
        }
        taken.all += 1;
        *taken.by_address.entry(address).or_default() += 1;
        drop(taken);
        Some(Self(Arc::clone(places), address))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.0);
        places.all -= 1;
        if let Some(count) = places.by_address.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                places.by_address.remove(&self.1);
            }
        }
    }
}

/// What counts as one address: of IPv6 the network, since a client has all of one.
fn address_of(peer: SocketAddr) -> IpAddr {
    match peer.ip().to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
        ip => ip,
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a hospital while the server runs. There are no more of them than
/// hospitals that are registered.
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

    /// Takes what a request costs before it is done, all of it or nothing.
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

    /// Takes what an answer costs, after the fact.
    pub(super) fn charge_answer(&self, bytes: usize) {
        lock(&self.buckets).bytes.owe(bytes, Instant::now());
    }
}

/// A connection of a hospital's, which counts until this is dropped.
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

/// A token bucket: so much a minute. It may be in debt, for what was done
/// before its cost was known.
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

    /// Whether something can be taken; if not, when.
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

    #[test]
    fn a_bucket_gives_so_much_a_minute() {
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        let mut bucket = Bucket::new(60, start);
        assert!((0..60).all(|_| bucket.take(1, start).is_ok()));
        assert_eq!(bucket.take(1, start), Err(Duration::from_secs(1)));
        assert_eq!(bucket.take(1, later(1)), Ok(()));
        // What was owed comes first, and a long rest fills no more than a minute's.
        bucket.owe(10, later(1));
        assert_eq!(bucket.look(later(2)), Err(Duration::from_secs(10)));
        assert_eq!((0..100).filter(|_| bucket.take(1, later(100_000)).is_ok()).count(), 60);
        // A quota of nothing gives nothing.
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
