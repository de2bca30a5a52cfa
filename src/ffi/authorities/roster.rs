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
    ///
    /// @return MEDSEAL_ERR_INVALID_TEXT
    medseal_authority_key_generate(name, name_len: name) -> (key: object medseal_authority_key) {
        AuthorityKey::generate(name, &mut OsRng)?
    }

    /// The public side of a static key.
    medseal_authority_key_public(
        key: object medseal_authority_key
    ) -> (public_key: object medseal_authority_public_key) {
        key.public_key()
    }

    /// The public side of an authority's static key. Compare its fingerprint in person: nobody
    /// certifies it.
    struct medseal_authority_public_key;

    /// Writes the name of an authority.
    ///
    medseal_authority_public_key_name(
        public_key: object medseal_authority_public_key
    ) -> (out, out_len: text) {
        public_key.name().as_str()
    }

    /// What people compare.
    medseal_authority_public_key_fingerprint(
        public_key: object medseal_authority_public_key
    ) -> (fingerprint: value medseal_digest) {
        medseal_digest { bytes: public_key.fingerprint() }
    }

    /// Who the authorities are, numbered from 1, and how many of them are needed.
    struct medseal_roster;

    /// Makes a roster of authorities whose fingerprints were compared. Everybody gives the keys in
    /// the same order, and each try of a key generation or resharing its own context.
    ///
    /// @param threshold how many are needed: at least 2, and more than half
    /// @param keys their public keys
    /// @param count how many, at most 255
    /// @param context what they are for
    /// @return MEDSEAL_ERR_OUT_OF_RANGE for another threshold, MEDSEAL_ERR_INVALID_PROOF,
    ///         MEDSEAL_ERR_INVALID_FIELD if a name or key is there twice
    medseal_roster_new(
        threshold: u8, keys, count: copies medseal_authority_public_key, context, context_len: bytes
    ) -> (roster: object medseal_roster) {
        Roster::new(threshold, &keys, context)?
    }

    /// What stands for a roster: authorities compare it before they begin, and
    /// members before they trust it.
    medseal_roster_digest(roster: object medseal_roster) -> (digest: value medseal_digest) {
        medseal_digest { bytes: roster.digest() }
    }

    /// How many authorities there are, and how many are needed.
    ///
    /// @param threshold where to put how many are needed
    /// @param size where to put how many there are
    medseal_roster_size(roster: object medseal_roster) -> (threshold: value u8, size: value u8) {
        (roster.threshold(), roster.size())
    }

    /// Writes the name of the authority with a number.
    ///
    /// @param index its number, from 1
    /// @return MEDSEAL_ERR_ABSENT if nobody has this number
    medseal_roster_name(roster: object medseal_roster, index: u8) -> (out, out_len: text) {
        roster.name(index).ok_or_else(|| Failure::absent("no authority has this number"))?.as_str()
    }

    /// A signed message of an authority. Its bytes are yours to carry, over any channel.
    struct medseal_authority_message;

    /// Where a message belongs.
    ///
    /// @param round where to put its round, or NULL: 0 to 4 in a session, greater ones in answers
    ///              to requests
    /// @param from where to put the number of its sender, or NULL
    /// @param to where to put the number of its receiver, or NULL: 0 if it is for all, or for who
    ///           asked
    medseal_authority_message_header(
        message: object medseal_authority_message
    ) -> (round: value_or_null u8, from: value_or_null u8, to: value_or_null u8) {
        (message.round() as u8, message.from(), message.to())
    }
}
