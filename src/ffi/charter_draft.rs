//! Charters that several authorities sign, each its part of a draft.

use super::export::export;

use super::authorities::generation::medseal_generation;
use super::authorities::roster::medseal_authority_message;
use super::authorities::session::records_in;
use super::authority::medseal_public_parameters;
use super::charter::{medseal_charter, medseal_charters, medseal_terms, medseal_validator};
use super::holders::{combined, medseal_authority_holder};
use super::members::medseal_epoch_commitment;
use super::merkle::medseal_tree_head;
use super::policy::medseal_policy;
use super::values::medseal_digest;
use crate::error::Error;

export! {
    /// A charter that several authorities have yet to sign.
    struct medseal_charter_draft;

    /// Makes a draft of the next charter of a ledger, or of the first charter of a new ledger, for
    /// several authorities to sign.
    /// @param charters the ledger's charters; NULL for a first charter
    /// @param final_head the ledger's head. For a first charter, the final head of the ledger that
    ///                   it continues, or NULL
    /// @param number 0 for the number after that of the newest charter; a greater number if
    ///               authorities have signed different bodies under that one
    /// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_charter_draft_new(
        charters: object_or_null medseal_charters, terms: sized medseal_terms,
        final_head: value_or_null medseal_tree_head, number: u32
    ) -> (draft: object medseal_charter_draft) with c {
        let mut draft = super::charter::draft(c, charters, terms, final_head)?;
        if number != 0 {
            draft.renumber(number);
        }
        draft
    }

    /// Returns the parts of a draft of a charter that have a fixed size.
    /// @param number where to put its number, from 1
    /// @param ledger where to put the ledger's id, which is the hash of its first charter
    /// @param hash where to put the hash of the charter, by which authorities compare what they
    ///             sign
    /// @param previous where to put the hash of the previous charter; zeros in the first
    /// @param final_head where to put the ledger's head, which the signers check; zeros if the
    ///                   draft names none
    /// @param epoch where to put the members' epoch that entries must use; zeros for none
    /// @param validators where to put the number of validators
    medseal_charter_draft_fields(
        draft: object medseal_charter_draft
    ) -> (
        number: value u32, ledger: value medseal_digest, hash: value medseal_digest,
        previous: value medseal_digest, final_head: value medseal_tree_head,
        epoch: value medseal_epoch_commitment, validators: value usize
    ) {
        let none = medseal_tree_head { size: 0, root: medseal_digest { bytes: [0; 32] } };
        (
            draft.number(),
            medseal_digest { bytes: *draft.ledger().as_bytes() },
            medseal_digest { bytes: *draft.hash().as_bytes() },
            medseal_digest { bytes: *draft.previous().as_bytes() },
            draft.final_head().map_or(none, |head| (*head).into()),
            (&draft.terms.epoch).into(),
            draft.terms.validators.len(),
        )
    }

    /// Writes the ledger's readable name in a draft of a charter.
    medseal_charter_draft_name(draft: object medseal_charter_draft) -> (out, out_len: text) {
        draft.terms.name.as_str()
    }

    /// Returns the policy that a draft of a charter requires uploaders to satisfy.
    medseal_charter_draft_claim(draft: object medseal_charter_draft) -> (policy: object medseal_policy) {
        draft.terms.claim.clone()
    }

    /// Returns the public parameters in a draft of a charter.
    medseal_charter_draft_parameters(
        draft: object medseal_charter_draft
    ) -> (parameters: object medseal_public_parameters) {
        draft.terms.parameters.clone()
    }

    /// As medseal_charter_validator(), for a draft of a charter.
    medseal_charter_draft_validator(
        draft: object medseal_charter_draft, index: usize
    ) -> (validator: object medseal_validator) {
        draft.terms.validators.get(index).ok_or(Error::OutOfRange)?.clone()
    }

    /// Records a complete charter. From now on, this authority signs only charters that follow it
    /// on its ledger.
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it does not
    ///         follow the newest known charter, MEDSEAL_ERR_CHARTER_CONFLICT if a different charter
    ///         with its number is known (both are kept, and this authority signs no more charters
    ///         of the ledger), MEDSEAL_ERR_IO
    medseal_authority_holder_saw_charter(
        holder: state medseal_authority_holder, charter: object medseal_charter,
        directory, directory_len: text
    ) -> () {
        holder.saw_charter(charter, &mut records_in(directory)?)?
    }

    /// Signs a part of a charter. The authority signs one body for each number of a ledger, and
    /// durably records it before it signs. First check the terms of the draft, its final head, and
    /// the proofs that the secrets of its public keys are known:
    /// medseal_abe_public_key_verify_possession() and medseal_abs_public_key_verify_possession().
    /// @return MEDSEAL_ERR_ALREADY_SIGNED if the authority has recorded a different body with this
    ///         number or a different predecessor, MEDSEAL_ERR_CHARTER_CONFLICT, MEDSEAL_ERR_IO,
    ///         what medseal_super_node_sign_charter() returns
    medseal_authority_holder_sign_charter(
        holder: state medseal_authority_holder, draft: object medseal_charter_draft,
        directory, directory_len: text
    ) -> (message: object medseal_authority_message) {
        holder.sign_charter(draft, &mut records_in(directory)?)?
    }

    /// Combines the parts of a threshold of authorities into a charter. Checks each part.
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong), what
    ///         medseal_super_node_sign_charter() returns
    medseal_generation_combine_charter(
        generation: object medseal_generation, draft: object medseal_charter_draft,
        messages, count: copies medseal_authority_message
    ) -> (charter: object medseal_charter, culprits, culprits_count: numbers u8) {
        combined(generation.combine_charter(draft, &messages)?)
    }
}
