//! The attribute authority: one set of master keys, one set of public parameters, and one set of
//! keys for each member.
//!
//! The module is below the ledger, because a ledger's [charter](crate::ledger::Charter) contains
//! the public parameters.

mod keys;

pub use keys::{Authority, MemberKeys, PublicParameters};
