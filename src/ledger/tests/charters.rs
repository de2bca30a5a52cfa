//! Charters: what may be signed, and what a chain of charters rejects.

use std::sync::Arc;

use super::*;
use crate::curve::{Curve, G1Affine, G2Affine, Scalar, decode_g1, decode_g2};
use crate::identity::{MainNode, Role};
use crate::ledger::charter::CharterHash;
use crate::limits::{CHARTERS, VALIDATORS};
use crate::merkle::Head;

fn head(size: u64) -> Head {
    Head { size, root: [size as u8; 32].into() }
}

fn terms() -> Terms {
    WORLD.charters.current().terms().clone()
}

fn signed(draft: CharterDraft) -> Charter {
    WORLD.super_node.sign_charter(draft).unwrap()
}

fn node(name: &str) -> MainNode {
    let rng = &mut ChaCha20Rng::seed_from_u64(name.len() as u64);
    MainNode::generate(Name::new(name).unwrap(), Role::MainNode, &WORLD.super_node.public_key(), rng).unwrap()
}

/// Makes this node a validator.
fn stand(name: &str, ledger: Option<&LedgerId>, key: &[u8]) -> Validator {
    node(name).validator(ledger, key, b"by the engine").unwrap()
}

/// Makes a chain of three charters.
fn chain() -> Charters {
    let mut charters = WORLD.charters.clone();
    for claim in ["hospital", "accredited"] {
        let terms = Terms { claim: policy(claim), ..terms() };
        let next = signed(charters.draft(terms, head(charters.current().number().into())));
        charters.push(&next).unwrap();
    }
    charters
}

#[test]
fn the_ledger_id_is_a_hash() {
    let first = WORLD.charters.current();
    assert_eq!(WORLD.charters.ledger().as_bytes(), first.hash().as_bytes());
    assert_eq!(first.ledger(), WORLD.charters.ledger());
    assert_eq!(
        (first.number(), first.final_head(), first.previous()),
        (1, None, &CharterHash::from([0; 32]))
    );
    let chain = chain();
    for number in 1..=3 {
        let charter = chain.get(number).unwrap();
        assert_eq!((charter.number(), charter.ledger()), (number, chain.ledger()));
        let again = Charter::from_bytes(&charter.to_bytes()).unwrap();
        assert_eq!((again.to_bytes(), again.hash()), (charter.to_bytes(), charter.hash()));
    }
    assert_eq!(chain.get(3).unwrap().previous(), &chain.get(2).unwrap().hash());
    assert_eq!(chain.get(3).unwrap().final_head(), Some(&head(2)));
    for number in [0, 4, u32::MAX] {
        assert_eq!(chain.get(number).err(), Some(Error::UnknownCharter));
    }
    // A different name makes a different ledger. So does continuing another ledger.
    let mut renamed = terms();
    renamed.name = Name::new("other").unwrap();
    assert_ne!(signed(CharterDraft::first(renamed, None)).ledger(), chain.ledger());
    assert_ne!(signed(CharterDraft::first(terms(), Some(head(9)))).ledger(), chain.ledger());
    assert_eq!(signed(CharterDraft::first(terms(), None)).ledger(), chain.ledger());
}

#[test]
fn a_chain_takes_charters_in_turn() {
    let whole = chain();
    let [one, two, three] = [1, 2, 3].map(|number| Charter::clone(whole.get(number).unwrap()));
    let super_node = WORLD.super_node.public_key();
    assert_eq!(Charters::new(two.clone(), &super_node).err(), Some(Error::CharterOutOfOrder));
    let mut charters = Charters::new(one.clone(), &super_node).unwrap();
    assert_eq!(charters.push(&three), Err(Error::CharterOutOfOrder));
    charters.push(&two).unwrap();
    charters.push(&three).unwrap();
    // A known charter changes nothing, whether it is the newest or an older one.
    for known in [&one, &two, &three] {
        charters.push(known).unwrap();
    }
    assert_eq!(charters.to_bytes(), whole.to_bytes());

    // A different charter for each number.
    let mut other = WORLD.charters.clone();
    for number in 2..=3 {
        let another = signed(other.draft(terms(), head(7)));
        assert_eq!(another.number(), number);
        assert_eq!(charters.push(&another), Err(Error::CharterConflict));
        other.push(&another).unwrap();
    }
    let another_first = signed(CharterDraft::first(terms(), Some(head(9))));
    assert_eq!(charters.push(&another_first), Err(Error::CharterOutOfOrder));
    // The right number, but a different predecessor.
    let foreign = signed(other.draft(terms(), head(8)));
    assert_eq!((foreign.number(), charters.push(&foreign)), (4, Err(Error::CharterOutOfOrder)));
    // The right number and predecessor, but a different ledger.
    let mut elsewhere = charters.draft(terms(), head(8));
    elsewhere.ledger = Some(another_first.ledger());
    assert_eq!(charters.push(&signed(elsewhere)), Err(Error::CharterOutOfOrder));
    charters.push(&signed(charters.draft(terms(), head(8)))).unwrap();
    assert_eq!(charters.current().number(), 4);
}

#[test]
fn validators_stand_for_one_ledger() {
    let ledger = WORLD.charters.ledger();
    let validators = vec![stand("a", Some(&ledger), b"1"), stand("bb", Some(&ledger), b"2")];
    let charter = signed(WORLD.charters.draft(Terms { validators, ..terms() }, head(1)));
    WORLD.charters.clone().push(&charter).unwrap();
    let [first, _] = &charter.terms().validators[..] else { panic!("two") };
    assert_eq!((first.name().as_str(), first.engine_key()), ("a", &b"1"[..]));
    assert_eq!(first.engine_signature(), b"by the engine");
    assert_eq!(first.statement(Some(&ledger)), node("a").validator_statement(Some(&ledger), b"1"));
    // The statement that the engine's key signs depends on the ledger, the node's name and
    // key, and the engine's key.
    let (name, super_node) = (Name::new("a").unwrap(), WORLD.super_node.public_key());
    let rng = &mut ChaCha20Rng::seed_from_u64(7);
    let renewed = MainNode::generate(name, Role::MainNode, &super_node, rng).unwrap();
    let others = [
        first.statement(None),
        node("b").validator_statement(Some(&ledger), b"1"), // names of one length have one key here
        renewed.validator_statement(Some(&ledger), b"1"),
        node("a").validator_statement(Some(&ledger), b"2"),
    ];
    assert!(others.iter().all(|other| *other != first.statement(Some(&ledger))));

    let long = vec![0; crate::limits::ENGINE_KEY_BYTES + 1];
    assert!(matches!(node("a").validator(None, &long, b""), Err(Error::LimitExceeded(_))));
    assert!(matches!(node("a").validator(None, b"", &long), Err(Error::LimitExceeded(_))));
    // In a first charter, validators sign for no ledger.
    let first = Terms { validators: vec![stand("a", None, b"1")], ..terms() };
    Charters::new(signed(CharterDraft::first(first, None)), &WORLD.super_node.public_key()).unwrap();
}

/// Nobody signs a charter with false validators. Even if authorities sign one without checking
/// them, nobody accepts it.
#[test]
fn readers_check_validators_for_themselves() {
    let ledger = WORLD.charters.ledger();
    let tried = |validators: Vec<Validator>| {
        let draft = WORLD.charters.draft(Terms { validators, ..terms() }, head(1));
        let signed = WORLD.super_node.sign_charter(draft.clone()).map(drop);
        let signature = WORLD.super_node.sign(&draft.body().point());
        (signed, WORLD.charters.clone().push(&draft.signed(signature)))
    };
    let (a, bb) = (stand("a", Some(&ledger), b"1"), stand("bb", Some(&ledger), b"2"));
    // The validator with other bytes. Kind, name, Q_MN and a length precede the engine key.
    let altered = |at: usize, by: &[u8]| {
        let mut bytes = a.to_bytes();
        bytes[at..at + by.len()].copy_from_slice(by);
        Validator::from_bytes(&bytes).unwrap()
    };
    let (Q_MN, signature, two) = (4 + 5, 4 + 5 + 48 + 4 + 1, Scalar::from(2));
    let doubled = {
        let bytes = a.to_bytes();
        let Q: G1Affine = decode_g1(bytes[Q_MN..].first_chunk().unwrap()).unwrap();
        let S: G2Affine = decode_g2(bytes[signature..].first_chunk().unwrap()).unwrap();
        let mut bytes = altered(Q_MN, &(Q * two).to_affine().to_compressed()).to_bytes();
        bytes[signature..signature + 96].copy_from_slice(&(S * two).to_affine().to_compressed());
        Validator::from_bytes(&bytes).unwrap()
    };
    for (what, validators, error) in [
        ("too many", vec![a.clone(); VALIDATORS + 1], Error::LimitExceeded(Limit::Validators)),
        ("as many as there can be", vec![a.clone(); VALIDATORS], Error::NotSorted),
        ("unsorted", vec![bb.clone(), a.clone()], Error::NotSorted),
        ("one engine key twice", vec![a.clone(), stand("bb", Some(&ledger), b"1")], Error::InvalidField),
        // Only names of one length share a key here.
        ("a node's key twice", vec![a.clone(), stand("b", Some(&ledger), b"2")], Error::InvalidField),
        ("of no ledger", vec![stand("a", None, b"1")], Error::InvalidSignature),
        ("of another", vec![stand("a", Some(&LedgerId::from([7; 32])), b"1")], Error::InvalidSignature),
        ("another engine key", vec![altered(signature - 1, b"3")], Error::InvalidSignature),
        ("another name", vec![altered(4 + 4, b"c")], Error::InvalidSignature),
        ("twice a key and a signature", vec![doubled], Error::InvalidSignature),
    ] {
        assert_eq!(tried(validators), (Err(error.clone()), Err(error)), "{what}");
    }
    assert_eq!(tried(vec![a, bb]), (Ok(()), Ok(())));
}

#[test]
fn rejects_drafts_out_of_place() {
    let (first, later) = (CharterDraft::first(terms(), None), WORLD.charters.draft(terms(), head(1)));
    let empty = Some(Head { size: 0, root: [1; 32].into() });
    for draft in [
        CharterDraft { number: 0, ..later.clone() },
        CharterDraft { number: 1, ..later.clone() },
        CharterDraft { ledger: None, ..later.clone() },
        CharterDraft { previous: CharterHash::from([0; 32]), ..later.clone() },
        CharterDraft { final_head: None, ..later.clone() },
        CharterDraft { final_head: empty, ..later.clone() },
        CharterDraft { number: 0, ..first.clone() },
        CharterDraft { number: 2, ..first.clone() },
        CharterDraft { ledger: later.ledger, ..first.clone() },
        CharterDraft { previous: later.previous, ..first.clone() },
        CharterDraft { final_head: empty, ..first.clone() },
    ] {
        assert_eq!(CharterDraft::from_bytes(&draft.to_bytes()).err(), Some(Error::InvalidField));
        assert_eq!(WORLD.super_node.sign_charter(draft).err(), Some(Error::InvalidField));
    }
    for draft in [first, later] {
        assert!(CharterDraft::from_bytes(&draft.to_bytes()).is_ok());
        signed(draft);
    }
}

#[test]
fn a_chain_holds_so_many_charters() {
    let mut charters = chain();
    let newest = Arc::clone(charters.current());
    let next = signed(charters.draft(terms(), head(7)));
    // As if it occurred this often, which nobody could make.
    (4..CHARTERS).for_each(|_| charters.add(Arc::clone(&newest)));
    let mut full = charters.clone();
    full.add(Arc::clone(&newest));
    assert_eq!(full.push(&next), Err(Error::LimitExceeded(Limit::Charters)));
    assert_eq!(charters.push(&next), Ok(()));
}

#[cfg(feature = "memory-ledger")]
#[test]
fn an_era_is_number_and_hash() {
    let other = signed(WORLD.charters.draft(terms(), head(7)));
    let (charters, mut elsewhere) = (chain(), WORLD.charters.clone());
    elsewhere.push(&other).unwrap();
    let (number, hash) = (other.number(), other.hash());
    assert_eq!(elsewhere.check_current(number, Some(hash)).map(Charter::hash), Ok(hash));
    // On a ledger that continued with another charter of this number.
    let mut two = WORLD.charters.clone();
    two.push(charters.get(2).unwrap()).unwrap();
    assert_eq!(two.check_current(number, Some(hash)).err(), Some(Error::UnknownCharter));
    assert_eq!(charters.check_current(number, Some(hash)).err(), Some(Error::EraPassed));
}

/// If authorities have signed different bodies under one number, they abandon it.
#[test]
fn numbers_may_be_given_up() {
    let mut charters = chain();
    let draft = |charters: &Charters, number| {
        let mut draft = charters.draft(terms(), head(7));
        draft.renumber(number);
        draft
    };
    let late = signed(draft(&charters, 5));
    charters.push(&signed(draft(&charters, 6))).unwrap();
    // A charter with an abandoned number is rejected.
    assert_eq!(charters.push(&late), Err(Error::CharterOutOfOrder));
    assert_eq!(charters.push(&signed(draft(&charters, 5))), Err(Error::CharterOutOfOrder));
    assert_eq!(charters.current().number(), 6);
    for number in [0, 4, 5, 7] {
        assert_eq!(charters.get(number).err(), Some(Error::UnknownCharter));
        let passed = if matches!(number, 4 | 5) { Error::EraPassed } else { Error::UnknownCharter };
        assert_eq!(charters.check_current(number, None).err(), Some(passed));
    }
    charters.push(&signed(draft(&charters, 7))).unwrap();
    let again = Charters::from_bytes(&charters.to_bytes(), &WORLD.super_node.public_key()).unwrap();
    assert_eq!([3, 6, 7].map(|n| again.get(n).unwrap().number()), [3, 6, 7]);
    // The first charter has number 1.
    let mut first = CharterDraft::first(terms(), None);
    first.renumber(2);
    assert_eq!(WORLD.super_node.sign_charter(first).err(), Some(Error::InvalidField));
}

#[test]
fn a_chain_names_its_super_node() {
    let other = SuperNode::generate(&mut ChaCha20Rng::seed_from_u64(7)).unwrap().public_key();
    let bytes = chain().to_bytes();
    assert_eq!(Charters::from_bytes(&bytes, &other).err(), Some(Error::InvalidKey));
    let again = Charters::from_bytes(&bytes, &WORLD.super_node.public_key()).unwrap();
    assert_eq!((again.current().number(), again.to_bytes()), (3, bytes));
}
