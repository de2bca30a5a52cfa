//! A registered hospital and a certified main node that know each other.

use medseal::identity::{
    Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, ReplayBounds, Role, SuperNode,
    VerifiedCertificate, VerifiedRegistry,
};
use medseal::rand_core::{CryptoRng, RngCore};

/// The time of every handshake, in Unix milliseconds.
pub(crate) const NOW: u64 = 1_800_000_000_000;

pub(crate) struct Parties {
    pub(crate) hospital: Hospital,
    pub(crate) main_node: MainNode,
    pub(crate) certificate: VerifiedCertificate,
    pub(crate) registry: VerifiedRegistry,
}

impl Parties {
    pub(crate) fn new(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut super_node = SuperNode::generate(rng).unwrap();
        let public_key = super_node.public_key();
        let name = |text| Name::new(text).unwrap();
        let request = RegistrationRequest::new(name("Hospital One"), b"agreement of 2026", rng).unwrap();
        let key = super_node.register(&request).unwrap();
        let main_node = MainNode::generate(name("Node One"), Role::MainNode, &public_key, rng).unwrap();
        let certificate = super_node.certify(&main_node.certificate_request(), 0..=u64::MAX, rng).unwrap();
        Self {
            hospital: Hospital::accept(request, key, &public_key).unwrap(),
            main_node,
            certificate: certificate.verify(&public_key, Role::MainNode).unwrap(),
            registry: super_node.publish(NOW).unwrap().verify(&public_key, 0).unwrap(),
        }
    }

    /// An empty cache that has been running for some time.
    pub(crate) fn replay_cache() -> MemoryReplayCache {
        MemoryReplayCache::new(ReplayBounds::default(), NOW - 1_000_000).unwrap()
    }
}
