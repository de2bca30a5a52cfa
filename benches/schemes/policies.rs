//! Policies without any cryptography.

use criterion::{BenchmarkId, Criterion};
use medseal::policy::{Attributes, Policy};

use crate::world::{SIZES, attributes};
use crate::{group, joined};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "policy");
    for n in SIZES {
        let (text, (attributes, policy)) = (joined(n, " and "), attributes(n));
        group.bench_function(BenchmarkId::new("parse", n), |b| b.iter(|| Policy::parse(&text).unwrap()));
        let text = joined(n, ", ");
        group.bench_function(BenchmarkId::new("parse attributes", n), |b| {
            b.iter(|| Attributes::parse(&text).unwrap())
        });
        group.bench_function(BenchmarkId::new("is satisfied by", n), |b| {
            b.iter(|| policy.is_satisfied_by(&attributes))
        });
        let nobody = Attributes::parse("other").unwrap();
        group.bench_function(BenchmarkId::new("diagnose", n), |b| {
            b.iter(|| policy.diagnose(&nobody).unwrap().to_string())
        });
    }
}
