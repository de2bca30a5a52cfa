//! The ledger's guarantees, each on a new server: with two writers, damaged rows, failures at
//! random moments, a killed server, and calls from async code.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

mod asynchronous;
mod faults;
mod program;
mod promises;
mod proxy;

use std::collections::BTreeSet;

use medseal::ledger::{EntryId, Ledger};
use medseal::merkle::Tree;
use medseal::search::Keyword;
use medseal::share::{DirectoryStore, Published};
use postgres::{Client, NoTls};
use postgres_ledger::{Clinic, PostgresLedger, Server};
use tempfile::TempDir;

/// A server, a clinic with a ledger on it, and a store.
struct World {
    server: Server,
    clinic: Clinic,
    store: DirectoryStore,
    _objects: TempDir,
}

impl World {
    fn new() -> Self {
        let objects = tempfile::tempdir().unwrap();
        let store = DirectoryStore::open(objects.path()).unwrap();
        Self { server: Server::start().unwrap(), clinic: Clinic::new().unwrap(), store, _objects: objects }
    }

    fn ledger(&self) -> PostgresLedger {
        self.clinic.ledger(&self.server.config()).unwrap()
    }

    fn publish(&self, ledger: &dyn Ledger, record: &[u8]) -> Published {
        let consortium = self.clinic.consortium(ledger, &self.store).unwrap();
        self.clinic.publish(&consortium, record, &[word()], &mut |_| Ok(())).unwrap()
    }

    /// A client for changes by hand.
    fn client(&self) -> Client {
        self.server.config().connect(NoTls).unwrap()
    }

    /// Checks that the ledger contains these entries and the first charter, each once, under its
    /// head; that all are found; and that all can be read.
    fn check_holds(&self, records: &[(EntryId, Vec<u8>)]) {
        let ledger = self.ledger();
        let (mut tree, mut ids) = (Tree::new(), Vec::new());
        for (height, item) in ledger.scan(0) {
            let item = item.unwrap();
            assert_eq!(tree.append(&item.to_bytes()), height);
            ids.extend(item.entry().map(|entry| entry.id()));
        }
        assert_eq!(ledger.head().unwrap(), tree.head());
        assert_eq!(ids.len() as u64 + 1, tree.size());
        let expected = records.iter().map(|(id, _)| *id.as_bytes()).collect::<BTreeSet<_>>();
        assert_eq!(ids.len(), expected.len());
        assert_eq!(ids.iter().map(|id| *id.as_bytes()).collect::<BTreeSet<_>>(), expected);

        let consortium = self.clinic.consortium(&ledger, &self.store).unwrap();
        let found = self.clinic.find(&consortium, &word()).unwrap();
        assert_eq!(found.hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), ids);
        assert!(found.malformed.is_empty());
        for (id, record) in records {
            assert_eq!(self.clinic.read(&consortium, id).unwrap(), *record);
        }
    }
}

fn word() -> Keyword {
    Keyword::new("glucose").unwrap()
}
