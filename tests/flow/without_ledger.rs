//! The main job in two calls: seal and wrap, unwrap and open.

use medseal::Error;
use medseal::members::{MembersKey, MembersKeys};
use medseal::share::{seal_and_wrap, unwrap_and_open};

use crate::world::{WORLD, policy, rng};

#[test]
fn opens_only_both_parts_unchanged() {
    let rng = &mut rng(60);
    let (policy, everybody) = (policy("role=doctor"), &WORLD.parameters.abe);
    let doctor = &WORLD.doctor.decryption;
    let (sealed, wrapped) = seal_and_wrap(everybody, &policy, b"HbA1c 7.2 %", None, rng).unwrap();
    let (other_sealed, other_wrapped) = seal_and_wrap(everybody, &policy, b"HbA1c 5.1 %", None, rng).unwrap();

    let failed = |key, wrapped, sealed| unwrap_and_open(key, wrapped, sealed, None).unwrap_err();
    assert_eq!(failed(&WORLD.visitor.decryption, &wrapped, &sealed), Error::PolicyNotSatisfied);
    assert_eq!(failed(doctor, &wrapped, &other_sealed), Error::DecryptionFailed);
    assert_eq!(failed(doctor, &other_wrapped, &sealed), Error::DecryptionFailed);
    for byte in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[byte] ^= 1;
        unwrap_and_open(doctor, &wrapped, &changed, None).unwrap_err();
    }
    assert_eq!(*unwrap_and_open(doctor, &wrapped, &sealed, None).unwrap(), *b"HbA1c 7.2 %");
}

#[test]
fn needs_the_members_key_too() {
    let rng = &mut rng(61);
    let (key, mut held) = (MembersKey::generate(1, rng).unwrap(), MembersKeys::default());
    let doctor = &WORLD.doctor.decryption;
    let (sealed, wrapped) =
        seal_and_wrap(&WORLD.parameters.abe, &policy("role=doctor"), b"record", Some(&key), rng).unwrap();
    assert_eq!(
        unwrap_and_open(doctor, &wrapped, &sealed, None).unwrap_err(),
        Error::MembersKeyMissing { epoch: 1 }
    );
    held.insert(key).unwrap();
    assert_eq!(*unwrap_and_open(doctor, &wrapped, &sealed, Some(&held)).unwrap(), *b"record");
}
