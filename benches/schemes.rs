//! Key wrapping, signatures and search at 1 to 300 attributes, policies, mutual authentication; `record.rs` has the
//! records. `cargo bench --bench schemes -- NAME` keeps those whose name contains NAME.
//!
//! Policies ask for all `n` attributes; `or` and `2 of` show what a cheaper policy of the same size costs.
#![allow(missing_docs, clippy::unwrap_used)] // a program for developers, not the library

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use medseal::policy::Policy;
use medseal::search::{Keyword, KeywordKey, Padding, PreparedTrapdoor, RecordIndex, Trapdoor};
use medseal::{abe, abs, search};

#[path = "shared/world.rs"]
mod world;

use world::{Consortium, NOW, SIZES, attributes, rng};

fn group<'c>(c: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group
}

/// `attribute_0 <joint> attribute_1 <joint> ...`
fn joined(n: usize, joint: &str) -> String {
    (0..n).map(|i| format!("attribute_{i}")).collect::<Vec<_>>().join(joint)
}

fn policy(c: &mut Criterion) {
    let mut group = group(c, "policy");
    for n in SIZES {
        let (text, (attributes, policy)) = (joined(n, " and "), attributes(n));
        group.bench_function(BenchmarkId::new("parse", n), |b| b.iter(|| Policy::parse(&text).unwrap()));
        group.bench_function(BenchmarkId::new("is satisfied by", n), |b| {
            b.iter(|| policy.is_satisfied_by(&attributes))
        });
    }
}

fn key_wrapping(c: &mut Criterion) {
    let mut group = group(c, "abe");
    for n in SIZES {
        let ((attributes, all), mut rng) = (attributes(n), rng());
        let authority = abe::MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| authority.issue(&attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify key", n), |b| {
            b.iter(|| key.verify(&public_key).unwrap())
        });
        let policies = [
            ("and", all.clone()),
            ("or", Policy::parse(&joined(n, " or ")).unwrap()),
            ("2 of", Policy::parse(&format!("{} of ({})", n.min(2), joined(n, ", "))).unwrap()),
        ];
        for (shape, policy) in policies {
            group.bench_function(BenchmarkId::new(format!("wrap, {shape}"), n), |b| {
                b.iter(|| public_key.wrap(&policy, &[7; 32], b"aad", &mut rng).unwrap())
            });
            let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", &mut rng).unwrap().to_bytes();
            group.bench_function(BenchmarkId::new(format!("unwrap, {shape}"), n), |b| {
                b.iter(|| {
                    let received = abe::WrappedKey::from_bytes(&wrapped).unwrap();
                    key.unwrap_key(&received, b"aad").unwrap()
                })
            });
        }
        let wrapped = public_key.wrap(&all, &[7; 32], b"aad", &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("validate", n), |b| b.iter(|| wrapped.validate().unwrap()));
    }
}

fn signatures(c: &mut Criterion) {
    let mut group = group(c, "abs");
    for n in SIZES {
        let ((attributes, policy), mut rng) = (attributes(n), rng());
        let authority = abs::MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| authority.issue(&attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify key", n), |b| {
            b.iter(|| key.verify(public_key).unwrap())
        });
        group.bench_function(BenchmarkId::new("sign", n), |b| {
            b.iter(|| key.sign(&policy, b"context", b"message", &mut rng).unwrap())
        });
        key.prepare(&policy).unwrap();
        group.bench_function(BenchmarkId::new("sign, prepared", n), |b| {
            b.iter(|| key.sign(&policy, b"context", b"message", &mut rng).unwrap())
        });
        let signature = key.sign(&policy, b"context", b"message", &mut rng).unwrap();
        let bytes = signature.to_bytes();
        group.bench_function(BenchmarkId::new("verify", n), |b| {
            b.iter(|| {
                let received = abs::Signature::from_bytes(&bytes).unwrap();
                public_key.verify(&policy, b"context", b"message", &received).unwrap();
            })
        });
    }
}

fn keyword_search(c: &mut Criterion) {
    let mut group = group(c, "search");
    let keywords = [Keyword::new("diabetes").unwrap()];
    for n in SIZES {
        let ((attributes, policy), mut rng) = (attributes(n), rng());
        let authority = search::MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let keyword_key = KeywordKey::generate(&mut rng).unwrap();
        let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| authority.issue(&attributes, &keyword_key, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("index", n), |b| {
            b.iter(|| {
                public_key
                    .index_record(&keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut rng)
                    .unwrap()
            })
        });
        group.bench_function(BenchmarkId::new("trapdoor", n), |b| {
            b.iter(|| key.trapdoor(&keywords[0], &mut rng).unwrap())
        });
        let trapdoor = key.trapdoor(&keywords[0], &mut rng).unwrap().to_bytes();
        group.bench_function(BenchmarkId::new("prepare", n), |b| {
            b.iter(|| PreparedTrapdoor::new(&Trapdoor::from_bytes(&trapdoor).unwrap()).unwrap())
        });
        let prepared = PreparedTrapdoor::new(&Trapdoor::from_bytes(&trapdoor).unwrap()).unwrap();
        let index =
            public_key.index_record(&keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut rng).unwrap();
        let index = index.to_bytes();
        group.bench_function(BenchmarkId::new("match", n), |b| {
            b.iter(|| {
                let received = RecordIndex::from_bytes(&index).unwrap();
                assert!(prepared.matches(&received).unwrap());
            })
        });
    }
}

fn authentication(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let (world, mut rng) = (Consortium::new(), rng());
    group.bench_function("start", |b| {
        b.iter(|| world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap())
    });
    let (_, request) = world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap();
    let accept = || {
        let cache = Consortium::replay_cache();
        world.main_node.accept(&request, &world.registry, &cache, NOW).unwrap()
    };
    group.bench_function("accept", |b| b.iter(accept));
    group.bench_function("reply", |b| {
        b.iter_batched(
            accept,
            |accepted| accepted.reply(&Consortium::disclosure(), &mut rng).unwrap(),
            BatchSize::PerIteration,
        )
    });
    let mut other = world::rng();
    group.bench_function("finish", |b| {
        b.iter_batched(
            || {
                let (awaiting, request) =
                    world.hospital.start(&world.certificate, &world.registry, NOW, &mut other).unwrap();
                let cache = Consortium::replay_cache();
                let accepted = world.main_node.accept(&request, &world.registry, &cache, NOW).unwrap();
                (awaiting, accepted.reply(&Consortium::disclosure(), &mut other).unwrap().0)
            },
            |(awaiting, reply)| awaiting.finish(&reply).unwrap(),
            BatchSize::PerIteration,
        )
    });
    let identity = world.hospital.identity();
    group.bench_function("envelope seal", |b| {
        b.iter(|| world.super_node.seal_to(identity, b"aad", &[7; 256], &mut rng).unwrap())
    });
    let envelope = world.super_node.seal_to(identity, b"aad", &[7; 256], &mut rng).unwrap();
    group.bench_function("envelope open", |b| b.iter(|| world.hospital.open(&envelope, b"aad").unwrap()));
}

criterion_group!(benches, policy, key_wrapping, signatures, keyword_search, authentication);
criterion_main!(benches);
