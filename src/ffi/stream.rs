//! Sealed records in pieces: incrementally, as streams, and as files.

use super::export::export;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rand_core::OsRng;

use super::callbacks::Listener;
use super::record::{chunk_size, medseal_record_key, open_options};
use super::status::Failure;
use super::values::{medseal_digest, medseal_receipt};
use crate::error::Error;
use crate::files::{NewFile, require_absent};
use crate::record::{Opener, RecordDigest, RecordKey, SealOptions, Sealer};
use crate::threads::Threads;

export! {
    /// Seals a record incrementally. It is secret, and wiped when freed. It has state: one call at
    /// a time.
    struct medseal_sealer: stateful Option<Sealer>;

    /// Begins to seal a record.
    /// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed
    medseal_sealer_new(key: object medseal_record_key, chunk_log2: u32) -> (sealer: object medseal_sealer) {
        Some(Sealer::new(key, chunk_size(chunk_log2)?, &mut OsRng)?)
    }

    /// Seals the next bytes of the record, and writes the next bytes of the sealed record. If the
    /// buffer is too small, no input is consumed: call again with a larger buffer.
    /// @return MEDSEAL_ERR_SPENT if the sealer is finished, MEDSEAL_ERR_FORKED
    medseal_sealer_update(
        sealer: state medseal_sealer, record, record_len: bytes, out, out_len: buffer
    ) -> () {
        let sealer = sealer.as_mut().ok_or_else(Failure::spent)?;
        let mut out = out.writer(sealer.update_length(record.len()), record)?;
        sealer.update(record, &mut out)?;
        out.finish()?
    }

    /// Ends the record, and writes the last bytes of the sealed record. The sealer is then spent.
    /// @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED
    medseal_sealer_finish(
        sealer: state medseal_sealer, out, out_len: buffer
    ) -> (receipt: value_or_null medseal_receipt) {
        let length = sealer.as_ref().ok_or_else(Failure::spent)?.finish_length();
        let mut out = out.writer(length, &[])?;
        let made = sealer.take().ok_or_else(Failure::spent)?.finish(&mut out)?;
        out.finish()?;
        (&made).into()
    }

    /// Opens a sealed record incrementally. It is secret, and wiped when freed. It has state: one
    /// call at a time.
    struct medseal_opener: stateful Option<Opener>;

    /// Begins to open a sealed record.
    medseal_opener_new(key: object medseal_record_key) -> (opener: object medseal_opener) {
        Some(Opener::new(key))
    }

    /// Opens the next bytes of the sealed record, and writes the chunks of the record that are
    /// complete and verified. Only the success of medseal_opener_finish() shows that the output is
    /// the whole record. If the buffer is too small, no input is consumed: call again with a larger
    /// buffer. After any other failure, every later call fails too.
    /// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with the greatest size that it may need,
    ///         MEDSEAL_ERR_SPENT if the opener is finished, MEDSEAL_ERR_DECRYPTION_FAILED,
    ///         MEDSEAL_ERR_FORKED
    medseal_opener_update(
        opener: state medseal_opener, sealed, sealed_len: bytes, out, out_len: buffer
    ) -> () {
        let opener = opener.as_mut().ok_or_else(Failure::spent)?;
        let mut out = out.writer(opener.most_released(sealed.len()), sealed)?;
        opener.update(sealed, &mut out)?;
        out.finish()?
    }

    /// Ends the sealed record, and writes the last bytes of the record. The opener is then spent,
    /// even on failure, unless the buffer was too small.
    /// @param digest the digest that the sealed record must have, or NULL
    /// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with the greatest size that it may need,
    ///         MEDSEAL_ERR_SPENT if the opener is finished, MEDSEAL_ERR_TRUNCATED,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_FORKED
    medseal_opener_finish(
        opener: state medseal_opener, digest: value_or_null medseal_digest, out, out_len: buffer
    ) -> (receipt: value_or_null medseal_receipt) {
        let digest = digest.map(RecordDigest::from);
        let most = opener.as_ref().ok_or_else(Failure::spent)?.most_released(0);
        let mut out = out.writer(most, &[])?;
        let made = opener.take().ok_or_else(Failure::spent)?.finish(&mut out)?;
        if digest.is_some_and(|digest| digest != made.digest) {
            return Err(Error::DigestMismatch.into());
        }
        out.finish()?;
        (&made).into()
    }

    /// Seals a record from one stream to another. Memory use does not grow with the record.
    /// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
    ///         MEDSEAL_ERR_FORKED
    medseal_record_seal_stream(
        key: object medseal_record_key, reader: reader, writer: writer, chunk_log2: u32, threads: usize,
        progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        seal(key, reader, writer, chunk_log2, threads, progress)?
    }

    /// Opens a sealed record from one stream to another. Memory use does not grow with the record.
    /// Every byte written is verified, but only success shows that they are the whole record. After
    /// a failure, discard what was written.
    /// @param digest the digest that the sealed record must have, or NULL
    /// @return MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO
    medseal_record_open_stream(
        key: object medseal_record_key, reader: reader, writer: writer, digest: value_or_null medseal_digest,
        threads: usize, progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        open(key, reader, writer, digest, threads, progress)?
    }

    /// As medseal_record_seal_stream(), from a file to a new file (@ref files).
    medseal_record_seal_file(
        key: object medseal_record_key, from, from_len: text, to, to_len: text, chunk_log2: u32,
        threads: usize, progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        let from = open_file(from)?;
        new_file(to, |to| seal(key, from, to, chunk_log2, threads, progress))?
    }

    /// As medseal_record_open_stream(), from a file to a new file (@ref files).
    medseal_record_open_file(
        key: object medseal_record_key, from, from_len: text, to, to_len: text,
        digest: value_or_null medseal_digest, threads: usize, progress: progress
    ) -> (receipt: value_or_null medseal_receipt) {
        let from = open_file(from)?;
        new_file(to, |to| open(key, from, to, digest, threads, progress))?
    }

    /// Opens a part of a sealed file. Checks only the chunks that contain this part.
    /// @param from the path of the sealed file, UTF-8
    /// @param offset the offset of the first byte to read, in the record
    /// @param length the number of bytes to read
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if the part reaches past the end of the record,
    ///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_IO
    medseal_record_open_file_range(
        key: object medseal_record_key, from, from_len: text, offset: u64, length: u64, writer: writer
    ) -> () {
        let from = open_file(from)?;
        key.open_range_stream(from, offset, length, writer)?
    }

    /// Computes the digest of a sealed record from a stream. Needs no key.
    /// @param receipt where to put the digest and the lengths
    /// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if the input is not a sealed
    ///         record, MEDSEAL_ERR_IO
    medseal_record_digest_stream(
        reader: reader, threads: usize, progress: progress
    ) -> (receipt: value medseal_receipt) {
        (&RecordDigest::of_stream(reader, Threads::new(threads), progress.counts())?).into()
    }
}

fn seal(
    key: &RecordKey,
    reader: impl Read,
    writer: impl Write,
    chunk_log2: u32,
    threads: usize,
    mut progress: Listener,
) -> Result<medseal_receipt, Failure> {
    let options = SealOptions::default().chunk_size(chunk_size(chunk_log2)?).threads(Threads::new(threads));
    Ok((&key.seal_stream(reader, writer, &options, &mut OsRng, progress.counts())?).into())
}

fn open(
    key: &RecordKey,
    reader: impl Read,
    writer: impl Write,
    digest: Option<medseal_digest>,
    threads: usize,
    mut progress: Listener,
) -> Result<medseal_receipt, Failure> {
    let options = open_options(digest, Threads::new(threads));
    Ok((&key.open_stream(reader, writer, &options, progress.counts())?).into())
}

/// Opens a file to read it.
pub(super) fn open_file(path: &str) -> Result<Named<'_, File>, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    Ok(Named { file, path })
}

/// A file whose errors name its path.
pub(super) struct Named<'a, F> {
    file: F,
    path: &'a str,
}

impl<F> Named<'_, F> {
    fn named(&self, error: io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path))
    }
}

impl<F: Read> Read for Named<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer).map_err(|error| self.named(error))
    }
}

impl<F: Seek> Seek for Named<'_, F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to).map_err(|error| self.named(error))
    }
}

impl<F: Write> Write for Named<'_, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| self.named(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| self.named(error))
    }
}

/// Makes a new file that only its owner can read. Leaves no file if writing fails.
pub(super) fn new_file<T>(
    path: &str,
    write: impl FnOnce(Named<'_, &File>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let failed = |error: io::Error| Failure::file(path, &error);
    require_absent(Path::new(path)).map_err(failed)?; // before the work
    let new = NewFile::private_beside(Path::new(path)).map_err(failed)?;
    let made = write(Named { file: &new.file, path })?;
    new.keep_as(Path::new(path)).map_err(failed)?;
    Ok(made)
}
