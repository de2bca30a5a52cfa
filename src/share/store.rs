//! Object stores: they keep sealed records at an address, and need not be trusted.
//!
//! A store never sees a key. Anyone who opens a record checks the returned bytes against the digest
//! on the ledger. A store must only guarantee availability, and that [`Upload::commit`] is atomic;
//! `docs/ledger.md` has the details.

use core::fmt;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::Error;
use crate::files::{NewFile, directory_of, sync_directory};
use crate::ledger::Address;
use crate::record::RecordDigest;

/// Stores bytes at an address. A hospital implements it for its own store (IPFS, S3, a file share).
///
/// A store is `Send + Sync` and its methods take `&self`: many threads may use one at
/// once. The methods block.
pub trait ObjectStore: Send + Sync {
    /// Starts an upload. The address of a record is known only after its last byte.
    ///
    /// # Errors
    /// [`Error::Io`] if the store cannot accept an object.
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error>;

    /// Returns a reader of the object at the address, from its first byte.
    ///
    /// # Errors
    /// [`Error::UnknownObject`] if there is none, [`Error::Io`] if the store fails.
    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error>;

    /// Confirms that an object is durably stored at the address, for a caller that missed the
    /// answer of [`Upload::commit`]. By default it calls [`get`](Self::get).
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    fn confirm(&self, address: &Address) -> Result<(), Error> {
        self.get(address).map(drop)
    }
}

/// An upload to a store. Dropping it before the commit discards the bytes.
pub trait Upload: Write + Send {
    /// Returns the address of the object, after its last byte and before the entry is signed. The
    /// default is the digest. A store that names its objects itself returns its own name; different
    /// content must have different addresses.
    ///
    /// # Errors
    /// [`Error::Io`] if the store fails.
    fn address(&mut self, digest: &RecordDigest) -> Result<Address, Error> {
        Ok(Address::of(digest))
    }

    /// Stores the bytes at the address, atomically and durably. If the same content is
    /// already there, it stays.
    ///
    /// # Errors
    /// [`Error::DigestMismatch`] if other content is at the address; [`Error::Io`] if the store
    /// fails (the whole object may then be at its address, but not durably);
    /// [`Error::InvalidField`] if the store does not support such an address.
    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error>;
}

/// An object store in memory: for tests and examples.
#[derive(Default)]
pub struct MemoryStore(RwLock<HashMap<Address, Arc<[u8]>>>);

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of objects.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns true if there are no objects.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("objects", &self.len()).finish()
    }
}

impl ObjectStore for MemoryStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        Ok(Box::new(MemoryUpload { store: self, bytes: Vec::new() }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        let objects = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let object = objects.get(address).ok_or(Error::UnknownObject)?;
        Ok(Box::new(io::Cursor::new(Arc::clone(object))))
    }
}

struct MemoryUpload<'a> {
    store: &'a MemoryStore,
    bytes: Vec<u8>,
}

impl Write for MemoryUpload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Upload for MemoryUpload<'_> {
    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error> {
        let Self { store, bytes } = *self;
        let mut objects = store.0.write().unwrap_or_else(PoisonError::into_inner);
        match objects.get(address) {
            Some(present) if **present == *bytes => {}
            Some(_) => return Err(Error::DigestMismatch),
            None => drop(objects.insert(address.clone(), bytes.into())),
        }
        Ok(())
    }
}

/// An object store in a directory: one file per object, named by its address.
///
/// An upload writes a file `.medseal-*` in the same directory, syncs it, links it to its address,
/// and syncs the directory. A crash leaves the whole object or none, and at worst a stray
/// `.medseal-*` file that can be deleted. Only addresses made by [`Address::of`] are allowed, which
/// prevents naming a file elsewhere.
///
/// Several threads and processes may use one directory: a link never replaces a file. On a file
/// system without hard links, the upload is renamed instead. This can replace an object that
/// another process stores at the same address at the same moment, which loses nothing if the
/// address was made of the contents of both.
#[derive(Debug)]
pub struct DirectoryStore {
    directory: PathBuf,
}

impl DirectoryStore {
    /// Opens the store in this directory, and creates the directory if it is missing.
    ///
    /// # Errors
    /// [`Error::Io`] if the directory cannot be found, or cannot be created durably.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, Error> {
        let directory = directory.into();
        let missing = directory.ancestors().take_while(|path| !path.exists()).collect::<Vec<_>>();
        fs::create_dir_all(&directory)?;
        // The name of each new directory is in its parent.
        missing.into_iter().map(directory_of).try_for_each(sync_directory)?;
        Ok(Self { directory })
    }

    /// Returns the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The only conversion from an address to a path: 64 lower-case hexadecimal digits, so no
    /// separator and no dot.
    fn path(&self, address: &Address) -> Option<PathBuf> {
        let name = address.as_str();
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (name.len() == 64 && name.bytes().all(is_hex)).then(|| self.directory.join(name))
    }
}

impl ObjectStore for DirectoryStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        Ok(Box::new(DirectoryUpload { store: self, new: NewFile::create_in(&self.directory)? }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        let path = self.path(address).ok_or(Error::UnknownObject)?;
        match File::open(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::UnknownObject),
            Err(error) => Err(error.into()),
        }
    }

    fn confirm(&self, address: &Address) -> Result<(), Error> {
        self.get(address)?;
        // The object was synced before it got its name, but the name may not be durable.
        Ok(sync_directory(&self.directory)?)
    }
}

struct DirectoryUpload<'a> {
    store: &'a DirectoryStore,
    new: NewFile,
}

impl Write for DirectoryUpload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.new.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.new.file.flush()
    }
}

impl Upload for DirectoryUpload<'_> {
    fn commit(self: Box<Self>, address: &Address) -> Result<(), Error> {
        let path = self.store.path(address).ok_or(Error::InvalidField)?;
        match self.new.keep_as(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !self.new.is_same_as(&path)? {
                    return Err(Error::DigestMismatch);
                }
                // The process that stored it may not have made its name durable yet.
                Ok(sync_directory(&self.store.directory)?)
            }
            result => Ok(result?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::names;

    fn address(digit: char) -> Address {
        digit.to_string().repeat(64).parse().unwrap()
    }

    fn put(store: &dyn ObjectStore, bytes: &[u8], address: &Address) -> Result<(), Error> {
        let mut upload = store.begin()?;
        upload.write_all(bytes)?;
        upload.commit(address)
    }

    fn read(store: &dyn ObjectStore, address: &Address) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        store.get(address)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn stored_objects_are_returned_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let stores: [&dyn ObjectStore; 2] =
            [&MemoryStore::new(), &DirectoryStore::open(directory.path().join("a/b")).unwrap()];
        for store in stores {
            assert_eq!(read(store, &address('a')), Err(Error::UnknownObject));
            assert_eq!(store.confirm(&address('a')), Err(Error::UnknownObject));
            put(store, b"one", &address('a')).unwrap();
            put(store, b"", &address('b')).unwrap();
            assert_eq!(put(store, b"two", &address('a')), Err(Error::DigestMismatch));
            assert_eq!(put(store, b"longer", &address('a')), Err(Error::DigestMismatch));
            put(store, b"one", &address('a')).unwrap();
            assert_eq!(store.confirm(&address('a')), Ok(()));
            assert_eq!(read(store, &address('a')).unwrap(), b"one");
            assert_eq!(read(store, &address('b')).unwrap(), b"");
        }
        assert_eq!(names(&directory.path().join("a/b")), [address('a').as_str(), address('b').as_str()]);
    }

    #[test]
    #[cfg(unix)] // other systems report a different error kind
    fn a_failing_store_does_not_claim_absence() {
        let directory = tempfile::tempdir().unwrap();
        let elsewhere = directory.path().join("elsewhere");
        let store = DirectoryStore::open(directory.path().join("store")).unwrap();
        put(&store, b"one", &address('a')).unwrap();
        fs::rename(store.directory(), &elsewhere).unwrap();
        fs::write(store.directory(), b"a file in its place").unwrap();
        assert_eq!(read(&store, &address('a')), Err(Error::Io(io::ErrorKind::NotADirectory.into())));
        fs::remove_file(store.directory()).unwrap();
        fs::rename(&elsewhere, store.directory()).unwrap();
        assert_eq!(read(&store, &address('a')).unwrap(), b"one");
    }

    #[test]
    fn an_upload_that_is_dropped_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let memory = MemoryStore::new();
        let stores: [&dyn ObjectStore; 2] = [&memory, &DirectoryStore::open(directory.path()).unwrap()];
        for store in stores {
            let mut upload = store.begin().unwrap();
            upload.write_all(b"half a rec").unwrap();
            drop(upload);
        }
        assert!(memory.is_empty());
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn no_address_leads_out_of_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("secret"), b"secret").unwrap();
        let store = DirectoryStore::open(directory.path().join("store")).unwrap();
        let upper = "A".repeat(64);
        let (short, long) = ("a".repeat(63), "a".repeat(65));
        let deep = format!("{}/..", "a".repeat(61));
        let absolute = directory.path().join("secret").into_os_string().into_string().unwrap();
        let out = ["../secret", "..", ".", "a/../../secret", ".medseal-0123456789abcdef", &deep, &absolute];
        for name in out.into_iter().chain([upper.as_str(), &short, &long]) {
            let address = name.parse().unwrap();
            assert_eq!(read(&store, &address), Err(Error::UnknownObject), "{name}");
            assert_eq!(put(&store, b"x", &address), Err(Error::InvalidField), "{name}");
        }
        for name in ["", "a b", "a\0", "a\n", "ä"] {
            assert_eq!(name.parse::<Address>(), Err(Error::InvalidText), "{name:?}");
        }
        assert!(names(store.directory()).is_empty());
        put(&store, b"x", &address('a')).unwrap();
    }

    #[test]
    fn a_directory_in_an_objects_place_is_reported() {
        let directory = tempfile::tempdir().unwrap();
        let store = DirectoryStore::open(directory.path()).unwrap();
        fs::create_dir(directory.path().join(address('a').as_str())).unwrap();
        assert!(put(&store, b"x", &address('a')).is_err());
        assert_eq!(names(directory.path()), [address('a').as_str()]);
        assert!(read(&store, &address('a')).is_err());
        put(&store, b"x", &address('b')).unwrap();
        assert_eq!(read(&store, &address('b')).unwrap(), b"x");
    }

    #[test]
    fn concurrent_contents_at_one_address_conflict() {
        let directory = tempfile::tempdir().unwrap();
        // Two stores on one directory share nothing else, like two processes.
        let stores = [0, 1].map(|_| DirectoryStore::open(directory.path()).unwrap());
        for digit in ('0'..='9').chain('a'..='f') {
            let outcomes = std::thread::scope(|scope| {
                let tasks = [0, 1].map(|i| {
                    let store = &stores[i];
                    scope.spawn(move || put(store, &[i as u8; 10_000], &address(digit)))
                });
                tasks.map(|task| task.join().unwrap())
            });
            let winner = outcomes.iter().position(Result::is_ok).unwrap();
            assert_eq!(outcomes[1 - winner], Err(Error::DigestMismatch));
            assert_eq!(read(&stores[0], &address(digit)).unwrap(), [winner as u8; 10_000]);
        }
    }

    #[test]
    fn many_threads_put_one_object_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let store = DirectoryStore::open(directory.path()).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| put(&store, &[7; 100_000], &address('a')).unwrap());
            }
        });
        assert_eq!(read(&store, &address('a')).unwrap(), [7; 100_000]);
        assert_eq!(names(directory.path()), [address('a').as_str()]);
    }
}
