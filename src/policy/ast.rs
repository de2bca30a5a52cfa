//! The expression of a policy: its conditions, its canonical text, and its evaluation.

use core::fmt;

use super::attribute::{Attribute, Attributes, Value};
use super::number::{Number, NumberSet};
use crate::error::{PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_DEPTH};

/// How a condition compares the value of a label with its own value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Each symbol precedes its prefixes.
    pub(crate) const LONGEST_FIRST: [Self; 6] =
        [Self::NotEqual, Self::AtMost, Self::AtLeast, Self::Equal, Self::Less, Self::Greater];

    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Reports whether the comparison requires a number.
    pub(crate) fn is_ordered(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Returns the numbers that compare in this way with `number`.
    fn numbers(self, number: Number) -> NumberSet {
        let (kind, bits) = (number.kind(), number.bits());
        let set = |range: Option<(u32, u32)>| NumberSet::new(kind, range.into_iter().collect());
        match self {
            Self::Equal => set(Some((bits, bits))),
            Self::Less => set(bits.checked_sub(1).map(|last| (0, last))),
            Self::AtMost => set(Some((0, bits))),
            Self::NotEqual => Self::Equal.numbers(number).complement(),
            Self::AtLeast => Self::Less.numbers(number).complement(),
            Self::Greater => Self::AtMost.numbers(number).complement(),
        }
    }
}

/// The test that a condition makes on its label.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// The label is present without a value.
    Present,
    /// The value of the label compares in this way with this one. Text compares
    /// with `=` and `!=` only.
    Compare(Comparison, Value),
    /// The value of the label is one of these.
    OneOf(Vec<Value>),
    /// Its number is between these, both included. Both are of one kind.
    Between(Number, Number),
}

/// A condition, and its byte offset in the text.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) label: String,
    pub(crate) test: Test,
    pub(crate) at: usize,
}

impl Condition {
    /// Returns the number of leaves that the parser counts for the condition: one, or the number
    /// of values of a set, each of which takes a row. (Numbers under a `not` may take fewer
    /// rows, and count the same.)
    pub(crate) fn least_leaves(&self) -> usize {
        match &self.test {
            Test::OneOf(values) => values.len(),
            _ => 1,
        }
    }

    /// Returns the requirement of the condition, or of its negation. The negation of a comparison
    /// is a comparison, and also requires a number of the label.
    pub(crate) fn asks(&self, negated: bool) -> Asks<'_> {
        match &self.test {
            Test::Present => Asks::Label { negated },
            Test::OneOf(values) => Asks::Values { values, negated },
            Test::Between(from, to) => Asks::Numbers {
                numbers: NumberSet::new(from.kind(), vec![(from.bits(), to.bits())]),
                negated,
            },
            Test::Compare(comparison, Value::Number(number)) if comparison.is_ordered() => {
                Asks::Numbers { numbers: comparison.numbers(*number), negated }
            }
            Test::Compare(comparison, value) => Asks::Values {
                values: core::slice::from_ref(value),
                negated: negated != (*comparison == Comparison::NotEqual),
            },
        }
    }

    /// Reports whether the attributes satisfy the condition, or its negation.
    pub(crate) fn is_met(&self, attributes: &Attributes, negated: bool) -> bool {
        let held = attributes.of_label(&self.label);
        match self.asks(negated) {
            Asks::Label { negated } => !negated && held.iter().any(|held| held.value().is_none()),
            Asks::Values { values, negated: false } => {
                held.iter().filter_map(Attribute::value).any(|held| values.contains(held))
            }
            Asks::Values { values, negated: true } => values.iter().all(|value| match value {
                Value::Text(text) => attributes.single_text(&self.label).is_some_and(|held| held != text),
                Value::Number(number) => attributes
                    .number(&self.label)
                    .is_some_and(|held| held.kind() == number.kind() && held != *number),
            }),
            Asks::Numbers { numbers, negated } => attributes
                .number(&self.label)
                .is_some_and(|held| held.kind() == numbers.kind() && numbers.contains(held) != negated),
        }
    }
}

/// The requirement of a condition.
pub(crate) enum Asks<'a> {
    /// The label without a value. The negation is not possible.
    Label { negated: bool },
    /// One of the values; negated, a value that differs from each of them.
    Values { values: &'a [Value], negated: bool },
    /// One of the numbers; negated, another number of their kind.
    Numbers { numbers: NumberSet, negated: bool },
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        match &self.test {
            Test::Present => Ok(()),
            Test::Compare(comparison, value) => write!(f, "{}{value}", comparison.symbol()),
            Test::OneOf(values) => {
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { " in {" } else { ", " })?;
                }
                f.write_str("}")
            }
            Test::Between(from, to) => write!(f, " in {from}..{to}"),
        }
    }
}

/// A policy as it is written. A gate has at least two children. `k` is 1 for `or`, and the number
/// of children for `and`.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Condition(Condition),
    Not(Box<Expr>),
    Gate { k: usize, children: Vec<Expr> },
}

impl Expr {
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

    pub(crate) fn is_satisfied(&self, attributes: &Attributes, negated: bool) -> bool {
        match self {
            Self::Condition(condition) => condition.is_met(attributes, negated),
            Self::Not(inner) => inner.is_satisfied(attributes, !negated),
            Self::Gate { k, children } => {
                let needed = if negated { children.len() + 1 - k } else { *k };
                children.iter().filter(|child| child.is_satisfied(attributes, negated)).take(needed).count()
                    == needed
            }
        }
    }

    /// Returns how tightly the text of the expression binds.
    fn binding(&self) -> Binding {
        match self {
            Self::Gate { k, children } if *k == children.len() => Binding::And,
            Self::Gate { k: 1, .. } => Binding::Or,
            _ => Binding::Unary,
        }
    }

    /// Returns the canonical text. It may nest more deeply than the text that was read, which can
    /// write an `and` as `2 of (a, b)`, for example. The same depth limit applies to it. Within the
    /// limits on leaves and levels, no canonical text is too long.
    pub(crate) fn text(&self) -> Result<String, PolicyError> {
        let mut text = String::new();
        self.render(&mut text, Binding::Or, 0).map_err(|kind| PolicyError::new(0, kind))?;
        Ok(text)
    }

    /// Writes the canonical text, in parentheses if it binds less tightly than `demanded`. `depth`
    /// counts the open parentheses, lists and `not`s.
    fn render(&self, out: &mut String, demanded: Binding, depth: usize) -> Result<(), PolicyErrorKind> {
        if depth > POLICY_DEPTH {
            return Err(PolicyErrorKind::LimitExceeded(Limit::PolicyDepth));
        }
        if self.binding() < demanded {
            out.push('(');
            self.render(out, Binding::Or, depth + 1)?;
            out.push(')');
            return Ok(());
        }
        match self {
            Self::Condition(condition) => {
                out.push_str(&condition.to_string());
                Ok(())
            }
            Self::Not(inner) => {
                out.push_str("not ");
                inner.render(out, Binding::Unary, depth + 1)
            }
            Self::Gate { k, children } => {
                let (separator, demanded, depth) = match self.binding() {
                    Binding::Or => (" or ", Binding::And, depth),
                    Binding::And => (" and ", Binding::Unary, depth),
                    Binding::Unary => (", ", Binding::Or, depth + 1),
                };
                let is_list = self.binding() == Binding::Unary;
                if is_list {
                    out.push_str(&format!("{k} of ("));
                }
                for (i, child) in children.iter().enumerate() {
                    if i > 0 {
                        out.push_str(separator);
                    }
                    child.render(out, demanded, depth)?;
                }
                if is_list {
                    out.push(')');
                }
                Ok(())
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Unary,
}
