//! How long operations take on two classes of secrets, and whether the classes can be told apart: Reparaz, Balasch and
//! Verbauwhede, *Dude, is my code constant time?*, 2017.
//!
//! `just timing`. A `max t` below 5 on a quiet machine is none; in the hundreds it is a leak, as the last one shows, which is there
//! for comparison. Statistics see what a processor does with the code, and only what these inputs make it do.

use std::hint::black_box;
use std::sync::LazyLock;

use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkSize, KeyedSummary, OpenOptions, RecordKey, SealOptions};
use medseal::{abe, abs};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// One of two classes, by the toss of a coin, and its number.
fn class(rng: &mut BenchRng) -> (Class, usize) {
    if rng.random::<bool>() { (Class::Left, 0) } else { (Class::Right, 1) }
}

fn policy() -> Policy {
    Policy::parse("role=doctor and (department=cardiology or ward=12)").unwrap()
}

/// A master key whose scalars are small against one whose scalars are any: what is made of them are powers and multiples.
fn scalars(runner: &mut CtRunner, bench: &mut BenchRng) {
    let attributes = Attributes::parse("role=doctor").unwrap();
    let any = abe::MasterKey::generate(&mut rng(1)).unwrap();
    let mut bytes = any.to_bytes().to_vec();
    for scalar in bytes[4..].chunks_mut(32) {
        let last = scalar.len() - 1;
        scalar[..last].fill(0);
        scalar[last] = 1;
    }
    let small = abe::MasterKey::from_bytes(&bytes).expect("a key of small scalars");
    let keys = [&any, &small];
    for _ in 0..3_000 {
        let (class, number) = class(bench);
        let key = keys[number];
        let randomness = rng(bench.random());
        runner.run_one(class, || black_box(key.issue(&attributes, &mut randomness.clone()).is_ok()));
    }
}

/// Encapsulations that are genuine against such as are not.
fn decapsulation(runner: &mut CtRunner, bench: &mut BenchRng) {
    static KEY: LazyLock<(abe::DecryptionKey, [abe::Encapsulation; 2])> = LazyLock::new(|| {
        let master = abe::MasterKey::generate(&mut rng(2)).unwrap();
        let key = master.issue(&Attributes::parse("role=doctor, ward=12").unwrap(), &mut rng(3)).unwrap();
        let (genuine, _) = master.public_key().encapsulate(&policy(), &mut rng(4)).unwrap();
        let mut bytes = genuine.to_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        let other = abe::Encapsulation::from_bytes(&bytes).unwrap();
        (key, [genuine, other])
    });
    let (key, encapsulations) = &*KEY;
    for _ in 0..3_000 {
        let (class, number) = class(bench);
        let encapsulation = &encapsulations[number];
        runner.run_one(class, || black_box(key.decapsulate(encapsulation).is_ok()));
    }
}

/// Summaries that differ in the first byte against such as differ in the last: a comparison of MACs.
fn comparison(runner: &mut CtRunner, bench: &mut BenchRng) {
    let key = RecordKey::generate(&mut rng(5)).unwrap();
    let (_, receipt) = key.seal(b"record", &SealOptions::default(), &mut rng(6)).unwrap();
    let right = *KeyedSummary::new(&key, &receipt.digest).as_bytes();
    let others = [0, 31].map(|at| {
        let mut bytes = right;
        bytes[at] ^= 1;
        KeyedSummary::from(bytes)
    });
    for _ in 0..100_000 {
        let (class, number) = class(bench);
        let summary = &others[number];
        runner.run_one(class, || black_box(summary.verify(&key, &receipt.digest).is_ok()));
    }
}

/// Sealed records whose tag differs in the first byte against such whose tag differs in the last.
fn record_tags(runner: &mut CtRunner, bench: &mut BenchRng) {
    let key = RecordKey::generate(&mut rng(7)).unwrap();
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    let (sealed, _) = key.seal(&[7; 500], &options, &mut rng(8)).unwrap();
    let others = [32, 1].map(|from_the_end| {
        let mut bytes = sealed.clone();
        let at = bytes.len() - from_the_end;
        bytes[at] ^= 1;
        bytes
    });
    for _ in 0..50_000 {
        let (class, number) = class(bench);
        let sealed = &others[number];
        runner.run_one(class, || black_box(key.open(sealed, &OpenOptions::default()).is_ok()));
    }
}

/// Signers who satisfy by one leaf of an `or` against such as satisfy by the other.
fn signing(runner: &mut CtRunner, bench: &mut BenchRng) {
    let master = abs::MasterKey::generate(&mut rng(9)).unwrap();
    let keys = ["role=doctor, department=cardiology", "role=doctor, ward=12"]
        .map(|text| master.issue(&Attributes::parse(text).unwrap(), &mut rng(10)).unwrap());
    let policy = policy();
    for key in &keys {
        key.sign(&policy, b"", b"", &mut rng(11)).unwrap(); // what is prepared once is prepared
    }
    for _ in 0..2_000 {
        let (class, number) = class(bench);
        let key = &keys[number];
        let randomness = rng(bench.random());
        runner.run_one(class, || {
            black_box(key.sign(&policy, b"context", b"message", &mut randomness.clone()).is_ok())
        });
    }
}

/// For comparison: bytes compared one after the other, until they differ.
fn a_leak(runner: &mut CtRunner, bench: &mut BenchRng) {
    let right = [7_u8; 1024];
    let others = [0, 1023].map(|at| {
        let mut bytes = right;
        bytes[at] ^= 1;
        bytes
    });
    for _ in 0..100_000 {
        let (class, number) = class(bench);
        let other = &others[number];
        runner.run_one(class, || {
            black_box(black_box(&right).iter().zip(black_box(other)).all(|(a, b)| a == b))
        });
    }
}

ctbench_main!(scalars, decapsulation, comparison, record_tags, signing, a_leak);
