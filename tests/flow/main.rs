//! The whole flow, and its obstacles: a failing store, a failing ledger, calls that fail one after
//! another, members without the attributes. Stores and ledgers that lie are in `tests/attacks`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

#[path = "../shared/calls.rs"]
mod calls;
mod eras;
mod failing;
mod faults;
mod many;
mod members;
mod resuming;
mod sharing;
mod shut_out;
mod without_ledger;
mod world;

/// The number of entries of a ledger with one charter.
fn entries_on(ledger: &dyn medseal::ledger::Ledger) -> u64 {
    ledger.head().unwrap().size - 1
}
