//! What the handshake gives to those who follow it, and what it refuses to everybody else.

use super::*;

#[test]
fn both_sides_derive_equal_keys_and_the_hospital_gets_what_was_disclosed() {
    let c = Consortium::new();
    let (mut hospital, mut main_node) = c.handshake(10);
    assert_eq!(hospital.disclosure, disclosure());
    assert_eq!(hospital.session.id(), main_node.id());
    assert_eq!(hospital.session.export(b"a"), main_node.export(b"a"));
    assert_eq!(hospital.session.peer(), c.main_node.name());
    assert_eq!(main_node.peer(), c.hospital.name());
    let there = hospital.session.seal(b"aad", b"question").unwrap();
    assert_eq!(*main_node.open(b"aad", &there).unwrap(), b"question");
    let back = main_node.seal(b"aad", b"answer").unwrap();
    assert_eq!(*hospital.session.open(b"aad", &back).unwrap(), b"answer");
}
