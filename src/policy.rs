//! Attributes, the policy language, and the sharing of a secret over a policy.
//!
//! The authority issues a key for a set of [`Attributes`]; anyone who seals a record, demands a
//! signature or indexes a keyword names a [`Policy`]. A key serves if its attributes satisfy the
//! policy. Only one key counts: keys of two users never combine.
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
//! # Attributes
//!
//! | written | is |
//! |---|---|
//! | `emergency` | a label alone |
//! | `role=doctor`, `hospital="St. Anna"` | a label with a text, compared byte for byte after Unicode NFC |
//! | `clearance=3` | a label with an unsigned integer below 2^32 |
//! | `until=2027-01-31` | a label with a real calendar date, 1970-01-01 or later, in UTC |
//!
//! A label is `[A-Za-z_][A-Za-z0-9_.-]*` without `..`, and none of `and`, `or`, `not`, `of`, `in`
//! in any case. Text of ASCII letters, digits, `_`, `.` and `-` may stand bare; other text stands
//! in double quotes, in which `\"` and `\\` are a quote and a backslash. A bare word of digits,
//! or of three groups of digits joined by `-`, is a number: with leading zeros, out of range or
//! not in the calendar it is an error, never text. Characters that nobody sees, and those that
//! Unicode 16.0 does not assign, are refused: what a person sees is what is enforced, today and
//! with a later version of Unicode. The kinds never meet: `level=3`, `level="3"` and
//! `level=1970-01-04` are three attributes.
//!
//! A set holds each attribute once, may hold several texts under one label, and holds at most one
//! number under a label: two would satisfy `level<3` and `level>=3` at once.
//!
//! # Policies
//!
//! ```text
//! policy    = or
//! or        = and { "or" and }
//! and       = unary { "and" unary }
//! unary     = "not" unary | primary
//! primary   = "(" policy ")" | threshold | leaf
//! threshold = integer "of" "(" policy { "," policy } ")"
//! leaf      = label
//!           | label ("=" | "!=" | "<" | "<=" | ">" | ">=") value
//!           | label "in" "{" value { "," value } "}"
//!           | label "in" number ".." number                      both ends included
//! ```
//!
//! `not` binds tightest, then `and`, then `or`. Keywords may stand in any case, `and` may be
//! written `&` or `&&`, `or` as `|` or `||`, `not` as `!`. White space is free. The whole text
//! must be a policy. An error tells the byte at which the text went wrong and what was expected
//! there ([`PolicyError`]).
//!
//! | written | is met by a key with |
//! |---|---|
//! | `label` | the label alone, without a value |
//! | `label=value` | this value under the label |
//! | `label in {a, b}` | one of these values |
//! | `label<3`, `label in 2026-01-01..2026-12-31` | a number of the same kind in this range |
//! | `label!=3`, `not label<3` | a number of the same kind outside it |
//! | `label!=text`, `not label=text` | exactly one value under the label, a text, and another one |
//! | `k of (p1, ..., pn)` | at least `k` of the `n`; `1 of` is `or`, `n of n` is `and` |
//!
//! A policy has one canonical text, [`Policy::canonical`], which alone is encoded, hashed and
//! signed. Policies can also be built from values: [`Policy::attribute`], [`Policy::compare`],
//! [`Policy::all`] and their siblings. [`Policy::diagnose`] tells a person what a key lacks.
//!
//! # Rows
//!
//! Schemes work on *rows*. The attributes for which an `and` asks together are one row, nested
//! `and`s included: `role=doctor and department=cardiology and ward=7` costs what one attribute
//! costs. Each negation of a text is a row, and so is each alternative of an `or`, a threshold or a
//! set. [`Policy::rows`] counts them, [`Policy::rows_used`] those that a key uses.
//!
//! # Numbers
//!
//! A number is compared in hexadecimal, first by its length, then digit by digit. A key tells of
//! each length and digit of its number which bounds it reaches: 9 attributes for 0, otherwise 8 and
//! 15 for each digit, at most 128. A comparison becomes the `or` of a few rows of one or two such
//! answers, and a key in the range has exactly one of them: 2 rows for `clearance>=3`, 5 for a date
//! of today, at most 9 for a bound, 15 for a range and 17 for `label!=3`. `label=3` is one
//! attribute. A comparison that no number meets, or every number, is an error.
//!
//! A key has one number of a label. So conditions on one label in one `and` are taken together:
//! `x>=3 and x<10 and role=a` is one row. Where they leave no number, or ask for an integer and for
//! a date, they are an error.
//!
//! # Negation
//!
//! `not` moves to the leaves: `not (a=1 and b=x)` is `not a=1 or not b=x`, `not a<3` is `a>=3`, and
//! `not k of n` is `n - k + 1 of n` of the negations. What remains is `not label=text`. On a label
//! alone `not` is an error, for no key can show that it lacks something; so it is on a set with
//! values of several kinds, which no key meets.
//!
//! **Negation assumes one live key per user**: an older key with another value, or a second key,
//! satisfies it. Let keys expire, and rather say who may than who may not.
//!
//! # Expiry
//!
//! Nothing takes back a key that is out. Keys say until when they serve, and policies ask for the
//! day on which they are written: `role=doctor and valid_until>=2027-01-31` ([`Policy::compare`]
//! with a [`Date`]). The example `rotate_keys` issues keys anew, and shows an expired one fail on a
//! new record and open an old one.
//!
//! # Sharing
//!
//! The expanded policy is a tree of gates `k of n` over rows. Shares of a secret go down the tree,
//! and the cheapest satisfying set of rows gives it back (Shamir, CACM 1979; Benaloh and Leichter,
//! CRYPTO 1988). Rows that share an attribute have different *use numbers* ([`Policy::uses`]).
//! Sizes are limited by [`limits`](crate::limits): 1024 leaves, 32 use numbers, 32 levels.

mod ast;
mod attribute;
mod build;
mod compiled;
mod diagnose;
mod expand;
mod number;
mod parser;
#[cfg(test)]
mod samples;
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
