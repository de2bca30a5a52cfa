//! Attributes, and sets of attributes.

use core::cmp::Ordering;
use core::fmt;

use unicode_normalization::UnicodeNormalization;

use super::number::{Bound, Date, Number, NumberKind, Place};
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::{Error, PolicyError, PolicyErrorKind};
use crate::limits::{ATTRIBUTE_BYTES, ATTRIBUTES_PER_KEY, Limit, NUMBERS_PER_KEY};
use crate::text::is_accepted;

/// Words that are not labels, in any case, and that must be quoted as text.
fn is_reserved(word: &str) -> bool {
    ["and", "or", "not", "of", "in"].iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// A byte of a label or of a bare word.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Checks a label: `[A-Za-z_][A-Za-z0-9_.-]*` without `..`, not reserved, at most 256 bytes.
pub(crate) fn check_label(label: &str) -> Result<(), PolicyErrorKind> {
    let begins = label.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    if !begins || !label.bytes().all(is_word_byte) || label.contains("..") {
        return Err(PolicyErrorKind::InvalidLabel);
    }
    if is_reserved(label) {
        return Err(PolicyErrorKind::ReservedWord);
    }
    if label.len() > ATTRIBUTE_BYTES {
        return Err(PolicyErrorKind::LimitExceeded(Limit::AttributeLength));
    }
    Ok(())
}

/// Returns the text in Unicode NFC, which has at most 256 bytes. The offset of an error counts from
/// the beginning of the text.
pub(crate) fn normal_text(text: &str) -> Result<String, PolicyError> {
    let too_long = PolicyError::new(0, PolicyErrorKind::LimitExceeded(Limit::AttributeLength));
    // Normalisation shortens text by a factor of three at most.
    if text.len() > 4 * ATTRIBUTE_BYTES {
        return Err(too_long);
    }
    if let Some((at, _)) = text.char_indices().find(|(_, c)| !is_accepted(*c)) {
        return Err(PolicyError::new(at, PolicyErrorKind::HiddenCharacter));
    }
    let text: String = text.nfc().collect();
    if text.len() > ATTRIBUTE_BYTES { Err(too_long) } else { Ok(text) }
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Text, compared byte for byte after Unicode NFC.
    Text(String),
    /// An integer or a date.
    Number(Number),
}

impl Value {
    /// Reads a bare word.
    pub(crate) fn parse_word(word: &str) -> Result<Self, PolicyErrorKind> {
        match Number::parse(word) {
            Some(number) => number.map(Self::Number),
            None if is_reserved(word) => Err(PolicyErrorKind::ReservedWord),
            None if word.len() > ATTRIBUTE_BYTES => {
                Err(PolicyErrorKind::LimitExceeded(Limit::AttributeLength))
            }
            None => Ok(Self::Text(word.into())),
        }
    }

    /// Returns the value with its text checked and in NFC.
    pub(crate) fn normal(self) -> Result<Self, PolicyError> {
        match self {
            Self::Text(text) => normal_text(&text).map(Self::Text),
            number => Ok(number),
        }
    }

    fn is_bare(text: &str) -> bool {
        !text.is_empty()
            && text.bytes().all(is_word_byte)
            && !text.contains("..")
            && !is_reserved(text)
            && Number::parse(text).is_none()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(Number::Integer(value))
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Number(Number::Date(date))
    }
}

impl fmt::Display for Value {
    /// Writes the value as a policy does: text in quotes only where they are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) if Self::is_bare(text) => f.write_str(text),
            Self::Text(text) => {
                f.write_char('"')?;
                for c in text.chars() {
                    if matches!(c, '"' | '\\') {
                        f.write_char('\\')?;
                    }
                    f.write_char(c)?;
                }
                f.write_char('"')
            }
        }
    }
}

/// A label, or a label with a value: `emergency`, `role=doctor`, `clearance=3`,
/// `valid_until=2027-01-31`.
///
/// ```
/// use medseal::policy::{Attribute, Date};
/// # fn main() -> Result<(), medseal::Error> {
/// assert_eq!(Attribute::parse("role=doctor")?, Attribute::with_value("role", "doctor")?);
/// assert_eq!(Attribute::parse("clearance=3")?, Attribute::with_value("clearance", 3)?);
/// assert_eq!(Attribute::parse("until=2027-01-31")?, Attribute::with_value("until", Date::new(2027, 1, 31)?)?);
/// assert_ne!(Attribute::parse("level=3")?, Attribute::parse("level=\"3\"")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    label: String,
    value: Option<Value>,
}

impl Attribute {
    /// Makes a label without a value.
    ///
    /// # Errors
    /// [`Error::Policy`] if `label` is not a label.
    pub fn new(label: &str) -> Result<Self, Error> {
        check_label(label).map_err(|kind| PolicyError::new(0, kind))?;
        Ok(Self { label: label.into(), value: None })
    }

    /// Makes a label with a value: text, an integer, or a [`Date`]. A string is
    /// always text, even `"3"`.
    ///
    /// # Errors
    /// [`Error::Policy`] if the label or the text is not allowed.
    pub fn with_value(label: &str, value: impl Into<Value>) -> Result<Self, Error> {
        let mut attribute = Self::new(label)?;
        attribute.value = Some(value.into().normal()?);
        Ok(attribute)
    }

    /// Makes an attribute from checked parts.
    pub(crate) fn from_parts(label: String, value: Option<Value>) -> Self {
        Self { label, value }
    }

    /// Returns the label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    pub(crate) fn number(&self) -> Option<Number> {
        match self.value {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn order(&self) -> (usize, &str, u8, usize, &str, u32) {
        let (kind, text, bits) = match &self.value {
            None => (CanonicalAttribute::LABEL, "", 0),
            Some(Value::Text(text)) => (CanonicalAttribute::TEXT, text.as_str(), 0),
            Some(Value::Number(number)) => (CanonicalAttribute::number(number.kind()), "", number.bits()),
        };
        (self.label.len(), &self.label, kind, text.len(), text, bits)
    }

    /// Returns the number of attributes that a key has for this one: for a number, itself and its
    /// bounds; otherwise one.
    fn expanded(&self) -> usize {
        1 + self.number().map_or(0, |number| Bound::count(number.bits()))
    }
}

/// Orders by the canonical bytes.
impl Ord for Attribute {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Attribute {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        match &self.value {
            Some(value) => write!(f, "={value}"),
            None => Ok(()),
        }
    }
}

/// The bytes that schemes hash. They differ for different attributes:
///
/// ```text
/// u32(length of label) || label || kind || value
/// kind 0: a label alone      no value
/// kind 1: text               u32(length) || text
/// kind 2: an integer         a form; kind 3: a date, whose number is the days since 1970-01-01
///   form 0: the number       u32
///   form 1: its length       u8(k) || u8(answer)      it has at least k digits: 1, or not: 0
///   form 2: a digit of it    u8(m) || u8(j) || d_0 .. d_{j-1}, u8 each || u8(c) || u8(answer)
///                            of m digits, the first j being these:    d_j >= c: 1, or not: 0
/// ```
///
/// Digits are hexadecimal. Forms 1 and 2 have no external spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CanonicalAttribute(Box<[u8]>);

impl CanonicalAttribute {
    const LABEL: u8 = 0;
    const TEXT: u8 = 1;
    const ITSELF: u8 = 0;
    const LENGTH: u8 = 1;
    const DIGIT: u8 = 2;

    fn number(kind: NumberKind) -> u8 {
        match kind {
            NumberKind::Integer => 2,
            NumberKind::Date => 3,
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn of_label(label: &str) -> Self {
        Self::build(label, Self::LABEL, |_| ())
    }

    pub(crate) fn of_text(label: &str, text: &str) -> Self {
        Self::build(label, Self::TEXT, |w| w.var(text.as_bytes()))
    }

    pub(crate) fn of_number(label: &str, number: Number) -> Self {
        Self::build(label, Self::number(number.kind()), |w| {
            w.u8(Self::ITSELF);
            w.u32(number.bits());
        })
    }

    pub(crate) fn of_bound(label: &str, kind: NumberKind, Bound { place, c, reached }: Bound) -> Self {
        Self::build(label, Self::number(kind), |w| {
            match place {
                Place::Length => w.u8(Self::LENGTH),
                Place::Digit { m, j, prefix } => {
                    w.u8(Self::DIGIT);
                    w.u8(m);
                    w.u8(j);
                    for after in (0..j).rev() {
                        w.u8((prefix >> (4 * after) & 15) as u8); // fits
                    }
                }
            }
            w.u8(c);
            w.u8(reached.into());
        })
    }

    fn build(label: &str, kind: u8, value: impl FnOnce(&mut Writer)) -> Self {
        let mut w = Writer::new();
        w.var(label.as_bytes());
        w.u8(kind);
        value(&mut w);
        Self(w.into_vec().into())
    }
}

/// A set of attributes: each once, at most one number for each label, at most 64 numbers. A key for
/// the set has at most 8192 attributes: 9 to 128 for each number, and one for any other attribute.
///
/// ```
/// use medseal::policy::Attributes;
/// # fn main() -> Result<(), medseal::Error> {
/// let doctor = Attributes::parse("role=doctor, clearance=3, emergency")?;
/// assert_eq!(doctor.len(), 3);
/// assert_eq!(Attributes::from_bytes(&doctor.to_bytes())?, doctor);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(Vec<Attribute>);

impl Attributes {
    /// Makes a set of these attributes. Repeated attributes are held once.
    ///
    /// # Errors
    /// - [`Error::LimitExceeded`] if there are too many.
    /// - [`Error::Policy`] if two are numbers of one label. The offset is the position among
    ///   the sorted attributes.
    pub fn new(attributes: impl IntoIterator<Item = Attribute>) -> Result<Self, Error> {
        let mut set: Vec<Attribute> = Vec::new();
        for attribute in attributes {
            set.push(attribute);
            if set.len() > ATTRIBUTES_PER_KEY {
                return Err(Error::LimitExceeded(Limit::AttributesPerKey));
            }
        }
        set.sort_unstable();
        set.dedup();
        if let Some(second) = second_number(&set) {
            return Err(PolicyError::new(second, PolicyErrorKind::SeveralNumbers).into());
        }
        check_sizes(&set)?;
        Ok(Self(set))
    }

    /// Iterates over the attributes in ascending order of their canonical bytes.
    pub fn iter(&self) -> core::slice::Iter<'_, Attribute> {
        self.0.iter()
    }

    /// Returns the number of attributes; a number counts as one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Reports whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reports whether the set holds this attribute.
    #[must_use]
    pub fn contains(&self, attribute: &Attribute) -> bool {
        self.0.binary_search(attribute).is_ok()
    }

    /// Returns the attributes for which `is_kept` holds, given each and its expansion.
    pub(crate) fn only(&self, is_kept: impl Fn(&Attribute, &[CanonicalAttribute]) -> bool) -> Self {
        let is_kept = |one: &&Attribute| is_kept(one, &Self(vec![(*one).clone()]).expanded());
        Self(self.0.iter().filter(is_kept).cloned().collect())
    }

    /// Returns the attributes of one label.
    pub(crate) fn of_label(&self, label: &str) -> &[Attribute] {
        let key = (label.len(), label);
        let from = self.0.partition_point(|a| (a.label.len(), a.label.as_str()) < key);
        let to = self.0.partition_point(|a| (a.label.len(), a.label.as_str()) <= key);
        self.0.get(from..to).unwrap_or_default()
    }

    /// Returns the number of a label.
    pub(crate) fn number(&self, label: &str) -> Option<Number> {
        self.of_label(label).iter().find_map(Attribute::number)
    }

    /// Returns the text of a label with exactly one value, if the value is a text.
    pub(crate) fn single_text(&self, label: &str) -> Option<&str> {
        let mut values = self.of_label(label).iter().filter_map(Attribute::value);
        match (values.next(), values.next()) {
            (Some(Value::Text(text)), None) => Some(text),
            _ => None,
        }
    }

    /// Returns the attributes of a key: each number itself and its bounds, any other attribute as
    /// it is; in the order of the attributes.
    pub(crate) fn expanded(&self) -> Vec<CanonicalAttribute> {
        let mut expanded = Vec::with_capacity(self.0.iter().map(Attribute::expanded).sum());
        for Attribute { label, value } in &self.0 {
            match value {
                None => expanded.push(CanonicalAttribute::of_label(label)),
                Some(Value::Text(text)) => expanded.push(CanonicalAttribute::of_text(label, text)),
                Some(Value::Number(number)) => {
                    expanded.push(CanonicalAttribute::of_number(label, *number));
                    let bounds = Bound::all(number.bits());
                    expanded.extend(
                        bounds.map(|bound| CanonicalAttribute::of_bound(label, number.kind(), bound)),
                    );
                }
            }
        }
        expanded
    }

    /// Returns the labels that have exactly one value, which is a text, with the
    /// text; in ascending order.
    pub(crate) fn single_texts(&self) -> Vec<(&str, &str)> {
        self.0
            .chunk_by(|a, b| a.label == b.label)
            .filter_map(|group| group.first())
            .filter_map(|first| Some((first.label(), self.single_text(first.label())?)))
            .collect()
    }
}

/// Returns the position of the second number of a label in a sorted list, if there is one.
fn second_number(sorted: &[Attribute]) -> Option<usize> {
    // Within one label, a label without a value and texts precede numbers.
    sorted
        .windows(2)
        .position(|pair| match pair {
            [a, b] => a.label == b.label && a.number().is_some(),
            _ => false,
        })
        .map(|first| first + 1)
}

fn check_sizes(set: &[Attribute]) -> Result<(), Error> {
    if set.iter().filter(|a| a.number().is_some()).count() > NUMBERS_PER_KEY {
        return Err(Error::LimitExceeded(Limit::NumbersPerKey));
    }
    if set.iter().map(Attribute::expanded).sum::<usize>() > ATTRIBUTES_PER_KEY {
        return Err(Error::LimitExceeded(Limit::AttributesPerKey));
    }
    Ok(())
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a Attribute;
    type IntoIter = core::slice::Iter<'a, Attribute>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, attribute) in self.0.iter().enumerate() {
            write!(f, "{}{attribute}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl Object for Attributes {
    const KIND: Kind = Kind::Attributes;

    fn write(&self, w: &mut Writer) {
        w.count(self.0.len());
        for Attribute { label, value } in &self.0 {
            w.var(label.as_bytes());
            match value {
                None => w.u8(CanonicalAttribute::LABEL),
                Some(Value::Text(text)) => {
                    w.u8(CanonicalAttribute::TEXT);
                    w.var(text.as_bytes());
                }
                Some(Value::Number(number)) => {
                    w.u8(CanonicalAttribute::number(number.kind()));
                    w.u32(number.bits());
                }
            }
        }
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let count = r.count(ATTRIBUTES_PER_KEY, Limit::AttributesPerKey)?;
        let mut set: Vec<Attribute> = Vec::new();
        for _ in 0..count {
            let label = r.text(ATTRIBUTE_BYTES, Limit::AttributeLength)?;
            check_label(label).map_err(|_| Error::InvalidText)?;
            let value = match r.u8()? {
                CanonicalAttribute::LABEL => None,
                CanonicalAttribute::TEXT => {
                    let text = r.text(ATTRIBUTE_BYTES, Limit::AttributeLength)?;
                    if normal_text(text).ok().as_deref() != Some(text) {
                        return Err(Error::InvalidText);
                    }
                    Some(text.into())
                }
                kind if kind == CanonicalAttribute::number(NumberKind::Integer) => Some(r.u32()?.into()),
                kind if kind == CanonicalAttribute::number(NumberKind::Date) => {
                    Some(Date::from_days(r.u32()?).ok_or(Error::InvalidField)?.into())
                }
                _ => return Err(Error::InvalidField),
            };
            let attribute = Attribute { label: label.into(), value };
            if set.last().is_some_and(|last| *last >= attribute) {
                return Err(Error::NotSorted);
            }
            set.push(attribute);
        }
        if second_number(&set).is_some() {
            return Err(Error::InvalidField);
        }
        check_sizes(&set)?;
        Ok(Self(set))
    }
}
