/// @file
/// Attribute-based signatures. Included by medseal.hpp.
#ifndef MEDSEAL_ABS_HPP
#define MEDSEAL_ABS_HPP

#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A signature that shows that the signer's attributes satisfy a policy, and reveals nothing else
/// about the signer.
class abs_signature
    : public coded<abs_signature, bytes, medseal_abs_signature, medseal_abs_signature_free,
                   medseal_abs_signature_encode, medseal_abs_signature_decode> {
public:
    using coded::coded;
};

/// The authority's public key for signatures.
class abs_public_key
    : public coded<abs_public_key, bytes, medseal_abs_public_key, medseal_abs_public_key_free,
                   medseal_abs_public_key_encode, medseal_abs_public_key_decode> {
public:
    using coded::coded;

    /// Verifies a signature.
    result<void> verify(const policy &policy, bytes_view context, bytes_view message,
                        const abs_signature &signature) const {
        return detail::done(medseal_abs_verify, *this, policy, context, message, signature);
    }
    /// Checks a proof that the master secret of a public key is known.
    result<void> verify_possession(const medseal_possession &proof) const {
        return detail::done(medseal_abs_public_key_verify_possession, *this, &proof);
    }
};

/// A user's key for attributes. It signs under the policies that these attributes satisfy. It is
/// secret, and wiped when freed.
class abs_signing_key
    : public coded<abs_signing_key, secret_bytes, medseal_abs_signing_key, medseal_abs_signing_key_free,
                   medseal_abs_signing_key_encode, medseal_abs_signing_key_decode> {
public:
    using coded::coded;

    /// Returns the attributes of a signing key.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_abs_signing_key_attributes, *this);
    }
    /// Checks that a signing key was issued under a public key.
    result<void> verify(const abs_public_key &public_key) const {
        return detail::done(medseal_abs_signing_key_verify, *this, public_key);
    }
    /// Signs a message under a policy that the attributes of the key satisfy.
    result<abs_signature> sign(const policy &policy, bytes_view context, bytes_view message) const {
        return detail::object<abs_signature>(medseal_abs_sign, *this, policy, context, message);
    }
};

/// The authority's master key for signatures. It is secret, and wiped when freed.
class abs_master_key
    : public coded<abs_master_key, secret_bytes, medseal_abs_master_key, medseal_abs_master_key_free,
                   medseal_abs_master_key_encode, medseal_abs_master_key_decode> {
public:
    using coded::coded;

    /// Makes a master key for signatures.
    static result<abs_master_key> generate() {
        return detail::object<abs_master_key>(medseal_abs_master_key_generate);
    }
    /// Returns the public key of a master key.
    result<abs_public_key> public_key() const {
        return detail::object<abs_public_key>(medseal_abs_master_key_public, *this);
    }
    /// Issues a signing key for attributes.
    result<abs_signing_key> issue(const attributes &attributes) const {
        return detail::object<abs_signing_key>(medseal_abs_issue, *this, attributes);
    }
};

/// Verifies many signatures, which is faster than verifying each one. If some are invalid, the
/// position of the error is the index of the first.
inline result<void> verify_batch(const std::vector<medseal_abs_claim> &claims, std::size_t threads = 1) {
    return detail::done(medseal_abs_verify_batch, claims, threads);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
