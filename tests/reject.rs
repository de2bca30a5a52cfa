//! Malformed bytes of every kind of object, and their errors: one line for each fault.
//!
//! For each fault, `tests/reject/<object>.txt` gives the edit of the golden object, the error and
//! the reason. The files are written by hand, never by the decoders.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in helpers, not in tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use medseal::authority::PublicParameters;
use medseal::identity::MemoryReplayCache;
use medseal::ledger::{Charters, MemoryLedger};
use medseal::policy::Policy;
use medseal::record::{OpenOptions, RecordKey};
use medseal::{
    Error, abe, abs, authorities, authority, identity, ledger, members, merkle, policy, record, search, share,
};

#[path = "reject/read.rs"]
mod read;
#[path = "../src/objects.rs"]
mod table;

macro_rules! decoders {
    ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
        fn decode_kind(kind: u8, bytes: &[u8]) -> Result<(), Error> {
            match kind {
                $($number => decoders!(@ $number bytes $row),)*
                _ => panic!("no kind of object: {kind}"),
            }
        }
    };
    (@ $number:literal $bytes:ident by_hand) => { by_hand($number, $bytes) };
    (@ $number:literal $bytes:ident { $secrecy:ident $type:ty, $state:ident $name:ident, by_hand }) => {
        by_hand($number, $bytes)
    };
    (@ $number:literal $bytes:ident { $secrecy:ident $type:ty: $check:ident $(in $later:ident)?, $($rest:tt)* }) => {
        <$type>::from_bytes($bytes)?.$check()
    };
    (@ $number:literal $bytes:ident { $secrecy:ident $type:ty, $($rest:tt)* }) => {
        <$type>::from_bytes($bytes).map(drop)
    };
}
table::objects!(decoders);

/// Objects that do not decode from their bytes alone.
fn by_hand(kind: u8, bytes: &[u8]) -> Result<(), Error> {
    match kind {
        0x05 => identity::Hospital::from_bytes(bytes, &super_node()?).map(drop),
        0x06 => identity::MainNode::from_bytes(bytes, &super_node()?).map(drop),
        0x0e => MemoryReplayCache::restore(bytes).map(drop),
        0x39 => RecordKey::from_bytes(&golden("record-key"))?.open(bytes, &OpenOptions::default()).map(drop),
        0x42 => MemoryLedger::restore(bytes, &super_node()?).map(drop),
        0x44 => Charters::from_bytes(bytes, &super_node()?).map(drop),
        _ => panic!("kind {kind} is read by hand, and not here"),
    }
}

/// The super node of the hospital and the main node.
fn super_node() -> Result<identity::SuperNodePublicKey, Error> {
    identity::SuperNodePublicKey::from_bytes(&golden("super-node-public-key"))
}

/// Decodes an object, and checks the elements that decoding defers.
fn decode(object: &str, bytes: &[u8]) -> Result<(), Error> {
    let kind = golden(object)[3];
    decode_kind(kind, bytes)?;
    if kind == 0x2b {
        // Verification reads the points: the policy determines their number.
        let policy = Policy::parse("role=doctor and (department=cardiology or emergency)")?;
        let PublicParameters { abs, .. } = PublicParameters::from_bytes(&golden("public-parameters"))?;
        abs.verify(&policy, b"context", b"message", &abs::Signature::from_bytes(bytes)?)?;
    }
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// The names of a folder's files with this suffix.
fn names(folder: &Path, end: &str) -> Vec<String> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|other| other == end));
    let mut names: Vec<_> =
        paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn golden(object: &str) -> Vec<u8> {
    let text = fs::read_to_string(folder("golden").join(object).with_extension("hex")).unwrap();
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
}

#[test]
fn headers_and_ends_fail_with_their_errors() {
    for object in names(&folder("golden"), "hex") {
        let bytes = golden(&object);
        // A record read as a stream and a chain read block by block have their own errors.
        // Signatures are points without a count.
        let [cut, longer] = match object.as_str() {
            "sealed-record" => [Error::DecryptionFailed, Error::DecryptionFailed],
            "snapshot" => [3, 4].map(|height| Error::ChainBroken { height }),
            "abs-signature" => [Error::InvalidField, Error::InvalidField],
            _ => [Error::Truncated, Error::TrailingBytes],
        };
        for (wrong, malformed, error) in [
            ("does not begin with MS", [b"XS", &bytes[2..]].concat(), Error::WrongMagic),
            ("version 2", [&bytes[..2], &[2], &bytes[3..]].concat(), Error::UnsupportedVersion),
            ("a kind that does not exist", [&bytes[..3], &[0xff], &bytes[4..]].concat(), Error::WrongKind),
            ("three bytes", bytes[..3].to_vec(), Error::Truncated),
            ("the last byte is missing", bytes[..bytes.len() - 1].to_vec(), cut),
            ("a byte more", [&bytes[..], &[0]].concat(), longer),
        ] {
            assert_eq!(decode(&object, &malformed), Err(error), "{object}: {wrong}");
        }
        assert_eq!(decode(&object, &bytes), Ok(()), "{object}");
    }
}

#[test]
fn each_line_fails_with_its_error() {
    let (mut lines, mut otherwise) = (0, Vec::new());
    for object in names(&folder("reject"), "txt") {
        let bytes = golden(&object);
        let text = fs::read_to_string(folder("reject").join(&object).with_extension("txt")).unwrap();
        let mut faults = BTreeSet::new();
        for reject in read::rejects(&text, &bytes) {
            let refused = decode(&object, &reject.bytes).map_err(|error| format!("{error:?}"));
            if refused != Err(reject.error.clone()) {
                otherwise.push(format!("{object}, {}: {refused:?}, not {}", reject.fault, reject.error));
            }
            assert!(faults.insert(reject.fault.clone()), "{object}: {} twice", reject.fault);
            lines += 1;
        }
        assert_eq!(decode(&object, &bytes), Ok(()), "{object}");
    }
    assert!(otherwise.is_empty(), "{otherwise:#?}");
    assert!(lines >= 673, "{lines} lines");
}
