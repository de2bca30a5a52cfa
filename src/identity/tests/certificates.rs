//! Certificates: who gets one, and which are refused.

use super::*;
use crate::Error;

#[test]
fn a_period_is_not_empty_and_serial_numbers_count_up() {
    let mut c = Consortium::new();
    let request = c.main_node.certificate_request();
    #[expect(clippy::reversed_empty_ranges, reason = "the empty period is what is refused")]
    let backwards = c.super_node.certify(&request, 2..=1);
    assert_eq!(backwards.unwrap_err(), Error::InvalidField);
    let serials: Vec<_> = (0..3).map(|_| c.super_node.certify(&request, 1..=1).unwrap().serial()).collect();
    assert_eq!(serials, [2, 3, 4]);
    assert_eq!(request.name(), c.main_node.name());
    let of_a_millisecond = c.super_node.certify(&request, 1..=1).unwrap();
    assert_eq!(Certificate::from_bytes(&of_a_millisecond.to_bytes()), Ok(of_a_millisecond));
}

#[test]
fn a_certificate_is_good_from_its_first_to_its_last_millisecond() {
    let mut c = Consortium::new();
    let request = c.main_node.certificate_request();
    let certificate = c.super_node.certify(&request, NOW..=NOW + 9).unwrap().verify(&c.public_key).unwrap();
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
    assert_eq!(c.super_node.revoke_certificate(0).unwrap_err(), Error::OutOfRange);
    assert_eq!(c.super_node.revoke_certificate(2).unwrap_err(), Error::OutOfRange);
    c.super_node.revoke_certificate(c.certificate.serial()).unwrap();
    c.handshake(10);
    c.publish();
    let refused = c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng(1)).map(|_| ());
    assert_eq!(refused, Err(Error::CertificateRevoked));
    c.certificate = certify(&mut c.super_node, &c.main_node);
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
