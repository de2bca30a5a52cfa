//! Bytes of any kind of object: they are refused, or are what the decoded object encodes to. What is decoded lazily is
//! checked whole too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::identity::{
    AuthConfirmation, AuthReply, AuthRequest, Certificate, CertificateRequest, Disclosure, Hospital,
    IdentityEnvelope, IdentityKey, MainNode, MemoryReplayCache, RegistrationRequest, Registry,
    SessionMessage, SuperNode, SuperNodePublicKey,
};
use medseal::ledger::{BlockHeader, Entry, EntryProof};
use medseal::merkle::{ConsistencyProof, Frontier, InclusionProof, Tree};
use medseal::policy::{Attributes, Policy};
use medseal::record::{ChunkProof, ChunkTree, OpenOptions, RecordDigest, RecordKey, no_progress};
use medseal::search::{KeywordKey, PreparedTrapdoor, RecordIndex, SearchKey, Trapdoor};
use medseal::share::{Authority, MemberKeys, PublicParameters};
use medseal::{Error, abe, abs, search};

macro_rules! same {
    ($bytes:expr, $type:ty $(, $check:expr)?) => {
        <$type>::from_bytes($bytes).map(|object| {
            assert!(object.to_bytes()[..] == *$bytes, concat!(stringify!($type), " has two spellings"));
            $(let _ = $check(&object);)?
        })
    };
}

/// `P_SN` as the bytes of a hospital or a main node name it.
fn under_its_super_node(bytes: &[u8]) -> Result<SuperNodePublicKey, Error> {
    let p_sn = bytes.get(4..52).ok_or(Error::Truncated)?;
    SuperNodePublicKey::from_bytes(&[b"MS\x01\x02".as_slice(), p_sn].concat())
}

fuzz_target!(|bytes: &[u8]| {
    // What the header says decides which decoder it is; each refuses every other kind, which tests/reject shows.
    let Some(kind) = bytes.get(3) else { return };
    let _: Result<(), Error> = match kind {
        0x01 => same!(bytes, SuperNode),
        0x02 => same!(bytes, SuperNodePublicKey),
        0x03 => same!(bytes, RegistrationRequest),
        0x04 => same!(bytes, IdentityKey),
        0x05 => under_its_super_node(bytes).map(|p_sn| {
            let _ = Hospital::from_bytes(bytes, &p_sn)
                .map(|hospital| assert!(hospital.to_bytes()[..] == *bytes, "a hospital has two spellings"));
        }),
        0x06 => under_its_super_node(bytes).map(|p_sn| {
            let _ = MainNode::from_bytes(bytes, &p_sn)
                .map(|node| assert!(node.to_bytes()[..] == *bytes, "a main node has two spellings"));
        }),
        0x07 => same!(bytes, CertificateRequest),
        0x08 => same!(bytes, Certificate),
        0x09 => same!(bytes, Registry),
        0x0a => same!(bytes, AuthRequest),
        0x0b => same!(bytes, AuthReply),
        0x0c => same!(bytes, AuthConfirmation),
        0x0d => same!(bytes, IdentityEnvelope),
        0x0e => MemoryReplayCache::restore(bytes)
            .map(|cache| assert!(cache.save() == bytes, "a replay cache has two spellings")),
        0x0f => same!(bytes, SessionMessage),
        0x10 => same!(bytes, Attributes),
        0x11 => same!(bytes, Policy),
        0x20 => same!(bytes, abe::MasterKey),
        0x21 => same!(bytes, abe::PublicKey),
        0x22 => same!(bytes, abe::DecryptionKey),
        0x23 => same!(bytes, abe::WrappedKey, abe::WrappedKey::validate),
        0x24 => same!(bytes, abe::Encapsulation, abe::Encapsulation::validate),
        0x28 => same!(bytes, abs::MasterKey),
        0x29 => same!(bytes, abs::PublicKey),
        0x2a => same!(bytes, abs::SigningKey),
        0x2b => same!(bytes, abs::Signature),
        0x30 => same!(bytes, search::MasterKey),
        0x31 => same!(bytes, search::PublicKey),
        0x32 => same!(bytes, SearchKey),
        0x33 => same!(bytes, KeywordKey),
        0x34 => same!(bytes, RecordIndex, RecordIndex::validate),
        0x35 => same!(bytes, Trapdoor, PreparedTrapdoor::new),
        0x38 => same!(bytes, RecordKey),
        0x39 => {
            // Nobody has the key; who reads it without gets along.
            let digest = RecordDigest::of(bytes);
            assert_eq!(digest.is_ok(), ChunkTree::of_stream(bytes, 1, no_progress).is_ok());
            let key = RecordKey::from_bytes(&[b"MS\x01\x38".as_slice(), &[7; 32]].concat()).unwrap();
            assert!(key.open(bytes, &OpenOptions::default()).is_err(), "opened with another key");
            digest.map(drop)
        }
        0x3a => same!(bytes, ChunkProof),
        0x3c => same!(bytes, Tree),
        0x3d => same!(bytes, Frontier),
        0x3e => same!(bytes, InclusionProof),
        0x3f => same!(bytes, ConsistencyProof),
        0x40 => same!(bytes, Entry, |entry: &Entry| {
            let _ = entry.statement().key.validate();
            entry.statement().index.validate()
        }),
        0x41 => same!(bytes, BlockHeader),
        0x43 => same!(bytes, EntryProof),
        0x48 => same!(bytes, Authority),
        0x49 => same!(bytes, PublicParameters),
        0x4a => same!(bytes, MemberKeys),
        0x4b => same!(bytes, Disclosure),
        _ => Ok(()),
    };
});
