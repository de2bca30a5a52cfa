//! The examples as a person runs them: what `share_record` prints, what it writes, and how it fails; what `rotate_keys`
//! tells.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // in helpers, which clippy does not take for tests

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs an example, which cargo builds first if it has to.
fn example(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", name]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn share_record(store: &Path, arguments: &[&str]) -> Output {
    example("share_record").arg("--").args(arguments).arg("--store").arg(store).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_file_is_shared_and_its_opened_copy_is_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("scan.dat");
    fs::write(&file, vec![7; 200_000]).unwrap();
    let store = directory.path().join("store");
    let policy = "role=doctor and clearance in 2..4";
    let output =
        share_record(&store, &[file.to_str().unwrap(), "--policy", policy, "--keyword", "mri", "left knee"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for what in
        ["seal the record", "match", "1 of 1 entries", "the same bytes", "finds nothing; opens nothing"]
    {
        assert!(printed.contains(what), "{what} is not in\n{printed}");
    }
    assert_eq!(fs::read(store.join("opened/scan.dat")).unwrap(), vec![7; 200_000]);
    assert_eq!(fs::read_dir(store.join("objects")).unwrap().count(), 1);
    // Not a terminal: no progress bar.
    assert!(!text(&output.stderr).contains("sealing"), "{}", text(&output.stderr));
}

#[test]
fn a_search_that_finds_nothing_says_so_and_fails() {
    let directory = tempfile::tempdir().unwrap();
    let output = share_record(directory.path(), &["--search", "influenza"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("0 of 1 entries"), "{}", text(&output.stdout));
    assert!(
        text(&output.stderr)
            .ends_with("nothing found: no record that the doctor may open has the keywords influenza\n")
    );
    assert_eq!(fs::read_dir(directory.path().join("opened")).unwrap().count(), 0);
}

#[test]
fn the_opened_copy_never_takes_the_originals_place() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("opened/scan.dat");
    fs::create_dir(original.parent().unwrap()).unwrap();
    fs::write(&original, "the only copy").unwrap();
    let output = share_record(directory.path(), &[original.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("would overwrite"), "{}", text(&output.stderr));
    assert_eq!(fs::read(&original).unwrap(), b"the only copy");
}

#[test]
fn every_failure_is_one_line_and_exit_code_1_and_leaves_nothing_half_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a file");
    fs::write(&file, "x").unwrap();
    let (folder, file) = (directory.path().to_str().unwrap(), file.to_str().unwrap());
    let store = directory.path().join("store");
    for (arguments, said) in [
        (&[folder][..], "it is a directory"),
        (&["/no/such/file"], "cannot read /no/such/file"),
        (&["--policy", "role=doctor and (clearance >="], "--policy: at byte 29: expected a value"),
        (&["--policy", "role=nurse"], "does not satisfy the policy"),
        (
            &["--policy", "role=doctor and not department=surgery"],
            "only key wrapping supports the negation of a text",
        ),
        (&["--keyword", " "], "a keyword must have 1 to 256 bytes"),
        (&["--keyword", "mri", file], "FILE goes before --keyword"),
        (&["--attributes", "role="], "--attributes: at byte 5"),
        (&["--bogus"], "unexpected argument"),
    ] {
        let output = share_record(&store, arguments);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        // Warnings of the build may stand before it.
        let line = stderr.trim_end().lines().last().unwrap();
        assert!(line.starts_with("share_record: ") && line.contains(said), "{arguments:?}: {stderr}");
        assert_eq!(stderr.matches("share_record: ").count(), 1, "{stderr}");
        assert!(output.stdout.is_empty());
        let left = fs::read_dir(store.join("objects")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{arguments:?}");
    }
    // The store's place is taken by a file.
    let output = share_record(Path::new(file), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot use the directory"));
}

#[test]
fn an_expired_key_fails_on_new_records_and_opens_old_ones() {
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
