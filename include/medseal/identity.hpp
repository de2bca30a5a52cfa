/// @file
/// Identities, certificates and registries. Included by medseal.hpp.
#ifndef MEDSEAL_IDENTITY_HPP
#define MEDSEAL_IDENTITY_HPP

#include "members.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// What a main node discloses about a record.
struct disclosed {
    /// The digest of the hospital's database.
    medseal_digest database;
    /// The record's keyed summary.
    medseal_summary summary;
    /// The location of the record.
    secret_bytes location;
};

/// The role of a certified key.
enum class role : std::int32_t {
    /// The holder authenticates hospitals and answers them.
    main_node = MEDSEAL_ROLE_MAIN_NODE,
    /// The holder is a member, who answers other members and passes on what members share.
    member = MEDSEAL_ROLE_MEMBER,
};

/// The serial number of a certificate, and its validity in Unix milliseconds.
struct certificate_validity {
    /// The serial number.
    medseal_certificate_serial serial;
    /// The first millisecond of its validity.
    std::uint64_t from_ms;
    /// The last millisecond of its validity.
    std::uint64_t to_ms;
};

/// The number, the time and the size of a registry.
struct registry_status {
    /// Its sequence number, which grows. Store it, and refuse an older registry.
    std::uint64_t sequence;
    /// When it was published, in Unix milliseconds.
    std::uint64_t time_ms;
    /// The number of hospitals.
    std::size_t hospitals;
};

/// A main node's request for certification.
class certificate_request
    : public coded<certificate_request, bytes, medseal_certificate_request, medseal_certificate_request_free,
                   medseal_certificate_request_encode, medseal_certificate_request_decode> {
public:
    using coded::coded;

    /// Writes the name in a request for certification.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_certificate_request_name, *this);
    }
};

/// The information about a record that a main node or an envelope gives a hospital: the location,
/// the database digest and the summary. It is secret, and wiped when freed.
class disclosure
    : public coded<disclosure, secret_bytes, medseal_disclosure, medseal_disclosure_free,
                   medseal_disclosure_encode, medseal_disclosure_decode> {
public:
    using coded::coded;

    /// Makes a disclosure.
    static result<disclosure> of(bytes_view location, const medseal_digest &database,
                                 const medseal_summary &summary) {
        return detail::object<disclosure>(medseal_disclosure_new, location, &database, &summary);
    }
    /// Returns what is disclosed about a record.
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
};

/// A hospital's identity, to which envelopes are sealed.
class identity : public detail::handle<medseal_identity, medseal_identity_free> {
public:
    using handle::handle;
};

/// A message sealed to a hospital's identity.
class identity_envelope
    : public coded<identity_envelope, bytes, medseal_identity_envelope, medseal_identity_envelope_free,
                   medseal_identity_envelope_encode, medseal_identity_envelope_decode> {
public:
    using coded::coded;
};

/// A hospital's identity key, the super node's answer to a registration. Send it to the hospital
/// over a secure channel. It is secret, and wiped when freed. It has state: one call at a time.
class identity_key
    : public coded<identity_key, secret_bytes, medseal_identity_key, medseal_identity_key_free,
                   medseal_identity_key_encode, medseal_identity_key_decode> {
public:
    using coded::coded;
};

/// A hospital's request for registration.
class registration_request
    : public coded<registration_request, bytes, medseal_registration_request, medseal_registration_request_free,
                   medseal_registration_request_encode, medseal_registration_request_decode> {
public:
    using coded::coded;

    /// Makes a request for registration.
    static result<registration_request> of(std::string_view name, bytes_view record) {
        return detail::object<registration_request>(medseal_registration_request_new, name, record);
    }
    /// Writes the name in a registration request.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_registration_request_name, *this);
    }
    /// Writes the record in a registration request.
    result<bytes> record() const { return detail::filled<bytes>(medseal_registration_request_record, *this); }
};

/// The super node's public key, on which all identities are based.
class super_node_public_key
    : public coded<super_node_public_key, bytes, medseal_super_node_public_key, medseal_super_node_public_key_free,
                   medseal_super_node_public_key_encode, medseal_super_node_public_key_decode> {
public:
    using coded::coded;

    /// Seals a message to an identity. Only the registered hospital can open it, with the members'
    /// key if one is given.
    result<identity_envelope> seal(const identity &recipient, bytes_view message, bytes_view aad,
                                   const members_key *members = nullptr) const {
        return detail::object<identity_envelope>(medseal_identity_seal, *this, recipient, message, aad,
                                                 members);
    }
};

/// A certificate whose signature is verified.
class verified_certificate
    : public detail::handle<medseal_verified_certificate, medseal_verified_certificate_free> {
public:
    using handle::handle;

    /// Writes the name in a certificate.
    result<std::string> name() const {
        return detail::filled<std::string>(medseal_verified_certificate_name, *this);
    }
    /// Returns the serial number and the validity of a certificate.
    result<certificate_validity> validity() const {
        return detail::fields<certificate_validity>(
            [](auto &it) { return std::make_tuple(&it.serial, &it.from_ms, &it.to_ms); },
            medseal_verified_certificate_validity, *this);
    }
};

/// A certificate that is not yet verified.
class certificate
    : public coded<certificate, bytes, medseal_certificate, medseal_certificate_free,
                   medseal_certificate_encode, medseal_certificate_decode> {
public:
    using coded::coded;

    /// Verifies a certificate, and checks that it is for the expected role.
    result<verified_certificate> verify(const super_node_public_key &public_key, medseal::role role) const {
        return detail::object<verified_certificate>(medseal_certificate_verify, *this, public_key, role);
    }
};

class registry;

/// A registry whose signature is verified.
class verified_registry : public detail::handle<medseal_verified_registry, medseal_verified_registry_free> {
public:
    using handle::handle;

    /// Verifies the registry that succeeds this one. Refuses an older registry, and a different one
    /// with the same number.
    result<verified_registry> succeeded_by(const registry &next) const;
    /// Returns the number, the time and the size of a registry.
    result<registry_status> status() const {
        return detail::fields<registry_status>(
            [](auto &it) { return std::make_tuple(&it.sequence, &it.time_ms, &it.hospitals); },
            medseal_verified_registry_status, *this);
    }
    /// Writes the name of a registered hospital.
    result<std::string> hospital(std::size_t index) const {
        return detail::filled<std::string>(medseal_verified_registry_hospital, *this, index);
    }
    /// Returns the identity of a registered hospital.
    result<medseal::identity> identity(std::string_view name) const {
        return detail::object<medseal::identity>(medseal_verified_registry_identity, *this, name);
    }
    /// Checks whether a certificate is revoked.
    result<bool> revokes(const medseal_certificate_serial &serial) const {
        return detail::value<bool>(medseal_verified_registry_revokes, *this, &serial);
    }
};

/// A registry that is not yet verified: the registered hospitals, and what is revoked.
class registry
    : public coded<registry, bytes, medseal_registry, medseal_registry_free,
                   medseal_registry_encode, medseal_registry_decode> {
public:
    using coded::coded;

    /// Verifies a registry: the first one, or the first after a restart.
    result<verified_registry> verify(const super_node_public_key &public_key, std::uint64_t last_seen) const {
        return detail::object<verified_registry>(medseal_registry_verify, *this, public_key, last_seen);
    }
};

inline result<verified_registry> verified_registry::succeeded_by(const registry &next) const {
    return detail::object<verified_registry>(medseal_verified_registry_succeeded_by, *this, next);
}

/// The super node: its master key and the registry. Store its byte form after each change. It is
/// secret, and wiped when freed. It has state: one call at a time.
class super_node
    : public coded<super_node, secret_bytes, medseal_super_node, medseal_super_node_free,
                   medseal_super_node_encode, medseal_super_node_decode> {
public:
    using coded::coded;

    /// Makes a super node.
    static result<super_node> generate() { return detail::object<super_node>(medseal_super_node_generate); }
    /// Returns the public key of a super node.
    result<super_node_public_key> public_key() const {
        return detail::object<super_node_public_key>(medseal_super_node_public, *this);
    }
    /// Registers a hospital and makes its identity key. Send the key to the hospital over a secure
    /// channel.
    result<identity_key> register_hospital(const registration_request &request) {
        return detail::object<identity_key>(medseal_super_node_register, *this, request);
    }
    /// Revokes the registration of a hospital. It takes effect with the next published registry.
    result<void> revoke_hospital(std::string_view name) {
        return detail::done(medseal_super_node_revoke_hospital, *this, name);
    }
    /// Certifies a main node that proves possession of its secret.
    result<certificate> certify(const certificate_request &request, std::uint64_t from_ms,
                                std::uint64_t to_ms) {
        return detail::object<certificate>(medseal_super_node_certify, *this, request, from_ms, to_ms);
    }
    /// Revokes a certificate. It takes effect with the next published registry.
    result<void> revoke_certificate(const medseal_certificate_serial &serial) {
        return detail::done(medseal_super_node_revoke_certificate, *this, &serial);
    }
    /// Signs the current registry, with the next sequence number.
    result<registry> publish(std::uint64_t now_ms) {
        return detail::object<registry>(medseal_super_node_publish, *this, now_ms);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
