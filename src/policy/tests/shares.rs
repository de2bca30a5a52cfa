//! Shares of a secret over a policy.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::curve::samples::{Broken, rng};
use crate::curve::{Field, G1Projective, Group, Scalar, random_scalar};
use crate::secret::Wipe;

fn rows_held(tree: &Tree, key: &Attributes) -> Vec<bool> {
    let (attributes, texts) = (key.expanded(), key.single_texts());
    let held = |row: &Row| match &row.term {
        Term::All(all) => all.iter().all(|attribute| attributes.contains(attribute)),
        Term::Not { label, value } => texts.iter().any(|(l, v)| l == label && v != value),
    };
    tree.rows().iter().map(held).collect()
}

/// Returns the number of a row.
fn place(tree: &Tree, row: &Row) -> usize {
    tree.rows().iter().position(|r| core::ptr::eq(r, row)).unwrap()
}

/// Chooses among rows by their numbers.
fn choose(tree: &Tree, held: &[bool]) -> Option<Vec<Chosen>> {
    tree.choose(|row| held[place(tree, row)])
}

/// Shares a random secret. Checks that the shares agree with every dual, which is linear, and that
/// the chosen rows recombine to the secret; returns these rows.
fn check_sharing(tree: &Tree, held: &[bool], rng: &mut ChaCha20Rng) -> Option<Vec<Chosen>> {
    let values = random_values(2 + tree.free_values(), rng);
    let [z, v, free @ ..] = values.as_slice() else { panic!() };
    let (lambda, dual) = (tree.share(z, rng).unwrap(), tree.dual(v, free).unwrap());
    assert_eq!((lambda.len(), dual.len()), (tree.rows().len(), tree.rows().len()));
    assert_eq!(product(lambda.iter().map(|l| **l), dual.iter().map(|v| **v)), z * v);
    let twice: Vec<_> = free.iter().map(Scalar::double).collect();
    let doubled = tree.dual(&v.double(), &twice).unwrap();
    assert!(dual.iter().zip(&doubled).all(|(v, twice)| v.double() == **twice));
    let chosen = choose(tree, held)?;
    assert!(chosen.is_sorted_by(|a, b| a.row < b.row));
    assert_eq!(chosen.iter().fold(Scalar::ZERO, |sum, c| sum + c.gamma * *lambda[c.row]), *z);
    Some(chosen)
}

fn satisfied(node: &Node, held: &[bool]) -> bool {
    match node {
        Node::Row(row) => held[*row],
        Node::Gate { k, children } => children.iter().filter(|child| satisfied(child, held)).count() >= *k,
    }
}

/// Computes the rank of a matrix, by elimination.
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

/// Reports whether the shares of these rows determine the secret. Sharing is linear, so
/// they do exactly if, over many random sharings of random secrets, the secrets are in
/// the span of the shares.
fn determine(tree: &Tree, held: &[bool], rng: &mut ChaCha20Rng) -> bool {
    let (mut shares_only, mut with_secret) = (Vec::new(), Vec::new());
    for _ in 0..2 * tree.rows().len() + 2 {
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
    fn shares_recombine_exactly_for_satisfying_keys(text in policies(), key in keys(), seed: u64) {
        let policy = policy(&text);
        let held = rows_held(policy.tree(), &key);
        let chosen = check_sharing(policy.tree(), &held, &mut ChaCha20Rng::seed_from_u64(seed));
        prop_assert_eq!(chosen.is_some(), policy.is_satisfied_by(&key));
    }

    #[test]
    fn unsatisfying_rows_learn_nothing(text in policies(), bits: u32) {
        let policy = policy(&text);
        let tree = policy.tree();
        prop_assume!(tree.rows().len() <= 12);
        let held: Vec<bool> = (0..tree.rows().len()).map(|i| bits >> i & 1 == 1).collect();
        prop_assert_eq!(determine(tree, &held, &mut rng(7)), satisfied(tree.root(), &held));
    }

    #[test]
    fn the_chosen_set_has_fewest_rows(text in policies(), bits: u32) {
        let policy = policy(&text);
        let tree = policy.tree();
        let n = tree.rows().len();
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
fn coefficients_are_one_at_and_and_or() {
    let policy = policy("(a or b) and c and not t=x and 2 of (d, e)");
    let chosen = choose(policy.tree(), &[true; 4]).unwrap();
    assert_eq!(chosen.iter().map(|c| c.row).collect::<Vec<_>>(), [0, 2, 3]);
    assert!(chosen.iter().all(|c| c.gamma == Scalar::ONE));
}

#[test]
fn equal_costs_prefer_sums_then_left() {
    let rows = |text: &str| {
        let policy = policy(text);
        let chosen = choose(policy.tree(), &vec![true; policy.rows()]).unwrap();
        chosen.iter().map(|c| c.row).collect::<Vec<_>>()
    };
    assert_eq!(rows("a or b"), [0]);
    assert_eq!(rows("a and not t=x or b and not u=x"), [0, 1]);
    assert_eq!(rows("2 of (a, b, c) or d and not t=x"), [3, 4]);
    assert_eq!(rows("2 of (a, b, c)"), [0, 1]);
    assert_eq!(rows("2 of (a and not t=x, c, d)"), [2, 3]);
    // An `or` is not a threshold.
    assert_eq!(rows("(a or b) and not t=x or c and not u=x"), [0, 2]);
    // They are in order from left to right; the costlier is first if it is on the left.
    assert_eq!(rows("2 of (a and not t=x, b, c and not u=x)"), [0, 1, 2]);
}

#[test]
fn rows_are_numbered_from_left_to_right() {
    let policy = policy("a and (b or a) and not t=x and 2 of (a, not t=y, not u=x) and n in {3, 3}");
    let uses: Vec<usize> = policy.tree().rows().iter().map(|row| row.use_number).collect();
    assert_eq!(uses, [0, 0, 1, 0, 2, 1, 0, 0, 1]);
    assert_eq!(policy.tree().uses(), 3);
    fn rows(node: &Node, out: &mut Vec<usize>) {
        match node {
            Node::Row(row) => out.push(*row),
            Node::Gate { children, .. } => children.iter().for_each(|child| rows(child, out)),
        }
    }
    for text in ["(b or c) and a and (d or e) and f", "2 of (n>70 and a, b and c, not t=x and (d or e))"] {
        let (policy, mut order) = (self::policy(text), Vec::new());
        rows(policy.tree().root(), &mut order);
        assert!(order.into_iter().eq(0..policy.rows()), "{text}");
    }
}

fn check_gates(node: &Node) {
    if let Node::Gate { k, children } = node {
        assert!(children.len() >= 2 && (1..=children.len()).contains(k));
        let is_and = |node: &Node| matches!(node, Node::Gate { k, children } if *k == children.len());
        assert!(!is_and(node) || !children.iter().any(is_and));
        children.iter().for_each(check_gates);
    }
}

#[test]
fn a_large_threshold_recombines() {
    let list: Vec<_> = (0..1024).map(|i| format!("a{i}")).collect();
    let policy = policy(&format!("400 of ({})", list.join(", ")));
    let half: Vec<bool> = (0..1024).map(|i| i % 2 == 1).collect();
    assert_eq!(policy.tree().free_values(), 624);
    assert_eq!(check_sharing(policy.tree(), &half, &mut rng(7)).unwrap().len(), 400);
    let too_few: Vec<bool> = (0..1024).map(|i| i < 399).collect();
    assert!(choose(policy.tree(), &too_few).is_none());
}

#[test]
fn a_generator_that_fails_is_an_error() {
    for text in ["a and not t=x", "2 of (a, b, c)"] {
        let shared = policy(text).tree().share(&Scalar::ONE, &mut Broken);
        assert_eq!(shared.unwrap_err(), Error::RandomnessUnavailable);
    }
    assert_eq!(policy("a or b").tree().share(&Scalar::ONE, &mut Broken).unwrap().len(), 2);
}

fn random_values(count: usize, rng: &mut ChaCha20Rng) -> Vec<Scalar> {
    (0..count).map(|_| *random_scalar(rng).unwrap()).collect()
}

fn product(a: impl IntoIterator<Item = Scalar>, b: impl IntoIterator<Item = Scalar>) -> Scalar {
    a.into_iter().zip(b).fold(Scalar::ZERO, |sum, (a, b)| sum + a * b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn coefficients_of_a_set_are_dual_values(text in policies(), bits: u32) {
        let policy = policy(&text);
        let tree = policy.tree();
        let held: Vec<bool> = (0..policy.rows()).map(|i| bits >> (i % 32) & 1 == 1).collect();
        let chosen = choose(tree, &held);
        let dual = tree.choose_dual(|row| held[place(tree, row)]);
        prop_assert_eq!(chosen.is_some(), dual.is_some());
        if let (Some(chosen), Some(dual)) = (chosen, dual) {
            let mut gamma = vec![Scalar::ZERO; policy.rows()];
            chosen.iter().for_each(|chosen| gamma[chosen.row] = chosen.gamma);
            prop_assert_eq!(&dual.rows, &gamma);
            let values = tree.dual(&Scalar::ONE, &dual.free).unwrap();
            prop_assert!(values.iter().map(|v| **v).eq(gamma));
        }
    }

    #[test]
    fn gates_are_bounded_and_rows_of_one_number_disjoint(text in policies()) {
        let policy = policy(&text);
        check_gates(policy.tree().root());
        let rows = policy.tree().rows();
        let meet = |one: &Row, other: &Row| match (&one.term, &other.term) {
            (Term::All(one), Term::All(other)) => one.iter().any(|attribute| other.contains(attribute)),
            (Term::Not { label: one, .. }, Term::Not { label: other, .. }) => one == other,
            _ => false,
        };
        for (i, row) in rows.iter().enumerate() {
            if let Term::All(all) = &row.term {
                prop_assert!(!all.is_empty() && all.is_sorted_by(|a, b| a < b));
            }
            // First fit: the least number that none of them has.
            let taken: Vec<_> = rows[..i].iter().filter(|r| meet(r, row)).map(|r| r.use_number).collect();
            prop_assert_eq!(row.use_number, (0..).find(|number| !taken.contains(number)).unwrap());
        }
        prop_assert_eq!(policy.uses(), 1 + rows.iter().map(|row| row.use_number).max().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn aggregation_transposes_the_dual(text in policies(), seed: u64) {
        let policy = policy(&text);
        let (tree, mut rng) = (policy.tree(), ChaCha20Rng::seed_from_u64(seed));
        let points = random_values(policy.rows(), &mut rng);
        let X: Vec<_> = points.iter().map(|x| G1Projective::generator() * x).collect();
        let (root, Y) = tree.gather(&X);
        prop_assert_eq!(Y.len(), tree.free_values());
        let values = random_values(1 + Y.len(), &mut rng);
        let dual = tree.dual(&values[0], &values[1..]).unwrap();
        let below: G1Projective = X.iter().zip(&dual).map(|(X_i, v_i)| X_i * **v_i).sum();
        let above: G1Projective = [root].iter().chain(&Y).zip(&values).map(|(Y, v)| Y * v).sum();
        prop_assert_eq!(below, above);
    }
}

#[test]
fn dual_values_satisfy_each_gate() {
    let mut rng = rng(7);
    for (k, n) in [(1, 2), (1, 7), (2, 3), (3, 4), (3, 9), (8, 10), (6, 7)] {
        let list: Vec<_> = (0..n).map(|i| format!("a{i}")).collect();
        let policy = policy(&format!("{k} of ({})", list.join(", ")));
        assert_eq!(policy.tree().free_values(), n - k);
        let values = random_values(1 + n - k, &mut rng);
        let dual = policy.tree().dual(&values[0], &values[1..]).unwrap();
        assert!(dual.iter().zip(&values[1..]).all(|(v_i, free)| **v_i == *free));
        // sum_i i^j v_i = [j = 0] v
        for j in 0..k as u64 {
            let powers = (1..=n as u64).map(|i| Scalar::from(i).pow_vartime([j]));
            let expected = if j == 0 { values[0] } else { Scalar::ZERO };
            assert_eq!(product(powers, dual.iter().map(|v| **v)), expected, "{k} of {n}, {j}");
        }
    }
}

#[test]
fn an_and_needs_no_free_values() {
    let tree = policy("a and not t=x and (b and c=d)").tree().clone();
    assert_eq!((tree.rows().len(), tree.free_values(), tree.uses()), (2, 0, 1));
    let dual = tree.dual(&Scalar::from(5), &[]).unwrap();
    assert!(dual.iter().all(|v| **v == Scalar::from(5)));
    assert_eq!(tree.dual(&Scalar::ONE, &[Scalar::ONE]).unwrap_err(), Error::OutOfRange);
    let policy = policy("a or b");
    assert_eq!(policy.tree().dual(&Scalar::ONE, &[]).unwrap_err(), Error::OutOfRange);
    assert_eq!(policy.tree().dual(&Scalar::ONE, &[Scalar::ONE]).unwrap().len(), 2);
}

#[test]
fn dual_values_are_wiped() {
    let mut dual = policy("2 of (a, b, c)").tree().choose_dual(|_| true).unwrap();
    assert_eq!((dual.rows.len(), dual.free.len()), (3, 1));
    assert!(dual.rows.iter().chain(&dual.free).any(|v| *v != Scalar::ZERO));
    dual.wipe();
    assert!(dual.rows.iter().chain(&dual.free).all(|v| *v == Scalar::ZERO));
}

#[test]
fn and_is_one_row_in_place() {
    let rows = |text: &str| -> Vec<String> {
        let policy = policy(text);
        let rows = policy.tree().rows().iter().map(|row| match &row.term {
            Term::All(all) => all
                .iter()
                .map(|a| {
                    // The bytes of a label without a value, or of a text.
                    let (length, rest) = a.as_bytes().split_first_chunk::<4>().unwrap();
                    let (label, value) = rest.split_at(u32::from_be_bytes(*length) as usize);
                    let value = if value[0] < 2 { "" } else { "#" };
                    format!("{}{value}", core::str::from_utf8(label).unwrap())
                })
                .collect::<Vec<_>>()
                .join("+"),
            Term::Not { label, .. } => format!("!{label}"),
        });
        rows.collect()
    };
    assert_eq!(rows("b and a"), ["a+b"]);
    assert_eq!(rows("a and a"), ["a"]);
    assert_eq!(rows("b and (c and (d and a))"), ["a+b+c+d"]);
    assert_eq!(rows("(a or b) and c and (d or e) and f"), ["a", "b", "c+f", "d", "e"]);
    assert_eq!(rows("not t=x and a and not u=y and b"), ["!t", "a+b", "!u"]);
    assert_eq!(rows("a and not (t=x or u in {x, y})"), ["a", "!t", "!u", "!u"]);
    assert_eq!(rows("not (a!=x or 2 of (b!=x, c!=x))"), ["a", "b", "c"]);
    assert_eq!(rows("2 of (a and b, c, d and e)"), ["a+b", "c", "d+e"]);
    assert_eq!(rows("3 of (a and b, c, d and e)"), ["a+b+c+d+e"]);
    // A cover of one row merges, as a single value does.
    assert_eq!(rows("n>=3 and n<10 and a"), ["a+n#+n#"]);
    assert_eq!(rows("n=3 and a"), ["a+n#"]);
    assert_eq!(rows("n in {3} and a and m in {1, 2}"), ["a+n#", "m#", "m#"]);
    assert_eq!(rows("n in {3, 4} and a and n!=4"), ["a+n#+n#"]);
    assert_eq!(rows("n in {3, 4} and a"), ["n#", "n#", "a"]);
    // A cover of several rows is at the place of the first condition.
    let cover = ["n#"; 6].to_vec();
    assert_eq!(rows("n>=3 and n!=77"), cover);
    assert_eq!(rows("a and n>=3 and (b or c) and n!=77"), [vec!["a"], cover, vec!["b", "c"]].concat());
}
