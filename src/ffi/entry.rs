//! Entries of the ledger: what owners sign and every node checks.

use std::ffi::c_char;

use rand_core::OsRng;

use super::abe::medseal_abe_wrapped_key;
use super::abi::{Caller, guard};
use super::abs::{medseal_abs_signature, medseal_abs_signing_key};
use super::charter::medseal_charters;
use super::envelope::medseal_identity_envelope;
use super::handle::handle;
use super::merkle::{medseal_inclusion_proof, medseal_tree_head};
use super::objects::{free, give};
use super::policy::medseal_policy;
use super::search::medseal_search_index;
use super::status::{Failure, medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_entry_id, medseal_record_id};
use crate::ledger::{
    Address, CheckedEntry, Entry, LedgerId, RecordId, Statement, TrustedHead, Validated, validate,
    validate_all, wrap_aad,
};
use crate::record::RecordDigest;
use crate::threads::Threads;

/// Makes a random record id.
///
/// @param id where to put it
/// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_id_generate(
    id: *mut medseal_record_id,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let id = c.out_value("id", id)?;
        id.set((&RecordId::generate(&mut OsRng)?).into())
    })
}

/// What a record key has to be wrapped with as `aad`, so that it belongs to one sealed record.
///
/// @param digest the digest of the sealed record
/// @param aad where to put the 32 bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_wrap_aad(
    digest: *const medseal_digest,
    aad: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let aad = c.out_value("aad", aad)?;
        aad.set(medseal_digest { bytes: wrap_aad(&c.value("digest", digest)?.into()) })
    })
}

/// Writes the address of the sealed record with a digest: 64 hexadecimal digits.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_address_of(
    digest: *const medseal_digest,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        out.put_text(Address::of(&c.value("digest", digest)?.into()).as_str())
    })
}

/// A signed entry about a sealed record: what a ledger keeps.
pub struct medseal_entry {
    _opaque: [u8; 0],
}

/// What an entry is made of. It owns nothing.
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
    /// Where the sealed record is: 1 to 1024 characters of ASCII. NULL with length 0 for the
    /// address of the digest.
    pub address: *const c_char,
    /// Bytes of the address.
    pub address_len: usize,
    /// The policy that the charter demands of uploaders.
    pub claim: *const medseal_policy,
    /// The record key, wrapped under the access policy with medseal_entry_wrap_aad()
    /// of the digest as `aad`.
    pub wrapped: *const medseal_abe_wrapped_key,
    /// The index of the record's keywords, under the same access policy.
    pub index: *const medseal_search_index,
    /// A message to the hospital whose record it is, or NULL.
    pub envelope: *const medseal_identity_envelope,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl super::abi::Versioned for medseal_statement {}

/// Builds an entry and signs it for a ledger.
///
/// @param statement what it says
/// @param ledger the ledger's id
/// @param key the uploader's signing key
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED if the key does not satisfy the claim policy,
///         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_sign(
    statement: *const medseal_statement,
    ledger: *const medseal_digest,
    key: *const medseal_abs_signing_key,
    entry: *mut *mut medseal_entry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let entry = c.out("entry", entry)?;
        let statement = c.sized("statement", statement)?;
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
            envelope: c.get_if_any("statement.envelope", statement.envelope)?.cloned(),
            time: statement.time_ms,
        };
        let ledger = LedgerId::from(c.value("ledger", ledger)?.bytes);
        entry.set(signed.sign(&ledger, c.get("key", key)?, &mut OsRng)?)
    })
}

/// Entries that a node may append: they were validated under the charter that was current then.
pub struct medseal_validated {
    _opaque: [u8; 0],
}
handle!(shared medseal_validated(Vec<Validated>));

free!(public medseal_validated(validated) "validated entries": medseal_validated_free);

/// What every node checks before it accepts an entry, in this order: the charter that it names is
/// the current one, its claim policy, one access policy, the signature, every point of its key and
/// its index. The points come last: they cost most, and only an entitled signer gets that far;
/// medseal_entry_decode() leaves them.
///
/// @param entry the entry, which is copied
/// @param charters the ledger's charters
/// @return MEDSEAL_ERR_ERA_PASSED, MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
///         MEDSEAL_ERR_ACCESS_POLICY_MISMATCH, MEDSEAL_ERR_INVALID_SIGNATURE, a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_validate(
    entry: *const medseal_entry,
    charters: *const medseal_charters,
    validated: *mut *mut medseal_validated,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let validated = c.out("validated", validated)?;
        let entry = Entry::from_bytes(&c.get("entry", entry)?.to_bytes())?;
        validated.set(vec![validate(entry, c.get("charters", charters)?)?])
    })
}

/// Validates many entries, which is faster than each by itself. If some are refused, the position
/// in the medseal_error is the index of the first of them.
///
/// @param entries the entries, which are copied
/// @param charters the ledger's charters
/// @param threads how many threads may work; 0 for as many as there are processors
/// @return if all are accepted, else as medseal_entry_validate() for the first that is refused
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_validate_all(
    entries: *const *const medseal_entry,
    count: usize,
    charters: *const medseal_charters,
    threads: usize,
    validated: *mut *mut medseal_validated,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let validated = c.out("validated", validated)?;
        let (entries, charters) = (c.get_all("entries", entries, count)?, c.get("charters", charters)?);
        let entries = entries.into_iter().map(|entry| Entry::from_bytes(&entry.to_bytes()));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        validated.set(validate_all(entries, charters, Threads::new(threads))?)
    })
}

/// A head of the ledger that a reader trusts, and that was not too old when the reader took it.
pub struct medseal_trusted_head {
    _opaque: [u8; 0],
}
handle!(shared medseal_trusted_head(TrustedHead));

free!(public medseal_trusted_head(head) "a trusted head": medseal_trusted_head_free);

/// Takes a head that was the ledger's at time_ms. Fails with MEDSEAL_ERR_STALE_HEAD if time_ms and
/// now_ms are further apart than max_age_ms. The reader decides where the head comes from: their
/// own node, a main node in a session, or as many validators as the consortium requires. Take a new
/// head before this one is too old.
///
/// @param time_ms when it was the ledger's, in Unix milliseconds
/// @param now_ms the time now, in Unix milliseconds
/// @param max_age_ms how old it may be, in milliseconds
/// @return MEDSEAL_ERR_STALE_HEAD
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_trusted_head_new(
    head: *const medseal_tree_head,
    time_ms: u64,
    now_ms: u64,
    max_age_ms: u64,
    trusted: *mut *mut medseal_trusted_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let trusted = c.out("trusted", trusted)?;
        let head = c.value("head", head)?.into();
        trusted.set(TrustedHead::new(head, time_ms, now_ms, max_age_ms)?)
    })
}

/// Checks what every reader checks of an entry from any source: it was made under the charter that
/// it names, and it stands under a head that the reader trusts. medseal_open() does the same.
///
/// @param charters the ledger's charters
/// @param proof the proof that it stands under the head
/// @return MEDSEAL_ERR_UNKNOWN_CHARTER, MEDSEAL_ERR_CLAIM_POLICY_REFUSED,
///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_PROOF
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_check(
    entry: *const medseal_entry,
    charters: *const medseal_charters,
    proof: *const medseal_inclusion_proof,
    head: *const medseal_trusted_head,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (charters, proof) = (c.get("charters", charters)?, c.get("proof", proof)?);
        let entry = Entry::from_bytes(&c.get("entry", entry)?.to_bytes())?;
        CheckedEntry::new(entry, charters, proof, c.get("head", head)?)?;
        Ok(())
    })
}

/// The parts of an entry that have a fixed size.
///
/// @param charter where to put the number of the charter under which it was made
/// @param id where to put its id
/// @param record where to put the record's id
/// @param digest where to put the digest of the sealed record
/// @param time_ms where to put its time, in Unix milliseconds
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_entry_fields(
    entry: *const medseal_entry,
    charter: *mut u32,
    id: *mut medseal_entry_id,
    record: *mut medseal_record_id,
    digest: *mut medseal_digest,
    time_ms: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("charter", charter),
            c.out_value("id", id),
            c.out_value("record", record),
            c.out_value("digest", digest),
            c.out_value("time_ms", time_ms),
        );
        let (charter, id, record, digest, time_ms) = (outs.0?, outs.1?, outs.2?, outs.3?, outs.4?);
        let entry = c.get("entry", entry)?;
        let statement = entry.statement();
        charter.set(statement.charter)?;
        id.set((&entry.id()).into())?;
        record.set((&statement.record).into())?;
        digest.set((&statement.digest).into())?;
        time_ms.set(statement.time)
    })
}

give! {
    /// Writes the address of the sealed record that an entry is about.
    medseal_entry_address(entry: medseal_entry) -> text { entry.statement().address.as_str() }
}

give! {
    /// The policy that the uploader's attributes satisfy.
    medseal_entry_claim(entry: medseal_entry) -> policy: object medseal_policy {
        entry.statement().claim.clone()
    }
}

give! {
    /// The policy of who may find and open the record.
    medseal_entry_access(entry: medseal_entry) -> policy: object medseal_policy { entry.access().clone() }
}

give! {
    /// The wrapped record key in an entry. Its points are checked by medseal_entry_validate(), and
    /// those that are used when it is unwrapped.
    medseal_entry_wrapped_key(entry: medseal_entry) -> wrapped: object medseal_abe_wrapped_key {
        entry.statement().key.clone()
    }
}

give! {
    /// The keyword index in an entry. Its points are checked by medseal_entry_validate(), and those
    /// that are used when it is matched.
    medseal_entry_index(entry: medseal_entry) -> index: object medseal_search_index {
        entry.statement().index.clone()
    }
}

give! {
    /// The envelope in an entry.
    ///
    /// @return MEDSEAL_ERR_ABSENT if it has none
    medseal_entry_envelope(entry: medseal_entry) -> envelope: object medseal_identity_envelope {
        entry.statement().envelope.as_ref().ok_or_else(|| Failure::absent("the entry has no envelope"))?.clone()
    }
}

give! {
    /// The signature of an entry.
    medseal_entry_signature(entry: medseal_entry) -> signature: object medseal_abs_signature {
        entry.signature().clone()
    }
}
