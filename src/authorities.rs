//! Several authorities in place of one.
mod commitments;
mod failure;
mod feed;
mod generation;
mod holder;
mod message;
mod plan;
mod polynomial;
mod proof;
mod records;
mod request;
mod roster;
mod session;
#[cfg(test)]
mod tests;

pub use failure::{Culprit, Failure, Fault, Round};
pub use feed::Session;
pub use generation::{AuthorityShare, Certificate, Generation};
pub use holder::Holder;
pub use message::Message;
pub use plan::{MasterSecret, Plan};
pub use records::{DirectoryRecords, MemoryRecords, Records};
pub use request::{Combined, PendingRequest, Request};
pub use roster::{AuthorityKey, AuthorityPublicKey, Roster};
pub use session::{Checked, Committed, Dealing, Dispute, Opened, Proceedings};
