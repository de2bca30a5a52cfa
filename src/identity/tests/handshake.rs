//! The guarantees of the handshake for honest parties. `tests/attacks` has the attacks.

use proptest::prelude::*;

use super::*;

#[test]
fn both_sides_derive_the_same_session() {
    let c = Consortium::new();
    let (mut hospital, mut main_node) = c.handshake(10);
    assert_eq!(hospital.disclosure, disclosure());
    assert_eq!(hospital.session.id(), main_node.id());
    assert_eq!(hospital.session.export(b"a"), main_node.export(b"a"));
    assert_eq!(hospital.session.peer(), c.main_node.name());
    assert_eq!(main_node.peer(), c.hospital.name());
    let there = hospital.session.seal(b"question", b"aad").unwrap();
    assert_eq!(*main_node.open(&there, b"aad").unwrap(), b"question");
    let back = main_node.seal(b"answer", b"aad").unwrap();
    assert_eq!(*hospital.session.open(&back, b"aad").unwrap(), b"answer");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn registered_hospitals_send_equal_length_requests(
        text in "[a-z]( ?[a-z]){0,125}",
        record in proptest::collection::vec(any::<u8>(), 0..40),
        location in proptest::collection::vec(any::<u8>(), 0..1024),
        seed in any::<u64>(),
    ) {
        let mut c = Consortium::new();
        let request = RegistrationRequest::new(name(&text), &record, &mut rng(seed)).unwrap();
        let key = c.super_node.register(&request).unwrap();
        c.hospital = Hospital::accept(request, key, &c.public_key).unwrap();
        c.publish();
        let (awaiting, request) = c.start(seed);
        prop_assert_eq!(request.to_bytes().len(), 1676);
        let accepted = c.accept(&request).unwrap();
        prop_assert_eq!(accepted.hospital().as_str(), &text);
        let disclosure = Disclosure::new(&location, [3; 32], [4; 32]).unwrap();
        let (reply, _) = accepted.reply(&disclosure, &mut rng(seed)).unwrap();
        let reply = AuthReply::from_bytes(&reply.to_bytes()).unwrap();
        prop_assert_eq!(awaiting.finish(&reply).unwrap().disclosure, disclosure);
    }
}
