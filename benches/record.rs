//! Sealing, opening, hashing and ranges of records from 1 KiB to 256 MiB. Run `cargo bench --bench
//! record`. The longest records need about 1.5 GB of memory. `floors` compares with the least work.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a program for developers, not the library"
)]

use medseal::Threads;
use std::hint::black_box;
use std::io;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use medseal::record::{
    ChunkSize, ChunkTree, KeyedSummary, OpenOptions, Opener, RecordDigest, RecordKey, SealOptions, Sealer,
    no_progress,
};
use rand_core::OsRng;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Record lengths, and a name for each.
const LENGTHS: [(&str, usize); 5] =
    [("1KiB", KIB), ("64KiB", 64 * KIB), ("1MiB", MIB), ("16MiB", 16 * MIB), ("256MiB", 256 * MIB)];

fn record(c: &mut Criterion) {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let (sealing, opening) = (SealOptions::default(), OpenOptions::default());
    for (name, length) in LENGTHS {
        let mut group = c.benchmark_group("record");
        group.throughput(Throughput::Bytes(length as u64));
        if length >= 16 * MIB {
            group.sample_size(10);
        }
        let id = |what| BenchmarkId::new(what, name);
        let record = vec![7; length];
        let (sealed, _) = key.seal(&record, &sealing, &mut OsRng).unwrap();
        let mut out = vec![0; sealed.len()];

        group.bench_function(id("seal_into"), |b| {
            b.iter(|| key.seal_into(&record, &mut out, &sealing, &mut OsRng).unwrap());
        });
        group.bench_function(id("seal_in_place"), |b| {
            let room = || {
                let mut room = Vec::with_capacity(sealed.len());
                room.extend_from_slice(&record);
                room
            };
            let seal = |record: &mut _| key.seal_in_place(record, ChunkSize::default(), &mut OsRng).unwrap();
            b.iter_batched_ref(room, seal, BatchSize::PerIteration);
        });
        group.bench_function(id("seal_stream"), |b| {
            b.iter(|| key.seal_stream(&record[..], io::sink(), &sealing, &mut OsRng, no_progress).unwrap());
        });
        group.bench_function(id("seal_stream_2_threads"), |b| {
            let sealing = sealing.threads(Threads::new(2));
            b.iter(|| key.seal_stream(&record[..], io::sink(), &sealing, &mut OsRng, no_progress).unwrap());
        });
        group.bench_function(id("open_into"), |b| {
            b.iter(|| key.open_into(&sealed, &mut out[..length], &opening).unwrap());
        });
        group.bench_function(id("open_in_place"), |b| {
            let open = |sealed: &mut _| key.open_in_place(sealed, &opening).unwrap();
            b.iter_batched_ref(|| sealed.clone(), open, BatchSize::PerIteration);
        });
        group.bench_function(id("open_stream"), |b| {
            b.iter(|| key.open_stream(&sealed[..], io::sink(), &opening, no_progress).unwrap());
        });
        group.bench_function(id("open_stream_2_threads"), |b| {
            let opening = opening.threads(Threads::new(2));
            b.iter(|| key.open_stream(&sealed[..], io::sink(), &opening, no_progress).unwrap());
        });
        group.bench_function(id("sealer"), |b| {
            b.iter(|| {
                let mut sealer = Sealer::new(&key, ChunkSize::default(), &mut OsRng).unwrap();
                sealer.update(&record, &mut io::sink()).unwrap();
                sealer.finish(&mut io::sink()).unwrap()
            });
        });
        group.bench_function(id("opener"), |b| {
            b.iter(|| {
                let mut opener = Opener::new(&key);
                opener.update(&sealed, &mut io::sink()).unwrap();
                opener.finish(&mut io::sink()).unwrap()
            });
        });
        group.bench_function(id("digest_stream"), |b| {
            b.iter(|| RecordDigest::of_stream(&sealed[..], Threads::ONE, no_progress).unwrap());
        });
        group.bench_function(id("digest"), |b| b.iter(|| RecordDigest::of(&sealed).unwrap()));
        group.finish();

        let mut group = c.benchmark_group("part");
        let id = |what| BenchmarkId::new(what, name);
        group.bench_function(id("open_512_bytes_in_the_middle"), |b| {
            b.iter(|| key.open_range(&sealed, length as u64 / 2, 512).unwrap());
        });
        let tree = ChunkTree::of_stream(&sealed[..], Threads::ONE, no_progress).unwrap();
        group.bench_function(id("prove_chunk"), |b| b.iter(|| tree.prove(black_box(0)).unwrap()));
        let proof = tree.prove(0).unwrap();
        let place = proof.sealed_range();
        let chunk = &sealed[place.start as usize..place.end as usize];
        let digest = tree.digest();
        group.bench_function(id("verify_chunk"), |b| b.iter(|| proof.verify(&digest, chunk).unwrap()));
        group.finish();
    }
}

fn summary(c: &mut Criterion) {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let digest =
        RecordDigest::of(&key.seal(b"record", &SealOptions::default(), &mut OsRng).unwrap().0).unwrap();
    let mut group = c.benchmark_group("keyed summary");
    group.bench_function("make", |b| b.iter(|| KeyedSummary::new(&key, &digest)));
    let summary = KeyedSummary::new(&key, &digest);
    group.bench_function("verify", |b| b.iter(|| summary.verify(&key, &digest).unwrap()));
    group.finish();
}

criterion_group!(benches, record, summary);
criterion_main!(benches);
