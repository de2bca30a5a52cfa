use core::num::NonZeroUsize;
use core::ops::ControlFlow;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::query::Found;
use super::*;
use crate::Error;
use crate::limits::Limit;
use crate::policy::{Attributes, Policy};

/// An authority, the members' keyword key and a source of randomness.
pub(super) struct World {
    pub(super) master: MasterKey,
    pub(super) public: PublicKey,
    pub(super) kappa: KeywordKey,
    pub(super) rng: ChaCha20Rng,
}

pub(super) fn keyword(text: &str) -> Keyword {
    Keyword::new(text).unwrap()
}

pub(super) fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

pub(super) fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let master = MasterKey::generate(&mut rng).unwrap();
        let kappa = KeywordKey::generate(&mut rng).unwrap();
        Self { public: master.public_key(), master, kappa, rng }
    }

    pub(super) fn key(&mut self, set: &str) -> SearchKey {
        self.master.issue(&attributes(set), &self.kappa, &mut self.rng).unwrap()
    }

    /// The index of one keyword.
    pub(super) fn index(&mut self, word: &str, rule: &str) -> RecordIndex {
        self.index_of(&[word], rule, Padding::None)
    }

    pub(super) fn index_of(&mut self, words: &[&str], rule: &str, padding: Padding) -> RecordIndex {
        let words: Vec<_> = words.iter().map(|word| keyword(word)).collect();
        self.public.index_record(&self.kappa, &words, &policy(rule), padding, &mut self.rng).unwrap()
    }

    pub(super) fn trapdoor(&mut self, set: &str, word: &str) -> Trapdoor {
        self.key(set).trapdoor(&keyword(word), &mut self.rng).unwrap()
    }

    pub(super) fn prepared(&mut self, set: &str, word: &str) -> PreparedTrapdoor {
        PreparedTrapdoor::new(&self.trapdoor(set, word)).unwrap()
    }
}

/// Policies with sets that satisfy them and sets that do not.
const POLICIES: &[(&str, &[&str], &[&str])] = &[
    ("a", &["a", "a, b"], &["b", ""]),
    ("a and b", &["a, b"], &["a", "b"]),
    ("a or b", &["a", "b", "a, b"], &["c"]),
    ("(a and b) or c", &["a, b", "c"], &["a", "b"]),
    ("(a and b) or (a and c)", &["a, b", "a, c", "a, b, c"], &["a", "b, c"]),
    ("2 of (a, b, c)", &["a, b", "a, c", "b, c"], &["a", "c"]),
    ("2 of (a, b and c, 2 of (d, e, a))", &["a, b, c", "a, d", "b, c, d, e"], &["a", "b, c", "d, e"]),
    ("a and (a or b) and (a or c)", &["a"], &["b, c"]),
    ("role=doctor and clearance >= 3", &["role=doctor, clearance=3"], &["role=doctor, clearance=2"]),
    ("clearance in 2..5", &["clearance=2", "clearance=5"], &["clearance=1", "clearance=6"]),
    ("not clearance < 3", &["clearance=3"], &["clearance=2", "a"]),
    ("ward in {icu, er}", &["ward=er", "ward=icu"], &["ward=lab"]),
    ("until >= 2027-01-31", &["until=2027-01-31"], &["until=2027-01-30", "until=20849"]),
];

#[test]
fn a_trapdoor_matches_an_equal_keyword_exactly_if_its_attributes_satisfy_the_policy() {
    let world = &mut World::new(1);
    for (rule, satisfying, others) in POLICIES {
        let index = world.index("Diabetes", rule);
        index.validate().unwrap();
        for set in *satisfying {
            assert!(world.prepared(set, "diabetes").matches(&index).unwrap(), "{rule}: {set}");
            assert!(!world.prepared(set, "asthma").matches(&index).unwrap(), "{rule}: {set}");
        }
        for set in *others {
            assert!(!world.prepared(set, "diabetes").matches(&index).unwrap(), "{rule}: {set}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn matching_is_equality_and_satisfaction(
        seed: u64,
        k in 1usize..=3,
        left in prop::sample::subsequence(vec!["a", "b", "c", "d"], 1..=3),
        set in prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4),
        same: bool,
    ) {
        let world = &mut World::new(seed);
        let rule = format!("{k} of ({}, d, b and c)", left.join(" or "));
        let index = world.index_of(&["x", "y:z"], &rule, Padding::PowerOfTwo);
        let trapdoor = world.prepared(&set.join(", "), if same { "Y: z" } else { "z" });
        let satisfied = policy(&rule).is_satisfied_by(&attributes(&set.join(", ")));
        prop_assert_eq!(trapdoor.matches(&index).unwrap(), same && satisfied);
    }
}

#[test]
fn a_field_another_keyword_key_and_another_authority_do_not_match() {
    let world = &mut World::new(2);
    let index = world.index("diagnosis:e11.9", "a");
    assert!(!world.prepared("a", "e11.9").matches(&index).unwrap());
    assert!(!world.prepared("a", "drug:e11.9").matches(&index).unwrap());

    let mut other = World::new(3);
    assert!(!other.prepared("a", "diagnosis:e11.9").matches(&index).unwrap());
    // The other authority with our keyword key, and our authority with the other keyword key.
    let foreign = other.master.issue(&attributes("a"), &world.kappa, &mut other.rng).unwrap();
    let trapdoor = foreign.trapdoor(&keyword("diagnosis:e11.9"), &mut world.rng).unwrap();
    assert!(!PreparedTrapdoor::new(&trapdoor).unwrap().matches(&index).unwrap());
    let stranger = world.master.issue(&attributes("a"), &other.kappa, &mut other.rng).unwrap();
    let trapdoor = stranger.trapdoor(&keyword("diagnosis:e11.9"), &mut world.rng).unwrap();
    assert!(!PreparedTrapdoor::new(&trapdoor).unwrap().matches(&index).unwrap());

    assert!(world.prepared("a", "Diagnosis: E11.9").matches(&index).unwrap());
}

#[test]
fn a_trapdoor_shows_what_its_owner_chooses_and_holds() {
    let world = &mut World::new(4);
    let (of_a, of_b) = (world.index("x", "a"), world.index("x", "b"));
    let key = world.key("a, b, level=3");
    let showing =
        |set: &str, world: &mut World| key.trapdoor_showing(&keyword("x"), &attributes(set), &mut world.rng);
    let trapdoor = showing("a", world).unwrap();
    assert_eq!(trapdoor.attributes(), &attributes("a"));
    let trapdoor = PreparedTrapdoor::new(&trapdoor).unwrap();
    assert!(trapdoor.matches(&of_a).unwrap() && !trapdoor.matches(&of_b).unwrap());
    for set in ["c", "a, c", "level=4", "level=\"3\""] {
        assert_eq!(showing(set, world).unwrap_err(), Error::UnknownAttribute, "{set}");
    }
    let all = key.trapdoor(&keyword("x"), &mut world.rng).unwrap();
    assert_eq!(all.attributes(), key.attributes());
    let all = PreparedTrapdoor::new(&all).unwrap();
    assert!(all.matches(&of_a).unwrap() && all.matches(&of_b).unwrap());
}

#[test]
fn a_trapdoor_works_on_indexes_made_later_and_after_transport() {
    let world = &mut World::new(5);
    let trapdoor = world.trapdoor("a", "x");
    let index = world.index("x", "a");
    let trapdoor = Trapdoor::from_bytes(&trapdoor.to_bytes()).unwrap();
    let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
    assert!(PreparedTrapdoor::new(&trapdoor).unwrap().matches(&index).unwrap());
}

#[test]
fn every_object_survives_its_byte_form() {
    let world = &mut World::new(6);
    let master = MasterKey::from_bytes(&world.master.to_bytes()).unwrap();
    assert_eq!(master.public_key(), world.public);
    assert_eq!(PublicKey::from_bytes(&world.public.to_bytes()).unwrap(), world.public);
    assert_eq!((world.master.to_bytes().len(), world.public.to_bytes().len()), (68, 148));
    let kappa = KeywordKey::from_bytes(&world.kappa.to_bytes()).unwrap();
    let key = master.issue(&attributes("a"), &kappa, &mut world.rng).unwrap();
    let key = SearchKey::from_bytes(&key.to_bytes()).unwrap();
    key.verify(&world.public).unwrap();
    let trapdoor = PreparedTrapdoor::new(&key.trapdoor(&keyword("x"), &mut world.rng).unwrap()).unwrap();
    assert!(trapdoor.matches(&world.index("x", "a")).unwrap());
}

#[test]
fn a_holder_can_check_a_key() {
    let world = &mut World::new(7);
    let key = world.key("role=doctor, level=3, emergency");
    key.verify(&world.public).unwrap();
    assert_eq!(key.verify(&World::new(8).public), Err(Error::InvalidKey));

    // Any point put in place of any other is found.
    let bytes = key.to_bytes();
    let first = bytes.len() - 2 * (96 + 48 * (2 + 2 + 33));
    let half = (bytes.len() - first) / 2;
    let check = |bytes: &[u8]| SearchKey::from_bytes(bytes).unwrap().verify(&world.public);
    assert_eq!(check(&bytes), Ok(()));
    for part in [first, first + half] {
        let point = |i: usize| part + 96 + 48 * i;
        for i in [0, 1, 2, 3, 20, 36] {
            let mut damaged = bytes.to_vec();
            damaged.copy_within(point(i + 1 - 2 * (i / 36))..point(i + 1 - 2 * (i / 36)) + 48, point(i));
            assert_eq!(check(&damaged), Err(Error::InvalidKey), "point {i}");
        }
        let mut damaged = bytes.to_vec();
        let other = if part == first { first + half } else { first };
        damaged.copy_within(other..other + 96, part);
        assert_eq!(check(&damaged), Err(Error::InvalidKey), "X2");
    }
}

#[test]
fn indexes_of_one_keyword_and_trapdoors_for_it_differ_in_every_element() {
    let world = &mut World::new(9);
    let key = world.key("a, b");
    let index = |world: &mut World| world.index("x", "a and b or a").to_bytes();
    let trapdoor = |world: &mut World| key.trapdoor(&keyword("x"), &mut world.rng).unwrap().to_bytes();
    // c1, E, c2_0, c2_1, c3_0, c3_1, c3_2
    pairwise_different((0..6).map(|_| index(world)).collect(), &[96, 48, 96, 96, 48, 48, 48]);
    // T0, T2, T3, T_a, T_b
    pairwise_different((0..6).map(|_| trapdoor(world)).collect(), &[48, 96, 96, 48, 48]);
}

/// The objects agree up to their last elements, of the given sizes, and differ in each of these.
fn pairwise_different(objects: Vec<Vec<u8>>, elements: &[usize]) {
    for (i, one) in objects.iter().enumerate() {
        for other in &objects[i + 1..] {
            let mut at = one.len() - elements.iter().sum::<usize>();
            assert_eq!(one[..at], other[..at]);
            for size in elements {
                assert_ne!(one[at..at + size], other[at..at + size]);
                at += size;
            }
        }
    }
}

#[test]
fn negation_is_refused_when_indexing_and_when_decoding() {
    let world = &mut World::new(10);
    for rule in ["not role=doctor", "a and not role=doctor"] {
        let made = world.public.index_record(
            &world.kappa,
            &[keyword("x")],
            &policy(rule),
            Padding::None,
            &mut world.rng,
        );
        assert_eq!(made.unwrap_err(), Error::NegationUnsupported);
        let mut w = crate::codec::Writer::new();
        w.header(crate::codec::Kind::SearchIndex);
        crate::codec::Object::write(&policy(rule), &mut w);
        w.count(0);
        assert_eq!(RecordIndex::from_bytes(w.as_slice()).unwrap_err(), Error::NegationUnsupported);
    }
    // The negation of a comparison is a comparison.
    assert_eq!(world.index("x", "not level < 3").len(), 1);
}

#[test]
fn padding_hides_the_number_of_keywords() {
    let world = &mut World::new(11);
    let words: Vec<String> = (0..9).map(|i| format!("word {i}")).collect();
    for (count, padded) in [(0, 1), (1, 1), (2, 2), (3, 4), (5, 8), (9, 16)] {
        let words: Vec<&str> = words[..count].iter().map(String::as_str).collect();
        let index = world.index_of(&words, "a", Padding::default());
        assert_eq!(index.len(), padded);
        assert_eq!(world.index_of(&words, "a", Padding::None).len(), count);
        for word in &words {
            assert!(world.prepared("a", word).matches(&index).unwrap());
        }
        assert!(!world.prepared("a", "word").matches(&index).unwrap());
    }
    assert_eq!(world.index_of(&["x", "X ", "y"], "a", Padding::None).len(), 2, "x is indexed once");
}

#[test]
fn the_place_of_an_index_in_its_record_is_random() {
    let world = &mut World::new(12);
    let trapdoor = world.prepared("a", "x");
    let places: Vec<Vec<bool>> = (0..8)
        .map(|_| {
            let padded = world.index_of(&["x", "y", "z"], "a", Padding::PowerOfTwo);
            let chosen = trapdoor.choose(padded.policy()).unwrap();
            let tree = padded.policy().tree();
            padded.keywords().iter().map(|k| trapdoor.matches_keyword(tree, &chosen, k).unwrap()).collect()
        })
        .collect();
    assert!(places.iter().all(|place| place.iter().filter(|hit| **hit).count() == 1));
    assert!(places.iter().any(|place| *place != places[0]));
}

/// An index of one keyword with a hint, whose elements are identities: it is an error to try it.
fn untouchable(world: &mut World, word: &str, hints: Hints) -> RecordIndex {
    let made = world.public.index_record_hinted(
        &world.kappa,
        &[keyword(word)],
        &policy("a"),
        Padding::None,
        hints,
        &mut world.rng,
    );
    let mut bytes = made.unwrap().to_bytes();
    let mut at = bytes.len() - (96 + 48 + 96 + 48);
    for size in [96, 48, 96, 48] {
        bytes[at..at + size].fill(0);
        bytes[at] = 0xc0;
        at += size;
    }
    RecordIndex::from_bytes(&bytes).unwrap()
}

#[test]
fn hints_leave_out_what_cannot_match_and_nothing_else() {
    let world = &mut World::new(23);
    let hints = |bits: u8, period: u32| Hints::new(bits, period).unwrap();
    let words: Vec<String> = (0..40).map(|i| format!("word {i}")).collect();
    let key = world.key("a");
    let asking = |word: &str, asked: &[Hints], world: &mut World| {
        let made = key.trapdoor_hinted(&keyword(word), key.attributes(), asked, &mut world.rng);
        let trapdoor = Trapdoor::from_bytes(&made.unwrap().to_bytes()).unwrap();
        PreparedTrapdoor::new(&trapdoor).unwrap()
    };

    // Whatever agrees is tried, the rest is not touched.
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
        assert_eq!(Query::All(vec![]).matches(&record), Ok(true));
    }
    assert!((1..20).contains(&tried), "{tried} of 40, for 4 bits");
    let other_period = untouchable(world, "word 0", hints(4, 3));
    assert_eq!(hinted.matches(&other_period), Ok(false), "a period that was not asked for");

    // What matches without hints matches with them, also if the two sides have hints of different lengths.
    for (bits, period) in [(0, 1), (4, 1), (4, 2), (16, 2)] {
        let made = world.public.index_record_hinted(
            &world.kappa,
            &[keyword("word 0"), keyword("word 1"), keyword("word 2")],
            &policy("a"),
            Padding::PowerOfTwo,
            hints(bits, period),
            &mut world.rng,
        );
        let record = RecordIndex::from_bytes(&made.unwrap().to_bytes()).unwrap();
        assert_eq!((record.hints(), record.len()), (Some(hints(bits, period)), 4));
        assert!(hinted.matches(&record).unwrap() && unhinted.matches(&record).unwrap());
        assert!(!asking("word 3", &[hints(8, period)], world).matches(&record).unwrap());
    }
    let record = world.index("word 0", "a");
    assert_eq!(record.hints(), None);
    assert!(hinted.matches(&record).unwrap(), "an index without hints is always tried");
}

#[test]
fn hints_are_decoded_strictly() {
    let world = &mut World::new(24);
    let key = world.key("a");
    let hints = |bits: u8, period: u32| Hints::new(bits, period).unwrap();
    let ask = |asked: &[Hints], world: &mut World| {
        key.trapdoor_hinted(&keyword("x"), key.attributes(), asked, &mut world.rng)
    };
    assert_eq!(ask(&[hints(4, 2), hints(4, 1)], world).unwrap_err(), Error::NotSorted);
    assert_eq!(ask(&[hints(4, 1), hints(5, 1)], world).unwrap_err(), Error::NotSorted);
    let many: Vec<Hints> = (0..257).map(|period| hints(4, period)).collect();
    let refused = Error::LimitExceeded(Limit::HintedPeriods);
    assert_eq!(ask(&many, world).unwrap_err(), refused);
    assert!(ask(&many[1..], world).is_ok());

    // count (4), bits (1), period (4), value (2), bits, period, value, elements
    let trapdoor = ask(&[hints(4, 1), hints(4, 2)], world).unwrap().to_bytes();
    assert_eq!(recode("trapdoor", &trapdoor).unwrap(), trapdoor);
    let first = trapdoor.len() - (48 + 96 + 96 + 48) - 14;
    for (at, value, error) in [
        (first - 2, 0xff, refused),
        (first, 17, Error::InvalidField),
        (first + 5, 1, Error::InvalidField),
        (first + 6, 0x10, Error::InvalidField),
        (first + 4, 2, Error::NotSorted),
        (first + 4, 3, Error::NotSorted),
    ] {
        let mut damaged = trapdoor.clone();
        damaged[at] = value;
        assert_eq!(recode("trapdoor", &damaged).unwrap_err(), error, "byte {at}");
    }

    // flag (1), bits (1), period (4), count (4), value (2), elements
    let made = world.public.index_record_hinted(
        &world.kappa,
        &[keyword("x")],
        &policy("a"),
        Padding::None,
        hints(4, 1),
        &mut world.rng,
    );
    let index = made.unwrap().to_bytes();
    assert_eq!(recode("index", &index).unwrap(), index);
    let value = index.len() - (96 + 48 + 96 + 48) - 2;
    for (at, byte) in [(value - 10, 2), (value - 9, 17), (value, 1), (value + 1, 0x10)] {
        let mut damaged = index.clone();
        damaged[at] = byte;
        assert_eq!(recode("index", &damaged).unwrap_err(), Error::InvalidField, "byte {at}");
    }
}

#[test]
fn too_many_keywords_are_refused() {
    let world = &mut World::new(13);
    let words: Vec<_> = (0..257).map(|i| keyword(&format!("{i}"))).collect();
    let made = world.public.index_record(&world.kappa, &words, &policy("a"), Padding::None, &mut world.rng);
    assert_eq!(made.unwrap_err(), Error::LimitExceeded(Limit::KeywordsPerRecord));
    let mut bytes = world.index("x", "a").to_bytes();
    let at = bytes.len() - 4 - 96 - 48 - 96 - 48;
    bytes[at..at + 4].copy_from_slice(&257u32.to_be_bytes());
    assert_eq!(RecordIndex::from_bytes(&bytes).unwrap_err(), Error::LimitExceeded(Limit::KeywordsPerRecord));
}

/// Decodes, checks everything that is decoded lazily, encodes.
fn recode(object: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(match object {
        "master key" => MasterKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "public key" => PublicKey::from_bytes(bytes)?.to_bytes(),
        "keyword key" => KeywordKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "search key" => SearchKey::from_bytes(bytes)?.to_bytes().to_vec(),
        "trapdoor" => Trapdoor::from_bytes(bytes)?.to_bytes(),
        _ => {
            let index = RecordIndex::from_bytes(bytes)?;
            index.validate()?;
            index.to_bytes()
        }
    })
}

/// Every object's bytes, with the sizes of the group elements that stand at their end.
fn objects(world: &mut World) -> Vec<(&'static str, Vec<u8>, Vec<usize>)> {
    let part = [96, 48, 48, 48, 48];
    vec![
        ("master key", world.master.to_bytes().to_vec(), vec![]),
        ("public key", world.public.to_bytes(), vec![48, 96]),
        ("keyword key", world.kappa.to_bytes().to_vec(), vec![]),
        ("search key", world.key("a, b").to_bytes().to_vec(), [part, part].concat()),
        ("trapdoor", world.trapdoor("a, b", "x").to_bytes(), vec![48, 96, 96, 48, 48]),
        (
            "index",
            world.index_of(&["x", "y"], "a and b or a", Padding::None).to_bytes(),
            [96, 48, 96, 96, 48, 48, 48].repeat(2),
        ),
    ]
}

#[test]
fn damaged_bytes_are_refused_with_a_clear_error() {
    let world = &mut World::new(14);
    for (name, bytes, _) in objects(world) {
        assert_eq!(recode(name, &bytes).unwrap(), bytes, "{name}");
        for end in 0..bytes.len() {
            assert_eq!(recode(name, &bytes[..end]).unwrap_err(), Error::Truncated, "{name}: {end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(recode(name, &longer).unwrap_err(), Error::TrailingBytes, "{name}");
        for (at, error) in [(0, Error::WrongMagic), (2, Error::UnsupportedVersion), (3, Error::WrongKind)] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x80;
            assert_eq!(recode(name, &damaged).unwrap_err(), error, "{name}");
        }
    }
    for (part, value) in [(4, [0; 32]), (36, [0; 32]), (4, [0xff; 32]), (36, [0xff; 32])] {
        let mut bytes = world.master.to_bytes().to_vec();
        bytes[part..part + 32].copy_from_slice(&value);
        assert_eq!(recode("master key", &bytes).unwrap_err(), Error::InvalidScalar);
    }
}

/// The identity, a point outside the subgroup and a point off the curve, compressed to `size` bytes.
fn bad_points(size: usize) -> [(Vec<u8>, Error); 3] {
    let decode = |bytes: &[u8]| match size {
        48 => crate::curve::decode_g1(bytes.try_into().unwrap()).map(drop),
        _ => crate::curve::decode_g2(bytes.try_into().unwrap()).map(drop),
    };
    let with_x = |x: u8| {
        let mut bytes = vec![0; size];
        (bytes[0], bytes[size - 1]) = (0x80, x);
        bytes
    };
    let find = |error: Error| (0..=255).map(with_x).find(|b| decode(b) == Err(error)).unwrap();
    let mut identity = vec![0; size];
    identity[0] = 0xc0;
    [
        (identity, Error::IdentityPoint),
        (find(Error::PointNotInSubgroup), Error::PointNotInSubgroup),
        (find(Error::InvalidPoint), Error::InvalidPoint),
    ]
}

#[test]
fn no_element_may_be_the_identity_or_a_foreign_point() {
    let world = &mut World::new(15);
    for (name, bytes, sizes) in objects(world) {
        let mut at = bytes.len() - sizes.iter().sum::<usize>();
        for size in sizes {
            for (point, error) in bad_points(size) {
                let mut damaged = bytes.clone();
                damaged[at..at + size].copy_from_slice(&point);
                assert_eq!(recode(name, &damaged).unwrap_err(), error, "{name}: at {at}");
            }
            at += size;
        }
    }
}

#[test]
fn matching_checks_every_element_that_it_uses() {
    // Without the checks, `c1 = O` (and the rest to suit) would match everything, `c2_j = O` need no attribute.
    let world = &mut World::new(16);
    let index = world.index("x", "a or b").to_bytes();
    let (using_a, using_b) = (world.prepared("a", "x"), world.prepared("b", "x"));
    let unsatisfied = world.prepared("c", "x");
    // c1, E, c2_0, c3_0, c3_1
    let mut at = index.len() - (96 + 48 + 96 + 48 + 48);
    for (element, size) in [("c1", 96), ("E", 48), ("c2_0", 96), ("c3_0", 48), ("c3_1", 48)] {
        for (point, error) in bad_points(size) {
            let mut damaged = index.clone();
            damaged[at..at + size].copy_from_slice(&point);
            let damaged = RecordIndex::from_bytes(&damaged).unwrap();
            assert_eq!(damaged.validate().unwrap_err(), error, "{element}");
            let expect = |used: bool| if used { Err(error) } else { Ok(true) };
            assert_eq!(using_a.matches(&damaged), expect(element != "c3_1"), "{element}");
            assert_eq!(using_b.matches(&damaged), expect(element != "c3_0"), "{element}");
            assert_eq!(unsatisfied.matches(&damaged), Ok(false), "nothing is touched");
        }
        at += size;
    }
}

/// Ten records; those at even positions have the keyword `even`, every third `third`; odd ones are for `b` only.
fn records(world: &mut World) -> Vec<RecordIndex> {
    (0..10)
        .map(|i| {
            let mut words = vec!["all"];
            if i % 2 == 0 {
                words.push("even");
            }
            if i % 3 == 0 {
                words.push("third");
            }
            world.index_of(&words, if i % 2 == 0 { "a" } else { "b" }, Padding::PowerOfTwo)
        })
        .collect()
}

fn threads(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

fn run(query: &Query, records: &[RecordIndex], start: usize, n: usize) -> Found {
    query.match_many(records, start, threads(n), |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn queries_combine_trapdoors_over_the_keywords_of_a_record() {
    let world = &mut World::new(17);
    let records = records(world);
    let mut word = |set: &str, word: &str| Query::Keyword(world.prepared(set, word));
    let (even, third) = (word("a, b", "even"), word("a, b", "third"));
    assert_eq!(run(&even, &records, 0, 2).matches, [0, 2, 4, 6, 8]);
    assert_eq!(run(&third, &records, 0, 2).matches, [0, 3, 6, 9]);
    let both = Query::All(vec![even, third]);
    assert_eq!(run(&both, &records, 0, 2).matches, [0, 6]);
    let nested = Query::Any(vec![both, Query::All(vec![word("b", "all"), word("a, b", "third")])]);
    assert_eq!(run(&nested, &records, 0, 2).matches, [0, 3, 6, 9]);
    let partly_satisfied = Query::All(vec![word("a", "all"), word("b", "all")]);
    assert!(run(&partly_satisfied, &records, 0, 2).matches.is_empty());
    assert_eq!(run(&Query::All(vec![]), &records, 8, 1).matches, [8, 9]);
    assert!(run(&Query::Any(vec![]), &records, 0, 1).matches.is_empty());
}

#[test]
fn a_query_stops_when_its_answer_is_clear() {
    // A malformed index is an error as soon as it is touched, so that untouched ones show.
    let world = &mut World::new(18);
    let good = world.index("x", "a");
    let mut bytes = good.to_bytes();
    let at = bytes.len() - (96 + 48 + 96 + 48);
    bytes[at..at + 96].copy_from_slice(&bad_points(96)[0].0);
    let malformed = RecordIndex::from_bytes(&bytes).unwrap();
    let mut word = |set: &str, word: &str| Query::Keyword(world.prepared(set, word));
    assert_eq!(word("a", "x").matches(&malformed), Err(Error::IdentityPoint));
    let all = Query::All(vec![word("a", "x"), word("b", "x")]);
    assert_eq!(all.matches(&malformed), Ok(false));
    let any = Query::Any(vec![word("a", "x"), Query::All(vec![])]);
    assert_eq!(any.matches(&malformed), Ok(true));
    let any = Query::Any(vec![word("b", "x"), word("a", "x")]);
    assert_eq!(any.matches(&malformed), Err(Error::IdentityPoint));
    assert_eq!(any.matches(&good), Ok(true));
}

#[test]
fn many_records_give_the_same_result_on_any_number_of_threads_and_from_any_position() {
    let world = &mut World::new(19);
    let records = records(world);
    let query = Query::from(world.prepared("a, b", "third"));
    for n in [1, 2, 3, 16] {
        for start in [0, 1, 4, 9, 10] {
            let found = run(&query, &records, start, n);
            let expected: Vec<usize> = [0, 3, 6, 9].into_iter().filter(|p| *p >= start).collect();
            assert_eq!((found.matches, found.next), (expected, 10));
        }
    }
    let beyond = query.match_many(&records, 11, threads(1), |_| ControlFlow::Continue(()));
    assert_eq!(beyond.unwrap_err(), Error::OutOfRange);
    // References and shared pointers serve as well.
    let references: Vec<&RecordIndex> = records.iter().collect();
    let found = query.match_many(&references, 5, threads(2), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(found.matches, [6, 9]);
}

#[test]
fn progress_is_told_after_each_record_and_can_cancel() {
    let world = &mut World::new(20);
    let records = records(world);
    let query = Query::from(world.prepared("a", "all"));
    let mut told = Vec::new();
    let _ = query
        .match_many(&records, 2, threads(2), |progress| {
            told.push((progress.done, progress.total));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(told, (1..=8).map(|done| (done, 8)).collect::<Vec<_>>());
    let mut calls = 0;
    let cancelled = query.match_many(&records, 0, threads(2), |_| {
        calls += 1;
        if calls == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((cancelled.unwrap_err(), calls), (Error::Cancelled, 3));
}

#[test]
fn a_malformed_index_is_reported_and_does_not_end_a_search() {
    let world = &mut World::new(21);
    let mut records = records(world);
    let mut bytes = records[2].to_bytes();
    let end = bytes.len();
    for (i, byte) in bytes[end - 48..].iter_mut().enumerate() {
        *byte = if i == 0 { 0xc0 } else { 0 };
    }
    records[2] = RecordIndex::from_bytes(&bytes).unwrap();
    let query = Query::from(world.prepared("a", "none of them"));
    let found = run(&query, &records, 0, 2);
    assert_eq!(found.malformed, [(2, Error::IdentityPoint)]);
    let query = Query::from(world.prepared("a", "all"));
    let found = run(&query, &records, 3, 2);
    assert_eq!(found.matches, [4, 6, 8]);
}

#[test]
fn nothing_secret_is_printed() {
    let world = &mut World::new(22);
    let key = world.key("a");
    let trapdoor = world.trapdoor("a", "x");
    let printed = format!("{:?} {key:?} {trapdoor:?}", world.master);
    for secret in ["alpha: <redacted>", "b: <redacted>", "X0: <redacted>", "Trapdoor { attributes"] {
        assert!(printed.contains(secret), "{printed}");
    }
    assert!(!printed.contains("T0"));
}
