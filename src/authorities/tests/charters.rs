//! One charter for each number of a ledger.

use super::*;
use crate::Error;
use crate::ledger::{Charter, CharterDraft, Charters, Terms};
use crate::merkle::Head;

/// Makes the terms of a ledger with this name, with the keys of several authorities.
pub(super) fn terms(text: &str, generation: &Generation) -> Terms {
    let keyword = KeywordKey::generate(&mut rng(99)).unwrap().commitment();
    Terms::new(name(text), Policy::parse("hospital").unwrap(), generation.public_parameters(keyword))
}

pub(super) fn head(size: u64) -> Head {
    Head { size, root: [7; 32].into() }
}

struct Office {
    holders: Vec<Holder>,
    records: Vec<MemoryRecords>,
}

impl Office {
    fn new(t: u8, n: u8, rng: &mut ChaCha20Rng) -> Self {
        let records = (0..n).map(|_| MemoryRecords::default()).collect();
        Self { holders: consortium(t, n, rng), records }
    }

    fn generation(&self) -> &Generation {
        self.holders[0].generation()
    }

    fn first(&self, name: &str) -> CharterDraft {
        CharterDraft::first(terms(name, self.generation()), None)
    }

    fn sign(&mut self, draft: &CharterDraft, i: u8) -> Result<Message, Failure> {
        let at = usize::from(i) - 1;
        self.holders[at].sign_charter(draft, &mut self.records[at])
    }

    /// Publishes a charter. A quorum signs it and all authorities see it.
    fn publish(&mut self, draft: &CharterDraft, quorum: &[u8]) -> Charter {
        let charter = self.signed(draft, quorum);
        (1..=self.holders.len()).for_each(|i| self.saw(&charter, u8::try_from(i).unwrap()).unwrap());
        charter
    }

    fn signed(&mut self, draft: &CharterDraft, quorum: &[u8]) -> Charter {
        let draft = CharterDraft::from_bytes(&draft.to_bytes()).unwrap();
        let parts: Vec<_> = quorum.iter().map(|i| carried(&self.sign(&draft, *i).unwrap())).collect();
        let Combined { value, culprits } = self.generation().combine_charter(&draft, &parts).unwrap();
        assert!(culprits.is_empty());
        Charter::from_bytes(&value.to_bytes()).unwrap()
    }

    fn saw(&mut self, charter: &Charter, i: u8) -> Result<(), Failure> {
        let at = usize::from(i) - 1;
        self.holders[at].saw_charter(charter, &mut self.records[at])
    }

    /// Founds a ledger: all sign and see its first charter.
    fn founded(&mut self) -> Charters {
        let (draft, all) = (self.first("clinics"), self.generation().roster().indices().collect::<Vec<_>>());
        let first = self.publish(&draft, &all);
        self.chain(first)
    }

    fn chain(&self, first: Charter) -> Charters {
        Charters::new(first, self.generation().super_node()).unwrap()
    }
}

#[test]
fn a_threshold_founds_a_ledger_and_goes_on() {
    let rng = &mut rng(1);
    let mut office = Office::new(2, 3, rng);
    let draft = office.first("clinics");
    // The charter is the same for any signing authorities.
    let same = office.signed(&draft, &[3, 1]);
    let first = office.publish(&draft, &[1, 2]);
    assert_eq!(first.to_bytes(), same.to_bytes());
    assert_eq!((draft.hash(), draft.ledger()), (first.hash(), first.ledger()));
    let mut charters = office.chain(first);
    let next = Terms { claim: Policy::parse("accredited").unwrap(), ..charters.current().terms().clone() };
    let draft = charters.draft(next, head(9));
    let second = office.publish(&draft, &[2, 3]);
    charters.push(&second).unwrap();
    assert_eq!((charters.current().number(), charters.current().hash()), (2, draft.hash()));

    // Fewer than a threshold, and a part of a different consortium's, or of a different charter.
    let third = charters.draft(charters.current().terms().clone(), head(12));
    let one = office.sign(&third, 1).unwrap();
    let combine = |parts: &[Message]| office.holders[0].generation().combine_charter(&third, parts);
    assert!(matches!(combine(std::slice::from_ref(&one)), Err(Failure::TooFew { given: 1, .. })));
    let stranger = consortium(2, 3, rng);
    let theirs = stranger[1].sign_numbered(&office.first("clinics"), &mut MemoryRecords::default()).unwrap();
    let earlier = office.holders[1].sign_charter(&draft, &mut office.records[1]).unwrap();
    for (wrong, fault) in [(theirs, Fault::WrongSession), (earlier, Fault::WrongRequest)] {
        let failure = combine(&[one.clone(), wrong]).unwrap_err();
        assert_eq!((failure.culprits()[0].index, &failure.culprits()[0].fault), (2, &fault));
    }
    let three = office.holders[2].sign_charter(&third, &mut office.records[2]).unwrap();
    charters.push(&combine(&[one, three]).unwrap().value).unwrap();
}

#[test]
fn two_quorums_sign_one_charter_alone() {
    let rng = &mut rng(2);
    let mut office = Office::new(3, 4, rng);
    let mut charters = office.founded();
    let one = charters.draft(charters.current().terms().clone(), head(5));
    let two = charters.draft(charters.current().terms().clone(), head(6));
    let second = office.signed(&one, &[1, 2, 3]);
    for i in [2, 3] {
        assert_eq!(office.sign(&two, i).unwrap_err(), Failure::AlreadySigned { number: 2 });
    }
    assert!(office.sign(&two, 4).is_ok());
    charters.push(&second).unwrap();
}

#[test]
fn a_split_vote_on_a_charter_goes_on() {
    let rng = &mut rng(3);
    let mut office = Office::new(3, 4, rng);
    let mut charters = office.founded();
    let one = charters.draft(charters.current().terms().clone(), head(5));
    let mut two = charters.draft(charters.current().terms().clone(), head(6));
    for (i, body) in [(1, &one), (2, &one), (3, &two), (4, &two)] {
        office.sign(body, i).unwrap();
    }
    assert!(office.sign(&one, 3).is_err() && office.sign(&two, 1).is_err());
    two.renumber(3);
    let third = office.publish(&two, &[1, 2, 4]);
    // Nobody signs the lower number any more; the chain continues with the greater one.
    assert_eq!(office.sign(&one, 1).unwrap_err(), Failure::AlreadySigned { number: 3 });
    assert_eq!(office.sign(&one, 3).unwrap_err(), Failure::AlreadySigned { number: 2 });
    charters.push(&third).unwrap();
    assert_eq!(charters.current().number(), 3);
}

#[test]
fn signs_charters_that_follow_and_stand() {
    let rng = &mut rng(4);
    let mut office = Office::new(2, 3, rng);
    let first = office.first("clinics");
    let complete = office.signed(&first, &[1, 2]);
    let charters = office.chain(complete.clone());
    let next = charters.draft(charters.current().terms().clone(), head(5));
    // Authority 3 has seen no charter of this ledger.
    assert_eq!(office.sign(&next, 3).unwrap_err(), Failure::WrongPredecessor);
    office.saw(&complete, 3).unwrap();
    // A charter with the predecessor of a different ledger, and one with a number that is taken.
    let other = office.first("others");
    let other = office.signed(&other, &[1, 2]);
    let mut elsewhere = next.to_bytes();
    let previous = elsewhere.windows(32).rposition(|bytes| bytes == complete.hash().as_bytes()).unwrap();
    elsewhere[previous..previous + 32].copy_from_slice(other.hash().as_bytes());
    let elsewhere = CharterDraft::from_bytes(&elsewhere).unwrap();
    assert_eq!(office.sign(&elsewhere, 3).unwrap_err(), Failure::WrongPredecessor);
    // A charter that nobody would accept is neither signed nor combined.
    let mut misplaced = next.clone();
    misplaced.renumber(1);
    assert_eq!(office.sign(&misplaced, 3).unwrap_err(), Failure::Error(Error::InvalidField));
    let refused = office.generation().combine_charter(&misplaced, &[]).unwrap_err();
    assert_eq!(refused, Failure::Error(Error::InvalidField));
    // A charter that does not follow the newest, or that the super node did not sign.
    let strangers = consortium(2, 3, rng);
    let sign = |holder: &Holder| holder.sign_charter(&first, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = strangers[..2].iter().map(sign).collect();
    let forged = strangers[0].generation().combine_charter(&first, &parts).unwrap().value;
    office.records[1] = MemoryRecords::default();
    assert_eq!(office.saw(&forged, 2).unwrap_err(), Failure::Error(Error::InvalidSignature));
    office.saw(&complete, 2).unwrap();
    let second = office.signed(&next, &[2, 3]);
    office.saw(&second, 3).unwrap();
    assert_eq!(office.saw(&complete, 3).unwrap_err(), Failure::Error(Error::CharterOutOfOrder));
    // Seeing the newest again changes nothing.
    office.saw(&second, 3).unwrap();
}

/// Anyone can attach another signature to the newest charter. An authority that stored it could
/// sign nothing more, because the charter it has seen would not verify.
#[test]
fn rejects_the_newest_under_another_signature() {
    let rng = &mut rng(6);
    let mut office = Office::new(2, 3, rng);
    let charters = office.founded();
    let (first, other) = (charters.current().to_bytes(), office.first("others"));
    let other = office.signed(&other, &[1, 2]).to_bytes();
    let forged = [&first[..first.len() - 96], &other[other.len() - 96..]].concat();
    let forged = Charter::from_bytes(&forged).unwrap();
    assert_eq!(forged.hash(), charters.current().hash());
    assert_eq!(office.saw(&forged, 1).unwrap_err(), Failure::Error(Error::InvalidSignature));
    office.saw(charters.current(), 1).unwrap();
    office.sign(&charters.draft(charters.current().terms().clone(), head(5)), 1).unwrap();
}

/// If too many authorities sign two charters with one number, both are kept, and nobody
/// signs for that ledger.
#[test]
fn two_charters_of_one_number_stop_a_ledger() {
    let rng = &mut rng(5);
    let mut office = Office::new(2, 3, rng);
    let mut charters = office.founded();
    let one = charters.draft(charters.current().terms().clone(), head(5));
    let two = charters.draft(charters.current().terms().clone(), head(6));
    let second = office.signed(&one, &[1, 2]);
    // Authority 2 forgets what it signed.
    office.records[1] = MemoryRecords::default();
    office.saw(charters.current(), 2).unwrap();
    let another = office.signed(&two, &[2, 3]);
    charters.push(&second).unwrap();
    assert_eq!(charters.push(&another).unwrap_err(), Error::CharterConflict);
    let conflict = Failure::Error(Error::CharterConflict);
    office.saw(&second, 3).unwrap();
    assert_eq!(office.saw(&another, 3).unwrap_err(), conflict);
    let evidence =
        office.records[2].get(&format!("charters-{}-conflict", charters.ledger())).unwrap().unwrap();
    for charter in [&second, &another] {
        assert!(evidence.windows(charter.to_bytes().len()).any(|bytes| bytes == charter.to_bytes()));
    }
    let next = charters.draft(charters.current().terms().clone(), head(9));
    assert_eq!(office.sign(&next, 3).unwrap_err(), conflict);
    // A different ledger can be founded, and an authority that has not seen both continues.
    let other = office.first("others");
    office.sign(&other, 3).unwrap();
    office.saw(&second, 1).unwrap();
    office.sign(&next, 1).unwrap();
}
