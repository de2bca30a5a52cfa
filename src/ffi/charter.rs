//! Charters: the terms of a ledger, signed by the super node.

use super::export::export;
use std::ffi::c_char;

use super::abi::{Caller, Versioned};
use super::authority::medseal_public_parameters;
use super::envelope::medseal_super_node_public_key;
use super::main_node::medseal_main_node;
use super::members::medseal_epoch_commitment;
use super::merkle::medseal_tree_head;
use super::policy::medseal_policy;
use super::status::{Failure, MEDSEAL_ERR_NULL_POINTER};
use super::super_node::medseal_super_node;
use super::values::medseal_digest;
use crate::error::Error;
use crate::identity::Name;
use crate::ledger::{Charter, CharterDraft, Charters, LedgerId, Terms};

export! {
    /// A main node as a validator of one ledger.
    struct medseal_validator;
}

/// The ledger's id, if any.
fn ledger(ledger: Option<medseal_digest>) -> Option<LedgerId> {
    ledger.map(|id| LedgerId::from(id.bytes))
}

export! {
    /// Returns the 32 bytes that a validator's engine key must sign, to show that it belongs to
    /// this main node.
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    /// @param engine_key the public key for the engine, in the engine's form
    /// @param engine_key_len its length in bytes, at most 8192
    medseal_main_node_validator_statement(
        node: object medseal_main_node, ledger: value_or_null medseal_digest,
        engine_key, engine_key_len: bytes
    ) -> (statement: value medseal_digest) {
        medseal_digest { bytes: node.validator_statement(self::ledger(ledger).as_ref(), engine_key) }
    }

    /// Makes a main node a validator, and vouches for its engine key.
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    /// @param engine_key the public key for the engine, in the engine's form
    /// @param engine_key_len its length in bytes, at most 8192
    /// @param engine_signature the engine key's signature on
    ///                         medseal_main_node_validator_statement(). The library does not know
    ///                         the engine, and does not check it
    /// @param engine_signature_len its length in bytes, at most 8192
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_main_node_validator(
        node: object medseal_main_node, ledger: value_or_null medseal_digest,
        engine_key, engine_key_len: bytes, engine_signature, engine_signature_len: bytes
    ) -> (validator: object medseal_validator) {
        node.validator(self::ledger(ledger).as_ref(), engine_key, engine_signature)?
    }

    /// Writes the name of a validator.
    medseal_validator_name(validator: object medseal_validator) -> (out, out_len: text) {
        validator.name().as_str()
    }

    /// Writes a validator's public key for the engine of the ledger.
    medseal_validator_engine_key(validator: object medseal_validator) -> (out, out_len: bytes) {
        validator.engine_key()
    }

    /// Writes the signature of a validator's engine key on medseal_validator_statement(). The
    /// signer of a charter must check it: the library does not know the engine.
    medseal_validator_engine_signature(validator: object medseal_validator) -> (out, out_len: bytes) {
        validator.engine_signature()
    }

    /// Returns the 32 bytes that the validator's engine key must have signed.
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    medseal_validator_statement(
        validator: object medseal_validator, ledger: value_or_null medseal_digest
    ) -> (statement: value medseal_digest) {
        medseal_digest { bytes: validator.statement(self::ledger(ledger).as_ref()) }
    }
}

/// The terms of a charter. The struct owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_terms {
    /// sizeof(medseal_terms).
    pub struct_size: usize,
    /// The ledger's readable name: UTF-8 of 1 to 255 bytes.
    pub name: *const c_char,
    /// The length of the name in bytes.
    pub name_len: usize,
    /// The claim policy: who may upload. Every entry states it, and every signer satisfies it.
    pub claim: *const medseal_policy,
    /// The authority's public parameters, which include the key that verifies entries.
    pub parameters: *const medseal_public_parameters,
    /// The nodes that decide what the ledger accepts, sorted by name; at most 256. NULL with count
    /// 0 for none.
    pub validators: *const *const medseal_validator,
    /// The number of validators.
    pub validator_count: usize,
    /// The members' epoch that entries must use, from medseal_begin_epoch(); zeros for none.
    pub epoch: medseal_epoch_commitment,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_terms {}

export! {
    /// A charter in transit. Its terms apply once it is in a chain of charters.
    struct medseal_charter;

    /// Signs the next charter of a ledger, or the first charter of a new ledger. The super node
    /// does not remember which charters it has signed. Sign only one for each number, and store it
    /// before you distribute it.
    /// @param charters the ledger's charters; NULL for a first charter
    /// @param final_head the ledger's head, which you have checked. For a first charter, the final
    ///                   head of the ledger that it continues, or NULL
    /// @return MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
    ///         MEDSEAL_ERR_INVALID_FIELD if two have the same key, or the final head has no items,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger,
    ///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_sign_charter(
        node: state medseal_super_node, charters: object_or_null medseal_charters, terms: sized medseal_terms,
        final_head: value_or_null medseal_tree_head
    ) -> (charter: object medseal_charter) with c {
        node.sign_charter(draft(c, charters, terms, final_head)?)?
    }
}

/// The next charter of a ledger, or the first charter of a new ledger.
pub(super) fn draft(
    c: &Caller,
    charters: Option<&Charters>,
    terms: medseal_terms,
    final_head: Option<medseal_tree_head>,
) -> Result<CharterDraft, Failure> {
    let validators = c.get_all("terms.validators", terms.validators, terms.validator_count)?;
    let name = Name::new(c.text("terms.name", terms.name, terms.name_len)?)?;
    let claim = c.get("terms.claim", terms.claim)?.clone();
    let parameters = c.get("terms.parameters", terms.parameters)?.clone();
    let validators = validators.into_iter().cloned().collect();
    let epoch = terms.epoch.try_into()?;
    let terms = Terms { epoch, validators, ..Terms::new(name, claim, parameters) };
    match (charters, final_head) {
        (Some(charters), Some(head)) => Ok(charters.draft(terms, head.into())),
        (Some(_), None) => Err(Failure::of(MEDSEAL_ERR_NULL_POINTER, "final_head".into(), "is NULL")),
        (None, head) => Ok(CharterDraft::first(terms, head.map(Into::into))),
    }
}

export! {
    /// Returns the parts of a charter that have a fixed size.
    /// @param number where to put its number, from 1
    /// @param ledger where to put the ledger's id, which is the hash of its first charter
    /// @param hash where to put the charter's hash
    /// @param previous where to put the hash of the previous charter; zeros in the first
    /// @param final_head where to put the ledger's head when the charter was signed; zeros if the
    ///                   charter names none
    /// @param validators where to put the number of validators
    medseal_charter_fields(
        charter: object medseal_charter
    ) -> (
        number: value u32, ledger: value medseal_digest, hash: value medseal_digest,
        previous: value medseal_digest, final_head: value medseal_tree_head, validators: value usize
    ) {
        let none = medseal_tree_head { size: 0, root: medseal_digest { bytes: [0; 32] } };
        (
            charter.number(),
            medseal_digest { bytes: *charter.ledger().as_bytes() },
            medseal_digest { bytes: *charter.hash().as_bytes() },
            medseal_digest { bytes: *charter.previous().as_bytes() },
            charter.final_head().map_or(none, |head| (*head).into()),
            charter.terms().validators.len(),
        )
    }

    /// Writes the ledger's readable name in a charter.
    medseal_charter_name(charter: object medseal_charter) -> (out, out_len: text) {
        charter.terms().name.as_str()
    }

    /// Returns the policy that a charter requires uploaders to satisfy.
    medseal_charter_claim(charter: object medseal_charter) -> (policy: object medseal_policy) {
        charter.terms().claim.clone()
    }

    /// Returns the public parameters in a charter.
    medseal_charter_parameters(
        charter: object medseal_charter
    ) -> (parameters: object medseal_public_parameters) {
        charter.terms().parameters.clone()
    }

    /// Returns a validator that a charter names. They are in the order of their names.
    medseal_charter_validator(
        charter: object medseal_charter, index: usize
    ) -> (validator: object medseal_validator) {
        charter.terms().validators.get(index).ok_or(Error::OutOfRange)?.clone()
    }

    /// The verified charters of one ledger, each of which follows the previous one.
    struct medseal_charters;

    /// Makes a chain from a ledger's first charter. Get the super node's key from a trusted source.
    /// medseal_charters_ledger() returns the id of the ledger.
    /// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first charter,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE
    medseal_charters_new(
        first: object medseal_charter, public_key: object medseal_super_node_public_key
    ) -> (charters: object medseal_charters) {
        Charters::new(first.clone(), public_key)?
    }

    /// Returns the chain extended by the next charter, or the same chain if it already has this
    /// charter. Store the bytes of the newest chain: if you continue from an older one, you can be
    /// misled onto a different chain.
    /// @param charters the chain, which does not change
    /// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE,
    ///         MEDSEAL_ERR_CHARTER_CONFLICT if the chain has a different charter with this number
    ///         (both together are evidence), MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_charters_push(
        charters: object medseal_charters, charter: object medseal_charter
    ) -> (next: object medseal_charters) {
        let mut charters = charters.clone();
        charters.push(charter)?;
        charters
    }

    /// Returns a charter of a chain.
    /// @param number its number, from 1; 0 for the newest
    /// @return MEDSEAL_ERR_UNKNOWN_CHARTER
    medseal_charters_get(
        charters: object medseal_charters, number: u32
    ) -> (charter: object medseal_charter) {
        let known = if number == 0 { charters.current() } else { charters.get(number)? };
        Charter::clone(known)
    }

    /// Returns the id of the ledger. Entries are signed for this id.
    medseal_charters_ledger(charters: object medseal_charters) -> (ledger: value medseal_digest) {
        medseal_digest { bytes: *charters.ledger().as_bytes() }
    }

    /// Reads a chain of charters from its byte form, and verifies all of it.
    /// @return MEDSEAL_ERR_INVALID_KEY if the bytes name a different super node, what
    ///         medseal_charters_push() returns, a decoding status
    medseal_charters_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (charters: object medseal_charters) {
        Charters::from_bytes(data, public_key)?
    }
}
