//! Key wrapping: a record's key under a policy.

use super::objects::give;
use rand_core::OsRng;

use super::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::members::{medseal_members_key, medseal_members_keys};
use super::policy::medseal_policy;
use super::status::{medseal_error, medseal_status};
use super::values::medseal_secret;

/// A secret of at most 4096 bytes, wrapped under a policy.
pub struct medseal_abe_wrapped_key {
    _opaque: [u8; 0],
}

/// Wraps a secret under a policy.
///
/// @param public_key the authority's public key
/// @param policy whose attributes satisfy this can unwrap it
/// @param secret the secret
/// @param secret_len its bytes, at most 4096
/// @param aad what is authenticated with it and has to be the same for unwrapping
/// @param members the members' key that unwrapping is to need as well, or NULL
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_wrap(
    public_key: *const medseal_abe_public_key,
    policy: *const medseal_policy,
    secret: *const u8,
    secret_len: usize,
    aad: *const u8,
    aad_len: usize,
    members: *const medseal_members_key,
    wrapped: *mut *mut medseal_abe_wrapped_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let wrapped = c.out("wrapped", wrapped)?;
        let (public_key, policy) = (c.get("public_key", public_key)?, c.get("policy", policy)?);
        let (secret, aad) = (c.bytes("secret", secret, secret_len)?, c.bytes("aad", aad, aad_len)?);
        wrapped.set(public_key.wrap(policy, secret, aad, c.get_if_any("members", members)?, &mut OsRng)?)
    })
}

/// Unwraps a secret. The bytes are secret: wipe them when you are done.
///
/// @param aad what was authenticated with it
/// @param members the members' keys that are held, or NULL
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_POLICY_NOT_SATISFIED,
///         MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a point that was not needed to read
///         the wrapped key is wrong
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_unwrap(
    key: *const medseal_abe_decryption_key,
    wrapped: *const medseal_abe_wrapped_key,
    aad: *const u8,
    aad_len: usize,
    members: *const medseal_members_keys,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let (key, wrapped) = (c.get("key", key)?, c.get("wrapped", wrapped)?);
        let members = c.get_if_any("members", members)?;
        out.put(&key.unwrap_key(wrapped, c.bytes("aad", aad, aad_len)?, members)?)
    })
}

give! {
    /// The epoch of the members' key that a wrapped key needs.
    ///
    /// @param epoch where to put the number of the epoch; 0 if it needs none
    medseal_abe_wrapped_key_epoch(wrapped: medseal_abe_wrapped_key) -> epoch: value u32 { wrapped.epoch() }
}

give! {
    /// The policy of a wrapped key.
    medseal_abe_wrapped_key_policy(wrapped: medseal_abe_wrapped_key) -> policy: object medseal_policy {
        wrapped.policy().clone()
    }
}

/// Whether a key for these attributes would satisfy the policy of a wrapped
/// key. It costs no pairing.
///
/// @param could where to put the answer
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_could_unwrap(
    wrapped: *const medseal_abe_wrapped_key,
    attributes: *const medseal_attributes,
    could: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let could = c.out_bool("could", could)?;
        let (wrapped, attributes) = (c.get("wrapped", wrapped)?, c.get("attributes", attributes)?);
        could.set(wrapped.could_unwrap(attributes).into())
    })
}

/// A fresh shared key under a policy, for protocols of your own.
pub struct medseal_abe_encapsulation {
    _opaque: [u8; 0],
}

/// Makes a fresh shared key, and its encapsulation under a policy.
///
/// @param public_key the authority's public key
/// @param policy whose attributes satisfy this can decapsulate it
/// @param shared where to put the shared key; wipe it when you are done
/// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_encapsulate(
    public_key: *const medseal_abe_public_key,
    policy: *const medseal_policy,
    encapsulation: *mut *mut medseal_abe_encapsulation,
    shared: *mut medseal_secret,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (encapsulation, shared) = (c.out("encapsulation", encapsulation), c.out_value("shared", shared));
        let (encapsulation, shared) = (encapsulation?, shared?);
        let (made, key) =
            c.get("public_key", public_key)?.encapsulate(c.get("policy", policy)?, &mut OsRng)?;
        shared.set_bytes(key.as_bytes())?;
        encapsulation.set(made)
    })
}

/// Recovers the shared key of an encapsulation.
///
/// @param shared where to put the shared key; wipe it when you are done
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED, a decoding status if a
///         point that was not needed to read the encapsulation is wrong
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decapsulate(
    key: *const medseal_abe_decryption_key,
    encapsulation: *const medseal_abe_encapsulation,
    shared: *mut medseal_secret,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let shared = c.out_value("shared", shared)?;
        let key = c.get("key", key)?.decapsulate(c.get("encapsulation", encapsulation)?)?;
        shared.set_bytes(key.as_bytes())
    })
}
