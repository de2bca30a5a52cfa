//! The limits of registries, and what is printed.

use super::*;
use crate::Error;
use crate::limits::{
    ADDRESS_BYTES, Limit, MESSAGE_BYTES, NAME_BYTES, REGISTRATION_RECORD_BYTES, REGISTRY_BYTES,
    REGISTRY_ITEMS,
};

#[test]
fn lengths_have_their_limits() {
    let c = Consortium::new();
    let named = |length| Name::new(&"x".repeat(length)).map(drop);
    let recorded = |length| RegistrationRequest::new(name("n"), &vec![0; length], &mut rng(1)).map(drop);
    let located = |length| Disclosure::new(&vec![b'a'; length], [1; 32], [2; 32]).map(drop);
    // The longest message opens, after it was sent.
    let sealed = |length| {
        let (identity, message) = (c.hospital.identity(), vec![7; length]);
        let sealed = c.public_key.seal_to(identity, &message, b"", None, &mut rng(1))?.to_bytes();
        let opened = c.hospital.open(&IdentityEnvelope::from_bytes(&sealed)?, b"", None)?;
        assert!(*opened == message);
        Ok(())
    };
    let (mut established, session) = c.handshake(10);
    let session = std::cell::RefCell::new(session);
    let sent = |length| {
        let sent = session.borrow_mut().seal(&vec![7; length], b"")?;
        assert_eq!(sent.number(), 0, "a refused message uses up no number");
        let received = SessionMessage::from_bytes(&sent.to_bytes())?;
        assert!(*established.session.open(&received, b"")? == vec![7; length]);
        Ok(())
    };
    type Made<'m> = &'m mut dyn FnMut(usize) -> Result<(), Error>;
    let made: [(Made<'_>, usize, Limit); 5] = [
        (&mut { named }, NAME_BYTES, Limit::NameLength),
        (&mut { recorded }, REGISTRATION_RECORD_BYTES, Limit::RegistrationRecord),
        (&mut { located }, ADDRESS_BYTES, Limit::AddressLength),
        (&mut { sealed }, MESSAGE_BYTES, Limit::MessageLength),
        (&mut { sent }, MESSAGE_BYTES, Limit::MessageLength),
    ];
    for (make, most, limit) in made {
        assert_eq!(make(most + 1), Err(Error::LimitExceeded(limit)));
        assert_eq!(make(most), Ok(()), "{limit}");
    }
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
