//! Identities, the super node's public key, and envelopes sealed under both.

use super::export::export;
use rand_core::OsRng;

use super::members::medseal_members_key;
use super::values::{medseal_digest, medseal_summary};
use crate::identity::{Disclosure, Identity};

export! {
    /// The super node's public key, on which all identities are based.
    struct medseal_super_node_public_key;

    /// Seals a message to an identity: only the registered hospital can open it.
    /// @param message the message, at most 16 MiB
    /// @param aad associated data: authenticated, and required unchanged for opening
    /// @param members a members' key that is also required for opening, or NULL
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_identity_seal(
        public_key: object medseal_super_node_public_key, recipient: object medseal_identity,
        message, message_len: bytes, aad, aad_len: bytes, members: object_or_null medseal_members_key
    ) -> (envelope: object medseal_identity_envelope) {
        public_key.seal_to(recipient, message, aad, members, &mut OsRng)?
    }

    /// A hospital's identity, to which envelopes are sealed.
    struct medseal_identity: shared Identity;

    /// A message sealed to a hospital's identity.
    struct medseal_identity_envelope;

    /// The information about a record that a main node or an envelope gives a hospital: the
    /// location, the database digest and the summary. It is secret, and wiped when freed.
    struct medseal_disclosure;

    /// Makes a disclosure.
    /// @param location the location of the sealed record, at most 1024 bytes
    /// @param database the hospital's database digest
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_disclosure_new(
        location, location_len: bytes, database: value medseal_digest, summary: value medseal_summary
    ) -> (disclosure: object medseal_disclosure) {
        Disclosure::new(location, database.bytes, summary.bytes)?
    }

    /// Returns the contents of a disclosure.
    /// @param database where to put the hospital's database digest
    /// @param summary where to put the record's keyed summary
    medseal_disclosure_read(
        disclosure: object medseal_disclosure
    ) -> (out, out_len: bytes, database: value medseal_digest, summary: value medseal_summary) {
        let database = medseal_digest { bytes: *disclosure.database_digest() };
        (disclosure.location(), database, medseal_summary { bytes: *disclosure.summary() })
    }
}
