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
//! published in the second group only, prevents public tests of an index's slot value.
//!
//! ```text
//! keyword      x_w = hash_to_scalar(HMAC(kappa, "keyword" || len || keyword))
//! setup        gamma, b <- Zq*                       public: A = [gamma b]h, B = [b]P2
//! key for S    rho, delta <- Zq*
//!              K0 = [gamma]h + [rho]U0    K1 = [rho]U1      K_a = [b rho]H(a) for a in S      K2 = [rho]B
//!              Z0 = [delta]U0             Z1 = [delta]U1    Z_a = [b delta]H(a) for a in S    Z2 = [delta]B
//!              N_l = [b rho](P_l + [h(v)]Q_l), Z_l likewise, for each label l that has exactly one value in S, a text v
//! index of w   s <- Zq*;  c1 = [s]B;  E = [s]A;  c2, c3, c4 = the rows of s under the policy, over F(x_w)
//! trapdoor     t <- Zq*, y <- Zq
//!              T0 = [t](K0 + [y]Z0 + [x_w](K1 + [y]Z1))    T_a = [t](K_a + [y]Z_a)    T_l = [t](N_l + [y]Z_l)
//!              T2 = [t](K2 + [y]Z2)                        T3 = [t]P2
//! match        e(T0, c1) * prod_j e( sum_{rho(i)=j} [gamma_i]T_{T_i}, c2_j )
//!                        * e( - sum [gamma_i]c3_i, T2 ) * e( -E, T3 ) = 1
//! ```
//! No element of the first group that carries `b` or `1/b` is published, nor is `[gamma]h`. With
//! `[b]H(a)`, with `[1/b]U0` and `[1/b]U1`, or with `b = 1`, public equations confirm a guessed
//! keyword. The fresh `y` makes each trapdoor look like a new user's. Without it,
//! `e(T_a, T3') = e(T_a', T3)` shows that one user made two trapdoors, and
//! `e(T0, T3') = e(T0', T3)` that both are for the same keyword. Tests show that each of these
//! attacks succeeds on the simpler scheme and fails here.
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
//!
//! # Which byte forms are there?
//! Each form begins with the header `"MS" || 1 || kind`. `G1` stands for 48 bytes, `G2` for 96. The
//! fields `attributes` and `policy` are the fields of those objects' byte forms.
//!
//! | object | kind | fields |
//! |---|---|---|
//! | [`MasterKey`] | 30 | `gamma` (32), `b` (32) |
//! | [`PublicKey`] | 31 | `A` (G1), `B` (G2): 148 bytes with the header |
//! | [`SearchKey`] | 32 | attributes, `kappa` (32), then `K2` (G2), `K0`, `K1` (G1), `K_a` (G1 each, in the order of the expanded attributes), `N_l` (G1 each, in the order of the attributes), and `Z2`, `Z0`, `Z1`, `Z_a`, `Z_l` likewise |
//! | [`KeywordKey`] | 33 | `kappa` (32) |
//! | [`RecordIndex`] | 34 | policy, 0 (1) or 1 (1) with bits (1) and period (4) of the hints, number of keywords (4), and for each keyword its hint (2) if there are hints, `c1` (G2), `E` (G1), `c2_j` (G2 each), `c3_i` (G1 each), `c4_i` (G1 each, of the negative rows) |
//! | [`Trapdoor`] | 35 | attributes, number of hints (4), each with bits (1), period (4), value (2), then `T0` (G1), `T2`, `T3` (G2), `T_a` (G1 each, in the order of the expanded attributes), and for each label shown with exactly one value, a text: 0, or 1 (1) and `T_l` (G1) |
//! | [`Query`] | 36 | digest of the public key (32), then a formula: 0 (1), length (4) and fields of a trapdoor; or 1 for `and` or 2 for `or` (1), number of parts (4), and the parts, which are formulas |

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
