//! Properties: who can sign, what a signature reveals, what a batch reports. The attacks
//! are in `tests/attacks`.

use crate::threads::Threads;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use super::sign::{Narrowing, Nonces};
use super::signature::Statement;
use super::verify::batch_seed;
use super::*;
use crate::curve::{Field, Scalar, SecretScalar};
use crate::error::Error;
use crate::fabeo::{Key, h};
use crate::limits::{Limit, SIGNATURE_BYTES, SIGNED_BYTES};
use crate::policy::{Attributes, Policy, Term};
use crate::secret::Secret;

const CONTEXT: &[u8] = b"ledger entry";
const MESSAGE: &[u8] = b"a record was published";

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn authority() -> MasterKey {
    MasterKey::generate(&mut rng(0)).unwrap()
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

fn key(authority: &MasterKey, text: &str, seed: u64) -> SigningKey {
    authority.issue(&attributes(text), &mut rng(seed)).unwrap()
}

fn sign(key: &SigningKey, policy: &Policy, seed: u64) -> Signature {
    key.sign(policy, CONTEXT, MESSAGE, &mut rng(seed)).unwrap()
}

fn verify(authority: &MasterKey, policy: &Policy, signature: &Signature) -> Result<(), Error> {
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
        ("level<=4294967294", "level=0", "level=4294967295"),
        ("until>=2027-01-31 or emergency", "until=2027-02-01", "until=2027-01-30"),
        ("not (level<3)", "level=3", "level=2"),
        ("ward in {3, 5, icu}", "ward=icu", "ward=4"),
        ("not role=nurse", "role=doctor", "role=nurse"),
        ("a and role!=nurse and role!=clerk", "a, role=doctor", "a, role=clerk"),
        ("2 of (not role=nurse, not ward=icu, level>=3)", "role=doctor, level=4", "ward=surgery, level=2"),
        ("not uid in {7, 9}", "uid=8", "uid=9"),
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
fn a_key_without_attributes_signs_nothing() {
    let authority = authority();
    let key = key(&authority, "", 1);
    assert_eq!(key.verify(&authority.public_key()), Ok(()));
    let refused = key.sign(&policy("a"), CONTEXT, MESSAGE, &mut rng(1));
    assert_eq!(refused.unwrap_err(), Error::PolicyNotSatisfied);
}

#[test]
fn messages_and_contexts_may_be_empty() {
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
    let statement =
        Statement { public_key: &public_key, policy: &policy, context: longest, message: longest };
    assert!(statement.slot_value().is_ok());
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

// ---------------------------------------------------------------------------------------------------------
// Keys
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_key_verifies_under_its_authority_alone() {
    let (authority, other) = (authority(), MasterKey::generate(&mut rng(9)).unwrap());
    let mut key = key(&authority, "role=doctor, level=3, a", 1);
    assert_eq!(key.verify(&other.public_key()), Err(Error::InvalidKey));
    // A key that names another authority, with elements of the first.
    key.public_key = other.public_key();
    assert_eq!(key.verify(&other.public_key()), Err(Error::InvalidKey));
    assert_eq!(key.verify(&authority.public_key()), Err(Error::InvalidKey));
    key.public_key = authority.public_key();
    assert_eq!(key.verify(&authority.public_key()), Ok(()));
}

#[test]
fn a_repeated_generator_repeats_no_key() {
    let authority = authority();
    let (one, two) = (key(&authority, "a", 1), key(&authority, "a, b", 1));
    assert_ne!(*one.key.K2, *two.key.K2);
    // Keys of two authorities differ too.
    let elsewhere = key(&MasterKey::generate(&mut rng(5)).unwrap(), "a", 1);
    assert_ne!(*one.key.K2, *elsewhere.key.K2);
    // Without fresh randomness, the same attributes give the same key, and others do not.
    assert_eq!(one.to_bytes(), key(&authority, "a", 1).to_bytes());
    assert_ne!(one.to_bytes(), key(&authority, "a", 2).to_bytes());
}

#[test]
fn keys_survive_storage_and_are_not_printed() {
    let authority = authority();
    let key = key(&authority, "a, b, level=7, role=doctor", 1);
    let (stored_authority, stored_key) = (
        MasterKey::from_bytes(&authority.to_bytes()).unwrap(),
        SigningKey::from_bytes(&key.to_bytes()).unwrap(),
    );
    assert_eq!(stored_authority.public_key(), authority.public_key());
    assert_eq!(stored_key.attributes(), key.attributes());
    assert_eq!(sign(&stored_key, &policy("a and b"), 1), sign(&key, &policy("a and b"), 1));
    assert!(format!("{authority:?}").contains("alpha: <redacted>"));
    assert!(format!("{key:?}").contains("K0: <redacted>"));
}

// ---------------------------------------------------------------------------------------------------------
// Signatures
// ---------------------------------------------------------------------------------------------------------

#[test]
fn sizes_follow_from_the_policy() {
    let authority = authority();
    let key = key(&authority, "a, b, c, role=doctor, level=4", 1);
    for (text, length) in [
        ("a", 148),
        ("a and b and (c and a)", 148),
        ("a or b", 148 + 96),
        ("a or b or c or d or e or f or g or x or y or z", 1012),
        ("2 of (a, b, c)", 148 + 96),
        ("a and (a or b)", 148 + 48 + 96),
        ("a and not role=nurse", 148 + 96),
        ("a and level>=3", 148 + 96),
    ] {
        assert_eq!(sign(&key, &policy(text), 1).to_bytes().len(), length, "{text}");
    }
}

#[test]
fn two_signatures_share_no_element() {
    let authority = authority();
    let (key, policy) = (key(&authority, "a, role=x", 1), policy("a and (b or not role=y) and (a or c)"));
    let [one, two] = [1, 2].map(|seed| sign(&key, &policy, seed).to_bytes());
    for (one, two) in one[4..].chunks(48).zip(two[4..].chunks(48)) {
        assert_ne!(one, two);
    }
    // A repeated generator repeats the signature of the same statement, and shares no element with
    // that of another statement.
    let again = key.sign(&policy, CONTEXT, MESSAGE, &mut rng(1)).unwrap().to_bytes();
    let other = key.sign(&policy, CONTEXT, b"another", &mut rng(1)).unwrap().to_bytes();
    assert_eq!(again, one);
    assert!(one[4..].chunks(48).zip(other[4..].chunks(48)).all(|(one, other)| one != other));
}

/// A key with a chosen `r`.
fn key_with(authority: &MasterKey, text: &str, r: &SecretScalar) -> SigningKey {
    let public_key = authority.public_key();
    let alpha = Scalar::from_bytes_be(authority.to_bytes()[4..].try_into().unwrap()).unwrap();
    let (points, slot) = (public_key.0.points(), public_key.0.slot);
    let key = Key::new(points, slot, &attributes(text), &slot.mul_h(&alpha), r, r);
    SigningKey { key, public_key }
}

#[test]
fn two_keys_can_make_one_signature() {
    let authority = authority();
    for (text, one, other) in [
        ("a", "a, b", "a"),
        ("a or b", "a", "b"),
        ("2 of (a, b, c)", "a, b", "b, c"),
        ("2 of (a and b, a and c, d)", "a, b, c", "a, b, d"),
        ("a or role!=nurse", "a", "role=doctor"),
        ("2 of (role!=nurse, role!=clerk, 2 of (a, b, c))", "role=x", "role=nurse, a, c"),
        ("level>=3 or a", "level=77", "level=2, a"),
    ] {
        let (policy, secret) = (policy(text), |k: u64| Secret::new(Scalar::from(k)));
        let tree = policy.tree();
        let (r, r_) = (secret(1_000_003), secret(77));
        let keys = [key_with(&authority, one, &r), key_with(&authority, other, &r_)];
        let gamma = keys.each_ref().map(|key| {
            assert_eq!(key.verify(&authority.public_key()), Ok(()));
            tree.choose_dual(|row| key.key.elements.satisfy(&row.term)).unwrap()
        });
        let public_key = authority.public_key();
        let statement =
            Statement { public_key: &public_key, policy: &policy, context: CONTEXT, message: MESSAGE };
        let x = statement.slot_value().unwrap();
        let bases = public_key.0.points().of_rows(tree, Threads::ONE);
        // gamma_i d of the negative rows
        let scaled = [0, 1].map(|k| {
            let negative = tree.rows().iter().zip(&gamma[k].rows).filter_map(|(row, gamma_i)| {
                let Term::Not { label, value } = &row.term else { return None };
                let own = keys[k].key.elements.text(label).map_or(&**value, |(own, _)| own);
                let d = (h(&keys::SCHEME, own) - h(&keys::SCHEME, value)).invert();
                Some(gamma_i * d.unwrap_or(Scalar::ZERO))
            });
            negative.collect::<Vec<_>>()
        });
        // r + r*, gamma_f r + nu_f and gamma_i d r + nu'_i are equal for both.
        let moved = |nu: Scalar, gamma: &Scalar, gamma_: &Scalar| nu + gamma * *r - gamma_ * *r_;
        let free: Vec<Scalar> = (0..tree.free_values() as u64).map(|f| Scalar::from(f * f + 5)).collect();
        let not: Vec<Scalar> = (0..tree.negative_rows() as u64).map(|i| Scalar::from(3 * i + 9)).collect();
        let nonces = |r: Scalar, free: Vec<Scalar>, not: Vec<Scalar>| Nonces {
            r: Secret::new(r),
            free: Secret::new(free),
            not: not.into_iter().map(Secret::new).collect(),
        };
        let free_ = free
            .iter()
            .zip(&gamma[0].free)
            .zip(&gamma[1].free)
            .map(|((nu, g), g_)| moved(*nu, g, g_))
            .collect();
        let not_ =
            not.iter().zip(&scaled[0]).zip(&scaled[1]).map(|((nu, g), g_)| moved(*nu, g, g_)).collect();
        let first = nonces(Scalar::from(42), free.clone(), not.clone());
        let second = nonces(moved(Scalar::from(42), &Scalar::ONE, &Scalar::ONE), free_, not_);
        let [one, other] = [(0, first), (1, second)].map(|(k, nonces)| {
            let narrowing = Narrowing { key: &keys[k], tree, bases: &bases, gamma: &gamma[k], x: &x };
            narrowing.elements(&nonces).unwrap().unwrap().encode()
        });
        assert_eq!(one, other, "{text}");
        assert_eq!(verify(&authority, &policy, &one), Ok(()), "{text}");
    }
}

#[test]
fn an_identity_is_drawn_again() {
    let (authority, policy) = (authority(), policy("a"));
    let r = Secret::new(Scalar::from(5));
    let key = key_with(&authority, "a", &r);
    let (tree, x) = (policy.tree(), Scalar::from(8));
    let bases = key.public_key.0.points().of_rows(tree, Threads::ONE);
    let gamma = tree.choose_dual(|_| true).unwrap();
    let narrowing = Narrowing { key: &key, tree, bases: &bases, gamma: &gamma, x: &x };
    let elements = |r_star: Scalar| {
        let nonces = Nonces { r: Secret::new(r_star), free: Secret::new(vec![]), not: vec![] };
        narrowing.elements(&nonces).unwrap()
    };
    // V = [r + r*]P2
    assert!(elements(-*r).is_none());
    assert!(elements(Scalar::ZERO).is_some());
}

#[test]
fn an_identity_in_g1_is_drawn_again() {
    // W_1 = [r + r* - nu_f]H(a), by the value that the last child derives; V and
    // V_f are not the identity.
    let (authority, policy) = (authority(), policy("a and (b or a)"));
    let r = Secret::new(Scalar::from(5));
    let key = key_with(&authority, "a", &r);
    let (tree, x) = (policy.tree(), Scalar::from(8));
    assert_eq!((tree.uses(), tree.free_values()), (2, 1));
    let bases = key.public_key.0.points().of_rows(tree, Threads::ONE);
    let gamma = tree.choose_dual(|row| key.key.elements.satisfy(&row.term)).unwrap();
    let narrowing = Narrowing { key: &key, tree, bases: &bases, gamma: &gamma, x: &x };
    let elements = |nu_f: u64| {
        let (r_star, free) = (Secret::new(Scalar::from(7)), Secret::new(vec![Scalar::from(nu_f)]));
        narrowing.elements(&Nonces { r: r_star, free, not: vec![] }).unwrap()
    };
    assert!(elements(12).is_none());
    assert!(elements(11).is_some());
}

#[test]
fn derived_values_may_be_the_identity() {
    // V_f = V at an `or`: the value of the last child is the identity, and never transmitted.
    let (authority, policy) = (authority(), policy("a or b"));
    let key = key_with(&authority, "a", &Secret::new(Scalar::from(5)));
    let public_key = authority.public_key();
    let statement =
        Statement { public_key: &public_key, policy: &policy, context: CONTEXT, message: MESSAGE };
    let (tree, x) = (policy.tree(), statement.slot_value().unwrap());
    let bases = public_key.0.points().of_rows(tree, Threads::ONE);
    let gamma = tree.choose_dual(|row| key.key.elements.satisfy(&row.term)).unwrap();
    let seven = || Scalar::from(7);
    let nonces = Nonces { r: Secret::new(seven()), free: Secret::new(vec![seven()]), not: vec![] };
    let narrowing = Narrowing { key: &key, tree, bases: &bases, gamma: &gamma, x: &x };
    let elements = narrowing.elements(&nonces).unwrap().unwrap();
    assert_eq!(elements.V, elements.V_f[0]);
    let signature = elements.encode();
    assert_eq!(verify(&authority, &policy, &signature), Ok(()));
    let honest = sign(&self::key(&authority, "b", 1), &policy, 1);
    let claims = [&signature, &honest].map(|signature| Claim {
        public_key: &public_key,
        policy: &policy,
        context: CONTEXT,
        message: MESSAGE,
        signature,
    });
    assert_eq!(verify_batch(&claims, Threads::ONE), Ok(()));
}

#[test]
fn signatures_have_exactly_their_policys_elements() {
    let authority = authority();
    let policy = policy("a or b and not role=nurse");
    let good = sign(&key(&authority, "a", 1), &policy, 1).to_bytes();
    let verify = |bytes: &[u8]| {
        Signature::from_bytes(bytes).and_then(|signature| verify(&authority, &policy, &signature))
    };
    assert_eq!(verify(&good[..good.len() - 48]), Err(Error::InvalidSignature));
    assert_eq!(verify(&[&good[..], &good[4..52]].concat()), Err(Error::InvalidSignature));
    assert_eq!(verify(&[&good[..], &good[52..148]].concat()), Err(Error::InvalidSignature));
    assert_eq!(verify(&good[..good.len() - 1]), Err(Error::InvalidField));
    assert_eq!(verify(&good[..100]), Err(Error::Truncated));
    assert_eq!(verify(&good[..3]), Err(Error::Truncated));
    let long = [&good[..4], &vec![0; SIGNATURE_BYTES + 1]].concat();
    assert_eq!(verify(&long), Err(Error::LimitExceeded(Limit::SignatureLength)));
    for at in (4..good.len()).step_by(48) {
        let mut identity = good.clone();
        identity[at..at + 48].fill(0);
        identity[at] = 0xc0;
        assert_eq!(verify(&identity), Err(Error::InvalidSignature), "byte {at}");
    }
    assert_eq!(verify(&good), Ok(()));
}

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
    fn a_key_signs_what_it_satisfies(
        policy in any_policy(), held in any::<u64>(), seed in any::<u64>(),
    ) {
        let authority = authority();
        let n = policy.canonical().matches('a').count();
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

// ---------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_batch_names_its_bad_claims() {
    let authorities = [authority(), MasterKey::generate(&mut rng(5)).unwrap()];
    let public_keys = authorities.each_ref().map(MasterKey::public_key);
    let policies =
        [policy("a"), policy("a or b or not x=y"), policy("2 of (a and b, b and c, a)"), policy("c")];
    let signatures: Vec<Signature> = (0..8u64)
        .map(|i| sign(&key(&authorities[i as usize % 2], "a, b", i), &policies[i as usize % 3], i))
        .collect();
    let mut claims: Vec<Claim<'_>> = (0..8)
        .map(|i| Claim {
            public_key: &public_keys[i % 2],
            policy: &policies[i % 3],
            context: CONTEXT,
            message: MESSAGE,
            signature: &signatures[i],
        })
        .collect();
    assert_eq!(verify_batch(&claims, Threads::ONE), Ok(()));
    assert_eq!(verify_batch(&[], Threads::ONE), Ok(()));

    let named = |claims: &[Claim<'_>]| verify_batch(claims, Threads::ONE).unwrap_err().positions().to_vec();
    let good = claims.clone();
    claims[1].message = b"another";
    claims[2].public_key = &public_keys[1];
    claims[4].signature = &signatures[1];
    claims[7].policy = &policies[3];
    assert_eq!(named(&claims), [1, 2, 4, 7]);
    assert_eq!(named(&claims[1..2]), [0]);
    for threads in [2, 3, 100].map(Threads::new) {
        assert_eq!(verify_batch(&claims, threads).unwrap_err().positions(), [1, 2, 4, 7]);
        assert_eq!(verify_batch(&good, threads), Ok(()));
    }
    assert_eq!(verify_batch(&good, Threads::ONE), Ok(()));
}

#[test]
fn weights_depend_on_every_byte_of_claims() {
    let public_keys =
        [authority(), MasterKey::generate(&mut rng(9)).unwrap()].map(|master| master.public_key());
    let (policies, user) = ([policy("a"), policy("a and b")], key(&authority(), "a", 1));
    let signatures = [sign(&user, &policies[0], 1), sign(&user, &policies[0], 2)];
    let claim = |signature| Claim {
        public_key: &public_keys[0],
        policy: &policies[0],
        context: CONTEXT,
        message: MESSAGE,
        signature,
    };
    let [one, two] = signatures.each_ref().map(claim);
    // The last byte, and the first.
    let [S, V] = [4..52, 52..148].map(|range| {
        let mut bytes = signatures[1].to_bytes();
        bytes[range.clone()].copy_from_slice(&signatures[0].to_bytes()[range]);
        Signature::from_bytes(&bytes).unwrap()
    });
    let seed = |claims: &[Claim<'_>]| {
        batch_seed(&claims.iter().map(|claim| (0, claim.decode().unwrap())).collect::<Vec<_>>())
    };
    let others = [
        Claim { message: b"another", ..two },
        Claim { context: b"another", ..two },
        Claim { policy: &policies[1], ..two },
        Claim { public_key: &public_keys[1], ..two },
        Claim { signature: &S, ..two },
        Claim { signature: &V, ..two },
    ];
    for other in others {
        assert_ne!(two.decode().unwrap().seed(), other.decode().unwrap().seed());
        assert_ne!(seed(&[one, two]), seed(&[one, other]));
    }
    for others in [&[one][..], &[two, one], &[one, two, two]] {
        assert_ne!(seed(&[one, two]), seed(others));
    }
    assert_eq!(seed(&[one, two]), seed(&[one, two]));
    assert_ne!(seed(&[two]), two.decode().unwrap().seed(), "alone and in a batch");
}
