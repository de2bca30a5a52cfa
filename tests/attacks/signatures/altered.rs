//! Whoever has a signature, and wants it to be one of something else.

use blstrs::Scalar;
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::abs::Signature;
use medseal::policy::Policy;

use super::prover::{Parts, Statement};
use super::verifier::{pairs_hold, proof_holds};
use super::{Authority, CONTEXT, MESSAGE, REFUSED, rightly};
use crate::rule::{Rule, all, any, of};

#[test]
fn a_signature_is_for_its_message_context_policy_and_authority_only() {
    let (authority, other) = (Authority::new(1), Authority::new(9));
    let rule = of(2, ["a", "b", "c"]);
    let own = rightly(&authority.statement(&rule), &authority.holder("a, b", 2), 3);
    for signature in [authority.signed("a, b, c", &rule, 1), own] {
        let signature = Signature::from_bytes(&signature).unwrap();
        let check = |authority: &Authority, policy: &str, context: &[u8], message: &[u8]| {
            authority.public_key().verify(&Policy::parse(policy).unwrap(), context, message, &signature)
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
fn a_signature_cannot_be_carried_over_to_another_policy() {
    let authority = Authority::new(1);
    // Shares that give every leaf under the other policy, most of them weaker, the challenge that it has: only the policy
    // in the hash tells the two apart.
    let (abc, abcd) = (["a", "b", "c"], ["a", "b", "c", "d"]);
    type Fit = (Rule, Rule, fn(&Parts) -> Vec<Scalar>);
    let fits: [Fit; 8] = [
        (all(abc), of(2, abc), |_| vec![Scalar::ZERO]),
        (all(abcd), of(3, abcd), |_| vec![Scalar::ZERO]),
        (all(abcd), of(2, abcd), |_| vec![Scalar::ZERO; 2]),
        (all(abcd), of(2, [all(["a", "b"]), "c".into(), "d".into()]), |_| vec![Scalar::ZERO]),
        (of(3, abcd), of(2, abcd), |s| vec![s.shares[0], Scalar::ZERO]),
        (all(["a".into(), all(["b", "c"])]), all(abc), |_| vec![]),
        (any(["a".into(), any(["b", "c"])]), any(abc), |s| s.shares.clone()),
        (any(abc), any(["a".into(), any(["b", "c"])]), |s| s.shares.clone()),
    ];
    let holder = authority.holder("a, b, c, d", 1);
    for (from, to, shares) in &fits {
        let carried = |signature: &[u8]| {
            let signature = Parts::read(signature);
            Parts { shares: shares(&signature), ..signature }
        };
        for signature in
            [authority.signed("a, b, c, d", from, 1), rightly(&authority.statement(from), &holder, 2)]
        {
            assert_eq!(
                authority.verify(to, &carried(&signature).bytes()),
                REFUSED,
                "{} to {}",
                from.text,
                to.text
            );
            assert_eq!(authority.verify(from, &signature), Ok(()), "{}", from.text);
        }
        // Where the policy is not hashed, it passes.
        let careless = |rule| Statement { left_out: &["policy"], ..authority.statement(rule) };
        let passes = carried(&rightly(&careless(from), &holder, 2));
        assert!(proof_holds(&careless(to), &passes) && pairs_hold(&authority.X, &passes), "{}", to.text);
    }
    // Leaves in another order, or fewer, with their challenges as far as that goes.
    type Move = (Rule, Rule, fn(&mut Parts));
    let moves: [Move; 7] = [
        (all(["a", "b"]), all(["b", "a"]), |s| s.leaves.reverse()),
        (any(["a", "b"]), any(["b", "a"]), |s| {
            s.leaves.reverse();
            s.shares[0] = s.c - s.shares[0];
        }),
        (all(["a", "b"]), "a".into(), |s| s.leaves.truncate(1)),
        (all(["a", "b"]), any(["a", "b"]), |s| s.shares = vec![s.c]),
        (all(["a", "a"]), "a".into(), |s| s.leaves.truncate(1)),
        (all(abc), any(abc), |s| s.shares = vec![s.c; 2]),
        ("a".into(), any(["a", "b"]), |s| {
            s.shares = vec![s.c];
            s.leaves.push(s.leaves[0].clone());
        }),
    ];
    for (from, to, change) in &moves {
        let signature = authority.signed("a, b, c", from, 1);
        let mut moved = Parts::read(&signature);
        change(&mut moved);
        assert_eq!(authority.verify(to, &moved.bytes()), REFUSED, "{} to {}", from.text, to.text);
        assert_eq!(authority.verify(from, &signature), Ok(()));
    }
}

#[test]
fn a_signature_with_any_byte_changed_or_cut_or_continued_is_refused() {
    let (authority, rule) = (Authority::new(1), any(["a", "b"]));
    let signature = authority.signed("a", &rule, 1);
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(authority.verify(&rule, &changed).is_err(), "byte {at}");
        assert!(authority.verify(&rule, &signature[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(authority.verify(&rule, &[&signature[..], &[0]].concat()), Err(Error::TrailingBytes));
    assert_eq!(authority.verify(&rule, &signature), Ok(()));
}

#[test]
fn parts_of_a_signature_cannot_be_exchanged() {
    let (authority, rule) = (Authority::new(1), of(2, ["a", "a", "b"]));
    let key = authority.issue("a, b", 1);
    // Two signatures by one key.
    let [signature, other] = [1, 2].map(|seed| Parts::read(&super::sign(&key, &rule, seed).unwrap()));
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Parts));
    let changes: [Change<'_>; 19] = [
        ("leaves exchanged", &|s| s.leaves.swap(0, 1)),
        ("a leaf doubled", &|s| s.leaves[1] = s.leaves[0].clone()),
        ("a leaf of another signature", &|s| s.leaves[2] = other.leaves[2].clone()),
        ("the responses of another signature's leaf", &|s| s.leaves[2].z = other.leaves[2].z),
        ("a leaf less", &|s| s.leaves.truncate(2)),
        ("a leaf more", &|s| s.leaves.push(other.leaves[0].clone())),
        ("a share less", &|s| s.shares.clear()),
        ("a share more", &|s| s.shares.push(Scalar::ZERO)),
        ("the share of another signature", &|s| s.shares.clone_from(&other.shares)),
        ("the commitment of another signature", &|s| s.C = other.C),
        ("the challenge of another signature", &|s| s.c = other.c),
        ("the responses about u and t of another signature", &|s| (s.z_u, s.z_t) = (other.z_u, other.z_t)),
        ("a pair masked again", &|s| {
            s.leaves[0].A = s.leaves[0].A.double();
            s.leaves[0].B = s.leaves[0].B.double();
        }),
        ("a pair of another signature", &|s| {
            (s.leaves[0].A, s.leaves[0].B) = (other.leaves[0].A, other.leaves[0].B);
        }),
        ("the two points of a leaf exchanged", &|s| {
            let leaf = &mut s.leaves[0];
            (leaf.A, leaf.B) = (leaf.B, leaf.A);
        }),
        ("a pair negated", &|s| (s.leaves[0].A, s.leaves[0].B) = (-s.leaves[0].A, -s.leaves[0].B)),
        ("one point negated", &|s| s.leaves[0].B = -s.leaves[0].B),
        ("the commitment negated", &|s| s.C = -s.C),
        // T_0 stays what it was.
        ("the commitment shifted, and its response", &|s| {
            s.C += super::prover::H_u();
            s.z_u += s.c;
        }),
    ];
    for (what, change) in changes {
        let mut changed = signature.clone();
        change(&mut changed);
        assert_eq!(authority.verify(&rule, &changed.bytes()), REFUSED, "{what}");
    }
    let none = Parts { leaves: vec![], ..signature.clone() };
    assert_eq!(authority.verify(&rule, &none.bytes()), Err(Error::InvalidField));
    assert_eq!(authority.verify(&rule, &signature.bytes()), Ok(()));
}
