//! The table of objects: one row for each kind of object that leaves a process. Everything that
//! lists the objects reads this table.
//!
//! The file imports nothing and contains only the macro `objects!`, which passes all rows to the
//! macro that it names. `codec` makes the kinds from them, `byte_forms` the `to_bytes` and
//! `from_bytes` of Rust, and `ffi::objects` and the generator of the header those of C. The tests
//! and the fuzz targets include the file to test every object.
//!
//! ```text
//! /// module: what it holds
//! if "feature": number Kind {
//!     secrecy type: check in c_function, state c_name(argument),
//!     encode, decode, free
//! },
//! ```
//!
//! - The bytes of a `secret` object are wiped.
//! - A `check` is the method that checks the parts that decoding keeps as bytes until they are
//!   used. In Rust the caller calls it. In C the decoder calls it, or the function after `in`,
//!   which first needs other checks.
//! - In C, a `shared` object never changes, a `stateful` object serves one call at a time, and an
//!   object that another call takes `once` is then spent.
//! - `by_hand` replaces the body for an object whose functions all need more than the object or its
//!   bytes, and the decoder, in Rust and C, for an object that needs more than its bytes to decode.

macro_rules! objects {
    ($then:ident) => {
        $then! {
            /// identity: the super node's master secret and its registry
            0x01 SuperNode {
                secret identity::SuperNode, stateful medseal_super_node(node),
                medseal_super_node_encode, medseal_super_node_decode, medseal_super_node_free
            },
            /// identity: `P_SN`
            0x02 SuperNodePublicKey {
                public identity::SuperNodePublicKey,
                shared medseal_super_node_public_key(public_key),
                medseal_super_node_public_key_encode, medseal_super_node_public_key_decode,
                medseal_super_node_public_key_free
            },
            /// identity: a hospital's `(ID, R, R1)`
            0x03 RegistrationRequest {
                public identity::RegistrationRequest,
                shared medseal_registration_request(request),
                medseal_registration_request_encode, medseal_registration_request_decode,
                medseal_registration_request_free
            },
            /// identity: the super node's answer, `S_ID`
            0x04 IdentityKey {
                secret identity::IdentityKey, once medseal_identity_key(key),
                medseal_identity_key_encode, medseal_identity_key_decode, medseal_identity_key_free
            },
            /// identity: what a hospital stores
            0x05 Hospital {
                secret identity::Hospital, shared medseal_hospital(hospital),
                medseal_hospital_encode, by_hand, medseal_hospital_free
            },
            /// identity: the main node's secret
            0x06 MainNode {
                secret identity::MainNode, shared medseal_main_node(node),
                medseal_main_node_encode, by_hand, medseal_main_node_free
            },
            /// identity: a request for certification with its proof of possession
            0x07 CertificateRequest {
                public identity::CertificateRequest,
                shared medseal_certificate_request(request),
                medseal_certificate_request_encode, medseal_certificate_request_decode,
                medseal_certificate_request_free
            },
            /// identity: a certificate
            0x08 Certificate {
                public identity::Certificate, shared medseal_certificate(certificate),
                medseal_certificate_encode, medseal_certificate_decode, medseal_certificate_free
            },
            /// identity: a signed registry
            0x09 Registry {
                public identity::Registry, shared medseal_registry(registry),
                medseal_registry_encode, medseal_registry_decode, medseal_registry_free
            },
            /// identity: first message of the handshake
            0x0a AuthRequest {
                public identity::AuthRequest, shared medseal_auth_request(request),
                medseal_auth_request_encode, medseal_auth_request_decode, medseal_auth_request_free
            },
            /// identity: second message of the handshake
            0x0b AuthReply {
                public identity::AuthReply, shared medseal_auth_reply(reply),
                medseal_auth_reply_encode, medseal_auth_reply_decode, medseal_auth_reply_free
            },
            /// identity: optional third message of the handshake
            0x0c AuthConfirmation {
                public identity::AuthConfirmation,
                shared medseal_auth_confirmation(confirmation),
                medseal_auth_confirmation_encode, medseal_auth_confirmation_decode,
                medseal_auth_confirmation_free
            },
            /// identity: an envelope to an identity
            0x0d IdentityEnvelope {
                public identity::IdentityEnvelope, shared medseal_identity_envelope(envelope),
                medseal_identity_envelope_encode, medseal_identity_envelope_decode,
                medseal_identity_envelope_free
            },
            /// identity: saved state of a replay cache
            0x0e ReplayCache by_hand,
            /// identity: one message of a session
            0x0f SessionMessage {
                public identity::SessionMessage,
                shared medseal_session_message(message),
                medseal_session_message_encode, medseal_session_message_decode, medseal_session_message_free
            },
            /// policy: a set of attributes
            0x10 Attributes {
                public policy::Attributes, shared medseal_attributes(attributes),
                medseal_attributes_encode, medseal_attributes_decode, medseal_attributes_free
            },
            /// policy: a policy
            0x11 Policy {
                public policy::Policy, shared medseal_policy(policy),
                medseal_policy_encode, medseal_policy_decode, medseal_policy_free
            },
            /// members: the key of one epoch
            0x18 MembersKey {
                secret members::MembersKey, shared medseal_members_key(key),
                medseal_members_key_encode, medseal_members_key_decode, medseal_members_key_free
            },
            /// members: the keys of the epochs that a member holds
            0x19 MembersKeys {
                secret members::MembersKeys, shared medseal_members_keys(keys),
                medseal_members_keys_encode, medseal_members_keys_decode, medseal_members_keys_free
            },
            /// members: an offline holder's share of a key
            0x1a KeyShare {
                secret members::KeyShare, shared medseal_key_share(share),
                medseal_key_share_encode, medseal_key_share_decode, medseal_key_share_free
            },
            /// share: a hospital's confirmation that it restored a backup of a members' key
            0x1b BackupConfirmation {
                public share::BackupConfirmation,
                shared medseal_backup_confirmation(confirmation),
                medseal_backup_confirmation_encode, medseal_backup_confirmation_decode,
                medseal_backup_confirmation_free
            },
            /// abe: master key
            0x20 AbeMasterKey {
                secret abe::MasterKey,
                shared medseal_abe_master_key(master),
                medseal_abe_master_key_encode, medseal_abe_master_key_decode, medseal_abe_master_key_free
            },
            /// abe: public key
            0x21 AbePublicKey {
                public abe::PublicKey,
                shared medseal_abe_public_key(public_key),
                medseal_abe_public_key_encode, medseal_abe_public_key_decode, medseal_abe_public_key_free
            },
            /// abe: a user's decryption key
            0x22 AbeDecryptionKey {
                secret abe::DecryptionKey, shared medseal_abe_decryption_key(key),
                medseal_abe_decryption_key_encode, medseal_abe_decryption_key_decode,
                medseal_abe_decryption_key_free
            },
            /// abe: a wrapped key
            0x23 AbeWrappedKey {
                public abe::WrappedKey: validate,
                shared medseal_abe_wrapped_key(wrapped),
                medseal_abe_wrapped_key_encode, medseal_abe_wrapped_key_decode, medseal_abe_wrapped_key_free
            },
            /// abe: a stand-alone encapsulation
            0x24 AbeEncapsulation {
                public abe::Encapsulation: validate,
                shared medseal_abe_encapsulation(encapsulation),
                medseal_abe_encapsulation_encode, medseal_abe_encapsulation_decode,
                medseal_abe_encapsulation_free
            },
            /// abs: master key
            0x28 AbsMasterKey {
                secret abs::MasterKey, shared medseal_abs_master_key(master),
                medseal_abs_master_key_encode, medseal_abs_master_key_decode, medseal_abs_master_key_free
            },
            /// abs: public key
            0x29 AbsPublicKey {
                public abs::PublicKey,
                shared medseal_abs_public_key(public_key),
                medseal_abs_public_key_encode, medseal_abs_public_key_decode, medseal_abs_public_key_free
            },
            /// abs: a user's signing key
            0x2a AbsSigningKey {
                secret abs::SigningKey, shared medseal_abs_signing_key(key),
                medseal_abs_signing_key_encode, medseal_abs_signing_key_decode, medseal_abs_signing_key_free
            },
            /// abs: a signature
            0x2b AbsSignature {
                public abs::Signature, shared medseal_abs_signature(signature),
                medseal_abs_signature_encode, medseal_abs_signature_decode, medseal_abs_signature_free
            },
            /// search: master key
            0x30 SearchMasterKey {
                secret search::MasterKey,
                shared medseal_search_master_key(master),
                medseal_search_master_key_encode, medseal_search_master_key_decode,
                medseal_search_master_key_free
            },
            /// search: public key
            0x31 SearchPublicKey {
                public search::PublicKey,
                shared medseal_search_public_key(public_key),
                medseal_search_public_key_encode, medseal_search_public_key_decode,
                medseal_search_public_key_free
            },
            /// search: a user's search key
            0x32 SearchKey {
                secret search::SearchKey, shared medseal_search_key(key),
                medseal_search_key_encode, medseal_search_key_decode, medseal_search_key_free
            },
            /// search: the members' keyword key
            0x33 KeywordKey {
                secret search::KeywordKey, shared medseal_keyword_key(key),
                medseal_keyword_key_encode, medseal_keyword_key_decode, medseal_keyword_key_free
            },
            /// search: the index of a record's keywords
            0x34 SearchIndex {
                public search::RecordIndex: validate,
                shared medseal_search_index(index),
                medseal_search_index_encode, medseal_search_index_decode, medseal_search_index_free
            },
            /// search: a trapdoor
            0x35 Trapdoor {
                public search::Trapdoor, shared medseal_trapdoor(trapdoor),
                medseal_trapdoor_encode, medseal_trapdoor_decode, medseal_trapdoor_free
            },
            /// search: a user's query to a node
            0x36 Query {
                public search::Query, shared medseal_query(query),
                medseal_query_encode, medseal_query_decode, medseal_query_free
            },
            /// record: a record key
            0x38 RecordKey {
                secret record::RecordKey, shared medseal_record_key(key),
                medseal_record_key_encode, medseal_record_key_decode, medseal_record_key_free
            },
            /// record: a sealed record
            0x39 SealedRecord by_hand,
            /// record: proof of one chunk against the record digest
            0x3a ChunkProof {
                public record::ChunkProof, shared medseal_chunk_proof(proof),
                medseal_chunk_proof_encode, medseal_chunk_proof_decode, medseal_chunk_proof_free
            },
            /// merkle: a stored tree
            0x3c MerkleTree {
                public merkle::Tree, stateful medseal_merkle_tree(tree),
                medseal_merkle_tree_encode, medseal_merkle_tree_decode, medseal_merkle_tree_free
            },
            /// merkle: compact state for appending
            0x3d MerkleFrontier {
                public merkle::Frontier, stateful medseal_merkle_frontier(frontier),
                medseal_merkle_frontier_encode, medseal_merkle_frontier_decode, medseal_merkle_frontier_free
            },
            /// merkle: an inclusion proof
            0x3e InclusionProof {
                public merkle::InclusionProof, shared medseal_inclusion_proof(proof),
                medseal_inclusion_proof_encode, medseal_inclusion_proof_decode, medseal_inclusion_proof_free
            },
            /// merkle: a consistency proof
            0x3f ConsistencyProof {
                public merkle::ConsistencyProof,
                shared medseal_consistency_proof(proof),
                medseal_consistency_proof_encode, medseal_consistency_proof_decode,
                medseal_consistency_proof_free
            },
            /// ledger: an entry
            0x40 Entry {
                public ledger::Entry: check_elements in medseal_entry_validate,
                shared medseal_entry(entry),
                medseal_entry_encode, medseal_entry_decode, medseal_entry_free
            },
            /// ledger: a block's header
            if "memory-ledger": 0x41 BlockHeader {
                public ledger::BlockHeader, shared medseal_block_header(header),
                medseal_block_header_encode, medseal_block_header_decode, medseal_block_header_free
            },
            /// ledger: a snapshot of the in-memory ledger
            if "memory-ledger": 0x42 Snapshot by_hand,
            /// ledger: a charter
            0x43 Charter {
                public ledger::Charter, shared medseal_charter(charter),
                medseal_charter_encode, medseal_charter_decode, medseal_charter_free
            },
            /// ledger: a verified chain of charters
            0x44 Charters {
                public ledger::Charters, shared medseal_charters(charters),
                medseal_charters_encode, by_hand, medseal_charters_free
            },
            /// ledger: a main node as a validator
            0x45 Validator {
                public ledger::Validator, shared medseal_validator(validator),
                medseal_validator_encode, medseal_validator_decode, medseal_validator_free
            },
            /// ledger: what a search found
            0x47 Found {
                public ledger::Found, shared medseal_found(found),
                medseal_found_encode, medseal_found_decode, medseal_found_free
            },
            /// authority: the master keys
            0x48 Authority {
                secret authority::Authority, shared medseal_authority(authority),
                medseal_authority_encode, medseal_authority_decode, medseal_authority_free
            },
            /// authority: the consortium's public parameters
            0x49 PublicParameters {
                public authority::PublicParameters,
                shared medseal_public_parameters(parameters),
                medseal_public_parameters_encode, medseal_public_parameters_decode,
                medseal_public_parameters_free
            },
            /// authority: a member's keys
            0x4a MemberKeys {
                secret authority::MemberKeys, shared medseal_member_keys(keys),
                medseal_member_keys_encode, medseal_member_keys_decode, medseal_member_keys_free
            },
            /// authorities: an authority's static key
            0x50 AuthorityKey {
                secret authorities::AuthorityKey, shared medseal_authority_key(key),
                medseal_authority_key_encode, medseal_authority_key_decode, medseal_authority_key_free
            },
            /// authorities: the public side of a static key, with its proof of possession
            0x51 AuthorityPublicKey {
                public authorities::AuthorityPublicKey: verify,
                shared medseal_authority_public_key(public_key),
                medseal_authority_public_key_encode, medseal_authority_public_key_decode,
                medseal_authority_public_key_free
            },
            /// authorities: the authorities and the threshold
            0x52 Roster {
                public authorities::Roster, shared medseal_roster(roster),
                medseal_roster_encode, medseal_roster_decode, medseal_roster_free
            },
            /// authorities: a signed message of one authority
            0x53 AuthorityMessage {
                public authorities::Message,
                shared medseal_authority_message(message),
                medseal_authority_message_encode, medseal_authority_message_decode,
                medseal_authority_message_free
            },
            /// authorities: one authority's share of the master secrets
            0x54 AuthorityShare {
                secret authorities::AuthorityShare, shared medseal_authority_share(share),
                medseal_authority_share_encode, medseal_authority_share_decode, medseal_authority_share_free
            },
            /// authorities: the public keys of a generation of shares, signed by all
            0x55 GenerationCertificate {
                public authorities::Certificate,
                shared medseal_generation_certificate(certificate),
                medseal_generation_certificate_encode, medseal_generation_certificate_decode,
                medseal_generation_certificate_free
            },
            /// authorities: a request for a member's keys or for an identity key
            0x56 AuthorityRequest {
                public authorities::Request,
                shared medseal_authority_request(request),
                medseal_authority_request_encode, medseal_authority_request_decode,
                medseal_authority_request_free
            },
            /// authorities: a request with the secret that opens the answers
            0x57 PendingRequest {
                secret authorities::PendingRequest,
                shared medseal_pending_request(pending),
                medseal_pending_request_encode, medseal_pending_request_decode, medseal_pending_request_free
            },
            /// identity: a registry before it is signed
            0x58 RegistryDraft {
                public identity::RegistryDraft, stateful medseal_registry_draft(draft),
                medseal_registry_draft_encode, medseal_registry_draft_decode, medseal_registry_draft_free
            },
            /// ledger: a charter before it is signed
            0x59 CharterDraft {
                public ledger::CharterDraft, shared medseal_charter_draft(draft),
                medseal_charter_draft_encode, medseal_charter_draft_decode, medseal_charter_draft_free
            },
            /// share: the contents of an identity envelope or a reply's payload
            0x4b Disclosure {
                secret identity::Disclosure, shared medseal_disclosure(disclosure),
                medseal_disclosure_encode, medseal_disclosure_decode, medseal_disclosure_free
            },
            /// share: a publication's record id and key, before anything is sent
            0x4c Draft {
                secret share::Draft, shared medseal_draft(draft),
                medseal_draft_encode, medseal_draft_decode, medseal_draft_free
            },
            /// share: a publication whose record is sealed
            0x4d Sealed {
                secret share::Sealed, shared medseal_sealed(sealed),
                medseal_sealed_encode, medseal_sealed_decode, medseal_sealed_free
            },
            /// share: a publication whose entry is signed
            0x4e Prepared {
                secret share::Prepared, shared medseal_prepared(prepared),
                medseal_prepared_encode, medseal_prepared_decode, medseal_prepared_free
            },
        }
    };
}
pub(crate) use objects;
