/// @file
/// The authority, and the keys of members. Included by medseal.hpp.
#ifndef MEDSEAL_AUTHORITY_HPP
#define MEDSEAL_AUTHORITY_HPP

#include "abe.hpp"
#include "abs.hpp"
#include "search.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The public keys of an authority.
class public_parameters
    : public coded<public_parameters, bytes, medseal_public_parameters, medseal_public_parameters_free,
                   medseal_public_parameters_encode, medseal_public_parameters_decode> {
public:
    using coded::coded;

    /// Returns the public key for key wrapping in public parameters.
    result<abe_public_key> abe() const {
        return detail::object<abe_public_key>(medseal_public_parameters_abe, *this);
    }
    /// Returns the public key for signatures in public parameters.
    result<abs_public_key> abs() const {
        return detail::object<abs_public_key>(medseal_public_parameters_abs, *this);
    }
    /// Returns the public key for search in public parameters.
    result<search_public_key> search() const {
        return detail::object<search_public_key>(medseal_public_parameters_search, *this);
    }
};

/// A member's keys for attributes: the decryption key, the signing key and the search key. It is
/// secret, and wiped when freed.
class member_keys
    : public coded<member_keys, secret_bytes, medseal_member_keys, medseal_member_keys_free,
                   medseal_member_keys_encode, medseal_member_keys_decode> {
public:
    using coded::coded;

    /// Returns the attributes of a member's keys.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_member_keys_attributes, *this);
    }
    /// Checks that a member's keys were issued by the authority with these public parameters.
    result<void> verify(const public_parameters &parameters) const {
        return detail::done(medseal_member_keys_verify, *this, parameters);
    }
    /// Returns a copy of the decryption key in a member's keys.
    result<abe_decryption_key> decryption() const {
        return detail::object<abe_decryption_key>(medseal_member_keys_decryption, *this);
    }
    /// Returns a copy of the signing key in a member's keys.
    result<abs_signing_key> signing() const {
        return detail::object<abs_signing_key>(medseal_member_keys_signing, *this);
    }
    /// Returns a copy of the search key in a member's keys.
    result<search_key> search() const {
        return detail::object<search_key>(medseal_member_keys_search, *this);
    }
};

/// The attribute authority: its master keys for key wrapping, signatures and search, and the
/// members' keyword key. It is secret, and wiped when freed.
class authority
    : public coded<authority, secret_bytes, medseal_authority, medseal_authority_free,
                   medseal_authority_encode, medseal_authority_decode> {
public:
    using coded::coded;

    /// Sets up an authority.
    static result<authority> setup() { return detail::object<authority>(medseal_authority_setup); }
    /// Returns the public parameters of an authority, which every participant needs.
    result<medseal::public_parameters> public_parameters() const {
        return detail::object<medseal::public_parameters>(medseal_authority_public_parameters, *this);
    }
    /// Issues a member's keys for attributes: the decryption key, the signing key and the search
    /// key.
    result<member_keys> issue(const attributes &attributes) const {
        return detail::object<member_keys>(medseal_authority_issue, *this, attributes);
    }
    /// Returns the members' keyword key, which owners need to index keywords.
    result<medseal::keyword_key> keyword_key() const {
        return detail::object<medseal::keyword_key>(medseal_authority_keyword_key, *this);
    }
    /// Returns the same authority with a new keyword key. Reissue every member's keys afterwards.
    result<authority> renew_keyword_key() const {
        return detail::object<authority>(medseal_authority_renew_keyword_key, *this);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
