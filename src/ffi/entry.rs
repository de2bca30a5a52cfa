//! Ledger entries, which owners sign and every node checks.

use super::abi::{Versioned, if_any};
use super::export::export;
use std::ffi::c_char;

use rand_core::OsRng;

use super::abe::medseal_abe_wrapped_key;
use super::abs::{medseal_abs_signature, medseal_abs_signing_key};
use super::charter::medseal_charters;
use super::envelope::medseal_identity_envelope;
use super::merkle::{medseal_inclusion_proof, medseal_tree_head};
use super::policy::medseal_policy;
use super::search::medseal_search_index;
use super::status::Failure;
use super::values::{medseal_digest, medseal_entry_id, medseal_record_id};
use crate::ledger::{
    Address, CheckedEntry, Entry, LedgerId, RecordId, Statement, TrustedHead, Validated, validate,
    validate_all, wrap_aad,
};
use crate::record::RecordDigest;
use crate::threads::Threads;

export! {
    /// Makes a random record id.
    medseal_record_id_generate() -> (id: value medseal_record_id) {
        (&RecordId::generate(&mut OsRng)?).into()
    }

    /// Returns the `aad` with which a record key must be wrapped. It binds the key to one sealed
    /// record.
    medseal_entry_wrap_aad(digest: value medseal_digest) -> (aad: value medseal_digest) {
        medseal_digest { bytes: wrap_aad(&digest.into()) }
    }

    /// Writes the address of the sealed record with a digest: 64 hexadecimal digits.
    medseal_address_of(digest: value medseal_digest) -> (out, out_len: text) {
        Address::of(&digest.into()).as_str().to_owned()
    }

    /// A signed entry about a sealed record. Ledgers keep entries.
    struct medseal_entry;
}

/// The parts of an entry. The struct owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_statement {
    /// sizeof(medseal_statement).
    pub struct_size: usize,
    /// The number of the charter under which the entry is made.
    pub charter: u32,
    /// The record's id.
    pub record: medseal_record_id,
    /// The digest of the sealed record.
    pub digest: medseal_digest,
    /// The time by the uploader's clock, in Unix milliseconds.
    pub time_ms: u64,
    /// The address of the sealed record: 1 to 1024 ASCII characters. NULL with length 0 for the
    /// address of the digest.
    pub address: *const c_char,
    /// The length of the address in bytes.
    pub address_len: usize,
    /// The policy that the charter requires uploaders to satisfy.
    pub claim: *const medseal_policy,
    /// The record key, wrapped under the access policy. Its `aad` is medseal_entry_wrap_aad() of
    /// the digest.
    pub wrapped: *const medseal_abe_wrapped_key,
    /// The index of the record's keywords, under the same access policy.
    pub index: *const medseal_search_index,
    /// A message to the hospital that owns the record, or NULL.
    pub envelope: *const medseal_identity_envelope,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_statement {}

export! {
    /// Builds an entry and signs it for a ledger.
    /// @param key the uploader's signing key
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the key does not satisfy the claim policy,
    ///         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_TEXT,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_entry_sign(
        statement: sized medseal_statement, ledger: value medseal_digest, key: object medseal_abs_signing_key
    ) -> (entry: object medseal_entry) with c {
        let digest = RecordDigest::from(statement.digest);
        let address = match c.text("statement.address", statement.address, statement.address_len)? {
            "" => Address::of(&digest),
            text => text.parse()?,
        };
        let signed = Statement {
            charter: statement.charter,
            record: statement.record.into(),
            claim: c.get("statement.claim", statement.claim)?.clone(),
            digest,
            address,
            key: c.get("statement.wrapped", statement.wrapped)?.clone(),
            index: c.get("statement.index", statement.index)?.clone(),
            envelope: if_any(statement.envelope, || c.get("statement.envelope", statement.envelope))?.cloned(),
            time: statement.time_ms,
        };
        signed.sign(&LedgerId::from(ledger.bytes), key, &mut OsRng)?
    }

    /// Entries that a node may append, validated under the charter that was current at that time.
    struct medseal_validated: shared Vec<Validated>;

    /// Validates an entry, as every node does before it accepts one. Checks in this order: the
    /// entry names the current charter; its claim policy is right; its key and its index have the
    /// same access policy; the signature; every point of the key and the index. The points are
    /// checked last: they cost most, and only an entitled signer gets that far.
    /// medseal_entry_decode() does not check them.
    /// @return MEDSEAL_ERR_ERA_PASSED, MEDSEAL_ERR_UNKNOWN_CHARTER,
    ///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_ACCESS_POLICY_MISMATCH,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE, a decoding status
    medseal_entry_validate(
        entry: object medseal_entry, charters: object medseal_charters
    ) -> (validated: object medseal_validated) {
        vec![validate(Entry::from_bytes(&entry.to_bytes())?, charters)?]
    }

    /// Validates many entries, which is faster than validating each one. If some are refused, the
    /// position in the medseal_error is the index of the first.
    /// @return as medseal_entry_validate(), for the first entry that is refused
    medseal_entry_validate_all(
        entries, count: objects medseal_entry, charters: object medseal_charters, threads: usize
    ) -> (validated: object medseal_validated) {
        let entries = entries.into_iter().map(|entry| Entry::from_bytes(&entry.to_bytes()));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        validate_all(entries, charters, Threads::new(threads))?
    }

    /// A ledger head that a reader trusts, and that was recent enough when the reader took it.
    struct medseal_trusted_head: shared TrustedHead;

    /// Makes a trusted head from a head that the ledger had at time_ms. Fails with
    /// MEDSEAL_ERR_STALE_HEAD if time_ms and now_ms are further apart than max_age_ms. You decide
    /// where the head comes from: your own node, a main node in a session, or as many validators as
    /// the consortium requires. Take a new head before this one is too old.
    /// @param time_ms the time at which the ledger had this head, in Unix milliseconds
    /// @param max_age_ms the greatest accepted age of the head, in milliseconds
    /// @return MEDSEAL_ERR_STALE_HEAD
    medseal_trusted_head_new(
        head: value medseal_tree_head, time_ms: u64, now_ms: u64, max_age_ms: u64
    ) -> (trusted: object medseal_trusted_head) {
        TrustedHead::new(head.into(), time_ms, now_ms, max_age_ms)?
    }

    /// Checks an entry from any source, as every reader does: it was made under the charter that it
    /// names, and a head that the reader trusts includes it. medseal_open() does the same.
    /// @param proof the proof that the head includes the entry
    /// @return MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_PROOF
    medseal_entry_check(
        entry: object medseal_entry, charters: object medseal_charters, proof: object medseal_inclusion_proof,
        head: object medseal_trusted_head
    ) -> () {
        CheckedEntry::new(Entry::from_bytes(&entry.to_bytes())?, charters, proof, head)?;
    }

    /// Returns the parts of an entry that have a fixed size.
    /// @param charter where to put the number of its charter
    /// @param id where to put its id
    /// @param record where to put the record's id
    /// @param digest where to put the digest of the sealed record
    /// @param time_ms where to put its time, in Unix milliseconds
    medseal_entry_fields(
        entry: object medseal_entry
    ) -> (
        charter: value u32, id: value medseal_entry_id, record: value medseal_record_id,
        digest: value medseal_digest, time_ms: value u64
    ) {
        let statement = entry.statement();
        (
            statement.charter,
            (&entry.id()).into(),
            (&statement.record).into(),
            (&statement.digest).into(),
            statement.time,
        )
    }

    /// Writes the address of the sealed record that an entry is about.
    medseal_entry_address(entry: object medseal_entry) -> (out, out_len: text) {
        entry.statement().address.as_str()
    }

    /// Returns the claim policy of an entry, which the uploader's attributes satisfy.
    medseal_entry_claim(entry: object medseal_entry) -> (policy: object medseal_policy) {
        entry.statement().claim.clone()
    }

    /// Returns the access policy of an entry: who may find and open the record.
    medseal_entry_access(entry: object medseal_entry) -> (policy: object medseal_policy) {
        entry.access().clone()
    }

    /// Returns the wrapped record key in an entry. medseal_entry_validate() checks its points;
    /// unwrapping checks those that it uses.
    medseal_entry_wrapped_key(entry: object medseal_entry) -> (wrapped: object medseal_abe_wrapped_key) {
        entry.statement().key.clone()
    }

    /// Returns the keyword index in an entry. medseal_entry_validate() checks its points; matching
    /// checks those that it uses.
    medseal_entry_index(entry: object medseal_entry) -> (index: object medseal_search_index) {
        entry.statement().index.clone()
    }

    /// Returns the envelope in an entry.
    /// @return MEDSEAL_ERR_ABSENT if it has none
    medseal_entry_envelope(entry: object medseal_entry) -> (envelope: object medseal_identity_envelope) {
        let envelope = entry.statement().envelope.clone();
        envelope.ok_or_else(|| Failure::absent("the entry has no envelope"))?
    }

    /// Returns the signature of an entry.
    medseal_entry_signature(entry: object medseal_entry) -> (signature: object medseal_abs_signature) {
        entry.signature().clone()
    }
}
