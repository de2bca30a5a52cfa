/// @file
/// Several authorities instead of one. Included by medseal.hpp.
#ifndef MEDSEAL_AUTHORITIES_HPP
#define MEDSEAL_AUTHORITIES_HPP

#include <algorithm>
#include <array>

#include "authority.hpp"
#include "charter.hpp"
#include "identity.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The result combined from the answers of several authorities, and the numbers of those whose
/// answers were refused.
template <class T> struct combined {
    T value; ///< The result.
    /// The numbers of the authorities whose answers were refused.
    std::vector<std::uint8_t> culprits;
};

namespace detail {

/// Calls a function whose last parameters are a new handle and the numbers of culprits.
template <class T, class F, class... A> result<combined<T>> combined_by(F *function, const A &...arguments) {
    typename kind<T>::c *made = nullptr;
    std::array<std::uint8_t, 255> refused = {};
    medseal_error error = no_error();
    const outputs all(&made, refused.data(), refused.size());
    if (pass(function, all, &error, arguments...) != MEDSEAL_OK) {
        return failure<combined<T>>(error);
    }
    T owned(made);
    std::vector<std::uint8_t> culprits(refused.begin(), std::find(refused.begin(), refused.end(), 0));
    return success(combined<T>{std::move(owned), std::move(culprits)});
}

} // namespace detail

/// The public key of an authority's static key. Compare its fingerprint in person.
class authority_public_key : public coded<authority_public_key> {
public:
    using coded::coded;

    result<std::string> name() const { return filled<std::string>(medseal_authority_public_key_name); }
    result<medseal_digest> fingerprint() const { return call(medseal_authority_public_key_fingerprint); }
};

/// An authority's static key: it signs and opens the authority's messages. It is
/// secret, and wiped when freed.
class authority_key : public coded<authority_key> {
public:
    using coded::coded;

    static result<authority_key> generate(std::string_view name) {
        return made(medseal_authority_key_generate, name);
    }
    result<authority_public_key> public_key() const { return call(medseal_authority_key_public); }
};

/// The threshold and the size of a roster.
struct roster_counts {
    std::uint8_t threshold; ///< The number of authorities that are needed.
    std::uint8_t size;      ///< The number of authorities.
};

/// The list of the authorities, numbered from 1, and the threshold: how many of them are needed.
class roster : public coded<roster> {
public:
    using coded::coded;

    static result<roster> of(std::uint8_t threshold, const refs<authority_public_key> &keys,
                             bytes_view context) {
        return made(medseal_roster_new, threshold, keys, context);
    }
    result<medseal_digest> digest() const { return call(medseal_roster_digest); }
    result<roster_counts> counts() const { return call<roster_counts>(medseal_roster_size); }
    result<std::string> name(std::uint8_t index) const {
        return filled<std::string>(medseal_roster_name, index);
    }
};

/// The round, the sender and the receiver of a message.
struct message_header {
    /// Its round: 0 to 4 in a session, a greater number in answers to requests.
    std::uint8_t round;
    std::uint8_t from; ///< The number of its sender.
    std::uint8_t to;   ///< The number of its receiver: 0 if it is for all, or for the requester.
};

/// A signed message of an authority. You deliver its bytes, over any channel.
class authority_message : public coded<authority_message> {
public:
    using coded::coded;

    result<message_header> header() const { return call<message_header>(medseal_authority_message_header); }
};

/// The verified public keys of a generation of shares.
class generation : public detail::handle<generation> {
public:
    using handle::handle;

    result<std::uint32_t> number() const { return call(medseal_generation_number); }
    result<abe_public_key> abe() const { return call(medseal_generation_abe); }
    result<abs_public_key> abs() const { return call(medseal_generation_abs); }
    result<search_public_key> search() const { return call(medseal_generation_search); }
    result<super_node_public_key> super_node() const { return call(medseal_generation_super_node); }
    result<medseal::public_parameters> public_parameters(const keyword_key &keywords) const {
        return call(medseal_generation_public_parameters, keywords);
    }
    result<combined<certificate>> combine_certificate(const certificate_request &request,
                                                      const medseal_certificate_serial &serial,
                                                      std::uint64_t from_ms, std::uint64_t to_ms,
                                                      const refs<authority_message> &parts) const {
        return detail::combined_by<certificate>(medseal_generation_combine_certificate, *this, request,
                                                &serial, from_ms, to_ms, parts);
    }
    template <class Draft>
    result<combined<registry>> combine_registry(Draft &draft, const refs<authority_message> &parts) const {
        return detail::combined_by<registry>(medseal_generation_combine_registry, *this, draft, parts);
    }
    result<combined<charter>> combine_charter(const charter_draft &draft,
                                              const refs<authority_message> &parts) const {
        return detail::combined_by<charter>(medseal_generation_combine_charter, *this, draft, parts);
    }
};

/// Proofs that authorities have the master secrets of their public keys.
struct possessions {
    medseal_possession abe; ///< For abe_public_key::verify_possession.
    medseal_possession abs; ///< For abs_public_key::verify_possession.
};

/// The signatures of all authorities on the public keys of a generation.
class generation_certificate : public coded<generation_certificate> {
public:
    using coded::coded;

    result<generation> verify(const roster &trusted) const {
        return call(medseal_generation_certificate_verify, trusted);
    }
    result<possessions> possession() const {
        return call<possessions>(medseal_generation_certificate_possession);
    }
};

/// One authority's share of all master secrets. It is secret, and wiped when freed.
class authority_share : public coded<authority_share> {
public:
    using coded::coded;

    result<authority_message> confirmation(const authority_key &key) const {
        return call(medseal_authority_share_confirmation, key);
    }
    result<generation_certificate> certify(const refs<authority_message> &confirmations) const {
        return call(medseal_authority_share_certify, confirmations);
    }
};

/// The result of a session for an authority.
struct share_and_certificate {
    authority_share share;              ///< Its share.
    generation_certificate certificate; ///< The certificate of the generation.
};

/// One authority in a key generation or resharing. It is secret, and wiped when freed. It has
/// state: one call at a time.
class authority_session : public detail::handle<authority_session> {
public:
    using handle::handle;

    static result<authority_session> generate(const roster &authorities, const authority_key &key) {
        return made(medseal_authority_session_generate, authorities, key);
    }
    /// Begins a resharing. Dealers must pass their share.
    static result<authority_session> reshare(const generation &old, bytes_view quorum,
                                             const roster &authorities, const authority_key &key,
                                             const authority_share *share) {
        return made(medseal_authority_session_reshare, old, quorum, authorities, key, share);
    }
    static result<authority_session> renew(const generation &old, std::int32_t secret,
                                           const authority_key &key, const authority_share &share) {
        return made(medseal_authority_session_renew, old, secret, key, share);
    }
    result<void> receive(const authority_message &message) {
        return call(medseal_authority_session_receive, message);
    }
    result<authority_message> next() { return call(medseal_authority_session_next); }
    result<std::int32_t> state() { return call(medseal_authority_session_state); }
    result<std::string> missing() { return filled<std::string>(medseal_authority_session_missing); }
    result<void> confirm(std::string_view directory) {
        return call(medseal_authority_session_confirm, directory);
    }
    result<share_and_certificate> finish() {
        return call<share_and_certificate>(medseal_authority_session_finish);
    }
};

/// A request for keys or for an identity key.
class authority_request : public coded<authority_request> {
public:
    using coded::coded;

    result<std::string> name() const { return filled<std::string>(medseal_authority_request_name); }
    result<medseal::attributes> attributes() const { return call(medseal_authority_request_attributes); }
    result<registration_request> registration() const { return call(medseal_authority_request_registration); }
};

/// A request, with the one-time secret that opens the answers. It is secret, and wiped when freed.
class pending_request : public coded<pending_request> {
public:
    using coded::coded;

    static result<pending_request> keys(std::string_view member, const medseal::attributes &attributes,
                                        std::uint64_t now_ms) {
        return made(medseal_pending_request_keys, member, attributes, now_ms);
    }
    static result<pending_request> identity(const registration_request &registration, std::uint64_t now_ms) {
        return made(medseal_pending_request_identity, registration, now_ms);
    }
    result<authority_request> request() const { return call(medseal_pending_request_request); }
    result<combined<member_keys>> combine_keys(const generation &keys, const refs<authority_message> &answers,
                                               const keyword_key &kappa) const {
        return detail::combined_by<member_keys>(medseal_pending_request_combine_keys, *this, keys, answers,
                                                kappa);
    }
    result<combined<identity_key>> combine_identity(const generation &keys,
                                                    const refs<authority_message> &answers) const {
        return detail::combined_by<identity_key>(medseal_pending_request_combine_identity, *this, keys,
                                                 answers);
    }
};

/// A registry that is not yet signed. It has state: one call at a time.
class registry_draft : public coded<registry_draft> {
public:
    using coded::coded;

    static result<registry_draft> first(std::uint64_t now_ms) {
        return made(medseal_registry_draft_first, now_ms);
    }
    static result<registry_draft> next(const verified_registry &newest, std::uint64_t now_ms) {
        return made(medseal_registry_draft_next, newest, now_ms);
    }
    result<void> renumber(std::uint64_t sequence) { return call(medseal_registry_draft_renumber, sequence); }
    result<void> register_hospital(const registration_request &request) {
        return call(medseal_registry_draft_register, request);
    }
    result<void> revoke_hospital(std::string_view name) {
        return call(medseal_registry_draft_revoke_hospital, name);
    }
    result<void> revoke_certificate(const medseal_certificate_serial &serial) {
        return call(medseal_registry_draft_revoke_certificate, &serial);
    }
};

/// An authority that works with its share. It is secret, and wiped when freed. It has state: one
/// call at a time.
class authority_holder : public detail::handle<authority_holder> {
public:
    using handle::handle;

    static result<authority_holder> of(const authority_key &key, const authority_share &share,
                                       const generation_certificate &certificate) {
        return made(medseal_authority_holder_new, key, share, certificate);
    }
    result<authority_message> issue(const authority_request &request) {
        return call(medseal_authority_holder_issue, request);
    }
    result<authority_message> extract(const authority_request &request, const verified_registry &registry) {
        return call(medseal_authority_holder_extract, request, registry);
    }
    result<authority_message> certify(const certificate_request &request,
                                      const medseal_certificate_serial &serial, std::uint64_t from_ms,
                                      std::uint64_t to_ms) {
        return call(medseal_authority_holder_certify, request, &serial, from_ms, to_ms);
    }
    result<verified_registry> saw_registry(const registry &complete, std::string_view directory) {
        return call(medseal_authority_holder_saw_registry, complete, directory);
    }
    result<authority_message> sign_registry(registry_draft &draft, std::string_view directory) {
        return call(medseal_authority_holder_sign_registry, draft, directory);
    }
    result<void> saw_charter(const charter &complete, std::string_view directory) {
        return call(medseal_authority_holder_saw_charter, complete, directory);
    }
    result<authority_message> sign_charter(const charter_draft &draft, std::string_view directory) {
        return call(medseal_authority_holder_sign_charter, draft, directory);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
