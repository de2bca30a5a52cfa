//! Policies and attributes without any cryptography.

use criterion::{BatchSize, Criterion};
use medseal::policy::{Attribute, Attributes, Policy};

use crate::group;
use crate::time::Time;
use crate::world::{SIZES, attributes, joined, names};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "policy");
    for n in SIZES {
        let (text, (attributes, policy)) = (joined(n, " and "), attributes(n));
        group.time(("parse", n), || Policy::parse(&text).unwrap());
        let rules: Vec<Policy> = names(n).map(|name| Policy::parse(&name).unwrap()).collect();
        group.measure(("build", n), |b| {
            b.iter_batched(|| rules.clone(), |rules| Policy::all(rules).unwrap(), BatchSize::SmallInput)
        });
        let bytes = policy.to_bytes();
        group.time(("decode", n), || Policy::from_bytes(&bytes).unwrap());
        let text = joined(n, ", ");
        group.time(("parse attributes", n), || Attributes::parse(&text).unwrap());
        let list: Vec<Attribute> = names(n).map(|name| Attribute::new(&name).unwrap()).collect();
        group.measure(("build attributes", n), |b| {
            b.iter_batched(|| list.clone(), |list| Attributes::new(list).unwrap(), BatchSize::SmallInput)
        });
        group.time(("is satisfied by", n), || policy.is_satisfied_by(&attributes));
        let nobody = Attributes::parse("other").unwrap();
        group.time(("diagnose", n), || policy.diagnose(&nobody).unwrap().to_string());
    }
}
