//! The public commitment of a consortium to its members' key.

use crate::codec::{Part, Reader, Writer};
use crate::domain::MEMBERS_EPOCH;
use crate::error::Error;
use crate::secret::SecretKey;
use crate::transcript::Transcript;

/// The members' epoch that entries must use, and a commitment to its key: 36 bytes.
///
/// Epoch 0, with a commitment of zeros, means none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochCommitment {
    epoch: u32,
    commitment: [u8; 32],
}

impl EpochCommitment {
    /// `com_e = SHA-256(MEMBERS-EPOCH tag, epoch, key)`
    pub(super) fn new(epoch: u32, key: &SecretKey) -> Self {
        let mut t = Transcript::new();
        t.bytes("epoch", &epoch.to_be_bytes()).bytes("key", key.as_slice());
        Self { epoch, commitment: t.digest(MEMBERS_EPOCH) }
    }

    /// Makes a commitment from its decoded fields.
    pub(crate) fn from_parts(epoch: u32, commitment: [u8; 32]) -> Result<Self, Error> {
        let read = Self { epoch, commitment };
        if epoch == 0 && read != Self::default() { Err(Error::InvalidField) } else { Ok(read) }
    }

    /// Returns the number of the epoch; 0 for none.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Returns `com_e`; zeros for none.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.commitment
    }
}

impl Part for EpochCommitment {
    fn write(&self, w: &mut Writer) {
        w.u32(self.epoch);
        w.raw(&self.commitment);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        Self::from_parts(r.u32()?, r.array()?)
    }
}
