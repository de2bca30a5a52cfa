//! The stores against real servers: two Kubo nodes connected over bitswap, and
//! PyPI's `moto` instead of S3.
//!
//! `consortium/check` installs both and sets their paths. A missing server is a failure.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in helpers, which clippy does not take for tests")]

mod ipfs;
mod record;
mod s3;
mod servers;

use std::io::{ErrorKind, Read, Write};
use std::process::Command;

use medseal::Error;
use medseal::ledger::Address;
use medseal::record::RecordDigest;
use medseal::share::{ObjectStore, Upload};
use sha2::{Digest, Sha256};

fn digest(bytes: &[u8]) -> RecordDigest {
    RecordDigest::from(<[u8; 32]>::from(Sha256::digest(bytes)))
}

/// Writes all bytes, and asks for the address, without a commit.
fn upload<'a>(store: &'a dyn ObjectStore, bytes: &[u8]) -> (Box<dyn Upload + 'a>, Address) {
    let mut upload = store.begin().unwrap();
    upload.write_all(bytes).unwrap();
    let address = upload.address(&digest(bytes)).unwrap();
    (upload, address)
}

fn put(store: &dyn ObjectStore, bytes: &[u8]) -> Address {
    let (upload, address) = upload(store, bytes);
    upload.commit(&address).unwrap();
    address
}

fn read(store: &dyn ObjectStore, address: &Address) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    store.get(address)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// Bytes that look random, and differ for each seed.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// The kind of a failure. Checks that its text is one line with all of these parts.
fn failure(result: Result<(), Error>, parts: &[&str]) -> ErrorKind {
    let Err(Error::Io(error)) = result else { panic!("not a failure of the store: {result:?}") };
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 600, "{text}");
    parts.iter().for_each(|part| assert!(text.contains(part), "{part:?} is not in: {text}"));
    error.kind()
}

/// Checks the guarantees of every store. `sizes` go beyond the store's pieces.
fn check_store(store: &dyn ObjectStore, sizes: &[usize]) {
    for (seed, &size) in sizes.iter().enumerate() {
        let bytes = noise(size, seed as u64);
        let (first, address) = upload(store, &bytes);
        assert_eq!(store.confirm(&address), Err(Error::UnknownObject), "{size}");
        first.commit(&address).unwrap();
        assert_eq!(store.confirm(&address), Ok(()));
        assert!(read(store, &address).unwrap() == bytes, "{size}");
        assert_eq!(put(store, &bytes), address, "the same again, {size}");
        // Dropped uploads of the same bytes, or of a part of them, remove nothing.
        drop(upload(store, &bytes));
        store.begin().unwrap().write_all(&bytes).unwrap();
        assert_eq!(store.confirm(&address), Ok(()));

        let other = noise(size + 1, 77);
        let mut different = store.begin().unwrap();
        different.write_all(&other).unwrap();
        assert_eq!(different.commit(&address), Err(Error::DigestMismatch), "{size}");
        assert!(read(store, &address).unwrap() == bytes, "{size}");
    }
    for nowhere in ["x", "../secret", &"A".repeat(64), &"a".repeat(63), "ipfs:", "ipfs:QmX", "uploads/x"] {
        let nowhere = address(nowhere);
        assert_eq!(read(store, &nowhere), Err(Error::UnknownObject), "{nowhere}");
        assert_eq!(store.confirm(&nowhere), Err(Error::UnknownObject), "{nowhere}");
        assert_eq!(store.begin().unwrap().commit(&nowhere), Err(Error::InvalidField), "{nowhere}");
    }
    std::thread::scope(|scope| {
        for seed in 0..4 {
            scope.spawn(move || {
                let bytes = noise(300_000, 100 + seed % 2);
                assert!(read(store, &put(store, &bytes)).unwrap() == bytes);
            });
        }
    });
}

/// A thread that drives async tasks must wait, without a panic or a deadlock.
fn check_from_async<S: ObjectStore + 'static>(open: impl Fn() -> S) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = open();
        let bytes = noise(600_000, 5);
        assert!(read(&store, &put(&store, &bytes)).unwrap() == bytes);
        drop(upload(&store, &bytes));
    });
}

/// The peak memory of this process in MiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() / 1024
}

/// Streams an object through a store, and prints the cost. `MEDSEAL_STORE_MIB` sets its size, by
/// default 64.
fn measure(store: &dyn ObjectStore, other: &dyn ObjectStore) {
    let mib = std::env::var("MEDSEAL_STORE_MIB").map_or(64, |mib| mib.parse::<u32>().unwrap());
    let before = peak_memory();
    let mut piece = noise(1 << 20, 9);
    let mut written = Sha256::new();
    let start = std::time::Instant::now();
    let mut upload = store.begin().unwrap();
    for number in 0..mib {
        piece.splice(..4, number.to_be_bytes());
        written.update(&piece);
        upload.write_all(&piece).unwrap();
    }
    let written = <[u8; 32]>::from(written.finalize());
    let address = upload.address(&written.into()).unwrap();
    upload.commit(&address).unwrap();
    let put = start.elapsed();
    let start = std::time::Instant::now();
    let (mut reader, mut hash) = (other.get(&address).unwrap(), Sha256::new());
    loop {
        match reader.read(&mut piece).unwrap() {
            0 => break,
            n => hash.update(piece.split_at(n).0),
        }
    }
    assert_eq!(<[u8; 32]>::from(hash.finalize()), written);
    let get = start.elapsed();
    let used = peak_memory() - before;
    let speed = |time: std::time::Duration| f64::from(mib) / time.as_secs_f64();
    println!("{mib} MiB: put {:.0} MiB/s, get {:.0} MiB/s, {used} MiB of memory", speed(put), speed(get));
    // If the object were held in memory, even the smallest one measured would exceed this.
    assert!(used < 56, "{used} MiB");
}

/// Runs one test in a separate process, because the peak memory of a process never falls.
fn alone(test: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--ignored", "--nocapture"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
