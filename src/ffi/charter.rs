//! Charters: what a ledger demands, signed by the super node.

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
    /// A main node that stands as a validator of one ledger.
    struct medseal_validator;
}

/// The ledger that is meant, if any.
fn ledger(ledger: Option<medseal_digest>) -> Option<LedgerId> {
    ledger.map(|id| LedgerId::from(id.bytes))
}

export! {
    /// The 32 bytes that a validator's key of the ledger's engine has to sign, to show that it
    /// belongs to this main node.
    ///
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    /// @param engine_key the public key for the engine, in the engine's form
    /// @param engine_key_len its bytes, at most 8192
    medseal_main_node_validator_statement(
        node: object medseal_main_node, ledger: value_or_null medseal_digest,
        engine_key, engine_key_len: bytes
    ) -> (statement: value medseal_digest) {
        medseal_digest { bytes: node.validator_statement(self::ledger(ledger).as_ref(), engine_key) }
    }

    /// A main node stands as a validator, and vouches for its key of the ledger's engine.
    ///
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    /// @param engine_key the public key for the engine, in the engine's form
    /// @param engine_key_len its bytes, at most 8192
    /// @param engine_signature the engine key's signature on
    ///                         medseal_main_node_validator_statement(); this library does not know
    ///                         the engine, and does not check it
    /// @param engine_signature_len its bytes, at most 8192
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

    /// Writes a validator's public key for the ledger's engine.
    medseal_validator_engine_key(validator: object medseal_validator) -> (out, out_len: bytes) {
        validator.engine_key()
    }

    /// Writes the signature of a validator's engine key on medseal_validator_statement(). The
    /// signer of a charter checks it: this library does not know the engine.
    medseal_validator_engine_signature(validator: object medseal_validator) -> (out, out_len: bytes) {
        validator.engine_signature()
    }

    /// The 32 bytes that the validator's engine key has to have signed.
    ///
    /// @param ledger the ledger's id; NULL for the first charter of a new one
    medseal_validator_statement(
        validator: object medseal_validator, ledger: value_or_null medseal_digest
    ) -> (statement: value medseal_digest) {
        medseal_digest { bytes: validator.statement(self::ledger(ledger).as_ref()) }
    }
}

/// What a charter demands. It owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_terms {
    /// sizeof(medseal_terms).
    pub struct_size: usize,
    /// The ledger's readable name: UTF-8 of 1 to 255 bytes.
    pub name: *const c_char,
    /// Bytes of the name.
    pub name_len: usize,
    /// Who may upload: the policy that every entry states and every signer satisfies.
    pub claim: *const medseal_policy,
    /// The authority's public parameters, with the key under which entries are signed.
    pub parameters: *const medseal_public_parameters,
    /// The nodes that decide what stands on the ledger, sorted by name; at most 256. NULL
    /// with count 0 for none.
    pub validators: *const *const medseal_validator,
    /// How many validators.
    pub validator_count: usize,
    /// The members' epoch that entries have to carry, as medseal_begin_epoch
    /// gave it; zeros for none.
    pub epoch: medseal_epoch_commitment,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_terms {}

export! {
    /// A charter as it travels: what it demands counts when it was taken into a chain of charters.
    struct medseal_charter;

    /// Signs the next charter of a ledger, or the first one of a new ledger. The super node does
    /// not remember which it has signed: sign one of each number, and keep it before you hand it
    /// out.
    ///
    /// @param charters the ledger's charters; NULL for a first one
    /// @param terms what the charter demands
    /// @param final_head the ledger's head, which you have checked. Of a first charter the final
    ///                   head of the ledger that it continues, or NULL
    /// @return MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
    ///         MEDSEAL_ERR_INVALID_FIELD if two have a key in common or the final head has no
    ///         items, MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger,
    ///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_super_node_sign_charter(
        node: state medseal_super_node, charters: object_or_null medseal_charters, terms: sized medseal_terms,
        final_head: value_or_null medseal_tree_head
    ) -> (charter: object medseal_charter) with c {
        node.sign_charter(draft(c, charters, terms, final_head)?)?
    }
}

/// The next charter of a ledger, or the first one of a new ledger.
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
    /// The parts of a charter that have a fixed size.
    ///
    /// @param number where to put its number, from 1
    /// @param ledger where to put the ledger's id, which is the hash of its first charter
    /// @param hash where to put the charter's hash
    /// @param previous where to put the hash of the charter before; zeros in the first
    /// @param final_head where to put the ledger's head when it was signed; zeros if it names none
    /// @param validators where to put how many validators it names
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

    /// The policy that a charter demands of uploaders.
    medseal_charter_claim(charter: object medseal_charter) -> (policy: object medseal_policy) {
        charter.terms().claim.clone()
    }

    /// The public parameters in a charter.
    medseal_charter_parameters(
        charter: object medseal_charter
    ) -> (parameters: object medseal_public_parameters) {
        charter.terms().parameters.clone()
    }

    /// A validator that a charter names.
    ///
    /// @param index which, from zero, by name
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_charter_validator(
        charter: object medseal_charter, index: usize
    ) -> (validator: object medseal_validator) {
        charter.terms().validators.get(index).ok_or(Error::OutOfRange)?.clone()
    }

    /// The charters of one ledger, verified, each on the one before.
    struct medseal_charters;

    /// The chain that begins with a ledger's first charter. The super node's key comes from a
    /// trusted source; which of its ledgers this is, medseal_charters_ledger() tells.
    ///
    /// @param first the first charter, which is copied
    /// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first one,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE
    medseal_charters_new(
        first: object medseal_charter, public_key: object medseal_super_node_public_key
    ) -> (charters: object medseal_charters) {
        Charters::new(first.clone(), public_key)?
    }

    /// The chain with the next charter. With one that is known already it is the same chain. Keep
    /// the bytes of the newest chain: who goes on from an older one can be led to another.
    ///
    /// @param charters the chain, which stays as it is
    /// @param charter the next charter, which is copied
    /// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE,
    ///         MEDSEAL_ERR_CHARTER_CONFLICT if the chain has another charter of this number, which
    ///         together with this one is evidence, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_charters_push(
        charters: object medseal_charters, charter: object medseal_charter
    ) -> (next: object medseal_charters) {
        let mut charters = charters.clone();
        charters.push(charter)?;
        charters
    }

    /// A charter of a chain.
    ///
    /// @param number its number, from 1; 0 for the newest
    /// @return MEDSEAL_ERR_UNKNOWN_CHARTER
    medseal_charters_get(
        charters: object medseal_charters, number: u32
    ) -> (charter: object medseal_charter) {
        let known = if number == 0 { charters.current() } else { charters.get(number)? };
        Charter::clone(known)
    }

    /// The ledger's id, for which entries are signed.
    medseal_charters_ledger(charters: object medseal_charters) -> (ledger: value medseal_digest) {
        medseal_digest { bytes: *charters.ledger().as_bytes() }
    }

    /// Reads a chain of charters from its byte form, verifying all of it.
    ///
    /// @param public_key the super node's public key, from a trusted source
    /// @return MEDSEAL_ERR_INVALID_KEY if the bytes name another super node, what
    ///         medseal_charters_push() returns, a decoding status
    medseal_charters_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (charters: object medseal_charters) {
        Charters::from_bytes(data, public_key)?
    }
}
