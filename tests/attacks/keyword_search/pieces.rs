//! Trapdoors combined from two users, from two keywords, or from one user's trapdoors that show
//! less; and exchanged parts.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use medseal::policy::Attributes;
use medseal::search::Keyword;

use super::node::{Index, Trapdoor};
use super::owner::Master;
use super::searcher::Key;
use super::{Consortium, found, judged, missed};
use crate::ground::{Held, P2, canonical, random_scalar};
use crate::keys;
use crate::rule::{Rule, all, any, of};

/// Every trapdoor that shows `set` and takes `T0`, `T2`, `T3` and each `T_a` from one of two, as
/// the bits of its number select. An element that one lacks comes from the other.
fn pieced(set: &str, one: &Trapdoor, two: &Trapdoor) -> impl Iterator<Item = (u32, Trapdoor)> {
    let Held { fields, expanded, .. } = Held::parse(set);
    (0_u32..1 << (3 + expanded.len())).map(move |from| {
        let pick = |bit: u32| if from >> bit & 1 == 0 { [one, two] } else { [two, one] };
        let element = |bit: u32, a: &_| pick(bit).into_iter().find_map(|t| t.T.get(a).copied()).unwrap();
        let T = (3..).zip(&expanded).map(|(bit, a)| (a.clone(), element(bit, a))).collect();
        let [[T0, _], [T2, _], [T3, _]] = [0, 1, 2].map(pick);
        (from, Trapdoor { fields: fields.clone(), T0: T0.T0, T2: T2.T2, T3: T3.T3, T, T_l: vec![] })
    })
}

/// Coefficients for one and another user's element.
fn mixtures() -> [[Scalar; 2]; 5] {
    let (zero, one, two) = (Scalar::ZERO, Scalar::ONE, Scalar::from(2));
    let half = two.invert().unwrap();
    [[one, zero], [zero, one], [one, one], [half, half], [two, -one]]
}

/// Rules that `a` and `b` satisfy together, but neither alone.
fn rules() -> [Rule; 4] {
    [
        all(["a", "b"]),
        of(2, ["a", "b", "c"]),
        all(["a".into(), any(["a", "c"]), "b".into()]),
        of(2, [all(["a", "b"]), "c".into(), any(["b", "d"])]),
    ]
}

#[test]
fn two_users_cannot_piece_a_trapdoor_together() {
    let world = &mut Consortium::new(1);
    for rule in rules() {
        let index = world.index(&rule, "x");
        let (one, two) = (world.trapdoor("a", "x"), world.trapdoor("b", "x"));
        for (_, pieced) in pieced("a, b", &one, &two) {
            missed(&pieced, &index);
        }
        found(&world.trapdoor("a, b", "x"), &index);
    }
}

#[test]
fn pooled_keys_make_no_trapdoor() {
    // Both hold the keyword key, and choose t and y. K0, K1, K2 and Z0, Z1, Z2 come
    // from either or are mixed.
    let world = &mut Consortium::new(2);
    let x = world.x("x");
    let rule = all(["a", "b"]);
    let index = world.index(&rule, "x");
    let fields = Held::parse("a, b").fields;
    let mixed =
        |one: &keys::Key, two: &keys::Key, [[u0, v0], [u1, v1], [u2, v2]]: [[Scalar; 2]; 3]| keys::Key {
            fields: fields.clone(),
            K0: one.K0 * u0 + two.K0 * v0,
            K1: one.K1 * u1 + two.K1 * v1,
            K2: one.K2 * u2 + two.K2 * v2,
            K: one.K.clone().into_iter().chain(two.K.clone()).collect(),
            N: vec![],
        };
    let pooled = |one: &Key, two: &Key, of_K, of_Z| Key {
        kappa: one.kappa,
        K: mixed(&one.K, &two.K, of_K),
        Z: mixed(&one.Z, &two.Z, of_Z),
    };
    let (one, two) = (world.key("a"), world.key("b"));
    let y = random_scalar(&mut world.rng);
    for u in mixtures() {
        for v in mixtures() {
            for w in mixtures() {
                let alone = pooled(&one, &two, [u, v, w], [u, v, w]);
                assert!(!index.is_matched_by(&alone.trapdoor(&x, &Scalar::ONE, &Scalar::ZERO)));
            }
            let crossed = pooled(&one, &two, [u; 3], [v; 3]);
            missed(&crossed.trapdoor(&x, &Scalar::ONE, &y), &index);
        }
    }
    // The same program, with one key's parts as if they were two users'.
    let both = world.key("a, b");
    found(&pooled(&both, &both, [mixtures()[4]; 3], [mixtures()[0]; 3]).trapdoor(&x, &y, &y), &index);
    // Users with equal exponents could do it.
    let master = Master::read(&world.master.to_bytes());
    let [one, two] = ["a", "b"].map(|set| master.issue(&y, &x, set, &both.kappa));
    found(&pooled(&one, &two, [mixtures()[0]; 3], [mixtures()[1]; 3]).trapdoor(&x, &y, &y), &index);
}

#[test]
fn keys_from_repeated_randomness_stay_apart() {
    let world = &mut Consortium::new(3);
    let index = world.index(&all(["a", "b"]), "x");
    let rng = world.rng.clone();
    let mut key = |set: &str| {
        world.rng = rng.clone();
        world.key(set)
    };
    let [again, one, two, both] = ["a", "a", "b", "a, b"].map(&mut key);
    assert!(again.to_bytes() == one.to_bytes(), "the generator repeats itself");
    assert!(one.K.K2 != two.K.K2 && one.Z.K2 != two.Z.K2, "one rho or one delta");
    let x = world.x("x");
    for y in [Scalar::ZERO, Scalar::ONE] {
        let [one, two] = [&one, &two].map(|key| key.trapdoor(&x, &Scalar::ONE, &y));
        for (_, pieced) in pieced("a, b", &one, &two) {
            missed(&pieced, &index);
        }
        found(&both.trapdoor(&x, &Scalar::ONE, &y), &index);
    }
}

#[test]
fn reduced_trapdoors_do_not_join() {
    let world = &mut Consortium::new(4);
    let index = world.index(&all(["a", "b"]), "x");
    let key = world.issue("a, b");
    let word = Keyword::new("x").unwrap();
    let [one, two, both] = ["a", "b", "a, b"].map(|set| {
        let shown = Attributes::parse(set).unwrap();
        Trapdoor::read(&key.trapdoor(&word, &shown, &mut world.rng).unwrap().to_bytes())
    });
    for (_, pieced) in pieced("a, b", &one, &two) {
        missed(&pieced, &index);
    }
    found(&both, &index);
    // A node that saw the same t and y twice could combine them.
    let whole = Key::read(&key.to_bytes()).trapdoor(&world.x("x"), &Scalar::ONE, &Scalar::ONE);
    let [one, two] = ["a", "b"].map(|set| {
        let Held { fields, expanded, .. } = Held::parse(set);
        Trapdoor { fields, T: [(expanded[0].clone(), whole.T[&expanded[0]])].into(), T_l: vec![], ..whole }
    });
    for (_, pieced) in pieced("a, b", &one, &two) {
        found(&pieced, &index);
    }
}

#[test]
fn two_trapdoors_do_not_recombine() {
    let world = &mut Consortium::new(5);
    for rule in [all(["a", "b"]), of(2, ["a", "b", "c"])] {
        let [x, y] = ["x", "y"].map(|word| world.index(&rule, word));
        let key = world.issue("a, b");
        let [for_x, for_y] = ["x", "y"].map(|word| world.trapdoor_of(&key, word));
        for (from, pieced) in pieced("a, b", &for_x, &for_y) {
            let judge = |index: &Index, whole: u32| match from == whole {
                true => found(&pieced, index),
                false => missed(&pieced, index),
            };
            judge(&x, 0);
            judge(&y, 31);
        }
    }
}

#[test]
fn two_trapdoors_lead_to_no_third() {
    // T0 is linear in x_w: under one t and y, two trapdoors give the trapdoor of every keyword.
    let world = &mut Consortium::new(6);
    let [v, w, third] = ["v", "w", "third"].map(|word| world.x(word));
    let share_of_w = (third - v) * (w - v).invert().unwrap();
    let lead = |[v, w]: &[Trapdoor; 2]| {
        // In all elements, for a trapdoor whose t and y lie in between.
        let between = |of_v: &G1Projective, of_w: &G1Projective| of_v + (of_w - of_v) * share_of_w;
        let T = v.T.iter().map(|(a, T_a)| (a.clone(), between(T_a, &w.T[a]))).collect();
        let T0 = between(&v.T0, &w.T0);
        let (T2, T3) = (v.T2 + (w.T2 - v.T2) * share_of_w, v.T3 + (w.T3 - v.T3) * share_of_w);
        [Trapdoor { T0, ..v.clone() }, Trapdoor { T0, T2, T3, T, ..v.clone() }]
    };
    let index = world.index(&"a".into(), "third");
    let key = world.issue("a");
    let stolen = Key::read(&key.to_bytes());
    let (t, y) = (random_scalar(&mut world.rng), random_scalar(&mut world.rng));
    for led in lead(&[v, w].map(|x| stolen.trapdoor(&x, &t, &y))) {
        found(&led, &index);
    }
    // A generator that repeats itself does not suffice for this, and still
    // less an honest generator.
    let rng = world.rng.clone();
    let repeated = ["v", "w"].map(|word| {
        world.rng = rng.clone();
        world.trapdoor_of(&key, word)
    });
    let fresh = ["v", "w"].map(|word| world.trapdoor_of(&key, word));
    for trapdoors in [repeated, fresh] {
        assert!(trapdoors[0].T3 != trapdoors[1].T3);
        for led in lead(&trapdoors) {
            missed(&led, &index);
        }
    }
    found(&world.trapdoor_of(&key, "third"), &index);
}

#[test]
fn swapped_trapdoor_parts_do_not_match() {
    let world = &mut Consortium::new(7);
    // Coefficients 2 and -1: under an `and`, where all are 1, T_a and T_b enter as their sum.
    let index = world.index(&of(2, ["a", "b", "c"]), "x");
    let good = world.trapdoor("a, b", "x");
    let same = world.trapdoor("a, b", "x");
    let [a, b] = ["a", "b"].map(canonical);
    let (T_a, T_b) = (good.T[&a], good.T[&b]);
    let with = |T_a: G1Projective, T_b: G1Projective| [(a.clone(), T_a), (b.clone(), T_b)].into();
    let exchanged = [
        Trapdoor { T2: good.T3, T3: good.T2, ..good.clone() },
        Trapdoor { T: with(T_b, T_a), ..good.clone() },
        Trapdoor { T: with(good.T0, T_b), T0: T_a, ..good.clone() },
        Trapdoor { T: with(T_a, good.T0), T0: T_b, ..good.clone() },
        Trapdoor { T: with(T_a, T_a), ..good.clone() },
        Trapdoor { T: with(-T_a, T_b), ..good.clone() },
        Trapdoor { T0: T_a, ..good.clone() },
        Trapdoor { T0: -good.T0, ..good.clone() },
        Trapdoor { T0: -good.T0, T: with(-T_a, -T_b), ..good.clone() },
        Trapdoor { T2: -good.T2, ..good.clone() },
        Trapdoor { T2: P2(), ..good.clone() },
        Trapdoor { T3: P2(), ..good.clone() },
        Trapdoor { T0: same.T0, ..good.clone() },
        Trapdoor { T2: same.T2, ..good.clone() },
        Trapdoor { T3: same.T3, ..good.clone() },
        Trapdoor { T: with(same.T[&a], T_b), ..good.clone() },
        Trapdoor { T: with(T_a, same.T[&b]), ..good.clone() },
    ];
    for exchanged in &exchanged {
        missed(exchanged, &index);
    }
    for right in [&good, &same, &good.rescaled(&-Scalar::ONE)] {
        found(right, &index);
    }
}

#[test]
fn swapped_index_parts_do_not_match() {
    let world = &mut Consortium::new(8);
    // Coefficients 2, -2 and 1: under an `and`, where all are 1, rows of one use
    // number enter as their sum.
    let rule = of(2, ["a".into(), of(2, ["a", "b", "c"]), "d".into()]);
    let [index, same, of_y] = ["x", "x", "y"].map(|word| world.index(&rule, word));
    let (trapdoor, of_c) =
        (world.trapdoor("a, b", "x").to_bytes(), world.trapdoor("b, c, d", "x").to_bytes());
    let parts = index.elements();
    let matches = |parts: &[Vec<u8>]| [&trapdoor, &of_c].map(|t| judged(t, &index.with_elements(parts)));
    // c1, E, c2_0, c2_1, c3_0 .. c3_4. The first trapdoor uses no c3_3, c3_4; the other
    // neither c2_1 nor c3_0, c3_1.
    let unused = |place: usize| [[7, 8].contains(&place), [3, 4, 5].contains(&place)];
    for i in 0..parts.len() {
        for other in [&same, &of_y] {
            let mut exchanged = parts.clone();
            exchanged[i] = other.elements()[i].clone();
            assert_eq!(matches(&exchanged), unused(i).map(Ok), "element {i}");
        }
        for j in (0..i).filter(|j| parts[*j].len() == parts[i].len()) {
            let mut exchanged = parts.clone();
            exchanged.swap(i, j);
            let unused = [0, 1].map(|t| unused(i)[t] && unused(j)[t]);
            assert_eq!(matches(&exchanged), unused.map(Ok), "elements {i}, {j}");
        }
    }
    assert_eq!(matches(&parts), [Ok(true), Ok(true)]);
}
