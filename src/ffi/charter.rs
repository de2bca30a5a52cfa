//! Charters: what a ledger demands, signed by the super node.

use super::objects::give;
use std::ffi::c_char;

use super::abi::{Caller, Versioned, guard};
use super::authority::medseal_public_parameters;
use super::envelope::medseal_super_node_public_key;
use super::main_node::medseal_main_node;
use super::members::medseal_epoch_commitment;
use super::merkle::medseal_tree_head;
use super::policy::medseal_policy;
use super::status::{Failure, medseal_error, medseal_status};
use super::super_node::medseal_super_node;
use super::values::medseal_digest;
use crate::identity::Name;
use crate::ledger::{Charter, CharterDraft, Charters, LedgerId, Terms, Validator};

/// A main node that stands as a validator of one ledger.
pub struct medseal_validator {
    _opaque: [u8; 0],
}

/// The ledger that is meant, if any.
fn ledger(c: &Caller, ledger: *const medseal_digest) -> Result<Option<LedgerId>, Failure> {
    let one = || Ok(Some(LedgerId::from(c.value("ledger", ledger)?.bytes)));
    if ledger.is_null() { Ok(None) } else { one() }
}

/// The 32 bytes that a validator's key of the ledger's engine has to sign, to show that it
/// belongs to this main node.
///
/// @param ledger the ledger's id; NULL for the first charter of a new one
/// @param engine_key the public key for the engine, in the engine's form
/// @param engine_key_len its bytes, at most 8192
/// @param statement where to put the 32 bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_validator_statement(
    node: *const medseal_main_node,
    ledger: *const medseal_digest,
    engine_key: *const u8,
    engine_key_len: usize,
    statement: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let statement = c.out_value("statement", statement)?;
        let ledger = self::ledger(c, ledger)?;
        let (node, key) = (c.get("node", node)?, c.bytes("engine_key", engine_key, engine_key_len)?);
        statement.set(medseal_digest { bytes: node.validator_statement(ledger.as_ref(), key) })
    })
}

/// A main node stands as a validator, and vouches for its key of the ledger's engine.
///
/// @param ledger the ledger's id; NULL for the first charter of a new one
/// @param engine_key the public key for the engine, in the engine's form
/// @param engine_key_len its bytes, at most 8192
/// @param engine_signature the engine key's signature on medseal_main_node_validator_statement(); this library does not
///                         know the engine, and does not check it
/// @param engine_signature_len its bytes, at most 8192
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_validator(
    node: *const medseal_main_node,
    ledger: *const medseal_digest,
    engine_key: *const u8,
    engine_key_len: usize,
    engine_signature: *const u8,
    engine_signature_len: usize,
    validator: *mut *mut medseal_validator,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let validator = c.out("validator", validator)?;
        let ledger = self::ledger(c, ledger)?;
        let (node, key) = (c.get("node", node)?, c.bytes("engine_key", engine_key, engine_key_len)?);
        let signature = c.bytes("engine_signature", engine_signature, engine_signature_len)?;
        validator.set(node.validator(ledger.as_ref(), key, signature)?)
    })
}

give! {
    /// Writes the name of a validator.
    medseal_validator_name(validator: medseal_validator) -> text { validator.name().as_str() }
}

give! {
    /// Writes a validator's public key for the ledger's engine.
    medseal_validator_engine_key(validator: medseal_validator) -> bytes { validator.engine_key() }
}

give! {
    /// Writes the signature of a validator's engine key on medseal_validator_statement(). The
    /// signer of a charter checks it: this library does not know the engine.
    medseal_validator_engine_signature(validator: medseal_validator) -> bytes { validator.engine_signature() }
}

/// The 32 bytes that the validator's engine key has to have signed.
///
/// @param ledger the ledger's id; NULL for the first charter of a new one
/// @param statement where to put the 32 bytes
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_validator_statement(
    validator: *const medseal_validator,
    ledger: *const medseal_digest,
    statement: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let statement = c.out_value("statement", statement)?;
        let ledger = self::ledger(c, ledger)?;
        statement.set(medseal_digest { bytes: c.get("validator", validator)?.statement(ledger.as_ref()) })
    })
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

/// A charter as it travels: what it demands counts when it was taken into a chain of charters.
pub struct medseal_charter {
    _opaque: [u8; 0],
}

/// Signs the next charter of a ledger, or the first one of a new ledger. The super node does not
/// remember which it has signed: sign one of each number, and keep it before you hand it out.
///
/// @param charters the ledger's charters; NULL for a first one
/// @param terms what the charter demands
/// @param final_head the ledger's head, which you have checked. Of a first charter the final head of the ledger that it
///                   continues, or NULL
/// @return MEDSEAL_ERR_NOT_SORTED if the validators are not sorted by name and distinct,
///         MEDSEAL_ERR_INVALID_FIELD if two have a key in common or the final head has no items,
///         MEDSEAL_ERR_INVALID_SIGNATURE if a validator did not sign for this ledger,
///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_sign_charter(
    node: *mut medseal_super_node,
    charters: *const medseal_charters,
    terms: *const medseal_terms,
    final_head: *const medseal_tree_head,
    charter: *mut *mut medseal_charter,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let charter = c.out("charter", charter)?;
        let draft = draft(c, charters, terms, final_head)?;
        charter.set(c.get_mut("node", node)?.sign_charter(draft)?)
    })
}

/// The next charter of a ledger, or the first one of a new ledger.
pub(super) fn draft(
    c: &Caller,
    charters: *const medseal_charters,
    terms: *const medseal_terms,
    final_head: *const medseal_tree_head,
) -> Result<CharterDraft, Failure> {
    let terms = c.sized("terms", terms)?;
    let validators = c.get_all("terms.validators", terms.validators, terms.validator_count)?;
    let name = Name::new(c.text("terms.name", terms.name, terms.name_len)?)?;
    let claim = c.get("terms.claim", terms.claim)?.clone();
    let parameters = c.get("terms.parameters", terms.parameters)?.clone();
    let validators = validators.into_iter().cloned().collect();
    let epoch = terms.epoch.try_into()?;
    let terms = Terms { epoch, validators, ..Terms::new(name, claim, parameters) };
    let head = || c.value("final_head", final_head).map(Into::into);
    Ok(match c.get_if_any("charters", charters)? {
        Some(charters) => charters.draft(terms, head()?),
        None if final_head.is_null() => CharterDraft::first(terms, None),
        None => CharterDraft::first(terms, Some(head()?)),
    })
}

/// The parts of a charter that have a fixed size.
///
/// @param number where to put its number, from 1
/// @param ledger where to put the ledger's id, which is the hash of its first charter
/// @param hash where to put the charter's hash
/// @param previous where to put the hash of the charter before; zeros in the first
/// @param final_head where to put the ledger's head when it was signed; zeros if it names none
/// @param validators where to put how many validators it names
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charter_fields(
    charter: *const medseal_charter,
    number: *mut u32,
    ledger: *mut medseal_digest,
    hash: *mut medseal_digest,
    previous: *mut medseal_digest,
    final_head: *mut medseal_tree_head,
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
            c.out_value("validators", validators),
        );
        let (number, ledger, hash) = (outs.0?, outs.1?, outs.2?);
        let (previous, final_head, validators) = (outs.3?, outs.4?, outs.5?);
        let charter: &Charter = c.get("charter", charter)?;
        number.set(charter.number())?;
        ledger.set(medseal_digest { bytes: *charter.ledger().as_bytes() })?;
        hash.set(medseal_digest { bytes: *charter.hash().as_bytes() })?;
        previous.set(medseal_digest { bytes: *charter.previous().as_bytes() })?;
        let none = medseal_tree_head { size: 0, root: medseal_digest { bytes: [0; 32] } };
        final_head.set(charter.final_head().map_or(none, |head| (*head).into()))?;
        validators.set(charter.terms().validators.len())
    })
}

give! {
    /// Writes the ledger's readable name in a charter.
    medseal_charter_name(charter: medseal_charter) -> text { charter.terms().name.as_str() }
}

give! {
    /// The policy that a charter demands of uploaders.
    medseal_charter_claim(charter: medseal_charter) -> policy: object medseal_policy {
        charter.terms().claim.clone()
    }
}

give! {
    /// The public parameters in a charter.
    medseal_charter_parameters(charter: medseal_charter) -> parameters: object medseal_public_parameters {
        charter.terms().parameters.clone()
    }
}

/// A validator that a charter names.
///
/// @param index which, from zero, by name
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charter_validator(
    charter: *const medseal_charter,
    index: usize,
    validator: *mut *mut medseal_validator,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let validator = c.out("validator", validator)?;
        let named: Option<&Validator> = c.get("charter", charter)?.terms().validators.get(index);
        validator.set(named.ok_or(crate::error::Error::OutOfRange)?.clone())
    })
}

/// The charters of one ledger, verified, each on the one before.
pub struct medseal_charters {
    _opaque: [u8; 0],
}

/// The chain that begins with a ledger's first charter. The super node's key comes from a trusted
/// source; which of its ledgers this is, medseal_charters_ledger() tells.
///
/// @param first the first charter, which is copied
/// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER if it is not a first one, MEDSEAL_ERR_INVALID_SIGNATURE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charters_new(
    first: *const medseal_charter,
    public_key: *const medseal_super_node_public_key,
    charters: *mut *mut medseal_charters,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let charters = c.out("charters", charters)?;
        charters.set(Charters::new(c.get("first", first)?.clone(), c.get("public_key", public_key)?)?)
    })
}

/// The chain with the next charter. With one that is known already it is the same chain. Keep the
/// bytes of the newest chain: who goes on from an older one can be led to another.
///
/// @param charters the chain, which stays as it is
/// @param charter the next charter, which is copied
/// @return MEDSEAL_ERR_CHARTER_OUT_OF_ORDER, MEDSEAL_ERR_INVALID_SIGNATURE,
///         MEDSEAL_ERR_CHARTER_CONFLICT if the chain has another charter of this number, which
///         together with this one is evidence, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charters_push(
    charters: *const medseal_charters,
    charter: *const medseal_charter,
    next: *mut *mut medseal_charters,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let next = c.out("next", next)?;
        let mut charters = c.get("charters", charters)?.clone();
        charters.push(c.get("charter", charter)?)?;
        next.set(charters)
    })
}

/// A charter of a chain.
///
/// @param charters the chain
/// @param number its number, from 1; 0 for the newest
/// @return MEDSEAL_ERR_UNKNOWN_CHARTER
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charters_get(
    charters: *const medseal_charters,
    number: u32,
    charter: *mut *mut medseal_charter,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let charter = c.out("charter", charter)?;
        let charters: &Charters = c.get("charters", charters)?;
        let known = if number == 0 { charters.current() } else { charters.get(number)? };
        charter.set(Charter::clone(known))
    })
}

give! {
    /// The ledger's id, for which entries are signed.
    ///
    /// @param charters the chain
    /// @param ledger where to put the id
    medseal_charters_ledger(charters: medseal_charters) -> ledger: value medseal_digest {
        medseal_digest { bytes: *charters.ledger().as_bytes() }
    }
}

/// Reads a chain of charters from its byte form, verifying all of it.
///
/// @param data the bytes
/// @param public_key the super node's public key, from a trusted source
/// @return MEDSEAL_ERR_INVALID_KEY if the bytes name another super node, what
///         medseal_charters_push() returns, a decoding status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_charters_decode(
    data: *const u8,
    len: usize,
    public_key: *const medseal_super_node_public_key,
    charters: *mut *mut medseal_charters,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let charters = c.out("charters", charters)?;
        let public_key = c.get("public_key", public_key)?;
        charters.set(Charters::from_bytes(c.bytes("data", data, len)?, public_key)?)
    })
}
