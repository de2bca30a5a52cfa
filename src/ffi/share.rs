//! The main job: seal and wrap, unwrap and open; publish, find and open on a ledger.
//!
//! The parts are in the order of the header.

pub(super) mod seal;

pub(super) mod database;

pub(super) mod consortium;

pub(super) mod publish;

pub(super) mod stages;

pub(super) mod rewrap;

pub(super) mod find;

pub(super) mod open;
