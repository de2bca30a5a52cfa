//! Equations that link two indexes of one keyword, or two trapdoors of one user or for one
//! keyword. Each works on a simpler scheme, built here, and fails on the library's output. No
//! other equation reveals anything.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;

use super::equations::View;
use super::node::{Index, Trapdoor};
use super::owner::Draws;
use super::searcher::Key;
use super::{Consortium, found};
use crate::ground::{P2, canonical, is_one, pair, random_scalar};
use crate::keys::SEARCH;
use crate::rule::{Rule, all, not};

/// `e(P, Q) = e(P', Q')`
fn equal(left: (G1Projective, G2Projective), right: (G1Projective, G2Projective)) -> bool {
    is_one(&pair(&[left, (-right.0, right.1)]))
}

/// Tests that would show that two indexes under the policy `a` have the same keyword, and the
/// randomness with which they would.
type Link = (&'static str, fn(&Index, &Index) -> bool, fn([&mut Draws; 2]));

const LINKS: [Link; 3] = [
    (
        "c3 = c3', of one s and s'",
        |one, two| one.c3 == two.c3,
        |[one, two]| {
            (two.s, two.lambda, two.s_prime) = (one.s, one.lambda.clone(), one.s_prime.clone());
        },
    ),
    (
        "e(c3, c1') = e(c3', c1), of no mask",
        |one, two| equal((one.c3[0], two.c1), (two.c3[0], one.c1)),
        |[one, two]| [one, two].into_iter().for_each(|draws| draws.s_prime.fill(Scalar::ZERO)),
    ),
    (
        "e(c3, P2) e(H(a), c2') = e(c3', P2) e(H(a), c2), of one s",
        |one, two| {
            let H_a = SEARCH.H(&canonical("a"));
            is_one(&pair(&[(one.c3[0] - two.c3[0], P2()), (H_a, two.c2[0]), (-H_a, one.c2[0])]))
        },
        |[one, two]| (two.s, two.lambda) = (one.s, one.lambda.clone()),
    ),
];

#[test]
fn equations_that_link_indexes_elsewhere_fail_here() {
    let world = &mut Consortium::new(1);
    let rule = Rule::from("a");
    let [x, y] = ["x", "y"].map(|word| world.x(word));
    for (equation, linked, careless) in LINKS {
        let [mut one, mut two] = [(); 2].map(|()| Draws::honest(&rule, &mut world.rng));
        let own = |draws: [&Draws; 2], words: [&Scalar; 2]| {
            let [one, two] = [0, 1].map(|i| world.public().index(&rule, words[i], draws[i]));
            linked(&one, &two)
        };
        assert!(!own([&one, &two], [&x, &x]) && !own([&one, &two], [&x, &y]), "{equation}");
        careless([&mut one, &mut two]);
        assert!(own([&one, &two], [&x, &x]) && !own([&one, &two], [&x, &y]), "{equation}");

        let first = world.index(&rule, "x");
        for word in ["x", "y"] {
            assert!(!linked(&first, &world.index(&rule, word)), "{equation}");
        }
        found(&world.trapdoor("a", "x"), &first);
    }
}

#[test]
fn no_equation_links_two_indexes() {
    let world = &mut Consortium::new(2);
    for rule in ["a".into(), all(["a", "b"]), not("role", "x")] {
        let mut view = |words: [&str; 2]| {
            let indexes = words.map(|word| world.index(&rule, word));
            let view = View::public(&world.public(), &rule);
            let differences = indexes[0].c3.iter().zip(&indexes[1].c3).map(|(one, two)| one - two);
            let view = view.with(differences.collect::<Vec<_>>(), []);
            indexes.iter().fold(view, View::and_index).equations()
        };
        assert_eq!(view(["x", "x"]), view(["x", "y"]), "{}", rule.text);
    }
    // They link indexes in simpler schemes.
    let rule = Rule::from("a");
    let [x, y] = ["x", "y"].map(|word| world.x(word));
    for (equation, _, careless) in LINKS {
        let [mut one, mut two] = [(); 2].map(|()| Draws::honest(&rule, &mut world.rng));
        careless([&mut one, &mut two]);
        let view = |words: [&Scalar; 2]| {
            let (one, two) =
                (world.public().index(&rule, words[0], &one), world.public().index(&rule, words[1], &two));
            let view = View::public(&world.public(), &rule).with([one.c3[0] - two.c3[0]], []);
            view.and_index(&one).and_index(&two).equations()
        };
        assert_ne!(view([&x, &x]), view([&x, &y]), "{equation}");
    }
}

#[test]
fn no_equation_links_two_trapdoors() {
    let world = &mut Consortium::new(3);
    let (key, other) = (world.issue("a, b"), world.issue("a, b"));
    let a = canonical("a");
    let one_user = |t: &Trapdoor, u: &Trapdoor| equal((t.T[&a], u.T3), (u.T[&a], t.T3));
    let one_word = |t: &Trapdoor, u: &Trapdoor| equal((t.T0, u.T3), (u.T0, t.T3));
    let always = |t: &Trapdoor, u: &Trapdoor| equal((t.T[&a], u.T2), (u.T[&a], t.T2));
    let public = world.public();
    let view = |trapdoors: [&Trapdoor; 2]| {
        let view = View::public(&public, &Rule::from("a"));
        trapdoors.into_iter().fold(view, View::and_trapdoor).equations()
    };
    let cases = [(&key, "x"), (&key, "x"), (&key, "y"), (&other, "x"), (&other, "y")];

    // Without y: e(T_a, T3') = e(T_a', T3) shows that one user made both, and e(T0, T3') = e(T0',
    // T3) shows that they query one keyword. A reused y has the same effect.
    for y in [Scalar::ZERO, random_scalar(&mut world.rng)] {
        let naive = cases.map(|(key, word)| {
            let t = random_scalar(&mut world.rng);
            Key::read(&key.to_bytes()).trapdoor(&world.x(word), &t, &y)
        });
        let [first, seconds @ ..] = &naive;
        let linked = view([first, &seconds[0]]);
        for (second, user, word) in [(0, true, true), (1, true, false), (2, false, false), (3, false, false)]
        {
            let second = &seconds[second];
            assert_eq!((one_user(first, second), one_word(first, second)), (user, word));
            assert_eq!(linked == view([first, second]), word);
        }
    }

    // With y, neither holds, whatever the user and keyword. No other equation between their
    // elements and public ones reveals anything either.
    let fresh = cases.map(|(key, word)| world.trapdoor_of(key, word));
    let [first, seconds @ ..] = &fresh;
    let linked = view([first, &seconds[0]]);
    for second in seconds {
        assert!(!one_user(first, second) && !one_word(first, second));
        assert!(always(first, second), "an equation that says nothing, to show that they are evaluated");
        assert_eq!(linked, view([first, second]));
    }
    let index = world.index(&"a".into(), "x");
    for right in [first, &seconds[0], &seconds[2]] {
        found(right, &index);
    }
}
