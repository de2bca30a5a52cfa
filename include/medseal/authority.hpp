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
class public_parameters : public coded<public_parameters> {
public:
    using coded::coded;

    result<abe_public_key> abe() const { return call(medseal_public_parameters_abe); }
    result<abs_public_key> abs() const { return call(medseal_public_parameters_abs); }
    result<search_public_key> search() const { return call(medseal_public_parameters_search); }
};

/// A member's keys for attributes: the decryption key, the signing key and the search key. It is
/// secret, and wiped when freed.
class member_keys : public coded<member_keys> {
public:
    using coded::coded;

    result<medseal::attributes> attributes() const { return call(medseal_member_keys_attributes); }
    result<void> verify(const public_parameters &parameters) const {
        return call(medseal_member_keys_verify, parameters);
    }
    result<abe_decryption_key> decryption() const { return call(medseal_member_keys_decryption); }
    result<abs_signing_key> signing() const { return call(medseal_member_keys_signing); }
    result<search_key> search() const { return call(medseal_member_keys_search); }
};

/// The attribute authority: its master keys for key wrapping, signatures and search, and the
/// members' keyword key. It is secret, and wiped when freed.
class authority : public coded<authority> {
public:
    using coded::coded;

    static result<authority> setup() { return made(medseal_authority_setup); }
    result<medseal::public_parameters> public_parameters() const {
        return call(medseal_authority_public_parameters);
    }
    result<member_keys> issue(const attributes &attributes) const {
        return call(medseal_authority_issue, attributes);
    }
    result<medseal::keyword_key> keyword_key() const { return call(medseal_authority_keyword_key); }
    result<authority> renew_keyword_key() const { return call(medseal_authority_renew_keyword_key); }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
