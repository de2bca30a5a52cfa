//! The replay cache, on disk.
//!
//! ```text
//! file   = length (4) || state || record*
//! record = length (4) || X (48) || tc (8) || now (8) || name || check (8)
//! ```
//! `state` is the library's cache when the file was written. Each `record` is a request accepted
//! since then; `check` is a prefix of the hash of the record's preceding fields. A request is
//! accepted only once its record is on disk. A node that was killed has therefore forgotten none:
//! it restores the cache by replaying the records. A record that a crash left incomplete belongs to
//! a request that was not answered.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use medseal::Error;
use medseal::identity::{MemoryReplayCache, Name, ReplayBounds, ReplayCache, SeenRequest};
use sha2::{Digest as _, Sha256};
use tracing::{error, warn};

use crate::durable;
use crate::server::now_ms;
use crate::server::places::lock;

/// The file is rewritten when its records exceed this size.
const RECORDS: u64 = 4 << 20;
/// The longest record: a name has at most 255 bytes.
const RECORD: usize = 512;
const CHECK: usize = 8;

/// A replay cache in a file, which survives a stop and a crash.
pub struct ReplayFile {
    window_ms: u64,
    inner: Mutex<Inner>,
}

struct Inner {
    /// `None` only if the cache could not be decoded from its own bytes, which does not happen.
    cache: Option<MemoryReplayCache>,
    journal: Option<Journal>,
}

struct Journal {
    path: PathBuf,
    file: File,
    /// The end of the file, and the size at which to rewrite it.
    end: u64,
    full: u64,
    _held: File,
}

impl fmt::Debug for ReplayFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayFile").field("window_ms", &self.window_ms).finish_non_exhaustive()
    }
}

impl ReplayFile {
    /// Creates the file of a node that has never run, with a key that was never used. It accepts
    /// requests at once. For the command that makes a node's keys.
    ///
    /// # Errors
    /// [`io::Error`], also if the file exists.
    pub fn create(path: &Path, bounds: ReplayBounds) -> io::Result<()> {
        if path.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} exists: the replay cache of a node is made once, with its keys", path.display()),
            ));
        }
        let new = MemoryReplayCache::new(bounds, 0).map_err(io::Error::other)?;
        durable::replace(path, &begin(new.save())?)
    }

    /// Loads the cache from its file. If the file is missing, refuses requests for the length of
    /// the window. Waits up to ten seconds for a node that is ending.
    ///
    /// # Errors
    /// [`io::Error`], also if the file is not a replay cache, or another node uses it.
    pub fn open(path: &Path, bounds: ReplayBounds) -> io::Result<Self> {
        let held = durable::hold(&path.with_added_extension("lock"))?;
        let cache = match fs::read(path) {
            Ok(bytes) => read(&bytes).map_err(|error| {
                let advice = "remove the file; the node then refuses hospitals for half a minute";
                io::Error::other(format!("{} is not a replay cache ({error}): {advice}", path.display()))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let window = bounds.window_ms;
                warn!(window, "the replay cache is missing: refusing hospitals for the length of the window");
                MemoryReplayCache::new(bounds, now_ms()).map_err(io::Error::other)?
            }
            Err(error) => return Err(error),
        };
        let window_ms = cache.window_ms();
        let mut cache = Some(cache);
        let (file, end) = write(path, &mut cache)?;
        let journal = Journal { path: path.to_owned(), file, end, full: end + RECORDS, _held: held };
        Ok(Self { window_ms, inner: Mutex::new(Inner { cache, journal: Some(journal) }) })
    }

    /// A cache in memory only, for tests and for a node whose key is not used again.
    #[must_use]
    pub fn in_memory(cache: MemoryReplayCache) -> Self {
        Self { window_ms: cache.window_ms(), inner: Mutex::new(Inner { cache: Some(cache), journal: None }) }
    }
}

impl ReplayCache for ReplayFile {
    fn window_ms(&self) -> u64 {
        self.window_ms
    }

    fn look(&self, ephemeral: &[u8; 48], time_ms: u64) -> Result<(), Error> {
        lock(&self.inner).cache.as_ref().ok_or(Error::ReplayCacheFull)?.look(ephemeral, time_ms)
    }

    fn remember(&self, request: &SeenRequest<'_>, now_ms: u64) -> Result<(), Error> {
        let mut inner = lock(&self.inner);
        let Inner { cache, journal } = &mut *inner;
        cache.as_ref().ok_or(Error::ReplayCacheFull)?.remember(request, now_ms)?;
        let Some(journal) = journal else { return Ok(()) };
        // A request that is not on disk is not accepted, but remains in the cache.
        journal.append(cache, request, now_ms).map_err(|error| {
            error!(%error, file = %journal.path.display(), "NO HOSPITAL IS ACCEPTED: the replay cache cannot be written");
            Error::from(error)
        })
    }
}

impl Journal {
    fn append(
        &mut self,
        cache: &mut Option<MemoryReplayCache>,
        request: &SeenRequest<'_>,
        now_ms: u64,
    ) -> io::Result<()> {
        if self.end > self.full {
            (self.file, self.end) = write(&self.path, cache)?;
            self.full = self.end + RECORDS;
            // The state includes the request.
            return Ok(());
        }
        let name = request.hospital.as_str().as_bytes();
        let mut record = Vec::with_capacity(RECORD);
        record.extend_from_slice(&length(48 + 8 + 8 + name.len() + CHECK)?);
        record.extend_from_slice(request.ephemeral);
        record.extend_from_slice(&request.time_ms.to_be_bytes());
        record.extend_from_slice(&now_ms.to_be_bytes());
        record.extend_from_slice(name);
        record.extend_from_slice(&check(&record));
        // Overwrites what an earlier attempt left.
        self.file.write_all_at(&record, self.end)?;
        self.file.sync_data()?;
        self.end += record.len() as u64;
        Ok(())
    }
}

/// Rewrites the file, and opens it at its end.
fn write(path: &Path, cache: &mut Option<MemoryReplayCache>) -> io::Result<(File, u64)> {
    let state = cache.take().ok_or_else(|| io::Error::other("the cache is lost"))?.save();
    *cache = Some(MemoryReplayCache::restore(&state).map_err(io::Error::other)?);
    let bytes = begin(state)?;
    durable::replace(path, &bytes)?;
    Ok((File::options().write(true).open(path)?, bytes.len() as u64))
}

fn begin(state: Vec<u8>) -> io::Result<Vec<u8>> {
    Ok([length(state.len())?.as_slice(), &state].concat())
}

fn length(length: usize) -> io::Result<[u8; 4]> {
    u32::try_from(length).map(u32::to_be_bytes).map_err(io::Error::other)
}

fn check(before: &[u8]) -> [u8; CHECK] {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(before));
    [a, b, c, d, e, f, g, h]
}

/// Restores the cache from a file's bytes.
fn read(bytes: &[u8]) -> Result<MemoryReplayCache, Error> {
    let split = |bytes| {
        let (length, rest) = <[u8]>::split_first_chunk::<4>(bytes)?;
        rest.split_at_checked(u32::from_be_bytes(*length) as usize)
    };
    let (state, mut rest) = split(bytes).ok_or(Error::Truncated)?;
    let cache = MemoryReplayCache::restore(state)?;
    while !rest.is_empty() {
        match split(rest).and_then(|(body, after)| Some((record(rest, body)?, after))) {
            Some(((ephemeral, time_ms, now_ms, hospital), after)) => {
                let request = SeenRequest { ephemeral: &ephemeral, time_ms, hospital: &hospital };
                cache.remember(&request, now_ms)?;
                rest = after;
            }
            // Only the last one can be incomplete.
            None if rest.len() <= RECORD => break,
            None => return Err(Error::InvalidField),
        }
    }
    Ok(cache)
}

/// Decodes the record at the beginning of `bytes`, if it is complete.
fn record(bytes: &[u8], body: &[u8]) -> Option<([u8; 48], u64, u64, Name)> {
    let (ephemeral, rest) = body.split_first_chunk::<48>()?;
    let (time_ms, rest) = rest.split_first_chunk::<8>()?;
    let (now_ms, rest) = rest.split_first_chunk::<8>()?;
    let (name, found) = rest.split_last_chunk::<CHECK>()?;
    let before = bytes.get(..4 + body.len() - CHECK)?;
    let name = Name::new(std::str::from_utf8(name).ok()?).ok()?;
    let is_whole = check(before) == *found;
    is_whole.then(|| (*ephemeral, u64::from_be_bytes(*time_ms), u64::from_be_bytes(*now_ms), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    struct Place(tempfile::TempDir, Name);

    impl Place {
        fn new() -> Self {
            let place = Self(tempfile::tempdir().unwrap(), Name::new("st-mary").unwrap());
            ReplayFile::create(&place.path(), ReplayBounds::default()).unwrap();
            place
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("replay")
        }

        fn open(&self) -> ReplayFile {
            ReplayFile::open(&self.path(), ReplayBounds::default()).unwrap()
        }

        fn remember(&self, cache: &ReplayFile, n: u64) -> Result<(), Error> {
            let mut ephemeral = [0; 48];
            ephemeral[..8].copy_from_slice(&n.to_be_bytes());
            let request = SeenRequest { ephemeral: &ephemeral, time_ms: NOW + n, hospital: &self.1 };
            cache.remember(&request, NOW + n)
        }
    }

    #[test]
    fn a_killed_node_forgets_no_request() {
        let place = Place::new();
        let again = ReplayFile::create(&place.path(), ReplayBounds::default());
        assert!(again.unwrap_err().to_string().contains("is made once"));
        for round in 0..3 {
            // Dropped as with `kill -9`: nothing is written at the end.
            let cache = place.open();
            for n in 0..4 * round {
                assert_eq!(place.remember(&cache, n), Err(Error::RequestReplayed));
            }
            for n in 4 * round..4 * round + 4 {
                assert_eq!(place.remember(&cache, n), Ok(()));
                assert_eq!(place.remember(&cache, n), Err(Error::RequestReplayed));
            }
        }
    }

    #[test]
    fn half_a_record_is_not_believed() {
        let place = Place::new();
        let cache = place.open();
        (0..3).for_each(|n| place.remember(&cache, n).unwrap());
        drop(cache);
        let whole = fs::read(place.path()).unwrap();
        let record = 4 + 48 + 8 + 8 + 7 + CHECK;
        let (before, last) = whole.split_at(whole.len() - record);
        for length in 0..record {
            for junk in [&[][..], &[0xff; 9]] {
                fs::write(place.path(), [before, &last[..length], junk].concat()).unwrap();
                let cache = place.open();
                assert_eq!(place.remember(&cache, 1), Err(Error::RequestReplayed));
                assert_eq!(place.remember(&cache, 2), Ok(()));
            }
        }
    }

    #[test]
    fn a_damaged_file_is_named() {
        let place = Place::new();
        let cache = place.open();
        (0..10).for_each(|n| place.remember(&cache, n).unwrap());
        drop(cache);
        let whole = fs::read(place.path()).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() - 9 * 83 + 10] ^= 1;
        for damaged in [&flipped, &b"garbage".to_vec(), &whole[..20].to_vec()] {
            fs::write(place.path(), damaged).unwrap();
            let refused = ReplayFile::open(&place.path(), ReplayBounds::default()).unwrap_err().to_string();
            assert!(refused.contains("remove the file"), "{refused}");
        }
        // Without the file, no possible replay is accepted.
        fs::remove_file(place.path()).unwrap();
        let now = now_ms();
        let request = SeenRequest { ephemeral: &[9; 48], time_ms: now, hospital: &place.1 };
        assert_eq!(place.open().remember(&request, now), Err(Error::RequestOutsideWindow));
        fs::write(place.path(), whole).unwrap();
        assert_eq!(place.remember(&place.open(), 9), Err(Error::RequestReplayed));
        assert_eq!(place.remember(&place.open(), 20), Ok(()));
    }

    #[test]
    fn is_rewritten_when_it_grows() {
        let place = Place::new();
        let cache = place.open();
        let state = || u32::from_be_bytes(fs::read(place.path()).unwrap()[..4].try_into().unwrap());
        let empty = state();
        place.remember(&cache, 0).unwrap();
        assert_eq!(state(), empty);
        lock(&cache.inner).journal.as_mut().unwrap().full = 0;
        place.remember(&cache, 1).unwrap();
        assert!(state() > empty);
        place.remember(&cache, 2).unwrap();
        drop(cache);
        let cache = place.open();
        (0..3).for_each(|n| assert_eq!(place.remember(&cache, n), Err(Error::RequestReplayed)));
    }
}
