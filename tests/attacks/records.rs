//! Sealed records held by storage that cannot read them: truncated, extended, flipped,
//! recombined. Every way to open refuses a change at the chunk where it shows, and releases
//! no byte of that chunk.
//!
//! `insider` covers attackers who know the record key. `digests` covers digests
//! and what depends on them.

mod digests;
mod insider;
pub(crate) mod writer;

use medseal::Threads;
use std::collections::HashSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use medseal::Error;
use medseal::record::{ChunkSize, OpenOptions, Opener, RecordKey, SealOptions, no_progress};
use rand_core::RngCore;

use crate::ground::{header, rng};
use writer::{PREFIX, TAG, Writer};

const KIB: usize = 1024;
/// The size of a full chunk of 1 KiB and its tag, in bytes.
const STRIDE: usize = KIB + TAG;

/// The record key of all records here.
const KEY: [u8; 32] = [1; 32];

fn key(bytes: &[u8; 32]) -> RecordKey {
    RecordKey::from_bytes(&[&header(0x38)[..], bytes].concat()).unwrap()
}

fn record(length: usize) -> Vec<u8> {
    let mut record = vec![0; length];
    rng(length as u64).fill_bytes(&mut record);
    record
}

/// Sealed by an honest owner in chunks of 1 KiB.
fn seal(record: &[u8], salt: u64) -> Vec<u8> {
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    key(&KEY).seal(record, &options, &mut rng(salt)).unwrap().0
}

/// The chunks of a sealed record, each with its tag.
fn chunks(sealed: &[u8]) -> Vec<&[u8]> {
    sealed[PREFIX..].chunks(STRIDE).collect()
}

fn put_together(sealed: &[u8], chunks: &[&[u8]]) -> Vec<u8> {
    [&sealed[..PREFIX], &chunks.concat()].concat()
}

/// For each way to open chunk by chunk: the released bytes, and the final result.
fn released(key: &RecordKey, sealed: &[u8]) -> Vec<(Vec<u8>, Result<(), Error>)> {
    let streams = [1, 3].map(|threads| {
        let (options, mut record) = (OpenOptions::default().threads(Threads::new(threads)), Vec::new());
        let opened = key.open_stream(sealed, &mut record, &options, no_progress).map(drop);
        (record, opened)
    });
    let openers = [31, STRIDE, usize::MAX].map(|step| {
        let (mut opener, mut record) = (Opener::new(key), Vec::new());
        let opened = sealed.chunks(step).try_for_each(|bytes| opener.update(bytes, &mut record));
        let opened = opened.and_then(|()| opener.finish(&mut record)).map(drop);
        (record, opened)
    });
    streams.into_iter().chain(openers).collect()
}

/// Every way to open refuses this and releases exactly this much of the record. Opening in
/// memory releases nothing.
fn refused(sealed: &[u8], released: &[u8], error: Error) {
    let (key, options) = (key(&KEY), OpenOptions::default());
    assert_eq!(key.open(sealed, &options).unwrap_err(), error);
    let mut in_place = sealed.to_vec();
    assert_eq!(key.open_in_place(&mut in_place, &options).unwrap_err(), error);
    assert!(in_place.is_empty());
    let mut buffer = vec![7; sealed.len()];
    key.open_into(sealed, &mut buffer, &options).unwrap_err();
    assert!(buffer.iter().all(|byte| *byte == 0));
    for outcome in self::released(&key, sealed) {
        assert_eq!(outcome, (released.to_vec(), Err(error.clone())));
    }
}

/// Like [`refused`]. The released chunks are those at their original place, and last
/// exactly if they were last.
fn refused_where_it_shows(damaged: &[u8], honest: &[u8], record: &[u8]) {
    let same_prefix = damaged[..PREFIX] == honest[..PREFIX];
    let (damaged_chunks, honest_chunks) = (chunks(damaged), chunks(honest));
    let intact = |k: &usize| {
        let both_last = (k + 1 == damaged_chunks.len()) == (k + 1 == honest_chunks.len());
        same_prefix && damaged_chunks.get(*k) == honest_chunks.get(*k) && both_last
    };
    let count = (0..honest_chunks.len()).take_while(intact).count();
    refused(damaged, &record[..count * KIB], Error::DecryptionFailed);
}

fn opens(sealed: &[u8], record: &[u8]) {
    assert_eq!(*key(&KEY).open(sealed, &OpenOptions::default()).unwrap(), *record);
    for outcome in released(&key(&KEY), sealed) {
        assert_eq!(outcome, (record.to_vec(), Ok(())));
    }
}

#[test]
fn rejects_a_record_cut_anywhere() {
    for length in [0, 40, 1024, 1060, 2048] {
        let record = record(length);
        let sealed = seal(&record, 2);
        for cut in 0..PREFIX {
            refused(&sealed[..cut], b"", Error::Truncated);
        }
        for cut in PREFIX..sealed.len() {
            refused_where_it_shows(&sealed[..cut], &sealed, &record);
        }
        opens(&sealed, &record);
    }
}

#[test]
fn rejects_trailing_bytes_after_a_record() {
    for length in [0, 1, 1024, 2100] {
        let record = record(length);
        let (sealed, other) = (seal(&record, 2), seal(&record, 3));
        for extra in [1, 16, 31, 32, 33, 1024, 1056, 2000] {
            refused_where_it_shows(&[&sealed[..], &vec![0; extra]].concat(), &sealed, &record);
        }
        // All chunks again, or those of another record under the same key.
        for more in [&sealed, &other] {
            refused_where_it_shows(&[&sealed, &more[PREFIX..]].concat(), &sealed, &record);
        }
        opens(&sealed, &record);
    }
}

#[test]
fn records_allow_no_other_bit() {
    let record = record(1100);
    let sealed = seal(&record, 2);
    for bit in 0..sealed.len() * 8 {
        // All bits of the header and of the tags, and some bits of the ciphertext.
        let byte = bit / 8;
        let covered = byte < PREFIX + 8 || (PREFIX + KIB..PREFIX + STRIDE).contains(&byte);
        if !covered && bit % 211 != 0 {
            continue;
        }
        let mut flipped = sealed.clone();
        flipped[byte] ^= 1 << (bit % 8);
        match byte {
            0..2 => refused(&flipped, b"", Error::WrongMagic),
            2 => refused(&flipped, b"", Error::UnsupportedVersion),
            3 => refused(&flipped, b"", Error::WrongKind),
            4 => refused(&flipped, b"", Error::InvalidField),
            5 if !(10..=24).contains(&flipped[5]) => refused(&flipped, b"", Error::InvalidField),
            _ => refused_where_it_shows(&flipped, &sealed, &record),
        }
    }
    opens(&sealed, &record);
}

#[test]
fn rejects_moved_repeated_and_missing_chunks() {
    let record = record(4 * KIB + 10);
    let (sealed, other) = (seal(&record, 2), seal(&record, 3));
    let (honest, others) = (chunks(&sealed), chunks(&other));
    assert_eq!(honest.len(), 5);
    let try_with = |chunks: &[&[u8]]| {
        let damaged = put_together(&sealed, chunks);
        if damaged != sealed {
            refused_where_it_shows(&damaged, &sealed, &record);
        }
    };
    for i in 0..5 {
        let mut without = honest.clone();
        without.remove(i);
        try_with(&without);
        // The same record under the same key, sealed another time.
        let mut foreign = honest.clone();
        foreign[i] = others[i];
        try_with(&foreign);
        for j in 0..5 {
            let [mut repeated, mut exchanged, mut replaced] = [(); 3].map(|()| honest.clone());
            repeated.insert(j, honest[i]);
            exchanged.swap(i, j);
            replaced[i] = honest[j];
            [repeated, exchanged, replaced].iter().for_each(|chunks| try_with(chunks));
        }
        // The tag of another chunk, and the tag of another record.
        for tag in honest.iter().chain(&others).map(|chunk| &chunk[chunk.len() - TAG..]) {
            let mut retagged = honest.clone();
            let chunk = [&honest[i][..honest[i].len() - TAG], tag].concat();
            retagged[i] = &chunk;
            try_with(&retagged);
        }
    }
    // The other record's header does not fit these chunks either.
    refused_where_it_shows(&put_together(&other, &honest), &sealed, &record);
    opens(&put_together(&sealed, &honest), &record);
    opens(&put_together(&other, &others), &record);
}

#[test]
fn unverified_chunks_release_no_byte() {
    let record = record(3 * KIB);
    let sealed = seal(&record, 2);
    // After every byte: a chunk is released no earlier than the start of the next one, which shows
    // that it is not the last.
    let (mut opener, mut released) = (Opener::new(&key(&KEY)), Vec::new());
    for (count, byte) in sealed.iter().enumerate() {
        opener.update(&[*byte], &mut released).unwrap();
        assert_eq!(released.len(), count.saturating_sub(PREFIX) / STRIDE * KIB, "after {count}");
    }
    opener.finish(&mut released).unwrap();
    assert_eq!(released, record);
    // Only the first bit of a chunk is wrong, and its last byte has not arrived.
    for i in 0..3 {
        let mut damaged = sealed.clone();
        damaged[PREFIX + i * STRIDE] ^= 1;
        refused(&damaged, &record[..i * KIB], Error::DecryptionFailed);
        let mut part = Vec::new();
        let whole = key(&KEY).open_range_stream(Cursor::new(&damaged), 0, record.len() as u64, &mut part);
        assert_eq!((part, whole), (record[..i * KIB].to_vec(), Err(Error::DecryptionFailed)));
    }
    opens(&sealed, &record);
}

#[test]
fn ranges_open_where_the_record_is_intact() {
    let record = record(4 * KIB + 10);
    let sealed = seal(&record, 2);
    let range = |sealed: &[u8], from: usize, count| {
        key(&KEY).open_range(sealed, from as u64, count).map(|part| part.to_vec())
    };
    let failed = Err(Error::DecryptionFailed);
    for i in 0..5 {
        let mut damaged = sealed.clone();
        damaged[PREFIX + i * STRIDE + 5] ^= 1;
        for j in 0..5 {
            let expected = if i == j { failed.clone() } else { Ok(record[j * KIB..][..10].to_vec()) };
            assert_eq!(range(&damaged, j * KIB, 10), expected);
        }
        // A range over all of them.
        assert_eq!(range(&damaged, 0, record.len() as u64), failed);
    }
    let mut exchanged = chunks(&sealed);
    exchanged.swap(1, 2);
    assert_eq!(range(&put_together(&sealed, &exchanged), KIB, 1), failed);
    // A truncated record ends with a chunk that is not marked as the last, or has no chunk.
    let cut = &sealed[..PREFIX + 3 * STRIDE];
    assert_eq!(range(cut, 2 * KIB, 1), failed);
    assert_eq!(range(cut, 3 * KIB, 1), Err(Error::OutOfRange));
    assert_eq!(range(&[&sealed[..], &[0; 40]].concat(), 4 * KIB, 10), failed);
    assert_eq!(range(&sealed[..PREFIX], 0, 0), failed);
    let mut header = sealed.clone();
    header[20] ^= 1;
    assert_eq!(range(&header, 0, 0), failed);
    assert_eq!(range(&sealed, 4 * KIB, 10), Ok(record[4 * KIB..].to_vec()));
}

#[test]
fn rejects_a_file_cut_while_opening() {
    /// Reports a length above its real one, like a file truncated after it was measured.
    struct Shrinking<'a>(Cursor<&'a [u8]>, u64);
    impl Read for Shrinking<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl Seek for Shrinking<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to).map(|at| if to == SeekFrom::End(0) { at + self.1 } else { at })
        }
    }
    let record = record(KIB + 10);
    let sealed = seal(&record, 2);
    let open = |sealed, more| {
        let mut part = Vec::new();
        let reader = Shrinking(Cursor::new(sealed), more);
        key(&KEY).open_range_stream(reader, KIB as u64, 10, &mut part).map(|()| part)
    };
    for less in 1..=10 + TAG {
        assert_eq!(open(&sealed[..sealed.len() - less], less as u64), Err(Error::DecryptionFailed));
    }
    assert_eq!(open(&sealed, 0).unwrap(), record[KIB..]);
}

#[test]
fn known_chunks_reveal_no_other_chunk() {
    // One record sealed twice under one key, which callers should not do.
    let record = record(3 * KIB);
    let sealed = [seal(&record, 2), seal(&record, 3)];
    let mut blocks = HashSet::new();
    for (chunk, content) in
        sealed.iter().flat_map(|sealed| chunks(sealed).into_iter().zip(record.chunks(KIB)))
    {
        let keystream = chunk.iter().zip(content).map(|(a, b)| a ^ b).collect::<Vec<_>>();
        blocks.extend(keystream.chunks(16).map(<[u8]>::to_vec));
    }
    // No block occurs twice, whether in a chunk, between chunks or between records.
    assert_eq!(blocks.len(), 2 * record.len() / 16);
    sealed.iter().for_each(|sealed| opens(sealed, &record));
}

#[test]
fn holders_of_another_key_open_nothing() {
    let record = record(3000);
    let sealed = seal(&record, 2);
    // Through the library, which checks the header's tag first.
    let stranger = key(&[2; 32]);
    for outcome in released(&stranger, &sealed) {
        assert_eq!(outcome, (vec![], Err(Error::DecryptionFailed)));
    }
    let mut in_place = sealed.clone();
    let options = OpenOptions::default();
    assert_eq!(stranger.open_in_place(&mut in_place, &options).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(in_place, b"");
    assert_eq!(stranger.open_range(&sealed, 0, 1).unwrap_err(), Error::DecryptionFailed);
    // With a program that checks no tag: under keys with one bit flipped, and under this
    // key with another header.
    let read = |key: &[u8; 32], header: &[u8]| {
        let writer = Writer::under(key, header);
        let contents = chunks(&sealed).into_iter().zip(0..).map(|(chunk, number)| {
            let content = &chunk[..chunk.len() - TAG];
            writer.crypt(number, content)
        });
        contents.collect::<Vec<_>>().concat()
    };
    let header = &sealed[..PREFIX - TAG];
    for bit in 0..256 {
        let (mut other_key, mut other_header) = (KEY, header.to_vec());
        other_key[bit / 8] ^= 1 << (bit % 8);
        other_header[6 + bit / 8] ^= 1 << (bit % 8);
        for garbage in [read(&other_key, header), read(&KEY, &other_header)] {
            // About one byte in 256 is right by chance.
            let right = garbage.iter().zip(&record).filter(|(a, b)| a == b).count();
            assert!(right < 60, "{right} bytes");
        }
    }
    assert_eq!(read(&KEY, header), record);
    opens(&sealed, &record);
}
