//! Keyword search: attribute-based searchable encryption (section 3.4 of the model, steps 3 and 4).
//!
//! A data owner indexes a record's keywords under a [`Policy`](crate::policy::Policy). A user makes
//! a trapdoor for a keyword with the user's own [`SearchKey`], without contacting anyone. A node
//! that holds only public data matches the two. They match if and only if the keyword is among the
//! record's keywords **and** the user's attributes satisfy the policy.
//!
//! ```
//! use medseal::policy::{Attributes, Policy};
//! use medseal::search::{Keyword, KeywordKey, MasterKey, Padding, Query};
//! # use medseal::rand_core::OsRng;
//! # fn main() -> Result<(), medseal::Error> {
//! let authority = MasterKey::generate(&mut OsRng)?;
//! let keyword_key = KeywordKey::generate(&mut OsRng)?; // shared by the members, not by the nodes
//! let doctor = authority.issue(&Attributes::parse("role=doctor, ward=7")?, &keyword_key, &mut OsRng)?;
//!
//! // The owner
//! let policy = Policy::parse("role = doctor and (ward = 7 or emergency)")?;
//! let keywords = [Keyword::with_field("diagnosis", "E11.9")?, Keyword::new("hypertension")?];
//! let index = authority.public_key().index_record(
//!     &keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut OsRng,
//! )?;
//! // The user shows the attributes that the policies need.
//! let shown = doctor.attributes().needed_by([&policy]);
//! let trapdoor = doctor.trapdoor(&Keyword::new("diagnosis:e11.9")?, &shown, &mut OsRng)?;
//! let query = Query::new(trapdoor, &authority.public_key()).to_bytes();
//! // The node
//! let query = Query::from_bytes(&query)?.prepare(&authority.public_key())?;
//! assert!(query.matches(&index)?);
//! # Ok(())
//! # }
//! ```
//! A user sends a [`Query`], which joins trapdoors by `and` and `or`. The node prepares the query
//! and matches it against many records on several threads.
//!
//! # Which scheme is this?
//! The notion is that of Zheng, Xu and Ateniese (*VABKS*, INFOCOM 2014). Keys and rows are those of
//! key wrapping. The slot `F(x) = U0 + [x]U1` holds the keyword. An exponent `b`, which is
//! published in the second group only, prevents public tests of an index's slot value, and a fresh
//! `y` makes each trapdoor look like a new user's. Section 7 of `docs/schemes.md` has every
//! equation and the attacks on simpler forms, `docs/formats.md` the bytes.
//!
//! # What is promised?
//! These properties hold in the generic group model, with the hash functions as random oracles
//! (`docs/proofs.md`; not published, not reviewed outside the project).
//! - Without a key or trapdoor that matches it, an index reveals nothing about its keyword, not
//!   even whether it equals another's. Pooling keys does not help.
//! - A trapdoor's elements reveal neither its keyword nor its owner to a node.
//! - A search key opens no record: key wrapping has another master key.
//!
//! # What is leaked, and what is not promised?
//! - **Leakage.** A node sees the policy of each index, the number of keywords after padding, the
//!   attributes that a trapdoor shows, and the records that match. From the results it can see that
//!   two trapdoors find the same records.
//! - **Guessing.** Medical keywords can be guessed. A holder of the keyword key `kappa` can index
//!   a guess and match a trapdoor against it. A node that colludes with a member can thus test
//!   guesses against the trapdoors that it has seen. Without hints, it cannot test guesses
//!   against anything else.
//! - **Rescaling.** Anyone can multiply an index or a trapdoor by a constant, and it still
//!   matches. Two that differ may therefore be the same. Nothing here authenticates them; the
//!   ledger's signatures do.
//! - **Copies.** Anyone who may publish can re-randomise an index and attach it, with its policy,
//!   to another record, without knowing its keyword. The search then reports a false hit, which
//!   opens to *that* record.
//! - **Hints**, off by default, save pairings and reveal bits of keywords.
//!   [`Hints`] says what they leak.
//! - **Bearer token.** A trapdoor works for anyone and on all indexes, also on later ones, as long
//!   as the master key is in use.
//! - **Omission.** A node can omit matches.

mod cache;
mod formula;
mod hint;
mod index;
mod keys;
mod keyword;
mod matching;
mod query;
mod trapdoor;

#[cfg(test)]
mod tests;

pub use crate::error::KeywordError;
pub use cache::SearchIndexCache;
pub use hint::Hints;
pub use index::{IndexOptions, Padding, RecordIndex};
pub(crate) use keys::IssuedSearchKey;
pub use keys::{MasterKey, PublicKey, SearchKey};
pub use keyword::{Keyword, KeywordCommitment, KeywordKey};
pub use query::{Judged, PreparedQuery, Query};
pub use trapdoor::Trapdoor;
