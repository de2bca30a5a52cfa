//! Files that are complete or absent.
//!
//! A file is written under a temporary name in the directory of its final name, and synced. It is
//! then linked to the final name, and the directory is synced. After a crash, the final name has
//! the whole file or none. At worst, a stray file named `.medseal-` and 16 hexadecimal digits
//! remains, which can be deleted. The temporary name is random: no other process has it, even one
//! with the same process id in another container, and no stray file blocks it.
//!
//! A link, unlike a rename, never replaces a file. On a file system without hard links (FAT, some
//! network shares), the file is renamed if no file has its final name. This has one drawback: a
//! file that another process creates between the check and the rename is replaced.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A new file, deleted when dropped. After [`keep_as`](Self::keep_as), it
/// remains under its final name.
pub(crate) struct NewFile {
    pub(crate) file: File,
    temporary: PathBuf,
}

impl NewFile {
    /// Creates a file in this directory, with the system's permissions for new files.
    pub(crate) fn create_in(directory: &Path) -> io::Result<Self> {
        Self::create(directory, &mut File::options())
    }

    /// Creates a file beside `path`. On Unix, only its owner can access it.
    pub(crate) fn private_beside(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::create(directory_of(path), &mut options)
    }

    fn create(directory: &Path, options: &mut OpenOptions) -> io::Result<Self> {
        loop {
            // Each `RandomState` has another key, which comes from the operating system.
            let temporary = directory.join(format!(".medseal-{:016x}", RandomState::new().hash_one(())));
            match options.write(true).create_new(true).open(&temporary) {
                Ok(file) => return Ok(Self { file, temporary }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its final name in the same directory, durably. Fails with
    /// [`ErrorKind::AlreadyExists`] if a file has this name, and leaves that file unchanged. After
    /// any other error, the complete file may have its final name, but not durably.
    pub(crate) fn keep_as(&self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        match fs::hard_link(&self.temporary, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                require_absent(path)?;
                fs::rename(&self.temporary, path)?;
            }
            result => result?,
        }
        sync_directory(directory_of(path))
    }

    /// Writes the file and gives it its final name in the same directory, durably.
    /// Replaces the file of that name. After an error, the name has either the old or the
    /// new file, and it is complete.
    pub(crate) fn replace(mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut self.file, bytes)?;
        self.file.sync_all()?;
        fs::rename(&self.temporary, path)?;
        sync_directory(directory_of(path))
    }

    /// Reports whether a file has the same bytes.
    pub(crate) fn is_same_as(&self, path: &Path) -> io::Result<bool> {
        let (mut a, mut b) = (File::open(&self.temporary)?, File::open(path)?);
        if a.metadata()?.len() != b.metadata()?.len() {
            return Ok(false);
        }
        let (a, b) = (io::BufReader::new(&mut a), io::BufReader::new(&mut b));
        for (x, y) in io::Read::bytes(a).zip(io::Read::bytes(b)) {
            if x? != y? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // A file that was kept has its final name. If deleting fails, there is no caller to report
        // it to, and a stray file is harmless.
        drop(fs::remove_file(&self.temporary));
    }
}

/// Fails with [`ErrorKind::AlreadyExists`] if anything has this name, even a dangling link.
pub(crate) fn require_absent(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the directory of a path's last component.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the directory's names durable. Only Unix can open a directory; elsewhere this relies on
/// the file system's journal.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

/// Returns the names in a directory, sorted.
#[cfg(test)]
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn temporary_names_differ_and_have_one_length() {
        let directory = tempfile::tempdir().unwrap();
        let files: Vec<_> = (0..100).map(|_| NewFile::create_in(directory.path()).unwrap()).collect();
        let names = names(directory.path());
        assert_eq!(names.len(), files.len());
        assert!(names.iter().all(|name| name.len() == ".medseal-".len() + 16));
        // Stray files of killed processes look the same, and do no harm.
        files.into_iter().for_each(std::mem::forget);
        NewFile::create_in(directory.path()).unwrap().keep_as(&directory.path().join("a")).unwrap();
    }

    #[test]
    fn keeps_a_file_of_the_longest_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("n".repeat(255));
        let new = NewFile::create_in(directory.path()).unwrap();
        (&new.file).write_all(b"HbA1c").unwrap();
        assert!(!path.exists());
        new.keep_as(&path).unwrap();
        drop(new);
        assert_eq!((fs::read(&path).unwrap(), names(directory.path()).len()), (b"HbA1c".to_vec(), 1));
    }

    #[test]
    fn replaces_no_file_and_no_link() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "old").unwrap();
        let new = NewFile::create_in(directory.path()).unwrap();
        (&new.file).write_all(b"new").unwrap();
        let refused = |path: &Path| {
            assert_eq!(new.keep_as(path).unwrap_err().kind(), ErrorKind::AlreadyExists);
            assert_eq!(require_absent(path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        };
        refused(&file);
        refused(directory.path());
        #[cfg(unix)]
        {
            let link = directory.path().join("link");
            std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
            refused(&link);
        }
        assert_eq!(fs::read(&file).unwrap(), b"old");
        assert!(!new.is_same_as(&file).unwrap());
        new.keep_as(&directory.path().join("other")).unwrap();
        assert!(new.is_same_as(&directory.path().join("other")).unwrap());
    }
}
