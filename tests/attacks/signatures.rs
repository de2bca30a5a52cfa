//! Signatures, attacked below the signer's policy check: by users who pool their keys, provers who know one leaf too few,
//! outsiders without any credential, whoever has a signature and wants it to say something else, and observers who want to
//! know whose it is.

mod altered;
mod batches;
mod challenges;
mod key_check;
mod observers;
mod outsiders;
mod pooling;
mod prover;
mod too_few;
mod verifier;

use medseal::Error;
use medseal::abs::{Claim, MasterKey, PublicKey, Signature, SigningKey};
use medseal::policy::{Attributes, Policy};

use crate::ground::{Held, rng};
use crate::rule::{Rule, all, any, number, of, random};
use prover::{Credential, Holder, Means, Parts, Prover, Statement};
use verifier::{pairs_hold, proof_holds};

const CONTEXT: &[u8] = b"context";
const MESSAGE: &[u8] = b"message";
const REFUSED: Result<(), Error> = Err(Error::InvalidSignature);

/// The honest side: an authority, and who believes it.
struct Authority {
    master: MasterKey,
    /// As it is hashed.
    X: [u8; 96],
}

impl Authority {
    fn new(seed: u64) -> Self {
        let master = MasterKey::generate(&mut rng(seed)).unwrap();
        let X = master.public_key().to_bytes()[4..].try_into().unwrap();
        Self { master, X }
    }

    fn public_key(&self) -> &PublicKey {
        self.master.public_key()
    }

    fn issue(&self, set: &str, seed: u64) -> SigningKey {
        self.master.issue(&Attributes::parse(set).unwrap(), &mut rng(seed)).unwrap()
    }

    /// A key as somebody has it who got hold of its bytes.
    fn holder(&self, set: &str, seed: u64) -> Holder {
        Holder::read(&self.issue(set, seed).to_bytes())
    }

    fn statement<'a>(&'a self, rule: &'a Rule) -> Statement<'a> {
        Statement { X: &self.X, rule, context: CONTEXT, message: MESSAGE, left_out: &[] }
    }

    /// What a verifier says.
    fn verify(&self, rule: &Rule, signature: &[u8]) -> Result<(), Error> {
        let signature = Signature::from_bytes(signature)?;
        self.public_key().verify(&rule.parsed(), CONTEXT, MESSAGE, &signature)
    }

    fn claim<'a>(&'a self, policy: &'a Policy, signature: &'a Signature) -> Claim<'a> {
        Claim { public_key: self.public_key(), policy, context: CONTEXT, message: MESSAGE, signature }
    }

    /// A signature by the library, of a user with these attributes.
    fn signed(&self, set: &str, rule: &Rule, seed: u64) -> Vec<u8> {
        sign(&self.issue(set, seed), rule, seed).unwrap()
    }
}

fn sign(key: &SigningKey, rule: &Rule, seed: u64) -> Result<Vec<u8>, Error> {
    Ok(key.sign(&rule.parsed(), CONTEXT, MESSAGE, &mut rng(seed))?.to_bytes())
}

/// Of those who hold what they need: the attacker's program, as an honest signer would use it.
fn rightly(statement: &Statement<'_>, holder: &Holder, seed: u64) -> Vec<u8> {
    let attributes = statement.attributes();
    let enough = statement.rule.coefficients(|leaf| holder.on(attributes[leaf]).is_some()).unwrap();
    let mut means = vec![None; attributes.len()];
    for (leaf, _) in enough {
        means[leaf] = holder.on(attributes[leaf]).map(Means::With);
    }
    Prover::new(holder.u, rng(seed)).sign_by(statement, &means)
}

/// The sets of leaves that are enough, and no longer if one is left out.
fn just_enough(rule: &Rule) -> Vec<Vec<usize>> {
    let enough = |set: u32| rule.coefficients(|leaf| set >> leaf & 1 == 1).is_some();
    let leaves = |set: u32| (0..rule.leaves().len()).filter(move |leaf| set >> leaf & 1 == 1);
    let sets = 0..1_u32 << rule.leaves().len();
    let minimal = |set: &u32| enough(*set) && leaves(*set).all(|leaf| !enough(set & !(1 << leaf)));
    sets.filter(minimal).map(|set| leaves(set).collect()).collect()
}

/// How a prover may go about a leaf for which it has no credential.
const MEANS: [fn(&Credential) -> Means<'_>; 3] =
    [|own| Means::With(own), |own| Means::Forced(own), |own| Means::Simulated(own)];

/// As if the holder had what these leaves ask for, which would be enough: where a credential is missing, with another.
fn wrongly(
    statement: &Statement<'_>,
    holder: &Holder,
    leaves: &[usize],
    missing: fn(&Credential) -> Means<'_>,
) -> Vec<u8> {
    let attributes = statement.attributes();
    let means = attributes.iter().enumerate().map(|(leaf, attribute)| {
        let other = || missing(holder.credential("other"));
        leaves.contains(&leaf).then(|| holder.on(attribute).map_or_else(other, Means::With))
    });
    Prover::new(holder.u, rng(7)).sign_by(statement, &means.collect::<Vec<_>>())
}

/// Policies of every shape, and the attributes that they ask for.
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
        (all(["a".into(), any(["a", "b"]), of(2, ["a", "b", "c"])]), &["a", "b", "c"]),
    ]
}

#[test]
fn every_satisfying_set_signs_and_no_other_can() {
    let authority = Authority::new(1);
    for (rule, names) in shapes() {
        let statement = authority.statement(&rule);
        // Everybody holds something beside, so that there is a credential to misuse.
        let set = |held: u32| {
            let names = names.iter().enumerate().filter(|(i, _)| held >> i & 1 == 1).map(|(_, name)| *name);
            names.chain(["other"]).collect::<Vec<_>>().join(", ")
        };
        let satisfies = |held: u32| rule.is_met(&Held::parse(&set(held)));
        let (mut right, mut closest) = (0, 0);
        for held in 0..1_u32 << names.len() {
            let key = authority.issue(&set(held), u64::from(held));
            let holder = Holder::read(&key.to_bytes());
            if satisfies(held) {
                let signatures = [sign(&key, &rule, 2).unwrap(), rightly(&statement, &holder, 3)];
                for signature in signatures {
                    assert_eq!(authority.verify(&rule, &signature), Ok(()), "{}: {}", rule.text, set(held));
                }
                right += 1;
                continue;
            }
            assert_eq!(sign(&key, &rule, 2), Err(Error::PolicyNotSatisfied));
            // Whoever lacks two attributes can do no more than whoever lacks one of them.
            if (0..names.len()).any(|i| held >> i & 1 == 0 && !satisfies(held | 1 << i)) {
                continue;
            }
            closest += 1;
            for (i, leaves) in just_enough(&rule).iter().enumerate() {
                let forged = MEANS.map(|missing| wrongly(&statement, &holder, leaves, missing));
                for forged in &forged {
                    assert_eq!(authority.verify(&rule, forged), REFUSED, "{}: {}", rule.text, set(held));
                }
                if i == 0 {
                    // One half is right in each.
                    let [with, forced, simulated] = forged.map(|forged| Parts::read(&forged));
                    assert!(pairs_hold(&authority.X, &with) && !proof_holds(&statement, &with));
                    assert!(!pairs_hold(&authority.X, &forced) && proof_holds(&statement, &forced));
                    assert!(pairs_hold(&authority.X, &simulated) && !proof_holds(&statement, &simulated));
                }
            }
        }
        assert!(right > 0 && closest > 0, "{}", rule.text);
    }
}

#[test]
fn numbers_and_dates_are_signed_for_by_those_who_have_them() {
    let last = u64::from(u32::MAX);
    let table: [(Rule, &[&str], &[&str]); 6] = [
        (number("level=3", "level", 2, 3..=3), &["level=3"], &["level=2", "level=\"3\"", "level"]),
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
            let holder = authority.holder(set, 2);
            for signature in [authority.signed(set, rule, 2), rightly(&statement, &holder, 2)] {
                assert_eq!(authority.verify(rule, &signature), Ok(()), "{}: {set}", rule.text);
            }
        }
        for set in *others {
            let set = format!("{set}, other");
            let key = authority.issue(&set, 2);
            assert_eq!(sign(&key, rule, 2), Err(Error::PolicyNotSatisfied));
            let holder = Holder::read(&key.to_bytes());
            for leaves in just_enough(rule) {
                for missing in MEANS {
                    let forged = wrongly(&statement, &holder, &leaves, missing);
                    assert_eq!(authority.verify(rule, &forged), REFUSED, "{}: {set}", rule.text);
                }
            }
        }
    }
}

#[test]
fn on_random_policies_an_attackers_program_signs_exactly_what_the_key_satisfies() {
    let authority = Authority::new(1);
    let keys = ["a, t=x, n=3", "b, d, t=y, u=z, d=1970-01-04", "c, u=x, u=y, n=7"].map(|set| {
        let set = format!("{set}, other");
        let key = authority.issue(&set, 2);
        (Held::parse(&set), Holder::read(&key.to_bytes()), key)
    });
    let (mut signed, mut refused, mut negated) = (0, 0, 0);
    for seed in 0..18 {
        let rule = random(&mut rng(seed), 2);
        if rule.parsed().has_negation() {
            // Neither side knows what that would mean.
            let (_, _, key) = &keys[0];
            assert_eq!(sign(key, &rule, seed), Err(Error::NegationUnsupported));
            let signature = authority.signed("a", &"a".into(), seed);
            assert_eq!(authority.verify(&rule, &signature), Err(Error::NegationUnsupported));
            negated += 1;
            continue;
        }
        let statement = authority.statement(&rule);
        for (held, holder, key) in &keys {
            if rule.is_met(held) {
                for signature in [sign(key, &rule, seed).unwrap(), rightly(&statement, holder, seed)] {
                    assert_eq!(authority.verify(&rule, &signature), Ok(()), "{}", rule.text);
                }
                signed += 1;
                continue;
            }
            assert_eq!(sign(key, &rule, seed), Err(Error::PolicyNotSatisfied));
            // As somebody who holds everything.
            let leaves: Vec<_> = rule.coefficients(|_| true).unwrap().iter().map(|(leaf, _)| *leaf).collect();
            for missing in MEANS {
                let forged = wrongly(&statement, holder, &leaves, missing);
                assert_eq!(authority.verify(&rule, &forged), REFUSED, "{}", rule.text);
            }
            refused += 1;
        }
    }
    assert!(signed >= 10 && refused >= 10 && negated >= 5, "{signed}, {refused}, {negated}");
}

#[test]
fn an_attackers_verifier_and_the_librarys_agree_to_the_last_scalar() {
    let authority = Authority::new(1);
    for (rule, names) in shapes() {
        let statement = authority.statement(&rule);
        let signature = Parts::read(&authority.signed(&names.join(", "), &rule, 4));
        let holds = |signature: &Parts| {
            let both = [proof_holds(&statement, signature), pairs_hold(&authority.X, signature)];
            assert_eq!(
                authority.verify(&rule, &signature.bytes()).is_ok(),
                both == [true; 2],
                "{}",
                rule.text
            );
            both
        };
        assert_eq!(holds(&signature), [true; 2]);
        for at in 0..signature.clone().scalars().len() {
            let mut changed = signature.clone();
            *changed.scalars()[at] += blstrs::Scalar::from(1);
            assert_eq!(holds(&changed), [false, true], "{}: scalar {at}", rule.text);
        }
    }
}
