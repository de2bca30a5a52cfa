//! The work of a ledger node: validation, appending, reading a ledger back.

use criterion::{Criterion, Throughput};
use medseal::Threads;
use medseal::ledger::{Entry, Ledger, MemoryLedger, Statement, validate, validate_all};
use medseal::without_lanes;
use std::sync::Arc;

use crate::clinic::Clinic;
use crate::group;
use crate::time::Time;
use crate::world::{SIZES, rng};

pub(crate) fn all(c: &mut Criterion) {
    let mut group = group(c, "ledger");
    // By the attributes of the access policy.
    for n in SIZES {
        let clinic = Clinic::new(n);
        let (bytes, charters) = (clinic.entries(1)[0].to_bytes(), &clinic.charters);
        group.time(("validate", n), || validate(Entry::from_bytes(&bytes).unwrap(), charters).unwrap());
        let entry = Entry::from_bytes(&bytes).unwrap();
        group.time(("id", n), || entry.id());
        group.time_on(
            ("sign statement", n),
            || copy(entry.statement()),
            |statement| clinic.sign(statement, charters, &mut rng()),
        );
    }

    // By the number of entries, each under an access policy of 10 attributes.
    let clinic = Clinic::new(10);
    let (entries, charters) = (clinic.entries(100), &clinic.charters);
    let validated =
        |entries: &[Arc<Entry>], threads| validate_all(entries.iter().cloned(), charters, threads).unwrap();
    for n in [1, 10, 100] {
        let entries = &entries[..n];
        group.throughput(Throughput::Elements(n as u64));
        group.time(("validate all", n), || validated(entries, Threads::ONE));
        group.time(("validate all, one by one", n), || without_lanes(|| validated(entries, Threads::ONE)));
        let both = Threads::new(2);
        group.time(("validate all, 2 threads", n), || validated(entries, both));
        group.time_on(
            ("append block", n),
            || (clinic.ledger(), validated(entries, both)),
            |(ledger, entries)| ledger.append_block(entries).unwrap(),
        );
        let ledger = clinic.ledger();
        ledger.append_block(validated(entries, both)).unwrap();
        group.time(("verify", n), || ledger.verify().unwrap());
        group.time(("snapshot", n), || ledger.snapshot().unwrap());
        let snapshot = ledger.snapshot().unwrap();
        group.time(("restore", n), || MemoryLedger::restore(&snapshot, charters.super_node()).unwrap());
        let id = entries[0].id();
        let head = ledger.head().unwrap();
        group.time(("prove", n), || ledger.prove(&id, head.size).unwrap());
        let proof = ledger.prove(&id, head.size).unwrap();
        let entry = ledger.get(&id).unwrap();
        group.time(("verify proof", n), || proof.verify(&head, &entry.to_bytes()).unwrap());
    }
}

fn copy(statement: &Statement) -> Statement {
    let Statement { charter, record, digest, time, .. } = *statement;
    let (claim, address) = (statement.claim.clone(), statement.address.clone());
    let (key, index) = (statement.key.clone(), statement.index.clone());
    Statement { charter, record, claim, digest, address, key, index, envelope: None, time }
}
