use crate::threads::Threads;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::bases::{Base, Points, RowBase, Scheme, Slot};
use super::key::{Elements, Key};
use super::rows::{Drawn, Rows};
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, PrimeCurveAffine, Scalar, check_each_encoded,
    pairing_product, random_nonzero_scalar, random_scalar,
};
use crate::domain::{
    SEARCH_ATTRIBUTE, SEARCH_H, SEARCH_KEY_CHECK, SEARCH_KEY_NONCE, SEARCH_NEGATION_P, SEARCH_NEGATION_Q,
    SEARCH_U0, SEARCH_U1, SEARCH_VALUE, SEARCH_WEIGHT,
};
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::policy::{Attributes, Chosen, Policy, Term};
use crate::secret::Secret;

static SCHEME: Scheme = Scheme {
    h: SEARCH_H,
    U0: SEARCH_U0,
    U1: SEARCH_U1,
    attribute: SEARCH_ATTRIBUTE,
    negation: [SEARCH_NEGATION_P, SEARCH_NEGATION_Q],
    value: SEARCH_VALUE,
    key_nonce: SEARCH_KEY_NONCE,
    key_check: SEARCH_KEY_CHECK,
    key_weight: SEARCH_WEIGHT,
};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// A key with `r = 1` and no master key.
fn bare_key(points: &Points, slot: &Slot, set: &str) -> Key {
    let one = Secret::new(Scalar::ONE);
    let attributes = Attributes::parse(set).unwrap();
    Key::new(points, slot, &attributes, &G1Projective::identity(), &one, &one)
}

#[test]
fn a_slot_is_linear_in_its_value() {
    let slot = Slot::new(&SCHEME);
    let [x, k] = [(); 2].map(|()| *random_scalar(&mut rng()).unwrap());
    let F = (slot.U1 * x + slot.U0).to_affine();
    assert_eq!(slot.at(&x), F);
    assert_eq!(slot.mul(&x, &k), F * k);
    assert_eq!(slot.times(&k), [slot.U0 * k, slot.U1 * k]);
    assert_eq!(slot.mul_h(&k), slot.h * k);
}

#[test]
fn sums_are_those_of_the_equation() {
    let (slot, points) = (Slot::new(&SCHEME), Points::new(&SCHEME));
    let (mut rng, x) = (rng(), Scalar::from(5));
    for (text, set) in [
        ("a", "a"),
        ("a and b and c", "a, b, c"),
        ("a or b", "b"),
        ("2 of (a, b, c)", "a, c"),
        ("3 of (a, b, c, d) and (a or b)", "a, b, d"),
        ("2 of (a and b, a and c, d)", "a, b, c"),
        ("not role=nurse", "role=doctor"),
        ("2 of (a, not role=nurse, not role=clerk)", "role=doctor"),
        ("level>=3 and not ward=7 and a", "level=20, ward=8, a"),
    ] {
        let (policy, key) = (Policy::parse(text).unwrap(), bare_key(&points, &slot, set));
        let tree = policy.tree();
        let bases = points.of_rows(tree, Threads::ONE);
        let s = random_nonzero_scalar(&mut rng).unwrap();
        let drawn = Drawn::new(tree, &s, &mut rng).unwrap();
        let rows = Rows::build(tree, &bases, &slot, &x, &drawn, Threads::ONE).unwrap();
        assert_eq!(check_each_encoded(&[rows.encoded().collect()]), [Ok(())]);
        // prod_j e(sum_j, c2_j) e(rows, [r]P2) = e(-[r s]F, P2) with r = 1
        let chosen = tree.choose(|row| key.elements.satisfy(&row.term)).unwrap();
        let sums = rows.combine(tree, &chosen, |term| key.elements.of_row(&SCHEME, term)).unwrap();
        let mut pairs = sums.uses.to_vec();
        pairs.push((sums.rows, *key.K2));
        pairs.push(((slot.at(&x) * *s).to_affine(), G2Affine::generator()));
        assert!(pairing_product(&pairs).unwrap().is_one(), "{text}");
    }
}

#[test]
fn rejects_what_the_policy_excludes() {
    let (slot, points) = (Slot::new(&SCHEME), Points::new(&SCHEME));
    let policy = Policy::parse("a or b").unwrap();
    let tree = policy.tree();
    let bases = points.of_rows(tree, Threads::ONE);
    let drawn = Drawn::new(tree, &Scalar::ONE, &mut rng()).unwrap();
    let rows = Rows::build(tree, &bases, &slot, &Scalar::ONE, &drawn, Threads::ONE).unwrap();
    let key = bare_key(&points, &slot, "a, role=x");
    let held = |elements: &Elements, term: &Term| elements.of_row(&SCHEME, term).is_some();
    assert!(held(&key.elements, &tree.rows()[0].term) && !held(&key.elements, &tree.rows()[1].term));
    let beyond = [Chosen { row: 2, gamma: Scalar::ONE }];
    assert_eq!(rows.combine(tree, &beyond, |_| None).unwrap_err(), Error::OutOfRange);
    let chosen = tree.choose(|_| true).unwrap();
    assert_eq!(rows.combine(tree, &chosen, |_| None).unwrap_err(), Error::PolicyNotSatisfied);
    // A key's contribution to a negative row, used for a positive one.
    let negative = Term::Not { label: "role".into(), value: "y".into() };
    let misled = rows.combine(tree, &chosen, |_| key.elements.of_row(&SCHEME, &negative));
    assert_eq!(misled.unwrap_err(), Error::OutOfRange);
    rows.combine(tree, &chosen, |term| key.elements.of_row(&SCHEME, term)).unwrap();
}

#[test]
fn cached_points_equal_hashed_points() {
    let points = Points::new(&SCHEME);
    let policy = Policy::parse("a and b or not role=x or a and b and c").unwrap();
    let a = Attributes::parse("a, b, c").unwrap().expanded();
    let expected: Vec<G1Affine> = a.iter().map(|a| hash_to_g1(SEARCH_ATTRIBUTE, a.as_bytes())).collect();
    for _ in 0..2 {
        assert_eq!(points.of_attributes(&a), expected);
        let bases = points.of_rows(policy.tree(), Threads::ONE);
        let sum = |n: usize| expected[..n].iter().fold(G1Projective::identity(), |sum, point| sum + point);
        assert_eq!([bases[0].c3.point, bases[2].c3.point], [sum(2), sum(3)].map(|sum| sum.to_affine()));
        assert_eq!(bases[1].c4.as_ref().unwrap().point, points.of_value("role", "x"));
        // A frequently multiplied base has its multiples, and gives the same result.
        let k = Scalar::from(77).invert().unwrap();
        for _ in 0..12 {
            assert_eq!(bases[0].c3.mul(&k), bases[0].c3.point * k);
        }
    }
}

#[test]
fn a_full_cache_drops_its_points() {
    let points = Points::new(&SCHEME);
    let rows = |from: usize| {
        let names: Vec<String> = (from..from + 100).map(|i| format!("a{i}")).collect();
        let policy = Policy::parse(&names.join(" or ")).unwrap();
        let bases: Vec<Arc<RowBase>> = points.of_rows(policy.tree(), Threads::ONE);
        bases.iter().map(|base| base.c3.point).collect::<Vec<_>>()
    };
    let first = rows(0);
    assert_ne!(first, rows(100));
    assert_ne!(first, rows(200));
    assert_eq!(first, rows(0));
    let used = |base: &Base| base.point;
    assert_eq!(first[0], used(&points.of_rows(Policy::parse("a0").unwrap().tree(), Threads::ONE)[0].c3));
}
