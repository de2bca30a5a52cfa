//! Requests to several authorities, their answers, and what these make together.

use super::export::export;

use rand_core::OsRng;

use super::attributes::medseal_attributes;
use super::authorities::generation::{
    medseal_authority_share, medseal_generation, medseal_generation_certificate,
};
use super::authorities::roster::{medseal_authority_key, medseal_authority_message};
use super::authorities::session::records_in;
use super::authority::medseal_member_keys;
use super::hospital::{medseal_identity_key, medseal_registration_request};
use super::main_node::{medseal_certificate, medseal_certificate_request};
use super::registry::{medseal_registry, medseal_verified_registry};
use super::search_keys::medseal_keyword_key;
use super::status::Failure;
use super::values::medseal_certificate_serial;
use crate::authorities::{Combined, Culprit, Holder, PendingRequest};
use crate::identity::RegistryDraft;

/// What the answers made, and whose were refused.
pub(super) fn combined<T>(combined: Combined<T>) -> (T, Vec<u8>) {
    let Combined { value, culprits } = combined;
    (value, culprits.iter().map(|Culprit { index, .. }| *index).collect())
}

export! {
    /// A request for keys or for an identity key: each authority makes sure who asks, and decides
    /// for itself.
    struct medseal_authority_request;

    /// Writes the name of the member or hospital that asks.
    medseal_authority_request_name(request: object medseal_authority_request) -> (out, out_len: text) {
        request.name().as_str()
    }

    /// The attributes that keys are asked for.
    ///
    /// @return MEDSEAL_ERR_ABSENT in a request for an identity key
    medseal_authority_request_attributes(
        request: object medseal_authority_request
    ) -> (attributes: object medseal_attributes) {
        request.attributes().ok_or_else(|| Failure::absent("no keys are asked for"))?.clone()
    }

    /// The registration that an identity key is asked for.
    ///
    /// @return MEDSEAL_ERR_ABSENT in a request for keys
    medseal_authority_request_registration(
        request: object medseal_authority_request
    ) -> (registration: object medseal_registration_request) {
        request.registration().ok_or_else(|| Failure::absent("no identity key is asked for"))?.clone()
    }

    /// A request with the one-time secret that opens the answers. It is secret, and wiped when
    /// freed.
    struct medseal_pending_request;

    /// Asks for a member's keys.
    ///
    /// @return MEDSEAL_ERR_INVALID_TEXT
    medseal_pending_request_keys(
        member, member_len: name, attributes: object medseal_attributes, now_ms: u64
    ) -> (pending: object medseal_pending_request) {
        PendingRequest::keys(member, attributes, now_ms, &mut OsRng)?
    }

    /// Asks for a hospital's identity key, once its registration stands in a registry.
    medseal_pending_request_identity(
        registration: object medseal_registration_request, now_ms: u64
    ) -> (pending: object medseal_pending_request) {
        PendingRequest::identity(registration.clone(), now_ms, &mut OsRng)?
    }

    /// The request, which goes to the authorities.
    medseal_pending_request_request(
        pending: object medseal_pending_request
    ) -> (request: object medseal_authority_request) {
        pending.request().clone()
    }

    /// Puts together a member's keys from the answers of a threshold of authorities, each of which
    /// is checked.
    ///
    /// @param keyword_key the keyword key, from another member
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
    ///         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
    medseal_pending_request_combine_keys(
        pending: object medseal_pending_request, generation: object medseal_generation,
        messages, count: copies medseal_authority_message, keyword_key: object medseal_keyword_key
    ) -> (keys: object medseal_member_keys, culprits, culprits_count: numbers u8) {
        combined(pending.combine_keys(generation, &messages, keyword_key)?)
    }

    /// Puts together a hospital's identity key from the answers of a threshold of authorities, each
    /// of which is checked.
    ///
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
    ///         MEDSEAL_ERR_INVALID_FIELD for a request of another kind
    medseal_pending_request_combine_identity(
        pending: object medseal_pending_request, generation: object medseal_generation,
        messages, count: copies medseal_authority_message
    ) -> (key: object medseal_identity_key, culprits, culprits_count: numbers u8) {
        let (key, culprits) = combined(pending.combine_identity(generation, &messages)?);
        (Some(key), culprits)
    }

    /// A registry before it is signed. It has state: one call at a time.
    struct medseal_registry_draft;

    /// The first registry, with nobody in it.
    medseal_registry_draft_first(now_ms: u64) -> (draft: object medseal_registry_draft) {
        RegistryDraft::first(now_ms)
    }

    /// A draft of the registry after one.
    ///
    /// @param registry the newest registry
    /// @return MEDSEAL_ERR_OUT_OF_RANGE after the last number
    medseal_registry_draft_next(
        registry: object medseal_verified_registry, now_ms: u64
    ) -> (draft: object medseal_registry_draft) {
        registry.draft_next(now_ms)?
    }

    /// Gives a draft another number, when authorities have signed different bodies under one.
    ///
    /// @param sequence the greater number
    medseal_registry_draft_renumber(draft: state medseal_registry_draft, sequence: u64) -> () {
        draft.renumber(sequence);
    }

    /// Registers a hospital in a draft.
    ///
    /// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_register(
        draft: state medseal_registry_draft, request: object medseal_registration_request
    ) -> () {
        draft.register(request)?
    }

    /// Revokes the registration of a hospital in a draft.
    ///
    /// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_revoke_hospital(draft: state medseal_registry_draft, name, name_len: name) -> () {
        draft.revoke_hospital(&name)?
    }

    /// Revokes a certificate in a draft.
    ///
    /// @param serial its serial number
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_revoke_certificate(
        draft: state medseal_registry_draft, serial: value medseal_certificate_serial
    ) -> () {
        draft.revoke_certificate(serial.into())?
    }

    /// An authority with its share, at work. It is secret, and wiped when freed. It has
    /// state: one call at a time.
    struct medseal_authority_holder(holder): stateful Holder,
        secret "an authority at work" medseal_authority_holder_free;

    /// Takes up work with a share, which the certificate makes usable.
    ///
    /// @param share its share
    /// @param certificate the certificate of the share's generation
    /// @return MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS naming
    ///         in `err` who is at fault
    medseal_authority_holder_new(
        key: object medseal_authority_key, share: object medseal_authority_share,
        certificate: object medseal_generation_certificate
    ) -> (holder: object medseal_authority_holder) {
        Holder::new(key.duplicate(), share.duplicate(), certificate)?
    }

    /// Answers a request for keys with parts of them. That the member has these attributes is for
    /// each authority to know. Work grows with the attributes.
    ///
    /// @return MEDSEAL_ERR_INVALID_FIELD for a request of another kind
    medseal_authority_holder_issue(
        holder: state medseal_authority_holder, request: object medseal_authority_request
    ) -> (message: object medseal_authority_message) {
        holder.issue(request, &mut OsRng)?
    }

    /// Answers a request for an identity key with a part of it, if exactly this registration stands
    /// in a registry.
    ///
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE for a registry of another super node,
    ///         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD
    ///         for a request of another kind
    medseal_authority_holder_extract(
        holder: state medseal_authority_holder, request: object medseal_authority_request,
        registry: object medseal_verified_registry
    ) -> (message: object medseal_authority_message) {
        holder.extract(request, registry, &mut OsRng)?
    }

    /// Signs a part of a main node's certificate.
    ///
    /// @param serial the serial number, 16 random bytes, which all are given
    /// @param from_ms the first millisecond of its validity
    /// @param to_ms the last
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong,
    ///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
    medseal_authority_holder_certify(
        holder: state medseal_authority_holder, request: object medseal_certificate_request,
        serial: value medseal_certificate_serial, from_ms: u64, to_ms: u64
    ) -> (message: object medseal_authority_message) {
        holder.certify(request, serial.into(), from_ms..=to_ms)?
    }

    /// Takes note of a complete registry: what this authority signs from now on follows it.
    ///
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK,
    ///         MEDSEAL_ERR_REGISTRY_CONFLICT if it contradicts a known one: both are kept, and this
    ///         authority signs no more, MEDSEAL_ERR_IO
    medseal_authority_holder_saw_registry(
        holder: state medseal_authority_holder, registry: object medseal_registry,
        directory, directory_len: text
    ) -> (verified: object medseal_verified_registry) {
        holder.saw_registry(registry, &mut records_in(directory)?)?
    }

    /// Signs a part of a registry: one body for each number, recorded durably before.
    ///
    /// @return MEDSEAL_ERR_ALREADY_SIGNED if the record speaks against it: another body of this
    ///         number, another predecessor, a lost revocation; MEDSEAL_ERR_REGISTRY_CONFLICT,
    ///         MEDSEAL_ERR_IO
    medseal_authority_holder_sign_registry(
        holder: state medseal_authority_holder, draft: state medseal_registry_draft,
        directory, directory_len: text
    ) -> (message: object medseal_authority_message) {
        holder.sign_registry(&draft, &mut records_in(directory)?)?
    }

    /// Puts together a main node's certificate from the parts of a threshold of authorities, each
    /// of which is checked.
    ///
    /// @param serial the serial number, 16 random bytes, which all are given
    /// @param from_ms the first millisecond of its validity
    /// @param to_ms the last
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong,
    ///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD
    medseal_generation_combine_certificate(
        generation: object medseal_generation, request: object medseal_certificate_request,
        serial: value medseal_certificate_serial, from_ms: u64, to_ms: u64,
        messages, count: copies medseal_authority_message
    ) -> (certificate: object medseal_certificate, culprits, culprits_count: numbers u8) {
        combined(generation.combine_certificate(request, serial.into(), from_ms..=to_ms, &messages)?)
    }

    /// Puts together a registry from the parts of a threshold of authorities, each of which is
    /// checked.
    ///
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES naming in `err` whose answers are wrong
    medseal_generation_combine_registry(
        generation: object medseal_generation, draft: state medseal_registry_draft,
        messages, count: copies medseal_authority_message
    ) -> (registry: object medseal_registry, culprits, culprits_count: numbers u8) {
        combined(generation.combine_registry(&draft, &messages)?)
    }
}
