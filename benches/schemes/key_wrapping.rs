//! Key wrapping. `or` and `2 of` show the cost of a cheaper policy of the same size.

use criterion::{BatchSize, BenchmarkId, Criterion};
use medseal::Threads;
use medseal::abe::{Encapsulation, MasterKey, PublicKey, WrappedKey};
use medseal::policy::{Attributes, Policy};

use crate::world::{SIZES, attributes, rng};
use crate::{group, joined};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "abe");
    group.bench_function("set up", |b| b.iter(|| MasterKey::generate(&mut rng()).unwrap()));
    for n in SIZES {
        let ((attributes, all), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| authority.issue(&attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify key", n), |b| {
            b.iter(|| key.verify(&public_key).unwrap())
        });

        group.bench_function(BenchmarkId::new("encapsulate", n), |b| {
            b.iter(|| public_key.encapsulate(&all, &mut rng).unwrap())
        });
        let bytes = public_key.encapsulate(&all, &mut rng).unwrap().0.to_bytes();
        group.bench_function(BenchmarkId::new("decapsulate", n), |b| {
            b.iter(|| key.decapsulate(&Encapsulation::from_bytes(&bytes).unwrap()).unwrap())
        });
        // A key caches the points that it has used, so each run needs its own key.
        let bytes = public_key.to_bytes();
        group.bench_function(BenchmarkId::new("encapsulate, first", n), |b| {
            let unused = || PublicKey::from_bytes(&bytes).unwrap();
            let encapsulate = |key: PublicKey| key.encapsulate(&all, &mut rng).unwrap();
            b.iter_batched(unused, encapsulate, BatchSize::PerIteration)
        });

        let policies = [
            ("and", all.clone()),
            ("or", Policy::parse(&joined(n, " or ")).unwrap()),
            ("2 of", Policy::parse(&format!("{} of ({})", n.min(2), joined(n, ", "))).unwrap()),
        ];
        group.bench_function(BenchmarkId::new("could unwrap", n), |b| {
            let wrapped = public_key.wrap(&all, &[7; 32], b"aad", None, &mut rng).unwrap();
            b.iter(|| wrapped.could_unwrap(&attributes))
        });
        for (shape, policy) in policies {
            group.bench_function(BenchmarkId::new(format!("wrap, {shape}"), n), |b| {
                b.iter(|| public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap())
            });
            let both = Threads::new(2);
            group.bench_function(BenchmarkId::new(format!("wrap, {shape}, 2 threads"), n), |b| {
                b.iter(|| {
                    public_key.wrap_on_threads(&policy, &[7; 32], b"aad", None, both, &mut rng).unwrap()
                })
            });
            let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap().to_bytes();
            group.bench_function(BenchmarkId::new(format!("unwrap, {shape}"), n), |b| {
                b.iter(|| {
                    let received = WrappedKey::from_bytes(&wrapped).unwrap();
                    key.unwrap_key(&received, b"aad", None).unwrap()
                })
            });
        }
        let wrapped = public_key.wrap(&all, &[7; 32], b"aad", None, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("validate", n), |b| b.iter(|| wrapped.validate().unwrap()));
    }

    // The cost of numbers and negations: each adds one row to open, and up to nine or
    // two elements to wrap.
    let mut rng = rng();
    let authority = MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let attributes = Attributes::parse("clearance=3, valid_until=2027-01-31, role=doctor").unwrap();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    for rule in ["clearance>=3", "valid_until>=2026-11-22", "not role=nurse"] {
        let policy = Policy::parse(rule).unwrap();
        group.bench_function(format!("wrap, {rule}"), |b| {
            b.iter(|| public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap())
        });
        let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap();
        group.bench_function(format!("unwrap, {rule}"), |b| {
            b.iter(|| key.unwrap_key(&wrapped, b"aad", None).unwrap())
        });
    }
}
