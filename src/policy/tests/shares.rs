//! Shares of a secret over a policy.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};

use super::*;
use crate::curve::{Field, Scalar, SecretScalar, random_scalar};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn leaves_held(tree: &Tree, key: &Attributes) -> Vec<bool> {
    let (rows, texts) = (key.expanded(), key.single_texts());
    let held = |leaf: &Leaf| match &leaf.term {
        Term::Attribute(a) => rows.binary_search(a).is_ok(),
        Term::Not { label, value } => texts.iter().any(|(l, v)| l == label && v != value),
    };
    tree.leaves().iter().map(held).collect()
}

/// Chooses among leaves by their numbers.
fn choose(tree: &Tree, held: &[bool]) -> Option<Vec<Chosen>> {
    tree.choose(|leaf| held[tree.leaves().iter().position(|l| core::ptr::eq(l, leaf)).unwrap()])
}

fn sum(chosen: &[Chosen], shares: &[SecretScalar]) -> Scalar {
    chosen.iter().fold(Scalar::ZERO, |sum, c| sum + c.gamma * *shares[c.leaf])
}

fn satisfied(node: &Node, held: &[bool]) -> bool {
    match node {
        Node::Leaf(leaf) => held[*leaf],
        Node::Gate { k, children } => children.iter().filter(|child| satisfied(child, held)).count() >= *k,
    }
}

/// The rank of a matrix, by elimination.
fn rank(mut rows: Vec<Vec<Scalar>>) -> usize {
    let mut rank = 0;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let Some(pivot) = (rank..rows.len()).find(|&r| rows[r][column] != Scalar::ZERO) else { continue };
        rows.swap(rank, pivot);
        let inverse = rows[rank][column].invert().unwrap();
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] * inverse;
            for (x, p) in row.iter_mut().zip(&pivot) {
                *x -= factor * p;
            }
        }
        rank += 1;
    }
    rank
}

/// Whether the shares of these leaves determine the secret. Sharing is linear, so that in many random sharings of
/// random secrets they do exactly if the secrets lie in the span of the shares.
fn determine(tree: &Tree, held: &[bool], rng: &mut ChaCha20Rng) -> bool {
    let (mut shares_only, mut with_secret) = (Vec::new(), Vec::new());
    for _ in 0..2 * tree.leaves().len() + 2 {
        let z = random_scalar(rng).unwrap();
        let shares = tree.share(&z, rng).unwrap();
        let mut row: Vec<Scalar> = shares.iter().zip(held).filter(|(_, h)| **h).map(|(s, _)| **s).collect();
        shares_only.push(row.clone());
        row.push(*z);
        with_secret.push(row);
    }
    rank(shares_only) == rank(with_secret)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn shares_give_the_secret_back_exactly_if_the_key_satisfies_the_policy(text in policies(), key in keys(), seed: u64) {
        let policy = policy(&text);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let z = random_scalar(&mut rng).unwrap();
        let shares = policy.tree().share(&z, &mut rng).unwrap();
        prop_assert_eq!(shares.len(), policy.rows());
        let chosen = choose(policy.tree(), &leaves_held(policy.tree(), &key));
        prop_assert_eq!(chosen.is_some(), policy.is_satisfied_by(&key));
        if let Some(chosen) = chosen {
            prop_assert!(chosen.is_sorted_by(|a, b| a.leaf < b.leaf));
            prop_assert_eq!(sum(&chosen, &shares), *z);
        }
    }

    #[test]
    fn leaves_that_do_not_satisfy_the_policy_learn_nothing(text in policies(), bits: u32) {
        let policy = policy(&text);
        let tree = policy.tree();
        prop_assume!(tree.leaves().len() <= 12);
        let held: Vec<bool> = (0..tree.leaves().len()).map(|i| bits >> i & 1 == 1).collect();
        prop_assert_eq!(determine(tree, &held, &mut rng()), satisfied(tree.root(), &held));
    }

    #[test]
    fn no_satisfying_set_has_fewer_rows_than_the_chosen(text in policies(), bits: u32) {
        let policy = policy(&text);
        let tree = policy.tree();
        let n = tree.leaves().len();
        prop_assume!(n <= 10);
        let held = |set: u32| (0..n).map(|i| set >> i & 1 == 1).collect::<Vec<_>>();
        let fewest = (0..1u32 << n)
            .filter(|set| set & !bits == 0 && satisfied(tree.root(), &held(*set)))
            .map(u32::count_ones)
            .min();
        let chosen = choose(tree, &held(bits)).map(|chosen| chosen.len() as u32);
        prop_assert_eq!(chosen, fewest);
    }
}

#[test]
fn each_kind_of_gate_hides_its_secret_from_one_child_too_few() {
    for (text, k) in [("a and b and c", 3), ("2 of (a, b, c)", 2), ("3 of (a, b, c, d, e)", 3), ("a or b", 1)]
    {
        let policy = policy(text);
        let n = policy.rows();
        for set in 0..1u32 << n {
            let held: Vec<bool> = (0..n).map(|i| set >> i & 1 == 1).collect();
            assert_eq!(determine(policy.tree(), &held, &mut rng()), set.count_ones() >= k, "{text} {set:b}");
        }
    }
}

#[test]
fn an_and_gives_no_child_the_whole_secret() {
    let policy = policy("a and b and (c and d)");
    let z = random_scalar(&mut rng()).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let shares = policy.tree().share(&z, &mut rng).unwrap();
    assert!(shares.iter().all(|share| **share != *z && **share != Scalar::ZERO));
    assert_eq!(shares.iter().fold(Scalar::ZERO, |sum, share| sum + **share), *z);
}

#[test]
fn coefficients_are_one_at_and_and_or() {
    let policy = policy("(a or b) and c and 2 of (d, e)");
    let chosen = choose(policy.tree(), &[true; 5]).unwrap();
    assert_eq!(chosen.iter().map(|c| c.leaf).collect::<Vec<_>>(), [0, 2, 3, 4]);
    assert!(chosen.iter().all(|c| c.gamma == Scalar::ONE));
}

#[test]
fn of_equally_cheap_sets_plain_sums_come_first_then_the_left() {
    let leaves = |text: &str| {
        let policy = policy(text);
        let chosen = choose(policy.tree(), &vec![true; policy.rows()]).unwrap();
        chosen.iter().map(|c| c.leaf).collect::<Vec<_>>()
    };
    assert_eq!(leaves("a or b"), [0]);
    assert_eq!(leaves("a and b or c and d"), [0, 1]);
    assert_eq!(leaves("2 of (a, b, c) or d and e"), [3, 4]);
    assert_eq!(leaves("2 of (a, b, c)"), [0, 1]);
    assert_eq!(leaves("2 of (a and b, c, d)"), [2, 3]);
    // An `or` is no threshold.
    assert_eq!(leaves("(a or b) and c or d and e"), [0, 2]);
    // They stand from left to right, the dearer first if it is on the left.
    assert_eq!(leaves("(a and b) and c"), [0, 1, 2]);
}

#[test]
fn leaves_are_numbered_from_left_to_right_and_count_their_uses() {
    let policy = policy("a and (b or a) and not t=x and 2 of (a, not t=y, not u=x) and n in {3, 3}");
    let uses: Vec<usize> = policy.tree().leaves().iter().map(|leaf| leaf.use_number).collect();
    assert_eq!(uses, [0, 0, 1, 0, 2, 1, 0, 0, 1]);
    assert_eq!(policy.tree().uses(), 3);
    fn leaves(node: &Node, out: &mut Vec<usize>) {
        match node {
            Node::Leaf(leaf) => out.push(*leaf),
            Node::Gate { children, .. } => children.iter().for_each(|child| leaves(child, out)),
        }
    }
    let mut order = Vec::new();
    leaves(policy.tree().root(), &mut order);
    assert!(order.into_iter().eq(0..policy.rows()));
}

#[test]
fn gates_have_two_children_or_more_and_their_thresholds_lie_between() {
    fn check(node: &Node) {
        if let Node::Gate { k, children } = node {
            assert!(children.len() >= 2 && (1..=children.len()).contains(k));
            children.iter().for_each(check);
        }
    }
    for text in [
        "x in {a}",
        "x>=0",
        "not x in {1, 7}",
        "not x in {a, b}",
        "1 of (a)",
        "not (x in {a} or 2 of (n<3, n<4, n<5))",
    ] {
        check(policy(text).tree().root());
    }
}

#[test]
fn a_large_threshold_gives_its_secret_back() {
    let list = |n: usize| (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(", ");
    let policy = policy(&format!("400 of ({})", list(1000)));
    let z = random_scalar(&mut rng()).unwrap();
    let shares = policy.tree().share(&z, &mut rng()).unwrap();
    let held: Vec<bool> = (0..1000).map(|i| i % 2 == 1).collect();
    let chosen = choose(policy.tree(), &held).unwrap();
    assert_eq!(chosen.len(), 400);
    assert_eq!(sum(&chosen, &shares), *z);
    let too_few: Vec<bool> = (0..1000).map(|i| i < 399).collect();
    assert!(choose(policy.tree(), &too_few).is_none());
}

#[test]
fn a_generator_that_fails_is_an_error() {
    struct Broken;
    impl RngCore for Broken {
        fn next_u32(&mut self) -> u32 {
            0
        }
        fn next_u64(&mut self) -> u64 {
            0
        }
        fn fill_bytes(&mut self, _: &mut [u8]) {}
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
            Err(core::num::NonZeroU32::MIN.into())
        }
    }
    impl CryptoRng for Broken {}
    for text in ["a and b", "2 of (a, b, c)"] {
        let shared = policy(text).tree().share(&Scalar::ONE, &mut Broken);
        assert_eq!(shared.unwrap_err(), Error::RandomnessUnavailable);
    }
    assert_eq!(policy("a or b").tree().share(&Scalar::ONE, &mut Broken).unwrap().len(), 2);
}
