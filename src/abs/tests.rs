//! What holds: who can sign, what a signature looks like, what the decoders accept.

use std::num::NonZeroUsize;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::challenge::{Plan, distribute, share_count};
use super::signature::Statement;
use super::*;
use crate::curve::{G1Affine, G2Affine, Scalar, pairing_product, random_scalar};
use crate::error::Error;
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
fn every_satisfying_set_signs_and_no_other() {
    let authority = authority();
    let policy = policy("2 of (a, b and c, d or e)");
    let (mut satisfying, names) = (0, ["a", "b", "c", "d", "e"]);
    for set in 0u64..32 {
        let held: Vec<&str> = (0..5).filter(|i| set >> i & 1 == 1).map(|i| names[i]).collect();
        let key = key(&authority, &held.join(", "), set);
        match key.sign(&policy, CONTEXT, MESSAGE, &mut rng(set)) {
            Ok(signature) => assert_eq!(verify(&authority, &policy, &signature), Ok(())),
            Err(error) => assert_eq!(error, Error::PolicyNotSatisfied),
        }
        let signs = key.sign(&policy, CONTEXT, MESSAGE, &mut rng(set)).is_ok();
        assert_eq!(signs, policy.is_satisfied_by(key.attributes()), "{held:?}");
        satisfying += usize::from(signs);
    }
    assert_eq!(satisfying, 16);
}

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

#[test]
fn a_repeated_generator_repeats_no_nonce_for_another_statement() {
    let authority = authority();
    let key = key(&authority, "a, b", 1);
    let with = |policy_text: &str, context: &[u8], message: &[u8]| {
        key.sign(&policy(policy_text), context, message, &mut rng(1)).unwrap().C.to_compressed()
    };
    // C = [u]H_u + [t]H_b tells whether t is the same.
    let base = with("a", b"c", b"m");
    assert_eq!(base, with("a", b"c", b"m"));
    for other in [with("b", b"c", b"m"), with("a", b"d", b"m"), with("a", b"c", b"n"), with("a", b"cm", b"")]
    {
        assert_ne!(base, other);
    }
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
    let P1 = G1Affine::from(<crate::curve::G1Projective as crate::curve::Group>::generator());
    let P2 = G2Affine::from(<crate::curve::G2Projective as crate::curve::Group>::generator());
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
// What a signature shows
// ---------------------------------------------------------------------------------------------------------

#[test]
fn the_length_depends_on_the_policy_only() {
    let authority = authority();
    for (text, sets, shares, leaves) in [
        ("a or b", ["a", "b", "a, b, c, d, e"], 1, 2),
        ("2 of (a, b, c)", ["a, b", "b, c", "a, c"], 1, 3),
        ("2 of (a, b and c, d or e)", ["a, e", "b, c, d", "a, b, c"], 2, 5),
        ("level>=5 or a", ["a", "level=5", "level=4000000000"], 31, 32),
    ] {
        let policy = policy(text);
        assert_eq!(policy.tree().leaves().len(), leaves, "{text}");
        for (i, set) in (0..).zip(sets) {
            let signature = sign(&key(&authority, set, i), &policy, i).to_bytes();
            assert_eq!(signature.len(), 156 + 32 * shares + 192 * leaves, "{text} by {set}");
        }
    }
}

/// How far apart the byte frequencies of two samples of equal size are: chi squared in standard deviations from
/// its mean, over all bytes; and the largest deviation of any single bit of the encoding.
fn distance(a: &[Vec<u8>], b: &[Vec<u8>]) -> (f64, f64) {
    assert_eq!(a.len(), b.len());
    let histogram = |sample: &[Vec<u8>]| {
        let mut counts = [0f64; 256];
        sample.iter().flatten().for_each(|byte| counts[usize::from(*byte)] += 1.0);
        counts
    };
    let (ha, hb) = (histogram(a), histogram(b));
    let chi: f64 =
        ha.iter().zip(&hb).filter(|(x, y)| *x + *y > 0.0).map(|(x, y)| (x - y).powi(2) / (x + y)).sum();
    let bits = |sample: &[Vec<u8>]| -> Vec<f64> {
        let length = sample[0].len() * 8;
        (0..length)
            .map(|bit| sample.iter().filter(|bytes| bytes[bit / 8] >> (bit % 8) & 1 == 1).count() as f64)
            .collect()
    };
    // The difference of two counts of n fair bits each has variance n / 2.
    let deviation = (a.len() as f64 / 2.0).sqrt();
    let worst = bits(a).iter().zip(bits(b)).map(|(x, y)| (x - y).abs() / deviation).fold(0.0, f64::max);
    ((chi - 255.0) / 510f64.sqrt(), worst)
}

/// Both tests together would reject two equal distributions about once in a hundred thousand runs, if the runs
/// were not fixed by their seeds.
fn alike((chi, worst): (f64, f64)) -> bool {
    chi < 5.0 && worst < 6.2
}

const SAMPLE: u64 = 160;

#[test]
fn satisfying_sets_and_users_cannot_be_told_apart_and_signatures_of_one_user_are_not_linked() {
    let authority = authority();
    let policy = policy("a or b");
    let (first, same_set, second) =
        (key(&authority, "a", 1), key(&authority, "a", 2), key(&authority, "b, c", 3));
    let sample = |key: &SigningKey, from: u64| -> Vec<Vec<u8>> {
        (from..from + SAMPLE).map(|seed| sign(key, &policy, seed).to_bytes()).collect()
    };
    let (by_first, by_same_set, by_second) =
        (sample(&first, 0), sample(&same_set, 1000), sample(&second, 2000));
    assert!(alike(distance(&by_first, &by_same_set)), "users");
    assert!(alike(distance(&by_first, &by_second)), "satisfying sets");

    // Pairs by one user, pairs by two.
    let differences = |a: &[Vec<u8>], b: &[Vec<u8>]| -> Vec<Vec<u8>> {
        a.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(x, y)| x ^ y).collect()).collect()
    };
    let mut shifted = by_first.clone();
    shifted.rotate_left(1);
    let (one_user, two_users) = (differences(&by_first, &shifted), differences(&by_first, &by_same_set));
    assert!(alike(distance(&one_user, &two_users)), "unlinkability");

    // The test sees what is there to be seen: a signer that does not mask its credential.
    let mut unmasked = by_first.clone();
    for bytes in &mut unmasked {
        bytes[188..236].copy_from_slice(&first.to_bytes()[first.to_bytes().len() - 48..]);
    }
    assert!(!alike(distance(&unmasked, &by_second)));
    let mut shifted = unmasked.clone();
    shifted.rotate_left(1);
    assert!(!alike(distance(&differences(&unmasked, &shifted), &two_users)));
}

#[test]
fn no_element_occurs_in_two_signatures_of_one_user_or_twice_in_one() {
    let authority = authority();
    let (key, policy) = (key(&authority, "a, b, c", 1), policy("a and (b or c) and (a or d)"));
    let mut seen = std::collections::HashSet::new();
    for seed in 0..8 {
        let Signature { C, c, z_u, z_t, shares, leaves } = sign(&key, &policy, seed);
        let points = leaves.iter().flat_map(|leaf| [leaf.A, leaf.B]).chain([C]);
        for point in points {
            assert!(seen.insert(point.to_compressed().to_vec()));
        }
        let scalars = leaves.iter().flat_map(|leaf| [leaf.z_rho, leaf.z_w, leaf.z_e]);
        for scalar in scalars.chain([c, z_u, z_t]).chain(shares) {
            assert!(seen.insert(scalar.to_bytes_be().to_vec()));
        }
    }
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
