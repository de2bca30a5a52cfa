//! Inputs that a decoder refuses besides the lines of `tests/reject`, and the limits of registries.

use super::*;
use crate::Error;
use crate::limits::{Limit, REGISTRY_BYTES, REGISTRY_ITEMS};

/// The bytes with some of them replaced.
fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at..at + with.len()].copy_from_slice(with);
    changed
}

#[test]
fn listings_of_a_super_node_are_read_strictly() {
    let mut c = Consortium::new();
    c.register("Clinic", 10);
    c.super_node.revoke_hospital(&name("Clinic")).unwrap();
    let bytes = c.super_node.to_bytes();
    let refused = |at, with: &[u8]| SuperNode::from_bytes(&patched(&bytes, at, with)).unwrap_err();
    // Clinic is revoked, General is registered: length of the name, name, flag, count, identities.
    let flag = 80 + 4 + "Clinic".len();
    for at in [flag + 5, flag + 5 + 96 + 4 + "General".len() + 1] {
        let identity = [&[0xc0][..], &[0; 95]].concat();
        assert_eq!(refused(at, &identity), Error::IdentityPoint);
        assert_eq!(refused(at, &[0xff; 96]), Error::InvalidPoint);
    }
    // A listing that was never registered: its revoked identity is removed.
    let emptied = [&bytes[..flag], &[0, 0, 0, 0, 0], &bytes[flag + 5 + 96..]].concat();
    assert_eq!(SuperNode::from_bytes(&emptied).unwrap_err(), Error::InvalidField);
    assert_eq!(refused(flag, &[2]), Error::InvalidField);
    assert_eq!(refused(84, b"Zlinic"), Error::NotSorted);
    assert_eq!(refused(76, &[0xff; 4]), Error::LimitExceeded(Limit::RegistryItems));
    assert_eq!(*SuperNode::from_bytes(&bytes).unwrap().to_bytes(), *bytes);
}

#[test]
fn fields_out_of_their_range_are_refused() {
    let bytes = RegistrationRequest::new(name("New"), b"record", &mut rng(1)).unwrap().to_bytes();
    let registration = |bytes: &[u8]| RegistrationRequest::from_bytes(bytes).map(drop);
    assert_eq!(registration(&patched(&bytes, 8, b" ")), Err(Error::InvalidText));
    let record = Err(Error::LimitExceeded(Limit::RegistrationRecord));
    assert_eq!(registration(&patched(&bytes, 8 + 3 + 16, &[0xff; 4])), record);
    assert_eq!(registration(&bytes), Ok(()));

    let bytes = disclosure().to_bytes();
    let digest = 8 + disclosure().location().len();
    let refused = Disclosure::from_bytes(&patched(&bytes, digest, &[0, 0, 0, 31])).unwrap_err();
    assert_eq!(refused, Error::InvalidField);
    assert!(Disclosure::from_bytes(&bytes).is_ok());

    // A quota above the capacity.
    let state = replay_cache().save();
    let refused = MemoryReplayCache::restore(&patched(&state, 12, &[0; 4])).unwrap_err();
    assert_eq!(refused, Error::InvalidField);
    assert!(MemoryReplayCache::restore(&state).is_ok());
}

#[test]
fn rejects_unsorted_registries_and_replay_caches() {
    // Revoked serial numbers, at the end of the super node's bytes.
    let mut c = Consortium::new();
    c.super_node.revoke_certificate([1; 16].into()).unwrap();
    c.super_node.revoke_certificate([2; 16].into()).unwrap();
    let bytes = c.super_node.to_bytes();
    let twice = patched(&bytes, bytes.len() - 16, &[1; 16]);
    assert_eq!(SuperNode::from_bytes(&twice).unwrap_err(), Error::NotSorted);
    assert!(SuperNode::from_bytes(&bytes).is_ok());

    for seed in 0..2 {
        c.accept(&c.start(seed).1).unwrap();
    }
    let state = c.replay_cache.save();
    let entry = (state.len() - 32) / 2;
    let (first, second) = state[32..].split_at(entry);
    for entries in [[second, first], [first, first]] {
        let changed = [&state[..32], &entries.concat()].concat();
        assert_eq!(MemoryReplayCache::restore(&changed).unwrap_err(), Error::NotSorted);
    }
    // More requests of one hospital than its quota.
    let changed = patched(&state, 16, &1u32.to_be_bytes());
    assert_eq!(MemoryReplayCache::restore(&changed).unwrap_err(), Error::InvalidField);
    assert_eq!(MemoryReplayCache::restore(&state).unwrap().len(), 2);
}

fn draft(listings: registry::Listings) -> RegistryDraft {
    RegistryDraft { sequence: 1, predecessor: [0; 32], time_ms: NOW, listings }
}

#[test]
fn does_not_publish_an_oversized_registry() {
    let s = crate::curve::SecretScalar::new(crate::curve::Scalar::from(7));
    // To the last byte: header, length of the signed body, body, signature.
    let body = |registry: &Registry| registry.to_bytes().len() - (4 + 4 + 96);
    let signed = |identities: usize, name_bytes: usize| {
        let mut listings = registry::Listings::default();
        for n in 0..5 {
            listings.stuff(&name(&format!("hospital {n:02}")), 65_536);
        }
        listings.stuff(&name(&"h".repeat(name_bytes)), identities);
        Registry::sign(&draft(listings), &s)
    };
    let room = REGISTRY_BYTES - body(&signed(0, 1).unwrap());
    let (identities, name_bytes) = (room / 96, 1 + room % 96);
    assert_eq!(signed(identities, name_bytes + 1).unwrap_err(), Error::LimitExceeded(Limit::RegistryLength));
    assert_eq!(body(&signed(identities, name_bytes).unwrap()), REGISTRY_BYTES);
}

#[test]
fn everything_registered_can_be_revoked() {
    let identity = *Consortium::new().hospital.identity();
    // Room for the last name's listing with one identity, and for all certificates that can be
    // revoked: to the last byte.
    let room = REGISTRY_BYTES - (8 + 32 + 8 + 4 + 4) - 16 * REGISTRY_ITEMS - (4 + 1 + 4 + 96);
    let mut listings = registry::Listings::default();
    let mut taken = 0;
    for n in 0..6 {
        let often = name(&format!("hospital {n}"));
        let identities = REGISTRY_ITEMS.min((room - taken - 128) / 96);
        listings.stuff(&often, identities);
        taken += 4 + often.as_str().len() + 1 + 4 + 96 * identities;
    }
    let last = "h".repeat(room - taken);
    let full = Err(Error::LimitExceeded(Limit::RegistryLength));
    assert_eq!(listings.register(&name(&format!("{last}h")), identity), full);
    listings.register(&name(&last), identity).unwrap();
    // There is no room for a listed name either.
    assert_eq!(listings.register(&name("hospital 5"), identity), full);

    listings.revoke_hospital(&name(&last)).unwrap();
    for serial in 1..=REGISTRY_ITEMS as u128 {
        listings.revoke_certificate(serial.to_be_bytes().into()).unwrap();
    }
    let s = crate::curve::SecretScalar::new(crate::curve::Scalar::from(7));
    let published = Registry::sign(&draft(listings), &s).unwrap();
    assert_eq!(published.to_bytes().len(), 4 + 4 + REGISTRY_BYTES + 96);
}

#[test]
fn registries_take_only_their_limits() {
    let full = || Err(Error::LimitExceeded(Limit::RegistryItems));
    let identity = *Consortium::new().hospital.identity();

    let mut listings = registry::Listings::default();
    for serial in 1..=REGISTRY_ITEMS as u128 {
        listings.revoke_certificate(serial.to_be_bytes().into()).unwrap();
    }
    assert_eq!(listings.revoke_certificate([0xff; 16].into()), full());

    listings.stuff(&name("often"), REGISTRY_ITEMS - 1);
    listings.register(&name("often"), identity).unwrap();
    listings.revoke_hospital(&name("often")).unwrap();
    assert_eq!(listings.revoke_hospital(&name("often")), full());

    for n in 2..REGISTRY_ITEMS {
        listings.stuff(&name(&format!("hospital {n}")), 1);
    }
    listings.register(&name("the last"), identity).unwrap();
    assert_eq!(listings.register(&name("one more"), identity), full());
}

#[test]
fn secrets_are_not_printed() {
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let accepted = c.accept(&request).unwrap();
    let printed = format!("{:?} {:?} {:?} {awaiting:?} {accepted:?}", c.super_node, c.hospital, c.main_node);
    assert_eq!(printed.matches("<redacted>").count(), 1 + 1 + 1 + 4 + 2);
    let (established, _) = c.handshake(5);
    let printed = format!("{established:?}");
    assert_eq!(printed.matches("<redacted>").count(), 3 + 1);
}
