//! Work on several cores. Results do not depend on their number.

use core::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The maximum number of threads for an operation, including the caller's.
/// Results do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threads(NonZeroUsize);

impl Threads {
    /// The caller's thread alone.
    pub const ONE: Self = Self(NonZeroUsize::MIN);
    /// More threads do not help, and each has its own memory.
    const MOST: usize = 256;

    /// Allows at most `count` threads, up to 256. Zero means the number of processors.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let processors = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self(NonZeroUsize::new(count).unwrap_or_else(processors)).at_most(Self::MOST)
    }

    /// Reduces the number of threads to at most `most`, but at least one.
    pub(crate) fn at_most(self, most: usize) -> Self {
        Self(NonZeroUsize::new(most).map_or(NonZeroUsize::MIN, |most| self.0.min(most)))
    }

    pub(crate) fn get(self) -> usize {
        self.0.get()
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<NonZeroUsize> for Threads {
    fn from(count: NonZeroUsize) -> Self {
        Self::new(count.get())
    }
}

/// Applies `work` to every item, on this thread and up to `threads - 1` others, but no more threads
/// than items. The results are in the order of the items.
pub(crate) fn map<T, R: Send>(
    threads: Threads,
    items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator + Send>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let items = items.into_iter();
    let others = threads.get().min(items.len()).saturating_sub(1);
    let items = Mutex::new(items.enumerate());
    let worker = || {
        let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
        let mut results = Vec::new();
        while let Some((index, item)) = next() {
            results.push((index, work(item)));
        }
        results
    };
    let mut results = thread::scope(|scope| {
        // If no further thread can be spawned, the running threads do all the work.
        let others: Vec<_> =
            (0..others).map_while(|_| thread::Builder::new().spawn_scoped(scope, worker).ok()).collect();
        let mut results = worker();
        for thread in others {
            results.extend(thread.join().unwrap_or_else(|panicked| resume_unwind(panicked)));
        }
        results
    });
    results.sort_unstable_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn results_keep_order_on_any_threads() {
        for length in [0, 1, 2, 7, 100] {
            let items: Vec<u32> = (0..length).collect();
            let squares: Vec<u32> = items.iter().map(|i| i * i).collect();
            for threads in [1, 2, 3, 8, 200] {
                assert_eq!(map(Threads::new(threads), &items, |i| i * i), squares);
            }
        }
    }

    #[test]
    fn results_keep_order_in_any_timing() {
        // One thread takes 0 and 2, the other 1. The results of neither thread are consecutive.
        let (both, done) = (Barrier::new(2), Barrier::new(2));
        let results = map(Threads::new(2), [0, 1, 2], |item| {
            if item != 2 {
                both.wait();
            }
            if item != 0 {
                done.wait();
            }
            item
        });
        assert_eq!(results, [0, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "of an item")]
    fn passes_on_a_panic_of_an_item() {
        map(Threads::new(2), [1, 2], |i| assert!(i != 2, "panic of an item"));
    }

    #[test]
    fn items_can_be_worked_on_in_place() {
        let mut items = [1, 2, 3];
        let before = map(Threads::new(2), &mut items, |i| core::mem::replace(i, 0));
        assert_eq!((before.as_slice(), items), ([1, 2, 3].as_slice(), [0; 3]));
    }
}
