//! Charters that several authorities sign: each its part of a draft.

use std::ffi::c_char;

use super::abi::{Caller, guard};
use super::authorities::generation::medseal_generation;
use super::authorities::roster::medseal_authority_message;
use super::authorities::session::records_in;
use super::authority::medseal_public_parameters;
use super::charter::{medseal_charter, medseal_charters, medseal_terms, medseal_validator};
use super::holders::{combined, medseal_authority_holder};
use super::members::medseal_epoch_commitment;
use super::merkle::medseal_tree_head;
use super::objects::give;
use super::policy::medseal_policy;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_digest;
use crate::ledger::{CharterDraft, Validator};

/// A charter before several authorities sign it.
pub struct medseal_charter_draft {
    _opaque: [u8; 0],
}

/// A draft of the next charter of a ledger, or of the first one of a new ledger, for
/// several authorities to sign.
///
/// @param charters the ledger's charters; NULL for a first one
/// @param terms what the charter demands
/// @param final_head the ledger's head. Of a first charter the final head of the ledger that it continues, or NULL
/// @param number 0 for the number after that of the newest charter; a greater one if authorities have signed different
///               bodies under that
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charter_draft_new(
    charters: *const medseal_charters,
    terms: *const medseal_terms,
    final_head: *const medseal_tree_head,
    number: u32,
    draft: *mut *mut medseal_charter_draft,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.out("draft", draft)?;
        let mut draft = super::charter::draft(c, charters, terms, final_head)?;
        if number != 0 {
            draft.renumber(number);
        }
        out.set(draft)
    })
}

/// The parts of a draft of a charter that have a fixed size.
///
/// @param number where to put its number, from 1
/// @param ledger where to put the ledger's id, which is the hash of its first charter
/// @param hash where to put the hash by which authorities compare what they sign, the charter's
/// @param previous where to put the hash of the charter before; zeros in the first
/// @param final_head where to put the ledger's head, which those who sign check; zeros if it names none
/// @param epoch where to put the members' epoch that entries have to carry; zeros for none
/// @param validators where to put how many validators it names
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charter_draft_fields(
    draft: *const medseal_charter_draft,
    number: *mut u32,
    ledger: *mut medseal_digest,
    hash: *mut medseal_digest,
    previous: *mut medseal_digest,
    final_head: *mut medseal_tree_head,
    epoch: *mut medseal_epoch_commitment,
    validators: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (
            c.out_value("number", number),
            c.out_value("ledger", ledger),
            c.out_value("hash", hash),
            c.out_value("previous", previous),
            c.out_value("final_head", final_head),
            c.out_value("epoch", epoch),
            c.out_value("validators", validators),
        );
        let (number, ledger, hash, previous) = (outs.0?, outs.1?, outs.2?, outs.3?);
        let (final_head, epoch, validators) = (outs.4?, outs.5?, outs.6?);
        let draft: &CharterDraft = c.get("draft", draft)?;
        number.set(draft.number())?;
        ledger.set(medseal_digest { bytes: *draft.ledger().as_bytes() })?;
        hash.set(medseal_digest { bytes: *draft.hash().as_bytes() })?;
        previous.set(medseal_digest { bytes: *draft.previous().as_bytes() })?;
        let none = medseal_tree_head { size: 0, root: medseal_digest { bytes: [0; 32] } };
        final_head.set(draft.final_head().map_or(none, |head| (*head).into()))?;
        epoch.set((&draft.terms.epoch).into())?;
        validators.set(draft.terms.validators.len())
    })
}

give! {
    /// Writes the ledger's readable name in a draft of a charter.
    medseal_charter_draft_name(draft: medseal_charter_draft) -> text { draft.terms.name.as_str() }
}

give! {
    /// The policy that a draft of a charter demands of uploaders.
    medseal_charter_draft_claim(draft: medseal_charter_draft) -> policy: object medseal_policy {
        draft.terms.claim.clone()
    }
}

give! {
    /// The public parameters in a draft of a charter.
    medseal_charter_draft_parameters(draft: medseal_charter_draft) -> parameters: object medseal_public_parameters {
        draft.terms.parameters.clone()
    }
}

/// A validator that a draft of a charter names.
///
/// @param index which, from zero, by name
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charter_draft_validator(
    draft: *const medseal_charter_draft,
    index: usize,
    validator: *mut *mut medseal_validator,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let validator = c.out("validator", validator)?;
        let named: Option<&Validator> = c.get("draft", draft)?.terms.validators.get(index);
        validator.set(named.ok_or(crate::error::Error::OutOfRange)?.clone())
    })
}

/// Takes note of a complete charter: what this authority signs for its ledger
/// from now on follows it.
///
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it does not follow the newest
///         that is known, MEDSEAL_ERR_CHARTER_CONFLICT if another one of its number is known: both are kept, and this
///         authority signs no more charters of the ledger, MEDSEAL_ERR_IO
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_saw_charter(
    holder: *mut medseal_authority_holder,
    charter: *const medseal_charter,
    directory: *const c_char,
    directory_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let holder = c.get_mut("holder", holder)?;
        let mut records = records_in(c, directory, directory_len)?;
        Ok(holder.saw_charter(c.get("charter", charter)?, &mut records)?)
    })
}

/// Signs a part of a charter: one body for each number of a ledger, recorded durably before. Check
/// before what the draft demands, its final head, and that somebody has the secrets of its public
/// keys: medseal_abe_public_key_verify_possession() and medseal_abs_public_key_verify_possession().
///
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @return MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this number, or
///         another predecessor; MEDSEAL_ERR_CHARTER_CONFLICT, MEDSEAL_ERR_IO, those of
///         medseal_super_node_sign_charter()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_sign_charter(
    holder: *mut medseal_authority_holder,
    draft: *const medseal_charter_draft,
    directory: *const c_char,
    directory_len: usize,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let holder = c.get_mut("holder", holder)?;
        let mut records = records_in(c, directory, directory_len)?;
        message.set(holder.sign_charter(c.get("draft", draft)?, &mut records)?)
    })
}

/// Puts together a charter from the parts of a threshold of authorities, each of which is checked.
///
/// @param generation the public keys
/// @param messages their answers
/// @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
///                 if you do not want them
/// @param culprits_count how many fit
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong; those of
///         medseal_super_node_sign_charter()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_combine_charter(
    generation: *const medseal_generation,
    draft: *const medseal_charter_draft,
    messages: *const *const medseal_authority_message,
    count: usize,
    charter: *mut *mut medseal_charter,
    culprits: *mut u8,
    culprits_count: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("charter", charter), c.out_values("culprits", culprits, culprits_count));
        let (charter, culprits) = (outs.0?, outs.1?);
        let (generation, draft) = (c.get("generation", generation)?, c.get("draft", draft)?);
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        charter.set(combined(generation.combine_charter(draft, &messages)?, culprits)?)
    })
}
