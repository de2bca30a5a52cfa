//! Files with keys and other objects.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::report::{At, Failure};

/// The size limit: every key, certificate and charter is smaller.
const LARGEST: u64 = 64 << 20;

/// Reads a public file.
pub(crate) fn read<T>(
    path: &Path,
    decode: impl FnOnce(&[u8]) -> Result<T, medseal::Error>,
) -> Result<T, Failure> {
    let bytes = File::open(path).and_then(contents);
    decode(&bytes.at(format!("cannot read {}", path.display()))?).at(path.display())
}

/// Reads a secret; fails if anyone except its owner may read the file.
pub(crate) fn read_secret<T>(
    path: &Path,
    decode: impl FnOnce(&[u8]) -> Result<T, medseal::Error>,
) -> Result<T, Failure> {
    let unreadable = || format!("cannot read {}", path.display());
    let file = File::open(path).at(unreadable())?;
    let mode = file.metadata().at(unreadable())?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(Failure::new(format!(
            "{path} contains a secret and others may read it: run `chmod 600 {path}`"
        )));
    }
    decode(&Zeroizing::new(contents(file).at(unreadable())?)).at(path.display())
}

/// Reads into one allocation: a growing buffer would leave copies of a secret behind.
fn contents(file: File) -> io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is too large"));
    }
    let mut bytes = Vec::with_capacity(length as usize + 1);
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a secret into a new file that only its owner may read.
pub(crate) fn create_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    create(path, bytes, 0o600)
}

/// Writes public bytes into a new file.
pub(crate) fn create_public(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    create(path, bytes, 0o644)
}

/// Fails if the path exists. Call it before a step that cannot be repeated.
pub(crate) fn check_free(path: &Path) -> Result<(), Failure> {
    if path.exists() { Err(taken(path)) } else { Ok(()) }
}

fn taken(path: &Path) -> Failure {
    let path = path.display();
    Failure::new(format!("{path} exists already, and is not overwritten: choose another path"))
}

fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let written =
        OpenOptions::new().write(true).create_new(true).mode(mode).open(path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            sync_directory(path)
        });
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(taken(path)),
        result => result.at(format!("cannot write {}", path.display())),
    }
}

/// Replaces the contents of a file that only its owner may read. After a crash the file has either
/// the old contents or the new.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace_with_mode(path, bytes, 0o600)
}

/// Replaces the contents of a public file, in the same way.
pub(crate) fn replace_public(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace_with_mode(path, bytes, 0o644)
}

fn replace_with_mode(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(mode));
    let replaced = builder.tempfile_in(folder(path)).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)?;
        sync_directory(path)
    });
    replaced.at(format!("cannot write {}", path.display()))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).at(format!("cannot make the folder {}", path.display()))
}

pub(crate) fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_secret_that_others_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create_secret(&path, b"secret").unwrap();
        let read = || read_secret(&path, |bytes| Ok(bytes.to_vec()));
        assert_eq!(read().unwrap(), b"secret");
        for mode in [0o640, 0o604, 0o660, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read().unwrap_err().0;
            assert!(refused.contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn never_overwrites_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create_secret(&path, b"first").unwrap();
        for refused in [create_secret(&path, b"second"), create_public(&path, b"second")] {
            assert!(refused.unwrap_err().0.contains("not overwritten"));
        }
        assert_eq!(fs::read(&path).unwrap(), b"first");
        replace(&path, b"state").unwrap();
        assert_eq!(read_secret(&path, |bytes| Ok(bytes.to_vec())).unwrap(), b"state");
    }
}
