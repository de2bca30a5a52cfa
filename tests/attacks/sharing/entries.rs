//! Entries that a ledger must refuse, from an attacker who ignores the rules for making one.

use medseal::Error;
use medseal::Threads;
use medseal::ledger::{Entry, Ledger, Refusal, validate, validate_all};
use medseal::policy::Policy;
use medseal::search::{Keyword, Padding};
use medseal::share::Authority;

use super::parts::{Parts, wrap_aad};
use super::{LEDGER, append, append_block, decoded, for_doctors, published_for};
use crate::ground::{bad_elements, rng};
use crate::world::{WORLD, charters, claim, empty, founded, keywords, ledger, policy};

/// A node's result for an entry.
fn node(entry: &[u8]) -> Result<(), Error> {
    validate(Entry::from_bytes(entry)?, charters()).map(drop)
}

/// Refused by a node, among valid entries, and by the ledger, which stays unchanged.
fn refused(forged: &Parts, error: Error) {
    let forged = forged.entry();
    assert_eq!(node(&forged), Err(error.clone()));
    let Ok(_) = Entry::from_bytes(&forged) else { return };
    let block = [for_doctors(1), forged.clone(), for_doctors(2)];
    let all = validate_all(block.iter().map(|entry| decoded(entry)), charters(), Threads::ONE);
    assert_eq!(all.map(drop), Err(Refusal { position: 1, error: error.clone() }));
    let node = ledger();
    assert_eq!(append_block(&node, &block), Err(Refusal { position: 1, error: error.clone() }));
    assert_eq!(append(&node, &forged), Err(error));
    assert_eq!(node.head(), ledger().head());
}

/// The error for a signature under a policy other than the stated one. With alternatives it has
/// more elements than the claim policy requires, and the entry does not even decode.
fn misfit(signed_under: &Policy) -> Error {
    let alternatives = signed_under.canonical().contains(" or ");
    if alternatives { Error::TrailingBytes } else { Error::InvalidSignature }
}

fn accepted(parts: &Parts) {
    assert_eq!(append(&ledger(), &parts.entry()), Ok((1, false)));
}

/// Signed by the clinic, which is entitled, as the ledger requires.
fn signed(parts: Parts) -> Parts {
    parts.signed(&WORLD.clinic.signing, claim(), &LEDGER)
}

/// The same entry, with each part in turn taken from another entry or changed otherwise.
fn with_each_part_another(honest: &Parts, other: &Parts) -> Vec<Parts> {
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut changed = honest.clone();
        change(&mut changed);
        changed
    };
    vec![
        with(&|parts| parts.record.clone_from(&other.record)),
        with(&|parts| parts.digest = other.digest),
        with(&|parts| parts.address.clone_from(&other.address)),
        with(&|parts| parts.address = b"elsewhere".to_vec()),
        with(&|parts| parts.key.clone_from(&other.key)),
        with(&|parts| parts.index.clone_from(&other.index)),
        with(&|parts| parts.envelope.clone_from(&other.envelope)),
        with(&|parts| parts.envelope = None),
        with(&|parts| parts.time += 1),
    ]
}

#[test]
fn entries_do_not_replay_across_ledgers() {
    let entry = for_doctors(1);
    for other in ["another", "tes", "test2", "Test"] {
        let other = founded(other, claim());
        assert_eq!(append(&empty(&other), &entry), Err(Error::InvalidSignature));
        // Also when validated for one ledger and given to the other.
        let validated = validate(decoded(&entry), charters()).unwrap();
        assert_eq!(empty(&other).append(validated), Err(Error::UnknownCharter));
    }
    // Another node of the ledger that it was made for accepts it, once.
    let own = ledger();
    assert_eq!(append(&own, &entry), Ok((1, false)));
    assert_eq!(append(&own, &entry), Ok((1, true)));
    assert_eq!(own.head().unwrap().size, 2);
    // Only the ledger's identifier is wrong.
    let another = founded("another", claim());
    let resigned = Parts::read(&entry).signed(&WORLD.clinic.signing, claim(), another.ledger().as_bytes());
    assert_eq!(append(&empty(&another), &resigned.entry()), Ok((1, false)));
    refused(&resigned, Error::InvalidSignature);
}

#[test]
fn nobody_takes_an_id_in_advance() {
    // An entitled uploader sees an entry on its way to the ledger, and submits its own first.
    let [honest, other] = [1, 2].map(|seed| Parts::read(&for_doctors(seed)));
    assert_eq!(*decoded(&honest.entry()).id().as_bytes(), honest.id());
    let mut ids = vec![honest.id()];
    for first in with_each_part_another(&honest, &other) {
        let ledger = ledger();
        assert_eq!(append(&ledger, &signed(first.clone()).entry()), Ok((1, false)));
        let id = ledger.at(1).unwrap().entry().unwrap().id();
        assert!(!ids.contains(id.as_bytes()));
        ids.push(first.id());
        // The id was not taken, and identifies the owner's statement.
        assert_eq!(append(&ledger, &honest.entry()), Ok((2, false)));
        assert_eq!(ledger.get(&honest.id().into()).unwrap().to_bytes(), honest.entry());
    }
    // The same statement has the same id: only the owner's intended statement can come first.
    let ledger = ledger();
    let resigned = signed(honest.clone());
    assert_ne!(resigned.entry(), honest.entry());
    append(&ledger, &resigned.entry()).unwrap();
    assert_eq!(append(&ledger, &honest.entry()), Ok((1, true)));
    let there = ledger.get(&honest.id().into()).unwrap().to_bytes();
    assert_eq!(Parts::read(&there).statement(), honest.statement());
}

#[test]
fn rejects_claims_that_the_ledger_lacks() {
    let honest = Parts::read(&for_doctors(1));
    let clinic = &WORLD.clinic.signing;
    let weaker = [
        "accredited",
        "kind=hospital",
        "kind=hospital or accredited",
        "accredited or role=visitor",
        "kind=hospital and accredited or role=visitor",
        // They have the same meaning, but are different policies.
        "accredited and kind=hospital",
        "(kind=hospital or kind=hospital) and accredited",
    ];
    for weaker in weaker.map(policy) {
        let stated = Parts { claim: weaker.canonical().into(), ..honest.clone() };
        refused(&stated.clone().signed(clinic, &weaker, &LEDGER), Error::ClaimPolicyRefused);
        // One is stated, and the signature is under the other.
        refused(&honest.clone().signed(clinic, &weaker, &LEDGER), misfit(&weaker));
        let too_short = weaker.canonical().contains(" or ");
        refused(&signed(stated), if too_short { Error::Truncated } else { Error::ClaimPolicyRefused });
    }
    // The required policy in another spelling is invalid.
    for spelling in [
        "kind=hospital  and accredited",
        "(kind=hospital) and accredited",
        "2 of (kind=hospital, accredited)",
    ] {
        let spelt = signed(Parts { claim: spelling.into(), ..honest.clone() });
        Entry::from_bytes(&spelt.entry()).unwrap_err();
    }
    accepted(&honest.signed(clinic, claim(), &LEDGER));
}

#[test]
fn rejects_entries_with_two_different_policies() {
    let honest = Parts::read(&for_doctors(1));
    let parameters = &WORLD.parameters;
    let policies =
        ["role=doctor", "role=doctor or role=visitor", "role=visitor or role=doctor", "role=visitor"]
            .map(policy);
    let key = |access: &Policy| {
        let aad = wrap_aad(&honest.digest);
        parameters.abe.wrap(access, &[7; 36], &aad, None, &mut rng(3)).unwrap().to_bytes()[4..].to_vec()
    };
    let index = |access: &Policy, keywords: &[Keyword]| {
        let kappa = WORLD.authority.keyword_key();
        let index = parameters.search.index_record(kappa, keywords, access, Padding::None, &mut rng(3));
        index.unwrap().to_bytes()[4..].to_vec()
    };
    for words in [&[][..], &["e11.9"], &["e11.9", "metformin"]].map(keywords) {
        for (i, of_key) in policies.iter().enumerate() {
            for (j, of_index) in policies.iter().enumerate() {
                let parts = Parts { key: key(of_key), index: index(of_index, &words), ..honest.clone() };
                if i == j {
                    accepted(&signed(parts));
                } else {
                    refused(&signed(parts), Error::AccessPolicyMismatch);
                }
            }
        }
    }
}

#[test]
fn rejects_a_signature_by_the_unentitled() {
    let [honest, other] = [1, 2].map(|seed| Parts::read(&for_doctors(seed)));
    // Signed under any policy that a visitor satisfies, for this ledger, stating the required
    // policy or the one used.
    for theirs in
        ["role=visitor", "kind=hospital and accredited or role=visitor", "accredited or role=visitor"]
    {
        let theirs = policy(theirs);
        let visitor = &WORLD.visitor.signing;
        refused(&honest.clone().signed(visitor, &theirs, &LEDGER), misfit(&theirs));
        let stated = Parts { claim: theirs.canonical().into(), ..honest.clone() };
        refused(&stated.signed(visitor, &theirs, &LEDGER), Error::ClaimPolicyRefused);
    }
    // A signature by the clinic for another purpose: for another entry, and in another context.
    refused(&Parts { signature: other.signature.clone(), ..honest.clone() }, Error::InvalidSignature);
    refused(&Parts { signature: honest.signature.clone(), ..other.clone() }, Error::InvalidSignature);
    for context in [b"".as_slice(), &*LEDGER, &[0; 32]] {
        let elsewhere = honest.clone().signed_in(context, &WORLD.clinic.signing, claim());
        refused(&elsewhere, Error::InvalidSignature);
    }
    // The clinic's signature under a statement with one part that is not the clinic's.
    for changed in with_each_part_another(&honest, &other) {
        refused(&changed, Error::InvalidSignature);
        accepted(&signed(changed));
    }
    // Another authority's signature key, for the same attributes.
    let foreign = Authority::setup(&mut rng(9)).unwrap();
    let foreign = foreign.issue(WORLD.clinic.attributes(), &mut rng(9)).unwrap();
    refused(&honest.clone().signed(&foreign.signing, claim(), &LEDGER), Error::InvalidSignature);
    accepted(&signed(honest));
}

#[test]
fn entries_allow_no_other_byte() {
    let bytes = for_doctors(1);
    let honest = Parts::read(&bytes);
    assert!(honest.envelope.is_some());
    let statement = 4..4 + honest.statement().len();
    for position in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[position] ^= 1 << (position % 8);
        node(&altered).unwrap_err();
        // It is not another entry under the id of the first either.
        let id = Entry::from_bytes(&altered).map(|entry| *entry.id().as_bytes());
        assert!(!statement.contains(&position) || id != Ok(honest.id()), "byte {position}");
    }
    node(&bytes).unwrap();
}

#[test]
fn rejects_entries_with_invalid_unread_elements() {
    // A reader satisfies it with one row, and never checks the other row's elements. A ledger
    // stores them for all readers.
    let access = policy("role=doctor or role=nurse");
    let honest = Parts::read(&published_for(&access, 1));
    // After epoch and policy c1, c2, c3 of either row; after hints and number of keywords c1,
    // E, c2, c3 of either row.
    let behind_policy = 4 + access.canonical().len();
    let of_key = [96, 96, 48, 48].as_slice();
    let of_index = [96, 48, 96, 48, 48].as_slice();
    let damaged = |bytes: &[u8], start: usize, sizes: &[usize]| {
        let mut all = Vec::new();
        let mut at = start;
        for size in sizes {
            for (element, error) in bad_elements(*size) {
                all.push(([&bytes[..at], &element, &bytes[at + size..]].concat(), error));
            }
            at += size;
        }
        all
    };
    let of_keys = damaged(&honest.key, 4 + behind_policy, of_key);
    let of_keys = of_keys.into_iter().map(|(key, error)| (Parts { key, ..honest.clone() }, error));
    let of_indexes = damaged(&honest.index, behind_policy + 1 + 4, of_index);
    let of_indexes = of_indexes.into_iter().map(|(index, error)| (Parts { index, ..honest.clone() }, error));
    for (bad, error) in of_keys.chain(of_indexes) {
        // A stranger cannot make a node check the elements that decoding leaves unchecked, of which
        // there may be a quarter of a million.
        if Entry::from_bytes(&bad.entry()).is_ok() {
            refused(&bad, Error::InvalidSignature);
        }
        refused(&signed(bad), error);
    }
    accepted(&signed(honest));
}
