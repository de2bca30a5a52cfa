//! An attacker's own prover, from RFC 9162. It proves true statements as the standard requires, and
//! encodes false ones in the same form.

use crate::ground::{header, sha256};

pub(crate) type Hash = [u8; 32];

/// `MTH({d}) = SHA-256(0x00 || d)`
pub(crate) fn leaf(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// `SHA-256(0x01 || left || right)`
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The largest power of two below `n`, which is at least two.
fn split_point(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// `MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))`, over leaves that are already hashed.
pub(crate) fn mth(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len()));
            node(&mth(left), &mth(right))
        }
    }
}

/// `PATH(m, D[n])`
pub(crate) fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split_point(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m < k {
        [path(m, left), vec![mth(right)]].concat()
    } else {
        [path(m - k, right), vec![mth(left)]].concat()
    }
}

/// `PROOF(m, D[n]) = SUBPROOF(m, D[n], true)`
pub(crate) fn proof(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    subproof(m, leaves, true)
}

fn subproof(m: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if known { Vec::new() } else { vec![mth(leaves)] };
    }
    let k = split_point(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m <= k {
        [subproof(m, left, known), vec![mth(right)]].concat()
    } else {
        [subproof(m - k, right, false), vec![mth(left)]].concat()
    }
}

/// The fields of an inclusion proof, and of a consistency proof: two numbers and the hashes.
pub(crate) fn fields(first: u64, second: u64, path: &[Hash]) -> Vec<u8> {
    let numbers = [first.to_be_bytes(), second.to_be_bytes()].concat();
    [numbers, (path.len() as u32).to_be_bytes().to_vec(), path.concat()].concat()
}

/// A proof that claims that the entry at `index` is in a tree of `size`.
pub(crate) fn inclusion(index: u64, size: u64, path: &[Hash]) -> Vec<u8> {
    [header(0x3e).to_vec(), fields(index, size, path)].concat()
}

/// A proof that claims that a tree of `size` begins with a tree of `old_size`.
pub(crate) fn consistency(old_size: u64, size: u64, path: &[Hash]) -> Vec<u8> {
    [header(0x3f).to_vec(), fields(old_size, size, path)].concat()
}
