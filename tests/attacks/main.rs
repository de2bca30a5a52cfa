//! Attacks in the attackers' position: with the bytes that reach them, with keys that they own or
//! have stolen, and with their own programs, written from the documents. None of the library's code
//! runs on their side, and no local check stops them. The honest side receives their output as
//! bytes and refuses it. Each attack ends with the right input passing, made by the same program.
//! This shows that the attack failed for the intended reason.
//!
//! `ground` has the public computations, `rule` has policies built by hand, and `keys` has the
//! common basis of the three schemes. A module for each part follows. `printed` is the model's
//! handshake as published, with the attacks that work on it and fail here. `world` is the
//! consortium of `tests/flow`.
#![expect(non_snake_case, reason = "the papers' letters, where an equation has them")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in helpers, which clippy does not take for tests"
)]

mod authorities;
mod ground;
mod handshake;
mod key_wrapping;
mod keys;
mod keyword_search;
mod merkle;
mod printed;
mod records;
mod rule;
mod sharing;
mod signatures;
#[path = "../flow/world.rs"]
mod world;
