/// @file
/// Keys wrapped under a policy. Included by medseal.hpp.
#ifndef MEDSEAL_ABE_HPP
#define MEDSEAL_ABE_HPP

#include "members.hpp"
#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A fresh shared key under a policy, for your own protocols.
class abe_encapsulation
    : public coded<abe_encapsulation, bytes, medseal_abe_encapsulation, medseal_abe_encapsulation_free,
                   medseal_abe_encapsulation_encode, medseal_abe_encapsulation_decode> {
public:
    using coded::coded;
};

/// A secret of at most 4096 bytes, wrapped under a policy.
class abe_wrapped_key
    : public coded<abe_wrapped_key, bytes, medseal_abe_wrapped_key, medseal_abe_wrapped_key_free,
                   medseal_abe_wrapped_key_encode, medseal_abe_wrapped_key_decode> {
public:
    using coded::coded;

    /// Returns the policy of a wrapped key.
    result<medseal::policy> policy() const {
        return detail::object<medseal::policy>(medseal_abe_wrapped_key_policy, *this);
    }
    /// Returns the epoch of the members' key that a wrapped key needs; 0 if it needs none.
    result<std::uint32_t> epoch() const {
        return detail::value<std::uint32_t>(medseal_abe_wrapped_key_epoch, *this);
    }
    /// Checks whether a key for these attributes would satisfy the policy of a wrapped key.
    result<bool> could_unwrap(const attributes &attributes) const {
        return detail::value<bool>(medseal_abe_could_unwrap, *this, attributes);
    }
};

/// The authority's public key for key wrapping.
class abe_public_key
    : public coded<abe_public_key, bytes, medseal_abe_public_key, medseal_abe_public_key_free,
                   medseal_abe_public_key_encode, medseal_abe_public_key_decode> {
public:
    using coded::coded;

    /// Wraps a secret under a policy, and under a members' key if one is given.
    result<abe_wrapped_key> wrap(const policy &policy, bytes_view secret, bytes_view aad,
                                 const members_key *members = nullptr) const {
        return detail::object<abe_wrapped_key>(medseal_abe_wrap, *this, policy, secret, aad, members);
    }
    /// Makes a fresh shared key of thirty-two secret bytes, and its encapsulation under a policy.
    result<abe_encapsulation> encapsulate(const policy &policy, secret_bytes &shared) const {
        medseal_error error = detail::no_error();
        medseal_abe_encapsulation *made = nullptr;
        detail::passing_secret passing;
        if (medseal_abe_encapsulate(get(), policy.get(), &made, &passing.value, &error) != MEDSEAL_OK) {
            return detail::failure<abe_encapsulation>(error);
        }
        abe_encapsulation encapsulation(made);
        shared = passing.owned();
        return detail::success(std::move(encapsulation));
    }
    /// Checks a proof that the master secret of a public key is known.
    result<void> verify_possession(const medseal_possession &proof) const {
        return detail::done(medseal_abe_public_key_verify_possession, *this, &proof);
    }
};

/// A user's key for attributes. It unwraps what is wrapped under the policies that these attributes
/// satisfy. It is secret, and wiped when freed.
class abe_decryption_key
    : public coded<abe_decryption_key, secret_bytes, medseal_abe_decryption_key, medseal_abe_decryption_key_free,
                   medseal_abe_decryption_key_encode, medseal_abe_decryption_key_decode> {
public:
    using coded::coded;

    /// Returns the attributes of a decryption key.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_abe_decryption_key_attributes, *this);
    }
    /// Checks that a decryption key was issued under a public key.
    result<void> verify(const abe_public_key &public_key) const {
        return detail::done(medseal_abe_decryption_key_verify, *this, public_key);
    }
    /// Unwraps a secret.
    result<secret_bytes> unwrap(const abe_wrapped_key &wrapped, bytes_view aad,
                                const members_keys *members = nullptr) const {
        return detail::filled<secret_bytes>(medseal_abe_unwrap, *this, wrapped, aad, members);
    }
    /// Recovers the shared key of an encapsulation.
    result<secret_bytes> decapsulate(const abe_encapsulation &encapsulation) const {
        return detail::secret(medseal_abe_decapsulate, *this, encapsulation);
    }
};

/// The authority's master key for key wrapping. It is secret, and wiped when freed.
class abe_master_key
    : public coded<abe_master_key, secret_bytes, medseal_abe_master_key, medseal_abe_master_key_free,
                   medseal_abe_master_key_encode, medseal_abe_master_key_decode> {
public:
    using coded::coded;

    /// Makes a master key for key wrapping.
    static result<abe_master_key> generate() {
        return detail::object<abe_master_key>(medseal_abe_master_key_generate);
    }
    /// Returns the public key of a master key.
    result<abe_public_key> public_key() const {
        return detail::object<abe_public_key>(medseal_abe_master_key_public, *this);
    }
    /// Issues a decryption key for attributes.
    result<abe_decryption_key> issue(const attributes &attributes) const {
        return detail::object<abe_decryption_key>(medseal_abe_issue, *this, attributes);
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
