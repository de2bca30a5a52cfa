//! The tree of rows of a policy: sharing a secret down the tree, recombining it, and the dual.
//!
//! Section 3 of `docs/schemes.md` describes all three. A gate `k of n` is shared by Shamir's
//! sharing (Benaloh and Leichter, CRYPTO 1988), an `and` by random shares that add up. For a
//! satisfying set of rows, `sum gamma_i lambda_i = z`, where `gamma_i` is the product of the
//! Lagrange coefficients on the path to the row, which are 1 at `and` and `or`. Dual values `v_i`
//! satisfy `sum lambda_i v_i = z v` for *every* sharing of every `z`. The `gamma_i` are such
//! values, with `v = 1`.

use core::ops::SubAssign;
use core::{iter, slice};

use rand_core::{CryptoRng, RngCore};

use super::attribute::CanonicalAttribute;
use crate::curve::{Field, G1Projective, Group, Scalar, SecretScalar, random_scalar};
use crate::error::Error;
use crate::secret::{self, Secret, Wipe};
use crate::shamir::{lagrange, value_at};

/// A row of a ciphertext, an index or a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) term: Term,
    /// `rho(i)`. A positive row has the least number that no earlier positive row with a
    /// common attribute has; a negative row has the least that no earlier negative row
    /// of the same label has.
    pub(crate) use_number: usize,
}

/// The requirement of a row on a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    /// The key has all of these attributes: at least one, in ascending order, each once.
    All(Box<[CanonicalAttribute]>),
    /// The key has exactly one value of the label, and it is a text that differs from `value`.
    Not { label: String, value: String },
}

/// A node of the tree. A gate has at least two children. `k` is 1 for `or`, and the number of
/// children for `and`. No child of an `and` is an `and`, and at most one is a positive row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// The number of the row; rows are numbered from left to right.
    Row(usize),
    Gate {
        k: usize,
        children: Vec<Node>,
    },
}

impl Node {
    /// Makes a gate `k of` the children; a single child is returned itself.
    pub(crate) fn gate(k: usize, mut children: Vec<Self>) -> Self {
        match children.pop() {
            Some(only) if children.is_empty() => only,
            last => {
                children.extend(last);
                Self::Gate { k, children }
            }
        }
    }

    fn free_values(&self) -> usize {
        match self {
            Self::Row(_) => 0,
            Self::Gate { k, children } => {
                children.len() - k + children.iter().map(Self::free_values).sum::<usize>()
            }
        }
    }
}

/// A row that is used for recombination, and its coefficient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    pub(crate) row: usize,
    pub(crate) gamma: Scalar,
}

/// The dual values of all rows, and the free values of all gates in the order of the tree, a gate's
/// before its children's. They are secrets of a signer and wiped when dropped.
pub(crate) struct Dual {
    pub(crate) rows: Vec<Scalar>,
    pub(crate) free: Vec<Scalar>,
}

impl Wipe for Dual {
    fn wipe(&mut self) {
        self.rows.wipe();
        self.free.wipe();
    }
}

impl Drop for Dual {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// A policy expanded to rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    root: Node,
    rows: Vec<Row>,
}

impl Tree {
    pub(crate) fn new(root: Node, rows: Vec<Row>) -> Self {
        Self { root, rows }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// `tau`: one more than the largest use number.
    pub(crate) fn uses(&self) -> usize {
        self.rows.iter().map(|row| row.use_number + 1).max().unwrap_or(0)
    }

    /// `g`: the sum of `n - k` over all gates.
    pub(crate) fn free_values(&self) -> usize {
        self.root.free_values()
    }

    /// Returns the number of negative rows.
    pub(crate) fn negative_rows(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.term, Term::Not { .. })).count()
    }

    /// Shares the secret. Returns the `lambda_i` in the order of the rows.
    pub(crate) fn share(
        &self,
        secret: &Scalar,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Vec<SecretScalar>, Error> {
        let mut shares = Vec::with_capacity(self.rows.len());
        share_node(&self.root, secret, rng, &mut shares)?;
        Ok(shares)
    }

    /// Returns the cheapest satisfying set of held rows with its coefficients, from left to right,
    /// or `None` if the held rows do not satisfy the policy. The cheapest set has the fewest rows;
    /// among these, the fewest rows under a threshold, whose coefficients are not all 1; among
    /// these, it is the leftmost.
    pub(crate) fn choose(&self, holds: impl Fn(&Row) -> bool) -> Option<Vec<Chosen>> {
        let plan = self.plan(&self.root, &holds)?;
        let mut chosen = Vec::with_capacity(plan.cost.rows);
        plan.step.collect(Scalar::ONE, &mut chosen);
        Some(chosen)
    }

    /// Returns the coefficients of the same set as dual values of the root value
    /// 1: zero at unused rows.
    ///
    /// The time depends on which rows are held, and on nothing else in the key.
    pub(crate) fn choose_dual(&self, holds: impl Fn(&Row) -> bool) -> Option<Dual> {
        let plan = self.plan(&self.root, &holds)?;
        let mut dual =
            Dual { rows: Vec::with_capacity(self.rows.len()), free: Vec::with_capacity(self.free_values()) };
        choose_node(&self.root, Some(&plan.step), &Scalar::ONE, &mut dual);
        Some(dual)
    }

    /// Computes the dual values of the rows from the root value and the free values.
    /// Linear, and in constant time.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `free` has [`Tree::free_values`] values.
    pub(crate) fn dual(&self, root: &Scalar, free: &[Scalar]) -> Result<Vec<SecretScalar>, Error> {
        if free.len() != self.free_values() {
            return Err(Error::OutOfRange);
        }
        let mut values = Vec::with_capacity(self.rows.len());
        dual_node(&self.root, root, &mut free.iter(), &mut values);
        Ok(values)
    }

    /// Computes the transpose of [`Tree::dual`]. Points go up the tree, from an `X_i` for each row
    /// to the `X` of the root and a `Y_f` for each free value, in their order. For every root value
    /// `v` and free values `v_f`, `sum [v_i]X_i = [v]X + sum [v_f]Y_f`. Takes variable time; the
    /// points must be public.
    pub(crate) fn gather(&self, X: &[G1Projective]) -> (G1Projective, Vec<G1Projective>) {
        let mut Y = Vec::with_capacity(self.free_values());
        let root = gather_node(&self.root, &mut X.iter(), &mut Y);
        (root, Y)
    }

    fn plan(&self, node: &Node, holds: &impl Fn(&Row) -> bool) -> Option<Plan> {
        match node {
            Node::Row(row) => {
                let held = self.rows.get(*row).is_some_and(holds);
                held.then_some(Plan { cost: Cost { rows: 1, scaled: 0 }, step: Step::Row(*row) })
            }
            Node::Gate { k, children } => {
                let mut plans: Vec<(u32, Plan)> = (1..)
                    .zip(children)
                    .filter_map(|(x, child)| Some((x, self.plan(child, holds)?)))
                    .collect();
                if plans.len() < *k {
                    return None;
                }
                // The sort is stable, so among equals the leftmost remain in front.
                plans.sort_by_key(|(_, plan)| plan.cost);
                plans.truncate(*k);
                plans.sort_unstable_by_key(|(x, _)| *x);
                let rows = plans.iter().map(|(_, plan)| plan.cost.rows).sum();
                let is_threshold = *k != 1 && *k != children.len();
                let scaled =
                    if is_threshold { rows } else { plans.iter().map(|(_, plan)| plan.cost.scaled).sum() };
                let step = Step::Gate { is_threshold, chosen: plans };
                Some(Plan { cost: Cost { rows, scaled }, step })
            }
        }
    }
}

fn share_node(
    node: &Node,
    z: &Scalar,
    rng: &mut (impl CryptoRng + RngCore),
    shares: &mut Vec<SecretScalar>,
) -> Result<(), Error> {
    match node {
        Node::Row(_) => shares.push(Secret::new(*z)),
        // or: z for each
        Node::Gate { k: 1, children } => {
            for child in children {
                share_node(child, z, rng, shares)?;
            }
        }
        // and: z = lambda_1 + ... + lambda_n
        Node::Gate { k, children } if *k == children.len() => {
            let mut rest = Secret::new(*z);
            let (last, others) = children.split_last().map_or((None, [].as_slice()), |(l, o)| (Some(l), o));
            for child in others {
                let lambda = random_scalar(rng)?;
                *rest -= *lambda;
                share_node(child, &lambda, rng, shares)?;
            }
            if let Some(child) = last {
                share_node(child, &rest, rng, shares)?;
            }
        }
        // k of n: lambda_i = f(i),  f(x) = z + f_1 x + ... + f_{k-1} x^(k-1)
        Node::Gate { k, children } => {
            let f = secret::collect((1..*k).map(|_| random_scalar(rng)))?;
            for (i, child) in (1u64..).zip(children) {
                let lambda = value_at(iter::once(z).chain(f.iter().map(|a| &**a)), i);
                share_node(child, &lambda, rng, shares)?;
            }
        }
    }
    Ok(())
}

/// Computes the dual values of a chosen set. An unused node has no step, and the value zero.
fn choose_node(node: &Node, step: Option<&Step>, v: &Scalar, dual: &mut Dual) {
    match node {
        Node::Row(_) => dual.rows.push(*v),
        Node::Gate { k, children } => {
            let used = step.map(Step::children).unwrap_or_default();
            let mut used = used.iter().peekable();
            let parts = (1..).zip(children).map(|(x, child)| match used.next_if(|(place, ..)| *place == x) {
                Some((_, step, coefficient)) => (child, Some(*step), Secret::new(v * **coefficient)),
                None => (child, None, Secret::new(Scalar::ZERO)),
            });
            let parts: Vec<_> = parts.collect();
            dual.free.extend(parts.iter().take(children.len() - k).map(|(.., v)| **v));
            for (child, step, v) in &parts {
                choose_node(child, *step, v, dual);
            }
        }
    }
}

fn dual_node(node: &Node, v: &Scalar, free: &mut slice::Iter<'_, Scalar>, values: &mut Vec<SecretScalar>) {
    match node {
        Node::Row(_) => values.push(Secret::new(*v)),
        // and: v for each
        Node::Gate { k, children } if *k == children.len() => {
            for child in children {
                dual_node(child, v, free, values);
            }
        }
        // k of n: v_i = l_i(0) v - sum_f l_i(f) v_f for the last k, with l_i the Lagrange basis
        // of their places. This is the transpose of `gather_node`: the transposed subtractions
        // in the opposite order.
        Node::Gate { k, children } => {
            let (first, others) = free.as_slice().split_at_checked(children.len() - k).unwrap_or_default();
            *free = others.iter();
            let mut last = Secret::new(vec![Scalar::ZERO; *k]);
            last.iter_mut().take(1).for_each(|x_0| *x_0 = *v);
            for v_f in first {
                step_back_transposed(&mut last);
                last.iter_mut().take(1).for_each(|x_0| *x_0 -= v_f);
            }
            step_back_transposed(&mut last);
            differences_transposed(&mut last);
            for (child, v) in children.iter().zip(first.iter().chain(last.iter())) {
                dual_node(child, v, free, values);
            }
        }
    }
}

fn gather_node(
    node: &Node,
    X: &mut slice::Iter<'_, G1Projective>,
    Y: &mut Vec<G1Projective>,
) -> G1Projective {
    match node {
        Node::Row(_) => X.next().copied().unwrap_or(G1Projective::identity()),
        // and: X = sum X_i
        Node::Gate { k, children } if *k == children.len() => {
            children.iter().map(|child| gather_node(child, X, Y)).sum()
        }
        // k of n: X = P(0), Y_f = X_f - P(f) for the first n - k, with P of degree k - 1 through
        // the last k X_i. Their places are consecutive, so differences step P back place by place.
        Node::Gate { k, children } => {
            let (from, free) = (Y.len(), children.len() - k);
            Y.resize(from + free, G1Projective::identity());
            let mut first: Vec<_> = children.iter().map(|child| gather_node(child, X, Y)).collect();
            let mut last = first.split_off(free);
            differences(&mut last);
            let mut P_back = || {
                step_back(&mut last);
                last.first().copied().unwrap_or(G1Projective::identity())
            };
            for (Y_f, X_f) in Y.iter_mut().skip(from).zip(first).rev() {
                *Y_f = X_f - P_back();
            }
            P_back()
        }
    }
}

/// Turns the values of a polynomial at consecutive places into its differences at the first:
/// `D^0 P, D^1 P, ..` with `D P(x) = P(x + 1) - P(x)`.
fn differences(values: &mut [G1Projective]) {
    for order in 1..values.len() {
        for i in (order..values.len()).rev() {
            subtract(values, i, i - 1);
        }
    }
}

/// Turns the differences at a place into those at the previous place:
/// `D^j P(x - 1) = D^j P(x) - D^{j+1} P(x - 1)`.
fn step_back(differences: &mut [G1Projective]) {
    for j in (1..differences.len()).rev() {
        subtract(differences, j - 1, j);
    }
}

fn differences_transposed(values: &mut [Scalar]) {
    for order in (1..values.len()).rev() {
        for i in order..values.len() {
            subtract(values, i - 1, i);
        }
    }
}

fn step_back_transposed(differences: &mut [Scalar]) {
    for j in 1..differences.len() {
        subtract(differences, j, j - 1);
    }
}

/// `x_i -= x_j`
fn subtract<T: for<'a> SubAssign<&'a T>>(x: &mut [T], i: usize, j: usize) {
    if let Ok([x_i, x_j]) = x.get_disjoint_mut([i, j]) {
        *x_i -= x_j;
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    rows: usize,
    /// Rows under a threshold, whose coefficient is not 1.
    scaled: usize,
}

/// The cheapest way to satisfy a node.
struct Plan {
    cost: Cost,
    step: Step,
}

enum Step {
    Row(usize),
    /// The used children, each with its place, counted from 1.
    Gate {
        is_threshold: bool,
        chosen: Vec<(u32, Plan)>,
    },
}

impl Step {
    fn collect(&self, gamma: Scalar, out: &mut Vec<Chosen>) {
        if let Self::Row(row) = self {
            out.push(Chosen { row: *row, gamma });
        }
        for (_, step, coefficient) in self.children() {
            step.collect(gamma * *coefficient, out);
        }
    }

    /// Returns the used children, each with its place and its coefficient.
    fn children(&self) -> Vec<(u32, &Self, SecretScalar)> {
        let Self::Gate { is_threshold, chosen } = self else { return Vec::new() };
        let coefficients = if *is_threshold {
            lagrange(&chosen.iter().map(|(x, _)| *x).collect::<Vec<_>>())
        } else {
            vec![Scalar::ONE; chosen.len()]
        };
        let children = chosen.iter().zip(coefficients);
        children.map(|((x, plan), coefficient)| (*x, &plan.step, Secret::new(coefficient))).collect()
    }
}
