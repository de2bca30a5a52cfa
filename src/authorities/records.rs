//! The durable records of an authority.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::files::NewFile;
use crate::secret::Wipe;
use zeroize::Zeroizing;

/// A private store of an authority: its shares, and what it has signed under which number.
/// It must survive a crash, and nobody else may read it. Two programs of one authority
/// must share one store.
pub trait Records {
    /// Returns the bytes under a name, if there are any.
    ///
    /// # Errors
    /// Those of the store.
    fn get(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// Replaces the bytes under a name. When it returns, the new bytes survive a crash. If it
    /// fails, either the old bytes are there, or the new ones.
    ///
    /// # Errors
    /// Those of the store.
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// Records in a directory, one file for each. The caller must create the directory with
/// access for its owner only.
#[derive(Debug)]
pub struct DirectoryRecords(PathBuf);

impl DirectoryRecords {
    /// Uses this directory.
    #[must_use]
    pub fn new(directory: &Path) -> Self {
        Self(directory.to_owned())
    }
}

impl Records for DirectoryRecords {
    fn get(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(name);
        NewFile::private_beside(&path)?.replace(&path, bytes)
    }
}

/// Records in memory, for tests and examples. They do not survive a restart.
#[derive(Debug, Default)]
pub struct MemoryRecords(BTreeMap<String, Vec<u8>>);

impl Records for MemoryRecords {
    fn get(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.0.get(name).cloned().map(Zeroizing::new))
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if let Some(mut old) = self.0.insert(name.to_owned(), bytes.to_vec()) {
            old.wipe();
        }
        Ok(())
    }
}

impl Drop for MemoryRecords {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Wipe::wipe);
    }
}
