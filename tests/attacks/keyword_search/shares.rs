//! Trapdoors with less than a gate requires, with every plausible coefficient; and owners with
//! careless sharing or blinding, whose indexes the same node matches.

use blst::blst_fp12 as Gt;
use blstrs::G1Projective;
use group::Group;

use super::node::{Index, Trapdoor};
use super::owner::{Draws, Public};
use super::{Consortium, found, missed};
use crate::ground::{canonical, is_one, pair, small};
use crate::keys::Element;
use crate::rule::{Rule, all, any, not, of, shared_attribute, whole_secret_to_one_child};

const MOST: i32 = 3;

/// The coefficients from -3 to 3 under which a product with these factors is one.
fn ones(begun: Gt, factors: impl IntoIterator<Item = impl Fn(i32) -> Gt>) -> Vec<Vec<i32>> {
    let mut products = vec![(vec![], begun)];
    for factor in factors {
        let factors: Vec<_> = (-MOST..=MOST).map(|gamma| (gamma, factor(gamma))).collect();
        let with = |(gammas, product): &(Vec<i32>, Gt), (gamma, factor): &(i32, Gt)| {
            ([gammas.as_slice(), &[*gamma]].concat(), *product * *factor)
        };
        products = products.iter().flat_map(|product| factors.iter().map(|f| with(product, f))).collect();
    }
    products.into_iter().filter(|(_, product)| is_one(product)).map(|(gammas, _)| gammas).collect()
}

/// The coefficients under which a trapdoor matches with these elements for the rows.
fn matched_under(index: &Index, trapdoor: &Trapdoor, elements: &[Element]) -> Vec<Vec<i32>> {
    let factors = elements
        .iter()
        .enumerate()
        .map(|(row, element)| move |gamma: i32| index.row(row, &small(gamma), element, &trapdoor.T2));
    ones(index.ends(trapdoor), factors)
}

#[test]
fn fewer_rows_than_needed_match_nothing() {
    let world = &mut Consortium::new(1);
    let set = "a, b, c, d, role=y";
    for rule in [
        all(["a".into(), not("role", "x")]),
        shared_attribute(),
        of(2, ["a", "b", "c"]),
        of(3, ["a", "b", "c", "d"]),
        all([any(["a", "c"]), "b".into()]),
        any([all(["a", "b"]), all(["c", "d"])]),
        of(2, [all(["a", "b"]), any(["c", "d"])]),
    ] {
        let (index, trapdoor) = (world.index(&rule, "x"), world.trapdoor(set, "x"));
        let rows = rule.rows();
        let suffices = |used: &dyn Fn(usize) -> bool| rule.coefficients(used).is_some();
        let elements: Vec<_> = rows.iter().map(|row| trapdoor.element(row).unwrap()).collect();
        // All small coefficients: the ones that match use enough rows.
        let matched = matched_under(&index, &trapdoor, &elements);
        assert!(!matched.is_empty(), "{}", rule.text);
        for gamma in matched {
            assert!(suffices(&|row| gamma[row] != 0), "{}: {gamma:?}", rule.text);
        }
        // The coefficients of reconstruction, for every insufficient set of rows.
        for chosen in rule.choices() {
            for subset in 0_u32..1 << rows.len() {
                let held = |row: usize| subset >> row & 1 == 1;
                if !suffices(&held) {
                    let used: Vec<_> = chosen.iter().copied().filter(|(row, _)| held(*row)).collect();
                    assert!(!index.matches_by(&trapdoor, &used), "{}: {subset:b}", rule.text);
                }
            }
        }
        found(&trapdoor, &index);
    }
}

#[test]
fn a_part_of_a_conjunction_matches_nothing() {
    let world = &mut Consortium::new(4);
    let rule = all(["a", "b", "c"]);
    let (index, trapdoor) = (world.index(&rule, "x"), world.trapdoor("a, b, c", "x"));
    // The one row, with every small multiple of each attribute's element.
    let begun = index.ends(&trapdoor) * pair(&[(-index.c3[0], trapdoor.T2)]);
    let factors = ["a", "b", "c"].map(|a| {
        let (T_a, c2) = (trapdoor.T[&canonical(a)], index.c2[0]);
        move |gamma: i32| pair(&[(T_a * small(gamma), c2)])
    });
    assert_eq!(ones(begun, factors), [[1, 1, 1]]);
    for set in ["a", "a, b", "b, c", "a, c, d"] {
        missed(&world.trapdoor(set, "x"), &index);
        missed(&world.trapdoor(set, "x").relabelled("a, b, c"), &index);
    }
    found(&trapdoor, &index);
}

/// An index of `x` by an owner's own program.
fn own(world: &Consortium, rule: &Rule, draws: &Draws) -> Index {
    Public::index(&world.public(), rule, &world.x("x"), draws)
}

#[test]
fn a_gate_that_shares_carelessly_matches() {
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
fn rows_with_one_blinding_match_others() {
    // `a` is in two rows. For a holder of the rest, s = 3 f(1) - 3 f(2) + f(3), in which a
    // shared blinding cancels.
    let world = &mut Consortium::new(3);
    let nothing = Element::positive(&G1Projective::identity());
    for (rule, set, enough) in
        [(of(2, ["a", "a", "b"]), "b", "a"), (shared_attribute(), "b, c, d", "a, b, c")]
    {
        let trapdoor = world.trapdoor(set, "x");
        let rows = rule.rows();
        let elements: Vec<_> = rows.iter().map(|row| trapdoor.part(row).unwrap_or(nothing)).collect();
        let without_a = |index: &Index| matched_under(index, &trapdoor, &elements);
        // The library gives each of the two rows its own use number.
        let index = world.index(&rule, "x");
        assert_eq!((rule.parsed().uses(), index.c2.len()), (2, 2));
        assert_eq!(without_a(&index), [[]; 0]);

        let mut draws = Draws::honest(&rule, &mut world.rng);
        assert_eq!(without_a(&own(world, &rule, &draws)), [[]; 0]);
        draws.s_prime[1] = draws.s_prime[0];
        let careless = own(world, &rule, &draws);
        assert_eq!(without_a(&careless), [[3, -3, 1]]);
        for index in [&index, &careless] {
            found(&world.trapdoor(enough, "x"), index);
        }
    }
}
