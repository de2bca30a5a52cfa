//! Attackers who impersonate a side without its secret, with public data or with another
//! secret that has leaked.

use blstrs::{G1Affine, G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::identity::{AuthRequest, MainNode, Role, SuperNode};

use super::consortium::{Consortium, NOW, certify, disclosure, empty_cache, name, public_points, registered};
use super::outsider::{self, Claim, Exchange, Node, x, y};
use crate::ground::{P1, P2, Reader, g1_bytes, header, random_scalar, rng};

/// A reply from an attacker who uses this value as `X'` and knows everything about the
/// hospital except its secrets.
fn forged_reply(c: &Consortium, request: &[u8], shared: G1Projective, y: Scalar) -> Vec<u8> {
    let exchange = Exchange::answering(&c.node(), request, shared, y);
    exchange.disclosing(&c.general(), &disclosure().to_bytes())
}

#[test]
fn a_node_without_its_secret_is_helpless() {
    let c = Consortium::new();
    let (request, node) = (c.request(70), c.node());
    // It has the name, the certificate, the registry, and its own secret.
    let impostor = MainNode::generate(name("node 1"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap();
    let received = AuthRequest::from_bytes(&request).unwrap();
    let refused = impostor.accept(&received, &c.registry, &empty_cache(), NOW);
    assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
    let (own, X) = (outsider::s_MN(&impostor.to_bytes()), Reader::new(0x0a, &request).g1());
    assert!(Claim::open(&request, &node, X * own).is_none());
    // It chooses y and therefore knows V, but it cannot compute X'.
    let y = y();
    let mut guesses = public_points(&node, &request);
    guesses.extend([X * own, X * y, node.Q_MN * y]);
    for guess in guesses {
        assert!(Claim::open(&request, &node, guess).is_none());
        let forged = forged_reply(&c, &request, guess, y);
        assert_eq!(c.finish(70, &forged).unwrap_err(), Error::AuthenticationFailed);
    }
    // The same steps succeed with X'.
    let shared = X * c.s_MN();
    assert!(Claim::open(&request, &node, shared).is_some());
    assert!(c.finish(70, &forged_reply(&c, &request, shared, y)).is_ok());
}

#[test]
fn a_leaked_identity_key_fakes_no_node() {
    // S_ID gives nothing in G1. To make the test independent of that, the attacker also has
    // s, from which S_ID is computed, and can multiply all points by it. None of the
    // results is X' = [x s_MN]P1.
    let c = Consortium::new();
    let (request, node, s) = (c.request(70), c.node(), c.s());
    let y = y();
    for guess in public_points(&node, &request) {
        for guess in [guess * s, guess * s.square(), guess * s.invert().unwrap(), guess * (s + y)] {
            assert!(Claim::open(&request, &node, guess).is_none());
            let forged = forged_reply(&c, &request, guess, y);
            assert_eq!(c.finish(70, &forged).unwrap_err(), Error::AuthenticationFailed);
        }
    }
    let shared = Reader::new(0x0a, &request).g1() * c.s_MN();
    assert!(c.finish(70, &forged_reply(&c, &request, shared, y)).is_ok());
}

#[test]
fn rejects_a_hospital_without_its_key() {
    let mut c = Consortium::new();
    let (clinic, ward) = (c.register("Clinic", 10), c.register("Ward", 11));
    let Q = registered(&c.hospital);
    // It has the keys of two other hospitals, and a key from another super node.
    let stranger = outsider::s(&SuperNode::generate(&mut rng(9)).unwrap().to_bytes());
    let [(Q_1, S_1), (Q_2, S_2)] = [&clinic, &ward].map(|hospital| {
        let (identifiers, S_ID) = outsider::hospital(&hospital.to_bytes());
        (identifiers.Q_ID(), S_ID)
    });
    let as_general = |S_ID: &G2Projective| {
        let x = x();
        let claim = Claim::new(&c.general(), &c.node(), x, NOW);
        c.accepted_as(&claim.request(&claim.U(x, S_ID)))
    };
    let mut guesses = vec![Q, P2(), S_1, S_2, S_1 + S_2, S_1 - S_2, Q * stranger, S_1 * stranger];
    guesses.extend([S_1 + Q - Q_1, S_1 + S_2 + Q - Q_1 - Q_2, S_1 + Q_2 - Q_1, Q_1 + Q_2]);
    guesses.push(Q * random_scalar(&mut rng(11)));
    for guess in guesses {
        assert_eq!(as_general(&guess), Err(Error::AuthenticationFailed));
    }
    assert_eq!(as_general(&c.S_ID()).unwrap(), "General");
}

/// `X = [a]P1 - [1/r]P_SN`, for which `P_SN + [r]X = [r a]P1`, and `U = [r a]Q_ID`
/// satisfies the equation.
fn cancelling(claim: &Claim, r: Scalar, a: Scalar) -> (Claim, G2Projective) {
    let X = P1() * a - claim.node.P_SN * r.invert().unwrap();
    (Claim { X, ..claim.clone() }, claim.Q_ID * (r * a))
}

#[test]
fn public_data_alone_makes_no_request() {
    // The equation can be satisfied for any r that is known before X. But r depends on X, and X' =
    // [s_MN]X cannot be computed.
    let c = Consortium::new();
    let (genuine, general, node) = (c.request(1), c.general(), c.node());
    let claim = Claim::new(&general, &node, x(), NOW);
    for (r, a) in [(3, 5), (1, 1), (7, 2)].map(|(r, a)| (Scalar::from(r), Scalar::from(a))) {
        let (claim, U) = cancelling(&claim, r, a);
        assert!(claim.holds(&U, r));
        let own = [header(0x0a).as_slice(), &g1_bytes(&claim.X)].concat();
        for shared in public_points(&node, &genuine).into_iter().chain(public_points(&node, &own)) {
            let forged = Claim { shared, ..claim.clone() };
            assert_eq!(c.accept(&forged.request(&U)).unwrap_err(), Error::AuthenticationFailed);
        }
    }
    // The same program, with x chosen first, and S_ID.
    let request = claim.request(&claim.U(x(), &c.S_ID()));
    assert_eq!(c.accepted_as(&request).unwrap(), "General");
}

#[test]
fn a_leaked_node_secret_fakes_no_hospital() {
    let c = Consortium::new();
    let (node, s_MN) = (c.node(), c.s_MN());
    // It opens what it has recorded, and can seal any X.
    let [(first, U1), (second, U2)] = [70, 71].map(|seed| {
        let request = c.request(seed);
        let X = Reader::new(0x0a, &request).g1();
        Claim::open(&request, &node, X * s_MN).unwrap()
    });
    let (r1, r2, Q_ID) = (first.r(), second.r(), first.Q_ID);
    let at = |X: G1Projective, tc| Claim { X, shared: X * s_MN, tc, ..first.clone() };
    let refused = |claim: Claim, U: G2Projective| {
        assert_eq!(c.accept(&claim.request(&U)).unwrap_err(), Error::AuthenticationFailed);
    };
    // The recorded U for another time, or with X scaled to keep [r]X unchanged.
    let later = at(first.X, NOW + 1);
    refused(later.clone(), U1);
    refused(at(first.X * (r1 * later.r().invert().unwrap()), NOW + 1), U1);
    // A new X = X1 + [b]P1: U can be adapted to the known part.
    let b = Scalar::from(5);
    let shifted = at(first.X + P1() * b, NOW);
    let follows = U1 + Q_ID * (b * shifted.r());
    refused(shifted, follows);
    // An X that satisfies the equation for the r of the previous X. But r changes each time.
    // Once from nothing, once from the two recordings: U = [a]U1 + [1 - a]U2 = S_ID + [a r1
    // x1 + (1 - a) r2 x2]Q_ID.
    for a in [Scalar::ONE, -Scalar::ONE, Scalar::from(2), Scalar::from(2).invert().unwrap()] {
        let (mut guess, mut mixed_guess) = (r1, r2);
        for _ in 0..8 {
            let (forged, U) = cancelling(&first, guess, b);
            assert!(forged.holds(&U, guess));
            let forged = at(forged.X, NOW);
            guess = forged.r();
            refused(forged, U);

            let g = mixed_guess.invert().unwrap();
            let X = first.X * (a * r1 * g) + second.X * ((Scalar::ONE - a) * r2 * g);
            let (forged, U) = (at(X, NOW), U1 * a + U2 * (Scalar::ONE - a));
            assert!(forged.holds(&U, mixed_guess));
            mixed_guess = forged.r();
            if X != first.X {
                refused(forged, U);
            }
        }
    }
    // With S_ID the same program is the hospital.
    let x = x();
    let claim = at(P1() * x, NOW);
    assert_eq!(c.accepted_as(&claim.request(&claim.U(x, &c.S_ID()))).unwrap(), "General");
}

/// A point of order 11 on the curve.
const OF_ORDER_11: &str =
    "b9b3e2c8c6bbf59d3c326b531fc1e639d29200c28624ac604f251a12908c9b7f735318617f625954cc71cdf03229b1ef";

#[test]
fn an_X_of_small_order_gets_nothing_of_a_main_nodes_secret() {
    // A main node that accepted it as X would compute one of eleven X', and open only the
    // request that was sealed under that one. Its reaction reveals s_MN modulo 11, and other
    // orders reveal the rest.
    let c = Consortium::new();
    let bytes: [u8; 48] = hex::decode(OF_ORDER_11).unwrap().try_into().unwrap();
    let X = G1Projective::from(G1Affine::from_compressed_unchecked(&bytes).unwrap());
    let multiples: Vec<_> = (0..11)
        .scan(G1Projective::identity(), |sum, _| {
            *sum += X;
            Some(*sum)
        })
        .collect();
    assert!(bool::from(multiples[10].is_identity()) && !bool::from(multiples[9].is_identity()));

    let (general, node, x) = (c.general(), c.node(), x());
    let claim = Claim::new(&general, &node, x, NOW);
    let request_with = |claim: Claim| claim.request(&claim.U(x, &c.S_ID()));
    for shared in &multiples {
        for (X, error) in [(X, Error::PointNotInSubgroup), (G1Projective::identity(), Error::IdentityPoint)] {
            let request = request_with(Claim { X, shared: *shared, ..claim.clone() });
            assert_eq!(c.accept(&request).unwrap_err(), error);
        }
    }
    // A hospital does not accept it as T either, even from an attacker who has s_MN.
    let mut exchange = Exchange::answering(&node, &c.request(1), P1(), Scalar::ZERO);
    exchange.shared = Reader::new(0x0a, &exchange.request).g1() * c.s_MN();
    let answer = |exchange: &Exchange| {
        c.finish(1, &exchange.disclosing(&general, &disclosure().to_bytes())).map(|_| ())
    };
    assert_eq!(answer(&exchange), Err(Error::IdentityPoint));
    for V in multiples {
        assert_eq!(answer(&Exchange { T: X, V, ..exchange.clone() }), Err(Error::PointNotInSubgroup));
    }
    // Points of full order are all accepted.
    assert!(c.accept(&request_with(claim)).is_ok());
    let (T, V) = (P1(), Reader::new(0x0a, &exchange.request).g1());
    assert_eq!(answer(&Exchange { T, V, ..exchange }), Ok(()));
}

#[test]
fn detects_a_node_answering_for_another() {
    let mut c = Consortium::new();
    let node_2 = MainNode::generate(name("node 2"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap();
    certify(&mut c.super_node, &node_2);
    let request = c.request(1);
    let (X, y) = (Reader::new(0x0a, &request).g1(), y());
    let s_MN_2 = outsider::s_MN(&node_2.to_bytes());
    let as_node = |node: &Node, s_MN: Scalar| {
        let exchange = Exchange::answering(node, &request, X * s_MN, y);
        c.finish(1, &exchange.disclosing(&c.general(), &disclosure().to_bytes())).map(|_| ())
    };
    let (node_1, second) = (c.node(), Node { name: "node 2".into(), Q_MN: P1() * s_MN_2, ..c.node() });
    for (node, s_MN) in [(&node_1, s_MN_2), (&second, s_MN_2), (&second, c.s_MN())] {
        assert_eq!(as_node(node, s_MN), Err(Error::AuthenticationFailed));
    }
    assert_eq!(as_node(&node_1, c.s_MN()), Ok(()));
}
