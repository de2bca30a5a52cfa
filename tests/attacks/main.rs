//! Attacks, as attackers mount them: with the bytes that reach them, with keys that they hold
//! rightly or have stolen, and with programs of their own, written from the documents. No local
//! check stops them, for none of the library's code runs on their side. What they make goes to the
//! honest side as bytes, and is refused; each attack ends with the right input passing, made by the
//! same program, so that the attack failed for the reason it was made for and no other.
//!
//! `ground` is what anybody can compute, `rule` policies put together by hand, `keys` what the
//! three schemes are built on. A module for each part follows; `printed` is the model's handshake
//! as it was published, with the attacks that work on it and do not work here. `world` is the
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
