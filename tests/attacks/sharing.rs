//! Uploaders, ledgers and stores that lie, and readers whom the policy does not let in: what they send, keep and answer,
//! and what the nodes and the readers make of it.
//!
//! `entries` is what nodes are sent, `chain` what is kept by somebody who rewrites it, `liars` what readers are answered,
//! `outsider` what those make of it who may not read.

mod chain;
mod entries;
mod liars;
mod outsider;
mod parts;

use std::sync::LazyLock;

use medseal::ledger::{Demands, Entry, Ledger, MemoryLedger};
use medseal::policy::Policy;
use medseal::share::{Consortium, MemoryStore, Publication};

use crate::ground::rng;
use crate::world::{claim, consortium, database, demands, go_on, keywords, policy, publication};

/// The ledger of these tests.
const LEDGER: &str = "test";

/// An entry that an honest clinic published for this policy, about a record of its own for every seed.
fn published_for(access: &Policy, seed: u64) -> Vec<u8> {
    published(claim(), &publication(access, &keywords(&["e11.9"])), seed)
}

fn published(claim: &Policy, publication: &Publication<'_>, seed: u64) -> Vec<u8> {
    let demands = Demands { claim: claim.clone(), ..demands(LEDGER) };
    let (ledger, store) = (MemoryLedger::new(demands), MemoryStore::new());
    let record = seed.to_be_bytes();
    let mut database = database();
    let sharing = Consortium { claim, ..consortium(&ledger, &store) };
    sharing.publish(&record[..], publication, Some(&mut database), &mut rng(seed), &mut go_on).unwrap();
    ledger.at(0).unwrap().to_bytes()
}

/// One of two such entries, for doctors.
fn for_doctors(number: usize) -> Vec<u8> {
    static ENTRIES: LazyLock<[Vec<u8>; 2]> =
        LazyLock::new(|| [1, 2].map(|seed| published_for(&policy("role=doctor"), seed)));
    ENTRIES[number - 1].clone()
}

fn decoded(entry: &[u8]) -> Entry {
    Entry::from_bytes(entry).unwrap()
}
