//! Properties of search. The submodules test byte forms and queries. The attacks are in
//! `tests/attacks/keyword_search`.

mod bytes;
mod many;
mod queries;

use crate::threads::Threads;
use core::ops::ControlFlow;
use std::collections::HashSet;

use rand_chacha::ChaCha20Rng;

use super::matching::{PreparedTrapdoor, Question, answer_each};
use super::*;
use crate::Error;
use crate::curve::samples::{identity, rng};
use crate::limits::Limit;
use crate::policy::samples::{attributes, policy};

/// An authority, the members' keyword key and a source of randomness.
struct World {
    master: MasterKey,
    public: PublicKey,
    kappa: KeywordKey,
    rng: ChaCha20Rng,
}

fn keyword(text: &str) -> Keyword {
    Keyword::new(text).unwrap()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = rng(seed);
        let master = MasterKey::generate(&mut rng).unwrap();
        let kappa = KeywordKey::generate(&mut rng).unwrap();
        Self { public: master.public_key(), master, kappa, rng }
    }

    fn key(&mut self, set: &str) -> SearchKey {
        self.master.issue(&attributes(set), &self.kappa, &mut self.rng).unwrap()
    }

    /// The index of one keyword.
    fn index(&mut self, word: &str, rule: &str) -> RecordIndex {
        self.index_of(&[word], rule, Padding::None)
    }

    fn index_of(&mut self, words: &[&str], rule: &str, padding: Padding) -> RecordIndex {
        self.index_with(words, rule, padding.into())
    }

    fn index_hinted(&mut self, words: &[&str], padding: Padding, hints: Hints) -> RecordIndex {
        self.index_with(words, "a", IndexOptions::from(padding).hints(hints))
    }

    fn index_with(&mut self, words: &[&str], rule: &str, options: IndexOptions) -> RecordIndex {
        let words: Vec<_> = words.iter().map(|word| keyword(word)).collect();
        self.public.index_record(&self.kappa, &words, &policy(rule), options, &mut self.rng).unwrap()
    }

    fn trapdoor(&mut self, set: &str, word: &str) -> Trapdoor {
        self.key(set).trapdoor(&keyword(word), &attributes(set), &mut self.rng).unwrap()
    }

    fn query(&mut self, set: &str, word: &str) -> Query {
        Query::new(self.trapdoor(set, word), &self.public)
    }

    fn prepared(&mut self, set: &str, word: &str) -> PreparedQuery {
        PreparedQuery::of(&self.trapdoor(set, word)).unwrap()
    }
}

fn run(
    query: &PreparedQuery,
    records: &[RecordIndex],
    start: usize,
    threads: usize,
    cache: Option<&SearchIndexCache>,
) -> Judged {
    let threads = Threads::new(threads);
    query.match_many_cached(records, start, threads, cache, |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn trapdoors_reveal_only_what_owners_choose() {
    let world = &mut World::new(4);
    let (of_a, of_b) = (world.index("x", "a"), world.index("x", "b"));
    let key = world.key("a, b, level=3");
    let showing =
        |set: &str, world: &mut World| key.trapdoor(&keyword("x"), &attributes(set), &mut world.rng);
    let trapdoor = showing("a", world).unwrap();
    assert_eq!(trapdoor.attributes(), &attributes("a"));
    assert!(trapdoor.matches(&of_a).unwrap() && !trapdoor.matches(&of_b).unwrap());
    for set in ["c", "a, c", "level=4", "level=\"3\""] {
        assert_eq!(showing(set, world).unwrap_err(), Error::UnknownAttribute, "{set}");
    }
    let all = key.trapdoor(&keyword("x"), key.attributes(), &mut world.rng).unwrap();
    assert_eq!(all.attributes(), key.attributes());
    assert!(all.matches(&of_a).unwrap() && all.matches(&of_b).unwrap());
}

#[test]
fn a_holder_can_check_a_key() {
    let world = &mut World::new(7);
    let key = world.key("role=doctor, level=3, emergency");
    key.verify(&world.public).unwrap();
    assert_eq!(key.verify(&World::new(8).public), Err(Error::InvalidKey));

    // Replacing any point by any other is detected.
    let bytes = key.to_bytes();
    let first = bytes.len() - 2 * (96 + 48 * (2 + 2 + 23 + 1));
    let half = (bytes.len() - first) / 2;
    let check = |bytes: &[u8]| SearchKey::from_bytes(bytes).unwrap().verify(&world.public);
    assert_eq!(check(&bytes), Ok(()));
    for part in [first, first + half] {
        let point = |i: usize| part + 96 + 48 * i;
        for i in [0, 1, 2, 3, 20, 27] {
            let mut damaged = bytes.to_vec();
            damaged.copy_within(point(i + 1 - 2 * (i / 27))..point(i + 1 - 2 * (i / 27)) + 48, point(i));
            assert_eq!(check(&damaged), Err(Error::InvalidKey), "point {i}");
        }
        let mut damaged = bytes.to_vec();
        let other = if part == first { first + half } else { first };
        damaged.copy_within(other..other + 96, part);
        assert_eq!(check(&damaged), Err(Error::InvalidKey), "X2");
    }
    assert_eq!(check(&bytes), Ok(()));
}

#[test]
fn a_repeated_generator_repeats_no_key() {
    // With equal rho and delta, two keys would differ only in the master key, or could be combined.
    let world = World::new(9);
    let masters = world.master.to_bytes();
    let issue = |master: &[u8], set: &str| {
        let master = MasterKey::from_bytes(master).unwrap();
        let key = master.issue(&attributes(set), &world.kappa, &mut rng(1)).unwrap();
        (*key.issued.K.K1, *key.issued.Z.K1)
    };
    let with = |range: core::ops::Range<usize>| {
        let mut other = masters.to_vec();
        other[range.end - 1] ^= 1;
        other
    };
    let own = issue(&masters, "a");
    assert_ne!(own.0, own.1, "or [gamma]h would be K0 - Z0");
    for other in [issue(&masters, "a, b"), issue(&with(4..36), "a"), issue(&with(36..68), "a")] {
        assert!(own.0 != other.0 && own.1 != other.1);
    }
    assert_eq!(own, issue(&masters, "a"));
}

#[test]
fn a_repeated_generator_repeats_no_index() {
    let (world, other) = (World::new(9), World::new(10));
    let index = |kappa: &KeywordKey, word: &str, rule: &str| {
        let (words, policy) = ([keyword(word)], policy(rule));
        let made = world.public.index_record(kappa, &words, &policy, Padding::None, &mut rng(1));
        made.unwrap().keywords[0].c1
    };
    let own = index(&world.kappa, "x", "a");
    for other in [index(&other.kappa, "x", "a"), index(&world.kappa, "y", "a"), index(&world.kappa, "x", "b")]
    {
        assert_ne!(own, other);
    }
    assert_eq!(own, index(&world.kappa, "x", "a"));
}

#[test]
fn keywords_of_a_record_share_no_secret() {
    let mut world = World::new(11);
    let index = world.index_of(&["x", "y", "z"], "a or a", Padding::PowerOfTwo);
    let distinct: HashSet<_> = index.encoded().map(|element| format!("{element:?}")).collect();
    assert_eq!(distinct.len(), 4 * 6);
}

#[test]
fn a_repeated_generator_repeats_no_trapdoor() {
    let world = &mut World::new(9);
    let (mut key, another) = (world.key("a, b"), world.key("a, b"));
    let T3 = |key: &SearchKey, word: &str, set: &str| {
        key.trapdoor(&keyword(word), &attributes(set), &mut rng(1)).unwrap().T3
    };
    let own = T3(&key, "x", "a");
    for other in [T3(&another, "x", "a"), T3(&key, "y", "a"), T3(&key, "x", "b")] {
        assert_ne!(own, other);
    }
    assert_eq!(own, T3(&key, "x", "a"));
    // Trapdoors also differ if two keys share one part.
    let theirs = T3(&another, "x", "a");
    key.issued.Z = another.issued.Z;
    let mixed = T3(&key, "x", "a");
    assert!(mixed != own && mixed != theirs);
}

#[test]
fn needed_attributes_are_enough_to_match() {
    let world = &mut World::new(12);
    // The second policy could be met by negating the nurse's text, if that
    // were the key's only text.
    let rules = ["role=nurse and level>=2", "role=doctor or not role=surgeon", "(ward=a and site) or ward=a"];
    let indexes = rules.map(|rule| world.index("x", rule));
    let key = world.key("role=nurse, role=doctor, level=3, ward=a, site, uid=7");
    let needed = key.attributes().needed_by(&rules.map(policy));
    assert_eq!(needed, attributes("role=nurse, role=doctor, level=3, ward=a"));
    let trapdoor = key.trapdoor(&keyword("x"), &needed, &mut world.rng).unwrap();
    for index in &indexes {
        assert_eq!(trapdoor.matches(index), Ok(true));
    }
}

#[test]
fn padding_hides_the_number_of_keywords() {
    let world = &mut World::new(11);
    let words: Vec<String> = (0..9).map(|i| format!("word {i}")).collect();
    for (count, padded) in [(0, 1), (1, 1), (2, 2), (3, 4), (5, 8), (9, 16)] {
        let words: Vec<&str> = words[..count].iter().map(String::as_str).collect();
        let index = world.index_of(&words, "a", Padding::default());
        assert_eq!(index.len(), padded);
        let bare = world.index_of(&words, "a", Padding::None);
        assert_eq!((bare.len(), bare.is_empty()), (count, count == 0));
        for word in &words {
            assert!(world.prepared("a", word).matches(&index).unwrap());
        }
        assert!(!world.prepared("a", "word").matches(&index).unwrap());
    }
    assert_eq!(world.index_of(&["x", "X ", "y"], "a", Padding::None).len(), 2, "x is indexed once");
}

#[test]
fn indexes_are_in_random_order() {
    let world = &mut World::new(12);
    let trapdoor = PreparedTrapdoor::new(&world.trapdoor("a", "x")).unwrap();
    let places: Vec<Vec<bool>> = (0..8)
        .map(|_| {
            let padded = world.index_of(&["x", "y", "z"], "a", Padding::PowerOfTwo);
            let chosen = trapdoor.choose(padded.policy()).unwrap();
            let tree = padded.policy().tree();
            let ask = |keyword| Question { trapdoor: &trapdoor, tree, chosen: &chosen, keyword };
            let questions: Vec<_> = padded.keywords.iter().map(ask).collect();
            answer_each(&questions, None).into_iter().map(Result::unwrap).collect()
        })
        .collect();
    assert!(places.iter().all(|place| place.iter().filter(|hit| **hit).count() == 1));
    assert!(places.iter().any(|place| *place != places[0]));
}

#[test]
fn thread_count_does_not_change_an_index() {
    let world = World::new(9);
    let words: Vec<_> = (0..30).map(|i| keyword(&format!("word {i}"))).collect();
    let index = |threads| {
        let options = IndexOptions::default().threads(Threads::new(threads));
        let (kappa, policy) = (&world.kappa, policy("a or b and c"));
        world.public.index_record(kappa, &words, &policy, options, &mut rng(1)).unwrap()
    };
    let alone = index(1);
    for threads in [2, 3, 100] {
        assert_eq!(index(threads).to_bytes(), alone.to_bytes());
    }
}

/// The index with other bytes at this position, counted from the end.
fn altered(record: &RecordIndex, from_end: usize, by: &[u8]) -> RecordIndex {
    let mut bytes = record.to_bytes();
    let at = bytes.len() - from_end;
    bytes[at..at + by.len()].copy_from_slice(by);
    RecordIndex::from_bytes(&bytes).unwrap()
}

/// An index of one keyword with a hint. Its elements are identities, so testing it is an error.
fn untouchable(world: &mut World, word: &str, hints: Hints) -> RecordIndex {
    let identities = [&identity::<96>()[..], &identity::<48>()].concat().repeat(2);
    altered(&world.index_hinted(&[word], Padding::None, hints), identities.len(), &identities)
}

#[test]
fn hints_exclude_only_non_matches() {
    let world = &mut World::new(23);
    let hints = |bits: u8, period: u32| Hints::new(bits, period).unwrap();
    let words: Vec<String> = (0..40).map(|i| format!("word {i}")).collect();
    let key = world.key("a");
    let asking = |word: &str, asked: &[Hints], world: &mut World| {
        let made = key.trapdoor_hinted(&keyword(word), key.attributes(), asked, &mut world.rng);
        let trapdoor = Trapdoor::from_bytes(&made.unwrap().to_bytes()).unwrap();
        PreparedQuery::of(&trapdoor).unwrap()
    };

    // Indexes whose hint agrees are tested; the others are not touched.
    let unhinted = asking("word 0", &[], world);
    let hinted = asking("word 0", &[hints(4, 1), hints(4, 2)], world);
    let mut tried = 0;
    for word in &words {
        let record = untouchable(world, word, hints(4, 1));
        assert_eq!(unhinted.matches(&record), Err(Error::IdentityPoint), "tries everything");
        match hinted.matches(&record) {
            Ok(false) => assert_ne!(word, "word 0"),
            other => {
                assert_eq!(other, Err(Error::IdentityPoint));
                tried += 1;
            }
        }
    }
    assert!((1..20).contains(&tried), "{tried} of 40, for 4 bits");
    let other_period = untouchable(world, "word 0", hints(4, 3));
    assert_eq!(hinted.matches(&other_period), Ok(false), "a period that was not asked for");

    // Indexes that match without hints match with them, even if the hints of the two
    // sides differ in length.
    for (bits, period) in [(0, 1), (4, 1), (4, 2), (16, 2)] {
        let words = ["word 0", "word 1", "word 2"];
        let made = world.index_hinted(&words, Padding::PowerOfTwo, hints(bits, period));
        let record = RecordIndex::from_bytes(&made.to_bytes()).unwrap();
        assert_eq!((record.hints(), record.len()), (Some(hints(bits, period)), 4));
        assert!(hinted.matches(&record).unwrap() && unhinted.matches(&record).unwrap());
        assert!(!asking("word 3", &[hints(8, period)], world).matches(&record).unwrap());
    }
    let record = world.index("word 0", "a");
    assert_eq!(record.hints(), None);
    assert!(hinted.matches(&record).unwrap(), "an index without hints is always tried");
}

#[test]
fn too_many_keywords_are_refused() {
    let world = &mut World::new(13);
    let words: Vec<_> = (0..257).map(|i| keyword(&format!("{i}"))).collect();
    let made = world.public.index_record(&world.kappa, &words, &policy("a"), Padding::None, &mut world.rng);
    assert_eq!(made.unwrap_err(), Error::LimitExceeded(Limit::KeywordsPerRecord));
    let most = &words[1..];
    let made = world.public.index_record(&world.kappa, most, &policy("a"), Padding::None, &mut world.rng);
    assert_eq!(RecordIndex::from_bytes(&made.unwrap().to_bytes()).unwrap().len(), 256);
}

#[test]
fn nothing_secret_is_printed() {
    let world = &mut World::new(22);
    let key = world.key("a");
    let trapdoor = world.trapdoor("a", "x");
    let query = Query::new(trapdoor.clone(), &world.public);
    let prepared = query.prepare(&world.public).unwrap();
    let printed = format!("{:?} {key:?} {trapdoor:?} {query:?} {prepared:?}", world.master);
    for secret in ["gamma: <redacted>", "b: <redacted>", "K0: <redacted>"] {
        assert!(printed.contains(secret), "{printed}");
    }
    for hidden in ["Trapdoor { attributes", "Query { .. }", "PreparedQuery { .. }"] {
        assert!(printed.contains(hidden), "{printed}");
    }
    assert!(!printed.contains("T0"));
}
