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
//! source lists the departures from the paper. The slot holds a tag, which is a commitment to the
//! random message `m`. The keys of a ciphertext are derived from `m`. This is the transform of
//! Boneh and Katz (*Improved Efficiency for CCA-Secure Cryptosystems Built Using Identity-Based
//! Encryption*, CT-RSA 2005): it gives security against chosen ciphertexts without re-encryption.
//!
//! ```text
//! setup        alpha <- Zq*                          public: A = [alpha]P2;  Z = e(h, A)
//! key for S    r <- Zq*
//!              K0 = [alpha]h + [r]U0    K1 = [r]U1    K_a = [r]H(a) for a in S    K2 = [r]P2
//!              N_l = [r](P_l + [h(v)]Q_l)    for each label l that has exactly one value in S, a text v
//! encapsulate  m <- {0,1}^256;  com = SHA-256(m, policy);  x = hash_to_scalar(com);  F = U0 + [x]U1
//!              s <- Zq*;  c1 = [s]P2;  c2, c3, c4 = the rows of s under the policy
//!              c5 = m xor kdf(Z^s, "kem-mask", c1 || com);   (k_mac, k_out) = kdf(m, "kem-keys", com)
//!              c6 = HMAC(k_mac, header || policy || c1 || c2 || c3 || c4 || com || c5)
//! wrap         sealed = seal(k_out, aad, secret)
//! ```
//! The base `h` is hashed, so nobody knows its logarithm, and `[alpha]P2` can be public. Only
//! `[alpha]h` opens everything.
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
//! # What does negation mean?
//! A key satisfies `not label = value` if it has the label with exactly one value, and this is a
//! text other than `value`. A key without the label does not satisfy it. Negation assumes **one
//! live key per user**: a user who still holds an older key with another value can use that one.
//!
//! # Which byte forms are there?
//! Each form begins with the header `"MS" || 1 || kind`. `G1` stands for 48 bytes, `G2` for 96. The
//! fields `attributes` and `policy` are the fields of those objects' byte forms.
//!
//! | object | kind | fields |
//! |---|---|---|
//! | [`MasterKey`] | 20 | `alpha` (32) |
//! | [`PublicKey`] | 21 | `A` (G2): 100 bytes with the header |
//! | [`DecryptionKey`] | 22 | attributes, `K2` (G2), `K0`, `K1` (G1), `K_a` (G1 each, in the order of the expanded attributes), `N_l` (G1 each, in the order of the attributes) |
//! | [`WrappedKey`] | 23 | epoch (4), the fields of an encapsulation, then the sealed secret, preceded by its length |
//! | [`Encapsulation`] | 24 | policy, `c1` (G2), `c2_j` (G2 each), `c3_i` (G1 each), `c4_i` (G1 each, of the negative rows), `com`, `c5`, `c6` (32 each) |
//!
//! `c6` authenticates the header and the fields of the [`Encapsulation`], also inside a
//! [`WrappedKey`]. The number of elements follows from the policy. Elements of `c2`, `c3` and `c4`
//! are checked when they are used; `validate` checks all of them.
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
