//! The program, over several runs.

use std::process::Command;

use postgres_ledger::Server;

#[test]
fn finds_what_an_earlier_run_published() {
    let (server, home) = (Server::start().unwrap(), tempfile::tempdir().unwrap());
    let (url, home) = (server.url(), home.path().to_str().unwrap().to_owned());
    let run = |command: &str, argument: &str| {
        let program = env!("CARGO_BIN_EXE_postgres_ledger");
        let output = Command::new(program).args([command, &url, &home, argument]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let record = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/patient-record.json");
    let length = std::fs::metadata(record).unwrap().len();
    let published = |items| (true, format!("published 1 files; the ledger has {items} items\n"));
    assert_eq!(run("publish", record), published(2));
    assert_eq!(run("publish", record), published(3));
    let (found, lines) = run("search", "Patient-Record");
    assert!(found && lines.lines().count() == 2);
    assert!(lines.lines().all(|line| line.ends_with(&format!(" {length} bytes"))), "{lines}");
    assert_eq!(run("search", "another"), (true, String::new()));
    // Other parties cannot take over the ledger.
    let others = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_postgres_ledger");
    let search = ["search", &url, others.path().to_str().unwrap(), "patient-record"];
    assert!(!Command::new(program).args(search).output().unwrap().status.success());
}
