//! Another authority's keys, trapdoors and indexes, another consortium's keyword key, and the
//! keys of another scheme.

use blstrs::Scalar;
use ff::Field;
use medseal::Error;
use medseal::abe;
use medseal::policy::Attributes;
use medseal::search::{MasterKey, SearchKey};

use super::owner::{Draws, Master};
use super::searcher::{Key, x};
use super::{Consortium, found, missed};
use crate::ground::{Reader, random_scalar, rng, sha256};
use crate::keys;
use crate::rule::Rule;

#[test]
fn another_authoritys_keys_and_trapdoors_match_nothing() {
    let (world, other) = (&mut Consortium::new(1), &mut Consortium::new(2));
    let (ours, theirs) = (world.index(&"a".into(), "x"), other.index(&"a".into(), "x"));
    // The same keyword key: only the authority differs.
    let foreign = other.master.issue(&Attributes::parse("a").unwrap(), &world.kappa, &mut other.rng).unwrap();
    assert_eq!(foreign.verify(&world.public), Err(Error::InvalidKey));
    let (own, foreign) = (world.key("a"), Key::read(&foreign.to_bytes()));
    let (t, y, x) = (random_scalar(&mut world.rng), random_scalar(&mut world.rng), world.x("x"));
    let (one, two) = (own.trapdoor(&x, &t, &y), foreign.trapdoor(&x, &t, &y));
    for from in 0..16_u32 {
        let pick = |bit: u32| if from >> bit & 1 == 0 { &one } else { &two };
        let mut pieced = one.clone();
        (pieced.T0, pieced.T2, pieced.T3, pieced.T) = (pick(0).T0, pick(1).T2, pick(2).T3, pick(3).T.clone());
        // T3 = [t]P2 is the same for both.
        match from & 0b1011 {
            0 => found(&pieced, &ours),
            _ => missed(&pieced, &ours),
        }
    }
    // Keys of two authorities combined, and the foreign authority's index with our keyword key.
    let rule = Rule::from("a");
    let index = other.public().index(&rule, &x, &Draws::honest(&rule, &mut other.rng));
    for (K, Z) in [(&own.K, &foreign.Z), (&foreign.K, &own.Z)] {
        let key = Key { K: K.clone(), Z: Z.clone(), ..own.clone() };
        let received = SearchKey::from_bytes(&key.to_bytes()).unwrap();
        assert_eq!(received.verify(&world.public), Err(Error::InvalidKey));
        assert_eq!(received.verify(&other.public), Err(Error::InvalidKey));
        for index in [&ours, &index] {
            missed(&key.trapdoor(&x, &t, &y), index);
        }
    }
    for (trapdoor, right, wrong) in [(&one, &ours, &index), (&two, &index, &ours)] {
        found(trapdoor, right);
        missed(trapdoor, wrong);
    }
    found(&other.trapdoor("a", "x"), &theirs);
    missed(&other.trapdoor("a", "x"), &ours);
}

#[test]
fn without_keyword_key_or_field_nothing_matches() {
    let world = &mut Consortium::new(3);
    let index = world.index(&"a".into(), "diagnosis:e11.9");
    let other = Consortium::new(4);
    let stranger =
        world.master.issue(&Attributes::parse("a").unwrap(), &other.kappa, &mut world.rng).unwrap();
    missed(&world.trapdoor_of(&stranger, "diagnosis:e11.9"), &index);
    // Guesses of the slot value by public functions of the keyword.
    let key = world.key("a");
    let one = Scalar::ONE;
    for kappa in [[0; 32], sha256(&[b"diagnosis:e11.9"])] {
        missed(&key.trapdoor(&x(&kappa, "diagnosis:e11.9"), &one, &one), &index);
    }
    for word in ["e11.9", "drug:e11.9", "diagnosis:e11", "diagnosis:e11.90", "diagnosis"] {
        missed(&world.trapdoor("a", word), &index);
    }
    found(&world.trapdoor("a", "Diagnosis: E11.9"), &index);
    found(&key.trapdoor(&world.x("diagnosis:e11.9"), &one, &one), &index);
}

#[test]
fn the_key_for_searching_opens_no_record() {
    let (secret, aad) = (b"thirty-two bytes of a record key", b"digest of the record");
    let rng = &mut rng(5);
    let unwrapping = abe::MasterKey::generate(rng).unwrap();
    let (public_key, rule) = (unwrapping.public_key(), Rule::from("a"));
    let wrapped = public_key.wrap(&rule.parsed(), secret, aad, None, rng).unwrap();
    // A careless authority that uses one secret for both schemes, and b = 1, which
    // makes the equations equal.
    let master = unwrapping.to_bytes();
    let mut reader = Reader::new(0x20, &master);
    let gamma = reader.scalar();
    reader.end();
    let careless = MasterKey::from_bytes(&Master { gamma, b: Scalar::ONE }.to_bytes()).unwrap();
    let world = &mut Consortium::new(6);
    let careful = core::mem::replace(&mut world.master, careless);
    for master in [careful, MasterKey::from_bytes(&world.master.to_bytes()).unwrap()] {
        world.master = master;
        let key = world.issue("a").to_bytes();
        assert_eq!(abe::DecryptionKey::from_bytes(&key).unwrap_err(), Error::WrongKind);
        let key = Key::read(&key);
        for part in [&key.K, &key.Z] {
            let forged = abe::DecryptionKey::from_bytes(&part.to_bytes(0x22)).unwrap();
            assert_eq!(forged.verify(&public_key), Err(Error::InvalidKey));
            assert_eq!(forged.unwrap_key(&wrapped, aad, None).unwrap_err(), Error::DecryptionFailed);
        }
    }
    // The same program, with the elements of an authorised key.
    let right = unwrapping.issue(&Attributes::parse("a").unwrap(), rng).unwrap().to_bytes();
    let right = keys::Key::read(0x22, &right).to_bytes(0x22);
    let right = abe::DecryptionKey::from_bytes(&right).unwrap();
    right.verify(&public_key).unwrap();
    assert_eq!(*right.unwrap_key(&wrapped, aad, None).unwrap(), secret);
}
