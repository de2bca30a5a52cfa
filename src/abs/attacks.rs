//! Attacks that need inner parts: the plan of a prover for any policy, and the weights of a batch, which no byte form
//! shows. Those that are mounted from outside stand in `tests/attacks`.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::challenge::Plan;
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

/// The challenges of a prover who proves these leaves.
fn plan(policy: &Policy, known: &[usize]) -> Plan {
    let mut rng = rng(8);
    Plan::new(policy.tree(), &|leaf| known.contains(&leaf), &mut || *random_scalar(&mut rng).unwrap())
        .unwrap()
}

// ---------------------------------------------------------------------------------------------------------
// Too few attributes
// ---------------------------------------------------------------------------------------------------------

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

// ---------------------------------------------------------------------------------------------------------
// The equations
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

#[test]
fn the_identity_satisfies_every_equation_and_is_refused() {
    // From bytes it does not get so far: it does not decode.
    let (authority, policy) = (authority(), policy("a"));
    let statement = statement(&authority, &policy);
    let proved = |A: G1Affine, rho, w, e| {
        let witness = Witness { A, rho, w, e };
        prove_one_leaf(&statement, Scalar::from(11), Scalar::from(13), &witness, 1)
    };
    let forged = proved(G1Affine::identity(), Scalar::ZERO, Scalar::ZERO, Scalar::ZERO);
    assert!(literal_pairing(&statement, &forged));
    assert_eq!(verify(&authority, &policy, &forged), REFUSED);
    assert_eq!(Signature::from_bytes(&forged.to_bytes()).unwrap_err(), Error::IdentityPoint);
    // The same equations with a credential are a signature.
    let user = key(&authority, "a", 1);
    let (a, rho) = (credential(&user, "a"), Scalar::from(17));
    let witness = Witness { A: (*a.A * rho).into(), rho, w: -(rho * Scalar::from(13)), e: *a.e };
    let right = prove_one_leaf(&statement, *user.u, Scalar::from(13), &witness, 1);
    assert_eq!(verify(&authority, &policy, &right), Ok(()));
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
