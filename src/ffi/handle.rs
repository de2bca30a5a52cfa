//! Handles of C. A handle points to a tag word, which identifies the kind of the object, and the
//! object.
//!
//! The tag is checked at every use. The check refuses a pointer to a different kind of object, and
//! detects a freed object as long as its memory is not reused. It cannot detect a pointer to
//! anything else.
//!
//! Next to the tag is the number of calls that use the object. An object with state has at most
//! one: a second call, from another thread or from a callback, is refused instead of being
//! undefined behaviour. If an object is freed while calls use it, the last of these calls frees it.
//! Later calls find it freed.

use std::alloc::{Layout, dealloc};
use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

use zeroize::Zeroize;

use super::status::{
    Failure, MEDSEAL_ERR_BUSY, MEDSEAL_ERR_INVALID_ARGUMENT, MEDSEAL_ERR_NULL_POINTER,
    MEDSEAL_ERR_WRONG_HANDLE, Name,
};

/// A type of handle: opaque in C, and a [`Cell`] with this content in memory.
pub(super) trait Handle {
    type Content;
    const TAG: u64;
}

/// A handle to an immutable object: many threads may use it at once.
pub(super) trait Shared: Handle<Content: Send + Sync> {}

/// A handle to an object with state: one call at a time.
pub(super) trait Stateful: Handle<Content: Send> {}

/// Declares the content of a handle. The opaque struct itself is written out for cbindgen.
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
    (once $name:ident($content:ty)) => { $crate::ffi::handle::handle!(@ Stateful $name Option<$content>); };
}
pub(super) use handle;

/// The tag of a freed object: its memory is wiped.
const NONE: u64 = 0;
/// A flag next to the number of users.
const FREED: u64 = 1 << 63;

/// The tag of a type of handle: the FNV-1a hash of its name.
pub(super) const fn tag_of(name: &str) -> u64 {
    let (name, mut hash, mut i) = (name.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while i < name.len() {
        #[expect(clippy::indexing_slicing, reason = "below the length, and at compile time")]
        let byte = name[i];
        hash = (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    assert!(hash != NONE);
    hash
}

/// The beginning of every object, of any kind.
#[repr(C)]
struct Head {
    tag: AtomicU64,
    /// The number of calls that use the object, and [`FREED`].
    users: AtomicU64,
    /// Drops, wipes and releases the cell that begins here.
    destroy: unsafe fn(NonNull<Head>),
}

/// What a handle points to.
#[repr(C)]
struct Cell<T> {
    head: Head,
    content: UnsafeCell<T>,
}

/// Moves an object behind a new handle.
pub(super) fn create<H: Handle>(content: H::Content) -> *mut H {
    let (tag, users) = (AtomicU64::new(H::TAG), AtomicU64::new(0));
    let head = Head { tag, users, destroy: destroy::<H::Content> };
    Box::into_raw(Box::new(Cell { head, content: UnsafeCell::new(content) })).cast()
}

/// The cell behind a handle, if there is one.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned leads to a cell that [`create`]
/// made, of whatever handle.
unsafe fn find<H: Handle>(handle: *const H, name: Name) -> Result<NonNull<Cell<H::Content>>, Failure> {
    let Some(cell) = NonNull::new(handle.cast_mut().cast::<Cell<H::Content>>()) else {
        return Err(Failure::of(MEDSEAL_ERR_NULL_POINTER, name, "is NULL"));
    };
    // Boxes are aligned for their content, so a pointer that is not aligned for the tag is not a
    // handle.
    if !cell.as_ptr().cast::<Head>().is_aligned() {
        return Err(Failure::of(MEDSEAL_ERR_INVALID_ARGUMENT, name, "is not aligned"));
    }
    // SAFETY: cells of all kinds begin with their tag, and this is aligned for one.
    let tag = unsafe { &*cell.as_ptr().cast::<AtomicU64>() };
    if tag.load(Ordering::Acquire) == H::TAG { Ok(cell) } else { Err(wrong(name)) }
}

fn wrong(name: Name) -> Failure {
    Failure::of(MEDSEAL_ERR_WRONG_HANDLE, name, "has the wrong type, or was freed")
}

/// A call that uses an object. The object lives until this is dropped.
pub(super) struct User(NonNull<Head>);

impl User {
    /// # Safety
    /// This is the beginning of a cell that [`create`] made, and that is there.
    unsafe fn new(head: NonNull<Head>, alone: bool, name: Name) -> Result<Self, Failure> {
        // SAFETY: by the caller's promise.
        let users = unsafe { &head.as_ref().users };
        let one_more =
            |users| if users & FREED != 0 || (alone && users > 0) { None } else { Some(users + 1) };
        match users.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more) {
            Ok(_) => Ok(Self(head)),
            Err(users) if users & FREED != 0 => Err(wrong(name)),
            Err(_) => Err(Failure::of(MEDSEAL_ERR_BUSY, name, "is in use by another call")),
        }
    }
}

impl Drop for User {
    fn drop(&mut self) {
        // SAFETY: the object is there until its last user is gone, which this is if nothing but the mark is left.
        unsafe {
            if self.0.as_ref().users.fetch_sub(1, Ordering::AcqRel) == FREED + 1 {
                (self.0.as_ref().destroy)(self.0);
            }
        }
    }
}

/// The object behind a handle, which lives as long as its user.
///
/// # Safety
/// As for [`find`], the reference is not used when the user is gone, and nobody frees the
/// object before this returns.
pub(super) unsafe fn share<'a, H: Shared>(
    handle: *const H,
    name: Name,
) -> Result<(&'a H::Content, User), Failure> {
    // SAFETY: by the caller's promise.
    let cell = unsafe { find(handle, name)? };
    // SAFETY: a cell begins with its head, and is there.
    let user = unsafe { User::new(cell.cast(), false, name)? };
    // SAFETY: the tag says that the content is of this type. Nothing takes it mutably: it is not a `Stateful` one.
    Ok((unsafe { &*(*cell.as_ptr()).content.get() }, user))
}

/// The object with state behind a handle, for one call.
pub(super) struct InUse<'a, T> {
    /// Not a reference: a reference must not outlive the moment at which the user admits other
    /// calls.
    content: NonNull<T>,
    alone: PhantomData<&'a mut T>,
    _user: User,
}

impl<T> Deref for InUse<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the only user is alone with the content until this is dropped.
        unsafe { self.content.as_ref() }
    }
}

impl<T> DerefMut for InUse<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above.
        unsafe { self.content.as_mut() }
    }
}

/// Takes an object with state, unless another call has it.
///
/// # Safety
/// As for [`find`], and nobody frees the object before this returns.
pub(super) unsafe fn take<'a, H: Stateful>(
    handle: *const H,
    name: Name,
) -> Result<InUse<'a, H::Content>, Failure> {
    // SAFETY: by the caller's promise.
    let cell = unsafe { find(handle, name)? };
    // SAFETY: a cell begins with its head, and is there.
    let user = unsafe { User::new(cell.cast(), true, name)? };
    // SAFETY: the content of a cell that is not freed is at no null address.
    let content = unsafe { NonNull::new_unchecked((*cell.as_ptr()).content.get()) };
    Ok(InUse { content, alone: PhantomData, _user: user })
}

/// Frees the object behind a handle and wipes its memory, once no call uses it. Does nothing if the
/// handle is NULL, of a different kind, or already freed.
///
/// # Safety
/// As for [`find`].
pub(super) unsafe fn free<H: Handle>(handle: *mut H) {
    // SAFETY: by the caller's promise.
    let Ok(cell) = (unsafe { find(handle, "".into()) }) else { return };
    let head = cell.cast::<Head>();
    // SAFETY: a cell begins with its head, and is there. Who sets the mark while there are no users is alone with it.
    unsafe {
        if head.as_ref().users.fetch_or(FREED, Ordering::AcqRel) == 0 {
            destroy::<H::Content>(head);
        }
    }
}

/// # Safety
/// This is the beginning of a cell with such a content that [`create`] made, and
/// nobody has it any more.
unsafe fn destroy<T>(head: NonNull<Head>) {
    /// Wipes and releases a cell, also if dropping its content panics.
    struct Memory(*mut u8, Layout);
    impl Drop for Memory {
        fn drop(&mut self) {
            // SAFETY: the content is dropped, and this is the box's memory with its layout, nobody else's now.
            unsafe {
                slice::from_raw_parts_mut(self.0.cast::<mem::MaybeUninit<u8>>(), self.1.size()).zeroize();
                dealloc(self.0, self.1);
            }
        }
    }
    let cell = head.cast::<Cell<T>>().as_ptr();
    let _memory = Memory(cell.cast(), Layout::new::<Cell<T>>());
    // SAFETY: by the caller's promise the content is dropped once. Its memory outlives it.
    unsafe { ManuallyDrop::drop(&mut *(*cell).content.get().cast::<ManuallyDrop<T>>()) };
}
