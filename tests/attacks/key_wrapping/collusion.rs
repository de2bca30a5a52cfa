//! Users who pool their keys, and rows of other ciphertexts. Every element may
//! come from any of them.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::abe::{DecryptionKey, PublicKey};

use super::reader::{Ciphertext, products};
use super::writer::{self, Draws};
use super::{AAD, Authority, KEY, SECRET, opens, refused, unwrap};
use crate::ground::rng;
use crate::keys::{ABE, Element, Key, pooled_elements};
use crate::rule::{Rule, all, any, not, number, of, shared_attribute};

/// Whether any product of the users' parts opens it: any user's `K0` and `K1`, any user's element
/// for each attribute of each row, and any user's `K2` with each row.
fn pool(wrapped: &Ciphertext, users: &[Key]) -> bool {
    let elements: Vec<_> =
        wrapped.rule.rows().into_iter().map(|row| pooled_elements(&ABE, users, row)).collect();
    let chosen = wrapped.rule.coefficients(|row| !elements[row].is_empty()).unwrap();
    let slots = users.iter().flat_map(|zero| users.iter().map(|one| wrapped.slot(&zero.K0, &one.K1)));
    let rows = chosen.iter().map(|(row, gamma)| {
        let beside = |element| users.iter().map(move |key| wrapped.row(*row, gamma, element, &key.K2));
        elements[*row].iter().flat_map(beside).collect()
    });
    let factors: Vec<Vec<Gt>> = [slots.collect()].into_iter().chain(rows).collect();
    products(&factors).iter().any(|D| wrapped.is_opened_by(D))
}

#[test]
fn pooled_keys_do_not_satisfy_a_policy() {
    let level = || number("level>=3", "level", 2, 3..=u64::from(u32::MAX));
    let until = number("until<1970-02-01", "until", 3, 0..=30);
    let table: &[(Rule, &[&str], &str)] = &[
        (all(["a", "b"]), &["a", "b"], "a, b"),
        (all(["a", "b", "c"]), &["a, b", "b, c", "a, c"], "a, b, c"),
        (of(2, ["a", "b", "c"]), &["a", "c"], "a, c"),
        (shared_attribute(), &["a, b", "d"], "a, b, d"),
        (of(3, ["a", "b", "c", "d"]), &["a, d", "b", "c"], "a, b, d"),
        (all(["a".into(), any(["b", "c"]), level()]), &["a, level=3", "c"], "a, c, level=3"),
        (all(["a".into(), any(["a", "b"]), of(2, ["a", "b", "c"])]), &["b, c", "a"], "a, b"),
        (
            all([level(), until]),
            &["level=5, until=2026-01-01", "level=1, until=1970-01-09"],
            "level=3, until=1970-01-09",
        ),
        (all(["a".into(), not("role", "x")]), &["a, role=x", "role=y"], "a, role=y"),
        (all([not("role", "x"), not("role", "y")]), &["role=x", "role=y"], "role=z"),
        (all([not("role", "x"), not("ward", "x")]), &["role=x, ward=y", "role=y, ward=x"], "role=y, ward=y"),
    ];
    let authority = Authority::new(1);
    for (i, (rule, sets, both)) in (22..).zip(table) {
        let wrapped = authority.wrap(rule, i);
        let users: Vec<_> = (2..).zip(*sets).map(|(seed, set)| authority.key(set, seed)).collect();
        assert!(!pool(&wrapped, &users), "{}", rule.text);
        assert!(pool(&wrapped, &[authority.key(both, 2)]), "{}", rule.text);
        opens(&authority.issue(both, 2), &wrapped);
    }
}

#[test]
fn repeated_randomness_separates_users_blindings() {
    let rule = all(["a", "b"]);
    let authority = Authority::new(1);
    let wrapped = authority.wrap(&rule, 40);
    let [one, two] = ["a", "b"].map(|set| authority.key(set, 41));
    assert_ne!(one.K2, two.K2);
    assert!(!pool(&wrapped, &[one, two]));
    opens(&authority.issue("a, b", 41), &wrapped);

    // With the same r, they would be a key for both.
    let (alpha, r) = (Scalar::from(2), Scalar::from(3));
    let wrapped = PublicKey::from_bytes(&writer::public_key(&alpha)).unwrap();
    let wrapped = wrapped.wrap(&rule.parsed(), SECRET, AAD, None, &mut rng(40)).unwrap();
    let wrapped = Ciphertext::read(&rule, &wrapped.to_bytes());
    assert!(pool(&wrapped, &["a", "b"].map(|set| writer::issue(&ABE, &alpha, &r, set))));
}

#[test]
fn keys_of_another_authority_add_nothing() {
    let (authority, other) = (Authority::new(1), Authority::new(29));
    let wrapped = authority.wrap(&all(["a", "b"]), 30);
    refused(&other.issue("a, b", 2), &wrapped);
    // An authority created by the attacker, who knows every exponent.
    let own = writer::issue(&ABE, &Scalar::from(7), &Scalar::from(11), "a, b");
    refused(&DecryptionKey::from_bytes(&own.to_bytes(KEY)).unwrap(), &wrapped);
    for others in [other.key("a, b", 2), own] {
        assert!(!pool(&wrapped, std::slice::from_ref(&others)));
        assert!(!pool(&wrapped, &[authority.key("a", 2), others]));
    }
    assert!(pool(&wrapped, &[authority.key("a, b", 2)]));
    opens(&authority.issue("a, b", 2), &wrapped);
}

#[test]
fn foreign_rows_do_not_replace_missing_ones() {
    // The holder of `a` has ciphertexts by others under the same policy, ciphertexts that it can
    // open, and its own ciphertexts.
    let authority = Authority::new(1);
    let rule = all(["a".into(), any(["b", "c"])]);
    let wrapped = authority.wrap(&rule, 50);
    let draws = Draws::honest(&rule, &mut rng(51));
    let own = writer::wrap(&authority.public.to_bytes(), &rule, &draws, SECRET);
    let others =
        [authority.wrap(&rule, 52), authority.wrap(&"a".into(), 53), authority.wrap(&any(["a", "b"]), 54)];
    let try_all = |key: &Key| {
        let points = key.points().into_iter().chain([G1Projective::identity()]);
        let elements = &points.map(|point| Element::positive(&point)).collect::<Vec<_>>();
        let rows = [&wrapped, &own].into_iter().chain(&others).flat_map(|from| {
            (0..from.c3.len()).flat_map(move |row| {
                elements.iter().map(move |element| from.row(row, &Scalar::ONE, element, &key.K2))
            })
        });
        let rows: Vec<_> = rows.chain([Gt::default()]).collect();
        let slot = vec![wrapped.slot(&key.K0, &key.K1)];
        products([&slot, &rows, &rows]).iter().any(|D| wrapped.is_opened_by(D))
    };
    assert!(!try_all(&authority.key("a", 2)));
    assert!(try_all(&authority.key("a, b", 2)));
    assert!(unwrap(&authority.issue("a", 2), &wrapped).is_err());
    opens(&authority.issue("a, b", 2), &wrapped);
    opens(&authority.issue("a, b", 2), &own);
}
