//! Exponents as Laurent polynomials over a large prime field, and what a generic adversary can make of them.
//!
//! In the generic group model an adversary that holds elements with exponents `f_i` in `G1` and `g_j` in `G2` can
//! compute, in `GT`, exactly the linear combinations of the products `f_i g_j`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Add, Mul, Neg};

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

/// 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// A secret of the scheme: its letter, and which of them.
type Variable = (&'static str, u8);
/// Variables with their exponents, sorted.
type Monomial = Vec<(Variable, i8)>;

/// A Laurent polynomial in the secrets. Public constants (hashes, tags, keywords) are coefficients.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Poly(BTreeMap<Monomial, u64>);

/// The secret of this name.
pub(crate) fn var(name: &'static str, which: u8) -> Poly {
    power(name, which, 1)
}

/// A power of the secret of this name.
pub(crate) fn power(name: &'static str, which: u8, exponent: i8) -> Poly {
    Poly(BTreeMap::from([(vec![((name, which), exponent)], 1)]))
}

/// A public constant.
pub(crate) fn constant(value: u64) -> Poly {
    Poly(BTreeMap::from([(Vec::new(), value % PRIME)]))
}

/// A random public constant.
pub(crate) fn random(rng: &mut ChaCha20Rng) -> Poly {
    constant(1 + rng.next_u64() % (PRIME - 1))
}

impl Add<&Poly> for &Poly {
    type Output = Poly;

    fn add(self, other: &Poly) -> Poly {
        let mut sum = self.clone();
        sum.add_scaled(other, 1);
        sum
    }
}

impl Add for Poly {
    type Output = Poly;

    fn add(self, other: Poly) -> Poly {
        &self + &other
    }
}

impl Neg for Poly {
    type Output = Poly;

    fn neg(self) -> Poly {
        let mut out = Poly::default();
        out.add_scaled(&self, PRIME - 1);
        out
    }
}

impl Mul<&Poly> for &Poly {
    type Output = Poly;

    fn mul(self, other: &Poly) -> Poly {
        let mut product = Poly::default();
        for (a, x) in &self.0 {
            let term = Poly(other.0.iter().map(|(b, y)| (merge(a, b), *y)).collect());
            product.add_scaled(&term, *x);
        }
        product
    }
}

impl Mul for Poly {
    type Output = Poly;

    fn mul(self, other: Poly) -> Poly {
        &self * &other
    }
}

impl Poly {
    fn add_scaled(&mut self, other: &Poly, by: u64) {
        for (monomial, value) in &other.0 {
            let sum = (self.0.get(monomial).copied().unwrap_or(0) + times(*value, by)) % PRIME;
            if sum == 0 {
                self.0.remove(monomial);
            } else {
                self.0.insert(monomial.clone(), sum);
            }
        }
    }
}

fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

fn inverse(a: u64) -> u64 {
    let (mut out, mut base, mut exponent) = (1, a, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            out = times(out, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    out
}

fn merge(a: &Monomial, b: &Monomial) -> Monomial {
    let mut exponents = BTreeMap::new();
    for (variable, exponent) in a.iter().chain(b) {
        *exponents.entry(*variable).or_insert(0) += exponent;
    }
    exponents.into_iter().filter(|(_, exponent)| *exponent != 0).collect()
}

/// The dimension of what rows span, by elimination. The columns may be of any kind.
fn rank<C: Ord + Clone>(rows: impl IntoIterator<Item = BTreeMap<C, u64>>) -> usize {
    let mut pivots: BTreeMap<C, BTreeMap<C, u64>> = BTreeMap::new();
    for mut row in rows {
        while let Some((column, value)) = row.first_key_value().map(|(c, v)| (c.clone(), *v)) {
            match pivots.get(&column) {
                Some(pivot) => {
                    for (c, v) in pivot {
                        let left = (row.get(c).copied().unwrap_or(0) + times(PRIME - value, *v)) % PRIME;
                        if left == 0 {
                            row.remove(c);
                        } else {
                            row.insert(c.clone(), left);
                        }
                    }
                }
                None => {
                    let by = inverse(value);
                    row.values_mut().for_each(|v| *v = times(*v, by));
                    pivots.insert(column, row);
                    break;
                }
            }
        }
    }
    pivots.len()
}

/// What an adversary holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) g1: Vec<Poly>,
    pub(crate) g2: Vec<Poly>,
}

impl View {
    /// Adds elements.
    pub(crate) fn with(
        mut self,
        g1: impl IntoIterator<Item = Poly>,
        g2: impl IntoIterator<Item = Poly>,
    ) -> Self {
        self.g1.extend(g1);
        self.g2.extend(g2);
        self
    }

    fn products(&self) -> Vec<Poly> {
        self.g1.iter().flat_map(|f| self.g2.iter().map(move |g| f * g)).collect()
    }

    /// The adversary can compute the element of `GT` with this exponent.
    pub(crate) fn computes(&self, target: &Poly) -> bool {
        let products = self.products();
        let with = products.iter().chain([target]).map(|p| p.0.clone());
        rank(products.iter().map(|p| p.0.clone())) == rank(with)
    }

    /// The adversary cannot tell the two views apart: the same linear relations hold among the products of each.
    pub(crate) fn looks_like(&self, other: &View) -> bool {
        let (left, right) = (self.products(), other.products());
        assert_eq!(left.len(), right.len());
        let both = left.iter().zip(&right).map(|(l, r)| {
            let l = l.0.iter().map(|(monomial, value)| ((0, monomial.clone()), *value));
            let r = r.0.iter().map(|(monomial, value)| ((1, monomial.clone()), *value));
            l.chain(r).collect::<BTreeMap<(u8, Monomial), u64>>()
        });
        let rank_both = rank(both);
        rank(left.iter().map(|p| p.0.clone())) == rank_both
            && rank(right.iter().map(|p| p.0.clone())) == rank_both
    }
}

/// The attributes of the universe.
pub(crate) const UNIVERSE: [char; 4] = ['A', 'B', 'C', 'D'];

/// A policy over the universe.
#[derive(Clone, Debug)]
pub(crate) enum Policy {
    Leaf(char),
    Gate(u64, Vec<Policy>),
}

impl Policy {
    /// The policies that are examined: each kind of gate, nesting, an attribute used twice.
    pub(crate) fn examined() -> Vec<Policy> {
        use Policy::{Gate, Leaf};
        let all = |list: &[char]| Gate(list.len() as u64, list.iter().map(|a| Leaf(*a)).collect());
        vec![
            Leaf('A'),
            all(&['A', 'B']),
            Gate(1, vec![Leaf('A'), Leaf('B')]),
            Gate(1, vec![all(&['A', 'B']), Leaf('C')]),
            Gate(1, vec![all(&['A', 'B']), all(&['A', 'C'])]),
            Gate(2, vec![Leaf('A'), Leaf('B'), Leaf('C')]),
            Gate(2, vec![Leaf('A'), Gate(1, vec![Leaf('B'), Leaf('C')]), Leaf('D')]),
        ]
    }

    fn holds(&self, attributes: &BTreeSet<char>) -> bool {
        match self {
            Self::Leaf(a) => attributes.contains(a),
            Self::Gate(k, children) => children.iter().filter(|c| c.holds(attributes)).count() as u64 >= *k,
        }
    }

    /// The largest sets of attributes that do not satisfy the policy.
    pub(crate) fn largest_unsatisfying(&self) -> Vec<BTreeSet<char>> {
        let sets: Vec<BTreeSet<char>> = (0..1u32 << UNIVERSE.len())
            .map(|mask| {
                let held = UNIVERSE.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0);
                held.map(|(_, a)| *a).collect()
            })
            .filter(|set| !self.holds(set))
            .collect();
        let largest =
            |set: &&BTreeSet<char>| !sets.iter().any(|other| other != *set && other.is_superset(set));
        sets.iter().filter(largest).cloned().collect()
    }

    /// Shares of a secret, left to right, each with its attribute and use number. The coefficients that the sharing
    /// draws are secrets of the ciphertext `which`.
    pub(crate) fn share(&self, secret: &Poly, which: u8) -> Vec<(Poly, char, u8)> {
        let mut shares = Vec::new();
        self.share_into(secret, which, &mut 0, &mut shares);
        let attributes: Vec<char> = shares.iter().map(|(_, a)| *a).collect();
        let uses = |i: usize, a: char| attributes[..i].iter().filter(|b| **b == a).count() as u8;
        shares.into_iter().enumerate().map(|(i, (share, a))| (share, a, uses(i, a))).collect()
    }

    fn share_into(&self, secret: &Poly, which: u8, drawn: &mut u8, out: &mut Vec<(Poly, char)>) {
        const NAMES: [&str; 4] = ["v0", "v1", "v2", "v3"];
        let mut draw = || {
            *drawn += 1;
            var(NAMES[usize::from(*drawn - 1)], which)
        };
        match self {
            Self::Leaf(a) => out.push((secret.clone(), *a)),
            // an and: additive shares
            Self::Gate(k, children) if *k == children.len() as u64 => {
                let others: Vec<Poly> = children.iter().skip(1).map(|_| draw()).collect();
                let first = others.iter().fold(secret.clone(), |sum, share| sum + -share.clone());
                for (child, share) in children.iter().zip([first].into_iter().chain(others)) {
                    child.share_into(&share, which, drawn, out);
                }
            }
            // k of n: the values at 1..=n of a polynomial of degree k - 1 (for an or: a constant)
            Self::Gate(k, children) => {
                let coefficients: Vec<Poly> =
                    [secret.clone()].into_iter().chain((1..*k).map(|_| draw())).collect();
                for (i, child) in (1..).zip(children) {
                    let mut share = Poly::default();
                    for coefficient in coefficients.iter().rev() {
                        share = &share * &constant(i) + coefficient.clone();
                    }
                    child.share_into(&share, which, drawn, out);
                }
            }
        }
    }
}
