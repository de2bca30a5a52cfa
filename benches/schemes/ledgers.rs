//! The work of a ledger node: validation, appending, reading a ledger back.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use medseal::Threads;
use medseal::ledger::{Entry, Ledger, MemoryLedger, Statement, validate, validate_all};
use medseal::without_lanes;
use std::sync::Arc;

use crate::clinic::Clinic;
use crate::group;
use crate::world::{SIZES, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "ledger");
    // By the attributes of the access policy.
    for n in SIZES {
        let clinic = Clinic::new(n);
        let (bytes, charters) = (clinic.entries(1)[0].to_bytes(), &clinic.charters);
        group.bench_function(BenchmarkId::new("validate", n), |b| {
            b.iter(|| validate(Entry::from_bytes(&bytes).unwrap(), charters).unwrap())
        });
        let entry = Entry::from_bytes(&bytes).unwrap();
        group.bench_function(BenchmarkId::new("id", n), |b| b.iter(|| entry.id()));
        group.bench_function(BenchmarkId::new("sign statement", n), |b| {
            b.iter_batched(
                || copy(entry.statement()),
                |statement| clinic.sign(statement, charters, &mut rng()),
                BatchSize::PerIteration,
            )
        });
    }

    // By the number of entries, each under an access policy of 10 attributes.
    let clinic = Clinic::new(10);
    let (entries, charters) = (clinic.entries(100), &clinic.charters);
    let validated =
        |entries: &[Arc<Entry>], threads| validate_all(entries.iter().cloned(), charters, threads).unwrap();
    for n in [1, 10, 100] {
        let entries = &entries[..n];
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("validate all", n), |b| {
            b.iter(|| validated(entries, Threads::ONE))
        });
        group.bench_function(BenchmarkId::new("validate all, one by one", n), |b| {
            b.iter(|| without_lanes(|| validated(entries, Threads::ONE)))
        });
        let both = Threads::new(2);
        group.bench_function(BenchmarkId::new("validate all, 2 threads", n), |b| {
            b.iter(|| validated(entries, both))
        });
        group.bench_function(BenchmarkId::new("append block", n), |b| {
            b.iter_batched(
                || (clinic.ledger(), validated(entries, both)),
                |(ledger, entries)| ledger.append_block(entries).unwrap(),
                BatchSize::PerIteration,
            )
        });
        let ledger = clinic.ledger();
        ledger.append_block(validated(entries, both)).unwrap();
        group.bench_function(BenchmarkId::new("verify", n), |b| b.iter(|| ledger.verify().unwrap()));
        group.bench_function(BenchmarkId::new("snapshot", n), |b| b.iter(|| ledger.snapshot().unwrap()));
        let snapshot = ledger.snapshot().unwrap();
        group.bench_function(BenchmarkId::new("restore", n), |b| {
            b.iter(|| MemoryLedger::restore(&snapshot, charters.super_node()).unwrap())
        });
        let id = entries[0].id();
        let head = ledger.head().unwrap();
        group.bench_function(BenchmarkId::new("prove", n), |b| {
            b.iter(|| ledger.prove(&id, head.size).unwrap())
        });
        let proof = ledger.prove(&id, head.size).unwrap();
        let entry = ledger.get(&id).unwrap();
        group.bench_function(BenchmarkId::new("verify proof", n), |b| {
            b.iter(|| proof.verify(&head, &entry.to_bytes()).unwrap())
        });
    }
}

fn copy(statement: &Statement) -> Statement {
    let Statement { charter, record, digest, time, .. } = *statement;
    let (claim, address) = (statement.claim.clone(), statement.address.clone());
    let (key, index) = (statement.key.clone(), statement.index.clone());
    Statement { charter, record, claim, digest, address, key, index, envelope: None, time }
}
