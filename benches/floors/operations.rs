//! The operations that have a floor. Each is passed to a judge together with its floor.

use medseal::Threads;
use medseal::policy::{Attributes, Policy};
use medseal::record::{OpenOptions, RecordKey, SealOptions};
use medseal::search::{Keyword, KeywordKey, Padding, Query, RecordIndex};
use medseal::{abe, abs, search};

use crate::floor::{self, Material};
use crate::world::{self, NOW, Parties, rng};

/// Evaluates an operation and its floor: times both, or counts their instructions.
pub(crate) trait Judge {
    /// `n` is the number of attributes; for a batch, of signatures; for records, of bytes. Each
    /// `input` is made outside the measurement.
    fn compare_with<I, T>(
        &mut self,
        operation: &str,
        n: usize,
        input: impl FnMut() -> I,
        work: impl FnMut(I) -> T,
        floor: impl FnMut(),
    );

    /// The same without an input.
    fn compare<T>(&mut self, operation: &str, n: usize, mut work: impl FnMut() -> T, floor: impl FnMut()) {
        self.compare_with(operation, n, || (), |()| work(), floor);
    }
}

/// The operations that depend on the number of attributes, under a policy that requires all of
/// them, or (`or`) one. An attribute is hashed on its first use (`first`). Everything else is
/// measured from the tenth use on.
pub(crate) fn on_attributes(judge: &mut impl Judge, n: usize) {
    let [floor, first] = [Material::new(n), Material::first(n)];
    let (attributes, all) = world::attributes(n);
    let any = Policy::parse(&world::joined(n, " or ")).unwrap();
    let case = Case { n, attributes, all, any, floor, first };
    key_wrapping(judge, &case);
    signatures(judge, &case);
    keyword_search(judge, &case);
}

struct Case {
    n: usize,
    attributes: Attributes,
    all: Policy,
    any: Policy,
    floor: Material,
    first: Material,
}

/// Returns the work after ten runs, with everything cached that first uses make.
fn again<T>(mut work: impl FnMut() -> T) -> impl FnMut() -> T {
    (0..10).for_each(|_| drop(work()));
    work
}

fn key_wrapping(judge: &mut impl Judge, Case { n, attributes, all, any, floor, first }: &Case) {
    let n = *n;
    let mut rng = rng();
    let authority = abe::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(attributes, &mut rng).unwrap();
    let bytes = public_key.to_bytes();
    let fresh = || abe::PublicKey::from_bytes(&bytes).unwrap();
    let issue = again(|| authority.issue(attributes, &mut rng).unwrap());
    judge.compare("abe issue", n, issue, || floor.key());

    let mut rng = world::rng();
    let encapsulate = again(|| public_key.encapsulate(all, &mut rng).unwrap());
    judge.compare("abe encapsulate", n, encapsulate, || floor.encapsulate());
    let mut rng = world::rng();
    let encapsulate = |public_key: abe::PublicKey| public_key.encapsulate(all, &mut rng).unwrap();
    judge.compare_with("abe encapsulate, first", n, fresh, encapsulate, || first.encapsulate());
    if n > 1 {
        let mut rng = world::rng();
        let encapsulate = again(|| public_key.encapsulate(any, &mut rng).unwrap());
        judge.compare("abe encapsulate, or", n, encapsulate, || floor.encapsulate_or());
    }

    let (encapsulation, _) = public_key.encapsulate(all, &mut world::rng()).unwrap();
    let bytes = encapsulation.to_bytes();
    let decapsulate = || {
        let received = abe::Encapsulation::from_bytes(&bytes).unwrap();
        key.decapsulate(&received).unwrap()
    };
    judge.compare("abe decapsulate", n, decapsulate, || floor.decapsulate());
}

fn signatures(judge: &mut impl Judge, Case { n, attributes, all, any, floor, first }: &Case) {
    let n = *n;
    let mut rng = rng();
    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(attributes, &mut rng).unwrap();
    let issue = again(|| authority.issue(attributes, &mut rng).unwrap());
    judge.compare("abs issue", n, issue, || floor.key());

    let mut rng = world::rng();
    let sign = again(|| key.sign(all, b"context", b"message", &mut rng).unwrap());
    judge.compare("abs sign", n, sign, || floor.sign());
    let (mut rng, bytes) = (world::rng(), key.to_bytes());
    let fresh = || abs::SigningKey::from_bytes(&bytes).unwrap();
    let sign = |key: abs::SigningKey| key.sign(all, b"context", b"message", &mut rng).unwrap();
    judge.compare_with("abs sign, first", n, fresh, sign, || first.sign());

    let verify = |public_key: &abs::PublicKey, policy: &Policy, signature: &[u8]| {
        let received = abs::Signature::from_bytes(signature).unwrap();
        public_key.verify(policy, b"context", b"message", &received).unwrap();
    };
    let signature = key.sign(all, b"context", b"message", &mut world::rng()).unwrap().to_bytes();
    judge.compare("abs verify", n, again(|| verify(&public_key, all, &signature)), || floor.verify());
    let bytes = public_key.to_bytes();
    let fresh = || abs::PublicKey::from_bytes(&bytes).unwrap();
    let verify_first = |public_key| verify(&public_key, all, &signature);
    judge.compare_with("abs verify, first", n, fresh, verify_first, || first.verify());

    if n > 1 {
        let mut rng = world::rng();
        let sign = again(|| key.sign(any, b"context", b"message", &mut rng).unwrap());
        judge.compare("abs sign, or", n, sign, || floor.sign_or());
        let signature = key.sign(any, b"context", b"message", &mut world::rng()).unwrap().to_bytes();
        judge.compare("abs verify, or", n, again(|| verify(&public_key, any, &signature)), || {
            floor.verify_or();
        });
    }
}

/// Verifies signatures under one policy of two attributes, as on a ledger. They
/// share their pairings.
pub(crate) fn batch(judge: &mut impl Judge, count: usize) {
    let (floor, mut rng) = (Material::new(count), rng());
    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let public_key = &authority.public_key();
    let key = authority.issue(&Attributes::parse("hospital, accredited").unwrap(), &mut rng).unwrap();
    let policy = &Policy::parse("hospital and accredited").unwrap();
    let messages: Vec<[u8; 8]> = (0..count).map(|i| (i as u64).to_be_bytes()).collect();
    let mut sign = |message: &[u8; 8]| key.sign(policy, b"context", message, &mut rng).unwrap();
    let signatures: Vec<abs::Signature> = messages.iter().map(&mut sign).collect();
    let claims = world::claims(public_key, policy, &messages, &signatures);
    let verify = || abs::verify_batch(&claims, Threads::ONE).unwrap();
    judge.compare(&format!("batch of {count} signatures"), count, verify, || floor.verify_batch());
}

fn keyword_search(judge: &mut impl Judge, Case { n, attributes, all, floor, first, .. }: &Case) {
    let n = *n;
    let mut rng = rng();
    let authority = search::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(attributes, &keyword_key, &mut rng).unwrap();
    let keyword = Keyword::new("diabetes").unwrap();
    let issue = again(|| authority.issue(attributes, &keyword_key, &mut rng).unwrap());
    judge.compare("search issue", n, issue, || floor.search_key());

    let mut rng = world::rng();
    let keywords = [keyword.clone()];
    let mut index = |public_key: &search::PublicKey| {
        public_key.index_record(&keyword_key, &keywords, all, Padding::PowerOfTwo, &mut rng).unwrap()
    };
    let received = index(&public_key).to_bytes();
    judge.compare("search index", n, again(|| index(&public_key)), || floor.index());
    let bytes = public_key.to_bytes();
    let fresh = || search::PublicKey::from_bytes(&bytes).unwrap();
    judge.compare_with("search index, first", n, fresh, |public_key| index(&public_key), || first.index());

    let mut rng = world::rng();
    let mut trapdoor = || key.trapdoor(&keyword, key.attributes(), &mut rng).unwrap();
    let prepared = Query::new(trapdoor(), &public_key).prepare(&public_key).unwrap();
    judge.compare("search trapdoor", n, trapdoor, || floor.trapdoor());

    let matches = || {
        let received = RecordIndex::from_bytes(&received).unwrap();
        assert!(prepared.matches(&received).unwrap());
    };
    judge.compare("search match", n, matches, || floor.matches());
}

pub(crate) fn authentication(judge: &mut impl Judge) {
    let (c, floor, mut rng) = (Parties::new(&mut rng()), Material::new(1), rng());
    let mut start = || c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng).unwrap();
    let (_, request) = start();
    judge.compare("handshake start", 1, start, || floor.handshake_start());

    let accept = || {
        let cache = Parties::replay_cache();
        c.main_node.accept(&request, &c.registry, &cache, NOW).unwrap()
    };
    judge.compare("handshake accept", 1, accept, || floor.handshake_accept());

    // A request can be answered only once, so each answer needs its own accepted request.
    let mut rng = world::rng();
    let reply = |accepted: medseal::identity::AcceptedRequest| {
        accepted.reply(&world::disclosure(), &mut rng).unwrap()
    };
    judge.compare_with("handshake reply", 1, accept, reply, || floor.handshake_reply());

    let mut rng = world::rng();
    let answered = || world::answered(&c, &mut rng);
    judge.compare_with(
        "handshake finish",
        1,
        answered,
        |(awaiting, reply, _)| awaiting.finish(&reply).unwrap(),
        || floor.handshake_finish(),
    );

    let mut rng = world::rng();
    let mut seal =
        || c.hospital.super_node().seal_to(c.hospital.identity(), &[7; 256], b"", None, &mut rng).unwrap();
    let envelope = seal();
    judge.compare("envelope seal", 1, seal, || floor.envelope_seal());
    let open = || c.hospital.open(&envelope, b"", None).unwrap();
    judge.compare("envelope open", 1, open, || floor.envelope_open());
}

pub(crate) fn records(judge: &mut impl Judge, lengths: &[usize]) {
    for &bytes in lengths {
        let (key, mut rng) = (RecordKey::generate(&mut rng()).unwrap(), rng());
        let record = vec![7; bytes];
        let mut work = record.clone();
        let (sealing, opening) = (SealOptions::default(), OpenOptions::default());
        let (sealed, _) = key.seal(&record, &sealing, &mut rng).unwrap();
        let mut into = sealed.clone();
        let seal = || key.seal_into(&record, &mut into, &sealing, &mut rng).unwrap();
        judge.compare("record seal_into", bytes, seal, || floor::encrypt_and_hash(&mut work));
        let into = &mut into[..bytes];
        let open = || key.open_into(&sealed, into, &opening).unwrap();
        judge.compare("record open_into", bytes, open, || floor::encrypt_and_hash(&mut work));
        let seal = || key.seal(&record, &sealing, &mut rng).unwrap();
        judge.compare("record seal", bytes, seal, || floor::encrypt_and_hash(&mut work));
        let open = || key.open(&sealed, &opening).unwrap();
        judge.compare("record open", bytes, open, || floor::encrypt_and_hash(&mut work));
    }
}
