//! The properties that hold when all parties are honest.

use medseal::Threads;

use medseal::Error;
use medseal::identity::Disclosure;
use medseal::ledger::{EntryId, Ledger, Terms};
use medseal::merkle::{Frontier, Tree};
use medseal::policy::Attributes;
use medseal::record::{KeyedSummary, RecordKey, no_progress};
use medseal::search::{Hints, Query};
use medseal::share::{
    Authority, Consortium, Database, MemberKeys, MemoryStore, PublicParameters, Publication, Search, Step,
};

use crate::entries_on;
use crate::failing::failed;
use crate::world::{
    WORLD, charters, consortium, database, doctors, find, go_on, keywords, ledger, now, open, policy,
    publication, publish, publish_in, record, rng, search,
};

#[test]
fn only_entitled_members_find_and_open() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    for length in [0, 1, 65_536, 200_000] {
        let record = record(length);
        let published = publish(&consortium, &record, length as u64).unwrap();
        let id = published.place.id;
        assert_eq!(published.length, length as u64);
        for word in ["E11.9", " metformin "] {
            assert_eq!(find(&consortium, word, &WORLD.doctor).last(), Some(&id));
            assert!(find(&consortium, word, &WORLD.visitor).is_empty());
        }
        assert!(find(&consortium, "influenza", &WORLD.doctor).is_empty());
        assert_eq!(open(&consortium, &id, &WORLD.doctor), (record, Ok(())));
        for keys in [&WORLD.visitor, &WORLD.researcher, &WORLD.clinic] {
            assert_eq!(open(&consortium, &id, keys), (vec![], Err(Error::PolicyNotSatisfied)));
        }
    }
    assert_eq!((store.len(), entries_on(&ledger)), (4, 4));
    ledger.verify().unwrap();
}

#[test]
fn keys_survive_bytes_under_their_authority() {
    let authority = Authority::from_bytes(&WORLD.authority.to_bytes()).unwrap();
    let parameters = authority.public_parameters();
    let other = Authority::setup(&mut rng(9)).unwrap();
    assert_eq!(WORLD.researcher.verify(&other.public_parameters()), Err(Error::InvalidKey));
    // Each of the three keys is checked: a key from another authority or for different
    // attributes is refused.
    let issue =
        |authority: &Authority, seed| authority.issue(WORLD.visitor.attributes(), &mut rng(seed)).unwrap();
    let researcher = || MemberKeys::from_bytes(&WORLD.researcher.to_bytes()).unwrap();
    let strangers: [&dyn Fn() -> MemberKeys; 2] = [&|| issue(&other, 3), &researcher];
    for stranger in strangers {
        let mut mixed = [issue(&authority, 3), issue(&authority, 4), issue(&authority, 5)];
        mixed[0].decryption = stranger().decryption;
        mixed[1].signing = stranger().signing;
        mixed[2].search = stranger().search;
        for mixed in mixed {
            assert_eq!(mixed.verify(&parameters), Err(Error::InvalidKey));
        }
    }
    issue(&authority, 3).verify(&parameters).unwrap();
    for keys in [&WORLD.clinic, &WORLD.doctor, &WORLD.researcher, &WORLD.visitor] {
        MemberKeys::from_bytes(&keys.to_bytes()).unwrap().verify(&parameters).unwrap();
    }
}

#[test]
fn renewed_keyword_keys_split_old_from_new() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let mut authority = Authority::from_bytes(&WORLD.authority.to_bytes()).unwrap();
    authority.renew_keyword_key(&mut rng(4)).unwrap();
    let renewed = authority.issue(WORLD.doctor.attributes(), &mut rng(5)).unwrap();
    let parameters = authority.public_parameters();

    let before = publish(&consortium, b"before", 1).unwrap();
    let words = keywords(&["metformin"]);
    let publication = Publication { keyword_key: authority.keyword_key(), ..publication(doctors(), &words) };
    // Under charters of this ledger that differ only in the parameters.
    let mut charters = charters().clone();
    let terms = Terms { parameters: parameters.clone(), ..charters.current().terms().clone() };
    let next = WORLD.super_node.sign_charter(charters.draft(terms, ledger.head().unwrap())).unwrap();
    let old = charters.clone();
    let publish = |charters| {
        let consortium = Consortium { charters, ..consortium };
        consortium.publish(&mut &b"after"[..], &publication, None, &mut rng(2), &mut go_on)
    };
    // Keys and parameters from different times do not fit: their indexes would never match.
    assert_eq!(failed(publish(&old)), Some((Step::Index, Error::InvalidKey)));
    assert_eq!(renewed.verify(&WORLD.parameters), Err(Error::InvalidKey));
    assert_eq!(WORLD.doctor.verify(&parameters), Err(Error::InvalidKey));
    renewed.verify(&parameters).unwrap();
    ledger.append_charter(&next).unwrap();
    charters.push(&next).unwrap();
    let after = publish(&charters).unwrap();
    let consortium = Consortium { charters: &charters, ..consortium };
    assert_eq!(find(&consortium, "metformin", &WORLD.doctor), [before.place.id]);
    assert_eq!(find(&consortium, "metformin", &renewed), [after.place.id]);
    // Records open with every key.
    for keys in [&WORLD.doctor, &renewed] {
        assert_eq!(open(&consortium, &before.place.id, keys), (b"before".to_vec(), Ok(())));
        assert_eq!(open(&consortium, &after.place.id, keys), (b"after".to_vec(), Ok(())));
    }
    // The stored state is the renewed one.
    let restored = Authority::from_bytes(&authority.to_bytes()).unwrap();
    assert_eq!(*restored.keyword_key().to_bytes(), *authority.keyword_key().to_bytes());
}

#[test]
fn only_the_hospital_opens_its_envelope() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let mut database = database();
    let mut tree = Tree::new();
    for n in 0..3u8 {
        let published = publish_in(&consortium, &[n; 100][..], Some(&mut database), n.into()).unwrap();
        tree.append(published.digest.as_bytes());
        assert_eq!(database.digest(), tree.root());

        let entry = now(&consortium).unwrap().entry(&published.place.id).unwrap();
        let envelope = entry.statement().envelope.as_ref().unwrap();
        let aad = published.digest.as_bytes();
        assert_eq!(WORLD.other_hospital.open(envelope, aad, None).err(), Some(Error::DecryptionFailed));
        assert_eq!(WORLD.hospital.open(envelope, &[0; 32], None).err(), Some(Error::DecryptionFailed));
        let disclosed = Disclosure::from_bytes(&WORLD.hospital.open(envelope, aad, None).unwrap()).unwrap();
        assert_eq!(disclosed.location(), published.address.as_str().as_bytes());
        assert_eq!(disclosed.database_digest(), tree.root().as_bytes());
        KeyedSummary::from(*disclosed.summary()).verify(&published.key, &published.digest).unwrap();
    }
    // The state continues from its bytes.
    let state = Frontier::from_bytes(&database.frontier().to_bytes()).unwrap();
    let resumed = Database::resume(WORLD.super_node.public_key(), *WORLD.hospital.identity(), state);
    assert_eq!(resumed.digest(), tree.root());
}

#[test]
fn owners_add_users_without_touching_records() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let record = record(70_000);
    let published = publish(&consortium, &record, 1).unwrap();
    let study = policy("role=researcher and study=t2d");
    let words = keywords(&["hba1c"]);
    let rewrap = |key: &RecordKey, id: &EntryId| {
        now(&consortium).unwrap().rewrap(id, key, &publication(&study, &words), &mut rng(2), &mut go_on)
    };

    // Another key is refused, even one that would make a valid entry.
    let another = RecordKey::generate(&mut rng(3)).unwrap();
    let refused = Some((Step::Digest, Error::DecryptionFailed));
    assert_eq!(failed(rewrap(&another, &published.place.id)), refused);
    let refused = Some((Step::Digest, Error::UnknownEntry));
    assert_eq!(failed(rewrap(&published.key, &EntryId::from([0; 32]))), refused);
    assert_eq!(entries_on(&ledger), 1);

    let place = rewrap(&published.key, &published.place.id).unwrap().place;
    assert_eq!((place.height, store.len()), (2, 1));
    let (old, new) = (ledger.get(&published.place.id).unwrap(), ledger.get(&place.id).unwrap());
    assert_eq!(old.statement().record, new.statement().record);
    assert_eq!(old.statement().digest, new.statement().digest);
    assert_eq!(old.statement().address, new.statement().address);
    assert_eq!(find(&consortium, "hba1c", &WORLD.researcher), [place.id]);
    assert_eq!(open(&consortium, &place.id, &WORLD.researcher), (record.clone(), Ok(())));
    assert_eq!(open(&consortium, &place.id, &WORLD.doctor).1, Err(Error::PolicyNotSatisfied));
    assert_eq!(open(&consortium, &published.place.id, &WORLD.doctor), (record, Ok(())));

    // An owner who has lost the record key, but satisfies the policy, gets it from the entry.
    let checked = now(&consortium).unwrap();
    let old = checked.entry(&published.place.id).unwrap();
    let key = checked.record_key(&old, &WORLD.doctor.decryption).unwrap();
    assert!(key == published.key);
}

#[test]
fn hints_restrict_trapdoors_to_their_period() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let words = keywords(&["e11.9"]);
    let (now, later) = (Hints::new(8, 2026).unwrap(), Hints::new(8, 2027).unwrap());
    let publication = Publication { hints: Some(now), ..publication(doctors(), &words) };
    let published =
        consortium.publish(&mut &b"record"[..], &publication, None, &mut rng(1), &mut go_on).unwrap();
    let search = |hints: &[Hints], threads| {
        let consortium = Consortium { threads: Threads::new(threads), ..consortium };
        let search = Search { hints, ..search(&words[0], &WORLD.doctor) };
        consortium.find(&search, &mut rng(2), no_progress).unwrap().hits
    };
    assert!(search(&[later], 1).is_empty());
    for threads in [1, 3] {
        assert_eq!(search(&[now, later], threads), [published.place]);
    }
}

#[test]
fn a_search_shows_what_the_policies_need() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let consortium = consortium(&ledger, &store);
    let published = publish(&consortium, b"record", 1).unwrap();
    let find = |showing: &Attributes| {
        let words = keywords(&["metformin"]);
        let search = Search { showing, ..search(&words[0], &WORLD.doctor) };
        consortium.find(&search, &mut rng(2), no_progress).map(|found| found.hits)
    };
    let all = WORLD.doctor.attributes();
    let showing = all.needed_by([doctors()]);
    assert_eq!(showing, Attributes::parse("role=doctor, clearance=3, valid_until=2027-06-30").unwrap());
    assert_eq!(find(&showing), Ok(vec![published.place]));
    // A policy that they do not satisfy requires nothing from them.
    assert!(all.needed_by([&policy("role=visitor")]).is_empty());
    assert_eq!(find(&Attributes::parse("role=doctor, clearance=3").unwrap()), Ok(vec![]));
    assert_eq!(find(&Attributes::parse("role=visitor").unwrap()), Err(Error::UnknownAttribute));
}

#[test]
fn rejects_a_query_of_another_authority() {
    let (ledger, store) = (ledger(), MemoryStore::new());
    let published = publish(&consortium(&ledger, &store), b"record", 1).unwrap();
    let other = Authority::setup(&mut rng(9)).unwrap();
    let keys = other.issue(WORLD.doctor.attributes(), &mut rng(3)).unwrap();
    let word = &keywords(&["metformin"])[0];
    let asked = |keys: &MemberKeys, of: &PublicParameters| {
        let query =
            Query::new(keys.search.trapdoor(word, keys.attributes(), &mut rng(4)).unwrap(), &of.search);
        let received = Query::from_bytes(&query.to_bytes()).unwrap();
        let public = &WORLD.parameters.search;
        let found = ledger.search(&received, public, 0, Threads::ONE, &mut no_progress);
        found.map(|found| found.hits)
    };
    assert_eq!(asked(&keys, &other.public_parameters()), Err(Error::OtherAuthority));
    assert_eq!(asked(&WORLD.doctor, &WORLD.parameters), Ok(vec![published.place]));
}
