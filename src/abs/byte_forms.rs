//! What the decoders accept, and the bytes that must stay.

use super::tests::{authority, key, policy, sign, verify};
use super::*;
use crate::error::Error;
use crate::limits::Limit;

/// Truncated anywhere, followed by a byte, under another header: refused, each for its reason.
fn check_decoder<T: core::fmt::Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, Error>,
    encode: impl Fn(&T) -> Vec<u8>,
) {
    for length in 0..bytes.len() {
        assert_eq!(decode(&bytes[..length]).unwrap_err(), Error::Truncated, "{length}");
    }
    assert_eq!(decode(&[bytes, &[0]].concat()).unwrap_err(), Error::TrailingBytes);
    for (at, error) in [(0, Error::WrongMagic), (2, Error::UnsupportedVersion), (3, Error::WrongKind)] {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        assert_eq!(decode(&changed).unwrap_err(), error);
    }
    assert_eq!(encode(&decode(bytes).unwrap()), bytes);
}

/// A field is refused with the error when it is replaced by these bytes.
fn check_field<T: core::fmt::Debug>(
    bytes: &[u8],
    at: usize,
    value: &[u8],
    error: Error,
    decode: impl Fn(&[u8]) -> Result<T, Error>,
) {
    let mut changed = bytes.to_vec();
    changed[at..at + value.len()].copy_from_slice(value);
    assert_eq!(decode(&changed).unwrap_err(), error, "at {at}");
}

/// Encodings that are no element of the group: the identity, a point of the curve outside the subgroup, and none of
/// the curve.
fn bad_points<const N: usize>(decode: impl Fn(&[u8; N]) -> Result<(), Error>) -> [([u8; N], Error); 3] {
    let small_x = |x: u8| {
        let mut bytes = [0; N];
        (bytes[0], bytes[N - 1]) = (0x80, x);
        bytes
    };
    let first = |error: Error| {
        let found = (0..=255).map(small_x).find(|bytes| decode(bytes) == Err(error.clone())).unwrap();
        (found, error)
    };
    let mut identity = [0; N];
    identity[0] = 0xc0;
    [(identity, Error::IdentityPoint), first(Error::PointNotInSubgroup), first(Error::InvalidPoint)]
}

const ORDER: [u8; 32] = {
    let mut order = [0xff; 32];
    let head =
        [0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05];
    let tail =
        [0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01];
    let mut i = 0;
    while i < 16 {
        order[i] = head[i];
        order[16 + i] = tail[i];
        i += 1;
    }
    order
};

#[test]
fn the_decoder_of_signatures_is_strict() {
    let authority = authority();
    let policy = policy("a or b");
    let signature = sign(&key(&authority, "a", 1), &policy, 1);
    let bytes = signature.to_bytes();
    assert_eq!(bytes.len(), 156 + 32 + 2 * 192);
    check_decoder(&bytes, Signature::from_bytes, Signature::to_bytes);

    let check = |at, value: &[u8], error| check_field(&bytes, at, value, error, Signature::from_bytes);
    for (point, error) in bad_points(|bytes| crate::curve::decode_g1(bytes).map(|_| ())) {
        for at in [12, 188, 236, 380, 428] {
            check(at, &point, error.clone());
        }
    }
    for at in [60, 92, 124, 156, 284, 316, 348, 476, 508, 540] {
        check(at, &ORDER, Error::InvalidScalar);
    }
    // Counts: too many, and more shares than any tree has.
    check(4, &1025u32.to_be_bytes(), Error::LimitExceeded(Limit::PolicyLeaves));
    check(8, &1025u32.to_be_bytes(), Error::LimitExceeded(Limit::PolicyLeaves));
    check(4, &2u32.to_be_bytes(), Error::InvalidField);
    check(4, &[0; 8], Error::InvalidField);
    check(8, &1024u32.to_be_bytes(), Error::Truncated);

    assert_eq!(verify(&authority, &policy, &Signature::from_bytes(&bytes).unwrap()), Ok(()));
}

#[test]
fn the_decoders_of_keys_are_strict() {
    let authority = authority();
    let master = authority.to_bytes();
    check_decoder(&master, MasterKey::from_bytes, |key| key.to_bytes().to_vec());
    check_field(&master, 4, &[0; 32], Error::InvalidScalar, MasterKey::from_bytes);
    check_field(&master, 4, &ORDER, Error::InvalidScalar, MasterKey::from_bytes);

    let public = authority.public_key().to_bytes();
    assert_eq!(public.len(), 100);
    check_decoder(&public, PublicKey::from_bytes, PublicKey::to_bytes);
    let bad_g2 = bad_points(|bytes| crate::curve::decode_g2(bytes).map(|_| ()));
    for (point, error) in &bad_g2 {
        check_field(&public, 4, point, error.clone(), PublicKey::from_bytes);
    }

    let key = key(&authority, "a, b", 1);
    let bytes = key.to_bytes();
    check_decoder(&bytes, SigningKey::from_bytes, |key| key.to_bytes().to_vec());
    let check = |at, value: &[u8], error| check_field(&bytes, at, value, error, SigningKey::from_bytes);
    for (point, error) in &bad_g2 {
        check(4, point, error.clone());
    }
    for (point, error) in bad_points(|bytes| crate::curve::decode_g1(bytes).map(|_| ())) {
        check(bytes.len() - 48, &point, error.clone());
        check(bytes.len() - 128, &point, error);
    }
    for at in [100, bytes.len() - 80, bytes.len() - 160] {
        check(at, &ORDER, Error::InvalidScalar);
    }
    check(100, &[0; 32], Error::InvalidScalar);
    // The attributes out of order, and too many.
    let (a, b) = (bytes.len() - 160 - 12, bytes.len() - 160 - 6);
    assert_eq!((bytes[a + 4], bytes[b + 4]), (b'a', b'b'));
    check(a + 4, b"c", Error::NotSorted);
    check(b + 4, b"a", Error::NotSorted);
    check(132, &4097u32.to_be_bytes(), Error::LimitExceeded(Limit::AttributesPerKey));
    assert_eq!(SigningKey::from_bytes(&bytes).unwrap().verify(authority.public_key()), Ok(()));
}
