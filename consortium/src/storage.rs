//! A node's storage directory, and the mark that proves that its votes are in it.
//!
//! A validator that forgets how it voted may contradict its vote, and a quorum is only safe if few
//! validators do. The votes are in the storage directory. A node therefore starts only on a
//! directory that holds **all** votes of its engine key.
//!
//! ```text
//! mark = "MSV\x01" || engine key (32) || id (16) || count (8) || epoch (8)
//! ```
//! One mark is in the directory and one beside the engine key. [`Storage::create`] makes both once,
//! before the key has voted; `id` is random. `count` is incremented before the node first votes
//! after a start, and before it votes in another consensus epoch: first in the directory, then
//! beside the key. After a crash between the two steps, in which the node has not voted, the counts
//! differ by one; the next start completes the second step before anything else. With any other
//! difference, the directory is empty, another one, or an older copy, and the node refuses it.
//!
//! `epoch` is the latest consensus epoch in which the node voted. The engine keeps the votes of the
//! last two. A node that has lost its blocks goes through all epochs again. It does not vote in an
//! epoch before `epoch`, because it may no longer have its votes there.
//!
//! # What does it not detect?
//! - A copy of the directory made in the same run of the node and in the same epoch.
//! - A machine that was set back as a whole, including the key's folder.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use medseal::rand_core::{OsRng, RngCore as _};

use crate::durable;
use crate::keys::EngineKey;

const MAGIC: &[u8; 4] = b"MSV\x01";
const MARK_BYTES: usize = 68;

/// The mark in the directory, and the file that a node locks.
const IN_DIRECTORY: &str = ".mark";
const HELD_BY: &str = ".node";

/// A storage directory that holds all votes of an engine key. It is locked against other nodes as
/// long as this value exists.
#[derive(Debug)]
pub struct Storage {
    directory: PathBuf,
    beside_key: PathBuf,
    mark: Mark,
    held: File,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    key: Vec<u8>,
    id: [u8; 16],
    count: u64,
    epoch: u64,
}

impl Storage {
    /// Prepares the storage of a node whose engine key is new, in an empty or missing directory.
    /// Never call this for a key that has voted.
    ///
    /// `mark` is the file beside the engine key.
    ///
    /// # Errors
    /// [`StorageError::KeyInUse`], [`StorageError::NotEmpty`], [`StorageError::Io`].
    pub fn create(directory: &Path, mark: &Path, key: &EngineKey) -> Result<(), StorageError> {
        let io = |error: io::Error| StorageError::Io(directory.to_owned(), error.to_string());
        if read(mark)?.is_some() {
            return Err(StorageError::KeyInUse(mark.to_owned()));
        }
        fs::create_dir_all(directory).map_err(io)?;
        let _held = hold(directory)?;
        let mut new = Mark { key: key.public(), id: [0; 16], count: 0, epoch: 0 };
        OsRng.try_fill_bytes(&mut new.id).map_err(|_| io(io::Error::other("no randomness")))?;
        let in_directory = directory.join(IN_DIRECTORY);
        // A mark with count 0 is from an interrupted `create`.
        let is_unused = read(&in_directory)?.is_none_or(|mark| mark.count == 0);
        let own = |name: &std::ffi::OsStr| name == HELD_BY || name == IN_DIRECTORY;
        for entry in fs::read_dir(directory).map_err(io)? {
            if !is_unused || !own(&entry.map_err(io)?.file_name()) {
                return Err(StorageError::NotEmpty(directory.to_owned()));
            }
        }
        write(&in_directory, &new)?;
        write(mark, &new)
    }

    /// Locks a node's storage against other nodes, and checks that it is complete. Waits up to ten
    /// seconds for a node that is ending. `beside` is the mark beside the engine key.
    ///
    /// # Errors
    /// [`StorageError`], except those of [`create`](Self::create).
    pub fn open(directory: &Path, beside: &Path, key: &EngineKey) -> Result<Self, StorageError> {
        let held = if directory.exists() { Some(hold(directory)?) } else { None };
        let (here, beside_key) = (read(&directory.join(IN_DIRECTORY))?, read(beside)?);
        let (there, at) = (|| directory.to_owned(), || beside.to_owned());
        match (held, here, beside_key) {
            (_, None, None) => Err(StorageError::New),
            (_, Some(_), None) => Err(StorageError::NoMark(at())),
            (_, _, Some(mark)) if mark.key != key.public() => Err(StorageError::OtherKey(at())),
            (Some(held), Some(here), Some(mark)) if (&here.key, here.id) == (&mark.key, mark.id) => {
                if here.count < mark.count {
                    return Err(StorageError::Older(there()));
                }
                if here.count > mark.count.saturating_add(1) {
                    return Err(StorageError::OlderMark(at()));
                }
                // Never use a count twice: a copy of the directory made after the crash has it too.
                let mark = if here.count > mark.count {
                    write(beside, &here)?;
                    here
                } else {
                    mark
                };
                Ok(Self { directory: there(), beside_key: at(), mark, held })
            }
            (_, _, Some(_)) => Err(StorageError::NoVotes(there())),
        }
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Keeps the directory locked even when `self` is dropped.
    pub(crate) fn held(&self) -> Result<File, StorageError> {
        self.held.try_clone().map_err(|error| StorageError::Io(self.directory.clone(), error.to_string()))
    }

    /// Invalidates older copies of the directory before the node votes in an epoch. Returns whether
    /// it may vote there.
    pub(crate) fn enter(&mut self, epoch: u64) -> Result<bool, StorageError> {
        let may_vote = epoch >= self.mark.epoch;
        self.mark.count = self.mark.count.saturating_add(1);
        self.mark.epoch = self.mark.epoch.max(epoch);
        write(&self.directory.join(IN_DIRECTORY), &self.mark)?;
        write(&self.beside_key, &self.mark)?;
        Ok(may_vote)
    }
}

fn read(path: &Path) -> Result<Option<Mark>, StorageError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StorageError::Io(path.to_owned(), error.to_string())),
    };
    let mark = || {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_first_chunk::<32>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (count, epoch) = rest.split_first_chunk::<8>()?;
        let [count, epoch] = [*count, epoch.try_into().ok()?].map(u64::from_be_bytes);
        (magic == MAGIC).then_some(Mark { key: key.to_vec(), id: *id, count, epoch })
    };
    mark()
        .map(Some)
        .ok_or_else(|| StorageError::Io(path.to_owned(), "it is not the mark of a storage".into()))
}

fn write(path: &Path, mark: &Mark) -> Result<(), StorageError> {
    let mut bytes = Vec::with_capacity(MARK_BYTES);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&mark.key);
    bytes.extend_from_slice(&mark.id);
    bytes.extend_from_slice(&mark.count.to_be_bytes());
    bytes.extend_from_slice(&mark.epoch.to_be_bytes());
    durable::replace(path, &bytes).map_err(|error| StorageError::Io(path.to_owned(), error.to_string()))
}

fn hold(directory: &Path) -> Result<File, StorageError> {
    durable::hold(&directory.join(HELD_BY)).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => StorageError::InUse(directory.to_owned()),
        _ => StorageError::Io(directory.to_owned(), error.to_string()),
    })
}

/// Why a storage directory is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageError {
    /// A file or directory cannot be used.
    Io(PathBuf, String),
    /// Another node uses the directory.
    InUse(PathBuf),
    /// The engine key already has a mark: it may have voted.
    KeyInUse(PathBuf),
    /// The directory for a new storage is not empty.
    NotEmpty(PathBuf),
    /// Neither the key nor the directory was used before.
    New,
    /// The mark beside the key is missing.
    NoMark(PathBuf),
    /// The mark beside the key belongs to another key.
    OtherKey(PathBuf),
    /// The directory is empty or belongs to another node.
    NoVotes(PathBuf),
    /// The directory is an older copy.
    Older(PathBuf),
    /// The mark beside the key is an older copy.
    OlderMark(PathBuf),
}

/// What to do when votes are lost.
const REPLACE: &str = "this engine key must not be used again: replace the node by one with new keys \
                       (docs/consortium.md, \"Replacing a node\")";

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{} cannot be used ({error})", path.display()),
            Self::InUse(path) => write!(f, "another node uses {}", path.display()),
            Self::KeyInUse(mark) => write!(
                f,
                "{} shows that the engine key has a storage: each key gets one storage only; if it is lost, {REPLACE}",
                mark.display()
            ),
            Self::NotEmpty(path) => write!(f, "{} is not empty: configure another directory", path.display()),
            Self::New => write!(
                f,
                "the engine key has no storage yet: run `medseal-consortium init` once if the key is new; if it was used \
                 before, {REPLACE}"
            ),
            Self::NoMark(mark) => write!(
                f,
                "{} is missing, so the node cannot tell whether the storage holds all votes of the engine key: put it \
                 back; if it is lost, {REPLACE}",
                mark.display()
            ),
            Self::OtherKey(mark) => write!(
                f,
                "{} is the mark of another engine key: put the right one beside this engine key",
                mark.display()
            ),
            Self::NoVotes(path) => write!(
                f,
                "{} does not hold the votes of the engine key: mount or configure the right directory; if it is lost, \
                 {REPLACE}",
                path.display()
            ),
            Self::Older(path) => write!(
                f,
                "{} is an older copy, which lacks votes of the engine key: mount or configure the right directory; if \
                 it is lost, {REPLACE}",
                path.display()
            ),
            Self::OlderMark(mark) => write!(
                f,
                "{} is an older copy, so the node cannot tell whether the storage holds all votes of the engine key: \
                 put the newest one back; if it is lost, {REPLACE}",
                mark.display()
            ),
        }
    }
}

impl std::error::Error for StorageError {}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place {
        folder: tempfile::TempDir,
        key: EngineKey,
    }

    impl Place {
        fn new() -> Self {
            Self { folder: tempfile::tempdir().unwrap(), key: EngineKey::generate().unwrap() }
        }

        fn directory(&self) -> PathBuf {
            self.folder.path().join("storage")
        }

        fn mark(&self) -> PathBuf {
            self.folder.path().join("engine.mark")
        }

        fn create(&self) -> Result<(), StorageError> {
            Storage::create(&self.directory(), &self.mark(), &self.key)
        }

        fn open(&self) -> Result<Storage, StorageError> {
            Storage::open(&self.directory(), &self.mark(), &self.key)
        }

        /// Starts a node this many times.
        fn run(&self, times: usize) {
            (0..times).for_each(|_| assert!(self.open().unwrap().enter(0).unwrap()));
        }
    }

    #[test]
    fn an_emptied_storage_is_refused() {
        let place = Place::new();
        assert_eq!(place.open().unwrap_err(), StorageError::New);
        place.create().unwrap();
        place.run(2);
        let away = place.folder.path().join("away");
        fs::rename(place.directory(), &away).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::NoVotes(place.directory()));
        fs::create_dir(place.directory()).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::NoVotes(place.directory()));
        // No second storage is created for the key.
        assert_eq!(place.create(), Err(StorageError::KeyInUse(place.mark())));
        // Another node's storage is refused like an empty one.
        let other = Place::new();
        other.create().unwrap();
        fs::remove_dir_all(place.directory()).unwrap();
        fs::rename(other.directory(), place.directory()).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::NoVotes(place.directory()));
        fs::remove_dir_all(place.directory()).unwrap();
        fs::rename(away, place.directory()).unwrap();
        place.run(1);
    }

    #[test]
    fn an_older_copy_is_refused() {
        let place = Place::new();
        place.create().unwrap();
        let (here, beside_key) = (place.directory().join(IN_DIRECTORY), place.mark());
        let copy = |path: &Path| fs::read(path).unwrap();
        place.run(1);
        let old = (copy(&here), copy(&beside_key));
        place.run(2);
        let new = (copy(&here), copy(&beside_key));
        fs::write(&here, &old.0).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::Older(place.directory()));
        fs::write(&here, &new.0).unwrap();
        fs::write(&beside_key, &old.1).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::OlderMark(place.mark()));
        fs::remove_file(&beside_key).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::NoMark(place.mark()));
        fs::write(&beside_key, &new.1).unwrap();
        place.run(1);
    }

    #[test]
    fn a_crash_between_marks_is_none() {
        let place = Place::new();
        place.create().unwrap();
        place.run(1);
        for _ in 0..3 {
            let mut storage = place.open().unwrap();
            let before = fs::read(place.mark()).unwrap();
            assert!(storage.enter(0).unwrap());
            fs::write(place.mark(), before).unwrap();
        }
        place.run(2);
        // Neither does a crash in the middle of `create`.
        let place = Place::new();
        place.create().unwrap();
        fs::remove_file(place.mark()).unwrap();
        place.create().unwrap();
        place.run(1);
    }

    #[test]
    fn a_copy_made_after_a_crash_is_refused() {
        let place = Place::new();
        place.create().unwrap();
        let (here, before) = (place.directory().join(IN_DIRECTORY), fs::read(place.mark()).unwrap());
        place.run(1);
        fs::write(place.mark(), before).unwrap();
        let copy = fs::read(&here).unwrap();
        place.run(1);
        let newest = fs::read(&here).unwrap();
        fs::write(&here, copy).unwrap();
        assert_eq!(place.open().unwrap_err(), StorageError::Older(place.directory()));
        fs::write(&here, newest).unwrap();
        place.run(1);
    }

    #[test]
    fn votes_in_no_earlier_epoch() {
        let place = Place::new();
        place.create().unwrap();
        let enter = |epochs: &[u64]| {
            let mut storage = place.open().unwrap();
            epochs.iter().map(|epoch| storage.enter(*epoch).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(enter(&[0, 1, 2]), [true; 3]);
        assert_eq!(enter(&[2]), [true]);
        // It has lost its blocks, and begins again.
        assert_eq!(enter(&[0, 1]), [false; 2]);
        assert_eq!(enter(&[1, 2, 3]), [false, true, true]);
    }

    #[test]
    fn a_used_directory_is_not_taken() {
        let (first, second) = (Place::new(), Place::new());
        first.create().unwrap();
        first.run(1);
        let taken = Storage::create(&first.directory(), &second.mark(), &second.key);
        assert_eq!(taken, Err(StorageError::NotEmpty(first.directory())));
        fs::create_dir(second.directory()).unwrap();
        fs::write(second.directory().join("blocks"), b"").unwrap();
        assert_eq!(second.create(), Err(StorageError::NotEmpty(second.directory())));
        // A key is not used with the mark of another key.
        let other = Storage::open(&first.directory(), &first.mark(), &second.key);
        assert_eq!(other.unwrap_err(), StorageError::OtherKey(first.mark()));
        fs::remove_file(second.directory().join("blocks")).unwrap();
        second.create().unwrap();
        second.run(1);
    }
}
