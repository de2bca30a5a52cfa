//! Finding: a trapdoor for a keyword, matched against the ledger.

use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::error::Error;
use crate::ledger::Found;
use crate::policy::Attributes;
use crate::search::{Hints, Keyword, Query, SearchKey};
use crate::share::consortium::Consortium;

/// What is to be found.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The keyword.
    pub keyword: &'a Keyword,
    /// The searcher's key.
    pub key: &'a SearchKey,
    /// The attributes that the nodes see, and that records are found by: those that the policies at
    /// hand need, see [`Attributes::needed_by`]. [`SearchKey::attributes`] shows all of the key's,
    /// by which a node may know its user.
    pub showing: &'a Attributes,
    /// Hints for the periods that are searched, in ascending order: none, unless the whole
    /// deployment has agreed on them.
    pub hints: &'a [Hints],
    /// The height to begin at: zero, or [`Found::next`] of an earlier search.
    pub from: u64,
}

impl Consortium<'_> {
    /// Finds the entries from a height on that have a keyword and whose policy the
    /// shown attributes satisfy.
    ///
    /// The ledger is believed about what it leaves out, and about what it gives no further than
    /// that [`entry`](Self::entry) and [`open`](Self::open) check it.
    ///
    /// For several keywords make a [`Query`] and hand it to
    /// [`Ledger::search`](crate::ledger::Ledger::search). `progress` is told how many entries are
    /// done, and breaks to cancel. A later search from [`Found::next`] sees only what is new.
    ///
    /// # Errors
    /// [`Error::UnknownAttribute`] if the key was not issued for what is shown,
    /// [`Error::NotSorted`] or [`Error::LimitExceeded`] for the hints,
    /// [`Error::RandomnessUnavailable`], [`Error::Cancelled`];
    /// [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn find(
        &self,
        search: &Search<'_>,
        rng: &mut (impl CryptoRng + RngCore),
        mut progress: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let Search { keyword, key, showing, hints, from } = *search;
        let authority = &self.terms().parameters.search;
        let query = Query::new(key.trapdoor_hinted(keyword, showing, hints, rng)?, authority);
        self.ledger.search(&query, authority, from, self.threads, &mut progress)
    }
}
