//! A hospital's list of records: the paper's *database*. The ledger does not see it.

use rand_core::{CryptoRng, RngCore};

use crate::error::Error;
use crate::identity::{Disclosure, Identity, IdentityEnvelope, SuperNodePublicKey};
use crate::ledger::Address;
use crate::members::MembersKey;
use crate::merkle::{Frontier, Root};
use crate::record::{KeyedSummary, RecordDigest};

/// The digest over a hospital's record digests in order of upload (the paper's *H(M)*), and the
/// identity to which envelopes about its records are sealed.
///
/// The digest is never in the clear on the ledger. Record digests are public there, and
/// anyone who sees a root over some of them can find out which: it would link anonymous
/// entries to one hospital.
///
/// A database holds the compact state that appending needs. For inclusion and consistency proofs,
/// append the same digests to a [`merkle::Tree`](crate::merkle::Tree).
#[derive(Clone, Debug)]
pub struct Database {
    super_node: SuperNodePublicKey,
    identity: Identity,
    digests: Frontier,
}

impl Database {
    /// Makes the empty database of the hospital with this identity.
    #[must_use]
    pub fn new(super_node: SuperNodePublicKey, identity: Identity) -> Self {
        Self::resume(super_node, identity, Frontier::new())
    }

    /// Restores a database from a state that [`frontier`](Self::frontier) returned.
    #[must_use]
    pub fn resume(super_node: SuperNodePublicKey, identity: Identity, digests: Frontier) -> Self {
        Self { super_node, identity, digests }
    }

    /// Returns the database digest.
    #[must_use]
    pub fn digest(&self) -> Root {
        self.digests.root()
    }

    /// Returns the state to store. Its byte form has 32 bytes for each set bit of the number of
    /// records, and 12 more.
    #[must_use]
    pub fn frontier(&self) -> &Frontier {
        &self.digests
    }

    /// Returns the database with one more record.
    pub(super) fn with(&self, record: &RecordDigest) -> Self {
        let mut next = self.clone();
        next.digests.append(record.as_bytes());
        next
    }

    /// Returns the database after the publication of this record, with state `next`. The current
    /// state must be that state, or the one before.
    pub(super) fn after(&self, record: &RecordDigest, next: Option<&Frontier>) -> Result<Self, Error> {
        let after = self.with(record);
        match next {
            Some(next) if *next == after.digests => Ok(after),
            Some(next) if *next == self.digests => Ok(self.clone()),
            _ => Err(Error::DigestMismatch),
        }
    }

    /// Seals the envelope `Mac || H(M) || L` to the hospital, for the record with this digest.
    pub(super) fn envelope(
        &self,
        record: &RecordDigest,
        address: &Address,
        summary: &KeyedSummary,
        members: Option<&MembersKey>,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<IdentityEnvelope, Error> {
        let location = address.as_str().as_bytes();
        let disclosure = Disclosure::new(location, *self.digest().as_bytes(), *summary.as_bytes())?;
        self.super_node.seal_to(&self.identity, &disclosure.to_bytes(), record.as_bytes(), members, rng)
    }
}
