/// @file
/// Identities, certificates and registries. Included by medseal.hpp.
#ifndef MEDSEAL_IDENTITY_HPP
#define MEDSEAL_IDENTITY_HPP

#include "members.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// What a main node discloses about a record.
struct disclosed {
    medseal_digest database; ///< The digest of the hospital's database.
    medseal_summary summary; ///< The record's keyed summary.
    secret_bytes location;   ///< The location of the record.
};

/// The role of a certified key.
enum class role : std::int32_t {
    main_node = MEDSEAL_ROLE_MAIN_NODE, ///< The holder authenticates hospitals and answers them.
    /// The holder is a member, who answers other members and passes on what members share.
    member = MEDSEAL_ROLE_MEMBER,
};

/// The serial number of a certificate, and its validity in Unix milliseconds.
struct certificate_validity {
    medseal_certificate_serial serial; ///< The serial number.
    std::uint64_t from_ms;             ///< The first millisecond of its validity.
    std::uint64_t to_ms;               ///< The last millisecond of its validity.
};

/// The number, the time and the size of a registry.
struct registry_status {
    /// Its sequence number, which grows. Store it, and refuse an older registry.
    std::uint64_t sequence;
    std::uint64_t time_ms; ///< When it was published, in Unix milliseconds.
    std::size_t hospitals; ///< The number of hospitals.
};

/// A main node's request for certification.
class certificate_request : public coded<certificate_request> {
public:
    using coded::coded;

    result<std::string> name() const { return filled<std::string>(medseal_certificate_request_name); }
};

/// The information about a record that a main node or an envelope gives a hospital: the location,
/// the database digest and the summary. It is secret, and wiped when freed.
class disclosure : public coded<disclosure> {
public:
    using coded::coded;

    static result<disclosure> of(bytes_view location, const medseal_digest &database,
                                 const medseal_summary &summary) {
        return made(medseal_disclosure_new, location, &database, &summary);
    }
    /// Returns what is disclosed about a record.
    result<disclosed> read() const {
        medseal_digest database = {};
        medseal_summary summary = {};
        auto location =
            filled_and<secret_bytes>(medseal_disclosure_read, detail::outputs(&database, &summary));
        return detail::map(std::move(location), [&](secret_bytes &&read) {
            return disclosed{database, summary, std::move(read)};
        });
    }
};

/// A hospital's identity, to which envelopes are sealed.
class identity : public detail::handle<identity> {
public:
    using handle::handle;
};

/// A message sealed to a hospital's identity.
class identity_envelope : public coded<identity_envelope> {
public:
    using coded::coded;
};

/// A hospital's identity key, the super node's answer to a registration. Send it to the hospital
/// over a secure channel. It is secret, and wiped when freed. It has state: one call at a time.
class identity_key : public coded<identity_key> {
public:
    using coded::coded;
};

/// A hospital's request for registration.
class registration_request : public coded<registration_request> {
public:
    using coded::coded;

    static result<registration_request> of(std::string_view name, bytes_view record) {
        return made(medseal_registration_request_new, name, record);
    }
    result<std::string> name() const { return filled<std::string>(medseal_registration_request_name); }
    result<bytes> record() const { return filled<bytes>(medseal_registration_request_record); }
};

/// The super node's public key, on which all identities are based.
class super_node_public_key : public coded<super_node_public_key> {
public:
    using coded::coded;

    result<identity_envelope> seal(const identity &recipient, bytes_view message, bytes_view aad,
                                   const members_key *members = nullptr) const {
        return call(medseal_identity_seal, recipient, message, aad, members);
    }
};

/// A certificate whose signature is verified.
class verified_certificate : public detail::handle<verified_certificate> {
public:
    using handle::handle;

    result<std::string> name() const { return filled<std::string>(medseal_verified_certificate_name); }
    result<certificate_validity> validity() const {
        return call<certificate_validity>(medseal_verified_certificate_validity);
    }
};

/// A certificate that is not yet verified.
class certificate : public coded<certificate> {
public:
    using coded::coded;

    result<verified_certificate> verify(const super_node_public_key &public_key, medseal::role role) const {
        return call(medseal_certificate_verify, public_key, role);
    }
};

/// A registry whose signature is verified.
class verified_registry : public detail::handle<verified_registry> {
public:
    using handle::handle;

    /// Verifies the registry that succeeds this one. Refuses an older registry, and a different one
    /// with the same number.
    result<verified_registry> succeeded_by(const registry &next) const;
    result<registry_status> status() const { return call<registry_status>(medseal_verified_registry_status); }
    result<std::string> hospital(std::size_t index) const {
        return filled<std::string>(medseal_verified_registry_hospital, index);
    }
    result<medseal::identity> identity(std::string_view name) const {
        return call(medseal_verified_registry_identity, name);
    }
    result<bool> revokes(const medseal_certificate_serial &serial) const {
        return call(medseal_verified_registry_revokes, &serial);
    }
};

/// A registry that is not yet verified: the registered hospitals, and what is revoked.
class registry : public coded<registry> {
public:
    using coded::coded;

    result<verified_registry> verify(const super_node_public_key &public_key, std::uint64_t last_seen) const {
        return call(medseal_registry_verify, public_key, last_seen);
    }
};

inline result<verified_registry> verified_registry::succeeded_by(const registry &next) const {
    return call(medseal_verified_registry_succeeded_by, next);
}

/// The super node: its master key and the registry. Store its byte form after each change. It is
/// secret, and wiped when freed. It has state: one call at a time.
class super_node : public coded<super_node> {
public:
    using coded::coded;

    static result<super_node> generate() { return made(medseal_super_node_generate); }
    result<super_node_public_key> public_key() const { return call(medseal_super_node_public); }
    result<identity_key> register_hospital(const registration_request &request) {
        return call(medseal_super_node_register, request);
    }
    result<void> revoke_hospital(std::string_view name) {
        return call(medseal_super_node_revoke_hospital, name);
    }
    result<certificate> certify(const certificate_request &request, std::uint64_t from_ms,
                                std::uint64_t to_ms) {
        return call(medseal_super_node_certify, request, from_ms, to_ms);
    }
    result<void> revoke_certificate(const medseal_certificate_serial &serial) {
        return call(medseal_super_node_revoke_certificate, &serial);
    }
    result<registry> publish(std::uint64_t now_ms) { return call(medseal_super_node_publish, now_ms); }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
