//! The whole flow, in memory: a record of 64 KiB, one keyword, by the leaves of the access policy.

use std::ops::ControlFlow::Continue;

use criterion::{BatchSize, BenchmarkId, Criterion};
use medseal::ledger::MemoryLedger;
use medseal::share::{Authority, MemoryStore};

use crate::clinic::Clinic;
use crate::group;
use crate::world::{SIZES, rng};

static RECORD: [u8; 1 << 16] = [7; 1 << 16];

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "share");
    group.bench_function("set up", |b| b.iter(|| Authority::setup(&mut rng()).unwrap()));
    for n in SIZES {
        let (clinic, mut rng) = (Clinic::new(n), rng());
        let nothing_yet = || (MemoryLedger::new(clinic.demands()), MemoryStore::new());
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| clinic.authority.issue(&clinic.attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify keys", n), |b| {
            b.iter(|| clinic.doctor.verify(&clinic.parameters).unwrap())
        });
        group.bench_function(BenchmarkId::new("publish", n), |b| {
            b.iter_batched_ref(
                nothing_yet,
                |(ledger, store)| clinic.publish(ledger, store, &RECORD, &mut rng),
                BatchSize::PerIteration,
            )
        });

        let (ledger, store) = nothing_yet();
        let published = clinic.publish(&ledger, &store, &RECORD, &mut rng);
        let consortium = clinic.consortium(&ledger, &store);
        group.bench_function(BenchmarkId::new("find, one entry", n), |b| {
            b.iter(|| {
                let (keyword, key) = (&clinic.keyword, &clinic.doctor.search);
                let found = consortium.find(keyword, key, 0, &mut rng, &mut |_| Continue(())).unwrap();
                assert_eq!(found.hits.len(), 1);
            })
        });
        let (id, key) = (published.place.id, &clinic.doctor.decryption);
        group.bench_function(BenchmarkId::new("open", n), |b| {
            b.iter(|| {
                let mut record = Vec::with_capacity(RECORD.len());
                consortium.open(&id, key, &mut record, &mut |_| Continue(())).unwrap();
                record
            })
        });
        // Each adds an entry to the ledger, at the same cost.
        group.bench_function(BenchmarkId::new("rewrap", n), |b| {
            b.iter(|| {
                let publication = clinic.publication();
                consortium
                    .rewrap(&id, &published.key, &publication, &mut rng, &mut |_, _| Continue(()))
                    .unwrap()
            })
        });
    }
}
