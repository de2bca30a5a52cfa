//! What a main node discloses about a record to an authenticated hospital.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::limits::{ADDRESS_BYTES, Limit};

/// The location of a record, the digest of the database that contains it, and the record's keyed
/// summary: the paper's `L`, `H(M)` and `Mac`.
///
/// It is the payload of a handshake's reply. At upload, it is the contents of the identity
/// envelope to the hospital whose record it is. It is confidential: its bytes are wiped when
/// dropped, and never printed.
#[derive(Clone)]
pub struct Disclosure {
    location: Zeroizing<Vec<u8>>,
    database_digest: [u8; 32],
    summary: [u8; 32],
}

impl Disclosure {
    /// Makes a disclosure of the record at this location, an address of up to 1,024 bytes.
    ///
    /// # Errors
    /// [`Error::LimitExceeded`] if the location is longer.
    pub fn new(location: &[u8], database_digest: [u8; 32], summary: [u8; 32]) -> Result<Self, Error> {
        if location.len() > ADDRESS_BYTES {
            return Err(Error::LimitExceeded(Limit::AddressLength));
        }
        Ok(Self { location: Zeroizing::new(location.to_vec()), database_digest, summary })
    }

    /// Makes an empty disclosure, for a member who sends the members' keys in the session.
    #[must_use]
    pub fn nothing() -> Self {
        Self { location: Zeroizing::default(), database_digest: [0; 32], summary: [0; 32] }
    }

    /// Returns the location of the record.
    #[must_use]
    pub fn location(&self) -> &[u8] {
        &self.location
    }

    /// Returns the digest of the database that contains the record.
    #[must_use]
    pub fn database_digest(&self) -> &[u8; 32] {
        &self.database_digest
    }

    /// Returns the record's keyed summary.
    #[must_use]
    pub fn summary(&self) -> &[u8; 32] {
        &self.summary
    }
}

/// In constant time, except for the length of the location.
impl PartialEq for Disclosure {
    fn eq(&self, other: &Self) -> bool {
        (self.location.ct_eq(&other.location)
            & self.database_digest.ct_eq(&other.database_digest)
            & self.summary.ct_eq(&other.summary))
        .into()
    }
}

impl Eq for Disclosure {}

impl fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disclosure(<redacted>)")
    }
}

impl Object for Disclosure {
    const KIND: Kind = Kind::Disclosure;

    fn write(&self, w: &mut Writer) {
        w.var(&self.location);
        w.var(&self.database_digest);
        w.var(&self.summary);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let location = r.secret_var(ADDRESS_BYTES, Limit::AddressLength)?;
        Ok(Self { location, database_digest: digest(r)?, summary: digest(r)? })
    }
}
fn digest(r: &mut Reader<'_>) -> Result<[u8; 32], Error> {
    if r.u32()? == 32 { r.array() } else { Err(Error::InvalidField) }
}
