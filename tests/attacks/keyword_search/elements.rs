//! Elements that must not be accepted, elements that never repeat, and what is not promised.

use blstrs::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
use ff::Field;
use group::Group;
use medseal::Error;
use medseal::search::{KeywordKey, MasterKey, PublicKey, RecordIndex, SearchKey};

use super::node::{Index, Trapdoor};
use super::owner::Draws;
use super::searcher::{Key, x};
use super::{Consortium, found, judged, missed};
use crate::ground::{P2, canonical, random_scalar};
use crate::keys::SEARCH;
use crate::rule::{Rule, all, any, not, of};

/// The identity, a point outside the subgroup and no point, compressed to `size` bytes.
fn bad_points(size: usize) -> [(Vec<u8>, Error); 3] {
    // Whether it is on the curve, and in the subgroup.
    let kind = |bytes: &[u8]| match size {
        48 => Option::<G1Affine>::from(G1Affine::from_compressed_unchecked(bytes.try_into().unwrap()))
            .map(|P| bool::from(P.is_torsion_free())),
        _ => Option::<G2Affine>::from(G2Affine::from_compressed_unchecked(bytes.try_into().unwrap()))
            .map(|Q| bool::from(Q.is_torsion_free())),
    };
    let with_x = |x: u8| {
        let mut bytes = vec![0; size];
        (bytes[0], bytes[size - 1]) = (0x80, x);
        bytes
    };
    let find = |wanted: Option<bool>| (0..=255).map(with_x).find(|bytes| kind(bytes) == wanted).unwrap();
    let mut identity = vec![0; size];
    identity[0] = 0xc0;
    [
        (identity, Error::IdentityPoint),
        (find(Some(false)), Error::PointNotInSubgroup),
        (find(None), Error::InvalidPoint),
    ]
}

/// An object's bytes, the sizes of the group elements that stand at its end, and its decoder,
/// which checks everything.
struct Object {
    name: &'static str,
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    decode: fn(&[u8]) -> Result<Vec<u8>, Error>,
}

fn objects(world: &mut Consortium) -> Vec<Object> {
    let object = |name, bytes, sizes: &[usize], decode| Object { name, bytes, sizes: sizes.to_vec(), decode };
    let part = [96, 48, 48, 48, 48, 48];
    let rule = any([all(["a", "b"]), "a".into(), not("role", "y")]);
    vec![
        object("master key", world.master.to_bytes().to_vec(), &[], |bytes| {
            Ok(MasterKey::from_bytes(bytes)?.to_bytes().to_vec())
        }),
        object("public key", world.public.to_bytes(), &[48, 96], |bytes| {
            Ok(PublicKey::from_bytes(bytes)?.to_bytes())
        }),
        object("keyword key", world.kappa.to_bytes().to_vec(), &[], |bytes| {
            Ok(KeywordKey::from_bytes(bytes)?.to_bytes().to_vec())
        }),
        object("search key", world.issue("a, role=x").to_bytes().to_vec(), &[part, part].concat(), |bytes| {
            Ok(SearchKey::from_bytes(bytes)?.to_bytes().to_vec())
        }),
        object("trapdoor", world.trapdoor("a, b", "x").to_bytes(), &[48, 96, 96, 48, 48], |bytes| {
            Ok(medseal::search::Trapdoor::from_bytes(bytes)?.to_bytes())
        }),
        object("trapdoor with a text", world.trapdoor("role=x", "x").to_bytes(), &[48], |bytes| {
            Ok(medseal::search::Trapdoor::from_bytes(bytes)?.to_bytes())
        }),
        object("index", world.index(&rule, "x").to_bytes(), &[96, 48, 96, 96, 48, 48, 48, 48], |bytes| {
            let index = RecordIndex::from_bytes(bytes)?;
            index.validate()?;
            Ok(index.to_bytes())
        }),
    ]
}

#[test]
fn rejects_identity_and_foreign_elements() {
    for Object { name, bytes, sizes, decode } in objects(&mut Consortium::new(1)) {
        let mut at = bytes.len() - sizes.iter().sum::<usize>();
        for size in sizes {
            for (point, error) in bad_points(size) {
                let damaged = [&bytes[..at], &point, &bytes[at + size..]].concat();
                assert_eq!(decode(&damaged).unwrap_err(), error, "{name}: at {at}");
            }
            at += size;
        }
        assert_eq!(decode(&bytes).unwrap(), bytes, "{name}");
    }
}

#[test]
fn damaged_bytes_fail_with_clear_errors() {
    let world = &mut Consortium::new(2);
    for Object { name, bytes, decode, .. } in objects(world) {
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]).unwrap_err(), Error::Truncated, "{name}: {end}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(decode(&longer).unwrap_err(), Error::TrailingBytes, "{name}");
        for (at, error) in [(0, Error::WrongMagic), (2, Error::UnsupportedVersion), (3, Error::WrongKind)] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x80;
            assert_eq!(decode(&damaged).unwrap_err(), error, "{name}");
        }
        assert_eq!(decode(&bytes).unwrap(), bytes, "{name}");
    }
    let good = world.master.to_bytes();
    for (part, value) in [(4, [0; 32]), (36, [0; 32]), (4, [0xff; 32]), (36, [0xff; 32])] {
        let mut bytes = good.to_vec();
        bytes[part..part + 32].copy_from_slice(&value);
        assert_eq!(MasterKey::from_bytes(&bytes).unwrap_err(), Error::InvalidScalar);
    }
}

#[test]
fn a_node_checks_every_used_element() {
    let world = &mut Consortium::new(3);
    let index = world.index(&any(["a", "b"]), "x");
    let [using_a, using_b, unsatisfied] = ["a", "b", "c"].map(|set| world.trapdoor(set, "x").to_bytes());
    for (i, element) in ["c1", "E", "c2_0", "c3_0", "c3_1"].iter().enumerate() {
        let mut elements = index.elements();
        for (point, error) in bad_points(elements[i].len()) {
            elements[i] = point;
            let damaged = index.with_elements(&elements);
            assert_eq!(
                RecordIndex::from_bytes(&damaged).unwrap().validate(),
                Err(error.clone()),
                "{element}"
            );
            let expect = |used: bool| if used { Err(error.clone()) } else { Ok(true) };
            assert_eq!(judged(&using_a, &damaged), expect(i != 4), "{element}");
            assert_eq!(judged(&using_b, &damaged), expect(i != 3), "{element}");
            assert_eq!(judged(&unsatisfied, &damaged), Ok(false), "nothing is touched");
        }
    }
    assert_eq!(judged(&using_a, &index.to_bytes()), Ok(true));
}

#[test]
fn rows_outside_the_subgroup_tell_their_sum() {
    // Rows are checked as the sum that is paired. Somebody who adds to one row what is taken from
    // another makes an index that a ledger refuses; a node that has it sees the sum, which is that
    // of the index as it was.
    let world = &mut Consortium::new(4);
    let rule = all(["a".into(), any(["b", "c"])]);
    let index = world.index(&rule, "x");
    let [_, (foreign, error), _] = bad_points(48);
    let foreign: G1Projective =
        G1Affine::from_compressed_unchecked(&foreign.try_into().unwrap()).unwrap().into();
    let mut forged = index.clone();
    forged.c3[0] += foreign;
    let [right, wrong] = ["x", "y"].map(|word| world.trapdoor("a, b", word).to_bytes());
    assert_eq!(judged(&right, &forged.to_bytes()), Err(error.clone()));
    forged.c3[1] -= foreign;
    assert_eq!(RecordIndex::from_bytes(&forged.to_bytes()).unwrap().validate(), Err(error));
    for index in [&forged, &index] {
        assert_eq!(judged(&right, &index.to_bytes()), Ok(true));
        assert_eq!(judged(&wrong, &index.to_bytes()), Ok(false));
    }
    assert_eq!(RecordIndex::from_bytes(&index.to_bytes()).unwrap().validate(), Ok(()));
}

/// Mathematics says that they match, and the library refuses the index, as soon as it is
/// used and in the ledger.
#[track_caller]
fn matches_and_is_refused(trapdoor: &Trapdoor, index: &Index) {
    let rows: Vec<_> = (0..index.c3.len()).map(|row| (row, Scalar::ONE)).collect();
    assert!(index.matches_by(trapdoor, &rows));
    assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
    let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
    assert_eq!(index.validate(), Err(Error::IdentityPoint));
}

#[test]
fn an_index_that_shares_zero_is_refused() {
    // s = 0: c1 = O and E = O, and the keyword falls out of the rows.
    let (world, set) = (&mut Consortium::new(5), "a, b, role=y");
    for rule in ["a".into(), all(["a", "b"]), any(["a", "b"]), all(["a".into(), not("role", "x")])] {
        let mut draws = Draws::honest(&rule, &mut world.rng);
        let (public, x) = (world.public(), world.x("x"));
        let good = public.index(&rule, &x, &draws);
        draws.s = Scalar::ZERO;
        draws.lambda = rule.share(&Scalar::ZERO, &mut world.rng);
        let forged = public.index(&rule, &x, &draws);
        for word in ["x", "anything"] {
            matches_and_is_refused(&world.trapdoor(set, word), &forged);
        }
        found(&world.trapdoor(set, "x"), &good);
        missed(&world.trapdoor(set, "anything"), &good);
    }
}

#[test]
fn an_index_without_c2_is_refused() {
    // s' = 0: c2 = O and c3 = [lambda]F(x), and the attribute falls out of the equation.
    let world = &mut Consortium::new(6);
    let rule = Rule::from("a");
    let mut draws = Draws::honest(&rule, &mut world.rng);
    let (public, x) = (world.public(), world.x("x"));
    let good = public.index(&rule, &x, &draws);
    draws.s_prime[0] = Scalar::ZERO;
    let forged = public.index(&rule, &x, &draws);
    let stranger = world.trapdoor("z", "x");
    matches_and_is_refused(&stranger.relabelled("a"), &forged);
    matches_and_is_refused(&world.trapdoor("a", "x"), &forged);
    assert!(!forged.is_matched_by(&world.trapdoor("a", "y")), "the keyword still counts");
    missed(&stranger.relabelled("a"), &good);
    found(&world.trapdoor("a", "x"), &good);
}

#[test]
fn an_index_of_identities_is_refused() {
    let world = &mut Consortium::new(7);
    let index = world.index(&"a".into(), "x");
    let (trapdoor, mut forged) = (world.trapdoor("a", "anything"), index.clone());
    // One after the other, and each by itself.
    let changes: [fn(&mut Index); 4] = [
        |index| index.c1 = G2Projective::identity(),
        |index| index.E = G1Projective::identity(),
        |index| index.c2[0] = G2Projective::identity(),
        |index| index.c3[0] = G1Projective::identity(),
    ];
    for change in changes {
        let mut alone = index.clone();
        change(&mut alone);
        change(&mut forged);
        for index in [&alone, &forged] {
            assert_eq!(judged(&trapdoor.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
            let index = RecordIndex::from_bytes(&index.to_bytes()).unwrap();
            assert_eq!(index.validate(), Err(Error::IdentityPoint));
        }
    }
    matches_and_is_refused(&trapdoor, &forged);
    // As it was, it is accepted, and matches its own keyword only.
    missed(&trapdoor, &index);
    found(&world.trapdoor("a", "x"), &index);
}

#[test]
fn trapdoors_with_identities_are_refused() {
    let world = &mut Consortium::new(8);
    let (index, key) = (world.index(&"a".into(), "x"), world.key("a"));
    let one = Scalar::ONE;
    let good = key.trapdoor(&world.x("x"), &one, &one);
    // Each by itself, and together.
    for bits in 1..16_u8 {
        let mut forged = good.clone();
        let changes: [fn(&mut Trapdoor); 4] = [
            |trapdoor| trapdoor.T0 = G1Projective::identity(),
            |trapdoor| trapdoor.T2 = G2Projective::identity(),
            |trapdoor| trapdoor.T3 = G2Projective::identity(),
            |trapdoor| trapdoor.T.values_mut().for_each(|T_a| *T_a = G1Projective::identity()),
        ];
        for change in (0..4).filter(|bit| bits >> bit & 1 == 1) {
            changes[change](&mut forged);
        }
        assert_eq!(judged(&forged.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint), "{bits:b}");
        assert_eq!(index.is_matched_by(&forged), bits == 15, "{bits:b}");
    }
    // The part of a key without gamma is enough for a trapdoor without T3.
    let without_gamma = Key { K: key.Z.clone(), ..key.clone() };
    let mut forged = without_gamma.trapdoor(&world.x("x"), &one, &one);
    missed(&forged, &index);
    forged.T3 = G2Projective::identity();
    assert!(index.is_matched_by(&forged));
    assert_eq!(judged(&forged.to_bytes(), &index.to_bytes()), Err(Error::IdentityPoint));
    found(&good, &index);
}

// --- elements that never repeat ---

/// Whether no element stands twice, in one object or in two.
fn all_different(objects: &[Vec<Vec<u8>>]) -> bool {
    let all: Vec<_> = objects.iter().flatten().collect();
    all.iter().enumerate().all(|(i, one)| !all[..i].contains(one))
}

#[test]
fn equal_keywords_share_no_index_element() {
    let world = &mut Consortium::new(9);
    let rule = any([all(["a", "b"]), "a".into(), of(2, ["a", "b", "c"])]);
    let key = world.issue("a, b, c");
    let indexes: Vec<_> = (0..6).map(|_| world.index(&rule, "x")).collect();
    let trapdoors: Vec<_> = (0..6).map(|_| world.trapdoor_of(&key, "x")).collect();
    assert!(all_different(&indexes.iter().map(Index::elements).collect::<Vec<_>>()));
    assert!(all_different(&trapdoors.iter().map(Trapdoor::elements).collect::<Vec<_>>()));
    assert!(indexes.iter().all(|index| index.policy == indexes[0].policy));
    assert!(trapdoors.iter().all(|trapdoor| trapdoor.fields == trapdoors[0].fields));
    // Where t and y are the same, or where s is, it shows.
    let stolen = Key::read(&key.to_bytes());
    let (x, t) = (world.x("x"), random_scalar(&mut world.rng));
    let repeated = [Scalar::ZERO, Scalar::ONE].map(|y| stolen.trapdoor(&x, &t, &y).elements());
    assert!(!all_different(&repeated));
    let draws = [(); 2].map(|()| Draws::honest(&rule, &mut world.rng));
    let s_prime = draws[1].s_prime.clone();
    let [one, two] = draws.map(|draws| world.public().index(&rule, &x, &draws).elements());
    let again = Draws { s_prime, ..Draws::honest(&rule, &mut world.rng) };
    assert!(all_different(&[one.clone(), two.clone()]));
    assert!(!all_different(&[two, world.public().index(&rule, &x, &again).elements()]));
    for trapdoor in &trapdoors {
        found(trapdoor, &indexes[0]);
    }
}

// --- what is not promised ---

#[test]
fn limit_a_member_tests_guesses_against_trapdoors() {
    let world = &mut Consortium::new(10);
    let (trapdoor, index) = (world.trapdoor("a", "hiv"), world.index(&"a".into(), "hiv"));
    let rule = Rule::from("a");
    // With the keyword key anybody indexes a guess, under a policy that the trapdoor satisfies.
    let guesses = |world: &mut Consortium, kappa: &[u8; 32]| {
        ["flu", "hiv", "asthma"].map(|word| {
            let draws = Draws::honest(&rule, &mut world.rng);
            let guess = world.public().index(&rule, &x(kappa, word), &draws);
            judged(&trapdoor.to_bytes(), &guess.to_bytes()).unwrap()
        })
    };
    let kappa: [u8; 32] = world.kappa.to_bytes()[4..].try_into().unwrap();
    assert_eq!(guesses(world, &kappa), [false, true, false]);
    assert_eq!(guesses(world, &[7; 32]), [false; 3], "without it no guess hits");
    // A member whose attributes do not satisfy the policy has no trapdoor to match with a guess.
    let member = world.key("b");
    for word in ["flu", "hiv", "asthma"] {
        let guess = member.trapdoor(&x(&kappa, word), &Scalar::ONE, &Scalar::ONE);
        missed(&guess, &index);
        missed(&guess.relabelled("a"), &index);
    }
    found(&trapdoor, &index);
}

#[test]
fn limit_copies_that_anybody_makes_still_match() {
    let world = &mut Consortium::new(11);
    let rule = all(["a".into(), any(["b", "c"])]);
    let index = world.index(&rule, "x");
    let (k, d) = (random_scalar(&mut world.rng), random_scalar(&mut world.rng));
    // [k] of everything, and a fresh s': [d]P2 and [d]H(a_i) added.
    let mut copy = index.clone();
    (copy.c1, copy.E, copy.c2[0]) = (index.c1 * k, index.E * k, index.c2[0] * k + P2() * d);
    for (c3, name) in copy.c3.iter_mut().zip(["a", "b", "c"]) {
        *c3 = *c3 * k + SEARCH.H(&canonical(name)) * d;
    }
    assert!(all_different(&[copy.elements(), index.elements()]));
    RecordIndex::from_bytes(&copy.to_bytes()).unwrap().validate().unwrap();
    let trapdoor = world.trapdoor("a, b", "x");
    let rescaled = trapdoor.rescaled(&k);
    assert!(all_different(&[trapdoor.elements(), rescaled.elements()]));
    for index in [&index, &copy] {
        found(&trapdoor, index);
        found(&rescaled, index);
        missed(&world.trapdoor("a, b", "y"), index);
        missed(&world.trapdoor("a", "x"), index);
    }
    // Even somebody who knows the keyword cannot make it another.
    let other = SEARCH.F(&world.x("y")) - SEARCH.F(&world.x("x"));
    copy.c3.iter_mut().for_each(|c3| *c3 += other * k);
    missed(&world.trapdoor("a, b", "y"), &copy);
    missed(&trapdoor, &copy);
}
