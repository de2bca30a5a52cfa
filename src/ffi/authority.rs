//! The authority: all master keys together, and what it gives to members.

use super::objects::give;
use rand_core::OsRng;

use super::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use super::abi::{Caller, guard};
use super::abs::{medseal_abs_public_key, medseal_abs_signing_key};
use super::attributes::medseal_attributes;
use super::search_keys::{medseal_keyword_key, medseal_search_key, medseal_search_public_key};
use super::status::{medseal_error, medseal_status};
use crate::abe::DecryptionKey;
use crate::abs::SigningKey;
use crate::search::{KeywordKey, SearchKey};
use crate::share::Authority;

/// The attribute authority: its master keys for key wrapping, signatures and search, and the
/// members' keyword key. It is secret, and wiped when freed.
pub struct medseal_authority {
    _opaque: [u8; 0],
}

give! {
    /// Sets up an authority.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_authority_setup() -> authority: object medseal_authority { Authority::setup(&mut OsRng)? }
}

give! {
    /// The public parameters of an authority, which everybody needs.
    medseal_authority_public_parameters(authority: medseal_authority) -> parameters: object medseal_public_parameters {
        authority.public_parameters()
    }
}

/// Issues a member's keys for attributes: to decrypt, to sign, and to search.
///
/// @param attributes what the member is certified to be
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_issue(
    authority: *const medseal_authority,
    attributes: *const medseal_attributes,
    keys: *mut *mut medseal_member_keys,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keys = c.out("keys", keys)?;
        keys.set(c.get("authority", authority)?.issue(c.get("attributes", attributes)?, &mut OsRng)?)
    })
}

give! {
    /// The members' keyword key, which owners need to index keywords. Search keys carry it.
    medseal_authority_keyword_key(authority: medseal_authority) -> key: object medseal_keyword_key {
        KeywordKey::from_bytes(&authority.keyword_key().to_bytes())?
    }
}

/// The same authority with another keyword key, for when a member or an owner did not keep
/// the one that they had.
///
/// Keep the byte form of the new authority in place of the old one's, distribute the new public
/// parameters, which commit to the new keyword key, give the keyword key to those who index, and
/// issue every member's keys anew: under the new parameters the old ones are refused. Old search
/// keys go on searching old indexes; new ones find what is indexed under the new keyword key, that
/// is, new records and those whose entries are published again. The public keys in the parameters,
/// decryption keys and signing keys stay as they are.
///
/// @param authority the authority, which stays as it is
/// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_renew_keyword_key(
    authority: *const medseal_authority,
    renewed: *mut *mut medseal_authority,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let renewed = c.out("renewed", renewed)?;
        let mut authority = Authority::from_bytes(&c.get("authority", authority)?.to_bytes())?;
        authority.renew_keyword_key(&mut OsRng)?;
        renewed.set(authority)
    })
}

/// The public keys of an authority.
pub struct medseal_public_parameters {
    _opaque: [u8; 0],
}

give! {
    /// The public key for key wrapping among public parameters.
    medseal_public_parameters_abe(parameters: medseal_public_parameters) -> public_key: object medseal_abe_public_key {
        parameters.abe.clone()
    }
}

give! {
    /// The public key for signatures among public parameters.
    medseal_public_parameters_abs(parameters: medseal_public_parameters) -> public_key: object medseal_abs_public_key {
        parameters.abs.clone()
    }
}

give! {
    /// The public key for search among public parameters.
    medseal_public_parameters_search(parameters: medseal_public_parameters) -> public_key: object medseal_search_public_key {
        parameters.search.clone()
    }
}

/// A member's keys for attributes: to decrypt, to sign, and to search. It is secret, and wiped when
/// freed.
pub struct medseal_member_keys {
    _opaque: [u8; 0],
}

give! {
    /// The attributes that a member's keys are for.
    medseal_member_keys_attributes(keys: medseal_member_keys) -> attributes: object medseal_attributes {
        keys.attributes().clone()
    }
}

/// Checks that a member's keys were issued by the authority with these public parameters, and that
/// the search key carries the members' keyword key. Do this once, when you get keys.
///
/// @param parameters the authority's public parameters
/// @return MEDSEAL_ERR_INVALID_KEY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_member_keys_verify(
    keys: *const medseal_member_keys,
    parameters: *const medseal_public_parameters,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        Ok(c.get("keys", keys)?.verify(c.get("parameters", parameters)?)?)
    })
}

give! {
    /// A copy of the decryption key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_decryption(keys: medseal_member_keys) -> key: object medseal_abe_decryption_key {
        DecryptionKey::from_bytes(&keys.decryption.to_bytes())?
    }
}

give! {
    /// A copy of the signing key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_signing(keys: medseal_member_keys) -> key: object medseal_abs_signing_key {
        SigningKey::from_bytes(&keys.signing.to_bytes())?
    }
}

give! {
    /// A copy of the search key among a member's keys. It checks every point, and so takes a
    /// while for many attributes.
    medseal_member_keys_search(keys: medseal_member_keys) -> key: object medseal_search_key {
        SearchKey::from_bytes(&keys.search.to_bytes())?
    }
}
