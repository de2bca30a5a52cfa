//! Excluding one user: keys carry their user's number, and policies name the excluded numbers.

use medseal::Error;
use medseal::policy::{Attributes, Policy};
use medseal::search::{Keyword, Padding};
use medseal::share::{Authority, MemberKeys};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const RECORD_KEY: &[u8] = &[7; 32];

/// A doctor's keys with the number of their user.
fn doctor(authority: &Authority, uid: u32) -> MemberKeys {
    let attributes = Attributes::parse(&format!("role=doctor, uid={uid}")).unwrap();
    authority.issue(&attributes, &mut ChaCha20Rng::seed_from_u64(uid.into())).unwrap()
}

#[test]
fn excluded_users_open_sign_and_find_nothing() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let authority = Authority::setup(rng).unwrap();
    let parameters = authority.public_parameters();
    let policy = Policy::parse("role=doctor and not uid in {4711, 9000}").unwrap();
    let keyword = Keyword::new("diabetes").unwrap();
    let wrapped = parameters.abe.wrap(&policy, RECORD_KEY, b"aad", None, rng).unwrap();
    let index = parameters
        .search
        .index_record(authority.keyword_key(), core::slice::from_ref(&keyword), &policy, Padding::None, rng)
        .unwrap();

    for uid in [4711, 9000] {
        let out = doctor(&authority, uid);
        assert_eq!(out.decryption.unwrap_key(&wrapped, b"aad", None).unwrap_err(), Error::PolicyNotSatisfied);
        let signed = out.signing.sign(&policy, b"context", b"message", rng);
        assert_eq!(signed.unwrap_err(), Error::PolicyNotSatisfied);
        let trapdoor = out.search.trapdoor(&keyword, out.attributes(), rng).unwrap();
        assert!(!trapdoor.matches(&index).unwrap());
    }
    for uid in [0, 4710, 4712, 8999, 9001, u32::MAX] {
        let other = doctor(&authority, uid);
        assert_eq!(*other.decryption.unwrap_key(&wrapped, b"aad", None).unwrap(), RECORD_KEY, "{uid}");
        let signature = other.signing.sign(&policy, b"context", b"message", rng).unwrap();
        parameters.abs.verify(&policy, b"context", b"message", &signature).unwrap();
        let trapdoor = other.search.trapdoor(&keyword, other.attributes(), rng).unwrap();
        assert!(trapdoor.matches(&index).unwrap(), "{uid}");
    }
    // A key without a number cannot show that it is not excluded.
    let unnumbered = authority.issue(&Attributes::parse("role=doctor").unwrap(), rng).unwrap();
    assert_eq!(
        unnumbered.decryption.unwrap_key(&wrapped, b"aad", None).unwrap_err(),
        Error::PolicyNotSatisfied
    );
}

#[test]
fn shutting_out_costs_rows_not_uses() {
    let rows = |count: u32| {
        let numbers: Vec<String> = (0..count).map(|i| (17 + i * 619 % 10_000).to_string()).collect();
        let policy =
            Policy::parse(&format!("role=doctor and not uid in {{{}}}", numbers.join(", "))).unwrap();
        let reader = Attributes::parse("role=doctor, uid=10001").unwrap();
        assert_eq!((policy.uses(), policy.rows_used(&reader)), (1, Some(2)), "{count}");
        policy.rows()
    };
    // The row of the role, and the cover of all other numbers.
    assert_eq!([1, 2, 16].map(rows), [6, 12, 80]);
}
