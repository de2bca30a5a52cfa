//! The consortium as a member sees it. What a member does there is in `publish.rs`, `find.rs` and `open.rs`.

use core::fmt;
use std::num::NonZeroUsize;

use crate::ledger::{Charters, Ledger, Terms, TrustedHead};
use crate::share::store::ObjectStore;

/// What a member needs to share records, beside keys. Ledger and object store may be anybody's.
#[derive(Clone, Copy)]
pub struct Consortium<'a> {
    /// Where entries stand.
    pub ledger: &'a dyn Ledger,
    /// Where sealed records are kept.
    pub store: &'a dyn ObjectStore,
    /// The ledger's charters: entries are published under the current one, and what is read is judged by the one that it
    /// names.
    pub charters: &'a Charters,
    /// The head under which entries that are read have to stand. Publishing does not look at it.
    pub head: TrustedHead,
    /// How many threads seal, wrap, index, open and search.
    pub threads: NonZeroUsize,
}

impl Consortium<'_> {
    /// What holds for an entry that is published now.
    pub(super) fn terms(&self) -> &Terms {
        self.charters.current().terms()
    }
}

impl fmt::Debug for Consortium<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consortium").field("ledger", &self.charters.ledger()).finish_non_exhaustive()
    }
}
