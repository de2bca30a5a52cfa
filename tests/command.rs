//! The examples as a user runs them: the output, files and failures of `share_record`, and the
//! output of `rotate_keys`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in helpers, which clippy does not take for tests")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use medseal::policy::Date;

#[path = "../examples/share_record/clock.rs"]
mod clock;

/// An example, which `cargo test` builds before it runs this.
fn example(name: &str) -> Command {
    let this = std::env::current_exe().unwrap();
    let program = this.ancestors().nth(2).unwrap().join("examples").join(name);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    let help = format!("build it: cargo build --example {name}, with the options of this test");
    let built = fs::metadata(&program).and_then(|file| file.modified());
    let built = built.unwrap_or_else(|error| panic!("{}: {error}; {help}", program.display()));
    // Next to it, cargo lists its source files.
    let sources = fs::read_to_string(program.with_extension("d")).unwrap();
    for source in sources.split_whitespace().skip(1) {
        let changed = fs::metadata(source).and_then(|file| file.modified());
        assert!(changed.is_ok_and(|changed| changed <= built), "it is older than {source}; {help}");
    }
    Command::new(program)
}

fn share_record(store: &Path, arguments: &[&str]) -> Output {
    example("share_record").args(arguments).arg("--store").arg(store).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// All files below a folder, without the folder's own path.
fn files(folder: &Path) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// It failed with one line that contains `said`, and printed nothing else.
#[track_caller]
fn failed(output: &Output, said: &str) {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("share_record: ") && stderr.contains(said), "{stderr}");
    assert!(stderr.ends_with('\n') && stderr.lines().count() == 1, "{stderr}");
}

/// It shared the record: one sealed object and one opened copy are in the store, and nothing else.
#[track_caller]
fn shared(output: &Output, store: &Path, name: &str, record: &[u8]) {
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let [object, copy] = &files(store)[..] else { panic!("{:?}", files(store)) };
    let is_hex = |name: &str| name.len() == 64 && name.bytes().all(|c| c.is_ascii_hexdigit());
    assert!(is_hex(object.strip_prefix("objects/").unwrap()), "{object}");
    let (entry, copied) = copy.strip_prefix("opened/").unwrap().split_once('/').unwrap();
    assert!(is_hex(entry) && copied == name, "{copy}");
    assert_eq!(fs::read(store.join(copy)).unwrap(), record);
    assert_eq!(fs::read_dir(store).unwrap().count(), 2);
}

#[test]
fn shares_a_file_and_opens_an_equal() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("scan.dat");
    fs::write(&file, vec![7; 200_000]).unwrap();
    let store = directory.path().join("store");
    let policy = "role=doctor and clearance in 2..4 and not department=surgery";
    let output =
        share_record(&store, &[file.to_str().unwrap(), "--policy", policy, "--keyword", "mri", "left knee"]);
    // Not a terminal: no progress bar.
    shared(&output, &store, "scan.dat", &[7; 200_000]);
    let printed = text(&output.stdout);
    for what in
        ["seal the record", "match", "1 of 1 entries", "the same bytes", "finds nothing; opens nothing"]
    {
        assert!(printed.contains(what), "{what} is not in\n{printed}");
    }
}

#[test]
fn files_of_odd_sizes_and_names_are_records_too() {
    let longest = "n".repeat(255);
    for (name, record) in [("odd", &b""[..]), ("odd", b"x"), (&longest, b"x")] {
        let directory = tempfile::tempdir().unwrap();
        let (file, store) = (directory.path().join(name), directory.path().join("store"));
        fs::write(&file, record).unwrap();
        shared(&share_record(&store, &[file.to_str().unwrap()]), &store, name, record);
    }
}

#[test]
fn an_empty_search_fails_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let output = share_record(directory.path(), &["--search", "influenza"]);
    failed(&output, "nothing found: no record that the doctor may open has the keywords influenza");
    assert!(text(&output.stdout).contains("0 of 1 entries"), "{}", text(&output.stdout));
    assert_eq!(fs::read_dir(directory.path().join("opened")).unwrap().count(), 0);
    assert_eq!(files(directory.path()).len(), 1, "the sealed record");
}

#[test]
fn an_opened_copy_replaces_no_file() {
    // Two records with the same name, the second of them twice, and an original in
    // the directory of copies.
    let directory = tempfile::tempdir().unwrap();
    let store = directory.path().join("store");
    let originals = ["a/rec.json", "b/rec.json", "b/rec.json", "store/opened/rec.json"];
    for name in originals {
        let original = directory.path().join(name);
        fs::create_dir_all(original.parent().unwrap()).unwrap();
        fs::write(&original, name).unwrap();
        let output = share_record(&store, &[original.to_str().unwrap()]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let files = files(&store);
    let copies = files.iter().filter(|name| name.starts_with("opened/"));
    let mut copies: Vec<_> = copies.map(|name| fs::read_to_string(store.join(name)).unwrap()).collect();
    copies.sort();
    // The last is an original next to its copy.
    assert_eq!(copies, [&originals[..], &originals[3..]].concat());
}

#[test]
fn without_arguments_it_shares_the_sample() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/patient-record.json");
    let sample = fs::read(sample).unwrap();
    let directory = tempfile::tempdir().unwrap();
    shared(&share_record(directory.path(), &[]), directory.path(), "patient-record.json", &sample);
    // By default, each user has a folder.
    #[cfg(unix)]
    for home in [(); 2].map(|()| tempfile::tempdir().unwrap()) {
        let output = example("share_record").env("HOME", home.path()).output().unwrap();
        shared(&output, &home.path().join("medseal-share-record"), "patient-record.json", &sample);
    }
}

#[test]
fn days_are_utc_days_wherever_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = example("share_record");
    // Half a day behind, and more than half a day ahead: one of the two has another local date.
    for zone in ["Etc/GMT+12", "Etc/GMT-14"] {
        let before = clock::read(SystemTime::now()).unwrap().1;
        let output = command.env("TZ", zone).arg("--store").arg(directory.path()).output().unwrap();
        let after = clock::read(SystemTime::now()).unwrap().1;
        let says = |day: Date| text(&output.stdout).contains(&format!("today          {day}, in UTC"));
        assert!(says(before) || says(after), "{}", text(&output.stdout));
        command = example("share_record");
    }
}

#[test]
fn failures_print_one_line_and_exit_1() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a file");
    fs::write(&file, "x").unwrap();
    let (folder, file) = (directory.path().to_str().unwrap(), file.to_str().unwrap());
    let store = directory.path().join("store");
    for (arguments, said) in [
        (&[folder][..], "it is a directory"),
        (&["/no/such/file"], "cannot read /no/such/file"),
        (&["--policy", "role=doctor and (clearance >="], "--policy: at byte 29: expected a value"),
        (&["--policy", "role=doctr"], "does not satisfy the policy (role=doctr)"),
        (&["--policy", "role=nurse"], "does not satisfy the policy"),
        (&["--keyword", " "], "the keyword is empty"),
        (&["--keyword", "mri", file], "FILE must precede --keyword"),
        (&["--attributes", "role="], "--attributes: at byte 5"),
        (&["--bogus"], "unexpected argument"),
    ] {
        let output = share_record(&store, arguments);
        failed(&output, said);
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert_eq!(files(&store), [""; 0], "{arguments:?}");
    }
    // A file occupies the store's path.
    failed(&share_record(Path::new(file), &[]), "cannot use the directory");
    assert_eq!(fs::read(file).unwrap(), b"x");
}

#[cfg(unix)]
#[test]
fn reports_a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let (file, store) = (directory.path().join("secret"), directory.path().join("store"));
    fs::write(&file, "x").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    let output = share_record(&store, &[file.to_str().unwrap()]);
    if File::open(&file).is_ok() {
        // The user who runs this can read everything, as root can.
        shared(&output, &store, "secret", b"x");
    } else {
        failed(&output, "cannot read");
        assert_eq!(files(&store), [""; 0]);
    }
}

/// A limit on file size simulates a full disk: writing fails while the record is sealed.
#[cfg(unix)]
#[test]
fn reports_a_full_disk_and_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (file, store) = (directory.path().join("large"), directory.path().join("store"));
    fs::write(&file, vec![7; 100 * 1024]).unwrap();
    let limited = |blocks: &str| {
        // Blocks of 512 bytes; without the trap the signal would end the program.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command
            .args(["-c", &script])
            .arg(example("share_record").get_program())
            .arg(&file)
            .arg("--store")
            .arg(&store);
        command.output().unwrap()
    };
    let output = limited("64");
    failed(&output, "storing the sealed record: input or output failed: File too large (os error 27)");
    assert_eq!(files(&store), [""; 0]);
    shared(&limited("unlimited"), &store, "large", &[7; 100 * 1024]);
}

#[cfg(target_os = "linux")]
#[test]
fn unprintable_output_is_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = example("share_record");
    command.arg("--store").arg(directory.path());
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = command.stdout(Stdio::from(full)).output().unwrap();
    failed(&output, "printing the table: No space left on device");
    // Everything was done before: the sealed record and the copy are complete,
    // and nothing else exists.
    assert_eq!(files(directory.path()).len(), 2, "{:?}", files(directory.path()));
}

#[test]
fn rejects_clocks_before_1970_or_after_9999() {
    let days = |days: u64| Duration::from_millis(days * clock::DAY_MS);
    let last = u64::from(Date::new(9999, 12, 31).unwrap().days());
    assert_eq!(clock::read(UNIX_EPOCH - Duration::from_millis(1)), None);
    assert_eq!(clock::read(UNIX_EPOCH + days(last + 1)), None);
    assert_eq!(clock::read(UNIX_EPOCH + days(u64::from(u32::MAX) + 1)), None);
    let first = Date::new(1970, 1, 1).unwrap();
    assert_eq!(clock::read(UNIX_EPOCH), Some((0, first)));
    let (ms, day) = clock::read(UNIX_EPOCH + days(last + 1) - Duration::from_millis(1)).unwrap();
    assert_eq!((ms, day.to_string().as_str()), ((last + 1) * clock::DAY_MS - 1, "9999-12-31"));
    assert!(clock::read(SystemTime::now()).is_some());
    assert!(clock::WRONG.lines().count() == 1);
}

#[test]
fn expired_keys_open_only_old_records() {
    let output = example("rotate_keys").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let (_, april) = printed.split_once("2027-04-02  Ben has left.").unwrap();
    let (ada, ben) = april.split_once("Ben, with his old key, finds 1 of 2").unwrap();
    assert!(ada.contains("Ada, with the new key, finds 2 of 2"), "{printed}");
    for record in ["opens \"HbA1c 7.2 %\"", "opens \"HbA1c 6.8 %\""] {
        assert!(ada.contains(record), "{printed}");
    }
    assert!(ben.contains("opens \"HbA1c 7.2 %\"") && !ben.contains("6.8"), "{printed}");
    assert!(ben.contains("valid_until>=2027-04-02, where the key has valid_until=2027-03-31"), "{printed}");
}
