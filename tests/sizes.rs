//! The table of sizes in `docs/formats.md` agrees with the code.

use medseal::identity::{
    Disclosure, Hospital, MainNode, MemoryReplayCache, Name, RegistrationRequest, ReplayBounds, Role,
    SuperNode,
};
use medseal::limits::{
    ADDRESS_BYTES, ENTRY_BYTES, KEYWORDS_PER_RECORD, MESSAGE_BYTES, POLICY_LEAVES, POLICY_TEXT_BYTES,
    SIGNATURE_BYTES, USE_NUMBERS, WRAPPED_SECRET_BYTES,
};
use medseal::policy::{Attributes, Policy};
use medseal::record::{RecordKey, SealOptions};
use medseal::search::{Keyword, KeywordKey, Padding};
use medseal::{abe, abs, search};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(8)
}

/// Bytes of the fields of an object.
fn fields(encoded: &[u8]) -> usize {
    encoded.len() - 4
}

/// A set of attributes: its text, `a` and `l`.
const SETS: [(&str, usize, usize); 4] = [
    ("emergency", 1, 0),
    ("role=doctor, ward=\"7 b\", on_call", 3, 2),
    ("role=doctor, role=surgeon, clearance=3, department=cardiology", 2 + 23 + 1, 1),
    ("none=0, most=4294967295, valid_until=2027-01-31", 9 + 128 + 68, 0),
];

/// The attributes that sign under each of the policies.
const SIGNER: &str = "role=doctor, role=surgeon, ward=\"7 b\", on_call, clearance=4";

/// A policy, its `n`, `m`, `t`, and `g`.
const POLICIES: [(&str, [usize; 4]); 8] = [
    ("role=doctor", [1, 0, 1, 0]),
    ("role=doctor and role=surgeon and on_call", [1, 0, 1, 0]),
    ("role=doctor and (ward=\"7 b\" or on_call or emergency)", [4, 0, 1, 2]),
    ("2 of (role=doctor, role=surgeon, department=cardiology)", [3, 0, 1, 1]),
    ("role=doctor and on_call or role=doctor and ward=\"7 b\"", [2, 0, 2, 1]),
    ("role=doctor and clearance>=3", [3, 0, 1, 1]),
    ("on_call and not ward=\"8\"", [2, 1, 1, 0]),
    ("on_call and not ward in {\"8\", \"9\"}", [3, 2, 2, 0]),
];

#[test]
fn keys_have_the_documented_sizes() {
    let rng = &mut rng();
    let abe = abe::MasterKey::generate(rng).unwrap();
    let abs = abs::MasterKey::generate(rng).unwrap();
    let search = search::MasterKey::generate(rng).unwrap();
    let kappa = KeywordKey::generate(rng).unwrap();
    assert_eq!(abe.to_bytes().len(), 36);
    assert_eq!(abs.to_bytes().len(), 36);
    assert_eq!(search.to_bytes().len(), 68);
    assert_eq!(kappa.to_bytes().len(), 36);
    assert_eq!(abe.public_key().to_bytes().len(), 100);
    assert_eq!(abs.public_key().to_bytes().len(), 100);
    assert_eq!(search.public_key().to_bytes().len(), 148);
    for (text, a, l) in SETS {
        let set = Attributes::parse(text).unwrap();
        let s = fields(&set.to_bytes());
        assert_eq!(abe.issue(&set, rng).unwrap().to_bytes().len(), 196 + s + 48 * (a + l), "{text}");
        assert_eq!(abs.issue(&set, rng).unwrap().to_bytes().len(), 292 + s + 48 * (a + l), "{text}");
        let key = search.issue(&set, &kappa, rng).unwrap();
        assert_eq!(key.to_bytes().len(), 420 + s + 96 * (a + l), "{text}");
        let trapdoor = key.trapdoor(&Keyword::new("diabetes").unwrap(), &set, rng).unwrap();
        assert_eq!(trapdoor.to_bytes().len(), 248 + s + 48 * a + 49 * l, "{text}");
    }
}

#[test]
fn policy_objects_have_the_documented_sizes() {
    let rng = &mut rng();
    let abe = abe::MasterKey::generate(rng).unwrap().public_key();
    let search = search::MasterKey::generate(rng).unwrap().public_key();
    let kappa = KeywordKey::generate(rng).unwrap();
    let set = Attributes::parse(SIGNER).unwrap();
    let signer = abs::MasterKey::generate(rng).unwrap().issue(&set, rng).unwrap();
    let keywords = ["a", "b", "c"].map(|w| Keyword::new(w).unwrap());
    for (text, [n, m, t, g]) in POLICIES {
        let policy = Policy::parse(text).unwrap();
        assert_eq!((policy.rows(), policy.uses()), (n, t), "{text}");
        let p = fields(&policy.to_bytes());
        let wrapped = abe.wrap(&policy, &[0; 32], b"", None, rng).unwrap();
        assert_eq!(wrapped.to_bytes().len(), 268 + p + 96 * t + 48 * (n + m), "{text}");
        let signature = signer.sign(&policy, b"", b"", rng).unwrap();
        assert_eq!(signature.to_bytes().len(), 4 + 48 * t + 96 * (1 + g + m), "{text}");
        let index = search.index_record(&kappa, &keywords, &policy, Padding::PowerOfTwo, rng).unwrap();
        assert_eq!(index.to_bytes().len(), 9 + p + 4 * (144 + 96 * t + 48 * (n + m)), "{text}");
    }
}

/// From the sizes above: no valid entry is too long to decode.
#[test]
fn the_longest_entry_is_within_limits() {
    // Every row negative, and as many alternatives.
    let (n, m, t, g) = (POLICY_LEAVES, POLICY_LEAVES, USE_NUMBERS, POLICY_LEAVES);
    let p = 4 + POLICY_TEXT_BYTES;
    let signature = 4 + 48 * t + 96 * (1 + g + m);
    assert!(signature <= SIGNATURE_BYTES);
    // Every keyword with its hint.
    let wrapped = 268 + WRAPPED_SECRET_BYTES + p + 96 * t + 48 * (n + m);
    let index = 9 + 5 + p + KEYWORDS_PER_RECORD * (144 + 2 + 96 * t + 48 * (n + m));
    let envelope = 1 + 92 + MESSAGE_BYTES;
    // Record id, claim policy, digest, address, key, index, envelope, time.
    let statement = 16 + p + 32 + 4 + ADDRESS_BYTES + wrapped + index + envelope + 8;
    assert!(statement + signature <= ENTRY_BYTES);
    // The limit must stay close to the real maximum.
    assert!(4 * (statement + signature) > ENTRY_BYTES);
}

#[test]
fn handshakes_have_the_documented_sizes() {
    let rng = &mut rng();
    let now = 1_800_000_000_000;
    let mut super_node = SuperNode::generate(rng).unwrap();
    let public_key = super_node.public_key();
    let request = RegistrationRequest::new(Name::new("One").unwrap(), &[0; 40], rng).unwrap();
    let key = super_node.register(&request).unwrap();
    let hospital = Hospital::accept(request, key, &public_key).unwrap();
    assert_eq!(hospital.to_bytes().len(), 172 + "One".len() + 40);
    let node = MainNode::generate(Name::new("Node").unwrap(), Role::MainNode, &public_key, rng).unwrap();
    let certificate = super_node.certify(&node.certificate_request(), now - 1..=now + 1, rng).unwrap();
    assert_eq!(certificate.to_bytes().len(), 185 + "Node".len());
    let certificate = certificate.verify(&public_key, Role::MainNode).unwrap();
    let registry = super_node.publish(now).unwrap().verify(&public_key, 0).unwrap();
    let cache = MemoryReplayCache::new(ReplayBounds::default(), now - 100_000).unwrap();

    let (waiting, request) = hospital.start(&certificate, &registry, now, rng).unwrap();
    assert_eq!(request.to_bytes().len(), 1676);
    let disclosure = Disclosure::new(b"somewhere", [1; 32], [2; 32]).unwrap();
    let accepted = node.accept(&request, &registry, &cache, now).unwrap();
    let (reply, _) = accepted.reply(&disclosure, rng).unwrap();
    assert_eq!(reply.to_bytes().len(), 1392 + "somewhere".len());
    let mut established = waiting.finish(&reply).unwrap();
    assert_eq!(established.confirmation.to_bytes().len(), 36);
    assert_eq!(established.session.seal(&[0; 100], b"").unwrap().to_bytes().len(), 49 + 100);
    let envelope = public_key.seal_to(hospital.identity(), &[0; 100], b"", None, rng).unwrap();
    assert_eq!(envelope.to_bytes().len(), 92 + 100);
}

#[test]
fn sealed_records_have_the_documented_size() {
    let rng = &mut rng();
    let key = RecordKey::generate(rng).unwrap();
    for length in [0, 1, 65_536, 65_537, 1_000_000] {
        let (sealed, _) = key.seal(&vec![0; length], &SealOptions::default(), rng).unwrap();
        assert_eq!(sealed.len(), 70 + length + 32 * length.div_ceil(65_536).max(1));
    }
}
