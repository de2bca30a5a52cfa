//! Properties: what a signature reveals, what a batch reports. `tests/meaning.rs` shows who can sign;
//! the attacks are in `tests/attacks`.

use super::sign::{Narrowing, Nonces};
use super::signature::{self, Elements};
use super::verify::batch_seed;
use super::*;
use crate::curve::samples::{Broken, rng};
use crate::curve::{Field, Scalar, SecretScalar};
use crate::domain::ABS;
use crate::error::Error;
use crate::fabeo::{Key, h};
use crate::limits::{Limit, SIGNATURE_BYTES, SIGNED_BYTES};
use crate::policy::samples::{attributes, policy};
use crate::policy::{Policy, Term};
use crate::secret::Secret;
use crate::threads::Threads;

const CONTEXT: &[u8] = b"ledger entry";
const MESSAGE: &[u8] = b"a record was published";

fn authority() -> MasterKey {
    MasterKey::generate(&mut rng(0)).unwrap()
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
    assert!(signature::slot_value(&authority.public_key(), &policy, longest, longest).is_ok());
}

#[test]
fn a_failing_generator_is_an_error() {
    let (authority, unavailable) = (authority(), Error::RandomnessUnavailable);
    assert_eq!(MasterKey::generate(&mut Broken).unwrap_err(), unavailable);
    assert_eq!(authority.issue(&attributes("a"), &mut Broken).unwrap_err(), unavailable);
    let refused = key(&authority, "a", 1).sign(&policy("a"), CONTEXT, MESSAGE, &mut Broken);
    assert_eq!(refused.unwrap_err(), unavailable);
}

#[test]
fn keys_are_not_printed() {
    let authority = authority();
    assert!(format!("{authority:?}").contains("alpha: <redacted>"));
    assert!(format!("{:?}", key(&authority, "a", 1)).contains("K0: <redacted>"));
}

/// A key with a chosen `r`.
fn key_with(authority: &MasterKey, text: &str, r: &SecretScalar) -> SigningKey {
    let public_key = authority.public_key();
    let alpha = Scalar::from_bytes_be(authority.to_bytes()[4..].try_into().unwrap()).unwrap();
    let (points, slot) = (public_key.0.points(), public_key.0.slot);
    let key = Key::new(points, slot, &attributes(text), &slot.mul_h(&alpha), r, r);
    SigningKey { key, public_key }
}

/// The elements of a signature with chosen nonces.
fn narrow(key: &SigningKey, policy: &Policy, x: &Scalar, nonces: &Nonces) -> Option<Elements> {
    let tree = policy.tree();
    let bases = key.public_key.0.points().of_rows(tree, Threads::ONE);
    let gamma = tree.choose_dual(|row| key.key.elements.satisfy(&row.term)).unwrap();
    Narrowing { key, tree, bases: &bases, gamma: &gamma, x }.elements(nonces).unwrap()
}

fn nonces(r: Scalar, free: Vec<Scalar>, not: Vec<Scalar>) -> Nonces {
    let not = not.into_iter().map(Secret::new).collect();
    Nonces { r: Secret::new(r), free: Secret::new(free), not }
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
        let x = signature::slot_value(&authority.public_key(), &policy, CONTEXT, MESSAGE).unwrap();
        // gamma_i d of the negative rows
        let scaled = [0, 1].map(|k| {
            let negative = tree.rows().iter().zip(&gamma[k].rows).filter_map(|(row, gamma_i)| {
                let Term::Not { label, value } = &row.term else { return None };
                let own = keys[k].key.elements.text(label).map_or(&**value, |(own, _)| own);
                let d = (h(&ABS, own) - h(&ABS, value)).invert();
                Some(gamma_i * d.unwrap_or(Scalar::ZERO))
            });
            negative.collect::<Vec<_>>()
        });
        // r + r*, gamma_f r + nu_f and gamma_i d r + nu'_i are equal for both.
        let moved = |nu: Scalar, gamma: &Scalar, gamma_: &Scalar| nu + gamma * *r - gamma_ * *r_;
        let free: Vec<Scalar> = (0..tree.free_values() as u64).map(|f| Scalar::from(f * f + 5)).collect();
        let not: Vec<Scalar> = (0..tree.negative_rows() as u64).map(|i| Scalar::from(3 * i + 9)).collect();
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
        let [one, other] = [(0, first), (1, second)]
            .map(|(k, nonces)| narrow(&keys[k], &policy, &x, &nonces).unwrap().encode());
        assert_eq!(one, other, "{text}");
        assert_eq!(verify(&authority, &policy, &one), Ok(()), "{text}");
    }
}

#[test]
fn an_identity_is_drawn_again() {
    let (authority, x) = (authority(), Scalar::from(8));
    let r = Secret::new(Scalar::from(5));
    let key = key_with(&authority, "a", &r);
    // V = [r + r*]P2
    let elements = |r_star: Scalar| narrow(&key, &policy("a"), &x, &nonces(r_star, vec![], vec![]));
    assert!(elements(-*r).is_none());
    assert!(elements(Scalar::ZERO).is_some());
    // W_1 = [r + r* - nu_f]H(a), by the value that the last child derives; V and V_f are not the
    // identity.
    let policy = policy("a and (b or a)");
    assert_eq!((policy.tree().uses(), policy.tree().free_values()), (2, 1));
    let elements =
        |nu_f: u64| narrow(&key, &policy, &x, &nonces(Scalar::from(7), vec![Scalar::from(nu_f)], vec![]));
    assert!(elements(12).is_none());
    assert!(elements(11).is_some());
}

#[test]
fn rejects_signatures_beyond_the_limit() {
    let good = sign(&key(&authority(), "a", 1), &policy("a"), 1).to_bytes();
    let long = [&good[..4], &vec![0; SIGNATURE_BYTES + 1]].concat();
    assert_eq!(Signature::from_bytes(&long), Err(Error::LimitExceeded(Limit::SignatureLength)));
    assert!(Signature::from_bytes(&good).is_ok());
}

fn claim<'a>(public_key: &'a PublicKey, policy: &'a Policy, signature: &'a Signature) -> Claim<'a> {
    Claim { public_key, policy, context: CONTEXT, message: MESSAGE, signature }
}

#[test]
fn a_batch_names_its_bad_claims() {
    let authorities = [authority(), MasterKey::generate(&mut rng(5)).unwrap()];
    let public_keys = authorities.each_ref().map(MasterKey::public_key);
    let policies =
        [policy("a"), policy("a or b or not x=y"), policy("2 of (a and b, b and c, a)"), policy("c")];
    let signatures: Vec<Signature> = (0..8u64)
        .map(|i| sign(&key(&authorities[i as usize % 2], "a, b", i), &policies[i as usize % 3], i))
        .collect();
    let mut claims: Vec<Claim<'_>> =
        (0..8).map(|i| claim(&public_keys[i % 2], &policies[i % 3], &signatures[i])).collect();
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
    let [one, two] = signatures.each_ref().map(|signature| claim(&public_keys[0], &policies[0], signature));
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
