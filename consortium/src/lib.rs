//! A ledger that hospitals keep together, and stores for their records:
//! medseal on several machines.
//!
//! | part | where |
//! |---|---|
//! | a block: header, items, byte form | `block.rs` |
//! | what is final at a node, as a ledger | `chain.rs` |
//! | which entries are valid: threads, remembered verdicts | `verdicts.rs` |
//! | entries that wait, with quotas for each source | `pool.rs` |
//! | what a node knows and decides, apart from the engine | `core.rs` |
//! | what the engine asks of it: blocks, and whether they are right | `application.rs` |
//! | entries from node to node | `relay.rs` |
//! | consensus, storage, repair, epochs | `engine.rs` |
//! | a node on this machine: who may take part, network, disk | `node.rs` |
//! | a node's storage directory, and whether all its votes are in it | `storage.rs` |
//! | what makes a head final, and its byte form | `certificate.rs` |
//! | engine keys, and what a charter's validators sign | `keys.rs` |
//! | what the server of a node needs of it | `backend.rs` |
//! | what a client and a node say to each other | `wire.rs` |
//! | a node's server for hospitals: places, quotas, time-outs | `server.rs` |
//! | a hospital's client: a `Ledger` over several nodes | `client.rs` |
//! | where sealed records are: IPFS, S3 | `stores.rs` |

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

// The consortium that the tests share names this package from outside.
#[cfg(test)]
extern crate self as medseal_consortium;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
