//! S3, played by `moto`.

use std::io::{ErrorKind, Write};
use std::time::Duration;

use medseal::Error;
use medseal::share::ObjectStore;
use medseal_consortium::stores::{S3Keys, S3Store};

use crate::servers::{Moto, free_port, moto};
use crate::{check_from_async, check_store, failure, measure, noise, put, read, record, upload};

const MIB: usize = 1 << 20;

fn keys() -> S3Keys {
    S3Keys { access_key_id: "clinic".to_owned(), secret_access_key: "secret".to_owned().into() }
}

fn store(server: &Moto) -> S3Store {
    S3Store::open(&server.endpoint(), "eu-central-1", "records", Some(&keys())).unwrap()
}

#[test]
fn s3_keeps_what_stores_promise() {
    let server = moto();
    check_store(&store(&server), &[0, 1, 100_000, 8 * MIB, 8 * MIB + 1, 20 * MIB]);
    check_from_async(|| store(&server));
}

#[test]
fn s3_carries_a_record_and_shows_tampering() {
    let server = moto();
    for size in [1000, 9 * MIB] {
        let published = record::travels(&store(&server), &store(&server), &noise(size, size as u64));
        let sealed = read(&store(&server), &published.address).unwrap();
        // The server's operator replaces the object.
        let mut other = sealed.clone();
        *other.last_mut().unwrap() ^= 1;
        let key = format!("/records/{}", published.address);
        for tampered in [other.as_slice(), sealed.split_at(size / 2).0, b""] {
            server.http("PUT", &key, tampered);
            let refused = published.open(&store(&server)).unwrap_err();
            let detects =
                matches!(refused, Error::DecryptionFailed | Error::DigestMismatch) || refused.is_malformed();
            assert!(detects, "{refused:?}");
        }
        server.http("PUT", &key, &sealed);
        assert_eq!(published.open(&store(&server)).unwrap().len(), size);
        server.http("DELETE", &key, b"");
        assert_eq!(published.open(&store(&server)), Err(Error::UnknownObject));
    }
}

#[test]
fn s3_leaves_nothing_behind() {
    let server = Moto::start();
    let store = store(&server);
    for size in [1000, 9 * MIB, 20 * MIB] {
        let bytes = noise(size, 71);
        put(&store, &bytes);
        put(&store, &bytes);
        drop(upload(&store, &noise(size, 72)));
        let (upload, _) = upload(&store, &noise(size, 73));
        let taken = crate::address(&crate::digest(&bytes).to_string());
        assert_eq!(upload.commit(&taken), Err(Error::DigestMismatch));
        assert_eq!(server.left_behind(), 0, "{size}");
    }
    // A killed process left this; only its age shows that it is not in progress.
    server.http("PUT", "/records/uploads/0123", b"half a rec");
    store.delete_left_behind(Duration::from_secs(3600)).unwrap();
    assert_eq!(server.left_behind(), 1);
    store.delete_left_behind(Duration::ZERO).unwrap();
    assert_eq!(server.left_behind(), 0);
}

#[test]
fn s3_failures_say_what_to_do() {
    let down = format!("http://127.0.0.1:{}", free_port());
    let opened = S3Store::open(&down, "eu-central-1", "records", Some(&keys()));
    let kind = failure(
        opened.and_then(|store| store.delete_left_behind(Duration::ZERO)),
        &[&format!("the S3 server at {down}, bucket records"), "cannot be reached"],
    );
    assert_eq!(kind, ErrorKind::ConnectionRefused);

    let server = Moto::start();
    let opened = S3Store::open(&server.endpoint(), "eu-central-1", "other", Some(&keys()));
    assert_eq!(
        failure(
            opened.and_then(|store| store.delete_left_behind(Duration::ZERO)),
            &["bucket other", "create it"]
        ),
        ErrorKind::InvalidInput
    );
    assert!(!format!("{:?}", keys()).contains("secret"));

    // The server stops in the middle of an upload, and at a read.
    let store = store(&server);
    let stored = put(&store, &noise(1000, 81));
    let mut upload = store.begin().unwrap();
    upload.write_all(&noise(9 * MIB, 82)).unwrap();
    drop(server);
    failure(read(&store, &stored).map(drop), &["cannot be reached"]);
    failure(store.confirm(&stored), &["cannot be reached"]);
    let address = upload.address(&crate::digest(b"")).unwrap();
    failure(upload.commit(&address), &["the S3 server at"]);
}

#[test]
fn s3_streams_in_constant_memory() {
    crate::alone("s3::s3_measured");
}

#[test]
#[ignore = "a process that s3_streams_in_constant_memory starts; run by consortium/check"]
fn s3_measured() {
    let server = moto();
    measure(&store(&server), &store(&server));
}
