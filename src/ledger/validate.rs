//! What every node checks before it accepts an entry.

use core::borrow::Borrow;
use core::num::NonZeroUsize;

use crate::abs::{self, Claim, verify_batch};
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
    /// Who may upload: the claim policy that every entry has to state and every signer has to satisfy. It
    /// negates no text, which signatures do not support.
    pub claim: Policy,
    /// The authority's public key for signatures.
    pub signatures: abs::PublicKey,
}

/// Accepts an entry or says why not. In this order: the claim policy; one access policy for the wrapped key and the
/// index; every element of both, also those that the decoder leaves for later; and the signature.
///
/// What a node cannot see, it cannot check: that the wrapped key opens the record (the reader finds out, by the
/// `aad`), that the sealed record is at its address, and that the time is right.
///
/// # Errors
/// [`Error::ClaimPolicyRefused`], [`Error::AccessPolicyMismatch`], [`Error::InvalidSignature`], or a decoding error
/// for an element that is not a valid point.
pub fn validate(entry: &Entry, demands: &Demands) -> Result<(), Error> {
    let statement = entry.statement();
    validate_unsigned(entry, demands)?;
    let context = signing_context(&demands.ledger);
    demands.signatures.verify(&statement.claim, &context, &statement.bytes(), entry.signature())
}

/// The first of several entries that is refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    let outcomes = threads::map(threads, entries, |entry| validate_unsigned(entry.borrow(), demands));
    let refused = outcomes
        .into_iter()
        .enumerate()
        .find_map(|(position, outcome)| outcome.err().map(|error| Refusal { position, error }));
    let well_formed = entries.iter().take(refused.map_or(entries.len(), |refusal| refusal.position));
    let context = signing_context(&demands.ledger);
    let messages = well_formed.clone().map(|entry| entry.borrow().statement().bytes()).collect::<Vec<_>>();
    let claims = well_formed
        .zip(&messages)
        .map(|(entry, message)| Claim {
            public_key: &demands.signatures,
            policy: &demands.claim,
            context: &context,
            message,
            signature: entry.borrow().signature(),
        })
        .collect::<Vec<_>>();
    if let Err(bad) = verify_batch(&claims, threads) {
        let position = bad.positions().first().copied().unwrap_or_default();
        return Err(Refusal { position, error: Error::InvalidSignature });
    }
    refused.map_or(Ok(()), Err)
}

fn validate_unsigned(entry: &Entry, demands: &Demands) -> Result<(), Error> {
    let statement = entry.statement();
    if statement.claim != demands.claim {
        return Err(Error::ClaimPolicyRefused);
    }
    statement.check_access()?;
    statement.key.validate()?;
    statement.index.validate()
}
