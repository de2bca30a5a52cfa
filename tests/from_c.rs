//! Rust reads what C wrote: `tests/c/check` runs this on the folder that its program leaves. For
//! the other direction, that program reads the files in `tests/golden`.

#![expect(clippy::expect_used, clippy::panic, reason = "in helpers, which clippy does not take for tests")]

use medseal::Threads;
use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use medseal::identity::{
    AuthRequest, Certificate, Disclosure, Hospital, IdentityEnvelope, MainNode, MemoryReplayCache, Name,
    Registry, ReplayBounds, Role, SuperNodePublicKey,
};
use medseal::ledger::{Charters, Ledger, MemoryLedger, TrustedHead};
use medseal::merkle::{ConsistencyProof, Frontier, InclusionProof, Tree};
use medseal::policy::Policy;
use medseal::record::{OpenOptions, RecordKey};
use medseal::search::{Keyword, RecordIndex, Trapdoor};
use medseal::share::{Consortium, DirectoryStore, MemberKeys, PublicParameters, Search};
use medseal::{
    Error, abe, abs, authorities, authority, identity, ledger, members, merkle, policy, record, search, share,
};
use rand_core::OsRng;

#[path = "../src/objects.rs"]
mod table;

const NOW_MS: u64 = 1_795_000_000_000;

fn folder() -> PathBuf {
    let folder = std::env::var_os("MEDSEAL_FROM_C").expect("the folder in which tests/c/main.c worked");
    PathBuf::from(folder)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn object<T>(name: &str, decode: impl Fn(&[u8]) -> Result<T, Error>) -> T {
    decode(&read(&format!("{name}.object"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
#[ignore = "reads what the C program writes; run by tests/c/check"]
fn objects_from_c_survive_decoding() {
    let mut known = BTreeSet::new();
    macro_rules! same {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            $(same!(@ $row);)*
        };
        (@ by_hand) => {};
        (@ { $secrecy:ident $type:ty, $state:ident $name:ident, by_hand }) => {};
        (@ { $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $($rest:tt)* }) => {
            let name = stringify!($name).strip_prefix("medseal_").unwrap();
            assert_eq!(object(name, <$type>::from_bytes).to_bytes()[..], read(&format!("{name}.object")), "{name}");
            known.insert(format!("{name}.object"));
        };
    }
    table::objects!(same);
    assert_eq!(object("replay_cache", MemoryReplayCache::restore).save(), read("replay_cache.object"));
    known.insert("replay_cache.object".to_owned());
    // Read below, with the super node's public key.
    known.extend(["hospital.object", "main_node.object", "charters.object"].map(str::to_owned));

    let written = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let written = written.filter(|path| path.extension().is_some_and(|end| end == "object"));
    let written = written.map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    assert_eq!(known, written.collect());
}

#[test]
#[ignore = "reads what the C program writes; run by tests/c/check"]
fn opens_verifies_and_matches_what_c_made() {
    let policy = object("policy", Policy::from_bytes);
    let key = object("abe_decryption_key", abe::DecryptionKey::from_bytes);
    let wrapped = object("abe_wrapped_key", abe::WrappedKey::from_bytes);
    assert_eq!(*key.unwrap_key(&wrapped, b"aad", None).unwrap(), b"secret");
    assert!(key.unwrap_key(&wrapped, b"other", None).is_err());
    let shared = key.decapsulate(&object("abe_encapsulation", abe::Encapsulation::from_bytes)).unwrap();
    assert_eq!(shared.as_bytes()[..], read("shared.secret"));

    let public_key = object("abs_public_key", abs::PublicKey::from_bytes);
    let signature = object("abs_signature", abs::Signature::from_bytes);
    public_key.verify(&policy, b"context", b"message", &signature).unwrap();
    assert!(public_key.verify(&policy, b"context", b"massage", &signature).is_err());

    let trapdoor = object("trapdoor", Trapdoor::from_bytes);
    let index = object("search_index", RecordIndex::from_bytes);
    assert!(trapdoor.matches(&index).unwrap());

    let tree = object("merkle_tree", Tree::from_bytes);
    assert_eq!(object("merkle_frontier", Frontier::from_bytes).head(), tree.head());
    object("inclusion_proof", InclusionProof::from_bytes).verify(&tree.head(), &[2]).unwrap();
    let old = tree.head_at(3).unwrap();
    object("consistency_proof", ConsistencyProof::from_bytes).verify(&old, &tree.head()).unwrap();
}

#[test]
#[ignore = "reads what the C program writes; run by tests/c/check"]
fn what_c_sealed_opens() {
    let key = object("record_key", RecordKey::from_bytes);
    let record = key.open(&read("sealed"), &OpenOptions::default()).unwrap();
    assert_eq!(*record, read("record"));
    assert_eq!(record.get(..11), Some(&b"HbA1c 7.2 %"[..]));
}

#[test]
#[ignore = "reads what the C program writes; run by tests/c/check"]
fn continues_a_handshake_with_identities_from_c() {
    let super_node = object("super_node_public_key", SuperNodePublicKey::from_bytes);
    let registry = object("registry", Registry::from_bytes).verify(&super_node, 0).unwrap();
    assert!(registry.identity(&Name::new("clinic.example").unwrap()).is_ok());
    assert!(registry.identity(&Name::new("closed.example").unwrap()).is_err());
    let certificate =
        object("certificate", Certificate::from_bytes).verify(&super_node, Role::MainNode).unwrap();
    assert_eq!(certificate.name().as_str(), "node.example");

    let hospital = object("hospital", |bytes| Hospital::from_bytes(bytes, &super_node));
    assert_eq!(hospital.to_bytes()[..], read("hospital.object"));
    let envelope = object("identity_envelope", IdentityEnvelope::from_bytes);
    assert_eq!(*hospital.open(&envelope, b"aad", None).unwrap(), b"to you");
    assert!(hospital.open(&envelope, b"other", None).is_err());

    let main_node = object("main_node", |bytes| MainNode::from_bytes(bytes, &super_node));
    assert_eq!(main_node.to_bytes()[..], read("main_node.object"));
    let request = object("auth_request", AuthRequest::from_bytes);
    let cache = MemoryReplayCache::new(ReplayBounds::default(), NOW_MS - 100_000).unwrap();
    let accepted = main_node.accept(&request, &registry, &cache, NOW_MS).unwrap();
    assert_eq!(accepted.hospital().as_str(), "clinic.example");
    accepted.reply(&object("disclosure", Disclosure::from_bytes), &mut OsRng).unwrap();
}

#[test]
#[ignore = "reads what the C program writes; run by tests/c/check"]
fn finds_and_opens_what_c_published() {
    let parameters = object("public_parameters", PublicParameters::from_bytes);
    let keys = object("member_keys", MemberKeys::from_bytes);
    let super_node = object("super_node_public_key", SuperNodePublicKey::from_bytes);
    let ledger = MemoryLedger::restore(&read("ledger.snapshot"), &super_node).unwrap();
    ledger.verify().unwrap();
    let charters = object("charters", |bytes| Charters::from_bytes(bytes, &super_node));
    assert_eq!(charters.to_bytes(), ledger.charters().unwrap().to_bytes());
    assert_eq!(charters.current().terms().parameters.to_bytes(), parameters.to_bytes());
    let store = DirectoryStore::open(Path::new(&folder()).join("objects")).unwrap();
    let consortium = Consortium {
        ledger: &ledger,
        store: &store,
        charters: &charters,
        head: TrustedHead::new(ledger.head().unwrap(), 0, 0, 0).unwrap(),
        members: None,
        threads: Threads::ONE,
    };

    let last = ledger.head().unwrap().size - 1;
    let go_on = |_| ControlFlow::Continue(());
    let keyword = Keyword::new("metformin").unwrap();
    let (key, showing) = (&keys.search, keys.attributes());
    let search = Search { keyword: &keyword, key, showing, hints: &[], from: last };
    let found = consortium.find(&search, &mut OsRng, go_on).unwrap();
    let [hit] = &found.hits[..] else { panic!("{} found", found.hits.len()) };
    assert_eq!(hit.id.as_bytes()[..], read("published.id"));
    let mut record = Vec::new();
    consortium.open(&hit.id, &keys.decryption, &mut record, go_on).unwrap();
    assert_eq!(record, b"HbA1c 7.2 %");
}
