/// @file
/// Signatures by attributes. Included by medseal.hpp.
#ifndef MEDSEAL_ABS_HPP
#define MEDSEAL_ABS_HPP

#include "policy.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A signature that shows that the signer's attributes satisfy a policy, and nothing else of the
/// signer.
class abs_signature : public detail::handle<medseal_abs_signature, medseal_abs_signature_free> {
public:
    using handle::handle;

    /// Writes the byte form of a signature.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_abs_signature_encode, get()); }
    /// Reads a signature from its byte form, checking everything.
    static result<abs_signature> decode(bytes_view data) {
        return detail::object<abs_signature>(medseal_abs_signature_decode, data.data(), data.size());
    }
};

/// The authority's public key for signatures.
class abs_public_key : public detail::handle<medseal_abs_public_key, medseal_abs_public_key_free> {
public:
    using handle::handle;

    /// Verifies a signature.
    result<void> verify(const policy &policy, bytes_view context, bytes_view message,
                        const abs_signature &signature) const {
        return detail::done(medseal_abs_verify, get(), policy.get(), context.data(), context.size(),
                            message.data(), message.size(), signature.get());
    }
    /// Writes the byte form of a public key for signatures.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_abs_public_key_encode, get()); }
    /// Reads a public key for signatures from its byte form, checking everything.
    static result<abs_public_key> decode(bytes_view data) {
        return detail::object<abs_public_key>(medseal_abs_public_key_decode, data.data(), data.size());
    }
};

/// A user's key for attributes, which signs under policies that they satisfy. It is secret, and
/// wiped when freed.
class abs_signing_key : public detail::handle<medseal_abs_signing_key, medseal_abs_signing_key_free> {
public:
    using handle::handle;

    /// The attributes that a signing key is for.
    result<medseal::attributes> attributes() const {
        return detail::object<medseal::attributes>(medseal_abs_signing_key_attributes, get());
    }
    /// Checks that a signing key was issued under a public key.
    result<void> verify(const abs_public_key &public_key) const {
        return detail::done(medseal_abs_signing_key_verify, get(), public_key.get());
    }
    /// Signs a message as one whose attributes satisfy a policy.
    result<abs_signature> sign(const policy &policy, bytes_view context, bytes_view message) const {
        return detail::object<abs_signature>(medseal_abs_sign, get(), policy.get(), context.data(),
                                             context.size(), message.data(), message.size());
    }
    /// Writes the byte form of a signing key.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_abs_signing_key_encode, get());
    }
    /// Reads a signing key from its byte form, checking everything.
    static result<abs_signing_key> decode(bytes_view data) {
        return detail::object<abs_signing_key>(medseal_abs_signing_key_decode, data.data(), data.size());
    }
};

/// The authority's master key for signatures. It is secret, and wiped when freed.
class abs_master_key : public detail::handle<medseal_abs_master_key, medseal_abs_master_key_free> {
public:
    using handle::handle;

    /// Makes a master key for signatures.
    static result<abs_master_key> generate() {
        return detail::object<abs_master_key>(medseal_abs_master_key_generate);
    }
    /// The public key of a master key.
    result<abs_public_key> public_key() const {
        return detail::object<abs_public_key>(medseal_abs_master_key_public, get());
    }
    /// Issues a signing key for attributes.
    result<abs_signing_key> issue(const attributes &attributes) const {
        return detail::object<abs_signing_key>(medseal_abs_issue, get(), attributes.get());
    }
    /// Writes the byte form of a master key for signatures.
    result<secret_bytes> encode() const {
        return detail::filled<secret_bytes>(medseal_abs_master_key_encode, get());
    }
    /// Reads a master key for signatures from its byte form, checking everything.
    static result<abs_master_key> decode(bytes_view data) {
        return detail::object<abs_master_key>(medseal_abs_master_key_decode, data.data(), data.size());
    }
};

/// Verifies many signatures, which is faster than each by itself. If some are not valid, the position of the
/// error is the index of the first of them.
inline result<void> verify_batch(const std::vector<medseal_abs_claim> &claims, std::size_t threads = 1) {
    return detail::done(medseal_abs_verify_batch, claims.data(), claims.size(), threads);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
