//! How the challenge goes down a policy's tree, by section 6 of `docs/schemes.md`: what a verifier computes, and what a
//! prover chooses beforehand and fits afterwards.

use blstrs::Scalar;
use ff::Field;
use rand_chacha::ChaCha20Rng;

use crate::ground::random_scalar;
use crate::rule::{Node, Rule};

/// The challenges that a prover gives to the leaves once it knows `c`, and what it sends of them.
#[derive(Default)]
pub(super) struct Completed {
    pub(super) challenges: Vec<Scalar>,
    pub(super) shares: Vec<Scalar>,
}

/// The challenge of every leaf, or `None` if these are not as many shares as the policy has.
pub(super) fn of_leaves(rule: &Rule, c: &Scalar, shares: &[Scalar]) -> Option<Vec<Scalar>> {
    let (mut shares, mut challenges) = (shares.iter(), Vec::new());
    descend(&rule.root, c, &mut shares, &mut challenges)?;
    shares.next().is_none().then_some(challenges)
}

fn descend<'a>(
    node: &Node,
    c: &Scalar,
    shares: &mut impl Iterator<Item = &'a Scalar>,
    challenges: &mut Vec<Scalar>,
) -> Option<()> {
    let Node::Gate(k, children) = node else {
        challenges.push(*c);
        return Some(());
    };
    let own: Vec<Scalar> = (*k..children.len()).map(|_| shares.next().copied()).collect::<Option<_>>()?;
    let of_child = of_children(*k, children.len(), c, &own);
    children.iter().zip(of_child).try_for_each(|(child, c)| descend(child, &c, shares, challenges))
}

fn of_children(k: usize, n: usize, c: &Scalar, own: &[Scalar]) -> Vec<Scalar> {
    if k == 1 {
        // c_1 + .. + c_n = c
        return own.iter().copied().chain([c - own.iter().sum::<Scalar>()]).collect();
    }
    // f(i) = c + f_1 i + .. + f_(n-k) i^(n-k)
    let f = |i: u64| own.iter().rev().fold(Scalar::ZERO, |sum, f| (sum + f) * Scalar::from(i)) + c;
    (1..).take(n).map(f).collect()
}

/// The coefficients of the polynomial through these points, lowest first.
pub(super) fn polynomial(points: &[(Scalar, Scalar)]) -> Vec<Scalar> {
    let mut sum = vec![Scalar::ZERO; points.len()];
    for (x, y) in points {
        // y prod_{j != i} (X - x_j)/(x_i - x_j)
        let mut term = vec![*y];
        for (other, _) in points.iter().filter(|(other, _)| other != x) {
            let scale = (x - other).invert().unwrap();
            let raised = [&[Scalar::ZERO], &term[..]].concat();
            term.push(Scalar::ZERO);
            term.iter_mut().zip(raised).for_each(|(low, high)| *low = (high - *low * other) * scale);
        }
        sum.iter_mut().zip(term).for_each(|(sum, term)| *sum += term);
    }
    sum
}

/// What is drawn before `c` is known.
pub(super) enum Plan {
    /// A leaf whose challenge comes out of `c`.
    Proved,
    /// A gate of which enough children are proved, and no more.
    Entered(usize, Vec<Plan>),
    /// A part of the policy that is simulated as a whole: its challenge, its shares, the challenges of its leaves.
    Chosen { c: Scalar, shares: Vec<Scalar>, leaves: Vec<Scalar> },
}

impl Plan {
    /// Of a prover who proves, or pretends to prove, these leaves, which are enough.
    pub(super) fn new(rule: &Rule, proved: &dyn Fn(usize) -> bool, rng: &mut ChaCha20Rng) -> Self {
        assert!(rule.coefficients(proved).is_some());
        Self::of(&rule.root, 0, proved, rng)
    }

    fn of(node: &Node, first: usize, proved: &dyn Fn(usize) -> bool, rng: &mut ChaCha20Rng) -> Self {
        let Node::Gate(k, children) = node else { return Self::Proved };
        let (mut at, mut entered) = (first, 0);
        let plans = children.iter().map(|child| {
            let child_first = at;
            at += child.leaves().len();
            if entered < *k && child.coefficients(child_first, proved).is_some() {
                entered += 1;
                Self::of(child, child_first, proved, rng)
            } else {
                Self::choose(child, rng)
            }
        });
        Self::Entered(*k, plans.collect())
    }

    fn choose(node: &Node, rng: &mut ChaCha20Rng) -> Self {
        let c = random_scalar(rng);
        let (mut shares, mut leaves) = (Vec::new(), Vec::new());
        let drawn = core::iter::repeat_with(|| random_scalar(rng)).take(free(node));
        shares.extend(drawn);
        descend(node, &c, &mut shares.iter(), &mut leaves).unwrap();
        Self::Chosen { c, shares, leaves }
    }

    /// The challenges that are chosen beforehand, of each leaf.
    pub(super) fn chosen(&self) -> Vec<Option<Scalar>> {
        match self {
            Self::Proved => vec![None],
            Self::Entered(_, children) => children.iter().flat_map(Self::chosen).collect(),
            Self::Chosen { leaves, .. } => leaves.iter().copied().map(Some).collect(),
        }
    }

    pub(super) fn complete(&self, c: &Scalar) -> Completed {
        let mut completed = Completed::default();
        self.fit(c, &mut completed);
        completed
    }

    fn fit(&self, c: &Scalar, out: &mut Completed) {
        match self {
            Self::Proved => out.challenges.push(*c),
            Self::Chosen { shares, leaves, .. } => {
                out.shares.extend(shares);
                out.challenges.extend(leaves);
            }
            Self::Entered(k, children) => {
                let chosen = (1_u64..).zip(children).filter_map(|(i, child)| match child {
                    Self::Chosen { c, .. } => Some((Scalar::from(i), *c)),
                    _ => None,
                });
                let own = if *k == 1 {
                    let rest = c - chosen.map(|(_, c)| c).sum::<Scalar>();
                    let of = |child: &Self| if let Self::Chosen { c, .. } = child { *c } else { rest };
                    children[1..].iter().zip(children).map(|(_, child)| of(child)).collect()
                } else {
                    polynomial(&[(Scalar::ZERO, *c)].into_iter().chain(chosen).collect::<Vec<_>>())
                        .split_off(1)
                };
                out.shares.extend(&own);
                let of_child = of_children(*k, children.len(), c, &own);
                children.iter().zip(of_child).for_each(|(child, c)| child.fit(&c, out));
            }
        }
    }
}

/// How many shares this part of a policy leaves free.
fn free(node: &Node) -> usize {
    let Node::Gate(k, children) = node else { return 0 };
    children.len() - k + children.iter().map(free).sum::<usize>()
}
