//! An attacker on the wire changes, exchanges and reflects messages. It needs no key.

use medseal::Error;

use super::consortium::{Consortium, NOW, confirm};
use super::outsider::{ek, encapsulate, encapsulation_key, m, parts_of_reply, parts_of_request, reply, seed};
use crate::ground::header;

/// The bytes, with each bit flipped in turn.
fn with_one_bit_flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..8 * bytes.len()).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    })
}

/// All combinations that take each part from one of the two.
fn mixtures<const N: usize>(one: &[Vec<u8>; N], other: &[Vec<u8>; N]) -> Vec<[Vec<u8>; N]> {
    let part = |choice: usize, i: usize| if choice >> i & 1 == 0 { &one[i] } else { &other[i] };
    (0..1 << N).map(|choice| core::array::from_fn(|i| part(choice, i).clone())).collect()
}

#[test]
fn requests_allow_no_flipped_bit() {
    let c = Consortium::new();
    let request = c.request(1);
    for (bit, changed) in with_one_bit_flipped(&request).enumerate() {
        assert!(c.accept(&changed).is_err(), "bit {bit}");
    }
    assert!(c.accept(&request).is_ok());
}

#[test]
fn replies_allow_no_flipped_bit() {
    let c = Consortium::new();
    let (reply, _) = c.answer(&c.request(1), 2);
    for (bit, changed) in with_one_bit_flipped(&reply).enumerate() {
        assert!(c.finish(1, &changed).is_err(), "bit {bit}");
    }
    assert!(c.finish(1, &reply).is_ok());
}

#[test]
fn confirmations_allow_no_flipped_bit() {
    let c = Consortium::new();
    let request = c.request(1);
    // Recreates the main node in the same state each time, because confirming consumes it.
    let pending = || c.answer(&request, 2).1;
    let confirmation = c.finish(1, &c.answer(&request, 2).0).unwrap().confirmation.to_bytes();
    for (bit, changed) in with_one_bit_flipped(&confirmation).enumerate() {
        assert!(confirm(pending(), &changed).is_err(), "bit {bit}");
    }
    assert!(confirm(pending(), &confirmation).is_ok());
}

#[test]
fn parts_of_two_requests_cannot_be_exchanged() {
    // Requests of one hospital at two times, and requests of two hospitals.
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let own = parts_of_request(&c.request(1));
    for other in [c.ask(&c.hospital, NOW + 1, 2).1, c.ask(&clinic, NOW + 2, 3).1] {
        let other = parts_of_request(&other);
        for mixture in mixtures(&own, &other) {
            let accepted = c.accept(&[header(0x0a).as_slice(), &mixture.concat()].concat());
            if mixture == own || mixture == other {
                assert!(accepted.is_ok());
            } else {
                assert_eq!(accepted.unwrap_err(), Error::AuthenticationFailed);
            }
        }
    }
}

#[test]
fn rejects_another_hospitals_encapsulation_key() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let request = c.request(1);
    let [X, tc, ek, W] = parts_of_request(&request);
    let with = |ek: &[u8]| c.accept(&[&header(0x0a), &X[..], &tc, ek, &W].concat()).map(|_| ());
    // From the hospital's next request, from another hospital's, and from one whose dk the attacker
    // has, and mixtures of their parts.
    let own = encapsulation_key(&seed());
    for other in
        [parts_of_request(&c.request(2))[2].clone(), parts_of_request(&c.ask(&clinic, NOW, 1).1)[2].clone()]
            .iter()
            .map(Vec::as_slice)
            .chain([own.as_slice()])
    {
        assert_eq!(with(other), Err(Error::AuthenticationFailed));
        assert_eq!(with(&[&ek[..1152], &other[1152..]].concat()), Err(Error::AuthenticationFailed));
        assert_eq!(with(&[&other[..1152], &ek[1152..]].concat()), Err(Error::AuthenticationFailed));
    }
    // Unreduced coefficients, q and 4095, are refused before anything else.
    for unreduced in [[0x01, 0x0d], [0xff, 0xff]] {
        assert_eq!(with(&[&unreduced, &ek[2..]].concat()), Err(Error::InvalidField));
    }
    assert_eq!(with(&ek), Ok(()));
}

#[test]
fn rejects_another_nodes_ciphertext() {
    let c = Consortium::new();
    let request = c.request(1);
    let [T, ct, AK, M] = parts_of_reply(&c.answer(&request, 2).0);
    let with = |ct: &[u8]| c.finish(1, &reply(&T, ct, &AK, &M)).map(|_| ());
    // A ciphertext to the same key, with an m that the attacker knows; the ciphertexts of other
    // replies, to this request and to another; and invalid ones.
    let to_the_same = encapsulate(&ek(&request), &m()).0;
    let again = parts_of_reply(&c.answer(&request, 3).0)[1].clone();
    let next = parts_of_reply(&c.answer(&c.request(4), 2).0)[1].clone();
    for other in [to_the_same.as_slice(), &again, &next, &[0; 1088], &[0xff; 1088]] {
        assert_eq!(with(other), Err(Error::AuthenticationFailed));
        assert_eq!(with(&[&ct[..960], &other[960..]].concat()), Err(Error::AuthenticationFailed));
        assert_eq!(with(&[&other[..960], &ct[960..]].concat()), Err(Error::AuthenticationFailed));
    }
    assert_eq!(with(&ct), Ok(()));
}

#[test]
fn parts_of_two_replies_cannot_be_exchanged() {
    // Another reply to the same request, one to the same hospital's next request, and
    // one to another hospital.
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let request = c.request(1);
    let own = parts_of_reply(&c.answer(&request, 2).0);
    let again = parts_of_reply(&c.answer(&request, 3).0);
    let next = parts_of_reply(&c.answer(&c.request(4), 2).0);
    let clinics = parts_of_reply(&c.answer(&c.ask(&clinic, NOW, 5).1, 2).0);
    for other in [&again, &next, &clinics] {
        for mixture in mixtures(&own, other) {
            let [T, ct, AK, M] = &mixture;
            let finished = c.finish(1, &reply(T, ct, AK, M)).map(|_| ());
            let genuine = mixture == own || mixture == again;
            assert_eq!(finished, if genuine { Ok(()) } else { Err(Error::AuthenticationFailed) });
        }
    }
    // Each is good where it belongs.
    assert!(c.finish(4, &reply(&next[0], &next[1], &next[2], &next[3])).is_ok());
}

#[test]
fn a_reflected_request_is_no_reply() {
    let c = Consortium::new();
    let request = c.request(1);
    let genuine = c.answer(&request, 2).0;
    assert_eq!(c.finish(1, &request).unwrap_err(), Error::WrongKind);
    let relabelled = [header(0x0b).as_slice(), &request[4..]].concat();
    assert!(c.finish(1, &relabelled).is_err());
    // X for T, W for M, and everything else that it has seen.
    let [T, ct, AK, M] = parts_of_reply(&genuine);
    let [X, _, ek, W] = parts_of_request(&request);
    for T in [&X, &T] {
        for AK in [&AK[..], &W[..32], &W[400..], &X[..32], &[0; 32]] {
            for (ct, M) in [(&ct[..], &M), (&ct, &W), (&ek[..1088], &M), (&ek[96..], &W)] {
                let reflected = reply(T, ct, AK, M);
                if reflected != genuine {
                    assert_eq!(c.finish(1, &reflected).unwrap_err(), Error::AuthenticationFailed);
                }
            }
        }
    }
    assert!(c.finish(1, &genuine).is_ok());
}

#[test]
fn rejects_reflected_and_foreign_confirmations() {
    let c = Consortium::new();
    let (request, another) = (c.request(1), c.request(5));
    let (reply, other_reply) = (c.answer(&request, 2).0, c.answer(&another, 2).0);
    let confirmation = c.finish(1, &reply).unwrap().confirmation.to_bytes();
    let other = c.finish(5, &other_reply).unwrap().confirmation.to_bytes();
    // The main node's own messages are no confirmation, and the hospital's confirmation of another
    // session does not confirm this one.
    let reflected = [header(0x0c).as_slice(), &parts_of_reply(&reply)[2]].concat();
    for false_one in [reflected, other.clone()] {
        assert_eq!(confirm(c.answer(&request, 2).1, &false_one).unwrap_err(), Error::AuthenticationFailed);
    }
    assert!(confirm(c.answer(&request, 2).1, &confirmation).is_ok());
    assert!(confirm(c.answer(&another, 2).1, &other).is_ok());
}
