//! Replay caches: which requests a main node has seen.

use std::ffi::{c_char, c_void};
use std::sync::{PoisonError, RwLock};

use super::abi::{Caller, Versioned, guard};
use super::callbacks::{Callbacks, Context, required};
use super::handle::handle;
use super::objects::{free, give};
use super::status::{Failure, MEDSEAL_OK, failed, medseal_error, medseal_status, replay_error};
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

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_replay_callbacks {}

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

/// A main node's memory of accepted requests. Any number of threads may use it at once.
pub struct medseal_replay_cache {
    _opaque: [u8; 0],
}
handle!(shared medseal_replay_cache(Cache));

free!(public medseal_replay_cache(cache) "a replay cache": medseal_replay_cache_free);

/// Makes a replay cache in memory. It refuses requests until the window after its start is over,
/// because the process may have accepted them before it was restarted.
///
/// @param window_ms how far a request's time may lie from the main node's, in milliseconds;
///                  MEDSEAL_REPLAY_WINDOW_MS
/// @param capacity how many requests it remembers at most, up to 1048576
/// @param quota how many of one hospital, from 1 up to the capacity
/// @param start_ms when the process starts, in Unix milliseconds
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_INVALID_FIELD
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_new(
    window_ms: u64,
    capacity: u32,
    quota: u32,
    start_ms: u64,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let cache = c.out("cache", cache)?;
        let memory = MemoryReplayCache::new(ReplayBounds { window_ms, capacity, quota }, start_ms)?;
        cache.set(Cache::Memory(RwLock::new(Some(memory))))
    })
}

/// Makes a replay cache of your own.
///
/// @param callbacks what keeps it
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_from_callbacks(
    callbacks: *const medseal_replay_callbacks,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let callbacks = c.sized("callbacks", callbacks).map(|it| (Context::new(it.ctx, it.drop_ctx), it));
        let cache = c.out("cache", cache)?;
        let (context, callbacks) = callbacks?;
        required("callbacks.remember", callbacks.remember)?;
        cache.set(Cache::Callbacks(CallbackCache { callbacks: Callbacks::new(context, callbacks) }))
    })
}

give! {
    /// How many requests a replay cache in memory remembers.
    ///
    /// @param count where to put the number
    /// @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT if it was saved
    medseal_replay_cache_count(cache: medseal_replay_cache) -> count: value usize {
        in_memory(cache)?.read().unwrap_or_else(PoisonError::into_inner).as_ref().ok_or_else(Failure::spent)?.len()
    }
}

fn in_memory(cache: &Cache) -> Result<&RwLock<Option<MemoryReplayCache>>, Failure> {
    match cache {
        Cache::Memory(memory) => Ok(memory),
        Cache::Callbacks(_) => Err(Failure::absent("the replay cache is not an in-memory cache")),
    }
}

/// Saves a replay cache in memory, so that a restarted process can go on with it. It is spent,
/// unless the buffer is too small: what it would accept later would not be saved.
///
/// @return MEDSEAL_ERR_ABSENT if it is not in memory, MEDSEAL_ERR_SPENT
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_encode(
    cache: *const medseal_replay_cache,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let mut memory = in_memory(c.get("cache", cache)?)?.write().unwrap_or_else(PoisonError::into_inner);
        out.put(&codec::encode(memory.as_ref().ok_or_else(Failure::spent)?))?;
        *memory = None;
        Ok(())
    })
}

/// Goes on with a replay cache that was saved. Use what was saved last, and once.
///
/// @param data the bytes
/// @return a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_replay_cache_decode(
    data: *const u8,
    len: usize,
    cache: *mut *mut medseal_replay_cache,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let cache = c.out("cache", cache)?;
        let memory = MemoryReplayCache::restore(c.bytes("data", data, len)?)?;
        cache.set(Cache::Memory(RwLock::new(Some(memory))))
    })
}
