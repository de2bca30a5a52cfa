//! What every node checks before it accepts an entry.

use core::borrow::Borrow;
use core::num::NonZeroUsize;

use crate::abs::{self, Claim, verify_batch};
use crate::curve::check_each_encoded;
use crate::error::Error;
use crate::ledger::address::LedgerId;
use crate::ledger::entry::{Entry, signing_context};
use crate::policy::Policy;
use crate::threads;

/// What a ledger demands of its entries; the same on all of its nodes.
#[derive(Clone, Debug)]
pub struct Demands {
    /// The ledger's identifier, which every signature covers.
    pub ledger: LedgerId,
    /// Who may upload: the claim policy that every entry has to state and every signer has to satisfy.
    pub claim: Policy,
    /// The authority's public key for signatures.
    pub signatures: abs::PublicKey,
}

/// Accepts an entry or says why not. In this order: the claim policy; one access policy for the wrapped key and the
/// index; the signature; and every element of both, also those that the decoder leaves for later. The elements come last
/// because they are the dearest, so that only somebody entitled makes a node look at them.
///
/// What a node cannot see, it cannot check: that the wrapped key opens the record (the reader finds out, by the
/// `aad`), that the sealed record is at its address, and that the time is right.
///
/// # Errors
/// [`Error::ClaimPolicyRefused`], [`Error::AccessPolicyMismatch`], [`Error::InvalidSignature`], or a decoding error
/// for an element that is not a valid point.
pub fn validate(entry: &Entry, demands: &Demands) -> Result<(), Error> {
    check_policies(entry, demands)?;
    entry.check_signature(&demands.ledger, &demands.signatures)?;
    entry.check_elements()
}

/// The first of several entries that is refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its position among them, from zero.
    pub position: usize,
    /// Why it is refused.
    pub error: Error,
}

/// Validates many entries as [`validate`] does each, their signatures in one batch, which is faster, and on up to
/// `threads` threads.
///
/// # Errors
/// [`Refusal`] names the first entry that is refused.
pub fn validate_all<E: Borrow<Entry> + Sync>(
    entries: &[E],
    demands: &Demands,
    threads: NonZeroUsize,
) -> Result<(), Refusal> {
    // Each check goes as far as the one before it found nothing.
    let (well_formed, mut refused) =
        up_to_the_first(entries, entries.iter().map(|entry| check_policies(entry.borrow(), demands)));

    let context = signing_context(&demands.ledger);
    let messages = well_formed.iter().map(|entry| entry.borrow().statement().bytes()).collect::<Vec<_>>();
    let claims = well_formed
        .iter()
        .zip(&messages)
        .map(|(entry, message)| Claim {
            public_key: &demands.signatures,
            policy: &demands.claim,
            context: &context,
            message,
            signature: entry.borrow().signature(),
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
    let checked = threads::map(threads, signed.chunks(TOGETHER), |entries| {
        let elements = entries.iter().map(|entry| entry.borrow().encoded()).collect::<Vec<_>>();
        check_each_encoded(&elements)
    });
    let (_, malformed) = up_to_the_first(signed, checked.into_iter().flatten());
    malformed.or(refused).map_or(Ok(()), Err)
}

/// The entries before the first that is refused, and its refusal.
fn up_to_the_first<E>(
    entries: &[E],
    outcomes: impl IntoIterator<Item = Result<(), Error>>,
) -> (&[E], Option<Refusal>) {
    let refused = (0..)
        .zip(outcomes)
        .find_map(|(position, outcome)| outcome.err().map(|error| Refusal { position, error }));
    let length = refused.as_ref().map_or(entries.len(), |refusal| refusal.position);
    (entries.get(..length).unwrap_or_default(), refused)
}

fn check_policies(entry: &Entry, demands: &Demands) -> Result<(), Error> {
    entry.check_claim(&demands.claim)?;
    entry.statement().check_access()
}
