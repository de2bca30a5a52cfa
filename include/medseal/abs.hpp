/// @file
/// Attribute-based signatures. Included by medseal.hpp.
#ifndef MEDSEAL_ABS_HPP
#define MEDSEAL_ABS_HPP

#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A signature that shows that the signer's attributes satisfy a policy, and reveals nothing else
/// about the signer.
class abs_signature : public coded<abs_signature> {
public:
    using coded::coded;
};

/// The authority's public key for signatures.
class abs_public_key : public coded<abs_public_key> {
public:
    using coded::coded;

    result<void> verify(const policy &policy, bytes_view context, bytes_view message,
                        const abs_signature &signature) const {
        return call(medseal_abs_verify, policy, context, message, signature);
    }
    result<void> verify_possession(const medseal_possession &proof) const {
        return call(medseal_abs_public_key_verify_possession, &proof);
    }
};

/// A user's key for attributes. It signs under the policies that these attributes satisfy. It is
/// secret, and wiped when freed.
class abs_signing_key : public coded<abs_signing_key> {
public:
    using coded::coded;

    result<medseal::attributes> attributes() const { return call(medseal_abs_signing_key_attributes); }
    result<void> verify(const abs_public_key &public_key) const {
        return call(medseal_abs_signing_key_verify, public_key);
    }
    result<abs_signature> sign(const policy &policy, bytes_view context, bytes_view message) const {
        return call(medseal_abs_sign, policy, context, message);
    }
};

/// The authority's master key for signatures. It is secret, and wiped when freed.
class abs_master_key : public coded<abs_master_key> {
public:
    using coded::coded;

    static result<abs_master_key> generate() { return made(medseal_abs_master_key_generate); }
    result<abs_public_key> public_key() const { return call(medseal_abs_master_key_public); }
    result<abs_signing_key> issue(const attributes &attributes) const {
        return call(medseal_abs_issue, attributes);
    }
};

inline result<void> verify_batch(const std::vector<medseal_abs_claim> &claims, std::size_t threads = 1) {
    return detail::call(medseal_abs_verify_batch, claims, threads);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
