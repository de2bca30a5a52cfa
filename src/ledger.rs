//! The consortium ledger: what an entry is, what every node checks, and a
//! reference ledger in memory.
//!
//! **Who takes part** (section 3.1 of the model). *Uploaders* sign entries with their
//! attributes. *Ledger nodes* hold public parameters only: they [`validate`] entries, keep them
//! in one order, and match trapdoors against keyword indexes; they learn neither keyword nor
//! record, nor which hospital an entry comes from. *Readers* take from an entry the digest, the
//! address and the wrapped key.
//!
//! What an entry is does not depend on which ledger keeps it. A consortium that runs a ledger
//! already (Fabric, Besu, CometBFT, a database) implements [`Ledger`] over it, stores
//! [`Item::to_bytes`], and has its nodes run [`Item::from_bytes`], [`validate`] for an entry and
//! [`Charters::push`] for a charter. Agreement among the nodes is that ledger's business.
//! `docs/ledger.md` says what a ledger promises and where implementations go wrong, and
//! `examples/postgres_ledger` is one in a database.
//!
//! # What is a charter?
//! What a ledger demands changes over the years: the claim policy, the key for signatures, the
//! validators. A [`Charter`] says it, signed by the super node, alone or as [several
//! authorities](crate::authorities), and stands on the ledger as an item. It governs what follows
//! it, until the next charter. An entry names the number of its charter; a node accepts it under
//! the current one alone ([`Error::EraPassed`](crate::Error::EraPassed)), and readers judge it by
//! the one that it names. So old entries stay readable, and a key that has expired or was stolen
//! signs nothing new: an entry that it signs for its own time stands under no head, and a reader
//! opens a [`CheckedEntry`] alone.
//!
//! ```
//! # #[cfg(feature = "memory-ledger")] {
//! use medseal::authority::Authority;
//! use medseal::identity::{Name, SuperNode};
//! use medseal::ledger::{CharterDraft, Ledger, MemoryLedger, Terms};
//! use medseal::policy::Policy;
//! use medseal::rand_core::OsRng;
//!
//! let (authority, super_node) = (Authority::setup(&mut OsRng)?, SuperNode::generate(&mut OsRng)?);
//! let mut terms =
//!     Terms::new(Name::new("north")?, Policy::parse("hospital")?, authority.public_parameters());
//!
//! // The super node signs the first charter, which founds the ledger.
//! let first = super_node.sign_charter(CharterDraft::first(terms.clone(), None))?;
//! let ledger = MemoryLedger::new(first, &super_node.public_key())?;
//!
//! // Some years later.
//! terms.claim = Policy::parse("hospital and accredited")?;
//! let draft = ledger.charters()?.draft(terms, ledger.head()?);
//! ledger.append_charter(&super_node.sign_charter(draft)?)?;
//! assert_eq!(ledger.charters()?.current().number(), 2);
//! # }
//! # Ok::<(), medseal::Error>(())
//! ```
//!
//! | part | where |
//! |---|---|
//! | record id, ledger id, address | `ledger/address.rs` |
//! | statement, entry, signing, byte layout | `ledger/entry.rs` |
//! | charters and validators, signing, byte layout | `ledger/charter.rs` |
//! | the verified chain of charters | `ledger/charters.rs` |
//! | charters that several authorities sign | `ledger/parts.rs` |
//! | what stands at a height | `ledger/item.rs` |
//! | what every node checks | `ledger/validate.rs` |
//! | what every reader checks | `ledger/reader.rs` |
//! | the trait | `ledger/interface.rs` |
//! | what a search found, and its byte form | `ledger/found.rs` |
//! | blocks, snapshots, concurrent readers | `ledger/memory.rs` |

mod address;
mod charter;
mod charters;
mod entry;
mod found;
mod interface;
mod item;
#[cfg(feature = "memory-ledger")]
mod memory;
mod parts;
mod reader;
mod validate;

#[cfg(test)]
mod tests;

pub use address::{Address, LedgerId, RecordId};
pub use charter::{Charter, CharterDraft, CharterHash, Terms, Validator};
pub use charters::Charters;
pub use entry::{Entry, EntryId, Statement, wrap_aad};
pub use found::{Found, Malformed};
#[cfg(feature = "capi")]
pub(crate) use interface::search_here;
pub use interface::{Appended, Indexes, Items, Ledger, Place};
pub use item::{Indexed, Item};
#[cfg(feature = "memory-ledger")]
pub use memory::{BlockHeader, MemoryLedger};
pub use reader::{CheckedEntry, TrustedHead};
pub use validate::{Refusal, Validated, validate, validate_all};
