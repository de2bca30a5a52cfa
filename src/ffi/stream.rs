//! Sealed records little by little: as bytes come, as streams, as files.

use std::ffi::c_char;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rand_core::OsRng;

use super::abi::{Caller, guard};
use super::callbacks::{
    Listener, MEDSEAL_STEP_NONE, Source, Target, medseal_progress, medseal_reader, medseal_writer,
};
use super::handle::handle;
use super::objects::{free, give};
use super::record::{chunk_size, medseal_record_key};
use super::status::{Failure, medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_receipt};
use crate::error::Error;
use crate::files::{NewFile, require_absent};
use crate::record::{OpenOptions, Opener, Receipt, RecordDigest, RecordKey, SealOptions, Sealer};
use crate::threads::Threads;

/// A record that is being sealed as its bytes come. It is secret, and wiped when freed. It has
/// state: one call at a time.
pub struct medseal_sealer {
    _opaque: [u8; 0],
}
handle!(stateful medseal_sealer(Option<Sealer>));

free!(secret medseal_sealer(sealer) "a sealer": medseal_sealer_free);

/// Begins to seal a record.
///
/// @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_sealer_new(
    key: *const medseal_record_key,
    chunk_log2: u32,
    sealer: *mut *mut medseal_sealer,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let sealer = c.out("sealer", sealer)?;
        sealer.set(Some(Sealer::new(c.get("key", key)?, chunk_size(chunk_log2)?, &mut OsRng)?))
    })
}

/// Takes the next bytes of the record, and gives the bytes of the sealed record that follow from
/// them. If the buffer is too small, nothing was taken: call again with a larger one.
///
/// @param record the next bytes
/// @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_sealer_update(
    sealer: *mut medseal_sealer,
    record: *const u8,
    record_len: usize,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let mut sealer = c.get_mut("sealer", sealer)?;
        let sealer = sealer.as_mut().ok_or_else(Failure::spent)?;
        let record = c.bytes("record", record, record_len)?;
        let mut out = out.writer(sealer.update_length(record.len()), record)?;
        sealer.update(record, &mut out)?;
        out.finish()
    })
}

/// Takes the end of the record, and gives the last bytes of the sealed record. The sealer is spent.
///
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_SPENT if it is finished, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_sealer_finish(
    sealer: *mut medseal_sealer,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let mut sealer = c.get_mut("sealer", sealer)?;
        let length = sealer.as_ref().ok_or_else(Failure::spent)?.finish_length();
        let mut out = out.writer(length, &[])?;
        let made = sealer.take().ok_or_else(Failure::spent)?.finish(&mut out)?;
        out.finish()?;
        receipt.set((&made).into())
    })
}

/// A sealed record that is being opened as its bytes come. It is secret, and wiped when freed. It
/// has state: one call at a time.
pub struct medseal_opener {
    _opaque: [u8; 0],
}
handle!(stateful medseal_opener(Option<Opener>));

free!(secret medseal_opener(opener) "an opener": medseal_opener_free);

give! {
    /// Begins to open a sealed record.
    medseal_opener_new(key: medseal_record_key) -> opener: object medseal_opener { Some(Opener::new(key)) }
}

/// Takes the next bytes of the sealed record, and gives the chunks of the record that are complete
/// and verified. Only after medseal_opener_finish() is what was given the whole record. If the
/// buffer is too small, nothing was taken: call again with a larger one. After any other failure
/// each later call fails too.
///
/// @param sealed the next bytes
/// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it is
///         finished, a decoding status if this does not begin like a sealed record,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_opener_update(
    opener: *mut medseal_opener,
    sealed: *const u8,
    sealed_len: usize,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        let mut opener = c.get_mut("opener", opener)?;
        let opener = opener.as_mut().ok_or_else(Failure::spent)?;
        let sealed = c.bytes("sealed", sealed, sealed_len)?;
        let mut out = out.writer(opener.most_released(sealed.len()), sealed)?;
        opener.update(sealed, &mut out)?;
        out.finish()
    })
}

/// Takes the end of the sealed record, and gives the last bytes of the record. The opener is spent,
/// also by a failure, except if the buffer is too small.
///
/// @param digest the digest that the sealed record must have, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_BUFFER_TOO_SMALL with what it may need at most, MEDSEAL_ERR_SPENT if it is
///         finished, MEDSEAL_ERR_TRUNCATED, MEDSEAL_ERR_DECRYPTION_FAILED,
///         MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_FORKED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_opener_finish(
    opener: *mut medseal_opener,
    digest: *const medseal_digest,
    out: *mut u8,
    out_len: *mut usize,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let (out, receipt) = (c.buffer("out", out, out_len), c.out_value_if_any("receipt", receipt));
        let (out, receipt) = (out?, receipt?);
        let digest =
            if digest.is_null() { None } else { Some(RecordDigest::from(c.value("digest", digest)?)) };
        let mut opener = c.get_mut("opener", opener)?;
        let most = opener.as_ref().ok_or_else(Failure::spent)?.most_released(0);
        let mut out = out.writer(most, &[])?;
        let made = opener.take().ok_or_else(Failure::spent)?.finish(&mut out)?;
        if digest.is_some_and(|digest| digest != made.digest) {
            return Err(Error::DigestMismatch.into());
        }
        out.finish()?;
        receipt.set((&made).into())
    })
}

/// Seals a record from one stream to another. Memory does not grow with it.
///
/// @param reader gives the record
/// @param writer takes the sealed record
/// @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_IO,
///         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, MEDSEAL_ERR_FORKED,
///         MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_seal_stream(
    key: *const medseal_record_key,
    reader: *const medseal_reader,
    writer: *const medseal_writer,
    chunk_log2: u32,
    threads: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Source::new(c, reader), Target::new(c, writer), Listener::new(c, progress));
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let (reader, writer, progress) = (streams.0?, streams.1?, streams.2?);
        receipt.set(seal(c.get("key", key)?, reader, writer, chunk_log2, threads, progress)?)
    })
}

/// Opens a sealed record from one stream to another. Memory does not grow with it. What is written
/// was verified, but only after success it is the whole record: throw it away after a failure.
///
/// @param reader gives the sealed record
/// @param writer takes the record
/// @param digest the digest that the sealed record must have, or NULL
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return a decoding status if this does not begin like a sealed record,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_IO,
///         MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_open_stream(
    key: *const medseal_record_key,
    reader: *const medseal_reader,
    writer: *const medseal_writer,
    digest: *const medseal_digest,
    threads: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Source::new(c, reader), Target::new(c, writer), Listener::new(c, progress));
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let (reader, writer, progress) = (streams.0?, streams.1?, streams.2?);
        receipt.set(open(c, c.get("key", key)?, reader, writer, digest, threads, progress)?)
    })
}

/// Seals a file into a new file, which gets its name when it is whole: after a failure or a crash
/// there is none of this name (a MEDSEAL_ERR_IO from syncing its folder, at the very end, leaves
/// the whole file). A crash can leave a file `.medseal-*` in the folder, which can be deleted.
///
/// @param from the record's path, UTF-8
/// @param to the sealed record's path, UTF-8, where no file is yet
/// @param chunk_log2 the chunk size as a power of two, 10 to 24; 0 for the usual 16, which is 64 KiB
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return MEDSEAL_ERR_INVALID_FIELD if the chunk size is not allowed, MEDSEAL_ERR_INVALID_TEXT if
///         a path is not UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, MEDSEAL_ERR_FORKED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_seal_file(
    key: *const medseal_record_key,
    from: *const c_char,
    from_len: usize,
    to: *const c_char,
    to_len: usize,
    chunk_log2: u32,
    threads: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let progress = progress?;
        let (key, from, to) =
            (c.get("key", key)?, c.text("from", from, from_len)?, c.text("to", to, to_len)?);
        let from = open_file(from)?;
        receipt.set(new_file(to, |to| seal(key, from, to, chunk_log2, threads, progress))?)
    })
}

/// Opens a sealed file into a new file, which gets its name when it is whole: after a
/// failure or a crash there is none of this name (a MEDSEAL_ERR_IO from syncing its folder,
/// at the very end, leaves the whole file). A crash can leave a file `.medseal-*` in the
/// folder, which can be deleted.
///
/// @param from the sealed record's path, UTF-8
/// @param to the record's path, UTF-8, where no file is yet
/// @param digest the digest that the sealed record must have, or NULL
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @param receipt where to put digest and lengths, or NULL
/// @return a decoding status if this does not begin like a sealed record,
///         MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_DIGEST_MISMATCH, MEDSEAL_ERR_INVALID_TEXT if
///         a path is not UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_open_file(
    key: *const medseal_record_key,
    from: *const c_char,
    from_len: usize,
    to: *const c_char,
    to_len: usize,
    digest: *const medseal_digest,
    threads: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let progress = Listener::new(c, progress);
        let receipt = c.out_value_if_any("receipt", receipt)?;
        let progress = progress?;
        let (key, from, to) =
            (c.get("key", key)?, c.text("from", from, from_len)?, c.text("to", to, to_len)?);
        let from = open_file(from)?;
        receipt.set(new_file(to, |to| open(c, key, from, to, digest, threads, progress))?)
    })
}

/// Opens a part of a sealed file, checking only the chunks that hold it.
///
/// @param from the sealed record's path, UTF-8
/// @param offset the first byte of the record that is wanted
/// @param length how many bytes are wanted
/// @param writer takes them
/// @return a decoding status if this does not begin like a sealed record, MEDSEAL_ERR_OUT_OF_RANGE
///         if the record ends before, MEDSEAL_ERR_DECRYPTION_FAILED, MEDSEAL_ERR_INVALID_TEXT if
///         the path is not UTF-8, MEDSEAL_ERR_IO, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_open_file_range(
    key: *const medseal_record_key,
    from: *const c_char,
    from_len: usize,
    offset: u64,
    length: u64,
    writer: *const medseal_writer,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let writer = Target::new(c, writer)?;
        let (key, from) = (c.get("key", key)?, c.text("from", from, from_len)?);
        let from = open_file(from)?;
        Ok(key.open_range_stream(from, offset, length, writer)?)
    })
}

/// The digest of a sealed record that a stream gives. It takes no key.
///
/// @param reader gives the sealed record
/// @param threads how many threads may work; 0 for as many as there are processors
/// @param progress told the bytes of the record that are done, or NULL
/// @param receipt where to put digest and lengths
/// @return a decoding status or MEDSEAL_ERR_DECRYPTION_FAILED if this is no sealed record,
///         MEDSEAL_ERR_IO, MEDSEAL_ERR_CANCELLED, MEDSEAL_ERR_OUT_OF_MEMORY
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_record_digest_stream(
    reader: *const medseal_reader,
    threads: usize,
    progress: *const medseal_progress,
    receipt: *mut medseal_receipt,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let streams = (Source::new(c, reader), Listener::new(c, progress));
        let receipt = c.out_value("receipt", receipt)?;
        let (reader, mut progress) = (streams.0?, streams.1?);
        let made = RecordDigest::of_stream(reader, Threads::new(threads), |done| {
            progress.tell(MEDSEAL_STEP_NONE, done)
        })?;
        receipt.set((&made).into())
    })
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
    let tell = |done| progress.tell(MEDSEAL_STEP_NONE, done);
    let made: Receipt = key.seal_stream(reader, writer, &options, &mut OsRng, tell)?;
    Ok((&made).into())
}

fn open(
    c: &Caller,
    key: &RecordKey,
    reader: impl Read,
    writer: impl Write,
    digest: *const medseal_digest,
    threads: usize,
    mut progress: Listener,
) -> Result<medseal_receipt, Failure> {
    let mut options = OpenOptions::default().threads(Threads::new(threads));
    if !digest.is_null() {
        options = options.expect_digest(c.value("digest", digest)?.into());
    }
    let made = key.open_stream(reader, writer, &options, |done| progress.tell(MEDSEAL_STEP_NONE, done))?;
    Ok((&made).into())
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

/// Makes a file that is not there yet, for its owner alone; none if writing it fails.
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
