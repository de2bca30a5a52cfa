//! medseal on several machines: a ledger that several hospitals run together, and stores for their
//! records.
//!
//! | part | where |
//! |---|---|
//! | a block: header, items, byte form | `block.rs` |
//! | the final part of the ledger at a node | `chain.rs` |
//! | which entries are valid: threads, remembered verdicts | `verdicts.rs` |
//! | waiting entries, with quotas for each source | `pool.rs` |
//! | a node's state and decisions, apart from the engine | `core.rs` |
//! | proposing and checking blocks for the engine | `application.rs` |
//! | forwarding entries from node to node | `relay.rs` |
//! | consensus, storage, repair, epochs | `engine.rs` |
//! | a node on this machine: authentication, network, disk | `node.rs` |
//! | a node's storage directory, and the mark against lost votes | `storage.rs` |
//! | certified heads, and their byte form | `certificate.rs` |
//! | engine keys, and what a charter's validators sign | `keys.rs` |
//! | the ledger behind a node's server | `backend.rs` |
//! | the protocol between client and node | `wire.rs` |
//! | a node's server for hospitals: places, quotas, time-outs | `server.rs` |
//! | a hospital's client: a `Ledger` over several nodes | `client.rs` |
//! | stores for sealed records: IPFS, S3 | `stores.rs` |

mod application;
mod backend;
mod block;
mod certificate;
mod chain;
pub mod client;
mod core;
mod durable;
pub mod engine;
pub mod keys;
mod node;
mod pool;
mod relay;
pub mod server;
mod storage;
pub mod stores;
mod verdicts;
pub mod wire;

pub use application::App;
pub use backend::{Backend, Refused, Source, Status};
pub use block::{BLOCK_BYTES, BLOCK_ITEMS, Block, Header, ITEM_BYTES};
pub use certificate::CertifiedHead;
pub use chain::Chain;
pub use client::Remote;
pub use core::{Core, CoreConfig, Outbox};
pub use keys::EngineKey;
pub use node::{Node, NodeConfig, Peer, Settings, StartError};
pub use pool::PoolLimits;
pub use server::Server;
pub use storage::{Storage, StorageError};
pub use verdicts::Verdicts;

// The tests' shared consortium refers to this package by its external name.
#[cfg(test)]
extern crate self as medseal_consortium;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
