//! Registration, revocation, and the registry.

use super::*;
use crate::Error;

#[test]
fn re_registration_requires_a_fresh_request() {
    let mut super_node = SuperNode::generate(&mut rng(1)).unwrap();
    let first = RegistrationRequest::new(name("General"), b"", &mut rng(2)).unwrap();
    let second = RegistrationRequest::new(name("General"), b"", &mut rng(3)).unwrap();
    assert_eq!(super_node.revoke_hospital(&name("General")).unwrap_err(), Error::UnknownName);
    super_node.register(&first).unwrap();
    assert_eq!(super_node.register(&first).unwrap_err(), Error::NameTaken);
    assert_eq!(super_node.register(&second).unwrap_err(), Error::NameTaken);
    super_node.revoke_hospital(&name("General")).unwrap();
    assert_eq!(super_node.revoke_hospital(&name("General")).unwrap_err(), Error::HospitalRevoked);
    assert_eq!(super_node.register(&first).unwrap_err(), Error::HospitalRevoked);
    super_node.register(&second).unwrap();
    super_node.revoke_hospital(&name("General")).unwrap();
    assert_eq!(super_node.register(&first).unwrap_err(), Error::HospitalRevoked);
    assert_eq!(super_node.register(&second).unwrap_err(), Error::HospitalRevoked);
}

#[test]
fn the_registry_shows_who_stands() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    assert_eq!(c.registry.identity(&name("Clinic")).unwrap(), clinic.identity());
    assert_eq!(c.registry.identity(&name("Nobody")).unwrap_err(), Error::UnknownName);
    assert_eq!(c.registry.hospitals().collect::<Vec<_>>(), [&name("Clinic"), &name("General")]);
    c.super_node.revoke_hospital(&name("Clinic")).unwrap();
    assert!(c.registry.identity(&name("Clinic")).is_ok());
    c.publish();
    assert_eq!(c.registry.identity(&name("Clinic")).unwrap_err(), Error::HospitalRevoked);
    assert_eq!(c.registry.hospitals().collect::<Vec<_>>(), [&name("General")]);
    let again = c.register("Clinic", 11);
    assert_eq!(c.registry.identity(&name("Clinic")).unwrap(), again.identity());
    assert_ne!(again.identity(), clinic.identity());
}

#[test]
fn registries_cannot_be_forged_or_rolled_back() {
    let mut c = Consortium::new();
    let old = c.super_node.publish(NOW).unwrap();
    let new = c.super_node.publish(NOW + 1).unwrap();
    let seen = new.verify(&c.public_key, 0).unwrap();
    assert_eq!(seen.time_ms(), NOW + 1);
    assert_eq!(seen.sequence(), old.verify(&c.public_key, 0).unwrap().sequence() + 1);
    assert_eq!(old.verify(&c.public_key, seen.sequence()).unwrap_err(), Error::RegistryRollback);

    let mut stranger = SuperNode::generate(&mut rng(9)).unwrap();
    let forged = stranger.publish(NOW).unwrap();
    assert_eq!(forged.verify(&c.public_key, 0).unwrap_err(), Error::InvalidSignature);
    let mut damaged = new.to_bytes();
    damaged[20] ^= 1; // the body is hashed as a whole
    let damaged = Registry::from_bytes(&damaged).unwrap().verify(&c.public_key, 0);
    assert_eq!(damaged.unwrap_err(), Error::InvalidSignature);
    assert!(new.verify(&c.public_key, seen.sequence()).is_ok());
}

#[test]
fn a_reset_super_nodes_registry_is_refused() {
    let mut c = Consortium::new();
    let older = c.super_node.publish(NOW).unwrap();
    let mut set_back = SuperNode::from_bytes(&c.super_node.to_bytes()).unwrap();
    c.super_node.revoke_hospital(c.hospital.name()).unwrap();
    let newest = c.super_node.publish(NOW).unwrap();
    let held = c.registry.succeeded_by(&older).unwrap().succeeded_by(&newest).unwrap();

    // It has the number of the newest, and the hospital is still registered in it.
    let rolled_back = set_back.publish(NOW).unwrap();
    assert!(rolled_back.verify(&c.public_key, held.sequence()).unwrap().identity(c.hospital.name()).is_ok());
    assert_eq!(held.succeeded_by(&rolled_back).unwrap_err(), Error::RegistryConflict);
    assert_eq!(held.succeeded_by(&older).unwrap_err(), Error::RegistryRollback);
    let strangers = SuperNode::generate(&mut rng(9)).unwrap().publish(NOW).unwrap();
    assert_eq!(held.succeeded_by(&strangers).unwrap_err(), Error::InvalidSignature);

    // Its next registry follows a different one than the held registry, and revokes as much.
    set_back.revoke_hospital(c.hospital.name()).unwrap();
    let elsewhere = set_back.publish(NOW).unwrap();
    assert_eq!(held.succeeded_by(&elsewhere).unwrap_err(), Error::RegistryConflict);

    // The same registry again, and the next.
    let again = held.succeeded_by(&Registry::from_bytes(&newest.to_bytes()).unwrap()).unwrap();
    assert_eq!(again.identity(c.hospital.name()).unwrap_err(), Error::HospitalRevoked);
    let next = again.succeeded_by(&c.super_node.publish(NOW).unwrap()).unwrap();
    assert_eq!(next.sequence(), held.sequence() + 1);
}

#[test]
fn a_super_node_continues_where_saved() {
    let mut c = Consortium::new();
    c.register("Clinic", 10);
    c.super_node.revoke_hospital(&name("Clinic")).unwrap();
    c.super_node.revoke_certificate(c.certificate.serial()).unwrap();
    let mut restored = SuperNode::from_bytes(&c.super_node.to_bytes()).unwrap();
    let (before, after) = (c.super_node.publish(NOW).unwrap(), restored.publish(NOW).unwrap());
    assert_eq!(before, after);
}

#[test]
fn without_randomness_nothing_is_made() {
    let c = Consortium::new();
    let none = &mut NoRandomness;
    assert_eq!(SuperNode::generate(none).unwrap_err(), Error::RandomnessUnavailable);
    assert_eq!(RegistrationRequest::new(name("n"), b"", none).unwrap_err(), Error::RandomnessUnavailable);
    let node = MainNode::generate(name("n"), Role::MainNode, &c.public_key, none);
    assert_eq!(node.unwrap_err(), Error::RandomnessUnavailable);
    let start = c.hospital.start(&c.certificate, &c.registry, NOW, none).map(|_| ());
    assert_eq!(start, Err(Error::RandomnessUnavailable));
    let (_, request) = c.start(1);
    let reply = c.accept(&request).unwrap().reply(&disclosure(), none).map(|_| ());
    assert_eq!(reply, Err(Error::RandomnessUnavailable));
    let envelope = c.public_key.seal_to(c.hospital.identity(), b"", b"", None, none);
    assert_eq!(envelope.unwrap_err(), Error::RandomnessUnavailable);
}

#[test]
fn names_have_one_form() {
    // `text` tests which texts are names.
    assert_eq!(Name::new("a ").unwrap_err(), Error::InvalidText);
    assert_eq!("é 1".parse::<Name>().unwrap().to_string(), "é 1");
}
