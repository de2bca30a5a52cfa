//! Names of hospitals, main nodes and ledgers.

use core::fmt;

use crate::codec::{Reader, Writer};
use crate::error::Error;
use crate::limits::{Limit, NAME_BYTES};
use crate::text::is_name;

/// The unique name of a hospital or of a main node, or the readable name of a ledger: 1
/// to 255 bytes of UTF-8.
///
/// In Unicode's composed form (NFC), of characters that Unicode 16.0 assigns and that a
/// person sees (no controls, zero-width or direction marks), and with no white space except
/// single spaces inside, so that two names that differ in bytes differ in more than their
/// encoding. Names that merely look alike (a Cyrillic `а` for a Latin one) are for the
/// operator of the super node to refuse.
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

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.var(self.as_bytes());
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(r.text(NAME_BYTES, Limit::NameLength)?)
    }

    /// One byte of length and 255 bytes, zeros behind the name: every name has one length.
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
