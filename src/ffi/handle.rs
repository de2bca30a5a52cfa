//! What a handle of C points to: a tag word that says which kind of object this is, and the object.
//!
//! The tag is checked at every use. It refuses a pointer to another kind of object, and catches a freed one for as
//! long as its memory is not reused; it cannot catch a pointer to anything else. Its lowest bit marks an object with
//! state as in use, so that a second call at the same time, of another thread or out of a callback, is refused instead
//! of being undefined.

use std::alloc::{Layout, dealloc};
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

use zeroize::Zeroize;

use super::status::{
    Failure, MEDSEAL_ERR_BUSY, MEDSEAL_ERR_INVALID_ARGUMENT, MEDSEAL_ERR_NULL_POINTER,
    MEDSEAL_ERR_WRONG_HANDLE,
};

/// A type of handle: opaque in C, and a [`Cell`] with this content in memory.
pub(super) trait Handle {
    type Content;
    const TAG: u64;
}

/// A handle to something that never changes: many threads may use it at once.
pub(super) trait Shared: Handle<Content: Send + Sync> {}

/// A handle to something with state: one call at a time.
pub(super) trait Stateful: Handle<Content: Send> {}

/// Says what a handle holds. The opaque struct itself is written out for cbindgen.
macro_rules! handle {
    (@ $trait:ident $name:ident $content:ty) => {
        impl $crate::ffi::handle::Handle for $name {
            type Content = $content;
            const TAG: u64 = $crate::ffi::handle::tag_of(stringify!($name));
        }
        impl $crate::ffi::handle::$trait for $name {}
    };
    (shared $name:ident($content:ty)) => { $crate::ffi::handle::handle!(@ Shared $name $content); };
    (stateful $name:ident($content:ty)) => { $crate::ffi::handle::handle!(@ Stateful $name $content); };
}
pub(super) use handle;

const IN_USE: u64 = 1;
const FREED: u64 = 0;

/// The tag of a type of handle: the FNV-1a hash of its name, the lowest bit of which is left for [`IN_USE`].
pub(super) const fn tag_of(name: &str) -> u64 {
    let (name, mut hash, mut i) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while i < name.len() {
        #[expect(clippy::indexing_slicing, reason = "below the length, and at compile time")]
        let byte = name[i];
        hash = (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash & !IN_USE
}

/// What a handle points to. All begin with their tag, whatever they hold.
#[repr(C)]
struct Cell<T> {
    tag: AtomicU64,
    content: UnsafeCell<T>,
}

/// Moves an object behind a new handle.
pub(super) fn create<H: Handle>(content: H::Content) -> *mut H {
    let cell = Cell { tag: AtomicU64::new(H::TAG), content: UnsafeCell::new(content) };
    Box::into_raw(Box::new(cell)).cast()
}

/// The cell behind a handle, if there is one.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned leads to a cell that [`create`] made, of whatever handle.
unsafe fn find<H: Handle>(handle: *const H) -> Result<NonNull<Cell<H::Content>>, Failure> {
    let Some(cell) = NonNull::new(handle.cast_mut().cast::<Cell<H::Content>>()) else {
        return Err(Failure::new(MEDSEAL_ERR_NULL_POINTER, "a handle is NULL"));
    };
    // Boxes are aligned for their content; what is not aligned for the tag is no handle of any kind.
    if !cell.as_ptr().cast::<AtomicU64>().is_aligned() {
        return Err(Failure::new(MEDSEAL_ERR_INVALID_ARGUMENT, "a handle is not aligned"));
    }
    // SAFETY: cells of all kinds begin with their tag, and this is aligned for one.
    let tag = unsafe { &*cell.as_ptr().cast::<AtomicU64>() };
    if tag.load(Ordering::Acquire) & !IN_USE == H::TAG { Ok(cell) } else { Err(wrong()) }
}

fn wrong() -> Failure {
    Failure::new(MEDSEAL_ERR_WRONG_HANDLE, "the handle is of another kind, or was freed")
}

/// The object behind a handle.
///
/// # Safety
/// As for [`find`], and nobody frees the object during `'a`.
pub(super) unsafe fn share<'a, H: Shared>(handle: *const H) -> Result<&'a H::Content, Failure> {
    // SAFETY: by the caller's promise.
    let cell = unsafe { find(handle)? };
    // SAFETY: the tag says that the content is of this type. Nothing takes it mutably: it is not a `Stateful` one.
    Ok(unsafe { &*cell.as_ref().content.get() })
}

/// The object with state behind a handle, for one call.
pub(super) struct InUse<'a, T> {
    tag: &'a AtomicU64,
    free: u64,
    /// No reference: those may not outlive the moment at which the tag lets others in.
    content: NonNull<T>,
    alone: PhantomData<&'a mut T>,
}

impl<T> Deref for InUse<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: whoever has set the tag's bit is alone with the content until this is dropped.
        unsafe { self.content.as_ref() }
    }
}

impl<T> DerefMut for InUse<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { self.content.as_mut() }
    }
}

impl<T> Drop for InUse<'_, T> {
    fn drop(&mut self) {
        self.tag.store(self.free, Ordering::Release);
    }
}

/// Takes an object with state, unless another call has it.
///
/// # Safety
/// As for [`share`].
pub(super) unsafe fn take<'a, H: Stateful>(handle: *const H) -> Result<InUse<'a, H::Content>, Failure> {
    // SAFETY: by the caller's promise.
    let cell = unsafe { find(handle)? };
    // SAFETY: it was created as a cell of this type and is not freed during `'a`.
    let tag = unsafe { &(*cell.as_ptr()).tag };
    tag.compare_exchange(H::TAG, H::TAG | IN_USE, Ordering::AcqRel, Ordering::Acquire)
        .map_err(|_| Failure::new(MEDSEAL_ERR_BUSY, "the object is in use by another call"))?;
    // SAFETY: the content of a cell that is not freed is at no null address.
    let content = unsafe { NonNull::new_unchecked((*cell.as_ptr()).content.get()) };
    Ok(InUse { tag, free: H::TAG, content, alone: PhantomData })
}

/// Frees the object behind a handle and wipes where it was. What is NULL, of another kind or in use stays
/// untouched.
///
/// # Safety
/// As for [`find`], and no other call uses the object.
pub(super) unsafe fn free<H: Handle>(handle: *mut H) {
    // SAFETY: by the caller's promise.
    let Ok(cell) = (unsafe { find(handle) }) else { return };
    let cell = cell.as_ptr();
    // SAFETY: it was created as a cell of this type.
    let tag = unsafe { &(*cell).tag };
    if tag.compare_exchange(H::TAG, FREED, Ordering::AcqRel, Ordering::Acquire).is_err() {
        return;
    }
    let layout = Layout::new::<Cell<H::Content>>();
    /// Wipes and releases a cell, also if dropping its content panics.
    struct Memory(*mut u8, Layout);
    impl Drop for Memory {
        fn drop(&mut self) {
            // SAFETY: the content is dropped, and this is the box's memory with its layout, nobody else's now.
            unsafe {
                slice::from_raw_parts_mut(self.0.cast::<std::mem::MaybeUninit<u8>>(), self.1.size())
                    .zeroize();
                dealloc(self.0, self.1);
            }
        }
    }
    let _memory = Memory(cell.cast(), layout);
    // SAFETY: only who has cleared the tag comes here, so the content is dropped once. Its memory outlives it.
    unsafe { ManuallyDrop::drop(&mut *(*cell).content.get().cast::<ManuallyDrop<H::Content>>()) };
}
