//! The members' key over the wrapped key: what it withholds from an outsider who has broken the
//! pairing, from a member without the attributes, and from a former member.

use blstrs::Scalar;
use ff::Field;
use medseal::members::{MembersKey, MembersKeys};

use super::*;
use crate::keys::Element;

/// Wrapped for `a` under a members' key.
fn wrapped(authority: &Authority, key: &MembersKey, seed: u64) -> Ciphertext {
    let rule = Rule::from("a");
    let wrapped = authority.public.wrap(&rule.parsed(), SECRET, AAD, Some(key), &mut rng(seed)).unwrap();
    Ciphertext::read(&rule, &wrapped.to_bytes())
}

fn members_key(epoch: u32, seed: u64) -> MembersKey {
    MembersKey::generate(epoch, &mut rng(seed)).unwrap()
}

fn holding(keys: impl IntoIterator<Item = MembersKey>) -> MembersKeys {
    let mut held = MembersKeys::default();
    keys.into_iter().for_each(|key| held.insert(key).unwrap());
    held
}

/// The result of honest code, for a holder of these keys.
fn unwrap_with(key: &DecryptionKey, held: &MembersKeys, wrapped: &Ciphertext) -> Result<Vec<u8>, Error> {
    let wrapped = WrappedKey::from_bytes(&wrapped.to_bytes())?;
    key.unwrap_key(&wrapped, AAD, Some(held)).map(|secret| secret.to_vec())
}

#[test]
fn breaking_the_pairing_opens_half() {
    let authority = Authority::new(1);
    let wrapped = wrapped(&authority, &members_key(1, 5), 2);
    // The outsider has alpha, and therefore any key. It computes D and k_out with its own program.
    let broken = authority.issue("a", 3);
    let D = wrapped.D(&authority.key("a", 3), &[(0, Scalar::ONE)]);
    assert!(!wrapped.is_opened_by(&D), "k_out alone is not the key");
    let k_out = wrapped.k_out(&D);
    for guess in [[0; 32], k_out, wrapped.com, wrapped.c5] {
        assert!(wrapped.secret_under(&D, &guess).is_none());
    }
    assert!(wrapped.secret_under(&D, b"").is_none());
    // Honest code refuses without the members' key, with another one, and with an
    // epoch that needs none.
    assert_eq!(unwrap(&broken, &wrapped), Err(Error::MembersKeyMissing { epoch: 1 }));
    assert_eq!(unwrap_with(&broken, &holding([members_key(1, 6)]), &wrapped), Err(Error::DecryptionFailed));
    refused(&broken, &Ciphertext { epoch: 0, ..wrapped.clone() });
    // The same program, and honest code, with the members' key.
    let bytes = members_key(1, 5).to_bytes();
    assert_eq!(wrapped.secret_under(&D, &bytes[8..]).unwrap(), SECRET);
    assert_eq!(unwrap_with(&broken, &holding([members_key(1, 5)]), &wrapped).unwrap(), SECRET);
}

#[test]
fn a_member_needs_the_attributes_too() {
    let authority = Authority::new(1);
    let (wrapped, held) = (wrapped(&authority, &members_key(1, 5), 2), holding([members_key(1, 5)]));
    let other = authority.issue("b", 3);
    assert_eq!(unwrap_with(&other, &held, &wrapped), Err(Error::PolicyNotSatisfied));
    // Below the policy check: with another attribute's element instead of the row's.
    let key = authority.key("b", 3);
    let element = Element::positive(key.K.values().next().unwrap());
    let D = wrapped.slot(&key.K0, &key.K1) * wrapped.row(0, &Scalar::ONE, &element, &key.K2);
    let bytes = members_key(1, 5).to_bytes();
    assert!(wrapped.secret_under(&D, &bytes[8..]).is_none());
    assert_eq!(unwrap_with(&authority.issue("a", 3), &held, &wrapped).unwrap(), SECRET);
}

#[test]
fn a_former_member_opens_nothing_later() {
    let authority = Authority::new(1);
    let [old, new] = [1, 2].map(|epoch| wrapped(&authority, &members_key(epoch, epoch.into()), 2));
    // The attributes are still valid, and so is what the former member had.
    let (doctor, former) = (authority.issue("a", 3), holding([members_key(1, 1)]));
    assert_eq!(unwrap_with(&doctor, &former, &old).unwrap(), SECRET);
    assert_eq!(unwrap_with(&doctor, &former, &new), Err(Error::MembersKeyMissing { epoch: 2 }));
    // The old key's bytes under the number of the new epoch, or the new wrapped key
    // under that of the old.
    let mut relabelled = members_key(1, 1).to_bytes().to_vec();
    relabelled[7] = 2;
    let relabelled = holding([MembersKey::from_bytes(&relabelled).unwrap()]);
    assert_eq!(unwrap_with(&doctor, &relabelled, &new), Err(Error::DecryptionFailed));
    let earlier = Ciphertext { epoch: 1, ..new.clone() };
    assert_eq!(unwrap_with(&doctor, &former, &earlier), Err(Error::DecryptionFailed));
    let all = holding([members_key(1, 1), members_key(2, 2)]);
    assert_eq!(unwrap_with(&doctor, &all, &new).unwrap(), SECRET);
    assert_eq!(unwrap_with(&doctor, &all, &old).unwrap(), SECRET);
}

#[test]
fn epochs_do_not_mix() {
    let authority = Authority::new(1);
    let doctor = authority.issue("a", 3);
    let [first, second] = [1, 2].map(|epoch| wrapped(&authority, &members_key(epoch, epoch.into()), 2));
    let all = holding([members_key(1, 1), members_key(2, 2)]);
    for mixed in [
        Ciphertext { epoch: 2, ..first.clone() },
        Ciphertext { epoch: 1, ..second.clone() },
        Ciphertext { epoch: 0, ..first.clone() },
        Ciphertext { sealed: second.sealed.clone(), ..first.clone() },
    ] {
        assert_eq!(unwrap_with(&doctor, &all, &mixed), Err(Error::DecryptionFailed));
    }
    // A key wrapped without a members' key does not pass as one of an epoch.
    let bare = authority.wrap(&"a".into(), 2);
    let raised = Ciphertext { epoch: 1, ..bare.clone() };
    assert_eq!(unwrap_with(&doctor, &all, &raised), Err(Error::DecryptionFailed));
    opens(&doctor, &bare);
    assert_eq!(unwrap_with(&doctor, &all, &first).unwrap(), SECRET);
    assert_eq!(unwrap_with(&doctor, &all, &second).unwrap(), SECRET);
}

#[test]
fn rejects_a_second_key_for_an_epoch() {
    let mut held = holding([members_key(1, 1)]);
    assert_eq!(held.insert(members_key(1, 2)), Err(Error::WrongMembersKey));
    let authority = Authority::new(1);
    let by_mistake = wrapped(&authority, &members_key(1, 2), 2);
    let doctor = authority.issue("a", 3);
    assert_eq!(unwrap_with(&doctor, &held, &by_mistake), Err(Error::DecryptionFailed), "lost for all others");
    let right = wrapped(&authority, &members_key(1, 1), 2);
    assert_eq!(unwrap_with(&doctor, &held, &right).unwrap(), SECRET);
}

#[test]
fn members_keys_reject_any_changed_byte() {
    let authority = Authority::new(1);
    let (doctor, held) = (authority.issue("a", 3), holding([members_key(1, 1), members_key(257, 2)]));
    let wrapped = wrapped(&authority, &members_key(1, 1), 2);
    let bytes = wrapped.to_bytes();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        if let Ok(damaged) = WrappedKey::from_bytes(&damaged) {
            assert!(doctor.unwrap_key(&damaged, AAD, Some(&held)).is_err(), "byte {at}");
        }
    }
    assert_eq!(unwrap_with(&doctor, &held, &wrapped).unwrap(), SECRET);
}
