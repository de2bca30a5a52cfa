//! Calls that fail one after another: before a call did anything, or after it did everything, when
//! only the answer is lost.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotDone,
    AnswerLost,
    /// An interruption, which is no failure.
    Interrupted,
    /// A read or write of one byte, which is no failure either.
    Short,
}

/// Counts the calls of a reader and a writer, or of a store and a ledger, together.
pub(crate) struct Calls {
    count: AtomicUsize,
    fails: usize,
    fault: Fault,
    /// The most bytes that a call reads or writes.
    pub(crate) most: usize,
}

pub(crate) const LOST: io::ErrorKind = io::ErrorKind::TimedOut;

impl Calls {
    pub(crate) fn new(fails: usize, fault: Fault) -> Self {
        Self { count: AtomicUsize::new(0), fails, fault, most: 40_000 }
    }

    pub(crate) fn happened(&self) -> bool {
        self.count.load(Ordering::Relaxed) > self.fails
    }

    pub(crate) fn call<T, E: From<io::Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let fails = self.count.fetch_add(1, Ordering::Relaxed) == self.fails;
        match self.fault {
            Fault::NotDone if fails => Err(io::Error::from(LOST).into()),
            Fault::AnswerLost if fails => work().and(Err(io::Error::from(LOST).into())),
            Fault::Interrupted if fails => Err(io::Error::from(io::ErrorKind::Interrupted).into()),
            _ => work(),
        }
    }

    /// The bytes that the next call may move, of this many.
    fn count(&self, bytes: usize) -> usize {
        let is_short = self.fault == Fault::Short && self.count.load(Ordering::Relaxed) == self.fails;
        bytes.min(if is_short { 1 } else { self.most })
    }
}

pub(crate) struct Faulty<'a, T>(pub(crate) &'a Calls, pub(crate) T);

impl<T: Read> Read for Faulty<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.count(buffer.len());
        self.0.call(|| self.1.read(&mut buffer[..count]))
    }
}

impl<T: Write> Write for Faulty<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.count(bytes.len());
        self.0.call(|| self.1.write(&bytes[..count]))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.call(|| self.1.flush())
    }
}
