//! The operations that have a floor. Each is handed to a judge together with it.

use medseal::record::{OpenOptions, RecordKey, SealOptions};
use medseal::search::{Keyword, KeywordKey, Padding, PreparedTrapdoor, RecordIndex};
use medseal::{abe, abs, search};

use crate::floor::{self, Material};
use crate::world::{self, Consortium, NOW, attributes, rng};

/// What is done with an operation and its floor: both are timed, or their instructions are counted.
pub(crate) trait Judge {
    /// `n` is the number of attributes; for records, of bytes. Each `input` is made outside of what is judged.
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

/// What depends on the number of attributes.
pub(crate) fn on_attributes(judge: &mut impl Judge, n: usize) {
    key_wrapping(judge, n);
    signatures(judge, n);
    keyword_search(judge, n);
}

fn key_wrapping(judge: &mut impl Judge, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = abe::MasterKey::generate(&mut rng).unwrap();
    let public_key = authority.public_key();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    let issue = || authority.issue(&attributes, &mut rng).unwrap();
    judge.compare("abe issue", n, issue, || floor.decryption_key());

    let mut rng = world::rng();
    let encapsulate = || public_key.encapsulate(&policy, &mut rng).unwrap();
    judge.compare("abe encapsulate", n, encapsulate, || floor.encapsulate());
    // A key of its own: preparing makes the first one faster too.
    let (public_key, mut rng) = (abe::PublicKey::from_bytes(&public_key.to_bytes()).unwrap(), world::rng());
    let prepared = public_key.prepare(&policy);
    let encapsulate = || prepared.encapsulate(&mut rng).unwrap();
    judge.compare("abe encapsulate, prepared", n, encapsulate, || floor.encapsulate());
    drop(prepared);

    let (encapsulation, _) = public_key.encapsulate(&policy, &mut world::rng()).unwrap();
    let bytes = encapsulation.to_bytes();
    let decapsulate = || {
        let received = abe::Encapsulation::from_bytes(&bytes).unwrap();
        key.decapsulate(&received).unwrap()
    };
    judge.compare("abe decapsulate", n, decapsulate, || floor.decapsulate());
}

fn signatures(judge: &mut impl Judge, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = abs::MasterKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &mut rng).unwrap();
    let issue = || authority.issue(&attributes, &mut rng).unwrap();
    judge.compare("abs issue", n, issue, || floor.signing_key());

    let mut rng = world::rng();
    let mut sign = || key.sign(&policy, b"context", b"message", &mut rng).unwrap();
    let bytes = sign().to_bytes();
    judge.compare("abs sign", n, sign, || floor.sign());
    key.prepare(&policy).unwrap();
    let mut rng = world::rng();
    let sign = || key.sign(&policy, b"context", b"message", &mut rng).unwrap();
    judge.compare("abs sign, prepared", n, sign, || floor.sign());

    let verify = || {
        let received = abs::Signature::from_bytes(&bytes).unwrap();
        authority.public_key().verify(&policy, b"context", b"message", &received).unwrap();
    };
    judge.compare("abs verify", n, verify, || floor.verify());
}

fn keyword_search(judge: &mut impl Judge, n: usize) {
    let ((attributes, policy), floor, mut rng) = (attributes(n), Material::new(n), rng());
    let authority = search::MasterKey::generate(&mut rng).unwrap();
    let keyword_key = KeywordKey::generate(&mut rng).unwrap();
    let key = authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    let keyword = Keyword::new("diabetes").unwrap();
    let issue = || authority.issue(&attributes, &keyword_key, &mut rng).unwrap();
    judge.compare("search issue", n, issue, || floor.search_key());

    let public_key = authority.public_key();
    let mut rng = world::rng();
    let keywords = [keyword.clone()];
    let mut index =
        || public_key.index_record(&keyword_key, &keywords, &policy, Padding::PowerOfTwo, &mut rng).unwrap();
    let bytes = index().to_bytes();
    judge.compare("search index", n, index, || floor.index());

    let mut rng = world::rng();
    let mut trapdoor = || key.trapdoor(&keyword, &mut rng).unwrap();
    let prepared = PreparedTrapdoor::new(&trapdoor()).unwrap();
    judge.compare("search trapdoor", n, trapdoor, || floor.trapdoor());

    let matches = || {
        let received = RecordIndex::from_bytes(&bytes).unwrap();
        assert!(prepared.matches(&received).unwrap());
    };
    judge.compare("search match", n, matches, || floor.matches());
}

pub(crate) fn authentication(judge: &mut impl Judge) {
    let (c, floor, mut rng) = (Consortium::new(), Material::new(1), rng());
    let mut start = || c.hospital.start(&c.certificate, &c.registry, NOW, &mut rng).unwrap();
    let (_, request) = start();
    judge.compare("handshake start", 1, start, || floor.handshake_start());

    let accept = || {
        let cache = Consortium::replay_cache();
        c.main_node.accept(&request, &c.registry, &cache, NOW).unwrap()
    };
    judge.compare("handshake accept", 1, accept, || floor.handshake_accept());

    // A request can be answered once, so that each answer needs an accepted request of its own.
    let mut rng = world::rng();
    let reply = |accepted: medseal::identity::AcceptedRequest| {
        accepted.reply(&Consortium::disclosure(), &mut rng).unwrap()
    };
    judge.compare_with("handshake reply", 1, accept, reply, || floor.handshake_reply());

    let mut rng = world::rng();
    let answered = || c.answered(&mut rng);
    judge.compare_with(
        "handshake finish",
        1,
        answered,
        |(awaiting, reply, _)| awaiting.finish(&reply).unwrap(),
        || floor.handshake_finish(),
    );

    let mut rng = world::rng();
    let mut seal = || c.super_node.seal_to(c.hospital.identity(), &[7; 256], b"", &mut rng).unwrap();
    let envelope = seal();
    judge.compare("envelope seal", 1, seal, || floor.envelope_seal());
    let open = || c.hospital.open(&envelope, b"").unwrap();
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
