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
//! The form here is the project's; no paper describes it. Section 6 of `docs/schemes.md` has every
//! equation. A conjunction of attributes is one row, and its signature has 148 bytes, needs two
//! pairings and no weights.
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
