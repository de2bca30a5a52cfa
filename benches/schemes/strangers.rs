//! The cost of a message for the node that receives it: from a stranger until it is rejected, and
//! from an entitled sender. Each message has its maximum size, or the size in its name.
//! docs/security.md lists the costs.

use blstrs::{G1Affine, G2Affine};
use criterion::{Criterion, Throughput};
use group::prime::PrimeCurveAffine;
use medseal::Error;
use medseal::identity::{
    AuthRequest, CertificateRequest, MainNode, Name, RegistrationRequest, Registry, Role, SessionMessage,
    SuperNode,
};
use medseal::ledger::{Address, Charters, Entry, RecordId, Statement, validate};
use medseal::merkle::{self, InclusionProof};
use medseal::policy::{Attributes, Policy};
use medseal::record::RecordDigest;
use medseal::search::{RecordIndex, Trapdoor};

use crate::authentication::sessions;
use crate::clinic::{Clinic, founded};
use crate::group;
use crate::time::Time;
use crate::world::{NOW, Parties, attributes, joined, names, rng};

pub(crate) fn all(c: &mut Criterion) {
    entry(c);
    registry(c);
    handshake(c);
    search(c);
    proof(c);
}

/// Encodes the header of a kind, and fields.
fn object(kind: u8, fields: &[&[u8]]) -> Vec<u8> {
    [b"MS\x01".as_slice(), &[kind], &fields.concat()].concat()
}

/// Makes an index with this many keywords, whose points are all generators: it costs time only for
/// a node that checks all of them.
fn index(policy: &Policy, keywords: u32) -> RecordIndex {
    let (g1, g2) = (G1Affine::generator().to_compressed(), G2Affine::generator().to_compressed());
    let rows = policy.rows() * if policy.canonical().contains("!=") { 2 } else { 1 };
    let keyword = [g2.as_slice(), &g1, &g2.repeat(policy.uses()), &g1.repeat(rows)].concat();
    let (text, count) = (&policy.to_bytes()[4..], keywords.to_be_bytes());
    RecordIndex::from_bytes(&object(0x34, &[text, &[0], &count, &keyword.repeat(keywords as usize)])).unwrap()
}

/// Makes an entry under a policy, signed by a member of this clinic's authority under the
/// first of these charters.
fn entry_of(clinic: &Clinic, charters: &Charters, policy: &Policy, keywords: u32) -> Vec<u8> {
    let rng = &mut rng();
    let digest = RecordDigest::from([7; 32]);
    let statement = Statement {
        charter: 1,
        record: RecordId::generate(rng).unwrap(),
        claim: charters.current().terms().claim.clone(),
        digest,
        address: Address::of(&digest),
        key: clinic.parameters.abe.wrap(policy, &[7; 32], b"", None, rng).unwrap(),
        index: index(policy, keywords),
        envelope: None,
        time: NOW,
    };
    clinic.sign(statement, charters, rng).to_bytes()
}

fn entry(c: &mut Criterion) {
    let mut group = group(c, "stranger, entry");
    let clinic = Clinic::new(1);
    let charters = &clinic.charters;
    // Signed for a different ledger, which costs this one as much as any other invalid signature.
    let claim = &charters.current().terms().claim;
    let elsewhere = founded("elsewhere", claim, &clinic.parameters);
    let another = attributes(2).1;
    let any = Policy::parse(&joined(1024, " or ")).unwrap();
    let none = Policy::parse(&names(1024).map(|name| name + "!=x").collect::<Vec<_>>().join(" or ")).unwrap();
    let judge = |bytes: &[u8]| validate(Entry::from_bytes(bytes)?, charters).map(drop);
    for (size, policy, keywords) in [("7 keywords", &any, 7), ("256 keywords, negations", &none, 256)] {
        let bytes = entry_of(&clinic, &elsewhere, policy, keywords);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.time(format!("{size}, false signature"), || {
            assert_eq!(judge(&bytes), Err(Error::InvalidSignature))
        });
        let under_another = founded("clinics", &another, &clinic.parameters);
        group.time(format!("{size}, another claim policy"), || {
            let entry = Entry::from_bytes(&bytes).unwrap();
            assert_eq!(validate(entry, &under_another).err(), Some(Error::ClaimPolicyRefused));
        });
        if keywords == 7 {
            let bytes = entry_of(&clinic, charters, policy, keywords);
            group.time(format!("{size}, entitled"), || assert_eq!(judge(&bytes), Ok(())));
        }
    }
}

fn registry(c: &mut Criterion) {
    let mut group = group(c, "stranger, identity");
    let mut rng = rng();
    let mut super_node = SuperNode::generate(&mut rng).unwrap();
    let public_key = super_node.public_key();
    let judge = |bytes: &[u8]| Registry::from_bytes(bytes)?.verify(&public_key, 0).map(drop);
    let body = vec![7; 1 << 25];
    let g2 = G2Affine::generator().to_compressed();
    let forged = object(0x09, &[&(1_u32 << 25).to_be_bytes(), &body, &g2]);
    group.time("registry of 32 MiB, forged", || assert_eq!(judge(&forged), Err(Error::InvalidSignature)));
    for i in 0..100 {
        let name = Name::new(&format!("Hospital {i}")).unwrap();
        super_node.register(&RegistrationRequest::new(name, b"agreement", &mut rng).unwrap()).unwrap();
    }
    let genuine = super_node.publish(NOW).unwrap().to_bytes();
    group.time("registry of 100 hospitals, genuine", || judge(&genuine).unwrap());

    let node = MainNode::generate(Name::new("Node").unwrap(), Role::MainNode, &public_key, &mut rng).unwrap();
    let genuine = node.certificate_request().to_bytes();
    let mut forged = genuine.clone();
    let length = forged.len();
    forged[length - g2.len()..].copy_from_slice(&g2);
    let mut certify = |bytes: &[u8]| {
        super_node.certify(&CertificateRequest::from_bytes(bytes)?, NOW..=NOW + 1, &mut rng).map(drop)
    };
    group.time("certificate request, forged", || assert_eq!(certify(&forged), Err(Error::InvalidSignature)));
    group.time("certificate request, genuine", || certify(&genuine).unwrap());
}

fn handshake(c: &mut Criterion) {
    let mut group = group(c, "stranger, handshake");
    let (world, mut rng) = (Parties::new(&mut rng()), rng());
    let (_, request) = world.hospital.start(&world.certificate, &world.registry, NOW, &mut rng).unwrap();
    let genuine = request.to_bytes();
    let accept = |bytes: &[u8], now: u64| {
        let cache = Parties::replay_cache();
        world.main_node.accept(&AuthRequest::from_bytes(bytes)?, &world.registry, &cache, now).map(drop)
    };
    let mut forged = genuine.clone();
    *forged.last_mut().unwrap() ^= 1;
    group.time("request of another time", || {
        assert_eq!(accept(&forged, NOW + 999_999_999), Err(Error::RequestOutsideWindow))
    });
    group.time("request, forged", || assert_eq!(accept(&forged, NOW), Err(Error::AuthenticationFailed)));
    group.time("request, genuine", || accept(&genuine, NOW).unwrap());

    let mut sealed = || {
        let (mut hospital, main_node) = sessions(&world, &mut rng);
        (hospital.seal(&vec![7; 1 << 24], b"").unwrap().to_bytes(), main_node)
    };
    let (mut forged, mut main_node) = sealed();
    *forged.last_mut().unwrap() ^= 1;
    group.time("session message of 16 MiB, forged", || {
        main_node.open(&SessionMessage::from_bytes(&forged).unwrap(), b"").unwrap_err()
    });
    group.time_on("session message of 16 MiB, genuine", sealed, |(bytes, mut node)| {
        node.open(&SessionMessage::from_bytes(&bytes).unwrap(), b"").unwrap()
    });
}

fn search(c: &mut Criterion) {
    let mut group = group(c, "stranger, trapdoor");
    let (g1, g2) = (G1Affine::generator().to_compressed(), G2Affine::generator().to_compressed());
    let shown = Attributes::parse(&joined(8192, ", ")).unwrap().to_bytes();
    let whole = object(0x35, &[&shown[4..], &[0; 4], &g1, &g2, &g2, &g1.repeat(8192)]);
    group.throughput(Throughput::Bytes(whole.len() as u64));
    group.time("8192 attributes, cut", || {
        assert_eq!(Trapdoor::from_bytes(&whole[..whole.len() - 1]).err(), Some(Error::Truncated))
    });
    group.time("8192 attributes", || Trapdoor::from_bytes(&whole).unwrap());
}

fn proof(c: &mut Criterion) {
    let mut group = group(c, "stranger, proof");
    let (index, size) = (1_u64 << 61, 1_u64 << 62);
    let path = [7; 64 * 32];
    let bytes = object(0x3e, &[&index.to_be_bytes(), &size.to_be_bytes(), &64_u32.to_be_bytes(), &path]);
    let mut tree = merkle::Tree::new();
    tree.append(b"entry");
    let head = merkle::Head { size, ..tree.head() };
    group.time("64 hashes, forged", || {
        let proof = InclusionProof::from_bytes(&bytes).unwrap();
        assert_eq!(proof.verify(&head, b"entry"), Err(Error::InvalidProof));
    });
}
