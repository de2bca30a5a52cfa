//! Malformed bytes of every kind of object, and their errors: one line for each fault.
//!
//! For each fault, `tests/reject/<object>.txt` gives the edit of the golden object, the error and
//! the reason. The list below locates each field in the golden object. After a change of the golden
//! objects, `MEDSEAL_BLESS=1 cargo test --test reject` rewrites the files. Their errors come from
//! the list and never from the decoders.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in helpers, not in tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use medseal::authority::PublicParameters;
use medseal::identity::MemoryReplayCache;
use medseal::ledger::{Charters, MemoryLedger};
use medseal::limits::{self, Limit};
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

/// The end of a field that starts with its length.
fn after_var(bytes: &[u8], at: usize) -> usize {
    at + 4 + u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// The header, then fields.
fn object(kind: u8, fields: &[&[u8]]) -> Vec<u8> {
    [b"MS\x01".as_slice(), &[kind], &fields.concat()].concat()
}

/// Bytes after their length.
fn var(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

/// All files: a map from the object to its faults, each with its line.
#[derive(Default)]
struct Rejects(BTreeMap<String, BTreeMap<String, String>>);

impl Rejects {
    fn line(&mut self, object: &str, fault: &str, wrong: &str, edit: &str, error: &str) {
        let line = format!("{fault}: {edit} -> {error} # {wrong}");
        let faults = self.0.entry(object.to_owned()).or_default();
        assert!(faults.insert(fault.to_owned(), wrapped(&line)).is_none(), "{object}: {fault} twice");
    }

    /// Bytes unrelated to the golden object.
    fn put(&mut self, object: &str, fault: &str, wrong: &str, bytes: &[u8], error: Error) {
        self.line(
            object,
            fault,
            wrong,
            &format!("all {}", digits(bytes, &golden(object))),
            &format!("{error:?}"),
        );
    }

    /// The golden object with bytes replaced.
    fn patch(&mut self, object: &str, fault: &str, wrong: &str, at: usize, by: &[u8], error: Error) {
        self.line(object, fault, wrong, &format!("at {at} {}", digits(by, &[])), &format!("{error:?}"));
    }

    /// Replacements for a group element of `size` bytes, each with its error.
    fn point(&mut self, object: &str, element: &str, at: usize, size: usize) {
        self.element(object, element, at, size, "its own");
    }

    /// The same for each named element of a layout, `name size, ..`, from byte `at` on. `-` stands
    /// for bytes that are passed over.
    fn points(&mut self, object: &str, mut at: usize, layout: &str) {
        for field in layout.split(", ") {
            let (element, size) = field.split_once(' ').unwrap();
            let size = size.parse().unwrap();
            if element != "-" {
                self.point(object, element, at, size);
            }
            at += size;
        }
    }

    fn element(&mut self, object: &str, element: &str, at: usize, size: usize, error: &str) {
        self.line(object, &element.to_lowercase(), element, &format!("element {at} {size}"), error);
    }

    fn scalar(&mut self, object: &str, element: &str, at: usize, zero_is_refused: bool) {
        let order = hex::decode("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001").unwrap();
        let (lower, what) = (element.to_lowercase(), format!("{element} is the group order"));
        self.patch(object, &format!("{lower}-not-reduced"), &what, at, &order, Error::InvalidScalar);
        if zero_is_refused {
            let what = format!("{element} is zero");
            self.patch(object, &format!("{lower}-zero"), &what, at, &[0; 32], Error::InvalidScalar);
        }
    }

    /// A count or length one above its limit.
    fn count(&mut self, object: &str, field: &str, at: usize, most: usize, limit: Limit) {
        let by = (most as u32 + 1).to_be_bytes();
        let fault = format!("too-many-{}", field.replace(' ', "-"));
        self.patch(object, &fault, &format!("too many {field}"), at, &by, Error::LimitExceeded(limit));
    }
}

/// Hexadecimal digits, with up to 16 repeated bytes written once, and with the place of bytes that
/// the golden object has.
fn digits(bytes: &[u8], golden: &[u8]) -> String {
    let (mut text, mut rest) = (String::new(), bytes);
    while let [first, after @ ..] = rest {
        let repeated = (1..=rest.len().min(16)).map(|period| {
            let times = rest.chunks_exact(period).take_while(|chunk| **chunk == rest[..period]).count();
            (times * period, format!(" {}*{times} ", hex::encode(&rest[..period])))
        });
        let (length, word) = repeated.rev().max_by_key(|(length, _)| *length).unwrap();
        let common = |at: usize| rest.iter().zip(&golden[at..]).take_while(|(a, b)| a == b).count();
        let place = (0..golden.len()).rev().max_by_key(|at| common(*at)).unwrap_or(0);
        if common(place) > length.max(31) {
            text += &format!(" {place}..{} ", place + common(place));
            rest = &rest[common(place)..];
        } else if word.len() < 2 * length {
            text += &word;
            rest = &rest[length..];
        } else {
            text += &hex::encode([*first]);
            rest = after;
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line of a file, wrapped if necessary.
fn wrapped(line: &str) -> String {
    const WIDTH: usize = 110;
    let (mut text, mut width) = (String::new(), 0);
    for word in line.split(' ') {
        // Bytes can break between any two; other words are short.
        let mut word = word;
        while word.len() > WIDTH - 4 {
            let (first, rest) = word.split_at(WIDTH - 4);
            text += &format!("\n    {first}");
            (width, word) = (WIDTH, rest);
        }
        if width + 1 + word.len() > WIDTH {
            text += "\n   ";
            width = 3;
        }
        let space = if text.is_empty() { "" } else { " " };
        text += &format!("{space}{word}");
        width += space.len() + word.len();
    }
    text + "\n"
}

/// The list of faults.
fn rejects() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all = Rejects::default();
    let length = |object: &str| golden(object).len();

    // --- policy ---
    for (fault, text) in [
        ("empty", ""),
        ("space-at-end", "a "),
        ("two-spaces", "a  and b"),
        ("operator-in-capitals", "a AND b"),
        ("operator-as-symbol", "a & b"),
        ("needless-parentheses", "(a)"),
        ("needless-threshold", "2 of (a, b)"),
        ("needless-quotes", "x=\"word\""),
        ("not-nfc", "x=\"e\u{301}\""),
        ("open-parenthesis", "(a"),
        ("text-goes-on", "a b"),
        ("number-with-zeros", "x=007"),
        ("no-such-date", "x=2023-02-29"),
        ("hidden-character", "x=\"a\u{200b}b\""),
        ("blank", "x=\"a\u{a0}b\""),
    ] {
        let bytes = object(0x11, &[&var(text.as_bytes())]);
        all.put("policy", fault, "not the canonical text of a policy", &bytes, Error::InvalidText);
    }
    let text = |text: &str| object(0x11, &[&var(text.as_bytes())]);
    // 32 rows for each of 32 attributes, and one more.
    let leaves = ('a'..='z').chain('A'..='F').map(|label| format!("{label} or ").repeat(32));
    for (fault, wrong, text, limit) in [
        ("too-many-leaves", "1,025 leaves", leaves.collect::<String>() + "G", Limit::PolicyLeaves),
        ("too-many-uses", "33 rows with one attribute", ["a"; 33].join(" or "), Limit::UseNumbers),
        ("too-deep", "33 levels", "not ".repeat(33) + "a=x", Limit::PolicyDepth),
    ] {
        all.put("policy", fault, wrong, &object(0x11, &[&var(text.as_bytes())]), Error::LimitExceeded(limit));
    }
    all.count("policy", "bytes of text", 4, limits::POLICY_TEXT_BYTES, Limit::PolicyText);
    all.put("policy", "not-utf-8", "a byte 0xff", &object(0x11, &[&var(b"a\xff")]), Error::InvalidText);
    all.put("policy", "length-beyond-end", "the text ends too early", &text("abc")[..9], Error::Truncated);

    let set = |attributes: &[&[u8]]| {
        object(0x10, &[&(attributes.len() as u32).to_be_bytes(), &attributes.concat()])
    };
    let a = |rest: &[u8]| [var(b"a").as_slice(), rest].concat();
    for (fault, wrong, bytes, error) in [
        ("unsorted", "b before a", set(&[b"\0\0\0\x01b\0", b"\0\0\0\x01a\0"]), Error::NotSorted),
        ("twice", "one attribute twice", set(&[&a(b"\0"), &a(b"\0")]), Error::NotSorted),
        (
            "two-numbers",
            "two numbers under a label",
            set(&[&a(b"\x02\0\0\0\x01"), &a(b"\x02\0\0\0\x02")]),
            Error::InvalidField,
        ),
        ("no-such-date", "a date beyond 9999-12-31", set(&[&a(b"\x03\xff\0\0\0")]), Error::InvalidField),
        ("no-such-kind", "a value of kind 4", set(&[&a(b"\x04")]), Error::InvalidField),
        ("label-not-utf-8", "a label with a byte 0xff", set(&[b"\0\0\0\x01\xff\0"]), Error::InvalidText),
        ("label-with-space", "a label with a space", set(&[b"\0\0\0\x03a b\0"]), Error::InvalidText),
        ("label-reserved", "a reserved word as label", set(&[b"\0\0\0\x03and\0"]), Error::InvalidText),
        (
            "text-not-nfc",
            "a text that is not in NFC",
            set(&[&a(b"\x01\0\0\0\x03e\xcc\x81")]),
            Error::InvalidText,
        ),
        (
            "text-hidden",
            "a text with a hidden character",
            set(&[&a(b"\x01\0\0\0\x03\xe2\x80\x8b")]),
            Error::InvalidText,
        ),
        (
            "text-blank",
            "a text with a blank that is not a space",
            set(&[&a(b"\x01\0\0\0\x04a\xc2\xa0b")]),
            Error::InvalidText,
        ),
        (
            "text-too-long",
            "257 bytes of text",
            set(&[&a(b"\x01\0\0\x01\x01")]),
            Error::LimitExceeded(Limit::AttributeLength),
        ),
    ] {
        all.put("attributes", fault, wrong, &bytes, error);
    }
    all.count("attributes", "attributes", 4, limits::ATTRIBUTES_PER_KEY, Limit::AttributesPerKey);

    // --- key wrapping ---
    all.scalar("abe-master-key", "alpha", 4, true);
    all.point("abe-public-key", "A", 4, 96);
    // At the end: K2, K0, K1, two K_a, two N_l.
    let key = length("abe-decryption-key") - 384;
    all.points("abe-decryption-key", key, "K2 96, K0 48, - 48, K_a 48, - 96, N_l 48");
    // After the policy: two c3. All but c1 are read as bytes, and checked by `validate`.
    for object in ["abe-encapsulation", "abe-wrapped-key"] {
        // Before the policy of a wrapped key: the epoch.
        let policy = if object == "abe-wrapped-key" { 8 } else { 4 };
        let c1 = after_var(&golden(object), policy);
        all.points(object, c1, "c1 96, c2 96, - 48, c3 48, c4 48");
        let wrong = "a byte 0xff in the policy";
        all.patch(object, "policy-not-utf-8", wrong, policy + 4, &[0xff], Error::InvalidText);
        let wrong = "a capital AND in the policy";
        all.patch(object, "policy-not-canonical", wrong, policy + 16, b"AND", Error::InvalidText);
        all.count(object, "bytes of policy", policy, limits::POLICY_TEXT_BYTES, Limit::PolicyText);
    }
    let sealed = after_var(&golden("abe-wrapped-key"), 8) + 96 + 96 + 96 + 48 + 96;
    let most = limits::WRAPPED_SECRET_BYTES + 32;
    all.count("abe-wrapped-key", "bytes of secret", sealed, most, Limit::WrappedSecret);

    // --- signatures ---
    all.scalar("abs-master-key", "alpha", 4, true);
    all.point("abs-public-key", "A", 4, 96);
    all.point("abs-signing-key", "A", 4, 96);
    all.count("abs-signing-key", "attributes", 100, limits::ATTRIBUTES_PER_KEY, Limit::AttributesPerKey);
    let key = length("abs-signing-key") - 384;
    all.points("abs-signing-key", key, "K2 96, - 48, K1 48, K_a 48, - 96, N_l 48");
    // S, V, V_f.
    for (element, at, size) in [("S", 4, 48), ("V", 52, 96), ("V_f", 148, 96)] {
        all.element("abs-signature", element, at, size, "InvalidSignature");
    }
    let signature = golden("abs-signature");
    for (fault, wrong, length, error) in [
        ("no-v_f", "V_f is missing", 148, Error::InvalidSignature),
        ("half-a-v_f", "half of V_f is missing", 196, Error::InvalidSignature),
        ("no-v", "V and V_f are missing", 52, Error::Truncated),
    ] {
        all.put("abs-signature", fault, wrong, &signature[..length], error);
    }
    let longer = [&signature[..], &signature[148..]].concat();
    all.put("abs-signature", "another-v_f", "V_f stands there twice", &longer, Error::InvalidSignature);

    // --- search ---
    all.scalar("search-master-key", "gamma", 4, true);
    all.scalar("search-master-key", "b", 36, true);
    all.points("search-public-key", 4, "A 48, B 96");
    // At the end, twice: one element of G2, two of G1, one for each of two attributes, one
    // for each of two labels.
    let end = length("search-key");
    all.points("search-key", end - 768, "K2 96, K0 48, K1 48, K_a 48, - 96, K_l 48");
    all.points("search-key", end - 384, "Z2 96, Z0 48, Z1 48, Z_a 48, - 96, Z_l 48");
    // At the end: T0, T2, T3, two T_a, and of each of two labels a flag and T_l.
    let end = length("trapdoor");
    all.points("trapdoor", end - 434, "T0 48, T2 96, T3 96, - 48, T_a 48, - 50, T_l 48");
    all.patch("trapdoor", "no-such-flag", "T_l: neither 0 nor 1", end - 49, &[2], Error::InvalidField);
    all.count("trapdoor", "attributes", 4, limits::ATTRIBUTES_PER_KEY, Limit::AttributesPerKey);
    all.count("trapdoor", "periods", end - 434 - 4, limits::HINTED_PERIODS, Limit::HintedPeriods);
    // The authority, then `and` over two trapdoors and an `or`; the first trapdoor as above,
    // with its length in front.
    let (formula, first) = (36, 46);
    let end = first + length("trapdoor") - 4;
    all.point("query", "T0", end - 434, 48);
    all.patch("query", "no-such-gate", "a formula of kind 3", formula, &[3], Error::InvalidField);
    all.patch("query", "no-parts", "an `and` over nothing", formula + 1, &[0; 4], Error::InvalidField);
    all.count("query", "parts", formula + 1, limits::QUERY_PARTS, Limit::QueryParts);
    all.count("query", "bytes of trapdoor", first - 4, limits::QUERY_BYTES, Limit::QueryLength);
    let deep = object(0x36, &[&[7; 32], &[2, 0, 0, 0, 1].repeat(limits::QUERY_DEPTH)]);
    all.put("query", "too-deep", "33 levels", &deep, Error::LimitExceeded(Limit::QueryDepth));
    let wide = object(0x36, &[&[7; 32], &[2, 0, 0, 4, 0], &[2, 0, 0, 0, 1, 0, 0, 0, 0, 0].repeat(1024)]);
    all.put("query", "too-wide", "2,049 parts", &wide, Error::LimitExceeded(Limit::QueryParts));
    let inside = [7u8; 32].iter().chain(&[0, 0, 0, 0, 1, 0]).copied().collect::<Vec<_>>();
    all.put("query", "trapdoor-cut", "a trapdoor of one byte", &object(0x36, &[&inside]), Error::Truncated);
    // For each keyword: c1, E, c2, three c3. All are read as bytes, and checked by `validate`.
    let (flag, end) = (after_var(&golden("search-index"), 4), length("search-index"));
    all.points("search-index", end - 384, "c1 96, E 48, c2 96, - 96, c3 48");
    all.patch("search-index", "no-such-flag", "hints: neither 0 nor 1", flag, &[2], Error::InvalidField);
    all.count("search-index", "keywords", flag + 1, limits::KEYWORDS_PER_RECORD, Limit::KeywordsPerRecord);
    let bits = after_var(&golden("search-index-hinted"), 4) + 1;
    for (fault, wrong, by) in [
        ("hints-of-17-bits", "hints of 17 bits", 17),
        ("hint-beyond-its-bits", "a hint that is not 0 where hints have 0 bits", 0),
    ] {
        all.patch("search-index-hinted", fault, wrong, bits, &[by], Error::InvalidField);
    }

    // --- records and digests ---
    all.patch("sealed-record", "no-such-suite", "suite 2", 4, &[2], Error::InvalidField);
    for log2 in [9, 25] {
        let (fault, wrong) = (format!("chunks-of-2-to-{log2}"), format!("chunks of 2^{log2} bytes"));
        all.patch("sealed-record", &fault, &wrong, 5, &[log2], Error::InvalidField);
    }
    let wrong = "a bit of the first chunk";
    let bit = [golden("sealed-record")[70] ^ 1];
    all.patch("sealed-record", "damaged", wrong, 70, &bit, Error::DecryptionFailed);
    for (object, at) in [("inclusion-proof", 20), ("consistency-proof", 20)] {
        all.count(object, "hashes", at, limits::PROOF_HASHES, Limit::ProofHashes);
        all.patch(object, "too-large", "more than 2^63 entries", 12, &[0xff; 8], Error::InvalidField);
        all.patch(object, "index-too-large", "from beyond the end", 4, &[0, 0xff], Error::InvalidField);
    }
    all.patch("inclusion-proof", "index-at-size", "index 5 of 5", 11, &[5], Error::InvalidField);
    for object in ["merkle-tree", "merkle-frontier"] {
        all.patch(object, "too-large", "more than 2^63 entries", 4, &[0xff; 8], Error::InvalidField);
    }
    let wrong = "more entries than bytes";
    all.patch("merkle-tree", "too-many-entries", wrong, 4, &[0x10], Error::Truncated);

    // --- identities and the handshake ---
    all.point("super-node-public-key", "P_SN", 4, 48);
    all.scalar("super-node", "s", 4, true);
    // A registered name with its identity, a name with a revoked one, and no revoked certificates.
    let (bytes, certificates) = (golden("super-node"), length("super-node") - 4);
    let (standing, revoked) = (after_var(&bytes, 80) + 1, certificates - 96);
    all.count("super-node", "hospitals", 76, limits::REGISTRY_ITEMS, Limit::RegistryItems);
    all.patch("super-node", "names-unsorted", "the first name comes last", 84, b"z", Error::NotSorted);
    all.patch("super-node", "no-such-flag", "neither 0 nor 1", standing - 1, &[2], Error::InvalidField);
    all.point("super-node", "Q_ID", standing, 96);
    all.point("super-node", "Q_ID-revoked", revoked, 96);
    let never = [&bytes[..revoked - 4], &[0; 4], &bytes[certificates..]].concat();
    all.put("super-node", "never-registered", "a name of no identity", &never, Error::InvalidField);
    let twice = [&bytes[..certificates], &[0, 0, 0, 2], &[1; 32]].concat();
    all.put("super-node", "certificate-twice", "one revoked twice", &twice, Error::NotSorted);
    all.point("identity-key", "S_ID", 4, 96);
    all.point("hospital", "P_SN", 4, 48);
    all.point("hospital", "S_ID", length("hospital") - 96, 96);
    // `e(P1, S_ID) = e(P_SN, Q_ID)` holds for the pair.
    let (hospital, s_id) = (golden("hospital"), length("hospital") - 96);
    let negated = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 0x20;
        bytes
    };
    let both = negated(&negated(&hospital, 4), s_id);
    all.put("hospital", "negated", "P_SN and S_ID are negated", &both, Error::InvalidKey);
    all.put("hospital", "s_id-negated", "S_ID is negated", &negated(&hospital, s_id), Error::InvalidKey);
    all.point("main-node", "P_SN", 4, 48);
    let other = negated(&golden("main-node"), 4);
    all.put("main-node", "p_sn-negated", "P_SN is another", &other, Error::InvalidKey);
    all.scalar("main-node", "s_MN", length("main-node") - 32, true);
    all.points("certificate-request", length("certificate-request") - 144, "Q_MN 48, proof 96");
    let end = length("certificate");
    all.points("certificate", end - 176, "Q_MN 48, - 32, signature 96");
    let wrong = "a period that begins after its end";
    all.patch("certificate", "period-empty", wrong, end - 112, &[0xff; 8], Error::InvalidField);
    all.point("registry", "signature", length("registry") - 96, 96);
    all.count("registry", "bytes", 4, limits::REGISTRY_BYTES, Limit::RegistryLength);
    for object in ["registration-request", "certificate-request", "certificate"] {
        all.count(object, "bytes of name", 4, limits::NAME_BYTES, Limit::NameLength);
        all.patch(object, "name-not-utf-8", "a name with a byte 0xff", 8, &[0xff], Error::InvalidText);
        all.patch(object, "name-empty", "a name of no bytes", 4, &[0; 4], Error::InvalidText);
    }
    let role = after_var(&golden("certificate"), 4);
    for object in ["certificate-request", "certificate"] {
        all.patch(object, "no-such-role", "role 3", role, &[3], Error::InvalidField);
    }
    for (object, element) in [("auth-request", "X"), ("auth-reply", "T")] {
        all.point(object, element, 4, 48);
    }
    all.point("identity-envelope", "C", 8, 48);
    let (ek, coefficient) = (60, [0x01, 0x0d]); // 3329, the modulus
    let wrong = "a coefficient of ek: q";
    all.patch("auth-request", "ek-not-reduced", wrong, ek, &coefficient, Error::InvalidField);
    all.count("auth-reply", "bytes", 84 + 1088, limits::MESSAGE_BYTES * 2, Limit::MessageLength);
    all.count("identity-envelope", "bytes", 56, limits::MESSAGE_BYTES * 2, Limit::MessageLength);
    all.count("session-message", "bytes", 13, limits::MESSAGE_BYTES * 2, Limit::MessageLength);
    all.patch("session-message", "no-such-flag", "final: neither 0 nor 1", 12, &[2], Error::InvalidField);
    all.count("disclosure", "bytes of location", 4, limits::ADDRESS_BYTES, Limit::AddressLength);
    let digest = after_var(&golden("disclosure"), 4);
    all.patch("disclosure", "short-digest", "31 bytes", digest, &[0, 0, 0, 31], Error::InvalidField);
    let record = after_var(&golden("registration-request"), 4) + 16;
    let most = limits::REGISTRATION_RECORD_BYTES;
    all.count("registration-request", "bytes of record", record, most, Limit::RegistrationRecord);
    all.patch("registration-request", "name-spaced", "a space in front", 8, b" ", Error::InvalidText);
    // Window, capacity, quota, floor, and one request.
    let state = golden("replay-cache");
    all.count("replay-cache", "requests", 28, limits::REPLAY_CACHE_REQUESTS, Limit::ReplayCacheRequests);
    all.patch("replay-cache", "quota-too-large", "above the capacity", 12, &[0; 4], Error::InvalidField);
    let (request, earlier) = (&state[32..], [&[0; 48], &state[80..]].concat());
    for (fault, wrong, quota, requests, error) in [
        ("request-twice", "one request twice", 1024, [request, request], Error::NotSorted),
        ("unsorted", "the greater first", 1024, [request, &earlier], Error::NotSorted),
        ("quota-exceeded", "two of one hospital", 1, [&earlier, request], Error::InvalidField),
    ] {
        let quota = u32::to_be_bytes(quota);
        let bytes = [&state[..16], &quota, &state[20..28], &[0, 0, 0, 2], &requests.concat()].concat();
        all.put("replay-cache", fault, wrong, &bytes, error);
    }

    // --- members' key ---
    for object in ["members-key", "key-share", "backup-confirmation"] {
        all.patch(object, "no-epoch", "epoch 0", 4, &[0; 4], Error::InvalidField);
    }
    all.count("members-keys", "keys", 4, limits::MEMBERS_EPOCHS, Limit::MembersEpochs);
    all.patch("members-keys", "epoch-twice", "two keys of one epoch", 44, &[0, 0, 0, 1], Error::NotSorted);
    all.patch("key-share", "threshold-1", "one share restores it", 40, &[1], Error::InvalidField);
    all.patch("key-share", "index-0", "the share at zero, which is the key", 41, &[0], Error::InvalidField);
    all.scalar("key-share", "f1", 42, false);
    all.scalar("key-share", "f2", 74, false);
    all.count("backup-confirmation", "bytes of name", 8, limits::NAME_BYTES, Limit::NameLength);
    let role = after_var(&golden("main-node"), 52);
    all.patch("main-node", "no-such-role", "role 3", role, &[3], Error::InvalidField);
    // --- several authorities ---
    // The names have 11 bytes: "one.example", "two.example".
    let name = 4 + 4 + 11;
    all.scalar("authority-key", "k", name, true);
    all.count("authority-key", "bytes of name", 4, limits::NAME_BYTES, Limit::NameLength);
    all.points("authority-public-key", name, "K 48, proof 96");
    let wrong = "the proof is for another name";
    all.patch("authority-public-key", "another-name", wrong, 8, b"two", Error::InvalidProof);
    for (fault, wrong, threshold) in
        [("threshold-below-two", "one of two", 1), ("threshold-above-all", "three of two", 3)]
    {
        all.patch("roster", fault, wrong, 4, &[threshold], Error::OutOfRange);
    }
    let (first, second) = (6 + 15, 6 + 63 + 15);
    all.point("roster", "K", first, 48);
    let key = golden("roster")[first..first + 48].to_vec();
    all.patch("roster", "key-twice", "both have one key", second, &key, Error::InvalidField);
    all.patch("roster", "name-twice", "both have one name", 6 + 63 + 4, b"one", Error::InvalidField);
    all.patch("authority-message", "no-such-round", "round 10", 36, &[10], Error::InvalidField);
    all.count("authority-message", "bytes", 39, limits::MESSAGE_BYTES, Limit::MessageLength);
    all.point("authority-message", "signature", 43 + 32, 96);
    // Index, four shares, seed; number, session, roster, counts, commitments.
    for (element, at) in [("alpha", 5), ("alpha'", 37), ("beta", 69), ("s", 101)] {
        let lower = element.replace('\'', "-of-signatures");
        all.scalar("authority-share", &lower, at, false);
        let wrong = format!("another {element}");
        all.patch("authority-share", &format!("another-{lower}"), &wrong, at, &[0; 32], Error::InvalidKey);
    }
    all.patch("authority-share", "another-seed", "another seed", 133, &[7; 32], Error::InvalidKey);
    all.patch("authority-share", "another-index", "the other authority's", 4, &[2], Error::InvalidKey);
    let generation = 165;
    all.patch("authority-share", "number-zero", "generation 0", generation, &[0; 4], Error::InvalidField);
    let counts = |generation: usize| generation + 4 + 32 + 2 + 2 * 63 + 32;
    for (object, generation) in [("authority-share", generation), ("generation-certificate", 4)] {
        let counts = counts(generation);
        let wrong = "a threshold of 3";
        all.patch(object, "threshold-of-another", wrong, generation + 36, &[3], Error::OutOfRange);
        all.points(object, counts + 4, "A 96, - 384, P_SN 48");
    }
    let confirmations = counts(4) + 4 + 5 * 96 + 2 * 48 + 48 + 96;
    all.points("generation-certificate", confirmations, "pop 48, - 48, signature 96");
    all.patch("authority-request", "no-such-purpose", "purpose 3", 4, &[3], Error::InvalidField);
    all.patch("authority-request-identity", "no-such-purpose", "purpose 0", 4, &[0], Error::InvalidField);
    for object in ["authority-request", "authority-request-identity"] {
        all.point(object, "X", length(object) - 48, 48);
    }
    all.scalar("pending-request", "x", 4, true);
    all.patch("pending-request", "another-x", "x is not that of X", 4, &[1; 32], Error::InvalidKey);
    all.count("registry-draft", "hospitals", 4 + 48, limits::REGISTRY_ITEMS, Limit::RegistryItems);

    // --- ledger ---
    // Charter, record id, claim policy, record digest, address; then a wrapped key, an
    // index and an envelope.
    let bytes = golden("entry");
    let claim = 4 + 4 + 16;
    let address = after_var(&bytes, claim) + 32;
    let key = after_var(&bytes, address);
    all.patch("entry", "claim-not-utf-8", "a claim with a byte 0xff", claim + 4, &[0xff], Error::InvalidText);
    let wrong = "a claim with a space at its end";
    all.patch("entry", "claim-not-canonical", wrong, claim + 11, b" ", Error::InvalidText);
    all.count("entry", "bytes of claim", claim, limits::POLICY_TEXT_BYTES, Limit::PolicyText);
    all.count("entry", "bytes of address", address, limits::ADDRESS_BYTES, Limit::AddressLength);
    let wrong = "an address with a byte 0xff";
    all.patch("entry", "address-not-utf-8", wrong, address + 4, &[0xff], Error::InvalidText);
    // The wrapped key: epoch, policy, c1, c2, three c3, com, c5, c6, sealed secret.
    let c1 = after_var(&bytes, key + 4);
    all.points("entry", c1, "c1-of-key 96, c2-of-key 96, - 96, c3-of-key 48");
    let index = after_var(&bytes, c1 + 96 + 96 + 144 + 96);
    let first = after_var(&bytes, index) + 1 + 4;
    all.patch("entry", "no-such-hints", "hints: neither 0 nor 1", first - 5, &[2], Error::InvalidField);
    all.count("entry", "keywords", first - 4, limits::KEYWORDS_PER_RECORD, Limit::KeywordsPerRecord);
    all.points("entry", first, "c1-of-index 96, E-of-index 48, - 192, c3-of-index 48");
    let envelope = first + 4 * 384;
    all.patch("entry", "no-such-envelope", "envelope: neither 0 nor 1", envelope, &[2], Error::InvalidField);
    all.point("entry", "C-of-envelope", envelope + 1 + 4, 48);
    // Ledger, name, number, predecessor, claim policy, parameters, epoch, validators, final head;
    // a charter's signature.
    for (object, signed) in [("charter", 96), ("charter-draft", 0)] {
        let bytes = golden(object);
        let number = after_var(&bytes, 36);
        let (claim, end) = (number + 36, bytes.len() - signed);
        let parameters = after_var(&bytes, claim);
        let validators = parameters + 368 + 36;
        let q_mn = after_var(&bytes, validators + 4);
        let engine_key = q_mn + 48;
        let (signature, final_head) = (after_var(&bytes, engine_key), end - 40);
        all.count(object, "bytes of name", 36, limits::NAME_BYTES, Limit::NameLength);
        all.patch(object, "name-not-utf-8", "a name with a byte 0xff", 40, &[0xff], Error::InvalidText);
        all.count(object, "bytes of claim", claim, limits::POLICY_TEXT_BYTES, Limit::PolicyText);
        let misplaced = [
            ("number-zero", "number 0", number, &[0; 4][..]),
            ("first-with-a-ledger", "a first charter that names its ledger", number, &[0, 0, 0, 1]),
            ("no-ledger", "a second charter that names no ledger", 4, &[0; 32]),
            ("no-predecessor", "a second charter without a predecessor", number + 4, &[0; 32]),
            ("no-final-head", "a second charter without a final head", final_head, &[0; 40]),
            ("final-head-of-nothing", "a final head of no items", final_head, &[0; 8]),
            ("final-head-too-large", "a final head of more than 2^63 items", final_head, &[0xff; 8]),
            ("commitment-without-an-epoch", "epoch 0 with a commitment", validators - 32, &[1]),
        ];
        for (fault, wrong, at, by) in misplaced {
            all.patch(object, fault, wrong, at, by, Error::InvalidField);
        }
        all.points(object, parameters, "A 96, A-of-signatures 96");
        all.count(object, "validators", validators, limits::VALIDATORS, Limit::Validators);
        all.count(object, "bytes of key", engine_key, limits::ENGINE_KEY_BYTES, Limit::EngineKeyLength);
        all.count(
            object,
            "bytes of engine signature",
            signature + 96,
            limits::ENGINE_KEY_BYTES,
            Limit::EngineKeyLength,
        );
        all.point(object, "Q_MN", q_mn, 48);
        all.point(object, "signature-of-validator", signature, 96);
        // One validator twice.
        let validator = &bytes[validators + 4..final_head];
        let twice =
            [&bytes[..validators], &[0, 0, 0, 2], validator, validator, &bytes[final_head..]].concat();
        all.put(object, "validator-twice", "one validator twice", &twice, Error::NotSorted);
    }
    let bytes = golden("charter");
    all.point("charter", "signature", bytes.len() - 96, 96);
    let key = after_var(&golden("validator"), 4) + 48;
    all.count("validator", "bytes of name", 4, limits::NAME_BYTES, Limit::NameLength);
    all.point("validator", "Q_MN", key - 48, 48);
    all.count("validator", "bytes of key", key, limits::ENGINE_KEY_BYTES, Limit::EngineKeyLength);
    all.point("validator", "signature", after_var(&golden("validator"), key), 96);
    // P_SN and a count; then the bodies of the first charter, and of the one above.
    let chain = golden("charters");
    let second = chain.len() - (bytes.len() - 4);
    all.point("charters", "P_SN", 4, 48);
    let other = negated(&chain, 4);
    all.put("charters", "p_sn-negated", "P_SN is another", &other, Error::InvalidSignature);
    all.count("charters", "charters", 52, limits::CHARTERS, Limit::Charters);
    let none = [&chain[..52], &[0; 4]].concat();
    all.put("charters", "none", "no charter", &none, Error::InvalidField);
    let without = [&chain[..52], &[0, 0, 0, 1], &chain[second..]].concat();
    all.put("charters", "first-missing", "it begins with the second", &without, Error::CharterOutOfOrder);
    let first = &chain[56..second];
    let twice = [&chain[..56], first, first].concat();
    all.put("charters", "first-twice", "the first twice", &twice, Error::CharterOutOfOrder);
    let flipped = [chain[second + 36] ^ 1];
    let wrong = "a letter of the second's name";
    all.patch("charters", "altered", wrong, second + 36, &flipped, Error::InvalidSignature);
    all.put(
        "charters",
        "signature-negated",
        "the second's signature is negated",
        &negated(&chain, chain.len() - 96),
        Error::InvalidSignature,
    );

    let bit = [golden("snapshot")[4] ^ 1];
    let wrong = "the hash of another last block";
    all.patch("snapshot", "another-head", wrong, 4, &bit, Error::ChainBroken { height: 3 });
    let wrong = "the first block is number 1";
    all.patch("snapshot", "block-renumbered", wrong, 51, &[1], Error::ChainBroken { height: 0 });
    // `next`, two hits, each height and id; two malformed entries, each height and error.
    let (hits, malformed) = (20, 108);
    all.patch("found", "hits-unsorted", "one height twice", hits + 40, &[0; 8], Error::NotSorted);
    let beyond = 10u64.to_be_bytes();
    all.patch("found", "hit-beyond-the-end", "a hit at `next`", hits + 40, &beyond, Error::OutOfRange);
    all.patch("found", "too-many-hits", "more hits than bytes", 12, &[0xff; 8], Error::Truncated);
    all.patch("found", "malformed-unsorted", "one height twice", malformed + 9, &[0; 8], Error::NotSorted);
    all.patch("found", "no-such-error", "an error of number 12", malformed + 8, &[12], Error::InvalidField);
    all.patch("found", "no-such-limit", "a limit of number 127", malformed + 8, &[0xff], Error::InvalidField);

    // --- the stages of a publication ---
    // Record id, key, digest, two lengths, address; key, two lengths, whether there is
    // a database, its state.
    let shorter = "the sealed record is no longer than the record";
    all.patch("sealed", "lengths-exchanged", shorter, 84, &[0xff; 8], Error::InvalidField);
    all.count("sealed", "bytes of address", 100, limits::ADDRESS_BYTES, Limit::AddressLength);
    all.patch("sealed", "address-with-space", "a space in the address", 104, b" ", Error::InvalidText);
    all.patch("prepared", "lengths-exchanged", shorter, 36, &[0xff; 8], Error::InvalidField);
    all.patch("prepared", "no-such-flag", "database: neither 0 nor 1", 52, &[2], Error::InvalidField);
    let wrong = "the database holds nothing";
    all.patch("prepared", "empty-database", wrong, 53, &[0; 8], Error::InvalidField);
    all.0
}

/// The text of each file. With `MEDSEAL_BLESS`, it is written to the files.
static LIST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let list: BTreeMap<_, _> =
        rejects().into_iter().map(|(object, faults)| (object, faults.into_values().collect())).collect();
    if std::env::var_os("MEDSEAL_BLESS").is_some() {
        list.iter().for_each(|(object, text): (_, &String)| fs::write(path(object), text).unwrap());
    }
    list
});

fn path(object: &str) -> PathBuf {
    folder("reject").join(object).with_extension("txt")
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
    LazyLock::force(&LIST);
    let (mut lines, mut otherwise) = (0, Vec::new());
    for object in names(&folder("reject"), "txt") {
        let bytes = golden(&object);
        for reject in read::rejects(&fs::read_to_string(path(&object)).unwrap(), &bytes) {
            let refused = decode(&object, &reject.bytes).map_err(|error| format!("{error:?}"));
            if refused != Err(reject.error.clone()) {
                otherwise.push(format!("{object}, {}: {refused:?}, not {}", reject.fault, reject.error));
            }
            lines += 1;
        }
        assert_eq!(decode(&object, &bytes), Ok(()), "{object}");
    }
    assert!(otherwise.is_empty(), "{otherwise:#?}");
    assert!(lines > 600, "{lines} lines");
}

#[test]
fn files_hold_what_the_list_makes() {
    LazyLock::force(&LIST);
    assert_eq!(names(&folder("reject"), "txt"), LIST.keys().cloned().collect::<Vec<_>>());
    for (object, text) in LIST.iter() {
        assert!(fs::read_to_string(path(object)).unwrap() == *text, "{object} is not what the list makes");
    }
}
