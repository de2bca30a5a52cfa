//! Elements of the wrapped key and of the index that decoding leaves for later: a ledger keeps them for others, and so
//! checks every one before it takes an entry.

use std::num::NonZeroUsize;

use super::*;
use crate::abe::WrappedKey;
use crate::curve::{decode_g1, decode_g2};
use crate::search::RecordIndex;

/// A reader satisfies it with one leaf, and never looks at the other's elements.
const ACCESS: &str = "doctor or nurse";

/// The identity, a point outside the subgroup and a point off the curve, compressed to `size` bytes.
fn bad_points(size: usize) -> [(Vec<u8>, Error); 3] {
    let decode = |bytes: &[u8]| match size {
        48 => decode_g1(bytes.try_into().unwrap()).map(drop),
        _ => decode_g2(bytes.try_into().unwrap()).map(drop),
    };
    let with_x = |x: u8| {
        let mut bytes = vec![0; size];
        (bytes[0], bytes[size - 1]) = (0x80, x);
        bytes
    };
    let first = |error| ((0..=255).map(with_x).find(|bytes| decode(bytes) == Err(error)).unwrap(), error);
    let mut identity = vec![0; size];
    identity[0] = 0xc0;
    [(identity, Error::IdentityPoint), first(Error::PointNotInSubgroup), first(Error::InvalidPoint)]
}

/// The bytes with an element of every wrong kind in one place after the other.
fn damaged(bytes: &[u8], places: &[(usize, usize)]) -> Vec<(Vec<u8>, Error)> {
    let mut all = Vec::new();
    for (at, size) in places {
        for (point, error) in bad_points(*size) {
            all.push(([&bytes[..*at], &point, &bytes[at + size..]].concat(), error));
        }
    }
    all
}

/// A statement under [`ACCESS`].
fn either() -> Statement {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let (access, keyword) = (policy(ACCESS), Keyword::new("keyword").unwrap());
    let public_key = WORLD.search.public_key();
    Statement {
        key: WORLD.abe.wrap(&access, &[7; 32], b"", rng).unwrap(),
        index: public_key.index_record(&WORLD.keyword, &[keyword], &access, Padding::None, rng).unwrap(),
        ..statement(1)
    }
}

/// Signed with a good signature by somebody who is entitled to, decoded anew, and refused alone and in a batch.
fn refused(statement: Statement, error: Error) {
    let bytes = sign(statement).to_bytes();
    let entry = Entry::from_bytes(&bytes).unwrap();
    assert_eq!(validate(&entry, &WORLD.demands), Err(error));
    let batch = [super::entry(1), entry, super::entry(2)];
    assert_eq!(validate_all(&batch, &WORLD.demands, NonZeroUsize::MIN), Err(Refusal { position: 1, error }));
}

#[test]
fn an_entry_whose_wrapped_key_holds_a_bad_element_that_no_reader_uses_is_refused() {
    let bytes = either().key.to_bytes();
    // Header, policy and c1, which is decoded at once; then c2, and c3 of either leaf.
    let c2 = 4 + 4 + ACCESS.len() + 96;
    for (bytes, error) in damaged(&bytes, &[(c2, 96), (c2 + 96, 48), (c2 + 144, 48)]) {
        refused(Statement { key: WrappedKey::from_bytes(&bytes).unwrap(), ..either() }, error);
    }
    validate(&sign(either()), &WORLD.demands).unwrap();
    validate_all(&[entry(1), sign(either())], &WORLD.demands, NonZeroUsize::MIN).unwrap();
}

#[test]
fn an_entry_whose_index_holds_a_bad_element_that_no_search_uses_is_refused() {
    let bytes = either().index.to_bytes();
    // Header, policy, no hints, one keyword; then c1, E, c2, and c3 of either leaf.
    let c1 = 4 + 4 + ACCESS.len() + 1 + 4;
    let places = [(c1, 96), (c1 + 96, 48), (c1 + 144, 96), (c1 + 240, 48), (c1 + 288, 48)];
    assert_eq!(c1 + 336, bytes.len());
    for (bytes, error) in damaged(&bytes, &places) {
        refused(Statement { index: RecordIndex::from_bytes(&bytes).unwrap(), ..either() }, error);
    }
    validate(&sign(either()), &WORLD.demands).unwrap();
    validate_all(&[entry(1), sign(either())], &WORLD.demands, NonZeroUsize::MIN).unwrap();
}
