//! Key wrapping. `or` and `2 of` show the cost of a cheaper policy of the same size.

use criterion::Criterion;
use medseal::Threads;
use medseal::abe::{Encapsulation, MasterKey, PublicKey, WrappedKey};
use medseal::policy::{Attributes, Policy};

use crate::group;
use crate::time::Time;
use crate::world::{SIZES, attributes, joined, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "abe");
    group.time("set up", || MasterKey::generate(&mut rng()).unwrap());
    for n in SIZES {
        let ((attributes, all), mut rng) = (attributes(n), rng());
        let authority = MasterKey::generate(&mut rng).unwrap();
        let public_key = authority.public_key();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.time(("issue", n), || authority.issue(&attributes, &mut rng).unwrap());
        group.time(("verify key", n), || key.verify(&public_key).unwrap());

        group.time(("encapsulate", n), || public_key.encapsulate(&all, &mut rng).unwrap());
        let bytes = public_key.encapsulate(&all, &mut rng).unwrap().0.to_bytes();
        group.time(("decapsulate", n), || {
            key.decapsulate(&Encapsulation::from_bytes(&bytes).unwrap()).unwrap()
        });
        // A key caches the points that it has used, so each run needs its own key.
        let bytes = public_key.to_bytes();
        let unused = || PublicKey::from_bytes(&bytes).unwrap();
        let encapsulate = |key: PublicKey| key.encapsulate(&all, &mut rng).unwrap();
        group.time_on(("encapsulate, first", n), unused, encapsulate);

        let policies = [
            ("and", all.clone()),
            ("or", Policy::parse(&joined(n, " or ")).unwrap()),
            ("2 of", Policy::parse(&format!("{} of ({})", n.min(2), joined(n, ", "))).unwrap()),
        ];
        let wrapped = public_key.wrap(&all, &[7; 32], b"aad", None, &mut rng).unwrap();
        group.time(("could unwrap", n), || wrapped.could_unwrap(&attributes));
        for (shape, policy) in policies {
            group.time((format!("wrap, {shape}"), n), || {
                public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap()
            });
            let both = Threads::new(2);
            group.time((format!("wrap, {shape}, 2 threads"), n), || {
                public_key.wrap_on_threads(&policy, &[7; 32], b"aad", None, both, &mut rng).unwrap()
            });
            let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap().to_bytes();
            group.time((format!("unwrap, {shape}"), n), || {
                let received = WrappedKey::from_bytes(&wrapped).unwrap();
                key.unwrap_key(&received, b"aad", None).unwrap()
            });
        }
        let wrapped = public_key.wrap(&all, &[7; 32], b"aad", None, &mut rng).unwrap();
        group.time(("validate", n), || wrapped.validate().unwrap());
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
        group.time(format!("wrap, {rule}"), || {
            public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap()
        });
        let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap();
        group.time(format!("unwrap, {rule}"), || key.unwrap_key(&wrapped, b"aad", None).unwrap());
    }
}
