//! Keys made to pass the check of a received key. The check adds its equations with weights. Errors
//! that cancel under weights known in advance would pass.

use blstrs::G2Projective;
use ff::Field;
use medseal::Error;
use medseal::abe::{DecryptionKey, PublicKey};

use super::{Authority, KEY, opens, refused};
use crate::ground::{P1, P2, Reader, canonical, g2_bytes, header};
use crate::keys::{ABE, KeyCheck};

const CHECK: KeyCheck<'static> = KeyCheck { scheme: ABE, weight: "ABE-WEIGHT" };

fn A(authority: &Authority) -> G2Projective {
    Reader::new(0x21, &authority.public.to_bytes()).g2()
}

#[test]
fn key_errors_cancelling_under_guessed_weights_fail() {
    // The authority issues a key changed to pass the check if the weights do not depend on
    // everything that was changed.
    let authority = Authority::new(1);
    let A = A(&authority);
    let set = "a, role=x"; // K0, K1, K_a, K_role=x, N_role
    let (genuine, wrapped) = (authority.issue(set, 2), authority.wrap(&"a".into(), 90));
    let key = authority.key(set, 2);
    let mut broken = key.clone();
    *broken.K.get_mut(&canonical("a")).unwrap() += P1();
    for forged in CHECK.made_up_for(&A, &key, &broken) {
        let forged = DecryptionKey::from_bytes(&forged.to_bytes(KEY)).unwrap();
        assert_eq!(forged.verify(&authority.public), Err(Error::InvalidKey));
        refused(&forged, &wrapped);
    }
    // It also fails against equal weights for all elements, or for those of attributes.
    for [i, j] in [[0, 1], [2, 3], [2, 4], [3, 4], [0, 4]] {
        let mut forged = key.clone();
        *forged.points_mut()[i] += P1();
        *forged.points_mut()[j] -= P1();
        let forged = DecryptionKey::from_bytes(&forged.to_bytes(KEY)).unwrap();
        assert_eq!(forged.verify(&authority.public), Err(Error::InvalidKey), "{i}, {j}");
    }
    assert_eq!(genuine.verify(&authority.public), Ok(()));
    opens(&genuine, &wrapped);
}

#[test]
fn detects_a_public_key_fitted_to_another() {
    // An authority issues a broken key, and then publishes an A that corrects the sum if the
    // weights do not depend on A.
    let authority = Authority::new(1);
    let A = A(&authority);
    let mut broken = authority.key("a, b", 2);
    *broken.K.get_mut(&canonical("a")).unwrap() += ABE.h();
    let bytes = broken.to_bytes(KEY);
    let received = DecryptionKey::from_bytes(&bytes).unwrap();
    assert_eq!(received.verify(&authority.public), Err(Error::InvalidKey));
    let published =
        |A: &G2Projective| PublicKey::from_bytes(&[header(0x21).as_slice(), &g2_bytes(A)].concat()).unwrap();
    for hashed_A in [Some(&A), None] {
        let w = CHECK.weights(hashed_A, Some(&bytes[4..]));
        // A + [w_a/w_0]P2 must compensate for the error [w_a]h.
        let made = A + P2() * (w[2] * w[0].invert().unwrap());
        assert!(CHECK.holds(&made, &broken, &w));
        assert_eq!(received.verify(&published(&made)), Err(Error::InvalidKey));
    }
    assert_eq!(authority.issue("a, b", 2).verify(&published(&A)), Ok(()));
    assert!(CHECK.holds(&A, &authority.key("a, b", 2), &CHECK.weights(Some(&A), Some(&bytes[4..]))));
}
