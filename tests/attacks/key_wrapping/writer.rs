//! An attacker's own authority and encapsulation, with chosen randomness. With honest randomness,
//! the library opens the result. With other values, the result is that of a faulty implementation.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use super::reader::{Ciphertext, commitment};
use crate::ground::{P2, Reader, g1_bytes, g2_bytes, hash_to_scalar, header, pair, random_scalar};
use crate::keys::{ABE, Key, Scheme};
use crate::rule::Rule;

/// The bytes of a public key under a chosen `alpha`, `A = [alpha]P2`.
pub(crate) fn public_key(alpha: &Scalar) -> Vec<u8> {
    [header(0x21).as_slice(), &g2_bytes(&(P2() * alpha))].concat()
}

/// A user's key with this exponent, under a chosen `alpha`.
pub(crate) fn issue(scheme: &Scheme<'_>, alpha: &Scalar, r: &Scalar, set: &str) -> Key {
    scheme.issue(set, scheme.h() * alpha, r, r)
}

/// The randomness of an encapsulation.
pub(crate) struct Draws {
    pub(crate) m: [u8; 32],
    pub(crate) s: Scalar,
    pub(crate) s_prime: Vec<Scalar>,
    pub(crate) lambda: Vec<Scalar>,
}

impl Draws {
    pub(crate) fn honest(rule: &Rule, rng: &mut ChaCha20Rng) -> Self {
        let mut m = [0; 32];
        rng.fill_bytes(&mut m);
        let s = random_scalar(rng);
        let s_prime = (0..rule.tau()).map(|_| random_scalar(rng)).collect();
        Self { m, s, s_prime, lambda: rule.share(&s, rng) }
    }
}

/// `Z^s`, from the bytes of a public key.
pub(crate) fn Z_to(public_key: &[u8], s: &Scalar) -> Gt {
    // Z = e(h, A)
    let mut reader = Reader::new(0x21, public_key);
    let A = reader.g2();
    reader.end();
    pair(&[(ABE.h() * s, A)])
}

/// `c3` and `c4`.
pub(crate) struct Rows {
    pub(crate) c3: Vec<G1Projective>,
    pub(crate) c4: Vec<G1Projective>,
}

/// The rows in the slot of a tag.
pub(crate) fn rows(scheme: &Scheme<'_>, rule: &Rule, com: &[u8; 32], draws: &Draws) -> Rows {
    let F = scheme.F(&hash_to_scalar("ABE-SLOT", com));
    let mut rows = Rows { c3: Vec::new(), c4: Vec::new() };
    for ((row, use_number), lambda) in rule.rows().into_iter().zip(rule.rho()).zip(&draws.lambda) {
        let s_prime = draws.s_prime[use_number];
        // c3_i = [lambda_i]F + [s'_rho(i)]H(T_i), or of a negative row
        // c3_i = [lambda_i]F + [s'_rho(i)]Q_l      c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
        rows.c3.push(F * lambda + scheme.blinding(row) * s_prime);
        rows.c4.extend(scheme.of_negative(row).map(|of_value| of_value * s_prime));
    }
    rows
}

/// Wraps a secret under a public key.
pub(crate) fn wrap(public_key: &[u8], rule: &Rule, draws: &Draws, secret: &[u8]) -> Ciphertext {
    wrap_in(&ABE, public_key, rule, draws, secret)
}

/// Wraps a secret under a public key of a scheme that may use another hash to the curve.
pub(crate) fn wrap_in(
    scheme: &Scheme<'_>,
    public_key: &[u8],
    rule: &Rule,
    draws: &Draws,
    secret: &[u8],
) -> Ciphertext {
    let policy = rule.parsed().canonical().as_bytes().to_vec();
    let com = commitment(&draws.m, &policy);
    let Rows { c3, c4 } = rows(scheme, rule, &com, draws);
    let mut wrapped = Ciphertext {
        rule: rule.clone(),
        epoch: 0,
        policy,
        // c1 = [s]P2      c2_j = [s'_j]P2
        c1: g2_bytes(&(P2() * draws.s)),
        c2: draws.s_prime.iter().map(|s_prime| g2_bytes(&(P2() * s_prime))).collect(),
        c3: c3.iter().map(g1_bytes).collect(),
        c4: c4.iter().map(g1_bytes).collect(),
        com,
        c5: [0; 32],
        c6: [0; 32],
        sealed: Vec::new(),
    };
    wrapped.put(&draws.m, &Z_to(public_key, &draws.s), secret);
    wrapped
}
