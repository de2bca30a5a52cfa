//! Key wrapping: ciphertext-policy attribute-based encryption (section 3.4 of the
//! model, steps 1 to 3 and 5).
//!
//! An attribute authority holds a [`MasterKey`] and issues each user a [`DecryptionKey`] for their
//! attributes. A data owner wraps a record's key under a [`Policy`](crate::policy::Policy) with the
//! [`PublicKey`] alone; anyone who holds *one* key whose attributes satisfy the policy unwraps it,
//! and nobody else, however many keys they pool.
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
//! # The scheme
//! FABEO CP-ABE over a slot, with rows for conjunctions and negation; the module `fabeo` of the
//! source says where it departs from the paper. The slot holds a tag: a commitment to the random
//! message `m` from which the keys of a ciphertext are derived, so that the transform of Boneh and
//! Katz (*Improved Efficiency for CCA-Secure Cryptosystems Built Using Identity-Based Encryption*,
//! CT-RSA 2005) makes it secure against chosen ciphertexts without encrypting again.
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
//! The base `h` is hashed. Nobody knows its logarithm, so `[alpha]P2` may be public: only
//! `[alpha]h` opens everything.
//!
//! # What is promised
//! Confidentiality and integrity against chosen ciphertexts and colluding users, proved in the
//! generic group model with the hash functions as random oracles (`docs/proofs.md`; not published,
//! not reviewed outside). A policy is readable in the ciphertext, and nothing authenticates who
//! wrapped: anybody can wrap, under the public key.
//!
//! # Negation
//! `not label = value` is satisfied by a key that has the label with exactly one value, a text
//! other than `value`; not by a key without the label. This presumes **one live key per user**:
//! anyone who still holds an older key, with another value, satisfies it with that one.
//!
//! # Byte forms
//! Each follows the header `"MS" || 1 || kind`. `G1` stands for 48 bytes, `G2` for 96; `attributes`
//! and `policy` are the fields of their own byte forms.
//!
//! | object | kind | fields |
//! |---|---|---|
//! | [`MasterKey`] | 20 | `alpha` (32) |
//! | [`PublicKey`] | 21 | `A` (G2): 100 bytes with the header |
//! | [`DecryptionKey`] | 22 | attributes, `K2` (G2), `K0`, `K1` (G1), `K_a` (G1 each, in the order of the expanded attributes), `N_l` (G1 each, in the order of the attributes) |
//! | [`WrappedKey`] | 23 | the fields of an encapsulation, then the sealed secret, preceded by its length |
//! | [`Encapsulation`] | 24 | policy, `c1` (G2), `c2_j` (G2 each), `c3_i` (G1 each), `c4_i` (G1 each, of the negative rows), `com`, `c5`, `c6` (32 each) |
//!
//! `c6` authenticates the header and the fields of the [`Encapsulation`], also inside a
//! [`WrappedKey`]. The policy tells how many elements follow. Elements of `c2`, `c3` and `c4` are
//! checked when they are used, all by `validate`.
//!
//! # Cost
//! Decapsulating takes one product of three pairings (and one for each further use number among the
//! rows that are used), a multiplication in G1, and for each row that is used a decompression and
//! two additions; rows that are not used cost nothing but their share of the MAC. Encapsulating
//! takes two to four multiplications' time for each row; a conjunction is one row, however long.
//! Points that were hashed before are kept with the public key. The first use makes tables of 780
//! KB, in a few milliseconds.

mod kem;
mod keys;
mod wrap;

#[cfg(test)]
mod tests;

pub use kem::{Encapsulation, SharedKey};
pub use keys::{DecryptionKey, MasterKey, PublicKey};
pub use wrap::WrappedKey;
