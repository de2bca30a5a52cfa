//! A hospital's database. Nothing of it goes to the ledger.

use crate::ffi::envelope::{medseal_identity, medseal_super_node_public_key};
use crate::ffi::export::export;
use crate::ffi::merkle::medseal_merkle_frontier;
use crate::ffi::values::medseal_digest;
use crate::share::Database;

export! {
    /// A hospital's list of records: their digest, and the identity that receives the envelopes. It
    /// has state: one call at a time.
    struct medseal_database: stateful Database;

    /// Makes an empty database for a hospital.
    medseal_database_new(
        public_key: object medseal_super_node_public_key, identity: object medseal_identity
    ) -> (database: object medseal_database) {
        Database::new(*public_key, *identity)
    }

    /// Restores a database from the frontier that medseal_database_frontier() returned.
    medseal_database_resume(
        public_key: object medseal_super_node_public_key, identity: object medseal_identity,
        frontier: peek medseal_merkle_frontier
    ) -> (database: object medseal_database) {
        Database::resume(*public_key, *identity, frontier.clone())
    }

    /// Returns the digest of a database: the Merkle root over its record digests. Show it only to
    /// the hospital and to main nodes.
    medseal_database_digest(database: peek medseal_database) -> (digest: value medseal_digest) {
        medseal_digest { bytes: *database.digest().as_bytes() }
    }

    /// Returns the state of a database. Store it after each publication.
    medseal_database_frontier(database: peek medseal_database) -> (frontier: object medseal_merkle_frontier) {
        database.frontier().clone()
    }
}
