//! Keys for keyword search: the authority's, and its members'.

use super::objects::give;
use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::attributes::medseal_attributes;
use super::status::{medseal_error, medseal_status};
use crate::search::{KeywordKey, MasterKey};

/// The authority's master key for search. It is secret, and wiped when freed.
pub struct medseal_search_master_key {
    _opaque: [u8; 0],
}

give! {
    /// Makes a master key for search.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_search_master_key_generate() -> master: object medseal_search_master_key { MasterKey::generate(&mut OsRng)? }
}

give! {
    /// The public key of a master key.
    medseal_search_master_key_public(master: medseal_search_master_key) -> public_key: object medseal_search_public_key {
        master.public_key()
    }
}

/// Issues a search key for attributes.
///
/// @param attributes what the key is for
/// @param keyword_key the members' keyword key, which the search key carries
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_search_issue(
    master: *const medseal_search_master_key,
    attributes: *const medseal_attributes,
    keyword_key: *const medseal_keyword_key,
    key: *mut *mut medseal_search_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        let (master, attributes) = (c.get("master", master)?, c.get("attributes", attributes)?);
        key.set(master.issue(attributes, c.get("keyword_key", keyword_key)?, &mut OsRng)?)
    })
}

/// The authority's public key for search.
pub struct medseal_search_public_key {
    _opaque: [u8; 0],
}

/// A user's key for attributes, which makes trapdoors. It is secret, and wiped when freed.
pub struct medseal_search_key {
    _opaque: [u8; 0],
}

give! {
    /// The attributes that a search key is for.
    medseal_search_key_attributes(key: medseal_search_key) -> attributes: object medseal_attributes {
        key.attributes().clone()
    }
}

/// Checks that a search key was issued under a public key. Do this once, when you get a key.
///
/// @param public_key the authority's public key
/// @return MEDSEAL_ERR_INVALID_KEY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_search_key_verify(
    key: *const medseal_search_key,
    public_key: *const medseal_search_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("key", key)?.verify(c.get("public_key", public_key)?)?))
}

/// The members' keyword key: without it nobody can try keywords on an index or a trapdoor. It is
/// secret, and wiped when freed.
pub struct medseal_keyword_key {
    _opaque: [u8; 0],
}

give! {
    /// Makes a keyword key.
    ///
    /// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
    medseal_keyword_key_generate() -> key: object medseal_keyword_key { KeywordKey::generate(&mut OsRng)? }
}
