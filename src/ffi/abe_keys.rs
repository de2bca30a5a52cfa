//! Keys for key wrapping: the authority's, and its users'.

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_possession;
use crate::abe::MasterKey;

/// The authority's master key for key wrapping. It is secret, and wiped when freed. Immutable: any number of
/// threads may use it at once.
pub struct medseal_abe_master_key {
    _opaque: [u8; 0],
}

/// Makes a master key for key wrapping.
///
/// Threads: any, and many at once.
///
/// @param master where to put the new object, to be freed with medseal_abe_master_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_generate(
    master: *mut *mut medseal_abe_master_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let master = c.out("master", master)?;
        master.set(MasterKey::generate(&mut OsRng)?)
    })
}

/// The public key of a master key.
///
/// Threads: any, and many at once.
///
/// @param master the master key
/// @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_public(
    master: *const medseal_abe_master_key,
    public_key: *mut *mut medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("master", master)?.public_key())
    })
}

/// Issues a decryption key for attributes. Work grows with their number, of which a number or a date among
/// them counts as 9 to 128.
///
/// Threads: any, and many at once.
///
/// @param master the master key
/// @param attributes what the key is for
/// @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
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

/// The authority's public key for key wrapping. Immutable: any number of threads may use it at once.
pub struct medseal_abe_public_key {
    _opaque: [u8; 0],
}

/// Checks a proof that somebody has the master secret of a public key. Require it before you wrap under a new key:
/// without it, the members of another authority may have keys under this one.
///
/// Threads: any, and many at once.
///
/// @param public_key the public key
/// @param proof the proof, from medseal_generation_certificate_possession()
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_PROOF, a decoding status if the proof is no point, or a general status
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

/// A user's key for attributes, which unwraps what is wrapped under policies that they satisfy. It is secret,
/// and wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_abe_decryption_key {
    _opaque: [u8; 0],
}

/// The attributes that a decryption key is for.
///
/// Threads: any, and many at once.
///
/// @param key the decryption key
/// @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_attributes(
    key: *const medseal_abe_decryption_key,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        attributes.set(c.get("key", key)?.attributes().clone())
    })
}

/// Checks that a decryption key was issued under a public key. Do this once, when you get a key.
///
/// Threads: any, and many at once.
///
/// @param key the decryption key
/// @param public_key the authority's public key
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
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
