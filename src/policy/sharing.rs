//! The tree of rows under a policy: shares of a secret down it, and the rows that give the secret back.
//!
//! Shamir's sharing at each gate (Benaloh and Leichter, CRYPTO 1988): a gate `k of n` with secret `z` takes a
//! random polynomial `f` of degree `k - 1` with `f(0) = z` and gives child `i` the share `f(i)`, `i = 1..n`. An
//! `and` takes random shares that add up to `z`, an `or` passes `z` on. For a satisfying set of leaves,
//! `sum gamma_i lambda_i = z`, where `gamma_i` is the product of the Lagrange coefficients on the path to the leaf,
//! which are 1 at `and` and `or`.

use rand_core::{CryptoRng, RngCore};

use super::attribute::CanonicalAttribute;
use crate::curve::{Field, Scalar, SecretScalar, random_scalar};
use crate::error::Error;
use crate::secret::{self, Secret};

/// A leaf of the tree, which is a row of a ciphertext, an index or a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) term: Term,
    /// `rho(i)`: how many earlier leaves ask for the same attribute; for a negative leaf, how many earlier negative
    /// leaves carry the same label.
    pub(crate) use_number: usize,
}

/// What a leaf asks of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    /// It has this attribute.
    Attribute(CanonicalAttribute),
    /// It has exactly one value of the label, a text, and that is another one.
    Not { label: String, value: String },
}

/// A node of the tree. A gate has at least two children; `k` is 1 for `or` and their number for `and`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// The number of the leaf; leaves are numbered from left to right.
    Leaf(usize),
    Gate {
        k: usize,
        children: Vec<Node>,
    },
}

impl Node {
    /// `k of` the children; one child is itself the gate.
    pub(crate) fn gate(k: usize, mut children: Vec<Self>) -> Self {
        match children.pop() {
            Some(only) if children.is_empty() => only,
            last => {
                children.extend(last);
                Self::Gate { k, children }
            }
        }
    }
}

/// A leaf that takes part in the reconstruction, and its coefficient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen {
    pub(crate) leaf: usize,
    pub(crate) gamma: Scalar,
}

/// A policy expanded to rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    root: Node,
    leaves: Vec<Leaf>,
}

impl Tree {
    pub(crate) fn new(root: Node, leaves: Vec<Leaf>) -> Self {
        Self { root, leaves }
    }

    pub(crate) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// `tau`: one more than the largest use number.
    pub(crate) fn uses(&self) -> usize {
        self.leaves.iter().map(|leaf| leaf.use_number + 1).max().unwrap_or(0)
    }

    pub(crate) fn has_negation(&self) -> bool {
        self.leaves.iter().any(|leaf| matches!(leaf.term, Term::Not { .. }))
    }

    /// The shares `lambda_i` of the secret, in the order of the leaves.
    pub(crate) fn share(
        &self,
        secret: &Scalar,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Vec<SecretScalar>, Error> {
        let mut shares = Vec::with_capacity(self.leaves.len());
        share_node(&self.root, secret, rng, &mut shares)?;
        Ok(shares)
    }

    /// The cheapest satisfying set of the leaves that are held, with its coefficients, from left to right: the one
    /// of fewest rows; of these, the one with fewest rows under a threshold, whose coefficients are not all 1; of
    /// these, the leftmost. `None` if the leaves that are held do not satisfy the policy.
    pub(crate) fn choose(&self, holds: impl Fn(&Leaf) -> bool) -> Option<Vec<Chosen>> {
        let plan = self.plan(&self.root, &holds)?;
        let mut chosen = Vec::with_capacity(plan.cost.rows);
        plan.step.collect(Scalar::ONE, &mut chosen);
        Some(chosen)
    }

    fn plan(&self, node: &Node, holds: &impl Fn(&Leaf) -> bool) -> Option<Plan> {
        match node {
            Node::Leaf(leaf) => {
                let held = self.leaves.get(*leaf).is_some_and(holds);
                held.then_some(Plan { cost: Cost { rows: 1, scaled: 0 }, step: Step::Leaf(*leaf) })
            }
            Node::Gate { k, children } => {
                let mut plans: Vec<(u32, Plan)> = (1..)
                    .zip(children)
                    .filter_map(|(x, child)| Some((x, self.plan(child, holds)?)))
                    .collect();
                if plans.len() < *k {
                    return None;
                }
                // The sort is stable, so that of equals the leftmost stay in front.
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
        Node::Leaf(_) => shares.push(Secret::new(*z)),
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
                let x = Scalar::from(i);
                let mut lambda = Secret::new(Scalar::ZERO);
                for coefficient in f.iter().rev() {
                    *lambda += **coefficient;
                    *lambda *= x;
                }
                *lambda += z;
                share_node(child, &lambda, rng, shares)?;
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    rows: usize,
    /// Rows whose coefficient is not 1.
    scaled: usize,
}

/// The cheapest way to satisfy a node.
struct Plan {
    cost: Cost,
    step: Step,
}

enum Step {
    Leaf(usize),
    /// The children that are used, each with its place, counted from 1.
    Gate {
        is_threshold: bool,
        chosen: Vec<(u32, Plan)>,
    },
}

impl Step {
    fn collect(self, gamma: Scalar, out: &mut Vec<Chosen>) {
        match self {
            Self::Leaf(leaf) => out.push(Chosen { leaf, gamma }),
            Self::Gate { is_threshold: false, chosen } => {
                for (_, plan) in chosen {
                    plan.step.collect(gamma, out);
                }
            }
            Self::Gate { is_threshold: true, chosen } => {
                let places: Vec<u32> = chosen.iter().map(|(x, _)| *x).collect();
                for ((_, plan), coefficient) in chosen.into_iter().zip(lagrange_at_zero(&places)) {
                    plan.step.collect(gamma * coefficient, out);
                }
            }
        }
    }
}

/// The Lagrange coefficients at zero of distinct places, none of them zero:
/// `prod_{j != i} x_j / (x_j - x_i)`.
fn lagrange_at_zero(places: &[u32]) -> Vec<Scalar> {
    // prod_j x_j  /  (x_i prod_{j != i} (x_j - x_i)), with one inversion for all denominators
    let numerator = product(places.iter().map(|x| i64::from(*x)));
    let denominators = places.iter().map(|x_i| {
        let differences =
            places.iter().filter(|x_j| *x_j != x_i).map(|x_j| i64::from(*x_j) - i64::from(*x_i));
        product(differences.chain([i64::from(*x_i)]))
    });
    let mut coefficients: Vec<Scalar> = denominators.collect();
    invert_all(&mut coefficients);
    for coefficient in &mut coefficients {
        *coefficient *= numerator;
    }
    coefficients
}

/// The product of small integers: several of them are multiplied before each reduction.
fn product(factors: impl Iterator<Item = i64>) -> Scalar {
    let (mut product, mut small, mut negative) = (Scalar::ONE, 1u64, false);
    for factor in factors {
        negative ^= factor < 0;
        let factor = factor.unsigned_abs();
        small = small.checked_mul(factor).unwrap_or_else(|| {
            product *= Scalar::from(small);
            factor
        });
    }
    product *= Scalar::from(small);
    if negative { -product } else { product }
}

/// Montgomery's trick: the inverses of scalars, none of them zero, with one inversion.
fn invert_all(scalars: &mut [Scalar]) {
    // before_i = prod_{j < i} x_j
    let mut before = Vec::with_capacity(scalars.len());
    let mut product = Scalar::ONE;
    for scalar in scalars.iter() {
        before.push(product);
        product *= scalar;
    }
    let mut inverse = product.invert().unwrap_or(Scalar::ZERO);
    for (scalar, before) in scalars.iter_mut().zip(before).rev() {
        let rest = inverse * *scalar;
        *scalar = inverse * before;
        inverse = rest;
    }
}
