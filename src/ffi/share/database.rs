//! A hospital's database, of which the ledger sees nothing.

use crate::ffi::abi::{Caller, guard};
use crate::ffi::envelope::{medseal_identity, medseal_super_node_public_key};
use crate::ffi::handle::handle;
use crate::ffi::merkle::medseal_merkle_frontier;
use crate::ffi::objects::free;
use crate::ffi::status::{medseal_error, medseal_status};
use crate::ffi::values::medseal_digest;
use crate::share::Database;

/// A hospital's list of records: their digest, and the identity to which envelopes about them are
/// sealed. It has state: one call at a time.
pub struct medseal_database {
    _opaque: [u8; 0],
}
handle!(stateful medseal_database(Database));

free!(public medseal_database(database) "a hospital's database": medseal_database_free);

/// Makes the empty database of a hospital.
///
/// @param identity the hospital's identity
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_new(
    public_key: *const medseal_super_node_public_key,
    identity: *const medseal_identity,
    database: *mut *mut medseal_database,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let database = c.out("database", database)?;
        database.set(Database::new(*c.get("public_key", public_key)?, *c.get("identity", identity)?))
    })
}

/// Goes on with a database from the frontier that medseal_database_frontier() gave.
///
/// @param identity the hospital's identity
/// @param frontier the frontier, which is copied
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_resume(
    public_key: *const medseal_super_node_public_key,
    identity: *const medseal_identity,
    frontier: *const medseal_merkle_frontier,
    database: *mut *mut medseal_database,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let database = c.out("database", database)?;
        let frontier = c.get_mut("frontier", frontier)?.clone();
        database.set(Database::resume(
            *c.get("public_key", public_key)?,
            *c.get("identity", identity)?,
            frontier,
        ))
    })
}

/// The digest of a database: the Merkle root over its record digests. Keep it from others than the
/// hospital and main nodes.
///
/// @param digest where to put the digest
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_digest(
    database: *const medseal_database,
    digest: *mut medseal_digest,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let digest = c.out_value("digest", digest)?;
        digest.set(medseal_digest { bytes: *c.get_mut("database", database)?.digest().as_bytes() })
    })
}

/// The state of a database, to be kept after each publication.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_database_frontier(
    database: *const medseal_database,
    frontier: *mut *mut medseal_merkle_frontier,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let frontier = c.out("frontier", frontier)?;
        let state = c.get_mut("database", database)?.frontier().clone();
        frontier.set(state)
    })
}
