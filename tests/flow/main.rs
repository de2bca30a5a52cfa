//! The whole flow, and everybody who stands in its way: a failing store, a failing ledger, calls that fail each in its
//! turn, a store and a ledger that lie, members without the attributes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

mod failing;
mod faults;
mod many;
mod sharing;
mod world;
