//! Object stores: your own, implemented by callbacks, a directory, or memory.

use super::export::export;
use std::ffi::{c_char, c_void};
use std::io::{self, Read, Write};
use std::ptr;

use super::callbacks::{Callbacks, collect, functions, medseal_sink, required};
use super::status::{MEDSEAL_OK, failed, medseal_status, store_error};
use super::values::medseal_digest;
use crate::error::Error;
use crate::ledger::Address;
use crate::record::RecordDigest;
use crate::share::{DirectoryStore, MemoryStore, ObjectStore, Upload};

/// The callbacks of your own object store. A store keeps bytes at an address, and the library does
/// not trust it. If you use the store on several threads, callbacks may run on several threads at
/// once. Those of one upload, or of one reading, run one after another.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct medseal_store_callbacks {
    /// sizeof(medseal_store_callbacks).
    pub struct_size: usize,
    /// For you; may be NULL.
    pub ctx: *mut c_void,
    /// Begins an upload, and sets `*upload` to your pointer for it. Not NULL.
    pub begin:
        Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, upload: *mut *mut c_void) -> medseal_status>,
    /// Takes all of the next bytes of an upload. Not NULL.
    pub write: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            upload: *mut c_void,
            data: *const u8,
            len: usize,
        ) -> medseal_status,
    >,
    /// Passes the address that the object of an upload will have to medseal_sink_write(): 1 to 1024
    /// printable ASCII characters without spaces. The library calls it after the last byte of the
    /// object, and before anything about the object is signed. `digest` is the record digest of the
    /// bytes written. May be NULL: then the address is that of medseal_address_of() for the digest.
    pub address: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            upload: *mut c_void,
            digest: *const medseal_digest,
            address: *mut medseal_sink,
        ) -> medseal_status,
    >,
    /// Ends an upload: durably stores all of what was written at the address, or nothing. If the
    /// address already has an object, leaves it as it is, and returns MEDSEAL_ERR_DIGEST_MISMATCH
    /// if it is a different one. The library does not use `upload` again, whatever the status. Not
    /// NULL.
    pub commit: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            upload: *mut c_void,
            address: *const c_char,
            address_len: usize,
        ) -> medseal_status,
    >,
    /// Ends an upload without committing it, and discards what was written. Not NULL.
    pub discard: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, upload: *mut c_void)>,
    /// Begins to read the object at an address, and sets `*reading` to your pointer for it. Returns
    /// MEDSEAL_ERR_UNKNOWN_OBJECT if there is none. Not NULL.
    pub open: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            address: *const c_char,
            address_len: usize,
            reading: *mut *mut c_void,
        ) -> medseal_status,
    >,
    /// Reads at most `len` bytes to `buffer`, and sets `*read` to the number of bytes read: zero
    /// only at the end. Not NULL.
    pub read: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            reading: *mut c_void,
            buffer: *mut u8,
            len: usize,
            read: *mut usize,
        ) -> medseal_status,
    >,
    /// Ends a reading. Not NULL.
    pub close: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void, reading: *mut c_void)>,
    /// Checks that an object is durably stored at an address. The library calls it when it does not
    /// know whether an earlier `commit` succeeded. Returns MEDSEAL_ERR_UNKNOWN_OBJECT if there is
    /// none. May be NULL: then the library calls `open` instead.
    pub confirm: Option<
        unsafe extern "C-unwind" fn(
            ctx: *mut c_void,
            address: *const c_char,
            address_len: usize,
        ) -> medseal_status,
    >,
    /// Called once when the store is freed; may be NULL.
    pub drop_ctx: Option<unsafe extern "C-unwind" fn(ctx: *mut c_void)>,
}

functions!(medseal_store_callbacks);

/// An object store that C implements.
struct CallbackStore {
    callbacks: Callbacks<medseal_store_callbacks>,
}

fn done(status: medseal_status) -> Result<(), Error> {
    if status == MEDSEAL_OK { Ok(()) } else { Err(store_error(status)) }
}

impl ObjectStore for CallbackStore {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        let (begin, mut upload) = (self.callbacks.begin.ok_or_else(failed)?, ptr::null_mut());
        // SAFETY: the callback gets its own context, and where to put what it made.
        done(unsafe { begin(self.callbacks.ctx, &mut upload) })?;
        Ok(Box::new(CallbackUpload { store: self, upload, ended: false }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        let (open, mut reading) = (self.callbacks.open.ok_or_else(failed)?, ptr::null_mut());
        let address = address.as_str();
        // SAFETY: the callback gets its own context, the address, and where to put what it made.
        done(unsafe { open(self.callbacks.ctx, address.as_ptr().cast(), address.len(), &mut reading) })?;
        Ok(Box::new(CallbackReading { store: self, reading }))
    }

    fn confirm(&self, address: &Address) -> Result<(), Error> {
        let Some(confirm) = self.callbacks.confirm else { return self.get(address).map(drop) };
        let address = address.as_str();
        // SAFETY: the callback gets its own context and the address.
        done(unsafe { confirm(self.callbacks.ctx, address.as_ptr().cast(), address.len()) })
    }
}

struct CallbackUpload<'a> {
    store: &'a CallbackStore,
    upload: *mut c_void,
    ended: bool,
}

// SAFETY: the trait asks for it, but the library publishes on the thread that made the call, as the header says of
// callbacks; and if it did not, the callbacks of one upload come one after another, and those of
// a store on any thread.
unsafe impl Send for CallbackUpload<'_> {}

impl Write for CallbackUpload<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let write = self.store.callbacks.write.ok_or(io::ErrorKind::Other)?;
        // SAFETY: the callback gets its own context, its own upload, and so many bytes.
        match unsafe { write(self.store.callbacks.ctx, self.upload, bytes.as_ptr(), bytes.len()) } {
            MEDSEAL_OK => Ok(bytes.len()),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Upload for CallbackUpload<'_> {
    fn address(&mut self, digest: &RecordDigest) -> Result<Address, Error> {
        let Some(address) = self.store.callbacks.address else { return Ok(Address::of(digest)) };
        let digest = medseal_digest::from(digest);
        // SAFETY: the callback gets its own context, its own upload, and what it may use during the call.
        let (status, bytes) =
            collect(|sink| unsafe { address(self.store.callbacks.ctx, self.upload, &digest, sink) });
        done(status)?;
        std::str::from_utf8(&bytes).map_err(|_| Error::InvalidText)?.parse()
    }

    fn commit(mut self: Box<Self>, address: &Address) -> Result<(), Error> {
        let (commit, address) = (self.store.callbacks.commit.ok_or_else(failed)?, address.as_str());
        self.ended = true;
        // SAFETY: the callback gets its own context, its own upload, and the address.
        done(unsafe { commit(self.store.callbacks.ctx, self.upload, address.as_ptr().cast(), address.len()) })
    }
}

impl Drop for CallbackUpload<'_> {
    fn drop(&mut self) {
        if let (false, Some(discard)) = (self.ended, self.store.callbacks.discard) {
            // SAFETY: the callback gets its own context and its own upload, once.
            unsafe { discard(self.store.callbacks.ctx, self.upload) };
        }
    }
}

struct CallbackReading<'a> {
    store: &'a CallbackStore,
    reading: *mut c_void,
}

impl Read for CallbackReading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (read, mut count) = (self.store.callbacks.read.ok_or(io::ErrorKind::Other)?, 0);
        let (ctx, space) = (self.store.callbacks.ctx, buffer.as_mut_ptr());
        // SAFETY: the callback gets its own context, its own reading, and a buffer of this length.
        match unsafe { read(ctx, self.reading, space, buffer.len(), &mut count) } {
            MEDSEAL_OK if count <= buffer.len() => Ok(count),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }
}

impl Drop for CallbackReading<'_> {
    fn drop(&mut self) {
        if let Some(close) = self.store.callbacks.close {
            // SAFETY: the callback gets its own context and its own reading, once.
            unsafe { close(self.store.callbacks.ctx, self.reading) };
        }
    }
}

export! {
    /// An object store. Any number of threads may use it at once.
    struct medseal_store: shared Box<dyn ObjectStore + Send + Sync>;

    /// Makes an object store from your callbacks.
    medseal_store_from_callbacks(
        callbacks: callbacks medseal_store_callbacks
    ) -> (store: object medseal_store) {
        required("callbacks.begin", callbacks.begin)?;
        required("callbacks.write", callbacks.write)?;
        required("callbacks.commit", callbacks.commit)?;
        required("callbacks.discard", callbacks.discard)?;
        required("callbacks.open", callbacks.open)?;
        required("callbacks.read", callbacks.read)?;
        required("callbacks.close", callbacks.close)?;
        Box::new(CallbackStore { callbacks })
    }

    /// Opens an object store in a directory. Each object is a file, named by its address.
    /// @param path the path of the directory, UTF-8; it is created if it does not exist
    /// @return MEDSEAL_ERR_IO
    medseal_directory_store_open(path, path_len: text) -> (store: object medseal_store) {
        Box::new(DirectoryStore::open(path)?)
    }

    /// Makes an object store in memory, for tests and examples.
    medseal_memory_store_new() -> (store: object medseal_store) { Box::new(MemoryStore::new()) }
}
