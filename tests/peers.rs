//! Faults found in other libraries, tried on this one through its public interface.
//! `docs/security.md` lists all of them, including those tested elsewhere.

#![expect(clippy::unwrap_used, reason = "in helpers, which clippy does not take for tests")]

use std::fs;
use std::ops::Range;
use std::path::Path;

use medseal::policy::{Attributes, Policy};
use medseal::search::{Keyword, KeywordKey, Padding, RecordIndex};
use medseal::{Error, abe, abs, search};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

/// A small setup of key wrapping: a public key, a doctor's key, a nurse's key.
fn hospital() -> (abe::PublicKey, abe::DecryptionKey, abe::DecryptionKey) {
    let master = abe::MasterKey::generate(&mut rng(1)).unwrap();
    let issue = |set| master.issue(&attributes(set), &mut rng(2)).unwrap();
    (master.public_key(), issue("doctor, ward=8"), issue("nurse"))
}

/// A length field of 16 bits wrapped: 1,150 alternatives encrypted and decrypted, 1,200
/// encrypted and never decrypted.
#[test]
fn every_scheme_takes_policies_within_limits() {
    let leaves: Vec<_> = (0..1024).map(|i| format!("a{i}")).collect();
    let all = attributes(&leaves.join(", "));
    let rng = &mut rng(3);
    let abe = abe::MasterKey::generate(rng).unwrap();
    let abs = abs::MasterKey::generate(rng).unwrap();
    let search = search::MasterKey::generate(rng).unwrap();
    let (wrapping, signing, searching) = (abe.public_key(), abs.public_key(), search.public_key());
    let kappa = KeywordKey::generate(rng).unwrap();
    let word = [Keyword::new("word").unwrap()];
    let decryption_key = abe.issue(&all, rng).unwrap();
    let signing_key = abs.issue(&all, rng).unwrap();
    let trapdoor = search.issue(&all, &kappa, rng).unwrap().trapdoor(&word[0], &all, rng).unwrap();

    let largest = [leaves.join(" and "), leaves.join(" or "), ["a7"; 32].join(" or ")];
    for text in largest {
        let policy = Policy::parse(&text).unwrap();
        let wrapped = wrapping.wrap(&policy, b"secret", b"", None, rng).unwrap();
        let wrapped = abe::WrappedKey::from_bytes(&wrapped.to_bytes()).unwrap();
        assert_eq!(*decryption_key.unwrap_key(&wrapped, b"", None).unwrap(), b"secret");
        let signature = signing_key.sign(&policy, b"", b"message", rng).unwrap();
        let signature = abs::Signature::from_bytes(&signature.to_bytes()).unwrap();
        signing.verify(&policy, b"", b"message", &signature).unwrap();
        let index = searching.index_record(&kappa, &word, &policy, Padding::None, rng).unwrap();
        let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
        assert!(trapdoor.matches(&index).unwrap());
    }
    // Wrapping, signing and indexing take a `Policy`. The tests of `src/policy` and `tests/reject`
    // show that no source gives a larger one.
}

/// A policy of a positive and a negative row.
const POLICY: &str = "doctor and not ward=7";

/// The positions of the parts of a key that is wrapped under this policy: `c1`, `c2`, two `c3`,
/// `c4`, `com`, `c5`, `c6`, sealed secret.
fn parts(wrapped: &[u8]) -> Vec<Range<usize>> {
    // After header, epoch and policy.
    let mut at = 4 + 4 + 4 + POLICY.len();
    let part = |size: usize| {
        at += size;
        at - size..at
    };
    let mut parts = [96, 96, 48, 48, 48, 32, 32, 32].map(part).to_vec();
    // After its length.
    parts.push(at + 4..wrapped.len());
    parts
}

/// A random coin was constant, and a seed had 16 bytes for 128-bit security
/// against chosen ciphertexts.
#[test]
fn wrapping_twice_shares_no_part() {
    let (public_key, doctor, _) = hospital();
    let rng = &mut rng(6);
    let policy = Policy::parse(POLICY).unwrap();
    let [one, two] =
        [(); 2].map(|()| public_key.wrap(&policy, b"secret", b"", None, rng).unwrap().to_bytes());
    for part in parts(&one) {
        assert_ne!(one[part.clone()], two[part]);
    }
    // c5 is the seed under its mask.
    assert_eq!(parts(&one)[6].len(), 32);
    for bytes in [one, two] {
        let wrapped = abe::WrappedKey::from_bytes(&bytes).unwrap();
        assert_eq!(*doctor.unwrap_key(&wrapped, b"", None).unwrap(), b"secret");
    }
}

/// A reader who did not satisfy the policy got the same error as for a damaged file.
#[test]
fn tells_unentitled_from_damaged() {
    let (public_key, doctor, nurse) = hospital();
    let policy = Policy::parse("doctor").unwrap();
    let wrapped = public_key.wrap(&policy, b"secret", b"", None, &mut rng(7)).unwrap();
    let mut damaged = wrapped.to_bytes();
    *damaged.last_mut().unwrap() ^= 1;
    let damaged = abe::WrappedKey::from_bytes(&damaged).unwrap();
    assert_eq!(nurse.unwrap_key(&wrapped, b"", None).unwrap_err(), Error::PolicyNotSatisfied);
    assert_eq!(nurse.unwrap_key(&damaged, b"", None).unwrap_err(), Error::PolicyNotSatisfied);
    assert_eq!(doctor.unwrap_key(&damaged, b"", None).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(doctor.unwrap_key(&wrapped, b"another", None).unwrap_err(), Error::DecryptionFailed);
    let messages = [Error::PolicyNotSatisfied, Error::DecryptionFailed].map(|error| error.to_string());
    assert_ne!(messages[0], messages[1]);
    assert_eq!(*doctor.unwrap_key(&wrapped, b"", None).unwrap(), b"secret");
}

/// Errors were written to the standard error stream of anyone who used the library.
#[test]
fn no_part_of_the_library_prints() {
    let mut files = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A test reports that it is skipped.
            if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let source = fs::read_to_string(&path).unwrap();
                for printing in ["println!", "print!", "dbg!", "stderr()", "stdout()"] {
                    assert!(!source.contains(printing), "{printing} in {}", path.display());
                }
                files += 1;
            }
        }
    }
    assert!(files > 50, "the sources were not found");
}
