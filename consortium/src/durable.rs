//! Files that are complete after a crash, and files that one process locks.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

/// How long to wait for a process that is ending to unlock a file, and between two attempts.
const ENDING: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

/// Replaces a file's contents. After a crash the file has either the old contents or the new.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// Locks a file, which is created if it is missing, against other processes and a second lock in
/// this one. Waits some time for a process that is ending.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] if another process holds the lock.
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
