//! How the challenge goes down the tree: the dual of sharing a secret over it.
//!
//! A gate `k of n` with challenge `c_g` gives child `i` the challenge `f(i)`, i = 1..n, for a polynomial `f` of
//! degree `n - k` with `f(0) = c_g`. Whoever knows `k` children is free to fix the challenges of the `n - k` others
//! beforehand; whoever knows fewer is not, since `n - k + 1` values and `c_g` overdetermine `f`. For an `and` the
//! polynomial is constant, so that every child gets `c_g`. An `or` needs no polynomial: its children's challenges
//! add up to `c_g`.
//!
//! What a signature carries for it, its *shares*, are `n - k` scalars a gate: the coefficients `f_1 .. f_(n-k)`, or
//! an `or`'s first `n - 1` challenges; the gates in the order of the canonical policy, each before its children.
//!
//! Challenges are public once the signature is. The recursion is as deep as the policy, which a limit bounds.

use crate::curve::{BatchInverter, Field, Scalar};
use crate::policy::{Node, Tree};

/// How many shares a signature under this policy carries.
pub(super) fn share_count(node: &Node) -> usize {
    match node {
        Node::Leaf(_) => 0,
        Node::Gate { k, children } => children.len() - k + children.iter().map(share_count).sum::<usize>(),
    }
}

/// The verifier's side: the challenge of every leaf, in leaf order. There must be [`share_count`] shares.
pub(super) fn distribute(tree: &Tree, c: &Scalar, shares: &[Scalar]) -> Vec<Scalar> {
    let mut challenges = Vec::with_capacity(tree.leaves().len());
    descend(tree.root(), c, &mut shares.iter(), &mut challenges);
    challenges
}

fn descend<'a>(
    node: &Node,
    c: &Scalar,
    shares: &mut impl Iterator<Item = &'a Scalar>,
    challenges: &mut Vec<Scalar>,
) {
    match node {
        Node::Leaf(_) => challenges.push(*c),
        Node::Gate { k, children } => {
            let own: Vec<Scalar> = shares.by_ref().take(children.len() - k).copied().collect();
            for (child, c) in children.iter().zip(of_children(*k, children.len(), c, &own)) {
                descend(child, &c, shares, challenges);
            }
        }
    }
}

/// The challenges of the children of a gate, from its own and its shares.
fn of_children(k: usize, n: usize, c: &Scalar, own: &[Scalar]) -> Vec<Scalar> {
    if k == 1 {
        // c_1 + ... + c_n = c_g
        let last = own.iter().fold(*c, |rest, c| rest - c);
        own.iter().copied().chain([last]).collect()
    } else {
        // f(i) = c_g + f_1 i + ... + f_(n-k) i^(n-k)
        (1..=n as u64)
            .map(Scalar::from)
            .map(|i| (own.iter().rev()).fold(Scalar::ZERO, |sum, f| (sum + f) * i) + c)
            .collect()
    }
}

/// The prover's side: the challenges that are fixed before `c` is known, and what is needed to complete them
/// afterwards. It is used up by that: two challenges over one set of commitments would reveal the witness.
pub(super) struct Plan {
    root: Branch,
    preset: Vec<Option<Scalar>>,
}

enum Branch {
    /// A leaf that is proved.
    Leaf,
    /// A gate of which k children are proved.
    Gate { k: usize, children: Vec<Branch> },
    /// A subtree that is simulated as a whole.
    Simulated { c: Scalar, shares: Vec<Scalar>, challenges: Vec<Scalar> },
}

/// The challenge of every leaf, in leaf order, and the shares that the signature carries.
pub(super) struct Completed {
    pub(super) challenges: Vec<Scalar>,
    pub(super) shares: Vec<Scalar>,
}

impl Plan {
    /// Fixes random challenges wherever nothing is proved. `None` if the leaves for which `known` holds do not
    /// satisfy the policy. Of a gate with more than k known children the first k are proved.
    pub(super) fn new(
        tree: &Tree,
        known: &impl Fn(usize) -> bool,
        draw: &mut impl FnMut() -> Scalar,
    ) -> Option<Self> {
        if !is_known(tree.root(), known) {
            return None;
        }
        let mut preset = Vec::with_capacity(tree.leaves().len());
        let root = plan(tree.root(), known, draw, &mut preset);
        Some(Self { root, preset })
    }

    /// The preset challenge of every leaf, in leaf order; `None` where the leaf is proved.
    pub(super) fn preset(&self) -> &[Option<Scalar>] {
        &self.preset
    }

    /// Fits the preset challenges to the root's.
    pub(super) fn complete(self, c: &Scalar) -> Completed {
        let mut out = Completed { challenges: Vec::with_capacity(self.preset.len()), shares: Vec::new() };
        complete(self.root, c, &mut out);
        out
    }
}

fn is_known(node: &Node, known: &impl Fn(usize) -> bool) -> bool {
    match node {
        Node::Leaf(leaf) => known(*leaf),
        Node::Gate { k, children } => children.iter().filter(|child| is_known(child, known)).count() >= *k,
    }
}

fn plan(
    node: &Node,
    known: &impl Fn(usize) -> bool,
    draw: &mut impl FnMut() -> Scalar,
    preset: &mut Vec<Option<Scalar>>,
) -> Branch {
    match node {
        Node::Leaf(_) => {
            preset.push(None);
            Branch::Leaf
        }
        Node::Gate { k, children } => {
            let mut to_prove = *k;
            let children = children.iter().map(|child| {
                if to_prove > 0 && is_known(child, known) {
                    to_prove -= 1;
                    plan(child, known, draw, preset)
                } else {
                    // Random shares around a random challenge.
                    let c = draw();
                    let shares: Vec<Scalar> = (0..share_count(child)).map(|_| draw()).collect();
                    let mut challenges = Vec::new();
                    descend(child, &c, &mut shares.iter(), &mut challenges);
                    preset.extend(challenges.iter().copied().map(Some));
                    Branch::Simulated { c, shares, challenges }
                }
            });
            Branch::Gate { k: *k, children: children.collect() }
        }
    }
}

fn complete(branch: Branch, c: &Scalar, out: &mut Completed) {
    match branch {
        Branch::Leaf => out.challenges.push(*c),
        Branch::Simulated { shares, challenges, .. } => {
            out.shares.extend(shares);
            out.challenges.extend(challenges);
        }
        Branch::Gate { k, children } => {
            let preset: Vec<Option<Scalar>> = children.iter().map(Branch::preset).collect();
            let own = fit(k, c, &preset);
            out.shares.extend(&own);
            for (child, c) in children.into_iter().zip(of_children(k, preset.len(), c, &own)) {
                complete(child, &c, out);
            }
        }
    }
}

impl Branch {
    fn preset(&self) -> Option<Scalar> {
        match self {
            Self::Simulated { c, .. } => Some(*c),
            Self::Leaf | Self::Gate { .. } => None,
        }
    }
}

/// The shares of a gate whose simulated children, `n - k` of them, have their challenges already.
fn fit(k: usize, c: &Scalar, preset: &[Option<Scalar>]) -> Vec<Scalar> {
    let n = preset.len();
    if k == 1 {
        let rest = preset.iter().flatten().fold(*c, |rest, c| rest - c);
        return preset.iter().take(n - 1).map(|c| c.unwrap_or(rest)).collect();
    }
    // f(X) = c_g + X g(X), so that g is of degree n - k - 1 with g(i) = (c_i - c_g) / i at the n - k simulated i.
    let inverses = inverses(n);
    let inverse = |i: usize| inverses.get(i).copied().unwrap_or(Scalar::ZERO);
    let (at, values): (Vec<usize>, Vec<Scalar>) =
        (1..).zip(preset).filter_map(|(i, c_i)| Some((i, (c_i.as_ref()? - c) * inverse(i)))).unzip();
    interpolate(&at, values, inverse)
}

/// The coefficients, lowest first, of the polynomial of degree `at.len() - 1` with these values at `at`, which
/// ascends. Newton's divided differences; `inverse` inverts the differences of the points.
fn interpolate(at: &[usize], values: Vec<Scalar>, inverse: impl Fn(usize) -> Scalar) -> Vec<Scalar> {
    // Row d holds g[x_j .. x_(j+d)] = (g[x_(j+1) .. x_(j+d)] - g[x_j .. x_(j+d-1)]) / (x_(j+d) - x_j).
    let mut row = values;
    let mut newton = Vec::with_capacity(at.len());
    for d in 1..=at.len() {
        newton.extend(row.first());
        let ends = at.iter().zip(at.iter().skip(d));
        let differences = row.iter().zip(row.iter().skip(1)).map(|(low, high)| high - low);
        row = differences.zip(ends).map(|(by, (from, to))| by * inverse(to - from)).collect();
    }
    // Horner's rule on Newton's form: g := g (X - x_j) + g[x_0 .. x_j], from the last j down.
    let mut g = Vec::with_capacity(at.len());
    for (x, constant) in at.iter().zip(&newton).rev() {
        let x = Scalar::from(*x as u64);
        let mut carry = *constant;
        for coefficient in &mut g {
            let next: Scalar = *coefficient;
            *coefficient = carry - next * x;
            carry = next;
        }
        g.push(carry);
    }
    g
}

/// `1/i` at index i, up to n, with one inversion for all; at index 0, which nobody asks for, zero.
fn inverses(n: usize) -> Vec<Scalar> {
    let mut inverses: Vec<Scalar> = (0..=n as u64).map(Scalar::from).collect();
    let mut scratch = inverses.clone();
    BatchInverter::invert_with_external_scratch(&mut inverses, &mut scratch);
    inverses
}
