//! Replay caches: which requests a main node has seen.

use super::export::export;
use std::ffi::{c_char, c_void};
use std::sync::{PoisonError, RwLock};

use super::callbacks::{Callbacks, functions, required};
use super::status::{Failure, MEDSEAL_OK, failed, medseal_status, replay_error};
use crate::codec;
use crate::error::Error;
use crate::identity::{DEFAULT_WINDOW_MS, MemoryReplayCache, ReplayBounds, ReplayCache, SeenRequest};

/// The usual window of a replay cache: how far a request's time may lie from the main
/// node's, in milliseconds.
pub const MEDSEAL_REPLAY_WINDOW_MS: u64 = 30_000;
const _: () = assert!(MEDSEAL_REPLAY_WINDOW_MS == DEFAULT_WINDOW_MS);

/// A memory of accepted requests of your own, for main nodes that share one: several with one
/// secret must, or each accepts a request once. Callbacks may come on several threads at once, if
/// you use the cache on several.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_replay_callbacks {
    /// sizeof(medseal_replay_callbacks).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// How far a request's time may lie from the main node's, before or after, in milliseconds.
    pub window_ms: u64,
    /// Remembers a request unless it is known, in one step: of two calls with the same `ephemeral`
    /// one succeeds. Returns MEDSEAL_OK, MEDSEAL_ERR_REQUEST_REPLAYED if it is known,
    /// MEDSEAL_ERR_REQUEST_OUTSIDE_WINDOW if it is so old that it may have been forgotten,
    /// MEDSEAL_ERR_REPLAY_CACHE_FULL or MEDSEAL_ERR_REPLAY_QUOTA_EXCEEDED, and anything else if it
    /// fails. A request is kept until its time lies more than the window in the past, whatever the
    /// pressure. Not NULL.
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
    /// Somewhere else.
    Callbacks(CallbackCache),
}

/// A replay cache that C keeps.
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
    struct medseal_replay_cache(cache): shared Cache, public "a replay cache" medseal_replay_cache_free;

    /// Makes a replay cache in memory. It refuses requests until the window after its start is
    /// over, because the process may have accepted them before it was restarted.
    ///
    /// @param window_ms how far a request's time may lie from the main node's, in milliseconds;
    ///                  MEDSEAL_REPLAY_WINDOW_MS
    /// @param capacity how many requests it remembers at most, up to 1048576
    /// @param quota how many of one hospital, from 1 up to the capacity
    /// @param start_ms when the process starts, in Unix milliseconds
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD
    medseal_replay_cache_new(
        window_ms: u64, capacity: u32, quota: u32, start_ms: u64
    ) -> (cache: object medseal_replay_cache) {
        let memory = MemoryReplayCache::new(ReplayBounds { window_ms, capacity, quota }, start_ms)?;
        Cache::Memory(RwLock::new(Some(memory)))
    }

    /// Makes a replay cache of your own.
    ///
    /// @param callbacks what keeps it
    medseal_replay_cache_from_callbacks(
        callbacks: callbacks medseal_replay_callbacks
    ) -> (cache: object medseal_replay_cache) {
        required("callbacks.remember", callbacks.remember)?;
        Cache::Callbacks(CallbackCache { callbacks })
    }

    /// How many requests a replay cache in memory remembers.
    ///
    /// @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT if it was saved
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
    /// Saves a replay cache in memory, so that a restarted process can go on with it. It is spent,
    /// unless the buffer is too small: what it would accept later would not be saved.
    ///
    /// @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT
    medseal_replay_cache_encode(cache: object medseal_replay_cache, out, out_len: buffer) -> () {
        let mut memory = in_memory(cache)?.write().unwrap_or_else(PoisonError::into_inner);
        out.put(&codec::encode(memory.as_ref().ok_or_else(Failure::spent)?))?;
        *memory = None;
    }

    /// Goes on with a replay cache that was saved. Use what was saved last, and once.
    ///
    /// @return a decoding status
    medseal_replay_cache_decode(data, len: bytes) -> (cache: object medseal_replay_cache) {
        let memory = MemoryReplayCache::restore(data)?;
        Cache::Memory(RwLock::new(Some(memory)))
    }
}
