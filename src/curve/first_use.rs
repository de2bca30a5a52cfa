//! Values, mostly points and tables of points, that are computed on first use.
//!
//! No thread waits for another here, unlike with the locks of the standard library. If several
//! threads need a value at once, each computes it, and the first result is kept for all. A process
//! may be forked while one of its threads computes. The child does not have that thread, and
//! computes the value itself instead of waiting forever.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A place for a value that is computed later.
pub(crate) struct OnFirstUse<T> {
    /// NULL, or a box that this owns. Once set, it stays until this is dropped.
    value: AtomicPtr<T>,
    owns: PhantomData<Box<T>>,
}

impl<T: Send + Sync> OnFirstUse<T> {
    pub(crate) const fn new() -> Self {
        Self { value: AtomicPtr::new(ptr::null_mut()), owns: PhantomData }
    }

    /// Returns the value, if it has been computed.
    pub(crate) fn get(&self) -> Option<&T> {
        // SAFETY: it is NULL, or a box that was published with all it holds, and outlives the borrow of `self`.
        unsafe { self.value.load(Ordering::Acquire).as_ref() }
    }

    /// Returns the value, and computes it first if necessary.
    pub(crate) fn get_or_init(&self, compute: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let made = Box::into_raw(Box::new(compute()));
        match self.value.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: the box from above, which nobody takes away before `self` is dropped.
            Ok(_) => unsafe { &*made },
            Err(others) => {
                // SAFETY: the box from above, which nobody else has seen.
                drop(unsafe { Box::from_raw(made) });
                // SAFETY: not NULL, so as in `get`.
                unsafe { &*others }
            }
        }
    }
}

impl<T> Drop for OnFirstUse<T> {
    fn drop(&mut self) {
        let value = *self.value.get_mut();
        if !value.is_null() {
            // SAFETY: the box that this owns, and nobody borrows it any more.
            drop(unsafe { Box::from_raw(value) });
        }
    }
}

/// A value of the whole program that is computed on first use.
pub(crate) struct Lazy<T> {
    value: OnFirstUse<T>,
    compute: fn() -> T,
}

impl<T: Send + Sync> Lazy<T> {
    pub(crate) const fn new(compute: fn() -> T) -> Self {
        Self { value: OnFirstUse::new(), compute }
    }
}

impl<T: Send + Sync> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(self.compute)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    #[test]
    fn no_thread_waits_for_a_computation() {
        static PLACE: OnFirstUse<u32> = OnFirstUse::new();
        let (begun, begins) = channel();
        let (go, goes) = channel();
        let slow = thread::spawn(move || {
            *PLACE.get_or_init(|| {
                begun.send(()).unwrap();
                goes.recv().unwrap();
                1
            })
        });
        begins.recv().unwrap();
        assert_eq!(PLACE.get(), None);
        assert_eq!(*PLACE.get_or_init(|| 2), 2, "while the other thread computes");
        go.send(()).unwrap();
        assert_eq!(slow.join().unwrap(), 2, "the first that was done counts");
        assert_eq!(*PLACE.get_or_init(|| 3), 2);
    }

    #[test]
    fn each_value_is_dropped_once() {
        struct Counted(Arc<AtomicUsize>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let drops = Arc::new(AtomicUsize::new(0));
        let place = OnFirstUse::new();
        place.get_or_init(|| {
            place.get_or_init(|| Counted(drops.clone()));
            Counted(drops.clone())
        });
        assert_eq!(drops.load(Ordering::Relaxed), 1, "the one that came too late");
        drop(place);
        assert_eq!(drops.load(Ordering::Relaxed), 2);
        drop(OnFirstUse::<Counted>::new());
    }
}
