//! Uploaders, ledgers and stores that lie, and readers who do not satisfy the policy: what they
//! send, store and answer, and how nodes and readers react.
//!
//! `entries` has malicious entries sent to nodes, `chain` has rewritten chains, `liars` has false
//! answers to readers, and `outsider` has readers who are not authorised.

mod chain;
mod entries;
mod liars;
mod outsider;
mod parts;

use medseal::Threads;
use std::sync::LazyLock;

use medseal::Error;
use medseal::ledger::{Charters, Entry, Ledger, MemoryLedger, Refusal, validate, validate_all};
use medseal::policy::Policy;
use medseal::share::{Consortium, MemoryStore, Publication};

use crate::ground::rng;
use crate::world::{charters, consortium, database, empty, go_on, keywords, policy, publication};

/// The id of the ledger of these tests.
static LEDGER: LazyLock<[u8; 32]> = LazyLock::new(|| *charters().ledger().as_bytes());
/// The id of another ledger.
const ANOTHER: [u8; 32] = [7; 32];

/// An entry that an honest clinic published for this policy, about a different record for each
/// seed.
fn published_for(access: &Policy, seed: u64) -> Vec<u8> {
    published(charters(), &publication(access, &keywords(&["e11.9"])), seed)
}

fn published(charters: &Charters, publication: &Publication<'_>, seed: u64) -> Vec<u8> {
    let (ledger, store) = (empty(charters), MemoryStore::new());
    let record = seed.to_be_bytes();
    let mut database = database();
    let sharing = Consortium { charters, ..consortium(&ledger, &store) };
    sharing.publish(&record[..], publication, Some(&mut database), &mut rng(seed), &mut go_on).unwrap();
    ledger.at(1).unwrap().to_bytes()
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

/// The result of sending an entry to a node of the ledger with these charters: the height, and
/// whether the entry already existed.
fn append(ledger: &MemoryLedger, entry: &[u8]) -> Result<(u64, bool), Error> {
    let entry = validate(Entry::from_bytes(entry)?, &ledger.charters()?)?;
    ledger.append(entry).map(|appended| (appended.height, appended.was_there))
}

/// The same, with a block.
fn append_block(ledger: &MemoryLedger, entries: &[Vec<u8>]) -> Result<u64, Refusal> {
    let entries = entries.iter().map(|entry| decoded(entry));
    ledger.append_block(validate_all(entries, &ledger.charters().unwrap(), Threads::ONE)?)
}
