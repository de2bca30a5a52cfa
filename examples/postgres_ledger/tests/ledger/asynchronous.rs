//! How async code calls the ledger, and what happens otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use medseal::ledger::{Ledger, MemoryLedger};
use postgres_ledger::Blocking;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

use crate::{World, word};

/// Makes a runtime with one thread for all tasks. One task counts how often it runs.
fn beating() -> (Runtime, Arc<AtomicU64>) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let beats = Arc::new(AtomicU64::new(0));
    runtime.spawn({
        let beats = Arc::clone(&beats);
        async move {
            loop {
                sleep(Duration::from_millis(1)).await;
                beats.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (runtime, beats)
}

#[test]
fn async_code_publishes_and_searches() {
    let world = Arc::new(World::new());
    let ledger = Arc::new(world.ledger());
    let (runtime, beats) = beating();
    let blocking = Blocking::new(2);
    let tasks = [0u8, 1, 2, 3, 4, 5].map(|n| {
        let (world, ledger, blocking) = (Arc::clone(&world), Arc::clone(&ledger), blocking.clone());
        runtime.spawn(async move {
            let record = vec![n];
            let publish = move || (world.publish(&*ledger, &record).place.id, record);
            blocking.run(publish).await.unwrap()
        })
    });
    let records = tasks.map(|task| runtime.block_on(task).unwrap());
    assert!(beats.load(Ordering::SeqCst) > 0);
    let shared = (Arc::clone(&world), Arc::clone(&ledger));
    let search = move || {
        let (world, ledger) = shared;
        let consortium = world.clinic.consortium(&*ledger, &world.store).unwrap();
        world.clinic.find(&consortium, &word()).unwrap().hits.len()
    };
    assert_eq!(runtime.block_on(blocking.run(search)).unwrap(), 6);
    world.check_holds(&records);
}

#[test]
fn the_client_panics_on_async_threads() {
    let world = World::new();
    let ledger = Arc::new(world.ledger());
    let (runtime, _) = beating();
    let asked = Arc::clone(&ledger);
    let panicked = runtime.block_on(runtime.spawn(async move { asked.head() })).unwrap_err();
    let message = *panicked.into_panic().downcast::<&str>().unwrap();
    assert!(message.starts_with("Cannot start a runtime from within a runtime."), "{message}");
    // Dropping it closes the connection, which blocks as well.
    let client = world.client();
    assert!(runtime.block_on(runtime.spawn(async move { drop(client) })).unwrap_err().is_panic());
    // The ledger can be dropped there: it closes its connections on another thread.
    runtime.block_on(runtime.spawn(async move { drop(ledger) })).unwrap();
    // On a thread that may block, it answers, and is dropped.
    let ledger = world.ledger();
    assert_eq!(runtime.block_on(Blocking::new(1).run(move || ledger.head())).unwrap().unwrap().size, 1);
}

#[test]
fn blocking_an_async_thread_stops_tasks() {
    let world = Arc::new(World::new());
    let first = world.clinic.charters().current().as_ref().clone();
    let ledger = Arc::new(MemoryLedger::new(first, world.clinic.charters().super_node()).unwrap());
    let (runtime, beats) = beating();
    let publish = |beats: Arc<AtomicU64>| {
        let (world, ledger) = (Arc::clone(&world), Arc::clone(&ledger));
        move || {
            let before = beats.load(Ordering::SeqCst);
            (0..5).for_each(|n| drop(world.publish(&*ledger, &[n])));
            beats.load(Ordering::SeqCst) - before
        }
    };
    let inline = publish(Arc::clone(&beats));
    assert_eq!(runtime.block_on(runtime.spawn(async move { inline() })).unwrap(), 0);
    assert!(runtime.block_on(Blocking::new(1).run(publish(beats))).unwrap() > 0);
}
