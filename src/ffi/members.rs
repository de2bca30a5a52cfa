//! The members' key of each epoch

use super::export::export;

use rand_core::OsRng;

use super::abi::Plain;
use crate::error::Error;
use crate::members::{EpochCommitment, KeyShare, MembersKey, MembersKeys};
use crate::share::{BackupConfirmation, begin_epoch};

/// Bytes of the commitment in a medseal_epoch_commitment.
pub const MEDSEAL_EPOCH_COMMITMENT_BYTES: usize = 32;

/// The members' epoch that a consortium requires, and the commitment to its key. Public. All zeros
/// mean none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_epoch_commitment {
    /// The number of the epoch, from 1.
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

    /// Makes the key of an epoch. One member makes it for all members. It is in use once the epoch
    /// has begun.
    /// @return MEDSEAL_ERR_INVALID_FIELD for epoch 0
    medseal_members_key_generate(epoch: u32) -> (key: object medseal_members_key) {
        MembersKey::generate(epoch, &mut OsRng)?
    }

    /// Returns the epoch of a members' key.
    medseal_members_key_epoch(key: object medseal_members_key) -> (epoch: value u32) { key.epoch() }

    /// Checks that a key is the one that the consortium commits to for this epoch. A record sealed
    /// under any other key is lost.
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is
    ///         invalid
    medseal_members_key_check(
        key: object medseal_members_key, commitment: value medseal_epoch_commitment
    ) -> () {
        key.check(&commitment.try_into()?)?
    }

    /// Splits a members' key among holders who keep their shares offline. Any `threshold` of them
    /// can restore the key; fewer learn nothing.
    /// @param threshold the number of shares that restore it, at least 2
    /// @param holders the number of shares to make
    /// @return MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders
    medseal_members_key_split(
        key: object medseal_members_key, threshold: u8, holders: u8
    ) -> (shares: object medseal_key_shares) {
        key.split(threshold, holders, &mut OsRng)?
    }

    /// All shares of a members' key, for the person who distributes them. It is secret, and wiped
    /// when freed.
    struct medseal_key_shares: shared Vec<KeyShare>;

    /// Returns one share of a members' key.
    medseal_key_shares_get(
        shares: object medseal_key_shares, index: usize
    ) -> (share: object medseal_key_share) {
        shares.get(index).ok_or(Error::OutOfRange)?.duplicate()
    }

    /// Restores a members' key from shares. Uses only the first shares, as many as the threshold of
    /// the split.
    /// @return MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if
    ///         one is wrong or given twice, or they belong to a different key,
    ///         MEDSEAL_ERR_INVALID_FIELD if the commitment is invalid
    medseal_members_key_restore(
        shares, count: objects medseal_key_share, commitment: value medseal_epoch_commitment
    ) -> (key: object medseal_members_key) {
        MembersKey::restore(&shares, &commitment.try_into()?)?
    }

    /// One holder's share of a members' key. It is secret, and wiped when freed.
    struct medseal_key_share;

    /// Returns the parts of a share that are not secret.
    /// @param epoch where to put the epoch whose key was split
    /// @param threshold where to put the number of shares that restore the key
    /// @param index where to put the number of this share, from 1
    medseal_key_share_status(
        share: object medseal_key_share
    ) -> (epoch: value u32, threshold: value u8, index: value u8) {
        (share.epoch(), share.threshold(), share.index())
    }

    /// The members' keys that a member holds, one for each epoch. A member passes them on to
    /// another member inside a session. It is secret, and wiped when freed.
    struct medseal_members_keys;

    /// Returns the set of held keys with one more key. Adding a key that is already held changes
    /// nothing.
    /// @param held the keys that you hold; NULL for none
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if a different key of this epoch is held,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_members_keys_add(
        held: object_or_null medseal_members_keys, key: object medseal_members_key
    ) -> (keys: object medseal_members_keys) {
        let mut all = held.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.insert(key.duplicate())?;
        all
    }

    /// Returns the union of the held keys and the keys received from another member.
    /// @param held the keys that you hold; NULL for none
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if a different key of one of their epochs is held,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_members_keys_merge(
        held: object_or_null medseal_members_keys, received: object medseal_members_keys
    ) -> (keys: object medseal_members_keys) {
        let mut all = held.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.merge(received.duplicate())?;
        all
    }

    /// Returns the number of epochs for which a member holds keys.
    medseal_members_keys_count(keys: object medseal_members_keys) -> (count: value usize) {
        keys.epochs().count()
    }

    /// Returns one of the epochs for which a member holds keys, in ascending order.
    medseal_members_keys_epoch(keys: object medseal_members_keys, index: usize) -> (epoch: value u32) {
        keys.epochs().nth(index).ok_or(Error::OutOfRange)?
    }

    /// Returns the key of an epoch.
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING
    medseal_members_keys_get(
        keys: object medseal_members_keys, epoch: u32
    ) -> (key: object medseal_members_key) {
        keys.get(epoch)?.duplicate()
    }

    /// A hospital's confirmation that it has a backup of a members' key.
    struct medseal_backup_confirmation;

    /// Confirms a backup of a members' key. Pass the bytes as read back from the backup, not those
    /// in memory.
    /// @param restored the byte form of the key, from the backup
    /// @param name the name of the hospital that keeps the backup, UTF-8
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

    /// Begins an epoch: returns the commitment that the charter must state. If a members' key is
    /// lost, every record of its epoch is lost. Therefore three different hospitals must first
    /// confirm a restored backup.
    /// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them confirms a different key,
    ///         MEDSEAL_ERR_BACKUPS_MISSING if they come from fewer than three hospitals
    medseal_begin_epoch(
        key: object medseal_members_key, confirmations, count: objects medseal_backup_confirmation
    ) -> (commitment: value medseal_epoch_commitment) {
        (&begin_epoch(key, &confirmations)?).into()
    }
}
