//! Faults below the library: calls to the operating system that fail, that do less than they were
//! asked, or that are the last ones of their process. Nothing that was acknowledged is lost, and
//! nothing half-written is taken for whole.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in helpers, which clippy does not take for tests"
)]

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod directory;
mod streams;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod tracer;
