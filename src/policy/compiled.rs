//! A policy: its text, its expression and its tree of rows, which belong together.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use super::ast::Expr;
use super::attribute::Attributes;
use super::expand::expand;
use super::parser;
use super::sharing::{Term, Tree};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::{Error, PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_TEXT_BYTES};

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

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`Error::Policy`] with the place and what was expected there.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(Self::from_expr(parser::policy(text)?)?)
    }

    /// Reads the expression back from its text.
    pub(crate) fn build(expr: &Expr) -> Result<Self, Error> {
        Self::parse(&expr.text()?)
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }

    fn from_expr(expr: Expr) -> Result<Self, PolicyError> {
        let tree = expand(&expr)?;
        Ok(Self { canonical: expr.text()?, expr, tree })
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

    /// Rows that a ciphertext, an index or a signature has under the policy: one for all attributes that an `and` asks
    /// for together, one for each other value or text, and a few for a comparison, at most 9 for a bound.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.tree.rows().len()
    }

    /// `tau`: how many use numbers the rows have, at most 32. Rows that share an attribute have different ones. Each
    /// beyond the first adds an element of 96 bytes to a ciphertext, and a pairing to opening it if it is among the rows
    /// used.
    #[must_use]
    pub fn uses(&self) -> usize {
        self.tree.uses()
    }

    /// Rows that a key for these attributes uses, as few as can be; `None` if it does not satisfy the policy.
    #[must_use]
    pub fn rows_used(&self, attributes: &Attributes) -> Option<usize> {
        let (expanded, texts) = (attributes.expanded(), attributes.single_texts());
        let chosen = self.tree.choose(|row| match &row.term {
            Term::All(all) => all.iter().all(|attribute| expanded.binary_search(attribute).is_ok()),
            Term::Not { label, value } => texts.iter().any(|(l, held)| l == label && held != value),
        })?;
        Some(chosen.len())
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
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
