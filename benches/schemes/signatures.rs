//! Attribute-based signatures: keys and batches.

use criterion::{BenchmarkId, Criterion};
use medseal::Threads;
use medseal::abs::{Claim, MasterKey, Signature, verify_batch};

use crate::group;
use crate::world::{SIZES, attributes, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "abs");
    group.bench_function("set up", |b| b.iter(|| MasterKey::generate(&mut rng()).unwrap()));
    for n in SIZES {
        let ((attributes, _), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("verify key", n), |b| {
            b.iter(|| key.verify(&public_key).unwrap())
        });
    }

    // Batches under a policy over three attributes, as a ledger requires.
    let ((attributes, policy), mut rng) = (attributes(3), rng());
    let authority = MasterKey::generate(&mut rng).unwrap();
    let public_key = &authority.public_key();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    for n in [1, 10, 100_u32] {
        let messages: Vec<[u8; 4]> = (0..n).map(u32::to_be_bytes).collect();
        let sign = |message| key.sign(&policy, b"context", message, &mut rng).unwrap();
        let signatures: Vec<Signature> = messages.iter().map(|m| m.as_slice()).map(sign).collect();
        let claim = |(message, signature)| Claim {
            public_key,
            policy: &policy,
            context: b"context",
            message,
            signature,
        };
        let claims: Vec<Claim<'_>> =
            messages.iter().map(|m| m.as_slice()).zip(&signatures).map(claim).collect();
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new(format!("verify batch, threads {threads}"), n), |b| {
                b.iter(|| verify_batch(&claims, Threads::new(threads)).unwrap())
            });
        }
    }
}
