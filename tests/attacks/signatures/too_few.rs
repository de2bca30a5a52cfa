//! Signers who have less than a gate or a conjunction requires, and the purpose of
//! use numbers and weights.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;

use super::signer::{Means, Nonces, Parts, dual, free};
use super::verifier::{holds, holds_under, seed, use_weights};
use super::{Authority, REFUSED, rightly};
use crate::ground::{P2, canonical, g1_bytes, g2_bytes, rng};
use crate::keys::{ABS, Element};
use crate::rule::{Rule, all, any, of, shared_attribute};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Every vector of `n` numbers from -2 to 2.
fn small_vectors(n: usize) -> Vec<Vec<Scalar>> {
    let numbers = [-Scalar::from(2), -Scalar::ONE, Scalar::ZERO, Scalar::ONE, Scalar::from(2)];
    (0..n).fold(vec![vec![]], |vectors: Vec<Vec<Scalar>>, _| {
        let with = |vector: &Vec<Scalar>, number| [vector.as_slice(), &[number]].concat();
        vectors.iter().flat_map(|vector| numbers.map(|number| with(vector, number))).collect()
    })
}

#[test]
fn one_child_too_few_signs_nothing() {
    let authority = Authority::new(1);
    for (k, n) in [(1, 2), (1, 3), (2, 3), (2, 4), (3, 4)] {
        let names = &NAMES[..n];
        let rule = of(k, names.iter().copied());
        let statement = authority.statement(&rule);
        let nonces = Nonces::draw(&rule, &mut rng(7));
        // Every set of one child less than the gate requires, with all small coefficients
        // that a policy can have.
        for known in (0..1_u32 << n).filter(|known| known.count_ones() as usize == k - 1) {
            let set = (0..n).filter(|i| known >> i & 1 == 1).map(|i| NAMES[i]);
            let key = authority.key(&set.chain(["other"]).collect::<Vec<_>>().join(", "), 2);
            let other = key.K[&canonical("other")];
            for values in small_vectors(free(&rule.root)) {
                let gamma = dual(&rule.root, Scalar::ONE, &values);
                for beside in [G1Projective::identity(), other] {
                    let forged = Means::new(&key, &rule, &beside).sign(&statement, &gamma, &nonces);
                    authority.refuses(&rule, &forged);
                }
            }
        }
        let enough = authority.key(&names[n - k..].join(", "), 3);
        authority.accepts(&rule, &rightly(&statement, &enough, 4));
    }
}

#[test]
fn a_part_of_a_conjunction_signs_nothing() {
    // The one row of `a and b and c`, with small multiples of each attribute's element.
    let authority = Authority::new(1);
    let rule = all(["a", "b", "c"]);
    let statement = authority.statement(&rule);
    let nonces = Nonces::draw(&rule, &mut rng(7));
    let key = authority.key("a, b, c", 1);
    let means = Means::new(&key, &rule, &G1Projective::identity());
    let mut accepted = Vec::new();
    for multiples in small_vectors(3) {
        let K: Vec<_> = ["a", "b", "c"].map(|a| key.K[&canonical(a)]).into();
        let K_T = Element::positive(&K.iter().zip(&multiples).map(|(K_a, k)| K_a * k).sum());
        let signature =
            Means { elements: vec![K_T], ..means.clone() }.sign(&statement, &[Scalar::ONE], &nonces);
        if authority.verify(&rule, &signature.bytes()).is_ok() {
            accepted.push(multiples);
        }
    }
    // Only one of each.
    assert_eq!(accepted, [[Scalar::ONE; 3]]);
    for set in ["a", "a, b", "b, c", "a, c, d"] {
        let forged = super::forgeries(&statement, &authority.key(set, 3));
        forged.iter().for_each(|forged| authority.refuses(&rule, forged));
    }
    authority.accepts(&rule, &rightly(&statement, &key, 4));
}

#[test]
fn rows_with_one_use_number_are_forged() {
    // `a` is in two rows. With coefficients 3, -3 and 1, a holder of the rest lacks
    // only 3[r]H(a) - 3[r]H(a).
    let authority = Authority::new(1);
    let gamma = [3, 0, 1].map(Scalar::from);
    let gamma = [gamma[0], -gamma[0], gamma[2]];
    for (rule, set, enough) in
        [(of(2, ["a", "a", "b"]), "b", "a"), (shared_attribute(), "b, c, d", "a, b, c")]
    {
        let statement = authority.statement(&rule);
        let nonces = Nonces::draw(&rule, &mut rng(7));
        let key = authority.key(set, 1);
        let means = Means::new(&key, &rule, &G1Projective::identity());
        let one = [0; 3];
        let forged = means.sign_under(&statement, &one, &gamma, &nonces);
        assert!(holds_under(&statement, &one, &forged, &[Scalar::ONE]), "{}", rule.text);
        // The library gives each of the two rows its own use number, and a
        // signature a point for each.
        assert_eq!((rule.rho().as_slice(), rule.parsed().uses()), ([0, 1, 0].as_slice(), 2));
        authority.refuses(&rule, &forged);
        let W_1 = means.sign(&statement, &gamma, &nonces).W;
        for W in [W_1.clone(), vec![forged.S], vec![-W_1[0]]] {
            authority.refuses(&rule, &Parts { W, ..forged.clone() });
        }
        authority.refuses(&rule, &means.sign(&statement, &gamma, &nonces));
        authority.accepts(&rule, &rightly(&statement, &authority.key(enough, 2), 3));
    }
}

#[test]
fn weights_that_forget_an_element_are_forged() {
    let authority = Authority::new(1);
    // A weight that does not depend on the signature: coefficients with gamma_1 + d_1 gamma_2 = 0
    // remove `a` from the sum.
    let rule = shared_attribute();
    let statement = authority.statement(&rule);
    let nonces = Nonces::draw(&rule, &mut rng(7));
    let d = use_weights(seed(&statement, None));
    let gamma_2 = Scalar::from(3) * (Scalar::ONE - d[1].double()).invert().unwrap();
    let gamma_1 = -d[1] * gamma_2;
    let gamma = [gamma_1, gamma_2, Scalar::ONE - gamma_1 - gamma_2];
    assert_eq!(dual(&rule.root, Scalar::ONE, &gamma[..1]), gamma);
    let means = Means::new(&authority.key("b, c, d", 1), &rule, &G1Projective::identity());
    let forged = means.sign(&statement, &gamma, &nonces);
    assert!(holds_under(&statement, &rule.rho(), &forged, &d) && !holds(&statement, &forged));
    authority.refuses(&rule, &forged);
    authority.accepts(&rule, &rightly(&statement, &authority.key("a, c, d", 2), 3));

    // A weight that omits V_1, or more from the end: a signature for `a or a` without `a`.
    // Everything else is fixed before.
    let rule: Rule = any(["a", "a"]);
    let statement = authority.statement(&rule);
    let (key, H_a, x) = (authority.key("other", 1), ABS.H(&canonical("a")), statement.x());
    let [r, a_0, a_1] = [11, 12, 13].map(Scalar::from);
    let (S, W_1) = (key.K0 + key.K1 * x + ABS.F(&x) * r + H_a * a_0, H_a * a_1);
    let V = key.K2 + P2() * r;
    let before = [g1_bytes(&S).as_slice(), &g1_bytes(&W_1), &g2_bytes(&V)].concat();
    for hashed in [0, 48, 96, 192] {
        let d = use_weights(seed(&statement, Some(&before[..hashed])));
        // V_1 = [g]K2 + [n]P2, with d_1 + g (1 - d_1) = 0 and a_0 + d_1 a_1 = d_1 r* + (1 - d_1) n
        let over = (Scalar::ONE - d[1]).invert().unwrap();
        let (g, n) = (-d[1] * over, (a_0 + d[1] * a_1 - d[1] * r) * over);
        let forged = Parts { S, W: vec![W_1], V, V_f: vec![key.K2 * g + P2() * n], V_not: vec![] };
        assert!(holds_under(&statement, &rule.rho(), &forged, &d) && !holds(&statement, &forged));
        assert_eq!(authority.verify(&rule, &forged.bytes()), REFUSED, "{hashed}");
    }
    authority.accepts(&rule, &rightly(&statement, &authority.key("a", 2), 3));
}
