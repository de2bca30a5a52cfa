//! Keywords do not stay in memory that is freed.
//!
//! An allocator looks through every block that is given back for the canonical text of a keyword, and counts what it
//! finds. What the test itself holds, in a spelling of its own, is not what it looks for.

#![expect(unsafe_code, reason = "an allocator cannot be written without")]
#![expect(clippy::indexing_slicing, reason = "in helpers, which clippy does not take for tests")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use medseal::policy::{Attributes, Policy};
use medseal::search::{Hints, IndexOptions, Keyword, KeywordKey, MasterKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The canonical text, exclusive-ored with ones, so that the program's own constants are not it.
const NOT_TEXT: [u8; 16] = {
    let mut bytes = *b"zoledron strasse";
    let mut i = 0;
    while i < bytes.len() {
        bytes[i] = !bytes[i];
        i += 1;
    }
    bytes
};

/// Blocks that were given back with the text in them.
static LEFT: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which looks through what is given back. A block that grows is a new one, and the old one is
/// given back: that is what `GlobalAlloc` does by itself.
struct Searching;

// SAFETY: every block comes from the system's allocator, and goes back to it with the layout that it came with.
unsafe impl GlobalAlloc for Searching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about the layout is passed on. Zeros, so that `dealloc` reads what was written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block has the layout's size, was zeroed when it was made, and belongs to nobody any more.
        let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
        // As it is in a string, and as its characters are while they are normalised: each in eight bytes.
        for width in [1, 4, 8] {
            let found = |from: usize| {
                let mut places = NOT_TEXT.iter().zip(bytes.iter().skip(from).step_by(width));
                places.len() == NOT_TEXT.len() && places.all(|(not, byte)| !not == *byte)
            };
            if (0..bytes.len()).any(found) {
                LEFT.fetch_add(1, SeqCst);
            }
        }
        // SAFETY: the block is one that `alloc` got from the system's allocator with this layout.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Searching = Searching;

/// How many blocks are given back with the text in them meanwhile.
fn left(work: impl FnOnce()) -> usize {
    let before = LEFT.load(SeqCst);
    work();
    LEFT.load(SeqCst) - before
}

/// One test, for all tests of a program share the allocator.
#[test]
fn keywords_are_wiped() {
    // What the test looks for is found where it is left.
    let text: Vec<u8> = NOT_TEXT.iter().map(|byte| !byte).collect();
    assert_eq!(left(|| drop(text)), 1);
    let wide: Vec<u32> = NOT_TEXT.iter().map(|byte| u32::from(!byte)).collect();
    assert_eq!(left(|| drop(wide)), 1);

    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let keyword_key = &KeywordKey::generate(rng).unwrap();
    let (master, shown) = (MasterKey::generate(rng).unwrap(), Attributes::parse("role=doctor").unwrap());
    let key = master.issue(&shown, keyword_key, rng).unwrap();
    let written = "\u{feff} ZoleDRON \u{2003} STRAße\t";
    let long = format!("{written}{}", "x".repeat(300));
    assert_eq!(
        left(|| {
            let keyword = Keyword::new(written).unwrap();
            let with_field = Keyword::with_field("Drug", written).unwrap();
            assert_eq!((keyword.word().len(), with_field.word()), (NOT_TEXT.len(), keyword.as_str()));
            drop([keyword.clone(), with_field.clone()]);
            assert!(Keyword::new(&long).is_err(), "it begins as a keyword, and is too long");

            let policy = Policy::parse("role=doctor").unwrap();
            let words = [with_field, keyword];
            let hints = Hints::new(8, 2026).unwrap();
            let options = IndexOptions::default().hints(hints);
            let index = master.public_key().index_record(keyword_key, &words, &policy, options, rng).unwrap();
            for word in &words {
                let trapdoor = key.trapdoor_hinted(word, &shown, &[hints], rng).unwrap();
                assert!(trapdoor.matches(&index).unwrap());
            }
        }),
        0
    );
}
