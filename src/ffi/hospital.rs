//! Hospitals: their registration, and the identity that results.

use super::export::export;

use rand_core::OsRng;

use super::envelope::medseal_super_node_public_key;
use super::envelope::{medseal_identity, medseal_identity_envelope};
use super::members::medseal_members_keys;
use crate::identity::{Hospital, RegistrationRequest};

export! {
    /// A hospital's request for registration.
    struct medseal_registration_request;

    /// Makes a request for registration.
    /// @param name the hospital's name, UTF-8 of 1 to 255 bytes
    /// @param record the basis of the registration, such as an agreement; at most 1024 bytes
    /// @return MEDSEAL_ERR_INVALID_TEXT, MEDSEAL_ERR_LIMIT_EXCEEDED
    medseal_registration_request_new(
        name, name_len: name, record, record_len: bytes
    ) -> (request: object medseal_registration_request) {
        RegistrationRequest::new(name, record, &mut OsRng)?
    }

    /// Writes the name in a registration request.
    medseal_registration_request_name(request: object medseal_registration_request) -> (out, out_len: text) {
        request.name().as_str()
    }

    /// Writes the record in a registration request.
    medseal_registration_request_record(
        request: object medseal_registration_request
    ) -> (out, out_len: bytes) {
        request.record()
    }

    /// A hospital's identity key, the super node's answer to a registration. Send it to the
    /// hospital over a secure channel. It is secret, and wiped when freed. It has state: one call
    /// at a time. Encoding it fails with MEDSEAL_ERR_SPENT if a hospital has accepted it.
    struct medseal_identity_key;

    /// The state that a registered hospital keeps. It is secret, and wiped when freed.
    struct medseal_hospital;

    /// Reads a hospital from its byte form, and checks everything. Get the super node's public key
    /// from a trusted source, not from the same file.
    /// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to a different super node
    medseal_hospital_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (hospital: object medseal_hospital) {
        Hospital::from_bytes(data, public_key)?
    }

    /// Makes a hospital from an identity key. The key is then spent.
    /// @param key the super node's answer, which is spent even if it is refused
    /// @return MEDSEAL_ERR_INVALID_KEY if the key is not for this request, MEDSEAL_ERR_SPENT
    medseal_hospital_accept(
        request: object medseal_registration_request, key: once medseal_identity_key,
        public_key: object medseal_super_node_public_key
    ) -> (hospital: object medseal_hospital) {
        Hospital::accept(request.clone(), key, public_key)?
    }

    /// Writes the name of a hospital.
    medseal_hospital_name(hospital: object medseal_hospital) -> (out, out_len: text) {
        hospital.name().as_str()
    }

    /// Returns the identity of a hospital.
    medseal_hospital_identity(hospital: object medseal_hospital) -> (identity: object medseal_identity) {
        *hospital.identity()
    }

    /// Opens an envelope to a hospital. Wipe the output when you no longer need it.
    /// @param aad the associated data with which it was sealed: for an entry's envelope, the record
    ///            digest
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_DECRYPTION_FAILED
    medseal_hospital_open(
        hospital: object medseal_hospital, envelope: object medseal_identity_envelope, aad, aad_len: bytes,
        members: object_or_null medseal_members_keys
    ) -> (out, out_len: bytes) {
        hospital.open(envelope, aad, members)?
    }
}
