//! Sealing and opening without a ledger: seal and wrap, unwrap and open.

use rand_core::{CryptoRng, RngCore};

use crate::abe::{DecryptionKey, PublicKey, WrappedKey};
use crate::error::Error;
use crate::ledger::wrap_aad;
use crate::members::{MembersKey, MembersKeys};
use crate::policy::Policy;
use crate::record::{OpenOptions, OpenedRecord, RecordDigest, RecordKey, SealOptions};

/// Seals a record under a fresh key and wraps that key under a policy. As in publishing, the
/// wrapped key is tied to the sealed record. Neither part needs protection in storage or transit.
/// With a members' key, opening needs that key as well.
///
/// # Errors
/// [`Error::RandomnessUnavailable`], [`Error::OutOfMemory`].
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

/// Unwraps the key of a sealed record and opens the record. Returns nothing unless both parts
/// belong together and are unchanged.
///
/// # Errors
/// [`Error::PolicyNotSatisfied`]; [`Error::MembersKeyMissing`]; [`Error::DecryptionFailed`] if the
/// key is wrong, or a part was changed or replaced; a decoding error if the input is not a sealed
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
