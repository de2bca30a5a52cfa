/// @file
/// Identities, certificates and registries. Included by medseal.hpp.
#ifndef MEDSEAL_IDENTITY_HPP
#define MEDSEAL_IDENTITY_HPP

#include "members.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// What a main node discloses of a record.
struct disclosed {
    /// The digest of the hospital's database.
    medseal_digest database;
    /// The record's keyed summary.
    medseal_summary summary;
    /// Where the record is.
    secret_bytes location;
};

/// What a certified key is for.
enum class role : std::int32_t {
    /// Authenticates hospitals and answers them.
    main_node = MEDSEAL_ROLE_MAIN_NODE,
    /// A member's, who answers other members and hands on what members share.
    member = MEDSEAL_ROLE_MEMBER,
};

/// The serial number of a certificate, and from when to when it is valid, in Unix milliseconds.
struct certificate_validity {
    /// The serial number.
    medseal_certificate_serial serial;
    /// The first millisecond.
    std::uint64_t from_ms;
    /// The last millisecond.
    std::uint64_t to_ms;
};

/// What a registry says of itself.
struct registry_status {
    /// Its number, which grows: keep it, and refuse an older registry.
    std::uint64_t sequence;
    /// When it was published, in Unix milliseconds.
    std::uint64_t time_ms;
    /// How many hospitals it lists.
    std::size_t hospitals;
};

/// What a main node sends to be certified.
class certificate_request
    : public detail::handle<medseal_certificate_request, medseal_certificate_request_free> {
public:
    using handle::handle;

    /// Writes the name in a request for certification.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_certificate_request_name, get());
    }
    /// Writes the byte form of a request for certification.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_certificate_request_encode, get()); }
    /// Reads a request for certification from its byte form, checking everything.
    static result<certificate_request> decode(bytes_view data) {
        return detail::object<certificate_request>(medseal_certificate_request_decode, data.data(),
                                                   data.size());
    }
};

/// What a main node or an envelope tells a hospital of a record: location, database digest,
/// summary. It is secret, and wiped when freed.
class disclosure : public detail::handle<medseal_disclosure, medseal_disclosure_free> {
public:
    using handle::handle;

    /// Makes a disclosure.
    static result<disclosure> of(bytes_view location, const medseal_digest &database,
                                 const medseal_summary &summary) {
        return detail::object<disclosure>(medseal_disclosure_new, location.data(), location.size(), &database,
                                          &summary);
    }
    /// What is disclosed of a record.
    result<disclosed> read() const {
        medseal_digest database = {};
        medseal_summary summary = {};
        auto location =
            detail::filled_by<secret_bytes>([&](std::uint8_t *out, std::size_t *size, medseal_error *error) {
                return medseal_disclosure_read(get(), out, size, &database, &summary, error);
            });
        return detail::map(std::move(location), [&](secret_bytes &&read) {
            return disclosed{database, summary, std::move(read)};
        });
    }
    /// Writes the byte form of a disclosure.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_disclosure_encode, get());
    }
    /// Reads a disclosure from its byte form, checking everything.
    static result<disclosure> decode(bytes_view data) {
        return detail::object<disclosure>(medseal_disclosure_decode, data.data(), data.size());
    }
};

/// A hospital's identity, to which envelopes are sealed.
class identity : public detail::handle<medseal_identity, medseal_identity_free> {
public:
    using handle::handle;
};

/// A message sealed to a hospital's identity.
class identity_envelope : public detail::handle<medseal_identity_envelope, medseal_identity_envelope_free> {
public:
    using handle::handle;

    /// Writes the byte form of an envelope.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_identity_envelope_encode, get()); }
    /// Reads an envelope from its byte form, checking everything.
    static result<identity_envelope> decode(bytes_view data) {
        return detail::object<identity_envelope>(medseal_identity_envelope_decode, data.data(), data.size());
    }
};

/// What the super node answers to a registration: it goes to the hospital over a secure channel. It is
/// secret, and wiped when freed. It has state: one call at a time.
class identity_key : public detail::handle<medseal_identity_key, medseal_identity_key_free> {
public:
    using handle::handle;

    /// Writes the byte form of an identity key.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_identity_key_encode, get());
    }
    /// Reads an identity key from its byte form, checking everything.
    static result<identity_key> decode(bytes_view data) {
        return detail::object<identity_key>(medseal_identity_key_decode, data.data(), data.size());
    }
};

/// What a hospital sends to be registered.
class registration_request
    : public detail::handle<medseal_registration_request, medseal_registration_request_free> {
public:
    using handle::handle;

    /// Makes a request to be registered.
    static result<registration_request> of(std::string_view name, bytes_view record) {
        return detail::object<registration_request>(medseal_registration_request_new, name.data(),
                                                    name.size(), record.data(), record.size());
    }
    /// Writes the name in a registration request.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_registration_request_name, get());
    }
    /// Writes the record in a registration request.
    result<bytes> record() const { return detail::filled<bytes>(medseal_registration_request_record, get()); }
    /// Writes the byte form of a registration request.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_registration_request_encode, get()); }
    /// Reads a registration request from its byte form, checking everything.
    static result<registration_request> decode(bytes_view data) {
        return detail::object<registration_request>(medseal_registration_request_decode, data.data(),
                                                    data.size());
    }
};

/// The super node's public key: what all identities rest on.
class super_node_public_key
    : public detail::handle<medseal_super_node_public_key, medseal_super_node_public_key_free> {
public:
    using handle::handle;

    /// Seals a message to an identity: only the registered hospital can open it, with the members' key if there is one.
    result<identity_envelope> seal(const identity &recipient, bytes_view message, bytes_view aad,
                                   const members_key *members = nullptr) const {
        return detail::object<identity_envelope>(medseal_identity_seal, get(), recipient.get(), message.data(),
                                                 message.size(), aad.data(), aad.size(), detail::or_null(members));
    }
    /// Writes the byte form of a super node's public key.
    result<bytes> encode() const {
        return detail::filled<bytes>(medseal_super_node_public_key_encode, get());
    }
    /// Reads a super node's public key from its byte form, checking everything.
    static result<super_node_public_key> decode(bytes_view data) {
        return detail::object<super_node_public_key>(medseal_super_node_public_key_decode, data.data(),
                                                     data.size());
    }
};

/// A certificate whose signature is verified.
class verified_certificate
    : public detail::handle<medseal_verified_certificate, medseal_verified_certificate_free> {
public:
    using handle::handle;

    /// Writes the name in a certificate.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_verified_certificate_name, get());
    }
    /// What a certified key is for.
enum class role : std::int32_t {
    /// Authenticates hospitals and answers them.
    main_node = MEDSEAL_ROLE_MAIN_NODE,
    /// A member's, who answers other members and hands on what members share.
    member = MEDSEAL_ROLE_MEMBER,
};

/// The serial number of a certificate, and from when to when it is valid.
    result<certificate_validity> validity() const {
        medseal_error error = detail::no_error();
        certificate_validity made = {};
        if (medseal_verified_certificate_validity(get(), &made.serial, &made.from_ms, &made.to_ms, &error) !=
            MEDSEAL_OK) {
            return detail::failure<certificate_validity>(error);
        }
        return detail::success(made);
    }
};

/// A certificate that nobody has verified yet.
class certificate : public detail::handle<medseal_certificate, medseal_certificate_free> {
public:
    using handle::handle;

    /// Verifies a certificate, and that it is for the role that its holder is asked to play.
    result<verified_certificate> verify(const super_node_public_key &public_key, medseal::role role) const {
        return detail::object<verified_certificate>(medseal_certificate_verify, get(), public_key.get(),
                                                    static_cast<std::int32_t>(role));
    }
    /// Writes the byte form of a certificate.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_certificate_encode, get()); }
    /// Reads a certificate from its byte form, checking everything.
    static result<certificate> decode(bytes_view data) {
        return detail::object<certificate>(medseal_certificate_decode, data.data(), data.size());
    }
};

class registry;

/// A registry whose signature is verified.
class verified_registry : public detail::handle<medseal_verified_registry, medseal_verified_registry_free> {
public:
    using handle::handle;

    /// Verifies the registry that takes this one's place; an older one is refused, and another one of the same number.
    result<verified_registry> succeeded_by(const registry &next) const;
    /// What a registry says of itself.
    result<registry_status> status() const {
        medseal_error error = detail::no_error();
        registry_status made = {};
        if (medseal_verified_registry_status(get(), &made.sequence, &made.time_ms, &made.hospitals, &error) !=
            MEDSEAL_OK) {
            return detail::failure<registry_status>(error);
        }
        return detail::success(made);
    }
    /// Writes the name of a registered hospital.
    result<std::string> hospital(std::size_t index) const {
        return detail::filled<std::string>(medseal_verified_registry_hospital, get(), index);
    }
    /// The identity of a registered hospital.
    result<medseal::identity> identity(std::string_view name) const {
        return detail::object<medseal::identity>(medseal_verified_registry_identity, get(), name.data(),
                                                 name.size());
    }
    /// Whether a certificate is revoked.
    result<bool> revokes(const medseal_certificate_serial &serial) const {
        return detail::value<bool>(medseal_verified_registry_revokes, get(), &serial);
    }
};

/// A registry that nobody has verified yet: who is registered, and what is revoked.
class registry : public detail::handle<medseal_registry, medseal_registry_free> {
public:
    using handle::handle;

    /// Verifies a registry: the first one, or one after a restart.
    result<verified_registry> verify(const super_node_public_key &public_key, std::uint64_t last_seen) const {
        return detail::object<verified_registry>(medseal_registry_verify, get(), public_key.get(), last_seen);
    }
    /// Writes the byte form of a registry.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_registry_encode, get()); }
    /// Reads a registry from its byte form, checking everything.
    static result<registry> decode(bytes_view data) {
        return detail::object<registry>(medseal_registry_decode, data.data(), data.size());
    }
};

inline result<verified_registry> verified_registry::succeeded_by(const registry &next) const {
    return detail::object<verified_registry>(medseal_verified_registry_succeeded_by, get(), next.get());
}

/// The super node: its master key and the registry. Keep it anew after each change. It is secret, and wiped when freed. It has state: one call at a time.
class super_node : public detail::handle<medseal_super_node, medseal_super_node_free> {
public:
    using handle::handle;

    /// Makes a super node.
    static result<super_node> generate() { return detail::object<super_node>(medseal_super_node_generate); }
    /// The public key of a super node.
    result<super_node_public_key> public_key() const {
        return detail::object<super_node_public_key>(medseal_super_node_public, get());
    }
    /// Registers a hospital and makes its identity key, which goes back over a secure channel.
    result<identity_key> register_hospital(const registration_request &request) {
        return detail::object<identity_key>(medseal_super_node_register, get(), request.get());
    }
    /// Revokes the registration of a hospital, with the next published registry.
    result<void> revoke_hospital(std::string_view name) {
        return detail::done(medseal_super_node_revoke_hospital, get(), name.data(), name.size());
    }
    /// Certifies a main node that proves that it holds its secret.
    result<certificate> certify(const certificate_request &request, std::uint64_t from_ms,
                                std::uint64_t to_ms) {
        return detail::object<certificate>(medseal_super_node_certify, get(), request.get(), from_ms, to_ms);
    }
    /// Revokes a certificate, with the next published registry.
    result<void> revoke_certificate(const medseal_certificate_serial &serial) {
        return detail::done(medseal_super_node_revoke_certificate, get(), &serial);
    }
    /// Signs the registry as it stands, with the next sequence number.
    result<registry> publish(std::uint64_t now_ms) {
        return detail::object<registry>(medseal_super_node_publish, get(), now_ms);
    }
    /// Writes the byte form of a super node.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_super_node_encode, get());
    }
    /// Reads a super node from its byte form, checking everything.
    static result<super_node> decode(bytes_view data) {
        return detail::object<super_node>(medseal_super_node_decode, data.data(), data.size());
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
