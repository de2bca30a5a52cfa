//! A ledger that hospitals keep together, and stores for their records: medseal on several machines.
//!
//! | part | where |
//! |---|---|
//! | a block: header, items, byte form | `block.rs` |
//! | what makes a head final, and its byte form | `certificate.rs` |
//! | engine keys, and what a charter's validators sign | `keys.rs` |
//! | what the server of a node needs of it | `backend.rs` |
//! | what a client and a node say to each other | `wire.rs` |
//! | a node's server for hospitals: places, quotas, time-outs | `server.rs` |
//! | a hospital's client: a `Ledger` over several nodes | `client.rs` |

mod backend;
mod block;
mod certificate;
pub mod client;
pub mod keys;
pub mod server;
pub mod wire;


pub use backend::{Backend, Refused, Source, Status};
pub use block::{BLOCK_BYTES, BLOCK_ITEMS, Block, Header, ITEM_BYTES};
pub use certificate::CertifiedHead;
pub use client::Remote;
pub use keys::EngineKey;
pub use server::Server;
