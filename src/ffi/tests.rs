//! Tests of the interface as a whole, and of what only Rust can see: panics, and memory after it is
//! freed.

mod layouts;
#[path = "../../tests/reject/read.rs"]
mod read;

use crate::threads::Threads;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::c_char;
use std::fs;
use std::path::Path;
use std::ptr;

use super::entry::medseal_entry;
use super::policy::{medseal_policy, medseal_policy_parse};
use super::record::{medseal_record_key, medseal_record_key_generate};
use super::status::{
    MEDSEAL_ERR_BUSY, MEDSEAL_ERR_INTERNAL, MEDSEAL_ERR_WRONG_HANDLE, MEDSEAL_OK, medseal_error,
    medseal_status,
};

fn sources() -> Vec<(String, String)> {
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ffi"))
}

/// The sources below a folder, by their names.
fn below(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources = paths.flat_map(|path| match path.is_dir() {
        true => below(&path),
        false => {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            vec![(name, fs::read_to_string(path).unwrap())]
        }
    });
    sources.collect()
}

#[test]
fn exports_are_guarded_and_must_be_used() {
    let mut exports = 0;
    for (file, text) in sources().iter().filter(|(file, _)| file != "tests.rs" && file != "abi.rs") {
        let before = exports;
        // The forms of macros have whole paths.
        let text = text.replace("$crate::ffi::abi::", "").replace("$crate::ffi::status::", "");
        let lines = text.lines().collect::<Vec<_>>();
        for (at, line) in lines.iter().enumerate() {
            let Some((front, name)) = line.split_once("extern \"C\" fn ") else { continue };
            let end = format!("{:1$}}}", "", front.len() - front.trim_start().len());
            let body = lines[at..].iter().take_while(|line| **line != end);
            let function = body.copied().collect::<Vec<_>>().join("\n");
            let (signature, body) = function.split_once(" {\n").unwrap();
            let guards =
                ["    guard(unsafe { Caller::new(err) }, |", "    guard_value(", "    guard_free(caller, "];
            let calls = guards.iter().map(|guard| body.matches(guard).count()).sum::<usize>();
            assert_eq!(calls, 1, "{file}: {name}");
            let export = lines[at - 1].trim();
            if export != "#[unsafe(no_mangle)]" {
                assert!(
                    export.starts_with("#[unsafe(export_name = concat!(stringify!($name), \"_"),
                    "{file}: {name}"
                );
            } else {
                assert!(name.starts_with("medseal_") || name.starts_with("$name("), "{file}: {name}");
            }
            if signature.contains("-> medseal_status") {
                assert!(signature.contains("err: *mut medseal_error"), "{file}: {name}");
                assert_eq!(lines[at - 2].trim(), "#[must_use]", "{file}: {name}");
            }
            exports += 1;
        }
        assert_eq!(exports - before, text.matches("#[unsafe(").count(), "{file}");
    }
    assert!(exports >= 10, "{exports}");
}

#[test]
fn handle_kinds_have_distinct_tags() {
    macro_rules! tags {
        ($($(#[doc = $doc:literal])+ $(if $feature:literal:)? $number:literal $kind:ident $row:tt,)*) => {
            vec![$(tags!(@ $row),)*]
        };
        (@ by_hand) => { None };
        (@ { $secrecy:ident $type:ty $(: $check:ident $(in $later:ident)?)?, $state:ident $name:ident $($rest:tt)* }) => {
            Some(super::handle::tag_of(stringify!($name)))
        };
    }
    let mut tags: Vec<u64> = crate::objects::objects!(tags).into_iter().flatten().collect();
    for (_, text) in sources() {
        for line in text.lines().filter_map(|line| line.strip_prefix("    struct ")) {
            if let Some((name, _)) = line.split_once(':') {
                tags.push(super::handle::tag_of(name));
            }
        }
    }
    let count = tags.len();
    assert!(count > 50);
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), count);
    assert!(tags.iter().all(|tag| *tag != 0));
}

fn detail() -> medseal_error {
    medseal_error {
        struct_size: size_of::<medseal_error>(),
        position: 0,
        status: 0,
        step: 0,
        message: [0; 224],
    }
}

fn parse(policy: &mut *mut medseal_policy, err: &mut medseal_error) -> medseal_status {
    let text = "role=doctor";
    // SAFETY: all pointers lead to what the header says.
    unsafe { medseal_policy_parse(text.as_ptr().cast::<c_char>(), text.len(), policy, err) }
}

#[test]
fn a_panic_is_a_status() {
    let (mut policy, mut err) = (ptr::null_mut(), detail());
    super::abi::tests::panic_next();
    assert_eq!(parse(&mut policy, &mut err), MEDSEAL_ERR_INTERNAL);
    assert_eq!(err.status, MEDSEAL_ERR_INTERNAL);
    assert_ne!(err.message[0], 0);
    assert_eq!(parse(&mut policy, &mut err), MEDSEAL_OK);
    // SAFETY: it was made above.
    unsafe { medseal_policy::free(policy) };
}

#[test]
fn outputs_are_cleared_when_the_work_panics() {
    use super::abi::{Caller, guard};
    let (mut number, mut many, mut len) = (7_u64, [7_i32; 3], 4);
    let mut handle = ptr::dangling_mut::<medseal_policy>();
    let (n, m, l, h) = (&raw mut number, many.as_mut_ptr(), &raw mut len, &raw mut handle);
    let mut bytes = [0; 4];
    // SAFETY: all pointers lead to variables above.
    let status = guard(unsafe { Caller::new(ptr::null_mut()) }, |c| {
        let _outputs = (
            c.out_value("n", n)?,
            c.out_values("m", m, 3)?,
            c.buffer("bytes", bytes.as_mut_ptr(), l)?,
            c.out("h", h)?,
        );
        panic!("injected");
    });
    assert_eq!(status, MEDSEAL_ERR_INTERNAL);
    assert_eq!((number, many, len, handle), (0, [0; 3], 0, ptr::null_mut()));
}

#[test]
fn outputs_may_overlap_inputs() {
    use super::entry::medseal_entry_wrap_aad;
    use super::query::{medseal_query, medseal_query_all};
    use super::record::{medseal_record_open, medseal_record_seal};
    use super::values::{medseal_digest, medseal_receipt};

    let none = ptr::null_mut();
    // SAFETY: all pointers lead to what the header says; outputs overlap inputs, and not each other.
    unsafe {
        let digest = medseal_digest { bytes: [7; 32] };
        let (mut apart, mut same) = (medseal_digest { bytes: [0; 32] }, digest);
        let place = &raw mut same;
        assert_eq!(medseal_entry_wrap_aad(&digest, &mut apart, none), MEDSEAL_OK);
        assert_eq!(medseal_entry_wrap_aad(place, place, none), MEDSEAL_OK);
        assert_eq!(apart.bytes, same.bytes);

        // The receipt overlaps the record to seal, and then the expected digest.
        let mut key = ptr::null_mut();
        assert_eq!(medseal_record_key_generate(&mut key, none), MEDSEAL_OK);
        let mut receipt = medseal_receipt { digest, length: 1, sealed_length: 2 };
        let receipt = &raw mut receipt;
        let record = std::slice::from_raw_parts(receipt.cast::<u8>(), size_of::<medseal_receipt>()).to_vec();
        let (mut sealed, mut sealed_len) = ([0; 256], 256);
        let place = receipt.cast::<u8>();
        let status = medseal_record_seal(
            key,
            place,
            record.len(),
            0,
            1,
            sealed.as_mut_ptr(),
            &mut sealed_len,
            receipt,
            none,
        );
        assert_eq!(status, MEDSEAL_OK);
        let (mut opened, mut opened_len) = ([0; 64], 64);
        let expected = &raw const (*receipt).digest;
        let status = medseal_record_open(
            key,
            sealed.as_ptr(),
            sealed_len,
            expected,
            1,
            opened.as_mut_ptr(),
            &mut opened_len,
            receipt,
            none,
        );
        assert_eq!(status, MEDSEAL_OK);
        assert_eq!(opened[..opened_len], record);
        // In place: the sealed record is overwritten by the record.
        let (buffer, mut len) = (sealed.as_mut_ptr(), sealed.len());
        let status = medseal_record_open(
            key,
            buffer,
            sealed_len,
            ptr::null(),
            1,
            buffer,
            &mut len,
            ptr::null_mut(),
            none,
        );
        assert_eq!(status, MEDSEAL_OK);
        assert_eq!(sealed[..len], record);
        medseal_record_key::free(key);

        let mut query = decoded(medseal_query::decode, &golden("query")).unwrap();
        let (first, place) = (query, &raw mut query);
        assert_eq!(medseal_query_all(place.cast_const().cast(), 1, place, none), MEDSEAL_OK);
        assert_ne!(first, query);
        medseal_query::free(first);
        medseal_query::free(query);
    }
}

/// The text of a file of the tests.
fn text_of(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)).unwrap()
}

/// The bytes of a golden object, in lines of hexadecimal digits.
fn golden(kind: &str) -> Vec<u8> {
    hex::decode(text_of(&format!("golden/{kind}.hex")).lines().collect::<String>()).unwrap()
}

/// A function that decodes an object.
type Decode<T> = unsafe extern "C" fn(*const u8, usize, *mut *mut T, *mut medseal_error) -> medseal_status;

/// The object that this function decodes, or the status of its failure.
fn decoded<T>(decode: Decode<T>, bytes: &[u8]) -> Result<*mut T, medseal_status> {
    let (mut object, mut err) = (ptr::null_mut(), detail());
    // SAFETY: the pointer goes with its length, and the outputs outlive the call.
    let status = unsafe { decode(bytes.as_ptr(), bytes.len(), &mut object, &mut err) };
    assert_eq!(object.is_null(), status != MEDSEAL_OK);
    if object.is_null() { Err(status) } else { Ok(object) }
}

#[test]
fn decoding_checks_what_rust_defers() {
    use super::abe::{medseal_abe_encapsulation, medseal_abe_wrapped_key};
    use super::search::medseal_search_index;

    fn check<T>(kind: &str, decode: Decode<T>, free: unsafe extern "C" fn(*mut T)) {
        let genuine = golden(kind);
        // SAFETY: it was just decoded.
        unsafe { free(decoded(decode, &genuine).expect(kind)) };
        for reject in read::rejects(&text_of(&format!("reject/{kind}.txt")), &genuine) {
            assert!(decoded(decode, &reject.bytes).is_err(), "{kind}, {}: {}", reject.fault, reject.error);
        }
    }
    check("search-index", medseal_search_index::decode, medseal_search_index::free);
    check("abe-wrapped-key", medseal_abe_wrapped_key::decode, medseal_abe_wrapped_key::free);
    check("abe-encapsulation", medseal_abe_encapsulation::decode, medseal_abe_encapsulation::free);
}

#[test]
fn points_of_a_strangers_entry_come_last() {
    use super::charter::medseal_charters;
    use super::entry::{medseal_entry_validate, medseal_validated};
    use super::handle::create;
    use super::status::MEDSEAL_ERR_INVALID_SIGNATURE;
    use crate::identity::SuperNodePublicKey;
    use crate::ledger::{Charters, MemoryLedger};

    // The golden entry was made under the first of the golden charters.
    let super_node = SuperNodePublicKey::from_bytes(&golden("super-node-public-key")).unwrap();
    let ledger = MemoryLedger::restore(&golden("snapshot"), &super_node).unwrap();
    let all = ledger.charters().unwrap();
    let first = Charters::new(all.get(1).unwrap().as_ref().clone(), &super_node).unwrap();
    let charters = create::<medseal_charters>(first);
    // The status of decoding, and the status of validating what decoding accepts.
    let judge = |bytes: &[u8]| -> Result<_, medseal_status> {
        let entry = decoded(medseal_entry::decode, bytes)?;
        let mut validated = ptr::null_mut();
        // SAFETY: all pointers lead to what the header says.
        unsafe {
            let judged = medseal_entry_validate(entry, charters, &mut validated, ptr::null_mut());
            medseal_entry::free(entry);
            medseal_validated::free(validated);
            Ok(judged)
        }
    };
    let genuine = golden("entry");
    assert_eq!(judge(&genuine), Ok(MEDSEAL_OK));
    let (mut unread, mut refused) = (0, 0);
    for reject in read::rejects(&text_of("reject/entry.txt"), &genuine) {
        match judge(&reject.bytes) {
            Err(_) => refused += 1,
            // The signature does not cover it, and is checked before the point.
            Ok(status) => {
                assert_eq!(status, MEDSEAL_ERR_INVALID_SIGNATURE, "{}: {}", reject.fault, reject.error);
                unread += 1;
            }
        }
    }
    assert!(unread >= 20 && refused >= 15, "{unread} {refused}");
    // SAFETY: it was created above.
    unsafe { medseal_charters::free(charters) };
}

#[test]
fn stateful_objects_serve_one_call() {
    use super::handle::{create, free, take};
    use super::merkle::medseal_merkle_frontier;
    let (frontier, name) = (create::<medseal_merkle_frontier>(crate::merkle::Frontier::new()), "f".into());
    // SAFETY: it was created above, and freed last.
    unsafe {
        let using = take(frontier, name).unwrap();
        assert_eq!(take(frontier, name).err().unwrap().status, MEDSEAL_ERR_BUSY);
        drop(using);
        assert!(take(frontier, name).is_ok());
        assert_eq!(
            take(frontier.cast::<super::stream::medseal_sealer>(), name).err().unwrap().status,
            MEDSEAL_ERR_WRONG_HANDLE
        );
        free(frontier);
    }
}

#[test]
fn objects_freed_in_use_live_on() {
    use std::sync::Arc;

    use super::handle::{Handle, Shared, Stateful, create, free, share, take};

    struct shared_thing;
    struct stateful_thing;
    impl Handle for shared_thing {
        type Content = Arc<()>;
        const TAG: u64 = 2;
    }
    impl Shared for shared_thing {}
    impl Handle for stateful_thing {
        type Content = Arc<()>;
        const TAG: u64 = 4;
    }
    impl Stateful for stateful_thing {}

    let (thing, name) = (Arc::new(()), "thing".into());
    // SAFETY: each was created here, and is used only while it has a user.
    unsafe {
        let handle = create::<shared_thing>(thing.clone());
        let (content, first) = share(handle, name).unwrap();
        let (_, second) = share(handle, name).unwrap();
        free(handle);
        assert_eq!(share(handle, name).err().unwrap().status, MEDSEAL_ERR_WRONG_HANDLE, "to later calls");
        free(handle); // a second time
        drop(first);
        assert!(Arc::ptr_eq(content, &thing));
        assert_eq!(Arc::strong_count(&thing), 2);
        drop(second);
        assert_eq!(Arc::strong_count(&thing), 1);

        let handle = create::<stateful_thing>(thing.clone());
        let using = take(handle, name).unwrap();
        free(handle);
        assert_eq!(take(handle, name).err().unwrap().status, MEDSEAL_ERR_WRONG_HANDLE);
        assert_eq!(Arc::strong_count(&using), 2);
        drop(using);
        assert_eq!(Arc::strong_count(&thing), 1);
    }
}

#[test]
fn an_argument_goes_by_its_name() {
    let helpers = ["c.", "required("];
    let named = |text: &str| text.split_once('"').map(|(before, rest)| (before.len(), rest.to_owned()));
    let mut uses = 0;
    for (file, text) in sources().iter().filter(|(file, _)| !["tests.rs", "abi.rs"].contains(&&**file)) {
        for helper in helpers {
            for after in text.split(helper).skip(1) {
                let after =
                    after.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_' || c == '(');
                let Some((0, rest)) = named(after.trim_start()) else { continue };
                let (name, argument) = rest.split_once("\",").unwrap();
                let argument = argument.trim_start();
                let argument = argument.strip_prefix('$').unwrap_or(argument); // in the forms of the table
                assert!(argument.starts_with(name), "{file}: {name}");
                uses += 1;
            }
        }
    }
    assert!(uses > 50, "{uses}");
}

#[test]
fn queries_are_bounded_in_size_and_depth() {
    use super::query::{
        MEDSEAL_QUERY_DEPTH, medseal_query, medseal_query_any, medseal_query_new, medseal_trapdoor,
    };
    use super::search_keys::medseal_search_public_key;
    use super::status::MEDSEAL_ERR_LIMIT_EXCEEDED;

    let none = ptr::null_mut();
    // How often a query can be combined from this many copies of itself.
    let grow = |copies: usize| {
        let mut query: *mut medseal_query = ptr::null_mut();
        // SAFETY: all pointers lead to what the header says.
        unsafe {
            let key = decoded(medseal_search_public_key::decode, &golden("search-public-key")).unwrap();
            let trapdoor = decoded(medseal_trapdoor::decode, &golden("trapdoor")).unwrap();
            assert_eq!(medseal_query_new(trapdoor, key, &mut query, none), MEDSEAL_OK);
            medseal_trapdoor::free(trapdoor);
            medseal_search_public_key::free(key);
            let mut times = 0;
            loop {
                let (parts, mut larger) = ([query.cast_const(); 2], ptr::null_mut());
                let status = medseal_query_any(parts.as_ptr(), copies, &mut larger, none);
                medseal_query::free(query);
                query = larger;
                if status != MEDSEAL_OK {
                    assert_eq!(status, MEDSEAL_ERR_LIMIT_EXCEEDED);
                    assert!(larger.is_null());
                    return times;
                }
                times += 1;
            }
        }
    };
    assert_eq!(grow(1), MEDSEAL_QUERY_DEPTH - 1);
    assert_eq!(grow(2), 9); // 1023 parts
}

#[cfg(unix)]
#[test]
fn opened_files_are_private() {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::status::Failure;
    use super::stream::new_file;

    let path = std::env::temp_dir().join(format!("medseal-owner-{}", std::process::id()));
    let made = new_file(path.to_str().unwrap(), |mut file| Ok(file.write(b"HbA1c").unwrap()));
    assert_eq!(made.unwrap(), 5);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(new_file(path.to_str().unwrap(), |_| Ok(())).is_err(), "it overwrites nothing");
    fs::remove_file(&path).unwrap();
    let failed = new_file(path.to_str().unwrap(), |_| Err::<(), _>(Failure::invalid("file", "is injected")));
    assert!(failed.is_err());
    assert!(!path.exists(), "and leaves nothing");
}

#[cfg(unix)]
#[test]
fn file_errors_name_their_path() {
    use super::stream::{new_file, open_file};
    use std::io::{Read, Write};

    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().to_str().unwrap();
    // A directory opens like a file, but reading it fails.
    let error = open_file(folder).unwrap().read(&mut [0]).unwrap_err();
    assert!(error.to_string().starts_with(&format!("{folder}: ")), "{error}");
    let missing = format!("{folder}/missing");
    assert!(open_file(&missing).err().unwrap().message.starts_with(&format!("{missing}: ")));
    assert_eq!(new_file(&missing, |mut file| Ok(file.write(b"HbA1c").unwrap())).unwrap(), 5);
    assert_eq!(fs::read(&missing).unwrap(), b"HbA1c");
}

#[test]
fn lacking_memory_is_a_status() {
    use super::record::{medseal_record_open, medseal_record_seal};
    use super::status::MEDSEAL_ERR_OUT_OF_MEMORY;
    use crate::record::{ChunkSize, OpenOptions, RecordKey, SealOptions};
    use rand_core::OsRng;

    let (key, length) = (RecordKey::generate(&mut OsRng).unwrap(), 4 << 20);
    let (record, options) = (vec![7; length], SealOptions::default().threads(Threads::ONE));
    let (mut sealed, _) = key.seal(&record, &options, &mut OsRng).unwrap();
    let (mut grown, mut opened, none) = (record.clone(), vec![0; length], ptr::null_mut());
    let handle = super::handle::create::<medseal_record_key>(RecordKey::from_bytes(&key.to_bytes()).unwrap());
    let (mut out_len, mut shorter) = (sealed.len(), length);

    LARGEST.set(Some(1 << 20));
    let mut failed = vec![
        key.seal(&record, &options, &mut OsRng).map(drop),
        key.open(&sealed, &OpenOptions::default().threads(Threads::ONE)).map(drop),
        key.open_range(&sealed, 0, length as u64).map(drop),
        key.seal_in_place(&mut grown, ChunkSize::default(), &mut OsRng).map(drop),
    ];
    let large = ChunkSize::from_log2(24).unwrap();
    let options = SealOptions::default().threads(Threads::ONE).chunk_size(large);
    failed.push(
        key.seal_stream(&*record, Vec::new(), &options, &mut OsRng, crate::record::no_progress).map(drop),
    );
    // SAFETY: all pointers lead to what the header says.
    let statuses = unsafe {
        let (at, len) = (sealed.as_mut_ptr(), sealed.len());
        let to = opened.as_mut_ptr();
        // With separate buffers, it takes no memory of the record's size. In place, the opened
        // bytes must be kept elsewhere.
        [
            medseal_record_open(handle, at, len, ptr::null(), 1, to, &mut shorter, ptr::null_mut(), none),
            medseal_record_seal(handle, to, shorter, 0, 1, at, &mut out_len, ptr::null_mut(), none),
            medseal_record_open(handle, at, out_len, ptr::null(), 1, at, &mut shorter, ptr::null_mut(), none),
        ]
    };
    LARGEST.set(None);
    assert!(failed.iter().all(|result| *result == Err(crate::Error::OutOfMemory)), "{failed:?}");
    assert_eq!(statuses, [MEDSEAL_OK, MEDSEAL_OK, MEDSEAL_ERR_OUT_OF_MEMORY]);
    assert_eq!((grown, opened), (record.clone(), record), "unchanged, and right");
    // SAFETY: it was created above.
    unsafe { super::handle::free(handle) };
}

/// Looks for a pattern in memory that is freed, on a thread that asks for it.
struct Watching;

thread_local! {
    static PATTERN: Cell<Option<[u8; 16]>> = const { Cell::new(None) };
    static FREED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
    /// The largest allocation that a thread can get, if there is a limit.
    static LARGEST: Cell<Option<usize>> = const { Cell::new(None) };
}

// SAFETY: it is the system's allocator, and looks at memory before it goes back.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if LARGEST.try_with(Cell::get).is_ok_and(|largest| largest.is_some_and(|most| layout.size() > most)) {
            return ptr::null_mut();
        }
        // SAFETY: by the caller's promise. Zeroed, so that all of it can be read later.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if let Ok(Some(pattern)) = PATTERN.try_with(Cell::get) {
            // SAFETY: it was allocated with this size, and zeroed.
            let bytes = unsafe { std::slice::from_raw_parts(memory, layout.size()) };
            let found = bytes.windows(pattern.len()).any(|window| window == pattern);
            let (all, with) = FREED.get();
            FREED.set((all + 1, with + usize::from(found)));
        }
        // SAFETY: by the caller's promise.
        unsafe { System.dealloc(memory, layout) };
    }
}

#[global_allocator]
static WATCHING: Watching = Watching;

#[test]
fn freeing_a_handle_wipes_its_secret() {
    let (mut bytes, mut len) = ([0; 36], 36);
    let mut made = ptr::null_mut();
    // SAFETY: all pointers lead to what the header says.
    unsafe {
        assert_eq!(medseal_record_key_generate(&mut made, ptr::null_mut()), MEDSEAL_OK);
        assert_eq!(
            medseal_record_key::encode(made, bytes.as_mut_ptr(), &mut len, ptr::null_mut()),
            MEDSEAL_OK
        );
        PATTERN.set(Some(*bytes.last_chunk().unwrap()));
        // Memory that contains it is noticed.
        drop(bytes.to_vec());
        assert_eq!(FREED.get(), (1, 1));
        let key = decoded(medseal_record_key::decode, &bytes).unwrap();
        medseal_record_key::free(key);
        medseal_record_key::free(made);
        PATTERN.set(None);
    }
    let (all, with) = FREED.get();
    assert!(all >= 3, "the handles were freed");
    assert_eq!(with, 1, "and left nothing behind");
}
