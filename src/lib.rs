//! Sharing medical records over a consortium ledger: records encrypted under policies,
//! found by keyword, signed anonymously by an entitled member, between hospitals that
//! authenticate each other.
//!
//! The library implements the model of Zhang and Zhang, *A Medical Data Storage and Sharing Model
//! Based on Blockchain* (2024), on the curve BLS12-381, with a current scheme for each part. It
//! brings no ledger and no storage of its own: both are traits. **Nobody outside has reviewed it**;
//! `SECURITY.md` says what is protected and what is not, `docs/schemes.md` has every equation.
//!
//! | module | what it is in the model | who uses it |
//! |---|---|---|
//! | [`share`] | the whole flow: publish, find, open (3.2, 3.4) | data owners and users |
//! | [`authorities`] | `t` of `n` authorities in place of one (3.3 (1)) | authorities, members |
//! | [`ledger`] | entries, what every node checks, a reference ledger in memory (3.2, 3.4) | ledger nodes |
//! | [`authority`] | keys for attributes, for all three schemes (3.2) | authority, members |
//! | [`identity`] | identity keys, mutual authentication, sessions, envelopes (3.2, 3.3) | super node, main nodes, hospitals |
//! | [`abe`] | a record's key under a policy (3.4 (1)-(3), (5)) | authority, owners, users |
//! | [`abs`] | signatures by attributes (1, 5) | authority, owners, ledger nodes |
//! | [`search`] | keyword indexes, trapdoors, matching (3.4 (3), (4)) | authority, owners, users, ledger nodes |
//! | [`members`] | the members' key of each epoch, over what attributes protect | owners, users |
//! | [`record`] | sealed records, their digests and keyed summaries (3.2, 3.4 (3), (5)) | owners, users |
//! | [`merkle`] | a hospital's database digest, with proofs (3.2) | hospitals, main nodes |
//! | [`policy`] | attributes and the policy language | everybody |
//! | [`limits`] | every limit of the formats | everybody |
//!
//! The schemes stand on their own: each can be used without the others, and none imports another.
//! Records rest on the Merkle tree, as key wrapping, signatures and search do on policies.
//!
//! # Generators of other versions of `rand`
//! The traits are those of `rand_core` 0.6. A generator of `rand` 0.9 or 0.10 needs an adapter:
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
//! # Conventions
//! - Randomness is an argument, a `rand_core` 0.6 generator such as [`rand_core::OsRng`].
//!   Time is an argument too.
//! - Objects have one canonical byte form, `to_bytes` and `from_bytes`. Decoding checks everything
//!   except the rows of wrapped keys and the elements of keyword indexes and signatures, which are
//!   checked when they are used.
//! - There is one [`Error`]; nothing panics. What depends on a secret fails without saying why.
//!   Where several things are done at once, a further error identifies what failed:
//!   [`share::PublishError`], [`ledger::Refusal`], [`abs::BadClaims`].
//! - After a `fork`, sealers, openers, sessions, the states of a handshake and of a key generation,
//!   and replay caches in memory work only in the process that made them, and fail with
//!   [`Error::Forked`] in the other. All other objects work in both. Keys never wait for a thread
//!   that the fork left behind; stores in memory may.
//! - Secrets are wiped when dropped, are not `Copy` and are not printed.
//!
//! `README.md` has a first example; more stand in the modules.
#![expect(non_snake_case, reason = "the papers' letters, where an equation has them")]

// --- for C ---
#[cfg(feature = "capi")]
mod ffi;

// --- for Rust ---
mod byte_forms; // `to_bytes` and `from_bytes` of every object, by the table of objects

// --- the flow, and what it stands on ---
pub mod ledger;
pub mod share;

// --- who issues the keys of all schemes ---
pub mod authorities; // t of n of them
pub mod authority;

// --- schemes: siblings, none imports another ---
pub mod abe;
pub mod abs;
pub mod identity;
pub mod record;
pub mod search;

// --- what schemes share ---
mod fabeo; // keys and rows of policies, for key wrapping, signatures and search
pub mod members; // what all members share: the key of an epoch
pub mod merkle;
pub mod policy;

// --- the ground ---
mod aead; // the seal of short messages
mod codec; // one byte form for every object, and how strictly it is read
mod curve; // BLS12-381: the only module that names the backend
mod domain; // every domain separation tag and derivation label
mod error;
mod files; // files that are whole or not there
mod hash; // hashing to bytes, scalars and points
mod id; // public bytes and their text
mod kdf; // keys from a secret
mod kem; // ML-KEM-768: the only module that names its crate
pub mod limits;
mod objects; // the table of objects: kind, type, C name, what is secret, what has state
mod process; // what a fork must not double
mod secret; // what is wiped, and not shown
mod shamir; // shares of a scalar
mod text; // what names and values may look like
mod threads; // work on several cores
mod transcript; // what is hashed, piece by piece, injectively

// For the measurements in `benches/` and tests, which take turns with and without lanes.
#[doc(hidden)]
pub use curve::without_lanes;
#[cfg(test)]
mod vectors; // published vectors for the ground

pub use error::{Error, IoError};
/// The traits of randomness that this library takes, and the operating system's generator
/// [`OsRng`](rand_core::OsRng), in the version that fits.
pub use rand_core;
pub use threads::Threads;
/// [`Zeroizing`](zeroize::Zeroizing), in which secret bytes are returned, in the version that fits.
pub use zeroize;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/policy-language.md")]
struct PolicyLanguage;
