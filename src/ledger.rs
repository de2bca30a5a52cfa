//! The consortium ledger: what an entry is, what every node checks, and a reference ledger in memory.
//!
//! **Who takes part** (section 3.1 of the model). *Uploaders* sign entries with their attributes. *Ledger nodes*
//! hold public parameters only: they [`validate`] entries, keep them in one order, and match trapdoors against
//! keyword indexes; they learn neither keyword nor record, nor which hospital an entry comes from. *Readers* take
//! from an entry the digest, the address and the wrapped key.
//!
//! What an entry is does not depend on which ledger keeps it. A consortium that runs a ledger already (Fabric,
//! Besu, CometBFT, a database) implements [`Ledger`] over it, stores [`Entry::to_bytes`], and has its nodes run
//! [`Entry::from_bytes`] and [`validate`]. Agreement among the nodes is that ledger's business.
//!
//! | part | where |
//! |---|---|
//! | record id, ledger id, address | `ledger/address.rs` |
//! | statement, entry, signing, byte layout | `ledger/entry.rs` |
//! | what every node checks | `ledger/validate.rs` |
//! | the trait | `ledger/interface.rs` |
//! | what a search found, and its byte form | `ledger/found.rs` |
//! | blocks, inclusion proofs, snapshots, concurrent readers | `ledger/memory.rs` |

mod address;
mod entry;
mod found;
mod interface;
#[cfg(feature = "memory-ledger")]
mod memory;
mod validate;

#[cfg(test)]
mod tests;

pub use address::{Address, LedgerId, RecordId};
pub use entry::{Entry, EntryId, Statement, wrap_aad};
pub use found::{Found, Malformed};
#[cfg(feature = "capi")]
pub(crate) use interface::search_here;
pub use interface::{Entries, Head, Ledger, Place};
#[cfg(feature = "memory-ledger")]
pub use memory::{BlockHeader, EntryProof, MemoryLedger};
pub use validate::{Demands, Refusal, validate, validate_all};
