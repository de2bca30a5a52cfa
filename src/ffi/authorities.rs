//! Several authorities: static keys, rosters, and sessions of key generation and resharing.
//!
//! The parts are in the order of the header.

pub(super) mod roster;

pub(super) mod session;

pub(super) mod generation;
