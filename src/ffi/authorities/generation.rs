//! What comes of a session: shares, certificates, and the public keys of a generation.

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
    /// One authority's share of all master secrets. Store and back it up as you do a master key,
    /// and delete it after a resharing. It is secret, and wiped when freed.
    struct medseal_authority_share;

    /// The confirmation that the share is stored, once more: after a crash, or when
    /// another authority lacks it.
    ///
    /// @return MEDSEAL_ERR_INVALID_KEY for another authority's key
    medseal_authority_share_confirmation(
        share: object medseal_authority_share, key: object medseal_authority_key
    ) -> (message: object medseal_authority_message) {
        share.confirmation(key)?
    }

    /// The certificate, from a share and the confirmations of all authorities: after a crash.
    ///
    /// @param messages the confirmations
    /// @return MEDSEAL_ERR_CULPRITS naming in `err` who is at fault
    medseal_authority_share_certify(
        share: object medseal_authority_share, messages, count: copies medseal_authority_message
    ) -> (certificate: object medseal_generation_certificate) {
        share.certify(&messages)?
    }

    /// All authorities' signatures on the public keys of a generation. It says nothing until it is
    /// verified.
    struct medseal_generation_certificate;

    /// Verifies a certificate.
    ///
    /// @param roster the roster that you trust
    /// @return MEDSEAL_ERR_INVALID_KEY for another roster, MEDSEAL_ERR_CULPRITS naming in `err` who
    ///         is at fault
    medseal_generation_certificate_verify(
        certificate: object medseal_generation_certificate, roster: object medseal_roster
    ) -> (generation: object medseal_generation) {
        certificate.verify(roster)?.clone()
    }

    /// The proofs of all authorities together that they have the master secrets of the public keys.
    /// They say nothing until they are verified, each under its public key.
    ///
    /// @param abe where to put the proof for medseal_abe_public_key_verify_possession()
    /// @param abs where to put the proof for medseal_abs_public_key_verify_possession()
    medseal_generation_certificate_possession(
        certificate: object medseal_generation_certificate
    ) -> (abe: value medseal_possession, abs: value medseal_possession) {
        certificate.proofs_of_possession().map(|bytes| medseal_possession { bytes }).into()
    }

    /// The public keys of a generation of shares, verified.
    struct medseal_generation(generation): shared Generation, public "a generation" medseal_generation_free;

    /// The number of a generation, from 1.
    medseal_generation_number(generation: object medseal_generation) -> (number: value u32) {
        generation.number()
    }

    /// The consortium's public parameters, for a charter.
    ///
    /// @param keyword_key the members' keyword key, to which the parameters commit
    medseal_generation_public_parameters(
        generation: object medseal_generation, keyword_key: object medseal_keyword_key
    ) -> (parameters: object medseal_public_parameters) {
        generation.public_parameters(keyword_key.commitment())
    }

    /// The public key for key wrapping.
    medseal_generation_abe(
        generation: object medseal_generation
    ) -> (public_key: object medseal_abe_public_key) {
        generation.abe().clone()
    }

    /// The public key for signatures.
    medseal_generation_abs(
        generation: object medseal_generation
    ) -> (public_key: object medseal_abs_public_key) {
        generation.abs().clone()
    }

    /// The public key for search.
    medseal_generation_search(
        generation: object medseal_generation
    ) -> (public_key: object medseal_search_public_key) {
        generation.search().clone()
    }

    /// The public key for identities.
    medseal_generation_super_node(
        generation: object medseal_generation
    ) -> (public_key: object medseal_super_node_public_key) {
        *generation.super_node()
    }
}
