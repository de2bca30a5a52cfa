//! The policy as it is written: its conditions, its one canonical text, and what satisfies it.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::RangeInclusive;
use core::str::FromStr;

use super::attribute::{Attribute, Attributes, Value, check_label};
use super::error::{PolicyError, PolicyErrorKind};
use super::number::{Number, NumberKind};
use super::parser;
use super::sharing::Tree;
use crate::codec::{Kind, Object, Reader, Writer, byte_form};
use crate::error::Error;
use crate::limits::{Limit, POLICY_DEPTH, POLICY_TEXT_BYTES};

/// How a condition compares the value of a label with its own.
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
    /// A symbol stands before those that begin it.
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

    /// It needs a number.
    pub(crate) fn is_ordered(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// The numbers that compare so with `number`, in ascending ranges.
    pub(crate) fn ranges(self, number: Number) -> Vec<RangeInclusive<u32>> {
        let (bits, last) = (number.bits(), number.kind().last());
        let below = bits.checked_sub(1).map(|to| 0..=to);
        let above = if bits < last { Some(bits + 1..=last) } else { None };
        match self {
            Self::Equal => vec![bits..=bits],
            Self::NotEqual => below.into_iter().chain(above).collect(),
            Self::Less => below.into_iter().collect(),
            Self::AtMost => vec![0..=bits],
            Self::Greater => above.into_iter().collect(),
            Self::AtLeast => vec![bits..=last],
        }
    }
}

/// What a condition asks of its label.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// The label stands without a value.
    Present,
    /// Its value compares so. Only `=` and `!=` compare text.
    Compare(Comparison, Value),
    /// Its value is one of these.
    OneOf(Vec<Value>),
    /// Its number lies between these, both included, which are of one kind.
    Between(Number, Number),
}

/// A condition, and where it began in the text.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) label: String,
    pub(crate) test: Test,
    pub(crate) at: usize,
}

impl Condition {
    /// Rows that the condition takes at least.
    pub(crate) fn least_leaves(&self) -> usize {
        match &self.test {
            Test::OneOf(values) => values.len(),
            _ => 1,
        }
    }

    /// The number that the condition compares with, and the ranges of its kind that meet the condition; `None` for
    /// a condition on a text, a set or a label alone.
    pub(crate) fn ranges(&self) -> Option<(NumberKind, Vec<RangeInclusive<u32>>)> {
        match &self.test {
            Test::Compare(comparison, Value::Number(number)) => {
                Some((number.kind(), comparison.ranges(*number)))
            }
            Test::Between(from, to) => {
                let range = from.bits()..=to.bits();
                Some((from.kind(), if range.is_empty() { Vec::new() } else { vec![range] }))
            }
            _ => None,
        }
    }

    /// The attributes meet the condition, or its negation. The negation of a comparison compares, and asks for the
    /// label, as the comparison does.
    fn is_met(&self, attributes: &Attributes, negated: bool) -> bool {
        let equal = |value: &Value| match value {
            Value::Text(text) if negated => {
                attributes.single_text(&self.label).is_some_and(|held| held != text)
            }
            Value::Number(number) if negated => attributes
                .number(&self.label)
                .is_some_and(|held| held.kind() == number.kind() && held != *number),
            value => attributes.of_label(&self.label).iter().any(|held| held.value() == Some(value)),
        };
        match &self.test {
            // A label alone is not negated.
            Test::Present => {
                !negated && attributes.of_label(&self.label).iter().any(|held| held.value().is_none())
            }
            Test::OneOf(values) if negated => values.iter().all(equal),
            Test::OneOf(values) => values.iter().any(equal),
            Test::Compare(Comparison::Equal, value @ Value::Text(_)) => equal(value),
            Test::Compare(_, Value::Text(text)) => {
                // `!=`, the only other comparison of texts.
                let single = attributes.single_text(&self.label);
                if negated {
                    attributes
                        .of_label(&self.label)
                        .iter()
                        .any(|a| matches!(a.value(), Some(Value::Text(t)) if t == text))
                } else {
                    single.is_some_and(|held| held != text)
                }
            }
            Test::Compare(..) | Test::Between(..) => {
                let (Some(held), Some((kind, ranges))) = (attributes.number(&self.label), self.ranges())
                else {
                    return false;
                };
                held.kind() == kind && ranges.iter().any(|range| range.contains(&held.bits())) != negated
            }
        }
    }
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

/// A policy as it is written. A gate has at least two children; `k` is 1 for `or` and their number for `and`.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Condition(Condition),
    Not(Box<Expr>),
    Gate { k: usize, children: Vec<Expr> },
}

impl Expr {
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

    fn is_satisfied(&self, attributes: &Attributes, negated: bool) -> bool {
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

    /// Where the leftmost condition began.
    pub(crate) fn at(&self) -> usize {
        match self {
            Self::Condition(condition) => condition.at,
            Self::Not(inner) => inner.at(),
            Self::Gate { children, .. } => children.first().map_or(0, Self::at),
        }
    }

    /// How tightly the text of the expression binds.
    fn binding(&self) -> Binding {
        match self {
            Self::Gate { k, children } if *k == children.len() => Binding::And,
            Self::Gate { k: 1, .. } => Binding::Or,
            _ => Binding::Unary,
        }
    }

    /// Writes the canonical text, in parentheses if it binds less tightly than its place demands. `depth` counts
    /// the parentheses, lists and `not`s that are open.
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

/// A policy: which attributes open a record, or stand behind a signature. The language is described in the
/// [module](crate::policy).
///
/// Two policies are equal if they have the same canonical text. The byte form (kind `0x11`) is
/// `u32(length) || canonical text`; any other text is refused when it is decoded.
///
/// ```
/// use medseal::policy::{Attributes, Policy};
/// # fn main() -> Result<(), medseal::Error> {
/// let policy = Policy::parse("role = doctor AND (clearance >= 3 || emergency)")?;
/// assert_eq!(policy.canonical(), "role=doctor and (clearance>=3 or emergency)");
/// assert!(policy.is_satisfied_by(&Attributes::parse("role=doctor, clearance=4")?));
/// assert!(!policy.is_satisfied_by(&Attributes::parse("role=nurse, clearance=4")?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Policy {
    canonical: String,
    expr: Expr,
    tree: Tree,
}

byte_form!(Policy);

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Error::Policy`] with the place and what was expected there.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(Self::from_expr(parser::policy(text)?)?)
    }

    fn from_expr(expr: Expr) -> Result<Self, PolicyError> {
        let tree = Tree::expand(&expr)?;
        let mut canonical = String::new();
        expr.render(&mut canonical, Binding::Or, 0).map_err(|kind| PolicyError::new(0, kind))?;
        if canonical.len() > POLICY_TEXT_BYTES {
            let kind = PolicyErrorKind::LimitExceeded(Limit::PolicyText);
            return Err(PolicyError::new(POLICY_TEXT_BYTES, kind));
        }
        Ok(Self { canonical, expr, tree })
    }

    /// The one text that is encoded, hashed and signed: lower-case keywords with one space around them,
    /// parentheses and quotes only where they must be. `parse(canonical()) == self`.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// A key for these attributes satisfies the policy.
    #[must_use]
    pub fn is_satisfied_by(&self, attributes: &Attributes) -> bool {
        self.expr.is_satisfied(attributes, false)
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

impl Object for Policy {
    const KIND: Kind = Kind::Policy;

    fn write(&self, w: &mut Writer) {
        w.var(self.canonical.as_bytes());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let text = r.text(POLICY_TEXT_BYTES, Limit::PolicyText)?;
        match Self::parse(text) {
            Ok(policy) if policy.canonical == text => Ok(policy),
            Err(Error::Policy(error)) => Err(match error.kind() {
                PolicyErrorKind::LimitExceeded(limit) => Error::LimitExceeded(limit),
                _ => Error::InvalidText,
            }),
            _ => Err(Error::InvalidText),
        }
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Policy {}

impl Hash for Policy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

impl FromStr for Policy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.canonical).finish()
    }
}
