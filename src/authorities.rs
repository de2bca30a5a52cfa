//! Several authorities instead of one (the model's 3.3 (1)): any `t` of `n` issue keys, register
//! hospitals and certify nodes; fewer cannot.
//!
//! With one [`Authority`](crate::authority::Authority) and one
//! [`SuperNode`](crate::identity::SuperNode), the holder of their keys can read every record,
//! sign as any member and impersonate every hospital. Here nobody ever holds these keys.
//! Members' keys, ciphertexts, signatures, certificates, registries and all public keys have the
//! same form in both cases: no later step can tell the difference. It requires `2 <= t <= n <= 255`
//! and `2t > n`. Start with 3 of 4.
//!
//! # What is shared?
//! With `f` of degree `t - 1`, authority `i` holds `f(i)`, and nobody knows `f(0)`.
//!
//! | secret | used for | public |
//! |---|---|---|
//! | `alpha` of key wrapping | `[alpha_i]h` | `A_i = [alpha_i]P2`, `A` |
//! | `alpha'` of signatures | `[alpha'_i]h'` | `A'_i`, `A'` |
//! | `s` of the super node | `[s_i]Q_ID`, signatures on certificates, registries and charters | `P_i = [s_i]P1`, `P_SN` |
//! | `beta`: shares of zero, `f(0) = 0` | binding parts of keys to one request | `B_i = [beta_i]P2` |
//! | the seed of search's `gamma` and `b` | search keys | **not shared**: each authority has it |
//!
//! Search is not shared, because issuing needs `b`, and anyone who knows `b` and a member's keyword
//! key can test guesses against every index. A share of `gamma` would therefore protect nothing. In
//! short: **reading, signing and impersonating need `t` authorities; no index hides its keyword
//! from a hospital that runs an authority and is a member.** The authorities do not have the
//! keyword key: the founder of the consortium makes it, and members send it to each other.
//!
//! # What does an authority answer?
//! Parts of keys and of signatures (`docs/schemes.md`, section 13). The weighted sum of `t` parts
//! is an ordinary key or signature. `[beta_i]G` binds each part of a key to its request. Without
//! it, one could combine parts that authorities gave different users, or one user at different
//! times (`docs/proofs.md`, section 6).
//!
//! # What is guaranteed?
//! - `t - 1` authorities, with everything that they know and everything that was ever issued,
//!   cannot make a key, identity key, certificate, registry or charter. For keys this is proved in
//!   the generic group model; for signatures as for those of Boneh, Lynn and Shacham.
//! - An authority that deals, answers or complains wrongly is named, by number and name, in the
//!   error ([`Culprit`]). A silent authority stops a key generation or a resharing, which then
//!   starts again without it. It cannot stop issuing while `t` others answer.
//! - There is one registry for each number, and one charter for each ledger and number, if fewer
//!   than `2t - n` authorities sign two ([`Holder::sign_registry`], [`Holder::sign_charter`]): with
//!   3 of 4 one may, with 5 of 7 two, with 2 of 3 none.
//! - After a resharing, old shares are useless, even to a thief, if the dealers are honest and
//!   old shares are deleted.
//! - **Not** guaranteed: an unbiased key generation. The last dealer to open cannot choose the sum,
//!   because all have committed; but by staying silent it can make the others start again.
//!
//! # How do I run a key generation?
//! Each authority has an [`AuthorityKey`], with which it signs and decrypts messages. People
//! compare the [fingerprints](AuthorityPublicKey::fingerprint), because nobody certifies
//! authorities. A [`Roster`] names the authorities. A [`Plan`] states the task: generate, reshare,
//! or renew one secret. There are two interfaces to the same protocol:
//!
//! - **step by step**, where each step is a type that the next consumes: [`Plan::start`],
//!   [`Committed::open`], [`Opened::deal`], [`Dealing::check`], [`Checked::confirm`],
//!   [`AuthorityShare::certify`];
//! - **fed**, for a program that receives messages in any order: [`Session`].
//!
//! The share is stored durably *before* the authority signs that it has it. The caller transports
//! the bytes of the messages, over any channel. An authority with a share and a [`Certificate`] is
//! a [`Holder`], which issues and signs. It stores what it must not forget in [`Records`].
//!
//! ```
//! use medseal::authorities::{AuthorityKey, Holder, MemoryRecords, PendingRequest, Plan, Roster, Session};
//! use medseal::identity::Name;
//! use medseal::policy::Attributes;
//! use medseal::search::KeywordKey;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut rng = medseal::rand_core::OsRng;
//!
//! // Two of three. Here all run in one program; each hospital runs its own.
//! let names = ["St. Mary", "St. Paul", "St. Anna"];
//! let keys: Vec<_> =
//!     names.iter().map(|name| AuthorityKey::generate(Name::new(name)?, &mut rng)).collect::<Result<_, _>>()?;
//! let public: Vec<_> = keys.iter().map(AuthorityKey::public_key).collect();
//! let roster = Roster::new(2, &public, b"our consortium, first try")?;
//! let mut sessions = Vec::new();
//! for key in &keys {
//!     sessions.push(Session::start(Plan::generate(roster.clone()), key, None, &mut rng)?);
//! }
//! for _round in 0..4 {
//!     let sent: Vec<_> =
//!         sessions.iter_mut().flat_map(|s| std::iter::from_fn(|| s.next_message()).collect::<Vec<_>>()).collect();
//!     for (i, (session, key)) in (1..).zip(sessions.iter_mut().zip(&keys)) {
//!         for message in sent.iter().filter(|message| [0, i].contains(&message.to())) {
//!             session.receive(key, message, &mut rng)?;
//!         }
//!         if session.is_checked() {
//!             session.confirm(key, &mut MemoryRecords::default())?; // in practice: its own directory
//!         }
//!     }
//! }
//! let mut holders = Vec::new();
//! for (key, session) in keys.into_iter().zip(sessions) {
//!     let (share, certificate) = session.finish().map_err(|_| "somebody has not confirmed")?;
//!     holders.push(Holder::new(key, share, &certificate)?);
//! }
//!
//! // A doctor asks two of them.
//! let attributes = Attributes::parse("role=doctor")?;
//! let pending = PendingRequest::keys(Name::new("Dr. Ada")?, &attributes, 1_800_000_000_000, &mut rng)?;
//! let answers = [holders[0].issue(pending.request(), &mut rng)?, holders[2].issue(pending.request(), &mut rng)?];
//! let keyword_key = KeywordKey::generate(&mut rng)?; // from another member
//! let generation = holders[0].generation();
//! let keys = pending.combine_keys(generation, &answers, &keyword_key)?.value;
//! keys.decryption.verify(generation.abe())?;
//! # Ok(())
//! # }
//! ```

mod commitments;
mod deal;
mod dispute;
mod failure;
mod feed;
mod generation;
mod holder;
mod message;
mod numbered;
mod plan;
mod polynomial;
mod proof;
mod records;
mod request;
mod roster;
mod session;
#[cfg(test)]
mod tests;

pub use dispute::{Dispute, Proceedings};
pub use failure::{Culprit, Failure, Fault, Round};
pub use feed::Session;
pub use generation::{AuthorityShare, Certificate, Generation};
pub use holder::Holder;
pub use message::Message;
pub(crate) use numbered::Numbered;
pub use plan::{MasterSecret, Plan};
pub use records::{DirectoryRecords, MemoryRecords, Records};
pub use request::{Combined, PendingRequest, Request};
pub use roster::{AuthorityKey, AuthorityPublicKey, Roster};
pub use session::{Checked, Committed, Dealing, Opened};
