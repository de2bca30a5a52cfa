/// @file
/// Hospitals, main nodes, and the sessions between them. Included by medseal.hpp.
#ifndef MEDSEAL_HANDSHAKE_HPP
#define MEDSEAL_HANDSHAKE_HPP

#include "identity.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The number of a message in its direction of a session.
struct message_place {
    std::uint64_t number; ///< Its number.
    bool last;            ///< Whether it is the last one.
};

/// The base class of your own replay cache. Throw failures as medseal::error, or return them if
/// exceptions are disabled.
class custom_replay_cache {
public:
    virtual ~custom_replay_cache() = default;
    /// Remembers a request unless it is known, atomically. medseal_replay_callbacks describes the
    /// failures.
    virtual result<void> remember(bytes_view ephemeral, std::uint64_t time_ms, std::string_view hospital,
                                  std::uint64_t now_ms) = 0;
};

/// The third message of the handshake, from the hospital to the main node.
class auth_confirmation : public coded<auth_confirmation> {
public:
    using coded::coded;
};

/// The second message of the handshake, from the main node to the hospital.
class auth_reply : public coded<auth_reply> {
public:
    using coded::coded;
};

/// The first message of the handshake, from the hospital to the main node.
class auth_request : public coded<auth_request> {
public:
    using coded::coded;
};

/// A main node's cache of accepted requests.
class replay_cache : public coded<replay_cache> {
public:
    using coded::coded;

    static result<replay_cache> in_memory(std::uint64_t window_ms, std::uint32_t capacity,
                                          std::uint32_t quota, std::uint64_t start_ms) {
        return made(medseal_replay_cache_new, window_ms, capacity, quota, start_ms);
    }
    /// Makes a replay cache from your own implementation. A request's time may differ by
    /// `window_ms` from the main node's, before or after.
    static result<replay_cache> from(std::uint64_t window_ms, std::unique_ptr<custom_replay_cache> cache) {
        auto callbacks = detail::callbacks_of<medseal_replay_callbacks>(std::move(cache));
        callbacks.window_ms = window_ms;
        callbacks.remember = [](void *ctx, const std::uint8_t *ephemeral, std::size_t ephemeral_len,
                                std::uint64_t time_ms, const char *hospital, std::size_t hospital_len,
                                std::uint64_t now_ms) {
            return detail::answer([&] {
                return static_cast<custom_replay_cache *>(ctx)->remember({ephemeral, ephemeral_len}, time_ms,
                                                                         {hospital, hospital_len}, now_ms);
            });
        };
        return made(medseal_replay_cache_from_callbacks, callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    result<std::size_t> count() const { return call(medseal_replay_cache_count); }
};

/// A message of a session.
class session_message : public coded<session_message> {
public:
    using coded::coded;

    result<message_place> place() const { return call<message_place>(medseal_session_message_place); }
};

/// An authenticated session. It exists only in memory, because its counters must never go back. It
/// is secret, and wiped when freed. It has state: one call at a time.
class session : public detail::handle<session> {
public:
    using handle::handle;

    result<std::string> peer() const { return filled<std::string>(medseal_session_peer); }
    result<medseal_session_id> id() const { return call(medseal_session_read_id); }
    result<session_message> seal(bytes_view plaintext, bytes_view aad, std::int32_t last) {
        return call(medseal_session_seal, plaintext, aad, last);
    }
    result<secret_bytes> open(const session_message &message, bytes_view aad) {
        return filled<secret_bytes>(medseal_session_open, message, aad);
    }
    result<bool> closed_by_peer() const { return call(medseal_session_closed_by_peer); }
    result<secret_bytes> export_secret(bytes_view label) const { return call(medseal_session_export, label); }
};

/// A main node that is waiting for the hospital's confirmation, or continues without it. It is
/// secret, and wiped when freed. It has state: one call at a time.
class awaiting_confirmation : public detail::handle<awaiting_confirmation> {
public:
    using handle::handle;

    result<session> confirm(const auth_confirmation &confirmation) {
        return call(medseal_main_node_confirm, confirmation);
    }
    result<session> session_without_confirmation() { return call(medseal_main_node_session); }
};

/// A request that a main node has accepted. The hospital is authenticated. It is secret, and wiped
/// when freed. It has state: one call at a time.
class accepted_request : public detail::handle<accepted_request> {
public:
    using handle::handle;

    result<std::string> hospital() const { return filled<std::string>(medseal_accepted_request_hospital); }
    /// The result of reply().
    struct replied {
        auth_reply reply;               ///< To be sent.
        awaiting_confirmation awaiting; ///< Waits for the hospital's confirmation.
    };
    result<replied> reply(const disclosure &disclosure) {
        return call<replied>(medseal_main_node_reply, disclosure);
    }
};

/// A main node: its name and its secret. It is secret, and wiped when freed.
class main_node : public coded_under<main_node> {
public:
    using coded_under::coded_under;

    static result<main_node> generate(std::string_view name, medseal::role role,
                                      const super_node_public_key &public_key) {
        return made(medseal_main_node_generate, name, role, public_key);
    }
    result<medseal::certificate_request> certificate_request() const {
        return call(medseal_main_node_certificate_request);
    }
    result<accepted_request> accept(const auth_request &request, const verified_registry &registry,
                                    const replay_cache &cache, std::uint64_t now_ms) const {
        return call(medseal_main_node_accept, request, registry, cache, now_ms);
    }
};

/// A hospital that is waiting for a main node's reply. It is secret, and wiped when freed. It has
/// state: one call at a time.
class awaiting_reply : public detail::handle<awaiting_reply> {
public:
    using handle::handle;

    /// The result of finish().
    struct finished {
        medseal::session session;       ///< The session with the main node.
        medseal::disclosure disclosure; ///< What the main node discloses.
        auth_confirmation confirmation; ///< To be sent.
    };
    result<finished> finish(const auth_reply &reply) {
        return call<finished>(medseal_hospital_finish, reply);
    }
};

/// The state that a registered hospital keeps. It is secret, and wiped when freed.
class hospital : public coded_under<hospital> {
public:
    using coded_under::coded_under;

    static result<hospital> accept(const registration_request &request, identity_key &key,
                                   const super_node_public_key &public_key) {
        return made(medseal_hospital_accept, request, key, public_key);
    }
    result<std::string> name() const { return filled<std::string>(medseal_hospital_name); }
    result<medseal::identity> identity() const { return call(medseal_hospital_identity); }
    result<secret_bytes> open(const identity_envelope &envelope, bytes_view aad,
                              const members_keys *members = nullptr) const {
        return filled<secret_bytes>(medseal_hospital_open, envelope, aad, members);
    }
    /// The result of start().
    struct started {
        awaiting_reply awaiting; ///< Waits for the main node's reply.
        auth_request request;    ///< To be sent.
    };
    result<started> start(const verified_certificate &certificate, const verified_registry &registry,
                          std::uint64_t now_ms) const {
        return call<started>(medseal_hospital_start, certificate, registry, now_ms);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
