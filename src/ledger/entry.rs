//! An entry: a [`Statement`] about a sealed record, signed anonymously by an entitled member.
//!
//! ```text
//! id        = SHA-256(ENTRY-ID tag, statement)
//! signature = ABS(claim policy, context = SHA-256(ENTRY-CONTEXT tag, ledger id), message = statement)
//! ```
//! The id does not cover the signature: anyone with the attributes can sign again, and the same
//! statement is the same entry. It covers everything else, so nobody can claim an id in advance.
//!
//! An entry does not reveal whose record it is. The signature shows only that the signer's
//! attributes satisfy the claim policy. The digest of the hospital's database would link its
//! entries; it travels only inside the envelope and inside the handshake.

use rand_core::{CryptoRng, RngCore};

use crate::abe::WrappedKey;
use crate::abs::{Signature, SigningKey};
use crate::codec::{Kind, Object, Part, Reader, Writer, fields};
use crate::curve::{Encoded, check_each_encoded};
use crate::domain::{ENTRY_CONTEXT, ENTRY_ID, RECORD_KEY_AAD};
use crate::error::Error;
use crate::id::id;
use crate::identity::IdentityEnvelope;
use crate::ledger::address::{Address, LedgerId, RecordId};
use crate::ledger::charter::Charter;
use crate::limits::{ENTRY_BYTES, Limit};
use crate::policy::Policy;
use crate::record::RecordDigest;
use crate::search::RecordIndex;
use crate::transcript::Transcript;

id! {
    /// The identity of an entry: the hash of its statement, 32 bytes.
    EntryId: 32
}

/// The contents of an entry: an entry before it is signed.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The number of the charter under which the entry is made.
    pub charter: u32,
    /// The record's name.
    pub record: RecordId,
    /// The policy that the uploader's attributes satisfy. A ledger accepts only the one that
    /// its charter requires.
    pub claim: Policy,
    /// The digest of the sealed record.
    pub digest: RecordDigest,
    /// Where the sealed record is stored.
    pub address: Address,
    /// The record key, wrapped under the access policy with [`wrap_aad`] of the digest as `aad`.
    pub key: WrappedKey,
    /// The index of the record's keywords, under the same access policy.
    pub index: RecordIndex,
    /// For the hospital whose record it is: the record's keyed summary, the hospital's database
    /// digest and the location.
    pub envelope: Option<IdentityEnvelope>,
    /// When the entry was made, by the uploader's clock, in Unix milliseconds.
    pub time: u64,
}

impl Statement {
    /// Signs the statement for one ledger.
    ///
    /// # Errors
    /// [`Error::PolicyNotSatisfied`] if the key's attributes do not satisfy the claim policy;
    /// [`Error::AccessPolicyMismatch`] if the wrapped key and the index have different access
    /// policies; [`Error::RandomnessUnavailable`].
    pub fn sign(
        self,
        ledger: &LedgerId,
        key: &SigningKey,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Entry, Error> {
        self.check_access()?;
        let message = self.bytes();
        let signature = key.sign(&self.claim, &signing_context(ledger), &message, rng)?;
        Ok(Entry { id: id_of(&message), statement: self, signature })
    }

    /// Checks that the wrapped key and the index have one access policy.
    pub(crate) fn check_access(&self) -> Result<(), Error> {
        if self.index.policy() == self.key.policy() { Ok(()) } else { Err(Error::AccessPolicyMismatch) }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        Writer::of(|w| self.write(w)).into_vec()
    }
}

fields!(Part for Statement {
    charter: u32,
    record: RecordId,
    claim: Policy,
    digest: RecordDigest,
    address: Address,
    key: WrappedKey,
    index: RecordIndex,
    envelope: Option<IdentityEnvelope>,
    time: u64,
});

/// A signed statement, as a ledger stores it.
#[derive(Clone, Debug)]
pub struct Entry {
    statement: Statement,
    signature: Signature,
    id: EntryId,
}

impl Entry {
    /// Returns the hash of the statement.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.id
    }

    /// Returns the statement.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Returns the signature on the statement.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Returns the access policy of the wrapped key and the index.
    #[must_use]
    pub fn access(&self) -> &Policy {
        self.statement.key.policy()
    }

    /// Checks that every element of the wrapped key and of the index is a valid point, including
    /// those that decoding leaves for later.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`], [`Error::PointNotInSubgroup`] or [`Error::IdentityPoint`] if an
    /// element is not valid.
    pub fn check_elements(&self) -> Result<(), Error> {
        check_each_encoded(&[self.encoded()]).into_iter().collect()
    }

    /// Returns every element of the wrapped key and of the index.
    pub(crate) fn encoded(&self) -> Vec<Encoded<'_>> {
        self.statement.key.encoded().chain(self.statement.index.encoded()).collect()
    }

    /// Verifies that a signer who satisfies the claim policy signed the entry for this ledger.
    pub(super) fn check_signed(&self, ledger: &LedgerId, charter: &Charter) -> Result<(), Error> {
        let Self { statement, signature, .. } = self;
        let signatures = &charter.terms().parameters.abs;
        signatures.verify(&statement.claim, &signing_context(ledger), &statement.bytes(), signature)
    }

    /// Checks that the claim policy is the charter's, and that the wrapped key and the
    /// envelope name its members' epoch. Only a holder of the members' key can tell whether
    /// they are sealed under it.
    pub(super) fn check_terms(&self, charter: &Charter) -> Result<(), Error> {
        let Statement { claim, key, envelope, .. } = &self.statement;
        if *claim != charter.terms().claim {
            return Err(Error::ClaimPolicyRefused);
        }
        let demanded = charter.terms().epoch.epoch();
        let carried = key.epoch() == demanded && envelope.as_ref().is_none_or(|e| e.epoch() == demanded);
        if carried { Ok(()) } else { Err(Error::EpochRefused) }
    }
}

impl Object for Entry {
    const KIND: Kind = Kind::Entry;

    fn write(&self, w: &mut Writer) {
        self.statement.write(w);
        self.signature.write(w);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        if r.remaining() > ENTRY_BYTES {
            return Err(Error::LimitExceeded(Limit::EntryLength));
        }
        let statement = Statement::read(r)?;
        let signature = Signature::read_under(r, &statement.claim)?;
        let id = id_of(&statement.bytes());
        Ok(Self { statement, signature, id })
    }
}

/// Returns the `aad` of a wrapped record key, 32 bytes. It ties the key to the one sealed record
/// that it opens. A ledger node cannot check it; unwrapping the key does.
#[must_use]
pub fn wrap_aad(digest: &RecordDigest) -> [u8; 32] {
    Transcript::new().bytes("record digest", digest.as_bytes()).digest(RECORD_KEY_AAD)
}

/// Returns the context under which an entry is signed. The signature does not
/// verify on another ledger.
pub(crate) fn signing_context(ledger: &LedgerId) -> [u8; 32] {
    Transcript::new().bytes("ledger", ledger.as_bytes()).digest(ENTRY_CONTEXT)
}

fn id_of(statement: &[u8]) -> EntryId {
    EntryId(Transcript::new().bytes("statement", statement).digest(ENTRY_ID))
}
