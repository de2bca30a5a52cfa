//! How members get their shared keys: one member sends them to another inside a session.

use medseal::Error;
use medseal::identity::{
    Disclosure, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, ReplayBounds, Role,
    SuperNode,
};
use medseal::members::{MembersKey, MembersKeys};
use medseal::search::KeywordKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const NOW: u64 = 1_800_000_000_000;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

#[test]
fn a_member_hands_on_all_keys() {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let mut super_node = SuperNode::generate(rng).unwrap();
    let trusted = super_node.public_key();
    let request = RegistrationRequest::new(name("Clinic"), b"agreement", rng).unwrap();
    let key = super_node.register(&request).unwrap();
    let newcomer = Hospital::accept(request, key, &trusted).unwrap();
    let registry = super_node.publish(NOW).unwrap().verify(&trusted, 0).unwrap();
    // General has been a member for some time, and answers other members.
    let mut held = MembersKeys::default();
    for epoch in [1, 2] {
        held.insert(MembersKey::generate(epoch, rng).unwrap()).unwrap();
    }
    let keyword_key = KeywordKey::generate(rng).unwrap();
    let general = MainNode::generate(name("General"), Role::Member, &trusted, rng).unwrap();
    let certificate = super_node.certify(&general.certificate_request(), NOW - 1..=NOW + 1000, rng).unwrap();

    // The member who wants the keys starts, and requires a member: a main node's
    // certificate is not accepted.
    assert_eq!(certificate.verify(&trusted, Role::MainNode).unwrap_err(), Error::CertificateRole);
    let certificate = certificate.verify(&trusted, Role::Member).unwrap();
    let (awaiting, request) = newcomer.start(&certificate, &registry, NOW, rng).unwrap();
    let cache = MemoryReplayCache::new(ReplayBounds::default(), NOW - 100_000).unwrap();
    let accepted = general.accept(&request, &registry, &cache, NOW).unwrap();
    assert_eq!(accepted.hospital(), newcomer.name());
    let (reply, pending) = accepted.reply(&Disclosure::nothing(), rng).unwrap();
    let mut established = awaiting.finish(&reply).unwrap();
    let mut session = pending.confirm(&established.confirmation).unwrap();
    let keys = session.seal(&held.to_bytes(), b"members' keys").unwrap();
    let kappa = session.seal_final(&keyword_key.to_bytes(), b"keyword key").unwrap();

    let received = established.session.open(&keys, b"members' keys").unwrap();
    let mut mine = MembersKeys::default();
    mine.merge(MembersKeys::from_bytes(&received).unwrap()).unwrap();
    let kappa = established.session.open(&kappa, b"keyword key").unwrap();
    assert_eq!(*mine.to_bytes(), *held.to_bytes());
    assert_eq!(KeywordKey::from_bytes(&kappa).unwrap().commitment(), keyword_key.commitment());
}
