//! Keys for key wrapping: the authority's, and its users'.

use std::ptr;

use rand_core::OsRng;

use super::abi::{Caller, guard, guard_free};
use super::attributes::medseal_attributes;
use super::handle::handle;
use super::status::{medseal_error, medseal_status};
use crate::abe::{DecryptionKey, MasterKey, PublicKey};

/// The authority's master key for key wrapping. It is secret, and wiped when freed. Immutable: any number of
/// threads may use it at once.
pub struct medseal_abe_master_key {
    _opaque: [u8; 0],
}
handle!(shared medseal_abe_master_key(MasterKey));

/// Writes the byte form of a master key for key wrapping. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param master what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_encode(
    master: *const medseal_abe_master_key,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("master", master)?.to_bytes())
    })
}

/// Reads a master key for key wrapping from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param master where to put the new object, to be freed with medseal_abe_master_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_decode(
    data: *const u8,
    len: usize,
    master: *mut *mut medseal_abe_master_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let master = c.out("master", master)?;
        master.set(MasterKey::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a master key for key wrapping, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param master the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_free(master: *mut medseal_abe_master_key) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, master);
}

/// Makes a master key for key wrapping.
///
/// Threads: any, and many at once.
///
/// @param master where to put the new object, to be freed with medseal_abe_master_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_generate(
    master: *mut *mut medseal_abe_master_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let master = c.out("master", master)?;
        master.set(MasterKey::generate(&mut OsRng)?)
    })
}

/// The public key of a master key.
///
/// Threads: any, and many at once.
///
/// @param master the master key
/// @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_master_key_public(
    master: *const medseal_abe_master_key,
    public_key: *mut *mut medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(c.get("master", master)?.public_key())
    })
}

/// Issues a decryption key for attributes. Work grows with their number, a number among them counting 33.
///
/// Threads: any, and many at once.
///
/// @param master the master key
/// @param attributes what the key is for
/// @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_issue(
    master: *const medseal_abe_master_key,
    attributes: *const medseal_attributes,
    key: *mut *mut medseal_abe_decryption_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(c.get("master", master)?.issue(c.get("attributes", attributes)?, &mut OsRng)?)
    })
}

/// The authority's public key for key wrapping. Immutable: any number of threads may use it at once.
pub struct medseal_abe_public_key {
    _opaque: [u8; 0],
}
handle!(shared medseal_abe_public_key(PublicKey));

/// Writes the byte form of a public key for key wrapping.
///
/// Threads: any, and many at once.
///
/// @param public_key what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_public_key_encode(
    public_key: *const medseal_abe_public_key,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("public_key", public_key)?.to_bytes())
    })
}

/// Reads a public key for key wrapping from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param public_key where to put the new object, to be freed with medseal_abe_public_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_public_key_decode(
    data: *const u8,
    len: usize,
    public_key: *mut *mut medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out("public_key", public_key)?;
        public_key.set(PublicKey::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a public key for key wrapping.
///
/// Threads: any, when no call uses the object any more.
///
/// @param public_key the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_public_key_free(public_key: *mut medseal_abe_public_key) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, public_key);
}

/// A user's key for attributes, which unwraps what is wrapped under policies that they satisfy. It is secret,
/// and wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_abe_decryption_key {
    _opaque: [u8; 0],
}
handle!(shared medseal_abe_decryption_key(DecryptionKey));

/// Writes the byte form of a decryption key. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param key what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_encode(
    key: *const medseal_abe_decryption_key,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer("out", out, out_len)?;
        out.put(&c.get("key", key)?.to_bytes())
    })
}

/// Reads a decryption key from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param key where to put the new object, to be freed with medseal_abe_decryption_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_decode(
    data: *const u8,
    len: usize,
    key: *mut *mut medseal_abe_decryption_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out("key", key)?;
        key.set(DecryptionKey::from_bytes(c.bytes("data", data, len)?)?)
    })
}

/// Frees a decryption key, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param key the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_free(key: *mut medseal_abe_decryption_key) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, key);
}

/// The attributes that a decryption key is for.
///
/// Threads: any, and many at once.
///
/// @param key the decryption key
/// @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_attributes(
    key: *const medseal_abe_decryption_key,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        attributes.set(c.get("key", key)?.attributes().clone())
    })
}

/// Checks that a decryption key was issued under a public key. Do this once, when you get a key.
///
/// Threads: any, and many at once.
///
/// @param key the decryption key
/// @param public_key the authority's public key
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_abe_decryption_key_verify(
    key: *const medseal_abe_decryption_key,
    public_key: *const medseal_abe_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| Ok(c.get("key", key)?.verify(c.get("public_key", public_key)?)?))
}
