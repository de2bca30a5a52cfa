//! Attributes.

use super::export::export;

use crate::error::Error;
use crate::policy::{Attribute, Attributes, Date};

export! {
    /// A set of attributes, such as `role=doctor, clearance=3`. Keys are issued for such a set.
    struct medseal_attributes;

    /// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
    /// @return MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_attributes_parse(text, text_len: text) -> (attributes: object medseal_attributes) {
        Attributes::parse(text)?
    }

    /// Makes a set of one attribute, a label without a value, such as `emergency`.
    /// @return MEDSEAL_ERR_POLICY if the label is not allowed
    medseal_attributes_of_label(label, label_len: text) -> (attributes: object medseal_attributes) {
        one(Attribute::new(label))?
    }

    /// Makes a set of one attribute with a text, such as `role=doctor`. The text is a single value:
    /// nothing in it is read as syntax, and `3` remains a text.
    /// @param text UTF-8, any characters except control characters and hidden ones
    /// @return MEDSEAL_ERR_POLICY if the label or the text is not allowed
    medseal_attributes_of_text(
        label, label_len: text, text, text_len: text
    ) -> (attributes: object medseal_attributes) {
        one(Attribute::with_value(label, text))?
    }

    /// Makes a set of one attribute with a number, such as `clearance=3`.
    /// @param number the number
    /// @return MEDSEAL_ERR_POLICY if the label is not allowed
    medseal_attributes_of_number(
        label, label_len: text, number: u32
    ) -> (attributes: object medseal_attributes) {
        one(Attribute::with_value(label, number))?
    }

    /// Makes a set of one attribute with a date, such as `valid_until=2027-01-31`.
    /// @return MEDSEAL_ERR_POLICY if the label or the date is not allowed
    medseal_attributes_of_date(
        label, label_len: text, year: u32, month: u32, day: u32
    ) -> (attributes: object medseal_attributes) {
        one(Attribute::with_value(label, date(year, month, day)?))?
    }

    /// Makes the union of sets of attributes. Without sets, it is empty.
    /// @return MEDSEAL_ERR_POLICY if a label has two numbers, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_attributes_join(
        sets, count: objects medseal_attributes
    ) -> (attributes: object medseal_attributes) {
        Attributes::new(sets.into_iter().flat_map(Attributes::iter).cloned())?
    }
}

fn one(attribute: Result<Attribute, Error>) -> Result<Attributes, Error> {
    Attributes::new([attribute?])
}

pub(super) fn date(year: u32, month: u32, day: u32) -> Result<Date, Error> {
    // A number that does not fit is not part of a date either.
    let (year, month, day) = (u16::try_from(year), u8::try_from(month), u8::try_from(day));
    Date::new(year.unwrap_or(0), month.unwrap_or(0), day.unwrap_or(0))
}

export! {
    /// Writes a set of attributes as text in canonical form.
    medseal_attributes_text(attributes: object medseal_attributes) -> (out, out_len: text) {
        attributes.to_string()
    }

    /// Returns the number of attributes in a set.
    medseal_attributes_count(attributes: object medseal_attributes) -> (count: value usize) {
        attributes.len()
    }
}
