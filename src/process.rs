//! Objects that must not work in two processes after a fork.
//!
//! `fork` copies the memory of a process, including keys and counters. Two copies of a sealer or of
//! a session would encrypt different plaintexts under one keystream. Two copies of a replay cache
//! would each accept a request once. Two copies of a dealer would deal one polynomial in two
//! sessions; in the second session, the other dealers would choose theirs after they have seen it.

use crate::error::Error;

/// The process in which an object was made, and the only one in which it works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home(u32);

impl Home {
    pub(crate) fn here() -> Self {
        Self(id())
    }

    /// Fails with [`Error::Forked`] if this is another process. A system call of less than 0.1 us.
    pub(crate) fn check(self) -> Result<(), Error> {
        if self.0 == id() { Ok(()) } else { Err(Error::Forked) }
    }
}

#[cfg(unix)]
fn id() -> u32 {
    std::process::id()
}

/// Other systems do not fork, and some have no process ids.
#[cfg(not(unix))]
fn id() -> u32 {
    0
}
