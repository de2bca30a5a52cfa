//! The whole flow, in memory: a record of 64 KiB, one keyword, by the attributes of the access
//! policy. Also a store on disk.

use std::io::Write;
use std::ops::ControlFlow::Continue;
use std::{fs, io};

use criterion::{Criterion, Throughput};
use medseal::ledger::Address;
use medseal::record::{RecordKey, SealOptions};
use medseal::share::{Authority, DirectoryStore, MemoryStore, ObjectStore, Search};

use crate::clinic::Clinic;
use crate::group;
use crate::time::Time;
use crate::world::{SIZES, rng};

static RECORD: [u8; 1 << 16] = [7; 1 << 16];

pub(crate) fn all(c: &mut Criterion) {
    flow(c);
    store(c);
}

/// A directory as the object store, with synced writes.
fn store(c: &mut Criterion) {
    let mut group = group(c, "directory store");
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(folder.path()).unwrap();
    let key = RecordKey::generate(&mut rng()).unwrap();
    for (name, length) in [("64KiB", 1 << 16), ("16MiB", 1 << 24)] {
        let (sealed, receipt) = key.seal(&vec![7; length], &SealOptions::default(), &mut rng()).unwrap();
        let address = Address::of(&receipt.digest);
        let put = || {
            let mut upload = store.begin().unwrap();
            upload.write_all(&sealed).unwrap();
            upload.commit(&address).unwrap();
        };
        group.throughput(Throughput::Bytes(length as u64));
        // A new object each time: an existing one is compared and not written.
        let forget = || drop(fs::remove_file(folder.path().join(address.as_str())));
        group.time_on(("put", name), forget, |()| put());
        group.time(("put what is there", name), put);
        group.time(("get", name), || io::copy(&mut store.get(&address).unwrap(), &mut io::sink()).unwrap());
    }
}

fn flow(c: &mut Criterion) {
    let mut group = group(c, "share");
    group.time("set up", || Authority::setup(&mut rng()).unwrap());
    for n in SIZES {
        let (clinic, mut rng) = (Clinic::new(n), rng());
        let nothing_yet = || (clinic.ledger(), MemoryStore::new());
        group.time(("issue", n), || clinic.authority.issue(&clinic.attributes, &mut rng).unwrap());
        group.time(("verify keys", n), || clinic.doctor.verify(&clinic.parameters).unwrap());
        group.time_on(("publish", n), nothing_yet, |(ledger, store)| {
            (clinic.publish(&ledger, &store, &RECORD, &mut rng), ledger, store)
        });

        let (ledger, store) = nothing_yet();
        let published = clinic.publish(&ledger, &store, &RECORD, &mut rng);
        let consortium = clinic.consortium(&ledger, &store);
        group.time(("find, one entry", n), || {
            let (keyword, key) = (&clinic.keyword, &clinic.doctor.search);
            let search = Search { keyword, key, showing: key.attributes(), hints: &[], from: 0 };
            let found = consortium.find(&search, &mut rng, &mut |_| Continue(())).unwrap();
            assert_eq!(found.hits.len(), 1);
        });
        let (id, key) = (published.place.id, &clinic.doctor.decryption);
        group.time(("open", n), || {
            let mut record = Vec::with_capacity(RECORD.len());
            consortium.open(&id, key, &mut record, &mut |_| Continue(())).unwrap();
            record
        });
        // Each run adds an entry to the ledger, at the same cost.
        group.time(("rewrap", n), || {
            let publication = clinic.publication();
            consortium.rewrap(&id, &published.key, &publication, &mut rng, |_, _| Continue(())).unwrap()
        });
    }
}
