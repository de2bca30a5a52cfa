//! Static keys, rosters, messages.

use crate::ffi::export::export;

use rand_core::OsRng;

use crate::authorities::{AuthorityKey, Roster};
use crate::ffi::status::Failure;
use crate::ffi::values::medseal_digest;

export! {
    /// An authority's static key: it signs and opens the authority's messages. It is secret, and
    /// wiped when freed.
    struct medseal_authority_key;

    /// Makes a static key.
    /// @return MEDSEAL_ERR_INVALID_TEXT
    medseal_authority_key_generate(name, name_len: name) -> (key: object medseal_authority_key) {
        AuthorityKey::generate(name, &mut OsRng)?
    }

    /// Returns the public key of a static key.
    medseal_authority_key_public(
        key: object medseal_authority_key
    ) -> (public_key: object medseal_authority_public_key) {
        key.public_key()
    }

    /// The public key of an authority's static key. Compare its fingerprint in person, because
    /// nothing certifies it.
    struct medseal_authority_public_key;

    /// Writes the name of an authority.
    ///
    medseal_authority_public_key_name(
        public_key: object medseal_authority_public_key
    ) -> (out, out_len: text) {
        public_key.name().as_str()
    }

    /// Returns the fingerprint, which people compare in person.
    medseal_authority_public_key_fingerprint(
        public_key: object medseal_authority_public_key
    ) -> (fingerprint: value medseal_digest) {
        medseal_digest { bytes: public_key.fingerprint() }
    }

    /// The list of the authorities, numbered from 1, and the threshold: how many of them are
    /// needed.
    struct medseal_roster;

    /// Makes a roster of authorities whose fingerprints were compared. All participants must pass
    /// the keys in the same order. Use a new context for each attempt at a key generation or
    /// resharing.
    /// @param threshold the number of authorities that are needed: at least 2, and more than half
    /// @param keys the public keys of the authorities
    /// @param count the number of authorities, at most 255
    /// @param context the purpose of the roster, such as the attempt
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if the threshold is not allowed, MEDSEAL_ERR_INVALID_PROOF,
    ///         MEDSEAL_ERR_INVALID_FIELD if a name or a key occurs twice
    medseal_roster_new(
        threshold: u8, keys, count: copies medseal_authority_public_key, context, context_len: bytes
    ) -> (roster: object medseal_roster) {
        Roster::new(threshold, &keys, context)?
    }

    /// Returns the digest of a roster. Authorities compare it before they begin, and members before
    /// they trust the roster.
    medseal_roster_digest(roster: object medseal_roster) -> (digest: value medseal_digest) {
        medseal_digest { bytes: roster.digest() }
    }

    /// Returns the threshold and the size of a roster.
    /// @param threshold where to put the number of authorities that are needed
    /// @param size where to put the number of authorities
    medseal_roster_size(roster: object medseal_roster) -> (threshold: value u8, size: value u8) {
        (roster.threshold(), roster.size())
    }

    /// Writes the name of an authority.
    /// @param index the number of the authority, from 1
    /// @return MEDSEAL_ERR_ABSENT if no authority has this number
    medseal_roster_name(roster: object medseal_roster, index: u8) -> (out, out_len: text) {
        roster.name(index).ok_or_else(|| Failure::absent("no authority has this number"))?.as_str()
    }

    /// A signed message of an authority. You deliver its bytes, over any channel.
    struct medseal_authority_message;

    /// Returns the round, the sender and the receiver of a message.
    /// @param round where to put its round, or NULL: 0 to 4 in a session, a greater number in
    ///              answers to requests
    /// @param from where to put the number of its sender, or NULL
    /// @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for the
    ///           requester
    medseal_authority_message_header(
        message: object medseal_authority_message
    ) -> (round: value_or_null u8, from: value_or_null u8, to: value_or_null u8) {
        (message.round() as u8, message.from(), message.to())
    }
}
