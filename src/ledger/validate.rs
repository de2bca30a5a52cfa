//! The checks of every node before it accepts an entry.

use core::ops::Deref;
use std::sync::Arc;

use crate::abs::{Claim, verify_batch};
use crate::curve::check_each_encoded;
use crate::error::Error;
use crate::ledger::address::LedgerId;
use crate::ledger::charter::{Charter, CharterHash};
use crate::ledger::charters::Charters;
use crate::ledger::entry::{Entry, signing_context};
use crate::threads::{self, Threads};

/// An entry that was validated under a charter, and that a node may append. Only [`validate`] and
/// [`validate_all`] make one.
#[derive(Clone, Debug)]
pub struct Validated {
    entry: Arc<Entry>,
    charter: CharterHash,
}

impl Validated {
    /// Returns the entry, to be shared.
    #[must_use]
    pub fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    /// Returns the hash of the charter under which the entry was validated. A ledger with a newer
    /// charter rejects the entry with [`Error::EraPassed`].
    #[must_use]
    pub fn charter(&self) -> CharterHash {
        self.charter
    }

    /// Checks that the charter is still the current one of this ledger.
    #[cfg(feature = "memory-ledger")]
    pub(super) fn check_era(&self, charters: &Charters) -> Result<(), Error> {
        charters.check_current(self.entry.statement().charter, Some(self.charter)).map(drop)
    }
}

impl Deref for Validated {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

/// Validates an entry. Checks, in this order:
///
/// 1. The charter that it names is the current one.
/// 2. The claim policy is the charter's.
/// 3. The members' epoch is the charter's.
/// 4. The wrapped key and the index have one access policy.
/// 5. The signature verifies.
/// 6. Every element of the wrapped key and the index is a valid point, including those that
///    decoding leaves for later. Elements come last: they cost most, and only an entitled
///    signer gets that far.
///
/// A node cannot check that the wrapped key opens the record (the reader detects this through the
/// `aad`), that the sealed record is at its address, or that the time is right.
///
/// # Errors
/// [`Error::EraPassed`], [`Error::UnknownCharter`], [`Error::ClaimPolicyRefused`],
/// [`Error::EpochRefused`], [`Error::AccessPolicyMismatch`], [`Error::InvalidSignature`], or a
/// decoding error for an element that is not a valid point.
pub fn validate(entry: impl Into<Arc<Entry>>, charters: &Charters) -> Result<Validated, Error> {
    let entry = entry.into();
    let charter = charters.check_current(entry.statement().charter, None)?;
    check_policies(&entry, charter)?;
    entry.check_signed(&charters.ledger(), charter)?;
    entry.check_elements()?;
    Ok(Validated { entry, charter: charter.hash() })
}

/// The first of several entries that is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its position in the list, from zero.
    pub position: usize,
    /// Why it is rejected.
    pub error: Error,
}

/// Validates many entries, each as [`validate`] does. Verifies their signatures in one batch, which
/// is faster, on up to `threads` threads.
///
/// # Errors
/// A [`Refusal`] with the position of the first entry that is rejected.
pub fn validate_all<E: Into<Arc<Entry>>>(
    entries: impl IntoIterator<Item = E>,
    charters: &Charters,
    threads: Threads,
) -> Result<Vec<Validated>, Refusal> {
    let charter = charters.current().hash();
    let entries = entries.into_iter().map(Into::into).collect::<Vec<_>>();
    let judged = |entry: &Arc<Entry>| charters.check_current(entry.statement().charter, None);
    let eras = entries.iter().map(judged);
    check_all(&entries, eras, &charters.ledger(), threads)?;
    Ok(entries.into_iter().map(|entry| Validated { entry, charter }).collect())
}

/// Checks each entry under the charter beside it. An entry without a charter gets
/// the error beside it.
pub(super) fn check_all<'c>(
    entries: &[Arc<Entry>],
    eras: impl Iterator<Item = Result<&'c Charter, Error>>,
    ledger: &LedgerId,
    threads: Threads,
) -> Result<(), Refusal> {
    // Each step covers only the entries before the first one that an earlier step rejected.
    let (mut charters, mut refused) = (Vec::with_capacity(entries.len()), None);
    for (position, (entry, era)) in entries.iter().zip(eras).enumerate() {
        match era.and_then(|charter| check_policies(entry, charter).map(|()| charter)) {
            Ok(charter) => charters.push(charter),
            Err(error) => {
                refused = Some(Refusal { position, error });
                break;
            }
        }
    }
    let well_formed = entries.get(..charters.len()).unwrap_or_default();

    let context = signing_context(ledger);
    let messages = well_formed.iter().map(|entry| entry.statement().bytes()).collect::<Vec<_>>();
    let claims = well_formed
        .iter()
        .zip(&messages)
        .zip(charters)
        .map(|((entry, message), charter)| Claim {
            public_key: &charter.terms().parameters.abs,
            policy: &charter.terms().claim,
            context: &context,
            message,
            signature: entry.signature(),
        })
        .collect::<Vec<_>>();
    let mut signed = well_formed;
    if let Err(bad) = verify_batch(&claims, threads) {
        let position = bad.positions().first().copied().unwrap_or_default();
        refused = Some(Refusal { position, error: Error::InvalidSignature });
        signed = well_formed.get(..position).unwrap_or_default();
    }

    /// Entries whose elements are decoded together.
    const TOGETHER: usize = 16;
    let outcomes = threads::map(threads, signed.chunks(TOGETHER), |entries| {
        check_each_encoded(&entries.iter().map(|entry| entry.encoded()).collect::<Vec<_>>())
    });
    let malformed = outcomes
        .into_iter()
        .flatten()
        .enumerate()
        .find_map(|(position, outcome)| outcome.err().map(|error| Refusal { position, error }));
    malformed.or(refused).map_or(Ok(()), Err)
}

fn check_policies(entry: &Entry, charter: &Charter) -> Result<(), Error> {
    entry.check_terms(charter)?;
    entry.statement().check_access()
}
