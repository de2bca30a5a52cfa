//! Hashing to the groups and to scalars (RFC 9380), SHA-256 and HMAC-SHA-256.
//!
//! `hash_to_g1` and `hash_to_g2` are the suites `BLS12381G1_XMD:SHA-256_SSWU_RO_` and
//! `BLS12381G2_XMD:SHA-256_SSWU_RO_`. Nobody knows the discrete logarithm of a result.
//! `hash_to_scalar` is `hash_to_field` with `expand_message_xmd` over SHA-256, `L = 48`,
//! modulo the group order.
//!
//! Inputs of more than one part are first encoded injectively, with
//! [`Transcript`](crate::transcript::Transcript) or [`Writer`](crate::codec::Writer).

use hmac::digest::array::Array;
use hmac::digest::typenum::U64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::curve::{
    G1Affine, G1Projective, G2Affine, G2Projective, Scalar, expand_message, scalar_from_wide_bytes,
};
use crate::domain::{G1Tag, G2Tag, ScalarTag};

pub(crate) fn hash_to_g1(tag: G1Tag, message: &[u8]) -> G1Affine {
    G1Projective::hash_to_curve(message, tag.0, &[]).into()
}

pub(crate) fn hash_to_g2(tag: G2Tag, message: &[u8]) -> G2Affine {
    G2Projective::hash_to_curve(message, tag.0, &[]).into()
}

pub(crate) fn hash_to_scalar(tag: ScalarTag, message: &[u8]) -> Scalar {
    let wide = expand_message::<48>(message, tag.0);
    scalar_from_wide_bytes(wide.as_slice())
}

/// Computes SHA-256 of the concatenated parts.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Computes HMAC-SHA-256 of the concatenated parts.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = hmac_state(key);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Returns the state of HMAC-SHA-256 under a 32-byte key. The key is shorter than a block, so it is
/// padded with zeros (RFC 2104).
pub(crate) fn hmac_state(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Array::<u8, U64>::default();
    let (head, _) = block.split_at_mut(key.len());
    head.copy_from_slice(key);
    let state = Hmac::<Sha256>::new(&block);
    block.as_mut_slice().zeroize();
    state
}

/// Compares a MAC or a digest in constant time.
pub(crate) fn equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    a.ct_eq(b).into()
}
