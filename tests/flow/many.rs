//! Many records at once, on the caller's threads.

use std::io::{self, Read};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use medseal::Error;
use medseal::ledger::{Address, Ledger};
use medseal::share::{MemoryStore, ObjectStore, PublishError, Published, Step, Upload};

use crate::entries_on;
use crate::failing::{FailingRecord, failed};
use crate::faults::Watched;
use crate::world::{WORLD, consortium, find, ledger, open, publish_in, record};

const THREADS: usize = 8;

/// A store whose commits wait until all threads have reached their commit. They do if no
/// thread waits for another.
#[derive(Default)]
struct Meeting {
    store: MemoryStore,
    here: Mutex<usize>,
    all: Condvar,
}

impl ObjectStore for Meeting {
    fn begin(&self) -> Result<Box<dyn Upload + '_>, Error> {
        let meet = || {
            let mut here = self.here.lock().unwrap();
            *here += 1;
            self.all.notify_all();
            let minute = Duration::from_secs(60);
            let (_here, waited) = self.all.wait_timeout_while(here, minute, |here| *here < THREADS).unwrap();
            if waited.timed_out() { Err(Error::Io(io::ErrorKind::TimedOut.into())) } else { Ok(()) }
        };
        Ok(Box::new(Watched { before_commit: Box::new(meet), ..Watched::new(self.store.begin()?) }))
    }

    fn get(&self, address: &Address) -> Result<Box<dyn Read + '_>, Error> {
        self.store.get(address)
    }
}

/// Publishes each record on its own thread, with its own generator.
fn publish_all(
    records: impl IntoIterator<Item = Box<dyn Read + Send>>,
    ledger: &dyn Ledger,
    store: &dyn ObjectStore,
) -> Vec<Result<Published, PublishError>> {
    let consortium = &consortium(ledger, store);
    thread::scope(|scope| {
        let spawn = |(seed, record): (u64, Box<dyn Read + Send>)| {
            scope.spawn(move || publish_in(consortium, record, None, seed))
        };
        let threads = (0..).zip(records).map(spawn).collect::<Vec<_>>();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn many_threads_publish_at_once() {
    let (ledger, store) = (ledger(), Meeting::default());
    let records: Vec<_> = (0..THREADS).map(|n| record(n * 20_000)).collect();
    let readers = records.iter().map(|record| Box::new(io::Cursor::new(record.clone())) as _);
    let published = publish_all(readers, &ledger, &store);
    let consortium = consortium(&ledger, &store.store);
    for (published, record) in published.into_iter().zip(records) {
        let published = published.unwrap();
        assert!(published.new);
        let there = ledger.at(published.place.height).unwrap();
        assert_eq!(there.entry().unwrap().id(), published.place.id);
        assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (record, Ok(())));
    }
    assert_eq!((entries_on(&ledger), store.store.len()), (8, 8));
    assert_eq!(find(&consortium, "e11.9", &WORLD.doctor).len(), 8);
    ledger.verify().unwrap();
}

#[test]
fn one_that_fails_stops_no_other() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let reader = |n: usize| match n {
        2 => Box::new(FailingRecord(0)) as Box<dyn Read + Send>,
        _ => Box::new(io::Cursor::new(record(n * 1000))),
    };
    let published = publish_all((0..4).map(reader), &ledger, &store);
    let refused = Some((Step::Seal, Error::Io(io::ErrorKind::ConnectionReset.into())));
    for (n, published) in published.into_iter().enumerate() {
        assert_eq!(failed(published), if n == 2 { refused.clone() } else { None });
    }
    assert_eq!((entries_on(&ledger), store.len()), (3, 3));
}
