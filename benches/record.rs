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

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medseal::record::{
    ChunkSize, ChunkTree, KeyedSummary, OpenOptions, Opener, RecordDigest, RecordKey, SealOptions, Sealer,
    no_progress,
};
use rand_core::OsRng;

#[path = "shared/time.rs"]
mod time;

use time::Time;

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
        let id = |what| (what, name);
        let record = vec![7; length];
        let (sealed, _) = key.seal(&record, &sealing, &mut OsRng).unwrap();
        let mut out = vec![0; sealed.len()];

        group.time(id("seal_into"), || key.seal_into(&record, &mut out, &sealing, &mut OsRng).unwrap());
        let room = || {
            let mut room = Vec::with_capacity(sealed.len());
            room.extend_from_slice(&record);
            room
        };
        group.time_on(id("seal_in_place"), room, |mut record| {
            key.seal_in_place(&mut record, ChunkSize::default(), &mut OsRng).unwrap();
            record
        });
        group.time(id("seal_stream"), || {
            key.seal_stream(&record[..], io::sink(), &sealing, &mut OsRng, no_progress).unwrap()
        });
        let on_two = sealing.threads(Threads::new(2));
        group.time(id("seal_stream_2_threads"), || {
            key.seal_stream(&record[..], io::sink(), &on_two, &mut OsRng, no_progress).unwrap()
        });
        group.time(id("open_into"), || key.open_into(&sealed, &mut out[..length], &opening).unwrap());
        let copy = || sealed.clone();
        group.time_on(id("open_in_place"), copy, |mut sealed| {
            key.open_in_place(&mut sealed, &opening).unwrap();
            sealed
        });
        group.time(id("open_stream"), || {
            key.open_stream(&sealed[..], io::sink(), &opening, no_progress).unwrap()
        });
        let on_two = opening.threads(Threads::new(2));
        group.time(id("open_stream_2_threads"), || {
            key.open_stream(&sealed[..], io::sink(), &on_two, no_progress).unwrap()
        });
        group.time(id("sealer"), || {
            let mut sealer = Sealer::new(&key, ChunkSize::default(), &mut OsRng).unwrap();
            sealer.update(&record, &mut io::sink()).unwrap();
            sealer.finish(&mut io::sink()).unwrap()
        });
        group.time(id("opener"), || {
            let mut opener = Opener::new(&key);
            opener.update(&sealed, &mut io::sink()).unwrap();
            opener.finish(&mut io::sink()).unwrap()
        });
        group.time(id("digest_stream"), || {
            RecordDigest::of_stream(&sealed[..], Threads::ONE, no_progress).unwrap()
        });
        group.time(id("digest"), || RecordDigest::of(&sealed).unwrap());
        group.finish();

        let mut group = c.benchmark_group("part");
        let id = |what| (what, name);
        group.time(id("open_512_bytes_in_the_middle"), || {
            key.open_range(&sealed, length as u64 / 2, 512).unwrap()
        });
        let tree = ChunkTree::of_stream(&sealed[..], Threads::ONE, no_progress).unwrap();
        group.time(id("prove_chunk"), || tree.prove(black_box(0)).unwrap());
        let proof = tree.prove(0).unwrap();
        let place = proof.sealed_range();
        let chunk = &sealed[place.start as usize..place.end as usize];
        let digest = tree.digest();
        group.time(id("verify_chunk"), || proof.verify(&digest, chunk).unwrap());
        group.finish();
    }
}

fn summary(c: &mut Criterion) {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let digest =
        RecordDigest::of(&key.seal(b"record", &SealOptions::default(), &mut OsRng).unwrap().0).unwrap();
    let mut group = c.benchmark_group("keyed summary");
    group.time("make", || KeyedSummary::new(&key, &digest));
    let summary = KeyedSummary::new(&key, &digest);
    group.time("verify", || summary.verify(&key, &digest).unwrap());
    group.finish();
}

criterion_group!(benches, record, summary);
criterion_main!(benches);
