//! Key wrapping, attacked below its policy check: with programs that read keys and
//! ciphertexts themselves, choose rows and coefficients themselves, and write ciphertexts
//! and keys of their own.

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
use crate::rule::{Rule, all, any, not, number, numbers, of, random, shared_attribute};
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

    /// A key as somebody has it who got hold of its bytes.
    fn key(&self, set: &str, seed: u64) -> Key {
        Key::read(KEY, &self.issue(set, seed).to_bytes())
    }

    /// A wrapped key as it stands on the ledger.
    fn wrap(&self, rule: &Rule, seed: u64) -> Ciphertext {
        let wrapped = self.public.wrap(&rule.parsed(), SECRET, AAD, None, &mut rng(seed)).unwrap();
        Ciphertext::read(rule, &wrapped.to_bytes())
    }
}

/// What honest code says to a wrapped key.
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

/// The attacker's program, with one key: by coefficients that suit the rows for which the key has
/// something, and if they do not suffice, by those of others, with what it has of a row.
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
                // Also as the attacker's program writes it.
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
    let last = u64::from(u32::MAX);
    let level = |text, range| number(text, "level", 2, range);
    let table: &[(Rule, &[&str], &[&str])] = &[
        // policy, sets that satisfy it, sets that do not
        ("a".into(), &["a", "a, b", "a, a=x"], &["", "b", "a=x", "A", "a=1"]),
        (all(["a", "b"]), &["a, b", "a, b, c"], &["a", "b", "c"]),
        (all(["a", "b", "c", "d"]), &["a, b, c, d"], &["a, b, c", "b, c, d", "a", "e"]),
        (any(["a", "b"]), &["a", "b", "a, b"], &["c"]),
        (all([any(["a", "b"]), any(["c", "d"])]), &["a, c", "b, d", "a, b, c, d"], &["a, b", "c, d", "d"]),
        (
            all(["a".into(), any(["b".into(), all(["c".into(), any(["d", "e"])])])]),
            &["a, b", "a, c, e"],
            &["a, c", "b, c, d", "a, d, e"],
        ),
        // thresholds
        (of(2, ["a", "b", "c"]), &["a, b", "b, c", "a, c", "a, b, c"], &["a", "c", "d, e"]),
        (of(3, ["a", "b", "c", "d", "e"]), &["a, c, e", "c, d, e", "a, b, c, d, e"], &["a, e", "d, e, f"]),
        (
            of(2, [all(["a", "b"]), "c".into(), of(2, ["d", "e", "f"])]),
            &["a, b, c", "c, d, f", "a, b, e, f"],
            &["a, c, d", "a, b, f"],
        ),
        // an attribute used more than once
        (any([all(["a", "b"]), all(["a", "c"])]), &["a, b", "a, c"], &["b, c", "a"]),
        (all(["a".into(), any(["a", "b"]), of(2, ["a", "b", "c"])]), &["a, b", "a, c"], &["a", "b, c"]),
        (of(2, ["a", "a", "b"]), &["a"], &["b", "c"]),
        (shared_attribute(), &["a, b, c", "a, b, d", "a, c, d"], &["b, c, d", "a, b", "a, d", "d"]),
        // text, sets
        (
            "role=doctor".into(),
            &["role=doctor", "role=doctor, role=nurse"],
            &["role", "role=Doctor", "doctor"],
        ),
        (r#"ward="north wing""#.into(), &[r#"ward="north wing""#], &["ward=north", "wing"]),
        (
            any(["role=doctor", "role=nurse"]).written("role in {doctor, nurse}"),
            &["role=doctor", "role=nurse"],
            &["role=porter"],
        ),
        // numbers and dates
        ("level=3".into(), &["level=3"], &["level=4", r#"level="3""#]),
        (
            level("level>=3", 3..=last),
            &["level=3", "level=4", "level=4294967295"],
            &["level=2", "level=0", "rank=3"],
        ),
        (
            all([level("level in 10..20", 10..=20), "a".into()]),
            &["level=10, a", "level=15, a", "level=20, a"],
            &["level=9, a", "level=21, a", "level=15"],
        ),
        (
            all([level("level in 3..100", 3..=100), level("level<=40", 0..=40), "a".into()]),
            &["level=3, a", "level=40, a"],
            &["level=2, a", "level=41, a", "level=20"],
        ),
        (
            numbers("level!=77", "level", 2, &[0..=76, 78..=last]),
            &["level=76", "level=0", "level=78", "level=65536"],
            &["level=77", "a", r#"level="78""#],
        ),
        (
            number("until>=2026-11-22", "until", 3, 20_779..=2_932_896),
            &["until=2026-11-22", "until=2031-01-01"],
            &["until=2026-11-21", "until=20779"],
        ),
        // negation
        (
            not("role", "doctor"),
            &["role=nurse", "role=porter, a"],
            &["role=doctor", "role", "a", "role=1", "role=nurse, role=porter"],
        ),
        (
            all([not("role", "doctor"), "a".into()]),
            &["role=nurse, a"],
            &["role=nurse", "role=doctor, a", "a", "role=nurse, role=porter, a"],
        ),
        (
            all([not("role", "doctor"), not("ward", "north")]),
            &["role=nurse, ward=south"],
            &["role=nurse", "role=nurse, ward=north"],
        ),
        (
            all([not("role", "doctor"), not("role", "nurse")]).written("not role in {doctor, nurse}"),
            &["role=porter"],
            &["role=doctor", "role=nurse"],
        ),
        (
            of(2, ["a".into(), not("role", "doctor"), not("ward", "north")]),
            &["a, role=nurse", "role=x, ward=y"],
            &["a, role=doctor", "a", "role=x"],
        ),
        (level("not level<3", 3..=last), &["level=3"], &["level=2", "a"]),
    ];
    let authority = Authority::new(1);
    for (i, (rule, satisfying, others)) in (3..).zip(table) {
        let wrapped = authority.wrap(rule, i);
        for set in *satisfying {
            assert!(attack(&authority.key(set, 2), &wrapped), "{}: {set}", rule.text);
            opens(&authority.issue(set, 2), &wrapped);
        }
        for set in *others {
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
        // And one that an owner wrote with a program of its own.
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
