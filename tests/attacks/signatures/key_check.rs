//! Keys that are made to pass the check of a received key: an authority hands out credentials that are no good, or by which
//! it would know their holder again. The check adds its equations up under weights.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use medseal::Error;
use medseal::abs::SigningKey;

use super::prover::{Credential, Holder, PartOfLeaf};
use super::verifier::sum_holds;
use super::{Authority, REFUSED, sign};
use crate::ground::{P1, Reader, Transcript, g1_bytes, weights};
use crate::rule::all;

/// The equations of all credentials, `e(A_a, X) = e(B_a - [e_a]A_a, P2)`, added up with these weights.
fn holds(X: &[u8; 96], key: &Holder, weights: &[Scalar]) -> bool {
    let pairs = key.credentials.iter().map(|Credential { A, xA, .. }| PartOfLeaf {
        A: *A,
        B: *xA,
        z: [Scalar::ZERO; 3],
    });
    sum_holds(X, &pairs.collect::<Vec<_>>(), weights.iter().copied())
}

/// `A_a` and `A_b` of a key for `a, b`, each 48 bytes before this many others.
const BEHIND: [usize; 2] = [80, 0];

fn with(key: &[u8], points: [G1Projective; 2]) -> Vec<u8> {
    let mut key = key.to_vec();
    for (point, behind) in points.iter().zip(BEHIND) {
        let end = key.len() - behind;
        key[end - 48..end].copy_from_slice(&g1_bytes(point));
    }
    key
}

#[test]
fn errors_that_cancel_under_weights_known_beforehand_are_found_in_a_received_key() {
    let authority = Authority::new(1);
    let master = authority.master.to_bytes();
    let x = Reader::new(0x28, &master).scalar();
    let genuine = authority.issue("a, b", 2);
    let bytes = genuine.to_bytes();
    let key = Holder::read(&bytes);
    let [a, b] = ["a", "b"].map(|attribute| key.credential(attribute));
    let broken = with(&bytes, [a.A + P1(), b.A]);
    for before in [&bytes[..], &broken] {
        // The seed as it would be without the end of the key, from A_b over e_b, A_a, e_a to the attributes and u, without
        // all of it; and no weights at all.
        let fields = &before[4..];
        let ends = [0, 48, 80, 128, 160, fields.len() - 128, fields.len() - 96, fields.len()];
        let seeds = ends.map(|end| Transcript::new().item("signing key", &fields[..fields.len() - end]));
        let known =
            seeds.iter().map(|seed| weights("ABS-WEIGHT", seed.digest("ABS-VERIFY")).take(2).collect());
        for w in known.chain([vec![Scalar::ONE; 2]]) {
            // [d_a (x + e_a)]P1 too much, and as much too little.
            let less = w[0] * (x + a.e) * (w[1] * (x + b.e)).invert().unwrap();
            let forged = with(&bytes, [a.A + P1(), b.A - P1() * less]);
            assert!(holds(&authority.X, &key, &w) && holds(&authority.X, &Holder::read(&forged), &w));
            let forged = SigningKey::from_bytes(&forged).unwrap();
            assert_eq!(forged.verify(authority.public_key()), Err(Error::InvalidKey));
            // Nor does it sign.
            for rule in ["a".into(), "b".into(), all(["a", "b"])] {
                assert_eq!(authority.verify(&rule, &sign(&forged, &rule, 3).unwrap()), REFUSED);
            }
        }
    }
    let again = SigningKey::from_bytes(&with(&bytes, [a.A, b.A])).unwrap();
    assert_eq!(again.verify(authority.public_key()), Ok(()));
    assert_eq!(authority.verify(&all(["a", "b"]), &sign(&again, &all(["a", "b"]), 3).unwrap()), Ok(()));
}
