//! Order, rejections, damage.

use std::thread;

use medseal::Error;
use medseal::ledger::{Item, Ledger, Malformed, Terms, validate};
use medseal::policy::Policy;

use crate::{World, word};

#[test]
fn two_writers_leave_no_gap() {
    let world = World::new();
    // Two processes share only the database.
    let ledgers = [world.ledger(), world.ledger()];
    let published = thread::scope(|scope| {
        let writers = [0, 1].map(|writer| {
            let (world, ledger) = (&world, &ledgers[writer]);
            let record = move |n: u8| vec![writer as u8, n];
            let publish = move |n| (world.publish(ledger, &record(n)).place, record(n));
            scope.spawn(move || (0..20).map(publish).collect::<Vec<_>>())
        });
        writers.map(|writer| writer.join().unwrap()).concat()
    });
    let mut heights = published.iter().map(|(place, _)| place.height).collect::<Vec<_>>();
    heights.sort_unstable();
    assert_eq!(heights, (1..=40).collect::<Vec<_>>());
    world
        .check_holds(&published.iter().map(|(place, record)| (place.id, record.clone())).collect::<Vec<_>>());
}

#[test]
fn a_failed_transaction_leaves_no_gap() {
    let world = World::new();
    let ledger = world.ledger();
    let first = world.publish(&ledger, b"first");
    // The transaction fails in its last statement, after the height was assigned.
    let mut client = world.client();
    client.batch_execute("ALTER TABLE head ADD CONSTRAINT full_disk CHECK (size <= 2)").unwrap();
    let consortium = world.clinic.consortium(&ledger, &world.store).unwrap();
    let mut kept = None;
    let failed = world.clinic.publish(&consortium, &b"second"[..], &[word()], &mut |prepared| {
        kept = Some(medseal::share::Prepared::from_bytes(&prepared.to_bytes())?);
        Ok(())
    });
    assert!(matches!(failed.unwrap_err().error, Error::Io(_)));
    assert_eq!(ledger.head().unwrap().size, 2);
    client.batch_execute("ALTER TABLE head DROP CONSTRAINT full_disk").unwrap();
    let second = world.clinic.finish(&consortium, &kept.unwrap()).unwrap();
    assert_eq!((first.place.height, second.place.height, second.new), (1, 2, true));
    world.check_holds(&[(first.place.id, b"first".to_vec()), (second.place.id, b"second".to_vec())]);
}

#[test]
fn appending_twice_adds_one() {
    let world = World::new();
    let ledger = world.ledger();
    let place = world.publish(&ledger, b"record").place;
    let entry = ledger.get(&place.id).unwrap();
    let again = ledger.append(validate(entry, world.clinic.charters()).unwrap()).unwrap();
    assert_eq!((again.height, again.was_there), (place.height, true));
    world.check_holds(&[(place.id, b"record".to_vec())]);
}

#[test]
fn names_damaged_rows_and_searches_on() {
    let world = World::new();
    let ledger = world.ledger();
    let places = [0, 1, 2, 3].map(|n| world.publish(&ledger, &[n]).place);
    let mut client = world.client();
    client.execute("UPDATE indexes SET index = set_byte(index, 3, 0) WHERE height = 2", &[]).unwrap();
    client.execute("UPDATE items SET item = substr(item, 1, 100) WHERE height = 3", &[]).unwrap();

    let consortium = world.clinic.consortium(&ledger, &world.store).unwrap();
    let found = world.clinic.find(&consortium, &word()).unwrap();
    assert_eq!(found.hits, [places[0], places[2], places[3]]);
    assert_eq!(found.malformed, [Malformed { height: 2, error: Error::WrongKind }]);
    assert_eq!(found.next, 5);
    // A damaged entry is found by its index, but not opened; its neighbours are.
    assert_eq!(ledger.at(3).err(), Some(Error::Truncated));
    assert_eq!(ledger.get(&places[2].id).err(), Some(Error::Truncated));
    assert_eq!(
        ledger.scan(0).map(|(_, item)| item.is_ok()).collect::<Vec<_>>(),
        [true, true, true, false, true]
    );
    for n in [0, 1, 3] {
        assert_eq!(world.clinic.read(&consortium, &places[n].id).unwrap(), [n as u8]);
    }
    // No head covers a different entry in its place.
    client
        .execute("UPDATE items SET item = (SELECT item FROM items WHERE height = 1) WHERE height = 3", &[])
        .unwrap();
    assert_eq!(world.clinic.read(&consortium, &places[2].id), Err(Error::DigestMismatch));
}

#[test]
fn names_the_height_of_a_missing_row() {
    let world = World::new();
    let ledger = world.ledger();
    for n in 0..3 {
        world.publish(&ledger, &[n]);
    }
    let consortium = world.clinic.consortium(&ledger, &world.store).unwrap();
    let mut client = world.client();
    // The last, then one in the middle.
    for height in [3, 2] {
        client.execute("DELETE FROM indexes WHERE height = $1", &[&i64::from(height)]).unwrap();
        client.execute("DELETE FROM items WHERE height = $1", &[&i64::from(height)]).unwrap();
        let missing = Error::HeightMissing { height: height as u64 };
        assert_eq!(world.clinic.find(&consortium, &word()).err(), Some(missing.clone()));
        assert_eq!(ledger.at(height as u64).err(), Some(missing));
    }
    assert_eq!(ledger.at(4).err(), Some(Error::UnknownEntry));
}

#[test]
fn a_new_charter_ends_the_era() {
    let world = World::new();
    let ledger = world.ledger();
    let charters = world.clinic.charters();
    let place = world.publish(&ledger, b"old").place;
    let consortium = world.clinic.consortium(&ledger, &world.store).unwrap();
    let mut kept = None;
    let _ = world.clinic.publish(&consortium, &b"late"[..], &[word()], &mut |prepared| {
        kept = Some(prepared.entry().clone());
        Err(Error::Cancelled)
    });
    let late = validate(kept.unwrap(), charters).unwrap();

    let mut terms: Terms = charters.current().terms().clone();
    terms.claim = Policy::parse("role=records_office and accredited").unwrap();
    let sign = |head| world.clinic.super_node().sign_charter(charters.draft(terms.clone(), head)).unwrap();
    let mut forged = ledger.head().unwrap();
    forged.size = 1;
    assert_eq!(ledger.append_charter(&sign(forged)), Err(Error::FinalHeadRefused));
    let second = sign(ledger.head().unwrap());
    assert_eq!(ledger.append_charter(&second), Ok(2));
    assert_eq!(ledger.append_charter(&second), Ok(2));
    assert_eq!(ledger.append(late), Err(Error::EraPassed));

    // An earlier entry stays, and appending it again finds it.
    let old = validate(ledger.get(&place.id).unwrap(), charters).unwrap();
    assert_eq!(ledger.append(old).unwrap().height, place.height);
    assert_eq!(ledger.charters().unwrap().current().hash(), second.hash());
    assert!(matches!(ledger.at(2), Ok(Item::Charter(_))));
    assert_eq!(world.ledger().head().unwrap().size, 3);
}

#[test]
fn proves_under_every_head() {
    let world = World::new();
    let ledger = world.ledger();
    let mut heads = Vec::new();
    let places = [0, 1, 2, 3, 4].map(|n| {
        let place = world.publish(&ledger, &[n]).place;
        heads.push(ledger.head().unwrap());
        // One ledger that knows the tree of every size, and one that is new to it.
        for (earlier, head) in heads.iter().enumerate() {
            let proves = |ledger: &dyn Ledger| ledger.prove(&place.id, head.size).map(|proof| proof.size());
            let expected = if earlier == n as usize { Ok(head.size) } else { Err(Error::AfterTrustedHead) };
            assert_eq!(proves(&ledger), expected);
        }
        place
    });
    let new = world.ledger();
    for (n, place) in places.iter().enumerate() {
        let entry = new.get(&place.id).unwrap().to_bytes();
        for head in &heads[n..] {
            new.prove(&place.id, head.size).unwrap().verify(head, &entry).unwrap();
            ledger.prove(&place.id, head.size).unwrap().verify(head, &entry).unwrap();
        }
    }
    assert_eq!(ledger.prove(&places[0].id, 7).err(), Some(Error::OutOfRange));
    assert_eq!(ledger.prove(&[0; 32].into(), 6).err(), Some(Error::UnknownEntry));
}
