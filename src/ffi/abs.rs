//! Attribute-based signatures: an entitled member signs, anonymously.

use super::export::export;
use rand_core::OsRng;

use super::abi::Plain;
use super::attributes::medseal_attributes;
use super::policy::medseal_policy;
use super::status::{Failure, MEDSEAL_ERR_INVALID_SIGNATURE};
use super::values::medseal_possession;
use crate::abs::{Claim, MasterKey, verify_batch};
use crate::threads::Threads;

export! {
    /// The authority's master key for signatures. It is secret, and wiped when freed.
    struct medseal_abs_master_key;

    /// Makes a master key for signatures.
    medseal_abs_master_key_generate() -> (master: object medseal_abs_master_key) {
        MasterKey::generate(&mut OsRng)?
    }

    /// Returns the public key of a master key.
    medseal_abs_master_key_public(
        master: object medseal_abs_master_key
    ) -> (public_key: object medseal_abs_public_key) {
        master.public_key()
    }

    /// Issues a signing key for attributes.
    /// @param attributes the attributes of the key
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_abs_issue(
        master: object medseal_abs_master_key, attributes: object medseal_attributes
    ) -> (key: object medseal_abs_signing_key) {
        master.issue(attributes, &mut OsRng)?
    }

    /// The authority's public key for signatures.
    struct medseal_abs_public_key;

    /// As medseal_abe_public_key_verify_possession(). Require it before a charter names a new key.
    medseal_abs_public_key_verify_possession(
        public_key: object medseal_abs_public_key, proof: value medseal_possession
    ) -> () {
        public_key.verify_possession(&proof.bytes)?
    }

    /// A user's key for attributes. It signs under the policies that these attributes satisfy. It
    /// is secret, and wiped when freed.
    struct medseal_abs_signing_key;

    /// Returns the attributes of a signing key.
    medseal_abs_signing_key_attributes(
        key: object medseal_abs_signing_key
    ) -> (attributes: object medseal_attributes) {
        key.attributes().clone()
    }

    /// Checks that a signing key was issued under a public key. Do this once, when you receive the
    /// key.
    /// @return MEDSEAL_ERR_INVALID_KEY
    medseal_abs_signing_key_verify(
        key: object medseal_abs_signing_key, public_key: object medseal_abs_public_key
    ) -> () {
        key.verify(public_key)?
    }

    /// A signature that shows that the signer's attributes satisfy a policy, and reveals nothing
    /// else about the signer.
    struct medseal_abs_signature;

    /// Signs a message under a policy that the attributes of the key satisfy.
    /// @param policy the policy, which the verifier must know
    /// @param context the purpose of the signature; it is not valid for any other
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_abs_sign(
        key: object medseal_abs_signing_key, policy: object medseal_policy, context, context_len: bytes,
        message, message_len: bytes
    ) -> (signature: object medseal_abs_signature) {
        key.sign(policy, context, message, &mut OsRng)?
    }

    /// Verifies a signature.
    /// @param policy the policy that the signer claims to satisfy
    /// @param context the purpose of the signature
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE
    medseal_abs_verify(
        public_key: object medseal_abs_public_key, policy: object medseal_policy, context, context_len: bytes,
        message, message_len: bytes, signature: object medseal_abs_signature
    ) -> () {
        public_key.verify(policy, context, message, signature)?
    }
}

/// The input of medseal_abs_verify(), for medseal_abs_verify_batch(). The struct owns nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_abs_claim {
    /// The authority's public key.
    pub public_key: *const medseal_abs_public_key,
    /// The policy that the signer claims to satisfy.
    pub policy: *const medseal_policy,
    /// The purpose of the signature.
    pub context: *const u8,
    /// The length of the context in bytes.
    pub context_len: usize,
    /// The message.
    pub message: *const u8,
    /// The length of the message in bytes.
    pub message_len: usize,
    /// The signature.
    pub signature: *const medseal_abs_signature,
}

// SAFETY: any bytes are one of these, all zeros too.
unsafe impl Plain for medseal_abs_claim {}

export! {
    /// Verifies many signatures, which is faster than verifying each one. If some are invalid, the
    /// position in the medseal_error is the index of the first.
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE if a signature is invalid
    medseal_abs_verify_batch(claims, count: values medseal_abs_claim, threads: usize) -> () with c {
        let read = |claim: &medseal_abs_claim| {
            Ok::<_, Failure>(Claim {
                public_key: c.get("claim.public_key", claim.public_key)?,
                policy: c.get("claim.policy", claim.policy)?,
                context: c.bytes("claim.context", claim.context, claim.context_len)?,
                message: c.bytes("claim.message", claim.message, claim.message_len)?,
                signature: c.get("claim.signature", claim.signature)?,
            })
        };
        let claims = claims.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        verify_batch(&claims, Threads::new(threads)).map_err(|bad| {
            let first = bad.positions().first().copied().unwrap_or_default();
            Failure::new(MEDSEAL_ERR_INVALID_SIGNATURE, bad.to_string()).at(first as u64)
        })?
    }
}
