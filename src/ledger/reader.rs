//! What every reader checks: that an entry is one of its era, and that it stands on the ledger.

use core::ops::Deref;
use std::sync::Arc;

use crate::error::Error;
use crate::ledger::charters::Charters;
use crate::ledger::entry::Entry;
use crate::merkle::{Head, InclusionProof};

/// A head of the ledger that a reader trusts, and that was not too old when the reader took it.
///
/// The reader decides where it comes from: their own node, a main node in an authenticated session,
/// or a head that enough validators signed. The source of the head can hide what is newer, and no
/// more than the age that the reader accepts. A
/// [`ConsistencyProof`](crate::merkle::ConsistencyProof) from the head before shows that nothing
/// was taken away in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustedHead {
    head: Head,
    time_ms: u64,
}

impl TrustedHead {
    /// Takes a head that was the ledger's at `time_ms`. Fails if `time_ms` and `now_ms` are further
    /// apart than `max_age_ms`. All are Unix milliseconds. Take a new head before
    /// this one is too old.
    ///
    /// # Errors
    /// [`Error::StaleHead`].
    pub fn new(head: Head, time_ms: u64, now_ms: u64, max_age_ms: u64) -> Result<Self, Error> {
        if now_ms.abs_diff(time_ms) > max_age_ms { Err(Error::StaleHead) } else { Ok(Self { head, time_ms }) }
    }

    /// The head.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// When it was the ledger's, in Unix milliseconds.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }
}

/// An entry that a reader has checked: it was made under the charter that it names, and it stands
/// on the ledger, under a head that the reader trusts.
///
/// The signature alone is not enough: a key that expired or was stolen still signs under the
/// charter of its time. No node takes such an entry, so it stands under no head.
#[derive(Clone, Debug)]
pub struct CheckedEntry(Arc<Entry>);

impl CheckedEntry {
    /// Checks an entry from any source.
    ///
    /// # Errors
    /// [`Error::UnknownCharter`], [`Error::ClaimPolicyRefused`], [`Error::EpochRefused`],
    /// [`Error::InvalidSignature`] if no ledger should have accepted it; [`Error::InvalidProof`] if
    /// it does not stand under this head.
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
