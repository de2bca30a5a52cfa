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

fn founding(office: &Office, name: &str) -> CharterDraft {
    CharterDraft::first(terms(name, office.generation()), None)
}

fn sign(office: &mut Office, draft: &CharterDraft, i: u8) -> Result<Message, Failure> {
    let (holder, records) = office.at(i);
    holder.sign_charter(draft, records)
}

fn signed(office: &mut Office, draft: &CharterDraft, quorum: &[u8]) -> Charter {
    let draft = CharterDraft::from_bytes(&draft.to_bytes()).unwrap();
    let parts: Vec<_> = quorum.iter().map(|i| carried(&sign(office, &draft, *i).unwrap())).collect();
    let Combined { value, culprits } = office.generation().combine_charter(&draft, &parts).unwrap();
    assert!(culprits.is_empty());
    Charter::from_bytes(&value.to_bytes()).unwrap()
}

fn saw(office: &mut Office, charter: &Charter, i: u8) -> Result<(), Failure> {
    let (holder, records) = office.at(i);
    holder.saw_charter(charter, records)
}

/// Publishes a charter. A quorum signs it and all authorities see it.
fn publish(office: &mut Office, draft: &CharterDraft, quorum: &[u8]) -> Charter {
    let charter = signed(office, draft, quorum);
    for i in 1..=office.generation().roster().size() {
        saw(office, &charter, i).unwrap();
    }
    charter
}

fn chain(office: &Office, first: Charter) -> Charters {
    Charters::new(first, office.generation().super_node()).unwrap()
}

/// Founds a ledger: a quorum signs its first charter, and all see it.
fn founded(office: &mut Office) -> Charters {
    let draft = founding(office, "clinics");
    let first = publish(office, &draft, &[1, 2]);
    chain(office, first)
}

#[test]
fn a_threshold_founds_a_ledger_and_goes_on() {
    let rng = &mut rng(1);
    let office = &mut Office::new(2, 3, rng);
    let draft = founding(office, "clinics");
    // The charter is the same for any signing authorities.
    let same = signed(office, &draft, &[3, 1]);
    let first = publish(office, &draft, &[1, 2]);
    assert_eq!(first.to_bytes(), same.to_bytes());
    assert_eq!((draft.hash(), draft.ledger()), (first.hash(), first.ledger()));
    let mut charters = chain(office, first);
    let next = Terms { claim: Policy::parse("accredited").unwrap(), ..charters.current().terms().clone() };
    let draft = charters.draft(next, head(9));
    let second = publish(office, &draft, &[2, 3]);
    charters.push(&second).unwrap();
    assert_eq!((charters.current().number(), charters.current().hash()), (2, draft.hash()));

    // Fewer than a threshold, and a part of a different consortium's, or of a different charter.
    let third = charters.draft(charters.current().terms().clone(), head(12));
    let one = sign(office, &third, 1).unwrap();
    let combine = |parts: &[Message]| office.holders[0].generation().combine_charter(&third, parts);
    assert!(matches!(combine(std::slice::from_ref(&one)), Err(Failure::TooFew { given: 1, .. })));
    let stranger = consortium(2, 3, rng);
    let theirs =
        stranger[1].sign_numbered(&founding(office, "clinics"), &mut MemoryRecords::default()).unwrap();
    let earlier = office.holders[1].sign_charter(&draft, &mut office.records[1]).unwrap();
    for (wrong, fault) in [(theirs, Fault::WrongSession), (earlier, Fault::WrongRequest)] {
        let failure = combine(&[one.clone(), wrong]).unwrap_err();
        assert_eq!((failure.culprits()[0].index, &failure.culprits()[0].fault), (2, &fault));
    }
    let three = office.holders[2].sign_charter(&third, &mut office.records[2]).unwrap();
    charters.push(&combine(&[one, three]).unwrap().value).unwrap();
}

#[test]
fn signs_charters_that_follow_and_stand() {
    let rng = &mut rng(4);
    let office = &mut Office::new(2, 3, rng);
    let first = founding(office, "clinics");
    let complete = signed(office, &first, &[1, 2]);
    let charters = chain(office, complete.clone());
    let next = charters.draft(charters.current().terms().clone(), head(5));
    // Authority 3 has seen no charter of this ledger.
    assert_eq!(sign(office, &next, 3).unwrap_err(), Failure::WrongPredecessor);
    saw(office, &complete, 3).unwrap();
    // A charter with the predecessor of a different ledger, and one with a number that is taken.
    let other = founding(office, "others");
    let other = signed(office, &other, &[1, 2]);
    let mut elsewhere = next.to_bytes();
    let previous = elsewhere.windows(32).rposition(|bytes| bytes == complete.hash().as_bytes()).unwrap();
    elsewhere[previous..previous + 32].copy_from_slice(other.hash().as_bytes());
    let elsewhere = CharterDraft::from_bytes(&elsewhere).unwrap();
    assert_eq!(sign(office, &elsewhere, 3).unwrap_err(), Failure::WrongPredecessor);
    // A charter that nobody would accept is neither signed nor combined.
    let mut misplaced = next.clone();
    misplaced.renumber(1);
    assert_eq!(sign(office, &misplaced, 3).unwrap_err(), Failure::Error(Error::InvalidField));
    let refused = office.generation().combine_charter(&misplaced, &[]).unwrap_err();
    assert_eq!(refused, Failure::Error(Error::InvalidField));
    // A charter that does not follow the newest, or that the super node did not sign.
    let strangers = consortium(2, 3, rng);
    let forge = |holder: &Holder| holder.sign_charter(&first, &mut MemoryRecords::default()).unwrap();
    let parts: Vec<_> = strangers[..2].iter().map(forge).collect();
    let forged = strangers[0].generation().combine_charter(&first, &parts).unwrap().value;
    office.records[1] = MemoryRecords::default();
    assert_eq!(saw(office, &forged, 2).unwrap_err(), Failure::Error(Error::InvalidSignature));
    saw(office, &complete, 2).unwrap();
    let second = signed(office, &next, &[2, 3]);
    // A different charter with this number, or after it under a greater number.
    let mut another = charters.draft(charters.current().terms().clone(), head(6));
    assert_eq!(sign(office, &another, 3).unwrap_err(), Failure::AlreadySigned { number: 2 });
    another.renumber(3);
    sign(office, &another, 3).unwrap();
    saw(office, &second, 3).unwrap();
    assert_eq!(saw(office, &complete, 3).unwrap_err(), Failure::Error(Error::CharterOutOfOrder));
    // Seeing the newest again changes nothing.
    saw(office, &second, 3).unwrap();
}

/// Anyone can attach another signature to the newest charter. An authority that stored it could
/// sign nothing more, because the charter it has seen would not verify.
#[test]
fn rejects_the_newest_under_another_signature() {
    let rng = &mut rng(6);
    let office = &mut Office::new(2, 3, rng);
    let charters = founded(office);
    let (first, other) = (charters.current().to_bytes(), founding(office, "others"));
    let other = signed(office, &other, &[1, 2]).to_bytes();
    let forged = [&first[..first.len() - 96], &other[other.len() - 96..]].concat();
    let forged = Charter::from_bytes(&forged).unwrap();
    assert_eq!(forged.hash(), charters.current().hash());
    assert_eq!(saw(office, &forged, 1).unwrap_err(), Failure::Error(Error::InvalidSignature));
    saw(office, charters.current(), 1).unwrap();
    sign(office, &charters.draft(charters.current().terms().clone(), head(5)), 1).unwrap();
}

/// If too many authorities sign two charters with one number, both are kept, and nobody
/// signs for that ledger.
#[test]
fn two_charters_of_one_number_stop_a_ledger() {
    let rng = &mut rng(5);
    let office = &mut Office::new(2, 3, rng);
    let mut charters = founded(office);
    let one = charters.draft(charters.current().terms().clone(), head(5));
    let two = charters.draft(charters.current().terms().clone(), head(6));
    let second = signed(office, &one, &[1, 2]);
    // Authority 2 forgets what it signed.
    office.records[1] = MemoryRecords::default();
    saw(office, charters.current(), 2).unwrap();
    let another = signed(office, &two, &[2, 3]);
    charters.push(&second).unwrap();
    assert_eq!(charters.push(&another).unwrap_err(), Error::CharterConflict);
    let conflict = Failure::Error(Error::CharterConflict);
    saw(office, &second, 3).unwrap();
    assert_eq!(saw(office, &another, 3).unwrap_err(), conflict);
    let evidence =
        office.records[2].get(&format!("charters-{}-conflict", charters.ledger())).unwrap().unwrap();
    for charter in [&second, &another] {
        assert!(evidence.windows(charter.to_bytes().len()).any(|bytes| bytes == charter.to_bytes()));
    }
    let next = charters.draft(charters.current().terms().clone(), head(9));
    assert_eq!(sign(office, &next, 3).unwrap_err(), conflict);
    // A different ledger can be founded, and an authority that has not seen both continues.
    let other = founding(office, "others");
    sign(office, &other, 3).unwrap();
    saw(office, &second, 1).unwrap();
    sign(office, &next, 1).unwrap();
}
