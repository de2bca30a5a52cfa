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
//! # What is an attribute?
//!
//! | written | meaning |
//! |---|---|
//! | `emergency` | a label alone |
//! | `role=doctor`, `hospital="St. Anna"` | a label with a text, compared byte for byte after Unicode NFC |
//! | `clearance=3` | a label with an unsigned integer below 2^32 |
//! | `until=2027-01-31` | a label with a real calendar date, 1970-01-01 or later, in UTC |
//!
//! A label is `[A-Za-z_][A-Za-z0-9_.-]*` without `..`, and none of `and`, `or`, `not`, `of`, `in`
//! in any case. Text of ASCII letters, digits, `_`, `.` and `-` needs no quotes. Other text is
//! written in double quotes, in which `\"` is a quote and `\\` a backslash. A bare word of digits,
//! or of three groups of digits joined by `-`, is a number. With leading zeros, out of range or not
//! in the calendar, it is an error, never text. Invisible characters and characters that Unicode
//! 16.0 does not assign are refused: the visible text is what is enforced, today and with a later
//! version of Unicode. Kinds of values never equal each other: `level=3`, `level="3"` and
//! `level=1970-01-04` are three attributes.
//!
//! A set holds each attribute once. It can hold several texts under one label, but at most one
//! number under a label: two could satisfy `level<3` and `level>=3` at once.
//!
//! # How do I write a policy?
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
//! `not` binds tightest, then `and`, then `or`. Keywords are accepted in any case. `and` can
//! be written `&` or `&&`, `or` as `|` or `||`, `not` as `!`. White space is free. The whole
//! text must be a policy. An error ([`PolicyError`]) has the byte offset of the fault and
//! what was expected there.
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
//! A policy has one canonical text, [`Policy::canonical`]. Only this text is encoded, hashed and
//! signed. Policies can also be built from values: see [`Policy::attribute`], [`Policy::compare`],
//! [`Policy::all`] and their siblings. [`Policy::diagnose`] describes in text what a key lacks.
//!
//! # What does a policy cost?
//!
//! Schemes work on *rows*. The attributes that an `and` requires together are one row, including
//! nested `and`s: `role=doctor and department=cardiology and ward=7` costs as much as one
//! attribute. Each negation of a text is a row, and so is each alternative of an `or`, a threshold
//! or a set. [`Policy::rows`] counts the rows, and [`Policy::rows_used`] those that a key uses.
//!
//! # How are numbers compared?
//!
//! A number is compared in hexadecimal, first by its length, then digit by digit. For each length
//! and digit of its number, a key has attributes that say which bounds it reaches: 9 attributes for
//! 0, otherwise 8 and 15 for each digit, at most 128. A comparison becomes the `or` of a few rows
//! of one or two such attributes. A key in the range satisfies exactly one of these rows.
//! `clearance>=3` takes 2 rows, a present-day date 5. A bound takes at most 9 rows, a range 15 and
//! `label!=3` 17. `label=3` is one attribute. A comparison that no number satisfies, or that every
//! number satisfies, is an error.
//!
//! A key has at most one number under a label. Conditions on one label in one `and` are therefore
//! intersected: `x>=3 and x<10 and role=a` is one row. It is an error if they leave no number, or
//! if one is on an integer and another on a date.
//!
//! # What does negation mean?
//!
//! `not` moves to the leaves: `not (a=1 and b=x)` is `not a=1 or not b=x`, `not a<3` is `a>=3`, and
//! `not k of n` is `n - k + 1 of n` of the negations. Only `not label=text` remains. `not` on a
//! label without a value is an error, because a key cannot show that it lacks an attribute. `not`
//! on a set with values of several kinds is an error, because no key could satisfy it.
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
//! # How is a secret shared?
//!
//! The expanded policy is a tree of gates `k of n` over rows. Shares of a secret go down the tree,
//! and the cheapest satisfying set of rows recombines it (Shamir, CACM 1979; Benaloh and Leichter,
//! CRYPTO 1988). Rows that share an attribute have different *use numbers* ([`Policy::uses`]).
//! [`limits`](crate::limits) bounds the sizes: 1024 leaves, 32 use numbers, 32 levels.

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
