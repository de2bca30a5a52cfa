//! The consortium as a member sees it. What a member does there is in `publish.rs`, `find.rs` and `open.rs`.

use core::fmt;
use std::num::NonZeroUsize;

use crate::ledger::Ledger;
use crate::policy::Policy;
use crate::share::authority::PublicParameters;
use crate::share::store::ObjectStore;

/// What a member needs to share records, beside keys. Ledger and object store may be anybody's.
#[derive(Clone, Copy)]
pub struct Consortium<'a> {
    /// The authority's public parameters.
    pub parameters: &'a PublicParameters,
    /// The claim policy that the ledger demands: entries that are published state it, and entries that are read are
    /// signed by a member who satisfies it.
    pub claim: &'a Policy,
    /// Where entries stand.
    pub ledger: &'a dyn Ledger,
    /// Where sealed records are kept.
    pub store: &'a dyn ObjectStore,
    /// How many threads seal, wrap, index, open and search.
    pub threads: NonZeroUsize,
}

impl fmt::Debug for Consortium<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consortium").field("ledger", self.ledger.id()).finish_non_exhaustive()
    }
}
