//! Bytes of any kind of object: they are refused, or equal the encoding of the decoded object.
//! Lazily decoded elements are checked too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use medseal::identity::{Hospital, MainNode, MemoryReplayCache, SuperNodePublicKey};
use medseal::ledger::Charters;
use medseal::record::{ChunkTree, OpenOptions, RecordDigest, RecordKey, no_progress};
use medseal::{
    Error, abe, abs, authorities, authority, identity, ledger, members, merkle, policy, record, search, share,
};

#[path = "../../src/objects.rs"]
mod table;

macro_rules! same {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        /// The header selects the decoder. tests/reject shows that each decoder
        /// refuses every other kind.
        fn decode(kind: u8, bytes: &[u8]) -> Result<(), Error> {
            match kind {
                $($number => same!(@ $row bytes),)*
                _ => Ok(()),
            }
        }
    };
    (@ by_hand $bytes:ident) => { by_hand($bytes) };
    (@ { $secrecy:ident $type:ty, $state:ident $name:ident, by_hand } $bytes:ident) => { by_hand($bytes) };
    (@ {
        $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $($rest:tt)*
    } $bytes:ident) => {
        <$type>::from_bytes($bytes).map(|object| {
            assert!(object.to_bytes()[..] == *$bytes, concat!(stringify!($type), " has two spellings"));
            $(let _ = object.$check();)?
        })
    };
}
table::objects!(same);

/// `P_SN`, as contained in the bytes of a hospital, a main node or a chain of charters.
fn its_super_node(bytes: &[u8]) -> Result<SuperNodePublicKey, Error> {
    let p_sn = bytes.get(4..52).ok_or(Error::Truncated)?;
    SuperNodePublicKey::from_bytes(&[b"MS\x01\x02".as_slice(), p_sn].concat())
}

/// Objects that do not decode from their bytes alone, or have a special encoding.
fn by_hand(bytes: &[u8]) -> Result<(), Error> {
    match bytes[3] {
        0x05 => Hospital::from_bytes(bytes, &its_super_node(bytes)?)
            .map(|hospital| assert!(hospital.to_bytes()[..] == *bytes, "a hospital has two spellings")),
        0x06 => MainNode::from_bytes(bytes, &its_super_node(bytes)?)
            .map(|node| assert!(node.to_bytes()[..] == *bytes, "a main node has two spellings")),
        0x0e => MemoryReplayCache::restore(bytes)
            .map(|cache| assert!(cache.save() == bytes, "a replay cache has two spellings")),
        0x39 => {
            // Nobody has the key; reading without it must work.
            let digest = RecordDigest::of(bytes);
            assert_eq!(
                digest.is_ok(),
                ChunkTree::of_stream(bytes, medseal::Threads::ONE, no_progress).is_ok()
            );
            let key = RecordKey::from_bytes(&[b"MS\x01\x38".as_slice(), &[7; 32]].concat()).unwrap();
            assert!(key.open(bytes, &OpenOptions::default()).is_err(), "opened with another key");
            digest.map(drop)
        }
        0x42 => Ok(()), // the target `snapshot`
        0x44 => Charters::from_bytes(bytes, &its_super_node(bytes)?)
            .map(|charters| assert!(charters.to_bytes()[..] == *bytes, "charters have two spellings")),
        kind => panic!("kind {kind} is read by hand, and not here"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(kind) = bytes.get(3) else { return };
    let _ = decode(*kind, bytes);
});
