//! Objects of which a fork of the process must not leave two that work.
//!
//! `fork` copies what a process holds, keys and counters included. Two copies of a sealer or of a
//! session would encrypt different plaintexts under one keystream, two copies of a replay cache
//! would each accept a request once, and two copies of a dealer would deal one polynomial in two
//! sessions, in the second of which the others choose theirs when they have seen it.

use crate::error::Error;

/// The process in which an object was made, and the only one in which it works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home(u32);

impl Home {
    /// This process.
    pub(crate) fn here() -> Self {
        Self(id())
    }

    /// Whether this is still that process. A system call, of less than 0.1 us.
    pub(crate) fn check(self) -> Result<(), Error> {
        if self.0 == id() { Ok(()) } else { Err(Error::Forked) }
    }
}

#[cfg(unix)]
fn id() -> u32 {
    std::process::id()
}

/// Nothing forks elsewhere, and some systems have no numbers for processes.
#[cfg(not(unix))]
fn id() -> u32 {
    0
}
