//! The whole flow, and everybody who stands in its way: a failing store, a failing ledger, calls that fail each in its
//! turn, members without the attributes. Stores and ledgers that lie are in `tests/attacks`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

mod failing;
mod faults;
mod many;
mod members;
mod sharing;
mod shut_out;
mod world;
