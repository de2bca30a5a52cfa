//! A ledger in PostgreSQL, and a temporary server to run it on. `docs/ledger.md`
//! explains the design.
//!
//! | part | where |
//! |---|---|
//! | tables | `schema.sql` |
//! | connections, retries | `connections.rs` |
//! | the ledger | `ledger.rs` |
//! | calls from async code | `from_async.rs` |
//! | a consortium of one clinic and one doctor | `clinic.rs` |
//! | many files, measured | `measure.rs` |
//! | a temporary server | `server.rs` |

mod clinic;
mod connections;
mod from_async;
mod ledger;
mod measure;
mod server;

pub use clinic::Clinic;
pub use from_async::Blocking;
pub use ledger::PostgresLedger;
pub use measure::{Rates, files_below, keywords, publish_all};
pub use server::Server;
