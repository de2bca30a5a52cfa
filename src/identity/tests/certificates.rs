//! Certificates: which requests are certified, and which certificates are rejected.

use super::*;
use crate::Error;

#[test]
fn rejects_empty_periods_and_draws_serials() {
    let c = Consortium::new();
    let request = c.main_node.certificate_request();
    #[expect(clippy::reversed_empty_ranges, reason = "the empty period is what is refused")]
    let backwards = c.super_node.certify(&request, 2..=1, &mut rng(15));
    assert_eq!(backwards.unwrap_err(), Error::InvalidField);
    // A restored backup draws different serial numbers; a counter would give these twice.
    let restored = SuperNode::from_bytes(&c.super_node.to_bytes()).unwrap();
    let mut draws = rng(2);
    let serials = [&c.super_node, &restored, &c.super_node]
        .map(|node| node.certify(&request, 1..=1, &mut draws).unwrap().serial());
    assert!(serials[0] != serials[1] && serials[1] != serials[2] && serials[0] != serials[2]);
    let none = c.super_node.certify(&request, 1..=1, &mut NoRandomness);
    assert_eq!(none.unwrap_err(), Error::RandomnessUnavailable);
    assert_eq!(request.name(), c.main_node.name());
    let of_a_millisecond = c.super_node.certify(&request, 1..=1, &mut rng(15)).unwrap();
    assert_eq!(Certificate::from_bytes(&of_a_millisecond.to_bytes()), Ok(of_a_millisecond));
}

#[test]
fn certificates_hold_from_first_to_last_millisecond() {
    let c = Consortium::new();
    let certificate = certify_for(&c.super_node, &c.main_node, NOW..=NOW + 9);
    assert_eq!((certificate.name(), certificate.validity()), (c.main_node.name(), &(NOW..=NOW + 9)));
    let start = |now| c.hospital.start(&certificate, &c.registry, now, &mut rng(1)).map(|_| ());
    assert_eq!(start(NOW - 1), Err(Error::CertificateExpired));
    assert_eq!(start(NOW + 10), Err(Error::CertificateExpired));
    assert_eq!(start(NOW), Ok(()));
    assert_eq!(start(NOW + 9), Ok(()));
}

#[test]
fn the_next_registry_rejects_revoked_certificates() {
    let mut c = Consortium::new();
    assert!(!c.registry.is_certificate_revoked(&c.certificate.serial()));
    c.super_node.revoke_certificate(c.certificate.serial()).unwrap();
    c.handshake(10);
    c.publish();
    assert!(c.registry.is_certificate_revoked(&c.certificate.serial()));
    let refused = c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng(1)).map(|_| ());
    assert_eq!(refused, Err(Error::CertificateRevoked));
    let another = c.super_node.certify(&c.main_node.certificate_request(), NOW..=NOW, &mut rng(16)).unwrap();
    c.certificate = another.verify(&c.public_key, Role::MainNode).unwrap(); // with another number
    c.handshake(20);
}

#[test]
fn rejects_another_super_nodes_certificate_or_registry() {
    let (c, mut stranger) = (Consortium::new(), SuperNode::generate(&mut rng(9)).unwrap());
    let certificate = certify(&stranger, &c.main_node);
    let registry = stranger.publish(NOW).unwrap().verify(&stranger.public_key(), 0).unwrap();
    let start = |certificate, registry| c.hospital.start(certificate, registry, NOW, &mut rng(1)).map(|_| ());
    assert_eq!(start(&certificate, &c.registry), Err(Error::InvalidSignature));
    assert_eq!(start(&c.certificate, &registry), Err(Error::InvalidSignature));
    assert_eq!(start(&c.certificate, &c.registry), Ok(()));
    let (_, request) = c.start(1);
    let accept = |registry| c.main_node.accept(&request, registry, &c.replay_cache, NOW).map(|_| ());
    assert_eq!(accept(&registry), Err(Error::InvalidSignature));
    assert_eq!(accept(&c.registry), Ok(()));
}

#[test]
fn a_certificate_is_refused_for_another_role() {
    let c = Consortium::new();
    let member = MainNode::generate(name("General"), Role::Member, &c.public_key, &mut rng(20)).unwrap();
    for (node, role, other) in
        [(&member, Role::Member, Role::MainNode), (&c.main_node, Role::MainNode, Role::Member)]
    {
        let request = node.certificate_request();
        assert_eq!((node.role(), request.role()), (role, role));
        let certificate = c.super_node.certify(&request, STARTED..=NOW + 9, &mut rng(21)).unwrap();
        assert_eq!(certificate.verify(&c.public_key, other).unwrap_err(), Error::CertificateRole);
        let verified = certificate.verify(&c.public_key, role).unwrap();
        assert_eq!(verified.role(), role);
        let (awaiting, request) = c.hospital.start(&verified, &c.registry, NOW, &mut rng(22)).unwrap();
        let accepted = node.accept(&request, &c.registry, &replay_cache(), NOW).unwrap();
        let (reply, _) = accepted.reply(&Disclosure::nothing(), &mut rng(23)).unwrap();
        assert_eq!(awaiting.finish(&reply).unwrap().disclosure, Disclosure::nothing());
    }
}

#[test]
fn one_key_keeps_its_roles_apart() {
    // One name and one key, certified as main node and as member: the byte form shows the role.
    let c = Consortium::new();
    let bytes = c.main_node.to_bytes();
    let at = bytes.len() - 33;
    let as_member = [&bytes[..at], &[Role::Member as u8], &bytes[at + 1..]].concat();
    let as_member = MainNode::from_bytes(&as_member, &c.public_key).unwrap();
    let certificate = certify(&c.super_node, &as_member);
    let (_, to_member) = c.hospital.start(&certificate, &c.registry, NOW, &mut rng(21)).unwrap();
    let (_, to_main_node) = c.start(22);
    let accepts = |node: &MainNode, request| {
        node.accept(request, &c.registry, &replay_cache(), NOW).map(|accepted| accepted.hospital().clone())
    };
    assert_eq!(accepts(&c.main_node, &to_member), Err(Error::AuthenticationFailed));
    assert_eq!(accepts(&as_member, &to_main_node), Err(Error::AuthenticationFailed));
    assert_eq!(accepts(&as_member, &to_member).as_ref(), Ok(c.hospital.name()));
    assert_eq!(accepts(&c.main_node, &to_main_node).as_ref(), Ok(c.hospital.name()));
}
