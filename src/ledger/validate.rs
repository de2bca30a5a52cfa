//! What every node checks before it accepts an entry.

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

/// An entry that a node may append: it was validated under a charter. Only [`validate`] and
/// [`validate_all`] make one.
#[derive(Clone, Debug)]
pub struct Validated {
    entry: Arc<Entry>,
    charter: CharterHash,
}

impl Validated {
    /// The entry, to be shared.
    #[must_use]
    pub fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    /// The charter under which it was validated. A ledger on which another is current by now
    /// refuses it, with [`Error::EraPassed`].
    #[must_use]
    pub fn charter(&self) -> CharterHash {
        self.charter
    }

    /// The charter is still the current one of this ledger.
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

/// Validates an entry or says why not. In this order: the charter that it names is the current one;
/// its claim policy; its members' epoch; one access policy for the wrapped key and the index; the
/// signature; and every element of both, also those that the decoder leaves for later. Elements are
/// checked last: they cost most, and only an entitled signer gets that far.
///
/// What a node cannot see, it cannot check: that the wrapped key opens the record (the reader finds
/// out, by the `aad`), that the sealed record is at its address, and that the time is right.
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

/// The first of several entries that is refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its position among them, from zero.
    pub position: usize,
    /// Why it is refused.
    pub error: Error,
}

/// Validates many entries as [`validate`] does each, their signatures in one batch, which is
/// faster, and on up to `threads` threads.
///
/// # Errors
/// [`Refusal`] names the first entry that is refused.
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

/// Checks each entry under the charter beside it, or says that it has none.
pub(super) fn check_all<'c>(
    entries: &[Arc<Entry>],
    eras: impl Iterator<Item = Result<&'c Charter, Error>>,
    ledger: &LedgerId,
    threads: Threads,
) -> Result<(), Refusal> {
    // Each check goes as far as the one before it found nothing.
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
