//! The main job without a ledger.

use rand_core::OsRng;

use crate::error::Error;
use crate::ffi::abe::medseal_abe_wrapped_key;
use crate::ffi::abe_keys::{medseal_abe_decryption_key, medseal_abe_public_key};
use crate::ffi::abi::{Caller, guard};
use crate::ffi::members::{medseal_members_key, medseal_members_keys};
use crate::ffi::policy::medseal_policy;
use crate::ffi::status::{medseal_error, medseal_status};
use crate::record::{ChunkSize, opened_length};
use crate::share::{seal_and_wrap, unwrap_and_open};

/// Seals a record that is in memory under a fresh key, and wraps that key under a policy. Store or
/// send both parts: neither is secret, and they open only together. To find records by keyword on a
/// ledger, publish them instead.
///
/// @param public_key the authority's public key
/// @param policy whose attributes satisfy this can open the record
/// @param record the record
/// @param members the members' key that opening is to need as well, or NULL
/// @param out buffer for the sealed record
/// @return MEDSEAL_ERR_OUT_OF_MEMORY, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_seal_and_wrap(
    public_key: *const medseal_abe_public_key,
    policy: *const medseal_policy,
    record: *const u8,
    record_len: usize,
    members: *const medseal_members_key,
    out: *mut u8,
    out_len: *mut usize,
    wrapped: *mut *mut medseal_abe_wrapped_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, wrapped) = (c.buffer("out", out, out_len), c.out("wrapped", wrapped));
        let (out, wrapped) = (out?, wrapped?);
        let (public_key, policy) = (c.get("public_key", public_key)?, c.get("policy", policy)?);
        let (record, members) = (c.bytes("record", record, record_len)?, c.get_if_any("members", members)?);
        let length = ChunkSize::default().sealed_length(record.len() as u64)?;
        let out = out.require(usize::try_from(length).map_err(|_| Error::OutOfRange)?)?;
        let (sealed, key) = seal_and_wrap(public_key, policy, record, members, &mut OsRng)?;
        out.put(&sealed)?;
        wrapped.set(key)
    })
}

/// Unwraps the key of a sealed record that is in memory, and opens the record. The output is the
/// whole record, as it was sealed, or nothing.
///
/// @param sealed the sealed record
/// @param members the members' keys that are held, or NULL
/// @param out buffer for the record
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
///         MEDSEAL_ERR_DECRYPTION_FAILED if the key is another's or a part was changed or exchanged, a
///         decoding status if this does not begin like a sealed record, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_unwrap_and_open(
    key: *const medseal_abe_decryption_key,
    wrapped: *const medseal_abe_wrapped_key,
    sealed: *const u8,
    sealed_len: usize,
    members: *const medseal_members_keys,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let (key, wrapped) = (c.get("key", key)?, c.get("wrapped", wrapped)?);
        let (sealed, members) = (c.bytes("sealed", sealed, sealed_len)?, c.get_if_any("members", members)?);
        let out = out.require(usize::try_from(opened_length(sealed)?).map_err(|_| Error::OutOfRange)?)?;
        out.put(&unwrap_and_open(key, wrapped, sealed, members)?)
    })
}
