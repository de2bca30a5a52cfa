//! Merkle trees, by the number of entries.

use criterion::Criterion;
use medseal::merkle::{Frontier, Tree};

use crate::group;
use crate::time::Time;

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "merkle");
    for size in [1_000, 1_000_000_u64] {
        let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
        for i in 0..size {
            tree.append(&i.to_be_bytes());
            frontier.append(&i.to_be_bytes());
        }
        let (old_size, index, head) = (size * 2 / 3, size / 3, tree.head());
        group.time(("prove inclusion", size), || tree.prove_inclusion(index, size).unwrap());
        let proof = tree.prove_inclusion(index, size).unwrap();
        group.time(("verify inclusion", size), || proof.verify(&head, &index.to_be_bytes()).unwrap());
        group.time(("prove consistency", size), || tree.prove_consistency(old_size, size).unwrap());
        let (proof, old) = (tree.prove_consistency(old_size, size).unwrap(), tree.head_at(old_size).unwrap());
        group.time(("verify consistency", size), || proof.verify(&old, &head).unwrap());
        group.time(("root", size), || frontier.root());
        // These grow while they are measured, by less than a factor of two.
        group.time(("append to frontier", size), || frontier.append(b"entry"));
        group.time(("append to tree", size), || tree.append(b"entry"));
    }
}
