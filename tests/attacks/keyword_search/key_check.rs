//! Keys made to pass the check of a received key. The check adds its equations with weights. Errors
//! that cancel under weights known in advance would pass.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::search::{PublicKey, SearchKey};

use super::owner::{Master, Public};
use super::searcher::Key;
use super::{Consortium, found};
use crate::ground::{self, P1, P2, Transcript, g1_bytes, g2_bytes, is_one, pair};
use crate::keys::SEARCH;

/// The weights of a key for `a, b`, if the seed depends on the given items: `U0`, `U1`,
/// `a`, `b` of K, and of Z.
fn weights(A: Option<&[u8]>, B: Option<&[u8]>, key: Option<&[u8]>) -> [Scalar; 8] {
    let items = [("A", A), ("B", B), ("key", key)];
    let given = items.into_iter().filter_map(|(label, item)| Some((label, item?)));
    let seed =
        given.fold(Transcript::new(), |t, (label, item)| t.item(label, item)).digest("SEARCH-KEY-CHECK");
    let mut weights = ground::weights("SEARCH-WEIGHT", seed);
    core::array::from_fn(|_| weights.next().unwrap())
}

/// The sum of a key's equations with these weights.
fn holds(public: &Public, key: &Key, w: &[Scalar; 8]) -> bool {
    // e(K0, B) = e(A, P2) e(U0, K2)    e(K1, B) = e(U1, K2)    e(K_a, P2) = e(H(a), K2)
    // e(Z0, B) = e(U0, Z2)             e(Z1, B) = e(U1, Z2)    e(Z_a, P2) = e(H(a), Z2)
    let sum = |points: &[G1Projective], w: &[Scalar]| points.iter().zip(w).map(|(P, w)| P * w).sum();
    let [K, Z]: [Vec<G1Projective>; 2] = [key.K.points(), key.Z.points()];
    let slots: G1Projective = sum(&[K[0], K[1], Z[0], Z[1]], &[w[0], w[1], w[4], w[5]]);
    let attributes: G1Projective = sum(&[K[2], K[3], Z[2], Z[3]], &[w[2], w[3], w[6], w[7]]);
    let bases = SEARCH.bases(&key.K);
    let [of_K, of_Z]: [G1Projective; 2] = [sum(&bases, &w[..4]), sum(&bases, &w[4..])];
    is_one(&pair(&[
        (slots, public.B),
        (attributes - public.A * w[0], P2()),
        (-of_K, key.K.K2),
        (-of_Z, key.Z.K2),
    ]))
}

fn check(key: &Key, public: &Public) -> Result<(), Error> {
    let public = PublicKey::from_bytes(&public.to_bytes()).unwrap();
    SearchKey::from_bytes(&key.to_bytes()).unwrap().verify(&public)
}

/// The public key's bytes, with either or both points omitted.
fn seeds(public: &Public) -> [[Option<Vec<u8>>; 2]; 4] {
    let (A, B) = (g1_bytes(&public.A).to_vec(), g2_bytes(&public.B).to_vec());
    [[Some(A.clone()), Some(B.clone())], [None, Some(B)], [Some(A), None], [None, None]]
}

#[test]
fn key_errors_cancelling_under_guessed_weights_fail() {
    // The authority issues a key changed to pass the check if the weights do not depend on
    // everything that changed.
    let world = &mut Consortium::new(1);
    let (key, public) = (world.key("a, b"), world.public());
    let bytes = key.to_bytes();
    let fields = &bytes[4..];
    // Seeds, each with the possible places of two errors. Without an end of the key: K_a and K_b,
    // Z_a and Z_b, K0 and Z0 and so on. From the genuine key, or without the key: any places.
    let all = [[0, 1], [0, 4], [1, 5], [2, 3], [2, 6], [3, 7], [4, 5], [6, 7]];
    let end = |left_out: usize| Some(&fields[..fields.len() - left_out]);
    let without = [
        (0, [2, 3]),
        (96, [6, 7]),
        (192, [4, 5]),
        (288, [4, 5]),
        (336, [3, 7]),
        (384, [2, 3]),
        (384, [2, 6]),
    ];
    let hashed = without.map(|(left_out, pair)| (end(left_out), pair)).into_iter();
    let hashed = hashed.chain(all.map(|pair| (end(480), pair)));
    let hashed = hashed.chain(all.map(|pair| (Some([].as_slice()), pair))).chain([(None, [2, 3])]);
    for [A, B] in seeds(&public) {
        for (hashed, [i, j]) in hashed.clone() {
            let w = weights(A.as_deref(), B.as_deref(), hashed);
            assert!(holds(&public, &key, &w));
            // Each error weighed with the other's weight.
            let mut forged = key.clone();
            *point(&mut forged, i) += P1() * w[j];
            *point(&mut forged, j) -= P1() * w[i];
            assert!(holds(&public, &forged, &w));
            assert_eq!(check(&forged, &public), Err(Error::InvalidKey), "{i}, {j}");
        }
    }
    // It also fails against equal weights for all elements, for those of a kind, or for both parts.
    for [i, j] in [[0, 1], [2, 3], [4, 5], [6, 7], [0, 4], [1, 5], [2, 6], [3, 7]] {
        let mut forged = key.clone();
        *point(&mut forged, i) += P1();
        *point(&mut forged, j) -= P1();
        assert_eq!(check(&forged, &public), Err(Error::InvalidKey), "{i}, {j}");
    }
    assert_eq!(check(&key, &public), Ok(()));
    let index = world.index(&"a".into(), "x");
    found(&key.trapdoor(&world.x("x"), &Scalar::ONE, &Scalar::ONE), &index);
}

/// The point that a weight is for.
fn point(key: &mut Key, weight: usize) -> &mut G1Projective {
    let part = if weight < 4 { &mut key.K } else { &mut key.Z };
    part.points_mut().swap_remove(weight % 4)
}

#[test]
fn detects_a_public_key_fitted_to_another() {
    // An authority issues a broken key, and then publishes an A or B that corrects the sum if the
    // weights do not depend on it.
    let world = &mut Consortium::new(2);
    let (master, public) = (Master::read(&world.master.to_bytes()), world.public());
    let key = world.key("a, b");
    let mut broken = key.clone();
    broken.K.K.values_mut().for_each(|K_a| *K_a += SEARCH.h());
    assert_eq!(check(&broken, &public), Err(Error::InvalidKey));
    let bytes = broken.to_bytes();
    for [A, B] in seeds(&public) {
        // A, which counts w_0 times, must compensate for the errors [w_a + w_b]h.
        let w = weights(A.as_deref(), B.as_deref(), Some(&bytes[4..]));
        let made = Public { A: public.A + SEARCH.h() * ((w[2] + w[3]) * w[0].invert().unwrap()), ..public };
        assert!(holds(&made, &broken, &w));
        assert_eq!(check(&broken, &made), Err(Error::InvalidKey));
        // Or with [2b]P2: an error of -1/w in the weighted slots, if neither B nor the
        // end of the key is hashed.
        let w = weights(A.as_deref(), None, None);
        let [K0, K1, .., Z0, Z1, _, _] = [key.K.points(), key.Z.points()].concat()[..] else { continue };
        let slots = K0 * w[0] + K1 * w[1] + Z0 * w[4] + Z1 * w[5];
        let mut broken = key.clone();
        *point(&mut broken, 7) -= slots * (w[7].invert().unwrap() * master.b);
        let made = Public { B: public.B.double(), ..public };
        assert!(holds(&made, &broken, &w));
        assert_eq!(check(&broken, &made), Err(Error::InvalidKey));
    }
    assert_eq!(check(&key, &public), Ok(()));
    let x = world.x("x");
    let index = world.index(&"a".into(), "x");
    let issued = master.issue(&Scalar::from(5), &Scalar::from(7), "a, b", &key.kappa);
    assert_eq!(check(&issued, &public), Ok(()));
    found(&issued.trapdoor(&x, &Scalar::ONE, &Scalar::ONE), &index);
}
