//! A clinic that publishes, a doctor who reads, and the charter of the ledger between them.

use medseal::Threads;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

use medseal::identity::{Name, SuperNode};
use medseal::ledger::{
    Charter, CharterDraft, Charters, Entry, Ledger, MemoryLedger, Statement, Terms, TrustedHead,
};
use medseal::policy::{Attributes, Policy};
use medseal::search::Keyword;
use medseal::share::{
    Authority, Consortium, MemberKeys, MemoryStore, PublicParameters, Publication, Published,
};
use rand_chacha::ChaCha20Rng;

use crate::world::{NOW, attributes, rng};

pub(crate) struct Clinic {
    pub(crate) authority: Authority,
    pub(crate) parameters: PublicParameters,
    /// The attributes of the doctor's keys.
    pub(crate) attributes: Attributes,
    pub(crate) doctor: MemberKeys,
    pub(crate) keyword: Keyword,
    keywords: Vec<Keyword>,
    keys: MemberKeys,
    access: Policy,
    pub(crate) charters: Charters,
}

impl Clinic {
    /// Publishes under an access policy that requires `n` attributes, and a claim policy
    /// that requires three.
    pub(crate) fn new(n: usize) -> Self {
        Self::of(attributes(n), attributes(3), &["diabetes"])
    }

    /// Publishes records of some keywords under an access policy that the doctor's attributes
    /// satisfy, and a claim policy that the clinic's satisfy.
    pub(crate) fn of(
        (attributes, access): (Attributes, Policy),
        (entitled, claim): (Attributes, Policy),
        keywords: &[&str],
    ) -> Self {
        let rng = &mut rng();
        let authority = Authority::setup(rng).unwrap();
        let keywords: Vec<Keyword> = keywords.iter().map(|word| Keyword::new(word).unwrap()).collect();
        let parameters = authority.public_parameters();
        Self {
            charters: founded("clinics", &claim, &parameters),
            parameters,
            doctor: authority.issue(&attributes, rng).unwrap(),
            keys: authority.issue(&entitled, rng).unwrap(),
            keyword: keywords[0].clone(),
            keywords,
            authority,
            attributes,
            access,
        }
    }

    pub(crate) fn ledger(&self) -> MemoryLedger {
        let first = Charter::clone(self.charters.current());
        MemoryLedger::new(first, self.charters.super_node()).unwrap()
    }

    pub(crate) fn consortium<'a>(
        &'a self,
        ledger: &'a MemoryLedger,
        store: &'a MemoryStore,
    ) -> Consortium<'a> {
        let head = TrustedHead::new(ledger.head().unwrap(), NOW, NOW, 0).unwrap();
        Consortium { ledger, store, charters: &self.charters, head, members: None, threads: Threads::ONE }
    }

    pub(crate) fn publication(&self) -> Publication<'_> {
        Publication {
            access: &self.access,
            keywords: &self.keywords,
            keyword_key: self.authority.keyword_key(),
            hints: None,
            signing_key: &self.keys.signing,
            time_ms: NOW,
        }
    }

    pub(crate) fn publish(
        &self,
        ledger: &MemoryLedger,
        store: &MemoryStore,
        record: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Published {
        let publication = self.publication();
        let consortium = self.consortium(ledger, store);
        consortium.publish(record, &publication, None, rng, |_, _| Continue(())).unwrap()
    }

    /// Signs the clinic's statement about a record, under the claim policy.
    pub(crate) fn sign(&self, statement: Statement, charters: &Charters, rng: &mut ChaCha20Rng) -> Entry {
        statement.sign(&charters.ledger(), &self.keys.signing, rng).unwrap()
    }

    /// Makes the entries of `count` records.
    pub(crate) fn entries(&self, count: usize) -> Vec<Arc<Entry>> {
        let (ledger, store, mut rng) = (self.ledger(), MemoryStore::new(), rng());
        for _ in 0..count {
            self.publish(&ledger, &store, b"HbA1c 7.2 %", &mut rng);
        }
        ledger.scan(1).map(|(_, item)| item.unwrap().entry().unwrap().clone()).collect()
    }
}

/// Makes the first charter of a ledger with this name and this claim policy.
pub(crate) fn founded(name: &str, claim: &Policy, parameters: &PublicParameters) -> Charters {
    let super_node = SuperNode::generate(&mut rng()).unwrap();
    let terms = Terms::new(Name::new(name).unwrap(), claim.clone(), parameters.clone());
    let first = super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
    Charters::new(first, &super_node.public_key()).unwrap()
}
