//! Keys, policies and objects for the benchmarks: `n` attributes, and policies that
//! require all of them.

use medseal::abs::{Claim, PublicKey, Signature};
use medseal::identity::{AuthReply, AwaitingConfirmation, AwaitingReply, Disclosure};
use medseal::policy::{Attributes, Policy};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

#[path = "../../tests/shared/parties.rs"]
mod parties;

pub(crate) use parties::{NOW, Parties};

/// Numbers of attributes.
pub(crate) const SIZES: [usize; 5] = [1, 10, 30, 100, 300];

/// Makes a generator with a fixed seed.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2026)
}

/// Makes `n` attributes, and a policy that requires all of them.
pub(crate) fn attributes(n: usize) -> (Attributes, Policy) {
    (Attributes::parse(&joined(n, ", ")).unwrap(), Policy::parse(&joined(n, " and ")).unwrap())
}

/// `attribute_0 <joint> attribute_1 <joint> ...`
pub(crate) fn joined(n: usize, joint: &str) -> String {
    names(n).collect::<Vec<_>>().join(joint)
}

/// `attribute_0`, `attribute_1`, ...
pub(crate) fn names(n: usize) -> impl Iterator<Item = String> {
    (0..n).map(|i| format!("attribute_{i}"))
}

/// Makes the claims that these are signatures of messages under one policy.
pub(crate) fn claims<'a>(
    public_key: &'a PublicKey,
    policy: &'a Policy,
    messages: &'a [impl AsRef<[u8]>],
    signatures: &'a [Signature],
) -> Vec<Claim<'a>> {
    let claim = |(message, signature): (&'a _, _)| {
        let message = AsRef::<[u8]>::as_ref(message);
        Claim { public_key, policy, context: b"context", message, signature }
    };
    messages.iter().zip(signatures).map(claim).collect()
}

/// Runs a handshake up to the main node's reply. Returns the hospital's state, the reply, and the
/// main node's state.
pub(crate) fn answered(
    parties: &Parties,
    rng: &mut ChaCha20Rng,
) -> (AwaitingReply, AuthReply, AwaitingConfirmation) {
    let Parties { hospital, main_node, certificate, registry } = parties;
    let (awaiting, request) = hospital.start(certificate, registry, NOW, rng).unwrap();
    let accepted = main_node.accept(&request, registry, &Parties::replay_cache(), NOW).unwrap();
    let (reply, replied) = accepted.reply(&disclosure(), rng).unwrap();
    (awaiting, reply, replied)
}

pub(crate) fn disclosure() -> Disclosure {
    Disclosure::new(b"object/0001", [1; 32], [2; 32]).unwrap()
}
