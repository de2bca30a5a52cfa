//! Identities, the super node's public key, and what is sealed under both:
//! disclosures in envelopes.

use super::export::export;
use rand_core::OsRng;

use super::members::medseal_members_key;
use super::values::{medseal_digest, medseal_summary};
use crate::identity::{Disclosure, Identity};

export! {
    /// The super node's public key: what all identities rest on.
    struct medseal_super_node_public_key;

    /// Seals a message to an identity: only the registered hospital can open it.
    ///
    /// @param message the message, at most 16 MiB
    /// @param aad what is authenticated with it and has to be the same for opening
    /// @param members the members' key that opening is to need as well, or NULL
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_identity_seal(
        public_key: object medseal_super_node_public_key, recipient: object medseal_identity,
        message, message_len: bytes, aad, aad_len: bytes, members: object_or_null medseal_members_key
    ) -> (envelope: object medseal_identity_envelope) {
        public_key.seal_to(recipient, message, aad, members, &mut OsRng)?
    }

    /// A hospital's identity, to which envelopes are sealed.
    struct medseal_identity(identity): shared Identity, public "an identity" medseal_identity_free;

    /// A message sealed to a hospital's identity.
    struct medseal_identity_envelope;

    /// What a main node or an envelope tells a hospital of a record: location, database digest,
    /// summary. It is secret, and wiped when freed.
    struct medseal_disclosure;

    /// Makes a disclosure.
    ///
    /// @param location where the sealed record is kept, at most 1024 bytes
    /// @param database the hospital's database digest
    /// @param summary the record's keyed summary
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_disclosure_new(
        location, location_len: bytes, database: value medseal_digest, summary: value medseal_summary
    ) -> (disclosure: object medseal_disclosure) {
        Disclosure::new(location, database.bytes, summary.bytes)?
    }

    /// What a disclosure says.
    ///
    /// @param out buffer for the location
    /// @param database where to put the hospital's database digest
    /// @param summary where to put the record's keyed summary
    medseal_disclosure_read(
        disclosure: object medseal_disclosure
    ) -> (out, out_len: bytes, database: value medseal_digest, summary: value medseal_summary) {
        let database = medseal_digest { bytes: *disclosure.database_digest() };
        (disclosure.location(), database, medseal_summary { bytes: *disclosure.summary() })
    }
}
