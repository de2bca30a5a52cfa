//! Mutual authentication of a hospital and a main node (the model's section 3.3), repaired.
//!
//! ```text
//! hospital: S_ID, Q_MN, P_SN, tc                             main node: s_MN, P_SN, registry, replay cache
//!
//! X, X', a fresh ML-KEM-768 key ek, r, U, W
//!                           -- X, tc, ek, W -->
//!                                                            X', open W, r, check U, remember X
//!                                                            T, V, (ss, ct), M, AK
//!                           <-- T, ct, AK, M --
//! V, ss, check AK, open M
//!                           ---- HMAC(k_conf_i) ---->        optional
//! ```
//!
//! The equations are above the lines that compute them. [`identity`](crate::identity) documents the
//! guarantees.

mod initiator;
mod messages;
mod responder;
mod schedule;

pub use initiator::{AwaitingReply, Established};
pub use messages::{AuthConfirmation, AuthReply, AuthRequest};
pub use responder::{AcceptedRequest, AwaitingConfirmation};
