//! Elements that must be refused, elements that never repeat, and properties that are not promised.

use blstrs::{G1Affine, G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::search::RecordIndex;

use super::node::{Index, Trapdoor};
use super::owner::Draws;
use super::searcher::{Key, x};
use super::{Consortium, found, judged, missed};
use crate::ground::{P2, bad_elements, canonical, random_scalar};
use crate::keys::SEARCH;
use crate::rule::{Rule, all, any, not, of};

#[test]
fn a_node_checks_every_used_element() {
    let world = &mut Consortium::new(3);
    let index = world.index(&any(["a".into(), "b".into(), not("role", "y")]), "x");
    let using = [("a", 3..4), ("b", 4..5), ("role=x", 5..7)];
    let using = using.map(|(set, row)| (world.trapdoor(set, "x").to_bytes(), row));
    let unsatisfied = world.trapdoor("c", "x").to_bytes();
    for (i, element) in ["c1", "E", "c2_0", "c3_0", "c3_1", "c3_2", "c4_2"].iter().enumerate() {
        let mut elements = index.elements();
        for (point, error) in bad_elements(elements[i].len()) {
            elements[i] = point;
            let damaged = index.with_elements(&elements);
            let validated = RecordIndex::from_bytes(&damaged).unwrap().validate();
            assert_eq!(validated, Err(error.clone()), "{element}");
            for (trapdoor, row) in &using {
                let is_used = i < 3 || row.contains(&i);
                let expected = if is_used { Err(error.clone()) } else { Ok(true) };
                assert_eq!(judged(trapdoor, &damaged), expected, "{element}");
            }
            assert_eq!(judged(&unsatisfied, &damaged), Ok(false), "nothing is touched");
        }
    }
    for (trapdoor, _) in &using {
        assert_eq!(judged(trapdoor, &index.to_bytes()), Ok(true));
    }
}

#[test]
fn rows_outside_the_subgroup_tell_their_sum() {
    // The subgroup check covers the sum of the rows that is paired. An attacker who adds to one row
    // what it takes from another makes an index that a ledger refuses. A node that has it computes
    // the same sum as for the original index.
    let world = &mut Consortium::new(4);
    let rule = all(["a".into(), any(["b", "c"])]);
    let index = world.index(&rule, "x");
    let [_, (foreign, error), ..] = bad_elements(48);
    let foreign: G1Projective =
        G1Affine::from_compressed_unchecked(&foreign.try_into().unwrap()).unwrap().into();
    let mut forged = index.clone();
    forged.c3[0] += foreign;
    let [right, wrong] = ["x", "y"].map(|word| world.trapdoor("a, b", word).to_bytes());
    assert_eq!(judged(&right, &forged.to_bytes()), Err(error.clone()));
    forged.c3[1] -= foreign;
    assert_eq!(RecordIndex::from_bytes(&forged.to_bytes()).unwrap().validate(), Err(error));
    for index in [&forged, &index] {
        assert_eq!(judged(&right, &index.to_bytes()), Ok(true));
        assert_eq!(judged(&wrong, &index.to_bytes()), Ok(false));
    }
    assert_eq!(RecordIndex::from_bytes(&index.to_bytes()).unwrap().validate(), Ok(()));
}

/// Mathematically they match. The library refuses the index on use, and in the ledger.
#[track_caller]
fn matches_and_is_refused(trapdoor: &Trapdoor, index: &Index) {
    let rows: Vec<_> = (0..index.c3.len()).map(|row| (row, Scalar::ONE)).collect();
    assert!(index.matches_by(trapdoor, &rows));
    assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
    let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
    assert_eq!(index.validate(), Err(Error::IdentityPoint));
}

#[test]
fn an_index_that_shares_zero_is_refused() {
    // s = 0: c1 = O and E = O, and the keyword drops out of the rows.
    let (world, set) = (&mut Consortium::new(5), "a, b, role=y");
    for rule in ["a".into(), all(["a", "b"]), any(["a", "b"]), all(["a".into(), not("role", "x")])] {
        let mut draws = Draws::honest(&rule, &mut world.rng);
        let (public, x) = (world.public(), world.x("x"));
        let good = public.index(&rule, &x, &draws);
        draws.s = Scalar::ZERO;
        draws.lambda = rule.share(&Scalar::ZERO, &mut world.rng);
        let forged = public.index(&rule, &x, &draws);
        for word in ["x", "anything"] {
            matches_and_is_refused(&world.trapdoor(set, word), &forged);
        }
        found(&world.trapdoor(set, "x"), &good);
        missed(&world.trapdoor(set, "anything"), &good);
    }
}

#[test]
fn an_index_without_c2_is_refused() {
    // s' = 0: c2 = O and c3 = [lambda]F(x), and the attribute drops out of the equation.
    let world = &mut Consortium::new(6);
    let rule = Rule::from("a");
    let mut draws = Draws::honest(&rule, &mut world.rng);
    let (public, x) = (world.public(), world.x("x"));
    let good = public.index(&rule, &x, &draws);
    draws.s_prime[0] = Scalar::ZERO;
    let forged = public.index(&rule, &x, &draws);
    let stranger = world.trapdoor("z", "x");
    matches_and_is_refused(&stranger.relabelled("a"), &forged);
    matches_and_is_refused(&world.trapdoor("a", "x"), &forged);
    assert!(!forged.is_matched_by(&world.trapdoor("a", "y")), "the keyword still counts");
    missed(&stranger.relabelled("a"), &good);
    found(&world.trapdoor("a", "x"), &good);
}

#[test]
fn an_index_of_identities_is_refused() {
    let world = &mut Consortium::new(7);
    let index = world.index(&"a".into(), "x");
    let (trapdoor, mut forged) = (world.trapdoor("a", "anything"), index.clone());
    // One after the other, and each by itself.
    let changes: [fn(&mut Index); 4] = [
        |index| index.c1 = G2Projective::identity(),
        |index| index.E = G1Projective::identity(),
        |index| index.c2[0] = G2Projective::identity(),
        |index| index.c3[0] = G1Projective::identity(),
    ];
    for change in changes {
        let mut alone = index.clone();
        change(&mut alone);
        change(&mut forged);
        for index in [&alone, &forged] {
            assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
            let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
            assert_eq!(index.validate(), Err(Error::IdentityPoint));
        }
    }
    matches_and_is_refused(&trapdoor, &forged);
    // The unchanged index is accepted, and matches its own keyword only.
    missed(&trapdoor, &index);
    found(&world.trapdoor("a", "x"), &index);
}

#[test]
fn trapdoors_with_identities_are_refused() {
    let world = &mut Consortium::new(8);
    let (index, key) = (world.index(&"a".into(), "x"), world.key("a"));
    let one = Scalar::ONE;
    let good = key.trapdoor(&world.x("x"), &one, &one);
    // Each by itself, and together.
    for bits in 1..16_u8 {
        let mut forged = good.clone();
        let changes: [fn(&mut Trapdoor); 4] = [
            |trapdoor| trapdoor.T0 = G1Projective::identity(),
            |trapdoor| trapdoor.T2 = G2Projective::identity(),
            |trapdoor| trapdoor.T3 = G2Projective::identity(),
            |trapdoor| trapdoor.T.values_mut().for_each(|T_a| *T_a = G1Projective::identity()),
        ];
        for change in (0..4).filter(|bit| bits >> bit & 1 == 1) {
            changes[change](&mut forged);
        }
        assert_eq!(judged(&forged.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint), "{bits:b}");
        assert_eq!(index.is_matched_by(&forged), bits == 15, "{bits:b}");
    }
    // The part of a key without gamma is enough for a trapdoor without T3.
    let without_gamma = Key { K: key.Z.clone(), ..key.clone() };
    let mut forged = without_gamma.trapdoor(&world.x("x"), &one, &one);
    missed(&forged, &index);
    forged.T3 = G2Projective::identity();
    assert!(index.is_matched_by(&forged));
    assert_eq!(judged(&forged.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
    found(&good, &index);
}

// --- elements that never repeat ---

/// Whether no element occurs twice, in one object or in two.
fn all_different(objects: &[Vec<Vec<u8>>]) -> bool {
    let all: Vec<_> = objects.iter().flatten().collect();
    all.iter().enumerate().all(|(i, one)| !all[..i].contains(one))
}

#[test]
fn equal_keywords_share_no_index_element() {
    let world = &mut Consortium::new(9);
    let rule = any([all(["a", "b"]), "a".into(), of(2, ["a", "b", "c"])]);
    let key = world.issue("a, b, c");
    let indexes: Vec<_> = (0..6).map(|_| world.index(&rule, "x")).collect();
    let trapdoors: Vec<_> = (0..6).map(|_| world.trapdoor_of(&key, "x")).collect();
    assert!(all_different(&indexes.iter().map(Index::elements).collect::<Vec<_>>()));
    assert!(all_different(&trapdoors.iter().map(Trapdoor::elements).collect::<Vec<_>>()));
    assert!(indexes.iter().all(|index| index.policy == indexes[0].policy));
    assert!(trapdoors.iter().all(|trapdoor| trapdoor.fields == trapdoors[0].fields));
    // Reused t and y, or a reused s, produce repetitions.
    let stolen = Key::read(&key.to_bytes());
    let (x, t) = (world.x("x"), random_scalar(&mut world.rng));
    let repeated = [Scalar::ZERO, Scalar::ONE].map(|y| stolen.trapdoor(&x, &t, &y).elements());
    assert!(!all_different(&repeated));
    let draws = [(); 2].map(|()| Draws::honest(&rule, &mut world.rng));
    let s_prime = draws[1].s_prime.clone();
    let [one, two] = draws.map(|draws| world.public().index(&rule, &x, &draws).elements());
    let again = Draws { s_prime, ..Draws::honest(&rule, &mut world.rng) };
    assert!(all_different(&[one.clone(), two.clone()]));
    assert!(!all_different(&[two, world.public().index(&rule, &x, &again).elements()]));
    for trapdoor in &trapdoors {
        found(trapdoor, &indexes[0]);
    }
}

// --- properties that are not promised ---

#[test]
fn limit_a_member_tests_guesses_against_trapdoors() {
    let world = &mut Consortium::new(10);
    let (trapdoor, index) = (world.trapdoor("a", "hiv"), world.index(&"a".into(), "hiv"));
    let rule = Rule::from("a");
    // A holder of the keyword key can index a guess under a policy that the trapdoor satisfies.
    let guesses = |world: &mut Consortium, kappa: &[u8; 32]| {
        ["flu", "hiv", "asthma"].map(|word| {
            let draws = Draws::honest(&rule, &mut world.rng);
            let guess = world.public().index(&rule, &x(kappa, word), &draws);
            judged(&trapdoor.to_bytes(), &guess.to_bytes()).unwrap()
        })
    };
    let kappa: [u8; 32] = world.kappa.to_bytes()[4..].try_into().unwrap();
    assert_eq!(guesses(world, &kappa), [false, true, false]);
    assert_eq!(guesses(world, &[7; 32]), [false; 3], "without it no guess hits");
    // A member whose attributes do not satisfy the policy has no trapdoor to test a guess.
    let member = world.key("b");
    for word in ["flu", "hiv", "asthma"] {
        let guess = member.trapdoor(&x(&kappa, word), &Scalar::ONE, &Scalar::ONE);
        missed(&guess, &index);
        missed(&guess.relabelled("a"), &index);
    }
    found(&trapdoor, &index);
}

#[test]
fn limit_copies_that_anybody_makes_still_match() {
    let world = &mut Consortium::new(11);
    let rule = all(["a".into(), any(["b", "c"])]);
    let index = world.index(&rule, "x");
    let (k, d) = (random_scalar(&mut world.rng), random_scalar(&mut world.rng));
    // [k] of everything, and a fresh s': [d]P2 and [d]H(a_i) added.
    let mut copy = index.clone();
    (copy.c1, copy.E, copy.c2[0]) = (index.c1 * k, index.E * k, index.c2[0] * k + P2() * d);
    for (c3, name) in copy.c3.iter_mut().zip(["a", "b", "c"]) {
        *c3 = *c3 * k + SEARCH.H(&canonical(name)) * d;
    }
    assert!(all_different(&[copy.elements(), index.elements()]));
    RecordIndex::from_bytes(&copy.to_bytes()).unwrap().validate().unwrap();
    let trapdoor = world.trapdoor("a, b", "x");
    let rescaled = trapdoor.rescaled(&k);
    assert!(all_different(&[trapdoor.elements(), rescaled.elements()]));
    for index in [&index, &copy] {
        found(&trapdoor, index);
        found(&rescaled, index);
        missed(&world.trapdoor("a, b", "y"), index);
        missed(&world.trapdoor("a", "x"), index);
    }
    // Even an attacker who knows the keyword cannot change it to another.
    let other = SEARCH.F(&world.x("y")) - SEARCH.F(&world.x("x"));
    copy.c3.iter_mut().for_each(|c3| *c3 += other * k);
    missed(&world.trapdoor("a, b", "y"), &copy);
    missed(&trapdoor, &copy);
}
