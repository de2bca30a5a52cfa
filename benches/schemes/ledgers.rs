//! What a ledger node does: validation, appending, reading a ledger back.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use medseal::ledger::{Entry, Ledger, MemoryLedger, Statement, validate, validate_all};
use medseal::without_lanes;
use std::num::NonZeroUsize;

use crate::clinic::Clinic;
use crate::group;
use crate::world::{SIZES, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "ledger");
    // By the attributes of the access policy.
    for n in SIZES {
        let clinic = Clinic::new(n);
        let (bytes, demands) = (clinic.entries(1)[0].to_bytes(), clinic.demands());
        group.bench_function(BenchmarkId::new("validate", n), |b| {
            b.iter(|| validate(&Entry::from_bytes(&bytes).unwrap(), &demands).unwrap())
        });
        let entry = Entry::from_bytes(&bytes).unwrap();
        group.bench_function(BenchmarkId::new("id", n), |b| b.iter(|| entry.id()));
        group.bench_function(BenchmarkId::new("sign statement", n), |b| {
            b.iter_batched(
                || copy(entry.statement()),
                |statement| clinic.sign(statement, &demands, &mut rng()),
                BatchSize::PerIteration,
            )
        });
    }

    // By the number of entries, each under an access policy of 10 attributes.
    let clinic = Clinic::new(10);
    let (entries, demands) = (clinic.entries(100), clinic.demands());
    for n in [1, 10, 100] {
        let entries = &entries[..n];
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("validate all", n), |b| {
            b.iter(|| validate_all(entries, &demands, NonZeroUsize::MIN).unwrap())
        });
        group.bench_function(BenchmarkId::new("validate all, one by one", n), |b| {
            b.iter(|| without_lanes(|| validate_all(entries, &demands, NonZeroUsize::MIN).unwrap()))
        });
        let both = NonZeroUsize::MIN.saturating_add(1);
        group.bench_function(BenchmarkId::new("validate all, 2 threads", n), |b| {
            b.iter(|| validate_all(entries, &demands, both).unwrap())
        });
        group.bench_function(BenchmarkId::new("append block", n), |b| {
            b.iter_batched(
                || (MemoryLedger::new(demands.clone()), copies(entries)),
                |(ledger, entries)| ledger.append_block(entries).unwrap(),
                BatchSize::PerIteration,
            )
        });
        let ledger = MemoryLedger::new(demands.clone());
        ledger.append_block(copies(entries)).unwrap();
        group.bench_function(BenchmarkId::new("verify", n), |b| b.iter(|| ledger.verify().unwrap()));
        group.bench_function(BenchmarkId::new("snapshot", n), |b| b.iter(|| ledger.snapshot().unwrap()));
        let snapshot = ledger.snapshot().unwrap();
        group.bench_function(BenchmarkId::new("restore", n), |b| {
            b.iter(|| MemoryLedger::restore(demands.clone(), &snapshot).unwrap())
        });
        let id = entries[0].id();
        group.bench_function(BenchmarkId::new("prove", n), |b| b.iter(|| ledger.prove(&id).unwrap()));
        let (head, height, proof) = ledger.prove(&id).unwrap();
        let entry = ledger.get(&id).unwrap();
        group.bench_function(BenchmarkId::new("verify proof", n), |b| {
            b.iter(|| proof.verify(&head, height, &entry).unwrap())
        });
    }
}

fn copy(statement: &Statement) -> Statement {
    let Statement { record, digest, time, .. } = *statement;
    let (claim, address) = (statement.claim.clone(), statement.address.clone());
    let (key, index) = (statement.key.clone(), statement.index.clone());
    Statement { record, claim, digest, address, key, index, envelope: None, time }
}

fn copies(entries: &[Entry]) -> Vec<Entry> {
    entries.iter().map(|entry| Entry::from_bytes(&entry.to_bytes()).unwrap()).collect()
}
