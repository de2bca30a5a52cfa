//! Signatures, attacked below the signer's policy check: by users who pool their keys, signers who
//! lack one attribute, outsiders without a key, holders of signatures who want to change the
//! statement, and observers who want to identify the signer.

mod altered;
mod batches;
mod key_check;
mod negation;
mod observers;
mod outsiders;
mod pooling;
mod signer;
mod too_few;
mod verifier;

use blstrs::{G1Projective, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::abs::{Claim, MasterKey, PublicKey, Signature, SigningKey};
use medseal::policy::{Attributes, Policy};

use crate::ground::{Held, P1, P2, Reader, rng};
use crate::keys::{ABS, Key};
use crate::rule::{Rule, all, any, not, number, of, random, shared_attribute};
use signer::{Means, Nonces, Parts, Statement, of_rows, read_key};
use verifier::holds;

const CONTEXT: &[u8] = b"context";
const MESSAGE: &[u8] = b"message";
const REFUSED: Result<(), Error> = Err(Error::InvalidSignature);

/// The honest side: an authority, and verifiers who trust it.
struct Authority {
    master: MasterKey,
    public: PublicKey,
    A: G2Projective,
}

impl Authority {
    fn new(seed: u64) -> Self {
        let master = MasterKey::generate(&mut rng(seed)).unwrap();
        let public = master.public_key();
        let A = Reader::new(0x29, &public.to_bytes()).g2();
        Self { master, public, A }
    }

    fn issue(&self, set: &str, seed: u64) -> SigningKey {
        self.master.issue(&Attributes::parse(set).unwrap(), &mut rng(seed)).unwrap()
    }

    /// A key, decoded from its bytes by an attacker.
    fn key(&self, set: &str, seed: u64) -> Key {
        let (A, key) = read_key(&self.issue(set, seed).to_bytes());
        assert_eq!(A, self.A);
        key
    }

    fn statement<'a>(&'a self, rule: &'a Rule) -> Statement<'a> {
        Statement { A: &self.A, rule, context: CONTEXT, message: MESSAGE, left_out: &[] }
    }

    /// The result of a verifier.
    fn verify(&self, rule: &Rule, signature: &[u8]) -> Result<(), Error> {
        let signature = Signature::from_bytes(signature)?;
        self.public.verify(&rule.parsed(), CONTEXT, MESSAGE, &signature)
    }

    fn claim<'a>(&'a self, policy: &'a Policy, signature: &'a Signature) -> Claim<'a> {
        Claim { public_key: &self.public, policy, context: CONTEXT, message: MESSAGE, signature }
    }

    /// A signature by the library, for a user with these attributes.
    fn signed(&self, set: &str, rule: &Rule, seed: u64) -> Parts {
        Parts::read(rule, &sign(&self.issue(set, seed), rule, seed).unwrap())
    }

    #[track_caller]
    fn accepts(&self, rule: &Rule, signature: &Parts) {
        assert_eq!(self.verify(rule, &signature.bytes()), Ok(()), "{}", rule.text);
        assert!(holds(&self.statement(rule), signature), "{}", rule.text);
    }

    #[track_caller]
    fn refuses(&self, rule: &Rule, signature: &Parts) {
        assert_eq!(self.verify(rule, &signature.bytes()), REFUSED, "{}", rule.text);
    }
}

fn sign(key: &SigningKey, rule: &Rule, seed: u64) -> Result<Vec<u8>, Error> {
    Ok(key.sign(&rule.parsed(), CONTEXT, MESSAGE, &mut rng(seed))?.to_bytes())
}

/// The attacker's program, as an honest signer would use it.
fn rightly(statement: &Statement<'_>, key: &Key, seed: u64) -> Parts {
    let rule = statement.rule;
    let rows = rule.rows();
    let chosen = rule.coefficients(|row| key.element(&ABS, rows[row]).is_some()).unwrap();
    let nonces = Nonces::draw(rule, &mut rng(seed));
    Means::new(key, rule, &G1Projective::identity()).sign(statement, &of_rows(rule, &chosen), &nonces)
}

/// Signs as if the holder had what it lacks: with every sufficient choice of rows, and with
/// nothing, its own elements, or public points in place of the missing elements.
fn forgeries(statement: &Statement<'_>, key: &Key) -> Vec<Parts> {
    let rule = statement.rule;
    let last = *key.points().last().unwrap();
    let besides = [G1Projective::identity(), last, key.K1, P1()];
    let nonces = Nonces::draw(rule, &mut rng(7));
    let forge = |beside: &G1Projective, chosen: &Vec<_>| {
        Means::new(key, rule, beside).sign(statement, &of_rows(rule, chosen), &nonces)
    };
    let choices = rule.choices();
    besides.iter().flat_map(|beside| choices.iter().map(move |chosen| forge(beside, chosen))).collect()
}

/// Policies of every shape, and the attributes that they require.
fn shapes() -> Vec<(Rule, &'static [&'static str])> {
    vec![
        ("a".into(), &["a"]),
        (all(["a", "b"]), &["a", "b"]),
        (any(["a", "b"]), &["a", "b"]),
        (of(2, ["a", "b", "c"]), &["a", "b", "c"]),
        (of(3, ["a", "b", "c", "d"]), &["a", "b", "c", "d"]),
        (all(["a".into(), any(["b", "c"])]), &["a", "b", "c"]),
        (any(["a".into(), all(["b", "c"])]), &["a", "b", "c"]),
        (of(2, ["a".into(), all(["b", "c"]), any(["d", "e"])]), &["a", "b", "c", "d", "e"]),
        // nested thresholds
        (of(2, ["a".into(), of(2, ["b", "c", "d"]), "e".into()]), &["a", "b", "c", "d", "e"]),
        // an attribute used twice
        (of(2, ["a", "a", "b"]), &["a", "b"]),
        (shared_attribute(), &["a", "b", "c", "d"]),
        (all(["a".into(), any(["a", "b"]), of(2, ["a", "b", "c"])]), &["a", "b", "c"]),
    ]
}

#[test]
fn every_satisfying_set_signs_and_only_those() {
    let authority = Authority::new(1);
    for (rule, names) in shapes() {
        let statement = authority.statement(&rule);
        // Every user has an additional attribute, which gives it an element to misuse.
        let set = |held: u32| {
            let names = names.iter().enumerate().filter(|(i, _)| held >> i & 1 == 1).map(|(_, name)| *name);
            names.chain(["other"]).collect::<Vec<_>>().join(", ")
        };
        let satisfies = |held: u32| rule.is_met(&Held::parse(&set(held)));
        let (mut right, mut closest) = (0, 0);
        for held in 0..1_u32 << names.len() {
            let key = authority.issue(&set(held), u64::from(held));
            let (_, stolen) = read_key(&key.to_bytes());
            if satisfies(held) {
                authority.accepts(&rule, &Parts::read(&rule, &sign(&key, &rule, 2).unwrap()));
                authority.accepts(&rule, &rightly(&statement, &stolen, 3));
                right += 1;
                continue;
            }
            assert_eq!(sign(&key, &rule, 2), Err(Error::PolicyNotSatisfied));
            // A user who lacks two attributes can do no more than a user who lacks one of them.
            if (0..names.len()).any(|i| held >> i & 1 == 0 && !satisfies(held | 1 << i)) {
                continue;
            }
            closest += 1;
            forgeries(&statement, &stolen).iter().for_each(|forged| authority.refuses(&rule, forged));
        }
        assert!(right > 0 && closest > 0, "{}", rule.text);
    }
}

#[test]
fn entitled_holders_sign_numbers_and_dates() {
    let last = u64::from(u32::MAX);
    let table: [(Rule, &[&str], &[&str]); 7] = [
        ("level=3".into(), &["level=3"], &["level=2", "level=\"3\"", "level"]),
        (number("level in 3..10", "level", 2, 3..=10), &["level=3", "level=10"], &["level=2", "level=11"]),
        (
            number("level>=4294967290", "level", 2, last - 5..=last),
            &["level=4294967295"],
            &["level=4294967289"],
        ),
        (
            all(["a".into(), number("level<8", "level", 2, 0..=7)]),
            &["a, level=0", "a, level=7"],
            &["a, level=8", "level=0"],
        ),
        (
            all([
                number("level>=3", "level", 2, 3..=last),
                "a".into(),
                number("level<20", "level", 2, 0..=19),
            ]),
            &["a, level=3", "a, level=19"],
            &["a, level=2", "a, level=20", "level=7"],
        ),
        (
            of(2, ["a".into(), "b".into(), number("d<=1970-01-08", "d", 3, 0..=7)]),
            &["a, d=1970-01-08", "b, d=1970-01-01", "a, b"],
            &["a, d=1970-01-09", "d=1970-01-01", "a, d=3"],
        ),
        (
            number("until>=9999-12-30", "until", 3, 2_932_895..=2_932_896),
            &["until=9999-12-30", "until=9999-12-31"],
            &["until=9999-12-29", "until=2932896"],
        ),
    ];
    let authority = Authority::new(1);
    for (rule, satisfying, others) in &table {
        let statement = authority.statement(rule);
        for set in *satisfying {
            authority.accepts(rule, &authority.signed(set, rule, 2));
            authority.accepts(rule, &rightly(&statement, &authority.key(set, 2), 2));
        }
        for set in *others {
            assert_eq!(sign(&authority.issue(set, 2), rule, 2), Err(Error::PolicyNotSatisfied));
            let forged = forgeries(&statement, &authority.key(set, 2));
            forged.iter().for_each(|forged| authority.refuses(rule, forged));
        }
    }
}

#[test]
fn an_attackers_program_signs_only_satisfied_policies() {
    let authority = Authority::new(1);
    let keys = ["a, t=x, n=3", "b, d, t=y, u=z, d=1970-01-04", "c, u=x, u=y, n=7"].map(|set| {
        let key = authority.issue(set, 2);
        (Held::parse(set), read_key(&key.to_bytes()).1, key)
    });
    let (mut signed, mut refused) = (0, 0);
    for seed in 0..24 {
        let rule = random(&mut rng(seed), 2);
        let statement = authority.statement(&rule);
        for (held, stolen, key) in &keys {
            if rule.is_met(held) {
                authority.accepts(&rule, &Parts::read(&rule, &sign(key, &rule, seed).unwrap()));
                authority.accepts(&rule, &rightly(&statement, stolen, seed));
                signed += 1;
                continue;
            }
            assert_eq!(sign(key, &rule, seed), Err(Error::PolicyNotSatisfied));
            let forged = forgeries(&statement, stolen);
            forged.iter().take(2).for_each(|forged| authority.refuses(&rule, forged));
            refused += 1;
        }
    }
    assert!(signed >= 15 && refused >= 25, "{signed}, {refused}");
}

#[test]
fn two_verifiers_agree_to_the_last_element() {
    let authority = Authority::new(1);
    let negation = (all(["a".into(), not("role", "x")]), ["a", "role=y"].as_slice());
    for (rule, names) in shapes().into_iter().chain([negation]) {
        let statement = authority.statement(&rule);
        let mut signature = authority.signed(&names.join(", "), &rule, 4);
        let agree = |signature: &Parts| {
            let holds = holds(&statement, signature);
            assert_eq!(authority.verify(&rule, &signature.bytes()).is_ok(), holds, "{}", rule.text);
            holds
        };
        assert!(agree(&signature));
        let original = signature.clone();
        for at in 0..signature.of_G1().len() {
            *signature.of_G1()[at] += P1();
            assert!(!agree(&signature), "{}: {at} of G1", rule.text);
            signature = original.clone();
        }
        for at in 0..signature.of_G2().len() {
            *signature.of_G2()[at] += P2();
            assert!(!agree(&signature), "{}: {at} of G2", rule.text);
            signature = original.clone();
        }
        assert!(agree(&signature));
    }
}

/// Coefficients for mixing two users' elements.
fn mixtures() -> [[Scalar; 2]; 4] {
    let (one, half) = (Scalar::ONE, Scalar::from(2).invert().unwrap());
    [[one, Scalar::ZERO], [Scalar::ZERO, one], [half, half], [one + one, -one]]
}
