//! Sealing, opening, hashing and ranges, beside the floor that no implementation goes below: AES-256-CTR and SHA-256
//! over the same bytes with the same crates.
//!
//! `cargo bench --bench record`; with `MEDSEAL_BENCH_LARGE=1` records of 256 MiB as well.
#![allow(missing_docs, clippy::indexing_slicing, clippy::unwrap_used)]

use std::hint::black_box;
use std::io;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ctr::cipher::{KeyIvInit, StreamCipher};
use medseal::record::{ChunkTree, OpenOptions, RecordDigest, RecordKey, SealOptions, no_progress};
use rand_core::OsRng;
use sha2::{Digest, Sha256};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Record lengths, and a name for each.
fn lengths() -> Vec<(&'static str, usize)> {
    let mut lengths = vec![("1KiB", KIB), ("1MiB", MIB), ("16MiB", 16 * MIB)];
    if std::env::var_os("MEDSEAL_BENCH_LARGE").is_some() {
        lengths.push(("256MiB", 256 * MIB));
    }
    lengths
}

/// AES-256-CTR and SHA-256 over the same bytes, taking turns on 4 KiB.
fn floor(bytes: &mut [u8]) -> [u8; 32] {
    let mut keystream = ctr::Ctr128BE::<aes::Aes256Enc>::new(&[1; 32].into(), &[0; 16].into());
    let mut hash = Sha256::new();
    for piece in bytes.chunks_mut(4 * KIB) {
        keystream.apply_keystream(piece);
        hash.update(piece);
    }
    hash.finalize().into()
}

fn record(c: &mut Criterion) {
    let key = RecordKey::generate(&mut OsRng).unwrap();
    let (sealing, opening) = (SealOptions::default(), OpenOptions::default());
    for (name, length) in lengths() {
        let mut group = c.benchmark_group("record");
        group.throughput(Throughput::Bytes(length as u64));
        if length >= 16 * MIB {
            group.sample_size(10);
        }
        let id = |what| BenchmarkId::new(what, name);
        let mut record = vec![7; length];
        let (sealed, _) = key.seal(&record, &sealing, &mut OsRng).unwrap();
        let mut out = vec![0; sealed.len()];

        group.bench_function(id("floor"), |b| b.iter(|| floor(black_box(&mut record))));
        group.bench_function(id("seal_into"), |b| {
            b.iter(|| key.seal_into(&record, &mut out, &sealing, &mut OsRng).unwrap());
        });
        group.bench_function(id("seal_stream"), |b| {
            b.iter(|| key.seal_stream(&record[..], io::sink(), &sealing, &mut OsRng, no_progress).unwrap());
        });
        group.bench_function(id("seal_stream_2_threads"), |b| {
            let sealing = sealing.threads(2);
            b.iter(|| key.seal_stream(&record[..], io::sink(), &sealing, &mut OsRng, no_progress).unwrap());
        });
        group.bench_function(id("open_into"), |b| {
            b.iter(|| key.open_into(&sealed, &mut out[..length], &opening).unwrap());
        });
        group.bench_function(id("open_stream"), |b| {
            b.iter(|| key.open_stream(&sealed[..], io::sink(), &opening, no_progress).unwrap());
        });
        group.bench_function(id("open_stream_2_threads"), |b| {
            let opening = opening.threads(2);
            b.iter(|| key.open_stream(&sealed[..], io::sink(), &opening, no_progress).unwrap());
        });
        group.bench_function(id("digest"), |b| b.iter(|| RecordDigest::of(&sealed).unwrap()));
        group.finish();

        let mut group = c.benchmark_group("part");
        let id = |what| BenchmarkId::new(what, name);
        group.bench_function(id("open_512_bytes_in_the_middle"), |b| {
            b.iter(|| key.open_range(&sealed, length as u64 / 2, 512).unwrap());
        });
        let tree = ChunkTree::of_stream(&sealed[..], 1, no_progress).unwrap();
        group.bench_function(id("prove_chunk"), |b| b.iter(|| tree.prove(black_box(0)).unwrap()));
        let proof = tree.prove(0).unwrap();
        let place = proof.sealed_range();
        let chunk = &sealed[place.start as usize..place.end as usize];
        let digest = tree.digest();
        group.bench_function(id("verify_chunk"), |b| b.iter(|| proof.verify(&digest, chunk).unwrap()));
        group.finish();
    }
}

criterion_group!(benches, record);
criterion_main!(benches);
