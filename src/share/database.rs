//! A hospital's list of records: the paper's *database*, of which the ledger sees nothing.

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
/// The digest never stands on the ledger in the clear. Record digests are public there, and anyone
/// who sees a root over some of them can find out which: entries that were signed without a name
/// would be tied to one hospital.
///
/// It holds the compact state that appending needs. A hospital that wants inclusion and consistency
/// proofs appends the same digests to a [`merkle::Tree`](crate::merkle::Tree).
#[derive(Clone, Debug)]
pub struct Database {
    super_node: SuperNodePublicKey,
    identity: Identity,
    digests: Frontier,
}

impl Database {
    /// The empty database of the hospital with this identity.
    #[must_use]
    pub fn new(super_node: SuperNodePublicKey, identity: Identity) -> Self {
        Self::resume(super_node, identity, Frontier::new())
    }

    /// A database that goes on from a state that [`frontier`](Self::frontier) gave.
    #[must_use]
    pub fn resume(super_node: SuperNodePublicKey, identity: Identity, digests: Frontier) -> Self {
        Self { super_node, identity, digests }
    }

    /// The database digest.
    #[must_use]
    pub fn digest(&self) -> Root {
        self.digests.root()
    }

    /// The state to be kept: its byte form has 32 bytes for each set bit of the number
    /// of records, and 12 more.
    #[must_use]
    pub fn frontier(&self) -> &Frontier {
        &self.digests
    }

    /// The database with one more record.
    pub(super) fn with(&self, record: &RecordDigest) -> Self {
        let mut next = self.clone();
        next.digests.append(record.as_bytes());
        next
    }

    /// The database after a publication of this record that led to the state `next`: it is there
    /// already, or one record before.
    pub(super) fn after(&self, record: &RecordDigest, next: Option<&Frontier>) -> Result<Self, Error> {
        let after = self.with(record);
        match next {
            Some(next) if *next == after.digests => Ok(after),
            Some(next) if *next == self.digests => Ok(self.clone()),
            _ => Err(Error::DigestMismatch),
        }
    }

    /// The envelope `Mac || H(M) || L` to the hospital, which belongs to the
    /// record with this digest.
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
