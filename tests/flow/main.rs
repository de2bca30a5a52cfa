//! The whole flow, and everybody who stands in its way: a failing store, a failing ledger, a store and a ledger that
//! lie, members without the attributes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // in helpers, which clippy does not take for tests

mod failing;
mod lying;
mod sharing;
mod world;
