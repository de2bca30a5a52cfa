//! Stores for sealed records: the hospital's IPFS node, and S3.
//!
//! Both implement the blocking trait [`ObjectStore`](medseal::share::ObjectStore) over a small
//! tokio runtime. Like everything in the library, call them on threads that may block (with tokio:
//! `spawn_blocking`, or `block_in_place`). On a thread that drives async tasks they work without a
//! panic, but all other tasks of the thread wait.
//!
//! Neither is trusted: a reader checks the returned bytes against the digest in the ledger. Both
//! stream, so memory use does not depend on the size of the object. A store's errors are
//! [`Error::Io`](medseal::Error::Io) with one line inside, which names the server that failed and
//! what to do. Errors that may pass are [transient](medseal::Error::is_transient).

mod blocking;
mod ipfs;
mod s3;
mod several;

pub use ipfs::IpfsStore;
pub use s3::{S3Keys, S3Store};
pub use several::Stores;
