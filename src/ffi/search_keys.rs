//! Keys for keyword search, of the authority and of its members.

use super::export::export;
use rand_core::OsRng;

use super::attributes::medseal_attributes;
use crate::search::{KeywordKey, MasterKey};

export! {
    /// The authority's master key for search. It is secret, and wiped when freed.
    struct medseal_search_master_key;

    /// Makes a master key for search.
    medseal_search_master_key_generate() -> (master: object medseal_search_master_key) {
        MasterKey::generate(&mut OsRng)?
    }

    /// Returns the public key of a master key.
    medseal_search_master_key_public(
        master: object medseal_search_master_key
    ) -> (public_key: object medseal_search_public_key) {
        master.public_key()
    }

    /// Issues a search key for attributes.
    /// @param attributes the attributes of the key
    /// @param keyword_key the members' keyword key, which the search key carries
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_search_issue(
        master: object medseal_search_master_key, attributes: object medseal_attributes,
        keyword_key: object medseal_keyword_key
    ) -> (key: object medseal_search_key) {
        master.issue(attributes, keyword_key, &mut OsRng)?
    }

    /// The authority's public key for search.
    struct medseal_search_public_key;

    /// A user's key for attributes. It makes trapdoors. It is secret, and wiped when freed.
    struct medseal_search_key;

    /// Returns the attributes of a search key.
    medseal_search_key_attributes(key: object medseal_search_key) -> (attributes: object medseal_attributes) {
        key.attributes().clone()
    }

    /// Checks that a search key was issued under a public key. Do this once, when you receive the
    /// key.
    /// @return MEDSEAL_ERR_INVALID_KEY
    medseal_search_key_verify(
        key: object medseal_search_key, public_key: object medseal_search_public_key
    ) -> () {
        key.verify(public_key)?
    }

    /// The members' keyword key. Without it, nobody can test keywords against an index or a
    /// trapdoor. It is secret, and wiped when freed.
    struct medseal_keyword_key;

    /// Makes a keyword key.
    medseal_keyword_key_generate() -> (key: object medseal_keyword_key) { KeywordKey::generate(&mut OsRng)? }
}
