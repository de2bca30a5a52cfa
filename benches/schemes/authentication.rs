//! Registration, certification, mutual authentication, sessions and envelopes.

use criterion::{Criterion, Throughput};
use medseal::identity::{
    Certificate, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry, ReplayCache,
    Role, SeenRequest, Session, SuperNode,
};
use rand_chacha::ChaCha20Rng;

use crate::group;
use crate::time::Time;
use crate::world::{NOW, Parties, answered, disclosure, rng};

pub(crate) fn all(c: &mut Criterion) {
    founding(c);
    registry(c);
    handshake(c);
    replay_cache(c);
    session(c);
    envelope(c);
}

fn founding(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let mut rng = rng();
    group.time("set up", || SuperNode::generate(&mut rng).unwrap());
    let mut super_node = SuperNode::generate(&mut rng).unwrap();
    let public_key = super_node.public_key();

    let mut names = (0..).map(|i| Name::new(&format!("Hospital {i}")).unwrap());
    let mut request =
        || RegistrationRequest::new(names.next().unwrap(), b"agreement of 2026", &mut rng).unwrap();
    group.time("request registration", &mut request);
    group.time_on("register", &mut request, |r| super_node.register(&r).unwrap());
    let mut registered = || {
        let request = request();
        let key = super_node.register(&request).unwrap();
        (request, key)
    };
    group.time_on("accept identity key", &mut registered, |(request, key)| {
        Hospital::accept(request, key, &public_key).unwrap()
    });

    let super_node = SuperNode::generate(&mut rng).unwrap();
    let public_key = super_node.public_key();
    let main_node =
        MainNode::generate(Name::new("Node One").unwrap(), Role::MainNode, &public_key, &mut rng).unwrap();
    let name = Name::new("Node Two").unwrap();
    group.time("main node", || {
        MainNode::generate(name.clone(), Role::MainNode, &public_key, &mut rng).unwrap()
    });
    group.time("request certificate", || main_node.certificate_request());
    let request = main_node.certificate_request();
    let validity = NOW - 1..=NOW + 1_000_000;
    group.time("certify", || super_node.certify(&request, validity.clone(), &mut rng).unwrap());
    let bytes = super_node.certify(&request, validity, &mut rng).unwrap().to_bytes();
    group.time("verify certificate", || {
        Certificate::from_bytes(&bytes).unwrap().verify(&public_key, Role::MainNode).unwrap()
    });
}

/// By the number of its hospitals.
fn registry(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let mut rng = rng();
    for hospitals in [1, 100, 1000] {
        let mut super_node = SuperNode::generate(&mut rng).unwrap();
        let public_key = super_node.public_key();
        for i in 0..hospitals {
            let name = Name::new(&format!("Hospital {i}")).unwrap();
            super_node.register(&RegistrationRequest::new(name, b"", &mut rng).unwrap()).unwrap();
        }
        group.time(("publish registry", hospitals), || super_node.publish(NOW).unwrap());
        let bytes = super_node.publish(NOW).unwrap().to_bytes();
        group.time(("verify registry", hospitals), || {
            Registry::from_bytes(&bytes).unwrap().verify(&public_key, 0).unwrap()
        });
    }
}

fn handshake(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let (world, mut rng) = (Parties::new(&mut rng()), rng());
    group.time("start", || world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap());
    let (_, request) = world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap();
    let accept = || {
        let cache = Parties::replay_cache();
        world.main_node.accept(&request, &world.registry, &cache, NOW).unwrap()
    };
    group.time("accept", accept);
    group.time_on("reply", accept, |accepted| accepted.reply(&disclosure(), &mut rng).unwrap());
    let mut replied = || answered(&world, &mut rng);
    group.time_on("finish", &mut replied, |(awaiting, reply, _)| awaiting.finish(&reply).unwrap());
    let finished = || {
        let (awaiting, reply, node) = replied();
        (node, awaiting.finish(&reply).unwrap().confirmation)
    };
    group.time_on("confirm", finished, |(node, confirmation)| node.confirm(&confirmation).unwrap());
}

/// By the number of stored requests. A hundred are from one hospital.
fn replay_cache(c: &mut Criterion) {
    let mut group = group(c, "replay cache");
    for requests in [1_000_u32, 65_000] {
        let name = |i: u32| Name::new(&format!("Hospital {i}")).unwrap();
        let remember = |cache: &MemoryReplayCache, i: u32| {
            let mut ephemeral = [0; 48];
            ephemeral[..4].copy_from_slice(&i.wrapping_mul(0x9e37_79b9).to_be_bytes());
            let hospital = name(i / 100);
            cache.remember(&SeenRequest { ephemeral: &ephemeral, time_ms: NOW, hospital: &hospital }, NOW)
        };
        let filled = || {
            let cache = Parties::replay_cache();
            (0..requests).for_each(|i| remember(&cache, i).unwrap());
            cache
        };
        group.time_on(("remember", requests), filled, |cache| {
            remember(&cache, requests).unwrap();
            cache
        });
        group.time_on(("save", requests), filled, MemoryReplayCache::save);
        let state = filled().save();
        group.time(("restore", requests), || MemoryReplayCache::restore(&state).unwrap());
    }
}

/// By the length of a message.
fn session(c: &mut Criterion) {
    let mut group = group(c, "session");
    let world = Parties::new(&mut rng());
    for (name, length) in [("1KiB", 1 << 10), ("1MiB", 1 << 20)] {
        let message = vec![7; length];
        group.throughput(Throughput::Bytes(length as u64));
        let (mut hospital, _) = sessions(&world, &mut rng());
        group.time(("seal", name), || hospital.seal(&message, b"aad").unwrap());
        // Each message is opened once, in order.
        let (mut hospital, mut main_node) = sessions(&world, &mut rng());
        group.time_on(
            ("open", name),
            || hospital.seal(&message, b"aad").unwrap(),
            |sealed| main_node.open(&sealed, b"aad").unwrap(),
        );
    }
}

/// Returns the hospital's session and the main node's.
pub(crate) fn sessions(world: &Parties, rng: &mut ChaCha20Rng) -> (Session, Session) {
    let (awaiting, reply, replied) = answered(world, rng);
    (awaiting.finish(&reply).unwrap().session, replied.into_session())
}

fn envelope(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let (world, mut rng) = (Parties::new(&mut rng()), rng());
    let (super_node, identity) = (world.hospital.super_node(), world.hospital.identity());
    let mut seal = || super_node.seal_to(identity, &[7; 256], b"aad", None, &mut rng).unwrap();
    let envelope = seal();
    group.time("envelope seal", &mut seal);
    group.time("envelope open", || world.hospital.open(&envelope, b"aad", None).unwrap());
}
