//! A bounded check in the generic group model of the two schemes that have no published proof: the slot variant of
//! FABEO in key wrapping, and search.
//!
//! It is linear algebra on the exponents. For a few small policies and a few keys it decides *exactly* whether a generic
//! adversary can compute the key of a ciphertext, or tell two views apart. It shows that no equation of pairings over
//! these elements breaks the schemes there; it is not a proof for all policies and all numbers of keys, and says nothing
//! about attacks that use more than the group operations.
//!
//! Where a line says why something is in the scheme, the same check run without it finds the attack.
#![expect(non_snake_case, reason = "the papers' letters, where an equation has them")]
#![expect(clippy::indexing_slicing, reason = "a test")]

mod algebra;
mod search;
mod wrapping;

use algebra::{Poly, UNIVERSE, var};

/// `H(a)`: a logarithm that nobody knows is a secret of its own.
fn hashed(attribute: char) -> Poly {
    var("h", attribute as u8)
}

fn all_hashes() -> impl Iterator<Item = Poly> {
    UNIVERSE.into_iter().map(hashed)
}

/// `F(x) = U0 + [x]U1`.
fn slot(x: &Poly) -> Poly {
    var("u0", 0) + x * &var("u1", 0)
}
