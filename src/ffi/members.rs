//! The members' key of each epoch

use super::export::export;

use rand_core::OsRng;

use super::abi::Plain;
use crate::error::Error;
use crate::members::{EpochCommitment, KeyShare, MembersKey, MembersKeys};
use crate::share::{BackupConfirmation, begin_epoch};

/// Bytes of the commitment in a medseal_epoch_commitment.
pub const MEDSEAL_EPOCH_COMMITMENT_BYTES: usize = 32;

/// The members' epoch that a consortium demands, and the commitment to its key. Public.
/// All zeros stand for none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_epoch_commitment {
    /// The number of the epoch, from 1 on.
    pub epoch: u32,
    /// The commitment.
    pub bytes: [u8; MEDSEAL_EPOCH_COMMITMENT_BYTES],
}

// SAFETY: any bytes are one of these, all zeros too; it has no padding.
unsafe impl Plain for medseal_epoch_commitment {}

impl From<&EpochCommitment> for medseal_epoch_commitment {
    fn from(commitment: &EpochCommitment) -> Self {
        Self { epoch: commitment.epoch(), bytes: *commitment.as_bytes() }
    }
}

impl TryFrom<medseal_epoch_commitment> for EpochCommitment {
    type Error = Error;

    fn try_from(commitment: medseal_epoch_commitment) -> Result<Self, Error> {
        Self::from_parts(commitment.epoch, commitment.bytes)
    }
}

export! {
    /// The key that all members share in one epoch. It is secret, and wiped when freed.
    struct medseal_members_key;

    /// Makes the key of an epoch, of which one member makes one for all. It serves
    /// when the epoch has begun.
    ///
    /// @param epoch the number of the epoch, from 1 on
    /// @return MEDSEAL_ERR_INVALID_FIELD for epoch 0
    medseal_members_key_generate(epoch: u32) -> (key: object medseal_members_key) {
        MembersKey::generate(epoch, &mut OsRng)?
    }

    /// The epoch of a members' key.
    medseal_members_key_epoch(key: object medseal_members_key) -> (epoch: value u32) { key.epoch() }

    /// Checks that a key is the one of the epoch that the consortium commits to. A record sealed
    /// under another is lost.
    ///
    /// @param commitment what the consortium commits to
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is none
    medseal_members_key_check(
        key: object medseal_members_key, commitment: value medseal_epoch_commitment
    ) -> () {
        key.check(&commitment.try_into()?)?
    }

    /// Splits a members' key among holders who keep their shares offline: any `threshold` of them
    /// restore it, fewer learn nothing.
    ///
    /// @param threshold how many shares restore it, at least 2
    /// @param holders how many shares there are to be
    /// @return MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders
    medseal_members_key_split(
        key: object medseal_members_key, threshold: u8, holders: u8
    ) -> (shares: object medseal_key_shares) {
        key.split(threshold, holders, &mut OsRng)?
    }

    /// All shares of a members' key, for the person who gives them out. It is secret, and wiped
    /// when freed.
    struct medseal_key_shares(shares): shared Vec<KeyShare>,
        secret "the shares of a members' key" medseal_key_shares_free;

    /// One of the shares of a members' key.
    ///
    /// @param index which, from zero
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_key_shares_get(
        shares: object medseal_key_shares, index: usize
    ) -> (share: object medseal_key_share) {
        shares.get(index).ok_or(Error::OutOfRange)?.duplicate()
    }

    /// Restores a members' key from shares. As many are used as it was split for, the first ones.
    ///
    /// @param shares array of shares
    /// @param commitment what the consortium commits to
    /// @return MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if
    ///         one is wrong or stands there twice, or they are of another key,
    ///         MEDSEAL_ERR_INVALID_FIELD if the commitment is none
    medseal_members_key_restore(
        shares, count: objects medseal_key_share, commitment: value medseal_epoch_commitment
    ) -> (key: object medseal_members_key) {
        MembersKey::restore(&shares, &commitment.try_into()?)?
    }

    /// One holder's share of a members' key. It is secret, and wiped when freed.
    struct medseal_key_share;

    /// What a share says of itself.
    ///
    /// @param epoch where to put the epoch whose key was split
    /// @param threshold where to put how many shares restore it
    /// @param index where to put which share this is, from 1 on
    medseal_key_share_status(
        share: object medseal_key_share
    ) -> (epoch: value u32, threshold: value u8, index: value u8) {
        (share.epoch(), share.threshold(), share.index())
    }

    /// The members' keys of the epochs that a member holds, one for each: what one member hands on
    /// to another, inside a session. It is secret, and wiped when freed.
    struct medseal_members_keys;

    /// Makes a set of those that are held and one key more. The same key once more changes nothing.
    ///
    /// @param held the set that is held; NULL for none
    /// @param key the key to take up
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of this epoch is held,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_members_keys_add(
        held: object_or_null medseal_members_keys, key: object medseal_members_key
    ) -> (keys: object medseal_members_keys) {
        let mut all = held.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.insert(key.duplicate())?;
        all
    }

    /// Makes a set of those that are held and all that another member handed on.
    ///
    /// @param held the set that is held; NULL for none
    /// @param received the set that was received
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of one of its epochs is held,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_members_keys_merge(
        held: object_or_null medseal_members_keys, received: object medseal_members_keys
    ) -> (keys: object medseal_members_keys) {
        let mut all = held.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.merge(received.duplicate())?;
        all
    }

    /// How many epochs a member holds keys of.
    medseal_members_keys_count(keys: object medseal_members_keys) -> (count: value usize) {
        keys.epochs().count()
    }

    /// One of the epochs that a member holds keys of, in order.
    ///
    /// @param index which, from zero
    /// @return MEDSEAL_ERR_OUT_OF_RANGE
    medseal_members_keys_epoch(keys: object medseal_members_keys, index: usize) -> (epoch: value u32) {
        keys.epochs().nth(index).ok_or(Error::OutOfRange)?
    }

    /// The key of an epoch.
    ///
    /// @param epoch the number of the epoch
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING
    medseal_members_keys_get(
        keys: object medseal_members_keys, epoch: u32
    ) -> (key: object medseal_members_key) {
        keys.get(epoch)?.duplicate()
    }

    /// What a hospital says of its backup of a members' key.
    struct medseal_backup_confirmation;

    /// Confirms a backup of a members' key, with the bytes as they were read back from it, and
    /// not with those in memory.
    ///
    /// @param restored the byte form of the key, from the backup
    /// @param name the name of the hospital that has the backup, UTF-8
    /// @return a decoding status if the backup is damaged
    medseal_backup_confirm(
        restored, restored_len: bytes, name, name_len: name
    ) -> (confirmation: object medseal_backup_confirmation) {
        BackupConfirmation::of_restored(restored, &name)?
    }

    /// Writes the name of the hospital that confirms a backup.
    medseal_backup_confirmation_hospital(
        confirmation: object medseal_backup_confirmation
    ) -> (out, out_len: text) {
        confirmation.hospital().as_str()
    }

    /// Begins an epoch: gives the commitment that the consortium is to state. A lost members' key
    /// loses every record of its epoch, so three different hospitals have to confirm a restored
    /// backup first.
    ///
    /// @param key the key of the epoch
    /// @param confirmations array of confirmed backups
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them is of another key,
    ///         MEDSEAL_ERR_BACKUPS_MISSING if they are of fewer hospitals
    medseal_begin_epoch(
        key: object medseal_members_key, confirmations, count: objects medseal_backup_confirmation
    ) -> (commitment: value medseal_epoch_commitment) {
        (&begin_epoch(key, &confirmations)?).into()
    }
}
