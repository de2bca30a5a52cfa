//! What an authority keeps before it signs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::files::NewFile;
use crate::secret::Wipe;
use zeroize::Zeroizing;

/// A store of an authority's own: its shares, and what it has signed under which number. It
/// survives a crash, nobody else reads it, and no two programs of one authority have one each.
pub trait Records {
    /// What stands under a name, if anything does.
    ///
    /// # Errors
    /// Those of the store.
    fn get(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;

    /// Puts bytes under a name, in place of what stands there. When it returns, they are there
    /// after any crash; if it fails, the old ones are there, or the new ones.
    ///
    /// # Errors
    /// Those of the store.
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

/// Records in a directory that the caller has made for its owner alone: a file for each.
#[derive(Debug)]
pub struct DirectoryRecords(PathBuf);

impl DirectoryRecords {
    /// Records in this directory.
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

/// Records in memory, for tests and examples: they do not survive anything.
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
