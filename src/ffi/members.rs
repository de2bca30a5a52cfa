//! The members' key of each epoch

use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, Plain, guard};
use super::handle::handle;
use super::objects::{free, give};
use super::status::{medseal_error, medseal_status};
use crate::error::Error;
use crate::identity::Name;
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

/// The key that all members share in one epoch. It is secret, and wiped when freed.
pub struct medseal_members_key {
    _opaque: [u8; 0],
}

/// Makes the key of an epoch, of which one member makes one for all. It serves
/// when the epoch has begun.
///
/// @param epoch the number of the epoch, from 1 on
/// @return MEDSEAL_ERR_INVALID_FIELD for epoch 0, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_key_generate(
    epoch: u32,
    key: *mut *mut medseal_members_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(MembersKey::generate(epoch, &mut OsRng)?)
    })
}

give! {
    /// The epoch of a members' key.
    ///
    /// @param epoch where to put the number of its epoch
    medseal_members_key_epoch(key: medseal_members_key) -> epoch: value u32 { key.epoch() }
}

/// Checks that a key is the one of the epoch that the consortium commits to. A record sealed
/// under another is lost.
///
/// @param commitment what the consortium commits to
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_INVALID_FIELD if the commitment is none
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_key_check(
    key: *const medseal_members_key,
    commitment: *const medseal_epoch_commitment,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let commitment = c.value("commitment", commitment)?.try_into()?;
        Ok(c.get("key", key)?.check(&commitment)?)
    })
}

/// Splits a members' key among holders who keep their shares offline: any `threshold` of them
/// restore it, fewer learn nothing.
///
/// @param threshold how many shares restore it, at least 2
/// @param holders how many shares there are to be
/// @return MEDSEAL_ERR_OUT_OF_RANGE unless 2 <= threshold <= holders,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_key_split(
    key: *const medseal_members_key,
    threshold: u8,
    holders: u8,
    shares: *mut *mut medseal_key_shares,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let shares = c.out("shares", shares)?;
        shares.set(c.get("key", key)?.split(threshold, holders, &mut OsRng)?)
    })
}

/// All shares of a members' key, for the person who gives them out. It is secret, and wiped when
/// freed.
pub struct medseal_key_shares {
    _opaque: [u8; 0],
}
handle!(shared medseal_key_shares(Vec<KeyShare>));

free!(secret medseal_key_shares(shares) "the shares of a members' key": medseal_key_shares_free);

/// One of the shares of a members' key.
///
/// @param index which, from zero
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_key_shares_get(
    shares: *const medseal_key_shares,
    index: usize,
    share: *mut *mut medseal_key_share,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let share = c.out("share", share)?;
        share.set(c.get("shares", shares)?.get(index).ok_or(Error::OutOfRange)?.duplicate())
    })
}

/// Restores a members' key from shares. As many are used as it was split for, the first ones.
///
/// @param shares array of shares
/// @param commitment what the consortium commits to
/// @return MEDSEAL_ERR_BACKUPS_MISSING if there are too few, MEDSEAL_ERR_WRONG_MEMBERS_KEY if one
///         is wrong or stands there twice, or they are of another key, MEDSEAL_ERR_INVALID_FIELD if
///         the commitment is none
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_key_restore(
    shares: *const *const medseal_key_share,
    count: usize,
    commitment: *const medseal_epoch_commitment,
    key: *mut *mut medseal_members_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        let shares = c.get_all("shares", shares, count)?;
        key.set(MembersKey::restore(&shares, &c.value("commitment", commitment)?.try_into()?)?)
    })
}

/// One holder's share of a members' key. It is secret, and wiped when freed.
pub struct medseal_key_share {
    _opaque: [u8; 0],
}

/// What a share says of itself.
///
/// @param epoch where to put the epoch whose key was split
/// @param threshold where to put how many shares restore it
/// @param index where to put which share this is, from 1 on
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_key_share_status(
    share: *const medseal_key_share,
    epoch: *mut u32,
    threshold: *mut u8,
    index: *mut u8,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs =
            (c.out_value("epoch", epoch), c.out_value("threshold", threshold), c.out_value("index", index));
        let (epoch, threshold, index) = (outs.0?, outs.1?, outs.2?);
        let share = c.get("share", share)?;
        epoch.set(share.epoch())?;
        threshold.set(share.threshold())?;
        index.set(share.index())
    })
}

/// The members' keys of the epochs that a member holds, one for each: what one member hands on to
/// another, inside a session. It is secret, and wiped when freed.
pub struct medseal_members_keys {
    _opaque: [u8; 0],
}

/// Makes a set of those that are held and one key more. The same key once more changes nothing.
///
/// @param held the set that is held; NULL for none
/// @param key the key to take up
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of this epoch is held,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_keys_add(
    held: *const medseal_members_keys,
    key: *const medseal_members_key,
    keys: *mut *mut medseal_members_keys,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keys = c.out("keys", keys)?;
        let mut all = c.get_if_any("held", held)?.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.insert(c.get("key", key)?.duplicate())?;
        keys.set(all)
    })
}

/// Makes a set of those that are held and all that another member handed on.
///
/// @param held the set that is held; NULL for none
/// @param received the set that was received
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if another key of one of its epochs is held,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_keys_merge(
    held: *const medseal_members_keys,
    received: *const medseal_members_keys,
    keys: *mut *mut medseal_members_keys,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let keys = c.out("keys", keys)?;
        let mut all = c.get_if_any("held", held)?.map_or_else(MembersKeys::default, MembersKeys::duplicate);
        all.merge(c.get("received", received)?.duplicate())?;
        keys.set(all)
    })
}

give! {
    /// How many epochs a member holds keys of.
    ///
    /// @param keys the set
    /// @param count where to put the number
    medseal_members_keys_count(keys: medseal_members_keys) -> count: value usize { keys.epochs().count() }
}

/// One of the epochs that a member holds keys of, in order.
///
/// @param keys the set
/// @param index which, from zero
/// @param epoch where to put the number of the epoch
/// @return MEDSEAL_ERR_OUT_OF_RANGE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_keys_epoch(
    keys: *const medseal_members_keys,
    index: usize,
    epoch: *mut u32,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let epoch = c.out_value("epoch", epoch)?;
        epoch.set(c.get("keys", keys)?.epochs().nth(index).ok_or(Error::OutOfRange)?)
    })
}

/// The key of an epoch.
///
/// @param keys the set
/// @param epoch the number of the epoch
/// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_members_keys_get(
    keys: *const medseal_members_keys,
    epoch: u32,
    key: *mut *mut medseal_members_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(c.get("keys", keys)?.get(epoch)?.duplicate())
    })
}

/// What a hospital says of its backup of a members' key.
pub struct medseal_backup_confirmation {
    _opaque: [u8; 0],
}

/// Confirms a backup of a members' key, with the bytes as they were read back from it, and
/// not with those in memory.
///
/// @param restored the byte form of the key, from the backup
/// @param name the name of the hospital that has the backup, UTF-8
/// @return a decoding status if the backup is damaged
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_backup_confirm(
    restored: *const u8,
    restored_len: usize,
    name: *const c_char,
    name_len: usize,
    confirmation: *mut *mut medseal_backup_confirmation,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let confirmation = c.out("confirmation", confirmation)?;
        let restored = c.bytes("restored", restored, restored_len)?;
        let name = Name::new(c.text("name", name, name_len)?)?;
        confirmation.set(BackupConfirmation::of_restored(restored, &name)?)
    })
}

give! {
    /// Writes the name of the hospital that confirms a backup.
    medseal_backup_confirmation_hospital(confirmation: medseal_backup_confirmation) -> text {
        confirmation.hospital().as_str()
    }
}

/// Begins an epoch: gives the commitment that the consortium is to state. A lost members' key loses
/// every record of its epoch, so three different hospitals have to confirm a restored backup first.
///
/// @param key the key of the epoch
/// @param confirmations array of confirmed backups
/// @param commitment where to put the commitment
/// @return MEDSEAL_ERR_WRONG_MEMBERS_KEY if one of them is of another key,
///         MEDSEAL_ERR_BACKUPS_MISSING if they are of fewer hospitals
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_begin_epoch(
    key: *const medseal_members_key,
    confirmations: *const *const medseal_backup_confirmation,
    count: usize,
    commitment: *mut medseal_epoch_commitment,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let commitment = c.out_value("commitment", commitment)?;
        let confirmations = c.get_all("confirmations", confirmations, count)?;
        commitment.set((&begin_epoch(c.get("key", key)?, &confirmations)?).into())
    })
}
