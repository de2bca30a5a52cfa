//! The memory use of sealing and opening does not grow with the record.
//!
//! A counting allocator measures while a record passes from a generator through `seal_stream`, a
//! pipe and `open_stream` into a comparison. Neither the record nor the sealed record is ever in
//! memory as a whole. The record has 64 MiB; `MEDSEAL_MEMORY_MIB=1024 cargo test --release
//! --test memory` uses 1 GiB.

#![expect(unsafe_code, reason = "an allocator cannot be written without")]
#![expect(clippy::unwrap_used, reason = "in helpers, which clippy does not take for tests")]

use medseal::Threads;
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use medseal::record::{OpenOptions, RecordKey, SealOptions, no_progress};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The system's allocator, with the current and the maximum number of allocated bytes.
struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every block comes from the system's allocator, and goes back to it with the layout that it came with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(TAKEN.fetch_add(layout.size(), SeqCst) + layout.size(), SeqCst);
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), SeqCst);
        // SAFETY: the block is one that `alloc` got from the system's allocator with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The byte of the record at a position.
fn byte_at(position: usize) -> u8 {
    (position % 251) as u8
}

/// A record that is generated as it is read.
struct Generator {
    position: usize,
    length: usize,
}

impl Read for Generator {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.length - self.position);
        for (byte, position) in buffer.iter_mut().take(count).zip(self.position..) {
            *byte = byte_at(position);
        }
        self.position += count;
        Ok(count)
    }
}

/// Compares the written bytes with the generated ones, and discards them.
struct Comparison {
    position: usize,
}

impl Write for Comparison {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(bytes.iter().zip(self.position..).all(|(byte, position)| *byte == byte_at(position)));
        self.position += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The maximum number of bytes allocated while a record of this length is sealed and opened,
/// each on this many threads.
fn most_taken(length: usize, threads: usize) -> usize {
    let key = RecordKey::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    let before = TAKEN.load(SeqCst);
    MOST.store(before, SeqCst);
    thread::scope(|scope| {
        let (sealed, sealed_to) = io::pipe().unwrap();
        let sealing = scope.spawn(|| {
            let (record, options) = (Generator { position: 0, length }, SealOptions::default());
            let rng = &mut ChaCha20Rng::seed_from_u64(2);
            key.seal_stream(record, sealed_to, &options.threads(Threads::new(threads)), rng, no_progress)
                .unwrap()
        });
        let mut comparison = Comparison { position: 0 };
        let options = OpenOptions::default().threads(Threads::new(threads));
        let opened = key.open_stream(sealed, &mut comparison, &options, no_progress).unwrap();
        assert_eq!(comparison.position, length);
        assert_eq!(opened.digest, sealing.join().unwrap().digest);
    });
    MOST.load(SeqCst) - before
}

/// There is only one test, because all tests of a program share the allocator.
#[test]
fn memory_is_independent_of_record_size() {
    let mib = std::env::var("MEDSEAL_MEMORY_MIB").map_or(64, |mib| mib.parse().unwrap());
    let (small, large) = (2 * MIB, mib * MIB);
    most_taken(small, 1); // allocations that are made once: tables, thread-local data
    let [of_small, of_large] = [small, large].map(|length| most_taken(length, 1));
    println!("{mib} MiB, one thread each: {} KiB of heap", of_large / KIB);
    assert!(of_large < MIB / 2, "{of_large} bytes");
    // A few hashes more: one for each doubling of the number of chunks.
    assert!(
        of_large <= of_small + 2 * KIB,
        "{of_large} bytes for the large record, {of_small} for the small one"
    );

    // With several threads, each has 2 buffers of 256 KiB, on either side.
    let of_large = most_taken(large, 4);
    println!("{mib} MiB, four threads each: {} KiB of heap", of_large / KIB);
    assert!(of_large < 6 * MIB, "{of_large} bytes");
}
