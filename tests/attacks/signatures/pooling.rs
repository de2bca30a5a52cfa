//! Users who pool their keys.

use blstrs::Scalar;
use medseal::Error;

use super::signer::{Means, Nonces, Statement, of_rows};
use super::{Authority, mixtures, rightly, sign};
use crate::ground::{P2, g2_bytes, header, rng};
use crate::keys::{ABS, Element, Key, pooled_elements};
use crate::rule::{Rule, all, any, not, of, shared_attribute};

/// Every signature with any user's element for each attribute of each row, and with `K0`, `K1`,
/// `K2` from one user or mixed.
fn pool(statement: &Statement<'_>, users: &[Key; 2]) -> Vec<super::Parts> {
    let rule = statement.rule;
    let pooled: Vec<_> = rule.rows().into_iter().map(|row| pooled_elements(&ABS, users, row)).collect();
    let chosen = rule.coefficients(|row| !pooled[row].is_empty()).unwrap();
    let used = |row: usize| chosen.iter().any(|(used, _)| *used == row);
    let none = vec![super::signer::nothing()];
    let choices =
        pooled.iter().enumerate().fold(vec![vec![]], |choices: Vec<Vec<Element>>, (row, elements)| {
            let elements = if used(row) { elements } else { &none };
            let with = |choice: &Vec<Element>, element| [choice.as_slice(), &[element]].concat();
            choices
                .iter()
                .flat_map(|choice| elements.iter().map(move |element| with(choice, *element)))
                .collect()
        });
    let nonces = Nonces::draw(rule, &mut rng(7));
    let [one, two] = users;
    let heads = mixtures().into_iter().flat_map(|[u, v]| mixtures().map(|of_K2| ([u, v], of_K2)));
    let heads = heads.map(|([u, v], [u2, v2])| {
        (one.K0 * u + two.K0 * v, one.K1 * u + two.K1 * v, one.K2 * u2 + two.K2 * v2)
    });
    let means = heads.flat_map(|(K0, K1, K2)| {
        choices.iter().map(move |elements| Means { K0, K1, K2, elements: elements.clone() })
    });
    means.map(|means| means.sign(statement, &of_rows(rule, &chosen), &nonces)).collect()
}

#[test]
fn users_who_pool_their_keys_sign_nothing() {
    let authority = Authority::new(1);
    let table: [(Rule, [&str; 2], &str); 8] = [
        (all(["a", "b"]), ["a", "b"], "a, b"),
        (of(2, ["a", "b", "c"]), ["a", "b"], "a, b"),
        (all([any(["a", "c"]), "b".into()]), ["a, c", "b"], "a, b"),
        (all(["a", "b", "a"]), ["a", "b"], "a, b"),
        (any(["d".into(), all(["a", "b"])]), ["a, c", "b, c"], "a, b"),
        (all(["a".into(), of(2, ["b", "c", "d"])]), ["a, b", "c, d"], "a, c, d"),
        (shared_attribute(), ["a, b", "d"], "a, b, d"),
        (all(["a".into(), not("role", "x")]), ["a, role=x", "role=y"], "a, role=y"),
    ];
    for (rule, sets, enough) in &table {
        let statement = authority.statement(rule);
        // Two users, or one user with a new key; and two users whose keys came from a
        // generator that repeated itself.
        for [first, second] in [[1, 2], [3, 3]] {
            let keys = [(sets[0], first), (sets[1], second)];
            for (set, seed) in keys {
                let key = authority.issue(set, seed);
                assert_eq!(sign(&key, rule, 1), Err(Error::PolicyNotSatisfied));
            }
            let pooled = pool(&statement, &keys.map(|(set, seed)| authority.key(set, seed)));
            pooled.iter().for_each(|forged| authority.refuses(rule, forged));
        }
        authority.accepts(rule, &rightly(&statement, &authority.key(enough, 4), 5));
    }
}

#[test]
fn keys_of_one_randomness_would_sign_together() {
    // An authority created by the attacker, which repeats its randomness: its
    // users' keys act as one key.
    let (alpha, r) = (Scalar::from(5), Scalar::from(7));
    let A = P2() * alpha;
    let public = [header(0x29).as_slice(), &g2_bytes(&A)].concat();
    let public = medseal::abs::PublicKey::from_bytes(&public).unwrap();
    let rule = all(["a", "b"]);
    let statement =
        Statement { A: &A, rule: &rule, context: super::CONTEXT, message: super::MESSAGE, left_out: &[] };
    let issue = |set: &str, r: &Scalar| ABS.issue(set, ABS.h() * alpha, r, r);
    let accepted = |users: [Key; 2]| {
        let pooled = pool(&statement, &users);
        let verify = |forged: &super::Parts| {
            let signature = medseal::abs::Signature::from_bytes(&forged.bytes()).unwrap();
            public.verify(&rule.parsed(), statement.context, statement.message, &signature).is_ok()
        };
        pooled.iter().any(verify)
    };
    assert!(accepted(["a", "b"].map(|set| issue(set, &r))));
    assert!(!accepted([issue("a", &r), issue("b", &(r + r))]));
    // The library's differ, whatever the generator does.
    let authority = Authority::new(1);
    let [one, two] = ["a", "b"].map(|set| authority.issue(set, 3).to_bytes());
    let K2 = |bytes: &[u8]| super::read_key(bytes).1.K2;
    assert_ne!(K2(&one), K2(&two));
    authority.accepts(&rule, &authority.signed("a, b", &rule, 3));
}
