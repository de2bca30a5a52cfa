//! Records that pass from a reader to a writer, whose calls fail one after another.

use medseal::Threads;
use std::io::ErrorKind;

use medseal::Error;
use medseal::record::{ChunkSize, OpenOptions, RecordKey, SealOptions, no_progress};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::calls::{Calls, Fault, Faulty, LOST};

const RECORD: usize = 9_000;

fn record() -> Vec<u8> {
    (0..RECORD).map(|n| (n % 253) as u8).collect()
}

fn key() -> RecordKey {
    RecordKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap()
}

/// Calls of few bytes, to get many of them.
fn calls(fails: usize, fault: Fault) -> Calls {
    let mut calls = Calls::new(fails, fault);
    calls.most = 700;
    calls
}

fn calm() -> Calls {
    calls(usize::MAX, Fault::NotDone)
}

/// Seals the reader's data into bytes, and returns the bytes even after a failure.
fn seal(calls: &Calls, threads: usize) -> (Vec<u8>, Result<(), Error>) {
    let options = SealOptions::default().chunk_size(ChunkSize::MIN).threads(Threads::new(threads));
    let mut sealed = Vec::new();
    let (reader, writer) = (Faulty(calls, &record()[..]), Faulty(calls, &mut sealed));
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let result = key().seal_stream(reader, writer, &options, rng, no_progress);
    (sealed, result.map(drop))
}

fn open(calls: &Calls, sealed: &[u8], threads: usize) -> (Vec<u8>, Result<(), Error>) {
    let options = OpenOptions::default().threads(Threads::new(threads));
    let mut opened = Vec::new();
    let (reader, writer) = (Faulty(calls, sealed), Faulty(calls, &mut opened));
    let result = key().open_stream(reader, writer, &options, no_progress);
    (opened, result.map(drop))
}

fn sealed() -> Vec<u8> {
    let (sealed, result) = seal(&calm(), 1);
    result.unwrap();
    sealed
}

/// Runs something, on one thread and on two, with a failure at each call in turn. It must report
/// the failure, and give nothing but the beginning of the expected bytes.
fn at_every_call(
    expected: &[u8],
    run: impl Fn(&Calls, usize) -> (Vec<u8>, Result<(), Error>),
    check: impl Fn(&[u8], usize),
) {
    for (threads, fault) in
        [1, 2].map(|threads| [(threads, Fault::NotDone), (threads, Fault::AnswerLost)]).concat()
    {
        for fails in 0.. {
            let calls = calls(fails, fault);
            let (written, result) = run(&calls, threads);
            assert!(expected.starts_with(&written), "{fault:?} {fails}");
            if !calls.happened() {
                assert_eq!((&*written, result), (expected, Ok(())));
                assert!(fails > 20, "{fails}");
                break;
            }
            assert_eq!(result, Err(Error::Io(LOST.into())), "{fault:?} {fails}");
            check(&written, threads);
        }
    }
}

#[test]
fn sealing_reports_failures_and_leaves_no_record() {
    let expected = sealed();
    at_every_call(&expected, seal, |written, threads| {
        let (opened, result) = open(&calm(), written, threads);
        // All bytes may be there if it was the flush that failed.
        assert!(result.is_err() || written == expected);
        assert!(record().starts_with(&opened));
    });
}

#[test]
fn opening_reports_failures_and_writes_verified_bytes() {
    let sealed = sealed();
    at_every_call(&record(), |calls, threads| open(calls, &sealed, threads), |_, _| ());
}

#[test]
fn interrupted_and_short_calls_change_nothing() {
    let expected = sealed();
    for fault in [Fault::Interrupted, Fault::Short] {
        for fails in 0.. {
            let [to_seal, to_open] = [(); 2].map(|()| calls(fails, fault));
            // A flush is not repeated, and reports this error.
            let last = |result: &Result<(), Error>| *result == Err(Error::Io(ErrorKind::Interrupted.into()));
            let (written, result) = seal(&to_seal, 1);
            assert!(written == expected && (result.is_ok() || last(&result)), "{fault:?} {fails}");
            let (opened, result) = open(&to_open, &expected, 1);
            assert!(opened == record() && (result.is_ok() || last(&result)), "{fault:?} {fails}");
            if !to_seal.happened() && !to_open.happened() {
                break;
            }
        }
    }
}
