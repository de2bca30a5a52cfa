//! The honest side: a super node, the hospital `General`, and the main node `node 1`. It
//! receives messages as bytes.

use blstrs::{G1Projective, G2Projective, Scalar};
use medseal::Error;
use medseal::identity::{
    AcceptedRequest, AuthConfirmation, AuthReply, AuthRequest, AwaitingConfirmation, AwaitingReply,
    Certificate, CertificateRequest, Disclosure, Established, Hospital, MainNode, MemoryReplayCache, Name,
    RegistrationRequest, ReplayBounds, ReplayCache, Role, Session, SuperNode, SuperNodePublicKey,
    VerifiedCertificate, VerifiedRegistry,
};
use rand_core::RngCore;

use super::outsider::{self, Identifiers, Node};
use crate::ground::{P1, Reader, rng};

/// When the main nodes were started, well before [`NOW`].
pub(crate) const STARTED: u64 = NOW - 3_600_000;
/// The time of every event, in Unix milliseconds.
pub(crate) const NOW: u64 = 1_800_000_000_000;
/// The registration data of every hospital here.
pub(crate) const RECORD: &[u8] = b"agreement of 2024";

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn disclosure() -> Disclosure {
    Disclosure::new(b"bafybeigdyrzt", [1; 32], [2; 32]).unwrap()
}

pub(crate) fn empty_cache() -> MemoryReplayCache {
    MemoryReplayCache::new(ReplayBounds::default(), STARTED).unwrap()
}

/// The first output of a generator with this seed.
pub(crate) fn first_bytes(seed: u64) -> [u8; 32] {
    first_and_second_bytes(seed).0
}

/// Its next output, from which a hospital derives `d || z` and a main node derives `m`.
pub(crate) fn first_and_second_bytes(seed: u64) -> ([u8; 32], [u8; 32]) {
    let (mut first, mut second, mut rng) = ([0; 32], [0; 32], rng(seed));
    rng.fill_bytes(&mut first);
    rng.fill_bytes(&mut second);
    (first, second)
}

/// The messages of one handshake, followed by a session message in each direction.
pub(crate) struct Recording {
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
    pub(crate) confirmation: Vec<u8>,
    pub(crate) question: Vec<u8>,
    pub(crate) answer: Vec<u8>,
}

pub(crate) const QUESTION: &[u8] = b"where is it?";
pub(crate) const ANSWER: &[u8] = b"there";

pub(crate) struct Consortium {
    pub(crate) super_node: SuperNode,
    pub(crate) public_key: SuperNodePublicKey,
    pub(crate) hospital: Hospital,
    pub(crate) main_node: MainNode,
    pub(crate) certificate: Certificate,
    pub(crate) verified: VerifiedCertificate,
    pub(crate) registry: VerifiedRegistry,
}

impl Consortium {
    pub(crate) fn new() -> Self {
        let mut super_node = SuperNode::generate(&mut rng(1)).unwrap();
        let public_key = super_node.public_key();
        let hospital = register(&mut super_node, "General", 2);
        let main_node = MainNode::generate(name("node 1"), Role::MainNode, &public_key, &mut rng(3)).unwrap();
        let certificate = certify(&mut super_node, &main_node);
        let verified = certificate.verify(&public_key, Role::MainNode).unwrap();
        let registry = super_node.publish(NOW).unwrap().verify(&public_key, 0).unwrap();
        Self { super_node, public_key, hospital, main_node, certificate, verified, registry }
    }

    pub(crate) fn register(&mut self, text: &str, seed: u64) -> Hospital {
        let hospital = register(&mut self.super_node, text, seed);
        self.publish();
        hospital
    }

    pub(crate) fn publish(&mut self) {
        let registry = self.super_node.publish(NOW).unwrap();
        self.registry = registry.verify(&self.public_key, self.registry.sequence()).unwrap();
    }

    // --- public values and stolen secrets ---

    pub(crate) fn node(&self) -> Node {
        Node::read(&self.public_key.to_bytes(), &self.certificate.to_bytes())
    }

    /// The hospital's identity, which every main node that it contacted knows.
    pub(crate) fn general(&self) -> Identifiers {
        outsider::hospital(&self.hospital.to_bytes()).0
    }

    pub(crate) fn P_SN(&self) -> G1Projective {
        self.node().P_SN
    }

    pub(crate) fn s(&self) -> Scalar {
        outsider::s(&self.super_node.to_bytes())
    }

    pub(crate) fn s_MN(&self) -> Scalar {
        outsider::s_MN(&self.main_node.to_bytes())
    }

    pub(crate) fn S_ID(&self) -> G2Projective {
        outsider::hospital(&self.hospital.to_bytes()).1
    }

    // --- the honest side's operations ---

    /// A hospital starts a handshake with `node 1`. The seed determines its state and its request.
    pub(crate) fn ask(&self, hospital: &Hospital, tc: u64, seed: u64) -> (AwaitingReply, Vec<u8>) {
        let (awaiting, request) = hospital.start(&self.verified, &self.registry, tc, &mut rng(seed)).unwrap();
        (awaiting, request.to_bytes())
    }

    pub(crate) fn start(&self, seed: u64) -> (AwaitingReply, Vec<u8>) {
        self.ask(&self.hospital, NOW, seed)
    }

    pub(crate) fn request(&self, seed: u64) -> Vec<u8> {
        self.start(seed).1
    }

    /// The main node receives a request that is not in its replay cache.
    pub(crate) fn accept(&self, request: &[u8]) -> Result<AcceptedRequest, Error> {
        self.accept_at(request, &empty_cache(), NOW)
    }

    pub(crate) fn accept_at(
        &self,
        request: &[u8],
        cache: &impl ReplayCache,
        now: u64,
    ) -> Result<AcceptedRequest, Error> {
        self.main_node.accept(&AuthRequest::from_bytes(request)?, &self.registry, cache, now)
    }

    /// The sender that the main node authenticates.
    pub(crate) fn accepted_as(&self, request: &[u8]) -> Result<String, Error> {
        self.accept(request).map(|accepted| accepted.hospital().to_string())
    }

    /// The main node's answer and its state, which the seed determines.
    pub(crate) fn answer(&self, request: &[u8], seed: u64) -> (Vec<u8>, AwaitingConfirmation) {
        let (reply, pending) = self.accept(request).unwrap().reply(&disclosure(), &mut rng(seed)).unwrap();
        (reply.to_bytes(), pending)
    }

    /// The hospital that started from this seed receives a reply.
    pub(crate) fn finish(&self, seed: u64, reply: &[u8]) -> Result<Established, Error> {
        let reply = AuthReply::from_bytes(reply)?;
        self.start(seed).0.finish(&reply)
    }

    /// A handshake from `seed`, and a message each way.
    pub(crate) fn record(&self, seed: u64) -> Recording {
        let request = self.request(seed);
        let (reply, pending) = self.answer(&request, seed + 1);
        let mut hospital = self.finish(seed, &reply).unwrap();
        let confirmation = hospital.confirmation.to_bytes();
        let mut main_node = confirm(pending, &confirmation).unwrap();
        let question = hospital.session.seal(QUESTION, b"").unwrap().to_bytes();
        let answer = main_node.seal(ANSWER, b"").unwrap().to_bytes();
        Recording { request, reply, confirmation, question, answer }
    }
}

pub(crate) fn confirm(pending: AwaitingConfirmation, confirmation: &[u8]) -> Result<Session, Error> {
    pending.confirm(&AuthConfirmation::from_bytes(confirmation)?)
}

pub(crate) fn register(super_node: &mut SuperNode, text: &str, seed: u64) -> Hospital {
    let request = RegistrationRequest::new(name(text), RECORD, &mut rng(seed)).unwrap();
    let key = super_node.register(&request).unwrap();
    Hospital::accept(request, key, &super_node.public_key()).unwrap()
}

pub(crate) fn certify(super_node: &mut SuperNode, main_node: &MainNode) -> Certificate {
    super_node.certify(&main_node.certificate_request(), STARTED..=NOW + 86_400_000, &mut rng(15)).unwrap()
}

/// Such a certificate request, as the super node receives it.
pub(crate) fn certificate_request(subject: &[u8], proof: &G2Projective) -> CertificateRequest {
    CertificateRequest::from_bytes(&outsider::certificate_request(subject, proof)).unwrap()
}

/// The point that is registered.
pub(crate) fn registered(hospital: &Hospital) -> G2Projective {
    outsider::hospital(&hospital.to_bytes()).0.Q_ID()
}

/// Points of G1 that any observer of a handshake can compute.
pub(crate) fn public_points(node: &Node, request: &[u8]) -> Vec<G1Projective> {
    let X = Reader::new(0x0a, request).g1();
    let points = [P1(), node.P_SN, node.Q_MN, X];
    let sums = points.iter().flat_map(|a| points.iter().flat_map(move |b| [a + b, a - b]));
    points.into_iter().chain(sums).collect()
}
