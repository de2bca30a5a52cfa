/// @file
/// Attributes and policies. Included by medseal.hpp.
#ifndef MEDSEAL_POLICY_HPP
#define MEDSEAL_POLICY_HPP

#include "basis.hpp"

namespace medseal {
inline namespace MEDSEAL_MODE {

/// A day of the calendar.
struct date {
    std::uint32_t year;  ///< 1970 to 9999.
    std::uint32_t month; ///< 1 to 12.
    std::uint32_t day;   ///< The day of the month, from 1.
};

/// How a policy compares the value of a label with its own.
enum class comparison : std::int32_t {
    equal = MEDSEAL_COMPARE_EQUAL,         ///< `=`
    not_equal = MEDSEAL_COMPARE_NOT_EQUAL, ///< `!=`: the label has a different value.
    less = MEDSEAL_COMPARE_LESS,           ///< `<`
    at_most = MEDSEAL_COMPARE_AT_MOST,     ///< `<=`
    greater = MEDSEAL_COMPARE_GREATER,     ///< `>`
    at_least = MEDSEAL_COMPARE_AT_LEAST,   ///< `>=`
};

/// A set of attributes, such as `role=doctor, clearance=3`. Keys are issued for such a set.
class attributes : public coded<attributes> {
public:
    using coded::coded;

    static result<attributes> parse(std::string_view text) { return made(medseal_attributes_parse, text); }
    static result<attributes> of_label(std::string_view label) {
        return made(medseal_attributes_of_label, label);
    }
    static result<attributes> of_text(std::string_view label, std::string_view text) {
        return made(medseal_attributes_of_text, label, text);
    }
    static result<attributes> of_number(std::string_view label, std::uint32_t number) {
        return made(medseal_attributes_of_number, label, number);
    }
    static result<attributes> of_date(std::string_view label, date day) {
        return made(medseal_attributes_of_date, label, day.year, day.month, day.day);
    }
    static result<attributes> join(const refs<attributes> &sets) {
        return made(medseal_attributes_join, sets);
    }
    result<std::string> text() const { return filled<std::string>(medseal_attributes_text); }
    result<std::size_t> count() const { return call(medseal_attributes_count); }
};

/// A policy that attributes must satisfy, such as `role=doctor and (ward=12 or clearance>=3)`.
class policy : public coded<policy> {
public:
    using coded::coded;

    static result<policy> parse(std::string_view text) { return made(medseal_policy_parse, text); }
    static result<policy> of_label(std::string_view label) { return made(medseal_policy_of_label, label); }
    static result<policy> compare_text(std::string_view label, comparison how, std::string_view text) {
        return made(medseal_policy_compare_text, label, how, text);
    }
    static result<policy> compare_number(std::string_view label, comparison how, std::uint32_t number) {
        return made(medseal_policy_compare_number, label, how, number);
    }
    static result<policy> compare_date(std::string_view label, comparison how, date day) {
        return made(medseal_policy_compare_date, label, how, day.year, day.month, day.day);
    }
    static result<policy> between_numbers(std::string_view label, std::uint32_t from, std::uint32_t to) {
        return made(medseal_policy_between_numbers, label, from, to);
    }
    static result<policy> between_dates(std::string_view label, date from, date to) {
        return made(medseal_policy_between_dates, label, from.year, from.month, from.day, to.year, to.month,
                    to.day);
    }
    static result<policy> threshold(std::size_t least, const refs<policy> &policies) {
        return made(medseal_policy_threshold, least, policies);
    }
    /// Makes a policy that is satisfied if all of the given policies are.
    static result<policy> all(const refs<policy> &policies) { return threshold(policies.size(), policies); }
    /// Makes a policy that is satisfied if at least one of the given policies is.
    static result<policy> any(const refs<policy> &policies) { return threshold(1, policies); }
    result<policy> negated() const { return call(medseal_policy_not); }
    result<std::string> text() const { return filled<std::string>(medseal_policy_text); }
    result<bool> check(const attributes &attributes) const { return call(medseal_policy_check, attributes); }
    result<std::string> diagnose(const attributes &attributes) const {
        return filled<std::string>(medseal_policy_diagnose, attributes);
    }
    result<std::size_t> rows() const { return call(medseal_policy_rows); }
};

inline result<attributes> needed(const attributes &held, const refs<policy> &policies) {
    return detail::call(medseal_attributes_needed, held, policies);
}

} // namespace MEDSEAL_MODE
} // namespace medseal

#endif
