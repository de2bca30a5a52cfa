//! Attacks that go around the local policy check, equations over public elements that break simpler schemes, and what
//! the scheme does not promise.

use std::collections::HashMap;

use rand_core::RngCore;

use super::keys::{SLOT, base_of};
use super::tests::{World, attributes, keyword, policy};
use super::*;
use crate::Error;
use crate::curve::{
    Curve, Field, G1Affine, G2Affine, Gt, PrimeCurveAffine, Scalar, decode_g1, decode_g2, pairing_product,
    random_nonzero_scalar,
};
use crate::policy::{CanonicalAttribute, Chosen, Policy};

/// The canonical form of one attribute.
fn canonical(name: &str) -> CanonicalAttribute {
    attributes(name).expanded().remove(0)
}

/// The match itself, with leaves and coefficients of the attacker's choice.
fn forced(trapdoor: &Trapdoor, record: &RecordIndex, chosen: &[Chosen]) -> Result<bool, Error> {
    let prepared = PreparedTrapdoor::new(trapdoor).unwrap();
    prepared.matches_keyword(record.policy().tree(), chosen, &record.keywords()[0])
}

/// As if the attacker held every attribute of the policy.
fn everything(policy: &Policy) -> Vec<Chosen> {
    policy.tree().choose(|_| true).unwrap()
}

/// Takes `T0`, `T_a`, `T_b`, `T2`, `T3` from the first trapdoor or the second, as the bits of `from` say.
fn piece_together(one: &Trapdoor, two: &Trapdoor, from: u32) -> Trapdoor {
    let pick = |bit: u32| if from >> bit & 1 == 0 { one } else { two };
    let mut pieced = Trapdoor::from_bytes(&one.to_bytes()).unwrap();
    pieced.T0 = pick(0).T0;
    for (bit, name) in [(1, "a"), (2, "b")] {
        let name = canonical(name);
        // What one does not have comes from the other.
        let T = pick(bit).T.get(&name).or(one.T.get(&name)).or(two.T.get(&name)).copied();
        pieced.T.extend(T.map(|T| (name, T)));
    }
    pieced.T2 = pick(3).T2;
    pieced.T3 = pick(4).T3;
    pieced
}

#[test]
fn two_users_cannot_piece_a_trapdoor_together() {
    let world = &mut World::new(1);
    for rule in ["a and b", "2 of (a, b, c)", "a and (a or c) and b"] {
        let index = world.index("x", rule);
        let (one, two) = (world.trapdoor("a", "x"), world.trapdoor("b", "x"));
        let both = world.trapdoor("a, b", "x");
        let chosen = policy(rule).tree().choose(|leaf| {
            [canonical("a"), canonical("b")]
                .iter()
                .any(|a| matches!(&leaf.term, crate::policy::Term::Attribute(t) if t == a))
        });
        let chosen = chosen.unwrap();
        for from in 0..32 {
            assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap(), "{rule} {from:b}");
        }
        assert!(forced(&both, &index, &chosen).unwrap());
    }
}

#[test]
fn users_whose_keys_were_issued_from_a_repeating_generator_cannot_combine_them() {
    let world = &mut World::new(24);
    let index = world.index("x", "a and b");
    let rng = world.rng.clone();
    let [one, two] =
        ["a", "b"].map(|set| world.master.issue(&attributes(set), &world.kappa, &mut rng.clone()).unwrap());
    assert_ne!(*one.K.X2, *two.K.X2, "one r");
    assert_ne!(*one.Z.X2, *two.Z.X2, "one d");
    let [one, two] = [one, two].map(|key| trapdoor_with(world, &key, "x", &Scalar::ONE, &Scalar::ZERO));
    let chosen = everything(index.policy());
    for from in 0..32 {
        assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap());
    }
    assert!(forced(&world.trapdoor("a, b", "x"), &index, &chosen).unwrap());
}

#[test]
fn one_users_trapdoors_that_show_less_cannot_be_joined() {
    let world = &mut World::new(2);
    let index = world.index("x", "a and b");
    let key = world.key("a, b");
    let mut showing =
        |set: &str| key.trapdoor_showing(&keyword("x"), &attributes(set), &mut world.rng).unwrap();
    let (one, two, both) = (showing("a"), showing("b"), showing("a, b"));
    let chosen = everything(index.policy());
    for from in 0..32 {
        assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap());
    }
    assert!(forced(&both, &index, &chosen).unwrap());
}

#[test]
fn trapdoors_for_two_keywords_cannot_be_pieced_together() {
    let world = &mut World::new(3);
    let key = world.key("a, b");
    let (x, y) = (world.index("x", "a and b"), world.index("y", "a and b"));
    let mut trapdoor = |word: &str| key.trapdoor(&keyword(word), &mut world.rng).unwrap();
    let (for_x, for_y) = (trapdoor("x"), trapdoor("y"));
    let chosen = everything(x.policy());
    for from in 0..32 {
        let pieced = piece_together(&for_x, &for_y, from);
        assert_eq!(forced(&pieced, &x, &chosen).unwrap(), from == 0, "{from:b}");
        assert_eq!(forced(&pieced, &y, &chosen).unwrap(), from == 31, "{from:b}");
    }
}

#[test]
fn trapdoors_for_two_keywords_do_not_lead_to_a_third() {
    // T0 is linear in x_w: under one t and y, two trapdoors give the trapdoor of every keyword.
    let world = &mut World::new(4);
    let x = |word: &str| *world.kappa.slot_value(&keyword(word));
    let (v, w, third) = (x("v"), x("w"), x("third"));
    let share_of_w = (third - v) * (w - v).invert().unwrap();
    let lead = |v: &Trapdoor, w: &Trapdoor| {
        let mut led = Trapdoor::from_bytes(&v.to_bytes()).unwrap();
        led.T0 = (v.T0 * (Scalar::ONE - share_of_w) + w.T0 * share_of_w).to_affine();
        led
    };
    let index = world.index("third", "a");
    let chosen = everything(index.policy());
    let key = world.key("a");

    let one = Scalar::ONE;
    let repeated = ["v", "w"].map(|word| trapdoor_with(world, &key, word, &one, &one));
    assert!(forced(&lead(&repeated[0], &repeated[1]), &index, &chosen).unwrap(), "a repeated t and y");

    // A generator that repeats itself is not enough.
    let rng = world.rng.clone();
    let repeated = ["v", "w"].map(|word| key.trapdoor(&keyword(word), &mut rng.clone()).unwrap());
    assert!(!forced(&lead(&repeated[0], &repeated[1]), &index, &chosen).unwrap());
    let fresh = ["v", "w"].map(|word| key.trapdoor(&keyword(word), &mut world.rng).unwrap());
    assert!(!forced(&lead(&fresh[0], &fresh[1]), &index, &chosen).unwrap());
    let honest = key.trapdoor(&keyword("third"), &mut world.rng).unwrap();
    assert!(forced(&honest, &index, &chosen).unwrap());
}

#[test]
fn fewer_leaves_than_needed_match_under_no_coefficients() {
    let world = &mut World::new(5);
    for (rule, set) in [
        ("a and b", "a"),
        ("a and b", "b"),
        ("2 of (a, b, c)", "a"),
        ("2 of (a, b, c)", "c"),
        ("3 of (a, b, c, d)", "a, d"),
        ("(a or c) and b", "a, c"),
        ("(a and b) or (c and d)", "a, c"),
        ("a and a and b", "a"),
    ] {
        let index = world.index("x", rule);
        let trapdoor = world.trapdoor(set, "x");
        let held: Vec<usize> = (0..index.policy().tree().leaves().len())
            .filter(|leaf| match &index.policy().tree().leaves()[*leaf].term {
                crate::policy::Term::Attribute(a) => trapdoor.T.contains_key(a),
                crate::policy::Term::Not { .. } => false,
            })
            .collect();
        let third = Scalar::from(3).invert().unwrap();
        let mut coefficients: Vec<Scalar> =
            [1, 2, 3, 4].into_iter().flat_map(|c| [Scalar::from(c), -Scalar::from(c)]).collect();
        coefficients.extend([third, Scalar::from(2).invert().unwrap(), Scalar::from(world.rng.next_u64())]);
        for first in &coefficients {
            for rest in &coefficients {
                let chosen: Vec<_> = (0..)
                    .zip(&held)
                    .map(|(i, leaf)| Chosen { leaf: *leaf, gamma: if i == 0 { *first } else { *rest } })
                    .collect();
                assert!(!forced(&trapdoor, &index, &chosen).unwrap(), "{rule}: {set}");
                if held.len() == 1 {
                    break;
                }
            }
        }
        let all = world.trapdoor("a, b, c, d", "x");
        assert!(forced(&all, &index, &everything(index.policy())).unwrap());
    }
}

#[test]
fn a_trapdoor_with_exchanged_parts_does_not_match() {
    let world = &mut World::new(6);
    // Coefficients 2 and -1: under an `and`, where all are 1, T_a and T_b enter as their sum.
    let index = world.index("x", "2 of (a, b, c)");
    let chosen = everything(index.policy());
    let good = world.trapdoor("a, b", "x");
    let exchange = |change: &dyn Fn(&mut Trapdoor)| {
        let mut changed = Trapdoor::from_bytes(&good.to_bytes()).unwrap();
        change(&mut changed);
        forced(&changed, &index, &chosen).unwrap()
    };
    let (a, b) = (canonical("a"), canonical("b"));
    assert!(!exchange(&|t| std::mem::swap(&mut t.T2, &mut t.T3)));
    assert!(!exchange(&|t| {
        let (T_a, T_b) = (t.T[&a], t.T[&b]);
        t.T.extend([(a.clone(), T_b), (b.clone(), T_a)]);
    }));
    assert!(!exchange(&|t| t.T0 = t.T[&a]));
    assert!(!exchange(&|t| t.T0 = -t.T0));
    assert!(!exchange(&|t| t.T3 = G2Affine::generator()));
    assert!(exchange(&|_| ()));
}

/// The elements of a record's only keyword, as bytes: `c1`, `E`, `c2_j`, `c3_i`.
fn elements(record: &RecordIndex) -> Vec<Vec<u8>> {
    let tree = record.policy().tree();
    let sizes = [96, 48].into_iter().chain(vec![96; tree.uses()]).chain(vec![48; tree.leaves().len()]);
    let bytes = record.to_bytes();
    let mut at = bytes.len() - sizes.clone().sum::<usize>();
    sizes
        .map(|size| {
            at += size;
            bytes[at - size..at].to_vec()
        })
        .collect()
}

/// A record of one keyword with these elements.
fn with_elements(record: &RecordIndex, elements: &[Vec<u8>]) -> RecordIndex {
    let (mut bytes, elements) = (record.to_bytes(), elements.concat());
    let at = bytes.len() - elements.len();
    bytes[at..].copy_from_slice(&elements);
    RecordIndex::from_bytes(&bytes).unwrap()
}

#[test]
fn an_index_with_exchanged_parts_does_not_match() {
    let world = &mut World::new(7);
    // Coefficients 2, -2 and 1: under an `and`, where all are 1, rows of one use number enter as their sum.
    let rule = "2 of (a, 2 of (a, b, c), d)";
    let (index, same, of_y) = (world.index("x", rule), world.index("x", rule), world.index("y", rule));
    let trapdoor = world.prepared("a, b", "x");
    let parts = elements(&index);
    // c1, E, c2_0, c2_1, c3_0 .. c3_4; the last two leaves are not used.
    for i in 0..parts.len() - 2 {
        for other in [&same, &of_y] {
            let mut exchanged = parts.clone();
            exchanged[i] = elements(other)[i].clone();
            assert!(!trapdoor.matches(&with_elements(&index, &exchanged)).unwrap(), "element {i}");
        }
        for j in (0..i).filter(|j| parts[*j].len() == parts[i].len()) {
            let mut exchanged = parts.clone();
            exchanged.swap(i, j);
            assert!(!trapdoor.matches(&with_elements(&index, &exchanged)).unwrap(), "elements {i}, {j}");
        }
    }
    assert!(trapdoor.matches(&with_elements(&index, &parts)).unwrap());
}

#[test]
fn another_authoritys_elements_do_not_match() {
    let (world, other) = (&mut World::new(8), &mut World::new(9));
    let index = world.index("x", "a");
    let chosen = everything(index.policy());
    let foreign = other.master.issue(&attributes("a"), &world.kappa, &mut other.rng).unwrap();
    let foreign = foreign.trapdoor(&keyword("x"), &mut other.rng).unwrap();
    let ours = world.trapdoor("a", "x");
    for from in 0..32 {
        let pieced = piece_together(&ours, &foreign, from);
        // T_b (bit 2) is not there.
        assert_eq!(forced(&pieced, &index, &chosen).unwrap(), from & !4 == 0, "{from:b}");
    }
}

// ---------------------------------------------------------------------------------------------------------
// Equations over what is public
// ---------------------------------------------------------------------------------------------------------

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

fn g1(bytes: &[u8]) -> G1Affine {
    decode_g1(bytes.try_into().unwrap()).unwrap()
}

fn g2(bytes: &[u8]) -> G2Affine {
    decode_g2(bytes.try_into().unwrap()).unwrap()
}

/// What everybody knows.
fn public_view(public: &PublicKey, names: &[&str]) -> View {
    let mut left = vec![G1Affine::generator(), SLOT.U0, SLOT.U1, public.A];
    let H: Vec<_> = names.iter().map(|name| base_of(&canonical(name))).collect();
    left.extend(&H);
    // The attributes of a gate together.
    if let [H_a, H_b] = H[..] {
        left.push((H_a + crate::curve::G1Projective::from(H_b)).to_affine());
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
        view.0.push((one + crate::curve::G1Projective::from(two)).to_affine());
    }
}

/// Adds the elements of a trapdoor.
fn see_trapdoor(view: &mut View, trapdoor: &Trapdoor) {
    view.0.push(trapdoor.T0);
    view.0.extend(trapdoor.T.values());
    view.1.extend([trapdoor.T2, trapdoor.T3]);
}

/// `F` of a keyword, for whoever knows `kappa`.
fn guess(world: &World, word: &str) -> G1Affine {
    SLOT.at(&world.kappa.slot_value(&keyword(word)))
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

/// The trapdoor of the equations, with `t` and `y` chosen.
fn trapdoor_with(world: &World, key: &SearchKey, word: &str, t: &Scalar, y: &Scalar) -> Trapdoor {
    let (K, Z, x_w) = (&key.K, &key.Z, world.kappa.slot_value(&keyword(word)));
    let mut trapdoor = key.trapdoor(&keyword(word), &mut world.rng.clone()).unwrap();
    trapdoor.T0 = ((*Z.X0 * y + *K.X0 + (*Z.X1 * y + *K.X1) * *x_w) * t).to_affine();
    trapdoor.T = K.X.iter().map(|(a, K_a)| (a.clone(), ((*Z.X[a] * y + **K_a) * t).to_affine())).collect();
    trapdoor.T2 = ((*Z.X2 * y + *K.X2) * t).to_affine();
    trapdoor.T3 = (G2Affine::generator() * t).to_affine();
    trapdoor
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

// ---------------------------------------------------------------------------------------------------------
// Elements that must not be accepted
// ---------------------------------------------------------------------------------------------------------

#[test]
fn an_index_without_c2_would_need_no_attribute_and_is_refused() {
    // c2 = O and c3 = [s]F(x): the attribute falls out of the equation.
    let world = &mut World::new(17);
    let index = world.index("x", "a");
    let s = random_nonzero_scalar(&mut world.rng).unwrap();
    let c1 = (world.public.B * *s).to_affine();
    let E = (world.public.A * *s).to_affine();
    let c3 = (guess(world, "x") * *s).to_affine();
    let trapdoor = world.trapdoor("z", "x");
    let product = [(trapdoor.T0, c1), (-c3, trapdoor.T2), (-E, trapdoor.T3)];
    assert!(pairing_product(&product).unwrap().is_one());

    let mut identity = vec![0; 96];
    identity[0] = 0xc0;
    let bytes =
        [c1.to_compressed().to_vec(), E.to_compressed().to_vec(), identity, c3.to_compressed().to_vec()];
    let forged = with_elements(&index, &bytes);
    assert_eq!(forged.validate(), Err(Error::IdentityPoint));
    let prepared = world.prepared("a", "x");
    assert_eq!(prepared.matches(&forged), Err(Error::IdentityPoint));
    assert!(prepared.matches(&index).unwrap());
}

#[test]
fn an_index_of_identities_would_match_everything_and_is_refused() {
    let world = &mut World::new(18);
    let index = world.index("x", "a");
    let identity = |size: usize| {
        let mut bytes = vec![0; size];
        bytes[0] = 0xc0;
        bytes
    };
    let prepared = world.prepared("a", "anything");
    let mut forged = elements(&index);
    for i in 0..forged.len() {
        forged[i] = identity(forged[i].len());
        let forged = with_elements(&index, &forged);
        assert_eq!(forged.validate(), Err(Error::IdentityPoint));
        assert_eq!(prepared.matches(&forged), Err(Error::IdentityPoint));
    }
    assert!(!prepared.matches(&index).unwrap());
}

#[test]
fn a_trapdoor_of_identities_would_match_everything_and_is_refused() {
    let world = &mut World::new(19);
    let trapdoor = world.trapdoor("a", "x").to_bytes();
    let mut forged = trapdoor.clone();
    let mut at = trapdoor.len() - (48 + 96 + 96 + 48);
    for size in [48, 96, 96, 48] {
        forged[at..at + size].fill(0);
        forged[at] = 0xc0;
        assert_eq!(Trapdoor::from_bytes(&forged).unwrap_err(), Error::IdentityPoint);
        at += size;
    }
    assert!(Trapdoor::from_bytes(&trapdoor).is_ok());
}

// ---------------------------------------------------------------------------------------------------------
// What is not promised
// ---------------------------------------------------------------------------------------------------------

#[test]
fn limit_whoever_holds_the_keyword_key_can_test_guesses_against_a_trapdoor() {
    // With kappa anybody can index a guess under a policy that the trapdoor satisfies.
    let world = &mut World::new(20);
    let trapdoor = world.prepared("a", "hiv");
    let guesses = ["flu", "hiv", "asthma"].map(|word| trapdoor.matches(&world.index(word, "a")).unwrap());
    assert_eq!(guesses, [false, true, false]);
    // Without it, the guess is hashed under another key and never hits.
    world.kappa = KeywordKey::generate(&mut world.rng).unwrap();
    let guesses = ["flu", "hiv", "asthma"].map(|word| trapdoor.matches(&world.index(word, "a")).unwrap());
    assert_eq!(guesses, [false; 3]);
}

#[test]
fn limit_anybody_can_rescale_an_index_or_a_trapdoor_and_it_still_matches() {
    let world = &mut World::new(21);
    let index = world.index("x", "a and b");
    let k = Scalar::from(7);
    let rescaled: Vec<Vec<u8>> = elements(&index)
        .iter()
        .map(|element| match element.len() {
            48 => (g1(element) * k).to_affine().to_compressed().to_vec(),
            _ => (g2(element) * k).to_affine().to_compressed().to_vec(),
        })
        .collect();
    let copy = with_elements(&index, &rescaled);
    copy.validate().unwrap();
    assert_ne!(copy, index);
    assert!(world.prepared("a, b", "x").matches(&copy).unwrap());
    assert!(!world.prepared("a, b", "y").matches(&copy).unwrap());
    assert!(!world.prepared("a", "x").matches(&copy).unwrap());

    let mut trapdoor = world.trapdoor("a, b", "x");
    trapdoor.T0 = (trapdoor.T0 * k).to_affine();
    trapdoor.T.values_mut().for_each(|T_a| *T_a = (*T_a * k).to_affine());
    trapdoor.T2 = (trapdoor.T2 * k).to_affine();
    trapdoor.T3 = (trapdoor.T3 * k).to_affine();
    assert!(PreparedTrapdoor::new(&trapdoor).unwrap().matches(&index).unwrap());
}

#[test]
fn limit_a_publisher_is_not_held_to_the_policy_that_an_index_names() {
    // Who knows a keyword can index it under any rows: here those of `a`, presented under `z`, do nothing; and a
    // publisher may always publish a second index under another policy.
    let world = &mut World::new(22);
    let of_a = world.index("x", "a");
    let presented = with_elements(&world.index("x", "z"), &elements(&of_a));
    assert!(!world.prepared("z", "x").matches(&presented).unwrap());
    assert!(!world.prepared("a", "x").matches(&presented).unwrap());
    assert!(world.prepared("a", "x").matches(&of_a).unwrap());
}
