//! Equations over public elements: those that break simpler schemes fail here, and no other tells anything.

use std::collections::HashMap;

use super::*;
use crate::curve::{Field, G1Projective, Gt, pairing_product, random_nonzero_scalar};

/// Which equations `e(P, Q) e(P', Q') = e(R, S) e(R', S')` hold between elements of the two groups; any of the four
/// pairings may be missing. For each product of two, the number of the first that is equal to it.
///
/// That two views satisfy the same equations says that none of these equations tells them apart.
fn equations(g1: &[G1Affine], g2: &[G2Affine]) -> Vec<usize> {
    let mut values = vec![Gt::one()];
    for P in g1 {
        for Q in g2 {
            values.push(pairing_product(&[(*P, *Q)]).unwrap());
        }
    }
    let mut first = HashMap::new();
    let mut classes = Vec::new();
    for (i, a) in values.iter().enumerate() {
        for b in &values[i..] {
            let product = a.mul(b).to_bytes().to_vec();
            classes.push(*first.entry(product).or_insert(classes.len()));
        }
    }
    classes
}

type View = (Vec<G1Affine>, Vec<G2Affine>);

/// What everybody knows.
fn public_view(public: &PublicKey, names: &[&str]) -> View {
    let mut left = vec![G1Affine::generator(), SLOT.U0, SLOT.U1, public.A];
    let H: Vec<_> = names.iter().map(|name| base_of(&canonical(name))).collect();
    left.extend(&H);
    // The attributes of a gate together.
    if let [H_a, H_b] = H[..] {
        left.push((H_a + G1Projective::from(H_b)).to_affine());
    }
    (left, vec![G2Affine::generator(), public.B])
}

/// Adds the elements of an index, and the rows of a gate together.
fn see_index(view: &mut View, index: &RecordIndex) {
    let parts = elements(index);
    let uses = index.policy().tree().uses();
    view.1.push(g2(&parts[0]));
    view.1.extend(parts[2..2 + uses].iter().map(|c2| g2(c2)));
    let c3: Vec<_> = parts[2 + uses..].iter().map(|c3| g1(c3)).collect();
    view.0.push(g1(&parts[1]));
    view.0.extend(&c3);
    if let [one, two] = c3[..] {
        view.0.push((one + G1Projective::from(two)).to_affine());
    }
}

/// Adds the elements of a trapdoor.
fn see_trapdoor(view: &mut View, trapdoor: &Trapdoor) {
    view.0.push(trapdoor.T0);
    view.0.extend(trapdoor.T.values());
    view.1.extend([trapdoor.T2, trapdoor.T3]);
}

/// The equations between public data, an index of `x`, a guessed keyword, and what else is given.
fn guessing(world: &mut World, rule: &str, names: &[&str], guessed: &str, more: &[G1Affine]) -> Vec<usize> {
    let mut view = public_view(&world.public, names);
    see_index(&mut view, &world.index("x", rule));
    view.0.push(guess(world, guessed));
    view.0.extend(more);
    equations(&view.0, &view.1)
}

const GUESSED_POLICIES: [(&str, &[&str]); 3] =
    [("a", &["a"]), ("a and b", &["a", "b"]), ("a or b", &["a", "b"])];

#[test]
fn no_equation_over_public_elements_confirms_a_guessed_keyword() {
    // Even for somebody who knows kappa. Elements: P1, U0, U1, A, H(a), F(guess), E, c3_i; P2, B, c1, c2_j.
    let world = &mut World::new(10);
    for (rule, names) in GUESSED_POLICIES {
        let right = guessing(world, rule, names, "x", &[]);
        let wrong = guessing(world, rule, names, "y", &[]);
        assert_eq!(right, wrong, "{rule}");
    }
}

#[test]
fn the_known_equations_for_testing_a_guess_fail_one_by_one() {
    let world = &mut World::new(23);
    let index = world.index("x", "a");
    let [c1, E, c2, c3] = elements(&index).try_into().unwrap();
    let (c1, E, c2, c3) = (g2(&c1), g1(&E), g2(&c2), g1(&c3));
    let (A, B, P2) = (world.public.A, world.public.B, G2Affine::generator());
    let H = base_of(&canonical("a"));
    for word in ["x", "y"] {
        let F = guess(world, word);
        for (equation, product) in [
            ("e(c3, P2) = e(F, c1) e(H(a), c2)", vec![(c3, P2), (-F, c1), (-H, c2)]),
            ("e(c3, B) = e(F, c1) e(H(a), c2)", vec![(c3, B), (-F, c1), (-H, c2)]),
            ("e(c3, B) = e(F, c1)", vec![(c3, B), (-F, c1)]),
            ("e(c3, P2) = e(F, c2)", vec![(c3, P2), (-F, c2)]),
            ("e(c3, c1) = e(F, c1) e(H(a), c2)", vec![(c3, c1), (-F, c1), (-H, c2)]),
            ("e(E, B) = e(F, c1)", vec![(E, B), (-F, c1)]),
            ("e(c3, B) e(E, P2) = e(F, c1) e(H(a), c2)", vec![(c3, B), (E, P2), (-F, c1), (-H, c2)]),
        ] {
            assert!(!pairing_product(&product).unwrap().is_one(), "{equation} for {word}");
        }
        // What does hold, holds of every guess.
        assert!(equal_pairings((E, B), (A, c1)));
    }
}

#[test]
fn without_the_hidden_exponent_a_guess_is_confirmed() {
    // b = 1, that is c1 = [s]P2: e(c3, P2) = e(F(x), c1) e(H(a), c2).
    let world = &mut World::new(11);
    let mut bytes = world.master.to_bytes().to_vec();
    bytes[36..].fill(0);
    bytes[67] = 1;
    world.master = MasterKey::from_bytes(&bytes).unwrap();
    world.public = world.master.public_key();
    for (rule, names) in &GUESSED_POLICIES[..2] {
        let right = guessing(world, rule, names, "x", &[]);
        let wrong = guessing(world, rule, names, "y", &[]);
        assert_ne!(right, wrong, "{rule}");
    }
}

#[test]
fn whatever_carries_the_hidden_exponent_in_g1_confirms_a_guess() {
    let world = &mut World::new(12);
    let b = *world.master.b;
    // [b]H(a): e(c3, B) = e(F(x), c1) e([b]H(a), c2).
    let b_H = (base_of(&canonical("a")) * b).to_affine();
    let right = guessing(world, "a", &["a"], "x", &[b_H]);
    let wrong = guessing(world, "a", &["a"], "y", &[b_H]);
    assert_ne!(right, wrong);
    // [1/b]U0 and [1/b]U1: e(c3, P2) = e([1/b]F(x), c1) e(H(a), c2).
    let over_b = |world: &World, word: &str| (guess(world, word) * b.invert().unwrap()).to_affine();
    let (x, y) = (over_b(world, "x"), over_b(world, "y"));
    let right = guessing(world, "a", &["a"], "x", &[x]);
    let wrong = guessing(world, "a", &["a"], "y", &[y]);
    assert_ne!(right, wrong);
}

#[test]
fn no_equation_tells_whether_two_indexes_share_a_keyword() {
    let world = &mut World::new(13);
    let mut view = |words: [&str; 2]| {
        let mut view = public_view(&world.public, &["a"]);
        for word in words {
            see_index(&mut view, &world.index(word, "a"));
        }
        equations(&view.0, &view.1)
    };
    assert_eq!(view(["x", "x"]), view(["x", "y"]));
}

#[test]
fn a_member_without_the_attributes_learns_nothing_from_an_index() {
    let world = &mut World::new(14);
    let mut view = |guessed: &str, set: &str| {
        let mut view = public_view(&world.public, &["a"]);
        see_index(&mut view, &world.index("x", "a"));
        let (key, x) = (world.key(set), world.kappa.slot_value(&keyword(guessed)));
        for part in [&key.K, &key.Z] {
            view.0.push((*part.X1 * *x + *part.X0).to_affine());
            view.0.extend(part.X.values().map(|X_a| **X_a));
            view.1.push(*part.X2);
        }
        view.0.push(guess(world, guessed));
        equations(&view.0, &view.1)
    };
    assert_eq!(view("x", "z"), view("y", "z"));
    assert_ne!(view("x", "a"), view("y", "a"), "whose attributes satisfy the policy sees it");
}

#[test]
fn trapdoors_tell_of_an_index_only_that_they_match() {
    let world = &mut World::new(15);
    let mut view = |trapdoors: &[(&str, &str)]| {
        let mut view = public_view(&world.public, &["a"]);
        see_index(&mut view, &world.index("x", "a"));
        for (set, word) in trapdoors {
            let trapdoor = world.trapdoor(set, word);
            see_trapdoor(&mut view, &trapdoor);
        }
        equations(&view.0, &view.1)
    };
    let silent = view(&[("a", "y")]);
    assert_eq!(silent, view(&[("a", "z")]), "another keyword");
    assert_ne!(silent, view(&[("a", "x")]), "a match");
    assert_eq!(view(&[("z", "x")]), view(&[("z", "y")]), "not satisfying");
    // Together with a satisfying trapdoor for another keyword.
    assert_eq!(view(&[("z", "x"), ("a", "y")]), view(&[("z", "y"), ("a", "y")]));
}

/// As if keys had no part to re-randomise them with.
fn trapdoor_without_y(world: &mut World, key: &SearchKey, word: &str) -> Trapdoor {
    let t = random_nonzero_scalar(&mut world.rng).unwrap();
    trapdoor_with(world, key, word, &t, &Scalar::ZERO)
}

/// `e(P, Q) = e(P', Q')`
fn equal_pairings(left: (G1Affine, G2Affine), right: (G1Affine, G2Affine)) -> bool {
    pairing_product(&[left, (-right.0, right.1)]).unwrap().is_one()
}

#[test]
fn two_trapdoors_linked_by_a_pairing_equation() {
    let world = &mut World::new(16);
    let (key, other) = (world.key("a, b"), world.key("a, b"));
    let a = canonical("a");
    let one_user = |t: &Trapdoor, u: &Trapdoor| equal_pairings((t.T[&a], u.T3), (u.T[&a], t.T3));
    let one_word = |t: &Trapdoor, u: &Trapdoor| equal_pairings((t.T0, u.T3), (u.T0, t.T3));
    let always = |t: &Trapdoor, u: &Trapdoor| equal_pairings((t.T[&a], u.T2), (u.T[&a], t.T2));

    // Without y: e(T_a, T3') = e(T_a', T3) tells that one user made both, e(T0, T3') = e(T0', T3) that they ask for one
    // keyword.
    let naive = [("x", &key), ("x", &key), ("y", &key), ("x", &other)]
        .map(|(word, key)| trapdoor_without_y(world, key, word));
    assert!(one_user(&naive[0], &naive[1]) && one_word(&naive[0], &naive[1]));
    assert!(one_user(&naive[0], &naive[2]) && !one_word(&naive[0], &naive[2]));
    assert!(!one_user(&naive[0], &naive[3]) && !one_word(&naive[0], &naive[3]));

    // With it, neither holds, whoever made them and whatever for.
    let mut fresh = |key: &SearchKey, word: &str| key.trapdoor(&keyword(word), &mut world.rng).unwrap();
    let first = fresh(&key, "x");
    for second in [fresh(&key, "x"), fresh(&key, "y"), fresh(&other, "x"), fresh(&other, "y")] {
        assert!(!one_user(&first, &second) && !one_word(&first, &second));
        assert!(always(&first, &second), "an equation that says nothing, to show that they are evaluated");
    }

    // Nor does any other equation between their elements and public ones tell.
    let view = |trapdoors: [&Trapdoor; 2]| {
        let mut view = public_view(&world.public, &["a"]);
        trapdoors.iter().for_each(|trapdoor| see_trapdoor(&mut view, trapdoor));
        equations(&view.0, &view.1)
    };
    let linked = view([&naive[0], &naive[1]]);
    assert!(linked != view([&naive[0], &naive[2]]) && linked != view([&naive[0], &naive[3]]));
    let linked = view([&first, &fresh(&key, "x")]);
    for (key, word) in [(&key, "y"), (&other, "x"), (&other, "y")] {
        assert_eq!(linked, view([&first, &fresh(key, word)]));
    }
}
