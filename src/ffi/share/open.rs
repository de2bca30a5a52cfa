//! Opening.

use std::ffi::c_char;
use std::io::Write;

use zeroize::Zeroizing;

use super::consortium::{consortium, medseal_consortium};
use crate::abe::DecryptionKey;
use crate::ffi::abe_keys::medseal_abe_decryption_key;
use crate::ffi::abi::{Caller, guard};
use crate::ffi::callbacks::{Listener, MEDSEAL_STEP_NONE, Target, medseal_progress, medseal_writer};
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::{Failure, medseal_error, medseal_status};
use crate::ffi::stream::new_file;
use crate::ffi::values::{medseal_entry_id, medseal_receipt};
use crate::ledger::EntryId;
use crate::record::Receipt;
use crate::share::Consortium;

/// Unwraps the key of the record that an entry is about.
///
/// @param consortium where
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_DECRYPTION_FAILED,
///         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER,
///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
///         MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have accepted,
///         or what medseal_ledger_get() and medseal_ledger_prove() return
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_unwrap_record_key(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    record_key: *mut *mut medseal_record_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let record_key = c.out("record_key", record_key)?;
        let parties = self::consortium(c, consortium)?;
        let (entry, key) = (c.value("entry", entry)?.into(), c.get("key", key)?);
        record_key.set(parties.record_key(&parties.entry(&entry)?, key)?)
    })
}

fn open(
    parties: &Consortium<'_>,
    entry: &EntryId,
    key: &DecryptionKey,
    output: impl Write,
    mut progress: Listener,
) -> Result<Receipt, Failure> {
    Ok(parties.open(entry, key, output, &mut |done| progress.tell(MEDSEAL_STEP_NONE, done))?)
}

/// Opens the record of an entry that somebody entitled signed and that stands under the
/// consortium's head. What is written was sealed under the record key, but only after success it is
/// the whole record, and the one that was signed for: throw it away after a failure. Memory does
/// not grow with the record.
///
/// @param consortium where
/// @param writer takes the record
/// @param progress told how many bytes of the record are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_UNKNOWN_OBJECT,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER,
///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
///         MEDSEAL_ERR_INVALID_PROOF if the ledger gives an entry that it should not have accepted,
///         MEDSEAL_ERR_CANCELLED, a decoding status if the store has no sealed record there, or
///         what medseal_ledger_get() and medseal_ledger_prove() return
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    writer: *const medseal_writer,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Target::new(c, writer), Listener::new(c, progress));
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let (writer, progress) = (streams.0?, streams.1?);
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        receipt.set((&open(&parties, &entry, c.get("key", key)?, writer, progress)?).into())
    })
}

/// As medseal_open(), to memory. All of the work is done to find the size, so bring a
/// buffer that is large enough.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open_bytes(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        let mut record = Growing(Zeroizing::new(Vec::new()));
        let opened = open(&parties, &entry, c.get("key", key)?, &mut record, Listener::none())?;
        out.put(&record.0)?;
        receipt.set((&opened).into())
    })
}

/// As medseal_open(), to a new file, which gets its name when it is whole: after a
/// failure or a crash there is none of this name (a MEDSEAL_ERR_IO from syncing its
/// folder, at the very end, leaves the whole file). A crash can leave a file `.medseal-*`
/// in the folder, which can be deleted.
///
/// @param path the record's path, UTF-8, where no file is yet
/// @return also MEDSEAL_ERR_INVALID_TEXT if the path is not UTF-8
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_open_file(
    consortium: *const medseal_consortium,
    entry: *const medseal_entry_id,
    key: *const medseal_abe_decryption_key,
    path: *const c_char,
    path_len: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let progress = progress?;
        let (parties, entry) = (self::consortium(c, consortium)?, c.value("entry", entry)?.into());
        let key = c.get("key", key)?;
        let opened =
            new_file(c.text("path", path, path_len)?, |file| open(&parties, &entry, key, file, progress))?;
        receipt.set((&opened).into())
    })
}

/// Plaintext in memory, growing without leaving copies behind.
struct Growing(Zeroizing<Vec<u8>>);

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.capacity() - self.0.len() < bytes.len() {
            let room = (self.0.len() + bytes.len()).max(self.0.capacity() * 2);
            let mut grown = Zeroizing::new(Vec::new());
            grown.try_reserve_exact(room).map_err(|_| std::io::ErrorKind::OutOfMemory)?;
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
