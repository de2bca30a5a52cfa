//! Practical cases: policies of several shapes, a hospital's policy, blocks of entries.

use criterion::Criterion;
use medseal::Threads;
use medseal::abe::{self, Encapsulation, WrappedKey};
use medseal::abs::{self, Signature, verify_batch};
use medseal::ledger::{Entry, validate, validate_all};
use medseal::policy::{Attributes, Policy};
use medseal::search::{self, Keyword, KeywordKey, Padding, Query, RecordIndex};

use crate::clinic::Clinic;
use crate::group;
use crate::time::Time;
use crate::world::{attributes, claims, joined, rng};

const SAMPLE: &str = "role=doctor and (department=cardiology or clearance>=3) and valid_until>=2027-01-31";
const READER: &str = "role=doctor, clearance=3, valid_until=2027-06-30";
const WORDS: [&str; 2] = ["diagnosis:e11.9", "metformin"];

pub(crate) fn all(c: &mut Criterion) {
    shapes(c);
    sample(c);
    blocks(c);
}

/// Uses one public key, and a holder of all attributes of the policy.
fn shapes(c: &mut Criterion) {
    let mut group = group(c, "case");
    for (shape, n, policy) in [
        ("and", 1, joined(1, " and ")),
        ("and", 10, joined(10, " and ")),
        ("and", 100, joined(100, " and ")),
        ("or", 10, joined(10, " or ")),
        ("or", 100, joined(100, " or ")),
        ("8 of", 10, format!("8 of ({})", joined(10, ", "))),
    ] {
        let id = |operation| (format!("{operation}, {shape}"), n);
        let (policy, (attributes, _), mut rng) = (Policy::parse(&policy).unwrap(), attributes(n), rng());

        let authority = abe::MasterKey::generate(&mut rng).unwrap();
        let public_key = abe::PublicKey::from_bytes(&authority.public_key().to_bytes()).unwrap();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.time(id("encapsulate"), || public_key.encapsulate(&policy, &mut rng).unwrap());
        let bytes = public_key.encapsulate(&policy, &mut rng).unwrap().0.to_bytes();
        group.time(id("decapsulate"), || {
            key.decapsulate(&Encapsulation::from_bytes(&bytes).unwrap()).unwrap()
        });

        let authority = abs::MasterKey::generate(&mut rng).unwrap();
        let public_key = abs::PublicKey::from_bytes(&authority.public_key().to_bytes()).unwrap();
        let key = authority.issue(&attributes, &mut rng).unwrap();
        group.time(id("sign"), || key.sign(&policy, b"context", b"message", &mut rng).unwrap());
        let bytes = key.sign(&policy, b"context", b"message", &mut rng).unwrap().to_bytes();
        group.time(id("verify"), || {
            let received = Signature::from_bytes(&bytes).unwrap();
            public_key.verify(&policy, b"context", b"message", &received).unwrap();
        });
    }
}

/// A hospital's policy, and a record of two keywords.
fn sample(c: &mut Criterion) {
    let mut group = group(c, "case");
    let (policy, reader, mut rng) =
        (Policy::parse(SAMPLE).unwrap(), Attributes::parse(READER).unwrap(), rng());

    let authority = abe::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(&reader, &mut rng).unwrap();
    group.time("wrap, sample", || public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap());
    let wrapped = public_key.wrap(&policy, &[7; 32], b"aad", None, &mut rng).unwrap().to_bytes();
    group.time("unwrap, sample", || {
        key.unwrap_key(&WrappedKey::from_bytes(&wrapped).unwrap(), b"aad", None).unwrap()
    });
    group.time("validate wrapped key, sample", || {
        WrappedKey::from_bytes(&wrapped).unwrap().validate().unwrap()
    });

    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(&reader, &mut rng).unwrap();
    group.time("sign, sample", || key.sign(&policy, b"context", b"message", &mut rng).unwrap());
    let signature = key.sign(&policy, b"context", b"message", &mut rng).unwrap().to_bytes();
    group.time("verify, sample", || {
        let received = Signature::from_bytes(&signature).unwrap();
        public_key.verify(&policy, b"context", b"message", &received).unwrap();
    });

    let authority = search::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(&reader, &keyword_key, &mut rng).unwrap();
    let words = WORDS.map(|word| Keyword::new(word).unwrap());
    let mut index =
        || public_key.index_record(&keyword_key, &words, &policy, Padding::PowerOfTwo, &mut rng).unwrap();
    group.time("index of two keywords, sample", &mut index);
    let bytes = index().to_bytes();
    group.time("validate index, sample", || RecordIndex::from_bytes(&bytes).unwrap().validate().unwrap());
    group.time("trapdoor, sample", || key.trapdoor(&words[0], key.attributes(), &mut rng).unwrap());
    // With one keyword: with two, each is tried until one matches.
    let one = public_key.index_record(&keyword_key, &words[..1], &policy, Padding::None, &mut rng);
    let one = one.unwrap().to_bytes();
    let trapdoor = key.trapdoor(&words[0], key.attributes(), &mut rng).unwrap();
    let trapdoor = Query::new(trapdoor, &public_key).prepare(&public_key).unwrap();
    group.time("match, sample", || {
        assert!(trapdoor.matches(&RecordIndex::from_bytes(&one).unwrap()).unwrap())
    });
}

/// 256 entries under a claim policy of two attributes, with the access policy and the keywords of
/// the sample: only their signatures, and everything that a node checks.
fn blocks(c: &mut Criterion) {
    const ENTRIES: usize = 256;
    let mut group = group(c, "case");
    let parsed =
        |attributes, policy| (Attributes::parse(attributes).unwrap(), Policy::parse(policy).unwrap());
    let claim = parsed("kind=hospital, accredited", "kind=hospital and accredited");

    let mut rng = rng();
    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let public_key = &abs::PublicKey::from_bytes(&authority.public_key().to_bytes()).unwrap();
    let key = authority.issue(&claim.0, &mut rng).unwrap();
    let messages: Vec<[u8; 8]> = (0..ENTRIES).map(|i| (i as u64).to_be_bytes()).collect();
    let mut sign = |message: &[u8; 8]| key.sign(&claim.1, b"context", message, &mut rng).unwrap();
    let signatures: Vec<Signature> = messages.iter().map(&mut sign).collect();
    let claims = claims(public_key, &claim.1, &messages, &signatures);
    group.time(("verify batch, two attributes", ENTRIES), || verify_batch(&claims, Threads::ONE).unwrap());

    let clinic = Clinic::of(parsed(READER, SAMPLE), claim.clone(), &WORDS);
    let charters = &clinic.charters;
    let entries = clinic.entries(ENTRIES);
    let bytes = entries[0].to_bytes();
    group.time("validate entry, sample", || validate(Entry::from_bytes(&bytes).unwrap(), charters).unwrap());
    group.time(("validate all, sample", ENTRIES), || {
        validate_all(entries.iter().cloned(), charters, Threads::ONE).unwrap()
    });
}
