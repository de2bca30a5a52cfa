//! Policies.

use super::export::export;

use super::attributes::{date, medseal_attributes};
use super::status::Failure;
use crate::policy::{Attribute, Comparison, Number, Policy};

export! {
    /// A policy that attributes must satisfy, such as `role=doctor and (ward=12 or clearance>=3)`.
    struct medseal_policy;

    /// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
    /// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_policy_parse(text, text_len: text) -> (policy: object medseal_policy) { Policy::parse(text)? }
}

/// `label = value`
pub const MEDSEAL_COMPARE_EQUAL: i32 = 0;
/// `label != value`: the label has a different value.
pub const MEDSEAL_COMPARE_NOT_EQUAL: i32 = 1;
/// `label < value`
pub const MEDSEAL_COMPARE_LESS: i32 = 2;
/// `label <= value`
pub const MEDSEAL_COMPARE_AT_MOST: i32 = 3;
/// `label > value`
pub const MEDSEAL_COMPARE_GREATER: i32 = 4;
/// `label >= value`
pub const MEDSEAL_COMPARE_AT_LEAST: i32 = 5;

fn comparison_of(comparison: i32) -> Result<Comparison, Failure> {
    match comparison {
        MEDSEAL_COMPARE_EQUAL => Ok(Comparison::Equal),
        MEDSEAL_COMPARE_NOT_EQUAL => Ok(Comparison::NotEqual),
        MEDSEAL_COMPARE_LESS => Ok(Comparison::Less),
        MEDSEAL_COMPARE_AT_MOST => Ok(Comparison::AtMost),
        MEDSEAL_COMPARE_GREATER => Ok(Comparison::Greater),
        MEDSEAL_COMPARE_AT_LEAST => Ok(Comparison::AtLeast),
        _ => Err(Failure::invalid("comparison", "is not a MEDSEAL_COMPARE_ value")),
    }
}

export! {
    /// Makes a policy from a label without a value, such as `emergency`. Attributes that have this
    /// label satisfy it.
    /// @return MEDSEAL_ERR_POLICY if the label is not allowed
    medseal_policy_of_label(label, label_len: text) -> (policy: object medseal_policy) {
        Policy::attribute(&Attribute::new(label)?)?
    }

    /// Makes a policy that compares a label with a text, such as `ward="3 East"`. The text is a
    /// single value; nothing in it is read as syntax.
    /// @param comparison MEDSEAL_COMPARE_EQUAL or MEDSEAL_COMPARE_NOT_EQUAL
    /// @param text UTF-8, any characters except control characters and hidden ones
    /// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed, or the comparison does
    ///         not apply to texts
    medseal_policy_compare_text(
        label, label_len: text, comparison: i32, text, text_len: text
    ) -> (policy: object medseal_policy) {
        Policy::compare(label, comparison_of(comparison)?, text)?
    }

    /// Makes a policy that compares a label with a number, such as `clearance>=3`.
    /// @param comparison one of the MEDSEAL_COMPARE_ values
    /// @param number the number to compare with
    /// @return MEDSEAL_ERR_POLICY if the label is not allowed, or no number satisfies the
    ///         comparison
    medseal_policy_compare_number(
        label, label_len: text, comparison: i32, number: u32
    ) -> (policy: object medseal_policy) {
        Policy::compare(label, comparison_of(comparison)?, number)?
    }

    /// Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
    /// @param comparison one of the MEDSEAL_COMPARE_ values
    /// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed, or no date satisfies the
    ///         comparison
    medseal_policy_compare_date(
        label, label_len: text, comparison: i32, year: u32, month: u32, day: u32
    ) -> (policy: object medseal_policy) {
        Policy::compare(label, comparison_of(comparison)?, date(year, month, day)?)?
    }

    /// Makes a policy that requires a number in a range, such as `clearance in 3..15`. It is often
    /// much smaller than two comparisons.
    /// @param from the least number in the range
    /// @param to the greatest number in the range
    /// @return MEDSEAL_ERR_POLICY if the label is not allowed or the range is empty
    medseal_policy_between_numbers(
        label, label_len: text, from: u32, to: u32
    ) -> (policy: object medseal_policy) {
        Policy::between(label, Number::Integer(from), Number::Integer(to))?
    }

    /// Makes a policy that requires a date in a range, such as `until in 2026-01-01..2026-12-31`,
    /// both days included. It is often much smaller than two comparisons.
    /// @return MEDSEAL_ERR_POLICY if the label or a date is not allowed or the range is empty
    medseal_policy_between_dates(
        label, label_len: text, from_year: u32, from_month: u32, from_day: u32, to_year: u32, to_month: u32,
        to_day: u32
    ) -> (policy: object medseal_policy) {
        let from = date(from_year, from_month, from_day)?;
        Policy::between(label, Number::Date(from), Number::Date(date(to_year, to_month, to_day)?))?
    }

    /// Makes a policy that is satisfied if at least `threshold` of the given policies are. A
    /// threshold of 1 means *or*; a threshold of `count` means *and*.
    /// @param threshold how many must be satisfied, from 1 to `count`
    /// @param count how many, at least 1
    /// @return MEDSEAL_ERR_POLICY if `threshold` or `count` is not allowed, or the policy becomes
    ///         too large
    medseal_policy_threshold(
        threshold: usize, policies, count: objects medseal_policy
    ) -> (policy: object medseal_policy) {
        Policy::threshold(threshold, policies.into_iter().cloned())?
    }

    /// Makes the negation of a policy.
    /// @return MEDSEAL_ERR_POLICY if it cannot be negated
    medseal_policy_not(negated: object medseal_policy) -> (policy: object medseal_policy) {
        negated.clone().negated()?
    }

    /// Writes the text of a policy in canonical form. Two policies are the same if their texts are.
    medseal_policy_text(policy: object medseal_policy) -> (out, out_len: text) { policy.canonical() }

    /// Checks whether attributes satisfy a policy.
    medseal_policy_check(
        policy: object medseal_policy, attributes: object medseal_attributes
    ) -> (satisfied: bool) {
        policy.is_satisfied_by(attributes)
    }

    /// Writes what a set of attributes lacks to satisfy a policy: a short text of one or more
    /// lines, empty if the set satisfies the policy.
    medseal_policy_diagnose(
        policy: object medseal_policy, attributes: object medseal_attributes
    ) -> (out, out_len: text) {
        policy.diagnose(attributes).map_or_else(String::new, |unmet| unmet.to_string())
    }

    /// Returns the number of rows of a policy. Wrapped keys and indexes have elements for each row.
    /// Attributes that are required together are one row, however many there are. A comparison of
    /// numbers is one row or a few.
    medseal_policy_rows(policy: object medseal_policy) -> (rows: value usize) { policy.rows() }

    /// Returns the attributes of a set that policies need: for each policy that the set satisfies,
    /// the attributes required by the rows that a key for the set uses, as few as possible. Show
    /// only these when you search: the attributes that a trapdoor shows can identify its user.
    /// @param attributes the set, such as the attributes of a key
    /// @param policies the policies of the records to be found
    medseal_attributes_needed(
        attributes: object medseal_attributes, policies, count: objects medseal_policy
    ) -> (needed: object medseal_attributes) {
        attributes.needed_by(policies)
    }
}
