//! The boundary. Panics end here, pointers become references or are refused, and results become
//! outputs.
//!
//! Every exported function has the same form, which [`export`](super::export) and the other macros
//! of this folder fill. It makes a [`Caller`], which represents the promises that the header
//! requires of the caller, and passes it to [`guard`] with the work to do. Values from C are only
//! accessible through the methods of the caller. They do all checks, so no exported function can
//! forget one.
//!
//! ```text
//! pub unsafe extern "C" fn medseal_noun_verb(...) -> medseal_status {
//!     // SAFETY: the caller must follow the header's rules for pointers.
//!     guard(unsafe { Caller::new(err) }, |c| {
//!         let output = c.out("output", output)?;      // outputs first: they are cleared if anything after this fails
//!         let input = c.get("input", input)?;
//!         output.set(input.work()?)
//!     })
//! }
//! ```
//! An output is not touched before it is [`set`](OutValue::set), because it may share memory with
//! an input. An output that is dropped without being set, by an early return or a panic, is
//! cleared.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_char;
use std::io::{self, Write};
use std::mem;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;

use zeroize::Zeroizing;

use super::handle::{self, Handle, InUse, Shared, Stateful, User};
use super::status::{
    Failure, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_INTERNAL, MEDSEAL_ERR_NULL_POINTER,
    MEDSEAL_ERROR_MESSAGE_BYTES, MEDSEAL_NO_POSITION, MEDSEAL_OK, Name, medseal_error, medseal_status,
};
use crate::abe::SharedKey;
use crate::error::Error;
use crate::secret::Secret;

/// The caller from C, and its promises: pointers point to what the header says until the call ends,
/// and only the call uses the outputs. Its methods take the name of the argument in the header, for
/// the message.
pub(super) struct Caller {
    err: *mut medseal_error,
    /// The call as a user of its objects: they live until it ends, even if another call frees them
    /// meanwhile.
    uses: RefCell<Vec<User>>,
}

/// Does the work of an exported function. Nothing unwinds out of it.
pub(super) fn guard(caller: Caller, work: impl FnOnce(&Caller) -> Result<(), Failure>) -> medseal_status {
    if let Err(failure) = caller.check_err() {
        return failure.status;
    }
    let result = contain(|| work(&caller))
        .unwrap_or_else(|| Err(Failure::new(MEDSEAL_ERR_INTERNAL, "internal error in the library")));
    caller.report(result.as_ref().err());
    contain(|| drop(caller.uses.take())); // what was freed meanwhile goes now
    result.map_or_else(|failure| failure.status, |()| MEDSEAL_OK)
}

/// Does the work of an exported function that has no status.
pub(super) fn guard_value<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    contain(work).unwrap_or(otherwise)
}

/// Frees a handle.
pub(super) fn guard_free<H: Handle>(_caller: Caller, handle: *mut H) {
    // SAFETY: by the caller's promise.
    guard_value((), || unsafe { handle::free(handle) });
}

fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    let unwound = |payload: Box<dyn Any + Send>| mem::forget(payload); // whose destructor might panic in turn
    // Unfinished state after a panic is behind handles, and the header says to free those.
    let work = AssertUnwindSafe(|| {
        #[cfg(test)]
        tests::panic_if_told();
        work()
    });
    catch_unwind(work).map_err(unwound).ok()
}

fn check<T>(name: &'static str, pointer: *const T) -> Result<(), Failure> {
    if pointer.is_null() {
        return Err(Failure::of(MEDSEAL_ERR_NULL_POINTER, name.into(), "is NULL"));
    }
    if pointer.is_aligned() { Ok(()) } else { Err(Failure::invalid(name, "is not aligned")) }
}

/// As [`check`], for `count` items.
fn check_items<T>(name: &'static str, items: *const T, count: usize) -> Result<(), Failure> {
    check(name, items)?;
    if count.checked_mul(size_of::<T>()).is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(Failure::invalid(name, "has a length above PTRDIFF_MAX"));
    }
    Ok(())
}

/// What `get` makes of a pointer, or `None` for NULL.
pub(super) fn if_any<P, T>(
    pointer: *const P,
    get: impl FnOnce() -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    if pointer.is_null() { Ok(None) } else { get().map(Some) }
}

fn too_small(name: &'static str) -> Failure {
    Failure::invalid(name, "has a struct_size that is too small")
}

/// Numbers and structs of numbers.
///
/// # Safety
/// All zeros and all other bytes are values of the type.
pub(super) unsafe trait Plain: Copy {}

// SAFETY: any bytes are a number.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for u64 {}
// SAFETY: as above.
unsafe impl Plain for usize {}
// SAFETY: any bytes are bytes.
unsafe impl Plain for SecretBytes {}

/// What is in a [`medseal_secret`](super::values::medseal_secret).
pub(super) type SecretBytes = [u8; 32];

/// A struct that begins with its own size, as the caller knows it.
///
/// # Safety
/// The type is `repr(C)`, its first field is a `usize`, and all of its fields may be zero.
pub(super) unsafe trait Versioned: Copy {}

impl Caller {
    /// # Safety
    /// What the header requires: every pointer that is passed to this caller's methods is NULL, or
    /// points to what the method says, which lives until the call ends. Nothing else writes to
    /// inputs or touches outputs meanwhile.
    pub(super) unsafe fn new(err: *mut medseal_error) -> Self {
        Self { err, uses: RefCell::default() }
    }

    fn check_err(&self) -> Result<(), Failure> {
        if self.err.is_null() {
            return Ok(());
        }
        check("err", self.err)?;
        // SAFETY: not NULL and aligned; the caller set its first field.
        let size = unsafe { (&raw const (*self.err).struct_size).read() };
        if size >= size_of::<medseal_error>() { Ok(()) } else { Err(too_small("err")) }
    }

    fn report(&self, failure: Option<&Failure>) {
        if self.err.is_null() {
            return;
        }
        let mut message = [0; MEDSEAL_ERROR_MESSAGE_BYTES];
        let text = failure.map_or("", |failure| failure.message.as_ref());
        let mut most = text.len().min(MEDSEAL_ERROR_MESSAGE_BYTES - 1);
        while !text.is_char_boundary(most) {
            most -= 1;
        }
        let text = text.get(..most).unwrap_or_default();
        // One line: what a person reads in a log.
        let bytes = text.bytes().map(|byte| if byte.is_ascii_control() { b' ' } else { byte });
        message.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte as c_char);
        // SAFETY: `check_err` found it aligned and large enough. Its size stays what the caller said.
        unsafe {
            let err = self.err;
            (&raw mut (*err).position).write(failure.and_then(|f| f.position).unwrap_or(MEDSEAL_NO_POSITION));
            (&raw mut (*err).status).write(failure.map_or(MEDSEAL_OK, |failure| failure.status));
            (&raw mut (*err).step).write(failure.map_or(0, |failure| failure.step));
            (&raw mut (*err).message).write(message);
        }
    }

    // --- inputs ---

    /// The object behind a handle.
    pub(super) fn get<H: Shared>(
        &self,
        name: &'static str,
        handle: *const H,
    ) -> Result<&H::Content, Failure> {
        self.get_as(name.into(), handle)
    }

    fn get_as<H: Shared>(&self, name: Name, handle: *const H) -> Result<&H::Content, Failure> {
        // SAFETY: by the caller's promise; the user is kept as long as references to this can be.
        let (content, user) = unsafe { handle::share(handle, name)? };
        self.uses.borrow_mut().push(user);
        Ok(content)
    }

    /// The object with state behind a handle, for this call alone.
    pub(super) fn get_mut<H: Stateful>(
        &self,
        name: &'static str,
        handle: *const H,
    ) -> Result<InUse<'_, H::Content>, Failure> {
        // SAFETY: by the caller's promise.
        unsafe { handle::take(handle, name.into()) }
    }

    /// The object behind a handle that can be used once.
    pub(super) fn spend<T, H: Stateful<Content = Option<T>>>(
        &self,
        name: &'static str,
        handle: *const H,
    ) -> Result<T, Failure> {
        self.get_mut(name, handle)?.take().ok_or_else(Failure::spent)
    }

    /// The `count` items from `items` on. `items` may be NULL if there are none.
    fn items<T>(&self, name: &'static str, items: *const T, count: usize) -> Result<&[T], Failure> {
        if count == 0 {
            return Ok(&[]);
        }
        check_items(name, items, count)?;
        // SAFETY: aligned, not NULL, below the largest size; the caller promises that it is readable. Outputs are
        // only written when what was read is no longer used.
        Ok(unsafe { slice::from_raw_parts(items, count) })
    }

    /// Bytes, in any number.
    pub(super) fn bytes(&self, name: &'static str, data: *const u8, len: usize) -> Result<&[u8], Failure> {
        self.items(name, data, len)
    }

    /// Text in UTF-8.
    pub(super) fn text(&self, name: &'static str, text: *const c_char, len: usize) -> Result<&str, Failure> {
        let bytes = self.items(name, text.cast::<u8>(), len)?;
        let invalid =
            |error: std::str::Utf8Error| Failure::from(Error::InvalidText).at(error.valid_up_to() as u64);
        str::from_utf8(bytes).map_err(invalid)
    }

    /// The objects behind an array of handles.
    pub(super) fn get_all<H: Shared>(
        &self,
        name: &'static str,
        handles: *const *const H,
        count: usize,
    ) -> Result<Vec<&H::Content>, Failure> {
        let handles = self.items(name, handles, count)?.iter().enumerate();
        handles.map(|(i, handle)| self.get_as(Name::from(name).item(i), *handle)).collect()
    }

    /// A plain struct or number.
    pub(super) fn value<T: Plain>(&self, name: &'static str, value: *const T) -> Result<T, Failure> {
        check(name, value)?;
        // SAFETY: not NULL and aligned, and any bytes are a value; the caller promises that it is readable.
        Ok(unsafe { value.read() })
    }

    /// An array of plain structs.
    pub(super) fn values<T: Plain>(
        &self,
        name: &'static str,
        values: *const T,
        count: usize,
    ) -> Result<&[T], Failure> {
        self.items(name, values, count)
    }

    /// A struct that begins with its size.
    pub(super) fn sized<T: Versioned>(&self, name: &'static str, value: *const T) -> Result<T, Failure> {
        check(name, value)?;
        // SAFETY: not NULL and aligned; such a struct begins with its size.
        let size = unsafe { value.cast::<usize>().read() };
        if size < size_of::<T>() {
            return Err(too_small(name));
        }
        // SAFETY: the caller says that so much is there.
        Ok(unsafe { value.read() })
    }

    // --- outputs: cleared when they are dropped without being set ---

    /// Where to put a new handle. It becomes NULL if there is none.
    pub(super) fn out<H: Handle>(
        &self,
        name: &'static str,
        handle: *mut *mut H,
    ) -> Result<OutHandle<H>, Failure> {
        check(name, handle)?;
        Ok(OutHandle(handle))
    }

    /// Where to put a plain struct or number. It becomes zero if there is none.
    pub(super) fn out_value<T: Plain>(
        &self,
        name: &'static str,
        value: *mut T,
    ) -> Result<OutValue<T>, Failure> {
        check(name, value)?;
        Ok(OutValue(value))
    }

    /// As [`out_value`](Self::out_value), where NULL means that it is not wanted.
    pub(super) fn out_value_if_any<T: Plain>(
        &self,
        name: &'static str,
        value: *mut T,
    ) -> Result<OutValue<T>, Failure> {
        if value.is_null() { Ok(OutValue(value)) } else { self.out_value(name, value) }
    }

    /// Where to put `count` numbers. They become zero if there are none.
    pub(super) fn out_values<T: Plain>(
        &self,
        name: &'static str,
        values: *mut T,
        count: usize,
    ) -> Result<OutValues<T>, Failure> {
        if count == 0 {
            return Ok(OutValues(values, 0));
        }
        check_items(name, values, count)?;
        Ok(OutValues(values, count))
    }

    /// Where to put a bool. It becomes false if there is none.
    pub(super) fn out_bool(&self, name: &'static str, value: *mut bool) -> Result<OutBool, Failure> {
        check(name, value)?;
        self.out_bool_if_any(name, value)
    }

    /// As [`out_bool`](Self::out_bool), where NULL means that it is not wanted.
    pub(super) fn out_bool_if_any(&self, name: &'static str, value: *mut bool) -> Result<OutBool, Failure> {
        const { assert!(size_of::<bool>() == 1) };
        self.out_value_if_any(name, value.cast::<u8>()).map(OutBool)
    }

    /// Where to put thirty-two secret bytes. They become zero if there are none.
    pub(super) fn out_secret(
        &self,
        name: &'static str,
        value: *mut SecretBytes,
    ) -> Result<OutSecret, Failure> {
        self.out_value(name, value).map(OutSecret)
    }

    /// Where to put at most `*len` bytes; `*len` becomes zero if there are none. NULL with zero
    /// asks for the size.
    pub(super) fn buffer(
        &self,
        name: &'static str,
        data: *mut u8,
        len: *mut usize,
    ) -> Result<OutBuffer, Failure> {
        check(name, len).map_err(|failure| Failure {
            message: format!("the length of {}", failure.message).into(),
            ..failure
        })?;
        // SAFETY: not NULL and aligned; the caller promises that it is readable and writable.
        let out = OutBuffer { data, capacity: unsafe { len.read() }, len };
        if out.capacity > isize::MAX as usize {
            return Err(Failure::invalid(name, "has a length above PTRDIFF_MAX"));
        }
        if out.capacity > 0 {
            check(name, data)?;
        }
        Ok(out)
    }

    /// Where to put text without a NUL at its end.
    pub(super) fn text_buffer(
        &self,
        name: &'static str,
        data: *mut c_char,
        len: *mut usize,
    ) -> Result<OutBuffer, Failure> {
        self.buffer(name, data.cast::<u8>(), len)
    }
}

/// A type of value that is an output of [`export`](super::export).
pub(super) trait Output<V> {
    fn put(self, value: V) -> Result<(), Failure>;
}

impl Output<()> for () {
    fn put(self, (): ()) -> Result<(), Failure> {
        Ok(())
    }
}

impl<H: Handle> Output<H::Content> for OutHandle<H> {
    fn put(self, content: H::Content) -> Result<(), Failure> {
        self.set(content)
    }
}

impl<T: Plain> Output<T> for OutValue<T> {
    fn put(self, value: T) -> Result<(), Failure> {
        self.set(value)
    }
}

impl<T: Plain> Output<Vec<T>> for OutValues<T> {
    fn put(self, values: Vec<T>) -> Result<(), Failure> {
        self.set(&values)
    }
}

impl Output<bool> for OutBool {
    fn put(self, value: bool) -> Result<(), Failure> {
        self.0.set(value.into())
    }
}

impl Output<Zeroizing<SecretBytes>> for OutSecret {
    fn put(self, secret: Zeroizing<SecretBytes>) -> Result<(), Failure> {
        self.set(&secret)
    }
}

impl Output<SharedKey> for OutSecret {
    fn put(self, key: SharedKey) -> Result<(), Failure> {
        self.set(key.as_bytes())
    }
}

impl<B: AsRef<[u8]>> Output<B> for OutBuffer {
    fn put(self, bytes: B) -> Result<(), Failure> {
        OutBuffer::put(self, bytes.as_ref())
    }
}

macro_rules! outputs {
    ($(($($out:ident $value:ident $i:tt),+))+) => {$(
        impl<$($out: Output<$value>, $value),+> Output<($($value,)+)> for ($($out,)+) {
            fn put(self, values: ($($value,)+)) -> Result<(), Failure> {
                $(self.$i.put(values.$i)?;)+
                Ok(())
            }
        }
    )+};
}
outputs! {
    (A V 0, B W 1)
    (A V 0, B W 1, C X 2)
    (A V 0, B W 1, C X 2, D Y 3, E Z 4)
    (A V 0, B W 1, C X 2, D Y 3, E Z 4, F U 5)
    (A V 0, B W 1, C X 2, D Y 3, E Z 4, F U 5, G T 6)
}

/// Where a new handle goes.
pub(super) struct OutHandle<H>(*mut *mut H);

impl<H: Handle> OutHandle<H> {
    /// The last thing that a function does.
    pub(super) fn set(self, content: H::Content) -> Result<(), Failure> {
        let handle = handle::create(content);
        // SAFETY: `Caller::out` found it writable.
        unsafe { self.0.write(handle) };
        mem::forget(self);
        Ok(())
    }
}

impl<H> Drop for OutHandle<H> {
    fn drop(&mut self) {
        // SAFETY: `Caller::out` found it writable.
        unsafe { self.0.write(ptr::null_mut()) };
    }
}

/// Where a number or a plain struct goes.
pub(super) struct OutValue<T: Plain>(*mut T);

impl<T: Plain> OutValue<T> {
    pub(super) fn set(self, value: T) -> Result<(), Failure> {
        // SAFETY: the place is writable.
        self.fill(|place| unsafe { place.write(value) })
    }

    /// Fills the place, which is writable, if the caller wants the value.
    pub(super) fn fill(self, fill: impl FnOnce(*mut T)) -> Result<(), Failure> {
        if !self.0.is_null() {
            fill(self.0);
        }
        mem::forget(self);
        Ok(())
    }
}

impl<T: Plain> Drop for OutValue<T> {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: `Caller::out_value` found it writable, and zeros are a value.
            unsafe { self.0.write_bytes(0, 1) };
        }
    }
}

/// Where a bool goes.
pub(super) struct OutBool(OutValue<u8>);

/// Where a secret goes, and nowhere else.
pub(super) struct OutSecret(OutValue<SecretBytes>);

impl OutSecret {
    fn set(self, secret: &SecretBytes) -> Result<(), Failure> {
        // SAFETY: the place is writable, and the bytes are the library's own.
        self.0.fill(|place| unsafe { place.copy_from_nonoverlapping(secret, 1) })
    }
}

/// Where an array of numbers goes.
pub(super) struct OutValues<T: Plain>(*mut T, usize);

impl<T: Plain> OutValues<T> {
    /// Writes as many as fit, and clears the rest.
    pub(super) fn set(mut self, values: &[T]) -> Result<(), Failure> {
        for value in values.iter().take(self.1) {
            // SAFETY: `Caller::out_values` found so many writable, and each step leaves one fewer.
            unsafe {
                self.0.write(*value);
                self.0 = self.0.add(1);
            }
            self.1 -= 1;
        }
        Ok(())
    }
}

impl<T: Plain> Drop for OutValues<T> {
    fn drop(&mut self) {
        if self.1 > 0 {
            // SAFETY: `Caller::out_values` found so many writable, and zeros are a value.
            unsafe { self.0.write_bytes(0, self.1) };
        }
    }
}

/// Where bytes go.
pub(super) struct OutBuffer {
    data: *mut u8,
    capacity: usize,
    len: *mut usize,
}

impl OutBuffer {
    /// Fails unless `needed` bytes fit; the length is then set to this number.
    pub(super) fn require(self, needed: usize) -> Result<Self, Failure> {
        if needed <= self.capacity {
            return Ok(self);
        }
        self.finish(needed);
        Err(Failure::new(MEDSEAL_ERR_BUFFER_TOO_SMALL, format!("the output needs {needed} bytes")))
    }

    pub(super) fn put(self, bytes: &[u8]) -> Result<(), Failure> {
        let out = self.require(bytes.len())?;
        // SAFETY: so many bytes fit, and the bytes are the library's own. Copying nothing to NULL is allowed.
        unsafe { ptr::copy(bytes.as_ptr(), out.data, bytes.len()) };
        out.finish(bytes.len());
        Ok(())
    }

    /// Takes at most `most` bytes, in pieces, from work that reads this input. They go straight to
    /// the buffer, unless it overlaps the input. Then they go elsewhere until the work is done.
    pub(super) fn writer(self, most: usize, input: &[u8]) -> Result<OutWriter, Failure> {
        let out = self.require(most)?;
        let (Range { start, end }, from) = (input.as_ptr_range(), out.data.cast_const());
        let mut apart = Secret::new(Vec::new());
        let overlaps = from < end && start < from.wrapping_add(most);
        if overlaps {
            apart.try_reserve_exact(most).map_err(|_| Error::OutOfMemory)?;
        }
        let written = Written(out.data, 0);
        Ok(OutWriter { out, most, written, apart: overlaps.then_some(apart) })
    }

    fn finish(self, len: usize) {
        // SAFETY: `Caller::buffer` found it writable.
        unsafe { self.len.write(len) };
        mem::forget(self);
    }
}

/// Where bytes go that are written in pieces. If it is dropped unfinished, what was written is
/// wiped.
pub(super) struct OutWriter {
    out: OutBuffer,
    most: usize,
    /// In the buffer, or in `apart` if the buffer overlaps the input.
    written: Written,
    apart: Option<Secret<Vec<u8>>>,
}

/// The bytes written so far, to be wiped.
struct Written(*mut u8, usize);

impl Drop for Written {
    fn drop(&mut self) {
        // SAFETY: so many bytes were written there by `OutWriter`.
        unsafe { self.0.write_bytes(0, self.1) };
    }
}

impl OutWriter {
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { out, mut written, apart, .. } = self;
        match apart {
            Some(apart) => out.put(&apart),
            None => {
                out.finish(mem::take(&mut written.1));
                Ok(())
            }
        }
    }
}

impl Write for OutWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { written: Written(data, count), apart, most, .. } = self;
        match apart {
            Some(apart) => apart.extend_from_slice(bytes),
            None if bytes.len() <= *most - *count => {
                // SAFETY: so many bytes fit, and the bytes are the library's own.
                unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.add(*count), bytes.len()) };
                *count += bytes.len();
            }
            None => return Err(io::ErrorKind::WriteZero.into()),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for OutBuffer {
    fn drop(&mut self) {
        // SAFETY: `Caller::buffer` found it writable.
        unsafe { self.len.write(0) };
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        static PANIC: Cell<bool> = const { Cell::new(false) };
    }

    /// The next call on this thread panics.
    pub(in crate::ffi) fn panic_next() {
        PANIC.set(true);
    }

    pub(super) fn panic_if_told() {
        if PANIC.take() {
            panic!("injected");
        }
    }
}
