//! A consortium for tests: a super node, an authority, main nodes with engine keys, and real
//! entries. Everything is derived from one seed, so a run can be repeated.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it builds what tests need, and is part of several programs"
)]

use std::sync::{Arc, LazyLock, Mutex};

use medseal::abs::SigningKey;
use medseal::authority::PublicParameters;
use medseal::identity::{MainNode, Name, Role, SuperNode};
use medseal::ledger::{
    Address, Charter, CharterDraft, Charters, Entry, LedgerId, RecordId, Statement, Terms, wrap_aad,
};
use medseal::merkle::Head;
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::{CryptoRng, Error as RandError, RngCore};
use medseal::record::RecordDigest;
use medseal::search::{Keyword, KeywordKey, Padding};
use medseal::{abe, abs, search};
use medseal_consortium::EngineKey;
use sha2::{Digest as _, Sha256};

/// The number of main nodes. The first four found the ledger.
pub(crate) const NODES: usize = 7;

/// Who may upload.
pub(crate) const CLAIM: &str = "hospital and accredited";

/// The signer's attributes in addition to those of the usual claim: `a1` to `a30`.
pub(crate) const ATTRIBUTES: usize = 30;

/// A generator that returns the same bytes for the same seed.
pub(crate) struct Seeded(pub(crate) u64, pub(crate) u64);

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.1 += 1;
        let hash = Sha256::digest([self.0.to_be_bytes(), self.1.to_be_bytes()].concat());
        u64::from_be_bytes(hash[..8].try_into().unwrap())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next_u64().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), RandError> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Seeded {}

pub(crate) struct World {
    pub(crate) super_node: SuperNode,
    pub(crate) nodes: Vec<(MainNode, EngineKey)>,
    pub(crate) first: Charter,
    pub(crate) charters: Charters,
    terms: Terms,
    abe: abe::PublicKey,
    search: search::MasterKey,
    keyword: KeywordKey,
    signing: SigningKey,
    entries: Mutex<Vec<Arc<Vec<u8>>>>,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let rng = &mut Seeded(1, 0);
    let super_node = SuperNode::generate(rng).unwrap();
    let public = super_node.public_key();
    let main_node = |n: usize| {
        let rng = &mut Seeded(100 + n as u64, 0);
        let name = Name::new(&format!("node-{n}")).unwrap();
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        let main_node = MainNode::generate(name, Role::MainNode, &public, rng).unwrap();
        (main_node, EngineKey::from_bytes(&key).unwrap())
    };
    let nodes = (0..NODES).map(main_node).collect::<Vec<_>>();
    let (abs, search) = (abs::MasterKey::generate(rng).unwrap(), search::MasterKey::generate(rng).unwrap());
    let (abe, keyword) =
        (abe::MasterKey::generate(rng).unwrap().public_key(), KeywordKey::generate(rng).unwrap());
    let parameters = PublicParameters {
        abe: abe.clone(),
        abs: abs.public_key(),
        search: search.public_key(),
        keyword: keyword.commitment(),
    };
    let mut terms = Terms::new(Name::new("test").unwrap(), Policy::parse(CLAIM).unwrap(), parameters);
    let validators = nodes.iter().take(4).map(|(node, key)| key.validator(node, None).unwrap());
    terms.validators = validators.collect();
    let first = super_node.sign_charter(CharterDraft::first(terms.clone(), None)).unwrap();
    let attributes =
        (1..=ATTRIBUTES).fold("hospital, accredited".to_owned(), |text, n| text + &format!(", a{n}"));
    World {
        signing: abs.issue(&Attributes::parse(&attributes).unwrap(), rng).unwrap(),
        charters: Charters::new(first.clone(), &public).unwrap(),
        super_node,
        nodes,
        first,
        terms,
        abe,
        search,
        keyword,
        entries: Mutex::default(),
    }
});

/// The first charter of a ledger with this many validators.
pub(crate) fn founded_by(nodes: usize) -> Charter {
    founded_claiming(nodes, CLAIM)
}

/// The same, with another claim.
pub(crate) fn founded_claiming(nodes: usize, claim: &str) -> Charter {
    let mut terms = Terms { claim: Policy::parse(claim).unwrap(), ..WORLD.terms.clone() };
    let validators = WORLD.nodes.iter().take(nodes).map(|(node, key)| key.validator(node, None).unwrap());
    terms.validators = validators.collect();
    WORLD.super_node.sign_charter(CharterDraft::first(terms, None)).unwrap()
}

impl World {
    /// The entry of a number, under the first charter.
    pub(crate) fn entry(&self, n: usize) -> Vec<u8> {
        let mut entries = self.entries.lock().unwrap();
        while entries.len() <= n {
            let made = self.make(entries.len() as u64, 1, self.charters.current());
            entries.push(Arc::new(made.to_bytes()));
        }
        entries[n].to_vec()
    }

    /// Another signature on the statement of an entry: another entry with the same id.
    pub(crate) fn signed_again(&self, n: usize) -> Vec<u8> {
        let statement = Entry::from_bytes(&self.entry(n)).unwrap().statement().clone();
        let rng = &mut Seeded(7_000_000 + n as u64, 0);
        statement.sign(&self.charters.ledger(), &self.signing, rng).unwrap().to_bytes()
    }

    /// The statement of an entry under an invalid signature.
    pub(crate) fn forged(&self, n: usize) -> Vec<u8> {
        let mut entry = self.entry(n);
        *entry.last_mut().unwrap() ^= 1;
        entry
    }

    /// A new entry under a charter.
    pub(crate) fn make(&self, n: u64, number: u32, charter: &Charter) -> Entry {
        self.make_on(&self.charters.ledger(), n, number, charter)
    }

    /// A new entry on the ledger of a first charter.
    pub(crate) fn make_for(&self, first: &Charter, n: u64) -> Entry {
        self.make_on(&first.ledger(), n, 1, first)
    }

    fn make_on(&self, ledger: &LedgerId, n: u64, number: u32, charter: &Charter) -> Entry {
        let rng = &mut Seeded(1_000_000 * u64::from(number) + n, 0);
        let mut digest = [0; 32];
        rng.fill_bytes(&mut digest);
        let digest = RecordDigest::from(digest);
        let access = Policy::parse("doctor").unwrap();
        let keywords = [Keyword::new(&format!("keyword {n}")).unwrap(), Keyword::new("all").unwrap()];
        let mut record = [0; 16];
        rng.fill_bytes(&mut record);
        let statement = Statement {
            charter: number,
            record: RecordId::from(record),
            claim: charter.terms().claim.clone(),
            digest,
            address: Address::of(&digest),
            key: self.abe.wrap(&access, &[7; 32], &wrap_aad(&digest), None, rng).unwrap(),
            index: self
                .search
                .public_key()
                .index_record(&self.keyword, &keywords, &access, Padding::None, rng)
                .unwrap(),
            envelope: None,
            time: 1_700_000_000_000 + n,
        };
        statement.sign(ledger, &self.signing, rng).unwrap()
    }

    /// The next charter, with these main nodes as validators.
    pub(crate) fn next_charter(&self, charters: &Charters, head: Head, nodes: &[usize]) -> Charter {
        let ledger = charters.ledger();
        let mut terms = self.terms.clone();
        let mut nodes = nodes.to_vec();
        nodes.sort_unstable();
        let validator = |n: usize| self.nodes[n].1.validator(&self.nodes[n].0, Some(&ledger)).unwrap();
        terms.validators = nodes.into_iter().map(validator).collect();
        self.super_node.sign_charter(charters.draft(terms, head)).unwrap()
    }
}
