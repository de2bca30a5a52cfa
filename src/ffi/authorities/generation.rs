//! What comes of a session: shares, certificates, and the public keys of a generation.

use super::roster::{medseal_authority_key, medseal_authority_message, medseal_roster};
use crate::authorities::Generation;
use crate::ffi::abe_keys::medseal_abe_public_key;
use crate::ffi::abi::{Caller, guard};
use crate::ffi::abs::medseal_abs_public_key;
use crate::ffi::authority::medseal_public_parameters;
use crate::ffi::envelope::medseal_super_node_public_key;
use crate::ffi::handle::handle;
use crate::ffi::objects::free;
use crate::ffi::search_keys::{medseal_keyword_key, medseal_search_public_key};
use crate::ffi::status::{medseal_error, medseal_status};
use crate::ffi::values::medseal_possession;

/// One authority's share of all master secrets. Store and back it up as you do a master key, and
/// delete it after a resharing. It is secret, and wiped when freed.
pub struct medseal_authority_share {
    _opaque: [u8; 0],
}

/// The confirmation that the share is stored, once more: after a crash, or when
/// another authority lacks it.
///
/// @param key this authority's static key
/// @return MEDSEAL_ERR_INVALID_KEY for another authority's key
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_share_confirmation(
    share: *const medseal_authority_share,
    key: *const medseal_authority_key,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        message.set(c.get("share", share)?.confirmation(c.get("key", key)?)?)
    })
}

/// The certificate, from a share and the confirmations of all authorities: after a crash.
///
/// @param messages the confirmations
/// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_share_certify(
    share: *const medseal_authority_share,
    messages: *const *const medseal_authority_message,
    count: usize,
    certificate: *mut *mut medseal_generation_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let certificate = c.out("certificate", certificate)?;
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        certificate.set(c.get("share", share)?.certify(&messages)?)
    })
}

/// All authorities' signatures on the public keys of a generation. It says nothing until it is
/// verified.
pub struct medseal_generation_certificate {
    _opaque: [u8; 0],
}

/// Verifies a certificate.
///
/// @param roster the roster that you trust
/// @return MEDSEAL_ERR_INVALID_KEY for another roster, MEDSEAL_ERR_CULPRITS naming in `err` who is
///         at fault
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_certificate_verify(
    certificate: *const medseal_generation_certificate,
    roster: *const medseal_roster,
    generation: *mut *mut medseal_generation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let generation = c.out("generation", generation)?;
        let verified = c.get("certificate", certificate)?.verify(c.get("roster", roster)?)?.clone();
        generation.set(verified)
    })
}

/// The proofs of all authorities together that they have the master secrets of the public keys.
/// They say nothing until they are verified, each under its public key.
///
/// @param abe where to put the proof for medseal_abe_public_key_verify_possession()
/// @param abs where to put the proof for medseal_abs_public_key_verify_possession()
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_certificate_possession(
    certificate: *const medseal_generation_certificate,
    abe: *mut medseal_possession,
    abs: *mut medseal_possession,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value("abe", abe), c.out_value("abs", abs));
        let (abe, abs) = (outs.0?, outs.1?);
        let proofs = c.get("certificate", certificate)?.proofs_of_possession();
        let [wrapping, signing] = proofs.map(|bytes| medseal_possession { bytes });
        abe.set(wrapping)?;
        abs.set(signing)
    })
}

/// The public keys of a generation of shares, verified.
pub struct medseal_generation {
    _opaque: [u8; 0],
}
handle!(shared medseal_generation(Generation));

free!(public medseal_generation(generation) "a generation": medseal_generation_free);

/// The number of a generation, from 1.
///
/// @param number where to put its number
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_number(
    generation: *const medseal_generation,
    number: *mut u32,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let number = c.out_value("number", number)?;
        number.set(c.get("generation", generation)?.number())
    })
}

/// The consortium's public parameters, for a charter.
///
/// @param keyword_key the members' keyword key, to which the parameters commit
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_public_parameters(
    generation: *const medseal_generation,
    keyword_key: *const medseal_keyword_key,
    parameters: *mut *mut medseal_public_parameters,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let parameters = c.out("parameters", parameters)?;
        let (generation, key) = (c.get("generation", generation)?, c.get("keyword_key", keyword_key)?);
        parameters.set(generation.public_parameters(key.commitment()))
    })
}

/// The public key for key wrapping.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_abe(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.abe().clone())
    })
}

/// The public key for signatures.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_abs(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_abs_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.abs().clone())
    })
}

/// The public key for search.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_search(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_search_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("generation", generation)?.search().clone())
    })
}

/// The public key for identities.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_super_node(
    generation: *const medseal_generation,
    public_key: *mut *mut medseal_super_node_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(*c.get("generation", generation)?.super_node())
    })
}
