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
class public_parameters : public detail::handle<medseal_public_parameters, medseal_public_parameters_free> {
public:
    using handle::handle;

    /// The public key for key wrapping among public parameters.
    result<abe_public_key> abe() const {
        return detail::object<abe_public_key>(medseal_public_parameters_abe, get());
    }
    /// The public key for signatures among public parameters.
    result<abs_public_key> abs() const {
        return detail::object<abs_public_key>(medseal_public_parameters_abs, get());
    }
    /// The public key for search among public parameters.
    result<search_public_key> search() const {
        return detail::object<search_public_key>(medseal_public_parameters_search, get());
    }
    /// Writes the byte form of public parameters.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_public_parameters_encode, get()); }
    /// Reads public parameters from its byte form, checking everything.
    static result<public_parameters> decode(bytes_view data) {
        return detail::object<public_parameters>(medseal_public_parameters_decode, data.data(), data.size());
    }
};

/// A member's keys for attributes: to decrypt, to sign, and to search. It is secret, and wiped when
/// freed.
class member_keys : public detail::handle<medseal_member_keys, medseal_member_keys_free> {
public:
    using handle::handle;

    /// The attributes that a member's keys are for.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_member_keys_attributes, get());
    }
    /// Checks that a member's keys were issued by the authority with these public parameters.
    result<void> verify(const public_parameters &parameters) const {
        return detail::done(medseal_member_keys_verify, get(), parameters.get());
    }
    /// A copy of the decryption key among a member's keys.
    result<abe_decryption_key> decryption() const {
        return detail::object<abe_decryption_key>(medseal_member_keys_decryption, get());
    }
    /// A copy of the signing key among a member's keys.
    result<abs_signing_key> signing() const {
        return detail::object<abs_signing_key>(medseal_member_keys_signing, get());
    }
    /// A copy of the search key among a member's keys.
    result<search_key> search() const {
        return detail::object<search_key>(medseal_member_keys_search, get());
    }
    /// Writes the byte form of a member's keys.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_member_keys_encode, get());
    }
    /// Reads a member's keys from its byte form, checking everything.
    static result<member_keys> decode(bytes_view data) {
        return detail::object<member_keys>(medseal_member_keys_decode, data.data(), data.size());
    }
};

/// The attribute authority: its master keys for key wrapping, signatures and search, and the
/// members' keyword key. It is secret, and wiped when freed.
class authority : public detail::handle<medseal_authority, medseal_authority_free> {
public:
    using handle::handle;

    /// Sets up an authority.
    static result<authority> setup() { return detail::object<authority>(medseal_authority_setup); }
    /// The public parameters of an authority, which everybody needs.
    result<medseal::public_parameters> public_parameters() const {
        return detail::object<medseal::public_parameters>(medseal_authority_public_parameters, get());
    }
    /// Issues a member's keys for attributes: to decrypt, to sign, and to search.
    result<member_keys> issue(const attributes &attributes) const {
        return detail::object<member_keys>(medseal_authority_issue, get(), attributes.get());
    }
    /// The members' keyword key, which owners need to index keywords.
    result<medseal::keyword_key> keyword_key() const {
        return detail::object<medseal::keyword_key>(medseal_authority_keyword_key, get());
    }
    /// The same authority with another keyword key; every member's keys are then to be issued anew.
    result<authority> renew_keyword_key() const {
        return detail::object<authority>(medseal_authority_renew_keyword_key, get());
    }
    /// Writes the byte form of an authority.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_authority_encode, get());
    }
    /// Reads an authority from its byte form, checking everything.
    static result<authority> decode(bytes_view data) {
        return detail::object<authority>(medseal_authority_decode, data.data(), data.size());
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
