/// @file
/// Keys wrapped under a policy. Included by medseal.hpp.
#ifndef MEDSEAL_ABE_HPP
#define MEDSEAL_ABE_HPP

#include "members.hpp"
#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A fresh shared key under a policy, for your own protocols.
class abe_encapsulation : public coded<abe_encapsulation> {
public:
    using coded::coded;
};

/// A secret of at most 4096 bytes, wrapped under a policy.
class abe_wrapped_key : public coded<abe_wrapped_key> {
public:
    using coded::coded;

    result<medseal::policy> policy() const { return call(medseal_abe_wrapped_key_policy); }
    result<std::uint32_t> epoch() const { return call(medseal_abe_wrapped_key_epoch); }
    result<bool> could_unwrap(const attributes &attributes) const {
        return call(medseal_abe_could_unwrap, attributes);
    }
};

/// The authority's public key for key wrapping.
class abe_public_key : public coded<abe_public_key> {
public:
    using coded::coded;

    result<abe_wrapped_key> wrap(const policy &policy, bytes_view secret, bytes_view aad,
                                 const members_key *members = nullptr) const {
        return call(medseal_abe_wrap, policy, secret, aad, members);
    }
    /// Makes a fresh shared key of thirty-two secret bytes, and its encapsulation under a policy.
    result<abe_encapsulation> encapsulate(const policy &policy, secret_bytes &shared) const {
        struct both {
            abe_encapsulation encapsulation;
            secret_bytes shared;
        };
        return detail::map(call<both>(medseal_abe_encapsulate, policy), [&](both &&made) {
            shared = std::move(made.shared);
            return std::move(made.encapsulation);
        });
    }
    result<void> verify_possession(const medseal_possession &proof) const {
        return call(medseal_abe_public_key_verify_possession, &proof);
    }
};

/// A user's key for attributes. It unwraps what is wrapped under the policies that these attributes
/// satisfy. It is secret, and wiped when freed.
class abe_decryption_key : public coded<abe_decryption_key> {
public:
    using coded::coded;

    result<medseal::attributes> attributes() const { return call(medseal_abe_decryption_key_attributes); }
    result<void> verify(const abe_public_key &public_key) const {
        return call(medseal_abe_decryption_key_verify, public_key);
    }
    result<secret_bytes> unwrap(const abe_wrapped_key &wrapped, bytes_view aad,
                                const members_keys *members = nullptr) const {
        return filled<secret_bytes>(medseal_abe_unwrap, wrapped, aad, members);
    }
    result<secret_bytes> decapsulate(const abe_encapsulation &encapsulation) const {
        return call(medseal_abe_decapsulate, encapsulation);
    }
};

/// The authority's master key for key wrapping. It is secret, and wiped when freed.
class abe_master_key : public coded<abe_master_key> {
public:
    using coded::coded;

    static result<abe_master_key> generate() { return made(medseal_abe_master_key_generate); }
    result<abe_public_key> public_key() const { return call(medseal_abe_master_key_public); }
    result<abe_decryption_key> issue(const attributes &attributes) const {
        return call(medseal_abe_issue, attributes);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
