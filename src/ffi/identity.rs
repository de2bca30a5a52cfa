//! Identities: super node, registry, certificates, hospitals, main nodes, envelopes.

use std::ffi::c_char;
use std::ptr;

use rand_core::OsRng;

use super::abi::{Caller, guard, guard_free};
use super::handle::handle;
use super::status::{Failure, MEDSEAL_ERR_SPENT, medseal_error, medseal_status};
use super::values::{medseal_digest, medseal_summary};
use crate::identity::{
    Certificate, CertificateRequest, Disclosure, Hospital, Identity, IdentityEnvelope, IdentityKey, MainNode,
    Name, RegistrationRequest, Registry, SuperNode, SuperNodePublicKey, VerifiedCertificate,
    VerifiedRegistry,
};

/// The super node: its master key, the registry and the certificates' serial numbers. Keep it anew after each
/// change. It is secret, and wiped when freed. It has state: one call at a time.
pub struct medseal_super_node {
    _opaque: [u8; 0],
}
handle!(stateful medseal_super_node(SuperNode));

/// Writes the byte form of a super node. The bytes are secret: wipe them when you are done.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_encode(
    node: *const medseal_super_node,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get_mut(node)?.to_bytes())
    })
}

/// Reads a super node from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param node where to put the new object, to be freed with medseal_super_node_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_decode(
    data: *const u8,
    len: usize,
    node: *mut *mut medseal_super_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out(node)?;
        node.set(SuperNode::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a super node, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param node the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_free(node: *mut medseal_super_node) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, node);
}

/// Makes a super node.
///
/// Threads: any, and many at once.
///
/// @param node where to put the new object, to be freed with medseal_super_node_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_generate(
    node: *mut *mut medseal_super_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out(node)?;
        node.set(SuperNode::generate(&mut OsRng)?)
    })
}

/// The public key of a super node.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
///                   failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_public(
    node: *const medseal_super_node,
    public_key: *mut *mut medseal_super_node_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out(public_key)?;
        let key = c.get_mut(node)?.public_key();
        public_key.set(key)
    })
}

/// Registers a hospital and makes its identity key, which goes back over a secure channel. That the request
/// comes from the
/// hospital of that name is yours to establish.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param request the hospital's request
/// @param key where to put the new object, to be freed with medseal_identity_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED if this very request was registered
///         and revoked,
///         MEDSEAL_ERR_LIMIT_EXCEEDED if the registry is full, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_register(
    node: *mut medseal_super_node,
    request: *const medseal_registration_request,
    key: *mut *mut medseal_identity_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out(key)?;
        let mut node = c.get_mut(node)?;
        key.set(Some(node.register(c.get(request)?)?))
    })
}

/// Revokes the registration of a hospital, with the next published registry.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param name the hospital's name, UTF-8
/// @param name_len its bytes
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED if it is revoked already,
///         MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_revoke_hospital(
    node: *mut medseal_super_node,
    name: *const c_char,
    name_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut node = c.get_mut(node)?;
        Ok(node.revoke_hospital(&Name::new(c.text(name, name_len)?)?)?)
    })
}

/// Certifies a main node that proves that it holds its secret. That the request comes from the node of that
/// name is yours to
/// establish.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param request the main node's request
/// @param from_ms from when it is valid, in Unix milliseconds
/// @param to_ms until when it is valid, in Unix milliseconds, that one included
/// @param certificate where to put the new object, to be freed with medseal_certificate_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE if the proof does not verify, MEDSEAL_ERR_INVALID_FIELD if
///         the period is
///         empty, MEDSEAL_ERR_OUT_OF_RANGE if serial numbers are used up, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_certify(
    node: *mut medseal_super_node,
    request: *const medseal_certificate_request,
    from_ms: u64,
    to_ms: u64,
    certificate: *mut *mut medseal_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let certificate = c.out(certificate)?;
        let mut node = c.get_mut(node)?;
        certificate.set(node.certify(c.get(request)?, from_ms..=to_ms)?)
    })
}

/// Revokes a certificate, with the next published registry.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param serial the certificate's serial number
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_RANGE if none of this number was issued, MEDSEAL_ERR_LIMIT_EXCEEDED,
///         or a general
///         status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_revoke_certificate(
    node: *mut medseal_super_node,
    serial: u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut node = c.get_mut(node)?;
        Ok(node.revoke_certificate(serial)?)
    })
}

/// Signs the registry as it stands, with the next sequence number.
///
/// Threads: any; one call at a time with the same `node`.
///
/// @param node the super node
/// @param now_ms the time in Unix milliseconds
/// @param registry where to put the new object, to be freed with medseal_registry_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED if it has become too long, MEDSEAL_ERR_OUT_OF_RANGE if
///         sequence numbers are
///         used up, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_publish(
    node: *mut medseal_super_node,
    now_ms: u64,
    registry: *mut *mut medseal_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let registry = c.out(registry)?;
        let mut node = c.get_mut(node)?;
        registry.set(node.publish(now_ms)?)
    })
}

/// The super node's public key: what all identities rest on. Immutable: any number of threads may use it at once.
pub struct medseal_super_node_public_key {
    _opaque: [u8; 0],
}
handle!(shared medseal_super_node_public_key(SuperNodePublicKey));

/// Writes the byte form of a super node's public key.
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
pub unsafe extern "C" fn medseal_super_node_public_key_encode(
    public_key: *const medseal_super_node_public_key,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(public_key)?.to_bytes())
    })
}

/// Reads a super node's public key from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param public_key where to put the new object, to be freed with medseal_super_node_public_key_free; NULL on
///                   failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_public_key_decode(
    data: *const u8,
    len: usize,
    public_key: *mut *mut medseal_super_node_public_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let public_key = c.out(public_key)?;
        public_key.set(SuperNodePublicKey::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a super node's public key.
///
/// Threads: any, when no call uses the object any more.
///
/// @param public_key the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_super_node_public_key_free(public_key: *mut medseal_super_node_public_key) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, public_key);
}

/// Seals a message to an identity: only the registered hospital can open it.
///
/// Threads: any, and many at once.
///
/// @param public_key the super node's public key
/// @param recipient the hospital's identity
/// @param aad what is authenticated with it and has to be the same for opening
/// @param aad_len its bytes
/// @param message the message, at most 16 MiB
/// @param message_len its bytes
/// @param envelope where to put the new object, to be freed with medseal_identity_envelope_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_seal(
    public_key: *const medseal_super_node_public_key,
    recipient: *const medseal_identity,
    aad: *const u8,
    aad_len: usize,
    message: *const u8,
    message_len: usize,
    envelope: *mut *mut medseal_identity_envelope,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let envelope = c.out(envelope)?;
        let (public_key, recipient) = (c.get(public_key)?, c.get(recipient)?);
        let (aad, message) = (c.bytes(aad, aad_len)?, c.bytes(message, message_len)?);
        envelope.set(public_key.seal_to(recipient, aad, message, &mut OsRng)?)
    })
}

/// A hospital's identity, to which envelopes are sealed. Immutable: any number of threads may use it at once.
pub struct medseal_identity {
    _opaque: [u8; 0],
}
handle!(shared medseal_identity(Identity));

/// Frees an identity.
///
/// Threads: any, when no call uses the object any more.
///
/// @param identity the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_free(identity: *mut medseal_identity) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, identity);
}

/// A message sealed to a hospital's identity. Immutable: any number of threads may use it at once.
pub struct medseal_identity_envelope {
    _opaque: [u8; 0],
}
handle!(shared medseal_identity_envelope(IdentityEnvelope));

/// Writes the byte form of an envelope.
///
/// Threads: any, and many at once.
///
/// @param envelope what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_envelope_encode(
    envelope: *const medseal_identity_envelope,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(envelope)?.to_bytes())
    })
}

/// Reads an envelope from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param envelope where to put the new object, to be freed with medseal_identity_envelope_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_envelope_decode(
    data: *const u8,
    len: usize,
    envelope: *mut *mut medseal_identity_envelope,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let envelope = c.out(envelope)?;
        envelope.set(IdentityEnvelope::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees an envelope.
///
/// Threads: any, when no call uses the object any more.
///
/// @param envelope the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_envelope_free(envelope: *mut medseal_identity_envelope) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, envelope);
}

/// What a hospital sends to be registered. Immutable: any number of threads may use it at once.
pub struct medseal_registration_request {
    _opaque: [u8; 0],
}
handle!(shared medseal_registration_request(RegistrationRequest));

/// Writes the byte form of a registration request.
///
/// Threads: any, and many at once.
///
/// @param request what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_encode(
    request: *const medseal_registration_request,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(request)?.to_bytes())
    })
}

/// Reads a registration request from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param request where to put the new object, to be freed with medseal_registration_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_decode(
    data: *const u8,
    len: usize,
    request: *mut *mut medseal_registration_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out(request)?;
        request.set(RegistrationRequest::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a registration request.
///
/// Threads: any, when no call uses the object any more.
///
/// @param request the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_free(request: *mut medseal_registration_request) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, request);
}

/// Makes a request to be registered.
///
/// Threads: any, and many at once.
///
/// @param name the hospital's name, UTF-8 of 1 to 255 bytes
/// @param name_len its bytes
/// @param record what the registration is about, at most 1024 bytes
/// @param record_len its bytes
/// @param request where to put the new object, to be freed with medseal_registration_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general
///         status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_new(
    name: *const c_char,
    name_len: usize,
    record: *const u8,
    record_len: usize,
    request: *mut *mut medseal_registration_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out(request)?;
        let name = Name::new(c.text(name, name_len)?)?;
        request.set(RegistrationRequest::new(name, c.bytes(record, record_len)?, &mut OsRng)?)
    })
}

/// Writes the name in a registration request.
///
/// Threads: any, and many at once.
///
/// @param request the request
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_name(
    request: *const medseal_registration_request,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get(request)?.name().as_str())
    })
}

/// Writes the record in a registration request.
///
/// Threads: any, and many at once.
///
/// @param request the request
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registration_request_record(
    request: *const medseal_registration_request,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(c.get(request)?.record())
    })
}

/// What the super node answers to a registration: it goes to the hospital over a secure channel. It is secret,
/// and wiped when freed. It has state: one call at a time.
pub struct medseal_identity_key {
    _opaque: [u8; 0],
}
handle!(stateful medseal_identity_key(Option<IdentityKey>));

/// Frees an identity key, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param key the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_key_free(key: *mut medseal_identity_key) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, key);
}

/// Writes the byte form of an identity key. The bytes are secret: wipe them when you are done.
///
/// Threads: any; one call at a time with the same `key`.
///
/// @param key what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_SPENT if a hospital has accepted it, or a
///         general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_key_encode(
    key: *const medseal_identity_key,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        let key = c.get_mut(key)?;
        let spent = || Failure::new(MEDSEAL_ERR_SPENT, "the object was used already");
        out.put(&key.as_ref().ok_or_else(spent)?.to_bytes())
    })
}

/// Reads an identity key from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param key where to put the new object, to be freed with medseal_identity_key_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_identity_key_decode(
    data: *const u8,
    len: usize,
    key: *mut *mut medseal_identity_key,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let key = c.out(key)?;
        key.set(Some(IdentityKey::from_bytes(c.bytes(data, len)?)?))
    })
}

/// A registered hospital: what it keeps. It is secret, and wiped when freed. Immutable: any number of threads
/// may use it at once.
pub struct medseal_hospital {
    _opaque: [u8; 0],
}
handle!(shared medseal_hospital(Hospital));

/// Writes the byte form of a hospital. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param hospital what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_encode(
    hospital: *const medseal_hospital,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(hospital)?.to_bytes())
    })
}

/// Reads a hospital from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param hospital where to put the new object, to be freed with medseal_hospital_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_decode(
    data: *const u8,
    len: usize,
    hospital: *mut *mut medseal_hospital,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let hospital = c.out(hospital)?;
        hospital.set(Hospital::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a hospital, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param hospital the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_free(hospital: *mut medseal_hospital) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, hospital);
}

/// Accepts an identity key, which is spent, and makes the hospital of it.
///
/// Threads: any; one call at a time with the same `key`.
///
/// @param request the hospital's request
/// @param key what the super node answered; spent also if it is refused
/// @param public_key the super node's public key, from a source that you trust
/// @param hospital where to put the new object, to be freed with medseal_hospital_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT, or a
///         general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_accept(
    request: *const medseal_registration_request,
    key: *mut medseal_identity_key,
    public_key: *const medseal_super_node_public_key,
    hospital: *mut *mut medseal_hospital,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let hospital = c.out(hospital)?;
        let (request, public_key) = (c.get(request)?, c.get(public_key)?);
        hospital.set(Hospital::accept(request.clone(), c.spend(key)?, public_key)?)
    })
}

/// Writes the name of a hospital.
///
/// Threads: any, and many at once.
///
/// @param hospital the hospital
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_name(
    hospital: *const medseal_hospital,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get(hospital)?.name().as_str())
    })
}

/// The identity of a hospital.
///
/// Threads: any, and many at once.
///
/// @param hospital the hospital
/// @param identity where to put the new object, to be freed with medseal_identity_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_identity(
    hospital: *const medseal_hospital,
    identity: *mut *mut medseal_identity,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let identity = c.out(identity)?;
        identity.set(*c.get(hospital)?.identity())
    })
}

/// Opens an envelope to a hospital. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param hospital the hospital
/// @param envelope the envelope
/// @param aad what was authenticated with it: for an entry's envelope, the record digest
/// @param aad_len its bytes
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_DECRYPTION_FAILED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_hospital_open(
    hospital: *const medseal_hospital,
    envelope: *const medseal_identity_envelope,
    aad: *const u8,
    aad_len: usize,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        let (hospital, envelope) = (c.get(hospital)?, c.get(envelope)?);
        out.put(&hospital.open(envelope, c.bytes(aad, aad_len)?)?)
    })
}

/// A main node: its name and secret. It is secret, and wiped when freed. Immutable: any number of threads may
/// use it at once.
pub struct medseal_main_node {
    _opaque: [u8; 0],
}
handle!(shared medseal_main_node(MainNode));

/// Writes the byte form of a main node. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param node what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_encode(
    node: *const medseal_main_node,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(node)?.to_bytes())
    })
}

/// Reads a main node from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param node where to put the new object, to be freed with medseal_main_node_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_decode(
    data: *const u8,
    len: usize,
    node: *mut *mut medseal_main_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out(node)?;
        node.set(MainNode::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a main node, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param node the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_free(node: *mut medseal_main_node) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, node);
}

/// Makes a main node.
///
/// Threads: any, and many at once.
///
/// @param name its name, UTF-8 of 1 to 255 bytes
/// @param name_len its bytes
/// @param public_key the super node's public key
/// @param node where to put the new object, to be freed with medseal_main_node_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE, or a general
///         status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_generate(
    name: *const c_char,
    name_len: usize,
    public_key: *const medseal_super_node_public_key,
    node: *mut *mut medseal_main_node,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let node = c.out(node)?;
        let name = Name::new(c.text(name, name_len)?)?;
        node.set(MainNode::generate(name, c.get(public_key)?, &mut OsRng)?)
    })
}

/// The request for certification of a main node, with its proof that it holds its secret.
///
/// Threads: any, and many at once.
///
/// @param node the main node
/// @param request where to put the new object, to be freed with medseal_certificate_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_main_node_certificate_request(
    node: *const medseal_main_node,
    request: *mut *mut medseal_certificate_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out(request)?;
        request.set(c.get(node)?.certificate_request())
    })
}

/// What a main node sends to be certified. Immutable: any number of threads may use it at once.
pub struct medseal_certificate_request {
    _opaque: [u8; 0],
}
handle!(shared medseal_certificate_request(CertificateRequest));

/// Writes the byte form of a request for certification.
///
/// Threads: any, and many at once.
///
/// @param request what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_request_encode(
    request: *const medseal_certificate_request,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(request)?.to_bytes())
    })
}

/// Reads a request for certification from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param request where to put the new object, to be freed with medseal_certificate_request_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_request_decode(
    data: *const u8,
    len: usize,
    request: *mut *mut medseal_certificate_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let request = c.out(request)?;
        request.set(CertificateRequest::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a request for certification.
///
/// Threads: any, when no call uses the object any more.
///
/// @param request the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_request_free(request: *mut medseal_certificate_request) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, request);
}

/// Writes the name in a request for certification.
///
/// Threads: any, and many at once.
///
/// @param request the request
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_request_name(
    request: *const medseal_certificate_request,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get(request)?.name().as_str())
    })
}

/// A certificate that nobody has verified yet. Immutable: any number of threads may use it at once.
pub struct medseal_certificate {
    _opaque: [u8; 0],
}
handle!(shared medseal_certificate(Certificate));

/// Writes the byte form of a certificate.
///
/// Threads: any, and many at once.
///
/// @param certificate what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_encode(
    certificate: *const medseal_certificate,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(certificate)?.to_bytes())
    })
}

/// Reads a certificate from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param certificate where to put the new object, to be freed with medseal_certificate_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_decode(
    data: *const u8,
    len: usize,
    certificate: *mut *mut medseal_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let certificate = c.out(certificate)?;
        certificate.set(Certificate::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a certificate.
///
/// Threads: any, when no call uses the object any more.
///
/// @param certificate the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_free(certificate: *mut medseal_certificate) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, certificate);
}

/// Verifies a certificate.
///
/// Threads: any, and many at once.
///
/// @param certificate the certificate
/// @param public_key the super node's public key, from a source that you trust
/// @param verified where to put the new object, to be freed with medseal_verified_certificate_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_certificate_verify(
    certificate: *const medseal_certificate,
    public_key: *const medseal_super_node_public_key,
    verified: *mut *mut medseal_verified_certificate,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out(verified)?;
        verified.set(c.get(certificate)?.verify(c.get(public_key)?)?)
    })
}

/// A certificate whose signature is verified. Immutable: any number of threads may use it at once.
pub struct medseal_verified_certificate {
    _opaque: [u8; 0],
}
handle!(shared medseal_verified_certificate(VerifiedCertificate));

/// Frees a verified certificate.
///
/// Threads: any, when no call uses the object any more.
///
/// @param certificate the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_certificate_free(certificate: *mut medseal_verified_certificate) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, certificate);
}

/// Writes the name in a certificate.
///
/// Threads: any, and many at once.
///
/// @param certificate the certificate
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_certificate_name(
    certificate: *const medseal_verified_certificate,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        out.put_text(c.get(certificate)?.name().as_str())
    })
}

/// What a certificate says besides the name.
///
/// Threads: any, and many at once.
///
/// @param certificate the certificate
/// @param serial where to put its serial number
/// @param from_ms where to put from when it is valid, in Unix milliseconds
/// @param to_ms where to put until when it is valid, in Unix milliseconds
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_certificate_validity(
    certificate: *const medseal_verified_certificate,
    serial: *mut u64,
    from_ms: *mut u64,
    to_ms: *mut u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value(serial), c.out_value(from_ms), c.out_value(to_ms));
        let (serial, from_ms, to_ms) = (outs.0?, outs.1?, outs.2?);
        let certificate = c.get(certificate)?;
        serial.set(certificate.serial())?;
        from_ms.set(*certificate.validity().start())?;
        to_ms.set(*certificate.validity().end())
    })
}

/// A registry that nobody has verified yet: who is registered, and what is revoked. Immutable: any number of
/// threads may use it at once.
pub struct medseal_registry {
    _opaque: [u8; 0],
}
handle!(shared medseal_registry(Registry));

/// Writes the byte form of a registry.
///
/// Threads: any, and many at once.
///
/// @param registry what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_encode(
    registry: *const medseal_registry,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(registry)?.to_bytes())
    })
}

/// Reads a registry from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param registry where to put the new object, to be freed with medseal_registry_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_decode(
    data: *const u8,
    len: usize,
    registry: *mut *mut medseal_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let registry = c.out(registry)?;
        registry.set(Registry::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a registry.
///
/// Threads: any, when no call uses the object any more.
///
/// @param registry the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_free(registry: *mut medseal_registry) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, registry);
}

/// Verifies a registry.
///
/// Threads: any, and many at once.
///
/// @param registry the registry
/// @param public_key the super node's public key, from a source that you trust
/// @param last_seen the sequence number of the newest registry that you saw before; 0 for none
/// @param verified where to put the new object, to be freed with medseal_verified_registry_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK, a decoding status, or a
///         general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_verify(
    registry: *const medseal_registry,
    public_key: *const medseal_super_node_public_key,
    last_seen: u64,
    verified: *mut *mut medseal_verified_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out(verified)?;
        verified.set(c.get(registry)?.verify(c.get(public_key)?, last_seen)?)
    })
}

/// A registry whose signature is verified. Immutable: any number of threads may use it at once.
pub struct medseal_verified_registry {
    _opaque: [u8; 0],
}
handle!(shared medseal_verified_registry(VerifiedRegistry));

/// Frees a verified registry.
///
/// Threads: any, when no call uses the object any more.
///
/// @param registry the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_free(registry: *mut medseal_verified_registry) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, registry);
}

/// Which registry this is. Keep the sequence number for the next medseal_registry_verify().
///
/// Threads: any, and many at once.
///
/// @param registry the registry
/// @param sequence where to put its sequence number
/// @param time_ms where to put when it was signed, in Unix milliseconds
/// @param hospitals where to put the number of hospitals
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_status(
    registry: *const medseal_verified_registry,
    sequence: *mut u64,
    time_ms: *mut u64,
    hospitals: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value(sequence), c.out_value(time_ms), c.out_value(hospitals));
        let (sequence, time_ms, hospitals) = (outs.0?, outs.1?, outs.2?);
        let registry = c.get(registry)?;
        sequence.set(registry.sequence())?;
        time_ms.set(registry.time_ms())?;
        hospitals.set(registry.hospitals().count())
    })
}

/// Writes the name of a registered hospital.
///
/// Threads: any, and many at once.
///
/// @param registry the registry
/// @param index which, from zero
/// @param out buffer of *out_len bytes for UTF-8 without NUL; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, MEDSEAL_ERR_OUT_OF_RANGE, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_hospital(
    registry: *const medseal_verified_registry,
    index: usize,
    out: *mut c_char,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.text_buffer(out, out_len)?;
        let name = c.get(registry)?.hospitals().nth(index).ok_or(crate::error::Error::OutOfRange)?;
        out.put_text(name.as_str())
    })
}

/// The identity of a registered hospital.
///
/// Threads: any, and many at once.
///
/// @param registry the registry
/// @param name the hospital's name, UTF-8
/// @param name_len its bytes
/// @param identity where to put the new object, to be freed with medseal_identity_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_identity(
    registry: *const medseal_verified_registry,
    name: *const c_char,
    name_len: usize,
    identity: *mut *mut medseal_identity,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let identity = c.out(identity)?;
        let name = Name::new(c.text(name, name_len)?)?;
        identity.set(*c.get(registry)?.identity(&name)?)
    })
}

/// Whether a certificate is revoked.
///
/// Threads: any, and many at once.
///
/// @param registry the registry
/// @param serial the certificate's serial number
/// @param revoked where to put the answer
/// @param err detail, or NULL
/// @return MEDSEAL_OK, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_verified_registry_revokes(
    registry: *const medseal_verified_registry,
    serial: u64,
    revoked: *mut bool,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let revoked = c.out_bool(revoked)?;
        revoked.set(c.get(registry)?.is_certificate_revoked(serial).into())
    })
}

/// What a main node or an envelope tells a hospital of a record: location, database digest, summary. It is
/// secret, and wiped when freed. Immutable: any number of threads may use it at once.
pub struct medseal_disclosure {
    _opaque: [u8; 0],
}
handle!(shared medseal_disclosure(Disclosure));

/// Writes the byte form of a disclosure. The bytes are secret: wipe them when you are done.
///
/// Threads: any, and many at once.
///
/// @param disclosure what to write
/// @param out buffer of *out_len bytes; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_encode(
    disclosure: *const medseal_disclosure,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let out = c.buffer(out, out_len)?;
        out.put(&c.get(disclosure)?.to_bytes())
    })
}

/// Reads a disclosure from its byte form, checking everything.
///
/// Threads: any, and many at once.
///
/// @param data the bytes
/// @param len how many
/// @param disclosure where to put the new object, to be freed with medseal_disclosure_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, a decoding status, or a general one
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_decode(
    data: *const u8,
    len: usize,
    disclosure: *mut *mut medseal_disclosure,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let disclosure = c.out(disclosure)?;
        disclosure.set(Disclosure::from_bytes(c.bytes(data, len)?)?)
    })
}

/// Frees a disclosure, and wipes it.
///
/// Threads: any, when no call uses the object any more.
///
/// @param disclosure the object, which no call is using any more; NULL does nothing
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_free(disclosure: *mut medseal_disclosure) {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard_free(unsafe { Caller::new(ptr::null_mut()) }, disclosure);
}

/// Makes a disclosure.
///
/// Threads: any, and many at once.
///
/// @param location where the sealed record is kept, at most 1024 bytes
/// @param location_len its bytes
/// @param database the hospital's database digest
/// @param summary the record's keyed summary
/// @param disclosure where to put the new object, to be freed with medseal_disclosure_free; NULL on failure
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_LIMIT_EXCEEDED, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_new(
    location: *const u8,
    location_len: usize,
    database: *const medseal_digest,
    summary: *const medseal_summary,
    disclosure: *mut *mut medseal_disclosure,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let disclosure = c.out(disclosure)?;
        let (database, summary) = (c.value(database)?, c.value(summary)?);
        disclosure.set(Disclosure::new(c.bytes(location, location_len)?, database.bytes, summary.bytes)?)
    })
}

/// What a disclosure says.
///
/// Threads: any, and many at once.
///
/// @param disclosure the disclosure
/// @param database where to put the hospital's database digest
/// @param summary where to put the record's keyed summary
/// @param out buffer of *out_len bytes for the location; NULL with 0 asks for the size
/// @param out_len in: bytes of the buffer; out: bytes written, or needed if it is too small
/// @param err detail, or NULL
/// @return MEDSEAL_OK, MEDSEAL_ERR_BUFFER_TOO_SMALL, or a general status
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_disclosure_read(
    disclosure: *const medseal_disclosure,
    database: *mut medseal_digest,
    summary: *mut medseal_summary,
    out: *mut u8,
    out_len: *mut usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the header's rules for pointers bind whoever calls this.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out_value(database), c.out_value(summary), c.buffer(out, out_len));
        let (database, summary, location) = (outs.0?, outs.1?, outs.2?);
        let disclosure = c.get(disclosure)?;
        location.put(disclosure.location())?;
        database.set(medseal_digest { bytes: *disclosure.database_digest() })?;
        summary.set(medseal_summary { bytes: *disclosure.summary() })
    })
}
