//! Ranges of a record, and proofs of its chunks.

use crate::threads::Threads;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::{KIB, PREFIX_BYTES, key, record, seal};
use crate::error::Error;
use crate::record::header::TAG_BYTES;
use crate::record::{ChunkTree, no_progress};

#[test]
fn ranges_end_with_the_record() {
    let record = record(4 * KIB + 10);
    let (mut sealed, _) = seal(&record);
    let range = |sealed: &[u8], from, count| key(1).open_range(sealed, from, count).map(|part| part.to_vec());
    let end = record.len() as u64;
    // Beyond the end, and with an overflow of offset and length.
    for (from, count) in
        [(end, 1), (end + 1, 0), (0, end + 1), (u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX)]
    {
        assert_eq!(range(&sealed, from, count), Err(Error::OutOfRange));
    }
    assert_eq!(range(&sealed, end, 0).unwrap(), b"");
    assert_eq!(range(&sealed, end - 1, 1).unwrap(), record[record.len() - 1..]);
    assert_eq!(range(&sealed[..PREFIX_BYTES - 1], 0, 0), Err(Error::Truncated));
    // Not even the chunk in which it is.
    sealed[PREFIX_BYTES + 5] ^= 1;
    assert_eq!(range(&sealed, 5, 1), Err(Error::DecryptionFailed));
    assert_eq!(range(&sealed, 5, 0).unwrap(), b"");
}

#[test]
fn distinguishes_unreadable_from_changed_files() {
    /// Fails after this number of reads.
    struct Broken<'a>(Cursor<&'a [u8]>, usize);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1.checked_sub(1).ok_or(io::ErrorKind::ConnectionReset)?;
            self.0.read(buffer)
        }
    }
    impl Seek for Broken<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let record = record(KIB + 10);
    let (sealed, _) = seal(&record);
    let open = |reads| {
        let mut part = Vec::new();
        key(1)
            .open_range_stream(Broken(Cursor::new(&sealed[..]), reads), KIB as u64, 10, &mut part)
            .map(|()| part)
    };
    let mut failed = 0;
    while let Err(error) = open(failed) {
        assert_eq!(error, Error::Io(io::ErrorKind::ConnectionReset.into()));
        failed += 1;
    }
    assert!(failed > 1);
    assert_eq!(open(failed).unwrap(), record[KIB..]);
}

/// The chunks of a sealed record, each with its tag.
fn sealed_chunks(sealed: &[u8]) -> impl Iterator<Item = &[u8]> {
    sealed[PREFIX_BYTES..].chunks(KIB + TAG_BYTES)
}

#[test]
fn a_chunk_is_proved_without_the_key() {
    for length in [0, 1, 1024, 5 * KIB + 10] {
        let (sealed, receipt) = seal(&record(length));
        let tree = ChunkTree::of_stream(&sealed[..], Threads::new(2), no_progress).unwrap();
        assert_eq!((tree.digest(), tree.chunks()), (receipt.digest, sealed_chunks(&sealed).count() as u64));
        for (index, chunk) in sealed_chunks(&sealed).enumerate() {
            let proof = tree.prove(index as u64).unwrap();
            let place = proof.sealed_range();
            assert_eq!(sealed[place.start as usize..place.end as usize], *chunk);
            assert_eq!(proof.verify(&receipt.digest, chunk), Ok(()));
        }
        assert_eq!(tree.prove(tree.chunks()).unwrap_err(), Error::OutOfRange);
    }
}
