//! Mutual authentication of a hospital and a main node (the model's section 3.3), repaired.
//!
//! ```text
//! hospital: S_ID, Q_MN, P_SN, tc                             main node: s_MN, P_SN, registry, replay cache
//!
//! X = [x]P1, X' = [x]Q_MN
//! r = h(ID, R, SHA-256(R1), Q_ID, P_SN, node, Q_MN, X, X', tc)
//! U = S_ID + [x r]Q_ID
//! W = seal(k_s(X'), ID, R, SHA-256(R1), U)
//!                           ---- X, tc, W ---->
//!                                                            X' = [s_MN]X, open W, look up ID, Q_ID, r
//!                                                            e(P1, U) = e(P_SN + [r]X, Q_ID)
//!                                                            remember X
//!                                                            T = [y]P1, V = [y]X
//!                                                            M = seal(k_m(X', V), envelope(Q_ID, payload))
//!                                                            AK = HMAC(k_conf_r(X', V), request, T, M, node)
//!                           <---- T, AK, M ----
//! V = [x]T, AK, open M
//!                           ---- HMAC(k_conf_i) ---->        optional
//! ```
//!
//! # What is promised
//! - The hospital agrees with the main node named in the certificate on the whole exchange; the main node agrees
//!   with the hospital, once for each request, as long as the replay cache is kept.
//! - The session's keys and the payload stay secret after `S_ID`, `s_MN` and the super node's `s` have all leaked:
//!   they depend on `V = [x y]P1`. The leak of `S_ID` gives `[x]Q_ID` for recorded requests, by which `V` can be
//!   recognised but not computed, so that this rests on the Diffie-Hellman assumption in G1 given that point (gap
//!   co-CDH), in the random oracle model.
//! - A leaked `S_ID` lets nobody play main node towards that hospital; a leaked `s_MN` lets nobody play hospital.
//! - **Not** promised: a leaked `s_MN` exposes *who* asked in recorded requests, since `W` is under `X'` alone. The
//!   length of a reply tells the length of the location in it.
//!
//! # Sizes and work
//!
//! | | here | the paper (4.1, 4.3) |
//! |---|---|---|
//! | a hospital keeps `S_ID`, `R`, `R1` | 96 + 16 bytes and `R1` (at most 1,024) | 1,130 bits |
//! | a main node keeps `s_MN` | 32 bytes | 155 bits |
//! | request | 492 bytes | not given |
//! | reply | 300 bytes and the location | not given |
//! | confirmation | 36 bytes | none |
//!
//! | operations | hospital: start | hospital: finish | main node: accept | main node: reply |
//! |---|---|---|---|---|
//! | multiplication in G1 | 2 | 1 | 2 | 4 |
//! | multiplication in G2 | 1 | | | |
//! | pairings (Miller loops; final exponentiations) | | 1; 1 | 2; 1 | 1; 1 |
//! | hash to G2 | | | 1 | |
//! | points decoded (with subgroup check) | | 2 in G1 | 1 in G1, 1 in G2 | |
//!
//! The paper counts `T_mul + T_add + T_exp + 2 T_hash` for all of it, which leaves out the pairings of its own
//! equation. Of the multiplications, four in G1 are the Diffie-Hellman part (`X`, `X'` and `T`, `V`, and their
//! counterparts), and the main node's other two are the envelope's.

mod initiator;
mod messages;
mod responder;
mod schedule;

pub use initiator::{AwaitingReply, Established};
pub use messages::{AuthConfirmation, AuthReply, AuthRequest};
pub use responder::{AcceptedRequest, AwaitingConfirmation};
