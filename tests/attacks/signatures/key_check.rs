//! Keys made to pass the check of a received key: an authority issues a key that is invalid, or
//! that would identify its holder later. The check adds its equations with weights.

use medseal::Error;
use medseal::abs::SigningKey;

use super::signer::{key_bytes, read_key};
use super::{Authority, rightly};
use crate::ground::{P1, P2, canonical};
use crate::keys::{ABS, KeyCheck};
use crate::rule::{Rule, all, not};

const CHECK: KeyCheck<'static> = KeyCheck { scheme: ABS, weight: "ABS-KEY-WEIGHT" };

#[test]
fn key_errors_cancelling_under_guessed_weights_fail() {
    let authority = Authority::new(1);
    let genuine = authority.issue("a, role=y", 2);
    let (A, key) = read_key(&genuine.to_bytes());
    let mut broken = key.clone();
    *broken.K.get_mut(&canonical("a")).unwrap() += P1();
    for forged in CHECK.made_up_for(&A, &key, &broken) {
        let received = SigningKey::from_bytes(&key_bytes(&A, &forged)).unwrap();
        assert_eq!(received.verify(&authority.public), Err(Error::InvalidKey));
    }
    // It does not sign either: failing signatures would identify its holder to the authority.
    let received = SigningKey::from_bytes(&key_bytes(&A, &broken)).unwrap();
    let rule = Rule::from("a");
    let signature = super::sign(&received, &rule, 3).unwrap();
    assert_eq!(authority.verify(&rule, &signature), super::REFUSED);
    // With another authority's name, it is not a key of this authority.
    let renamed = SigningKey::from_bytes(&key_bytes(&(A + P2()), &key)).unwrap();
    assert_eq!(renamed.verify(&authority.public), Err(Error::InvalidKey));

    assert_eq!(genuine.verify(&authority.public), Ok(()));
    let rule = all(["a".into(), not("role", "x")]);
    authority.accepts(&rule, &rightly(&authority.statement(&rule), &key, 3));
}
