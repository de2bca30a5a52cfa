//! Faults below the library: system calls that fail, do only part of their work, or are the last of
//! their process. No acknowledged data is lost, and no partly written data passes as complete.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in helpers, which clippy does not take for tests"
)]

#[path = "../shared/calls.rs"]
mod calls;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod directory;
mod streams;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracer;
