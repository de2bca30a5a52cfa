//! Expands a policy to its tree of rows: moves negation to the leaves, merges an `and` into one
//! row, and replaces numbers by bounds.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use super::ast::{Asks, Condition, Expr};
use super::attribute::{CanonicalAttribute, Value};
use super::number::NumberSet;
use super::sharing::{Node, Row, Term, Tree};
use crate::error::{PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_DEPTH, POLICY_LEAVES, USE_NUMBERS};

type Result<T> = core::result::Result<T, PolicyError>;

/// Returns the tree of a policy.
pub(crate) fn expand(expr: &Expr) -> Result<Tree> {
    let mut expansion = Expansion::default();
    let root = expansion.expr(expr, false, 0)?;
    Ok(Tree::new(root, with_use_numbers(expansion.rows)?))
}

/// A part of an `and`, and its byte offset in the text.
struct Part<'a> {
    at: usize,
    asks: PartAsks<'a>,
}

enum PartAsks<'a> {
    /// Requires one of these attributes.
    OneOf(Vec<CanonicalAttribute>),
    /// Requires another text of the label.
    Not { label: &'a str, value: &'a str },
    /// Requires a number of the label that all conditions on it in the `and` allow. `values` is
    /// present if the only condition on it lists these values, each of which is an attribute.
    Numbers { label: &'a str, numbers: NumberSet, values: Option<&'a [Value]> },
    /// Requires `k` of the children, or of their negations; fewer than all.
    Gate { k: usize, children: &'a [Expr], negated: bool },
}

/// The parts of an `and`, including those of nested `and`s.
#[derive(Default)]
struct Conjunction<'a> {
    parts: Vec<Part<'a>>,
    /// The index of the part that holds the numbers of a label.
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Conjunction<'a> {
    fn add(&mut self, expr: &'a Expr, negated: bool) -> Result<()> {
        match expr {
            Expr::Condition(condition) => {
                self.add_condition(condition, negated).map_err(|kind| PolicyError::new(condition.at, kind))
            }
            Expr::Not(inner) => self.add(inner, !negated),
            // De Morgan: the negation of `k of n` is `n - k + 1 of n` of the negations.
            Expr::Gate { k, children } => match if negated { children.len() + 1 - k } else { *k } {
                k if k == children.len() => children.iter().try_for_each(|child| self.add(child, negated)),
                k => {
                    self.parts.push(Part { at: 0, asks: PartAsks::Gate { k, children, negated } });
                    Ok(())
                }
            },
        }
    }

    fn add_condition(
        &mut self,
        condition: &'a Condition,
        negated: bool,
    ) -> core::result::Result<(), PolicyErrorKind> {
        let (label, at) = (condition.label.as_str(), condition.at);
        let mut push = |asks| self.parts.push(Part { at, asks });
        match condition.asks(negated) {
            Asks::Label { negated: true } => return Err(PolicyErrorKind::NegatedLabel),
            Asks::Label { negated: false } => {
                push(PartAsks::OneOf(vec![CanonicalAttribute::of_label(label)]));
            }
            Asks::Numbers { numbers, .. } if numbers.is_empty() => return Err(PolicyErrorKind::EmptyRange),
            Asks::Numbers { numbers, .. } if numbers.is_full() => return Err(PolicyErrorKind::FullRange),
            Asks::Numbers { numbers, negated: false } => return self.add_numbers(label, at, numbers, None),
            Asks::Numbers { numbers, negated: true } => {
                return self.add_numbers(label, at, numbers.complement(), None);
            }
            Asks::Values { values, negated } => match (numbers_only(values), negated) {
                (Some(numbers), false) => return self.add_numbers(label, at, numbers, Some(values)),
                (Some(numbers), true) => return self.add_numbers(label, at, numbers.complement(), None),
                (None, false) => push(PartAsks::OneOf(equal(label, values))),
                (None, true) => {
                    for value in values {
                        // A mixture would require a text and a number, or two kinds of
                        // number. No key has both.
                        let Value::Text(value) = value else { return Err(PolicyErrorKind::MixedNegation) };
                        push(PartAsks::Not { label, value });
                    }
                }
            },
        }
        Ok(())
    }

    /// Narrows the previous conditions on the label, because a key has one number of a label.
    fn add_numbers(
        &mut self,
        label: &'a str,
        at: usize,
        numbers: NumberSet,
        values: Option<&'a [Value]>,
    ) -> core::result::Result<(), PolicyErrorKind> {
        let first = match self.numbers.entry(label) {
            Entry::Occupied(first) => self.parts.get_mut(*first.get()),
            Entry::Vacant(none) => {
                none.insert(self.parts.len());
                None
            }
        };
        match first {
            Some(Part { asks: PartAsks::Numbers { numbers: before, values, .. }, .. }) => {
                if before.kind() != numbers.kind() {
                    return Err(PolicyErrorKind::MixedIntersection);
                }
                *before = before.intersection(&numbers);
                if before.is_empty() {
                    return Err(PolicyErrorKind::EmptyIntersection);
                }
                *values = None;
            }
            _ => self.parts.push(Part { at, asks: PartAsks::Numbers { label, numbers, values } }),
        }
        Ok(())
    }
}

/// Returns the values as a set of numbers, if they are numbers of one kind.
fn numbers_only(values: &[Value]) -> Option<NumberSet> {
    let number = |value: &Value| match value {
        Value::Text(_) => None,
        Value::Number(number) => Some(*number),
    };
    let kind = values.first().and_then(number)?.kind();
    let points = values.iter().map(|value| {
        let number = number(value).filter(|number| number.kind() == kind)?;
        Some((number.bits(), number.bits()))
    });
    Some(NumberSet::new(kind, points.collect::<Option<_>>()?))
}

fn equal(label: &str, values: &[Value]) -> Vec<CanonicalAttribute> {
    let equal = values.iter().map(|value| match value {
        Value::Text(text) => CanonicalAttribute::of_text(label, text),
        Value::Number(number) => CanonicalAttribute::of_number(label, *number),
    });
    equal.collect()
}

#[derive(Default)]
struct Expansion {
    /// The term of each row, and its byte offset in the text.
    rows: Vec<(Term, usize)>,
    leaves: usize,
}

impl Expansion {
    /// Expands an expression below `gates` gates. Too many are reported at the
    /// first condition below them.
    fn expr(&mut self, expr: &Expr, negated: bool, gates: usize) -> Result<Node> {
        let mut conjunction = Conjunction::default();
        conjunction.add(expr, negated)?;
        let parts = conjunction.parts;
        let inner = gates + usize::from(parts.len() > 1);
        let mut children = Vec::with_capacity(parts.len());
        // The attributes that the `and` requires directly make one row, at the
        // place of the first of them.
        let mut merged: Option<(usize, BTreeSet<CanonicalAttribute>)> = None;
        for Part { at, asks } in parts {
            let mut rows = match asks {
                PartAsks::Gate { k, children: parts, negated } => {
                    let parts = parts.iter().map(|part| self.expr(part, negated, inner + 1));
                    children.push(Node::gate(k, parts.collect::<Result<_>>()?));
                    continue;
                }
                PartAsks::Not { label, value } => {
                    check_depth(inner, at)?;
                    self.count_leaf(at)?;
                    children.push(self.row(Term::Not { label: label.into(), value: value.into() }, at));
                    continue;
                }
                PartAsks::OneOf(attributes) => attributes.into_iter().map(|one| vec![one]).collect(),
                PartAsks::Numbers { label, values: Some(values), .. } => {
                    equal(label, values).into_iter().map(|one| vec![one]).collect()
                }
                PartAsks::Numbers { label, numbers, values: None } => cover(label, &numbers),
            };
            if rows.len() > 1 {
                check_depth(inner + 1, at)?;
                let rows = rows.into_iter().map(|mut row| {
                    row.iter().try_for_each(|_| self.count_leaf(at))?;
                    row.sort_unstable();
                    Ok(self.row(Term::All(row.into()), at))
                });
                children.push(Node::gate(1, rows.collect::<Result<_>>()?));
                continue;
            }
            check_depth(inner, at)?;
            let (_, all) = merged.get_or_insert_with(|| {
                children.push(self.row(Term::All(Box::default()), at));
                (self.rows.len() - 1, BTreeSet::new())
            });
            for attribute in rows.pop().into_iter().flatten() {
                if all.insert(attribute) {
                    self.count_leaf(at)?;
                }
            }
        }
        if let Some((row, all)) = merged
            && let Some((term, _)) = self.rows.get_mut(row)
        {
            *term = Term::All(all.into_iter().collect());
        }
        Ok(Node::gate(children.len(), children))
    }

    fn row(&mut self, term: Term, at: usize) -> Node {
        self.rows.push((term, at));
        Node::Row(self.rows.len() - 1)
    }

    fn count_leaf(&mut self, at: usize) -> Result<()> {
        if self.leaves == POLICY_LEAVES {
            return limit(at, Limit::PolicyLeaves);
        }
        self.leaves += 1;
        Ok(())
    }
}

fn limit<T>(at: usize, limit: Limit) -> Result<T> {
    Err(PolicyError::new(at, PolicyErrorKind::LimitExceeded(limit)))
}

fn check_depth(gates: usize, at: usize) -> Result<()> {
    if gates > POLICY_DEPTH { limit(at, Limit::PolicyDepth) } else { Ok(()) }
}

/// Returns the rows that cover the numbers. If there are more than a policy may have, returns
/// enough of them to exceed the limit.
fn cover(label: &str, numbers: &NumberSet) -> Vec<Vec<CanonicalAttribute>> {
    let attribute = |bound| CanonicalAttribute::of_bound(label, numbers.kind(), bound);
    let rows = numbers.cover(POLICY_LEAVES).into_iter();
    rows.map(|row| row.into_iter().map(attribute).collect()).collect()
}

/// Assigns the use numbers by first fit. A positive row gets the least number that no earlier
/// row with a common attribute has; a negative row gets the least that no earlier negative row
/// of the same label has.
fn with_use_numbers(terms: Vec<(Term, usize)>) -> Result<Vec<Row>> {
    let mut use_numbers = Vec::with_capacity(terms.len());
    // The use numbers that an attribute or a label already has, one bit each.
    let (mut of_attribute, mut of_label) = (HashMap::<_, u32>::new(), HashMap::<_, u32>::new());
    for (term, at) in &terms {
        use_numbers.push(match term {
            Term::All(attributes) => {
                let taken = attributes.iter().filter_map(|attribute| of_attribute.get(attribute));
                let use_number = first_free(taken.fold(0, |all, taken| all | taken), *at)?;
                for attribute in attributes {
                    *of_attribute.entry(attribute).or_default() |= 1 << use_number;
                }
                use_number
            }
            Term::Not { label, .. } => {
                let taken = of_label.entry(label).or_default();
                let use_number = first_free(*taken, *at)?;
                *taken |= 1 << use_number;
                use_number
            }
        });
    }
    let rows = terms.into_iter().zip(use_numbers);
    Ok(rows.map(|((term, _), use_number)| Row { term, use_number }).collect())
}

fn first_free(taken: u32, at: usize) -> Result<usize> {
    const { assert!(USE_NUMBERS == u32::BITS as usize, "a bit for each use number") };
    match taken.trailing_ones() as usize {
        USE_NUMBERS => limit(at, Limit::UseNumbers),
        first => Ok(first),
    }
}
