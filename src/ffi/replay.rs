//! Replay caches, which remember the requests that a main node has accepted.

use super::export::export;
use std::ffi::{c_char, c_void};
use std::sync::{PoisonError, RwLock};

use super::callbacks::{Callbacks, functions, required};
use super::status::{Failure, MEDSEAL_OK, failed, medseal_status, replay_error};
use crate::codec;
use crate::error::Error;
use crate::identity::{DEFAULT_WINDOW_MS, MemoryReplayCache, ReplayBounds, ReplayCache, SeenRequest};

/// The usual window of a replay cache: the greatest difference between a request's time and the
/// main node's, in milliseconds.
pub const MEDSEAL_REPLAY_WINDOW_MS: u64 = 30_000;
const _: () = assert!(MEDSEAL_REPLAY_WINDOW_MS == DEFAULT_WINDOW_MS);

/// The callbacks of your own replay cache. Main nodes that have the same secret must share one
/// cache; otherwise each of them accepts a request once. If you use the cache on several threads,
/// callbacks may run on several threads at once.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_replay_callbacks {
    /// sizeof(medseal_replay_callbacks).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// The greatest difference between a request's time and the main node's, before or after, in
    /// milliseconds.
    pub window_ms: u64,
    /// Remembers a request unless it is known. This is atomic: of two calls with the same
    /// `ephemeral`, one succeeds. Returns MEDSEAL_OK, MEDSEAL_ERR_REQUEST_REPLAYED if the request
    /// is known, MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW if it is so old that it may have been
    /// forgotten, MEDSEAL_ERR_REPLAY_CACHE_FULL, MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, or any other
    /// status if the cache fails. It must keep a request until the request's time is further in the
    /// past than the window, however full the cache is. Not NULL.
    pub remember: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            ephemeral: *const u8,
            ephemeral_len: usize,
            time_ms: u64,
            hospital: *const c_char,
            hospital_len: usize,
            now_ms: u64,
        ) -> medseal_status,
    >,
    /// Called once when the cache is freed; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

functions!(medseal_replay_callbacks);

/// A memory of accepted requests.
pub enum Cache {
    /// In this process, until it is saved.
    Memory(RwLock<Option<MemoryReplayCache>>),
    /// Implemented by callbacks.
    Callbacks(CallbackCache),
}

/// A replay cache that C implements.
pub struct CallbackCache {
    callbacks: Callbacks<medseal_replay_callbacks>,
}

impl ReplayCache for CallbackCache {
    fn window_ms(&self) -> u64 {
        self.callbacks.window_ms
    }

    fn remember(&self, request: &SeenRequest<'_>, now_ms: u64) -> Result<(), Error> {
        let remember = self.callbacks.remember.ok_or_else(failed)?;
        let (ephemeral, hospital) = (request.ephemeral, request.hospital.as_str());
        // SAFETY: the callback gets its own context, and what it may read during the call.
        let status = unsafe {
            remember(
                self.callbacks.ctx,
                ephemeral.as_ptr(),
                ephemeral.len(),
                request.time_ms,
                hospital.as_ptr().cast(),
                hospital.len(),
                now_ms,
            )
        };
        if status == MEDSEAL_OK { Ok(()) } else { Err(replay_error(status)) }
    }
}

export! {
    /// A main node's memory of accepted requests. Any number of threads may use it at once.
    struct medseal_replay_cache: shared Cache;

    /// Makes a replay cache in memory. It refuses requests until the window after its start is
    /// over, because the process may have accepted them before it was restarted.
    /// @param window_ms the greatest difference between a request's time and the main node's, in
    ///                  milliseconds; usually MEDSEAL_REPLAY_WINDOW_MS
    /// @param capacity the greatest number of requests that it remembers, at most 1048576
    /// @param quota the greatest number of requests from one hospital, from 1 to the capacity
    /// @param start_ms the start time of the process, in Unix milliseconds
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD
    medseal_replay_cache_new(
        window_ms: u64, capacity: u32, quota: u32, start_ms: u64
    ) -> (cache: object medseal_replay_cache) {
        let memory = MemoryReplayCache::new(ReplayBounds { window_ms, capacity, quota }, start_ms)?;
        Cache::Memory(RwLock::new(Some(memory)))
    }

    /// Makes a replay cache from your callbacks.
    medseal_replay_cache_from_callbacks(
        callbacks: callbacks medseal_replay_callbacks
    ) -> (cache: object medseal_replay_cache) {
        required("callbacks.remember", callbacks.remember)?;
        Cache::Callbacks(CallbackCache { callbacks })
    }

    /// Returns the number of requests that a replay cache in memory remembers.
    /// @return MEDSEAL_ERR_ABSENT if the cache is not in memory, MEDSEAL_ERR_SPENT if it was saved
    medseal_replay_cache_count(cache: object medseal_replay_cache) -> (count: value usize) {
        in_memory(cache)?
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .ok_or_else(Failure::spent)?
            .len()
    }
}

fn in_memory(cache: &Cache) -> Result<&RwLock<Option<MemoryReplayCache>>, Failure> {
    match cache {
        Cache::Memory(memory) => Ok(memory),
        Cache::Callbacks(_) => Err(Failure::absent("the replay cache is not an in-memory cache")),
    }
}

export! {
    /// Writes the state of a replay cache in memory, which a restarted process can restore. The
    /// cache is then spent, unless the buffer was too small, because later requests would not be in
    /// the saved state.
    /// @return MEDSEAL_ERR_ABSENT if the cache is not in memory, MEDSEAL_ERR_SPENT
    medseal_replay_cache_encode(cache: object medseal_replay_cache, out, out_len: buffer) -> () {
        let mut memory = in_memory(cache)?.write().unwrap_or_else(PoisonError::into_inner);
        out.put(&codec::encode(memory.as_ref().ok_or_else(Failure::spent)?))?;
        *memory = None;
    }

    /// Restores a saved replay cache. Use only the newest saved state, and only once.
    /// @return a decoding status
    medseal_replay_cache_decode(data, len: bytes) -> (cache: object medseal_replay_cache) {
        let memory = MemoryReplayCache::restore(data)?;
        Cache::Memory(RwLock::new(Some(memory)))
    }
}
