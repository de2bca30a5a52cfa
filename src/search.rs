//! Keyword search: attribute-based searchable encryption (section 3.4 of the model, steps 3 and 4).
//!
//! A data owner indexes a record's keywords under a [`Policy`](crate::policy::Policy). A user makes
//! a trapdoor for a keyword from their own [`SearchKey`], without asking anyone. A node that holds
//! only what is public matches the two: true if and only if the keyword is among the record's
//! **and** the user's attributes satisfy the policy.
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
//! // The user shows what the policies at hand need.
//! let shown = doctor.attributes().needed_by([&policy]);
//! let trapdoor = doctor.trapdoor(&Keyword::new("diagnosis:e11.9")?, &shown, &mut OsRng)?;
//! let query = Query::new(trapdoor, &authority.public_key()).to_bytes();
//! // The node
//! let query = Query::from_bytes(&query)?.prepare(&authority.public_key())?;
//! assert!(query.matches(&index)?);
//! # Ok(())
//! # }
//! ```
//! A [`Query`] is what a user sends: it joins trapdoors by `and` and `or`. The node prepares it,
//! and goes through many records on several threads.
//!
//! # The scheme
//! The notion is that of Zheng, Xu and Ateniese (*VABKS*, INFOCOM 2014). Keys and rows are those of
//! key wrapping; here the slot `F(x) = U0 + [x]U1` holds the keyword, and an exponent `b`, known in
//! the second group only, keeps the public from testing what the slot of an index holds.
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
//! What carries `b` or `1/b` into the first group is never published, nor is `[gamma]h`: with
//! `[b]H(a)`, or with `[1/b]U0` and `[1/b]U1`, and also with `b = 1`, public equations confirm a
//! guessed keyword. The fresh `y` makes each trapdoor look like a new user's: without it,
//! `e(T_a, T3') = e(T_a', T3)` tells that one user made two trapdoors, and
//! `e(T0, T3') = e(T0', T3)` that both ask for one keyword. Tests show each of these attacks
//! succeed on the simpler scheme and fail here.
//!
//! # What is promised
//! In the generic group model, with the hash functions as random oracles: an index tells nothing of
//! its keyword, not even whether it equals another's, to anybody who has no trapdoor or key that
//! matches it, whatever keys they pool; a trapdoor tells a node neither its keyword nor its owner
//! (`docs/proofs.md`; not published, not reviewed outside). A search key opens no record: key
//! wrapping has a master key of its own.
//!
//! # What is told, and what is not promised
//! - A node sees the policy of each index, the number of keywords after padding, the attributes
//!   that a trapdoor shows, and which records match; from the results it can see that two trapdoors
//!   find the same records.
//! - **Guessing.** Medical keywords can be guessed, and anyone who holds the keyword key `kappa`
//!   can index a guess and match a trapdoor against it. A node that colludes with a member can test
//!   guesses so, against trapdoors that it has seen and, without hints, against nothing else.
//! - **Rescaling.** Indexes and trapdoors can be multiplied by a constant by anybody and still
//!   match: two that differ may be one and the same. Nothing here authenticates them; the
//!   ledger's signatures do.
//! - **Copies.** Anyone who may publish can re-randomise an index and attach it, with its policy,
//!   to a record of their own, without knowing its keyword. This shows as a false hit, which
//!   opens to *their* record.
//! - **Hints**, off by default, trade pairings for bits about keywords;
//!   [`Hints`] says what they tell.
//! - A trapdoor is a bearer token for all indexes, later ones included, as long
//!   as the master key lives.
//! - A node can leave matches out.
//!
//! # Byte forms
//! Each follows the header `"MS" || 1 || kind`. `G1` stands for 48 bytes, `G2` for 96; `attributes`
//! and `policy` are the fields of their own byte forms.
//!
//! | object | kind | fields |
//! |---|---|---|
//! | [`MasterKey`] | 30 | `gamma` (32), `b` (32) |
//! | [`PublicKey`] | 31 | `A` (G1), `B` (G2): 148 bytes with the header |
//! | [`SearchKey`] | 32 | attributes, `kappa` (32), then `K2` (G2), `K0`, `K1` (G1), `K_a` (G1 each, in the order of the expanded attributes), `N_l` (G1 each, in the order of the attributes), and `Z2`, `Z0`, `Z1`, `Z_a`, `Z_l` likewise |
//! | [`KeywordKey`] | 33 | `kappa` (32) |
//! | [`RecordIndex`] | 34 | policy, 0 (1) or 1 (1) with bits (1) and period (4) of the hints, number of keywords (4), and for each keyword its hint (2) if there are hints, `c1` (G2), `E` (G1), `c2_j` (G2 each), `c3_i` (G1 each), `c4_i` (G1 each, of the negative rows) |
//! | [`Trapdoor`] | 35 | attributes, number of hints (4), each with bits (1), period (4), value (2), then `T0` (G1), `T2`, `T3` (G2), `T_a` (G1 each, in the order of the expanded attributes), and for each label shown with one text alone a 0, or 1 (1) and `T_l` (G1) |
//! | [`Query`] | 36 | digest of the public key (32), then a formula: 0 (1), length (4) and fields of a trapdoor; or 1 for `and` or 2 for `or` (1), number of parts (4), and so many formulas |

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
