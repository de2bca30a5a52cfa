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

impl Crashing {
    /// Runs until a write fails. The records work again afterwards.
    fn crash<T>(&mut self, kept: Kept, act: impl FnOnce(&mut Self) -> Result<T, Failure>) {
        self.crash = Some(kept);
        assert!(matches!(act(self), Err(Failure::Error(crate::Error::Io(_)))));
        self.crash = None;
    }
}

/// Runs a session up to the first participant's confirmation.
fn about_to_confirm(plan: &Plan, parties: &[Party<'_>], rng: &mut ChaCha20Rng) -> Checked {
    let (dealing, round_2) = dealing(plan, parties, rng);
    let first = dealing.into_iter().next().unwrap();
    first.check(parties[0].0, &for_receiver(&round_2, 1), rng).unwrap()
}

#[test]
fn signs_only_what_is_stored() {
    let rng = &mut rng(1);
    let keys = keys(2, rng);
    let checked = |rng: &mut ChaCha20Rng| about_to_confirm(&generate(2, &keys), &without_shares(&keys), rng);
    for kept in [Kept::Old, Kept::New] {
        let (checked, mut records) = (checked(rng), Crashing::default());
        let name = checked.share_name();
        // No signature leaves an authority whose records failed.
        records.crash(kept, |records| checked.confirm(&keys[0], records));
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
    let (checked, mut records) = (checked(rng), Crashing::default());
    let name = checked.share_name();
    let (_, message) = checked.confirm(&keys[0], &mut records).unwrap();
    let share = AuthorityShare::from_bytes(&records.get(&name).unwrap().unwrap()).unwrap();
    assert_eq!(share.confirmation(&keys[0]).unwrap(), message);
}

/// Returns a registry that the first two holders sign, regardless of what they have signed before.
fn published(holders: &[Holder], draft: &RegistryDraft) -> Registry {
    let sign = |holder: &Holder| holder.sign_registry(draft, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = holders[..2].iter().map(sign).collect();
    holders[0].generation().combine_registry(draft, &parts).unwrap().value
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
        records.crash(kept, |records| holders[2].saw_registry(&second, records));
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
    for kept in [Kept::Old, Kept::New] {
        let mut records = Crashing::default();
        records.crash(kept, |records| holders[0].saw_charter(&first, records));
        if let Kept::Old = kept {
            // It knows no charter. After seeing one, it signs the next.
            let failure = holders[0].sign_charter(&next(5), &mut records).unwrap_err();
            assert_eq!(failure, Failure::WrongPredecessor);
            holders[0].saw_charter(&first, &mut records).unwrap();
        }
        records.crash(kept, |records| holders[0].sign_charter(&next(5), records));
        match kept {
            // It has signed nothing, and may sign any body.
            Kept::Old => drop(holders[0].sign_charter(&next(6), &mut records).unwrap()),
            // It may have signed. It signs the same again, and nothing else with this number.
            Kept::New => {
                let mut other = next(6);
                let failure = holders[0].sign_charter(&other, &mut records).unwrap_err();
                assert_eq!(failure, Failure::AlreadySigned { number: 2 });
                let again = holders[0].sign_charter(&next(5), &mut records).unwrap();
                assert_eq!(holders[0].sign_charter(&next(5), &mut records), Ok(again));
                other.renumber(3);
                holders[0].sign_charter(&other, &mut records).unwrap();
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
    for kept in [Kept::Old, Kept::New] {
        let (crashed, mut records) = (about_to_confirm(&plan, &parties, rng), Crashing::default());
        let name = crashed.share_name();
        records.crash(kept, |records| crashed.confirm(keys[0], records));
        let other = about_to_confirm(&plan, &parties, rng).confirm(keys[0], &mut records);
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
