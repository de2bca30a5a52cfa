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
//! if "feature": number Kind { secrecy type: check in c_function, state c_name, by_hand },
//! ```
//!
//! - The bytes of a `secret` object are wiped.
//! - A `check` is the method that checks the parts that decoding keeps as bytes until they are
//!   used. In Rust the caller calls it. In C the decoder calls it, or the function after `in`,
//!   which first needs other checks.
//! - In C, a `shared` object never changes, a `stateful` object serves one call at a time, and an
//!   object that another call takes `once` is then spent.
//! - `by_hand` replaces the body for an object whose functions all need more than the object or its
//!   bytes. At the end of a row, it omits the decoder, in Rust and C, of an object that needs more
//!   than its bytes to decode.

macro_rules! objects {
    ($then:ident) => {
        $then! {
            /// identity: the super node's master secret and its registry
            0x01 SuperNode { secret identity::SuperNode, stateful medseal_super_node },
            /// identity: `P_SN`
            0x02 SuperNodePublicKey {
                public identity::SuperNodePublicKey, shared medseal_super_node_public_key
            },
            /// identity: a hospital's `(ID, R, R1)`
            0x03 RegistrationRequest {
                public identity::RegistrationRequest, shared medseal_registration_request
            },
            /// identity: the super node's answer, `S_ID`
            0x04 IdentityKey { secret identity::IdentityKey, once medseal_identity_key },
            /// identity: what a hospital stores
            0x05 Hospital { secret identity::Hospital, shared medseal_hospital, by_hand },
            /// identity: the main node's secret
            0x06 MainNode { secret identity::MainNode, shared medseal_main_node, by_hand },
            /// identity: a request for certification with its proof of possession
            0x07 CertificateRequest {
                public identity::CertificateRequest, shared medseal_certificate_request
            },
            /// identity: a certificate
            0x08 Certificate { public identity::Certificate, shared medseal_certificate },
            /// identity: a signed registry
            0x09 Registry { public identity::Registry, shared medseal_registry },
            /// identity: first message of the handshake
            0x0a AuthRequest { public identity::AuthRequest, shared medseal_auth_request },
            /// identity: second message of the handshake
            0x0b AuthReply { public identity::AuthReply, shared medseal_auth_reply },
            /// identity: optional third message of the handshake
            0x0c AuthConfirmation { public identity::AuthConfirmation, shared medseal_auth_confirmation },
            /// identity: an envelope to an identity
            0x0d IdentityEnvelope { public identity::IdentityEnvelope, shared medseal_identity_envelope },
            /// identity: saved state of a replay cache
            0x0e ReplayCache by_hand,
            /// identity: one message of a session
            0x0f SessionMessage { public identity::SessionMessage, shared medseal_session_message },
            /// policy: a set of attributes
            0x10 Attributes { public policy::Attributes, shared medseal_attributes },
            /// policy: a policy
            0x11 Policy { public policy::Policy, shared medseal_policy },
            /// members: the key of one epoch
            0x18 MembersKey { secret members::MembersKey, shared medseal_members_key },
            /// members: the keys of the epochs that a member holds
            0x19 MembersKeys { secret members::MembersKeys, shared medseal_members_keys },
            /// members: an offline holder's share of a key
            0x1a KeyShare { secret members::KeyShare, shared medseal_key_share },
            /// share: a hospital's confirmation that it restored a backup of a members' key
            0x1b BackupConfirmation { public share::BackupConfirmation, shared medseal_backup_confirmation },
            /// abe: master key
            0x20 AbeMasterKey { secret abe::MasterKey, shared medseal_abe_master_key },
            /// abe: public key
            0x21 AbePublicKey { public abe::PublicKey, shared medseal_abe_public_key },
            /// abe: a user's decryption key
            0x22 AbeDecryptionKey { secret abe::DecryptionKey, shared medseal_abe_decryption_key },
            /// abe: a wrapped key
            0x23 AbeWrappedKey { public abe::WrappedKey: validate, shared medseal_abe_wrapped_key },
            /// abe: a stand-alone encapsulation
            0x24 AbeEncapsulation { public abe::Encapsulation: validate, shared medseal_abe_encapsulation },
            /// abs: master key
            0x28 AbsMasterKey { secret abs::MasterKey, shared medseal_abs_master_key },
            /// abs: public key
            0x29 AbsPublicKey { public abs::PublicKey, shared medseal_abs_public_key },
            /// abs: a user's signing key
            0x2a AbsSigningKey { secret abs::SigningKey, shared medseal_abs_signing_key },
            /// abs: a signature
            0x2b AbsSignature { public abs::Signature, shared medseal_abs_signature },
            /// search: master key
            0x30 SearchMasterKey { secret search::MasterKey, shared medseal_search_master_key },
            /// search: public key
            0x31 SearchPublicKey { public search::PublicKey, shared medseal_search_public_key },
            /// search: a user's search key
            0x32 SearchKey { secret search::SearchKey, shared medseal_search_key },
            /// search: the members' keyword key
            0x33 KeywordKey { secret search::KeywordKey, shared medseal_keyword_key },
            /// search: the index of a record's keywords
            0x34 SearchIndex { public search::RecordIndex: validate, shared medseal_search_index },
            /// search: a trapdoor
            0x35 Trapdoor { public search::Trapdoor, shared medseal_trapdoor },
            /// search: a user's query to a node
            0x36 Query { public search::Query, shared medseal_query },
            /// record: a record key
            0x38 RecordKey { secret record::RecordKey, shared medseal_record_key },
            /// record: a sealed record
            0x39 SealedRecord by_hand,
            /// record: proof of one chunk against the record digest
            0x3a ChunkProof { public record::ChunkProof, shared medseal_chunk_proof },
            /// merkle: a stored tree
            0x3c MerkleTree { public merkle::Tree, stateful medseal_merkle_tree },
            /// merkle: compact state for appending
            0x3d MerkleFrontier { public merkle::Frontier, stateful medseal_merkle_frontier },
            /// merkle: an inclusion proof
            0x3e InclusionProof { public merkle::InclusionProof, shared medseal_inclusion_proof },
            /// merkle: a consistency proof
            0x3f ConsistencyProof { public merkle::ConsistencyProof, shared medseal_consistency_proof },
            /// ledger: an entry
            0x40 Entry {
                public ledger::Entry: check_elements in medseal_entry_validate, shared medseal_entry
            },
            /// ledger: a block's header
            if "memory-ledger": 0x41 BlockHeader { public ledger::BlockHeader, shared medseal_block_header },
            /// ledger: a snapshot of the in-memory ledger
            if "memory-ledger": 0x42 Snapshot by_hand,
            /// ledger: a charter
            0x43 Charter { public ledger::Charter, shared medseal_charter },
            /// ledger: a verified chain of charters
            0x44 Charters { public ledger::Charters, shared medseal_charters, by_hand },
            /// ledger: a main node as a validator
            0x45 Validator { public ledger::Validator, shared medseal_validator },
            /// ledger: what a search found
            0x47 Found { public ledger::Found, shared medseal_found },
            /// authority: the master keys
            0x48 Authority { secret authority::Authority, shared medseal_authority },
            /// authority: the consortium's public parameters
            0x49 PublicParameters { public authority::PublicParameters, shared medseal_public_parameters },
            /// authority: a member's keys
            0x4a MemberKeys { secret authority::MemberKeys, shared medseal_member_keys },
            /// authorities: an authority's static key
            0x50 AuthorityKey { secret authorities::AuthorityKey, shared medseal_authority_key },
            /// authorities: the public side of a static key, with its proof of possession
            0x51 AuthorityPublicKey {
                public authorities::AuthorityPublicKey: verify, shared medseal_authority_public_key
            },
            /// authorities: the authorities and the threshold
            0x52 Roster { public authorities::Roster, shared medseal_roster },
            /// authorities: a signed message of one authority
            0x53 AuthorityMessage { public authorities::Message, shared medseal_authority_message },
            /// authorities: one authority's share of the master secrets
            0x54 AuthorityShare { secret authorities::AuthorityShare, shared medseal_authority_share },
            /// authorities: the public keys of a generation of shares, signed by all
            0x55 GenerationCertificate {
                public authorities::Certificate, shared medseal_generation_certificate
            },
            /// authorities: a request for a member's keys or for an identity key
            0x56 AuthorityRequest { public authorities::Request, shared medseal_authority_request },
            /// authorities: a request with the secret that opens the answers
            0x57 PendingRequest { secret authorities::PendingRequest, shared medseal_pending_request },
            /// identity: a registry before it is signed
            0x58 RegistryDraft { public identity::RegistryDraft, stateful medseal_registry_draft },
            /// ledger: a charter before it is signed
            0x59 CharterDraft { public ledger::CharterDraft, shared medseal_charter_draft },
            /// share: the contents of an identity envelope or a reply's payload
            0x4b Disclosure { secret identity::Disclosure, shared medseal_disclosure },
            /// share: a publication's record id and key, before anything is sent
            0x4c Draft { secret share::Draft, shared medseal_draft },
            /// share: a publication whose record is sealed
            0x4d Sealed { secret share::Sealed, shared medseal_sealed },
            /// share: a publication whose entry is signed
            0x4e Prepared { secret share::Prepared, shared medseal_prepared },
        }
    };
}
pub(crate) use objects;
