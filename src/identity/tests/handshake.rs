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

#[test]
fn handshakes_survive_wire_and_restart() {
    let c = Consortium::new();
    let hospital = Hospital::from_bytes(&c.hospital.to_bytes(), c.hospital.super_node()).unwrap();
    let main_node = MainNode::from_bytes(&c.main_node.to_bytes(), c.hospital.super_node()).unwrap();
    let (awaiting, request) = hospital.start(&c.certificate, &c.registry, NOW, &mut rng(1)).unwrap();
    let request = AuthRequest::from_bytes(&request.to_bytes()).unwrap();
    let accepted = main_node.accept(&request, &c.registry, &c.replay_cache, NOW).unwrap();
    let (reply, pending) = accepted.reply(&disclosure(), &mut rng(2)).unwrap();
    let established = awaiting.finish(&AuthReply::from_bytes(&reply.to_bytes()).unwrap()).unwrap();
    let confirmation = AuthConfirmation::from_bytes(&established.confirmation.to_bytes()).unwrap();
    let session = pending.confirm(&confirmation).unwrap();
    assert_eq!(session.id(), established.session.id());
}

#[test]
fn every_handshake_has_keys_of_its_own() {
    let c = Consortium::new();
    let ids: std::collections::BTreeSet<_> = (0..4).map(|i| *c.handshake(10 * i).1.id()).collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn repeated_randomness_varies_y_by_disclosure() {
    // A main node restored with its old generator and replay cache receives the same request again.
    let c = Consortium::new();
    let (_, request) = c.start(1);
    let reply = |disclosure: &Disclosure| {
        let accepted = c.main_node.accept(&request, &c.registry, &replay_cache(), NOW).unwrap();
        accepted.reply(disclosure, &mut rng(2)).unwrap().0.to_bytes()
    };
    let replies = [
        reply(&disclosure()),
        reply(&Disclosure::new(b"bafybeigdyrzu", [1; 32], [2; 32]).unwrap()),
        reply(&Disclosure::new(b"bafybeigdyrzt", [3; 32], [2; 32]).unwrap()),
        reply(&Disclosure::new(b"bafybeigdyrzt", [1; 32], [3; 32]).unwrap()),
    ];
    let T: std::collections::BTreeSet<_> = replies.iter().map(|reply| &reply[4..52]).collect();
    assert_eq!(T.len(), replies.len());
    assert_eq!(replies[0], reply(&disclosure()));
}

#[test]
fn repeated_randomness_still_varies_ek_and_ct() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let ek = |hospital: &Hospital, tc| {
        let (_, request) = hospital.start(&c.certificate, &c.registry, tc, &mut rng(1)).unwrap();
        request.to_bytes()[60..][..1184].to_vec()
    };
    let keys = [ek(&c.hospital, NOW), ek(&c.hospital, NOW + 1), ek(&clinic, NOW)];
    assert!(keys[0] != keys[1] && keys[0] != keys[2] && keys[1] != keys[2]);
    assert_eq!(keys[0], ek(&c.hospital, NOW));

    let (_, request) = c.start(1);
    let ct = |location: &[u8]| {
        let accepted = c.main_node.accept(&request, &c.registry, &replay_cache(), NOW).unwrap();
        let disclosure = Disclosure::new(location, [1; 32], [2; 32]).unwrap();
        accepted.reply(&disclosure, &mut rng(2)).unwrap().0.to_bytes()[52..][..1088].to_vec()
    };
    assert_ne!(ct(b"here"), ct(b"there"));
    assert_eq!(ct(b"here"), ct(b"here"));
}

#[test]
fn messages_and_keys_have_documented_sizes() {
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(2)).unwrap();
    assert_eq!(request.to_bytes().len(), 1676);
    assert_eq!(reply.to_bytes().len(), 1392 + disclosure().location().len());
    assert_eq!(awaiting.finish(&reply).unwrap().confirmation.to_bytes().len(), 36);
    // S_ID, R and R1; then header, P_SN, the name, and two lengths.
    let (R1, ID) = (b"agreement of 2024".len(), "General".len());
    assert_eq!(c.hospital.to_bytes().len(), (96 + 16 + R1) + (4 + 48 + ID + 8));
    // s_MN; then header, P_SN, the name and its length, the role.
    assert_eq!(c.main_node.to_bytes().len(), 32 + (4 + 48 + "node 1".len() + 4 + 1));
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
