//! Certificates: who gets one, and which are refused.

use super::*;
use crate::Error;

#[test]
fn rejects_an_empty_period_and_draws_serial_numbers() {
    let c = Consortium::new();
    let request = c.main_node.certificate_request();
    #[expect(clippy::reversed_empty_ranges, reason = "the empty period is what is refused")]
    let backwards = c.super_node.certify(&request, 2..=1, &mut rng(15));
    assert_eq!(backwards.unwrap_err(), Error::InvalidField);
    // A restored backup draws other serial numbers; a counter would give these twice.
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
fn a_certificate_is_good_from_its_first_to_its_last_millisecond() {
    let c = Consortium::new();
    let request = c.main_node.certificate_request();
    let certificate =
        c.super_node.certify(&request, NOW..=NOW + 9, &mut rng(15)).unwrap().verify(&c.public_key).unwrap();
    assert_eq!((certificate.name(), certificate.validity()), (c.main_node.name(), &(NOW..=NOW + 9)));
    let start = |now| c.hospital.start(&certificate, &c.registry, now, &mut rng(1)).map(|_| ());
    assert_eq!(start(NOW - 1), Err(Error::CertificateExpired));
    assert_eq!(start(NOW + 10), Err(Error::CertificateExpired));
    assert_eq!(start(NOW), Ok(()));
    assert_eq!(start(NOW + 9), Ok(()));
}

#[test]
fn a_revoked_certificate_is_refused_from_the_next_registry_on() {
    let mut c = Consortium::new();
    assert!(!c.registry.is_certificate_revoked(&c.certificate.serial()));
    c.super_node.revoke_certificate(c.certificate.serial()).unwrap();
    c.handshake(10);
    c.publish();
    assert!(c.registry.is_certificate_revoked(&c.certificate.serial()));
    let refused = c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng(1)).map(|_| ());
    assert_eq!(refused, Err(Error::CertificateRevoked));
    let another = c.super_node.certify(&c.main_node.certificate_request(), NOW..=NOW, &mut rng(16)).unwrap();
    c.certificate = another.verify(&c.public_key).unwrap();
    c.handshake(20);
}

#[test]
fn another_super_nodes_certificate_or_registry_is_refused_though_it_verified() {
    let (c, mut stranger) = (Consortium::new(), SuperNode::generate(&mut rng(9)).unwrap());
    let certificate = certify(&mut stranger, &c.main_node);
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
