//! The attacker's own programs of an owner and an authority, with chosen randomness. With honest
//! randomness, the library matches the result. With other values, the result is that of a faulty
//! implementation or of a simpler scheme.

use blstrs::{G1Projective, G2Projective, Scalar};
use group::Group;
use rand_chacha::ChaCha20Rng;

use super::node::Index;
use super::searcher::Key;
use crate::ground::{P2, Reader, g1_bytes, g2_bytes, header, random_scalar};
use crate::keys::SEARCH;
use crate::rule::Rule;

/// A master key.
pub(crate) struct Master {
    pub(crate) gamma: Scalar,
    pub(crate) b: Scalar,
}

/// A public key.
#[derive(Clone, Copy)]
pub(crate) struct Public {
    pub(crate) A: G1Projective,
    pub(crate) B: G2Projective,
}

/// The randomness of an index.
pub(crate) struct Draws {
    pub(crate) s: Scalar,
    pub(crate) s_prime: Vec<Scalar>,
    pub(crate) lambda: Vec<Scalar>,
}

impl Master {
    /// Decoded by a thief who has its bytes.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x30, bytes);
        let read = Self { gamma: reader.scalar(), b: reader.scalar() };
        reader.end();
        read
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [header(0x30).as_slice(), &self.gamma.to_bytes_be(), &self.b.to_bytes_be()].concat()
    }

    pub(crate) fn public(&self) -> Public {
        // A = [gamma b]h      B = [b]P2
        Public { A: SEARCH.h() * (self.gamma * self.b), B: P2() * self.b }
    }

    /// A user's search key with these exponents.
    pub(crate) fn issue(&self, rho: &Scalar, delta: &Scalar, set: &str, kappa: &[u8; 32]) -> Key {
        // K0 = [gamma]h + [rho]U0    K1 = [rho]U1      K_a = [b rho]H(a)      K2 = [b rho]P2
        let K = SEARCH.issue(set, SEARCH.h() * self.gamma, rho, &(self.b * rho));
        // Z0 = [delta]U0             Z1 = [delta]U1    Z_a = [b delta]H(a)    Z2 = [b delta]P2
        let Z = SEARCH.issue(set, G1Projective::identity(), delta, &(self.b * delta));
        Key { kappa: *kappa, K, Z }
    }
}

impl Public {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x31, bytes);
        let read = Self { A: reader.g1(), B: reader.g2() };
        reader.end();
        read
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [header(0x31).as_slice(), &g1_bytes(&self.A), &g2_bytes(&self.B)].concat()
    }

    /// The index of a slot value.
    pub(crate) fn index(&self, rule: &Rule, x: &Scalar, draws: &Draws) -> Index {
        let F = SEARCH.F(x);
        let (mut c3, mut c4) = (Vec::new(), Vec::new());
        for ((row, use_number), lambda) in rule.rows().into_iter().zip(rule.rho()).zip(&draws.lambda) {
            let s_prime = draws.s_prime[use_number];
            // c3_i = [lambda_i]F(x) + [s'_rho(i)]H(T_i), or of a negative row
            // c3_i = [lambda_i]F(x) + [s'_rho(i)]Q_l      c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
            c3.push(F * lambda + SEARCH.blinding(row) * s_prime);
            c4.extend(SEARCH.of_negative(row).map(|of_value| of_value * s_prime));
        }
        Index {
            rule: rule.clone(),
            policy: rule.parsed().canonical().as_bytes().to_vec(),
            // c1 = [s]B      E = [s]A      c2_j = [s'_j]P2
            c1: self.B * draws.s,
            E: self.A * draws.s,
            c2: draws.s_prime.iter().map(|s_prime| P2() * s_prime).collect(),
            c3,
            c4,
        }
    }
}

impl Draws {
    pub(crate) fn honest(rule: &Rule, rng: &mut ChaCha20Rng) -> Self {
        let s = random_scalar(rng);
        let s_prime = (0..rule.tau()).map(|_| random_scalar(rng)).collect();
        Self { s, s_prime, lambda: rule.share(&s, rng) }
    }
}
