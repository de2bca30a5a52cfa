//! Attribute-based signatures: *a member whose attributes satisfy this policy signed this message*.
//!
//! An authority issues each user a [`SigningKey`] for their attributes; the user signs under any
//! policy that the attributes satisfy; anybody who knows the authority's [`PublicKey`] verifies.
//!
//! ```
//! use medseal::abs::MasterKey;
//! use medseal::policy::{Attributes, Policy};
//! # use medseal::rand_core::OsRng;
//! # fn main() -> Result<(), medseal::Error> {
//! let authority = MasterKey::generate(&mut OsRng)?;
//! let doctor = authority.issue(&Attributes::parse("role=doctor, ward=7")?, &mut OsRng)?;
//! doctor.verify(&authority.public_key())?;
//!
//! let policy = Policy::parse("role = doctor or role = nurse and clearance >= 3")?;
//! let signature = doctor.sign(&policy, b"discharge", b"the patient may go home", &mut OsRng)?;
//! authority.public_key().verify(&policy, b"discharge", b"the patient may go home", &signature)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//! - **Unforgeability.** Nobody signs under a policy that no single key of theirs satisfies; users
//!   cannot pool their attributes. Existential, in the generic group model with the hash functions
//!   as random oracles (`docs/proofs.md`; not published, not reviewed outside).
//! - **Anonymity.** A signature tells that the policy is satisfied, and nothing more: not who
//!   signed, not with which of several satisfying sets of attributes, not whether two signatures
//!   have one signer. That is unconditional, and holds against the authority too, if the signer has
//!   checked the key with [`SigningKey::verify`]. Nobody can trace a signer.
//!
//! Anybody can re-randomise a signature into another one of the same statement. So its
//! bytes identify nothing, and a number of signatures is no number of signers: hash
//! statements, not signatures.
//!
//! If you accept a public key from others, demand a proof that they know `alpha`. With
//! `A' = [c]P2 + [k]A`, the members of the authority of `A` could sign under `A'`.
//!
//! # How
//! A signature is a key for the slot value of the statement, narrowed to the policy and
//! re-randomised. (A signature as the key of a message: Naor, in Boneh and Franklin,
//! CRYPTO 2001. Attribute-based signatures: Maji, Prabhakaran and Rosulek, CT-RSA 2011.
//! The form here has no paper.)
//!
//! ```text
//! statement     x = hash_to_scalar(A, policy, context, message);  F = U0 + [x]U1
//! signer        gamma: dual values of a satisfying set, zero at rows that are not used;  nu: dual values with a random
//!               root r* and random free values
//!               V = K2 + [r*]P2                 V_f = [gamma_f]K2 + [nu_f]P2        for each free value f
//!   positive    R_i = [gamma_i]K_{T_i} + [nu_i]H(T_i)
//!   negative    R_i = [gamma_i d]N_l + [nu_i]Q_l + [nu'_i](P_l + [h(v)]Q_l)         V'_i = [gamma_i d]K2 + [nu'_i]P2
//!               W_j = sum of the R_i with rho(i) = j;   S = K0 + [x]K1 + [r*]F + W_0
//! signature     S, W_1 .. W_{tau-1}, V, V_f, V'_i
//! verification  X_i = [d_rho(i)]H(T_i) or [d_rho(i)]Q_l goes up the tree: X at the root, Y_f at each free value
//!               e(S + sum [d_j]W_j, P2) = Z e(F + X, V) prod e(Y_f, V_f) prod e([d_rho(i)](P_l + [h(v)]Q_l), V'_i)
//! ```
//! The weights `d_j` (`d_0 = 1`) are a hash of the statement and of every element. For a
//! conjunction of attributes, there is one row: 148 bytes, two pairings and no weights.
//!
//! # Side channels
//! A multiplication by a secret is made in constant time, and for every row of the policy alike,
//! whether it is used or not. Which rows a key satisfies is looked up by the names of its
//! attributes, in variable time: sign at a time that does not depend on it if somebody observes
//! your clock. Verification is about public data and takes variable time.

mod keys;
mod sign;
mod signature;
mod verify;

#[cfg(test)]
mod tests;

pub use keys::{MasterKey, PublicKey, SigningKey};
pub use signature::Signature;
pub use verify::{BadClaims, Claim, verify_batch};
