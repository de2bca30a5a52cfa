//! Names of hospitals, main nodes and ledgers.

use core::fmt;

use crate::codec::{Part, Reader, Writer};
use crate::error::Error;
use crate::limits::{Limit, NAME_BYTES};
use crate::text::is_name;

/// The unique name of a hospital or a main node, or the human-readable name of a ledger: 1
/// to 255 bytes of UTF-8.
///
/// A name is in Unicode's composed form (NFC). Its characters are visible and assigned by Unicode
/// 16.0 (no controls, zero-width characters or direction marks). Its only white space is single
/// spaces inside. Two names that differ in bytes therefore differ in more than their encoding.
/// Names that only look alike (with a Cyrillic `а` for a Latin one) must be rejected by the
/// operator of the super node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] above 255 bytes; [`Error::InvalidText`] if it is empty or
    /// not in the form above.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.len() > NAME_BYTES {
            return Err(Error::LimitExceeded(Limit::NameLength));
        }
        if is_name(text) { Ok(Self(text.to_owned())) } else { Err(Error::InvalidText) }
    }

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// One byte of length, then 255 bytes padded with zeros: all names have the same length.
    pub(super) fn write_padded(&self, w: &mut Writer) {
        w.u8(self.0.len() as u8); // at most 255
        w.raw(self.as_bytes());
        for _ in self.0.len()..NAME_BYTES {
            w.u8(0);
        }
    }

    pub(super) fn read_padded(r: &mut Reader<'_>) -> Result<Self, Error> {
        let length = usize::from(r.u8()?);
        let name = r.raw(length)?;
        if r.raw(NAME_BYTES - length)?.iter().any(|byte| *byte != 0) {
            return Err(Error::InvalidField);
        }
        Self::new(core::str::from_utf8(name).map_err(|_| Error::InvalidText)?)
    }
}

impl Part for Name {
    fn write(&self, w: &mut Writer) {
        w.var(self.as_bytes());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.text(NAME_BYTES, Limit::NameLength)?)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::new(text)
    }
}
