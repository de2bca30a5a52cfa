//! The key of a record.

use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::random_bytes;
use crate::error::Error;
use crate::secret::SecretKey;

/// The key of a record: 32 random bytes, fresh for every record.
///
/// Key wrapping gives this key to users whose attributes satisfy the policy. The random salt in the
/// header keeps two records separate even under one key. But a user who obtains the key of one
/// record can then read the other as well.
#[derive(Debug)]
pub struct RecordKey(pub(super) SecretKey);

impl RecordKey {
    /// Generates a random key.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if `rng` fails.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, Error> {
        random_bytes(rng).map(Self)
    }

    pub(crate) fn duplicate(&self) -> Self {
        Self(SecretKey::new(*self.0))
    }
}

impl PartialEq for RecordKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for RecordKey {}

impl Object for RecordKey {
    const KIND: Kind = Kind::RecordKey;

    fn write(&self, w: &mut Writer) {
        w.raw(self.0.as_slice());
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        r.secret().map(Self)
    }
}
