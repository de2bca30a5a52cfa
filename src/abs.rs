//! Attribute-based signatures: *a member whose attributes satisfy this policy signed this message*.
//!
//! An authority issues each user a [`SigningKey`] for the user's attributes. The user can sign
//! under any policy that these attributes satisfy. Anyone who has the authority's
//! [`PublicKey`] can verify.
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
//! # What is promised?
//! - **Unforgeability.** Nobody can sign under a policy that no single key of theirs satisfies;
//!   users cannot pool their attributes. This is existential unforgeability, in the generic group
//!   model with the hash functions as random oracles (`docs/proofs.md`; not published, not
//!   reviewed outside the project).
//! - **Anonymity.** A signature shows only that the policy is satisfied. It hides who signed,
//!   which satisfying set of attributes was used, and whether two signatures have the same signer.
//!   This holds unconditionally, also against the authority, for a key that satisfies the
//!   equations of [`SigningKey::verify`]. The check combines the equations with hashed weights: an
//!   issuer who makes `Q` hash queries passes it with a wrong key with probability at most
//!   `Q / 2^128`. Nobody can trace a signer.
//!
//! # What must I watch out for?
//! - **Hash statements, not signatures.** Anyone can re-randomise a signature into another one of
//!   the same statement. The bytes of a signature identify nothing, and the number of signatures is
//!   not the number of signers.
//! - **Verify the possession of a new key.** If you accept a public key from others, demand a
//!   proof that they know `alpha`. With `A' = [c]P2 + [k]A`, the members of authority `A`
//!   could sign under `A'`.
//!
//! # How does it work?
//! A signature is a key for the slot value of the statement, narrowed to the policy and
//! re-randomised. Naor observed that a key for a message is a signature (in Boneh and Franklin,
//! CRYPTO 2001). Maji, Prabhakaran and Rosulek introduced attribute-based signatures (CT-RSA 2011).
//! The form here is the project's; no paper describes it.
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
//! The weights `d_j` (`d_0 = 1`) are a hash of the statement and of every element. A conjunction of
//! attributes is one row, and its signature has 148 bytes, needs two pairings and no weights.
//!
//! # Which side channels remain?
//! Multiplications by secrets take constant time. They are computed for every row of the policy
//! alike, whether it is used or not. The lookup of the rows that a key satisfies goes by the names
//! of its attributes and takes variable time. If someone can observe your clock, sign at a time
//! that does not depend on it. Verification handles public data only and takes variable time.

mod keys;
mod sign;
mod signature;
mod verify;

#[cfg(test)]
mod tests;

pub use keys::{MasterKey, PublicKey, SigningKey};
pub use signature::Signature;
pub use verify::{BadClaims, Claim, verify_batch};
