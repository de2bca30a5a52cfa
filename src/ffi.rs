//! The C interface, which `include/medseal_full.h` declares.
//!
//! ```text
//! status   statuses and error details
//! abi      the boundary: panics, pointers, buffers      handle   what a handle points to, and its type check
//! export   how a function is written                    objects  encode, decode and free, by the table of objects
//! values   digests, ids and receipts, passed by value
//! version  attributes  policy  record  ...    one file for each section of the header; a large one has a folder
//! ```
//! `include/generate` generates the header from this folder. The documentation comments here become
//! the header's, so they are written for C programmers. cbindgen does not expand macros, so the
//! generator also expands [`mod@export`] and the table of statuses.
#![expect(unsafe_code, reason = "pointers from C; each block says why it is sound")]
#![expect(unreachable_pub, reason = "what is exported to C is public, whatever module it is in")]
#![expect(non_camel_case_types, reason = "C's names")]
#![expect(missing_debug_implementations, reason = "nobody prints them")]

#[cfg(panic = "abort")]
compile_error!("the C interface needs panic = \"unwind\": it turns panics into MEDSEAL_ERR_INTERNAL");

mod abi;
mod export;
mod handle;
mod status;
mod values;

mod callbacks;
mod version;

mod abe;
mod abe_keys;
mod abs;
mod attributes;
mod authorities;
mod authority;
mod charter;
mod charter_draft;
mod chunk_tree;
mod entry;
mod envelope;
mod handshake;
mod holders;
mod hospital;
mod ledger;
mod main_node;
mod members;
mod memory_ledger;
mod merkle;
mod objects;
mod policy;
mod query;
mod record;
mod registry;
mod replay;
mod search;
mod search_keys;
mod session;
mod share;
mod store;
mod stream;
mod super_node;

#[cfg(test)]
mod tests;
