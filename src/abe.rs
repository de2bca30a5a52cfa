//! Key wrapping: ciphertext-policy attribute-based encryption (section 3.4 of the
//! model, steps 1 to 3 and 5).
//!
//! An attribute authority holds a [`MasterKey`] and issues each user a [`DecryptionKey`] for the
//! user's attributes. A data owner wraps a record's key under a [`Policy`](crate::policy::Policy)
//! with the [`PublicKey`] alone. A user unwraps it with *one* key whose attributes satisfy the
//! policy. Users without such a key cannot unwrap it, even if they pool their keys.
//!
//! ```
//! use medseal::abe::MasterKey;
//! use medseal::policy::{Attributes, Policy};
//! # use medseal::rand_core::OsRng;
//! # fn main() -> Result<(), medseal::Error> {
//! let authority = MasterKey::generate(&mut OsRng)?;
//! let doctor = authority.issue(&Attributes::parse("role=doctor, ward=7")?, &mut OsRng)?;
//! let policy = Policy::parse("role = doctor and (ward = 7 or emergency)")?;
//!
//! let wrapped = authority.public_key().wrap(&policy, b"a record's key", b"the record's digest", None, &mut OsRng)?;
//! assert_eq!(*doctor.unwrap_key(&wrapped, b"the record's digest", None)?, b"a record's key");
//! # Ok(())
//! # }
//! ```
//!
//! # Which scheme is this?
//! FABEO CP-ABE over a slot, with rows for conjunctions and negation. The module `fabeo` of the
//! source has keys, rows and the departures from the paper. The slot holds a tag, which is a
//! commitment to the random message `m`. The keys of a ciphertext are derived from `m`. This is the
//! transform of Boneh and Katz (*Improved Efficiency for CCA-Secure Cryptosystems Built Using
//! Identity-Based Encryption*, CT-RSA 2005): it gives security against chosen ciphertexts without
//! re-encryption. Section 5 of `docs/schemes.md` has every equation, `docs/formats.md` the bytes.
//!
//! # What is promised?
//! Confidentiality and integrity against chosen ciphertexts and colluding users. Both are proved in
//! the generic group model with the hash functions as random oracles (`docs/proofs.md`; not
//! published, not reviewed outside the project).
//!
//! # What is not promised?
//! The policy is readable in the ciphertext. A wrapped key does not authenticate its sender: anyone
//! can wrap under the public key.
//!
//! `c6`, a MAC, covers every byte of an [`Encapsulation`]. Decoding does not check the elements of
//! the rows: they are checked when they are used, and `validate` checks all of them.
//!
//! # What does it cost?
//! - **Decapsulation** computes one product of three pairings, and one more pairing for
//!   each further use number among the used rows. It also computes one multiplication in
//!   G1, and for each used row a decompression and two additions. An unused row costs
//!   only its share of the MAC.
//! - **Encapsulation** takes the time of two to four multiplications for each row. A conjunction is
//!   one row, whatever its length.
//!
//! Hashed points are cached with the public key. The first use builds tables of 660 KB, in a few
//! milliseconds. The fifth encapsulation under a public key adds a table of 120 KB for this key.

mod kem;
mod keys;
mod wrap;

#[cfg(test)]
mod tests;

pub use kem::{Encapsulation, SharedKey};
pub use keys::{DecryptionKey, MasterKey, PublicKey};
pub use wrap::WrappedKey;
