//! Properties of key wrapping, and the byte forms.

use crate::threads::Threads;
use std::ops::Range;

use super::*;
use crate::Error;
use crate::aead;
use crate::codec::Object;
use crate::curve::samples::{Broken, identity, outside_g1, outside_g2, rng};
use crate::curve::{G1Affine, G2Affine, PrimeCurveAffine};
use crate::domain::ABE;
use crate::limits::{Limit, WRAPPED_SECRET_BYTES};
use crate::policy::samples::{attributes, policy};

const SECRET: &[u8] = b"thirty-two bytes of a record key";
const AAD: &[u8] = b"digest of the record";

/// A fixed authority, with its public key.
fn authority() -> (MasterKey, PublicKey) {
    let master = MasterKey::generate(&mut rng(1)).unwrap();
    let public = master.public_key();
    (master, public)
}

fn key(master: &MasterKey, text: &str) -> DecryptionKey {
    master.issue(&attributes(text), &mut rng(2)).unwrap()
}

#[test]
fn thread_count_does_not_change_wrapping() {
    let (_, public) = authority();
    let policy = policy("2 of (a, b, c and not role=nurse, level >= 7) or a");
    let alone = public.wrap(&policy, SECRET, AAD, None, &mut rng(7)).unwrap();
    for threads in [1, 2, 3, 100].map(Threads::new) {
        assert_eq!(public.wrap_on_threads(&policy, SECRET, AAD, None, threads, &mut rng(7)).unwrap(), alone);
    }
}

/// Returns the byte form with the bytes at `range` replaced.
fn with(bytes: &[u8], range: &Range<usize>, by: &[u8]) -> Vec<u8> {
    assert_eq!(range.len(), by.len());
    [&bytes[..range.start], by, &bytes[range.end..]].concat()
}

// ---------------------------------------------------------------------------------------------------------
// Properties
// ---------------------------------------------------------------------------------------------------------

#[test]
fn wraps_secrets_up_to_four_kibibytes() {
    let (master, public) = authority();
    let doctor = key(&master, "doctor");
    let policy = policy("doctor");
    for length in [0, 1, 32, WRAPPED_SECRET_BYTES] {
        let secret = vec![7; length];
        let wrapped = public.wrap(&policy, &secret, AAD, None, &mut rng(4)).unwrap();
        let wrapped = WrappedKey::from_bytes(&wrapped.to_bytes()).unwrap();
        assert_eq!(*doctor.unwrap_key(&wrapped, AAD, None).unwrap(), secret);
    }
    assert_eq!(
        public.wrap(&policy, &[7; WRAPPED_SECRET_BYTES + 1], AAD, None, &mut rng(4)).unwrap_err(),
        Error::LimitExceeded(Limit::WrappedSecret)
    );
}

#[test]
fn decapsulation_costs_two_pairings_plus_uses() {
    let (master, public) = authority();
    let key = key(&master, "a, b, c");
    for (text, uses) in [
        ("a and b and c", 1),
        ("a and (a or b)", 2),
        ("a or (b and b and b)", 1),
        ("d or (a and a and a)", 1),
        ("(a or b) and (a or c) and (a or d)", 3),
    ] {
        let policy = policy(text);
        let (encapsulation, shared) = public.encapsulate(&policy, &mut rng(6)).unwrap();
        let elements = &key.0.elements;
        let chosen = policy.tree().choose(|row| elements.satisfy(&row.term)).unwrap();
        let sums = encapsulation
            .body
            .rows
            .combine(policy.tree(), &chosen, |term| elements.of_row(&ABE, term))
            .unwrap();
        assert_eq!(sums.uses.len(), uses, "{text}");
        assert_eq!(key.decapsulate(&encapsulation).unwrap().as_bytes(), shared.as_bytes());
    }
}

#[test]
fn received_keys_verify_under_their_authority_only() {
    let (master, public) = authority();
    let other = MasterKey::generate(&mut rng(7)).unwrap().public_key();
    for set in ["", "a", "a, role=x, ward=y, ward=z, level=3"] {
        let genuine = key(&master, set);
        assert_eq!(genuine.verify(&other), Err(Error::InvalidKey));
        // Each point in turn, replaced by another of the subgroup.
        let bytes = genuine.to_bytes();
        let K2 = 4 + genuine.attributes().fields().as_slice().len();
        let points = K2 + 96;
        let check = |forged: &[u8]| DecryptionKey::from_bytes(forged).unwrap().verify(&public);
        let strange_g2 = G2Affine::generator().to_compressed();
        let strange_g1 = G1Affine::generator().to_compressed();
        assert_eq!(check(&with(&bytes, &(K2..points), &strange_g2)), Err(Error::InvalidKey));
        for at in (points..bytes.len()).step_by(48) {
            assert_eq!(check(&with(&bytes, &(at..at + 48), &strange_g1)), Err(Error::InvalidKey));
        }
        // K0 and K1 swapped.
        let (K0, K1) = (&bytes[points..points + 48], &bytes[points + 48..points + 96]);
        let exchanged = with(&bytes, &(points..points + 96), &[K1, K0].concat());
        assert_eq!(check(&exchanged), Err(Error::InvalidKey));
        genuine.verify(&public).unwrap();
    }
}

#[test]
fn a_generator_that_fails_is_an_error() {
    let (master, public) = authority();
    let (policy, unavailable) = (policy("a"), Error::RandomnessUnavailable);
    assert_eq!(MasterKey::generate(&mut Broken).unwrap_err(), unavailable);
    assert_eq!(master.issue(&attributes("a"), &mut Broken).unwrap_err(), unavailable);
    assert_eq!(public.wrap(&policy, SECRET, AAD, None, &mut Broken).unwrap_err(), unavailable);
    assert_eq!(public.encapsulate(&policy, &mut Broken).unwrap_err(), unavailable);
}

#[test]
fn secrets_are_not_printed() {
    let (master, public) = authority();
    let (_, shared) = public.encapsulate(&policy("a"), &mut rng(8)).unwrap();
    assert!(format!("{:?}", key(&master, "a")).contains("K0: <redacted>"));
    assert!(format!("{master:?}").starts_with("MasterKey(Master { alpha: <redacted>"));
    assert_eq!(format!("{shared:?}"), "SharedKey(<redacted>)");
}

// ---------------------------------------------------------------------------------------------------------
// Byte forms
// ---------------------------------------------------------------------------------------------------------

#[test]
fn a_sealed_secret_has_at_least_its_tag() {
    let (master, public) = authority();
    let wrapped = public.wrap(&policy("a"), b"", AAD, None, &mut rng(9)).unwrap().to_bytes();
    let sealed_of = |length: usize| {
        let head = &wrapped[..wrapped.len() - 4 - aead::OVERHEAD];
        WrappedKey::from_bytes(&[head, &(length as u32).to_be_bytes(), &vec![0; length]].concat())
    };
    assert_eq!(sealed_of(aead::OVERHEAD - 1).unwrap_err(), Error::Truncated);
    let (key, forged) = (key(&master, "a"), sealed_of(aead::OVERHEAD).unwrap());
    assert_eq!(key.unwrap_key(&forged, AAD, None), Err(Error::DecryptionFailed));
    let genuine = WrappedKey::from_bytes(&wrapped).unwrap();
    assert_eq!(*key.unwrap_key(&genuine, AAD, None).unwrap(), b"");
}

#[test]
fn invalid_points_fail_validation_and_decryption() {
    let (master, public) = authority();
    // The first row is used, the others are not.
    let key = key(&master, "a, role=x");
    let policy = policy("a or (a and not role = z)");
    let (encapsulation, shared) = public.encapsulate(&policy, &mut rng(10)).unwrap();
    let bytes = encapsulation.to_bytes();
    let mut at = 4 + policy.fields().as_slice().len();
    let elements = [("c1", 96), ("c2", 96), ("c2", 96), ("c3", 48), ("c3", 48), ("c3", 48), ("c4", 48)];
    for (name, size) in elements {
        let range = at..at + size;
        at += size;
        let (identity, outside) = match size {
            48 => (identity::<48>().to_vec(), outside_g1().to_vec()),
            _ => (identity::<96>().to_vec(), outside_g2().to_vec()),
        };
        for (point, error) in [
            (identity, Error::IdentityPoint),
            (outside, Error::PointNotInSubgroup),
            (vec![0xff; size], Error::InvalidPoint),
        ] {
            match Encapsulation::from_bytes(&with(&bytes, &range, &point)) {
                Err(refused) => assert_eq!((name, refused), ("c1", error)),
                Ok(damaged) => {
                    assert_eq!(damaged.validate(), Err(error), "{name}");
                    assert_eq!(key.decapsulate(&damaged).unwrap_err(), Error::DecryptionFailed, "{name}");
                }
            }
        }
    }
    // com, c5, c6
    assert_eq!(at + 3 * 32, bytes.len());
    encapsulation.validate().unwrap();
    assert_eq!(key.decapsulate(&encapsulation).unwrap().as_bytes(), shared.as_bytes());
}
