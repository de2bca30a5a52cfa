//! The members' key: a second protection beside attributes, which all members of a consortium
//! share.
//!
//! # Why is it needed?
//! Quantum computers break pairings, and entries stay on a ledger forever. A record's key, and
//! an identity envelope on the ledger, can therefore be sealed under two things: the scheme's
//! own key *and* 32 bytes that only members hold. An outsider who stores the ledger and later
//! breaks the pairing still lacks the members' key. A member without the attributes still
//! lacks the scheme's key.
//!
//! ```text
//! k     = kdf(k_out || key, label, epoch || context)      in place of k_out; epoch 0: none, then k = k_out
//! com_e = SHA-256(tag, epoch, key)                        what the consortium demands in public
//! ```
//!
//! # What is an epoch?
//! A number from 1 on, with one key. A new epoch starts when a member leaves, or by the calendar. A
//! former member cannot open later records, even with the attributes. [`MembersKeys`] holds the
//! epochs that a member has.
//!
//! # What if the key is lost?
//! Every record of its epoch is lost, and publishing under a wrong key would lose records without
//! a warning. Therefore:
//!
//! - An [`EpochCommitment`] comes only from [`begin_epoch`](crate::share::begin_epoch), which
//!   requires three restored backups.
//! - A key is [checked](MembersKey::check) against the commitment before anything is sealed.
//! - A second key for one epoch is rejected.
//! - A key can be [split](MembersKey::split) among holders who keep their shares offline.
//!
//! # What does it not protect?
//! It does not replace attributes. If one member leaks it, this second protection is gone,
//! and nothing else. It does not cover keyword indexes: a quantum computer sees which of
//! them share a keyword.

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
