//! What holds; in the files below, byte forms, queries, attacks, and equations over public elements.

mod attacks;
mod bytes;
mod equations;
mod queries;

use std::num::NonZeroUsize;

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::keys::{SLOT, base_of};
use super::*;
use crate::Error;
use crate::curve::{
    Curve, G1Affine, G1Projective, G2Affine, PrimeCurveAffine, Scalar, SecretG1, decode_g1, decode_g2,
};
use crate::domain::{ABE_ATTRIBUTE, ABE_U0, ABE_U1};
use crate::hash::hash_to_g1;
use crate::limits::Limit;
use crate::policy::{Attributes, CanonicalAttribute, Policy};

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

fn attributes(text: &str) -> Attributes {
    Attributes::parse(text).unwrap()
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
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
        let words: Vec<_> = words.iter().map(|word| keyword(word)).collect();
        self.public.index_record(&self.kappa, &words, &policy(rule), padding, &mut self.rng).unwrap()
    }

    fn trapdoor(&mut self, set: &str, word: &str) -> Trapdoor {
        self.key(set).trapdoor(&keyword(word), &mut self.rng).unwrap()
    }

    fn prepared(&mut self, set: &str, word: &str) -> PreparedTrapdoor {
        PreparedTrapdoor::new(&self.trapdoor(set, word)).unwrap()
    }
}

/// The canonical form of one attribute.
fn canonical(name: &str) -> CanonicalAttribute {
    attributes(name).expanded().remove(0)
}

/// The elements of a record's only keyword, as bytes: `c1`, `E`, `c2_j`, `c3_i`.
fn elements(record: &RecordIndex) -> Vec<Vec<u8>> {
    let tree = record.policy().tree();
    let sizes = [96, 48].into_iter().chain(vec![96; tree.uses()]).chain(vec![48; tree.leaves().len()]);
    let bytes = record.to_bytes();
    let mut at = bytes.len() - sizes.clone().sum::<usize>();
    sizes
        .map(|size| {
            at += size;
            bytes[at - size..at].to_vec()
        })
        .collect()
}

/// A record of one keyword with these elements.
fn with_elements(record: &RecordIndex, elements: &[Vec<u8>]) -> RecordIndex {
    let (mut bytes, elements) = (record.to_bytes(), elements.concat());
    let at = bytes.len() - elements.len();
    bytes[at..].copy_from_slice(&elements);
    RecordIndex::from_bytes(&bytes).unwrap()
}

fn g1(bytes: &[u8]) -> G1Affine {
    decode_g1(bytes.try_into().unwrap()).unwrap()
}

fn g2(bytes: &[u8]) -> G2Affine {
    decode_g2(bytes.try_into().unwrap()).unwrap()
}

/// `F` of a keyword, for whoever knows `kappa`.
fn guess(world: &World, word: &str) -> G1Affine {
    SLOT.at(&world.kappa.slot_value(&keyword(word)))
}

/// The trapdoor of the equations, with `t` and `y` chosen.
fn trapdoor_with(world: &World, key: &SearchKey, word: &str, t: &Scalar, y: &Scalar) -> Trapdoor {
    let (K, Z, x_w) = (&key.K, &key.Z, world.kappa.slot_value(&keyword(word)));
    let mut trapdoor = key.trapdoor(&keyword(word), &mut world.rng.clone()).unwrap();
    trapdoor.T0 = ((*Z.X0 * y + *K.X0 + (*Z.X1 * y + *K.X1) * *x_w) * t).to_affine();
    trapdoor.T = K.X.iter().map(|(a, K_a)| (a.clone(), ((*Z.X[a] * y + **K_a) * t).to_affine())).collect();
    trapdoor.T2 = ((*Z.X2 * y + *K.X2) * t).to_affine();
    trapdoor.T3 = (G2Affine::generator() * t).to_affine();
    trapdoor
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
    assert_eq!(check(&bytes), Ok(()));
}

#[test]
fn errors_that_cancel_under_the_weights_of_the_genuine_key_are_found() {
    let (one, two) = (&mut World::new(7), &mut World::new(7));
    let (genuine, mut forged) = (one.key("a, b"), two.key("a, b"));
    assert_eq!(genuine.to_bytes(), forged.to_bytes());
    // [w_b]P1 more in K_a and [w_a]P1 less in K_b: the sum under the weights of the genuine key stays.
    let w = genuine.weights(&one.public);
    for (K_a, error) in forged.K.X.values_mut().zip([w[3], -w[2]]) {
        *K_a = SecretG1::from(G1Affine::generator() * error + **K_a);
    }
    let sum = |key: &SearchKey| key.K.X.values().zip(&w[2..]).map(|(K_a, w)| **K_a * w).sum::<G1Projective>();
    assert_eq!(sum(&genuine), sum(&forged));
    // The weights depend on all that is checked, so that they are others then.
    assert_eq!(forged.verify(&one.public), Err(Error::InvalidKey));
    assert_ne!(w, forged.weights(&one.public));
    let other = World::new(8).public;
    assert_ne!(w, genuine.weights(&PublicKey { A: other.A, ..one.public.clone() }));
    assert_ne!(w, genuine.weights(&PublicKey { B: other.B, ..one.public.clone() }));
    assert_eq!(genuine.verify(&one.public), Ok(()));
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
fn a_record_of_many_keywords_is_found_by_each() {
    // So many that the multiples of the bases are prepared.
    let world = &mut World::new(25);
    let words: Vec<String> = (0..30).map(|i| format!("word {i}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let index = world.index_of(&words, "a and b", Padding::PowerOfTwo);
    index.validate().unwrap();
    assert_eq!(index.len(), 32);
    for word in [words[0], words[13], words[29]] {
        assert!(world.prepared("a, b", word).matches(&index).unwrap());
    }
    assert!(!world.prepared("a, b", "word 30").matches(&index).unwrap());
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

#[test]
fn an_index_does_not_depend_on_the_number_of_threads() {
    let world = World::new(9);
    let words: Vec<_> = (0..30).map(|i| keyword(&format!("word {i}"))).collect();
    let index = |threads| {
        let options = IndexOptions::default().threads(NonZeroUsize::new(threads).unwrap());
        let (kappa, policy) = (&world.kappa, policy("a or b and c"));
        world
            .public
            .index_record(kappa, &words, &policy, options, &mut ChaCha20Rng::seed_from_u64(1))
            .unwrap()
    };
    let alone = index(1);
    for threads in [2, 3, 100] {
        assert_eq!(index(threads).to_bytes(), alone.to_bytes());
    }
}

/// An index of one keyword with a hint, whose elements are identities: it is an error to try it.
fn untouchable(world: &mut World, word: &str, hints: Hints) -> RecordIndex {
    let made = world.public.index_record(
        &world.kappa,
        &[keyword(word)],
        &policy("a"),
        IndexOptions::default().padding(Padding::None).hints(hints),
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
        let made = world.public.index_record(
            &world.kappa,
            &[keyword("word 0"), keyword("word 1"), keyword("word 2")],
            &policy("a"),
            IndexOptions::default().padding(Padding::PowerOfTwo).hints(hints(bits, period)),
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
fn too_many_keywords_are_refused() {
    let world = &mut World::new(13);
    let words: Vec<_> = (0..257).map(|i| keyword(&format!("{i}"))).collect();
    let made = world.public.index_record(&world.kappa, &words, &policy("a"), Padding::None, &mut world.rng);
    assert_eq!(made.unwrap_err(), Error::LimitExceeded(Limit::KeywordsPerRecord));
    let most = &words[1..];
    let made = world.public.index_record(&world.kappa, most, &policy("a"), Padding::None, &mut world.rng);
    assert_eq!(RecordIndex::from_bytes(&made.unwrap().to_bytes()).unwrap().len(), 256);
    let mut bytes = world.index("x", "a").to_bytes();
    let at = bytes.len() - 4 - 96 - 48 - 96 - 48;
    bytes[at..at + 4].copy_from_slice(&257u32.to_be_bytes());
    assert_eq!(RecordIndex::from_bytes(&bytes).unwrap_err(), Error::LimitExceeded(Limit::KeywordsPerRecord));
}

#[test]
fn the_key_for_searching_opens_no_record() {
    // Another kind of object under another master key, and every base comes from another tag than key wrapping's.
    let world = &mut World::new(26);
    let key = world.key("a").to_bytes();
    assert_eq!(crate::abe::DecryptionKey::from_bytes(&key).unwrap_err(), Error::WrongKind);
    let (U0, U1) = (hash_to_g1(ABE_U0, b""), hash_to_g1(ABE_U1, b""));
    let a = canonical("a");
    assert_ne!([SLOT.U0, SLOT.U1], [U0, U1]);
    assert_ne!(base_of(&a), hash_to_g1(ABE_ATTRIBUTE, a.as_bytes()));
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
