//! Why attributes do not satisfy a policy, for a person to read.

use core::fmt;

use super::ast::{Asks, Expr};
use super::attribute::{Attribute, Attributes, Value};
use super::compiled::Policy;

/// A part of a policy that attributes do not meet. Its `Display` is a short indented text.
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
    /// A condition does not hold.
    Condition {
        /// The condition in its canonical text, with `not` in front if it stands under a negation.
        condition: String,
        /// What the key has under the same label.
        held: Vec<Attribute>,
        /// The condition is the negation of a text, which asks for exactly one value under
        /// the label, another text.
        another: bool,
    },
    /// So many more of these must hold.
    More {
        /// How many, at least one and at most as many as there are.
        missing: usize,
        /// The parts that do not hold, in the order of the policy.
        of: Vec<Unmet>,
    },
}

impl Policy {
    /// What a key for these attributes lacks; `None` if it satisfies the policy.
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
                // Otherwise the condition seems to be met: the key has nothing that it
                // excludes, or only beside it.
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
