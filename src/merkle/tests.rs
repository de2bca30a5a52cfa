//! The reference vectors of Certificate Transparency, the recursive definition,
//! and dishonest provers.

use proptest::prelude::*;

use super::head::{empty_root, leaf_hash, node_hash};
use super::*;
use crate::error::Error;

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    (0..).map(|i| 1 << i).take_while(|k| *k < n).last().unwrap()
}

/// `MTH` as the standard defines it.
fn mth(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => empty_root(),
        [entry] => leaf_hash([entry.as_slice()]),
        _ => {
            let k = split(entries.len());
            node_hash(&mth(&entries[..k]), &mth(&entries[k..]))
        }
    }
}

/// `PATH` as the standard defines it.
fn path(m: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let k = split(entries.len());
    let (mut path, sibling) = if m < k {
        (path(m, &entries[..k]), mth(&entries[k..]))
    } else {
        (path(m - k, &entries[k..]), mth(&entries[..k]))
    };
    path.push(sibling);
    path
}

/// `SUBPROOF` as the standard defines it.
fn subproof(m: usize, entries: &[Vec<u8>], known: bool) -> Vec<Hash> {
    if m == entries.len() {
        return if known { Vec::new() } else { vec![mth(entries)] };
    }
    let k = split(entries.len());
    let (mut path, sibling) = if m <= k {
        (subproof(m, &entries[..k], known), mth(&entries[k..]))
    } else {
        (subproof(m - k, &entries[k..], false), mth(&entries[..k]))
    };
    path.push(sibling);
    path
}

fn entries(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| vec![i as u8; i % 5]).collect()
}

fn tree(entries: &[Vec<u8>]) -> Tree {
    let mut tree = Tree::new();
    for (i, entry) in entries.iter().enumerate() {
        assert_eq!(tree.append(entry), i as u64);
    }
    tree
}

fn reference_entries() -> Vec<Vec<u8>> {
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .iter()
        .map(|entry| hex::decode(entry).unwrap())
        .collect()
}

fn hashes(hex: &[&str]) -> Vec<Hash> {
    hex.iter().map(|hash| hex::decode(hash).unwrap().try_into().unwrap()).collect()
}

// Reference vectors of the Certificate Transparency implementations (merkle_tree_test).

#[test]
fn reference_tree_heads() {
    let roots = hashes(&[
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]);
    let tree = tree(&reference_entries());
    let mut frontier = Frontier::new();
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(tree.head_at(size as u64).unwrap().root.as_bytes(), root);
        assert_eq!(frontier.root().as_bytes(), root);
        if let Some(entry) = reference_entries().get(size) {
            frontier.append(entry);
        }
    }
}

/// The first eight bytes of each hash of a path.
fn beginnings(path: &[Hash]) -> Vec<String> {
    path.iter().map(|hash| hex::encode(&hash[..8])).collect()
}

#[test]
fn reference_inclusion_proofs() {
    let (entries, tree) = (reference_entries(), tree(&reference_entries()));
    for (index, size, expected) in [
        (0, 1, ""),
        (0, 8, "96a296d224f285c6 5f083f0a1a33ca07 6b47aaf29ee3c2af"),
        (5, 8, "bc1a0643b12e4d2d ca854ea128ed050b d37ee418976dd957"),
        (2, 3, "fac54203e7cc696c"),
        (1, 5, "6e340b9cffb37a98 5f083f0a1a33ca07 bc1a0643b12e4d2d"),
    ] {
        let proof = tree.prove_inclusion(index, size).unwrap();
        assert!(beginnings(&proof.path).iter().eq(expected.split_whitespace()), "{index} of {size}");
        proof.verify(&tree.head_at(size).unwrap(), &entries[index as usize]).unwrap();
    }
}

#[test]
fn reference_consistency_proofs() {
    let tree = tree(&reference_entries());
    for (old, new, expected) in [
        (1, 1, ""),
        (1, 8, "96a296d224f285c6 5f083f0a1a33ca07 6b47aaf29ee3c2af"),
        (6, 8, "0ebc5d3437fbe2db ca854ea128ed050b d37ee418976dd957"),
        (2, 5, "5f083f0a1a33ca07 bc1a0643b12e4d2d"),
    ] {
        let proof = tree.prove_consistency(old, new).unwrap();
        assert_eq!((proof.old_size(), proof.size()), (old, new));
        assert!(beginnings(&proof.path).iter().eq(expected.split_whitespace()), "{old} of {new}");
        proof.verify(&tree.head_at(old).unwrap(), &tree.head_at(new).unwrap()).unwrap();
    }
}

// The recursive definition, for every size and index up to 70.

#[test]
fn roots_and_proofs_match_the_definition() {
    let entries = entries(70);
    let (tree, mut frontier) = (tree(&entries), Frontier::new());
    for size in 1..=entries.len() {
        frontier.append(&entries[size - 1]);
        let head = tree.head_at(size as u64).unwrap();
        assert_eq!(*head.root.as_bytes(), mth(&entries[..size]));
        assert_eq!(frontier.head(), head);
        for index in 0..size {
            let proof = tree.prove_inclusion(index as u64, size as u64).unwrap();
            assert_eq!(proof.path, path(index, &entries[..size]));
            proof.verify(&head, &entries[index]).unwrap();
        }
    }
    assert_eq!(tree.head(), frontier.head());
    assert_eq!(tree.root(), frontier.root());
}

#[test]
fn consistency_proofs_are_those_of_the_definition() {
    let entries = entries(70);
    let tree = tree(&entries);
    for new in 0..=entries.len() {
        for old in 0..=new {
            let proof = tree.prove_consistency(old as u64, new as u64).unwrap();
            if old > 0 {
                assert_eq!(proof.path, subproof(old, &entries[..new], true));
            }
            let heads = (tree.head_at(old as u64).unwrap(), tree.head_at(new as u64).unwrap());
            proof.verify(&heads.0, &heads.1).unwrap();
        }
    }
}

// Dishonest provers.

/// The path with each hash changed or missing, and with one hash more at each place.
fn others(path: &[Hash]) -> Vec<Vec<Hash>> {
    let at = |i: usize, by: &[Hash], to: usize| [&path[..i], by, &path[to..]].concat();
    let changed = |hash: &Hash| core::array::from_fn(|i| hash[i] ^ u8::from(i == 31));
    let less =
        path.iter().enumerate().flat_map(|(i, hash)| [at(i, &[changed(hash)], i + 1), at(i, &[], i + 1)]);
    less.chain((0..=path.len()).map(|i| at(i, &[[0; 32]], i))).collect()
}

#[test]
fn inclusion_proofs_fit_exactly_one_claim() {
    let entries = entries(23);
    let tree = tree(&entries);
    for size in 1..=23u64 {
        let head = tree.head_at(size).unwrap();
        for index in 0..size {
            let proof = tree.prove_inclusion(index, size).unwrap();
            let entry = &entries[index as usize];
            let refused = |proof: &InclusionProof, head: &Head, entry: &[u8]| {
                assert_eq!(proof.verify(head, entry), Err(Error::InvalidProof));
            };
            refused(&proof, &head, b"another entry");
            for other in (0..size + 2).filter(|other| *other != index) {
                refused(&InclusionProof { index: other, ..proof.clone() }, &head, entry);
            }
            for other in (0..30).filter(|other| *other != size) {
                refused(&InclusionProof { size: other, ..proof.clone() }, &head, entry);
                refused(&proof, &Head { size: other, ..head }, entry);
            }
            refused(&proof, &Head { root: Root::from([7; 32]), ..head }, entry);
            for path in others(&proof.path) {
                refused(&InclusionProof { path, ..proof.clone() }, &head, entry);
            }
            let above = InclusionProof { path: [&proof.path[..], &[[0; 32]]].concat(), ..proof.clone() };
            assert_eq!(above.root(leaf_hash([entry.as_slice()])), Err(Error::InvalidProof));
            proof.verify(&head, entry).unwrap();
        }
    }
}

#[test]
fn consistency_proofs_hold_for_their_heads_only() {
    let tree = tree(&entries(23));
    for new in 2..=23u64 {
        for old in 1..new {
            let (first, second) = (tree.head_at(old).unwrap(), tree.head_at(new).unwrap());
            let proof = tree.prove_consistency(old, new).unwrap();
            let refused = |proof: &ConsistencyProof, first: &Head, second: &Head| {
                assert_eq!(proof.verify(first, second), Err(Error::InvalidProof));
            };
            refused(&proof, &Head { root: Root::from([7; 32]), ..first }, &second);
            refused(&proof, &first, &Head { root: Root::from([7; 32]), ..second });
            refused(&proof, &second, &first);
            for other in (0..30).filter(|other| *other != old) {
                refused(
                    &ConsistencyProof { old_size: other, ..proof.clone() },
                    &Head { size: other, ..first },
                    &second,
                );
            }
            for other in (0..30).filter(|other| *other != new) {
                refused(&proof, &first, &Head { size: other, ..second });
            }
            for path in others(&proof.path) {
                refused(&ConsistencyProof { path, ..proof.clone() }, &first, &second);
            }
            proof.verify(&first, &second).unwrap();
        }
    }
}

#[test]
fn only_empty_trees_match_empty_roots() {
    let tree = tree(&entries(5));
    let (empty, head) = (Tree::new().head(), tree.head());
    let forged = Head { size: 0, root: head.root };
    let proof = tree.prove_consistency(0, 5).unwrap();
    assert_eq!(proof.verify(&forged, &head), Err(Error::InvalidProof));
    let proof_of_nothing = Tree::new().prove_consistency(0, 0).unwrap();
    assert_eq!(proof_of_nothing.verify(&empty, &forged), Err(Error::InvalidProof));
    proof_of_nothing.verify(&empty, &empty).unwrap();
    proof.verify(&empty, &head).unwrap();
}

#[test]
fn trees_prove_only_what_they_hold() {
    let tree = tree(&entries(5));
    for (index, size) in [(5, 5), (0, 0), (0, 6), (u64::MAX, u64::MAX), (4, u64::MAX)] {
        assert_eq!(tree.prove_inclusion(index, size), Err(Error::OutOfRange));
    }
    for (old, new) in [(5, 4), (0, 6), (u64::MAX, u64::MAX)] {
        assert_eq!(tree.prove_consistency(old, new), Err(Error::OutOfRange));
    }
    assert_eq!(tree.head_at(6), Err(Error::OutOfRange));
    assert_eq!(tree.head_at(u64::MAX), Err(Error::OutOfRange));
    assert_eq!(tree.head_at(5).unwrap(), tree.head());
}

#[test]
fn a_heads_bytes_are_read_strictly() {
    let head = |size: u64| Head::from_bytes(&[&size.to_be_bytes()[..], &[1; 32]].concat());
    assert_eq!(head((1 << 63) + 1).unwrap_err(), Error::InvalidField);
    assert_eq!(Head::from_bytes(&[0; 39]).unwrap_err(), Error::Truncated);
    assert_eq!(Head::from_bytes(&[0; 41]).unwrap_err(), Error::TrailingBytes);
    assert_eq!(head(1 << 63).unwrap(), Head { size: 1 << 63, root: Root::from([1; 32]) });
}

#[test]
fn restored_frontiers_and_trees_continue() {
    let entries = entries(40);
    for stop in 0..40 {
        let mut frontier = Frontier::new();
        entries[..stop].iter().for_each(|entry| _ = frontier.append(entry));
        let mut frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
        let mut restored = Tree::from_bytes(&tree(&entries[..stop]).to_bytes()).unwrap();
        for entry in &entries[stop..] {
            assert_eq!(frontier.append(entry), restored.append(entry));
        }
        assert_eq!(frontier.head(), tree(&entries).head());
        assert_eq!(restored, tree(&entries));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_of_larger_trees_verify(size in 1u64..3000, index in any::<u64>(), old in any::<u64>()) {
        let (index, old) = (index % size, old % (size + 1));
        let mut tree = Tree::new();
        (0..size).for_each(|i| _ = tree.append(&i.to_be_bytes()));
        tree.prove_inclusion(index, size).unwrap().verify(&tree.head(), &index.to_be_bytes()).unwrap();
        tree.prove_consistency(old, size).unwrap().verify(&tree.head_at(old).unwrap(), &tree.head()).unwrap();
    }
}
