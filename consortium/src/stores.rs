//! Stores for sealed records: the hospital's IPFS node, and S3.
//!
//! Both implement [`ObjectStore`](medseal::share::ObjectStore), which blocks, over a small tokio
//! runtime. Like everything in the library they belong on threads that may block (with tokio:
//! `spawn_blocking`, or `block_in_place`). On a thread that drives async tasks they work and do not
//! panic, but all other tasks of this thread wait meanwhile.
//!
//! Neither is trusted: a reader checks what comes back against the digest in the ledger. Both
//! stream: memory does not grow with the object. Errors of a store are
//! [`Error::Io`](medseal::Error::Io) with one line inside that says which server failed and what to
//! do; those that may pass by themselves are [transient](medseal::Error::is_transient).

mod blocking;
mod ipfs;
mod s3;
mod several;

pub use ipfs::IpfsStore;
pub use s3::{S3Keys, S3Store};
pub use several::Stores;
