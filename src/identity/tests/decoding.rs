//! Every decoder reads what the encoder writes, and nothing else.

use core::fmt::Debug;

use super::*;
use crate::Error;
use crate::codec::{self, Object};
use crate::limits::{Limit, REGISTRY_BYTES, REGISTRY_ITEMS};

const G1_IDENTITY: [u8; 48] = identity();
const G2_IDENTITY: [u8; 96] = identity();

const fn identity<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    bytes[0] = 0xc0;
    bytes
}

/// On the curve, but outside the subgroup.
fn outside<const N: usize>(decode: impl Fn(&[u8; N]) -> Result<(), Error>) -> [u8; N] {
    let small_x = |x: u8| {
        let mut bytes = [0; N];
        (bytes[0], bytes[N - 1]) = (0x80, x);
        bytes
    };
    (0..255).map(small_x).find(|bytes| decode(bytes) == Err(Error::PointNotInSubgroup)).unwrap()
}

/// The bytes of an object, and facts about them.
struct Case {
    what: &'static str,
    bytes: Vec<u8>,
    decode: fn(&[u8]) -> Result<Vec<u8>, Error>,
    /// Offsets of points.
    g1: Vec<usize>,
    g2: Vec<usize>,
}

fn case<T: Object + Debug>(what: &'static str, object: &T, g1: &[usize], g2: &[usize]) -> Case {
    let decode = |bytes: &[u8]| codec::decode::<T>(bytes).map(|object| codec::encode(&object));
    Case { what, bytes: codec::encode(object), decode, g1: g1.to_vec(), g2: g2.to_vec() }
}

fn cases() -> Vec<Case> {
    let mut c = Consortium::new();
    c.register("Clinic", 10);
    c.super_node.revoke_hospital(&name("Clinic")).unwrap();
    c.super_node.revoke_certificate([1; 16].into()).unwrap();
    let registration = RegistrationRequest::new(name("New"), b"record", &mut rng(1)).unwrap();
    let key = c.super_node.register(&registration).unwrap();
    let certificate_request = c.main_node.certificate_request();
    let certificate = c.super_node.certify(&certificate_request, 1..=2, &mut rng(15)).unwrap();
    let registry = c.super_node.publish(NOW).unwrap();
    let (awaiting, request) = c.start(1);
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(2)).unwrap();
    let mut established = awaiting.finish(&reply).unwrap();
    let envelope = c.public_key.seal_to(c.hospital.identity(), b"x", b"", None, &mut rng(3)).unwrap();
    let message = established.session.seal(b"x", b"").unwrap();
    let (node_1, general, record) = ("node 1".len(), "General".len(), b"agreement of 2024".len());
    let body = registry.to_bytes().len() - 4 - 4 - 96;
    vec![
        // s, sequence, digest, count; Clinic is revoked; General and New are registered
        case("super node", &c.super_node, &[], &[80 + 15, 80 + 15 + 96 + 4 + general + 1]),
        case("public key", &c.public_key, &[4], &[]),
        case("registration request", &registration, &[], &[]),
        case("identity key", &key, &[], &[4]),
        case("hospital", &c.hospital, &[4], &[52 + 4 + general + 16 + 4 + record]),
        case("main node", &c.main_node, &[4], &[]),
        case("certificate request", &certificate_request, &[9 + node_1], &[57 + node_1]),
        case("certificate", &certificate, &[9 + node_1], &[89 + node_1]),
        case("registry", &registry, &[], &[8 + body]),
        case("request", &request, &[4], &[]),
        case("reply", &reply, &[4], &[]),
        case("confirmation", &established.confirmation, &[], &[]),
        case("envelope", &envelope, &[8], &[]),
        case("session message", &message, &[], &[]),
        case("disclosure", &disclosure(), &[], &[]),
        case("replay cache", &c.replay_cache, &[], &[]),
    ]
}

#[test]
fn decoded_objects_encode_to_equal_bytes() {
    for Case { what, bytes, decode, .. } in cases() {
        assert_eq!(decode(&bytes).unwrap(), bytes, "{what}");
        // Any other input that decodes is canonical as well.
        for i in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[i] ^= 1;
            if let Ok(again) = decode(&changed) {
                assert_eq!(again, changed, "{what}, byte {i}");
            }
        }
    }
}

#[test]
fn rejects_truncated_extended_and_foreign_bytes() {
    let cases = cases();
    for Case { what, bytes, decode, .. } in &cases {
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]), Err(Error::Truncated), "{what}, cut at {cut}");
        }
        assert_eq!(decode(&[bytes, [0].as_slice()].concat()), Err(Error::TrailingBytes), "{what}");
        for other in &cases {
            let result = decode(&other.bytes);
            assert!(result == Err(Error::WrongKind) || other.what == *what, "{} as {what}", other.what);
        }
    }
}

#[test]
fn rejects_invalid_points_at_every_place() {
    let g1 = outside(|bytes| crate::curve::decode_g1(bytes).map(|_| ()));
    let g2 = outside(|bytes| crate::curve::decode_g2(bytes).map(|_| ()));
    for Case { what, bytes, decode, g1: at_g1, g2: at_g2 } in cases() {
        let with = |at: usize, point: &[u8]| {
            let mut changed = bytes.clone();
            changed[at..at + point.len()].copy_from_slice(point);
            decode(&changed)
        };
        for at in at_g1 {
            assert_eq!(with(at, &G1_IDENTITY), Err(Error::IdentityPoint), "{what}, G1 at {at}");
            assert_eq!(with(at, &g1), Err(Error::PointNotInSubgroup), "{what}, G1 at {at}");
            assert_eq!(with(at, &[0xff; 48]), Err(Error::InvalidPoint), "{what}, G1 at {at}");
        }
        for at in at_g2 {
            assert_eq!(with(at, &G2_IDENTITY), Err(Error::IdentityPoint), "{what}, G2 at {at}");
            assert_eq!(with(at, &g2), Err(Error::PointNotInSubgroup), "{what}, G2 at {at}");
            assert_eq!(with(at, &[0xff; 96]), Err(Error::InvalidPoint), "{what}, G2 at {at}");
        }
        assert!(decode(&bytes).is_ok());
    }
}

/// Returns the bytes with some of them replaced.
fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at..at + with.len()].copy_from_slice(with);
    changed
}

#[test]
fn fields_out_of_their_range_are_refused() {
    let cases = cases();
    let case = |what| cases.iter().find(|case| case.what == what).unwrap();
    let patch = |what, at, with: &[u8]| {
        let Case { bytes, decode, .. } = case(what);
        decode(&patched(bytes, at, with)).map(|_| ())
    };
    // Secrets: zero, and not reduced.
    for (what, at) in [("super node", 4), ("main node", 52 + 4 + 6 + 1)] {
        assert_eq!(patch(what, at, &[0; 32]), Err(Error::InvalidScalar));
        assert_eq!(patch(what, at, &[0xff; 32]), Err(Error::InvalidScalar));
    }
    // A hospital of a different super node.
    let stranger = SuperNode::generate(&mut rng(9)).unwrap().public_key();
    assert_eq!(patch("hospital", 4, &stranger.to_bytes()[4..]), Err(Error::InvalidKey));
    // A listing that was never registered: Clinic's flag, without its revoked identity.
    let Case { bytes, decode, .. } = case("super node");
    let flag = 80 + 4 + "Clinic".len();
    let emptied = [&bytes[..flag], &[0, 0, 0, 0, 0], &bytes[flag + 5 + 96..]].concat();
    assert_eq!(decode(&emptied), Err(Error::InvalidField));
    assert_eq!(patch("super node", flag, &[2]), Err(Error::InvalidField));
    // Names that are out of order or repeated.
    assert_eq!(patch("super node", 84, b"Zlinic"), Err(Error::NotSorted));
    // A name that is too long, empty, or not text.
    for what in ["registration request", "certificate request", "certificate"] {
        assert_eq!(patch(what, 4, &[0, 0, 1, 0]), Err(Error::LimitExceeded(Limit::NameLength)));
        assert_eq!(patch(what, 8, &[0xff]), Err(Error::InvalidText));
        assert_eq!(patch(what, 8, b" "), Err(Error::InvalidText));
        assert_eq!(patch(what, 4, &[0; 4]), Err(Error::InvalidText));
    }
    // An invalid role, and an empty period.
    for what in ["certificate request", "certificate"] {
        for role in [0, 3] {
            assert_eq!(patch(what, 8 + 6, &[role]), Err(Error::InvalidField));
        }
    }
    assert_eq!(patch("certificate", 9 + 6 + 48 + 16, &[0xff; 8]), Err(Error::InvalidField));
    // Lengths beyond their limit.
    let huge = [0xff; 4];
    let record = Err(Error::LimitExceeded(Limit::RegistrationRecord));
    assert_eq!(patch("registration request", 8 + 3 + 16, &huge), record);
    assert_eq!(patch("registry", 4, &huge), Err(Error::LimitExceeded(Limit::RegistryLength)));
    assert_eq!(patch("super node", 76, &huge), Err(Error::LimitExceeded(Limit::RegistryItems)));
    for (what, at) in [("reply", 84 + 1088), ("envelope", 56), ("session message", 13)] {
        assert_eq!(patch(what, at, &huge), Err(Error::LimitExceeded(Limit::MessageLength)), "{what}");
    }
    assert_eq!(patch("disclosure", 4, &huge), Err(Error::LimitExceeded(Limit::AddressLength)));
    let digest = 8 + disclosure().location().len();
    assert_eq!(patch("disclosure", digest, &[0, 0, 0, 31]), Err(Error::InvalidField));
    assert_eq!(patch("session message", 12, &[2]), Err(Error::InvalidField));
    // The first and the last coefficient of ek are 4095.
    assert_eq!(patch("request", 60, &[0xff; 2]), Err(Error::InvalidField));
    assert_eq!(patch("request", 60 + 1150, &[0xff; 2]), Err(Error::InvalidField));
    // The replay cache: more requests than it holds, a quota above the capacity.
    assert_eq!(patch("replay cache", 28, &huge), Err(Error::LimitExceeded(Limit::ReplayCacheRequests)));
    assert_eq!(patch("replay cache", 12, &[0; 4]), Err(Error::InvalidField));
    // The unpatched bytes decode.
    for Case { what, bytes, decode, .. } in &cases {
        assert_eq!(decode(bytes).as_ref(), Ok(bytes), "{what}");
    }
}

#[test]
fn rejects_unsorted_registries_and_replay_caches() {
    // Revoked serial numbers, which end the super node's bytes.
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
    let mut listings = registry::Listings::default();
    // 393,216 identities of 96 bytes, revoked under six names.
    for n in 0..6 {
        listings.stuff(&name(&format!("hospital {n:02}")), 65_536);
    }
    let refused = Registry::sign(&draft(listings), &s);
    assert_eq!(refused.unwrap_err(), Error::LimitExceeded(Limit::RegistryLength));

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
fn derived_session_values_are_pinned() {
    let session = Consortium::new().handshake(10).1;
    insta::assert_snapshot!(hex::encode(session.id()), @"f5821b8538826d5e4f5b8a230e2d6ac3c2d5a3540f3ed3a02b7875ce1e2043b6");
    insta::assert_snapshot!(hex::encode(session.export(b"label").as_slice()), @"68becd87ecdecb908fbef9db93f9048e0bf82f91751ed9f25578b29b513f731a");
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
