//! Keyword search, attacked from bytes: by nodes that check no attributes, users who pool
//! keys and trapdoors, owners who publish malicious indexes, and observers who test
//! equations over public values.
//!
//! The library gives the honest node's result on the bytes. The attacker's own product gives
//! the mathematical result.

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
use crate::rule::{Rule, policies, random};
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

    /// A key, decoded from its bytes by an attacker.
    fn key(&mut self, set: &str) -> Key {
        Key::read(&self.issue(set).to_bytes())
    }

    /// A new user's trapdoor, as a node receives it.
    fn trapdoor(&mut self, set: &str, word: &str) -> Trapdoor {
        let key = self.issue(set);
        self.trapdoor_of(&key, word)
    }

    fn trapdoor_of(&mut self, key: &SearchKey, word: &str) -> Trapdoor {
        let trapdoor = key.trapdoor(&Keyword::new(word).unwrap(), key.attributes(), &mut self.rng).unwrap();
        Trapdoor::read(&trapdoor.to_bytes())
    }

    /// A record with one keyword, as the ledger stores it.
    fn index(&mut self, rule: &Rule, word: &str) -> Index {
        let words = [Keyword::new(word).unwrap()];
        let made =
            self.public.index_record(&self.kappa, &words, &rule.parsed(), Padding::None, &mut self.rng);
        Index::read(rule, &made.unwrap().to_bytes())
    }

    /// The slot value of a keyword, for an attacker who has the keyword key.
    fn x(&self, word: &str) -> Scalar {
        x(self.kappa.to_bytes()[4..].try_into().unwrap(), word)
    }

    fn public(&self) -> Public {
        Public::read(&self.public.to_bytes())
    }
}

/// An honest node's result for the bytes of a trapdoor and of an index.
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

#[test]
fn equal_keywords_with_satisfying_attributes_match() {
    let world = &mut Consortium::new(1);
    for (rule, satisfying, others) in policies() {
        let index = world.index(&rule, "Diabetes");
        for set in satisfying {
            found(&world.trapdoor(set, "diabetes"), &index);
            missed(&world.trapdoor(set, "asthma"), &index);
        }
        // The same, when user and owner have their own programs.
        let draws = Draws::honest(&rule, &mut world.rng);
        let own = world.public().index(&rule, &world.x("diabetes"), &draws);
        let [t, y] = [(); 2].map(|()| random_scalar(&mut world.rng));
        let key = world.key(satisfying[0]);
        found(&key.trapdoor(&x(&key.kappa, "diabetes"), &t, &y), &own);
        missed(&key.trapdoor(&x(&key.kappa, "asthma"), &t, &y), &own);
        for set in others {
            let trapdoor = world.trapdoor(set, "diabetes");
            missed(&trapdoor, &index);
            // A trapdoor that claims the attributes passes the node's check, and matches nothing.
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
        // And an index that an owner's own program wrote.
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
    // A searcher's own program can query any slot value. If it knew the value of padding, it could
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
