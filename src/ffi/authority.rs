//! The authority: all master keys together, and what it gives to members.

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

    /// The public parameters of an authority, which everybody needs.
    medseal_authority_public_parameters(
        authority: object medseal_authority
    ) -> (parameters: object medseal_public_parameters) {
        authority.public_parameters()
    }

    /// Issues a member's keys for attributes: to decrypt, to sign, and to search.
    ///
    /// @param attributes what the member is certified to be
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_authority_issue(
        authority: object medseal_authority, attributes: object medseal_attributes
    ) -> (keys: object medseal_member_keys) {
        authority.issue(attributes, &mut OsRng)?
    }

    /// The members' keyword key, which owners need to index keywords. Search keys carry it.
    medseal_authority_keyword_key(authority: object medseal_authority) -> (key: object medseal_keyword_key) {
        KeywordKey::from_bytes(&authority.keyword_key().to_bytes())?
    }

    /// The same authority with another keyword key, for when a member or an owner did not keep the
    /// one that they had.
    ///
    /// Keep the byte form of the new authority in place of the old one's, distribute the new public
    /// parameters, which commit to the new keyword key, give the keyword key to those who index,
    /// and issue every member's keys anew: under the new parameters the old ones are refused. Old
    /// search keys go on searching old indexes; new ones find what is indexed under the new keyword
    /// key, that is, new records and those whose entries are published again. The public keys in
    /// the parameters, decryption keys and signing keys stay as they are.
    ///
    /// @param authority the authority, which stays as it is
    medseal_authority_renew_keyword_key(
        authority: object medseal_authority
    ) -> (renewed: object medseal_authority) {
        let mut authority = Authority::from_bytes(&authority.to_bytes())?;
        authority.renew_keyword_key(&mut OsRng)?;
        authority
    }

    /// The public keys of an authority.
    struct medseal_public_parameters;

    /// The public key for key wrapping among public parameters.
    medseal_public_parameters_abe(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_abe_public_key) {
        parameters.abe.clone()
    }

    /// The public key for signatures among public parameters.
    medseal_public_parameters_abs(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_abs_public_key) {
        parameters.abs.clone()
    }

    /// The public key for search among public parameters.
    medseal_public_parameters_search(
        parameters: object medseal_public_parameters
    ) -> (public_key: object medseal_search_public_key) {
        parameters.search.clone()
    }

    /// A member's keys for attributes: to decrypt, to sign, and to search. It is secret, and wiped
    /// when freed.
    struct medseal_member_keys;

    /// The attributes that a member's keys are for.
    medseal_member_keys_attributes(
        keys: object medseal_member_keys
    ) -> (attributes: object medseal_attributes) {
        keys.attributes().clone()
    }

    /// Checks that a member's keys were issued by the authority with these public parameters, and
    /// that the search key carries the members' keyword key. Do this once, when you get keys.
    ///
    /// @return MEDSEAL_ERR_INVALID_KEY
    medseal_member_keys_verify(
        keys: object medseal_member_keys, parameters: object medseal_public_parameters
    ) -> () {
        keys.verify(parameters)?
    }

    /// A copy of the decryption key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_decryption(
        keys: object medseal_member_keys
    ) -> (key: object medseal_abe_decryption_key) {
        DecryptionKey::from_bytes(&keys.decryption.to_bytes())?
    }

    /// A copy of the signing key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_signing(keys: object medseal_member_keys) -> (key: object medseal_abs_signing_key) {
        SigningKey::from_bytes(&keys.signing.to_bytes())?
    }

    /// A copy of the search key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_search(keys: object medseal_member_keys) -> (key: object medseal_search_key) {
        SearchKey::from_bytes(&keys.search.to_bytes())?
    }
}
