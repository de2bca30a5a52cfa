//! Keys for key wrapping: the authority's, and its users'.

use super::objects::give;
use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_possession;
use crate::abe::MasterKey;

/// The authority's master key for key wrapping. It is secret, and wiped when freed.
pub struct medseal_abe_master_key {
    _opaque: [u8; 0],
}

give! {
    /// Makes a master key for key wrapping.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_abe_master_key_generate() -> master: object medseal_abe_master_key { MasterKey::generate(&mut OsRng)? }
}

give! {
    /// The public key of a master key.
    medseal_abe_master_key_public(master: medseal_abe_master_key) -> public_key: object medseal_abe_public_key {
        master.public_key()
    }
}

/// Issues a decryption key for attributes. Work grows with their number, of which a number or a
/// date among them counts as 9 to 128.
///
/// @param attributes what the key is for
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_issue(
    master: *const medseal_abe_master_key,
    attributes: *const medseal_attributes,
    key: *mut *mut medseal_abe_decryption_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(c.get("master", master)?.issue(c.get("attributes", attributes)?, &mut OsRng)?)
    })
}

/// The authority's public key for key wrapping.
pub struct medseal_abe_public_key {
    _opaque: [u8; 0],
}

/// Checks a proof that somebody has the master secret of a public key. Require it before you wrap
/// under a new key: without it, the members of another authority may have keys under this one.
///
/// @param proof the proof, from medseal_generation_certificate_possession()
/// @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is no point
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_public_key_verify_possession(
    public_key: *const medseal_abe_public_key,
    proof: *const medseal_possession,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (public_key, proof) = (c.get("public_key", public_key)?, c.value("proof", proof)?);
        Ok(public_key.verify_possession(&proof.bytes)?)
    })
}

/// A user's key for attributes, which unwraps what is wrapped under policies that they satisfy. It
/// is secret, and wiped when freed.
pub struct medseal_abe_decryption_key {
    _opaque: [u8; 0],
}

give! {
    /// The attributes that a decryption key is for.
    medseal_abe_decryption_key_attributes(key: medseal_abe_decryption_key) -> attributes: object medseal_attributes {
        key.attributes().clone()
    }
}

/// Checks that a decryption key was issued under a public key. Do this once, when you get a key.
///
/// @param public_key the authority's public key
/// @return MEDSEAL_ERR_INVALID_KEY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_verify(
    key: *const medseal_abe_decryption_key,
    public_key: *const medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("key", key)?.verify(c.get("public_key", public_key)?)?))
}
