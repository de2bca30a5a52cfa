//! Describes, for people, why attributes do not satisfy a policy.

use core::fmt;

use super::ast::{Asks, Expr};
use super::attribute::{Attribute, Attributes, Value};
use super::compiled::Policy;

/// A part of a policy that attributes do not satisfy. `Display` prints a short indented text.
///
/// ```
/// use medseal::policy::{Attributes, Policy};
/// # fn main() -> Result<(), medseal::Error> {
/// let policy = Policy::parse("role=doctor and clearance>=3 and (ward=12 or emergency)")?;
/// let unmet = policy.diagnose(&Attributes::parse("role=doctor, clearance=2")?).unwrap();
/// assert_eq!(
///     unmet.to_string(),
///     "all of:\n  clearance>=3, where the key has clearance=2\n  one of:\n    ward=12\n    emergency"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmet {
    /// A condition that does not hold.
    Condition {
        /// The condition in its canonical text, preceded by `not` if it is negated.
        condition: String,
        /// The key's attributes of the same label.
        held: Vec<Attribute>,
        /// Whether the condition negates a text. It then requires exactly one value under the
        /// label, which is another text.
        another: bool,
    },
    /// A gate of which further parts must hold.
    More {
        /// The number of further parts that must hold: at least one, and at
        /// most the length of `of`.
        missing: usize,
        /// The parts that do not hold, in the order of the policy.
        of: Vec<Unmet>,
    },
}

impl Policy {
    /// Describes what a key for these attributes lacks. Returns `None` if it satisfies the policy.
    #[must_use]
    pub fn diagnose(&self, attributes: &Attributes) -> Option<Unmet> {
        unmet(self.expr(), attributes, false)
    }
}

fn unmet(expr: &Expr, attributes: &Attributes, negated: bool) -> Option<Unmet> {
    match expr {
        Expr::Condition(condition) if condition.is_met(attributes, negated) => None,
        Expr::Condition(condition) => Some(Unmet::Condition {
            condition: format!("{}{condition}", if negated { "not " } else { "" }),
            held: attributes.of_label(&condition.label).to_vec(),
            another: matches!(
                condition.asks(negated),
                Asks::Values { values: [Value::Text(_), ..], negated: true }
            ),
        }),
        Expr::Not(inner) => unmet(inner, attributes, !negated),
        Expr::Gate { k, children } => {
            let needed = if negated { children.len() + 1 - k } else { *k };
            let mut of: Vec<_> =
                children.iter().filter_map(|child| unmet(child, attributes, negated)).collect();
            match needed.checked_sub(children.len() - of.len()) {
                None | Some(0) => None,
                Some(_) if of.len() == 1 => of.pop(),
                Some(missing) => Some(Unmet::More { missing, of }),
            }
        }
    }
}

impl Unmet {
    fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        write!(f, "{:indent$}", "")?;
        match self {
            Self::Condition { condition, held, another } => {
                f.write_str(condition)?;
                // Without this text the condition seems to hold: the key has no excluded value, or
                // has it next to others.
                match held.as_slice() {
                    [held] if matches!(held.value(), Some(Value::Text(_))) => {}
                    _ if !another => {}
                    [] => return f.write_str(", which asks for exactly one text, where the key has none"),
                    _ => f.write_str(", which asks for exactly one text")?,
                }
                for (i, held) in held.iter().enumerate() {
                    write!(f, "{}{held}", if i == 0 { ", where the key has " } else { ", " })?;
                }
                Ok(())
            }
            Self::More { missing, of } => {
                match missing {
                    all if *all == of.len() => f.write_str("all of:"),
                    1 => f.write_str("one of:"),
                    some => write!(f, "{some} of:"),
                }?;
                for part in of {
                    f.write_str("\n")?;
                    part.write(f, indent + 2)?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
