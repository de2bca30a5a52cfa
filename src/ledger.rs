//! The consortium ledger: entries, the checks of every node, and a reference ledger in memory.
//!
//! # Who takes part?
//! (Section 3.1 of the model.)
//!
//! - *Uploaders* sign entries with their attributes.
//! - *Ledger nodes* hold only public parameters. They [`validate`] entries, keep them in one order,
//!   and match trapdoors against keyword indexes. They learn neither keywords nor records, and not
//!   which hospital an entry comes from.
//! - *Readers* take the digest, the address and the wrapped key from an entry.
//!
//! # How do I use my own ledger?
//! An entry does not depend on the ledger that stores it. A consortium that already runs a ledger
//! (Fabric, Besu, CometBFT, a database) implements [`Ledger`] for it and stores [`Item::to_bytes`].
//! Its nodes run [`Item::from_bytes`], [`validate`] for each entry, and [`Charters::push`] for each
//! charter. The nodes reach agreement through that ledger, not through this library.
//! `docs/ledger.md` lists the guarantees of a ledger and common mistakes.
//! `examples/postgres_ledger` is a ledger in a database.
//!
//! # What is a charter?
//! The rules of a ledger change over the years: the claim policy, the key for signatures, the
//! validators. A [`Charter`] states them. The super node signs it, alone or as [several
//! authorities](crate::authorities), and it is an item on the ledger. It governs the items that
//! follow it, until the next charter. An entry names the number of its charter. A node accepts an
//! entry only under the current charter ([`Error::EraPassed`](crate::Error::EraPassed)); a reader
//! checks an entry under the charter that it names.
//!
//! Old entries therefore stay readable, and an expired or stolen key can sign nothing new. It can
//! still sign an entry for its own time, but no head covers such an entry, and a reader opens
//! only a [`CheckedEntry`].
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
pub use found::{Found, Malformed, Place};
#[cfg(feature = "capi")]
pub(crate) use interface::search_here;
pub use interface::{Appended, Indexes, Items, Ledger};
pub use item::{Indexed, Item};
#[cfg(feature = "memory-ledger")]
pub use memory::{BlockHeader, MemoryLedger};
pub use reader::{CheckedEntry, TrustedHead};
pub use validate::{Refusal, Validated, validate, validate_all};
