//! The whole flow, and everybody who stands in its way: a failing store, a failing ledger,
//! calls that fail each in its turn, members without the attributes. Stores and ledgers that
//! lie are in `tests/attacks`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

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

/// How many entries a ledger has that has one charter.
fn entries_on(ledger: &dyn medseal::ledger::Ledger) -> u64 {
    ledger.head().unwrap().size - 1
}
