//! The whole flow, in memory: a record of 64 KiB, one keyword, by the attributes of the access
//! policy. Also a store on disk.

use std::io::Write;
use std::ops::ControlFlow::Continue;
use std::{fs, io};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use medseal::ledger::Address;
use medseal::record::{RecordKey, SealOptions};
use medseal::share::{Authority, DirectoryStore, MemoryStore, ObjectStore, Search};

use crate::clinic::Clinic;
use crate::group;
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
        group.bench_function(BenchmarkId::new("put", name), |b| {
            let forget = || drop(fs::remove_file(folder.path().join(address.as_str())));
            b.iter_batched(forget, |()| put(), BatchSize::PerIteration)
        });
        group.bench_function(BenchmarkId::new("put what is there", name), |b| b.iter(put));
        group.bench_function(BenchmarkId::new("get", name), |b| {
            b.iter(|| io::copy(&mut store.get(&address).unwrap(), &mut io::sink()).unwrap())
        });
    }
}

fn flow(c: &mut Criterion) {
    let mut group = group(c, "share");
    group.bench_function("set up", |b| b.iter(|| Authority::setup(&mut rng()).unwrap()));
    for n in SIZES {
        let (clinic, mut rng) = (Clinic::new(n), rng());
        let nothing_yet = || (clinic.ledger(), MemoryStore::new());
        group.bench_function(BenchmarkId::new("issue", n), |b| {
            b.iter(|| clinic.authority.issue(&clinic.attributes, &mut rng).unwrap())
        });
        group.bench_function(BenchmarkId::new("verify keys", n), |b| {
            b.iter(|| clinic.doctor.verify(&clinic.parameters).unwrap())
        });
        group.bench_function(BenchmarkId::new("publish", n), |b| {
            b.iter_batched_ref(
                nothing_yet,
                |(ledger, store)| clinic.publish(ledger, store, &RECORD, &mut rng),
                BatchSize::PerIteration,
            )
        });

        let (ledger, store) = nothing_yet();
        let published = clinic.publish(&ledger, &store, &RECORD, &mut rng);
        let consortium = clinic.consortium(&ledger, &store);
        group.bench_function(BenchmarkId::new("find, one entry", n), |b| {
            b.iter(|| {
                let (keyword, key) = (&clinic.keyword, &clinic.doctor.search);
                let search = Search { keyword, key, showing: key.attributes(), hints: &[], from: 0 };
                let found = consortium.find(&search, &mut rng, &mut |_| Continue(())).unwrap();
                assert_eq!(found.hits.len(), 1);
            })
        });
        let (id, key) = (published.place.id, &clinic.doctor.decryption);
        group.bench_function(BenchmarkId::new("open", n), |b| {
            b.iter(|| {
                let mut record = Vec::with_capacity(RECORD.len());
                consortium.open(&id, key, &mut record, &mut |_| Continue(())).unwrap();
                record
            })
        });
        // Each run adds an entry to the ledger, at the same cost.
        group.bench_function(BenchmarkId::new("rewrap", n), |b| {
            b.iter(|| {
                let publication = clinic.publication();
                consortium.rewrap(&id, &published.key, &publication, &mut rng, |_, _| Continue(())).unwrap()
            })
        });
    }
}
