//! Attribute-based signatures: *somebody whose attributes satisfy this policy signed this message*.
//!
//! An authority issues each user a [`SigningKey`] for their attributes; the user signs under any policy that the
//! attributes satisfy; anybody who knows the authority's [`PublicKey`] verifies.
//!
//! ```
//! use medseal::abs::MasterKey;
//! use medseal::policy::{Attributes, Policy};
//! # use medseal::rand_core::OsRng;
//! # fn main() -> Result<(), medseal::Error> {
//! let authority = MasterKey::generate(&mut OsRng)?;
//! let doctor = authority.issue(&Attributes::parse("role=doctor, ward=7")?, &mut OsRng)?;
//! doctor.verify(authority.public_key())?;
//!
//! let policy = Policy::parse("role = doctor or role = nurse and clearance >= 3")?;
//! let signature = doctor.sign(&policy, b"discharge", b"the patient may go home", &mut OsRng)?;
//! authority.public_key().verify(&policy, b"discharge", b"the patient may go home", &signature)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//! - **Unforgeability.** Nobody signs under a policy that no single key of theirs satisfies; users cannot pool their
//!   attributes, since all credentials of a user are bound to one secret `u` and the proof shows them to be.
//! - **Privacy.** A signature tells that the policy is satisfied, and nothing more: not who signed, not with which
//!   of several satisfying sets of attributes, not whether two signatures have one signer. That holds against the
//!   authority too, if the signer has checked the key with [`SigningKey::verify`]. Nobody can trace a signer.
//!
//! Unforgeability rests on q-SDH in the random oracle model; privacy on the random oracle alone.
//!
//! # How
//! The recipe is that of Maji, Prabhakaran and Rosulek (*Attribute-Based Signatures*, CT-RSA 2011): a credential on
//! each attribute, all bound to one secret of the user, and a proof of knowledge of enough of them. Here a
//! credential is a BBS signature in the short form of Tessaro and Zhu (*Revisiting BBS Signatures*, EUROCRYPT 2023),
//! and the proof is one of partial knowledge (Cramer, Damgård, Schoenmakers, CRYPTO 1994) that goes down the tree of
//! the policy. It is made non-interactive by hashing (Fiat, Shamir).
//!
//! ```text
//! authority     x, X = [x]P2
//! credential    A_a = [1/(x + e_a)](P1 + [u]H_u + [z_a]H_a),   z_a = hash(a)
//! signature     C = [u]H_u + [t]H_b commits to u; a leaf's A', B' = [x]A' is a masked credential, and its proof shows
//!               B' = [rho](P1 + C + [z_a]H_a) + [w]H_b - [e]A', which is the equation of the credential
//! verification  the hash of all commitments is the challenge; e(sum [d_l]A'_l, X) = e(sum [d_l]B'_l, P2)
//! ```
//!
//! A policy with negations is refused with [`Error::NegationUnsupported`](crate::Error::NegationUnsupported).
//!
//! # Side channels
//! Whatever is multiplied by a secret scalar is multiplied in constant time. Which leaves of the policy are proved
//! and which are simulated is no secret from the key's holder, who branches on it: both kinds of leaf take the same
//! multiplications, but not the same scalar arithmetic and memory accesses, and a multiplication is faster where a
//! credential was [prepared](SigningKey::prepare). Who must hide this from an observer of the signing machine's clock
//! signs at a time that does not depend on it. Verification is about public data and takes variable time.

mod challenge;
mod keys;
mod nonces;
mod relation;
mod sign;
mod signature;
mod verify;

#[cfg(test)]
mod byte_forms;
#[cfg(test)]
mod tests;

pub use keys::{MasterKey, PublicKey, SigningKey};
pub use signature::Signature;
pub use verify::{BadClaims, Claim, verify_batch};
