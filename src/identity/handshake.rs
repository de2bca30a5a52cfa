//! Mutual authentication of a hospital and a main node (the model's section 3.3), repaired.
//!
//! ```text
//! hospital: S_ID, Q_MN, P_SN, tc                             main node: s_MN, P_SN, registry, replay cache
//!
//! X = [x]P1, X' = [x]Q_MN
//! ek of a fresh ML-KEM-768 key dk
//! r = h(ID, R, SHA-256(R1), Q_ID, P_SN, node, Q_MN, X, X', tc, ek)
//! U = S_ID + [x r]Q_ID
//! W = seal(k_s(X'), ID, R, SHA-256(R1), U)
//!                           -- X, tc, ek, W -->
//!                                                            X' = [s_MN]X, open W, look up ID, Q_ID, r
//!                                                            e(P1, U) = e(P_SN + [r]X, Q_ID)
//!                                                            remember X
//!                                                            T = [y]P1, V = [y]X
//!                                                            (ss, ct) = Encaps(ek)
//!                                                            M = seal(k_m(X', V, ss), envelope(Q_ID, payload))
//!                                                            AK = HMAC(k_conf_r(X', V, ss), request, T, ct, M, node)
//!                           <-- T, ct, AK, M --
//! V = [x]T, ss = Decaps(dk, ct), AK, open M
//!                           ---- HMAC(k_conf_i) ---->        optional
//! ```
//!
//! [`identity`](crate::identity) documents its guarantees.

mod initiator;
mod messages;
mod responder;
mod schedule;

pub use initiator::{AwaitingReply, Established};
pub use messages::{AuthConfirmation, AuthReply, AuthRequest};
pub use responder::{AcceptedRequest, AwaitingConfirmation};
