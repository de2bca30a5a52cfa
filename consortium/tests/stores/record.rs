//! A record from one hospital to a doctor of another, with the ledger in memory and
//! the stores between them.

use std::ops::ControlFlow::Continue;

use medseal::Error;
use medseal::identity::{Name, SuperNode};
use medseal::ledger::{Address, CharterDraft, Charters, EntryId, Ledger, MemoryLedger, Terms, TrustedHead};
use medseal::policy::{Attributes, Policy};
use medseal::rand_core::OsRng;
use medseal::search::Keyword;
use medseal::share::{Authority, Consortium, MemberKeys, ObjectStore, Publication};

pub(crate) struct Published {
    ledger: MemoryLedger,
    charters: Charters,
    doctor: MemberKeys,
    entry: EntryId,
    pub(crate) address: Address,
}

impl Published {
    fn consortium<'a>(&'a self, store: &'a dyn ObjectStore) -> Consortium<'a> {
        consortium(&self.ledger, &self.charters, store)
    }

    /// What the doctor opens.
    pub(crate) fn open(&self, store: &dyn ObjectStore) -> Result<Vec<u8>, Error> {
        let mut record = Vec::new();
        let consortium = self.consortium(store);
        consortium.open(&self.entry, &self.doctor.decryption, &mut record, &mut |_| Continue(()))?;
        Ok(record)
    }
}

fn consortium<'a>(
    ledger: &'a MemoryLedger,
    charters: &'a Charters,
    store: &'a dyn ObjectStore,
) -> Consortium<'a> {
    let head = TrustedHead::new(ledger.head().unwrap(), 0, 0, 0).unwrap();
    Consortium { ledger, store, charters, head, members: None, threads: medseal::Threads::ONE }
}

/// Publishes a record into one store, and opens it from another.
pub(crate) fn travels(from: &dyn ObjectStore, to: &dyn ObjectStore, record: &[u8]) -> Published {
    let authority = Authority::setup(&mut OsRng).unwrap();
    let super_node = SuperNode::generate(&mut OsRng).unwrap();
    let claim = Policy::parse("role=records_office").unwrap();
    let terms = Terms::new(Name::new("stores").unwrap(), claim, authority.public_parameters());
    let charter = super_node.sign_charter(CharterDraft::first(terms, None)).unwrap();
    let ledger = MemoryLedger::new(charter, &super_node.public_key()).unwrap();
    let charters = ledger.charters().unwrap();
    let keys = |is| authority.issue(&Attributes::parse(is).unwrap(), &mut OsRng).unwrap();
    let (office, doctor) = (keys("role=records_office"), keys("role=doctor"));

    let publication = Publication {
        access: &Policy::parse("role=doctor").unwrap(),
        keywords: &[Keyword::new("asthma").unwrap()],
        keyword_key: authority.keyword_key(),
        hints: None,
        signing_key: &office.signing,
        time_ms: 0,
    };
    let published = consortium(&ledger, &charters, from)
        .publish(record, &publication, None, &mut OsRng, &mut |_, _| Continue(()))
        .unwrap();
    let (entry, address) = (published.place.id, published.address);
    let published = Published { ledger, charters, doctor, entry, address };
    assert!(published.open(to).unwrap() == record);
    published
}
