/// @file
/// Attributes and policies. Included by medseal.hpp.
#ifndef MEDSEAL_POLICY_HPP
#define MEDSEAL_POLICY_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A set of attributes, such as `role=doctor, clearance=3`: what a key is issued for. Immutable: any number
/// of threads may use it at once.
class attributes : public detail::handle<medseal_attributes, medseal_attributes_free> {
public:
    using handle::handle;

    /// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
    static result<attributes> parse(std::string_view text) {
        return detail::object<attributes>(medseal_attributes_parse, text.data(), text.size());
    }
    /// Writes a set of attributes as text in its canonical form.
    result<std::string> text() const { return detail::filled<std::string>(medseal_attributes_text, get()); }
    /// How many attributes a set has.
    result<std::size_t> count() const { return detail::value<std::size_t>(medseal_attributes_count, get()); }
    /// Writes the byte form of a set of attributes.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_attributes_encode, get()); }
    /// Reads a set of attributes from its byte form, checking everything.
    static result<attributes> decode(bytes_view data) {
        return detail::object<attributes>(medseal_attributes_decode, data.data(), data.size());
    }
};

/// A policy, such as `role=doctor and (ward=12 or clearance>=3)`: what attributes must satisfy. Immutable:
/// any number of threads may use it at once.
class policy : public detail::handle<medseal_policy, medseal_policy_free> {
public:
    using handle::handle;

    /// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
    static result<policy> parse(std::string_view text) {
        return detail::object<policy>(medseal_policy_parse, text.data(), text.size());
    }
    /// Writes a policy as text in its canonical form: policies with the same text are the same.
    result<std::string> text() const { return detail::filled<std::string>(medseal_policy_text, get()); }
    /// Whether attributes satisfy a policy.
    result<bool> check(const attributes &attributes) const {
        return detail::value<bool>(medseal_policy_check, get(), attributes.get());
    }
    /// Says what attributes lack for a policy, as a short text of one or more lines; empty if they satisfy
    /// it.
    result<std::string> diagnose(const attributes &attributes) const {
        return detail::filled<std::string>(medseal_policy_diagnose, get(), attributes.get());
    }
    /// How many leaves a policy has, with comparisons expanded: what the sizes of wrapped keys, indexes and
    /// signatures grow with.
    result<std::size_t> leaves() const { return detail::value<std::size_t>(medseal_policy_leaves, get()); }
    /// Whether a policy has a negation, which key wrapping supports, and signatures and search do not.
    result<bool> has_negation() const { return detail::value<bool>(medseal_policy_has_negation, get()); }
    /// Writes the byte form of a policy.
    result<bytes> encode() const { return detail::filled<bytes>(medseal_policy_encode, get()); }
    /// Reads a policy from its byte form, checking everything.
    static result<policy> decode(bytes_view data) {
        return detail::object<policy>(medseal_policy_decode, data.data(), data.size());
    }
};

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
