//! A bounded check in the generic group model of the three schemes that have no published proof:
//! key wrapping, signatures and search.
//!
//! It is linear algebra on the exponents. For small policies, listed and random ones, and a few
//! keys it decides *exactly* whether a generic adversary can compute the key of a ciphertext, forge
//! a signature, or tell two views apart. It shows that no equation of pairings over these elements
//! breaks the schemes there; `docs/proofs.md` has the argument for all policies, and neither says
//! anything about attacks that use more than the group operations.
//!
//! Where a comment gives the reason for a part of the scheme, the same check without that
//! part finds the attack.
#![expect(non_snake_case, reason = "the papers' letters, where an equation has them")]
#![expect(clippy::indexing_slicing, reason = "a test")]

mod algebra;
mod authorities;
mod search;
mod signatures;
mod wrapping;

use algebra::{Policy, Poly, Row, UNIVERSE, User, View, constant, var};

/// `H(a)`: a logarithm that nobody knows is a separate secret.
fn hashed(attribute: char) -> Poly {
    var("h", attribute as u8)
}

/// The hashed points: `h`, `U0`, `U1`, all `H(a)`, `P_L`, `Q_L`; and `P1`.
fn hashes() -> impl Iterator<Item = Poly> {
    let others = [constant(1), eta(), var("u0", 0), var("u1", 0), var("p", 0), var("q", 0)];
    others.into_iter().chain(UNIVERSE.into_iter().map(hashed))
}

/// The logarithm of `h`.
fn eta() -> Poly {
    var("eta", 0)
}

/// `F(x) = U0 + [x]U1`.
fn slot(x: &Poly) -> Poly {
    var("u0", 0) + x * &var("u1", 0)
}

/// `P_L + [h(v)]Q_L`, with a public constant for `h(v)`.
fn value(v: char) -> Poly {
    var("p", 0) + &constant(1 + 7919 * v as u64) * &var("q", 0)
}

/// `H(T)`, or `Q_L`.
fn blinding(row: &Row) -> Poly {
    match row {
        Row::All(T) => T.chars().fold(Poly::default(), |sum, a| sum + hashed(a)),
        Row::Not(_) => var("q", 0),
    }
}

/// `P_L + [h(v)]Q_L` of a negative row.
fn of_negative(row: &Row) -> Option<Poly> {
    match row {
        Row::All(_) => None,
        Row::Not(v) => Some(value(*v)),
    }
}

/// A key's elements besides `K0`, `K1`, `K2`: `K_a` and `N_L`.
fn elements(user: &User, r: &Poly) -> Vec<Poly> {
    let attributes = user.attributes.iter().map(|a| &hashed(*a) * r);
    attributes.chain(user.text.map(|v| &value(v) * r)).collect()
}

/// The key of user `i` under a master secret.
fn key(view: View, i: u8, user: &User, alpha: &Poly) -> View {
    let r = var("r", i);
    let slot = [&eta() * alpha + var("u0", 0) * r.clone(), var("u1", 0) * r.clone()];
    let elements = elements(user, &r);
    view.with(slot.into_iter().chain(elements), [r])
}

/// The rows of a ciphertext or an index for the slot `F`, one `s'` for each use number.
fn rows(view: View, n: u8, policy: &Policy, rho: &[usize], shares: &[Poly], F: &Poly) -> View {
    const S: [&str; 5] = ["s'0", "s'1", "s'2", "s'3", "s'4"];
    let s_prime = |j: usize| var(S[j], n);
    let mut view = view;
    for ((row, lambda), j) in policy.rows().into_iter().zip(shares).zip(rho) {
        let c3 = lambda * F + blinding(row) * s_prime(*j);
        let c4 = of_negative(row).map(|of_value| of_value * s_prime(*j));
        view = view.with([c3].into_iter().chain(c4), []);
    }
    let tau = rho.iter().max().map_or(0, |most| most + 1);
    view.with([], (0..tau).map(s_prime))
}

/// All attributes, and a text that no policy excludes.
fn satisfied() -> User {
    User { attributes: UNIVERSE.into(), text: Some('w') }
}
