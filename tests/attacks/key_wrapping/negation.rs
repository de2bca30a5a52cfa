//! Keys that do not satisfy a negation, alone and combined, and the assumptions of negation.

use blst::blst_fp12 as Gt;
use blstrs::Scalar;
use ff::Field;
use group::Group;
use medseal::Error;

use super::reader::{Ciphertext, g1, products};
use super::writer::{self, Draws};
use super::{Authority, SECRET, attack, opens, unwrap};
use crate::ground::{pair, rng};
use crate::keys::{ABE, Element, Key, guesses};
use crate::rule::{Row, Rule, all, not, of};

/// `h(v)`
fn h(v: &str) -> Scalar {
    ABE.value(v)
}

/// Whether any product of their parts opens it. For a row that one of them satisfies,
/// they use the right part.
fn conspire(wrapped: &Ciphertext, holders: &[Key]) -> bool {
    let all_rows = wrapped.rule.rows();
    let forged = guesses(&ABE, holders.iter().flat_map(Key::points));
    let chosen = &wrapped.rule.choices()[0];
    let slots = holders.iter().flat_map(|zero| holders.iter().map(|one| wrapped.slot(&zero.K0, &one.K1)));
    let rows = chosen.iter().map(|(row, gamma)| {
        let right: Vec<_> = holders.iter().filter_map(|key| key.element(&ABE, all_rows[*row])).collect();
        let elements = if right.is_empty() { &forged } else { &right };
        let beside = |element| holders.iter().map(move |key| wrapped.row(*row, gamma, element, &key.K2));
        elements.iter().flat_map(beside).collect()
    });
    let factors: Vec<Vec<Gt>> = [slots.collect()].into_iter().chain(rows).collect();
    products(&factors).iter().any(|D| wrapped.is_opened_by(D))
}

#[test]
fn without_another_value_no_negative_row_opens() {
    let authority = Authority::new(1);
    let wrapped = authority.wrap(&not("role", "x"), 37);
    let honest = authority.key("role=y", 2);
    let (_, _, others_N) = &honest.N[0];
    for set in ["a", "role", "role=x", "role=x, role=y", "role=y, role=z", "role=1", "ward=y"] {
        let key = authority.key(set, 21);
        assert!(key.element(&ABE, wrapped.rule.rows()[0]).is_none(), "{set}");
        let slot = wrapped.slot(&key.K0, &key.K1);
        let d = (h("x") - h("y")).invert().unwrap();
        for element in
            guesses(&ABE, key.points().into_iter()).into_iter().chain([Element::negative(others_N, d)])
        {
            let D = slot * wrapped.row(0, &Scalar::ONE, &element, &key.K2);
            assert!(!wrapped.is_opened_by(&D), "{set}");
        }
        assert_eq!(unwrap(&authority.issue(set, 21), &wrapped), Err(Error::PolicyNotSatisfied));
    }
    assert!(attack(&honest, &wrapped) && conspire(&wrapped, &[honest]));
    opens(&authority.issue("role=y", 2), &wrapped);
}

#[test]
fn values_and_labels_jointly_break_no_negation() {
    // One user has N_role for the excluded value. The others have no N_role: they lack the label,
    // or have two texts for it.
    let table: &[(Rule, [&str; 2], &str)] = &[
        (not("role", "x"), ["role=x, b", "b"], "role=y"),
        (all(["a".into(), not("role", "x")]), ["role=x, b", "a"], "a, role=y"),
        (all(["a".into(), not("role", "x")]), ["role=x", "a, role=y, role=z"], "a, role=y"),
        (all([not("role", "x"), not("ward", "x")]), ["role=x, ward=y", "a"], "role=y, ward=y"),
        (of(2, ["a".into(), not("role", "x"), not("ward", "x")]), ["role=x, ward=x", "a"], "a, role=y"),
    ];
    let authority = Authority::new(1);
    for (i, (rule, sets, both)) in (70..).zip(table) {
        let wrapped = authority.wrap(rule, i);
        let holders = [authority.key(sets[0], 21), authority.key(sets[1], 2)];
        let rows = rule.rows();
        let have = |row: usize| holders.iter().any(|key| key.element(&ABE, rows[row]).is_some());
        assert!(rule.coefficients(have).is_none(), "{}", rule.text);
        assert!(!conspire(&wrapped, &holders), "{}", rule.text);
        assert!(conspire(&wrapped, &[authority.key(both, 2)]), "{}", rule.text);
        opens(&authority.issue(both, 2), &wrapped);
    }
}

#[test]
fn a_second_value_breaks_negation() {
    let authority = Authority::new(1);
    let wrapped = authority.wrap(&not("role", "x"), 38);
    assert_eq!(unwrap(&authority.issue("role=x", 2), &wrapped), Err(Error::PolicyNotSatisfied));
    assert!(!attack(&authority.key("role=x", 2), &wrapped));
    assert!(attack(&authority.key("role=y", 2), &wrapped));
    opens(&authority.issue("role=y", 2), &wrapped);
}

#[test]
fn one_blinding_opens_two_negative_rows() {
    // With one s' for both rows, (c4_0 - c4_1) / (h(v_0) - h(v_1)) = [s']Q_l, and any key opens it.
    let authority = Authority::new(1);
    let rule = all([not("role", "x"), not("role", "y")]);
    assert!(rule.rows().iter().all(|row| matches!(row, Row::Not { label, .. } if label == "role")));
    let key = authority.key("role=x", 2); // satisfies neither the policy nor its first row
    let without_Q = |wrapped: &Ciphertext| {
        let ([c3_0, c3_1], [c4_0, c4_1]) =
            ([0, 1].map(|i| g1(&wrapped.c3[i])), [0, 1].map(|i| g1(&wrapped.c4[i])));
        let s_prime_Q = (c4_0 - c4_1) * (h("x") - h("y")).invert().unwrap();
        // [s]F = c3_0 + c3_1 - 2[s']Q_l
        let s_F = c3_0 + c3_1 - s_prime_Q.double();
        wrapped.is_opened_by(&(wrapped.slot(&key.K0, &key.K1) * pair(&[(-s_F, key.K2)])))
    };
    let wrapped = authority.wrap(&rule, 39);
    assert!(!without_Q(&wrapped));

    let mut draws = Draws::honest(&rule, &mut rng(43));
    for one_blinding in [false, true] {
        if one_blinding {
            draws.s_prime[1] = draws.s_prime[0];
        }
        let wrapped = writer::wrap(&authority.public.to_bytes(), &rule, &draws, SECRET);
        assert_eq!(without_Q(&wrapped), one_blinding);
        opens(&authority.issue("role=z", 43), &wrapped);
    }
    opens(&authority.issue("role=z", 43), &wrapped);
}
