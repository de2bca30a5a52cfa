//! Starting an epoch of the members' key. Three hospitals must first restore the
//! key from their backups.

use core::borrow::Borrow;
use std::collections::BTreeSet;

use crate::codec::{Kind, Object, Part, Reader, Writer};
use crate::error::Error;
use crate::hash;
use crate::identity::Name;
use crate::members::{EpochCommitment, MembersKey};

/// The number of hospitals that must restore a backup of a members' key before its epoch starts.
pub const BACKUPS: usize = 3;

/// A hospital's confirmation that it has a backup of an epoch's key and can restore it.
///
/// It is public, and only a holder of the key can make it. The hospital must ensure that the bytes
/// were read from the backup, on a machine other than the one that wrote it. The receiver must
/// ensure that the confirmation comes from that hospital: send it inside a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupConfirmation {
    epoch: u32,
    hospital: Name,
    check: [u8; 32],
}

impl BackupConfirmation {
    /// Confirms a backup. `restored` is the [byte form](MembersKey::to_bytes) of the key as read
    /// from the backup, not the key in memory.
    ///
    /// # Errors
    /// A decoding error of [`Error`] if the backup is damaged.
    pub fn of_restored(restored: &[u8], hospital: &Name) -> Result<Self, Error> {
        let key = MembersKey::from_bytes(restored)?;
        let check = key.backup_check(hospital.as_str());
        Ok(Self { epoch: key.epoch(), hospital: hospital.clone(), check })
    }

    /// Returns the epoch whose key is backed up.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Returns the hospital that has the backup.
    #[must_use]
    pub fn hospital(&self) -> &Name {
        &self.hospital
    }
}

/// Starts an epoch: returns the commitment for the consortium's charter. If a members' key is
/// lost, every record of its epoch is lost. Therefore [`BACKUPS`] different hospitals must first
/// confirm a restored backup.
///
/// # Errors
/// [`Error::WrongMembersKey`] if a confirmation is of a different key or epoch;
/// [`Error::BackupsMissing`] if the confirmations come from fewer hospitals.
pub fn begin_epoch<C: Borrow<BackupConfirmation>>(
    key: &MembersKey,
    confirmations: &[C],
) -> Result<EpochCommitment, Error> {
    let confirmations: Vec<&BackupConfirmation> = confirmations.iter().map(Borrow::borrow).collect();
    let confirms = |c: &&BackupConfirmation| {
        c.epoch == key.epoch() && hash::equal(&c.check, &key.backup_check(c.hospital.as_str()))
    };
    if !confirmations.iter().all(confirms) {
        return Err(Error::WrongMembersKey);
    }
    let hospitals: BTreeSet<&Name> = confirmations.iter().map(|c| c.hospital()).collect();
    if hospitals.len() < BACKUPS { Err(Error::BackupsMissing) } else { Ok(key.commitment()) }
}

impl Object for BackupConfirmation {
    const KIND: Kind = Kind::BackupConfirmation;

    fn write(&self, w: &mut Writer) {
        w.u32(self.epoch);
        self.hospital.write(w);
        w.raw(&self.check);
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let (epoch, hospital) = (r.u32()?, Name::read(r)?);
        if epoch == 0 { Err(Error::InvalidField) } else { Ok(Self { epoch, hospital, check: r.array()? }) }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn an_epoch_begins_after_three_backups() {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        let [key, other, later] = [1, 1, 2].map(|epoch| MembersKey::generate(epoch, rng).unwrap());
        let confirm = |key: &MembersKey, name: &str| {
            BackupConfirmation::of_restored(&key.to_bytes(), &Name::new(name).unwrap()).unwrap()
        };
        let [one, two, three] = ["General", "Clinic", "St. Mary"].map(|name| confirm(&key, name));
        let begin = |confirmations: &[&BackupConfirmation]| begin_epoch(&key, confirmations);
        assert_eq!(begin(&[]), Err(Error::BackupsMissing));
        assert_eq!(begin(&[&one, &two]), Err(Error::BackupsMissing));
        assert_eq!(begin(&[&one, &two, &two, &one]), Err(Error::BackupsMissing));
        // A backup of a different key, or of a different epoch's key; or a hospital's confirmation
        // under another's name.
        for wrong in [confirm(&other, "St. Mary"), confirm(&later, "St. Mary")] {
            assert_eq!(begin(&[&one, &two, &wrong]), Err(Error::WrongMembersKey));
        }
        let renamed = BackupConfirmation { hospital: Name::new("Nobody").unwrap(), ..two.clone() };
        assert_eq!(begin(&[&one, &two, &renamed]), Err(Error::WrongMembersKey));
        // A backup that does not decode confirms nothing.
        let damaged = &key.to_bytes()[1..];
        assert!(BackupConfirmation::of_restored(damaged, three.hospital()).is_err());

        let received = BackupConfirmation::from_bytes(&three.to_bytes()).unwrap();
        let committed = begin(&[&one, &two, &received]).unwrap();
        assert_eq!((committed.epoch(), received.epoch()), (1, 1));
        assert_eq!(key.check(&committed), Ok(()));
        assert_eq!(other.check(&committed), Err(Error::WrongMembersKey));
    }
}
