//! Attacks that go around the local policy check, elements that must not be accepted, and what is not promised.

use rand_core::RngCore;

use super::*;
use crate::curve::{Field, pairing_product, random_nonzero_scalar};
use crate::policy::samples::{keys, policies};
use crate::policy::{Chosen, Term};

/// The match itself, with leaves and coefficients of the attacker's choice.
fn forced(trapdoor: &Trapdoor, record: &RecordIndex, chosen: &[Chosen]) -> Result<bool, Error> {
    let prepared = PreparedTrapdoor::new(trapdoor).unwrap();
    prepared.matches_keyword(record.policy().tree(), chosen, &record.keywords()[0])
}

/// As if the attacker held every attribute of the policy.
fn everything(policy: &Policy) -> Vec<Chosen> {
    policy.tree().choose(|_| true).unwrap()
}

/// Takes `T0`, `T_a`, `T_b`, `T2`, `T3` from the first trapdoor or the second, as the bits of `from` say.
fn piece_together(one: &Trapdoor, two: &Trapdoor, from: u32) -> Trapdoor {
    let pick = |bit: u32| if from >> bit & 1 == 0 { one } else { two };
    let mut pieced = Trapdoor::from_bytes(&one.to_bytes()).unwrap();
    pieced.T0 = pick(0).T0;
    for (bit, name) in [(1, "a"), (2, "b")] {
        let name = canonical(name);
        // What one does not have comes from the other.
        let T = pick(bit).T.get(&name).or(one.T.get(&name)).or(two.T.get(&name)).copied();
        pieced.T.extend(T.map(|T| (name, T)));
    }
    pieced.T2 = pick(3).T2;
    pieced.T3 = pick(4).T3;
    pieced
}

#[test]
fn two_users_cannot_piece_a_trapdoor_together() {
    let world = &mut World::new(1);
    for rule in ["a and b", "2 of (a, b, c)", "a and (a or c) and b"] {
        let index = world.index("x", rule);
        let (one, two) = (world.trapdoor("a", "x"), world.trapdoor("b", "x"));
        let both = world.trapdoor("a, b", "x");
        let chosen = policy(rule).tree().choose(|leaf| {
            [canonical("a"), canonical("b")]
                .iter()
                .any(|a| matches!(&leaf.term, Term::Attribute(t) if t == a))
        });
        let chosen = chosen.unwrap();
        for from in 0..32 {
            assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap(), "{rule} {from:b}");
        }
        assert!(forced(&both, &index, &chosen).unwrap());
    }
}

#[test]
fn users_whose_keys_were_issued_from_a_repeating_generator_cannot_combine_them() {
    let world = &mut World::new(24);
    let index = world.index("x", "a and b");
    let rng = world.rng.clone();
    let [one, two] =
        ["a", "b"].map(|set| world.master.issue(&attributes(set), &world.kappa, &mut rng.clone()).unwrap());
    assert_ne!(*one.K.X2, *two.K.X2, "one r");
    assert_ne!(*one.Z.X2, *two.Z.X2, "one d");
    let [one, two] = [one, two].map(|key| trapdoor_with(world, &key, "x", &Scalar::ONE, &Scalar::ZERO));
    let chosen = everything(index.policy());
    for from in 0..32 {
        assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap());
    }
    assert!(forced(&world.trapdoor("a, b", "x"), &index, &chosen).unwrap());
}

#[test]
fn one_users_trapdoors_that_show_less_cannot_be_joined() {
    let world = &mut World::new(2);
    let index = world.index("x", "a and b");
    let key = world.key("a, b");
    let mut showing =
        |set: &str| key.trapdoor_showing(&keyword("x"), &attributes(set), &mut world.rng).unwrap();
    let (one, two, both) = (showing("a"), showing("b"), showing("a, b"));
    let chosen = everything(index.policy());
    for from in 0..32 {
        assert!(!forced(&piece_together(&one, &two, from), &index, &chosen).unwrap());
    }
    assert!(forced(&both, &index, &chosen).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_trapdoor_matches_exactly_if_its_attributes_satisfy_the_policy(rule in policies(), set in keys(), seed: u64) {
        let world = &mut World::new(seed);
        let policy = policy(&rule);
        let words = [keyword("x")];
        let made = world.public.index_record(&world.kappa, &words, &policy, Padding::None, &mut world.rng);
        if policy.has_negation() {
            prop_assert_eq!(made.unwrap_err(), Error::NegationUnsupported);
            return Ok(());
        }
        let (index, trapdoor) = (made.unwrap(), world.trapdoor(&set.to_string(), "x"));
        let prepared = PreparedTrapdoor::new(&trapdoor).unwrap();
        prop_assert_eq!(prepared.matches(&index).unwrap(), policy.is_satisfied_by(&set));
        if !policy.is_satisfied_by(&set) {
            // Around the check: the coefficients for somebody who shows everything, where this trapdoor shows something,
            // and the plain sum of what it shows.
            let shows = |leaf: usize| match &policy.tree().leaves()[leaf].term {
                Term::Attribute(a) => trapdoor.T.contains_key(a),
                Term::Not { .. } => false,
            };
            let mut chosen = everything(&policy);
            chosen.retain(|chosen| shows(chosen.leaf));
            let plain = (0..policy.rows()).filter(|leaf| shows(*leaf));
            let plain = plain.map(|leaf| Chosen { leaf, gamma: Scalar::ONE }).collect::<Vec<_>>();
            for chosen in [chosen, plain] {
                prop_assert!(!forced(&trapdoor, &index, &chosen).unwrap());
            }
        }
    }
}

#[test]
fn trapdoors_for_two_keywords_cannot_be_pieced_together() {
    let world = &mut World::new(3);
    let key = world.key("a, b");
    let (x, y) = (world.index("x", "a and b"), world.index("y", "a and b"));
    let mut trapdoor = |word: &str| key.trapdoor(&keyword(word), &mut world.rng).unwrap();
    let (for_x, for_y) = (trapdoor("x"), trapdoor("y"));
    let chosen = everything(x.policy());
    for from in 0..32 {
        let pieced = piece_together(&for_x, &for_y, from);
        assert_eq!(forced(&pieced, &x, &chosen).unwrap(), from == 0, "{from:b}");
        assert_eq!(forced(&pieced, &y, &chosen).unwrap(), from == 31, "{from:b}");
    }
}

#[test]
fn trapdoors_for_two_keywords_do_not_lead_to_a_third() {
    // T0 is linear in x_w: under one t and y, two trapdoors give the trapdoor of every keyword.
    let world = &mut World::new(4);
    let x = |word: &str| *world.kappa.slot_value(&keyword(word));
    let (v, w, third) = (x("v"), x("w"), x("third"));
    let share_of_w = (third - v) * (w - v).invert().unwrap();
    let lead = |v: &Trapdoor, w: &Trapdoor| {
        let mut led = Trapdoor::from_bytes(&v.to_bytes()).unwrap();
        led.T0 = (v.T0 * (Scalar::ONE - share_of_w) + w.T0 * share_of_w).to_affine();
        led
    };
    let index = world.index("third", "a");
    let chosen = everything(index.policy());
    let key = world.key("a");

    let one = Scalar::ONE;
    let repeated = ["v", "w"].map(|word| trapdoor_with(world, &key, word, &one, &one));
    assert!(forced(&lead(&repeated[0], &repeated[1]), &index, &chosen).unwrap(), "a repeated t and y");

    // A generator that repeats itself is not enough.
    let rng = world.rng.clone();
    let repeated = ["v", "w"].map(|word| key.trapdoor(&keyword(word), &mut rng.clone()).unwrap());
    assert!(!forced(&lead(&repeated[0], &repeated[1]), &index, &chosen).unwrap());
    let fresh = ["v", "w"].map(|word| key.trapdoor(&keyword(word), &mut world.rng).unwrap());
    assert!(!forced(&lead(&fresh[0], &fresh[1]), &index, &chosen).unwrap());
    let honest = key.trapdoor(&keyword("third"), &mut world.rng).unwrap();
    assert!(forced(&honest, &index, &chosen).unwrap());
}

#[test]
fn fewer_leaves_than_needed_match_under_no_coefficients() {
    let world = &mut World::new(5);
    for (rule, set) in [
        ("a and b", "a"),
        ("a and b", "b"),
        ("2 of (a, b, c)", "a"),
        ("2 of (a, b, c)", "c"),
        ("3 of (a, b, c, d)", "a, d"),
        ("(a or c) and b", "a, c"),
        ("(a and b) or (c and d)", "a, c"),
        ("a and a and b", "a"),
    ] {
        let index = world.index("x", rule);
        let trapdoor = world.trapdoor(set, "x");
        let held: Vec<usize> = (0..index.policy().tree().leaves().len())
            .filter(|leaf| match &index.policy().tree().leaves()[*leaf].term {
                Term::Attribute(a) => trapdoor.T.contains_key(a),
                Term::Not { .. } => false,
            })
            .collect();
        let mut coefficients: Vec<Scalar> =
            [1, 2, 3].into_iter().flat_map(|c| [Scalar::from(c), -Scalar::from(c)]).collect();
        coefficients.extend([Scalar::from(2).invert().unwrap(), Scalar::from(world.rng.next_u64())]);
        for first in &coefficients {
            for rest in &coefficients {
                let chosen: Vec<_> = (0..)
                    .zip(&held)
                    .map(|(i, leaf)| Chosen { leaf: *leaf, gamma: if i == 0 { *first } else { *rest } })
                    .collect();
                assert!(!forced(&trapdoor, &index, &chosen).unwrap(), "{rule}: {set}");
                if held.len() == 1 {
                    break;
                }
            }
        }
        let all = world.trapdoor("a, b, c, d", "x");
        assert!(forced(&all, &index, &everything(index.policy())).unwrap());
    }
}

#[test]
fn a_trapdoor_with_exchanged_parts_does_not_match() {
    let world = &mut World::new(6);
    // Coefficients 2 and -1: under an `and`, where all are 1, T_a and T_b enter as their sum.
    let index = world.index("x", "2 of (a, b, c)");
    let chosen = everything(index.policy());
    let good = world.trapdoor("a, b", "x");
    let exchange = |change: &dyn Fn(&mut Trapdoor)| {
        let mut changed = Trapdoor::from_bytes(&good.to_bytes()).unwrap();
        change(&mut changed);
        forced(&changed, &index, &chosen).unwrap()
    };
    let (a, b) = (canonical("a"), canonical("b"));
    assert!(!exchange(&|t| std::mem::swap(&mut t.T2, &mut t.T3)));
    assert!(!exchange(&|t| {
        let (T_a, T_b) = (t.T[&a], t.T[&b]);
        t.T.extend([(a.clone(), T_b), (b.clone(), T_a)]);
    }));
    assert!(!exchange(&|t| t.T0 = t.T[&a]));
    assert!(!exchange(&|t| t.T0 = -t.T0));
    assert!(!exchange(&|t| t.T3 = G2Affine::generator()));
    assert!(exchange(&|_| ()));
}

#[test]
fn an_index_with_exchanged_parts_does_not_match() {
    let world = &mut World::new(7);
    // Coefficients 2, -2 and 1: under an `and`, where all are 1, rows of one use number enter as their sum.
    let rule = "2 of (a, 2 of (a, b, c), d)";
    let (index, same, of_y) = (world.index("x", rule), world.index("x", rule), world.index("y", rule));
    let trapdoor = world.prepared("a, b", "x");
    let parts = elements(&index);
    // c1, E, c2_0, c2_1, c3_0 .. c3_4; the last two leaves are not used.
    for i in 0..parts.len() - 2 {
        for other in [&same, &of_y] {
            let mut exchanged = parts.clone();
            exchanged[i] = elements(other)[i].clone();
            assert!(!trapdoor.matches(&with_elements(&index, &exchanged)).unwrap(), "element {i}");
        }
        for j in (0..i).filter(|j| parts[*j].len() == parts[i].len()) {
            let mut exchanged = parts.clone();
            exchanged.swap(i, j);
            assert!(!trapdoor.matches(&with_elements(&index, &exchanged)).unwrap(), "elements {i}, {j}");
        }
    }
    assert!(trapdoor.matches(&with_elements(&index, &parts)).unwrap());
}

#[test]
fn another_authoritys_elements_do_not_match() {
    let (world, other) = (&mut World::new(8), &mut World::new(9));
    let index = world.index("x", "a");
    let chosen = everything(index.policy());
    let foreign = other.master.issue(&attributes("a"), &world.kappa, &mut other.rng).unwrap();
    let foreign = foreign.trapdoor(&keyword("x"), &mut other.rng).unwrap();
    let ours = world.trapdoor("a", "x");
    for from in 0..32 {
        let pieced = piece_together(&ours, &foreign, from);
        // T_b (bit 2) is not there.
        assert_eq!(forced(&pieced, &index, &chosen).unwrap(), from & !4 == 0, "{from:b}");
    }
}

// ---------------------------------------------------------------------------------------------------------
// Elements that must not be accepted
// ---------------------------------------------------------------------------------------------------------

#[test]
fn an_index_without_c2_would_need_no_attribute_and_is_refused() {
    // c2 = O and c3 = [s]F(x): the attribute falls out of the equation.
    let world = &mut World::new(17);
    let index = world.index("x", "a");
    let s = random_nonzero_scalar(&mut world.rng).unwrap();
    let c1 = (world.public.B * *s).to_affine();
    let E = (world.public.A * *s).to_affine();
    let c3 = (guess(world, "x") * *s).to_affine();
    let trapdoor = world.trapdoor("z", "x");
    let product = [(trapdoor.T0, c1), (-c3, trapdoor.T2), (-E, trapdoor.T3)];
    assert!(pairing_product(&product).unwrap().is_one());

    let mut identity = vec![0; 96];
    identity[0] = 0xc0;
    let bytes =
        [c1.to_compressed().to_vec(), E.to_compressed().to_vec(), identity, c3.to_compressed().to_vec()];
    let forged = with_elements(&index, &bytes);
    assert_eq!(forged.validate(), Err(Error::IdentityPoint));
    let prepared = world.prepared("a", "x");
    assert_eq!(prepared.matches(&forged), Err(Error::IdentityPoint));
    assert!(prepared.matches(&index).unwrap());
}

#[test]
fn an_index_of_identities_would_match_everything_and_is_refused() {
    let world = &mut World::new(18);
    let index = world.index("x", "a");
    let identity = |size: usize| {
        let mut bytes = vec![0; size];
        bytes[0] = 0xc0;
        bytes
    };
    let prepared = world.prepared("a", "anything");
    let mut forged = elements(&index);
    for i in 0..forged.len() {
        forged[i] = identity(forged[i].len());
        let forged = with_elements(&index, &forged);
        assert_eq!(forged.validate(), Err(Error::IdentityPoint));
        assert_eq!(prepared.matches(&forged), Err(Error::IdentityPoint));
    }
    // As it was, it is accepted, and matches its own keyword only.
    index.validate().unwrap();
    assert!(!prepared.matches(&index).unwrap());
    assert!(world.prepared("a", "x").matches(&index).unwrap());
}

#[test]
fn a_trapdoor_of_identities_would_match_everything_and_is_refused() {
    let world = &mut World::new(19);
    let trapdoor = world.trapdoor("a", "x").to_bytes();
    let mut forged = trapdoor.clone();
    let mut at = trapdoor.len() - (48 + 96 + 96 + 48);
    for size in [48, 96, 96, 48] {
        forged[at..at + size].fill(0);
        forged[at] = 0xc0;
        assert_eq!(Trapdoor::from_bytes(&forged).unwrap_err(), Error::IdentityPoint);
        at += size;
    }
    assert!(Trapdoor::from_bytes(&trapdoor).is_ok());
}

// ---------------------------------------------------------------------------------------------------------
// What is not promised
// ---------------------------------------------------------------------------------------------------------

#[test]
fn limit_whoever_holds_the_keyword_key_can_test_guesses_against_a_trapdoor() {
    // With kappa anybody can index a guess under a policy that the trapdoor satisfies.
    let world = &mut World::new(20);
    let trapdoor = world.prepared("a", "hiv");
    let guesses = ["flu", "hiv", "asthma"].map(|word| trapdoor.matches(&world.index(word, "a")).unwrap());
    assert_eq!(guesses, [false, true, false]);
    // Without it, the guess is hashed under another key and never hits.
    world.kappa = KeywordKey::generate(&mut world.rng).unwrap();
    let guesses = ["flu", "hiv", "asthma"].map(|word| trapdoor.matches(&world.index(word, "a")).unwrap());
    assert_eq!(guesses, [false; 3]);
}

#[test]
fn limit_anybody_can_re_randomise_an_index_and_rescale_a_trapdoor_and_they_still_match() {
    let world = &mut World::new(21);
    let index = world.index("x", "a and b");
    let k = Scalar::from(7);
    let rescaled: Vec<Vec<u8>> = elements(&index)
        .iter()
        .map(|element| match element.len() {
            48 => (g1(element) * k).to_affine().to_compressed().to_vec(),
            _ => (g2(element) * k).to_affine().to_compressed().to_vec(),
        })
        .collect();
    // With a fresh s' as well: [d]P2 and [d]H(a_i) added.
    let mut copied = rescaled.clone();
    copied[2] = (g2(&rescaled[2]) + G2Affine::generator() * k).to_affine().to_compressed().to_vec();
    for (i, name) in [(3, "a"), (4, "b")] {
        let H = base_of(&canonical(name));
        copied[i] = (g1(&rescaled[i]) + H * k).to_affine().to_compressed().to_vec();
    }
    let copy = with_elements(&index, &copied);
    assert!(elements(&copy).iter().zip(elements(&index)).all(|(copied, original)| *copied != original));
    copy.validate().unwrap();
    assert_ne!(copy, index);
    assert!(world.prepared("a, b", "x").matches(&copy).unwrap());
    assert!(!world.prepared("a, b", "y").matches(&copy).unwrap());
    assert!(!world.prepared("a", "x").matches(&copy).unwrap());

    let mut trapdoor = world.trapdoor("a, b", "x");
    trapdoor.T0 = (trapdoor.T0 * k).to_affine();
    trapdoor.T.values_mut().for_each(|T_a| *T_a = (*T_a * k).to_affine());
    trapdoor.T2 = (trapdoor.T2 * k).to_affine();
    trapdoor.T3 = (trapdoor.T3 * k).to_affine();
    assert!(PreparedTrapdoor::new(&trapdoor).unwrap().matches(&index).unwrap());
}
