//! Requests to several authorities, their answers, and what these make together.

use std::ffi::c_char;

use rand_core::OsRng;

use super::abi::{Caller, OutValues, guard};
use super::attributes::medseal_attributes;
use super::authorities::generation::{
    medseal_authority_share, medseal_generation, medseal_generation_certificate,
};
use super::authorities::roster::{medseal_authority_key, medseal_authority_message};
use super::authorities::session::records_in;
use super::authority::medseal_member_keys;
use super::handle::handle;
use super::hospital::{medseal_identity_key, medseal_registration_request};
use super::main_node::{medseal_certificate, medseal_certificate_request};
use super::objects::{free, give};
use super::registry::{medseal_registry, medseal_verified_registry};
use super::search_keys::medseal_keyword_key;
use super::status::{Failure, medseal_error, medseal_status};
use super::values::medseal_certificate_serial;
use crate::authorities::{Combined, Culprit, Holder, PendingRequest};
use crate::identity::{Name, RegistryDraft};

/// Tells whose answers were refused, and gives what the others made.
pub(super) fn combined<T>(combined: Combined<T>, culprits: OutValues<u8>) -> Result<T, Failure> {
    let Combined { value, culprits: refused } = combined;
    culprits.set(&refused.iter().map(|Culprit { index, .. }| *index).collect::<Vec<_>>())?;
    Ok(value)
}

/// A request for keys or for an identity key: each authority makes sure who asks, and decides for
/// itself.
pub struct medseal_authority_request {
    _opaque: [u8; 0],
}

give! {
    /// Writes the name of the member or hospital that asks.
    medseal_authority_request_name(request: medseal_authority_request) -> text { request.name().as_str() }
}

/// The attributes that keys are asked for.
///
/// @return MEDSEAL_ERR_ABSENT in a request for an identity key
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_request_attributes(
    request: *const medseal_authority_request,
    attributes: *mut *mut medseal_attributes,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let attributes = c.out("attributes", attributes)?;
        let asked = c.get("request", request)?.attributes();
        attributes.set(asked.ok_or_else(|| Failure::absent("the request is not for keys"))?.clone())
    })
}

/// The registration that an identity key is asked for.
///
/// @return MEDSEAL_ERR_ABSENT in a request for keys
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_request_registration(
    request: *const medseal_authority_request,
    registration: *mut *mut medseal_registration_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let registration = c.out("registration", registration)?;
        let asked = c.get("request", request)?.registration();
        registration
            .set(asked.ok_or_else(|| Failure::absent("the request is not for an identity key"))?.clone())
    })
}

/// A request with the one-time secret that opens the answers. It is secret, and wiped when freed.
pub struct medseal_pending_request {
    _opaque: [u8; 0],
}

/// Asks for a member's keys.
///
/// @param member the member's name, UTF-8
/// @param now_ms the time, in Unix milliseconds
/// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_pending_request_keys(
    member: *const c_char,
    member_len: usize,
    attributes: *const medseal_attributes,
    now_ms: u64,
    pending: *mut *mut medseal_pending_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let pending = c.out("pending", pending)?;
        let member = Name::new(c.text("member", member, member_len)?)?;
        pending.set(PendingRequest::keys(member, c.get("attributes", attributes)?, now_ms, &mut OsRng)?)
    })
}

/// Asks for a hospital's identity key, once its registration stands in a registry.
///
/// @param now_ms the time, in Unix milliseconds
/// @return MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_pending_request_identity(
    registration: *const medseal_registration_request,
    now_ms: u64,
    pending: *mut *mut medseal_pending_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let pending = c.out("pending", pending)?;
        let registration = c.get("registration", registration)?.clone();
        pending.set(PendingRequest::identity(registration, now_ms, &mut OsRng)?)
    })
}

give! {
    /// The request, which goes to the authorities.
    medseal_pending_request_request(pending: medseal_pending_request) -> request: object medseal_authority_request {
        pending.request().clone()
    }
}

/// Puts together a member's keys from the answers of a threshold of authorities,
/// each of which is checked.
///
/// @param generation the public keys
/// @param messages their answers
/// @param keyword_key the keyword key, from another member
/// @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
///                 if you do not want them
/// @param culprits_count how many fit
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
///         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_pending_request_combine_keys(
    pending: *const medseal_pending_request,
    generation: *const medseal_generation,
    messages: *const *const medseal_authority_message,
    count: usize,
    keyword_key: *const medseal_keyword_key,
    keys: *mut *mut medseal_member_keys,
    culprits: *mut u8,
    culprits_count: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("keys", keys), c.out_values("culprits", culprits, culprits_count));
        let (keys, culprits) = (outs.0?, outs.1?);
        let (pending, generation) = (c.get("pending", pending)?, c.get("generation", generation)?);
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        let made = pending.combine_keys(generation, &messages, c.get("keyword_key", keyword_key)?)?;
        keys.set(combined(made, culprits)?)
    })
}

/// Puts together a hospital's identity key from the answers of a threshold of authorities,
/// each of which is checked.
///
/// @param generation the public keys
/// @param messages their answers
/// @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
///                 if you do not want them
/// @param culprits_count how many fit
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
///         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_pending_request_combine_identity(
    pending: *const medseal_pending_request,
    generation: *const medseal_generation,
    messages: *const *const medseal_authority_message,
    count: usize,
    key: *mut *mut medseal_identity_key,
    culprits: *mut u8,
    culprits_count: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("key", key), c.out_values("culprits", culprits, culprits_count));
        let (key, culprits) = (outs.0?, outs.1?);
        let (pending, generation) = (c.get("pending", pending)?, c.get("generation", generation)?);
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        key.set(Some(combined(pending.combine_identity(generation, &messages)?, culprits)?))
    })
}

/// A registry before it is signed. It has state: one call at a time.
pub struct medseal_registry_draft {
    _opaque: [u8; 0],
}

/// The first registry, with nobody in it.
///
/// @param now_ms the time, in Unix milliseconds
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_first(
    now_ms: u64,
    draft: *mut *mut medseal_registry_draft,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let draft = c.out("draft", draft)?;
        draft.set(RegistryDraft::first(now_ms))
    })
}

/// A draft of the registry after one.
///
/// @param registry the newest registry
/// @param now_ms the time, in Unix milliseconds
/// @return MEDSEAL_ERR_OUT_OF_RANGE after the last number
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_next(
    registry: *const medseal_verified_registry,
    now_ms: u64,
    draft: *mut *mut medseal_registry_draft,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let draft = c.out("draft", draft)?;
        draft.set(c.get("registry", registry)?.draft_next(now_ms)?)
    })
}

/// Gives a draft another number, when authorities have signed different bodies under one.
///
/// @param sequence the greater number
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_renumber(
    draft: *mut medseal_registry_draft,
    sequence: u64,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        c.get_mut("draft", draft)?.renumber(sequence);
        Ok(())
    })
}

/// Registers a hospital in a draft.
///
/// @param request the hospital's request
/// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_register(
    draft: *mut medseal_registry_draft,
    request: *const medseal_registration_request,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut draft = c.get_mut("draft", draft)?;
        Ok(draft.register(c.get("request", request)?)?)
    })
}

/// Revokes the registration of a hospital in a draft.
///
/// @param name the hospital's name, UTF-8
/// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
///         MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_revoke_hospital(
    draft: *mut medseal_registry_draft,
    name: *const c_char,
    name_len: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut draft = c.get_mut("draft", draft)?;
        Ok(draft.revoke_hospital(&Name::new(c.text("name", name, name_len)?)?)?)
    })
}

/// Revokes a certificate in a draft.
///
/// @param serial its serial number
/// @return MEDSEAL_ERR_LIMIT_EXCEEDED
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_registry_draft_revoke_certificate(
    draft: *mut medseal_registry_draft,
    serial: *const medseal_certificate_serial,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let mut draft = c.get_mut("draft", draft)?;
        let serial = c.value("serial", serial)?.into();
        Ok(draft.revoke_certificate(serial)?)
    })
}

/// An authority with its share, at work. It is secret, and wiped when freed. It has
/// state: one call at a time.
pub struct medseal_authority_holder {
    _opaque: [u8; 0],
}
handle!(stateful medseal_authority_holder(Holder));

free!(secret medseal_authority_holder(holder) "an authority at work": medseal_authority_holder_free);

/// Takes up work with a share, which the certificate makes usable.
///
/// @param key this authority's static key
/// @param share its share
/// @param certificate the certificate of the share's generation
/// @return MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS naming in
///         `err` who is at fault
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_new(
    key: *const medseal_authority_key,
    share: *const medseal_authority_share,
    certificate: *const medseal_generation_certificate,
    holder: *mut *mut medseal_authority_holder,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let holder = c.out("holder", holder)?;
        let (key, share) = (c.get("key", key)?.duplicate(), c.get("share", share)?.duplicate());
        holder.set(Holder::new(key, share, c.get("certificate", certificate)?)?)
    })
}

/// Answers a request for keys with parts of them. That the member has these attributes is for each
/// authority to know. Work grows with the attributes.
///
/// @return MEDSEAL_ERR_INVALID_FIELD for a request of another kind,
///         MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_issue(
    holder: *mut medseal_authority_holder,
    request: *const medseal_authority_request,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let holder = c.get_mut("holder", holder)?;
        message.set(holder.issue(c.get("request", request)?, &mut OsRng)?)
    })
}

/// Answers a request for an identity key with a part of it, if exactly this
/// registration stands in a registry.
///
/// @return MEDSEAL_ERR_INVALID_SIGNATURE for a registry of another super node,
///         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD for a
///         request of another kind, MEDSEAL_ERR_RANDOMNESS_UNAVAILABLE
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_extract(
    holder: *mut medseal_authority_holder,
    request: *const medseal_authority_request,
    registry: *const medseal_verified_registry,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let holder = c.get_mut("holder", holder)?;
        message.set(holder.extract(c.get("request", request)?, c.get("registry", registry)?, &mut OsRng)?)
    })
}

/// Signs a part of a main node's certificate.
///
/// @param request the node's request
/// @param serial the serial number, 16 random bytes, which all are given
/// @param from_ms the first millisecond of its validity
/// @param to_ms the last
/// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong,
///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_certify(
    holder: *mut medseal_authority_holder,
    request: *const medseal_certificate_request,
    serial: *const medseal_certificate_serial,
    from_ms: u64,
    to_ms: u64,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let holder = c.get_mut("holder", holder)?;
        let serial = c.value("serial", serial)?.into();
        message.set(holder.certify(c.get("request", request)?, serial, from_ms..=to_ms)?)
    })
}

/// Takes note of a complete registry: what this authority signs from now on follows it.
///
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK,
///         MEDSEAL_ERR_REGISTRY_CONFLICT if it contradicts a known one: both are kept, and this
///         authority signs no more, MEDSEAL_ERR_IO
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_saw_registry(
    holder: *mut medseal_authority_holder,
    registry: *const medseal_registry,
    directory: *const c_char,
    directory_len: usize,
    verified: *mut *mut medseal_verified_registry,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let verified = c.out("verified", verified)?;
        let holder = c.get_mut("holder", holder)?;
        let mut records = records_in(c, directory, directory_len)?;
        verified.set(holder.saw_registry(c.get("registry", registry)?, &mut records)?)
    })
}

/// Signs a part of a registry: one body for each number, recorded durably before.
///
/// @param directory a directory of the authority alone, which keeps what it must not forget, UTF-8
/// @return MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this number,
///         another predecessor, a lost revocation; MEDSEAL_ERR_REGISTRY_CONFLICT, MEDSEAL_ERR_IO
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_authority_holder_sign_registry(
    holder: *mut medseal_authority_holder,
    draft: *mut medseal_registry_draft,
    directory: *const c_char,
    directory_len: usize,
    message: *mut *mut medseal_authority_message,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let message = c.out("message", message)?;
        let holder = c.get_mut("holder", holder)?;
        let draft = c.get_mut("draft", draft)?;
        let mut records = records_in(c, directory, directory_len)?;
        message.set(holder.sign_registry(&draft, &mut records)?)
    })
}

/// Puts together a main node's certificate from the parts of a threshold of authorities,
/// each of which is checked.
///
/// @param generation the public keys
/// @param request the node's request
/// @param serial the serial number, 16 random bytes, which all are given
/// @param from_ms the first millisecond of its validity
/// @param to_ms the last
/// @param messages their answers
/// @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
///                 if you do not want them
/// @param culprits_count how many fit
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_combine_certificate(
    generation: *const medseal_generation,
    request: *const medseal_certificate_request,
    serial: *const medseal_certificate_serial,
    from_ms: u64,
    to_ms: u64,
    messages: *const *const medseal_authority_message,
    count: usize,
    certificate: *mut *mut medseal_certificate,
    culprits: *mut u8,
    culprits_count: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("certificate", certificate), c.out_values("culprits", culprits, culprits_count));
        let (certificate, culprits) = (outs.0?, outs.1?);
        let (generation, request) = (c.get("generation", generation)?, c.get("request", request)?);
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        let serial = c.value("serial", serial)?.into();
        let made = generation.combine_certificate(request, serial, from_ms..=to_ms, &messages)?;
        certificate.set(combined(made, culprits)?)
    })
}

/// Puts together a registry from the parts of a threshold of authorities, each of which is checked.
///
/// @param generation the public keys
/// @param messages their answers
/// @param culprits where to put the numbers of the authorities whose answers were refused, then zeros; NULL with 0
///                 if you do not want them
/// @param culprits_count how many fit
/// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn medseal_generation_combine_registry(
    generation: *const medseal_generation,
    draft: *mut medseal_registry_draft,
    messages: *const *const medseal_authority_message,
    count: usize,
    registry: *mut *mut medseal_registry,
    culprits: *mut u8,
    culprits_count: usize,
    err: *mut medseal_error,
) -> medseal_status {
    // SAFETY: the caller must follow the header's rules for pointers.
    guard(unsafe { Caller::new(err) }, |c| {
        let outs = (c.out("registry", registry), c.out_values("culprits", culprits, culprits_count));
        let (registry, culprits) = (outs.0?, outs.1?);
        let generation = c.get("generation", generation)?;
        let draft = c.get_mut("draft", draft)?;
        let messages: Vec<_> = c.get_all("messages", messages, count)?.into_iter().cloned().collect();
        registry.set(combined(generation.combine_registry(&draft, &messages)?, culprits)?)
    })
}
