//! Trapdoors with less than a gate asks for, under every coefficient that might do, and owners who shared or blinded
//! carelessly, whose indexes the same node matches.

use blstrs::{G1Projective, Scalar};
use group::Group;

use super::node::{Index, Trapdoor};
use super::owner::{Draws, Public};
use super::{Consortium, found, missed};
use crate::ground::is_one;
use crate::rule::{Rule, all, any, of, whole_secret_to_one_child};

const MOST: i32 = 3;

/// The coefficients from -3 to 3 under which a trapdoor matches with these elements beside the rows.
fn matched_under(index: &Index, trapdoor: &Trapdoor, elements: &[G1Projective]) -> Vec<Vec<i32>> {
    let factor = |leaf: usize, gamma: i32| {
        let scalar = Scalar::from(u64::from(gamma.unsigned_abs()));
        index.leaf(leaf, &if gamma < 0 { -scalar } else { scalar }, &elements[leaf], &trapdoor.T2)
    };
    let mut products = vec![(vec![], index.ends(trapdoor))];
    for leaf in 0..elements.len() {
        let factors: Vec<_> = (-MOST..=MOST).map(|gamma| (gamma, factor(leaf, gamma))).collect();
        let with = |(gammas, product): &(Vec<i32>, _), (gamma, factor): &(i32, _)| {
            ([gammas.as_slice(), &[*gamma]].concat(), *product * *factor)
        };
        products = products.iter().flat_map(|product| factors.iter().map(|f| with(product, f))).collect();
    }
    products.into_iter().filter(|(_, product)| is_one(product)).map(|(gammas, _)| gammas).collect()
}

#[test]
fn fewer_leaves_than_needed_match_under_no_coefficients() {
    let world = &mut Consortium::new(1);
    let set = "a, b, c, d";
    for rule in [
        all(["a", "b"]),
        all(["a", "b", "c"]),
        all(["a", "a", "b"]),
        of(2, ["a", "b", "c"]),
        of(3, ["a", "b", "c", "d"]),
        all([any(["a", "c"]), "b".into()]),
        any([all(["a", "b"]), all(["c", "d"])]),
        of(2, [all(["a", "b"]), any(["c", "d"])]),
    ] {
        let (index, trapdoor) = (world.index(&rule, "x"), world.trapdoor(set, "x"));
        let leaves = rule.leaves();
        let suffices = |used: &dyn Fn(usize) -> bool| rule.coefficients(used).is_some();
        let elements: Vec<_> = leaves.iter().map(|leaf| *trapdoor.element(leaf).unwrap()).collect();
        // All small coefficients: those that match use enough leaves.
        let matched = matched_under(&index, &trapdoor, &elements);
        assert!(!matched.is_empty(), "{}", rule.text);
        for gamma in matched {
            assert!(suffices(&|leaf| gamma[leaf] != 0), "{}: {gamma:?}", rule.text);
        }
        // What reconstruction would multiply with, in every set of leaves that does not suffice.
        for chosen in rule.choices() {
            for subset in 0_u32..1 << leaves.len() {
                let held = |leaf: usize| subset >> leaf & 1 == 1;
                if !suffices(&held) {
                    let used: Vec<_> = chosen.iter().copied().filter(|(leaf, _)| held(*leaf)).collect();
                    assert!(!index.matches_by(&trapdoor, &used), "{}: {subset:b}", rule.text);
                }
            }
        }
        found(&trapdoor, &index);
    }
}

/// An index of `x` by an owner's own program.
fn own(world: &Consortium, rule: &Rule, draws: &Draws) -> Index {
    Public::index(&world.public(), rule, &world.x("x"), draws)
}

#[test]
fn a_gate_that_gives_one_child_the_whole_secret_would_be_matched_by_the_node_that_fails_here() {
    let world = &mut Consortium::new(2);
    for (rule, fault) in whole_secret_to_one_child() {
        let mut draws = Draws::honest(&rule, &mut world.rng);
        let careful = own(world, &rule, &draws);
        draws.lambda = fault(&draws.s);
        let careless = own(world, &rule, &draws);
        let (one, enough) = (world.trapdoor("a", "x"), world.trapdoor("a, b, c", "x"));
        assert!(careless.is_matched_by(&one), "{}", rule.text);
        for index in [&world.index(&rule, "x"), &careful] {
            missed(&one, index);
            found(&enough, index);
        }
        found(&enough, &careless);
    }
}

#[test]
fn one_blinding_for_two_uses_of_an_attribute_would_match_without_it_so_each_use_has_its_own() {
    // For a holder of b: s = 3 f(1) - 3 f(2) + f(3), in which one blinding of both a would cancel.
    let world = &mut Consortium::new(3);
    let rule = of(2, ["a", "a", "b"]);
    let trapdoor = world.trapdoor("b", "x");
    let T_b = *trapdoor.element(rule.leaves()[2]).unwrap();
    let nothing = G1Projective::identity();
    let without_a = |index: &Index| matched_under(index, &trapdoor, &[nothing, nothing, T_b]);
    let index = world.index(&rule, "x");
    assert_eq!(without_a(&index), [[]; 0]);

    let mut draws = Draws::honest(&rule, &mut world.rng);
    assert_eq!(without_a(&own(world, &rule, &draws)), [[]; 0]);
    draws.s_prime[1] = draws.s_prime[0];
    let careless = own(world, &rule, &draws);
    assert_eq!(without_a(&careless), [[3, -3, 1]]);
    for index in [&index, &careless] {
        found(&world.trapdoor("a", "x"), index);
    }
}
