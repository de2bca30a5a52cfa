//! A policy: its text, its expression and its tree of rows, which are kept together.

use core::fmt;
use core::hash::{Hash, Hasher};

use super::ast::Expr;
use super::attribute::{Attribute, Attributes};
use super::expand::expand;
use super::parser;
use super::sharing::{Term, Tree};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::{Error, PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_TEXT_BYTES};

/// A policy: a condition on the attributes of the key that opens a record or signs a message. The
/// [module](crate::policy) describes the language.
///
/// Two policies are equal if they have the same canonical text. Decoding refuses any other text.
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
    /// Parses a policy.
    ///
    /// # Errors
    /// [`Error::Policy`], with the position and what was expected there.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Ok(Self::from_expr(parser::policy(text)?)?)
    }

    /// Makes the policy of an expression by parsing its text.
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

    /// Returns the canonical text, the only one that is encoded, hashed and signed. It has
    /// lower-case keywords with one space around them, and parentheses and quotes only where they
    /// are needed. `parse(canonical()) == self`.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Reports whether a key for these attributes satisfies the policy.
    #[must_use]
    pub fn is_satisfied_by(&self, attributes: &Attributes) -> bool {
        self.expr.is_satisfied(attributes, false)
    }

    /// Returns the number of rows of a ciphertext, an index or a signature under the policy: one
    /// for all attributes that an `and` requires together, one for each other value or text, and a
    /// few for each comparison, at most 9 for a bound.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.tree.rows().len()
    }

    /// Returns `tau`, the number of use numbers, at most 32. Rows that share an attribute have
    /// different use numbers. Each use number beyond the first adds an element of 96 bytes to a
    /// ciphertext. If it is among the rows used, it also adds a pairing to decryption.
    #[must_use]
    pub fn uses(&self) -> usize {
        self.tree.uses()
    }

    /// Returns the number of rows that a key for these attributes uses, which is the minimum, or
    /// `None` if the attributes do not satisfy the policy.
    #[must_use]
    pub fn rows_used(&self, attributes: &Attributes) -> Option<usize> {
        self.terms_used(attributes, attributes).map(|terms| terms.len())
    }

    /// Returns the terms of these rows, for a key with the attributes `held` that shows only
    /// `shown`. A text can be negated only if it is the label's single value in `held`.
    fn terms_used(&self, shown: &Attributes, held: &Attributes) -> Option<Vec<&Term>> {
        let (expanded, texts) = (shown.expanded(), shown.single_texts());
        let chosen = self.tree.choose(|row| match &row.term {
            Term::All(all) => all.iter().all(|attribute| expanded.binary_search(attribute).is_ok()),
            Term::Not { label, value } => {
                texts.iter().any(|(l, text)| l == label && text != value && held.single_text(l).is_some())
            }
        })?;
        Some(
            chosen
                .iter()
                .filter_map(|chosen| self.tree.rows().get(chosen.row))
                .map(|row| &row.term)
                .collect(),
        )
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

impl Attributes {
    /// Returns a minimal set of these attributes for the policies. A trapdoor that shows this set
    /// finds all records under these policies that it would find with the whole set. Policies that
    /// the whole set does not satisfy need nothing.
    ///
    /// ```
    /// use medseal::policy::{Attributes, Policy};
    /// # fn main() -> Result<(), medseal::Error> {
    /// let held = Attributes::parse("role=doctor, uid=4711, valid_until=2027-06-30")?;
    /// let needed = held.needed_by([&Policy::parse("role=doctor or uid=4711 and valid_until >= 2027-01-01")?]);
    /// assert_eq!(needed, Attributes::parse("role=doctor")?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn needed_by<'p>(&self, policies: impl IntoIterator<Item = &'p Policy>) -> Self {
        let uses = |policy: &'p Policy| Some((policy, policy.terms_used(self, self)?));
        let (satisfied, used): (Vec<_>, Vec<_>) = policies.into_iter().filter_map(uses).unzip();
        let mut needed = self.only(|attribute, expanded| {
            used.iter().flatten().any(|term| match term {
                Term::All(all) => expanded.iter().any(|one| all.contains(one)),
                Term::Not { label, .. } => label == attribute.label(),
            })
        });
        // The fewest rows need not be the fewest attributes, and what one policy needs
        // can suffice for another.
        for attribute in needed.clone().iter() {
            let without = needed.only(|other, _| other != attribute);
            if satisfied.iter().all(|policy| policy.terms_used(&without, self).is_some()) {
                needed = without;
            }
        }
        needed
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

macro_rules! from_str {
    ($($type:ident),*) => {
        $(impl core::str::FromStr for $type {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                Self::parse(text)
            }
        })*
    };
}
from_str!(Attribute, Attributes, Policy);

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
