//! Policies as an attacker has them: the text, which honest code parses, and beside it gates and leaves, which are put
//! together by hand as `docs/formats.md` says, so that nothing of the library's parsing is believed.

use std::ops::RangeInclusive;

use blstrs::Scalar;
use ff::Field;
use medseal::policy::Policy;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use crate::ground::{Canonical, Held, canonical, random_scalar, var};

/// What one leaf asks for.
#[derive(Clone, PartialEq)]
pub(crate) enum Leaf {
    Has(Canonical),
    Not { label: String, text: String },
}

#[derive(Clone)]
pub(crate) enum Node {
    Leaf(Leaf),
    /// So many of the children.
    Gate(usize, Vec<Node>),
}

#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) text: String,
    pub(crate) root: Node,
}

impl From<&str> for Rule {
    /// An attribute that is no number.
    fn from(attribute: &str) -> Self {
        Self { text: attribute.to_owned(), root: Node::Leaf(Leaf::Has(canonical(attribute))) }
    }
}

/// `not label=text`
pub(crate) fn not(label: &str, text: &str) -> Rule {
    let leaf = Leaf::Not { label: label.to_owned(), text: text.to_owned() };
    Rule { text: format!("not {label}={text}"), root: Node::Leaf(leaf) }
}

pub(crate) fn all(rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule { text: format!("({})", texts.join(" and ")), root: Node::Gate(children.len(), children) }
}

pub(crate) fn any(rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule { text: format!("({})", texts.join(" or ")), root: Node::Gate(1, children) }
}

pub(crate) fn of(k: usize, rules: impl IntoIterator<Item = impl Into<Rule>>) -> Rule {
    let (texts, children) = unzip(rules);
    Rule { text: format!("{k} of ({})", texts.join(", ")), root: Node::Gate(k, children) }
}

fn unzip(rules: impl IntoIterator<Item = impl Into<Rule>>) -> (Vec<String>, Vec<Node>) {
    rules.into_iter().map(|rule| rule.into()).map(|rule: Rule| (rule.text, rule.root)).unzip()
}

/// A comparison, as it is written, and the numbers that it asks for: an `or` over their cover. `kind` is 2 for integers, 3
/// for dates; a range without an end ends with the last number of its kind.
pub(crate) fn number(text: &str, label: &str, kind: u8, range: RangeInclusive<u64>) -> Rule {
    let last = if kind == 2 { u64::from(u32::MAX) } else { 2_932_896 };
    let (mut next, end) = range.into_inner();
    let mut cover = Vec::new();
    while next <= end {
        // The largest aligned block that does not reach over the end, which lies beyond all numbers if it is the last.
        let fits = |j: &u32| next % (1 << j) == 0 && (end == last || next + (1 << j) <= end + 1);
        let j = (0..=32_u32).rev().find(fits).unwrap();
        let prefix = [&[kind, 32 - j as u8], (next as u32).to_be_bytes().as_slice()].concat();
        cover.push(Node::Leaf(Leaf::Has([var(label.as_bytes()), prefix].concat())));
        next += 1 << j;
    }
    let root = if cover.len() == 1 { cover.remove(0) } else { Node::Gate(1, cover) };
    Rule { text: text.to_owned(), root }
}

/// A policy with every kind of gate and leaf, over `a` to `d`, texts `x` to `z` of `t` and `u`, small numbers of `n` and the
/// first dates of `d`.
pub(crate) fn random(rng: &mut ChaCha20Rng, depth: u32) -> Rule {
    let mut below = |n: u32| rng.next_u32() % n;
    let label = ["t", "u"][below(2) as usize];
    let text = ["x", "y", "z"][below(3) as usize];
    let (from, to) = (u64::from(below(6)), u64::from(below(5)) + 5);
    match below(if depth == 0 { 8 } else { 16 }) {
        0 | 1 => ["a", "b", "c", "d"][below(4) as usize].into(),
        2 => format!("{label}={text}").as_str().into(),
        3 => not(label, text),
        4 => any(["t=x", "t=y"]).written("t in {x, y}"),
        5 => number(&format!("n in {from}..{to}"), "n", 2, from..=to),
        6 => number(&format!("n>={to}"), "n", 2, to..=u64::from(u32::MAX)),
        7 => {
            let written = format!("d in 1970-01-{:02}..1970-01-{:02}", from + 1, to + 1);
            number(&written, "d", 3, from..=to)
        }
        _ => {
            let n = 2 + below(3);
            let k = 1 + below(n);
            of(k as usize, (0..n).map(|_| random(rng, depth - 1)).collect::<Vec<_>>())
        }
    }
}

impl Leaf {
    /// Whether a set of attributes satisfies this leaf.
    pub(crate) fn is_met(&self, held: &Held) -> bool {
        match self {
            Self::Has(attribute) => held.expanded.contains(attribute),
            Self::Not { label, text } => {
                held.single_texts.iter().any(|(own, value)| own == label && value != text)
            }
        }
    }

    /// Whether one of the two counts in the other's use number.
    fn counts_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Not { label: one, .. }, Self::Not { label: other, .. }) => one == other,
            _ => self == other,
        }
    }
}

impl Rule {
    /// The same leaves under another text.
    pub(crate) fn written(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    /// The policy as honest code knows it.
    pub(crate) fn parsed(&self) -> Policy {
        Policy::parse(&self.text).unwrap()
    }

    pub(crate) fn leaves(&self) -> Vec<&Leaf> {
        self.root.leaves()
    }

    /// The use number of each leaf.
    pub(crate) fn rho(&self) -> Vec<usize> {
        let leaves = self.leaves();
        (0..leaves.len())
            .map(|i| leaves[..i].iter().filter(|earlier| earlier.counts_with(leaves[i])).count())
            .collect()
    }

    pub(crate) fn tau(&self) -> usize {
        self.rho().iter().max().unwrap() + 1
    }

    /// Leaves and coefficients that a program without a policy check would try: those of somebody who has everything, who may
    /// begin further and further to the right; and all leaves as they are.
    pub(crate) fn choices(&self) -> Vec<Vec<(usize, Scalar)>> {
        let n = self.leaves().len();
        let mut choices: Vec<_> =
            (0..n).filter_map(|first| self.coefficients(|leaf| leaf >= first)).collect();
        choices.push((0..n).map(|leaf| (leaf, Scalar::ONE)).collect());
        choices
    }

    /// Coefficients with `sum gamma_i lambda_i = s`, of leaves that may be used. `None` if they do not suffice.
    pub(crate) fn coefficients(&self, may: impl Fn(usize) -> bool) -> Option<Vec<(usize, Scalar)>> {
        self.root.coefficients(0, &may)
    }

    pub(crate) fn is_met(&self, held: &Held) -> bool {
        let leaves = self.leaves();
        self.coefficients(|leaf| leaves[leaf].is_met(held)).is_some()
    }

    /// Shares of `s` for the leaves.
    pub(crate) fn share(&self, s: &Scalar, rng: &mut ChaCha20Rng) -> Vec<Scalar> {
        self.root.share(s, rng)
    }
}

impl Node {
    pub(crate) fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::Gate(_, children) => children.iter().flat_map(Self::leaves).collect(),
        }
    }

    /// As [`Rule::coefficients`], where the leaves of this part of the policy begin with the leaf `first`.
    pub(crate) fn coefficients(
        &self,
        first: usize,
        may: &dyn Fn(usize) -> bool,
    ) -> Option<Vec<(usize, Scalar)>> {
        let Self::Gate(k, children) = self else { return may(first).then(|| vec![(first, Scalar::ONE)]) };
        let mut at = first;
        let mut able = Vec::new();
        for (i, child) in (1_u64..).zip(children) {
            able.extend(child.coefficients(at, may).map(|chosen| (Scalar::from(i), chosen)));
            at += child.leaves().len();
        }
        able.truncate(*k);
        let places: Vec<_> = able.iter().map(|(i, _)| *i).collect();
        // f(0) = sum f(i) prod_{j != i} j/(j - i); at an `and` the shares add up
        let lagrange = |i: &Scalar| {
            let others = places.iter().filter(|j| *j != i);
            others.map(|j| j * (j - i).invert().unwrap()).product::<Scalar>()
        };
        let weight = |i: &Scalar| if *k == children.len() { Scalar::ONE } else { lagrange(i) };
        let scaled = able.iter().flat_map(|(i, chosen)| {
            let weight = weight(i);
            chosen.iter().map(move |(leaf, gamma)| (*leaf, gamma * weight))
        });
        (able.len() == *k).then(|| scaled.collect())
    }

    fn share(&self, z: &Scalar, rng: &mut ChaCha20Rng) -> Vec<Scalar> {
        let Self::Gate(k, children) = self else { return vec![*z] };
        let mut drawn: Vec<_> = (1..*k).map(|_| random_scalar(rng)).collect();
        if *k == children.len() {
            drawn.push(z - drawn.iter().sum::<Scalar>());
        } else {
            // f(i) = z + f_1 i + .. + f_{k-1} i^{k-1}
            let f = |i: u64| drawn.iter().rev().fold(Scalar::ZERO, |sum, f| (sum + f) * Scalar::from(i)) + z;
            drawn = (1_u64..).take(children.len()).map(f).collect();
        }
        children.iter().zip(&drawn).flat_map(|(child, share)| child.share(share, rng)).collect()
    }
}

/// A fault in how a gate shares `s`.
type Fault = fn(&Scalar) -> Vec<Scalar>;

/// Policies that `a` alone does not satisfy and `a, b, c` does, each with shares that give its first child the whole secret.
pub(crate) fn whole_secret_to_one_child() -> [(Rule, Fault); 3] {
    [
        (all(["a", "b"]), |s| vec![*s, Scalar::ZERO]),
        (of(2, ["a", "b", "c"]), |s| vec![*s; 3]),
        (all(["a".into(), any(["b", "c"])]), |s| vec![*s, Scalar::ZERO, Scalar::ZERO]),
    ]
}
