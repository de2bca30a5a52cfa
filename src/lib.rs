//! medseal
#![allow(non_snake_case)] // the papers' letters, where an equation has them

pub mod abe;
pub mod abs;
/// Identity keys, certificates, mutual authentication and sessions (3.2, 3.3).
pub mod identity;
/// The consortium ledger: entries, what every node checks, a reference ledger in memory (3.4).
pub mod ledger;
pub mod limits;
pub mod merkle;
pub mod policy;
pub mod record;
pub mod search;
/// The whole flow: publish, find, open; object stores (3.4).
pub mod share;

mod aead;
mod codec;
mod curve;
mod domain;
mod error;
mod fabeo;
mod hash;
mod kdf;
mod secret;
mod transcript;
#[cfg(test)]
mod vectors;

pub use error::Error;
