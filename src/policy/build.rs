//! Builds policies from values, without text. Each policy is parsed from its own text, so there is
//! one way in. The offset of an error counts in that text.

use super::ast::{Comparison, Condition, Expr, Test};
use super::attribute::{Attribute, Value, check_label};
use super::compiled::Policy;
use super::number::Number;
use crate::error::{Error, PolicyError, PolicyErrorKind};
use crate::limits::{Limit, POLICY_LEAVES};

/// Builds policies from values, without text.
impl Policy {
    /// Requires the attribute.
    ///
    /// # Errors
    /// None: an attribute is always a policy. The return type is that of the sibling functions.
    pub fn attribute(attribute: &Attribute) -> Result<Self, Error> {
        let test = match attribute.value() {
            Some(value) => Test::Compare(Comparison::Equal, value.clone()),
            None => Test::Present,
        };
        Self::condition(attribute.label(), test)
    }

    /// Requires that the value of the label compares in this way with `value`.
    ///
    /// # Errors
    /// [`Error::Policy`] if the label or a text is not allowed, if the comparison would order a
    /// text, or if no number or every number satisfies it.
    pub fn compare(label: &str, comparison: Comparison, value: impl Into<Value>) -> Result<Self, Error> {
        Self::condition(label, Test::Compare(comparison, value.into().normal()?))
    }

    /// Requires that the value of the label is one of these.
    ///
    /// # Errors
    /// [`Error::Policy`] if the label or a text is not allowed, or if there are no
    /// values or more than 1024.
    pub fn one_of(label: &str, values: impl IntoIterator<Item = impl Into<Value>>) -> Result<Self, Error> {
        let values = values.into_iter().take(POLICY_LEAVES + 1).map(|value| value.into().normal());
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if values.is_empty() {
            return Err(PolicyError::new(0, PolicyErrorKind::EmptySet).into());
        }
        Self::condition(label, Test::OneOf(values))
    }

    /// Requires that the number of the label is between these, both included.
    ///
    /// # Errors
    /// [`Error::Policy`] if the label is not allowed, if the numbers are of different kinds, or if
    /// the range has no number or every number.
    pub fn between(label: &str, from: impl Into<Number>, to: impl Into<Number>) -> Result<Self, Error> {
        Self::condition(label, Test::Between(from.into(), to.into()))
    }

    /// Requires all of the policies.
    ///
    /// # Errors
    /// [`Error::Policy`] if there are none, if together they exceed a limit, or if they
    /// leave no number of a label.
    pub fn all(policies: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        let policies = children(policies)?;
        Self::build(&Expr::gate(policies.len(), policies))
    }

    /// Requires at least one of the policies.
    ///
    /// # Errors
    /// As for [`Policy::all`].
    pub fn any(policies: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        Self::threshold(1, policies)
    }

    /// Requires at least `k` of the policies.
    ///
    /// # Errors
    /// As for [`Policy::all`], and if `k` is zero or more than their number.
    pub fn threshold(k: usize, policies: impl IntoIterator<Item = Self>) -> Result<Self, Error> {
        let policies = children(policies)?;
        if !(1..=policies.len()).contains(&k) {
            return Err(PolicyError::new(0, PolicyErrorKind::InvalidThreshold).into());
        }
        Self::build(&Expr::gate(k, policies))
    }

    /// Negates the policy. The [module](crate::policy) describes what a negation assumes.
    ///
    /// # Errors
    /// [`Error::Policy`] if this would negate a label without a value, or a set with values of
    /// several kinds, or if the negation leaves no number of a label.
    pub fn negated(self) -> Result<Self, Error> {
        Self::build(&Expr::Not(Box::new(self.into_expr())))
    }

    fn condition(label: &str, test: Test) -> Result<Self, Error> {
        check_label(label).map_err(|kind| PolicyError::new(0, kind))?;
        Self::build(&Expr::Condition(Condition { label: label.into(), test, at: 0 }))
    }
}

/// Returns the children of a gate: at least one, and at most the number of leaves
/// that a policy may have.
fn children(policies: impl IntoIterator<Item = Policy>) -> Result<Vec<Expr>, PolicyError> {
    let children: Vec<_> = policies.into_iter().take(POLICY_LEAVES + 1).map(Policy::into_expr).collect();
    match children.len() {
        0 => Err(PolicyError::new(0, PolicyErrorKind::EmptySet)),
        1..=POLICY_LEAVES => Ok(children),
        _ => Err(PolicyError::new(0, PolicyErrorKind::LimitExceeded(Limit::PolicyLeaves))),
    }
}
