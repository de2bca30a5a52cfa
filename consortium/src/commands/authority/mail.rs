//! Messages between offices, as files in a folder. Either all offices share the folder, or people
//! carry files into it from the other offices.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use medseal::authorities::{Message, Round};

use crate::files;
use crate::report::{At, Failure};

pub(super) struct Mail {
    folder: PathBuf,
    /// The files read so far, with their contents. A file that changes is read again.
    read: BTreeMap<PathBuf, Vec<u8>>,
    complaints: usize,
}

/// A file with a message, or the reason why it contains none.
pub(super) struct Arrived {
    pub(super) path: PathBuf,
    pub(super) message: Result<Message, Failure>,
}

impl Mail {
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        files::make_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), read: BTreeMap::new(), complaints: 0 })
    }

    /// Writes a message. The file name contains the numbers of the sender and the receiver.
    pub(super) fn send(&mut self, message: &Message) -> Result<(), Failure> {
        let round = match message.round() {
            Round::Commit => "0-commit".to_owned(),
            Round::Open => "1-open".to_owned(),
            Round::Deal => "2-deal".to_owned(),
            Round::Complain => {
                self.complaints += 1;
                format!("3-complain-{}", self.complaints)
            }
            _ => "4-confirm".to_owned(),
        };
        let to = match message.to() {
            0 => "all".to_owned(),
            to => to.to_string(),
        };
        let path = self.folder.join(format!("{round}-from-{}-to-{to}.message", message.from()));
        let bytes = message.to_bytes();
        if fs::read(&path).is_ok_and(|sent| sent == bytes) {
            return Ok(());
        }
        if path.exists() {
            return Err(Failure::new(format!(
                "{} is from a try that was broken off: all offices start again, with another --purpose and \
                 an empty folder",
                path.display()
            )));
        }
        // Atomically: others may read at any time.
        files::replace_public(&path, &bytes)
    }

    /// Returns the files that are new or changed since the last call.
    pub(super) fn receive(&mut self) -> Result<Vec<Arrived>, Failure> {
        let entries = fs::read_dir(&self.folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let entries = entries.at(format!("cannot read {}", self.folder.display()))?;
        let mut paths = entries.into_iter().map(|entry| entry.path()).collect::<Vec<_>>();
        paths.retain(|path| path.extension().is_some_and(|end| end == "message"));
        paths.sort();
        let mut arrived = Vec::new();
        for path in paths {
            // A file that cannot be read counts as empty until it can be.
            let bytes = files::read(&path, |bytes| Ok(bytes.to_vec())).unwrap_or_default();
            if self.read.get(&path) != Some(&bytes) {
                let message = Message::from_bytes(&bytes).at("not a message");
                arrived.push(Arrived { path: path.clone(), message });
                self.read.insert(path, bytes);
            }
        }
        Ok(arrived)
    }

    /// Forgets which files were read.
    pub(super) fn rewind(&mut self) {
        self.read.clear();
    }
}
