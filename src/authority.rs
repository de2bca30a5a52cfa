//! The attribute authority: one set of master keys, one set of public parameters, one set
//! of keys for each member.
//!
//! It stands below the ledger, since a ledger's [charter](crate::ledger::Charter) names the
//! public parameters that hold.

mod keys;

pub use keys::{Authority, MemberKeys, PublicParameters};
