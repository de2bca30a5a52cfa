//! The replay cache: the requests that a main node has accepted. It accepts none twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::codec::{self, Kind, Object, Part, Reader, Writer};
use crate::curve::G1_BYTES;
use crate::error::Error;
use crate::identity::name::Name;
use crate::limits::{Limit, REPLAY_CACHE_REQUESTS};
use crate::process::Home;

/// The default maximum difference between a request's time and the main node's, in either
/// direction: 30 seconds.
pub const DEFAULT_WINDOW_MS: u64 = 30_000;

/// An authenticated request.
#[derive(Clone, Copy, Debug)]
pub struct SeenRequest<'a> {
    /// `X`, compressed: identifies the request.
    pub ephemeral: &'a [u8; 48],
    /// `tc`, in Unix milliseconds by the hospital's clock.
    pub time_ms: u64,
    /// The hospital that made it.
    pub hospital: &'a Name,
}

/// A memory of accepted requests. Main node instances that share a secret must share one
/// cache; otherwise each accepts a request once. For such a cache, implement this trait
/// over a shared store.
///
/// An implementation must follow these rules; [`MemoryReplayCache`] is the example.
/// - [`remember`](Self::remember) is atomic: of two calls with one `ephemeral`, at any
///   times, only one succeeds.
/// - A request is kept until its time is more than the window in the past.
/// - Nothing is forgotten earlier: if there is no room, `remember` fails.
/// - A request that is not later than the latest forgotten one is rejected: the clock
///   may have been set back.
/// - If memory may have been lost, a request that is not later than the window after
///   the start is rejected.
pub trait ReplayCache {
    /// Returns the maximum difference between a request's time and the main node's, in either
    /// direction, in milliseconds.
    fn window_ms(&self) -> u64;

    /// Rejects a request that [`remember`](Self::remember) would reject: a replay then costs
    /// little. It changes nothing, and may accept everything.
    ///
    /// # Errors
    /// [`Error::RequestReplayed`], [`Error::RequestOutsideWindow`], or the store's failure.
    fn look(&self, ephemeral: &[u8; 48], time_ms: u64) -> Result<(), Error> {
        let _ = (ephemeral, time_ms);
        Ok(())
    }

    /// Stores a request unless it is known: test and insertion in one step. `now_ms` is
    /// the main node's time.
    ///
    /// # Errors
    /// [`Error::RequestReplayed`] if it is known; [`Error::RequestOutsideWindow`] if it is so old
    /// that it may have been forgotten; [`Error::ReplayCacheFull`]; [`Error::ReplayQuotaExceeded`];
    /// or the store's failure.
    fn remember(&self, request: &SeenRequest<'_>, now_ms: u64) -> Result<(), Error>;
}

/// The bounds of a [`MemoryReplayCache`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayBounds {
    /// The maximum difference between a request's time and the main node's, in either
    /// direction, in milliseconds.
    pub window_ms: u64,
    /// The maximum number of requests, up to 1,048,576.
    pub capacity: u32,
    /// The maximum number of requests of one hospital.
    pub quota: u32,
}

impl Default for ReplayBounds {
    /// 30 seconds; 65,536 requests, at most 1,024 of one hospital.
    fn default() -> Self {
        Self { window_ms: DEFAULT_WINDOW_MS, capacity: 1 << 16, quota: 1 << 10 }
    }
}

impl ReplayBounds {
    fn check(&self) -> Result<(), Error> {
        if self.capacity as usize > REPLAY_CACHE_REQUESTS {
            return Err(Error::LimitExceeded(Limit::ReplayCacheRequests));
        }
        if self.quota == 0 || self.quota > self.capacity { Err(Error::InvalidField) } else { Ok(()) }
    }
}

/// A replay cache in memory, for one main node process. Threads may share it. In a process
/// forked from this one it fails with [`Error::Forked`]: otherwise each of the two would
/// accept a request once.
///
/// A cache that was not [restored](Self::restore) rejects every request until one window after its
/// start, because the process may have accepted the same request before it was restarted. (If the
/// clock may be set back while it is down, save and restore.)
#[derive(Debug)]
pub struct MemoryReplayCache {
    bounds: ReplayBounds,
    memory: Mutex<Memory>,
    home: Home,
}

#[derive(Debug, Default)]
struct Memory {
    /// A request that is not later than this is rejected.
    floor: u64,
    seen: BTreeMap<[u8; G1_BYTES], (u64, Name)>,
    by_time: BTreeSet<(u64, [u8; G1_BYTES])>,
    by_hospital: BTreeMap<Name, u32>,
}

impl MemoryReplayCache {
    /// Makes an empty cache, for a process that starts at this time in Unix milliseconds.
    ///
    /// # Errors
    /// [`Error::InvalidField`] if the quota is zero or above the capacity; [`Error::LimitExceeded`]
    /// if the capacity is above 1,048,576.
    pub fn new(bounds: ReplayBounds, start_ms: u64) -> Result<Self, Error> {
        bounds.check()?;
        let floor = start_ms.saturating_add(bounds.window_ms);
        Ok(Self { bounds, memory: Mutex::new(Memory { floor, ..Memory::default() }), home: Home::here() })
    }

    /// Returns the state, to be restored when the main node starts again.
    ///
    /// It consumes the cache: otherwise requests accepted after the save could be replayed. Restore
    /// a state only once, for the same reason.
    #[must_use]
    pub fn save(self) -> Vec<u8> {
        codec::encode(&self)
    }

    /// Restores a cache from a saved state.
    ///
    /// # Errors
    /// A decoding error of [`Error`].
    pub fn restore(state: &[u8]) -> Result<Self, Error> {
        codec::decode(state)
    }

    /// Returns the number of stored requests.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory().seen.len()
    }

    /// Returns true if there are no stored requests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Locks the memory, even after a thread that held it has panicked: no step of an
    /// update can panic half way.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReplayCache for MemoryReplayCache {
    fn window_ms(&self) -> u64 {
        self.bounds.window_ms
    }

    fn look(&self, ephemeral: &[u8; 48], time_ms: u64) -> Result<(), Error> {
        self.home.check()?;
        self.memory().look(ephemeral, time_ms)
    }

    fn remember(&self, request: &SeenRequest<'_>, now_ms: u64) -> Result<(), Error> {
        self.home.check()?;
        let mut memory = self.memory();
        memory.forget_before(now_ms.saturating_sub(self.bounds.window_ms));
        memory.look(request.ephemeral, request.time_ms)?;
        memory.insert(request, &self.bounds)
    }
}

impl Memory {
    fn look(&self, ephemeral: &[u8; 48], time_ms: u64) -> Result<(), Error> {
        if self.seen.contains_key(ephemeral) {
            return Err(Error::RequestReplayed);
        }
        if time_ms <= self.floor { Err(Error::RequestOutsideWindow) } else { Ok(()) }
    }

    /// Forgets the requests that are older than `time_ms`, and raises the floor
    /// to the latest of them.
    fn forget_before(&mut self, time_ms: u64) {
        while let Some((tc, ephemeral)) = self.by_time.first().copied().filter(|(tc, _)| *tc < time_ms) {
            self.floor = self.floor.max(tc);
            self.by_time.remove(&(tc, ephemeral));
            if let Some((_, hospital)) = self.seen.remove(&ephemeral) {
                self.release(&hospital);
            }
        }
    }

    fn release(&mut self, hospital: &Name) {
        if let Some(count) = self.by_hospital.get_mut(hospital) {
            *count -= 1;
            if *count == 0 {
                self.by_hospital.remove(hospital);
            }
        }
    }

    fn insert(&mut self, request: &SeenRequest<'_>, bounds: &ReplayBounds) -> Result<(), Error> {
        let SeenRequest { ephemeral, time_ms, hospital } = *request;
        if self.by_hospital.get(hospital).is_some_and(|count| *count >= bounds.quota) {
            return Err(Error::ReplayQuotaExceeded);
        }
        if self.seen.len() >= bounds.capacity as usize {
            return Err(Error::ReplayCacheFull);
        }
        *self.by_hospital.entry(hospital.clone()).or_insert(0) += 1;
        self.by_time.insert((time_ms, *ephemeral));
        self.seen.insert(*ephemeral, (time_ms, hospital.clone()));
        Ok(())
    }
}

impl Object for MemoryReplayCache {
    const KIND: Kind = Kind::ReplayCache;

    fn write(&self, w: &mut Writer) {
        let memory = self.memory();
        w.u64(self.bounds.window_ms);
        w.u32(self.bounds.capacity);
        w.u32(self.bounds.quota);
        w.u64(memory.floor);
        w.count(memory.seen.len());
        for (ephemeral, (time_ms, hospital)) in &memory.seen {
            w.raw(ephemeral);
            w.u64(*time_ms);
            hospital.write(w);
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let bounds = ReplayBounds { window_ms: r.u64()?, capacity: r.u32()?, quota: r.u32()? };
        bounds.check()?;
        let mut memory = Memory { floor: r.u64()?, ..Memory::default() };
        for _ in 0..r.count(bounds.capacity as usize, Limit::ReplayCacheRequests)? {
            let (ephemeral, time_ms, hospital) = (r.array()?, r.u64()?, Name::read(r)?);
            if memory.seen.last_key_value().is_some_and(|(last, _)| *last >= ephemeral) {
                return Err(Error::NotSorted);
            }
            let seen = SeenRequest { ephemeral: &ephemeral, time_ms, hospital: &hospital };
            memory.insert(&seen, &bounds).map_err(|_| Error::InvalidField)?;
        }
        Ok(Self { bounds, memory: Mutex::new(memory), home: Home::here() })
    }
}
