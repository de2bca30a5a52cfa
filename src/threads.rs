//! Work on several cores, with results that do not depend on how many.

use core::num::NonZeroUsize;
use std::thread;

/// `work` on every item, in order, on up to `threads` threads, each with as many items as the next. The first part is
/// done on this thread, and a part that no thread can be had for as well.
pub(crate) fn map<T: Sync, R: Send>(
    threads: NonZeroUsize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let per_part = items.len().div_ceil(threads.get()).max(1);
    let mut parts = items.chunks(per_part);
    let of_part = |part: &[T]| part.iter().map(&work).collect::<Vec<R>>();
    let first = parts.next().unwrap_or_default();
    thread::scope(|scope| {
        let started: Vec<_> = parts
            .map(|part| (part, thread::Builder::new().spawn_scoped(scope, move || of_part(part))))
            .collect();
        let mut results = of_part(first);
        results.reserve(items.len() - results.len());
        for (part, thread) in started {
            match thread {
                Ok(thread) => match thread.join() {
                    Ok(part) => results.extend(part),
                    Err(panicked) => std::panic::resume_unwind(panicked),
                },
                Err(_) => results.extend(of_part(part)),
            }
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items_whatever_the_number_of_threads() {
        for length in [0, 1, 2, 7, 100] {
            let items: Vec<u32> = (0..length).collect();
            let squares: Vec<u32> = items.iter().map(|i| i * i).collect();
            for threads in [1, 2, 3, 8, 200] {
                assert_eq!(map(NonZeroUsize::new(threads).unwrap(), &items, |i| i * i), squares);
            }
        }
    }

    #[test]
    #[should_panic(expected = "of an item")]
    fn a_panic_of_an_item_is_passed_on() {
        map(NonZeroUsize::new(2).unwrap(), &[1, 2], |i| assert!(*i != 2, "panic of an item"));
    }
}
