//! Attribute-based signatures, one and many.

use criterion::Criterion;
use medseal::Threads;
use medseal::abs::{MasterKey, PublicKey, Signature, SigningKey, verify_batch};

use crate::group;
use crate::time::Time;
use crate::world::{SIZES, attributes, claims, rng};

pub(crate) fn all(c: &mut Criterion) {
    one(c);
    many(c);
}

fn one(c: &mut Criterion) {
    let mut group = group(c, "abs");
    group.time("set up", || MasterKey::generate(&mut rng()).unwrap());
    for n in SIZES {
        let ((attributes, policy), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.time(("issue", n), || authority.issue(&attributes, &mut rng).unwrap());
        group.time(("verify key", n), || key.verify(&public_key).unwrap());
        group.time(("sign", n), || key.sign(&policy, b"context", b"message", &mut rng).unwrap());
        // A key caches the points that it has used, so each run needs its own key.
        let bytes = key.to_bytes();
        let unused = || SigningKey::from_bytes(&bytes).unwrap();
        let sign = |key: SigningKey| key.sign(&policy, b"context", b"message", &mut rng).unwrap();
        group.time_on(("sign, first", n), unused, sign);
        let bytes = key.sign(&policy, b"context", b"message", &mut rng).unwrap().to_bytes();
        group.time(("verify", n), || {
            let received = Signature::from_bytes(&bytes).unwrap();
            public_key.verify(&policy, b"context", b"message", &received).unwrap();
        });
        let key_bytes = public_key.to_bytes();
        let unused = || (PublicKey::from_bytes(&key_bytes).unwrap(), Signature::from_bytes(&bytes).unwrap());
        let verify = |(public_key, signature): (PublicKey, Signature)| {
            public_key.verify(&policy, b"context", b"message", &signature).unwrap();
        };
        group.time_on(("verify, first", n), unused, verify);
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
        let decoded =
            || received.iter().map(|bytes| Signature::from_bytes(bytes).unwrap()).collect::<Vec<_>>();
        group.time(("verify batch", n), || {
            let signatures = decoded();
            verify_batch(&claims(public_key, &policy, &messages, &signatures), Threads::ONE).unwrap();
        });
        let signatures = decoded();
        let (claims, both) = (claims(public_key, &policy, &messages, &signatures), Threads::new(2));
        group.time(("verify batch, 2 threads", n), || verify_batch(&claims, both).unwrap());
    }
}
