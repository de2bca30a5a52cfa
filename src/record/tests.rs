//! All functions agree with each other. The submodule tests parts of a record. `tests/vectors` and
//! `tests/attacks/records` compare the bytes with other implementations.

mod parts;

use crate::threads::Threads;
use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::ops::ControlFlow;

use proptest::prelude::*;
use rand_core::RngCore;

use super::header::{Layout, PREFIX_BYTES};
use super::*;
use crate::curve::samples::{Broken, rng};
use crate::error::Error;

const KIB: usize = 1024;

fn key(seed: u64) -> RecordKey {
    RecordKey::generate(&mut rng(seed)).unwrap()
}

fn record(length: usize) -> Vec<u8> {
    let mut record = vec![0; length];
    rng(length as u64).fill_bytes(&mut record);
    record
}

fn small_chunks() -> SealOptions {
    SealOptions::default().chunk_size(ChunkSize::MIN)
}

/// Seals in chunks of 1 KiB.
fn seal(record: &[u8]) -> (Vec<u8>, Receipt) {
    key(1).seal(record, &small_chunks(), &mut rng(2)).unwrap()
}

fn open(sealed: &[u8]) -> Result<Vec<u8>, Error> {
    key(1).open(sealed, &OpenOptions::default()).map(|record| record.to_vec())
}

/// Seals and opens in pieces between these cuts, of which those beyond the end are at the end.
fn check_pieces(record: &[u8], cuts: &[usize], (expected, receipt): &(Vec<u8>, Receipt)) {
    let cuts = || cuts.iter().copied().chain([usize::MAX]);
    let mut sealer = Sealer::new(&key(1), ChunkSize::MIN, &mut rng(2)).unwrap();
    let (mut sealed, mut from) = (Vec::new(), 0);
    for to in cuts().map(|cut| cut.min(record.len())) {
        let length = sealed.len() + sealer.update_length(to - from);
        sealer.update(&record[from..to], &mut sealed).unwrap();
        assert_eq!(sealed.len(), length);
        from = to;
    }
    assert_eq!(sealed.len() + sealer.finish_length(), expected.len());
    assert_eq!(sealer.finish(&mut sealed).unwrap(), *receipt);
    assert_eq!(sealed, *expected);

    let mut opener = Opener::new(&key(1));
    let (mut opened, mut from) = (Vec::new(), 0);
    for to in cuts().map(|cut| cut.min(sealed.len())) {
        let most = opened.len() + opener.most_released(to - from);
        opener.update(&sealed[from..to], &mut opened).unwrap();
        assert!(opened.len() <= most);
        from = to;
    }
    assert!(opened.len() + opener.most_released(0) >= record.len());
    assert_eq!(opener.finish(&mut opened).unwrap(), *receipt);
    assert_eq!(opened, record);
}

const LENGTHS: [usize; 12] = [0, 1, 15, 16, 1023, 1024, 1025, 2047, 2048, 2049, 10 * KIB + 7, 300 * KIB];

/// Seals at once and as a stream, on these numbers of threads, and opens and hashes the result.
fn check_on_threads(record: &[u8], options: &SealOptions, expected: &(Vec<u8>, Receipt), threads: &[usize]) {
    let (sealed, receipt) = expected;
    for threads in threads.iter().copied() {
        let options = options.threads(Threads::new(threads));
        assert_eq!(key(1).seal(record, &options, &mut rng(2)).unwrap(), *expected);
        let mut streamed = Vec::new();
        let made = key(1).seal_stream(record, &mut streamed, &options, &mut rng(2), no_progress).unwrap();
        assert_eq!((&streamed, &made), (sealed, receipt));
        let digest = RecordDigest::of_stream(&sealed[..], Threads::new(threads), no_progress);
        assert_eq!(digest, Ok(*receipt));
        let options = OpenOptions::default().threads(Threads::new(threads));
        let mut opened = Vec::new();
        assert_eq!(key(1).open_stream(&sealed[..], &mut opened, &options, no_progress), Ok(*receipt));
        assert_eq!(opened, record);
        let options = options.expect_digest(receipt.digest);
        assert_eq!(*key(1).open(sealed, &options).unwrap(), *record);
    }
}

#[test]
fn all_ways_to_seal_and_open_agree() {
    for length in LENGTHS {
        let record = record(length);
        let expected = seal(&record);
        check_on_threads(&record, &small_chunks(), &expected, &[1, 2, 5]);
        let (sealed, receipt) = &expected;
        assert_eq!(sealed.len(), PREFIX_BYTES + length + 32 * length.div_ceil(KIB).max(1));
        assert_eq!((receipt.length, receipt.sealed_length), (length as u64, sealed.len() as u64));
        assert_eq!(ChunkSize::MIN.sealed_length(length as u64).unwrap(), sealed.len() as u64);
        assert_eq!(opened_length(sealed).unwrap(), length as u64);
        assert_eq!(RecordDigest::of(sealed).unwrap(), receipt.digest);
        let mut in_place = record.clone();
        let made = key(1).seal_in_place(&mut in_place, ChunkSize::MIN, &mut rng(2)).unwrap();
        assert_eq!((&in_place, &made), (sealed, receipt));
        assert_eq!(key(1).open_in_place(&mut in_place, &OpenOptions::default()), Ok(*receipt));
        assert_eq!(in_place, record);
        for step in [7, 1024, 1056, 5000] {
            check_pieces(&record, &(0..sealed.len()).step_by(step).collect::<Vec<_>>(), &expected);
        }
        assert_eq!(*key(1).open_range(sealed, 0, length as u64).unwrap(), record);
    }
}

#[test]
fn threaded_runs_keep_their_order() {
    // Chunks larger than a run, smaller chunks, and more runs than jobs.
    for (log2, length) in [(10, 1_300_001), (16, 4_000_000), (20, 5 << 20)] {
        let record = record(length);
        let options = SealOptions::default().chunk_size(ChunkSize::from_log2(log2).unwrap());
        let expected = key(1).seal(&record, &options, &mut rng(2)).unwrap();
        check_on_threads(&record, &options, &expected, &[1, 2, 3, 0]);
    }
}

#[test]
fn buffers_of_another_length_are_refused() {
    let (sealed, receipt) = seal(&record(2000));
    for length in [0, 1999, 2001] {
        let mut opened = vec![7; length];
        let result = key(1).open_into(&sealed, &mut opened, &OpenOptions::default());
        assert_eq!(result, Err(Error::OutOfRange));
        assert_eq!(opened, vec![0; length]);
    }
    for length in [0, sealed.len() - 1, sealed.len() + 1] {
        let result = key(1).seal_into(&record(2000), &mut vec![0; length], &small_chunks(), &mut rng(2));
        assert_eq!(result, Err(Error::OutOfRange));
    }
    let mut opened = vec![7; 2000];
    assert_eq!(key(1).open_into(&sealed, &mut opened, &OpenOptions::default()), Ok(receipt));
    assert_eq!(opened, record(2000));
}

#[test]
fn resealing_a_record_key_gives_unrelated_bytes() {
    let record = record(3000);
    let mut rng = rng(9);
    let (first, a) = key(1).seal(&record, &small_chunks(), &mut rng).unwrap();
    let (second, b) = key(1).seal(&record, &small_chunks(), &mut rng).unwrap();
    assert_ne!(a.digest, b.digest);
    let same = first[PREFIX_BYTES..].iter().zip(&second[PREFIX_BYTES..]).filter(|(a, b)| a == b).count();
    assert!(same < 60, "{same} of 3000 bytes are equal, where chance gives about 12");
    assert_eq!((open(&first).unwrap(), open(&second).unwrap()), (record.clone(), record));
}

#[test]
fn recognises_lengths_that_no_record_has() {
    for length in 0..5000 {
        let sealed = ChunkSize::MIN.sealed_length(length).unwrap();
        let layout = Layout::of(sealed - PREFIX_BYTES as u64, ChunkSize::MIN).unwrap();
        assert_eq!(layout, Layout { chunks: length.div_ceil(1024).max(1), length });
    }
    for body in (0..32).chain(1056..=1056 + 32).chain(2112..=2112 + 32) {
        let possible = body == 1056 || body == 2112;
        assert_eq!(Layout::of(body, ChunkSize::MIN).is_some(), possible, "{body}");
    }
    for length in [u64::MAX, u64::MAX - 100] {
        assert_eq!(ChunkSize::MIN.sealed_length(length), Err(Error::OutOfRange));
        Layout::of(length, ChunkSize::MIN).unwrap();
    }
}

#[test]
fn lengths_are_known_before_anything_is_sealed() {
    let sealer = Sealer::new(&key(1), ChunkSize::default(), &mut rng(1)).unwrap();
    assert_eq!(sealer.finish_length() as u64, ChunkSize::default().sealed_length(0).unwrap());
    assert_eq!(ChunkSize::from_log2(12).map(|size| (size.log2(), size.bytes())), Ok((12, 4096)));
}

#[test]
fn record_keys_are_read_back_and_not_printed() {
    assert_eq!(RecordKey::from_bytes(&key(1).to_bytes()).unwrap(), key(1));
    assert_ne!(key(1), key(2));
    assert_eq!(format!("{:?}", key(1)), "RecordKey(<redacted>)");
    let opener = Opener::new(&key(1));
    assert_eq!(format!("{opener:?}"), "Opener { .. }");
}

// Readers and writers as they occur in practice.

/// Fails after this number of bytes.
struct Failing<T>(T, usize);

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(ErrorKind::ConnectionReset.into());
        }
        let count = buffer.len().min(self.1);
        let count = self.0.read(&mut buffer[..count])?;
        self.1 -= count;
        Ok(count)
    }
}

impl<W: Write> Write for Failing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1 == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        let count = self.0.write(&bytes[..bytes.len().min(self.1)])?;
        self.1 -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[test]
fn over_reporting_readers_are_clamped() {
    struct Boasting<'a>(&'a [u8]);
    impl Read for Boasting<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.read(buffer)?;
            Ok(if count == buffer.len() { count + 1 } else { count })
        }
    }
    let record = record(5000);
    let mut sealed = Vec::new();
    key(1).seal_stream(Boasting(&record), &mut sealed, &small_chunks(), &mut rng(2), no_progress).unwrap();
    assert_eq!(sealed, seal(&record).0);
    assert_eq!(open(&sealed).unwrap(), record);
}

#[test]
fn flushes_what_was_written() {
    let record = record(3 * KIB);
    let buffered = || io::BufWriter::with_capacity(100 * KIB, Vec::new());
    let mut flushed = buffered();
    key(1).seal_stream(&record[..], &mut flushed, &small_chunks(), &mut rng(2), no_progress).unwrap();
    let sealed = flushed.get_ref().clone();
    let mut flushed = buffered();
    key(1).open_stream(&sealed[..], &mut flushed, &OpenOptions::default(), no_progress).unwrap();
    assert_eq!(*flushed.get_ref(), record);
    let mut flushed = buffered();
    key(1).open_range_stream(Cursor::new(&sealed), 1, 2000, &mut flushed).unwrap();
    assert_eq!(*flushed.get_ref(), record[1..2001]);
}

/// `tests/faults/streams.rs` has those of sealing and opening.
#[test]
fn passes_on_reader_and_writer_errors() {
    let (sealed, _) = seal(&record(5000));
    let failed = |kind: ErrorKind| Error::Io(kind.into());
    for at in [0, 1, 69, 70, 71, 1024, 3000, 4999] {
        for threads in [1, 3].map(Threads::new) {
            let digest = RecordDigest::of_stream(Failing(&sealed[..], at), threads, no_progress);
            assert_eq!(digest, Err(failed(ErrorKind::ConnectionReset)));
        }
        let written = key(1).open_range_stream(Cursor::new(&sealed), 0, 5000, Failing(io::sink(), at));
        assert_eq!(written, Err(failed(ErrorKind::StorageFull)));
    }
}

#[test]
fn a_failed_sealer_or_opener_stays_failed() {
    let full = || Error::Io(ErrorKind::StorageFull.into());
    let mut sealer = Sealer::new(&key(1), ChunkSize::MIN, &mut rng(2)).unwrap();
    assert_eq!(sealer.update(&record(3000), &mut Failing(io::sink(), 500)), Err(full()));
    let mut out = Vec::new();
    assert_eq!(sealer.update(b"more", &mut out), Err(full()));
    assert_eq!(sealer.finish(&mut out), Err(full()));
    assert_eq!(out, b"");
    let (mut damaged, _) = seal(&record(3000));
    damaged[100] ^= 1;
    let mut opener = Opener::new(&key(1));
    assert_eq!(opener.update(&damaged, &mut out), Err(Error::DecryptionFailed));
    assert_eq!(opener.update(&seal(&record(3000)).0, &mut out), Err(Error::DecryptionFailed));
    assert_eq!(opener.finish(&mut out), Err(Error::DecryptionFailed));
    assert_eq!(out, b"");
}

#[test]
fn progress_counts_bytes_and_can_cancel() {
    let record = record(1_000_000);
    let (sealed, _) = seal(&record);
    for threads in [1, 3] {
        let (sealing, opening) = (
            small_chunks().threads(Threads::new(threads)),
            OpenOptions::default().threads(Threads::new(threads)),
        );
        let mut heard = Vec::new();
        let mut listen = |done| {
            heard.push(done);
            ControlFlow::Continue(())
        };
        key(1).seal_stream(&record[..], io::sink(), &sealing, &mut rng(2), &mut listen).unwrap();
        key(1).open_stream(&sealed[..], io::sink(), &opening, &mut listen).unwrap();
        RecordDigest::of_stream(&sealed[..], Threads::new(threads), &mut listen).unwrap();
        let steps = heard.len() / 3;
        assert_eq!(&heard[..steps], &heard[steps..2 * steps]);
        assert_eq!(&heard[..steps], &heard[2 * steps..]);
        assert!(steps >= 3 && heard[..steps].is_sorted() && heard[steps - 1] == 1_000_000);

        let stop = |done| if done > 300_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let cancelled = Err(Error::Cancelled);
        assert_eq!(key(1).seal_stream(&record[..], io::sink(), &sealing, &mut rng(2), stop), cancelled);
        assert_eq!(key(1).open_stream(&sealed[..], io::sink(), &opening, stop), cancelled);
        assert_eq!(RecordDigest::of_stream(&sealed[..], Threads::new(threads), stop), cancelled);
    }
}

#[test]
fn a_failing_generator_leaves_the_record_unchanged() {
    let failed = Error::RandomnessUnavailable;
    assert_eq!(RecordKey::generate(&mut Broken).unwrap_err(), failed);
    assert_eq!(key(1).seal(b"record", &small_chunks(), &mut Broken).unwrap_err(), failed);
    assert_eq!(Sealer::new(&key(1), ChunkSize::MIN, &mut Broken).unwrap_err(), failed);
    let mut in_place = b"record".to_vec();
    assert_eq!(key(1).seal_in_place(&mut in_place, ChunkSize::MIN, &mut Broken).unwrap_err(), failed);
    assert_eq!(in_place, b"record");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn pieces_do_not_change_the_result(
        length in 0usize..6000, mut cuts in proptest::collection::vec(0usize..6300, 0..12)
    ) {
        cuts.sort_unstable();
        let record = record(length);
        check_pieces(&record, &cuts, &seal(&record));
    }

    #[test]
    fn ranges_are_slices_of_the_whole(length in 0usize..6000, from in any::<u64>(), count in any::<u64>()) {
        let record = record(length);
        let (sealed, _) = seal(&record);
        let from = from % (length as u64 + 1);
        let count = count % (length as u64 - from + 1);
        let part = key(1).open_range(&sealed, from, count).unwrap();
        prop_assert_eq!(&*part, &record[from as usize..][..count as usize]);
        let mut streamed = Vec::new();
        key(1).open_range_stream(Cursor::new(&sealed), from, count, &mut streamed).unwrap();
        prop_assert_eq!(streamed, part.to_vec());
    }
}
