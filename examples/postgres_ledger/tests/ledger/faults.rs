//! Failures at random moments. Publications then resume from the stored bytes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use medseal::ledger::{EntryId, Ledger};
use medseal::share::Prepared;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::proxy::Proxy;
use crate::{World, word};

/// Publishes a record. The error has the bytes to resume from, or `None` if no entry was made.
fn publish(world: &World, ledger: &dyn Ledger, record: &[u8]) -> Result<EntryId, Option<Vec<u8>>> {
    let mut kept = None;
    let consortium = world.clinic.consortium(ledger, &world.store).map_err(|_| None)?;
    let published = world.clinic.publish(&consortium, record, &[word()], &mut |prepared| {
        kept = Some(prepared.to_bytes().to_vec());
        Ok(())
    });
    published.map(|done| done.place.id).map_err(|_| kept)
}

/// Resumes like another process that finds the bytes. Returns whether the entry had
/// already been appended.
fn finish(world: &World, ledger: &dyn Ledger, kept: &[u8]) -> (EntryId, bool) {
    let consortium = world.clinic.consortium(ledger, &world.store).unwrap();
    let published = world.clinic.finish(&consortium, &Prepared::from_bytes(kept).unwrap()).unwrap();
    (published.place.id, !published.new)
}

#[test]
fn loses_and_doubles_nothing_in_100_failures() {
    let (world, mut rng) = (World::new(), ChaCha20Rng::seed_from_u64(2026));
    let (server, direct) = (world.server.config(), world.ledger());
    let proxy = Proxy::new(&server);
    let config = proxy.config(&server);
    let mut records = Vec::new();

    // Bytes that go to the server, and come from it, while a record is published.
    const WHOLE: i64 = 1 << 40;
    let ledger = world.clinic.impatient_ledger(&config).unwrap();
    let bytes = [0, 1].map(|way| {
        proxy.break_after(way, WHOLE);
        let record = vec![way as u8; 2];
        records.push((publish(&world, &ledger, &record).unwrap(), record));
        WHOLE - proxy.left(way)
    });

    // Anywhere on the way to the server, anywhere on the way back, or at the answer to COMMIT.
    let mut break_somewhere = |run: u8| match usize::from(run % 3) {
        2 => proxy.break_at_commit(),
        way => proxy.break_after(way, (rng.next_u64() % bytes[way] as u64) as i64),
    };

    // A ledger without retries.
    let (mut failed, mut were_there) = (0, 0);
    for run in 0..75 {
        proxy.mend();
        let ledger = world.clinic.impatient_ledger(&config).unwrap();
        break_somewhere(run);
        let outcome = publish(&world, &ledger, &[run]);
        failed += u32::from(outcome.is_err());
        let id = match outcome {
            Ok(id) => id,
            Err(None) => publish(&world, &direct, &[run]).unwrap(),
            Err(Some(kept)) => {
                let (id, was_there) = finish(&world, &direct, &kept);
                were_there += u32::from(was_there);
                // The result is the same for every repetition.
                assert_eq!(finish(&world, &direct, &kept), (id, true));
                id
            }
        };
        records.push((id, vec![run]));
    }
    println!("{failed} of 75 publications failed, {were_there} of them when the entry had been appended");
    assert!(failed > 70 && were_there >= 25);

    // A ledger that retries. The network is back after some moments.
    for run in 75..100 {
        proxy.mend();
        let ledger = world.clinic.ledger(&config).unwrap();
        break_somewhere(run);
        let done = AtomicBool::new(false);
        let id = thread::scope(|scope| {
            scope.spawn(|| {
                while !proxy.is_broken() && !done.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(2));
                }
                thread::sleep(Duration::from_millis(20));
                proxy.mend();
            });
            let published = publish(&world, &ledger, &[run]);
            done.store(true, Ordering::SeqCst);
            published.unwrap()
        });
        records.push((id, vec![run]));
    }
    world.check_holds(&records);
}

#[test]
fn loses_and_doubles_nothing_when_killed() {
    let (world, mut rng) = (World::new(), ChaCha20Rng::seed_from_u64(9));
    let mut records = Vec::new();
    for life in 0..4 {
        let ledger = world.clinic.impatient_ledger(&world.server.config()).unwrap();
        let is_dead = AtomicBool::new(false);
        // Two threads publish until the server is gone.
        let published = thread::scope(|scope| {
            let writers = [0, 1].map(|writer| {
                let (world, ledger, is_dead) = (&world, &ledger, &is_dead);
                scope.spawn(move || {
                    let mut published = Vec::new();
                    while !is_dead.load(Ordering::SeqCst) {
                        let record = [[life, writer], (published.len() as u16).to_be_bytes()].concat();
                        published.push((publish(world, ledger, &record), record));
                    }
                    published
                })
            });
            thread::sleep(Duration::from_millis(200 + rng.next_u64() % 300));
            world.server.kill().unwrap();
            is_dead.store(true, Ordering::SeqCst);
            writers.map(|writer| writer.join().unwrap()).concat()
        });
        world.server.restart().unwrap();
        // Acknowledged entries are there, and the other publications resume.
        assert!(published.iter().any(|(outcome, _)| outcome.is_ok()));
        for (outcome, record) in published {
            match outcome {
                Ok(id) => records.push((id, record)),
                Err(None) => {}
                Err(Some(kept)) => records.push((finish(&world, &world.ledger(), &kept).0, record)),
            }
        }
    }
    world.check_holds(&records);
}
