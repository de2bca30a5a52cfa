//! The keys of the epochs that a member holds.

use std::collections::BTreeMap;

use super::commitment::EpochCommitment;
use super::key::MembersKey;
use crate::codec::{Kind, Object, Reader, Writer};
use crate::error::Error;
use crate::limits::{Limit, MEMBERS_EPOCHS};

/// The members' keys of the epochs that a member holds, one for each epoch. One member sends them
/// to another inside a session.
#[derive(Debug, Default)]
pub struct MembersKeys(
    // Boxed: a map that grows moves pointers, and leaves no copies of keys behind.
    BTreeMap<u32, Box<MembersKey>>,
);

impl MembersKeys {
    /// Adds the key of an epoch. A key that is already held changes nothing.
    ///
    /// # Errors
    /// [`Error::WrongMembersKey`] if a different key of this epoch is held: one of the
    /// two is wrong, and records sealed under it are lost. [`Error::LimitExceeded`]
    /// beyond [`MEMBERS_EPOCHS`].
    pub fn insert(&mut self, key: MembersKey) -> Result<(), Error> {
        match self.0.get(&key.epoch()) {
            Some(held) if !held.is(&key) => return Err(Error::WrongMembersKey),
            Some(_) => return Ok(()),
            None => {}
        }
        if self.0.len() == MEMBERS_EPOCHS {
            return Err(Error::LimitExceeded(Limit::MembersEpochs));
        }
        self.0.insert(key.epoch(), Box::new(key));
        Ok(())
    }

    /// Adds all keys from another member, or none.
    ///
    /// # Errors
    /// As for [`insert`](Self::insert), for any of them.
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        if other.0.values().any(|key| self.0.get(&key.epoch()).is_some_and(|held| !held.is(key))) {
            return Err(Error::WrongMembersKey);
        }
        let fresh = other.0.keys().filter(|epoch| !self.0.contains_key(epoch)).count();
        if self.0.len() + fresh > MEMBERS_EPOCHS {
            return Err(Error::LimitExceeded(Limit::MembersEpochs));
        }
        self.0.extend(other.0);
        Ok(())
    }

    /// Returns the epochs whose keys are held, in order.
    pub fn epochs(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }

    /// Returns the key of an epoch.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`], with the epoch.
    pub fn get(&self, epoch: u32) -> Result<&MembersKey, Error> {
        self.0.get(&epoch).map(Box::as_ref).ok_or(Error::MembersKeyMissing { epoch })
    }

    /// Returns the key that the consortium requires, under which a record is sealed; `None`
    /// if it requires none.
    ///
    /// # Errors
    /// [`Error::MembersKeyMissing`]; [`Error::WrongMembersKey`] if the held key does not
    /// match the commitment.
    pub fn demanded(&self, demanded: &EpochCommitment) -> Result<Option<&MembersKey>, Error> {
        if demanded.epoch() == 0 {
            return Ok(None);
        }
        let key = self.get(demanded.epoch())?;
        key.check(demanded)?;
        Ok(Some(key))
    }

    /// Returns the key of the epoch that a sealed object names; `None` for epoch 0.
    pub(crate) fn of(held: Option<&Self>, epoch: u32) -> Result<Option<&MembersKey>, Error> {
        match (epoch, held) {
            (0, _) => Ok(None),
            (_, Some(held)) => held.get(epoch).map(Some),
            (_, None) => Err(Error::MembersKeyMissing { epoch }),
        }
    }
}

#[cfg(feature = "capi")]
impl MembersKeys {
    /// For C, where sets of keys are immutable.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.iter().map(|(epoch, key)| (*epoch, Box::new(key.duplicate()))).collect())
    }
}

impl Object for MembersKeys {
    const KIND: Kind = Kind::MembersKeys;

    fn write(&self, w: &mut Writer) {
        w.count(self.0.len());
        self.0.values().for_each(|key| key.write(w));
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Error> {
        let mut keys = Self::default();
        for _ in 0..r.count(MEMBERS_EPOCHS, Limit::MembersEpochs)? {
            let key = MembersKey::read(r)?;
            if keys.0.last_key_value().is_some_and(|(last, _)| *last >= key.epoch()) {
                return Err(Error::NotSorted);
            }
            keys.0.insert(key.epoch(), Box::new(key));
        }
        Ok(keys)
    }
}
