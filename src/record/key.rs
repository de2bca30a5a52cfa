//! The key of a record.

use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;

use crate::codec::{Kind, Object, Reader, Writer};
use crate::curve::random_bytes;
use crate::error::Error;
use crate::secret::SecretKey;

/// The key that a record is sealed under: 32 random bytes, fresh for every record.
///
/// It is what key wrapping hands to those whose attributes satisfy the policy. The random salt in
/// the header keeps two records apart even under one key; but anyone who gets the key of one record
/// can then read the other as well.
#[derive(Debug)]
pub struct RecordKey(pub(super) SecretKey);

impl RecordKey {
    /// A fresh random key.
    ///
    /// # Errors
    /// [`Error::RandomnessUnavailable`] if the generator fails.
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
