//! An owner's program and an authority's of the attacker's own, from draws of its choice. With honest draws the library
//! matches what they make; with others they make what an implementation with a fault, or a simpler scheme, would have made.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use rand_chacha::ChaCha20Rng;

use super::node::Index;
use super::searcher::{F, H, Key, Part, U};
use crate::ground::{Held, P1, P2, Reader, g1_bytes, g2_bytes, header, random_scalar};
use crate::rule::{Leaf, Rule};

/// A master key.
pub(crate) struct Master {
    pub(crate) alpha: Scalar,
    pub(crate) b: Scalar,
}

/// A public key.
#[derive(Clone, Copy)]
pub(crate) struct Public {
    pub(crate) A: G1Projective,
    pub(crate) B: G2Projective,
}

/// What an index draws.
pub(crate) struct Draws {
    pub(crate) s: Scalar,
    pub(crate) s_prime: Vec<Scalar>,
    pub(crate) lambda: Vec<Scalar>,
}

impl Master {
    /// Of a thief who has its bytes.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(0x30, bytes);
        let read = Self { alpha: reader.scalar(), b: reader.scalar() };
        reader.end();
        read
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [header(0x30).as_slice(), &self.alpha.to_bytes_be(), &self.b.to_bytes_be()].concat()
    }

    pub(crate) fn public(&self) -> Public {
        // A = [alpha]P1      B = [b]P2
        Public { A: P1() * self.alpha, B: P2() * self.b }
    }

    /// A user's search key with these exponents.
    pub(crate) fn issue(&self, r: &Scalar, d: &Scalar, set: &str, kappa: &[u8; 32]) -> Key {
        let Held { fields, expanded, .. } = Held::parse(set);
        let [U0, U1] = U();
        let over_b = self.b.invert().unwrap();
        // X0 = [1/b](M + [r]U0)    X1 = [r/b]U1    X_a = [r]H(a)    X2 = [r]P2, with M = [alpha]P1 for K, O for Z
        let part = |M: G1Projective, r: &Scalar| Part {
            X2: P2() * r,
            X0: (M + U0 * r) * over_b,
            X1: U1 * (r * over_b),
            X: expanded.iter().map(|a| (a.clone(), H(a) * r)).collect(),
        };
        let (K, Z) = (part(P1() * self.alpha, r), part(G1Projective::identity(), d));
        Key { fields, kappa: *kappa, K, Z }
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
        let F = F(x);
        let rows = rule.leaves().into_iter().zip(rule.rho()).zip(&draws.lambda);
        let c3 = rows.map(|((leaf, use_number), lambda)| {
            // c3_i = [lambda_i]F(x) + [s'_rho(i)]H(a_i)
            let H_a = match leaf {
                Leaf::Has(a) => H(a),
                Leaf::Not { .. } => G1Projective::identity(), // which search does not have
            };
            F * lambda + H_a * draws.s_prime[use_number]
        });
        Index {
            rule: rule.clone(),
            policy: rule.parsed().canonical().as_bytes().to_vec(),
            // c1 = [s]B      E = [s]A      c2_j = [s'_j]P2
            c1: self.B * draws.s,
            E: self.A * draws.s,
            c2: draws.s_prime.iter().map(|s_prime| P2() * s_prime).collect(),
            c3: c3.collect(),
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
