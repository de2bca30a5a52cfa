//! The handshake against attackers with bytes, keys and programs.
//!
//! | file | the attacker |
//! |---|---|
//! | `changed` | is on the wire, changes messages and exchanges their parts |
//! | `late` | replays a request at another time or to another node, or uses a key that is no longer valid |
//! | `impostors` | impersonates a side without its secret |
//! | `insiders` | has a side's secret, and sends invalid messages |
//! | `recordings` | has recorded everything, and learns the secrets later |
//! | `certified` | wants a certificate or a registry that it is not entitled to |
//!
//! `outsider` is the attackers' program: both sides of the handshake, written from the documents.
//! `consortium` is the honest side.

mod certified;
mod changed;
pub(crate) mod consortium;
mod impostors;
mod insiders;
mod late;
pub(crate) mod outsider;
mod recordings;
