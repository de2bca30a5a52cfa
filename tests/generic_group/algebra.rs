//! Exponents as Laurent polynomials over a large prime field, and the capabilities
//! of a generic adversary.
//!
//! In the generic group model an adversary that holds elements with exponents `f_i` in `G1` and
//! `g_j` in `G2` can compute, in `GT`, exactly the linear combinations of the products `f_i g_j`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Add, Mul, Neg};

use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

/// 2^61 - 1.
const PRIME: u64 = (1 << 61) - 1;

/// A secret of the scheme: its letter and its index.
pub(crate) type Variable = (&'static str, u8);
/// Variables with their exponents, sorted.
pub(crate) type Monomial = Vec<(Variable, i8)>;

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

/// The dimension of the span of rows, by elimination. The columns may be of any type.
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

/// The elements of an adversary.
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

    /// The adversary cannot distinguish the two views: the same linear relations hold
    /// among the products of each.
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

/// A sum of polynomials, each with the number of its equation.
pub(crate) type Tagged = BTreeMap<(usize, Monomial), u64>;

/// The sum of these, each in its equation.
pub(crate) fn tagged(parts: impl IntoIterator<Item = (usize, Poly)>) -> Tagged {
    let mut sum = Tagged::new();
    for (equation, poly) in parts {
        for (monomial, value) in poly.0 {
            let entry = sum.entry((equation, monomial)).or_insert(0);
            *entry = (*entry + value) % PRIME;
        }
    }
    sum.retain(|_, value| *value != 0);
    sum
}

/// Whether a system of equations has a solution: the target is in the span of the columns.
pub(crate) fn is_solvable(columns: &[Tagged], target: &Tagged) -> bool {
    rank(columns.iter().cloned()) == rank(columns.iter().chain([target]).cloned())
}

/// The attributes of the universe.
pub(crate) const UNIVERSE: [char; 4] = ['A', 'B', 'C', 'D'];

/// A user's attributes, and at most one text of the label `L`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub(crate) attributes: BTreeSet<char>,
    pub(crate) text: Option<char>,
}

/// The user with these attributes and no text.
pub(crate) fn user(attributes: &str) -> User {
    User { attributes: attributes.chars().collect(), text: None }
}

impl User {
    pub(crate) fn with(self, text: char) -> Self {
        Self { text: Some(text), ..self }
    }
}

/// The requirement of a row.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    All(&'static str),
    /// Another text of the label `L`.
    Not(char),
}

/// A policy over the universe.
#[derive(Clone, Debug)]
pub(crate) enum Policy {
    Row(Row),
    Gate(u64, Vec<Policy>),
}

pub(crate) fn all(attributes: &'static str) -> Policy {
    Policy::Row(Row::All(attributes))
}

pub(crate) fn not(text: char) -> Policy {
    Policy::Row(Row::Not(text))
}

impl Row {
    fn holds(&self, user: &User) -> bool {
        match self {
            Self::All(T) => T.chars().all(|a| user.attributes.contains(&a)),
            Self::Not(text) => user.text.is_some_and(|own| own != *text),
        }
    }

    fn counts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All(one), Self::All(other)) => one.chars().any(|a| other.contains(a)),
            (Self::Not(_), Self::Not(_)) => true,
            _ => false,
        }
    }
}

impl Policy {
    /// The policies under test: each kind of gate, nesting, conjunctions, an attribute
    /// in two rows, negation.
    pub(crate) fn examined() -> Vec<Policy> {
        use Policy::Gate;
        vec![
            all("A"),
            all("AB"),
            Gate(1, vec![all("A"), all("B")]),
            Gate(1, vec![all("AB"), all("C")]),
            Gate(1, vec![all("AB"), all("AC")]),
            Gate(1, vec![all("A"), all("A")]),
            Gate(2, vec![all("A"), all("B"), all("C")]),
            Gate(2, vec![all("AB"), all("AC"), all("D")]),
            Gate(2, vec![all("A"), Gate(1, vec![all("B"), all("C")]), all("D")]),
            not('u'),
            Gate(2, vec![all("A"), not('u')]),
            Gate(2, vec![not('u'), not('v')]),
            Gate(2, vec![all("AB"), not('u'), all("A")]),
        ]
    }

    /// The same, and random ones of at most five rows.
    pub(crate) fn examined_and_random(rng: &mut ChaCha20Rng) -> Vec<Policy> {
        let random = core::iter::repeat_with(|| Self::random(rng, 2));
        let small = random.filter(|policy| (2..=5).contains(&policy.rows().len()));
        Self::examined().into_iter().chain(small.take(60)).collect()
    }

    /// In the conversion of a policy to rows, an `and` has at most one positive row,
    /// and no `and` below it.
    fn random(rng: &mut ChaCha20Rng, depth: u32) -> Policy {
        let mut below = |n: u32| rng.next_u32() % n;
        if depth == 0 || below(3) == 0 {
            return match below(7) {
                5 => not('u'),
                6 => not('v'),
                i => all(["A", "B", "AB", "AC", "BCD"][i as usize]),
            };
        }
        let n = 2 + below(2) as usize;
        let k = 1 + u64::from(below(n as u32));
        let children = (0..n).map(|_| Self::random(rng, depth - 1));
        let is_and = |child: &Policy| matches!(child, Self::Gate(k, children) if *k == children.len() as u64);
        let is_positive = |child: &Policy| matches!(child, Self::Row(Row::All(_)));
        let mut children: Vec<_> = children.collect();
        if k == n as u64 {
            let mut positive = 0;
            children.retain(|child| {
                positive += u32::from(is_positive(child));
                !is_and(child) && (positive < 2 || !is_positive(child))
            });
        }
        match children.len() {
            0 => all("D"),
            1 => children.remove(0),
            left => Self::Gate(k.min(left as u64), children),
        }
    }

    fn holds(&self, user: &User) -> bool {
        match self {
            Self::Row(row) => row.holds(user),
            Self::Gate(k, children) => children.iter().filter(|c| c.holds(user)).count() as u64 >= *k,
        }
    }

    /// Users who do not satisfy the policy: for each text, those with the most attributes.
    pub(crate) fn unsatisfying(&self) -> Vec<User> {
        let texts: &[Option<char>] = match self.rows().iter().any(|row| matches!(row, Row::Not(_))) {
            true => &[None, Some('u'), Some('v'), Some('w')],
            false => &[None],
        };
        let mut largest = Vec::new();
        for text in texts {
            let sets: Vec<User> = (0..1u32 << UNIVERSE.len())
                .map(|mask| {
                    let held = UNIVERSE.iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0);
                    User { attributes: held.map(|(_, a)| *a).collect(), text: *text }
                })
                .filter(|user| !self.holds(user))
                .collect();
            let is_largest = |user: &&User| {
                let larger = |other: &User| other != *user && other.attributes.is_superset(&user.attributes);
                !sets.iter().any(larger)
            };
            largest.extend(sets.iter().filter(is_largest).cloned());
        }
        largest
    }

    pub(crate) fn rows(&self) -> Vec<&Row> {
        match self {
            Self::Row(row) => vec![row],
            Self::Gate(_, children) => children.iter().flat_map(Self::rows).collect(),
        }
    }

    /// The use number of each row, by first fit.
    pub(crate) fn rho(&self) -> Vec<usize> {
        let rows = self.rows();
        let mut rho: Vec<usize> = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let taken: Vec<_> = (0..i).filter(|j| rows[*j].counts_with(row)).map(|j| rho[j]).collect();
            rho.extend((0..).find(|number| !taken.contains(number)));
        }
        rho
    }

    /// Shares of a secret, left to right. The coefficients that the sharing draws are secrets of
    /// the ciphertext `which`.
    pub(crate) fn share(&self, secret: &Poly, which: u8) -> Vec<Poly> {
        let mut shares = Vec::new();
        self.share_into(secret, which, &mut 0, &mut shares);
        shares
    }

    fn share_into(&self, secret: &Poly, which: u8, drawn: &mut u8, out: &mut Vec<Poly>) {
        const NAMES: [&str; 4] = ["v0", "v1", "v2", "v3"];
        let mut draw = || {
            *drawn += 1;
            var(NAMES[usize::from(*drawn - 1)], which)
        };
        match self {
            Self::Row(_) => out.push(secret.clone()),
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

    /// The number of free dual values.
    pub(crate) fn free(&self) -> usize {
        match self {
            Self::Row(_) => 0,
            Self::Gate(k, children) => {
                children.len() - *k as usize + children.iter().map(Self::free).sum::<usize>()
            }
        }
    }

    /// The dual values of the rows, from those of the root and the free ones.
    pub(crate) fn dual(&self, root: &Poly, free: &[Poly]) -> Vec<Poly> {
        let (mut free, mut values) = (free.iter().cloned(), Vec::new());
        self.dual_into(root, &mut free, &mut values);
        values
    }

    fn dual_into(&self, v: &Poly, free: &mut impl Iterator<Item = Poly>, values: &mut Vec<Poly>) {
        let Self::Gate(k, children) = self else { return values.push(v.clone()) };
        let first = children.len() as u64 - k;
        if first == 0 {
            return children.iter().for_each(|child| child.dual_into(v, free, values));
        }
        // v_i = l_i(0) v - sum_f l_i(f) v_f  for the last k
        let own: Vec<Poly> = free.take(first as usize).collect();
        let last: Vec<u64> = (first + 1..=children.len() as u64).collect();
        let l = |i: u64, x: u64| {
            let factor = |j: &u64| times((x + PRIME - j) % PRIME, inverse((i + PRIME - j) % PRIME));
            constant(last.iter().filter(|j| **j != i).map(factor).fold(1, times))
        };
        let derived = last.iter().map(|i| {
            let of_free = (1..).zip(&own).map(|(f, v_f)| -(&l(*i, f) * v_f));
            of_free.fold(&l(*i, 0) * v, |sum, term| sum + term)
        });
        let derived: Vec<Poly> = derived.collect();
        for (child, v) in children.iter().zip(own.into_iter().chain(derived)) {
            child.dual_into(&v, free, values);
        }
    }
}
