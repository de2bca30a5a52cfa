//! The consortium as a member sees it. What a member does there is in `publish.rs`,
//! `find.rs` and `open.rs`.

use crate::threads::Threads;
use core::fmt;

use crate::error::Error;
use crate::ledger::{Charters, Ledger, Terms, TrustedHead};
use crate::members::{MembersKey, MembersKeys};
use crate::share::store::ObjectStore;

/// What a member needs to share records, beside keys. Ledger and object store may be anybody's.
#[derive(Clone, Copy)]
pub struct Consortium<'a> {
    /// Where entries stand.
    pub ledger: &'a dyn Ledger,
    /// Where sealed records are kept.
    pub store: &'a dyn ObjectStore,
    /// The ledger's charters: entries are published under the current one, and what is read is
    /// judged by the one that it names.
    pub charters: &'a Charters,
    /// The head under which entries that are read have to stand. Publishing does not look at it.
    pub head: TrustedHead,
    /// The members' keys that are held. An entry is published under the key of the epoch that its
    /// charter demands, and opened by it.
    pub members: Option<&'a MembersKeys>,
    /// How many threads seal, wrap, index, open and search.
    pub threads: Threads,
}

impl Consortium<'_> {
    /// What holds for an entry that is published now.
    pub(super) fn terms(&self) -> &Terms {
        self.charters.current().terms()
    }

    /// The members' key that these terms demand, checked against their commitment: what is sealed
    /// under another is lost.
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
