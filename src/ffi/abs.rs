//! Signatures by attributes: by somebody entitled to, without saying who.

use super::objects::give;
use rand_core::OsRng;

use super::abi::Plain;
use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::policy::medseal_policy;
use super::status::{Failure, MEDSEAL_ERR_INVALID_SIGNATURE};
use super::status::{medseal_error, medseal_status};
use super::values::medseal_possession;
use crate::abs::{Claim, MasterKey, verify_batch};
use crate::threads::Threads;

/// The authority's master key for signatures. It is secret, and wiped when freed.
pub struct medseal_abs_master_key {
    _opaque: [u8; 0],
}

give! {
    /// Makes a master key for signatures.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_abs_master_key_generate() -> master: object medseal_abs_master_key { MasterKey::generate(&mut OsRng)? }
}

give! {
    /// The public key of a master key.
    medseal_abs_master_key_public(master: medseal_abs_master_key) -> public_key: object medseal_abs_public_key {
        master.public_key()
    }
}

/// Issues a signing key for attributes.
///
/// @param attributes what the key is for
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_issue(
    master: *const medseal_abs_master_key,
    attributes: *const medseal_attributes,
    key: *mut *mut medseal_abs_signing_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(c.get("master", master)?.issue(c.get("attributes", attributes)?, &mut OsRng)?)
    })
}

/// The authority's public key for signatures.
pub struct medseal_abs_public_key {
    _opaque: [u8; 0],
}

/// Checks a proof that somebody has the master secret of a public key. Require it before a charter
/// names a new key: without it, the members of another authority may have keys under this one.
///
/// @param proof the proof, from medseal_generation_certificate_possession()
/// @return MEDSEAL_ERR_INVALID_PROOF, or a decoding status if the proof is no point
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_public_key_verify_possession(
    public_key: *const medseal_abs_public_key,
    proof: *const medseal_possession,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (public_key, proof) = (c.get("public_key", public_key)?, c.value("proof", proof)?);
        Ok(public_key.verify_possession(&proof.bytes)?)
    })
}

/// A user's key for attributes, which signs under policies that they satisfy. It is secret, and
/// wiped when freed.
pub struct medseal_abs_signing_key {
    _opaque: [u8; 0],
}

give! {
    /// The attributes that a signing key is for.
    medseal_abs_signing_key_attributes(key: medseal_abs_signing_key) -> attributes: object medseal_attributes {
        key.attributes().clone()
    }
}

/// Checks that a signing key was issued under a public key. Do this once, when you get a key.
///
/// @param public_key the authority's public key
/// @return MEDSEAL_ERR_INVALID_KEY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_signing_key_verify(
    key: *const medseal_abs_signing_key,
    public_key: *const medseal_abs_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("key", key)?.verify(c.get("public_key", public_key)?)?))
}

/// A signature that shows that the signer's attributes satisfy a policy, and nothing else of the
/// signer.
pub struct medseal_abs_signature {
    _opaque: [u8; 0],
}

/// Signs a message as one whose attributes satisfy a policy.
///
/// @param policy the policy, which the verifier has to know
/// @param context what the signature is for, so that it counts for nothing else
/// @param message the message
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_LIMIT_EXCEEDED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_sign(
    key: *const medseal_abs_signing_key,
    policy: *const medseal_policy,
    context: *const u8,
    context_len: usize,
    message: *const u8,
    message_len: usize,
    signature: *mut *mut medseal_abs_signature,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let signature = c.out("signature", signature)?;
        let (key, policy) = (c.get("key", key)?, c.get("policy", policy)?);
        let (context, message) =
            (c.bytes("context", context, context_len)?, c.bytes("message", message, message_len)?);
        signature.set(key.sign(policy, context, message, &mut OsRng)?)
    })
}

/// Verifies a signature.
///
/// @param public_key the authority's public key
/// @param policy the policy that the signer is said to satisfy
/// @param context what the signature is for
/// @param message the message
/// @return MEDSEAL_ERR_INVALID_SIGNATURE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_verify(
    public_key: *const medseal_abs_public_key,
    policy: *const medseal_policy,
    context: *const u8,
    context_len: usize,
    message: *const u8,
    message_len: usize,
    signature: *const medseal_abs_signature,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (public_key, policy) = (c.get("public_key", public_key)?, c.get("policy", policy)?);
        let (context, message) =
            (c.bytes("context", context, context_len)?, c.bytes("message", message, message_len)?);
        Ok(public_key.verify(policy, context, message, c.get("signature", signature)?)?)
    })
}

/// What medseal_abs_verify() takes, for medseal_abs_verify_batch(). It owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_abs_claim {
    /// The authority's public key.
    pub public_key: *const medseal_abs_public_key,
    /// The policy that the signer is said to satisfy.
    pub policy: *const medseal_policy,
    /// What the signature is for.
    pub context: *const u8,
    /// Bytes of the context.
    pub context_len: usize,
    /// The message.
    pub message: *const u8,
    /// Bytes of the message.
    pub message_len: usize,
    /// The signature.
    pub signature: *const medseal_abs_signature,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_abs_claim {}

/// Verifies many signatures, which is faster than each by itself. If some are not valid, the
/// position in the medseal_error is the index of the first of them.
///
/// @param claims the signatures, with what they are about
/// @param threads how many threads may work; 0 for as many as there are processors
/// @return if all are valid, MEDSEAL_ERR_INVALID_SIGNATURE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abs_verify_batch(
    claims: *const medseal_abs_claim,
    count: usize,
    threads: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let read = |claim: &medseal_abs_claim| {
            Ok::<_, Failure>(Claim {
                public_key: c.get("claim.public_key", claim.public_key)?,
                policy: c.get("claim.policy", claim.policy)?,
                context: c.bytes("claim.context", claim.context, claim.context_len)?,
                message: c.bytes("claim.message", claim.message, claim.message_len)?,
                signature: c.get("claim.signature", claim.signature)?,
            })
        };
        let claims = c.values("claims", claims, count)?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        verify_batch(&claims, Threads::new(threads)).map_err(|bad| {
            let first = bad.positions().first().copied().unwrap_or_default();
            Failure::new(MEDSEAL_ERR_INVALID_SIGNATURE, bad.to_string()).at(first as u64)
        })
    })
}
