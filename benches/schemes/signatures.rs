//! Attribute-based signatures, one and many.

use criterion::{BatchSize, BenchmarkId, Criterion};
use medseal::Threads;
use medseal::abs::{Claim, MasterKey, PublicKey, Signature, SigningKey, verify_batch};

use crate::group;
use crate::world::{SIZES, attributes, rng};

pub(crate) fn all(c: &mut Criterion) {
    one(c);
    many(c);
}

fn one(c: &mut Criterion) {
    let mut group = group(c, "abs");
    group.bench_function("set up", |b| b.iter(|| MasterKey::generate(&mut rng()).unwrap()));
    for n in SIZES {
        let ((attributes, policy), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| authority.issue(&attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify key", n), |b| {
            b.iter(|| key.verify(&public_key).unwrap())
        });
        group.bench_function(BenchmarkId::new("sign", n), |b| {
            b.iter(|| key.sign(&policy, b"context", b"message", &mut rng).unwrap())
        });
        // A key caches the points that it has used, so each run needs its own key.
        let bytes = key.to_bytes();
        group.bench_function(BenchmarkId::new("sign, first", n), |b| {
            let unused = || SigningKey::from_bytes(&bytes).unwrap();
            let sign = |key: SigningKey| key.sign(&policy, b"context", b"message", &mut rng).unwrap();
            b.iter_batched(unused, sign, BatchSize::PerIteration)
        });
        let signature = key.sign(&policy, b"context", b"message", &mut rng).unwrap();
        let bytes = signature.to_bytes();
        group.bench_function(BenchmarkId::new("verify", n), |b| {
            b.iter(|| {
                let received = Signature::from_bytes(&bytes).unwrap();
                public_key.verify(&policy, b"context", b"message", &received).unwrap();
            })
        });
        let key_bytes = public_key.to_bytes();
        group.bench_function(BenchmarkId::new("verify, first", n), |b| {
            let unused =
                || (PublicKey::from_bytes(&key_bytes).unwrap(), Signature::from_bytes(&bytes).unwrap());
            let verify = |(public_key, signature): (PublicKey, Signature)| {
                public_key.verify(&policy, b"context", b"message", &signature).unwrap();
            };
            b.iter_batched(unused, verify, BatchSize::PerIteration)
        });
    }
}

/// Batches of signatures under a policy over three attributes, as a ledger requires.
fn many(c: &mut Criterion) {
    let mut group = group(c, "abs");
    let ((attributes, policy), mut rng) = (attributes(3), rng());
    let authority = MasterKey::generate(&mut rng).unwrap();
    let public_key = &authority.public_key();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    for n in [1, 10, 100_u32] {
        let messages: Vec<[u8; 4]> = (0..n).map(u32::to_be_bytes).collect();
        let sign = |message| key.sign(&policy, b"context", message, &mut rng).unwrap().to_bytes();
        let received: Vec<Vec<u8>> = messages.iter().map(|m| m.as_slice()).map(sign).collect();
        group.bench_function(BenchmarkId::new("verify batch", n), |b| {
            b.iter(|| {
                let signatures: Vec<Signature> =
                    received.iter().map(|bytes| Signature::from_bytes(bytes).unwrap()).collect();
                let claims: Vec<Claim<'_>> = messages
                    .iter()
                    .zip(&signatures)
                    .map(|(message, signature)| Claim {
                        public_key,
                        policy: &policy,
                        context: b"context",
                        message,
                        signature,
                    })
                    .collect();
                verify_batch(&claims, Threads::ONE).unwrap();
            })
        });
        let signatures: Vec<Signature> =
            received.iter().map(|bytes| Signature::from_bytes(bytes).unwrap()).collect();
        let claim = |(message, signature)| Claim {
            public_key,
            policy: &policy,
            context: b"context",
            message,
            signature,
        };
        let claims: Vec<Claim<'_>> =
            messages.iter().map(|m| m.as_slice()).zip(&signatures).map(claim).collect();
        let both = Threads::new(2);
        group.bench_function(BenchmarkId::new("verify batch, 2 threads", n), |b| {
            b.iter(|| verify_batch(&claims, both).unwrap())
        });
    }
}
