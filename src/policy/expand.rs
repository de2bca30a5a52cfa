//! From a policy as it is written to its tree of rows: negation at the leaves, numbers as prefixes.

use core::ops::RangeInclusive;
use std::collections::HashMap;

use super::ast::{Asks, Condition, Expr};
use super::attribute::{CanonicalAttribute, Value};
use super::number::{NumberKind, Prefix};
use super::sharing::{Leaf, Node, Term, Tree};
use crate::error::{PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_DEPTH, POLICY_LEAVES, USES_PER_ATTRIBUTE};

type Result<T> = core::result::Result<T, PolicyError>;

/// The tree of a policy.
pub(crate) fn expand(expr: &Expr) -> Result<Tree> {
    let mut expansion = Expansion::default();
    let root = expansion.expr(expr, false, 0)?;
    Ok(Tree::new(root, expansion.leaves))
}

#[derive(Default)]
struct Expansion {
    leaves: Vec<Leaf>,
    /// How many leaves ask for an attribute.
    uses: HashMap<CanonicalAttribute, usize>,
    /// How many leaves ask for another value of a label.
    negative_uses: HashMap<String, usize>,
}

impl Expansion {
    /// De Morgan: the negation of `k of n` is `n - k + 1 of n` of the negations. `gates` stand above: too many are found
    /// at the first condition below them.
    fn expr(&mut self, expr: &Expr, negated: bool, gates: usize) -> Result<Node> {
        match expr {
            Expr::Condition(condition) => self.condition(condition, negated, gates),
            Expr::Not(inner) => self.expr(inner, !negated, gates),
            Expr::Gate { k, children } => {
                let k = if negated { children.len() + 1 - k } else { *k };
                let children = children
                    .iter()
                    .map(|child| self.expr(child, negated, gates + 1))
                    .collect::<Result<_>>()?;
                Ok(Node::Gate { k, children })
            }
        }
    }

    fn condition(&mut self, condition: &Condition, negated: bool, gates: usize) -> Result<Node> {
        let at = condition.at;
        let clauses = clauses(condition, negated).map_err(|kind| PolicyError::new(at, kind))?;
        let inner = gates + usize::from(clauses.len() > 1);
        let mut ors = Vec::with_capacity(clauses.len());
        for terms in clauses {
            check_depth(inner + usize::from(terms.len() > 1), at)?;
            let leaves = terms.into_iter().map(|term| self.leaf(term, at)).collect::<Result<_>>()?;
            ors.push(Node::gate(1, leaves));
        }
        Ok(Node::gate(ors.len(), ors))
    }

    fn leaf(&mut self, term: Term, at: usize) -> Result<Node> {
        let limit = |limit| Err(PolicyError::new(at, PolicyErrorKind::LimitExceeded(limit)));
        let number = self.leaves.len();
        if number == POLICY_LEAVES {
            return limit(Limit::PolicyLeaves);
        }
        let uses = match &term {
            Term::Attribute(attribute) => self.uses.entry(attribute.clone()).or_default(),
            Term::Not { label, .. } => self.negative_uses.entry(label.clone()).or_default(),
        };
        let use_number = *uses;
        if use_number == USES_PER_ATTRIBUTE {
            return limit(Limit::UsesPerAttribute);
        }
        *uses += 1;
        self.leaves.push(Leaf { term, use_number });
        Ok(Node::Leaf(number))
    }
}

fn check_depth(gates: usize, at: usize) -> Result<()> {
    if gates > POLICY_DEPTH {
        return Err(PolicyError::new(at, PolicyErrorKind::LimitExceeded(Limit::PolicyDepth)));
    }
    Ok(())
}

/// What a condition, or its negation, asks for: an `and` of `or`s, none of them empty.
fn clauses(condition: &Condition, negated: bool) -> core::result::Result<Vec<Vec<Term>>, PolicyErrorKind> {
    let label = &condition.label;
    match condition.asks(negated) {
        Asks::Label { negated: true } => Err(PolicyErrorKind::NegatedLabel),
        Asks::Label { negated: false } => {
            Ok(vec![vec![Term::Attribute(CanonicalAttribute::of_label(label))]])
        }
        Asks::Values { values, negated: false } => {
            Ok(vec![values.iter().map(|value| equal(label, value)).collect()])
        }
        Asks::Values { values, negated: true } => none_of(label, values),
        Asks::Numbers { ranges, .. } if ranges.is_empty() => Err(PolicyErrorKind::EmptyRange),
        Asks::Numbers { kind, ranges } => Ok(vec![cover(label, kind, &ranges)]),
    }
}

fn equal(label: &str, value: &Value) -> Term {
    Term::Attribute(match value {
        Value::Text(text) => CanonicalAttribute::of_text(label, text),
        Value::Number(number) => {
            CanonicalAttribute::of_prefix(label, number.kind(), Prefix::whole(number.bits()))
        }
    })
}

/// Each text is another one; or the number lies in a gap between those of the set. A mixture would ask for a text and a
/// number, or for two numbers, of which no key has both.
fn none_of(label: &str, values: &[Value]) -> core::result::Result<Vec<Vec<Term>>, PolicyErrorKind> {
    let kind = |value: &Value| match value {
        Value::Text(_) => None,
        Value::Number(number) => Some(number.kind()),
    };
    let of_all = values.first().and_then(kind);
    if values.iter().any(|value| kind(value) != of_all) {
        return Err(PolicyErrorKind::MixedNegation);
    }
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::Text(text) => texts.push(vec![Term::Not { label: label.into(), value: text.clone() }]),
            Value::Number(number) => numbers.push(number.bits()),
        }
    }
    let Some(kind) = of_all else { return Ok(texts) };
    numbers.sort_unstable();
    let points: Vec<_> = numbers.into_iter().map(|bits| bits..=bits).collect();
    Ok(vec![cover(label, kind, &kind.outside(&points))])
}

/// The prefixes that cover the ranges; of more than a policy may have, as many as show that they are too many.
fn cover(label: &str, kind: NumberKind, ranges: &[RangeInclusive<u32>]) -> Vec<Term> {
    let prefixes = ranges.iter().flat_map(|range| kind.cover(range)).take(POLICY_LEAVES + 1);
    prefixes.map(|prefix| Term::Attribute(CanonicalAttribute::of_prefix(label, kind, prefix))).collect()
}
