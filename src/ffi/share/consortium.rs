//! Whom a publication or a search goes to.

use crate::ffi::abi::{Caller, Versioned, if_any};
use crate::ffi::charter::medseal_charters;
use crate::ffi::entry::medseal_trusted_head;
use crate::ffi::ledger::medseal_ledger;
use crate::ffi::members::medseal_members_keys;
use crate::ffi::status::Failure;
use crate::ffi::store::medseal_store;
use crate::ledger::TrustedHead;
use crate::merkle::Tree;
use crate::share::Consortium;
use crate::threads::Threads;

/// The ledger, the store and the keys that the functions of this section use. The struct owns
/// nothing.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_consortium {
    /// sizeof(medseal_consortium).
    pub struct_size: usize,
    /// The ledger.
    pub ledger: *const medseal_ledger,
    /// The object store that has the sealed records.
    pub store: *const medseal_store,
    /// The ledger's charters. An entry is published under the current charter, and is checked under
    /// the charter that it names.
    pub charters: *const medseal_charters,
    /// The trusted head that must include every entry that is opened; NULL if you only publish and
    /// find.
    pub head: *const medseal_trusted_head,
    /// The number of threads that seal, open and search; 0 for the number of processors.
    pub threads: usize,
    /// The members' keys that you hold, or NULL.
    pub members: *const medseal_members_keys,
}

// SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_consortium {}

pub(in crate::ffi) fn consortium<'c>(
    c: &'c Caller,
    consortium: *const medseal_consortium,
) -> Result<Consortium<'c>, Failure> {
    let consortium = c.sized("consortium", consortium)?;
    Ok(Consortium {
        ledger: c.get("consortium.ledger", consortium.ledger)?.as_dyn(),
        store: &**c.get("consortium.store", consortium.store)?,
        charters: c.get("consortium.charters", consortium.charters)?,
        head: match if_any(consortium.head, || c.get("consortium.head", consortium.head))? {
            Some(head) => *head,
            // The empty head, which includes no entry.
            None => TrustedHead::new(Tree::new().head(), 0, 0, 0)?,
        },
        members: if_any(consortium.members, || c.get("consortium.members", consortium.members))?,
        threads: Threads::new(consortium.threads),
    })
}
