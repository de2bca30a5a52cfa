//! The consortium of these tests: an authority, its members, two hospitals.

use medseal::Threads;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use medseal::Error;
use medseal::identity::{Hospital, Name, RegistrationRequest, SuperNode};
use medseal::ledger::{Charter, CharterDraft, Charters, EntryId, Ledger, MemoryLedger, Terms, TrustedHead};
use medseal::merkle::Tree;
use medseal::policy::{Attributes, Policy};
use medseal::record::no_progress;
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, Database, MemberKeys, ObjectStore, PublicParameters, Publication, PublishError,
    Published, Search, Step,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) parameters: PublicParameters,
    pub(crate) clinic: MemberKeys,
    pub(crate) doctor: MemberKeys,
    pub(crate) researcher: MemberKeys,
    pub(crate) visitor: MemberKeys,
    pub(crate) super_node: SuperNode,
    pub(crate) hospital: Hospital,
    pub(crate) other_hospital: Hospital,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut rng(1);
    let authority = Authority::setup(rng).unwrap();
    let mut issue = |text| authority.issue(&Attributes::parse(text).unwrap(), rng).unwrap();
    let clinic = issue("kind=hospital, accredited");
    let doctor = issue("role=doctor, department=cardiology, clearance=3, valid_until=2027-06-30");
    let researcher = issue("role=researcher, study=t2d");
    let visitor = issue("role=visitor");
    let mut super_node = SuperNode::generate(rng).unwrap();
    let mut register = |name| {
        let request = RegistrationRequest::new(Name::new(name).unwrap(), b"agreement", rng).unwrap();
        let key = super_node.register(&request).unwrap();
        Hospital::accept(request, key, &super_node.public_key()).unwrap()
    };
    let (hospital, other_hospital) = (register("clinic.example"), register("other.example"));
    let parameters = authority.public_parameters();
    World { authority, parameters, clinic, doctor, researcher, visitor, super_node, hospital, other_hospital }
});

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

pub(crate) fn keywords(words: &[&str]) -> Vec<Keyword> {
    words.iter().map(|word| Keyword::new(word).unwrap()).collect()
}

pub(crate) fn claim() -> &'static Policy {
    static CLAIM: LazyLock<Policy> = LazyLock::new(|| policy("kind=hospital and accredited"));
    &CLAIM
}

pub(crate) fn doctors() -> &'static Policy {
    static DOCTORS: LazyLock<Policy> =
        LazyLock::new(|| policy("role=doctor and clearance >= 2 and valid_until >= 2026-11-22"));
    &DOCTORS
}

/// The first charter of a ledger of this name, under this claim policy.
pub(crate) fn founded(name: &str, claim: &Policy) -> Charters {
    let terms = Terms::new(Name::new(name).unwrap(), claim.clone(), WORLD.parameters.clone());
    let first = WORLD.super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
    Charters::new(first, &WORLD.super_node.public_key()).unwrap()
}

/// Those of the ledger of these tests.
pub(crate) fn charters() -> &'static Charters {
    static CHARTERS: LazyLock<Charters> = LazyLock::new(|| founded("test", claim()));
    &CHARTERS
}

/// The ledger of these charters, with the first one on it and nothing else.
pub(crate) fn empty(charters: &Charters) -> MemoryLedger {
    MemoryLedger::new(Charter::clone(charters.get(1).unwrap()), charters.super_node()).unwrap()
}

pub(crate) fn ledger() -> MemoryLedger {
    empty(charters())
}

/// A consortium that trusts the empty head, which suffices to publish.
pub(crate) fn consortium<'a>(ledger: &'a dyn Ledger, store: &'a dyn ObjectStore) -> Consortium<'a> {
    let head = TrustedHead::new(Tree::new().head(), 0, 0, 0).unwrap();
    Consortium { ledger, store, charters: charters(), head, members: None, threads: Threads::ONE }
}

/// A consortium that trusts the ledger's current head.
pub(crate) fn now<'a>(consortium: &Consortium<'a>) -> Result<Consortium<'a>, Error> {
    Ok(Consortium { head: TrustedHead::new(consortium.ledger.head()?, 0, 0, 0)?, ..*consortium })
}

pub(crate) fn publication<'a>(access: &'a Policy, keywords: &'a [Keyword]) -> Publication<'a> {
    Publication {
        access,
        keywords,
        keyword_key: WORLD.authority.keyword_key(),
        hints: None,
        signing_key: &WORLD.clinic.signing,
        time_ms: 1_795_000_000_000,
    }
}

pub(crate) fn database() -> Database {
    Database::new(WORLD.super_node.public_key(), *WORLD.hospital.identity())
}

pub(crate) fn go_on(_: Step, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The publication of most of these tests: for doctors, with two keywords.
pub(crate) fn for_doctors() -> Publication<'static> {
    static WORDS: LazyLock<Vec<Keyword>> = LazyLock::new(|| keywords(&["e11.9", "metformin"]));
    publication(doctors(), &WORDS)
}

/// Publishes it for a hospital with a database, or for one without.
pub(crate) fn publish_in(
    consortium: &Consortium<'_>,
    record: impl Read,
    database: Option<&mut Database>,
    seed: u64,
) -> Result<Published, PublishError> {
    consortium.publish(record, &for_doctors(), database, &mut rng(seed), go_on)
}

pub(crate) fn publish(
    consortium: &Consortium<'_>,
    record: &[u8],
    seed: u64,
) -> Result<Published, PublishError> {
    publish_in(consortium, record, None, seed)
}

pub(crate) fn open(
    consortium: &Consortium<'_>,
    id: &EntryId,
    keys: &MemberKeys,
) -> (Vec<u8>, Result<(), Error>) {
    let mut written = Vec::new();
    let result = now(consortium).and_then(|it| it.open(id, &keys.decryption, &mut written, no_progress));
    (written, result.map(drop))
}

/// From the beginning, showing all attributes of the keys.
pub(crate) fn search<'a>(keyword: &'a Keyword, keys: &'a MemberKeys) -> Search<'a> {
    Search { keyword, key: &keys.search, showing: keys.attributes(), hints: &[], from: 0 }
}

pub(crate) fn find(consortium: &Consortium<'_>, word: &str, keys: &MemberKeys) -> Vec<EntryId> {
    let word = Keyword::new(word).unwrap();
    let search = search(&word, keys);
    let found = consortium.find(&search, &mut rng(77), no_progress).unwrap();
    found.hits.iter().map(|place| place.id).collect()
}

pub(crate) fn record(length: usize) -> Vec<u8> {
    let mut record = vec![0; length];
    rng(length as u64).fill_bytes(&mut record);
    record
}
