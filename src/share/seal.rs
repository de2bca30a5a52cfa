//! The main job without a ledger: seal and wrap, unwrap and open.

use rand_core::{CryptoRng, RngCore};

use crate::abe::{DecryptionKey, PublicKey, WrappedKey};
use crate::error::Error;
use crate::ledger::wrap_aad;
use crate::members::{MembersKey, MembersKeys};
use crate::policy::Policy;
use crate::record::{OpenOptions, OpenedRecord, RecordDigest, RecordKey, SealOptions};

/// Seals a record under a fresh key and wraps that key under a policy, tied to the sealed record as
/// publishing ties it. Store or send both parts; they need no protection. With a members' key,
/// opening needs that as well.
///
/// # Errors
/// [`Error::RandomnessUnavailable`] if the generator fails, [`Error::OutOfMemory`].
pub fn seal_and_wrap(
    public_key: &PublicKey,
    policy: &Policy,
    record: &[u8],
    members: Option<&MembersKey>,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<(Vec<u8>, WrappedKey), Error> {
    let key = RecordKey::generate(rng)?;
    let (sealed, receipt) = key.seal(record, &SealOptions::default(), rng)?;
    let wrapped = public_key.wrap(policy, &key.to_bytes(), &wrap_aad(&receipt.digest), members, rng)?;
    Ok((sealed, wrapped))
}

/// Unwraps the key of a sealed record and opens the record. Nothing is released unless both parts
/// belong together and are as they were made.
///
/// # Errors
/// [`Error::PolicyNotSatisfied`]; [`Error::MembersKeyMissing`]; [`Error::DecryptionFailed`] if the
/// key is another's, or a part was changed or exchanged; a decoding error if this is no sealed
/// record; [`Error::OutOfMemory`].
pub fn unwrap_and_open(
    key: &DecryptionKey,
    wrapped: &WrappedKey,
    sealed: &[u8],
    members: Option<&MembersKeys>,
) -> Result<OpenedRecord, Error> {
    let unwrapped = key.unwrap_key(wrapped, &wrap_aad(&RecordDigest::of(sealed)?), members)?;
    let record_key = RecordKey::from_bytes(&unwrapped).map_err(|_| Error::DecryptionFailed)?;
    record_key.open(sealed, &OpenOptions::default())
}
