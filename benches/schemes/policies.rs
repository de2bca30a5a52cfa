//! Policies and attributes without any cryptography.

use criterion::{BatchSize, BenchmarkId, Criterion};
use medseal::policy::{Attribute, Attributes, Policy};

use crate::world::{SIZES, attributes};
use crate::{group, joined, names};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "policy");
    for n in SIZES {
        let (text, (attributes, policy)) = (joined(n, " and "), attributes(n));
        group.bench_function(BenchmarkId::new("parse", n), |b| b.iter(|| Policy::parse(&text).unwrap()));
        let rules: Vec<Policy> = names(n).map(|name| Policy::parse(&name).unwrap()).collect();
        group.bench_function(BenchmarkId::new("build", n), |b| {
            b.iter_batched(|| rules.clone(), |rules| Policy::all(rules).unwrap(), BatchSize::SmallInput)
        });
        let bytes = policy.to_bytes();
        group.bench_function(BenchmarkId::new("decode", n), |b| {
            b.iter(|| Policy::from_bytes(&bytes).unwrap())
        });
        let text = joined(n, ", ");
        group.bench_function(BenchmarkId::new("parse attributes", n), |b| {
            b.iter(|| Attributes::parse(&text).unwrap())
        });
        let list: Vec<Attribute> = names(n).map(|name| Attribute::new(&name).unwrap()).collect();
        group.bench_function(BenchmarkId::new("build attributes", n), |b| {
            b.iter_batched(|| list.clone(), |list| Attributes::new(list).unwrap(), BatchSize::SmallInput)
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
