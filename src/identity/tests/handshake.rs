//! What the handshake gives to those who follow it, and which requests it refuses.

use proptest::prelude::*;

use super::*;
use crate::Error;

#[test]
fn both_sides_derive_equal_keys_and_the_hospital_gets_what_was_disclosed() {
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
fn the_handshake_survives_the_wire_and_a_restart_of_both_sides() {
    let c = Consortium::new();
    let hospital = Hospital::from_bytes(&c.hospital.to_bytes()).unwrap();
    let main_node = MainNode::from_bytes(&c.main_node.to_bytes()).unwrap();
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
fn a_replayed_request_is_refused() {
    let c = Consortium::new();
    let (_, request) = c.start(1);
    c.accept(&request).unwrap();
    assert_eq!(c.accept(&request).unwrap_err(), Error::RequestReplayed);
    let (_, another) = c.start(2);
    assert!(c.accept(&another).is_ok());
}

#[test]
fn a_stale_or_early_request_is_refused_to_the_millisecond() {
    let c = Consortium::new();
    let (_, request) = c.start(1);
    assert_eq!(request.time_ms(), NOW);
    let at = |now| c.main_node.accept(&request, &c.registry, &replay_cache(), now).map(|_| ());
    assert_eq!(at(NOW + DEFAULT_WINDOW_MS + 1), Err(Error::RequestOutsideWindow));
    assert_eq!(at(NOW - DEFAULT_WINDOW_MS - 1), Err(Error::RequestOutsideWindow));
    assert_eq!(at(0), Err(Error::RequestOutsideWindow));
    assert_eq!(at(u64::MAX), Err(Error::RequestOutsideWindow));
    assert_eq!(at(NOW + DEFAULT_WINDOW_MS), Ok(()));
    assert_eq!(at(NOW - DEFAULT_WINDOW_MS), Ok(()));
}

#[test]
fn a_request_is_refused_by_every_other_main_node() {
    let mut c = Consortium::new();
    let other = MainNode::generate(name("node 2"), &c.public_key, &mut rng(9)).unwrap();
    certify(&mut c.super_node, &other);
    let (_, request) = c.start(1);
    let refused = other.accept(&request, &c.registry, &replay_cache(), NOW);
    assert_eq!(refused.unwrap_err(), Error::AuthenticationFailed);
    assert!(c.accept(&request).is_ok());
}

#[test]
fn a_hospital_is_refused_once_it_is_revoked_and_welcome_when_registered_again() {
    let mut c = Consortium::new();
    let (_, before) = c.start(1);
    c.super_node.revoke_hospital(c.hospital.name()).unwrap();
    c.publish();
    assert_eq!(c.accept(&before).unwrap_err(), Error::HospitalRevoked);
    let (_, after) = c.start(2);
    assert_eq!(c.accept(&after).unwrap_err(), Error::HospitalRevoked);
    let again = c.register("General", 10);
    // The name stands again; the old key does not.
    assert_eq!(c.accept(&after).unwrap_err(), Error::HospitalRevoked);
    c.hospital = again;
    c.handshake(20);
}

#[test]
fn a_hospital_that_is_not_registered_is_refused() {
    let mut c = Consortium::new();
    let registry = c.registry.clone();
    c.hospital = c.register("Clinic", 10);
    let (_, request) = c.start(1);
    let refused = c.main_node.accept(&request, &registry, &c.replay_cache, NOW);
    assert_eq!(refused.unwrap_err(), Error::UnknownName);
    assert!(c.accept(&request).is_ok());
}

#[test]
fn a_reply_finishes_its_own_handshake_only() {
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let (_, other) = c.start(2);
    let (theirs, _) = c.accept(&other).unwrap().reply(&disclosure(), &mut rng(3)).unwrap();
    assert_eq!(awaiting.finish(&theirs).unwrap_err(), Error::AuthenticationFailed);
    let (awaiting, same) = c.start(1);
    assert_eq!(same, request);
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(3)).unwrap();
    assert!(awaiting.finish(&reply).is_ok());
}

#[test]
fn under_a_generator_that_repeats_itself_y_differs_for_every_part_of_the_disclosure() {
    // A main node set back, with its generator and its replay cache, is given the same request again.
    let c = Consortium::new();
    let (_, request) = c.start(1);
    let reply = |disclosure: &Disclosure| {
        c.accept_anew(&request).unwrap().reply(disclosure, &mut rng(2)).unwrap().0.to_bytes()
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
fn a_reply_to_another_hospital_is_refused() {
    let mut c = Consortium::new();
    let clinic = c.register("Clinic", 10);
    let (awaiting, _) = c.start(1);
    let (theirs, request) = clinic.start(&c.certificate, &c.registry, NOW, &mut rng(2)).unwrap();
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(3)).unwrap();
    assert_eq!(awaiting.finish(&reply).unwrap_err(), Error::AuthenticationFailed);
    assert!(theirs.finish(&reply).is_ok());
}

#[test]
fn a_confirmation_is_the_hospitals_of_this_session() {
    let c = Consortium::new();
    let run = |seed| {
        let (awaiting, request) = c.start(seed);
        let accepted = c.accept_anew(&request).unwrap();
        let (reply, pending) = accepted.reply(&disclosure(), &mut rng(seed + 1)).unwrap();
        (pending, awaiting.finish(&reply).unwrap().confirmation, reply)
    };
    let ((first, confirmation, reply), (second, other, _)) = (run(1), run(5));
    assert_eq!(second.confirm(&confirmation).unwrap_err(), Error::AuthenticationFailed);
    let (second, ..) = run(5);
    // What the main node sent itself is no confirmation.
    let reflected = [b"MS\x01\x0c".as_slice(), &reply.to_bytes()[52..84]].concat();
    let reflected = AuthConfirmation::from_bytes(&reflected).unwrap();
    assert_eq!(first.confirm(&reflected).unwrap_err(), Error::AuthenticationFailed);
    assert!(second.confirm(&other).is_ok());
}

#[test]
fn no_bit_of_a_confirmation_can_be_another() {
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    // The main node in the same state again and again: confirming consumes it.
    let reply = || c.accept_anew(&request).unwrap().reply(&disclosure(), &mut rng(2)).unwrap();
    let bytes = awaiting.finish(&reply().0).unwrap().confirmation.to_bytes();
    let (header, confirmation) = bytes.split_at(4);
    for bit in 0..8 * confirmation.len() {
        let mut changed = confirmation.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let changed = AuthConfirmation::from_bytes(&[header, &changed].concat()).unwrap();
        assert_eq!(reply().1.confirm(&changed).unwrap_err(), Error::AuthenticationFailed, "bit {bit}");
    }
    assert!(reply().1.confirm(&AuthConfirmation::from_bytes(&bytes).unwrap()).is_ok());
}

#[test]
fn messages_and_stored_keys_have_the_documented_sizes() {
    let c = Consortium::new();
    let (awaiting, request) = c.start(1);
    let (reply, _) = c.accept(&request).unwrap().reply(&disclosure(), &mut rng(2)).unwrap();
    assert_eq!(request.to_bytes().len(), 492);
    assert_eq!(reply.to_bytes().len(), 300 + disclosure().location().len());
    assert_eq!(awaiting.finish(&reply).unwrap().confirmation.to_bytes().len(), 36);
    // S_ID, R and R1; then header, P_SN, the name, and two lengths.
    let (R1, ID) = (b"agreement of 2024".len(), "General".len());
    assert_eq!(c.hospital.to_bytes().len(), (96 + 16 + R1) + (4 + 48 + ID + 8));
    // s_MN; then header, P_SN, the name and its length.
    assert_eq!(c.main_node.to_bytes().len(), 32 + (4 + 48 + "node 1".len() + 4));
}

#[test]
fn every_state_can_move_to_another_thread() {
    fn moves<T: Send + Sync>() {}
    moves::<(Hospital, MainNode, SuperNode, VerifiedRegistry, VerifiedCertificate, MemoryReplayCache)>();
    moves::<(AwaitingReply, AcceptedRequest, AwaitingConfirmation, Established, Session)>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn whoever_registers_is_recognised_and_every_request_has_one_length(
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
        prop_assert_eq!(request.to_bytes().len(), 492);
        let accepted = c.accept(&request).unwrap();
        prop_assert_eq!(accepted.hospital().as_str(), &text);
        let disclosure = Disclosure::new(&location, [3; 32], [4; 32]).unwrap();
        let (reply, _) = accepted.reply(&disclosure, &mut rng(seed)).unwrap();
        let reply = AuthReply::from_bytes(&reply.to_bytes()).unwrap();
        prop_assert_eq!(awaiting.finish(&reply).unwrap().disclosure, disclosure);
    }
}
