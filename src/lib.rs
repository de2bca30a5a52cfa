//! A cryptography library for hospitals that share medical records over a consortium ledger.
//! Records are encrypted under policies, found by keyword and signed anonymously by entitled
//! members. Hospitals authenticate each other.
//!
//! The library implements the model of Zhang and Zhang, *A Medical Data Storage and Sharing Model
//! Based on Blockchain* (2024), on the curve BLS12-381. Each part uses a current scheme. The
//! ledger and the object store are traits that you implement. **Nobody outside the project has
//! reviewed the library**: `SECURITY.md` says what is protected and what is not.
//! `docs/schemes.md` has every equation.
//!
//! # Which module do I need?
//!
//! The numbers are sections of the paper.
//!
//! | module | what it does | who uses it |
//! |---|---|---|
//! | [`share`] | the whole flow: publish, find, open (3.2, 3.4) | data owners and users |
//! | [`authorities`] | `t` of `n` authorities instead of one (3.3 (1)) | authorities, members |
//! | [`ledger`] | entries, their validation, an in-memory reference ledger (3.2, 3.4) | ledger nodes |
//! | [`authority`] | keys for attributes, for all three schemes (3.2) | authority, members |
//! | [`identity`] | identity keys, mutual authentication, sessions, envelopes (3.2, 3.3) | super node, main nodes, hospitals |
//! | [`abe`] | record keys wrapped under a policy (3.4 (1)-(3), (5)) | authority, owners, users |
//! | [`abs`] | attribute-based signatures (1, 5) | authority, owners, ledger nodes |
//! | [`search`] | keyword indexes, trapdoors, matching (3.4 (3), (4)) | authority, owners, users, ledger nodes |
//! | [`members`] | the members' key of each epoch, a second protection of record keys | owners, users |
//! | [`record`] | sealed records, their digests and keyed summaries (3.2, 3.4 (3), (5)) | owners, users |
//! | [`merkle`] | a hospital's database digest, with proofs (3.2) | hospitals, main nodes |
//! | [`policy`] | attributes and the policy language | everyone |
//! | [`limits`] | every limit of the formats | everyone |
//!
//! Each scheme can be used without the others, and none imports another. Records build on the
//! Merkle tree. Key wrapping, signatures and search build on policies.
//!
//! # How do I use another version of `rand`?
//!
//! Randomness comes through the traits of `rand_core` 0.6. A generator of `rand` 0.9 or
//! 0.10 needs an adapter:
//!
//! ```
//! # use rand_core_0_10 as rand;
//! use medseal::rand_core::{CryptoRng, Error, RngCore};
//!
//! struct Adapted<R>(R);
//!
//! impl<R: rand::CryptoRng> RngCore for Adapted<R> {
//!     fn next_u32(&mut self) -> u32 { self.0.next_u32() }
//!     fn next_u64(&mut self) -> u64 { self.0.next_u64() }
//!     fn fill_bytes(&mut self, to: &mut [u8]) { self.0.fill_bytes(to) }
//!     fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Error> { Ok(self.0.fill_bytes(to)) }
//! }
//! impl<R: rand::CryptoRng> CryptoRng for Adapted<R> {}
//!
//! # fn with(generator: impl rand::CryptoRng) -> Result<(), medseal::Error> {
//! let authority = medseal::abe::MasterKey::generate(&mut Adapted(generator))?;
//! # Ok(())
//! # }
//! ```
//!
//! # Which conventions hold everywhere?
//!
//! - Randomness is an argument: a `rand_core` 0.6 generator such as [`rand_core::OsRng`].
//!   Time is an argument too.
//! - Each object has one canonical byte form, with `to_bytes` and `from_bytes`. Decoding checks
//!   everything except the rows of wrapped keys and the elements of keyword indexes and signatures.
//!   These are checked when they are used.
//! - There is one [`Error`], and nothing panics. A failure that depends on a secret does not say
//!   why. An operation on several items at once has its own error, which identifies the items that
//!   failed: [`share::PublishError`], [`ledger::Refusal`], [`abs::BadClaims`].
//! - After a `fork`, some objects work only in the process that made them, and fail with
//!   [`Error::Forked`] in the other: sealers, openers, sessions, the states of a handshake and of a
//!   key generation, and in-memory replay caches. All other objects work in both processes. Keys
//!   never wait for a thread that does not exist after the fork; in-memory stores can.
//! - Secrets are wiped when they are dropped, are not `Copy` and are not printed.
//!
//! `README.md` has a first program, and the modules have more examples.
#![expect(non_snake_case, reason = "the papers' letters, where an equation has them")]

// --- for C ---
#[cfg(feature = "capi")]
mod ffi;

// --- for Rust ---
mod byte_forms; // `to_bytes` and `from_bytes` of every object

// --- the flow, and its ledger ---
pub mod ledger;
pub mod share;

// --- the keys of all schemes ---
pub mod authorities; // t of n authorities
pub mod authority;

// --- schemes: none imports another ---
pub mod abe;
pub mod abs;
pub mod identity;
pub mod record;
pub mod search;

// --- shared by schemes ---
mod fabeo; // keys and rows of policies, for key wrapping, signatures and search
pub mod members; // the members' key of each epoch
pub mod merkle;
pub mod policy;

// --- the ground ---
mod aead; // authenticated encryption of short messages
mod codec; // the canonical byte form of objects, strictly decoded
mod curve; // BLS12-381: the only module that names the backend
mod domain; // every domain separation tag and derivation label
mod error;
mod files; // files that are complete or absent
mod hash; // hashing to bytes, scalars and points
mod id; // public bytes and their text
mod kdf; // key derivation
mod kem; // ML-KEM-768: the only module that names its crate
pub mod limits;
mod objects; // the table of objects: kind, type, C name, secrecy, state
mod process; // objects that must not work twice after a fork
mod secret; // values that are wiped and not printed
mod shamir; // shares of a scalar
mod text; // allowed text of names, values and keywords
mod threads; // work on several cores
mod transcript; // injective hashing of labelled items

// For `benches/` and tests, which compare runs with and without lanes.
#[doc(hidden)]
pub use curve::without_lanes;
#[cfg(test)]
mod vectors; // published test vectors for the ground

pub use error::{Error, IoError};
/// Re-exported in the supported version: the traits of randomness, and the operating system's
/// generator [`OsRng`](rand_core::OsRng).
pub use rand_core;
pub use threads::Threads;
/// Re-exported in the supported version: [`Zeroizing`](zeroize::Zeroizing), which wraps
/// returned secret bytes.
pub use zeroize;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/policy-language.md")]
struct PolicyLanguage;
