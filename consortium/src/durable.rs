//! Files that are whole after a crash, and files that one process holds.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

/// How long a process that is ending may still hold a file, and how long to wait between two looks.
const ENDING: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

/// Puts bytes in the place of a file's. After a crash the old ones are there, or the new ones.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// Holds a file, which is made if it is missing, against other processes and against a second hold
/// in this one. A process that is ending gets some time.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] if it is held by another.
pub(crate) fn hold(path: &Path) -> io::Result<File> {
    let file = File::create(path)?;
    for _ in 0..ENDING.as_millis() / LOOK.as_millis() {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::WouldBlock, "another node uses it"))
}
