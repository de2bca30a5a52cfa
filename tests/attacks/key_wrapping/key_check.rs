//! Keys that are made to pass the check of a received key. It adds its equations up under weights, and errors that cancel
//! under weights known beforehand would pass.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use medseal::Error;
use medseal::abe::{DecryptionKey, PublicKey};

use super::reader::Key;
use super::writer::{H, U};
use super::{Authority, opens, refused};
use crate::ground::{self, P1, P2, Reader, Transcript, g1_bytes, g2_bytes, header, is_one, pair};

/// The first weights, if the seed depends on the items that are given.
fn weights(A1: Option<&[u8]>, A2: Option<&[u8]>, key: Option<&[u8]>) -> [Scalar; 4] {
    let items = [("A1", A1), ("A2", A2), ("key", key)];
    let given = items.into_iter().filter_map(|(label, item)| Some((label, item?)));
    let seed = given.fold(Transcript::new(), |t, (label, item)| t.item(label, item)).digest("ABE-KEY-CHECK");
    let mut weights = ground::weights("ABE-WEIGHT", seed);
    core::array::from_fn(|_| weights.next().unwrap())
}

/// The check of a key for `a, b` with these weights:
/// `e(sum w_i K_i, P2) = e(sum w_i base_i, K2) e([w_0]A1, A2)`.
fn holds(public_key: &[u8], key: &Key, w: &[Scalar; 4]) -> bool {
    let mut reader = Reader::new(0x21, public_key);
    let (A1, A2) = (reader.g1(), reader.g2());
    let [U0, U1] = U();
    let bases = [U0, U1, H(&key.K[0].0), H(&key.K[1].0)];
    let sum = |points: &[G1Projective]| points.iter().zip(w).map(|(P, w)| P * w).sum::<G1Projective>();
    is_one(&pair(&[(sum(&key.points()), P2()), (-sum(&bases), key.K2), (-(A1 * w[0]), A2)]))
}

/// The public key's `A1` and `A2`.
fn halves(public_key: &[u8]) -> (&[u8], &[u8]) {
    public_key[4..].split_at(48)
}

#[test]
fn errors_that_cancel_under_weights_known_beforehand_are_found_in_a_received_key() {
    // Whoever hands a key over changes it so that it passes, if the weights do not depend on all that it changes.
    let authority = Authority::new(1);
    let public_key = authority.public.to_bytes();
    let (A1, A2) = halves(&public_key);
    let (genuine, wrapped) = (authority.issue("a, b", 2), authority.wrap(&"a".into(), 90));
    let key = authority.key("a, b", 2);
    let mut broken = key.clone();
    broken.K[0].1 += P1();
    for before in [&key, &broken] {
        // The seed as it would be without the end of the key, from K_b over K_a, K1, K0 to K2, or without all of it.
        let bytes = before.to_bytes();
        let fields = &bytes[4..];
        let ends = [0, 48, 96, 144, 192, 288].map(|left_out| Some(&fields[..fields.len() - left_out]));
        for hashed in ends.into_iter().chain([None]) {
            for (A1, A2) in [(Some(A1), Some(A2)), (None, Some(A2)), (Some(A1), None), (None, None)] {
                let w = weights(A1, A2, hashed);
                // P1 more in K_a, and [w_a/w_b]P1 less in K_b.
                let mut forged = broken.clone();
                forged.K[1].1 -= P1() * (w[2] * w[3].invert().unwrap());
                assert!(holds(&public_key, &key, &w) && holds(&public_key, &forged, &w));
                let forged = DecryptionKey::from_bytes(&forged.to_bytes()).unwrap();
                assert_eq!(forged.verify(&authority.public), Err(Error::InvalidKey));
                refused(&forged, &wrapped);
            }
        }
    }
    assert_eq!(genuine.verify(&authority.public), Ok(()));
    opens(&genuine, &wrapped);
}

#[test]
fn a_public_key_made_to_fit_a_broken_key_is_found() {
    // An authority, who knows a1 and a2, hands out a broken key, and then publishes A1 or A2 so that the sum comes right, if
    // the weights do not depend on what it publishes.
    let authority = Authority::new(1);
    let (master, public_key) = (authority.master.to_bytes(), authority.public.to_bytes());
    let mut reader = Reader::new(0x20, &master);
    let [a1, a2] = [(); 2].map(|()| reader.scalar());
    let (A1, A2) = halves(&public_key);
    let mut broken = authority.key("a, b", 2);
    broken.K[0].1 += P1();
    let bytes = broken.to_bytes();
    let received = DecryptionKey::from_bytes(&bytes).unwrap();
    assert_eq!(received.verify(&authority.public), Err(Error::InvalidKey));
    let made_of = |A1: &[u8], A2: &[u8]| [&header(0x21), A1, A2].concat();
    for (hashed_A1, hashed_A2) in [(Some(A1), Some(A2)), (None, Some(A2)), (Some(A1), None), (None, None)] {
        let w = weights(hashed_A1, hashed_A2, Some(&bytes[4..]));
        // [w_0 a1 a2]: the error w_a must be made up for, with a1 + w_a/(w_0 a2) or a2 + w_a/(w_0 a1)
        let more = |of: &Scalar| w[2] * (w[0] * of).invert().unwrap();
        for made in [
            made_of(&g1_bytes(&(P1() * (a1 + more(&a2)))), A2),
            made_of(A1, &g2_bytes(&(P2() * (a2 + more(&a1))))),
        ] {
            assert!(holds(&made, &broken, &w));
            let made = PublicKey::from_bytes(&made).unwrap();
            assert_eq!(received.verify(&made), Err(Error::InvalidKey));
        }
    }
    let again = PublicKey::from_bytes(&made_of(A1, A2)).unwrap();
    assert_eq!(authority.issue("a, b", 2).verify(&again), Ok(()));
    assert!(holds(&public_key, &authority.key("a, b", 2), &weights(Some(A1), Some(A2), Some(&bytes[4..]))));
}
