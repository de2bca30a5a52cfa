//! Four real offices and node processes, run by the commands that people type: killed one by one
//! and together, with a damaged archive, a full disk, a wrong clock, and clients that lie. Tests
//! run one at a time, because each needs the whole machine.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "in helpers, which clippy does not take for tests"
)]

mod offices;
mod world;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use world::{MEMBERS, World, one_line, patiently};

const LAST: usize = MEMBERS.len() - 1;

#[test]
fn goes_on_without_one_node() {
    let mut world = World::start();
    let first = world.submit(0, 1);
    world.kill(LAST);
    // All hospitals submit, including the one without its node, through another's.
    let mut entries = first;
    entries.extend(world.submit(LAST, 2));
    entries.extend(world.submit(1, 3));
    let status = world.run(1, &["status"]);
    assert!(status.contains("DOWN"), "{status}");
    world.start_node(LAST);
    world.wait_for_items(LAST, 1 + entries.len());
    world.check(LAST, &entries);
}

#[test]
fn without_two_nothing_is_final() {
    let mut world = World::start();
    let mut entries = world.submit(0, 1);
    world.kill(LAST);
    world.kill(LAST - 1);
    let mut waiting = world.begin_submit(0, 2);
    std::thread::sleep(Duration::from_secs(6));
    assert!(waiting.child.try_wait().unwrap().is_none(), "an entry became final without a quorum");
    assert_eq!(world.items(0), 1 + entries.len());
    assert_eq!(world.items(1), 1 + entries.len());
    world.start_node(LAST);
    entries.extend(waiting.end());
    world.start_node(LAST - 1);
    world.wait_for_items(LAST - 1, 1 + entries.len());
    world.check(LAST - 1, &entries);
}

#[test]
fn nothing_is_lost_when_all_are_killed() {
    let mut world = World::start();
    let mut entries = Vec::new();
    for round in 0..2 {
        entries.extend(world.submit(round, 2));
        // One more entry is in flight when all die at once.
        let waiting = world.begin_submit(LAST, 1);
        std::thread::sleep(Duration::from_millis(150 * round as u64));
        (0..MEMBERS.len()).for_each(|node| world.kill(node));
        drop(waiting);
        let start = Instant::now();
        (0..MEMBERS.len()).for_each(|node| world.start_node(node));
        // The next call finishes the unfinished entry, which is on the ledger once.
        entries.extend(patiently("the nodes", || world.try_submit(LAST, 0).ok()));
        // Without its replay file, a node would accept no handshakes for 30 seconds.
        assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
    }
    // Another hospital's node may be a block behind the one that acknowledged the last entry.
    world.wait_for_items(0, 1 + entries.len());
    world.check(0, &entries);
    let items = world.items(0);
    // An upload killed before its commit leaves nothing to finish.
    assert!(
        (1 + entries.len()..=1 + entries.len() + 2).contains(&items),
        "{items} items, {} entries",
        entries.len()
    );
}

#[test]
fn a_truncated_archive_is_not_believed() {
    let mut world = World::start();
    let mut entries = world.submit(0, 3);
    world.wait_for_items(LAST, 1 + entries.len());
    let storage = world.folder(LAST).join("node/storage");
    for part in [2, 100] {
        world.kill(LAST);
        let largest = files(&storage)
            .into_iter()
            .filter(|file| file.to_string_lossy().contains("blocks-values"))
            .max_by_key(|file| fs::metadata(file).unwrap().len());
        let largest = largest.expect("there are blocks on the disk");
        let length = fs::metadata(&largest).unwrap().len();
        fs::File::options().write(true).open(&largest).unwrap().set_len(length / part).unwrap();
        // The node fetches what is missing, or says what to do; then the test does that.
        if let Some(said) = world.start_or_refuse(LAST) {
            assert!(
                one_line(&said).contains("delete the folders blocks-*, finalizations-* and marshal-*"),
                "{said}"
            );
            for entry in fs::read_dir(&storage).unwrap() {
                let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
                let name = name.to_string_lossy();
                if ["blocks-", "finalizations-", "marshal-"].iter().any(|part| name.starts_with(part)) {
                    fs::remove_dir_all(path).unwrap();
                }
            }
            world.start_node(LAST);
        }
        entries.extend(world.submit(1, 1));
        world.wait_for_items(LAST, 1 + entries.len());
        world.check(LAST, &entries);
    }
}

/// A node that forgot its votes does not vote. It returns with new keys.
#[test]
fn a_lost_storage_is_replaced_by_keys() {
    let mut world = World::start();
    let mut entries = world.submit(0, 2);
    world.wait_for_items(LAST, 1 + entries.len());
    let (node, storage) = (world.folder(LAST).join("node"), world.folder(LAST).join("node/storage"));
    let (old, new) = (node.join("old"), node.join("new"));
    let copy = |from: &Path, to: &Path| {
        assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
    };
    copy(&storage, &old);
    // The disk is the wrong one, is not mounted, or was restored from a backup.
    world.kill(LAST);
    world.start_node(LAST);
    entries.extend(world.submit(LAST, 1));
    world.kill(LAST);
    fs::rename(&storage, &new).unwrap();
    let refused = |world: &mut World, part: &str| {
        let said = world.start_or_refuse(LAST).expect("it starts without its votes");
        for part in [part, "must not be used again", "Replacing a node"] {
            assert!(one_line(&said).contains(part), "{part:?} is not in: {said}");
        }
    };
    refused(&mut world, "does not hold the votes");
    fs::create_dir(&storage).unwrap();
    refused(&mut world, "does not hold the votes");
    let said = world.fail(LAST, &["init"]);
    assert!(one_line(&said).contains("must not be used again"), "{said}");
    fs::remove_dir_all(&storage).unwrap();
    copy(&old, &storage);
    refused(&mut world, "is an older copy");
    // With the right directory back, the node continues.
    fs::remove_dir_all(&storage).unwrap();
    copy(&new, &storage);
    world.start_node(LAST);
    entries.extend(world.submit(1, 1));
    world.wait_for_items(LAST, 1 + entries.len());

    // Its storage is lost permanently. The others continue, and admit it with new keys.
    world.kill(LAST);
    [&storage, &old, &new].into_iter().for_each(|folder| fs::remove_dir_all(folder).unwrap());
    entries.extend(world.submit(LAST, 1));
    world.replace_keys(LAST);
    for node in 0..LAST {
        world.kill(node);
        world.start_node(node);
    }
    let said = world.start_or_refuse(LAST).expect("its storage is not there");
    assert!(one_line(&said).contains("run `medseal-consortium init` once if the key is new"), "{said}");
    world.run(LAST, &["init"]);
    world.start_node(LAST);
    world.wait_for_items(LAST, 1 + entries.len());
    assert_eq!(world.figure(LAST, "is_validator"), 0);

    let mut validators = Vec::new();
    for (node, name) in MEMBERS.iter().enumerate().take(LAST) {
        let validator = format!("../nodes/{name}-of-hospitals.validator");
        let keys = ["keys", "validator", "--super-node", "../super-node", "--first-charter", "../charter-1"];
        world.run(node, &[&keys[..], &["--of", "node", "--out", &validator]].concat());
        validators.push(validator.trim_start_matches("../").to_owned());
    }
    validators.push(format!("nodes/{}-2.validator", MEMBERS[LAST]));
    entries.extend(world.submit(0, 1));
    let state = format!("{}/hospital/state", MEMBERS[0]);
    let charter = ["charter", "--follows", &state, "--super-node", "super-node", "--validator"];
    let validators = validators.iter().map(String::as_str).collect::<Vec<_>>();
    world.ask(&[&charter[..], &validators].concat(), "charter-2");
    world.run(0, &["charter", "../charter-2"]);
    patiently("the new validator", || (world.figure(LAST, "is_validator") == 1).then_some(()));

    // The quorum needs the new node, and nothing is lost.
    world.kill(1);
    entries.extend(world.submit(0, 1));
    world.wait_for_items(LAST, 2 + entries.len());
    world.check(LAST, &entries);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A small file system in memory, unmounted on drop.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // If a process still uses it, it remains until the process ends.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_stops_only_one_node() {
    let mut world = World::start();
    let storage = world.folder(LAST).join("node/storage");
    world.kill(LAST);
    // A stopped node can be moved to another disk with its whole storage.
    let moved = storage.with_extension("moved");
    fs::rename(&storage, &moved).unwrap();
    let Some(disk) = SmallDisk::mount(&storage) else {
        eprintln!(
            "******** NOT TESTED: a full disk, which needs the right to mount a small one (root) ********"
        );
        return;
    };
    assert!(Command::new("cp").arg("-a").arg(moved.join(".")).arg(&storage).status().unwrap().success());
    world.start_node(LAST);
    let mut entries = world.submit(0, 1);
    world.wait_for_items(LAST, 1 + entries.len());
    let filler = storage.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    // Fill the disk.
    while file.write_all(&[7; 4096]).is_ok() {}
    drop(file);
    entries.extend(world.submit(1, 3));
    world.check(0, &entries);
    // It ended with the reason. With space freed, it starts and catches up.
    assert!(!world.wait(LAST).success());
    assert!(world.log(LAST).contains("medseal-consortium: the node cannot go on"), "{}", world.log(LAST));
    fs::remove_file(&filler).unwrap();
    world.start_node(LAST);
    world.wait_for_items(LAST, 1 + entries.len());
    world.check(LAST, &entries);
    world.kill(LAST);
    drop(disk);
}

#[test]
fn a_wrong_clock_harms_only_its_node() {
    let faketime =
        Command::new("faketime").arg("--version").output().is_ok_and(|output| output.status.success());
    if !faketime {
        assert!(
            std::env::var_os("CI").is_none(),
            "faketime is missing: run consortium/check, which installs it"
        );
        eprintln!(
            "******** NOT TESTED: a wrong clock, which needs faketime (apt-get install faketime) ********"
        );
        return;
    }
    let mut world = World::start();
    let mut entries = world.submit(0, 1);
    world.kill(LAST);
    // Five minutes: the network tolerates it.
    world.start_node_at(LAST, "+5m");
    entries.extend(world.submit(1, 1));
    world.wait_for_items(LAST, 1 + entries.len());
    world.kill(LAST);
    // Two hours: the others refuse it, and continue.
    world.start_node_at(LAST, "+2h");
    let known = 1 + entries.len();
    entries.extend(world.submit(1, 2));
    world.check(0, &entries);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(world.items(LAST), known, "it is talked to");
    world.kill(LAST);
    world.start_node(LAST);
    world.wait_for_items(LAST, 1 + entries.len());
    world.check(LAST, &entries);
}

#[test]
fn clients_that_lie_get_nothing() {
    let mut world = World::start();
    let entries = world.submit(0, 1);
    // Bytes of another protocol, excessive lengths, silence.
    let mut silent = Vec::new();
    for seed in 0..60_u32 {
        let mut stream = TcpStream::connect(world.hospitals(0)).unwrap();
        let bytes: Vec<u8> = match seed % 4 {
            0 => vec![0xff; 64],
            1 => b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            2 => [&[0, 0, 1, 0][..], b"MSW\x01", &[seed as u8; 252]].concat(),
            _ => Vec::new(),
        };
        // The node may have closed the connection already.
        let _ = stream.write_all(&bytes);
        silent.push(stream);
    }
    world.check(0, &entries);
    drop(silent);

    // A hospital from another super node.
    let stranger = World::template(false);
    let folder = world.folder(1);
    let identity = folder.join("hospital/identity.secret");
    let own = fs::read(&identity).unwrap();
    fs::copy(stranger.join("st-paul/hospital/identity.secret"), &identity).unwrap();
    let said = world.fail(1, &["status"]);
    assert!(said.contains("identity"), "{said}");
    fs::write(&identity, own).unwrap();

    // A hospital revoked while the nodes run.
    let follows = ["registry", "--follows", "registry", "--super-node", "super-node"];
    world.ask(&[&follows[..], &["--revoke-hospital", "st-paul"]].concat(), "registry-2");
    fs::rename(world.path().join("registry-2"), world.path().join("registry")).unwrap();
    (0..MEMBERS.len()).for_each(|node| world.signal(node, "HUP"));
    patiently("the registry", || world.try_submit(1, 1).err().filter(|said| said.contains("revoked")));
    world.submit(2, 1);
    world.check(0, &entries);

    // A member whose attributes do not satisfy the claim, or a record's policy.
    let weak = world.folder(2).join("hospital/weak.secret");
    world.ask(&["keys", "--name", "a visitor", "--attributes", "kind=visitor"], weak.to_str().unwrap());
    let found = world.run(2, &["search", "asthma", "--keys", weak.to_str().unwrap()]);
    assert!(found.contains("0 found"), "{found}");
    let out = world.folder(2).join("stolen");
    let opened = world
        .fail(2, &["open", &entries[0].id, "--keys", weak.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert!(opened.contains("attributes do not satisfy"), "{opened}");
    assert!(!out.exists());
    let configuration = world.folder(2).join("consortium.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, text.replace("uploader.secret", "weak.secret")).unwrap();
    let refused = world.try_submit(2, 1).unwrap_err();
    assert!(refused.contains("attributes do not satisfy"), "{refused}");
}

#[test]
fn stops_when_it_is_told_to() {
    let mut world = World::start();
    let mut entries = world.submit(0, 1);
    let figures = world.figures(0);
    assert!(figures.contains(&format!("\nmedseal_items {}\n", 1 + entries.len())), "{figures}");
    for signal in ["TERM", "INT"] {
        let start = Instant::now();
        world.signal(0, signal);
        assert!(world.wait(0).success());
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        world.start_node(0);
        // The replay file survives, so hospitals are served at once.
        entries.extend(world.submit(0, 1));
    }
    world.check(0, &entries);
}

#[test]
fn mistakes_are_reported_in_one_line() {
    let world = World::prepared();
    let folder = world.folder(0);
    let config = folder.join("consortium.toml");
    let text = fs::read_to_string(&config).unwrap();
    let with = |from: &str, to: &str, arguments: &[&str]| {
        assert!(text.contains(from), "{from}");
        fs::write(&config, text.replacen(from, to, 1)).unwrap();
        world.fail(0, arguments)
    };
    for (from, to, arguments, parts) in [
        ("storage", "storrage", &["node"][..], &["consortium.toml, line", "unknown field `storrage`"][..]),
        ("node/engine.secret", "node/none", &["node"], &["engine", "node/none", "No such file"]),
        ("node/engine.secret", "node/main-node.secret", &["node"], &["engine", "main-node.secret"]),
        (
            "nodes/st-mary.certificate\"\nstorage",
            "charter-1\"\nstorage",
            &["node"],
            &["certificate", "charter-1"],
        ),
        (
            "listen_nodes = \"127.0.0.1",
            "listen_nodes = \"192.0.2.1",
            &["node"],
            &["cannot listen at 192.0.2.1"],
        ),
        ("[hospital]", "[[stores]]\nkind = \"ftp\"\n[hospital]", &["status"], &["unknown variant `ftp`"]),
        (
            "first_charter = \"../charter-1\"",
            "first_charter = \"../registry\"",
            &["node"],
            &["first_charter", "registry"],
        ),
        ("kind", "kind", &["status"], &["no node could do it", "cannot connect to 127.0.0.1"]),
        ("kind", "kind", &["submit", "nothing.pdf", "--policy", "role=doctor"], &["cannot read nothing.pdf"]),
        ("kind", "kind", &["submit", "/etc/hostname", "--policy", "role="], &["--policy"]),
        ("kind", "kind", &["submit", "/etc/hostname"], &["--policy is missing"]),
        ("kind", "kind", &["submit", "/etc", "--policy", "role=doctor"], &["cannot read /etc", "directory"]),
        ("kind", "kind", &["open", "12ab", "--out", "x"], &["12ab", "is not an entry's id", "search"]),
        ("kind", "kind", &["search"], &["required"]),
        ("kind", "kind", &["serach", "x"], &["unrecognized subcommand", "serach"]),
        (
            "kind",
            "kind",
            &["keys", "node", "--name", "x", "--super-node", "nowhere", "--into", "y"],
            &["cannot read nowhere"],
        ),
    ] {
        let said = with(from, to, arguments);
        let said = one_line(&said);
        parts
            .iter()
            .for_each(|part| assert!(said.contains(part), "{arguments:?}: {part:?} is not in: {said}"));
    }
    fs::write(&config, &text).unwrap();
    let open = fs::File::open(folder.join("node/engine.secret")).unwrap();
    let mode = |mode| open.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    let said = world.fail(0, &["node"]);
    assert!(one_line(&said).contains("chmod 600"), "{said}");
    mode(0o600);
    let said = world.fail(0, &["--config", "nowhere.toml", "status"]);
    assert!(one_line(&said).contains("nowhere.toml"), "{said}");
    // With an empty stdin and a closed stdout it prints nothing and does not panic.
    let mut help = Command::new(world::BINARY).arg("--help").stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    help.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(help.wait().unwrap().success() && text.contains("submit"), "{text}");
}
