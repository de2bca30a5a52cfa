//! The replay cache, across restarts.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use medseal::identity::{MemoryReplayCache, ReplayBounds};
use tracing::warn;

use crate::server::now_ms;

/// A replay cache that survives a stop in a file.
///
/// Opening it takes the state out of the file: a state that were used twice would let requests be
/// replayed. The server writes it again when it stops.
#[derive(Debug)]
pub struct ReplayFile {
    pub(super) path: Option<PathBuf>,
    pub(super) cache: MemoryReplayCache,
}

impl ReplayFile {
    /// The state of a node that has never run, with a key that was never used: it accepts requests
    /// at once. For the command that makes a node's keys.
    ///
    /// # Errors
    /// [`io::Error`], also if the file is there.
    pub fn create(path: &Path, bounds: ReplayBounds) -> io::Result<()> {
        if path.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} exists: the replay cache of a node is made once, with its keys", path.display()),
            ));
        }
        write_durably(path, &MemoryReplayCache::new(bounds, 0).map_err(io::Error::other)?.save())
    }

    /// Takes the state that the last stop left; without one, refuses requests
    /// for the window after now.
    ///
    /// # Errors
    /// [`io::Error`], also if the file is no replay cache.
    pub fn open(path: &Path, bounds: ReplayBounds) -> io::Result<Self> {
        let cache = match fs::read(path) {
            Ok(state) => {
                let cache = MemoryReplayCache::restore(&state).map_err(|error| {
                    let advice = "remove the file; the node then refuses hospitals for half a minute";
                    io::Error::other(format!("{} is no replay cache ({error}): {advice}", path.display()))
                })?;
                fs::remove_file(path)?;
                sync_directory(path)?;
                cache
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let window = bounds.window_ms;
                warn!(window, "no replay cache from a last stop: hospitals are refused for the window");
                MemoryReplayCache::new(bounds, now_ms()).map_err(io::Error::other)?
            }
            Err(error) => return Err(error),
        };
        Ok(Self { path: Some(path.to_owned()), cache })
    }

    /// A cache that is in memory only, for tests and for a node whose key is not used again.
    #[must_use]
    pub fn in_memory(cache: MemoryReplayCache) -> Self {
        Self { path: None, cache }
    }
}

pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_directory(path)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    fs::File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_state_is_used_once() {
        let directory = tempfile::tempdir().unwrap();
        let (path, bounds) = (directory.path().join("replay"), ReplayBounds::default());
        ReplayFile::create(&path, bounds).unwrap();
        assert!(ReplayFile::create(&path, bounds).unwrap_err().to_string().contains("is made once"));
        let _opened = ReplayFile::open(&path, bounds).unwrap();
        assert!(!path.exists());
        // Garbage is named with what to do about it.
        fs::write(&path, b"garbage").unwrap();
        assert!(ReplayFile::open(&path, bounds).unwrap_err().to_string().contains("remove the file"));
        assert!(path.exists());
    }
}
