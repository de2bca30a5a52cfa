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

/// A policy: which attributes open a record, or stand behind a signature. The language is described
/// in the [module](crate::policy).
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

    /// The one text that is encoded, hashed and signed: lower-case keywords with one space around
    /// them, parentheses and quotes only where they must be. `parse(canonical()) == self`.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// A key for these attributes satisfies the policy.
    #[must_use]
    pub fn is_satisfied_by(&self, attributes: &Attributes) -> bool {
        self.expr.is_satisfied(attributes, false)
    }

    /// Rows that a ciphertext, an index or a signature has under the policy: one for all attributes
    /// that an `and` asks for together, one for each other value or text, and a few for a
    /// comparison, at most 9 for a bound.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.tree.rows().len()
    }

    /// `tau`: how many use numbers the rows have, at most 32. Rows that share an attribute have
    /// different ones. Each beyond the first adds an element of 96 bytes to a ciphertext, and a
    /// pairing to opening it if it is among the rows used.
    #[must_use]
    pub fn uses(&self) -> usize {
        self.tree.uses()
    }

    /// Rows that a key for these attributes uses, as few as can be; `None` if it does
    /// not satisfy the policy.
    #[must_use]
    pub fn rows_used(&self, attributes: &Attributes) -> Option<usize> {
        self.terms_used(attributes, attributes).map(|terms| terms.len())
    }

    /// What these rows ask for, where a key for the attributes `held` shows some of them. It
    /// negates only a text that is the label's one value among all that it holds.
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
    /// Those of these attributes that the policies need, and none that can be left out: what a
    /// trapdoor has to show to find all that a key for the whole set would find under these
    /// policies. A policy that the set does not satisfy needs nothing.
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
        // The fewest rows need not be the fewest attributes, and one policy may do
        // with what another needs.
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
