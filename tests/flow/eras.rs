//! What a ledger demands changes: old entries stay readable, and old keys sign nothing new.

use std::ops::ControlFlow;
use std::sync::Arc;

use medseal::Error;
use medseal::ledger::{
    Appended, Charters, Entry, Ledger, MemoryLedger, Statement, Terms, TrustedHead, validate,
};
use medseal::policy::Attributes;
use medseal::share::{Authority, Consortium, Draft, MemberKeys, MemoryStore, Publication, Step};

use crate::failing::failed;
use crate::world::{
    WORLD, charters, consortium, doctors, find, go_on, keywords, ledger, now, open, policy, publication,
    publish, rng,
};

/// The next charter of the ledger, which it now has.
fn succeeded(ledger: &MemoryLedger, change: impl FnOnce(&mut Terms)) -> Charters {
    let charters = ledger.charters().unwrap();
    let mut terms = charters.current().terms().clone();
    change(&mut terms);
    let draft = charters.draft(terms, ledger.head().unwrap());
    ledger.append_charter(&WORLD.super_node.sign_charter(draft).unwrap()).unwrap();
    ledger.charters().unwrap()
}

/// What an entry says, signed by this key under the charter of this number.
fn resigned(of: &Entry, charters: &Charters, number: u32, time: u64, keys: &MemberKeys) -> Entry {
    let Statement { record, digest, address, key, index, envelope, .. } = of.statement();
    let statement = Statement {
        charter: number,
        record: *record,
        claim: charters.get(number).unwrap().terms().claim.clone(),
        digest: *digest,
        address: address.clone(),
        key: key.clone(),
        index: index.clone(),
        envelope: envelope.clone(),
        time,
    };
    statement.sign(&charters.ledger(), &keys.signing, &mut rng(time)).unwrap()
}

#[test]
fn old_entries_stay_readable_after_key_and_claim_change() {
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
    let words = keywords(&["e11.9", "metformin"]);
    let by_new = Publication { signing_key: &clinic.signing, ..publication(doctors(), &words) };
    let third = consortium.publish(&b"third"[..], &by_new, None, &mut rng(3), &mut go_on).unwrap();

    let ids = [first.place.id, second.place.id, third.place.id];
    assert_eq!([first.place.height, second.place.height, third.place.height], [1, 3, 5]);
    for (id, record) in ids.iter().zip(["first", "second", "third"]) {
        assert_eq!(open(&consortium, id, &WORLD.doctor), (record.as_bytes().to_vec(), Ok(())));
    }
    assert_eq!(find(&consortium, "e11.9", &WORLD.doctor), ids);
    // A reader who has not heard of the newest charter reads what is older.
    let older = Consortium { charters: charters(), ..consortium };
    assert_eq!(open(&older, &ids[0], &WORLD.doctor).1, Ok(()));
    assert_eq!(open(&older, &ids[1], &WORLD.doctor).1, Err(Error::UnknownCharter));

    // A snapshot restores, each entry under the charter of its time.
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
fn an_entry_in_flight_is_refused_with_era_passed() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let old = consortium(&ledger, &store);
    let made = {
        let other = crate::world::ledger();
        let published = publish(&consortium(&other, &store), b"record", 1).unwrap();
        other.get(&published.place.id).unwrap()
    };
    // Validated just before the next charter, which comes first.
    let in_flight = validate(Arc::clone(&made), charters()).unwrap();
    let new = succeeded(&ledger, |terms| terms.claim = policy("kind=hospital"));
    assert_eq!(ledger.append(in_flight), Err(Error::EraPassed));
    assert_eq!(validate(Arc::clone(&made), &new).err(), Some(Error::EraPassed));
    assert_eq!(failed(publish(&old, b"record", 1)), Some((Step::Append, Error::EraPassed)));

    // Nor is one taken before its charter is there.
    let early = resigned(&made, &new, 2, 5, &WORLD.clinic);
    assert_eq!(validate(early, charters()).err(), Some(Error::UnknownCharter));
    // Made anew under the present charter.
    let anew = validate(resigned(&made, &new, 2, 5, &WORLD.clinic), &new).unwrap();
    let id = anew.id();
    assert_eq!(ledger.append(anew), Ok(Appended { height: 2, was_there: false }));
    assert_eq!(open(&Consortium { charters: &new, ..old }, &id, &WORLD.doctor), (b"record".to_vec(), Ok(())));
}

#[test]
fn a_publication_is_finished_after_its_era() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let old = consortium(&ledger, &store);
    let words = keywords(&["e11.9"]);
    let prepare = |seed| {
        let publication = publication(doctors(), &words);
        let draft = Draft::new(&mut rng(seed)).unwrap();
        let uploaded = old.upload(&draft, &b"record"[..], &mut rng(seed), &mut go_on).unwrap();
        let made = old.prepare(uploaded.sealed(), &publication, None, &mut rng(seed), &mut go_on).unwrap();
        let _ = uploaded.commit().unwrap();
        made
    };
    let [appended, late] = [1, 2].map(prepare);
    // The answer to this one is lost, and then the charter changes.
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
fn a_reader_trusts_no_old_head() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let first = publish(&consortium, b"first", 1).unwrap();
    let before = now(&consortium).unwrap();
    let second = publish(&consortium, b"second", 2).unwrap();
    let (hour, noon) = (3_600_000, 1_795_000_000_000);
    let at = |time| TrustedHead::new(*before.head.head(), time, noon, hour);
    assert_eq!(at(noon - hour - 1), Err(Error::StaleHead));
    let consortium = Consortium { head: at(noon - hour).unwrap(), ..consortium };
    let mut opened = Vec::new();
    let mut open = |consortium: Consortium<'_>, id| {
        opened.clear();
        let go_on = &mut |_| ControlFlow::Continue(());
        consortium.open(id, &WORLD.doctor.decryption, &mut opened, go_on).map(drop)
    };
    assert_eq!(open(consortium, &first.place.id), Ok(()));
    assert_eq!(open(consortium, &second.place.id), Err(Error::AfterTrustedHead));
    assert_eq!(open(now(&consortium).unwrap(), &second.place.id), Ok(()));
}
