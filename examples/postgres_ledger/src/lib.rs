//! A ledger in PostgreSQL, and a throw-away server to run it on. `docs/ledger.md` explains what is done here and why.
//!
//! | part | where |
//! |---|---|
//! | tables | `schema.sql` |
//! | connections, retries | `connections.rs` |
//! | the ledger | `ledger.rs` |
//! | calls from async code | `from_async.rs` |
//! | a consortium of one clinic and one doctor | `clinic.rs` |
//! | many files, measured | `measure.rs` |
//! | a throw-away server | `server.rs` |

mod connections;
mod ledger;

pub use ledger::PostgresLedger;
