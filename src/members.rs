//! The members' key: what all members of a consortium share, over what their attributes protect.
//!
//! Pairings fall to a quantum computer, and entries stay on a ledger for ever. So a record's key,
//! and an identity envelope that stands on the ledger, can be sealed under two things: the scheme's
//! own key *and* 32 bytes that only members hold. An outsider who keeps the ledger and breaks the
//! pairing one day has half of it; a member without the attributes has the other half.
//!
//! ```text
//! k     = kdf(k_out || key, label, epoch || context)      in place of k_out; epoch 0: none, then k = k_out
//! com_e = SHA-256(tag, epoch, key)                        what the consortium demands in public
//! ```
//!
//! # What is an epoch?
//! A number from 1 on, with one key. A new one begins when a member leaves, who then cannot
//! open what comes later even with attributes, or by the calendar. [`MembersKeys`] holds the
//! epochs that a member has.
//!
//! A lost key loses every record of its epoch, and a publisher with a wrong one would lose
//! records for good without a sign. So an [`EpochCommitment`] comes from
//! [`begin_epoch`](crate::share::begin_epoch) alone, which asks for three restored backups;
//! a key is [checked](MembersKey::check) against it before anything is sealed; a second key
//! for one epoch is refused; and a key can be [split](MembersKey::split) among holders who
//! keep their shares offline.
//!
//! # What it does not do
//! It replaces no attributes: one member who leaks it takes this second protection
//! away, and nothing else. It does not cover keyword indexes: a quantum computer sees
//! which of them share a keyword.

mod commitment;
mod key;
mod keys;
mod split;
#[cfg(test)]
mod tests;

pub use commitment::EpochCommitment;
pub use key::MembersKey;
pub(crate) use key::over;
pub use keys::MembersKeys;
pub use split::KeyShare;
