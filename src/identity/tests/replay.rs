//! The replay cache: it accepts a request once, forgets nothing too early, and one
//! hospital cannot fill it.

use proptest::prelude::*;

use super::*;
use crate::Error;
use crate::limits::{Limit, REPLAY_CACHE_REQUESTS};

const WINDOW: u64 = 100;
const BOUNDS: ReplayBounds = ReplayBounds { window_ms: WINDOW, capacity: 4, quota: 2 };

/// Makes a cache that started long ago.
fn cache() -> MemoryReplayCache {
    MemoryReplayCache::new(BOUNDS, 0).unwrap()
}

/// Remembers request `id` of this hospital, made and received at this time.
fn remember(cache: &MemoryReplayCache, hospital: &str, id: u8, time_ms: u64) -> Result<(), Error> {
    remember_at(cache, hospital, id, time_ms, time_ms)
}

fn remember_at(
    cache: &MemoryReplayCache,
    hospital: &str,
    id: u8,
    time_ms: u64,
    now_ms: u64,
) -> Result<(), Error> {
    let request = SeenRequest { ephemeral: &[id; 48], time_ms, hospital: &name(hospital) };
    let look = cache.look(request.ephemeral, time_ms);
    let remembered = cache.remember(&request, now_ms);
    assert!(look.is_ok() || remembered.is_err(), "a look refuses nothing that would be remembered");
    remembered
}

#[test]
fn concurrent_copies_are_accepted_once() {
    let c = Consortium::new();
    for seed in 0..4 {
        let (_, request) = c.start(seed);
        let barrier = std::sync::Barrier::new(8);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let accept = || {
                barrier.wait();
                c.accept(&request).map(|_| ())
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(accept)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Error::RequestReplayed)).count(), 7);
    }
}

#[test]
fn a_slow_clock_raises_the_floor() {
    let cache = cache();
    remember(&cache, "a", 1, 1000).unwrap();
    remember(&cache, "a", 2, 1050).unwrap();
    remember_at(&cache, "b", 3, 1100, 1151).unwrap();
    assert_eq!(cache.len(), 1);
    for (id, time) in [(1, 1000), (2, 1050), (4, 1050), (4, 101)] {
        assert_eq!(remember(&cache, "a", id, time), Err(Error::RequestOutsideWindow));
    }
    assert_eq!(remember(&cache, "a", 4, 1051), Ok(()));
}

#[test]
fn a_fresh_start_rejects_possible_replays() {
    let c = Consortium::new();
    let (_, request) = c.start(1);
    c.accept(&request).unwrap();
    let restarted = MemoryReplayCache::new(ReplayBounds::default(), NOW).unwrap();
    let accept =
        |request: &AuthRequest, now| c.main_node.accept(request, &c.registry, &restarted, now).map(|_| ());
    assert_eq!(accept(&request, NOW), Err(Error::RequestOutsideWindow));
    // Another instance's clock may have been ahead by the window.
    let start = |now| c.hospital.start(&c.certificate, &c.registry, now, &mut rng(2)).unwrap().1;
    let end = NOW + DEFAULT_WINDOW_MS;
    assert_eq!(accept(&start(end), end), Err(Error::RequestOutsideWindow));
    assert_eq!(accept(&start(end + 1), end + 1), Ok(()));
}

#[test]
fn a_restored_cache_continues() {
    let cache = cache();
    remember(&cache, "a", 1, 1000).unwrap();
    remember(&cache, "a", 2, 1101).unwrap();
    let restored = MemoryReplayCache::restore(&cache.save()).unwrap();
    assert_eq!(remember(&restored, "a", 1, 1000), Err(Error::RequestOutsideWindow));
    assert_eq!(remember(&restored, "a", 2, 1101), Err(Error::RequestReplayed));
    remember(&restored, "a", 3, 1101).unwrap();
    assert_eq!(remember(&restored, "a", 4, 1101), Err(Error::ReplayQuotaExceeded));
}

#[test]
fn one_hospital_cannot_shut_out_the_others() {
    let cache = cache();
    remember(&cache, "a", 1, 1000).unwrap();
    remember(&cache, "a", 2, 1050).unwrap();
    assert_eq!(remember(&cache, "a", 3, 1050), Err(Error::ReplayQuotaExceeded));
    assert_eq!(remember(&cache, "b", 4, 1050), Ok(()));
    // Its share comes back with time, request by request.
    assert_eq!(remember(&cache, "a", 3, 1101), Ok(()));
    assert_eq!(remember(&cache, "a", 5, 1101), Err(Error::ReplayQuotaExceeded));
    assert_eq!(remember(&cache, "a", 5, 1151), Ok(()));
}

#[test]
fn a_full_cache_refuses_rather_than_forgets() {
    let cache = cache();
    for (id, hospital) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
        remember(&cache, hospital, id, 1000).unwrap();
    }
    assert_eq!(remember(&cache, "c", 5, 1000), Err(Error::ReplayCacheFull));
    for (id, hospital) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
        assert_eq!(remember(&cache, hospital, id, 1000), Err(Error::RequestReplayed));
    }
    assert_eq!(remember(&cache, "c", 5, 1101), Ok(()));
    assert_eq!((cache.len(), cache.is_empty()), (1, false));
}

#[test]
fn keeps_requests_to_the_last_millisecond() {
    let cache = cache();
    remember(&cache, "a", 1, 1000).unwrap();
    remember(&cache, "b", 2, 1100).unwrap();
    assert_eq!(remember_at(&cache, "a", 1, 1000, 1100), Err(Error::RequestReplayed));
    // A request from the future is kept until its own time has passed.
    remember_at(&cache, "b", 3, 1250, 1150).unwrap();
    assert_eq!(remember_at(&cache, "b", 3, 1250, 1350), Err(Error::RequestReplayed));
    assert_eq!(remember_at(&cache, "b", 3, 1250, 1351), Err(Error::RequestOutsideWindow));
}

#[test]
fn only_an_authenticated_request_takes_up_room() {
    let mut c = Consortium::new();
    let other = MainNode::generate(name("node 2"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap();
    c.start(1);
    let (_, request) = c.start(1);
    assert!(other.accept(&request, &c.registry, &c.replay_cache, NOW).is_err());
    c.super_node.revoke_hospital(c.hospital.name()).unwrap();
    c.publish();
    assert!(c.accept(&request).is_err());
    assert!(c.replay_cache.is_empty());
}

#[test]
fn a_foreign_cache_need_not_look() {
    /// A minimal shared store: it implements only the required methods.
    struct Store(std::sync::Mutex<std::collections::BTreeSet<[u8; 48]>>);
    impl ReplayCache for Store {
        fn window_ms(&self) -> u64 {
            WINDOW
        }
        fn remember(&self, request: &SeenRequest<'_>, _: u64) -> Result<(), Error> {
            let new = self.0.lock().unwrap().insert(*request.ephemeral);
            if new { Ok(()) } else { Err(Error::RequestReplayed) }
        }
    }
    let (c, store) = (Consortium::new(), Store(Default::default()));
    let store: &dyn ReplayCache = &store;
    let (_, request) = c.start(1);
    let accept = |now| c.main_node.accept(&request, &c.registry, store, now).map(|_| ());
    assert_eq!(accept(NOW + WINDOW + 1), Err(Error::RequestOutsideWindow));
    assert_eq!(accept(NOW), Ok(()));
    assert_eq!(accept(NOW), Err(Error::RequestReplayed));
}

#[test]
fn bounds_are_checked() {
    let new = |capacity, quota| {
        MemoryReplayCache::new(ReplayBounds { window_ms: 1, capacity, quota }, 0).map(|cache| cache.len())
    };
    assert_eq!(new(1, 0), Err(Error::InvalidField));
    assert_eq!(new(1, 2), Err(Error::InvalidField));
    let most = REPLAY_CACHE_REQUESTS as u32;
    assert_eq!(new(most + 1, 1), Err(Error::LimitExceeded(Limit::ReplayCacheRequests)));
    assert_eq!(new(most, most), Ok(0));
}

proptest! {
    #[test]
    fn accepts_no_request_twice_under_any_clock(
        steps in proptest::collection::vec((0..20u8, 0..1000u64, any::<bool>()), 1..200),
    ) {
        // Each request has one time and one hospital. The clock jumps, and sometimes the cache is
        // saved and restored. A parallel model forgets nothing.
        let mut cache = cache();
        let mut accepted = std::collections::BTreeMap::new();
        for (id, now, restart) in steps {
            let (time, hospital) = (200 + u64::from(id) * 37, if id % 2 == 0 { "a" } else { "b" });
            if now.abs_diff(time) <= WINDOW {
                let outcome = remember_at(&cache, hospital, id, time, now);
                if outcome.is_ok() {
                    prop_assert_eq!(accepted.insert(id, time), None);
                } else if outcome == Err(Error::RequestReplayed) {
                    prop_assert!(accepted.contains_key(&id));
                }
            }
            prop_assert!(cache.len() <= BOUNDS.capacity as usize);
            if restart {
                cache = MemoryReplayCache::restore(&cache.save()).unwrap();
            }
        }
    }
}
