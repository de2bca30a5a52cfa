//! A clinic that publishes, a doctor who reads, and what the ledger between them demands.

use std::num::NonZeroUsize;
use std::ops::ControlFlow::Continue;

use medseal::ledger::{Demands, Entry, Ledger, LedgerId, MemoryLedger, Statement};
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
    /// What the doctor's keys are for.
    pub(crate) attributes: Attributes,
    pub(crate) doctor: MemberKeys,
    pub(crate) keyword: Keyword,
    keywords: Vec<Keyword>,
    keys: MemberKeys,
    access: Policy,
    claim: Policy,
}

impl Clinic {
    /// Publishes under an access policy that asks for `n` attributes, and a claim policy that asks for three.
    pub(crate) fn new(n: usize) -> Self {
        Self::of(attributes(n), attributes(3), &["diabetes"])
    }

    /// Publishes records of some keywords under an access policy that a doctor with the attributes satisfies, and a claim policy
    /// that the clinic satisfies.
    pub(crate) fn of(
        (attributes, access): (Attributes, Policy),
        (entitled, claim): (Attributes, Policy),
        keywords: &[&str],
    ) -> Self {
        let rng = &mut rng();
        let authority = Authority::setup(rng).unwrap();
        let keywords: Vec<Keyword> = keywords.iter().map(|word| Keyword::new(word).unwrap()).collect();
        Self {
            parameters: authority.public_parameters(),
            doctor: authority.issue(&attributes, rng).unwrap(),
            keys: authority.issue(&entitled, rng).unwrap(),
            keyword: keywords[0].clone(),
            keywords,
            authority,
            attributes,
            access,
            claim,
        }
    }

    pub(crate) fn demands(&self) -> Demands {
        Demands {
            ledger: LedgerId::new("clinics").unwrap(),
            claim: self.claim.clone(),
            signatures: self.parameters.abs.clone(),
        }
    }

    pub(crate) fn consortium<'a>(
        &'a self,
        ledger: &'a MemoryLedger,
        store: &'a MemoryStore,
    ) -> Consortium<'a> {
        Consortium {
            parameters: &self.parameters,
            claim: &self.claim,
            ledger,
            store,
            threads: NonZeroUsize::MIN,
        }
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
        consortium.publish(record, &publication, None, rng, &mut |_, _| Continue(())).unwrap()
    }

    /// Signs what the clinic says about a record, under the claim policy.
    pub(crate) fn sign(&self, statement: Statement, demands: &Demands, rng: &mut ChaCha20Rng) -> Entry {
        statement.sign(&demands.ledger, &self.keys.signing, rng).unwrap()
    }

    /// Entries of so many records.
    pub(crate) fn entries(&self, count: usize) -> Vec<Entry> {
        let (ledger, store, mut rng) = (MemoryLedger::new(self.demands()), MemoryStore::new(), rng());
        for _ in 0..count {
            self.publish(&ledger, &store, b"HbA1c 7.2 %", &mut rng);
        }
        let entries = ledger.scan(0).map(|(_, entry)| Entry::from_bytes(&entry.unwrap().to_bytes()).unwrap());
        entries.collect()
    }
}
