//! Times operations on two classes of secrets, and tests whether the times distinguish the classes:
//! Reparaz, Balasch and Verbauwhede, *Dude, is my code constant time?*, 2017.
//!
//! `just timing`. A `max t` below 5 on a quiet machine is no leak. In the hundreds it is a leak, as
//! the last operation shows, which is there for comparison. The statistics cover the processor's
//! real behaviour, but only for these inputs.

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::sync::LazyLock;

use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main};
use medseal::identity::{AuthReply, AuthRequest, Disclosure};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkSize, KeyedSummary, OpenOptions, RecordKey, SealOptions};
use medseal::{abe, abs};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

#[path = "../../../shared/parties.rs"]
mod parties;

use parties::{NOW, Parties};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Times `work` on inputs of two classes, 0 and 1, chosen at random. Making an input is not timed.
fn compare<I>(
    runner: &mut CtRunner,
    bench: &mut BenchRng,
    rounds: usize,
    mut input: impl FnMut(usize, &mut BenchRng) -> I,
    work: impl Fn(&I) -> bool,
) {
    for _ in 0..rounds {
        let (class, number) = if bench.random() { (Class::Left, 0) } else { (Class::Right, 1) };
        let input = input(number, bench);
        runner.run_one(class, || black_box(work(&input)));
    }
}

fn policy() -> Policy {
    Policy::parse("role=doctor and (department=cardiology or ward=12)").unwrap()
}

/// Two copies, each with one difference from the original.
fn altered_at(bytes: &[u8], places: [usize; 2]) -> [Vec<u8>; 2] {
    places.map(|at| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    })
}

/// A master key with small scalars against one with random scalars, which become
/// exponents and factors.
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
    let input = |number: usize, bench: &mut BenchRng| (keys[number], rng(bench.random()));
    compare(runner, bench, 10_000, input, |(key, randomness)| {
        key.issue(&attributes, &mut randomness.clone()).is_ok()
    });
}

/// Genuine encapsulations against invalid ones.
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
    let input = |number: usize, _: &mut _| &encapsulations[number];
    compare(runner, bench, 10_000, input, |encapsulation| key.decapsulate(encapsulation).is_ok());
}

/// Two keys for the same attributes: their narrowing to a slot, and the
/// computation with the result.
fn slot_keys(runner: &mut CtRunner, bench: &mut BenchRng) {
    let master = abe::MasterKey::generate(&mut rng(12)).unwrap();
    let attributes = Attributes::parse("role=doctor, ward=12").unwrap();
    let keys = [13, 14].map(|seed| master.issue(&attributes, &mut rng(seed)).unwrap());
    let (encapsulation, _) = master.public_key().encapsulate(&policy(), &mut rng(15)).unwrap();
    let input = |number: usize, _: &mut _| &keys[number];
    compare(runner, bench, 10_000, input, |key| key.decapsulate(&encapsulation).is_ok());
}

/// Summaries that differ in the first byte against those that differ in the
/// last: a comparison of MACs.
fn comparison(runner: &mut CtRunner, bench: &mut BenchRng) {
    let key = RecordKey::generate(&mut rng(5)).unwrap();
    let (_, receipt) = key.seal(b"record", &SealOptions::default(), &mut rng(6)).unwrap();
    let right = *KeyedSummary::new(&key, &receipt.digest).as_bytes();
    let others = altered_at(&right, [0, 31]).map(|bytes| <[u8; 32]>::try_from(bytes).unwrap());
    // Both classes use the same memory location. Only the value can make a difference.
    let input = |number: usize, _: &mut _| KeyedSummary::from(others[number]);
    compare(runner, bench, 100_000, input, |summary| summary.verify(&key, &receipt.digest).is_ok());
}

/// Sealed records whose tag differs in the first byte against those whose tag differs in the last.
fn record_tags(runner: &mut CtRunner, bench: &mut BenchRng) {
    let key = RecordKey::generate(&mut rng(7)).unwrap();
    let options = SealOptions::default().chunk_size(ChunkSize::MIN);
    let (sealed, _) = key.seal(&[7; 500], &options, &mut rng(8)).unwrap();
    let others = altered_at(&sealed, [sealed.len() - 32, sealed.len() - 1]);
    // At the same memory location for both classes.
    let sealed = RefCell::new(sealed);
    let input = |number: usize, _: &mut _| sealed.borrow_mut().copy_from_slice(&others[number]);
    compare(runner, bench, 50_000, input, |()| key.open(&sealed.borrow(), &OpenOptions::default()).is_ok());
}

/// Requests whose tag differs in the first byte against those whose tag differs in the
/// last, at the main node.
fn refused_requests(runner: &mut CtRunner, bench: &mut BenchRng) {
    let p = Parties::new(&mut rng(16));
    let cache = Parties::replay_cache();
    let (_, request) = p.hospital.start(&p.certificate, &p.registry, NOW, &mut rng(19)).unwrap();
    let bytes = request.to_bytes();
    let requests = altered_at(&bytes, [bytes.len() - 32, bytes.len() - 1])
        .map(|bytes| AuthRequest::from_bytes(&bytes).unwrap());
    let input = |number: usize, _: &mut _| requests[number].clone();
    compare(runner, bench, 30_000, input, |request| {
        p.main_node.accept(request, &p.registry, &cache, NOW).is_ok()
    });
}

/// Replies whose `AK` differs in the first byte against those whose `AK` differs in the last, at
/// the hospital. A reply answers one request, and each is made anew.
fn refused_replies(runner: &mut CtRunner, bench: &mut BenchRng) {
    let p = Parties::new(&mut rng(16));
    let disclosure = Disclosure::new(b"location", [1; 32], [2; 32]).unwrap();
    let mut seeds = 0..;
    let input = |number: usize, _: &mut _| {
        let seed = seeds.next().unwrap();
        let (awaiting, request) = p.hospital.start(&p.certificate, &p.registry, NOW, &mut rng(seed)).unwrap();
        let cache = Parties::replay_cache();
        let accepted = p.main_node.accept(&request, &p.registry, &cache, NOW).unwrap();
        let (reply, _) = accepted.reply(&disclosure, &mut rng(seed)).unwrap();
        // The first and the last byte of AK, after the header and T.
        let [first, last] = altered_at(&reply.to_bytes(), [4 + 48, 4 + 48 + 31]);
        let reply = AuthReply::from_bytes(&[first, last][number]).unwrap();
        (Cell::new(Some(awaiting)), reply)
    };
    compare(runner, bench, 2_500, input, |(awaiting, reply)| awaiting.take().unwrap().finish(reply).is_ok());
}

/// Signers who satisfy one row of an `or` against those who satisfy the other.
fn signing(runner: &mut CtRunner, bench: &mut BenchRng) {
    signing_under(policy(), runner, bench);
}

/// Signers who satisfy a threshold by two of its rows against those who use two others, with
/// and without a negation.
fn signing_by_threshold(runner: &mut CtRunner, bench: &mut BenchRng) {
    let text = "2 of (role=doctor, department=cardiology, ward=12, not department=surgery)";
    signing_under(Policy::parse(text).unwrap(), runner, bench);
}

fn signing_under(policy: Policy, runner: &mut CtRunner, bench: &mut BenchRng) {
    let master = abs::MasterKey::generate(&mut rng(9)).unwrap();
    let keys = ["role=doctor, department=cardiology", "role=doctor, ward=12"]
        .map(|text| master.issue(&Attributes::parse(text).unwrap(), &mut rng(10)).unwrap());
    for key in keys.iter().cycle().take(20) {
        key.sign(&policy, b"", b"", &mut rng(11)).unwrap(); // points are kept, with their multiples
    }
    let input = |number: usize, bench: &mut BenchRng| (&keys[number], rng(bench.random()));
    compare(runner, bench, 10_000, input, |(key, randomness)| {
        key.sign(&policy, b"context", b"message", &mut randomness.clone()).is_ok()
    });
}

/// For comparison: compares bytes one by one, up to the first difference.
fn a_leak(runner: &mut CtRunner, bench: &mut BenchRng) {
    let right = [7_u8; 1024];
    let others = altered_at(&right, [0, 1023]);
    let input = |number: usize, _: &mut _| &others[number];
    compare(runner, bench, 100_000, input, |other| {
        black_box(&right).iter().zip(black_box(*other)).all(|(a, b)| a == b)
    });
}

ctbench_main!(
    scalars,
    slot_keys,
    decapsulation,
    comparison,
    record_tags,
    refused_requests,
    refused_replies,
    signing,
    signing_by_threshold,
    a_leak
);
