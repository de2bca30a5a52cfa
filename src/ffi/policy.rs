//! Attributes and policies.

use std::ffi::c_char;
use std::ptr;

use super::abi::{Caller, guard, guard_free};
use super::handle::handle;
use super::status::{medseal_error, medseal_status};
use crate::policy::{Attributes, Policy};

/// A set of attributes, such as `role=doctor, clearance=3`: what a key is issued for. Immutable: any number of
/// threads may use it at once.
pub struct medseal_attributes {
    _opaque: [u8; 0],
}
handle!(shared medseal_attributes(Attributes));

/// Writes the byte form of a set of attributes.
///
/// Threads: any, and many at once.
///
/// @param attributes what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_encode(
    attributes: *const medseal_attributes,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(attributes)?.to_bytes())
    })
}

/// Reads a set of attributes from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_decode(
    data: *const u8,
    len: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out(attributes)?;
        attributes.set(Attributes::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a set of attributes.
///
/// Threads: any, when no call uses the object any more.
///
/// @param attributes the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_free(attributes: *mut medseal_attributes) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, attributes);
}

/// Parses a set of attributes, such as `role=doctor, ward="3 East", valid_until=2027-01-31`.
///
/// Threads: any, and many at once.
///
/// @param text UTF-8
/// @param text_len its bytes
/// @param attributes where to put the new object, to be freed with medseal_attributes_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_parse(
    text: *const c_char,
    text_len: usize,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out(attributes)?;
        attributes.set(Attributes::parse(c.text(text, text_len)?)?)
    })
}

/// Writes a set of attributes as text in its canonical form.
///
/// Threads: any, and many at once.
///
/// @param attributes the attributes
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_text(
    attributes: *const medseal_attributes,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(&c.get(attributes)?.to_string())
    })
}

/// How many attributes a set has.
///
/// Threads: any, and many at once.
///
/// @param attributes the attributes
/// @param count where to put the number
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_attributes_count(
    attributes: *const medseal_attributes,
    count: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let count = c.out_value(count)?;
        count.set(c.get(attributes)?.len())
    })
}

/// A policy, such as `role=doctor and (ward=12 or clearance>=3)`: what attributes must satisfy. Immutable: any
/// number of threads may use it at once.
pub struct medseal_policy {
    _opaque: [u8; 0],
}
handle!(shared medseal_policy(Policy));

/// Writes the byte form of a policy.
///
/// Threads: any, and many at once.
///
/// @param policy what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_encode(
    policy: *const medseal_policy,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(policy)?.to_bytes())
    })
}

/// Reads a policy from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_decode(
    data: *const u8,
    len: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out(policy)?;
        policy.set(Policy::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a policy.
///
/// Threads: any, when no call uses the object any more.
///
/// @param policy the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_free(policy: *mut medseal_policy) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, policy);
}

/// Parses a policy, such as `role=doctor and 2 of (ward=12, clearance>=3, emergency)`.
///
/// Threads: any, and many at once.
///
/// @param text UTF-8
/// @param text_len its bytes
/// @param policy where to put the new object, to be freed with medseal_policy_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_POLICY with the position of the fault, MEDSEAL_ERR_INVALID_TEXT if it is not
///         UTF-8,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_parse(
    text: *const c_char,
    text_len: usize,
    policy: *mut *mut medseal_policy,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let policy = c.out(policy)?;
        policy.set(Policy::parse(c.text(text, text_len)?)?)
    })
}

/// Writes a policy as text in its canonical form: policies with the same text are the same.
///
/// Threads: any, and many at once.
///
/// @param policy the policy
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_text(
    policy: *const medseal_policy,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get(policy)?.canonical())
    })
}

/// Whether attributes satisfy a policy.
///
/// Threads: any, and many at once.
///
/// @param policy the policy
/// @param attributes the attributes
/// @param satisfied where to put the answer
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_check(
    policy: *const medseal_policy,
    attributes: *const medseal_attributes,
    satisfied: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let satisfied = c.out_bool(satisfied)?;
        let (policy, attributes) = (c.get(policy)?, c.get(attributes)?);
        satisfied.set(policy.is_satisfied_by(attributes).into())
    })
}

/// Says what attributes lack for a policy, as a short text of one or more lines; empty if they satisfy it.
///
/// Threads: any, and many at once.
///
/// @param policy the policy
/// @param attributes the attributes
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_diagnose(
    policy: *const medseal_policy,
    attributes: *const medseal_attributes,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        let (policy, attributes) = (c.get(policy)?, c.get(attributes)?);
        out.put_text(&policy.diagnose(attributes).map_or_else(String::new, |unmet| unmet.to_string()))
    })
}

/// How many leaves a policy has, with comparisons expanded: what the sizes of wrapped keys, indexes and signatures
/// grow with.
///
/// Threads: any, and many at once.
///
/// @param policy the policy
/// @param leaves where to put the number
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_leaves(
    policy: *const medseal_policy,
    leaves: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let leaves = c.out_value(leaves)?;
        leaves.set(c.get(policy)?.rows())
    })
}

/// Whether a policy has a negation, which key wrapping supports, and signatures and search do not.
///
/// Threads: any, and many at once.
///
/// @param policy the policy
/// @param negation where to put the answer
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_policy_has_negation(
    policy: *const medseal_policy,
    negation: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let negation = c.out_bool(negation)?;
        negation.set(c.get(policy)?.has_negation().into())
    })
}
