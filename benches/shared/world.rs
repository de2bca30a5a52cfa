//! Keys, policies and objects for the benchmarks: `n` attributes, and policies that
//! require all of them.

use medseal::identity::{
    AuthReply, AwaitingConfirmation, AwaitingReply, Disclosure, Hospital, MainNode, MemoryReplayCache, Name,
    RegistrationRequest, ReplayBounds, Role, SuperNode, SuperNodePublicKey, VerifiedCertificate,
    VerifiedRegistry,
};
use medseal::policy::{Attributes, Policy};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// Numbers of attributes.
pub(crate) const SIZES: [usize; 5] = [1, 10, 30, 100, 300];
/// The time of every handshake, in Unix milliseconds.
pub(crate) const NOW: u64 = 1_800_000_000_000;

/// Makes a generator with a fixed seed.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(2026)
}

/// Makes `n` attributes, and a policy that requires all of them.
pub(crate) fn attributes(n: usize) -> (Attributes, Policy) {
    let names: Vec<String> = (0..n).map(|i| format!("attribute_{i}")).collect();
    (Attributes::parse(&names.join(", ")).unwrap(), Policy::parse(&names.join(" and ")).unwrap())
}

/// A super node, a registered hospital and a certified main node.
pub(crate) struct Consortium {
    pub(crate) super_node: SuperNodePublicKey,
    pub(crate) hospital: Hospital,
    pub(crate) main_node: MainNode,
    pub(crate) certificate: VerifiedCertificate,
    pub(crate) registry: VerifiedRegistry,
}

impl Consortium {
    pub(crate) fn new() -> Self {
        let mut rng = rng();
        let mut super_node = SuperNode::generate(&mut rng).unwrap();
        let public_key = super_node.public_key();
        let name = Name::new("Hospital One").unwrap();
        let request = RegistrationRequest::new(name, b"agreement of 2026", &mut rng).unwrap();
        let key = super_node.register(&request).unwrap();
        let hospital = Hospital::accept(request, key, &public_key).unwrap();
        let main_node =
            MainNode::generate(Name::new("Node One").unwrap(), Role::MainNode, &public_key, &mut rng)
                .unwrap();
        let validity = NOW - 1..=NOW + 1_000_000;
        let certificate = super_node.certify(&main_node.certificate_request(), validity, &mut rng).unwrap();
        Self {
            certificate: certificate.verify(&public_key, Role::MainNode).unwrap(),
            registry: super_node.publish(NOW).unwrap().verify(&public_key, 0).unwrap(),
            super_node: public_key,
            hospital,
            main_node,
        }
    }

    /// Runs a handshake up to the main node's reply. Returns the hospital's state, the reply, and
    /// the main node's state.
    pub(crate) fn answered(&self, rng: &mut ChaCha20Rng) -> (AwaitingReply, AuthReply, AwaitingConfirmation) {
        let (awaiting, request) = self.hospital.start(&self.certificate, &self.registry, NOW, rng).unwrap();
        let cache = Self::replay_cache();
        let accepted = self.main_node.accept(&request, &self.registry, &cache, NOW).unwrap();
        let (reply, replied) = accepted.reply(&Self::disclosure(), rng).unwrap();
        (awaiting, reply, replied)
    }

    /// Makes an empty cache.
    pub(crate) fn replay_cache() -> MemoryReplayCache {
        MemoryReplayCache::new(ReplayBounds::default(), NOW - 1_000_000).unwrap()
    }

    pub(crate) fn disclosure() -> Disclosure {
        Disclosure::new(b"object/0001", [1; 32], [2; 32]).unwrap()
    }
}
