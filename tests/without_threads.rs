//! Functions that take a number of threads work on the caller's thread if no thread can be started.

#![cfg(all(unix, target_pointer_width = "64"))]

use medseal::Threads;
use std::env;
use std::ops::ControlFlow;
use std::process::Command;
use std::thread;

use medseal::abs::{self, Claim, verify_batch};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkSize, OpenOptions, RecordKey, SealOptions};
use medseal::search::{self, IndexOptions, Keyword, KeywordKey, Query};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The standard library requests stacks of this size, which no system provides. No thread starts.
const STACK: &str = "RUST_MIN_STACK";
const TOO_LARGE: &str = "140737488355328"; // 2^47 bytes

#[test]
fn without_threads_the_caller_does_it_all() {
    if env::var_os(STACK).is_none_or(|size| size != TOO_LARGE) {
        // In a separate process. With one test at a time, the test harness needs no thread either.
        let this = ["--exact", "without_threads_the_caller_does_it_all", "--test-threads=1"];
        let child =
            Command::new(env::current_exe().unwrap()).args(this).env(STACK, TOO_LARGE).output().unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    assert!(thread::Builder::new().spawn(|| ()).is_err(), "a thread was started");
    let rng = &mut ChaCha20Rng::seed_from_u64(7);
    let four = Threads::new(4);

    let key = RecordKey::generate(rng).unwrap();
    let record = (0..10_000).map(|i| i as u8).collect::<Vec<_>>();
    let options = SealOptions::default().chunk_size(ChunkSize::MIN).threads(Threads::new(4));
    let (sealed, receipt) = key.seal(&record, &options, rng).unwrap();
    let options = OpenOptions::default().threads(Threads::new(4)).expect_digest(receipt.digest);
    assert_eq!(*key.open(&sealed, &options).unwrap(), record);

    let attributes = Attributes::parse("role=doctor").unwrap();
    let policy = Policy::parse("role=doctor or emergency").unwrap();
    let master = abs::MasterKey::generate(rng).unwrap();
    let public_key = master.public_key();
    let signature = master.issue(&attributes, rng).unwrap().sign(&policy, b"", b"message", rng).unwrap();
    let claim = |message| Claim {
        public_key: &public_key,
        policy: &policy,
        context: b"",
        message,
        signature: &signature,
    };
    verify_batch(&[claim(b"message"), claim(b"message")], four).unwrap();
    let refused = verify_batch(&[claim(b"message"), claim(b"massage")], four).unwrap_err();
    assert_eq!(refused.positions(), [1]);

    let master = search::MasterKey::generate(rng).unwrap();
    let keyword_key = KeywordKey::generate(rng).unwrap();
    let searcher = master.issue(&attributes, &keyword_key, rng).unwrap();
    let words = ["metformin", "insulin"].map(|word| Keyword::new(word).unwrap());
    let mut index = |word: &Keyword| {
        let (words, options) = ([word.clone()], IndexOptions::default());
        master.public_key().index_record(&keyword_key, &words, &policy, options, rng).unwrap()
    };
    let indexes = [index(&words[0]), index(&words[1]), index(&words[0])];
    let trapdoor = searcher.trapdoor(&words[0], searcher.attributes(), rng).unwrap();
    let authority = master.public_key();
    let query = Query::new(trapdoor, &authority).prepare(&authority).unwrap();
    let found = query.match_many(&indexes, 0, four, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(found.matches, [0, 2]);
}
