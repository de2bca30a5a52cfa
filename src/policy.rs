//! Attributes, the policy language, and the sharing of a secret over a policy.
//!
//! The authority issues a key for a set of [`Attributes`]. A user who seals a record, demands a
//! signature or indexes a keyword names a [`Policy`]. A key is accepted if its attributes satisfy
//! the policy. Only a single key counts: the keys of two users never combine.
//!
//! ```
//! use medseal::policy::{Attributes, Policy};
//! # fn main() -> Result<(), medseal::Error> {
//! let policy = Policy::parse("(role=doctor and ward=12 or 2 of (study-7, ethics, sponsor)) and until>=2027-01-31")?;
//! let user = Attributes::parse("role=doctor, role=surgeon, ward=12, until=2027-12-31")?;
//! assert!(policy.is_satisfied_by(&user));
//! # Ok(())
//! # }
//! ```
//!
//! `docs/policy-language.md` defines the language: attributes, grammar, costs, negation and errors,
//! with examples that are tested. `docs/schemes.md` says how numbers are compared and secrets
//! shared.
//!
//! # What is an attribute?
//!
//! | written | meaning |
//! |---|---|
//! | `emergency` | a label alone |
//! | `role=doctor`, `hospital="St. Anna"` | a label with a text, compared byte for byte after Unicode NFC |
//! | `clearance=3` | a label with an unsigned integer below 2^32 |
//! | `until=2027-01-31` | a label with a real calendar date, 1970-01-01 or later, in UTC |
//!
//! Kinds of values never equal each other. A set can hold several texts under one label, but at
//! most one number: two could satisfy `level<3` and `level>=3` at once.
//!
//! # How do I write a policy?
//!
//! | written | satisfied by a key with |
//! |---|---|
//! | `label` | the label alone, without a value |
//! | `label=value` | this value under the label |
//! | `label in {a, b}` | one of these values |
//! | `label<3`, `label in 2026-01-01..2026-12-31` | a number of the same kind in this range |
//! | `label!=3`, `not label<3` | a number of the same kind outside that range |
//! | `label!=text`, `not label=text` | exactly one value under the label, which is another text |
//! | `k of (p1, ..., pn)` | at least `k` of the `n`; `1 of` is `or`, `n of n` is `and` |
//!
//! `not` binds tightest, then `and`, then `or`. Policies can also be built from values: see
//! [`Policy::attribute`], [`Policy::compare`], [`Policy::all`] and their siblings.
//! [`Policy::diagnose`] describes in text what a key lacks.
//!
//! **Negation assumes one live key per user**: an older key with another value, or a second
//! key, satisfies the negation. Let keys expire, and prefer policies that say who may over
//! policies that say who may not.
//!
//! # How do keys expire?
//!
//! An issued key cannot be revoked. Put an expiry date into keys, and require in each policy the
//! day on which it is written: `role=doctor and valid_until>=2027-01-31` ([`Policy::compare`] with
//! a [`Date`]). The example `rotate_keys` reissues keys. It shows that an expired key does not open
//! a new record, but opens an old one.
//!
//! # What does a policy cost?
//!
//! Schemes work on *rows*. The attributes that an `and` requires together are one row, including
//! nested `and`s. Each negation of a text is a row, and so is each alternative of an `or`, a
//! threshold or a set. A comparison takes a few: a bound at most 9. Rows that share an attribute
//! have different *use numbers* ([`Policy::uses`]). [`Policy::rows`] counts the rows, and
//! [`Policy::rows_used`] those that a key uses. [`limits`](crate::limits) bounds the sizes.

mod ast;
mod attribute;
mod build;
mod compiled;
mod diagnose;
mod expand;
mod number;
mod parser;
#[cfg(test)]
pub(crate) mod samples;
mod sharing;
#[cfg(test)]
mod tests;

pub use crate::error::{PolicyError, PolicyErrorKind};
pub use ast::Comparison;
pub(crate) use attribute::CanonicalAttribute;
pub use attribute::{Attribute, Attributes, Value};
pub use compiled::Policy;
pub use diagnose::Unmet;
pub use number::{Date, Number};
#[cfg(test)]
pub(crate) use sharing::Row;
pub(crate) use sharing::{Chosen, Dual, Node, Term, Tree};
