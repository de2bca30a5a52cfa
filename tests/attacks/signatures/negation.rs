//! Negative rows: only a signer with another value of the label can sign for them.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;

use super::signer::{Means, Nonces, of_rows};
use super::verifier::{holds, holds_under};
use super::{Authority, rightly, sign};
use crate::ground::rng;
use crate::keys::{ABS, Element, Key, guesses};
use crate::rule::{Row, Rule, all, any, not, of};

#[test]
fn only_another_value_signs_a_negation() {
    let table: [(Rule, &[&str], &[&str]); 5] = [
        (
            not("role", "x"),
            &["role=y", "role=z, a"],
            &["a", "role", "role=x", "role=x, role=y", "role=y, role=z", "role=1", "ward=y"],
        ),
        (all(["a".into(), not("role", "x")]), &["a, role=y"], &["a", "role=y", "a, role=x"]),
        (all([not("role", "x"), not("role", "y")]), &["role=z"], &["role=x", "role=y"]),
        (any([not("role", "x"), not("ward", "x")]), &["role=y", "ward=y, role=x"], &["role=x, ward=x", "a"]),
        (
            of(2, ["a".into(), not("role", "x"), not("ward", "x")]),
            &["a, role=y", "role=y, ward=z"],
            &["a, role=x", "role=y, ward=x", "a"],
        ),
    ];
    let authority = Authority::new(1);
    for (rule, satisfying, others) in &table {
        let statement = authority.statement(rule);
        for set in *satisfying {
            authority.accepts(rule, &authority.signed(set, rule, 2));
            authority.accepts(rule, &rightly(&statement, &authority.key(set, 2), 3));
        }
        for set in *others {
            assert_eq!(sign(&authority.issue(set, 2), rule, 2), Err(Error::PolicyNotSatisfied), "{set}");
            let forged = super::forgeries(&statement, &authority.key(set, 2));
            forged.iter().for_each(|forged| authority.refuses(rule, forged));
        }
    }
}

#[test]
fn holders_without_another_value_sign_nothing_together() {
    // One user has N_role for the excluded value. The others lack the label, or
    // have two texts for it.
    let table: [(Rule, [&str; 2], &str); 3] = [
        (not("role", "x"), ["role=x, b", "b"], "role=y"),
        (not("role", "x"), ["role=x", "role=y, role=z"], "role=y"),
        (all(["a".into(), not("role", "x")]), ["role=x", "a, role=y, role=z"], "a, role=y"),
    ];
    let authority = Authority::new(1);
    for (rule, sets, both) in &table {
        let statement = authority.statement(rule);
        let nonces = Nonces::draw(rule, &mut rng(7));
        let gamma = of_rows(rule, &rule.choices()[0]);
        let holders = [authority.key(sets[0], 21), authority.key(sets[1], 2)];
        let guesses = guesses(&ABS, holders.iter().flat_map(Key::points));
        for (head, element) in holders.iter().flat_map(|head| guesses.iter().map(move |e| (head, *e))) {
            let of_row = |row: &&Row| match row.is_negative() {
                true => element,
                false => holders.iter().find_map(|key| key.element(&ABS, row)).unwrap(),
            };
            let elements = rule.rows().iter().map(of_row).collect();
            let means = Means { K0: head.K0, K1: head.K1, K2: head.K2, elements };
            authority.refuses(rule, &means.sign(&statement, &gamma, &nonces));
        }
        authority.accepts(rule, &rightly(&statement, &authority.key(both, 2), 3));
    }
}

#[test]
fn negative_rows_of_one_number_are_forged() {
    // 2 Q_l + [e]((P_l + [h(x)]Q_l) - (P_l + [h(y)]Q_l)) = O for e = 2/(h(y) - h(x)):
    // nobody needs an N_l for it.
    let authority = Authority::new(1);
    let rule = all([not("role", "x"), not("role", "y")]);
    let statement = authority.statement(&rule);
    let nonces = Nonces::draw(&rule, &mut rng(7));
    let key = authority.key("a", 1);
    let e = Scalar::from(2) * (ABS.value("y") - ABS.value("x")).invert().unwrap();
    // An element's d has the opposite sign in V'_i.
    let elements = [-e, e].map(|d| Element { beside_c2: G1Projective::identity(), of_c4: d });
    let means = Means { K0: key.K0, K1: key.K1, K2: key.K2, elements: elements.into() };
    let forged = means.sign_under(&statement, &[0, 0], &[Scalar::ONE; 2], &nonces);
    assert!(holds_under(&statement, &[0, 0], &forged, &[Scalar::ONE]));
    assert_eq!((rule.rho().as_slice(), rule.parsed().uses()), ([0, 1].as_slice(), 2));
    authority.refuses(&rule, &forged);
    let numbered = means.sign(&statement, &[Scalar::ONE; 2], &nonces);
    assert!(!holds(&statement, &numbered));
    authority.refuses(&rule, &numbered);
    authority.accepts(&rule, &rightly(&statement, &authority.key("role=z", 2), 3));
}
