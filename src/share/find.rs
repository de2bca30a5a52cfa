//! Finding: a trapdoor for a keyword, matched against the ledger.

use std::ops::ControlFlow;

use rand_core::{CryptoRng, RngCore};

use crate::error::Error;
use crate::ledger::Found;
use crate::search::{Keyword, PreparedTrapdoor, Query, SearchKey};
use crate::share::consortium::Consortium;

impl Consortium<'_> {
    /// Finds the entries from a height on that have this keyword and whose policy the key's attributes satisfy.
    ///
    /// The ledger is believed about what it leaves out, and about what it gives no further than that
    /// [`entry`](Self::entry) and [`open`](Self::open) check it.
    ///
    /// For several keywords, or to show fewer attributes, make a [`Query`] and hand it to
    /// [`Ledger::search`](crate::ledger::Ledger::search). `progress` is told how many entries are done, and breaks to
    /// cancel. A later search from [`Found::next`] sees only what is new.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`], [`Error::Cancelled`]; [`Error::LedgerUnavailable`], [`Error::Io`].
    pub fn find(
        &self,
        keyword: &Keyword,
        key: &SearchKey,
        from: u64,
        rng: &mut (impl CryptoRng + RngCore),
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Found, Error> {
        let trapdoor = key.trapdoor(keyword, rng)?;
        let query = Query::from(PreparedTrapdoor::new(&trapdoor)?);
        self.ledger.search(&query, from, self.threads, progress)
    }
}
