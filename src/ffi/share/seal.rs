//! The main job without a ledger.

use crate::ffi::export::export;
use rand_core::OsRng;

use crate::error::Error;
use crate::ffi::abe::medseal_abe_wrapped_key;
use crate::ffi::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use crate::ffi::members::{medseal_members_key, medseal_members_keys};
use crate::ffi::policy::medseal_policy;
use crate::record::{ChunkSize, opened_length};
use crate::share::{seal_and_wrap, unwrap_and_open};

export! {
    /// Seals a record in memory under a fresh key, and wraps that key under a policy. Store or send
    /// both parts: neither is secret, and both are needed to open the record. To find records by
    /// keyword on a ledger, publish them instead.
    /// @param policy who can open the record: keys whose attributes satisfy this policy
    /// @param members a members' key that is also required to open the record, or NULL
    medseal_seal_and_wrap(
        public_key: object medseal_abe_public_key, policy: object medseal_policy, record, record_len: bytes,
        members: object_or_null medseal_members_key, out, out_len: buffer
    ) -> (wrapped: object medseal_abe_wrapped_key) {
        let length = ChunkSize::default().sealed_length(record.len() as u64)?;
        let out = out.require(usize::try_from(length).map_err(|_| Error::OutOfRange)?)?;
        let (sealed, key) = seal_and_wrap(public_key, policy, record, members, &mut OsRng)?;
        out.put(&sealed)?;
        key
    }

    /// Unwraps the key of a sealed record in memory, and opens the record. The output is the whole
    /// record, as it was sealed, or nothing.
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED if the key belongs to another authority, or a part was
    ///         changed or exchanged
    medseal_unwrap_and_open(
        key: object medseal_abe_decryption_key, wrapped: object medseal_abe_wrapped_key,
        sealed, sealed_len: bytes, members: object_or_null medseal_members_keys, out, out_len: buffer
    ) -> () {
        let out = out.require(usize::try_from(opened_length(sealed)?).map_err(|_| Error::OutOfRange)?)?;
        out.put(&unwrap_and_open(key, wrapped, sealed, members)?)?
    }
}
