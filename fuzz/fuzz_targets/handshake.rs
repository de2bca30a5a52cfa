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
        let honest = request.to_bytes();
        return only_honest("request", &claimed(&honest), &honest, |bytes| {
            Some(main_node.accept(&AuthRequest::from_bytes(bytes).ok()?, registry, &cache, NOW).is_ok())
        });
    }
    let accepted = main_node.accept(&request, registry, &cache, NOW).unwrap();
    let payload = Disclosure::new(b"location", [1; 32], [2; 32]).unwrap();
    let (reply, established) = accepted.reply(&payload, rng).unwrap();
    if how & 3 == 1 {
        let honest = reply.to_bytes();
        return only_honest("reply", &claimed(&honest), &honest, |bytes| {
            Some(awaiting.finish(&AuthReply::from_bytes(bytes).ok()?).is_ok())
        });
    }
    let finished = awaiting.finish(&reply).unwrap();
    if how & 3 == 2 {
        let honest = finished.confirmation.to_bytes();
        return only_honest("confirmation", &claimed(&honest), &honest, |bytes| {
            Some(established.confirm(&AuthConfirmation::from_bytes(bytes).ok()?).is_ok())
        });
    }
    let (mut hospital, mut main_node) =
        (finished.session, established.confirm(&finished.confirmation).unwrap());
    let honest = hospital.seal(b"text", b"aad").unwrap().to_bytes();
    only_honest("message", &claimed(&honest), &honest, |bytes| {
        Some(main_node.open(&SessionMessage::from_bytes(bytes).ok()?, b"aad").is_ok())
    });
});

/// Checks that only the honest bytes are taken. `take` returns nothing for what does not decode.
fn only_honest(what: &str, bytes: &[u8], honest: &[u8], take: impl FnOnce(&[u8]) -> Option<bool>) {
    if let Some(taken) = take(bytes) {
        assert_eq!(taken, bytes == honest, "a {what} of nobody's was taken");
    }
}
