//! Key wrapping, attacked below its policy check. The attackers' programs read keys and
//! ciphertexts, choose rows and coefficients, and write their own ciphertexts and keys.

mod ciphertexts;
mod collusion;
mod elements;
mod key_check;
mod members;
mod negation;
mod reader;
mod shares;
mod writer;

use medseal::Error;
use medseal::abe::{DecryptionKey, MasterKey, PublicKey, WrappedKey};
use medseal::policy::{Attributes, Policy};

use crate::ground::{Held, rng};
use crate::keys::{ABE, Key};
use crate::rule::{Rule, policies, random};
use reader::{AAD, Ciphertext};
use writer::Draws;

/// The kind of a decryption key.
const KEY: u8 = 0x22;
const SECRET: &[u8] = b"thirty-two bytes of a record key";

/// The honest side: an authority, and owners who wrap under its public key.
struct Authority {
    master: MasterKey,
    public: PublicKey,
}

impl Authority {
    fn new(seed: u64) -> Self {
        let master = MasterKey::generate(&mut rng(seed)).unwrap();
        let public = master.public_key();
        Self { master, public }
    }

    fn issue(&self, set: &str, seed: u64) -> DecryptionKey {
        self.master.issue(&Attributes::parse(set).unwrap(), &mut rng(seed)).unwrap()
    }

    /// A key, decoded from its bytes by an attacker.
    fn key(&self, set: &str, seed: u64) -> Key {
        Key::read(KEY, &self.issue(set, seed).to_bytes())
    }

    /// A wrapped key as the ledger stores it.
    fn wrap(&self, rule: &Rule, seed: u64) -> Ciphertext {
        let wrapped = self.public.wrap(&rule.parsed(), SECRET, AAD, None, &mut rng(seed)).unwrap();
        Ciphertext::read(rule, &wrapped.to_bytes())
    }
}

/// The result of honest code for a wrapped key.
fn unwrap(key: &DecryptionKey, wrapped: &Ciphertext) -> Result<Vec<u8>, Error> {
    key.unwrap_key(&WrappedKey::from_bytes(&wrapped.to_bytes())?, AAD, None).map(|secret| secret.to_vec())
}

#[track_caller]
fn opens(key: &DecryptionKey, wrapped: &Ciphertext) {
    assert_eq!(unwrap(key, wrapped).unwrap(), SECRET, "{}", wrapped.rule.text);
}

#[track_caller]
fn refused(key: &DecryptionKey, wrapped: &Ciphertext) {
    assert_eq!(unwrap(key, wrapped), Err(Error::DecryptionFailed), "{}", wrapped.rule.text);
}

/// The attacker's program, with one key. It uses coefficients that suit the rows for which
/// the key has elements. If these do not suffice, it uses those of other rows, with the
/// elements that it has of a row.
fn attack(key: &Key, wrapped: &Ciphertext) -> bool {
    let rule = &wrapped.rule;
    let rows = rule.rows();
    let has = |row: usize| key.element(&ABE, rows[row]).is_some();
    let mut tried: Vec<_> = rule.coefficients(has).into_iter().collect();
    if tried.is_empty() {
        for mut chosen in rule.choices() {
            chosen.retain(|(row, _)| has(*row) || key.part(rows[*row]).is_some());
            if !tried.contains(&chosen) {
                tried.push(chosen);
            }
        }
    }
    tried.iter().any(|chosen| wrapped.is_opened_by(&wrapped.D(key, chosen)))
}

/// The table of policies: each with sets of attributes, and whether they satisfy it.
fn table() -> Vec<(Policy, Vec<(&'static str, bool)>)> {
    let mut table: Vec<(Policy, Vec<_>)> = Vec::new();
    let lines = include_str!("../data/policies.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once("=> ").filter(|_| line.starts_with(' ')) {
            Some((set, rows)) => table.last_mut().unwrap().1.push((set, rows != "no")),
            None => table.push((Policy::parse(line).unwrap(), Vec::new())),
        }
    }
    table
}

#[test]
fn every_satisfying_set_unwraps_and_only_those() {
    let authority = Authority::new(1);
    let mut rng = rng(3);
    let table = table();
    assert!(table.iter().map(|(_, sets)| sets.len()).sum::<usize>() >= 150);
    for (policy, sets) in table {
        let wrapped = authority.public.wrap(&policy, SECRET, AAD, None, &mut rng).unwrap();
        let wrapped = WrappedKey::from_bytes(&wrapped.to_bytes()).unwrap();
        wrapped.validate().unwrap();
        let (right, _) = sets.iter().find(|(_, satisfies)| *satisfies).unwrap();
        let right = authority.issue(right, 2);
        right.verify(&authority.public).unwrap();
        let right = Key::read(KEY, &right.to_bytes());
        for (set, satisfies) in sets {
            let key = authority.issue(set, 2);
            assert_eq!(wrapped.could_unwrap(key.attributes()), satisfies, "{policy}: {set}");
            let stolen = Key::read(KEY, &key.to_bytes());
            if satisfies {
                // Also as encoded by the attacker's program.
                let written = DecryptionKey::from_bytes(&stolen.relabelled(&stolen).to_bytes(KEY)).unwrap();
                assert_eq!(*written.unwrap_key(&wrapped, AAD, None).unwrap(), SECRET, "{policy}: {set}");
            } else {
                assert_eq!(key.unwrap_key(&wrapped, AAD, None).unwrap_err(), Error::PolicyNotSatisfied);
                let forged = DecryptionKey::from_bytes(&stolen.relabelled(&right).to_bytes(KEY)).unwrap();
                assert!(wrapped.could_unwrap(forged.attributes()));
                assert_eq!(forged.verify(&authority.public), Err(Error::InvalidKey), "{policy}: {set}");
                let refused = forged.unwrap_key(&wrapped, AAD, None).unwrap_err();
                assert_eq!(refused, Error::DecryptionFailed, "{policy}: {set}");
            }
        }
    }
}

#[test]
fn rows_of_ones_choice_open_nothing_more() {
    let authority = Authority::new(1);
    for (i, (rule, satisfying, others)) in (3..).zip(policies()) {
        let wrapped = authority.wrap(&rule, i);
        for set in satisfying {
            assert!(attack(&authority.key(set, 2), &wrapped), "{}: {set}", rule.text);
            opens(&authority.issue(set, 2), &wrapped);
        }
        for set in others {
            assert!(!attack(&authority.key(set, 2), &wrapped), "{}: {set}", rule.text);
            assert_eq!(unwrap(&authority.issue(set, 2), &wrapped), Err(Error::PolicyNotSatisfied));
        }
    }
}

#[test]
fn an_attackers_program_opens_only_satisfied_policies() {
    let authority = Authority::new(1);
    let public_key = authority.public.to_bytes();
    let sets = ["a, t=x, n=3", "b, d, t=y, u=z, d=1970-01-04", "c, u=x, u=y, n=7"];
    let keys = sets.map(|set| (Held::parse(set), authority.issue(set, 2), authority.key(set, 2)));
    let (mut opened, mut closed) = (0, 0);
    for seed in 0..40 {
        let rule = random(&mut rng(seed), 2);
        let wrapped = authority.wrap(&rule, seed);
        // And a ciphertext that an owner's own program wrote.
        let own = writer::wrap(&public_key, &rule, &Draws::honest(&rule, &mut rng(seed)), SECRET);
        for (held, key, stolen) in &keys {
            let satisfied = rule.is_met(held);
            for wrapped in [&wrapped, &own] {
                assert_eq!(attack(stolen, wrapped), satisfied, "{}", rule.text);
                let expected = satisfied.then(|| SECRET.to_vec()).ok_or(Error::PolicyNotSatisfied);
                assert_eq!(unwrap(key, wrapped), expected, "{}", rule.text);
            }
            *if satisfied { &mut opened } else { &mut closed } += 1;
        }
    }
    assert!(opened >= 30 && closed >= 60, "{opened}, {closed}");
}
