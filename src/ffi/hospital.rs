//! Hospitals: their registration, and the identity that comes of it.

use super::export::export;

use rand_core::OsRng;

use super::envelope::medseal_super_node_public_key;
use super::envelope::{medseal_identity, medseal_identity_envelope};
use super::members::medseal_members_keys;
use crate::identity::{Hospital, RegistrationRequest};

export! {
    /// What a hospital sends to be registered.
    struct medseal_registration_request;

    /// Makes a request to be registered.
    ///
    /// @param name the hospital's name, UTF-8 of 1 to 255 bytes
    /// @param record what the registration is about, at most 1024 bytes
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

    /// What the super node answers to a registration: it goes to the hospital over a secure
    /// channel. It is secret, and wiped when freed. It has state: one call at a time.
    struct medseal_identity_key;

    /// A registered hospital: what it keeps. It is secret, and wiped when freed.
    struct medseal_hospital;

    /// Reads a hospital from its byte form, checking everything. The super node's public key comes
    /// from a source that you trust, and not from the same file.
    ///
    /// @return a decoding status, MEDSEAL_ERR_INVALID_KEY if it belongs to another super node
    medseal_hospital_decode(
        data, len: bytes, public_key: object medseal_super_node_public_key
    ) -> (hospital: object medseal_hospital) {
        Hospital::from_bytes(data, public_key)?
    }

    /// Accepts an identity key, which is spent, and makes the hospital of it.
    ///
    /// @param key what the super node answered; spent also if it is refused
    /// @param public_key the super node's public key, from a source that you trust
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

    /// The identity of a hospital.
    medseal_hospital_identity(hospital: object medseal_hospital) -> (identity: object medseal_identity) {
        *hospital.identity()
    }

    /// Opens an envelope to a hospital. The bytes are secret: wipe them when you are done.
    ///
    /// @param aad what was authenticated with it: for an entry's envelope, the record digest
    /// @param members the members' keys that are held, or NULL
    /// @return MEDSEAL_ERR_MEMBERS_KEY_MISSING, MEDSEAL_ERR_DECRYPTION_FAILED
    medseal_hospital_open(
        hospital: object medseal_hospital, envelope: object medseal_identity_envelope, aad, aad_len: bytes,
        members: object_or_null medseal_members_keys
    ) -> (out, out_len: bytes) {
        hospital.open(envelope, aad, members)?
    }
}
