//! Users who have less than a gate asks for, under every coefficient that might do, and implementations that shared or
//! blinded carelessly, which the same programs open.

use blst::blst_fp12 as Gt;
use blstrs::{G1Projective, G2Projective, Scalar};
use group::Group;
use medseal::Error;

use super::reader::{Ciphertext, Element, Key};
use super::writer::{self, Draws, H};
use super::{Authority, SECRET, attack, opens, unwrap};
use crate::ground::rng;
use crate::rule::{all, any, not, of, whole_secret_to_one_child};

const MOST: i32 = 3;

/// The coefficients from -3 to 3, not all of them zero, under which these elements open a ciphertext.
fn opened_by(wrapped: &Ciphertext, slot: &Gt, elements: &[Element], K2: &G2Projective) -> Vec<Vec<i32>> {
    let n = elements.len();
    let factor = |leaf: usize, gamma: i32| {
        let scalar = Scalar::from(u64::from(gamma.unsigned_abs()));
        wrapped.leaf(leaf, &if gamma < 0 { -scalar } else { scalar }, &elements[leaf], K2)
    };
    let factors: Vec<Vec<_>> =
        (0..n).map(|leaf| (-MOST..=MOST).map(|gamma| factor(leaf, gamma)).collect()).collect();
    let number = (2 * MOST + 1) as usize;
    let digits = |code: usize| (0..n as u32).map(move |leaf| code / number.pow(leaf) % number);
    let products = (0..number.pow(n as u32))
        .map(|code| (code, digits(code).zip(&factors).fold(*slot, |D, (digit, factors)| D * factors[digit])));
    let opened = products.filter(|(_, D)| wrapped.is_opened_by(D));
    opened.map(|(code, _)| digits(code).map(|digit| digit as i32 - MOST).collect()).collect()
}

#[test]
fn fewer_shares_than_a_gate_needs_give_nothing_under_any_coefficients() {
    let authority = Authority::new(1);
    let (set, seed) = ("a, b, c, d, role=y, ward=y", 2);
    let key = authority.key(set, seed);
    for (i, rule) in [
        all(["a", "b"]),
        all(["a", "b", "c"]),
        of(2, ["a", "b", "c"]),
        of(3, ["a", "b", "c", "d"]),
        all(["a".into(), of(2, ["b", "c", "d"])]),
        all(["a".into(), any(["b".into(), all(["c", "d"])])]),
        of(2, [all(["a", "b"]), any(["c", "d"]), "a".into()]),
        all([not("role", "x"), not("ward", "x")]),
        of(2, ["a".into(), not("role", "x"), not("ward", "x")]),
    ]
    .iter()
    .enumerate()
    {
        let wrapped = authority.wrap(rule, 23 + i as u64);
        let leaves = rule.leaves();
        let suffices = |used: &dyn Fn(usize) -> bool| rule.coefficients(used).is_some();
        let slot = wrapped.slot(&key.K0, &key.K1);
        let elements: Vec<_> = leaves.iter().map(|leaf| key.element(leaf).unwrap()).collect();
        // All small coefficients: those that open use enough leaves.
        let opened = opened_by(&wrapped, &slot, &elements, &key.K2);
        assert!(!opened.is_empty(), "{}", rule.text);
        for gamma in opened {
            assert!(suffices(&|leaf| gamma[leaf] != 0), "{}: {gamma:?}", rule.text);
        }
        // What reconstruction would multiply with, in every set of leaves that does not suffice.
        for chosen in rule.choices() {
            let factor = |(leaf, gamma): &(usize, Scalar)| {
                (*leaf, wrapped.leaf(*leaf, gamma, &elements[*leaf], &key.K2))
            };
            let factors: Vec<_> = chosen.iter().map(factor).collect();
            for subset in 0_u32..1 << leaves.len() {
                let held = |leaf: usize| subset >> leaf & 1 == 1;
                if !suffices(&held) {
                    let used = factors.iter().filter(|(leaf, _)| held(*leaf));
                    let D = used.fold(slot, |D, (_, factor)| D * *factor);
                    assert!(!wrapped.is_opened_by(&D), "{}: {subset:b}", rule.text);
                }
            }
        }
        opens(&authority.issue(set, seed), &wrapped);
    }
}

#[test]
fn a_gate_that_gives_one_child_the_whole_secret_would_be_opened_by_the_program_that_fails_here() {
    // Once such an `and` went unseen for years, because honest decryptors refused before they could notice.
    let authority = Authority::new(1);
    let (one, enough) = ("a", "a, b, c");
    for (rule, fault) in whole_secret_to_one_child() {
        let mut draws = Draws::honest(&rule, &mut rng(61));
        let wrap = |draws: &Draws| writer::wrap(&authority.public.to_bytes(), &rule, draws, SECRET, &H);
        let careful = wrap(&draws);
        draws.lambda = fault(&draws.s);
        let careless = wrap(&draws);
        for wrapped in [&authority.wrap(&rule, 60), &careful, &careless] {
            assert_eq!(unwrap(&authority.issue(one, 2), wrapped), Err(Error::PolicyNotSatisfied));
            opens(&authority.issue(enough, 2), wrapped);
            assert!(attack(&authority.key(enough, 2), wrapped));
        }
        let key = authority.key(one, 2);
        assert!(attack(&key, &careless), "{}", rule.text);
        assert!(!attack(&key, &careful) && !attack(&key, &authority.wrap(&rule, 60)), "{}", rule.text);
    }
}

#[test]
fn one_blinding_for_two_uses_of_an_attribute_would_open_without_it_so_each_use_has_its_own() {
    // For a holder of b: s = 3 f(1) - 3 f(2) + f(3), in which one blinding of both a would cancel.
    let authority = Authority::new(1);
    let rule = of(2, ["a", "a", "b"]);
    let without_a = |key: &Key, wrapped: &Ciphertext| {
        let nothing = Element::positive(&G1Projective::identity());
        let (_, K_b) = key.K[0];
        let elements = [nothing, nothing, Element::positive(&K_b)];
        opened_by(wrapped, &wrapped.slot(&key.K0, &key.K1), &elements, &key.K2)
    };
    let key = authority.key("b", 2);
    let wrapped = authority.wrap(&rule, 42);
    assert_eq!(without_a(&key, &wrapped), [[]; 0]);

    let mut draws = Draws::honest(&rule, &mut rng(43));
    for (one_blinding, opened) in [(false, vec![]), (true, vec![vec![3, -3, 1]])] {
        if one_blinding {
            draws.s_prime[1] = draws.s_prime[0];
        }
        let wrapped = writer::wrap(&authority.public.to_bytes(), &rule, &draws, SECRET, &H);
        assert_eq!(without_a(&key, &wrapped), opened);
        opens(&authority.issue("a", 43), &wrapped);
    }
    opens(&authority.issue("a", 43), &wrapped);
}
