//! The attribute scheme of key wrapping, signatures and search: bases, one type of key, and rows.
//!
//! FABEO (Riepel, Wee, *FABEO: Fast Attribute-Based Encryption with Optimal Security*,
//! CCS 2022, figure 1) shares an exponent `s` over a policy and blinds each share by
//! the attribute of its row.
//!
//! # Where does this depart from the paper?
//! - **Slot.** FABEO's fixed point is a [`Slot`], `F(x) = U0 + [x]U1` in the manner of Boneh and
//!   Boyen (EUROCRYPT 2004). A key holds an element for each of the two bases, so its holder can
//!   derive the key for any slot value `x`. The value is the tag of a ciphertext in key wrapping,
//!   the statement in a signature, and the keyword in search.
//! - **Conjunctions.** A row requires all attributes of a *set* `T`: `H(T)` is the sum of the
//!   `H(a)`. A conjunction costs one row.
//! - **Negation.** A negative row requires another value of a label.
//! - **Base.** The base `h` is hashed, and keys are linear in the master key.
//!
//! # What is in a key?
//! ```text
//! K0 = [alpha]h + [r]U0      K1 = [r]U1      K2 = [r]P2
//! K_a = [r]H(a)                         for each attribute a, numbers expanded
//! N_l = [r](P_l + [h(v)]Q_l)            for each label l that has exactly one value, a text v
//! ```
//! In search, the slot's elements carry `rho`, with `r = b rho`, and `alpha` is
//! the master key's `gamma`.
//!
//! # What is in a row?
//! ```text
//! rows of s     c2_j = [s'_j]P2                                       for each use number j
//!   positive    c3_i = [lambda_i]F + [s'_rho(i)]H(T_i)                for each row i, with its share lambda_i of s
//!   negative    c3_i = [lambda_i]F + [s'_rho(i)]Q_l
//!               c4_i = [s'_rho(i)](P_l + [h(v)]Q_l)
//! ```
//! For rows `I` and coefficients with `sum gamma_i lambda_i = s`, key wrapping and search compute
//! one product of pairings:
//! ```text
//! prod_j e( sum_{rho(i)=j} [gamma_i]K_{T_i}, c2_j ) * e( - sum [gamma_i]c3_i, K2 )  =  e( F, P2 )^{- r s}
//! ```
//! A negative row, with `d = 1/(h(v) - h(v'))`, contributes `[-gamma_i d]N_l` to the sum that is
//! paired with `c2_rho(i)`, and `[gamma_i d]c4_i` to the sum that is paired with `K2`. A signature
//! is a key for one slot value, narrowed to such rows: see [`abs`](crate::abs).

mod authority;
mod bases;
mod key;
mod rows;

#[cfg(test)]
mod tests;

pub(crate) use authority::{Master, MasterShare, Public, authority_keys};
pub(crate) use bases::{Points, RowBase, Slot, h};
pub(crate) use key::{Elements, Key};
pub(crate) use rows::{Combined, Drawn, Rows, Sum, Used, combine};
