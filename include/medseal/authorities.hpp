/// @file
/// Several authorities instead of one. Included by medseal.hpp.
#ifndef MEDSEAL_AUTHORITIES_HPP
#define MEDSEAL_AUTHORITIES_HPP

#include <array>

#include "authority.hpp"
#include "charter.hpp"
#include "identity.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The result combined from the answers of several authorities, and the numbers of those whose
/// answers were refused.
template <class T> struct combined {
    /// The result.
    T value;
    /// The numbers of the authorities whose answers were refused.
    std::vector<std::uint8_t> culprits;
};

namespace detail {

/// Calls a function whose last parameters are a new handle and the numbers of culprits.
template <class T, class F, class... A> result<combined<T>> combined_by(F *function, const A &...arguments) {
    std::array<std::uint8_t, 255> refused = {};
    auto made = object_by<T>([&](auto **out, medseal_error *error) {
        return call(function, std::make_tuple(out, refused.data(), refused.size()), error, arguments...);
    });
    return map(std::move(made), [&](T &&value) {
        std::vector<std::uint8_t> culprits;
        for (const std::uint8_t index : refused) {
            if (index != 0) {
                culprits.push_back(index);
            }
        }
        return combined<T>{std::move(value), std::move(culprits)};
    });
}

} // namespace detail

/// The public key of an authority's static key. Compare its fingerprint in person.
class authority_public_key
    : public coded<authority_public_key, bytes, medseal_authority_public_key, medseal_authority_public_key_free,
                   medseal_authority_public_key_encode, medseal_authority_public_key_decode> {
public:
    using coded::coded;

    /// Writes the name of an authority.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_authority_public_key_name, *this);
    }
    /// Returns the fingerprint, which people compare in person.
    result<medseal_digest> fingerprint() const {
        return detail::value<medseal_digest>(medseal_authority_public_key_fingerprint, *this);
    }
};

/// An authority's static key: it signs and opens the authority's messages. It is
/// secret, and wiped when freed.
class authority_key
    : public coded<authority_key, secret_bytes, medseal_authority_key, medseal_authority_key_free,
                   medseal_authority_key_encode, medseal_authority_key_decode> {
public:
    using coded::coded;

    /// Makes a static key.
    static result<authority_key> generate(std::string_view name) {
        return detail::object<authority_key>(medseal_authority_key_generate, name);
    }
    /// Returns the public key of a static key.
    result<authority_public_key> public_key() const {
        return detail::object<authority_public_key>(medseal_authority_key_public, *this);
    }
};

/// The threshold and the size of a roster.
struct roster_counts {
    /// The number of authorities that are needed.
    std::uint8_t threshold;
    /// The number of authorities.
    std::uint8_t size;
};

/// The list of the authorities, numbered from 1, and the threshold: how many of them are needed.
class roster
    : public coded<roster, bytes, medseal_roster, medseal_roster_free,
                   medseal_roster_encode, medseal_roster_decode> {
public:
    using coded::coded;

    /// Makes a roster of authorities whose fingerprints were compared.
    static result<roster> of(std::uint8_t threshold, const refs<authority_public_key> &keys, bytes_view context) {
        return detail::object<roster>(medseal_roster_new, threshold, keys, context);
    }
    /// Returns the digest of a roster.
    result<medseal_digest> digest() const { return detail::value<medseal_digest>(medseal_roster_digest, *this); }
    /// Returns the threshold and the size of a roster.
    result<roster_counts> counts() const {
        return detail::fields<roster_counts>(
            [](auto &it) { return std::make_tuple(&it.threshold, &it.size); }, medseal_roster_size, *this);
    }
    /// Writes the name of an authority.
    result<std::string> name(std::uint8_t index) const {
        return detail::filled<std::string>(medseal_roster_name, *this, index);
    }
};

/// The round, the sender and the receiver of a message.
struct message_header {
    /// Its round: 0 to 4 in a session, a greater number in answers to requests.
    std::uint8_t round;
    /// The number of its sender.
    std::uint8_t from;
    /// The number of its receiver: 0 if it is for all, or for the requester.
    std::uint8_t to;
};

/// A signed message of an authority. You deliver its bytes, over any channel.
class authority_message
    : public coded<authority_message, bytes, medseal_authority_message, medseal_authority_message_free,
                   medseal_authority_message_encode, medseal_authority_message_decode> {
public:
    using coded::coded;

    /// Returns the round, the sender and the receiver of a message.
    result<message_header> header() const {
        return detail::fields<message_header>(
            [](auto &it) { return std::make_tuple(&it.round, &it.from, &it.to); },
            medseal_authority_message_header, *this);
    }
};

/// The verified public keys of a generation of shares.
class generation : public detail::handle<medseal_generation, medseal_generation_free> {
public:
    using handle::handle;

    /// Returns the number of a generation, from 1.
    result<std::uint32_t> number() const { return detail::value<std::uint32_t>(medseal_generation_number, *this); }
    /// Returns the public key for key wrapping.
    result<abe_public_key> abe() const { return detail::object<abe_public_key>(medseal_generation_abe, *this); }
    /// Returns the public key for signatures.
    result<abs_public_key> abs() const { return detail::object<abs_public_key>(medseal_generation_abs, *this); }
    /// Returns the public key for search.
    result<search_public_key> search() const {
        return detail::object<search_public_key>(medseal_generation_search, *this);
    }
    /// Returns the public key for identities.
    result<super_node_public_key> super_node() const {
        return detail::object<super_node_public_key>(medseal_generation_super_node, *this);
    }
    /// Returns the consortium's public parameters, for a charter. They commit to the members'
    /// keyword key.
    result<medseal::public_parameters> public_parameters(const keyword_key &keywords) const {
        return detail::object<medseal::public_parameters>(medseal_generation_public_parameters, *this,
                                                          keywords);
    }
    /// Combines the parts of a threshold of authorities into a main node's certificate.
    result<combined<certificate>> combine_certificate(const certificate_request &request, const medseal_certificate_serial &serial,
                                                      std::uint64_t from_ms, std::uint64_t to_ms,
                                                      const refs<authority_message> &parts) const {
        return detail::combined_by<certificate>(medseal_generation_combine_certificate, *this, request,
                                                &serial, from_ms, to_ms, parts);
    }
    /// Combines the parts of a threshold of authorities into a registry.
    template <class Draft>
    result<combined<registry>> combine_registry(Draft &draft, const refs<authority_message> &parts) const {
        return detail::combined_by<registry>(medseal_generation_combine_registry, *this, draft, parts);
    }
    /// Combines the parts of a threshold of authorities into a charter.
    result<combined<charter>> combine_charter(const charter_draft &draft, const refs<authority_message> &parts) const {
        return detail::combined_by<charter>(medseal_generation_combine_charter, *this, draft, parts);
    }
};

/// Proofs that authorities have the master secrets of their public keys.
struct possessions {
    /// For abe_public_key::verify_possession.
    medseal_possession abe;
    /// For abs_public_key::verify_possession.
    medseal_possession abs;
};

/// The signatures of all authorities on the public keys of a generation.
class generation_certificate
    : public coded<generation_certificate, bytes, medseal_generation_certificate, medseal_generation_certificate_free,
                   medseal_generation_certificate_encode, medseal_generation_certificate_decode> {
public:
    using coded::coded;

    /// Verifies a certificate.
    result<generation> verify(const roster &trusted) const {
        return detail::object<generation>(medseal_generation_certificate_verify, *this, trusted);
    }
    /// Returns the proofs that the authorities together have the master secrets.
    result<possessions> possession() const {
        return detail::fields<possessions>(
            [](auto &it) { return std::make_tuple(&it.abe, &it.abs); },
            medseal_generation_certificate_possession, *this);
    }
};

/// One authority's share of all master secrets. It is secret, and wiped when freed.
class authority_share
    : public coded<authority_share, secret_bytes, medseal_authority_share, medseal_authority_share_free,
                   medseal_authority_share_encode, medseal_authority_share_decode> {
public:
    using coded::coded;

    /// Returns the confirmation that the share is stored.
    result<authority_message> confirmation(const authority_key &key) const {
        return detail::object<authority_message>(medseal_authority_share_confirmation, *this, key);
    }
    /// Returns the certificate, from a share and the confirmations of all authorities. Use it after
    /// a crash.
    result<generation_certificate> certify(const refs<authority_message> &confirmations) const {
        return detail::object<generation_certificate>(medseal_authority_share_certify, *this, confirmations);
    }
};

/// The result of a session for an authority.
struct share_and_certificate {
    /// Its share.
    authority_share share;
    /// The certificate of the generation.
    generation_certificate certificate;
};

/// One authority in a key generation or resharing. It is secret, and wiped when freed. It has
/// state: one call at a time.
class authority_session : public detail::handle<medseal_authority_session, medseal_authority_session_free> {
public:
    using handle::handle;

    /// Begins a key generation.
    static result<authority_session> generate(const roster &authorities, const authority_key &key) {
        return detail::object<authority_session>(medseal_authority_session_generate, authorities, key);
    }
    /// Begins a resharing. Dealers must pass their share.
    static result<authority_session> reshare(const generation &old, bytes_view quorum, const roster &authorities,
                                             const authority_key &key, const authority_share *share) {
        return detail::object<authority_session>(medseal_authority_session_reshare, old, quorum, authorities,
                                                 key, share);
    }
    /// Begins to renew one master secret: a MEDSEAL_MASTER_ value.
    static result<authority_session> renew(const generation &old, std::int32_t secret, const authority_key &key,
                                           const authority_share &share) {
        return detail::object<authority_session>(medseal_authority_session_renew, old, secret, key, share);
    }
    /// Processes a message, and takes every step that it makes possible.
    result<void> receive(const authority_message &message) {
        return detail::done(medseal_authority_session_receive, *this, message);
    }
    /// Returns the next message to send; fails with MEDSEAL_ERR_ABSENT if there is none.
    result<authority_message> next() {
        return detail::object<authority_message>(medseal_authority_session_next, *this);
    }
    /// Returns what a session waits for: a MEDSEAL_SESSION_ value.
    result<std::int32_t> state() { return detail::value<std::int32_t>(medseal_authority_session_state, *this); }
    /// Writes the authorities whose messages a session waits for, one on each line.
    result<std::string> missing() { return detail::filled<std::string>(medseal_authority_session_missing, *this); }
    /// Durably stores the share in a directory, and then signs the confirmation.
    result<void> confirm(std::string_view directory) {
        return detail::done(medseal_authority_session_confirm, *this, directory);
    }
    /// Returns the share and the certificate, once all authorities have confirmed. The session is
    /// then spent.
    result<share_and_certificate> finish() {
        medseal_authority_share *share = nullptr;
        auto certificate = detail::object_by<generation_certificate>(
            [&](medseal_generation_certificate **out, medseal_error *error) {
                return medseal_authority_session_finish(get(), &share, out, error);
            });
        authority_share owned(share);
        return detail::map(std::move(certificate), [&](generation_certificate &&made) {
            return share_and_certificate{std::move(owned), std::move(made)};
        });
    }
};

/// A request for keys or for an identity key.
class authority_request
    : public coded<authority_request, bytes, medseal_authority_request, medseal_authority_request_free,
                   medseal_authority_request_encode, medseal_authority_request_decode> {
public:
    using coded::coded;

    /// Writes the name of the member or hospital that makes the request.
    result<std::string> name() const { return detail::filled<std::string>(medseal_authority_request_name, *this); }
    /// Returns the attributes for which keys are requested.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_authority_request_attributes, *this);
    }
    /// Returns the registration for which an identity key is requested.
    result<registration_request> registration() const {
        return detail::object<registration_request>(medseal_authority_request_registration, *this);
    }
};

/// A request, with the one-time secret that opens the answers. It is secret, and wiped when freed.
class pending_request
    : public coded<pending_request, secret_bytes, medseal_pending_request, medseal_pending_request_free,
                   medseal_pending_request_encode, medseal_pending_request_decode> {
public:
    using coded::coded;

    /// Makes a request for a member's keys.
    static result<pending_request> keys(std::string_view member, const medseal::attributes &attributes,
                                        std::uint64_t now_ms) {
        return detail::object<pending_request>(medseal_pending_request_keys, member, attributes, now_ms);
    }
    /// Makes a request for a hospital's identity key. The registration must already be in a
    /// registry.
    static result<pending_request> identity(const registration_request &registration, std::uint64_t now_ms) {
        return detail::object<pending_request>(medseal_pending_request_identity, registration, now_ms);
    }
    /// Returns the request. Send it to the authorities.
    result<authority_request> request() const {
        return detail::object<authority_request>(medseal_pending_request_request, *this);
    }
    /// Combines the answers of a threshold of authorities into a member's keys.
    result<combined<member_keys>> combine_keys(const generation &keys, const refs<authority_message> &answers,
                                               const keyword_key &kappa) const {
        return detail::combined_by<member_keys>(medseal_pending_request_combine_keys, *this, keys, answers,
                                                kappa);
    }
    /// Combines the answers of a threshold of authorities into a hospital's identity key.
    result<combined<identity_key>> combine_identity(const generation &keys,
                                                    const refs<authority_message> &answers) const {
        return detail::combined_by<identity_key>(medseal_pending_request_combine_identity, *this, keys,
                                                 answers);
    }
};

/// A registry that is not yet signed. It has state: one call at a time.
class registry_draft
    : public coded<registry_draft, bytes, medseal_registry_draft, medseal_registry_draft_free,
                   medseal_registry_draft_encode, medseal_registry_draft_decode> {
public:
    using coded::coded;

    /// Makes a draft of the first registry, which is empty.
    static result<registry_draft> first(std::uint64_t now_ms) {
        return detail::object<registry_draft>(medseal_registry_draft_first, now_ms);
    }
    /// Makes a draft of the next registry.
    static result<registry_draft> next(const verified_registry &newest, std::uint64_t now_ms) {
        return detail::object<registry_draft>(medseal_registry_draft_next, newest, now_ms);
    }
    /// Gives a draft a greater number.
    result<void> renumber(std::uint64_t sequence) {
        return detail::done(medseal_registry_draft_renumber, *this, sequence);
    }
    /// Registers a hospital in a draft.
    result<void> register_hospital(const registration_request &request) {
        return detail::done(medseal_registry_draft_register, *this, request);
    }
    /// Revokes the registration of a hospital in a draft.
    result<void> revoke_hospital(std::string_view name) {
        return detail::done(medseal_registry_draft_revoke_hospital, *this, name);
    }
    /// Revokes a certificate in a draft.
    result<void> revoke_certificate(const medseal_certificate_serial &serial) {
        return detail::done(medseal_registry_draft_revoke_certificate, *this, &serial);
    }
};

/// An authority that works with its share. It is secret, and wiped when freed. It has state: one
/// call at a time.
class authority_holder : public detail::handle<medseal_authority_holder, medseal_authority_holder_free> {
public:
    using handle::handle;

    /// Makes an authority from its share and the certificate of the share's generation.
    static result<authority_holder> of(const authority_key &key, const authority_share &share,
                                       const generation_certificate &certificate) {
        return detail::object<authority_holder>(medseal_authority_holder_new, key, share, certificate);
    }
    /// Answers a request for keys with this authority's parts of the keys.
    result<authority_message> issue(const authority_request &request) {
        return detail::object<authority_message>(medseal_authority_holder_issue, *this, request);
    }
    /// Answers a request for an identity key with this authority's part of the key.
    result<authority_message> extract(const authority_request &request, const verified_registry &registry) {
        return detail::object<authority_message>(medseal_authority_holder_extract, *this, request, registry);
    }
    /// Signs this authority's part of a main node's certificate.
    result<authority_message> certify(const certificate_request &request, const medseal_certificate_serial &serial,
                                      std::uint64_t from_ms, std::uint64_t to_ms) {
        return detail::object<authority_message>(medseal_authority_holder_certify, *this, request, &serial,
                                                 from_ms, to_ms);
    }
    /// Records a complete registry. From now on, this authority signs only registries that follow
    /// it.
    result<verified_registry> saw_registry(const registry &complete, std::string_view directory) {
        return detail::object<verified_registry>(medseal_authority_holder_saw_registry, *this, complete,
                                                 directory);
    }
    /// Signs this authority's part of a registry. The authority signs one body for each number, and
    /// durably records it before it signs.
    result<authority_message> sign_registry(registry_draft &draft, std::string_view directory) {
        return detail::object<authority_message>(medseal_authority_holder_sign_registry, *this, draft,
                                                 directory);
    }
    /// Records a complete charter. From now on, this authority signs only charters that follow it
    /// on its ledger.
    result<void> saw_charter(const charter &complete, std::string_view directory) {
        return detail::done(medseal_authority_holder_saw_charter, *this, complete, directory);
    }
    /// Signs this authority's part of a charter. The authority signs one body for each number of a
    /// ledger, and durably records it before it signs.
    result<authority_message> sign_charter(const charter_draft &draft, std::string_view directory) {
        return detail::object<authority_message>(medseal_authority_holder_sign_charter, *this, draft,
                                                 directory);
    }
};

} // inline namespace
} // namespace medseal

#endif
