/// @file
/// Hospitals, main nodes, and the sessions between them. Included by medseal.hpp.
#ifndef MEDSEAL_HANDSHAKE_HPP
#define MEDSEAL_HANDSHAKE_HPP

#include "identity.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// The number of a message in its direction of a session.
struct message_place {
    /// Its number.
    std::uint64_t number;
    /// Whether it is the last one.
    bool last;
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
class auth_confirmation
    : public coded<auth_confirmation, bytes, medseal_auth_confirmation, medseal_auth_confirmation_free,
                   medseal_auth_confirmation_encode, medseal_auth_confirmation_decode> {
public:
    using coded::coded;
};

/// The second message of the handshake, from the main node to the hospital.
class auth_reply
    : public coded<auth_reply, bytes, medseal_auth_reply, medseal_auth_reply_free,
                   medseal_auth_reply_encode, medseal_auth_reply_decode> {
public:
    using coded::coded;
};

/// The first message of the handshake, from the hospital to the main node.
class auth_request
    : public coded<auth_request, bytes, medseal_auth_request, medseal_auth_request_free,
                   medseal_auth_request_encode, medseal_auth_request_decode> {
public:
    using coded::coded;
};

/// A main node's cache of accepted requests.
class replay_cache : public detail::handle<medseal_replay_cache, medseal_replay_cache_free> {
public:
    using handle::handle;

    /// Makes a replay cache in memory.
    static result<replay_cache> in_memory(std::uint64_t window_ms, std::uint32_t capacity,
                                          std::uint32_t quota, std::uint64_t start_ms) {
        return detail::object<replay_cache>(medseal_replay_cache_new, window_ms, capacity, quota, start_ms);
    }
    /// Makes a replay cache from your own implementation. A request's time may differ by
    /// `window_ms` from the main node's, before or after.
    static result<replay_cache> from(std::uint64_t window_ms, std::unique_ptr<custom_replay_cache> cache) {
        medseal_replay_callbacks callbacks = {};
        callbacks.struct_size = sizeof(callbacks);
        callbacks.ctx = cache.release();
        callbacks.window_ms = window_ms;
        callbacks.remember = [](void *ctx, const std::uint8_t *ephemeral, std::size_t ephemeral_len,
                                std::uint64_t time_ms, const char *hospital, std::size_t hospital_len,
                                std::uint64_t now_ms) -> medseal_status {
            return detail::guarded<true>([&] {
                return detail::status_of([&] {
                    return static_cast<custom_replay_cache *>(ctx)->remember(
                        {ephemeral, ephemeral_len}, time_ms, {hospital, hospital_len}, now_ms);
                });
            });
        };
        callbacks.drop_ctx = [](void *ctx) {
            const detail::undisturbed keeping;
            delete static_cast<custom_replay_cache *>(ctx);
        };
        return detail::object<replay_cache>(medseal_replay_cache_from_callbacks,
                                            callbacks.ctx != nullptr ? &callbacks : nullptr);
    }
    /// Returns the number of requests that a replay cache in memory remembers.
    result<std::size_t> count() const {
        return detail::value<std::size_t>(medseal_replay_cache_count, *this);
    }
    /// Writes the state of a replay cache in memory, which a restarted process can restore.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_replay_cache_encode, *this); }
    /// Restores a saved replay cache.
    static result<replay_cache> decode(bytes_view data) {
        return detail::object<replay_cache>(medseal_replay_cache_decode, data);
    }
};

/// A message of a session.
class session_message
    : public coded<session_message, bytes, medseal_session_message, medseal_session_message_free,
                   medseal_session_message_encode, medseal_session_message_decode> {
public:
    using coded::coded;

    /// Returns the number of a message in its direction, and whether it is the last one.
    result<message_place> place() const {
        return detail::fields<message_place>(
            [](auto &it) { return std::make_tuple(&it.number, &it.last); },
            medseal_session_message_place, *this);
    }
};

/// An authenticated session. It exists only in memory, because its counters must never go back. It
/// is secret, and wiped when freed. It has state: one call at a time.
class session : public detail::handle<medseal_session, medseal_session_free> {
public:
    using handle::handle;

    /// Writes the name of the peer of a session.
    result<std::string> peer() const { return detail::filled<std::string>(medseal_session_peer, *this); }
    /// Returns the id of a session: the same on both sides, different for every session, and
    /// public.
    result<medseal_session_id> id() const {
        return detail::value<medseal_session_id>(medseal_session_read_id, *this);
    }
    /// Seals the next message to the peer.
    result<session_message> seal(bytes_view plaintext, bytes_view aad, std::int32_t last) {
        return detail::object<session_message>(medseal_session_seal, *this, plaintext, aad, last);
    }
    /// Opens the next message from the peer.
    result<secret_bytes> open(const session_message &message, bytes_view aad) {
        return detail::filled<secret_bytes>(medseal_session_open, *this, message, aad);
    }
    /// Checks whether the peer's last message was opened.
    result<bool> closed_by_peer() const { return detail::value<bool>(medseal_session_closed_by_peer, *this); }
    /// Derives thirty-two secret bytes for another use. They are the same on both sides, and
    /// different for each label.
    result<secret_bytes> export_secret(bytes_view label) const {
        return detail::secret(medseal_session_export, *this, label);
    }
};

/// A main node that is waiting for the hospital's confirmation, or continues without it. It is
/// secret, and wiped when freed. It has state: one call at a time.
class awaiting_confirmation
    : public detail::handle<medseal_awaiting_confirmation, medseal_awaiting_confirmation_free> {
public:
    using handle::handle;

    /// Finishes a handshake at the main node with the hospital's confirmation, which shows that the
    /// hospital has the session.
    result<session> confirm(const auth_confirmation &confirmation) {
        return detail::object<session>(medseal_main_node_confirm, *this, confirmation);
    }
    /// Finishes a handshake at the main node without a confirmation. The hospital's first message
    /// then shows that it has the session.
    result<session> session_without_confirmation() {
        return detail::object<session>(medseal_main_node_session, *this);
    }
};

/// A request that a main node has accepted. The hospital is authenticated. It is secret, and wiped
/// when freed. It has state: one call at a time.
class accepted_request : public detail::handle<medseal_accepted_request, medseal_accepted_request_free> {
public:
    using handle::handle;

    /// Writes the name of the hospital whose request was accepted.
    result<std::string> hospital() const {
        return detail::filled<std::string>(medseal_accepted_request_hospital, *this);
    }
    /// The result of reply().
    struct replied {
        /// To be sent.
        auth_reply reply;
        /// Waits for the hospital's confirmation.
        awaiting_confirmation awaiting;
    };
    /// Replies to the hospital: returns the reply to send, and the state that waits for the
    /// confirmation. This object is then spent.
    result<replied> reply(const disclosure &disclosure) {
        medseal_error error = detail::no_error();
        medseal_auth_reply *reply = nullptr;
        medseal_awaiting_confirmation *awaiting = nullptr;
        if (medseal_main_node_reply(get(), disclosure.get(), &reply, &awaiting, &error) != MEDSEAL_OK) {
            return detail::failure<replied>(error);
        }
        return detail::success(replied{auth_reply(reply), awaiting_confirmation(awaiting)});
    }
};

/// A main node: its name and its secret. It is secret, and wiped when freed.
class main_node : public detail::handle<medseal_main_node, medseal_main_node_free> {
public:
    using handle::handle;

    /// Makes a main node, or a member that answers other members.
    static result<main_node> generate(std::string_view name, medseal::role role,
                                      const super_node_public_key &public_key) {
        return detail::object<main_node>(medseal_main_node_generate, name, role, public_key);
    }
    /// Makes a main node's request for certification, with a proof of possession of its secret.
    result<medseal::certificate_request> certificate_request() const {
        return detail::object<medseal::certificate_request>(medseal_main_node_certificate_request, *this);
    }
    /// Authenticates a hospital's request at a main node.
    result<accepted_request> accept(const auth_request &request, const verified_registry &registry,
                                    const replay_cache &cache, std::uint64_t now_ms) const {
        return detail::object<accepted_request>(medseal_main_node_accept, *this, request, registry, cache,
                                                now_ms);
    }
    /// Writes the byte form of a main node.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_main_node_encode, *this);
    }
    /// Reads a main node from its byte form, and checks everything.
    static result<main_node> decode(bytes_view data, const super_node_public_key &public_key) {
        return detail::object<main_node>(medseal_main_node_decode, data, public_key);
    }
};

/// A hospital that is waiting for a main node's reply. It is secret, and wiped when freed. It has
/// state: one call at a time.
class awaiting_reply : public detail::handle<medseal_awaiting_reply, medseal_awaiting_reply_free> {
public:
    using handle::handle;

    /// The result of finish().
    struct finished {
        /// The session with the main node.
        medseal::session session;
        /// What the main node discloses.
        medseal::disclosure disclosure;
        /// To be sent.
        auth_confirmation confirmation;
    };
    /// Finishes a handshake at the hospital. The main node is then authenticated. This object is
    /// spent, even if the reply is refused.
    result<finished> finish(const auth_reply &reply) {
        medseal_error error = detail::no_error();
        medseal_session *session = nullptr;
        medseal_disclosure *disclosure = nullptr;
        medseal_auth_confirmation *confirmation = nullptr;
        if (medseal_hospital_finish(get(), reply.get(), &session, &disclosure, &confirmation, &error) !=
            MEDSEAL_OK) {
            return detail::failure<finished>(error);
        }
        return detail::success(finished{medseal::session(session), medseal::disclosure(disclosure),
                                        auth_confirmation(confirmation)});
    }
};

/// The state that a registered hospital keeps. It is secret, and wiped when freed.
class hospital : public detail::handle<medseal_hospital, medseal_hospital_free> {
public:
    using handle::handle;

    /// Makes a hospital from an identity key. The key is then spent.
    static result<hospital> accept(const registration_request &request, identity_key &key,
                                   const super_node_public_key &public_key) {
        return detail::object<hospital>(medseal_hospital_accept, request, key, public_key);
    }
    /// Writes the name of a hospital.
    result<std::string> name() const { return detail::filled<std::string>(medseal_hospital_name, *this); }
    /// Returns the identity of a hospital.
    result<medseal::identity> identity() const {
        return detail::object<medseal::identity>(medseal_hospital_identity, *this);
    }
    /// Opens an envelope to a hospital.
    result<secret_bytes> open(const identity_envelope &envelope, bytes_view aad,
                              const members_keys *members = nullptr) const {
        return detail::filled<secret_bytes>(medseal_hospital_open, *this, envelope, aad, members);
    }
    /// The result of start().
    struct started {
        /// Waits for the main node's reply.
        awaiting_reply awaiting;
        /// To be sent.
        auth_request request;
    };
    /// Starts a handshake: returns the state that waits for the reply, and the request to send.
    result<started> start(const verified_certificate &certificate, const verified_registry &registry,
                          std::uint64_t now_ms) const {
        medseal_error error = detail::no_error();
        medseal_awaiting_reply *awaiting = nullptr;
        medseal_auth_request *request = nullptr;
        if (medseal_hospital_start(get(), certificate.get(), registry.get(), now_ms, &awaiting, &request,
                                   &error) != MEDSEAL_OK) {
            return detail::failure<started>(error);
        }
        return detail::success(started{awaiting_reply(awaiting), auth_request(request)});
    }
    /// Writes the byte form of a hospital.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_hospital_encode, *this);
    }
    /// Reads a hospital from its byte form, and checks everything.
    static result<hospital> decode(bytes_view data, const super_node_public_key &public_key) {
        return detail::object<hospital>(medseal_hospital_decode, data, public_key);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
