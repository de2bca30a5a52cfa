//! Attackers who replay a genuine request at another time or to another main node, or who use a key
//! that is no longer valid.

use medseal::Error;
use medseal::identity::{
    AuthRequest, DEFAULT_WINDOW_MS, MainNode, MemoryReplayCache, ReplayBounds, Role, SuperNode,
};

use super::consortium::{Consortium, NOW, certify, empty_cache, name, public_points, register};
use super::outsider::{self, Claim, Node, x};
use crate::ground::{P1, Reader, rng};

/// The request with its time replaced.
fn stamped(request: &[u8], tc: u64) -> Vec<u8> {
    [&request[..52], &tc.to_be_bytes(), &request[60..]].concat()
}

/// A request to this node at this time, by a hospital's own program, which checks no registry.
fn own_program(hospital: &[u8], node: &Node, tc: u64) -> Vec<u8> {
    let (identifiers, S_ID) = outsider::hospital(hospital);
    let claim = Claim::new(&identifiers, node, x(), tc);
    claim.request(&claim.U(x(), &S_ID))
}

#[test]
fn a_replayed_request_is_refused() {
    let c = Consortium::new();
    let (cache, request) = (empty_cache(), c.request(1));
    assert!(c.accept_at(&request, &cache, NOW).is_ok());
    for later in [0, 10_000, DEFAULT_WINDOW_MS] {
        assert_eq!(c.accept_at(&request, &cache, NOW + later).unwrap_err(), Error::RequestReplayed);
        // With another time, the request is invalid, and a main node with an empty
        // replay cache refuses it too.
        let restamped = stamped(&request, NOW + later + 1);
        let refused = c.accept_at(&restamped, &empty_cache(), NOW + later + 1);
        assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
    }
    // It also fails after the window, and across a restart with or without saved state.
    let after = c.accept_at(&request, &cache, NOW + DEFAULT_WINDOW_MS + 1);
    assert_eq!(after.unwrap_err(), Error::RequestOutsideWindow);
    let restored = MemoryReplayCache::restore(&cache.save()).unwrap();
    assert_eq!(c.accept_at(&request, &restored, NOW).unwrap_err(), Error::RequestReplayed);
    let restarted = MemoryReplayCache::new(ReplayBounds::default(), NOW).unwrap();
    assert_eq!(c.accept_at(&request, &restarted, NOW).unwrap_err(), Error::RequestOutsideWindow);
    assert!(c.accept_at(&c.request(2), &restored, NOW).is_ok());
}

#[test]
fn rejects_stale_and_early_requests_exactly() {
    let c = Consortium::new();
    let request = c.request(1);
    let at = |now| c.accept_at(&request, &empty_cache(), now).map(|_| ());
    for now in [NOW + DEFAULT_WINDOW_MS + 1, NOW - DEFAULT_WINDOW_MS - 1, 0, u64::MAX] {
        assert_eq!(at(now), Err(Error::RequestOutsideWindow));
        // It also fails when its time is changed to fit.
        let restamped = stamped(&request, now);
        assert!(c.accept_at(&restamped, &empty_cache(), now).is_err());
    }
    assert_eq!(at(NOW + DEFAULT_WINDOW_MS), Ok(()));
    assert_eq!(at(NOW - DEFAULT_WINDOW_MS), Ok(()));
}

#[test]
fn other_main_nodes_reject_the_request() {
    let mut c = Consortium::new();
    let node_2 = MainNode::generate(name("node 2"), Role::MainNode, &c.public_key, &mut rng(9)).unwrap();
    let certificate_2 = certify(&mut c.super_node, &node_2);
    let node_1 = c.node();
    // Sent to node 2 unchanged.
    let request = c.request(1);
    let to_node_2 = AuthRequest::from_bytes(&request).unwrap();
    let refused = node_2.accept(&to_node_2, &c.registry, &empty_cache(), NOW);
    assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);

    // Made for node 2, which opens it and passes it on to node 1. Node 2 guesses X', or has even
    // stolen node 1's secret.
    let certificate_2 = certificate_2.verify(&c.public_key, Role::MainNode).unwrap();
    let (_, for_node_2) = c.hospital.start(&certificate_2, &c.registry, NOW, &mut rng(1)).unwrap();
    let for_node_2 = for_node_2.to_bytes();
    let X = Reader::new(0x0a, &for_node_2).g1();
    let s_MN_2 = outsider::s_MN(&node_2.to_bytes());
    let known_2 = Node { name: "node 2".into(), Q_MN: P1() * s_MN_2, ..node_1.clone() };
    let (opened, U) = Claim::open(&for_node_2, &known_2, X * s_MN_2).unwrap();
    let mut guesses = public_points(&node_1, &for_node_2);
    guesses.extend([opened.shared, X * c.s_MN()]);
    for shared in guesses {
        let passed_on = Claim { node: node_1.clone(), shared, ..opened.clone() };
        assert_eq!(c.accept(&passed_on.request(&U)).unwrap_err(), Error::AuthenticationFailed);
    }
    assert_eq!(c.accepted_as(&own_program(&c.hospital.to_bytes(), &node_1, NOW)).unwrap(), "General");
}

#[test]
fn rejects_a_revoked_hospital_with_modified_code() {
    let mut c = Consortium::new();
    let revoked = c.hospital.to_bytes();
    let ask = |c: &Consortium, hospital: &[u8]| c.accepted_as(&own_program(hospital, &c.node(), NOW));
    assert_eq!(ask(&c, &revoked).unwrap(), "General");
    // A request sent before the revocation is refused too.
    let before = c.request(1);
    c.super_node.revoke_hospital(&name("General")).unwrap();
    c.publish();
    assert_eq!(c.accept(&before).unwrap_err(), Error::HospitalRevoked);
    assert_eq!(ask(&c, &revoked), Err(Error::HospitalRevoked));
    // The name is registered again; the old key is not.
    let again = c.register("General", 10);
    assert_eq!(ask(&c, &revoked), Err(Error::HospitalRevoked));
    assert_eq!(ask(&c, &again.to_bytes()).unwrap(), "General");
}

#[test]
fn rejects_a_key_missing_from_the_registry() {
    // A super node restored from a backup registers the name a second time, and registers another
    // name that it later loses. The keys are genuine, but not in the registry.
    let c = Consortium::new();
    let mut set_back = SuperNode::generate(&mut rng(1)).unwrap();
    assert_eq!(set_back.public_key(), c.public_key);
    let second_key = register(&mut set_back, "General", 50).to_bytes();
    let forgotten = register(&mut set_back, "Forgotten", 51).to_bytes();
    let ask = |hospital: &[u8]| c.accepted_as(&own_program(hospital, &c.node(), NOW));
    assert_eq!(ask(&second_key), Err(Error::AuthenticationFailed));
    assert_eq!(ask(&forgotten), Err(Error::UnknownName));
    assert_eq!(ask(&c.hospital.to_bytes()).unwrap(), "General");
}
