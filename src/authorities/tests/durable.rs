//! Crashes before, during and after a write to the records.

use std::io;

use zeroize::Zeroizing;

use super::*;
use crate::identity::{Registry, RegistryDraft};
use crate::ledger::{CharterDraft, Charters};

/// Records whose `put` fails, with the old bytes or the new ones in place.
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

/// Runs 2 of 2, up to the first one's confirmation.
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
        // No signature leaves an authority whose records failed.
        assert!(matches!(checked.confirm(&keys[0], &mut records), Err(Failure::Error(crate::Error::Io(_)))));
        match (kept, records.get(&name).unwrap()) {
            // Nothing was signed: start a new session.
            (Kept::Old, stored) => assert!(stored.is_none()),
            // Stored but not signed: the stored share makes the confirmation.
            (Kept::New, stored) => {
                let share = AuthorityShare::from_bytes(&stored.unwrap()).unwrap();
                share.confirmation(&keys[0]).unwrap();
            }
        }
    }
    // Stored and signed: the stored share makes the same message.
    let checked = about_to_confirm(&keys, rng);
    let name = checked.share_name();
    let mut records = Crashing::default();
    let (_, message) = checked.confirm(&keys[0], &mut records).unwrap();
    let share = AuthorityShare::from_bytes(&records.get(&name).unwrap().unwrap()).unwrap();
    assert_eq!(share.confirmation(&keys[0]).unwrap(), message);
}

#[test]
fn numbers_are_recorded_before_they_are_signed() {
    let rng = &mut rng(2);
    let holders = consortium(2, 3, rng);
    let (first, mut other) = (RegistryDraft::first(NOW_MS), RegistryDraft::first(NOW_MS + 1));
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        assert!(holders[0].sign_registry(&first, &mut records).is_err());
        records.crash = None;
        match kept {
            // It has signed nothing, and may sign any body.
            Kept::Old => assert!(holders[0].sign_registry(&other, &mut records).is_ok()),
            // It may have signed, and does not sign a different body.
            Kept::New => {
                let failure = holders[0].sign_registry(&other, &mut records).unwrap_err();
                assert_eq!(failure, Failure::AlreadySigned { number: 1 });
                let again = holders[0].sign_registry(&first, &mut records).unwrap();
                assert_eq!(again, holders[0].sign_registry(&first, &mut records).unwrap());
                // A greater number may be signed.
                other.renumber(2);
                assert!(holders[0].sign_registry(&other, &mut records).is_ok());
            }
        }
    }
}

/// Returns a registry that the first two holders sign, regardless of what they have signed before.
fn published(holders: &[Holder], draft: &RegistryDraft) -> Registry {
    let sign = |holder: &Holder| holder.sign_registry(draft, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = holders[..2].iter().map(sign).collect();
    holders[0].generation().combine_registry(draft, &parts).unwrap().value
}

#[test]
fn a_registry_counts_once_recorded() {
    let rng = &mut rng(3);
    let holders = consortium(2, 3, rng);
    let first = published(&holders, &RegistryDraft::first(NOW_MS));
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        let failure = holders[2].saw_registry(&first, &mut records).unwrap_err();
        assert!(matches!(failure, Failure::Error(crate::Error::Io(_))));
        records.crash = None;
        let next = first.verify(holders[2].generation().super_node(), 0).unwrap();
        let next = next.draft_next(NOW_MS + 1).unwrap();
        let signed = holders[2].sign_registry(&next, &mut records);
        match kept {
            // It knows no registry. After seeing one, it signs the next.
            Kept::Old => {
                assert_eq!(signed.unwrap_err(), Failure::WrongPredecessor);
                holders[2].saw_registry(&first, &mut records).unwrap();
                holders[2].sign_registry(&next, &mut records).unwrap();
            }
            Kept::New => assert!(signed.is_ok()),
        }
    }
}

#[test]
fn a_conflict_is_recorded_or_found_again() {
    let rng = &mut rng(4);
    let holders = consortium(2, 3, rng);
    let [first, second] = [NOW_MS, NOW_MS + 1].map(|at| published(&holders, &RegistryDraft::first(at)));
    let conflict = Failure::Error(crate::Error::RegistryConflict);
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing::default();
        let seen = holders[2].saw_registry(&first, &mut records).unwrap();
        records.crash = Some(kept);
        let failure = holders[2].saw_registry(&second, &mut records).unwrap_err();
        assert!(matches!(failure, Failure::Error(crate::Error::Io(_))));
        records.crash = None;
        // The first one counts as seen in both cases.
        assert_eq!(holders[2].saw_registry(&first, &mut records).unwrap().time_ms(), NOW_MS);
        if let Kept::Old = kept {
            assert_eq!(holders[2].saw_registry(&second, &mut records).unwrap_err(), conflict);
        }
        let next = seen.draft_next(NOW_MS + 2).unwrap();
        assert_eq!(holders[2].sign_registry(&next, &mut records).unwrap_err(), conflict);
    }
}

#[test]
fn a_charter_is_recorded_before_it_is_signed() {
    let rng = &mut rng(6);
    let holders = consortium(2, 3, rng);
    let generation = holders[0].generation();
    let draft = CharterDraft::first(charters::terms("clinics", generation), None);
    let sign = |holder: &Holder| holder.sign_charter(&draft, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = holders[1..].iter().map(sign).collect();
    let first = generation.combine_charter(&draft, &parts).unwrap().value;
    let chain = Charters::new(first.clone(), generation.super_node()).unwrap();
    let next = |size| chain.draft(chain.current().terms().clone(), charters::head(size));
    let crashed = |failure| matches!(failure, Failure::Error(crate::Error::Io(_)));
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        assert!(crashed(holders[0].saw_charter(&first, &mut records).unwrap_err()));
        records.crash = None;
        match kept {
            Kept::Old => {
                let failure = holders[0].sign_charter(&next(5), &mut records).unwrap_err();
                assert_eq!(failure, Failure::WrongPredecessor);
                holders[0].saw_charter(&first, &mut records).unwrap();
            }
            Kept::New => assert!(records.get(&format!("charters-{}", chain.ledger())).unwrap().is_some()),
        }
        records.crash = Some(kept);
        assert!(crashed(holders[0].sign_charter(&next(5), &mut records).unwrap_err()));
        records.crash = None;
        match kept {
            // It has signed nothing, and may sign any body.
            Kept::Old => drop(holders[0].sign_charter(&next(6), &mut records).unwrap()),
            // It may have signed. It signs the same again, and nothing else.
            Kept::New => {
                let failure = holders[0].sign_charter(&next(6), &mut records).unwrap_err();
                assert_eq!(failure, Failure::AlreadySigned { number: 2 });
                holders[0].sign_charter(&next(5), &mut records).unwrap();
            }
        }
    }
}

#[test]
fn resharing_is_recorded_before_confirmation() {
    let rng = &mut rng(5);
    let holders = consortium(2, 2, rng);
    let keys: Vec<_> = holders.iter().map(Holder::key).collect();
    let plan = Plan::reshare(holders[0].generation(), &[1, 2], roster(2, &keys)).unwrap();
    let parties: Vec<Party<'_>> = holders.iter().map(|h| (h.key(), Some(h.share()))).collect();
    let checked = |rng: &mut ChaCha20Rng| {
        let begun = committed(&plan, &parties, rng);
        let shown = opened(&plan, &parties, begun, rng);
        let (dealing, round_2) = dealt(&plan, &parties, shown, rng);
        dealing.into_iter().next().unwrap().check(keys[0], &for_receiver(&round_2, 1), rng).unwrap()
    };
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing { crash: Some(kept), ..Crashing::default() };
        let crashed = checked(rng);
        let name = crashed.share_name();
        let failure = crashed.confirm(keys[0], &mut records).unwrap_err();
        assert!(matches!(failure, Failure::Error(crate::Error::Io(_))));
        records.crash = None;
        let other = checked(rng).confirm(keys[0], &mut records);
        let stored = AuthorityShare::from_bytes(&records.get(&name).unwrap().unwrap()).unwrap();
        match kept {
            // It has confirmed nothing, and may confirm a different attempt.
            Kept::Old => assert_eq!(other.unwrap().0.generation(), stored.generation()),
            // It may have confirmed. It confirms this one again, and no other.
            Kept::New => {
                assert_eq!(other.unwrap_err(), Failure::AlreadyConfirmed { generation: 1 });
                stored.confirmation(keys[0]).unwrap();
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
