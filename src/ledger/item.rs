//! The items of a ledger: entries and charters.

use std::sync::Arc;

use crate::codec::{Kind, Reader};
use crate::error::Error;
use crate::ledger::charter::Charter;
use crate::ledger::entry::{Entry, EntryId};
use crate::search::RecordIndex;

/// An item at a height of a ledger. The first is the first charter.
#[derive(Clone, Debug)]
pub enum Item {
    /// An entry about a record.
    Entry(Arc<Entry>),
    /// A charter, with the rules for the entries that follow it. It is alone in its block.
    Charter(Arc<Charter>),
}

impl Item {
    /// Returns the entry, if the item is one.
    #[must_use]
    pub fn entry(&self) -> Option<&Arc<Entry>> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Charter(_) => None,
        }
    }

    /// Returns the charter, if the item is one.
    #[must_use]
    pub fn charter(&self) -> Option<&Arc<Charter>> {
        match self {
            Self::Entry(_) => None,
            Self::Charter(charter) => Some(charter),
        }
    }

    /// Returns the bytes of the entry or charter. A ledger stores them, and the tree under
    /// its head covers them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Entry(entry) => entry.to_bytes(),
            Self::Charter(charter) => charter.to_bytes(),
        }
    }

    /// Decodes an entry or a charter.
    ///
    /// # Errors
    /// A decoding error of [`Error`]; [`Error::WrongKind`] if the bytes are neither.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if Reader::new(bytes).header(Kind::Charter).is_ok() {
            Ok(Self::Charter(Arc::new(Charter::from_bytes(bytes)?)))
        } else {
            Ok(Self::Entry(Arc::new(Entry::from_bytes(bytes)?)))
        }
    }
}

/// The part of an entry that a search needs.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// The entry's id.
    pub id: EntryId,
    /// The index of its keywords.
    pub index: RecordIndex,
}

impl From<&Entry> for Indexed {
    fn from(entry: &Entry) -> Self {
        Self { id: entry.id(), index: entry.statement().index.clone() }
    }
}
