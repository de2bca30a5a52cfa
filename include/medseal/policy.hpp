/// @file
/// Attributes and policies. Included by medseal.hpp.
#ifndef MEDSEAL_POLICY_HPP
#define MEDSEAL_POLICY_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A day of the calendar.
struct date {
    /// 1970 to 9999.
    std::uint32_t year;
    /// 1 to 12.
    std::uint32_t month;
    /// The day of the month, from 1.
    std::uint32_t day;
};

/// How a policy compares the value of a label with its own.
enum class comparison : std::int32_t {
    /// `=`
    equal = MEDSEAL_COMPARE_EQUAL,
    /// `!=`: the label has a different value.
    not_equal = MEDSEAL_COMPARE_NOT_EQUAL,
    /// `<`
    less = MEDSEAL_COMPARE_LESS,
    /// `<=`
    at_most = MEDSEAL_COMPARE_AT_MOST,
    /// `>`
    greater = MEDSEAL_COMPARE_GREATER,
    /// `>=`
    at_least = MEDSEAL_COMPARE_AT_LEAST,
};

/// A set of attributes, such as `role=doctor, clearance=3`. Keys are issued for such a set.
class attributes
    : public coded<attributes, bytes, medseal_attributes, medseal_attributes_free,
                   medseal_attributes_encode, medseal_attributes_decode> {
public:
    using coded::coded;

    /// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
    static result<attributes> parse(std::string_view text) {
        return detail::object<attributes>(medseal_attributes_parse, text);
    }
    /// Makes a set of one attribute, a label without a value, such as `emergency`.
    static result<attributes> of_label(std::string_view label) {
        return detail::object<attributes>(medseal_attributes_of_label, label);
    }
    /// Makes a set of one attribute with a text, such as `role=doctor`. The text is a single value;
    /// nothing in it is read as syntax.
    static result<attributes> of_text(std::string_view label, std::string_view text) {
        return detail::object<attributes>(medseal_attributes_of_text, label, text);
    }
    /// Makes a set of one attribute with a number, such as `clearance=3`.
    static result<attributes> of_number(std::string_view label, std::uint32_t number) {
        return detail::object<attributes>(medseal_attributes_of_number, label, number);
    }
    /// Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
    static result<attributes> of_date(std::string_view label, date day) {
        return detail::object<attributes>(medseal_attributes_of_date, label, day.year, day.month, day.day);
    }
    /// Makes the union of sets of attributes. Without sets, it is empty.
    static result<attributes> join(const refs<attributes> &sets) {
        return detail::object<attributes>(medseal_attributes_join, sets);
    }
    /// Writes a set of attributes as text in canonical form.
    result<std::string> text() const { return detail::filled<std::string>(medseal_attributes_text, *this); }
    /// Returns the number of attributes in a set.
    result<std::size_t> count() const { return detail::value<std::size_t>(medseal_attributes_count, *this); }
};

/// A policy that attributes must satisfy, such as `role=doctor and (ward=12 or clearance>=3)`.
class policy
    : public coded<policy, bytes, medseal_policy, medseal_policy_free,
                   medseal_policy_encode, medseal_policy_decode> {
public:
    using coded::coded;

    /// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
    static result<policy> parse(std::string_view text) {
        return detail::object<policy>(medseal_policy_parse, text);
    }
    /// Makes a policy from a label without a value, such as `emergency`. Attributes that have this
    /// label satisfy it.
    static result<policy> of_label(std::string_view label) {
        return detail::object<policy>(medseal_policy_of_label, label);
    }
    /// Makes a policy that compares a label with a text, equal or not. The text is a single value;
    /// nothing in it is read as syntax.
    static result<policy> compare_text(std::string_view label, comparison how, std::string_view text) {
        return detail::object<policy>(medseal_policy_compare_text, label, how, text);
    }
    /// Makes a policy that compares a label with a number, such as `clearance>=3`.
    static result<policy> compare_number(std::string_view label, comparison how, std::uint32_t number) {
        return detail::object<policy>(medseal_policy_compare_number, label, how, number);
    }
    /// Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
    static result<policy> compare_date(std::string_view label, comparison how, date day) {
        return detail::object<policy>(medseal_policy_compare_date, label, how, day.year, day.month, day.day);
    }
    /// Makes a policy that requires a number in a range. It is often much smaller than two
    /// comparisons.
    static result<policy> between_numbers(std::string_view label, std::uint32_t from, std::uint32_t to) {
        return detail::object<policy>(medseal_policy_between_numbers, label, from, to);
    }
    /// Makes a policy that requires a date in a range. It is often much smaller than two
    /// comparisons.
    static result<policy> between_dates(std::string_view label, date from, date to) {
        return detail::object<policy>(medseal_policy_between_dates, label, from.year, from.month, from.day,
                                      to.year, to.month, to.day);
    }
    /// Makes a policy that is satisfied if at least `threshold` of the given policies are.
    static result<policy> threshold(std::size_t least, const refs<policy> &policies) {
        return detail::object<policy>(medseal_policy_threshold, least, policies);
    }
    /// Makes a policy that is satisfied if all of the given policies are.
    static result<policy> all(const refs<policy> &policies) { return threshold(policies.size(), policies); }
    /// Makes a policy that is satisfied if at least one of the given policies is.
    static result<policy> any(const refs<policy> &policies) { return threshold(1, policies); }
    /// Makes the negation of a policy.
    result<policy> negated() const { return detail::object<policy>(medseal_policy_not, *this); }
    /// Writes the text of a policy in canonical form. Two policies are the same if their texts are.
    result<std::string> text() const { return detail::filled<std::string>(medseal_policy_text, *this); }
    /// Checks whether attributes satisfy a policy.
    result<bool> check(const attributes &attributes) const {
        return detail::value<bool>(medseal_policy_check, *this, attributes);
    }
    /// Writes what a set of attributes lacks to satisfy a policy: a short text of one or more
    /// lines, empty if the set satisfies the policy.
    result<std::string> diagnose(const attributes &attributes) const {
        return detail::filled<std::string>(medseal_policy_diagnose, *this, attributes);
    }
    /// Returns the number of rows of a policy. Wrapped keys and indexes have elements for each row.
    /// Attributes that are required together are one row, however many there are. A comparison of
    /// numbers is one row or a few.
    result<std::size_t> rows() const { return detail::value<std::size_t>(medseal_policy_rows, *this); }
};

/// Returns the attributes of a set that policies need, as few as possible. Show only these when you
/// search.
inline result<attributes> needed(const attributes &held, const refs<policy> &policies) {
    return detail::object<attributes>(medseal_attributes_needed, held, policies);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
