//! Messages of a handshake and of its session, altered or invented: no side accepts a message that
//! the other did not send.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use medseal::identity::{AuthConfirmation, AuthReply, AuthRequest, Disclosure, SessionMessage};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

#[path = "../../tests/shared/parties.rs"]
mod parties;

use parties::{NOW, Parties};

static PARTIES: LazyLock<Parties> = LazyLock::new(|| Parties::new(&mut ChaCha20Rng::seed_from_u64(1)));

// A byte selects the message and the change. The rest is the message, or is
// XORed onto the right one.
fuzz_target!(|input: &[u8]| {
    let Some((&how, input)) = input.split_first() else { return };
    let Parties { hospital, main_node, certificate, registry } = &*PARTIES;
    let rng = &mut ChaCha20Rng::seed_from_u64(2);
    let claimed = |honest: &[u8]| match how >> 2 & 1 {
        0 => input.to_vec(),
        _ => honest.iter().enumerate().map(|(i, byte)| byte ^ input.get(i).unwrap_or(&0)).collect(),
    };
    let cache = Parties::replay_cache();

    let (awaiting, request) = hospital.start(certificate, registry, NOW, rng).unwrap();
    if how & 3 == 0 {
        let bytes = claimed(&request.to_bytes());
        if let Ok(other) = AuthRequest::from_bytes(&bytes) {
            let taken = main_node.accept(&other, registry, &cache, NOW).is_ok();
            assert_eq!(taken, bytes == request.to_bytes(), "a request of nobody's was taken");
        }
        return;
    }
    let accepted = main_node.accept(&request, registry, &cache, NOW).unwrap();
    let payload = Disclosure::new(b"location", [1; 32], [2; 32]).unwrap();
    let (reply, established) = accepted.reply(&payload, rng).unwrap();
    if how & 3 == 1 {
        let bytes = claimed(&reply.to_bytes());
        if let Ok(other) = AuthReply::from_bytes(&bytes) {
            let taken = awaiting.finish(&other).is_ok();
            assert_eq!(taken, bytes == reply.to_bytes(), "a reply of nobody's was taken");
        }
        return;
    }
    let finished = awaiting.finish(&reply).unwrap();
    if how & 3 == 2 {
        let bytes = claimed(&finished.confirmation.to_bytes());
        if let Ok(other) = AuthConfirmation::from_bytes(&bytes) {
            let taken = established.confirm(&other).is_ok();
            assert_eq!(
                taken,
                bytes == finished.confirmation.to_bytes(),
                "a confirmation of nobody's was taken"
            );
        }
        return;
    }
    let (mut hospital, mut main_node) =
        (finished.session, established.confirm(&finished.confirmation).unwrap());
    let message = hospital.seal(b"text", b"aad").unwrap();
    let bytes = claimed(&message.to_bytes());
    if let Ok(other) = SessionMessage::from_bytes(&bytes) {
        let taken = main_node.open(&other, b"aad");
        assert_eq!(taken.is_ok(), bytes == message.to_bytes(), "a message of nobody's was taken");
    }
});
