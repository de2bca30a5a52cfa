//! An attacker's own authority and its own encapsulation, from draws of its choice. With honest draws the library opens what
//! they make; with others they make what an implementation with a fault would have made.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use super::reader::{Ciphertext, Key, commitment, h};
use crate::ground::{
    Held, P1, P2, Reader, g1_bytes, g2_bytes, hash_to_g1, hash_to_scalar, header, pair, random_scalar,
};
use crate::rule::{Leaf, Rule};

/// How attributes are hashed to the curve.
pub(crate) type Hash<'a> = &'a dyn Fn(&[u8]) -> G1Projective;

/// `H(a)`
pub(crate) fn H(a: &[u8]) -> G1Projective {
    hash_to_g1("ABE-ATTR", a)
}

/// `U0` and `U1`
pub(crate) fn U() -> [G1Projective; 2] {
    ["ABE-U0", "ABE-U1"].map(|purpose| hash_to_g1(purpose, b""))
}

/// `Q_l`
pub(crate) fn Q(l: &str) -> G1Projective {
    hash_to_g1("ABE-NEG-Q", l.as_bytes())
}

/// `P_l + [h(v)]Q_l`
pub(crate) fn of_value(l: &str, v: &str) -> G1Projective {
    hash_to_g1("ABE-NEG-P", l.as_bytes()) + Q(l) * h(v)
}

/// The bytes of a public key under an `alpha` of one's own: `A1 = [alpha]P1`, `A2 = P2`.
pub(crate) fn public_key(alpha: &Scalar) -> Vec<u8> {
    [header(0x21).as_slice(), &g1_bytes(&(P1() * alpha)), &g2_bytes(&P2())].concat()
}

/// A user's key with this exponent, under an `alpha` of one's own.
pub(crate) fn issue(alpha: &Scalar, r: &Scalar, set: &str, H: Hash<'_>) -> Key {
    let Held { fields, expanded, single_texts } = Held::parse(set);
    let [U0, U1] = U();
    Key {
        fields,
        // K0 = [alpha]P1 + [r]U0      K1 = [r]U1      K_a = [r]H(a)      K2 = [r]P2
        K0: P1() * alpha + U0 * r,
        K1: U1 * r,
        K2: P2() * r,
        K: expanded.into_iter().map(|a| (a.clone(), H(&a) * r)).collect(),
        // N_l = [r](P_l + [h(v)]Q_l)
        N: single_texts.into_iter().map(|(l, v)| (l.clone(), v.clone(), of_value(&l, &v) * r)).collect(),
    }
}

/// What an encapsulation draws.
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
    let mut reader = Reader::new(0x21, public_key);
    let (A1, A2) = (reader.g1(), reader.g2());
    reader.end();
    pair(&[(A1 * s, A2)])
}

/// `c3` and `c4`.
pub(crate) struct Rows {
    pub(crate) c3: Vec<G1Projective>,
    pub(crate) c4: Vec<G1Projective>,
}

/// The rows in the slot of a tag.
pub(crate) fn rows(rule: &Rule, com: &[u8; 32], draws: &Draws, H: Hash<'_>) -> Rows {
    // F = U0 + [x]U1
    let [U0, U1] = U();
    let F = U0 + U1 * hash_to_scalar("ABE-SLOT", com);
    let mut rows = Rows { c3: Vec::new(), c4: Vec::new() };
    for ((leaf, use_number), lambda) in rule.leaves().into_iter().zip(rule.rho()).zip(&draws.lambda) {
        let s_prime = draws.s_prime[use_number];
        // c3_i = [lambda_i]F + [s'_rho(i)]H(a_i), or of a negative leaf
        // c3_i = [lambda_i]F + [s'_rho(i)]Q_l      c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
        match leaf {
            Leaf::Has(a) => rows.c3.push(F * lambda + H(a) * s_prime),
            Leaf::Not { label, text } => {
                rows.c3.push(F * lambda + Q(label) * s_prime);
                rows.c4.push(of_value(label, text) * s_prime);
            }
        }
    }
    rows
}

/// Wraps a secret under a public key.
pub(crate) fn wrap(public_key: &[u8], rule: &Rule, draws: &Draws, secret: &[u8], H: Hash<'_>) -> Ciphertext {
    let policy = rule.parsed().canonical().as_bytes().to_vec();
    let com = commitment(&draws.m, &policy);
    let Rows { c3, c4 } = rows(rule, &com, draws, H);
    let mut wrapped = Ciphertext {
        rule: rule.clone(),
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
