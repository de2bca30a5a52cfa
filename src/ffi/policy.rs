//! Policies.

use super::objects::give;
use std::ffi::c_char;

use super::abi::{Caller, guard};
use super::attributes::{date, medseal_attributes};
use super::status::{Failure, medseal_error, medseal_status};
use crate::policy::{Attribute, Comparison, Number, Policy};

/// A policy, such as `role=doctor and (ward=12 or clearance>=3)`: what attributes must satisfy.
pub struct medseal_policy {
    _opaque: [u8; 0],
}

/// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
///
/// @param text UTF-8
/// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_parse(
    text: *const c_char,
    text_len: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        policy.set(Policy::parse(c.text("text", text, text_len)?)?)
    })
}

/// `label = value`
pub const MEDSEAL_COMPARE_EQUAL: i32 = 0;
/// `label != value`: the label has a value, but another.
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

/// Makes a policy of a label alone, such as `emergency`: the attributes have it, without a value.
///
/// @param label a word such as `role`, UTF-8
/// @return MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_of_label(
    label: *const c_char,
    label_len: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        policy.set(Policy::attribute(&Attribute::new(c.text("label", label, label_len)?)?)?)
    })
}

/// Makes a policy that compares a label with a text, such as `ward="3 East"`. The text is one value
/// whatever it has in it.
///
/// @param label a word such as `role`, UTF-8
/// @param comparison MEDSEAL_COMPARE_EQUAL or MEDSEAL_COMPARE_NOT_EQUAL
/// @param text UTF-8, any characters but control and hidden ones
/// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed, MEDSEAL_ERR_INVALID_TEXT if
///         it is not UTF-8, MEDSEAL_ERR_POLICY for comparisons that texts do not have
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_compare_text(
    label: *const c_char,
    label_len: usize,
    comparison: i32,
    text: *const c_char,
    text_len: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        let (label, text) = (c.text("label", label, label_len)?, c.text("text", text, text_len)?);
        policy.set(Policy::compare(label, comparison_of(comparison)?, text)?)
    })
}

/// Makes a policy that compares a label with a number, such as `clearance>=3`.
///
/// @param label a word such as `role`, UTF-8
/// @param comparison one of the MEDSEAL_COMPARE_ values
/// @param number the number
/// @return MEDSEAL_ERR_POLICY if the label is not allowed or no number compares so,
///         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_compare_number(
    label: *const c_char,
    label_len: usize,
    comparison: i32,
    number: u32,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        let label = c.text("label", label, label_len)?;
        policy.set(Policy::compare(label, comparison_of(comparison)?, number)?)
    })
}

/// Makes a policy that compares a label with a date, such as `valid_until>=2027-01-31`.
///
/// @param label a word such as `role`, UTF-8
/// @param comparison one of the MEDSEAL_COMPARE_ values
/// @param year 1970 to 9999
/// @param month 1 to 12
/// @param day the day of the month, from 1
/// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed or no date compares so,
///         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_compare_date(
    label: *const c_char,
    label_len: usize,
    comparison: i32,
    year: u32,
    month: u32,
    day: u32,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        let label = c.text("label", label, label_len)?;
        policy.set(Policy::compare(label, comparison_of(comparison)?, date(year, month, day)?)?)
    })
}

/// Makes a policy that a number lies between two, such as `clearance in 3..15`: often much
/// smaller than two comparisons.
///
/// @param label a word such as `role`, UTF-8
/// @param from the least
/// @param to the greatest
/// @return MEDSEAL_ERR_POLICY if the label is not allowed or no number lies between,
///         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_between_numbers(
    label: *const c_char,
    label_len: usize,
    from: u32,
    to: u32,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        policy.set(Policy::between(
            c.text("label", label, label_len)?,
            Number::Integer(from),
            Number::Integer(to),
        )?)
    })
}

/// Makes a policy that a date lies between two, such as `until in 2026-01-01..2026-12-31`: often
/// much smaller than two comparisons.
///
/// @param label a word such as `role`, UTF-8
/// @param from_year the first day: its year, 1970 to 9999
/// @param from_month its month, 1 to 12
/// @param from_day its day of the month, from 1
/// @param to_year the last day: its year, 1970 to 9999
/// @param to_month its month, 1 to 12
/// @param to_day its day of the month, from 1
/// @return MEDSEAL_ERR_POLICY if the label or a date is not allowed or no date lies between,
///         MEDSEAL_ERR_INVALID_TEXT if it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_between_dates(
    label: *const c_char,
    label_len: usize,
    from_year: u32,
    from_month: u32,
    from_day: u32,
    to_year: u32,
    to_month: u32,
    to_day: u32,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        let label = c.text("label", label, label_len)?;
        let from = date(from_year, from_month, from_day)?;
        policy.set(Policy::between(
            label,
            Number::Date(from),
            Number::Date(date(to_year, to_month, to_day)?),
        )?)
    })
}

/// Makes a policy that is satisfied if at least so many of some policies are: 1 of them is
/// *or*, all of them is *and*.
///
/// @param threshold how many, from 1 to `count`
/// @param policies the policies, which are copied
/// @param count how many, at least 1
/// @return MEDSEAL_ERR_POLICY if the numbers are not allowed or the policy becomes larger than one
///         can be
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_threshold(
    threshold: usize,
    policies: *const *const medseal_policy,
    count: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out("policy", policy)?;
        let policies = c.get_all("policies", policies, count)?;
        policy.set(Policy::threshold(threshold, policies.into_iter().cloned())?)
    })
}

give! {
    /// Makes the negation of a policy.
    ///
    /// @return MEDSEAL_ERR_POLICY if it cannot be negated
    medseal_policy_not(negated: medseal_policy) -> policy: object medseal_policy {
        negated.clone().negated()?
    }
}

give! {
    /// Writes a policy as text in its canonical form: policies with the same text are the same.
    medseal_policy_text(policy: medseal_policy) -> text { policy.canonical() }
}

/// Whether attributes satisfy a policy.
///
/// @param satisfied where to put the answer
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_check(
    policy: *const medseal_policy,
    attributes: *const medseal_attributes,
    satisfied: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let satisfied = c.out_bool("satisfied", satisfied)?;
        let (policy, attributes) = (c.get("policy", policy)?, c.get("attributes", attributes)?);
        satisfied.set(policy.is_satisfied_by(attributes).into())
    })
}

/// Says what attributes lack for a policy, as a short text of one or more lines;
/// empty if they satisfy it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_diagnose(
    policy: *const medseal_policy,
    attributes: *const medseal_attributes,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer("out", out, out_len)?;
        let (policy, attributes) = (c.get("policy", policy)?, c.get("attributes", attributes)?);
        out.put_text(&policy.diagnose(attributes).map_or_else(String::new, |unmet| unmet.to_string()))
    })
}

give! {
    /// How many rows a policy has: what wrapped keys and indexes have elements for. Attributes that
    /// are asked for together are one row, however many; a comparison of numbers is one or a few.
    ///
    /// @param rows where to put the number
    medseal_policy_rows(policy: medseal_policy) -> rows: value usize { policy.rows() }
}

/// Those of a set of attributes that policies need: for each policy that the set satisfies, what
/// the rows ask for that a key for the set uses, as few as can be. Show these and no others when
/// you search: what a trapdoor shows can identify its user.
///
/// @param attributes the set, such as a key's
/// @param policies the policies at hand
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_needed(
    attributes: *const medseal_attributes,
    policies: *const *const medseal_policy,
    count: usize,
    needed: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let needed = c.out("needed", needed)?;
        let attributes = c.get("attributes", attributes)?;
        needed.set(attributes.needed_by(c.get_all("policies", policies, count)?))
    })
}
