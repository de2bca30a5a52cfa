//! Opened copies.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Creates an unfinished copy in the folder for copies. Only its owner may read it. It is deleted
/// unless [`keep`] gives it a name.
pub(crate) fn begin(opened: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(opened)
}

/// Names the complete copy `opened/entry/name`. Each entry has its own folder: records whose files
/// have one name do not collide, and nothing is ever replaced.
pub(crate) fn keep(copy: NamedTempFile, opened: &Path, entry: &str, record: &Path) -> io::Result<PathBuf> {
    copy.as_file().sync_all()?;
    let folder = opened.join(entry);
    fs::create_dir_all(&folder)?;
    let path = folder.join(record.file_name().unwrap_or_else(|| "record".as_ref()));
    copy.persist_noclobber(&path).map_err(|failed| failed.error)?;
    Ok(path)
}

/// Returns whether two files have the same contents.
pub(crate) fn same(a: &Path, b: &Path) -> io::Result<bool> {
    let (mut a, mut b) = (BufReader::new(File::open(a)?), BufReader::new(File::open(b)?));
    let (mut x, mut y) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let n = a.read(&mut x)?;
        if n == 0 {
            return Ok(b.read(&mut y)? == 0);
        }
        let (Some(x), Some(y)) = (x.get(..n), y.get_mut(..n)) else { return Ok(false) };
        match b.read_exact(y) {
            Ok(()) if x == y => {}
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => return Ok(false),
        }
    }
}
