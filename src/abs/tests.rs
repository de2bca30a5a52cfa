//! What holds: who can sign, what keys and challenges are, what a batch tells. The attacks stand in `tests/attacks`.

use std::num::NonZeroUsize;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::challenge::{Plan, distribute, share_count};
use super::signature::{LeafProof, Statement};
use super::verify::batch_seed;
use super::*;
use crate::curve::{
    Curve, Field, G1Affine, G1Projective, G2Affine, Group, PrimeCurveAffine, Scalar, pairing_product,
    random_scalar,
};
use crate::domain::{ABS_BASE, ABS_BLINDING, ABS_USER};
use crate::error::Error;
use crate::hash::hash_to_g1;
use crate::limits::{Limit, SIGNED_BYTES};
use crate::policy::{Attributes, Policy};

pub(super) const CONTEXT: &[u8] = b"ledger entry";
pub(super) const MESSAGE: &[u8] = b"a record was published";

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(super) fn authority() -> MasterKey {
    MasterKey::generate(&mut rng(0)).unwrap()
}

pub(super) fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

pub(super) fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

pub(super) fn key(authority: &MasterKey, text: &str, seed: u64) -> SigningKey {
    authority.issue(&attributes(text), &mut rng(seed)).unwrap()
}

pub(super) fn sign(key: &SigningKey, policy: &Policy, seed: u64) -> Signature {
    key.sign(policy, CONTEXT, MESSAGE, &mut rng(seed)).unwrap()
}

pub(super) fn verify(authority: &MasterKey, policy: &Policy, signature: &Signature) -> Result<(), Error> {
    authority.public_key().verify(policy, CONTEXT, MESSAGE, signature)
}

// ---------------------------------------------------------------------------------------------------------
// Who can sign
// ---------------------------------------------------------------------------------------------------------

#[test]
fn every_shape_of_policy_works() {
    let authority = authority();
    let cases = [
        ("doctor", "doctor", "nurse"),
        ("role=doctor", "role=doctor", "role=\"doctor \""),
        ("(a and b) or (a and c)", "a, c", "b, c"),
        ("a and (a or b) and 2 of (a, b, c)", "a, c", "a"),
        ("2 of (a, 2 of (b, c, d), 3 of (e, f, g, h))", "c, d, e, g, h", "b, e, f"),
        ("3 of (a, b, c, d, e, f, g)", "b, f, g", "b, f"),
        ("(a or b) and (c or (d and (e or f)))", "b, d, f", "b, d"),
        ("level>=3", "level=200", "level=2"),
        ("level in 1..4294967294 and a", "level=77, a", "level=0, a"),
        ("level in 10..1000 and ward=7", "level=999, ward=7", "level=1001, ward=7"),
        ("level=3", "level=3", "level=\"3\""),
        ("level<=4294967295", "level=0", "other=0"),
        ("until>=2027-01-31 or emergency", "until=2027-02-01", "until=2027-01-30"),
        ("not (level<3)", "level=3", "level=2"),
        ("ward in {3, 5, icu}", "ward=icu", "ward=4"),
    ];
    for (i, (text, good, bad)) in (0..).zip(cases) {
        let policy = policy(text);
        let signature = sign(&key(&authority, good, i), &policy, i);
        assert_eq!(verify(&authority, &policy, &signature), Ok(()), "{text}");
        assert_eq!(Signature::from_bytes(&signature.to_bytes()).unwrap(), signature);
        let refused = key(&authority, bad, i).sign(&policy, CONTEXT, MESSAGE, &mut rng(i));
        assert_eq!(refused.unwrap_err(), Error::PolicyNotSatisfied, "{text}");
    }
}

#[test]
fn a_policy_with_a_negation_is_refused_on_both_sides() {
    let authority = authority();
    let key = key(&authority, "role=doctor, a", 1);
    let signature = sign(&key, &policy("a"), 1);
    let negative = policy("a or role!=nurse");
    assert_eq!(key.sign(&negative, CONTEXT, MESSAGE, &mut rng(1)).unwrap_err(), Error::NegationUnsupported);
    assert_eq!(verify(&authority, &negative, &signature), Err(Error::NegationUnsupported));
    assert_eq!(verify(&authority, &policy("a"), &signature), Ok(()));
}

#[test]
fn a_key_without_attributes_signs_nothing() {
    let authority = authority();
    let key = key(&authority, "", 1);
    assert_eq!(key.verify(authority.public_key()), Ok(()));
    let refused = key.sign(&policy("a"), CONTEXT, MESSAGE, &mut rng(1));
    assert_eq!(refused.unwrap_err(), Error::PolicyNotSatisfied);
}

#[test]
fn messages_and_contexts_may_be_empty_and_are_limited() {
    let authority = authority();
    let (key, policy) = (key(&authority, "a", 1), policy("a"));
    let signature = key.sign(&policy, b"", b"", &mut rng(1)).unwrap();
    assert_eq!(authority.public_key().verify(&policy, b"", b"", &signature), Ok(()));

    let long = vec![0; SIGNED_BYTES + 1];
    let refused = Err(Error::LimitExceeded(Limit::Signed));
    assert_eq!(key.sign(&policy, b"", &long, &mut rng(1)).map(|_| ()), refused);
    assert_eq!(key.sign(&policy, &long, b"", &mut rng(1)).map(|_| ()), refused);
    assert_eq!(authority.public_key().verify(&policy, b"", &long, &signature), refused);
    assert_eq!(authority.public_key().verify(&policy, &long, b"", &signature), refused);
    let longest = &long[1..];
    let public_key = authority.public_key();
    let statement = Statement { public_key, policy: &policy, context: longest, message: longest };
    assert_eq!(statement.check(), Ok(()));
}

#[test]
fn a_failing_generator_is_an_error() {
    struct Broken;
    impl rand_core::CryptoRng for Broken {}
    impl RngCore for Broken {
        fn next_u32(&mut self) -> u32 {
            0
        }
        fn next_u64(&mut self) -> u64 {
            0
        }
        fn fill_bytes(&mut self, _: &mut [u8]) {}
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
            Err(rand_core::Error::from(core::num::NonZeroU32::MIN))
        }
    }
    let authority = authority();
    let unavailable = Error::RandomnessUnavailable;
    assert_eq!(MasterKey::generate(&mut Broken).unwrap_err(), unavailable);
    assert_eq!(authority.issue(&attributes("a"), &mut Broken).unwrap_err(), unavailable);
    let refused = key(&authority, "a", 1).sign(&policy("a"), CONTEXT, MESSAGE, &mut Broken);
    assert_eq!(refused.unwrap_err(), unavailable);
}

#[test]
fn a_prepared_key_signs_as_an_unprepared_one_does() {
    let authority = authority();
    let policy = policy("2 of (a, b, c) and (d or a)");
    let (plain, prepared) = (key(&authority, "a, c", 1), key(&authority, "a, c", 1));
    assert_eq!(prepared.prepare(&policy), Ok(()));
    assert_eq!(prepared.prepare(&policy), Ok(()));
    let signature = sign(&prepared, &policy, 1);
    assert_eq!(signature, sign(&plain, &policy, 1));
    assert_eq!(verify(&authority, &policy, &signature), Ok(()));
    assert_eq!(plain.prepare(&self::policy("b")), Err(Error::PolicyNotSatisfied));
    assert_eq!(plain.prepare(&self::policy("a or x!=y")), Err(Error::NegationUnsupported));
}

// ---------------------------------------------------------------------------------------------------------
// Keys
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_key_is_checked_against_its_authority() {
    let (authority, other) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let mut key = key(&authority, "role=doctor, level=3, a", 1);
    assert_eq!(key.verify(other.public_key()), Err(Error::InvalidKey));
    // A key that names another authority, with credentials of the first.
    key.public_key = other.public_key().clone();
    assert_eq!(key.verify(other.public_key()), Err(Error::InvalidKey));
    assert_eq!(key.verify(authority.public_key()), Err(Error::InvalidKey));
    key.public_key = authority.public_key().clone();
    assert_eq!(key.verify(authority.public_key()), Ok(()));
}

#[test]
fn a_key_with_any_part_changed_is_refused() {
    let authority = authority();
    let good = key(&authority, "a, b", 1);
    let bytes = good.to_bytes();
    // u, and e and A of the last credential: replace each by another valid value.
    let other = key(&authority, "a, b", 2).to_bytes();
    let end = bytes.len();
    for part in [100..132, end - 160..end - 128, end - 128..end - 80, end - 80..end - 48, end - 48..end] {
        let mut changed = bytes.to_vec();
        changed[part.clone()].copy_from_slice(&other[part.clone()]);
        let changed = SigningKey::from_bytes(&changed).unwrap();
        assert_eq!(changed.verify(authority.public_key()), Err(Error::InvalidKey), "{part:?}");
        // Errors cannot be made to cancel: with any part the weights become others.
        assert_ne!(changed.weight_seed(), good.weight_seed(), "{part:?}");
    }
    assert_eq!(SigningKey::from_bytes(&bytes).unwrap().weight_seed(), good.weight_seed());
    // Two credentials exchanged.
    let mut changed = bytes.to_vec();
    changed[end - 160..].rotate_left(80);
    let changed = SigningKey::from_bytes(&changed).unwrap();
    assert_eq!(changed.verify(authority.public_key()), Err(Error::InvalidKey));
    assert_eq!(SigningKey::from_bytes(&bytes).unwrap().verify(authority.public_key()), Ok(()));
}

#[test]
fn a_repeated_generator_repeats_neither_u_nor_e_for_other_attributes() {
    let authority = authority();
    let (one, two) = (key(&authority, "a", 1), key(&authority, "a, b", 1));
    let a = policy("a").tree().leaves()[0].clone();
    assert_ne!(*one.u, *two.u);
    assert_ne!(*one.credential(&a).unwrap().e, *two.credential(&a).unwrap().e);
    // Without the generator's help the same attributes give the same key, and no more than that.
    assert_eq!(one.to_bytes(), key(&authority, "a", 1).to_bytes());
    assert_ne!(one.to_bytes(), key(&authority, "a", 2).to_bytes());
}

#[test]
fn each_credential_satisfies_its_own_equation() {
    let authority = authority();
    let key = key(&authority, "role=doctor, a, level=3", 1);
    let PublicKey { X } = authority.public_key();
    let H = keys::bases();
    let P1 = G1Affine::generator();
    let P2 = G2Affine::generator();
    let expanded = key.attributes().expanded();
    assert_eq!(expanded.len(), 35);
    for attribute in expanded {
        let leaf =
            crate::policy::Leaf { term: crate::policy::Term::Attribute(attribute.clone()), use_number: 0 };
        let a = key.credential(&leaf).unwrap();
        // e(A_a, X + [e_a]P2) = e(B_a, P2)
        let B = H.H_u.mul(&key.u) + H.H_a.mul(&keys::scalar_of(&attribute)) + P1;
        let left = (*a.A, (P2 * *a.e + X).into());
        assert!(pairing_product(&[left, ((-B).into(), P2)]).unwrap().is_one());
    }
}

#[test]
fn keys_survive_storage_and_do_not_print_secrets() {
    let authority = authority();
    let key = key(&authority, "a, b, level=7", 1);
    let (stored_authority, stored_key) = (
        MasterKey::from_bytes(&authority.to_bytes()).unwrap(),
        SigningKey::from_bytes(&key.to_bytes()).unwrap(),
    );
    assert_eq!(stored_authority.public_key(), authority.public_key());
    assert_eq!(stored_key.attributes(), key.attributes());
    assert_eq!(sign(&stored_key, &policy("a and b"), 1), sign(&key, &policy("a and b"), 1));
    assert!(format!("{authority:?}").contains("<redacted>"));
    let u = hex::encode(key.u.to_bytes_be());
    assert!(!format!("{key:?}").contains(&u[..8]));
}

// ---------------------------------------------------------------------------------------------------------
// Challenges down the tree
// ---------------------------------------------------------------------------------------------------------

/// Policies over `a0 .. a(n-1)`, each attribute once, in order.
fn any_policy() -> impl Strategy<Value = Policy> {
    let leaf = Just("a".to_string());
    leaf.prop_recursive(3, 24, 5, |inner| {
        (prop::collection::vec(inner, 2..5), any::<prop::sample::Index>())
            .prop_map(|(children, k)| format!("{} of ({})", k.index(children.len()) + 1, children.join(", ")))
    })
    .prop_map(|shape| {
        let mut text = String::new();
        for (i, part) in shape.split('a').enumerate() {
            if i > 0 {
                text += &format!("a{}", i - 1);
            }
            text += part;
        }
        Policy::parse(&text).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_provers_challenges_are_those_that_the_verifier_computes(
        policy in any_policy(), known in any::<[bool; 64]>(), seed in any::<u64>(),
    ) {
        let (tree, mut rng) = (policy.tree(), rng(seed));
        let known = |leaf: usize| known[leaf % 64];
        let c = *random_scalar(&mut rng).unwrap();
        let satisfied = tree.choose(|leaf| known(tree.leaves().iter().position(|l| l == leaf).unwrap())).is_some();
        let plan = Plan::new(tree, &known, &mut || *random_scalar(&mut rng).unwrap());
        prop_assert_eq!(plan.is_some(), satisfied);
        if let Some(plan) = plan {
            let preset = plan.preset().to_vec();
            let done = plan.complete(&c);
            prop_assert_eq!(done.shares.len(), share_count(tree.root()));
            prop_assert_eq!(&distribute(tree, &c, &done.shares), &done.challenges);
            for (leaf, (preset, challenge)) in preset.iter().zip(&done.challenges).enumerate() {
                // What was fixed beforehand stays; what is free is known.
                prop_assert!(preset.map_or(known(leaf), |preset| preset == *challenge));
            }
        }
    }

    #[test]
    fn any_policy_is_signed_by_whoever_satisfies_it(
        policy in any_policy(), held in any::<u64>(), seed in any::<u64>(),
    ) {
        let authority = authority();
        let n = policy.tree().leaves().len();
        let held: Vec<String> = (0..n).filter(|i| held >> (i % 64) & 1 == 1).map(|i| format!("a{i}")).collect();
        let key = key(&authority, &held.join(", "), seed);
        match key.sign(&policy, CONTEXT, MESSAGE, &mut rng(seed)) {
            Ok(signature) => {
                prop_assert!(policy.is_satisfied_by(key.attributes()));
                prop_assert_eq!(verify(&authority, &policy, &signature), Ok(()));
            }
            Err(error) => {
                prop_assert_eq!(error, Error::PolicyNotSatisfied);
                prop_assert!(!policy.is_satisfied_by(key.attributes()));
            }
        }
    }
}

#[test]
fn challenges_of_the_three_kinds_of_gate() {
    let c = Scalar::from(100);
    let scalars = |values: &[u64]| values.iter().copied().map(Scalar::from).collect::<Vec<_>>();
    let challenges = |text: &str, shares: &[u64]| distribute(policy(text).tree(), &c, &scalars(shares));
    assert_eq!(challenges("a", &[]), scalars(&[100]));
    assert_eq!(challenges("a and b and c", &[]), scalars(&[100, 100, 100]));
    assert_eq!(challenges("a or b or c", &[20, 30]), scalars(&[20, 30, 50]));
    // f(X) = 100 + 2 X + 3 X^2
    assert_eq!(challenges("2 of (a, b, c, d)", &[2, 3]), scalars(&[105, 116, 133, 156]));
    // f(X) = 100 + 7 X, the second child an `or` of 114
    assert_eq!(challenges("2 of (a, b or c, d)", &[7, 4]), scalars(&[107, 4, 110, 121]));
}

#[test]
fn the_widest_threshold_is_proved() {
    let names: Vec<String> = (0..1024).map(|i| format!("a{i}")).collect();
    let policy = policy(&format!("512 of ({})", names.join(", ")));
    let (tree, mut rng) = (policy.tree(), rng(1));
    let c = *random_scalar(&mut rng).unwrap();
    let plan = Plan::new(tree, &|leaf| leaf % 2 == 1, &mut || *random_scalar(&mut rng).unwrap()).unwrap();
    let done = plan.complete(&c);
    assert_eq!(done.shares.len(), 512);
    assert_eq!(distribute(tree, &c, &done.shares), done.challenges);
}

// ---------------------------------------------------------------------------------------------------------
// What no byte form shows
// ---------------------------------------------------------------------------------------------------------

#[test]
fn the_identity_satisfies_every_equation_and_is_refused() {
    let (authority, policy) = (authority(), policy("a"));
    let statement =
        Statement { public_key: authority.public_key(), policy: &policy, context: CONTEXT, message: MESSAGE };
    let [H_u, H_a, H_b] = [ABS_USER, ABS_BASE, ABS_BLINDING].map(|tag| hash_to_g1(tag, b""));
    let z = statement.scalars().unwrap()[0];
    let [u, t, k_u, k_t, z_rho, z_w, z_e] = [11, 12, 13, 14, 15, 16, 17].map(Scalar::from);
    let proved = |A: G1Affine, x: Scalar| {
        let C = H_u * u + H_b * t;
        let (T_0, D) = (H_u * k_u + H_b * k_t, G1Projective::generator() + C + H_a * z);
        // T = [z_rho]D + [z_w]H_b - [z_e]A' - [c]B', which does not depend on c if B' is nothing.
        let T = D * z_rho + H_b * z_w - A * z_e;
        let [C, T_0, T, B] = [C, T_0, T, A * x].map(|point| point.to_affine());
        let c = statement.challenge(&C, [(&A, &B)].into_iter(), &T_0, [&T].into_iter());
        let leaves = vec![LeafProof { A, B, z_rho, z_w, z_e }];
        Signature { C, c, z_u: k_u + c * u, z_t: k_t + c * t, shares: vec![], leaves }
    };
    // It does not decode either.
    let forged = proved(G1Affine::identity(), Scalar::ONE);
    assert_eq!(verify(&authority, &policy, &forged), Err(Error::InvalidSignature));
    assert_eq!(Signature::from_bytes(&forged.to_bytes()).unwrap_err(), Error::IdentityPoint);
    // Nothing else is wrong with it: with any point whose B' were nothing, the proof would be right.
    let claim = |signature| Claim {
        public_key: authority.public_key(),
        policy: &policy,
        context: CONTEXT,
        message: MESSAGE,
        signature,
    };
    let right_proof = proved(G1Affine::generator(), Scalar::ZERO);
    assert_eq!(claim(&right_proof).check_proof(), Ok(()));
    assert_eq!(claim(&forged).check_proof(), Err(Error::InvalidSignature));
    assert_eq!(verify(&authority, &policy, &sign(&key(&authority, "a", 1), &policy, 1)), Ok(()));
}

// ---------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_batch_names_its_bad_claims() {
    let authorities = [authority(), MasterKey::generate(&mut rng(5)).unwrap()];
    let policies = [policy("a"), policy("a or b"), policy("2 of (a, b, c)"), policy("a or x!=y")];
    let signatures: Vec<Signature> = (0..8u64)
        .map(|i| sign(&key(&authorities[i as usize % 2], "a, b", i), &policies[i as usize % 3], i))
        .collect();
    let mut claims: Vec<Claim<'_>> = (0..8)
        .map(|i| Claim {
            public_key: authorities[i % 2].public_key(),
            policy: &policies[i % 3],
            context: CONTEXT,
            message: MESSAGE,
            signature: &signatures[i],
        })
        .collect();
    assert_eq!(verify_batch(&claims, NonZeroUsize::MIN), Ok(()));
    assert_eq!(verify_batch(&[], NonZeroUsize::MIN), Ok(()));

    let named =
        |claims: &[Claim<'_>]| verify_batch(claims, NonZeroUsize::MIN).unwrap_err().positions().to_vec();
    let good = claims.clone();
    claims[1].message = b"another";
    claims[2].public_key = authorities[1].public_key();
    claims[4].signature = &signatures[1];
    claims[7].policy = &policies[3];
    assert_eq!(named(&claims), [1, 2, 4, 7]);
    assert_eq!(named(&claims[1..2]), [0]);
    for threads in [2, 3, 100].map(|n| NonZeroUsize::new(n).unwrap()) {
        assert_eq!(verify_batch(&claims, threads).unwrap_err().positions(), [1, 2, 4, 7]);
        assert_eq!(verify_batch(&good, threads), Ok(()));
    }
    assert_eq!(verify_batch(&good, NonZeroUsize::MIN), Ok(()));
}

#[test]
fn the_weights_of_a_batch_depend_on_all_of_every_claim() {
    let (authority, other) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let (policies, user) = ([policy("a"), policy("a or b")], key(&authority, "a", 1));
    let signatures = [sign(&user, &policies[0], 1), sign(&user, &policies[0], 2)];
    let [one, two] = signatures.each_ref().map(|signature| Claim {
        public_key: authority.public_key(),
        policy: &policies[0],
        context: CONTEXT,
        message: MESSAGE,
        signature,
    });
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
