//! Requests to several authorities, their answers, and the combined results.

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

/// The combined result, and the culprits.
pub(super) fn combined<T>(combined: Combined<T>) -> (T, Vec<u8>) {
    let Combined { value, culprits } = combined;
    (value, culprits.iter().map(|Culprit { index, .. }| *index).collect())
}

export! {
    /// A request for keys or for an identity key. Each authority must identify the requester, and
    /// decides independently.
    struct medseal_authority_request;

    /// Writes the name of the member or hospital that makes the request.
    medseal_authority_request_name(request: object medseal_authority_request) -> (out, out_len: text) {
        request.name().as_str()
    }

    /// Returns the attributes for which keys are requested.
    /// @return MEDSEAL_ERR_ABSENT if it is a request for an identity key
    medseal_authority_request_attributes(
        request: object medseal_authority_request
    ) -> (attributes: object medseal_attributes) {
        request.attributes().ok_or_else(|| Failure::absent("no keys are asked for"))?.clone()
    }

    /// Returns the registration for which an identity key is requested.
    /// @return MEDSEAL_ERR_ABSENT if it is a request for keys
    medseal_authority_request_registration(
        request: object medseal_authority_request
    ) -> (registration: object medseal_registration_request) {
        request.registration().ok_or_else(|| Failure::absent("no identity key is asked for"))?.clone()
    }

    /// A request, with the one-time secret that opens the answers. It is secret, and wiped when
    /// freed.
    struct medseal_pending_request;

    /// Makes a request for a member's keys.
    /// @return MEDSEAL_ERR_INVALID_TEXT
    medseal_pending_request_keys(
        member, member_len: name, attributes: object medseal_attributes, now_ms: u64
    ) -> (pending: object medseal_pending_request) {
        PendingRequest::keys(member, attributes, now_ms, &mut OsRng)?
    }

    /// Makes a request for a hospital's identity key. The registration must already be in a
    /// registry.
    medseal_pending_request_identity(
        registration: object medseal_registration_request, now_ms: u64
    ) -> (pending: object medseal_pending_request) {
        PendingRequest::identity(registration.clone(), now_ms, &mut OsRng)?
    }

    /// Returns the request. Send it to the authorities.
    medseal_pending_request_request(
        pending: object medseal_pending_request
    ) -> (request: object medseal_authority_request) {
        pending.request().clone()
    }

    /// Combines the answers of a threshold of authorities into a member's keys. Checks each answer.
    /// @param keyword_key the members' keyword key, from another member
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
    ///         MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
    medseal_pending_request_combine_keys(
        pending: object medseal_pending_request, generation: object medseal_generation,
        messages, count: copies medseal_authority_message, keyword_key: object medseal_keyword_key
    ) -> (keys: object medseal_member_keys, culprits, culprits_count: numbers u8) {
        combined(pending.combine_keys(generation, &messages, keyword_key)?)
    }

    /// Combines the answers of a threshold of authorities into a hospital's identity key. Checks
    /// each answer.
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
    ///         MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
    medseal_pending_request_combine_identity(
        pending: object medseal_pending_request, generation: object medseal_generation,
        messages, count: copies medseal_authority_message
    ) -> (key: object medseal_identity_key, culprits, culprits_count: numbers u8) {
        let (key, culprits) = combined(pending.combine_identity(generation, &messages)?);
        (Some(key), culprits)
    }

    /// A registry that is not yet signed. It has state: one call at a time.
    struct medseal_registry_draft;

    /// Makes a draft of the first registry, which is empty.
    medseal_registry_draft_first(now_ms: u64) -> (draft: object medseal_registry_draft) {
        RegistryDraft::first(now_ms)
    }

    /// Makes a draft of the next registry.
    /// @param registry the newest registry
    /// @return MEDSEAL_ERR_OUT_OF_RANGE if there are no more sequence numbers
    medseal_registry_draft_next(
        registry: object medseal_verified_registry, now_ms: u64
    ) -> (draft: object medseal_registry_draft) {
        registry.draft_next(now_ms)?
    }

    /// Gives a draft a greater number. Use it if authorities have signed different bodies under the
    /// current one.
    /// @param sequence the greater number
    medseal_registry_draft_renumber(draft: state medseal_registry_draft, sequence: u64) -> () {
        draft.renumber(sequence);
    }

    /// Registers a hospital in a draft.
    /// @return MEDSEAL_ERR_NAME_TAKEN, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_register(
        draft: state medseal_registry_draft, request: object medseal_registration_request
    ) -> () {
        draft.register(request)?
    }

    /// Revokes the registration of a hospital in a draft.
    /// @return MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_TEXT,
    ///         MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_revoke_hospital(draft: state medseal_registry_draft, name, name_len: name) -> () {
        draft.revoke_hospital(&name)?
    }

    /// Revokes a certificate in a draft.
    /// @return MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registry_draft_revoke_certificate(
        draft: state medseal_registry_draft, serial: value medseal_certificate_serial
    ) -> () {
        draft.revoke_certificate(serial.into())?
    }

    /// An authority that works with its share. It is secret, and wiped when freed. It has state:
    /// one call at a time.
    struct medseal_authority_holder: stateful Holder;

    /// Makes an authority from its share and the certificate of the share's generation.
    /// @param certificate the certificate of the share's generation
    /// @return MEDSEAL_ERR_INVALID_KEY if they do not belong together, MEDSEAL_ERR_CULPRITS (`err`
    ///         names the authorities at fault)
    medseal_authority_holder_new(
        key: object medseal_authority_key, share: object medseal_authority_share,
        certificate: object medseal_generation_certificate
    ) -> (holder: object medseal_authority_holder) {
        Holder::new(key.duplicate(), share.duplicate(), certificate)?
    }

    /// Answers a request for keys with this authority's parts of the keys. Each authority must
    /// establish that the member has these attributes. The work grows with the number of
    /// attributes.
    /// @return MEDSEAL_ERR_INVALID_FIELD for a request of the other kind
    medseal_authority_holder_issue(
        holder: state medseal_authority_holder, request: object medseal_authority_request
    ) -> (message: object medseal_authority_message) {
        holder.issue(request, &mut OsRng)?
    }

    /// Answers a request for an identity key with this authority's part of the key, if a registry
    /// contains exactly this registration.
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE for a registry of a different super node,
    ///         MEDSEAL_ERR_UNKNOWN_NAME, MEDSEAL_ERR_HOSPITAL_REVOKED, MEDSEAL_ERR_INVALID_FIELD
    ///         for a request of the other kind
    medseal_authority_holder_extract(
        holder: state medseal_authority_holder, request: object medseal_authority_request,
        registry: object medseal_verified_registry
    ) -> (message: object medseal_authority_message) {
        holder.extract(request, registry, &mut OsRng)?
    }

    /// Signs this authority's part of a main node's certificate.
    /// @param serial the serial number: 16 random bytes, the same for all authorities
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE if the proof of possession is wrong,
    ///         MEDSEAL_ERR_INVALID_FIELD if the period is empty
    medseal_authority_holder_certify(
        holder: state medseal_authority_holder, request: object medseal_certificate_request,
        serial: value medseal_certificate_serial, from_ms: u64, to_ms: u64
    ) -> (message: object medseal_authority_message) {
        holder.certify(request, serial.into(), from_ms..=to_ms)?
    }

    /// Records a complete registry. From now on, this authority signs only registries that follow
    /// it.
    /// @return MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_REGISTRY_ROLLBACK,
    ///         MEDSEAL_ERR_REGISTRY_CONFLICT if it contradicts a known registry (both are kept, and
    ///         this authority signs no more), MEDSEAL_ERR_IO
    medseal_authority_holder_saw_registry(
        holder: state medseal_authority_holder, registry: object medseal_registry,
        directory, directory_len: text
    ) -> (verified: object medseal_verified_registry) {
        holder.saw_registry(registry, &mut records_in(directory)?)?
    }

    /// Signs this authority's part of a registry. The authority signs one body for each number, and
    /// durably records it before it signs.
    /// @return MEDSEAL_ERR_ALREADY_SIGNED if the authority has recorded a different body with this
    ///         number, a different predecessor, or a revocation that the draft lacks,
    ///         MEDSEAL_ERR_REGISTRY_CONFLICT, MEDSEAL_ERR_IO
    medseal_authority_holder_sign_registry(
        holder: state medseal_authority_holder, draft: state medseal_registry_draft,
        directory, directory_len: text
    ) -> (message: object medseal_authority_message) {
        holder.sign_registry(&draft, &mut records_in(directory)?)?
    }

    /// Combines the parts of a threshold of authorities into a main node's certificate. Checks each
    /// part.
    /// @param serial the serial number: 16 random bytes, the same for all authorities
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong),
    ///         MEDSEAL_ERR_INVALID_SIGNATURE, MEDSEAL_ERR_INVALID_FIELD
    medseal_generation_combine_certificate(
        generation: object medseal_generation, request: object medseal_certificate_request,
        serial: value medseal_certificate_serial, from_ms: u64, to_ms: u64,
        messages, count: copies medseal_authority_message
    ) -> (certificate: object medseal_certificate, culprits, culprits_count: numbers u8) {
        combined(generation.combine_certificate(request, serial.into(), from_ms..=to_ms, &messages)?)
    }

    /// Combines the parts of a threshold of authorities into a registry. Checks each part.
    /// @return MEDSEAL_ERR_TOO_FEW_AUTHORITIES (`err` names those whose answers are wrong)
    medseal_generation_combine_registry(
        generation: object medseal_generation, draft: state medseal_registry_draft,
        messages, count: copies medseal_authority_message
    ) -> (registry: object medseal_registry, culprits, culprits_count: numbers u8) {
        combined(generation.combine_registry(&draft, &messages)?)
    }
}
