//! The results of a session: shares, certificates, and the public keys of a generation.

use super::roster::{medseal_authority_key, medseal_authority_message, medseal_roster};
use crate::authorities::Generation;
use crate::ffi::abe_keys::medseal_abe_public_key;
use crate::ffi::abs::medseal_abs_public_key;
use crate::ffi::authority::medseal_public_parameters;
use crate::ffi::envelope::medseal_super_node_public_key;
use crate::ffi::export::export;
use crate::ffi::search_keys::{medseal_keyword_key, medseal_search_public_key};
use crate::ffi::values::medseal_possession;

export! {
    /// One authority's share of all master secrets. Store and back it up like a master key, and
    /// delete it after a resharing. It is secret, and wiped when freed.
    struct medseal_authority_share;

    /// Returns the confirmation that the share is stored. Use it after a crash, or if another
    /// authority lacks the confirmation.
    /// @return MEDSEAL_ERR_INVALID_KEY for the key of a different authority
    medseal_authority_share_confirmation(
        share: object medseal_authority_share, key: object medseal_authority_key
    ) -> (message: object medseal_authority_message) {
        share.confirmation(key)?
    }

    /// Returns the certificate, from a share and the confirmations of all authorities. Use it after
    /// a crash.
    /// @return MEDSEAL_ERR_CULPRITS (`err` names the authorities at fault)
    medseal_authority_share_certify(
        share: object medseal_authority_share, messages, count: copies medseal_authority_message
    ) -> (certificate: object medseal_generation_certificate) {
        share.certify(&messages)?
    }

    /// The signatures of all authorities on the public keys of a generation. It proves nothing
    /// until you verify it.
    struct medseal_generation_certificate;

    /// Verifies a certificate.
    /// @param roster the roster that you trust
    /// @return MEDSEAL_ERR_INVALID_KEY for a different roster, MEDSEAL_ERR_CULPRITS (`err` names
    ///         the authorities at fault)
    medseal_generation_certificate_verify(
        certificate: object medseal_generation_certificate, roster: object medseal_roster
    ) -> (generation: object medseal_generation) {
        certificate.verify(roster)?.clone()
    }

    /// Returns the proofs that the authorities together have the master secrets of the public keys.
    /// They prove nothing until you verify each under its public key.
    /// @param abe where to put the proof for medseal_abe_public_key_verify_possession()
    /// @param abs where to put the proof for medseal_abs_public_key_verify_possession()
    medseal_generation_certificate_possession(
        certificate: object medseal_generation_certificate
    ) -> (abe: value medseal_possession, abs: value medseal_possession) {
        certificate.proofs_of_possession().map(|bytes| medseal_possession { bytes }).into()
    }

    /// The verified public keys of a generation of shares.
    struct medseal_generation: shared Generation;

    /// Returns the number of a generation.
    /// @param number where to put its number, from 1
    medseal_generation_number(generation: object medseal_generation) -> (number: value u32) {
        generation.number()
    }

    /// Returns the consortium's public parameters, for a charter.
    /// @param keyword_key the members' keyword key, to which the parameters commit
    medseal_generation_public_parameters(
        generation: object medseal_generation, keyword_key: object medseal_keyword_key
    ) -> (parameters: object medseal_public_parameters) {
        generation.public_parameters(keyword_key.commitment())
    }

    /// Returns the public key for key wrapping.
    medseal_generation_abe(
        generation: object medseal_generation
    ) -> (public_key: object medseal_abe_public_key) {
        generation.abe().clone()
    }

    /// Returns the public key for signatures.
    medseal_generation_abs(
        generation: object medseal_generation
    ) -> (public_key: object medseal_abs_public_key) {
        generation.abs().clone()
    }

    /// Returns the public key for search.
    medseal_generation_search(
        generation: object medseal_generation
    ) -> (public_key: object medseal_search_public_key) {
        generation.search().clone()
    }

    /// Returns the public key for identities.
    medseal_generation_super_node(
        generation: object medseal_generation
    ) -> (public_key: object medseal_super_node_public_key) {
        *generation.super_node()
    }
}
