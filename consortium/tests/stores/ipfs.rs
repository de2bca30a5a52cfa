//! Two Kubo nodes. Tests do not stop a node that they share, and only one test collects its
//! garbage.

use std::io::{ErrorKind, Write};
use std::time::Duration;

use medseal::Error;
use medseal::share::ObjectStore;
use medseal_consortium::stores::IpfsStore;

use crate::servers::{Kubo, free_port, two_kubos};
use crate::{address, check_from_async, check_store, failure, measure, noise, put, read, record, upload};

/// An identifier of content that no node has.
const NOBODYS: &str = "ipfs:bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

fn store(node: &Kubo) -> IpfsStore {
    IpfsStore::open(&node.url).unwrap()
}

#[test]
fn ipfs_keeps_what_stores_promise() {
    let nodes = two_kubos();
    check_store(&store(&nodes[0]), &[0, 1, 262_144, 262_145, 3_000_000]);
    check_from_async(|| store(&nodes[0]));
}

#[test]
fn ipfs_addresses_equal_bytes_equally() {
    let nodes = two_kubos();
    for size in [0, 100_000, 1_000_000] {
        let bytes = noise(size, 21);
        let first = put(&store(&nodes[0]), &bytes);
        assert!(first.as_str().starts_with("ipfs:baf"), "{first}");
        assert_eq!(put(&store(&nodes[1]), &bytes), first);
    }
    // As other programs compute them for "hello\n".
    assert_eq!(
        put(&store(&nodes[0]), b"hello\n"),
        address("ipfs:bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am")
    );
}

#[test]
fn ipfs_carries_a_record_between_hospitals() {
    let nodes = two_kubos();
    let tampered = record::travels(&store(&nodes[0]), &store(&nodes[1]), &noise(700_000, 31));
    assert!(tampered.address.as_str().starts_with("ipfs:"));
}

#[test]
fn ipfs_says_absent_only_when_sure() {
    let nodes = two_kubos();
    let impatient = store(&nodes[1]).with_timeout(Duration::from_secs(2));
    let absent = address(NOBODYS);
    let kind = failure(
        read(&impatient, &absent).map(drop),
        &["the IPFS node at http://127.0.0.1:", "ipfs swarm connect"],
    );
    assert_eq!(kind, ErrorKind::TimedOut);
    assert_eq!(impatient.confirm(&absent), Err(Error::UnknownObject), "this node has not pinned it");
    // A record at another node is not pinned here.
    let bytes = noise(1000, 41);
    let there = put(&store(&nodes[0]), &bytes);
    assert_eq!(impatient.confirm(&there), Err(Error::UnknownObject));
    assert_eq!(read(&impatient, &there).unwrap(), bytes);
}

#[test]
fn ipfs_collects_only_what_was_dropped() {
    let node = Kubo::start();
    let store = store(&node);
    let has = |cid: &str| node.succeeds(&["block", "stat", "--offline", cid]);
    let cid = |address: &medseal::ledger::Address| address.as_str().strip_prefix("ipfs:").unwrap().to_owned();

    let kept = put(&store, &noise(1_000_000, 51));
    let (dropped, dropped_at) = upload(&store, &noise(1_000_000, 52));
    // Garbage collection between the last byte and the commit removes nothing of it.
    node.run(&["repo", "gc"]);
    assert!(has(&cid(&dropped_at)));
    let (late, late_at) = upload(&store, &noise(1_000_000, 53));
    node.run(&["repo", "gc"]);
    late.commit(&late_at).unwrap();
    drop(dropped);
    // An unfinished part.
    store.begin().unwrap().write_all(&noise(1_000_000, 54)).unwrap();
    node.run(&["repo", "gc"]);
    assert!(!has(&cid(&dropped_at)));
    assert_eq!(node.run(&["files", "ls", "/medseal-uploads"]), "");
    for address in [&kept, &late_at] {
        assert_eq!(read(&store, address).unwrap().len(), 1_000_000);
    }
    let pins = node.run(&["pin", "ls", "--type=recursive", "--names"]);
    assert_eq!(pins.lines().filter(|pin| pin.ends_with(" medseal")).count(), 2, "{pins}");
    // The name goes with what somebody unpins by hand.
    node.run(&["pin", "rm", &cid(&kept)]);
    assert_eq!(store.confirm(&kept), Err(Error::UnknownObject));
}

#[test]
fn ipfs_failures_say_what_to_do() {
    let down = IpfsStore::open(&format!("http://doctor:secret@127.0.0.1:{}", free_port())).unwrap();
    let expected = ["the IPFS node at http://127.0.0.1:", "ipfs daemon"];
    let kind = failure(down.begin().map(drop), &expected);
    assert_eq!(kind, ErrorKind::ConnectionRefused);
    assert!(Error::Io(ErrorKind::ConnectionRefused.into()).is_transient());
    failure(down.get(&address(NOBODYS)).map(drop), &expected);
    failure(down.confirm(&address(NOBODYS)), &expected);
    let text = down.begin().err().unwrap().to_string();
    assert!(!text.contains("secret"), "{text}");

    for url in ["", "127.0.0.1:5001", "ftp://127.0.0.1", "http://127.0.0.1:5001?x", "/ip4/127.0.0.1/tcp/5001"]
    {
        let kind = failure(IpfsStore::open(url).map(drop), &["http://127.0.0.1:5001"]);
        assert_eq!(kind, ErrorKind::InvalidInput, "{url}");
    }

    // A node killed in the middle of an upload.
    let node = Kubo::start();
    let store = store(&node).with_timeout(Duration::from_secs(10));
    let mut upload = store.begin().unwrap();
    upload.write_all(&noise(300_000, 61)).unwrap();
    drop(node);
    let piece = noise(1 << 20, 62);
    let failed = (0..64).find_map(|_| upload.write_all(&piece).err()).expect("the node is gone");
    failure(Err(failed.into()), &["the IPFS node at http://127.0.0.1:"]);
}

#[test]
fn ipfs_streams_in_constant_memory() {
    crate::alone("ipfs::ipfs_measured");
}

#[test]
#[ignore = "a process that ipfs_streams_in_constant_memory starts; run by consortium/check"]
fn ipfs_measured() {
    let nodes = two_kubos();
    measure(&store(&nodes[0]), &store(&nodes[1]));
}
