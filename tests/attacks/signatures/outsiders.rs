//! Attackers without a key for the statement, who know everything public: the public key, other
//! members' signatures, and keys narrowed to other statements.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::abs::{PublicKey, Signature};

use super::signer::{Means, Nonces, Parts, Statement};
use super::verifier::{equation, holds};
use super::{Authority, CONTEXT, MESSAGE, REFUSED, rightly};
use crate::ground::{P1, P2, Reader, canonical, g2_bytes, header, is_one, pair, random_scalar, rng};
use crate::keys::{ABS, Element, Key};
use crate::rule::{Rule, all, any, lagrange};

#[test]
fn public_points_alone_sign_nothing() {
    let (authority, rule) = (Authority::new(1), Rule::from("a"));
    let statement = authority.statement(&rule);
    let (F, H_a) = (ABS.F(&statement.x()), ABS.H(&canonical("a")));
    let seen = authority.signed("a, b", &all(["a", "b"]), 5);
    let of_G1 = [ABS.h(), F, H_a, F + H_a, P1(), seen.S];
    let of_G2 = [P2(), authority.A, seen.V];
    let small = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, Scalar::from(3)];
    let sums = |points: &[G1Projective]| -> Vec<G1Projective> {
        let pairs = points.iter().flat_map(|P| points.iter().map(move |Q| (*P, *Q)));
        pairs.flat_map(|(P, Q)| small.iter().flat_map(move |k| small.map(|l| P * k + Q * l))).collect()
    };
    // e(S, P2) = Z e(F + H(a), V), for any V that is a sum of two.
    let product = |S: &G1Projective, V: &G2Projective| {
        is_one(&pair(&[(*S, P2()), (-ABS.h(), authority.A), (-(F + H_a), *V)]))
    };
    let mut V = Vec::new();
    for (P, Q) in of_G2.iter().flat_map(|P| of_G2.map(|Q| (*P, Q))) {
        V.extend(small.iter().flat_map(|k| [Scalar::ONE, -Scalar::ONE].map(|l| P * k + Q * l)));
    }
    // A few of each kind suffice for the pairing; the others differ only by a factor.
    for V in V.iter().step_by(5) {
        for S in sums(&of_G1).iter().step_by(47) {
            assert!(!product(S, V));
        }
    }
    for (S, V) in sums(&of_G1).iter().step_by(97).zip(V.iter().cycle()) {
        if !bool::from(S.is_identity() | V.is_identity()) {
            authority.refuses(&rule, &Parts { S: *S, W: vec![], V: *V, V_f: vec![], V_not: vec![] });
        }
    }
    // Only with [alpha]h.
    let master = authority.master.to_bytes();
    let alpha = Reader::new(0x28, &master).scalar();
    let v = Scalar::from(11);
    let S = ABS.h() * alpha + (F + H_a) * v;
    assert!(product(&S, &(P2() * v)));
    authority.accepts(&rule, &Parts { S, W: vec![], V: P2() * v, V_f: vec![], V_not: vec![] });
}

#[test]
fn signatures_on_other_statements_give_none_here() {
    let authority = Authority::new(1);
    for rule in [Rule::from("a"), any(["a", "b"])] {
        let wanted = authority.statement(&rule);
        let messages: [&[u8]; 3] = [b"one", b"two", b"three"];
        let others = messages.map(|message| Statement { message, ..wanted });
        let x = others.map(|statement| statement.x());
        let half = Scalar::from(2).invert().unwrap();
        let zero = Scalar::ZERO;
        // Coefficients with sum one (on the line through two or three of the
        // statements), and others.
        let two = lagrange(&x[..2], &wanted.x());
        let three = lagrange(&x, &wanted.x());
        let mixtures =
            [vec![two[0], two[1], zero], three, vec![Scalar::ONE, zero, zero], vec![half, half, zero]];
        let combined = |signatures: &[Parts; 3], mixture: &[Scalar]| {
            let all: Vec<_> = mixture.iter().copied().zip(signatures.iter().cloned()).collect();
            let whole = Parts::combined(&all);
            // Or all elements of G1 combined, and the elements of G2 from one signature.
            [Parts { S: whole.S, W: whole.W.clone(), ..signatures[0].clone() }, whole]
        };
        let honest = [1, 2, 3].map(|seed| {
            let key = authority.issue("a", seed);
            let message = messages[seed as usize - 1];
            let signature = key.sign(&rule.parsed(), CONTEXT, message, &mut rng(seed)).unwrap();
            Parts::read(&rule, &signature.to_bytes())
        });
        for mixture in &mixtures {
            for forged in combined(&honest, mixture) {
                authority.refuses(&rule, &forged);
            }
        }
        // Signers with the same randomness, r + r*, would give it away.
        let key = authority.key("a", 1);
        let careless = others.map(|statement| rightly(&statement, &key, 7));
        for mixture in &mixtures[..2] {
            let forged = combined(&careless, mixture);
            assert!(forged.iter().any(|forged| authority.verify(&rule, &forged.bytes()).is_ok()));
        }
        authority.accepts(&rule, &rightly(&wanted, &key, 8));
    }
}

#[test]
fn a_narrowed_key_signs_no_other_statement() {
    let (authority, rule) = (Authority::new(1), all(["a", "b"]));
    let wanted = authority.statement(&rule);
    let [one, two] = [b"one", b"two"].map(|message| Statement { message, ..wanted }.x());
    let key = authority.key("a, b", 1);
    // K0 + [x]K1, all K_a, and K2, without K1.
    let narrowed = |x: &Scalar| key.K0 + key.K1 * x;
    let x = wanted.x();
    let with = |K_F: G1Projective| {
        let alone = Key { K0: K_F, K1: G1Projective::identity(), ..key.clone() };
        rightly(&wanted, &alone, 2)
    };
    let K_one = narrowed(&one);
    let K_a = key.K[&canonical("a")];
    for k in [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, x - one] {
        authority.refuses(&rule, &with(K_one + ABS.U()[1] * k));
        authority.refuses(&rule, &with(K_one + K_a * k));
    }
    // Only one may be given away: two determine the line that contains all others.
    let slope = (narrowed(&two) - K_one) * (two - one).invert().unwrap();
    authority.accepts(&rule, &with(K_one + slope * (x - one)));
    authority.accepts(&rule, &with(narrowed(&x)));
    // Two narrowings of different keys do not give it.
    let other = authority.key("a, b", 2);
    let slope = (other.K0 + other.K1 * two - K_one) * (two - one).invert().unwrap();
    authority.refuses(&rule, &with(K_one + slope * (x - one)));
}

#[test]
fn a_rogue_key_needs_proof_of_possession() {
    // A' = [c]P2 + [k]A, whose creator does not know its logarithm. The members of A sign under it.
    let (authority, rule) = (Authority::new(1), all(["a", "b"]));
    let [c, k] = [11, 13].map(Scalar::from);
    let rogue = P2() * c + authority.A * k;
    let member = authority.key("a, b", 1);
    let times = |P: &G1Projective| P * k;
    let forged = Key {
        fields: member.fields.clone(),
        K0: ABS.h() * c + times(&member.K0),
        K1: times(&member.K1),
        K2: member.K2 * k,
        K: member.K.iter().map(|(a, K_a)| (a.clone(), times(K_a))).collect(),
        N: vec![],
    };
    let public = PublicKey::from_bytes(&[header(0x29).as_slice(), &g2_bytes(&rogue)].concat()).unwrap();
    let statement = Statement { A: &rogue, ..authority.statement(&rule) };
    let verify = |public: &PublicKey, signature: &Parts| {
        let signature = Signature::from_bytes(&signature.bytes()).unwrap();
        public.verify(&rule.parsed(), CONTEXT, MESSAGE, &signature)
    };
    // For this reason, a key is accepted only with a proof that its logarithm is known.
    let signature = rightly(&statement, &forged, 2);
    assert_eq!(verify(&public, &signature), Ok(()));
    // It is invalid under the genuine key, and a genuine signature is invalid under the rogue key.
    assert_eq!(verify(&authority.public, &signature), REFUSED);
    let genuine = rightly(&authority.statement(&rule), &member, 2);
    assert_eq!(verify(&public, &genuine), REFUSED);
    // A non-member cannot sign either.
    let nobody = Key { K0: ABS.h() * c, K1: G1Projective::identity(), K2: P2(), ..forged };
    let nothing = Means { elements: vec![Element::positive(&P1())], ..Means::new(&nobody, &rule, &P1()) };
    let nonces = Nonces::draw(&rule, &mut rng(3));
    assert_eq!(verify(&public, &nothing.sign(&statement, &[Scalar::ONE], &nonces)), REFUSED);
    authority.accepts(&rule, &genuine);
}

#[test]
fn limit_anybody_makes_another_signature_of_one() {
    let (authority, rule) = (Authority::new(1), any(["a", "b"]));
    let statement = authority.statement(&rule);
    let signature = authority.signed("a", &rule, 1);
    let mut rng = rng(9);
    let [r, n] = [(); 2].map(|()| random_scalar(&mut rng));
    // V + [r]P2, V_1 + [n]P2, and S for them: V_2 is what is left.
    let [H_a, H_b] = ["a", "b"].map(|a| ABS.H(&canonical(a)));
    let again = Parts {
        S: signature.S + ABS.F(&statement.x()) * r + H_a * n + H_b * (r - n),
        V: signature.V + P2() * r,
        V_f: vec![signature.V_f[0] + P2() * n],
        ..signature.clone()
    };
    let old = signature.elements();
    assert!(again.elements().iter().all(|element| !old.contains(element)));
    authority.accepts(&rule, &again);
    // For another statement, the same steps do not give a signature.
    let other = Statement { message: b"another", ..statement };
    let S = signature.S + ABS.F(&other.x()) * r + H_a * n + H_b * (r - n);
    let moved = Parts { S, ..again };
    assert!(!holds(&other, &moved) && !is_one(&pair(&equation(&other, &rule.rho(), &moved, &[Scalar::ONE]))));
    authority.accepts(&rule, &signature);
}
