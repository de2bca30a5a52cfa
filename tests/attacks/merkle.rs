//! Logs that lie: a hospital about the history of its database, a ledger about its content. They
//! choose every byte of a proof, and construct any heads.

pub(crate) mod prover;

use std::collections::{HashMap, HashSet};

use medseal::Error;
use medseal::merkle::{ConsistencyProof, Head, InclusionProof, Root};

use prover::{Hash, consistency, inclusion, leaf, mth, node, path, proof};

fn entries(count: u8) -> Vec<Vec<u8>> {
    (0..count).map(|i| vec![i; 32]).collect()
}

fn leaves(entries: &[Vec<u8>]) -> Vec<Hash> {
    entries.iter().map(|entry| leaf(entry)).collect()
}

fn head(size: u64, root: Hash) -> Head {
    Head { size, root: Root::from(root) }
}

/// Whether a verifier who knows the head accepts this as its entry at `index`.
fn included(head: &Head, entry: &[u8], index: u64, path: &[Hash]) -> Result<(), Error> {
    InclusionProof::from_bytes(&inclusion(index, head.size, path))?.verify(head, entry)
}

/// Whether a verifier who knows the old head accepts the new one as an extension of it.
fn consistent(old: &Head, new: &Head, path: &[Hash]) -> Result<(), Error> {
    ConsistencyProof::from_bytes(&consistency(old.size, new.size, path))?.verify(old, new)
}

/// All lists of `length` hashes from a pool.
fn lists(pool: &[Hash], length: usize) -> impl Iterator<Item = Vec<Hash>> {
    let count = pool.len().pow(length as u32);
    (0..count).map(move |number| {
        let digit = |place| pool[number / pool.len().pow(place as u32) % pool.len()];
        (0..length).map(digit).collect()
    })
}

/// The hashes of all nodes of a tree, including its leaves.
fn nodes(leaves: &[Hash]) -> Vec<Hash> {
    let mut all = vec![mth(leaves)];
    if leaves.len() > 1 {
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        all.extend([nodes(left), nodes(right)].concat());
    }
    all
}

#[test]
fn a_rewritten_entry_fails_the_old_head() {
    let honest = entries(17);
    for rewritten in [0, 3, 8] {
        let mut other = honest.clone();
        other[rewritten] = b"rewritten".to_vec();
        let (honest, other) = (leaves(&honest), leaves(&other));
        for old in rewritten + 1..=17 {
            for new in old..=17 {
                let known = head(old as u64, mth(&honest[..old]));
                let forged = head(new as u64, mth(&other[..new]));
                // The proof from its own tree, and the proof from the earlier tree.
                for leaves in [&other, &honest] {
                    let refused = consistent(&known, &forged, &proof(old, &leaves[..new]));
                    assert_eq!(refused, Err(Error::InvalidProof), "{old} to {new}");
                }
                let genuine = head(new as u64, mth(&honest[..new]));
                consistent(&known, &genuine, &proof(old, &honest[..new])).unwrap();
            }
        }
    }
}

/// The results of a consistency proof according to RFC 9162 (2.1.4.2): a root of the old tree and a
/// root of the new tree. A log that can sign anything signs the second.
fn led_to(old: u64, new: u64, path: &[Hash]) -> Option<(Hash, Hash)> {
    let (mut fnode, mut snode) = (old - 1, new - 1);
    while fnode & 1 == 1 {
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    let (first, rest) = path.split_first()?;
    let (mut fr, mut sr) = (*first, *first);
    for c in rest {
        if snode == 0 {
            return None;
        }
        if fnode & 1 == 1 || fnode == snode {
            (fr, sr) = (node(c, &fr), node(c, &sr));
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            sr = node(&sr, c);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    (snode == 0).then_some((fr, sr))
}

#[test]
fn no_head_holds_old_and_rewritten_entries() {
    const NEW: u64 = 5;
    let honest = leaves(&entries(5));
    for old in [2, 3, 4] {
        let known = head(old, mth(&honest[..old as usize]));
        let mut other = honest.clone();
        other[1] = leaf(b"rewritten");
        let mut pool: Vec<_> = nodes(&honest).into_iter().chain(nodes(&other)).collect();
        pool.extend([nodes(&honest[..old as usize]), nodes(&other[..old as usize])].concat());
        let pool: Vec<_> = pool.into_iter().collect::<HashSet<_>>().into_iter().collect();

        // Every head that a proof of known hashes connects to the old head. A complete old
        // tree is not in its proof.
        let mut heads = HashSet::new();
        for length in 1..=4 {
            for list in lists(&pool, length) {
                let whole = if old == 3 {
                    list.clone()
                } else {
                    [vec![*known.root.as_bytes()], list.clone()].concat()
                };
                let Some((fr, sr)) = led_to(old, NEW, &whole) else { continue };
                if fr == *known.root.as_bytes() {
                    consistent(&known, &head(NEW, sr), &list).unwrap();
                    heads.insert(sr);
                }
            }
        }
        assert!(heads.len() > 1 && heads.contains(&mth(&honest)));
        // None of them contains the rewritten entry.
        for root in heads {
            let forged = head(NEW, root);
            for list in (0..=3).flat_map(|length| lists(&pool, length)) {
                assert_eq!(included(&forged, b"rewritten", 1, &list), Err(Error::InvalidProof));
            }
        }
        let genuine = head(NEW, mth(&honest));
        assert!(lists(&pool, 3).any(|list| included(&genuine, &[1; 32], 1, &list).is_ok()));
    }
}

#[test]
fn a_node_hash_is_no_entry() {
    for size in 2..=9 {
        let leaves = leaves(&entries(size as u8));
        let root = mth(&leaves);
        // The node over two leaves, as an entry of their two hashes, with or without the byte that
        // distinguishes nodes from leaves.
        let pair = [leaves[0], leaves[1]].concat();
        let shorter = &path(0, &leaves)[1..];
        for entry in [pair.clone(), [vec![1], pair.clone()].concat(), [vec![0], pair].concat()] {
            for claimed in 1..=9 {
                for index in 0..claimed {
                    // Under the genuine head, and under a head that states another size.
                    let forged = head(claimed, root);
                    assert_eq!(included(&forged, &entry, index, shorter), Err(Error::InvalidProof));
                }
            }
        }
        included(&head(size, root), &entries(1)[0], 0, &path(0, &leaves)).unwrap();
    }
}

/// The root that the path of an inclusion proof gives (2.1.3.2), for any length of the path.
fn leads_to(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Hash {
    let (mut fnode, mut snode, mut r) = (index, size - 1, leaf);
    for p in path {
        if fnode & 1 == 1 || fnode == snode {
            r = node(p, &r);
            while fnode & 1 == 0 && fnode != 0 {
                (fnode, snode) = (fnode >> 1, snode >> 1);
            }
        } else {
            r = node(&r, p);
        }
        (fnode, snode) = (fnode >> 1, snode >> 1);
    }
    r
}

#[test]
fn no_head_holds_two_entries_at_once() {
    let entries = entries(3);
    let leaves = leaves(&entries);
    let pool = [nodes(&leaves), vec![node(&leaves[1], &leaves[2])]].concat();
    let mut two = 0;
    for (index, size) in (1..=4).flat_map(|size| (0..size).map(move |index| (index, size))) {
        // For each reachable root, everything that leads to it. Longer and shorter paths
        // lead to the same roots.
        let mut led = HashMap::<Hash, Vec<_>>::new();
        for path in (0..=3).flat_map(|length| lists(&pool, length)) {
            for (entry, leaf) in entries.iter().zip(&leaves) {
                led.entry(leads_to(index, size, *leaf, &path)).or_default().push((entry, path.clone()));
            }
        }
        for (root, ways) in led {
            let distinct = |ways: Vec<&(&Vec<u8>, Vec<Hash>)>| {
                ways.iter().map(|(entry, _)| *entry).collect::<HashSet<_>>().len()
            };
            two += usize::from(distinct(ways.iter().collect()) > 1);
            let believed =
                ways.iter().filter(|(entry, path)| included(&head(size, root), entry, index, path).is_ok());
            assert!(distinct(believed.collect()) <= 1, "{index} of {size}");
        }
    }
    assert!(two > 0);
    for (entry, index) in entries.iter().zip(0..3) {
        included(&head(3, mth(&leaves)), entry, index, &path(index as usize, &leaves)).unwrap();
    }
}

#[test]
fn proofs_fit_only_their_entry_and_place() {
    let entries = entries(9);
    let leaves = leaves(&entries);
    for size in 1..=9_usize {
        let known = head(size as u64, mth(&leaves[..size]));
        for index in 0..size {
            let path = path(index, &leaves[..size]);
            for (place, entry) in entries.iter().enumerate() {
                for claimed in 0..10 {
                    let right = (place, claimed) == (index, index as u64);
                    assert_eq!(included(&known, entry, claimed, &path).is_ok(), right);
                    // The size is in the head, which is known, and in the
                    // proof, which is not trusted.
                    for other in (1..10).filter(|other| *other != size as u64) {
                        let proof = InclusionProof::from_bytes(&inclusion(claimed, other, &path));
                        assert!(proof.and_then(|proof| proof.verify(&known, entry)).is_err());
                    }
                }
            }
        }
    }
}

#[test]
fn merkle_proofs_allow_no_other_bit() {
    let leaves = leaves(&entries(13));
    let (old, new) = (head(6, mth(&leaves[..6])), head(13, mth(&leaves)));
    type Believed<'a> = &'a dyn Fn(&[u8]) -> Result<(), Error>;
    let as_inclusion =
        |bytes: &[u8]| InclusionProof::from_bytes(bytes).and_then(|proof| proof.verify(&new, &[5; 32]));
    let as_consistency =
        |bytes: &[u8]| ConsistencyProof::from_bytes(bytes).and_then(|proof| proof.verify(&old, &new));
    let proofs: [(Vec<u8>, Believed<'_>); 2] = [
        (inclusion(5, 13, &path(5, &leaves)), &as_inclusion),
        (consistency(6, 13, &proof(6, &leaves)), &as_consistency),
    ];
    for (honest, believed) in proofs {
        for bit in 0..honest.len() * 8 {
            let mut altered = honest.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(believed(&altered).is_err(), "bit {bit}");
        }
        for cut in 0..honest.len() {
            assert!(believed(&honest[..cut]).is_err(), "cut at {cut}");
        }
        assert!(believed(&[&honest[..], &[0]].concat()).is_err());
        // A hash removed, or any node's hash inserted at any place, with the count adjusted.
        let hashes: Vec<Hash> = honest[24..].chunks(32).map(|hash| hash.try_into().unwrap()).collect();
        let with = |hashes: &[Hash]| {
            [&honest[..20], &(hashes.len() as u32).to_be_bytes(), &hashes.concat()].concat()
        };
        for place in 0..=hashes.len() {
            for extra in nodes(&leaves) {
                let mut longer = hashes.clone();
                longer.insert(place, extra);
                assert_eq!(believed(&with(&longer)), Err(Error::InvalidProof));
            }
        }
        for place in 0..hashes.len() {
            let mut shorter = hashes.clone();
            shorter.remove(place);
            assert_eq!(believed(&with(&shorter)), Err(Error::InvalidProof));
        }
        assert_eq!(with(&hashes), honest);
        believed(&honest).unwrap();
    }
}

#[test]
fn rejects_proofs_with_arbitrary_numbers() {
    let (root, entry) = (mth(&leaves(&entries(4))), &entries(4)[0]);
    let sizes = [0, 1, 2, 3, 4, u64::from(u32::MAX), 1 << 32, 1 << 62, (1 << 63) - 1, 1 << 63, u64::MAX];
    for (first, second) in sizes.iter().flat_map(|first| sizes.map(|second| (*first, second))) {
        for length in [0, 1, 2, 3, 63, 64, 65, 1000] {
            let path = vec![root; length];
            assert!(included(&head(second, root), entry, first, &path).is_err());
            // It proves only that a head is consistent with itself.
            let same = first == second && (1..=1 << 63).contains(&first) && length == 0;
            assert_eq!(consistent(&head(first, root), &head(second, root), &path).is_ok(), same);
        }
        // A count higher than the number of hashes.
        let announced = |proof: Vec<u8>| [&proof[..20], &[0xff; 4]].concat();
        InclusionProof::from_bytes(&announced(inclusion(first, second, &[]))).unwrap_err();
        ConsistencyProof::from_bytes(&announced(consistency(first, second, &[]))).unwrap_err();
    }
    let leaves = leaves(&entries(4));
    included(&head(4, root), entry, 0, &path(0, &leaves)).unwrap();
    consistent(&head(3, mth(&leaves[..3])), &head(4, root), &proof(3, &leaves)).unwrap();
}
