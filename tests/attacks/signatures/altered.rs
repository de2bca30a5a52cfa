//! Holders of a signature who want to turn it into a signature of another statement.

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::abs::Signature;
use medseal::policy::Policy;

use super::signer::{Parts, Statement};
use super::verifier::holds;
use super::{Authority, CONTEXT, MESSAGE, REFUSED, rightly};
use crate::ground::{bad_elements, header};
use crate::rule::{Rule, all, any, not, of};

#[test]
fn signatures_bind_message_context_policy_and_authority() {
    let (authority, other) = (Authority::new(1), Authority::new(9));
    let rule = of(2, ["a", "b", "c"]);
    let own = rightly(&authority.statement(&rule), &authority.key("a, b", 2), 3);
    for signature in [authority.signed("a, b, c", &rule, 1), own] {
        let signature = Signature::from_bytes(&signature.bytes()).unwrap();
        let check = |authority: &Authority, policy: &str, context: &[u8], message: &[u8]| {
            authority.public.verify(&Policy::parse(policy).unwrap(), context, message, &signature)
        };
        let mut others: Vec<(Vec<u8>, Vec<u8>)> = vec![
            (CONTEXT.into(), vec![]),
            (vec![], MESSAGE.into()),
            (vec![], vec![]),
            (MESSAGE.into(), CONTEXT.into()),
            (CONTEXT.into(), [MESSAGE, &[0]].concat()),
            ([CONTEXT, &[0]].concat(), MESSAGE.into()),
            ([CONTEXT, MESSAGE].concat(), vec![]),
        ];
        // Any byte, and the boundary between the two anywhere.
        let both = [CONTEXT, MESSAGE].concat();
        for at in 0..both.len() {
            let mut changed = both.clone();
            changed[at] ^= 1;
            let (context, message) = changed.split_at(CONTEXT.len());
            others.push((context.into(), message.into()));
            if at != CONTEXT.len() {
                let (context, message) = both.split_at(at);
                others.push((context.into(), message.into()));
            }
        }
        for (context, message) in &others {
            assert_eq!(check(&authority, &rule.text, context, message), REFUSED, "{context:?}, {message:?}");
        }
        assert_eq!(check(&other, &rule.text, CONTEXT, MESSAGE), REFUSED);
        // Weaker, stronger, in another order, of another shape.
        for policy in [
            "a or b",
            "a or b or c",
            "a and b and c",
            "2 of (b, a, c)",
            "2 of (a, b, c, d)",
            "2 of (a, b, d)",
            "2 of (a, b, c=1)",
            "a and b or c",
            "a and b or a and c or b and c",
            "(a or b) and c",
            "a",
            "2 of (a, b, c) or d",
            "2 of (a, b, c) and a",
        ] {
            assert_eq!(check(&authority, policy, CONTEXT, MESSAGE), REFUSED, "{policy}");
        }
        assert_eq!(check(&authority, &rule.text, CONTEXT, MESSAGE), Ok(()));
    }
}

#[test]
fn signatures_do_not_transfer_between_policies() {
    let authority = Authority::new(1);
    // The points that anyone can derive from a signature under one policy for another policy,
    // usually a weaker one. Only the policy in the hash distinguishes the two.
    type Carry = (Rule, Rule, fn(&mut Parts));
    let carries: [Carry; 6] = [
        // The last child of an `or` gets the rest, which may be nothing.
        (any(["a", "b"]), any(["a", "b", "c"]), |s| s.V_f.push(s.V - s.V_f[0])),
        ("a".into(), any(["a", "b"]), |s| s.V_f.push(s.V)),
        (any(["a", "b", "c"]), any([any(["a", "b"]), "c".into()]), |s| {
            s.V_f = vec![s.V_f[0] + s.V_f[1], s.V_f[0]];
        }),
        (any([any(["a", "b"]), "c".into()]), any(["a", "b", "c"]), |s| {
            s.V_f = vec![s.V_f[1], s.V_f[0] - s.V_f[1]];
        }),
        (any(["a", "b"]), any(["b", "a"]), |s| s.V_f[0] = s.V - s.V_f[0]),
        (all(["a", "b"]), all(["b", "a"]), |_| {}),
    ];
    let key = authority.key("a, b, c", 1);
    for (from, to, carry) in &carries {
        let carried = |mut signature: Parts| {
            carry(&mut signature);
            signature
        };
        let own = rightly(&authority.statement(from), &key, 2);
        for signature in [authority.signed("a, b, c", from, 1), own] {
            authority.refuses(to, &carried(signature.clone()));
            authority.accepts(from, &signature);
        }
        // If the policy is not hashed, it passes.
        let careless = |rule| Statement { left_out: &["policy"], ..authority.statement(rule) };
        let passes = carried(rightly(&careless(from), &key, 2));
        assert!(holds(&careless(to), &passes), "{} to {}", from.text, to.text);
    }
}

#[test]
fn rejects_changed_truncated_or_extended_signatures() {
    let (authority, rule) = (Authority::new(1), any(["a".into(), all(["a".into(), not("role", "x")])]));
    let signature = authority.signed("a", &rule, 1).bytes();
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(authority.verify(&rule, &changed).is_err(), "byte {at}");
        assert!(authority.verify(&rule, &signature[..at]).is_err(), "cut at {at}");
    }
    assert!(authority.verify(&rule, &[&signature[..], &[0]].concat()).is_err());
    assert_eq!(authority.verify(&rule, &signature), Ok(()));
}

#[test]
fn parts_of_a_signature_cannot_be_exchanged() {
    let (authority, rule) = (Authority::new(1), of(2, ["a".into(), all(["a", "b"]), not("role", "x")]));
    let key = authority.issue("a, b, role=y", 1);
    // Two signatures by one key.
    let [signature, other] = [1, 2].map(|seed| Parts::read(&rule, &super::sign(&key, &rule, seed).unwrap()));
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Parts));
    let changes: [Change<'_>; 13] = [
        ("the S of another signature", &|s| s.S = other.S),
        ("the W_1 of another signature", &|s| s.W[0] = other.W[0]),
        ("the V of another signature", &|s| s.V = other.V),
        ("the V_1 of another signature", &|s| s.V_f[0] = other.V_f[0]),
        ("the V' of another signature", &|s| s.V_not[0] = other.V_not[0]),
        ("all of another signature except S", &|s| *s = Parts { S: s.S, ..other.clone() }),
        ("all of another signature except V", &|s| *s = Parts { V: s.V, ..other.clone() }),
        ("S and W_1 exchanged", &|s| (s.S, s.W[0]) = (s.W[0], s.S)),
        ("V and V_1 exchanged", &|s| (s.V, s.V_f[0]) = (s.V_f[0], s.V)),
        ("V_1 and V' exchanged", &|s| (s.V_f[0], s.V_not[0]) = (s.V_not[0], s.V_f[0])),
        ("all negated", &|s| {
            s.of_G1().into_iter().for_each(|P| *P = -*P);
            s.of_G2().into_iter().for_each(|Q| *Q = -*Q);
        }),
        ("all doubled", &|s| {
            s.of_G1().into_iter().for_each(|P| *P = P.double());
            s.of_G2().into_iter().for_each(|Q| *Q = Q.double());
        }),
        ("two added up", &|s| {
            *s = Parts::combined(&[(Scalar::from(1), s.clone()), (Scalar::from(1), other.clone())]);
        }),
    ];
    for (what, change) in changes {
        let mut changed = signature.clone();
        change(&mut changed);
        assert_eq!(authority.verify(&rule, &changed.bytes()), REFUSED, "{what}");
    }
    // Half of each gives a signature of the same statement: anyone can mix them.
    let half = Scalar::from(2).invert().unwrap();
    authority.accepts(&rule, &Parts::combined(&[(half, signature.clone()), (half, other)]));
    authority.accepts(&rule, &signature);
}

#[test]
fn identities_foreign_missing_surplus_points_are_refused() {
    let authority = Authority::new(1);
    let rule = of(2, ["a".into(), all(["a", "b"]), not("role", "x")]);
    let signature = authority.signed("a, b, role=y", &rule, 1);
    let elements = signature.elements();
    let verify = |elements: &[Vec<u8>]| {
        authority.verify(&rule, &[header(0x2b).as_slice(), &elements.concat()].concat())
    };
    for i in 0..elements.len() {
        for (point, _) in bad_elements(elements[i].len()) {
            let mut damaged = elements.clone();
            damaged[i] = point;
            assert_eq!(verify(&damaged), REFUSED, "element {i}");
        }
        let mut missing = elements.clone();
        missing.remove(i);
        assert_eq!(verify(&missing), REFUSED, "without element {i}");
        let mut surplus = elements.clone();
        surplus.insert(i, elements[i].clone());
        assert_eq!(verify(&surplus), REFUSED, "element {i} twice");
    }
    // A signature of only identities, for which every product would be one.
    let nothing = Parts {
        S: G1Projective::identity(),
        W: vec![G1Projective::identity()],
        V: G2Projective::identity(),
        V_f: vec![G2Projective::identity()],
        V_not: vec![G2Projective::identity()],
    };
    authority.refuses(&rule, &nothing);
    assert_eq!(authority.verify(&rule, &header(0x2b)), Err(Error::Truncated));
    assert_eq!(verify(&elements), Ok(()));
}
