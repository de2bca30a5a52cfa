//! Merkle trees, by the number of entries.

use criterion::{BenchmarkId, Criterion};
use medseal::merkle::{Frontier, Tree};

use crate::group;

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "merkle");
    for size in [1_000, 1_000_000_u64] {
        let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
        for i in 0..size {
            tree.append(&i.to_be_bytes());
            frontier.append(&i.to_be_bytes());
        }
        let (old_size, index, head) = (size * 2 / 3, size / 3, tree.head());
        group.bench_function(BenchmarkId::new("prove inclusion", size), |b| {
            b.iter(|| tree.prove_inclusion(index, size).unwrap())
        });
        let proof = tree.prove_inclusion(index, size).unwrap();
        group.bench_function(BenchmarkId::new("verify inclusion", size), |b| {
            b.iter(|| proof.verify(&head, &index.to_be_bytes()).unwrap())
        });
        group.bench_function(BenchmarkId::new("prove consistency", size), |b| {
            b.iter(|| tree.prove_consistency(old_size, size).unwrap())
        });
        let (proof, old) = (tree.prove_consistency(old_size, size).unwrap(), tree.head_at(old_size).unwrap());
        group.bench_function(BenchmarkId::new("verify consistency", size), |b| {
            b.iter(|| proof.verify(&old, &head).unwrap())
        });
        group.bench_function(BenchmarkId::new("root", size), |b| b.iter(|| frontier.root()));
        // These grow while they are measured, by less than a factor of two.
        group.bench_function(BenchmarkId::new("append to frontier", size), |b| {
            b.iter(|| frontier.append(b"entry"))
        });
        group.bench_function(BenchmarkId::new("append to tree", size), |b| b.iter(|| tree.append(b"entry")));
    }
}
