//! The authority: its master keys, and the keys that it issues to members.

use super::export::export;
use rand_core::OsRng;

use super::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use super::abs::{medseal_abs_public_key, medseal_abs_signing_key};
use super::attributes::medseal_attributes;
use super::search_keys::{medseal_keyword_key, medseal_search_key, medseal_search_public_key};
use crate::abe::DecryptionKey;
use crate::abs::SigningKey;
use crate::search::{KeywordKey, SearchKey};
use crate::share::Authority;

export! {
    /// The attribute authority: its master keys for key wrapping, signatures and search, and the
    /// members' keyword key. It is secret, and wiped when freed.
    struct medseal_authority;

    /// Sets up an authority.
    medseal_authority_setup() -> (authority: object medseal_authority) { Authority::setup(&mut OsRng)? }

    /// Returns the public parameters of an authority, which every participant needs.
    medseal_authority_public_parameters(
        authority: object medseal_authority
    ) -> (parameters: object medseal_public_parameters) {
        authority.public_parameters()
    }

    /// Issues a member's keys for attributes: the decryption key, the signing key and the search
    /// key.
    /// @param attributes the certified attributes of the member
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_authority_issue(
        authority: object medseal_authority, attributes: object medseal_attributes
    ) -> (keys: object medseal_member_keys) {
        authority.issue(attributes, &mut OsRng)?
    }

    /// Returns the members' keyword key, which owners need to index keywords. Search keys carry it.
    medseal_authority_keyword_key(authority: object medseal_authority) -> (key: object medseal_keyword_key) {
        KeywordKey::from_bytes(&authority.keyword_key().to_bytes())?
    }

    /// Returns the same authority with a new keyword key. Use it if a member or an owner leaked the
    /// old keyword key.
    ///
    /// Store the byte form of the new authority instead of the old one. Distribute the new public
    /// parameters, which commit to the new keyword key. Give the keyword key to those who index.
    /// Reissue every member's keys: the old ones are refused under the new parameters. Old search
    /// keys still search old indexes. New search keys find what is indexed under the new keyword
    /// key: new records, and those whose entries are published again. The public keys in the
    /// parameters, the decryption keys and the signing keys do not change.
    /// @param authority the authority, which does not change
    medseal_authority_renew_keyword_key(
        authority: object medseal_authority
    ) -> (renewed: object medseal_authority) {
        let mut authority = Authority::from_bytes(&authority.to_bytes())?;
        authority.renew_keyword_key(&mut OsRng)?;
        authority
    }

    /// The public keys of an authority.
    struct medseal_public_parameters;

    /// Returns the public key for key wrapping in public parameters.
    medseal_public_parameters_abe(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_abe_public_key) {
        parameters.abe.clone()
    }

    /// Returns the public key for signatures in public parameters.
    medseal_public_parameters_abs(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_abs_public_key) {
        parameters.abs.clone()
    }

    /// Returns the public key for search in public parameters.
    medseal_public_parameters_search(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_search_public_key) {
        parameters.search.clone()
    }

    /// A member's keys for attributes: the decryption key, the signing key and the search key. It
    /// is secret, and wiped when freed.
    struct medseal_member_keys;

    /// Returns the attributes of a member's keys.
    medseal_member_keys_attributes(
        keys: object medseal_member_keys
    ) -> (attributes: object medseal_attributes) {
        keys.attributes().clone()
    }

    /// Checks that a member's keys were issued by the authority with these public parameters, and
    /// that the search key carries the members' keyword key. Do this once, when you receive the
    /// keys.
    /// @return MEDSEAL_ERR_INVALID_KEY
    medseal_member_keys_verify(
        keys: object medseal_member_keys, parameters: object medseal_public_parameters
    ) -> () {
        keys.verify(parameters)?
    }

    /// Returns a copy of the decryption key in a member's keys. Checks every point, which takes a
    /// while if there are many attributes.
    medseal_member_keys_decryption(
        keys: object medseal_member_keys
    ) -> (key: object medseal_abe_decryption_key) {
        DecryptionKey::from_bytes(&keys.decryption.to_bytes())?
    }

    /// Returns a copy of the signing key in a member's keys. Checks every point, which takes a
    /// while if there are many attributes.
    medseal_member_keys_signing(keys: object medseal_member_keys) -> (key: object medseal_abs_signing_key) {
        SigningKey::from_bytes(&keys.signing.to_bytes())?
    }

    /// Returns a copy of the search key in a member's keys. Checks every point, which takes a while
    /// if there are many attributes.
    medseal_member_keys_search(keys: object medseal_member_keys) -> (key: object medseal_search_key) {
        SearchKey::from_bytes(&keys.search.to_bytes())?
    }
}
