//! Records that pass from a reader to a writer, whose calls fail one after another.

use medseal::Threads;
use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};

use medseal::Error;
use medseal::record::{ChunkSize, OpenOptions, RecordKey, SealOptions, no_progress};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// Counts the calls of a reader and a writer together, and makes one of them fail.
struct Calls {
    done: Cell<usize>,
    fails: usize,
    /// No error: the call does only part of its work.
    how: Option<ErrorKind>,
}

impl Calls {
    fn new(fails: usize, how: Option<ErrorKind>) -> Self {
        Self { done: Cell::new(0), fails, how }
    }

    /// The number of bytes that this call may move.
    fn next(&self, bytes: usize) -> io::Result<usize> {
        let now = self.done.replace(self.done.get() + 1);
        match self.how {
            Some(kind) if now == self.fails => Err(kind.into()),
            None if now == self.fails => Ok(bytes.min(1)),
            _ => Ok(bytes),
        }
    }

    fn happened(&self) -> bool {
        self.done.get() > self.fails
    }
}

struct Counted<'a, T>(&'a Calls, T);

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Small reads, to get many of them.
        let count = self.0.next(buffer.len().min(700))?;
        self.1.read(&mut buffer[..count])
    }
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.next(bytes.len().min(700))?;
        self.1.write(&bytes[..count])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.next(0)?;
        self.1.flush()
    }
}

const RECORD: usize = 9_000;
const CHUNK: usize = 1024;

fn record() -> Vec<u8> {
    (0..RECORD).map(|n| (n % 253) as u8).collect()
}

fn key() -> RecordKey {
    RecordKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap()
}

/// Seals the reader's data into bytes, and returns the bytes even after a failure.
fn seal(calls: &Calls, threads: usize) -> (Vec<u8>, Result<(), Error>) {
    let options = SealOptions::default().chunk_size(ChunkSize::MIN).threads(Threads::new(threads));
    let mut sealed = Vec::new();
    let (reader, writer) = (Counted(calls, &record()[..]), Counted(calls, &mut sealed));
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let result = key().seal_stream(reader, writer, &options, rng, no_progress);
    (sealed, result.map(drop))
}

fn open(calls: &Calls, sealed: &[u8], threads: usize) -> (Vec<u8>, Result<(), Error>) {
    let options = OpenOptions::default().threads(Threads::new(threads));
    let mut opened = Vec::new();
    let (reader, writer) = (Counted(calls, sealed), Counted(calls, &mut opened));
    let result = key().open_stream(reader, writer, &options, no_progress);
    (opened, result.map(drop))
}

const NEVER: usize = usize::MAX;

fn sealed() -> Vec<u8> {
    let (sealed, result) = seal(&Calls::new(NEVER, None), 1);
    result.unwrap();
    sealed
}

#[test]
fn sealing_reports_failures_and_leaves_no_record() {
    let expected = sealed();
    for threads in [1, 2] {
        for fails in 0.. {
            let calls = Calls::new(fails, Some(ErrorKind::TimedOut));
            let (written, result) = seal(&calls, threads);
            assert!(expected.starts_with(&written), "{fails}");
            if !calls.happened() {
                assert_eq!((written, result), (expected.clone(), Ok(())));
                assert!(fails > 20, "{fails}");
                break;
            }
            assert_eq!(result, Err(Error::Io(ErrorKind::TimedOut.into())), "{fails}");
            let (opened, result) = open(&Calls::new(NEVER, None), &written, threads);
            // All bytes may be there if it was the flush that failed.
            assert!(result.is_err() || written == expected, "{fails}");
            assert!(record().starts_with(&opened), "{fails}");
        }
    }
}

#[test]
fn opening_reports_failures_and_writes_verified_bytes() {
    let sealed = sealed();
    for threads in [1, 2] {
        for fails in 0.. {
            let calls = Calls::new(fails, Some(ErrorKind::TimedOut));
            let (opened, result) = open(&calls, &sealed, threads);
            assert!(record().starts_with(&opened), "{fails}");
            if !calls.happened() {
                assert_eq!((opened, result), (record(), Ok(())));
                assert!(fails > 20, "{fails}");
                break;
            }
            assert_eq!(result, Err(Error::Io(ErrorKind::TimedOut.into())), "{fails}");
        }
    }
}

#[test]
fn interrupted_and_short_calls_change_nothing() {
    let expected = sealed();
    for how in [Some(ErrorKind::Interrupted), None] {
        for fails in 0.. {
            let calls = Calls::new(fails, how);
            // A flush is not repeated, and reports this error.
            let last = |result: &Result<(), Error>| *result == Err(Error::Io(ErrorKind::Interrupted.into()));
            let (written, result) = seal(&calls, 1);
            assert!(written == expected && (result.is_ok() || last(&result)), "{how:?} {fails}");
            let calls_to_open = Calls::new(fails, how);
            let (opened, result) = open(&calls_to_open, &expected, 1);
            assert!(opened == record() && (result.is_ok() || last(&result)), "{how:?} {fails}");
            if !calls.happened() && !calls_to_open.happened() {
                break;
            }
        }
    }
}

#[test]
fn rejects_records_with_truncated_or_zeroed_ends() {
    let sealed = sealed();
    let open = |bytes: &[u8]| open(&Calls::new(NEVER, None), bytes, 1);
    for length in 0..sealed.len() {
        let mut zeros = sealed.clone();
        zeros[length..].fill(0);
        for bytes in [&sealed[..length], &zeros] {
            // The last byte may be a zero by itself.
            if *bytes != sealed {
                let (opened, result) = open(bytes);
                assert!(result.is_err(), "{length}");
                assert!(opened.len() <= length / CHUNK * CHUNK && record().starts_with(&opened), "{length}");
            }
        }
    }
    assert_eq!(open(&sealed), (record(), Ok(())));
}
