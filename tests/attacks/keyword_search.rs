//! Keyword search, attacked from bytes: by nodes that look for no attribute, users who pool
//! keys and trapdoors, owners who publish what suits them, and by anybody who tests
//! equations over what is public.
//!
//! For what an honest node says, the library matches the bytes; for what mathematics says, the
//! attacker's own product does.

mod elements;
mod equations;
mod foreign;
mod key_check;
mod links;
mod negation;
mod node;
mod owner;
mod pieces;
mod searcher;
mod shares;

use blstrs::Scalar;
use medseal::Error;
use medseal::policy::Attributes;
use medseal::search::{Keyword, KeywordKey, MasterKey, Padding, PublicKey, RecordIndex, SearchKey};
use rand_chacha::ChaCha20Rng;

use crate::ground::{Held, random_scalar, rng};
use crate::rule::{Rule, all, any, not, number, of, random, shared_attribute};
use node::{Index, Trapdoor};
use owner::{Draws, Public};
use searcher::{Key, x};

/// The honest side: an authority, members with a keyword key, and owners who
/// index under the public key.
struct Consortium {
    master: MasterKey,
    public: PublicKey,
    kappa: KeywordKey,
    rng: ChaCha20Rng,
}

impl Consortium {
    fn new(seed: u64) -> Self {
        let mut rng = rng(seed);
        let master = MasterKey::generate(&mut rng).unwrap();
        let kappa = KeywordKey::generate(&mut rng).unwrap();
        Self { public: master.public_key(), master, kappa, rng }
    }

    fn issue(&mut self, set: &str) -> SearchKey {
        self.master.issue(&Attributes::parse(set).unwrap(), &self.kappa, &mut self.rng).unwrap()
    }

    /// A key as somebody has it who got hold of its bytes.
    fn key(&mut self, set: &str) -> Key {
        Key::read(&self.issue(set).to_bytes())
    }

    /// A new user's trapdoor as a node receives it.
    fn trapdoor(&mut self, set: &str, word: &str) -> Trapdoor {
        let key = self.issue(set);
        self.trapdoor_of(&key, word)
    }

    fn trapdoor_of(&mut self, key: &SearchKey, word: &str) -> Trapdoor {
        let trapdoor = key.trapdoor(&Keyword::new(word).unwrap(), key.attributes(), &mut self.rng).unwrap();
        Trapdoor::read(&trapdoor.to_bytes())
    }

    /// A record of one keyword as it stands on the ledger.
    fn index(&mut self, rule: &Rule, word: &str) -> Index {
        let words = [Keyword::new(word).unwrap()];
        let made =
            self.public.index_record(&self.kappa, &words, &rule.parsed(), Padding::None, &mut self.rng);
        Index::read(rule, &made.unwrap().to_bytes())
    }

    /// The slot value of a keyword, for somebody who got hold of the keyword key.
    fn x(&self, word: &str) -> Scalar {
        x(self.kappa.to_bytes()[4..].try_into().unwrap(), word)
    }

    fn public(&self) -> Public {
        Public::read(&self.public.to_bytes())
    }
}

/// What an honest node says to the bytes of a trapdoor and of an index.
fn judged(trapdoor: &[u8], index: &[u8]) -> Result<bool, Error> {
    let trapdoor = medseal::search::Trapdoor::from_bytes(trapdoor)?;
    trapdoor.matches(&RecordIndex::from_bytes(index)?)
}

/// An honest node and the attacker's own find that they match.
#[track_caller]
fn found(trapdoor: &Trapdoor, index: &Index) {
    assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Ok(true), "{}", index.rule.text);
    assert!(index.is_matched_by(trapdoor), "{}", index.rule.text);
}

/// An honest node and the attacker's own find that they do not match.
#[track_caller]
fn missed(trapdoor: &Trapdoor, index: &Index) {
    assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Ok(false), "{}", index.rule.text);
    assert!(!index.is_matched_by(trapdoor), "{}", index.rule.text);
}

/// Policies with sets that satisfy them and sets that do not.
fn policies() -> Vec<(Rule, &'static [&'static str], &'static [&'static str])> {
    let last = u64::from(u32::MAX);
    let at_least_3 = |text| number(text, "clearance", 2, 3..=last);
    vec![
        ("a".into(), &["a", "a, b"], &["b", "", "a=x", "A"]),
        (all(["a", "b"]), &["a, b", "a, b, c"], &["a", "b", "c"]),
        (any(["a", "b"]), &["a", "b", "a, b"], &["c"]),
        (any([all(["a", "b"]), "c".into()]), &["a, b", "c"], &["a", "b"]),
        (all([any(["a", "b"]), any(["c", "d"])]), &["a, c", "b, d"], &["a, b", "c, d"]),
        (any([all(["a", "b"]), all(["a", "c"])]), &["a, b", "a, c", "a, b, c"], &["a", "b, c"]),
        (of(2, ["a", "b", "c"]), &["a, b", "a, c", "b, c", "a, b, c"], &["a", "c", "d, e"]),
        (of(3, ["a", "b", "c", "d", "e"]), &["a, c, e", "c, d, e"], &["a, e", "d, e, f"]),
        (
            of(2, ["a".into(), all(["b", "c"]), of(2, ["d", "e", "a"])]),
            &["a, b, c", "a, d", "b, c, d, e"],
            &["a", "b, c", "d, e"],
        ),
        (all(["a".into(), any(["a", "b"]), any(["a", "c"])]), &["a"], &["b, c"]),
        (of(2, ["a", "a", "b"]), &["a"], &["b"]),
        (shared_attribute(), &["a, b, c", "a, b, d"], &["b, c, d", "a, b", "a, d"]),
        (
            all(["role=doctor".into(), at_least_3("clearance>=3")]),
            &["role=doctor, clearance=3", "role=doctor, clearance=4294967295"],
            &["role=doctor, clearance=2", "role=nurse, clearance=3", "role=doctor", "clearance=3"],
        ),
        (
            number("clearance in 2..5", "clearance", 2, 2..=5),
            &["clearance=2", "clearance=5"],
            &["clearance=1", "clearance=6", r#"clearance="3""#],
        ),
        (at_least_3("not clearance<3"), &["clearance=3"], &["clearance=2", "a"]),
        (
            any(["ward=icu", "ward=er"]).written("ward in {icu, er}"),
            &["ward=er", "ward=icu"],
            &["ward=lab", "ward"],
        ),
        (
            number("until>=2027-01-31", "until", 3, 20_849..=2_932_896),
            &["until=2027-01-31"],
            &["until=2027-01-30", "until=20849"],
        ),
        // negation
        (
            not("role", "doctor"),
            &["role=nurse", "role=porter, a"],
            &["role=doctor", "role", "a", "role=1", "role=nurse, role=porter"],
        ),
        (
            all(["a".into(), not("role", "doctor"), not("role", "nurse")]),
            &["role=porter, a"],
            &["role=nurse, a", "role=doctor, a", "role=porter", "role=x, role=y, a"],
        ),
        (
            of(2, ["a".into(), not("role", "doctor"), not("ward", "north")]),
            &["a, role=nurse", "role=x, ward=y"],
            &["a, role=doctor", "a", "role=x, ward=north"],
        ),
    ]
}

#[test]
fn equal_keywords_with_satisfying_attributes_match() {
    let world = &mut Consortium::new(1);
    for (rule, satisfying, others) in policies() {
        let index = world.index(&rule, "Diabetes");
        for set in satisfying {
            found(&world.trapdoor(set, "diabetes"), &index);
            missed(&world.trapdoor(set, "asthma"), &index);
        }
        // And where user and owner have programs of their own.
        let draws = Draws::honest(&rule, &mut world.rng);
        let own = world.public().index(&rule, &world.x("diabetes"), &draws);
        let [t, y] = [(); 2].map(|()| random_scalar(&mut world.rng));
        let key = world.key(satisfying[0]);
        found(&key.trapdoor(&x(&key.kappa, "diabetes"), &t, &y), &own);
        missed(&key.trapdoor(&x(&key.kappa, "asthma"), &t, &y), &own);
        for set in others {
            let trapdoor = world.trapdoor(set, "diabetes");
            missed(&trapdoor, &index);
            // A trapdoor that says that it has the attributes passes the node's
            // check, and matches nothing.
            for satisfying in satisfying {
                missed(&trapdoor.relabelled(satisfying), &index);
            }
        }
    }
}

#[test]
fn an_attackers_node_finds_only_matches() {
    let world = &mut Consortium::new(2);
    let sets = ["a, b, t=x, n=3", "b, d, t=y, u=z, d=1970-01-04", "c, u=x, u=y, n=7"];
    let trapdoors = sets.map(|set| (Held::parse(set), world.trapdoor(set, "x"), world.trapdoor(set, "y")));
    let (mut hit, mut not) = (0, 0);
    for seed in 0..40 {
        let rule = random(&mut rng(seed), 2);
        let index = world.index(&rule, "x");
        // And one that an owner wrote with a program of its own.
        let draws = Draws::honest(&rule, &mut world.rng);
        let own = world.public().index(&rule, &world.x("x"), &draws);
        for (held, right, of_y) in &trapdoors {
            let met = rule.is_met(held);
            for index in [&index, &own] {
                if met {
                    found(right, index)
                } else {
                    missed(right, index)
                }
                missed(of_y, index);
            }
            *if met { &mut hit } else { &mut not } += 1;
        }
    }
    assert!(hit >= 20 && not >= 40, "{hit}, {not}");
}

#[test]
fn padding_has_no_slot_to_guess() {
    // A searcher's own program asks for any slot value. If that of padding were known, it would
    // count a record's keywords.
    let world = &mut Consortium::new(31);
    let key = world.key("a");
    let words = ["x", "y", "z"].map(|word| Keyword::new(word).unwrap());
    let policy = Rule::from("a").parsed();
    let padded = world
        .public
        .index_record(&world.kappa, &words, &policy, Padding::PowerOfTwo, &mut world.rng)
        .unwrap();
    assert_eq!(padded.len(), 4);
    let ask = |x: &Scalar| {
        let trapdoor = key.trapdoor(x, &Scalar::from(2), &Scalar::from(3));
        judged(&trapdoor.to_bytes(), &padded.to_bytes())
    };
    for x in [Scalar::from(0), Scalar::from(1), world.x("")] {
        assert_eq!(ask(&x), Ok(false));
    }
    assert_eq!(ask(&world.x("y")), Ok(true));
}
