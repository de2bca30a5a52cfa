//! The consortium from a member's point of view. `publish.rs`, `find.rs` and `open.rs`
//! contain the operations.

use crate::threads::Threads;
use core::fmt;

use crate::error::Error;
use crate::ledger::{Charters, Ledger, Terms, TrustedHead};
use crate::members::{MembersKey, MembersKeys};
use crate::share::store::ObjectStore;

/// What a member needs to share records, besides keys. The ledger and the object store
/// need not be trusted.
#[derive(Clone, Copy)]
pub struct Consortium<'a> {
    /// The ledger of the entries.
    pub ledger: &'a dyn Ledger,
    /// The store of the sealed records.
    pub store: &'a dyn ObjectStore,
    /// The ledger's charters. Entries are published under the current one, and checked under
    /// the one that they name.
    pub charters: &'a Charters,
    /// The head that must cover the entries that are read. Publishing does not use it.
    pub head: TrustedHead,
    /// The members' keys that the member holds. An entry is published, and opened, under the key of
    /// the epoch that its charter requires.
    pub members: Option<&'a MembersKeys>,
    /// The number of threads that seal, wrap, index, open and search.
    pub threads: Threads,
}

impl Consortium<'_> {
    /// Returns the terms for a new entry.
    pub(super) fn terms(&self) -> &Terms {
        self.charters.current().terms()
    }

    /// Returns the members' key that these terms require, after checking it against their
    /// commitment: a record sealed under a different key is lost.
    pub(super) fn members_key(&self, terms: &Terms) -> Result<Option<&MembersKey>, Error> {
        match self.members {
            Some(held) => held.demanded(&terms.epoch),
            None => MembersKeys::of(None, terms.epoch.epoch()),
        }
    }
}

impl fmt::Debug for Consortium<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consortium").field("ledger", &self.charters.ledger()).finish_non_exhaustive()
    }
}
