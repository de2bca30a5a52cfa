//! The handshake against attackers with bytes, keys and programs.
//!
//! | file | the attacker |
//! |---|---|
//! | `changed` | sits on the wire, changes messages and exchanges parts of them |
//! | `late` | sends a request again, at another time, to another node, or with a key that no longer counts |
//! | `impostors` | plays a side whose secret it does not have |
//! | `insiders` | has a side's secret, and puts into a message what does not belong there |
//! | `recordings` | has recorded everything, and gets the secrets afterwards |
//! | `certified` | wants a certificate or a registry that it should not have |
//!
//! `outsider` is their program, both sides of the handshake from the documents;
//! `consortium` is the honest side.

mod certified;
mod changed;
pub(crate) mod consortium;
mod impostors;
mod insiders;
mod late;
pub(crate) mod outsider;
mod recordings;
