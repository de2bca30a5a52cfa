//! The plaintext of an opened record.

use std::ops::Deref;

use crate::secret::Secret;

/// The bytes of an opened record, or of a part of one. They are wiped when
/// dropped, and are not printed.
#[derive(Debug)]
pub struct OpenedRecord(pub(super) Secret<Vec<u8>>);

impl Deref for OpenedRecord {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for OpenedRecord {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
