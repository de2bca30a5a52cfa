//! The checks of every reader: an entry belongs to its era, and is on the ledger.

use core::ops::Deref;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::charters::Charters;
use crate::ledger::entry::Entry;
use crate::merkle::{Head, InclusionProof};

/// A head of the ledger that a reader trusts, and that was recent enough when the reader took it.
///
/// The reader chooses its source: their own node, a main node in an authenticated session, or a
/// head that enough validators signed. The source can hide newer items, but only for as long as the
/// maximum age that the reader accepts. A [`ConsistencyProof`](crate::merkle::ConsistencyProof)
/// from the previous head shows that nothing was removed in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedHead {
    head: Head,
    time_ms: u64,
}

impl TrustedHead {
    /// Trusts the head that the ledger had at `time_ms`. `time_ms` and `now_ms` may differ by at
    /// most `max_age_ms`. All are Unix milliseconds. Take a new head before this one is too old.
    ///
    /// # Errors
    /// [`Error::StaleHead`].
    pub fn new(head: Head, time_ms: u64, now_ms: u64, max_age_ms: u64) -> Result<Self, Error> {
        if now_ms.abs_diff(time_ms) > max_age_ms { Err(Error::StaleHead) } else { Ok(Self { head, time_ms }) }
    }

    /// Returns the head.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the time at which it was the ledger's head, in Unix milliseconds.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }
}

/// An entry that a reader has checked. It was made under the charter that it names, and a head that
/// the reader trusts covers it.
///
/// The signature alone is not enough: a key that expired or was stolen can still sign under the
/// charter of its time. No node accepts such an entry, so no head covers it.
#[derive(Clone, Debug)]
pub struct CheckedEntry(Arc<Entry>);

impl CheckedEntry {
    /// Checks an entry from any source.
    ///
    /// # Errors
    /// [`Error::UnknownCharter`], [`Error::ClaimPolicyRefused`], [`Error::EpochRefused`],
    /// [`Error::InvalidSignature`] if no ledger should have accepted it; [`Error::InvalidProof`] if
    /// this head does not cover it.
    pub fn new(
        entry: impl Into<Arc<Entry>>,
        charters: &Charters,
        proof: &InclusionProof,
        head: &TrustedHead,
    ) -> Result<Self, Error> {
        let entry = entry.into();
        let charter = charters.get(entry.statement().charter)?;
        proof.verify(&head.head, &entry.to_bytes())?;
        entry.check_terms(charter)?;
        entry.check_signed(&charters.ledger(), charter)?;
        Ok(Self(entry))
    }
}

impl Deref for CheckedEntry {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.0
    }
}
