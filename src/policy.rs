//! Attributes, the policy language, and the sharing of a secret over a policy.

mod ast;
mod attribute;
mod error;
mod expand;
mod number;
mod parser;
mod sharing;

#[cfg(test)]
mod tests;

pub use ast::{Comparison, Policy};
pub(crate) use attribute::CanonicalAttribute;
pub use attribute::{Attribute, Attributes, Value};
pub use error::{PolicyError, PolicyErrorKind};
pub use number::{Date, Number};
pub(crate) use sharing::{Chosen, Leaf, Node, Term, Tree};
