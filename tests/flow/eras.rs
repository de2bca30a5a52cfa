//! A ledger's requirements change: old entries stay readable, and old keys sign nothing new.

use std::sync::Arc;

use medseal::Error;
use medseal::identity::Name;
use medseal::ledger::{Appended, Charters, Entry, Ledger, MemoryLedger, Statement, Terms, validate};
use medseal::members::{MembersKey, MembersKeys};
use medseal::policy::Attributes;
use medseal::record::no_progress;
use medseal::share::{
    Authority, BackupConfirmation, Consortium, Draft, MemoryStore, Publication, PublishError, Step,
    begin_epoch,
};

use crate::failing::failed;
use crate::resuming::prepared;
use crate::world::{
    WORLD, charters, consortium, database, find, for_doctors, go_on, ledger, now, open, policy, publish,
    publish_in, rng,
};

/// Adds the next charter to the ledger.
fn succeeded(ledger: &MemoryLedger, change: impl FnOnce(&mut Terms)) -> Charters {
    let charters = ledger.charters().unwrap();
    let mut terms = charters.current().terms().clone();
    change(&mut terms);
    let draft = charters.draft(terms, ledger.head().unwrap());
    ledger.append_charter(&WORLD.super_node.sign_charter(draft).unwrap()).unwrap();
    ledger.charters().unwrap()
}

/// A statement signed again under the charter of this number.
fn resigned(statement: &Statement, charters: &Charters, number: u32, time: u64) -> Entry {
    let claim = charters.get(number).unwrap().terms().claim.clone();
    let statement = Statement { charter: number, claim, time, ..statement.clone() };
    statement.sign(&charters.ledger(), &WORLD.clinic.signing, &mut rng(time)).unwrap()
}

#[test]
fn key_changes_keep_old_entries_readable() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let first = publish(&consortium, b"first", 1).unwrap();

    // Another claim policy, then another authority for signatures.
    let two = succeeded(&ledger, |terms| terms.claim = policy("kind=hospital"));
    let second = publish(&Consortium { charters: &two, ..consortium }, b"second", 2).unwrap();
    let other = Authority::setup(&mut rng(9)).unwrap();
    let clinic = other.issue(&Attributes::parse("kind=hospital").unwrap(), &mut rng(10)).unwrap();
    let three = succeeded(&ledger, |terms| terms.parameters.abs = other.public_parameters().abs);
    let consortium = Consortium { charters: &three, ..consortium };
    let by_new = Publication { signing_key: &clinic.signing, ..for_doctors() };
    let third = consortium.publish(&b"third"[..], &by_new, None, &mut rng(3), &mut go_on).unwrap();

    let ids = [first.place.id, second.place.id, third.place.id];
    assert_eq!([first.place.height, second.place.height, third.place.height], [1, 3, 5]);
    for (id, record) in ids.iter().zip(["first", "second", "third"]) {
        assert_eq!(open(&consortium, id, &WORLD.doctor), (record.as_bytes().to_vec(), Ok(())));
    }
    assert_eq!(find(&consortium, "e11.9", &WORLD.doctor), ids);
    // A reader without the newest charter can read older entries.
    let older = Consortium { charters: charters(), ..consortium };
    assert_eq!(open(&older, &ids[0], &WORLD.doctor).1, Ok(()));
    assert_eq!(open(&older, &ids[1], &WORLD.doctor).1, Err(Error::UnknownCharter));

    // A snapshot can be restored, with each entry under the charter of its time.
    ledger.verify().unwrap();
    let snapshot = ledger.snapshot().unwrap();
    let restored = MemoryLedger::restore(&snapshot, &WORLD.super_node.public_key()).unwrap();
    assert_eq!(restored.snapshot().unwrap(), snapshot);
    let consortium = Consortium { ledger: &restored, ..consortium };
    for id in &ids {
        assert_eq!(open(&consortium, id, &WORLD.doctor).1, Ok(()));
    }
}

#[test]
fn rejects_in_flight_entries_of_past_eras() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let old = consortium(&ledger, &store);
    let made = {
        let other = crate::world::ledger();
        let published = publish(&consortium(&other, &store), b"record", 1).unwrap();
        other.get(&published.place.id).unwrap()
    };
    // Validated just before the next charter, which is appended first.
    let in_flight = validate(Arc::clone(&made), charters()).unwrap();
    let new = succeeded(&ledger, |terms| terms.claim = policy("kind=hospital"));
    assert_eq!(ledger.append(in_flight), Err(Error::EraPassed));
    assert_eq!(validate(Arc::clone(&made), &new).err(), Some(Error::EraPassed));
    assert_eq!(failed(publish(&old, b"record", 1)), Some((Step::Append, Error::EraPassed)));

    // An entry is not accepted before its charter either.
    let early = resigned(made.statement(), &new, 2, 5);
    assert_eq!(validate(early, charters()).err(), Some(Error::UnknownCharter));
    // Made again under the current charter.
    let anew = validate(resigned(made.statement(), &new, 2, 5), &new).unwrap();
    let id = anew.id();
    assert_eq!(ledger.append(anew), Ok(Appended { height: 2, was_there: false }));
    assert_eq!(open(&Consortium { charters: &new, ..old }, &id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
}

#[test]
fn a_publication_is_finished_after_its_era() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let old = consortium(&ledger, &store);
    let prepare = |seed| prepared(&old, &Draft::new(&mut rng(seed)).unwrap(), None, seed, true);
    let [appended, late] = [1, 2].map(prepare);
    // The answer for this entry is lost, and then the charter changes.
    let place = old.finish(&appended, None, &mut go_on).unwrap().place;
    let new = succeeded(&ledger, |terms| terms.claim = policy("kind=hospital"));
    for charters in [charters(), &new] {
        let consortium = Consortium { charters, ..old };
        let again = consortium.finish(&appended, None, &mut go_on).unwrap();
        assert_eq!((again.place, again.new), (place, false));
        let refused = failed(consortium.finish(&late, None, &mut go_on));
        assert_eq!(refused, Some((Step::Append, Error::EraPassed)));
    }
    assert_eq!(ledger.head().unwrap().size, 3);
}

#[test]
fn an_old_head_covers_no_later_entry() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let first = publish(&consortium, b"first", 1).unwrap();
    let before = now(&consortium).unwrap();
    let second = publish(&consortium, b"second", 2).unwrap();
    let open = |consortium: Consortium<'_>, id| {
        consortium.open(id, &WORLD.doctor.decryption, std::io::sink(), no_progress).map(drop)
    };
    assert_eq!(open(before, &first.place.id), Ok(()));
    assert_eq!(open(before, &second.place.id), Err(Error::AfterTrustedHead));
    assert_eq!(open(now(&consortium).unwrap(), &second.place.id), Ok(()));
}

#[test]
fn an_epoch_holds_for_what_follows() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let before = publish(&consortium, b"before", 1).unwrap().place.id;

    let key = |epoch, seed| MembersKey::generate(epoch, &mut rng(seed)).unwrap();
    let holding = |keys: &[(u32, u64)]| {
        let mut held = MembersKeys::default();
        keys.iter().for_each(|(epoch, seed)| held.insert(key(*epoch, *seed)).unwrap());
        held
    };
    let begun = |key: &MembersKey| {
        let restored = ["General", "Clinic", "St. Mary"].map(|hospital| {
            BackupConfirmation::of_restored(&key.to_bytes(), &Name::new(hospital).unwrap()).unwrap()
        });
        begin_epoch(key, &restored).unwrap()
    };
    let two = succeeded(&ledger, |terms| terms.epoch = begun(&key(1, 20)));
    let outsider = Consortium { charters: &two, ..consortium };

    // Without the key, or with another one, a record is not even read.
    let (none, wrong, right) = (holding(&[]), holding(&[(1, 21)]), holding(&[(1, 20)]));
    let refused = |members| {
        let unread = &mut std::io::repeat(7);
        let sharing = Consortium { members, ..outsider };
        let PublishError { step, error, .. } = publish_in(&sharing, unread, None, 2).unwrap_err();
        (step, error)
    };
    for missing in [None, Some(&none)] {
        assert_eq!(refused(missing), (Step::Wrap, Error::MembersKeyMissing { epoch: 1 }));
    }
    assert_eq!(refused(Some(&wrong)), (Step::Wrap, Error::WrongMembersKey));
    let member = Consortium { members: Some(&right), ..outsider };
    let second = publish_in(&member, &b"second"[..], Some(&mut database()), 3).unwrap().place.id;

    // A node accepts no entry of another epoch, and no entry with an envelope of another epoch.
    let entry = ledger.get(&second).unwrap();
    let (old, time) = (ledger.get(&before).unwrap(), 1_795_000_000_001);
    let without = resigned(old.statement(), &two, 2, time);
    assert_eq!(validate(without, &two).unwrap_err(), Error::EpochRefused);
    let sealed = entry.statement().envelope.as_ref().unwrap();
    let aad = entry.statement().digest.as_bytes();
    let contents = WORLD.hospital.open(sealed, aad, Some(&right)).unwrap();
    let trusted = WORLD.super_node.public_key();
    let bare = trusted.seal_to(WORLD.hospital.identity(), &contents, aad, None, &mut rng(4)).unwrap();
    let signed = |envelope| {
        let statement = Statement { envelope: Some(envelope), ..entry.statement().clone() };
        resigned(&statement, &two, 2, time)
    };
    assert_eq!(validate(signed(bare), &two).unwrap_err(), Error::EpochRefused);
    assert!(validate(signed(sealed.clone()), &two).is_ok());

    // A reader opens it with the right key, and older entries without a key.
    let opened = |by: &Consortium<'_>, id| open(by, id, &WORLD.doctor).1;
    assert_eq!(opened(&outsider, &second), Err(Error::MembersKeyMissing { epoch: 1 }));
    let misled = Consortium { members: Some(&wrong), ..outsider };
    assert_eq!(opened(&misled, &second), Err(Error::WrongMembersKey));
    assert_eq!(WORLD.hospital.open(sealed, aad, None).unwrap_err(), Error::MembersKeyMissing { epoch: 1 });
    assert_eq!(opened(&outsider, &before), Ok(()));
    assert_eq!(open(&member, &second, &WORLD.doctor), (b"second".to_vec(), Ok(())));

    // A member leaves: another epoch begins.
    let three = succeeded(&ledger, |terms| terms.epoch = begun(&key(2, 22)));
    let both = holding(&[(1, 20), (2, 22)]);
    let member = Consortium { charters: &three, members: Some(&both), ..outsider };
    let third = publish(&member, b"third", 6).unwrap().place.id;
    let former = Consortium { charters: &three, members: Some(&right), ..outsider };
    assert_eq!(opened(&former, &third), Err(Error::MembersKeyMissing { epoch: 2 }));
    assert_eq!(publish(&former, b"fourth", 7).unwrap_err().error, Error::MembersKeyMissing { epoch: 2 });
    assert_eq!(opened(&former, &second), Ok(()));
    for (id, record) in [(before, "before"), (second, "second"), (third, "third")] {
        assert_eq!(open(&member, &id, &WORLD.doctor), (record.as_bytes().to_vec(), Ok(())));
    }
}
