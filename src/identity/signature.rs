//! The one operation that a secret scalar performs on a hashed message: `[s]H`.
//!
//! It is the signature of Boneh, Lynn and Shacham (Asiacrypt 2001) and the key extraction of
//! Boneh and Franklin (CRYPTO 2001). The super node uses it to extract identity keys and to
//! sign certificates, registries and charters. A main node uses it to prove that it holds its
//! secret, and to become a validator. Each use has its own hash tag: a result of one use is
//! not valid in another.

use crate::curve::{G1Affine, G2Affine, PrimeCurveAffine, SecretG2, SecretScalar, pairing_product};
use crate::domain::G2Tag;
use crate::hash::hash_to_g2;

/// `[s]H`
pub(crate) fn sign(s: &SecretScalar, H: &G2Affine) -> SecretG2 {
    SecretG2::from(H * **s)
}

/// Returns whether `S = [s]H` for the `s` of `P = [s]P1`.
pub(crate) fn verifies(P: &G1Affine, H: &G2Affine, S: &G2Affine) -> bool {
    // e(P1, S) = e(P, H)
    pairing_product(&[(-G1Affine::generator(), *S), (*P, *H)]).is_ok_and(|product| product.is_one())
}

/// The signed fields of a certificate or of a registry, and the tag under which they are hashed.
pub(crate) struct Body {
    pub(crate) tag: G2Tag,
    pub(crate) bytes: Vec<u8>,
}

impl Body {
    /// Returns the point that the signature multiplies.
    pub(crate) fn point(&self) -> G2Affine {
        hash_to_g2(self.tag, &self.bytes)
    }
}
