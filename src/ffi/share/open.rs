//! Opening.

use crate::ffi::export::export;
use std::io::Write;

use zeroize::Zeroizing;

use crate::abe::DecryptionKey;
use crate::ffi::abe_keys::medseal_abe_decryption_key;
use crate::ffi::callbacks::Listener;
use crate::ffi::record::medseal_record_key;
use crate::ffi::status::Failure;
use crate::ffi::stream::new_file;
use crate::ffi::values::{medseal_entry_id, medseal_receipt};
use crate::share::Consortium;

export! {
    /// Unwraps the record key in an entry.
    /// @return MEDSEAL_ERR_POLICY_NOT_SATISFIED, MEDSEAL_ERR_MEMBERS_KEY_MISSING,
    ///         MEDSEAL_ERR_WRONG_MEMBERS_KEY, MEDSEAL_ERR_DECRYPTION_FAILED,
    ///         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_UNKNOWN_CHARTER,
    ///         MEDSEAL_ERR_CLAIM_POLICY_REFUSED, MEDSEAL_ERR_INVALID_SIGNATURE or
    ///         MEDSEAL_ERR_INVALID_PROOF if the ledger returns an entry that it should not have
    ///         accepted, or what medseal_ledger_get() and medseal_ledger_prove() return
    medseal_unwrap_record_key(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_abe_decryption_key
    ) -> (record_key: object medseal_record_key) {
        consortium.record_key(&consortium.entry(&entry.into())?, key)?
    }
}

fn open(
    consortium: &Consortium<'_>,
    entry: medseal_entry_id,
    key: &DecryptionKey,
    output: impl Write,
    mut progress: Listener,
) -> Result<medseal_receipt, Failure> {
    let tell = &mut progress.counts();
    Ok((&consortium.open(&entry.into(), key, output, tell)?).into())
}

export! {
    /// Opens the record of an entry. Checks first that an entitled member signed the entry, and
    /// that the consortium's trusted head includes it. Every byte that reaches the writer was
    /// sealed under the record key, but only success shows that this is the whole record, and the
    /// one that the entry signs. After a failure, discard what was written. Memory use does not
    /// grow with the record.
    /// @return what medseal_unwrap_record_key() returns, MEDSEAL_ERR_UNKNOWN_OBJECT, a decoding
    ///         status if the object in the store is not a sealed record, MEDSEAL_ERR_IO
    medseal_open(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_abe_decryption_key,
        writer: writer, progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        open(&consortium, entry, key, writer, progress)?
    }

    /// As medseal_open(), to memory. Asking for the size does all of the work, so pass a buffer
    /// that is large enough.
    medseal_open_bytes(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_abe_decryption_key
    ) -> (out, out_len: bytes, receipt: value_or_null medseal_receipt) {
        let mut record = Growing(Zeroizing::new(Vec::new()));
        let receipt = open(&consortium, entry, key, &mut record, Listener::none())?;
        (record.0, receipt)
    }

    /// As medseal_open(), to a new file (@ref files).
    medseal_open_file(
        consortium: consortium, entry: value medseal_entry_id, key: object medseal_abe_decryption_key,
        path, path_len: text, progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        new_file(path, |file| open(&consortium, entry, key, file, progress))?
    }
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
