//! The C interface: what `include/medseal.h` declares.
//!
//! ```text
//! status   what functions return, and the detail beside it
//! abi      the boundary: panics, pointers, buffers      handle   what a handle points to, and its type check
//! values   digests, ids and views that travel by value
//! version  policy  record  ...    one file per scheme
//! ```
//! The header is generated from this folder by `include/generate`, which see; the documentation comments here are the
//! header's, and are written for whoever reads that. Exported functions are written out plainly and all alike, because
//! the generator does not see what macros make; [`abi`] says how they look and why.
#![allow(unsafe_code)] // pointers from C; each block says why it is sound
#![allow(unreachable_pub)] // what is exported to C is public, whatever module it is in
#![allow(non_camel_case_types)] // C's names
#![allow(missing_debug_implementations)] // nobody prints them
#![allow(clippy::too_many_arguments)] // C has no slices

#[cfg(panic = "abort")]
compile_error!("the C interface needs panic = \"unwind\": it turns panics into MEDSEAL_ERR_INTERNAL");

mod abi;
mod handle;
mod status;
mod values;

mod callbacks;
mod version;

mod abe;
mod abs;
mod authority;
mod entry;
mod handshake;
mod identity;
mod ledger;
mod merkle;
mod policy;
mod query;
mod record;
mod search;
mod share;
mod store;
mod stream;

#[cfg(test)]
mod tests;
