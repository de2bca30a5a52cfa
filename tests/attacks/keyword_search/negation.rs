//! Negative rows: matched by trapdoors that show another value of the label, and by no others.

use blstrs::Scalar;
use ff::Field;
use medseal::policy::Attributes;
use medseal::search::Keyword;

use super::node::Trapdoor;
use super::{Consortium, found, missed};
use crate::ground::{canonical, is_one};
use crate::keys::{SEARCH, guesses};
use crate::rule::{Rule, all, not};

#[test]
fn holders_without_another_value_match_nothing_together() {
    // One user has T_role for the excluded value. The others lack the label, or have two texts for
    // it. A node combines their points, with every factor that the values suggest.
    let world = &mut Consortium::new(1);
    let table: [(Rule, [&str; 2], &str); 3] = [
        (not("role", "x"), ["role=x, b", "b"], "role=y"),
        (not("role", "x"), ["role=x", "role=y, role=z"], "role=y"),
        (all(["a".into(), not("role", "x")]), ["role=x", "a, role=y, role=z"], "a, role=y"),
    ];
    for (rule, sets, both) in &table {
        let index = world.index(rule, "x");
        let rows = rule.rows();
        let negative = rule.negative()[0];
        // Both use the same t and y, which honest users never do.
        let y = Scalar::from(3);
        let holders = sets.map(|set| world.key(set).trapdoor(&world.x("x"), &Scalar::ONE, &y));
        let guesses = guesses(&SEARCH, holders.iter().flat_map(|holder| holder.as_key().points()));
        for head in &holders {
            let positive = (0..rows.len()).filter(|row| *row != negative).map(|row| {
                let element = holders.iter().find_map(|holder| holder.element(rows[row])).unwrap();
                index.row(row, &Scalar::ONE, &element, &head.T2)
            });
            let begun = positive.fold(index.ends(head), |product, factor| product * factor);
            for element in &guesses {
                let factor = index.row(negative, &Scalar::ONE, element, &head.T2);
                assert!(!is_one(&(begun * factor)), "{}", rule.text);
            }
            missed(head, &index);
            missed(&head.relabelled(both), &index);
        }
        found(&world.trapdoor(both, "x"), &index);
    }
}

#[test]
fn one_of_several_texts_negates_nothing() {
    // A user with two texts of a label shows only one of them. The key has no N_l,
    // and the trapdoor says so.
    let world = &mut Consortium::new(2);
    let index = world.index(&not("role", "x"), "x");
    let word = Keyword::new("x").unwrap();
    let key = world.issue("role=x, role=y");
    let shown = Attributes::parse("role=y").unwrap();
    let trapdoor = key.trapdoor(&word, &shown, &mut world.rng).unwrap().to_bytes();
    let trapdoor = Trapdoor::read(&trapdoor);
    assert!(trapdoor.T_l[0].2.is_none());
    missed(&trapdoor, &index);
    // Other points in its place do not match either.
    let T_y = trapdoor.T[&canonical("role=y")];
    for T_l in [T_y, trapdoor.T0, -T_y, T_y + trapdoor.T0] {
        let forged = Trapdoor { T_l: vec![("role".into(), "y".into(), Some(T_l))], ..trapdoor.clone() };
        missed(&forged, &index);
    }
    found(&world.trapdoor("role=y", "x"), &index);
}
