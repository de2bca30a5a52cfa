use std::collections::HashSet;

use super::authority::{MasterShare, Public};
use super::bases::{Points, Slot};
use super::key::{Elements, Key};
use super::rows::{Drawn, Rows};
use crate::codec::{Reader, Writer};
use crate::curve::samples::rng;
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, Lazy, PrimeCurveAffine, Scalar,
    check_each_encoded, pairing_product, random_nonzero_scalar, random_scalar,
};
use crate::domain::SEARCH;
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::policy::{Attributes, Chosen, Policy, Term, Tree};
use crate::secret::Secret;
use crate::threads::Threads;
use crate::transcript::{Transcript, weights};

/// A key with `r = 1` and no master key.
fn bare_key(points: &Points, slot: &Slot, set: &str) -> Key {
    let one = Secret::new(Scalar::ONE);
    let attributes = Attributes::parse(set).unwrap();
    Key::new(points, slot, &attributes, &G1Projective::identity(), &one, &one)
}

/// Rows that share `s` over the policy's tree, for the slot value `x`.
fn built(points: &Points, slot: &Slot, x: &Scalar, tree: &Tree, s: &Scalar) -> Rows {
    let drawn = Drawn::new(tree, s, &mut rng(2)).unwrap();
    Rows::build(tree, &points.of_rows(tree, Threads::ONE), slot, x, &drawn, Threads::ONE).unwrap()
}

#[test]
fn a_slot_is_linear_in_its_value() {
    let slot = Slot::new(&SEARCH);
    let [x, k] = [(); 2].map(|()| *random_scalar(&mut rng(1)).unwrap());
    let F = (slot.U1 * x + slot.U0).to_affine();
    assert_eq!(slot.at(&x), F);
    assert_eq!(slot.mul(&x, &k), F * k);
    assert_eq!(slot.times(&k), [slot.U0 * k, slot.U1 * k]);
    assert_eq!(slot.mul_h(&k), slot.h * k);
}

#[test]
fn sums_are_those_of_the_equation() {
    let (slot, points) = (Slot::new(&SEARCH), Points::new(&SEARCH));
    let (mut rng, x) = (rng(1), Scalar::from(5));
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
        let s = random_nonzero_scalar(&mut rng).unwrap();
        let rows = built(&points, &slot, &x, tree, &s);
        assert_eq!(check_each_encoded(&[rows.encoded().collect()]), [Ok(())]);
        // prod_j e(sum_j, c2_j) e(rows, [r]P2) = e(-[r s]F, P2) with r = 1
        let chosen = tree.choose(|row| key.elements.satisfy(&row.term)).unwrap();
        let sums = rows.combine(tree, &chosen, |term| key.elements.of_row(&SEARCH, term)).unwrap();
        let mut pairs = sums.uses.to_vec();
        pairs.push((sums.rows, *key.K2));
        pairs.push(((slot.at(&x) * *s).to_affine(), G2Affine::generator()));
        assert!(pairing_product(&pairs).unwrap().is_one(), "{text}");
    }
}

#[test]
fn rejects_what_the_policy_excludes() {
    let (slot, points) = (Slot::new(&SEARCH), Points::new(&SEARCH));
    let policy = Policy::parse("a or b").unwrap();
    let tree = policy.tree();
    let rows = built(&points, &slot, &Scalar::ONE, tree, &Scalar::ONE);
    let key = bare_key(&points, &slot, "a, role=x");
    let held = |elements: &Elements, term: &Term| elements.of_row(&SEARCH, term).is_some();
    assert!(held(&key.elements, &tree.rows()[0].term) && !held(&key.elements, &tree.rows()[1].term));
    let beyond = [Chosen { row: 2, gamma: Scalar::ONE }];
    assert_eq!(rows.combine(tree, &beyond, |_| None).unwrap_err(), Error::OutOfRange);
    let chosen = tree.choose(|_| true).unwrap();
    assert_eq!(rows.combine(tree, &chosen, |_| None).unwrap_err(), Error::PolicyNotSatisfied);
    // A key's contribution to a negative row, used for a positive one.
    let negative = Term::Not { label: "role".into(), value: "y".into() };
    let misled = rows.combine(tree, &chosen, |_| key.elements.of_row(&SEARCH, &negative));
    assert_eq!(misled.unwrap_err(), Error::OutOfRange);
    rows.combine(tree, &chosen, |term| key.elements.of_row(&SEARCH, term)).unwrap();
}

#[test]
fn cached_points_equal_hashed_points() {
    let points = Points::new(&SEARCH);
    let policy = Policy::parse("a and b or not role=x or a and b and c").unwrap();
    let a = Attributes::parse("a, b, c").unwrap().expanded();
    let expected: Vec<G1Affine> = a.iter().map(|a| hash_to_g1(SEARCH.attribute, a.as_bytes())).collect();
    for _ in 0..2 {
        assert_eq!(points.of_attributes(&a), expected);
        let bases = points.of_rows(policy.tree(), Threads::ONE);
        let sum = |n: usize| expected[..n].iter().fold(G1Projective::identity(), |sum, point| sum + point);
        assert_eq!([bases[0].c3.point, bases[2].c3.point], [sum(2), sum(3)].map(|sum| sum.to_affine()));
        assert_eq!(bases[1].c4.as_ref().unwrap().point, points.of_value("role", "x"));
        // A frequently multiplied base has a table of multiples, and gives the same result.
        let k = Scalar::from(77).invert().unwrap();
        for _ in 0..12 {
            assert_eq!(bases[0].c3.mul(&k), bases[0].c3.point * k);
        }
    }
}

#[test]
fn only_so_many_points_are_kept() {
    let points = Points::new(&SEARCH);
    let kept = |points: &Points| (points.attributes.read().unwrap().len(), points.rows.read().unwrap().len());
    let names = |from: usize, count: usize| (from..from + count).map(|i| format!("a{i}")).collect::<Vec<_>>();
    // 100 rows, then 100 more: of 128 the first are forgotten.
    for from in [0, 100] {
        let policy = Policy::parse(&names(from, 100).join(" or ")).unwrap();
        points.of_rows(policy.tree(), Threads::ONE);
    }
    assert_eq!(kept(&points), (200, 100));
    // 100 of these are known, and too many are not: the cache keeps those, then all, then one more.
    let attributes = Attributes::parse(&names(100, Points::ATTRIBUTES).join(", ")).unwrap().expanded();
    for count in [Points::ATTRIBUTES - 100, Points::ATTRIBUTES] {
        points.of_attributes(&attributes);
        assert_eq!(kept(&points).0, count);
    }
    points.of_attributes(&Attributes::parse("b").unwrap().expanded());
    assert_eq!(kept(&points).0, 1);
}

/// A part of a key under `A_i = [2]P2` and `B_i = [3]P2`, for a request hashed to `G`, and
/// the inputs of its check.
struct Part {
    public: Public,
    G: G1Affine,
    A_i: G2Affine,
    B_i: G2Affine,
    key: Key,
}

impl Part {
    fn new(slot: &'static Slot) -> Self {
        let P2 = G2Affine::generator();
        let [alpha, beta] = [2, 3].map(|k| Secret::new(Scalar::from(k)));
        let [A_i, B_i] = [&alpha, &beta].map(|k| (P2 * **k).to_affine());
        let public = Public::new(&SEARCH, slot, A_i).unwrap();
        let G = hash_to_g1(SEARCH.h, b"request");
        let share = MasterShare { alpha: &alpha, beta: &beta };
        let key = public.issue_part(&share, &G, &Attributes::parse("a, b").unwrap(), &mut rng(1)).unwrap();
        Self { public, G, A_i, B_i, key }
    }

    fn check(&self) -> Result<(), Error> {
        self.public.check_part(&self.key, &self.A_i, &self.G, &self.B_i)
    }

    /// The weights, if their seed depends on the bases `h` and `G`, and on `A_i` and `B_i`, or not.
    fn weights(&self, bases: bool, public: bool) -> Vec<Scalar> {
        let (mut fields, mut transcript) = (Writer::new(), Transcript::new());
        self.key.write(&mut fields);
        for (base, point) in [(&self.public.slot.h, &self.A_i), (&self.G, &self.B_i)] {
            if bases {
                transcript.g1("base", base);
            }
            if public {
                transcript.g2("public", point);
            }
        }
        let seed = transcript.bytes("key", fields.as_slice()).digest(SEARCH.key_check);
        weights(SEARCH.key_weight, seed).take(self.key.len()).collect()
    }
}

#[test]
fn public_shares_fitted_to_a_part_fail() {
    // An authority issues a broken part, and then publishes an `A_i` or finds a request that
    // corrects the sum of all equations, if the weights do not depend on it.
    static SLOT: Lazy<Slot> = Lazy::new(|| Slot::new(&SEARCH));
    let mut part = Part::new(&SLOT);
    let genuine = part.key;
    part.key = Part::new(&SLOT).key;
    let h = SLOT.h;
    let K_a = part.key.elements.K.values_mut().next().unwrap();
    **K_a = (G1Projective::from(&**K_a) + h).to_affine();
    let (A_i, G) = (part.A_i, part.G);
    assert_eq!(part.check(), Err(Error::InvalidKey));
    for (bases, public) in [(true, false), (false, true), (false, false)] {
        let w = part.weights(bases, public);
        // [w_a]h is added on one side; on the other, [w_a/w_0]P2 to A_i, or [w_a/3w_0]h to G.
        let over = w[2] * w[0].invert().unwrap();
        part.A_i = (G2Affine::generator() * over + A_i).to_affine();
        assert_eq!(part.check(), Err(Error::InvalidKey));
        part.A_i = A_i;
        part.G = (h * (over * Scalar::from(3).invert().unwrap()) + G).to_affine();
        assert_eq!(part.check(), Err(Error::InvalidKey));
        part.G = G;
    }
    part.key = genuine;
    assert_eq!(part.check(), Ok(()));
}

#[test]
fn parts_of_other_attributes_do_not_combine() {
    let (slot, points) = (Slot::new(&SEARCH), Points::new(&SEARCH));
    let [one, two, other] = ["a, b", "a, b", "a, c"].map(|set| bare_key(&points, &slot, set));
    let half = Scalar::from(2).invert().unwrap();
    for (keys, l) in [(vec![&one, &other], vec![half; 2]), (vec![&one, &two], vec![half]), (vec![], vec![])] {
        assert_eq!(Key::combine(&keys, &l).unwrap_err(), Error::InvalidKey);
    }
    let sum = Key::combine(&[&one, &two], &[half; 2]).unwrap();
    assert_eq!((*sum.K0, *sum.K2), (*one.K0, *one.K2));
}

#[test]
fn sizes_of_a_key_come_before_points() {
    let key = bare_key(&Points::new(&SEARCH), &Slot::new(&SEARCH), "a, ward=b");
    let mut w = Writer::new();
    key.write(&mut w);
    let (mut bytes, size) = (w.into_vec(), 96 + 48 * (2 + 2 + 1));
    let first = bytes.len() - size;
    let read = |bytes: &[u8]| Key::read(&mut Reader::new(bytes)).map(drop);
    assert_eq!(read(&bytes), Ok(()));
    bytes[first..first + 96].fill(0xff);
    assert_eq!(read(&bytes), Err(Error::InvalidPoint));
    assert_eq!(read(&bytes[..bytes.len() - 1]), Err(Error::Truncated));
}

#[test]
fn use_numbers_have_secrets_of_their_own() {
    let (slot, points) = (Slot::new(&SEARCH), Points::new(&SEARCH));
    let policy = Policy::parse("2 of (a and b, a and c, a)").unwrap();
    let s = Scalar::from(5);
    let rows = built(&points, &slot, &Scalar::ONE, policy.tree(), &s);
    assert_eq!(rows.elements().0.count(), 3);
    // Neither s, nor one, nor one another's.
    let others = [s, Scalar::ONE].map(|k| (G2Affine::generator() * k).to_affine().to_compressed());
    let distinct: HashSet<_> = rows.elements().0.chain(&others).collect();
    assert_eq!(distinct.len(), 5);
}
