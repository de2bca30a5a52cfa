//! Callbacks: streams, progress, and the output of a callback.

use super::export::export;
use std::ffi::c_void;
use std::io::{self, Read, Write};
use std::ops::{ControlFlow, Deref};

use super::abi::{Caller, Versioned};
use super::handle::{self, handle};
use super::status::{Failure, MEDSEAL_ERR_NULL_POINTER, MEDSEAL_OK, medseal_status};
use crate::error::Error;
use crate::limits::{ENTRY_BYTES, Limit};
use crate::share::Step;

/// No step: the progress of an operation other than publishing.
pub const MEDSEAL_STEP_NONE: i32 = 0;
/// Publishing: reading and encrypting the record.
pub const MEDSEAL_STEP_SEAL: i32 = 1;
/// Publishing: computing the digests.
pub const MEDSEAL_STEP_DIGEST: i32 = 2;
/// Publishing: wrapping the record key under the access policy.
pub const MEDSEAL_STEP_WRAP: i32 = 3;
/// Publishing: indexing the keywords under the access policy.
pub const MEDSEAL_STEP_INDEX: i32 = 4;
/// Publishing: sealing the envelope to the hospital.
pub const MEDSEAL_STEP_ENVELOPE: i32 = 5;
/// Publishing: signing the entry.
pub const MEDSEAL_STEP_SIGN: i32 = 6;
/// Publishing: storing the sealed record.
pub const MEDSEAL_STEP_STORE: i32 = 7;
/// Publishing: appending the entry to the ledger.
pub const MEDSEAL_STEP_APPEND: i32 = 8;

/// A stream that a function reads from.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_reader {
    /// sizeof(medseal_reader).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// Reads at most `len` bytes to `buffer`, and sets `*read` to the number of bytes read: zero
    /// only at the end. If it returns anything except MEDSEAL_OK, the function fails with
    /// MEDSEAL_ERR_IO. Not NULL.
    pub read: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            buffer: *mut u8,
            len: usize,
            read: *mut usize,
        ) -> medseal_status,
    >,
    /// Called once when the function is done; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

/// A stream that a function writes to.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_writer {
    /// sizeof(medseal_writer).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// Writes all of the `len` bytes at `data`. If it returns anything except MEDSEAL_OK, the
    /// function fails with MEDSEAL_ERR_IO. Not NULL.
    pub write:
        Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, data: *const u8, len: usize) -> medseal_status>,
    /// Called once when the function is done; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

/// A callback that receives the progress of a function, and can cancel it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_progress {
    /// sizeof(medseal_progress).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// Receives the step, one of the MEDSEAL_STEP_ values, and the amount done: bytes of the
    /// record, or entries of a search. If it returns anything except MEDSEAL_OK, the function stops
    /// and returns MEDSEAL_ERR_CANCELLED. Not NULL.
    pub report: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, step: i32, done: u64) -> medseal_status>,
    /// Called once when the function is done; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

/// The output of a callback. It belongs to the library, and is valid until the callback returns.
pub struct medseal_sink {
    _opaque: [u8; 0],
}
handle!(stateful medseal_sink(Vec<u8>));

export! {
    /// Appends bytes to the output of a callback.
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED if the output becomes longer than an entry can be,
    ///         MEDSEAL_ERR_OUT_OF_MEMORY
    medseal_sink_write(sink: state medseal_sink, data, len: bytes) -> () {
        if data.len() > ENTRY_BYTES - sink.len() {
            return Err(Error::LimitExceeded(Limit::EntryLength).into());
        }
        sink.try_reserve(data.len()).map_err(|_| Error::OutOfMemory)?;
        sink.extend_from_slice(data);
    }
}

/// A `ctx`, dropped once.
pub(super) struct Context {
    pub(super) ctx: *mut c_void,
    drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

impl Context {
    pub(super) fn new(
        ctx: *mut c_void,
        drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
    ) -> Self {
        Self { ctx, drop_ctx }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some(drop_ctx) = self.drop_ctx {
            // SAFETY: the header says that this is called once, here.
            unsafe { drop_ctx(self.ctx) };
        }
    }
}

/// The functions of an object that C implements, with their context: a ledger, a store or a replay
/// cache.
pub(super) struct Callbacks<T: Versioned> {
    functions: T,
    /// Dropped with the object.
    _context: Context,
}

// SAFETY: the header says that the callbacks of these objects come on any thread, and several at once.
unsafe impl<T: Versioned> Send for Callbacks<T> {}
// SAFETY: as above.
unsafe impl<T: Versioned> Sync for Callbacks<T> {}

/// A struct of the functions of such an object.
pub(super) trait Functions: Versioned {
    /// The `ctx` of all functions, dropped once.
    fn context(&self) -> Context;
}

/// Implements both traits for a struct with `ctx` and `drop_ctx`.
macro_rules! functions {
    ($name:ident) => {
        // SAFETY: it is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
        unsafe impl $crate::ffi::abi::Versioned for $name {}
        impl $crate::ffi::callbacks::Functions for $name {
            fn context(&self) -> $crate::ffi::callbacks::Context {
                $crate::ffi::callbacks::Context::new(self.ctx, self.drop_ctx)
            }
        }
    };
}
pub(super) use functions;

impl<T: Functions> Callbacks<T> {
    pub(super) fn new(c: &Caller, name: &'static str, functions: *const T) -> Result<Self, Failure> {
        let functions = c.sized(name, functions)?;
        Ok(Self { functions, _context: functions.context() })
    }
}

impl<T: Versioned> Deref for Callbacks<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.functions
    }
}

/// A function pointer that must not be NULL.
pub(super) fn required<F>(name: &'static str, function: Option<F>) -> Result<F, Failure> {
    function.ok_or_else(|| Failure::of(MEDSEAL_ERR_NULL_POINTER, name.into(), "is NULL"))
}

// SAFETY: each is `repr(C)`, begins with its size, and NULL is allowed for all pointers.
unsafe impl Versioned for medseal_reader {}
// SAFETY: as above.
unsafe impl Versioned for medseal_writer {}
// SAFETY: as above.
unsafe impl Versioned for medseal_progress {}

/// A stream that C reads.
pub(super) struct Source {
    context: Context,
    read: unsafe extern "C-unwind" fn(*mut c_void, *mut u8, usize, *mut usize) -> medseal_status,
}

impl Source {
    pub(super) fn new(c: &Caller, reader: *const medseal_reader) -> Result<Self, Failure> {
        let reader = c.sized("reader", reader)?;
        let context = Context::new(reader.ctx, reader.drop_ctx);
        Ok(Self { read: required("reader.read", reader.read)?, context })
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        // SAFETY: the callback gets its own context and a buffer of this length.
        let status = unsafe { (self.read)(self.context.ctx, buffer.as_mut_ptr(), buffer.len(), &mut count) };
        match status {
            MEDSEAL_OK if count <= buffer.len() => Ok(count),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }
}

/// A stream that C writes.
pub(super) struct Target {
    context: Context,
    write: unsafe extern "C-unwind" fn(*mut c_void, *const u8, usize) -> medseal_status,
}

impl Target {
    /// Takes the names of the writer and of its function in the call.
    pub(super) fn new(
        c: &Caller,
        name: &'static str,
        function: &'static str,
        writer: *const medseal_writer,
    ) -> Result<Self, Failure> {
        let writer = c.sized(name, writer)?;
        let context = Context::new(writer.ctx, writer.drop_ctx);
        Ok(Self { write: required(function, writer.write)?, context })
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the callback gets its own context and so many bytes.
        match unsafe { (self.write)(self.context.ctx, bytes.as_ptr(), bytes.len()) } {
            MEDSEAL_OK => Ok(bytes.len()),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The number of a step in the header.
pub(super) fn number(step: Step) -> i32 {
    match step {
        Step::Seal => MEDSEAL_STEP_SEAL,
        Step::Digest => MEDSEAL_STEP_DIGEST,
        Step::Wrap => MEDSEAL_STEP_WRAP,
        Step::Index => MEDSEAL_STEP_INDEX,
        Step::Envelope => MEDSEAL_STEP_ENVELOPE,
        Step::Sign => MEDSEAL_STEP_SIGN,
        Step::Store => MEDSEAL_STEP_STORE,
        Step::Append => MEDSEAL_STEP_APPEND,
    }
}

/// A progress callback in C, if any.
pub(super) struct Listener(
    Option<(Context, unsafe extern "C-unwind" fn(*mut c_void, i32, u64) -> medseal_status)>,
);

impl Listener {
    pub(super) fn new(c: &Caller, progress: *const medseal_progress) -> Result<Self, Failure> {
        if progress.is_null() {
            return Ok(Self(None));
        }
        let progress = c.sized("progress", progress)?;
        let context = Context::new(progress.ctx, progress.drop_ctx);
        Ok(Self(Some((context, required("progress.report", progress.report)?))))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Tells the progress of an operation other than publishing.
    pub(super) fn counts(&mut self) -> impl FnMut(u64) -> ControlFlow<()> {
        |done| self.tell(MEDSEAL_STEP_NONE, done)
    }

    /// Tells the progress of publishing.
    pub(super) fn steps(&mut self) -> impl FnMut(Step, u64) -> ControlFlow<()> {
        |step, done| self.tell(number(step), done)
    }

    fn tell(&mut self, step: i32, done: u64) -> ControlFlow<()> {
        let Some((context, report)) = &self.0 else { return ControlFlow::Continue(()) };
        // SAFETY: the callback gets its own context.
        match unsafe { report(context.ctx, step, done) } {
            MEDSEAL_OK => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Lets a callback put bytes into a sink, and returns them with the callback's status.
pub(super) fn collect(
    callback: impl FnOnce(*mut medseal_sink) -> medseal_status,
) -> (medseal_status, Vec<u8>) {
    /// Frees the sink, also if the callback unwinds.
    struct Owned(*mut medseal_sink);
    impl Drop for Owned {
        fn drop(&mut self) {
            // SAFETY: it was created here, and the callback may use it no longer.
            unsafe { handle::free(self.0) };
        }
    }
    let sink = Owned(handle::create::<medseal_sink>(Vec::new()));
    let status = callback(sink.0);
    // SAFETY: it was created here and is not freed yet. In use it can be only if the callback broke its rules.
    let bytes = unsafe { handle::take(sink.0, "sink".into()) }
        .map(|mut bytes| std::mem::take(&mut *bytes))
        .unwrap_or_default();
    (status, bytes)
}
