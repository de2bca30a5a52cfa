//! A small consortium and its basic properties. The other tests are in separate files.

mod certificates;
mod envelope;
mod handshake;
mod limits;
mod registration;
mod replay;
mod session;

use core::ops::RangeInclusive;

use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};

use super::*;

/// When main nodes were started, well before [`NOW`].
pub(super) const STARTED: u64 = NOW - 3_600_000;
/// The time of all tests.
pub(super) const NOW: u64 = 1_800_000_000_000;

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A super node, the hospital `General` and the main node `node 1`.
pub(super) struct Consortium {
    pub(super) super_node: SuperNode,
    pub(super) public_key: SuperNodePublicKey,
    pub(super) hospital: Hospital,
    pub(super) main_node: MainNode,
    pub(super) certificate: VerifiedCertificate,
    pub(super) registry: VerifiedRegistry,
    pub(super) replay_cache: MemoryReplayCache,
}

impl Consortium {
    pub(super) fn new() -> Self {
        let mut super_node = SuperNode::generate(&mut rng(1)).unwrap();
        let public_key = super_node.public_key();
        let hospital = register(&mut super_node, "General", 2);
        let main_node = MainNode::generate(name("node 1"), Role::MainNode, &public_key, &mut rng(3)).unwrap();
        let certificate = certify(&super_node, &main_node);
        let registry = super_node.publish(NOW).unwrap().verify(&public_key, 0).unwrap();
        let replay_cache = replay_cache();
        Self { super_node, public_key, hospital, main_node, certificate, registry, replay_cache }
    }

    pub(super) fn register(&mut self, text: &str, seed: u64) -> Hospital {
        let hospital = register(&mut self.super_node, text, seed);
        self.publish();
        hospital
    }

    pub(super) fn publish(&mut self) {
        let registry = self.super_node.publish(NOW).unwrap();
        self.registry = registry.verify(&self.public_key, self.registry.sequence()).unwrap();
    }

    pub(super) fn start(&self, seed: u64) -> (AwaitingReply, AuthRequest) {
        self.hospital.start(&self.certificate, &self.registry, NOW, &mut rng(seed)).unwrap()
    }

    pub(super) fn accept(&self, request: &AuthRequest) -> Result<AcceptedRequest, crate::Error> {
        self.main_node.accept(request, &self.registry, &self.replay_cache, NOW)
    }

    pub(super) fn handshake(&self, seed: u64) -> (Established, Session) {
        let (awaiting, request) = self.start(seed);
        let (reply, pending) =
            self.accept(&request).unwrap().reply(&disclosure(), &mut rng(seed + 1)).unwrap();
        let established = awaiting.finish(&reply).unwrap();
        let session = pending.confirm(&established.confirmation).unwrap();
        (established, session)
    }
}

pub(super) fn register(super_node: &mut SuperNode, text: &str, seed: u64) -> Hospital {
    let request = RegistrationRequest::new(name(text), b"agreement of 2024", &mut rng(seed)).unwrap();
    let key = super_node.register(&request).unwrap();
    Hospital::accept(request, key, &super_node.public_key()).unwrap()
}

/// Certifies a node in its role, for a day from [`STARTED`] on.
pub(super) fn certify(super_node: &SuperNode, node: &MainNode) -> VerifiedCertificate {
    certify_for(super_node, node, STARTED..=NOW + 86_400_000)
}

pub(super) fn certify_for(
    super_node: &SuperNode,
    node: &MainNode,
    validity: RangeInclusive<u64>,
) -> VerifiedCertificate {
    let certificate = super_node.certify(&node.certificate_request(), validity, &mut rng(15)).unwrap();
    certificate.verify(&super_node.public_key(), node.role()).unwrap()
}

pub(super) fn replay_cache() -> MemoryReplayCache {
    MemoryReplayCache::new(ReplayBounds::default(), STARTED).unwrap()
}

pub(super) fn disclosure() -> Disclosure {
    Disclosure::new(b"bafybeigdyrzt", [1; 32], [2; 32]).unwrap()
}

/// A generator that fails.
pub(super) struct NoRandomness;

impl RngCore for NoRandomness {
    fn next_u32(&mut self) -> u32 {
        0
    }
    fn next_u64(&mut self) -> u64 {
        0
    }
    fn fill_bytes(&mut self, _: &mut [u8]) {}
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), rand_core::Error> {
        Err(rand_core::Error::from(core::num::NonZeroU32::MIN))
    }
}
impl CryptoRng for NoRandomness {}
