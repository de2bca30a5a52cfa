//! Registration, certification, mutual authentication, sessions and envelopes.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use medseal::identity::{
    Certificate, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, Registry, ReplayCache,
    Role, SeenRequest, Session, SuperNode,
};

use crate::group;
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
    group.bench_function("set up", |b| b.iter(|| SuperNode::generate(&mut rng).unwrap()));
    let mut super_node = SuperNode::generate(&mut rng).unwrap();
    let public_key = super_node.public_key();

    let mut names = (0..).map(|i| Name::new(&format!("Hospital {i}")).unwrap());
    let mut request =
        || RegistrationRequest::new(names.next().unwrap(), b"agreement of 2026", &mut rng).unwrap();
    group.bench_function("request registration", |b| b.iter(&mut request));
    group.bench_function("register", |b| {
        b.iter_batched(&mut request, |r| super_node.register(&r).unwrap(), BatchSize::PerIteration)
    });
    let mut registered = || {
        let request = request();
        let key = super_node.register(&request).unwrap();
        (request, key)
    };
    group.bench_function("accept identity key", |b| {
        b.iter_batched(
            &mut registered,
            |(request, key)| Hospital::accept(request, key, &public_key).unwrap(),
            BatchSize::PerIteration,
        )
    });

    let super_node = SuperNode::generate(&mut rng).unwrap();
    let public_key = super_node.public_key();
    let main_node =
        MainNode::generate(Name::new("Node One").unwrap(), Role::MainNode, &public_key, &mut rng).unwrap();
    group.bench_function("main node", |b| {
        let name = Name::new("Node Two").unwrap();
        b.iter(|| MainNode::generate(name.clone(), Role::MainNode, &public_key, &mut rng).unwrap())
    });
    group.bench_function("request certificate", |b| b.iter(|| main_node.certificate_request()));
    let request = main_node.certificate_request();
    let validity = NOW - 1..=NOW + 1_000_000;
    group.bench_function("certify", |b| {
        b.iter(|| super_node.certify(&request, validity.clone(), &mut rng).unwrap())
    });
    let bytes = super_node.certify(&request, validity, &mut rng).unwrap().to_bytes();
    group.bench_function("verify certificate", |b| {
        b.iter(|| Certificate::from_bytes(&bytes).unwrap().verify(&public_key, Role::MainNode).unwrap())
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
        group.bench_function(BenchmarkId::new("publish registry", hospitals), |b| {
            b.iter(|| super_node.publish(NOW).unwrap())
        });
        let bytes = super_node.publish(NOW).unwrap().to_bytes();
        group.bench_function(BenchmarkId::new("verify registry", hospitals), |b| {
            b.iter(|| Registry::from_bytes(&bytes).unwrap().verify(&public_key, 0).unwrap())
        });
    }
}

fn handshake(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let (world, mut rng) = (Parties::new(&mut rng()), rng());
    group.bench_function("start", |b| {
        b.iter(|| world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap())
    });
    let (_, request) = world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap();
    let accept = || {
        let cache = Parties::replay_cache();
        world.main_node.accept(&request, &world.registry, &cache, NOW).unwrap()
    };
    group.bench_function("accept", |b| b.iter(accept));
    group.bench_function("reply", |b| {
        b.iter_batched(
            accept,
            |accepted| accepted.reply(&disclosure(), &mut rng).unwrap(),
            BatchSize::PerIteration,
        )
    });
    group.bench_function("finish", |b| {
        b.iter_batched(
            || answered(&world, &mut rng),
            |(awaiting, reply, _)| awaiting.finish(&reply).unwrap(),
            BatchSize::PerIteration,
        )
    });
    group.bench_function("confirm", |b| {
        b.iter_batched(
            || {
                let (awaiting, reply, replied) = answered(&world, &mut rng);
                (replied, awaiting.finish(&reply).unwrap().confirmation)
            },
            |(replied, confirmation)| replied.confirm(&confirmation).unwrap(),
            BatchSize::PerIteration,
        )
    });
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
        group.bench_function(BenchmarkId::new("remember", requests), |b| {
            b.iter_batched_ref(filled, |cache| remember(cache, requests).unwrap(), BatchSize::PerIteration)
        });
        group.bench_function(BenchmarkId::new("save", requests), |b| {
            b.iter_batched(filled, MemoryReplayCache::save, BatchSize::PerIteration)
        });
        let state = filled().save();
        group.bench_function(BenchmarkId::new("restore", requests), |b| {
            b.iter(|| MemoryReplayCache::restore(&state).unwrap())
        });
    }
}

/// By the length of a message.
fn session(c: &mut Criterion) {
    let mut group = group(c, "session");
    let world = Parties::new(&mut rng());
    for (name, length) in [("1KiB", 1 << 10), ("1MiB", 1 << 20)] {
        let message = vec![7; length];
        group.throughput(Throughput::Bytes(length as u64));
        let (mut hospital, _) = sessions(&world);
        group.bench_function(BenchmarkId::new("seal", name), |b| {
            b.iter(|| hospital.seal(&message, b"aad").unwrap())
        });
        // Each message is opened once, in order.
        let (mut hospital, mut main_node) = sessions(&world);
        group.bench_function(BenchmarkId::new("open", name), |b| {
            b.iter_batched(
                || hospital.seal(&message, b"aad").unwrap(),
                |sealed| main_node.open(&sealed, b"aad").unwrap(),
                BatchSize::PerIteration,
            )
        });
    }
}

fn sessions(world: &Parties) -> (Session, Session) {
    let (awaiting, reply, replied) = answered(world, &mut rng());
    (awaiting.finish(&reply).unwrap().session, replied.into_session())
}

fn envelope(c: &mut Criterion) {
    let mut group = group(c, "identity");
    let (world, mut rng) = (Parties::new(&mut rng()), rng());
    let (super_node, identity) = (world.hospital.super_node(), world.hospital.identity());
    let mut seal = || super_node.seal_to(identity, &[7; 256], b"aad", None, &mut rng).unwrap();
    let envelope = seal();
    group.bench_function("envelope seal", |b| b.iter(&mut seal));
    group.bench_function("envelope open", |b| {
        b.iter(|| world.hospital.open(&envelope, b"aad", None).unwrap())
    });
}
