//! Opens a part of a record.

use std::io::{Cursor, ErrorKind, Read, Seek, SeekFrom, Write};

use ctr::cipher::StreamCipher;

use super::chunk::ChunkCipher;
use super::header::{Layout, PREFIX_BYTES, TAG_BYTES};
use super::key::RecordKey;
use super::memory::{with_capacity, zeros};
use super::opened::OpenedRecord;
use super::pipeline::Source;
use super::stream::read_header;
use crate::error::Error;
use crate::secret::Secret;

impl RecordKey {
    /// Opens `length` bytes of the record from `offset` on. Reads and checks only the header and
    /// the chunks that hold them.
    ///
    /// # What does this prove?
    /// The bytes are those that the sealer put at this offset: each chunk's tag covers its content
    /// and its number. Nothing is proved about the other chunks. In particular, the record's
    /// *length* follows from the number of sealed bytes. It is proved only if the range includes
    /// the last chunk, whose tag says that it is the last. If a record was truncated, a range
    /// beyond the cut fails, and a range before it is intact. [`Error::OutOfRange`] describes these
    /// sealed bytes, not the record that was sealed.
    ///
    /// # Errors
    /// - A decoding error if `sealed` does not begin with the header of a sealed record.
    /// - [`Error::OutOfRange`] if the range ends after the record.
    /// - [`Error::DecryptionFailed`] if the key is wrong, or if the header, a needed chunk or the
    ///   number of bytes was changed.
    /// - [`Error::OutOfMemory`] if the part cannot be allocated.
    pub fn open_range(&self, sealed: &[u8], offset: u64, length: u64) -> Result<OpenedRecord, Error> {
        // Allocate no more than is present. A vector that grows would leave plaintext behind.
        let most = usize::try_from(length).map_err(|_| Error::OutOfRange)?.min(sealed.len());
        let mut part = Secret::new(with_capacity(most)?);
        self.open_range_stream(Cursor::new(sealed), offset, length, &mut *part)?;
        Ok(OpenedRecord(part))
    }

    /// Opens a part as [`open_range`](Self::open_range) does, from sealed bytes with random
    /// access, such as a file, and of any length. Verified bytes are written chunk by chunk,
    /// and the writer is flushed at the end. The sealed record begins at position zero and ends
    /// at the end of `reader`.
    ///
    /// # Errors
    /// As [`open_range`](Self::open_range), and [`Error::Io`] with the error of
    /// the reader or the writer.
    pub fn open_range_stream(
        &self,
        mut reader: impl Read + Seek,
        offset: u64,
        length: u64,
        mut writer: impl Write,
    ) -> Result<(), Error> {
        let sealed_length = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let header = read_header(&mut Source::new(&mut reader))?;
        let cipher = ChunkCipher::opening(self, &header)?;
        let body = sealed_length.saturating_sub(PREFIX_BYTES as u64);
        let layout = Layout::of(body, header.chunk_size).ok_or(Error::DecryptionFailed)?;
        let end = offset.checked_add(length).filter(|end| *end <= layout.length).ok_or(Error::OutOfRange)?;

        let chunk_bytes = header.chunk_size.bytes() as u64;
        let (first, stop) = (offset / chunk_bytes, end.div_ceil(chunk_bytes));
        if length > 0 {
            reader.seek(SeekFrom::Start(
                Layout::position(first, header.chunk_size).ok_or(Error::OutOfRange)?,
            ))?;
            let mut keystream = cipher.keystream(first);
            let mut buffer = Secret::new(zeros(header.chunk_size.stride())?);
            for index in first..stop {
                let last = index + 1 == layout.chunks;
                let start = index * chunk_bytes;
                let size = layout.length.saturating_sub(start).min(chunk_bytes);
                let sealed = buffer.get_mut(..size as usize + TAG_BYTES).ok_or(Error::OutOfRange)?;
                reader.read_exact(sealed).map_err(ended)?;
                let (chunk, tag) = sealed.split_last_chunk_mut().ok_or(Error::DecryptionFailed)?;
                cipher.verify(index, last, chunk, tag)?;
                keystream.apply_keystream(chunk);
                let (from, to) = (offset.saturating_sub(start), (end - start).min(size));
                writer.write_all(chunk.get(from as usize..to as usize).ok_or(Error::OutOfRange)?)?;
            }
        }
        writer.flush()?;
        Ok(())
    }
}

/// Maps the error of a reader that ended early: it was changed in the meantime, which fails
/// like any other change.
fn ended(error: std::io::Error) -> Error {
    if error.kind() == ErrorKind::UnexpectedEof { Error::DecryptionFailed } else { error.into() }
}
