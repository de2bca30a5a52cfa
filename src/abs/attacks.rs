//! Who attacks, and fails. The attackers go around the local check of the policy: they run the prover itself with
//! credentials, challenges and points of their choice. Each attack ends with the right input passing.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::challenge::{Completed, Plan};
use super::keys::{Credential, scalar_of};
use super::nonces::Nonces;
use super::sign::{LeafProver, prove};
use super::signature::{LeafProof, Statement};
use super::tests::{CONTEXT, MESSAGE, authority, key, policy, rng, sign, verify};
use super::verify::{batch_seed, verify_weighted};
use super::*;
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, PrimeCurveAffine, Scalar, pairing_product,
    random_scalar,
};
use crate::domain::{ABS_BASE, ABS_BLINDING, ABS_USER, ABS_WEIGHT};
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::policy::samples::{keys, policies};
use crate::policy::{Policy, Term};
use crate::transcript::weights;

const REFUSED: Result<(), Error> = Err(Error::InvalidSignature);

/// `H_u`, `H_a`, `H_b`.
fn points() -> [G1Affine; 3] {
    [ABS_USER, ABS_BASE, ABS_BLINDING].map(|tag| hash_to_g1(tag, b""))
}

fn statement<'a>(authority: &'a MasterKey, policy: &'a Policy) -> Statement<'a> {
    Statement { public_key: authority.public_key(), policy, context: CONTEXT, message: MESSAGE }
}

fn credential<'a>(key: &'a SigningKey, attribute: &str) -> &'a Credential {
    key.credential(&policy(attribute).tree().leaves()[0]).unwrap()
}

/// A prover that does as it is told: for each leaf a key with one of its credentials, to be proved, or used to
/// simulate the leaf under a challenge of its own.
fn prove_with(
    statement: &Statement<'_>,
    user: &SigningKey,
    leaves: &[(&SigningKey, &str, Option<Scalar>)],
    complete: impl FnOnce(&Scalar) -> Completed,
) -> Signature {
    let mut nonces = Nonces::hedged(&user.u, |t| statement.absorb(t), &mut rng(7)).unwrap();
    let leaves: Vec<_> = leaves
        .iter()
        .map(|(key, attribute, preset)| {
            LeafProver::new(key, credential(key, attribute), *preset, &mut nonces)
        })
        .collect();
    prove(statement, &user.u, &leaves, complete, &mut nonces).unwrap()
}

/// The challenges of a prover who proves these leaves.
fn plan(policy: &Policy, known: &[usize]) -> Plan {
    let mut rng = rng(8);
    Plan::new(policy.tree(), &|leaf| known.contains(&leaf), &mut || *random_scalar(&mut rng).unwrap())
        .unwrap()
}

// ---------------------------------------------------------------------------------------------------------
// Too few attributes
// ---------------------------------------------------------------------------------------------------------

#[test]
fn users_who_pool_their_keys_fail() {
    let (authority, policy) = (authority(), policy("a and b"));
    let statement = statement(&authority, &policy);
    let users = || (key(&authority, "a", 1), key(&authority, "b", 2));
    let (first, second) = users();
    for alone in [&first, &second] {
        let refused = alone.sign(&policy, CONTEXT, MESSAGE, &mut rng(1));
        assert_eq!(refused.unwrap_err(), Error::PolicyNotSatisfied);
    }
    // Each credential as its owner would prove it, under the secret of either.
    for committed in [&first, &second] {
        let leaves = [(&first, "a", None), (&second, "b", None)];
        let pooled = prove_with(&statement, committed, &leaves, |c| plan(&policy, &[0, 1]).complete(c));
        assert_eq!(verify(&authority, &policy, &pooled), REFUSED);
    }
    // The second user's credential under the first user's secret: now the proof is right, and the pairing is not.
    let (first, mut second) = users();
    second.u = crate::secret::Secret::new(*first.u);
    let leaves = [(&first, "a", None), (&second, "b", None)];
    let pooled = prove_with(&statement, &first, &leaves, |c| plan(&policy, &[0, 1]).complete(c));
    assert_eq!(claim(&statement, &pooled).check_proof(), Ok(()));
    assert_eq!(verify(&authority, &policy, &pooled), REFUSED);
    // A new key for one of them does not fit the old one either.
    let (old, new) = (key(&authority, "a", 1), key(&authority, "b", 3));
    let leaves = [(&old, "a", None), (&new, "b", None)];
    let pooled = prove_with(&statement, &old, &leaves, |c| plan(&policy, &[0, 1]).complete(c));
    assert_eq!(verify(&authority, &policy, &pooled), REFUSED);

    let both = key(&authority, "a, b", 4);
    let leaves = [(&both, "a", None), (&both, "b", None)];
    let right = prove_with(&statement, &both, &leaves, |c| plan(&policy, &[0, 1]).complete(c));
    assert_eq!(verify(&authority, &policy, &right), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_key_signs_exactly_if_its_attributes_satisfy_the_policy(text in policies(), set in keys(), seed in 0..99u64) {
        let (authority, policy) = (authority(), policy(&text));
        // What the user holds beside, so that there is a credential to misuse.
        let user = key(&authority, &format!("{set}{}other", if set.is_empty() { "" } else { ", " }), seed);
        let signed = user.sign(&policy, CONTEXT, MESSAGE, &mut rng(seed));
        if policy.has_negation() {
            prop_assert_eq!(signed.unwrap_err(), Error::NegationUnsupported);
            return Ok(());
        }
        if policy.is_satisfied_by(user.attributes()) {
            prop_assert_eq!(verify(&authority, &policy, &signed.unwrap()), Ok(()));
            return Ok(());
        }
        prop_assert_eq!(signed.unwrap_err(), Error::PolicyNotSatisfied);
        // Around the check: as if the user held everything, with another credential where one is missing.
        let (tree, statement) = (policy.tree(), statement(&authority, &policy));
        let proved: Vec<usize> = tree.choose(|_| true).unwrap().iter().map(|chosen| chosen.leaf).collect();
        let plan = plan(&policy, &proved);
        let other = credential(&user, "other");
        let mut nonces = Nonces::hedged(&user.u, |t| statement.absorb(t), &mut rng(seed)).unwrap();
        let leaves: Vec<_> = tree.leaves().iter().zip(plan.preset())
            .map(|(leaf, preset)| {
                LeafProver::new(&user, user.credential(leaf).unwrap_or(other), *preset, &mut nonces)
            })
            .collect();
        let forged = prove(&statement, &user.u, &leaves, |c| plan.complete(c), &mut nonces).unwrap();
        prop_assert_eq!(verify(&authority, &policy, &forged), REFUSED);
    }
}

#[test]
fn a_signature_that_leaves_out_a_leaf_is_refused() {
    // An `and` gives every leaf the root's challenge, so that whoever leaves out what they lack proves the rest rightly.
    let (authority, both) = (authority(), policy("a and b"));
    let (user, entitled) = (key(&authority, "a", 1), key(&authority, "a, b", 1));
    let of_both = statement(&authority, &both);
    let a_alone = |c: &Scalar| Completed { challenges: vec![*c], shares: Vec::new() };
    let short = prove_with(&of_both, &user, &[(&user, "a", None)], a_alone);
    assert_eq!(verify(&authority, &both, &short), REFUSED);
    let mut long = sign(&entitled, &both, 1);
    long.leaves.push(long.leaves[0].clone());
    assert_eq!(verify(&authority, &both, &long), REFUSED);
    // The same proof is right where it is whole.
    let one = policy("a");
    let of_one = statement(&authority, &one);
    let whole = prove_with(&of_one, &user, &[(&user, "a", None)], a_alone);
    assert_eq!(verify(&authority, &one, &whole), Ok(()));
}

#[test]
fn a_prover_who_knows_one_child_of_two_fails() {
    let (authority, policy) = (authority(), policy("2 of (a, b, c)"));
    let statement = statement(&authority, &policy);
    let user = key(&authority, "a", 1);
    let (y_b, y_c) = (Scalar::from(1234), Scalar::from(5678));

    // A credential on one attribute for another.
    let leaves = [(&user, "a", None), (&user, "a", None), (&user, "a", Some(y_c))];
    let through_c = |c: &Scalar| (y_c - c) * Scalar::from(3).invert().unwrap();
    let forged = prove_with(&statement, &user, &leaves, |c| {
        let f_1 = through_c(c);
        Completed { challenges: vec![c + f_1, c + f_1.double(), y_c], shares: vec![f_1] }
    });
    assert_eq!(verify(&authority, &policy, &forged), REFUSED);

    // Two leaves simulated: a line through c, y_b and y_c does not exist. It passes through one of them, or a
    // parabola is sent, with its top coefficient or without.
    let leaves = [(&user, "a", None), (&user, "a", Some(y_b)), (&user, "a", Some(y_c))];
    let through_b = |c: &Scalar| (y_b - c) * Scalar::from(2).invert().unwrap();
    let parabola = |c: &Scalar| {
        // f(X) = c + f_1 X + f_2 X^2 with f(2) = y_b, f(3) = y_c
        let f_2 = through_c(c) - through_b(c);
        [through_b(c) - f_2.double(), f_2]
    };
    type Shares<'a> = &'a dyn Fn(&Scalar) -> Vec<Scalar>;
    let attempts: [Shares<'_>; 4] =
        [&|c| vec![through_b(c)], &|c| vec![through_c(c)], &|c| parabola(c)[..1].to_vec(), &|c| {
            parabola(c).to_vec()
        }];
    for shares in attempts {
        let forged = prove_with(&statement, &user, &leaves, |c| {
            let shares = shares(c);
            let at_one = shares.iter().fold(*c, |sum, f| sum + f);
            Completed { challenges: vec![at_one, y_b, y_c], shares }
        });
        assert_eq!(verify(&authority, &policy, &forged), REFUSED);
    }

    let user = key(&authority, "a, c", 1);
    let leaves = [(&user, "a", None), (&user, "a", Some(y_b)), (&user, "c", None)];
    let right = prove_with(&statement, &user, &leaves, |c| {
        let f_1 = through_b(c);
        Completed { challenges: vec![c + f_1, y_b, c + f_1.double() + f_1], shares: vec![f_1] }
    });
    assert_eq!(verify(&authority, &policy, &right), Ok(()));
}

#[test]
fn a_prover_who_knows_no_child_of_an_or_and_not_all_of_an_and_fails() {
    let authority = authority();
    let (or, and) = (policy("a or b"), policy("a and b"));
    let user = key(&authority, "a, d", 1);
    let (y_a, y_b) = (Scalar::from(1234), Scalar::from(5678));

    let leaves = [(&user, "d", Some(y_a)), (&user, "d", Some(y_b))];
    for first in [|_: &Scalar, y_a: Scalar, _: Scalar| y_a, |c: &Scalar, _: Scalar, y_b: Scalar| c - y_b] {
        let forged = prove_with(&statement(&authority, &or), &user, &leaves, |c| Completed {
            challenges: vec![y_a, y_b],
            shares: vec![first(c, y_a, y_b)],
        });
        assert_eq!(verify(&authority, &or, &forged), REFUSED);
    }
    let leaves = [(&user, "a", None), (&user, "a", Some(y_b))];
    let forged = prove_with(&statement(&authority, &and), &user, &leaves, |c| Completed {
        challenges: vec![*c, y_b],
        shares: vec![],
    });
    assert_eq!(verify(&authority, &and, &forged), REFUSED);

    let right = prove_with(&statement(&authority, &or), &user, &leaves, |c| Completed {
        challenges: vec![c - y_b, y_b],
        shares: vec![c - y_b],
    });
    assert_eq!(verify(&authority, &or, &right), Ok(()));
}

// ---------------------------------------------------------------------------------------------------------
// Something else than what was signed
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_signature_is_for_its_message_context_policy_and_authority_only() {
    let (authority, other) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let signed = policy("2 of (a, b, c)");
    let signature = sign(&key(&authority, "a, b, c", 1), &signed, 1);
    let check = |authority: &MasterKey, policy: &Policy, context: &[u8], message: &[u8]| {
        authority.public_key().verify(policy, context, message, &signature)
    };
    assert_eq!(check(&authority, &signed, CONTEXT, b""), REFUSED);
    assert_eq!(check(&authority, &signed, b"", MESSAGE), REFUSED);
    assert_eq!(check(&authority, &signed, MESSAGE, CONTEXT), REFUSED);
    let (context, message) = ([CONTEXT, &MESSAGE[..1]].concat(), &MESSAGE[1..]);
    assert_eq!(check(&authority, &signed, &context, message), REFUSED);
    assert_eq!(check(&other, &signed, CONTEXT, MESSAGE), REFUSED);
    for text in [
        "a or b or c",
        "a and b and c",
        "2 of (b, a, c)",
        "2 of (a, b, c, d)",
        "2 of (a, b, d)",
        "a and b or c",
        "(a or b) and c",
        "a",
        "2 of (a, b, c) or d",
    ] {
        assert_eq!(check(&authority, &policy(text), CONTEXT, MESSAGE), REFUSED, "{text}");
    }
    assert_eq!(check(&authority, &signed, CONTEXT, MESSAGE), Ok(()));
}

#[test]
fn a_signature_cannot_be_carried_over_to_a_weaker_policy_of_the_same_shape() {
    // A constant polynomial of higher degree gives every leaf the challenge that it had: only the policy in the
    // hash tells the two apart.
    let authority = authority();
    let strong = policy("a and b and c");
    let signature = sign(&key(&authority, "a, b, c", 1), &strong, 1);
    let mut carried = signature.clone();
    carried.shares = vec![Scalar::ZERO];
    assert_eq!(verify(&authority, &policy("2 of (a, b, c)"), &carried), REFUSED);
    assert_eq!(verify(&authority, &strong, &carried), REFUSED);
    // Shares that sum up to what the leaves have: c = c + c + (-c) for an `or`.
    let weak = policy("a or b or c");
    carried.shares = vec![signature.c; 2];
    assert_eq!(verify(&authority, &weak, &carried), REFUSED);
    assert_eq!(verify(&authority, &strong, &signature), Ok(()));
}

#[test]
fn a_signature_with_any_byte_changed_is_refused() {
    let (authority, policy) = (authority(), policy("a or b"));
    let signature = sign(&key(&authority, "a", 1), &policy, 1);
    let bytes = signature.to_bytes();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(changed) = Signature::from_bytes(&changed) {
            assert_eq!(verify(&authority, &policy, &changed), REFUSED, "byte {at}");
        }
    }
    assert_eq!(verify(&authority, &policy, &Signature::from_bytes(&bytes).unwrap()), Ok(()));
}

#[test]
fn parts_of_a_signature_cannot_be_exchanged() {
    let (authority, policy) = (authority(), policy("2 of (a, a, b)"));
    let user = key(&authority, "a, b", 1);
    let (signature, other) = (sign(&user, &policy, 1), sign(&user, &policy, 2));
    type Change<'a> = &'a dyn Fn(&mut Signature);
    let changes: [(&str, Change<'_>); 12] = [
        ("leaves exchanged", &|s| s.leaves.swap(0, 1)),
        ("a leaf doubled", &|s| s.leaves[1] = s.leaves[0].clone()),
        ("a leaf of another signature", &|s| s.leaves[2] = other.leaves[2].clone()),
        ("a leaf less", &|s| s.leaves.truncate(2)),
        ("a leaf more", &|s| s.leaves.push(other.leaves[0].clone())),
        ("no leaf", &|s| s.leaves.clear()),
        ("a share less", &|s| s.shares.clear()),
        ("a share more", &|s| s.shares.push(Scalar::ZERO)),
        ("the commitment of another signature", &|s| s.C = other.C),
        ("the challenge of another signature", &|s| s.c = other.c),
        ("a pair masked again", &|s| {
            let leaf = &mut s.leaves[0];
            (leaf.A, leaf.B) = ((leaf.A * Scalar::from(2)).into(), (leaf.B * Scalar::from(2)).into());
        }),
        ("the two points of a leaf exchanged", &|s| {
            let leaf = &mut s.leaves[0];
            (leaf.A, leaf.B) = (leaf.B, leaf.A);
        }),
    ];
    for (what, change) in changes {
        let mut changed = signature.clone();
        change(&mut changed);
        assert_eq!(verify(&authority, &policy, &changed), REFUSED, "{what}");
    }
    assert_eq!(verify(&authority, &policy, &signature), Ok(()));
}

// ---------------------------------------------------------------------------------------------------------
// Outsiders
// ---------------------------------------------------------------------------------------------------------

/// What somebody proves of one leaf: `B' = [rho]D + [w]H_b - [e]A'`.
struct Witness {
    A: G1Affine,
    rho: Scalar,
    w: Scalar,
    e: Scalar,
}

/// The equations of the scheme for a policy of one leaf, as they are written, over points of the prover's choice.
/// `t` is the blinding of `C`.
fn prove_one_leaf(
    statement: &Statement<'_>,
    u: Scalar,
    t: Scalar,
    witness: &Witness,
    seed: u64,
) -> Signature {
    let mut rng = rng(seed);
    let mut draw = || *random_scalar(&mut rng).unwrap();
    let [H_u, H_a, H_b] = points();
    let Term::Attribute(a) = &statement.tree().leaves()[0].term else { panic!("a positive leaf") };
    let (k_u, k_t, k_rho, k_w, k_e) = (draw(), draw(), draw(), draw(), draw());
    let Witness { A, rho, w, e } = witness;

    let C = H_u * u + H_b * t;
    let T_0 = H_u * k_u + H_b * k_t;
    let D = G1Projective::generator() + C + H_a * scalar_of(a);
    let B = D * rho + H_b * w - A * e;
    let T = D * k_rho + H_b * k_w - A * k_e;
    let [C, T_0, B, T] = [C, T_0, B, T].map(|point| point.to_affine());
    let c = statement.challenge(&C, [(A, &B)].into_iter(), &T_0, [&T].into_iter());
    let leaf = LeafProof { A: *A, B, z_rho: k_rho + c * rho, z_w: k_w + c * w, z_e: k_e + c * e };
    Signature { C, c, z_u: k_u + c * u, z_t: k_t + c * t, shares: vec![], leaves: vec![leaf] }
}

#[test]
fn an_outsider_with_a_right_proof_about_wrong_points_fails() {
    let (authority, policy) = (authority(), policy("a"));
    let statement = statement(&authority, &policy);
    let (u, t) = (Scalar::from(11), Scalar::from(13));
    let nobody = |A: G1Affine, rho: u64, w: u64, e: u64| {
        let witness = Witness { A, rho: rho.into(), w: w.into(), e: e.into() };
        prove_one_leaf(&statement, u, t, &witness, 1)
    };
    // The identity satisfies every equation. The encoding of such a signature does not decode either.
    let forged = nobody(G1Affine::identity(), 0, 0, 0);
    assert!(literal_pairing(&statement, &forged));
    assert_eq!(verify(&authority, &policy, &forged), REFUSED);
    assert_eq!(Signature::from_bytes(&forged.to_bytes()).unwrap_err(), Error::IdentityPoint);
    // Any other points satisfy the proof, and not the pairing.
    for forged in [
        nobody(G1Affine::generator(), 1, 0, 0),
        nobody(G1Affine::generator(), 3, 5, 7),
        nobody(points()[2], 0, 5, 7),
        nobody(points()[0], 0, 0, 7),
    ] {
        assert_eq!(claim(&statement, &forged).check_proof(), Ok(()));
        assert_eq!(verify(&authority, &policy, &forged), REFUSED);
    }

    // The same equations with a credential: the prover of the library and the one written here agree.
    let user = key(&authority, "a", 1);
    let (a, rho) = (credential(&user, "a"), Scalar::from(17));
    let witness = Witness { A: (*a.A * rho).into(), rho, w: -(rho * t), e: *a.e };
    let right = prove_one_leaf(&statement, *user.u, t, &witness, 1);
    assert_eq!(verify(&authority, &policy, &right), Ok(()));
}

/// `e(A', X) = e(B', P2)` for each leaf by itself.
fn literal_pairing(statement: &Statement<'_>, signature: &Signature) -> bool {
    let PublicKey { X } = statement.public_key;
    signature.leaves.iter().all(|LeafProof { A, B, .. }| {
        pairing_product(&[(*A, *X), (-*B, G2Affine::generator())]).unwrap().is_one()
    })
}

#[test]
fn the_verifier_computes_what_the_equations_say() {
    let authority = authority();
    let policy = policy("a and 2 of (b, c, d or e)");
    let statement = statement(&authority, &policy);
    let signature = sign(&key(&authority, "a, c, e", 1), &policy, 1);
    let literal = |signature: &Signature| {
        let Signature { C, c, z_u, z_t, shares, leaves } = signature;
        let [H_u, H_a, H_b] = points();
        // f(X) = c + shares_0 X; the `or`, its third child, has f(3).
        let f = |i: u64| c + shares[0] * Scalar::from(i);
        let challenges = [*c, f(1), f(2), shares[1], f(3) - shares[1]];
        let T_0 = (H_u * z_u + H_b * z_t - C * c).to_affine();
        let T: Vec<G1Affine> = ["a", "b", "c", "d", "e"]
            .iter()
            .zip(leaves)
            .zip(challenges)
            .map(|((name, leaf), c_l)| {
                let Term::Attribute(a) = self::policy(name).tree().leaves()[0].term.clone() else { panic!() };
                let D = G1Projective::generator() + C + H_a * scalar_of(&a);
                (D * leaf.z_rho + H_b * leaf.z_w - leaf.A * leaf.z_e - leaf.B * c_l).to_affine()
            })
            .collect();
        let pairs = leaves.iter().map(|leaf| (&leaf.A, &leaf.B));
        statement.challenge(C, pairs, &T_0, T.iter()) == *c && literal_pairing(&statement, signature)
    };
    assert!(literal(&signature));
    assert_eq!(verify(&authority, &policy, &signature), Ok(()));
    for leaf in 0..5 {
        let mut changed = signature.clone();
        changed.leaves[leaf].z_w += Scalar::ONE;
        assert!(!literal(&changed));
        assert_eq!(verify(&authority, &policy, &changed), REFUSED);
    }
}

// ---------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------

fn claim<'a>(statement: &Statement<'a>, signature: &'a Signature) -> Claim<'a> {
    let Statement { public_key, policy, context, message } = *statement;
    Claim { public_key, policy, context, message, signature }
}

/// Weights of 12 bits, so that the search takes a moment instead of 2^23 steps.
fn small(weight: Scalar) -> Scalar {
    let bytes = weight.to_bytes_be();
    Scalar::from(1 + (u64::from(bytes[30] & 15) << 8 | u64::from(bytes[31])))
}

#[test]
fn the_weights_of_a_batch_depend_on_all_of_every_claim() {
    let (authority, other) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let (policies, user) = ([policy("a"), policy("a or b")], key(&authority, "a", 1));
    let signatures = [sign(&user, &policies[0], 1), sign(&user, &policies[0], 2)];
    let statement = statement(&authority, &policies[0]);
    let (one, two) = (claim(&statement, &signatures[0]), claim(&statement, &signatures[1]));
    let base = batch_seed(&[one, two]);
    for other in [
        batch_seed(&[one]),
        batch_seed(&[two, one]),
        batch_seed(&[one, two, two]),
        batch_seed(&[one, Claim { message: b"another", ..two }]),
        batch_seed(&[one, Claim { context: b"another", ..two }]),
        batch_seed(&[one, Claim { policy: &policies[1], ..two }]),
        batch_seed(&[one, Claim { public_key: other.public_key(), ..two }]),
        batch_seed(&[one, Claim { signature: &signatures[0], ..two }]),
    ] {
        assert_ne!(base, other);
    }
    assert_eq!(base, batch_seed(&[one, two]));
}

#[test]
fn credentials_of_one_authority_do_not_count_as_anothers_in_a_batch_of_both() {
    let (one, two) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let policy = policy("a");
    // A right proof under the name of the second authority, about a credential of the first.
    let mut mislabelled = key(&one, "a", 1);
    mislabelled.public_key = two.public_key().clone();
    let signatures = [sign(&key(&one, "a", 1), &policy, 1), sign(&mislabelled, &policy, 2)];
    let (of_one, of_two) = (statement(&one, &policy), statement(&two, &policy));
    let (honest, forged) = (claim(&of_one, &signatures[0]), claim(&of_two, &signatures[1]));
    assert_eq!(forged.check_proof(), Ok(()));
    assert_eq!(verify(&two, &policy, &signatures[1]), REFUSED);
    for batch in [[honest, forged], [forged, honest]] {
        let bad = batch.iter().position(|claim| claim.public_key == two.public_key()).unwrap();
        assert_eq!(verify_batch(&batch, NonZeroUsize::MIN).unwrap_err().positions(), [bad]);
    }
    // Claims that fail for different reasons are named in their order.
    let other_message = Claim { message: b"another", ..honest };
    let batch = [forged, other_message, honest, forged];
    assert_eq!(verify_batch(&batch, NonZeroUsize::MIN).unwrap_err().positions(), [0, 1, 3]);
    let right = sign(&key(&two, "a", 1), &policy, 2);
    assert_eq!(verify_batch(&[honest, claim(&of_two, &right)], NonZeroUsize::MIN), Ok(()));
}

#[test]
fn an_outsider_cannot_forge_a_batch_whose_errors_cancel() {
    let (authority, policy) = (authority(), policy("a"));
    let statement = statement(&authority, &policy);
    let own_weight = |signature: &Signature| {
        small(weights(ABS_WEIGHT, claim(&statement, signature).seed()).next().unwrap())
    };

    // Without any credential: A' = [s]H_b and B' = [s y]H_b for s = 1 and s = -1, so that the error of each is
    // [s (x - y)]H_b, with right proofs. Two of equal weight and opposite s are searched among a few hundred.
    let y = Scalar::from(99);
    let forge = |s: Scalar, seed: u64| {
        let e = Scalar::from(seed + 1);
        let witness = Witness { A: (points()[2] * s).into(), rho: Scalar::ZERO, w: s * (y + e), e };
        prove_one_leaf(&statement, Scalar::from(seed), Scalar::ONE, &witness, seed)
    };
    let positive: HashMap<[u8; 32], Signature> = (0..200)
        .map(|seed| forge(Scalar::ONE, seed))
        .map(|signature| (own_weight(&signature).to_bytes_be(), signature))
        .collect();
    let (first, second) = (200..1200)
        .map(|seed| forge(-Scalar::ONE, seed))
        .find_map(|signature| Some((positive.get(&own_weight(&signature).to_bytes_be())?.clone(), signature)))
        .unwrap();
    let forged = [claim(&statement, &first), claim(&statement, &second)];

    // The verifier is fooled by weights of each signature alone, and not by weights as small of the whole batch.
    let of_each = [own_weight(&first), own_weight(&second)];
    assert_eq!(verify_weighted(&forged, of_each.into_iter(), NonZeroUsize::MIN), Ok(()));
    let of_batch = weights(ABS_WEIGHT, batch_seed(&forged)).map(small);
    assert_eq!(verify_weighted(&forged, of_batch, NonZeroUsize::MIN).unwrap_err().positions(), [0, 1]);

    // Here the forgery fails, alone or among others, and is named.
    let honest = sign(&key(&authority, "a", 1), &policy, 1);
    let honest = claim(&statement, &honest);
    assert_eq!(verify_batch(&forged, NonZeroUsize::MIN).unwrap_err().positions(), [0, 1]);
    let mixed = [honest, forged[0], honest, forged[1]];
    assert_eq!(verify_batch(&mixed, NonZeroUsize::MIN).unwrap_err().positions(), [1, 3]);
    for forged in [&first, &second] {
        assert_eq!(verify(&authority, &policy, forged), REFUSED);
    }
    assert_eq!(verify_batch(&[honest, honest, honest], NonZeroUsize::MIN), Ok(()));
}
