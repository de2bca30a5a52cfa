//! Crashes before, while and after something is put into the records.

use std::io;

use zeroize::Zeroizing;

use super::*;
use crate::identity::RegistryDraft;

/// Records that fail when they are put: with the old bytes in place, or with the new ones.
#[derive(Default)]
struct Crashing {
    kept: MemoryRecords,
    crash: Option<Kept>,
}

#[derive(Clone, Copy)]
enum Kept {
    Old,
    New,
}

impl Records for Crashing {
    fn get(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        self.kept.get(name)
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match self.crash {
            None => self.kept.put(name, bytes),
            Some(Kept::Old) => Err(io::ErrorKind::Other.into()),
            Some(Kept::New) => {
                self.kept.put(name, bytes)?;
                Err(io::ErrorKind::Other.into())
            }
        }
    }
}

/// 2 of 2, up to what the first is about to confirm.
fn about_to_confirm(keys: &[AuthorityKey], rng: &mut ChaCha20Rng) -> Checked {
    let plan = Plan::generate(roster(2, &keys.iter().collect::<Vec<_>>()));
    let parties: Vec<Party<'_>> = keys.iter().map(|key| (key, None)).collect();
    let begun = committed(&plan, &parties, rng);
    let shown = opened(&plan, &parties, begun, rng);
    let (dealing, round_2) = dealt(&plan, &parties, shown, rng);
    let first = dealing.into_iter().next().unwrap();
    first.check(&keys[0], &for_receiver(&round_2, 1), rng).unwrap()
}

#[test]
fn signs_only_what_is_stored() {
    let rng = &mut rng(1);
    let keys: Vec<_> = (1..=2).map(|i| key(i, rng)).collect();
    for kept in [Kept::Old, Kept::New] {
        let checked = about_to_confirm(&keys, rng);
        let name = checked.share_name();
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        // No signature leaves an authority whose record failed.
        assert!(matches!(checked.confirm(&keys[0], &mut records), Err(Failure::Error(crate::Error::Io(_)))));
        match (kept, records.get(&name).unwrap()) {
            // Nothing was signed: a new session.
            (Kept::Old, stored) => assert!(stored.is_none()),
            // Stored and not signed: the confirmation is made from what is stored.
            (Kept::New, stored) => {
                let share = AuthorityShare::from_bytes(&stored.unwrap()).unwrap();
                share.confirmation(&keys[0]).unwrap();
            }
        }
    }
    // After it was stored and signed, the same message comes of what is stored.
    let checked = about_to_confirm(&keys, rng);
    let name = checked.share_name();
    let mut records = Crashing::default();
    let (_, message) = checked.confirm(&keys[0], &mut records).unwrap();
    let share = AuthorityShare::from_bytes(&records.get(&name).unwrap().unwrap()).unwrap();
    assert_eq!(share.confirmation(&keys[0]).unwrap(), message);
}

#[test]
fn a_number_is_recorded_before_it_is_signed() {
    let rng = &mut rng(2);
    let holders = consortium(2, 3, rng);
    let (first, mut other) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS + 1));
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        assert!(holders[0].sign_registry(&first, &mut records).is_err());
        records.crash = None;
        match kept {
            // It has signed nothing and is free.
            Kept::Old => assert!(holders[0].sign_registry(&other, &mut records).is_ok()),
            // It may have signed, and does not sign another.
            Kept::New => {
                let failure = holders[0].sign_registry(&other, &mut records).unwrap_err();
                assert_eq!(failure, Failure::AlreadySigned { number: 1 });
                let again = holders[0].sign_registry(&first, &mut records).unwrap();
                assert_eq!(again, holders[0].sign_registry(&first, &mut records).unwrap());
                // A greater number is free.
                other.renumber(2);
                assert!(holders[0].sign_registry(&other, &mut records).is_ok());
            }
        }
    }
}

#[test]
fn records_in_a_directory_are_replaced_whole() {
    let directory = tempfile::tempdir().unwrap();
    let mut records = DirectoryRecords::new(directory.path());
    assert!(records.get("registries").unwrap().is_none());
    records.put("registries", b"first").unwrap();
    records.put("registries", b"second").unwrap();
    assert_eq!(*records.get("registries").unwrap().unwrap(), b"second");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}
