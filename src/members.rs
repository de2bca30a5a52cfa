//! What all members of a consortium share, and what they say of it in public.

use crate::codec::{Reader, Writer};
use crate::error::Error;

/// The members' epoch that entries have to carry, and a commitment to its key: 36 bytes.
///
/// Epoch 0, with a commitment of zeros, stands for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochCommitment {
    epoch: u32,
    commitment: [u8; 32],
}

impl EpochCommitment {
    /// The number of the epoch; 0 for none.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.u32(self.epoch);
        w.raw(&self.commitment);
    }

    pub(crate) fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let read = Self { epoch: r.u32()?, commitment: r.array()? };
        if read.epoch == 0 && read != Self::default() { Err(Error::InvalidField) } else { Ok(read) }
    }
}
