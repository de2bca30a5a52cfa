//! Names: of a record, of a ledger, and of the place where a sealed record is stored.

use core::fmt;
use core::str::FromStr;

use rand_core::{CryptoRng, RngCore};

use crate::codec::{Part, Reader, Writer};
use crate::curve::random_bytes;
use crate::error::Error;
use crate::id::id;
use crate::limits::{ADDRESS_BYTES, Limit};
use crate::record::RecordDigest;

id! {
    /// The name of a record, 16 bytes. It stays the same when the record's key is wrapped again.
    ///
    /// Everyone who reads the ledger sees it. Draw it at random, or derive it under a key: a
    /// patient's number, or a plain hash of one, would reveal whose record it is.
    RecordId: 16
}

impl RecordId {
    /// Generates a random id.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`].
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        Ok(Self(*random_bytes(rng)?))
    }
}

id! {
    /// The identifier of a ledger, 32 bytes: the hash of its first
    /// [charter](crate::ledger::Charter). Every entry is signed for one ledger; all
    /// other ledgers reject it.
    LedgerId: 32
}

/// Where a sealed record is stored: the paper's `u`, 1 to 1,024 bytes of printable
/// ASCII without spaces.
///
/// The address of a record is the hexadecimal form of its digest ([`Address::of`]), which
/// prevents replacing one object by another. The type allows other forms, for stores that name
/// their objects themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// Returns the address of the sealed record with this digest: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn of(digest: &RecordDigest) -> Self {
        Self(digest.to_string())
    }

    /// Returns the address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Part for Address {
    fn write(&self, w: &mut Writer) {
        w.var(self.0.as_bytes());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.text(ADDRESS_BYTES, Limit::AddressLength)?.parse()
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() > ADDRESS_BYTES {
            return Err(Error::LimitExceeded(Limit::AddressLength));
        }
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::InvalidText);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
