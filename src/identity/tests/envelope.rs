//! Envelopes to an identity.

use super::*;
use crate::Error;
use crate::members::{MembersKey, MembersKeys};

#[test]
fn an_envelope_needs_the_members_key() {
    let c = Consortium::new();
    let key = |epoch, seed| MembersKey::generate(epoch, &mut rng(seed)).unwrap();
    let holding = |keys: [MembersKey; 1]| {
        let mut held = MembersKeys::default();
        keys.into_iter().for_each(|key| held.insert(key).unwrap());
        held
    };
    let seal =
        |members| c.public_key.seal_to(c.hospital.identity(), b"x", b"", members, &mut rng(1)).unwrap();
    let (sealed, bare) = (seal(Some(&key(2, 5))), seal(None));
    assert_eq!((sealed.epoch(), bare.epoch()), (2, 0));
    let open = |envelope: &IdentityEnvelope, held: Option<&MembersKeys>| {
        c.hospital.open(envelope, b"", held).map(|plaintext| plaintext.to_vec())
    };
    assert_eq!(open(&sealed, None), Err(Error::MembersKeyMissing { epoch: 2 }));
    assert_eq!(open(&sealed, Some(&holding([key(1, 5)]))), Err(Error::MembersKeyMissing { epoch: 2 }));
    assert_eq!(open(&sealed, Some(&holding([key(2, 6)]))), Err(Error::DecryptionFailed));
    // Under a different epoch number, or as if there were no members' key.
    let numbered = |envelope: &IdentityEnvelope, epoch: u32| {
        let bytes = envelope.to_bytes();
        IdentityEnvelope::from_bytes(&[&bytes[..4], &epoch.to_be_bytes(), &bytes[8..]].concat()).unwrap()
    };
    let right = holding([key(2, 5)]);
    for (wrong, held) in [
        (numbered(&sealed, 0), &right),
        (numbered(&sealed, 1), &holding([key(1, 5)])),
        (numbered(&bare, 2), &right),
    ] {
        assert_eq!(open(&wrong, Some(held)), Err(Error::DecryptionFailed));
    }
    let other = c.hospital.open(&sealed, b"other", Some(&right));
    assert_eq!(other.unwrap_err(), Error::DecryptionFailed);
    assert_eq!(open(&bare, None).unwrap(), b"x");
    assert_eq!(open(&numbered(&sealed, 2), Some(&right)).unwrap(), b"x");
}

#[test]
fn renewed_names_do_not_open_old_envelopes() {
    let mut c = Consortium::new();
    let envelope = c.public_key.seal_to(c.hospital.identity(), b"old", b"", None, &mut rng(1)).unwrap();
    c.super_node.revoke_hospital(&name("General")).unwrap();
    let again = c.register("General", 10);
    assert_eq!(again.open(&envelope, b"", None).unwrap_err(), Error::DecryptionFailed);
    assert_eq!(*c.hospital.open(&envelope, b"", None).unwrap(), b"old");
}

#[test]
fn another_super_nodes_envelope_does_not_open() {
    let c = Consortium::new();
    let stranger = SuperNode::generate(&mut rng(9)).unwrap().public_key();
    let envelope = stranger.seal_to(c.hospital.identity(), b"x", b"", None, &mut rng(1)).unwrap();
    assert_eq!(c.hospital.open(&envelope, b"", None).unwrap_err(), Error::DecryptionFailed);
    let envelope = c.public_key.seal_to(c.hospital.identity(), b"x", b"", None, &mut rng(1)).unwrap();
    assert_eq!(*c.hospital.open(&envelope, b"", None).unwrap(), b"x");
}

#[test]
fn disclosures_are_equal_by_all_parts() {
    let here = |location: &[u8]| Disclosure::new(location, [1; 32], [2; 32]).unwrap();
    assert_ne!(here(b"here"), here(b"there"));
    assert_ne!(here(b"here"), Disclosure::new(b"here", [3; 32], [2; 32]).unwrap());
    assert_ne!(here(b"here"), Disclosure::new(b"here", [1; 32], [3; 32]).unwrap());
    assert_eq!(here(b"here"), Disclosure::from_bytes(&here(b"here").to_bytes()).unwrap());
}
