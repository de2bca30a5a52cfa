//! Finding: a trapdoor for a keyword is matched against the ledger.

use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::error::Error;
use crate::ledger::Found;
use crate::policy::Attributes;
use crate::search::{Hints, Keyword, Query, SearchKey};
use crate::share::consortium::Consortium;

/// The parameters of a search.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The keyword.
    pub keyword: &'a Keyword,
    /// The searcher's key.
    pub key: &'a SearchKey,
    /// The attributes that the nodes see, and under which records are found. Show only those that
    /// the relevant policies need ([`Attributes::needed_by`]). [`SearchKey::attributes`] shows all
    /// of the key's attributes, which may identify the user to a node.
    pub showing: &'a Attributes,
    /// Hints for the searched periods, in ascending order. Empty unless the whole deployment
    /// has agreed on hints.
    pub hints: &'a [Hints],
    /// The first height to search: zero, or [`Found::next`] of an earlier search.
    pub from: u64,
}

impl Consortium<'_> {
    /// Finds the entries from a height on that have a keyword, and whose policy the
    /// shown attributes satisfy.
    ///
    /// The ledger can omit entries. It cannot invent entries that open: [`entry`](Self::entry) and
    /// [`open`](Self::open) check each.
    ///
    /// For several keywords, make a [`Query`] and pass it to
    /// [`Ledger::search`](crate::ledger::Ledger::search). `progress` receives the number of
    /// entries done, and returns `Break` to cancel. A later search from [`Found::next`]
    /// reads only new items.
    ///
    /// # Errors
    /// [`Error::UnknownAttribute`] if the key was not issued for a shown attribute,
    /// [`Error::NotSorted`] or [`Error::LimitExceeded`] for the hints,
    /// [`Error::RandomnessUnavailable`], [`Error::Cancelled`], [`Error::HeightMissing`];
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
