//! Attributes.

use super::objects::give;
use std::ffi::c_char;

use super::abi::{Caller, OutHandle, guard};
use super::status::{Failure, medseal_error, medseal_status};
use crate::error::Error;
use crate::policy::{Attribute, Attributes, Date};

/// A set of attributes, such as `role=doctor, clearance=3`: what a key is issued for.
pub struct medseal_attributes {
    _opaque: [u8; 0],
}

/// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
///
/// @param text UTF-8
/// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_parse(
    text: *const c_char,
    text_len: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        attributes.set(Attributes::parse(c.text("text", text, text_len)?)?)
    })
}

/// Makes a set of one attribute that is a label alone, such as `emergency`.
///
/// @param label a word such as `role`, UTF-8
/// @return MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_of_label(
    label: *const c_char,
    label_len: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        one(attributes, Attribute::new(c.text("label", label, label_len)?))
    })
}

/// Makes a set of one attribute with a text, such as `role=doctor`. The text is one value whatever
/// it has in it: nothing in it is read as syntax, and `3` stays a text.
///
/// @param label a word such as `role`, UTF-8
/// @param text UTF-8, any characters but control and hidden ones
/// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed, MEDSEAL_ERR_INVALID_TEXT if
///         it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_of_text(
    label: *const c_char,
    label_len: usize,
    text: *const c_char,
    text_len: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        let (label, text) = (c.text("label", label, label_len)?, c.text("text", text, text_len)?);
        one(attributes, Attribute::with_value(label, text))
    })
}

/// Makes a set of one attribute with a number, such as `clearance=3`.
///
/// @param label a word such as `role`, UTF-8
/// @param number the number
/// @return MEDSEAL_ERR_POLICY if the label is not allowed, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_of_number(
    label: *const c_char,
    label_len: usize,
    number: u32,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        one(attributes, Attribute::with_value(c.text("label", label, label_len)?, number))
    })
}

/// Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
///
/// @param label a word such as `role`, UTF-8
/// @param year 1970 to 9999
/// @param month 1 to 12
/// @param day the day of the month, from 1
/// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed, MEDSEAL_ERR_INVALID_TEXT if
///         it is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_of_date(
    label: *const c_char,
    label_len: usize,
    year: u32,
    month: u32,
    day: u32,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        let label = c.text("label", label, label_len)?;
        one(attributes, Attribute::with_value(label, date(year, month, day)?))
    })
}

/// Makes the set of all attributes of some sets; the empty set of none.
///
/// @param sets the sets, which are copied
/// @return MEDSEAL_ERR_POLICY if a label has two numbers, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_join(
    sets: *const *const medseal_attributes,
    count: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        let sets = c.get_all("sets", sets, count)?;
        attributes.set(Attributes::new(sets.into_iter().flat_map(Attributes::iter).cloned())?)
    })
}

fn one(
    attributes: OutHandle<medseal_attributes>,
    attribute: Result<Attribute, Error>,
) -> Result<(), Failure> {
    attributes.set(Attributes::new([attribute?])?)
}

pub(super) fn date(year: u32, month: u32, day: u32) -> Result<Date, Error> {
    // What does not fit is no date either.
    let (year, month, day) = (u16::try_from(year), u8::try_from(month), u8::try_from(day));
    Date::new(year.unwrap_or(0), month.unwrap_or(0), day.unwrap_or(0))
}

give! {
    /// Writes a set of attributes as text in its canonical form.
    medseal_attributes_text(attributes: medseal_attributes) -> text { &attributes.to_string() }
}

give! {
    /// How many attributes a set has.
    ///
    /// @param count where to put the number
    medseal_attributes_count(attributes: medseal_attributes) -> count: value usize { attributes.len() }
}
